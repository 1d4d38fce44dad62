//! Files of queries that the configuration names, and folders of them.

use std::fs;
use std::path::{Path, PathBuf};

use super::disk::{self, Refused};
use super::{Project, refusal};
use crate::config::QueryPath;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::parse::{SIZE_LIMIT, load};
use crate::sorting::sort_by;

impl Project {
    /// Loads a file, or those of a folder that end in `.sql`, in the order of their names.
    pub(super) fn load_queries(
        &mut self,
        folder: &Path,
        entry: &QueryPath,
        diagnostics: &mut Diagnostics,
    ) {
        let path = folder.join(&entry.path);
        // A build looks again when the file is changed, or one of the folder is added.
        self.files.push(path.clone());
        if !path.is_dir() {
            return self.load_query_file(folder, entry, &path, diagnostics);
        }
        let files = disk::inside(folder, &path).and_then(|_| sql_files(&path));
        match files {
            Ok(files) => {
                for file in files {
                    self.files.push(file.clone());
                    self.load_query_file(folder, entry, &file, diagnostics);
                }
            }
            Err(refused) => diagnostics.push(unread(&path, entry, refused)),
        }
    }

    fn load_query_file(
        &mut self,
        folder: &Path,
        entry: &QueryPath,
        path: &Path,
        diagnostics: &mut Diagnostics,
    ) {
        if path.is_dir() {
            return diagnostics.push(folder_within(path, entry));
        }
        let bytes = match disk::read_named(folder, path, SIZE_LIMIT) {
            Ok(bytes) => bytes,
            Err(refused) => return diagnostics.push(unread(path, entry, refused)),
        };
        let shown = path.display().to_string();
        let id = load(&mut self.input.sources, &shown, &bytes, diagnostics);
        self.input.queries.extend(id);
    }
}

/// The files of a folder whose names end in `.sql`, and the folders in it, sorted.
fn sql_files(folder: &Path) -> Result<Vec<PathBuf>, Refused> {
    let unreadable = |error: std::io::Error| Refused::Unreadable(error.to_string());
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let is_sql = path.extension().is_some_and(|end| end == "sql");
        if is_sql || path.is_dir() {
            paths.push(path);
        }
    }
    sort_by(&mut paths, Ord::cmp);
    Ok(paths)
}

fn unread(path: &Path, entry: &QueryPath, refused: Refused) -> Diagnostic {
    refusal("file of queries", &path.display().to_string(), refused).at(entry.span, "named here")
}

fn folder_within(path: &Path, entry: &QueryPath) -> Diagnostic {
    let message = format!("`{}` is a folder in a folder of queries", path.display());
    let help = format!(
        "move its files up, or name it beside the other: `queries = [\"{}\", \"…\"]`",
        entry.path
    );
    Diagnostic::error("B0600", message)
        .at(entry.span, "named here")
        .help(help)
}
