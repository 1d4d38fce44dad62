//! `bindery explain`: the page of a code, or what one stage of the compiler makes of the schema.

mod page;
mod planned;
mod resolved;
mod stage;

use bindery_schema::codes::{self, Code};
use bindery_schema::dialect::Dialect;
use bindery_schema::name::suggest;
use clap::Args;
use serde::Serialize;

use self::stage::Stage;
use crate::failure::Failure;
use crate::options::{Format, SchemaOptions, dialect_parser};
use crate::output::{Output, Paint};
use crate::project::DialectChoice;
use crate::report::document;

/// Options that say something about a schema, which a code does not read.
const OF_STAGES: [&str; 4] = ["config", "schema", "dialect", "deny_warnings"];

/// Explain a code of a message, or show what a stage of the compiler makes of the schema
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("what").required(true).args(["code", "stage", "list"]),
    after_help = "Examples:\n  \
        bindery explain B0103    what is wrong, with an example that is right\n  \
        bindery explain --list   every code in one line\n  \
        bindery explain --stage resolve --format json\n  \
        bindery explain --stage plan --schema dump.sql --dialect postgres\n\n\
        The JSON documents are stable; see JSON.md in the sources of this command."
)]
pub(crate) struct ExplainArguments {
    /// A code as messages show it
    #[arg(value_name = "CODE", conflicts_with_all = OF_STAGES)]
    code: Option<String>,
    /// List all codes
    #[arg(long, conflicts_with_all = OF_STAGES)]
    list: bool,
    /// Show what this stage of the compiler makes of the schema
    #[arg(long, value_name = "STAGE", value_enum)]
    stage: Option<Stage>,
    #[command(flatten)]
    schema: SchemaOptions,
    /// Read the schema in this SQL, and compile every engine for it
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser(), help_heading = "Schema")]
    dialect: Option<Dialect>,
}

/// Prints the requested page, list or stage.
pub(crate) fn run(arguments: &ExplainArguments, output: &Output) -> Result<(), Failure> {
    let format = arguments.schema.format;
    match (&arguments.code, arguments.stage) {
        (Some(code), _) => explain_code(code, format, output),
        (None, Some(stage)) => {
            let dialect = arguments
                .dialect
                .map_or(DialectChoice::Configured, DialectChoice::Everything);
            stage::run(stage, &arguments.schema, dialect, output)
        }
        (None, None) => list_codes(format, output),
    }
}

fn explain_code(code: &str, format: Format, output: &Output) -> Result<(), Failure> {
    let known = codes::find(code).ok_or_else(|| unknown_code(code))?;
    match format {
        Format::Json => output.result(&document(&Page::from(known))),
        Format::Human | Format::Github => output.result(&page::page(known.page, output.results())),
    }
}

fn unknown_code(code: &str) -> Failure {
    let failure = Failure::new(format!("there is no code `{}`", code.escape_debug()));
    let upper = code.to_ascii_uppercase();
    match suggest(&upper, codes::all().map(|known| known.code)) {
        Some(near) => failure.help(format!("did you mean `bindery explain {near}`?")),
        None => failure.help("all codes: `bindery explain --list`"),
    }
}

fn list_codes(format: Format, output: &Output) -> Result<(), Failure> {
    let line = |known: Code| {
        let code = output.results().paint(Paint::Heading, known.code);
        format!("{code}  {}\n", known.title)
    };
    match format {
        Format::Json => output.result(&document(&codes::all().map(Page::from).collect::<Vec<_>>())),
        Format::Human | Format::Github => {
            output.result(&codes::all().map(line).collect::<String>())
        }
    }
}

/// A code and its page as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Page {
    code: &'static str,
    title: &'static str,
    page: &'static str,
}

impl From<Code> for Page {
    fn from(Code { code, title, page }: Code) -> Self {
        Self { code, title, page }
    }
}
