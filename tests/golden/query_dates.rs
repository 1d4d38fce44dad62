//! Parts of dates, truncated and moved dates, and their differences, on all databases, against the same computed by `chrono`.

use bindery::query::Unit;
use bindery::types::{DateTime, NaiveDate, NaiveDateTime, Utc};
use bindery::{Connection, Hosts, StaticEngine};
use chrono::{Datelike, Days, Months, TimeDelta, Timelike};

use crate::mixed::{NewSample, Tables as _, engine, model, sample};
use crate::query_rows::Seeded;
use crate::query_together::{on_each_sample, required};

type On<'c, E> = &'c mut Connection<E>;

const UNITS: [Unit; 8] = [
    Unit::Year,
    Unit::Quarter,
    Unit::Month,
    Unit::Week,
    Unit::Day,
    Unit::Hour,
    Unit::Minute,
    Unit::Second,
];

fn moment(text: &str) -> NaiveDateTime {
    text.parse().expect("a date with a time")
}

/// Ends of years, months and days, leap days, times before 1970, and some that a seed decides.
fn moments() -> Vec<NaiveDateTime> {
    let edges = [
        "2024-02-29T23:59:59.999999",
        "2023-12-31T23:59:59.9995",
        "2024-12-30T00:00:00",
        "2021-01-03T12:30:00.5",
        "2020-12-31T00:00:00.000001",
        "1969-12-31T23:59:59.999999",
        "1900-03-01T00:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59.999999",
        "2024-01-31T01:02:03.25",
        "2024-03-31T02:30:00",
        "2024-10-27T02:30:00",
        "1970-01-01T00:00:00",
    ];
    let mut seeded = Seeded::new(46);
    let random = (0..60).map(|_| {
        let micros = seeded.below(8_000_000_000) as i64 * 1_000_003 - 4_000_000_000_000_000;
        DateTime::from_timestamp_micros(micros)
            .expect("a time")
            .naive_utc()
    });
    edges.into_iter().map(moment).chain(random).collect()
}

fn filled<E: StaticEngine + Hosts<model::Sample>>(
    c: On<'_, E>,
) -> bindery::Result<Vec<NaiveDateTime>> {
    let moments = moments();
    for (at, moment) in moments.iter().enumerate() {
        let new = NewSample::new(required(&at.to_string()))
            .day(moment.date())
            .local(*moment);
        c.samples().insert(new.instant(moment.and_utc()))?;
    }
    Ok(moments)
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn truncated(moment: NaiveDateTime, unit: Unit) -> NaiveDateTime {
    let day = moment.date();
    let midnight = |day: NaiveDate| day.and_hms_opt(0, 0, 0).expect("midnight");
    match unit {
        Unit::Year => midnight(date(day.year(), 1, 1)),
        Unit::Quarter => midnight(date(day.year(), day.month0() / 3 * 3 + 1, 1)),
        Unit::Month => midnight(date(day.year(), day.month(), 1)),
        Unit::Week => midnight(day - Days::new(day.weekday().num_days_from_monday().into())),
        Unit::Day => midnight(day),
        Unit::Hour => midnight(day) + TimeDelta::hours(moment.hour().into()),
        Unit::Minute => {
            midnight(day) + TimeDelta::minutes((moment.hour() * 60 + moment.minute()).into())
        }
        Unit::Second => {
            midnight(day) + TimeDelta::seconds(moment.num_seconds_from_midnight().into())
        }
    }
}

#[test]
fn qry_01_parts_of_dates_are_the_same_on_all_databases() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let moments = filled(c)?;
        macro_rules! parts {
            ($column:ident, $of:expr) => {{
                let column = sample::$column;
                let parts = (
                    column.year(),
                    column.quarter(),
                    column.month(),
                    column.iso_week(),
                    column.day(),
                    column.iso_weekday(),
                    column.hour(),
                    column.minute(),
                    column.second(),
                );
                let found = c.samples().order_by(sample::id.asc()).select(parts).all()?;
                for (moment, found) in moments.iter().zip(found) {
                    let days = [
                        i64::from(moment.year()),
                        (moment.month0() / 3 + 1).into(),
                        moment.month().into(),
                        moment.iso_week().week().into(),
                        moment.day().into(),
                        moment.weekday().number_from_monday().into(),
                    ];
                    let times = [moment.hour(), moment.minute(), moment.second()].map(i64::from);
                    let of = $of;
                    let found = [
                        found.0, found.1, found.2, found.3, found.4, found.5, found.6, found.7,
                        found.8,
                    ]
                    .map(of);
                    assert_eq!(found[..6], days, "{moment}");
                    assert_eq!(found[6..], times, "{moment}");
                }
            }};
        }
        parts!(local, |part: Option<i64>| part.expect("it is there"));
        parts!(instant, |part: i64| part);
        let weeks = (
            sample::day.iso_week(),
            sample::day.iso_weekday(),
            sample::day.quarter(),
        );
        let found = c.samples().order_by(sample::id.asc()).select(weeks).all()?;
        for (moment, found) in moments.iter().zip(found) {
            let week = i64::from(moment.iso_week().week());
            let weekday = i64::from(moment.weekday().number_from_monday());
            let quarter = i64::from(moment.month0() / 3 + 1);
            assert_eq!(
                found,
                (Some(week), Some(weekday), Some(quarter)),
                "{moment}"
            );
        }
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn qry_01_dates_are_truncated_to_the_beginning_of_each_unit() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let moments = filled(c)?;
        for unit in UNITS {
            let columns = (
                sample::local.trunc(unit),
                sample::instant.trunc(unit),
                sample::day.trunc(unit),
            );
            let found = c
                .samples()
                .order_by(sample::id.asc())
                .select(columns)
                .all()?;
            for (&moment, (local, instant, day)) in moments.iter().zip(found) {
                let expected = truncated(moment, unit);
                assert_eq!(local, Some(expected), "{moment} {unit:?}");
                assert_eq!(instant, expected.and_utc(), "{moment} {unit:?}");
                assert_eq!(day, Some(expected.date()), "{moment} {unit:?}");
            }
            let begun = sample::local.trunc(unit).eq(sample::local);
            let expected = moments
                .iter()
                .filter(|&&moment| truncated(moment, unit) == moment);
            assert_eq!(
                c.samples().filter(begun).count()?,
                expected.count() as u64,
                "{unit:?}"
            );
        }
        Ok(())
    }
    on_each_sample!(show)
}

