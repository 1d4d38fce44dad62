//! Writing the files of a project: all of them, or none.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::failure::Failure;

/// Writes files that are not there, then one that is there anew. Where one cannot be written, those that were are removed, and the folders that
/// were made for them.
pub(super) fn write(
    new: &[(String, String)],
    changed: Option<(&str, String)>,
) -> Result<(), Failure> {
    let mut made = Made::default();
    for (name, text) in new {
        let path = Path::new(name);
        made.folder_of(path)?;
        write_new(name, text)?;
        made.files.push(path);
    }
    if let Some((name, text)) = changed {
        replace(name, &text)?;
    }
    made.is_whole = true;
    Ok(())
}

/// Files and folders that are removed again unless all are made.
#[derive(Default)]
struct Made<'n> {
    files: Vec<&'n Path>,
    folders: Vec<&'n Path>,
    is_whole: bool,
}

impl<'n> Made<'n> {
    /// Makes the folder of a file, and those above it that are not there.
    fn folder_of(&mut self, file: &'n Path) -> Result<(), Failure> {
        let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) else {
            return Ok(());
        };
        self.folder_of(folder)?;
        match fs::create_dir(folder) {
            Ok(()) => self.folders.push(folder),
            Err(_) if folder.is_dir() => (),
            Err(error) => return Err(cannot(&folder.display().to_string(), &error)),
        }
        Ok(())
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        if self.is_whole {
            return;
        }
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        // Those that another program put something into meanwhile stay.
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn write_new(name: &str, text: &str) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    let made = options.write(true).create_new(true).open(name);
    let mut file = made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::new(format!("`{name}` is there, and is not overwritten"))
        }
        _ => cannot(name, &error),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| {
        let _ = fs::remove_file(name);
        cannot(name, &error)
    })
}

/// The file has its old text or the new one at any moment.
fn replace(name: &str, text: &str) -> Result<(), Failure> {
    let replaced = || {
        let permissions = fs::metadata(name)?.permissions();
        let mut file = tempfile::NamedTempFile::new_in(".")?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(permissions)?;
        // A link stays one.
        let target = fs::canonicalize(Path::new(name))?;
        file.persist(target).map_err(|error| error.error)?;
        Ok(())
    };
    replaced().map_err(|error: std::io::Error| cannot(name, &error))
}

fn cannot(name: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{name}` cannot be written: {error}"))
}
