//! `bindery migrate squash`: the oldest migrations of an engine as one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::diff::{
    Gone, Others, ParsedMigration, Squash, SquashRefused, Squashed, squash,
};
use bindery_schema::migrations::{self, LoadedMigration, Migration, replaced_folder};
use bindery_schema::model::{Engine, EngineId};
use bindery_schema::source::Sources;
use clap::Args;
use serde::Serialize;

use super::add::file_name;
use crate::data::layout::{sync_folder, sync_folder_of};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::migrations::files::{folder, shown};
use crate::options::{ConfigOptions, EngineOptions, Format};
use crate::output::{Output, Paint};
use crate::project::Project;
use crate::report::document;

/// Fold the oldest migrations of an engine into one that makes the same schema
#[derive(Debug, Args)]
#[command(
    long_about = "Fold the oldest migrations of an engine into one that makes the same schema.\n\n\
        No database is connected to. The new migration has the version of the last one that it replaces; the files of those are moved to \
        `migrations/<engine>/replaced/<version>`. A database that has applied all of them has applied the new one, a new database \
        applies that alone, and one that has applied some of them goes on with the moved files: remove these once there is no \
        such database left.\n\n\
        Statements that do not show in the schema (rows that are inserted or changed, functions, rights) are listed, and nothing is \
        written unless `--keep` or `--omit` says what becomes of them.",
    after_help = "Examples:\n  \
        bindery migrate squash --dry-run                       all migrations of `default`\n  \
        bindery migrate squash --engine b --to 20260131120000\n  \
        bindery migrate squash --omit                          leave out what fills tables"
)]
pub(super) struct SquashArguments {
    /// The last migration that becomes part of it; all of them by default
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// The name of the new migration
    #[arg(long, default_value = "squashed")]
    name: String,
    /// Write the statements that do not show in the schema after the tables, in their order
    #[arg(long, conflicts_with = "omit")]
    keep: bool,
    /// Leave those statements out
    #[arg(long)]
    omit: bool,
    /// Print the new migration; write and move nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// One engine as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct SquashDocument {
    engine: String,
    path: String,
    sql: String,
    /// The files that were moved, or would be.
    replaced: Vec<String>,
    /// The statements that do not show in the schema, with their places.
    kept: Vec<String>,
    omitted: Vec<String>,
}

pub(super) fn run(arguments: &SquashArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let chosen = project.choose(&arguments.engines, Purpose::Harmless)?;
    let planned = chosen
        .iter()
        .map(|id| plan(&project, *id, arguments, output));
    // Nothing is written where one of the engines cannot be squashed.
    let planned = planned.collect::<Result<Vec<_>, _>>()?;
    if !arguments.dry_run {
        planned.iter().try_for_each(Planned::write)?;
    }
    print(&planned, arguments, output)
}

/// The squash of one engine.
struct Planned {
    engine: String,
    folder: PathBuf,
    version: String,
    /// The new file.
    path: PathBuf,
    squashed: Squashed,
    /// The files that it replaces, with their ways back.
    replaced: Vec<PathBuf>,
}

fn plan(
    project: &Project,
    id: EngineId,
    arguments: &SquashArguments,
    output: &Output,
) -> Result<Planned, Failure> {
    let engine = project.input.engines[id.0 as usize].clone();
    let folder = folder(project, &engine.name);
    refuse_schema_folder(project, &folder, &engine.name)?;
    let mut sources = project.input.sources.clone();
    let migrations = read_migrations(
        &folder,
        &engine,
        (&mut sources, arguments.config.format),
        output,
    )?;
    let migrations = ParsedMigration::all(migrations, engine.dialect);
    let number = number(&migrations, arguments.to.as_deref(), &engine.name)?;
    let old = &migrations[..number];
    refuse_squashed(&old[number - 1], &engine.name)?;
    let name = file_name(&arguments.name)?;
    let version = old[number - 1].version.to_string();
    let path = folder.join(format!("{version}_{name}.sql"));
    let replaced = files_of(old, &folder)?;
    refuse_other_copies(&replaced_folder(&folder, &version), &replaced)?;
    if replaced.contains(&path) {
        let failure = Failure::new(format!("`{}` is there already", path.display()));
        return Err(failure.help("give it another name: `--name NAME`"));
    }
    let others = match (arguments.keep, arguments.omit) {
        (true, _) => Others::Keep,
        (false, true) => Others::Omit,
        (false, false) => Others::Refuse,
    };
    let squash_of = Squash {
        migrations: &migrations,
        number,
        name: &name,
        path: &path,
        engine: &engine,
        others,
    };
    let mut found = Diagnostics::default();
    let squashed = squash(&squash_of, &mut sources, &mut found);
    output.report_errors(&found, &sources, arguments.config.format)?;
    let squashed = squashed.map_err(|why| refused(why, &engine.name, output))?;
    Ok(Planned {
        engine: engine.name,
        folder,
        version,
        path,
        squashed,
        replaced,
    })
}

