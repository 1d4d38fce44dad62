//! `bindery init`: the files of a project, from nothing, around a schema file, or around a database.

mod cargo;
mod files;
mod schema_crate;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bindery_schema::config::scheme_dialect;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::EngineId;
use clap::Args;
use serde::Serialize;

use self::schema_crate::SchemaCrate;
use crate::database::Engines;
use crate::failure::Failure;
use crate::options::{ConfigOptions, Format, ProgressOptions, SchemaOptions, dialect_parser};
use crate::output::{Output, Paint};
use crate::progress::Progress;
use crate::project::{Compiled, DialectChoice, Project};
use crate::report::document;

/// Begin a project: schema, bindery.toml and the crate of the models
#[derive(Debug, Args)]
#[command(
    long_about = "Begin a project in this folder: schema, bindery.toml and a crate of the models, from nothing, around a schema file or dump, \
        or around a database. The crate is compiled when the schema changes, and not when the program does. No file that is there is \
        changed, but for Cargo.toml with `--cargo`; what is to be added to it is printed.",
    after_help = "Examples:\n  \
        bindery init                                   an SQLite file and one table\n  \
        bindery init --dialect postgres --cargo\n  \
        bindery init --no-crate                        models by its build.rs\n  \
        bindery init --from dump.sql\n  \
        bindery init --from-url sqlite://app.db\n  \
        bindery init --from-url 'postgres://ann:${PASSWORD}@localhost/shop'"
)]
pub(crate) struct InitArguments {
    /// The database; without it SQLite, or what the schema file is written for
    #[arg(long, value_name = "DIALECT", value_parser = dialect_parser(), conflicts_with = "from_url")]
    dialect: Option<Dialect>,
    /// A file with CREATE TABLE statements, which stays where it is
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// A database whose schema is written to schema.sql; a password only as a variable, `${PASSWORD}`
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    from_url: Option<String>,
    /// The folder of the crate of the models, whose last part is the crate's name
    #[arg(long = "crate", value_name = "DIR", default_value = "models")]
    crate_folder: PathBuf,
    /// No crate of their own: the models are compiled in this package, by its build script
    #[arg(long, conflicts_with = "crate_folder")]
    no_crate: bool,
    /// Add the dependencies to Cargo.toml
    #[arg(long)]
    cargo: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    /// The form of the result
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Human)]
    format: Format,
}

const CONFIG: &str = "bindery.toml";
const SCHEMA: &str = "schema.sql";
const BUILD: &str = "build.rs";

const BUILD_TEXT: &str = "\
fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::Config::new().compile()
}
";

/// The one call that a `build.rs` that is there needs.
const BUILD_LINE: &str = "bindery_codegen::Config::new().compile()?;";

/// The files of the project.
struct Plan {
    dialect: Dialect,
    config: String,
    /// The file of the schema that is there.
    file: Option<PathBuf>,
    /// `None` where the schema is in a file that is there.
    schema: Option<String>,
}

/// The answer of the command; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Begun {
    /// The files that were written.
    written: Vec<String>,
    /// The steps left to the user, in words and lines to copy.
    to_do: Vec<String>,
}

/// Plans, writes, and says what is left to do.
pub(crate) fn run(arguments: &InitArguments, output: &Output) -> Result<(), Failure> {
    if Path::new(CONFIG).exists() {
        let failure = Failure::new(format!("there is a `{CONFIG}`: this is a project already"));
        return Err(failure.help("another engine is a section `[engines.NAME]` in it"));
    }
    let beside = (!arguments.no_crate).then(|| SchemaCrate::in_folder(&arguments.crate_folder));
    let beside = beside.transpose()?;
    let plan = match &arguments.from_url {
        Some(url) => around_database(url, arguments, output)?,
        None => around_file(arguments)?,
    };
    let features = features(&plan)?;
    let code = match &beside {
        Some(schema) => Code::beside(schema, &features),
        None => Code::within(&features),
    };
    let mut files = vec![(CONFIG.to_owned(), plan.config)];
    files.extend(plan.schema.map(|text| (SCHEMA.to_owned(), text)));
    files.extend(code.files);
    let mut begun = Begun {
        written: files.iter().map(|(name, _)| name.clone()).collect(),
        to_do: code.to_do,
    };
    let manifest = if arguments.cargo {
        begun.written.push(cargo::MANIFEST.to_owned());
        Some(code.lines.added()?)
    } else {
        begun.to_do.push(code.lines.to_do());
        None
    };
    if !arguments.dry_run {
        files::write(&files, manifest.map(|text| (cargo::MANIFEST, text)))?;
    }
    begun.to_do.push(format!(
        "in `src/main.rs` or `src/lib.rs`:\n    {}",
        code.line
    ));
    print(&begun, arguments, output)
}

