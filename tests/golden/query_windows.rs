//! The first rows of each group, and values over the rows beside a row, against the same computed in this process.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bindery::query::{Window, count, dense_rank, rank, row_number};
use bindery::types::BigDecimal;
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::fill;

/// The keys of the first rows of each group in an order, group by group.
fn first_of_each<'r, E: StaticEngine + 'r, G: Ord, O: Ord>(
    rows: impl Iterator<Item = &'r Post<E>>,
    group: impl Fn(&Post<E>) -> G,
    order: impl Fn(&Post<E>) -> O,
    limit: usize,
) -> Vec<i64> {
    let mut groups: BTreeMap<G, Vec<&Post<E>>> = BTreeMap::new();
    rows.for_each(|row| groups.entry(group(row)).or_default().push(row));
    let first = groups.into_values().flat_map(|mut rows| {
        rows.sort_by_key(|row| (order(row), *row.id.value()));
        rows.truncate(limit);
        rows
    });
    first.map(|row| *row.id.value()).collect()
}

fn keys<E: StaticEngine>(rows: &[Post<E>]) -> Vec<i64> {
    rows.iter().map(|row| *row.id.value()).collect()
}

fn key<E: StaticEngine>(id: PostId<E>) -> i64 {
    *id.value()
}

#[test]
fn qry_03_the_first_rows_of_each_group_come_group_by_group() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 41)?;
        let all = c.posts().all()?;
        let users = c.users().all()?;
        let city = |post: &Post<E>| {
            let author = users.iter().find(|user| user.id == post.author_id);
            author.and_then(|user| user.city.clone())
        };
        for limit in [0, 1, 2, 3, 100] {
            let of = limit as usize;
            let best = c
                .posts()
                .order_by(post::stars.desc())
                .per_group(post::author_id);
            let expected = |order: fn(&Post<E>) -> i64| {
                first_of_each(all.iter(), |post| key_of(post.author_id), order, of)
            };
            // The key of equal rows goes the way of the order.
            let by_stars = best.limit(limit).all()?;
            let expected_of_stars = first_of_each(
                all.iter(),
                |post| key_of(post.author_id),
                |post| (Reverse(post.stars), Reverse(*post.id.value())),
                of,
            );
            assert_eq!(keys(&by_stars), expected_of_stars, "{limit}");
            let first = c.posts().per_group(post::author_id).limit(limit).all()?;
            assert_eq!(keys(&first), expected(|post| *post.id.value()));
            // NULL is a group, before the others; a value within the order and within what the groups are by.
            let by_rank = (post::rank.coalesce(5).asc(), post::id.asc());
            let of_editor = c
                .posts()
                .order_by(by_rank)
                .per_group((post::editor_id, post::rank.coalesce(3)));
            let found = of_editor.limit(limit).all()?;
            let expected = first_of_each(
                all.iter(),
                |post| (post.editor_id.map(|id| *id.value()), post.rank.unwrap_or(3)),
                |post| post.rank.unwrap_or(5),
                of,
            );
            assert_eq!(keys(&found), expected);
            // Over a column of the row that it refers to, of rows that meet conditions before and after.
            let of_city = c
                .posts()
                .filter(post::stars.ge(1))
                .order_by((post::rank.asc().nulls_last(), post::id.asc()))
                .per_group(post::author_id.to(user::city))
                .limit(limit)
                .filter(post::is_public.eq(true))
                .all()?;
            let popular = all.iter().filter(|post| post.stars >= 1);
            let order = |post: &Post<E>| (post.rank.is_none(), post.rank);
            let mut expected = first_of_each(popular, city, order, of);
            let is_public = |id: &i64| {
                all.iter()
                    .any(|post| *post.id.value() == *id && post.is_public)
            };
            expected.retain(is_public);
            assert_eq!(keys(&of_city), expected);
        }
        Ok(())
    }
    on_each!(show)
}

fn key_of<E: StaticEngine>(id: UserId<E>) -> i64 {
    *id.value()
}

