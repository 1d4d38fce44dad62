//! The same for values of other crates' types.

use super::databases;
use super::held::Held;
use crate::error::ErrorKind;
use crate::value::types::ToColumn;
use bindery_core::dialect::Dialect::{Mysql, Postgres, Sqlite};

/// Refused on every database.
fn everywhere<T>(_: bindery_core::dialect::Dialect, _: &T) -> bool {
    true
}

/// One rule for what is finer than a microsecond, a leap second and years that not every database has.
///
/// Covers QRY-09, GEN-3.
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
    let leap = ["23:59:60", "23:59:60.5"].map(time);
    let stamps: Vec<NaiveDateTime> = dates
        .iter()
        .flat_map(|date| times.map(|time| date.and_time(time)))
        .collect();
    let points: Vec<DateTime<Utc>> = stamps.iter().map(|stamp| stamp.and_utc()).collect();
    let offset = "2026-03-29T02:30:00.123456+05:45".parse::<DateTime<Utc>>();

    Held::new()
        .keeps(["DATE", "date", "DATE"], &dates)
        .keeps_unless(["DATE", "date", "DATE"], &outside, everywhere)
        .keeps(["TIME", "time", "TIME(6)"], &times)
        .keeps_unless(["TIME", "time", "TIME(6)"], &leap, everywhere)
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
            everywhere,
        )
        .keeps_unless(
            ["DATETIME", "timestamp", "DATETIME(6)"],
            &[NaiveDateTime::MAX, NaiveDateTime::MIN],
            everywhere,
        )
        .keeps(
            ["TIMESTAMP", "timestamptz", "DATETIME(6)"],
            &[crate::value::types::now()],
        );
}

