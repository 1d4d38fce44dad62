//! One step: its function and its compensation, each in a transaction of the step's engine, with what is written of them.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::StepError;
use super::store::{self, Ended, Record, Way};
use crate::databases::Registry;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Operation, Result, SagaError, json_problem};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::transaction::Transaction;

/// Holds what a step knows beside its transaction.
#[derive(Debug)]
pub struct StepContext<'c, In, Prev> {
    input: &'c In,
    previous: &'c Prev,
    call: &'c Call<'c>,
}

impl<In, Prev> StepContext<'_, In, Prev> {
    /// The parameters that the saga was started with.
    pub fn input(&self) -> &In {
        self.input
    }

    /// The output of the step before; `()` in the first.
    pub fn previous(&self) -> &Prev {
        self.previous
    }

    /// The id that the saga was started with.
    pub fn saga_id(&self) -> &str {
        self.call.id
    }

    /// A key for calls to other services: the same each time that this step of this saga is run, and never that of another. What
    /// it names has to be done once, however often the call is made.
    pub fn idempotency_key(&self) -> &str {
        &self.call.key
    }

    /// Returns whether the step may have been run before. Nothing of that is stored on its engine, but calls to other services may have
    /// been made.
    pub fn is_repeated(&self) -> bool {
        self.call.is_repeated
    }
}

/// Holds what a compensation knows beside its transaction: the output of its step, and what became of its rows.
#[derive(Debug)]
pub struct UndoContext<'c, In, Out, W> {
    input: &'c In,
    output: &'c Out,
    written: Option<W>,
    current: Option<W>,
    is_changed: bool,
    call: &'c Call<'c>,
}

impl<In, Out, W> UndoContext<'_, In, Out, W> {
    /// The parameters that the saga was started with.
    pub fn input(&self) -> &In {
        self.input
    }

    /// The output of the step.
    pub fn output(&self) -> &Out {
        self.output
    }

    /// The step's [snapshot](super::StepBuilder::snapshot) as it was when the step was done; `None` where it has none.
    pub fn written(&self) -> Option<&W> {
        self.written.as_ref()
    }

    /// The snapshot as it is now; `None` where the step has none.
    pub fn current(&self) -> Option<&W> {
        self.current.as_ref()
    }

    /// Returns whether the snapshot is another than when the step was done; `false` where the step has none.
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// The id that the saga was started with.
    pub fn saga_id(&self) -> &str {
        self.call.id
    }

    /// As [`StepContext::idempotency_key`]; another than that of the step itself.
    pub fn idempotency_key(&self) -> &str {
        &self.call.key
    }

    /// Returns whether the compensation may have been run before. Nothing of that is stored on its engine.
    pub fn is_repeated(&self) -> bool {
        self.call.is_repeated
    }
}

/// The end of a compensation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Undone {
    /// Nothing of the step is left.
    Done,
    /// The rows of the step were changed since, and are left as they are: the saga's outcome reports that.
    LeftChanged,
}

/// One run of a step or of its compensation.
pub(super) struct Call<'c> {
    pub(super) registry: &'c Registry,
    pub(super) log: usize,
    pub(super) saga: &'static str,
    pub(super) id: &'c str,
    pub(super) uid: &'c str,
    pub(super) at: usize,
    pub(super) key: String,
    pub(super) is_repeated: bool,
    pub(super) input: &'c str,
    /// Of the step before; on the way back of the step itself.
    pub(super) output: &'c str,
    pub(super) written: Option<&'c str>,
    pub(super) limit: Duration,
    /// Finds whether the saga is still where this process believes it to be.
    pub(super) is_current: &'c dyn Fn(&mut Physical) -> Result<bool>,
    /// Writes the progress that the step makes, in its transaction; `false` where another process has the saga now.
    pub(super) advance: &'c dyn Fn(&mut Physical) -> Result<bool>,
}

impl std::fmt::Debug for Call<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Call")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Why a step was not done.
pub(super) enum Broken {
    /// Another process has the saga now.
    Lost,
    /// The step was given up before, and can never be committed.
    Fenced,
    /// Another process is at the same step, or was: it has to be looked at again.
    Again,
    /// The log has texts that this program cannot read.
    Unreadable(String),
    Failed(StepError),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

/// A step of any types.
pub(super) trait AnyStep: Send + Sync {
    fn name(&self) -> &'static str;

    /// Position of its engine among those of the program.
    fn engine(&self) -> usize;

