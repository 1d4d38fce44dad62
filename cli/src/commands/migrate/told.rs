//! The outcome of each engine, as lines or as JSON.

use bindery::__private::OwnTable;
use bindery::ErrorKind;
use bindery::error::MigrationError;
use bindery::migrate::{Migration, MigrationRun, MigrationState, MigrationStatus, Script};
use serde::Serialize;

use super::own::{Done, OwnTableDocument, own_lines, own_tables};
use crate::database;
use crate::failure::{Ended, Failure};
use crate::options::Format;
use crate::output::{Output, Paint, Stream};
use crate::report::document;
use crate::text::count;

/// The result of the work on one engine.
pub(super) enum Outcome<'m> {
    Listed(Vec<MigrationStatus>),
    Applied(Done<'m>),
    Reverted(Vec<MigrationRun<'m>>),
    Recorded(Vec<&'m str>),
    /// A dry run's.
    ToApply(Vec<&'m Migration>, Vec<OwnTable>),
    ToRevert(Vec<&'m Migration>),
    ToRecord(Vec<&'m Migration>),
    ToResolve(MigrationStatus),
    /// Some were done before one failed.
    Stopped(Box<Outcome<'m>>, bindery::Error),
}

impl Outcome<'_> {
    /// With the migrations that were done, and the end of the run.
    pub(super) fn after(done: Self, ended: bindery::Result<()>) -> bindery::Result<Self> {
        match ended {
            Ok(()) => Ok(done),
            Err(error) if done.is_empty() => Err(error),
            Err(error) => Ok(Self::Stopped(Box::new(done), error)),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Applied(done) => done.is_empty(),
            Self::Reverted(runs) => runs.is_empty(),
            Self::Listed(_)
            | Self::Recorded(_)
            | Self::ToApply(..)
            | Self::ToRevert(_)
            | Self::ToRecord(_)
            | Self::ToResolve(_)
            | Self::Stopped(..) => true,
        }
    }

    /// The migrations of a dry run, for a question.
    pub(super) fn named(&self, engine: &str) -> Vec<String> {
        match self {
            Self::ToApply(planned, _) | Self::ToRevert(planned) => planned
                .iter()
                .map(|one| format!("`{}_{}` on `{engine}`", one.version, one.name))
                .collect(),
            Self::Listed(_)
            | Self::Applied(_)
            | Self::Reverted(_)
            | Self::Recorded(_)
            | Self::ToRecord(_)
            | Self::ToResolve(_)
            | Self::Stopped(..) => Vec::new(),
        }
    }
}

/// One engine of the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineDocument<'a> {
    engine: &'a str,
    migrations: Vec<MigrationDocument<'a>>,
    /// Of `run`: tables of bindery's own that it made or changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    own_tables: Vec<OwnTableDocument>,
    #[serde(flatten)]
    ended: Ended,
}

#[derive(Debug, Serialize)]
struct MigrationDocument<'a> {
    version: &'a str,
    name: &'a str,
    state: &'static str,
    /// Of one that a run left in the middle: the statements that are done, or the one that may be.
    statement: Option<usize>,
    /// As RFC 3339 has it.
    applied_at: Option<String>,
    duration_ms: Option<u64>,
}

/// Prints all; fails where one engine did, or a person has to look.
pub(super) fn print(
    outcomes: &[(&str, bindery::Result<Outcome<'_>>)],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(&outcomes.iter().map(of_engine).collect::<Vec<_>>()),
        Format::Human | Format::Github => {
            let lines = outcomes
                .iter()
                .map(|(engine, outcome)| lines(engine, outcome, output.results()));
            lines.collect()
        }
    })?;
    let mut failed = false;
    for (engine, outcome) in outcomes {
        match outcome {
            Err(error) | Ok(Outcome::Stopped(_, error)) => {
                failed = true;
                let failure = database::failure(error);
                output.failure(&match help(error, engine) {
                    Some(help) => failure.help(help),
                    None => failure,
                });
            }
            Ok(Outcome::Listed(status)) => failed |= status.iter().any(|one| is_wrong(one.state)),
            Ok(_) => {}
        }
    }
    if failed { Err(Failure::Told) } else { Ok(()) }
}

fn is_wrong(state: MigrationState) -> bool {
    !matches!(
        state,
        MigrationState::Applied
            | MigrationState::Pending
            | MigrationState::Interrupted {
                in_doubt: false,
                ..
            }
    )
}

/// The command to type next.
fn help(error: &bindery::Error, engine: &str) -> Option<String> {
    let ErrorKind::Migration(error) = error.kind() else {
        return None;
    };
    Some(match error {
        MigrationError::Changed { .. } => {
            "write changes as a new migration, and the file as it was applied".to_owned()
        }
        MigrationError::ChangedHalfway { version, done, .. } => format!(
            "look at the database, and say how many statements of the file as it is now are done, which the next run goes on after: \
             `bindery migrate resolve {version} --engine {engine} --statements {done}`; or write the file as it was"
        ),
        MigrationError::Orphan { table, parent, .. } => format!(
            "have the migration delete such rows of `{table}`, set their keys to NULL, or keep the rows of `{parent}`"
        ),
        MigrationError::Missing { .. } => {
            "bring the files back, from another branch perhaps".to_owned()
        }
        MigrationError::OutOfOrder { .. } => {
            "give them later versions, or apply them as they are: `--out-of-order`".to_owned()
        }
        MigrationError::InvalidIndex {
            version,
            statement,
            index,
            is_own: true,
            ..
        } => format!(
            "mend what made it fail: the next `bindery migrate run --engine {engine}` drops it and makes it anew; or give the statement up: \
             `DROP INDEX CONCURRENTLY {index}`, then `bindery migrate resolve {version} --engine {engine} --statements {}`",
            statement - 1
        ),
        MigrationError::InvalidIndex { index, .. } => format!(
            "a `CREATE INDEX CONCURRENTLY` that failed leaves it so, and one that is at work: `DROP INDEX CONCURRENTLY {index}` where none is, \
             then `bindery migrate run --engine {engine}`"
        ),
        MigrationError::HalfDone { version, statement } => {
            format!(
                "look at the database, then {}",
                resolve(version, *statement, engine)
            )
        }
        MigrationError::Unanswered {
            version, statement, ..
        } => format!(
            "`bindery migrate status --engine {engine}` lists the migration as half done where the statement may be applied: look at the \
             database, then {}; where it does not, type the same command again",
            resolve(version, *statement, engine)
        ),
        MigrationError::HalfApplied { .. } => {
            format!("apply it to its end: `bindery migrate run --engine {engine}`")
        }
        MigrationError::HalfReverted { .. } => {
            format!("revert it to its end: `bindery migrate revert --engine {engine}`")
        }
        MigrationError::NoWayBack { versions } => format!(
            "write `{}_….down.sql` beside it",
            versions.first().map_or("", String::as_str)
        ),
        MigrationError::NotInterrupted {
            is_applied: true, ..
        } => format!(
            "nothing is to be resolved; to undo it: `bindery migrate revert --engine {engine}`"
        ),
        MigrationError::NotInterrupted { version, .. } => format!(
            "apply it: `bindery migrate run --engine {engine}`; or, where its tables are there, record it: `bindery migrate baseline {version} --engine {engine}`"
        ),
        MigrationError::FewerStatements {
            version,
            statements,
        } => format!(
            "write how many are done: `bindery migrate resolve {version} --engine {engine} --statements {statements}`, or fewer"
        ),
        MigrationError::HalfReplaced { .. } => format!(
            "bring them back, from the version control perhaps: the folder `replaced` beside the migrations of `{engine}`"
        ),
        MigrationError::Unknown { .. } => "`bindery migrate status` lists them".to_owned(),
        MigrationError::OtherServer { .. } => {
            "update the server, or write the migration for the one that there is".to_owned()
        }
        MigrationError::Locked => "wait for longer: `--wait SECONDS`".to_owned(),
        _ => return None,
    })
}

/// The command that says whether a statement was done.
fn resolve(version: &str, statement: usize, engine: &str) -> String {
    format!(
        "`bindery migrate resolve {version} --engine {engine} --statements {statement}` where it was done, `--statements {}` where it \
         was not",
        statement - 1
    )
}

fn of_engine<'a>(
    (engine, outcome): &'a (&str, bindery::Result<Outcome<'_>>),
) -> EngineDocument<'a> {
    let (outcome, error) = match outcome {
        Ok(Outcome::Stopped(done, error)) => (Some(&**done), Some(error)),
        Ok(outcome) => (Some(outcome), None),
        Err(error) => (None, Some(error)),
    };
    EngineDocument {
        engine,
        migrations: outcome.map_or_else(Vec::new, migrations),
        own_tables: outcome.map_or_else(Vec::new, own_tables),
        ended: error.map_or_else(Ended::default, |error| {
            Ended::from(&database::failure(error))
        }),
    }
}

