//! `bindery drop`: drops the tables of the schema, with all their rows, once the user says yes.

use clap::Args;

use crate::confirm::Confirmation;
use crate::database::Databases;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{EngineOptions, ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report;
use crate::tables;

/// Drop the tables of the schema, with all their rows
#[derive(Debug, Args)]
#[command(
    long_about = "Drop the tables of the schema, with all their rows.\n\n\
        Tables that the schema does not know, and those it calls `@unmanaged`, are left alone. Of several \
        engines one must be named. With `--table` only those are dropped, unless another table refers to them, and none of bindery's own. Prompts for confirmation; without a terminal, `--yes` is needed.",
    after_help = "Examples:\n  \
        bindery drop                    where `default` is the only engine\n  \
        bindery drop --engine b --yes   without a prompt\n  \
        bindery drop --table posts --table tags --dry-run"
)]
pub(crate) struct DropArguments {
    /// Only this table; may be repeated
    #[arg(long, value_name = "NAME")]
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

/// Asks, and drops.
pub(crate) fn run(arguments: &DropArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines, Purpose::Destructive)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let engines = tables::chosen(model, &chosen, &arguments.table)?;
    engines
        .iter()
        .for_each(|engine| engine.tell_unmanaged(output));
    if arguments.dry_run {
        return tables::print(tables::to_drop(&engines), options.format, output);
    }
    let databases = Databases::open(&compiled.project, model, &engines)?;
    if !arguments.yes {
        let confirmation = Confirmation {
            question: "Drop these tables with all their rows?",
            help: "pass `--yes` to drop without a prompt",
        };
        tables::ask_to_drop(&confirmation, &compiled.project, &engines, output)?;
    }
    let progress = Progress::new(output, arguments.progress.quiet);
    tables::print(databases.drop_tables(&progress), options.format, output)
}
