//! Columns of every kind as what rows are grouped, partitioned, united, copied and searched by; the models are those of the case `crossed`.

use bindery::query::{Window, count, row_number, select};
use bindery::types::{
    BigDecimal, DateTime, JsonValue, NaiveDate, NaiveDateTime, NaiveTime, Utc, Uuid,
};
use bindery::{Connection, Dialect, Hosts, StaticEngine};

use crate::Code;
use crate::crossed::*;
use crate::on_each::on_each;

trait Samples: StaticEngine + Hosts<model::Sample> {}
impl<E: StaticEngine + Hosts<model::Sample>> Samples for E {}

/// One of a few values, or NULL, by a number.
fn few<T>(number: usize, make: impl FnOnce(u32) -> T) -> Option<T> {
    let number = number * 7 % 5;
    (number > 0).then(|| make(number as u32 - 1))
}

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 28 + number % 2).expect("a day")
}

fn hour(number: u32) -> NaiveTime {
    let micros = [0, 500_000, 500, 123_456][number as usize];
    NaiveTime::from_hms_micro_opt(12, 59, 59, micros).expect("a time")
}

fn at(number: u32) -> NaiveDateTime {
    day(0).and_time(hour(number))
}

fn instant(number: u32) -> DateTime<Utc> {
    at(number).and_utc()
}

fn price(number: u32) -> BigDecimal {
    BigDecimal::new((i64::from(number) * 125 - 125).into(), 2)
}

fn json(number: u32) -> JsonValue {
    let texts = ["[1, 2]", "{\"a\": null, \"b\": \"x\"}", "\"text\"", "1.5"];
    texts[number as usize].parse().expect("JSON")
}

/// Forty rows, whose columns have few values each.
fn fill<E: Samples>(c: &mut Connection<E>) -> bindery::Result<Vec<Sample<E>>> {
    for id in 0..40_usize {
        let seed_of = |column: usize| id * column + id / 5;
        let new = NewSample::new(id as i64)
            .flag(few(seed_of(1), |number| number % 2 == 0))
            .small(few(seed_of(2), |number| number as i16 - 2))
            .number(few(seed_of(3), |number| number as i32 - 2))
            .big(few(seed_of(4), |number| i64::MAX - i64::from(number)))
            .ratio(few(seed_of(6), |number| f64::from(number) / 3.0))
            .single(few(seed_of(7), |number| number as f32 / 3.0))
            .price(few(seed_of(8), price))
            .word(few(seed_of(9), |number| {
                ["a", "A", "a ", ""][number as usize].to_owned()
            }))
            .line(few(seed_of(1), |number| {
                ["é", "e\u{301}", "\n", "'\\"][number as usize].to_owned()
            }))
            .raw(few(seed_of(2), |number| {
                [vec![], vec![0], vec![255, 0], vec![0, 0]][number as usize].clone()
            }))
            .day(few(seed_of(3), day))
            .hour(few(seed_of(4), hour))
            .at(few(seed_of(6), at))
            .instant(few(seed_of(7), instant))
            .token(few(seed_of(8), |number| {
                Uuid::from_u128(u128::from(number) << 100)
            }))
            .mood(few(seed_of(9), |number| {
                if number == 0 {
                    enums::Mood::Calm
                } else {
                    enums::Mood::Wild
                }
            }))
            .data(few(seed_of(1), json))
            .code(few(seed_of(2), |number| {
                Code(["x", "X", "y", ""][number as usize].to_owned())
            }));
        c.samples().insert(new)?;
    }
    c.samples().order_by(sample::id.asc()).all()
}

/// Calls a macro with each column.
macro_rules! each_column {
    ($of:ident) => {
        each_ordered_column!($of);
        $of!(data);
    };
}

/// The same without JSON, which PostgreSQL does not order.
macro_rules! each_ordered_column {
    ($of:ident) => {
        $of!(flag);
        $of!(small);
        $of!(number);
        $of!(big);
        $of!(ratio);
        $of!(single);
        $of!(price);
        $of!(word);
        $of!(line);
        $of!(raw);
        $of!(day);
        $of!(hour);
        $of!(at);
        $of!(instant);
        $of!(token);
        $of!(mood);
        $of!(code);
    };
}

/// The different values, in the order that they first come in.
fn different<T: Clone + PartialEq>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut different = Vec::new();
    for value in values {
        if !different.contains(&value) {
            different.push(value);
        }
    }
    different
}

fn assert_same<T: PartialEq + std::fmt::Debug>(column: &str, found: &[T], expected: &[T]) {
    let all = |some: &[T], others: &[T]| some.iter().all(|one| others.contains(one));
    assert!(
        found.len() == expected.len() && all(found, expected) && all(expected, found),
        "{column}: {found:?} is not {expected:?}"
    );
}

