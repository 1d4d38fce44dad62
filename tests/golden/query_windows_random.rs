//! Random windows and groups over random rows, against an evaluation of their own.
//!
//! A share runs with every test run; `cargo xtask test --full` runs all of them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use bindery::query::{Groups, Window, count, dense_rank, rank, row_number};
use bindery::{Connection, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{Seeded, fill};

const QUERIES: u64 = 25;
const FULL_SETS: u64 = 400;
const SETS: u64 = 8;

/// Some rows around each row.
type Frame = (Option<i64>, Option<i64>);

/// A value that rows are in groups or in an order by; NULL is less than every other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Null,
    Integer(i64),
    Text(String),
}

impl<T: Into<i64>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, |value| Self::Integer(value.into()))
    }
}

/// The columns and expressions that rows are in groups by.
#[derive(Debug, Clone, Copy)]
enum Group {
    Author,
    EditorAndPublic,
    City,
    RankOr(i32),
    Length,
}

/// The expressions of each kind of group, for `per_group` and for windows.
macro_rules! grouped {
    ($group:expr, $by:expr) => {
        match $group {
            Group::Author => $by(post::author_id),
            Group::EditorAndPublic => $by((post::editor_id, post::is_public)),
            Group::City => $by(post::author_id.to(user::city)),
            Group::RankOr(rank) => $by(post::rank.coalesce(rank)),
            Group::Length => $by(post::title.length()),
        }
    };
}

/// A sort key, its way, and the place of NULL where it is said.
#[derive(Debug, Clone, Copy)]
struct Key {
    by: By,
    descending: bool,
    nulls_last: Option<bool>,
}

#[derive(Debug, Clone, Copy)]
enum By {
    Stars,
    Rank,
    RankOr(i32),
    Body,
    City,
}

macro_rules! directed {
    ($key:expr, $term:expr) => {{
        let order = if $key.descending {
            $term.desc()
        } else {
            $term.asc()
        };
        match $key.nulls_last {
            None => order,
            Some(true) => order.nulls_last(),
            Some(false) => order.nulls_first(),
        }
    }};
}

macro_rules! ordered {
    ($of:expr, $key:expr) => {
        match $key.by {
            By::Stars => $of.order_by(directed!($key, post::stars)),
            By::Rank => $of.order_by(directed!($key, post::rank)),
            By::RankOr(rank) => $of.order_by(directed!($key, post::rank.coalesce(rank))),
            By::Body => $of.order_by(directed!($key, post::body)),
            By::City => $of.order_by(directed!($key, post::author_id.to(user::city))),
        }
    };
}

struct Whole<E: StaticEngine> {
    posts: Vec<Post<E>>,
    cities: BTreeMap<i64, Option<String>>,
}

impl<E: StaticEngine> Whole<E> {
    fn city(&self, post: &Post<E>) -> Value {
        let city = self.cities.get(post.author_id.value()).cloned().flatten();
        city.map_or(Value::Null, Value::Text)
    }

    fn group(&self, group: Group, post: &Post<E>) -> Vec<Value> {
        match group {
            Group::Author => vec![Value::Integer(*post.author_id.value())],
            Group::EditorAndPublic => vec![
                post.editor_id.map(|id| *id.value()).into(),
                Value::Integer(post.is_public.into()),
            ],
            Group::City => vec![self.city(post)],
            Group::RankOr(rank) => vec![Value::Integer(post.rank.unwrap_or(rank).into())],
            Group::Length => vec![Value::Integer(post.title.chars().count() as i64)],
        }
    }

    fn value(&self, by: By, post: &Post<E>) -> Value {
        match by {
            By::Stars => Value::Integer(post.stars),
            By::Rank => post.rank.into(),
            By::RankOr(rank) => Value::Integer(post.rank.unwrap_or(rank).into()),
            By::Body => post.body.clone().map_or(Value::Null, Value::Text),
            By::City => self.city(post),
        }
    }

    /// By the sort keys alone.
    fn compare(&self, order: &[Key], one: &Post<E>, other: &Post<E>) -> Ordering {
        let by = |key: &Key| {
            let (one, other) = (self.value(key.by, one), self.value(key.by, other));
            let is_null = |value: &Value| *value == Value::Null;
            match (key.nulls_last, is_null(&one), is_null(&other)) {
                (Some(last), true, false) if last => Ordering::Greater,
                (Some(last), false, true) if last => Ordering::Less,
                (Some(_), true, false) => Ordering::Less,
                (Some(_), false, true) => Ordering::Greater,
                _ if key.descending => other.cmp(&one),
                _ => one.cmp(&other),
            }
        };
        let unequal = order.iter().map(by).find(|found| found.is_ne());
        unequal.unwrap_or(Ordering::Equal)
    }

