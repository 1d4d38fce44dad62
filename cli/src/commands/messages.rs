//! `bindery messages`: the messages of consumers, and the events that relays are to hand on. Those that failed are listed, replayed
//! and deleted; what a handler does is in the program that has it.

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::Output;
use crate::task_tables::{Deleting, Range, Retrying, Selection, Table, Which};

/// List, replay and delete messages of consumers and events of relays
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        bindery messages list --failed                 the dead letters, and why\n  \
        bindery messages replay --failed --consumer search --by ann\n  \
        bindery messages replay --completed --since 2026-11-22T10:00:00Z --dry-run\n  \
        bindery messages list --events                 events that wait for a relay\n  \
        bindery messages delete --id 17 --yes")]
pub(crate) struct MessagesArguments {
    #[command(subcommand)]
    command: MessagesCommand,
}

#[derive(Debug, Subcommand)]
enum MessagesCommand {
    /// List messages, without their data
    List(ListArguments),
    /// Have messages that failed, or are completed, handled again, with all their attempts
    Replay(ReplayArguments),
    /// Delete messages; those that a consumer has are left alone
    Delete(DeleteArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    /// The most messages that are listed
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Debug, Args)]
struct ReplayArguments {
    #[command(flatten)]
    retrying: Retrying,
    #[command(flatten)]
    range: Range,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Debug, Args)]
struct DeleteArguments {
    #[command(flatten)]
    deleting: Deleting,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Debug, Args)]
struct Messages {
    /// The events that relays are to hand on, in place of the messages of consumers
    #[arg(long)]
    events: bool,
    /// Only messages of this consumer
    #[arg(long, value_name = "NAME", conflicts_with = "events")]
    consumer: Option<String>,
    /// Only events of this type, `user_created`
    #[arg(long = "type", value_name = "NAME", requires = "events")]
    event: Option<String>,
    #[command(flatten)]
    which: Which,
}

impl Messages {
    fn selection(&self) -> Selection<'_> {
        let (table, task) = if self.events {
            (Table::Events, &self.event)
        } else {
            (Table::Messages, &self.consumer)
        };
        Selection {
            table,
            task: task.as_deref(),
            which: &self.which,
            range: Range::default(),
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &MessagesArguments, output: &Output) -> Result<(), Failure> {
    match &arguments.command {
        MessagesCommand::List(list) => list.messages.selection().list(list.limit, output),
        MessagesCommand::Replay(replay) => {
            let range = replay.range.clone();
            let selection = replay.messages.selection();
            let selection = Selection { range, ..selection };
            selection.retry(&replay.retrying, output)
        }
        MessagesCommand::Delete(delete) => {
            delete.messages.selection().delete(&delete.deleting, output)
        }
    }
}
