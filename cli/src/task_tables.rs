//! Tables of tasks as people look after them: `bindery tasks` and `bindery messages` list, put back and delete what is in them.

use std::time::SystemTime;

use bindery::Registry;
use bindery::messages::{events_of, messages_of};
use bindery::outbox::{TaskFilter, TaskQueue, TaskRecord, TaskStatus};
use bindery_schema::model::{Engine, EngineId};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::confirm::{self, Confirmation};
use crate::database::{self, Chosen, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{ConfigOptions, EngineOptions, Format};
use crate::output::Output;
use crate::project::Project;
use crate::report::document;
use crate::text::count;

/// A table of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// The tasks of an outbox.
    Tasks,
    /// The events of an outbox, which relays hand on.
    Events,
    /// The messages of consumers.
    Messages,
}

impl Table {
    /// One entry of it, in words.
    fn noun(self) -> &'static str {
        match self {
            Self::Tasks => "task",
            Self::Events => "event",
            Self::Messages => "message",
        }
    }

    /// The key in the section of an engine by which it has the table.
    fn key(self) -> &'static str {
        match self {
            Self::Tasks | Self::Events => "outbox",
            Self::Messages => "inbox",
        }
    }

    pub(crate) fn is_on(self, engine: &Engine) -> bool {
        match self {
            Self::Tasks | Self::Events => engine.outbox,
            Self::Messages => engine.inbox,
        }
    }

    pub(crate) fn queue(self, registry: &Registry, engine: Chosen) -> TaskQueue<'_> {
        match self {
            Self::Tasks => TaskQueue::new(registry, engine),
            Self::Events => events_of(registry, engine),
            Self::Messages => messages_of(registry, engine),
        }
    }

    /// The words of the command that looks after it.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Tasks => "bindery tasks list",
            Self::Events => "bindery messages list --events",
            Self::Messages => "bindery messages list",
        }
    }
}

/// The entries of a table that are meant, and the engines.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Only those that failed
    #[arg(long, conflicts_with = "status")]
    failed: bool,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_enum)]
    status: Option<Status>,
    /// Only the one with this number
    #[arg(long, value_name = "NUMBER")]
    id: Option<i64>,
    /// Only those of this engine; may be repeated. Without it: of all engines that have any
    #[arg(long, value_name = "NAME")]
    engine: Vec<String>,
    #[command(flatten)]
    config: ConfigOptions,
}

/// The states, as they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    Pending,
    Scheduled,
    Running,
    Failed,
    Completed,
}

impl From<Status> for TaskStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Scheduled => Self::Scheduled,
            Status::Running => Self::Running,
            Status::Failed => Self::Failed,
            Status::Completed => Self::Completed,
        }
    }
}

/// A task in the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct TaskDocument {
    engine: &'static str,
    id: i64,
    uid: String,
    r#type: String,
    status: &'static str,
    key: Option<String>,
    attempts: u32,
    max_attempts: u32,
    last_error: Option<String>,
    created_ms: u128,
    due_ms: u128,
    completed_ms: Option<u128>,
    requeues: u32,
    requeued_by: Option<String>,
    requeued_ms: Option<u128>,
}

/// The number of an engine's entries that were changed.
struct Changed {
    engine: &'static str,
    number: u64,
}

/// The entries that a command works on.
pub(crate) struct Selection<'a> {
    pub(crate) table: Table,
    /// The name of a type, as the table has it.
    pub(crate) task: Option<&'a str>,
    pub(crate) which: &'a Which,
    pub(crate) range: Range,
}

/// The part of the entries that is put back: those that are completed, too, some numbers, a time.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Range {
    /// Those that are completed and not yet deleted, too
    #[arg(long)]
    completed: bool,
    /// Only those with these numbers, `17..29` with both of them
    #[arg(long, value_name = "FIRST..LAST", value_parser = numbers)]
    ids: Option<(i64, i64)>,
    /// Only those that were written at this time or later, `2026-11-22T10:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<SystemTime>,
    /// Only those that were written before this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<SystemTime>,
}

/// How entries are put back.
#[derive(Debug, Args)]
pub(crate) struct Retrying {
    /// The person who puts them back, for the record; without it, the account of the system
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// List those that would be put back; change nothing
    #[arg(long)]
    dry_run: bool,
}

/// How entries are deleted.
#[derive(Debug, Args)]
pub(crate) struct Deleting {
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// List those that would be deleted; change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
}

fn numbers(text: &str) -> Result<(i64, i64), String> {
    let parts = text.split_once("..");
    let parts = parts.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    parts.ok_or_else(|| "two numbers are expected, as in `17..29`".to_owned())
}

fn time(text: &str) -> Result<SystemTime, String> {
    let time = bindery::messages::parse_time(text);
    time.ok_or_else(|| "a time is expected, as in `2026-11-22T10:00:00Z`".to_owned())
}

