//! Sagas: work of several steps on several engines that no transaction can span. Each step is a transaction of its own, with a
//! compensation that undoes it where a later step fails. How far a saga is stands in tables of one engine, so that it goes on, or is
//! undone, after its process is gone.
//!
//! ```
//! # use bindery_cases::examples::*;
//! use bindery::saga::{Saga, SagaOutcome, Undone};
//!
//! # fn main() -> bindery::Result<()> {
//! # let db = Databases::in_memory()?;
//! # db.create_missing()?;
//! let publish = Saga::<String>::builder("publish", engine::Default)
//!     .step("blog", engine::B, |tx, step| Ok(tx.blogs().insert(NewBlog::new(step.input()))?.id))
//!     .compensate(|tx, undo| {
//!         tx.blogs().delete(*undo.output())?;
//!         Ok(Undone::Done)
//!     })
//!     .step("author", engine::Default, |tx, step| {
//!         tx.users().insert(NewUser::new("ann@example.org"))?;
//!         Ok(*step.previous())
//!     })
//!     .build()?;
//! publish.create_tables(&db)?;
//!
//! match publish.run(&db, "first", "Hello".to_owned())? {
//!     SagaOutcome::Completed(blog) => println!("blog {}", blog.into_value()),
//!     other => println!("{other:?}"),
//! }
//! # Ok(())
//! # }
//! ```

mod builder;
mod drive;
pub(crate) mod error;
#[cfg(test)]
mod failpoint;
mod failure;
mod outcome;
#[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod server_tests;
mod step;
mod store;
mod summary;
mod worker;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use self::drive::{Driver, Log, Mode, Stop};
use self::outcome::compensated;
use self::step::AnyStep;
use self::store::{Hold, Progress, SagaState, Saved, Way};
use crate::databases::Registry;
use crate::driver::{Physical, random};
use crate::error::{Error, ErrorKind, Operation, Result, SagaError, json_problem};
use crate::link::backoff::{Backoff, Pauses};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::retry::RetryPolicy;
use bindery_core::dialect::Dialect;

pub use self::builder::{SagaBuilder, StepBuilder};
pub use self::failure::StepError;
pub use self::outcome::{CompensatedStep, SagaOutcome, StepFailure};
pub use self::step::{StepContext, UndoContext, Undone};
pub use self::summary::{SagaSummary, summary, summary_on};
pub use self::worker::{Worker, WorkerThreads};

/// Between two looks at a saga that is waited for.
const JOIN: Pauses = Pauses::doubling(Duration::from_millis(20), Duration::from_millis(500));
/// Before a step or compensation is tried again, unless its saga says otherwise; and how often it is tried.
const USUAL: Pauses =
    Pauses::doubling(Duration::from_millis(100), Duration::from_secs(5)).spread(0.5, 1.0);
const ATTEMPTS: u32 = 5;
/// How many sagas are forgotten at a time.
const BATCH: usize = 500;

/// A saga as compiled in.
struct Definition {
    name: &'static str,
    /// Position of the engine that keeps its log.
    log: usize,
    steps: Vec<Box<dyn AnyStep>>,
    retry: RetryPolicy,
    /// How long an engine that cannot be reached is waited for.
    outage: Duration,
    /// How long a step may take.
    limit: Duration,
    /// How long a second start waits for the first.
    join: Duration,
}

impl Definition {
    /// How often a step or compensation is tried.
    fn attempts(&self) -> u32 {
        self.retry.set_attempts().unwrap_or(ATTEMPTS)
    }

    /// The pause after this number of attempts.
    fn pause(&self, tried: u32) -> Duration {
        self.retry.pauses(USUAL).after(tried)
    }

    fn step_names(&self) -> String {
        let names: Vec<_> = self.steps.iter().map(|step| step.name()).collect();
        names.join(",")
    }
}

