//! Claiming: how far a look goes, what is claimed in it, and when the next one is made.

use std::time::{Duration, Instant};

use super::{ClaimOutcome, Dispatcher};
use crate::databases::GeneratedDatabases;
use crate::driver::Physical;
use crate::error::{Error, Result};
use crate::outbox::claims::{self, Wanted};
use crate::outbox::ready::Reach;
use crate::outbox::store::{self, ClaimedTask, CommitMode};
use crate::outbox::worker::claimer::Request;
use crate::outbox::worker::recorder::{Ends, is_contention};
use crate::outbox::worker::threads::Claim;

/// How often a worker that finds enough tasks makes those ready whose time has come.
const ADVANCE: Duration = Duration::from_millis(50);

impl<D: GeneratedDatabases> Dispatcher<D> {
    /// Claims tasks, and records how others ended in the same transaction.
    pub(super) fn claim(&mut self, ends: bool) -> Result<ClaimOutcome> {
        let written = self.timetable.write_due(&self.store)?;
        self.report.scheduled += written;
        let may_rest = written == 0 && self.poll.is_idle && self.unrecorded.is_empty();
        if may_rest
            && !self
                .store
                .read(|physical| store::has_due(physical, self.table))?
        {
            self.rest(false);
            return Ok(ClaimOutcome::Nothing);
        }
        self.batch.claims();
        if self.batch.is_ahead(self.options.threads) && self.claimer.is_free() {
            let request = Request {
                claim: self.next_claim(),
                limit: self.batch.now(),
                lease: self.options.lease,
            };
            self.claimer.begin(request);
        }
        let claim = self.next_claim();
        let until = Instant::now() + self.options.lease;
        let begun = Instant::now();
        let reach = self.reach(ends);
        let tasks = match self.record_and_claim(&claim, reach) {
            // Another worker was claiming a task of the same key.
            Err(error) if is_contention(&error) => {
                self.record()?;
                self.poll.contended();
                return Ok(ClaimOutcome::Contended);
            }
            claimed => claimed?,
        };
        self.batch.got(tasks.len());
        // It has read all that wait.
        if reach == Reach::All && tasks.len() < self.batch.now() {
            self.full_look.ended(begun);
        }
        self.rest(!tasks.is_empty());
        self.found_none = tasks.is_empty();
        if self.found_none {
            return Ok(self.looks_on((reach, begun), ends));
        }
        self.hand_out(Claim::new(claim, until), tasks);
        Ok(ClaimOutcome::Tasks)
    }

    /// How far the next claim looks. Before a worker ends by itself it looks at all that wait. One of some types does so now and then: it passes
    /// those of others.
    fn reach(&self, ends: bool) -> Reach {
        if ends && self.found_none {
            return Reach::All;
        }
        match self.batch.was_full() {
            // Few tasks wait for their keys.
            true => Reach::Far,
            false if self.passes_others() && Instant::now() >= self.full_look.at => Reach::All,
            false => Reach::First,
        }
    }

    fn passes_others(&self) -> bool {
        !self.types.is_empty()
    }

    /// A look has found nothing. Where it did not reach all that wait, the next one is made soon.
    fn looks_on(&mut self, (reach, begun): (Reach, Instant), ends: bool) -> ClaimOutcome {
        if reach == Reach::All {
            return ClaimOutcome::Nothing;
        }
        if ends {
            self.poll.now();
            return ClaimOutcome::Contended;
        }
        if self.passes_others() {
            self.poll.at = self.poll.at.min(self.full_look.at);
        }
        if self.walk.is_midway() {
            self.poll.at = self.poll.at.min(Instant::now() + begun.elapsed());
        }
        ClaimOutcome::Nothing
    }

    /// The name of a claim.
    fn next_claim(&mut self) -> String {
        self.claims += 1;
        format!("{}.{}", self.name, self.claims)
    }

    /// Whether a suspect is here. One that has ended is recorded with the next claim, or apart.
    fn has_suspect(&self) -> bool {
        let Some(suspect) = &self.suspect else {
            return false;
        };
        let mut ended = self.unrecorded.iter();
        self.live.contains_key(suspect) && !ended.any(|(held, _)| held.claim.name == *suspect)
    }

    fn record_and_claim(&mut self, claim: &str, reach: Reach) -> Result<Vec<ClaimedTask>> {
        let wanted = Wanted {
            types: &self.types,
            limit: self.batch.now(),
            lease: self.options.lease,
            claim,
            table: self.table,
            reach,
            advances: !self.batch.was_full()
                || self.advanced.is_none_or(|at| at.elapsed() >= ADVANCE),
            has_suspect: self.has_suspect(),
            begins: false,
        };
        if wanted.advances {
            self.advanced = Some(Instant::now());
        }
        if self.batch.was_full() {
            self.recorder.take(&mut self.unrecorded);
        }
        let ends = Ends::new(self.table, &self.unrecorded);
        let walk = &mut self.walk;
        let both = |physical: &mut Physical| {
            let lost = ends.finish(physical)?;
            Ok::<_, Error>((lost, claims::claim(physical, &wanted, walk)?))
        };
        let mode = match ends.is_empty() {
            true => CommitMode::Asynchronous,
            false => CommitMode::Synchronous,
        };
        let claimed = self.store.write_with(mode, both);
        let (lost, tasks) = claimed.inspect_err(|error| {
            if !ends.is_empty() && !is_contention(error) {
                self.records.failed();
            }
        })?;
        self.recorded(lost);
        Ok(tasks)
    }
}
