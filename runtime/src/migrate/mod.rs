//! Migrations: which are applied, applying and reverting them. What they are is read from files by the compiler; here each is
//! a list of statements.
//!
//! The record of a migration (`history`) is written in its own transaction where the database can undo DDL. Elsewhere, and
//! where a migration says so, each statement is for itself: that it begins is recorded before it, that it is done after it,
//! so that a run that was killed leaves a state that the next one understands.

mod beside_record;
mod beside_views;
mod concurrent;
mod connecting;
mod embedded;
pub(crate) mod error;
mod history;
mod lock;
mod orphans;
mod own;
mod plan;
mod recording;
mod required;
mod run;
mod shown;
mod watch;

use std::time::Duration;

use crate::databases::Registry;
use crate::databases::kept::OwnTable;
use crate::error::{Error, ErrorKind, MigrationError, Operation, Result};
use crate::link::engine::Engine;

use self::connecting::Session;
pub use self::embedded::{
    EngineMigrated, EngineMigrations, MigrateFailed, MigrateReport, Migrations,
};
pub use self::watch::MigrationWatch;
pub use bindery_core::migrations::{Migration, Replaced, Script, ScriptStatement, ServerVersion};

/// One migration, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// The version, with which its file's name begins.
    pub version: String,
    /// The name, which follows the version in its file's name.
    pub name: String,
    /// Its state in the database.
    pub state: MigrationState,
    /// When it was applied, in UTC: `2026-01-31 12:00:00`.
    pub applied_at: Option<String>,
    /// How long that took, in milliseconds.
    pub duration_ms: Option<u64>,
}

/// The state of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// It is applied, and its file is as it was.
    Applied,
    /// It is not applied, and no later one is.
    Pending,
    /// Not yet, and a later one is.
    OutOfOrder,
    /// Applied, and the file is another now.
    Changed,
    /// Applied, and there is no file.
    Missing,
    /// Squashed from others, of which some are applied and not all, and their files are not there.
    HalfReplaced,
    /// A run ended before all statements were done. The next run, or the next one that reverts, goes on after those that are.
    Interrupted {
        /// Statements that are done.
        done: usize,
        /// The statement after them was at work, and whether it was done has to be found out by a person.
        in_doubt: bool,
        /// They are those of the way back.
        reverting: bool,
    },
}

/// The end of one migration in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationRun<'m> {
    /// The version, with which its file's name begins.
    pub version: &'m str,
    /// The name, which follows the version in its file's name.
    pub name: &'m str,
    /// How long it took.
    pub took: Duration,
}

/// The progress of a run, reported while it is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationProgress<'m> {
    /// Another process migrates the database; this one waits.
    Waiting,
    /// A statement begins: which of how many.
    Statement {
        /// The version of the migration.
        version: &'m str,
        /// Which, from 1.
        statement: usize,
        /// Of how many.
        of: usize,
    },
    /// A lock did not come free, or another transaction was in the way: it is tried again.
    Again {
        /// The version of the migration.
        version: &'m str,
    },
    /// A migration is applied or reverted, and stays so whatever becomes of the next.
    Done(MigrationRun<'m>),
    /// One of bindery's own tables was made, or a column that a later version of bindery has was added to it.
    OwnTable {
        /// The name of the table.
        table: &'static str,
        /// It was not there.
        is_new: bool,
    },
}

/// The progress of the statement that a migration runs.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementProgress {
    /// The amount that is done.
    pub done: u64,
    /// The whole amount, where the server reports one.
    pub of: Option<u64>,
    /// The unit of both: `blocks`, `percent` or `rows`.
    pub unit: &'static str,
}

/// How migrations are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MigrateOptions {
    lock_timeout: Duration,
    attempts: u32,
    wait: Duration,
    out_of_order: bool,
}

/// A statement waits 5 s for a lock, so that no other statement waits behind it for longer, and is tried five times; another process that
/// migrates the database is waited for for a minute.
impl Default for MigrateOptions {
    fn default() -> Self {
        Self {
            lock_timeout: Duration::from_secs(5),
            attempts: 5,
            wait: Duration::from_secs(60),
            out_of_order: false,
        }
    }
}