    fn has_compensation(&self) -> bool;

    /// Runs the step, once for good: where it was done before, gives what it wrote then.
    fn forward(&self, call: &Call<'_>) -> Result<Record, Broken>;

    /// Runs its compensation likewise.
    fn back(&self, call: &Call<'_>) -> Result<Record, Broken>;
}

type Work<E, In, Prev, Out> = Box<
    dyn Fn(&mut Transaction<'_, E>, &StepContext<'_, In, Prev>) -> Result<Out, StepError>
        + Send
        + Sync,
>;
type Look<E, Out, W> =
    Box<dyn Fn(&mut Transaction<'_, E>, &Out) -> Result<W, StepError> + Send + Sync>;
type Undo<E, In, Out, W> = Box<
    dyn Fn(&mut Transaction<'_, E>, &UndoContext<'_, In, Out, W>) -> Result<Undone, StepError>
        + Send
        + Sync,
>;

pub(super) struct Step<E: Engine, In, Prev, Out, W> {
    pub(super) name: &'static str,
    pub(super) engine: E,
    pub(super) work: Work<E, In, Prev, Out>,
    pub(super) look: Option<Look<E, Out, W>>,
    pub(super) undo: Option<Undo<E, In, Out, W>>,
    pub(super) types: PhantomData<fn(In, Prev) -> Out>,
}

impl<E, In, Prev, Out, W> AnyStep for Step<E, In, Prev, Out, W>
where
    E: Engine,
    In: DeserializeOwned,
    Prev: DeserializeOwned,
    Out: Serialize + DeserializeOwned,
    W: Serialize + DeserializeOwned,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn engine(&self) -> usize {
        self.engine.index()
    }

    fn has_compensation(&self) -> bool {
        self.undo.is_some()
    }

    fn forward(&self, call: &Call<'_>) -> Result<Record, Broken> {
        let input: In = parse(call.input, "its parameters")?;
        let previous: Prev = parse(call.output, "the output of the step before")?;
        self.once(call, Way::Forward, |tx| {
            let context = StepContext {
                input: &input,
                previous: &previous,
                call,
            };
            let output = (self.work)(tx, &context)?;
            let written = self
                .look
                .as_ref()
                .map(|look| look(tx, &output))
                .transpose()?;
            let written = written.map(|written| json(call, &written)).transpose()?;
            Ok((Ended::Done, json(call, &output)?, written))
        })
    }

    fn back(&self, call: &Call<'_>) -> Result<Record, Broken> {
        let input: In = parse(call.input, "its parameters")?;
        let output: Out = parse(call.output, "the output of the step")?;
        let written: Option<W> = call
            .written
            .map(|text| parse(text, "the snapshot of the step"))
            .transpose()?;
        self.once(call, Way::Back, move |tx| {
            let current = self
                .look
                .as_ref()
                .map(|look| look(tx, &output))
                .transpose()?;
            let context = UndoContext {
                input: &input,
                output: &output,
                is_changed: is_changed(call, current.as_ref())?,
                written,
                current,
                call,
            };
            let undone = self
                .undo
                .as_ref()
                .map(|undo| undo(tx, &context))
                .transpose()?;
            let ended = match undone {
                Some(Undone::LeftChanged) => Ended::Skipped,
                Some(Undone::Done) | None => Ended::Done,
            };
            Ok((ended, "null".to_owned(), None))
        })
    }
}

type Wrote = (Ended, String, Option<String>);

impl<E: Engine, In, Prev, Out, W> Step<E, In, Prev, Out, W> {
    /// Runs `work` in a transaction that also writes that it was done; where it was done before, `work` is not run.
    fn once(
        &self,
        call: &Call<'_>,
        way: Way,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<Wrote, StepError>,
    ) -> Result<Record, Broken> {
        let until = Instant::now() + call.limit;
        let pool = call.registry.pool(self.engine);
        let mut link = pool.acquire_within(call.limit)?;
        link.set_bound(Some(until));
        let mut connection = Connection::new(self.engine, link);
        let mut tx = connection.begin()?;
        let is_log = self.engine.index() == call.log;
        let mut record = Record {
            at: call.at,
            way,
            step: self.name.to_owned(),
            outcome: Ended::Done,
            output: String::new(),
            written: None,
        };
        if let Some(found) = self.begin(&mut tx, call, &record, is_log)? {
            return Ok(found);
        }
        reached("began", &record);
        let worked = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
        match worked {
            Ok(Ok(wrote)) => (record.outcome, record.output, record.written) = wrote,
            Ok(Err(error)) => return Err(rolled_back(tx, error)),
            Err(_) => return Err(rolled_back(tx, StepError::panicked())),
        }
        reached("worked", &record);
        self.end(&mut tx, call, &record, is_log)?;
        reached("recorded", &record);
        tx.commit()?;
        reached("committed", &record);
        Ok(record)
    }

    /// Before the work: nothing where it is still to be done.
    fn begin(
        &self,
        tx: &mut Transaction<'_, E>,
        call: &Call<'_>,
        record: &Record,
        is_log: bool,
    ) -> Result<Option<Record>, Broken> {
        if is_log {
            let is_current = self.protocol(tx, |physical| (call.is_current)(physical))?;
            return if is_current {
                Ok(None)
            } else {
                Err(Broken::Lost)
            };
        }
        let found = self.protocol(tx, |physical| store::records(physical, false, call.uid));
        let found = found.map_err(without_marks)?;
        let found = found
            .into_iter()
            .find(|one| (one.at, one.way) == (record.at, record.way));
        match found {
            Some(found) if found.outcome == Ended::Fenced => return Err(Broken::Fenced),
            Some(found) => return Ok(Some(found)),
            None => {}
        }
        // Another worker at this step waits here for the end of this transaction, or this one for that of the other.
        match self.protocol(tx, |physical| {
            store::insert_record(physical, false, call.uid, record)
        }) {
            Ok(()) => Ok(None),
            Err(error) if error.is_unique_violation() => Err(Broken::Again),
            Err(error) => Err(error.into()),
        }
    }

    fn end(
        &self,
        tx: &mut Transaction<'_, E>,
        call: &Call<'_>,
        record: &Record,
        is_log: bool,
    ) -> Result<(), Broken> {
        if !is_log {
            self.protocol(tx, |physical| {
                store::complete_mark(physical, call.uid, record)
            })?;
            return Ok(());
        }
        if !self.protocol(tx, |physical| (call.advance)(physical))? {
            return Err(Broken::Lost);
        }
        self.protocol(tx, |physical| {
            store::insert_record(physical, true, call.uid, record)
        })?;
        Ok(())
    }

    fn protocol<T>(
        &self,
        tx: &mut Transaction<'_, E>,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        let done = tx.link.call(Operation::Saga, |link| link.protocol(work));
        done.map_err(|error| error.on_engine(self.engine.name()).during(Operation::Saga))
    }
}

/// Whether the snapshot is another than the one that is stored.
fn is_changed<W: Serialize>(call: &Call<'_>, current: Option<&W>) -> Result<bool, StepError> {
    let Some(current) = current else {
        return Ok(false);
    };
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let current = json(call, current)?;
    Ok(value(&current) != call.written.and_then(value))
}

/// The caller waits for its answer, so the rollback may take as long as any statement.
fn rolled_back<E: Engine>(tx: Transaction<'_, E>, error: StepError) -> Broken {
    tx.give_up();
    Broken::Failed(error)
}

/// The only table that is read there is ours.
fn without_marks(error: Error) -> Broken {
    if *error.kind() != ErrorKind::SchemaMismatch {
        return error.into();
    }
    let missing = Error::new(ErrorKind::Saga(SagaError::NoTable {
        table: store::MARKS,
    }));
    let engine = error.engine();
    let missing = engine.into_iter().fold(missing, Error::on_engine);
    Broken::Failed(StepError::permanent(missing.during(Operation::Saga)))
}

fn parse<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Broken> {
    // The program's own code may be at work in it.
    let parsed = catch_unwind(|| serde_json::from_str(text));
    let reason = match parsed {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => json_problem(&error),
        Err(_) => "the program panicked".to_owned(),
    };
    Err(Broken::Unreadable(format!(
        "{what} cannot be read: {reason}"
    )))
}

fn json<T: Serialize>(call: &Call<'_>, value: &T) -> Result<String, StepError> {
    let written = serde_json::to_string(value).map_err(|error| {
        let problem = format!("an output cannot be written as JSON: {error}");
        Error::new(ErrorKind::Saga(SagaError::Json {
            saga: call.saga.to_owned(),
            problem,
        }))
    });
    written.map_err(StepError::permanent)
}

#[cfg(test)]
use super::failpoint::reached;

#[cfg(not(test))]
#[inline]
fn reached(_: &str, _: &Record) {}
