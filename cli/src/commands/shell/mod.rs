//! `bindery shell`: the database's own client on an engine. The password is neither an argument nor in a file that has a name:
//! `psql` takes it from its environment, which only its own account can read, and `mariadb` from an open file without a name.

mod mysql;
mod postgres;

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Command;

use bindery::config::TlsMode;
use bindery_schema::config::{
    Address, ConnectionTarget, Endpoint, Server, SqliteAddress, process_environment,
};
use bindery_schema::dialect::Dialect;
use bindery_schema::model::Engine;
use clap::Args;

use crate::database::{Engines, failure};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{ConfigOptions, EngineOptions};
use crate::output::Output;
use crate::project::Project;

/// Open the database's own client on an engine: psql, mariadb or mysql, sqlite3
#[derive(Debug, Args)]
#[command(
    long_about = "Open the database's own client on an engine: psql, mariadb or mysql, sqlite3.\n\n\
        Host, port, database, account, TLS and password are those of the configuration. The password is on no command line and in no \
        file. What stands after `--` is given to the client as it is. Ends as the client does.",
    after_help = "Examples:\n  \
        bindery shell                          `default`\n  \
        bindery shell --engine b\n  \
        bindery shell --engine b -- -c 'SELECT count(*) FROM posts'\n  \
        bindery shell --dry-run                say what would be run"
)]
pub(crate) struct ShellArguments {
    /// The engine, in place of `default`
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// Say what would be run, without the password, and run nothing
    #[arg(long)]
    dry_run: bool,
    /// Arguments for the client
    #[arg(last = true, value_name = "ARGUMENTS")]
    rest: Vec<OsString>,
    #[command(flatten)]
    config: ConfigOptions,
}

/// A client and how it is called.
struct Client {
    /// Tried in this order.
    programs: &'static [&'static str],
    /// The packages that have one of them.
    packages: &'static str,
    arguments: Vec<OsString>,
    /// Beginnings of the names of variables that would lead the client elsewhere: it does not inherit them.
    withheld: &'static [&'static str],
    environment: Vec<(&'static str, OsString)>,
    /// The text of a file that is opened for the client, with the option that gets its path. It holds the password.
    options: Option<(&'static str, String)>,
}

/// A server to be logged in to.
struct Login<'a> {
    server: &'a Server,
    tls: Option<TlsMode>,
}

/// Becomes the client; returns only where that fails, or nothing is to be run.
pub(crate) fn run(arguments: &ShellArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let named = EngineOptions {
        engine: arguments.engine.iter().cloned().collect(),
        all: false,
    };
    let chosen = project.choose(&named, Purpose::Harmless)?;
    let engine = &project.input.engines[chosen[0].0 as usize];
    let target = target(&project, engine)?;
    let tls = Engines::open(&project, &chosen)?
        .registry
        .engine(&engine.name)
        .map_err(|error| failure(&error))?
        .tls;
    let mut client = client(&target, engine, tls)?;
    client.arguments.extend(arguments.rest.iter().cloned());
    if arguments.dry_run {
        return output.result(&client.described(engine));
    }
    client.run(engine)
}

fn target(project: &Project, engine: &Engine) -> Result<ConnectionTarget, Failure> {
    let config = project.config.as_ref().ok_or(Failure::Told)?;
    let target = config.target(&engine.name, &process_environment);
    target.map_err(|found| Failure::new(config.describe(&found)))
}

fn client(
    target: &ConnectionTarget,
    engine: &Engine,
    tls: Option<TlsMode>,
) -> Result<Client, Failure> {
    match &target.place {
        Address::Sqlite(SqliteAddress::Memory) => Err(Failure::new(format!(
            "engine `{}` is in the memory of the program that uses it: there is nothing to open",
            engine.name
        ))),
        Address::Sqlite(SqliteAddress::File(path)) => sqlite(path, engine),
        Address::Server(server) => {
            let login = Login { server, tls };
            Ok(match target.dialect {
                Dialect::Sqlite | Dialect::Postgres => postgres::client(&login),
                Dialect::Mysql => mysql::client(&login),
            })
        }
    }
}

