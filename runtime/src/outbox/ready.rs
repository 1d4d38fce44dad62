//! The statement by which a claim finds tasks: those without keys, the first of those with keys, and the heads of keys. The head of a key is the
//! first of its tasks that has not ended; no other one can be claimed.

use std::fmt::Write as _;

use bindery_core::dialect::Dialect;

use super::sql::{SUSPECT, TaskTable, over, placeholders, skip_locked, with_ids};

/// How many of the tasks that wait are read by a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// As few as are enough where tasks have no keys, or many.
    First,
    /// Those after the ones that other claims of this moment have locked, too.
    Far,
    All,
}

/// The number of tasks with keys that are read first, in the order in which they are claimed.
pub(super) const WINDOW: usize = 1_000;
/// The number of keys that are looked at together for their heads.
pub(super) const KEYS_AT_ONCE: usize = 500;

/// The tasks among which a claim looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those without a key.
    Unkeyed(Reach),
    Keyed(Reach),
    /// A number of them, by their ids.
    Ids(usize),
}

impl Among {
    /// The limit on the tasks that are read in order. MySQL and MariaDB pass by what they need not lock faster in a read of its own; the others stop
    /// where they have enough. Of tasks with keys the first may all wait for others, so that they are limited everywhere.
    fn window(self, dialect: Dialect, has_types: bool) -> Option<usize> {
        let stops = match dialect {
            Dialect::Sqlite | Dialect::Postgres => true,
            Dialect::Mysql => false,
        };
        match self {
            Self::Unkeyed(Reach::First) | Self::Keyed(Reach::First) => Some(WINDOW),
            Self::Unkeyed(Reach::Far) if stops => None,
            Self::Keyed(Reach::Far) if stops && has_types => None,
            Self::Unkeyed(Reach::Far) | Self::Keyed(Reach::Far) => Some(5 * WINDOW),
            Self::Unkeyed(Reach::All) | Self::Keyed(Reach::All) | Self::Ids(_) => None,
        }
    }

    fn has_keys(self) -> bool {
        match self {
            Self::Unkeyed(_) => false,
            Self::Keyed(_) | Self::Ids(_) => true,
        }
    }

    /// The condition that a task waits, as a word of the statements.
    fn pending(self) -> &'static str {
        if self.has_keys() {
            "@keyed"
        } else {
            "@unkeyed"
        }
    }
}

/// Joins tasks `o` that are looked up by their ids, in the order of those before them: the word, and their status. SQLite and PostgreSQL
/// would rather read all that wait again for each, by their index, if they had not to compute the status.
fn in_order(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Sqlite => ("CROSS JOIN", "lower(o.status)"),
        Dialect::Postgres => ("JOIN", "lower(o.status)"),
        Dialect::Mysql => ("STRAIGHT_JOIN", "o.status"),
    }
}

/// The condition that a task `o` is the head of its key: no task of the key runs, and none before it has not ended.
///
/// PostgreSQL would read each task by its number where its statistics say that few tasks of a key are before it, as they do while a key has few that
/// have ended. An order by the key first, which it would drop beside `=`, leaves it the indexes over keys alone.
fn is_head(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "NOT EXISTS (SELECT 1 FROM @tasks e WHERE e.task_key = o.task_key AND e.status = 'running') \
             AND NOT EXISTS (SELECT 1 FROM @tasks e WHERE e.task_key = o.task_key AND @open AND e.id < o.id)"
        }
        Dialect::Postgres => {
            "(SELECT e.id FROM @tasks e WHERE e.task_key >= o.task_key AND e.task_key <= o.task_key AND e.status = 'running' \
             ORDER BY e.task_key LIMIT 1) IS NULL \
             AND o.id = (SELECT e.id FROM @tasks e WHERE e.task_key >= o.task_key AND e.task_key <= o.task_key AND @open \
             ORDER BY e.task_key, e.id LIMIT 1)"
        }
        Dialect::Mysql => {
            "NOT EXISTS (SELECT 1 FROM @tasks e WHERE e.running_key = o.task_key) \
             AND NOT EXISTS (SELECT 1 FROM @tasks e WHERE e.open_key = o.task_key AND e.id < o.id)"
        }
    }
}

/// The tasks to claim, of some types or all. A task waits for those before it with the same key, and for one of
/// the key that runs: one that was put back or committed late may come before it. A worker that has a suspect claims no second one. Parameters: the
/// ids, the types, how many.
pub(super) fn ready(at: TaskTable, among: Among, types: usize, has_suspect: bool) -> String {
    let lock = skip_locked(at.dialect, " OF o");
    let mut filter = match types {
        0 => String::new(),
        _ => format!(" AND o.task IN {}", placeholders(types)),
    };
    if has_suspect {
        let _ = write!(filter, " AND o.lapses < {SUSPECT}");
    }
    if among.has_keys() {
        let _ = write!(filter, " AND {}", is_head(at.dialect));
    }
    let (tasks, order) = task_source(at, among, types > 0);
    over(
        at,
        &format!(
            "SELECT o.priority, o.due_at, o.id, o.uid, o.task, o.payload, o.retry_count, o.max_attempts, o.lapses, o.created_at \
             FROM {tasks}{filter} ORDER BY {order}.@place, {order}.due_at, {order}.id LIMIT ?{lock}"
        ),
    )
}

/// The tables that tasks are read from, with the condition that they wait, and the one that has their order.
fn task_source(at: TaskTable, among: Among, has_types: bool) -> (String, &'static str) {
    let (join, status) = in_order(at.dialect);
    let pending = among.pending();
    match (among, among.window(at.dialect, has_types)) {
        (Among::Ids(ids), _) => {
            let ids = with_ids(at, ids);
            (
                format!("@tasks o WHERE {status} = 'pending' AND o.{ids}"),
                "o",
            )
        }
        (_, None) => (format!("@tasks o WHERE {pending}"), "o"),
        (_, Some(window)) => (
            format!(
                "(SELECT @place, due_at, id FROM @tasks WHERE {pending} ORDER BY @place, due_at, id LIMIT {window}) f \
                 {join} @tasks o ON o.id = f.id WHERE {status} = 'pending'"
            ),
            "f",
        ),
    }
}
