//! Relations that foreign keys make: which rows refer to which, and how they are loaded together.
//!
//! A relation is a constant that generated code has beside the columns. Everything below its types is independent of
//! models and engines.

mod batch;
mod conditions;
mod keys;
mod kinds;
mod load;
mod loaded;
mod loaded_iter;
mod of_row;
mod scoped;
mod through;
mod tree;

pub use kinds::{BelongsTo, HasMany, HasOne, ManyToMany};
pub use load::{Chain, Load, Nested};
pub use loaded::{Loaded, LoadedMany, LoadedNested, LoadedOne, LoadedThrough, NestedRows};
pub use loaded_iter::LoadedIter;
pub use scoped::Scoped;
pub use through::Through;
