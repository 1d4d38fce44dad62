//! Pairs files with the tables that they are loaded into. Everything is checked here, before a database is connected to.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bindery::data::{DataFormat, DataTable};
use bindery_schema::model::{CheckedModel, EngineId};
use sha2::{Digest, Sha256};

use super::LoadArguments;
use crate::data::archive::{Archive, archive_of};
use crate::data::form::{DataForm, format_of};
use crate::data::layout::{self, MANIFEST};
use crate::data::manifest::{self, DumpedColumn, DumpedTable, Manifest, hexadecimal};
use crate::data::tables::{self, EngineTable};
use crate::failure::Failure;

/// The tables of an engine and the files that are loaded into them, all checked.
pub(super) struct Plan<'m> {
    pub(super) id: EngineId,
    pub(super) path: PathBuf,
    pub(super) parts: Vec<TableFile<'m>>,
    /// The dump is of one record.
    pub(super) is_record: bool,
    /// The columns whose values were replaced when it was dumped.
    pub(super) redacted: Vec<String>,
}

/// A table and its file.
pub(super) struct TableFile<'m> {
    pub(super) table: EngineTable<'m>,
    pub(super) input: Input,
    pub(super) format: DataFormat,
    /// The number of rows, where a manifest says it.
    pub(super) rows: Option<u64>,
}

pub(super) enum Input {
    File(PathBuf, File),
    /// Of the dump of an engine.
    Packed(Arc<Archive>, String, DumpedTable),
    Stdin,
}

/// The archive that rows are loaded from, checked; none where it is a folder or a file of rows.
pub(super) fn archive(arguments: &LoadArguments) -> Result<Option<Arc<Archive>>, Failure> {
    let archive = archive_of(&arguments.from).map(|(path, _)| Archive::open(path));
    Ok(archive.transpose()?.map(Arc::new))
}

/// The files of an engine, checked.
pub(super) fn plan<'m>(
    arguments: &LoadArguments,
    model: &'m CheckedModel,
    id: EngineId,
    (engines, archive): (usize, Option<&Arc<Archive>>),
) -> Result<Plan<'m>, Failure> {
    let from = &arguments.from;
    let is_stdin = from.as_os_str() == "-";
    if archive.is_none() && (is_stdin || from.is_file()) {
        return single(arguments, model, id, engines);
    }
    if arguments.form.is_some() {
        let failure =
            Failure::new("`--as` is for a single file; a manifest says what form its files have");
        return Err(failure.help("leave `--as` out"));
    }
    if let Some(archive) = archive {
        return packed(arguments, model, id, (engines, archive));
    }
    let engine = &model.engine(id).name;
    let is_of_engine = engines == 1 && from.join(MANIFEST).is_file();
    let folder = if is_of_engine {
        from.clone()
    } else {
        from.join(engine)
    };
    if !folder.join(MANIFEST).is_file() {
        return Err(no_dump(from, &folder, (model, id)));
    }
    let manifest = Manifest::read(&folder.join(MANIFEST))?;
    let open = &|dumped: &DumpedTable| {
        let path = folder.join(&dumped.file);
        let file = checked_file(&path, dumped)?;
        Ok(Input::File(path, file))
    };
    let parts = table_files(arguments, model, id, (&folder, &manifest), open)?;
    Ok(Plan {
        id,
        path: folder,
        parts,
        is_record: manifest.record.is_some(),
        redacted: manifest.redacted,
    })
}

/// The tables of a dump in an archive.
fn packed<'m>(
    arguments: &LoadArguments,
    model: &'m CheckedModel,
    id: EngineId,
    (engines, archive): (usize, &Arc<Archive>),
) -> Result<Plan<'m>, Failure> {
    let engine = &model.engine(id).name;
    let named = archive_of(&arguments.from).and_then(|(_, named)| named);
    if named.is_some() && engines > 1 {
        let failure = Failure::new("one dump of an archive is loaded into one engine");
        return Err(failure.help("name the engine: `--engine NAME`"));
    }
    let from = named.unwrap_or(engine);
    let Some(manifest) = archive.manifest(from) else {
        return Err(not_packed(archive, from, engine));
    };
    let open = &|dumped: &DumpedTable| {
        let archive = Arc::clone(archive);
        Ok(Input::Packed(archive, from.to_owned(), dumped.clone()))
    };
    let path = archive.path().join(from);
    let parts = table_files(arguments, model, id, (&path, manifest), open)?;
    Ok(Plan {
        id,
        path,
        parts,
        is_record: manifest.record.is_some(),
        redacted: manifest.redacted.clone(),
    })
}

