//! Values whose column gets another type: every pair of types of each database, tried on the server with the
//! statements that a migration has. The changes that alter a value without an error are the list of `schema/src/diff/losses.txt`, by
//! which such a step is commented out. `BINDERY_UPDATE=1` writes it anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Plan, Planned, Step, Structure, plan};
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres, is_full_run};
use mysql::prelude::Queryable;

/// A type as it is declared, with values of it as SQL has them.
type Type = (&'static str, &'static [&'static str]);

const TEXTS: &[&str] = &[
    "'tea'",
    "''",
    "'a  '",
    "'12'",
    "'0012'",
    "'70'",
    "'1.50'",
    "'true'",
    "'2026-01-02'",
    "'2026-01-02 03:04:05'",
    "'03:04:05'",
    "'{\"b\": 1,  \"a\": 2}'",
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
];
const SHORT_TEXTS: &[&str] = &[
    "'tea'",
    "''",
    "'12'",
    "'0012'",
    "'70'",
    "'1.50'",
    "'2026-01-02'",
];
const MOMENTS: &[&str] = &["'2026-01-02 03:04:05.123456'", "'2026-01-02 00:00:00'"];
const FLOATS: &[&str] = &["0", "1", "1.5", "0.1", "123456789.123456", "1.5e-7", "1e20"];
const DECIMALS: &[&str] = &["0", "1", "1.5", "0.1", "12345678901234.567891"];
const DATES: &[&str] = &["'2026-01-02'", "'1970-01-01'"];
const TIMES: &[&str] = &["'03:04:05.123456'", "'00:00:00'"];
const UUIDS: &[&str] = &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"];

const POSTGRES: &[Type] = &[
    ("boolean", &["true", "false"]),
    ("smallint", &["0", "1", "70", "32767"]),
    ("integer", &["0", "1", "70", "2147483647"]),
    ("bigint", &["0", "1", "70", "9007199254740993"]),
    ("real", FLOATS),
    ("double precision", FLOATS),
    ("numeric(20,6)", DECIMALS),
    ("char(12)", SHORT_TEXTS),
    ("varchar(60)", TEXTS),
    ("text", TEXTS),
    ("bytea", &["'\\x01'", "'\\x746561'"]),
    ("date", DATES),
    ("time", TIMES),
    ("timestamp", MOMENTS),
    ("timestamptz", MOMENTS),
    ("interval", &["'1 day 02:03:04'", "'1 mon'", "'03:04:05'"]),
    ("uuid", UUIDS),
    ("json", &["'{\"b\": 1,  \"a\": 2}'", "'12'", "'\"tea\"'"]),
    ("jsonb", &["'{\"a\": 2, \"b\": 1}'", "'12'", "'\"tea\"'"]),
    ("mood", &["'tea'", "'12'"]),
    ("integer[]", &["'{1,2}'", "'{}'"]),
];

const MYSQL: &[Type] = &[
    ("tinyint(1)", &["0", "1"]),
    ("tinyint", &["0", "1", "70", "-128"]),
    ("smallint", &["0", "1", "70", "1999", "-32768"]),
    ("mediumint", &["0", "1", "70", "1999", "8388607"]),
    ("int", &["0", "1", "70", "1999", "2147483647"]),
    ("bigint", &["0", "1", "70", "1999", "9007199254740993"]),
    ("tinyint unsigned", &["0", "1", "70", "255"]),
    ("smallint unsigned", &["0", "1", "70", "1999", "65535"]),
    ("mediumint unsigned", &["0", "1", "70", "16777215"]),
    ("int unsigned", &["0", "1", "70", "4294967295"]),
    ("bigint unsigned", &["0", "1", "70", "18446744073709551615"]),
    ("float", FLOATS),
    ("double", FLOATS),
    ("decimal(20,6)", DECIMALS),
    ("char(12)", SHORT_TEXTS),
    ("varchar(60)", TEXTS),
    ("text", TEXTS),
    ("binary(12)", &["x'746561'", "x'01'"]),
    ("varbinary(60)", &["x'746561'", "x'01'", "x''"]),
    ("blob", &["x'746561'", "x'01'", "x''"]),
    ("date", DATES),
    ("time(6)", TIMES),
    ("datetime(6)", MOMENTS),
    ("timestamp(6) NULL", MOMENTS),
    ("year", &["1999", "2026"]),
    ("uuid", UUIDS),
    ("json", &["'{\"b\": 1,  \"a\": 2}'", "'12'", "'\"tea\"'"]),
    ("enum('tea','12')", &["'tea'", "'12'"]),
    ("set('tea','12')", &["'tea'", "'tea,12'"]),
    ("bit(8)", &["b'0'", "b'1'", "b'1000110'"]),
];

const SQLITE: &[Type] = &[
    ("BOOLEAN", &["0", "1"]),
    ("INTEGER", &["0", "1", "70", "9007199254740993"]),
    ("REAL", FLOATS),
    ("DECIMAL(12,2)", &["0", "1", "1.5", "0.1"]),
    ("VARCHAR(60)", TEXTS),
    ("TEXT", TEXTS),
    ("BLOB", &["x'746561'", "x'01'"]),
    ("DATE", DATES),
    ("TIME", TIMES),
    ("TIMESTAMP", MOMENTS),
    ("UUID", UUIDS),
    ("JSON", &["'{\"b\": 1,  \"a\": 2}'", "'12'", "'\"tea\"'"]),
];

/// A database that types are tried on.
enum Server {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
    Mysql(Box<mysql::Conn>),
}

impl Server {
    fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
            Self::Mysql(_) => Dialect::Mysql,
        }
    }

    fn types(&self) -> &'static [Type] {
        match self {
            Self::Sqlite(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
            Self::Mysql(_) => MYSQL,
        }
    }

    /// Whether the server takes it.
    fn run(&mut self, sql: &str) -> bool {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).is_ok(),
            Self::Postgres(client) => client.batch_execute(sql).is_ok(),
            Self::Mysql(connection) => connection.query_drop(sql).is_ok(),
        }
    }

    /// The one value, as text that tells it from others.
    fn value(&mut self) -> Option<String> {
        match self {
            Self::Sqlite(connection) => {
                let read = connection
                    .query_row("SELECT typeof(v) || quote(v) FROM t", (), |row| row.get(0));
                read.ok()
            }
            Self::Postgres(client) => client.query_one("SELECT v::text FROM t", &[]).ok()?.get(0),
            Self::Mysql(connection) => connection.query_first("SELECT to_base64(v) FROM t").ok()?,
        }
    }

    /// Begins with the table of one value; `false` where the type does not hold it.
    fn begin(&mut self, declared: &str, value: &str) -> bool {
        if let Self::Postgres(client) = self {
            client
                .batch_execute("ROLLBACK; BEGIN")
                .expect("the test server");
        }
        let begun = [
            "DROP TABLE IF EXISTS t".to_owned(),
            table(declared),
            format!("INSERT INTO t VALUES (1, {value})"),
        ];
        begun.iter().all(|sql| self.run(sql))
    }
}

