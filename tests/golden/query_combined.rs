//! UNION, INTERSECT and EXCEPT of queries of one shape, against the same of sets in this process.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use bindery::query::{count, position, select};
use bindery::types::BigDecimal;
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{Seeded, fill};

type Pair = (Option<i32>, String);

#[test]
fn qry_04_rows_of_two_models_are_united_each_once_or_as_often_as_they_come() -> bindery::Result<()>
{
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 61)?;
        let posts = c.posts().all()?;
        let users = c.users().all()?;
        let titles = posts.iter().map(|post| post.title.clone());
        let names = users.iter().map(|user| user.name.clone());
        let all: Vec<String> = titles.clone().chain(names.clone()).collect();
        let each: BTreeSet<String> = all.iter().cloned().collect();
        let found = c
            .posts()
            .select(post::title)
            .union(select(user::name))
            .order_by([position(0).asc()]);
        assert_eq!(found.all()?, each.iter().cloned().collect::<Vec<_>>());
        let as_often = || select(user::name).filter(user::id.ge(UserId::new(0)));
        assert_eq!(
            c.posts()
                .select(post::title)
                .union_all(as_often())
                .count()?,
            all.len() as u64
        );
        let both = c
            .posts()
            .select(post::title)
            .intersect(select(user::name))
            .all()?;
        let title_set: BTreeSet<_> = titles.collect();
        let name_set: BTreeSet<_> = names.collect();
        assert_eq!(
            both.into_iter().collect::<BTreeSet<_>>(),
            &title_set & &name_set
        );
        let left = c.posts().select(post::title).except(select(user::name));
        assert_eq!(
            left.all()?.into_iter().collect::<BTreeSet<_>>(),
            &title_set - &name_set
        );
        assert!(
            c.posts()
                .select(post::title)
                .union(select(user::name))
                .exists()?
        );
        let none = c.posts().filter(post::stars.gt(1_000)).select(post::title);
        assert!(!none.intersect(select(user::name)).exists()?);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_each_part_has_its_values_groups_order_and_limit() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 67)?;
        let posts = c.posts().all()?;
        let comments = c.comments().all()?;
        let by_editor = || {
            select((post::editor_id, count()))
                .group_by(post::editor_id)
                .having(count().gt(1))
        };
        let two_of = c
            .posts()
            .filter(post::stars.ge(1))
            .order_by((post::stars.desc(), post::id.asc()))
            .limit(3)
            .select((post::editor_id, post::comments.count()));
        let found = two_of
            .union_all(by_editor())
            .union_all(
                select((post::editor_id, post::id.count()))
                    .filter(post::rank.eq(0))
                    .group_by(post::editor_id)
                    .order_by((count().desc(), post::editor_id.asc()))
                    .limit(2),
            )
            .order_by([position(1).desc(), position(0).asc().nulls_last()])
            .limit(7)
            .offset(1)
            .all()?;
        let counts = |is: &dyn Fn(&Post<E>) -> bool| {
            let mut counts: Vec<(Option<UserId<E>>, u64)> = Vec::new();
            for post in posts.iter().filter(|post| is(post)) {
                match counts
                    .iter_mut()
                    .find(|(editor, _)| *editor == post.editor_id)
                {
                    Some((_, count)) => *count += 1,
                    None => counts.push((post.editor_id, 1)),
                }
            }
            counts
        };
        let mut best: Vec<_> = posts.iter().filter(|post| post.stars >= 1).collect();
        best.sort_by_key(|post| (Reverse(post.stars), *post.id.value()));
        let of = |post: &&Post<E>| {
            let words = comments.iter().filter(|comment| comment.post_id == post.id);
            (post.editor_id, words.count() as u64)
        };
        let mut expected: Vec<_> = best.iter().take(3).map(of).collect();
        expected.extend(
            counts(&|_| true)
                .into_iter()
                .filter(|(_, count)| *count > 1),
        );
        let mut of_rank = counts(&|post| post.rank == Some(0));
        let key = |(editor, count): &(Option<UserId<E>>, u64)| {
            (Reverse(*count), editor.map(|id| *id.value()))
        };
        of_rank.sort_by_key(key);
        expected.extend(of_rank.into_iter().take(2));
        expected.sort_by_key(|(editor, count)| {
            (
                Reverse(*count),
                editor.is_none(),
                editor.map(|id| *id.value()),
            )
        });
        let expected: Vec<_> = expected.into_iter().skip(1).take(7).collect();
        assert_eq!(found, expected);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_operators_bind_as_they_are_called() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 50, 71)?;
        let posts = c.posts().all()?;
        let mut seeded = Seeded::new(73);
        let pairs_between = |least: i64, most: i64| -> BTreeSet<Pair> {
            let kept = posts
                .iter()
                .filter(|post| (least..=most).contains(&post.stars));
            kept.map(|post| (post.rank, post.body.clone().unwrap_or_default()))
                .collect()
        };
        let pair = || (post::rank, post::body.coalesce(""));
        for _ in 0..30 {
            let mut bounds = || {
                let least = seeded.below(8) as i64 - 4;
                (least, least + seeded.below(6) as i64)
            };
            let (a, b, d) = (bounds(), bounds(), bounds());
            let part =
                |(least, most): (i64, i64)| select(pair()).filter(post::stars.between(least, most));
            let first = c
                .posts()
                .filter(post::stars.between(a.0, a.1))
                .select(pair());
            let (sa, sb, sd) = (
                pairs_between(a.0, a.1),
                pairs_between(b.0, b.1),
                pairs_between(d.0, d.1),
            );
            let (found, expected) = match seeded.below(6) {
                0 => (first.union(part(b)).intersect(part(d)), &(&sa | &sb) & &sd),
                1 => (first.intersect(part(b)).union(part(d)), &(&sa & &sb) | &sd),
                2 => (first.except(part(b)).intersect(part(d)), &(&sa - &sb) & &sd),
                3 => (first.union(part(b)).except(part(d)), &(&sa | &sb) - &sd),
                4 => (first.except(part(b)).union(part(d)), &(&sa - &sb) | &sd),
                _ => (first.intersect(part(b)).except(part(d)), &(&sa & &sb) - &sd),
            };
            let found = found
                .order_by([position(0).asc(), position(1).asc()])
                .all()?;
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_values_of_every_type_are_united_and_read_as_they_are() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 30, 79)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let everything = || {
            (
                post::id,
                post::is_public,
                post::token,
                post::day,
                post::created_at,
                post::weight,
                post::price,
                post::author_id.to(user::name),
            )
        };
        let found = c
            .posts()
            .filter(post::stars.ge(1))
            .select(everything())
            .union(select(everything()).filter(post::stars.lt(1)))
            .order_by([position(0).asc()])
            .iter()?;
        let normalized = |price: Option<BigDecimal>| price.map(|price| price.normalized());
        let mut count = 0;
        for (row, post) in found.zip(&posts) {
            let row = row?;
            assert_eq!((row.0, row.1, row.2), (post.id, post.is_public, post.token));
            assert_eq!(
                (row.3, row.4, row.5),
                (post.day, post.created_at, post.weight)
            );
            assert_eq!(normalized(row.6), normalized(post.price.clone()));
            count += 1;
        }
        assert_eq!(count, posts.len());
        // By positions that there are not, and with a lock.
        let beyond = c
            .posts()
            .select(post::id)
            .union(select(post::id))
            .order_by([position(1).asc()]);
        assert!(
            matches!(beyond.all(), Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)))
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_a_key_of_another_engine_is_refused_in_every_part() -> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    let mut any = db.on("lite".parse()?)?;
    fill(&mut db.lite()?, 5, 83)?;
    let of_lite = any.users().all()?;
    let mine = || select(post::title).filter(post::author_id.eq(of_lite[0].id));
    assert!(any.posts().select(post::title).union(mine()).count()? > 0);
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        let refused = db
            .on("p".parse()?)?
            .posts()
            .select(post::title)
            .union(mine())
            .all();
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::WrongEngine);
    }
    Ok(())
}
