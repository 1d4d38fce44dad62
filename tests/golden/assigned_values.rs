//! Values that a column would change, by every way in: each has the same check, on all three databases. The models are those of the
//! cases `assigned` and `moments`.

use bindery::types::{BigDecimal, DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::assigned::{readings::ReadingQueries, *};
use crate::bench::Bench;
use crate::on_each::on_each;

const WAYS: [&str; 15] = [
    "insert",
    "insert_many",
    "insert of an upsert",
    "insert of upserts",
    "insert of a merge",
    "update",
    "update_many",
    "save",
    "save_many",
    "save_changes",
    "upsert",
    "upsert_many",
    "merge",
    "set_to",
    "set_or_null",
];

/// By each way: its name, its outcome, and what is stored then.
type Outcomes<T> = Vec<(&'static str, bindery::Result<()>, Option<T>)>;

/// Gives a value to a column by every way.
macro_rules! by_every_way {
    ($c:ident, $column:ident, $value:expr) => {{
        let mut outcomes: Outcomes<_> = Vec::new();
        for way in WAYS {
            $c.readings().all_rows().delete()?;
            if !way.starts_with("insert") {
                $c.readings().insert(NewReading::new(way))?;
            }
            let new = || [NewReading::new(way).$column($value)];
            let one = || NewReading::new(way).$column($value);
            let patch = || ReadingPatch {
                $column: Some(Some($value)),
                ..ReadingPatch::default()
            };
            let there = $c.readings().find_by_code(way)?;
            let changed = there.clone().map(|mut row| {
                row.$column = Some($value);
                row
            });
            let this = || reading::code.eq(way);
            let outcome = match (way, there, changed) {
                ("insert", ..) => $c.readings().insert(one()).map(drop),
                ("insert_many", ..) => $c.readings().insert_many(new()).map(drop),
                ("insert of an upsert" | "upsert", ..) => {
                    $c.readings().upsert_by_code(one()).map(drop)
                }
                ("insert of upserts" | "upsert_many", ..) => {
                    $c.readings().upsert_many_by_code(new()).map(drop)
                }
                ("insert of a merge" | "merge", ..) => {
                    let all = $c.readings().all_rows();
                    all.merge(reading::code, new()).map(drop)
                }
                ("update", Some(row), _) => $c.readings().update(row.id, patch()).map(drop),
                ("update_many", Some(row), _) => {
                    $c.readings().update_many([(row.id, patch())]).map(drop)
                }
                ("save", _, Some(row)) => $c.readings().save(&row).map(drop),
                ("save_many", _, Some(row)) => $c.readings().save_many([&row]).map(drop),
                ("save_changes", Some(read), Some(row)) => {
                    $c.readings().save_changes(&read, &row).map(drop)
                }
                ("set_to", ..) => {
                    let set = reading::$column.set_to($value);
                    $c.readings().update_where(this(), set).map(drop)
                }
                ("set_or_null", ..) => {
                    let set = (
                        reading::code.set_to(way),
                        reading::$column.set_or_null(Some($value)),
                    );
                    $c.readings().filter(this()).update(set).map(drop)
                }
                (other, ..) => unreachable!("{other}"),
            };
            let stored = $c.readings().find_by_code(way)?;
            outcomes.push((way, outcome, stored.and_then(|row| row.$column)));
        }
        outcomes
    }};
}

fn assert_stored<T: PartialEq + std::fmt::Debug>(outcomes: Outcomes<T>, expected: T) {
    let expected = Some(expected);
    for (way, outcome, stored) in outcomes {
        assert!(outcome.is_ok(), "{way}: {outcome:?}");
        assert_eq!(stored, expected, "{way}");
    }
}

/// Nothing is stored, and the error names the column where the value was refused before it was sent.
fn assert_refused<T: PartialEq + std::fmt::Debug>(outcomes: Outcomes<T>, column: Option<&str>) {
    for (way, outcome, stored) in outcomes {
        let error = outcome.expect_err(way);
        let is_of_value = matches!(
            error.kind(),
            ErrorKind::UnsupportedValue(_)
                | ErrorKind::ValueOutOfRange(_)
                | ErrorKind::CheckViolation(_)
        );
        assert!(is_of_value, "{way}: {error}");
        if column.is_some() {
            assert_eq!(error.column(), column, "{way}: {error}");
        }
        assert_eq!(stored, None, "{way}");
    }
}

fn decimal(text: &str) -> BigDecimal {
    text.parse().expect("a decimal")
}

fn at(day: (i32, u32, u32), micros: u32) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).expect("a day");
    day.and_hms_micro_opt(23, 59, 59, micros).expect("a time")
}

