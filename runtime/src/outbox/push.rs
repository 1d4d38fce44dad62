//! Writing tasks in the transaction at hand.

use std::panic::Location;

use super::task::{Pushed, Start, Task, TaskOptions};
use super::{HasOutbox, random, sql, store};
use crate::driver::Physical;
use crate::driver::own_tables::statements::new_tasks;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::changes::Written;
use crate::link::connection::Connection;
use crate::observe::Call;
use crate::value::ParamWriter;

/// The longest key, in characters.
const LONGEST_KEY: usize = 191;

/// The tasks of an engine, to write others: what `connection.tasks()` gives.
pub struct Tasks<'c, E: HasOutbox> {
    connection: &'c mut Connection<E>,
}

impl<E: HasOutbox> Connection<E> {
    /// The tasks of this engine. What is pushed belongs to the transaction that is open here, also to that of a session or
    /// an atomic group; without one it is stored at once.
    pub fn tasks(&mut self) -> Tasks<'_, E> {
        Tasks { connection: self }
    }
}

impl<E: HasOutbox> Tasks<'_, E> {
    /// Writes a task. It runs after the transaction is committed, and never where that is rolled back.
    ///
    /// # Errors
    /// A key is too long, the task cannot be written as JSON, there is no table of tasks, or the database fails.
    #[track_caller]
    pub fn push<T: Task>(&mut self, task: T) -> Result<Pushed> {
        self.push_with(task, TaskOptions::new())
    }

    /// The same with options of its own.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    #[track_caller]
    pub fn push_with<T: Task>(&mut self, task: T, options: TaskOptions) -> Result<Pushed> {
        let place = Location::caller();
        let engine = self.connection.engine;
        let outcome = Row::new(&task, options).and_then(|row| {
            let insert = |link: &mut Link| row.push(link, place);
            self.connection.link.call(Operation::Insert, insert)
        });
        outcome.map_err(|error| {
            store::explained(error, store::TABLE, engine.name())
                .during(Operation::Insert)
                .on_engine(engine.name())
        })
    }
}

/// A task as it is stored.
pub(super) struct Row {
    uid: String,
    task: &'static str,
    payload: String,
    key: Option<String>,
    unique_key: Option<String>,
    start: Start,
    priority: i64,
    max_attempts: i64,
}

impl Row {
    pub(super) fn new<T: Task>(task: &T, options: TaskOptions) -> Result<Self> {
        let payload = serde_json::to_string(task).map_err(|error| {
            let why = format!("the task `{}` cannot be written as JSON", T::NAME);
            Error::new(ErrorKind::UnsupportedValue(why)).with_source(error)
        })?;
        let unique = options.unique_key.or_else(|| task.unique_key());
        Ok(Self {
            uid: random::uid(),
            task: T::NAME,
            payload,
            key: checked(options.key.or_else(|| task.key()))?,
            unique_key: checked(unique.map(|key| format!("{}:{key}", T::NAME)))?,
            start: options.start,
            priority: options.priority.unwrap_or(T::PRIORITY).into(),
            max_attempts: options
                .max_attempts
                .unwrap_or(T::MAX_ATTEMPTS)
                .max(1)
                .into(),
        })
    }

    fn push(&self, link: &mut Link, place: &'static Location<'static>) -> Result<Pushed> {
        link.begin_observed(|| Call::of(Operation::Insert, Some(place)).own());
        let is_new = self.insert(link.ready()?)?;
        if link.counts_writes() {
            link.wrote(Written::Anything);
        }
        Ok(if is_new {
            Pushed::Added
        } else {
            Pushed::Exists
        })
    }

    /// `false` where a task with its unique key is there.
    pub(super) fn insert(&self, physical: &mut Physical) -> Result<bool> {
        let (statement, is_later) = match self.start {
            Start::Now => (&new_tasks::ADD, false),
            Start::After(_) => (&new_tasks::ADD_AFTER, true),
            Start::At(_) => (&new_tasks::ADD_AT, true),
        };
        let notifies = !is_later && physical.can_notify();
        let table = store::task_table(physical, store::TABLE);
        let text = sql::insert(table, statement, notifies);
        store::insert(physical, &text, &mut |params| self.write(params))
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(&self.uid);
        params.text(self.task);
        params.text(&self.payload);
        params.push(&self.key);
        params.push(&self.unique_key);
        params.i64(self.priority);
        params.i64(match self.start {
            Start::Now => 0,
            Start::After(delay) => store::millis(delay),
            Start::At(moment) => store::since_epoch(moment),
        });
        params.i64(self.max_attempts);
    }
}

fn checked(key: Option<String>) -> Result<Option<String>> {
    key.as_deref()
        .map_or(Ok(()), |key| ensure_short("key", key))?;
    Ok(key)
}

/// Refuses what the columns of the table would cut or refuse.
pub(super) fn ensure_short(what: &str, text: &str) -> Result<()> {
    if text.chars().count() <= LONGEST_KEY {
        return Ok(());
    }
    let why = format!("the {what} of a task is longer than {LONGEST_KEY} characters");
    Err(Error::new(ErrorKind::UnsupportedValue(why)))
}
