//! The migrations of a crate as Rust text, for `bindery::migrations!()`.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::config::Environment;
use bindery_schema::diagnostic::{Diagnostics, Severity};
use bindery_schema::input::Input;
use bindery_schema::migrations::{self, Migration, Replaced, Script, ServerVersion};
use bindery_schema::model::Engine;
use bindery_schema::name::suggest;
use bindery_schema::source::Sources;

use crate::derive::setting::{CONFIG, describe, read_config};
use crate::rust_writer::string_literal;

/// The folder of migrations beside `Cargo.toml` where no other is named.
pub const FOLDER: &str = "migrations";

/// An expression of the type `bindery::migrate::Migrations` that holds the migrations of a folder, which has one folder for each
/// engine; `bindery.toml` is beside it. The compiler looks again when one of the files changes.
///
/// # Errors
/// The folder is not there, holds something else, or a migration cannot be read; one text each.
pub fn embedded(
    crate_folder: &Path,
    folder: &str,
    environment: Environment<'_>,
) -> Result<String, Vec<String>> {
    let embedding = Embedding {
        crate_folder,
        folder: crate_folder.join(folder),
        shown: folder,
    };
    embedding.text(environment)
}

struct Embedding<'a> {
    crate_folder: &'a Path,
    folder: PathBuf,
    /// The folder as it was written.
    shown: &'a str,
}

/// One engine that has migrations.
type OfEngine = (String, Vec<Migration>);

impl Embedding<'_> {
    fn text(&self, environment: Environment<'_>) -> Result<String, Vec<String>> {
        let beside = self.folder.parent().unwrap_or(self.crate_folder);
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let mut input = Input::default();
        let config = read_config(beside, &mut sources, &mut found);
        let mut variables = Vec::new();
        if let Some(config) = &config {
            input.configure(config, environment, &mut found);
            variables = config.build_variables();
        }
        self.ensure_no_errors(&found, &sources)?;
        let mut read_files = Sources::default();
        let engines = self.folders(&input.engines)?.into_iter().map(|engine| {
            let folder = self.folder.join(&engine.name);
            let (dialect, flavour) = (engine.dialect, engine.flavour);
            let read = migrations::read(&folder, dialect, flavour, &mut read_files, &mut found);
            (engine.name.clone(), read)
        });
        let engines: Vec<OfEngine> = engines.collect();
        self.ensure_no_errors(&found, &read_files)?;
        let mut watched = self.watched(&read_files);
        watched.extend(is_file(&beside.join(CONFIG)));
        Ok(text(&engines, &watched, &variables))
    }

    /// The engines that have a folder. Everything else in there is refused: it would be left out without a word.
    fn folders<'e>(&self, engines: &'e [Engine]) -> Result<Vec<&'e Engine>, Vec<String>> {
        let entries = fs::read_dir(&self.folder).map_err(|why| {
            let help = format!(
                "write the first migration: `{}/default/1_first.sql`",
                self.shown
            );
            vec![format!(
                "the folder `{}` cannot be read: {why}\nhelp: {help}",
                self.shown
            )]
        })?;
        let mut wrong = Vec::new();
        let mut found = Vec::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let engine = engines.iter().find(|engine| engine.name == name);
            match engine.filter(|_| path.is_dir()) {
                Some(engine) => found.push(engine),
                None if path.is_dir() || name.ends_with(".sql") => {
                    wrong.push(self.of_no_engine(&name, path.is_dir(), engines));
                }
                None => {}
            }
        }
        wrong.sort();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        if wrong.is_empty() {
            Ok(found)
        } else {
            Err(wrong)
        }
    }

    fn of_no_engine(&self, name: &str, is_folder: bool, engines: &[Engine]) -> String {
        let known = engines.iter().map(|engine| engine.name.as_str());
        let (shown, name) = (self.shown, name.escape_debug().to_string());
        match suggest(&name, known.clone()).filter(|_| is_folder) {
            Some(near) => format!(
                "the folder `{shown}/{name}` is of no engine\nhelp: there is an engine `{near}`: rename the folder"
            ),
            None => {
                let engine = known.clone().next().unwrap_or("default");
                format!(
                    "`{shown}/{name}` is of no engine\nhelp: the migrations of an engine are in a folder of its name: `{shown}/{engine}/{name}`"
                )
            }
        }
    }

    fn ensure_no_errors(&self, found: &Diagnostics, sources: &Sources) -> Result<(), Vec<String>> {
        if !found.has_errors() {
            return Ok(());
        }
        let errors = found.iter().filter(|one| one.severity == Severity::Error);
        let here = format!("{}/", self.crate_folder.display());
        Err(errors
            .map(|one| describe(one, sources).replace(&here, ""))
            .collect())
    }

    fn watched(&self, read: &Sources) -> Vec<PathBuf> {
        let files = read.iter();
        files.map(|(_, file)| PathBuf::from(file.path())).collect()
    }
}

fn is_file(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| path.to_owned())
}

fn text(engines: &[OfEngine], watched: &[PathBuf], variables: &[String]) -> String {
    let mut text = "{\n".to_owned();
    for path in watched {
        let path = string_literal(&path.display().to_string());
        text.push_str(&format!(
            "const _: &[u8] = ::core::include_bytes!({path});\n"
        ));
    }
    for name in variables {
        let name = string_literal(name);
        text.push_str(&format!(
            "const _: ::core::option::Option<&str> = ::core::option_env!({name});\n"
        ));
    }
    let mut listed = String::new();
    for (at, (engine, migrations)) in engines.iter().enumerate() {
        let each: String = migrations.iter().map(migration).collect();
        text.push_str(&format!(
            "const MIGRATIONS_{at}: &[::bindery::migrate::Migration] = &[\n{each}];\n"
        ));
        let engine = string_literal(engine);
        listed.push_str(&format!(
            "::bindery::migrate::EngineMigrations::new({engine}, MIGRATIONS_{at}),\n"
        ));
    }
    text.push_str(&format!(
        "const ENGINES: &[::bindery::migrate::EngineMigrations] = &[\n{listed}];\n\
         ::bindery::migrate::Migrations::new(ENGINES)\n}}"
    ));
    text
}

