//! Migrations that a program brings along, for all of its engines: `bindery::migrations!()` and `db.migrate(…)`.

use std::fmt;
use std::thread;

use super::{
    MigrateOptions, Migration, MigrationProgress, MigrationRun, MigrationStatus, Migrator, refused,
};
use crate::databases::Registry;
use crate::error::{Error, MigrationError, Operation, Result};

/// The migrations of a program's engines, as `bindery::migrations!()` embeds them.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::migrate::{EngineMigrations, Migration, Migrations, Script, ScriptStatement};
///
/// // As `bindery::migrations!()` writes it.
/// const NOTES: &[Migration] = &[Migration::new(
///     "1",
///     "notes",
///     "7f83b165",
///     Script::new(
///         const { &[ScriptStatement::new("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)", 1)] },
///         false,
///     ),
///     None,
/// )];
/// const MIGRATIONS: Migrations = Migrations::new(&[EngineMigrations::new("b", NOTES)]);
///
/// # fn main() -> bindery::Result<()> {
/// let db = Databases::in_memory()?;
/// let report = db.migrate(MIGRATIONS)?;
/// assert_eq!(report.applied_on("b").len(), 1);
/// assert!(db.migrate(MIGRATIONS)?.is_unchanged());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrations {
    engines: &'static [EngineMigrations],
}

/// The migrations of one engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineMigrations {
    /// The engine's name.
    pub engine: &'static str,
    /// In the order of their versions.
    pub migrations: &'static [Migration],
}

impl EngineMigrations {
    /// The migrations of the engine of this name, in the order of their versions.
    pub const fn new(engine: &'static str, migrations: &'static [Migration]) -> Self {
        Self { engine, migrations }
    }
}

impl Migrations {
    /// The migrations of these engines.
    pub const fn new(engines: &'static [EngineMigrations]) -> Self {
        Self { engines }
    }

    /// The engines that have migrations, in the order of their names.
    pub fn engines(&self) -> &'static [EngineMigrations] {
        self.engines
    }

    /// The migrations of the engine of this name, in the order of their versions; none where it has no folder.
    pub fn of(&self, engine: &str) -> &'static [Migration] {
        let found = self.engines.iter().find(|one| one.engine == engine);
        found.map_or(&[], |one| one.migrations)
    }
}

/// The outcome of [`Registry::migrate`], engine by engine.
#[derive(Debug)]
pub struct MigrateReport {
    engines: Vec<EngineMigrated>,
}

/// The outcome of one engine.
#[derive(Debug)]
#[non_exhaustive]
pub struct EngineMigrated {
    /// The engine's name.
    pub engine: &'static str,
    /// The migrations that this call applied, in their order; those before one that failed stay.
    pub applied: Vec<MigrationRun<'static>>,
    /// The tables of bindery's own that this call made, or added columns to.
    pub own_tables: Vec<&'static str>,
    /// Why the engine failed, where it did.
    pub result: Result<()>,
}

impl MigrateReport {
    /// The engines that have migrations or tables of bindery's own, in the order of their names.
    pub fn engines(&self) -> &[EngineMigrated] {
        &self.engines
    }

    /// The migrations that were applied on the engine of this name, also where a later one failed.
    pub fn applied_on(&self, engine: &str) -> &[MigrationRun<'static>] {
        let found = self.engines.iter().find(|one| one.engine == engine);
        found.map_or(&[], |one| one.applied.as_slice())
    }

    /// Returns whether nothing was pending on any engine and no table of bindery's own missing.
    pub fn is_unchanged(&self) -> bool {
        let is_unchanged = |one: &EngineMigrated| {
            one.result.is_ok() && one.applied.is_empty() && one.own_tables.is_empty()
        };
        self.engines.iter().all(is_unchanged)
    }

    /// The engines that failed, each with its error.
    pub fn failed(&self) -> impl Iterator<Item = (&'static str, &Error)> {
        let engines = self.engines.iter();
        engines.filter_map(|one| Some((one.engine, one.result.as_ref().err()?)))
    }
}

/// Migrations that failed on at least one engine. Becomes the [`Error`] of the first of them by `?`.
pub struct MigrateFailed {
    report: MigrateReport,
}

impl MigrateFailed {
    /// The outcome of every engine.
    pub fn report(&self) -> &MigrateReport {
        &self.report
    }
}

impl fmt::Debug for MigrateFailed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(&self.report.engines).finish()
    }
}

/// A line for each engine that failed.
impl fmt::Display for MigrateFailed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (_, error)) in self.report.failed().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(out, "{end}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for MigrateFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let (_, error) = self.report.failed().next()?;
        Some(error)
    }
}

impl From<MigrateFailed> for Error {
    fn from(failed: MigrateFailed) -> Self {
        let engines = failed.report.engines.into_iter();
        let mut errors = engines.filter_map(|one| one.result.err());
        errors
            .next()
            .expect("it is made of a report with an engine that failed")
    }
}

