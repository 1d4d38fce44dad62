//! Texts of many rows put together, and rows by chance, against the same computed in this process.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bindery::query::{Window, random};
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{fill, post};

/// The texts of rows that have one, in this order.
fn joined<'r, E: StaticEngine + 'r, O: Ord>(
    rows: impl Iterator<Item = &'r Post<E>>,
    text: impl Fn(&Post<E>) -> Option<String>,
    separator: &str,
    order: impl Fn(&Post<E>) -> O,
) -> Option<String> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| order(row));
    let texts: Vec<_> = rows.into_iter().filter_map(text).collect();
    (!texts.is_empty()).then(|| texts.join(separator))
}

#[test]
fn qry_01_texts_of_groups_and_of_related_rows_are_put_together_in_order() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 89)?;
        c.users().insert(NewUser::new("writes nothing"))?;
        let posts = c.posts().all()?;
        for separator in [", ", "", "'\\;--\n", "🦀"] {
            let titles = || post::title.string_agg(separator, post::stars.desc());
            let found = c
                .posts()
                .filter(post::stars.ge(0))
                .select((
                    post::author_id,
                    titles(),
                    post::body.string_agg(separator, post::rank.coalesce(3).asc()),
                ))
                .group_by(post::author_id)
                .order_by(post::author_id.asc())
                .all()?;
            let mut groups: BTreeMap<i64, Vec<&Post<E>>> = BTreeMap::new();
            for post in posts.iter().filter(|post| post.stars >= 0) {
                groups
                    .entry(*post.author_id.value())
                    .or_default()
                    .push(post);
            }
            assert_eq!(found.len(), groups.len());
            for ((author, titles, bodies), (id, rows)) in found.into_iter().zip(groups) {
                assert_eq!(*author.value(), id);
                let by_stars = |post: &Post<E>| (Reverse(post.stars), Reverse(*post.id.value()));
                let expected = joined(
                    rows.iter().copied(),
                    |post| Some(post.title.clone()),
                    separator,
                    by_stars,
                );
                assert_eq!(titles, expected);
                let by_rank = |post: &Post<E>| (post.rank.unwrap_or(3), *post.id.value());
                assert_eq!(
                    bodies,
                    joined(
                        rows.into_iter(),
                        |post| post.body.clone(),
                        separator,
                        by_rank
                    )
                );
            }
            let written = post::author_id.reversed();
            let of_each = written.string_agg(post::title.lower(), separator, post::id.desc());
            let found = c
                .users()
                .order_by(user::id.asc())
                .select((user::id, of_each))
                .all()?;
            for (user, titles) in found {
                let rows = posts.iter().filter(|post| post.author_id == user);
                let by_key = |post: &Post<E>| Reverse(*post.id.value());
                let expected = joined(
                    rows,
                    |post| Some(post.title.to_ascii_lowercase()),
                    separator,
                    by_key,
                );
                assert_eq!(
                    titles.map(|it| it.to_ascii_lowercase()).map(lower),
                    expected.map(lower)
                );
            }
        }
        // Of all rows that a condition leaves, of none, and over a window.
        let whole = c
            .posts()
            .select(post::title.string_agg(",", post::id.asc()))
            .one()?;
        let by_key = |post: &Post<E>| *post.id.value();
        assert_eq!(
            whole,
            joined(posts.iter(), |post| Some(post.title.clone()), ",", by_key)
        );
        let none = c
            .posts()
            .filter(post::stars.gt(1_000))
            .select(post::title.string_agg(",", post::id.asc()));
        assert_eq!(none.one()?, None);
        let over = post::title
            .string_agg(",", post::id.asc())
            .over(Window::new());
        let refused = c.posts().select(over).all();
        assert!(matches!(refused, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        Ok(())
    }
    on_each!(show)
}

/// Letters beyond ASCII are changed by some databases.
fn lower(text: String) -> String {
    text.to_lowercase()
}

/// MariaDB cuts such a text off at a megabyte by itself, and MySQL at 1,024 bytes, with a warning.
#[test]
fn qry_01_a_text_of_many_rows_is_whole() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let author = c.users().insert(NewUser::new("Ann"))?.id;
        let body = "b".repeat(300_000);
        let posts = (0..5).map(|at| post(author, "long", at).body(body.clone()));
        c.posts().insert_many(posts)?;
        let whole = c
            .posts()
            .select(post::body.string_agg("|", post::id.asc()))
            .one()?;
        assert_eq!(whole.map(|text| text.len()), Some(5 * 300_000 + 4));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_a_sample_is_of_different_rows_by_chance() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 97)?;
        let mut samples = BTreeSet::new();
        for _ in 0..20 {
            let sample = c.posts().order_by(random()).limit(5).all()?;
            let keys: Vec<_> = sample.iter().map(|row| *row.id.value()).collect();
            assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 5);
            samples.insert(keys);
        }
        assert!(
            samples.len() > 15,
            "20 samples of 60 rows are hardly ever equal: {samples:?}"
        );
        let of_each = c
            .posts()
            .order_by(random())
            .per_group(post::author_id)
            .limit(1)
            .all()?;
        let authors: BTreeSet<_> = of_each.iter().map(|row| *row.author_id.value()).collect();
        assert_eq!(authors.len(), of_each.len());
        // In groups by a value of other rows.
        let by_comments = c.posts().per_group(post::comments.count()).limit(1).all()?;
        let counts = c
            .posts()
            .select(post::comments.count())
            .distinct()
            .count()?;
        assert_eq!(by_comments.len() as u64, counts);
        Ok(())
    }
    on_each!(show)
}