/// A saga: its steps, and how they are undone. A clone is the same saga. Begin with [`builder`](Saga::builder).
pub struct Saga<In, Out = ()> {
    definition: Arc<Definition>,
    types: PhantomData<fn(In) -> Out>,
}

impl<In, Out> Clone for Saga<In, Out> {
    fn clone(&self) -> Self {
        Self {
            definition: Arc::clone(&self.definition),
            types: PhantomData,
        }
    }
}

impl<In, Out> fmt::Debug for Saga<In, Out> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Saga")
            .field("name", &self.definition.name)
            .field("steps", &self.definition.step_names())
            .finish_non_exhaustive()
    }
}

impl<In> Saga<In> {
    /// Begins a saga of this name, whose log is kept by this engine. The name stands in the log: a saga whose steps change gets
    /// another name (`sign_up_2`), so that those that were started before are not mistaken for it.
    pub fn builder<E: Engine>(name: &'static str, log: E) -> SagaBuilder<In, ()> {
        SagaBuilder::new(name, log.index())
    }
}

impl<In, Out> Saga<In, Out>
where
    In: Serialize + DeserializeOwned + 'static,
    Out: Serialize + DeserializeOwned + 'static,
{
    /// Creates the tables that the saga needs, on the engines of its log and of its steps, where they are missing. It may be called at
    /// each start of a program, where its users may create tables; otherwise see [`table_sql`].
    ///
    /// # Errors
    /// An engine cannot be reached, or refuses.
    pub fn create_tables(&self, db: &impl AsRef<Registry>) -> Result<()> {
        for (engine, keeps_log) in self.engines() {
            let engine = &db.as_ref().engines[engine];
            let created = engine
                .pool
                .acquire()
                .and_then(|mut link| link.protocol(|physical| store::create(physical, keeps_log)));
            created.map_err(|error| {
                error
                    .on_engine(engine.info.name())
                    .during(Operation::Create)
            })?;
        }
        Ok(())
    }

    /// Positions of its engines, and whether they keep the log.
    fn engines(&self) -> Vec<(usize, bool)> {
        let log = self.definition.log;
        let mut others: Vec<usize> = self
            .definition
            .steps
            .iter()
            .map(|step| step.engine())
            .collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|engine| *engine != log);
        std::iter::once((log, true))
            .chain(others.into_iter().map(|engine| (engine, false)))
            .collect()
    }

    /// Runs a saga until it is over, or until a compensation has to wait. The id is the caller's own: a second call with the same
    /// id does nothing twice. It waits for the first, goes on where the first was lost, and gives its outcome.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use bindery::saga::Saga;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let greet = Saga::<String>::builder("greet", engine::Default)
    ///     .step("user", engine::Default, |tx, step| {
    ///         Ok(tx.users().insert(NewUser::new(step.input()))?.id)
    ///     })
    ///     .build()?;
    /// greet.create_tables(&db)?;
    /// let first = greet.run(&db, "17", "ann@example.org".to_owned())?.completed()?;
    /// let again = greet.run(&db, "17", "ann@example.org".to_owned())?.completed()?;
    /// assert_eq!(first, again);
    /// assert_eq!(db.users().count()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The id or the parameters cannot be stored, the log cannot be reached, or its tables are not there. A failing step is no
    /// error: it is in the outcome. Where the log could be written before, a [`Worker`] or another call goes on later.
    pub fn run(&self, db: &impl AsRef<Registry>, id: &str, input: In) -> Result<SagaOutcome<Out>> {
        let input = self.input(&input)?;
        let log = self.log(db.as_ref());
        let owner = random::uid();
        let new = self.new_saga(id, input)?;
        let hold = Hold::Mine(&owner, drive::lease_ms(&self.definition, Duration::ZERO));
        let mut is_new = log.patiently(self.definition.outage, |link| {
            link.protocol(|physical| store::insert(physical, &new, hold))
        })?;
        if !is_new {
            // The answer to the insert was lost, and it was done.
            is_new = log
                .read(id)?
                .is_some_and(|found| found.uid == new.uid && found.epoch == 1);
        }
        if is_new {
            let driver = Driver::new(log, new.clone(), owner);
            if let Some(outcome) = self.driven(log, driver)? {
                return Ok(outcome);
            }
        }
        self.join(log, &new)
    }

    /// Stores a saga for a [`Worker`] to run; with a transaction on the log's engine as part of that: it is there if that is
    /// committed. `false` where there is one of this id.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # use bindery::saga::Saga;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let greet = Saga::<String>::builder("greet", engine::Default)
    /// #     .step("user", engine::Default, |_, _| Ok(()))
    /// #     .build()?;
    /// # greet.create_tables(&db)?;
    /// db.default()?.transaction(|tx| {
    ///     let user = tx.users().insert(NewUser::new("ann@example.org"))?;
    ///     greet.enqueue(tx, &user.id.to_string(), "hello".to_owned())
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run); [`SagaError::OtherEngine`] where the connection is not the log's, and [`SagaError::OtherInput`] where the
    /// id is taken by a saga with other parameters.
    pub fn enqueue<E: Engine>(&self, on: &mut Connection<E>, id: &str, input: In) -> Result<bool> {
        let input = self.input(&input)?;
        let new = self.new_saga(id, input)?;
        if on.engine().index() != self.definition.log {
            let log = on.link.pool().engine();
            return Err(self.error(SagaError::OtherEngine { log }));
        }
        let insert =
            |link: &mut crate::link::Link| link.protocol(|physical| self.insert(physical, &new));
        let name = on.engine().name();
        let inserted = on.link.call(Operation::Saga, insert);
        inserted.map_err(|error| error.on_engine(name).during(Operation::Saga))
    }

    /// Inserts where there is none of the id; another transaction may do the same meanwhile.
    fn insert(&self, physical: &mut Physical, new: &Saved) -> Result<bool> {
        loop {
            if store::insert(physical, new, Hold::Free(0))? {
                return Ok(true);
            }
            // Where it was deleted since, the id is free.
            if let Some(found) = store::read_latest(physical, &new.saga, &new.id)? {
                return self.ensure_same(&found, new).map(|()| false);
            }
        }
    }

    /// The outcome of a saga, or how far it is; `None` where there is none of this id.
    ///
    /// # Errors
    /// The log cannot be reached or read.
    pub fn outcome(&self, db: &impl AsRef<Registry>, id: &str) -> Result<Option<SagaOutcome<Out>>> {
        let log = self.log(db.as_ref());
        let found = log.on(|physical| store::read_saga(physical, self.definition.name, id))?;
        found
            .map(|saved| self.outcome_of(log, saved, None, None))
            .transpose()
    }

    /// Lets a saga go on that waits for a person: the next call of [`run`](Self::run) or a [`Worker`] does so.
    ///
    /// # Errors
    /// [`SagaError::NotParked`] where it does not wait for that; the log cannot be reached.
    pub fn retry(&self, db: &impl AsRef<Registry>, id: &str) -> Result<()> {
        let log = self.log(db.as_ref());
        let not_parked = || {
            let (saga, id) = (self.definition.name.to_owned(), id.to_owned());
            self.error(SagaError::NotParked { saga, id })
        };
        let saved = log.read(id)?.ok_or_else(not_parked)?;
        let state = match saved.progress.state {
            SagaState::ParkedForward => SagaState::Running,
            SagaState::ParkedBack | SagaState::Pending => SagaState::Compensating,
            SagaState::Running
            | SagaState::Compensating
            | SagaState::Completed
            | SagaState::Failed => {
                return Err(not_parked());
            }
        };
        let to = Progress {
            state,
            attempts: 0,
            failures: 0,
            // An earlier attempt may have left something, and may be committed still.
            doubt: saved.progress.doubt || saved.progress.attempts > 0,
            stalled_ms: None,
            ..saved.progress.clone()
        };
        if log.on(|physical| store::advance(physical, &saved, &to, Hold::Free(0)))? {
            Ok(())
        } else {
            Err(not_parked())
        }
    }

    /// Deletes what is stored of sagas that have been over for this long: those that completed, and those that failed and are
    /// compensated. Their ids can be used again then. Returns how many there were.
    ///
    /// The age is at least the [`step_timeout`](SagaBuilder::step_timeout) and half a minute: what is stored keeps processes that were
    /// lost for a while from running a step once more.
    ///
    /// # Errors
    /// [`SagaError::TooFresh`] where the age is below that; an engine cannot be reached. What was deleted before stays deleted.
    pub fn forget_finished(
        &self,
        db: &impl AsRef<Registry>,
        older_than: Duration,
    ) -> Result<usize> {
        let log = self.log(db.as_ref());
        let age = u64::try_from(older_than.as_millis()).unwrap_or(u64::MAX);
        let shortest_ms = drive::lease_ms(&self.definition, Duration::ZERO);
        if age < shortest_ms {
            let shortest = Duration::from_millis(shortest_ms);
            return Err(self.error(SagaError::TooFresh { shortest }));
        }
        let mut forgotten = 0;
        loop {
            let over =
                log.on(|physical| store::over(physical, self.definition.name, age, BATCH))?;
            for (id, uid) in &over {
                self.forget(log, id, uid)?;
            }
            forgotten += over.len();
            if over.len() < BATCH {
                return Ok(forgotten);
            }
        }
    }

    /// Deletes the marks first: as long as they are there, so is the saga, and it is found again.
    fn forget(&self, log: Log<'_>, id: &str, uid: &str) -> Result<()> {
        let engines = self.engines().into_iter();
        for (engine, _) in engines.filter(|(_, keeps_log)| !keeps_log) {
            let other = &log.registry.engines[engine];
            let gone = other.pool.acquire().and_then(|mut link| {
                link.protocol(|physical| store::forget_records(physical, false, uid))
            });
            gone.map_err(|error| error.on_engine(other.info.name()).during(Operation::Saga))?;
        }
        log.atomically(|physical| {
            store::forget_records(physical, true, uid)?;
            store::forget(physical, self.definition.name, id, uid)
        })
    }

    fn log<'d>(&'d self, db: &'d Registry) -> Log<'d> {
        Log {
            registry: db,
            definition: &self.definition,
            mode: Mode::Caller,
        }
    }

    fn error(&self, problem: SagaError) -> Error {
        Error::new(ErrorKind::Saga(problem)).during(Operation::Saga)
    }

    fn input(&self, input: &In) -> Result<String> {
        serde_json::to_string(input).map_err(|error| {
            let problem = format!("its parameters cannot be written as JSON: {error}");
            self.error(SagaError::Json {
                saga: self.definition.name.to_owned(),
                problem,
            })
        })
    }

    fn new_saga(&self, id: &str, input: String) -> Result<Saved> {
        if id.is_empty() || id.chars().count() > store::LONGEST_ID || id.contains('\0') {
            return Err(self.error(SagaError::Id));
        }
        Ok(Saved {
            saga: self.definition.name.to_owned(),
            id: id.to_owned(),
            uid: random::uid(),
            steps: self.definition.step_names(),
            input,
            progress: Progress {
                state: SagaState::Running,
                at: 0,
                attempts: 0,
                failures: 0,
                doubt: false,
                stalled_ms: None,
                failed: None,
                undo_failed: None,
            },
            epoch: 1,
            is_due: false,
        })
    }

    fn ensure_same(&self, found: &Saved, new: &Saved) -> Result<()> {
        let value = |saved: &Saved| serde_json::from_str::<serde_json::Value>(&saved.input).ok();
        if value(found) == value(new) {
            return Ok(());
        }
        let (saga, id) = (new.saga.clone(), new.id.clone());
        Err(self.error(SagaError::OtherInput { saga, id }))
    }

    /// Runs it as far as it goes now; `None` where another process has it.
    fn driven(&self, log: Log<'_>, mut driver: Driver<'_>) -> Result<Option<SagaOutcome<Out>>> {
        if driver.run()? == Stop::Lost {
            return Ok(None);
        }
        let (saved, failure, undo_failure) = driver.into_parts();
        self.outcome_of(log, saved, failure, undo_failure).map(Some)
    }

    /// The outcome of a saga that was started before, which is waited for or gone on with.
    fn join(&self, log: Log<'_>, new: &Saved) -> Result<SagaOutcome<Out>> {
        let started = Instant::now();
        let mut looks = Backoff::new(JOIN);
        loop {
            let Some(found) = log.read(&new.id)? else {
                let (saga, id) = (new.saga.clone(), new.id.clone());
                return Ok(SagaOutcome::Running { saga, id });
            };
            self.ensure_same(&found, new)?;
            let is_open = found.progress.state.is_open();
            if is_open && found.is_due {
                if let Some(driver) = Driver::claim(log, &found)?
                    && let Some(outcome) = self.driven(log, driver)?
                {
                    return Ok(outcome);
                }
                continue;
            }
            let is_waiting = found.progress.state == SagaState::Pending;
            let pause = looks.failed();
            if !is_open || is_waiting || started.elapsed() + pause > self.definition.join {
                return self.outcome_of(log, found, None, None);
            }
            thread::sleep(pause);
        }
    }

    fn outcome_of(
        &self,
        log: Log<'_>,
        saved: Saved,
        failure: Option<StepError>,
        undo_failure: Option<StepError>,
    ) -> Result<SagaOutcome<Out>> {
        let Saved {
            saga,
            id,
            uid,
            progress,
            ..
        } = saved;
        let stored = |failed: Option<&(String, String)>, error| StepFailure {
            error,
            ..StepFailure::stored(failed)
        };
        let failure = stored(progress.failed.as_ref(), failure);
        let compensation = stored(progress.undo_failed.as_ref(), undo_failure);
        Ok(match progress.state {
            SagaState::Completed => SagaOutcome::Completed(self.output(log, &uid)?),
            SagaState::Failed => {
                let compensated = compensated(&log.records(&uid)?);
                SagaOutcome::Failed {
                    failure,
                    compensated,
                }
            }
            SagaState::Pending | SagaState::ParkedBack => SagaOutcome::CompensationPending {
                saga,
                id,
                failure,
                compensation,
                compensated: compensated(&log.records(&uid)?),
                is_parked: progress.state == SagaState::ParkedBack,
            },
            SagaState::ParkedForward => SagaOutcome::Parked {
                saga,
                id,
                reason: failure.message,
            },
            SagaState::Running | SagaState::Compensating => SagaOutcome::Running { saga, id },
        })
    }

    fn output(&self, log: Log<'_>, uid: &str) -> Result<Out> {
        let records = log.records(uid)?;
        let forward = records.iter().filter(|record| record.way == Way::Forward);
        let last = forward.max_by_key(|record| record.at);
        let text = last.map_or("null", |record| record.output.as_str());
        serde_json::from_str(text).map_err(|error| {
            let problem = format!("its output cannot be read: {}", json_problem(&error));
            self.error(SagaError::Json {
                saga: self.definition.name.to_owned(),
                problem,
            })
        })
    }
}

/// The statements that create the tables of sagas, for a migration: on the engine that keeps the log, or on one that only has
/// steps. Each is skipped where its table is there.
pub fn table_sql(dialect: Dialect, keeps_log: bool) -> Vec<String> {
    store::statements(dialect, keeps_log)
        .map(str::to_owned)
        .collect()
}
