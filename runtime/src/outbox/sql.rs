//! The statements over `_bindery_outbox`, tables like it, and `_bindery_inbox`, in the words of each database. Times are of the database's clock.

use crate::driver::notify::NOTIFY;
use crate::driver::own_tables::{TASK_COLUMNS, statement};
use bindery_core::dialect::Dialect;

/// The places of tasks without and with keys on MySQL and MariaDB: priorities have 32 bits.
const UNKEYED_PLACE: &str = "place < 549755813888";
const KEYED_PLACE: &str = "place >= 549755813888";

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

/// A statement over a table of tasks, which the template calls `@tasks`, with what stands for no claim and no time. PostgreSQL would read the clock for each row anew, and none of
/// its indexes could be read up to a time that changes: in a query of its own it is read once.
pub(super) fn over(at: TaskTable, template: &str) -> String {
    let template = template.replace("@tasks", at.name);
    let (no_claim, no_time) = match at.dialect {
        Dialect::Sqlite | Dialect::Postgres => ("NULL", "NULL"),
        Dialect::Mysql => ("''", "0"),
    };
    let template = template.replace("@no_claim", no_claim);
    let template = template.replace("@no_time", no_time);
    match at.dialect {
        Dialect::Sqlite | Dialect::Mysql => statement(at.dialect, &template),
        Dialect::Postgres => statement(at.dialect, &template.replace("@now", "(SELECT @now)")),
    }
}

/// The condition of the index `_due`, beside what else a statement wants: SQLite takes an index over some of the rows only where a statement
/// has its condition, word for word.
pub(super) const IS_HELD: &str = "status NOT IN ('pending', 'completed')";

/// The tasks that wait for a worker: those without a key, and those with one. Each kind has an index, or a part of one, in the order in which they are claimed.
pub(super) fn pending(dialect: Dialect) -> [String; 2] {
    let is_keyed = match dialect {
        Dialect::Sqlite | Dialect::Postgres => ["task_key IS NULL", "task_key IS NOT NULL"],
        Dialect::Mysql => [UNKEYED_PLACE, KEYED_PLACE],
    };
    is_keyed.map(|kind| format!("status = 'pending' AND {kind}"))
}

/// Those whose time or lease ends.
fn due_or_running(dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => {
            format!("status IN ('scheduled', 'running') AND {IS_HELD}")
        }
        Dialect::Mysql => "status IN ('scheduled', 'running') AND place = 0".to_owned(),
    }
}

/// `(?, ?, ?)`, with `count` placeholders.
pub(super) fn placeholders(count: usize) -> String {
    let list = vec!["?"; count].join(", ");
    format!("({list})")
}

/// An insert that is left out where the unique value is there. On MySQL it is refused then: `INSERT IGNORE` would also cut texts
/// that are too long.
fn insert_new(dialect: Dialect, rest: &str) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => statement(
            dialect,
            &format!("INSERT INTO {rest} ON CONFLICT DO NOTHING"),
        ),
        Dialect::Mysql => statement(dialect, &format!("INSERT INTO {rest}")),
    }
}

/// Has a statement notify workers once its transaction is committed, if it writes a row. PostgreSQL alone notifies.
fn notifying(statement: &str) -> String {
    format!("WITH pushed AS ({statement} RETURNING id) {NOTIFY} FROM pushed")
}

/// Parameters: uid, task, payload, key, unique key, priority, start, attempts.
pub(super) fn insert(at: TaskTable, is_later: bool, is_absolute: bool, notifies: bool) -> String {
    let status = if is_later { "scheduled" } else { "pending" };
    let start = if is_absolute { "?" } else { "@now + ?" };
    let insert = insert_new(
        at.dialect,
        &format!(
            "{} {TASK_COLUMNS} VALUES (?, ?, ?, '{status}', ?, ?, ?, {start}, 0, ?, 0, @now, 0)",
            at.name
        ),
    );
    if notifies { notifying(&insert) } else { insert }
}

/// The time of the database and the last tick of a periodic task. Parameters: its name.
#[cfg(feature = "cron")]
pub(super) fn last_tick(dialect: Dialect) -> String {
    statement(
        dialect,
        "SELECT @now, (SELECT tick FROM _bindery_schedules WHERE name = ?)",
    )
}

