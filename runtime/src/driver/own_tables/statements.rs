//! The statements over bindery's own tables.
//!
//! They are files of SQL, `queries/*.sql`, in the form that programs' files of queries have: `-- name: forget :exec` above a text, `:uid` for a
//! parameter, `-- @dialect postgres` where a text is of one database. A test of `codegen`, `own_statements.rs`, has bindery check each against
//! the tables for each database, and writes a text of each dialect and a function, as `generated.rs` beside this is written. `@now` and the like
//! are words of `queries/words.txt`, which have a text for each dialect. What is put together of parts while the program runs (the claims of
//! workers, filters) takes the same words, by [`with_words`].

use bindery_core::dialect::Dialect;
#[cfg(any(feature = "outbox", feature = "sync"))]
use bindery_core::sql_writer::SqlWriter;

#[cfg(feature = "atomic")]
pub(crate) mod atomic;
#[cfg(any(
    feature = "atomic",
    feature = "migrations",
    feature = "outbox",
    feature = "saga",
    feature = "shards",
    feature = "sync"
))]
#[cfg_attr(
    not(all(feature = "outbox", feature = "saga", feature = "sync")),
    allow(dead_code, reason = "each half of the runtime calls some of these")
)]
pub(crate) mod call;
#[cfg(feature = "sync")]
pub(crate) mod changes;
#[cfg(feature = "outbox")]
pub(crate) mod claims;
#[cfg(feature = "messages")]
pub(crate) mod events;
#[cfg(feature = "outbox")]
pub(crate) mod inbox;
pub(crate) mod migration_stage;
#[cfg(feature = "migrations")]
pub(crate) mod migrations;
#[cfg(feature = "data")]
pub(crate) mod moves;
#[cfg(feature = "outbox")]
pub(crate) mod new_tasks;
#[cfg(feature = "mysql")]
pub(crate) mod outcomes;
#[cfg(feature = "saga")]
pub(crate) mod saga_steps;
#[cfg(feature = "saga")]
pub(crate) mod sagas;
#[cfg(feature = "cron")]
pub(crate) mod schedules;
#[cfg(feature = "shards")]
pub(crate) mod shards;
#[cfg(feature = "sync")]
pub(crate) mod sync;
#[cfg(feature = "outbox")]
pub(crate) mod tasks;
#[cfg(feature = "messages")]
pub(crate) mod versions;
#[cfg(any(feature = "outbox", feature = "sync"))]
mod words;

/// A statement in the words of SQLite, PostgreSQL, and MySQL and MariaDB. `{table}` in it is the name of a table that is like the one it was
/// checked against, `{list}` as many placeholders as a list has values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement([&'static str; 3]);

impl Statement {
    #[allow(
        dead_code,
        reason = "which features are on decides which statements there are"
    )]
    const fn alike(text: &'static str) -> Self {
        Self([text; 3])
    }

    /// Placeholders of PostgreSQL alone have numbers.
    const fn numbered(text: &'static str, postgres: &'static str) -> Self {
        Self([text, postgres, text])
    }

    pub(crate) const fn of(&self, dialect: Dialect) -> &'static str {
        self.0[index(dialect)]
    }
}

const fn index(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Sqlite => 0,
        Dialect::Postgres => 1,
        Dialect::Mysql => 2,
    }
}

/// A statement that is put together while the program runs, with the words of a database in place of `@now` and the like, and its placeholders
/// in place of `?`.
#[cfg(any(feature = "outbox", feature = "sync"))]
pub(crate) fn with_words(dialect: Dialect, template: &str) -> String {
    let mut parts = template.split('@');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut known = words::WORDS.iter();
        let found = known.find_map(|(word, texts)| Some((texts, part.strip_prefix(word)?)));
        let (texts, rest) = found.unwrap_or((&["@"; 3], part));
        text += texts[index(dialect)];
        text += rest;
    }
    let mut sql = SqlWriter::new(dialect);
    for (at, part) in text.split('?').enumerate() {
        if at > 0 {
            sql.placeholder();
        }
        sql.push(part);
    }
    sql.finish()
}
