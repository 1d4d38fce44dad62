//! `bindery validate --links`: whether the rows exist that links lead to, and on SQLite those that foreign keys lead to.

use crate::confirm::{self, Confirmation};
use crate::database::{Databases, failure};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::links::{self, Link, LinkOutcome, Repair, foreign};
use crate::options::{EngineOptions, Format};
use crate::output::{Output, Paint, Stream};
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};
use crate::tables;

use super::ValidateArguments;

use bindery_schema::dialect::Dialect;
use bindery_schema::model::{CheckedModel, EngineId};

/// Checks, and repairs.
pub(super) fn run(arguments: &ValidateArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = engines(arguments, &project)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let links = links::on_engines(model, &chosen);
    let lax = unchecked(&compiled.project, &chosen);
    let connected = tables::of_engines(model, &ends(&links, &lax));
    let databases = Databases::open(&compiled.project, model, &connected)?;
    let check = |repair| {
        let mut outcomes = check_all(&links, model, &databases, (repair, arguments), output)?;
        outcomes.extend(check_foreign_keys(
            &lax,
            model,
            &databases,
            (repair, arguments),
        )?);
        Ok::<_, Failure>(outcomes)
    };
    let repair = match (arguments.repair, arguments.yes) {
        (Some(repair), true) => Some(repair),
        (Some(repair), false) if !arguments.dry_run => {
            confirmed(&check(None)?, repair, output)?.then_some(repair)
        }
        (Some(_) | None, _) => None,
    };
    print(&check(repair)?, arguments, output)
}

/// Those named; where nothing is lost, all of them.
fn engines(arguments: &ValidateArguments, project: &Project) -> Result<Vec<EngineId>, Failure> {
    let named = &arguments.engines;
    let is_named = named.all || !named.engine.is_empty();
    match arguments.repair {
        Some(_) if !arguments.dry_run => project.choose(named, Purpose::Destructive),
        Some(_) | None if is_named => project.choose(named, Purpose::Harmless),
        Some(_) | None => {
            let engine = Vec::new();
            project.choose(&EngineOptions { engine, all: true }, Purpose::Harmless)
        }
    }
}

/// The engines that check foreign keys for some connections only. A file that is not there has no rows.
fn unchecked(project: &Project, chosen: &[EngineId]) -> Vec<EngineId> {
    let engine = |id: &EngineId| &project.input.engines[id.0 as usize];
    let is_unchecked = |id: &&EngineId| {
        let is_sqlite = match engine(id).dialect {
            Dialect::Sqlite => true,
            Dialect::Postgres | Dialect::Mysql => false,
        };
        is_sqlite && project.missing_file(&engine(id).name).is_none()
    };
    chosen.iter().filter(is_unchecked).copied().collect()
}

