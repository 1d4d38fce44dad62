//! Writing the files of a project: all of them, or none.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::failure::Failure;

/// Writes files that are not there, then one that is there anew. Where one cannot be written, those that were are removed.
pub(super) fn write(new: &[(&str, &str)], changed: Option<(&str, String)>) -> Result<(), Failure> {
    let mut written = Written(Vec::new());
    for &(name, text) in new {
        write_new(name, text)?;
        written.0.push(name);
    }
    if let Some((name, text)) = changed {
        replace(name, &text)?;
    }
    written.0.clear();
    Ok(())
}

/// Files that are removed again unless all are written.
struct Written<'n>(Vec<&'n str>);

impl Drop for Written<'_> {
    fn drop(&mut self) {
        for name in &self.0 {
            let _ = fs::remove_file(name);
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
