//! Servers that fall silent, drip, or are cut off, behind a proxy: every wait ends, with the error that follows.

use std::time::{Duration, Instant};

use bindery_core::config::TlsOptions;
use bindery_testkit::{Direction, Fault, FaultProxy, FreshDatabase, Watchdog};

use super::{Database, connect_with, options, push, server};
use crate::driver::Physical;
use crate::error::{ErrorKind, Result, TimeoutPhase};
use bindery_core::dialect::Dialect;

const LIMIT: Duration = Duration::from_millis(600);
/// For a whole test; every single wait in it is far shorter.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) struct Behind {
    pub(super) fresh: FreshDatabase,
    pub(super) proxy: FaultProxy,
    dialect: Dialect,
    tls: TlsOptions,
}

impl Behind {
    /// Every server there is, each behind a proxy.
    pub(super) fn all() -> Vec<Self> {
        let postgres = bindery_testkit::fresh_postgres().map(|fresh| (fresh, Dialect::Postgres));
        let mysql = bindery_testkit::fresh_mysql().map(|fresh| (fresh, Dialect::Mysql));
        let servers = [postgres, mysql].into_iter().flatten();
        let behind =
            servers.map(|(fresh, dialect)| Self::of(fresh, dialect, TlsOptions::default()));
        behind.collect()
    }

    pub(super) fn of(fresh: FreshDatabase, dialect: Dialect, tls: TlsOptions) -> Self {
        Self {
            proxy: FaultProxy::start(&fresh.url()).expect("a port is free"),
            fresh,
            dialect,
            tls,
        }
    }

    /// The same, and those that have TLS once more, encrypted.
    fn all_ways() -> Vec<Self> {
        let plain = Self::all();
        #[cfg(feature = "tls")]
        let plain = plain.into_iter().chain(super::tls::behind()).collect();
        plain
    }

    fn connect(&self) -> Result<Physical> {
        self.connect_for(LIMIT)
    }

    /// With this time for each statement.
    fn connect_for(&self, limit: Duration) -> Result<Physical> {
        // A certificate is for a name, not for the proxy's address.
        let url = self.proxy.url().replace("@127.0.0.1:", "@localhost:");
        let mut server = server(&url);
        server.tls = self.tls.clone();
        let mut limits = options(&server);
        limits.session.connect_timeout = LIMIT * 10;
        limits.session.statement_timeout = Some(limit);
        connect_with(&limits, self.dialect)
    }

    pub(super) fn database(&self) -> Database {
        self.database_for(LIMIT)
    }

    fn database_for(&self, limit: Duration) -> Database {
        Database {
            physical: self.connect_for(limit).expect("the proxy lets it through"),
            fresh: None,
        }
    }

    /// Without the proxy, and without a limit.
    fn direct(&self) -> Database {
        Database {
            physical: super::connect(&self.fresh.url()).expect("the test server"),
            fresh: None,
        }
    }

    pub(super) fn count(&self) -> String {
        self.fresh
            .answer("SELECT count(*) FROM t")
            .expect("a table")
    }
}

fn kind_of<T>(outcome: Result<T>) -> ErrorKind {
    outcome
        .map(drop)
        .expect_err("it cannot succeed")
        .kind()
        .clone()
}

fn late(phase: TimeoutPhase) -> ErrorKind {
    ErrorKind::Timeout { phase }
}

#[test]
fn a_silent_login_ends() {
    let _watchdog = Watchdog::start("a_silent_login_ends", PATIENCE);
    for behind in Behind::all_ways() {
        behind.proxy.set(Fault::Stall);
        assert_eq!(kind_of(behind.connect()), late(TimeoutPhase::Connect));
        behind.proxy.heal();
        assert!(behind.connect().is_ok());
    }
}

#[test]
fn a_silent_server_is_given_up_in_every_operation() {
    let _watchdog = Watchdog::start("a_silent_server_is_given_up_in_every_operation", PATIENCE);
    for behind in Behind::all_ways() {
        behind
            .database()
            .batch("CREATE TABLE t (id bigint, body text)");
        let large = "x".repeat(12_000_000);
        type Operation<'a> = (&'a str, ErrorKind, &'a dyn Fn(&mut Database) -> Result<()>);
        let operations: [Operation<'_>; 6] = [
            ("a query", late(TimeoutPhase::Statement), &|database| {
                database.read::<i64>("SELECT id FROM t", &[]).map(drop)
            }),
            (
                "a large value",
                late(TimeoutPhase::Statement),
                &|database| {
                    database
                        .run("INSERT INTO t VALUES (1, ?)", &[&large])
                        .map(drop)
                },
            ),
            ("a batch", late(TimeoutPhase::Statement), &|database| {
                database.physical.batch("SELECT 1")
            }),
            ("a rollback", late(TimeoutPhase::Rollback), &|database| {
                database.physical.rollback()
            }),
            ("a commit", ErrorKind::OutcomeUnknown, &|database| {
                database.physical.commit()
            }),
            ("a cursor", late(TimeoutPhase::Statement), &|database| {
                let mut none = |_: &mut crate::value::ParamWriter<'_>| ();
                let mut cursor = database.physical.cursor("SELECT id FROM t", &mut none)?;
                cursor.next().map(drop)
            }),
        ];
        for (name, expected, operation) in operations {
            let mut database = behind.database();
            database.physical.begin().unwrap();
            database.run("INSERT INTO t VALUES (2, 'x')", &[]).unwrap();
            behind.proxy.set(Fault::Stall);
            assert_eq!(kind_of(operation(&mut database)), expected, "{name}");
            assert!(database.physical.is_broken(), "{name}");
            // Nothing of the next operation is sent.
            assert_eq!(
                kind_of(database.physical.batch("SELECT 2")),
                ErrorKind::ConnectionLost,
                "{name}"
            );
            drop(database);
            behind.proxy.set(Fault::Cut);
            while behind.proxy.open() > 0 {
                std::thread::yield_now();
            }
            behind.proxy.heal();
        }
        assert_eq!(behind.count(), "0");
    }
}

