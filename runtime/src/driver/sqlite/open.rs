//! Opening a file: how it may be used, and how its connections are set up.

use std::cell::Cell;
use std::time::Duration;

use bindery_core::config::Synchronous;
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use super::kept::Kept;
use super::watch::Watched;
use super::writing::Writing;
use super::{SqliteConnection, patiently, raw};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::value::sqlite::error::{open_error, prepare_error, step_error};
use crate::value::sqlite::like::add_like;

/// How a file is opened.
pub(crate) struct SqliteOptions<'a> {
    /// A path, or a `file:` URI.
    pub(crate) path: &'a str,
    /// How long a statement waits until it may write, and for the locks of other processes.
    pub(crate) busy_timeout: Duration,
    /// How long one statement may run.
    pub(crate) statement_timeout: Option<Duration>,
    /// How far a COMMIT waits for the disk.
    pub(crate) synchronous: Synchronous,
    /// Nothing may be written by this connection.
    pub(crate) read_only: bool,
    /// A file that is not there is made.
    pub(crate) creates: bool,
}

impl SqliteConnection {
    /// Opens a file within a time.
    pub(crate) fn open(options: &SqliteOptions<'_>, limit: Duration) -> Result<Box<Self>> {
        let flags = if options.read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX
        } else if options.creates {
            OpenFlags::default()
        } else {
            OpenFlags::default() - OpenFlags::SQLITE_OPEN_CREATE
        };
        let inner =
            rusqlite::Connection::open_with_flags(options.path, flags).map_err(prepare_error)?;
        // Else the quoted name of a column that is gone would be a text, and every row would hold it.
        inner
            .set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)
            .map_err(step_error)?;
        add_like(&inner).map_err(step_error)?;
        let writing = Writing::new(inner.path(), options.path, options.busy_timeout);
        let limit = limit.min(options.busy_timeout);
        let watched = Watched::new(inner, limit, options.statement_timeout, writing.gate());
        let prepared = patiently(&watched, limit, || set_up(watched.connection(), options));
        let has_log = prepared.map_err(|error| open_error(error, watched.system_error()))?;
        if !has_log {
            watched.commits_after(writing.readings());
        }
        ensure_foreign_keys(watched.connection())?;
        watched.set_lock_limit(options.busy_timeout);
        let raw = raw::Ran::of(watched.connection());
        Ok(Box::new(Self {
            kept: Kept::new(),
            watched,
            raw,
            writing,
            broken: Cell::new(false),
            only_reads: false,
            rows_in_first: 0,
            read_back: false,
        }))
    }
}

/// A file that may only be read keeps its journal as it is. The first look into the file is here. Says whether there is a
/// write-ahead log: a database in memory cannot have one, nor can a file everywhere.
fn set_up(
    connection: &rusqlite::Connection,
    options: &SqliteOptions<'_>,
) -> rusqlite::Result<bool> {
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
        row.get::<_, String>(0)
    });
    let has_log = match mode {
        Err(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == rusqlite::ErrorCode::ReadOnly =>
        {
            false
        }
        mode => mode? == "wal",
    };
    connection.pragma_update(None, "synchronous", options.synchronous.word())?;
    if options.read_only {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    Ok(has_log)
}

/// A library that was built without foreign keys takes the setting and leaves them unchecked.
fn ensure_foreign_keys(connection: &rusqlite::Connection) -> Result<()> {
    let are_on = connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY);
    if are_on.map_err(step_error)? {
        return Ok(());
    }
    let why = "this library of SQLite does not check foreign keys".to_owned();
    Err(Error::new(ErrorKind::Config(why)).during(Operation::Connect))
}
