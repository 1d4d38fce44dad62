//! Values of our own types, and the forms in which other programs leave theirs.

use super::databases;
use super::held::{Held, not_on};
use crate::error::ErrorKind;
use crate::value::types::{AnyValue, ToColumn, Vector, ZeroOr};
use bindery_core::dialect::Dialect::{Mysql, Postgres, Sqlite};

#[test]
fn vectors_and_values_of_any_type() {
    let vectors = [
        vec![],
        vec![0.1, -2.5e-30, f32::MAX, 16_777_217.0],
        vec![f32::MIN_POSITIVE; 1_000],
    ]
    .map(Vector);
    let values = [
        AnyValue::Integer(i64::MIN),
        AnyValue::Real(-0.5),
        AnyValue::Text("5".to_owned()),
        AnyValue::Text(String::new()),
        AnyValue::Blob(vec![0, 255]),
    ];
    let point = [
        &[0; 4][..],
        &[1, 1, 0, 0, 0],
        &1.0_f64.to_le_bytes(),
        &(-2.5_f64).to_le_bytes(),
    ]
    .concat();
    Held::new()
        .keeps(["BLOB", "text", "LONGBLOB"], &vectors)
        .keeps(["BLOB", "", ""], &values)
        .keeps(["", "", "POINT"], &[point]);
    for mut database in databases() {
        let sql = database.pick("SELECT NULL", "SELECT 1", "SELECT 1");
        let error = database.read::<AnyValue>(sql, &[]).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn networks_in_columns_of_text() {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use crate::value::types::IpNet;

    let hosts = [
        IpAddr::from(Ipv4Addr::UNSPECIFIED),
        IpAddr::from(Ipv4Addr::BROADCAST),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ];
    let nets = ["10.0.0.0/8", "fe80::1/64", "127.0.0.1"].map(|text| text.parse().expect("a net"));
    let types = ["TEXT", "text", "VARCHAR(43)"];
    Held::new()
        .keeps(types, &hosts)
        .keeps::<IpNet>(types, &nets)
        .keeps(types, &[Ipv4Addr::LOCALHOST])
        .keeps(types, &[Ipv6Addr::LOCALHOST]);
    for mut database in databases() {
        let address = database.read::<IpAddr>("SELECT '10.0.0.1/32'", &[]);
        assert_eq!(address.expect("one address"), [IpAddr::from([10, 0, 0, 1])]);
        for text in ["10.0.0.0/8", "10.0.0", "", "host"] {
            let sql = format!("SELECT '{text}'");
            let error = database.read::<IpAddr>(&sql, &[]).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Decode { .. }),
                "{error:?}"
            );
        }
        let error = database.read::<Ipv4Addr>("SELECT '::1'", &[]).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{error:?}"
        );
    }
}

/// Every number of digits of a second that a column can be declared with.
#[test]
fn times_in_columns_of_every_precision() {
    use chrono::{DateTime, NaiveDateTime, NaiveTime, SubsecRound, Utc};

    const TYPES: [[[&str; 3]; 3]; 7] = [
        [
            ["TIME", "time(0)", "TIME(0)"],
            ["DATETIME", "timestamp(0)", "DATETIME(0)"],
            ["TIMESTAMPTZ", "timestamptz(0)", "DATETIME(0)"],
        ],
        [
            ["TIME", "time(1)", "TIME(1)"],
            ["DATETIME", "timestamp(1)", "DATETIME(1)"],
            ["TIMESTAMPTZ", "timestamptz(1)", "DATETIME(1)"],
        ],
        [
            ["TIME", "time(2)", "TIME(2)"],
            ["DATETIME", "timestamp(2)", "DATETIME(2)"],
            ["TIMESTAMPTZ", "timestamptz(2)", "DATETIME(2)"],
        ],
        [
            ["TIME", "time(3)", "TIME(3)"],
            ["DATETIME", "timestamp(3)", "DATETIME(3)"],
            ["TIMESTAMPTZ", "timestamptz(3)", "DATETIME(3)"],
        ],
        [
            ["TIME", "time(4)", "TIME(4)"],
            ["DATETIME", "timestamp(4)", "DATETIME(4)"],
            ["TIMESTAMPTZ", "timestamptz(4)", "DATETIME(4)"],
        ],
        [
            ["TIME", "time(5)", "TIME(5)"],
            ["DATETIME", "timestamp(5)", "DATETIME(5)"],
            ["TIMESTAMPTZ", "timestamptz(5)", "DATETIME(5)"],
        ],
        [
            ["TIME", "time(6)", "TIME(6)"],
            ["DATETIME", "timestamp(6)", "DATETIME(6)"],
            ["TIMESTAMPTZ", "timestamptz(6)", "DATETIME(6)"],
        ],
    ];
    let latest = "9999-12-31T23:59:59.999999"
        .parse::<NaiveDateTime>()
        .expect("a time");
    let first = "0001-01-01T00:00:00"
        .parse::<NaiveDateTime>()
        .expect("a time");
    for (digits, [time, datetime, timestamp]) in TYPES.into_iter().enumerate() {
        let cut = latest.trunc_subsecs(digits as u16);
        let points: [DateTime<Utc>; 2] = [cut.and_utc(), first.and_utc()];
        Held::new()
            .keeps::<NaiveTime>(time, &[cut.time(), NaiveTime::MIN])
            .keeps(datetime, &[cut, first])
            .keeps(timestamp, &points);
    }
}

