//! Citus clusters. Citus is installed in a folder of its own (`make install DESTDIR=…`), and PostgreSQL finds an extension beside its program
//! only; so each node has a copy of that program, with links to all that belongs to PostgreSQL and to Citus around it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use super::directory::Directory;
use super::fresh::{FreshDatabase, copy_database, create_database, unique_name};
use super::options::ServerOptions;
use super::recipe::Site;
use super::server::Server;
use super::{Address, client};
use crate::environment::citus;
use crate::{Error, Result};

/// A Citus cluster: a coordinator, and workers that have the rows of sharded tables. Dropped, its servers are stopped and removed, the
/// coordinator first.
#[derive(Debug)]
pub struct CitusCluster {
    coordinator: Server,
    workers: Vec<Server>,
    template: Template,
}

impl CitusCluster {
    /// A cluster for all tests of this process, each of which makes a database of its own: a coordinator and two workers. `None` as for
    /// [`start_or_skip`](Self::start_or_skip).
    ///
    /// # Panics
    /// As [`start_or_skip`](Self::start_or_skip).
    pub fn of_process() -> Option<&'static Self> {
        static CLUSTER: OnceLock<CitusCluster> = OnceLock::new();
        let installed = citus()?;
        Some(CLUSTER.get_or_init(|| Self::start_two(&installed, false)))
    }

    /// Starts a coordinator and two workers, which may be killed: committed rows are there afterwards. `None` where
    /// [`CITUS`](crate::CITUS) names no installation of Citus: the name of the test that is not run is then printed, also where `CI` is set.
    ///
    /// # Panics
    /// Where the installation cannot be used: a run that was promised a cluster must not pass without it.
    pub fn start_or_skip() -> Option<Self> {
        Some(Self::start_two(&citus()?, true))
    }

    fn start_two(installed: &Path, durable: bool) -> Self {
        let cluster = Self::start(installed, 2, durable);
        cluster.unwrap_or_else(|error| panic!("no Citus cluster for the test: {error}"))
    }

    /// Starts a coordinator and a number of workers of the Citus that was installed to this folder; as
    /// [`durable`](ServerOptions::durable) says.
    ///
    /// # Errors
    /// PostgreSQL or Citus is not there, Citus was compiled for another PostgreSQL, or a server does not start.
    pub fn start(installed: &Path, workers: usize, durable: bool) -> Result<Self> {
        let node = || {
            let node = node_options(installed).durable(durable).start()?;
            client::run(node.address(), TRUSTED)?;
            Ok(node)
        };
        let workers = (0..workers).map(|_| node()).collect::<Result<_>>()?;
        let coordinator = node()?;
        Ok(Self {
            coordinator,
            workers,
            template: Template::default(),
        })
    }

    /// The server that programs connect to.
    pub fn coordinator(&self) -> &Server {
        &self.coordinator
    }

    /// The servers that have the rows of sharded tables.
    pub fn workers(&self) -> &[Server] {
        &self.workers
    }

    /// The same, to be stopped and started again: the coordinator, then the workers.
    pub fn nodes_mut(&mut self) -> impl Iterator<Item = &mut Server> {
        std::iter::once(&mut self.coordinator).chain(&mut self.workers)
    }

    /// Makes an empty database of the cluster, on all of its nodes, and returns its URL on the coordinator. It stays until the cluster goes.
    ///
    /// # Errors
    /// A server refuses.
    pub fn fresh_database(&self) -> Result<String> {
        let workers = self.workers.iter().map(|worker| worker.address().clone());
        let coordinator = self.coordinator.address();
        let workers: Vec<Address> = workers.collect();
        let name = self.template.copy(coordinator, &workers)?;
        Ok(coordinator.with_database(&name).url())
    }

    /// The URL of all nodes, the coordinator first, as [`POSTGRES_URL`](crate::POSTGRES_URL) has it where
    /// [`POSTGRES_FLAVOUR`](crate::POSTGRES_FLAVOUR) says that it is a cluster.
    pub fn nodes_url(&self) -> String {
        let workers = self.workers.iter().map(Server::address);
        let workers = workers.map(|worker| format!(",{}:{}", worker.host, worker.port));
        let nodes = Address {
            other_hosts: workers.collect(),
            ..self.coordinator.address().clone()
        };
        nodes.url()
    }
}

/// Makes an empty database of the cluster whose nodes these are, dropped with the returned value.
pub(crate) fn fresh_on_nodes(nodes: &Address) -> Result<FreshDatabase> {
    /// A process has one URL of such nodes.
    static TEMPLATE: Template = Template(Mutex::new(None));
    let coordinator = nodes.first_host();
    let workers: Vec<Address> = nodes.others().collect::<Result<_>>()?;
    let name = TEMPLATE.copy(&coordinator, &workers)?;
    Ok(FreshDatabase::with_others(&coordinator, name, &workers))
}

/// The name of the database that all others of a cluster are copies of, once there is one: to make Citus in a database takes a second on
/// each node, and a copy a tenth of that.
#[derive(Debug, Default)]
struct Template(Mutex<Option<String>>);

impl Template {
    /// Makes an empty database, on all nodes, and returns its name.
    fn copy(&self, coordinator: &Address, workers: &[Address]) -> Result<String> {
        let template = self.name(coordinator, workers)?;
        let name = unique_name()?;
        on_each(workers, coordinator, |node| {
            copy_database(node, &name, &template)
        })?;
        Ok(name)
    }

    fn name(&self, coordinator: &Address, workers: &[Address]) -> Result<String> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = &*made {
            return Ok(name.clone());
        }
        let name = make_template(coordinator, workers)?;
        Ok(made.insert(name).clone())
    }
}

