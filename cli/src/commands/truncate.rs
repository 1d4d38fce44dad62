//! `bindery truncate`: deletes all rows of the schema's tables; the tables stay.

use bindery::data::{DataTable, LoadMode, Loading};
use bindery::error::DataProblem;
use bindery_schema::model::{CheckedModel, EngineId};
use clap::Args;
use serde::Serialize;

use crate::at_once::at_once;
use crate::confirm::{self, Confirmation};
use crate::data;
use crate::data::tables::{EngineTable, chosen as chosen_tables};
use crate::database::Engines;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{EngineOptions, Format, ProgressOptions, SchemaOptions};
use crate::output::{Output, Paint};
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document_of_engines};
use crate::tables::unmanaged;
use crate::text::count;

/// Delete all rows of the schema's tables
#[derive(Debug, Args)]
#[command(
    long_about = "Delete all rows of the schema's tables; the tables stay.\n\n\
        All tables of an engine are emptied in one transaction, those that refer to others first, also where they refer to each other in \
        a circle. Fails, and changes nothing, where a row of another table refers to one of these rows. Tables that the schema does not \
        know, and those it calls `@unmanaged`, are left alone; what generates keys goes on where it was. Of several engines one must be \
        named; one that is `protected` is refused. Prompts for confirmation; without a terminal, `--yes` is needed.",
    after_help = "Examples:\n  \
        bindery truncate                           where `default` is the only engine\n  \
        bindery truncate --engine b --yes\n  \
        bindery truncate --engine b --table posts --table tags --dry-run"
)]
pub(crate) struct TruncateArguments {
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

/// The tables of one engine.
struct Emptied<'m> {
    engine: &'m str,
    tables: Vec<EngineTable<'m>>,
}

/// One engine of the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineDocument<'a> {
    engine: &'a str,
    tables: Vec<TableDocument<'a>>,
}

#[derive(Debug, Serialize)]
struct TableDocument<'a> {
    table: &'a str,
    status: &'static str,
}

/// Asks, and deletes.
pub(crate) fn run(arguments: &TruncateArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines, Purpose::Destructive)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let of_engine = |id: &EngineId| of_engine(model, *id, arguments);
    let all = chosen
        .iter()
        .map(of_engine)
        .collect::<Result<Vec<_>, _>>()?;
    if arguments.dry_run {
        return print((&all, &[]), "planned", options.format, output);
    }
    if !arguments.yes {
        ask(&compiled.project, &all, output)?;
    }
    let engines = Engines::open(&compiled.project, &chosen)?;
    let progress = Progress::new(output, arguments.progress.quiet);
    let ended = at_once(&all, |index, one| empty(one, (&engines, index), &progress));
    let (mut emptied, mut failed) = (Vec::new(), Vec::new());
    for (one, ended) in all.into_iter().zip(ended) {
        match ended {
            Ok(()) => emptied.push(one),
            Err(failure) => failed.push((one.engine, failure)),
        }
    }
    print((&emptied, &failed), "emptied", options.format, output)?;
    let failures: Vec<Failure> = failed.into_iter().map(|(_, failure)| failure).collect();
    output.failures(&failures)
}

fn of_engine<'m>(
    model: &'m CheckedModel,
    id: EngineId,
    arguments: &TruncateArguments,
) -> Result<Emptied<'m>, Failure> {
    let engine = &model.engine(id).name;
    let tables = chosen_tables(model, id, &arguments.table)?;
    if let Some(table) = tables.iter().find(|table| table.table.unmanaged) {
        let name = table.data.name();
        return Err(unmanaged(name, engine, "its rows are left alone"));
    }
    Ok(Emptied { engine, tables })
}

/// One transaction: foreign keys are looked at when all is deleted.
fn empty(
    one: &Emptied<'_>,
    (engines, index): (&Engines, usize),
    progress: &Progress<'_>,
) -> Result<(), Failure> {
    let tables: Vec<&DataTable> = one.tables.iter().map(|table| &table.data).collect();
    let (registry, chosen) = (&engines.registry, engines.chosen(index));
    let deleted = &mut progress.tables("emptying", one.engine);
    let begun = Loading::begin_with(registry, chosen, (&tables, LoadMode::Replace), deleted);
    let emptied = begun.and_then(|loading| loading.finish(&tables));
    progress.end();
    emptied.map_err(|error| data::failure_with_help(&error, help))
}

/// Returns the help for a problem, where there is any.
fn help(problem: &DataProblem) -> Option<&'static str> {
    match problem {
        DataProblem::Dangling { .. } => Some(
            "nothing was changed; empty the tables that refer to them too, or delete those rows first",
        ),
        _ => None,
    }
}

/// Fails unless the user confirms.
fn ask(project: &Project, all: &[Emptied<'_>], output: &Output) -> Result<(), Failure> {
    let confirmation = Confirmation {
        question: "Delete all rows of these tables?",
        help: "pass `--yes` to delete without a prompt",
    };
    confirm::require_terminal(&confirmation)?;
    for one in all {
        let place = project.place(one.engine).unwrap_or_default();
        let number = count(one.tables.len(), "table");
        let names: Vec<&str> = one.tables.iter().map(|table| table.data.name()).collect();
        output.message(&format!(
            "engine `{}`, {place}: {number}: {}\n",
            one.engine,
            names.join(", ")
        ));
    }
    confirm::ask(&confirmation, output)
}

fn print(
    (all, failed): (&[Emptied<'_>], &[(&str, Failure)]),
    status: &'static str,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    let documents = all.iter().map(|one| EngineDocument {
        engine: one.engine,
        tables: one
            .tables
            .iter()
            .map(|table| TableDocument {
                table: table.data.name(),
                status,
            })
            .collect(),
    });
    let documents: Vec<EngineDocument<'_>> = documents.collect();
    let word = output.results().paint(Paint::Bad, &format!("{status:<9}"));
    let line = |one: &EngineDocument<'_>| {
        let tables = one.tables.iter();
        let lines = tables.map(|table| format!("{word}  {} on {}\n", table.table, one.engine));
        lines.collect::<String>()
    };
    output.result(&match format {
        Format::Json => document_of_engines(&documents, failed),
        Format::Human | Format::Github => documents.iter().map(line).collect(),
    })
}
