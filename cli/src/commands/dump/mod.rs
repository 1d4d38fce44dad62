//! `bindery dump`: the rows of engines as files, `data/<engine>/<table>.csv` and a manifest, each engine from one snapshot.

mod planned;
mod redacted;
mod report;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bindery::data::{DataFormat, Snapshot};
use bindery_schema::model::{CheckedModel, EngineId, Model};
use bindery_schema::source::Sources;
use clap::Args;

use self::redacted::Redacted;
use self::report::{EngineDump, TableDump, print};
use crate::at_once::at_once;
use crate::data;
use crate::data::archive::Staged;
use crate::data::form::{DataForm, format_of};
use crate::data::layout::{self, Hashing, MANIFEST, NewFile, NewFolder, ROOT, file_name};
use crate::data::manifest::{self, DumpedTable, FORMAT, Manifest};
use crate::data::record::{self, LinkedKeys, Record};
use crate::data::redact::{self, Secret};
use crate::data::tables::{self, EngineTable};
use crate::database::{Chosen, Engines};
use crate::engines::Purpose;
use crate::failure::{Ended, Failure};
use crate::interrupted;
use crate::options::{EngineOptions, ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report as findings;

/// Write the rows of engines to files
#[derive(Debug, Args)]
#[command(
    long_about = "Write the rows of engines to files.\n\n\
        Each engine gets a folder, `data/<engine>/<table>.csv`, with a manifest of columns, rows and checksums. All tables of an \
        engine are read from one snapshot, whatever others write meanwhile; two engines have two. A folder has its name only once \
        it is whole. Any engine of any database loads what another has dumped: `bindery load`.\n\n\
        A dump holds the original values, also of columns with `@redact`, so that it can serve as a backup; with `--redact` those are \
        replaced, by hashes, NULL or invented values.",
    after_help = "Examples:\n  \
        bindery dump                    the tables of `default`, to `data/default`\n  \
        bindery dump --all --out backup every engine, to `backup/<engine>`\n  \
        bindery dump --all --archive backup.tar.zst\n  \
        bindery dump --all --redact --out for-tests\n  \
        bindery dump --redact users.email=hash --out for-tests\n  \
        bindery dump --engine b --record users 7 --out user7\n  \
        bindery dump --engine b --table posts --out posts.jsonl\n  \
        bindery dump --table users --out - | head"
)]
pub(crate) struct DumpArguments {
    /// Only this table; may be repeated
    #[arg(long, value_name = "NAME")]
    table: Vec<String>,
    /// The form of the rows; else as the file's name says, else CSV
    #[arg(long = "as", value_name = "FORM", value_enum)]
    form: Option<DataForm>,
    /// The folder of the dump; for one table also a file that ends with .csv or .jsonl, or `-` for standard output
    #[arg(long, value_name = "PATH", default_value = ROOT)]
    out: PathBuf,
    /// Write one file in place of a folder, an archive of all engines: its name ends with .tar.zst or .zip
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    archive: Option<PathBuf>,
    /// Only the row of this table with this primary key, with the rows that it refers to and those that refer to it
    #[arg(long, num_args = 2, value_names = ["TABLE", "KEY"], allow_negative_numbers = true, conflicts_with_all = ["table", "form"])]
    record: Option<Vec<String>>,
    /// With --record: take the rows that refer to it, those that refer to them, and so on, to this depth
    #[arg(long, value_name = "N", default_value_t = 1, requires = "record")]
    depth: u32,
    /// Replace the values of columns with `@redact`, so that the dump can be handed to others; with a value also those of this column,
    /// by `hash` (the default), `null` or `fake`; may be repeated
    #[arg(long, value_name = "TABLE.COLUMN=HOW", num_args = 0..=1, default_missing_value = "", conflicts_with = "record")]
    redact: Vec<Redacted>,
    /// Replace a dump that is there
    #[arg(long)]
    force: bool,
    /// List the tables; connect to nothing and write nothing
    #[arg(long, conflicts_with = "record")]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Runs `bindery dump`.
pub(crate) fn run(arguments: &DumpArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines, Purpose::Harmless)?;
    let annotate = |model: &mut Model, sources: &mut Sources| {
        redacted::annotate(&arguments.redact, model, sources)
    };
    let compiled = project.compile_changed(annotate)?;
    let model = findings::checked(&compiled, options, output)?;
    let redacted = redacted::columns(arguments, (model, &chosen), output)?;
    if arguments.dry_run {
        return planned::print(arguments, (model, &chosen), &redacted, output);
    }
    let engines = Engines::open(&compiled.project, &chosen)?;
    let record = arguments.record(chosen.len())?;
    let secret = arguments.is_redacted().then(Secret::new).transpose()?;
    interrupted::remove_when_interrupted()?;
    let begin = |archive: &PathBuf| Staged::begin(archive, arguments.force);
    let staged = arguments.archive.as_ref().map(begin).transpose()?;
    let root = staged
        .as_ref()
        .map_or(arguments.out.as_path(), Staged::root);
    let dump = Dump {
        arguments,
        model,
        engines: &engines,
        progress: Progress::new(output, arguments.progress.quiet),
        root,
        record,
        secret,
        redacted,
    };
    if let Some(format) = arguments.single_file() {
        return dump.to_file(&chosen, format, output);
    }
    let (mut outcomes, mut dumps, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for (outcome, ended) in at_once(&chosen, |index, id| dump.engine_to_folder(index, *id)) {
        outcomes.push(outcome);
        match ended {
            Ok(dumped) => dumps.push(dumped),
            Err(failure) => failures.push(failure),
        }
    }
    // An archive is of all that was wanted, or is none.
    if let Some(staged) = staged.filter(|_| failures.is_empty()) {
        staged.finish(&dumps, arguments.force)?;
    }
    print(&outcomes, options.format, output)?;
    output.failures(&failures)
}

impl DumpArguments {
    fn is_redacted(&self) -> bool {
        !self.redact.is_empty()
    }

