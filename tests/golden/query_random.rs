//! Random queries over random rows: the same rows in the same order on every database.
//!
//! A share runs with every test run; `cargo xtask test --full` runs all of them.

use bindery::query::Order;
use bindery::{Condition, Connection, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_random_selects;
use crate::query_rows::{self as rows, Seeded, TEXTS};

/// Queries of each set of rows, and sets.
const QUERIES: u64 = 100;
const FULL_SETS: u64 = 100;
const SETS: u64 = 4;

type Wanted<E> = Condition<model::Post, E>;

fn leaf<E: Everything>(seeded: &mut Seeded) -> Wanted<E> {
    let text = rows::random_text(seeded);
    let number = seeded.below(8) as i64 - 2;
    match seeded.below(40) {
        0 => post::stars.eq(number),
        1 => post::stars.ne(number),
        2 => post::stars.lt(number),
        3 => post::stars.ge(number),
        4 => post::title.eq(text),
        5 => post::title.ne(text),
        6 => post::title.lt(text),
        7 => post::title.ge(text),
        8 => post::body.le(text),
        9 => post::body.gt(text),
        10 => post::body.is_null(),
        11 => post::editor_id.is_not_null(),
        12 => post::rank.between(1, number as i32),
        13 => post::title.between(*seeded.of(TEXTS), text),
        14 => post::title.like(text.trim_end_matches('|')),
        15 => post::title.contains(seeded.of(TEXTS)),
        16 => post::body.starts_with(seeded.of(TEXTS)),
        17 => post::body.ends_with(seeded.of(TEXTS)),
        18 => post::stars.in_list((0..seeded.below(5) as i64).map(|n| n * 2 - 1)),
        19 => post::title.in_list(
            (0..seeded.below(40))
                .map(|_| rows::random_text(seeded))
                .collect::<Vec<_>>(),
        ),
        20 => post::price.le(rows::price(seeded)),
        21 => post::day.gt(rows::day(seeded)),
        22 => post::token.ne(rows::token(seeded)),
        24..28 => query_random_selects::leaf(seeded),
        36 => post::body.in_list(
            (0..seeded.below(4))
                .map(|_| rows::random_text(seeded))
                .collect::<Vec<_>>(),
        ),
        37 => post::rank.in_list((0..seeded.below(4)).map(|n| n as i32 * 2)),
        38 => post::body.eq_or_null((number > 1).then_some(text)),
        39 => comment::post_id.reversed().none(comment::words.lt(text)),
        28.. => related(seeded, text),
        _ => post::is_public
            .eq(number > 1)
            .and(post::weight.lt(number as f64 / 2.0)),
    }
}

/// A condition on the rows that a post refers to, or that refer to it.
fn related<E: Everything>(seeded: &mut Seeded, text: String) -> Wanted<E> {
    let author = post::author_id.to(user::name);
    let editor = post::editor_id.to(user::name);
    match seeded.below(11) {
        0 => author.lt(text),
        1 => post::editor_id.to(user::city).ge(text),
        2 => post::editor_id.to(user::boss_id.to(user::name)).is_null(),
        3 => author.eq(editor).or(post::title.eq(author)),
        4 => post::comments.any(comment::words.ge(text)),
        5 => post::comments.none(comment::author_id.to(user::city).le(text)),
        6 => !post::comments.exists(),
        7 => {
            let of_strangers = comment::author_id.to(user::city).is_null();
            post::comments
                .filter(of_strangers)
                .count()
                .lt(seeded.below(3))
        }
        8 => (post::comments.count() + post::comments.count_distinct(comment::author_id)).gt(3),
        9 => post::comments
            .min(comment::words)
            .coalesce("b")
            .ge(post::title),
        _ => post::comments.any(
            comment::post_id
                .to(post::editor_id.to(user::name))
                .gt(text)
                .or(comment::author_id.is_null()),
        ),
    }
}

fn condition<E: Everything>(seeded: &mut Seeded, depth: u64) -> Wanted<E> {
    if depth == 0 {
        return leaf(seeded);
    }
    match seeded.below(5) {
        0 | 1 => condition(seeded, depth - 1).and(condition(seeded, depth - 1)),
        2 | 3 => condition(seeded, depth - 1).or(condition(seeded, depth - 1)),
        _ => !condition(seeded, depth - 1),
    }
}

fn order(seeded: &mut Seeded) -> Order<model::Post> {
    let down = seeded.below(2) == 0;
    macro_rules! one {
        ($column:ident) => {
            if down {
                post::$column.desc()
            } else {
                post::$column.asc()
            }
        };
    }
    macro_rules! of_user {
        ($path:expr) => {
            if down { $path.desc() } else { $path.asc() }
        };
    }
    let order = match seeded.below(12) {
        0 => one!(stars),
        1 => one!(title),
        2 => one!(body),
        3 => one!(rank),
        4 => one!(weight),
        5 => one!(price),
        6 => one!(day),
        7 => one!(editor_id),
        8 => one!(is_public),
        9 => of_user!(post::author_id.to(user::name)),
        10 => of_user!(post::editor_id.to(user::boss_id.to(user::city))),
        _ => one!(token),
    };
    match seeded.below(4) {
        0 => order.nulls_first(),
        1 => order.nulls_last(),
        _ => order,
    }
}

/// The answer to one query, as text.
fn answer<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    seeded: &mut Seeded,
) -> bindery::Result<String> {
    let depth = seeded.below(4);
    let wanted = condition::<E>(seeded, depth);
    let query = c.posts().filter(wanted);
    if seeded.below(2) == 0 {
        return query_random_selects::answer(query, seeded);
    }
    let query = query.order_by((order(seeded), order(seeded)));
    let query = match seeded.below(4) {
        0 => query.limit(seeded.below(20)),
        1 => query.limit(10).offset(seeded.below(20)),
        _ => query,
    };
    Ok(match seeded.below(7) {
        0 => query.count()?.to_string(),
        1 => query.exists()?.to_string(),
        2 => query.first()?.as_ref().map(rows::line).unwrap_or_default(),
        3 => query
            .left_join(post::editor_id)
            .join(post::author_id)
            .all()?
            .iter()
            .map(|(row, editor, author)| {
                let editor = editor.as_ref().map(|user| &user.name);
                format!("{} {editor:?} {}\n", rows::line(row), author.name)
            })
            .collect(),
        // Not in every order; alike on all databases then, too.
        4 => match query.batches(7).collect::<bindery::Result<Vec<_>>>() {
            Ok(batches) => batches
                .iter()
                .flatten()
                .map(|row| rows::line(row) + "\n")
                .collect(),
            Err(error) => format!("{:?}", error.kind()),
        },
        _ => query
            .all()?
            .iter()
            .map(|row| rows::line(row) + "\n")
            .collect(),
    })
}

