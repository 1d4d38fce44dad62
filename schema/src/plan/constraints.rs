//! Keys, foreign keys and checks of a table, and what each database calls them in its errors.
//!
//! Where a database reports columns there is no name: SQLite's unique keys, MySQL's foreign keys. What it calls by a
//! name that cannot be known, as a check that has none in the schema, has none here either.

use crate::lists::IntoVec as _;
use std::collections::HashSet;

use super::index::given_names;
use crate::dialect::Dialect;
use crate::model::{ColumnId, Engine, IndexKey, Model, Table, TableId};
use crate::name::implied::{first_free, implied_name};

/// A key, foreign key or check.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// Which kind of constraint it is.
    pub kind: ConstraintKind,
    /// Its name in the schema.
    pub name: Option<String>,
    /// Its columns, in order; of a check the one it is written at.
    pub columns: Vec<ColumnId>,
    /// The names that databases of these dialects give it.
    pub names: Vec<(Dialect, String)>,
}

/// The kinds of [`Constraint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint, or a plain unique index.
    Unique,
    /// A unique index over a condition, an expression or part of a column.
    UniqueIndex,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
}

/// Those of a table: its key, its unique keys and indexes, its foreign keys, its checks.
pub fn constraints(model: &Model, id: TableId) -> Vec<Constraint> {
    let table = model.table(id);
    let mut all = unnamed(table);
    let mut done: Vec<Dialect> = Vec::new();
    for engine in table.engines.iter().map(|id| model.engine(*id)) {
        if done.contains(&engine.dialect) {
            continue;
        }
        done.push(engine.dialect);
        let names = Namer::new(model, id, engine).names(&all);
        for (constraint, name) in all.iter_mut().zip(names) {
            constraint
                .names
                .extend(name.map(|name| (engine.dialect, name)));
        }
    }
    all
}

fn unnamed(table: &Table) -> Vec<Constraint> {
    let constraint = |kind, name: &Option<String>, columns: Vec<ColumnId>| Constraint {
        kind,
        name: name.clone(),
        columns,
        names: Vec::new(),
    };
    let key = table.primary_key.iter();
    let key = key.map(|key| constraint(ConstraintKind::PrimaryKey, &key.name, key.columns.clone()));
    let uniques = table.uniques.iter();
    let uniques = uniques
        .map(|unique| constraint(ConstraintKind::Unique, &unique.name, unique.columns.clone()));
    let indexes = table.indexes.iter().filter(|index| index.unique);
    let indexes = indexes.map(|index| {
        let columns = index.parts.iter().filter_map(|part| match part.key {
            IndexKey::Column(column) => Some(column),
            IndexKey::Expression(_) => None,
        });
        constraint(ConstraintKind::UniqueIndex, &index.name, columns.into_vec())
    });
    let foreign = table.foreign_keys.iter();
    let foreign =
        foreign.map(|key| constraint(ConstraintKind::ForeignKey, &key.name, key.columns.clone()));
    let checks = table.checks.iter();
    let checks = checks.map(|check| {
        constraint(
            ConstraintKind::Check,
            &check.name,
            check.column.into_iter().into_vec(),
        )
    });
    key.chain(uniques)
        .chain(indexes)
        .chain(foreign)
        .chain(checks)
        .into_vec()
}

/// Names the constraints as one dialect does.
struct Namer<'m> {
    table: &'m Table,
    dialect: Dialect,
    /// The schema is written in it, so names are kept.
    native: bool,
    /// Written names of unique indexes, in the order of uniques, then of unique ones among the indexes.
    indexes: Vec<Option<String>>,
    taken: HashSet<String>,
}

impl<'m> Namer<'m> {
    fn new(model: &'m Model, id: TableId, engine: &Engine) -> Self {
        let table = model.table(id);
        let (uniques, others) = given_names(model, id, engine);
        let others = table.indexes.iter().zip(others);
        let others = others
            .filter(|(index, _)| index.unique)
            .map(|(_, name)| name);
        Self {
            table,
            dialect: engine.dialect,
            native: table.source_dialect == engine.dialect,
            indexes: uniques.into_iter().chain(others).into_vec(),
            taken: HashSet::new(),
        }
    }

