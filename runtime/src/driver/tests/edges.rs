//! Values at the edge on each database: kept as they are or refused in time, never changed. The table of
//! `docs/values.md` is shown here.

use bindery_testkit::Server;

use super::held::{Held, not_on};
use super::{Database, connect, databases};
use crate::error::ErrorKind;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::Dialect::{Mysql, Postgres, Sqlite};

/// Equal where every bit is.
#[derive(Debug)]
struct Bits<T>(T);

impl PartialEq for Bits<f64> {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() || (self.0.is_nan() && other.0.is_nan())
    }
}

impl PartialEq for Bits<f32> {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() || (self.0.is_nan() && other.0.is_nan())
    }
}

impl<T: ToColumn> ToColumn for Bits<T> {
    fn write(&self, params: &mut crate::types::ParamWriter<'_>) {
        self.0.write(params);
    }
}

impl<T: FromColumn> FromColumn for Bits<T> {
    fn read(row: &mut crate::types::RowReader<'_>) -> crate::error::Result<Self> {
        row.next().map(Self)
    }
}

/// Covers GEN-2.
#[test]
fn floats_keep_every_bit_or_are_refused() {
    let doubles = [
        f64::from_bits(1),
        f64::MIN_POSITIVE / 2.0,
        f64::MIN,
        f64::MAX,
        f64::EPSILON,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    let singles = [
        f32::from_bits(1),
        f32::MIN_POSITIVE / 2.0,
        f32::MIN,
        f32::MAX,
        0.1,
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ];
    // SQLite keeps infinities and no NaN, MySQL neither, PostgreSQL all.
    Held::new()
        .keeps_unless(
            ["DOUBLE", "double precision", "DOUBLE"],
            &doubles.map(Bits),
            |dialect, value| is_lost(dialect, value.0),
        )
        .keeps_unless(
            ["DOUBLE", "real", "FLOAT"],
            &singles.map(Bits),
            |dialect, value| is_lost(dialect, value.0.into()),
        )
        .keeps::<Bits<f64>>(["", "double precision", ""], &[Bits(-0.0)])
        .keeps::<Bits<f32>>(["", "real", ""], &[Bits(-0.0)])
        // The others have one zero, which is equal to both.
        .keeps(["DOUBLE", "", "DOUBLE"], &[-0.0f64]);
}

fn is_lost(dialect: bindery_core::dialect::Dialect, value: f64) -> bool {
    match dialect {
        Sqlite => value.is_nan(),
        Postgres => false,
        Mysql => !value.is_finite(),
    }
}

/// A float of 64 bits that is past those of 32.
///
/// Covers GEN-2.
#[test]
fn a_float_past_the_smaller_one_is_told() {
    for mut database in databases() {
        let sql = database.pick("SELECT 1e300", "SELECT 1e300::float8", "SELECT 1e300");
        refuses_to_read::<f32>(&mut database, sql);
    }
    Held::new().keeps_unless(["", "real", ""], &[1e300], |_, _| true);
}

fn refuses_to_read<T: FromColumn + std::fmt::Debug>(database: &mut Database, sql: &str) {
    let read = database.read::<T>(sql, &[]);
    let error = read.err().unwrap_or_else(|| panic!("{sql} was read"));
    assert!(
        matches!(error.kind(), ErrorKind::Decode { .. }),
        "{sql}: {error:?}"
    );
}

/// Dates that the calendar of the program does not have, written by others.
///
/// Covers GEN-3.
#[test]
fn dates_of_no_calendar_are_told() {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

    for mut database in databases() {
        let stored: &[&str] = match database.dialect() {
            Sqlite => &[
                "'0000-00-00'",
                "'2024-00-10'",
                "'2024-02-30'",
                "'-4713-01-01'",
                "'10000-01-01'",
                "'infinity'",
            ],
            Postgres => &[
                "'infinity'",
                "'-infinity'",
                "'4713-01-01 BC'",
                "'10000-01-01'",
            ],
            Mysql => &["'0000-00-00'", "'2024-00-10'", "'2024-10-00'"],
        };
        database.batch("CREATE TABLE odd (day DATE, stamp TIMESTAMP NULL)");
        if database.dialect() == Mysql {
            database.batch("ALTER TABLE odd MODIFY stamp DATETIME");
            database.batch("SET SESSION sql_mode = ''");
        }
        for value in stored {
            database.batch("DELETE FROM odd");
            database.batch(&format!("INSERT INTO odd VALUES ({value}, {value})"));
            refuses_to_read::<NaiveDate>(&mut database, "SELECT day FROM odd");
            refuses_to_read::<NaiveDateTime>(&mut database, "SELECT stamp FROM odd");
            refuses_to_read::<DateTime<Utc>>(&mut database, "SELECT stamp FROM odd");
        }
    }
}

/// Two texts of one moment, and the moments at the ends of a day that clocks were changed on.
const MOMENTS: [&str; 4] = [
    "2026-03-29T01:30:00.000001Z",
    "2026-03-08T07:00:00Z",
    "2026-11-01T06:30:00.999999Z",
    "1986-01-01T00:00:00Z",
];

/// The server's own zone changes nothing: a session has its own.
fn keeps_moments(database: &mut Database) {
    use chrono::{DateTime, NaiveDateTime, Utc};

    let (stamp, point) = match database.dialect() {
        Sqlite => ("DATETIME", "TIMESTAMPTZ"),
        Postgres => ("timestamp", "timestamptz"),
        Mysql => ("DATETIME(6)", "TIMESTAMP(6) NULL"),
    };
    let shown = database.pick(
        "SELECT substr(point, 1, 26) FROM moments",
        "SELECT point::text FROM moments",
        "SELECT CAST(point AS CHAR) FROM moments",
    );
    database.batch(&format!(
        "CREATE TABLE moments (stamp {stamp}, point {point})"
    ));
    for text in MOMENTS {
        let moment: DateTime<Utc> = text.parse().expect("a moment");
        let stamp = moment.naive_utc();
        database.batch("DELETE FROM moments");
        database
            .run("INSERT INTO moments VALUES (?, ?)", &[&stamp, &moment])
            .expect("one row");
        let read = |database: &mut Database, column| {
            let sql = format!("SELECT {column} FROM moments");
            let stamps = database.read::<NaiveDateTime>(&sql, &[]).expect("a stamp");
            let points = database.read::<DateTime<Utc>>(&sql, &[]).expect("a point");
            (stamps[0], points[0])
        };
        assert_eq!(read(database, "stamp"), (stamp, moment));
        assert_eq!(read(database, "point"), (stamp, moment));
        let stored: String = database.read(shown, &[]).expect("text").remove(0);
        let expected = stamp.format("%Y-%m-%d %H:%M:%S").to_string();
        assert!(stored.starts_with(&expected), "{stored} for {text}");
    }
}

/// The zones of servers, databases and roles.
///
/// Covers GEN-3 on PostgreSQL.
#[test]
fn zones_of_servers_change_no_time() {
    for mut database in databases() {
        let zones = ["Asia/Kathmandu", "America/New_York"];
        for zone in zones {
            if let (Postgres, Some(fresh)) = (database.dialect(), &database.fresh) {
                let set = format!("ALTER DATABASE {} SET timezone = '{zone}'", fresh.name());
                fresh.run_script(&set).expect("the database is ours");
                database.physical = connect(&fresh.url()).expect("as before");
            }
            keeps_moments(&mut database);
            database.batch("DROP TABLE moments");
        }
    }
}

/// Half a million characters go through in one statement, twenty million are refused before anything is sent, and the
/// connection is as good as before.
///
/// The zone of a server, and `max_allowed_packet` as the server says it.
///
/// Covers GEN-3, GEN-7 on MariaDB.
#[test]
fn a_server_with_other_settings_is_heard() {
    let options = Server::mysql()
        .setting("max_allowed_packet", "16M")
        .setting("default-time-zone", "+05:45");
    // Where no servers are wanted, it says so.
    if bindery_testkit::fresh_mysql().is_none() {
        return;
    }
    let server = options.start().expect("a server of its own");
    let url = server.database("edges").expect("a database");
    let mut database = Database {
        physical: connect(&url).expect("a server of its own"),
        fresh: None,
    };
    keeps_moments(&mut database);
    refuses_past(&mut database, 20_000_000, 15_000_000);
}

/// A text of `refused` bytes is refused as one value, among others and in bulk; one of `kept` comes back.
fn refuses_past(database: &mut Database, refused: usize, kept: usize) {
    let column = database.pick("TEXT", "text", "LONGTEXT");
    database.batch(&format!(
        "CREATE TABLE held (id BIGINT PRIMARY KEY, value {column} NULL)"
    ));
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    let long = "x".repeat(refused);
    let alone = database.run(insert, &[&1, &long]).unwrap_err();
    let in_bulk = super::held::insert_all(database, &[long.as_str()]).unwrap_err();
    for error in [alone, in_bulk] {
        let expected = matches!(
            error.kind(),
            ErrorKind::UnsupportedValue(_) | ErrorKind::ValueOutOfRange(_)
        );
        assert!(expected, "{error:?}");
        assert!(!database.physical.is_broken());
    }
    let rows: Vec<i64> = database.read("SELECT count(*) FROM held", &[]).unwrap();
    assert_eq!(rows, [0]);
    let fits = "y".repeat(kept);
    database.run(insert, &[&1, &fits]).expect("it fits");
    let read: Vec<String> = database.read("SELECT value FROM held", &[]).expect("text");
    assert!(read == [fits], "it came back as it was");
}

/// Zeros that were not read take no memory, and are never copied.
///
/// Covers GEN-7 on SQLite, PostgreSQL.
#[test]
fn more_than_a_database_takes_is_refused() {
    let bytes = vec![0u8; (1 << 30) + 1];
    let text = std::str::from_utf8(&bytes[..]).ok();
    for mut database in databases() {
        if database.dialect() == Mysql {
            continue;
        }
        let column = database.pick("BLOB", "bytea", "LONGBLOB");
        database.batch(&format!("CREATE TABLE huge (value {column}, words text)"));
        let cases: [(&str, &dyn ToColumn); 2] = [("value", &bytes), ("words", &text)];
        for (column, value) in cases {
            let sql = format!("INSERT INTO huge ({column}) VALUES (?)");
            let error = database.run(&sql, &[value]).unwrap_err();
            let expected = matches!(
                error.kind(),
                ErrorKind::UnsupportedValue(_) | ErrorKind::ValueOutOfRange(_)
            );
            assert!(expected, "{error:?}");
            assert!(!database.physical.is_broken());
        }
        let rows: Vec<i64> = database.read("SELECT count(*) FROM huge", &[]).unwrap();
        assert_eq!(rows, [0]);
    }
}

/// NUL, and text that is none.
///
/// Covers GEN-4.
#[test]
fn text_that_is_none_is_told() {
    let nul = ["a\0b", "\0", "ends\0"].map(str::to_owned);
    Held::new()
        .keeps_unless(["TEXT", "text", "TEXT"], &nul, not_on(&[Postgres]))
        .keeps_unless(
            ["VARCHAR(9)", "varchar(9)", "VARCHAR(9)"],
            &nul,
            not_on(&[Postgres]),
        )
        .keeps_unless(["", "jsonb", ""], &[nul[0].clone()], |_, _| true);
    for mut database in databases() {
        let sql = match database.dialect() {
            Sqlite => "SELECT CAST(x'ff41' AS TEXT)",
            Postgres => continue,
            Mysql => "SELECT CAST(x'ff41' AS BINARY)",
        };
        refuses_to_read::<String>(&mut database, sql);
        refuses_to_read::<crate::value::types::AnyValue>(&mut database, sql);
    }
}

/// Characters that a column or a database has no room for.
///
/// Covers GEN-4 on PostgreSQL, MariaDB.
#[test]
fn characters_that_a_column_does_not_have_are_refused() {
    let emoji = "tea 😀".to_owned();
    let narrow = ["", "", "VARCHAR(20) CHARACTER SET utf8mb3"];
    let latin = ["", "", "VARCHAR(20) CHARACTER SET latin1"];
    Held::new()
        .keeps_unless(
            narrow,
            &[emoji.clone(), "Käse".to_owned()],
            |_, text: &String| text.contains('😀'),
        )
        .keeps_unless(
            latin,
            &[emoji.clone(), "Käse".to_owned()],
            |_, text: &String| text.contains('😀'),
        );
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let name = format!("{}_latin", fresh.name());
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'"
    );
    fresh.run_script(&create).expect("a database of its own");
    let url = fresh.url().replace(fresh.name(), &name);
    let mut database = Database {
        physical: connect(&url).expect("a database of its own"),
        fresh: None,
    };
    database.batch("CREATE TABLE held (id bigint PRIMARY KEY, value text)");
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    let error = database.run(insert, &[&1, &emoji]).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
        "{error:?}"
    );
    database.run(insert, &[&1, &"Käse"]).expect("Latin");
    let read: Vec<String> = database.read("SELECT value FROM held", &[]).expect("text");
    assert_eq!(read, ["Käse"]);
    drop(database);
    fresh
        .run_script(&format!("DROP DATABASE {name}"))
        .expect("it is not in use");
}
