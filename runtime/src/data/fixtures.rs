//! Fixtures: small sets of rows in files, a common set for every engine and one for each.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::DataFormat;
use super::check::check_rows;
use super::loading::{LoadMode, Loading, ensure_key, located};
use super::reader::RowsSource;
use super::rows::refused;
use super::table::{DataColumn, DataTable, ValueType};
use crate::databases::Registry;
use crate::error::{ConstraintKind, DataError, DataProblem, Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use bindery_core::dialect::Dialect;
use bindery_core::program::{EngineInfo, ModelInfo, Program};

/// The folder of the common set, beside the folders of engines.
const COMMON: &str = "common";

/// The fixtures that an engine got.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedFixtures {
    /// The name of the engine, as in `bindery.toml`.
    pub engine: &'static str,
    /// Rows of each table that has a file, in the order they were loaded in.
    pub tables: Vec<(String, u64)>,
    /// Tables with fixtures that do not live on the engine: they were passed over.
    pub skipped: usize,
}

impl LoadedFixtures {
    /// The number of all rows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// The fixtures that an engine would get: their files were read, and nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedFixtures {
    /// Each table that has files, in the order they would be loaded in.
    pub tables: Vec<CheckedTable>,
    /// Tables with fixtures that do not live on the engine: they would be passed over.
    pub skipped: usize,
}

/// The files of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedTable {
    /// The table's name in the database.
    pub table: String,
    /// Its files, in the order they would be loaded in.
    pub files: Vec<PathBuf>,
    /// The number of rows in all of them.
    pub rows: u64,
}

/// A file of a folder of fixtures.
#[derive(Debug)]
struct FixtureFile {
    /// The engine that it is for; all where there is none.
    engine: Option<String>,
    table: String,
    path: PathBuf,
    format: DataFormat,
}

/// A folder of fixtures whose names were looked at: `<table>.csv` and `common/<table>.csv` are for every engine,
/// `<engine>/<table>.csv` for one; `.jsonl` likewise.
#[derive(Debug)]
pub struct Fixtures {
    /// Those of all engines first, each kind by folder and name.
    files: Vec<FixtureFile>,
}

impl Fixtures {
    /// Reads the names in a folder.
    ///
    /// # Errors
    /// The folder cannot be read; a folder in it is not one of these engines, or a file is of none of these tables.
    pub fn read(dir: &Path, engines: &[&str], tables: &[&str]) -> Result<Self> {
        let mut files = Vec::new();
        for path in entries(dir)? {
            if !path.is_dir() {
                files.extend(file(None, path));
                continue;
            }
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let engine = engines.contains(&name.as_str()).then(|| name.clone());
            if engine.is_none() && name != COMMON {
                let known = engines
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>();
                return Err(unusable(&format!(
                    "fixtures: the folder `{}` is not named as an engine ({}) or `{COMMON}`",
                    name.escape_debug(),
                    known.join(", ")
                )));
            }
            for path in entries(&path)? {
                files.extend(file(engine.clone(), path));
            }
        }
        let is_unknown = |file: &&FixtureFile| !tables.contains(&file.table.as_str());
        if let Some(file) = files.iter().find(is_unknown) {
            return Err(unusable(&format!(
                "fixtures: there is no table `{}`",
                file.table.escape_debug()
            )));
        }
        // Rows of one engine are loaded after those of all, and win.
        files.sort_by_key(|file: &FixtureFile| file.engine.is_some());
        Ok(Self { files })
    }

