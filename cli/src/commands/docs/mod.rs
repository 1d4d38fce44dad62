//! `bindery docs`: the schema as a document for people: one HTML file, Markdown, or a diagram alone; and its events as one for other
//! programs.

mod book;
mod diagram;
mod escape;
mod events;
mod html;
mod markdown;
mod text_diagram;

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use self::book::Book;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{EngineOptions, Format, SchemaOptions};
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};
use crate::text::count;

/// Write the schema as a document: HTML, Markdown, a diagram, or AsyncAPI
#[derive(Debug, Args)]
#[command(
    long_about = "Write the schema as a document: one HTML file that needs nothing beside it, Markdown, or a diagram alone.\n\n\
        For each engine it has the tables with their columns, types, comments and keys, the tables that refer to each, and the links to \
        other engines. Nothing is connected to. Without `--engine` all engines are in it.\n\n\
        The events of tables with `-- @publish` are written for other programs: as a JSON schema, or as a document of AsyncAPI.",
    after_help = "Examples:\n  \
        bindery docs --out docs.html\n  \
        bindery docs --engine b --as markdown\n  \
        bindery docs --as svg --out schema.svg --force\n  \
        bindery docs --as mermaid\n  \
        bindery docs --as asyncapi --out events.json"
)]
pub(crate) struct DocsArguments {
    /// The form of the document
    #[arg(long = "as", value_name = "FORM", value_enum, default_value_t = Form::Html)]
    form: Form,
    /// The file; without it, or with `-`, standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "out")]
    force: bool,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// The forms of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Html,
    Markdown,
    Mermaid,
    Dot,
    Svg,
    Asyncapi,
    JsonSchema,
}

/// The file that was written; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Written<'a> {
    file: String,
    engines: Vec<&'a str>,
    tables: usize,
}

/// Writes the document.
pub(crate) fn run(arguments: &DocsArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines.or_all(), Purpose::Harmless)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let book = Book::of(model, &chosen, &compiled.project.input.sources);
    let text = match arguments.form {
        Form::Html => html::page(&book),
        Form::Markdown => markdown::page(&book),
        Form::Mermaid => text_diagram::mermaid(&book),
        Form::Dot => text_diagram::dot(&book),
        Form::Svg => diagram::diagram(&book).svg,
        Form::Asyncapi => events::asyncapi(model, &chosen)?,
        Form::JsonSchema => events::json_schema(model, &chosen)?,
    };
    match arguments
        .out
        .as_deref()
        .filter(|path| *path != Path::new("-"))
    {
        None => output.result(&text),
        Some(path) => {
            write(path, &text, arguments.force)?;
            print(path, &book, options.format, output)
        }
    }
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let shown = path.display();
    if path.exists() && !force {
        let failure = Failure::new(format!("`{shown}` is there; nothing was changed"));
        return Err(failure.help("overwrite it with `--force`"));
    }
    // A reader sees the old file or the new one.
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.map_err(|error| Failure::new(format!("`{shown}` cannot be written: {error}")))
}

fn print(path: &Path, book: &Book<'_>, format: Format, output: &Output) -> Result<(), Failure> {
    let file = path.display().to_string();
    let engines: Vec<&str> = book.engines.iter().map(|engine| engine.name).collect();
    let tables = book.tables.len();
    output.result(&match format {
        Format::Json => document(&Written {
            file,
            engines,
            tables,
        }),
        Format::Human | Format::Github => format!(
            "written    {file}: {} of {}\n",
            count(tables, "table"),
            engines.join(", ")
        ),
    })
}
