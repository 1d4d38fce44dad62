//! The door for a crate of its own: a folder with `Cargo.toml` and one file a model, written and kept up to date.
//!
//! Only files that carry the header line are ours: nothing else is overwritten or removed.

mod checksum;
mod current;
mod format;
mod manifest;
mod way;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bindery_schema::config::Config;
use bindery_schema::disk::is_there;
use bindery_schema::model::CheckedModel;
use bindery_schema::name::is_crate_name;

pub use self::format::has_rustfmt;
use self::manifest::{ConfiguredCrates, manifest};
use crate::emit::{EmitOptions, GeneratedFile, HEADER, emit, version_of};
use crate::error::CompileError;
use crate::output::{read_file, unwritable, write_if_changed};

/// Crates that a generated one would stand in the way of.
const TAKEN_NAMES: &[&str] = &["alloc", "bindery", "core", "proc_macro", "std", "test"];

/// A generated crate: where it is, how it is called, and of what it is made.
#[derive(Debug, Clone)]
pub struct Standalone {
    folder: PathBuf,
    name: String,
    known: ConfiguredCrates,
    /// The files that the schema is read from; none: the crate does not compare itself with them.
    made_of: Vec<PathBuf>,
}

/// The changes that generating made. Paths are below the crate's folder, with `/`, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// New and changed files.
    pub written: Vec<String>,
    /// Files of models that are gone.
    pub removed: Vec<String>,
    /// Files that were as they should be.
    pub unchanged: usize,
}

/// A file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Below the crate's folder, with `/`.
    pub path: String,
    /// In which way the file differs.
    pub state: FileState,
}

/// In which way a file is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileState {
    /// It is not there.
    Missing,
    /// Its text is another.
    Changed,
    /// Nothing is generated under this name any more.
    Leftover,
}

impl Standalone {
    /// The crate of this name in this folder, which need not be there yet.
    ///
    /// # Errors
    /// No crate can have this name.
    pub fn new(folder: impl AsRef<Path>, name: &str) -> Result<Self, CompileError> {
        if is_free_name(name) {
            return Ok(Self {
                folder: folder.as_ref().to_owned(),
                name: name.to_owned(),
                known: ConfiguredCrates::default(),
                made_of: Vec::new(),
            });
        }
        Err(CompileError::new(format!(
            "error: a generated crate cannot be called `{name}`\n  = help: take letters, digits, `-` and `_`, as in `shop-db`"
        )))
    }

    /// With the crates that `[crates]` of a configuration names for the types of its `[types]`, and of `@type`.
    #[must_use]
    pub fn with_crates_of(mut self, config: &Config) -> Self {
        self.known = ConfiguredCrates::from_config(config);
        self
    }

    /// With a build script, which needs nothing but the standard library and fails where one of these files has changed since: those of
    /// [`Project::files`](bindery_schema::project::Project), of which the first is beside the schema. A file that is not there is not compared.
    #[must_use]
    pub fn made_of(mut self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        self.made_of = files.into_iter().collect();
        self
    }

    /// Writes the files that are missing or differ, and removes those of models that are gone.
    ///
    /// # Errors
    /// A type is of a crate that is not known, a file is in the way that was not generated, or one cannot be written or
    /// removed.
    pub fn generate(&self, model: &CheckedModel) -> Result<Outcome, CompileError> {
        let files = self.files(model)?;
        self.ensure_inside()?;
        files.iter().try_for_each(|file| self.ensure_ours(file))?;
        let mut outcome = Outcome::default();
        for file in &files {
            if write_if_changed(&self.folder.join(&file.path), &file.text)? {
                outcome.written.push(file.path.clone());
            } else {
                outcome.unchanged += 1;
            }
        }
        for path in self.leftovers(&files)? {
            let full = self.folder.join(&path);
            std::fs::remove_file(&full).map_err(|error| unwritable(&full, &error))?;
            outcome.removed.push(path);
        }
        outcome.written.sort();
        Ok(outcome)
    }

