//! Connections as servers count them: those that are kept, those that are short, and none after closing.

use std::time::Duration;

use bindery::config::ConnectionMode;
use bindery::{Config, Dialect, EngineOptions, ErrorKind, Registry};
use bindery_testkit::Watchdog;

use super::{connect, servers};
use crate::sample::engine::{B, Default, Mysql, Postgres, Test};
use crate::sample::{EMBEDDED, at, embedded, with};

/// An engine's product is known once it was connected to.
///
/// Covers CON-07.
#[test]
fn con_07_the_product_is_known_after_the_first_connection() {
    for (engine, database) in servers() {
        let db = at(engine, &database.url());
        assert_eq!(db.engine(engine).unwrap().server, None);
        connect(&db, engine).unwrap();
        let server = db.engine(engine).unwrap().server.unwrap();
        assert!(["PostgreSQL", "MySQL", "MariaDB"].contains(&server.product));
        assert!(
            server
                .version
                .starts_with(|sign: char| sign.is_ascii_digit()),
            "{server:?}"
        );
    }
    let db = embedded();
    assert_eq!(db.engine("b").unwrap().server.unwrap().product, "SQLite");
    let names: Vec<&str> = db.engines().iter().map(|engine| engine.name).collect();
    assert_eq!(names, ["b", "default", "test"]);
}

/// Before anything is connected to, and without a secret.
///
/// Covers CON-07.
#[test]
fn con_07_an_engine_is_described_without_a_connection() {
    let argument = [("charset", "utf8mb4"), ("application_name", "canary")];
    let servers = [
        (Dialect::Mysql, "x_mysql"),
        (Dialect::Postgres, "x_postgres"),
    ];
    for ((dialect, name), (argument, value)) in servers.into_iter().zip(argument) {
        let scheme = name.trim_start_matches("x_");
        let url = format!("{scheme}://ann:canary@127.0.0.1:1/shop?{argument}={value}");
        let options = EngineOptions::url(url)
            .short()
            .echo(true)
            .slow_statement(Duration::from_secs(7));
        let db = with(name, options);
        let engine = db.engine(name).unwrap();
        let shown = format!("{scheme}://ann@127.0.0.1:1/shop");
        assert_eq!((engine.dialect, engine.url), (dialect, shown));
        assert_eq!(engine.parameters, [argument]);
        assert_eq!(engine.connection, ConnectionMode::Short);
        assert!(engine.log.echo && !engine.log.echo_values);
        assert_eq!(engine.log.slow_statement, Some(Duration::from_secs(7)));
        assert!(!format!("{:?}", db.engines()).contains("canary"));
        let b = || db.engine("b").unwrap();
        assert_eq!(b().connection, ConnectionMode::Long);
        assert!(!b().log.echo);
        db.echo(B, true);
        assert!(b().log.echo, "as it is now");
        assert_eq!(
            db.engines().iter().map(|one| one.name).collect::<Vec<_>>(),
            ["b", "default", "test", "x_mysql", "x_postgres", "y_mariadb"],
            "each time the same"
        );
    }
}

/// 100 units of work on each of three engines, on four threads.
///
/// Covers POOL-01 on SQLite.
#[test]
fn pool_01_long_and_short_connections() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| EngineOptions::sqlite(folder.path().join(name));
    let config = Config::new()
        .engine("default", file("default.db").max_connections(5))
        .engine("b", file("b.db").short())
        .engine("test", EngineOptions::url(":memory:").max_connections(1));
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    drop(db.connect(Default).unwrap());
                    drop(db.connect(B).unwrap());
                    drop(db.connect(Test).unwrap());
                }
            });
        }
    });
    let pool = |name: &str| db.engine(name).unwrap().pool;
    assert!(
        (1..=5).contains(&pool("default").created),
        "{:?}",
        pool("default")
    );
    assert_eq!(pool("default").closed, 0);
    assert_eq!([pool("b").created, pool("b").closed], [100, 100]);
    assert_eq!(pool("b").open, 0);
    assert_eq!([pool("test").created, pool("test").closed], [1, 0]);
}

/// The same, with the connections that a server counts.
///
/// Covers POOL-01 on PostgreSQL, MariaDB.
#[test]
fn pool_01_connections_that_a_server_counts() {
    for (engine, database) in servers() {
        let name = database.name();
        let sessions = match engine {
            "x_postgres" => format!(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'counted'"
            ),
            _ => format!("SELECT count(*) FROM information_schema.processlist WHERE db = '{name}'"),
        };
        let own = |options: EngineOptions| with(engine, options.application_name("counted"));
        let count = || -> u32 { database.answer(&sessions).unwrap().trim().parse().unwrap() };
        // The test's own look at MySQL's list is in the list.
        let before = count();
        let gone = || {
            while count() > before {
                std::thread::yield_now();
            }
        };
        let long = own(EngineOptions::url(database.url()).max_connections(5));
        let short = own(EngineOptions::url(database.url()).short());
        for _ in 0..20 {
            connect(&long, engine).unwrap();
            connect(&short, engine).unwrap();
        }
        assert_eq!(long.engine(engine).unwrap().pool.created, 1);
        assert_eq!(short.engine(engine).unwrap().pool.created, 20);
        // Closing is heard of a moment later.
        while count() != before + 1 {
            std::thread::yield_now();
        }
        long.close();
        gone();
    }
}

/// Idle connections are gone, those in use are waited for, reported and cut off, and closing opens nothing.
///
/// Covers CON-10, POOL-04 on PostgreSQL, MariaDB.
#[test]
fn con_10_closing_ends_the_sessions_of_a_server() {
    let _watchdog = Watchdog::start("con_10_closing", Duration::from_secs(120));
    for (engine, database) in servers() {
        let db = at(engine, &database.url());
        let name = database.name();
        let sessions = match engine {
            "x_postgres" => {
                format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'")
            }
            _ => format!("SELECT count(*) FROM information_schema.processlist WHERE db = '{name}'"),
        };
        let count = || -> u32 { database.answer(&sessions).unwrap().trim().parse().unwrap() };
        let before = count();
        let (mut postgres, mut mysql) = (None, None);
        match engine {
            "x_postgres" => postgres = Some(db.connect(Postgres).unwrap()),
            _ => mysql = Some(db.connect(Mysql).unwrap()),
        }
        connect(&db, engine).unwrap();
        assert_eq!(count(), before + 2);
        let held = db.close_within(Duration::from_millis(50)).unwrap_err();
        assert_eq!(
            (held.engine(), held.kind()),
            (Some(engine), &ErrorKind::StillInUse { connections: 1 })
        );
        while count() != before {
            std::thread::yield_now();
        }
        drop((postgres.take(), mysql.take()));
        db.close_within(Duration::from_secs(10)).unwrap();
        db.close();
        let error = connect(&db, engine).unwrap_err();
        assert_eq!(
            (error.engine(), error.kind()),
            (Some(engine), &ErrorKind::Closed)
        );
        assert_eq!(db.engine("default").unwrap().pool.created, 0);
    }
}
