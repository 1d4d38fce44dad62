//! Runs a saga from where its log says it is, until it is over, has to wait, or belongs to another process. Every write of the log
//! holds only where the saga is as this process believes it to be, so whoever was lost for a while cannot write over another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Definition;
use super::failure::{Class, StepError};
use super::options::unique;
use super::outcome::StepFailure;
use super::step::{AnyStep, Broken, Call};
use super::store::{self, Ended, Hold, Progress, Record, Saved, State, Way};
use crate::databases::Registry;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Operation, Result, SagaError};
use crate::link::Link;

/// How long one write or read of the log may take.
const LOG_LIMIT: Duration = Duration::from_secs(10);
/// Beside the time of a step, before another process takes a saga that does not go on.
const MARGIN: Duration = Duration::from_secs(30);
/// How often other transactions may be in the way of one attempt.
const CONFLICTS: u32 = 10;
const CONFLICT_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_LOG_PAUSE: Duration = Duration::from_secs(1);

/// The kind of caller that runs a saga.
#[derive(Clone, Copy)]
pub(super) enum Mode<'d> {
    /// A caller, who waits for the outcome.
    Caller,
    /// A worker, which has others to run meanwhile, until this is set.
    Worker(&'d AtomicBool),
}

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

/// The log of a saga, on its engine.
#[derive(Clone, Copy)]
pub(super) struct Log<'d> {
    pub(super) registry: &'d Registry,
    pub(super) definition: &'d Definition,
    pub(super) mode: Mode<'d>,
}

