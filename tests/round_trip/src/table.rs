//! The operations on the rows of one model, without its types.

use bindery::generic::{HasKey, LivesOn, ReadRoute, Writable};
use bindery::{Connection, Engine, Model, Repository, Result};

use crate::value::Value;

/// A row, as values of its columns in order.
pub type Row = Vec<Value>;

/// The rows of one model on a connection, of a table or a view, as they are read.
pub trait Shown<E: Engine>: Sync {
    /// Returns how many there are.
    fn count(&self, connection: &mut Connection<E>) -> Result<u64>;
    /// The first.
    fn first(&self, connection: &mut Connection<E>) -> Result<Option<Row>>;
    /// All of them.
    fn all(&self, connection: &mut Connection<E>) -> Result<Vec<Row>>;
}

/// The other operations on the rows of a table. Values that a model's types cannot hold are `None`, a fault of the
/// caller.
pub trait Table<E: Engine>: Shown<E> {
    /// Inserts a row; gives back what is stored, nothing for a table without a key.
    fn insert(&self, connection: &mut Connection<E>, row: &[Value]) -> Option<Result<Option<Row>>>;
    /// The row with the key of this one.
    fn find(&self, connection: &mut Connection<E>, row: &[Value]) -> Option<Result<Option<Row>>>;
    /// Gives the columns `changed` of the row the values they have here.
    fn update(
        &self,
        connection: &mut Connection<E>,
        row: &[Value],
        changed: &[bool],
    ) -> Option<Result<bool>>;
    /// Writes the whole row back.
    fn save(&self, connection: &mut Connection<E>, row: &[Value]) -> Option<Result<bool>>;
    /// Deletes the row with the key of this one.
    fn delete(&self, connection: &mut Connection<E>, row: &[Value]) -> Option<Result<bool>>;
}

/// The conversion of each model that is read: from its row to values. [`view!`](crate::view) implements it.
pub trait Readable: Sync {
    /// The model's tag.
    type Model: LivesOn<Self::Engine>;
    /// The engine.
    type Engine: Engine;

    /// The values of a row.
    fn values(row: &RowOf<Self>) -> Row;
}

/// The conversion of each table: from values to its row. [`table!`](crate::table) implements it.
pub trait Bound: Readable<Model: Writable> {
    /// The row.
    fn row(values: &[Value]) -> Option<RowOf<Self>>;
    /// A row to be inserted.
    fn new_row(row: RowOf<Self>) -> NewOf<Self>;
    /// Inserts.
    fn insert(connection: &mut Connection<Self::Engine>, new: NewOf<Self>) -> Result<Option<Row>>;
    /// Finds a row by its key; without a key nothing.
    fn find(_: &mut Connection<Self::Engine>, _: &RowOf<Self>) -> Result<Option<Row>> {
        Ok(None)
    }
    /// Updates what is chosen; without a key nothing.
    fn update(_: &mut Connection<Self::Engine>, _: &[Value], _: &[bool]) -> Option<Result<bool>> {
        Some(Ok(false))
    }
    /// Saves a row; without a key nothing.
    fn save(_: &mut Connection<Self::Engine>, _: &RowOf<Self>) -> Result<bool> {
        Ok(false)
    }
    /// Deletes a row; without a key nothing.
    fn delete(_: &mut Connection<Self::Engine>, _: &RowOf<Self>) -> Result<bool> {
        Ok(false)
    }
}

/// The row of a bound model.
pub type RowOf<B> = <<B as Readable>::Model as Model>::Row<<B as Readable>::Engine>;
/// Its `New…`.
pub type NewOf<B> = <<B as Readable>::Model as Model>::New<<B as Readable>::Engine>;
/// Its `…Patch`.
pub type PatchOf<B> = <<B as Readable>::Model as Model>::Patch<<B as Readable>::Engine>;

/// The repository of a model on a connection.
pub fn repository<B: Readable + ?Sized>(
    connection: &mut Connection<B::Engine>,
) -> Repository<'_, B::Model, B::Engine> {
    Repository::new(ReadRoute::<B::Model>::target(connection))
}

/// The rest of [`Bound`] for a model with a key.
pub trait Keyed: Bound + Readable<Model: HasKey> {
    /// The row with the key of this one.
    fn found(connection: &mut Connection<Self::Engine>, row: &RowOf<Self>) -> Result<Option<Row>> {
        let found = repository::<Self>(connection).find(<Self::Model as HasKey>::key(row))?;
        Ok(found.map(|row| Self::values(&row)))
    }

    /// Changes columns of the row.
    fn updated(
        connection: &mut Connection<Self::Engine>,
        row: &RowOf<Self>,
        changes: PatchOf<Self>,
    ) -> Result<bool> {
        repository::<Self>(connection).update(<Self::Model as HasKey>::key(row), changes)
    }

    /// Writes the row back.
    fn saved(connection: &mut Connection<Self::Engine>, row: &RowOf<Self>) -> Result<bool> {
        repository::<Self>(connection).save(row)
    }

    /// Deletes the row.
    fn deleted(connection: &mut Connection<Self::Engine>, row: &RowOf<Self>) -> Result<bool> {
        repository::<Self>(connection).delete(<Self::Model as HasKey>::key(row))
    }
}

