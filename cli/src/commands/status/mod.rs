//! `bindery status`: what waits on the engines, and for how long. Each section is a file of its own: a function that returns rows
//! for one engine.

mod atomic;
mod capture;
mod connections;
mod hosts;
mod messages;
pub(super) mod migrations;
mod own_tables;
mod replicas;
mod row;
mod sagas;
mod syncs;
mod tasks;

use std::thread;
use std::time::Duration;

use bindery::Dialect;
use bindery_schema::config::{Address, SchemaCheck};
use bindery_schema::model::{Engine, EngineId};
use clap::Args;
use serde::Serialize;

pub(super) use self::row::Row;
use crate::arguments::{ConfigOptions, EngineOptions, Format};
use crate::database::{self, Chosen, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::level::Level;
use crate::output::{Output, Stream};
use crate::project::Project;
use crate::report::document;

/// The findings of a section on one engine. It fails where the engine does not answer any more.
pub(super) type Section<'s> = dyn Fn(&Look<'_>) -> bindery::Result<Vec<Row>> + Sync + 's;

/// The sections of a command.
pub(super) struct Sections<'s> {
    /// Of engines that answer, in the order in which they are printed.
    pub(super) all: &'s [&'s Section<'s>],
    /// Rows about an engine that is down, from what the other engines know.
    pub(super) while_down: fn(&Look<'_>) -> Vec<Row>,
}

const SECTIONS: Sections<'static> = Sections {
    all: &[
        &migrations::rows,
        &own_tables::rows,
        &atomic::rows,
        &tasks::rows,
        &messages::rows,
        &sagas::rows,
        &routing,
        &syncs::rows,
        &capture::rows,
        &connections::rows,
    ],
    while_down: |look| {
        let mut rows = atomic::rows_while_down(look);
        // An error is that of the engine, which has a row of its own.
        rows.extend(routing(look).unwrap_or_default());
        rows
    },
};

/// A row for each host and replica of an engine that has several, with the calls that go to it.
fn routing(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let replicas = replicas::states(look)?;
    let mut rows = hosts::rows(look, &replicas)?;
    rows.extend(replicas::rows(look, &replicas)?);
    Ok(rows)
}

/// Report what waits on the engines: pending migrations, transactions in doubt, tasks, messages, sagas, replicas that lag, syncs
#[derive(Debug, Args)]
#[command(
    long_about = "Report what waits on the engines: pending migrations, transactions of atomic groups in doubt, tasks, events and messages that wait or failed, sagas that are not over, where writes and reads go and why a host or replica is left out, syncs \
        that failed or could not copy rows, readers of recorded changes that are behind, servers short of connections.\n\n\
        Without `--engine` all engines are looked at, at the same time; one that is down is reported as such, and the others all the \
        same. Nothing is changed. Exits with 0 where all is well, with 1 on a warning and with 2 on an error, as monitoring systems \
        read them.",
    after_help = "Examples:\n  \
        bindery status\n  \
        bindery status --engine b --format json\n  \
        bindery status --max-pending 3 --max-age 600 --max-lag 30"
)]
pub(crate) struct StatusArguments {
    /// This many pending migrations are no warning
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    max_pending: usize,
    /// Anything that waits for longer is an error
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    max_age: u64,
    /// A replica that is further behind is a warning; one that is behind is waited for this long
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    max_lag: u64,
    /// This many tasks, events or messages that failed, or rows that a sync could not copy, are no warning
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    max_failed: u64,
    /// A sync whose last run began before that is a warning
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    max_sync_age: u64,
    /// More of the connections that the server allows are a warning
    #[arg(long, value_name = "PERCENT", default_value_t = 90, value_parser = clap::value_parser!(u8).range(..=100))]
    max_connections: u8,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// One engine, for a section to look at.
pub(super) struct Look<'a> {
    pub(super) project: &'a Project,
    /// All engines of the configuration, in its order.
    pub(super) engines: &'a Engines,
    pub(super) id: EngineId,
    thresholds: &'a Thresholds,
}

/// The limits within which all is well.
#[derive(Default)]
pub(super) struct Thresholds {
    max_pending: usize,
    max_age: Duration,
    max_lag: Duration,
    max_failed: u64,
    max_sync_age: Duration,
    max_connections: u8,
}

/// One engine of the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineDocument<'a> {
    engine: &'a str,
    level: Level,
    rows: &'a [Row],
}

