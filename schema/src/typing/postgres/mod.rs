//! PostgreSQL's types, functions, operators and casts, and how a call finds the one that is meant: chapter 10 of its
//! manual, "Type Conversion", which its `parse_func.c`, `parse_oper.c` and `parse_coerce.c` state exactly.
//!
//! Nothing here knows the tree of a query: arguments come as types, an untyped literal or parameter as
//! [`PgType::UNKNOWN`], and what a call makes of them comes back.
//!
//! The catalogue is text, made from a server by `cargo xtask catalogue` of the queries beside it and read when the first
//! query of a schema needs it.

mod catalog;
mod coercion;
mod columns;
mod common;
mod functions;
mod nulls;
mod operators;
mod polymorphic;
mod select;
#[cfg(test)]
mod server_tests;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use self::catalog::{
    Argument, FunctionKind, Overload, Volatility, overloads, volatility,
};
pub(crate) use self::coercion::{Context, can_cast};
pub(crate) use self::common::{Unlike, common_type};
pub(crate) use self::functions::{Call, Function, resolve_among, resolve_function};
pub(crate) use self::nulls::{Null, cast_null};
pub(crate) use self::operators::{Operator, resolve_operator};
pub(crate) use self::types::{Category, PgType};

/// The reason why no function or operator is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is none of that name; with one of nearly the name. The server's 42883.
    UnknownName(Option<&'static str>),
    /// None takes these arguments; with those that there are, as a user writes them. 42883.
    NoneTakes(Vec<String>),
    /// Several take them equally well; these. 42725.
    Ambiguous(Vec<String>),
    /// The result depends on the type of an argument that has none. 42P18.
    Undetermined,
    /// The arguments of a polymorphic function go together with no type. 42804.
    Unlike,
}
