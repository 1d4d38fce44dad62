//! The cases that are measured.

use std::fmt;

use crate::family::{LAST, OWNERS, PETS};

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
    /// The same in a session where the library has one: by hand the statements of a transaction.
    InsertInSession,
    /// A number of rows in one transaction, each of which comes back as stored before the next.
    InsertsInTransaction(usize),
    /// One row, which does not come back.
    InsertOnly,
    /// A number of rows in one call.
    InsertMany(usize),
    /// A row by two conditions: with bindery by its query builder.
    FindWhere,
    /// A row by its key: with bindery by a query of a file.
    FindChecked,
    /// A whole table of this number of rows: with bindery by a query of a file.
    SelectChecked(usize),
    /// The rows whose key is in a list of this number of values.
    FindListed(usize),
    /// A row by its key, over a connection that is taken from a pool for the call where the library has one.
    FindPooled,
    /// One row whose key and default the database fills in; it comes back as stored.
    InsertDefaults,
    /// One row with values in their place, likewise.
    InsertGiven,
    /// One column of a row.
    Update,
    /// The same over a pool.
    UpdatePooled,
    /// All columns of a row.
    Save,
    /// A row that is there by a unique key; it comes back as stored.
    Upsert,
    /// A number of rows that are there by a unique key, in one call; they do not come back.
    UpsertMany(usize),
    /// A row by its key.
    Delete,
    /// All owners and the pets of each: by hand two queries.
    HasMany,
    /// One statement over owners and pets.
    Family(FamilyQuery),
    /// A connection is taken from a pool and given back: nothing that the others have.
    Checkout,
}

/// A query of the query builder, which is one text by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyQuery {
    /// Each owner with the number of its pets.
    Counts,
    /// The last pets of each owner.
    LastOfEach,
    /// The pets whose owners another query finds.
    OfQuery,
}

/// The rows that are upserted over and over.
const UPSERTED: i64 = 100;
/// The rows of a table of which some are deleted.
const DELETED: usize = 10;

impl Case {
    /// All, in the order of the tables.
    pub const ALL: [Self; 39] = [
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
        Self::InsertInSession,
        Self::InsertsInTransaction(100),
        Self::InsertOnly,
        Self::InsertMany(100),
        Self::InsertMany(1_000),
        Self::FindWhere,
        Self::FindChecked,
        Self::SelectChecked(10),
        Self::SelectChecked(1_000),
        Self::SelectChecked(10_000),
        Self::FindListed(1),
        Self::FindListed(1_000),
        Self::FindListed(100_000),
        Self::FindPooled,
        Self::InsertDefaults,
        Self::InsertGiven,
        Self::Update,
        Self::UpdatePooled,
        Self::Save,
        Self::Upsert,
        Self::UpsertMany(10_000),
        Self::Delete,
        Self::HasMany,
        Self::Family(FamilyQuery::Counts),
        Self::Family(FamilyQuery::LastOfEach),
        Self::Family(FamilyQuery::OfQuery),
        Self::Checkout,
    ];

    /// Returns how many rows the table has before.
    pub fn rows(self) -> usize {
        match self {
            Self::Find | Self::Finds(_) | Self::FindMany(_) => 10_000,
            Self::Select(rows) | Self::Iterate(rows) | Self::Export(rows) => rows,
            Self::SelectChecked(rows) => rows,
            Self::FindChecked => 10_000,
            Self::Insert | Self::InsertInTransaction | Self::InsertInSession => 0,
            Self::InsertsInTransaction(_) | Self::InsertOnly | Self::InsertMany(_) => 0,
            Self::FindWhere | Self::FindListed(_) | Self::FindPooled => 10_000,
            Self::Update | Self::UpdatePooled | Self::Save => 10_000,
            Self::InsertDefaults | Self::InsertGiven => 0,
            Self::Upsert | Self::UpsertMany(_) => 0,
            Self::Delete => DELETED,
            // Families are there once for all.
            Self::HasMany | Self::Family(_) | Self::Checkout => 0,
        }
    }