impl Look<'_> {
    pub(super) fn name(&self) -> &str {
        &self.engine().name
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.engine().dialect
    }

    fn engine(&self) -> &Engine {
        &self.project.input.engines[self.position()]
    }

    pub(super) fn position(&self) -> usize {
        self.id.0 as usize
    }

    pub(super) fn chosen(&self) -> Chosen {
        self.engines.chosen(self.position())
    }

    /// Returns whether nothing is done on it where its tables were made for another schema.
    pub(super) fn refuses_other_schemas(&self) -> bool {
        let config = self.project.config.as_ref();
        let engine = config.and_then(|config| config.engine(self.name()));
        engine.is_some_and(|engine| engine.schema_check == SchemaCheck::Strict)
    }

    /// Where it is, as far as that can be said.
    pub(super) fn address(&self) -> Option<Address> {
        self.project.address(self.name())
    }

    /// All sections, or that the engine does not answer.
    fn rows(&self, sections: &Sections<'_>) -> Vec<Row> {
        if let Some(path) = self.project.missing_file(self.name()) {
            let text = format!("there is no file `{}`", path.display());
            let hint = format!("create it: `bindery create --engine {}`", self.name());
            return vec![Row::new("connection", text).level(Level::Error).hint(hint)];
        }
        let answers = self.engines.registry.connect(self.chosen()).map(drop);
        let looked = answers.and_then(|()| {
            let sections = sections.all.iter().map(|rows| rows(self));
            sections.collect::<bindery::Result<Vec<_>>>()
        });
        match looked {
            Ok(rows) => rows.into_iter().flatten().collect(),
            Err(error) => {
                let mut rows = vec![down(&error)];
                rows.extend((sections.while_down)(self));
                rows
            }
        }
    }
}

fn down(error: &bindery::Error) -> Row {
    let text = database::failure(error).message();
    let hint = match error.kind() {
        bindery::ErrorKind::UnknownHost { host } => {
            format!("is the host's name in the configuration right? `getent hosts {host}` prints what this machine finds")
        }
        _ => "is the server up, and are host, port, database, account and password in the configuration right?".to_owned(),
    };
    Row::new("connection", text).level(Level::Error).hint(hint)
}

/// Looks at the engines at the same time, and prints one after the other. The schema decides which of bindery's own tables an engine
/// has, such as those of syncs.
pub(crate) fn run(arguments: &StatusArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let chosen = project.choose(&arguments.engines.or_all(), Purpose::Harmless)?;
    let thresholds = Thresholds {
        max_pending: arguments.max_pending,
        max_age: Duration::from_secs(arguments.max_age),
        max_lag: Duration::from_secs(arguments.max_lag),
        max_failed: arguments.max_failed,
        max_sync_age: Duration::from_secs(arguments.max_sync_age),
        max_connections: arguments.max_connections,
    };
    let all: Vec<EngineId> = project.all_engines().collect();
    let model = Project::schema_if_any(&arguments.config, output);
    let engines = Engines::with_schema(&project, &all, model.as_ref())?;
    let rows = look_at((&project, &engines), &chosen, &thresholds, &SECTIONS);
    print(&project, &chosen, &rows, arguments.config.format, output)
}

/// The rows of each engine; all engines are looked at at the same time.
pub(super) fn look_at(
    (project, engines): (&Project, &Engines),
    chosen: &[EngineId],
    thresholds: &Thresholds,
    sections: &Sections<'_>,
) -> Vec<Vec<Row>> {
    let rows = |id: EngineId| {
        let look = Look {
            project,
            engines,
            id,
            thresholds,
        };
        look.rows(sections)
    };
    thread::scope(|scope| {
        let threads = chosen.iter().map(|id| scope.spawn(|| rows(*id)));
        let threads: Vec<_> = threads.collect();
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .map(|ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn worst(rows: &[Row]) -> Level {
    rows.iter().map(|row| row.level).max().unwrap_or(Level::Ok)
}

/// Prints the rows of each engine; the end is that of the worst.
pub(super) fn print(
    project: &Project,
    chosen: &[EngineId],
    rows: &[Vec<Row>],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    let looked = chosen.iter().zip(rows).map(|(id, rows)| EngineDocument {
        engine: &project.input.engines[id.0 as usize].name,
        level: worst(rows),
        rows,
    });
    let looked: Vec<EngineDocument<'_>> = looked.collect();
    output.result(&match format {
        Format::Json => document(&looked),
        Format::Human | Format::Github => looked
            .iter()
            .map(|one| lines(one, output.results()))
            .collect(),
    })?;
    let worst = looked.iter().map(|one| one.level).max();
    worst.unwrap_or(Level::Ok).ended()
}

fn lines(one: &EngineDocument<'_>, stream: Stream) -> String {
    if one.rows.is_empty() {
        let word = Level::Ok.painted(stream);
        return format!("{word}  {}: nothing waits\n", one.engine);
    }
    let rows = one.rows.iter();
    rows.map(|row| row.line(one.engine, stream)).collect()
}
