//! Reading files that a configuration names: within its project, plain files, and never more than can be used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum Refused {
    /// Its place, symbolic links followed, is not below this folder.
    Outside(PathBuf),
    /// The system's error, or that it is not a regular file.
    Unreadable(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside(_) => out.write_str("it is not in the project"),
            Self::Unreadable(why) => out.write_str(why),
        }
    }
}

/// Reads a file whose path a person typed, up to one byte more than the limit.
pub(super) fn read_typed(path: &Path, limit: usize) -> Result<Vec<u8>, Refused> {
    disk::read_limited(path, limit).map_err(unreadable)
}

/// Reads a plain file below the project of `folder`.
pub(super) fn read_named(folder: &Path, path: &Path, limit: usize) -> Result<Vec<u8>, Refused> {
    let real = inside(folder, path)?;
    disk::read_limited(&real, limit).map_err(unreadable)
}

/// The place of a file or folder, symbolic links followed, which is below the project of `folder`.
pub(super) fn inside(folder: &Path, path: &Path) -> Result<PathBuf, Refused> {
    let real = path.canonicalize().map_err(unreadable)?;
    let root = root_of(folder).map_err(unreadable)?;
    if real.starts_with(&root) {
        Ok(real)
    } else {
        Err(Refused::Outside(root))
    }
}

/// The folder that a project is in: where its repository begins, else that of its configuration.
fn root_of(folder: &Path) -> io::Result<PathBuf> {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let real = here.canonicalize()?;
    let repository = real.ancestors().find(|folder| folder.join(".git").exists());
    Ok(repository.unwrap_or(&real).to_owned())
}

fn unreadable(error: io::Error) -> Refused {
    Refused::Unreadable(error.to_string())
}
