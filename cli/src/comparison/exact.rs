//! The schema in the server's own words, where it gives them: what is only another spelling is no difference, and what is left is one.

use std::collections::BTreeSet;

use bindery_schema::column_type::TypeClass;
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{
    Change, ColumnChange, ColumnShape, Key, KeyKind, Structure, TableShape, compare, same_query,
};
use bindery_schema::model::TableName;

use super::collations::Collations;
use super::partitions::{changed_partitions, is_of_options};
use super::spelling::option;
use crate::catalogue::{Catalogue, Respelled, Wanted, is_special};

/// The tables that the server has written, and the changes that make the database like them.
#[derive(Default)]
pub(super) struct Exact {
    respelled: Respelled,
    tables: Option<Structure>,
    changes: Vec<Change>,
    collations: Collations,
}

impl Exact {
    /// With the objects of the database, which the tables need.
    pub(super) fn new(
        respelled: Respelled,
        catalogue: &Catalogue,
        (found, expected): (&Structure, &Structure),
    ) -> Self {
        let objects = catalogue.items.iter().filter(|item| item.table.is_none());
        let objects = objects.flat_map(|item| &item.statements);
        let tables = respelled.tables.iter().flat_map(|(_, sql)| sql);
        let text: String = objects
            .chain(tables)
            .map(|sql| format!("{sql};\n"))
            .collect();
        let tables = Structure::read(&text, found.dialect, found.flavour).ok();
        let changes = tables.as_ref().map(|tables| compare(found, tables));
        let collations = tables
            .as_ref()
            .map(|tables| Collations::new(tables, found, expected));
        Self {
            respelled,
            changes: changes.unwrap_or_default(),
            collations: collations.unwrap_or_default(),
            tables,
        }
    }

    /// Whether its expressions are known as the server writes them.
    pub(super) fn has(&self, table: &TableName) -> bool {
        self.tables
            .as_ref()
            .is_some_and(|one| one.table(table).is_some())
    }

    /// Whether the query of a view of the database is that of the schema; `None` where it is not known.
    pub(super) fn is_same_view(
        &self,
        name: &TableName,
        found: &str,
        dialect: Dialect,
    ) -> Option<bool> {
        let query = self.respelled.views.get(name)?;
        Some(same_query(query, found, dialect))
    }

    /// Whether a column is known to have another collation than that of the schema.
    pub(super) fn has_other_collation(&self, table: &TableName, column: &ColumnShape) -> bool {
        self.collations.is_same(table, column) == Some(false)
    }

    pub(super) fn is_same_domain(&self, name: &TableName) -> Option<bool> {
        self.respelled.domains.get(name).copied()
    }

    /// Whether a part of a table holds the rows that the schema says; `None` where it is not known.
    pub(super) fn is_same_partition(&self, name: &TableName) -> Option<bool> {
        self.respelled.partitions.get(name).copied()
    }

    /// The changes that are more than another spelling.
    pub(super) fn real(&self, all: Vec<Change>) -> Vec<Change> {
        let mut real: Vec<Option<Change>> = all.into_iter().map(Some).collect();
        for at in 0..real.len() {
            match real[at].take() {
                Some(Change::AddKey { table, key }) => {
                    let same = self.key(&table, &key);
                    let from = same.and_then(|same| take_dropped(&mut real, &table, same));
                    real[at] = match from {
                        Some(from) => renamed(table, from, key),
                        None => Some(Change::AddKey { table, key }),
                    };
                }
                Some(change) => real[at] = self.real_column(change),
                None => {}
            }
        }
        let mut real: Vec<Change> = real.into_iter().flatten().collect();
        for change in &self.collations.tables {
            let mut known = real.iter();
            let table = change.table();
            if !known.any(|one| table.is_some_and(|table| is_of_options(one, table))) {
                real.push(change.clone());
            }
        }
        real
    }

    /// Of a changed column the parts that are changed in the server's words, too.
    fn real_column(&self, change: Change) -> Option<Change> {
        match change {
            Change::ChangeColumn {
                table,
                from,
                to,
                changes,
            } if self.has(&table) => {
                let real = self.of_column(&table, &to);
                let is_real = |one: &ColumnChange| match one {
                    ColumnChange::Comment => true,
                    ColumnChange::Collation => self
                        .collations
                        .is_same(&table, &to)
                        .map_or(real.contains(one), |is_same| !is_same),
                    ColumnChange::Type if is_json(&to) => {
                        real.contains(one) || real.contains(&ColumnChange::Check)
                    }
                    _ => real.contains(one),
                };
                let changes: Vec<ColumnChange> = changes.into_iter().filter(is_real).collect();
                (!changes.is_empty()).then_some(Change::ChangeColumn {
                    table,
                    from,
                    to,
                    changes,
                })
            }
            other => Some(other),
        }
    }

    fn of_column(&self, table: &TableName, column: &ColumnShape) -> Vec<ColumnChange> {
        let of = self.changes.iter().filter_map(|change| match change {
            Change::ChangeColumn {
                table: other,
                to,
                changes,
                ..
            } if other.name == table.name && to.name == column.name => Some(changes.clone()),
            _ => None,
        });
        of.flatten().collect()
    }

