//! `bindery check`: reads the schema, runs every rule, and sums up; `--against-engine` holds the queries against a server.

mod against;

use bindery_schema::dialect::Dialect;
use clap::Args;

use crate::failure::Failure;
use crate::options::{SchemaOptions, dialect_parser};
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report::summary;

/// Check the schema and the queries: no database is needed, nothing is written
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    bindery check                    what bindery.toml names, or schema.sql\n  \
    bindery check --schema dump.sql --dialect mysql\n  \
    bindery check --format github --deny-warnings\n  \
    bindery check --against-engine b   has its database prepare the queries\n\n\
    The JSON document is stable; see JSON.md in the sources of this command.")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    schema: SchemaOptions,
    /// Read the schema in this SQL, and compile every engine for it
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser(), help_heading = "Schema")]
    dialect: Option<Dialect>,
    /// Connect to this engine and have its database prepare each query: its columns and parameters have to be those that were
    /// found without it; on PostgreSQL their types, too. No query is run. May be repeated
    #[arg(long, value_name = "ENGINE", conflicts_with = "dialect")]
    against_engine: Vec<String>,
}

/// Prints findings and the summary; fails on errors, and on warnings where they are denied.
pub(crate) fn run(arguments: &CheckArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let dialect = arguments
        .dialect
        .map_or(DialectChoice::Configured, DialectChoice::Everything);
    let project = Project::load(options, dialect)?;
    let chosen = against::engines(&project, &arguments.against_engine)?;
    let compiled = project.compile().with_checked_migrations();
    let compared = against::compare(&compiled, &chosen)?;
    summary::print(&compiled, &compared, options, output)?;
    against::outcome(&compared, output)
}
