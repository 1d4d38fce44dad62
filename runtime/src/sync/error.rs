//! Syncs that cannot go on: what an error reports of them.

use std::fmt;

/// Why a sync did not run, or did not run to its end. What it had committed stays, and the next run goes on after it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncError {
    /// Another run of the sync is at work, in this process or another one.
    Running {
        /// The name of the sync.
        sync: String,
    },
    /// Another run began after this one, as the lock was lost: nothing more was written.
    TakenOver {
        /// The name of the sync.
        sync: String,
    },
    /// A row cannot be mapped, or the target does not take it, and the policy is to stop. Nothing of its batch is written.
    Rejected {
        /// The name of the sync.
        sync: String,
        /// The key of the source's row.
        key: String,
        /// The mapping's reason, or the kind of the database's error.
        reason: String,
    },
    /// More rows are rejected than the policy allows.
    TooManyRejects {
        /// The name of the sync.
        sync: String,
        /// How many may be.
        limit: usize,
    },
    /// The tables in which bindery keeps where syncs are do not exist on the target.
    NoTables,
    /// These tables were made by an earlier version of bindery, and lack a column.
    OldTables,
    /// A full compare needs both tables in one order, and the keys of one are not in the order of their values: text in a
    /// collation that is not binary, or a mapping that changes their order.
    KeyOrder {
        /// The engine whose keys come in another order.
        engine: &'static str,
    },
    /// SQLite compares values in the form in which they are stored, and this one is not in the form that bindery writes, so rows do
    /// not come in the order of their values.
    StoredForm {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
        /// The key of the row.
        key: String,
    },
    /// A trigger that records the changes of a table is missing or switched off, or records something else than the program was
    /// compiled for, so changes may not be known.
    NotRecorded {
        /// The name of the table.
        table: String,
        /// The trigger that should be there.
        trigger: String,
    },
    /// The position is not among the recorded changes of the table: it is of another database, of a time that a restored backup
    /// does not know, or what came after it was removed.
    PositionLost {
        /// The name of the table.
        table: String,
    },
    /// A page of rows does not begin after the one before it.
    RowOrder {
        /// The name of the table.
        table: String,
        /// The key of the row that comes where it should not.
        key: String,
    },
}

impl fmt::Display for SyncError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running { sync } => write!(out, "another run of sync `{sync}` is at work"),
            Self::TakenOver { sync } => {
                write!(out, "another run of sync `{sync}` began after this one")
            }
            Self::Rejected { sync, key, reason } => write!(
                out,
                "sync `{sync}`: the row with key {key} is rejected: {reason}"
            ),
            Self::TooManyRejects { sync, limit } => {
                write!(
                    out,
                    "sync `{sync}`: more than {limit} rows are rejected or wait for unique values of others: `most_rejects` sets how many may be"
                )
            }
            Self::NoTables => out.write_str(
                "the tables of syncs do not exist here: `create_sync_tables` makes them, and for an engine with `sync-target = true` \
                 `bindery migrate run`",
            ),
            Self::OldTables => out.write_str(
                "the tables of syncs were made by an earlier version of bindery: `create_sync_tables` adds what they lack, and so does \
                 `bindery migrate run`",
            ),
            Self::KeyOrder { engine } => write!(
                out,
                "a full compare needs both tables in one order, and the keys on `{engine}` are not in the order of their values: \
                 use integer or UUID keys, a binary collation, or `by` a column"
            ),
            Self::StoredForm { table, column, key } => write!(
                out,
                "table `{table}`, row with key {key}: the value of column `{column}` is stored in another form than bindery's, so rows \
                 do not come in the order of their values: write it in the form that bindery writes"
            ),
            Self::NotRecorded { table, trigger } => write!(
                out,
                "not every change of table `{table}` is recorded: its trigger `{trigger}` is missing or switched off; \
                 `bindery validate --fix` writes what makes it, and a full compare finds what was changed since"
            ),
            Self::PositionLost { table } => write!(
                out,
                "the position is not among the recorded changes of table `{table}`: the database is another one or was restored, or \
                 the changes were removed; read the whole table, and go on from `changes().now()`"
            ),
            Self::RowOrder { table, key } => write!(
                out,
                "table `{table}`: the row with key {key} does not come after the rows before it, so the table cannot be read page by page"
            ),
        }
    }
}
