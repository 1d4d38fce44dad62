//! Links as columns: they refer to rows of another engine, which no foreign key can. Loading those rows is `relation`'s.

use std::marker::PhantomData;

use super::nullability::{MayBeNull, NotNull, Nullability, Nullable, Plain, References};
use crate::error::Result;
use crate::model::HasKey;
use crate::model::Model;
use crate::model::key::Key;
use crate::value::RowReader;

/// The column is a link. `To` is the key it leads to, or a model and its engine; `N` says whether it may be NULL.
#[derive(Debug, Clone, Copy)]
pub struct Link<To, N = NotNull>(PhantomData<fn() -> (To, N)>);

impl<To: 'static, N: Nullability> Nullability for Link<To, N> {
    const NULLABLE: bool = N::NULLABLE;
    type Plain = N::Plain;
    type Behind<K: Plain> = <N::Plain as Plain>::Or<K>;
    type Read<T> = N::Read<T>;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<Self::Read<T>> {
        N::read(row, read)
    }

    fn value<T>(read: Self::Read<T>) -> Option<T> {
        N::value(read)
    }
}

impl<To: 'static> MayBeNull for Link<To, Nullable> {}

/// A link has no path: no foreign key, and no statement, reaches another engine.
impl<To: LinkTarget + OfSameEngine + 'static, N: Nullability> References for Link<To, N> {
    type Model = To::Model;
}

/// Holds for no link.
#[diagnostic::on_unimplemented(
    message = "a link leads to another engine, and no statement reaches both: this one leads to `{Self}`",
    label = "a link has no path and no join",
    note = "load the rows that it leads to, over a connection of their engine: `.load(&mut connection, &rows)`"
)]
pub trait OfSameEngine {}

/// The end of a link.
pub trait LinkTarget {
    /// The model it leads to.
    type Model: Model;
    /// The engine that hosts it, or [`RowEngine`](super::RowEngine).
    type Engine;
}

impl<U: HasKey, E, V> LinkTarget for Key<U, E, V> {
    type Model = U;
    type Engine = E;
}

impl<U: Model, E> LinkTarget for (U, E) {
    type Model = U;
    type Engine = E;
}
