//! A warning before a run: statements that keep others from a table, where the database says that it is large.

use bindery::migrate::Migrator;
use bindery::{Dialect, Engine, Sql};
use bindery_schema::diff::Busy;

use super::One;
use crate::migrations::files::BusyMigration;
use crate::output::Output;

/// A table with fewer rows is soon written anew.
const LARGE: i64 = 100_000;

/// An estimate that the server keeps; 0 where it has none.
const POSTGRES: &str = "\
SELECT coalesce(max(c.reltuples), 0)::bigint FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)";
const MYSQL: &str = "\
SELECT CAST(COALESCE(MAX(table_rows), 0) AS SIGNED) FROM information_schema.tables \
WHERE table_schema = database() AND table_name = ?";

/// Looks at what is pending. The reason that keeps a run from beginning is reported by the run.
pub(super) fn warn(one: &One<'_>, migrator: &Migrator<'_, '_>, output: &Output) {
    if one.migrations.busy.is_empty() {
        return;
    }
    let Ok(pending) = migrator.pending() else {
        return;
    };
    let is_pending = |busy: &&BusyMigration| {
        let mut pending = pending.iter();
        pending.any(|migration| migration.version == busy.version)
    };
    for migration in one.migrations.busy.iter().filter(is_pending) {
        for busy in &migration.statements {
            warn_of(one, &migration.version, busy, output);
        }
    }
}

fn warn_of(one: &One<'_>, version: &str, busy: &Busy, output: &Output) {
    let Some(rows) = rows(one, &busy.table).filter(|rows| *rows >= LARGE) else {
        return;
    };
    let (engine, line) = (one.engine(), busy.line);
    let (table, message, code) = (&busy.table, &busy.message, busy.code);
    output.message(&format!(
        "warning: migration {version} on `{engine}`, line {line}: {message}; `{table}` has about {rows} rows\n  \
         = help: {}; `bindery explain {code}`\n",
        busy.help
    ));
}

/// `None` where the table is not there yet, or the server cannot be asked.
fn rows(one: &One<'_>, table: &str) -> Option<i64> {
    let engine = one.engines.chosen(one.index);
    let sql = match engine.dialect() {
        // Nothing is said of it: see `busy`.
        Dialect::Sqlite => return None,
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
    };
    let mut connection = one.engines.registry.connect(engine).ok()?;
    connection.query_scalar(Sql::assembled(sql), (table,)).ok()
}
