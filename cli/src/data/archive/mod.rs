//! Dumps as one file, `.tar.zst` or `.zip`, with the layout of the folder: `<engine>/manifest.json`, then its tables' files.
//!
//! Nothing is ever unpacked: rows are read from the archive. It is read to its end once before that, and each entry is compared
//! with the manifest, which bounds what is taken from it. In memory are a manifest and a window of the compression.

mod check;
mod tar;
mod write;
mod zip;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use self::check::Checking;
use self::tar::TarFile;
use self::zip::ZipFile;
use super::layout;
use super::manifest::{DumpedTable, Manifest};
use crate::failure::Failure;

pub(crate) use self::write::Staged;

/// The form of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArchiveForm {
    /// A tar file, compressed by zstd.
    TarZst,
    /// A zip file, each entry deflated.
    Zip,
}

impl ArchiveForm {
    /// The form that a file's name says.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        if name.ends_with(".tar.zst") {
            Some(Self::TarZst)
        } else if name.ends_with(".zip") {
            Some(Self::Zip)
        } else {
            None
        }
    }
}

/// An archive and the name of an engine after it, where there is one: `backup.tar.zst/default`.
pub(crate) fn archive_of(path: &Path) -> Option<(&Path, Option<&str>)> {
    let is_archive = |path: &Path| ArchiveForm::of(path).is_some() && path.is_file();
    if is_archive(path) {
        return Some((path, None));
    }
    let parent = path.parent().filter(|parent| is_archive(parent))?;
    Some((parent, Some(path.file_name()?.to_str()?)))
}

/// The position of an entry's first byte in the archive.
#[derive(Debug, Clone, Copy)]
enum Start {
    /// In the tar file, when it is not compressed.
    At(u64),
    /// Among the entries of a zip file.
    Index(usize),
}

/// The dump of one engine in an archive.
#[derive(Debug)]
struct Folder {
    manifest: Manifest,
    /// The position of each file, by its name.
    files: BTreeMap<String, Start>,
}

/// An archive whose entries are all as its manifests say.
pub(crate) struct Archive {
    path: PathBuf,
    file: Packed,
    folders: BTreeMap<String, Folder>,
}

enum Packed {
    Tar(TarFile),
    Zip(ZipFile),
}

impl Archive {
    /// Reads the whole archive, and refuses it unless each entry is the file of a table in the manifest before it.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let file = layout::open(path)?;
        let mut checking = Checking::new(path);
        let file = match ArchiveForm::of(path) {
            Some(ArchiveForm::Zip) => Packed::Zip(ZipFile::checked(file, &mut checking)?),
            Some(ArchiveForm::TarZst) | None => Packed::Tar(TarFile::checked(file, &mut checking)?),
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            folders: checking.finish()?,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the engines that it holds dumps of.
    pub(crate) fn engines(&self) -> Vec<&str> {
        self.folders.keys().map(String::as_str).collect()
    }

    /// The manifest of an engine's dump.
    pub(crate) fn manifest(&self, engine: &str) -> Option<&Manifest> {
        self.folders.get(engine).map(|folder| &folder.manifest)
    }

    /// The name of a table's file, for messages.
    pub(crate) fn name(&self, engine: &str, table: &DumpedTable) -> PathBuf {
        self.path.join(engine).join(&table.file)
    }

    /// Has the file of a table read.
    pub(crate) fn read<T>(
        &self,
        engine: &str,
        table: &DumpedTable,
        then: impl FnOnce(&mut dyn BufRead) -> T,
    ) -> Result<T, Failure> {
        let start = self
            .folders
            .get(engine)
            .and_then(|folder| folder.files.get(&table.file));
        let start = *start.expect("an archive was checked to hold each file of its manifests");
        let read = match (&self.file, start) {
            (Packed::Tar(file), Start::At(at)) => file.read(at, table.bytes, then),
            (Packed::Zip(file), Start::Index(index)) => file.read(index, then),
            (Packed::Tar(_), Start::Index(_)) | (Packed::Zip(_), Start::At(_)) => {
                unreachable!("the form of a start is that of its archive")
            }
        };
        read.map_err(|error| layout::cannot("read", &self.name(engine, table), &error))
    }
}

/// The failure of an archive that is none, or that ends too early.
fn unreadable(path: &Path, at: Option<&str>, error: &dyn std::fmt::Display) -> Failure {
    let place = at.map_or(String::new(), |entry| {
        format!(" at `{}`", entry.escape_debug())
    });
    let failure = Failure::new(format!("cannot read `{}`{place}: {error}", path.display()));
    failure.help("nothing was changed; the archive is damaged, or ends too early: take it from where it was made again")
}

/// The beginning of a file, for a form's own reader.
fn opened(file: &File) -> std::io::Result<File> {
    use std::io::Seek;
    let mut file = file.try_clone()?;
    file.rewind()?;
    Ok(file)
}
