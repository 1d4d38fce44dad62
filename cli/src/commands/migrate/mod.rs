//! `bindery migrate`: applies, reverts and lists the migrations of engines, `migrations/<engine>/<version>_<name>.sql`.

mod add;
mod check;
mod differ;
mod drift;
mod guard;
mod import;
mod large;
mod nowhere;
mod orphans;
mod own;
mod prove;
mod renames;
mod squash;
mod told;
mod watch;

use bindery::__private::{OwnTable, OwnTableState};
use bindery::migrate::{MigrateOptions, MigrationProgress, Migrator};
use bindery_schema::model::{CheckedModel, EngineId};
use clap::{Args, Subcommand};
use std::time::Duration;

use crate::at_once::at_once;
use crate::confirm::{self, Confirmation};
use crate::database::Engines;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{ConfigOptions, EngineOptions, Format, ProgressOptions};
use crate::output::Output;
use crate::progress::{Progress, Steps};
use crate::project::Project;

use self::own::Done;
use self::told::Outcome;
use crate::migrations::files::{self, EngineMigrations};

/// Write, check, apply, revert and list the migrations of engines
#[derive(Debug, Args)]
#[command(
    long_about = "Write, check, apply, revert and list the migrations of engines.\n\n\
        Migrations are files of plain SQL beside `bindery.toml`: `migrations/<engine>/<version>_<name>.sql`, and \
        `<version>_<name>.down.sql` for the way back; the names that sqlx, diesel, Flyway, goose and others give them are known too. \
        What was applied stands in the table `_bindery_migrations` of each engine's database. The other tables of bindery's own that an \
        engine needs, such as those of tasks and of atomic groups, are no part of the migrations: `run` makes what is missing of them.",
    after_help = "Examples:\n  \
        bindery migrate add add_nick             what the schema has besides\n  \
        bindery migrate check                    compare them with the schema\n  \
        bindery migrate check --prove            on a scratch database, with rows\n  \
        bindery migrate status --all\n  \
        bindery migrate run                      what is pending on `default`\n  \
        bindery migrate run --all\n  \
        bindery migrate revert --engine b --yes  the last migration of `b`"
)]
pub(crate) struct MigrateArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(add::AddArguments),
    Check(check::CheckArguments),
    Run(RunArguments),
    Revert(RevertArguments),
    Status(StatusArguments),
    Baseline(BaselineArguments),
    Import(import::ImportArguments),
    Squash(squash::SquashArguments),
    Resolve(ResolveArguments),
}

/// The options of every action.
#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// Apply what is pending
#[derive(Debug, Args)]
#[command(
    long_about = "Apply what is pending, in the order of the versions.\n\n\
        Each migration is one transaction with its record (PostgreSQL, SQLite). MySQL and MariaDB commit at every DDL statement, so there, \
        and with `-- @no-transaction` in the file, each statement is recorded by itself: a run that was killed is gone on with. Of several \
        processes that migrate a database one does, the others wait. An engine that is `protected` takes migrations that only add; one that \
        loses data is refused, and so are all engines of the run, unless `--allow-destructive` is given."
)]
struct RunArguments {
    /// How long a statement waits for a lock before it is tried again; others wait behind it
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    lock_timeout: u64,
    /// How long another process that migrates the database is waited for
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// Apply migrations that come before one that is applied, as those of another branch do
    #[arg(long)]
    out_of_order: bool,
    /// Compare the database with what its applied migrations make, and refuse to go on where it differs
    #[arg(long)]
    check_drift: bool,
    /// Apply migrations that lose data to engines that are `protected`, too
    #[arg(long)]
    allow_destructive: bool,
    /// List what would be applied; change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    common: Common,
}

/// Revert the last migration, or several
#[derive(Debug, Args)]
struct RevertArguments {
    /// How many
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    count: usize,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// List what would be reverted; change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    common: Common,
}

/// List the migrations and their state; exits with 1 where one was changed, is missing or half done
#[derive(Debug, Args)]
struct StatusArguments {
    #[command(flatten)]
    common: Common,
}

/// Record migrations as applied without running them, for a database that has its tables already
#[derive(Debug, Args)]
struct BaselineArguments {
    /// The last of them
    version: String,
    /// List what would be recorded; change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// Say how far a migration is that a run left half done, after you have looked at the database
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        bindery migrate resolve 20240131120000 --done    all of its statements are done\n  \
        bindery migrate resolve 20240131120000 --statements 2")]
struct ResolveArguments {
    /// The migration
    version: String,
    /// All of its statements are done
    #[arg(long)]
    done: bool,
    /// This many of its statements are done; the next run goes on after them, and begins anew with 0
    #[arg(
        long,
        value_name = "COUNT",
        conflicts_with = "done",
        required_unless_present = "done"
    )]
    statements: Option<usize>,
    /// Show the state that it would have; change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