    fn names(mut self, all: &[Constraint]) -> Vec<Option<String>> {
        if self.native {
            self.taken
                .extend(all.iter().filter_map(|one| one.name.clone()));
        }
        let mut indexes = std::mem::take(&mut self.indexes).into_iter();
        let mut written = || indexes.next().flatten();
        let names = all.iter().map(|one| {
            let index = match one.kind {
                ConstraintKind::Unique | ConstraintKind::UniqueIndex => written(),
                ConstraintKind::PrimaryKey | ConstraintKind::ForeignKey | ConstraintKind::Check => {
                    None
                }
            };
            let own = one.name.clone().filter(|_| self.native);
            self.name(one, own.or(index))
        });
        names.into_vec()
    }

    fn name(&mut self, one: &Constraint, written: Option<String>) -> Option<String> {
        match self.dialect {
            Dialect::Sqlite => match one.kind {
                ConstraintKind::UniqueIndex | ConstraintKind::Check => written,
                ConstraintKind::PrimaryKey
                | ConstraintKind::Unique
                | ConstraintKind::ForeignKey => None,
            },
            Dialect::Postgres => self.postgres(one, written),
            Dialect::Mysql => self.mysql(one, written),
        }
    }

    fn postgres(&mut self, one: &Constraint, written: Option<String>) -> Option<String> {
        let table = self.table.name.name.as_str();
        if let Some(name) = written {
            return Some(name);
        }
        let columns = self.columns(one);
        let suffix = match one.kind {
            ConstraintKind::PrimaryKey => return Some(implied_name(table, &[], "pkey")),
            ConstraintKind::Unique if self.is_index(one) => "idx",
            ConstraintKind::Unique => "key",
            ConstraintKind::ForeignKey => "fkey",
            ConstraintKind::UniqueIndex => return None,
            ConstraintKind::Check => {
                let is_known = self.native && self.is_only_check(one);
                return is_known.then(|| implied_name(table, &columns, "check"));
            }
        };
        let free = first_free(table, &columns, suffix, |name| self.taken.contains(name));
        self.taken.insert(free.clone());
        Some(free)
    }

    /// A key without a name has that of its first column, with a number where that is taken.
    fn mysql(&mut self, one: &Constraint, written: Option<String>) -> Option<String> {
        match one.kind {
            ConstraintKind::PrimaryKey => Some("PRIMARY".to_owned()),
            ConstraintKind::Unique if written.is_none() => {
                let first = *self.columns(one).first()?;
                let numbered = (2_u32..).map(|number| format!("{first}_{number}"));
                let mut names = std::iter::once(first.to_owned()).chain(numbered);
                let free = names.find(|name| !self.taken.contains(&name.to_lowercase()))?;
                self.taken.insert(free.to_lowercase());
                Some(free)
            }
            ConstraintKind::Unique | ConstraintKind::UniqueIndex | ConstraintKind::ForeignKey => {
                written
            }
            ConstraintKind::Check => written.or_else(|| {
                // MariaDB's, at a column.
                let column = *self.columns(one).first()?;
                self.native
                    .then(|| format!("{}.{column}", self.table.name.name))
            }),
        }
    }

    fn columns(&self, one: &Constraint) -> Vec<&'m str> {
        let columns = one.columns.iter();
        columns
            .map(|column| self.table.column(*column).name.as_str())
            .into_vec()
    }

    fn is_index(&self, one: &Constraint) -> bool {
        let mut uniques = self.table.uniques.iter();
        uniques.any(|unique| unique.is_index && unique.columns == one.columns)
    }

    /// No other check has its column's name.
    fn is_only_check(&self, one: &Constraint) -> bool {
        let at = |column: &Option<ColumnId>| column.as_slice() == one.columns.as_slice();
        let same = self
            .table
            .checks
            .iter()
            .filter(|check| check.name.is_none() && at(&check.column));
        !one.columns.is_empty() && same.count() == 1
    }
}
