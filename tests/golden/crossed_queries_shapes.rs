//! Statements whose texts are kept: queries that differ in constants, orders, limits and operators alone, executed in turn. A text
//! that serves two of them would give the rows of the other.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use bindery::query::{Window, count, position, select};
use bindery::{Connection, StaticEngine};

use crate::on_each::on_each;
use crate::queries::*;
use crate::queries_at_work::Everything;
use crate::query_rows::fill;

/// Executes each of these twice, in two orders, and compares it with its own expectation.
macro_rules! in_turn {
    ($all:expr, $execute:expr, $expected:expr) => {
        for all in [
            $all.into_iter().collect::<Vec<_>>(),
            $all.into_iter().rev().collect(),
        ] {
            for one in all {
                assert_eq!($execute(one), $expected(one), "{one:?}");
            }
        }
    };
}

fn stars<E: StaticEngine>(posts: &[Post<E>]) -> Vec<i64> {
    posts.iter().map(|post| post.stars).collect()
}

#[test]
fn qry_01_windows_that_differ_in_numbers_and_orders_alone() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 30, 5)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let by_id = || Window::new().order_by(post::id.asc());
        let at = |at: Option<usize>| at.and_then(|at| posts.get(at)).map(|post| post.stars);
        in_turn!(
            [0_u8, 1, 2, 3, 10, 29, 255],
            |rows: u8| {
                let both = (
                    post::stars.lag(rows).over(by_id()),
                    post::stars.lead(rows).over(by_id()),
                );
                c.posts()
                    .order_by(post::id.asc())
                    .select(both)
                    .all()
                    .unwrap()
            },
            |rows: u8| {
                let rows = usize::from(rows);
                let each =
                    (0..posts.len()).map(|row| (at(row.checked_sub(rows)), at(Some(row + rows))));
                each.collect::<Vec<_>>()
            }
        );
        let frames: [(Option<i64>, Option<i64>); 9] = [
            (None, None),
            (None, Some(0)),
            (Some(0), None),
            (Some(-1), Some(0)),
            (Some(0), Some(1)),
            (Some(-2), Some(2)),
            (Some(1), Some(3)),
            (Some(-3), Some(-1)),
            (Some(256), Some(257)),
        ];
        in_turn!(
            frames,
            |(from, to): (Option<i64>, Option<i64>)| {
                let window = match (from, to) {
                    (None, None) => by_id().rows(..),
                    (None, Some(to)) => by_id().rows(..=to),
                    (Some(from), None) => by_id().rows(from..),
                    (Some(from), Some(to)) => by_id().rows(from..=to),
                };
                let sum = post::stars.sum().over(window);
                c.posts()
                    .order_by(post::id.asc())
                    .select(sum)
                    .all()
                    .unwrap()
            },
            |(from, to): (Option<i64>, Option<i64>)| {
                let sum = |row: usize| {
                    let is_within = |other: usize| {
                        let distance = other as i64 - row as i64;
                        from.is_none_or(|from| distance >= from)
                            && to.is_none_or(|to| distance <= to)
                    };
                    let within = (0..posts.len()).filter(|other| is_within(*other));
                    within
                        .map(|at| posts[at].stars)
                        .reduce(|all, one| all + one)
                };
                (0..posts.len()).map(sum).collect::<Vec<_>>()
            }
        );
        // By the order of the window and what it is partitioned by.
        in_turn!(
            0..6,
            |kind: u8| {
                let window = match kind {
                    0 => Window::new().order_by(post::rank.asc()),
                    1 => Window::new().order_by(post::rank.desc()),
                    2 => Window::new().order_by(post::rank.asc().nulls_last()),
                    3 => Window::new().order_by(post::rank.desc().nulls_first()),
                    4 => Window::new().partition_by(post::rank),
                    _ => Window::new()
                        .partition_by(post::rank)
                        .order_by(post::rank.asc()),
                };
                c.posts()
                    .order_by(post::id.asc())
                    .select(count().over(window))
                    .all()
                    .unwrap()
            },
            |kind: u8| {
                let key = |post: &Post<E>| match (kind, post.rank) {
                    (0, rank) => rank.map_or(-1, i64::from),
                    (1, rank) => rank.map_or(100, |rank| -i64::from(rank)),
                    (2, rank) => rank.map_or(100, i64::from),
                    (3, rank) => rank.map_or(-100, |rank| -i64::from(rank)),
                    (_, rank) => rank.map_or(-1, i64::from),
                };
                let is_before = |one: &Post<E>, other: &Post<E>| match kind {
                    4 | 5 => one.rank == other.rank,
                    _ => key(one) <= key(other),
                };
                let before = |post: &Post<E>| {
                    posts.iter().filter(|other| is_before(other, post)).count() as u64
                };
                posts.iter().map(before).collect::<Vec<_>>()
            }
        );
        Ok(())
    }
    on_each!(queries, show)
}