impl Range {
    fn is_narrow(&self) -> bool {
        self.ids.is_some() || self.since.is_some() || self.until.is_some()
    }

    fn applied(&self, mut filter: TaskFilter) -> TaskFilter {
        if let Some((first, last)) = self.ids {
            filter = filter.ids(first..=last);
        }
        if let Some(time) = self.since {
            filter = filter.since(time);
        }
        if let Some(time) = self.until {
            filter = filter.until(time);
        }
        filter
    }
}

impl Selection<'_> {
    /// Lists the first of them, without their payloads.
    pub(crate) fn list(&self, limit: u32, output: &Output) -> Result<(), Failure> {
        self.print(limit, |_| true, output)
    }

    /// Has those that failed tried again, and those that are completed where that is wanted; or lists them.
    pub(crate) fn retry(&self, retrying: &Retrying, output: &Output) -> Result<(), Failure> {
        self.ensure_can_be_put_back()?;
        if retrying.dry_run {
            let is_wanted = |task: &TaskRecord| self.can_be_put_back(task.status);
            return self.print(u32::MAX, is_wanted, output);
        }
        let system = std::env::var("USER").ok();
        let by = retrying.by.clone().or(system);
        let by = by.unwrap_or_else(|| "bindery".to_owned());
        let changed = self.each(Purpose::Harmless, output, |queue, engine| {
            let number = match self.range.completed {
                true => queue.replay(&self.filter(), &by)?,
                false => queue.retry(&self.filter(), &by)?,
            };
            Ok(Changed { engine, number })
        })?;
        self.print_changed(&changed, "put back", output)
    }

    fn can_be_put_back(&self, status: TaskStatus) -> bool {
        status == TaskStatus::Failed || self.range.completed && status == TaskStatus::Completed
    }

    fn ensure_can_be_put_back(&self) -> Result<(), Failure> {
        let noun = self.table.noun();
        let status = self.which.status.map(TaskStatus::from);
        let is_other = status.is_some_and(|status| !self.can_be_put_back(status));
        let is_narrow = self.which.is_narrow() || self.range.is_narrow();
        if self.range.completed && !is_other {
            if is_narrow || self.task.is_some() {
                return Ok(());
            }
            let failure = Failure::new(format!("these may be all {noun}s of all consumers"));
            return Err(failure.help("write which are meant: `--consumer search`, `--ids 17..29` or `--since 2026-11-22T10:00:00Z`"));
        }
        if is_other || !is_narrow {
            let failure = Failure::new(format!("only {noun}s that failed can be put back"));
            return Err(failure.help("write `--failed`, or the number of one: `--id 17`"));
        }
        Ok(())
    }

    /// Deletes them, but none that is at work; or lists them.
    pub(crate) fn delete(&self, deleting: &Deleting, output: &Output) -> Result<(), Failure> {
        self.ensure_narrow()?;
        if deleting.dry_run {
            let is_wanted = |task: &TaskRecord| task.status != TaskStatus::Running;
            return self.print(u32::MAX, is_wanted, output);
        }
        if !deleting.yes {
            let confirmation = Confirmation {
                question: &format!("Delete these {}s?", self.table.noun()),
                help: "pass `--yes` to delete without a prompt",
            };
            confirm::ask(&confirmation, output)?;
        }
        let changed = self.each(Purpose::Destructive, output, |queue, engine| {
            let number = queue.delete(&self.filter())?;
            Ok(Changed { engine, number })
        })?;
        self.print_changed(&changed, "deleted", output)
    }

    fn ensure_narrow(&self) -> Result<(), Failure> {
        if self.which.is_narrow() {
            return Ok(());
        }
        let noun = self.table.noun();
        let failure = Failure::new(format!("these may be {noun}s that are still to run"));
        Err(failure.help("write which are meant: `--failed`, `--status pending` or `--id 17`"))
    }

    fn filter(&self) -> TaskFilter {
        let which = self.which;
        let status = which.status.map(TaskStatus::from);
        let status = status.or(which.failed.then_some(TaskStatus::Failed));
        let filter = status.map_or(TaskFilter::all(), |status| TaskFilter::all().status(status));
        let filter = match self.task {
            Some(task) => filter.task(task),
            None => filter,
        };
        let filter = which.id.map_or(filter.clone(), |id| filter.id(id));
        self.range.applied(filter)
    }

    /// Lists those that are found, as far as they are wanted.
    fn print(
        &self,
        limit: u32,
        is_wanted: impl Fn(&TaskRecord) -> bool,
        output: &Output,
    ) -> Result<(), Failure> {
        let found = self.each(Purpose::Harmless, output, |queue, engine| {
            let tasks = queue.list(&self.filter(), limit)?.into_iter();
            let tasks = tasks.filter(&is_wanted).map(|task| (engine, task));
            Ok(tasks.collect::<Vec<_>>())
        })?;
        let found: Vec<_> = found.into_iter().flatten().collect();
        output.result(&match self.which.config.format {
            Format::Json => document(&found.into_iter().map(described).collect::<Vec<_>>()),
            Format::Human | Format::Github if found.is_empty() => {
                format!("no {}s\n", self.table.noun())
            }
            Format::Human | Format::Github => found.iter().map(line).collect(),
        })
    }

    fn print_changed(
        &self,
        changed: &[Changed],
        what: &str,
        output: &Output,
    ) -> Result<(), Failure> {
        let noun = self.table.noun();
        let line = |one: &Changed| {
            let number = count(usize::try_from(one.number).unwrap_or(usize::MAX), noun);
            format!("{}: {number} {what}\n", one.engine)
        };
        let described = |one: &Changed| serde_json::json!({ "engine": one.engine, format!("{noun}s"): one.number });
        output.result(&match self.which.config.format {
            Format::Json => document(&changed.iter().map(described).collect::<Vec<_>>()),
            Format::Human | Format::Github => changed.iter().map(line).collect(),
        })
    }

    /// Runs `work` for the table of each engine that is meant.
    fn each<T>(
        &self,
        purpose: Purpose,
        output: &Output,
        work: impl Fn(&TaskQueue<'_>, &'static str) -> bindery::Result<T>,
    ) -> Result<Vec<T>, Failure> {
        let project = Project::load_config(&self.which.config, output)?;
        let chosen = self.engines(&project)?;
        if purpose == Purpose::Destructive {
            project.refuse_protected(&chosen)?;
        }
        let engines = Engines::open(&project, &chosen)?;
        (0..chosen.len())
            .map(|at| {
                let engine = engines.chosen(at);
                let queue = self.table.queue(&engines.registry, engine);
                work(&queue, bindery::Engine::name(engine))
                    .map_err(|error| database::failure(&error))
            })
            .collect()
    }

    /// The engines that are named, else all with the table.
    fn engines(&self, project: &Project) -> Result<Vec<EngineId>, Failure> {
        let (table, key) = (self.table, self.table.key());
        let is_on = |id: &EngineId| table.is_on(&project.input.engines[id.0 as usize]);
        let named = EngineOptions {
            engine: self.which.engine.clone(),
            all: self.which.engine.is_empty(),
        };
        let mut chosen = project.choose(&named, Purpose::Harmless)?;
        if let Some(id) = chosen.iter().find(|id| !is_on(id)).filter(|_| !named.all) {
            let name = &project.input.engines[id.0 as usize].name;
            let failure = Failure::new(format!("engine `{name}` has no {key}"));
            return Err(failure.help(format!(
                "write `{key} = true` in `[engines.{name}]` of bindery.toml"
            )));
        }
        chosen.retain(is_on);
        if chosen.is_empty() {
            let failure = Failure::new(format!("no engine has an {key}"));
            return Err(failure.help(format!(
                "write `{key} = true` in the section of an engine in bindery.toml"
            )));
        }
        Ok(chosen)
    }
}

