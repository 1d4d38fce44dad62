//! Runs a saga from where its log says it is, until it is over, has to wait, or belongs to another process. Every write of the log
//! holds only where the saga is as this process believes it to be, so whoever was lost for a while cannot write over another.

mod log;
mod setback;

use std::time::{Duration, Instant};

use super::Definition;
use super::failure::StepError;
use super::step::{AnyStep, Broken, Call};
use super::store::{self, Hold, Progress, Record, SagaState, Saved, Way};
use crate::driver::random;
use crate::error::Result;
use crate::link::backoff::Pauses;

use self::log::atomically;
pub(super) use self::log::{Log, Mode};

/// Beside the time of a step, before another process takes a saga that does not go on.
const MARGIN: Duration = Duration::from_secs(30);
/// How often other transactions may be in the way of one attempt.
const CONFLICTS: u32 = 10;
/// Another transaction was in the way.
const CONFLICT: Pauses = Pauses::doubling(Duration::from_millis(10), Duration::from_millis(640));

/// Why it is not run any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It is over, or waits for a person.
    Over,
    /// It is tried again later.
    Waits,
    /// Another process has it.
    Lost,
}

enum Flow {
    On,
    Stop(Stop),
}

/// A saga that this process has.
pub(super) struct Driver<'d> {
    log: Log<'d>,
    pub(super) saved: Saved,
    owner: String,
    /// Of steps that are done, as far as they were read or run here.
    records: Option<Vec<Record>>,
    conflicts: u32,
    stalled: Option<(Instant, Duration)>,
    /// The errors themselves, of which the log has the texts.
    pub(super) failure: Option<StepError>,
    pub(super) undo_failure: Option<StepError>,
}

impl<'d> Driver<'d> {
    pub(super) fn new(log: Log<'d>, saved: Saved, owner: String) -> Self {
        let stalled = saved.progress.stalled_ms.map(Duration::from_millis);
        Self {
            log,
            saved,
            owner,
            records: None,
            conflicts: 0,
            stalled: stalled.map(|base| (Instant::now(), base)),
            failure: None,
            undo_failure: None,
        }
    }

    /// Takes a saga that no process runs; `None` where another process was faster.
    pub(super) fn claim(log: Log<'d>, found: &Saved) -> Result<Option<Self>> {
        let owner = random::uid();
        let lease = lease_ms(log.definition, Duration::ZERO);
        if !log.on(|physical| store::claim(physical, found, &owner, lease))? {
            return Ok(None);
        }
        let saved = log.read(&found.id)?;
        let ours = saved.filter(|saved| saved.epoch == found.epoch + 1);
        Ok(ours.map(|saved| Self::new(log, saved, owner)))
    }

    /// Runs it for as long as there is something to be done.
    ///
    /// # Errors
    /// The log cannot be reached or written. The saga is as the log says, and can be resumed.
    pub(super) fn run(&mut self) -> Result<Stop> {
        while self.saved.progress.state.is_open() {
            if self.log.is_stopping() {
                let progress = self.saved.progress.clone();
                self.write(progress, Duration::ZERO, false, &[])?;
                return Ok(Stop::Waits);
            }
            let flow = match self.saved.progress.state {
                SagaState::Running => self.forward()?,
                SagaState::Compensating | SagaState::Pending => self.back()?,
                SagaState::ParkedForward
                | SagaState::ParkedBack
                | SagaState::Completed
                | SagaState::Failed => {
                    return Ok(Stop::Over);
                }
            };
            if let Flow::Stop(stop) = flow {
                return Ok(stop);
            }
        }
        Ok(Stop::Over)
    }

