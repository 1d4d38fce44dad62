//! The end of a session's transactions: committed one after the other, or all rolled back. Each engine is visited, whatever
//! became of the one before it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::held::Held;
use super::{Slot, Slots};
use crate::driver::{Isolation, work};
use crate::error::{Applied, Error, ErrorKind, Operation, Result, SessionEnd, SessionReport};
use crate::link::Link;

/// A session's end.
pub(crate) struct Ended {
    pub(crate) outcome: Result<()>,
    /// The failure is of a kind that passes, and nothing is kept.
    pub(crate) may_be_repeated: bool,
}

/// How the engine of one slot ended.
struct End {
    at: usize,
    end: SessionEnd,
    error: Option<Error>,
}

/// How a transaction is undone: waiting for the answer, or as one that is dropped.
pub(crate) type Undo = fn(&mut Link, u32) -> Result<()>;

impl Slots {
    /// Commits the engines that were used, in this order, then runs their hooks.
    pub(crate) fn commit(&mut self, order: &[usize]) -> Ended {
        let used: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&at| self.is_held(at))
            .collect();
        if self.terms.is_autocommit {
            self.let_go();
            return Ended::well();
        }
        let committable = self.ensure_committable(&used);
        if let Err(error) = committable.and_then(|()| self.goes_on(&used)) {
            let may_be_repeated = self.may_be_repeated(&error);
            // The fault is known already.
            let _ = self.roll_back(Link::undo);
            return Ended {
                outcome: Err(error),
                may_be_repeated,
            };
        }
        self.lift_deadline();
        work::finish(|| {
            let ends = self.commit_each(&used);
            let was_in_the_way = self.was_in_the_way();
            let hooks = self.run_hooks(&ends);
            self.let_go();
            self.ended(ends, hooks, was_in_the_way)
        })
    }

    /// A deadline that passes in the middle of a COMMIT would leave open whether it is stored.
    pub(super) fn lift_deadline(&mut self) {
        for held in self.slots.iter_mut().filter_map(|slot| slot.held.as_mut()) {
            held.link().set_bound(None);
        }
    }

    /// Finds what can be known before anything is committed.
    fn ensure_committable(&mut self, used: &[usize]) -> Result<()> {
        self.left()?;
        used.iter().try_for_each(|&at| {
            let slot = &mut self.slots[at];
            let name = slot.pool.engine();
            let ensured = slot.entered().ensure_committable();
            ensured.map_err(|error| error.on_engine(name).during(Operation::Commit))
        })
    }

    /// A commit that was begun is finished, or a caller that waits no more would leave the engines different.
    fn goes_on(&mut self, used: &[usize]) -> Result<()> {
        used.iter().try_for_each(|&at| {
            let slot = &mut self.slots[at];
            let goes_on = slot.entered().link().goes_on();
            goes_on.map_err(|error| {
                error
                    .on_engine(slot.pool.engine())
                    .during(Operation::Commit)
            })
        })
    }

    /// Those that were written first, one after the other until one fails; the others cannot differ from them.
    fn commit_each(&mut self, used: &[usize]) -> Vec<End> {
        let mut has_failed = false;
        let mut ends: Vec<End> = used.iter().map(|&at| End::only_read(at)).collect();
        for end in &mut ends {
            let slot = &mut self.slots[end.at];
            if !slot.matters() {
                continue;
            }
            (end.end, end.error) = if has_failed {
                slot.undo_last()
            } else {
                slot.commit()
            };
            has_failed = has_failed || end.error.is_some();
        }
        for end in &ends {
            let slot = &mut self.slots[end.at];
            if end.end == SessionEnd::OnlyRead {
                slot.end_reading(has_failed);
            }
        }
        ends
    }

    /// Runs the hooks of each engine, whatever those of another do; gives the first error.
    fn run_hooks(&mut self, ends: &[End]) -> Result<()> {
        let (mut outcome, mut panicked) = (Ok(()), None);
        let was_committed = ends.iter().all(|end| end.error.is_none());
        for end in ends {
            let slot = &mut self.slots[end.at];
            let name = slot.pool.engine();
            let run = || slot.entered().run_hooks(end.end, was_committed);
            match catch_unwind(AssertUnwindSafe(run)) {
                Ok(Ok(())) => {}
                Ok(Err(error)) => outcome = outcome.and(Err(error.on_engine(name))),
                Err(panic) => drop(panicked.get_or_insert(panic)),
            }
        }
        match panicked {
            Some(panic) => resume_unwind(panic),
            None => outcome,
        }
    }

    fn ended(&self, mut ends: Vec<End>, hooks: Result<()>, was_in_the_way: bool) -> Ended {
        let Some(failed) = ends.iter().find_map(|end| end.error.as_ref()) else {
            return Ended {
                outcome: hooks,
                may_be_repeated: false,
            };
        };
        let is_sequel = *failed.kind() == ErrorKind::TransactionAborted && was_in_the_way;
        let mut report = SessionReport::default();
        for end in &mut ends {
            let name = self.slots[end.at].pool.engine();
            report.push(name, end.end, end.error.take());
        }
        let error = error_of(report);
        Ended {
            may_be_repeated: error.is_retryable() || is_sequel,
            outcome: Err(error),
        }
    }

    /// Rolls every engine back, the last one first. Gives the first error.
    pub(crate) fn roll_back(&mut self, undo: Undo) -> Result<()> {
        self.is_over();
        self.lift_deadline();
        let mut outcome = Ok(());
        for slot in self.slots.iter_mut().rev() {
            let Some(held) = &mut slot.held else { continue };
            if held.leave_nested() {
                let undone = held.undo(undo);
                outcome = outcome.and(undone.map_err(|error| error.on_engine(slot.pool.engine())));
            }
        }
        self.let_go();
        outcome.map_err(|error| error.during(Operation::Rollback))
    }

    /// Gives the connections back.
    pub(super) fn let_go(&mut self) {
        for slot in &mut self.slots {
            slot.held = None;
        }
    }

    /// A session begins that is nested in this one: what it does can be undone alone.
    pub(crate) fn nest(&mut self) {
        self.depth += 1;
    }

    /// Ends the nested session: keeps what it did as part of the one around it, or undoes it. Each engine is visited.
    pub(crate) fn unnest(&mut self, keeps: bool) -> Result<()> {
        let depth = self.depth;
        self.depth -= 1;
        let mut outcome = Ok(());
        for slot in self.slots.iter_mut().rev() {
            let Some(held) = &mut slot.held else { continue };
            if held.depth() < depth {
                continue;
            }
            let ended = if keeps && outcome.is_ok() {
                held.keep()
            } else {
                held.undo(Link::undo)
            };
            let name = slot.pool.engine();
            outcome = outcome.and(ended.map_err(|error| error.on_engine(name)));
        }
        outcome
    }

    pub(crate) fn may_be_repeated(&mut self, error: &Error) -> bool {
        let is_sequel = *error.kind() == ErrorKind::TransactionAborted && self.was_in_the_way();
        error.is_retryable() || is_sequel
    }

    fn was_in_the_way(&mut self) -> bool {
        let mut held = self.slots.iter_mut().filter_map(|slot| slot.held.as_mut());
        held.any(|held| held.link().was_in_the_way())
    }
}

