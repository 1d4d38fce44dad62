//! Tasks as types, and how one is written.

use std::time::{Duration, SystemTime};

/// Something that is to be done after a transaction, as a type. Derived: `#[derive(Serialize, Deserialize, Task)]`.
///
/// The value is stored as JSON. A later version of the program has to read what an earlier one wrote: add fields with
/// `#[serde(default)]`, and give a changed type another name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a task",
    label = "expected a type with `#[derive(Task)]`",
    note = "write `#[derive(serde::Serialize, serde::Deserialize, bindery::outbox::Task)]` above it"
)]
pub trait Task: ::serde::Serialize + ::serde::de::DeserializeOwned {
    /// The name it is stored under: up to 191 characters. Two types of one outbox have different names.
    const NAME: &'static str;

    /// How often it is tried before it counts as failed.
    const MAX_ATTEMPTS: u32 = 5;

    /// Tasks with a lower number run first.
    const PRIORITY: i32 = 0;

    /// Tasks with the same key run one after the other, in the order in which they were written; tasks of all types together.
    fn key(&self) -> Option<String> {
        None
    }

    /// While a task of this type with the same unique key waits, runs or has failed, no other one is written.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// How one task is written, where that differs from its type.
///
/// ```
/// use std::time::Duration;
/// use bindery::outbox::TaskOptions;
///
/// let tomorrow = TaskOptions::new().delay(Duration::from_hours(24)).key("user:7");
/// # let _ = tomorrow;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "options do nothing until a task is pushed with them"]
pub struct TaskOptions {
    pub(super) key: Option<String>,
    pub(super) unique_key: Option<String>,
    pub(super) start: Start,
    pub(super) priority: Option<i32>,
    pub(super) max_attempts: Option<u32>,
}

/// When a task may run first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Start {
    #[default]
    Now,
    After(Duration),
    At(SystemTime),
}

impl TaskOptions {
    /// Returns the options that the type has.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tasks with the same key run one after the other: up to 191 characters.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// No other task of the type with this unique key is written until this one is completed: up to 191 characters together with the
    /// name of the type.
    pub fn unique_key(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }

    /// It does not run before this time has passed since the statement that writes it, by the clock of the database.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.start = Start::After(delay);
        self
    }

    /// It does not run before this moment, by the clock of the database.
    pub fn run_at(mut self, moment: SystemTime) -> Self {
        self.start = Start::At(moment);
        self
    }

    /// Tasks with a lower number run first.
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = Some(priority);
        self
    }

    /// How often it is tried before it counts as failed; at least once.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }
}

/// The outcome of writing a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It is written.
    Added,
    /// A task of its type with the same unique key is there, and this one is not written.
    Exists,
}
