//! Numbers of different types together, casts, and numbers within JSON: one meaning on all databases, evaluated in this process.

use bindery::types::{BigDecimal, JsonValue, NaiveDate, NaiveDateTime, NaiveTime, Uuid};
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::mixed::{NewSample, Tables as _, enums::Mood, model, sample};
use crate::query_rows::Seeded;

/// Runs a function on an empty table of samples of each database.
macro_rules! on_each_sample {
    ($show:expr) => {{
        let (postgres, mysql) = (
            bindery_testkit::fresh_postgres(),
            bindery_testkit::fresh_mysql(),
        );
        let mysql =
            mysql.filter(|_| bindery_testkit::mysql_flavour() == bindery_testkit::Product::MariaDb);
        let folder = tempfile::tempdir().expect("a temporary directory");
        let url = |database: &Option<bindery_testkit::FreshDatabase>, absent: &str| {
            let url = database.as_ref().map(|database| database.url().to_string());
            url.unwrap_or(absent.to_owned())
        };
        let lite = format!("sqlite://{}", folder.path().join("lite.db").display());
        let config = bindery::Config::new()
            .engine(
                "default",
                url(&postgres, "postgres://nobody@localhost/nothing"),
            )
            .engine("m", url(&mysql, "mysql://nobody@localhost/nothing"))
            .engine("lite", lite);
        let db = $crate::mixed::Databases::with_config(&config)?;
        db.create_missing_on($crate::mixed::engine::Lite)?;
        $show(&mut db.lite()?)?;
        if postgres.is_some() {
            db.create_missing_on($crate::mixed::engine::Default)?;
            $show(&mut db.default()?)?;
        }
        if mysql.is_some() {
            db.create_missing_on($crate::mixed::engine::M)?;
            $show(&mut db.m()?)?;
        }
        Ok::<(), bindery::Error>(())
    }};
}

pub(crate) use on_each_sample;

type On<'c, E> = &'c mut Connection<E>;

pub(crate) fn decimal(text: &str) -> BigDecimal {
    text.parse().expect("a decimal")
}

pub(crate) fn required(name: &str) -> sample::Required {
    sample::Required {
        small: 1,
        medium: 2,
        big: 3,
        single: 1.0,
        double: 1.0,
        amount: BigDecimal::from(1),
        code: "code".into(),
        name: name.into(),
        token: Uuid::nil(),
        feeling: Mood::Sad,
    }
}

/// The numbers of a row.
#[derive(Debug)]
struct Numbers {
    small: i16,
    medium: i32,
    big: i64,
    single: f32,
    double: f64,
    amount: BigDecimal,
}

impl Numbers {
    fn random(seeded: &mut Seeded) -> Self {
        let mut below = |most: i64| seeded.below(2 * most as u64 + 1) as i64 - most;
        Self {
            small: below(32_767) as i16,
            medium: below(2_147_483_647) as i32,
            big: below(1_000_000),
            single: below(1_000) as f32 / 8.0,
            double: below(1_000_000) as f64 / 64.0,
            amount: BigDecimal::new(below(100_000).into(), 4),
        }
    }

    fn insert<E: StaticEngine + Hosts<model::Sample>>(
        &self,
        c: On<'_, E>,
        name: &str,
    ) -> bindery::Result<()> {
        let numbers = sample::Required {
            small: self.small,
            medium: self.medium,
            big: self.big,
            single: self.single,
            double: self.double,
            amount: self.amount.clone(),
            ..required(name)
        };
        c.samples().insert(NewSample::new(numbers)).map(drop)
    }
}

fn filled<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<Vec<Numbers>> {
    let mut seeded = Seeded::new(46);
    let rows: Vec<_> = (0..60).map(|_| Numbers::random(&mut seeded)).collect();
    for (number, row) in rows.iter().enumerate() {
        row.insert(c, &number.to_string())?;
    }
    Ok(rows)
}

