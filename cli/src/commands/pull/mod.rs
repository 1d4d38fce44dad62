//! `bindery pull`: writes the schema of an existing database as a schema file.

mod planned;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::diagnostic::{Diagnostic, Diagnostics, Severity};
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{EngineId, Model, Table, TableName};
use bindery_schema::parse::load;
use bindery_schema::read_model;
use bindery_schema::source::Sources;
use clap::Args;
use serde::Serialize;

use crate::at_once::at_once;
use crate::catalogue::{self, Catalogue, Respelled, Told, Wanted, is_tagged_by_pull};
use crate::confirm::{self, Confirmation};
use crate::database::{Engines, failure};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{ConfigOptions, EngineOptions, Format, ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::document_of_engines;
use crate::text::count;

/// Write the schema of an existing database as a schema file
#[derive(Debug, Args)]
#[command(
    long_about = "Write the schema of an existing database as a schema file.\n\n\
        The file has the tables, views, types and sequences of the engine's database in its own dialect, as the database itself \
        writes them, each after what it needs and else by name: the same database gives the same file. Triggers, routines and the \
        like are listed at its end. Tables that the schema at hand calls `@unmanaged` keep that tag; other annotations are \
        not in the database, and so not in the file. Nothing in the database is changed.",
    after_help = "Examples:\n  \
        bindery pull                             `default`, as schema.sql\n  \
        bindery pull --dry-run                   in what the file would change\n  \
        bindery pull --engine b --out -          to standard output\n  \
        bindery pull --engine b --out legacy.sql --yes\n  \
        bindery pull --all --out schema          schema/b.sql, schema/default.sql"
)]
pub(crate) struct PullArguments {
    /// The file, `-` for standard output; with several engines the folder that gets a file for each. Without it
    /// `schema.sql` beside the configuration, with several engines `schema`
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Overwrite without a prompt
    #[arg(long)]
    yes: bool,
    /// List the files and the objects in which they would change; write nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// The outcome for one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Pulled<'a> {
    engine: &'a str,
    dialect: &'static str,
    tables: usize,
    left_out: &'a [String],
    /// The file that it was written to; `None` for standard output.
    file: Option<String>,
    /// The text, where it goes to standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a str>,
}

/// One engine's file.
struct File {
    engine: EngineId,
    /// `None` is standard output.
    path: Option<PathBuf>,
    catalogue: Catalogue,
    text: String,
}

/// Reads, requires confirmation before it overwrites, and writes.
pub(crate) fn run(arguments: &PullArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let chosen = project.choose(&arguments.engines, Purpose::Harmless)?;
    let paths = paths(arguments, &project, &chosen)?;
    let name = |engine: EngineId| project.input.engines[engine.0 as usize].name.as_str();
    let (mut failed, mut of_engines) = (Vec::new(), Vec::new());
    for (engine, path) in chosen.into_iter().zip(paths) {
        match missing(&project, engine) {
            Some(failure) => failed.push((name(engine), failure)),
            None => of_engines.push((engine, path)),
        }
    }
    if !arguments.dry_run {
        confirm_overwriting(arguments, &of_engines, output)?;
    }
    let progress = Progress::new(output, arguments.progress.quiet);
    let there: Vec<EngineId> = of_engines.iter().map(|(engine, _)| *engine).collect();
    let engines = Engines::open(&project, &there)?;
    let unmanaged = unmanaged(arguments);
    let pulled = at_once(&of_engines, |index, (engine, path)| {
        let of = &project.input.engines[engine.0 as usize];
        let told = progress.steps(("reading", "the schema", &of.name));
        let catalogue = engines.catalogue(index, &told);
        progress.end();
        let catalogue = catalogue?;
        if !arguments.dry_run {
            refuse_emptying(&catalogue, path.as_deref(), &of.name)?;
        }
        let names = unmanaged.iter().filter(|(of, _)| of == engine);
        let names = names.map(|(_, name)| name.clone()).collect();
        let text = catalogue.schema_text(of, &names);
        Ok(File {
            engine: *engine,
            path: path.clone(),
            catalogue,
            text,
        })
    });
    let mut files = Vec::new();
    for ((engine, _), pulled) in of_engines.iter().zip(pulled) {
        match pulled {
            Ok(file) => files.push(file),
            Err(failure) => failed.push((name(*engine), failure)),
        }
    }
    let format = arguments.config.format;
    if arguments.dry_run {
        planned::print((&files, &failed), &project, format, output)?;
    } else {
        write_all(&files)?;
        print((&files, &failed), &project, format, output)?;
    }
    let read = read_back(&files, &project.input, output);
    let failures: Vec<Failure> = failed.into_iter().map(|(_, failure)| failure).collect();
    output.failures(&failures)?;
    read
}

