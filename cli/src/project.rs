//! From the command line to a compiled schema: the configuration, the schema files, the stages of the compiler.

use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::config::{Config, process_environment};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{CheckedModel, Engine, EngineId, Model};
use bindery_schema::parse::load;
use bindery_schema::read;

use crate::arguments::{EngineOptions, SchemaOptions};
use crate::engines::{Purpose, choose};
use crate::failure::Failure;

/// The variable that names the configuration, as the running program has it.
const CONFIG_VARIABLE: &str = "BINDERY_CONFIG";
const DEFAULT_CONFIG: &str = "bindery.toml";
/// Beside the configuration, where neither it nor the command line names a schema file.
const DEFAULT_SCHEMA: &str = "schema.sql";

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

/// What the command line leads to. Findings that stop it from being compiled are in `found`.
#[derive(Debug)]
pub(crate) struct Project {
    /// `None` when it cannot be used.
    pub(crate) config: Option<Config>,
    /// Its file; `None` where there is none.
    config_path: Option<PathBuf>,
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
    /// Reads the configuration and all files.
    ///
    /// Fails for a schema file that is not there; what is wrong within a file is among the findings.
    pub(crate) fn load(options: &SchemaOptions, dialect: DialectChoice) -> Result<Self, Failure> {
        let (mut input, mut found) = (Input::default(), Diagnostics::default());
        let config_path = config_path(options.config.as_deref())?;
        let config = match &config_path {
            Some(path) => Config::load(path, &mut input.sources, &mut found),
            None => Some(Config::without_file(Path::new(""))),
        };
        if let Some(config) = &config {
            input.engines = config.model_engines(&process_environment, &mut found);
            input.default_engine = input.engine_named("default");
            input.atomic_groups = config.model_atomic_groups();
            load_files(config, &options.schema, &mut input, &mut found)?;
            choose_dialect(dialect, &mut input);
        }
        Ok(Self {
            config,
            config_path,
            input,
            found,
        })
    }

    /// The engines a command works on; none where the configuration cannot be used, which `compile` then tells.
    pub(crate) fn choose(
        &self,
        options: &EngineOptions,
        purpose: Purpose,
    ) -> Result<Vec<EngineId>, Failure> {
        let config = self.config.as_ref();
        config.map_or(Ok(Vec::new()), |config| choose(options, config, purpose))
    }

    /// The configuration as a running program has it.
    pub(crate) fn runtime_config(&self) -> Result<bindery::Config, Failure> {
        let config = match &self.config_path {
            Some(path) => bindery::Config::from_file(path),
            None => bindery::Config::from_environment(),
        };
        config.map_err(|error| Failure::new(error.to_string()))
    }

    /// Where an engine is, without a password.
    pub(crate) fn place(&self, engine: &str) -> Option<String> {
        let target = self.config.as_ref()?.target(engine, &process_environment);
        target.ok().map(|target| target.to_string())
    }

    /// Runs the stages. Later ones are left out once there is an error they could stumble over.
    pub(crate) fn compile(mut self) -> Compiled {
        if self.found.has_errors() {
            return Compiled {
                project: self,
                model: Model::default(),
                checked: None,
            };
        }
        let model = read(&self.input, &mut self.found);
        let checked = check(model.clone(), &mut self.found);
        self.found.sort();
        Compiled {
            project: self,
            model,
            checked,
        }
    }
}

/// The file given, else what the variable names, else the usual one where it is there: as the running program looks.
fn config_path(given: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    let variable = process_environment(CONFIG_VARIABLE);
    match (given, variable) {
        (Some(path), _) => Ok(Some(path.to_owned())),
        (None, Some(path)) if path.is_empty() => {
            Err(Failure::new(format!("`{CONFIG_VARIABLE}` is empty")))
        }
        (None, Some(path)) => Ok(Some(PathBuf::from(path))),
        (None, None) => Ok(Some(PathBuf::from(DEFAULT_CONFIG)).filter(|path| path.exists())),
    }
}

fn load_files(
    config: &Config,
    given: &[PathBuf],
    input: &mut Input,
    found: &mut Diagnostics,
) -> Result<(), Failure> {
    if !given.is_empty() {
        return given
            .iter()
            .try_for_each(|path| load_file(path, None, &[], input, found));
    }
    for file in &config.files {
        let path = config.folder.join(&file.path);
        load_file(&path, file.dialect, &file.engines, input, found)?;
    }
    let default = config.folder.join(DEFAULT_SCHEMA);
    if !config.files.is_empty() {
        Ok(())
    } else if default.exists() {
        load_file(&default, None, &[], input, found)
    } else {
        let failure = Failure::new(format!(
            "there is no schema file: no `{}`",
            default.display()
        ));
        Err(failure
            .help("name one: `--schema FILE`, or `[schema] files = [\"…\"]` in `bindery.toml`"))
    }
}

fn load_file(
    path: &Path,
    dialect: Option<Dialect>,
    engines: &[String],
    input: &mut Input,
    found: &mut Diagnostics,
) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(format!("the schema file `{shown}` cannot be read: {error}"))
    })?;
    if let Some(id) = load(&mut input.sources, &shown, &bytes, found) {
        input.files.push(InputFile {
            id,
            dialect,
            engines: engines.to_vec(),
        });
    }
    Ok(())
}

fn choose_dialect(choice: DialectChoice, input: &mut Input) {
    match choice {
        DialectChoice::Configured => {}
        DialectChoice::Everything(dialect) => compile_for(dialect, input),
        DialectChoice::Engines(dialect) => {
            let read_in: Vec<Dialect> = input
                .files
                .iter()
                .map(|file| input.dialect_of(file))
                .collect();
            for (file, dialect) in input.files.iter_mut().zip(read_in) {
                file.dialect = Some(dialect);
            }
            compile_for(dialect, input);
        }
    }
}

fn compile_for(dialect: Dialect, input: &mut Input) {
    for engine in input
        .engines
        .iter_mut()
        .filter(|engine| engine.dialect != dialect)
    {
        engine.dialect = dialect;
        engine.flavour = None;
        engine.dialect_reason = "`--dialect`".to_owned();
    }
}

/// `postgres`, `mysql (mariadb)`.
pub(crate) fn product(engine: &Engine) -> String {
    match engine.flavour {
        None => engine.dialect.to_string(),
        Some(Flavour::Mariadb) => format!("{} (mariadb)", engine.dialect),
        Some(Flavour::Mysql) => format!("{} (mysql)", engine.dialect),
    }
}
