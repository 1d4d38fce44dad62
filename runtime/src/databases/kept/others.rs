//! The tables of atomic groups, sagas, syncs, and of outcomes of transactions. What they hold is the matter of `atomic`, `saga`, `sync` and
//! of the driver of MySQL.

use bindery_core::dialect::Dialect;

use super::table;
use crate::driver::own_tables::CREATE_COMMITS;
use crate::link::program::TableDdl;

/// The end of a table on MySQL and MariaDB. Another storage engine would keep what is rolled back, and names that differ in case or in
/// spaces at their ends would be one; each product reads its own comment only.
macro_rules! innodb {
    () => {
        " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */"
    };
}

macro_rules! kept {
    ($table:literal, $end:expr, $drop:expr, [$($columns:expr),+] $(, $after:expr)*) => {
        table(
            $table,
            &[concat!("CREATE TABLE IF NOT EXISTS ", $table, " (", $($columns),+, ")", $end) $(, $after)*],
            $drop,
        )
    };
}

/// Times are of the program's clock: they only delay, they never decide. `decision` is `C`, `A`, or `M`: it was `C`, and a branch was
/// rolled back by hand. They stay when other tables are dropped, as transactions that are prepared elsewhere need them.
macro_rules! decisions {
    ($end:expr) => {
        &[
            kept!("_bindery_coordinators", $end, &[], ["coordinator VARCHAR(64) NOT NULL PRIMARY KEY, started_ms BIGINT NOT NULL"]),
            kept!("_bindery_decisions", $end, &[], [
                "transaction_id VARCHAR(64) NOT NULL PRIMARY KEY, decision CHAR(1) NOT NULL, coordinator VARCHAR(64) NOT NULL, \
                 branches TEXT NOT NULL, created_ms BIGINT NOT NULL"
            ]),
        ]
    };
}

/// `batch` is the number of the last batch of `run` that is stored. A run begins at `mark`; rows up to `seen` were copied. `position` is
/// the last recorded change of the source that was copied. `skew_ms` is how far the source's clock is ahead of the target's. `key_bytes`
/// are the key's values as hexadecimal digits, `row_key` is the same for people.
macro_rules! syncs {
    ($end:expr) => {
        &[
            kept!("_bindery_sync", $end, &["DROP TABLE _bindery_sync"], [
                "sync_name VARCHAR(191) NOT NULL PRIMARY KEY, run BIGINT NOT NULL, batch BIGINT NOT NULL, \
                 mark_kind CHAR(1), mark BIGINT, seen BIGINT, skew_ms BIGINT, position VARCHAR(64), changed_ms BIGINT NOT NULL"
            ]),
            kept!("_bindery_sync_runs", $end, &["DROP TABLE _bindery_sync_runs"], [
                "sync_name VARCHAR(191) NOT NULL, run BIGINT NOT NULL, source VARCHAR(191) NOT NULL, target VARCHAR(191) NOT NULL, \
                 mode VARCHAR(9) NOT NULL, status VARCHAR(9) NOT NULL, started_ms BIGINT NOT NULL, ended_ms BIGINT, \
                 rows_read BIGINT NOT NULL, inserted BIGINT NOT NULL, updated BIGINT NOT NULL, unchanged BIGINT NOT NULL, \
                 deleted BIGINT NOT NULL, rejected BIGINT NOT NULL, watermark VARCHAR(64), error VARCHAR(1000), \
                 PRIMARY KEY (sync_name, run)"
            ]),
            kept!("_bindery_sync_rejects", $end, &["DROP TABLE _bindery_sync_rejects"], [
                "sync_name VARCHAR(191) NOT NULL, key_bytes VARCHAR(512) NOT NULL, row_key VARCHAR(1000) NOT NULL, \
                 reason VARCHAR(1000) NOT NULL, attempts BIGINT NOT NULL, first_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL, \
                 PRIMARY KEY (sync_name, key_bytes)"
            ]),
        ]
    };
}

/// The positions of a copy that `bindery mirror` keeps up. It goes with the rows of the copy, which is begun anew without it.
macro_rules! mirrors {
    ($end:expr) => {
        &[kept!("_bindery_mirrors", $end, &["DROP TABLE _bindery_mirrors"], [
            "mirror VARCHAR(191) NOT NULL, table_name VARCHAR(191) NOT NULL, position VARCHAR(64) NOT NULL, PRIMARY KEY (mirror, table_name)"
        ])]
    };
}

