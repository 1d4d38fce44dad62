//! The statements over `_bindery_outbox`, and tables like it, that are put together of parts; the others are in `driver/own_tables/queries`.

use crate::driver::notify::NOTIFY;
use crate::driver::own_tables::statements::{Statement, with_words};
use bindery_core::dialect::Dialect;

/// A task is suspected of ending its workers from this many losses on: one of a worker that had claimed it with others, and one in which it was
/// at work. It is the only such task in its worker, and each further loss while it is at work counts as one of its attempts.
pub(super) const SUSPECT: i64 = 2;

/// Rows that another worker has locked are left to it; on SQLite one writer has its turn, and no row is locked.
/// PostgreSQL has the tables named of which rows are locked, where others are read beside them.
pub(super) fn skip_locked(dialect: Dialect, of: &str) -> String {
    match dialect {
        Dialect::Sqlite => String::new(),
        Dialect::Postgres => format!(" FOR UPDATE{of} SKIP LOCKED"),
        Dialect::Mysql => " FOR UPDATE SKIP LOCKED".to_owned(),
    }
}

/// A table of tasks in the words of a database: `_bindery_outbox`, or one of events or messages, which are worked off in the same way.
#[derive(Debug, Clone, Copy)]
pub(super) struct TaskTable {
    pub(super) dialect: Dialect,
    pub(super) name: &'static str,
}

/// A statement over a table of tasks, which the template calls `@tasks`, with the words of its database.
pub(super) fn over(at: TaskTable, template: &str) -> String {
    with_words(at.dialect, &template.replace("@tasks", at.name))
}

/// `(?, ?, ?)`, with `count` placeholders.
pub(super) fn placeholders(count: usize) -> String {
    let list = vec!["?"; count].join(", ");
    format!("({list})")
}

/// Has a statement notify workers once its transaction is committed, if it writes a row. PostgreSQL alone notifies.
fn notifying(statement: &str) -> String {
    format!("WITH pushed AS ({statement} RETURNING id) {NOTIFY} FROM pushed")
}

/// Parameters: uid, task, payload, key, unique key, priority, start, attempts.
pub(super) fn insert(at: TaskTable, statement: &Statement, notifies: bool) -> String {
    let insert = statement.of(at.dialect).replace("{table}", at.name);
    if notifies { notifying(&insert) } else { insert }
}

/// Has PostgreSQL read tasks by their indexes until the end of the transaction, and so in the order of these. Its statistics are older than
/// the tasks that wait: it takes these for few, and would read and sort all of them for each claim, read the whole table for some ids, or compare each
/// with each. Only where nothing else is left does it sort. Says, too, how it is committed.
pub(super) fn settings(dialect: Dialect, mode: CommitMode) -> Option<String> {
    let commit = match (dialect, mode) {
        (Dialect::Sqlite | Dialect::Mysql, _) => return None,
        (Dialect::Postgres, CommitMode::Synchronous) => "",
        (Dialect::Postgres, CommitMode::Asynchronous) => {
            ", set_config('synchronous_commit', 'off', true)"
        }
    };
    let off = [
        "bitmapscan",
        "seqscan",
        "hashjoin",
        "mergejoin",
        "material",
        "sort",
    ]
    .map(|plan| format!("set_config('enable_{plan}', 'off', true)"));
    // A plan that cannot do without one of these costs so much by its count that it would be compiled.
    Some(format!(
        "SELECT set_config('jit', 'off', true), {}{commit}",
        off.join(", ")
    ))
}

/// Whether a commit waits for the disk of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitMode {
    /// As the server is configured.
    Synchronous,
    /// On PostgreSQL it does not, and a crash may lose what was committed within the last second. For claims alone: the tasks of one that is
    /// lost are claimed again. What its worker commits on the same server, the end of a task too, is written to the disk after the claim.
    Asynchronous,
}

/// The tasks with these ids: on PostgreSQL one parameter, an array.
pub(super) fn with_ids(at: TaskTable, ids: usize) -> String {
    match at.dialect {
        Dialect::Sqlite | Dialect::Mysql => format!("id IN {}", placeholders(ids)),
        Dialect::Postgres => "id = ANY(CAST(? AS BIGINT[]))".to_owned(),
    }
}

/// Reads tasks for people, without their payloads. Parameters: those of the filter, how many.
pub(super) fn records(at: TaskTable, filter: &str) -> String {
    over(
        at,
        &format!(
            "SELECT id, uid, task, status, task_key, priority, due_at, retry_count, max_attempts, last_error, created_at, NULLIF(completed_at, 0), \
             requeued_at, requeued_by, requeues FROM @tasks{filter} ORDER BY id LIMIT ?"
        ),
    )
}

/// Parameters: who, those of the filter.
pub(super) fn retry(at: TaskTable, filter: &str) -> String {
    over(
        at,
        &format!(
            "UPDATE @tasks SET status = 'pending', due_at = @now, retry_count = 0, lapses = 0, claim = @no_claim, completed_at = @no_time, \
             requeued_at = @now, requeued_by = ?, requeues = requeues + 1{filter}"
        ),
    )
}

/// Parameters: those of the filter.
pub(super) fn delete(at: TaskTable, filter: &str) -> String {
    over(at, &format!("DELETE FROM @tasks{filter}"))
}
