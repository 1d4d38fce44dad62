//! From resolved options to the driver's configuration.

use std::time::Duration;

use bindery_schema::config::{Endpoint, Secret};
use postgres::Config;
use postgres::config::SslMode;

use crate::driver::connect::{ServerOptions, bad_parameter};
use crate::error::Result;

/// Everything needed to connect, checked.
#[derive(Clone)]
pub(crate) struct PostgresConfig {
    pub(super) driver: Config,
    pub(super) connect_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
}

impl PostgresConfig {
    /// Checks the options; nothing is connected yet.
    pub(crate) fn new(options: &ServerOptions<'_>) -> Result<Self> {
        let server = options.server;
        let mut driver = Config::new();
        driver
            .dbname(&server.database)
            .application_name(options.application_name)
            .connect_timeout(options.connect_timeout)
            // TLS is not built in; a server that insists on it refuses the login.
            .ssl_mode(SslMode::Disable)
            // The driver would log notices, which may hold values.
            .notice_callback(|_| ());
        if let Some(username) = &server.username {
            driver.user(username);
        }
        if let Some(password) = &server.password {
            driver.password(Secret::expose(password));
        }
        match &server.endpoint {
            Endpoint::Tcp { host, port } => driver.host(host).port(*port),
            Endpoint::Socket { path, port } => driver.host_path(path).port(*port),
        };
        keep_alive(&mut driver);
        for (name, value) in &server.parameters {
            apply(&mut driver, name, value)?;
        }
        Ok(Self {
            driver,
            connect_timeout: options.connect_timeout,
            statement_timeout: options.statement_timeout,
        })
    }
}

/// A peer that is gone is noticed within half a minute; both settings are needed, each covers one direction.
fn keep_alive(driver: &mut Config) {
    driver
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(30));
}

fn apply(driver: &mut Config, name: &str, value: &str) -> Result<()> {
    match name {
        "application_name" => {
            driver.application_name(value);
        }
        "options" => {
            driver.options(value);
        }
        "sslmode" if matches!(value, "disable" | "allow" | "prefer") => (),
        "sslmode" => return Err(bad_parameter(name, "asks for TLS, which is not built in")),
        "client_encoding" if value.eq_ignore_ascii_case("utf8") => (),
        "client_encoding" => return Err(bad_parameter(name, "must be `utf8`")),
        _ => {
            let known = "application_name, client_encoding, options, sslmode";
            return Err(bad_parameter(
                name,
                &format!("is not known; known: {known}"),
            ));
        }
    }
    Ok(())
}
