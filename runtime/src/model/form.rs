//! Values of `New…` and `…Patch` that may not be given, in JSON as a module of the program (`@serde with`) writes and reads those
//! that are.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes values of a model's column.
pub trait WriteForm<const COLUMN: usize, T> {
    /// Writes a value of the column.
    fn write<S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error>;
}

/// Reads values of a model's column.
pub trait ReadForm<const COLUMN: usize, T> {
    /// Reads a value of the column.
    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<T, D::Error>;
}

/// The functions that serde's derives call: null stands for a value that is not given.
pub struct Given<M, const COLUMN: usize>(PhantomData<M>);

impl<M, const COLUMN: usize> Given<M, COLUMN> {
    /// Writes a value, or null.
    pub fn serialize<T, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error>
    where
        M: WriteForm<COLUMN, T>,
    {
        let value = value.as_ref();
        let value = value.map(|value| Written::<'_, M, T, COLUMN>(value, PhantomData));
        value.serialize(to)
    }

    /// Reads a value, or null.
    pub fn deserialize<'de, T, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error>
    where
        M: ReadForm<COLUMN, T>,
    {
        let value = Option::<Read<M, T, COLUMN>>::deserialize(from)?;
        Ok(value.map(|value| value.0))
    }
}

struct Written<'v, M, T, const COLUMN: usize>(&'v T, PhantomData<M>);

impl<M: WriteForm<COLUMN, T>, T, const COLUMN: usize> Serialize for Written<'_, M, T, COLUMN> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        M::write(self.0, to)
    }
}

struct Read<M, T, const COLUMN: usize>(T, PhantomData<M>);

impl<'de, M: ReadForm<COLUMN, T>, T, const COLUMN: usize> Deserialize<'de> for Read<M, T, COLUMN> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        M::read(from).map(|value| Self(value, PhantomData))
    }
}
