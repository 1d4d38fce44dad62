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
    ("a value that a unique key holds already", unique),
    ("a foreign key that refers to nothing", foreign_key),
    ("a value that others refer to is deleted", referred_to),
    ("no value for a column without NULL", not_null),
    ("a check that is not met", check),
    ("a text that is too long", too_long),
    ("a number out of range", out_of_range),
    ("a deadlock", deadlock),
    (
        "a change of what was changed since it was read",
        serialization,
    ),
    ("a lock that does not come free", lock_timeout),
    ("a statement that takes too long", statement_timeout),
    ("a table that is not there", unknown_table),
    ("a column that is not there", unknown_column),
    ("no right to do it", no_right),
    ("a statement that is no SQL", syntax),
    ("a connection that is closed while idle", connection_lost),
    ("a COMMIT whose answer is lost", commit_lost),
    ("no room left", disk_full),
    ("a transaction that may only read", read_only),
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

/// Each row is in the table's place for it, and nothing else was written into the page.
#[test]
fn the_page_of_errors_is_a_table_between_its_texts() {
    let (page, rows) = (page(), rows_of(&page()));
    assert_eq!(page, of_rows(&rows));
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

fn of_rows(rows: &[Row]) -> String {
    let lines = rows.iter().map(|(_, line)| format!("{line}\n"));
    format!("{HEAD}{}{TAIL}", lines.collect::<String>())
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
    std::fs::write(PAGE, of_rows(&all)).expect("the documents are there");
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md");

fn page() -> String {
    std::fs::read_to_string(PAGE).expect("the documents are there")
}

const HEAD: &str = "\
# Errors

Every error of the runtime is a `bindery::Error`. It names engine, model and operation, and, for calls with many \
rows, the row where the database reports it. What it prints holds no value, no password and none of the server's \
texts that may quote one: what a trigger raises, and names that only it knows, are never shown.

A value that the database cannot hold (NaN on SQLite, a number past its column's, a text with NUL on PostgreSQL, one larger \
than the server takes) is refused before anything is sent, and ends no transaction. Its error names table, column and row \
(`table()`, `column()`, `row()`), whichever call it was given to; so does one of a value that could not be read.

* `kind()` is the same on every database and can be compared; the usual ones have a method each: `is_unique_violation()`, \
`is_foreign_key_violation()`, `is_not_found()`, `is_busy()`, `is_conflict()`, `is_timeout()`, `is_connection_lost()`, …
* `constraint()` is the model's own key, foreign key or check that is violated, the same on every database: \
`error.constraint() == users::EMAIL`. See [constraints](#constraints).
* `{:?}`, which is what `main` prints of a `Result`, is the sentence and a line for each cause.
* `server_message()` is the server's own text, returned only when called by this name. It may hold values of rows: \
keep it out of logs.
* `code()` is the database's own: SQLSTATE, the number of MySQL and MariaDB, SQLite's extended result code.
* `applied()` says whether the call has changed anything: `No`, `Yes` (only what came after the write failed), or \
`Unknown` (the answer was lost). A definite answer is never wrong.
* `is_retryable()`: nothing was changed, and the same work may succeed when it is tried again, in a transaction the whole of it.
* `commit_token()` of a COMMIT that is `Unknown` is a token; `db.resolve(token, limit)` finds out what became of it.

## What is seen

Written by `BINDERY_UPDATE=1 cargo test -p bindery --lib error_table`, which provokes each on the databases it finds. \
Statements run outside a transaction unless stated otherwise.

| provoked | database | kind | code | reported | retryable | applied |
|---|---|---|---|---|---|---|
";

const TAIL: &str = "
A deadlock needs two writers, and SQLite has one at a time. SQLite has no users and no rights, and no lengths of \
texts but by checks. PostgreSQL's full disk is raised by a block of PL/pgSQL. What MySQL reports is tested where \
the tests run on it (`cargo xtask test --newest`). Its snapshots do not notice that another transaction has \
changed a row, nor do MariaDB's where `innodb_snapshot_isolation` is off: the last change counts, unless the row \
has a version (`@version`) or the transaction is serializable.

## Constraints

Generated code has a constant for each key, foreign key and check of a model, in its module, with its kind, its name \
in the schema and its columns. `constraint()` is one of them: SQLite reports columns, PostgreSQL the \
constraint's name, MySQL and MariaDB the key's name, and each is looked for among the names that the schema \
gives it in this database. Nothing is guessed: what a server tells by another name is `None`, and its name is not shown.

| of | constant |
|---|---|
| the primary key | `PRIMARY_KEY` |
| a unique key | its columns: `EMAIL`, `TENANT_AND_EMAIL`, as in `find_by_…` |
| a unique index over a condition or an expression | its name, else its columns and `_INDEX` |
| a foreign key | its columns and `_FOREIGN_KEY`: `AUTHOR_ID_FOREIGN_KEY` |
| a check | its name, else the column it is written at and `_CHECK`, else `CHECK` |

A name that is taken gets underscores at its end. With `#[derive(Model)]` they are in `UserConstraints`. SQLite does \
not report which foreign key is violated. MariaDB reports no table of a unique key, so there it is taken for one \
of the model that was called, or else for the only one of this name. A check is known by its name, so on a \
database whose dialect the schema is not written in, where checks have none, it is not told which.

## A write whose answer is lost

A statement outside a transaction, or a COMMIT, whose answer does not come is `OutcomeUnknown`: it may be stored, now or in \
a moment, or not. It is never retried by the runtime, the closure is not run again, and the connection is closed. A read, \
and a statement inside a transaction, is `ConnectionLost` or `Timeout`: nothing of it is stored.

`db.resolve(token, limit)` waits, within its limit, until the engine can be reached and the old transaction has ended; \
it says `Committed`, `Aborted` or `StillRunning`. The token's text can be stored and parsed again.

| database | by | set | costs |
|---|---|---|---|
| PostgreSQL 13 and later | the number of the transaction and `pg_xact_status` | on, unless `resolve-commits = false` | a function call in the packet of the first write, 14 µs; a query for each new connection |
| MySQL, MariaDB | a row for each connection in the table `_bindery_commits`, changed as the last thing before COMMIT | off, unless `resolve-commits = true` | one more statement for each transaction that writes, four for each new connection; rows of a week ago are removed |
| SQLite | nothing: COMMIT is a call of a function | | |

A server that crashed and says \"committed\" may mean another transaction: PostgreSQL gives numbers again of which nothing \
had become durable. Then the outcome stays unknown, and the error says why. A single statement outside a transaction has \
nothing to be found by: put it into one where it matters.
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
    };
    let connection = SqliteConnection::open(&options, PATIENCE).expect("a file");
    TestDatabase {
        name: "SQLite",
        main: Database {
            physical: Physical::Sqlite(connection),
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
        database.run(TAKE, &[&id]).expect("nobody has it");
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
