//! Columns, expressions and aggregates that queries select, on all databases; the models are those of the case `queries`.

use bindery::query::{case, count};
use bindery::types::{BigDecimal, NaiveDate};
use bindery::{Connection, ErrorKind, Row, StaticEngine};

use crate::bench::Bench;
use crate::queries::*;
use crate::queries_at_work::{Everything, on_each, small};
use crate::query_rows as rows;

/// Fields in the order of what is selected.
#[derive(Debug, PartialEq, Row)]
struct Rated {
    title: String,
    body: Option<String>,
    stars: i64,
}

#[derive(Debug, Row)]
struct Named {
    title: String,
    name: String,
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, month, day).expect("a day of 2024")
}

fn price(cents: i64) -> BigDecimal {
    BigDecimal::new(cents.into(), 2)
}

fn is_unsupported<T: std::fmt::Debug>(outcome: bindery::Result<T>) {
    let error = outcome.expect_err("databases do not answer it alike");
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
}

#[test]
fn qry_01_columns_are_selected_into_tuples_and_structs() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = small(c)?;
        let titles = c.posts().order_by(post::title.asc()).select(post::title);
        let by_bytes = ["100%", "1000", "Rust", "a_b|c", "rust"];
        assert_eq!(titles.all()?, by_bytes);
        let pairs = c.posts().filter(post::stars.eq(3));
        let pairs = pairs
            .select((post::title, post::body))
            .order_by(post::id.asc());
        let expected = [
            ("rust".to_owned(), None),
            ("100%".to_owned(), Some("b".to_owned())),
        ];
        assert_eq!(pairs.all()?, expected);
        let author: Option<(UserId<E>, Option<UserId<E>>)> = c
            .posts()
            .select((post::author_id, post::editor_id))
            .first()?;
        assert_eq!(author, Some((ann, None)));
        let row = c
            .posts()
            .filter(post::stars.eq(9))
            .select_as::<Rated>((post::title, post::body, post::stars))
            .one()?;
        let expected = Rated {
            title: "a_b|c".into(),
            body: None,
            stars: 9,
        };
        assert_eq!(row, expected);
        let author = post::author_id.to(user::name);
        let named = c
            .posts()
            .select_as::<Named>((post::title, author))
            .first()?;
        assert_eq!(
            named.map(|row| (row.title, row.name)),
            Some(("Rust".into(), "Ann".into()))
        );
        let exchanged = c.posts().select_as::<Named>((author, post::title));
        is_unsupported(exchanged.all());
        let computed = c
            .posts()
            .select_as::<Named>((post::title.lower(), post::title));
        assert_eq!(computed.first()?.map(|row| row.name), Some("Rust".into()));
        let query = |c: &mut Connection<E>| -> bindery::Result<_> {
            let query = c.posts().select((post::stars, post::title));
            query
                .order_by((post::stars.desc(), post::title.desc()))
                .limit(2)
                .offset(1)
                .iter()?
                .collect::<bindery::Result<Vec<_>>>()
        };
        assert_eq!(query(c)?, [(5, "Rust".to_owned()), (3, "rust".to_owned())]);
        let three = |c: &mut Connection<E>| {
            c.posts()
                .filter(post::stars.eq(3))
                .select(post::title)
                .count()
        };
        assert_eq!(three(c)?, 2);
        assert!(
            c.posts()
                .select(post::title)
                .filter(post::stars.eq(3))
                .exists()?
        );
        assert!(
            !c.posts()
                .select(post::title)
                .filter(post::stars.eq(4))
                .exists()?
        );
        let error = c
            .posts()
            .filter(post::stars.eq(3))
            .select(post::title)
            .one();
        assert_eq!(
            error.expect_err("there are two").kind(),
            &ErrorKind::SeveralRows
        );
        let error = c
            .posts()
            .filter(post::stars.eq(4))
            .select(post::title)
            .one();
        assert_eq!(
            error.expect_err("there is none").kind(),
            &ErrorKind::NotFound
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_distinct_rows_come_once_and_in_order() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let stars = || post::stars;
        assert_eq!(
            c.posts()
                .select(stars())
                .distinct()
                .order_by(stars().asc())
                .all()?,
            [1, 3, 5, 9]
        );
        assert_eq!(
            c.posts()
                .select(stars())
                .distinct()
                .order_by(stars().desc())
                .limit(2)
                .all()?,
            [9, 5]
        );
        assert_eq!(c.posts().select(stars()).distinct().count()?, 4);
        assert_eq!(c.posts().select(stars()).distinct().limit(3).count()?, 3);
        assert!(c.posts().select(stars()).distinct().offset(3).exists()?);
        assert!(!c.posts().select(stars()).distinct().offset(4).exists()?);
        let lower = || post::title.lower();
        let lowered = c
            .posts()
            .select(lower())
            .distinct()
            .order_by(lower().desc())
            .all()?;
        assert_eq!(lowered, ["rust", "a_b|c", "1000", "100%"]);
        let bodies = c
            .posts()
            .select(post::body)
            .distinct()
            .order_by(post::body.desc().nulls_first());
        let bodies: Vec<Option<String>> = bodies.all()?;
        let bodies: Vec<Option<&str>> = bodies.iter().map(Option::as_deref).collect();
        assert_eq!(bodies, [None, Some("b"), Some("a"), Some("A")]);
        // Many rows have one such value: which of them decides?
        is_unsupported(
            c.posts()
                .select(post::body)
                .distinct()
                .order_by(stars().asc())
                .all(),
        );
        assert_eq!(
            c.posts()
                .query()
                .distinct()
                .order_by(stars().asc())
                .all()?
                .len(),
            5
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_aggregates_are_of_all_rows_that_a_query_has() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = |c: &mut Connection<E>| {
            c.posts()
                .select((
                    count(),
                    post::stars.sum(),
                    post::title.max(),
                    post::rank.avg(),
                ))
                .one()
        };
        assert_eq!(all(c)?, (0, None, None, None));
        let ann = small(c)?;
        assert_eq!(all(c)?, (5, Some(21), Some("rust".to_owned()), None));
        let low = |c: &mut Connection<E>| c.posts().filter(post::stars.le(3)).sum(post::stars);
        assert_eq!(low(c)?, Some(7));
        assert_eq!(c.posts().query().sum(post::stars + 1)?, Some(26));
        assert_eq!(c.posts().query().avg(post::stars)?, Some(4.2));
        assert_eq!(c.posts().query().min(post::title)?.as_deref(), Some("100%"));
        assert_eq!(c.posts().query().max(post::author_id)?, Some(ann));
        assert_eq!(c.posts().filter(post::stars.gt(9)).max(post::stars)?, None);
        assert_eq!(c.posts().query().sum(post::rank)?, None);
        // Of the rows that the limit leaves.
        assert_eq!(
            c.posts()
                .order_by(post::stars.desc())
                .limit(2)
                .sum(post::stars)?,
            Some(14)
        );
        assert_eq!(c.posts().query().offset(3).min(post::stars)?, Some(1));
        let distinct = (post::stars.count_distinct(), post::body.count(), count());
        assert_eq!(c.posts().select(distinct).one()?, (4, 3, 5));
        let mut cheap = rows::post(ann, "cheap", 0);
        cheap = cheap.price(price(110)).weight(0.5).day(day(2, 1)).rank(7);
        c.posts().insert(cheap)?;
        let mut dear = rows::post(ann, "dear", 0);
        dear = dear.price(price(220)).weight(0.25).day(day(1, 31)).rank(-9);
        c.posts().insert(dear)?;
        let sums = (post::price.sum(), post::weight.sum(), post::rank.sum());
        let (prices, weights, ranks) = c.posts().select(sums).one()?;
        assert_eq!(
            prices.map(|sum| sum.normalized()),
            Some(price(330).normalized())
        );
        assert_eq!((weights, ranks), (Some(0.75), Some(-2)));
        assert_eq!(c.posts().query().max(post::day)?, Some(day(2, 1)));
        assert_eq!(c.posts().query().avg(post::price)?, Some(1.65));
        assert_eq!(
            c.posts()
                .query()
                .min(post::price)?
                .map(|least| least.normalized()),
            Some(price(110).normalized())
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_a_sum_beyond_its_type_is_an_error() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = small(c)?;
        for _ in 0..2 {
            c.posts().insert(rows::post(ann, "many", i64::MAX))?;
        }
        let many = c.posts().filter(post::title.eq("many"));
        let error = many.sum(post::stars).expect_err("it is past 2^63");
        assert_eq!(error.operation(), Some(bindery::error::Operation::Select));
        assert_ne!(error.kind(), &ErrorKind::WrongEngine);
        assert_eq!(
            c.posts().filter(post::stars.lt(9)).sum(post::stars)?,
            Some(12)
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_groups_are_counted_filtered_and_ordered() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let by_stars = || (post::stars, count());
        let counts = c.posts().select(by_stars()).group_by(post::stars);
        let counts = counts.order_by((count().desc(), post::stars.asc())).all()?;
        assert_eq!(counts, [(3, 2), (1, 1), (5, 1), (9, 1)]);
        let several = c.posts().select(by_stars()).group_by(post::stars);
        assert_eq!(several.having(count().gt(1)).all()?, [(3, 2)]);
        let either = c.posts().select(post::stars).group_by(post::stars);
        let either = either.having(
            count()
                .gt(1)
                .or(post::stars.ge(9))
                .and(!post::id.max().lt(PostId::<E>::on(E::default(), 2))),
        );
        assert_eq!(either.order_by(post::stars.desc()).all()?, [9, 3]);
        let groups =
            |c: &mut Connection<E>| c.posts().select(by_stars()).group_by(post::stars).count();
        assert_eq!(groups(c)?, 4);
        let none = c
            .posts()
            .select(by_stars())
            .group_by(post::stars)
            .having(count().gt(2));
        assert!(!none.exists()?);
        // By an expression, with values within; equal counts are in the order of the groups.
        let first = || {
            case(post::stars.ge(5), "many")
                .when(post::stars.ge(3), "some")
                .otherwise("few")
        };
        let rated = c
            .posts()
            .select((first(), count(), post::stars.sum()))
            .group_by(first());
        let rated = rated.order_by(count().desc()).all()?;
        let expected = [
            ("some".to_owned(), 2, Some(6)),
            ("many".to_owned(), 2, Some(14)),
            ("few".to_owned(), 1, Some(1)),
        ];
        assert_eq!(rated, expected);
        let bodies = c
            .posts()
            .select((post::body, count()))
            .group_by(post::body)
            .limit(2);
        assert_eq!(bodies.all()?, [(None, 2), (Some("A".to_owned()), 1)]);
        let long = c
            .posts()
            .select((post::title.length(), post::stars.max()))
            .group_by(post::title.length());
        assert_eq!(
            long.order_by(post::stars.max().desc()).all()?,
            [(5, Some(9)), (4, Some(5))]
        );
        // Any of the titles, or none, would be an answer.
        is_unsupported(c.posts().select((post::title, count())).all());
        is_unsupported(
            c.posts()
                .select((post::title, count()))
                .group_by(post::stars)
                .all(),
        );
        let by_title = c.posts().select(by_stars()).group_by(post::stars);
        is_unsupported(by_title.order_by(post::title.asc()).all());
        let by_title = c.posts().select(by_stars()).group_by(post::stars);
        is_unsupported(by_title.having(post::title.eq("Rust")).all());
        Ok(())
    }
    on_each!(show)
}

/// Every function once, in conditions, selected, and as what a column is set to.
#[test]
fn qry_01_expressions_mean_the_same_on_all_databases() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = small(c)?;
        let new = rows::post(ann, "  Ünï 🦀 ", -7);
        let new = new.day(day(2, 29)).price(price(-125)).weight(2.5).rank(4);
        let id = c.posts().insert(new)?.id;
        macro_rules! is {
            ($expression:expr, $expected:expr) => {
                assert_eq!(
                    c.posts()
                        .filter(post::id.eq(id))
                        .select($expression)
                        .one()?,
                    $expected
                )
            };
        }
        is!(post::title.trim(), "Ünï 🦀");
        is!((post::title.length(), post::title.trim().length()), (8, 5));
        is!(
            post::title.trim().concat("!").concat(post::title),
            "Ünï 🦀!  Ünï 🦀 "
        );
        is!(post::title.concat(post::body), None);
        is!(
            (
                post::body.coalesce("none"),
                post::body.coalesce(post::title)
            ),
            ("none".to_owned(), "  Ünï 🦀 ".to_owned())
        );
        is!(
            (
                post::body.coalesce("none").upper(),
                post::body.coalesce("NONE").lower()
            ),
            ("NONE".to_owned(), "none".to_owned())
        );
        is!(
            (
                post::stars + 1,
                post::stars - 1,
                post::stars * 2,
                post::stars / 2
            ),
            (-6, -8, -14, Some(-3))
        );
        is!(
            (
                post::stars / 0,
                post::stars.abs(),
                post::rank.coalesce(0) / 3
            ),
            (None, 7, Some(1))
        );
        is!(
            (post::day.year(), post::day.month(), post::day.day()),
            (Some(2024), Some(2), Some(29))
        );
        is!(post::created_at.year(), 1970);
        is!(
            (
                post::weight / 2.0,
                post::weight.round(0),
                (post::weight + 0.25).round(1)
            ),
            (Some(1.25), Some(3.0), Some(2.8))
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_the_current_time_is_a_value() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = small(c)?;
        let now = bindery::types::now().naive_utc();
        let mut later = rows::post(ann, "later", 0);
        later.created_at = now + chrono::TimeDelta::days(1);
        c.posts().insert(later)?;
        let expired = post::created_at.lt(now);
        assert_eq!(c.posts().filter(expired).count()?, 5);
        let touched = post::created_at.set_to(now);
        c.posts().update_where(post::title.eq("Rust"), touched)?;
        assert_eq!(c.posts().filter(post::created_at.eq(now)).count()?, 1);
        assert_eq!(c.posts().delete_where(post::created_at.le(now))?, 5);
        assert_eq!(c.posts().select(post::title).one()?, "later");
        Ok(())
    }
    on_each!(show)
}

/// A text that is made of values alone has no column whose collation it could have.
#[test]
fn qry_01_texts_without_a_column_are_sorted_by_bytes() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let kind = || {
            case(post::stars.gt(4), "Z")
                .when(post::stars.gt(2), "a")
                .otherwise("é")
        };
        let kinds = c.posts().select(kind()).distinct();
        assert_eq!(kinds.order_by(kind().asc()).all()?, ["Z", "a", "é"]);
        assert_eq!(c.posts().query().min(kind())?.as_deref(), Some("Z"));
        Ok(())
    }
    on_each!(show)
}