/// Runs the action.
pub(crate) fn run(arguments: &MigrateArguments, output: &Output) -> Result<(), Failure> {
    match &arguments.action {
        Action::Add(action) => add::run(action, output),
        Action::Check(action) => check::run(action, output),
        Action::Run(action) => apply(action, output),
        Action::Revert(action) => revert(action, output),
        Action::Status(action) => on_each(&action.common, Purpose::Harmless, output, |one| {
            one.migrator().status().map(Outcome::Listed)
        }),
        Action::Baseline(action) => on_each(&action.common, Purpose::Harmless, output, |one| {
            let (migrator, version) = (one.migrator(), &action.version);
            nowhere::refuse(one)?;
            if action.dry_run {
                return migrator.unrecorded_until(version).map(Outcome::ToRecord);
            }
            migrator.baseline(version).map(Outcome::Recorded)
        }),
        Action::Import(action) => import::run(action, output),
        Action::Squash(action) => squash::run(action, output),
        Action::Resolve(action) => on_each(&action.common, Purpose::Named, output, |one| {
            let (migrator, version) = (one.migrator(), &action.version);
            if action.dry_run {
                let resolved = migrator.resolved(version, action.statements);
                return resolved.map(Outcome::ToResolve);
            }
            migrator.resolve(version, action.statements)?;
            migrator.status().map(Outcome::Listed)
        }),
    }
}

fn apply(action: &RunArguments, output: &Output) -> Result<(), Failure> {
    let options = MigrateOptions::new()
        .lock_timeout(Duration::from_secs(action.lock_timeout))
        .wait(Duration::from_secs(action.wait))
        .out_of_order(action.out_of_order);
    let shown = Progress::new(output, action.progress.quiet);
    let run = Run::with_schema(&action.common, Purpose::Harmless, output)?;
    if action.check_drift {
        drift::refuse(&run, &shown, output)?;
    }
    if !action.allow_destructive {
        guard::refuse(&run, options, output)?;
    }
    let outcomes = run.outcomes(|one| {
        let migrator = one.migrator().with_options(options);
        large::warn(one, &migrator, output);
        if action.dry_run {
            return Ok(Outcome::ToApply(
                migrator.pending()?,
                migrator.own_tables_due()?,
            ));
        }
        let mut done = Done::default();
        let tell = &mut |progress| one.tell(progress, ("applying", &mut done), &shown);
        let of = ("applying", one.engine());
        let ended = watch::beside(&migrator, of, &shown, tell, |told| migrator.run(told)).map(drop);
        shown.end();
        if !done.is_empty() {
            orphans::warn(one, output);
        }
        Outcome::after(Outcome::Applied(done), ended)
    });
    told::print(&outcomes, run.format, output)
}

fn revert(action: &RevertArguments, output: &Output) -> Result<(), Failure> {
    let run = Run::with_schema(&action.common, Purpose::Destructive, output)?;
    if action.dry_run {
        let outcomes = run.outcomes(|one| one.to_revert(action.count));
        return told::print(&outcomes, run.format, output);
    }
    if !action.yes {
        confirm_revert(&run, action.count, output)?;
    }
    let shown = Progress::new(output, action.progress.quiet);
    let outcomes = run.outcomes(|one| {
        let mut done = Done::default();
        let tell = &mut |progress| one.tell(progress, ("reverting", &mut done), &shown);
        let (migrator, of) = (one.migrator(), ("reverting", one.engine()));
        let revert = |told: &mut dyn FnMut(_)| migrator.revert(action.count, told);
        let ended = watch::beside(&migrator, of, &shown, tell, revert).map(drop);
        shown.end();
        Outcome::after(Outcome::Reverted(done.runs), ended)
    });
    told::print(&outcomes, run.format, output)
}

