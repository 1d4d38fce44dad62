//! Files that are written only when their text changes, and never seen half written.

use std::io::Write;
use std::path::Path;

use crate::error::CompileError;

/// Writes a file unless it holds exactly this text already; says whether it was written.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<bool, CompileError> {
    let is_there = read_file(path).is_ok_and(|bytes| bytes == text.as_bytes());
    if is_there {
        return Ok(false);
    }
    replace(path, text).map_err(|error| unwritable(path, &error))?;
    Ok(true)
}

/// A file that was written before, and nothing else that may be in its place: a pipe has no end.
pub(crate) fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.metadata()?.is_file() {
        std::fs::read(path)
    } else {
        Err(std::io::Error::other("it is not a regular file"))
    }
}

/// By a file beside it that takes its name at the end.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = folder.join(name);
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        // The failure is reported; that the rest stays as well needs no second report.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> CompileError {
    CompileError::new(format!(
        "error: `{}` cannot be written: {error}",
        path.display()
    ))
}
