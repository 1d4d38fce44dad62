//! Rows that were moved to another engine.

use super::Repository;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::connection::Connection;
use crate::model::HasKey;
use crate::model::lives_on::Hosts;
use crate::model::route::ReadRoute;
use crate::model::row_of::RowOf;

/// The two steps of moving a row to another engine: its copy there is stored, whatever became of the row itself. No
/// transaction spans two engines, so the second step may fail alone.
#[derive(Debug)]
#[must_use = "the row may be on both engines now: see `deleted`"]
pub struct Moved<R> {
    /// The row on the other engine.
    pub copy: R,
    /// Whether the row was deleted where it was; `false` where it was gone already. An error leaves it on both engines.
    pub deleted: Result<bool>,
}

impl<R> Moved<R> {
    /// The row on the other engine, where both steps were done.
    ///
    /// # Errors
    /// The row could not be deleted, and is on both engines; [`ErrorKind::NotFound`] where it was gone already. The copy stays
    /// in both cases.
    #[track_caller]
    pub fn done(self) -> Result<R> {
        match self.deleted {
            Ok(true) => Ok(self.copy),
            Ok(false) => Err(Error::new(ErrorKind::NotFound)),
            Err(error) => Err(error),
        }
    }
}

/// Copies a row by `copy`, and then deletes it where it is. For `move_to` of generated code.
///
/// # Errors
/// The row is of another engine than the connection, or it cannot be copied. Then it stays where it is.
#[track_caller]
pub fn move_row<A: RowOf, R>(
    row: &A,
    from: &mut Connection<A::Engine>,
    copy: impl FnOnce() -> Result<R>,
) -> Result<Moved<R>>
where
    A::Model: HasKey,
    A::Engine: Hosts<A::Model>,
{
    let mut rows = Repository::<A::Model, A::Engine>::new(from.target());
    if !row.belongs_to(rows.engine()) {
        return Err(rows.located(Error::new(ErrorKind::WrongEngine), Operation::Delete));
    }
    let key = <A::Model as HasKey>::key::<A::Engine>(row);
    let copy = copy()?;
    let deleted = rows.delete(key);
    Ok(Moved { copy, deleted })
}