const LAST: (i32, u32, u32) = (2026, 1, 31);

fn utc(time: NaiveDateTime) -> DateTime<Utc> {
    time.and_utc()
}

fn hour(micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(23, 59, 59, micros).expect("a time")
}

#[test]
fn every_way_in_has_the_same_check_of_a_value() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Reading>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let is_kept = by_every_way!(c, total, decimal("-1.23"));
        assert_stored(is_kept, decimal("-1.23"));
        let is_finer = by_every_way!(c, total, decimal("1.239"));
        assert_refused(is_finer, Some("total"));
        let is_wider = by_every_way!(c, total, decimal("12345678901234567890.12"));
        assert_refused(is_wider, None);
        for day in [LAST, (1969, 12, 31)] {
            let is_cut = by_every_way!(c, at_second, at(day, 999_999));
            assert_stored(is_cut, at(day, 0));
        }
        let is_cut = by_every_way!(c, at_milli, at(LAST, 999_999));
        assert_stored(is_cut, at(LAST, 999_000));
        let is_cut = by_every_way!(c, at_zone, utc(at(LAST, 999_999)));
        assert_stored(is_cut, utc(at(LAST, 0)));
        let is_cut = by_every_way!(c, hour, hour(999_999));
        assert_stored(is_cut, hour(0));
        let is_kept = by_every_way!(c, word, "äöüß€".to_owned());
        assert_stored(is_kept, "äöüß€".to_owned());
        let is_longer = by_every_way!(c, word, "abcdef".to_owned());
        assert_refused(is_longer, Some("word"));
        Ok(())
    }
    on_each!(assigned, show)
}

/// The rows of a fixture as they are stored, by `code`.
fn from_fixture<E: StaticEngine + Hosts<model::Reading>>(
    db: &Databases,
    engine: E,
    column: &str,
    value: &str,
) -> bindery::Result<Option<Reading<E>>> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let of_engine = folder.path().join(engine.name());
    std::fs::create_dir(&of_engine).expect("a folder");
    let text = format!("id,code,{column}\n7,fixture,{value}\n");
    std::fs::write(of_engine.join("readings.csv"), text).expect("a file");
    let mut c = db.connect(engine)?;
    c.readings().all_rows().delete()?;
    let loaded = db.registry().load_fixtures(folder.path()).map(drop);
    let row = c.readings().find_by_code("fixture")?;
    assert_eq!(row.is_some(), loaded.is_ok(), "all or nothing");
    loaded.map(|()| row)
}

