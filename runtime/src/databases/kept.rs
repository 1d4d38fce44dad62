//! Tables that bindery keeps in an engine's database beside those of the schema: which those are, by what the schema and the
//! configuration use, and how they are made. `create_missing` and migrations make them, and the commands look for them, all by this list.
//! Those of tasks are here; what they hold is the matter of `outbox`.
//!
//! Not among them are the history of migrations, which a run makes before anything else, the record of the schema (`link::drift`), and the
//! tables that triggers of `@capture` write to, which are made with the triggers.

/// The place of a task among those that wait on MySQL and MariaDB: its priority, which is larger by 2⁴⁰ where it has a key; 0 of the others.
macro_rules! place_of_mysql {
    () => {
        "place BIGINT GENERATED ALWAYS AS (CASE WHEN status <> 'pending' THEN 0 WHEN task_key IS NULL THEN priority \
            ELSE priority + 1099511627776 END) STORED"
    };
}

pub(crate) mod others;
mod upkeep;

use bindery_core::dialect::Dialect;

use crate::link::program::{EngineInfo, Keeps, TableDdl};

pub(crate) use self::upkeep::ensure;
#[cfg(any(feature = "atomic", feature = "saga", feature = "sync"))]
pub(crate) use self::upkeep::ensure_all;
pub use self::upkeep::{OwnTable, OwnTableState};
#[cfg(feature = "migrations")]
pub(crate) use self::upkeep::{states, whole};

/// The tables that bindery keeps on an engine; those of outcomes where transactions leave them.
pub fn own_tables(
    engine: &EngineInfo,
    keeps_outcomes: bool,
) -> impl Iterator<Item = &'static TableDdl> + use<> {
    let dialect = engine.dialect;
    let of_outbox = if engine.outbox {
        outbox_of(dialect)
    } else {
        &[]
    };
    let of_inbox = if engine.inbox { inbox_of(dialect) } else { &[] };
    let outcomes = if keeps_outcomes {
        others::commits(dialect)
    } else {
        &[]
    };
    let others = engine.keeps.iter().flat_map(move |keeps| match keeps {
        Keeps::Decisions => others::decisions(dialect),
        Keeps::Syncs => others::syncs(dialect),
        Keeps::SagaLog => others::sagas(dialect, true),
        Keeps::SagaSteps => others::sagas(dialect, false),
    });
    of_outbox
        .iter()
        .chain(of_inbox)
        .chain(others)
        .chain(outcomes)
}

const fn table(
    table: &'static str,
    create: &'static [&'static str],
    drop: &'static [&'static str],
) -> TableDdl {
    TableDdl {
        engine: 0,
        schema: None,
        table,
        create,
        link: &[],
        drop,
    }
}

/// The columns of a task. Times are milliseconds since 1970, by the clock of the database. `due_at` is when something is next to be done
/// with the task: when it may run, when the lease of its claim ends, or when it was completed.
macro_rules! columns {
    (
        $table:literal, $id:literal, $name:literal, $payload:literal, $unique:literal,
        ($status:literal, $claim:literal, $completed:literal), $more:expr, $end:literal
    ) => {
        concat!(
            "CREATE TABLE ", $table, " (id ", $id, ", uid VARCHAR(32) NOT NULL, task ", $name, " NOT NULL, payload ", $payload,
            " NOT NULL, status ", $status, " NOT NULL, task_key ", $name, ", unique_key ", $name, $unique, ", priority BIGINT NOT NULL, \
            due_at BIGINT NOT NULL, retry_count BIGINT NOT NULL, max_attempts BIGINT NOT NULL, lapses BIGINT NOT NULL, \
            last_error ", $payload, ", claim ", $claim, ", created_at BIGINT NOT NULL, completed_at ", $completed, ", \
            requeued_at BIGINT, requeued_by ", $name, ", requeues BIGINT NOT NULL", $more, ")", $end
        )
    };
}

