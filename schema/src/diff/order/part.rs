//! The parts of a database, and which of them a column or a key needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::Dialect;
use crate::diff::facts::{Facts, Servers};
use crate::diff::key::{Key, KeyKind, columns_in};
use crate::diff::structure::{ColumnShape, ObjectShape, Structure, TableShape, folded, table_key};
use crate::diff::taken::shared_name;
use crate::model::{Generated, TableName};
use crate::syntax::{
    Site, SiteKind, bound_names_in_function, called_in, names_in_function, sites,
    sites_of_definition,
};

/// A part of a database that statements make, drop, change or need.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DatabasePart {
    /// A table or view.
    Table(String),
    /// A column of a table.
    Column(String, String),
    /// A key of a table.
    Key(String, String),
    /// An enum type, or another object that tables need.
    Object(String),
    /// The partitions of a table of MySQL.
    Divided(String),
    /// Where the rows of a table are on a cluster.
    Distributed(String),
    /// A name that keys of several tables cannot share.
    Name(String, String),
}

/// A structure, with what is looked up in it.
pub(super) struct Side<'s> {
    pub(super) structure: &'s Structure,
    tables: BTreeMap<String, &'s TableShape>,
    /// Enum types, sequences and the like, by their bare names in lower case.
    objects: BTreeMap<String, Vec<DatabasePart>>,
    /// Functions by theirs: a column may have the name of one.
    functions: BTreeMap<String, Vec<DatabasePart>>,
}

/// Parts by bare names in lower case.
fn by_name<'n>(
    named: impl Iterator<Item = (&'n TableName, DatabasePart)>,
) -> BTreeMap<String, Vec<DatabasePart>> {
    let mut all: BTreeMap<String, Vec<DatabasePart>> = BTreeMap::new();
    for (name, part) in named {
        let known = all.entry(name.name.to_lowercase()).or_default();
        if !known.contains(&part) {
            known.push(part);
        }
    }
    all
}

impl<'s> Side<'s> {
    pub(super) fn new(structure: &'s Structure) -> Self {
        let dialect = structure.dialect;
        let tables = structure.tables.iter();
        let enums = structure.enums.iter().chain(&structure.idle_enums);
        let enums = enums.map(|one| {
            (
                &one.name,
                DatabasePart::Object(table_key(&one.name, dialect)),
            )
        });
        let others = structure.objects.iter().chain(&structure.idle_objects);
        let others = others.filter(|one| one.kind != "FUNCTION");
        let others = others.map(|one| (&one.name, object_part(one, dialect)));
        let functions = structure.functions.iter();
        let functions = functions.map(|one| (&one.name, object_part(one, dialect)));
        Self {
            structure,
            tables: tables
                .map(|one| (table_key(&one.name, dialect), one))
                .collect(),
            objects: by_name(enums.chain(others)),
            functions: by_name(functions),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.structure.dialect
    }

    pub(super) fn facts(&self) -> &'static Facts {
        Facts::of(self.dialect())
    }

