//! Putting sagas together, step after step.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::StepError;
use super::step::{AnyStep, Step, StepContext, UndoContext, Undone};
use super::{Definition, Saga};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::retry::RetryPolicy;
use crate::link::transaction::Transaction;

/// The longest name of a saga or step, in bytes.
const LONGEST_NAME: usize = 64;

/// A saga that is being put together: `Prev` is the output of the last step so far.
#[must_use = "it does nothing until it is built"]
pub struct SagaBuilder<In, Prev> {
    definition: Definition,
    types: PhantomData<fn(In) -> Prev>,
}

/// A step whose compensation is still to be given. The last step needs none: where it fails, nothing of it is stored.
#[must_use = "give its compensation, `without_compensation`, or `build` after the last step"]
pub struct StepBuilder<In, Prev, E: Engine, Out, W = ()> {
    builder: SagaBuilder<In, Prev>,
    step: Step<E, In, Prev, Out, W>,
}

impl<In, Prev> std::fmt::Debug for SagaBuilder<In, Prev> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("SagaBuilder")
            .field(&self.definition.name)
            .finish()
    }
}

impl<In, Prev, E: Engine, Out, W> std::fmt::Debug for StepBuilder<In, Prev, E, Out, W> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("StepBuilder")
            .field(&self.step.name)
            .finish()
    }
}

impl<In, Prev> SagaBuilder<In, Prev> {
    pub(super) fn new(name: &'static str, log: usize) -> Self {
        let definition = Definition {
            name,
            log,
            steps: Vec::new(),
            retry: RetryPolicy::new(),
            outage: Duration::from_mins(1),
            limit: Duration::from_secs(30),
            join: Duration::from_secs(30),
        };
        Self {
            definition,
            types: PhantomData,
        }
    }

    /// Sets how often steps and compensations are tried, and with which pauses: five times unless set, after 100 ms up to 5 s. Waiting for an
    /// engine that cannot be reached, and for other transactions, does not count.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.definition.retry = retry;
        self
    }

    /// Sets for how long an engine that cannot be reached is waited for before its step has failed; a minute unless set. Compensations wait
    /// for as long as it takes.
    pub fn outage_limit(mut self, limit: Duration) -> Self {
        self.definition.outage = limit;
        self
    }

    /// Sets how long a step or compensation may take, waiting for its connection included; 30 s unless set. A call to another service
    /// is not cut off by it: give that a timeout of its own. Another process takes a saga whose own was lost half a minute after this.
    pub fn step_timeout(mut self, limit: Duration) -> Self {
        self.definition.limit = limit;
        self
    }

    /// Sets how long a second start of a saga waits for the first; 30 s unless set.
    pub fn join_timeout(mut self, limit: Duration) -> Self {
        self.definition.join = limit;
        self
    }

    /// Adds a step: a function on a transaction of an engine. What it returns is stored, as JSON, and handed to the next step and to its
    /// own compensation. Its compensation is given next.
    ///
    /// The function may be run again where it failed or its process was lost; then nothing of it is stored on its engine. A call to
    /// another service has to be given the [idempotency key](StepContext::idempotency_key).
    pub fn step<E, Out, F>(
        self,
        name: &'static str,
        engine: E,
        work: F,
    ) -> StepBuilder<In, Prev, E, Out>
    where
        E: Engine,
        F: Fn(&mut Transaction<'_, E>, &StepContext<'_, In, Prev>) -> Result<Out, StepError>
            + Send
            + Sync
            + 'static,
    {
        let step = Step {
            name,
            engine,
            work: Box::new(work),
            look: None,
            undo: None,
            types: PhantomData,
        };
        StepBuilder {
            builder: self,
            step,
        }
    }

    /// The saga.
    ///
    /// # Errors
    /// It has no step, two of one name, or a name that is empty, longer than 64 bytes or has a comma.
    pub fn build(self) -> Result<Saga<In, Prev>> {
        let names: Vec<_> = self
            .definition
            .steps
            .iter()
            .map(|step| step.name())
            .collect();
        for name in names.iter().copied().chain([self.definition.name]) {
            if name.is_empty() || name.len() > LONGEST_NAME || name.contains(',') {
                return Err(refused(format!(
                    "saga `{}`: the name `{name}` must have 1 to {LONGEST_NAME} bytes and no comma",
                    self.definition.name
                )));
            }
        }
        let twice = names
            .iter()
            .enumerate()
            .find(|(at, name)| names[..*at].contains(name));
        if let Some((_, name)) = twice {
            let saga = self.definition.name;
            return Err(refused(format!(
                "saga `{saga}` has two steps `{name}`: rename one"
            )));
        }
        if names.is_empty() {
            let saga = self.definition.name;
            return Err(refused(format!(
                "saga `{saga}` has no step: add one by `step`"
            )));
        }
        Ok(Saga {
            definition: Arc::new(self.definition),
            types: PhantomData,
        })
    }

    fn with(mut self, step: Box<dyn AnyStep>) -> Definition {
        self.definition.steps.push(step);
        self.definition
    }
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::Config(why)).during(Operation::Saga)
}

impl<In, Prev, E, Out> StepBuilder<In, Prev, E, Out>
where
    E: Engine,
{
    /// Reads what the step wrote: once when it is done, in its transaction, and again in that of its compensation, which sees by that
    /// whether it [was changed](UndoContext::is_changed) since.
    pub fn snapshot<W, F>(self, look: F) -> StepBuilder<In, Prev, E, Out, W>
    where
        F: Fn(&mut Transaction<'_, E>, &Out) -> Result<W, StepError> + Send + Sync + 'static,
    {
        let Step {
            name, engine, work, ..
        } = self.step;
        let step = Step {
            name,
            engine,
            work,
            look: Some(Box::new(look)),
            undo: None,
            types: PhantomData,
        };
        StepBuilder {
            builder: self.builder,
            step,
        }
    }
}

impl<In, Prev, E, Out, W> StepBuilder<In, Prev, E, Out, W>
where
    E: Engine,
    In: DeserializeOwned + 'static,
    Prev: DeserializeOwned + 'static,
    Out: Serialize + DeserializeOwned + 'static,
    W: Serialize + DeserializeOwned + 'static,
{
    /// Gives the compensation: a function on a transaction of the same engine, run where a later step fails. It is tried until it
    /// succeeds, or parked where it cannot; after that nothing of the step may be left.
    pub fn compensate<F>(mut self, undo: F) -> SagaBuilder<In, Out>
    where
        F: Fn(&mut Transaction<'_, E>, &UndoContext<'_, In, Out, W>) -> Result<Undone, StepError>
            + Send
            + Sync
            + 'static,
    {
        self.step.undo = Some(Box::new(undo));
        self.without_compensation()
    }

    /// Leaves what the step did where a later step fails: it has done nothing that has to be undone.
    pub fn without_compensation(self) -> SagaBuilder<In, Out> {
        let definition = self.builder.with(Box::new(self.step));
        SagaBuilder {
            definition,
            types: PhantomData,
        }
    }

    /// The saga, of which this is the last step.
    ///
    /// # Errors
    /// As [`SagaBuilder::build`].
    pub fn build(self) -> Result<Saga<In, Out>> {
        self.without_compensation().build()
    }
}
