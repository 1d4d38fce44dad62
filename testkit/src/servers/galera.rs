//! A Galera cluster of MariaDB servers: how its nodes find each other, begin, go and come back.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ports::free_port;
use super::server::Server;
use super::{Product, ServerOptions, Shutdown, client};
use crate::{Error, Result, skip};

/// Where Debian, Fedora and MariaDB's own packages put the library.
const PROVIDERS: &[&str] = &[
    "/usr/lib/galera/libgalera_smm.so",
    "/usr/lib64/galera-4/libgalera_smm.so",
    "/usr/lib64/galera/libgalera_smm.so",
];

/// How long a node may take until it is synced: it copies another's files, and applies what others write meanwhile.
const PATIENCE: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_millis(30);

/// The nodes of a Galera cluster, numbered from 0. Each is a private, durable server: dropped, it is stopped and removed.
///
/// ```no_run
/// # fn main() -> Result<(), bindery_testkit::Error> {
/// use bindery_testkit::{Galera, Shutdown};
///
/// let mut cluster = Galera::start(3)?;
/// let url = cluster.database("shop")?; // mysql://bindery:…@127.0.0.1:12001,127.0.0.1:12005,127.0.0.1:12009/shop
/// cluster.go_down(0, Shutdown::Crash);
/// cluster.come_back(0)?;
/// # let _ = url;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Galera {
    nodes: Vec<Server>,
    sites: Vec<NodeSite>,
}

/// The ports of a node beside that of its clients.
#[derive(Debug)]
struct NodeSite {
    group: u16,
    /// Transactions that a node missed.
    increments: u16,
    /// The files of another node.
    state: u16,
}

impl Galera {
    /// Starts a cluster and waits until all of its nodes are synced.
    ///
    /// # Errors
    /// MariaDB or its Galera library is not installed; a node does not start, or is not synced in time.
    pub fn start(nodes: usize) -> Result<Self> {
        let provider = provider()?;
        let sites: Result<Vec<NodeSite>> = (0..nodes).map(|_| NodeSite::choose()).collect();
        let mut cluster = Self {
            nodes: Vec::new(),
            sites: sites?,
        };
        for number in 0..nodes {
            let address = cluster.address(number);
            let options = cluster.options(number, &provider);
            let options = match address == FIRST {
                true => options,
                // Its accounts come with the files of another.
                false => options.setting(AT_START, ""),
            };
            let node = options.setting(ADDRESS, address).start()?;
            if node.product() != Product::MariaDb {
                return Err(not_installed());
            }
            cluster.nodes.push(node);
            cluster.wait_until_synced(number)?;
        }
        Ok(cluster)
    }

    /// [`start`](Self::start) for a test. Where it is not installed the test is skipped.
    ///
    /// # Panics
    /// Under [`CI`](crate::CI) where it is not installed, and everywhere when an installed one does not start.
    pub fn start_or_skip(nodes: usize) -> Option<Self> {
        match Self::start(nodes) {
            Ok(cluster) => Some(cluster),
            Err(error @ Error::NotInstalled { .. }) => {
                skip(&error.to_string());
                None
            }
            Err(error) => panic!("no cluster for the test: {error}"),
        }
    }

    /// A node by its number.
    ///
    /// # Panics
    /// There are fewer.
    pub fn node(&self, number: usize) -> &Server {
        &self.nodes[number]
    }

    /// Creates an empty database on all nodes and returns its URL, which has them in the order of their numbers.
    ///
    /// # Errors
    /// As [`Server::database`], by the first node that is up.
    pub fn database(&self, name: &str) -> Result<String> {
        let up = self.nodes.iter().find(|node| is_synced(node));
        up.unwrap_or(&self.nodes[0]).database(name)?;
        Ok(self.url(name, 0..self.nodes.len()))
    }

