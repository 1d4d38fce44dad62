//! Types of statements: the names in them bound to the model, and every value with its type, whether it may be NULL, and of a
//! parameter with the type that the database gives it.
//!
//! Three states of a type are kept apart: known, not known ([`value::Ty::Open`]), and wrong, which was reported and is not reported
//! again. What is not known is refused where it would leave the statement, never guessed.

mod call;
mod catalogued;
mod checker;
mod cluster;
mod computed;
mod condition;
mod conflict;
#[cfg(test)]
mod conformance;
mod expression;
mod facts;
mod findings;
pub(crate) mod grammar;
mod grouping;
mod insert;
mod literal;
mod lock;
mod merge;
mod mysql;
mod names;
mod operator;
mod output;
mod parameters;
#[allow(
    unused_imports,
    dead_code,
    reason = "of the catalogue's whole surface not all is called"
)]
pub(crate) mod postgres;
mod query;
mod recursion;
mod scope;
mod select;
mod source;
mod sqlite;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod through_view;
mod value;
mod view;
mod window;
mod write;

pub(crate) use checker::{
    Annotations, Checked, CheckedColumn, Given, GivenColumn, ListUse, Source, statement,
};
pub(crate) use cluster::Scattered;
pub use cluster::{SpreadView, spread_view};
pub(crate) use findings::no_type;
pub(crate) use names::{NameKind, Named, Names, UnknownName};
pub(crate) use output::{Embedded, Star};
pub(crate) use source::is_of_database;
pub(crate) use table::{
    DomainPart, Mistakes, OwnTable, TablePart, mistakes_of_domain, mistakes_of_expression,
};
pub(crate) use view::{LookedColumn, columns_of_view};
