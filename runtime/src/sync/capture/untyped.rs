//! Recorded changes for the command, which has no types of the program: the recorded keys of changed rows.

use super::position::ChangePosition;
use super::reading::{ChangeKind, Touched};
use super::store::Recorded;
use super::{CaptureSql, KeyForm, located, order, reading, store, triggers};
use crate::databases::Registry;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::sync::run::on_physical;

/// The keys of rows that were changed, each once.
#[derive(Debug)]
pub struct ChangedKeys {
    /// The recorded values of each key, and whether the last of these changes deleted its row.
    pub keys: Vec<(Vec<u8>, bool)>,
    /// All rows went at once.
    pub is_truncated: bool,
    /// The place after these changes.
    pub position: ChangePosition,
    /// There may be more.
    pub has_more: bool,
}

/// Changes of a table as they were recorded.
#[derive(Debug)]
pub struct ReadChanges {
    after: ChangePosition,
    found: Vec<Recorded>,
    has_more: bool,
}

impl ReadChanges {
    /// The place of the last of them in the order of all, where there may be more behind it.
    pub fn end(&self) -> Option<(i64, i64)> {
        let last = self.found.last().filter(|_| self.has_more)?;
        Some(last.position.order())
    }

    /// The keys of those up to a place. Those of several tables up to one place are what was there at one moment.
    ///
    /// # Errors
    /// A key is of another form than the schema says.
    pub fn up_to(mut self, end: Option<(i64, i64)>, forms: &[KeyForm]) -> Result<ChangedKeys> {
        if let Some(end) = end {
            let is_behind = |one: &Recorded| one.position.order() > end;
            self.has_more |= self.found.last().is_some_and(is_behind);
            self.found.retain(|one| !is_behind(one));
        }
        let touched = Touched::of(&self.found, &self.after, self.has_more);
        let keys = reading::recorded(&touched, forms)?.into_iter();
        let kinds = touched.keys.iter().map(|(_, kind, _)| *kind);
        Ok(ChangedKeys {
            keys: keys
                .zip(kinds.map(|kind| kind == ChangeKind::Deleted))
                .collect(),
            is_truncated: touched.is_truncated,
            position: touched.position,
            has_more: touched.has_more,
        })
    }
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
        capture: &CaptureSql<'_>,
        reader: &str,
    ) -> Result<ChangePosition> {
        let mut source = self.connect(engine)?;
        let outcome = triggers::ensure(&mut source, capture).and_then(|()| {
            let position = order::now(&mut source, capture)?;
            order::save(&mut source, (reader, capture.table), &position)?;
            Ok(position)
        });
        outcome.map_err(located)
    }

    /// Puts all changes that are committed by now in order, so that they are read. Of several tables that are read after it, the changes are
    /// those up to one moment.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn order_changes<E: Engine>(&self, engine: E) -> Result<()> {
        order::bring(&mut self.connect(engine)?).map_err(located)
    }

    /// The position after all changes of a table that are committed by now.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn last_change<E: Engine>(
        &self,
        engine: E,
        capture: &CaptureSql<'_>,
    ) -> Result<ChangePosition> {
        let mut source = self.connect(engine)?;
        order::now(&mut source, capture).map_err(located)
    }

    /// Changes that are in order, after a position, or where none is given after the one that a reader saved; `None` where it has none, or one
    /// that the database does not know.
    ///
    /// # Errors
    /// The engine cannot be reached; a trigger is missing.
    #[doc(hidden)]
    pub fn read_changes<E: Engine>(
        &self,
        engine: E,
        capture: &CaptureSql<'_>,
        (reader, after, limit): (&str, Option<ChangePosition>, usize),
    ) -> Result<Option<ReadChanges>> {
        let mut source = self.connect(engine)?;
        let outcome = triggers::ensure(&mut source, capture).and_then(|()| {
            let place = (reader, capture.table);
            let position = match after {
                Some(position) => Some(position),
                None => on_physical(&mut source, |physical| store::saved(physical, place))?,
            };
            let Some(after) = position else {
                return Ok(None);
            };
            if !order::is_known(&mut source, capture, &after)? {
                return Ok(None);
            }
            let found = on_physical(&mut source, |physical| {
                store::after(physical, capture.table, &after, limit)
            })?;
            let has_more = found.len() == limit;
            Ok(Some(ReadChanges {
                after,
                found,
                has_more,
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
        capture: &CaptureSql<'_>,
        (reader, position): (&str, &ChangePosition),
    ) -> Result<()> {
        let mut source = self.connect(engine)?;
        order::save(&mut source, (reader, capture.table), position).map_err(located)
    }
}
