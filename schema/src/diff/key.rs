//! Keys, indexes, foreign keys and checks of a table, each as a thing that can be added and dropped.

use crate::dialect::Dialect;
use crate::model::{
    Check, ColumnId, ForeignKey, Index, IndexKey, Model, PartWords, PrimaryKey, Table, TableId,
    TableName, Unique,
};
use crate::plan::pieces::Pieces;
use crate::source::Span;
use crate::syntax::canonical::normal_expression;
use crate::syntax::{SiteKind, sites};

/// The kinds of [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyKind {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint.
    Unique,
    /// An index; unique ones too, where CREATE INDEX makes them.
    Index,
    /// A check.
    Check,
    /// PostgreSQL `EXCLUDE`.
    Exclusion,
    /// A foreign key.
    ForeignKey,
}

impl KeyKind {
    /// For messages: `unique constraint`.
    pub fn word(self) -> &'static str {
        match self {
            Self::PrimaryKey => "primary key",
            Self::Unique => "unique constraint",
            Self::Index => "index",
            Self::Check => "check",
            Self::Exclusion => "exclusion constraint",
            Self::ForeignKey => "foreign key",
        }
    }
}

/// Something of a table that is neither a column nor an option.
#[derive(Debug, Clone)]
pub struct Key {
    /// Which kind of key it is.
    pub kind: KeyKind,
    /// Its name where one is written.
    pub name: Option<String>,
    /// The name that the database gives it, as far as that is known.
    pub known_name: Option<String>,
    /// Its columns, in order; of a check the one that it is written at.
    pub columns: Vec<String>,
    /// Rows are refused by it.
    pub unique: bool,
    /// As after `ALTER TABLE … ADD`, or the whole CREATE INDEX where [`Key::is_statement`].
    pub sql: String,
    /// It is made by CREATE INDEX.
    pub is_statement: bool,
    /// It stands at its column and is declared with it.
    pub at_column: bool,
    /// A foreign key that CREATE TABLE cannot have, as the table it refers to comes later.
    pub made_later: bool,
    /// The table that a foreign key refers to.
    pub referred: Option<TableName>,
    /// The columns of that table that it refers to, in the order of its own.
    pub(super) referred_columns: Vec<String>,
    /// MySQL's index of words or shapes.
    pub(super) is_special: bool,
    /// Where it is written.
    pub span: Span,
    /// Everything but its name; keys of equal words do the same.
    pub(super) words: Vec<String>,
    /// The columns that its expressions read. One that is not understood may read whatever it names.
    pub(super) reads: Vec<String>,
}

impl Key {
    /// Returns whether both do the same, whatever their names are.
    pub fn does_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.words == other.words
    }

    /// For messages: `` index `i` ``, `` unique constraint over `a`, `b` ``.
    pub fn described(&self) -> String {
        let word = self.kind.word();
        match &self.name {
            Some(name) => format!("{word} `{name}`"),
            None if self.columns.is_empty() => word.to_owned(),
            None => format!("{word} over `{}`", self.columns.join("`, `")),
        }
    }
}

/// Reads the keys of one table.
pub(super) struct Keys<'m> {
    pub(super) model: &'m Model,
    pub(super) id: TableId,
    pub(super) pieces: &'m Pieces<'m>,
    pub(super) dialect: Dialect,
}

