//! Insert or update by two statements, where the server refuses the one that does both: a Citus cluster the current time in `ON CONFLICT` (13.2:
//! `functions used in the DO UPDATE SET clause of INSERTs on distributed tables must be marked IMMUTABLE`).

use super::insert::read_returned;
use crate::driver::{Physical, Placement, TableSql};
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::ParamWriter;

/// A statement that returns the row, if it stores one, and its values.
pub(super) type Part<'p> = (&'p str, &'p dyn Fn(&mut ParamWriter<'_>));

/// Others may insert the row and delete it again between two statements.
const ATTEMPTS: usize = 16;

/// Whether one statement is refused.
pub(super) fn is_needed(physical: &Physical, sql: &TableSql) -> bool {
    physical.has_shards() && sql.placement != Placement::Coordinator && sql.time_set().is_some()
}

/// Updates the row, or inserts it where there is none. The insert does nothing where another session was first.
pub(super) fn update_or_insert<M: Model, E: Engine>(
    physical: &mut Physical,
    engine: E,
    (update, insert): (Part<'_>, Part<'_>),
) -> Result<Option<M::Row<E>>> {
    for (text, write) in [update, insert].into_iter().cycle().take(2 * ATTEMPTS) {
        let write = &mut |params: &mut ParamWriter<'_>| write(params);
        let row = read_returned::<M, E>(physical, engine, text, write)?;
        if row.is_some() {
            return Ok(row);
        }
    }
    Err(Error::new(ErrorKind::Conflict))
}