/// Covers BIND-03: rows by a part of a date.
#[test]
fn bind_03_rows_by_a_part_of_a_date_are_those_of_their_engine() -> bindery::Result<()> {
    /// Posts of the last day of February of each of these years.
    fn fill<E: StaticEngine + Everything>(
        mut c: Connection<E>,
        years: &[i32],
    ) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?.id;
        let day = |year| NaiveDate::from_ymd_opt(year, 2, 29).expect("a leap year");
        let posts = years
            .iter()
            .map(|year| rows::post(ann, "post", 1).day(day(*year)));
        c.posts().insert_many(posts).map(drop)
    }
    fn of_years<E: StaticEngine + Everything>(mut c: Connection<E>) -> bindery::Result<[u64; 3]> {
        let mut count = |condition| c.posts().filter(condition).count();
        Ok([
            count(post::day.year().eq(2020))?,
            count(post::day.year().eq(2024))?,
            count(post::day.month().eq(2).and(post::day.day().eq(29)))?,
        ])
    }
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    fill(db.lite()?, &[2024, 2024, 2024])?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        fill(db.p()?, &[2020, 2020])?;
        assert_eq!(of_years(db.p()?)?, [2, 0, 2]);
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        fill(db.default()?, &[2020, 2024])?;
        assert_eq!(of_years(db.default()?)?, [1, 1, 2]);
    }
    assert_eq!(of_years(db.lite()?)?, [0, 3, 3]);
    Ok(())
}