impl Log<'_> {
    /// Runs work on the log's engine, which may be done more than once.
    pub(super) fn on<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        self.on_link(|link| link.protocol(work))
    }

    /// The same in one transaction.
    pub(super) fn atomically<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        self.on_link(|link| atomically(link, work))
    }

    fn on_link<T>(&self, work: impl FnOnce(&mut Link) -> Result<T>) -> Result<T> {
        let engine = &self.registry.engines[self.definition.log];
        let outcome = engine.pool.acquire_within(LOG_LIMIT).and_then(|mut link| {
            link.set_bound(Some(Instant::now() + LOG_LIMIT));
            work(&mut link)
        });
        outcome.map_err(|error| error.on_engine(engine.info.name).during(Operation::Saga))
    }

    fn is_stopping(&self) -> bool {
        match self.mode {
            Mode::Caller => false,
            Mode::Worker(stops) => stops.load(Ordering::Acquire),
        }
    }

    /// The same until the engine can be reached, within the limit and until a worker stops; what was lost on the way is done
    /// again.
    pub(super) fn patiently<T>(
        &self,
        limit: Duration,
        mut work: impl FnMut(&mut Link) -> Result<T>,
    ) -> Result<T> {
        let started = Instant::now();
        let mut pause = CONFLICT_PAUSE;
        loop {
            let outcome = self.on_link(&mut work);
            let Err(error) = outcome else {
                return outcome;
            };
            let passes =
                error.is_retryable() || error.is_outcome_unknown() || error.is_of_reaching();
            if !passes || self.is_stopping() || started.elapsed() + pause > limit {
                return Err(error);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_LOG_PAUSE);
        }
    }

    pub(super) fn read(&self, id: &str) -> Result<Option<Saved>> {
        let saga = self.definition.name;
        let read = |link: &mut Link| link.protocol(|physical| store::read(physical, saga, id));
        self.patiently(self.definition.retry.outage, read)
    }

    pub(super) fn records(&self, uid: &str) -> Result<Vec<Record>> {
        let read = |link: &mut Link| link.protocol(|physical| store::records(physical, true, uid));
        self.patiently(self.definition.retry.outage, read)
    }
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
        let owner = unique();
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
                State::Running => self.forward()?,
                State::Compensating | State::Pending => self.back()?,
                State::ParkedForward | State::ParkedBack | State::Completed | State::Failed => {
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
            return self.park(State::ParkedForward, at, &why);
        }
        let Some(step) = self.log.definition.steps.get(at) else {
            return self.park(State::ParkedForward, at, "the program has no such step");
        };
        let previous = match at.checked_sub(1) {
            None => "null".to_owned(),
            Some(before) => match self.record(before)? {
                Some(record) => record.output,
                None => {
                    return self.park(
                        State::ParkedForward,
                        at,
                        "the output of the step before is not there",
                    );
                }
            },
        };
        let is_last = at + 1 == self.log.definition.steps.len();
        let next = Progress {
            state: if is_last {
                State::Completed
            } else {
                State::Running
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
            Err(Broken::Unreadable(why)) => self.park(State::ParkedForward, at, &why),
            Err(Broken::Failed(error)) => self.failed_forward(&**step, error),
        }
    }

    fn back(&mut self) -> Result<Flow> {
        let left = self.saved.progress.at;
        let Some(at) = left.checked_sub(1) else {
            let over = Progress {
                state: State::Failed,
                ..self.progress_at(0)
            };
            return self.write(over, Duration::ZERO, false, &[]);
        };
        if let Some(why) = self.drift(Some(left)) {
            return self.park(State::ParkedBack, at, &why);
        }
        let step = &self.log.definition.steps[at];
        let state = if at == 0 {
            State::Failed
        } else {
            State::Compensating
        };
        let next = Progress {
            state,
            ..self.progress_at(at)
        };
        if !step.has_compensation() {
            return self.write(next, Duration::ZERO, true, &[]);
        }
        let Some(own) = self.record(at)? else {
            return self.park(State::ParkedBack, at, "the output of the step is not there");
        };
        let texts = (own.output.as_str(), own.written.as_deref());
        match self.call(&**step, Way::Back, at, texts, &next) {
            Ok(record) => self.done(&**step, record, next),
            Err(Broken::Lost) => self.adopt(),
            Err(Broken::Fenced | Broken::Again) => self.conflict(),
            Err(Broken::Unreadable(why)) => self.park(State::ParkedBack, at, &why),
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
            Mode::Caller => self.log.definition.retry.outage,
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

    /// Another transaction was in the way: again soon.
    fn conflict(&mut self) -> Result<Flow> {
        self.conflicts += 1;
        let doubled = 1u32.checked_shl(self.conflicts.min(7)).unwrap_or(1);
        thread::sleep(CONFLICT_PAUSE * doubled);
        if self.conflicts.is_multiple_of(CONFLICTS) {
            // For so long that the saga may not be this process's any more.
            return self.adopt();
        }
        Ok(Flow::On)
    }

    fn failed_forward(&mut self, step: &dyn AnyStep, error: StepError) -> Result<Flow> {
        let class = error.class();
        if class == Class::Conflict && self.conflicts < CONFLICTS {
            return self.conflict();
        }
        let retry = self.log.definition.retry;
        let tried = self.tried(class);
        let is_over = match class {
            Class::Permanent => true,
            Class::Outage | Class::Doubt => self.stalled_for() >= retry.outage,
            Class::Conflict | Class::Counted(_) => tried.failures >= retry.attempts,
        };
        if is_over {
            return self.turn_back(step, error, tried.doubt);
        }
        self.pause(tried, class)
    }

    fn failed_back(&mut self, step: &dyn AnyStep, error: StepError) -> Result<Flow> {
        let class = error.class();
        if class == Class::Conflict && self.conflicts < CONFLICTS {
            return self.conflict();
        }
        let attempts = self.log.definition.retry.attempts;
        let mut tried = self.tried(class);
        tried.undo_failed = Some((step.name().to_owned(), error.text()));
        let counts = matches!(class, Class::Conflict | Class::Counted(_));
        let was = self.saved.progress.state;
        self.undo_failure = Some(error);
        if class == Class::Permanent || (counts && tried.failures >= attempts) {
            tried.state = State::ParkedBack;
            let flow = self.write(tried, Duration::ZERO, false, &[])?;
            self.announce();
            return Ok(flow);
        }
        if tried.attempts < attempts && was == State::Compensating {
            return self.pause(tried, class);
        }
        tried.state = State::Pending;
        let pause = self.log.definition.retry.pause(tried.attempts);
        let flow = self.write(tried, pause, false, &[])?;
        if was != State::Pending {
            self.announce();
        }
        Ok(match flow {
            Flow::On => Flow::Stop(Stop::Waits),
            stop @ Flow::Stop(_) => stop,
        })
    }

    /// The progress after an attempt without success.
    fn tried(&mut self, class: Class) -> Progress {
        let mut to = self.saved.progress.clone();
        to.attempts = to.attempts.saturating_add(1);
        match class {
            Class::Permanent | Class::Conflict | Class::Counted(_) => {
                to.failures = to.failures.saturating_add(1);
                to.stalled_ms = None;
            }
            Class::Outage | Class::Doubt => {
                to.doubt |= class == Class::Doubt;
                let (since, base) = *self.stalled.get_or_insert((Instant::now(), Duration::ZERO));
                to.stalled_ms = Some(millis(since.elapsed() + base));
            }
        }
        to
    }

    fn stalled_for(&self) -> Duration {
        self.stalled
            .map_or(Duration::ZERO, |(since, base)| since.elapsed() + base)
    }

    /// Waits before the next attempt; a worker leaves it to whoever is free then.
    fn pause(&mut self, tried: Progress, class: Class) -> Result<Flow> {
        let mut pause = self.log.definition.retry.pause(tried.attempts);
        if let Class::Counted(Some(wanted)) = class {
            pause = pause.max(wanted);
        }
        let keeps = matches!(self.log.mode, Mode::Caller);
        let flow = self.write(tried, pause, keeps, &[])?;
        if matches!(flow, Flow::Stop(_)) {
            return Ok(flow);
        }
        if !keeps {
            return Ok(Flow::Stop(Stop::Waits));
        }
        self.conflicts = 0;
        thread::sleep(pause);
        Ok(Flow::On)
    }

    /// The step at hand has failed: those before it are compensated.
    fn turn_back(&mut self, step: &dyn AnyStep, error: StepError, doubt: bool) -> Result<Flow> {
        let at = self.saved.progress.at;
        if doubt && step.engine() != self.log.definition.log {
            match self.fence(step, at) {
                Ok(None) => {}
                Ok(Some(record)) => {
                    let is_last = at + 1 == self.log.definition.steps.len();
                    let state = if is_last {
                        State::Completed
                    } else {
                        State::Running
                    };
                    let next = Progress {
                        state,
                        ..self.progress_at(at + 1)
                    };
                    return self.write(next, Duration::ZERO, true, &[record]);
                }
                // It may be committed still, so nothing is compensated before that is known.
                Err(_) => {
                    let tried = self.tried(Class::Doubt);
                    return self.pause(tried, Class::Doubt);
                }
            }
        }
        let before = &self.log.definition.steps[..at];
        let state = if before.iter().any(|step| step.has_compensation()) {
            State::Compensating
        } else {
            State::Failed
        };
        let failed = Some((step.name().to_owned(), error.text()));
        let to = Progress {
            state,
            failed,
            ..self.progress_at(at)
        };
        self.failure = Some(error);
        self.write(to, Duration::ZERO, true, &[])
    }

    /// Sees to it that a step can never be committed any more; gives what it wrote where it is.
    fn fence(&self, step: &dyn AnyStep, at: usize) -> Result<Option<Record>> {
        let fence = Record {
            at,
            way: Way::Forward,
            step: step.name().to_owned(),
            outcome: Ended::Fenced,
            output: String::new(),
            written: None,
        };
        let uid = self.saved.uid.as_str();
        let pool = Arc::clone(&self.log.registry.engines[step.engine()].pool);
        let on = |work: &mut dyn FnMut(&mut Physical) -> Result<Vec<Record>>| {
            let mut link = pool.acquire_within(LOG_LIMIT)?;
            link.set_bound(Some(Instant::now() + LOG_LIMIT));
            link.protocol(work)
        };
        let mut insert = |physical: &mut Physical| {
            store::insert_record(physical, false, uid, &fence).map(|()| Vec::new())
        };
        match on(&mut insert) {
            Ok(_) => return Ok(None),
            Err(error) if error.is_unique_violation() => {}
            Err(error) => return Err(error),
        }
        let found = on(&mut |physical| store::records(physical, false, uid))?;
        let mark = found
            .into_iter()
            .find(|one| (one.at, one.way) == (at, Way::Forward));
        Ok(mark.filter(|mark| mark.outcome != Ended::Fenced))
    }

    fn park(&mut self, state: State, at: usize, why: &str) -> Result<Flow> {
        let step = self.saved.steps.split(',').nth(at).unwrap_or_default();
        let reason = Some((step.to_owned(), why.to_owned()));
        let was = &self.saved.progress;
        // It may have been run, and may be committed still: whoever goes on with it has to know.
        let mut to = Progress {
            state,
            attempts: was.attempts,
            doubt: was.doubt,
            ..self.progress_at(was.at)
        };
        if state == State::ParkedForward {
            to.failed = reason;
        } else {
            to.undo_failed = reason;
        }
        let flow = self.write(to, Duration::ZERO, false, &[])?;
        self.announce();
        Ok(flow)
    }

    /// Tells the log and subscribers of events that a saga is half done, and why.
    fn announce(&self) {
        let (saga, id) = (self.saved.saga.clone(), self.saved.id.clone());
        let progress = &self.saved.progress;
        let problem = match progress.state {
            State::Pending | State::ParkedBack => {
                StepFailure::stored(progress.undo_failed.as_ref()).pending(&saga, &id)
            }
            State::ParkedForward => {
                let reason = StepFailure::stored(progress.failed.as_ref()).message;
                SagaError::Parked { saga, id, reason }
            }
            State::Running | State::Compensating | State::Completed | State::Failed => return,
        };
        let engine = &self.log.registry.engines[self.log.definition.log];
        let error = Error::new(ErrorKind::Saga(problem)).during(Operation::Saga);
        engine
            .observer
            .emit_pending(&error.on_engine(engine.info.name));
    }
}

fn atomically<T>(link: &mut Link, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
    link.atomically(|link| link.call(Operation::Saga, |link| link.protocol(work)))
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