    /// The record that is dumped in place of whole tables.
    fn record(&self, engines: usize) -> Result<Option<Record>, Failure> {
        let Some([table, key]) = self.record.as_deref() else {
            return Ok(None);
        };
        if engines != 1 || self.single_file().is_some() {
            let failure =
                Failure::new("a record is of one engine, and its rows are of several tables");
            return Err(failure.help("name the engine and a folder: `--engine NAME --out DIR`"));
        }
        Ok(Some(Record {
            table: table.clone(),
            key: key.clone(),
            depth: self.depth,
        }))
    }

    /// The format of the one file that is to be written; `None` for a folder of several.
    fn single_file(&self) -> Option<DataFormat> {
        let is_stdout = self.out.as_os_str() == "-";
        let format = format_of(&self.out);
        let chosen = self.form.map(DataForm::format);
        (is_stdout || format.is_some()).then(|| chosen.or(format).unwrap_or(DataFormat::Csv))
    }
}

/// One run of the command: all that it dumps, and how.
struct Dump<'a> {
    arguments: &'a DumpArguments,
    model: &'a CheckedModel,
    engines: &'a Engines,
    progress: Progress<'a>,
    /// The folder in which those of the engines are written.
    root: &'a Path,
    record: Option<Record>,
    /// Values are replaced, with this secret.
    secret: Option<Secret>,
    /// For each chosen engine the columns whose values are replaced.
    redacted: Vec<Vec<String>>,
}

/// The tables of an engine's dump.
#[derive(Default)]
struct Written {
    tables: Vec<DumpedTable>,
    links: Vec<LinkedKeys>,
}