/// The package that compiles the schema, and the lines that it needs.
struct Code {
    files: Vec<(String, String)>,
    /// For the `Cargo.toml` of the program.
    lines: cargo::Lines,
    /// The steps left to the user beside those lines.
    to_do: Vec<String>,
    /// The line of the program that has the models in scope.
    line: String,
}

impl Code {
    /// A crate of its own.
    fn beside(schema: &SchemaCrate, features: &[&str]) -> Self {
        Self {
            files: schema.files(features, CONFIG).into(),
            lines: cargo::Lines::of_program(schema),
            to_do: Vec::new(),
            line: schema.use_line(),
        }
    }

    /// The build script of the program's package.
    fn within(features: &[&str]) -> Self {
        let is_there = Path::new(BUILD).exists();
        let to_do = || format!("in the main function of `{BUILD}`:\n    {BUILD_LINE}");
        let file = || (BUILD.to_owned(), BUILD_TEXT.to_owned());
        Self {
            files: (!is_there).then(file).into_iter().collect(),
            lines: cargo::Lines::of_schema(features),
            to_do: is_there.then(to_do).into_iter().collect(),
            line: "bindery::include_schema!();".to_owned(),
        }
    }
}

/// The features of the runtime that the schema needs, also of one that is not written yet.
fn features(plan: &Plan) -> Result<Vec<&'static str>, Failure> {
    let features = |file: &Path| -> Result<Vec<&'static str>, Failure> {
        let compiled = compiled(file, plan.dialect)?;
        Ok(bindery_codegen::features(&compiled.model)
            .into_iter()
            .collect())
    };
    let Some(text) = &plan.schema else {
        return features(plan.file.as_deref().unwrap_or(Path::new(SCHEMA)));
    };
    let cannot =
        |error: std::io::Error| Failure::new(format!("no temporary file can be written: {error}"));
    let made = tempfile::Builder::new().suffix(".sql").tempfile();
    let mut file = made.map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    features(file.path())
}

/// A schema file, read as SQL of a dialect.
fn compiled(file: &Path, dialect: Dialect) -> Result<Compiled, Failure> {
    let options = SchemaOptions {
        config: None,
        schema: vec![file.to_owned()],
        format: Format::Human,
        deny_warnings: false,
    };
    Ok(Project::load(&options, DialectChoice::Everything(dialect))?.compile())
}

/// A schema file that was named, one that is there, or a new one.
fn around_file(arguments: &InitArguments) -> Result<Plan, Failure> {
    let there = Path::new(SCHEMA).exists().then(|| PathBuf::from(SCHEMA));
    let file = arguments.from.clone().or(there);
    let dialect = match (arguments.dialect, &file) {
        (Some(dialect), _) => dialect,
        (None, Some(file)) => written_for(file)?,
        (None, None) => Dialect::Sqlite,
    };
    let schema = file.is_none().then(|| new_schema(dialect).to_owned());
    let name = file.as_deref().unwrap_or(Path::new(SCHEMA));
    Ok(Plan {
        dialect,
        config: config(dialect, None, name),
        file,
        schema,
    })
}

/// The dialect that reads the file with the fewest errors; of equals the first.
fn written_for(file: &Path) -> Result<Dialect, Failure> {
    if let Err(error) = fs::metadata(file) {
        return Err(Failure::new(format!(
            "`{}` cannot be read: {error}",
            file.display()
        )));
    }
    let mut best: Option<(usize, Dialect)> = None;
    for dialect in Dialect::ALL {
        let compiled = compiled(file, dialect)?;
        let errors = compiled.project.found.iter().count();
        if best.is_none_or(|(fewest, _)| errors < fewest) {
            best = Some((errors, dialect));
        }
    }
    Ok(best.map_or(Dialect::Sqlite, |(_, dialect)| dialect))
}

/// The schema of a database, read by the configuration that the project will have.
fn around_database(url: &str, arguments: &InitArguments, output: &Output) -> Result<Plan, Failure> {
    refuse_password(url)?;
    if Path::new(SCHEMA).exists() {
        let failure = Failure::new(format!("there is a `{SCHEMA}`; nothing was changed"));
        return Err(failure.help(format!("take it as it is: `bindery init --from {SCHEMA}`")));
    }
    let (dialect, _) = scheme_dialect(url).map_err(|_| {
        Failure::new(
            "the URL begins with none of `sqlite://`, `postgres://`, `mysql://` and `mariadb://`",
        )
    })?;
    let config = config(dialect, Some(url), Path::new(SCHEMA));
    let progress = Progress::new(output, arguments.progress.quiet);
    let schema = pulled(&config, &progress, output)?;
    Ok(Plan {
        dialect,
        config,
        file: None,
        schema: Some(schema),
    })
}

