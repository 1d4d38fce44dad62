//! `bindery migrate check`: whether the migrations make the schema, as they are read or as a server runs them, and whether one blocks a busy
//! table.

use bindery_schema::diagnostic::{Diagnostic, Diagnostics, Severity};
use bindery_schema::diff::{busy, differences, finding};
use bindery_schema::lints::LintLevel;
use bindery_schema::migrations::LoadedMigration;
use bindery_schema::render::Finding;
use bindery_schema::source::{Sources, Span};
use clap::Args;
use serde::Serialize;

use super::differ::{Differ, Sides};
use super::prove::{ProofDocument, ProveOptions, Proved};
use crate::failure::Failure;
use crate::options::{EngineOptions, Format, SchemaOptions};
use crate::output::Output;
use crate::report::document;
use crate::text::count;

/// Check that the migrations make the schema, without a database or on a scratch one; exits with 1 where they do not
#[derive(Debug, Args)]
#[command(
    long_about = "Check that the migrations make the schema, and warn of statements that block a busy table.\n\n\
        The migrations are read, and what they make is compared with the schema; no database is connected to. Each difference is reported with its \
        place. Whether a server accepts the statements, and what they do to rows, is not known then. Warnings (B0434 to B0438) are silenced by \
        `-- @allow CODE` at the head of the migration, or by `[lints]`. Without `--engine` all engines are checked.\n\n\
        With `--prove`: run them on a scratch database of each engine's product, as `migrate run` does, with rows made to fit put into every table \
        before each migration; compare the database with the schema; revert all that have a way back, and run them again. The scratch database is \
        made on the engine's server, or on that of `--scratch`, by an account that may create databases; of SQLite it is a file in a temporary \
        folder. It is removed at the end, also after a failure and when the command is interrupted. The engine's own database is not touched.",
    after_help = "Examples:\n  \
        bindery migrate check\n  \
        bindery migrate check --engine b --since 20260101000000\n  \
        bindery migrate check --format github --deny-warnings\n  \
        bindery migrate check --prove\n  \
        bindery migrate check --prove --scratch default=postgres://ci@localhost/postgres"
)]
pub(super) struct CheckArguments {
    /// Warn about this migration and those after it only; with `--prove`, put rows in before it at the earliest
    #[arg(long, value_name = "VERSION")]
    since: Option<String>,
    #[command(flatten)]
    proof: ProveOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// The result as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct CheckDocument<'p> {
    ok: bool,
    engines: Vec<EngineDocument<'p>>,
    diagnostics: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct EngineDocument<'p> {
    engine: String,
    migrations: usize,
    differences: Vec<String>,
    /// With `--prove`.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<ProofDocument<'p>>,
}

pub(super) fn run(arguments: &CheckArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let since = arguments.since.as_deref();
    let mut differ = Differ::load(&arguments.engines, options, output)?;
    let sides = differ.sides(options, output)?;
    ensure_version(since, &sides)?;
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
            proof: None,
        });
    }
    let warned = found.iter().any(|one| one.severity == Severity::Warning);
    let is_denied = options.deny_warnings && warned;
    let ok = !(found.has_errors() || is_denied);
    tell(&found, &differ.sources, options.format, output)?;
    if !arguments.proof.prove {
        return print(
            ok,
            engines,
            &found,
            (&differ.sources, options.format, output),
        );
    }
    let proofs = arguments.proof.run(&differ, since, output)?;
    for one in &mut engines {
        let proof = proofs.iter().find(|proof| proof.engine == one.engine);
        one.proof = proof.map(Proved::document);
    }
    let ok = ok && proofs.iter().all(Proved::is_good);
    if options.format == Format::Json {
        return print(
            ok,
            engines,
            &found,
            (&differ.sources, options.format, output),
        );
    }
    proofs.iter().try_for_each(|proof| proof.print(output))?;
    if ok { Ok(()) } else { Err(Failure::Told) }
}

/// Reports the findings at once: a proof takes its time.
fn tell(
    found: &Diagnostics,
    sources: &Sources,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    match format {
        // They are in the document.
        Format::Json => Ok(()),
        Format::Human | Format::Github => output.report(found, sources, format),
    }
}

fn print(
    ok: bool,
    engines: Vec<EngineDocument<'_>>,
    found: &Diagnostics,
    (sources, format, output): (&Sources, Format, &Output),
) -> Result<(), Failure> {
    match format {
        Format::Json => output.result(&document(&CheckDocument {
            ok,
            engines,
            diagnostics: Output::each_once(found, sources),
        }))?,
        Format::Github => {}
        Format::Human => {
            let lines = engines.iter().filter(|one| one.differences.is_empty());
            let lines: String = lines.map(read_line).collect();
            let unknown = if lines.is_empty() { "" } else { NOT_KNOWN };
            output.result(&(lines + unknown))?;
        }
    }
    if ok { Ok(()) } else { Err(Failure::Told) }
}

/// The end of what is printed without a proof.
const NOT_KNOWN: &str = "not known: whether a server accepts their statements, and what these do to rows; `--prove` runs them on a scratch database\n";

fn read_line(one: &EngineDocument<'_>) -> String {
    let migrations = count(one.migrations, "migration");
    let verb = if one.migrations == 1 { "makes" } else { "make" };
    format!(
        "the {migrations} of {} {verb} the schema, as bindery reads them\n",
        one.engine
    )
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
fn place(migration: &LoadedMigration, statement: usize, sources: &Sources) -> Option<Span> {
    let shown = migration.path.display().to_string();
    let (file, source) = sources.iter().find(|(_, source)| source.path() == shown)?;
    let mut from = 0;
    for (number, one) in migration.up.statements.iter().enumerate() {
        let start = from + source.text().get(from..)?.find(&*one.sql)?;
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