    fn forward(&mut self) -> Result<Flow> {
        let at = self.saved.progress.at;
        if let Some(why) = self.drift(None) {
            return self.park(SagaState::ParkedForward, at, &why);
        }
        let Some(step) = self.log.definition.steps.get(at) else {
            return self.park(SagaState::ParkedForward, at, "the program has no such step");
        };
        let previous = match at.checked_sub(1) {
            None => "null".to_owned(),
            Some(before) => match self.record(before)? {
                Some(record) => record.output,
                None => {
                    return self.park(
                        SagaState::ParkedForward,
                        at,
                        "the output of the step before is not there",
                    );
                }
            },
        };
        let is_last = at + 1 == self.log.definition.steps.len();
        let next = Progress {
            state: if is_last {
                SagaState::Completed
            } else {
                SagaState::Running
            },
            ..self.progress_at(at + 1)
        };
        let done = self.call(&**step, Way::Forward, at, (&previous, None), &next);
        match done {
            Ok(record) => self.done(&**step, record, next),
            Err(Broken::Lost) => self.adopt(),
            Err(Broken::Fenced) => {
                let error = "a process that ran it was lost, and it was given up";
                self.turn_back(&**step, StepError::permanent(error), false)
            }
            Err(Broken::Again) => self.conflict(),
            Err(Broken::Unreadable(why)) => self.park(SagaState::ParkedForward, at, &why),
            Err(Broken::Failed(error)) => self.failed_forward(&**step, error),
        }
    }

    fn back(&mut self) -> Result<Flow> {
        let left = self.saved.progress.at;
        let Some(at) = left.checked_sub(1) else {
            let over = Progress {
                state: SagaState::Failed,
                ..self.progress_at(0)
            };
            return self.write(over, Duration::ZERO, false, &[]);
        };
        if let Some(why) = self.drift(Some(left)) {
            return self.park(SagaState::ParkedBack, at, &why);
        }
        let step = &self.log.definition.steps[at];
        let state = if at == 0 {
            SagaState::Failed
        } else {
            SagaState::Compensating
        };
        let next = Progress {
            state,
            ..self.progress_at(at)
        };
        if !step.has_compensation() {
            return self.write(next, Duration::ZERO, true, &[]);
        }
        let Some(own) = self.record(at)? else {
            return self.park(
                SagaState::ParkedBack,
                at,
                "the output of the step is not there",
            );
        };
        let texts = (own.output.as_str(), own.written.as_deref());
        match self.call(&**step, Way::Back, at, texts, &next) {
            Ok(record) => self.done(&**step, record, next),
            Err(Broken::Lost) => self.adopt(),
            Err(Broken::Fenced | Broken::Again) => self.conflict(),
            Err(Broken::Unreadable(why)) => self.park(SagaState::ParkedBack, at, &why),
            Err(Broken::Failed(error)) => self.failed_back(&**step, error),
        }
    }

    /// The progress where nothing of this step or compensation was tried yet.
    fn progress_at(&self, at: usize) -> Progress {
        Progress {
            state: self.saved.progress.state,
            at,
            attempts: 0,
            failures: 0,
            doubt: false,
            stalled_ms: None,
            failed: self.saved.progress.failed.clone(),
            undo_failed: None,
        }
    }

    /// In what the steps differ from those that the saga was started with: all of them, or those up to a place.
    fn drift(&self, up_to: Option<usize>) -> Option<String> {
        let names = self.log.definition.step_names();
        let mut stored: Vec<&str> = self.saved.steps.split(',').collect();
        let mut now: Vec<&str> = names.split(',').collect();
        if let Some(up_to) = up_to {
            stored.truncate(up_to);
            now.truncate(up_to);
        }
        (stored != now).then(|| {
            format!(
                "it was started with the steps {}, and the program has the steps {}",
                stored.join(", "),
                now.join(", ")
            )
        })
    }

    fn call(
        &self,
        step: &dyn AnyStep,
        way: Way,
        at: usize,
        (output, written): (&str, Option<&str>),
        next: &Progress,
    ) -> Result<Record, Broken> {
        let saved = &self.saved;
        let hold = self.hold(next, Duration::ZERO, true);
        let direction = match way {
            Way::Forward => "",
            Way::Back => "-undo",
        };
        step_call(
            step,
            way,
            &Call {
                registry: self.log.registry,
                log: self.log.definition.log,
                saga: self.log.definition.name,
                id: &saved.id,
                uid: &saved.uid,
                at,
                key: format!("{}-{at}{direction}", saved.uid),
                is_repeated: saved.progress.attempts > 0
                    || saved.progress.doubt
                    || self.conflicts > 0,
                input: &saved.input,
                output,
                written,
                limit: self.log.definition.limit,
                is_current: &|physical| store::is_as_read(physical, saved),
                advance: &|physical| store::advance(physical, saved, next, hold),
            },
        )
    }