    pub(super) fn table(&self, name: &TableName) -> Option<&'s TableShape> {
        self.tables.get(&table_key(name, self.dialect())).copied()
    }

    pub(super) fn table_part(&self, name: &TableName) -> DatabasePart {
        DatabasePart::Table(table_key(name, self.dialect()))
    }

    pub(super) fn divided_part(&self, name: &TableName) -> DatabasePart {
        DatabasePart::Divided(table_key(name, self.dialect()))
    }

    pub(super) fn distributed_part(&self, name: &TableName) -> DatabasePart {
        DatabasePart::Distributed(table_key(name, self.dialect()))
    }

    pub(super) fn column_part(&self, table: &TableName, column: &str) -> DatabasePart {
        let dialect = self.dialect();
        DatabasePart::Column(table_key(table, dialect), folded(column, dialect))
    }

    pub(super) fn key_part(&self, table: &TableName, key: &Key) -> DatabasePart {
        let name = key.known_name.as_deref();
        let name = name.map_or_else(|| key.effect(), |name| folded(name, self.dialect()));
        let space = (self.facts().keys.name_space)(key.kind);
        DatabasePart::Key(table_key(table, self.dialect()), format!("{space}{name}"))
    }

    /// The name of a key that it cannot share with one of another table.
    pub(super) fn name_part(&self, table: &TableName, key: &Key) -> Option<DatabasePart> {
        let (schema, name) = shared_name(table, key, self.dialect())?;
        Some(DatabasePart::Name(schema, name))
    }

    /// The table itself with its columns.
    pub(super) fn whole(&self, name: &TableName) -> Vec<DatabasePart> {
        let columns = self.table(name).map_or(&[][..], |table| &table.columns);
        let columns = columns.iter().map(|one| self.column_part(name, &one.name));
        std::iter::once(self.table_part(name))
            .chain(columns)
            .collect()
    }

    /// The parts that the values of a column need.
    pub(super) fn needs_of_column(
        &self,
        table: &TableName,
        column: &ColumnShape,
    ) -> Vec<DatabasePart> {
        let mut parts = self.objects_in(&column.line);
        parts.extend(self.read_columns(table, column));
        parts
    }

    /// The objects that a text names, and the functions that it calls.
    pub(super) fn objects_in(&self, sql: &str) -> Vec<DatabasePart> {
        let mut parts = Vec::new();
        if !self.objects.is_empty() {
            let sites = sites(sql, self.dialect()).into_iter();
            // `nextval('schema.name')`.
            let names = sites.map(|site| site.text.rsplit('.').next().map(str::to_lowercase));
            let objects = names.filter_map(|name| self.objects.get(name?.trim_matches('"')));
            parts.extend(objects.flatten().cloned());
        }
        if !self.functions.is_empty() {
            let calls = called_in(sql).into_iter();
            let functions = calls.filter_map(|name| self.functions.get(&name));
            parts.extend(functions.flatten().cloned());
        }
        parts
    }

    /// The parts that are there before an object.
    pub(super) fn needs_of_object(&self, object: &ObjectShape) -> Vec<DatabasePart> {
        match object.kind {
            // PostgreSQL may look for them when it makes the function, or runs it.
            "FUNCTION" => self.named_by_function(object, names_in_function),
            // Its checks call functions.
            "DOMAIN" => {
                let own = self.object_part(object);
                let named = object.create.iter().flat_map(|sql| self.objects_in(sql));
                named.filter(|part| *part != own).collect()
            }
            "TYPE" => self.types_of_attributes(object),
            _ => Vec::new(),
        }
    }

    /// The types that a composite type or a range is made of.
    fn types_of_attributes(&self, object: &ObjectShape) -> Vec<DatabasePart> {
        let own = self.object_part(object);
        let mut parts = Vec::new();
        for sql in &object.create {
            let is_type = |site: &Site| {
                let is_in_schema = sql[..site.range.start].ends_with('.');
                site.kind == SiteKind::Type || is_in_schema
            };
            let named = sites_of_definition(sql).into_iter().filter(is_type);
            let known = named.filter_map(|site| self.objects.get(&site.text.to_lowercase()));
            parts.extend(known.flatten().filter(|part| **part != own).cloned());
        }
        parts
    }

    /// The parts that are there until an object has gone.
    pub(super) fn left_by_object(&self, object: &ObjectShape) -> Vec<DatabasePart> {
        match object.kind {
            "FUNCTION" => self.named_by_function(object, bound_names_in_function),
            _ => self.needs_of_object(object),
        }
    }

    /// The tables, views, types and sequences of these names, and the functions that it calls.
    fn named_by_function(
        &self,
        object: &ObjectShape,
        names: fn(&str) -> BTreeSet<String>,
    ) -> Vec<DatabasePart> {
        let texts = || object.create.iter();
        let names: BTreeSet<String> = texts().flat_map(|sql| names(sql)).collect();
        let tables = self.structure.tables.iter().map(|one| &one.name);
        let views = self.structure.views.iter().map(|one| &one.name);
        let read = tables
            .chain(views)
            .filter(|name| names.contains(&name.name.to_lowercase()));
        let calls = texts().flat_map(|sql| called_in(sql));
        let functions = calls.filter_map(|name| self.functions.get(&name));
        let objects = names.iter().filter_map(|name| self.objects.get(name));
        let own = self.object_part(object);
        let objects = objects.chain(functions).flatten();
        let objects = objects.filter(|part| **part != own);
        let read = read.flat_map(|name| self.whole(name));
        read.chain(objects.cloned()).collect()
    }

    pub(super) fn object_part(&self, object: &ObjectShape) -> DatabasePart {
        object_part(object, self.dialect())
    }

    /// The columns that a computed one reads.
    pub(super) fn read_columns(
        &self,
        table: &TableName,
        column: &ColumnShape,
    ) -> Vec<DatabasePart> {
        match &column.column.generated {
            Generated::Computed { expression, .. } => {
                self.columns_in(table, &columns_in(&expression.sql, self.dialect()))
            }
            _ => Vec::new(),
        }
    }

    /// Those of the names that are columns of the table. A name may be another thing: one need too many does no harm.
    pub(super) fn columns_in(&self, table: &TableName, names: &[String]) -> Vec<DatabasePart> {
        let columns = self.table(table).map_or(&[][..], |one| &one.columns);
        let dialect = self.dialect();
        let known: BTreeMap<String, &str> = columns
            .iter()
            .map(|one| (folded(&one.name, dialect), one.name.as_str()))
            .collect();
        let found = names
            .iter()
            .filter_map(|name| known.get(&folded(name, dialect)));
        found.map(|name| self.column_part(table, name)).collect()
    }

    pub(super) fn keys(&self, table: &TableName) -> &'s [Key] {
        self.table(table).map_or(&[][..], |one| &one.keys)
    }

    /// The keys of a table, and the foreign keys of others to it.
    pub(super) fn keys_at(&self, table: &TableName) -> Vec<DatabasePart> {
        let keys = self.each_key_at(table);
        keys.map(|(name, key)| self.key_part(name, key)).collect()
    }

    /// Of these the foreign keys, its own and those of others to it.
    pub(super) fn foreign_keys_at(&self, table: &TableName) -> Vec<DatabasePart> {
        let keys = self.each_key_at(table);
        keys.filter(|(_, key)| key.kind == KeyKind::ForeignKey)
            .map(|(name, key)| self.key_part(name, key))
            .collect()
    }

    fn each_key_at(&self, table: &TableName) -> impl Iterator<Item = (&'s TableName, &'s Key)> {
        let wanted = self.table_part(table);
        let tables = self.structure.tables.iter();
        let all = tables.flat_map(|one| one.keys.iter().map(move |key| (&one.name, key)));
        all.filter(move |(name, key)| {
            let referred = key.referred.as_ref();
            let refers = referred.is_some_and(|name| self.table_part(name) == wanted);
            refers || self.table_part(name) == wanted
        })
    }

    /// The columns that a key is over, and those that its expressions read.
    pub(super) fn columns_of_key(&self, table: &TableName, key: &Key) -> Vec<DatabasePart> {
        let mut parts: Vec<DatabasePart> = key
            .columns
            .iter()
            .map(|one| self.column_part(table, one))
            .collect();
        parts.extend(self.columns_in(table, &key.reads));
        parts
    }

    /// The columns that a foreign key refers to.
    pub(super) fn referred_columns(&self, key: &Key) -> Vec<DatabasePart> {
        let Some(table) = &key.referred else {
            return Vec::new();
        };
        key.referred_columns
            .iter()
            .map(|one| self.column_part(table, one))
            .collect()
    }

    /// The keys of which a foreign key cannot do without one, each with its table: of those that it may refer to, and of the indexes
    /// of its own columns.
    pub(super) fn servers(&self, table: &TableName, key: &Key) -> [Vec<(TableName, &'s Key)>; 2] {
        let dialect = self.dialect();
        let Some(referred) = key
            .referred
            .as_ref()
            .filter(|_| key.kind == KeyKind::ForeignKey)
        else {
            return [Vec::new(), Vec::new()];
        };
        let by_indexes = self.facts().keys.servers == Servers::Indexes;
        let serves = |one: &&Key| match by_indexes {
            true => leads(one, &key.referred_columns, dialect),
            false => one.unique && is_over(one, &key.referred_columns),
        };
        let indexes = |one: &&Key| by_indexes && leads(one, &key.columns, dialect);
        let of_referred = self.keys(referred).iter().filter(serves);
        let own = self.keys(table).iter().filter(indexes);
        [
            of_referred.map(|one| (referred.clone(), one)).collect(),
            own.map(|one| (table.clone(), one)).collect(),
        ]
    }

    /// Everything that a key needs.
    pub(super) fn needs_of_key(&self, table: &TableName, key: &Key) -> Vec<DatabasePart> {
        let mut parts = vec![self.table_part(table)];
        parts.extend(self.columns_of_key(table, key));
        if has_expressions(key) {
            parts.extend(self.objects_in(&key.sql));
        }
        parts.extend(
            key.referred
                .iter()
                .map(|referred| self.table_part(referred)),
        );
        parts.extend(self.referred_columns(key));
        let servers = self.servers(table, key).into_iter().flatten();
        parts.extend(servers.map(|(table, key)| self.key_part(&table, key)));
        parts
    }
}

