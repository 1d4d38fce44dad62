//! Encrypted connections: to servers that have TLS, and to simulated ones that do it wrong.

mod certificates;
mod logins;
mod played;
mod public_key;
mod servers;
mod wire;

use std::path::Path;
use std::time::Duration;

use bindery_core::config::{Secret, Server, TlsMode};
use bindery_testkit::Watchdog;

use self::certificates::Authority;
use self::servers::Encrypted;
pub(super) use self::servers::behind;
use super::{Database, connect_with, options};
use crate::error::{Error, ErrorKind, Result};
use bindery_core::dialect::Dialect;

/// For a whole test; every single wait in it is far shorter.
const PATIENCE: Duration = Duration::from_secs(120);

/// Returns how the server of a URL is reached.
fn server_with(url: &str, mode: TlsMode, ca: Option<&Path>) -> Server {
    let mut server = super::server(url);
    server.tls.mode = Some(mode);
    server.tls.ca = ca.map(Path::to_owned);
    server
}

/// Connecting failed, and the error says why and holds no password.
fn refused<T>(outcome: Result<T>, expected: &str, server: &Server) -> Error {
    let error = outcome.err().expect("it cannot succeed");
    let shown = format!("{error} {error:?} {}", chain(&error));
    assert!(shown.contains(expected), "{shown}");
    let password = server.password.as_ref().expect("a password").expose();
    assert!(!shown.contains(password), "{shown}");
    error
}

fn chain(error: &dyn std::error::Error) -> String {
    let source = error.source();
    source.map_or(String::new(), |source| {
        format!("{source} {}", chain(source))
    })
}

/// Covers POOL-12 on PostgreSQL, MariaDB: each mode refuses what it has to and takes the rest, on servers that have TLS.
#[test]
fn each_mode_means_what_it_says() {
    let _watchdog = Watchdog::start("each_mode_means_what_it_says", PATIENCE);
    let stranger = Authority::new("stranger");
    for encrypted in Encrypted::all() {
        let (own, strange) = (encrypted.authority.file(), stranger.file());
        let (own, strange) = (Some(own.as_path()), Some(strange.as_path()));
        // The certificate is for `localhost` and not for the address.
        let (right, wrong) = ("localhost", "127.0.0.1");
        use TlsMode::{Disable, Require, VerifyCa, VerifyFull};
        let cases = [
            (VerifyFull, right, own, Ok("encrypted")),
            (VerifyFull, wrong, own, Err("is for another host")),
            (
                VerifyFull,
                right,
                strange,
                Err("no authority that is trusted"),
            ),
            (VerifyCa, wrong, own, Ok("encrypted")),
            (
                VerifyCa,
                right,
                strange,
                Err("no authority that is trusted"),
            ),
            (Require, wrong, None, Ok("encrypted")),
            (Disable, right, None, Ok("plain")),
        ];
        for (mode, host, ca, expected) in cases {
            let server = server_with(&encrypted.url(host), mode, ca);
            let outcome = connect_with(&options(&server), encrypted.dialect);
            match expected {
                Ok(expected) => {
                    let mut there = outcome.map(Database::of).expect("it lets its owner in");
                    assert_eq!(there.way(), expected, "{mode} {host}");
                }
                Err(expected) => {
                    let error = refused(outcome, expected, &server);
                    assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error}");
                }
            }
        }
    }
}

/// Covers POOL-12 on PostgreSQL, MariaDB: a server that demands a certificate gets it, and says so where there is none.
#[test]
fn a_certificate_is_shown_to_a_server_that_demands_one() {
    let _watchdog = Watchdog::start("a_certificate_is_shown", PATIENCE);
    let stranger = Authority::new("stranger").client("shown");
    for encrypted in Encrypted::all() {
        let ca = encrypted.authority.file();
        let mut server = server_with(&encrypted.url("localhost"), TlsMode::VerifyFull, Some(&ca));
        let owner = connect_with(&options(&server), encrypted.dialect).map(Database::of);
        let mut owner = owner.expect("it lets its owner in");
        let create = match encrypted.dialect {
            Dialect::Postgres => "CREATE ROLE shown LOGIN PASSWORD 's3cr3t-canary'",
            Dialect::Mysql | Dialect::Sqlite => {
                "CREATE USER 'shown'@'%' IDENTIFIED BY 's3cr3t-canary' REQUIRE X509"
            }
        };
        owner.batch(create);
        if encrypted.dialect == Dialect::Mysql {
            owner.batch("GRANT ALL ON *.* TO 'shown'@'%'");
        }
        server.username = Some("shown".to_owned());
        server.password = Some(Secret::new("s3cr3t-canary"));
        refused(
            connect_with(&options(&server), encrypted.dialect),
            "",
            &server,
        );

        let own = encrypted.authority.client("shown");
        for (identity, is_right) in [(&own, true), (&stranger, false)] {
            server.tls.cert = Some(identity.cert_file.clone());
            server.tls.key = Some(identity.key_file.clone());
            let outcome = connect_with(&options(&server), encrypted.dialect);
            if is_right {
                assert_eq!(Database::of(outcome.expect("let in")).way(), "encrypted");
            } else {
                refused(outcome, "", &server);
            }
        }
        owner.batch(if encrypted.dialect == Dialect::Postgres {
            "DROP ROLE shown"
        } else {
            "DROP USER 'shown'@'%'"
        });
    }
}
