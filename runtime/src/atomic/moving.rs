//! Moving a row to another engine of a group, as a row of another model: both are stored, or neither.

use super::AtomicTransaction;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::{Engine, StaticEngine};
use crate::model::HasKey;
use crate::model::lives_on::Hosts;
use crate::model::route::ReadRoute;
use crate::model::row_of::RowOf;
use crate::repository::Repository;

/// The end of [`AtomicTransaction::move_row`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "it says whether the row was moved now or before"]
pub enum Transfer<T> {
    /// The row was moved: this is its copy.
    Moved(T),
    /// It had been moved before, and nothing was written: this is the copy of then.
    Before(T),
}

impl<T> Transfer<T> {
    /// The copy, whenever it was made.
    pub fn into_copy(self) -> T {
        match self {
            Self::Moved(copy) | Self::Before(copy) => copy,
        }
    }
}

impl AtomicTransaction {
    /// Moves a row to another engine of the group: `copy` stores what is made of it there, and then it is deleted where it was. Both are
    /// kept or neither, as everything in the group. `copy` gets the row as it is now, locked, not as it was read.
    ///
    /// It can be repeated: where the row is gone, `find` looks for the copy on the other engine, by what identifies it there, and nothing is
    /// written.
    ///
    /// ```no_run
    /// # use bindery_cases::atomic::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::open()?;
    /// let order = db.orders().first()?.expect("there is one");
    /// let stock = db
    ///     .checkout(|tx| {
    ///         tx.move_row(
    ///             &order,
    ///             engine::M,
    ///             |m, order| m.stock().find(StockId::from(order.item.clone())),
    ///             |m, order| m.stock().insert(NewStock::new(order.item, 1)),
    ///         )
    ///     })
    ///     .stored()?
    ///     .into_copy();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `copy` and `find`, [`ErrorKind::NotFound`] where there is neither the row nor its copy, and
    /// [`ErrorKind::Unsupported`] where both engines are the same. Returned from the closure of the group, they roll everything back.
    #[track_caller]
    pub fn move_row<R, F, T>(
        &mut self,
        row: &R,
        to: F,
        find: impl FnOnce(&mut Connection<F>, &R) -> Result<Option<T>>,
        copy: impl FnOnce(&mut Connection<F>, R) -> Result<T>,
    ) -> Result<Transfer<T>>
    where
        R: RowOf,
        R::Engine: StaticEngine + Hosts<R::Model>,
        R::Model: HasKey,
        F: Engine,
    {
        let engine = R::Engine::default();
        let (from, to) = self.pair(engine, to)?;
        let mut rows = Repository::<R::Model, R::Engine>::new(from.target());
        let key = || <R::Model as HasKey>::key::<R::Engine>(row);
        if let Some(current) = rows.find_locked(key())? {
            let copy = copy(to, current)?;
            rows.delete(key())?;
            return Ok(Transfer::Moved(copy));
        }
        let found = find(to, row)?.map(Transfer::Before);
        found.ok_or_else(|| {
            let missing = Error::new(ErrorKind::NotFound);
            missing.during(Operation::Copy).on_engine(engine.name())
        })
    }
}
