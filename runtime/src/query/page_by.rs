//! Pages in the order of anything, which go on after the values that its last row has.

use std::marker::PhantomData;

use super::column::Column;
use super::computed_on::ComputedOn;
use super::condition::Predicate;
use super::expression::{Expr, Term};
use super::nullability::Nullability;
use super::operand::{ColumnType, Operand, Writing};
use super::order::{Direction, Nulls, OrderWriting};
use super::page::{Bound, after_bounds};
use super::shape::ColumnPath;
use super::statement::Query;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};
use bindery_core::dialect::Dialect;

/// A column or expression that pages of model `M` are ordered by, and its value in the last row of the page before:
/// `post::stars.desc_after(last.map(|row| row.stars))`.
#[must_use = "it does nothing until pages are ordered by it"]
pub struct PageKey<M, E> {
    key: Predicate,
    /// The column, if the key is one.
    column: Option<ColumnPath>,
    direction: Direction,
    place: Place,
    marker: PhantomData<fn() -> (M, E)>,
}

/// The place in the order of one key that a page begins at.
enum Place {
    Beginning,
    AfterNull,
    After(Predicate),
}

impl<M, E> std::fmt::Debug for PageKey<M, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("PageKey").finish_non_exhaustive()
    }
}

impl<M, E> PageKey<M, E> {
    /// Rows with NULL before all others.
    pub fn nulls_first(mut self) -> Self {
        self.direction.nulls = Nulls::First;
        self
    }

    /// Rows with NULL after all others.
    pub fn nulls_last(mut self) -> Self {
        self.direction.nulls = Nulls::Last;
        self
    }

    fn order(&self, into: &mut OrderWriting<'_>) {
        match self.column {
            Some(path) => into.column(self.direction, path),
            None => into.expression(self.direction, &self.key, true),
        }
    }

    fn new<T, K>(
        (key, column): (Expr<M, T, K>, Option<ColumnPath>),
        descending: bool,
        value: Option<K::Read<T::Value>>,
    ) -> Self
    where
        E: Engine,
        T: ColumnType<E, Value: Operand<M, T, E>>,
        K: Nullability,
    {
        let write = |value: T::Value| {
            let mut written = Predicate::new();
            value.write(&mut match column {
                Some(path) => Writing::of(&mut written, path),
                None => Writing::typed(&mut written, key.is_binary),
            });
            written
        };
        let place = match value.map(K::value) {
            None => Place::Beginning,
            Some(None) => Place::AfterNull,
            Some(Some(value)) => Place::After(write(value)),
        };
        Self {
            key: key.predicate,
            column,
            direction: Direction::new(descending, K::NULLABLE),
            place,
            marker: PhantomData,
        }
    }

    /// None where a page begins at the beginning.
    fn bound(self) -> Option<Bound> {
        let value = match self.place {
            Place::Beginning => return None,
            Place::AfterNull => None,
            Place::After(value) => Some(value),
        };
        Some(Bound {
            direction: self.direction,
            key: self.key,
            value,
        })
    }
}

/// One or several keys that pages are ordered by.
#[diagnostic::on_unimplemented(
    message = "pages of `{M}` are not ordered by this",
    label = "expected `.asc_after(…)` or `.desc_after(…)` of a column or expression of `{M}`, or a tuple of up to 6 of them",
    note = "with the values of the last row: `.page_by((post::stars.desc_after(stars), post::id.asc_after(id)))`"
)]
pub trait PageKeys<M, E: Engine> {
    #[doc(hidden)]
    fn add(self, to: &mut Vec<PageKey<M, E>>);
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine> PageKeys<M, E> for PageKey<M, E> {
    fn add(self, to: &mut Vec<Self>) {
        to.push(self);
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+);)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, Y: Engine, $($name: PageKeys<M, Y>),+> PageKeys<M, Y> for ($($name,)+) {
            fn add(self, to: &mut Vec<PageKey<M, Y>>) {
                $(self.$at.add(to);)+
            }
        }
    )+};
}

tuples! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

