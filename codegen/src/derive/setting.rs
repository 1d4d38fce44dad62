//! The surroundings of a derive: the engines of `bindery.toml` and the schema files it names, read from the crate's
//! folder.

use std::path::Path;
use std::sync::OnceLock;

use bindery_schema::config::{AtomicGroup, Config, Environment, findings};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{Engine, EngineId, Model};
use bindery_schema::parse::load;
use bindery_schema::project::read_schema_file;
use bindery_schema::source::Sources;

/// The engines, the schema files to compare with, and what a build has to watch.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Engines, default engine, schema files and their texts.
    pub(super) input: Input,
    /// Files whose bytes decide what is generated, relative to the crate's folder. Sorted.
    pub watched_files: Vec<String>,
    /// Variables of the environment that do. Sorted.
    pub watched_variables: Vec<String>,
    /// The model of the schema files, read at its first use.
    file: OnceLock<Model>,
}

/// Compared with where the configuration names no files and this one is there.
const SCHEMA: &str = "schema.sql";

impl Setting {
    /// Reads `bindery.toml` and the schema files of a crate's folder. Without a file there is one engine, `default`.
    ///
    /// # Errors
    /// The mistakes of the configuration, or of reading a schema file; one text each.
    pub fn load(folder: &Path, environment: Environment<'_>) -> Result<Self, Vec<String>> {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let config = Config::beside(folder, &mut sources, &mut diagnostics);
        let setting = config.as_ref().map(|config| {
            Self::from_parts(
                config,
                folder,
                environment,
                sources.clone(),
                &mut diagnostics,
            )
        });
        match setting {
            Some(setting) if !diagnostics.has_errors() => Ok(setting),
            Some(_) | None => Err(diagnostics
                .iter()
                .map(|diagnostic| diagnostic.described(&sources))
                .collect()),
        }
    }

    fn from_parts(
        config: &Config,
        folder: &Path,
        environment: Environment<'_>,
        sources: Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut input = Input {
            sources,
            ..Input::default()
        };
        input.configure(config, environment, diagnostics);
        // Each struct is compiled by itself: the models of a set are not known here.
        input.shards.clear();
        if let Some(set) = config.shards.first() {
            diagnostics.push(findings::shards_of_structs(&set.name, set.span));
        }
        let mut setting = Self {
            input,
            watched_files: Vec::new(),
            watched_variables: config.build_variables(),
            file: OnceLock::new(),
        };
        setting.watch(folder, Config::FILE);
        setting.add_schema(config, folder, diagnostics);
        setting
    }

    fn add_schema(&mut self, config: &Config, folder: &Path, diagnostics: &mut Diagnostics) {
        if config.files.is_empty() && folder.join(SCHEMA).is_file() {
            self.add_file(folder, SCHEMA, None, Vec::new(), diagnostics);
        }
        for file in &config.files {
            self.add_file(
                folder,
                &file.path,
                file.dialect,
                file.engines.clone(),
                diagnostics,
            );
        }
    }

    fn add_file(
        &mut self,
        folder: &Path,
        path: &str,
        dialect: Option<Dialect>,
        engines: Vec<String>,
        diagnostics: &mut Diagnostics,
    ) {
        self.watch(folder, path);
        let bytes = match read_schema_file(folder, path) {
            Ok(bytes) => bytes,
            Err(error) => {
                diagnostics.push(findings::unreadable_schema(path, &error.to_string()));
                return;
            }
        };
        if let Some(id) = load(&mut self.input.sources, path, &bytes, diagnostics) {
            self.input.files.push(InputFile {
                id,
                dialect,
                engines,
            });
        }
    }

    fn watch(&mut self, folder: &Path, path: &str) {
        if folder.join(path).is_file() {
            self.watched_files.push(path.to_owned());
            self.watched_files.sort();
        }
    }

    /// Returns whether the same was read, so that the one can stand for the other. Reading is cheap; what is made of it is not, and
    /// every derive of a crate needs it.
    pub fn is_same(&self, other: &Self) -> bool {
        let dialects = |setting: &Self| -> Vec<(Dialect, Option<Flavour>)> {
            let engines = setting.input.engines.iter();
            engines
                .map(|engine| (engine.dialect, engine.flavour))
                .collect()
        };
        // Names of engines and files come from the texts, dialects perhaps from the environment.
        dialects(self) == dialects(other) && self.texts().eq(other.texts())
    }

    /// Everything that was read, with the paths.
    fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.input.sources.iter();
        files.map(|(_, file)| (file.path(), file.text()))
    }

    /// Returns the model of the schema files; `None` without any. Their mistakes are reported by the doors that are for
    /// them.
    pub(super) fn file(&self) -> Option<&Model> {
        let read = || bindery_schema::read_model(&self.input, &mut Diagnostics::default());
        (!self.input.files.is_empty()).then(|| self.file.get_or_init(read))
    }

    /// The atomic groups in the order of their names.
    pub(super) fn groups(&self) -> &[AtomicGroup] {
        &self.input.groups
    }

    /// All engines in the order of their names.
    pub(super) fn engines(&self) -> &[Engine] {
        &self.input.engines
    }

    /// The engines of a tag with those that host what they host (`models-of`).
    pub(super) fn with_models_of<'a>(&'a self, names: Vec<&'a str>) -> Vec<&'a str> {
        let known = names.iter().map(|name| self.input.engine_named(name));
        let Some(mut ids) = known.collect::<Option<Vec<_>>>() else {
            // A name that no engine has was reported.
            return names;
        };
        self.input.models_of.add_to(&mut ids);
        let name = |id: &EngineId| self.input.engines[id.0 as usize].name.as_str();
        ids.iter().map(name).collect()
    }

    /// Whether no other engine hosts what this one hosts.
    pub(super) fn is_alone(&self, engine: &str) -> bool {
        self.with_models_of(vec![engine]).len() == 1
    }

    /// The engine of a name.
    pub(super) fn engine(&self, name: &str) -> Option<&Engine> {
        let id = self.input.engine_named(name)?;
        Some(&self.input.engines[id.0 as usize])
    }
}
