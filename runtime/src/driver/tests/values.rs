//! Every value comes back equal or is refused before anything is sent, on every database, one by one and in bulk.

use std::fmt::Debug;

use super::{Database, databases};
use crate::Dialect::{self, Mysql, Postgres, Sqlite};
use crate::error::ErrorKind;
use crate::model::ColumnSet;
use crate::statements::TableSql;
use crate::types::{FromColumn, Interval, StringSet, ToColumn};

const HELD: TableSql = TableSql {
    table: "held",
    columns: &["id", "value"],
    key: &[0],
    writable: &[0, 1],
    required: &[0],
    counted: None,
    select: "",
    first: "",
    find: "",
    count: "",
    exists: "",
    insert: "",
    insert_row: "",
    returning: "",
    save: "",
    delete: "",
    uniques: &[],
};

/// The column's type on SQLite, PostgreSQL and MySQL; empty where there is none.
type Types = [&'static str; 3];

/// A type of Rust that is tested.
trait Tested: ToColumn + FromColumn + PartialEq + Debug {}
impl<T: ToColumn + FromColumn + PartialEq + Debug> Tested for T {}

struct Held {
    databases: Vec<Database>,
}

impl Held {
    fn new() -> Self {
        Self {
            databases: databases(),
        }
    }

    /// All of the values come back equal on all databases.
    fn keeps<T: Tested>(&mut self, types: Types, values: &[T]) -> &mut Self {
        self.keeps_unless(types, values, |_, _| false)
    }

    /// Those for which `refused` says yes are refused, all others come back equal.
    fn keeps_unless<T: Tested>(
        &mut self,
        types: Types,
        values: &[T],
        refused: impl Fn(Dialect, &T) -> bool,
    ) -> &mut Self {
        for database in &mut self.databases {
            let dialect = database.dialect();
            let column_type = database.pick(types[0], types[1], types[2]);
            if column_type.is_empty() {
                continue;
            }
            database.batch(&format!(
                "CREATE TABLE held (id BIGINT PRIMARY KEY, value {column_type} NULL)"
            ));
            let (refused, kept): (Vec<&T>, Vec<&T>) =
                values.iter().partition(|value| refused(dialect, value));
            refused.iter().for_each(|value| refuses(database, *value));
            kept.iter().for_each(|value| keeps_one(database, *value));
            keeps_all(database, &kept);
            keeps_null::<T>(database);
            database.batch("DROP TABLE held");
        }
        self
    }
}

fn keeps_one<T: Tested>(database: &mut Database, value: &T) {
    let shown = format!("{} {value:?}", database.dialect());
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    database
        .run(insert, &[&-1, value])
        .unwrap_or_else(|error| panic!("{shown}: {error:?}"));
    let read: Vec<T> = database
        .read("SELECT value FROM held WHERE id = ?", &[&-1])
        .unwrap_or_else(|error| panic!("{shown}: {error:?}"));
    assert_eq!(read.iter().collect::<Vec<_>>(), [value], "{shown}");
    database
        .run("DELETE FROM held WHERE id = ?", &[&-1])
        .expect("deleted");
}

fn insert_all<T: ToColumn>(database: &mut Database, values: &[&T]) -> crate::Result<u64> {
    let columns = ColumnSet::new().with(0).with(1);
    database
        .physical
        .insert_rows(&HELD, &columns, values.len(), &mut |row, params| {
            (row as i64).write(params);
            values[row].write(params);
        })
}

fn keeps_all<T: Tested>(database: &mut Database, values: &[&T]) {
    let dialect = database.dialect();
    let inserted = insert_all(database, values);
    assert_eq!(
        inserted.expect("all kept"),
        values.len() as u64,
        "{dialect}"
    );
    let read: Vec<T> = database
        .read("SELECT value FROM held ORDER BY id", &[])
        .expect("all read");
    assert_eq!(read.iter().collect::<Vec<_>>(), values, "{dialect}");
}

fn keeps_null<T: Tested>(database: &mut Database) {
    let nothing: Option<T> = None;
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    database.run(insert, &[&-2, &nothing]).expect("NULL");
    let select = "SELECT value FROM held WHERE id = ?";
    let read: Vec<Option<T>> = database.read(select, &[&-2]).expect("NULL");
    assert_eq!(read, [None]);
    let error = database.read::<T>(select, &[&-2]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { column: 0, .. }));
}

