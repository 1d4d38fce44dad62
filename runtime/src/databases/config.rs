//! Where the engines of a running program connect to: from `bindery.toml` and the environment, or said in code.
//! The format of the file is in `bindery_core::config`; the compiled-in part is in `program`.

mod options;
mod tls;
mod unread;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use bindery_core::config::{
    Address, Config as FileConfig, ConnectionTarget, LogConfig, PoolConfig, ReadsConfig,
    SessionConfig, override_variable, process_environment,
};
use bindery_core::diagnostic::{Diagnostic, Diagnostics, Severity};
use bindery_core::sorting::sort_by;
use bindery_core::source::Sources;

#[cfg(feature = "sqlite")]
use crate::driver::sqlite::{SqliteHandle, SqliteSetup};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::unknown_engine;
use crate::link::pool::PoolLimits;
use bindery_core::dialect::{Dialect, Flavour};
use bindery_core::program::{EngineInfo, Program};

pub use self::options::EngineOptions;
pub use bindery_core::config::{
    ConnectionMode, OutsideTransaction, ReadsFrom, SchemaCheck, SessionReset, Synchronous,
};

/// The variable that names the configuration file.
const FILE_VARIABLE: &str = "BINDERY_CONFIG";
/// The configuration file where no other is named.
const DEFAULT_FILE: &str = "bindery.toml";

/// Where each engine connects to. Printing one shows no password.
///
/// ```
/// use bindery::{Config, EngineOptions};
///
/// let config = Config::new()
///     .engine("default", "sqlite://shop.db")
///     .engine("b", EngineOptions::url("postgres://ann:secret@localhost/shop").max_connections(2));
/// assert!(!format!("{config:?}").contains("secret"));
/// ```
#[derive(Clone, Default)]
pub struct Config {
    file: Option<FileConfig>,
    /// Where `file` stands for one that is not there: the folder that was looked in.
    looked_in: Option<PathBuf>,
    /// In the order they were given; these go before the file's.
    engines: Vec<(String, EngineOptions)>,
    /// Looked at before the environment of the process.
    variables: BTreeMap<String, String>,
    /// By the engine's name, in the order they were given.
    #[cfg(feature = "sqlite")]
    sqlite_setups: Vec<(String, SqliteSetup)>,
}

impl Config {
    /// No engine yet; each is added by [`engine`](Self::engine). No file and no variable is looked at.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the configuration that [`Registry::open`](crate::Registry::open) uses: the file that `BINDERY_CONFIG`
    /// names, else `bindery.toml` in the working directory.
    ///
    /// A program that was built without a file has one engine, `default`, at `DATABASE_URL` or in the SQLite file
    /// `bindery.db` of the working directory. One that was built with a file needs it (or each engine's
    /// `BINDERY_<ENGINE>_URL`) when it opens its databases: elsewhere it would make and use other SQLite files.
    ///
    /// # Errors
    /// The file cannot be read or understood; the text says where and why.
    pub fn from_environment() -> Result<Self> {
        match process_environment(FILE_VARIABLE) {
            Some(path) if path.is_empty() => Err(refused(format!("`{FILE_VARIABLE}` is empty"))),
            Some(path) => Self::from_file(path),
            None if bindery_core::disk::is_there(Path::new(DEFAULT_FILE)) => {
                Self::from_file(DEFAULT_FILE)
            }
            None => Ok(Self {
                file: Some(FileConfig::without_file(Path::new(""))),
                looked_in: Some(std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."))),
                ..Self::default()
            }),
        }
    }

    /// Reads a file. Its variables are filled in when a [`Registry`](crate::Registry) is opened, and
    /// `BINDERY_<ENGINE>_URL` then goes before the file's own URL of that engine. One that is for no engine of the program is logged.
    ///
    /// # Errors
    /// The file cannot be read or understood; the text says where and why, with all that is wrong.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let mut sources = Sources::default();
        let mut found = Diagnostics::default();
        let file = FileConfig::load(path.as_ref(), &mut sources, &mut found)
            .ok_or_else(|| refused(describe_all(&found, &sources)))?;
        Ok(Self {
            file: Some(file),
            ..Self::default()
        })
    }