fn read_migrations(
    folder: &Path,
    engine: &Engine,
    (sources, format): (&mut Sources, Format),
    output: &Output,
) -> Result<Vec<LoadedMigration>, Failure> {
    let mut found = Diagnostics::default();
    let migrations = if folder.is_dir() {
        migrations::read_folder(folder, engine.dialect, engine.flavour, sources, &mut found)
    } else {
        Vec::new()
    };
    output.report_errors(&found, sources, format)?;
    Ok(migrations)
}

/// The squashed file has none of the annotations and comments that a schema has.
fn refuse_schema_folder(project: &Project, folder: &Path, engine: &str) -> Result<(), Failure> {
    let Some(config) = &project.config else {
        return Ok(());
    };
    let mut files = config.files.iter();
    if !files.any(|file| config.folder.join(&file.path) == folder) {
        return Ok(());
    }
    let message = format!(
        "the migrations of `{engine}` are the schema, by `[schema] files`: their annotations and comments would be lost"
    );
    let help = "write the schema as a file of its own, and name that in `[schema] files`";
    Err(Failure::new(message).help(help))
}

/// The number of migrations that become one.
fn number(
    migrations: &[ParsedMigration],
    to: Option<&str>,
    engine: &str,
) -> Result<usize, Failure> {
    let number = match to {
        None => migrations.len(),
        Some(to) => {
            let at = migrations.iter().position(|one| one.version == to);
            let at = at.ok_or_else(|| {
                let failure = Failure::new(format!("there is no migration {to} of `{engine}`"));
                failure.help(format!(
                    "`bindery migrate status --engine {engine}` lists them"
                ))
            })?;
            at + 1
        }
    };
    if number >= 2 {
        return Ok(number);
    }
    let message = match number {
        0 => format!("`{engine}` has no migrations"),
        _ => format!("one migration of `{engine}` alone is nothing to squash"),
    };
    Err(Failure::new(message))
}

/// The copies of what a squashed migration replaces are in the folder of its version: another one of that version has no place for its own.
fn refuse_squashed(last: &Migration, engine: &str) -> Result<(), Failure> {
    if last.replaces.is_empty() {
        return Ok(());
    }
    let version = &last.version;
    let message = format!(
        "migration {version} of `{engine}` is squashed already, and another cannot have its version"
    );
    let help = "squash up to a later migration: `--to VERSION`; where there is none, write one first: `bindery migrate add NAME --empty`";
    Err(Failure::new(message).help(help))
}

/// Copies that a killed squash left are made anew. What is no copy is nowhere else.
fn refuse_other_copies(copies: &Path, replaced: &[PathBuf]) -> Result<(), Failure> {
    let kept = fs::read_dir(copies).into_iter().flatten().flatten();
    let is_copied = |name: &OsString| replaced.iter().any(|path| path.file_name() == Some(name));
    let mut names = kept.map(|entry| entry.file_name());
    let Some(other) = names.find(|name| !is_copied(name)) else {
        return Ok(());
    };
    let path = copies.join(other);
    let message = format!(
        "`{}` would be lost: it is in no other place",
        path.display()
    );
    Err(Failure::new(message)
        .help("move it elsewhere, or squash up to another migration: `--to VERSION`"))
}

/// The files of migrations. Those of a folder each, as diesel has them, are not moved.
fn files_of(old: &[ParsedMigration], folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for one in old {
        if one.path.parent() != Some(folder) {
            let failure = Failure::new(format!(
                "`{}` is in a folder of its own",
                one.path.display()
            ));
            return Err(failure.help(
                "bring the migrations into one folder first: `bindery migrate import FOLDER`",
            ));
        }
        files.push(one.path.clone());
        files.extend(one.down_path.clone());
    }
    Ok(files)
}