fn refuses<T: Tested>(database: &mut Database, value: &T) {
    let shown = format!("{} {value:?}", database.dialect());
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    let alone = database.run(insert, &[&-1, value]).err();
    let in_bulk = insert_all(database, &[value]).err();
    for error in [alone, in_bulk] {
        let error = error.unwrap_or_else(|| panic!("{shown}: not refused"));
        assert!(
            matches!(
                error.kind(),
                ErrorKind::UnsupportedValue(_) | ErrorKind::ValueOutOfRange(_)
            ),
            "{shown}: {error:?}"
        );
    }
    let count: Vec<i64> = database.read("SELECT count(*) FROM held", &[]).unwrap();
    assert_eq!(count, [0], "{shown}");
}

fn not_on<T>(dialects: &'static [Dialect]) -> impl Fn(Dialect, &T) -> bool {
    move |dialect, _| dialects.contains(&dialect)
}

#[test]
fn integers() {
    Held::new()
        .keeps(
            ["TINYINT", "smallint", "TINYINT"],
            &[i8::MIN, -1, 0, i8::MAX],
        )
        .keeps(
            ["SMALLINT", "smallint", "SMALLINT"],
            &[i16::MIN, 0, i16::MAX],
        )
        .keeps(["INT", "integer", "INT"], &[i32::MIN, 0, i32::MAX])
        .keeps(["BIGINT", "bigint", "BIGINT"], &[i64::MIN, -1, 0, i64::MAX])
        .keeps(["TINYINT", "smallint", "TINYINT UNSIGNED"], &[0, u8::MAX])
        .keeps(["SMALLINT", "integer", "SMALLINT UNSIGNED"], &[0, u16::MAX])
        .keeps(["INT", "bigint", "INT UNSIGNED"], &[0, u32::MAX])
        .keeps_unless(
            ["BIGINT", "numeric(20,0)", "BIGINT UNSIGNED"],
            &[0, 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX],
            |dialect, &value| dialect == Sqlite && value > i64::MAX as u64,
        )
        .keeps_unless(["", "bigint", ""], &[0, u64::MAX], |_, &value| value > 0)
        .keeps_unless(
            ["", "smallint", "SMALLINT"],
            &[40_000i64, 7],
            |_, &value| value > 7,
        )
        .keeps(
            ["BIGINT", "bigint", "BIT(63)"],
            &[0u64, 1, 255, 256, (1 << 63) - 1],
        )
        .keeps(["", "", "BIT(64)"], &[u64::MAX, 1])
        .keeps(["", "", "BIT(1)"], &[true, false])
        .keeps(["SMALLINT", "smallint", "YEAR"], &[1901u16, 2026, 2155, 0])
        .keeps(["BOOLEAN", "boolean", "TINYINT(1)"], &[true, false]);
}

#[test]
fn floats() {
    /// Equal to itself also where it is no number.
    #[derive(Debug)]
    struct Float(f64);
    impl PartialEq for Float {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
        }
    }
    impl ToColumn for Float {
        fn write(&self, params: &mut crate::ParamWriter<'_>) {
            self.0.write(params);
        }
    }
    impl FromColumn for Float {
        fn read(row: &mut crate::RowReader<'_>) -> crate::Result<Self> {
            row.next().map(Self)
        }
    }
    let doubles = [
        0.0,
        -0.0,
        0.1,
        1.0 / 3.0,
        f64::MIN,
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        f64::EPSILON,
        123_456_789.123_456_79,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]
    .map(Float);
    Held::new()
        .keeps_unless(
            ["DOUBLE", "double precision", "DOUBLE"],
            &doubles,
            |dialect, value| match dialect {
                Sqlite => value.0.is_nan(),
                Postgres => false,
                Mysql => !value.0.is_finite(),
            },
        )
        .keeps(
            ["FLOAT", "real", "FLOAT"],
            &[
                0.0f32,
                0.1,
                1.0 / 3.0,
                16_777_217.0,
                f32::MAX,
                f32::MIN,
                1.0e-38,
            ],
        );
    // Connections of their own: a statement prepared for another type would still be cast by the server.
    Held::new().keeps_unless(["", "real", ""], &[0.5, 0.1], |_, &value| value == 0.1);
}

