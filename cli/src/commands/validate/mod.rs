//! `bindery validate`: compares what is stored with what the schema says: the database itself, and with `--links` the rows
//! that links lead to.

mod fix;
mod links;
mod schema;

use clap::Args;

use crate::failure::Failure;
use crate::links::Repair;
use crate::options::{EngineOptions, ProgressOptions, SchemaOptions};
use crate::output::Output;

/// Compare databases with the schema; with `--links` check the rows that links lead to
#[derive(Debug, Args)]
#[command(
    long_about = "Compare databases with the schema: tables, columns with their types, defaults and collations, keys, unique and \
        foreign keys, checks, indexes, views, enums, sequences. Exits with 1 where something is missing or declared otherwise; what \
        only the database has is listed apart. Without `--engine` all engines are compared, at the same time. Nothing is changed.\n\n\
        With `--fix`: write the statements that make each database as the schema says; nothing is run. They are a migration where the \
        migrations of the engine then end at the schema, else a file in `mends/<engine>` to be run by hand, as of a database that has \
        drifted from its migrations. What only the database has is written as a comment.\n\n\
        With `--links`: check that the rows which links (`@link`) lead to exist. No database keeps a link true, since the row is on \
        another engine. Lists the orphans of each link: rows whose link leads to no row. Keys are read in order, 10,000 at a time, \
        so large tables take time and no memory. Of \
        SQLite, which checks foreign keys only for connections that switch it on, foreign keys are checked too, and those with orphans \
        listed. For `--repair` one engine must be named.",
    after_help = "Examples:\n  \
        bindery validate                                every engine\n  \
        bindery validate --engine b --strict            what only `b` has is an error\n  \
        bindery validate --engine b --fix --dry-run     show what would mend `b`\n  \
        bindery validate --links                        the links of all engines\n  \
        bindery validate --links --engine b --show-keys with some of their keys\n  \
        bindery validate --links --repair null --dry-run\n  \
        bindery validate --links --engine b --repair delete --yes"
)]
pub(crate) struct ValidateArguments {
    /// Fail on what only the database has, too
    #[arg(long, conflicts_with = "links")]
    strict: bool,
    /// Check the links instead
    #[arg(long)]
    links: bool,
    /// Show up to ten keys without a row for each link: they are values of your data
    #[arg(long, requires = "links")]
    show_keys: bool,
    /// Repair the orphans
    #[arg(
        long,
        value_name = "HOW",
        value_enum,
        requires = "links",
        group = "changes"
    )]
    repair: Option<Repair>,
    /// Write the migration that mends what is missing or declared otherwise; it is not run
    #[arg(long, conflicts_with = "links", group = "changes")]
    fix: bool,
    /// Say what would be repaired or written, and change nothing
    #[arg(long, requires = "changes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long, requires = "repair", conflicts_with = "dry_run")]
    yes: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Compares, or checks links.
pub(crate) fn run(arguments: &ValidateArguments, output: &Output) -> Result<(), Failure> {
    if arguments.links {
        links::run(arguments, output)
    } else {
        schema::run(arguments, output)
    }
}
