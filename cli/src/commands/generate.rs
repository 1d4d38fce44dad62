//! `bindery generate`: writes a crate of its own for the schema, or says whether the one there is still true.

use std::path::PathBuf;

use bindery_codegen::{Difference, Outcome, Standalone, State, has_rustfmt};
use bindery_schema::dialect::Dialect;
use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::options::{Format, SchemaOptions, dialect_parser};
use crate::output::{Output, Paint, Stream};
use crate::project::{DialectChoice, Project};
use crate::report;
use crate::text::count;

/// Write a crate for the schema: no database is needed
#[derive(Debug, Args)]
#[command(
    long_about = "Write a crate for the schema: no database is needed.\n\n\
        Files that are as they should be are left untouched, those of models that are gone are removed, and a file \
        that was not generated is never overwritten.",
    after_help = "Examples:\n  \
        bindery generate --out crates/db --crate shop-db\n  \
        bindery generate --out crates/db --crate shop-db --check   in CI"
)]
pub(crate) struct GenerateArguments {
    /// The folder of the crate
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The name of the crate
    #[arg(long = "crate", value_name = "NAME")]
    name: String,
    /// Write nothing; fail where the crate is not what the schema says
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    schema: SchemaOptions,
    /// Read the schema in this SQL, and compile every engine for it
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser(), help_heading = "Schema")]
    dialect: Option<Dialect>,
}

/// The changes made to the files; `cli/JSON.md` documents them.
#[derive(Debug, Serialize)]
struct Written<'o> {
    written: &'o [String],
    removed: &'o [String],
    unchanged: usize,
}

/// One file that is not as it should be; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Stale<'d> {
    path: &'d str,
    state: &'static str,
}

/// Writes, or checks.
pub(crate) fn run(arguments: &GenerateArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let mut place = Standalone::new(&arguments.out, &arguments.name).map_err(Failure::from)?;
    let dialect = arguments
        .dialect
        .map_or(DialectChoice::Configured, DialectChoice::Everything);
    let compiled = Project::load(options, dialect)?.compile();
    let compiled = compiled.with_checked_migrations();
    if let Some(config) = &compiled.project.config {
        place = place.with_crates_of(config);
    }
    let model = report::checked(&compiled, options, output)?;
    if !has_rustfmt() {
        output.message("note: rustfmt cannot be run, so the code is indented and not formatted\n");
    }
    if arguments.check {
        let differences = place.check(model)?;
        output.result(&check_text(&differences, options.format, output.results()))?;
        return up_to_date(&differences, arguments);
    }
    let outcome = place.generate(model)?;
    output.result(&outcome_text(&outcome, options.format, output.results()))
}

fn up_to_date(differences: &[Difference], arguments: &GenerateArguments) -> Result<(), Failure> {
    if differences.is_empty() {
        return Ok(());
    }
    let out = arguments.out.display();
    let failure = Failure::new(format!("the crate in `{out}` is not what the schema says"));
    Err(failure.help(format!(
        "run `bindery generate --out {out} --crate {}`",
        arguments.name
    )))
}

fn outcome_text(outcome: &Outcome, format: Format, stream: Stream) -> String {
    let (written, removed) = (&outcome.written, &outcome.removed);
    match format {
        Format::Json => report::document(&Written {
            written,
            removed,
            unchanged: outcome.unchanged,
        }),
        Format::Human | Format::Github => {
            let written = written
                .iter()
                .map(|path| line("written", Paint::Good, path, stream));
            let removed = removed
                .iter()
                .map(|path| line("removed", Paint::Bad, path, stream));
            let rest = format!("{} unchanged\n", count(outcome.unchanged, "file"));
            written.chain(removed).chain([rest]).collect()
        }
    }
}

fn check_text(differences: &[Difference], format: Format, stream: Stream) -> String {
    let stale = differences.iter().map(|difference| Stale {
        path: &difference.path,
        state: state(difference.state),
    });
    match format {
        Format::Json => report::document(&stale.collect::<Vec<_>>()),
        Format::Human | Format::Github => stale
            .map(|stale| line(stale.state, Paint::Bad, stale.path, stream))
            .collect(),
    }
}

fn line(word: &str, paint: Paint, path: &str, stream: Stream) -> String {
    format!("{}  {path}\n", stream.paint(paint, &format!("{word:<8}")))
}

fn state(state: State) -> &'static str {
    match state {
        State::Missing => "missing",
        State::Changed => "changed",
        State::Leftover => "leftover",
    }
}