#[test]
fn text_and_bytes() {
    let texts = [
        "",
        " ",
        "plain",
        " blanks around ",
        "quotes ' \" ` and \\ backslash \\' \\n",
        "lines\r\n\tand tabs",
        "% _ ? $1 :name {} NULL",
        "emoji 😀 👩‍👩‍👧",
        "combining e\u{301} and é",
        "right to left \u{202e}abc",
        "\u{feff}mark",
        "\u{10ffff}",
    ]
    .map(str::to_owned);
    let nul = ["a\0b".to_owned(), "\0".to_owned()];
    let all = (0..=255).cycle().take(1 << 20).collect::<Vec<u8>>();
    let bytes = [
        vec![],
        vec![0],
        b"text".to_vec(),
        vec![0xff, 0xfe, 0x00],
        all,
    ];
    Held::new()
        .keeps(["TEXT", "text", "LONGTEXT"], &texts)
        .keeps(
            ["VARCHAR(100)", "character varying(100)", "VARCHAR(100)"],
            &texts,
        )
        .keeps_unless(["TEXT", "text", "LONGTEXT"], &nul, not_on(&[Postgres]))
        .keeps(["TEXT", "text", "LONGTEXT"], &["ü".repeat(1 << 20)])
        .keeps(["BLOB", "bytea", "LONGBLOB"], &bytes);
}

#[test]
fn enums_and_sets() {
    let mut held = Held::new();
    for database in &mut held.databases {
        if database.dialect() == Postgres {
            database.batch("CREATE TYPE mood AS ENUM ('fine', 'it''s so so', 'böse')");
            database.batch("CREATE DOMAIN long_mood AS mood");
            database.batch("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)");
        }
    }
    let moods = ["fine", "it's so so", "böse"].map(str::to_owned);
    let named = "ENUM('fine', 'it''s so so', 'böse')";
    let sets: [StringSet; 3] = [
        StringSet::new(),
        StringSet::from_iter(["red"]),
        StringSet::from_iter(["red", "blue"]),
    ];
    held.keeps(["TEXT", "mood", named], &moods)
        .keeps(["", "long_mood", ""], &moods)
        .keeps_unless(
            ["", "mood", named],
            &["grim".to_owned()],
            not_on(&[Postgres, Mysql]),
        )
        .keeps(["", "positive", ""], &[1i32, 2])
        .keeps(["TEXT", "", "SET('red', 'green', 'blue')"], &sets)
        .keeps_unless(
            ["TEXT", "text", "TEXT"],
            &[StringSet::from_iter(["a,b"]), StringSet::from_iter([""])],
            not_on(&[Sqlite, Postgres, Mysql]),
        );
}

#[test]
fn intervals() {
    let intervals = [
        Interval::default(),
        Interval {
            months: 14,
            days: -3,
            microseconds: 5_250_000,
        },
        Interval {
            months: i32::MIN,
            days: i32::MAX,
            microseconds: i64::MIN,
        },
    ];
    Held::new().keeps(["TEXT", "interval", "VARCHAR(64)"], &intervals);
}

