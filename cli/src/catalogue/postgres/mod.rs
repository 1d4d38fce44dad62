//! PostgreSQL: fifteen queries of the catalogues, however many tables there are.

mod queries;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use bindery::{Connection, FromRow, Sql};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::statement_names;
use bindery_schema::model::TableName;

use self::table::{Column, Constraint, Index, Table, Tables};
use super::graph::{Node, ObjectKind, mentioned, sorted};
use super::{Catalogue, CatalogueItem, Told, Unfinished, capture, distribution};
use crate::database::Chosen;
use crate::progress::Steps;

/// Key, name to sort by, statement, comment.
type Object = (String, String, Option<String>, Option<String>);
/// Key, name to sort by, statement, bare name, body, and whether it is of triggers alone.
type Function = (String, String, String, String, String, bool);

/// Those that give rows.
const QUERIES: usize = 14;

pub(super) fn read(
    connection: &mut Connection<Chosen>,
    told: Told<'_>,
) -> bindery::Result<Catalogue> {
    set_search_path(connection)?;
    let mut reading = Reading {
        connection,
        told,
        begun: 0,
    };
    let mut before: Vec<String> = reading.all(queries::SCHEMAS)?;
    before.extend(reading.all::<String>(queries::EXTENSIONS)?);
    let needs: Vec<(String, String)> = reading.all(queries::NEEDS)?;
    let mut plan = Plan {
        needs: grouped(needs),
        ..Plan::default()
    };
    plan.add_objects(ObjectKind::Collation, reading.all(queries::COLLATIONS)?);
    plan.add_objects(ObjectKind::Type, reading.all(queries::TYPES)?);
    let tables = reading.tables(queries::TABLES.to_owned())?;
    plan.add_sequences(&tables);
    plan.add_tables(&tables);
    let functions = plan.add_functions(ObjectKind::Function, reading.all(queries::FUNCTIONS)?);
    plan.add_triggers(reading.all(queries::TRIGGERS)?);
    plan.add_functions(ObjectKind::Trigger, functions);
    let left_out = reading.all(queries::OTHERS)?;
    let unfinished = reading.all(queries::UNFINISHED)?;
    let connection = reading.connection;
    let compares_bytes = connection.query_scalar(Sql::assembled(queries::COMPARES_BYTES), ())?;
    let mut catalogue = Catalogue {
        compares_bytes,
        unfinished: unfinished.into_iter().map(one_unfinished).collect(),
        ..plan.catalogue(before, &tables, left_out)
    };
    capture::of_postgres(connection, &mut catalogue)?;
    distribution::of_postgres(connection, &mut catalogue)?;
    Ok(catalogue)
}

/// Makes the current schema the whole search path of the transaction.
pub(super) fn set_search_path(connection: &mut Connection<Chosen>) -> bindery::Result<()> {
    let set = Sql::assembled(queries::ONLY_CURRENT_SCHEMA);
    connection.query_scalar::<String>(set, ()).map(drop)
}

fn one_unfinished(row: (Option<String>, String, String, bool)) -> Unfinished {
    let (schema, table, name, is_index) = row;
    Unfinished {
        table: TableName {
            schema,
            name: table,
        },
        name,
        is_index,
    }
}

/// The temporary tables of the session, as if they were others.
pub(super) fn temporary_tables(
    connection: &mut Connection<Chosen>,
) -> bindery::Result<Vec<CatalogueItem>> {
    let mut reading = Reading {
        connection,
        told: &|_| (),
        begun: 0,
    };
    let tables = reading.tables(queries::temporary_tables())?;
    let own = tables.tables.iter().filter(|table| !table.is_view());
    let item = |table| tables.item(table, &BTreeSet::new(), &mut Vec::new());
    Ok(own.map(item).collect())
}

/// The catalogues, which are read query by query.
struct Reading<'r> {
    connection: &'r mut Connection<Chosen>,
    told: Told<'r>,
    begun: usize,
}

impl Reading<'_> {
    fn all<T: FromRow<Chosen>>(&mut self, query: &'static str) -> bindery::Result<Vec<T>> {
        self.rows(query.to_owned())
    }

    fn rows<T: FromRow<Chosen>>(&mut self, query: String) -> bindery::Result<Vec<T>> {
        self.begun += 1;
        (self.told)(Steps {
            begun: self.begun,
            of: QUERIES,
            unit: "queries",
        });
        self.connection.query_as(Sql::assembled(query), ())
    }

    /// Those that a query lists.
    fn tables(&mut self, listed: String) -> bindery::Result<Tables> {
        Ok(Tables {
            tables: self.rows(listed)?,
            columns: grouped_rows(self.all(queries::COLUMNS)?, |row: &Column| &row.table_key),
            constraints: grouped_rows(self.all(queries::CONSTRAINTS)?, |row: &Constraint| {
                &row.table_key
            }),
            indexes: grouped_rows(self.all(queries::INDEXES)?, |row: &Index| &row.table_key),
            sequences: self.all(queries::SEQUENCES)?,
        })
    }
}

fn grouped(pairs: Vec<(String, String)>) -> BTreeMap<String, BTreeSet<String>> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in pairs {
        groups.entry(from).or_default().insert(to);
    }
    groups
}