/// SQLite's own functions write seconds since 1970 and Julian days too.
#[test]
fn times_that_sqlite_keeps_as_numbers() {
    use chrono::NaiveDateTime;

    let time = |text: &str| text.parse::<NaiveDateTime>().expect("a time");
    for mut database in databases() {
        if database.dialect() != Sqlite {
            continue;
        }
        for (sql, expected) in [
            ("SELECT 0", "1970-01-01T00:00:00"),
            (
                "SELECT unixepoch('2026-11-20 13:45:00')",
                "2026-11-20T13:45:00",
            ),
            ("SELECT -62135596800", "0001-01-01T00:00:00"),
            ("SELECT 253402300799", "9999-12-31T23:59:59"),
            (
                "SELECT julianday('2026-11-20 13:45:00.250')",
                "2026-11-20T13:45:00.250",
            ),
            ("SELECT 2440587.5", "1970-01-01T00:00:00"),
            (
                "SELECT '2026-11-20T13:45:00.123456789Z'",
                "2026-11-20T13:45:00.123456",
            ),
        ] {
            let read = database.read::<NaiveDateTime>(sql, &[]);
            assert_eq!(read.expect(sql), [time(expected)], "{sql}");
        }
        for sql in [
            "SELECT 253402300800",
            "SELECT 1e300",
            "SELECT 0.0",
            "SELECT x'00'",
        ] {
            let error = database.read::<NaiveDateTime>(sql, &[]).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Decode { .. }),
                "{sql}: {error:?}"
            );
        }
    }
}

#[test]
fn dates_of_zeros() {
    use chrono::{NaiveDate, NaiveDateTime};

    for mut database in databases() {
        let sql = match database.dialect() {
            Sqlite => "SELECT '0000-00-00 00:00:00'",
            Mysql => "SELECT CAST('0000-00-00' AS DATETIME)",
            Postgres => continue,
        };
        let zero = database.read::<ZeroOr<NaiveDateTime>>(sql, &[]);
        assert_eq!(zero.expect(sql), [ZeroOr::Zero]);
        let error = database.read::<NaiveDateTime>(sql, &[]).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{error:?}"
        );
    }
    let day = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date");
    Held::new()
        .keeps(["DATE", "date", "DATE"], &[ZeroOr::Value(day)])
        .keeps_unless(
            ["DATETIME", "timestamp", "DATETIME"],
            &[ZeroOr::<NaiveDateTime>::Zero],
            not_on(&[Postgres]),
        );
}

/// A column that is declared `JSON` has NUMERIC affinity in SQLite: a lone number is stored as one.
#[test]
fn json_in_columns_that_sqlite_makes_numbers_in() {
    use serde_json::json;

    let values = [json!(5), json!(-1.5), json!("5"), json!([1.0]), json!(null)];
    Held::new().keeps(["JSON", "", ""], &values);
}

/// A hint for a column holds for one value.
#[test]
fn values_in_the_form_of_their_column() {
    use std::str::FromStr;

    use bigdecimal::BigDecimal;
    use uuid::Uuid;

    let mut sqlite = super::sqlite();
    let mut send = |write: &dyn Fn(&mut crate::types::ParamWriter<'_>)| {
        let mut kinds = String::new();
        let sql = "SELECT typeof(?1)";
        let outcome = sqlite
            .physical
            .query(sql, &mut |params| write(params), &mut |row| {
                kinds = row.next()?;
                Ok(true)
            });
        outcome.map(|()| kinds)
    };
    let decimal = |text: &str| BigDecimal::from_str(text).expect("a decimal");
    let uuid = Uuid::from_u128(1);
    let kind = send(&|params| params.binary().push(&uuid));
    assert_eq!(kind.expect("16 bytes"), "blob");
    assert_eq!(
        send(&|params| params.push(&uuid)).expect("36 characters"),
        "text"
    );
    for fits in ["123456789012345", "0.000001", "1e20", "-1.50"] {
        send(&|params| params.digits(15).push(&decimal(fits))).expect(fits);
    }
    for long in ["1234567890123456", "1.000000000000001", "123456789012345.6"] {
        let error = send(&|params| params.digits(15).push(&decimal(long))).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
            "{long}"
        );
        send(&|params| params.push(&decimal(long))).expect("any number of digits");
    }
    let number: &dyn ToColumn = &serde_json::json!(u64::MAX);
    let error = send(&|params| params.digits(15).push(number)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_)));
}
