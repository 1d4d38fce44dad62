//! Rows for the tables of a schema that provoke NULL: none at all, none of one table, NULL wherever a column takes it, and random ones.

use super::random::Random;
use super::values::literal;
use crate::dialect::Dialect;
use crate::model::{Column, Generated, Model, Table};

/// The rows that tables have while statements run.
pub(super) struct World {
    pub(super) name: String,
    /// Statements that fill the tables, which were empty.
    pub(super) script: Vec<String>,
    /// Statements that the server may refuse: rows with a NULL where the schema is said to take none.
    pub(super) attempts: Vec<String>,
}

/// How many rows of a table there are, and how often a value is NULL.
#[derive(Clone, Copy)]
struct Filling {
    rows: usize,
    nulls: usize,
}

const FULL: Filling = Filling { rows: 5, nulls: 0 };

/// The worlds that every statement runs in, and a number of random ones.
pub(super) fn worlds(
    model: &Model,
    dialect: Dialect,
    count: usize,
    random: &mut Random,
) -> Vec<World> {
    let tables: Vec<&Table> = model
        .tables
        .iter()
        .filter(|one| one.view.is_none())
        .collect();
    let attempts = tables
        .iter()
        .flat_map(|table| attempts(model, table, dialect, random));
    let attempts: Vec<String> = attempts.collect();
    let mut world_of = |name: String, filling: &mut dyn FnMut(&Table, &mut Random) -> Filling| {
        let script = tables.iter().flat_map(|table| {
            let filling = filling(table, random);
            rows(model, table, dialect, filling, random)
        });
        let script = script.collect();
        World {
            name,
            script,
            attempts: Vec::new(),
        }
    };
    let mut worlds = vec![
        world_of("empty".to_owned(), &mut |_, _| Filling {
            rows: 0,
            nulls: 0,
        }),
        world_of("full".to_owned(), &mut |_, _| FULL),
        world_of("full of NULL".to_owned(), &mut |_, _| Filling {
            nulls: 100,
            ..FULL
        }),
    ];
    worlds[2].attempts = attempts;
    for table in &tables {
        let name = &table.name.name;
        worlds.push(world_of(format!("without {name}"), &mut |table, _| {
            if table.name.name == *name {
                Filling { rows: 0, nulls: 0 }
            } else {
                FULL
            }
        }));
    }
    for number in 0..count {
        worlds.push(world_of(format!("random {number}"), &mut |_, random| {
            Filling {
                rows: random.below(5),
                nulls: 20 + random.below(60),
            }
        }));
    }
    worlds
}

/// A row for each column that is said to have no NULL, with NULL in it.
fn attempts(model: &Model, table: &Table, dialect: Dialect, random: &mut Random) -> Vec<String> {
    let columns = table.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| !column.nullable);
    let rows = columns.map(|(at, _)| {
        let mut row = values(model, table, dialect, (90 + at, FULL), random);
        row.iter_mut()
            .filter(|(name, _)| *name == table.columns[at].name)
            .for_each(|(_, value)| "NULL".clone_into(value));
        insert(table, dialect, &row)
    });
    rows.collect()
}

/// The statement that takes all rows away.
pub(super) fn emptying(model: &Model, dialect: Dialect) -> Vec<String> {
    let tables = model.tables.iter().filter(|one| one.view.is_none());
    tables
        .map(|table| format!("DELETE FROM {}", quoted(&table.name.name, dialect)))
        .collect()
}

fn rows(
    model: &Model,
    table: &Table,
    dialect: Dialect,
    filling: Filling,
    random: &mut Random,
) -> Vec<String> {
    let rows = (0..filling.rows).map(|row| {
        let values = values(model, table, dialect, (row, filling), random);
        insert(table, dialect, &values)
    });
    rows.collect()
}

/// The columns of a row with their values.
fn values<'t>(
    model: &Model,
    table: &'t Table,
    dialect: Dialect,
    (row, filling): (usize, Filling),
    random: &mut Random,
) -> Vec<(&'t str, String)> {
    let is_written = |column: &Column| {
        !matches!(
            column.generated,
            Generated::Computed { .. } | Generated::Key { always: true }
        )
    };
    let columns = table.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| is_written(column));
    let values = columns.map(|(at, column)| {
        let key = table.primary_key.as_ref();
        let is_key =
            key.is_some_and(|key| key.columns.len() == 1 && key.columns[0].0 as usize == at);
        let value = if is_key && column.column_type.is_integer() {
            (row + 1).to_string()
        } else if column.nullable && random.percent(filling.nulls) {
            "NULL".to_owned()
        } else if column.column_type.is_integer() && column.nullable {
            // A row refers to one before it, so that no chain of them is endless.
            if row == 0 { 9 } else { 1 + random.below(row) }.to_string()
        } else if column.sql_type.to_lowercase().ends_with("range") {
            "'empty'".to_owned()
        } else {
            literal(model, &column.column_type, dialect, random)
        };
        (column.name.as_str(), value)
    });
    values.collect()
}

/// Rows whose key is there already are left out.
fn insert(table: &Table, dialect: Dialect, row: &[(&str, String)]) -> String {
    let insert = match dialect {
        Dialect::Sqlite => "INSERT OR IGNORE",
        Dialect::Postgres => "INSERT",
        Dialect::Mysql => "INSERT IGNORE",
    };
    let end = match dialect {
        Dialect::Postgres => " ON CONFLICT DO NOTHING",
        Dialect::Sqlite | Dialect::Mysql => "",
    };
    let names = row.iter().map(|(name, _)| quoted(name, dialect));
    let names: Vec<String> = names.collect();
    let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
    format!(
        "{insert} INTO {} ({}) VALUES ({}){end}",
        quoted(&table.name.name, dialect),
        names.join(", "),
        values.join(", ")
    )
}

/// A name of the schema as a statement has it, also where it is a keyword or has capital letters.
fn quoted(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Mysql => format!("`{name}`"),
        Dialect::Sqlite | Dialect::Postgres => format!("\"{name}\""),
    }
}