#[test]
fn dates_that_are_none_are_told() {
    use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

    for mut database in databases() {
        let (dates, times): (&[&str], &[&str]) = match database.dialect() {
            Sqlite => (
                &["'today'", "'2026-02-30'", "-99999999999999"],
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

/// Covers QRY-09.
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

/// Covers QRY-09.
#[test]
fn json() {
    use serde_json::{Value, json};

    use crate::value::types::Json;

    let values = [
        Value::Null,
        json!(true),
        json!(0),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!([-0.0, 1.0, 1e15, 1e16, -1.5e18, u64::MAX as f64, 1e20, 1e300]),
        // These need a reader that is exact to the last bit.
        json!([f64::MAX, f64::MIN_POSITIVE, 5e-324]),
        json!([
            8.988465674311579e307,
            1.2345678901234567e-90,
            31.245270191439438
        ]),
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

/// Covers QRY-09.
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

/// Columns with fewer digits would round a number without a word.
#[test]
fn finer_decimals_than_a_column_keeps_are_refused() {
    use std::str::FromStr;

    use bigdecimal::BigDecimal;

    let fine = BigDecimal::from_str("1.2500").expect("a decimal");
    for mut database in databases() {
        let sql = database.with_placeholders("SELECT 1 WHERE 1 = 0 OR ? IS NULL");
        let mut send = |value: &dyn ToColumn, digits| {
            let mut take = |_: &mut crate::types::RowReader<'_>| Ok(true);
            let write = &mut |params: &mut crate::types::ParamWriter<'_>| {
                params.fraction(digits).push(value);
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
    }
}

/// A time that is finer than its column is cut to the digits that the column keeps, toward the past, the same on every
/// database: the servers' own rules differ.
///
/// Covers GEN-3.
#[test]
fn gen_3_times_are_cut_to_what_their_column_keeps() {
    use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};

    let time = |text: &str| text.parse::<NaiveDateTime>().expect("a time");
    let cases = [
        (
            "2026-11-21T23:59:59.999999999",
            [
                "2026-11-21T23:59:59",
                "2026-11-21T23:59:59.999",
                "2026-11-21T23:59:59.999999",
            ],
        ),
        (
            "1969-12-31T23:59:58.000000001",
            [
                "1969-12-31T23:59:58",
                "1969-12-31T23:59:58",
                "1969-12-31T23:59:58",
            ],
        ),
        (
            "1969-12-31T23:59:58.123456789",
            [
                "1969-12-31T23:59:58",
                "1969-12-31T23:59:58.123",
                "1969-12-31T23:59:58.123456",
            ],
        ),
        (
            "9999-12-31T23:59:59.9999995",
            [
                "9999-12-31T23:59:59",
                "9999-12-31T23:59:59.999",
                "9999-12-31T23:59:59.999999",
            ],
        ),
    ];
    for mut database in databases() {
        let dialect = database.dialect();
        for (at, digits) in [0, 3, 6].into_iter().enumerate() {
            let types = match dialect {
                Sqlite => ["TIME", "DATETIME", "TIMESTAMP"].map(str::to_owned),
                Postgres => {
                    ["time", "timestamp", "timestamptz"].map(|name| format!("{name}({digits})"))
                }
                Mysql => ["TIME", "DATETIME", "DATETIME"].map(|name| format!("{name}({digits})")),
            };
            let [clock, moment, point] = types;
            database.batch(&format!(
                "CREATE TABLE cut (id INT, clock {clock}, moment {moment}, point {point})"
            ));
            for (given, kept) in cases {
                let (given, kept) = (time(given), time(kept[at]));
                let both: [(NaiveTime, NaiveDateTime, DateTime<Utc>); 2] =
                    [given, kept].map(|time| (time.time(), time, time.and_utc()));
                let insert = database.with_placeholders("INSERT INTO cut VALUES (1, ?, ?, ?)");
                let select = database.with_placeholders(
                    "SELECT clock, moment, point FROM cut WHERE clock = ? AND moment = ? AND point = ?",
                );
                let write = |params: &mut crate::types::ParamWriter<'_>| {
                    params.fraction(digits).push(&both[0].0);
                    params.fraction(digits).push(&both[0].1);
                    params.fraction(digits).push(&both[0].2);
                };
                let physical = &mut database.physical;
                let shown = format!("{dialect}, {digits} digits: {given}");
                physical
                    .execute(&insert, &mut |params| write(params))
                    .expect(&shown);
                let mut read = Vec::new();
                // A search by the given value finds it.
                let found = physical.query(&select, &mut |params| write(params), &mut |row| {
                    read.push((row.next()?, row.next()?, row.next()?));
                    Ok(true)
                });
                found.expect(&shown);
                assert_eq!(read, [both[1]], "{shown}");
                database.batch("DELETE FROM cut");
            }
            database.batch("DROP TABLE cut");
        }
    }
}

/// MySQL would make 1970 of 70.
#[test]
fn years_that_a_column_would_change_are_refused() {
    for mut database in databases() {
        let sql = database.with_placeholders("SELECT 1 WHERE ? = 70 OR ? = 70");
        let mut send = |year: u16| {
            let mut take = |_: &mut crate::types::RowReader<'_>| Ok(true);
            let write = &mut |params: &mut crate::types::ParamWriter<'_>| {
                params.year().push(&year);
                params.push(&70_u16);
            };
            database.physical.query(&sql, write, &mut take)
        };
        for year in [0, 1901, 2155] {
            send(year).expect("a year, and behind it any number");
        }
        for year in [70, 1900, 2156] {
            let error = send(year).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_)));
        }
    }
}

#[test]
fn finer_elements_than_an_array_keeps_are_refused() {
    use std::str::FromStr;

    use bigdecimal::BigDecimal;

    let elements = ["1.5", "-2", "1.25"].map(|text| BigDecimal::from_str(text).expect("a decimal"));
    for mut database in databases() {
        let mut send = |digits| {
            let write = &mut |params: &mut crate::types::ParamWriter<'_>| {
                params.fraction(digits).push(elements.as_slice());
            };
            let sql = "SELECT 1 WHERE $1 = '{1.5}'::numeric[]";
            database.physical.query(sql, write, &mut |_| Ok(true))
        };
        let (coarse, enough) = (send(1), send(2));
        match database.dialect() {
            Postgres => {
                enough.expect("two digits are enough");
                let error = coarse.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_)));
                assert!(error.to_string().contains("digits after the point"));
            }
            // They have no arrays.
            Sqlite | Mysql => assert!(enough.is_err() && coarse.is_err()),
        }
    }
}
