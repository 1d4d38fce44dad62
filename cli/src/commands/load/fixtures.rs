//! `bindery load --fixtures`: a common set of rows for every engine, and one for each.

use std::path::Path;

use bindery::data::{DataTable, Fixtures, LoadedFixtures};
use bindery_schema::model::{CheckedModel, EngineId};
use serde::Serialize;

use super::explained;
use crate::arguments::Format;
use crate::at_once::at_once;
use crate::commands::dump::rows;
use crate::data::tables;
use crate::database::Engines;
use crate::failure::Failure;
use crate::output::{Output, Paint};
use crate::report::document;

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
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    let (done, failures) = load_into(fixtures, chosen, engines);
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
        Format::Human | Format::Github => done.iter().map(|one| lines(one, output)).collect(),
    })
}

/// The same without a word: the engines that were done, and the failures of the others.
pub(crate) fn load_into(
    fixtures: &Fixtures,
    (model, chosen): (&CheckedModel, &[EngineId]),
    engines: &Engines,
) -> (Vec<EngineFixtures>, Vec<Failure>) {
    let ended = at_once(chosen, |index, id| {
        let tables = tables::managed(model, *id);
        let tables: Vec<&DataTable> = tables.iter().map(|table| &table.data).collect();
        fixtures.load(&engines.registry, engines.chosen(index), &tables)
    });
    let (mut done, mut failures) = (Vec::new(), Vec::new());
    for one in ended {
        match one {
            Ok(loaded) => done.push(outcome(loaded)),
            Err(error) => failures.push(explained(&error)),
        }
    }
    (done, failures)
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

fn lines(one: &EngineFixtures, output: &Output) -> String {
    let word = output.results().paint(Paint::Good, "loaded   ");
    let line = |table: &TableFixtures| {
        let number = rows(table.rows);
        format!("{word}  {} on {}: {number}\n", table.table, one.engine)
    };
    let loaded: String = one.tables.iter().map(line).collect();
    let (here, all) = (one.tables.len(), one.tables.len() + one.skipped);
    format!(
        "{loaded}{here} of {all} tables with fixtures live on {}\n",
        one.engine
    )
}
