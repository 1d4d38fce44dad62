//! Models: their associated types, how their values are read and written (here), their keys, which engine hosts which, and the
//! routes from a connection to the place where a model's statements run.

pub(crate) mod access;
#[cfg(feature = "derive")]
pub(crate) mod derived;
pub(crate) mod events;
#[cfg(feature = "serde")]
pub(crate) mod form;
pub(crate) mod key;
pub(crate) mod lives_on;
pub(crate) mod route;
pub(crate) mod row_of;
pub(crate) mod through;
pub(crate) mod validate;

use std::fmt;

use self::events::{EventRow, Events};
use crate::error::{Error, ErrorKind, Invalid, Result};
use crate::link::engine::Engine;
use crate::value::{ColumnSet, ParamWriter, RowReader};
use bindery_core::program::ModelInfo;

/// A model's tag, `model::Blog`. Generated code implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "expected a tag from the generated module `model`"
)]
pub trait Model: Copy + std::fmt::Debug + Send + Sync + 'static {
    /// The model's name, as errors show it.
    const NAME: &'static str;
    /// Names of the engines it lives on, in the order of its tag.
    const ENGINES: &'static [&'static str];

    /// A stored row.
    type Row<E: Engine>;
    /// Its key; [`NoKey`] for a table without one.
    type Key<E: Engine>: Clone + std::fmt::Debug;
    /// A row to be inserted; [`ReadOnly`] for a view.
    type New<E: Engine>: ColumnSource;
    /// Columns to be updated; [`ReadOnly`] for a view.
    type Patch<E: Engine>: ColumnSource;
    /// The result of `insert`: the stored row, or nothing for a table without a key, where it cannot be found again.
    type Inserted<E: Engine>;

    /// Reads the columns of [`TableSql::columns`](crate::__private::TableSql::columns), in that order.
    fn read<E: Engine>(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row<E>>;

    /// Turns the row that was read back after an insert into what `insert` returns.
    fn inserted<E: Engine>(row: Option<Self::Row<E>>) -> Option<Self::Inserted<E>>;

    /// Writes the columns that [`TableSql::insert_row`](crate::__private::TableSql::insert_row) names.
    fn write_row<E: Engine>(row: &Self::Row<E>, params: &mut ParamWriter<'_>);

    /// Returns whether every key in these new columns belongs to this engine. Called only where the engine is chosen at run time.
    fn new_belongs_to<E: Engine>(_new: &Self::New<E>, _engine: E) -> bool {
        true
    }

    /// The same of changed columns.
    fn patch_belongs_to<E: Engine>(_patch: &Self::Patch<E>, _engine: E) -> bool {
        true
    }

    /// The same of a whole row.
    fn row_belongs_to<E: Engine>(_row: &Self::Row<E>, _engine: E) -> bool {
        true
    }

    /// Calls the rules for new rows, where the schema says `@validate`.
    #[doc(hidden)]
    fn validate_new<E: Engine>(_new: &Self::New<E>) -> std::result::Result<(), Invalid> {
        Ok(())
    }

    /// Calls the rules for changes.
    #[doc(hidden)]
    fn validate_patch<E: Engine>(_patch: &Self::Patch<E>) -> std::result::Result<(), Invalid> {
        Ok(())
    }

    /// Calls the rules for whole rows.
    #[doc(hidden)]
    fn validate_row<E: Engine>(_row: &Self::Row<E>) -> std::result::Result<(), Invalid> {
        Ok(())
    }

    /// The changes that have events, where the schema says `@publish`.
    #[doc(hidden)]
    const EVENTS: Events = Events::NONE;

    /// A row as an event holds it. Called for models that are published.
    #[doc(hidden)]
    fn event_row<E: Engine>(_row: &Self::Row<E>) -> Result<EventRow> {
        Err(Error::new(ErrorKind::Unsupported(
            "events of a model that is not published",
        )))
    }
}

/// A model whose rows are stored in a table of its own, not computed by a view.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a view: it can only be read",
    label = "this writes",
    note = "write to the tables that the view reads"
)]
pub trait Writable: Model {}

/// A model whose table has a primary key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no primary key",
    label = "this needs a key",
    note = "without a key a single row cannot be found, updated or deleted; a view never has one"
)]
pub trait HasKey: Writable {
    /// The key of a row.
    fn key<E: Engine>(row: &Self::Row<E>) -> Self::Key<E>;

    /// Writes the key's columns in the order of the key.
    fn write_key<E: Engine>(key: &Self::Key<E>, params: &mut ParamWriter<'_>);

    /// Writes what `save` sets to the row's values: every column that may be written, is not part of the key and is not
    /// set by the update itself.
    fn write_saved<E: Engine>(row: &Self::Row<E>, params: &mut ParamWriter<'_>);

    /// Writes the version, where a column counts the updates of a row.
    fn write_version<E: Engine>(_row: &Self::Row<E>, _params: &mut ParamWriter<'_>) {}

    /// Returns whether the key belongs to this engine. Called only where the engine is chosen at run time.
    fn key_belongs_to<E: Engine>(_key: &Self::Key<E>, _engine: E) -> bool {
        true
    }
}

/// The key type of a table without a primary key: it has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoKey {}

/// The type of what is written to a view: it has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadOnly {}

impl ColumnSource for ReadOnly {
    fn columns(&self) -> ColumnSet {
        match *self {}
    }

    fn write(&self, _: &mut ParamWriter<'_>) {
        match *self {}
    }
}

/// Values for some columns of a table: a `New…` or a `…Patch`.
pub trait ColumnSource {
    /// Returns which columns are written, by their position in
    /// [`TableSql::columns`](crate::__private::TableSql::columns).
    fn columns(&self) -> ColumnSet;

    /// Returns which of them the program gave. The others have the value that a new row gets without one, such as NULL,
    /// and are nothing that a stored row may be changed to.
    fn given(&self) -> ColumnSet {
        self.columns()
    }

    /// Writes exactly [`columns`](Self::columns), in that order.
    fn write(&self, params: &mut ParamWriter<'_>);
}

impl<T: ColumnSource> ColumnSource for &T {
    fn columns(&self) -> ColumnSet {
        (**self).columns()
    }

    fn given(&self) -> ColumnSet {
        (**self).given()
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        (**self).write(params);
    }
}

/// Writes the names of the columns that a `New…` or `…Patch` gives. Their values are not for logs.
///
/// # Errors
/// Those of the formatter.
pub fn debug_given(
    name: &str,
    model: &ModelInfo,
    source: &dyn ColumnSource,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let given = source.given();
    let mut text = f.debug_struct(name);
    for (at, column) in model.columns.iter().enumerate() {
        if given.contains(at) {
            text.field(column, &format_args!("_"));
        }
    }
    text.finish()
}
