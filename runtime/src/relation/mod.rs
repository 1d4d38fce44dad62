//! Relations that foreign keys make, and links, which lead to other engines: which rows refer to which, and how they are
//! loaded together.
//!
//! A relation is a constant that generated code has beside the columns. Everything below its types is independent of
//! models and engines.

mod batch;
mod conditions;
mod groups;
mod keys;
mod kinds;
mod link;
mod link_cache;
mod linked;
mod load;
mod loaded;
mod loaded_iter;
mod of_row;
mod scoped;
mod through;
mod tree;
mod values;

pub use kinds::{BelongsTo, HasMany, HasOne, ManyToMany};
pub use link::{LeadsTo, LinkedFrom, LinkingRow, Nowhere, SeenFrom};
pub use link_cache::{CachedLink, LinkCache, LinkCacheStats};
pub use linked::{Iter as LinkedIter, Linked, LinkedRows};
pub use load::{Chain, Load, LoadFor, Nested, RelationOf};
pub use loaded::{Loaded, LoadedMany, LoadedNested, LoadedOne, LoadedThrough, NestedRows};
pub use loaded_iter::LoadedIter;
pub use of_row::{parent_of, rows_of};
pub use scoped::Scoped;
pub use through::Through;
pub use tree::{Tree, TreeRow};
#[doc(hidden)]
pub use values::OneValue;
pub use values::{Then, ToMany, ValueOf};
