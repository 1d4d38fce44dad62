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
pub trait Kind: 'static {
    /// It may be.
    #[doc(hidden)]
    const NULLABLE: bool;
    /// The same without a reference: [`NotNull`] or [`Nullable`].
    type Plain: Plain;
    /// The type that is read from a column of `T`.
    type Read<T>;
    #[doc(hidden)]
    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<Self::Read<T>>;
}

impl Kind for NotNull {
    const NULLABLE: bool = false;
    type Plain = Self;
    type Read<T> = T;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<T> {
        read(row)
    }
}

impl Kind for Nullable {
    const NULLABLE: bool = true;
    type Plain = Self;
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
}

impl<U: Model, K: Kind> Kind for To<U, K> {
    const NULLABLE: bool = K::NULLABLE;
    type Plain = K::Plain;
    type Read<T> = K::Read<T>;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<K::Read<T>> {
        K::read(row, read)
    }
}

/// [`NotNull`] or [`Nullable`].
pub trait Plain: Kind<Plain = Self> {
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
pub type Either<A, B> = <<A as Kind>::Plain as Plain>::Or<<B as Kind>::Plain>;

/// A column that may be NULL.
#[diagnostic::on_unimplemented(
    message = "this column is `NOT NULL`, so it is never null",
    label = "this would hold for every row, or for none",
    note = "only columns that may be NULL have `is_null`, `is_not_null` and `eq_or_null`"
)]
pub trait MayBeNull: Kind {}

impl MayBeNull for Nullable {}

#[diagnostic::do_not_recommend]
impl<U: Model> MayBeNull for To<U, Nullable> {}