    /// Adds an engine: a URL, or [`EngineOptions`] for more. It goes before the file's engine of this name; relative
    /// SQLite paths start in the working directory. Mistakes in it are reported when a registry is opened.
    #[must_use]
    pub fn engine(mut self, name: impl Into<String>, options: impl Into<EngineOptions>) -> Self {
        self.engines.push((name.into(), options.into()));
        self
    }

    /// Sets a variable for this configuration only, before the environment of the process.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Has each connection to the SQLite file of an engine set up by the program when it is opened, before any statement of the
    /// program runs on it: those of the pool and of replicas, for tables and migrations too. It is for what SQLite keeps with a connection
    /// and statements cannot give it: functions, collations, virtual tables, extensions that are linked in. Views, indexes, CHECKs and generated columns of the
    /// schema may call such functions then; other programs, the command among them, have none of them and cannot write such tables.
    ///
    /// The function is given SQLite's own handle. With `rusqlite` it is used by `unsafe { rusqlite::Connection::from_handle(handle.as_ptr().cast()) }`, which
    /// closes nothing when it is dropped. The handlers that bindery has itself are left alone: the busy handler, the progress handler, the
    /// authorizer, the hooks of commits; so are `foreign_keys`, `journal_mode` and `synchronous`.
    ///
    /// ```
    /// use bindery::Config;
    ///
    /// let config = Config::new()
    ///     .engine("b", "sqlite://shop.db")
    ///     .sqlite_setup("b", |handle| {
    ///         let sqlite = handle.as_ptr(); // `sqlite3 *`, for `sqlite3_create_function_v2` and the like
    ///         assert!(!sqlite.is_null());
    ///         Ok(())
    ///     });
    /// # drop(config);
    /// ```
    ///
    /// # Errors
    /// Opening a registry fails where the program has no such engine, where it is none of SQLite's, and where it is set up twice. A setup
    /// that fails is the error ([`ErrorKind::Config`]) of the call that needed the connection.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn sqlite_setup(
        mut self,
        engine: impl Into<String>,
        setup: impl Fn(
            SqliteHandle,
        ) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let setup = SqliteSetup::new(setup);
        self.sqlite_setups.push((engine.into(), setup));
        self
    }

    fn environment(&self, name: &str) -> Option<String> {
        let own = self.variables.get(name).cloned();
        own.or_else(|| process_environment(name))
    }

    /// The settings of every engine of the program, in its order.
    pub(crate) fn settings(&self, program: &'static Program) -> Result<Vec<Settings>> {
        self.warn_of_unread_variables(program);
        self.check_names(program)?;
        #[cfg(feature = "sqlite")]
        self.check_setups(program)?;
        self.check_file(program)?;
        program
            .engines
            .iter()
            .map(|info| {
                self.settings_of(&info.name)
                    .and_then(|settings| agree(info, settings))
                    .map_err(|error| error.on_engine(info.name()).during(Operation::Configure))
            })
            .collect()
    }

    /// The engines of the program as places in it, in the order of the configuration: those of the file, then those that are
    /// given in code alone, then those that only the environment has.
    pub(crate) fn order(&self, program: &Program) -> Vec<usize> {
        let in_file = self.file.iter().flat_map(|file| &file.engines);
        let mut in_file: Vec<_> = in_file
            .filter_map(|engine| Some((engine.span?.start, engine.name.as_str())))
            .collect();
        sort_by(&mut in_file, Ord::cmp);
        let in_code = self.engines.iter().map(|(name, _)| name.as_str());
        let mut named: Vec<&str> = in_file.into_iter().map(|(_, name)| name).collect();
        named.extend(in_code);
        let names = program.engine_names();
        names.for_each(|name| named.push(name));
        let mut order = Vec::new();
        for name in named {
            let at = program.engine_names().position(|known| known == name);
            order.extend(at.filter(|at| !order.contains(at)));
        }
        order
    }

    /// A name given in code must be one of the program's, and once.
    fn check_names(&self, program: &'static Program) -> Result<()> {
        for (index, (name, _)) in self.engines.iter().enumerate() {
            if !program.engine_names().any(|known| known == name) {
                return Err(unknown_engine(program, name));
            }
            if self.engines[..index].iter().any(|(other, _)| other == name) {
                return Err(refused(format!("engine `{name}` is given twice")));
            }
        }
        Ok(())
    }

    /// Checks that each engine is configured by the file, by its own variable or in code, where the program was built
    /// with a file.
    fn check_file(&self, program: &Program) -> Result<()> {
        let Some(folder) = self.looked_in.as_ref().filter(|_| program.configured) else {
            return Ok(());
        };
        let is_said = |name: &&str| {
            self.in_code(name).is_some() || self.environment(&override_variable(name)).is_some()
        };
        let Some(name) = program.engine_names().find(|name| !is_said(name)) else {
            return Ok(());
        };
        Err(refused(format!(
            "there is no `{DEFAULT_FILE}` in `{}`, and the program was built with one; start it in the folder of that file, \
             name the file by `{FILE_VARIABLE}`, set `{}` and the like for every engine, or say in code where the engines \
             are: `Databases::with_config`",
            folder.display(),
            override_variable(name)
        )))
    }

    fn in_code(&self, name: &str) -> Option<&EngineOptions> {
        let found = self.engines.iter().find(|(given, _)| given == name);
        found.map(|(_, options)| options)
    }

    /// A file that is set up in code must be one of the program's, and once.
    #[cfg(feature = "sqlite")]
    fn check_setups(&self, program: &'static Program) -> Result<()> {
        for (index, (name, _)) in self.sqlite_setups.iter().enumerate() {
            let engine = program.engines.iter().find(|engine| engine.name == *name);
            let engine = engine.ok_or_else(|| unknown_engine(program, name))?;
            if engine.dialect != Dialect::Sqlite {
                let why = format!(
                    "engine `{name}` is no SQLite file; only these are set up by `sqlite_setup`"
                );
                return Err(refused(why).on_engine(engine.name()));
            }
            if self.sqlite_setups[..index]
                .iter()
                .any(|(other, _)| other == name)
            {
                return Err(refused(format!("engine `{name}` is set up twice")));
            }
        }
        Ok(())
    }

    fn settings_of(&self, name: &str) -> Result<Settings> {
        let settings = match self.in_code(name) {
            Some(options) => options.settings(),
            None => self.file_settings(name),
        };
        #[cfg(feature = "sqlite")]
        let settings = settings.map(|settings| {
            let setup = self.sqlite_setups.iter().find(|(given, _)| given == name);
            let sqlite_setup = setup.map(|(_, setup)| setup.clone());
            Settings {
                sqlite_setup,
                ..settings
            }
        });
        settings
    }

    fn file_settings(&self, name: &str) -> Result<Settings> {
        let engine = self
            .file
            .as_ref()
            .and_then(|file| Some((file, file.engine(name)?)));
        let Some((file, engine)) = engine else {
            return self.override_settings(name);
        };
        let target = file
            .target(name, &|variable| self.environment(variable))
            .map_err(|finding| refused(file.describe(&without_engine(*finding, name))))?;
        Ok(Settings {
            target,
            mode: engine.connection,
            pool: engine.pool.clone(),
            session: engine.session.clone(),
            log: engine.log,
            schema_check: engine.schema_check,
            reads: engine.reads.clone(),
            replicas: file
                .replica_targets(name, &|variable| self.environment(variable))
                .map_err(|finding| refused(file.describe(&without_engine(*finding, name))))?,
            creates_file: true,
            #[cfg(feature = "sqlite")]
            sqlite_setup: None,
        })
    }

    /// An engine that is in no file can still be given by its variable: a deployed program needs no file then.
    fn override_settings(&self, name: &str) -> Result<Settings> {
        let variable = override_variable(name);
        let url = self.file.as_ref().and_then(|_| self.environment(&variable));
        match (url, &self.file) {
            (Some(url), _) => EngineOptions::url(url).settings(),
            (None, Some(_)) => Err(refused(format!(
                "it is not configured; add `[engines.{name}]` with a `url` to `{DEFAULT_FILE}`, or set `{variable}`"
            ))),
            (None, None) => Err(refused(format!(
                "it is not configured; add `.engine(\"{name}\", \"…\")`"
            ))),
        }
    }
}

