//! Pools of servers that fall silent or go away, behind a proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery_core::config::{Address, SessionConfig, SessionReset, parse_url};
use bindery_testkit::{Fault, FaultProxy, FreshDatabase, Watchdog};

use super::{Pool, PoolLimits};
use crate::driver::mysql::{MysqlConfig, MysqlConnection};
use crate::driver::postgres::{PostgresConfig, PostgresConnection};
use crate::driver::{Physical, ServerOptions};
use crate::error::{Error, ErrorKind, Result, TimeoutPhase};
use crate::link::Link;
use crate::link::pool;
use bindery_core::dialect::Dialect;

const LIMIT: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(120);
/// Twice as long as a connection may rest without being looked at.
const PAST_LOOK_AFTER: Duration = Duration::from_millis(20);

/// A pool of two connections to a server behind a proxy.
struct Behind {
    /// Dropped after the pool.
    _fresh: FreshDatabase,
    proxy: FaultProxy,
    pool: Arc<Pool>,
}

/// One for each server there is.
fn behind(test_after_idle: Duration) -> Vec<Behind> {
    let servers = [
        (bindery_testkit::fresh_postgres(), Dialect::Postgres),
        (bindery_testkit::fresh_mysql(), Dialect::Mysql),
    ];
    let there = servers
        .into_iter()
        .filter_map(|(fresh, dialect)| Some((fresh?, dialect)));
    let behind = there.map(|(fresh, dialect)| {
        let proxy = FaultProxy::start(&fresh.url()).expect("a port is free");
        let url = proxy.url().to_owned();
        let limits = PoolLimits {
            max_connections: 2,
            min_connections: 0,
            acquire_timeout: LIMIT,
            idle_timeout: Duration::MAX,
            max_lifetime: Duration::MAX,
            test_after_idle,
            max_transaction_age: None,
            outside_transaction: Some(bindery_core::config::OutsideTransaction::Allow),
            keep: true,
            one_writer: false,
        };
        let open: pool::OpenPhysical = Box::new(move |limit| connect(&url, dialect, limit));
        Behind {
            pool: Pool::new("b", limits, open),
            proxy,
            _fresh: fresh,
        }
    });
    behind.collect()
}

fn connect(url: &str, dialect: Dialect, limit: Duration) -> Result<Physical> {
    let session = SessionConfig {
        connect_timeout: PATIENCE,
        statement_timeout: Some(LIMIT),
        ..SessionConfig::default()
    };
    connect_with(url, dialect, session, limit)
}

fn connect_with(
    url: &str,
    dialect: Dialect,
    session: SessionConfig,
    limit: Duration,
) -> Result<Physical> {
    let target = parse_url(url).expect("the test kit writes valid URLs");
    let Address::Server(server) = &target.place else {
        panic!("the URL of a server");
    };
    let options = ServerOptions {
        server,
        endpoint: &server.endpoints[0],
        cluster: None,
        read_only: false,
        session,
    };
    match dialect {
        Dialect::Postgres => PostgresConnection::connect(&PostgresConfig::new(&options)?, limit)
            .map(|connection| Physical::from(Box::new(connection))),
        Dialect::Mysql => MysqlConnection::connect(&MysqlConfig::new(&options)?, limit)
            .map(|connection| Physical::from(Box::new(connection))),
        Dialect::Sqlite => panic!("SQLite has no servers"),
    }
}

/// A machine that is busy may need more than one limit to connect in; the watchdog ends what never comes.
fn soon_works(pool: &Arc<Pool>) {
    while !works(pool.acquire()) {}
}

fn soon(pool: &Arc<Pool>) -> Link {
    loop {
        if let Ok(link) = pool.acquire() {
            return link;
        }
    }
}

fn works(link: Result<Link>) -> bool {
    link.and_then(|mut link| link.ready()?.batch("SELECT 1"))
        .is_ok()
}

