//! The command line: the list of commands, and the texts of `--help`. A command is a file of its own: its arguments, and what it does.
//! None knows another; what several do stands below this folder.

mod check;
mod completions;
mod create;
mod docs;
mod doctor;
mod drop;
mod dump;
mod explain;
mod generate;
mod init;
mod load;
mod messages;
mod migrate;
mod mirror;
mod pull;
mod recover;
mod reset;
mod shards;
mod shell;
mod status;
mod sync;
mod tasks;
mod truncate;
mod validate;
mod verify;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::failure::Failure;
use crate::options::{Colour, Format};
use crate::output::Output;
use crate::report::document;

/// The commands, in the order in which `--help` lists them: each is a variant with the arguments of its module, whose `run` it calls.
macro_rules! commands {
    ($($name:ident($module:ident::$arguments:ident),)*) => {
        /// All commands.
        #[derive(Debug, Subcommand)]
        enum Command {
            $($name($module::$arguments),)*
            Completions(completions::CompletionsArguments),
        }

        impl Command {
            fn run(&self, output: &Output) -> Result<(), Failure> {
                match self {
                    $(Self::$name(arguments) => $module::run(arguments, output),)*
                    // The one that has to know them all.
                    Self::Completions(arguments) => {
                        completions::run(arguments, Arguments::command(), output)
                    }
                }
            }
        }
    };
}

commands! {
    Check(check::CheckArguments),
    Generate(generate::GenerateArguments),
    Create(create::CreateArguments),
    Docs(docs::DocsArguments),
    Doctor(doctor::DoctorArguments),
    Drop(drop::DropArguments),
    Dump(dump::DumpArguments),
    Init(init::InitArguments),
    Load(load::LoadArguments),
    Messages(messages::MessagesArguments),
    Migrate(migrate::MigrateArguments),
    Mirror(mirror::MirrorArguments),
    Pull(pull::PullArguments),
    Recover(recover::RecoverArguments),
    Reset(reset::ResetArguments),
    Shards(shards::ShardsArguments),
    Shell(shell::ShellArguments),
    Status(status::StatusArguments),
    Sync(sync::SyncArguments),
    Tasks(tasks::TasksArguments),
    Truncate(truncate::TruncateArguments),
    Validate(validate::ValidateArguments),
    Verify(verify::VerifyArguments),
    Explain(explain::ExplainArguments),
}

/// Models bound to their databases at compile time: the command beside the build.
#[derive(Debug, Parser)]
#[command(
    name = "bindery",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 fine, 1 findings or failure, 2 wrong usage.\n\
        Results go to standard output, messages to standard error. `bindery <COMMAND> --help` shows examples."
)]
pub(crate) struct Arguments {
    /// When to use colours; `auto` is on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub(crate) color: Colour,
    #[command(subcommand)]
    command: Command,
    /// The form of results, where the command has one.
    #[arg(skip)]
    format: Option<Format>,
}

/// Commands that are looked for and are programs of the user's own, with what to write there.
const OF_THE_PROGRAM: [(&str, &str); 3] = [
    ("work", "bindery::outbox::work"),
    ("worker", "bindery::outbox::work"),
    ("relay", "db.relay()"),
];

impl Arguments {
    /// Reads the command line; wrong usage ends the process.
    pub(crate) fn read() -> Self {
        let read = Self::command().try_get_matches().and_then(|matches| {
            let arguments = Self::from_arg_matches(&matches)?;
            let format = format_of(&matches);
            Ok(Self {
                format,
                ..arguments
            })
        });
        read.unwrap_or_else(|mut error| {
            let wanted = match error.get(ContextKind::InvalidSubcommand) {
                Some(ContextValue::String(word)) => word.as_str(),
                Some(_) | None => "",
            };
            if let Some((_, call)) = OF_THE_PROGRAM.iter().find(|(word, _)| *word == wanted) {
                let tip = format!(
                    "handlers and queues are code of your program, so it runs them: call `{call}` there \
                     (feature `signals` has the `main` of such a program; docs/outbox.md, \"A program of workers\")"
                );
                error.remove(ContextKind::SuggestedSubcommand);
                let tips = ContextValue::StyledStrs(vec![tip.into()]);
                error.insert(ContextKind::Suggested, tips);
            }
            error.exit()
        })
    }

    /// Runs the command; one that fails before it has a document has one that says so.
    pub(crate) fn run(&self, output: &Output) -> Result<(), Failure> {
        let failure = match self.command.run(output) {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        output.failure(&failure);
        if self.format == Some(Format::Json)
            && let Some(ended) = output.failure_without_result()
        {
            output.result(&document(ended))?;
        }
        Err(failure)
    }
}

/// The form that was given to the command, however deep it is.
fn format_of(matches: &ArgMatches) -> Option<Format> {
    let own = matches.try_get_one("format").ok().flatten().copied();
    own.or_else(|| format_of(matches.subcommand()?.1))
}
