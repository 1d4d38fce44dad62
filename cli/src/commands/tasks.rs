//! `bindery tasks`: the tasks of outboxes. Those that failed are listed, put back and deleted; what a handler does is in the
//! program that has it.

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::Output;
use crate::task_tables::{Deleting, Range, Retrying, Selection, Table, Which};

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
    tasks: Tasks,
}

#[derive(Debug, Args)]
struct RetryArguments {
    #[command(flatten)]
    retrying: Retrying,
    #[command(flatten)]
    tasks: Tasks,
}

#[derive(Debug, Args)]
struct DeleteArguments {
    #[command(flatten)]
    deleting: Deleting,
    #[command(flatten)]
    tasks: Tasks,
}

#[derive(Debug, Args)]
struct Tasks {
    /// Only tasks of this type, by its name
    #[arg(long = "type", value_name = "NAME")]
    task: Option<String>,
    #[command(flatten)]
    which: Which,
}

impl Tasks {
    fn selection(&self) -> Selection<'_> {
        Selection {
            table: Table::Tasks,
            task: self.task.as_deref(),
            which: &self.which,
            range: Range::default(),
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &TasksArguments, output: &Output) -> Result<(), Failure> {
    match &arguments.command {
        TasksCommand::List(list) => list.tasks.selection().list(list.limit, output),
        TasksCommand::Retry(retry) => retry.tasks.selection().retry(&retry.retrying, output),
        TasksCommand::Delete(delete) => delete.tasks.selection().delete(&delete.deleting, output),
    }
}
