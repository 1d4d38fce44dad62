//! Writing many rows.

use super::many::{ensure_each, in_chunks};
use super::published::{is_published, publishes};
use super::write::write_given;
use super::{Repository, ensure_new, returning};
use crate::driver::Physical;
use crate::driver::TableSql;
use crate::error::{Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, Model, Writable};
use crate::value::ParamWriter;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts all rows or none, in the fastest way of the database, and says how many. The time in which the iterator makes the
    /// rows counts towards `statement-timeout`.
    ///
    /// # Errors
    /// A constraint is violated, a key is of another engine, or the database fails; then no row is stored.
    /// [`Error::row`](crate::Error::row) is the one that failed, where the database reports it.
    #[track_caller]
    pub fn insert_many(&mut self, rows: impl IntoIterator<Item = M::New<E>>) -> Result<u64>
    where
        M: Writable,
        Self: CanWrite,
    {
        let mut rows = rows.into_iter().peekable();
        self.run_on_link(Operation::InsertMany, |link, sql, engine| {
            if rows.peek().is_none() {
                return Ok(0);
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                let mut inserted = 0;
                in_chunks(&mut rows, &mut |chunk| {
                    inserted += insert_chunk::<M, E>(physical, sql, engine, chunk)?;
                    Ok(())
                })?;
                Ok(inserted)
            })
        })
    }
}

/// Neighbours that give the same columns go together, so that rows are stored in the order they were given.
fn insert_chunk<M: Model, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    chunk: &[M::New<E>],
) -> Result<u64> {
    let bound = physical.bound();
    ensure_each(chunk, |new| ensure_new::<M, E>(bound, sql, new, engine))?;
    if const { is_published::<M>() } && publishes::<M, E>(engine) {
        let rows = returning::insert_chunk::<M, E>(physical, sql, engine, chunk)?;
        return Ok(rows.len() as u64);
    }
    let (mut first, mut inserted) = (0, 0);
    for run in chunk.chunk_by(|left, right| left.columns() == right.columns()) {
        let columns = run[0].columns();
        let write = &mut |row: usize, params: &mut ParamWriter<'_>| {
            write_given(sql, &columns, &run[row], params);
        };
        inserted += physical
            .insert_rows(sql, &columns, run.len(), write)
            .map_err(|error| error.after_rows(first))?;
        first += run.len();
    }
    Ok(inserted)
}
