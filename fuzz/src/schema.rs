//! Schema files, and comments within one.

use std::fmt::Write;

use bindery_schema::dialect::Dialect;

use crate::compile::{compile, compile_queries};

/// The tables that queries name.
const TABLES: &str = "CREATE TABLE authors (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, born INTEGER);\n\
    CREATE TABLE books (id INTEGER NOT NULL PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors (id), \
    title VARCHAR(200) NOT NULL, price DECIMAL(10,2), rating DOUBLE PRECISION, published DATE, added TIMESTAMP NOT NULL);\n";

/// Any bytes as a schema file.
pub(crate) fn run(bytes: &[u8], dialect: Dialect) {
    compile(bytes, dialect);
}

/// Lines as comments: one after the other at the head of the file, above a table, above a column and at the end of a
/// column's line.
pub(crate) fn run_annotation(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut places: [String; 4] = Default::default();
    for (at, line) in text.lines().enumerate() {
        writeln!(places[at % 4], "-- {line}").expect("writing to a String cannot fail");
    }
    let [head, table, column, end] = places;
    let end = end.lines().next().unwrap_or_default();
    let sql = format!(
        "{head}\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE);\n{table}CREATE TABLE posts (\n\
         id INTEGER PRIMARY KEY,\n{column}author INTEGER, {end}\nversion BIGINT NOT NULL);\n"
    );
    for dialect in Dialect::ALL {
        compile(sql.as_bytes(), dialect);
    }
}

/// Any bytes as a file of queries.
pub(crate) fn run_queries(bytes: &[u8], dialect: Dialect) {
    compile_queries(TABLES.as_bytes(), bytes, dialect);
}