impl Engines {
    /// The schema of the database of one of them.
    pub(crate) fn catalogue(&self, index: usize, told: Told<'_>) -> Result<Catalogue, Failure> {
        let connection = self.registry.connect(self.chosen(index));
        let catalogue = connection.and_then(|mut one| catalogue::read(&mut one, told));
        catalogue.map_err(|error| failure(&error))
    }

    /// Things of a schema as the server of one of them writes them.
    pub(crate) fn respelled(
        &self,
        index: usize,
        wanted: &Wanted<'_>,
    ) -> Result<Respelled, Failure> {
        let connection = self.registry.connect(self.chosen(index));
        let respelled =
            connection.and_then(|mut connection| catalogue::respelled(&mut connection, wanted));
        respelled.map_err(|error| failure(&error))
    }
}

/// The file of each engine's schema.
fn paths(
    arguments: &PullArguments,
    project: &Project,
    chosen: &[EngineId],
) -> Result<Vec<Option<PathBuf>>, Failure> {
    let folder = project.config.as_ref().map(|config| config.folder.clone());
    let beside = |name: &str| folder.clone().unwrap_or_default().join(name);
    match (&arguments.out, chosen) {
        (Some(path), _) if path == Path::new("-") && arguments.dry_run => {
            let failure = Failure::new("standard output is no file that could change");
            Err(failure.help("leave `--dry-run` out"))
        }
        (Some(path), [_]) if path == Path::new("-") => Ok(vec![None]),
        (Some(path), _) if path == Path::new("-") => {
            let failure = Failure::new("standard output takes the schema of one engine");
            Err(failure.help("name one: `--engine NAME`"))
        }
        (out, [_]) => Ok(vec![Some(
            out.clone().unwrap_or_else(|| beside("schema.sql")),
        )]),
        (out, several) => {
            let folder = out.clone().unwrap_or_else(|| beside("schema"));
            let name = |id: &EngineId| &project.input.engines[id.0 as usize].name;
            let files = several
                .iter()
                .map(|id| Some(folder.join(format!("{}.sql", name(id)))));
            Ok(files.collect())
        }
    }
}

/// An SQLite file that is not there: connecting would make it.
fn missing(project: &Project, engine: EngineId) -> Option<Failure> {
    let name = &project.input.engines[engine.0 as usize].name;
    let path = project.missing_file(name)?;
    let why = format!("engine `{name}`: there is no file `{}`", path.display());
    Some(
        Failure::new(why)
            .help("is the path in the configuration right? `bindery pull` makes no database"),
    )
}

/// A database without any object is hardly the one that the file was written for.
fn refuse_emptying(
    catalogue: &Catalogue,
    path: Option<&Path>,
    engine: &str,
) -> Result<(), Failure> {
    let Some(path) = path.filter(|_| catalogue.items.is_empty()) else {
        return Ok(());
    };
    let has_text = fs::metadata(path).is_ok_and(|file| file.len() > 0);
    if !has_text {
        return Ok(());
    }
    let path = path.display();
    let why =
        format!("the database of engine `{engine}` has no tables, and `{path}` is kept as it is");
    Err(Failure::new(why)
        .help("is the address in the configuration right? `--out FILE` writes another file"))
}

fn confirm_overwriting(
    arguments: &PullArguments,
    of_engines: &[(EngineId, Option<PathBuf>)],
    output: &Output,
) -> Result<(), Failure> {
    let paths = of_engines.iter().filter_map(|(_, path)| path.as_ref());
    let there = paths.filter(|path| path.exists());
    let there: Vec<String> = there.map(|path| format!("`{}`", path.display())).collect();
    if there.is_empty() || arguments.yes {
        return Ok(());
    }
    let confirmation = Confirmation {
        question: &format!(
            "Overwrite {}, with all annotations in it?",
            there.join(", ")
        ),
        help: "pass `--yes` to overwrite, `--out FILE` for another file, `--out -` for standard output",
    };
    confirm::ask(&confirmation, output)
}