#[test]
fn qry_01_columns_of_every_kind_are_grouped_partitioned_and_united() -> bindery::Result<()> {
    fn show<E: Samples>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = fill(c)?;
        macro_rules! of_kind {
            ($column:ident) => {{
                let name = stringify!($column);
                let column = sample::$column;
                if name == "data" && c.dialect() == Dialect::Postgres {
                    // Its `json` has no equality: `jsonb` has.
                    let refused = c.samples().select(column).distinct().all();
                    refused.expect_err("they are not compared");
                    return Ok(());
                }
                macro_rules! same {
                    ($value:expr) => {
                        rows.iter().filter(|other| other.$column == $value)
                    };
                }
                let values = different(rows.iter().map(|row| row.$column.clone()));
                let expected: Vec<_> = values
                    .iter()
                    .map(|value| (value.clone(), same!(*value).count() as u64))
                    .collect();
                let groups = c
                    .samples()
                    .select((column, count()))
                    .group_by(column)
                    .all()?;
                assert_same(name, &groups, &expected);
                let distinct = c.samples().select(column).distinct().all()?;
                assert_same(name, &distinct, &values);
                let first: Vec<i64> = rows
                    .iter()
                    .filter(|row| same!(row.$column).take(2).any(|it| it.id == row.id))
                    .map(|row| *row.id.value())
                    .collect();
                let found = c
                    .samples()
                    .per_group(column)
                    .limit(2)
                    .order_by(sample::id.asc())
                    .all()?;
                let found: Vec<_> = found.iter().map(|row| *row.id.value()).collect();
                assert_eq!(found, first, "{name}");
                let grouped = c.samples().per_group(column).limit(2).all()?;
                assert_eq!(grouped.len(), first.len(), "{name}");
                let places = c
                    .samples()
                    .order_by(sample::id.asc())
                    .select((
                        row_number().over(Window::new().partition_by(column)),
                        column.lag(1).over(Window::new().order_by(sample::id.asc())),
                        column
                            .first_value()
                            .over(Window::new().partition_by(column)),
                    ))
                    .all()?;
                for (at, (row, found)) in rows.iter().zip(places).enumerate() {
                    let place = same!(row.$column).position(|it| it.id == row.id);
                    let before = at.checked_sub(1).and_then(|at| rows[at].$column.clone());
                    let expected = (
                        place.expect("it is there") as u64 + 1,
                        before,
                        row.$column.clone(),
                    );
                    assert_eq!(found, expected, "{name}");
                }
                let united = c
                    .samples()
                    .filter(sample::id.value().lt(20))
                    .select(column)
                    .union(select(column))
                    .all()?;
                assert_same(name, &united, &values);
                let of_some =
                    |most: usize| different(rows[..most].iter().map(|row| row.$column.clone()));
                let common = c
                    .samples()
                    .select(column)
                    .intersect(select(column).filter(sample::id.value().lt(3)))
                    .all()?;
                assert_same(name, &common, &of_some(3));
                let others = c
                    .samples()
                    .select(column)
                    .except(select(column).filter(sample::id.value().lt(3)))
                    .all()?;
                let expected: Vec<_> = values
                    .iter()
                    .filter(|it| !of_some(3).contains(it))
                    .cloned()
                    .collect();
                assert_same(name, &others, &expected);
                let first = c.samples().per_group(sample::word).limit(100);
                let of_groups = first.select(column.count_distinct()).one()?;
                assert_eq!(of_groups, values.iter().flatten().count() as u64, "{name}");
                let listed = column.in_query(column.select().filter(sample::id.value().lt(3)));
                let found = c
                    .samples()
                    .filter(listed)
                    .order_by(sample::id.asc())
                    .all()?;
                let listed = of_some(3);
                let is_listed =
                    |row: &&Sample<E>| row.$column.is_some() && listed.contains(&row.$column);
                assert_eq!(
                    found,
                    rows.iter().filter(is_listed).cloned().collect::<Vec<_>>(),
                    "{name}"
                );
            }};
        }
        each_column!(of_kind);
        Ok(())
    }
    on_each!(crossed, show)
}

