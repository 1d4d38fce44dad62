//! `bindery migrate import`: adopts the migrations of another tool, and what that tool has applied.

use std::path::PathBuf;

use bindery::Connection;
use bindery::Sql;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::migrations::{Adopted, adopt, version_numbers};
use clap::Args;
use serde::Serialize;

use super::add::{shown, write};
use super::files::{self, EngineMigrations, folder};
use crate::arguments::{ConfigOptions, EngineOptions, Format};
use crate::database::{Chosen, Engines, failure};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::output::{Output, Paint};
use crate::project::Project;
use crate::report::{self, document};

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
        report::findings_of(&found, &sources, arguments.config.format, output)?;
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
    /// A column that tells its table from another tool's of the same name.
    with: Option<&'static str>,
    /// The versions that are applied.
    applied: &'static str,
    /// Rows of a migration that failed half way.
    broken: Option<&'static str>,
    /// There is one row, and all versions before it are applied too.
    is_last_only: bool,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "sqlx",
        table: "_sqlx_migrations",
        with: None,
        applied: "SELECT CAST(version AS CHAR(60)) FROM _sqlx_migrations WHERE success ORDER BY version",
        broken: Some("SELECT CAST(version AS CHAR(60)) FROM _sqlx_migrations WHERE NOT success"),
        is_last_only: false,
    },
    Tool {
        name: "diesel",
        table: "__diesel_schema_migrations",
        with: None,
        applied: "SELECT CAST(version AS CHAR(60)) FROM __diesel_schema_migrations ORDER BY version",
        broken: None,
        is_last_only: false,
    },
    Tool {
        name: "refinery",
        table: "refinery_schema_history",
        with: None,
        applied: "SELECT CAST(version AS CHAR(60)) FROM refinery_schema_history ORDER BY version",
        broken: None,
        is_last_only: false,
    },
    Tool {
        name: "goose",
        table: "goose_db_version",
        with: None,
        applied: "SELECT CAST(version_id AS CHAR(60)) FROM goose_db_version g WHERE version_id > 0 AND is_applied \
            AND id = (SELECT max(id) FROM goose_db_version l WHERE l.version_id = g.version_id) ORDER BY version_id",
        broken: None,
        is_last_only: false,
    },
    Tool {
        name: "Flyway",
        table: "flyway_schema_history",
        with: None,
        applied: "SELECT CAST(version AS CHAR(60)) FROM flyway_schema_history WHERE success AND version IS NOT NULL AND type = 'SQL' ORDER BY installed_rank",
        broken: Some(
            "SELECT CAST(version AS CHAR(60)) FROM flyway_schema_history WHERE NOT success",
        ),
        is_last_only: false,
    },
    Tool {
        name: "golang-migrate",
        table: "schema_migrations",
        with: Some("dirty"),
        applied: "SELECT CAST(version AS CHAR(60)) FROM schema_migrations WHERE NOT dirty",
        broken: Some("SELECT CAST(version AS CHAR(60)) FROM schema_migrations WHERE dirty"),
        is_last_only: true,
    },
    Tool {
        name: "dbmate",
        table: "schema_migrations",
        with: None,
        applied: "SELECT CAST(version AS CHAR(60)) FROM schema_migrations ORDER BY version",
        broken: None,
        is_last_only: false,
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
    if let Some(version) = first_of(&mut connection, tool.broken)? {
        let message = format!(
            "{} has left migration {} half done on `{engine}`",
            tool.name,
            version.trim()
        );
        let help = format!(
            "mend the database and `{}` first, by {} itself",
            tool.table, tool.name
        );
        return Err(Failure::new(message).help(help));
    }
    let applied = texts(&mut connection, tool.applied)?;
    drop(connection);
    let versions = matching(tool, &applied, of_engine)?;
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

/// The versions of the files for those of the tool's table.
fn matching<'m>(
    tool: &Tool,
    applied: &[String],
    of_engine: &'m EngineMigrations,
) -> Result<Vec<&'m str>, Failure> {
    let mut found = Vec::new();
    for version in applied {
        let wanted = version_numbers(version);
        let mut files = of_engine.migrations.iter();
        let at = files.position(|one| version_numbers(one.version) == wanted);
        let Some(at) = at else {
            let message = format!(
                "{} has applied {} on `{}`, and there is no such migration",
                tool.name,
                version.trim(),
                of_engine.engine
            );
            let help =
                "import the folder whose files it has applied: `bindery migrate import FOLDER`";
            return Err(Failure::new(message).help(help));
        };
        let from = if tool.is_last_only { 0 } else { at };
        found.extend(
            of_engine.migrations[from..=at]
                .iter()
                .map(|one| one.version),
        );
    }
    Ok(found)
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

fn first_of(
    connection: &mut Connection<Chosen>,
    sql: Option<&str>,
) -> Result<Option<String>, Failure> {
    let Some(sql) = sql else { return Ok(None) };
    Ok(texts(connection, sql)?.into_iter().next())
}

fn texts(connection: &mut Connection<Chosen>, sql: &str) -> Result<Vec<String>, Failure> {
    let rows: bindery::Result<Vec<(Option<String>,)>> =
        connection.query_as(Sql::assembled(sql), ());
    let rows = rows.map_err(|error| failure(&error))?;
    Ok(rows.into_iter().filter_map(|(text,)| text).collect())
}
