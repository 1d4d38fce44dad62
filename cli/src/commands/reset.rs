//! `bindery reset`: drops the tables of the schema and makes them anew, empty or with fixtures.

use std::path::PathBuf;

use bindery::data::Fixtures;
use bindery::migrate::Migrator;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::{CheckedModel, EngineId};
use clap::Args;

use super::load::fixtures;
use super::migrate::files::{self, EngineMigrations};
use crate::arguments::{EngineOptions, Format, SchemaOptions};
use crate::confirm::Confirmation;
use crate::database::{self, Databases, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report;
use crate::tables::{self, Outcomes};

/// Drop the tables of the schema and make them anew
#[derive(Debug, Args)]
#[command(
    long_about = "Drop the tables of the schema and make them anew, empty or with fixtures.\n\n\
        Tables that the schema does not know, and those it calls `@unmanaged`, are left alone. Where the engine has migrations they are \
        recorded as applied, as the new tables are those of the schema. Of several engines one must be named; one that is `protected` \
        is refused. Prompts for confirmation; without a terminal, `--yes` is needed.",
    after_help = "Examples:\n  \
        bindery reset                                 `default`, the only engine\n  \
        bindery reset --engine b --dry-run            list the tables\n  \
        bindery reset --engine b --yes\n  \
        bindery reset --engine b --fixtures fixtures --yes"
)]
pub(crate) struct ResetArguments {
    /// Load the fixtures of this folder afterwards: `<table>.csv` for every engine, `<engine>/<table>.csv` for one
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// List the tables, connect to nothing and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Asks, drops, and makes.
pub(crate) fn run(arguments: &ResetArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines, Purpose::Destructive)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let engines = tables::of_engines(model, &chosen);
    engines
        .iter()
        .for_each(|engine| engine.tell_unmanaged(output));
    // All that is read is read before anything is dropped.
    let migrations = read_migrations(&compiled.project, &chosen, options.format, output)?;
    let fixtures = arguments.fixtures.as_deref();
    let fixtures = fixtures.map(|dir| fixtures::read(dir, model)).transpose()?;
    if arguments.dry_run {
        return tables::print(tables::planned(&engines), options.format, output);
    }
    let databases = Databases::open(&compiled.project, model, &engines)?;
    if !arguments.yes {
        let confirmation = Confirmation {
            question: "Drop these tables with all their rows, and make them anew?",
            help: "pass `--yes` to reset without a prompt",
        };
        super::drop::ask(&confirmation, &compiled.project, &engines, output)?;
    }
    tables::print(made_anew(&databases), options.format, output)?;
    let engines = Engines::open(&compiled.project, &chosen)?;
    record_migrations(&migrations, &engines, output)?;
    fixtures.map_or(Ok(()), |fixtures| {
        load_fixtures(
            &fixtures,
            (model, &chosen),
            &engines,
            options.format,
            output,
        )
    })
}

/// The tables that were made, once all were dropped. Engines whose tables were not dropped are not begun with.
fn made_anew<'t>(databases: &Databases<'t>) -> Outcomes<'t> {
    let dropped = databases.drop_tables();
    if !dropped.failures.is_empty() {
        return dropped;
    }
    databases.create_missing()
}

/// The migrations of each engine that has some, with its place among those that are chosen.
fn read_migrations(
    project: &Project,
    chosen: &[EngineId],
    format: Format,
    output: &Output,
) -> Result<Vec<(usize, EngineMigrations)>, Failure> {
    let (mut sources, mut found) = (project.input.sources.clone(), Diagnostics::default());
    let mut read = Vec::new();
    for (index, id) in chosen.iter().enumerate() {
        let of_engine = files::of_engine(project, *id, &mut sources, &mut found);
        read.extend(of_engine.map(|migrations| (index, migrations)));
    }
    report::findings_of(&found, &sources, format, output)?;
    Ok(read)
}

/// The new tables are at the head of the migrations.
fn record_migrations(
    read: &[(usize, EngineMigrations)],
    engines: &Engines,
    output: &Output,
) -> Result<(), Failure> {
    for (index, read) in read {
        let Some(last) = read.migrations.last() else {
            continue;
        };
        let migrator = Migrator::new(&engines.registry, engines.chosen(*index), &read.migrations);
        let recorded = migrator.baseline(last.version);
        recorded.map_err(|error| database::failure(&error))?;
        output.message(&format!(
            "migrations on {} are recorded as applied, up to {}\n",
            read.engine, last.version
        ));
    }
    Ok(())
}

fn load_fixtures(
    fixtures: &Fixtures,
    chosen: (&CheckedModel, &[EngineId]),
    engines: &Engines,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    match format {
        // One document is enough: the tables'.
        Format::Json => output.failures(&fixtures::load_into(fixtures, chosen, engines).1),
        Format::Human | Format::Github => fixtures::load(fixtures, chosen, engines, format, output),
    }
}