#[test]
fn qry_01_columns_of_every_kind_are_copied_by_insert_from_as_they_are() -> bindery::Result<()> {
    fn show<E: Samples>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = fill(c)?;
        let id = sample::id.value();
        let is_first = || sample::id.value().lt(1000);
        let first = (
            id.from(sample::id.value() + 1000),
            sample::flag.from(sample::flag),
            sample::small.from(sample::small),
            sample::number.from(sample::number),
            sample::big.from(sample::big),
            sample::ratio.from(sample::ratio),
            sample::single.from(sample::single),
            sample::price.from(sample::price),
            sample::word.from(sample::word),
            sample::line.from(sample::line),
            sample::raw.from(sample::raw),
            sample::day.from(sample::day),
        );
        assert_eq!(
            c.samples()
                .insert_from(first)
                .filter(is_first())
                .execute()?,
            40
        );
        let second = (
            id.from(sample::id.value() + 2000),
            sample::hour.from(sample::hour),
            sample::at.from(sample::at),
            sample::instant.from(sample::instant),
            sample::token.from(sample::token),
            sample::mood.from(sample::mood),
            sample::data.from(sample::data),
            sample::code.from(sample::code),
        );
        assert_eq!(
            c.samples()
                .insert_from(second)
                .filter(is_first())
                .execute()?,
            40
        );
        let copies = c
            .samples()
            .filter(!is_first())
            .order_by(sample::id.asc())
            .all()?;
        for (row, (first, second)) in rows.iter().zip(copies[..40].iter().zip(&copies[40..])) {
            macro_rules! copied {
                ($copy:ident: $($column:ident)+) => {
                    $(assert_eq!(row.$column, $copy.$column, stringify!($column));)+
                };
            }
            copied!(first: flag small number big ratio single price word line raw day);
            copied!(second: hour at instant token mood data code);
        }
        // Values of the program's, one of each kind.
        let given = (
            id.from(5000),
            sample::flag.from(true),
            sample::raw.from(vec![0, 1]),
            sample::hour.from(hour(3)),
            sample::at.from(at(2)),
            sample::instant.from(instant(1)),
            sample::token.from(Uuid::from_u128(1)),
            sample::mood.from(enums::Mood::Wild),
            sample::data.from(json(1)),
            sample::code.from(Code("z".to_owned())),
            sample::price.from(price(3)),
            sample::single.from(0.5_f32),
        );
        let one = sample::id.value().eq(0);
        assert_eq!(c.samples().insert_from(given).filter(one).execute()?, 1);
        let row = c.samples().filter(sample::id.value().eq(5000)).one()?;
        assert_eq!(
            (row.flag, row.raw, row.hour),
            (Some(true), Some(vec![0, 1]), Some(hour(3)))
        );
        assert_eq!((row.at, row.instant), (Some(at(2)), Some(instant(1))));
        assert_eq!(
            (row.token, row.mood),
            (Some(Uuid::from_u128(1)), Some(enums::Mood::Wild))
        );
        assert_eq!(
            (row.data, row.code),
            (Some(json(1)), Some(Code("z".to_owned())))
        );
        assert_eq!((row.price, row.single), (Some(price(3)), Some(0.5)));
        c.samples().delete_where(sample::id.value().eq(5000))?;
        // A copy equals its original in the database, too.
        macro_rules! found {
            ($column:ident) => {{
                let column = sample::$column;
                if stringify!($column) == "data" && c.dialect() == Dialect::Postgres {
                    return Ok(());
                }
                let expected = different(rows.iter().map(|row| row.$column.clone()));
                let found = c.samples().select(column).distinct().all()?;
                assert_same(stringify!($column), &found, &expected);
            }};
        }
        each_column!(found);
        Ok(())
    }
    on_each!(crossed, show)
}

