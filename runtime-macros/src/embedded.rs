//! The migrations of a crate as Rust code, for `bindery::migrations!()`.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_core::config::{Config, Engine, Environment};
use bindery_core::diagnostic::{Diagnostics, Severity};
use bindery_core::migrations::{self, LoadedMigration, Migration, Replaced, Script, ServerVersion};
use bindery_core::name::suggest;
use bindery_core::source::Sources;
use proc_macro2::TokenStream;
use quote::quote;

/// The folder of migrations beside `Cargo.toml` where no other is named.
pub(crate) const FOLDER: &str = "migrations";

/// An expression of the type `bindery::migrate::Migrations` that holds the migrations of a folder, which has one folder for each
/// engine; `bindery.toml` is beside it. The compiler looks again when one of the files changes.
///
/// # Errors
/// The folder is not there, holds something else, or a migration cannot be read; one text each.
pub(crate) fn embedded(
    crate_folder: &Path,
    folder: &str,
    environment: Environment<'_>,
) -> Result<TokenStream, Vec<String>> {
    let embedding = Embedding {
        crate_folder,
        folder: crate_folder.join(folder),
        shown: folder,
    };
    embedding.expression(environment)
}

struct Embedding<'a> {
    crate_folder: &'a Path,
    folder: PathBuf,
    /// The folder as it was written.
    shown: &'a str,
}

/// One engine that has migrations.
type OfEngine = (String, Vec<LoadedMigration>);

impl Embedding<'_> {
    fn expression(&self, environment: Environment<'_>) -> Result<TokenStream, Vec<String>> {
        let beside = self.folder.parent().unwrap_or(self.crate_folder);
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let config = Config::beside(beside, &mut sources, &mut found);
        let (mut configured, mut variables) = (Vec::new(), Vec::new());
        if let Some(config) = &config {
            configured = config.model_engines(environment, &mut found);
            variables = config.build_variables();
        }
        self.ensure_no_errors(&found, &sources)?;
        let mut read_files = Sources::default();
        let engines = self.folders(&configured)?.into_iter().map(|engine| {
            let folder = self.folder.join(&engine.name);
            let (dialect, flavour) = (engine.dialect, engine.flavour);
            let read =
                migrations::read_folder(&folder, dialect, flavour, &mut read_files, &mut found);
            (engine.name.clone(), read)
        });
        let engines: Vec<OfEngine> = engines.collect();
        self.ensure_no_errors(&found, &read_files)?;
        let mut watched = self.watched(&read_files);
        watched.extend(is_file(&beside.join(Config::FILE)));
        Ok(expression(&engines, &watched, &variables))
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
            .map(|one| one.described(sources).replace(&here, ""))
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

/// The expression, with what the compiler has to look at before it takes the last build's.
fn expression(engines: &[OfEngine], watched: &[PathBuf], variables: &[String]) -> TokenStream {
    let watched = watched.iter().map(|path| path.display().to_string());
    let engines = engines.iter().map(|(engine, migrations)| {
        let migrations = migrations.iter().map(|one| migration(one));
        quote!(::bindery::migrate::EngineMigrations::new(#engine, const { &[#(#migrations),*] }))
    });
    quote! {{
        #(const _: &[u8] = ::core::include_bytes!(#watched);)*
        #(const _: ::core::option::Option<&str> = ::core::option_env!(#variables);)*
        const ENGINES: &[::bindery::migrate::EngineMigrations] = &[#(#engines),*];
        ::bindery::migrate::Migrations::new(ENGINES)
    }}
}

fn migration(one: &Migration) -> TokenStream {
    let (version, name, checksum) = (&one.version, &one.name, &one.checksum);
    let (up, down) = (script(&one.up), optional(one.down.as_ref().map(script)));
    let (replacing, requiring) = (replacing(&one.replaces), requiring(&one.requires));
    quote! {
        ::bindery::migrate::Migration::new(#version, #name, #checksum, #up, #down) #replacing #requiring
    }
}

fn optional(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

fn requiring(requires: &[ServerVersion]) -> Option<TokenStream> {
    let requirements = requires.iter().map(|one| {
        let (product, version) = (one.product, &one.version);
        quote!(::bindery::migrate::ServerVersion::new(#product, #version))
    });
    (!requires.is_empty()).then(|| quote!(.requiring(const { &[#(#requirements),*] })))
}

fn replacing(replaces: &[Replaced]) -> Option<TokenStream> {
    let all = replaces.iter().map(replaced);
    (!replaces.is_empty()).then(|| quote!(.replacing(const { &[#(#all),*] })))
}

fn replaced(one: &Replaced) -> TokenStream {
    let (version, checksum) = (&one.version, &one.checksum);
    let file = optional(one.migration.as_ref().map(migration));
    let replacing = replacing(&one.replaces);
    quote!(::bindery::migrate::Replaced::new(#version, #checksum, #file) #replacing)
}

fn script(script: &Script) -> TokenStream {
    let statements = script.statements.iter().map(|one| {
        let (sql, line) = (&one.sql, one.line);
        quote!(::bindery::migrate::ScriptStatement::new(#sql, #line))
    });
    let no_transaction = script.no_transaction;
    quote!(::bindery::migrate::Script::new(const { &[#(#statements),*] }, #no_transaction))
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
        let code = embedded(folder.path(), FOLDER, &|_| None);
        let here = folder.path().display().to_string();
        code.map(|code| code.to_string().replace(&here, "/crate"))
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
        let holds = |code: TokenStream| assert!(text.contains(&code.to_string()), "{text}");
        for engine in ["b", "default"] {
            let begins = quote!(::bindery::migrate::EngineMigrations::new).to_string();
            assert!(text.contains(&format!("{begins} (\"{engine}\"")), "{text}");
        }
        let script = |sql: &str, line: u32, alone: bool| {
            let statement = quote!(::bindery::migrate::ScriptStatement::new(#sql, #line));
            quote!(::bindery::migrate::Script::new(const { &[#statement] }, #alone))
        };
        let up = script("CREATE TABLE a (x TEXT DEFAULT $$;$$)", 1, false);
        let down = script("DROP TABLE a", 1, false);
        holds(quote!(#up, ::core::option::Option::Some(#down)));
        holds(script("VACUUM", 2, true));
        for watched in ["migrations/b/1_a.down.sql", "bindery.toml"] {
            let path = format!("/crate/{watched}");
            holds(quote!(::core::include_bytes!(#path)));
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
