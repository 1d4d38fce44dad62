//! A sync that goes by recorded changes: the rows that were changed since are read again, and copied or deleted on the target.

use super::position::ChangePosition;
use super::reading::{self, Touched};
use super::{CaptureSql, Recording, order, summary, triggers};
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::HasKey;
use crate::sync::SyncRow;
use crate::sync::apply::{Batch, Mapped};
use crate::sync::compare::key_of_new;
use crate::sync::run::{Run, on_physical, rows_of, rows_sql};
use crate::sync::store::{Advance, forget_position};
use crate::sync::wanted::Wanted;
use crate::value::recorded::{same_number, split};

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Copies what was changed since the last run. The first run, and one whose position the source does not know, compare both
    /// tables, and what is changed meanwhile is copied after it.
    pub(in crate::sync) fn by_changes(
        &mut self,
        source: &mut Connection<S::Engine>,
        recording: Recording,
    ) -> Result<()> {
        let capture = recording.on(S::Engine::default().dialect());
        if let Err(error) = triggers::ensure(source, capture) {
            return Err(self.forget(error));
        }
        let mut position = self.beginning(source, capture)?;
        loop {
            let touched = reading::touched(source, capture, &position, self.job.batch_size)?;
            let has_more = touched.has_more;
            if touched.position != position {
                position = touched.position;
                self.copy(source, &touched, recording)?;
                order::save(source, (&self.job.name, capture.table), &position)?;
            }
            summary::note(source);
            if !has_more {
                return Ok(());
            }
        }
    }

    /// The position of the last run, else the one of now with the tables compared.
    fn beginning(
        &mut self,
        source: &mut Connection<S::Engine>,
        capture: &CaptureSql<'_>,
    ) -> Result<ChangePosition> {
        if let Some(position) = self.state.position
            && order::is_known(source, capture, &position)?
        {
            return Ok(position);
        }
        let position = order::now(source, capture)?;
        // From here on the changes are kept.
        order::save(source, (&self.job.name, capture.table), &position)?;
        self.compare_all(source)?;
        self.reach(source, position)?;
        Ok(position)
    }

    /// Changes were made that nothing has recorded: when the triggers are back, the next run has to compare both tables.
    fn forget(&mut self, error: Error) -> Error {
        let is_short = matches!(error.kind(), ErrorKind::Sync(SyncError::NotRecorded { .. }));
        if !is_short {
            return error;
        }
        let (name, run) = (&self.job.name, self.state.run);
        let forgotten = on_physical(&mut self.target, |physical| {
            forget_position(physical, (name, run))
        });
        match forgotten {
            Ok(()) => error,
            Err(failed) => failed.with_source(error),
        }
    }

    /// Stores a position alone.
    fn reach(
        &mut self,
        source: &mut Connection<S::Engine>,
        position: ChangePosition,
    ) -> Result<()> {
        let batch = Batch {
            advance: reached(position),
            ..Batch::default()
        };
        self.apply(batch, source)
    }

    fn copy(
        &mut self,
        source: &mut Connection<S::Engine>,
        touched: &Touched,
        recording: Recording,
    ) -> Result<()> {
        if touched.is_truncated {
            self.compare_all(source)?;
            return self.reach(source, touched.position);
        }
        let keys = reading::recorded(touched, recording.key)?;
        let rows = reading::rows::<S>(source, &keys)?;
        let mut batch = Batch::default();
        let mut gone = Vec::new();
        for key in keys {
            let Some(row) = rows.get(&key) else {
                gone.push(key);
                continue;
            };
            if let Some((key, new)) = self.map(row)? {
                ensure_same_key::<T>(&key, &new)?;
                batch.rows.push(Mapped {
                    key,
                    new,
                    is_compared: true,
                    was_rejected: false,
                });
            }
        }
        for row in rows_of::<T>(&mut self.target).of_recorded_keys(&gone)? {
            batch.deletes.push(T::Model::key(&row));
        }
        batch.advance = reached(touched.position);
        self.apply(batch, source)
    }
}

fn reached(position: ChangePosition) -> Advance {
    Advance {
        position: Some(position),
        ..Advance::default()
    }
}

/// A row that is gone is found on the target by the key that it had.
fn ensure_same_key<T: SyncRow>(key: &[u8], new: &Wanted<T>) -> Result<()> {
    let wanted = key_of_new(rows_sql::<T>()?, new, T::Engine::default().dialect())?;
    let numbers = |key| split(key).map(same_number);
    if numbers(key).eq(numbers(&wanted)) {
        return Ok(());
    }
    let why = "a sync by recorded changes with a mapping that gives rows another key: a deleted row would not be found on the target";
    Err(Error::new(ErrorKind::Unsupported(why)))
}