/// A table of tasks on SQLite or PostgreSQL, and statements after it. Of one key a single task runs at a time: workers that claim two of
/// them together cannot both commit. Each change of a status costs an entry in as few indexes as can be: a completed task is in none but
/// that of its number. On PostgreSQL a page has room for a second version of each task, as a version on another page costs more.
macro_rules! tasks {
    ($table:literal, $id:literal, $end:literal $(, $after:expr)*) => {
        table(
            $table,
            &[
                columns!(
                    $table, $id, "VARCHAR(191)", "TEXT", "",
                    ("VARCHAR(9)", "VARCHAR(64)", "BIGINT"), "", $end
                ),
                concat!("CREATE UNIQUE INDEX ", $table, "_unique ON ", $table, " (unique_key) WHERE unique_key IS NOT NULL"),
                concat!(
                    "CREATE INDEX ", $table, "_ready ON ", $table,
                    " (priority, due_at, id) WHERE status = 'pending' AND task_key IS NULL"
                ),
                concat!(
                    "CREATE INDEX ", $table, "_keyed ON ", $table,
                    " (priority, due_at, id) WHERE status = 'pending' AND task_key IS NOT NULL"
                ),
                concat!(
                    "CREATE INDEX ", $table, "_due ON ", $table,
                    " (status, due_at) WHERE status NOT IN ('pending', 'completed')"
                ),
                concat!(
                    "CREATE INDEX ", $table, "_keys ON ", $table,
                    " (task_key, id) WHERE task_key IS NOT NULL AND status <> 'completed'"
                ),
                concat!(
                    "CREATE UNIQUE INDEX ", $table, "_one ON ", $table,
                    " (task_key) WHERE status = 'running' AND task_key IS NOT NULL"
                ),
                $($after),*
            ],
            &[concat!("DROP TABLE ", $table)],
        )
    };
}

/// The same on MySQL and MariaDB. Of one key a single task runs at a time: `running_key` is unique, as there are no indexes over some of
/// the rows. For the same reason one index is for those that wait and those that are due, by `place`; and `open_key` is there until a task has ended, so that a task without a key changes no entry of its index. That one
/// has the number of each task anyway, and does not name it: MariaDB would read every entry for the first one of each key. A status, a claim
/// and the time of an end take as many bytes before they are written as afterwards: rows that grow have InnoDB move those beside them, which
/// takes a third of the time of a task. Statuses are in the order of their names, so that the entries of those that are claimed are beside those
/// that wait, and not beside those that failed, which others put back. Names and keys differ by case and by spaces at their ends, as they do elsewhere: by a collation that pads nothing. Each
/// product reads its own comment only.
macro_rules! tasks_of_mysql {
    ($table:literal $(, $after:expr)*) => {
        table(
            $table,
            &[
                columns!(
                    $table,
                    "BIGINT AUTO_INCREMENT PRIMARY KEY",
                    "VARCHAR(191) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */",
                    "LONGTEXT CHARACTER SET utf8mb4",
                    " UNIQUE",
                    (
                        "ENUM('completed', 'failed', 'pending', 'running', 'scheduled')",
                        "CHAR(53) NOT NULL DEFAULT ''",
                        "BIGINT NOT NULL DEFAULT 0"
                    ),
                    concat!(", running_key VARCHAR(191) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ \
            GENERATED ALWAYS AS (CASE WHEN status = 'running' THEN task_key END) STORED UNIQUE, \
            open_key VARCHAR(191) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ \
            GENERATED ALWAYS AS (CASE WHEN status IN ('pending', 'scheduled', 'running') THEN task_key END) STORED, ", place_of_mysql!()),
                    " ENGINE = InnoDB"
                ),
                concat!("CREATE INDEX ", $table, "_ready ON ", $table, " (status, place, due_at, id)"),
                concat!("CREATE INDEX ", $table, "_keys ON ", $table, " (open_key)"),
                $($after),*
            ],
            &[concat!("DROP TABLE ", $table)],
        )
    };
}

/// The places of tasks without and with keys on MySQL and MariaDB: priorities have 32 bits.
#[cfg(feature = "outbox")]
pub(crate) const UNKEYED_PLACE: &str = "place < 549755813888";
#[cfg(feature = "outbox")]
pub(crate) const KEYED_PLACE: &str = "place >= 549755813888";

/// The last tick of each periodic task.
const SCHEDULES: &[&str] = &[
    "CREATE TABLE _bindery_schedules (name VARCHAR(191) NOT NULL PRIMARY KEY, tick BIGINT NOT NULL)",
];
const SCHEDULES_MYSQL: &[&str] = &[
    "CREATE TABLE _bindery_schedules (name VARCHAR(191) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ \
    /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL PRIMARY KEY, tick BIGINT NOT NULL) ENGINE = InnoDB",
];
const DROP_SCHEDULES: &[&str] = &["DROP TABLE _bindery_schedules"];