#[test]
fn qry_01_numbers_of_two_types_are_computed_as_the_wider_one() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let rows = filled(c)?;
        let computed = (
            sample::small * sample::medium,
            sample::medium * sample::medium.cast::<i64>() - sample::small,
            sample::big - sample::small,
            sample::big * sample::amount,
            sample::amount + sample::small,
            sample::amount - 7,
            sample::small * decimal("0.25"),
            sample::medium * sample::double,
            sample::single + sample::double,
            sample::big * 0.5,
            sample::small / sample::double,
            sample::amount.cast::<f64>() * sample::double,
        );
        let found = c
            .samples()
            .order_by(sample::id.asc())
            .select(computed)
            .all()?;
        for (row, found) in rows.iter().zip(&found) {
            let (small, medium) = (i64::from(row.small), i64::from(row.medium));
            let integers = (small * medium, medium * medium - small, row.big - small);
            assert_eq!((found.0, found.1, found.2), integers, "{row:?}");
            let decimals = [
                &row.amount * row.big,
                &row.amount + small,
                &row.amount - 7,
                decimal("0.25") * small,
            ];
            let found_decimals = [&found.3, &found.4, &found.5, &found.6];
            assert_eq!(found_decimals, decimals.each_ref(), "{row:?}");
            let double = row.double;
            let floats = [
                f64::from(row.medium) * double,
                f64::from(row.single) + double,
                row.big as f64 * 0.5,
                row.amount.to_string().parse::<f64>().expect("a number") * double,
            ];
            assert_eq!([found.7, found.8, found.9, found.11], floats, "{row:?}");
            let quotient = (double != 0.0).then(|| f64::from(row.small) / double);
            assert_eq!(found.10, quotient, "{row:?}");
        }
        let sum = c.samples().query().sum(sample::big * sample::amount)?;
        let expected: BigDecimal = rows.iter().map(|row| &row.amount * row.big).sum();
        assert_eq!(sum, Some(expected));
        let sum = c.samples().query().sum(sample::small * sample::medium)?;
        let expected = rows
            .iter()
            .map(|row| i64::from(row.small) * i64::from(row.medium));
        assert_eq!(sum, Some(expected.sum()));
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn qry_01_numbers_of_two_types_are_compared() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let rows = filled(c)?;
        let count = |met: fn(&Numbers) -> bool| rows.iter().filter(|row| met(row)).count() as u64;
        macro_rules! compare {
            ($($condition:expr => $met:expr;)+) => {$(
                let found = c.samples().filter($condition).count()?;
                assert_eq!(found, count($met), stringify!($condition));
            )+};
        }
        compare! {
            sample::small.lt(sample::medium) => |row| i32::from(row.small) < row.medium;
            sample::medium.ge(sample::big) => |row| i64::from(row.medium) >= row.big;
            sample::big.gt(sample::double) => |row| row.big as f64 > row.double;
            sample::double.gt(sample::big) => |row| row.double > row.big as f64;
            sample::single.le(sample::double) => |row| f64::from(row.single) <= row.double;
            sample::small.ge(sample::amount) => |row| row.amount <= row.small;
            sample::amount.gt(sample::small - 1) => |row| row.amount > i64::from(row.small) - 1;
            sample::amount.le(3) => |row| row.amount <= 3;
            sample::amount.between(-1, sample::small) => |row| {
                row.amount >= -1 && row.amount <= row.small
            };
            (sample::small / 2).gt(sample::single) => |row| f64::from(row.small / 2) > f64::from(row.single);
            sample::big.coalesce(sample::small).gt(sample::medium) => |row| row.big > i64::from(row.medium);
        }
        let equal = sample::Required {
            big: 3,
            double: 3.0,
            amount: decimal("3"),
            ..required("equal")
        };
        c.samples().insert(NewSample::new(equal))?;
        let equal = sample::big
            .eq(sample::double)
            .and(sample::amount.eq(sample::big));
        assert_eq!(c.samples().filter(equal).one()?.name, "equal");
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn a_remainder_has_the_sign_of_what_is_divided_and_is_null_by_zero() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        for (name, small, big) in [
            ("a", 2, -7),
            ("b", -2, 7),
            ("c", -1, i64::MIN),
            ("d", 0, 5),
            ("e", i16::MIN, i64::MAX),
        ] {
            let numbers = sample::Required {
                small,
                big,
                ..required(name)
            };
            c.samples().insert(NewSample::new(numbers))?;
        }
        let remainders = (
            sample::big % sample::small,
            sample::big % 4,
            sample::small % sample::small,
        );
        let found = c
            .samples()
            .order_by(sample::name.asc())
            .select(remainders)
            .all()?;
        let expected = [
            (Some(-1), Some(-3), Some(0)),
            (Some(1), Some(3), Some(0)),
            (Some(0), Some(0), Some(0)),
            (None, Some(1), None),
            (Some(i64::MAX % -32_768), Some(3), Some(0)),
        ];
        assert_eq!(found, expected);
        let odd = c.samples().filter((sample::big % 2).ne(0));
        assert_eq!(odd.count()?, 4);
        c.samples()
            .all_rows()
            .update(sample::big.set_to((sample::big % sample::small).coalesce(-9)))?;
        let set = c
            .samples()
            .order_by(sample::name.asc())
            .select(sample::big)
            .all()?;
        assert_eq!(set, [-1, 1, 0, -9, i64::MAX % -32_768]);
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn small_integers_are_computed_with_64_bits_and_refused_where_they_are_stored()
-> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let numbers = sample::Required {
            small: 30_000,
            medium: i32::MAX,
            big: 2_147_483_648,
            ..required("a")
        };
        c.samples().insert(NewSample::new(numbers))?;
        let product = sample::medium * sample::medium;
        assert_eq!(c.samples().filter(product.gt(sample::medium)).count()?, 1);
        assert_eq!(
            c.samples()
                .filter((sample::small + sample::small).gt(0))
                .count()?,
            1
        );
        let big = sample::big.cast::<i32>();
        let refused = c
            .samples()
            .all_rows()
            .update(sample::medium.set_to(big.clone()));
        let error = refused.expect_err("it is beyond 32 bits");
        assert!(
            matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
            "{error}"
        );
        let error = c
            .samples()
            .query()
            .select(big)
            .one()
            .expect_err("it is beyond 32 bits");
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
        c.samples()
            .all_rows()
            .update(sample::medium.set_to((sample::big - 1).cast::<i32>()))?;
        assert_eq!(c.samples().query().one()?.medium, i32::MAX);
        c.samples().all_rows().update((
            sample::big.set_to(sample::small),
            sample::double.set_to(sample::medium),
            sample::amount.set_to(sample::small),
        ))?;
        let row = c.samples().query().one()?;
        assert_eq!(
            (row.big, row.double, row.amount),
            (30_000, 2_147_483_647.0, BigDecimal::from(30_000))
        );
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn casts_mean_the_same_on_all_databases() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
        for (name, double, amount, (year, month, day)) in [
            ("a", 2.999, "-7.9999", (1969, 12, 31)),
            ("b", -2.999, "7.5", (2024, 2, 29)),
            ("c", 9_007_199_254_740_991.0, "-0.9", (1, 1, 1)),
            ("d", -0.5, "12345678.1234", (9999, 12, 31)),
        ] {
            let day = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
            let moment = day.and_time(time);
            let numbers = sample::Required {
                double,
                amount: decimal(amount),
                big: i64::MIN,
                ..required(name)
            };
            let new = NewSample::new(numbers)
                .flag(double > 0.0)
                .day(day)
                .local(moment);
            c.samples().insert(new.instant(moment.and_utc()))?;
        }
        let casts = (
            sample::double.cast::<i64>(),
            sample::amount.cast::<i64>(),
            sample::amount.cast::<f64>(),
            sample::flag.cast::<i64>(),
            sample::big.cast::<String>(),
            sample::small.cast::<BigDecimal>(),
        );
        let least = || i64::MIN.to_string();
        let one = || BigDecimal::from(1);
        let expected = [
            (2, -7, -7.9999, 1, least(), one()),
            (-2, 7, 7.5, 0, least(), one()),
            (9_007_199_254_740_991, 0, -0.9, 1, least(), one()),
            (0, 12_345_678, 12_345_678.123_4, 0, least(), one()),
        ];
        assert_eq!(
            c.samples()
                .order_by(sample::name.asc())
                .select(casts)
                .all()?,
            expected
        );
        let dates = (
            sample::day.cast::<String>(),
            sample::day.cast::<NaiveDateTime>(),
            sample::local.cast::<NaiveDate>(),
            sample::instant.cast::<NaiveDate>(),
        );
        let rows = c.samples().order_by(sample::name.asc()).all()?;
        for (row, found) in rows.iter().zip(
            c.samples()
                .order_by(sample::name.asc())
                .select(dates)
                .all()?,
        ) {
            let day = row.day.expect("it has a day");
            let midnight = day.and_time(NaiveTime::MIN);
            assert_eq!(
                found,
                (Some(day.to_string()), Some(midnight), Some(day), day)
            );
        }
        let of_day = sample::day.eq(sample::instant.cast::<NaiveDate>());
        assert_eq!(c.samples().filter(of_day).count()?, 4);
        let in_text = sample::big.cast::<String>().starts_with("-92");
        assert_eq!(c.samples().filter(in_text).count()?, 4);
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn a_float_or_decimal_beyond_64_bits_is_no_integer() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        for double in [9.3e18, -9.3e18, 1e300] {
            c.samples().all_rows().delete()?;
            let numbers = sample::Required {
                double,
                ..required("a")
            };
            c.samples().insert(NewSample::new(numbers))?;
            let error = c
                .samples()
                .query()
                .select(sample::double.cast::<i64>())
                .one();
            let error = error.expect_err("it is beyond 64 bits");
            assert!(
                matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
                "{error}"
            );
            let beyond = (sample::amount * 5_000_000_000_000_000_000 * 2).cast::<i64>();
            let error = c
                .samples()
                .filter(beyond.gt(0))
                .count()
                .expect_err("it is beyond 64 bits");
            assert!(
                matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
                "{error}"
            );
        }
        Ok(())
    }
    on_each_sample!(show)
}