#[test]
fn arrays() {
    let refused = not_on(&[Sqlite, Mysql]);
    Held::new()
        .keeps_unless(
            ["TEXT", "integer[]", "TEXT"],
            &[vec![], vec![1], vec![i32::MIN, 0, i32::MAX]],
            refused,
        )
        .keeps(
            ["", "text[]", ""],
            &[vec!["NULL".to_owned(), "{a,\"b\"}".to_owned()]],
        )
        .keeps(["", "bigint[]", ""], &[vec![Some(1i64), None, Some(-1)]])
        .keeps(["", "bytea[]", ""], &[vec![vec![0u8, 1], vec![]]])
        .keeps(["", "interval[]", ""], &[vec![Interval::default()]])
        .keeps(["", "real[]", ""], &[vec![0.1f32]]);
    for mut database in databases() {
        if database.dialect() == Postgres {
            let wide = database.read::<Vec<i32>>("SELECT ARRAY[[1, 2], [3, 4]]", &[]);
            assert!(matches!(wide.unwrap_err().kind(), ErrorKind::Decode { .. }));
            let nulls = database.read::<Vec<i32>>("SELECT ARRAY[1, NULL]", &[]);
            assert!(matches!(
                nulls.unwrap_err().kind(),
                ErrorKind::Decode { .. }
            ));
            let moved: Vec<Vec<i32>> = database.read("SELECT '[5:6]={7,8}'::int[]", &[]).unwrap();
            assert_eq!(moved, [[7, 8]]);
        }
    }
}

#[cfg(feature = "chrono")]
#[test]
fn dates_and_times() {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    let dates = [
        date(1, 1, 1),
        date(1582, 10, 10),
        date(1969, 12, 31),
        date(1970, 1, 1),
        date(2000, 2, 29),
        date(2026, 11, 20),
        date(9999, 12, 31),
    ];
    let outside = [date(0, 12, 31), date(10_000, 1, 1), date(-4000, 1, 1)];
    let time = |text: &str| text.parse::<NaiveTime>().expect("a time");
    let times = [
        "00:00:00",
        "00:00:00.000001",
        "12:34:56.789012",
        "23:59:59.999999",
    ]
    .map(time);
    let finer = ["12:00:00.0000001", "23:59:60"].map(time);
    let stamps: Vec<NaiveDateTime> = dates
        .iter()
        .flat_map(|date| times.map(|time| date.and_time(time)))
        .collect();
    let points: Vec<DateTime<Utc>> = stamps.iter().map(|stamp| stamp.and_utc()).collect();
    let offset = "2026-03-29T02:30:00.123456+05:45".parse::<DateTime<Utc>>();
    let everywhere = [Sqlite, Postgres, Mysql];
    let everywhere = move |dialect, _: &_| everywhere.contains(&dialect);

    Held::new()
        .keeps(["DATE", "date", "DATE"], &dates)
        .keeps_unless(["DATE", "date", "DATE"], &outside, not_on(&[Sqlite, Mysql]))
        .keeps(["TIME", "time", "TIME(6)"], &times)
        .keeps_unless(["TIME", "time", "TIME(6)"], &finer, everywhere)
        .keeps(["DATETIME", "timestamp", "DATETIME(6)"], &stamps)
        .keeps(["TIMESTAMP", "timestamptz", "DATETIME(6)"], &points)
        .keeps(
            ["TIMESTAMP", "timestamptz", "DATETIME(6)"],
            &[offset.expect("a time")],
        )
        .keeps(["TIMESTAMP", "timestamptz", "TIMESTAMP(6)"], &[points[17]])
        .keeps_unless(
            ["DATETIME", "timestamp", "DATETIME(6)"],
            &[outside[1].and_time(times[0])],
            not_on(&[Sqlite, Mysql]),
        )
        .keeps_unless(
            ["DATETIME", "timestamp", "DATETIME(6)"],
            &[NaiveDateTime::MAX, NaiveDateTime::MIN],
            not_on(&[Sqlite, Postgres, Mysql]),
        )
        .keeps(
            ["TIMESTAMP", "timestamptz", "DATETIME(6)"],
            &[crate::types::now()],
        );
}