fn migration(one: &Migration) -> String {
    format!("{},\n", migration_value(one))
}

fn migration_value(one: &Migration) -> String {
    let down = match &one.down {
        Some(down) => format!("::core::option::Option::Some({})", script(down)),
        None => "::core::option::Option::None".to_owned(),
    };
    let value = format!(
        "::bindery::migrate::Migration::new({}, {}, {}, {}, {down})",
        string_literal(&one.version),
        string_literal(&one.name),
        string_literal(&one.checksum()),
        script(&one.up),
    );
    requiring(replacing(value, &one.replaces), &one.requires)
}

fn requiring(value: String, requires: &[ServerVersion]) -> String {
    if requires.is_empty() {
        return value;
    }
    let requires = requires.iter().map(|one| {
        let (product, version) = (string_literal(one.product), string_literal(&one.version));
        format!("({product}, {version})")
    });
    let requires: Vec<String> = requires.collect();
    format!("{value}.requiring(&[{}])", requires.join(", "))
}

fn replacing(value: String, replaces: &[Replaced]) -> String {
    if replaces.is_empty() {
        return value;
    }
    let replaces: Vec<String> = replaces.iter().map(replaced).collect();
    format!("{value}.replacing(&[{}])", replaces.join(", "))
}

fn replaced(one: &Replaced) -> String {
    let file = match &one.migration {
        Some(file) => format!("::core::option::Option::Some({})", migration_value(file)),
        None => "::core::option::Option::None".to_owned(),
    };
    let value = format!(
        "::bindery::migrate::Replaced::new({}, {}, {file})",
        string_literal(&one.version),
        string_literal(&one.checksum),
    );
    replacing(value, &one.replaces)
}

fn script(script: &Script) -> String {
    let statements = script.statements.iter();
    let statements: Vec<String> = statements
        .map(|one| format!("({}, {})", string_literal(&one.sql), one.line))
        .collect();
    format!(
        "::bindery::migrate::Script::new(&[{}], {})",
        statements.join(", "),
        script.no_transaction
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG_TEXT: &str =
        "url = \"sqlite://a.db\"\n[engines]\nb = { url = \"postgres://host/b\" }\n";

    fn embedded_of(files: &[(&str, &str)]) -> Result<String, Vec<String>> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (file, text) in [("bindery.toml", CONFIG_TEXT)].iter().chain(files) {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("it is below")).expect("a folder can be made");
            fs::write(path, text).expect("it can be written to");
        }
        let text = embedded(folder.path(), FOLDER, &|_| None);
        let here = folder.path().display().to_string();
        text.map(|text| text.replace(&here, "/crate"))
    }

    #[test]
    fn each_engine_has_its_migrations_in_its_dialect() {
        let files = [
            (
                "migrations/b/1_a.sql",
                "CREATE TABLE a (x TEXT DEFAULT $$;$$);",
            ),
            ("migrations/b/1_a.down.sql", "DROP TABLE a;"),
            (
                "migrations/default/1_a.sql",
                "-- @no-transaction\nVACUUM;\n",
            ),
            ("migrations/README.md", "notes"),
        ];
        let text = embedded_of(&files).expect("they can be read");
        syn::parse_str::<syn::Expr>(&text).expect("it is an expression");
        let expected = "const MIGRATIONS_0: &[::bindery::migrate::Migration] = &[\n\
            ::bindery::migrate::Migration::new(\"1\", \"a\", ";
        assert!(text.contains(expected), "{text}");
        let scripts = "::bindery::migrate::Script::new(&[(\"CREATE TABLE a (x TEXT DEFAULT $$;$$)\", 1)], false), \
            ::core::option::Option::Some(::bindery::migrate::Script::new(&[(\"DROP TABLE a\", 1)], false))";
        assert!(text.contains(scripts), "{text}");
        assert!(text.contains("(&[(\"VACUUM\", 2)], true)"), "{text}");
        for watched in ["migrations/b/1_a.down.sql", "bindery.toml"] {
            let line = format!("::core::include_bytes!(\"/crate/{watched}\")");
            assert!(text.contains(&line), "{text}");
        }
    }

    #[test]
    fn what_would_be_left_out_is_an_error() {
        let told = |files: &[(&str, &str)]| embedded_of(files).expect_err("it is wrong");
        let missing = told(&[]);
        assert!(
            missing[0]
                .ends_with("help: write the first migration: `migrations/default/1_first.sql`"),
            "{missing:?}"
        );
        assert_eq!(
            told(&[
                ("migrations/1_a.sql", ""),
                ("migrations/defalt/1_a.sql", "")
            ]),
            [
                "`migrations/1_a.sql` is of no engine\nhelp: the migrations of an engine are in a folder of its name: `migrations/b/1_a.sql`",
                "the folder `migrations/defalt` is of no engine\nhelp: there is an engine `default`: rename the folder",
            ]
        );
        assert_eq!(
            told(&[("migrations/b/1_a.sql", "CREATE TABLE a (x INT);\nCOMMIT;\n")]),
            [
                "[B0332] a migration begins and ends no transaction of its own\n\
              note: migrations/b/1_a.sql:2:1: this would end the transaction\n\
              help: remove it: a migration is one transaction where the database can; with `-- @no-transaction` in the file each statement is for itself"
            ]
        );
    }
}
