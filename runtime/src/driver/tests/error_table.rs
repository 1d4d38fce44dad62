//! Every kind of error provoked on every database there is. What was seen is `docs/errors.md`: written anew by
//! `BINDERY_UPDATE=1 cargo test -p bindery --lib error_table`, else compared, for the databases that there are.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use bindery_testkit::{Direction, Fault, FaultProxy, FreshDatabase, Product, Watchdog};

use super::errors::{CANARY, assert_silent, make_tables};
use super::{Database, connect, options, server};
use crate::driver::Physical;
use crate::driver::sqlite::{SqliteConnection, SqliteOptions};
use crate::error::{Applied, Error, ErrorKind, ReportedConstraint, Result};
use bindery_core::dialect::Dialect;

const PATIENCE: Duration = Duration::from_secs(120);
const SHORT: Duration = Duration::from_millis(50);

/// A database with tables, and more connections to it.
struct TestDatabase {
    name: &'static str,
    main: Database,
    /// Where SQLite's file is; another program may be there too.
    file: tempfile::TempDir,
    fresh: Option<FreshDatabase>,
}

/// How an error is provoked; `None` where a database knows no such thing.
type Provoke = fn(&mut TestDatabase) -> Option<Error>;

const CASES: &[(&str, Provoke)] = &[
    ("a duplicate value of a unique key", unique),
    ("a foreign key to a row that does not exist", foreign_key),
    ("a row that others refer to is deleted", referred_to),
    ("NULL in a column that is NOT NULL", not_null),
    ("a violated check", check),
    ("a text that is too long", too_long),
    ("a number out of range", out_of_range),
    ("a deadlock", deadlock),
    (
        "an update of a row that was changed since it was read",
        serialization,
    ),
    ("a lock that is not released", lock_timeout),
    ("a statement that takes too long", statement_timeout),
    ("a missing table", unknown_table),
    ("a missing column", unknown_column),
    ("a missing privilege", no_right),
    ("a syntax error", syntax),
    ("a connection that is closed while idle", connection_lost),
    ("a COMMIT whose answer is lost", commit_lost),
    ("a full disk", disk_full),
    ("a write in a read-only transaction", read_only),
];

const DATABASES: [&str; 4] = ["SQLite", "PostgreSQL", "MariaDB", "MySQL"];

/// Covers ERR-01, TX-18 on SQLite.
#[test]
fn err_01_errors_of_sqlite_are_on_the_page() {
    are_on_the_page("SQLite");
}

/// Covers ERR-01, TX-14, TX-18 on PostgreSQL.
#[test]
fn err_01_errors_of_postgresql_are_on_the_page() {
    if bindery_testkit::postgres_url().is_some() {
        are_on_the_page("PostgreSQL");
    }
}

/// Covers ERR-01, TX-18 on MariaDB.
#[test]
fn err_01_errors_of_mariadb_or_mysql_are_on_the_page() {
    if bindery_testkit::mysql_url().is_some() {
        are_on_the_page(match bindery_testkit::mysql_flavour() {
            Product::MariaDb | Product::Postgres => "MariaDB",
            Product::MySql => "MySQL",
        });
    }
}

/// The page's rows about a database are those that are seen on it now, in their order. Of databases that are not here
/// nothing is compared.
fn are_on_the_page(name: &'static str) {
    let _watchdog = Watchdog::start("err_01_errors_are_on_the_page", PATIENCE);
    let rows: Vec<Row> = CASES
        .iter()
        .filter_map(|(case, provoke)| {
            let seen = seen(name, *provoke)?;
            Some(((*case, name), format!("| {case} | {name} | {seen} |")))
        })
        .collect();
    assert!(rows.len() > CASES.len() / 2, "{rows:?}");
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        update(name, &rows);
    }
    let written: Vec<Row> = rows_of(&page())
        .into_iter()
        .filter(|((_, database), _)| *database == name)
        .collect();
    let help = "run with BINDERY_UPDATE=1 and look at the difference";
    assert_eq!(written, rows, "{help}");
}

/// Each row is in its place, and nothing else was written into the table.
#[test]
fn the_table_of_errors_is_in_order() {
    let (page, rows) = (page(), rows_of(&page()));
    assert_eq!(page, with_rows(&page, &rows));
    let places: Vec<_> = rows.iter().map(|(place, _)| *place).collect();
    let in_order: Vec<_> = all_places()
        .filter(|place| places.contains(place))
        .collect();
    assert_eq!(places, in_order);
    for name in DATABASES {
        let of_it = places.iter().filter(|(_, database)| *database == name);
        assert!(of_it.count() > CASES.len() / 2, "{name}");
    }
}

/// Case and database, and the whole line.
type Row = ((&'static str, &'static str), String);