// The numbers of events are the versions of rows for those who consume them, so a table that is made again has to go on with larger
// ones than the one before: it begins with the microseconds since 1970.
const NUMBERS_OF_SQLITE: &str = "INSERT INTO sqlite_sequence (name, seq) VALUES ('_bindery_events', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000)";
const NUMBERS_OF_POSTGRES: &str = "SELECT setval(pg_get_serial_sequence('_bindery_events', 'id'), CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT))";
const NUMBERS_OF_MYSQL: &str = "INSERT INTO _bindery_events (id, uid, task, payload, status, priority, due_at, retry_count, max_attempts, \
    lapses, created_at, requeues) VALUES (CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED), '', '', '', 'failed', 0, 0, 0, 0, 0, 0, 0)";
const NO_EVENT: &str = "DELETE FROM _bindery_events WHERE uid = ''";

static SQLITE: &[TableDdl] = &[
    tasks!("_bindery_outbox", "INTEGER PRIMARY KEY AUTOINCREMENT", ""),
    table("_bindery_schedules", SCHEDULES, DROP_SCHEDULES),
    tasks!(
        "_bindery_events",
        "INTEGER PRIMARY KEY AUTOINCREMENT",
        "",
        NUMBERS_OF_SQLITE
    ),
];

static POSTGRES: &[TableDdl] = &[
    tasks!(
        "_bindery_outbox",
        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        " WITH (fillfactor = 50)"
    ),
    table("_bindery_schedules", SCHEDULES, DROP_SCHEDULES),
    tasks!(
        "_bindery_events",
        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        " WITH (fillfactor = 50)",
        NUMBERS_OF_POSTGRES
    ),
];

static MYSQL: &[TableDdl] = &[
    tasks_of_mysql!("_bindery_outbox"),
    table("_bindery_schedules", SCHEDULES_MYSQL, DROP_SCHEDULES),
    tasks_of_mysql!("_bindery_events", NUMBERS_OF_MYSQL, NO_EVENT),
];

/// `effect` is the task, and what of it was done here.
const INBOX: &str = "CREATE TABLE _bindery_inbox (effect VARCHAR(191) NOT NULL PRIMARY KEY, done_at BIGINT NOT NULL)";
const INBOX_DONE: &str = "CREATE INDEX _bindery_inbox_done ON _bindery_inbox (done_at)";
const DROP_INBOX: &[&str] = &["DROP TABLE _bindery_inbox"];

/// The newest event of each row that a consumer has seen; of a deleted row it stays.
const VERSIONS: &str = "CREATE TABLE _bindery_versions (consumer VARCHAR(64) NOT NULL, subject VARCHAR(191) NOT NULL, version BIGINT NOT NULL, \
    PRIMARY KEY (consumer, subject))";
const DROP_VERSIONS: &[&str] = &["DROP TABLE _bindery_versions"];

static INBOX_SQLITE: &[TableDdl] = &[
    table("_bindery_inbox", &[INBOX, INBOX_DONE], DROP_INBOX),
    table("_bindery_versions", &[VERSIONS], DROP_VERSIONS),
    tasks!("_bindery_messages", "INTEGER PRIMARY KEY AUTOINCREMENT", ""),
];
static INBOX_POSTGRES: &[TableDdl] = &[
    table("_bindery_inbox", &[INBOX, INBOX_DONE], DROP_INBOX),
    table("_bindery_versions", &[VERSIONS], DROP_VERSIONS),
    tasks!(
        "_bindery_messages",
        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        " WITH (fillfactor = 50)"
    ),
];
static INBOX_MYSQL: &[TableDdl] = &[
    table(
        "_bindery_inbox",
        &[
            "CREATE TABLE _bindery_inbox (effect VARCHAR(191) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ \
       /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL PRIMARY KEY, done_at BIGINT NOT NULL) ENGINE = InnoDB",
            INBOX_DONE,
        ],
        DROP_INBOX,
    ),
    table(
        "_bindery_versions",
        &[
            "CREATE TABLE _bindery_versions (consumer VARCHAR(64) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ \
       /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL, subject VARCHAR(191) CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ \
       /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (consumer, subject)) ENGINE = InnoDB",
        ],
        DROP_VERSIONS,
    ),
    tasks_of_mysql!("_bindery_messages"),
];

pub(crate) fn outbox_of(dialect: Dialect) -> &'static [TableDdl] {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
    }
}

fn inbox_of(dialect: Dialect) -> &'static [TableDdl] {
    match dialect {
        Dialect::Sqlite => INBOX_SQLITE,
        Dialect::Postgres => INBOX_POSTGRES,
        Dialect::Mysql => INBOX_MYSQL,
    }
}
