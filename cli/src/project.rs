//! From the command line to a compiled schema: which files are read, and the stages of the compiler.

use std::path::PathBuf;

use bindery_schema::check::check;
use bindery_schema::config::{
    Address, Config, ConnectionTarget, SqliteAddress, process_environment,
};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::diff::check_migrations;
use bindery_schema::input::Input;
use bindery_schema::model::{CheckedModel, Engine, EngineId, Model};
use bindery_schema::parse::read_as;
use bindery_schema::project::{Paths, load_configuration, load_project_for};
use bindery_schema::read_model;
use bindery_schema::source::Sources;

use crate::configuration;
use crate::engines::{Purpose, choose, refuse_protected};
use crate::failure::Failure;
use crate::options::{ConfigOptions, EngineOptions, SchemaOptions};
use crate::output::Output;

/// The finding about a schema file that cannot be read.
const NO_SCHEMA_FILE: &str = "B0321";

/// A dialect given on the command line, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DialectChoice {
    /// As the configuration says.
    Configured,
    /// The schema is read in it and compiled for it.
    Everything(Dialect),
    /// The schema is compiled for it, and read as the configuration says.
    Engines(Dialect),
}

/// The project that the command line names. Findings that stop it from being compiled are in `found`.
#[derive(Debug)]
pub(crate) struct Project {
    /// `None` when it cannot be used.
    pub(crate) config: Option<Config>,
    /// Its file, where one is named.
    config_path: Option<PathBuf>,
    /// All files that were looked at, in their order, and folders of queries.
    pub(crate) files: Vec<PathBuf>,
    pub(crate) input: Input,
    pub(crate) found: Diagnostics,
}

/// A schema after all stages, as far as they got.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) project: Project,
    pub(crate) model: Model,
    /// `None` where there are errors.
    pub(crate) checked: Option<CheckedModel>,
}

impl Project {
    /// Reads the configuration and all files, those of queries too.
    pub(crate) fn load(options: &SchemaOptions, dialect: DialectChoice) -> Result<Self, Failure> {
        let paths = Paths {
            config: configuration::path(options.config.as_deref())?,
            schema: options.schema.clone(),
        };
        let for_all = match dialect {
            DialectChoice::Everything(dialect) => Some(dialect),
            DialectChoice::Configured | DialectChoice::Engines(_) => None,
        };
        let mut found = Diagnostics::default();
        let mut project = load_project_for(for_all, &paths, &process_environment, &mut found);
        if let DialectChoice::Engines(dialect) = dialect {
            compile_engines(dialect, &mut project.input);
        }
        Ok(Self {
            config: project.config,
            config_path: paths.config,
            files: project.files,
            input: project.input,
            found,
        })
    }

    /// The same without the files of queries: one that does not fit the schema is no reason to leave a database alone.
    pub(crate) fn load_schema(
        options: &SchemaOptions,
        dialect: DialectChoice,
    ) -> Result<Self, Failure> {
        let mut project = Self::load(options, dialect)?;
        project.input.queries.clear();
        Ok(project)
    }

    /// Reads the configuration alone; fails where it cannot be used.
    pub(crate) fn load_config(options: &ConfigOptions, output: &Output) -> Result<Self, Failure> {
        let path = configuration::path(options.config.as_deref())?;
        let mut found = Diagnostics::default();
        let project = load_configuration(path.as_deref(), &process_environment, &mut found);
        output.report_errors(&found, &project.input.sources, options.format)?;
        let project = Self {
            config: project.config,
            config_path: path,
            files: project.files,
            input: project.input,
            found,
        };
        output.once(&configuration::missing(project.config_path.as_deref()));
        project.tell_unknown_variables(output);
        Ok(project)
    }

    /// Says which variables are for no engine of the configuration.
    pub(crate) fn tell_unknown_variables(&self, output: &Output) {
        if let Some(config) = &self.config {
            output.once(&configuration::unknown_variables(config));
        }
    }

    /// Says where a configuration was looked for, where that may be why something is missing.
    pub(crate) fn tell_missing_configuration(&self, output: &Output) {
        if self.found.iter().any(|one| one.code == NO_SCHEMA_FILE) {
            output.once(&configuration::missing(self.config_path.as_deref()));
        }
    }

    /// The schema beside the configuration, for commands that go without it: `None` where there is none, and where it has errors.
    pub(crate) fn schema_if_any(options: &ConfigOptions, output: &Output) -> Option<CheckedModel> {
        let paths = Paths {
            config: configuration::path(options.config.as_deref()).ok()?,
            schema: Vec::new(),
        };
        let mut found = Diagnostics::default();
        let project = load_project_for(None, &paths, &process_environment, &mut found);
        let has_files = !project.input.files.is_empty();
        let mut input = project.input;
        input.queries.clear();
        let project = Self {
            config: project.config,
            config_path: paths.config,
            files: project.files,
            input,
            found,
        };
        let checked = project.compile().checked;
        if has_files && checked.is_none() {
            output.message("note: the schema has errors, so which of bindery's own tables it needs is not known: `bindery check`\n");
        }
        checked
    }

