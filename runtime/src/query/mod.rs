//! Queries that a program puts together: conditions, orders and limits over typed columns.
//!
//! A [`Column`] makes a [`Condition`] or an [`Order`]; a [`Query`] takes them and is executed by its last call. Everything
//! below the typed surface is independent of models and engines, so a program compiles it once. Values are recorded and
//! bound, never written into a text.

mod assignment;
mod change;
mod clauses;
mod column;
mod condition;
mod in_memory;
mod kind;
mod link;
mod linked;
mod load;
mod operand;
mod order;
mod page;
mod render;
mod returning;
mod shape;
mod statement;
mod tree;

pub use assignment::{Arithmetic, Assignment, AssignmentWriter, Assignments, Number};
pub use column::Column;
pub use condition::Condition;
pub use in_memory::{HashJoin, merge_join};
pub use kind::{Kind, MayBeNull, NotNull, Nullable, To};
pub use link::{LeadsTo, Link, LinkTarget, LinkedFrom, SeenFrom};
pub use linked::{Iter as LinkedIter, Linked, LinkedMany, LinkedRows};
pub use operand::{ColumnType, IsText, Operand, RowEngine, Writing};
pub use order::{Order, OrderWriting, Orders};
pub use statement::Query;

pub(crate) use clauses::Clauses;
pub(crate) use column::list;
pub(crate) use condition::Predicate;
pub(crate) use render::Wanted;
pub(crate) use shape::{ColumnPath, op};