/// All engines that the links begin or end on, and these.
fn ends(links: &[Link<'_>], others: &[EngineId]) -> Vec<EngineId> {
    let ends = links.iter().flat_map(|link| [link.from, link.to]);
    let mut engines: Vec<EngineId> = ends.chain(others.iter().copied()).collect();
    engines.sort_unstable();
    engines.dedup();
    engines
}

fn check_all<'m>(
    links: &[Link<'m>],
    model: &'m CheckedModel,
    databases: &Databases<'_>,
    (repair, arguments): (Option<Repair>, &ValidateArguments),
    output: &Output,
) -> Result<Vec<LinkOutcome<'m>>, Failure> {
    let progress = Progress::new(output, arguments.progress.quiet);
    let mut outcomes = Vec::new();
    for link in links {
        let (name, engine) = (link.to_string(), &model.engine(link.from).name);
        let told = &mut |rows| progress.tell(("checking", &name, engine), rows, None);
        let outcome = links::check(link, model, databases, repair, told);
        progress.end();
        let mut outcome = outcome?;
        outcome.keys = outcome.keys.filter(|_| arguments.show_keys);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The foreign keys that rows of these engines do not keep.
fn check_foreign_keys<'m>(
    engines: &[EngineId],
    model: &'m CheckedModel,
    databases: &Databases<'_>,
    (repair, arguments): (Option<Repair>, &ValidateArguments),
) -> Result<Vec<LinkOutcome<'m>>, Failure> {
    let mut outcomes = Vec::new();
    for id in engines {
        let (mut connection, engine) = (databases.connect(*id)?, &model.engine(*id).name);
        let orphans = foreign::orphans(&mut connection).map_err(|error| failure(&error))?;
        for orphans in orphans {
            let outcome = orphans.check(&mut connection, engine, repair);
            let mut outcome = outcome.map_err(|error| failure(&error))?;
            outcome.keys = outcome.keys.filter(|_| arguments.show_keys);
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}

/// Asks, where there is something to be repaired.
fn confirmed(found: &[LinkOutcome<'_>], repair: Repair, output: &Output) -> Result<bool, Failure> {
    let orphans: u64 = found.iter().map(|outcome| outcome.orphans).sum();
    if orphans == 0 {
        return Ok(false);
    }
    output.message(&lines(found, output.results()));
    let question = match repair {
        Repair::Null => "Set these links to NULL, where they may be?",
        Repair::Delete => "Delete these rows?",
    };
    let help =
        "pass `--yes` to repair without a prompt, or `--dry-run` to see what would be repaired";
    confirm::ask(&Confirmation { question, help }, output)?;
    Ok(true)
}

fn print(
    outcomes: &[LinkOutcome<'_>],
    arguments: &ValidateArguments,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match arguments.schema.format {
        Format::Json => document(&outcomes),
        Format::Human | Format::Github => lines(outcomes, output.results()),
    })?;
    let left: u64 = outcomes.iter().map(LinkOutcome::left).sum();
    if left == 0 {
        return Ok(());
    }
    let rows = if left == 1 { "row links" } else { "rows link" };
    let failure = Failure::new(format!("{left} {rows} to a row that does not exist"));
    Err(failure.help(help(arguments)))
}

fn help(arguments: &ValidateArguments) -> &'static str {
    match (arguments.repair, arguments.dry_run) {
        (None, _) => {
            "repair them with `--repair null` or `--repair delete`; `--dry-run` changes nothing"
        }
        (Some(_), true) => "the same without `--dry-run` repairs them",
        (Some(Repair::Null), false) => {
            "a link that is NOT NULL stays: delete its rows with `--repair delete`"
        }
        (Some(Repair::Delete), false) => "rows were added meanwhile: run it again",
    }
}

fn lines(outcomes: &[LinkOutcome<'_>], stream: Stream) -> String {
    if outcomes.is_empty() {
        return "no links\n".to_owned();
    }
    outcomes
        .iter()
        .map(|outcome| line(outcome, stream))
        .collect()
}

fn line(outcome: &LinkOutcome<'_>, stream: Stream) -> String {
    let (word, paint) = match (outcome.orphans, outcome.left()) {
        (0, _) => ("fine", Paint::Good),
        (_, 0) => ("repaired", Paint::Good),
        (_, _) => ("orphans", Paint::Bad),
    };
    let word = stream.paint(paint, &format!("{word:<9}"));
    let (link, end) = (outcome, &outcome.target);
    let mut line = format!(
        "{word}  {}.{} on {} -> {}.{} on {}: {} of {} rows lead nowhere",
        link.table,
        link.column,
        link.engine,
        end.table,
        end.column,
        end.engine,
        link.orphans,
        link.rows
    );
    if outcome.orphans > 0 {
        let keys = if outcome.missing_keys == 1 {
            "key"
        } else {
            "keys"
        };
        line += &format!(", by {} {keys}", outcome.missing_keys);
    }
    if outcome.repaired > 0 {
        line += &format!("; {} repaired", outcome.repaired);
    }
    line.push('\n');
    for key in outcome.keys.iter().flatten() {
        line += &format!("           {}\n", key.escape_debug());
    }
    line
}
