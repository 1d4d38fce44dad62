//! `bindery doctor`: looks for what keeps the program from working on its engines, and says what to do about it.

mod clock;
mod drift;
mod groups;
mod orphans;
mod privileges;
mod server;

use bindery::Dialect;
use bindery_schema::model::{CheckedModel, EngineId, Table};
use clap::Args;

use crate::database::Engines;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::health::{Look, Row, Sections, Thresholds, look_at, migrations, print, shards};
use crate::options::{EngineOptions, SchemaOptions};
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report;

/// Check configuration, connection, server, privileges, clock, tables and migrations of engines
#[derive(Debug, Args)]
#[command(
    long_about = "Check what the program needs on its engines, and say what to do where it is not there: configuration and schema, the \
        connection, the server's product and version, privileges on the tables, the difference of the clocks, differences from the \
        schema, on SQLite rows whose foreign key leads to no row, bindery's own tables, pending migrations, what atomic groups rely on, and maps of shards.\n\n\
        Without `--engine` all engines are checked, at the same time. Nothing is changed. Exits with 0 where all is well, with 1 on a \
        warning and with 2 on an error.",
    after_help = "Examples:\n  \
        bindery doctor\n  \
        bindery doctor --engine b --format json"
)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Checks the engines, and prints all findings.
pub(crate) fn run(arguments: &DoctorArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines.or_all(), Purpose::Harmless)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let tables = |look: &Look<'_>| Ok(vec![drift::row(look, model)]);
    let privileges = |look: &Look<'_>| privileges::rows(look, &used_tables(model, look)?);
    let sections = Sections {
        all: &[
            &server::rows,
            &privileges,
            &clock::rows,
            &tables,
            &drift::record_rows,
            &orphans::rows,
            &migrations::rows,
            &groups::rows,
            &shards::rows,
        ],
        while_down: |_| Vec::new(),
    };
    let all: Vec<EngineId> = compiled.project.all_engines().collect();
    let engines = Engines::with_schema(&compiled.project, &all, Some(model))?;
    let rows = look_at(
        (&compiled.project, &engines),
        &chosen,
        &Thresholds::default(),
        &sections,
    );
    print(&compiled.project, &chosen, &rows, options.format, output)
}

/// The tables of an engine that the program writes to, as the database names them: those of the schema, and bindery's own.
fn used_tables(model: &CheckedModel, look: &Look<'_>) -> bindery::Result<Vec<String>> {
    let tables = model.tables.iter();
    let tables = tables.filter(|table| table.view.is_none() && table.engines.contains(&look.id));
    let name = |table: &Table| match look.dialect() {
        Dialect::Postgres => table.name.to_string(),
        Dialect::Sqlite | Dialect::Mysql => table.name.name.clone(),
    };
    let own = look.engines.registry.own_tables(look.chosen())?;
    let own = own.iter().map(|own| own.table.to_owned());
    Ok(tables.map(name).chain(own).collect())
}

/// Nothing to be said against it.
fn fine(section: &'static str, text: impl Into<String>) -> Vec<Row> {
    vec![Row::new(section, text)]
}
