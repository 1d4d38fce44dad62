//! The tables themselves: what makes them, and the error where one is missing.

use bindery_core::dialect::Dialect;

use super::{MARKS, SAGAS, STEPS};
use crate::driver::Physical;
use crate::driver::own_tables;
use crate::error::{Error, ErrorKind, Result, SagaError};

/// The statements that make the tables; those of the log on the engine that keeps it, the marks on others.
pub(in crate::saga) fn definitions(
    dialect: Dialect,
    keeps_log: bool,
) -> Vec<(&'static str, Vec<String>)> {
    let end = format!("){}", own_tables::end(dialect));
    let (text, by_due) = match dialect {
        Dialect::Sqlite | Dialect::Postgres => ("TEXT", ""),
        Dialect::Mysql => ("LONGTEXT", ", INDEX _bindery_sagas_due (state, due_ms)"),
    };
    let step = format!(
        "uid VARCHAR(32) NOT NULL, step_no BIGINT NOT NULL, way CHAR(1) NOT NULL, step VARCHAR(64) NOT NULL, \
         outcome VARCHAR(12) NOT NULL, output {text} NOT NULL, written {text}, at_ms BIGINT NOT NULL, \
         PRIMARY KEY (uid, step_no, way){end}"
    );
    if !keeps_log {
        return vec![(
            MARKS,
            vec![format!("CREATE TABLE IF NOT EXISTS {MARKS} ({step}")],
        )];
    }
    let mut sagas = vec![format!(
        "CREATE TABLE IF NOT EXISTS {SAGAS} (saga VARCHAR(64) NOT NULL, id VARCHAR(191) NOT NULL, \
         uid VARCHAR(32) NOT NULL, steps {text} NOT NULL, input {text} NOT NULL, state VARCHAR(12) NOT NULL, \
         step_no BIGINT NOT NULL, attempts BIGINT NOT NULL, failures BIGINT NOT NULL, doubt BIGINT NOT NULL, \
         stalled_ms BIGINT NOT NULL, failed_step VARCHAR(64), error {text}, undo_step VARCHAR(64), undo_error {text}, \
         epoch BIGINT NOT NULL, owner VARCHAR(64), due_ms BIGINT NOT NULL, created_ms BIGINT NOT NULL, \
         changed_ms BIGINT NOT NULL, PRIMARY KEY (saga, id){by_due}{end}"
    )];
    if by_due.is_empty() {
        sagas.push(format!(
            "CREATE INDEX IF NOT EXISTS _bindery_sagas_due ON {SAGAS} (state, due_ms)"
        ));
    }
    vec![
        (SAGAS, sagas),
        (
            STEPS,
            vec![format!("CREATE TABLE IF NOT EXISTS {STEPS} ({step}")],
        ),
    ]
}

/// Makes the tables where there are none.
pub(in crate::saga) fn create(physical: &mut Physical, keeps_log: bool) -> Result<()> {
    for (table, statements) in definitions(physical.dialect(), keeps_log) {
        own_tables::make(physical, table, &statements)?;
    }
    Ok(())
}

/// Says in words that a table is missing, where that is why something failed.
pub(in crate::saga) fn explained(
    physical: &mut Physical,
    table: &'static str,
    error: Error,
) -> Error {
    let is_missing = *error.kind() == ErrorKind::SchemaMismatch
        && !physical.in_transaction()
        && matches!(physical.table_exists(None, table), Ok(false));
    if is_missing {
        Error::new(ErrorKind::Saga(SagaError::NoTable { table }))
    } else {
        error
    }
}