/// The engine is named by the error already.
fn without_engine(finding: Diagnostic, name: &str) -> Diagnostic {
    let prefix = format!("engine `{name}`");
    let rest = finding.message.strip_prefix(&prefix);
    let rest = rest.and_then(|rest| rest.strip_prefix(": ").or_else(|| rest.strip_prefix(", ")));
    match rest.map(str::to_owned) {
        Some(message) => Diagnostic { message, ..finding },
        None => finding,
    }
}

/// Checks that the configuration fits what was compiled in.
pub(crate) fn agree(info: &EngineInfo, settings: Settings) -> Result<Settings> {
    let replicas = settings.replicas.iter().map(|(_, target)| target);
    for target in std::iter::once(&settings.target).chain(replicas) {
        let other_flavour =
            matches!((info.flavour, target.flavour), (Some(own), Some(other)) if own != other);
        if info.dialect != target.dialect || other_flavour {
            return Err(Error::new(ErrorKind::UnsupportedServer {
                expected: product(info.dialect, info.flavour),
                found: product(target.dialect, target.flavour),
            }));
        }
    }
    Ok(settings)
}

/// `postgres`, `mysql (mariadb)`.
fn product(dialect: Dialect, flavour: Option<Flavour>) -> String {
    match flavour {
        None => dialect.to_string(),
        Some(Flavour::Mariadb) => format!("{dialect} (mariadb)"),
        Some(Flavour::Mysql) => format!("{dialect} (mysql)"),
    }
}