    /// Returns how many rows it adds.
    pub fn adds(self) -> usize {
        match self {
            Self::Find | Self::Finds(_) | Self::FindMany(_) => 0,
            Self::Select(_) | Self::Iterate(_) | Self::Export(_) => 0,
            Self::Insert | Self::InsertInTransaction | Self::InsertInSession => 1,
            Self::InsertOnly => 1,
            Self::InsertsInTransaction(rows) | Self::InsertMany(rows) => rows,
            Self::FindWhere | Self::FindListed(_) | Self::FindPooled => 0,
            Self::FindChecked | Self::SelectChecked(_) => 0,
            Self::InsertDefaults | Self::InsertGiven => 1,
            Self::Update | Self::UpdatePooled | Self::Save => 0,
            Self::Upsert | Self::UpsertMany(_) => 0,
            // They are inserted before.
            Self::Delete => 1,
            Self::HasMany | Self::Family(_) | Self::Checkout => 0,
        }
    }

    /// Is it among those that clients of other libraries need not have?
    pub fn is_optional(self) -> bool {
        match self {
            Self::Find | Self::Finds(_) | Self::FindMany(_) => false,
            Self::Select(_) | Self::Iterate(_) | Self::Export(_) => false,
            Self::Insert | Self::InsertInTransaction | Self::InsertMany(_) => false,
            Self::InsertInSession | Self::InsertsInTransaction(_) | Self::InsertOnly => true,
            Self::FindWhere | Self::FindListed(_) | Self::FindPooled => true,
            Self::FindChecked | Self::SelectChecked(_) => true,
            Self::InsertDefaults | Self::InsertGiven => true,
            Self::Update | Self::UpdatePooled | Self::Save | Self::Delete => true,
            Self::Upsert | Self::UpsertMany(_) => true,
            Self::HasMany | Self::Family(_) | Self::Checkout => true,
        }
    }

    /// Returns the number of the person that the time of this number is about, which differs from one to the next.
    pub(crate) fn person(self, first: i64) -> i64 {
        match self {
            Self::Upsert => first.rem_euclid(UPSERTED) + 1,
            Self::UpsertMany(_) => 1,
            Self::HasMany | Self::Family(_) | Self::Checkout => first,
            _ if self.adds() > 0 => first,
            _ => (first * 7_919).rem_euclid(self.rows() as i64) + 1,
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
            Self::InsertInSession => out.write_str("insert 1 row in a session"),
            Self::InsertsInTransaction(count) => {
                write!(out, "insert {count} times 1 row in a transaction")
            }
            Self::InsertOnly => out.write_str("insert 1 row, not read"),
            Self::InsertMany(count) => write!(out, "insert {count} rows"),
            Self::FindWhere => out.write_str("find by two conditions"),
            Self::FindChecked => out.write_str("find by key, checked SQL"),
            Self::SelectChecked(count) => write!(out, "select {count} rows, checked SQL"),
            Self::FindListed(1) => out.write_str("rows of a list of 1 key"),
            Self::FindListed(keys) => write!(out, "rows of a list of {keys} keys"),
            Self::FindPooled => out.write_str("find by key, from the pool"),
            Self::InsertDefaults => out.write_str("insert 1 row with defaults"),
            Self::InsertGiven => out.write_str("insert 1 row with given key"),
            Self::Update => out.write_str("update 1 column"),
            Self::UpdatePooled => out.write_str("update 1 column, from the pool"),
            Self::Save => out.write_str("save 1 row"),
            Self::Upsert => out.write_str("upsert 1 row"),
            Self::UpsertMany(count) => write!(out, "upsert {count} rows"),
            Self::Delete => out.write_str("delete 1 row"),
            Self::HasMany => write!(out, "{OWNERS} rows with {PETS} each"),
            Self::Family(FamilyQuery::Counts) => write!(out, "{OWNERS} rows with a count each"),
            Self::Family(FamilyQuery::LastOfEach) => {
                write!(out, "the last {LAST} of {OWNERS} groups")
            }
            Self::Family(FamilyQuery::OfQuery) => out.write_str("rows of a query within"),
            Self::Checkout => out.write_str("checkout from the pool"),
        }
    }
}