/// The schema of the database that a configuration names, which is in a file of its own here while it is read.
fn pulled(config: &str, progress: &Progress<'_>, output: &Output) -> Result<String, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(format!("no file can be written in this folder: {error}"))
    };
    let mut builder = tempfile::Builder::new();
    let made = builder.prefix(".bindery-").suffix(".toml").tempfile_in(".");
    let mut file = made.map_err(cannot)?;
    file.write_all(config.as_bytes()).map_err(cannot)?;
    let options = ConfigOptions {
        config: Some(file.path().to_owned()),
        format: Format::Human,
    };
    let project = Project::load_config(&options, output)?;
    if let Some(path) = project.missing_file("default") {
        return Err(Failure::new(format!(
            "there is no file `{}`",
            path.display()
        )));
    }
    let id = EngineId(0);
    let engines = Engines::open(&project, &[id])?;
    let engine = &project.input.engines[0];
    let told = progress.steps(("reading", "the schema", &engine.name));
    let catalogue = engines.catalogue(0, &told);
    progress.end();
    Ok(catalogue?.schema_text(engine, &Default::default()))
}

/// Others can see the arguments of a program.
fn refuse_password(url: &str) -> Result<(), Failure> {
    let account = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?']).next())
        .and_then(|place| place.rsplit_once('@'));
    let password = account.and_then(|(account, _)| account.split_once(':'));
    let is_variable = |text: &str| text.starts_with("${") && text.ends_with('}');
    match password {
        Some((_, text)) if !text.is_empty() && !is_variable(text) => {
            let failure = Failure::new(
                "a password on the command line can be seen by others; nothing was done",
            );
            Err(failure.help("put it into a variable of the environment, and name that: `--from-url 'postgres://ann:${PASSWORD}@localhost/shop'`"))
        }
        Some(_) | None => Ok(()),
    }
}

fn config(dialect: Dialect, url: Option<&str>, schema: &Path) -> String {
    let url = match (url, dialect) {
        (Some(url), _) => url,
        (None, Dialect::Sqlite) => "${DATABASE_URL:-sqlite://app.db}",
        (None, Dialect::Postgres | Dialect::Mysql) => "${DATABASE_URL}",
    };
    let schema = schema.display().to_string().replace('\\', "/");
    format!(
        "[schema]\nfiles = [{}]\n\n[engines.default]\n# Needed where no URL is known while building.\ndialect = \"{}\"\nurl = {}\n",
        toml_text(&schema),
        dialect.name(),
        toml_text(url)
    )
}

/// A basic string of TOML.
fn toml_text(text: &str) -> String {
    let mut written = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            other if other.is_control() => written += &format!("\\u{:04X}", u32::from(other)),
            other => written.push(other),
        }
    }
    written + "\""
}

/// A first table, so that there is something to see.
fn new_schema(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "-- The tables of this program, as plain DDL of SQLite.\n\n-- A note.\nCREATE TABLE notes (\n  id INTEGER PRIMARY KEY,\n  \
             body VARCHAR(200) NOT NULL,\n  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP\n);\n"
        }
        Dialect::Postgres => {
            "-- The tables of this program, as plain DDL of PostgreSQL.\n\n-- A note.\nCREATE TABLE notes (\n  \
             id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n  body VARCHAR(200) NOT NULL,\n  \
             created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP\n);\n"
        }
        Dialect::Mysql => {
            "-- The tables of this program, as plain DDL of MySQL and MariaDB.\n\n-- A note.\nCREATE TABLE notes (\n  \
             id BIGINT AUTO_INCREMENT PRIMARY KEY,\n  body VARCHAR(200) NOT NULL,\n  \
             created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP\n);\n"
        }
    }
}

fn print(begun: &Begun, arguments: &InitArguments, output: &Output) -> Result<(), Failure> {
    if arguments.format == Format::Json {
        return output.result(&document(begun));
    }
    let word = if arguments.dry_run {
        "planned"
    } else {
        "written"
    };
    let word = output.results().paint(Paint::Good, &format!("{word:<9}"));
    let written = begun.written.iter().map(|name| format!("{word}  {name}\n"));
    let to_do = begun.to_do.iter().map(|what| format!("\nadd {what}\n"));
    output.result(&written.chain(to_do).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_refused() {
        for url in [
            "sqlite://a:b@c.db",
            "postgres://ann:x@h/d",
            "mysql://ann:a@b:c@h/d",
        ] {
            assert!(refuse_password(url).is_err(), "{url}");
        }
        for url in [
            "sqlite://a.db",
            "postgres://ann@h/d",
            "postgres://ann:${PW}@h/d",
            "mysql://h:3306/d",
        ] {
            assert!(refuse_password(url).is_ok(), "{url}");
        }
    }
}
