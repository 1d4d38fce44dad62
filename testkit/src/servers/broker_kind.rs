//! The differences between message brokers: program, configuration, first answer.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::directory::Directory;
use super::ports::free_port;
use super::programs::{MYSQL_FOLDERS, find_program, folders};
use crate::{Error, Result};

/// The user of RabbitMQ and of NATS.
const USER: &str = "bindery";

/// The folder where packages put RabbitMQ's own script: that of the same name in `PATH` refuses users of the system that are neither root nor
/// `rabbitmq`.
const RABBITMQ_FOLDER: &str = "/usr/lib/rabbitmq/bin";

/// The brokers that can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BrokerKind {
    Redis,
    RabbitMq,
    Nats,
}

/// The ports and the password of one broker.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) port: u16,
    tls_port: Option<u16>,
    /// Of RabbitMQ's node and of the daemon of names beside it, at each of which no client calls.
    node_port: u16,
    names_port: u16,
    password: String,
}

impl Site {
    pub(super) fn choose(password: &str, has_tls: bool) -> Result<Self> {
        Ok(Self {
            port: free_port()?,
            tls_port: has_tls.then(free_port).transpose()?,
            node_port: free_port()?,
            names_port: free_port()?,
            password: password.to_owned(),
        })
    }

    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        let own = [self.port, self.node_port, self.names_port];
        own.into_iter().chain(self.tls_port)
    }
}

impl BrokerKind {
    pub(super) const ALL: [Self; 3] = [Self::Redis, Self::RabbitMq, Self::Nats];

    fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
            Self::RabbitMq => "RabbitMQ",
            Self::Nats => "NATS",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Redis => "redis-server",
            Self::RabbitMq => "rabbitmq-server",
            Self::Nats => "nats-server",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Redis => "install it, e.g. `apt-get install redis-server`",
            Self::RabbitMq => "install it, e.g. `apt-get install rabbitmq-server`",
            Self::Nats => "install it, e.g. `apt-get install nats-server`",
        }
    }

    /// Accounts that root may run it as, the best first.
    pub(super) fn accounts(self) -> &'static [&'static str] {
        match self {
            Self::Redis => &["redis", "nobody"],
            Self::RabbitMq => &["rabbitmq", "nobody"],
            Self::Nats => &["nats", "nobody"],
        }
    }

    pub(super) fn find_program(self) -> Result<PathBuf> {
        let mut folders = folders(MYSQL_FOLDERS);
        if self == Self::RabbitMq {
            folders.insert(0, PathBuf::from(RABBITMQ_FOLDER));
        }
        find_program(&[self.program()], &folders).ok_or_else(|| Error::NotInstalled {
            what: self.name(),
            names: format!("`{}`", self.program()),
            folders: MYSQL_FOLDERS.join(", "),
            help: self.help(),
        })
    }

    /// Writes what it is configured by. Each attempt to start has files of its own.
    pub(super) fn write_files(self, site: &Site, directory: &Directory) -> Result<()> {
        let text = self.configuration(site, directory.path());
        directory.write(&configuration_of(site), &text)?;
        if self == Self::RabbitMq {
            directory.write(&plugins_of(site), "[].\n")?;
            directory.write(&script_of(site), include_str!("rabbitmq.sh"))?;
        }
        Ok(())
    }

    /// Data that a killed process leaves is there when it comes back.
    fn configuration(self, site: &Site, folder: &Path) -> String {
        let (folder, password) = (folder.display(), &site.password);
        let mut text = match self {
            // Its title would replace the path by which the guard knows it.
            Self::Redis => format!(
                "bind 127.0.0.1\ndir \"{folder}/data\"\nrequirepass {password}\nappendonly yes\nsave \"\"\ndaemonize no\nset-proc-title no\n"
            ),
            Self::RabbitMq => format!(
                "listeners.tcp.default = 127.0.0.1:{}\ndefault_user = {USER}\ndefault_pass = {password}\nlog.console = true\nlog.file = false\n",
                site.port
            ),
            Self::Nats => format!(
                "host: \"127.0.0.1\"\njetstream {{ store_dir: \"{folder}/data\" }}\nauthorization {{ user: \"{USER}\", password: \"{password}\" }}\n"
            ),
        };
        if let Some(port) = site.tls_port {
            let (certificate, key) = (
                format!("{folder}/certificate.pem"),
                format!("{folder}/key.pem"),
            );
            text += &match self {
                Self::Redis => format!(
                    "tls-port {port}\ntls-cert-file \"{certificate}\"\ntls-key-file \"{key}\"\ntls-auth-clients no\n"
                ),
                Self::RabbitMq => format!(
                    "listeners.ssl.default = 127.0.0.1:{port}\nssl_options.certfile = {certificate}\nssl_options.keyfile = {key}\nssl_options.verify = verify_none\n"
                ),
                // At the same port: a client that wants TLS changes to it after the first line.
                Self::Nats => format!(
                    "tls {{ cert_file: \"{certificate}\", key_file: \"{key}\" }}\nallow_non_tls: true\n"
                ),
            };
        }
        text
    }

    pub(super) fn command(self, program: &Path, directory: &Directory, site: &Site) -> Command {
        let configuration = directory.path().join(configuration_of(site));
        let port = site.port.to_string();
        match self {
            Self::Redis => {
                let mut command = Command::new(program);
                command.arg(configuration).args(["--port", &port]);
                command
            }
            Self::RabbitMq => rabbitmq(program, directory.path(), site),
            Self::Nats => {
                let mut command = Command::new(program);
                command.arg("-c").arg(configuration).args(["-p", &port]);
                command
            }
        }
    }

    /// The first bytes of a client, and the answer of a broker that is ready.
    pub(super) fn greeting(self, site: &Site) -> (String, &'static str) {
        let password = &site.password;
        match self {
            Self::Redis => (format!("AUTH {password}\r\nPING\r\n"), "+PONG"),
            Self::RabbitMq => ("AMQP\0\0\u{9}\u{1}".to_owned(), "RabbitMQ"),
            Self::Nats => (
                format!(
                    "CONNECT {{\"user\":\"{USER}\",\"pass\":\"{password}\"}}\r\nSUB ready 1\r\nPUB $JS.API.INFO ready 0\r\n\r\n"
                ),
                "account_info_response",
            ),
        }
    }

    pub(super) fn url(self, site: &Site) -> String {
        let (port, password) = (site.port, &site.password);
        match self {
            Self::Redis => format!("redis://:{password}@127.0.0.1:{port}/"),
            Self::RabbitMq => format!("amqp://{USER}:{password}@127.0.0.1:{port}/"),
            Self::Nats => format!("nats://{USER}:{password}@127.0.0.1:{port}"),
        }
    }

    pub(super) fn tls_url(self, site: &Site) -> Option<String> {
        let (port, password) = (site.tls_port?, &site.password);
        Some(match self {
            Self::Redis => format!("rediss://:{password}@localhost:{port}/"),
            Self::RabbitMq => format!("amqps://{USER}:{password}@localhost:{port}/"),
            Self::Nats => format!("tls://{USER}:{password}@localhost:{}", site.port),
        })
    }

    /// The port for TLS, where that is another than the one without.
    pub(super) fn port_of_tls(self, site: &Site) -> Option<u16> {
        site.tls_port.filter(|_| self != Self::Nats)
    }
}

