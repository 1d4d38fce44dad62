//! From resolved options to the driver's configuration.

use std::time::Duration;

use bindery_schema::config::Endpoint;
use mysql::consts::CapabilityFlags;
use mysql::{Opts, OptsBuilder};

use crate::driver::connect::{ServerOptions, bad_parameter};
use crate::error::{Error, ErrorKind, Operation, Result};

const CACHED_STATEMENTS: usize = 256;
/// The server ends a statement by itself; the socket's limit is for a server that no longer can.
const GRACE: Duration = Duration::from_secs(5);

/// Everything needed to connect, checked. The driver's type shows its password when printed, so this one is not.
#[derive(Clone)]
pub(crate) struct MysqlConfig {
    pub(super) driver: Opts,
    pub(super) connect_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
}

impl MysqlConfig {
    /// Checks the options; nothing is connected yet.
    pub(crate) fn new(options: &ServerOptions<'_>) -> Result<Self> {
        for (name, value) in &options.server.parameters {
            check(name, value)?;
        }
        Ok(Self {
            driver: located(builder(options), &options.server.endpoint)?.into(),
            connect_timeout: options.connect_timeout,
            statement_timeout: options.statement_timeout,
        })
    }
}

fn builder(options: &ServerOptions<'_>) -> OptsBuilder {
    let server = options.server;
    let patience = options.statement_timeout.map(|limit| limit + GRACE);
    OptsBuilder::new()
        .user(server.username.as_deref())
        .pass(server.password.as_ref().map(|password| password.expose()))
        .db_name(Some(server.database.as_str()))
        .connect_attrs(Some([("program_name", options.application_name)].into()))
        .tcp_connect_timeout(Some(options.connect_timeout))
        .tcp_keepalive_time_ms(Some(10_000))
        .read_timeout(patience)
        .write_timeout(patience)
        // An update that changes nothing has still found its row.
        .additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS)
        .stmt_cache_size(CACHED_STATEMENTS)
        .prefer_socket(false)
}

fn located(builder: OptsBuilder, endpoint: &Endpoint) -> Result<OptsBuilder> {
    match endpoint {
        Endpoint::Tcp { host, port } => {
            Ok(builder.ip_or_hostname(Some(host.as_str())).tcp_port(*port))
        }
        Endpoint::Socket { path, port: _ } => {
            let path = path.to_str().ok_or_else(|| {
                let why = "the path of the socket is not UTF-8".to_owned();
                Error::new(ErrorKind::Config(why)).during(Operation::Configure)
            })?;
            Ok(builder.socket(Some(path)))
        }
    }
}

fn check(name: &str, value: &str) -> Result<()> {
    match name {
        "charset" if value.eq_ignore_ascii_case("utf8mb4") => Ok(()),
        "charset" => Err(bad_parameter(name, "must be `utf8mb4`")),
        "ssl-mode" | "sslmode"
            if ["disabled", "disable", "preferred", "prefer"]
                .contains(&value.to_ascii_lowercase().as_str()) =>
        {
            Ok(())
        }
        "ssl-mode" | "sslmode" => Err(bad_parameter(name, "asks for TLS, which is not built in")),
        _ => Err(bad_parameter(
            name,
            "is not known; known: charset, ssl-mode",
        )),
    }
}
