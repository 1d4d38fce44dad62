//! Several hosts of one engine, tried one after the other.

use std::net::TcpListener;
use std::time::Duration;

use bindery::{EngineOptions, ErrorKind};
use bindery_testkit::{Server, ServerOptions, Shutdown, Watchdog};

use super::{connect, parts, servers};
use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{Everything, at, with};

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
    let started = std::time::Instant::now();
    while at("x_mysql", &other).connect(Mysql).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "never there");
        std::thread::sleep(Duration::from_millis(20));
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
    let started = std::time::Instant::now();
    while at(engine.name(), &other)
        .connect(engine)
        .and_then(|mut c| c.query_scalar::<i64>("SELECT count(*) FROM there", ()))
        .is_err()
    {
        assert!(started.elapsed() < Duration::from_secs(60), "never there");
        std::thread::sleep(Duration::from_millis(20));
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

#[test]
fn connections_keep_to_one_host_of_postgres() {
    keeps_to_one_host(Postgres, Server::postgres);
}

#[test]
fn connections_keep_to_one_host_of_mariadb() {
    keeps_to_one_host(Mysql, Server::mysql);
}
