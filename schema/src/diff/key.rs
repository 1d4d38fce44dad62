//! Keys, indexes, foreign keys and checks of a table, each as a thing that can be added and dropped.

use super::facts::Facts;
use crate::ast::ReferentialAction;
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
    /// PostgreSQL `NOT VALID`: rows that were there before may break it.
    pub not_valid: bool,
    /// The table that a foreign key refers to.
    pub referred: Option<TableName>,
    /// The columns of that table that it refers to, in the order of its own.
    pub(super) referred_columns: Vec<String>,
    /// MySQL's index of words or shapes.
    pub(super) is_special: bool,
    /// Where it is written.
    pub span: Span,
    /// Everything but its name.
    pub(super) meaning: Box<Meaning>,
    /// The columns that its expressions read. One that is not understood may read whatever it names.
    pub(super) reads: Vec<String>,
}

/// The effect of a key, in the form in which keys are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    words: Vec<String>,
    /// Its expressions, and the words beside its columns: a server may write them anew.
    expressions: Vec<String>,
}

impl Key {
    /// Returns whether both do the same, whatever their names are.
    pub fn does_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.meaning == other.meaning
    }

    /// Whether both are of one kind and do the same where their expressions are the same by the rule of `is_same`.
    pub fn is_like(&self, other: &Self, is_same: impl Fn(&str, &str) -> bool) -> bool {
        let is_one_kind = self.kind == other.kind;
        let (one, other) = (&self.meaning, &other.meaning);
        let mut pairs = one.expressions.iter().zip(&other.expressions);
        is_one_kind
            && one.words == other.words
            && one.expressions.len() == other.expressions.len()
            && pairs.all(|(one, other)| is_same(one, other))
    }

    /// A constraint with this name, which has none written. `None` of what is no constraint.
    pub(super) fn under(&self, name: &str, dialect: Dialect) -> Option<Self> {
        let is_constraint = self.kind != KeyKind::Index || self.unique;
        is_constraint.then(|| Self {
            name: Some(name.to_owned()),
            known_name: Some(name.to_owned()),
            sql: named(dialect, Some(name), &self.sql),
            ..self.clone()
        })
    }

    /// Its effect as one text.
    pub(super) fn effect(&self) -> String {
        let Meaning { words, expressions } = &*self.meaning;
        let all = words.iter().chain(expressions).map(String::as_str);
        all.collect::<Vec<_>>().join(" ")
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
            meaning: meaning(Vec::new(), vec![exclusion.sql.clone()]),
            reads: columns_in(&exclusion.sql, self.dialect),
            span: exclusion.span,
            name: exclusion.name.clone(),
            ..self.empty(KeyKind::Exclusion)
        });
        let mut keys: Vec<Key> = primary.chain(uniques).chain(indexes).collect();
        keys.extend(foreign.chain(checks).chain(exclusions));
        (Facts::of(self.dialect).keys.fill_names)(self, &mut keys);
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
            not_valid: false,
            referred: None,
            referred_columns: Vec::new(),
            is_special: false,
            span: self.table().span,
            meaning: Box::default(),
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
        let (mut words, expressions) = self.parts(&columns, &key.parts);
        words.push(format!("{:?} {:?}", key.deferrable, key.words));
        Key {
            name: key.name.clone(),
            unique: true,
            sql: self.pieces.primary_key(self.id, key, key.name.as_deref()),
            span: key.span,
            columns,
            meaning: meaning(words, expressions),
            ..self.empty(KeyKind::PrimaryKey)
        }
    }

    fn unique(&self, unique: &Unique) -> Key {
        let columns = self.columns(&unique.columns);
        let (parts, expressions) = self.parts(&columns, &unique.parts);
        let mut words = vec!["unique".to_owned()];
        words.extend(parts);
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
            meaning: meaning(words, expressions),
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

    /// Columns with their words, and with what stands beside them.
    fn parts(&self, columns: &[String], parts: &[PartWords]) -> (Vec<String>, Vec<String>) {
        let usual = PartWords::default();
        let words = columns.iter().enumerate().map(|(at, column)| {
            let words = parts.get(at).unwrap_or(&usual);
            format!("{} {}", self.folded(column), self.part_words(column, words))
        });
        let beside = parts.iter().filter_map(|part| part.qualifier.as_ref());
        let beside = beside.map(|words| words.to_lowercase());
        (words.collect(), beside.collect())
    }

    /// PostgreSQL puts NULL last, and first where the order descends: to say so changes nothing. Nor does a prefix that is as long as its
    /// column.
    fn part_words(&self, column: &str, words: &PartWords) -> String {
        let nulls = words.nulls_first.filter(|first| *first != words.descending);
        let mut columns = self.table().columns.iter();
        let column = columns.find(|one| one.name == column);
        let whole = column.and_then(|column| column.column_type.length());
        let prefix = words.prefix.filter(|prefix| whole != Some(*prefix));
        let (descends, period) = (words.descending, &words.period);
        format!("{prefix:?} {descends} {nulls:?} {period:?}")
    }

    fn folded(&self, column: &str) -> String {
        super::structure::folded(column, self.dialect)
    }

    fn index(&self, index: &Index) -> Key {
        let (mut words, mut expressions) = (Vec::new(), Vec::new());
        let read = index.parts.iter().filter_map(|part| match &part.key {
            IndexKey::Column(_) => None,
            IndexKey::Expression(expression) => Some(expression),
        });
        let reads = read.chain(&index.predicate);
        let reads = reads.flat_map(|one| columns_in(&one.sql, self.dialect));
        if index.unique {
            words.push("unique".to_owned());
        }
        for part in &index.parts {
            let column = match &part.key {
                IndexKey::Column(id) => self.table().column(*id).name.as_str(),
                IndexKey::Expression(expression) => {
                    expressions.push(self.normal(&expression.sql));
                    ""
                }
            };
            expressions.extend(part.qualifier.as_ref().map(|words| words.to_lowercase()));
            let of_part = PartWords {
                prefix: part.prefix,
                qualifier: None,
                descending: part.descending,
                nulls_first: part.nulls_first,
                period: None,
            };
            let beside = self.part_words(column, &of_part);
            words.push(format!("{} {beside}", self.folded(column)));
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
            words.push("where".to_owned());
            expressions.push(self.normal(&predicate.sql));
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
            meaning: meaning(words, expressions),
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
            self.action(key.on_delete),
            self.action(key.on_update),
            self.columns(&key.on_delete_columns),
            key.deferrable,
        ));
        Key {
            name: key.name.clone(),
            sql: self.pieces.foreign_key(self.id, key, key.name.as_deref()),
            made_later: self.pieces.is_made_later(self.id, at),
            not_valid: key.not_valid,
            referred: Some(referred.name.clone()),
            referred_columns: targets,
            span: key.span,
            columns,
            meaning: meaning(words, Vec::new()),
            ..self.empty(KeyKind::ForeignKey)
        }
    }

    /// Both words that refuse may be one.
    fn action(&self, action: ReferentialAction) -> ReferentialAction {
        match action {
            ReferentialAction::Restrict if Facts::of(self.dialect).keys.restrict_is_no_action => {
                ReferentialAction::NoAction
            }
            action => action,
        }
    }

    fn check(&self, check: &Check) -> Key {
        Key {
            name: check.name.clone(),
            columns: self.columns(check.column.as_slice()),
            sql: self.pieces.check(self.id, check, check.name.as_deref()),
            at_column: check.column.is_some(),
            not_valid: check.not_valid,
            span: check.expression.span,
            reads: columns_in(&check.expression.sql, self.dialect),
            meaning: meaning(
                check.words.clone(),
                vec![self.normal(&check.expression.sql)],
            ),
            ..self.empty(KeyKind::Check)
        }
    }
}

fn meaning(words: Vec<String>, expressions: Vec<String>) -> Box<Meaning> {
    Box::new(Meaning { words, expressions })
}

/// The columns that an expression reads.
pub(super) fn columns_in(sql: &str, dialect: Dialect) -> Vec<String> {
    let sites = sites(sql, dialect).into_iter();
    let columns = sites.filter(|site| site.kind == SiteKind::Column);
    columns.map(|site| site.text).collect()
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
