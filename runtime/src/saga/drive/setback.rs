//! The next move after a step or a compensation did not succeed: again, later, back, or a person has to look.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::super::failure::{Class, StepError};
use super::super::outcome::StepFailure;
use super::super::step::AnyStep;
use super::super::store::{self, Ended, Progress, Record, SagaState, Way};
use super::log::LOG_LIMIT;
use super::{CONFLICT, CONFLICTS, Driver, Flow, Mode, Stop, millis};
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Operation, Result, SagaError};

impl Driver<'_> {
    /// Another transaction was in the way: again soon.
    pub(super) fn conflict(&mut self) -> Result<Flow> {
        self.conflicts += 1;
        thread::sleep(CONFLICT.after(self.conflicts));
        if self.conflicts.is_multiple_of(CONFLICTS) {
            // For so long that the saga may not be this process's any more.
            return self.adopt();
        }
        Ok(Flow::On)
    }

    pub(super) fn failed_forward(&mut self, step: &dyn AnyStep, error: StepError) -> Result<Flow> {
        let class = error.class();
        if class == Class::Conflict && self.conflicts < CONFLICTS {
            return self.conflict();
        }
        let definition = self.log.definition;
        let tried = self.tried(class);
        let is_over = match class {
            Class::Permanent => true,
            Class::Outage | Class::Doubt => self.stalled_for() >= definition.outage,
            Class::Conflict | Class::Counted(_) => tried.failures >= definition.attempts(),
        };
        if is_over {
            return self.turn_back(step, error, tried.doubt);
        }
        self.pause(tried, class)
    }

    pub(super) fn failed_back(&mut self, step: &dyn AnyStep, error: StepError) -> Result<Flow> {
        let class = error.class();
        if class == Class::Conflict && self.conflicts < CONFLICTS {
            return self.conflict();
        }
        let attempts = self.log.definition.attempts();
        let mut tried = self.tried(class);
        tried.undo_failed = Some((step.name().to_owned(), error.text()));
        let counts = matches!(class, Class::Conflict | Class::Counted(_));
        let was = self.saved.progress.state;
        self.undo_failure = Some(error);
        if class == Class::Permanent || (counts && tried.failures >= attempts) {
            tried.state = SagaState::ParkedBack;
            let flow = self.write(tried, Duration::ZERO, false, &[])?;
            self.announce();
            return Ok(flow);
        }
        if tried.attempts < attempts && was == SagaState::Compensating {
            return self.pause(tried, class);
        }
        tried.state = SagaState::Pending;
        let pause = self.log.definition.pause(tried.attempts);
        let flow = self.write(tried, pause, false, &[])?;
        if was != SagaState::Pending {
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
        let mut pause = self.log.definition.pause(tried.attempts);
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
    pub(super) fn turn_back(
        &mut self,
        step: &dyn AnyStep,
        error: StepError,
        doubt: bool,
    ) -> Result<Flow> {
        let at = self.saved.progress.at;
        if doubt && step.engine() != self.log.definition.log {
            match self.fence(step, at) {
                Ok(None) => {}
                Ok(Some(record)) => {
                    let is_last = at + 1 == self.log.definition.steps.len();
                    let state = if is_last {
                        SagaState::Completed
                    } else {
                        SagaState::Running
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
            SagaState::Compensating
        } else {
            SagaState::Failed
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

    pub(super) fn park(&mut self, state: SagaState, at: usize, why: &str) -> Result<Flow> {
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
        if state == SagaState::ParkedForward {
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
            SagaState::Pending | SagaState::ParkedBack => {
                StepFailure::stored(progress.undo_failed.as_ref()).pending(&saga, &id)
            }
            SagaState::ParkedForward => {
                let reason = StepFailure::stored(progress.failed.as_ref()).message;
                SagaError::Parked { saga, id, reason }
            }
            SagaState::Running
            | SagaState::Compensating
            | SagaState::Completed
            | SagaState::Failed => return,
        };
        let engine = &self.log.registry.engines[self.log.definition.log];
        let error = Error::new(ErrorKind::Saga(problem)).during(Operation::Saga);
        engine
            .observer
            .emit_pending(&error.on_engine(engine.info.name()));
    }
}
