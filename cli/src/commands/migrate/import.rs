//! `bindery migrate import`: adopts the migrations of another tool, and what that tool has applied.

use std::path::PathBuf;

use bindery::Connection;
use bindery::Sql;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::migrations::{Adopted, adopt, compare_versions, version_numbers};
use clap::Args;
use serde::Serialize;

use crate::database::{Chosen, Engines, failure};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::migrations::files::{self, EngineMigrations, folder, shown, write};
use crate::options::{ConfigOptions, EngineOptions, Format};
use crate::output::{Output, Paint};
use crate::project::Project;
use crate::report::document;

/// Adopt the migrations of sqlx, diesel, refinery, dbmate, goose, Flyway or golang-migrate
#[derive(Debug, Args)]
#[command(
    long_about = "Adopt the migrations of sqlx, diesel, refinery, dbmate, goose, Flyway or golang-migrate.\n\n\
        With a folder: writes its files as `migrations/<engine>/<version>_<name>.sql`, with their ways back. The folder stays as it is; \
        what begins or ends a transaction becomes a comment. With `--history`: reads from the database which of them that tool has \
        applied, by its own table, and records the same in `_bindery_migrations`; nothing is run. The files are the same for every \
        database, the history is of one: run `--history` once for each.",
    after_help = "Examples:\n  \
        bindery migrate import db/migrations --engine b --dry-run\n  \
        bindery migrate import db/migrations --engine b\n  \
        bindery migrate import --history --engine b"
)]
pub(super) struct ImportArguments {
    /// The folder of the other tool
    #[arg(required_unless_present = "history")]
    folder: Option<PathBuf>,
    /// Record what the other tool has applied
    #[arg(long)]
    history: bool,
    /// Say what would be written and recorded, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// The result as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct ImportDocument {
    engine: String,
    /// The files that were written, or would be.
    files: Vec<String>,
    /// The tool whose table was read.
    tool: Option<&'static str>,
    /// The versions that were recorded as applied, or would be.
    recorded: Vec<String>,
}

pub(super) fn run(arguments: &ImportArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let chosen = project.choose(&arguments.engines, Purpose::Harmless)?;
    let [id] = chosen.as_slice() else {
        let failure = Failure::new("a folder is of one engine");
        return Err(failure.help("name it: `--engine NAME`"));
    };
    let engine = project.input.engines[id.0 as usize].clone();
    let mut result = ImportDocument {
        engine: engine.name.clone(),
        files: Vec::new(),
        tool: None,
        recorded: Vec::new(),
    };
    if let Some(from) = &arguments.folder {
        let (mut sources, mut found) = (project.input.sources.clone(), Diagnostics::default());
        let adopted = adopt(
            from,
            engine.dialect,
            engine.flavour,
            &mut sources,
            &mut found,
        );
        output.report_errors(&found, &sources, arguments.config.format)?;
        result.files = write_all(&adopted, &project, &engine.name, arguments.dry_run)?;
    }
    if arguments.history {
        if arguments.dry_run && arguments.folder.is_some() {
            let failure = Failure::new("the history is that of files which are not written yet");
            return Err(failure.help("import the folder, then `--history --dry-run`"));
        }
        let format = arguments.config.format;
        let migrations = files::of_engines(&project, &chosen, format, output)?;
        let engines = Engines::open(&project, &chosen)?;
        let (tool, recorded) = record(&engines, &migrations[0], arguments.dry_run)?;
        (result.tool, result.recorded) = (Some(tool), recorded);
    }
    print(&result, arguments, output)
}

fn print(
    result: &ImportDocument,
    arguments: &ImportArguments,
    output: &Output,
) -> Result<(), Failure> {
    if arguments.config.format == Format::Json {
        return output.result(&document(result));
    }
    let engine = &result.engine;
    let stream = output.results();
    let line = |word: &str, text: &str| {
        let word = stream.paint(Paint::Good, &format!("{word:<12}"));
        format!("{word} {text} on {engine}\n")
    };
    let (written, recorded) = if arguments.dry_run {
        ("to write", "to record")
    } else {
        ("written", "recorded")
    };
    let mut text = String::new();
    for path in &result.files {
        text.push_str(&line(written, path));
    }
    for version in &result.recorded {
        text.push_str(&line(recorded, version));
    }
    if let (Some(tool), true) = (result.tool, result.recorded.is_empty()) {
        text.push_str(&format!("{tool} has applied nothing more on {engine}\n"));
    }
    output.result(&text)
}

/// Writes the files, where the engine has no migrations yet.
fn write_all(
    adopted: &[Adopted],
    project: &Project,
    engine: &str,
    dry_run: bool,
) -> Result<Vec<String>, Failure> {
    let folder = folder(project, engine);
    let is_empty = std::fs::read_dir(&folder).map_or(true, |mut files| files.next().is_none());
    if !is_empty {
        let message = format!(
            "engine `{engine}` has migrations already: `{}`",
            folder.display()
        );
        let help = "import into an empty folder; what another database has applied is recorded by `bindery migrate import --history`";
        return Err(Failure::new(message).help(help));
    }
    let mut written = Vec::new();
    for one in adopted {
        let path = |end: &str| folder.join(format!("{}_{}{end}", one.version, one.name));
        let down = one.down.as_ref().map(|text| (path(".down.sql"), text));
        for (path, text) in [(path(".sql"), &one.text)].into_iter().chain(down) {
            if !dry_run {
                write(&path, text)?;
            }
            written.push(shown(&path));
        }
    }
    Ok(written)
}

