//! `bindery tasks`: the tasks of outboxes. Those that failed are listed, put back and deleted; what a handler does is in the
//! program that has it.

use clap::{Args, Subcommand};

use super::task_tables::{Range, Selection, Table, Which};
use crate::failure::Failure;
use crate::output::Output;

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
    /// The person who puts them back, for the record; without it, the account of the system
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// List those tasks; change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    tasks: Tasks,
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
        TasksCommand::Retry(retry) => {
            let by = retry.by.as_deref();
            retry.tasks.selection().retry(by, retry.dry_run, output)
        }
        TasksCommand::Delete(delete) if delete.dry_run => {
            delete.tasks.selection().list_deleted(output)
        }
        TasksCommand::Delete(delete) => delete.tasks.selection().delete(delete.yes, output),
    }
}
