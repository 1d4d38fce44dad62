//! The shape of the code before any of it is written: which items a model has, what they are called, and of which types their
//! fields are.

mod column;
mod column_types;
mod constraints;
mod ddl;
mod derives;
mod field;
mod model;
pub(crate) mod names;
mod query;
mod relations;
pub(crate) mod required;
mod shapes;
mod surroundings;
pub(crate) mod types;

pub(crate) use column_types::{ColumnType, ColumnTypes, TypePart};
pub(crate) use constraints::{CONSTRAINTS, ConstraintShape};
pub(crate) use ddl::Ddl;
pub(crate) use derives::{derived_name, derives, derives_serde};
pub(crate) use field::{Field, Given, LinkShape, optional};
pub(crate) use model::{KeyShape, PlacementShape, READ_ONLY, Shape, UniqueShape, applied};
pub(crate) use names::static_name;
#[cfg(feature = "derive")]
pub(crate) use query::QueryArgument;
pub(crate) use query::{QueryShape, RowField};
pub(crate) use relations::{ROW_ENGINE, ReferenceShape, ReferencedShape, ThroughShape};
#[cfg(feature = "derive")]
pub(crate) use shapes::KnownShapes;
pub(crate) use shapes::Shapes;
pub(crate) use surroundings::{Scope, Surroundings};
