//! Changes that triggers record, whoever makes them: reading them in an order in which none is passed over, the readers and how
//! far each is, and syncs that go by them.

mod copy;
mod key;
mod mirrored;
mod order;
mod position;
mod reading;
mod store;
mod summary;
mod triggers;
mod untyped;

use std::fmt;
use std::marker::PhantomData;

use super::SyncRow;
use super::run::{on_physical, rows_sql};
use crate::databases::Registry;
use crate::error::{Error, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::row_of::RowOf;
use crate::model::{HasKey, Model};
use crate::value::RowReader;
use bindery_core::dialect::Dialect;
use bindery_core::program::ModelInfo;
use bindery_core::sql_writer::SqlWriter;

pub(crate) use self::order::prune_unread;
pub use self::position::{ChangePosition, NoPosition};
pub use self::reading::{Change, ChangeBatch, ChangeKind};
#[cfg(feature = "messages")]
pub(crate) use self::store::records_changes;
pub use self::summary::ChangeReader;
pub use self::untyped::{ChangedKeys, ReadChanges};
pub use bindery_core::capture::KeyForm;

/// Changes in a batch unless said.
const BATCH_SIZE: usize = 1_000;

/// The triggers of a table in one dialect.
#[derive(Debug, Clone, Copy)]
pub struct CaptureSql<'c> {
    /// The dialect that the statements are written in.
    pub dialect: Dialect,
    /// The name that recorded changes have of the table.
    pub table: &'c str,
    /// The names of the triggers, in which a number stands for what they do.
    pub triggers: &'c [&'c str],
}

/// A model whose changes triggers record: `-- @capture` above its table. Generated code implements it.
#[diagnostic::on_unimplemented(
    message = "the changes of `{Self}` are not recorded",
    label = "no triggers record what is changed",
    note = "write `-- @capture` above the table in the schema"
)]
pub trait Captured: HasKey {
    /// The triggers in each dialect.
    #[doc(hidden)]
    const CAPTURES: &'static [CaptureSql<'static>];
    /// The forms of the key's values, in the order of the key.
    #[doc(hidden)]
    const KEY: &'static [KeyForm];

    /// Reads the values of a key, in its order.
    ///
    /// # Errors
    /// They are not those of a key.
    #[doc(hidden)]
    fn read_key<E: Engine>(row: &mut RowReader<'_>, engine: E) -> Result<Self::Key<E>>;
}

/// The triggers and the key of a captured model, as a sync keeps them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recording {
    captures: &'static [CaptureSql<'static>],
    key: &'static [KeyForm],
}

impl Recording {
    pub(super) fn of<M: Captured>() -> Self {
        Self {
            captures: M::CAPTURES,
            key: M::KEY,
        }
    }

    /// Every dialect that the model is on has triggers.
    fn on(&self, dialect: Dialect) -> &'static CaptureSql<'static> {
        let mut captures = self.captures.iter();
        let found = captures.find(|capture| capture.dialect == dialect);
        found.expect("code is generated for each dialect of the model's engines")
    }
}

/// The changes of a table, to be read in batches: [`Registry::changes`].
pub struct Changes<'db, S> {
    registry: &'db Registry,
    batch_size: usize,
    row: PhantomData<fn() -> S>,
}

impl<S> fmt::Debug for Changes<'_, S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Changes")
            .field("batch_size", &self.batch_size)
            .finish_non_exhaustive()
    }
}

impl Registry {
    /// The changes of a table that triggers record (`-- @capture`), whoever made them.
    ///
    /// Every committed change is read once, a change of a transaction that commits late after those that were committed before it.
    pub fn changes<S: SyncRow + RowOf<Model: Captured>>(&self) -> Changes<'_, S> {
        Changes {
            registry: self,
            batch_size: BATCH_SIZE,
            row: PhantomData,
        }
    }

    /// The readers of recorded changes of an engine, and how far each is behind; none where nothing is recorded. It sets
    /// the metrics `bindery.capture.behind` and `bindery.capture.oldest`, as every reader does that reads now and then.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn change_readers<E: Engine>(&self, engine: E) -> Result<Vec<ChangeReader>> {
        let mut connection = self.connect(engine)?;
        let readers =
            on_physical(&mut connection, summary::read_change_readers).map_err(located)?;
        for reader in &readers {
            reader.record(engine.name());
        }
        Ok(readers)
    }

    /// Forgets a reader of all tables of an engine, so that its changes are kept no longer. Reports whether there was one.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn remove_change_reader<E: Engine>(&self, engine: E, reader: &str) -> Result<bool> {
        let mut connection = self.connect(engine)?;
        on_physical(&mut connection, |physical| store::remove(physical, reader)).map_err(located)
    }
}