impl fmt::Display for BrokerKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

fn configuration_of(site: &Site) -> String {
    format!("broker-{}.conf", site.port)
}

fn plugins_of(site: &Site) -> String {
    format!("plugins-{}", site.port)
}

fn script_of(site: &Site) -> String {
    format!("rabbitmq-{}.sh", site.port)
}

/// RabbitMQ with its daemon of names, which would otherwise be shared with other nodes of the machine and outlive this one.
fn rabbitmq(program: &Path, folder: &Path, site: &Site) -> Command {
    let data = folder.join("data");
    let mut command = Command::new("/bin/sh");
    command
        .arg(folder.join(script_of(site)))
        .arg(program)
        .args([
            format!("ERL_EPMD_PORT={}", site.names_port),
            "ERL_EPMD_ADDRESS=127.0.0.1".to_owned(),
            // Its script then becomes the server itself, without a shell that waits for it.
            "RUNNING_UNDER_SYSTEMD=true".to_owned(),
            format!("RABBITMQ_NODENAME=bindery{}@localhost", site.port),
            format!("RABBITMQ_DIST_PORT={}", site.node_port),
            format!("RABBITMQ_MNESIA_BASE={}", data.display()),
            format!("RABBITMQ_LOG_BASE={}", data.display()),
            format!("RABBITMQ_PID_FILE={}", data.join("pid").display()),
            format!(
                "RABBITMQ_CONFIG_FILE={}",
                folder.join(configuration_of(site)).display()
            ),
            format!(
                "RABBITMQ_ENABLED_PLUGINS_FILE={}",
                folder.join(plugins_of(site)).display()
            ),
            "RABBITMQ_CONF_ENV_FILE=/dev/null".to_owned(),
        ]);
    command
}