impl Which {
    /// Whether it selects some of the tasks rather than all of the table.
    fn is_narrow(&self) -> bool {
        self.failed || self.status.is_some() || self.id.is_some()
    }
}

fn line((engine, task): &(&'static str, TaskRecord)) -> String {
    let (id, name, status) = (task.id, &task.task, task.status.name());
    let attempts = format!(
        "{} of {} attempts failed",
        task.retry_count, task.max_attempts
    );
    let requeued = match &task.requeued_by {
        Some(by) => format!(", put back {} by {by}", count_of(task.requeues)),
        None => String::new(),
    };
    let error = task.last_error.as_deref().map_or(String::new(), |error| {
        let lines = error.lines().map(|line| format!("      {line}\n"));
        lines.collect()
    });
    format!("{engine}: {id} {name}, {status}, {attempts}{requeued}\n{error}")
}

fn count_of(times: u32) -> String {
    match times {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

fn described((engine, task): (&'static str, TaskRecord)) -> TaskDocument {
    TaskDocument {
        engine,
        id: task.id,
        uid: task.uid,
        r#type: task.task,
        status: task.status.name(),
        key: task.key,
        attempts: task.retry_count,
        max_attempts: task.max_attempts,
        last_error: task.last_error,
        created_ms: millis(task.created_at),
        due_ms: millis(task.due_at),
        completed_ms: task.completed_at.map(millis),
        requeues: task.requeues,
        requeued_by: task.requeued_by,
        requeued_ms: task.requeued_at.map(millis),
    }
}

fn millis(moment: SystemTime) -> u128 {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis())
}