    /// The rows in this order, then by the key in the direction of the last.
    fn sorted<'r>(&self, order: &[Key], rows: impl Iterator<Item = &'r Post<E>>) -> Vec<&'r Post<E>>
    where
        E: 'r,
    {
        let descending = order.last().is_some_and(|last| last.descending);
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|one, other| {
            let by_key = one.id.value().cmp(other.id.value());
            let by_key = if descending { by_key.reverse() } else { by_key };
            self.compare(order, one, other).then(by_key)
        });
        rows
    }
}

fn group(seeded: &mut Seeded) -> Group {
    match seeded.below(5) {
        0 => Group::Author,
        1 => Group::EditorAndPublic,
        2 => Group::City,
        3 => Group::RankOr(seeded.below(5) as i32),
        _ => Group::Length,
    }
}

fn order(seeded: &mut Seeded) -> Vec<Key> {
    let key = |seeded: &mut Seeded| Key {
        by: match seeded.below(5) {
            0 => By::Stars,
            1 => By::Rank,
            2 => By::RankOr(seeded.below(5) as i32),
            3 => By::Body,
            _ => By::City,
        },
        descending: seeded.below(2) == 0,
        nulls_last: match seeded.below(3) {
            0 => None,
            last => Some(last == 1),
        },
    };
    (0..seeded.below(3)).map(|_| key(seeded)).collect()
}

/// Some rows around each row, or none that are said.
fn frame(seeded: &mut Seeded) -> Option<Frame> {
    if seeded.below(2) == 0 {
        return None;
    }
    let from = seeded.below(5) as i64 - 3;
    let to = from + seeded.below(4) as i64;
    Some(match seeded.below(4) {
        0 => (None, Some(to)),
        1 => (Some(from), None),
        2 => (None, None),
        _ => (Some(from), Some(to)),
    })
}

fn of_group(window: Window<model::Post>, by: impl Groups<model::Post>) -> Window<model::Post> {
    window.partition_by(by)
}

fn window(by: Option<Group>, order: &[Key]) -> Window<model::Post> {
    let window = match by {
        None => Window::new(),
        Some(by) => grouped!(by, |by| of_group(Window::new(), by)),
    };
    order
        .iter()
        .fold(window, |window, key| ordered!(window, key))
}

fn framed(window: Window<model::Post>, frame: Option<Frame>) -> Window<model::Post> {
    match frame {
        None => window,
        Some((None, None)) => window.rows(..),
        Some((Some(from), None)) => window.rows(from..),
        Some((None, Some(to))) => window.rows(..=to),
        Some((Some(from), Some(to))) => window.rows(from..=to),
    }
}

/// A row of values over windows.
type Found = (
    u64,
    u64,
    u64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    u64,
    Option<i64>,
);

/// The same, of the sorted rows of a partition, for the one at this place.
fn evaluated<E: StaticEngine>(
    whole: &Whole<E>,
    (rows, at): (&[&Post<E>], usize),
    (order, distance, frame): (&[Key], u8, Option<Frame>),
) -> Found {
    let row = rows[at];
    let is_before = |other: &&&Post<E>| whole.compare(order, other, row).is_lt();
    let before = rows.iter().filter(is_before);
    let rank = before.clone().count() as u64 + 1;
    let mut distinct: Vec<&Post<E>> = Vec::new();
    for other in before {
        if distinct
            .iter()
            .all(|known| whole.compare(order, known, other).is_ne())
        {
            distinct.push(other);
        }
    }
    let stars = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|row| row.stars);
    let bound = |rows_from: i64| (at as i64 + rows_from).clamp(0, rows.len() as i64) as usize;
    let in_frame = frame.map(|(from, to)| {
        let from = from.map_or(0, bound);
        let to = to.map_or(rows.len(), |to| bound(to + 1));
        &rows[from.min(to)..to]
    });
    let running = rows
        .iter()
        .filter(|other| whole.compare(order, other, row).is_le())
        .count();
    let of_window = in_frame.unwrap_or(&rows[..running]);
    let values = || of_window.iter().map(|row| row.stars);
    let last = in_frame.unwrap_or(rows).last().map(|row| row.stars);
    (
        at as u64 + 1,
        rank,
        distinct.len() as u64 + 1,
        stars(at.checked_sub(distance.into())),
        stars(Some(at + usize::from(distance))),
        values().next(),
        last,
        (!of_window.is_empty()).then(|| values().sum()),
        of_window.len() as u64,
        values().max(),
    )
}