/// Parameters: the name, the time.
#[cfg(feature = "cron")]
pub(super) fn add_schedule(dialect: Dialect) -> String {
    insert_new(dialect, "_bindery_schedules (name, tick) VALUES (?, ?)")
}

/// Moves a periodic task on, unless another worker has. Parameters: the tick, the name, the tick before.
#[cfg(feature = "cron")]
pub(super) fn move_schedule(dialect: Dialect) -> String {
    statement(
        dialect,
        "UPDATE _bindery_schedules SET tick = ? WHERE name = ? AND tick = ?",
    )
}

/// Parameters: what was done.
pub(super) fn insert_inbox(dialect: Dialect) -> String {
    insert_new(dialect, "_bindery_inbox (effect, done_at) VALUES (?, @now)")
}

/// Parameters: the age in milliseconds.
pub(super) fn prune_inbox(dialect: Dialect) -> String {
    statement(
        dialect,
        "DELETE FROM _bindery_inbox WHERE done_at < @now - ?",
    )
}

/// A query that finds whether anything is to be done. It only reads.
pub(super) fn has_due(at: TaskTable) -> String {
    let due = due_or_running(at.dialect);
    let [unkeyed, keyed] = pending(at.dialect);
    over(
        at,
        &format!(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM @tasks WHERE {unkeyed}) OR EXISTS (SELECT 1 FROM @tasks WHERE {keyed}) \
             OR EXISTS (SELECT 1 FROM @tasks WHERE {due} AND due_at <= @now) THEN 1 ELSE 0 END"
        ),
    )
}

