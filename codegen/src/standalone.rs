//! The door for a crate of its own: a folder with `Cargo.toml` and one file a model, written and kept up to date.
//!
//! Only files that carry the header line are ours: nothing else is overwritten or removed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bindery_schema::model::CheckedModel;
use bindery_schema::name::is_keyword;

use crate::emit::{EmitOptions, GeneratedFile, HEADER, emit, features};
use crate::error::CompileError;
use crate::output::{unwritable, write_if_changed};

/// Crates that a generated one would stand in the way of.
const TAKEN_NAMES: &[&str] = &["alloc", "bindery", "core", "proc_macro", "std", "test"];

/// A generated crate: where it is and what it is called.
#[derive(Debug, Clone)]
pub struct Standalone {
    folder: PathBuf,
    name: String,
}

/// What generating did. Paths are below the crate's folder, with `/`, sorted.
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
    /// What is wrong with it.
    pub state: State,
}

/// In which way a file is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
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
        if is_crate_name(name) {
            return Ok(Self {
                folder: folder.as_ref().to_owned(),
                name: name.to_owned(),
            });
        }
        Err(CompileError::new(format!(
            "error: a generated crate cannot be called `{name}`\n  = help: take letters, digits, `-` and `_`, as in `shop-db`"
        )))
    }

    /// Writes the files that are missing or differ, and removes those of models that are gone.
    ///
    /// # Errors
    /// A file is in the way that was not generated, or one cannot be written or removed.
    pub fn generate(&self, model: &CheckedModel) -> Result<Outcome, CompileError> {
        let files = self.files(model);
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

    /// Which files are not as [`generate`](Self::generate) would leave them, sorted. Writes nothing.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn check(&self, model: &CheckedModel) -> Result<Vec<Difference>, CompileError> {
        let files = self.files(model);
        let mut found: Vec<_> = files
            .iter()
            .filter_map(|file| self.difference(file))
            .collect();
        let leftovers = self.leftovers(&files)?.into_iter();
        found.extend(leftovers.map(|path| Difference {
            path,
            state: State::Leftover,
        }));
        found.sort();
        Ok(found)
    }

    fn difference(&self, file: &GeneratedFile) -> Option<Difference> {
        let state = match std::fs::read(self.folder.join(&file.path)) {
            Ok(bytes) if bytes == file.text.as_bytes() => return None,
            Ok(_) => State::Changed,
            Err(_) => State::Missing,
        };
        Some(Difference {
            path: file.path.clone(),
            state,
        })
    }

    fn files(&self, model: &CheckedModel) -> Vec<GeneratedFile> {
        let options = EmitOptions {
            file_per_model: true,
        };
        let mut files = emit(model, &options);
        files.push(GeneratedFile {
            path: "Cargo.toml".to_owned(),
            text: self.manifest(model),
        });
        files
    }

    fn manifest(&self, model: &CheckedModel) -> String {
        let features: Vec<_> = features(model)
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        format!(
            "{header}\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\nrust-version = \"{rust}\"\n\
             publish = false\nautobins = false\n\n[dependencies]\n\
             bindery = {{ version = \"{version}\", default-features = false, features = [{features}] }}\n",
            header = HEADER.replacen("//", "#", 1),
            name = self.name,
            rust = env!("CARGO_PKG_RUST_VERSION"),
            version = env!("CARGO_PKG_VERSION"),
            features = features.join(", "),
        )
    }

    fn ensure_ours(&self, file: &GeneratedFile) -> Result<(), CompileError> {
        let path = self.folder.join(&file.path);
        if !path.exists() || is_ours(&path) {
            return Ok(());
        }
        Err(CompileError::new(format!(
            "error: `{0}` was not generated by bindery, so it is left alone\n  = help: move it away, or generate into another folder",
            path.display()
        )))
    }

    /// Generated files in `src` that are not among these, sorted.
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
        found.sort();
        Ok(found)
    }
}

/// Does the file begin with the header line?
fn is_ours(path: &Path) -> bool {
    let mark = HEADER.trim_start_matches("//").as_bytes();
    let Ok(text) = std::fs::read(path) else {
        return false;
    };
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_prefix(b"//").or_else(|| line.strip_prefix(b"#"));
    line.is_some_and(|line| line.trim_ascii_end() == mark)
}

fn is_crate_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let identifier = name.replace('-', "_");
    name.bytes().all(is_letter)
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !is_keyword(&identifier)
        && !TAKEN_NAMES.contains(&identifier.as_str())
}

fn unreadable(path: &Path, error: &std::io::Error) -> CompileError {
    CompileError::new(format!(
        "error: `{}` cannot be read: {error}",
        path.display()
    ))
}