fn table(declared: &str) -> String {
    format!("CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})")
}

fn structure(dialect: Dialect, declared: &str) -> Structure {
    let types = match dialect {
        Dialect::Postgres => {
            "CREATE TYPE mood AS ENUM ('tea', '12'); CREATE TABLE u (id INTEGER PRIMARY KEY, v mood); "
        }
        Dialect::Sqlite | Dialect::Mysql => "",
    };
    let text = format!("{types}{};", table(declared));
    Structure::read(&text, dialect, None).unwrap_or_else(|_| panic!("`{declared}` is a type"))
}

/// The word by which the rule knows the type of a column.
fn word(structure: &Structure) -> &'static str {
    let column = structure.tables.iter().find(|table| table.name.name == "t");
    let column = column.and_then(|table| table.columns.iter().find(|column| column.name == "v"));
    column.expect("the table has it").loss_word()
}

fn planned(from: &Structure, to: &Structure) -> Planned {
    let plan_of = Plan {
        from,
        to,
        renames: &[],
        triggers: &[],
    };
    plan(&plan_of).unwrap_or_else(|error| panic!("{error:?}"))
}

fn statements(steps: &[Step]) -> impl Iterator<Item = &String> {
    steps.iter().flat_map(|step| &step.statements)
}

/// Whether a value is another one once its column has the other type, or once it has its own again. `None` where the server refuses.
fn is_changed(server: &mut Server, declared: &str, value: &str, plan: &Planned) -> Option<bool> {
    assert!(server.begin(declared, value), "`{declared}` holds {value}");
    let before = server.value();
    let run =
        |server: &mut Server, steps| statements(steps).all(|sql| server.run(sql)).then_some(());
    run(server, &plan.up)?;
    let between = server.value();
    // A place among names is no name, though it leads back to it.
    let is_named = declared.starts_with("enum") || declared.starts_with("set");
    let is_other = between != before;
    match run(server, &plan.down) {
        Some(()) => Some(is_named && is_other || server.value() != before),
        None => Some(is_other),
    }
}