    /// Returns which files are not as [`generate`](Self::generate) would leave them, sorted. Writes nothing.
    ///
    /// # Errors
    /// A type is of a crate that is not known, or the folder cannot be read.
    pub fn check(&self, model: &CheckedModel) -> Result<Vec<Difference>, CompileError> {
        let files = self.files(model)?;
        self.ensure_inside()?;
        let mut found: Vec<_> = files
            .iter()
            .filter_map(|file| self.difference(file))
            .collect();
        let leftovers = self.leftovers(&files)?.into_iter();
        found.extend(leftovers.map(|path| Difference {
            path,
            state: FileState::Leftover,
        }));
        found.sort();
        Ok(found)
    }

    /// The version of bindery that generated the crate that is there; `None` where there is none that says it.
    pub fn generator(&self) -> Option<String> {
        let bytes = read_file(&self.folder.join("src/lib.rs")).ok()?;
        let code = String::from_utf8(bytes).ok()?;
        version_of(&code).map(str::to_owned)
    }

    fn difference(&self, file: &GeneratedFile) -> Option<Difference> {
        let state = match read_file(&self.folder.join(&file.path)) {
            Ok(bytes) if bytes == file.text.as_bytes() => return None,
            Ok(_) => FileState::Changed,
            Err(_) => FileState::Missing,
        };
        Some(Difference {
            path: file.path.clone(),
            state,
        })
    }

    fn files(&self, model: &CheckedModel) -> Result<Vec<GeneratedFile>, CompileError> {
        let options = EmitOptions {
            file_per_model: true,
        };
        let mut files = emit(model, &options);
        if !self.made_of.is_empty() {
            files.push(GeneratedFile {
                path: current::FILE.to_owned(),
                text: current::build_script(&self.folder, &self.name, &self.made_of),
            });
        }
        format::format(&mut files);
        files.push(GeneratedFile {
            path: "Cargo.toml".to_owned(),
            text: manifest(model, &self.name, &self.folder, &self.known)?,
        });
        Ok(files)
    }

    /// Rejects paths that lead out of the named folder, also through links.
    fn ensure_inside(&self) -> Result<(), CompileError> {
        let source = self.folder.join("src");
        let (Ok(folder), Ok(real)) = (self.folder.canonicalize(), source.canonicalize()) else {
            return Ok(());
        };
        if real.starts_with(&folder) {
            return Ok(());
        }
        Err(CompileError::new(format!(
            "error: `{}` leads out of the crate's folder, so nothing is written there\n  = help: put a folder in place of the link",
            source.display()
        )))
    }

    fn ensure_ours(&self, file: &GeneratedFile) -> Result<(), CompileError> {
        let path = self.folder.join(&file.path);
        if !is_there(&path) || is_ours(&path) {
            return Ok(());
        }
        Err(CompileError::new(format!(
            "error: `{0}` was not generated by bindery, so it is left alone\n  = help: move it away, or generate into another folder",
            path.display()
        )))
    }

    /// Generated files in `src`, and a build script, that are not among these, sorted.
    fn leftovers(&self, files: &[GeneratedFile]) -> Result<Vec<String>, CompileError> {
        let known: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let folder = self.folder.join("src");
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&folder, &error)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let path = format!("src/{}", entry.file_name().to_string_lossy());
            if path.ends_with(".rs") && !known.contains(path.as_str()) && is_ours(&entry.path()) {
                found.push(path);
            }
        }
        let script = current::FILE;
        if !known.contains(script) && is_ours(&self.folder.join(script)) {
            found.push(script.to_owned());
        }
        found.sort();
        Ok(found)
    }
}

fn is_ours(path: &Path) -> bool {
    let mark = HEADER.trim_start_matches("//").as_bytes();
    let Ok(text) = read_file(path) else {
        return false;
    };
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_prefix(b"//").or_else(|| line.strip_prefix(b"#"));
    line.is_some_and(|line| line.trim_ascii_end() == mark)
}

fn is_free_name(name: &str) -> bool {
    is_crate_name(name) && !TAKEN_NAMES.contains(&name.replace('-', "_").as_str())
}

fn unreadable(path: &Path, error: &std::io::Error) -> CompileError {
    CompileError::new(format!(
        "error: `{}` cannot be read: {error}",
        path.display()
    ))
}