/// Tasks whose time has come, and those whose lease has ended. Parameters: how many.
///
/// On MySQL and MariaDB they are found without a lock: a read that locks would try all that run, beyond the end of those whose time has come, until it
/// meets one that it can lock.
pub(super) fn due(at: TaskTable) -> String {
    let (due, lock) = (due_or_running(at.dialect), skip_locked(at.dialect, ""));
    let due = match at.dialect {
        Dialect::Sqlite | Dialect::Postgres => {
            format!("@tasks o WHERE {due} AND due_at <= @now LIMIT ?")
        }
        Dialect::Mysql => format!(
            "(SELECT id FROM @tasks WHERE {due} AND due_at <= @now LIMIT ?) f STRAIGHT_JOIN @tasks o ON o.id = f.id WHERE {due} AND due_at <= @now"
        ),
    };
    over(
        at,
        &format!(
            "SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END, lapses, retry_count, max_attempts FROM {due}{lock}"
        ),
    )
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

/// Parameters: those of `set`, the ids.
fn of_ids(at: TaskTable, set: &str, ids: usize) -> String {
    let ids = with_ids(at, ids);
    over(at, &format!("UPDATE @tasks SET {set} WHERE {ids}"))
}

/// Parameters: the ids.
pub(super) fn make_ready(at: TaskTable, ids: usize) -> String {
    of_ids(at, "status = 'pending'", ids)
}

/// The losses of a task whose lease has ended. The first counts whether it was begun or not; a later one counts where it was begun, which
/// [`begin`] has noted by the number's being negative.
pub(super) const LAPSED: &str = "lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END";

/// Claims whose lease ended, which count as no attempt. Parameters: the ids.
pub(super) fn make_ready_again(at: TaskTable, ids: usize) -> String {
    let set = format!("status = 'pending', claim = @no_claim, {LAPSED}");
    of_ids(at, &set, ids)
}

/// Suspects whose lease ended while they were at work, which counts as an attempt. Parameters: the reason, the ids.
pub(super) fn count_lapse(at: TaskTable, fails: bool, ids: usize) -> String {
    let status = if fails { "failed" } else { "pending" };
    let set = format!(
        "status = '{status}', claim = @no_claim, {LAPSED}, retry_count = retry_count + 1, last_error = ?"
    );
    of_ids(at, &set, ids)
}

/// Parameters: the claim, the lease, the ids.
pub(super) fn claim(at: TaskTable, ids: usize) -> String {
    of_ids(at, "status = 'running', claim = ?, due_at = @now + ?", ids)
}

/// Notes that tasks that were lost before are at work. Parameters: the claim, the ids.
pub(super) fn begin(at: TaskTable, ids: usize) -> String {
    let ids = with_ids(at, ids);
    over(
        at,
        &format!(
            "UPDATE @tasks SET lapses = 0 - ABS(lapses) WHERE status = 'running' AND claim = ? AND {ids}"
        ),
    )
}

/// Parameters: the claim, the ids.
pub(super) fn complete(at: TaskTable, ids: usize) -> String {
    let ids = with_ids(at, ids);
    over(
        at,
        &format!(
            "UPDATE @tasks SET status = 'completed', completed_at = @now, due_at = @now, unique_key = NULL, claim = @no_claim \
             WHERE status = 'running' AND claim = ? AND {ids}"
        ),
    )
}

/// Parameters: the claim, the ids.
pub(super) fn release(at: TaskTable, ids: usize) -> String {
    let ids = with_ids(at, ids);
    over(
        at,
        &format!(
            "UPDATE @tasks SET status = 'pending', claim = @no_claim, due_at = @now, lapses = ABS(lapses) \
             WHERE status = 'running' AND claim = ? AND {ids}"
        ),
    )
}

/// Parameters: the reason, the pause, the claim, the id.
pub(super) fn fail(at: TaskTable, is_last: bool) -> String {
    let status = if is_last { "failed" } else { "scheduled" };
    over(
        at,
        &format!(
            "UPDATE @tasks SET status = '{status}', retry_count = retry_count + 1, last_error = ?, due_at = @now + ?, claim = @no_claim, \
             lapses = ABS(lapses) \
             WHERE status = 'running' AND claim = ? AND id = ?"
        ),
    )
}

/// Parameters: the claim.
pub(super) fn claimed(at: TaskTable) -> String {
    over(
        at,
        &format!(
            "SELECT id FROM @tasks WHERE status = 'running' AND {IS_HELD} AND claim = ? ORDER BY id"
        ),
    )
}

/// Parameters: the lease, the claim, the ids.
pub(super) fn renew(at: TaskTable, ids: usize) -> String {
    let ids = with_ids(at, ids);
    over(
        at,
        &format!(
            "UPDATE @tasks SET due_at = @now + ? WHERE status = 'running' AND claim = ? AND {ids}"
        ),
    )
}

/// How many tasks are read together for those that are to be deleted.
pub(super) const PRUNED_AT_ONCE: usize = 1000;

/// Tasks after one, in the order in which they were written: the number, 1 where it was completed long enough ago, and 1 where it was
/// written that long ago. Completed tasks are in no index but this one, so that completing one does not cost an entry of another.
/// Parameters: the age in milliseconds, twice, and the number.
pub(super) fn old(at: TaskTable) -> String {
    over(
        at,
        &format!(
            "SELECT id, CASE WHEN status = 'completed' AND due_at < @now - ? THEN 1 ELSE 0 END, \
             CASE WHEN created_at <= @now - ? THEN 1 ELSE 0 END FROM @tasks WHERE id > ? ORDER BY id LIMIT {PRUNED_AT_ONCE}"
        ),
    )
}

/// Parameters: the ids.
pub(super) fn prune(at: TaskTable, ids: usize) -> String {
    let ids = with_ids(at, ids);
    over(
        at,
        &format!("DELETE FROM @tasks WHERE status = 'completed' AND {ids}"),
    )
}

/// Counts the tasks that are not completed by the indexes of their statuses: status, number, when the first of them is due, and the time of
/// the database.
pub(super) fn summary(at: TaskTable) -> String {
    let waiting = pending(at.dialect).map(|kind| ("pending", kind));
    let held = ["scheduled", "running", "failed"]
        .map(|status| (status, format!("status = '{status}' AND {IS_HELD}")));
    let counted = waiting.iter().chain(&held).map(|(status, of_it)| {
        format!("SELECT '{status}', count(*), min(due_at), @now FROM @tasks WHERE {of_it}")
    });
    over(at, &counted.collect::<Vec<_>>().join(" UNION ALL "))
}

/// Counts the completed tasks, which are in no index of their own.
pub(super) fn completed(at: TaskTable) -> String {
    over(at, "SELECT count(*) FROM @tasks WHERE status = 'completed'")
}

/// A query that finds whether there is any task, of whichever status.
pub(super) fn has_any(at: TaskTable) -> String {
    over(
        at,
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM @tasks) THEN 1 ELSE 0 END",
    )
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