/// The server ends the sessions that are idle, as a restart does.
fn end_sessions(behind: &Behind) {
    behind.proxy.set(Fault::Cut);
    while behind.proxy.open() > 0 {
        thread::yield_now();
    }
    behind.proxy.heal();
    // Connections that rest shorter are not looked at.
    thread::sleep(PAST_LOOK_AFTER);
}

/// The server went down while a caller had a connection and did nothing with it: the next gets another one.
///
/// Covers POOL-2 on PostgreSQL, MariaDB.
#[test]
fn pool_2_a_connection_that_died_in_use_is_not_passed_on() {
    let _watchdog = Watchdog::start("pool_2_a_connection_that_died_in_use", PATIENCE);
    for behind in behind(Duration::MAX) {
        let held = soon(&behind.pool);
        end_sessions(&behind);
        drop(held);
        let stats = behind.pool.stats();
        assert_eq!((stats.open, stats.closed), (0, 1));
        soon_works(&behind.pool);
        assert_eq!(behind.pool.stats().created, 2);
    }
}

/// The next caller does not notice.
///
/// Covers POOL-2 on PostgreSQL, MariaDB.
#[test]
fn pool_2_connections_that_died_while_idle_are_replaced() {
    let _watchdog = Watchdog::start("pool_2_connections_that_died", PATIENCE);
    for behind in behind(Duration::MAX) {
        let held = (soon(&behind.pool), soon(&behind.pool));
        drop(held);
        end_sessions(&behind);
        for link in [soon(&behind.pool), soon(&behind.pool)] {
            assert!(works(Ok(link)));
        }
        let stats = behind.pool.stats();
        assert_eq!(stats.closed, 2);
    }
}

/// A server that is silent in its greeting, or when an idle connection is tried, holds no caller up for longer than the
/// limit, and no place is lost.
///
/// Covers POOL-3, POOL-4 on PostgreSQL, MariaDB.
#[test]
fn pool_3_and_4_a_silent_server_holds_nobody_up() {
    let _watchdog = Watchdog::start("pool_3_and_4_a_silent_server", PATIENCE);
    for behind in behind(Duration::ZERO) {
        for idle in [false, true] {
            soon_works(&behind.pool);
            if !idle {
                end_sessions(&behind);
            }
            thread::sleep(PAST_LOOK_AFTER);
            behind.proxy.set(Fault::Stall);
            for _ in 0..4 {
                let kind = behind
                    .pool
                    .acquire()
                    .err()
                    .map(|error: Error| error.kind().clone());
                let phase = TimeoutPhase::Connect;
                assert_eq!(kind, Some(ErrorKind::Timeout { phase }));
            }
            assert_eq!(behind.pool.stats().open, 0);
            behind.proxy.heal();
            soon_works(&behind.pool);
        }
    }
}

/// Connections whose server is silent are dropped without waiting for it, also by a panic, and no place is lost. Half
/// of the panics meet a server that is well: its connections are closed too, as they are in a transaction.
///
/// Covers POOL-7 on PostgreSQL, MariaDB.
#[test]
fn pool_7_panics_give_their_places_back() {
    let _watchdog = Watchdog::start("pool_7_panics_give_their_places_back", PATIENCE);
    let rounds = std::env::var("BINDERY_PANIC_ROUNDS").ok();
    let rounds = rounds.map_or(20, |text| text.parse().expect("a number of rounds"));
    for behind in behind(Duration::MAX) {
        for round in 0..rounds {
            let held = [soon(&behind.pool), soon(&behind.pool)].map(|mut link| {
                link.begin().unwrap();
                link.ready().unwrap().batch("SELECT 1").unwrap();
                link
            });
            if round % 2 == 1 {
                behind.proxy.set(Fault::Stall);
            }
            let panics = held.map(|held| {
                thread::spawn(move || {
                    let _held = held;
                    // As a panic, but without its report.
                    std::panic::resume_unwind(Box::new("a bug of the user's"));
                })
            });
            for panicked in panics {
                panicked.join().unwrap_err();
            }
            assert_eq!(behind.pool.stats().in_use, 0);
            behind.proxy.heal();
        }
        let all = [soon(&behind.pool), soon(&behind.pool)];
        assert!(all.map(Ok).map(works).iter().all(|&works| works));
    }
}