/// Within the years that all databases have.
fn held(moment: Option<NaiveDateTime>) -> Option<NaiveDateTime> {
    moment.filter(|moment| (1..=9999).contains(&moment.year()))
}

fn later(moment: NaiveDateTime, months: i64) -> Option<NaiveDateTime> {
    let span = Months::new(u32::try_from(months.unsigned_abs()).expect("some months"));
    held(if months < 0 {
        moment.checked_sub_months(span)
    } else {
        moment.checked_add_months(span)
    })
}

#[test]
fn qry_01_dates_are_moved_by_months_days_and_times() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let moments = filled(c)?;
        let (local, instant, day) = (sample::local, sample::instant, sample::day);
        for number in [0_i64, 1, -1, 11, -13, 31, 100_000, -100_000] {
            let moved = (
                local.add_months(number),
                instant.add_months(number),
                day.add_months(number),
                local.add_days(number),
                instant.add_days(number),
                day.add_days(number),
                local.add_hours(number),
                instant.add_minutes(number),
                local.add_seconds(number),
            );
            let found = c.samples().order_by(sample::id.asc()).select(moved).all()?;
            for (&moment, found) in moments.iter().zip(found) {
                let by = |span: TimeDelta| held(moment.checked_add_signed(span));
                let utc = |moment: Option<NaiveDateTime>| moment.map(|moment| moment.and_utc());
                let (months, days) = (later(moment, number), by(TimeDelta::days(number)));
                let text = format!("{}: {moment} {number}", E::default().name());
                assert_eq!(found.0, months, "{text}");
                assert_eq!(found.1, utc(months), "{text}");
                assert_eq!(found.2, months.map(|moment| moment.date()), "{text}");
                assert_eq!(found.3, days, "{text}");
                assert_eq!(found.4, utc(days), "{text}");
                assert_eq!(found.5, days.map(|moment| moment.date()), "{text}");
                assert_eq!(found.6, by(TimeDelta::hours(number)), "{text}");
                assert_eq!(found.7, utc(by(TimeDelta::minutes(number))), "{text}");
                assert_eq!(found.8, by(TimeDelta::seconds(number)), "{text}");
            }
        }
        for number in [i64::MAX, i64::MIN, 10_000_000_000_000] {
            let moved = (
                local.add_months(number),
                instant.add_days(number),
                day.add_days(number),
                local.add_hours(number),
                instant.add_minutes(number),
                local.add_seconds(number),
            );
            let found = c.samples().query().select(moved).distinct().all()?;
            assert_eq!(found, [(None, None, None, None, None, None)], "{number}");
        }
        // By a column, and as a condition.
        let medium = sample::local.add_days(sample::medium).gt(sample::local);
        let last = moments.iter().filter(|moment| moment.year() < 9999).count();
        assert_eq!(c.samples().filter(medium).count()?, last as u64);
        let now = moment("2024-01-30T00:00:00").and_utc();
        let due = instant.add_months(1).le(now);
        let expected = moments
            .iter()
            .filter(|moment| later(**moment, 1).is_some_and(|moment| moment.and_utc() <= now));
        assert_eq!(c.samples().filter(due).count()?, expected.count() as u64);
        Ok(())
    }
    on_each_sample!(show)
}