fn all_places() -> impl Iterator<Item = (&'static str, &'static str)> {
    CASES
        .iter()
        .flat_map(|(case, _)| DATABASES.map(|name| (*case, name)))
}

/// The lines of a page that are in the table.
fn rows_of(page: &str) -> Vec<Row> {
    let row = |line: &str| {
        let is_about =
            |(case, name): &(&str, &str)| line.starts_with(&format!("| {case} | {name} |"));
        all_places()
            .find(is_about)
            .map(|place| (place, line.to_owned()))
    };
    page.lines().filter_map(row).collect()
}

/// The page with these rows as its table.
fn with_rows(page: &str, rows: &[Row]) -> String {
    let (before, table) = page.split_once(HEAD).expect("the page has the table");
    let mut after = table
        .split_inclusive('\n')
        .skip_while(|line| line.starts_with('|'));
    let lines = rows.iter().map(|(_, line)| format!("{line}\n"));
    format!(
        "{before}{HEAD}{}{}",
        lines.collect::<String>(),
        after.by_ref().collect::<String>()
    )
}

/// Writes the rows of one database anew. One test at a time.
fn update(name: &str, rows: &[Row]) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut all = rows_of(&page());
    all.retain(|((_, database), _)| *database != name);
    all.extend_from_slice(rows);
    let place = |place| all_places().position(|known| known == place);
    all.sort_by_key(|(found, _)| place(*found));
    std::fs::write(PAGE, with_rows(&page(), &all)).expect("the documents are there");
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md");

fn page() -> String {
    std::fs::read_to_string(PAGE).expect("the documents are there")
}

/// The head of the table; it ends at the first line that is no row. All around it is written by hand.
const HEAD: &str = "\
| provoked | database | kind | code | reported | retryable | applied |
|---|---|---|---|---|---|---|
";

/// An empty database of this product, if there is one.
fn place(name: &str) -> Option<TestDatabase> {
    let mysql_is = |product| bindery_testkit::mysql_flavour() == product;
    match name {
        "SQLite" => Some(sqlite()),
        "PostgreSQL" => served("PostgreSQL", bindery_testkit::fresh_postgres()),
        "MariaDB" if mysql_is(Product::MariaDb) => {
            served("MariaDB", bindery_testkit::fresh_mysql())
        }
        "MySQL" if mysql_is(Product::MySql) => served("MySQL", bindery_testkit::fresh_mysql()),
        _ => None,
    }
}

fn served(name: &'static str, fresh: Option<FreshDatabase>) -> Option<TestDatabase> {
    let fresh = fresh?;
    Some(TestDatabase {
        name,
        main: Database {
            physical: connect(&fresh.url()).expect("a test database lets its owner in"),
            fresh: None,
        },
        file: tempfile::tempdir().expect("a folder"),
        fresh: Some(fresh),
    })
}

fn sqlite() -> TestDatabase {
    let file = tempfile::tempdir().expect("a folder");
    let path = file.path().join("one.db");
    let options = SqliteOptions {
        path: path.to_str().expect("UTF-8"),
        busy_timeout: SHORT,
        statement_timeout: Some(SHORT * 4),
        synchronous: bindery_core::config::Synchronous::default(),
        read_only: false,
        creates: true,
    };
    let connection = SqliteConnection::open(&options, PATIENCE).expect("a file");
    TestDatabase {
        name: "SQLite",
        main: Database {
            physical: Physical::from(connection),
            fresh: None,
        },
        file,
        fresh: None,
    }
}

/// Returns the report of an error as the cells of a row.
fn seen(name: &str, provoke: Provoke) -> Option<String> {
    let mut place = place(name)?;
    make_tables(&mut place.main);
    let error = provoke(&mut place)?;
    assert_silent(&error);
    let kind = match error.kind() {
        ErrorKind::Timeout { phase } => format!("`Timeout` {phase}"),
        kind => {
            let text = format!("{kind:?}");
            let end = text.find(|char: char| !char.is_alphanumeric());
            format!("`{}`", &text[..end.unwrap_or(text.len())])
        }
    };
    let retryable = if error.is_retryable() { "yes" } else { "no" };
    let applied = match error.applied() {
        Applied::No => "no",
        Applied::Yes => "yes",
        Applied::Unknown => "unknown",
    };
    let code = error.code().unwrap_or("");
    let told = report_of(&error);
    Some(format!(
        "{kind} | {code} | {told} | {retryable} | {applied}"
    ))
}

fn report_of(error: &Error) -> String {
    let ReportedConstraint {
        name,
        table,
        column,
        columns,
    } = error.told();
    let parts = [
        ("name", name),
        ("table", table),
        ("column", column),
        ("columns", columns),
    ];
    let known = parts.iter().filter(|(_, name)| name.is_some());
    known.map(|(what, _)| *what).collect::<Vec<_>>().join(", ")
}