#[cold]
pub(crate) fn refused(why: String) -> Error {
    Error::new(ErrorKind::Config(why)).during(Operation::Configure)
}

/// Every error in one line of its own: `bindery.toml:3:1: sentence; help`.
fn describe_all(found: &Diagnostics, sources: &Sources) -> String {
    let errors = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let lines: Vec<String> = errors.map(|finding| describe(finding, sources)).collect();
    lines.join("\n")
}

fn describe(finding: &Diagnostic, sources: &Sources) -> String {
    let place = finding.labels.first().map(|label| {
        let file = sources.file(label.span.file);
        let at = file.line_column(label.span.start);
        format!("{}:{}:{}: ", file.path(), at.line, at.column)
    });
    let help = finding.help.as_ref().map(|help| format!("; {help}"));
    format!(
        "{}{}{}",
        place.unwrap_or_default(),
        finding.message,
        help.unwrap_or_default()
    )
}

/// Only names and places: a URL may hold a password.
impl fmt::Debug for Config {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref();
        let in_file = file.map(|file| {
            file.engines
                .iter()
                .map(|engine| &engine.name)
                .collect::<Vec<_>>()
        });
        out.debug_struct("Config")
            .field("in_file", &in_file)
            .field("in_code", &self.engines)
            .field("variables", &self.variables.keys())
            .finish()
    }
}

/// One engine with all variables filled in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) target: ConnectionTarget,
    pub(crate) mode: ConnectionMode,
    pub(crate) pool: PoolConfig,
    pub(crate) session: SessionConfig,
    pub(crate) log: LogConfig,
    pub(crate) schema_check: SchemaCheck,
    pub(crate) reads: ReadsConfig,
    /// By name, in the order written.
    pub(crate) replicas: Vec<(String, ConnectionTarget)>,
    /// An SQLite file that is not there is made.
    pub(crate) creates_file: bool,
    #[cfg(feature = "sqlite")]
    pub(crate) sqlite_setup: Option<SqliteSetup>,
}

impl Settings {
    /// Names of the URL's parameters.
    pub(crate) fn parameter_names(&self) -> Vec<String> {
        match &self.target.place {
            Address::Sqlite(_) => Vec::new(),
            Address::Server(server) => {
                let parameters = server.parameters.iter();
                parameters.map(|(name, _)| name.clone()).collect()
            }
        }
    }
}

impl From<&Settings> for PoolLimits {
    fn from(settings: &Settings) -> Self {
        let pool = &settings.pool;
        Self {
            max_connections: pool.max_connections as usize,
            min_connections: pool.min_connections as usize,
            acquire_timeout: pool.acquire_timeout,
            idle_timeout: pool.idle_timeout,
            max_lifetime: pool.max_lifetime,
            test_after_idle: pool.test_after_idle,
            max_transaction_age: settings.session.max_transaction_age,
            outside_transaction: settings.session.outside_transaction,
            keep: match settings.mode {
                ConnectionMode::Long => true,
                ConnectionMode::Short => false,
            },
            one_writer: match settings.target.dialect {
                Dialect::Sqlite => true,
                Dialect::Postgres | Dialect::Mysql => false,
            },
        }
    }
}