#[test]
fn qry_01_differences_are_days_and_seconds() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Sample>>(c: On<'_, E>) -> bindery::Result<()> {
        let moments = filled(c)?;
        let other = moment("2000-02-29T12:00:00.750001");
        let differences = (
            sample::local.seconds_since(other),
            sample::instant.seconds_since(other.and_utc()),
            sample::day.days_since(other.date()),
            sample::day.days_since(sample::local.cast::<NaiveDate>()),
            sample::instant
                .trunc(Unit::Day)
                .seconds_since(sample::instant),
        );
        let found = c
            .samples()
            .order_by(sample::id.asc())
            .select(differences)
            .all()?;
        for (&moment, found) in moments.iter().zip(found) {
            let seconds = (moment - other).num_seconds();
            let days = (moment.date() - other.date()).num_days();
            let of_day = (truncated(moment, Unit::Day) - moment).num_seconds();
            assert_eq!(
                found,
                (Some(seconds), seconds, Some(days), Some(0), of_day),
                "{moment}"
            );
        }
        let recent = sample::instant
            .seconds_since(DateTime::<Utc>::UNIX_EPOCH)
            .ge(0);
        let expected = moments
            .iter()
            .filter(|moment| moment.and_utc() > DateTime::UNIX_EPOCH - TimeDelta::seconds(1));
        assert_eq!(c.samples().filter(recent).count()?, expected.count() as u64);
        c.samples()
            .all_rows()
            .update(sample::instant.set_to(sample::instant.trunc(Unit::Hour)))?;
        let whole = c.samples().filter(
            sample::instant
                .minute()
                .eq(0)
                .and(sample::instant.second().eq(0)),
        );
        assert_eq!(whole.count()?, moments.len() as u64);
        Ok(())
    }
    on_each_sample!(show)
}

/// By the rules of PostgreSQL's zones: an hour that is there twice, one that is not there, and a day that has begun elsewhere.
#[test]
fn qry_01_a_point_in_time_is_a_time_of_day_in_a_zone() -> bindery::Result<()> {
    let Some(postgres) = bindery_testkit::fresh_postgres() else {
        return Ok(());
    };
    let absent = "mysql://nobody@localhost/nothing";
    let config = bindery::Config::new()
        .engine("default", postgres.url().to_string())
        .engine("m", absent)
        .engine("lite", "sqlite::memory:");
    let db = crate::mixed::Databases::with_config(&config)?;
    db.create_missing_on(engine::Default)?;
    let mut c = db.default()?;
    let moments = [
        (
            "2024-03-31T00:59:59",
            "2024-03-31T01:59:59",
            "2024-03-30T20:59:59",
        ),
        (
            "2024-03-31T01:00:00",
            "2024-03-31T03:00:00",
            "2024-03-30T21:00:00",
        ),
        (
            "2024-10-27T00:30:00",
            "2024-10-27T02:30:00",
            "2024-10-26T20:30:00",
        ),
        (
            "2024-10-27T01:30:00",
            "2024-10-27T02:30:00",
            "2024-10-26T21:30:00",
        ),
        (
            "2024-12-31T23:30:00.25",
            "2025-01-01T00:30:00.25",
            "2024-12-31T18:30:00.25",
        ),
    ];
    for (at, (utc, ..)) in moments.iter().enumerate() {
        let new = NewSample::new(required(&at.to_string()));
        c.samples().insert(new.instant(moment(utc).and_utc()))?;
    }
    let berlin = || sample::instant.at_time_zone::<engine::Default>("Europe/Berlin");
    let selected = (
        berlin(),
        sample::instant.at_time_zone("America/New_York"),
        berlin().year(),
        berlin().trunc(Unit::Day).cast::<NaiveDate>(),
    );
    let found = c
        .samples()
        .order_by(sample::id.asc())
        .select(selected)
        .all()?;
    for ((in_berlin, in_new_york, year, day), (_, berlin, new_york)) in
        found.into_iter().zip(moments)
    {
        // Without the summer's hour the second column would be off by one: New York has it from the 10th of March on.
        assert_eq!((in_berlin, in_new_york), (moment(berlin), moment(new_york)));
        assert_eq!((year, day), (i64::from(in_berlin.year()), in_berlin.date()));
    }
    let by_day = c
        .samples()
        .select((berlin().cast::<NaiveDate>(), bindery::query::count()));
    let by_day = by_day.group_by(berlin().cast::<NaiveDate>()).all()?;
    assert_eq!(by_day.len(), 3);
    assert_eq!(c.samples().filter(berlin().hour().eq(2)).count()?, 2);
    let nowhere = sample::instant.at_time_zone::<engine::Default>("Nowhere/Land");
    assert!(c.samples().select(nowhere).all().is_err());
    Ok(())
}
