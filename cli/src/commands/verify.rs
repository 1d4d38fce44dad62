//! `bindery verify`: whether the tables of two engines have the same rows, and the keys of those that differ.

use bindery::data::Snapshot;
use clap::Args;
use serde::Serialize;

use super::dump::rows;
use crate::arguments::{Format, SchemaOptions};
use crate::data::lines::Found;
use crate::data::pairs::{Ends, Pair};
use crate::data::stream;
use crate::database::{self, Chosen, Engines};
use crate::failure::Failure;
use crate::output::{Output, Paint, Stream};
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};

/// Compare the rows of two engines
#[derive(Debug, Args)]
#[command(
    long_about = "Compare the rows of two engines.\n\n\
        Each engine is read from one snapshot, each table once and in the order of its key, a row at a time; values are compared in \
        the form that dumps give them, which is the same for every database. Nothing is written. What is written by others between \
        the two snapshots is among what differs. Exits with 1 where a row differs.",
    after_help = "Examples:\n  \
        bindery verify --from default --to backup            all tables of `default`\n  \
        bindery verify users --from default --to analytics   one table\n  \
        bindery verify --from default --to backup --format json"
)]
pub(crate) struct VerifyArguments {
    /// Only these tables
    #[arg(value_name = "TABLE")]
    table: Vec<String>,
    /// The engine that is right
    #[arg(long, value_name = "NAME")]
    from: String,
    /// The engine that is compared with it
    #[arg(long, value_name = "NAME")]
    to: String,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// The result for one table; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(super) struct TableVerified {
    table: String,
    from: String,
    to: String,
    equal: bool,
    same: u64,
    missing: u64,
    different: u64,
    surplus: u64,
    differences: Vec<DifferingRow>,
}

#[derive(Debug, Serialize)]
struct DifferingRow {
    kind: &'static str,
    key: String,
}

impl TableVerified {
    pub(super) fn new(pair: &Pair<'_>, (from, to): (&str, &str), found: Found) -> Self {
        let equal = found.is_equal();
        let rows = found.keys.into_iter();
        Self {
            table: pair.name().to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            equal,
            same: found.same,
            missing: found.missing,
            different: found.different,
            surplus: found.surplus,
            differences: rows
                .map(|row| DifferingRow {
                    kind: row.kind,
                    key: row.key,
                })
                .collect(),
        }
    }

    pub(super) fn is_equal(&self) -> bool {
        self.equal
    }

    fn lines(&self, stream: Stream) -> String {
        let Self {
            table, from, to, ..
        } = self;
        if self.equal {
            let word = stream.paint(Paint::Good, "equal    ");
            let number = rows(self.same);
            return format!("{word}  {table} on {from} and {to}: {number}\n");
        }
        let word = stream.paint(Paint::Bad, "differs  ");
        let mut text = format!(
            "{word}  {table} on {to}: {} missing, {} different, {} surplus; {} as on {from}\n",
            self.missing,
            self.different,
            self.surplus,
            rows(self.same)
        );
        for row in &self.differences {
            text += &format!("           {table}: {} with key {}\n", row.kind, row.key);
        }
        let shown = self.differences.len() as u64;
        let all = self.missing + self.different + self.surplus;
        if all > shown {
            text += &format!("           {table}: and {} more\n", all - shown);
        }
        text
    }
}

/// Compares, and fails where a row differs.
pub(crate) fn run(arguments: &VerifyArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load(options, DialectChoice::Configured)?;
    let ends = Ends::named(&project, &arguments.from, &arguments.to)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let pairs = ends.tables(model, &arguments.table)?;
    ends.tell_left_out(model, &arguments.table, output);
    let (engines, from, to) = ends.open(&compiled.project)?;
    let (mut here, mut there) = (begin(&engines, from)?, begin(&engines, to)?);
    let names = (arguments.from.as_str(), arguments.to.as_str());
    let mut verified = Vec::new();
    for pair in &pairs {
        let found = stream::compare_rows((&mut here, &mut there), pair)?;
        verified.push(TableVerified::new(pair, names, found));
    }
    print(&verified, options.format, output)
}

/// A snapshot of an engine.
pub(super) fn begin(engines: &Engines, engine: Chosen) -> Result<Snapshot, Failure> {
    let begun = Snapshot::begin(&engines.registry, engine);
    begun.map_err(|error| database::failure(&error))
}

/// Prints what was found, and fails where a row differs.
pub(super) fn print(
    verified: &[TableVerified],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(&verified),
        Format::Human | Format::Github => {
            let tables = verified.iter();
            tables.map(|table| table.lines(output.results())).collect()
        }
    })?;
    if verified.iter().all(TableVerified::is_equal) {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}