fn migrations<'m>(outcome: &'m Outcome<'_>) -> Vec<MigrationDocument<'m>> {
    match outcome {
        Outcome::Listed(status) => status.iter().map(of_status).collect(),
        Outcome::Applied(done) => done.runs.iter().map(|run| of_run(run, "applied")).collect(),
        Outcome::Reverted(runs) => runs.iter().map(|run| of_run(run, "reverted")).collect(),
        Outcome::Recorded(versions) => versions
            .iter()
            .map(|version| MigrationDocument {
                version,
                name: "",
                state: "recorded",
                statement: None,
                applied_at: None,
                duration_ms: None,
            })
            .collect(),
        Outcome::ToApply(planned, _) => planned
            .iter()
            .map(|one| of_planned(one, "to apply"))
            .collect(),
        Outcome::ToRevert(planned) => planned
            .iter()
            .map(|one| of_planned(one, "to revert"))
            .collect(),
        Outcome::ToRecord(planned) => planned
            .iter()
            .map(|one| of_planned(one, "to record"))
            .collect(),
        Outcome::ToResolve(status) => vec![MigrationDocument {
            state: "to resolve",
            ..of_status(status)
        }],
        Outcome::Stopped(done, _) => migrations(done),
    }
}

fn of_run<'a>(run: &'a MigrationRun<'_>, state: &'static str) -> MigrationDocument<'a> {
    MigrationDocument {
        version: run.version,
        name: run.name,
        state,
        statement: None,
        applied_at: None,
        duration_ms: u64::try_from(run.took.as_millis()).ok(),
    }
}

