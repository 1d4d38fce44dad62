//! Values whose types are the program's own: generated code reads and writes them through one function for each type,
//! so that rustc reports a type without `ToColumn` or `FromColumn` once and not for each use.

use super::key::Key;
use crate::error::Result;
use crate::link::engine::{Engine, StaticEngine};
use crate::value::types::ToColumn;
use crate::value::{ParamWriter, RowReader};

/// Reads a value.
type Read<T> = fn(&mut RowReader<'_>) -> Result<T>;

/// A column's value, or NULL, written by the function of its type.
#[derive(Debug)]
pub struct Through<'a, V, T>(pub &'a V, pub fn(&T, &mut ParamWriter<'_>));

impl<T, V: Holds<T>> ToColumn for Through<'_, V, T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match self.0.held() {
            Some(value) => (self.1)(value, params),
            None => params.null(),
        }
    }
}

/// The next column, its value read by the function of its type.
///
/// # Errors
/// Those of the function.
pub fn read_through<T, V: FromHeld<T>>(row: &mut RowReader<'_>, read: Read<T>) -> Result<V> {
    V::read(row, read)
}

/// The same for the key of a row on `engine`.
///
/// # Errors
/// Those of the function.
pub fn read_key_through<T, E, V: KeyFromHeld<E, T>>(
    row: &mut RowReader<'_>,
    engine: E,
    read: Read<T>,
) -> Result<V> {
    V::read(row, engine, read)
}

/// A type that holds at most one value of type `T`.
pub trait Holds<T> {
    /// The value; `None` is NULL.
    fn held(&self) -> Option<&T>;
}

impl<T> Holds<T> for T {
    fn held(&self) -> Option<&T> {
        Some(self)
    }
}

impl<M, E: Engine, T> Holds<T> for Key<M, E, T> {
    fn held(&self) -> Option<&T> {
        Some(self.value())
    }
}

impl<T> Holds<T> for Option<T> {
    fn held(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<M, E: Engine, T> Holds<T> for Option<Key<M, E, T>> {
    fn held(&self) -> Option<&T> {
        self.as_ref().map(Key::value)
    }
}

impl<T> Holds<T> for Option<Option<T>> {
    fn held(&self) -> Option<&T> {
        self.as_ref().and_then(Option::as_ref)
    }
}

impl<M, E: Engine, T> Holds<T> for Option<Option<Key<M, E, T>>> {
    fn held(&self) -> Option<&T> {
        self.as_ref().and_then(Option::as_ref).map(Key::value)
    }
}

/// A type that is made of a value of type `T`.
pub trait FromHeld<T>: Sized {
    /// Reads the next column.
    ///
    /// # Errors
    /// Those of `read`.
    fn read(row: &mut RowReader<'_>, read: Read<T>) -> Result<Self>;
}

impl<T> FromHeld<T> for T {
    fn read(row: &mut RowReader<'_>, read: Read<T>) -> Result<Self> {
        read(row)
    }
}

impl<M, E: StaticEngine, T> FromHeld<T> for Key<M, E, T> {
    fn read(row: &mut RowReader<'_>, read: Read<T>) -> Result<Self> {
        read(row).map(Self::new)
    }
}

impl<T> FromHeld<T> for Option<T> {
    fn read(row: &mut RowReader<'_>, read: Read<T>) -> Result<Self> {
        nullable(row, read)
    }
}

impl<M, E: StaticEngine, T> FromHeld<T> for Option<Key<M, E, T>> {
    fn read(row: &mut RowReader<'_>, read: Read<T>) -> Result<Self> {
        Ok(nullable(row, read)?.map(Key::new))
    }
}

/// A key that is made of a value of type `T` and the engine it is read from.
pub trait KeyFromHeld<E, T>: Sized {
    /// Reads the next column.
    ///
    /// # Errors
    /// Those of `read`.
    fn read(row: &mut RowReader<'_>, engine: E, read: Read<T>) -> Result<Self>;
}

impl<M, E: Engine, T> KeyFromHeld<E, T> for Key<M, E, T> {
    fn read(row: &mut RowReader<'_>, engine: E, read: Read<T>) -> Result<Self> {
        read(row).map(|value| Self::on(engine, value))
    }
}

impl<M, E: Engine, T> KeyFromHeld<E, T> for Option<Key<M, E, T>> {
    fn read(row: &mut RowReader<'_>, engine: E, read: Read<T>) -> Result<Self> {
        Ok(nullable(row, read)?.map(|value| Key::on(engine, value)))
    }
}

fn nullable<T>(row: &mut RowReader<'_>, read: Read<T>) -> Result<Option<T>> {
    if row.skip_null() {
        Ok(None)
    } else {
        read(row).map(Some)
    }
}
