//! `bindery tasks`: the tasks of outboxes. Those that failed are listed, put back and deleted; what a handler does is in the
//! program that has it.

use std::time::SystemTime;

use bindery::outbox::{TaskFilter, TaskQueue, TaskRecord, TaskStatus};
use bindery_schema::model::EngineId;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::arguments::{ConfigOptions, EngineOptions, Format};
use crate::confirm::{self, Confirmation};
use crate::database::{self, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::output::Output;
use crate::project::Project;
use crate::report::document;
use crate::text::count;

/// List, put back and delete the tasks of outboxes
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        bindery tasks list --failed                    what failed, and why\n  \
        bindery tasks retry --failed --type send-welcome\n  \
        bindery tasks retry --id 17 --by ann\n  \
        bindery tasks delete --failed --engine b")]
pub(crate) struct TasksArguments {
    #[command(subcommand)]
    command: TasksCommand,
}

#[derive(Debug, Subcommand)]
enum TasksCommand {
    /// List tasks, without their payloads
    List(ListArguments),
    /// Have failed tasks tried again, with all their attempts
    Retry(RetryArguments),
    /// Delete tasks; those that a worker has are left alone
    Delete(DeleteArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    /// The most tasks that are listed
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct RetryArguments {
    /// The person who puts them back, for the record; without it, the account of the system
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// List those tasks; change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct DeleteArguments {
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// List those tasks; change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Only tasks that failed
    #[arg(long, conflicts_with = "status")]
    failed: bool,
    /// Only tasks in this state
    #[arg(long, value_name = "STATE", value_enum)]
    status: Option<Status>,
    /// Only tasks of this type, by its name
    #[arg(long = "type", value_name = "NAME")]
    task: Option<String>,
    /// Only the task with this number
    #[arg(long, value_name = "NUMBER")]
    id: Option<i64>,
    /// Only the tasks of this engine; may be repeated. Without it: of all engines with an outbox
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

/// The number of tasks of an engine that were changed; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Changed {
    engine: &'static str,
    tasks: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: &TasksArguments, output: &Output) -> Result<(), Failure> {
    match &arguments.command {
        TasksCommand::List(list) => self::list(list, output),
        TasksCommand::Retry(retry) => self::retry(retry, output),
        TasksCommand::Delete(delete) => self::delete(delete, output),
    }
}

fn list(arguments: &ListArguments, output: &Output) -> Result<(), Failure> {
    let (common, limit) = (&arguments.common, arguments.limit);
    print_tasks(common, (&common.filter(), limit), |_| true, output)
}

/// Lists the tasks that are found, as far as they are wanted.
fn print_tasks(
    common: &Common,
    (filter, limit): (&TaskFilter, u32),
    is_wanted: impl Fn(&TaskRecord) -> bool,
    output: &Output,
) -> Result<(), Failure> {
    let found = each(common, Purpose::Harmless, output, |queue, engine| {
        let tasks = queue.list(filter, limit)?.into_iter();
        let tasks = tasks.filter(&is_wanted).map(|task| (engine, task));
        Ok(tasks.collect::<Vec<_>>())
    })?;
    let found: Vec<_> = found.into_iter().flatten().collect();
    output.result(&match common.config.format {
        Format::Json => document(&found.into_iter().map(described).collect::<Vec<_>>()),
        Format::Human | Format::Github if found.is_empty() => "no tasks\n".to_owned(),
        Format::Human | Format::Github => found.iter().map(line).collect(),
    })
}

fn retry(arguments: &RetryArguments, output: &Output) -> Result<(), Failure> {
    let common = &arguments.common;
    let is_failed = !matches!(common.status, Some(status) if status != Status::Failed);
    if !is_failed || !(common.failed || common.status.is_some() || common.id.is_some()) {
        let failure = Failure::new("only tasks that failed can be put back");
        return Err(failure.help("write `--failed`, or the number of one: `--id 17`"));
    }
    let system = std::env::var("USER").ok();
    let by = arguments.by.clone().or(system);
    let by = by.unwrap_or_else(|| "bindery tasks".to_owned());
    let filter = common.filter();
    if arguments.dry_run {
        let is_wanted = |task: &TaskRecord| task.status == TaskStatus::Failed;
        return print_tasks(common, (&filter, u32::MAX), is_wanted, output);
    }
    let changed = each(common, Purpose::Harmless, output, |queue, engine| {
        let tasks = queue.retry(&filter, &by)?;
        Ok(Changed { engine, tasks })
    })?;
    tell(&changed, "put back", common.config.format, output)
}

fn delete(arguments: &DeleteArguments, output: &Output) -> Result<(), Failure> {
    let common = &arguments.common;
    let is_narrow = common.failed || common.status.is_some() || common.id.is_some();
    if !is_narrow {
        let failure = Failure::new("these may be tasks that are still to run");
        return Err(
            failure.help("write which are meant: `--failed`, `--status pending` or `--id 17`")
        );
    }
    let filter = common.filter();
    if arguments.dry_run {
        let is_wanted = |task: &TaskRecord| task.status != TaskStatus::Running;
        return print_tasks(common, (&filter, u32::MAX), is_wanted, output);
    }
    if !arguments.yes {
        let confirmation = Confirmation {
            question: "Delete these tasks?",
            help: "pass `--yes` to delete without a prompt",
        };
        confirm::ask(&confirmation, output)?;
    }
    let changed = each(common, Purpose::Destructive, output, |queue, engine| {
        let tasks = queue.delete(&filter)?;
        Ok(Changed { engine, tasks })
    })?;
    tell(&changed, "deleted", common.config.format, output)
}

impl Common {
    fn filter(&self) -> TaskFilter {
        let status = self.status.map(TaskStatus::from);
        let status = status.or(self.failed.then_some(TaskStatus::Failed));
        let filter = status.map_or(TaskFilter::all(), |status| TaskFilter::all().status(status));
        let filter = match &self.task {
            Some(task) => filter.task(task),
            None => filter,
        };
        self.id.map_or(filter.clone(), |id| filter.id(id))
    }
}

/// Runs `work` for the tasks of each engine that is meant.
fn each<T>(
    common: &Common,
    purpose: Purpose,
    output: &Output,
    work: impl Fn(&TaskQueue<'_>, &'static str) -> bindery::Result<T>,
) -> Result<Vec<T>, Failure> {
    let project = Project::load_config(&common.config, output)?;
    let chosen = chosen(common, &project)?;
    if purpose == Purpose::Destructive {
        project.refuse_protected(&chosen)?;
    }
    let engines = Engines::open(&project, &chosen)?;
    (0..chosen.len())
        .map(|at| {
            let engine = engines.chosen(at);
            let queue = TaskQueue::new(&engines.registry, engine);
            work(&queue, bindery::Engine::name(engine)).map_err(|error| database::failure(&error))
        })
        .collect()
}

/// The engines that are named, else all with an outbox.
fn chosen(common: &Common, project: &Project) -> Result<Vec<EngineId>, Failure> {
    let engines = &project.input.engines;
    let named = EngineOptions {
        engine: common.engine.clone(),
        all: common.engine.is_empty(),
    };
    let mut chosen = project.choose(&named, Purpose::Harmless)?;
    let without = |id: &&EngineId| !engines[id.0 as usize].outbox;
    if let Some(id) = chosen.iter().find(without).filter(|_| !named.all) {
        let name = &engines[id.0 as usize].name;
        let failure = Failure::new(format!("engine `{name}` has no outbox"));
        return Err(failure.help(format!(
            "write `outbox = true` in `[engines.{name}]` of bindery.toml"
        )));
    }
    chosen.retain(|id| engines[id.0 as usize].outbox);
    if chosen.is_empty() {
        let failure = Failure::new("no engine has an outbox");
        return Err(
            failure.help("write `outbox = true` in the section of an engine in bindery.toml")
        );
    }
    Ok(chosen)
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

fn tell(changed: &[Changed], what: &str, format: Format, output: &Output) -> Result<(), Failure> {
    let line = |one: &Changed| {
        let tasks = count(usize::try_from(one.tasks).unwrap_or(usize::MAX), "task");
        format!("{}: {tasks} {what}\n", one.engine)
    };
    output.result(&match format {
        Format::Json => document(&changed),
        Format::Human | Format::Github => changed.iter().map(line).collect(),
    })
}
