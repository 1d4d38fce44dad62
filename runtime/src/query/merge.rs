//! Making the rows of a query those of a stream.

use super::column::Column;
use super::render::Wanted;
use super::statement::Query;
use crate::error::{Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{HasKey, Writable};
use crate::repository::{Merged, Others};

/// The columns of a unique key: one column, or a tuple of them in any order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no unique key of `{M}`",
    label = "expected a column of it, or a tuple of columns",
    note = "a key of one column is that column, `user::email`; one of several is `(seat::row, seat::number)`"
)]
pub trait UniqueKey<M> {
    #[doc(hidden)]
    fn columns(&self) -> Vec<usize>;
}

#[diagnostic::do_not_recommend]
impl<M, T, K> UniqueKey<M> for Column<M, T, K> {
    fn columns(&self) -> Vec<usize> {
        vec![self.path.index()]
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+);)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: UniqueKey<M>),+> UniqueKey<M> for ($($name,)+) {
            fn columns(&self) -> Vec<usize> {
                [$(self.$at.columns()),+].concat()
            }
        }
    )+};
}

tuples! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
}

impl<M: Writable + HasKey, E: Engine, A> Query<'_, M, E, A> {
    /// Makes the rows of this query the given ones, all or nothing: those that are not there are inserted, those that have the
    /// same values in the unique key are updated as by `upsert_many_by_…`, and the rows of the query that were not given are
    /// deleted. The rows come from an iterator in chunks; of each, its key is in memory until the end.
    ///
    /// The given rows should meet the condition themselves; rows that do not are written all the same, and never deleted.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// db.users().insert_many(["ann@a.org", "bob@a.org", "cyd@b.org"].map(NewUser::new))?;
    /// let of_a = db.users().filter(user::email.ends_with("@a.org"));
    /// let merged = of_a.merge(user::email, ["bob@a.org", "dan@a.org"].map(NewUser::new))?;
    /// assert_eq!((merged.inserted, merged.updated, merged.deleted), (1, 1, 1));
    /// assert!(db.users().find_by_email("cyd@b.org")?.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the columns are no unique key, or the query has no condition and does not say
    /// [`all_rows`](Self::all_rows), or has a limit or an order. Else as `upsert_many_by_…` and [`delete`](Self::delete). Then nothing is changed.
    #[track_caller]
    pub fn merge(
        self,
        by: impl UniqueKey<M>,
        rows: impl IntoIterator<Item = M::New<E>>,
    ) -> Result<Merged>
    where
        Self: CanWrite,
    {
        let Self {
            mut repository,
            clauses,
        } = self;
        let engine = repository.engine();
        let clauses = clauses
            .change_on(&engine)
            .map_err(|error| repository.located(error, Operation::Merge))?;
        let others: Others<'_> =
            &|physical, sql, take| clauses.query(physical, Wanted::AnyRows, sql, take);
        repository.merge(&by.columns(), &mut rows.into_iter(), others)
    }
}
