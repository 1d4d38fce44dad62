//! Two structures, compared; the changes in an order in which a database can execute them.
//!
//! Views that stand in the way first, then foreign keys, then other keys go; types come; columns change; tables come, each
//! after what it refers to; foreign keys come, as only then all tables are there; tables and types go; views come.

use std::collections::BTreeSet;

use super::change::{Change, ColumnChange};
use super::expression::same_expression;
use super::key::{Key, KeyKind};
use super::structure::{ColumnShape, Structure, TableShape, ViewShape, folded, table_key};
use crate::dialect::{Dialect, Flavour};
use crate::model::TableName;

/// Which names of keys count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRule {
    /// Those that are written on the side that is to be reached.
    Written,
    /// Those that the database gives, too.
    Given,
}

/// The changes that make `from` like `to`. A key without a name in `to` may have any.
pub fn compare(from: &Structure, to: &Structure) -> Vec<Change> {
    compare_with(from, to, NameRule::Written)
}

/// The same with another rule for the names of keys.
pub fn compare_with(from: &Structure, to: &Structure, names: NameRule) -> Vec<Change> {
    let mut comparison = Comparison {
        from,
        to,
        names,
        parts: Parts::default(),
        unsettled: BTreeSet::new(),
    };
    comparison.types();
    comparison.tables();
    comparison.views();
    comparison.parts.finish()
}

/// Changes by when they are executed.
#[derive(Default)]
struct Parts {
    drop_views: Vec<Change>,
    drop_foreign_keys: Vec<Change>,
    drop_keys: Vec<Change>,
    create_types: Vec<Change>,
    columns: Vec<Change>,
    add_keys: Vec<Change>,
    /// Indexes of MySQL: a foreign key may need one until another takes its place.
    drop_indexes: Vec<Change>,
    create_tables: Vec<Change>,
    add_foreign_keys: Vec<Change>,
    drop_columns: Vec<Change>,
    drop_tables: Vec<Change>,
    drop_types: Vec<Change>,
    create_views: Vec<Change>,
}

impl Parts {
    fn finish(self) -> Vec<Change> {
        [
            self.drop_views,
            self.drop_foreign_keys,
            self.drop_keys,
            self.create_types,
            self.columns,
            self.add_keys,
            self.drop_indexes,
            self.create_tables,
            self.add_foreign_keys,
            self.drop_columns,
            self.drop_tables,
            self.drop_types,
            self.create_views,
        ]
        .concat()
    }
}

struct Comparison<'s> {
    from: &'s Structure,
    to: &'s Structure,
    names: NameRule,
    parts: Parts,
    /// Tables of which a column changes or goes: no view may read them meanwhile.
    unsettled: BTreeSet<String>,
}

impl<'s> Comparison<'s> {
    fn dialect(&self) -> Dialect {
        self.to.dialect
    }

    fn key_of(&self, name: &TableName) -> String {
        table_key(name, self.dialect())
    }

    fn types(&mut self) {
        let (from, to) = (self.from, self.to);
        for object in &to.objects {
            let known = from.objects.iter();
            let mut known = known.filter(|one| one.kind == object.kind && one.name == object.name);
            match known.next() {
                None => self
                    .parts
                    .create_types
                    .push(Change::CreateObject(object.clone())),
                Some(one) if one.words == object.words => {}
                Some(one) => self.parts.create_types.push(Change::ChangeObject {
                    from: one.clone(),
                    to: object.clone(),
                }),
            }
        }
        for values in &to.enums {
            match from.enums.iter().find(|one| one.name == values.name) {
                None => self
                    .parts
                    .create_types
                    .push(Change::CreateEnum(values.clone())),
                Some(one) if one.values == values.values => {}
                Some(one) => {
                    self.parts.create_types.push(Change::ChangeEnum {
                        from: one.clone(),
                        to: values.clone(),
                    });
                    self.unsettle_enum(values.name.to_string());
                }
            }
        }
        for values in from.enums.iter().rev() {
            if !to.enums.iter().any(|one| one.name == values.name) {
                self.parts.drop_types.push(Change::DropEnum(values.clone()));
            }
        }
        for object in from.objects.iter().rev() {
            let is_kept =
                |one: &super::ObjectShape| one.kind == object.kind && one.name == object.name;
            if !to.objects.iter().any(is_kept) {
                self.parts
                    .drop_types
                    .push(Change::DropObject(object.clone()));
            }
        }
    }

