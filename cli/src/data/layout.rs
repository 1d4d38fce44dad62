//! The files of a dump, `data/<engine>/<table>.csv`. They are written under other names first, so that what has its
//! own name is whole.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bindery::data::DataFormat;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, hexadecimal};
use super::partial::Partial;
use crate::failure::Failure;

/// The folder of dumps unless another is named.
pub(crate) const ROOT: &str = "data";
/// The file that says what an engine's folder holds.
pub(crate) const MANIFEST: &str = "manifest.json";
/// A manifest is no longer than this.
pub(crate) const LONGEST_MANIFEST: u64 = 64 << 20;
/// The end of the names of files and folders until they are whole.
const PARTIAL: &str = ".partial";
/// The longest part of a file's name that is made of a table's.
const LONGEST_NAME: usize = 180;

/// The file of a table. A name is kept as far as it leads nowhere else on any system; the rest is written as `%2f`.
pub(crate) fn file_name(table: &str, format: DataFormat) -> String {
    let mut name = String::new();
    for (at, byte) in table.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if is_plain || (byte == b'.' && at > 0) {
            name.push(char::from(byte));
        } else {
            name += &format!("%{byte:02x}");
        }
    }
    if name.len() > LONGEST_NAME {
        let hash = hexadecimal(&Sha256::digest(table.as_bytes())[..16]);
        name.truncate(LONGEST_NAME - hash.len() - 1);
        name = format!("{name}~{hash}");
    }
    format!("{name}.{}", format.extension())
}

/// Whether this is the name of something that is being written, or was when its process was killed.
pub(crate) fn is_partial(name: &str) -> bool {
    name.ends_with(PARTIAL)
}

/// The folder of an engine that is being written. Where it is dropped before it is done, nothing is left of it.
pub(crate) struct NewFolder {
    partial: Partial,
    target: PathBuf,
}

impl NewFolder {
    /// Begins the folder of an engine below `root`. With `force` it takes the place of another dump, and of nothing else.
    pub(crate) fn begin(root: &Path, engine: &str, force: bool) -> Result<Self, Failure> {
        let target = root.join(engine);
        Self::ensure_free(&target, force)?;
        // Two runs at once have folders of their own; the last to end is the one that stays.
        let partial = root.join(format!(".{engine}.{}{PARTIAL}", std::process::id()));
        remove(&partial).map_err(|error| cannot("remove", &partial, &error))?;
        fs::create_dir_all(root).map_err(|error| cannot("make", root, &error))?;
        let partial = Partial::new(partial);
        make_private(partial.path()).map_err(|error| cannot("make", partial.path(), &error))?;
        Ok(Self { partial, target })
    }

    /// Fails where the folder is there and may not be replaced.
    pub(crate) fn ensure_free(target: &Path, force: bool) -> Result<(), Failure> {
        if fs::symlink_metadata(target).is_ok() && !force {
            let failure = Failure::new(format!("there is a dump already: `{}`", target.display()));
            return Err(failure.help(
                "`--force` replaces it once the new one is whole; `--out DIR` writes elsewhere",
            ));
        }
        ensure_dump(target)
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.partial.path().join(name)
    }

    /// Gives the folder its own name, in place of the one that was there.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let target = &self.target;
        let finished = self.partial.finish(|partial| {
            sync_folder(partial)?;
            let old = partial.with_extension("old");
            remove(&old)?;
            let has_old = fs::rename(target, &old).is_ok();
            fs::rename(partial, target).inspect_err(|_| {
                let _ = fs::rename(&old, target);
            })?;
            Ok(has_old.then_some(old))
        });
        let failed = |error: &io::Error| cannot("replace", target, error);
        if let Some(old) = finished.map_err(|error| failed(&error))? {
            remove(&old).map_err(|error| failed(&error))?;
        }
        sync_folder_of(target).map_err(|error| failed(&error))
    }
}

/// A folder that is no dump is never replaced, also where it has a manifest of something else.
fn ensure_dump(target: &Path) -> Result<(), Failure> {
    let manifest = target.join(MANIFEST);
    let is_dump = manifest.is_file() && Manifest::read(&manifest).is_ok();
    if is_dump || fs::symlink_metadata(target).is_err() {
        return Ok(());
    }
    let failure = Failure::new(format!(
        "`{}` is no dump, so it is not replaced",
        target.display()
    ));
    Err(failure.help("`--out DIR` writes elsewhere"))
}

/// A file that is there is not replaced unseen.
pub(crate) fn ensure_free(target: &Path, force: bool) -> Result<(), Failure> {
    if force || fs::symlink_metadata(target).is_err() {
        return Ok(());
    }
    let shown = target.display();
    let failure = Failure::new(format!("there is such a file already: `{shown}`"));
    Err(failure.help("`--force` replaces it"))
}

/// A file that has its own name only once it is whole.
pub(crate) struct NewFile {
    partial: Partial,
    target: PathBuf,
}

impl NewFile {
    pub(crate) fn begin(target: &Path, force: bool) -> Result<(Self, File), Failure> {
        ensure_free(target, force)?;
        let mut name = target.file_name().unwrap_or(OsStr::new("dump")).to_owned();
        name.push(format!(".{}{PARTIAL}", std::process::id()));
        let partial = target.with_file_name(name);
        remove(&partial).map_err(|error| cannot("remove", &partial, &error))?;
        let partial = Partial::new(partial);
        let file = create(partial.path())?;
        let target = target.to_owned();
        Ok((Self { partial, target }, file))
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        let failed = |error: &io::Error| cannot("write", &self.target, error);
        let named = self.partial.finish(|path| fs::rename(path, &self.target));
        named.map_err(|error| failed(&error))?;
        sync_folder_of(&self.target).map_err(|error| failed(&error))
    }
}

/// Makes a file that only this user reads.
pub(crate) fn create(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| cannot("make", path, &error))
}

pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// Has the names of a folder's files survive a crash of the machine.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    // Other systems open no folders.
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

/// The same for the folder that this file or folder is in.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    sync_folder(folder.unwrap_or(Path::new(".")))
}

/// Opens a file that is to be read. Links are not followed, and nothing but a regular file is opened.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    let found = fs::symlink_metadata(path).map_err(|error| cannot("read", path, &error))?;
    if !found.is_file() {
        let failure = Failure::new(format!("`{}` is not a regular file", path.display()));
        return Err(failure.help("a dump holds no links; copy the file to its place"));
    }
    File::open(path).map_err(|error| cannot("read", path, &error))
}

/// The failure of something done with a path.
pub(crate) fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot {what} `{}`: {error}", path.display()))
}

/// Counts and hashes what is written.
pub(crate) struct Hashing<W: Write> {
    out: BufWriter<W>,
    hash: Sha256,
    pub(crate) bytes: u64,
}

impl<W: Write> Hashing<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out: BufWriter::with_capacity(256 * 1024, out),
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// Writes what is left; gives the hash, and what was written to.
    pub(crate) fn finish(self) -> io::Result<(String, W)> {
        let out = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        Ok((hexadecimal(&self.hash.finalize()), out))
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