fn make_template(coordinator: &Address, workers: &[Address]) -> Result<String> {
    let name = unique_name()?;
    on_each(workers, coordinator, |node| {
        let database = create_database(node, &name)?;
        client::run(&database, "CREATE EXTENSION citus;").map(drop)
    })?;
    let mut script = format!(
        "SELECT citus_set_coordinator_host('{}', {});",
        coordinator.host, coordinator.port
    );
    script.extend(workers.iter().map(registered));
    let database = coordinator.with_database(&name);
    // A process of Citus' own may be at work on the same row of a node: "tuple concurrently updated". Nodes that are there are no error.
    client::run(&database, &script).or_else(|_| client::run(&database, &script))?;
    // A database with sessions is not copied, and each has one of Citus' own, which comes back.
    let close = format!(
        "ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}';"
    );
    on_each(workers, coordinator, |node| {
        client::run(node, &close).map(drop)
    })?;
    Ok(name)
}

/// Does the same on all nodes at a time.
fn on_each(
    workers: &[Address],
    coordinator: &Address,
    work: impl Fn(&Address) -> Result<()> + Sync,
) -> Result<()> {
    thread::scope(|scope| {
        let nodes = workers.iter().chain([coordinator]);
        let nodes: Vec<_> = nodes.map(|node| scope.spawn(|| work(node))).collect();
        let mut ends = nodes.into_iter().map(|node| node.join());
        ends.try_for_each(|end| end.expect("it does not panic"))
    })
}

/// From 15.19 and its like on PostgreSQL has a list of the plugins that may decode its log, and moves of shards need that of Citus.
const TRUSTED: &str = r"
SELECT 'ALTER SYSTEM SET output_plugin_libraries = pgoutput, test_decoding, citus' FROM pg_settings WHERE name = 'output_plugin_libraries' \gexec
SELECT pg_reload_conf();";

fn registered(worker: &Address) -> String {
    format!("SELECT citus_add_node('{}', {});", worker.host, worker.port)
}

fn node_options(installed: &Path) -> ServerOptions {
    let mut options = Server::postgres();
    options.citus = Some(installed.to_owned());
    options
        .setting("shared_preload_libraries", "citus")
        .setting("wal_level", "logical")
        .setting("max_prepared_transactions", "200")
        // Of the 8 that are usual each database of a test has one, and without a free one a table that is spread while it is written waits for
        // its subscription: two hours, by `citus.logical_replication_timeout`.
        .setting("max_worker_processes", "64")
        .setting("max_logical_replication_workers", "16")
        // In place of 32, each of which is a table of its own: two on each worker show the same.
        .setting("citus.shard_count", "4")
        // By default Citus makes certificates for its connections between nodes.
        .setting("citus.node_conninfo", "sslmode=disable")
        .setting("citus.enable_statistics_collection", "off")
        // Each database has a process on each node that looks for what there is to do; with the usual times those of a hundred tests take a core.
        .setting("citus.distributed_deadlock_detection_factor", "10")
        .setting("citus.background_task_queue_interval", "-1")
        .setting("citus.defer_shard_delete_interval", "-1")
}

/// The folder with the program that a node runs: that of the server, below a root of its own. A folder of `PATH` may have links to it.
pub(crate) fn programs(server: &Path, directory: &Directory) -> PathBuf {
    let program = server.join("postgres");
    let program = program.canonicalize().unwrap_or(program);
    let folder = program.parent().unwrap_or(server);
    let below = folder.strip_prefix("/").unwrap_or(folder);
    directory.path().join("programs").join(below)
}

/// Makes the folder of a node's program, which looks for libraries and extensions by its own path, and the file by which nodes have the
/// password for each other.
pub(crate) fn lay_out_node(server: &Path, installed: &Path, site: &Site<'_>) -> Result<()> {
    let directory = site.directory;
    directory.write(".pgpass", &format!("*:*:*:*:{}\n", site.password))?;
    let root = directory.path().join("programs");
    let bin = programs(server, directory);
    make_folder(&bin)?;
    let program = server.join("postgres");
    fs::copy(&program, bin.join("postgres")).map_err(Error::path("copy", &program))?;
    let library = folder_of(installed, "citus.so")?;
    let extension = folder_of(installed, "citus.control")?;
    let shared = extension.parent().unwrap_or(&extension);
    for folder in [&library, shared, &extension] {
        let of_server = Path::new("/").join(folder);
        let made = root.join(folder);
        make_folder(&made)?;
        link_all(&installed.join(folder), &made)?;
        link_all(&of_server, &made)?;
    }
    Ok(())
}

/// The folder of a file below an installation, as a path below its root.
fn folder_of(installed: &Path, name: &str) -> Result<PathBuf> {
    let mut open = vec![installed.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(Error::path("read", &folder))?;
        for entry in entries.filter_map(std::result::Result::ok) {
            let path = entry.path();
            if entry.file_name() == name {
                let relative = folder.strip_prefix(installed).unwrap_or(&folder);
                return Ok(relative.to_owned());
            }
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    Err(Error::NotInstalled {
        what: "Citus",
        names: format!("`{name}`"),
        folders: installed.display().to_string(),
        help: "build it for the PostgreSQL that is installed, and run `make install DESTDIR=…`",
    })
}

/// Links to what a folder holds, but for folders that are there with links of their own.
fn link_all(from: &Path, to: &Path) -> Result<()> {
    let entries = fs::read_dir(from).map_err(Error::path("read", from))?;
    for entry in entries.filter_map(std::result::Result::ok) {
        let link = to.join(entry.file_name());
        let is_extension = entry.file_name() == "extension";
        if !is_extension && fs::symlink_metadata(&link).is_err() {
            symlink(entry.path(), &link).map_err(Error::path("make", &link))?;
        }
    }
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(Error::path("create", path))
}