    /// The URL of a database, with these nodes in this order.
    pub fn url(&self, database: &str, nodes: impl IntoIterator<Item = usize>) -> String {
        let hosts = nodes.into_iter().map(|number| {
            let address = self.nodes[number].address();
            format!("{}:{}", address.host, address.port)
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        let address = self.nodes[0].address();
        format!(
            "mysql://{}:{}@{hosts}/{database}",
            address.user, address.password
        )
    }

    /// Ends a node's process and leaves its files, until [`come_back`](Self::come_back). The others go on where they are more than half
    /// of those that were there, and without those that went in order.
    pub fn go_down(&mut self, number: usize, how: Shutdown) {
        self.nodes[number].go_down(how);
    }

    /// Starts a node that went down and waits until it is synced: it gets from the others what it missed. Where no other node is up it is
    /// the first of the cluster anew, with what it has itself.
    ///
    /// # Errors
    /// It does not start, or is not synced in time.
    pub fn come_back(&mut self, number: usize) -> Result<()> {
        self.begin_to_come_back(number)?;
        self.wait_until_synced(number)
    }

    /// The same without waiting until it is synced; its server answers when this returns.
    ///
    /// # Errors
    /// It does not start.
    pub fn begin_to_come_back(&mut self, number: usize) -> Result<()> {
        let mut others = self.nodes.iter_mut().enumerate();
        let address = match others.any(|(other, node)| other != number && node.is_up()) {
            true => self.address(number),
            false => FIRST.to_owned(),
        };
        let node = &mut self.nodes[number];
        if address == FIRST {
            let state = node.directory().join("data/grastate.dat");
            let text = fs::read_to_string(&state).map_err(Error::path("read", &state))?;
            let text = text.replace("safe_to_bootstrap: 0", "safe_to_bootstrap: 1");
            fs::write(&state, text).map_err(Error::path("write", &state))?;
        }
        node.change_setting(ADDRESS, &address);
        node.change_setting(AT_START, "");
        node.come_back()
    }

    /// Waits until a node is synced.
    ///
    /// # Errors
    /// It is not in time.
    pub fn wait_until_synced(&self, number: usize) -> Result<()> {
        let node = &self.nodes[number];
        let deadline = Instant::now() + PATIENCE;
        while !is_synced(node) {
            if Instant::now() >= deadline {
                return Err(node.not_ready(PATIENCE));
            }
            sleep(PAUSE);
        }
        Ok(())
    }

    fn options(&self, number: usize, provider: &Path) -> ServerOptions {
        let NodeSite {
            group,
            increments,
            state,
        } = &self.sites[number];
        let here = Ipv4Addr::LOCALHOST;
        Server::mysql()
            .durable(true)
            .setting("wsrep-on", "ON")
            .setting("wsrep-provider", provider.display().to_string())
            .setting("wsrep-cluster-name", format!("bindery-{}", self.sites[0].group))
            .setting("wsrep-node-name", format!("node{number}"))
            .setting("wsrep-node-address", here.to_string())
            .setting("wsrep-sst-method", "rsync")
            .setting("wsrep-sst-receive-address", format!("{here}:{state}"))
            .setting(
                "wsrep-provider-options",
                format!(
                    "gmcast.listen_addr=tcp://{here}:{group};ist.recv_addr={here}:{increments};gcache.size=16M"
                ),
            )
            .setting("binlog-format", "ROW")
            .setting("innodb-autoinc-lock-mode", "2")
    }

    /// Where a node finds the cluster; the first one begins it.
    fn address(&self, number: usize) -> String {
        let there = self.nodes.len();
        let others = self.sites.iter().take(there).enumerate();
        let others = others.filter(|(other, _)| *other != number);
        let others: Vec<String> = others
            .map(|(_, site)| format!("{}:{}", Ipv4Addr::LOCALHOST, site.group))
            .collect();
        format!("{FIRST}{}", others.join(","))
    }
}

/// A file of SQL that is run before anything else.
const AT_START: &str = "init-file";
const ADDRESS: &str = "wsrep-cluster-address";
/// The address of a cluster that a node begins.
const FIRST: &str = "gcomm://";

impl NodeSite {
    fn choose() -> Result<Self> {
        Ok(Self {
            group: free_port()?,
            increments: free_port()?,
            state: free_port()?,
        })
    }
}

/// Whether the node is a member of the cluster that has all that was committed.
fn is_synced(node: &Server) -> bool {
    const SQL: &str = "SHOW STATUS LIKE 'wsrep_local_state'";
    let answer = client::run(node.address(), SQL);
    answer.is_ok_and(|answer| answer.split_whitespace().last() == Some("4"))
}

fn provider() -> Result<PathBuf> {
    let found = PROVIDERS.iter().map(Path::new).find(|path| path.exists());
    found.map(Path::to_owned).ok_or_else(not_installed)
}

fn not_installed() -> Error {
    Error::NotInstalled {
        what: "Galera for MariaDB",
        names: "`libgalera_smm.so`".to_owned(),
        folders: PROVIDERS.join(", "),
        help: "install it, e.g. `apt-get install mariadb-server galera-4 rsync`",
    }
}