fn windows<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    whole: &Whole<E>,
    seeded: &mut Seeded,
) -> bindery::Result<()> {
    let by = (seeded.below(5) > 0).then(|| group(seeded));
    let (order, distance, frame) = (order(seeded), seeded.below(4) as u8, frame(seeded));
    let least = seeded.below(5) as i64 - 2;
    let plain = || window(by, &order);
    let of_frame = || framed(window(by, &order), frame);
    let found = c
        .posts()
        .filter(post::stars.ge(least))
        .order_by(post::id.asc())
        .select((
            post::id,
            (
                row_number().over(plain()),
                rank().over(plain()),
                dense_rank().over(plain()),
                post::stars.lag(distance).over(plain()),
                post::stars.lead(distance).over(plain()),
                post::stars.first_value().over(of_frame()),
                post::stars.last_value().over(of_frame()),
                post::stars.sum().over(of_frame()),
                count().over(of_frame()),
                post::stars.max().over(of_frame()),
            ),
        ))
        .all()?;
    let kept = || whole.posts.iter().filter(|post| post.stars >= least);
    assert_eq!(found.len(), kept().count());
    for (id, found) in found {
        let row = kept()
            .find(|post| post.id == id)
            .expect("it is one of the rows");
        let is_beside =
            |other: &&Post<E>| by.is_none_or(|by| whole.group(by, other) == whole.group(by, row));
        let rows = whole.sorted(&order, kept().filter(is_beside));
        let at = rows
            .iter()
            .position(|other| other.id == id)
            .expect("a row is beside itself");
        let expected = evaluated(whole, (&rows, at), (&order, distance, frame));
        assert_eq!(found, expected, "{by:?} {order:?} {frame:?} {row:?}");
    }
    Ok(())
}

fn groups<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    whole: &Whole<E>,
    seeded: &mut Seeded,
) -> bindery::Result<()> {
    let (by, order) = (group(seeded), order(seeded));
    let (least, rows, most) = (
        seeded.below(5) as i64 - 2,
        seeded.below(4),
        seeded.below(30),
    );
    let mut query = c.posts().filter(post::stars.ge(least));
    for key in &order {
        query = ordered!(query, key);
    }
    let first = grouped!(by, |by| query.per_group(by)).limit(rows);
    let found = first.filter(post::rank.is_not_null()).limit(most).all()?;
    let mut in_groups: BTreeMap<Vec<Value>, Vec<&Post<E>>> = BTreeMap::new();
    for post in whole.posts.iter().filter(|post| post.stars >= least) {
        in_groups
            .entry(whole.group(by, post))
            .or_default()
            .push(post);
    }
    let expected = in_groups.into_values().flat_map(|of_group| {
        let sorted = whole.sorted(&order, of_group.into_iter());
        sorted.into_iter().take(rows as usize).collect::<Vec<_>>()
    });
    let expected: Vec<_> = expected
        .filter(|post| post.rank.is_some())
        .take(most as usize)
        .collect();
    assert_eq!(
        found.iter().collect::<Vec<_>>(),
        expected,
        "{by:?} {order:?} {rows}"
    );
    Ok(())
}

/// In full: 10,000 queries over 400 sets of rows.
#[test]
fn qry_03_random_windows_and_groups_are_those_of_an_evaluation() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let sets = if bindery_testkit::is_full_run() {
            FULL_SETS
        } else {
            SETS
        };
        for set in 1..=sets {
            fill(c, 20, set)?;
            let mut seeded = Seeded::new(set * 1_009);
            let users = c.users().all()?;
            let cities = users.into_iter().map(|user| (*user.id.value(), user.city));
            let whole = Whole {
                posts: c.posts().all()?,
                cities: cities.collect(),
            };
            for _ in 0..QUERIES {
                if seeded.below(2) == 0 {
                    windows(c, &whole, &mut seeded)?;
                } else {
                    groups(c, &whole, &mut seeded)?;
                }
            }
            c.comments().all_rows().delete()?;
            c.posts().all_rows().delete()?;
        }
        Ok(())
    }
    on_each!(show)
}