/// A tool's own table of the migrations that it has applied.
struct Tool {
    name: &'static str,
    table: &'static str,
    /// A column that distinguishes its table from another tool's of the same name.
    with: Option<&'static str>,
    /// Its rows in their order: the word of an [`Entry`], and the version or, of a migration without one, its file.
    rows: &'static str,
}

/// The meaning of a row of a tool's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// The migration is applied.
    Applied,
    /// It and all before it are.
    AppliedUntil,
    /// The database began with everything up to this version, which need not be a migration.
    Baseline,
    /// The migration is no longer applied: it was undone, or is recorded as deleted.
    Undone,
    /// It failed half way.
    Broken,
    /// It has no version: it runs again whenever it changes.
    Repeatable,
    /// The row is of something else.
    Other,
}

impl Entry {
    const ALL: [(&'static str, Self); 6] = [
        ("applied", Self::Applied),
        ("applied until", Self::AppliedUntil),
        ("baseline", Self::Baseline),
        ("undone", Self::Undone),
        ("broken", Self::Broken),
        ("repeatable", Self::Repeatable),
    ];

    fn named(word: &str) -> Self {
        let found = Self::ALL.iter().find(|(name, _)| *name == word.trim());
        found.map_or(Self::Other, |(_, entry)| *entry)
    }
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "sqlx",
        table: "_sqlx_migrations",
        with: None,
        rows: "SELECT CASE WHEN success THEN 'applied' ELSE 'broken' END, CAST(version AS CHAR(60)) FROM _sqlx_migrations ORDER BY version",
    },
    Tool {
        name: "diesel",
        table: "__diesel_schema_migrations",
        with: None,
        rows: "SELECT 'applied', CAST(version AS CHAR(60)) FROM __diesel_schema_migrations ORDER BY version",
    },
    Tool {
        name: "refinery",
        table: "refinery_schema_history",
        with: None,
        rows: "SELECT 'applied', CAST(version AS CHAR(60)) FROM refinery_schema_history ORDER BY version",
    },
    Tool {
        name: "goose",
        table: "goose_db_version",
        with: None,
        rows: "SELECT CASE WHEN is_applied THEN 'applied' ELSE 'undone' END, CAST(version_id AS CHAR(60)) FROM goose_db_version \
            WHERE version_id > 0 ORDER BY id",
    },
    // The types of rows are those of Flyway's `CoreMigrationType`: `SQL`, `JDBC`, `SCRIPT`, `CUSTOM` with `UNDO_…` and `…_BASELINE`,
    // `BASELINE`, `DELETE`, `SCHEMA`.
    Tool {
        name: "Flyway",
        table: "flyway_schema_history",
        with: None,
        rows: "SELECT CASE WHEN type = 'SCHEMA' THEN 'other' WHEN NOT success THEN 'broken' \
            WHEN type LIKE 'UNDO%' OR type = 'DELETE' THEN 'undone' WHEN version IS NULL THEN 'repeatable' \
            WHEN type LIKE '%BASELINE' THEN 'baseline' ELSE 'applied' END, \
            CAST(COALESCE(version, script) AS CHAR(200)) FROM flyway_schema_history ORDER BY installed_rank",
    },
    Tool {
        name: "golang-migrate",
        table: "schema_migrations",
        with: Some("dirty"),
        rows: "SELECT CASE WHEN dirty THEN 'broken' ELSE 'applied until' END, CAST(version AS CHAR(60)) FROM schema_migrations",
    },
    Tool {
        name: "dbmate",
        table: "schema_migrations",
        with: None,
        rows: "SELECT 'applied', CAST(version AS CHAR(60)) FROM schema_migrations ORDER BY version",
    },
];

