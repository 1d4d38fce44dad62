//! A running server, from its data's layout to its end.

use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::detached::Detached;
use super::directory::Directory;
use super::fresh::{FreshDatabase, create_database};
use super::guard::Guard;
use super::options::{Family, ServerOptions};
use super::ports::{PORT_ATTEMPTS, free_port, is_taken};
use super::process::Process;
use super::recipe::{Recipe, Site, USER};
use super::{Address, Product, client, mysql, postgres, secret, template};
use crate::{Error, Result};

/// How long a server may take to end in order before it is killed.
pub(crate) const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// Between two attempts to start a server whose last processes are still going.
const RESTART_PAUSE: Duration = Duration::from_millis(50);

/// How a server ends that is to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// It is stopped in order and notifies its clients: an administrator at work.
    Orderly,
    /// Its process is killed (SIGKILL), and it recovers from its log when it comes back: a machine that lost power.
    /// Committed rows are only there afterwards where it was started with `durable(true)`.
    Crash,
}

/// A private server. Dropped, it is stopped and everything it wrote is removed.
///
/// It is also stopped and removed when this process ends without dropping it: by a signal, by `std::process::exit`,
/// or because it lies in a `static`.
#[derive(Debug)]
pub struct Server {
    product: Product,
    version: String,
    address: Address,
    /// Taken by [`Server::detach`] only.
    running: Option<Running>,
}

/// The resources that have to be released. The order of fields is the order of the end: process, directory, guard.
#[derive(Debug)]
struct Running {
    process: Process,
    directory: Directory,
    guard: Guard,
    recipe: Box<dyn Recipe>,
    options: ServerOptions,
}

impl Server {
    /// A PostgreSQL server: UTF-8, locale `C`, UTC, 200 connections, 64 prepared transactions.
    pub fn postgres() -> ServerOptions {
        ServerOptions::new(Family::Postgres)
    }

    /// A MariaDB server or, where that is not installed, a MySQL server: `utf8mb4`, UTC, 200 connections.
    pub fn mysql() -> ServerOptions {
        ServerOptions::new(Family::MySql)
    }

    pub(crate) fn start(options: &ServerOptions) -> Result<Self> {
        match options.family {
            Family::Postgres => {
                let recipe = Box::new(postgres::Postgres::find()?);
                Self::launch(recipe, postgres::ACCOUNTS, options)
            }
            Family::MySql => {
                let recipe = Box::new(mysql::MySql::find()?);
                Self::launch(recipe, mysql::ACCOUNTS, options)
            }
        }
    }

    fn launch(
        recipe: Box<dyn Recipe>,
        accounts: &[&'static str],
        options: &ServerOptions,
    ) -> Result<Self> {
        let account = Account::choose(accounts)?;
        let directory = Directory::create(account, options.within.as_deref())?;
        let mut guard = Guard::post(directory.path(), recipe.abort_signal())?;
        let options = options.placed_in(&directory)?;
        let password = match &options.primary {
            Some(primary) => primary.password.clone(),
            None => secret::of_process()?,
        };
        let site = Site {
            directory: &directory,
            options: &options,
            password: &password,
        };
        initialize(&*recipe, &site, &mut guard)?;
        let (process, address) = serve(&*recipe, &site, &mut guard)?;
        let version = client::run(&address, recipe.version_query())?;
        if let Some(follow) = options
            .primary
            .as_ref()
            .and_then(|primary| recipe.follow(primary))
        {
            client::run(&address, &follow)?;
        }
        Ok(Self {
            product: recipe.product(),
            version: recipe.version_number(&version),
            address,
            running: Some(Running {
                process,
                directory,
                guard,
                recipe,
                options,
            }),
        })
    }

    /// Returns which product this is.
    pub fn product(&self) -> Product {
        self.product
    }

    /// The server's version, as in `15.14` or `10.11.6`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The URL of the database that is always there (`postgres`, `mysql`), with a user that may do everything.
    pub fn url(&self) -> String {
        self.address.url()
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.running().process.id()
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port
    }

    /// The directory of the unix socket: what PostgreSQL's clients take as `host`; in it lies `mysql.sock` for MariaDB
    /// and MySQL.
    pub fn socket_dir(&self) -> PathBuf {
        self.running().directory.socket()
    }

    /// The directory that holds everything of this server.
    pub fn directory(&self) -> &Path {
        self.running().directory.path()
    }

    /// Creates an empty database and returns its URL. It stays until the server goes.
    ///
    /// # Errors
    /// When the name is not one of lower-case letters, digits and `_`, or is taken.
    pub fn database(&self, name: &str) -> Result<String> {
        create_database(&self.address, name).map(|address| address.url())
    }

    /// Creates an empty database with a name of its own, dropped with the returned value.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn fresh_database(&self) -> Result<FreshDatabase> {
        FreshDatabase::create(&self.address)
    }

    /// Ends the server's process and leaves its files: connections are lost, new ones are refused, until
    /// [`Server::come_back`].
    pub fn go_down(&mut self, how: Shutdown) {
        let running = self.running_mut();
        match how {
            Shutdown::Orderly => running
                .process
                .stop(running.recipe.stop_signal(), STOP_PATIENCE),
            Shutdown::Crash => running.process.kill(),
        }
    }

