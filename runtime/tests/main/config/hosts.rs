//! Several hosts of one engine, tried one after the other.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use bindery::config::{OutsideTransaction, TlsMode};
use bindery::status::PoolStats;
use bindery::{EngineOptions, ErrorKind, Registry};
use bindery_testkit::{
    Fault, FaultProxy, FreshDatabase, Server, ServerOptions, Shutdown, Watchdog,
};

use super::{connect, parts, servers};
use crate::alone::is_alone;
use crate::observe::metrics::{recorder, sum};
use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables as _, at, model, with};
use crate::session::Db;

/// The same URL with other hosts.
fn with_hosts(url: &str, hosts: &str) -> String {
    let (account, _, database) = parts(url);
    let (scheme, _) = url.split_once("://").unwrap();
    format!("{scheme}://{account}@{hosts}/{database}")
}

#[test]
fn hosts_are_tried_in_turn_within_one_limit() {
    let _watchdog = Watchdog::start("hosts_are_tried_in_turn", Duration::from_secs(120));
    // Accepts, as the system does for it, and stays silent.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    for (engine, database) in servers() {
        let url = database.url();
        let (_, address, _) = parts(&url);
        let limit = Duration::from_secs(2);
        let open = |hosts: &str| {
            let options = EngineOptions::url(with_hosts(&url, hosts)).connect_timeout(limit);
            connect(&with(engine, options), engine)
        };
        open(&format!("127.0.0.1:1,{address}")).unwrap();
        open(&format!("{silent},127.0.0.1:1,{address}")).unwrap();
        open(&format!("{address},127.0.0.1:1")).unwrap();
        let none = open("127.0.0.1:1,127.0.0.1:2").unwrap_err();
        assert_eq!(none.kind(), &ErrorKind::Unavailable, "{none:?}");
        assert!(
            none.to_string().contains("127.0.0.1:1,127.0.0.1:2/"),
            "{none}"
        );
        let asleep = open(&format!("127.0.0.1:1,{silent}")).unwrap_err();
        assert!(
            matches!(asleep.kind(), ErrorKind::Timeout { .. }),
            "{asleep:?}"
        );
    }
}

#[test]
fn a_host_that_refuses_the_login_is_the_right_one() {
    for (engine, database) in servers() {
        let url = database.url();
        let (account, address, _) = parts(&url);
        let (user, _) = account.split_once(':').unwrap();
        let hosts = format!("{address},127.0.0.1:1");
        let options = EngineOptions::url(with_hosts(&url, &hosts));
        let wrong = options.username(user).password("wrong");
        let error = connect(&with(engine, wrong), engine).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{error:?}");
    }
}

#[test]
fn only_a_server_that_takes_writes_will_do_where_that_is_said() {
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let url = |attributes: &str| format!("{}?target_session_attrs={attributes}", database.url());
    at("x_postgres", &url("read-write"))
        .connect(Postgres)
        .unwrap();
    let name = database.name();
    database
        .answer(&format!(
            "ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"
        ))
        .unwrap();
    at("x_postgres", &url("any")).connect(Postgres).unwrap();
    let error = at("x_postgres", &url("read-write"))
        .connect(Postgres)
        .map(drop)
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("takes no writes"), "{source}");
}

/// Only a server that takes writes will do on MariaDB and MySQL, too.
#[test]
fn a_replica_is_passed_over_where_only_a_primary_will_do() {
    let _watchdog = Watchdog::start("a_replica_is_passed_over", Duration::from_secs(120));
    let Some(primary) = Server::mysql().replicated(true).start_or_skip() else {
        return;
    };
    let Some(standby) = primary.standby() else {
        return;
    };
    let standby = standby.start().expect("the standby starts");
    let url = primary.database("shop").unwrap();
    let (_, first, _) = parts(&url);
    let other = standby.same_database(&url);
    let (_, second, _) = parts(&other);
    let hosts = |attributes: &str| {
        let hosts = with_hosts(&url, &format!("{second},{first}"));
        at(
            "x_mysql",
            &format!("{hosts}?target_session_attrs={attributes}"),
        )
    };
    let read_only = |c: &mut bindery::Connection<Mysql>| {
        let sql = "SELECT CAST(@@global.read_only AS SIGNED)";
        c.query_scalar::<i64>(sql, ()).unwrap()
    };
    let started = Instant::now();
    while at("x_mysql", &other).connect(Mysql).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "never there");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(read_only(&mut hosts("any").connect(Mysql).unwrap()), 1);
    assert_eq!(
        read_only(&mut hosts("read-write").connect(Mysql).unwrap()),
        0
    );
    let alone = format!("{other}?target_session_attrs=read-write");
    let error = at("x_mysql", &alone).connect(Mysql).map(drop).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable, "{error:?}");
}

