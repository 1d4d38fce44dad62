//! Schemas of a size: with keys, indexes and foreign keys, all of it legal in SQLite.

use std::fmt::Write;

/// The files of a program.
pub(crate) struct Files {
    pub(crate) schema: String,
    pub(crate) config: Option<String>,
}

/// Makes the files; a column of this name is added to one table, unless it is empty.
type Make = fn(&str) -> Files;

/// Schemas of other shapes, with the number of their tables.
pub(crate) const SHAPES: &[(&str, usize, Make)] = &[
    ("30 columns", 2_000, |added| of_columns(2_000, 30, added)),
    ("200 engines", 1_000, many_engines),
    ("5,000 refer to one", 5_001, hub),
    ("1,000 columns", 1, |added| of_columns(1, 1_000, added)),
];

const TYPES: [&str; 6] = [
    "VARCHAR(80) NOT NULL",
    "TEXT",
    "INTEGER NOT NULL DEFAULT 0",
    "BIGINT",
    "BOOLEAN NOT NULL DEFAULT FALSE",
    "DOUBLE PRECISION",
];

/// So many tables of ten columns.
pub(crate) fn plain(tables: usize, added: &str) -> Files {
    of_columns(tables, 10, added)
}

fn of_columns(tables: usize, columns: usize, added: &str) -> Files {
    let mut schema = String::new();
    for at in 0..tables {
        let added = if at == tables / 2 { added } else { "" };
        table(&mut schema, at, at / 2, columns, added);
    }
    Files {
        schema,
        config: None,
    }
}

/// Everything refers to the first table.
fn hub(added: &str) -> Files {
    let mut schema = String::new();
    for at in 0..=5_000 {
        let added = if at == 2_500 { added } else { "" };
        table(&mut schema, at, 0, 4, added);
    }
    Files {
        schema,
        config: None,
    }
}

/// Five tables on each engine.
fn many_engines(added: &str) -> Files {
    let mut config = String::from("[engines]\n");
    let mut schema = String::new();
    for engine in 0..200 {
        writeln!(config, "e{engine} = \"sqlite://e{engine}.db\"")
            .expect("writing to a String cannot fail");
        for at in engine * 5..engine * 5 + 5 {
            let added = if at == 500 { added } else { "" };
            writeln!(schema, "-- @engines e{engine}").expect("writing to a String cannot fail");
            table(&mut schema, at, engine * 5, 10, added);
        }
    }
    Files {
        schema,
        config: Some(config),
    }
}

/// A table with a key, a reference, a unique key, an index, and plain columns up to `columns`.
fn table(schema: &mut String, at: usize, refers_to: usize, columns: usize, added: &str) {
    let mut lines = vec![
        "id INTEGER PRIMARY KEY".to_owned(),
        format!("parent_id INTEGER NOT NULL REFERENCES item_{refers_to} (id)"),
        "code VARCHAR(40) NOT NULL UNIQUE".to_owned(),
    ];
    let plain =
        (3..columns).map(|column| format!("value_{column} {}", TYPES[column % TYPES.len()]));
    lines.extend(plain);
    lines.extend((!added.is_empty()).then(|| format!("{added} TEXT")));
    write!(
        schema,
        "-- What is known of item {at}.\nCREATE TABLE item_{at} (\n  {}\n);\n\
         CREATE INDEX item_{at}_parent ON item_{at} (parent_id);\n\n",
        lines.join(",\n  ")
    )
    .expect("writing to a String cannot fail");
}