#[test]
fn qry_01_times_of_any_digits_are_compared_and_sorted_as_times() -> bindery::Result<()> {
    fn show<E: Samples>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = fill(c)?;
        macro_rules! compared {
            ($column:ident, $value:expr) => {{
                let name = stringify!($column);
                let values = different(rows.iter().filter_map(|row| row.$column));
                for value in values {
                    let count_where = |is: &dyn Fn(std::cmp::Ordering) -> bool| {
                        let values = rows.iter().filter_map(|row| row.$column);
                        values.filter(|it| is(it.cmp(&value))).count() as u64
                    };
                    let found = [
                        c.samples().filter(sample::$column.lt(value)).count()?,
                        c.samples().filter(sample::$column.eq(value)).count()?,
                        c.samples()
                            .filter(sample::$column.in_list([value]))
                            .count()?,
                        c.samples()
                            .filter(sample::$column.between(value, value))
                            .count()?,
                    ];
                    let equal = count_where(&|it| it.is_eq());
                    assert_eq!(
                        found,
                        [count_where(&|it| it.is_lt()), equal, equal, equal],
                        "{name} {value}"
                    );
                }
                let sorted = c
                    .samples()
                    .filter(sample::$column.is_not_null())
                    .order_by(sample::$column.asc())
                    .all()?;
                let sorted: Vec<_> = sorted.into_iter().map(|row| row.$column).collect();
                assert!(sorted.is_sorted(), "{name}: {sorted:?}");
                assert_eq!(
                    c.samples().query().max(sample::$column)?,
                    sorted.last().copied().flatten()
                );
            }};
        }
        compared!(hour, hour);
        compared!(at, at);
        compared!(instant, instant);
        // A time that the database computes equals one that the program gives.
        let moved = |seconds: i64| at(1) + chrono::TimeDelta::seconds(seconds);
        for seconds in [-1, 0, 1] {
            let later = sample::at.add_seconds(seconds);
            let at_one = || rows.iter().filter(|row| row.at == Some(at(1))).count() as u64;
            assert_eq!(
                c.samples()
                    .filter(later.clone().eq(moved(seconds)))
                    .count()?,
                at_one()
            );
            let equal = c.samples().filter(
                sample::at
                    .eq(at(1))
                    .and(later.between(moved(seconds), moved(seconds))),
            );
            assert_eq!(equal.count()?, at_one());
        }
        // As does one that it stores of those it has computed, and one that another program has stored with fewer digits.
        c.samples()
            .filter(sample::at.eq(at(1)))
            .update(sample::at.set_to(sample::at.add_seconds(1).coalesce(at(0))))?;
        assert!(c.samples().filter(sample::at.eq(moved(1))).exists()?);
        c.execute(
            "UPDATE samples SET at = '2024-02-28 12:59:59.5', hour = '12:59:59.5' WHERE id = 1",
            (),
        )?;
        c.execute(
            "UPDATE samples SET at = '2024-02-28 12:59:59', hour = '12:59:59' WHERE id = 2",
            (),
        )?;
        c.execute(
            "UPDATE samples SET at = '2024-02-28 12:59:59.500', hour = '12:59:59.500' WHERE id = 3",
            (),
        )?;
        // They are read and sorted as times. On SQLite they are texts, of which only those with bindery's digits equal its values.
        let has_id = |id: i64| sample::id.value().eq(id);
        for (id, number, is_canonical) in [(1, 1, false), (2, 0, true), (3, 1, false)] {
            let is_same = sample::at.eq(at(number)).and(sample::hour.eq(hour(number)));
            let is_found = c.samples().filter(has_id(id).and(is_same)).exists()?;
            let is_text = c.dialect() == Dialect::Sqlite;
            assert_eq!(is_found, is_canonical || !is_text, "{id}");
        }
        let written = has_id(1).or(has_id(2)).or(has_id(3));
        let by_time = c.samples().filter(written).order_by(sample::at.asc());
        let found = by_time.select((sample::id.value(), sample::at)).all()?;
        assert_eq!(
            found,
            [(2, Some(at(0))), (1, Some(at(1))), (3, Some(at(1)))]
        );
        Ok(())
    }
    on_each!(crossed, show)
}

/// A page after a row and one after its values go on where the one before ended, whatever the kind of the column is.
#[test]
fn qry_06_pages_in_the_order_of_columns_of_every_kind() -> bindery::Result<()> {
    fn show<E: Samples>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = fill(c)?;
        macro_rules! pages {
            ($column:ident) => {
                for descending in [false, true] {
                    let name = stringify!($column);
                    let ordered = |c: &mut Connection<E>, last: Option<&Sample<E>>| {
                        let rows = match descending {
                            false => c.samples().order_by(sample::$column.asc()),
                            true => c.samples().order_by(sample::$column.desc()),
                        };
                        rows.page_after(last).limit(7).all()
                    };
                    let by_values = |c: &mut Connection<E>, last: Option<&Sample<E>>| {
                        let id = last.map(|row| row.id);
                        let value = last.map(|row| row.$column.clone());
                        let key = match descending {
                            false => sample::$column.asc_after(value),
                            true => sample::$column.desc_after(value),
                        };
                        let id = match descending {
                            false => sample::id.asc_after(id),
                            true => sample::id.desc_after(id),
                        };
                        c.samples().query().page_by((key, id)).limit(7).all()
                    };
                    let (mut after_rows, mut after_values) = (Vec::new(), Vec::new());
                    while after_rows.len() < all.len() {
                        let page = ordered(c, after_rows.last())?;
                        assert!(!page.is_empty(), "{name}: {} rows", after_rows.len());
                        after_rows.extend(page);
                        after_values.extend(by_values(c, after_values.last())?);
                    }
                    assert_eq!(after_rows, after_values, "{name}");
                    let mut ids: Vec<_> = after_rows.iter().map(|row| *row.id.value()).collect();
                    ids.sort_unstable();
                    assert_eq!(ids, (0..40).collect::<Vec<_>>(), "{name}");
                }
            };
        }
        each_ordered_column!(pages);
        Ok(())
    }
    on_each!(crossed, show)
}