impl<M: Model, E: Engine, A> Query<'_, M, E, A> {
    /// Pages in the order of these columns and expressions, among them all columns of the key. Each has its value in the last row
    /// of the page before; the first page has none. So they need no row: the values come from what was selected, or from a request.
    ///
    /// Rows that others insert or delete meanwhile neither move nor repeat others. A row whose own values change meanwhile is where
    /// it is by then.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many(["SQL", "C", "Rust"].map(NewBlog::new))?;
    /// let mut page = |after: Option<(i64, BlogId<engine::B>)>| {
    ///     let (length, id) = after.unzip();
    ///     let pages = b.blogs().query().page_by((blog::title.length().desc_after(length), blog::id.asc_after(id)));
    ///     pages.limit(2).select((blog::title.length(), blog::id)).all()
    /// };
    /// let first = page(None)?;
    /// assert_eq!(first.iter().map(|row| row.0).collect::<Vec<_>>(), [4, 3]);
    /// assert_eq!(page(first.last().copied())?.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it is executed, [`ErrorKind::Unsupported`] where a column of the key is not among them, since rows with equal values would
    /// be left out, where some have a value and others none, and beside an order of another call.
    pub fn page_by(mut self, keys: impl PageKeys<M, E>) -> Self
    where
        M: HasKey,
    {
        let mut list = Vec::new();
        keys.add(&mut list);
        let condition = self.ensure_pages(&list);
        list.iter()
            .for_each(|key| key.order(&mut OrderWriting(&mut self.clauses)));
        let dialect = self.repository.engine().dialect();
        let condition = condition.and_then(|()| after_keys(list, dialect));
        match condition.transpose() {
            Some(condition) => self.clauses.page(condition),
            None => self.clauses.begin_pages(),
        }
        self
    }
}

impl<M: HasKey, E: Engine, A> Query<'_, M, E, A> {
    fn ensure_pages(&self, keys: &[PageKey<M, E>]) -> Result<()> {
        if self.clauses.is_ordered() {
            let why = "pages by keys of rows that have an order: give `page_by` all orders";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        let has = |&column: &usize| {
            let path = ColumnPath::own(column as u16);
            let mut columns = keys.iter().filter_map(|key| key.column);
            columns.any(|other| other.is_same(path))
        };
        if self.repository.sql()?.key.iter().all(has) {
            return Ok(());
        }
        let why = "pages without the key of rows, of which those with equal values would be left out: give `page_by` its columns, too";
        Err(Error::new(ErrorKind::Unsupported(why)))
    }
}

/// The rows after these values; none where there are no values.
fn after_keys<M, E>(keys: Vec<PageKey<M, E>>, dialect: Dialect) -> Result<Option<Predicate>> {
    let number = keys.len();
    let bounds: Vec<_> = keys.into_iter().filter_map(PageKey::bound).collect();
    if bounds.is_empty() {
        return Ok(None);
    }
    if bounds.len() < number {
        let why = "a page after some values of a row: give each key of `page_by` its value, or none of them";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    Ok(after_bounds(&bounds, dialect))
}

impl<M, T, K: Nullability> Column<M, T, K> {
    /// Orders [pages](Query::page_by) by the column, least first, after this value; from the beginning without one.
    pub fn asc_after<E: Engine>(self, value: Option<K::Read<T::Value>>) -> PageKey<M, E>
    where
        T: ColumnType<E, Value: Operand<M, T, E>>,
    {
        PageKey::new::<T, K>((self.term(), Some(self.path)), false, value)
    }

    /// Orders [pages](Query::page_by) by the column, greatest first, after this value; from the beginning without one.
    pub fn desc_after<E: Engine>(self, value: Option<K::Read<T::Value>>) -> PageKey<M, E>
    where
        T: ColumnType<E, Value: Operand<M, T, E>>,
    {
        PageKey::new::<T, K>((self.term(), Some(self.path)), true, value)
    }
}

impl<M, T, K: Nullability, R> Expr<M, T, K, R> {
    /// Orders [pages](Query::page_by) by it, least first, after this value; from the beginning without one.
    pub fn asc_after<E: Engine>(self, value: Option<K::Read<T::Value>>) -> PageKey<M, E>
    where
        R: ComputedOn<E>,
        T: ColumnType<E, Value: Operand<M, T, E>>,
    {
        PageKey::new::<T, K>((self.on(), None), false, value)
    }

    /// Orders [pages](Query::page_by) by it, greatest first, after this value; from the beginning without one.
    pub fn desc_after<E: Engine>(self, value: Option<K::Read<T::Value>>) -> PageKey<M, E>
    where
        R: ComputedOn<E>,
        T: ColumnType<E, Value: Operand<M, T, E>>,
    {
        PageKey::new::<T, K>((self.on(), None), true, value)
    }
}
