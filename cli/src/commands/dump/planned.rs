//! `bindery dump --dry-run`: the tables that would be dumped, and where to. Nothing is connected to.

use std::path::PathBuf;

use bindery_schema::model::{CheckedModel, EngineId};
use serde::Serialize;

use super::DumpArguments;
use crate::data::layout::{self, NewFolder};
use crate::data::tables;
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Paint};
use crate::report::document;
use crate::text::count;

/// One engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EnginePlan {
    engine: String,
    path: String,
    redacted: Vec<String>,
    tables: Vec<TablePlan>,
}

#[derive(Debug, Serialize)]
struct TablePlan {
    table: String,
    status: &'static str,
}

/// Prints it; fails where the dump would be refused.
pub(super) fn print(
    arguments: &DumpArguments,
    (model, chosen): (&CheckedModel, &[EngineId]),
    redacted: &[Vec<String>],
    output: &Output,
) -> Result<(), Failure> {
    if let Some(archive) = &arguments.archive {
        layout::ensure_free(archive, arguments.force)?;
    }
    let engines = chosen.iter().zip(redacted);
    let plans = engines.map(|(id, redacted)| plan(arguments, (model, *id), redacted));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let word = output.results().paint(Paint::Faint, "planned  ");
    let lines = |one: &EnginePlan| {
        let (engine, path) = (&one.engine, &one.path);
        let tables = one.tables.iter();
        let tables = tables.map(|table| format!("{word}  {} on {engine}\n", table.table));
        let number = count(one.tables.len(), "table");
        tables.collect::<String>() + &format!("{number} of {engine} to `{path}`\n")
    };
    output.result(&match arguments.schema.format {
        Format::Json => document(&plans),
        Format::Human | Format::Github => plans.iter().map(lines).collect(),
    })
}

fn plan(
    arguments: &DumpArguments,
    (model, id): (&CheckedModel, EngineId),
    redacted: &[String],
) -> Result<EnginePlan, Failure> {
    let engine = model.engine(id).name.clone();
    let tables = tables::chosen(model, id, &arguments.table)?;
    let tables = tables.iter().map(|table| TablePlan {
        table: table.data.name().to_owned(),
        status: "planned",
    });
    Ok(EnginePlan {
        path: path(arguments, &engine)?.display().to_string(),
        engine,
        redacted: redacted.to_vec(),
        tables: tables.collect(),
    })
}

fn path(arguments: &DumpArguments, engine: &str) -> Result<PathBuf, Failure> {
    if let Some(archive) = &arguments.archive {
        return Ok(archive.join(engine));
    }
    let out = &arguments.out;
    if arguments.single_file().is_none() {
        let folder = out.join(engine);
        NewFolder::ensure_free(&folder, arguments.force)?;
        return Ok(folder);
    }
    if out.as_os_str() != "-" {
        layout::ensure_free(out, arguments.force)?;
    }
    Ok(out.clone())
}