    /// Whether there is a configuration that says what its engines are.
    pub(crate) fn is_configured(&self) -> bool {
        let mut engines = self.input.engines.iter();
        engines.any(|engine| engine.span.is_some())
    }

    /// The engines a command works on; none where the configuration cannot be used, which `compile` then reports.
    pub(crate) fn choose(
        &self,
        options: &EngineOptions,
        purpose: Purpose,
    ) -> Result<Vec<EngineId>, Failure> {
        let config = self.config.as_ref();
        config.map_or(Ok(Vec::new()), |config| choose(options, config, purpose))
    }

    /// Fails where one of these engines is protected: for what turns out to lose data once the engines are chosen.
    pub(crate) fn refuse_protected(&self, chosen: &[EngineId]) -> Result<(), Failure> {
        let config = self.config.as_ref();
        config.map_or(Ok(()), |config| refuse_protected(chosen, config))
    }

    /// All engines, in the order of the configuration.
    pub(crate) fn all_engines(&self) -> impl Iterator<Item = EngineId> {
        (0..self.input.engines.len()).map(|at| EngineId(at as u32))
    }

    /// The configuration as a running program has it.
    pub(crate) fn runtime_config(&self) -> Result<bindery::Config, Failure> {
        let config = match &self.config_path {
            Some(path) => bindery::Config::from_file(path),
            None => bindery::Config::from_environment(),
        };
        config.map_err(|error| Failure::new(error.to_string()))
    }

    /// Returns where an engine connects to, without a password.
    pub(crate) fn place(&self, engine: &str) -> Option<String> {
        let target = self.config.as_ref()?.target(engine, &process_environment);
        target.ok().map(|target| target.to_string())
    }

    /// The database of an engine, with all that a connection to it needs.
    pub(crate) fn target(&self, engine: &str) -> Result<ConnectionTarget, Failure> {
        let config = self.config.as_ref().ok_or(Failure::Told)?;
        let target = config.target(engine, &process_environment);
        target.map_err(|finding| Failure::new(config.describe(&finding)))
    }

    /// The place of an engine; `None` where the configuration cannot say it now.
    pub(crate) fn address(&self, engine: &str) -> Option<Address> {
        let target = self.config.as_ref()?.target(engine, &process_environment);
        target.ok().map(|target| target.place)
    }

    /// The SQLite file of an engine, where it is not there: connecting would make it.
    pub(crate) fn missing_file(&self, engine: &str) -> Option<PathBuf> {
        match self.address(engine)? {
            Address::Sqlite(SqliteAddress::File(path)) if !path.exists() => Some(path),
            Address::Sqlite(_) | Address::Server(_) => None,
        }
    }

    /// Runs the stages. Nothing is read as long as the files themselves are wrong.
    pub(crate) fn compile(self) -> Compiled {
        let unchanged = self.compile_changed(|_, _| Ok(()));
        unchanged.expect("nothing is changed that could fail")
    }

    /// The same with what the command line adds to the schema; the sources are for its text.
    pub(crate) fn compile_changed(
        mut self,
        change: impl FnOnce(&mut Model, &mut Sources) -> Result<(), Failure>,
    ) -> Result<Compiled, Failure> {
        if self.found.has_errors() {
            return Ok(Compiled {
                project: self,
                model: Model::default(),
                checked: None,
            });
        }
        let mut model = read_model(&self.input, &mut self.found);
        change(&mut model, &mut self.input.sources)?;
        let checked = check(model.clone(), &mut self.found);
        Ok(Compiled {
            project: self,
            model,
            checked,
        })
    }
}

impl Compiled {
    /// Compares the migrations with the schema where the configuration has builds do so.
    pub(crate) fn with_checked_migrations(mut self) -> Self {
        let Project {
            config,
            input,
            found,
            ..
        } = &mut self.project;
        if let (Some(config), Some(model)) = (config, &self.checked) {
            check_migrations(config, model, &mut input.sources, found);
        }
        self.checked = self.checked.filter(|_| !self.project.found.has_errors());
        self
    }
}

/// Compiles for a dialect; each file is read as the configuration says.
fn compile_engines(dialect: Dialect, input: &mut Input) {
    let files = input.files.iter();
    let before = files.filter_map(|file| Some((file.id, read_as(input, file)?)));
    input.read_as = before.collect();
    input.compile_for(dialect);
}

/// `postgres`, `mysql (mariadb)`.
pub(crate) fn product(engine: &Engine) -> String {
    match engine.flavour {
        None => engine.dialect.to_string(),
        Some(Flavour::Mariadb) => format!("{} (mariadb)", engine.dialect),
        Some(Flavour::Mysql) => format!("{} (mysql)", engine.dialect),
    }
}
