//! Every value comes back equal or is refused before anything is sent, on every database, one by one and in bulk.

use super::held::{Held, insert_all, not_on};
use super::{connect, databases};
use crate::error::ErrorKind;
use crate::value::types::{FromColumn, Interval, StringSet, ToColumn};
use bindery_core::dialect::Dialect::{Mysql, Postgres, Sqlite};

/// Covers QRY-09, GEN-1.
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

/// Covers QRY-09.
#[test]
fn floats() {
    /// Equal to itself also where it is not a number.
    #[derive(Debug)]
    struct Float(f64);
    impl PartialEq for Float {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
        }
    }
    impl ToColumn for Float {
        fn write(&self, params: &mut crate::types::ParamWriter<'_>) {
            self.0.write(params);
        }
    }
    impl FromColumn for Float {
        fn read(row: &mut crate::types::RowReader<'_>) -> crate::error::Result<Self> {
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

/// Covers QRY-09.
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
        // Shorter ones are filled up by the server, and come back as they were.
        .keeps(
            ["CHAR(40)", "character(40)", "CHAR(40)"],
            &["", "a", " before", "in between"].map(str::to_owned),
        )
        .keeps(["", "character(9)[]", ""], &[vec!["a".to_owned()]])
        .keeps(["", "bpchar", ""], &["behind ".to_owned()])
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

/// 300 in an `i8`, -1 in a `u64`, text in a number.
///
/// Covers GEN-1.
#[test]
fn columns_of_other_types_are_no_values() {
    for mut database in databases() {
        let dialect = database.dialect();
        let text = database.read::<i64>("SELECT 'x'", &[]).unwrap_err();
        let number = database.read::<String>("SELECT 1", &[]).unwrap_err();
        let large = database.read::<i8>("SELECT 300", &[]).unwrap_err();
        let negative = database.read::<u64>("SELECT -1", &[]).unwrap_err();
        let missing = database.read::<Two>("SELECT 1", &[]).unwrap_err();
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
    fn read(row: &mut crate::types::RowReader<'_>) -> crate::error::Result<Self> {
        row.i64().map(|_| Self)
    }
}

/// Reads one column more than a row has.
#[derive(Debug)]
struct Two;

impl FromColumn for Two {
    fn read(row: &mut crate::types::RowReader<'_>) -> crate::error::Result<Self> {
        row.next::<One>()?;
        row.next::<One>()?;
        Ok(Self)
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
            ("at", &1),
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

/// Types of extensions and of the user go the same way.
#[test]
fn types_of_postgres_without_one_of_rust_are_written_as_text() {
    let cases = [
        ("inet", "10.1.2.0/24"),
        ("macaddr", "08:00:2b:01:02:03"),
        ("tsvector", "'blue' 'tea':2"),
        ("int4range", "[1,5)"),
        ("bit(3)", "101"),
        ("time with time zone", "04:05:06+02"),
        ("point", "(1,2)"),
        ("inet[]", "{10.0.0.1,::1}"),
        ("pair", "(1,\"a b\")"),
    ];
    let postgres = databases().into_iter();
    for mut database in postgres.filter(|database| database.dialect() == Postgres) {
        database.batch("CREATE TYPE pair AS (a int, b text)");
        for (column_type, value) in cases {
            // A statement that is kept would expect the type of the table before.
            let url = database.fresh.as_ref().map(|fresh| fresh.url());
            database.physical = connect(&url.expect("a server")).expect("as before");
            database.batch(&format!(
                "CREATE TABLE held (id BIGINT PRIMARY KEY, value {column_type} NULL)"
            ));
            let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
            let inserted = database.run(insert, &[&-1, &value]);
            assert_eq!(inserted.expect(column_type), 1);
            let inserted = insert_all(&mut database, &[&value, &value]);
            assert_eq!(inserted.expect(column_type), 2);
            let read: Vec<String> = database
                .read("SELECT value::text FROM held", &[])
                .expect(column_type);
            assert_eq!(read, [value; 3], "{column_type}");
            let refused = database.run(insert, &[&-2, &"'"]);
            assert!(refused.is_err(), "{column_type}");
            database.batch("DROP TABLE held");
        }
    }
}
