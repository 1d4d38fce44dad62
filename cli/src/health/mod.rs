//! The health of engines, as `status` and `doctor` report it: sections look at each engine, a row is what one of them found. Sections that
//! one command has alone are its own.

pub(crate) mod level;
pub(crate) mod migrations;
mod row;
pub(crate) mod shards;

use std::thread;
use std::time::Duration;

use bindery::Dialect;
use bindery_schema::config::{Address, SchemaCheck};
use bindery_schema::model::{Engine, EngineId};
use serde::Serialize;

use self::level::Level;
pub(crate) use self::row::{Route, Row};
use crate::database::{self, Chosen, Engines};
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Stream};
use crate::project::Project;
use crate::report::document;

/// The findings of a section on one engine. It fails where the engine does not answer any more.
pub(crate) type Section<'s> = dyn Fn(&Look<'_>) -> bindery::Result<Vec<Row>> + Sync + 's;

/// The sections of a command.
pub(crate) struct Sections<'s> {
    /// Of engines that answer, in the order in which they are printed.
    pub(crate) all: &'s [&'s Section<'s>],
    /// Rows about an engine that is down, from what the other engines know.
    pub(crate) while_down: fn(&Look<'_>) -> Vec<Row>,
}

/// One engine, for a section to look at.
pub(crate) struct Look<'a> {
    pub(crate) project: &'a Project,
    /// All engines of the configuration, in its order.
    pub(crate) engines: &'a Engines,
    pub(crate) id: EngineId,
    pub(crate) thresholds: &'a Thresholds,
}

/// The limits within which all is well.
#[derive(Default)]
pub(crate) struct Thresholds {
    pub(crate) max_pending: usize,
    pub(crate) max_age: Duration,
    pub(crate) max_lag: Duration,
    pub(crate) max_failed: u64,
    pub(crate) max_sync_age: Duration,
    pub(crate) max_connections: u8,
}

/// One engine of the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineDocument<'a> {
    engine: &'a str,
    level: Level,
    rows: &'a [Row],
}

impl Look<'_> {
    pub(crate) fn name(&self) -> &str {
        &self.engine().name
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.engine().dialect
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.project.input.engines[self.position()]
    }

    pub(crate) fn position(&self) -> usize {
        self.id.0 as usize
    }

    pub(crate) fn chosen(&self) -> Chosen {
        self.engines.chosen(self.position())
    }

    /// Returns whether nothing is done on it where its tables were made for another schema.
    pub(crate) fn refuses_other_schemas(&self) -> bool {
        let config = self.project.config.as_ref();
        let engine = config.and_then(|config| config.engine(self.name()));
        engine.is_some_and(|engine| engine.schema_check == SchemaCheck::Strict)
    }

    /// Where it is, as far as that can be said.
    pub(crate) fn address(&self) -> Option<Address> {
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

/// The rows of each engine; all engines are looked at at the same time.
pub(crate) fn look_at(
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
pub(crate) fn print(
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