impl Keys<'_> {
    pub(super) fn all(&self) -> Vec<Key> {
        let table = self.table();
        let primary = table.primary_key.iter().map(|key| self.primary_key(key));
        let uniques = table.uniques.iter().map(|unique| self.unique(unique));
        let indexes = table.indexes.iter().map(|index| self.index(index));
        let foreign = table.foreign_keys.iter().enumerate();
        let foreign = foreign.map(|(at, key)| self.foreign_key(at, key));
        let checks = table.checks.iter().map(|check| self.check(check));
        let exclusions = table.native.exclusions.iter().map(|exclusion| Key {
            sql: named(self.dialect, exclusion.name.as_deref(), &exclusion.sql),
            words: vec![exclusion.sql.clone()],
            reads: columns_in(&exclusion.sql, self.dialect),
            span: exclusion.span,
            name: exclusion.name.clone(),
            ..self.empty(KeyKind::Exclusion)
        });
        let mut keys: Vec<Key> = primary.chain(uniques).chain(indexes).collect();
        keys.extend(foreign.chain(checks).chain(exclusions));
        super::names::fill(self, &mut keys);
        keys
    }

    pub(super) fn table(&self) -> &Table {
        self.model.table(self.id)
    }

    fn empty(&self, kind: KeyKind) -> Key {
        Key {
            kind,
            name: None,
            known_name: None,
            columns: Vec::new(),
            unique: false,
            sql: String::new(),
            is_statement: false,
            at_column: false,
            made_later: false,
            referred: None,
            referred_columns: Vec::new(),
            is_special: false,
            span: self.table().span,
            words: Vec::new(),
            reads: Vec::new(),
        }
    }

    fn columns(&self, ids: &[ColumnId]) -> Vec<String> {
        let table = self.table();
        ids.iter()
            .map(|id| table.column(*id).name.clone())
            .collect()
    }

    fn primary_key(&self, key: &PrimaryKey) -> Key {
        let columns = self.columns(&key.columns);
        let mut words = self.parts(&columns, &key.parts);
        words.push(format!("{:?} {:?}", key.deferrable, key.words));
        Key {
            name: key.name.clone(),
            unique: true,
            sql: self.pieces.primary_key(self.id, key, key.name.as_deref()),
            span: key.span,
            columns,
            words,
            ..self.empty(KeyKind::PrimaryKey)
        }
    }

    fn unique(&self, unique: &Unique) -> Key {
        let columns = self.columns(&unique.columns);
        let mut words = vec!["unique".to_owned()];
        words.extend(self.parts(&columns, &unique.parts));
        words.push(method(unique.method.as_deref()));
        words.push(format!(
            "{} {} {} {:?}",
            unique.nulls_not_distinct, unique.deferrable, unique.initially_deferred, unique.words
        ));
        let kind = if unique.is_index {
            KeyKind::Index
        } else {
            KeyKind::Unique
        };
        Key {
            name: unique.name.clone(),
            unique: true,
            sql: self.pieces.unique(self.id, unique, unique.name.as_deref()),
            is_statement: self.pieces.is_statement(self.id, !unique.is_index),
            span: unique.span,
            columns,
            words,
            ..self.empty(self.one_kind(kind))
        }
    }

    /// MySQL does not distinguish unique constraints from unique indexes.
    fn one_kind(&self, kind: KeyKind) -> KeyKind {
        let stands_in_table = !self.pieces.is_statement(self.id, false);
        if kind == KeyKind::Unique && stands_in_table {
            KeyKind::Index
        } else {
            kind
        }
    }

    /// Columns with their words.
    fn parts(&self, columns: &[String], parts: &[PartWords]) -> Vec<String> {
        let usual = PartWords::default();
        let words = columns.iter().enumerate().map(|(at, column)| {
            let words = parts.get(at).unwrap_or(&usual);
            format!("{} {}", self.folded(column), part_words(words))
        });
        words.collect()
    }

    fn folded(&self, column: &str) -> String {
        super::structure::folded(column, self.dialect)
    }

    fn index(&self, index: &Index) -> Key {
        let mut words: Vec<String> = Vec::new();
        let expressions = index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Column(_) => None,
            IndexKey::Expression(expression) => Some(expression),
        });
        let reads = expressions.chain(&index.predicate);
        let reads = reads.flat_map(|one| columns_in(&one.sql, self.dialect));
        if index.unique {
            words.push("unique".to_owned());
        }
        for part in &index.parts {
            let key = match &part.key {
                IndexKey::Column(id) => self.folded(&self.table().column(*id).name),
                IndexKey::Expression(expression) => self.normal(&expression.sql),
            };
            let of_part = PartWords {
                prefix: part.prefix,
                qualifier: part.qualifier.clone(),
                descending: part.descending,
                nulls_first: part.nulls_first,
                period: None,
            };
            words.push(format!("{key} {}", part_words(&of_part)));
        }
        words.push(method(index.method.as_deref()));
        let is_deferred = index.deferrable;
        words.push(format!(
            "{} {} {} {:?}",
            index.nulls_not_distinct,
            is_deferred.is_some(),
            is_deferred == Some(true),
            index.words
        ));
        if let Some(predicate) = &index.predicate {
            words.push(self.normal(&predicate.sql));
        }
        let kind = if index.is_constraint {
            KeyKind::Unique
        } else {
            KeyKind::Index
        };
        Key {
            name: index.name.clone(),
            columns: crate::plan::pieces::index_columns(self.model, self.id, index),
            unique: index.unique,
            is_special: matches!(index.method.as_deref(), Some("fulltext" | "spatial")),
            sql: self.pieces.index(self.id, index, index.name.as_deref()),
            is_statement: self.pieces.is_statement(self.id, index.is_constraint),
            span: index.span,
            reads: reads.collect(),
            words,
            ..self.empty(self.one_kind(kind))
        }
    }

    fn normal(&self, sql: &str) -> String {
        normal_expression(sql, self.dialect)
    }

    fn foreign_key(&self, at: usize, key: &ForeignKey) -> Key {
        let referred = self.model.table(key.table);
        let columns = self.columns(&key.columns);
        let targets = key.referred.iter();
        let targets: Vec<String> = targets
            .map(|id| referred.column(*id).name.clone())
            .collect();
        let own = columns.iter().map(|column| self.folded(column));
        let mut words: Vec<String> = own
            .chain(targets.iter().map(|column| self.folded(column)))
            .collect();
        let matching = key.matching.as_deref().filter(|word| *word != "SIMPLE");
        words.push(format!(
            "{} {:?} {:?} {:?} {:?} {matching:?}",
            super::structure::table_key(&referred.name, self.dialect),
            key.on_delete,
            key.on_update,
            self.columns(&key.on_delete_columns),
            key.deferrable,
        ));
        Key {
            name: key.name.clone(),
            sql: self.pieces.foreign_key(self.id, key, key.name.as_deref()),
            made_later: self.pieces.is_made_later(self.id, at),
            referred: Some(referred.name.clone()),
            referred_columns: targets,
            span: key.span,
            columns,
            words,
            ..self.empty(KeyKind::ForeignKey)
        }
    }

    fn check(&self, check: &Check) -> Key {
        let mut words = vec![self.normal(&check.expression.sql)];
        words.extend(check.words.iter().cloned());
        Key {
            name: check.name.clone(),
            columns: self.columns(check.column.as_slice()),
            sql: self.pieces.check(self.id, check, check.name.as_deref()),
            at_column: check.column.is_some(),
            span: check.expression.span,
            reads: columns_in(&check.expression.sql, self.dialect),
            words,
            ..self.empty(KeyKind::Check)
        }
    }
}

/// The columns that an expression reads.
pub(super) fn columns_in(sql: &str, dialect: Dialect) -> Vec<String> {
    let sites = sites(sql, dialect).into_iter();
    let columns = sites.filter(|site| site.kind == SiteKind::Column);
    columns.map(|site| site.text).collect()
}

/// PostgreSQL puts NULL last, and first where the order descends: to say so changes nothing.
fn part_words(words: &PartWords) -> String {
    let nulls = words.nulls_first.filter(|first| *first != words.descending);
    let qualifier = words.qualifier.as_deref().unwrap_or_default();
    format!(
        "{:?} {} {} {nulls:?} {:?}",
        words.prefix,
        qualifier.to_lowercase(),
        words.descending,
        words.period
    )
}

fn method(name: Option<&str>) -> String {
    name.filter(|name| *name != "btree")
        .unwrap_or_default()
        .to_owned()
}

fn named(dialect: Dialect, name: Option<&str>, sql: &str) -> String {
    let mut writer = crate::sql_writer::SqlWriter::new(dialect);
    if let Some(name) = name {
        writer.push("CONSTRAINT ").identifier(name).push(" ");
    }
    writer.push(sql);
    writer.finish()
}
