//! One schema of the corpus, read for its own dialect.

use std::collections::BTreeSet;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::config::Config;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{CheckedModel, EngineId, ForeignKey, Model, Table};
use bindery_schema::parse::load;
use bindery_schema::plan::create_statements;
use bindery_schema::render::{Style, render};
use bindery_testkit::mysql_flavour;

/// A schema that passed every rule.
pub(crate) struct Schema {
    /// `postgres/pagila`
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    /// As its authors ship it.
    pub(crate) script: String,
    pub(crate) model: CheckedModel,
    /// The same before it was checked.
    unchecked: Model,
    /// Codes of its warnings, each as often as it is given.
    warnings: Vec<&'static str>,
}

impl Schema {
    /// Reads and checks a file; the error is what a user would read.
    pub(crate) fn read(path: &Path, dialect: Dialect) -> Result<Self, String> {
        let script = fs::read_to_string(path).expect("the file was listed");
        let (mut input, mut found) = (Input::default(), Diagnostics::default());
        let (sources, text) = (&mut input.sources, config(dialect));
        let config = Config::parse("bindery.toml", Path::new(""), &text, sources, &mut found);
        if let Some(config) = config {
            input.configure(&config, &|_| None, &mut found);
        }
        if let Some(id) = load(
            &mut input.sources,
            "schema.sql",
            script.as_bytes(),
            &mut found,
        ) {
            let engines = Vec::new();
            input.files.push(InputFile {
                id,
                dialect: None,
                engines,
            });
        }
        let model = bindery_schema::read_model(&input, &mut found);
        let unchecked = model.clone();
        let checked = check(model, &mut found);
        let model = checked.ok_or_else(|| render(&found, &input.sources, Style::Plain))?;
        Ok(Self {
            name: name(path, dialect),
            dialect,
            script,
            model,
            unchecked,
            warnings: found.iter().map(|finding| finding.code).collect(),
        })
    }

    /// Its tables, without the views.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &Table> {
        let tables = self.model.tables.iter();
        tables.filter(|table| table.view.is_none())
    }

    pub(crate) fn columns(&self) -> usize {
        self.tables().map(|table| table.columns.len()).sum()
    }

    /// Columns with a type of their own in Rust, not only read as text.
    pub(crate) fn typed(&self) -> usize {
        self.columns() - self.warned("B0250")
    }

    fn warned(&self, code: &str) -> usize {
        self.warnings.iter().filter(|known| **known == code).count()
    }

    /// The statements that make these of its tables, which refer to no others then.
    pub(crate) fn statements_of(&self, tables: &BTreeSet<String>) -> String {
        let mut model = self.unchecked.clone();
        let names: Vec<String> = model
            .tables
            .iter()
            .map(|table| table.name.name.clone())
            .collect();
        for table in &mut model.tables {
            let there = |key: &ForeignKey| tables.contains(&names[key.table.0 as usize]);
            table.foreign_keys.retain(there);
        }
        let checked = check(model, &mut Diagnostics::default());
        let model = checked.expect("foreign keys are no reason to pass the rules");
        let all = create_statements(&model, EngineId(0));
        let made = all.iter().filter(|made| tables.contains(&made.name.name));
        let (create, link): (Vec<_>, Vec<_>) = made.map(|made| (&made.create, &made.link)).unzip();
        let statements = create.into_iter().chain(link).flatten();
        let statements = statements.map(|sql| format!("{sql};\n"));
        iter::once(session(self.dialect).to_owned())
            .chain(statements)
            .collect()
    }
}

/// Returns the settings of bindery's sessions that a server may have otherwise: MySQL takes no date of zeros for a
/// default, MariaDB does.
fn session(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => "",
        Dialect::Mysql => {
            "SET sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';\n"
        }
    }
}

fn config(dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => "url = \"sqlite://app.db\"\n".to_owned(),
        Dialect::Postgres => "url = \"postgres://user@host/app\"\n".to_owned(),
        Dialect::Mysql => format!(
            "[engines.default]\nurl = \"mysql://user@host/app\"\nflavour = \"{}\"\n",
            mysql_flavour().word()
        ),
    }
}

/// `postgres/pagila`; a case is called as its folder is.
pub(crate) fn name(path: &Path, dialect: Dialect) -> String {
    let folder = path.parent().filter(|_| path.ends_with("schema.sql"));
    let name = folder.map_or_else(|| path.file_stem(), Path::file_name);
    let name = name.unwrap_or_default().to_string_lossy();
    format!("{}/{name}", dialect.name())
}

/// The schemas of a folder that have tables.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .filter(|path| has_tables(path))
        .collect();
    found.sort();
    found
}

/// Scripts that hold rows only are not schemas.
fn has_tables(path: &Path) -> bool {
    let script = fs::read(path).unwrap_or_default();
    let words = b"create table";
    let mut windows = script.windows(words.len());
    windows.any(|window| window.eq_ignore_ascii_case(words))
}