fn of_planned<'m>(migration: &'m Migration, state: &'static str) -> MigrationDocument<'m> {
    MigrationDocument {
        version: &migration.version,
        name: &migration.name,
        state,
        statement: None,
        applied_at: None,
        duration_ms: None,
    }
}

fn of_status(status: &MigrationStatus) -> MigrationDocument<'_> {
    let (state, _, statement) = shown(status.state);
    MigrationDocument {
        version: &status.version,
        name: &status.name,
        state,
        statement,
        applied_at: status.applied_at.as_deref().map(rfc_3339),
        duration_ms: status.duration_ms,
    }
}

/// A time in UTC that a database wrote: `2026-01-31 12:00:00`.
fn rfc_3339(moment: &str) -> String {
    moment.replacen(' ', "T", 1) + "Z"
}

fn lines(engine: &str, outcome: &bindery::Result<Outcome<'_>>, stream: Stream) -> String {
    match outcome {
        Ok(Outcome::Listed(status)) if status.is_empty() => format!("no migrations on {engine}\n"),
        Ok(Outcome::Listed(status)) => status
            .iter()
            .map(|one| status_line(engine, one, stream))
            .collect(),
        Ok(Outcome::Applied(done)) if done.is_empty() => nothing_pending(engine),
        Ok(done @ Outcome::Applied(_)) => done_lines(engine, done, stream),
        Ok(Outcome::Reverted(runs)) if runs.is_empty() => nothing_applied(engine),
        Ok(Outcome::ToApply(planned, own)) if planned.is_empty() && own.is_empty() => {
            nothing_pending(engine)
        }
        Ok(outcome @ Outcome::ToApply(planned, _)) => {
            planned_lines(engine, planned, "to apply", stream, |one| &one.up)
                + &own_lines(engine, outcome, stream)
        }
        Ok(Outcome::ToRevert(planned)) if planned.is_empty() => nothing_applied(engine),
        Ok(Outcome::ToRevert(planned)) => {
            planned_lines(engine, planned, "to revert", stream, |one| {
                one.down.as_ref().unwrap_or(&one.up)
            })
        }
        Ok(Outcome::ToRecord(planned)) if planned.is_empty() => {
            format!("nothing is to be recorded on {engine}\n")
        }
        Ok(Outcome::ToRecord(planned)) => {
            planned_lines(engine, planned, "to record", stream, |one| &one.up)
        }
        Ok(Outcome::ToResolve(status)) => {
            let (state, _, statement) = shown(status.state);
            let word = stream.paint(Paint::Faint, &format!("{:<12}", "to resolve"));
            let (version, name) = (&status.version, &status.name);
            let at = statement.map_or(String::new(), |at| format!(", statement {at}"));
            format!("{word} {version}_{name} on {engine}: {state}{at}\n")
        }
        Ok(done @ Outcome::Reverted(_)) => done_lines(engine, done, stream),
        Ok(Outcome::Recorded(versions)) => {
            format!(
                "recorded {} on {engine}\n",
                count(versions.len(), "migration")
            )
        }
        Ok(Outcome::Stopped(done, _)) => done_lines(engine, done, stream),
        Err(_) => String::new(),
    }
}

