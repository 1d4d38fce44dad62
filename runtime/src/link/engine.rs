//! Engines as values: zero-sized types for those known at compile time, one enum for those chosen at run time.

use std::fmt::Debug;
use std::hash::Hash;

use crate::error::{Error, ErrorKind, Operation};
use crate::link::dialect::SqlFamily;
use bindery_core::dialect::Dialect;
use bindery_core::program::Program;

/// A named connection, as a value. Generated code implements this; programs only name it in bounds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an engine",
    label = "expected a type of the generated module `engine`",
    note = "any engine that hosts a model is `E: bindery::Hosts<model::Name>`; any engine at all is `E: bindery::Engine`"
)]
pub trait Engine: Copy + Eq + Ord + Hash + Debug + Send + Sync + 'static {
    /// The SQL family it speaks, as a type.
    type Dialect: SqlFamily;

    /// The same as a constant; `None` where it is known at run time only.
    const DIALECT: Option<Dialect> = <Self::Dialect as SqlFamily>::DIALECT;

    /// Position among the program's engines, which are sorted by name.
    fn index(self) -> usize;

    /// The name in `bindery.toml` and in `@engines`.
    fn name(self) -> &'static str;

    /// The SQL family it speaks.
    fn dialect(self) -> Dialect;
}

/// The type in place of an engine where several host a model and none of them was chosen: it is not an engine, so the
/// compiler reports it.
#[doc(hidden)]
#[derive(Debug)]
pub enum NotChosen {}

/// The error of a name that no engine of the program has.
#[doc(hidden)]
#[cold]
pub fn unknown_engine(program: &'static Program, name: &str) -> Error {
    let kind = ErrorKind::UnknownEngine {
        name: name.to_owned(),
        known: program.engine_names().collect(),
    };
    Error::new(kind).during(Operation::Choose)
}

/// An engine that is fixed at compile time, so its only value can be made from nothing.
pub trait StaticEngine: Engine + Default {}
