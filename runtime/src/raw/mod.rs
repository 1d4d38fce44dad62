//! SQL that the program wrote itself: texts typed by dialect, values bound, rows read by the names of their columns. A layer
//! beside the repositories; what runs is the drivers'.

mod bound;
mod checked;
mod columns;
mod connection;
mod control;
pub(crate) mod from_row;
mod in_place;
mod on;
mod params;
mod read_connection;
mod reading;
mod rows;
pub(crate) mod sql;
mod truncated;
mod tuples;
mod words;

pub use bound::{BoundOn, BoundSql, BoundText, Executor, ReadExecutor};
pub use checked::{CheckedQuery, CheckedText, ListOf, read_if_any};
#[doc(hidden)]
pub use connection::describe;
pub(crate) use from_row::FromRow;
pub use from_row::RowColumns;
pub use in_place::CheckedOn;
#[doc(hidden)]
pub use in_place::{given, list_of_texts, or_null, parameter};
pub use on::RawSql;
pub use params::Params;
pub use rows::QueryRows;
pub use sql::{Assembled, ByDialect, EachDialect, IntoSql, NoText, SqlFor, SqlText};
