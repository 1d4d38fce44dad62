//! Recorded changes for the command, which has no types of the program: the recorded keys of changed rows.

use super::position::ChangePosition;
use super::{CaptureSql, KeyForm, located, order, reading, store, triggers};
use crate::databases::Registry;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::sync::run::on_physical;

/// A table whose changes triggers record.
#[derive(Debug, Clone, Copy)]
pub struct CapturedTable<'c> {
    /// The statements that make and remove its triggers.
    pub capture: CaptureSql<'c>,
    /// The forms of its key's values.
    pub key: &'c [KeyForm],
}

/// The keys of rows that were changed, each once.
#[derive(Debug)]
pub struct ChangedKeys {
    /// The recorded values of each key.
    pub keys: Vec<Vec<u8>>,
    /// All rows went at once.
    pub is_truncated: bool,
    /// The place after these changes.
    pub position: ChangePosition,
    /// There may be more.
    pub has_more: bool,
}

impl Registry {
    /// Lets a reader begin with the changes from now on, and returns the position before them.
    ///
    /// # Errors
    /// The engine cannot be reached; a trigger is missing.
    #[doc(hidden)]
    pub fn begin_reader<E: Engine>(
        &self,
        engine: E,
        table: &CapturedTable<'_>,
        reader: &str,
    ) -> Result<ChangePosition> {
        let mut source = self.connect(engine)?;
        let outcome = triggers::ensure(&mut source, &table.capture).and_then(|()| {
            let position = order::now(&mut source, &table.capture)?;
            order::save(&mut source, (reader, table.capture.table), &position)?;
            Ok(position)
        });
        outcome.map_err(located)
    }

    /// The keys after a position, or where none is given after the one that a reader saved; `None` where it has none, or one that the
    /// database does not know.
    ///
    /// # Errors
    /// The engine cannot be reached; a trigger is missing.
    #[doc(hidden)]
    pub fn changed_keys<E: Engine>(
        &self,
        engine: E,
        table: &CapturedTable<'_>,
        (reader, after, limit): (&str, Option<ChangePosition>, usize),
    ) -> Result<Option<ChangedKeys>> {
        let mut source = self.connect(engine)?;
        let capture = &table.capture;
        let outcome = triggers::ensure(&mut source, capture).and_then(|()| {
            let place = (reader, capture.table);
            let position = match after {
                Some(position) => Some(position),
                None => on_physical(&mut source, |physical| store::saved(physical, place))?,
            };
            let Some(position) = position else {
                return Ok(None);
            };
            if !order::is_known(&mut source, capture, &position)? {
                return Ok(None);
            }
            let touched = reading::touched(&mut source, capture, &position, limit)?;
            Ok(Some(ChangedKeys {
                keys: reading::recorded(&touched, table.key)?,
                is_truncated: touched.is_truncated,
                position: touched.position,
                has_more: touched.has_more,
            }))
        });
        outcome.map_err(located)
    }

    /// Removes the recorded changes of a table that has no reader: those that a copy makes to a table that is captured itself.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn forget_unread_changes<E: Engine>(&self, engine: E, table: &str) -> Result<()> {
        let mut target = self.connect(engine)?;
        order::prune_unread(&mut target, table).map_err(located)
    }

    /// Saves how far a reader is.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn save_reader<E: Engine>(
        &self,
        engine: E,
        table: &CapturedTable<'_>,
        (reader, position): (&str, &ChangePosition),
    ) -> Result<()> {
        let mut source = self.connect(engine)?;
        order::save(&mut source, (reader, table.capture.table), position).map_err(located)
    }
}