/// Whether a change of type, from one word to another, alters values.
type Losses = BTreeMap<[&'static str; 2], bool>;

/// Tries all pairs, or a twelfth of them; `wrong` gets those that a migration takes otherwise.
fn measure(server: &mut Server, is_whole: bool, wrong: &mut Vec<String>) -> Losses {
    let dialect = server.dialect();
    if dialect == Dialect::Postgres {
        assert!(server.run("CREATE TYPE mood AS ENUM ('tea', '12')"));
    }
    let types = server.types();
    let read = types
        .iter()
        .map(|(declared, _)| structure(dialect, declared));
    let read: Vec<Structure> = read.collect();
    let mut losses = Losses::new();
    for (at, (declared, values)) in types.iter().enumerate() {
        for (to, (other, _)) in types.iter().enumerate() {
            let plan = planned(&read[at], &read[to]);
            if plan.up.is_empty() || !(is_whole || (5 * at + 7 * to) % 12 == 0) {
                continue;
            }
            let outcomes = values
                .iter()
                .map(|value| is_changed(server, declared, value, &plan));
            let outcomes: Vec<Option<bool>> = outcomes.collect();
            let is_lost = outcomes.contains(&Some(true));
            *losses
                .entry([word(&read[at]), word(&read[to])])
                .or_default() |= is_lost;
            let is_commented = plan.up.iter().any(|step| step.commented);
            if is_lost != is_commented && outcomes.iter().any(Option::is_some) {
                let lost = values.iter().zip(&outcomes);
                let lost: Vec<_> = lost
                    .filter(|(_, outcome)| **outcome == Some(true))
                    .collect();
                wrong.push(format!(
                    "{dialect}: {declared} -> {other}: commented out {is_commented}, lost {lost:?}"
                ));
            }
        }
    }
    losses
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema/src/diff/losses.txt")
}

/// The lines of a dialect: a type, and those that change its values.
fn lines(dialect: Dialect, losses: &Losses) -> Vec<String> {
    let mut after: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ([from, to], _) in losses.iter().filter(|(_, is_lost)| **is_lost) {
        after.entry(from).or_default().push(to);
    }
    let line = |(from, to): (&str, Vec<&str>)| format!("{dialect} {from}: {}", to.join(" "));
    after.into_iter().map(line).collect()
}

/// Each with its database, which goes with the value.
fn servers() -> Vec<(Server, Option<FreshDatabase>)> {
    let file = rusqlite::Connection::open_in_memory().expect("SQLite");
    let mut servers = vec![(Server::Sqlite(file), None)];
    servers.extend(fresh_postgres().map(|database| {
        let client = postgres::Client::connect(&database.url(), postgres::NoTls);
        let client = Box::new(client.expect("the test server"));
        (Server::Postgres(client), Some(database))
    }));
    servers.extend(fresh_mysql().map(|database| {
        let connection = mysql::Conn::new(database.url().as_str()).expect("the test server");
        (Server::Mysql(Box::new(connection)), Some(database))
    }));
    servers
}

/// In full: every pair of 63 types.
///
/// Covers MIG-1.
#[test]
fn a_type_that_would_change_values_without_an_error_is_commented_out() {
    let is_updated = std::env::var_os("BINDERY_UPDATE").is_some();
    let written = fs::read_to_string(path()).expect("the list");
    let (mut all, mut kept): (Vec<String>, Vec<String>) = written
        .lines()
        .map(str::to_owned)
        .partition(|line| line.starts_with('#'));
    let mut wrong = Vec::new();
    for (mut server, _database) in servers() {
        let dialect = server.dialect();
        let losses = measure(&mut server, is_updated || is_full_run(), &mut wrong);
        let of_dialect = format!("{dialect} ");
        if is_updated {
            kept.retain(|line| !line.starts_with(&of_dialect));
            kept.extend(lines(dialect, &losses));
            continue;
        }
        for ([from, to], is_lost) in losses {
            let line = kept
                .iter()
                .find(|line| line.starts_with(&format!("{of_dialect}{from}: ")));
            let is_listed = line.is_some_and(|line| line.split(' ').skip(2).any(|word| word == to));
            assert_eq!(is_lost, is_listed, "{dialect}: {from} -> {to}");
        }
    }
    if is_updated {
        kept.sort();
        all.extend(kept);
        return fs::write(path(), all.join("\n") + "\n").expect("the list can be written");
    }
    assert_eq!(wrong, Vec::<String>::new());
}