fn grouped_rows<T>(rows: Vec<T>, key: impl Fn(&T) -> &String) -> BTreeMap<String, Vec<T>> {
    let mut groups: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(&row).clone()).or_default().push(row);
    }
    groups
}

/// All objects with what they need.
#[derive(Default)]
struct Plan {
    needs: BTreeMap<String, BTreeSet<String>>,
    nodes: Vec<Node>,
    /// By key, but for tables.
    statements: BTreeMap<String, Vec<String>>,
    /// Names of functions that are written, as they are listed among the others.
    written: BTreeSet<String>,
}

impl Plan {
    fn add(&mut self, key: String, place: (ObjectKind, String), prefers: BTreeSet<String>) {
        self.nodes.push(Node {
            needs: self.needs.get(&key).cloned().unwrap_or_default(),
            key,
            place,
            prefers,
        });
    }

    fn add_objects(&mut self, kind: ObjectKind, objects: Vec<Object>) {
        for (key, name, statement, comment) in objects {
            let statements = [statement, comment].into_iter().flatten().collect();
            self.statements.insert(key.clone(), statements);
            self.add(key, (kind, name), BTreeSet::new());
        }
    }

    /// Sequences that are not written with their column.
    fn add_sequences(&mut self, tables: &Tables) {
        for sequence in &tables.sequences {
            if !tables.is_in_column(sequence) {
                let key = sequence.key.clone();
                self.statements.insert(key.clone(), vec![sequence.create()]);
                let place = (ObjectKind::Sequence, sequence.sort.clone());
                self.add(key, place, BTreeSet::new());
            }
        }
    }

    fn add_tables(&mut self, tables: &Tables) {
        for table in &tables.tables {
            let kind = if table.is_view() {
                ObjectKind::View
            } else {
                ObjectKind::Table
            };
            let place = (kind, format!("{}.{}", table.schema, table.name));
            self.add(table.key.clone(), place, tables.targets(&table.key));
        }
    }

    /// Triggers that are bound to a column: the server refuses its drop and another type as long as they are there.
    fn add_triggers(&mut self, triggers: Vec<Object>) {
        for (_, name, ..) in &triggers {
            self.written.insert(format!("trigger {name}"));
        }
        self.add_objects(ObjectKind::Trigger, triggers);
    }

    /// Functions that something else needs or that hold it, and those that their bodies call; returns the others.
    fn add_functions(&mut self, kind: ObjectKind, functions: Vec<Function>) -> Vec<Function> {
        let holding = functions.iter().map(|one| &one.0);
        let holding = holding.filter(|key| self.is_held_by(key)).cloned();
        let needed = self.nodes.iter().flat_map(|node| node.needs.clone());
        let mut needed: BTreeSet<String> = needed.chain(holding).collect();
        let mut open: Vec<Function> = functions;
        let is_of = |function: &Function| kind == ObjectKind::Trigger || !function.5;
        loop {
            let (found, rest): (Vec<_>, Vec<_>) = open
                .into_iter()
                .partition(|function| needed.contains(&function.0) && is_of(function));
            open = rest;
            if found.is_empty() {
                return open;
            }
            for (key, name, statement, _, body, _) in found {
                let named = statement_names(&body, Dialect::Postgres);
                let called = mentioned(&named.table_names(), open.iter().map(|one| one.3.as_str()));
                let called = open
                    .iter()
                    .filter(|one| called.contains(&one.3.to_lowercase()));
                let called: BTreeSet<String> = called.map(|one| one.0.clone()).collect();
                needed.extend(called.iter().cloned());
                needed.extend(self.needs.get(&key).into_iter().flatten().cloned());
                let shown = name.split_once('.').map_or("", |(_, name)| name);
                let words = ["function", "aggregate"];
                self.written
                    .extend(words.map(|word| format!("{word} {shown}")));
                self.statements.insert(key.clone(), vec![statement]);
                self.add(key, (kind, name), called);
            }
        }
    }

    /// Whether the server drops nothing of what is written as long as this function is there: its arguments, its result or an atomic body
    /// are of it.
    fn is_held_by(&self, function: &str) -> bool {
        let needs = self.needs.get(function);
        needs.is_some_and(|needs| self.nodes.iter().any(|node| needs.contains(&node.key)))
    }

    fn catalogue(
        mut self,
        before: Vec<String>,
        tables: &Tables,
        left_out: Vec<String>,
    ) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let of_table: BTreeMap<&str, &Table> = tables
            .tables
            .iter()
            .map(|table| (table.key.as_str(), table))
            .collect();
        if !before.is_empty() {
            catalogue.items.push(CatalogueItem {
                table: None,
                statements: before,
            });
        }
        let mut made: BTreeSet<&str> = BTreeSet::new();
        for node in sorted(&self.nodes).into_iter().map(|at| &self.nodes[at]) {
            made.insert(&node.key);
            let item = match of_table.get(node.key.as_str()) {
                Some(table) => tables.item(table, &made, &mut catalogue.last),
                None => CatalogueItem {
                    table: None,
                    statements: self.statements.remove(&node.key).unwrap_or_default(),
                },
            };
            catalogue.items.push(item);
        }
        let written = &self.written;
        catalogue.left_out = left_out
            .into_iter()
            .filter(|name| !written.contains(name))
            .collect();
        catalogue
    }
}
