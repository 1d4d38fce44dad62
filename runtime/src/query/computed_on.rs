//! Which engines an expression can be computed on, and in which parts of a query.

use std::marker::PhantomData;

use crate::link::engine::Engine;

/// The expression has columns of its own model, or of those that it refers to: it is computed wherever that model is.
#[derive(Debug, Clone, Copy)]
pub enum Anywhere {}

/// The expression has values of other tables, which are on engine `E`.
#[derive(Debug, Clone, Copy)]
pub struct On<E>(PhantomData<fn() -> E>);

/// The expression has values over a window of the rows that a query has found: it is selected and ordered by, and no condition
/// is on it.
#[derive(Debug, Clone, Copy)]
pub enum Windowed {}

/// An expression that is computed together with a value over a window.
#[diagnostic::on_unimplemented(
    message = "an expression of rows `{Self}` is not computed together with a value over a window",
    label = "expected a value, a column or expression of the model, or another value over a window"
)]
pub trait BesideWindow {}

impl BesideWindow for Anywhere {}
impl BesideWindow for Windowed {}

/// An expression that can be computed of a row on engine `E`.
#[diagnostic::on_unimplemented(
    message = "an expression of rows `{Self}` is not computed here on `{E}`",
    label = "its rows are on another engine than the query, or it is `Windowed`: of the rows that the query has found",
    note = "a value over a window is selected and ordered by; the first rows of each group are `.per_group(…).limit(…)`"
)]
pub trait ComputedOn<E: Engine> {}

impl<E: Engine> ComputedOn<E> for Anywhere {}
impl<E: Engine> ComputedOn<E> for On<E> {}

/// An expression that can be computed on engine `E` of the rows that a query has found.
#[diagnostic::on_unimplemented(
    message = "an expression of rows `{Self}` is not computed on `{E}`",
    label = "its rows are on another engine than the query"
)]
pub trait SelectedOn<E: Engine> {}

impl<E: Engine> SelectedOn<E> for Anywhere {}
impl<E: Engine> SelectedOn<E> for On<E> {}
impl<E: Engine> SelectedOn<E> for Windowed {}
