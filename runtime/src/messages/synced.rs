//! A copy of a table that is kept up by its events: the mapping is that of a sync.

use std::sync::{Arc, OnceLock};

use super::consumer::{Consumer, Handler};
use super::event::{Change, Event, Published};
use crate::databases::{GeneratedDatabases, Registry};
use crate::error::{Error, ErrorKind, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};
use crate::outbox::{HasInbox, chain};
use crate::repository::{Repository, recorded_key};
use crate::sync::apply::{self, Batch, Mapped};
use crate::sync::wanted::Wanted;
use crate::sync::{
    NewRow, Reject, SyncCounts, SyncRow, key_of_new, on_physical, prune_unread, recorded_name,
    records_changes, rows_sql,
};
use serde::de::DeserializeOwned;

impl<D: GeneratedDatabases> Consumer<D> {
    /// Keeps a copy up with the events of a model: what `db.registry().sync::<User, UserAnalytics>(mapping)` copies in runs, as soon as it is
    /// committed. It needs the feature `sync`. The events have to hold a row before it is deleted, or before its key in the copy changes: `-- @publish created, updated,
    /// deleted with before`. A change that came from the target's engine itself is passed over, so that two engines can keep each
    /// other up.
    ///
    /// A row that the mapping rejects counts as failed at its last attempt, with the reason.
    pub fn sync<S, T>(
        mut self,
        mapping: impl Fn(&S) -> std::result::Result<NewRow<T>, Reject> + Send + Sync + 'static,
    ) -> Self
    where
        S: SyncRow + Published + 'static,
        T: SyncRow<Engine: HasInbox> + 'static,
        <S::Model as Model>::Key<S::Engine>: DeserializeOwned,
    {
        if S::Model::EVENTS.deleted && !S::Model::EVENTS.before_delete {
            self.fault = Some(Error::new(ErrorKind::Unsupported(
                "a sync by events that do not hold a row before it is deleted: write `deleted with before` in its `@publish`",
            )));
        }
        let copied = Captured {
            table: recorded_name::<T>(self.db.registry()),
            is_captured: OnceLock::new(),
        };
        let db = self.db.clone();
        let handler: Handler<D> = Arc::new(move |message, context| {
            let engine = T::Engine::default();
            let came_through = message.origin().unwrap_or_default().split(',');
            // The last is where it was written.
            let mut earlier = came_through.rev().skip(1);
            if earlier.any(|name| name == engine.name()) {
                return Ok(());
            }
            let change = Change::<S>::read(message)?;
            let rows = Rows::<T>::of(&change, &mapping)?;
            let written = context.latest(engine, |tx| rows.write(tx));
            let written = written.map_err(|error| chain(&error))?;
            if written.is_some() {
                copied.prune(db.registry(), engine);
            }
            Ok(())
        });
        for name in Change::<S>::names() {
            self.handlers.insert(name, Arc::clone(&handler));
        }
        self
    }
}

/// The copy, whose changes triggers of the target may record.
struct Captured {
    table: Option<String>,
    /// Whether changes are recorded there, which is looked for once.
    is_captured: OnceLock<bool>,
}

impl Captured {
    /// Removes what is recorded of a copy that nothing reads. The row is copied by then: where this fails, a later event does it.
    fn prune<E: Engine>(&self, db: &Registry, engine: E) {
        if let Err(error) = self.try_prune(db, engine) {
            tracing::debug!(%error, "changes of a copy that nothing reads are not removed");
        }
    }

    fn try_prune<E: Engine>(&self, db: &Registry, engine: E) -> Result<()> {
        let Some(table) = &self.table else {
            return Ok(());
        };
        if self.is_captured.get() == Some(&false) {
            return Ok(());
        }
        let mut copy = db.connect(engine)?;
        let is_captured = match self.is_captured.get() {
            Some(is_captured) => *is_captured,
            None => on_physical(&mut copy, records_changes)?,
        };
        self.is_captured.get_or_init(|| is_captured);
        match is_captured {
            true => prune_unread(&mut copy, table),
            false => Ok(()),
        }
    }
}

/// The row of the target before a change and after it.
struct Rows<T: SyncRow> {
    before: Option<Wanted<T>>,
    /// With the recorded key of the source's row.
    after: Option<(Vec<u8>, Wanted<T>)>,
}

impl<T: SyncRow> Rows<T> {
    fn of<S: SyncRow + Published>(
        change: &Change<S>,
        mapping: &impl Fn(&S) -> std::result::Result<NewRow<T>, Reject>,
    ) -> std::result::Result<Self, String> {
        let (before, after) = match change {
            Change::Created(event) => (None, Some(&event.after)),
            Change::Updated(event) => (event.before.as_ref(), Some(&event.after)),
            Change::Deleted(event) => (event.before.as_ref(), None),
        };
        let rejected = |reject: Reject| format!("the row is rejected: {}", reject.reason());
        let after = after.map(|row| {
            let key = recorded_key::<S::Model, S::Engine>(row).map_err(|error| chain(&error))?;
            Ok::<_, String>((key, Wanted::Mapped(mapping(row).map_err(rejected)?)))
        });
        Ok(Self {
            // A row that could not be mapped was never copied.
            before: before.and_then(|row| mapping(row).ok()).map(Wanted::Mapped),
            after: after.transpose()?,
        })
    }

    /// Writes what differs, in the transaction at hand.
    fn write(self, tx: &mut Connection<T::Engine>) -> Result<SyncCounts> {
        let mut batch = Batch::<T>::default();
        let after = self.after.as_ref().map(|(_, new)| target_key::<T>(new));
        let (before, after) = (
            self.before.as_ref().map(target_key::<T>),
            after.transpose()?,
        );
        if let Some(before) = before
            .transpose()?
            .filter(|before| Some(before) != after.as_ref())
        {
            let mut rows = Repository::<T::Model, T::Engine>::new(tx.own_target());
            let rows = rows.of_recorded_keys(&[before])?;
            batch.deletes = rows.iter().map(T::Model::key::<T::Engine>).collect();
        }
        batch.rows.extend(self.after.map(|(key, new)| Mapped {
            key,
            new,
            is_compared: true,
            was_rejected: false,
        }));
        apply::write::<T>(tx, &batch)
    }
}

/// The recorded key of a row of the target.
fn target_key<T: SyncRow>(new: &Wanted<T>) -> Result<Vec<u8>> {
    let dialect = T::Engine::default().dialect();
    key_of_new(rows_sql::<T>()?, new, dialect)
}
