//! Vectors of floats, as searches for what is near keep them.

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// Floats of 32 bits: `vector` of PostgreSQL's extension pgvector, of MariaDB and of MySQL; bytes in SQLite. For columns
/// with `@type` or `[types]`.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Vector(pub Vec<f32>);

impl ToColumn for Vector {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.vector(&self.0);
    }
}

impl FromColumn for Vector {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.vector().map(Self)
    }
}