#[test]
fn a_fixture_has_the_same_check_of_a_value() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Reading>>(
        db: &Databases,
        engine: E,
    ) -> bindery::Result<()> {
        let stored = |column: &str, value: &str| {
            let row = from_fixture(db, engine, column, value)?;
            Ok::<_, bindery::Error>(row.expect("it is there"))
        };
        assert_eq!(stored("word", "äöüß€")?.word.as_deref(), Some("äöüß€"));
        assert_eq!(stored("total", "-1.23")?.total, Some(decimal("-1.23")));
        let late = "2026-01-31T23:59:59.999999";
        assert_eq!(stored("at_second", late)?.at_second, Some(at(LAST, 0)));
        assert_eq!(stored("at_milli", late)?.at_milli, Some(at(LAST, 999_000)));
        let zoned = stored("at_zone", &format!("{late}Z"))?;
        assert_eq!(zoned.at_zone, Some(utc(at(LAST, 0))));
        assert_eq!(stored("hour", "23:59:59.999999")?.hour, Some(hour(0)));
        let wider = ("total", "12345678901234567890.12");
        for (column, value) in [("word", "abcdef"), ("total", "1.239"), wider] {
            let error = from_fixture(db, engine, column, value).expect_err(value);
            let ErrorKind::Data(data) = error.kind() else {
                panic!("{error:?}");
            };
            let told = error.to_string();
            assert!(data.line == Some(2) && !told.contains(value), "{told}");
            if (column, value) != wider {
                assert_eq!(data.column.as_deref(), Some(column), "{told}");
            }
        }
        Ok(())
    }
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&db, engine::Lite)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&db, engine::P)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&db, engine::Default)?;
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        show(&db, engine::Proper)?;
    }
    Ok(())
}

#[test]
fn what_the_database_computes_has_the_digits_of_its_column() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Reading>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let (moment, time) = (at((1969, 12, 31), 999_999), hour(999_999));
        let new = NewReading::new("a")
            .fine(decimal("-1.2350"))
            .whole(decimal("1234567890123.45"))
            .moment(moment)
            .zoned(utc(moment))
            .clock(time);
        c.readings().insert(new)?;
        let set = (
            reading::total.set_to(reading::fine),
            reading::at_second.set_to(reading::moment),
            reading::at_milli.set_to(reading::moment.coalesce(at(LAST, 0))),
            reading::at_zone.set_to(reading::zoned),
            reading::hour.set_to(reading::clock),
            reading::whole.set_to(reading::whole + decimal("0.00")),
        );
        assert_eq!(c.readings().all_rows().update(set)?, 1);
        let row = c.readings().find_by_code("a")?.expect("it is there");
        assert_eq!(row.total, Some(decimal("-1.24")), "halves away from zero");
        assert_eq!(row.whole, Some(decimal("1234567890123.45")), "as it was");
        assert_eq!(row.at_second, Some(at((1969, 12, 31), 0)));
        assert_eq!(row.at_milli, Some(at((1969, 12, 31), 999_000)));
        assert_eq!(row.at_zone, Some(utc(at((1969, 12, 31), 0))));
        assert_eq!(row.hour, Some(hour(0)));

        let set = (
            reading::total.set_to(reading::fine * decimal("2.003")),
            reading::at_milli.set_to(reading::at_second),
            reading::moment.set_to(reading::moment),
            reading::clock.set_to(reading::hour),
        );
        assert_eq!(c.readings().all_rows().update(set)?, 1);
        let row = c.readings().find_by_code("a")?.expect("it is there");
        assert_eq!(row.total, Some(decimal("-2.47")));
        assert_eq!(row.at_milli, Some(at((1969, 12, 31), 0)));
        assert_eq!(row.moment, Some(moment));
        assert_eq!(row.clock, Some(hour(0)));

        let nothing = (reading::fine.set_null(), reading::moment.set_null());
        c.readings().all_rows().update(nothing)?;
        let set = (
            reading::total.set_to(reading::fine),
            reading::at_second.set_to(reading::moment),
        );
        c.readings().all_rows().update(set)?;
        let row = c.readings().find_by_code("a")?.expect("it is there");
        assert_eq!((row.total, row.at_second), (None, None));
        Ok(())
    }
    on_each!(assigned, show)
}