/// Functions of one name are parts of their own.
fn object_part(object: &ObjectShape, dialect: Dialect) -> DatabasePart {
    let arguments = object.arguments.as_ref();
    let arguments = arguments.map_or(String::new(), |one| format!("({})", one.identity));
    DatabasePart::Object(table_key(&object.name, dialect) + &arguments)
}

/// Whether the database makes its values by counting, which MySQL does for the first column of a key alone (error 1075).
pub(in crate::diff) fn is_counted(column: &ColumnShape) -> bool {
    column.generated.starts_with("counted")
}

/// Whether it is an index that begins with these columns.
pub(super) fn leads(key: &Key, columns: &[String], dialect: Dialect) -> bool {
    let is_index = match key.kind {
        KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::Index => true,
        KeyKind::Check | KeyKind::Exclusion | KeyKind::ForeignKey => false,
    };
    let pairs = key.columns.iter().zip(columns);
    let mut pairs = pairs.map(|(one, other)| folded(one, dialect) == folded(other, dialect));
    is_index && key.columns.len() >= columns.len() && pairs.all(|is_same| is_same)
}

fn is_over(key: &Key, columns: &[String]) -> bool {
    key.columns.len() == columns.len() && columns.iter().all(|one| key.columns.contains(one))
}

/// Whether it may read columns that it is not over.
pub(super) fn has_expressions(key: &Key) -> bool {
    match key.kind {
        KeyKind::Index | KeyKind::Check | KeyKind::Exclusion => true,
        KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::ForeignKey => false,
    }
}
