//! Queries that another one has under a name (WITH), against the same of sets in this process.

use std::collections::BTreeMap;

use bindery::query::{count, select};
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::fill;

#[test]
fn qry_04_a_query_under_a_name_is_used_as_often_as_it_is_needed() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 71)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let mut by_author = BTreeMap::new();
        for post in &posts {
            *by_author.entry(*post.author_id.value()).or_insert(0) += 1;
        }
        for least in [1, 2, 5, 100] {
            let is_busy = |id: UserId<E>| {
                by_author
                    .get(id.value())
                    .is_some_and(|posts| *posts >= least)
            };
            let busy = select(post::author_id)
                .filter(post::title.ne("nothing"))
                .group_by(post::author_id)
                .having(count().ge(least as u64));
            let (all, busy) = c.posts().with(busy);
            let found = all
                .filter(post::stars.ge(-100))
                .filter(
                    post::author_id
                        .in_shared(busy)
                        .or(post::editor_id.in_shared(busy)),
                )
                .filter(post::rank.is_null().or(busy.count().ge(1)))
                .order_by((post::stars.desc(), post::id.asc()))
                .limit(1_000)
                .all()?;
            let any = by_author.values().any(|posts| *posts >= least);
            let mut expected: Vec<_> = posts
                .iter()
                .filter(|it| is_busy(it.author_id) || it.editor_id.is_some_and(is_busy))
                .filter(|it| it.rank.is_none() || any)
                .cloned()
                .collect();
            expected.sort_by_key(|it| (std::cmp::Reverse(it.stars), *it.id.value()));
            assert_eq!(found, expected, "{least}");
        }
        Ok(())
    }
    on_each!(show)
}

/// Values of each come in the order of the text: before what is selected, one after the other, within each other.
#[test]
fn qry_04_several_queries_under_names_are_of_each_other_and_of_other_models() -> bindery::Result<()>
{
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 72)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let users = c.users().order_by(user::id.asc()).all()?;
        let comments = c.comments().all()?;
        let (query, starred) = c.posts().with(
            select(post::id)
                .filter(post::stars.ge(3))
                .order_by(post::stars.desc())
                .limit(10),
        );
        let (query, commented) = query.with(
            select(comment::post_id)
                .filter(comment::words.ne(""))
                .filter(comment::post_id.in_shared(starred)),
        );
        let found = query
            .filter(
                post::id
                    .in_shared(commented)
                    .or(!post::id.in_shared(starred)),
            )
            .select((
                post::id,
                starred.count(),
                post::stars + 1,
                commented.count(),
            ))
            .order_by(post::id.asc())
            .all()?;
        let mut best: Vec<_> = posts.iter().filter(|post| post.stars >= 3).collect();
        best.sort_by_key(|post| {
            (
                std::cmp::Reverse(post.stars),
                std::cmp::Reverse(*post.id.value()),
            )
        });
        best.truncate(10);
        let is_best = |id| best.iter().any(|post| post.id == id);
        let of_best: Vec<_> = comments
            .iter()
            .filter(|it| !it.words.is_empty() && is_best(it.post_id))
            .collect();
        let expected: Vec<_> = posts
            .iter()
            .filter(|post| !is_best(post.id) || of_best.iter().any(|it| it.post_id == post.id))
            .map(|post| {
                (
                    post.id,
                    best.len() as u64,
                    post.stars + 1,
                    of_best.len() as u64,
                )
            })
            .collect();
        assert_eq!(found, expected);

        // Beside a join with a condition, groups, pages, aggregates, and one row after the other.
        let authors = || select(post::author_id).filter(post::stars.gt(1));
        let is_author = |user: &User<E>| {
            posts
                .iter()
                .any(|it| it.stars > 1 && it.author_id == user.id)
        };
        let (query, shared) = c.users().with(authors());
        let pairs = query
            .filter(user::id.in_shared(shared))
            .left_join_on(user::boss_id, user::name.ne("x"))
            .order_by(user::id.asc())
            .all()?;
        let ids: Vec<_> = pairs.iter().map(|(user, _)| user.id).collect();
        let expected: Vec<_> = users
            .iter()
            .filter(|user| is_author(user))
            .map(|user| user.id)
            .collect();
        assert_eq!(ids, expected);
        let (query, shared) = c.users().with(authors());
        assert_eq!(
            query.filter(user::id.in_shared(shared)).count()?,
            expected.len() as u64
        );
        let (query, shared) = c.users().with(authors());
        assert_eq!(
            query.filter(user::id.in_shared(shared)).exists()?,
            !expected.is_empty()
        );
        let (query, shared) = c.users().with(authors());
        let most = query.filter(user::id.in_shared(shared)).max(user::name)?;
        assert_eq!(
            most,
            users
                .iter()
                .filter(|user| is_author(user))
                .map(|user| user.name.clone())
                .max()
        );
        let (query, shared) = c.users().with(authors());
        let page = query
            .filter(user::id.in_shared(shared))
            .page_after(users.first())
            .limit(3)
            .iter()?;
        let page = page
            .map(|user| user.map(|user| user.id))
            .collect::<bindery::Result<Vec<_>>>()?;
        let after: Vec<_> = expected
            .iter()
            .copied()
            .filter(|id| *id != users[0].id)
            .take(3)
            .collect();
        assert_eq!(page, after);
        let (query, shared) = c.posts().with(authors());
        let groups = query
            .filter(post::author_id.in_shared(shared))
            .select((post::author_id, count()))
            .group_by(post::author_id)
            .having(count().ge(2))
            .order_by(post::author_id.asc())
            .all()?;
        for (author, number) in &groups {
            let of_author = posts.iter().filter(|post| post.author_id == *author);
            assert_eq!(*number, of_author.count() as u64);
        }
        assert!(!groups.is_empty());
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_a_name_is_of_one_query() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 5, 73)?;
        let is_refused = |outcome: bindery::Result<u64>| {
            let error = outcome.expect_err("the name is of another query");
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        };
        let (_, other) = c.users().with(select(post::author_id));
        is_refused(c.users().filter(user::id.in_shared(other)).count());
        // At the same place, of another query: not silently taken for it.
        let (query, _) = c
            .users()
            .with(select(post::author_id).filter(post::stars.lt(-100)));
        is_refused(query.filter(user::id.in_shared(other)).count());
        is_refused(c.users().filter(user::id.in_shared(other)).delete());
        is_refused(
            c.users()
                .filter(user::id.in_shared(other))
                .update(user::name.set_to("x")),
        );
        let (query, own) = c.users().with(select(post::author_id));
        is_refused(query.filter(user::id.in_shared(own)).delete());
        let (query, own) = c.users().with(select(post::author_id));
        let united = query
            .filter(user::id.in_shared(own))
            .select(user::name)
            .union(select(user::name));
        is_refused(united.count());
        let (query, own) = c.users().with(select(post::author_id));
        is_refused(
            query
                .filter(user::id.in_shared(own))
                .per_group(user::city)
                .limit(1)
                .count(),
        );
        // Two queries of one shape, whose named ones differ.
        let posts = c.posts().count()?;
        for stars in [-100, 100] {
            let (query, shared) = c
                .posts()
                .with(select(post::id).filter(post::stars.ge(stars)));
            let expected = if stars < 0 { posts } else { 0 };
            assert_eq!(query.filter(post::id.in_shared(shared)).count()?, expected);
            let (query, shared) = c
                .posts()
                .with(select(post::id).filter(post::stars.lt(stars)));
            assert_eq!(
                query.filter(post::id.in_shared(shared)).count()?,
                posts - expected
            );
        }
        Ok(())
    }
    on_each!(show)
}