fn not_packed(archive: &Archive, wanted: &str, engine: &str) -> Failure {
    let failure = Failure::new(format!(
        "there is no dump of engine `{wanted}` in `{}`",
        archive.path().display()
    ));
    let others = archive.engines();
    let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
    failure.help(format!(
        "there are dumps of {}; load one into this engine: `--engine {engine} --from {}`",
        names.join(", "),
        archive.path().join(others[0]).display()
    ))
}

/// One table from one file.
fn single<'m>(
    arguments: &LoadArguments,
    model: &'m CheckedModel,
    id: EngineId,
    engines: usize,
) -> Result<Plan<'m>, Failure> {
    let path = arguments.from.clone();
    if arguments.table.len() != 1 || engines != 1 {
        let failure = Failure::new("a file holds one table of one engine");
        return Err(
            failure.help("name it: `--engine NAME --table NAME`; or give a folder: `--from DIR`")
        );
    }
    let form = arguments.form.map(DataForm::format).or(format_of(&path));
    let Some(format) = form else {
        let failure = Failure::new(format!(
            "`{}` does not say what form its rows have",
            path.display()
        ));
        return Err(failure.help("say it: `--as csv` or `--as jsonl`"));
    };
    let table = loadable(model, id, &arguments.table)?.remove(0);
    let is_stdin = path.as_os_str() == "-";
    let input = if is_stdin {
        Input::Stdin
    } else {
        Input::File(path.clone(), layout::open(&path)?)
    };
    let rows = None;
    let parts = vec![TableFile {
        table,
        input,
        format,
        rows,
    }];
    Ok(Plan {
        id,
        path,
        parts,
        is_record: false,
        redacted: Vec::new(),
    })
}

/// The chosen tables of an engine; those that are not managed are never loaded.
fn loadable<'m>(
    model: &'m CheckedModel,
    id: EngineId,
    names: &[String],
) -> Result<Vec<EngineTable<'m>>, Failure> {
    let tables = tables::chosen(model, id, names)?;
    match tables.iter().find(|table| table.table.unmanaged) {
        None => Ok(tables),
        Some(table) => {
            let failure = Failure::new(format!(
                "table `{}` on engine `{}` is `@unmanaged`, so nothing is loaded into it",
                table.data.name(),
                model.engine(id).name
            ));
            Err(failure
                .help("take the annotation away, or load the table by the tool that manages it"))
        }
    }
}

