//! Queries in the program's own code, as `query!` and its kin make them: what runs a statement that the compiler has checked, and
//! the functions that take its values.

use std::borrow::Cow;

use super::{CheckedQuery, FromRow, ListOf, RawSql, ReadExecutor};
use crate::error::Result;
use crate::link::engine::Engine;
use crate::value::ParamWriter;
use crate::value::types::ToColumn;

/// A checked query with its values, and where it runs: what `.using(…)` of [`query!`](macro@crate::query) gives.
#[must_use = "nothing has run yet: `.all()`, `.one()` or `.optional()`"]
pub struct CheckedOn<'c, 'v, E, R, const N: usize, T = R> {
    on: RawSql<'c, E>,
    query: &'static CheckedQuery,
    values: [&'v dyn ToColumn; N],
    read: fn(R) -> T,
}

// Bounds on methods rather than here: rust-analyzer finds the methods of a row that a block has.
impl<'c, 'v, E: Engine, R, T, const N: usize> CheckedOn<'c, 'v, E, R, N, T> {
    /// For the macros.
    #[doc(hidden)]
    pub fn new<C: ReadExecutor<Engine = E>>(
        on: &'c mut C,
        query: &'static CheckedQuery,
        values: [&'v dyn ToColumn; N],
        read: fn(R) -> T,
    ) -> Self {
        Self {
            on: on.raw_sql(),
            query,
            values,
            read,
        }
    }

    /// All rows.
    ///
    /// # Errors
    /// As [`Connection::query_as`](crate::Connection::query_as); an engine chosen at run time hosts not all that it names.
    #[track_caller]
    pub fn all(mut self) -> Result<Vec<T>>
    where
        R: FromRow<E>,
    {
        let rows: Vec<R> = self.query.many(&mut self.on, &self.values)?;
        Ok(rows.into_iter().map(self.read).collect())
    }

    /// The one row.
    ///
    /// # Errors
    /// As [`all`](Self::all); there is none (`NotFound`), or another one (`SeveralRows`).
    #[track_caller]
    pub fn one(mut self) -> Result<T>
    where
        R: FromRow<E>,
    {
        self.query.one(&mut self.on, &self.values).map(self.read)
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all); there is another one (`SeveralRows`).
    #[track_caller]
    pub fn optional(mut self) -> Result<Option<T>>
    where
        R: FromRow<E>,
    {
        let row: Option<R> = self.query.optional(&mut self.on, &self.values)?;
        Ok(row.map(self.read))
    }
}

/// A value for a parameter of this type: for the macros.
#[doc(hidden)]
pub const fn given<T: ?Sized>(value: &T) -> &T {
    value
}

/// A parameter, whatever its type: for the macros.
#[doc(hidden)]
pub fn parameter<T: ToColumn>(value: &T) -> &dyn ToColumn {
    value
}

/// A value for a parameter that may be NULL: for the macros.
#[doc(hidden)]
pub fn or_null<T: ?Sized, K>(value: &(impl OrNull<T, K> + ?Sized)) -> Option<&T> {
    value.or_null()
}

/// Any number of texts for a parameter: for the macros.
#[doc(hidden)]
pub fn list_of_texts<S: AsRef<str>>(texts: &[S]) -> ListOfTexts<'_> {
    ListOfTexts(texts.iter().map(AsRef::as_ref).collect())
}

/// Texts as one parameter.
#[doc(hidden)]
#[derive(Debug)]
pub struct ListOfTexts<'v>(Vec<&'v str>);

impl ToColumn for ListOfTexts<'_> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        ListOf(&self.0).write(params);
    }
}

/// A value that a parameter takes which may be NULL: one of its type, or an `Option` of that. `K` is how it holds the value, which
/// the compiler finds.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the parameter takes a value of `{T}` or `Option<{T}>`, not of `{Self}`",
    label = "expected `{T}` or `Option<{T}>`"
)]
pub trait OrNull<T: ?Sized, K> {
    /// The value.
    fn or_null(&self) -> Option<&T>;
}

/// It is the value.
#[doc(hidden)]
#[derive(Debug)]
pub struct Itself;

/// It holds the value as `String` holds a text.
#[doc(hidden)]
#[derive(Debug)]
pub struct Owned;

/// It refers to what holds the value in the way `K`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Behind<K>(K);

/// It is an `Option` of what holds the value in the way `K`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Perhaps<K>(K);

#[diagnostic::do_not_recommend]
impl<T: ?Sized> OrNull<T, Itself> for T {
    fn or_null(&self) -> Option<&T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl OrNull<str, Owned> for String {
    fn or_null(&self) -> Option<&str> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl OrNull<str, Owned> for Cow<'_, str> {
    fn or_null(&self) -> Option<&str> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> OrNull<[T], Owned> for Vec<T> {
    fn or_null(&self) -> Option<&[T]> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized, K, V: OrNull<T, K> + ?Sized> OrNull<T, Behind<K>> for &V {
    fn or_null(&self) -> Option<&T> {
        (**self).or_null()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized, K, V: OrNull<T, K>> OrNull<T, Perhaps<K>> for Option<V> {
    fn or_null(&self) -> Option<&T> {
        self.as_ref()?.or_null()
    }
}
