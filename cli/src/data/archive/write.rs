//! The writing of an archive, from the folders of engines.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tar::{Builder, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};
use zstd::stream::write::Encoder;

use super::ArchiveForm;
use crate::data::layout::{self, MANIFEST, NewFile};
use crate::data::manifest::Manifest;
use crate::data::partial::Partial;
use crate::failure::Failure;

/// The default of `zstd`.
const LEVEL: i32 = 3;
/// Files of archives are for their owner only, as those of folders.
const MODE: u32 = 0o600;

/// An archive that is being made. The folders of engines are written beside it first, as a tar file has the length of an entry before
/// its bytes, and a manifest is written after its tables; they are gone with this.
pub(crate) struct Staged {
    archive: PathBuf,
    form: ArchiveForm,
    root: Partial,
}

impl Staged {
    /// Begins an archive.
    pub(crate) fn begin(archive: &Path, force: bool) -> Result<Self, Failure> {
        layout::ensure_free(archive, force)?;
        let Some(form) = ArchiveForm::of(archive) else {
            let shown = archive.display();
            let failure = Failure::new(format!("`{shown}` does not say what form it is to have"));
            return Err(failure.help("an archive's name ends with `.tar.zst` or `.zip`"));
        };
        let mut name = OsString::from(".");
        name.push(archive.file_name().unwrap_or_default());
        name.push(format!(".{}.folders", std::process::id()));
        let root = archive.with_file_name(name);
        layout::remove(&root).map_err(|error| layout::cannot("remove", &root, &error))?;
        let root = Partial::new(root);
        layout::make_private(root.path())
            .map_err(|error| layout::cannot("make", root.path(), &error))?;
        Ok(Self {
            archive: archive.to_owned(),
            form,
            root,
        })
    }

    /// The folder in which those of the engines are written.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// Writes the archive of the folders that are there, and gives it its name.
    pub(crate) fn finish(self, dumps: &[(String, Manifest)], force: bool) -> Result<(), Failure> {
        let (file, out) = NewFile::begin(&self.archive, force)?;
        write(self.form, self.root.path(), dumps, out)
            .map_err(|error| layout::cannot("write", &self.archive, &error))?;
        file.finish()
    }
}

/// Writes the dumps of these engines, whose folders are in `root`. The manifest of an engine stands before its files.
fn write(
    form: ArchiveForm,
    root: &Path,
    dumps: &[(String, Manifest)],
    out: File,
) -> io::Result<()> {
    let out = BufWriter::with_capacity(256 * 1024, out);
    let out = match form {
        ArchiveForm::TarZst => {
            let mut builder = Builder::new(Encoder::new(out, LEVEL)?);
            each(root, dumps, &mut |name, file| {
                append(&mut builder, name, file)
            })?;
            builder.into_inner()?.finish()?
        }
        ArchiveForm::Zip => {
            let mut writer = ZipWriter::new(out);
            each(root, dumps, &mut |name, mut file| {
                writer.start_file(name, zip_options())?;
                io::copy(&mut file, &mut writer).map(drop)
            })?;
            writer.finish()?
        }
    };
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()
}

fn each(
    root: &Path,
    dumps: &[(String, Manifest)],
    take: &mut dyn FnMut(&str, File) -> io::Result<()>,
) -> io::Result<()> {
    for (engine, manifest) in dumps {
        let files = manifest.tables.iter().map(|table| table.file.as_str());
        for file in [MANIFEST].into_iter().chain(files) {
            let path = root.join(engine).join(file);
            take(&format!("{engine}/{file}"), File::open(path)?)?;
        }
    }
    Ok(())
}

/// Times and owners are left out: the same rows are the same archive.
fn append<W: Write>(builder: &mut Builder<W>, name: &str, file: File) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(file.metadata()?.len());
    header.set_mode(MODE);
    header.set_mtime(0);
    builder.append_data(&mut header, name, file)
}

fn zip_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true)
        .unix_permissions(MODE)
}