    /// Its columns may get the type anew.
    fn unsettle_enum(&mut self, name: String) {
        for table in &self.from.tables {
            let holds = |column: &ColumnShape| column.type_sql.replace('"', "").starts_with(&name);
            if table.columns.iter().any(holds) {
                self.unsettled.insert(self.key_of(&table.name));
            }
        }
    }

    fn tables(&mut self) {
        let (from, to) = (self.from, self.to);
        for table in &to.tables {
            if self.is_left_alone(&table.name) {
                continue;
            }
            match from.table(&table.name) {
                Some(known) => self.table(known, table),
                None => self.create_table(table),
            }
        }
        for table in from.tables.iter().rev() {
            if to.table(&table.name).is_none() && !self.is_left_alone(&table.name) {
                self.drop_table(table);
            }
        }
    }

    /// Unmanaged on one side.
    fn is_left_alone(&self, name: &TableName) -> bool {
        let key = self.key_of(name);
        let mut tables = self
            .from
            .model()
            .tables
            .iter()
            .chain(&self.to.model().tables);
        tables.any(|table| table.unmanaged && self.key_of(&table.name) == key)
    }

    fn create_table(&mut self, table: &TableShape) {
        self.parts
            .create_tables
            .push(Change::CreateTable(table.clone()));
        for key in table.keys.iter().filter(|key| key.made_later) {
            self.parts.add_foreign_keys.push(Change::AddKey {
                table: table.name.clone(),
                key: key.clone(),
            });
        }
    }

    /// Foreign keys to tables that go, too, go first where that is necessary.
    fn drop_table(&mut self, table: &TableShape) {
        self.unsettled.insert(self.key_of(&table.name));
        for key in table.keys.iter().filter(|key| key.made_later) {
            self.parts.drop_foreign_keys.push(Change::DropKey {
                table: table.name.clone(),
                key: key.clone(),
            });
        }
        self.parts
            .drop_tables
            .push(Change::DropTable(table.clone()));
    }

    fn table(&mut self, from: &'s TableShape, to: &'s TableShape) {
        let name = &to.name;
        for column in &to.columns {
            match from.column(&column.name, self.dialect()) {
                None => self.parts.columns.push(Change::AddColumn {
                    table: name.clone(),
                    column: column.clone(),
                }),
                Some(known) => self.column(from, to, known, column),
            }
        }
        for column in &from.columns {
            if to.column(&column.name, self.dialect()).is_none() {
                self.unsettled.insert(self.key_of(name));
                self.parts.drop_columns.push(Change::DropColumn {
                    table: name.clone(),
                    column: column.clone(),
                });
            }
        }
        let skipped = |key: &Key, other: &TableShape| self.goes_with_column(key, other);
        let old: Vec<&Key> = from.keys.iter().filter(|key| !skipped(key, to)).collect();
        let new: Vec<&Key> = to.keys.iter().filter(|key| !skipped(key, from)).collect();
        self.keys(name, &old, &new);
        if !same_options(&from.options, &to.options, self.dialect()) {
            self.parts.columns.push(Change::ChangeOptions {
                table: name.clone(),
                from: from.options.clone(),
                to: to.options.clone(),
            });
        }
        if from.comment != to.comment {
            self.parts.columns.push(Change::ChangeComment {
                table: name.clone(),
                from: from.comment.clone(),
                to: to.comment.clone(),
            });
        }
    }

    /// A check that stands at its column comes and goes with that; on MariaDB it is part of it all the time.
    fn goes_with_column(&self, key: &Key, other: &TableShape) -> bool {
        let at = key.columns.first().filter(|_| key.at_column);
        at.is_some_and(|column| {
            self.checks_are_of_columns() || other.column(column, self.dialect()).is_none()
        })
    }

    fn checks_are_of_columns(&self) -> bool {
        self.dialect() == Dialect::Mysql && self.to.flavour != Some(Flavour::Mysql)
    }