/// Of what a run did.
fn done_lines(engine: &str, done: &Outcome<'_>, stream: Stream) -> String {
    match done {
        Outcome::Reverted(runs) => run_lines(engine, runs, "reverted", stream),
        Outcome::Applied(it) => {
            run_lines(engine, &it.runs, "applied", stream) + &own_lines(engine, done, stream)
        }
        Outcome::Listed(_)
        | Outcome::Recorded(_)
        | Outcome::ToApply(..)
        | Outcome::ToRevert(_)
        | Outcome::ToRecord(_)
        | Outcome::ToResolve(_)
        | Outcome::Stopped(..) => String::new(),
    }
}

fn nothing_pending(engine: &str) -> String {
    format!("nothing is pending on {engine}\n")
}

fn nothing_applied(engine: &str) -> String {
    format!("nothing is applied on {engine}\n")
}

fn planned_lines(
    engine: &str,
    planned: &[&Migration],
    word: &str,
    stream: Stream,
    script: fn(&Migration) -> &Script,
) -> String {
    let word = stream.paint(Paint::Faint, &format!("{word:<12}"));
    let line = |one: &&Migration| {
        let statements = count(script(one).statements.len(), "statement");
        format!(
            "{word} {}_{} on {engine} ({statements})\n",
            one.version, one.name
        )
    };
    planned.iter().map(line).collect()
}

fn run_lines(engine: &str, runs: &[MigrationRun<'_>], word: &str, stream: Stream) -> String {
    let word = stream.paint(Paint::Good, &format!("{word:<12}"));
    let line = |run: &MigrationRun<'_>| {
        let took = run.took.as_millis();
        format!(
            "{word} {}_{} on {engine} ({took} ms)\n",
            run.version, run.name
        )
    };
    runs.iter().map(line).collect()
}

fn status_line(engine: &str, status: &MigrationStatus, stream: Stream) -> String {
    let (word, paint, statement) = shown(status.state);
    let word = stream.paint(paint, &format!("{word:<12}"));
    let since = status.applied_at.as_ref();
    let since = since.map_or(String::new(), |moment| format!(" at {moment} UTC"));
    let statement = statement.map_or(String::new(), |at| format!(", statement {at}"));
    format!(
        "{word} {}_{} on {engine}{since}{statement}\n",
        status.version, status.name
    )
}

/// The word for a state, its colour, and the statement that it is about.
fn shown(state: MigrationState) -> (&'static str, Paint, Option<usize>) {
    match state {
        MigrationState::Applied => ("applied", Paint::Faint, None),
        MigrationState::Pending => ("pending", Paint::Good, None),
        MigrationState::OutOfOrder => ("out of order", Paint::Bad, None),
        MigrationState::Changed => ("changed", Paint::Bad, None),
        MigrationState::Missing => ("missing", Paint::Bad, None),
        MigrationState::HalfReplaced => ("half replaced", Paint::Bad, None),
        MigrationState::Interrupted {
            done,
            in_doubt: true,
            ..
        } => ("half done", Paint::Bad, Some(done + 1)),
        MigrationState::Interrupted { done, .. } => ("interrupted", Paint::Bad, Some(done)),
        _ => ("unknown", Paint::Bad, None),
    }
}