/// The first host comes back, and takes writes: the connections stay with the one that was promoted meanwhile.
fn keeps_to_one_host<E: Everything>(engine: E, start: fn() -> ServerOptions) {
    let _watchdog = Watchdog::start("keeps_to_one_host", Duration::from_secs(180));
    let Some(mut first) = start().replicated(true).durable(true).start_or_skip() else {
        return;
    };
    let url = first.database("shop").unwrap();
    let Some(second) = first.standby() else {
        return;
    };
    let second = second.start().expect("the standby starts");
    let other = second.same_database(&url);
    let addresses = [parts(&url).1, parts(&other).1].join(",");
    let url = format!(
        "{}?target_session_attrs=read-write",
        with_hosts(&url, &addresses)
    );
    let options = EngineOptions::url(url).connect_timeout(Duration::from_secs(10));
    let db = with(engine.name(), options);
    // The standby has the database.
    db.connect(engine)
        .unwrap()
        .execute_batch("CREATE TABLE there (a INTEGER)")
        .unwrap();
    let started = Instant::now();
    while at(engine.name(), &other)
        .connect(engine)
        .and_then(|mut c| c.query_scalar::<i64>("SELECT count(*) FROM there", ()))
        .is_err()
    {
        assert!(started.elapsed() < Duration::from_secs(60), "never there");
        thread::sleep(Duration::from_millis(20));
    }
    first.go_down(Shutdown::Crash);
    second.promote().unwrap();
    let mut held = db.connect(engine).unwrap();
    held.execute_batch("CREATE TABLE here (a INTEGER)").unwrap();
    first.come_back().unwrap();
    let mut later: Vec<_> = (0..3).map(|_| db.connect(engine).unwrap()).collect();
    for connection in later.iter_mut().chain([&mut held]) {
        let count = connection.query_scalar::<i64>("SELECT count(*) FROM here", ());
        assert_eq!(count.unwrap(), 0, "it is the promoted server");
    }
}

/// Covers DIST-07 on PostgreSQL.
#[test]
fn dist_07_connections_keep_to_one_host_of_postgres() {
    keeps_to_one_host(Postgres, Server::postgres);
}

/// Covers DIST-07 on MariaDB.
#[test]
fn dist_07_connections_keep_to_one_host_of_mariadb() {
    keeps_to_one_host(Mysql, Server::mysql);
}

