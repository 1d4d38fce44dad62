//! The schema that the queries of a crate are checked against: found, read once, and kept while nothing of it changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bindery_schema::config::{Config, Environment};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::model::Model;
use bindery_schema::project::{DEFAULT_SCHEMA, Paths, load_project_of};
use bindery_schema::read_model;
use bindery_schema::source::Sources;

use crate::emit::KnownShapes;
use crate::emit::in_place::known_shapes;
use crate::inputs;
use crate::output::read_file;

/// A schema with what code is written from.
#[derive(Debug)]
pub struct Schema {
    pub(super) model: Model,
    pub(super) sources: Sources,
    pub(super) known: KnownShapes,
    watched: WatchedInputs,
    key: Key,
    stamp: Stamp,
    /// The crates that know of the watched files.
    watching: Mutex<Vec<String>>,
}

/// The inputs of a schema whose change has a crate compiled anew; none where cargo knows of them by the build script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchedInputs {
    /// Files.
    pub files: Vec<PathBuf>,
    /// Variables of the environment.
    pub variables: Vec<String>,
}

/// The place of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    /// The list of files that a build script left, and the folder of its crate.
    Left(PathBuf, PathBuf),
    /// The folder of a configuration.
    Folder(PathBuf),
}

/// By what unchanged files and variables are known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    files: Vec<(PathBuf, Option<(SystemTime, u64)>)>,
    variables: Vec<(String, Option<String>)>,
}

/// The crate that is compiled.
#[derive(Clone, Copy)]
pub struct Surroundings<'e> {
    /// The folder of its `Cargo.toml`.
    pub folder: &'e Path,
    /// The variables of the environment.
    pub environment: Environment<'e>,
    /// `schema = "…"` of the macro: a folder beside that.
    pub schema: Option<&'e str>,
}

/// The variable by which a build script names the code that it wrote.
const OUTPUT: &str = "BINDERY_SCHEMA";

impl Schema {
    /// Returns the schema of a crate, read at the first call.
    ///
    /// # Errors
    /// There is none, or it cannot be read; a sentence with its help.
    pub fn of_crate(around: Surroundings<'_>) -> Result<Arc<Self>, String> {
        static KEPT: Mutex<Vec<Arc<Schema>>> = Mutex::new(Vec::new());
        let key = Key::find(around)?;
        // A reader that panicked left nothing half done here.
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|schema| schema.key == key);
        if let Some(at) = known {
            if kept[at].stamp.is_current(around.environment) {
                return Ok(Arc::clone(&kept[at]));
            }
            kept.swap_remove(at);
        }
        let read = Arc::new(Self::read(key, around.environment)?);
        kept.push(Arc::clone(&read));
        Ok(read)
    }

    fn read(key: Key, environment: Environment<'_>) -> Result<Self, String> {
        let (folder, paths) = key.paths()?;
        let mut found = Diagnostics::default();
        let mut project = load_project_of(folder, &paths, environment, &mut found);
        // Those of files are the build script's.
        project.input.queries.clear();
        let usable = project.config.as_ref().filter(|_| !found.has_errors());
        let read = usable.map(|config| (config, read_model(&project.input, &mut found)));
        let Some((config, model)) = read.filter(|_| !found.has_errors()) else {
            let sources = &project.input.sources;
            let described = found.iter().map(|finding| finding.described(sources));
            let described: Vec<String> = described.collect();
            return Err(format!(
                "the schema cannot be used\n{}",
                described.join("\n")
            ));
        };
        let files = match &key {
            Key::Left(list, _) => vec![list.clone()],
            Key::Folder(_) => project
                .files
                .iter()
                .filter(|path| path.exists())
                .cloned()
                .collect(),
        };
        let variables = config.build_variables();
        Ok(Self {
            stamp: Stamp::of(&files, &variables, environment),
            known: known_shapes(&model),
            model,
            watched: match &key {
                Key::Left(..) => WatchedInputs::default(),
                Key::Folder(_) => WatchedInputs {
                    files: files.into_iter().filter(|path| path.is_file()).collect(),
                    variables,
                },
            },
            sources: project.input.sources,
            key,
            watching: Mutex::default(),
        })
    }

    /// The inputs that the code of a crate has to name. They are named once.
    pub(super) fn watch(&self, of_crate: &str) -> WatchedInputs {
        let mut watching = self.watching.lock().unwrap_or_else(PoisonError::into_inner);
        if watching.iter().any(|known| known == of_crate) {
            return WatchedInputs::default();
        }
        watching.push(of_crate.to_owned());
        self.watched.clone()
    }
}

impl Key {
    fn find(around: Surroundings<'_>) -> Result<Self, String> {
        if let Some(folder) = around.schema {
            let folder = around.folder.join(folder);
            return if has_schema(&folder) {
                Ok(Self::Folder(folder))
            } else {
                Err(format!(
                    "there is no `bindery.toml` and no `schema.sql` in `{}`\nhelp: name the folder from that of Cargo.toml on: `schema = \"../models\"`",
                    around.schema.unwrap_or_default()
                ))
            };
        }
        let output = (around.environment)(OUTPUT).map(PathBuf::from);
        let list = output.and_then(|output| Some(output.parent()?.join(inputs::FILE)));
        if let Some(list) = list.filter(|list| list.is_file()) {
            return Ok(Self::Left(list, around.folder.to_owned()));
        }
        if has_schema(around.folder) {
            return Ok(Self::Folder(around.folder.to_owned()));
        }
        Err("no schema is known here: no build script compiled one, and beside Cargo.toml is no `bindery.toml` and no `schema.sql`\n\
             help: write a file `build.rs` that calls `bindery_codegen::compile(\"schema.sql\")`; where another crate has the schema, name its folder and its \
             code after the text: `query!(\"…\", schema = \"../models\", crate = models)`"
            .to_owned())
    }

    /// The folder that paths are from, and those that are not the usual ones.
    fn paths(&self) -> Result<(&Path, Paths), String> {
        match self {
            Self::Left(list, folder) => Ok((folder, left(list)?)),
            Self::Folder(folder) => Ok((folder, Paths::default())),
        }
    }
}

fn has_schema(folder: &Path) -> bool {
    [Config::FILE, DEFAULT_SCHEMA]
        .iter()
        .any(|file| folder.join(file).is_file())
}

/// The paths of the list that a build script left.
fn left(list: &Path) -> Result<Paths, String> {
    let unreadable = |error| format!("`{}` cannot be read: {error}", list.display());
    let bytes = read_file(list).map_err(unreadable)?;
    Ok(inputs::paths(&String::from_utf8_lossy(&bytes)))
}

impl Stamp {
    fn of(files: &[PathBuf], variables: &[String], environment: Environment<'_>) -> Self {
        let files = files.iter().map(|path| (path.clone(), state(path)));
        let variables = variables.iter();
        Self {
            files: files.collect(),
            variables: variables
                .map(|name| (name.clone(), environment(name)))
                .collect(),
        }
    }

    fn is_current(&self, environment: Environment<'_>) -> bool {
        let mut files = self.files.iter();
        let mut variables = self.variables.iter();
        files.all(|(path, known)| state(path) == *known)
            && variables.all(|(name, known)| environment(name) == *known)
    }
}

fn state(path: &Path) -> Option<(SystemTime, u64)> {
    let found = path.metadata().ok()?;
    Some((found.modified().ok()?, found.len()))
}