#[cfg(feature = "chrono")]
#[test]
fn dates_that_are_none_are_told() {
    use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

    for mut database in databases() {
        let (dates, times): (&[&str], &[&str]) = match database.dialect() {
            Sqlite => (
                &["'today'", "'2026-02-30'", "20261120"],
                &["'24:00:01'", "'soon'"],
            ),
            Postgres => (
                &["'infinity'::date", "'-infinity'::timestamp"],
                &["'24:00'::time"],
            ),
            Mysql => (
                &["CAST('0000-00-00' AS DATE)", "CAST('2024-02-00' AS DATE)"],
                &["CAST('-01:00:00' AS TIME)", "CAST('100:00:00' AS TIME)"],
            ),
        };
        for text in dates {
            let sql = format!("SELECT {text}");
            let date = database.read::<NaiveDate>(&sql, &[]).err();
            let stamp = database.read::<NaiveDateTime>(&sql, &[]).err();
            for error in [date, stamp] {
                let error = error.unwrap_or_else(|| panic!("{text} was read"));
                assert!(
                    matches!(error.kind(), ErrorKind::Decode { .. }),
                    "{error:?}"
                );
            }
        }
        for text in times {
            let read = database.read::<NaiveTime>(&format!("SELECT {text}"), &[]);
            let error = read.err().unwrap_or_else(|| panic!("{text} was read"));
            assert!(
                matches!(error.kind(), ErrorKind::Decode { .. }),
                "{error:?}"
            );
        }
    }
}

#[cfg(feature = "uuid")]
#[test]
fn uuids() {
    use uuid::Uuid;

    let uuids = [
        Uuid::nil(),
        Uuid::max(),
        Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8),
    ];
    Held::new()
        .keeps(["UUID", "uuid", "CHAR(36)"], &uuids)
        .keeps(["TEXT", "text", "VARCHAR(36)"], &uuids)
        .keeps(["", "uuid[]", ""], &[uuids.to_vec()]);
    for mut database in databases() {
        let sql = database.pick(
            "SELECT zeroblob(16)",
            "SELECT '\\x00000000000000000000000000000000'::bytea",
            "SELECT CAST('' AS BINARY(16))",
        );
        assert_eq!(database.read::<Uuid>(sql, &[]).unwrap(), [Uuid::nil()]);
    }
}

#[cfg(feature = "json")]
#[test]
fn json() {
    use serde_json::{Value, json};

    use crate::types::Json;

    let values = [
        Value::Null,
        json!(true),
        json!(0),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!("quotes ' \" and \\ backslash, 😀, \n"),
        json!([1, [2, [3]], {}]),
        json!({"b": 1, "a": {"": null}, "é": [true]}),
    ];
    let deep = (0..200).fold(Value::Null, |inner, _| json!([inner]));
    let everywhere = [Sqlite, Postgres, Mysql];
    Held::new()
        .keeps(["JSON_TEXT", "json", "JSON"], &values)
        .keeps(["JSON_TEXT", "jsonb", "JSON"], &values)
        .keeps_unless(
            ["JSON_TEXT", "jsonb", "JSON"],
            &[deep],
            move |dialect, _| everywhere.contains(&dialect),
        )
        .keeps(
            ["JSON_TEXT", "jsonb", "JSON"],
            &[Json(vec![(1, "x".to_owned())])],
        )
        .keeps(["", "jsonb[]", ""], &[vec![json!({"a": 1}), json!(null)]]);
}

#[cfg(feature = "bigdecimal")]
#[test]
fn decimals() {
    use std::str::FromStr;

    use bigdecimal::BigDecimal;

    let decimal = |text: &str| BigDecimal::from_str(text).expect("a decimal");
    let long = [
        "0",
        "1.50",
        "-0.0000000001",
        "9999999999999999999999999999.9999999999",
        "-1234567890123456789012345678.0123456789",
        "1e20",
        "3.14",
    ]
    .map(decimal);
    let short = ["0", "-1", "0.1", "1234567890123.45", "-9999999999999.99"].map(decimal);
    let endless = [
        BigDecimal::from_str("1e1000000000").expect("a decimal"),
        decimal("1e-100000000"),
    ];
    Held::new()
        .keeps(
            ["DECIMAL_TEXT(38,10)", "numeric(38,10)", "DECIMAL(38,10)"],
            &long,
        )
        .keeps(["DECIMAL(15,2)", "numeric(15,2)", "DECIMAL(15,2)"], &short)
        .keeps(
            ["DECIMAL_TEXT", "numeric", ""],
            &[decimal("1e100"), decimal("1e-100")],
        )
        .keeps_unless(
            ["", "numeric(5,2)", "DECIMAL(5,2)"],
            &[decimal("1000")],
            |_, _| true,
        )
        .keeps_unless(["TEXT", "numeric", "DECIMAL(65,30)"], &endless, |_, _| true)
        .keeps(["", "numeric[]", ""], &[long.to_vec()]);
    for mut database in databases() {
        if database.dialect() == Postgres {
            let nan = database.read::<BigDecimal>("SELECT 'NaN'::numeric", &[]);
            assert!(matches!(nan.unwrap_err().kind(), ErrorKind::Decode { .. }));
        }
    }
}