/// A name that nothing is known of: the error has it, whichever driver connects, and another host of the URL is tried.
#[test]
fn a_host_whose_name_is_not_found_is_named() {
    for (engine, database) in servers() {
        let url = database.url();
        let open = |hosts: &str| {
            let options = EngineOptions::url(with_hosts(&url, hosts))
                .tls(TlsMode::Disable)
                .tls_plaintext();
            connect(&with(engine, options), engine)
        };
        let error = open("no-such-host.invalid:1").unwrap_err();
        let host = "no-such-host.invalid".to_owned();
        assert_eq!(error.kind(), &ErrorKind::UnknownHost { host });
        assert!(error.is_unavailable() && error.is_retryable(), "{error:?}");
        let text = error.to_string();
        for part in [
            "the name `no-such-host.invalid` of the database's host was not found",
            "`getent hosts <name>`",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let (_, address, _) = parts(&url);
        open(&format!("no-such-host.invalid:1,{address}")).unwrap();
    }
}

/// One database behind two proxies, which are the hosts of its URL: each shows how many connections lead there.
struct TwoHosts {
    first: FaultProxy,
    second: FaultProxy,
    db: Registry,
    engine: &'static str,
}

impl TwoHosts {
    fn of<E: Everything>(engine: E, database: &FreshDatabase) -> Self {
        let url = database.url();
        let [first, second] = [(); 2].map(|()| FaultProxy::start(&url).unwrap());
        let hosts = [parts(first.url()).1, parts(second.url()).1].join(",");
        let options = EngineOptions::url(with_hosts(&url, &hosts))
            .max_connections(6)
            // The pool goes to another host in the middle of a session.
            .outside_transaction(OutsideTransaction::Allow)
            .connect_timeout(Duration::from_secs(4))
            .acquire_timeout(Duration::from_secs(60))
            .test_after_idle(Duration::from_millis(1));
        let db = with(engine.name(), options);
        db.create_missing_on(engine).unwrap();
        Self {
            first,
            second,
            db,
            engine: engine.name(),
        }
    }

    /// The first host is silent while a connection is taken, and comes back.
    fn switch<E: Everything>(&self, engine: E) -> bindery::Connection<E> {
        // One that was just used is not tried before it is given out.
        thread::sleep(Duration::from_millis(20));
        self.first.set(Fault::Stall);
        let connected = self.db.connect(engine);
        self.first.heal();
        connected.unwrap()
    }

    fn pool(&self) -> PoolStats {
        self.db.engine(self.engine).unwrap().pool
    }

    /// The numbers of connections that lead to each.
    fn become_open(&self, expected: [usize; 2]) {
        let open = || [self.first.open(), self.second.open()];
        let started = Instant::now();
        while open() != expected {
            assert!(started.elapsed() < Duration::from_secs(20), "{:?}", open());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The pool goes to another host: what is idle is closed, what is in use when it comes back, after its transaction.
fn none_stays_with_the_host_before<E: Everything>(engine: E, database: &FreshDatabase) {
    let _watchdog = Watchdog::start("none_stays_with_the_host_before", Duration::from_secs(120));
    let hosts = TwoHosts::of(engine, database);
    let db = &hosts.db;
    let insert = |title| {
        db.repository::<model::Blog, E>(engine)
            .insert(NewBlog::new(title))
    };
    insert("before").unwrap();
    let mut used = db.connect(engine).unwrap();
    let mut in_transaction = db.connect(engine).unwrap();
    let of_session = Db(db.clone()).session(|s| {
        let mut blogs = s.repository::<model::Blog, E>(engine);
        blogs.insert(NewBlog::new("session"))?;
        let committed = in_transaction.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("transaction"))?;
            drop((db.connect(engine)?, db.connect(engine)?));
            hosts.become_open([5, 0]);
            let new = hosts.switch(engine);
            // The two that were idle are gone.
            hosts.become_open([3, 1]);
            let pool = hosts.pool();
            assert_eq!((pool.idle, pool.in_use), (0, 4), "{pool:?}");
            drop(new);
            tx.blogs().insert(NewBlog::new("transaction"))
        });
        committed.unwrap();
        blogs.insert(NewBlog::new("session"))
    });
    drop(of_session.unwrap());
    drop(in_transaction);
    hosts.become_open([1, 1]);
    assert_eq!(used.blogs().count().unwrap(), 5, "it is good until then");

    // A caller that waits gets another connection in its place.
    let mut all: Vec<_> = (0..5).map(|_| db.connect(engine).unwrap()).collect();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| db.connect(engine).unwrap());
        while hosts.pool().waiting == 0 {
            thread::yield_now();
        }
        drop(used);
        all.push(waiting.join().unwrap());
    });
    hosts.become_open([0, 6]);
    drop(all);
    let pool = hosts.pool();
    assert_eq!((pool.idle, pool.open, pool.waiting), (6, 6, 0), "{pool:?}");
    assert_eq!((pool.created, pool.closed), (11, 5), "{pool:?}");
}

/// The numbers that are recorded are those of the connections that there are.
fn closed_ones_are_not_recorded_as_open<E: Everything>(engine: E, database: &FreshDatabase) {
    // Whichever thread closes a connection records it, so the recorder is that of the process.
    let recorder: &'static _ = Box::leak(Box::new(recorder()));
    metrics::set_global_recorder(recorder).unwrap();
    let state = |state| {
        let wanted = [
            ("bindery_engine", engine.name()),
            ("db_client_connection_state", state),
        ];
        sum(recorder, "db_client_connection_count", &wanted)
    };
    let hosts = TwoHosts::of(engine, database);
    let connect = || hosts.db.connect(engine).unwrap();
    let held = connect();
    drop((connect(), connect()));
    assert_eq!((state("used"), state("idle")), (1.0, 2.0));
    let new = hosts.switch(engine);
    drop(new);
    drop(held);
    // A thread waits until the server has ended the connections of the host before.
    let started = Instant::now();
    while (state("used"), state("idle")) != (0.0, 1.0) {
        assert!(started.elapsed() < Duration::from_secs(60), "not recorded");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn no_connection_stays_with_the_host_before_on_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        none_stays_with_the_host_before(Postgres, &database);
    }
}

#[test]
fn no_connection_stays_with_the_host_before_on_mysql() {
    if let Some(database) = bindery_testkit::fresh_mysql() {
        none_stays_with_the_host_before(Mysql, &database);
    }
}

#[test]
fn closed_connections_of_postgres_are_not_recorded_as_open() {
    let name = "config::hosts::closed_connections_of_postgres_are_not_recorded_as_open";
    if is_alone(name)
        && let Some(database) = bindery_testkit::fresh_postgres()
    {
        closed_ones_are_not_recorded_as_open(Postgres, &database);
    }
}

#[test]
fn closed_connections_of_mysql_are_not_recorded_as_open() {
    let name = "config::hosts::closed_connections_of_mysql_are_not_recorded_as_open";
    if is_alone(name)
        && let Some(database) = bindery_testkit::fresh_mysql()
    {
        closed_ones_are_not_recorded_as_open(Mysql, &database);
    }
}