    /// Starts a server that went down again, with its data, settings and port, and waits until it answers.
    ///
    /// # Errors
    /// When it does not start, or is not ready in time.
    pub fn come_back(&mut self) -> Result<()> {
        let address = self.address.clone();
        self.running_mut().start_again(&address)
    }

    /// Stops the server and removes its files, as dropping it does.
    pub fn stop(self) {
        drop(self);
    }

    /// Lets the server run on after this process has ended, until [`Detached::stop`].
    pub fn detach(mut self) -> Detached {
        let running = self
            .running
            .take()
            .expect("only `detach` takes it, and consumes the server");
        let detached = Detached::new(
            self.product,
            self.version.clone(),
            running.process.id(),
            running.directory.path().to_owned(),
            self.address.url(),
        );
        running.release();
        detached
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Whether the server can have standbys.
    pub(crate) fn is_replicated(&self) -> bool {
        self.running().options.replicated
    }

    /// Changes a setting that holds from its next start.
    pub(crate) fn change_setting(&mut self, name: &str, value: &str) {
        let options = &mut self.running_mut().options;
        *options = options.clone().setting(name, value);
    }

    /// The error of a server that answers and is not as it has to be after this time.
    pub(crate) fn not_ready(&self, waited: Duration) -> Error {
        self.running().process.timed_out(waited)
    }

    /// Whether its process is there.
    pub(crate) fn is_up(&mut self) -> bool {
        matches!(self.running_mut().process.ended(), Ok(None))
    }

    fn running(&self) -> &Running {
        self.running
            .as_ref()
            .expect("only `detach` takes it, and consumes the server")
    }

    fn running_mut(&mut self) -> &mut Running {
        self.running
            .as_mut()
            .expect("only `detach` takes it, and consumes the server")
    }
}

impl Running {
    /// PostgreSQL's helper processes outlive a killed server for a moment and keep the next one from starting.
    fn start_again(&mut self, address: &Address) -> Result<()> {
        let deadline = Instant::now() + self.options.patience;
        loop {
            let outcome = self.serve_again(address);
            if !matches!(outcome, Err(Error::Failed { .. })) || Instant::now() >= deadline {
                return outcome;
            }
            sleep(RESTART_PAUSE);
        }
    }

    fn serve_again(&mut self, address: &Address) -> Result<()> {
        let site = Site {
            directory: &self.directory,
            options: &self.options,
            password: &address.password,
        };
        let command = self.recipe.serve(&site, address.port);
        let process = Process::spawn(command, &self.directory)?;
        self.guard.watch(process.id());
        self.process = wait_until_ready(process, address, self.options.patience)?;
        Ok(())
    }

    fn end(mut self) {
        self.process.stop(self.recipe.stop_signal(), STOP_PATIENCE);
        // The guard goes last: it finishes the work if we are killed in the middle of it.
        drop(self.directory);
        self.guard.dismiss();
    }

    fn release(self) {
        self.guard.dismiss();
        self.directory.keep();
        self.process.release();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }
}

fn initialize(recipe: &dyn Recipe, site: &Site<'_>, guard: &mut Guard) -> Result<()> {
    recipe.prepare(site)?;
    let command = match recipe.copy_primary(site)? {
        Some(command) => command,
        None => template::copy(recipe, site)?,
    };
    template::finish(command, site.directory, guard, site.options.patience)
}

/// Runs the server on a free port; on another one when that was taken meanwhile.
fn serve(recipe: &dyn Recipe, site: &Site<'_>, guard: &mut Guard) -> Result<(Process, Address)> {
    let mut attempt = 1;
    loop {
        let address = address(recipe, site, free_port()?);
        let process = Process::spawn(recipe.serve(site, address.port), site.directory)?;
        guard.watch(process.id());
        match wait_until_ready(process, &address, site.options.patience) {
            Err(Error::Failed { .. }) if attempt < PORT_ATTEMPTS && is_taken(address.port) => {
                attempt += 1
            }
            Err(error) => return Err(error),
            Ok(process) => return Ok((process, address)),
        }
    }
}

fn address(recipe: &dyn Recipe, site: &Site<'_>, port: u16) -> Address {
    Address {
        product: recipe.product(),
        user: USER.to_owned(),
        password: site.password.to_owned(),
        host: Ipv4Addr::LOCALHOST.to_string(),
        port,
        other_hosts: String::new(),
        database: recipe.first_database().to_owned(),
        parameters: None,
    }
}

/// Asks until the server answers, ends or has had its time.
fn wait_until_ready(
    mut process: Process,
    address: &Address,
    patience: Duration,
) -> Result<Process> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = process.ended()? {
            return Err(process.failed(status));
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, address.port)).is_ok()
            && client::run(address, "SELECT 1").is_ok()
        {
            return Ok(process);
        }
        if Instant::now() >= deadline {
            return Err(process.timed_out(patience));
        }
        sleep(Duration::from_millis(30));
    }
}