    fn column(
        &mut self,
        from_table: &TableShape,
        to_table: &TableShape,
        from: &ColumnShape,
        to: &ColumnShape,
    ) {
        let mut changes = column_changes(from, to, self.dialect());
        let checks = |table: &TableShape, column: &ColumnShape| {
            let of = table.keys.iter().filter(|key| {
                key.kind == KeyKind::Check && key.at_column && key.columns[0] == column.name
            });
            of.map(|key| key.words.clone()).collect::<Vec<_>>()
        };
        if self.checks_are_of_columns() && checks(from_table, from) != checks(to_table, to) {
            changes.push(ColumnChange::Check);
        }
        if changes.is_empty() {
            return;
        }
        if changes.iter().any(|change| unsettles(*change)) {
            self.unsettled.insert(self.key_of(&to_table.name));
        }
        self.parts.columns.push(Change::ChangeColumn {
            table: to_table.name.clone(),
            from: Box::new(from.clone()),
            to: Box::new(to.clone()),
            changes,
        });
    }

    /// Keys that do the same are one; of several the one of its name first.
    fn keys(&mut self, table: &TableName, old: &[&Key], new: &[&Key]) {
        let mut open: Vec<&Key> = old.to_vec();
        let mut pairs: Vec<(&Key, &Key)> = Vec::new();
        let mut added: Vec<&Key> = Vec::new();
        let named =
            |one: &Key, other: &Key| one.does_the_same(other) && one.known_name == other.known_name;
        let mut rest: Vec<&Key> = Vec::new();
        for key in new {
            match open.iter().position(|one| named(one, key)) {
                Some(at) => pairs.push((open.remove(at), key)),
                None => rest.push(key),
            }
        }
        for key in rest {
            match open.iter().position(|one| one.does_the_same(key)) {
                Some(at) => pairs.push((open.remove(at), key)),
                None => added.push(key),
            }
        }
        for key in open {
            self.drop_key(table, key);
        }
        for (from, to) in pairs {
            self.rename(table, from, to);
        }
        for key in added {
            self.add_key(table, key);
        }
    }