/// Columns with fewer digits would round without a word.
#[cfg(all(feature = "chrono", feature = "bigdecimal"))]
#[test]
fn finer_values_than_a_column_keeps_are_refused() {
    use std::str::FromStr;

    use bigdecimal::BigDecimal;

    let fine = BigDecimal::from_str("1.2500").expect("a decimal");
    let second = chrono::DateTime::from_timestamp_micros(1_500_000).expect("a time");
    for mut database in databases() {
        let sql = database.with_placeholders("SELECT 1 WHERE 1 = 0 OR ? IS NULL");
        let mut send = |value: &dyn ToColumn, digits| {
            let mut take = |_: &mut crate::RowReader<'_>| Ok(true);
            let write = &mut |params: &mut crate::ParamWriter<'_>| {
                params.push_with_fraction(digits, value);
            };
            let sql = match database.physical.dialect() {
                Postgres => "SELECT 1 WHERE $1 = 1.5::numeric",
                Sqlite | Mysql => sql.as_str(),
            };
            database.physical.query(sql, write, &mut take)
        };
        send(&fine, 2).expect("two digits are enough");
        let error = send(&fine, 1).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_)));
        let error = send(&second, 0).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_)));
    }
}

#[test]
fn columns_of_other_types_are_no_values() {
    for mut database in databases() {
        let dialect = database.dialect();
        let text = database.read::<i64>("SELECT 'x'", &[]).unwrap_err();
        let number = database.read::<String>("SELECT 1", &[]).unwrap_err();
        let large = database.read::<i8>("SELECT 300", &[]).unwrap_err();
        let negative = database.read::<u64>("SELECT -1", &[]).unwrap_err();
        let missing = database.read::<(One, One)>("SELECT 1", &[]).unwrap_err();
        for error in [text, number, large, negative, missing] {
            assert!(
                matches!(error.kind(), ErrorKind::Decode { .. }),
                "{dialect}: {error:?}"
            );
        }
        let truth = database.read::<bool>("SELECT 2", &[]).unwrap_err();
        assert!(
            matches!(truth.kind(), ErrorKind::Decode { .. }),
            "{dialect}"
        );
    }
}

/// Reads an integer; two of them read two columns.
#[derive(Debug)]
struct One;

impl FromColumn for One {
    fn read(row: &mut crate::RowReader<'_>) -> crate::Result<Self> {
        row.i64().map(|_| Self)
    }
}

impl FromColumn for (One, One) {
    fn read(row: &mut crate::RowReader<'_>) -> crate::Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}

#[test]
fn values_for_columns_of_other_types_are_refused() {
    for mut database in databases() {
        if database.dialect() != Postgres {
            continue;
        }
        database.batch("CREATE TABLE typed (number integer, name text, at inet)");
        let cases: [(&str, &dyn ToColumn); 4] = [
            ("number", &"1"),
            ("name", &1),
            ("number", &vec![1]),
            ("at", &"127.0.0.1"),
        ];
        for (column, value) in cases {
            let sql = format!("INSERT INTO typed ({column}) VALUES (?)");
            let error = database.run(&sql, &[value]).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::SchemaMismatch, "{error:?}");
            let source = std::error::Error::source(&error).expect("the reason");
            assert!(
                source
                    .to_string()
                    .contains("was given where the database has")
            );
        }
    }
}
