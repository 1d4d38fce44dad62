//! The view that a handler has beside its event: databases, attempts, and effects in the order of versions.

use super::message::Message;
use super::versions;
use crate::databases::GeneratedDatabases;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::transaction::Transaction;
use crate::outbox::{HasInbox, TaskContext, table};

/// The event at work, and the databases.
pub struct MessageContext<'m, D> {
    consumer: &'m str,
    message: &'m Message,
    task: &'m TaskContext<'m, D>,
}

impl<'m, D: GeneratedDatabases> MessageContext<'m, D> {
    pub(super) fn new(
        consumer: &'m str,
        message: &'m Message,
        task: &'m TaskContext<'m, D>,
    ) -> Self {
        Self {
            consumer,
            message,
            task,
        }
    }

    /// The databases of the program.
    pub fn db(&self) -> &D {
        self.task.db()
    }

    /// The event with its envelope.
    pub fn message(&self) -> &Message {
        self.message
    }

    /// The number of this attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.task.attempt()
    }

    /// Returns whether the consumer is to stop. A handler that takes long may return an error then, and is run again later.
    pub fn is_stopping(&self) -> bool {
        self.task.is_stopping()
    }

    /// Runs `work` in a transaction of an engine with an inbox, unless this event or a newer one of the row has been there: gives `None`
    /// then. So an older state never overwrites a newer one, a row that was deleted stays so, and an event that comes twice changes
    /// nothing.
    ///
    /// # Errors
    /// Those of `work` and of the transaction.
    #[track_caller]
    pub fn latest<E: HasInbox, T>(
        &self,
        engine: E,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.transaction(engine, |tx| {
            let is_newer = tx.link.call(Operation::Update, |link| {
                versions::advance(link.ready()?, self.consumer, self.message)
            });
            let is_newer = is_newer
                .map_err(|error| table::explained(error, "_bindery_versions", engine.name()))?;
            if is_newer {
                work(tx).map(Some)
            } else {
                Ok(None)
            }
        })
    }

    /// Runs `work` in a transaction of an engine with an inbox, once for this event, whatever the order: an attempt after one that was
    /// committed there gives `None`. For what adds up, such as a number of orders.
    ///
    /// # Errors
    /// Those of `work` and of the transaction.
    #[track_caller]
    pub fn once<E: HasInbox, T>(
        &self,
        engine: E,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<Option<T>> {
        let effect = format!("{}/{}", self.consumer, self.message.id());
        if effect.chars().count() > 191 {
            let why = "the name of a consumer and the id of an event are longer than 190 characters together";
            return Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())));
        }
        self.transaction(engine, |tx| {
            if table::note(tx, &effect)? {
                work(tx).map(Some)
            } else {
                Ok(None)
            }
        })
    }

    /// Begins a transaction in which events say where they came from.
    #[track_caller]
    fn transaction<E: HasInbox, T>(
        &self,
        engine: E,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        let mut connection = self.db().registry().connect(engine)?;
        let origin = self.message.origin().map(str::to_owned);
        connection.transaction(|tx| {
            tx.link.call(Operation::Select, |link| {
                link.ready()?.set_origin(origin);
                Ok(())
            })?;
            work(tx)
        })
    }
}