    /// Loads what is of an engine, in one transaction: rows whose primary key is there update it. `tables` are those of the engine, each
    /// after those that it refers to. `progress` gets the table and the number of its rows so far.
    ///
    /// # Errors
    /// As [`Loading::load`]; then nothing is stored on the engine.
    pub fn load(
        &self,
        db: &impl AsRef<Registry>,
        engine: impl Engine,
        tables: &[&DataTable],
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<LoadedFixtures> {
        self.load_at(
            db.as_ref(),
            (engine.index(), engine.name()),
            tables,
            progress,
        )
    }

    /// Reads all rows that are of an engine, and compares their columns with those of its tables. Connects to nothing: whether the
    /// database takes the values shows only when they are loaded.
    ///
    /// # Errors
    /// As [`Loading::load`], but for what the database refuses.
    pub fn check(&self, engine: impl Engine, tables: &[&DataTable]) -> Result<CheckedFixtures> {
        let (parts, skipped) = self.parts(engine.name(), tables);
        let parts = parts.iter();
        let tables = parts.map(|(table, files)| check_table(table, files, engine.dialect()));
        let tables: Result<_> = tables.collect();
        Ok(CheckedFixtures {
            tables: tables.map_err(|error| located(error, engine.name()))?,
            skipped,
        })
    }

    /// The tables that have files of an engine, each with these, and the number of other tables that have some.
    fn parts<'a>(
        &'a self,
        engine: &str,
        tables: &[&'a DataTable],
    ) -> (Vec<(&'a DataTable, Vec<&'a FixtureFile>)>, usize) {
        let is_of = |file: &&FixtureFile| file.engine.as_deref().is_none_or(|name| name == engine);
        let mut by_table: BTreeMap<&str, Vec<&FixtureFile>> = BTreeMap::new();
        for file in self.files.iter().filter(is_of) {
            by_table.entry(&file.table).or_default().push(file);
        }
        let tables = tables.iter();
        let parts = tables.filter_map(|table| Some((*table, by_table.remove(table.name())?)));
        let parts = parts.collect();
        (parts, by_table.len())
    }

    fn load_at(
        &self,
        registry: &Registry,
        (index, engine): (usize, &'static str),
        tables: &[&DataTable],
        progress: &mut dyn FnMut(&str, u64),
    ) -> Result<LoadedFixtures> {
        let (parts, skipped) = self.parts(engine, tables);
        let mut loaded = LoadedFixtures {
            engine,
            tables: Vec::new(),
            skipped,
        };
        if parts.is_empty() {
            return Ok(loaded);
        }
        let wanted: Vec<&DataTable> = parts.iter().map(|(table, _)| *table).collect();
        let begun = (wanted.as_slice(), LoadMode::Upsert);
        let mut loading = Loading::begin_at(registry, (index, engine), begun, &mut |_, _, _| ())?;
        for (table, files) in &parts {
            let mut rows = 0;
            for file in files {
                let told = &mut |of_file| progress(table.name(), rows + of_file);
                let load = |source: RowsSource<'_>| loading.load(table, source, None, told);
                rows += with_rows(table, file, load)?.rows;
            }
            loaded.tables.push((table.name().to_owned(), rows));
        }
        loading.finish(&wanted)?;
        Ok(loaded)
    }
}

fn check_table(
    table: &DataTable,
    files: &[&FixtureFile],
    dialect: Dialect,
) -> Result<CheckedTable> {
    ensure_key(table)?;
    let mut rows = 0;
    for file in files {
        rows += with_rows(table, file, |source| check_rows(source, table, dialect))?;
    }
    Ok(CheckedTable {
        table: table.name().to_owned(),
        files: files.iter().map(|file| file.path.clone()).collect(),
        rows,
    })
}

/// Opens a file, and has its rows read.
fn with_rows<T>(
    table: &DataTable,
    file: &FixtureFile,
    read: impl FnOnce(RowsSource<'_>) -> Result<T>,
) -> Result<T> {
    let name = file.path.display().to_string();
    let opened = File::open(&file.path).map_err(|error| {
        let mut data = DataError::new(table.name(), DataProblem::Input(error.kind()));
        data.file = Some(name.clone());
        refused(data)
    })?;
    let mut input = BufReader::new(opened);
    read(RowsSource::new(&mut input, file.format).named(name))
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| {
        unusable(&format!(
            "fixtures: cannot read `{}`: {error}",
            dir.display()
        ))
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Other files than those of rows, as a README, are none of ours.
fn file(engine: Option<String>, path: PathBuf) -> Option<FixtureFile> {
    Some(FixtureFile {
        engine,
        format: DataFormat::from_extension(path.extension()?.to_str()?)?,
        table: path.file_stem()?.to_str()?.to_owned(),
        path,
    })
}

#[cold]
fn unusable(why: &str) -> Error {
    Error::new(ErrorKind::Config(why.to_owned())).during(Operation::LoadRows)
}

impl Registry {
    /// Loads fixtures into all engines, for tests and seeds: `<table>.csv` or `.jsonl` and `common/<table>.csv` into every engine that the
    /// table lives on, `<engine>/<table>.csv` into that one. Rows whose primary key is there update it, so that it may be called again.
    /// Each engine gets all of its rows or none, one engine after the other; files of tables that do not live on an engine are
    /// passed over and counted.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("bindery-fixtures-{}", std::process::id()));
    /// # std::fs::create_dir_all(folder.join("default"))?;
    /// # std::fs::write(folder.join("users.csv"), "id,email\n1,ann@example.org\n")?;
    /// # std::fs::write(folder.join("default/users.jsonl"), "{\"id\":2,\"email\":\"bob@example.org\"}\n")?;
    /// let db = Databases::in_memory()?;
    /// db.create_missing()?;
    /// let loaded = db.registry().load_fixtures(&folder)?; // users.csv, default/users.jsonl
    /// assert_eq!(db.users().count()?, 2);
    /// let of_b = &loaded[0]; // `users` does not live there
    /// assert_eq!((of_b.engine, of_b.rows(), of_b.skipped), ("b", 0, 1));
    /// assert_eq!((loaded[1].rows(), loaded[1].skipped), (2, 0));
    /// # std::fs::remove_dir_all(&folder)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A folder is not named as an engine, a file not as a table; a row cannot be stored ([`ErrorKind::Data`] with file and line). Engines
    /// that were loaded before keep their rows.
    pub fn load_fixtures(&self, dir: impl AsRef<Path>) -> Result<Vec<LoadedFixtures>> {
        let program = self.program();
        let engines: Vec<&str> = program.engine_names().collect();
        let names: Vec<String> = program
            .models
            .iter()
            .map(ModelInfo::qualified_name)
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fixtures = Fixtures::read(dir.as_ref(), &engines, &names)?;
        let load = |(index, engine): (usize, &'static str)| {
            let tables = tables(program, index);
            let tables: Vec<&DataTable> = tables.iter().collect();
            fixtures.load_at(self, (index, engine), &tables, &mut |_, _| ())
        };
        program.engine_names().enumerate().map(load).collect()
    }
}

/// The tables of an engine, as far as a program knows them.
fn tables(program: &'static Program, engine: usize) -> Vec<DataTable> {
    let EngineInfo { name, dialect, .. } = &program.engines[engine];
    // An unmanaged table has no statements.
    let is_managed = |model: &&ModelInfo| !model.is_view && !model.tables.is_empty();
    let models = program.models_on(name).filter(is_managed);
    models.map(|model| table(model, *dialect)).collect()
}

fn table(model: &ModelInfo, dialect: Dialect) -> DataTable {
    let kinds = model.kinds.split(' ').filter(|kind| !kind.is_empty());
    let columns = model.columns.iter().zip(kinds);
    let columns = columns.map(|(name, kind)| column(name, kind)).collect();
    let keys = model.constraints.iter();
    let key = keys
        .filter(|constraint| constraint.kind == ConstraintKind::PrimaryKey)
        .flat_map(|constraint| constraint.columns);
    let key = key.filter_map(|name| model.columns.iter().position(|column| column == *name));
    let schema = model.schema.as_deref();
    DataTable::new(dialect, schema, &model.table, columns, key.collect())
}

/// The word for values of a type of the program's own.
const UNKNOWN_KIND: &str = "_";
/// Digits that a number keeps where SQLite makes a float of it.
const FLOAT_DIGITS: u32 = 15;

/// A column by the word for its values ([`ModelInfo::kinds`]). A type of the program's own gets values as they are written: numbers,
/// texts, bytes.
fn column(name: &str, kind: &str) -> DataColumn {
    let (kind, nullable) = match kind.strip_suffix('?') {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let (word, digits) = kind.split_once('.').unwrap_or((kind, ""));
    let value = match word {
        "bool" => ValueType::Boolean,
        "integer" | "year" => ValueType::Integer,
        "f32" => ValueType::Float32,
        "f64" => ValueType::Float64,
        "decimal" | "number" => ValueType::Decimal,
        "text" => ValueType::Text,
        "bytes" => ValueType::Bytes,
        "date" => ValueType::Date,
        "time" => ValueType::Time,
        "datetime" => ValueType::DateTime,
        "timestamp" => ValueType::Timestamp,
        "interval" => ValueType::Interval,
        "uuid" => ValueType::Uuid,
        "json" => ValueType::Json,
        "array" => ValueType::Array(Box::new(ValueType::Any)),
        _ => ValueType::Any,
    };
    let mut column = DataColumn::new(name, value);
    column.nullable = nullable;
    // Whether the database has a default is not known here: it refuses a row that has to give the value.
    column.has_default = true;
    column.is_year = word == "year";
    let most = digits.parse().ok();
    match word {
        "text" | UNKNOWN_KIND => column.text_length = most,
        _ => column.fraction = most,
    }
    column.digits = (word == "number").then_some(FLOAT_DIGITS);
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_limits_of_its_word() {
        let limits = |kind| {
            let column = column("a", kind);
            (column.fraction, column.text_length, column.is_year)
        };
        assert_eq!(limits("text.40?"), (None, Some(40), false));
        assert_eq!(limits("_.40"), (None, Some(40), false));
        assert_eq!(limits("text"), (None, None, false));
        assert_eq!(limits("decimal.2"), (Some(2), None, false));
        assert_eq!(limits("datetime.0?"), (Some(0), None, false));
        assert_eq!(limits("year?"), (None, None, true));
    }
}