impl Dump<'_> {
    fn engine(&self, index: usize) -> Chosen {
        self.engines.chosen(index)
    }

    /// An engine's tables to its folder, and the outcome as it is printed.
    fn engine_to_folder(
        &self,
        index: usize,
        id: EngineId,
    ) -> (EngineDump, Result<(String, Manifest), Failure>) {
        let engine = self.model.engine(id).name.clone();
        let place = self
            .arguments
            .archive
            .as_ref()
            .unwrap_or(&self.arguments.out);
        let path = place.join(&engine).display().to_string();
        let summary = |table: &DumpedTable| TableDump {
            table: table.table.clone(),
            rows: table.rows,
            bytes: table.bytes,
        };
        let mut outcome = EngineDump {
            engine: engine.clone(),
            path,
            redacted: self.redacted[index].clone(),
            tables: Vec::new(),
            links: Vec::new(),
            ended: Ended::default(),
        };
        let ended = self.to_folder(index, id);
        match &ended {
            Ok((manifest, links)) => {
                outcome.tables = manifest.tables.iter().map(summary).collect();
                outcome.links.clone_from(links);
            }
            Err(failure) => outcome.ended = Ended::from(failure),
        }
        (outcome, ended.map(|(manifest, _)| (engine, manifest)))
    }

    /// An engine's tables to its folder.
    fn to_folder(
        &self,
        index: usize,
        id: EngineId,
    ) -> Result<(Manifest, Vec<LinkedKeys>), Failure> {
        let engine = self.model.engine(id);
        let tables = self.chosen_tables(id)?;
        if let Some(record) = &self.record {
            tables::chosen(self.model, id, std::slice::from_ref(&record.table))?;
        }
        let folder = NewFolder::begin(self.root, &engine.name, self.arguments.force)?;
        let taken_at = now();
        let mut snapshot = self.begin(index)?;
        let written = match &self.record {
            None => self.tables(&mut snapshot, &tables, &folder, &engine.name)?,
            Some(record) => self.of_record(&mut snapshot, id, &tables, &folder, record)?,
        };
        drop(snapshot);
        let columns = written
            .tables
            .iter()
            .map(|table| (table.table.as_str(), table.columns.as_slice()));
        let mut manifest = Manifest {
            sha256: None,
            format: FORMAT,
            bindery: env!("CARGO_PKG_VERSION").to_owned(),
            engine: engine.name.clone(),
            dialect: engine.dialect.name().to_owned(),
            taken_at,
            schema: manifest::schema_hash(columns),
            record: self.record.clone(),
            redacted: self.redacted[index].clone(),
            tables: written.tables,
        };
        write_manifest(&folder, &manifest.sealed())?;
        folder.finish()?;
        Ok((manifest, written.links))
    }

    /// All rows of the tables.
    fn tables(
        &self,
        snapshot: &mut Snapshot,
        tables: &[EngineTable<'_>],
        folder: &NewFolder,
        engine: &str,
    ) -> Result<Written, Failure> {
        let form = self.arguments.form.unwrap_or(DataForm::Csv).format();
        let mut written = Written::default();
        for table in tables {
            let dumped = to_new_file(table, folder, form, &mut |out| {
                self.rows(snapshot, table, engine, form, out)
            })?;
            written.tables.push(dumped);
        }
        Ok(written)
    }

    /// A record and what belongs to it; tables without such a row are left out.
    fn of_record(
        &self,
        snapshot: &mut Snapshot,
        id: EngineId,
        tables: &[EngineTable<'_>],
        folder: &NewFolder,
        record: &Record,
    ) -> Result<Written, Failure> {
        let collected = record::collect(snapshot, (self.model, id), tables, record)?;
        let mut written = Written {
            links: collected.links,
            ..Written::default()
        };
        let with_rows = tables.iter().zip(&collected.rows);
        for (table, rows) in with_rows.filter(|(_, rows)| !rows.is_empty()) {
            let failed = |error: io::Error| layout::cannot("write", self.root, &error);
            let dumped = to_new_file(table, folder, DataFormat::Csv, &mut |out| {
                let header = out.write_all(table.data.csv_header().as_bytes());
                let mut lines = rows
                    .iter()
                    .map(|row| out.write_all(table.data.csv_line(row).as_bytes()));
                header
                    .and_then(|()| lines.try_for_each(|written| written))
                    .map_err(failed)?;
                Ok(rows.len() as u64)
            })?;
            written.tables.push(dumped);
        }
        Ok(written)
    }

    fn begin(&self, index: usize) -> Result<Snapshot, Failure> {
        let snapshot = self.engines.snapshot(self.engine(index))?;
        Ok(match &self.secret {
            Some(secret) => snapshot.redacting(secret.hash()),
            None => snapshot,
        })
    }

    fn chosen_tables(&self, id: EngineId) -> Result<Vec<EngineTable<'_>>, Failure> {
        let mut tables = tables::chosen(self.model, id, &self.arguments.table)?;
        if self.secret.is_some() {
            redact::redact(self.model, &mut tables)?;
        }
        Ok(tables)
    }

    fn rows(
        &self,
        snapshot: &mut Snapshot,
        table: &EngineTable<'_>,
        engine: &str,
        form: DataFormat,
        out: &mut dyn Write,
    ) -> Result<u64, Failure> {
        let place = ("dumping", table.data.name(), engine);
        let told = &mut |rows| self.progress.tell(place, rows, None);
        let written = snapshot.write(&table.data, form, out, told);
        self.progress.end();
        written.map_err(|error| data::failure(&error))
    }

    /// One table to a file or standard output.
    fn to_file(
        &self,
        chosen: &[EngineId],
        form: DataFormat,
        output: &Output,
    ) -> Result<(), Failure> {
        let ([id], [_]) = (chosen, self.arguments.table.as_slice()) else {
            let failure = Failure::new("a file holds one table of one engine");
            return Err(failure
                .help("name it: `--engine NAME --table NAME`; or give a folder: `--out DIR`"));
        };
        let tables = self.chosen_tables(*id)?;
        let engine = &self.model.engine(*id).name;
        let mut snapshot = self.begin(0)?;
        let path = &self.arguments.out;
        if path.as_os_str() == "-" {
            let mut out = Pipe(io::stdout().lock());
            return self
                .rows(&mut snapshot, &tables[0], engine, form, &mut out)
                .map(drop);
        }
        let (file, out) = NewFile::begin(path, self.arguments.force)?;
        let mut out = Hashing::new(out);
        let rows = self.rows(&mut snapshot, &tables[0], engine, form, &mut out)?;
        let bytes = out.bytes;
        let failed = |error: io::Error| layout::cannot("write", path, &error);
        let (_, out) = out.finish().map_err(failed)?;
        out.sync_all().map_err(failed)?;
        file.finish()?;
        let table = tables[0].data.name().to_owned();
        let outcome = EngineDump {
            engine: engine.clone(),
            path: path.display().to_string(),
            redacted: self.redacted.concat(),
            tables: vec![TableDump { table, rows, bytes }],
            links: Vec::new(),
            ended: Ended::default(),
        };
        print(&[outcome], self.arguments.schema.format, output)
    }
}