/// What a text is cast to, by the rules of the documentation.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_one =
        (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| text.parse().expect("an integer"))
}

fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_one = [(whole, 35), (fraction, 30)]
        .into_iter()
        .all(|(digits, most)| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
    is_one.then(|| text.parse().expect("a number"))
}

fn date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    date.filter(|date| date.to_string() == text && !text.starts_with("0000"))
}

/// A date, one character, a time of eight characters, and a fraction of up to six digits.
fn moment(text: &str) -> Option<NaiveDateTime> {
    let day = date(text.get(..10)?)?;
    let is_apart = matches!(text.get(10..11)?, " " | "T");
    let time = text.get(11..19)?;
    let fraction = text.get(19..)?;
    let digits = fraction.strip_prefix('.').unwrap_or("0");
    let is_fraction = (fraction.is_empty() || fraction.starts_with('.'))
        && (1..=6).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = time.bytes().enumerate().all(|(at, byte)| {
        if at == 2 || at == 5 {
            byte == b':'
        } else {
            byte.is_ascii_digit()
        }
    });
    let micros = format!("{digits:0<6}").parse().ok()?;
    let number = |at: usize| time[at..at + 2].parse().ok();
    if !(is_apart && is_fraction && has_digits) || number(6)? > 59 {
        return None;
    }
    day.and_hms_micro_opt(number(0)?, number(3)?, number(6)?, micros)
}

