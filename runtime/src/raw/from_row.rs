//! Types that rows of a raw query are read into.

use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::value::RowReader;
use crate::value::types::FromColumn;
use bindery_core::program::{ModelInfo, compiled_text};

/// A type that a row of a raw query can be read into: a model's row, a struct with `#[derive(Row)]`, a tuple, or one value.
///
/// Models and structs are read by the names of the columns, in whatever order the query returns them; a column that is
/// missing, or one too many, is an error that names it. Tuples and values are read by position, and their number is
/// checked.
#[diagnostic::on_unimplemented(
    message = "a row of `{E}` cannot be read into `{Self}`",
    label = "expected a model that lives there, a struct with `#[derive(Row)]`, a tuple, or a value of one column",
    note = "a struct of your own is read by the names of its fields: add `#[derive(bindery::Row)]`",
    note = "the row of a model on several engines names its engine: `Blog<engine::B>`, or `Blog<_>` where it is known"
)]
pub trait FromRow<E: Engine>: Sized {
    /// The columns it is read from.
    const COLUMNS: RowColumns;

    /// Reads the columns in the order of [`COLUMNS`](Self::COLUMNS).
    ///
    /// # Errors
    /// A value does not fit its type.
    fn read_row(row: &mut RowReader<'_>, engine: E) -> Result<Self>;

    /// Returns whether every key in it is one of this engine. Called only where the engine is chosen at run time.
    #[doc(hidden)]
    fn is_of(_engine: usize) -> bool {
        true
    }
}

/// The columns that a type is read from.
#[derive(Debug, Clone, Copy)]
pub enum RowColumns {
    /// Columns are found by their names.
    Named {
        /// The type's name, for errors.
        row: &'static str,
        /// The names of the columns, in the order they are read.
        names: &'static [&'static str],
        /// The engines of a model; `None` for a type that any engine may have.
        lives_on: Option<&'static [&'static str]>,
    },
    /// By position, and how many.
    Positions(usize),
}

impl RowColumns {
    /// Those of a struct, by name.
    pub const fn named(row: &'static str, names: &'static [&'static str]) -> Self {
        Self::Named {
            row,
            names,
            lives_on: None,
        }
    }

    /// Those of a model.
    #[doc(hidden)]
    pub const fn of_model(info: &'static ModelInfo) -> Self {
        Self::Named {
            row: compiled_text(&info.name),
            names: info.columns.compiled(),
            lives_on: Some(info.engines.compiled()),
        }
    }

    /// Rejects a type that rows of this engine cannot be read into.
    pub(super) fn ensure_hosted(self, engine: &str) -> Result<()> {
        match self {
            Self::Named {
                lives_on: Some(lives_on),
                ..
            } if !lives_on.contains(&engine) => Err(Error::new(ErrorKind::NotHosted { lives_on })),
            Self::Named { .. } | Self::Positions(_) => Ok(()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromColumn, E: Engine> FromRow<E> for T {
    const COLUMNS: RowColumns = RowColumns::Positions(1);

    fn read_row(row: &mut RowReader<'_>, _: E) -> Result<Self> {
        row.next()
    }

    fn is_of(engine: usize) -> bool {
        T::is_of(engine)
    }
}
