//! Writing many rows.

use super::{Repository, ensure};
use crate::driver::Physical;
use crate::engine::Engine;
use crate::error::{Operation, Result};
use crate::model::{ColumnSource, Model, Writable};
use crate::statements::TableSql;

/// Rows handed to the database at a time: enough for its bulk way to pay, few enough to keep memory flat.
const ROWS_AT_A_TIME: usize = 4_096;

impl<M: Model, E: Engine> Repository<'_, M, E> {
    /// Inserts all rows or none, in the fastest way of the database, and says how many.
    ///
    /// # Errors
    /// A constraint is violated, a key is of another engine, or the database fails; then no row is stored.
    pub fn insert_many(&mut self, rows: impl IntoIterator<Item = M::New<E>>) -> Result<u64>
    where
        M: Writable,
    {
        let mut rows = rows.into_iter().peekable();
        self.run_on_link(Operation::InsertMany, |link, sql, engine| {
            if rows.peek().is_none() {
                return Ok(0);
            }
            link.atomically(|link| insert_chunks::<M, E>(link.ready()?, sql, engine, &mut rows))
        })
    }
}

fn insert_chunks<M: Model, E: Engine>(
    physical: &mut Physical,
    sql: &TableSql,
    engine: E,
    rows: &mut dyn Iterator<Item = M::New<E>>,
) -> Result<u64> {
    let mut inserted = 0;
    let mut rows = rows.peekable();
    let mut chunk = Vec::new();
    while rows.peek().is_some() {
        chunk.extend(rows.by_ref().take(ROWS_AT_A_TIME));
        inserted += insert_chunk::<M, E>(physical, sql, engine, &chunk)?;
        chunk.clear();
    }
    Ok(inserted)
}

/// Neighbours that give the same columns go together, so that rows are stored in the order they were given.
fn insert_chunk<M: Model, E: Engine>(
    physical: &mut Physical,
    sql: &TableSql,
    engine: E,
    chunk: &[M::New<E>],
) -> Result<u64> {
    let mut inserted = 0;
    for run in chunk.chunk_by(|left, right| left.columns() == right.columns()) {
        ensure(run.iter().all(|new| M::new_belongs_to(new, engine)))?;
        let columns = run[0].columns();
        inserted += physical.insert_rows(sql, &columns, run.len(), &mut |row, params| {
            run[row].write(params)
        })?;
    }
    Ok(inserted)
}