impl MigrateOptions {
    /// The usual ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a statement waits for a lock.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How often a migration is tried at most whose statement got no lock; at least once.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// How long another process that migrates the same database is waited for.
    #[must_use]
    pub fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// Applies migrations whose version is lower than that of one that is applied, as they come from another branch.
    #[must_use]
    pub fn out_of_order(mut self, allowed: bool) -> Self {
        self.out_of_order = allowed;
        self
    }
}

/// The migrations of one engine, and its database.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::migrate::{Migration, MigrationState, Migrator, Script, ScriptStatement};
///
/// # fn main() -> bindery::Result<()> {
/// const MIGRATIONS: &[Migration] = &[Migration::new(
///     "1",
///     "notes",
///     "7f83b165",
///     Script::new(
///         const { &[ScriptStatement::new("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)", 1)] },
///         false,
///     ),
///     Some(Script::new(const { &[ScriptStatement::new("DROP TABLE notes", 1)] }, false)),
/// )];
/// let db = Databases::in_memory()?;
/// let migrator = Migrator::new(&db, engine::B, MIGRATIONS);
/// assert_eq!(migrator.status()?[0].state, MigrationState::Pending);
/// assert_eq!(migrator.run(&mut |_| ())?.len(), 1);
/// assert_eq!(migrator.run(&mut |_| ())?.len(), 0);
/// assert_eq!(migrator.status()?[0].state, MigrationState::Applied);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Migrator<'a, 'm> {
    registry: &'a Registry,
    engine: usize,
    name: &'static str,
    migrations: Vec<&'m Migration>,
    options: MigrateOptions,
}

impl<'a, 'm> Migrator<'a, 'm> {
    /// The migrations of an engine, in their order.
    pub fn new(
        db: &'a impl AsRef<Registry>,
        engine: impl Engine,
        migrations: impl IntoIterator<Item = &'m Migration>,
    ) -> Self {
        Self {
            registry: db.as_ref(),
            engine: engine.index(),
            name: engine.name(),
            migrations: migrations.into_iter().collect(),
            options: MigrateOptions::default(),
        }
    }

    /// Sets how they are applied.
    #[must_use]
    pub fn with_options(mut self, options: MigrateOptions) -> Self {
        self.options = options;
        self
    }

    /// The state of every migration, in their order; those without a file last. Changes nothing.
    ///
    /// # Errors
    /// The engine cannot be reached.
    pub fn status(&self) -> Result<Vec<MigrationStatus>> {
        self.looked(|session| Ok(self.plan(session)?.status))
    }

