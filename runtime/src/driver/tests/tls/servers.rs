//! Servers that have TLS, one of each kind for all tests.

use std::sync::OnceLock;

use bindery_core::config::{TlsMode, TlsOptions};
use bindery_testkit::{Server, ServerOptions};

use super::super::Database;
use super::super::silence::Behind;
use super::certificates::Authority;
use crate::driver::Physical;
use bindery_core::dialect::Dialect;

/// The account `shown` has to show a certificate.
const HBA: &str = "local all all trust
hostssl all shown all scram-sha-256 clientcert=verify-ca
host all all all scram-sha-256
";

/// A running server with a certificate for `localhost`.
pub(super) struct Encrypted {
    pub(super) server: Server,
    pub(super) authority: Authority,
    pub(super) dialect: Dialect,
}

impl Encrypted {
    /// Those that are installed here.
    pub(super) fn all() -> Vec<&'static Self> {
        [Self::postgres(), Self::mysql()]
            .into_iter()
            .flatten()
            .collect()
    }

    pub(super) fn postgres() -> Option<&'static Self> {
        static STARTED: OnceLock<Option<Encrypted>> = OnceLock::new();
        let start = || Self::start(Server::postgres(), Dialect::Postgres);
        STARTED.get_or_init(start).as_ref()
    }

    pub(super) fn mysql() -> Option<&'static Self> {
        static STARTED: OnceLock<Option<Encrypted>> = OnceLock::new();
        let start = || Self::start(Server::mysql(), Dialect::Mysql);
        STARTED.get_or_init(start).as_ref()
    }

    fn start(options: ServerOptions, dialect: Dialect) -> Option<Self> {
        let authority = Authority::new("bindery tests");
        let own = authority.server(&["localhost"]);
        let names = match dialect {
            Dialect::Postgres => ["ssl_cert_file", "ssl_key_file", "ssl_ca_file"],
            Dialect::Mysql | Dialect::Sqlite => ["ssl-cert", "ssl-key", "ssl-ca"],
        };
        let contents = [own.cert.clone(), own.key.clone(), authority.pem()];
        let options = names
            .into_iter()
            .zip(contents)
            .fold(options, |options, (name, content)| {
                options.file(name, content)
            });
        let options = match dialect {
            Dialect::Postgres => options.setting("ssl", "on").file("hba_file", HBA),
            Dialect::Mysql | Dialect::Sqlite => options.setting("max-allowed-packet", "128M"),
        };
        Some(Self {
            server: options.start_or_skip()?,
            authority,
            dialect,
        })
    }

    /// Its first database by this host.
    pub(super) fn url(&self, host: &str) -> String {
        self.server
            .url()
            .replace("@127.0.0.1:", &format!("@{host}:"))
    }
}

/// An empty database on each, behind a proxy and reached encrypted.
pub(in crate::driver::tests) fn behind() -> Vec<Behind> {
    let each = |encrypted: &&Encrypted| {
        let tls = TlsOptions {
            mode: Some(TlsMode::VerifyFull),
            ca: Some(encrypted.authority.file()),
            ..TlsOptions::default()
        };
        let fresh = encrypted
            .server
            .fresh_database()
            .expect("it makes databases");
        Behind::of(fresh, encrypted.dialect, tls)
    };
    Encrypted::all().iter().map(each).collect()
}

impl Database {
    pub(super) fn of(physical: Physical) -> Self {
        Self {
            physical,
            fresh: None,
        }
    }

    /// Returns whether the server says that the connection is encrypted.
    pub(super) fn way(&mut self) -> &'static str {
        let sql = self.pick(
            "",
            "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
            "SELECT variable_value FROM /*M! information_schema. */ /*!80000 performance_schema. */ session_status \
             WHERE variable_name = 'ssl_version'",
        );
        let found: Vec<Option<String>> = self.read(sql, &[]).expect("it says");
        match found[0].as_deref() {
            None | Some("") => "plain",
            Some(version) => {
                assert_eq!(version, "TLSv1.3");
                "encrypted"
            }
        }
    }
}
