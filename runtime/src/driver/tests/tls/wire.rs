//! Behaviour that TLS does not change: large values both ways, connections that are cut, requests to cancel.

use std::time::Duration;

use bindery_core::config::TlsMode;
use bindery_testkit::{Direction, Fault, FaultProxy, Watchdog};

use super::servers::Encrypted;
use super::{Database, PATIENCE, refused, server_with};
use crate::driver::Physical;
use crate::driver::tests::{connect_with, options};
use crate::error::{ErrorKind, Result};
use bindery_core::dialect::Dialect;

impl Encrypted {
    /// A connection by a URL, whose statements may take this long.
    fn connect(&self, url: &str, limit: Duration) -> Result<Physical> {
        let ca = self.authority.file();
        let server = server_with(url, TlsMode::VerifyFull, Some(&ca));
        let mut options = options(&server);
        options.session.statement_timeout = Some(limit);
        connect_with(&options, self.dialect)
    }
}

#[test]
fn large_values_go_both_ways() {
    const LENGTH: usize = 60 << 20;
    let _watchdog = Watchdog::start("large_values_go_both_ways", PATIENCE);
    for encrypted in Encrypted::all() {
        let physical = encrypted.connect(&encrypted.url("localhost"), PATIENCE);
        let mut there = Database::of(physical.expect("it lets its owner in"));
        let value: Vec<u8> = (0..LENGTH).map(|index| (index % 251) as u8).collect();
        let create = there.pick(
            "",
            "CREATE TEMPORARY TABLE large (v bytea)",
            "CREATE TEMPORARY TABLE large (v longblob)",
        );
        there.batch(create);
        there
            .run("INSERT INTO large VALUES (?)", &[&value])
            .expect("room");
        let found: Vec<Vec<u8>> = there.read("SELECT v FROM large", &[]).expect("a row");
        assert!(found == [value]);
        assert!(!there.physical.is_broken());
    }
}

/// Covers POOL-12 on PostgreSQL, MariaDB: whatever of the handshake is cut off, neither side goes on without it.
#[test]
fn a_handshake_that_is_cut_anywhere_is_no_connection() {
    let _watchdog = Watchdog::start("a_handshake_that_is_cut_anywhere", PATIENCE);
    for encrypted in Encrypted::all() {
        let proxy = FaultProxy::start(&encrypted.server.url()).expect("a port is free");
        let url = proxy.url().replace("@127.0.0.1:", "@localhost:");
        let ca = encrypted.authority.file();
        let server = server_with(&url, TlsMode::VerifyFull, Some(&ca));
        for direction in [Direction::ToClient, Direction::ToServer] {
            for bytes in [0, 1, 5, 60, 130, 200, 400] {
                proxy.set(Fault::CutAfter { direction, bytes });
                let outcome = connect_with(&options(&server), encrypted.dialect);
                let error = refused(outcome, "", &server);
                assert_eq!(*error.kind(), ErrorKind::Unavailable, "{bytes} {error:?}");
            }
        }
        proxy.heal();
        assert!(connect_with(&options(&server), encrypted.dialect).is_ok());
    }
}

/// A record that is cut is not an answer: what came of it is not taken for one.
#[test]
fn an_answer_that_is_cut_is_lost() {
    let _watchdog = Watchdog::start("an_answer_that_is_cut_is_lost", PATIENCE);
    for encrypted in Encrypted::all() {
        let proxy = FaultProxy::start(&encrypted.server.url()).expect("a port is free");
        let url = proxy.url().replace("@127.0.0.1:", "@localhost:");
        for _ in 0..3 {
            let physical = encrypted
                .connect(&url, PATIENCE)
                .expect("it is let through");
            let mut there = Database::of(physical);
            there.batch("SELECT 1");
            // Somewhere in the middle of it.
            proxy.set(Fault::CutAfter {
                direction: Direction::ToClient,
                bytes: 60_000,
            });
            let lost = there.read::<String>("SELECT repeat('x', 200000)", &[]);
            assert_eq!(*lost.unwrap_err().kind(), ErrorKind::ConnectionLost);
            assert!(there.physical.is_broken());
            proxy.heal();
        }
    }
}

/// Covers POOL-12, TX-4 on PostgreSQL, MariaDB: the request to cancel a statement is encrypted like everything else,
/// and arrives, also over a slow link.
#[test]
fn a_statement_is_given_up_over_tls() {
    const LIMIT: Duration = Duration::from_millis(100);
    let _watchdog = Watchdog::start("a_statement_is_given_up_over_tls", PATIENCE);
    for encrypted in Encrypted::all() {
        let url = encrypted.url("localhost");
        let owner = encrypted.connect(&url, PATIENCE);
        let mut owner = Database::of(owner.expect("it lets its owner in"));
        let proxy = FaultProxy::start(&encrypted.server.url()).expect("a port is free");
        let slow = proxy.url().replace("@127.0.0.1:", "@localhost:");
        // The request has a second; on a machine that is busy one of them may come too late.
        let arrives = (0..10).any(|_| {
            proxy.heal();
            let physical = encrypted.connect(&slow, LIMIT);
            let mut there = Database::of(physical.expect("it lets its owner in"));
            // The server itself has no limit.
            let unlimited = there.pick(
                "",
                "SET statement_timeout = 0",
                "SET /*M! max_statement_time = 0 */ /*!80000 max_execution_time = 0 */",
            );
            there.batch(unlimited);
            let own = there.pick(
                "",
                "SELECT pg_backend_pid()::bigint",
                "SELECT CONNECTION_ID()",
            );
            let own: Vec<i64> = there.read(own, &[]).expect("its number");
            let sleep = there.pick("", "SELECT pg_sleep(600)", "SELECT SLEEP(600)");
            proxy.set(Fault::Delay(Duration::from_millis(20)));
            let kind = there.physical.batch(sleep).unwrap_err().kind().clone();
            assert!(matches!(kind, ErrorKind::Timeout { .. }), "{kind:?}");
            drop(there);
            is_gone(&mut owner, own[0])
        });
        assert!(arrives, "{}", encrypted.dialect);
    }
}

/// Whether the session ends within a few looks. Without the request it would sleep for ten minutes.
fn is_gone(owner: &mut Database, session: i64) -> bool {
    let sql = match owner.dialect() {
        Dialect::Postgres => "SELECT count(*) FROM pg_stat_activity WHERE pid = ?::bigint",
        Dialect::Mysql | Dialect::Sqlite => {
            "SELECT count(*) FROM information_schema.processlist WHERE id = ?"
        }
    };
    (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let left: Vec<i64> = owner.read(sql, &[&session]).expect("a number");
        left == [0]
    })
}
