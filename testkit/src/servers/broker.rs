//! Message brokers: one program, one configuration file, no databases. Everything else is as for a [`Server`](super::Server).
//! The differences between them are in `broker_kind`.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::account::Account;
use super::broker_kind::{BrokerKind, Site};
use super::directory::Directory;
use super::guard::Guard;
use super::ports::{PORT_ATTEMPTS, is_taken};
use super::process::Process;
use super::secret;
use super::server::{STOP_PATIENCE, Shutdown};
use crate::{Error, Result, skip};

/// The longest time until a broker answers.
const PATIENCE: Duration = Duration::from_secs(120);

/// A private message broker. Dropped, it is stopped and everything it wrote is removed, also when this process ends without dropping
/// it.
#[derive(Debug)]
pub struct Broker {
    kind: BrokerKind,
    program: PathBuf,
    site: Site,
    /// Taken by the end only.
    running: Option<Running>,
}

/// The log of a broker, printed when the test that holds this fails.
#[derive(Debug)]
pub struct LogOfFailure {
    kind: BrokerKind,
    log: PathBuf,
}

impl Drop for LogOfFailure {
    #[expect(
        clippy::print_stderr,
        reason = "a test that fails shows what it printed"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (kind, log) = (self.kind, std::fs::read(&self.log).unwrap_or_default());
            eprintln!("the log of {kind}:\n{}", String::from_utf8_lossy(&log));
        }
    }
}

/// The resources that have to be released, in the order of the end.
#[derive(Debug)]
struct Running {
    process: Process,
    directory: Directory,
    guard: Guard,
}

impl Broker {
    /// Starts a Redis server whose data outlives a crash of it, and waits until it answers.
    ///
    /// # Errors
    /// When it is not installed, does not start (the end of its log is in the message) or is not ready in time.
    pub fn redis() -> Result<Self> {
        Self::start(BrokerKind::Redis, None)
    }

    /// [`redis`](Self::redis) for a test. Where it is not installed the test is skipped.
    ///
    /// # Panics
    /// Under [`CI`](crate::CI) where it is not installed, and everywhere when it does not start.
    pub fn redis_or_skip() -> Option<Self> {
        Self::or_skip(Self::redis())
    }

    /// Starts RabbitMQ, whose durable queues outlive a crash of it, on a node with a name, a cookie and ports of its own, and waits until it
    /// answers: that takes some seconds, so tests share one where they can.
    ///
    /// # Errors
    /// As [`redis`](Self::redis).
    pub fn rabbitmq() -> Result<Self> {
        Self::start(BrokerKind::RabbitMq, None)
    }

    /// [`rabbitmq`](Self::rabbitmq) for a test. Where it is not installed the test is skipped.
    ///
    /// # Panics
    /// As [`redis_or_skip`](Self::redis_or_skip).
    pub fn rabbitmq_or_skip() -> Option<Self> {
        Self::or_skip(Self::rabbitmq())
    }

    /// Starts a NATS server with JetStream, whose streams outlive a crash of it, and waits until it answers.
    ///
    /// # Errors
    /// As [`redis`](Self::redis).
    pub fn nats() -> Result<Self> {
        Self::start(BrokerKind::Nats, None)
    }

    /// [`nats`](Self::nats) for a test. Where it is not installed the test is skipped.
    ///
    /// # Panics
    /// As [`redis_or_skip`](Self::redis_or_skip).
    pub fn nats_or_skip() -> Option<Self> {
        Self::or_skip(Self::nats())
    }

    /// [`redis_or_skip`](Self::redis_or_skip) with TLS, too, by a certificate and its key in PEM: see [`tls_url`](Self::tls_url).
    ///
    /// # Panics
    /// As [`redis_or_skip`](Self::redis_or_skip).
    pub fn redis_with_tls_or_skip(certificate: &str, key: &str) -> Option<Self> {
        Self::or_skip(Self::start(BrokerKind::Redis, Some((certificate, key))))
    }