/// The failure of an engine without a dump, which names what is there instead.
fn no_dump(root: &Path, folder: &Path, (model, id): (&CheckedModel, EngineId)) -> Failure {
    let engine = &model.engine(id).name;
    let missing = Failure::new(format!(
        "there is no dump of engine `{engine}` in `{}`",
        folder.display()
    ));
    let name = root.file_name().and_then(std::ffi::OsStr::to_str);
    if name.is_some_and(layout::is_partial) {
        let failure = Failure::new(format!(
            "`{}` was left by a dump that was interrupted, so it is not loaded",
            root.display()
        ));
        return failure.help(format!("dump again: `bindery dump --engine {engine}`"));
    }
    let Ok(entries) = std::fs::read_dir(root) else {
        return missing.help(format!(
            "write one with `bindery dump --engine {engine}`, or name its folder: `--from DIR`"
        ));
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let has_manifest = |name: &&String| root.join(name.as_str()).join(MANIFEST).is_file();
    let others: Vec<String> = names
        .iter()
        .filter(has_manifest)
        .map(|name| format!("`{name}`"))
        .collect();
    if let Some(first) = others.first() {
        return missing.help(format!(
            "there are dumps of {}; load one into this engine: `--engine {engine} --from {}`",
            others.join(", "),
            root.join(first.trim_matches('`')).display()
        ));
    }
    let tables = tables::managed(model, id);
    match names.iter().find_map(|name| flat_of(name, &tables)) {
        Some((file, table)) => flat(&root.join(file), table, engine),
        None => missing.help(format!("write one with `bindery dump --engine {engine}`")),
    }
}

/// A file of the flat layout of other tools, and the table that it is of by its name.
fn flat_of<'n>(file: &'n str, tables: &[EngineTable<'_>]) -> Option<(&'n str, &'n str)> {
    let (table, end) = file.rsplit_once('.')?;
    let is_table = tables.iter().any(|one| one.data.name() == table);
    (["txt", "csv", "dmp"].contains(&end) && is_table).then_some((file, table))
}

fn flat(path: &Path, table: &str, engine: &str) -> Failure {
    let folder = path.parent().unwrap_or(path);
    let file = path.file_name().unwrap_or_default().display();
    let failure = Failure::new(format!(
        "`{}` holds files of the flat layout of other tools (`{file}`), which do not say what engine they are of",
        folder.display()
    ));
    failure.help(format!(
        "load each by itself, as CSV with a line of names: `bindery load --engine {engine} --table {table} --as csv --from {}`",
        path.display()
    ))
}

/// The tables of the dump that are loaded, in the order of the schema, each with its file. Everything is checked.
fn table_files<'m>(
    arguments: &LoadArguments,
    model: &'m CheckedModel,
    id: EngineId,
    (folder, manifest): (&Path, &Manifest),
    open: &dyn Fn(&DumpedTable) -> Result<Input, Failure>,
) -> Result<Vec<TableFile<'m>>, Failure> {
    let tables = loadable(model, id, &arguments.table)?;
    let is_wanted =
        |name: &str| arguments.table.is_empty() || arguments.table.iter().any(|one| one == name);
    let wanted: Vec<&DumpedTable> = manifest
        .tables
        .iter()
        .filter(|table| is_wanted(&table.table))
        .collect();
    let mut differences = Vec::new();
    for dumped in &wanted {
        match tables
            .iter()
            .find(|table| table.data.name() == dumped.table)
        {
            Some(table) => differences.extend(compare(dumped, &table.data)),
            None => differences.push(format!(
                "the schema has no table `{}` on this engine",
                dumped.table
            )),
        }
    }
    let engine = &model.engine(id).name;
    if !differences.is_empty() {
        let list: String = differences
            .iter()
            .map(|difference| format!("\n  {difference}"))
            .collect();
        let failure = Failure::new(format!(
            "the dump of `{}` is not of the tables of engine `{engine}`:{list}",
            folder.display()
        ));
        return Err(failure.help("load tables that fit by `--table NAME`, or a file by itself: `--table NAME --from FILE`"));
    }
    let mut parts = Vec::new();
    for table in tables {
        let Some(dumped) = wanted
            .iter()
            .find(|dumped| dumped.table == table.data.name())
        else {
            if arguments.table.is_empty() {
                continue;
            }
            return Err(Failure::new(format!(
                "table `{}` is not in the dump of `{}`",
                table.data.name(),
                folder.display()
            )));
        };
        parts.push(TableFile {
            table,
            input: open(dumped)?,
            format: format_of(Path::new(&dumped.file)).unwrap_or(DataFormat::Csv),
            rows: Some(dumped.rows),
        });
    }
    Ok(parts)
}

/// In what a dumped table differs from the one that it is loaded into.
fn compare(dumped: &DumpedTable, table: &DataTable) -> Vec<String> {
    let name = &dumped.table;
    let columns = manifest::columns(table);
    let find = |columns: &[DumpedColumn], name: &str| {
        columns.iter().find(|column| column.name == name).cloned()
    };
    let mut differences = Vec::new();
    for column in &dumped.columns {
        match find(&columns, &column.name) {
            None => differences.push(format!(
                "`{name}` has no column `{}` in the schema",
                column.name
            )),
            Some(own) if own.value != column.value => differences.push(format!(
                "`{name}.{}` is {} in the dump, and {} in the schema",
                column.name, column.value, own.value
            )),
            Some(_) => {}
        }
    }
    let required = table
        .columns()
        .iter()
        .filter(|column| !column.nullable && !column.has_default);
    for column in required {
        if find(&dumped.columns, &column.name).is_none() {
            differences.push(format!(
                "`{name}.{}` must have a value, and is not in the dump",
                column.name
            ));
        }
    }
    differences
}

/// Opens a file of the dump, and reads it once to see that it is the one that was written.
fn checked_file(path: &Path, dumped: &DumpedTable) -> Result<File, Failure> {
    let mut file = layout::open(path)?;
    let failed = |error: io::Error| layout::cannot("read", path, &error);
    let length = file.metadata().map_err(failed)?.len();
    let damaged = |why: &str| {
        let failure = Failure::new(format!(
            "`{}` is not as it was dumped: {why}",
            path.display()
        ));
        failure.help("nothing was changed; take the file from the dump again, or load it by itself: `--table NAME --from FILE`")
    };
    if length != dumped.bytes {
        return Err(damaged(&format!(
            "it has {length} bytes, and had {}",
            dumped.bytes
        )));
    }
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut chunk).map_err(failed)?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
    }
    if hexadecimal(&hash.finalize()) != dumped.sha256 {
        return Err(damaged("its checksum is another"));
    }
    file.rewind().map_err(failed)?;
    Ok(file)
}
