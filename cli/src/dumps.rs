//! Dumps as `load` reads them, for the fuzz targets: archives and manifests. Rows are read by the runtime.

use std::io;
use std::path::Path;

use crate::data::archive::Archive;
use crate::data::manifest::{DumpedTable, Manifest};
use crate::failure::Failure;

/// A file of an archive, read to its end.
#[derive(Debug, PartialEq, Eq)]
pub struct PackedFile {
    /// Its name, below the folder of its engine.
    pub name: String,
    /// The bytes that its manifest says.
    pub expected: u64,
    /// The bytes that it has.
    pub found: u64,
}

/// Reads the files of an archive, the last first where `backwards`.
///
/// # Errors
/// The archive is refused, for the reason given.
pub fn read_archive(path: &Path, backwards: bool) -> Result<Vec<PackedFile>, String> {
    let archive = Archive::open(path).map_err(|failure| failure.message())?;
    let mut tables: Vec<(&str, &DumpedTable)> = Vec::new();
    for engine in archive.engines() {
        let manifest = archive.manifest(engine);
        let files = manifest.into_iter().flat_map(|manifest| &manifest.tables);
        tables.extend(files.map(|table| (engine, table)));
    }
    if backwards {
        tables.reverse();
    }
    let read = |(engine, table)| read_file(&archive, engine, table);
    let files: Result<Vec<_>, Failure> = tables.into_iter().map(read).collect();
    files.map_err(|failure| failure.message())
}

fn read_file(archive: &Archive, engine: &str, table: &DumpedTable) -> Result<PackedFile, Failure> {
    let found = archive.read(engine, table, |mut content| {
        io::copy(&mut content, &mut io::sink())
    })?;
    let name = archive.name(engine, table);
    let found = found.map_err(|error| Failure::new(error.to_string()))?;
    Ok(PackedFile {
        name: name.display().to_string(),
        expected: table.bytes,
        found,
    })
}

/// Reads a manifest, and returns it as `dump` would write it.
///
/// # Errors
/// The manifest is refused, for the reason given.
pub fn written_manifest(text: &[u8]) -> Result<String, String> {
    let manifest = Manifest::parse(text, "manifest.json");
    let mut manifest = manifest.map_err(|failure| failure.message())?;
    Ok(manifest.sealed())
}