impl TestDatabase {
    fn dialect(&self) -> Dialect {
        self.main.dialect()
    }

    fn is_server(&self) -> bool {
        self.fresh.is_some()
    }

    fn url(&self) -> String {
        self.fresh.as_ref().expect("it is a server").url()
    }

    /// Another connection to the server.
    fn second(&self) -> Database {
        Database {
            physical: connect(&self.url()).expect("it lets its owner in"),
            fresh: None,
        }
    }

    /// Another program at SQLite's file.
    fn other_program(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file.path().join("one.db")).expect("a file")
    }

    fn refused(&mut self, sql: &str) -> Option<Error> {
        Some(self.main.run(sql, &[]).expect_err(sql))
    }

    fn insert(&mut self, id: i32, name: Option<&str>, age: i32) -> Option<Error> {
        let sql = "INSERT INTO parent (id, name, age) VALUES (?, ?, ?)";
        let name = name.map(str::to_owned);
        Some(self.main.run(sql, &[&id, &name, &age]).expect_err(sql))
    }
}

fn unique(place: &mut TestDatabase) -> Option<Error> {
    place.insert(2, Some(CANARY), 20)
}

fn foreign_key(place: &mut TestDatabase) -> Option<Error> {
    place.refused("INSERT INTO child (id, parent) VALUES (1, 77)")
}

fn referred_to(place: &mut TestDatabase) -> Option<Error> {
    place
        .main
        .batch("INSERT INTO child (id, parent) VALUES (1, 1)");
    place.refused("DELETE FROM parent WHERE id = 1")
}

fn not_null(place: &mut TestDatabase) -> Option<Error> {
    place.insert(2, None, 20)
}

fn check(place: &mut TestDatabase) -> Option<Error> {
    place.insert(2, Some("Ann"), 17)
}

fn too_long(place: &mut TestDatabase) -> Option<Error> {
    let long = format!("{CANARY}{}", "x".repeat(30));
    place
        .is_server()
        .then(|| place.insert(2, Some(&long), 20))?
}

fn out_of_range(place: &mut TestDatabase) -> Option<Error> {
    if place.is_server() {
        return place.insert(2, Some(CANARY), 40_000);
    }
    // The one column of SQLite that takes nothing but integers.
    place
        .main
        .batch("CREATE TABLE counted (id INTEGER PRIMARY KEY)");
    let sql = "INSERT INTO counted (id) VALUES (?)";
    Some(place.main.run(sql, &[&CANARY]).expect_err(sql))
}

/// Each of two holds what the other wants; whichever comes last, one of them is refused.
fn deadlock(place: &mut TestDatabase) -> Option<Error> {
    const TAKE: &str = "UPDATE parent SET age = 30 WHERE id = ?";
    place.is_server().then_some(())?;
    place
        .main
        .batch("INSERT INTO parent (id, name) VALUES (2, 'Bob')");
    let mut other = place.second();
    for (database, id) in [(&mut place.main, 1), (&mut other, 2)] {
        database.physical.begin().expect("it begins");
        database.run(TAKE, &[&id]).expect("it is free");
    }
    let want = |database: &mut Database, id: i32| -> Result<u64> {
        let outcome = database.run(TAKE, &[&id]);
        let _ = database.physical.rollback();
        outcome
    };
    let outcomes = thread::scope(|scope| {
        let waiting = scope.spawn(|| want(&mut other, 1));
        [want(&mut place.main, 2), waiting.join().expect("no panic")]
    });
    outcomes.into_iter().find_map(Result::err)
}

fn serialization(place: &mut TestDatabase) -> Option<Error> {
    const CHANGE: &str = "UPDATE parent SET age = 40 WHERE id = 1";
    match place.name {
        "PostgreSQL" => place.main.batch("BEGIN ISOLATION LEVEL REPEATABLE READ"),
        "MariaDB" => {
            place.main.batch("SET innodb_snapshot_isolation = ON");
            place.main.batch("BEGIN");
        }
        "SQLite" => place.main.batch("BEGIN"),
        // It changes the newest row.
        _ => return None,
    }
    place
        .main
        .read::<i64>("SELECT id FROM parent", &[])
        .expect("a row");
    if place.is_server() {
        place.second().batch(CHANGE);
    } else {
        place.other_program().execute(CHANGE, []).expect("a row");
    }
    place.refused(CHANGE)
}

fn lock_timeout(place: &mut TestDatabase) -> Option<Error> {
    const CHANGE: &str = "UPDATE parent SET age = 40 WHERE id = 1";
    match place.dialect() {
        Dialect::Sqlite => {
            let other = place.other_program();
            other.execute_batch("BEGIN IMMEDIATE").expect("a lock");
            return place.refused(CHANGE);
        }
        Dialect::Postgres => place.main.batch("SET lock_timeout = '50ms'"),
        Dialect::Mysql => place.main.batch("SET innodb_lock_wait_timeout = 1"),
    }
    let mut other = place.second();
    other.physical.begin().expect("it begins");
    other.run(CHANGE, &[]).expect("a row");
    place.refused(CHANGE)
}

