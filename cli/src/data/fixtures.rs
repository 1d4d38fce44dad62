//! Fixtures of `load` and `reset`: a common set of rows for every engine, and one for each.

use std::path::{Path, PathBuf};

use bindery::Engine as _;
use bindery::data::{CheckedFixtures, CheckedTable, DataTable, Fixtures, LoadedFixtures};
use bindery::error::DataProblem;
use bindery_schema::model::{CheckedModel, EngineId};
use serde::Serialize;

use super::tables;
use crate::at_once::at_once;
use crate::database::Engines;
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Paint};
use crate::progress::Progress;
use crate::report::document;
use crate::text::rows;

/// The result for one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct EngineFixtures {
    engine: String,
    tables: Vec<TableFixtures>,
    skipped: usize,
}

#[derive(Debug, Serialize)]
struct TableFixtures {
    table: String,
    rows: u64,
}

/// One engine of a dry run; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct EnginePlan {
    engine: String,
    tables: Vec<TablePlan>,
    skipped: usize,
}

#[derive(Debug, Serialize)]
struct TablePlan {
    table: String,
    files: Vec<String>,
    rows: u64,
    status: &'static str,
}

/// The fixtures of a folder, for the tables and the engines of the model. Nothing is connected to.
pub(crate) fn read(dir: &Path, model: &CheckedModel) -> Result<Fixtures, Failure> {
    let engines = model.engines.iter().map(|engine| engine.name.as_str());
    let tables = model.tables.iter().map(|table| table.name.to_string());
    let tables: Vec<String> = tables.collect();
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let fixtures = Fixtures::read(dir, &engines.collect::<Vec<_>>(), &tables);
    fixtures.map_err(|error| explained(&error))
}

/// Loads fixtures into the chosen engines.
pub(crate) fn load(
    fixtures: &Fixtures,
    chosen: (&CheckedModel, &[EngineId]),
    engines: &Engines,
    (format, progress): (Format, &Progress<'_>),
    output: &Output,
) -> Result<(), Failure> {
    let (done, failures) = load_into(fixtures, chosen, engines, progress);
    print_done(&done, format, output)?;
    output.failures(&failures)
}

/// Prints what was loaded.
pub(crate) fn print_done(
    done: &[EngineFixtures],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(done),
        Format::Human | Format::Github => {
            done.iter().map(|one| loaded_lines(one, output)).collect()
        }
    })
}

/// The same without a word: the engines that were done, and the failures of the others.
pub(crate) fn load_into(
    fixtures: &Fixtures,
    (model, chosen): (&CheckedModel, &[EngineId]),
    engines: &Engines,
    progress: &Progress<'_>,
) -> (Vec<EngineFixtures>, Vec<Failure>) {
    let ended = at_once(chosen, |index, id| {
        let (tables, engine) = (tables::managed(model, *id), engines.chosen(index));
        let tables: Vec<&DataTable> = tables.iter().map(|table| &table.data).collect();
        let told = &mut |table: &str, rows| {
            progress.tell(("loading", table, engine.name()), rows, None);
        };
        let loaded = fixtures.load(&engines.registry, engine, &tables, told);
        progress.end();
        loaded.map(outcome).map_err(|error| explained(&error))
    });
    separated(ended)
}

/// Reads all rows and compares them with the tables of the engines. Nothing is connected to.
pub(crate) fn check(
    fixtures: &Fixtures,
    (model, chosen): (&CheckedModel, &[EngineId]),
    engines: &Engines,
) -> (Vec<EnginePlan>, Vec<Failure>) {
    let ended = at_once(chosen, |index, id| {
        let (tables, engine) = (tables::managed(model, *id), engines.chosen(index));
        let tables: Vec<&DataTable> = tables.iter().map(|table| &table.data).collect();
        let checked = fixtures.check(engine, &tables);
        let planned = checked.map(|checked| plan(engine.name(), checked));
        planned.map_err(|error| explained(&error))
    });
    separated(ended)
}

/// The outcomes of the engines that were done, and the failures of the others.
fn separated<T>(ended: Vec<Result<T, Failure>>) -> (Vec<T>, Vec<Failure>) {
    let (mut done, mut failures) = (Vec::new(), Vec::new());
    for one in ended {
        match one {
            Ok(outcome) => done.push(outcome),
            Err(failure) => failures.push(failure),
        }
    }
    (done, failures)
}

/// The failure with what to type next.
fn explained(error: &bindery::Error) -> Failure {
    super::failure_with_help(error, |problem| {
        Some(match problem {
            DataProblem::NoKey => {
                "load the table from a file of its own: `bindery load --table NAME --from FILE --append`"
            }
            _ => "nothing was changed on this engine; mend the file",
        })
    })
}

/// A dry run: prints the files of each table; fails where one cannot be loaded.
pub(crate) fn print_planned(
    (plans, failures): (Vec<EnginePlan>, Vec<Failure>),
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(&plans),
        Format::Human | Format::Github => {
            plans.iter().map(|one| planned_lines(one, output)).collect()
        }
    })?;
    output.failures(&failures)
}

fn plan(engine: &str, checked: CheckedFixtures) -> EnginePlan {
    let path = |path: &PathBuf| path.display().to_string();
    let table = |one: CheckedTable| TablePlan {
        files: one.files.iter().map(path).collect(),
        table: one.table,
        rows: one.rows,
        status: "planned",
    };
    EnginePlan {
        engine: engine.to_owned(),
        tables: checked.tables.into_iter().map(table).collect(),
        skipped: checked.skipped,
    }
}

fn planned_lines(one: &EnginePlan, output: &Output) -> String {
    let word = output.results().paint(Paint::Faint, "planned  ");
    let line = |table: &TablePlan| {
        let (number, files) = (rows(table.rows), table.files.join(", "));
        format!(
            "{word}  {} on {}: {number} of {files}\n",
            table.table, one.engine
        )
    };
    let planned: String = one.tables.iter().map(line).collect();
    planned + &living(&one.engine, one.tables.len(), one.skipped)
}

/// The number of tables with fixtures that live on an engine.
fn living(engine: &str, here: usize, skipped: usize) -> String {
    let all = here + skipped;
    format!("{here} of {all} tables with fixtures live on {engine}\n")
}

fn outcome(loaded: LoadedFixtures) -> EngineFixtures {
    let tables = loaded.tables.into_iter();
    EngineFixtures {
        engine: loaded.engine.to_owned(),
        tables: tables
            .map(|(table, rows)| TableFixtures { table, rows })
            .collect(),
        skipped: loaded.skipped,
    }
}

fn loaded_lines(one: &EngineFixtures, output: &Output) -> String {
    let word = output.results().paint(Paint::Good, "loaded   ");
    let line = |table: &TableFixtures| {
        let number = rows(table.rows);
        format!("{word}  {} on {}: {number}\n", table.table, one.engine)
    };
    let loaded: String = one.tables.iter().map(line).collect();
    loaded + &living(&one.engine, one.tables.len(), one.skipped)
}