/// The statement is cancelled in the background: that may take a second, and the caller has its error before.
///
/// Covers TX-4 on PostgreSQL, MariaDB.
#[test]
fn tx_4_asking_a_silent_server_to_give_up_keeps_nobody() {
    let _watchdog = Watchdog::start("tx_4_asking_a_silent_server", PATIENCE);
    for behind in Behind::all_ways() {
        let mut database = behind.database();
        behind.proxy.set(Fault::Stall);
        let started = Instant::now();
        assert_eq!(
            kind_of(database.physical.batch("SELECT 1")),
            late(TimeoutPhase::Statement)
        );
        // Four times what is promised, for a machine that is busy.
        let most = LIMIT + 4 * Duration::from_millis(250);
        let took = started.elapsed();
        assert!(took >= LIMIT && took < most, "{took:?}");
    }
}

#[test]
fn a_dripping_answer_is_given_up() {
    let _watchdog = Watchdog::start("a_dripping_answer_is_given_up", PATIENCE);
    for behind in Behind::all_ways() {
        let mut database = behind.database();
        let pause = Duration::from_millis(20);
        behind.proxy.set(Fault::Throttle { bytes: 1, pause });
        let sql = "SELECT repeat('x', 10000)";
        let outcome = database.read::<String>(sql, &[]);
        assert_eq!(kind_of(outcome), late(TimeoutPhase::Statement));
        assert!(database.physical.is_broken());
    }
}

#[test]
fn a_connection_cut_anywhere_is_lost_and_keeps_nothing() {
    let _watchdog = Watchdog::start("a_connection_cut_anywhere_is_lost", PATIENCE);
    for behind in Behind::all() {
        behind.database().batch("CREATE TABLE t (id bigint)");
        let parts = [
            ("BEGIN", ErrorKind::ConnectionLost),
            ("INSERT", ErrorKind::ConnectionLost),
            ("COMMIT", ErrorKind::OutcomeUnknown),
        ];
        for (pattern, expected) in parts {
            let mut database = behind.database();
            behind.proxy.set(Fault::CutBeforePattern {
                direction: Direction::ToServer,
                pattern: pattern.into(),
            });
            let outcome = database
                .physical
                .begin()
                .and_then(|()| {
                    let sql = database.with_placeholders("INSERT INTO t VALUES (?)");
                    let write =
                        &mut |params: &mut crate::value::ParamWriter<'_>| push(params, &[&1_i64]);
                    database.physical.execute(&sql, write)
                })
                .and_then(|_| database.physical.commit());
            assert_eq!(kind_of(outcome), expected, "{pattern}");
            assert!(database.physical.is_broken(), "{pattern}");
            behind.proxy.heal();
        }
        assert_eq!(behind.count(), "0");
    }
}

/// A caller that takes longer over a row than a statement may take, and drops the rest, keeps the transaction.
#[test]
fn rows_that_are_given_up_late_cost_no_transaction() {
    let _watchdog = Watchdog::start("rows_that_are_given_up_late", PATIENCE);
    // Enough for short statements on a machine that is busy.
    let limit = LIMIT * 4;
    for behind in Behind::all_ways() {
        let mut filling = behind.direct();
        filling.batch("CREATE TABLE t (body text)");
        filling.batch("INSERT INTO t VALUES (repeat('x', 1000))");
        // More than one read takes, and less than fits between the server and the program.
        for _ in 0..8 {
            filling.batch("INSERT INTO t SELECT body FROM t");
        }
        let mut database = behind.database_for(limit);
        database.physical.begin().unwrap();
        database.batch("DELETE FROM t WHERE body = ''");
        let mut cursor = database
            .physical
            .cursor("SELECT body FROM t", &mut |_| ())
            .unwrap();
        assert!(cursor.next().unwrap().is_some());
        std::thread::sleep(limit + LIMIT);
        drop(cursor);
        assert!(!database.physical.is_broken());
        database.physical.commit().unwrap();
    }
}

/// Rows that come one by one and never end hold no caller longer than a statement may take, in a transaction too.
#[test]
fn dripping_rows_that_are_given_up_end_in_time() {
    let _watchdog = Watchdog::start("dripping_rows_that_are_given_up", PATIENCE);
    for behind in Behind::all() {
        // More than fits between the server and the program before it drips: 16 MB, written without the limit.
        let mut filling = behind.direct();
        filling.batch("CREATE TABLE t (body text)");
        filling.batch("INSERT INTO t VALUES (repeat('x', 1000))");
        for _ in 0..14 {
            filling.batch("INSERT INTO t SELECT body FROM t");
        }
        let mut database = behind.database();
        database.physical.begin().unwrap();
        let mut cursor = database
            .physical
            .cursor("SELECT body FROM t", &mut |_| ())
            .unwrap();
        assert!(cursor.next().unwrap().is_some());
        let pause = Duration::from_millis(20);
        behind.proxy.set(Fault::Throttle { bytes: 100, pause });
        let started = Instant::now();
        drop(cursor);
        let took = started.elapsed();
        assert!(took < PATIENCE / 4, "{took:?}");
        assert!(database.physical.is_broken());
    }
}