#[test]
fn qry_01_combined_queries_that_differ_in_operators_orders_and_limits_alone() -> bindery::Result<()>
{
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 30, 7)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let low = || {
            posts
                .iter()
                .filter(|post| post.stars < 3)
                .map(|post| post.stars)
        };
        let high = || {
            posts
                .iter()
                .filter(|post| post.stars > 0)
                .map(|post| post.stars)
        };
        let set = |all: Vec<i64>| all.into_iter().collect::<BTreeSet<_>>();
        let (low_set, high_set) = (set(low().collect()), set(high().collect()));
        let mut variants = Vec::new();
        for operator in 0..4_u8 {
            for order in 0..4_u8 {
                for (limit, offset) in [
                    (u64::MAX, 0),
                    (0, 0),
                    (1, 0),
                    (2, 0),
                    (3, 1),
                    (100, 99),
                    (u64::MAX, 2),
                ] {
                    variants.push((operator, order, limit, offset));
                }
            }
        }
        in_turn!(
            variants.clone(),
            |(operator, order, limit, offset): (u8, u8, u64, u64)| {
                let other = select(post::stars).filter(post::stars.gt(0));
                let first = c.posts().filter(post::stars.lt(3)).select(post::stars);
                let both = match operator {
                    0 => first.union(other),
                    1 => first.union_all(other),
                    2 => first.intersect(other),
                    _ => first.except(other),
                };
                let by = position(0);
                let both = match order {
                    0 => both.order_by([by.asc()]),
                    1 => both.order_by([by.desc()]),
                    2 => both.order_by([by.asc().nulls_last()]),
                    _ => both.order_by([by.desc().nulls_first()]),
                };
                let both = if limit < u64::MAX {
                    both.limit(limit)
                } else {
                    both
                };
                both.offset(offset).all().unwrap()
            },
            |(operator, order, limit, offset): (u8, u8, u64, u64)| {
                let mut all: Vec<i64> = match operator {
                    0 => (&low_set | &high_set).into_iter().collect(),
                    1 => low().chain(high()).collect(),
                    2 => (&low_set & &high_set).into_iter().collect(),
                    _ => (&low_set - &high_set).into_iter().collect(),
                };
                all.sort_unstable();
                if order % 2 == 1 {
                    all.reverse();
                }
                all.into_iter()
                    .skip(offset as usize)
                    .take(usize::try_from(limit).unwrap())
                    .collect::<Vec<_>>()
            }
        );
        // A limit, an offset, a filter and an order of the one query or of the other, or of both together.
        in_turn!(
            0..8,
            |kind: u8| {
                let first = c.posts().order_by(post::id.asc()).select(post::id.value());
                let other = select(post::id.value()).order_by(post::id.asc());
                let both = match kind {
                    0 => first.limit(3).union_all(other),
                    1 => first.union_all(other.limit(3)),
                    2 => first.union_all(other).limit(3),
                    3 => first.limit(3).union_all(other.limit(3)),
                    4 => first.limit(3).offset(1).union_all(other),
                    5 => first.limit(1).union_all(other.limit(2)),
                    6 => first.limit(2).union_all(other.limit(1)),
                    _ => first
                        .filter(post::stars.gt(0))
                        .union_all(other.filter(post::stars.lt(0))),
                };
                both.order_by([position(0).asc()]).all().unwrap()
            },
            |kind: u8| {
                let ids: Vec<i64> = posts.iter().map(|post| *post.id.value()).collect();
                let ids_where = |is: &dyn Fn(i64) -> bool| {
                    let posts = posts.iter().filter(|post| is(post.stars));
                    posts.map(|post| *post.id.value()).collect::<Vec<_>>()
                };
                let mut both = match kind {
                    0 | 1 => [&ids[..3], &ids].concat(),
                    2 => [&ids[..2], &ids[..2]].concat(),
                    3 => [&ids[..3], &ids[..3]].concat(),
                    4 => [&ids[1..4], &ids].concat(),
                    5 | 6 => [&ids[..1], &ids[..2]].concat(),
                    _ => [ids_where(&|stars| stars > 0), ids_where(&|stars| stars < 0)].concat(),
                };
                both.sort_unstable();
                both.truncate(if kind == 2 { 3 } else { both.len() });
                both
            }
        );
        Ok(())
    }
    on_each!(queries, show)
}