/// The statement itself looks at what it computes: nothing is stored of what has no room in its column.
#[test]
fn what_the_database_computes_beyond_its_column_is_refused() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Reading>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let new = NewReading::new("a")
            .total(decimal("9999999999.99"))
            .whole(decimal("9999999999999.99"))
            .fine(decimal("99999999.9999"))
            .word("abc");
        let row = c.readings().insert(new)?;
        type Way<E> = fn(&mut Connection<E>) -> bindery::Result<u64>;
        let ways: [(&str, Way<E>); 6] = [
            ("a sum", |c| {
                let set = reading::total.set_to(reading::total + decimal("0.01"));
                c.readings().all_rows().update(set)
            }),
            ("a product", |c| {
                let set = reading::total.set_to(reading::fine * decimal("1000"));
                c.readings().all_rows().update(set)
            }),
            ("below zero", |c| {
                let set = reading::total.set_to(reading::fine * decimal("-1000"));
                c.readings().all_rows().update(set)
            }),
            ("another column", |c| {
                let set = reading::total.set_to(reading::whole);
                c.readings().all_rows().update(set)
            }),
            ("a rounded one", |c| {
                let set = reading::fine.set_to(reading::fine + decimal("0.0001"));
                c.readings().all_rows().update(set)
            }),
            ("a text", |c| {
                let set = reading::word.set_to(reading::word.concat("def"));
                c.readings().all_rows().update(set)
            }),
        ];
        for (what, way) in ways {
            let error = way(c).expect_err(what);
            let is_of_value = matches!(
                error.kind(),
                ErrorKind::ValueOutOfRange(_) | ErrorKind::CheckViolation(_)
            );
            assert!(is_of_value, "{what}: {error:?}");
            assert_eq!(c.readings().get(row.id)?, row, "{what}");
        }
        let fits = reading::word.set_to(reading::word.concat("de"));
        assert_eq!(c.readings().all_rows().update(fits)?, 1);
        assert_eq!(c.readings().get(row.id)?.word.as_deref(), Some("abcde"));
        Ok(())
    }
    on_each!(assigned, show)
}

#[test]
fn sqlite_keeps_the_digits_of_a_second_that_are_declared() -> bindery::Result<()> {
    use crate::moments::{moments::MomentQueries, *};
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let fill = |new: NewMoment| {
        new.day(at(LAST, 999_999))
            .zoned(utc(at(LAST, 999_999)))
            .hour(hour(999_999))
            .whole(at(LAST, 999_999))
    };
    db.moments().insert(fill(NewMoment::new("insert")))?;
    db.moments().insert_many([fill(NewMoment::new("many"))])?;
    for code in ["update", "set_to", "computed", "upsert"] {
        db.moments().insert(NewMoment::new(code))?;
    }
    db.moments()
        .upsert_by_code(fill(NewMoment::new("upsert")))?;
    let update = db.moments().find_by_code("update")?.expect("it is there");
    let patch = MomentPatch {
        day: Some(Some(at(LAST, 999_999))),
        zoned: Some(Some(utc(at(LAST, 999_999)))),
        hour: Some(Some(hour(999_999))),
        whole: Some(Some(at(LAST, 999_999))),
        ..MomentPatch::default()
    };
    db.moments().update(update.id, patch)?;
    for code in ["set_to", "computed"] {
        let set = (
            moment::day.set_to(at(LAST, 999_999)),
            moment::zoned.set_to(utc(at(LAST, 999_999))),
            moment::hour.set_or_null(Some(hour(999_999))),
            moment::whole.set_to(at(LAST, 999_999)),
        );
        db.moments().update_where(moment::code.eq(code), set)?;
    }
    let computed = moment::day.set_to(moment::whole);
    db.moments()
        .update_where(moment::code.eq("computed"), computed)?;
    for row in db.moments().all()? {
        assert_eq!(row.day, Some(at(LAST, 0)), "{}", row.code);
        assert_eq!(row.zoned, Some(utc(at(LAST, 999_000))), "{}", row.code);
        assert_eq!(row.hour, Some(hour(0)), "{}", row.code);
        assert_eq!(row.whole, Some(at(LAST, 999_999)), "{}", row.code);
    }
    let finer = moment::total.set_to(decimal("1.239"));
    let error = db.moments().all_rows().update(finer).expect_err("refused");
    assert_eq!(
        (error.table(), error.column()),
        (Some("moments"), Some("total"))
    );
    Ok(())
}