/// Records what the tool has applied. Returns its name and the versions.
fn record(
    engines: &Engines,
    of_engine: &EngineMigrations,
    dry_run: bool,
) -> Result<(&'static str, Vec<String>), Failure> {
    let engine = &of_engine.engine;
    let connected = engines.registry.connect(engines.chosen(0));
    let mut connection = connected.map_err(|error| failure(&error))?;
    let Some(tool) = tool_of(&mut connection).map_err(|error| failure(&error))? else {
        let tools: Vec<&str> = TOOLS.iter().map(|tool| tool.table).collect();
        let message = format!("the database of `{engine}` has no history of another tool");
        let help = format!(
            "known are the tables `{}`",
            tools[..tools.len() - 1].join("`, `")
        );
        return Err(Failure::new(message).help(help));
    };
    let rows = history(&mut connection, tool)?;
    drop(connection);
    if let Some(version) = broken(&rows) {
        let message = format!(
            "{} has left migration {version} half done on `{engine}`",
            tool.name
        );
        let help = format!(
            "mend the database and `{}` first, by {} itself",
            tool.table, tool.name
        );
        return Err(Failure::new(message).help(help));
    }
    let versions = matching(tool, &rows, of_engine)?;
    let migrator = super::migrator(engines, 0, of_engine);
    if dry_run {
        let status = migrator.status().map_err(|error| failure(&error))?;
        let is_pending = |version: &&&str| {
            let mut rows = status.iter().filter(|row| row.version == ***version);
            rows.any(|row| row.applied_at.is_none())
        };
        let versions = versions.iter().filter(is_pending);
        return Ok((tool.name, versions.map(|one| (*one).to_owned()).collect()));
    }
    let recorded = migrator.record(&versions);
    let recorded = recorded.map_err(|error| failure(&error))?;
    Ok((tool.name, recorded.into_iter().map(str::to_owned).collect()))
}

/// The last row of a migration counts: one that failed may have succeeded later.
fn broken(rows: &[(Entry, String)]) -> Option<&str> {
    let broken = rows.iter().enumerate().filter(|(at, (entry, version))| {
        let mut later = rows[at + 1..].iter();
        *entry == Entry::Broken && later.all(|(_, other)| other != version)
    });
    broken.map(|(_, (_, version))| version.as_str()).next()
}

/// The versions of the files that are applied by the tool's table.
fn matching<'m>(
    tool: &Tool,
    rows: &[(Entry, String)],
    of_engine: &'m EngineMigrations,
) -> Result<Vec<&'m str>, Failure> {
    let migrations = &of_engine.migrations;
    let mut applied = vec![false; migrations.len()];
    for (entry, version) in rows {
        let wanted = version_numbers(version);
        let at = migrations
            .iter()
            .position(|one| version_numbers(&one.version) == wanted);
        let file = || at.ok_or_else(|| no_file(tool, version, of_engine));
        match entry {
            Entry::Applied => applied[file()?] = true,
            Entry::AppliedUntil => applied[..=file()?].fill(true),
            Entry::Baseline => {
                for (one, applied) in migrations.iter().zip(&mut applied) {
                    *applied |= compare_versions(&one.version, version).is_le();
                }
            }
            // Its file may be gone with it.
            Entry::Undone => applied
                .iter_mut()
                .skip(at.unwrap_or(usize::MAX))
                .take(1)
                .for_each(|one| *one = false),
            // A migration of bindery's has a version; what a repeatable one makes is in the schema.
            Entry::Repeatable | Entry::Broken | Entry::Other => {}
        }
    }
    let migrations = migrations.iter().zip(applied);
    let applied = migrations.filter(|(_, applied)| *applied);
    Ok(applied.map(|(one, _)| &*one.version).collect())
}

fn no_file(tool: &Tool, version: &str, of_engine: &EngineMigrations) -> Failure {
    let message = format!(
        "{} has applied {version} on `{}`, and there is no such migration",
        tool.name, of_engine.engine
    );
    let help = "import the folder whose files it has applied: `bindery migrate import FOLDER`; what is not SQL there, as Java or Go, \
                write as SQL under its version";
    Failure::new(message).help(help)
}

fn tool_of(connection: &mut Connection<Chosen>) -> bindery::Result<Option<&'static Tool>> {
    for tool in TOOLS {
        if is_there(connection, tool)? {
            return Ok(Some(tool));
        }
    }
    Ok(None)
}

fn is_there(connection: &mut Connection<Chosen>, tool: &Tool) -> bindery::Result<bool> {
    let column = match tool.with {
        Some(column) => format!(" AND column_name = '{column}'"),
        None => String::new(),
    };
    let table = tool.table;
    let sql = match connection.dialect() {
        Dialect::Sqlite => format!(
            "SELECT count(*) FROM (SELECT m.name AS table_name, c.name AS column_name FROM sqlite_schema m, pragma_table_info(m.name) c) \
             WHERE table_name = '{table}'{column}"
        ),
        Dialect::Postgres => format!(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = '{table}'{column}"
        ),
        Dialect::Mysql => format!(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = database() AND table_name = '{table}'{column}"
        ),
    };
    let found: Vec<(i64,)> = connection.query_as(Sql::assembled(&sql), ())?;
    Ok(found.first().is_some_and(|(number,)| *number > 0))
}

fn history(
    connection: &mut Connection<Chosen>,
    tool: &Tool,
) -> Result<Vec<(Entry, String)>, Failure> {
    let rows: bindery::Result<Vec<(String, Option<String>)>> =
        connection.query_as(Sql::assembled(tool.rows), ());
    let rows = rows.map_err(|error| failure(&error))?.into_iter();
    let rows = rows.filter_map(|(word, version)| Some((Entry::named(&word), version?)));
    Ok(rows
        .map(|(entry, version)| (entry, version.trim().to_owned()))
        .collect())
}