#[test]
fn a_text_is_cast_where_all_of_it_is_one() -> bindery::Result<()> {
    const TEXTS: &[&str] = &[
        "",
        "0",
        "12",
        "-12",
        "+7",
        "007",
        "-",
        "+",
        "--1",
        "1-",
        " 1",
        "1 ",
        "1\n",
        "1x",
        "x1",
        "1.5",
        "-0.25",
        ".5",
        "5.",
        "1.2.3",
        "1e3",
        "999999999999999999",
        "9223372036854775807",
        "-999999999999999999",
        "٣",
        "12345678901234567890123456789012345",
        "NaN",
        "Infinity",
        "0.000000000000000000000000000001",
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "2024-02-30",
        "2024-04-31",
        "2024-13-01",
        "2024-00-10",
        "2024-1-1",
        "0001-01-01",
        "0000-01-01",
        "9999-12-31",
        "1969-12-31",
        "2024-02-29 ",
        "2024-02-29T00:00:00",
        "2024-02-29 23:59:59.999999",
        "2024-02-29 23:59:59.5",
        "2024-02-29 12:00:00.250",
        "2024-02-29 12:00:00.000",
        "2024-02-29 12:00:00.",
        "2024-02-29 12:00:00.1234567",
        "2024-02-29 12:00:00.12x",
        "2024-02-29 12:00:00 ",
        "2024-02-29 12:00:00+01:00",
        "2024-02-29 12:00:00Z",
        "2024-02-29 24:00:00",
        "2024-02-29 23:60:00",
        "2024-02-29 23:59:60",
        "2024-02-29 1:00:00",
        "2024-02-29 01:00",
        "2024-02-29t01:00:00",
        "2024-02-29  01:00:00",
        "2023-02-29 01:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31T23:59:59.999999",
        " 2024-02-29 01:00:00",
        "2024-02-29 01:00:00\n",
        "now",
        "12:00",
        "20240229",
        "2024-02-2",
        "12024-01-01",
        "-001-01-01",
    ];
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        for (at, text) in TEXTS.iter().enumerate() {
            c.samples()
                .insert(NewSample::new(required(&at.to_string())).note(*text))?;
        }
        let casts = (
            sample::note,
            sample::note.cast::<i64>(),
            sample::note.cast::<f64>(),
            sample::note.cast::<BigDecimal>(),
            sample::note.cast::<NaiveDate>(),
            sample::note.cast::<NaiveDateTime>(),
        );
        let found = c.samples().order_by(sample::id.asc()).select(casts).all()?;
        assert_eq!(found.len(), TEXTS.len());
        let engine = E::default().name();
        for (note, as_integer, as_float, as_decimal, as_date, as_moment) in found {
            let text = note.expect("it has a text");
            assert_eq!(as_integer, integer(&text), "{engine}: {text:?}");
            assert_eq!(as_float, number(&text), "{engine}: {text:?}");
            let as_decimal = as_decimal.map(|decimal| decimal.to_string().parse::<f64>());
            assert_eq!(
                as_decimal.map(|number| number.expect("a number")),
                number(&text),
                "{engine}: {text:?}"
            );
            assert_eq!(as_date, date(&text), "{engine}: {text:?}");
            assert_eq!(as_moment, moment(&text), "{engine}: {text:?}");
        }
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn numbers_within_json_are_compared_as_numbers() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let document = r#"{"a": [12, -7, 2.75, -2.75, 1e2, "12", true, null, [1], {"b": 1}, 9223372036854775807], "n": 12, "big": 9223372036854775808}"#;
        let document: JsonValue = document.parse().expect("it is JSON");
        c.samples()
            .insert(NewSample::new(required("one")).document(document))?;
        let other: JsonValue = r#"{"n": 5}"#.parse().expect("it is JSON");
        c.samples()
            .insert(NewSample::new(required("two")).document(other))?;
        c.samples().insert(NewSample::new(required("none")))?;
        let integers = [12, -7, 2, -2, 100]
            .map(Some)
            .into_iter()
            .chain([None; 5])
            .chain([Some(i64::MAX)]);
        let floats = [12.0, -7.0, 2.75, -2.75, 100.0]
            .map(Some)
            .into_iter()
            .chain([None; 5])
            .chain([Some(i64::MAX as f64)]);
        for (at, expected) in integers.zip(floats).enumerate() {
            let path = format!("a[{at}]");
            let numbers = (
                sample::document.json_i64(&path),
                sample::document.json_f64(&path),
            );
            let found = c
                .samples()
                .filter(sample::name.eq("one"))
                .select(numbers)
                .one()?;
            assert_eq!(found, expected, "{path}");
        }
        let n = || sample::document.json_i64("n");
        assert_eq!(c.samples().filter(n().gt(6)).count()?, 1);
        assert_eq!(c.samples().filter(n().gt(sample::medium)).count()?, 2);
        let sorted = c.samples().order_by(n().asc()).select(sample::name).all()?;
        assert_eq!(sorted, ["none", "two", "one"], "as numbers: 5 is before 12");
        assert_eq!(c.samples().query().sum(n())?, Some(17));
        let error = c
            .samples()
            .query()
            .sum(sample::document.json_i64("big"))
            .expect_err("it is beyond 64 bits");
        assert!(
            matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
            "{error}"
        );
        assert_eq!(
            c.samples().query().sum(sample::document.json_f64("big"))?,
            Some(9_223_372_036_854_775_808.0)
        );
        Ok(())
    }
    on_each_sample!(show)
}
