//! Queries that a program puts together: conditions, orders and limits over typed columns.
//!
//! A [`Column`] makes a [`Condition`] or an [`Order`]; a [`Query`] takes them and is executed by its last call. Everything
//! below the typed surface is independent of models and engines, so a program compiles it once. Values are recorded and
//! bound, never written into a text.

mod aggregate;
mod all_shards;
mod assignment;
mod batches;
mod case;
mod cast;
mod change;
mod clauses;
pub(crate) mod column;
mod combined;
mod comparable;
mod comparisons;
mod computed_on;
pub(crate) mod condition;
mod dates;
mod deep;
mod execute;
mod export;
mod expression;
mod extras;
mod fragment;
mod functions;
mod grouped;
mod habits;
mod in_memory;
mod insert_from;
mod insert_or_update;
mod integer;
mod joined;
mod joins;
mod json;
mod link;
mod lock;
mod merge;
mod nodes;
mod nullability;
mod number;
mod of_dialect;
mod operand;
mod order;
mod page;
mod page_by;
mod path;
mod per_group;
#[cfg_attr(not(feature = "postgres"), path = "no_placed.rs")]
mod placed;
mod related;
mod render;
mod render_change;
mod render_selected;
mod returning;
mod scope;
mod seen_from;
mod select;
mod selected;
mod shape;
mod shared;
#[cfg(feature = "sync")]
mod since;
pub(crate) mod statement;
mod subquery;
mod subselect;
mod together;
mod tree;
mod walk;
mod window;

pub use aggregate::{Aggregate, Extreme, Having, count};
pub use assignment::{Assignment, AssignmentWriter, Assignments};
pub use batches::Batches;
pub use case::Case;
pub use cast::CastTo;
pub use column::{Fraction, column, foreign_key};
pub use combined::{Combined, Position, PositionOrder, position};
pub use comparable::{Comparable, ComparedWith};
pub use computed_on::{Anywhere, BesideWindow, ComputedOn, On, SelectedOn, Windowed};
pub use dates::{Calendar, Timed, Unit};
pub use expression::{Everywhere, Expr, Term};
pub use fragment::{Fragment, FragmentPart, FragmentWriter};
pub use functions::{CaseValue, case};
#[doc(hidden)]
pub use habits::{ComparedByEqNeLtLeGtGe, ExecutedByAllOrIter};
pub use in_memory::{HashJoin, merge_join};
pub use insert_from::{Given, GivenColumns, GivenWriter, InsertFrom, SourceValue, StoredIn};
pub use insert_or_update::excluded;
pub use joined::{Inner, JoinPath, Joined, JoinedWith, Joins, Left, Partner, Partners};
pub use link::{Link, LinkTarget, OfSameEngine};
pub use lock::LocksRows;
pub use merge::UniqueKey;
pub use nullability::{
    Either, MayBeNull, NotNull, Nullability, Nullable, Plain, References, Through, To,
};
pub use number::{Divisible, Fractional, Integral, Number, NumberClass};
pub use of_dialect::{HasPostgresOperators, HasServerOperators, HasSqliteOperators, IsJson};
pub use operand::{ColumnType, IsText, Operand, RowEngine, Writing};
pub use order::{ExpressionOrder, OfGroups, OfRows, OfWindow, Order, OrderWriting, Orders, random};
pub use page_by::{PageKey, PageKeys};
pub use per_group::PerGroup;
pub use select::{
    FromSelected, Grouped, Groups, IsGrouped, Selection, SelectionInto, SelectionWriter, Ungrouped,
};
pub use selected::Selected;
pub use shared::Shared;
pub use subquery::{Subquery, select};
pub use subselect::{InQuery, Subselect};
pub use together::{Computable, Holds, Together};
pub use window::{Window, WindowFunction, dense_rank, rank, row_number};

pub(crate) use clauses::Clauses;
pub(crate) use column::{Column, in_list};
pub(crate) use condition::{Condition, Predicate};
pub(crate) use related::{Related, RelatedModel, RelatedRows};
pub(crate) use render::Wanted;
pub(crate) use shape::{ColumnPath, op};
#[cfg(feature = "sync")]
pub(crate) use since::{Page, recorded_value};
pub(crate) use statement::Query;