impl<S: SyncRow + RowOf<Model: Captured>> Changes<'_, S> {
    /// Sets how many changes are read at a time, which is also how many are in memory: 1,000 unless said.
    #[must_use]
    pub fn batch_size(mut self, changes: usize) -> Self {
        self.batch_size = changes.max(1);
        self
    }

    /// The position after all changes that are committed now.
    ///
    /// # Errors
    /// The engine cannot be reached; a trigger is missing.
    pub fn now(&self) -> Result<ChangePosition> {
        let mut source = self.connect()?;
        self.recorded(&mut source)
            .and_then(|capture| order::now(&mut source, capture))
            .map_err(located)
    }

    /// The changes after a position, at most [`batch_size`](Self::batch_size) of them, each with the row as it is now.
    ///
    /// # Errors
    /// [`SyncError::NotRecorded`](crate::error::SyncError::NotRecorded) where a trigger is missing, switched off or another one than the
    /// program was compiled with; [`SyncError::PositionLost`](crate::error::SyncError::PositionLost) where the position is of another
    /// database, of a backup that was restored since, or its changes were removed. The engine cannot be reached.
    pub fn after(&self, position: &ChangePosition) -> Result<ChangeBatch<S>> {
        let mut source = self.connect()?;
        let outcome = self.recorded(&mut source).and_then(|capture| {
            order::ensure_known(&mut source, capture, position)?;
            reading::batch::<S>(&mut source, capture, position, self.batch_size)
        });
        summary::note(&mut source);
        outcome.map_err(located)
    }

    /// The position that a reader of this name saved. A new one begins with the changes from now on. Changes are kept as long as a
    /// reader has not saved a position after them.
    ///
    /// # Errors
    /// The engine cannot be reached; a trigger is missing.
    pub fn reader(&self, name: &str) -> Result<ChangePosition> {
        let mut source = self.connect()?;
        let outcome = self.recorded(&mut source).and_then(|capture| {
            let place = (name, capture.table);
            let saved = on_physical(&mut source, |physical| store::saved(physical, place))?;
            match saved {
                Some(position) => Ok(position),
                None => {
                    let position = order::now(&mut source, capture)?;
                    order::save(&mut source, place, &position)?;
                    Ok(position)
                }
            }
        });
        outcome.map_err(located)
    }

    /// Saves how far a reader is: what it has done of the changes up to here is stored by now. Changes that every reader has passed
    /// are removed.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn save(&self, name: &str, position: &ChangePosition) -> Result<()> {
        let mut source = self.connect()?;
        let capture = self.capture();
        order::save(&mut source, (name, capture.table), position).map_err(located)
    }

    fn connect(&self) -> Result<Connection<S::Engine>> {
        self.registry.connect(S::Engine::default())
    }

    fn capture(&self) -> &'static CaptureSql<'static> {
        Recording::of::<S::Model>().on(S::Engine::default().dialect())
    }

    fn recorded(&self, source: &mut Connection<S::Engine>) -> Result<&'static CaptureSql<'static>> {
        let capture = self.capture();
        triggers::ensure(source, capture)?;
        Ok(capture)
    }
}

/// The name that recorded changes have of the table of rows. Models of one name in several schemas are distinguished by their tables.
pub(crate) fn recorded_name<S: SyncRow>(registry: &Registry) -> Option<String> {
    let models = registry.program.models.iter();
    let mut models = models.filter(|info| info.name == S::Model::NAME);
    let (first, second) = (models.next()?, models.next());
    let Some(second) = second else {
        return Some(first.qualified_name());
    };
    let written = rows_sql::<S>().ok()?.table;
    let dialect = S::Engine::default().dialect();
    let mut models = [first, second].into_iter().chain(models);
    let found = models.find(|info| written_name(info, dialect) == written);
    found.map(|info| info.qualified_name())
}

/// The table's name as statements write it.
fn written_name(info: &ModelInfo, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.table(&info.table_name());
    sql.finish()
}

fn located(error: Error) -> Error {
    error.during(Operation::Sync)
}

/// The key of a row.
pub(super) type KeyOf<S> = <<S as RowOf>::Model as Model>::Key<<S as RowOf>::Engine>;
