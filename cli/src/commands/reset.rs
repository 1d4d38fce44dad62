//! `bindery reset`: drops the tables of the schema and makes them anew, empty or with fixtures.

use std::path::PathBuf;

use bindery::migrate::Migrator;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::EngineId;
use clap::Args;

use crate::confirm::Confirmation;
use crate::data::fixtures;
use crate::database::{self, Databases, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::migrations::files::{self, EngineMigrations};
use crate::options::{EngineOptions, Format, ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report;
use crate::tables;

/// Drop the tables of the schema and make them anew
#[derive(Debug, Args)]
#[command(
    long_about = "Drop the tables of the schema and make them anew, empty or with fixtures.\n\n\
        Tables that the schema does not know, and those it calls `@unmanaged`, are left alone. Where the engine has migrations they are \
        recorded as applied, as the new tables are those of the schema. An engine that fails keeps no other from being reset. Of several engines one must be named; one that is `protected` \
        is refused. With `--table` the others, and those of bindery's own, stay as they are. Prompts for confirmation; without a terminal, `--yes` is needed.",
    after_help = "Examples:\n  \
        bindery reset                                 `default`, the only engine\n  \
        bindery reset --engine b --dry-run            list the tables\n  \
        bindery reset --engine b --yes\n  \
        bindery reset --engine b --table posts --yes\n  \
        bindery reset --engine b --fixtures fixtures --yes"
)]
pub(crate) struct ResetArguments {
    /// Load the fixtures of this folder afterwards: `<table>.csv` for every engine, `<engine>/<table>.csv` for one
    #[arg(long, value_name = "DIR")]
    fixtures: Option<PathBuf>,
    /// Only this table; may be repeated. No migration is recorded
    #[arg(long, value_name = "NAME", conflicts_with = "fixtures")]
    table: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// List the tables, connect to nothing and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Asks, drops, and makes.
pub(crate) fn run(arguments: &ResetArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines, Purpose::Destructive)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let engines = tables::chosen(model, &chosen, &arguments.table)?;
    engines
        .iter()
        .for_each(|engine| engine.tell_unmanaged(output));
    // All that is read is read before anything is dropped.
    let migrations = read_migrations(&compiled.project, &chosen, options.format, output)?;
    let fixtures = arguments.fixtures.as_deref();
    let fixtures = fixtures.map(|dir| fixtures::read(dir, model)).transpose()?;
    if let Some(fixtures) = &fixtures {
        let engines = Engines::open(&compiled.project, &chosen)?;
        output.failures(&fixtures::check(fixtures, (model, &chosen), &engines).1)?;
    }
    if arguments.dry_run {
        return tables::print(tables::to_drop(&engines), options.format, output);
    }
    let databases = Databases::open(&compiled.project, model, &engines)?;
    if !arguments.yes {
        let confirmation = Confirmation {
            question: "Drop these tables with all their rows, and make them anew?",
            help: "pass `--yes` to reset without a prompt",
        };
        tables::ask_to_drop(&confirmation, &compiled.project, &engines, output)?;
    }
    let progress = Progress::new(output, arguments.progress.quiet);
    let outcomes = databases.remake_tables(&progress);
    tables::print_done(&outcomes, options.format, output)?;
    let remade = |id: &&EngineId| {
        let engine = &model.engine(**id).name;
        outcomes.done.iter().any(|it| it.engine == engine)
    };
    let remade: Vec<EngineId> = chosen.iter().filter(remade).copied().collect();
    let mut failures = outcomes.into_failures();
    let engines = Engines::open(&compiled.project, &remade)?;
    if arguments.table.is_empty() {
        failures.extend(record_migrations(&migrations, (&engines, &remade), output));
    }
    if let Some(fixtures) = &fixtures {
        let loaded = fixtures::load_into(fixtures, (model, &remade), &engines, &progress);
        // One document is enough: the tables'.
        if !matches!(options.format, Format::Json) {
            fixtures::print_done(&loaded.0, options.format, output)?;
        }
        failures.extend(loaded.1);
    }
    output.failures(&failures)
}

/// The migrations of each engine that has some.
fn read_migrations(
    project: &Project,
    chosen: &[EngineId],
    format: Format,
    output: &Output,
) -> Result<Vec<(EngineId, EngineMigrations)>, Failure> {
    let (mut sources, mut found) = (project.input.sources.clone(), Diagnostics::default());
    let mut read = Vec::new();
    for id in chosen {
        let of_engine = files::of_engine(project, *id, &mut sources, &mut found);
        read.extend(of_engine.map(|migrations| (*id, migrations)));
    }
    output.report_errors(&found, &sources, format)?;
    Ok(read)
}

/// Records on these engines that their new tables are at the head of their migrations; gives the failures.
fn record_migrations(
    read: &[(EngineId, EngineMigrations)],
    (engines, remade): (&Engines, &[EngineId]),
    output: &Output,
) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (index, id) in remade.iter().enumerate() {
        let of_engine = read.iter().find(|(of, _)| of == id);
        let Some((read, last)) = of_engine.and_then(|(_, it)| Some((it, it.migrations.last()?)))
        else {
            continue;
        };
        let migrator = Migrator::new(&engines.registry, engines.chosen(index), read.each());
        match migrator.baseline(&last.version) {
            Ok(_) => output.message(&format!(
                "migrations on {} are recorded as applied, up to {}\n",
                read.engine, last.version
            )),
            Err(error) => failures.push(database::failure(&error)),
        }
    }
    failures
}