    fn rename(&mut self, table: &TableName, from: &Key, to: &Key) {
        let counts = match self.names {
            NameRule::Written => to.name.is_some(),
            NameRule::Given => true,
        };
        let differ = from.known_name.is_some()
            && to.known_name.is_some()
            && from.known_name != to.known_name;
        if !counts || !differ || (self.dialect() == Dialect::Sqlite && !to.is_statement) {
            return;
        }
        self.parts.add_keys.push(Change::RenameKey {
            table: table.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }

    fn drop_key(&mut self, table: &TableName, key: &Key) {
        let change = Change::DropKey {
            table: table.clone(),
            key: key.clone(),
        };
        if key.kind == KeyKind::ForeignKey {
            self.parts.drop_foreign_keys.push(change);
        } else if self.is_needed_meanwhile(table, key) {
            self.parts.drop_indexes.push(change);
        } else {
            self.parts.drop_keys.push(change);
        }
    }

    /// MySQL refuses to drop the last index of a foreign key's columns (error 1553). An index of its name cannot come first.
    fn is_needed_meanwhile(&self, table: &TableName, key: &Key) -> bool {
        let serves = matches!(key.kind, KeyKind::Index | KeyKind::Unique);
        let at = table_key(table, self.dialect());
        let tables = self.to.tables.iter();
        let mut after = tables.filter(|one| table_key(&one.name, self.dialect()) == at);
        match self.dialect() {
            Dialect::Mysql => {
                serves
                    && after.all(|one| {
                        one.keys
                            .iter()
                            .all(|other| other.known_name != key.known_name)
                    })
            }
            Dialect::Sqlite | Dialect::Postgres => false,
        }
    }

    fn add_key(&mut self, table: &TableName, key: &Key) {
        let change = Change::AddKey {
            table: table.clone(),
            key: key.clone(),
        };
        if key.kind == KeyKind::ForeignKey {
            self.parts.add_foreign_keys.push(change);
        } else {
            self.parts.add_keys.push(change);
        }
    }

    /// A view is made again where what it reads changes.
    fn views(&mut self) {
        let (from, to) = (self.from, self.to);
        let mut made_again: BTreeSet<String> = std::mem::take(&mut self.unsettled);
        let mut dropped: Vec<&ViewShape> = Vec::new();
        for view in &from.views {
            let key = self.key_of(&view.name);
            let kept = to.views.iter().find(|one| self.key_of(&one.name) == key);
            let reads = view
                .reads
                .iter()
                .any(|name| made_again.contains(&self.key_of(name)));
            if reads || kept.is_none_or(|kept| !same_view(view, kept, self.dialect())) {
                made_again.insert(key);
                dropped.push(view);
            }
        }
        let drops = dropped.iter().rev();
        let drops = drops.map(|view| Change::DropView((*view).clone()));
        self.parts.drop_views.extend(drops);
        for view in &to.views {
            let key = self.key_of(&view.name);
            let known = from.views.iter().find(|one| self.key_of(&one.name) == key);
            match known.filter(|_| !made_again.contains(&key)) {
                Some(known) => {
                    let (old, new) = (known.keys.iter().collect::<Vec<_>>(), view.keys.iter());
                    self.keys(&view.name, &old, &new.collect::<Vec<_>>());
                }
                None => self
                    .parts
                    .create_views
                    .push(Change::CreateView(view.clone())),
            }
        }
    }
}

fn unsettles(change: ColumnChange) -> bool {
    match change {
        ColumnChange::Type | ColumnChange::Generated | ColumnChange::Collation => true,
        ColumnChange::Null
        | ColumnChange::Default
        | ColumnChange::Comment
        | ColumnChange::Words
        | ColumnChange::Check => false,
    }
}

fn column_changes(from: &ColumnShape, to: &ColumnShape, dialect: Dialect) -> Vec<ColumnChange> {
    let same_type =
        normal_type(&from.compared_type, dialect) == normal_type(&to.compared_type, dialect);
    let fold = |text: &Option<String>| text.as_ref().map(|text| folded(text, dialect));
    let differs = [
        (ColumnChange::Type, !same_type),
        (ColumnChange::Null, from.nullable != to.nullable),
        (
            ColumnChange::Default,
            !same_default(from.default.as_deref(), to.default.as_deref(), dialect),
        ),
        (ColumnChange::Generated, from.generated != to.generated),
        (
            ColumnChange::Collation,
            fold(&from.collation) != fold(&to.collation),
        ),
        (ColumnChange::Comment, from.comment != to.comment),
        (
            ColumnChange::Words,
            normal_words(&from.words) != normal_words(&to.words),
        ),
    ];
    let changed = differs.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(change, _)| change).collect()
}

fn same_default(from: Option<&str>, to: Option<&str>, dialect: Dialect) -> bool {
    match (from, to) {
        (None, None) => true,
        (Some(from), Some(to)) => same_expression(from, to, dialect),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn normal_words(words: &[String]) -> Vec<String> {
    let mut words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    words.sort();
    words
}

/// Without blanks; names of PostgreSQL keep their case within quotes, values of enums and sets everywhere.
fn normal_type(declared: &str, dialect: Dialect) -> String {
    let mut quote = None;
    let mut text = String::new();
    for letter in declared.chars() {
        match quote {
            None if letter.is_whitespace() => continue,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            None | Some(_) => {}
        }
        let keeps_case = quote.is_some() && (letter != '"' || dialect == Dialect::Postgres);
        if keeps_case {
            text.push(letter);
        } else {
            text.extend(letter.to_lowercase());
        }
    }
    text.replace("public.", "").replace('"', "")
}

fn same_view(from: &ViewShape, to: &ViewShape, dialect: Dialect) -> bool {
    from.materialized == to.materialized
        && from.columns == to.columns
        && normal_query(&from.query, dialect) == normal_query(&to.query, dialect)
}

fn normal_query(sql: &str, dialect: Dialect) -> String {
    let normal = super::expression::normal_tokens(sql, dialect);
    normal.trim_end_matches(';').trim().to_owned()
}

/// Options that are written on both sides must be the same; those of one side alone may be a default of the other.
fn same_options(from: &str, to: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => from.eq_ignore_ascii_case(to),
        Dialect::Mysql => {
            let (from, to) = (assignments(from), assignments(to));
            let same = |(name, value): &(String, String)| {
                let other = from.iter().find(|(known, _)| known == name);
                other.is_none_or(|(_, known)| known == value)
            };
            to.iter().all(same)
        }
    }
}

/// `ENGINE=InnoDB DEFAULT CHARSET=utf8mb4` as names and values.
fn assignments(options: &str) -> Vec<(String, String)> {
    let lower = options.to_lowercase().replace(" = ", "=");
    let found = lower.split_whitespace().filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        let name = name.replace("character set", "charset");
        let counts = matches!(name.as_str(), "engine" | "charset" | "set" | "collate");
        counts.then(|| {
            (
                name.replace("set", "charset")
                    .replace("charcharset", "charset"),
                value.to_owned(),
            )
        })
    });
    found.collect()
}