#[test]
fn qry_01_groups_lists_and_relations_that_differ_a_little() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 30, 11)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let comments = c.comments().all()?;
        let users = c.users().order_by(user::id.asc()).all()?;
        // The first of each group: how many, in which order, of which rows, and what is left of those afterwards.
        let mut variants = Vec::new();
        for rows in 0..4_usize {
            variants.extend((0..6_u8).map(|kind| (rows, kind)));
        }
        in_turn!(
            variants.clone(),
            |(rows, kind): (usize, u8)| {
                let query = c.posts().query();
                let by_stars = (post::stars.desc(), post::id.asc());
                let rows = rows as u64;
                let first = match kind {
                    0 => query
                        .order_by(post::stars.asc())
                        .per_group(post::author_id)
                        .limit(rows),
                    1 => query
                        .order_by(by_stars)
                        .per_group(post::author_id)
                        .limit(rows),
                    2 => query
                        .order_by(by_stars)
                        .per_group(post::editor_id)
                        .limit(rows),
                    3 => query
                        .filter(post::stars.lt(3))
                        .order_by(by_stars)
                        .per_group(post::author_id)
                        .limit(rows),
                    4 => query
                        .order_by(by_stars)
                        .per_group(post::author_id)
                        .limit(rows)
                        .filter(post::stars.lt(3)),
                    _ => query
                        .order_by(by_stars)
                        .per_group(post::author_id)
                        .limit(rows)
                        .limit(3),
                };
                let ids = first.order_by(post::id.asc()).all().unwrap();
                ids.iter().map(|post| *post.id.value()).collect::<Vec<_>>()
            },
            |(rows, kind): (usize, u8)| {
                let of: Vec<_> = posts
                    .iter()
                    .filter(|post| kind != 3 || post.stars < 3)
                    .collect();
                let is_first = |post: &&Post<E>| {
                    let mut group: Vec<_> = of
                        .iter()
                        .filter(|other| match kind {
                            2 => other.editor_id == post.editor_id,
                            _ => other.author_id == post.author_id,
                        })
                        .collect();
                    group.sort_by_key(|post| {
                        (
                            if kind == 0 { post.stars } else { -post.stars },
                            *post.id.value(),
                        )
                    });
                    group.iter().take(rows).any(|first| first.id == post.id)
                };
                let first = of.iter().copied().filter(is_first);
                let first = first.filter(|post| kind != 4 || post.stars < 3);
                let first = first.take(if kind == 5 { 3 } else { usize::MAX });
                first.map(|post| *post.id.value()).collect::<Vec<_>>()
            }
        );
        // Lists of the first rows of a table, and values of related rows.
        in_turn!(
            0..9,
            |kind: u8| {
                let ids = || post::id.select();
                let mut ids_found = |condition| {
                    let rows = c
                        .posts()
                        .filter(condition)
                        .order_by(post::id.asc())
                        .all()
                        .unwrap();
                    rows.iter().map(|post| *post.id.value()).collect::<Vec<_>>()
                };
                match kind {
                    0 => ids_found(post::id.in_query(ids().order_by(post::stars.asc()).limit(4))),
                    1 => ids_found(post::id.in_query(ids().order_by(post::stars.desc()).limit(4))),
                    2 => ids_found(post::id.in_query(ids().order_by(post::stars.desc()).limit(1))),
                    3 => ids_found(post::id.in_query(ids().filter(post::stars.gt(1)).limit(2))),
                    4 => ids_found(!post::id.in_query(ids().filter(post::stars.gt(1)))),
                    5 => ids_found(post::comments.filter(comment::words.eq("a")).count().ge(1)),
                    6 => ids_found(post::comments.filter(comment::words.ne("a")).count().ge(1)),
                    7 => ids_found(post::comments.count().ge(1)),
                    _ => ids_found((post::stars * 1.0).gt(post::stars.select().avg())),
                }
            },
            |kind: u8| {
                let ids_where = |is: &dyn Fn(&Post<E>) -> bool| {
                    let posts = posts.iter().filter(|post| is(post));
                    posts.map(|post| *post.id.value()).collect::<Vec<_>>()
                };
                let first = |descending: bool, most: usize| {
                    let mut all: Vec<_> = posts.iter().collect();
                    // Equal ones by the key, in the same direction.
                    all.sort_by_key(|post| (post.stars, *post.id.value()));
                    if descending {
                        all.reverse();
                    }
                    let mut ids: Vec<_> =
                        all.iter().take(most).map(|post| *post.id.value()).collect();
                    ids.sort_unstable();
                    ids
                };
                let words = |post: &Post<E>, is: &dyn Fn(&str) -> bool| {
                    let mut comments = comments.iter();
                    comments.any(|comment| comment.post_id == post.id && is(&comment.words))
                };
                match kind {
                    0 => first(false, 4),
                    1 => first(true, 4),
                    2 => first(true, 1),
                    3 => ids_where(&|post| post.stars > 1)
                        .into_iter()
                        .take(2)
                        .collect(),
                    4 => ids_where(&|post| post.stars <= 1),
                    5 => ids_where(&|post| words(post, &|words| words == "a")),
                    6 => ids_where(&|post| words(post, &|words| words != "a")),
                    7 => ids_where(&|post| words(post, &|_| true)),
                    _ => {
                        let mean = stars(&posts).iter().sum::<i64>() as f64 / posts.len() as f64;
                        ids_where(&|post| post.stars as f64 > mean)
                    }
                }
            }
        );
        // Texts put together: by another separator, in another order, of other rows.
        let separators = [
            "", ",", ", ", "'", "\\", "?", "$1", "\"", "\n", "%", ":a", "`",
        ];
        let mut variants: Vec<(&str, u8)> = Vec::new();
        for separator in separators {
            variants.extend((0..3_u8).map(|kind| (separator, kind)));
        }
        in_turn!(
            variants.clone(),
            |(separator, kind): (&str, u8)| {
                let stars = || post::stars.cast::<String>();
                let written = post::author_id.reversed();
                let texts = match kind {
                    0 => written.string_agg(stars(), separator, post::id.asc()),
                    1 => written.string_agg(stars(), separator, post::id.desc()),
                    _ => written.filter(post::stars.gt(0)).string_agg(
                        stars(),
                        separator,
                        post::id.asc(),
                    ),
                };
                c.users()
                    .order_by(user::id.asc())
                    .select(texts)
                    .all()
                    .unwrap()
            },
            |(separator, kind): (&str, u8)| {
                let of = |user: &User<E>| {
                    let is_of = |post: &&Post<E>| {
                        post.author_id == user.id && (kind != 2 || post.stars > 0)
                    };
                    let mut texts: Vec<_> = posts
                        .iter()
                        .filter(is_of)
                        .map(|post| post.stars.to_string())
                        .collect();
                    if kind == 1 {
                        texts.reverse();
                    }
                    (!texts.is_empty()).then(|| texts.join(separator))
                };
                users.iter().map(of).collect::<Vec<_>>()
            }
        );
        // A case by its branches, deep in a count in an order.
        in_turn!(
            [(0_i64, 1_i64), (1, 0), (3, 2), (2, 3)],
            |(low, high): (i64, i64)| {
                let is_great = post::stars.gt(low).and(
                    post::id.in_query(comment::post_id.select().filter(comment::words.ne("b"))),
                );
                let place = is_great
                    .then(1_i64)
                    .when(post::stars.gt(high), 2)
                    .otherwise(3);
                let sum = user::posts_by_author_id.sum(place).coalesce(0);
                let rows = c
                    .users()
                    .order_by((sum.clone().desc(), user::id.asc()))
                    .select((user::id.value(), sum));
                rows.all().unwrap()
            },
            |(low, high): (i64, i64)| {
                let is_listed = |post: &Post<E>| {
                    comments
                        .iter()
                        .any(|it| it.post_id == post.id && it.words != "b")
                };
                let place = |post: &Post<E>| match post.stars {
                    stars if stars > low && is_listed(post) => 1,
                    stars if stars > high => 2,
                    _ => 3,
                };
                let sum_for = |user: &User<E>| {
                    posts
                        .iter()
                        .filter(|post| post.author_id == user.id)
                        .map(place)
                        .sum::<i64>()
                };
                let mut rows: Vec<_> = users
                    .iter()
                    .map(|user| (*user.id.value(), sum_for(user)))
                    .collect();
                rows.sort_by_key(|(id, sum)| (Reverse(*sum), *id));
                rows
            }
        );
        Ok(())
    }
    on_each!(queries, show)
}