fn refused(why: SquashRefused, engine: &str, output: &Output) -> Failure {
    let listed = |found: &[(String, String)]| -> String {
        let lines = found
            .iter()
            .map(|(place, sql)| format!("\n  {place}: {sql}"));
        lines.collect()
    };
    let reason = |one: &Gone| format!("\n  {}: {}: {}", one.place, one.sql, one.why);
    match why {
        SquashRefused::Unreadable => Failure::Told,
        SquashRefused::Unwritable(why) => {
            output.findings(&why.found, &why.input.sources);
            Failure::new(format!(
                "the migrations of `{engine}` cannot be squashed: what was written of them cannot be read again"
            ))
        }
        SquashRefused::Others(found) => Failure::new(format!(
            "the migrations of `{engine}` have statements that do not show in the schema, and a squash would lose them:{}",
            listed(&found)
        ))
        .help("`--keep` writes them after the tables, in their order; `--omit` leaves them out"),
        SquashRefused::Gone(found) => Failure::new(format!(
            "statements of `{engine}` cannot be kept, as they do not fit the tables of the end:{}",
            found.iter().map(reason).collect::<String>()
        ))
        .help("`--omit` leaves all such statements out; add by hand what a new database needs"),
        SquashRefused::Differs(left) => Failure::new(format!(
            "the migrations of `{engine}` cannot be squashed, as bindery does not write this:\n  {}",
            left.join("\n  ")
        ))
        .help("squash up to an earlier migration: `--to VERSION`"),
    }
}

/// Files that are being written; readers of migrations pass over names that begin with a point.
const STAGED: &str = ".squash";

impl Planned {
    /// Killed at any point, this leaves either the migrations as they were or the squashed one in their place: the copies are complete
    /// before that is renamed, and readers pass over an old file that has its copy beside a squashed migration.
    fn write(&self) -> Result<(), Failure> {
        self.write_all().map_err(|why| {
            Failure::new(format!(
                "the migrations of `{}` cannot be written in `{}`: {why}",
                self.engine,
                self.folder.display()
            ))
        })
    }

    fn write_all(&self) -> io::Result<()> {
        remove_leftovers(&self.folder)?;
        let staged = self.folder.join(STAGED);
        let copies = replaced_folder(&self.folder, &self.version);
        remove_folder(&staged)?;
        // Of a squash that was killed before it was one.
        remove_folder(&copies)?;
        fs::create_dir_all(&staged)?;
        for path in &self.replaced {
            let name = path.file_name().unwrap_or_default();
            write_file(&staged.join(name), &fs::read(path)?)?;
        }
        sync_folder(&staged)?;
        fs::create_dir_all(copies.parent().unwrap_or(&self.folder))?;
        fs::rename(&staged, &copies)?;
        sync_folder_of(&copies)?;
        let written = self.folder.join(format!("{STAGED}.sql"));
        write_file(&written, self.squashed.text.as_bytes())?;
        fs::rename(&written, &self.path)?;
        sync_folder_of(&self.path)?;
        self.replaced.iter().try_for_each(fs::remove_file)
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Removes files whose copies are beside the squashed migration that replaces them: an earlier squash was killed before it did.
fn remove_leftovers(folder: &Path) -> io::Result<()> {
    migrations::replaced_leftovers(folder)
        .iter()
        .try_for_each(fs::remove_file)
}

fn print(planned: &[Planned], arguments: &SquashArguments, output: &Output) -> Result<(), Failure> {
    if arguments.config.format == Format::Json {
        let documents = planned.iter().map(|one| described(one, arguments));
        return output.result(&document(&documents.collect::<Vec<_>>()));
    }
    let mut text = String::new();
    for one in planned {
        let path = shown(&one.path);
        let engine = &one.engine;
        if arguments.dry_run {
            text.push_str(&format!("-- {path} on {engine}\n{}\n", one.squashed.text));
            continue;
        }
        let line = |word: &str, text: &str| {
            let word = output.results().paint(Paint::Good, &format!("{word:<12}"));
            format!("{word} {text} on {engine}\n")
        };
        text.push_str(&line("written", &path));
        for file in &one.replaced {
            text.push_str(&line("replaced", &shown(file)));
        }
    }
    output.result(&text)?;
    for one in planned {
        for (place, sql) in &one.squashed.others {
            let what = if arguments.keep {
                "written after the tables"
            } else {
                "left out"
            };
            output.message(&format!("note: {}: {place}: {what}: {sql}\n", one.engine));
        }
    }
    Ok(())
}

fn described(one: &Planned, arguments: &SquashArguments) -> SquashDocument {
    let others = one.squashed.others.iter();
    let others: Vec<String> = others.map(|(place, _)| place.clone()).collect();
    let (kept, omitted) = if arguments.keep {
        (others, Vec::new())
    } else {
        (Vec::new(), others)
    };
    SquashDocument {
        engine: one.engine.clone(),
        path: shown(&one.path),
        sql: one.squashed.text.clone(),
        replaced: one.replaced.iter().map(|path| shown(path)).collect(),
        kept,
        omitted,
    }
}