#[test]
fn qry_03_the_first_of_each_are_counted_selected_joined_and_summed_up() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 43)?;
        let all = c.posts().all()?;
        let users = c.users().all()?;
        macro_rules! best {
            () => {
                c.posts()
                    .filter(post::stars.ge(0))
                    .order_by((post::stars.desc(), post::id.asc()))
                    .per_group(post::author_id)
                    .limit(2)
            };
        }
        let kept = all.iter().filter(|post| post.stars >= 0);
        let expected = first_of_each(
            kept,
            |post| key_of(post.author_id),
            |post| Reverse(post.stars),
            2,
        );
        let post_with = |id: &i64| {
            all.iter()
                .find(|post| *post.id.value() == *id)
                .expect("it is one of them")
        };
        assert_eq!(keys(&best!().all()?), expected);
        assert_eq!(best!().count()?, expected.len() as u64);
        assert!(best!().exists()? && !best!().filter(post::stars.lt(0)).exists()?);
        assert_eq!(keys(&best!().limit(3).offset(1).all()?), expected[1..4]);
        assert_eq!(
            best!().first()?.map(|post| key(post.id)),
            expected.first().copied()
        );
        assert_eq!(
            best!().sum(post::stars)?,
            Some(expected.iter().map(|id| post_with(id).stars).sum())
        );
        let first_three = expected.iter().take(3).map(|id| post_with(id).stars).sum();
        assert_eq!(best!().limit(3).sum(post::stars)?, Some(first_three));
        // In another order, from a row on.
        let mut by_title = expected.clone();
        by_title.sort_by_key(|id| (post_with(id).title.clone(), *id));
        let found = best!().order_by(post::title.asc()).all()?;
        assert_eq!(keys(&found), by_title);
        let after = best!()
            .order_by(post::title.asc())
            .page_after(found.get(2))
            .limit(4);
        assert_eq!(keys(&after.all()?), by_title[3..7]);
        let in_batches = best!().order_by(post::title.asc()).batches(3);
        let batches = in_batches.collect::<bindery::Result<Vec<_>>>()?;
        assert_eq!(keys(&batches.concat()), by_title);
        let by_groups = best!().page_after(found.first()).all();
        assert!(
            matches!(by_groups, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)))
        );
        let by_groups = best!().batches(3).next();
        assert!(
            matches!(by_groups, Some(Err(error)) if matches!(error.kind(), ErrorKind::Unsupported(_)))
        );
        // What is selected of them, and the rows that they refer to.
        let selected = best!()
            .select((post::id, post::author_id.to(user::name), post::stars + 1))
            .all()?;
        let name = |id| {
            users
                .iter()
                .find(|user| user.id == id)
                .map(|user| user.name.clone())
        };
        for ((id, author, stars), expected) in selected.into_iter().zip(&expected) {
            let expected = post_with(expected);
            assert_eq!(
                (id, Some(author), stars),
                (expected.id, name(expected.author_id), expected.stars + 1)
            );
        }
        let joined = best!().left_join(post::editor_id).all()?;
        assert_eq!(joined.len(), expected.len());
        for ((post, editor), expected) in joined.into_iter().zip(&expected) {
            assert_eq!(
                (&post, editor.map(|editor| editor.id)),
                (post_with(expected), post_with(expected).editor_id)
            );
        }
        let counts = best!()
            .select((post::is_public, count()))
            .group_by(post::is_public)
            .all()?;
        for (is_public, count) in counts {
            let of_group = expected
                .iter()
                .filter(|id| post_with(id).is_public == is_public)
                .count();
            assert_eq!(count, of_group as u64);
        }
        // Groups of groups: the best of each of these.
        let best_of_all = best!()
            .order_by((post::stars.desc(), post::id.asc()))
            .per_group(post::is_public)
            .limit(1);
        let expected_of_all = first_of_each(
            expected.iter().map(post_with),
            |post| post.is_public,
            |post| Reverse(post.stars),
            1,
        );
        assert_eq!(keys(&best_of_all.all()?), expected_of_all);
        // Nothing is changed by them, nor locked.
        let changed = best!().update(post::stars.set_to(1));
        assert!(matches!(changed, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        let limited = c.posts().limit(3).per_group(post::author_id).limit(1).all();
        assert!(matches!(limited, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        Ok(())
    }
    on_each!(show)
}

/// The rows of one partition in an order, with the place of one of them.
struct Beside<'r, E: StaticEngine> {
    rows: Vec<&'r Post<E>>,
    /// Which of them are equal in the order.
    places: Vec<usize>,
    at: usize,
}

impl<'r, E: StaticEngine> Beside<'r, E> {
    fn of<G: PartialEq, O: Ord>(
        all: &'r [Post<E>],
        row: &Post<E>,
        group: impl Fn(&Post<E>) -> G,
        order: impl Fn(&Post<E>) -> O,
    ) -> Self {
        let mut rows: Vec<_> = all
            .iter()
            .filter(|other| group(other) == group(row))
            .collect();
        rows.sort_by_key(|row| (order(row), *row.id.value()));
        let first_equal = |row: &&Post<E>| {
            let is_equal = |other: &&Post<E>| order(other) == order(row);
            rows.iter()
                .position(is_equal)
                .expect("a row is equal to itself")
        };
        let places = rows.iter().map(first_equal).collect();
        let at = rows.iter().position(|other| other.id == row.id);
        let at = at.expect("a row is beside itself");
        Self { rows, places, at }
    }

    /// The rows up to this one and those that are equal to it.
    fn running(&self) -> impl Iterator<Item = &'r Post<E>> {
        let place = self.places[self.at];
        let up_to = self.places.iter().filter(|other| **other <= place).count();
        self.rows[..up_to].iter().copied()
    }

    fn rank(&self) -> u64 {
        self.places[self.at] as u64 + 1
    }

    fn dense_rank(&self) -> u64 {
        let mut places = self.places[..=self.at].to_vec();
        places.dedup();
        places.len() as u64
    }

    fn distant(&self, rows: isize) -> Option<&'r Post<E>> {
        let at = self.at.checked_add_signed(rows)?;
        self.rows.get(at).copied()
    }

    /// The rows at these distances.
    fn around(&self, from: isize, to: isize) -> impl Iterator<Item = &'r Post<E>> {
        (from..=to).filter_map(|rows| self.distant(rows))
    }
}

