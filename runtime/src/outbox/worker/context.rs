//! The view that a handler has beside its task: databases, attempts, and effects that happen once.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::super::store::ClaimedTask;
use super::super::{HasInbox, inbox};
use super::threads::Shared;
use crate::databases::GeneratedDatabases;
use crate::error::{Error, ErrorKind, Result};
use crate::link::transaction::Transaction;

/// The longest name of an effect, in characters.
const LONGEST_NAME: usize = 100;

/// The task at work, and the databases.
pub struct TaskContext<'t, D> {
    db: &'t D,
    task: &'t ClaimedTask,
    shared: &'t Shared,
    effects: RefCell<BTreeSet<String>>,
}

impl<'t, D: GeneratedDatabases> TaskContext<'t, D> {
    pub(super) fn new(db: &'t D, task: &'t ClaimedTask, shared: &'t Shared) -> Self {
        Self {
            db,
            task,
            shared,
            effects: RefCell::default(),
        }
    }

    /// The databases of the program.
    pub fn db(&self) -> &D {
        self.db
    }

    /// The number of the task in its outbox.
    pub fn id(&self) -> i64 {
        self.task.id
    }

    /// A text that no other task has and that is the same at each attempt, for services that take a key of idempotency.
    pub fn uid(&self) -> &str {
        &self.task.uid
    }

    /// The name of its type.
    #[cfg(feature = "messages")]
    pub(crate) fn task_name(&self) -> &str {
        &self.task.task
    }

    /// The time at which it was written, in milliseconds since 1970.
    #[cfg(feature = "messages")]
    pub(crate) fn created_ms(&self) -> u64 {
        self.task.created_at.max(0).unsigned_abs()
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.task.retry_count + 1
    }

    /// How many attempts there are.
    pub fn max_attempts(&self) -> u32 {
        self.task.max_attempts
    }

    /// Returns whether the worker is to stop. A handler that takes long may return an error then, and is run again later.
    pub fn is_stopping(&self) -> bool {
        self.shared.is_stopping()
    }

    /// Runs `work` in a transaction of an engine with an inbox, once for this task: an attempt after one that was
    /// committed there skips it and gives `None`. For several effects on one engine see [`once_named`](Self::once_named).
    ///
    /// # Errors
    /// Those of `work` and of the transaction; a second call for the engine in one attempt.
    #[track_caller]
    pub fn once<E: HasInbox, T>(
        &self,
        engine: E,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.once_named(engine, "", work)
    }

    /// The same for an effect with a name: up to 100 characters, the same at each attempt.
    ///
    /// # Errors
    /// As [`once`](Self::once); the name is too long.
    #[track_caller]
    pub fn once_named<E: HasInbox, T>(
        &self,
        engine: E,
        name: &str,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<Option<T>> {
        ensure_short(name)?;
        let effect = format!("{}/{name}", self.task.uid);
        self.ensure_new(format!("{}/{effect}", engine.name()))?;
        self.db.registry().connect(engine)?.transaction(|tx| {
            if inbox::note(tx, &effect)? {
                work(tx).map(Some)
            } else {
                Ok(None)
            }
        })
    }

    /// The second of two effects with one name would be left out without a word.
    fn ensure_new(&self, effect: String) -> Result<()> {
        if self.effects.borrow_mut().insert(effect) {
            return Ok(());
        }
        let why = "a handler has several effects on one engine by `once_named`, each with a name of its own";
        Err(Error::new(ErrorKind::Unsupported(why)))
    }
}

/// Two names that are alike at their begin would be one in a column that cuts them.
fn ensure_short(name: &str) -> Result<()> {
    if name.chars().count() <= LONGEST_NAME {
        return Ok(());
    }
    let why = format!("the name of an effect is longer than {LONGEST_NAME} characters");
    Err(Error::new(ErrorKind::UnsupportedValue(why)))
}
