//! The command line: what can be typed, and the texts of `--help`. What a command does lives in `commands/`.

use std::path::PathBuf;

use bindery_schema::dialect::Dialect;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::check::CheckArguments;
use crate::commands::completions::CompletionsArguments;
use crate::commands::create::CreateArguments;
use crate::commands::docs::DocsArguments;
use crate::commands::doctor::DoctorArguments;
use crate::commands::drop::DropArguments;
use crate::commands::dump::DumpArguments;
use crate::commands::explain::ExplainArguments;
use crate::commands::generate::GenerateArguments;
use crate::commands::init::InitArguments;
use crate::commands::load::LoadArguments;
use crate::commands::messages::MessagesArguments;
use crate::commands::migrate::MigrateArguments;
use crate::commands::mirror::MirrorArguments;
use crate::commands::pull::PullArguments;
use crate::commands::recover::RecoverArguments;
use crate::commands::reset::ResetArguments;
use crate::commands::shell::ShellArguments;
use crate::commands::status::StatusArguments;
use crate::commands::sync::SyncArguments;
use crate::commands::tasks::TasksArguments;
use crate::commands::truncate::TruncateArguments;
use crate::commands::validate::ValidateArguments;
use crate::commands::verify::VerifyArguments;

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
    pub(crate) command: Command,
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
        Self::try_parse().unwrap_or_else(|mut error| {
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
}

/// All commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(CheckArguments),
    Generate(GenerateArguments),
    Create(CreateArguments),
    Docs(DocsArguments),
    Doctor(DoctorArguments),
    Drop(DropArguments),
    Dump(DumpArguments),
    Init(InitArguments),
    Load(LoadArguments),
    Messages(MessagesArguments),
    Migrate(MigrateArguments),
    Mirror(MirrorArguments),
    Pull(PullArguments),
    Recover(RecoverArguments),
    Reset(ResetArguments),
    Shell(ShellArguments),
    Status(StatusArguments),
    Sync(SyncArguments),
    Tasks(TasksArguments),
    Truncate(TruncateArguments),
    Validate(ValidateArguments),
    Verify(VerifyArguments),
    Explain(ExplainArguments),
    Completions(CompletionsArguments),
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

/// The form of results and findings: text for people, one JSON document, or annotations of GitHub's build log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
    Github,
}

/// The arguments of every command that reads the schema.
#[derive(Debug, Args)]
#[command(next_help_heading = "Schema")]
pub(crate) struct SchemaOptions {
    /// The configuration, instead of `$BINDERY_CONFIG` or `bindery.toml` here or above
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A schema file, instead of those the configuration names; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Vec<PathBuf>,
    /// The form of results and findings; `github` is for annotations in its build log
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Fail on warnings too
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// The arguments of every command that reads the configuration alone.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigOptions {
    /// The configuration, instead of `$BINDERY_CONFIG` or `bindery.toml` here or above
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The form of results and findings
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// Whether a command shows how far its work is.
#[derive(Debug, Args)]
pub(crate) struct ProgressOptions {
    /// Show no progress
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Which engines a command works on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Engines")]
pub(crate) struct EngineOptions {
    /// Work on this engine, not on `default`; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) engine: Vec<String>,
    /// Work on every engine
    #[arg(long, conflicts_with = "engine")]
    pub(crate) all: bool,
}

impl EngineOptions {
    /// Those named, else all: of commands that only look.
    pub(crate) fn or_all(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            all: self.engine.is_empty(),
        }
    }
}

/// Reads the name of a dialect.
pub(crate) fn dialect_parser() -> impl TypedValueParser<Value = Dialect> {
    let names = Dialect::ALL.map(Dialect::name);
    PossibleValuesParser::new(names).try_map(|name| {
        let found = Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name);
        found.ok_or("no dialect of this name")
    })
}
