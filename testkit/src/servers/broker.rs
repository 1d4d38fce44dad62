//! Message brokers: one program, one configuration file, no databases. Everything else is as for a [`Server`](super::Server).

use std::fmt;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::account::Account;
use super::directory::Directory;
use super::guard::Guard;
use super::process::Process;
use super::programs::{MYSQL_FOLDERS, find, folders};
use super::secret;
use super::server::{PORT_ATTEMPTS, STOP_PATIENCE, Shutdown, free_port, is_taken};
use crate::{Error, Result, skip};

/// The longest time until a broker answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// The brokers that can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Redis,
}

/// A private message broker. Dropped, it is stopped and everything it wrote is removed, also when this process ends without dropping
/// it.
#[derive(Debug)]
pub struct Broker {
    kind: Kind,
    program: PathBuf,
    port: u16,
    password: String,
    /// Taken by the end only.
    running: Option<Running>,
}

/// The resources that have to be released, in the order of the end.
#[derive(Debug)]
struct Running {
    process: Process,
    directory: Directory,
    guard: Guard,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Redis => "redis-server",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Redis => "install it, e.g. `apt-get install redis-server`",
        }
    }

    /// Accounts that root may run it as, the best first.
    fn accounts(self) -> &'static [&'static str] {
        match self {
            Self::Redis => &["redis", "nobody"],
        }
    }

    /// The configuration: data that a killed process leaves is there when it comes back.
    fn configuration(self, directory: &Directory, password: &str) -> String {
        let data = directory.data();
        match self {
            // Its title would replace the path by which the guard knows it.
            Self::Redis => format!(
                "bind 127.0.0.1\ndir \"{}\"\nrequirepass {password}\nappendonly yes\nsave \"\"\ndaemonize no\nset-proc-title no\n",
                data.display()
            ),
        }
    }

    fn command(self, program: &PathBuf, configuration: &PathBuf, port: u16) -> Command {
        let mut command = Command::new(program);
        match self {
            Self::Redis => command
                .arg(configuration)
                .args(["--port", &port.to_string()]),
        };
        command
    }

    /// The first bytes of a client, and the answer of a broker that is ready.
    fn greeting(self, password: &str) -> (String, &'static str) {
        match self {
            Self::Redis => (format!("AUTH {password}\r\nPING\r\n"), "+PONG"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Broker {
    /// Starts a Redis server whose data outlives a crash of it, and waits until it answers.
    ///
    /// # Errors
    /// When it is not installed, does not start (the end of its log is in the message) or is not ready in time.
    pub fn redis() -> Result<Self> {
        Self::start(Kind::Redis)
    }

    /// [`redis`](Self::redis) for a test. Where it is not installed the test is skipped.
    ///
    /// # Panics
    /// Under [`CI`](crate::CI) where it is not installed, and everywhere when it does not start.
    pub fn redis_or_skip() -> Option<Self> {
        Self::or_skip(Self::redis())
    }

    /// Checks that all brokers are installed, without starting them.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] says what was looked for and what to install.
    pub fn check_installed() -> Result<()> {
        program_of(Kind::Redis).map(drop)
    }

    fn or_skip(started: Result<Self>) -> Option<Self> {
        match started {
            Ok(broker) => Some(broker),
            Err(error @ Error::NotInstalled { .. }) => {
                skip(&error.to_string());
                None
            }
            Err(error) => panic!("no broker for the test: {error}"),
        }
    }

    fn start(kind: Kind) -> Result<Self> {
        let program = program_of(kind)?;
        let directory = Directory::create(Account::choose(kind.accounts())?)?;
        let mut guard = Guard::post(directory.path(), Signal::KILL)?;
        let password = secret::random_hex(16)?;
        directory.write("broker.conf", &kind.configuration(&directory, &password))?;
        let mut attempt = 1;
        let (process, port) = loop {
            let port = free_port()?;
            match run(kind, &program, &directory, (port, &password), &mut guard) {
                Err(Error::Failed { .. }) if attempt < PORT_ATTEMPTS && is_taken(port) => {
                    attempt += 1;
                }
                started => break (started?, port),
            }
        };
        Ok(Self {
            kind,
            program,
            port,
            password,
            running: Some(Running {
                process,
                directory,
                guard,
            }),
        })
    }

    /// The URL by which clients reach it.
    pub fn url(&self) -> String {
        match self.kind {
            Kind::Redis => format!("redis://:{}@127.0.0.1:{}/", self.password, self.port),
        }
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The broker's process id.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().map_or(0, |one| one.process.id())
    }

    /// Ends the broker's process and leaves its files: connections are lost, new ones are refused, until
    /// [`Broker::come_back`].
    pub fn go_down(&mut self, how: Shutdown) {
        if let Some(running) = &mut self.running {
            match how {
                Shutdown::Orderly => running.process.stop(Signal::TERM, STOP_PATIENCE),
                Shutdown::Crash => running.process.kill(),
            }
        }
    }

    /// Starts a broker that went down again, with its data and port, and waits until it answers.
    ///
    /// # Errors
    /// When it does not start, or is not ready in time.
    pub fn come_back(&mut self) -> Result<()> {
        let at = (self.port, self.password.as_str());
        if let Some(running) = &mut self.running {
            let Running {
                process,
                directory,
                guard,
            } = running;
            *process = run(self.kind, &self.program, directory, at, guard)?;
        }
        Ok(())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.process.stop(Signal::TERM, STOP_PATIENCE);
            // The guard goes last: it finishes the work if we are killed in the middle of it.
            drop(running.directory);
            running.guard.dismiss();
        }
    }
}

fn program_of(kind: Kind) -> Result<PathBuf> {
    find(&[kind.program()], &folders(MYSQL_FOLDERS)).ok_or_else(|| Error::NotInstalled {
        what: kind.name(),
        names: format!("`{}`", kind.program()),
        folders: MYSQL_FOLDERS.join(", "),
        help: kind.help(),
    })
}

fn run(
    kind: Kind,
    program: &PathBuf,
    directory: &Directory,
    (port, password): (u16, &str),
    guard: &mut Guard,
) -> Result<Process> {
    let configuration = directory.path().join("broker.conf");
    let mut process = Process::spawn(kind.command(program, &configuration, port), directory)?;
    guard.watch(process.id());
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = process.ended()? {
            return Err(process.failed(status));
        }
        if answers(kind, port, password) {
            return Ok(process);
        }
        if Instant::now() >= deadline {
            return Err(process.timed_out(PATIENCE));
        }
        sleep(Duration::from_millis(30));
    }
}

/// A broker that is not ready closes the connection, or answers otherwise.
fn answers(kind: Kind, port: u16, password: &str) -> bool {
    let (greeting, ready) = kind.greeting(password);
    let asked = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(greeting.as_bytes())?;
        let mut answer = Vec::new();
        let mut part = [0; 512];
        while !String::from_utf8_lossy(&answer).contains(ready) {
            match stream.read(&mut part)? {
                0 => return Ok(false),
                read => answer.extend_from_slice(&part[..read]),
            }
        }
        Ok(true)
    });
    asked.unwrap_or(false)
}
