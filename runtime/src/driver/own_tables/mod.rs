//! Tables that bindery keeps in a user's database beside the user's own: their schema, how they are made, and the statements over them.
//!
//! The schema is in the files of SQL beside this one: `tables.sql` is read as SQLite's and as PostgreSQL's, the others hold what differs. bindery
//! compiles them into `generated.rs`, which is kept in the repository, as the generator depends on this crate's neighbours and not the other way
//! round. A test of `codegen` compares the two; after a change of the schema `BINDERY_UPDATE=1 cargo test -p bindery-codegen own_tables` writes
//! the file anew. A column that is added to a table that databases have already is added there by `databases/kept/upkeep.rs`.

mod generated;
pub(crate) mod statements;

#[cfg(any(feature = "atomic", feature = "sync"))]
use std::time::{SystemTime, UNIX_EPOCH};

use bindery_core::dialect::Dialect;

pub(crate) use self::generated::*;
use bindery_core::program::TableDdl;

type Statements = &'static [&'static str];

/// How one of bindery's own tables is made on each database.
#[derive(Debug)]
pub(crate) struct OwnTableDdl {
    pub(crate) name: &'static str,
    /// On SQLite, PostgreSQL and MySQL; none where that database does without it.
    ddl: [Option<TableDdl>; 3],
}

impl OwnTableDdl {
    /// `create` and `begin`, what is run once the table is there, are of SQLite, PostgreSQL and MySQL.
    const fn new(
        name: &'static str,
        create: [Option<Statements>; 3],
        begin: [Statements; 3],
        drop: Statements,
    ) -> Self {
        const fn ddl(
            table: &'static str,
            create: Option<Statements>,
            link: Statements,
            drop: Statements,
        ) -> Option<TableDdl> {
            match create {
                Some(create) => Some(TableDdl::new(table, create, link, drop)),
                None => None,
            }
        }
        Self {
            name,
            ddl: [
                ddl(name, create[0], begin[0], drop),
                ddl(name, create[1], begin[1], drop),
                ddl(name, create[2], begin[2], drop),
            ],
        }
    }

    /// How it is made on a database of this dialect.
    pub(crate) fn on(&self, dialect: Dialect) -> Option<&TableDdl> {
        let at = match dialect {
            Dialect::Sqlite => 0,
            Dialect::Postgres => 1,
            Dialect::Mysql => 2,
        };
        self.ddl[at].as_ref()
    }

    /// All that makes it, as one text.
    #[cfg(feature = "postgres")]
    pub(crate) fn script(&self, dialect: Dialect) -> String {
        let table = self.on(dialect).into_iter();
        let statements = table.flat_map(|table| table.create.iter().chain(table.link.iter()));
        let statements: Vec<&str> = statements.collect();
        statements.join("; ")
    }

    /// The statements that make it where it is not there.
    #[cfg(any(feature = "mysql", feature = "migrations", feature = "saga"))]
    pub(crate) fn create(&self, dialect: Dialect) -> Statements {
        self.on(dialect)
            .map_or(&[], |table| table.create.compiled())
    }
}

/// Citus ends a transaction in two phases where a table that it knows was changed on the coordinator: see `driver/postgres/number`.
const KNOWN_TO_CITUS: [Statements; 3] = [
    &[],
    &["SELECT citus_add_local_table_to_metadata('_bindery_commits')"],
    &[],
];

const NOTHING: [Statements; 3] = [&[]; 3];

/// The numbers of events are the versions of rows for those who consume them, so a table that is made again has to go on with larger
/// ones than the one before: it begins with the microseconds since 1970.
const NUMBERS: [Statements; 3] = [
    &[
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('_bindery_events', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000)",
    ],
    &[
        "SELECT setval(pg_get_serial_sequence('_bindery_events', 'id'), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT))",
    ],
    &[
        "INSERT INTO _bindery_events (id, uid, task, payload, status, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) \
         VALUES (CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED), '', '', '', 'failed', 0, 0, 0, 0, 0, 0, 0)",
        "DELETE FROM _bindery_events WHERE uid = ''",
    ],
];

/// Milliseconds since 1970 by the clock of this process; never negative.
#[cfg(any(feature = "atomic", feature = "sync"))]
pub(crate) fn process_now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
