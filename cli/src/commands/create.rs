//! `bindery create`: makes the tables that are missing, or prints the statements that would.

use bindery_schema::dialect::Dialect;
use clap::Args;

use crate::database::Databases;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{EngineOptions, ProgressOptions, SchemaOptions, dialect_parser};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{Compiled, DialectChoice, Project};
use crate::report;
use crate::tables;

/// Create the tables that are missing, or print the SQL for it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    bindery create                      the missing tables of engine `default`\n  \
    bindery create --engine b           those of `b` only\n  \
    bindery create --table users        this one only, and none of bindery's own\n  \
    bindery create --all --dry-run      what would be made\n  \
    bindery create --all --print        the SQL for every engine\n  \
    bindery create --engine b --print --dialect postgres > b.sql")]
pub(crate) struct CreateArguments {
    /// Only this table; may be repeated
    #[arg(long, value_name = "NAME")]
    table: Vec<String>,
    /// Print the statements; connects to nothing
    #[arg(long)]
    print: bool,
    /// Print for another dialect than the engine's own; the schema is read as always
    #[arg(long, value_name = "DIALECT", requires = "print", value_parser = dialect_parser())]
    dialect: Option<Dialect>,
    /// Connect and list the tables that would be made; change nothing
    #[arg(long, conflicts_with = "print")]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Creates, or prints.
pub(crate) fn run(arguments: &CreateArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let dialect = arguments
        .dialect
        .map_or(DialectChoice::Configured, DialectChoice::Engines);
    let project = Project::load_schema(options, dialect)?;
    let chosen = project.choose(&arguments.engines, Purpose::Harmless)?;
    let configured = project.is_configured();
    let compiled = in_its_own_dialect(project.compile(), configured, arguments)?;
    let model = report::checked(&compiled, options, output)?;
    let engines = tables::chosen(model, &chosen, &arguments.table)?;
    engines
        .iter()
        .for_each(|engine| engine.tell_unmanaged(output));
    if arguments.print {
        return output.result(&tables::statements(&engines, options.format));
    }
    let databases = Databases::open(&compiled.project, model, &engines)?;
    let outcomes = if arguments.dry_run {
        databases.plan_missing()
    } else {
        databases.create_missing(&Progress::new(output, arguments.progress.quiet))
    };
    tables::print(outcomes, options.format, output)
}

/// Without a configuration nothing says what a schema is written in, and SQLite is a guess: where that does not fit, it is
/// written in the requested dialect.
fn in_its_own_dialect(
    compiled: Compiled,
    configured: bool,
    arguments: &CreateArguments,
) -> Result<Compiled, Failure> {
    let guessed = arguments.dialect.filter(|_| !configured);
    let Some(dialect) = guessed.filter(|_| compiled.checked.is_none()) else {
        return Ok(compiled);
    };
    let other =
        Project::load_schema(&arguments.schema, DialectChoice::Everything(dialect))?.compile();
    Ok(if other.checked.is_some() {
        other
    } else {
        compiled
    })
}