fn statement_timeout(place: &mut TestDatabase) -> Option<Error> {
    let sql = match place.name {
        "PostgreSQL" => {
            place.main.batch("SET statement_timeout = '50ms'");
            "SELECT 1 FROM pg_sleep(60)"
        }
        "MariaDB" => {
            place.main.batch("SET max_statement_time = 0.05");
            "SELECT SLEEP(60)"
        }
        "MySQL" => {
            place.main.batch("SET max_execution_time = 50");
            "SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, \
             information_schema.COLUMNS c"
        }
        _ => {
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        }
    };
    Some(place.main.read::<i64>(sql, &[]).expect_err(sql))
}

fn unknown_table(place: &mut TestDatabase) -> Option<Error> {
    place.refused("DELETE FROM nowhere")
}

fn unknown_column(place: &mut TestDatabase) -> Option<Error> {
    place.refused("UPDATE parent SET missing_one = 1")
}

fn no_right(place: &mut TestDatabase) -> Option<Error> {
    match place.dialect() {
        Dialect::Sqlite => None,
        Dialect::Postgres => {
            place.main.batch("SET ROLE pg_signal_backend");
            place.refused("DELETE FROM parent")
        }
        Dialect::Mysql => {
            let fresh = place.fresh.as_ref().expect("it is a server");
            let (name, url) = (fresh.name().to_owned(), fresh.url());
            let user = format!("'{name}'@'%'");
            place
                .main
                .batch(&format!("CREATE USER {user} IDENTIFIED BY '{CANARY}'"));
            place
                .main
                .batch(&format!("GRANT SELECT ON `{name}`.* TO {user}"));
            let (_, at) = url.rsplit_once('@').expect("an account in the URL");
            let guest = connect(&format!("mysql://{name}:{CANARY}@{at}"));
            place.main.batch(&format!("DROP USER {user}"));
            let mut guest = Database {
                physical: guest.expect("it may read"),
                fresh: None,
            };
            guest.run("DELETE FROM parent", &[]).err()
        }
    }
}

fn syntax(place: &mut TestDatabase) -> Option<Error> {
    place.refused("DELETE FORM parent")
}

fn connection_lost(place: &mut TestDatabase) -> Option<Error> {
    let (ask, end) = match place.dialect() {
        Dialect::Sqlite => return None,
        Dialect::Postgres => ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend"),
        Dialect::Mysql => ("SELECT CONNECTION_ID()", "KILL"),
    };
    let number = place.main.read::<i64>(ask, &[]).expect("its number")[0];
    place.second().batch(&format!("{end} ({number})"));
    while place.main.physical.is_quiet() {
        thread::yield_now();
    }
    place.main.read::<i64>(ask, &[]).err()
}

fn commit_lost(place: &mut TestDatabase) -> Option<Error> {
    place.is_server().then_some(())?;
    let proxy = FaultProxy::start(&place.url()).expect("a port is free");
    let behind = server(proxy.url());
    let mut options = options(&behind);
    options.session.resolve_commits = Some(true);
    let mut database = Database {
        physical: super::connect_with(&options, place.dialect()).expect("it lets us in"),
        fresh: None,
    };
    database.physical.begin().expect("it begins");
    database
        .run("UPDATE parent SET age = 50", &[])
        .expect("a row");
    proxy.set(Fault::CutBeforePattern {
        direction: Direction::ToServer,
        pattern: b"COMMIT".to_vec(),
    });
    database.physical.commit().err()
}

fn disk_full(place: &mut TestDatabase) -> Option<Error> {
    match place.dialect() {
        Dialect::Sqlite => {
            place.main.batch("PRAGMA max_page_count = 10");
            place.refused("INSERT INTO child (id, parent, body) VALUES (1, 1, zeroblob(100000))")
        }
        Dialect::Postgres => place.refused("DO 'BEGIN RAISE disk_full; END'"),
        Dialect::Mysql => {
            place.main.batch("SET max_heap_table_size = 16384");
            place
                .main
                .batch("CREATE TABLE heap (id INT, body CHAR(200)) ENGINE = MEMORY");
            let sql = "INSERT INTO heap VALUES (1, 'x')";
            (0..1_000).find_map(|_| place.main.run(sql, &[]).err())
        }
    }
}

fn read_only(place: &mut TestDatabase) -> Option<Error> {
    let set = place.main.pick(
        "PRAGMA query_only = ON",
        "SET default_transaction_read_only = on",
        "SET SESSION TRANSACTION READ ONLY",
    );
    place.main.batch(set);
    place.refused("DELETE FROM child")
}