    /// The keys with expressions of a table, as the server writes them.
    fn keys(&self, table: &TableName) -> impl Iterator<Item = &Key> {
        let table = self.tables.as_ref().and_then(|one| one.table(table));
        let keys = table.map_or(&[][..], |one| &one.keys).iter();
        keys.filter(|key| has_expression(key))
    }

    /// The same key, as the server writes it.
    fn key(&self, table: &TableName, key: &Key) -> Option<&Key> {
        let named = |one: &&Key| {
            one.kind == key.kind && one.known_name.is_some() && one.known_name == key.known_name
        };
        let is_known = has_expression(key);
        self.keys(table).find(named).filter(|_| is_known)
    }
}

/// Only the server knows the collation of a character set.
fn says_set_alone(table: &TableShape, dialect: Dialect) -> bool {
    let says = |name| option(&table.options, name).is_some();
    dialect == Dialect::Mysql && says("charset") && !says("collate")
}

/// Adds a change of the type of each `json` that the database has as plain text: MariaDB's is a `longtext` with a check, and the same type
/// otherwise.
pub(super) fn add_json(found: &Structure, expected: &Structure, all: &mut Vec<Change>) {
    if expected.dialect != Dialect::Mysql {
        return;
    }
    for table in &expected.tables {
        for to in table.columns.iter().filter(|column| is_json(column)) {
            let known = found.table(&table.name);
            let from = known.and_then(|known| known.column(&to.name, expected.dialect));
            let Some(from) = from.filter(|from| !is_json(from)) else {
                continue;
            };
            let is_it = |change: &&mut Change| matches!(change, Change::ChangeColumn { table: name, to: other, .. } if *name == table.name && other.name == to.name);
            match all.iter_mut().find(is_it) {
                Some(Change::ChangeColumn { changes, .. }) => {
                    if !changes.contains(&ColumnChange::Type) {
                        changes.insert(0, ColumnChange::Type);
                    }
                }
                Some(_) | None => all.push(Change::ChangeColumn {
                    table: table.name.clone(),
                    from: Box::new(from.clone()),
                    to: Box::new(to.clone()),
                    changes: vec![ColumnChange::Type],
                }),
            }
        }
    }
}

fn is_json(column: &ColumnShape) -> bool {
    column.column_type.class() == TypeClass::Json
}

/// Takes the drop of a key that does the same, that of its name first.
fn take_dropped(changes: &mut [Option<Change>], table: &TableName, same: &Key) -> Option<Key> {
    let is_one = |change: &Option<Change>, is_named: bool| match change {
        Some(Change::DropKey { table: other, key }) => {
            let is_it = !is_named || key.known_name == same.known_name;
            other == table && is_it && key.does_the_same(same)
        }
        _ => false,
    };
    let named = changes.iter().position(|one| is_one(one, true));
    let at = named.or_else(|| changes.iter().position(|one| is_one(one, false)));
    match changes[at?].take() {
        Some(Change::DropKey { key, .. }) => Some(key),
        _ => None,
    }
}

/// A key whose name is written has that.
fn renamed(table: TableName, from: Key, to: Key) -> Option<Change> {
    let differs = to.name.is_some() && from.known_name != to.known_name;
    differs.then_some(Change::RenameKey { table, from, to })
}

fn has_expression(key: &Key) -> bool {
    let has_expressions = match key.kind {
        KeyKind::Check | KeyKind::Exclusion | KeyKind::Index => true,
        KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::ForeignKey => false,
    };
    has_expressions && !is_special(key)
}

/// The tables, views and domains whose texts are not the same, and that the server can write as temporary ones.
pub(super) fn wanted<'s>(
    found: &'s Structure,
    expected: &'s Structure,
    changes: &[Change],
) -> Wanted<'s> {
    let changed = changes.iter().filter_map(|change| match change {
        Change::ChangeColumn { table, .. }
        | Change::AddKey { table, .. }
        | Change::DropKey { table, .. } => Some(table),
        _ => None,
    });
    let changed: BTreeSet<&TableName> = changed.collect();
    let is_here = |name: &TableName| {
        name.schema
            .as_deref()
            .is_none_or(|schema| schema == "public")
    };
    let tables = expected.tables.iter().filter(|table| {
        let is_open = changed.contains(&table.name) || says_set_alone(table, expected.dialect);
        is_open && is_here(&table.name) && found.table(&table.name).is_some()
    });
    let views = expected.views.iter().filter(|view| {
        let mut known = found
            .views
            .iter()
            .filter(|one| one.name.name == view.name.name);
        known.any(|one| !same_query(&one.query, &view.query, expected.dialect))
    });
    let domains = changes.iter().filter_map(|change| match change {
        Change::ChangeObject { to, .. } if to.kind == "DOMAIN" => {
            let mut objects = expected.objects.iter().chain(&expected.idle_objects);
            objects.find(|one| *one == to)
        }
        _ => None,
    });
    Wanted {
        flavour: expected.flavour,
        tables: tables.collect(),
        views: views.collect(),
        domains: domains.collect(),
        partitions: changed_partitions(found, expected)
            .map(|(_, part)| part)
            .collect(),
    }
}
