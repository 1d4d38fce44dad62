//! Rules of the program for the rows that it writes.

use super::Model;
use crate::error::Invalid;
use crate::link::engine::Engine;

/// The rules of a model that is `@validate` in the schema: they are called with each row before it is written, whichever call
/// writes it, and what they refuse is [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) before anything is sent.
///
/// | called | before |
/// |---|---|
/// | `new_row` | `insert`, `insert_only`, `insert_or_ignore`, `insert_many`, `upsert_by_…` and their kin |
/// | `patch` | `update`, `update_many`, `update_returning` |
/// | `row` | `save`, `save_many`, `save_changes`, `insert_row`, `upsert_row` and copies to another engine |
///
/// `update_where` changes rows in the database that the program does not see, so no rule is called.
///
/// ```
/// # mod db { bindery_cases::source!(hooks); }
/// # use db::*;
/// use bindery::{Engine, ErrorKind, Invalid, Validate};
///
/// fn titled(title: &str) -> Result<(), Invalid> {
///     if title.is_empty() {
///         return Err(Invalid::of("title", "must not be empty"));
///     }
///     Ok(())
/// }
///
/// impl Validate for model::Task {
///     fn new_row<E: Engine>(new: &NewTask) -> Result<(), Invalid> {
///         titled(&new.title)
///     }
///
///     fn patch<E: Engine>(patch: &TaskPatch) -> Result<(), Invalid> {
///         patch.title.as_deref().map_or(Ok(()), titled)
///     }
///
///     fn row<E: Engine>(row: &Task) -> Result<(), Invalid> {
///         titled(&row.title)
///     }
/// }
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let error = db.tasks().insert(NewTask::new("")).unwrap_err();
/// assert_eq!(error.kind(), &ErrorKind::Invalid(Invalid::of("title", "must not be empty")));
/// let task = db.tasks().insert(NewTask::new("write"))?;
/// assert!(db.tasks().update(task.id, TaskPatch::new().title("")).is_err());
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "the schema says `@validate`, but nothing says what a valid `{Self}` is",
    label = "there is no `impl bindery::Validate` for it",
    note = "write `impl bindery::Validate for {Self} {{ … }}`, with any of `new_row`, `patch` and `row`, or remove `@validate`"
)]
pub trait Validate: Model {
    /// Validates a new row before it is inserted. Every one is valid, unless said otherwise.
    ///
    /// # Errors
    /// The rule that it does not meet.
    fn new_row<E: Engine>(_new: &Self::New<E>) -> Result<(), Invalid> {
        Ok(())
    }

    /// Validates a change before it is written. It has the columns that it sets, and no others. Every one is valid, unless said
    /// otherwise.
    ///
    /// # Errors
    /// The rule that it does not meet.
    fn patch<E: Engine>(_patch: &Self::Patch<E>) -> Result<(), Invalid> {
        Ok(())
    }

    /// Validates a whole row before it is written. Every one is valid, unless said otherwise.
    ///
    /// # Errors
    /// The rule that it does not meet.
    fn row<E: Engine>(_row: &Self::Row<E>) -> Result<(), Invalid> {
        Ok(())
    }
}
