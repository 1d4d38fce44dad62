//! Files and folders that are not whole yet: an interrupted run leaves none of them.

use std::io;
use std::path::{Path, PathBuf};

use super::layout::remove;
use crate::interrupted::Passing;

/// A file or folder that is not whole yet. It is removed with this, unless it was given its name.
pub(super) struct Partial {
    path: PathBuf,
    passing: Passing,
}

impl Partial {
    pub(super) fn new(path: PathBuf) -> Self {
        let removed = path.clone();
        let passing = Passing::new(move || {
            let shown = removed.display();
            remove(&removed).map_err(|why| format!("cannot remove `{shown}`: {why}"))
        });
        Self { path, passing }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has `name` give it its name; an interruption waits for that.
    pub(super) fn finish<T>(&self, name: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
        self.passing.keep(|| name(&self.path))
    }
}
