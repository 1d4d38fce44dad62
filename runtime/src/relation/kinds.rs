//! The relations of a model as values. Generated code has a constant for each: `post::author_id`, `user::posts`.

use std::fmt;
use std::marker::PhantomData;

use crate::query::{Column, NotNull, To};

/// A row of `M` refers to a row of `U` by several columns. A foreign key of one column is that [`Column`] itself.
///
/// `K` is [`NotNull`], or [`Nullable`](crate::query::Nullable) where one of the columns may be NULL.
pub struct BelongsTo<M, U, K = NotNull> {
    /// Among the references of `M`.
    pub(crate) reference: u8,
    marker: Marker<M, U, K>,
}

type Marker<M, U, K> = PhantomData<fn() -> (M, U, K)>;

/// Any number of rows of `C` refer to a row of `M`.
pub struct HasMany<M, C> {
    pub(crate) end: End,
    marker: PhantomData<fn() -> (M, C)>,
}

/// At most one row of `C` refers to a row of `M`: the referring columns are unique.
pub struct HasOne<M, C> {
    pub(crate) end: End,
    marker: PhantomData<fn() -> (M, C)>,
}

/// Rows of `M` and of `U` belong together by rows of `J`, which refers to both and has no other key.
pub struct ManyToMany<M, J, U> {
    /// The reference of `J` to `M`.
    pub(crate) near: End,
    /// Among the references of `J`: that to `U`.
    pub(crate) far: u8,
    marker: Marker<M, J, U>,
}

impl<M, J, U> ManyToMany<M, J, U> {
    /// By the number of the reference to `M`, and that of the other reference of `J`. For generated code.
    #[doc(hidden)]
    pub const fn at(near: u16, far: u8) -> Self {
        Self {
            near: End::Referenced(near),
            far,
            marker: PhantomData,
        }
    }
}

/// A reference, seen from the model that it refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// By its number among those that refer to the model.
    Referenced(u16),
    /// By its number among those of the referring model.
    Reversed(u8),
}

macro_rules! value {
    ($name:ident<$($parameter:ident),*>, $field:ident) => {
        impl<$($parameter),*> Clone for $name<$($parameter),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($parameter),*> Copy for $name<$($parameter),*> {}

        impl<$($parameter),*> fmt::Debug for $name<$($parameter),*> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.debug_tuple(stringify!($name)).field(&self.$field).finish()
            }
        }
    };
}

value!(BelongsTo<M, U, K>, reference);
value!(HasMany<M, C>, end);
value!(HasOne<M, C>, end);
value!(ManyToMany<M, J, U>, near);

impl<M, U, K> BelongsTo<M, U, K> {
    /// The reference with this number. For generated code.
    #[doc(hidden)]
    pub const fn by(reference: u8) -> Self {
        Self {
            reference,
            marker: PhantomData,
        }
    }

    /// The same relation from the other side: all rows that refer to one.
    pub const fn reversed(self) -> HasMany<U, M> {
        HasMany::by_end(End::Reversed(self.reference))
    }
}

impl<M, C> HasMany<M, C> {
    /// The reference to `M` with this number. For generated code.
    #[doc(hidden)]
    pub const fn at(referenced: u16) -> Self {
        Self::by_end(End::Referenced(referenced))
    }

    const fn by_end(end: End) -> Self {
        Self {
            end,
            marker: PhantomData,
        }
    }
}

impl<M, C> HasOne<M, C> {
    /// The reference to `M` with this number. For generated code.
    #[doc(hidden)]
    pub const fn at(referenced: u16) -> Self {
        Self::by_end(End::Referenced(referenced))
    }

    const fn by_end(end: End) -> Self {
        Self {
            end,
            marker: PhantomData,
        }
    }
}

impl<M, T, U, K> Column<M, T, To<U, K>> {
    /// The same relation from the other side: all rows that refer to one.
    pub const fn reversed(self) -> HasMany<U, M> {
        HasMany::by_end(End::Reversed(self.reference))
    }
}
