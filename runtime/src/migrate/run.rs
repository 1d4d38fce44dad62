//! Applying and reverting.

use std::thread;
use std::time::{Duration, Instant};

use super::beside_views::BesideViews;
use super::concurrent::{self, ConcurrentIndex};
use super::connecting::Session;
use super::history::{self, Progress, Stage};
use super::orphans::Orphans;
use super::plan::{self, Plan};
use super::required;
use super::shown::beginning;
use super::{
    Migration, MigrationProgress, MigrationRun, MigrationState, Migrator, Script, ScriptStatement,
    refused,
};
use crate::driver::{Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, MigrationError, Operation, Result};
use crate::observe::Call;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The direction of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// One migration in one direction.
#[derive(Clone, Copy)]
pub(super) struct Step<'m> {
    migration: &'m Migration,
    script: &'m Script,
    direction: Direction,
    /// Statements that an earlier run did.
    done: usize,
    /// It has a row already.
    is_recorded: bool,
}

impl<'m> Migrator<'_, 'm> {
    pub(super) fn plan(&self, session: &mut Session) -> Result<Plan<'m>> {
        let history = history::read_history(&mut session.physical)?;
        let mut plan = Plan::of(&self.migrations, &history);
        concurrent::settle(&mut session.physical, &mut plan)?;
        Ok(plan)
    }

    pub(super) fn apply_pending(
        &self,
        session: &mut Session,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<Vec<MigrationRun<'m>>> {
        let plan = self.plan(session)?;
        let steps = self.steps_forth(&plan)?;
        required::ensure(session.server.as_ref(), &steps)?;
        self.take_all(session, steps, told)
    }

    pub(super) fn revert_last(
        &self,
        session: &mut Session,
        count: usize,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<Vec<MigrationRun<'m>>> {
        let plan = self.plan(session)?;
        let steps = steps_back(&plan, count)?;
        self.take_all(session, steps, told)
    }

    /// The migrations that a run applies.
    pub(super) fn steps_forth(&self, plan: &Plan<'m>) -> Result<Vec<Step<'m>>> {
        plan::ensure_sound(plan, self.options.out_of_order)?;
        plan::ensure_not_reverting(&plan.status)?;
        let steps = plan.each().filter_map(|(planned, state)| {
            let (done, is_recorded) = match state {
                MigrationState::Pending | MigrationState::OutOfOrder => (0, false),
                MigrationState::Interrupted { done, .. } => (done, true),
                MigrationState::Applied
                | MigrationState::Changed
                | MigrationState::Missing
                | MigrationState::HalfReplaced => return None,
            };
            Some(Step {
                migration: planned.migration,
                script: &planned.migration.up,
                direction: Direction::Up,
                done,
                is_recorded,
            })
        });
        Ok(steps.collect())
    }

    fn take_all(
        &self,
        session: &mut Session,
        steps: Vec<Step<'m>>,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<Vec<MigrationRun<'m>>> {
        let mut runs = Vec::new();
        for step in steps {
            if let Some(run) = self.take(&mut session.physical, step, told)? {
                told(MigrationProgress::Done(run));
                runs.push(run);
            }
        }
        Ok(runs)
    }

    /// One migration; `None` where another process did it meanwhile. Tried again where no lock was given in time.
    fn take(
        &self,
        physical: &mut Physical,
        step: Step<'m>,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<Option<MigrationRun<'m>>> {
        let version = &*step.migration.version;
        let started = Instant::now();
        let whole = physical.undoes_ddl() && !step.script.no_transaction;
        let is_taken = if whole {
            again(self.options.attempts, version, told, |told| {
                in_transaction(physical, step, started, told)
            })?
        } else {
            self.one_by_one(physical, step, started, told)?
        };
        Ok(is_taken.then(|| MigrationRun {
            version,
            name: &step.migration.name,
            took: started.elapsed(),
        }))
    }

    /// Each statement for itself, with a record before and after it.
    ///
    /// All three are sent as one transaction. A statement that changes rows is then done together with its record. DDL of MySQL commits
    /// what stands before it and is for itself; so a run that ends during it leaves `at_work` after `done`.
    fn one_by_one(
        &self,
        physical: &mut Physical,
        step: Step<'m>,
        started: Instant,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<bool> {
        let version = &*step.migration.version;
        if !step.is_recorded {
            match history::insert(physical, step.migration, step.part(0, 0)) {
                Ok(()) => {}
                // Another process has begun it: it is that one's to end.
                Err(error) if matches!(error.kind(), ErrorKind::UniqueViolation(_)) => {
                    return Err(refused(MigrationError::Locked));
                }
                Err(error) => return Err(error),
            }
        }
        let mut beside_views = BesideViews::recorded(physical, version)?;
        let statements = step.script.statements.iter().enumerate().skip(step.done);
        for (at, &ScriptStatement { ref sql, line }) in statements {
            told(step.at(at));
            let mut was_begun = step.is_recorded && at == step.done;
            again(self.options.attempts, version, told, |_| {
                let begun = begin_one(physical, step, (at, line), sql, was_begun);
                was_begun = true;
                let begins = || beginning(physical.dialect(), sql);
                begun.map_err(|error| step.failed(error, (at, line, begins()), at))
            })
            .inspect_err(|error| {
                // It did not begin: the row would have the next run take what is there for its own.
                if at == 0 && !step.is_recorded && concurrent::is_of_another(error) {
                    let _ = history::delete(physical, version);
                }
            })?;
            end_one(physical, step, at)?;
            beside_views.look(physical)?;
        }
        beside_views.bring_back(physical)?;
        let all = step.script.statements.len();
        match step.direction {
            Direction::Up => {
                history::update(physical, version, Progress::whole(all, millis(started)))
            }
            Direction::Down => history::delete(physical, version),
        }?;
        Ok(true)
    }
}

/// The migrations that a run reverts, the last one first.
pub(super) fn steps_back<'m>(plan: &Plan<'m>, count: usize) -> Result<Vec<Step<'m>>> {
    plan::ensure_sound(plan, true)?;
    plan::ensure_not_applying(&plan.status)?;
    let applied = plan.each().rev().filter_map(|(one, state)| match state {
        MigrationState::Applied => Some((one, 0)),
        MigrationState::Interrupted { done, .. } => Some((one, done)),
        MigrationState::Pending
        | MigrationState::OutOfOrder
        | MigrationState::Changed
        | MigrationState::Missing
        | MigrationState::HalfReplaced => None,
    });
    let (mut steps, mut versions) = (Vec::new(), Vec::new());
    for (planned, done) in applied.take(count) {
        match planned.down {
            Some(script) => steps.push(Step {
                migration: planned.migration,
                script,
                direction: Direction::Down,
                done,
                is_recorded: true,
            }),
            None => versions.push(planned.migration.version.to_string()),
        }
    }
    if versions.is_empty() {
        Ok(steps)
    } else {
        Err(refused(MigrationError::NoWayBack { versions }))
    }
}

/// Records that a statement begins, and has it done. Where it fails the record is as before.
fn begin_one(
    physical: &mut Physical,
    step: Step<'_>,
    (at, line): (usize, u32),
    sql: &str,
    was_begun: bool,
) -> Result<()> {
    let version = &*step.migration.version;
    let index = ConcurrentIndex::of(physical, sql);
    let left = |index, is_own| step.left(index, is_own, at, line);
    if let Some(index) = &index {
        index.make_way(physical, was_begun, left)?;
    }
    let in_one = !physical.undoes_ddl();
    if in_one {
        // Not as a transaction of the driver's, which refuses what ends one unasked.
        physical.batch("START TRANSACTION")?;
    }
    history::update(physical, version, step.part(at + 1, at))
        .and_then(|()| {
            let defined = define(physical, sql);
            let begins = || beginning(physical.dialect(), sql);
            defined.map_err(|error| step.unanswered(error.of_write(), (at, line), begins))
        })
        .inspect_err(|_| {
            if in_one {
                let _ = physical.batch("ROLLBACK");
            }
            // DDL committed the record that it begins; it failed, so it is not at work.
            let _ = history::update(physical, version, step.part(at, at));
        })
        .map_err(|error| match &index {
            // Tried again, it makes way for itself; a drop would wait for the same lock.
            Some(index) => {
                let stays = is_in_the_way(&error);
                index.failed(physical, error, stays, left)
            }
            None => error,
        })
}

/// Runs a statement of a migration, which is the program's.
fn define(physical: &mut Physical, sql: &str) -> Result<()> {
    physical.next_is(|| Call::of(Operation::Migrate, None));
    physical.define(sql).map_err(Error::showing_schema)
}

/// Records that a statement is done. It is never tried again after that failed: the statement may be stored.
fn end_one(physical: &mut Physical, step: Step<'_>, at: usize) -> Result<()> {
    history::update(physical, &step.migration.version, step.part(at + 1, at + 1))?;
    if physical.undoes_ddl() {
        Ok(())
    } else {
        physical.batch("COMMIT")
    }
}

/// The whole migration with its record; `false` where another process did it meanwhile.
fn in_transaction<'m>(
    physical: &mut Physical,
    step: Step<'m>,
    started: Instant,
    told: &mut dyn FnMut(MigrationProgress<'m>),
) -> Result<bool> {
    physical.begin_with(&TransactionOptions::new())?;
    match within(physical, step, started, told) {
        Ok(true) => physical.commit().map(|()| true),
        Ok(false) => physical.rollback().map(|()| false),
        Err(error) => {
            let _ = physical.rollback();
            Err(error)
        }
    }
}

fn within<'m>(
    physical: &mut Physical,
    step: Step<'m>,
    started: Instant,
    told: &mut dyn FnMut(MigrationProgress<'m>),
) -> Result<bool> {
    let version = &*step.migration.version;
    let is_recorded = history::stage(physical, version)?.is_some();
    if is_recorded != step.is_recorded {
        return Ok(false);
    }
    let orphans = Orphans::of(physical)?;
    let mut beside_views = BesideViews::of(physical)?;
    let statements = step.script.statements.iter().enumerate().skip(step.done);
    for (at, &ScriptStatement { ref sql, line }) in statements {
        told(step.at(at));
        let done = define(physical, sql);
        let begins = || beginning(physical.dialect(), sql);
        done.map_err(|error| step.failed(error, (at, line, begins()), 0))?;
        beside_views.look(physical)?;
    }
    beside_views.bring_back(physical)?;
    orphans.ensure_no_others(physical, version)?;
    let progress = Progress::whole(step.script.statements.len(), millis(started));
    match step.direction {
        Direction::Up if is_recorded => history::update(physical, version, progress),
        Direction::Up => history::insert(physical, step.migration, progress),
        Direction::Down => history::delete(physical, version),
    }?;
    Ok(true)
}

/// Tries again where a lock was not given, as long as attempts are left.
fn again<'m, T>(
    attempts: u32,
    version: &'m str,
    told: &mut dyn FnMut(MigrationProgress<'m>),
    mut work: impl FnMut(&mut dyn FnMut(MigrationProgress<'m>)) -> Result<T>,
) -> Result<T> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..attempts {
        match work(told) {
            Err(error) if is_in_the_way(&error) => told(MigrationProgress::Again { version }),
            outcome => return outcome,
        }
        thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    work(told)
}

/// Whether the error is only that another transaction was in the way.
fn is_in_the_way(error: &Error) -> bool {
    let is_one = |error: &Error| matches!(error.kind(), ErrorKind::Busy | ErrorKind::Conflict);
    let source = std::error::Error::source(error);
    let source = source.and_then(|source| source.downcast_ref::<Error>());
    is_one(error) || source.is_some_and(is_one)
}

fn millis(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl<'m> Step<'m> {
    pub(super) fn migration(&self) -> &'m Migration {
        self.migration
    }

    fn part(&self, at_work: usize, done: usize) -> Progress {
        Progress::part(self.direction, at_work, done)
    }

    fn at(&self, at: usize) -> MigrationProgress<'m> {
        MigrationProgress::Statement {
            version: &self.migration.version,
            statement: at + 1,
            of: self.script.statements.len(),
        }
    }

    /// An index that is not valid.
    fn left(&self, index: String, is_own: bool, at: usize, line: u32) -> MigrationError {
        MigrationError::InvalidIndex {
            version: self.migration.version.to_string(),
            statement: at + 1,
            line,
            index,
            is_own,
        }
    }

    /// The error of a statement that stands in no transaction: where its answer is lost, nothing is known of it.
    #[cold]
    fn unanswered(
        &self,
        error: Error,
        (at, line): (usize, u32),
        begins: impl FnOnce() -> String,
    ) -> Error {
        if *error.kind() != ErrorKind::OutcomeUnknown {
            return error;
        }
        let unanswered = MigrationError::Unanswered {
            version: self.migration.version.to_string(),
            statement: at + 1,
            line,
            begins: begins(),
        };
        refused(unanswered).perhaps_applied().with_source(error)
    }

    #[cold]
    fn failed(&self, error: Error, (at, line, begins): (usize, u32, String), kept: usize) -> Error {
        if matches!(error.kind(), ErrorKind::Migration(_)) {
            return error;
        }
        let failed = MigrationError::Statement {
            version: self.migration.version.to_string(),
            statement: at + 1,
            line,
            begins,
            kept,
        };
        refused(failed).with_source(error)
    }
}

impl Progress {
    pub(super) fn whole(statements: usize, duration_ms: u64) -> Self {
        Self {
            stage: Stage::Applied,
            at_work: statements,
            done: statements,
            duration_ms,
        }
    }

    pub(super) fn part(direction: Direction, at_work: usize, done: usize) -> Self {
        Self {
            stage: match direction {
                Direction::Up => Stage::Applying,
                Direction::Down => Stage::Reverting,
            },
            at_work,
            done,
            duration_ms: 0,
        }
    }
}