fn answers<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    seed: u64,
    all: &mut Vec<Vec<String>>,
) -> bindery::Result<()> {
    c.comments().query().all()?;
    rows::fill(c, 60, seed)?;
    let answers = (0..QUERIES).map(|query| answer(c, &mut Seeded::new(seed * QUERIES + query)));
    all.push(answers.collect::<bindery::Result<_>>()?);
    Ok(())
}

/// In full: 10,000 queries over 100 sets of rows.
#[test]
fn qry_01_random_queries_over_random_rows_answer_alike() -> bindery::Result<()> {
    let is_full = bindery_testkit::is_full_run();
    let sets = if is_full { FULL_SETS } else { SETS };
    let mut meaningful = 0;
    for seed in 1..=sets {
        let mut all = Vec::new();
        on_each!(|c: &mut _| answers(c, seed, &mut all))?;
        for query in 0..QUERIES as usize {
            let expected = &all[0][query];
            meaningful += u64::from(expected.len() > 40);
            for (database, answers) in all.iter().enumerate() {
                assert_eq!(
                    &answers[query], expected,
                    "seed {seed}, query {query}, database {database}"
                );
            }
        }
    }
    assert!(
        meaningful > sets * QUERIES / 2,
        "most queries find something: {meaningful}"
    );
    Ok(())
}