fn sqlite(path: &Path, engine: &Engine) -> Result<Client, Failure> {
    if !path.exists() {
        let message = format!(
            "engine `{}`: there is no file `{}`",
            engine.name,
            path.display()
        );
        let help = format!("create it: `bindery create --engine {}`", engine.name);
        return Err(Failure::new(message).help(help));
    }
    // A path that begins with `-` would be an option.
    let path = if path.is_relative() {
        Path::new(".").join(path)
    } else {
        path.to_owned()
    };
    Ok(Client {
        programs: &["sqlite3"],
        packages: "`sqlite3` (Debian, Ubuntu), `sqlite` (Fedora, Arch, Homebrew)",
        arguments: vec![path.into()],
        withheld: &[],
        environment: Vec::new(),
        options: None,
    })
}

impl Client {
    /// The command that would be run; the password is no part of it.
    fn described(&self, engine: &Engine) -> String {
        let mut words = vec![self.programs[0].to_owned()];
        words.extend(self.options.iter().map(|(option, _)| format!("{option}…")));
        let arguments = self.arguments.iter();
        words.extend(arguments.map(|one| format!("{:?}", one.to_string_lossy())));
        format!("{}: {}\n", engine.name, words.join(" "))
    }

    /// Tries the programs in their order.
    fn run(&self, engine: &Engine) -> Result<(), Failure> {
        for program in self.programs {
            let error = self.become_program(program);
            if error.kind() != ErrorKind::NotFound {
                return Err(Failure::new(format!("`{program}` cannot be run: {error}")));
            }
        }
        let names: Vec<String> = self
            .programs
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let message = format!(
            "engine `{}`: there is no {} on this machine",
            engine.name,
            names.join(" or ")
        );
        Err(Failure::new(message).help(format!("install the package {}", self.packages)))
    }

    /// The variables of this process that are not the client's.
    #[cfg(unix)]
    fn withheld(&self) -> impl Iterator<Item = OsString> {
        use std::os::unix::ffi::OsStrExt;
        let is_withheld = |name: &OsString| {
            let mut starts = self.withheld.iter();
            starts.any(|start| name.as_bytes().starts_with(start.as_bytes()))
        };
        let names = std::env::vars_os().map(|(name, _)| name);
        names.filter(is_withheld)
    }

    /// Replaces this process, so that signals, the terminal and the exit code are the client's.
    #[cfg(unix)]
    fn become_program(&self, program: &str) -> io::Error {
        use std::os::unix::process::CommandExt;
        let file = match self
            .options
            .as_ref()
            .map(|(_, text)| without_name(text))
            .transpose()
        {
            Ok(file) => file,
            Err(error) => return io::Error::other(error),
        };
        let mut command = Command::new(program);
        if let (Some((option, _)), Some(file)) = (&self.options, &file) {
            use std::os::fd::AsRawFd;
            command.arg(format!("{option}/dev/fd/{}", file.as_raw_fd()));
        }
        command.args(&self.arguments);
        for name in self.withheld() {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.exec()
    }

    #[cfg(not(unix))]
    fn become_program(&self, _program: &str) -> io::Error {
        io::Error::new(
            ErrorKind::Unsupported,
            "`bindery shell` needs a system of the Unix family",
        )
    }
}

/// An open file with this text that no path leads to, and that the next program keeps open.
#[cfg(unix)]
fn without_name(text: &str) -> io::Result<std::fs::File> {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile()?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty())?;
    Ok(file)
}

/// The hosts, and their ports.
fn host(endpoint: &Endpoint) -> (String, u16) {
    match endpoint {
        Endpoint::Tcp { host, port } => (host.clone(), *port),
        Endpoint::Socket { path, port } => (path.display().to_string(), *port),
    }
}
