//! Which engines an expression can be computed on.

use std::marker::PhantomData;

use crate::link::engine::Engine;

/// The expression has columns of its own model, or of those that it refers to: it is computed wherever that model is.
#[derive(Debug, Clone, Copy)]
pub enum Anywhere {}

/// The expression has values of other tables, which are on engine `E`.
#[derive(Debug, Clone, Copy)]
pub struct On<E>(PhantomData<fn() -> E>);

/// An expression that can be computed on engine `E`.
#[diagnostic::on_unimplemented(
    message = "an expression of rows `{Self}` is not computed on `{E}`",
    label = "its rows are on another engine than the query"
)]
pub trait ComputedOn<E: Engine> {}

impl<E: Engine> ComputedOn<E> for Anywhere {}
impl<E: Engine> ComputedOn<E> for On<E> {}