/// Sessions are cut again and again: at most what was under way fails, and the next caller is served.
///
/// Covers POOL-2 on PostgreSQL, MariaDB.
#[test]
fn pool_2_at_most_what_was_under_way_fails() {
    let _watchdog = Watchdog::start("pool_2_at_most_what_was_under_way_fails", PATIENCE);
    for behind in behind(Duration::MAX) {
        for round in 0..10 {
            let failed = AtomicUsize::new(0);
            let stop = AtomicBool::new(false);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        while !stop.load(Ordering::Relaxed) {
                            let link = soon(&behind.pool);
                            failed.fetch_add(usize::from(!works(Ok(link))), Ordering::Relaxed);
                        }
                    });
                }
                soon_works(&behind.pool);
                let before = behind.proxy.accepted();
                behind.proxy.set(Fault::Cut);
                // A caller that tries anew has lost its rows.
                while behind.proxy.accepted() < before + 4 {
                    thread::yield_now();
                }
                behind.proxy.heal();
                soon_works(&behind.pool);
                stop.store(true, Ordering::Relaxed);
            });
            let failed = failed.into_inner();
            assert!(failed <= 2, "round {round}: {failed} failed");
        }
    }
}

/// A transaction that one user leaves open does not reach the next.
///
/// Covers POOL-6 on PostgreSQL, MariaDB.
#[test]
fn pool_6_an_open_transaction_is_nobodys() {
    for behind in behind(Duration::MAX) {
        let mut link = soon(&behind.pool);
        link.ready()
            .unwrap()
            .batch("CREATE TABLE t (id int)")
            .unwrap();
        link.ready().unwrap().batch("BEGIN").unwrap();
        link.ready()
            .unwrap()
            .batch("INSERT INTO t VALUES (1)")
            .unwrap();
        drop(link);
        assert_eq!(behind.pool.stats().closed, 1);
        let mut rows = 0;
        let mut link = soon(&behind.pool);
        let physical = link.ready().unwrap();
        let mut take = |_: &mut crate::types::RowReader<'_>| {
            rows += 1;
            Ok(true)
        };
        physical
            .query("SELECT id FROM t", &mut |_| (), &mut take)
            .unwrap();
        assert_eq!(rows, 0);
    }
}

/// A change that a trigger or function leaves in the session, and how the next user would notice it.
struct Left {
    fresh: FreshDatabase,
    dialect: Dialect,
    trigger: &'static str,
    question: &'static str,
    /// The answer in a session that is as new.
    clean: &'static str,
}

fn left() -> Vec<Left> {
    let postgres = bindery_testkit::fresh_postgres().map(|fresh| Left {
        fresh,
        dialect: Dialect::Postgres,
        trigger: "CREATE TABLE t (id int); CREATE SEQUENCE s; \
            CREATE FUNCTION leaves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            PERFORM set_config('statement_timeout', '77', false), set_config('search_path', 'nowhere', false), \
            set_config('default_transaction_read_only', 'on', false), set_config('x.y', 'left', false), \
            pg_advisory_lock(7), nextval('public.s'); \
            CREATE TEMP TABLE IF NOT EXISTS t (id int); RETURN NEW; END $$; \
            CREATE TRIGGER leaves BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION leaves()",
        question: "SELECT current_setting('statement_timeout') || current_setting('search_path') \
            || current_setting('default_transaction_read_only') || coalesce(current_setting('x.y', true), '') \
            || current_setting('TimeZone') || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) \
            || (to_regclass('pg_temp.t') IS NULL)",
        clean: "30s\"$user\", publicoffUTC0true",
    });
    let mysql = bindery_testkit::fresh_mysql().map(|fresh| Left {
        fresh,
        dialect: Dialect::Mysql,
        trigger: "CREATE TABLE t (id int);\nDELIMITER //\nCREATE TRIGGER leaves BEFORE INSERT ON t FOR EACH ROW BEGIN \
            SET @left = 'left'; SET @got = GET_LOCK('bindery_left', 0); SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; \
            SET SESSION lock_wait_timeout = 77; END//",
        question: "SELECT CONCAT(COALESCE(@left, ''), COALESCE(IS_USED_LOCK('bindery_left') = CONNECTION_ID(), 'free'), \
            /*M! @@tx_isolation */ /*!80000 @@transaction_isolation */, @@lock_wait_timeout = 77, @@time_zone)",
        clean: "freeREPEATABLE-READ0+00:00",
    });
    [postgres, mysql].into_iter().flatten().collect()
}

