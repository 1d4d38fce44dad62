//! `bindery migrate check`: do the migrations end at the schema, and does one block a busy table?

use bindery_schema::diagnostic::{Diagnostic, Diagnostics, Severity};
use bindery_schema::diff::{busy, differences, finding};
use bindery_schema::lints::LintLevel;
use bindery_schema::migrations::Migration;
use bindery_schema::render::{Finding, github};
use bindery_schema::source::{Sources, Span};
use clap::Args;
use serde::Serialize;

use super::differ::{Differ, Sides};
use crate::failure::Failure;
use crate::options::{EngineOptions, Format, SchemaOptions};
use crate::output::Output;
use crate::report::document;
use crate::text::count;

/// Check without a database that the migrations end at the schema; exits with 1 where they do not
#[derive(Debug, Args)]
#[command(
    long_about = "Check that the migrations end at the schema, and warn of statements that block a busy table.\n\n\
        No database is connected to. Each difference is reported with its place. Warnings (B0434 to B0438) are silenced by \
        `-- @allow CODE` at the head of the migration, or by `[lints]`. Without `--engine` all engines are checked.",
    after_help = "Examples:\n  \
        bindery migrate check\n  \
        bindery migrate check --engine b --since 20260101000000\n  \
        bindery migrate check --format github --deny-warnings"
)]
pub(super) struct CheckArguments {
    /// Warn about this migration and those after it only
    #[arg(long, value_name = "VERSION")]
    since: Option<String>,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// The result as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct CheckDocument {
    ok: bool,
    engines: Vec<EngineDocument>,
    diagnostics: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct EngineDocument {
    engine: String,
    migrations: usize,
    differences: Vec<String>,
}

pub(super) fn run(arguments: &CheckArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let mut differ = Differ::load(&arguments.engines, options, output)?;
    let sides = differ.sides(options, output)?;
    ensure_version(arguments.since.as_deref(), &sides)?;
    let mut found = Diagnostics::default();
    let mut engines = Vec::new();
    for side in &sides {
        let changes = differences(&side.folded.structure, &side.schema);
        for change in &changes {
            found.push(finding(
                change,
                &side.engine,
                differ.model()?,
                &side.folded.model,
            ));
        }
        warn(side, arguments, &differ, &mut found);
        engines.push(EngineDocument {
            engine: side.engine.name.clone(),
            migrations: side.folded.migrations.len(),
            differences: changes.iter().map(ToString::to_string).collect(),
        });
    }
    let warned = found.iter().any(|one| one.severity == Severity::Warning);
    let is_denied = options.deny_warnings && warned;
    let ok = !(found.has_errors() || is_denied);
    match options.format {
        Format::Json => output.result(&document(&CheckDocument {
            ok,
            engines,
            diagnostics: Output::each_once(&found, &differ.sources),
        }))?,
        Format::Github => {
            let new = Output::unwritten(&found, &differ.sources);
            output.result(&github(&new, &differ.sources))?;
        }
        Format::Human => {
            let new = Output::unwritten(&found, &differ.sources);
            output.findings(&new, &differ.sources);
            let lines = engines.iter().filter(|one| one.differences.is_empty());
            let lines = lines.map(|one| {
                format!(
                    "the {} of {} end at the schema\n",
                    count(one.migrations, "migration"),
                    one.engine
                )
            });
            output.result(&lines.collect::<String>())?;
        }
    }
    if ok { Ok(()) } else { Err(Failure::Told) }
}

/// A version that no migration has would leave nothing to look at.
fn ensure_version(since: Option<&str>, sides: &[Sides]) -> Result<(), Failure> {
    let Some(since) = since else { return Ok(()) };
    let mut migrations = sides.iter().flat_map(|side| &side.folded.migrations);
    if migrations.any(|one| one.version == since) {
        return Ok(());
    }
    let failure = Failure::new(format!("there is no migration `{}`", since.escape_debug()));
    Err(failure.help("write a version as the name of its file begins: `--since 20260101000000`"))
}

fn warn(side: &Sides, arguments: &CheckArguments, differ: &Differ, found: &mut Diagnostics) {
    let since = arguments.since.as_deref();
    let migrations = side.folded.migrations.iter();
    let migrations = migrations.skip_while(|one| since.is_some_and(|since| one.version != since));
    for migration in migrations {
        for one in busy(migration, side.engine.dialect) {
            let input = &differ.compiled.project.input;
            let finding = match input.level_of(one.code) {
                Some(LintLevel::Allow) => continue,
                Some(LintLevel::Deny) => Diagnostic {
                    severity: Severity::Error,
                    ..one.diagnostic()
                },
                Some(LintLevel::Warn) | None => one.diagnostic(),
            };
            let place = place(migration, one.statement, &differ.sources);
            found.push(match place {
                Some(place) => finding.at(place, ""),
                None => finding,
            });
        }
    }
}

/// The statement in its file.
fn place(migration: &Migration, statement: usize, sources: &Sources) -> Option<Span> {
    let shown = migration.path.display().to_string();
    let (file, source) = sources.iter().find(|(_, source)| source.path() == shown)?;
    let mut from = 0;
    for (number, one) in migration.up.statements.iter().enumerate() {
        let start = from + source.text().get(from..)?.find(&one.sql)?;
        if number == statement {
            let end = start + one.sql.lines().next().map_or(one.sql.len(), str::len);
            return Some(Span {
                file,
                start: start as u32,
                end: end as u32,
            });
        }
        from = start + one.sql.len();
    }
    None
}