/// The migrations that are embedded in the program.
impl Registry {
    /// Applies the pending migrations of every engine, the engines at the same time, and reports what was applied on each. Tables of
    /// bindery's own that an engine needs and lacks are made, also on engines without migrations. An engine
    /// that fails does not keep the others from being migrated. Of several processes that begin at the same time one applies
    /// them, the others wait; the files, the history and the rules are those of `bindery migrate run`.
    ///
    /// From asynchronous code: `db.run(|db| Ok(db.migrate(MIGRATIONS)?)).await`.
    ///
    /// # Errors
    /// On at least one engine: an applied migration was changed or is missing, one is out of order or half done, a statement
    /// failed, or the engine cannot be reached. The report says of each engine what became of it.
    pub fn migrate(&self, migrations: Migrations) -> Result<MigrateReport, MigrateFailed> {
        self.migrate_with(migrations, MigrateOptions::new())
    }

    /// The same in a way of its own: how long locks and other processes are waited for.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub fn migrate_with(
        &self,
        migrations: Migrations,
        options: MigrateOptions,
    ) -> Result<MigrateReport, MigrateFailed> {
        let run = |one: &EngineMigrations| {
            let (mut applied, mut own_tables) = (Vec::new(), Vec::new());
            let told = &mut |progress| match progress {
                MigrationProgress::Done(run) => applied.push(run),
                MigrationProgress::OwnTable { table, .. } => own_tables.push(table),
                MigrationProgress::Waiting
                | MigrationProgress::Statement { .. }
                | MigrationProgress::Again { .. } => {}
            };
            let migrator = self.migrator_of(one);
            let result = migrator.and_then(|it| it.with_options(options).run(told));
            EngineMigrated {
                engine: one.engine,
                applied,
                own_tables,
                result: result.map(drop),
            }
        };
        let report = MigrateReport {
            engines: on_each(&self.with_own_tables(migrations), run),
        };
        if report.failed().next().is_some() {
            return Err(MigrateFailed { report });
        }
        Ok(report)
    }

    /// The state of every migration, by the names of the engines. Changes nothing.
    ///
    /// # Errors
    /// An engine cannot be reached.
    pub fn migration_status(
        &self,
        migrations: Migrations,
    ) -> Result<Vec<(&'static str, Vec<MigrationStatus>)>> {
        let status = |one: &EngineMigrations| Ok((one.engine, self.migrator_of(one)?.status()?));
        self.own(migrations).iter().map(status).collect()
    }

    /// Fails unless every migration is applied on every engine: for programs whose databases are migrated by another one, before
    /// they begin to serve. Changes nothing.
    ///
    /// # Errors
    /// [`MigrationError::Pending`] with the versions that are not applied; what keeps [`migrate`](Self::migrate) from going on; an
    /// engine cannot be reached.
    pub fn ensure_migrated(&self, migrations: Migrations) -> Result<()> {
        let ensure = |one: &EngineMigrations| self.migrator_of(one)?.ensure_applied();
        self.own(migrations).iter().try_for_each(ensure)
    }

    /// The same with the engines that have no migrations, and tables of bindery's own.
    fn with_own_tables(&self, migrations: Migrations) -> Vec<EngineMigrations> {
        let mut all = self.own(migrations);
        let keepers = self
            .engines
            .iter()
            .filter(|it| !it.is_shared && !it.own.is_empty());
        for engine in keepers.map(|engine| engine.info.name()) {
            if all.iter().all(|one| one.engine != engine) {
                all.push(EngineMigrations::new(engine, &[]));
            }
        }
        all.sort_by_key(|one| one.engine);
        all
    }

    /// Without the engines that a tenant shares with the whole program.
    fn own(&self, migrations: Migrations) -> Vec<EngineMigrations> {
        let is_shared = |one: &&EngineMigrations| {
            let found = self.engines.iter().find(|it| it.info.name() == one.engine);
            found.is_some_and(|engine| engine.is_shared)
        };
        let engines = migrations.engines.iter();
        engines.filter(|one| !is_shared(one)).copied().collect()
    }

    fn migrator_of(&self, one: &EngineMigrations) -> Result<Migrator<'_, 'static>> {
        let mut engines = self.engines.iter();
        let found = engines.position(|engine| engine.info.name() == one.engine);
        let engine = found.ok_or_else(|| {
            let engine = one.engine.to_owned();
            refused(MigrationError::UnknownEngine { engine }).during(Operation::Migrate)
        })?;
        Ok(Migrator {
            registry: self,
            engine,
            name: one.engine,
            migrations: one.migrations.iter().collect(),
            options: MigrateOptions::default(),
        })
    }
}

/// The engines are other databases, so they are worked on at the same time; the results are in their order.
fn on_each<T: Send>(
    engines: &[EngineMigrations],
    work: impl Fn(&EngineMigrations) -> T + Sync,
) -> Vec<T> {
    let work = &work;
    match engines {
        [] => Vec::new(),
        [one] => vec![work(one)],
        several => thread::scope(|scope| {
            let threads = several.iter().map(|one| scope.spawn(move || work(one)));
            let threads: Vec<_> = threads.collect();
            let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
            ended
                .map(|ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        }),
    }
}