/// The question names what would be reverted. Where that cannot be known on some engine, nothing is reverted on any.
fn confirm_revert(run: &Run, count: usize, output: &Output) -> Result<(), Failure> {
    let help = "pass `--yes` to revert without a prompt";
    let question = "";
    confirm::require_terminal(&Confirmation { question, help })?;
    let outcomes = run.outcomes(|one| one.to_revert(count));
    let mut named = Vec::new();
    for (engine, outcome) in &outcomes {
        match outcome {
            Ok(outcome) => named.extend(outcome.named(engine)),
            Err(_) => return told::print(&outcomes, run.format, output),
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    let question = format!(
        "Revert {}, with what their tables and columns hold?",
        named.join(", ")
    );
    let question = question.as_str();
    confirm::ask(&Confirmation { question, help }, output)
}

fn migrator<'a>(
    engines: &'a Engines,
    index: usize,
    migrations: &'a EngineMigrations,
) -> Migrator<'a, 'a> {
    let engine = engines.chosen(index);
    Migrator::new(&engines.registry, engine, migrations.each())
}

/// An engine of this run.
struct One<'a> {
    engines: &'a Engines,
    index: usize,
    migrations: &'a EngineMigrations,
}

impl<'a> One<'a> {
    fn to_revert(&self, count: usize) -> bindery::Result<Outcome<'a>> {
        self.migrator().revertible(count).map(Outcome::ToRevert)
    }

    fn engine(&self) -> &'a str {
        &self.migrations.engine
    }

    fn migrator(&self) -> Migrator<'a, 'a> {
        migrator(self.engines, self.index, self.migrations)
    }

    /// Shows it, and keeps what is done.
    fn tell(
        &self,
        progress: MigrationProgress<'a>,
        (word, done): (&str, &mut Done<'a>),
        shown: &Progress<'_>,
    ) {
        let engine = self.engine();
        match progress {
            MigrationProgress::Waiting => shown.note(&format!(
                "another process migrates `{engine}`: waiting for it\n"
            )),
            MigrationProgress::Again { version } => shown.note(&format!(
                "migration {version} on `{engine}` got no lock in time: trying again\n"
            )),
            MigrationProgress::Statement {
                version,
                statement: begun,
                of,
            } => {
                let unit = "statements";
                shown.step((word, version, engine), Steps { begun, of, unit });
            }
            MigrationProgress::Done(run) => done.runs.push(run),
            MigrationProgress::OwnTable { table, is_new } => done.own.push(OwnTable {
                table,
                state: if is_new {
                    OwnTableState::Missing
                } else {
                    OwnTableState::Older
                },
            }),
            _ => {}
        }
    }
}

/// The chosen engines with their migrations.
struct Run {
    project: Project,
    chosen: Vec<EngineId>,
    engines: Engines,
    migrations: Vec<EngineMigrations>,
    format: Format,
}

impl Run {
    /// With the models of the schema, where there is one: a run records the schema of the tables.
    fn with_schema(common: &Common, purpose: Purpose, output: &Output) -> Result<Self, Failure> {
        let model = Project::schema_if_any(&common.config, output);
        Self::new(common, purpose, model.as_ref(), output)
    }

    fn open(common: &Common, purpose: Purpose, output: &Output) -> Result<Self, Failure> {
        Self::new(common, purpose, None, output)
    }

    fn new(
        common: &Common,
        purpose: Purpose,
        model: Option<&CheckedModel>,
        output: &Output,
    ) -> Result<Self, Failure> {
        let project = Project::load_config(&common.config, output)?;
        let chosen = project.choose(&common.engines, purpose)?;
        let format = common.config.format;
        let migrations = files::of_engines(&project, &chosen, format, output)?;
        let engines = Engines::with_schema(&project, &chosen, model)?;
        Ok(Self {
            project,
            chosen,
            engines,
            migrations,
            format,
        })
    }

    /// Does the work on every engine, all at the same time. One that fails keeps no other from being worked on.
    fn outcomes<'r>(
        &'r self,
        work: impl Fn(&One<'r>) -> bindery::Result<Outcome<'r>> + Sync,
    ) -> Vec<(&'r str, bindery::Result<Outcome<'r>>)> {
        at_once(&self.migrations, |index, migrations| {
            (migrations.engine.as_str(), work(&self.one(index)))
        })
    }

    /// One of the engines, by its place among the chosen ones.
    fn one(&self, index: usize) -> One<'_> {
        One {
            engines: &self.engines,
            index,
            migrations: &self.migrations[index],
        }
    }
}

/// Does the work on every chosen engine, and prints the outcome of each.
fn on_each(
    common: &Common,
    purpose: Purpose,
    output: &Output,
    work: impl for<'r> Fn(&One<'r>) -> bindery::Result<Outcome<'r>> + Sync,
) -> Result<(), Failure> {
    let run = Run::open(common, purpose, output)?;
    told::print(&run.outcomes(work), run.format, output)
}
