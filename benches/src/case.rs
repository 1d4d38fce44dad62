//! The cases that are measured.

use std::fmt;

/// One thing that every client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// A row by its key.
    Find,
    /// A number of rows by their keys, each fetched by itself.
    Finds(usize),
    /// A number of rows by their keys, fetched together where the library can.
    FindMany(usize),
    /// A whole table of this number of rows.
    Select(usize),
    /// The same, row by row.
    Iterate(usize),
    /// The same, by the way that the database has for whole tables where the library reaches it: PostgreSQL's COPY.
    Export(usize),
    /// One row, which comes back as stored.
    Insert,
    /// The same in a transaction of its own.
    InsertInTransaction,
    /// A number of rows in one call.
    InsertMany(usize),
}

impl Case {
    /// All, in the order of the tables.
    pub const ALL: [Self; 13] = [
        Self::Find,
        Self::Finds(100),
        Self::FindMany(100),
        Self::Select(1),
        Self::Select(10),
        Self::Select(100),
        Self::Select(1_000),
        Self::Select(10_000),
        Self::Iterate(10_000),
        Self::Export(10_000),
        Self::Insert,
        Self::InsertInTransaction,
        Self::InsertMany(1_000),
    ];

    /// Returns how many rows the table has before.
    pub fn rows(self) -> usize {
        match self {
            Self::Find | Self::Finds(_) | Self::FindMany(_) => 10_000,
            Self::Select(rows) | Self::Iterate(rows) | Self::Export(rows) => rows,
            Self::Insert | Self::InsertInTransaction | Self::InsertMany(_) => 0,
        }
    }

    /// Returns how many rows it adds.
    pub fn adds(self) -> usize {
        match self {
            Self::Find | Self::Finds(_) | Self::FindMany(_) => 0,
            Self::Select(_) | Self::Iterate(_) | Self::Export(_) => 0,
            Self::Insert | Self::InsertInTransaction => 1,
            Self::InsertMany(rows) => rows,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Find => out.write_str("find by key"),
            Self::Finds(count) => write!(out, "{count} finds"),
            Self::FindMany(count) => write!(out, "{count} keys at once"),
            Self::Select(1) => out.write_str("select 1 row"),
            Self::Select(count) => write!(out, "select {count} rows"),
            Self::Iterate(count) => write!(out, "iterate {count} rows"),
            Self::Export(count) => write!(out, "export {count} rows"),
            Self::Insert => out.write_str("insert 1 row"),
            Self::InsertInTransaction => out.write_str("insert 1 row in a transaction"),
            Self::InsertMany(count) => write!(out, "insert {count} rows"),
        }
    }
}