/// A table's file, with the rows that `write` writes, whose number it returns.
fn to_new_file(
    table: &EngineTable<'_>,
    folder: &NewFolder,
    form: DataFormat,
    write: &mut dyn FnMut(&mut dyn Write) -> Result<u64, Failure>,
) -> Result<DumpedTable, Failure> {
    let name = table.data.name();
    let file = file_name(name, form);
    let path = folder.file(&file);
    let mut out = Hashing::new(layout::create(&path)?);
    let rows = write(&mut out)?;
    let bytes = out.bytes;
    let failed = |error: io::Error| layout::cannot("write", &path, &error);
    let (sha256, out) = out.finish().map_err(failed)?;
    out.sync_all().map_err(failed)?;
    Ok(DumpedTable {
        table: name.to_owned(),
        file,
        rows,
        bytes,
        sha256,
        columns: manifest::columns(&table.data),
    })
}

/// Standard output. A reader that has gone away has seen enough.
struct Pipe<W: Write>(W);

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            outcome => outcome,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn write_manifest(folder: &NewFolder, text: &str) -> Result<(), Failure> {
    let path = folder.file(MANIFEST);
    let mut file = layout::create(&path)?;
    let written = file.write_all(text.as_bytes());
    written
        .and_then(|()| file.sync_all())
        .map_err(|error| layout::cannot("write", &path, &error))
}

/// The current time in UTC, to the second.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    bindery::data::utc_text(seconds)
}