impl Slot {
    /// Whether its end has to be that of the others. Where nothing was written it does, if what was read is to be true of one moment,
    /// as the database says so at the COMMIT.
    fn matters(&mut self) -> bool {
        let is_serializable = self.options.isolation == Some(Isolation::Serializable);
        is_serializable || self.entered().link().has_written()
    }

    fn commit(&mut self) -> (SessionEnd, Option<Error>) {
        let name = self.pool.engine();
        match self.entered().commit() {
            Ok(()) => (SessionEnd::Committed, None),
            Err(error) => {
                let end = match error.applied() {
                    Applied::No => SessionEnd::RolledBack,
                    Applied::Yes | Applied::Unknown => SessionEnd::Unknown,
                };
                let error = error.on_engine(name).during(Operation::Commit);
                (end, Some(error))
            }
        }
    }

    /// Another engine has failed before.
    fn undo_last(&mut self) -> (SessionEnd, Option<Error>) {
        let name = self.pool.engine();
        match self.entered().undo_quietly() {
            Ok(()) => (SessionEnd::RolledBack, None),
            Err(error) => {
                let error = error.on_engine(name).during(Operation::Rollback);
                (SessionEnd::NotTried, Some(error))
            }
        }
    }

    /// However this ends, nothing was written.
    fn end_reading(&mut self, has_failed: bool) {
        let held = self.entered();
        let ended = if has_failed {
            held.undo_quietly()
        } else {
            held.commit()
        };
        if let Err(error) = ended {
            let engine = self.pool.engine();
            tracing::debug!(engine, %error, "a transaction that only read did not end well");
        }
    }
}

impl Held {
    /// Commits the session's transaction, without its hooks.
    pub(super) fn commit(&mut self) -> Result<()> {
        let depth = self.leave()?;
        self.link().commit(depth)
    }

    /// Rolls the session's transaction back, without its hooks.
    pub(super) fn undo_quietly(&mut self) -> Result<()> {
        let depth = self.leave()?;
        self.link().undo(depth)
    }

    /// Undoes the innermost scope, then runs its hooks.
    fn undo(&mut self, undo: Undo) -> Result<()> {
        let depth = self.leave()?;
        let outcome = undo(self.link(), depth);
        self.hooks().after_rollback_at(depth);
        outcome
    }

    /// Keeps the innermost scope as part of the one around it.
    fn keep(&mut self) -> Result<()> {
        let depth = self.leave()?;
        let (link, hooks) = self.parts();
        match link.commit(depth) {
            Ok(()) => hooks.after_commit_at(link, depth),
            Err(error) => {
                hooks.after_rollback_at(depth);
                Err(error)
            }
        }
    }

    /// Runs what is for this end.
    pub(super) fn run_hooks(&mut self, end: SessionEnd, was_committed: bool) -> Result<()> {
        let (link, hooks) = self.parts();
        match end {
            SessionEnd::Committed => return hooks.after_commit_at(link, 1),
            SessionEnd::OnlyRead if was_committed => return hooks.after_commit_at(link, 1),
            SessionEnd::Unknown => hooks.forget(),
            SessionEnd::OnlyRead | SessionEnd::RolledBack | SessionEnd::NotTried => {
                hooks.after_rollback_at(1);
            }
        }
        Ok(())
    }
}

impl End {
    fn only_read(at: usize) -> Self {
        Self {
            at,
            end: SessionEnd::OnlyRead,
            error: None,
        }
    }
}

impl Ended {
    fn well() -> Self {
        Self {
            outcome: Ok(()),
            may_be_repeated: false,
        }
    }
}

/// The error of a session whose engines ended so.
fn error_of(mut report: SessionReport) -> Error {
    if report.is_split() {
        tracing::error!(%report, "the engines of a session did not end alike");
        let split = Error::new(ErrorKind::SessionSplit).perhaps_applied();
        return split.during(Operation::Commit).with_report(report);
    }
    let first = report.take_first_error();
    let first = first.expect("there is a report only where an engine failed");
    if report.engines().len() > 1 {
        tracing::warn!(%report, error = %first, "a session could not be committed");
        return first.with_report(report);
    }
    first
}