    /// Goes on after a step or compensation, which the log has already where the step is on its engine.
    fn done(&mut self, step: &dyn AnyStep, record: Record, next: Progress) -> Result<Flow> {
        if step.engine() != self.log.definition.log {
            return self.write(next, Duration::ZERO, true, &[record]);
        }
        self.reached(next);
        self.remember(record);
        Ok(Flow::On)
    }

    fn reached(&mut self, progress: Progress) {
        let is_elsewhere =
            (progress.state, progress.at) != (self.saved.progress.state, self.saved.progress.at);
        if is_elsewhere {
            self.conflicts = 0;
        }
        if progress.stalled_ms.is_none() {
            self.stalled = None;
        }
        self.saved.progress = progress;
    }

    fn remember(&mut self, record: Record) {
        if let Some(records) = &mut self.records {
            records.push(record);
        }
    }

    /// The record of a step that is done.
    fn record(&mut self, at: usize) -> Result<Option<Record>> {
        if self.records.is_none() {
            self.records = Some(self.log.records(&self.saved.uid)?);
        }
        let mut records = self.records.iter().flatten();
        Ok(records
            .find(|one| (one.at, one.way) == (at, Way::Forward))
            .cloned())
    }

    /// All records, for the outcome.
    pub(super) fn into_parts(self) -> (Saved, Option<StepError>, Option<StepError>) {
        (self.saved, self.failure, self.undo_failure)
    }

    fn hold(&self, to: &Progress, pause: Duration, keeps: bool) -> Hold<'_> {
        if keeps && to.state.is_open() {
            Hold::Mine(&self.owner, lease_ms(self.log.definition, pause))
        } else {
            Hold::Free(millis(pause))
        }
    }

    /// Writes progress into the log; with it, what was done elsewhere.
    fn write(
        &mut self,
        to: Progress,
        pause: Duration,
        keeps: bool,
        records: &[Record],
    ) -> Result<Flow> {
        let hold = self.hold(&to, pause, keeps);
        let was = &self.saved;
        let limit = match self.log.mode {
            Mode::Caller => self.log.definition.outage,
            Mode::Worker(_) => Duration::MAX,
        };
        let written = self.log.patiently(limit, |link| {
            atomically(link, |physical| {
                let is_ours = store::advance(physical, was, &to, hold)?;
                for record in records.iter().filter(|_| is_ours) {
                    store::insert_record(physical, true, &was.uid, record)?;
                }
                Ok(is_ours)
            })
        })?;
        if !written {
            return self.adopt();
        }
        self.reached(to);
        records
            .iter()
            .cloned()
            .for_each(|record| self.remember(record));
        Ok(Flow::On)
    }

    /// Goes on from where the log says the saga is, if this process has it still.
    fn adopt(&mut self) -> Result<Flow> {
        let Some(found) = self.log.read(&self.saved.id)? else {
            return Ok(Flow::Stop(Stop::Lost));
        };
        if (found.epoch, &found.uid) != (self.saved.epoch, &self.saved.uid) {
            return Ok(Flow::Stop(Stop::Lost));
        }
        self.records = None;
        self.saved = found;
        Ok(Flow::On)
    }
}

fn step_call(step: &dyn AnyStep, way: Way, call: &Call<'_>) -> Result<Record, Broken> {
    match way {
        Way::Forward => step.forward(call),
        Way::Back => step.back(call),
    }
}

/// For how long a process has a saga without a sign of life.
pub(super) fn lease_ms(definition: &Definition, pause: Duration) -> u64 {
    millis(
        definition
            .limit
            .saturating_add(MARGIN)
            .saturating_add(pause),
    )
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
