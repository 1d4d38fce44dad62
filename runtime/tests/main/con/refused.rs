//! Engines that cannot be reached or are not as the program was compiled for: named in time, and without their passwords.

use std::time::{Duration, Instant};

use bindery::dialect::Flavour;
use bindery::{Config, EngineOptions, ErrorKind, Registry};
use bindery_testkit::Product;

use super::{folder, open};
use crate::sample::engine::{B, Default, Mariadb, Mysql, Postgres};
use crate::sample::{EMBEDDED, Tables, at, program, with};

/// Covers CON-08 on SQLite.
#[test]
fn con_08_a_dead_engine_disturbs_no_other() {
    let folder = folder(
        "url = \"sqlite://default.db\"\n[engines]\nb = \"sqlite://nowhere/b.db\"\ntest = \":memory:\"\n",
    );
    let db = open(&folder).unwrap();
    db.create_missing_on(Default).unwrap();
    assert_eq!(db.connect(Default).unwrap().blogs().count().unwrap(), 0);
    let started = Instant::now();
    let error = db.connect(B).map(drop).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(error.engine(), Some("b"));
    let checks = db.check();
    let names: Vec<(&str, bool)> = checks
        .iter()
        .map(|(name, outcome)| (*name, outcome.is_ok()))
        .collect();
    assert_eq!(names, [("b", false), ("default", true), ("test", true)]);
}

/// Covers CON-09.
#[test]
fn con_09_another_dialect_is_refused_at_open() {
    let config = Config::new()
        .engine("b", "postgres://ann@localhost/shop")
        .engine("default", ":memory:")
        .engine("test", ":memory:");
    let error = Registry::with_config(&EMBEDDED, &config).unwrap_err();
    let expected = "engine `b`: reading the configuration: compiled for sqlite, found postgres";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn con_06_no_password_is_ever_shown() {
    for password in ["hunter2", "hunter2%40%2F%2Fhunter2"] {
        let url = format!(
            "postgres://ann:{password}@127.0.0.1:1/shop?options=hunter2&application_name=shop"
        );
        let config = Config::new().engine("x_postgres", url.as_str());
        let db = at("x_postgres", &url);
        let status = db.engine("x_postgres").unwrap();
        assert_eq!(status.url, "postgres://ann@127.0.0.1:1/shop");
        assert_eq!(status.parameters, ["options", "application_name"]);
        let checks = db.check();
        let shown = format!("{config:?} {db:?} {status:?} {:?} {checks:?}", db.engines());
        assert!(!shown.contains("hunter2"), "{shown}");
        for (_, outcome) in checks {
            let text = outcome
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}

/// Covers CON-09 on MariaDB.
#[test]
fn con_09_another_flavour_is_refused_at_open() {
    let all = |mysql: &str, mariadb: EngineOptions| {
        let embedded = ["b", "default", "test"].into_iter();
        let config = embedded.fold(Config::new(), |config, name| {
            config.engine(name, ":memory:")
        });
        let config = config.engine("x_postgres", "postgres://ann@localhost/shop");
        config.engine("x_mysql", mysql).engine("y_mariadb", mariadb)
    };
    let mysql = EngineOptions::url("mysql://ann@localhost/shop");
    // Compiled for no product: either may be configured. For MariaDB: a `mysql` URL says nothing against it.
    let fine = all("mariadb://ann@localhost/shop", mysql.clone());
    Registry::with_config(program(), &fine).unwrap();
    let other = all("mysql://ann@localhost/shop", mysql.flavour(Flavour::Mysql));
    let error = Registry::with_config(program(), &other).unwrap_err();
    let expected = "engine `y_mariadb`: reading the configuration: compiled for mysql (mariadb), found mysql (mysql)";
    assert_eq!(error.to_string(), expected);
}

/// Before any statement of the user's: the table of `y_mariadb` is not made.
///
/// Covers CON-09 on MariaDB, MySQL: the product that the run has is refused where the other one was declared.
#[test]
fn con_09_another_product_is_refused_at_the_first_connection() {
    let Some(database) = bindery_testkit::fresh_mysql() else {
        return;
    };
    let refused = |outcome: bindery::Result<()>, expected: &str, found: &str| {
        let error = outcome.unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedServer { .. }),
            "{error:?}"
        );
        assert!(
            text.contains(&format!("compiled for {expected}, found {found} ")),
            "{text}"
        );
    };
    let declared = EngineOptions::url(database.url()).flavour(Flavour::Mysql);
    let mysql = with("x_mysql", declared);
    let mariadb = at("y_mariadb", &database.url());
    match bindery_testkit::mysql_flavour() {
        Product::MariaDb => {
            mariadb.connect(Mariadb).unwrap();
            refused(mysql.create_missing_on(Mysql).map(drop), "MySQL", "MariaDB");
        }
        Product::Postgres | Product::MySql => {
            mysql.connect(Mysql).unwrap();
            refused(
                mariadb.create_missing_on(Mariadb).map(drop),
                "MariaDB",
                "MySQL",
            );
        }
    }
    let tables = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()";
    assert_eq!(database.answer(tables).unwrap().trim(), "0");
    // A MySQL engine accepts both.
    at("x_mysql", &database.url()).connect(Mysql).unwrap();
}

/// Covers CON-08 on PostgreSQL.
#[test]
fn con_08_a_closed_port_is_told_within_the_time() {
    let db = at("none", "");
    let started = Instant::now();
    let error = db.connect(Postgres).map(drop).unwrap_err();
    assert_eq!(
        (error.engine(), error.kind()),
        (Some("x_postgres"), &ErrorKind::Unavailable)
    );
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(60));
    db.create_missing_on(B).unwrap();
    db.create_missing_on(Default).unwrap();
    let reached: Vec<(&str, bool)> = db
        .check()
        .iter()
        .map(|(name, outcome)| (*name, outcome.is_ok()))
        .collect();
    let expected = [
        ("b", true),
        ("default", true),
        ("test", true),
        ("x_mysql", false),
        ("x_postgres", false),
        ("y_mariadb", false),
    ];
    assert_eq!(reached, expected);
}

#[test]
fn con_06_a_wrong_password_is_refused_without_showing_it() {
    let servers = [
        ("x_postgres", bindery_testkit::fresh_postgres()),
        ("x_mysql", bindery_testkit::fresh_mysql()),
    ];
    for (engine, database) in servers {
        let Some(database) = database else { continue };
        let url = database.url();
        let (user, rest) = url.split_once("//").unwrap();
        let (_, address) = rest.split_once('@').unwrap();
        let db = at(
            engine,
            &format!("{user}//bindery:hunter2%40%2F%2Fhunter2@{address}"),
        );
        let (_, outcome) = db
            .check()
            .into_iter()
            .find(|(name, _)| *name == engine)
            .unwrap();
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.engine(), error.kind()),
            (Some(engine), &ErrorKind::AccessDenied)
        );
        let mut shown = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown += &format!(" {cause} {cause:?}");
            source = cause.source();
        }
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