#[test]
fn qry_03_values_over_a_window_are_those_of_the_rows_beside_a_row() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 47)?;
        let all = c.posts().order_by(post::id.asc()).all()?;
        let of_editor = || Window::new().partition_by((post::editor_id, post::is_public));
        let by_rank = || of_editor().order_by(post::rank.desc().nulls_first());
        let found = c
            .posts()
            .order_by(post::id.asc())
            .select((
                row_number().over(by_rank().order_by(post::id.asc())),
                rank().over(by_rank()),
                dense_rank().over(by_rank()),
                post::title.lag(1).over(by_rank().order_by(post::id.asc())),
                post::author_id
                    .lead(2)
                    .over(by_rank().order_by(post::id.asc())),
                post::price
                    .first_value()
                    .over(by_rank().order_by(post::id.asc())),
                post::day
                    .last_value()
                    .over(by_rank().order_by(post::id.asc())),
                post::stars.sum().over(by_rank()),
                post::price.sum().over(by_rank()),
                count().over(by_rank()),
                (post::stars + 1).min().over(of_editor()),
            ))
            .all()?;
        for (row, found) in all.iter().zip(found) {
            let group = |post: &Post<E>| (post.editor_id, post.is_public);
            let by_rank = |post: &Post<E>| (post.rank.is_some(), Reverse(post.rank));
            let beside = Beside::of(&all, row, group, by_rank);
            assert_eq!(found.0, beside.at as u64 + 1);
            assert_eq!((found.1, found.2), (beside.rank(), beside.dense_rank()));
            assert_eq!(found.3, beside.distant(-1).map(|row| row.title.clone()));
            assert_eq!(found.4, beside.distant(2).map(|row| row.author_id));
            let normalized = |price: Option<BigDecimal>| price.map(|price| price.normalized());
            assert_eq!(
                normalized(found.5),
                normalized(beside.rows[0].price.clone())
            );
            assert_eq!(found.6, beside.rows.last().and_then(|row| row.day));
            assert_eq!(found.7, Some(beside.running().map(|row| row.stars).sum()));
            let prices = beside.running().filter_map(|row| row.price.clone());
            assert_eq!(
                normalized(found.8),
                normalized(prices.reduce(|all, one| all + one))
            );
            assert_eq!(found.9, beside.running().count() as u64);
            assert_eq!(found.10, beside.rows.iter().map(|row| row.stars + 1).min());
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_windows_have_values_frames_and_columns_of_other_models() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 53)?;
        let all = c.posts().order_by(post::id.asc()).all()?;
        let users = c.users().all()?;
        let city = |post: &Post<E>| {
            let author = users.iter().find(|user| user.id == post.author_id);
            author.and_then(|user| user.city.clone())
        };
        let of_city = || {
            Window::new()
                .partition_by(post::author_id.to(user::city).coalesce("none"))
                .order_by(post::rank.coalesce(3).asc().nulls_last())
        };
        let found = c
            .posts()
            .order_by(post::id.asc())
            .select((
                post::stars.sum().over(of_city().rows(-2..=0)),
                post::stars.max().over(of_city().rows(1..)),
                count().over(of_city().rows(-1..2)),
                post::stars.avg().over(of_city()),
                post::stars * 100 / post::stars.sum().over(of_city().rows(..)),
                post::price.sum().over(of_city().rows(..)) - post::price,
                post::stars.avg().over(of_city()).round(2),
                post::stars.lag(1).over(of_city()).coalesce(-7) - post::stars
                    + post::stars.lag(1).over(of_city()).coalesce(-7),
            ))
            .all()?;
        for (row, found) in all.iter().zip(found) {
            let group = |post: &Post<E>| city(post).unwrap_or_else(|| "none".to_owned());
            let beside = Beside::of(&all, row, group, |post| post.rank.unwrap_or(3));
            let stars = |row: &Post<E>| row.stars;
            assert_eq!(found.0, Some(beside.around(-2, 0).map(stars).sum()));
            assert_eq!(found.1, beside.around(1, 100).map(stars).max());
            assert_eq!(found.2, beside.around(-1, 1).count() as u64);
            let running: Vec<_> = beside.running().map(stars).collect();
            let mean = running.iter().sum::<i64>() as f64 / running.len() as f64;
            assert!(
                found
                    .3
                    .is_some_and(|found: f64| (found - mean).abs() < 1e-9)
            );
            // The share of the whole.
            let sum: i64 = beside.rows.iter().map(|row| row.stars).sum();
            assert_eq!(found.4, (row.stars * 100).checked_div(sum));
            let total = beside
                .rows
                .iter()
                .filter_map(|row| row.price.clone())
                .reduce(|all, one| all + one);
            let left = total
                .zip(row.price.clone())
                .map(|(total, price)| (total - price).normalized());
            assert_eq!(found.5.map(|left| left.normalized()), left);
            let mean = (mean * 100.0).round() / 100.0;
            assert!(
                found
                    .6
                    .is_some_and(|found: f64| (found - mean).abs() < 1e-9)
            );
            let before = beside.distant(-1).map_or(-7, |row| row.stars);
            assert_eq!(found.7, before - row.stars + before);
        }
        // Rows in the order of a value over a window, and beside those that a filter leaves.
        let most_of_author = || {
            post::stars
                .sum()
                .over(Window::new().partition_by(post::author_id))
        };
        let found = c
            .posts()
            .filter(post::stars.ge(1))
            .order_by((most_of_author().desc(), post::id.asc()))
            .limit(9)
            .all()?;
        let kept: Vec<_> = all.iter().filter(|post| post.stars >= 1).collect();
        let mut expected = kept.clone();
        expected.sort_by_key(|row| {
            let same = kept.iter().filter(|other| other.author_id == row.author_id);
            (
                Reverse(same.map(|row| row.stars).sum::<i64>()),
                *row.id.value(),
            )
        });
        let expected: Vec<_> = expected.iter().take(9).map(|row| *row.id.value()).collect();
        assert_eq!(keys(&found), expected);
        let length = post::title.lag(1).over(of_city()).length();
        let length = c.posts().select(length).all();
        if E::default().dialect() == bindery::Dialect::Sqlite {
            assert!(
                matches!(length, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)))
            );
        } else {
            assert_eq!(length?.len(), all.len());
        }
        // A database that computes it within a query of its own would have a window of one row there.
        let next = post::day.lag(1).over(of_city()).add_days(1);
        match c.posts().order_by(post::id.asc()).select(next).all() {
            Err(error) => assert!(matches!(error.kind(), ErrorKind::Unsupported(_))),
            Ok(found) => {
                let group = |post: &Post<E>| city(post).unwrap_or_else(|| "none".to_owned());
                for (row, found) in all.iter().zip(found) {
                    let beside = Beside::of(&all, row, group, |post| post.rank.unwrap_or(3));
                    let before = beside.distant(-1).and_then(|row| row.day);
                    assert_eq!(found, before.and_then(|day| day.succ_opt()));
                }
            }
        }
        // What databases do not have, or take in different ways.
        let is_refused = |outcome: bindery::Result<()>| {
            assert!(
                matches!(&outcome, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))),
                "{outcome:?}"
            );
        };
        let different = post::stars.count_distinct().over(of_city());
        is_refused(c.posts().select(different).all().map(drop));
        let (after, before) = (1, 0);
        let empty = count().over(of_city().rows(after..=before));
        is_refused(c.posts().select(empty).all().map(drop));
        let grouped = c
            .posts()
            .select((post::stars, most_of_author()))
            .group_by(post::stars);
        is_refused(grouped.all().map(drop));
        let of_each = c
            .posts()
            .order_by(most_of_author().asc())
            .per_group(post::author_id);
        is_refused(of_each.limit(1).all().map(drop));
        Ok(())
    }
    on_each!(show)
}
