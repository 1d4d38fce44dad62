//! The first rows of each group, and values over the rows beside a row, against the same computed in this process.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use bindery::query::count;
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
        let of = |id: &i64| {
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
            Some(expected.iter().map(|id| of(id).stars).sum())
        );
        let first_three = expected.iter().take(3).map(|id| of(id).stars).sum();
        assert_eq!(best!().limit(3).sum(post::stars)?, Some(first_three));
        // In another order, from a row on.
        let mut by_title = expected.clone();
        by_title.sort_by_key(|id| (of(id).title.clone(), *id));
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
            let expected = of(expected);
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
                (of(expected), of(expected).editor_id)
            );
        }
        let counts = best!()
            .select((post::is_public, count()))
            .group_by(post::is_public)
            .all()?;
        for (is_public, count) in counts {
            let of_group = expected
                .iter()
                .filter(|id| of(id).is_public == is_public)
                .count();
            assert_eq!(count, of_group as u64);
        }
        // Groups of groups: the best of each of these.
        let best_of_all = best!()
            .order_by((post::stars.desc(), post::id.asc()))
            .per_group(post::is_public)
            .limit(1);
        let expected_of_all = first_of_each(
            expected.iter().map(of),
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