    /// [`rabbitmq_or_skip`](Self::rabbitmq_or_skip) likewise.
    ///
    /// # Panics
    /// As [`redis_or_skip`](Self::redis_or_skip).
    pub fn rabbitmq_with_tls_or_skip(certificate: &str, key: &str) -> Option<Self> {
        Self::or_skip(Self::start(BrokerKind::RabbitMq, Some((certificate, key))))
    }

    /// [`nats_or_skip`](Self::nats_or_skip) likewise.
    ///
    /// # Panics
    /// As [`redis_or_skip`](Self::redis_or_skip).
    pub fn nats_with_tls_or_skip(certificate: &str, key: &str) -> Option<Self> {
        Self::or_skip(Self::start(BrokerKind::Nats, Some((certificate, key))))
    }

    /// Checks that all brokers are installed, without starting them.
    ///
    /// # Errors
    /// [`Error::NotInstalled`] says what was looked for and what to install.
    pub fn check_installed() -> Result<()> {
        BrokerKind::ALL
            .iter()
            .try_for_each(|kind| kind.find_program().map(drop))
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

    fn start(kind: BrokerKind, tls: Option<(&str, &str)>) -> Result<Self> {
        let program = kind.find_program()?;
        let directory = Directory::create(Account::choose(kind.accounts())?, None)?;
        let mut guard = Guard::post(directory.path(), Signal::KILL)?;
        let password = secret::random_hex(16)?;
        if let Some((certificate, key)) = tls {
            directory.write("certificate.pem", certificate)?;
            directory.write("key.pem", key)?;
        }
        let mut attempt = 1;
        let (process, site) = loop {
            let site = Site::choose(&password, tls.is_some())?;
            kind.write_files(&site, &directory)?;
            match run(kind, &program, &directory, &site, &mut guard) {
                Err(Error::Failed { .. })
                    if attempt < PORT_ATTEMPTS && site.ports().any(is_taken) =>
                {
                    attempt += 1;
                }
                started => break (started?, site),
            }
        };
        Ok(Self {
            kind,
            program,
            site,
            running: Some(Running {
                process,
                directory,
                guard,
            }),
        })
    }

    /// The URL by which clients reach it.
    pub fn url(&self) -> String {
        self.kind.url(&self.site)
    }

    /// The URL by which clients reach it over TLS, at `localhost`, where it was started with a certificate.
    pub fn tls_url(&self) -> Option<String> {
        self.kind.tls_url(&self.site)
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.site.port
    }

    /// The broker's process id.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().map_or(0, |one| one.process.id())
    }

    /// Has its log printed where the test fails. None of a broker that has ended.
    pub fn log_of_failure(&self) -> Option<LogOfFailure> {
        let log = self.running.as_ref()?.directory.log();
        let kind = self.kind;
        Some(LogOfFailure { kind, log })
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
        if let Some(running) = &mut self.running {
            let Running {
                process,
                directory,
                guard,
            } = running;
            *process = run(self.kind, &self.program, directory, &self.site, guard)?;
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

fn run(
    kind: BrokerKind,
    program: &Path,
    directory: &Directory,
    site: &Site,
    guard: &mut Guard,
) -> Result<Process> {
    let mut process = Process::spawn(kind.command(program, directory, site), directory)?;
    guard.watch(process.id());
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = process.ended()? {
            return Err(process.failed(status));
        }
        if answers(kind, site) && kind.port_of_tls(site).is_none_or(is_open) {
            return Ok(process);
        }
        if Instant::now() >= deadline {
            return Err(process.timed_out(PATIENCE));
        }
        sleep(Duration::from_millis(30));
    }
}

/// A broker that is not ready closes the connection, or answers otherwise.
fn answers(kind: BrokerKind, site: &Site) -> bool {
    let (greeting, ready) = kind.greeting(site);
    let asked = TcpStream::connect((Ipv4Addr::LOCALHOST, site.port)).and_then(|mut stream| {
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

/// A broker may listen at one port before the other.
fn is_open(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