    /// The migrations that [`run`](Self::run) would apply, in their order. Changes nothing, and waits for no other process.
    ///
    /// # Errors
    /// The reason that keeps `run` from beginning. The engine cannot be reached.
    pub fn pending(&self) -> Result<Vec<&'m Migration>> {
        let steps = self.looked(|session| {
            let steps = self.steps_forth(&self.plan(session)?)?;
            required::ensure(session.server.as_ref(), &steps)?;
            Ok(steps)
        })?;
        Ok(steps.iter().map(run::Step::migration).collect())
    }

    /// The migrations that [`revert`](Self::revert) would revert, the last one first. Changes nothing, and waits for no other process.
    ///
    /// # Errors
    /// The reason that keeps `revert` from beginning. The engine cannot be reached.
    pub fn revertible(&self, count: usize) -> Result<Vec<&'m Migration>> {
        let steps = self.looked(|session| run::steps_back(&self.plan(session)?, count))?;
        Ok(steps.iter().map(run::Step::migration).collect())
    }

    /// With a session of its own, and without the lock: nothing is changed.
    fn looked<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let session = Session::open(self.registry, self.engine, &self.options);
        self.located(session.and_then(|mut session| work(&mut session)))
    }

    /// Applies what is pending, one migration after the other, and returns those that this call applied. Of several processes that
    /// do so at the same time one applies them, the others wait.
    ///
    /// Then bindery's own tables are made that the engine needs and lacks, and columns are added to those of an earlier version of
    /// bindery; and `_bindery_schema` has the hash of the program's schema, where the tables fit it.
    ///
    /// # Errors
    /// [`ErrorKind::Migration`]: an applied one was changed or is missing, one is out of order or half done, or a statement failed; those
    /// that were applied before stay. The engine cannot be reached.
    pub fn run(
        &self,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<Vec<MigrationRun<'m>>> {
        self.located(self.locked(told, |session, told| {
            let applied = self.apply_pending(session, told)?;
            self.bring_up_own(session, told)?;
            own::record_schema(session, !applied.is_empty())?;
            Ok(applied)
        }))
    }

    /// The tables of bindery's own that [`run`](Self::run) would make or add columns to. Changes nothing, and waits for no other process.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn own_tables_due(&self) -> Result<Vec<OwnTable>> {
        self.looked(|session| self.own_due(session))
    }

    /// Fails unless every migration is applied. Changes nothing.
    ///
    /// # Errors
    /// [`MigrationError::Pending`] with those that are not; what keeps [`run`](Self::run) from going on; the engine cannot be reached.
    pub fn ensure_applied(&self) -> Result<()> {
        let plan = self.looked(|session| self.plan(session))?;
        let sound = plan::ensure_sound(&plan, true);
        self.located(sound.and_then(|()| plan::ensure_applied(&plan.status)))
    }

    /// Reverts the last `count` applied migrations, the last one first, and returns them.
    ///
    /// # Errors
    /// As [`run`](Self::run); one of them has no way back: then none is reverted.
    pub fn revert(
        &self,
        count: usize,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<Vec<MigrationRun<'m>>> {
        self.located(self.locked(told, |session, told| {
            let reverted = self.revert_last(session, count, told)?;
            own::record_schema(session, !reverted.is_empty())?;
            Ok(reverted)
        }))
    }

    /// Records every migration up to this version as applied, without running it: for a database that has its tables
    /// already. Returns the versions that were recorded.
    ///
    /// # Errors
    /// There is no such migration. The engine cannot be reached.
    pub fn baseline(&self, version: &str) -> Result<Vec<&'m str>> {
        self.located(self.locked(&mut |_| (), |session, _| {
            self.record_until(session, version)
        }))
    }

    /// The migrations that [`baseline`](Self::baseline) would record. Changes nothing, and waits for no other process.
    ///
    /// # Errors
    /// As [`baseline`](Self::baseline).
    pub fn unrecorded_until(&self, version: &str) -> Result<Vec<&'m Migration>> {
        self.looked(|session| self.unrecorded(session, version))
    }

    /// The state that [`resolve`](Self::resolve) would leave. Changes nothing, and waits for no other process.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolved(&self, version: &str, done: Option<usize>) -> Result<MigrationStatus> {
        self.looked(|session| self.state_once_done(session, version, done))
    }

    /// Records these migrations as applied, without running them, where another tool has applied them. Returns the versions that were
    /// recorded; those that are already are left as they are.
    ///
    /// # Errors
    /// There is no such migration: then none is recorded. The engine cannot be reached.
    pub fn record(&self, versions: &[&str]) -> Result<Vec<&'m str>> {
        self.located(self.locked(&mut |_| (), |session, _| {
            self.record_these(session, versions)
        }))
    }

    /// Says of a migration that a run was interrupted in how far it is, after a person has looked: this many of its statements are
    /// done; where it was being reverted, of those of the way back. `None`: all are done.
    ///
    /// # Errors
    /// There is no such migration, it was not interrupted, or it has fewer statements. The engine cannot be reached.
    pub fn resolve(&self, version: &str, done: Option<usize>) -> Result<()> {
        self.located(self.locked(&mut |_| (), |session, _| {
            self.set_done(session, version, done)
        }))
    }

    /// With a session of its own, and the lock that only one process of the database's has.
    fn locked<T>(
        &self,
        told: &mut dyn FnMut(MigrationProgress<'m>),
        work: impl FnOnce(&mut Session, &mut dyn FnMut(MigrationProgress<'m>)) -> Result<T>,
    ) -> Result<T> {
        let mut session = Session::open(self.registry, self.engine, &self.options)?;
        let _nodes = lock::take(
            &mut session,
            self.registry,
            self.engine,
            &self.options,
            told,
        )?;
        // An engine that only has tables of bindery's own has no history.
        if !self.migrations.is_empty() {
            history::create(&mut session.physical)?;
        }
        let outcome = work(&mut session, told);
        session.forget_tables();
        outcome
    }

    fn located<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| error.during(Operation::Migrate).on_engine(self.name))
    }
}

fn refused(error: MigrationError) -> Error {
    Error::new(ErrorKind::Migration(error))
}
