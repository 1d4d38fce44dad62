//! Lists over all sagas of a log: those that are over, which are deleted some time, and those that wait.

use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

use super::{SagaState, signed, timed};
use crate::driver::Physical;
use crate::error::Result;
use crate::value::ParamWriter;

/// Deletes a saga itself.
pub(in crate::saga) fn forget(
    physical: &mut Physical,
    saga: &str,
    id: &str,
    uid: &str,
) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("DELETE FROM _bindery_sagas WHERE saga = ")
        .placeholder();
    sql.push(" AND id = ").placeholder();
    sql.push(" AND uid = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        [saga, id, uid]
            .into_iter()
            .for_each(|text| params.text(text));
    };
    physical.next_is_own();
    physical.execute(&sql.finish(), write).map(drop)
}

/// Ids and marks of sagas of a name that have been over for this long: those that completed, and those that failed.
pub(in crate::saga) fn over(
    physical: &mut Physical,
    saga: &str,
    age_ms: u64,
    limit: usize,
) -> Result<Vec<(String, String)>> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push(
        "SELECT id, uid FROM _bindery_sagas WHERE state IN ('completed', 'failed') AND saga = ",
    )
    .placeholder()
    .push(&timed(dialect, " AND changed_ms <= {now} - "))
    .placeholder()
    .push(&format!(" ORDER BY due_ms LIMIT {limit}"));
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(saga);
        params.i64(signed(age_ms));
    };
    physical.next_is_own();
    physical.query(&sql.finish(), write, &mut |row| {
        found.push((row.next()?, row.next()?));
        Ok(true)
    })?;
    Ok(found)
}

/// Returns the number of sagas of each name and state that is not over, and the age of the oldest in milliseconds; `lost` are
/// those whose owner did not go on in time.
pub(in crate::saga) fn waiting(physical: &mut Physical) -> Result<Vec<Waiting>> {
    let dialect = physical.dialect();
    let sql = timed(
        dialect,
        "SELECT saga, state, count(*), CAST(sum(CASE WHEN owner IS NOT NULL AND due_ms <= {now} THEN 1 ELSE 0 END) AS {int}), \
         {now} - min(created_ms) FROM _bindery_sagas \
         WHERE state IN ('running', 'compensating', 'pending', 'parked', 'parked_back') GROUP BY saga, state ORDER BY saga, state",
    );
    let sql = sql.replace(
        "{int}",
        match dialect {
            Dialect::Sqlite => "INTEGER",
            Dialect::Postgres => "BIGINT",
            Dialect::Mysql => "SIGNED",
        },
    );
    let mut found = Vec::new();
    physical.next_is_own();
    physical.query(&sql, &mut |_| (), &mut |row| {
        found.push(Waiting {
            saga: row.next()?,
            state: SagaState::named(&row.next::<String>()?).unwrap_or(SagaState::ParkedForward),
            count: row.next::<i64>()?.unsigned_abs(),
            lost: row.next::<i64>()?.unsigned_abs(),
            oldest_ms: row.next::<i64>()?.max(0).unsigned_abs(),
        });
        Ok(true)
    })?;
    Ok(found)
}

/// A row of [`waiting`].
pub(in crate::saga) struct Waiting {
    pub(in crate::saga) saga: String,
    pub(in crate::saga) state: SagaState,
    pub(in crate::saga) count: u64,
    pub(in crate::saga) lost: u64,
    pub(in crate::saga) oldest_ms: u64,
}