impl<B: Bound + Readable<Model: HasKey>> Keyed for B {}

impl<B: Readable> Shown<B::Engine> for B {
    fn count(&self, connection: &mut Connection<B::Engine>) -> Result<u64> {
        repository::<B>(connection).count()
    }

    fn first(&self, connection: &mut Connection<B::Engine>) -> Result<Option<Row>> {
        let first = repository::<B>(connection).first()?;
        Ok(first.map(|row| B::values(&row)))
    }

    fn all(&self, connection: &mut Connection<B::Engine>) -> Result<Vec<Row>> {
        let rows = repository::<B>(connection).all()?;
        Ok(rows.iter().map(B::values).collect())
    }
}

impl<B: Bound> Table<B::Engine> for B {
    fn insert(
        &self,
        connection: &mut Connection<B::Engine>,
        row: &[Value],
    ) -> Option<Result<Option<Row>>> {
        Some(B::insert(connection, B::new_row(B::row(row)?)))
    }

    fn find(
        &self,
        connection: &mut Connection<B::Engine>,
        row: &[Value],
    ) -> Option<Result<Option<Row>>> {
        Some(B::find(connection, &B::row(row)?))
    }

    fn update(
        &self,
        connection: &mut Connection<B::Engine>,
        row: &[Value],
        changed: &[bool],
    ) -> Option<Result<bool>> {
        B::update(connection, row, changed)
    }

    fn save(&self, connection: &mut Connection<B::Engine>, row: &[Value]) -> Option<Result<bool>> {
        Some(B::save(connection, &B::row(row)?))
    }

    fn delete(
        &self,
        connection: &mut Connection<B::Engine>,
        row: &[Value],
    ) -> Option<Result<bool>> {
        Some(B::delete(connection, &B::row(row)?))
    }
}

/// Binds a model that is only read: `view!(Here, Table9, blog, Reader, [0 id, 1 title])`.
#[macro_export]
macro_rules! view {
    ($here:ty, $name:ident, $program:ident, $tag:ident, [$($at:literal $field:ident),*]) => {
        struct $name;

        impl $crate::Readable for $name {
            type Model = $program::model::$tag;
            type Engine = $program::engine::Default;

            fn values(row: &$crate::RowOf<Self>) -> $crate::Row {
                let _ = row;
                vec![$($crate::Cell::<$here>::to_value(&row.$field),)*]
            }
        }
    };
}

/// Binds one table: `table!(Here, Table7, blog, keyed, Blog, [0 id, 1 title], [1 title])` with the position and the
/// name of each field of its row, then of its changes; `keyless` for a table without a key.
#[macro_export]
macro_rules! table {
    ($here:ty, $name:ident, $program:ident, $key:ident, $tag:ident, [$($at:literal $field:ident),*], [$($c:literal $change:ident),*]) => {
        $crate::view!($here, $name, $program, $tag, [$($at $field),*]);

        impl $crate::Bound for $name {
            fn row(values: &[$crate::Value]) -> Option<$crate::RowOf<Self>> {
                type Row = $crate::RowOf<$name>;
                Some(Row { $($field: $crate::get::<$here, _>(values, $at)?,)* })
            }

            fn new_row(row: $crate::RowOf<Self>) -> $crate::NewOf<Self> {
                row.into()
            }

            $crate::table!(@$key $here, $name, [$($c $change),*]);
        }
    };
    (@keyed $here:ty, $name:ident, [$($at:literal $field:ident),*]) => {
        fn insert(connection: &mut $crate::Connection<Self::Engine>, new: $crate::NewOf<Self>) -> $crate::Result<Option<$crate::Row>> {
            let row = $crate::repository::<Self>(connection).insert(new)?;
            Ok(Some(<Self as $crate::Readable>::values(&row)))
        }

        fn find(connection: &mut $crate::Connection<Self::Engine>, row: &$crate::RowOf<Self>) -> $crate::Result<Option<$crate::Row>> {
            <Self as $crate::Keyed>::found(connection, row)
        }

        fn update(connection: &mut $crate::Connection<Self::Engine>, values: &[$crate::Value], changed: &[bool]) -> Option<$crate::Result<bool>> {
            type Patch = $crate::PatchOf<$name>;
            let _ = changed;
            let changes = Patch { $($field: if changed[$at] { Some($crate::get::<$here, _>(values, $at)?) } else { None },)* };
            Some(<Self as $crate::Keyed>::updated(connection, &Self::row(values)?, changes))
        }

        fn save(connection: &mut $crate::Connection<Self::Engine>, row: &$crate::RowOf<Self>) -> $crate::Result<bool> {
            <Self as $crate::Keyed>::saved(connection, row)
        }

        fn delete(connection: &mut $crate::Connection<Self::Engine>, row: &$crate::RowOf<Self>) -> $crate::Result<bool> {
            <Self as $crate::Keyed>::deleted(connection, row)
        }
    };
    (@keyless $here:ty, $name:ident, [$($at:literal $field:ident),*]) => {
        fn insert(connection: &mut $crate::Connection<Self::Engine>, new: $crate::NewOf<Self>) -> $crate::Result<Option<$crate::Row>> {
            $crate::repository::<Self>(connection).insert(new)?;
            Ok(None)
        }
    };
}
