//! Whether a column may be NULL, and what is read from it then.

use std::marker::PhantomData;

use crate::error::Result;
use crate::model::Model;
use crate::value::RowReader;

/// The column always has a value.
#[derive(Debug, Clone, Copy)]
pub struct NotNull;

/// The column may be NULL.
#[derive(Debug, Clone, Copy)]
pub struct Nullable;

/// The column refers to a row of model `U`; `K` is [`NotNull`] or [`Nullable`].
#[derive(Debug, Clone, Copy)]
pub struct To<U, K = NotNull> {
    marker: PhantomData<fn() -> (U, K)>,
}

/// Whether a column may be NULL.
pub trait Nullability: 'static {
    /// It may be.
    #[doc(hidden)]
    const NULLABLE: bool;
    /// The same without a reference: [`NotNull`] or [`Nullable`].
    type Plain: Plain;
    /// The same behind a reference of this kind: a row that is missing has NULL in every column.
    type Behind<K: Plain>: Nullability;
    /// The type that is read from a column of `T`.
    type Read<T>;
    #[doc(hidden)]
    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<Self::Read<T>>;
    /// The value that was read, where it is not NULL.
    #[doc(hidden)]
    fn value<T>(read: Self::Read<T>) -> Option<T>;
}

impl Nullability for NotNull {
    const NULLABLE: bool = false;
    type Plain = Self;
    type Behind<K: Plain> = K;
    type Read<T> = T;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<T> {
        read(row)
    }

    fn value<T>(read: T) -> Option<T> {
        Some(read)
    }
}

impl Nullability for Nullable {
    const NULLABLE: bool = true;
    type Plain = Self;
    type Behind<K: Plain> = Self;
    type Read<T> = Option<T>;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        if row.skip_null() {
            Ok(None)
        } else {
            read(row).map(Some)
        }
    }

    fn value<T>(read: Option<T>) -> Option<T> {
        read
    }
}

/// [`NotNull`] or [`Nullable`].
pub trait Plain: Nullability<Plain = Self> {
    /// NULL where either is.
    type Or<K: Plain>: Plain;
}

impl Plain for NotNull {
    type Or<K: Plain> = K;
}

impl Plain for Nullable {
    type Or<K: Plain> = Self;
}

/// Whether what is computed of two may be NULL.
pub type Either<A, B> = <<A as Nullability>::Plain as Plain>::Or<<B as Nullability>::Plain>;

impl<U: Model, K: Nullability> Nullability for To<U, K> {
    const NULLABLE: bool = K::NULLABLE;
    type Plain = K::Plain;
    type Behind<J: Plain> = Through<U, <K::Plain as Plain>::Or<J>>;
    type Read<T> = K::Read<T>;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<K::Read<T>> {
        K::read(row, read)
    }

    fn value<T>(read: K::Read<T>) -> Option<T> {
        K::value(read)
    }
}

/// The column is one of another model that the path to it leads to, and refers to a row of model `U` in turn.
#[derive(Debug, Clone, Copy)]
pub struct Through<U, K = NotNull> {
    marker: PhantomData<fn() -> (U, K)>,
}

impl<U: Model, K: Plain> Nullability for Through<U, K> {
    const NULLABLE: bool = K::NULLABLE;
    type Plain = K;
    type Behind<J: Plain> = Through<U, K::Or<J>>;
    type Read<T> = K::Read<T>;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<K::Read<T>> {
        K::read(row, read)
    }

    fn value<T>(read: K::Read<T>) -> Option<T> {
        K::value(read)
    }
}

/// A column that may be NULL.
#[diagnostic::on_unimplemented(
    message = "this column is `NOT NULL`, so it is never null",
    label = "this would hold for every row, or for none",
    note = "only columns that may be NULL have `is_null`, `is_not_null` and `eq_or_null`"
)]
pub trait MayBeNull: Nullability {}

impl MayBeNull for Nullable {}

#[diagnostic::do_not_recommend]
impl<U: Model> MayBeNull for To<U, Nullable> {}

#[diagnostic::do_not_recommend]
impl<U: Model> MayBeNull for Through<U, Nullable> {}

/// A column that refers to a row, by a foreign key.
#[diagnostic::on_unimplemented(
    message = "this column is not a foreign key, so it leads to no row",
    label = "expected a foreign key such as `post::author_id`",
    note = "a foreign key of several columns is a constant of its own; the other way round is `user::posts.any(…)`"
)]
pub trait References: Nullability {
    /// The model of the row.
    type Model: Model;
}

impl<U: Model, K: Nullability> References for To<U, K> {
    type Model = U;
}

impl<U: Model, K: Plain> References for Through<U, K> {
    type Model = U;
}
