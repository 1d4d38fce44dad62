//! The selections of random queries: columns, expressions, distinct rows, aggregates and groups.

use std::fmt::Debug;

use bindery::query::{Expr, Unit, case, count};
use bindery::types::BigDecimal;
use bindery::{Condition, Query, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::Everything;
use crate::query_rows::{self as rows, Seeded, TEXTS};

/// Texts whose letters are A to Z, which every database changes alike.
const ASCII: &[&str] = &[
    "a", "A", "b", "B", "ab", "aB", "a b", "a_b", "z", "Z", "10", "a ",
];

/// The title in another case where its letters are A to Z.
fn lower() -> Expr<model::Post, String> {
    case(post::title.in_list(ASCII.iter().copied()), post::title)
        .otherwise("Other")
        .lower()
}

/// A condition on an expression.
pub(crate) fn leaf<E: Everything>(seeded: &mut Seeded) -> Condition<model::Post, E> {
    let text = rows::random_text(seeded);
    let number = seeded.below(8) as i64 - 2;
    match seeded.below(26) {
        24 => post::day.trunc(Unit::Week).lt(post::day.add_days(-number)),
        25 => post::day
            .add_months(number)
            .days_since(post::day)
            .gt(31 * number),
        20 => (post::stars * post::price).gt(number),
        21 => (post::rank - post::stars).lt(post::weight * 0.5),
        22 => (post::stars % number).ne(post::rank % 3),
        23 => post::stars
            .cast::<String>()
            .concat(text.as_str())
            .gt(post::title),
        0 => post::title.length().gt(number),
        1 => post::title.trim().eq(text),
        2 => post::title.concat(text.as_str()).ge("b"),
        3 => post::body.coalesce(text.as_str()).lt(post::title),
        4 => (post::stars + number).eq(2),
        5 => (post::stars * 3 - post::stars).le(number),
        6 => (post::stars / number).ge(1),
        7 => {
            let itself = post::stars;
            (post::stars / itself).is_null()
        }
        8 => post::stars.abs().in_list([1, number.abs()]),
        9 => post::day.month().eq(1 + number.rem_euclid(2)),
        10 => post::day.day().between(3, 3 + number),
        11 => post::weight.round(0).eq(number as f64),
        12 => (post::weight + 0.25).round(1).gt(number as f64 / 2.0),
        13 => (post::weight / (number as f64)).lt(0.5),
        14 => (post::price + rows::price(seeded)).gt(rows::price(seeded)),
        15 => post::price.abs().round(1).le(rows::price(seeded)),
        16 => lower().contains("a"),
        17 => lower().upper().eq(text),
        18 => post::title
            .starts_with("a")
            .and(post::title.concat(post::body).ends_with(seeded.of(TEXTS))),
        _ => case(post::stars.gt(number), post::rank)
            .when(post::body.is_null(), 2)
            .or_null()
            .ge(2),
    }
}

fn shown(rows: &[impl Debug]) -> String {
    rows.iter().map(|row| format!("{row:?}\n")).collect()
}

fn decimal(value: Option<BigDecimal>) -> Option<String> {
    value.map(|value| value.normalized().to_string())
}

/// The answer to a query of rows that selects something of them.
pub(crate) fn answer<E: StaticEngine + Everything>(
    query: Query<'_, model::Post, E>,
    seeded: &mut Seeded,
) -> bindery::Result<String> {
    let limit = 1 + seeded.below(20);
    let (text, number) = (rows::random_text(seeded), seeded.below(6) as i64 - 2);
    Ok(match seeded.below(14) {
        0 => shown(
            &query
                .select((post::title, post::body, post::stars))
                .order_by((post::stars.desc(), post::body.asc().nulls_last()))
                .limit(limit)
                .all()?,
        ),
        1 => shown(
            &query
                .select((post::title.length(), post::body))
                .distinct()
                .order_by(post::body.desc())
                .limit(limit)
                .all()?,
        ),
        2 => query
            .select((post::body, post::rank))
            .distinct()
            .count()?
            .to_string(),
        3 => {
            let items = (
                post::stars + post::rank,
                post::stars % number,
                post::title.cast::<i64>(),
                post::weight.cast::<i64>(),
                post::stars + number,
                post::stars / number,
                post::body.coalesce(text.as_str()).concat("!"),
                post::weight.round(1),
                post::day.year(),
                post::day.day(),
                lower(),
            );
            shown(&query.select(items).order_by(post::id.asc()).all()?)
        }
        4 => {
            let prices = (
                post::price * rows::price(seeded),
                post::price * post::stars - number,
            );
            let rows = query
                .select(prices)
                .order_by(post::price.desc())
                .limit(limit)
                .all()?;
            let rows = rows
                .into_iter()
                .map(|(one, other)| (decimal(one), decimal(other)));
            shown(&rows.collect::<Vec<_>>())
        }
        5 => {
            let groups = (
                post::stars,
                count(),
                post::rank.sum(),
                post::weight.avg(),
                post::body.max(),
            );
            let groups = query.select(groups).group_by(post::stars);
            let groups = groups.having(count().ge(1 + seeded.below(4)));
            shown(&groups.order_by((count().desc(), post::stars.asc())).all()?)
        }
        6 => {
            let groups = (post::body, post::day.min(), post::title.count_distinct());
            let groups = query
                .select(groups)
                .group_by(post::body)
                .order_by(post::day.min().desc());
            shown(&groups.limit(limit).all()?)
        }
        7 => {
            let kind = || {
                case(post::stars.gt(number), text.as_str())
                    .when(post::rank.is_null(), "none")
                    .or_null()
            };
            let groups = query
                .select((kind(), count(), post::weight.sum()))
                .group_by(kind());
            shown(&groups.order_by(kind().desc().nulls_first()).all()?)
        }
        8 => {
            let groups = query.select((post::day.month(), post::is_public, post::rank.max()));
            let groups = groups.group_by((post::day.month(), post::is_public));
            shown(
                &groups
                    .order_by(post::rank.max().asc().nulls_last())
                    .limit(limit)
                    .all()?,
            )
        }
        9 => {
            let prices = query
                .select((post::price.sum(), post::price.min(), count()))
                .one()?;
            format!(
                "{:?} {:?} {}",
                decimal(prices.0),
                decimal(prices.1),
                prices.2
            )
        }
        10 => {
            let query = query.order_by(post::title.desc()).limit(limit);
            format!("{:?} {:?}", query.sum(post::stars * 2)?, number)
        }
        11 => format!(
            "{:?}",
            query
                .order_by(post::stars.asc())
                .offset(limit)
                .avg(post::price)?
                // A float of SQLite's that is rounded to zero keeps its sign.
                .map(|mean| mean + 0.0)
        ),
        12 => {
            let ordered = query.order_by((
                post::body.coalesce(text.as_str()).desc(),
                (post::weight / number as f64).asc().nulls_last(),
                post::title.length().asc(),
            ));
            shown(
                &ordered
                    .limit(limit)
                    .select((post::stars, post::title))
                    .all()?,
            )
        }
        _ => {
            let groups = query.select(lower()).group_by(lower());
            let groups =
                groups.having(post::stars.sum().gt(number).or(!post::weight.max().lt(1.0)));
            shown(
                &groups
                    .order_by(lower().asc())
                    .iter()?
                    .collect::<bindery::Result<Vec<_>>>()?,
            )
        }
    })
}