macro_rules! steps {
    ($table:literal, $text:literal, $end:expr) => {
        kept!($table, $end, &[concat!("DROP TABLE ", $table)], [
            "uid VARCHAR(32) NOT NULL, step_no BIGINT NOT NULL, way CHAR(1) NOT NULL, step VARCHAR(64) NOT NULL, \
             outcome VARCHAR(12) NOT NULL, output ", $text, " NOT NULL, written ", $text, ", at_ms BIGINT NOT NULL, \
             PRIMARY KEY (uid, step_no, way)"
        ])
    };
}

macro_rules! saga_log {
    ($text:literal, $due:literal, $end:expr $(, $after:expr)*) => {
        &[
            kept!("_bindery_sagas", $end, &["DROP TABLE _bindery_sagas"], [
                "saga VARCHAR(64) NOT NULL, id VARCHAR(191) NOT NULL, uid VARCHAR(32) NOT NULL, steps ", $text,
                " NOT NULL, input ", $text, " NOT NULL, state VARCHAR(12) NOT NULL, step_no BIGINT NOT NULL, attempts BIGINT NOT NULL, \
                 failures BIGINT NOT NULL, doubt BIGINT NOT NULL, stalled_ms BIGINT NOT NULL, failed_step VARCHAR(64), error ", $text,
                ", undo_step VARCHAR(64), undo_error ", $text, ", epoch BIGINT NOT NULL, owner VARCHAR(64), due_ms BIGINT NOT NULL, \
                 created_ms BIGINT NOT NULL, changed_ms BIGINT NOT NULL, PRIMARY KEY (saga, id)", $due
            ] $(, $after)*),
            steps!("_bindery_saga_steps", $text, $end),
        ]
    };
}

const SAGAS_DUE: &str =
    "CREATE INDEX IF NOT EXISTS _bindery_sagas_due ON _bindery_sagas (state, due_ms)";

static DECISIONS: &[TableDdl] = decisions!("");
static DECISIONS_MYSQL: &[TableDdl] = decisions!(innodb!());
static SYNCS: &[TableDdl] = syncs!("");
static SYNCS_MYSQL: &[TableDdl] = syncs!(innodb!());
static MIRRORS: &[TableDdl] = mirrors!("");
static MIRRORS_MYSQL: &[TableDdl] = mirrors!(innodb!());
static SAGA_LOG: &[TableDdl] = saga_log!("TEXT", "", "", SAGAS_DUE);
static SAGA_LOG_MYSQL: &[TableDdl] = saga_log!(
    "LONGTEXT",
    ", INDEX _bindery_sagas_due (state, due_ms)",
    innodb!()
);
static SAGA_STEPS: &[TableDdl] = &[steps!("_bindery_saga_marks", "TEXT", "")];
static SAGA_STEPS_MYSQL: &[TableDdl] = &[steps!("_bindery_saga_marks", "LONGTEXT", innodb!())];

/// It stays when other tables are dropped, as the sessions at work count in it.
static COMMITS: &[TableDdl] = &[table("_bindery_commits", &[CREATE_COMMITS], &[])];

/// The tables of the home of atomic groups.
pub(crate) fn decisions(dialect: Dialect) -> &'static [TableDdl] {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => DECISIONS,
        Dialect::Mysql => DECISIONS_MYSQL,
    }
}

/// The tables of a target of syncs.
pub(crate) fn syncs(dialect: Dialect) -> &'static [TableDdl] {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => SYNCS,
        Dialect::Mysql => SYNCS_MYSQL,
    }
}

/// The table of a copy that `bindery mirror` keeps up, which no program needs.
pub(crate) fn mirrors(dialect: Dialect) -> &'static [TableDdl] {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => MIRRORS,
        Dialect::Mysql => MIRRORS_MYSQL,
    }
}

/// The tables of an engine with the log of sagas, or with steps alone.
pub(crate) fn sagas(dialect: Dialect, keeps_log: bool) -> &'static [TableDdl] {
    match (dialect, keeps_log) {
        (Dialect::Sqlite | Dialect::Postgres, true) => SAGA_LOG,
        (Dialect::Sqlite | Dialect::Postgres, false) => SAGA_STEPS,
        (Dialect::Mysql, true) => SAGA_LOG_MYSQL,
        (Dialect::Mysql, false) => SAGA_STEPS_MYSQL,
    }
}

/// The table of outcomes, which PostgreSQL and SQLite do without.
pub(super) fn commits(dialect: Dialect) -> &'static [TableDdl] {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => &[],
        Dialect::Mysql => COMMITS,
    }
}