impl Left {
    fn pool(&self, reset: SessionReset) -> Arc<Pool> {
        let limits = PoolLimits {
            max_connections: 1,
            min_connections: 0,
            acquire_timeout: PATIENCE,
            idle_timeout: Duration::MAX,
            max_lifetime: Duration::MAX,
            test_after_idle: Duration::MAX,
            max_transaction_age: None,
            outside_transaction: Some(bindery_core::config::OutsideTransaction::Allow),
            keep: true,
            one_writer: false,
        };
        let (url, dialect) = (self.fresh.url(), self.dialect);
        let open = move |limit| {
            let session = SessionConfig {
                reset,
                ..SessionConfig::default()
            };
            connect_with(&url, dialect, session, limit)
        };
        Pool::new("b", limits, Box::new(open))
    }

    /// Returns the answer that the next user sees.
    fn answer(&self, pool: &Arc<Pool>) -> String {
        let mut link = pool.acquire().unwrap();
        let mut answer = String::new();
        let take = &mut |row: &mut crate::types::RowReader<'_>| {
            answer = row.text()?.to_owned();
            Ok(false)
        };
        let physical = link.ready().unwrap();
        physical.query(self.question, &mut |_| (), take).unwrap();
        answer
    }
}

/// By a key of the engine a session is as new for each user, whatever triggers did; without it they are noticed.
///
/// Covers POOL-6, POOL-03 on PostgreSQL, MariaDB.
#[test]
fn pool_6_what_a_trigger_leaves_in_a_session_is_nobodys() {
    for left in left() {
        let insert = match left.dialect {
            Dialect::Postgres => "INSERT INTO public.t VALUES ($1)",
            Dialect::Mysql | Dialect::Sqlite => "INSERT INTO t VALUES (?)",
        };
        let write = |link: &mut Link| {
            link.ready()
                .and_then(|it| it.execute(insert, &mut |params| params.i64(1)))
        };
        left.fresh.run_script(left.trigger).unwrap();
        let noticed = left.pool(SessionReset::Noticed);
        write(&mut noticed.acquire().unwrap()).unwrap();
        assert_ne!(left.answer(&noticed), left.clean, "it is left");
        drop(noticed);

        let always = left.pool(SessionReset::Always);
        // The server ends the session of before in its own time, and frees its lock then.
        let started = Instant::now();
        while left.answer(&always) != left.clean {
            assert!(started.elapsed() < Duration::from_secs(10), "never free");
            std::thread::sleep(Duration::from_millis(10));
        }
        for round in 0..3 {
            // In a transaction, alone, and after rows that were not read to their end.
            let mut link = always.acquire().unwrap();
            if round == 1 {
                link.begin().unwrap();
            }
            assert_eq!(write(&mut link).unwrap(), 1);
            if round == 1 {
                link.commit(1).unwrap();
            } else {
                let physical = link.ready().unwrap();
                let mut rows = physical
                    .cursor("SELECT 1 UNION SELECT 2", &mut |_| ())
                    .unwrap();
                rows.next().unwrap();
            }
            drop(link);
            assert_eq!(left.answer(&always), left.clean, "round {round}");
        }
        let stats = always.stats();
        assert_eq!((stats.created, stats.closed), (1, 0), "one serves all");
    }
}