/// The tables that a person has the schema at hand leave alone, with each of their engines; none where it cannot be read.
fn unmanaged(arguments: &PullArguments) -> BTreeSet<(EngineId, TableName)> {
    let options = SchemaOptions {
        config: arguments.config.config.clone(),
        schema: Vec::new(),
        format: arguments.config.format,
        deny_warnings: false,
    };
    let Ok(project) = Project::load_schema(&options, DialectChoice::Configured) else {
        return BTreeSet::new();
    };
    let model = read_model(&project.input, &mut Diagnostics::default());
    let tables = model.tables.iter();
    let tables = tables.filter(|table| table.unmanaged && !is_tagged_by_pull(table));
    let of_engines = |table: &Table| {
        let name = table.name.clone();
        let engines = table.engines.clone();
        engines
            .into_iter()
            .map(move |engine| (engine, name.clone()))
    };
    tables.flat_map(of_engines).collect()
}

fn write_all(files: &[File]) -> Result<(), Failure> {
    for file in files {
        if let Some(path) = &file.path {
            write(path, &file.text)?;
        }
    }
    Ok(())
}

/// Writes it beside the file and moves it there: a reader sees the old file or the new one.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot = |error| Failure::new(format!("`{}` cannot be written: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // It may not have been made.
        let _ = fs::remove_file(&new);
    }
    written.map_err(cannot)
}

fn print(
    (files, failed): (&[File], &[(&str, Failure)]),
    project: &Project,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    let pulled = files.iter().map(|file| {
        let engine = &project.input.engines[file.engine.0 as usize];
        Pulled {
            engine: &engine.name,
            dialect: engine.dialect.name(),
            tables: file.catalogue.tables(),
            left_out: &file.catalogue.left_out,
            file: file.path.as_ref().map(|path| path.display().to_string()),
            schema: file.path.is_none().then_some(file.text.as_str()),
        }
    });
    let pulled: Vec<Pulled<'_>> = pulled.collect();
    if format == Format::Json {
        return output.result(&document_of_engines(&pulled, failed));
    }
    for one in &pulled {
        output.message(&line(one));
        output.result(one.schema.unwrap_or_default())?;
    }
    Ok(())
}

fn line(pulled: &Pulled<'_>) -> String {
    let tables = count(pulled.tables, "table");
    let file = pulled
        .file
        .as_deref()
        .map_or(String::new(), |file| format!(" written to {file}"));
    let left_out = match pulled.left_out.len() {
        0 => String::new(),
        number => format!("; {} left out, listed at its end", count(number, "object")),
    };
    format!("engine `{}`: {tables}{file}{left_out}\n", pulled.engine)
}

/// Reads what was written as the build will. Errors are reported; warnings are left to `check`.
fn read_back(files: &[File], input: &Input, output: &Output) -> Result<(), Failure> {
    let (mut sources, mut errors) = (Sources::default(), Diagnostics::default());
    for file in files {
        let (mut input, mut found) = (input.clone(), Diagnostics::default());
        std::mem::swap(&mut input.sources, &mut sources);
        let path = file.path.as_ref();
        let path = path.map_or("<stdout>".into(), |path| path.display().to_string());
        let model = read_pulled(&mut input, &path, &file.text, file.engine, &mut found);
        check(model, &mut found);
        sources = input.sources;
        let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
        found
            .iter()
            .filter(is_error)
            .for_each(|error| errors.push(error.clone()));
    }
    output.report_errors(&errors, &sources, Format::Human)
}

/// Reads a pulled text as the schema of an engine.
pub(crate) fn read_pulled(
    input: &mut Input,
    path: &str,
    text: &str,
    engine: EngineId,
    found: &mut Diagnostics,
) -> Model {
    let name = input.engines[engine.0 as usize].name.clone();
    let dialect = input.engines[engine.0 as usize].dialect;
    let id = load(&mut input.sources, path, text.as_bytes(), found);
    let files = id.map(|id| InputFile {
        id,
        dialect: Some(dialect),
        engines: vec![name],
    });
    input.files = files.into_iter().collect();
    // The tables of one engine say nothing of a set of them.
    input.shards.clear();
    read_model(input, found)
}
