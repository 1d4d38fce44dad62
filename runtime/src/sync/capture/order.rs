//! The order of changes. A number from a sequence is drawn before the commit, so a later one may be visible first. Changes get their
//! place when they are read, in rounds: only what is committed is put into a round, one round is made at a time, and it is visible
//! before the next one begins. So no change ever appears before one that was read, however late its transaction commits.
//!
//! Within a round changes are in the order in which the triggers ran. Those of one row are held apart by the row's lock, so they are
//! in the order of their commits in any case.

use super::position::ChangePosition;
use super::{CaptureSql, store};
use crate::driver::{Isolation, TransactionOptions, random};
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::transaction::Transaction;
use crate::sync::run::on_physical;
use bindery_core::dialect::Dialect;

/// Changes in a round at most.
const ROUND: usize = 2_048;

/// Puts all changes that are committed by now in order.
pub(super) fn bring<E: Engine>(source: &mut Connection<E>) -> Result<()> {
    loop {
        let waiting = on_physical(source, |physical| store::unordered(physical, 1))?;
        if waiting.is_empty() || round(source)? < ROUND {
            return Ok(());
        }
    }
}

/// One round; returns how many changes it has.
fn round<E: Engine>(source: &mut Connection<E>) -> Result<usize> {
    committed(source, |tx| {
        on_physical(tx, |physical| {
            store::begin_rounds(physical, mark())?;
            let round = store::lock_round(physical)? + 1;
            let ids = store::unordered(physical, ROUND)?;
            if !ids.is_empty() {
                store::order(physical, &ids, (round, mark()))?;
                store::end_round(physical, round)?;
            }
            Ok(ids.len())
        })
    })
}

/// Each statement sees what is committed when it begins, and locks the rows that it changes alone.
fn committed<E: Engine, R>(
    source: &mut Connection<E>,
    work: impl FnOnce(&mut Transaction<'_, E>) -> Result<R>,
) -> Result<R> {
    let options = match source.dialect() {
        Dialect::Sqlite => TransactionOptions::new(),
        Dialect::Postgres | Dialect::Mysql => {
            TransactionOptions::new().isolation(Isolation::ReadCommitted)
        }
    };
    source.transaction_with(options, work)
}

/// The position after all changes of a table that are committed by now.
pub(super) fn now<E: Engine>(
    source: &mut Connection<E>,
    capture: &CaptureSql<'_>,
) -> Result<ChangePosition> {
    bring(source)?;
    let last = on_physical(source, |physical| store::last(physical, capture.table))?;
    match last {
        Some(position) => Ok(position),
        None => beginning(source),
    }
}

/// The position before all changes.
fn beginning<E: Engine>(source: &mut Connection<E>) -> Result<ChangePosition> {
    let mark = committed(source, |tx| {
        on_physical(tx, |physical| {
            store::begin_rounds(physical, mark())?;
            store::identity(physical)
        })
    })?;
    let (round, id) = (0, 0);
    let mark = mark.unwrap_or_default();
    Ok(ChangePosition { round, id, mark })
}

/// Whether the position is of this database, as it is now, and everything after it is still there.
pub(super) fn is_known<E: Engine>(
    source: &mut Connection<E>,
    capture: &CaptureSql<'_>,
    position: &ChangePosition,
) -> Result<bool> {
    on_physical(source, |physical| match position.round {
        0 => Ok(store::identity(physical)? == Some(position.mark)),
        _ => store::is_there(physical, capture.table, position),
    })
}

pub(super) fn ensure_known<E: Engine>(
    source: &mut Connection<E>,
    capture: &CaptureSql<'_>,
    position: &ChangePosition,
) -> Result<()> {
    if is_known(source, capture, position)? {
        return Ok(());
    }
    let table = capture.table.to_owned();
    let error = Error::new(ErrorKind::Sync(SyncError::PositionLost { table }));
    Err(error.on_engine(source.engine.name()))
}

/// Saves the position of a reader, and removes what all readers have passed.
pub(super) fn save<E: Engine>(
    source: &mut Connection<E>,
    place: (&str, &str),
    position: &ChangePosition,
) -> Result<()> {
    committed(source, |tx| {
        on_physical(tx, |physical| {
            store::save(physical, place, position)?;
            store::trim(physical, place.1)
        })
    })
}

/// Removes the changes of a table that has no reader, where any are recorded, in a transaction of its own: on MySQL and MariaDB it waits for
/// others that record changes, which may wait for what its transaction has written. An account that may only record changes leaves them.
pub(crate) fn prune_unread<E: Engine>(target: &mut Connection<E>, table: &str) -> Result<()> {
    let pruned = committed(target, |tx| {
        on_physical(tx, |physical| store::prune_unread(physical, table))
    });
    match pruned {
        Err(error) if *error.kind() == ErrorKind::PermissionDenied => Ok(()),
        outcome => outcome,
    }
}

/// A number of 62 bits by which a database is known again.
fn mark() -> i64 {
    (random::number() >> 2).cast_signed()
}
