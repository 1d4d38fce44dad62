//! Servers that take no writes, whatever the session sets: reported before another engine has committed anything.

use std::time::Duration;

use bindery::error::Applied;
use bindery::{Connection, EngineOptions, ErrorKind, StaticEngine};
use bindery_testkit::{FreshDatabase, Product, Server, Watchdog};

use super::place::TestDatabase;
use super::{add, titles};
use crate::sample::engine::{B, Mysql, Postgres};
use crate::sample::{Everything, Tables, with};

const PATIENCE: Duration = Duration::from_secs(120);

type Call<E> = fn(&mut Connection<E>) -> bindery::Result<()>;

/// Each write is refused, alone and in a transaction, and takes what another engine was about to keep with it.
fn refuses_writes<E: Everything>(engine: E, url: &str) {
    let db = with(engine.name(), EngineOptions::url(url));
    db.create_missing_on(B).unwrap();
    let mut b = db.connect(B).unwrap();
    let mut c = db.connect(engine).unwrap();
    let calls: [(&str, Call<E>); 3] = [
        ("insert", |c| add(c, "refused")),
        ("in a transaction", |c| {
            c.transaction(|tx| add(tx, "refused"))
        }),
        ("delete", |c| {
            let first = c.blogs().first()?.expect("there is a row");
            c.blogs().delete(first.id).map(drop)
        }),
    ];
    for (what, call) in calls {
        let outcome = b.transaction(|tx| {
            add(tx, "on b")?;
            call(&mut c)
        });
        let error = outcome.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ReadOnly, "{what}: {error:?}");
        assert_eq!(error.engine(), Some(engine.name()), "{what}");
        assert_eq!(
            (error.applied(), error.is_retryable()),
            (Applied::No, false),
            "{what}"
        );
        assert!(titles(&mut b).is_empty(), "{what}");
    }
    // The connection is as good as before, and reads.
    assert_eq!(titles(&mut c), ["kept"]);
    drop(c);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!((pool.created, pool.closed), (1, 0));
}

/// With a row, from the time when it took them.
fn with_a_row<E: Everything + StaticEngine>(engine: E, url: &str) {
    let db = with(engine.name(), EngineOptions::url(url));
    db.create_missing_on(engine).unwrap();
    add(&mut db.connect(engine).unwrap(), "kept").unwrap();
}

/// Covers TX-14 on PostgreSQL.
#[test]
fn tx_14_a_database_of_postgresql_that_may_only_be_read() {
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    with_a_row(Postgres, &database.url());
    let place = TestDatabase::Server(database);
    place.run(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
         current_database()); END $$",
    );
    refuses_writes(Postgres, &place.url());
}

/// A server of its own: the setting is a whole server's. The account is one that it counts for.
///
/// Covers TX-14 on MariaDB.
#[test]
fn tx_14_a_server_of_mariadb_that_may_only_be_read() {
    let _watchdog = Watchdog::start("tx_14_a_server_of_mariadb", PATIENCE);
    // Where no servers are wanted, it says so.
    if bindery_testkit::fresh_mysql().is_none() {
        return;
    }
    let server = Server::mysql().start().expect("a server of its own");
    assert!(matches!(
        server.product(),
        Product::MariaDb | Product::MySql
    ));
    let database = server.fresh_database().expect("a database");
    with_a_row(Mysql, &database.url());
    let url = of_somebody(&database);
    database.run_script("SET GLOBAL read_only = 1").unwrap();
    refuses_writes(Mysql, &url);
    // So that the database can be dropped.
    database.run_script("SET GLOBAL read_only = 0").unwrap();
}

/// The URL for an account that may do everything with the database, and nothing with the server.
fn of_somebody(database: &FreshDatabase) -> String {
    let url = database.url();
    let (_, place) = url.split_once('@').expect("it names its user");
    let (_, name) = place.split_once('/').expect("it names its database");
    database
        .run_script(&format!(
            "CREATE USER 'somebody'@'%' IDENTIFIED BY 'something'; GRANT ALL ON `{name}`.* TO 'somebody'@'%'"
        ))
        .unwrap();
    format!("mysql://somebody:something@{place}")
}
