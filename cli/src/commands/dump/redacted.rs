//! The columns that `bindery dump --redact` replaces the values of: those with `@redact`, and those that the command line names.

use std::str::FromStr;

use bindery_schema::ast::{RedactTag, Redaction};
use bindery_schema::model::{CheckedModel, EngineId, Model, Table};
use bindery_schema::name::suggest;
use bindery_schema::source::{SourceFile, Sources, Span};

use super::DumpArguments;
use crate::data::{redact, tables};
use crate::failure::Failure;
use crate::output::Output;

/// The name that findings show for the command line.
const COMMAND_LINE: &str = "--redact";

/// A value of `--redact`.
#[derive(Debug, Clone)]
pub(super) enum Redacted {
    /// None: what the annotations say.
    Annotated,
    /// `users.email=hash`.
    Column(ColumnRedaction),
}

#[derive(Debug, Clone)]
pub(super) struct ColumnRedaction {
    text: String,
    table: String,
    column: String,
    redaction: Redaction,
}

impl FromStr for Redacted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::Annotated);
        }
        let (place, word) = text.rsplit_once('=').unwrap_or((text, "hash"));
        let mut kinds = Redaction::ALL.into_iter();
        let redaction = kinds.find(|kind| kind.word() == word);
        let redaction = redaction
            .ok_or("after `=` comes `hash`, `null` or `fake`, as in `users.email=hash`")?;
        let (table, column) = place
            .rsplit_once('.')
            .ok_or("a column is named with its table, as in `users.email=hash`")?;
        Ok(Self::Column(ColumnRedaction {
            text: text.to_owned(),
            table: table.to_owned(),
            column: column.to_owned(),
            redaction,
        }))
    }
}

/// Has the columns that the command line names redacted as if they had the annotation, which the same rules check.
pub(super) fn annotate(
    given: &[Redacted],
    model: &mut Model,
    sources: &mut Sources,
) -> Result<(), Failure> {
    let columns = given.iter().filter_map(|one| match one {
        Redacted::Annotated => None,
        Redacted::Column(column) => Some(column),
    });
    for one in columns {
        let file = sources.add(SourceFile::new(COMMAND_LINE, one.text.as_str()));
        let span = Span {
            file,
            start: 0,
            end: one.text.len() as u32,
        };
        let tables = model.tables.iter_mut();
        let mut tables: Vec<&mut Table> = tables
            .filter(|table| table.name.to_string() == one.table && table.view.is_none())
            .collect();
        if tables.is_empty() {
            return Err(unknown_table(&one.table, model));
        }
        let columns = tables.iter_mut().flat_map(|table| &mut table.columns);
        let mut found = false;
        for column in columns.filter(|column| column.name == one.column) {
            found = true;
            let redaction = one.redaction;
            column.redact = Some(RedactTag { redaction, span });
        }
        if !found {
            return Err(unknown_column(one, &tables));
        }
    }
    Ok(())
}

fn unknown_table(name: &str, model: &Model) -> Failure {
    let names: Vec<String> = model
        .tables
        .iter()
        .map(|one| one.name.to_string())
        .collect();
    let near = suggest(name, names.iter().map(String::as_str));
    let failure = Failure::new(format!("there is no table `{}`", name.escape_debug()));
    match near {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("name a column as in the schema, `--redact users.email=hash`"),
    }
}

fn unknown_column(one: &ColumnRedaction, tables: &[&mut Table]) -> Failure {
    let columns = tables.iter().flat_map(|table| &table.columns);
    let near = suggest(&one.column, columns.map(|column| column.name.as_str()));
    let (table, column) = (&one.table, one.column.escape_debug());
    let failure = Failure::new(format!("table `{table}` has no column `{column}`"));
    match near {
        Some(near) => failure.help(format!(
            "did you mean `--redact {table}.{near}={}`?",
            one.redaction.word()
        )),
        None => failure.help("name a column as in the schema, `--redact users.email=hash`"),
    }
}

/// The columns of each engine whose values are replaced. With `--redact` there have to be some; without it is said that there are.
pub(super) fn columns(
    arguments: &DumpArguments,
    (model, chosen): (&CheckedModel, &[EngineId]),
    output: &Output,
) -> Result<Vec<Vec<String>>, Failure> {
    let of_engine = |id: &EngineId| -> Result<Vec<String>, Failure> {
        let tables = tables::chosen(model, *id, &arguments.table)?;
        redact::names(model, &tables)
    };
    let all = chosen
        .iter()
        .map(of_engine)
        .collect::<Result<Vec<_>, _>>()?;
    if arguments.is_redacted() {
        if all.iter().all(Vec::is_empty) {
            let failure = Failure::new(
                "no column of these tables has `@redact`, so nothing would be replaced",
            );
            return Err(failure.help("write `-- @redact hash`, `null` or `fake` above columns of the schema, or name them: `--redact users.email=hash`"));
        }
        return Ok(all);
    }
    for (id, names) in chosen
        .iter()
        .zip(&all)
        .filter(|(_, names)| !names.is_empty())
    {
        output.message(&format!(
            "note: {}: original values of {}; `--redact` replaces them\n",
            model.engine(*id).name,
            names.join(", ")
        ));
    }
    Ok(vec![Vec::new(); chosen.len()])
}
