//! Values of other rows as part of a query, of those that refer to a row and of whole tables, against the same computed in this process.

use bindery::query::count;
use bindery::types::BigDecimal;
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::fill;

/// The rows of all tables.
struct Whole<E: StaticEngine> {
    users: Vec<User<E>>,
    posts: Vec<Post<E>>,
    comments: Vec<Comment<E>>,
}

impl<E: StaticEngine + Everything> Whole<E> {
    fn read(c: &mut Connection<E>) -> bindery::Result<Self> {
        Ok(Self {
            users: c.users().order_by(user::id.asc()).all()?,
            posts: c.posts().all()?,
            comments: c.comments().all()?,
        })
    }

    fn posts_of(&self, user: UserId<E>) -> impl Iterator<Item = &Post<E>> {
        self.posts.iter().filter(move |post| post.author_id == user)
    }

    fn comments_of(&self, post: PostId<E>) -> impl Iterator<Item = &Comment<E>> {
        let mut comments = self.comments.iter();
        std::iter::from_fn(move || comments.find(|comment| comment.post_id == post))
    }

    fn comments_on_posts_of(&self, user: UserId<E>) -> u64 {
        let posts = self.posts_of(user);
        posts
            .map(|post| self.comments_of(post.id).count() as u64)
            .sum()
    }
}

/// Rows of a seed, and a user to whom nothing refers.
fn filled<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    seed: u64,
) -> bindery::Result<Whole<E>> {
    fill(c, 40, seed)?;
    c.users().insert(NewUser::new("nobody"))?;
    Whole::read(c)
}

#[test]
fn qry_01_counts_and_sums_of_several_relations_do_not_multiply_each_other() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tables = filled(c, 7)?;
        let written = post::author_id.reversed();
        let rows = c
            .users()
            .order_by(user::id.asc())
            .select((
                user::id,
                written.count(),
                post::editor_id.reversed().count(),
                comment::author_id.reversed().count(),
                written.sum(post::stars),
                written.sum(post::stars).coalesce(0),
                written.sum(post::price),
                written.min(post::title),
                written.max(post::day),
                written.count_distinct(post::rank),
            ))
            .all()?;
        assert_eq!(rows.len(), tables.users.len());
        for (id, posts, edited, comments, stars, counted, price, title, day, ranks) in rows {
            let its_posts = || tables.posts_of(id);
            assert_eq!(posts, its_posts().count() as u64);
            let by = |editor| editor == Some(id);
            assert_eq!(
                edited,
                tables.posts.iter().filter(|it| by(it.editor_id)).count() as u64
            );
            assert_eq!(
                comments,
                tables.comments.iter().filter(|it| by(it.author_id)).count() as u64
            );
            let sum: i64 = its_posts().map(|it| it.stars).sum();
            assert_eq!((stars, counted), ((posts > 0).then_some(sum), sum));
            let prices = its_posts().filter_map(|it| it.price.clone());
            let sum = prices.reduce(|all, one| all + one);
            assert_eq!(
                price.as_ref().map(BigDecimal::normalized),
                sum.map(|it| it.normalized())
            );
            assert_eq!(title, its_posts().map(|it| it.title.clone()).min());
            assert_eq!(day, its_posts().filter_map(|it| it.day).max());
            let mut different: Vec<_> = its_posts().filter_map(|it| it.rank).collect();
            different.sort_unstable();
            different.dedup();
            assert_eq!(ranks, different.len() as u64);
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_are_filtered_ordered_and_paged_by_a_count() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tables = filled(c, 11)?;
        let words = || post::comments.count();
        let mut expected: Vec<_> = tables.posts.iter().collect();
        let count = |post: &Post<E>| tables.comments_of(post.id).count() as u64;
        expected.sort_by_key(|post| (std::cmp::Reverse(count(post)), *post.id.value()));
        let expected: Vec<_> = expected
            .into_iter()
            .map(|post| (post.id, count(post)))
            .collect();
        let by_words = || (words().desc(), post::id.asc());
        assert_eq!(
            c.posts()
                .order_by(by_words())
                .select((post::id, words()))
                .all()?,
            expected
        );
        let page = c
            .posts()
            .order_by(by_words())
            .select((post::id, words()))
            .offset(5)
            .limit(7)
            .all()?;
        assert_eq!(page, expected[5..12]);
        let rows = c
            .posts()
            .order_by(by_words())
            .filter(words().ge(1).and(words().lt(3)))
            .all()?;
        let ids: Vec<_> = rows.iter().map(|post| post.id).collect();
        let wanted = expected.iter().filter(|(_, count)| (1..3).contains(count));
        assert_eq!(ids, wanted.map(|(id, _)| *id).collect::<Vec<_>>());
        let joined = c
            .posts()
            .order_by(by_words())
            .left_join(post::editor_id)
            .first()?;
        assert_eq!(
            joined.map(|(post, _)| post.id),
            expected.first().map(|(id, _)| *id)
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_of_the_rows_a_condition_leaves_and_of_those_one_step_further() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tables = filled(c, 13)?;
        let written = post::author_id.reversed();
        let rated = written
            .filter(post::stars.ge(2))
            .filter(post::is_public.eq(true));
        let strangers = post::comments.filter(comment::author_id.to(user::city).is_null());
        let rows = c
            .users()
            .order_by(user::id.asc())
            .select((
                user::id,
                rated.clone().count(),
                rated.sum(post::stars + 1),
                written.then(post::comments).count(),
                written
                    .then(post::comments.filter(comment::words.ne("a")))
                    .count(),
                written.sum(post::comments.count()),
                written.sum(strangers.count()),
            ))
            .all()?;
        for (id, count, sum, further, not_a, nested, of_strangers) in rows {
            let rated = || {
                tables
                    .posts_of(id)
                    .filter(|it| it.stars >= 2 && it.is_public)
            };
            assert_eq!(count, rated().count() as u64);
            assert_eq!(
                sum,
                rated().map(|it| it.stars + 1).reduce(|all, one| all + one)
            );
            assert_eq!(further, tables.comments_on_posts_of(id));
            let comments = || {
                tables
                    .posts_of(id)
                    .flat_map(|post| tables.comments_of(post.id))
            };
            assert_eq!(
                not_a,
                comments().filter(|it| it.words != "a").count() as u64
            );
            let has_posts = tables.posts_of(id).next().is_some();
            assert_eq!(nested, has_posts.then_some(further));
            let city = |user: UserId<E>| tables.users.iter().find(|it| it.id == user)?.city.clone();
            let strange = comments().filter(|it| it.author_id.and_then(city).is_none());
            assert_eq!(of_strangers, has_posts.then_some(strange.count() as u64));
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_counts_are_computed_with_and_summed_up() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tables = filled(c, 17)?;
        let (written, edited) = (post::author_id.reversed(), post::editor_id.reversed());
        let both = || written.count() + edited.count();
        let rows = c
            .users()
            .filter(both().gt(written.count() * 2))
            .order_by(user::id.asc());
        let found: Vec<_> = rows.all()?.into_iter().map(|user| user.id).collect();
        let edits = |user| {
            tables
                .posts
                .iter()
                .filter(move |it| it.editor_id == Some(user))
        };
        let more = |user: &&User<E>| edits(user.id).count() > tables.posts_of(user.id).count();
        assert_eq!(
            found,
            tables
                .users
                .iter()
                .filter(more)
                .map(|it| it.id)
                .collect::<Vec<_>>()
        );

        assert_eq!(
            c.users().query().sum(written.count())?,
            Some(tables.posts.len() as u64)
        );
        let mean = tables.posts.len() as f64 / tables.users.len() as f64;
        let found = c.users().query().avg(written.count())?.unwrap_or_default();
        assert!((found - mean).abs() < 1e-9, "{found} {mean}");
        let most = tables
            .users
            .iter()
            .map(|it| tables.posts_of(it.id).count() as u64)
            .max();
        assert_eq!(c.users().query().max(written.count())?, most);
        let of_city = c.users().select((user::city, written.count().sum()));
        let by_city = of_city
            .group_by(user::city)
            .order_by(user::city.asc())
            .all()?;
        // Of which row of the group?
        let of_any = c
            .users()
            .select((user::city, written.count()))
            .group_by(user::city)
            .all();
        assert!(matches!(of_any, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        let groups = c.users().select((user::city, count())).group_by(user::city);
        let having = groups.having(written.exists()).all();
        assert!(matches!(having, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        let beside = c
            .users()
            .select((user::city, count(), post::id.select().count()));
        assert!(
            beside
                .group_by(user::city)
                .all()?
                .iter()
                .all(|(_, _, posts)| *posts == tables.posts.len() as u64)
        );
        let total: u64 = by_city.iter().filter_map(|(_, sum)| *sum).sum();
        assert_eq!(total, tables.posts.len() as u64);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_are_changed_by_a_count_of_what_refers_to_them() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tables = filled(c, 19)?;
        let silent = || post::comments.count().eq(0);
        let without = tables
            .posts
            .iter()
            .filter(|post| tables.comments_of(post.id).next().is_none());
        let without = without.count() as u64;
        assert!(without > 0);
        assert_eq!(
            c.posts().filter(silent()).update(post::stars.set_to(-9))?,
            without
        );
        assert_eq!(c.posts().filter(post::stars.eq(-9)).count()?, without);
        assert_eq!(c.posts().filter(silent()).delete()?, without);
        assert_eq!(c.posts().count()?, tables.posts.len() as u64 - without);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_10_values_of_a_query_with_null_and_without_any() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let whole = filled(c, 23)?;
        let editors = || post::editor_id.select();
        let edits = |user: &User<E>| whole.posts.iter().any(|it| it.editor_id == Some(user.id));
        let editing = whole.users.iter().filter(|user| edits(user)).count() as u64;
        let idle = whole.users.len() as u64 - editing;
        assert!(editing > 0 && idle > 0);
        assert_eq!(
            c.users().filter(user::id.in_query(editors())).count()?,
            editing
        );
        // One of the values is NULL, so that no key is known not to be among them.
        assert_eq!(c.users().filter(!user::id.in_query(editors())).count()?, 0);
        let known = || editors().filter(post::editor_id.is_not_null());
        assert_eq!(c.users().filter(!user::id.in_query(known())).count()?, idle);
        let nothing = || editors().filter(post::stars.gt(100));
        assert_eq!(c.users().filter(user::id.in_query(nothing())).count()?, 0);
        assert_eq!(
            c.users().filter(!user::id.in_query(nothing())).count()?,
            editing + idle
        );
        // One within another, with a path, and a value of no rows.
        let cityless = comment::post_id
            .select()
            .filter(comment::author_id.to(user::city).is_null());
        let authors = post::author_id.select().filter(post::id.in_query(cityless));
        let found = c.users().filter(user::id.in_query(authors)).count()?;
        let city = |user: UserId<E>| whole.users.iter().find(|it| it.id == user)?.city.clone();
        let strange = |post: PostId<E>| {
            whole
                .comments_of(post)
                .any(|it| it.author_id.and_then(city).is_none())
        };
        let of = |user: &&User<E>| whole.posts_of(user.id).any(|post| strange(post.id));
        assert_eq!(found, whole.users.iter().filter(of).count() as u64);
        let none = post::stars.select().filter(post::stars.gt(100));
        assert_eq!(c.posts().filter(post::stars.gt(none.max())).count()?, 0);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_are_compared_with_and_changed_by_values_of_their_table() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let whole = filled(c, 29)?;
        let numbers = || whole.posts.iter().map(|post| post.stars);
        let (least, most) = (numbers().min(), numbers().max());
        let (least, most) = (
            least.expect("there are posts"),
            most.expect("there are posts"),
        );
        let range = c
            .posts()
            .select((post::id, post::stars.select().max() - post::stars));
        for (id, below) in range.all()? {
            let stars = whole
                .posts
                .iter()
                .find(|post| post.id == id)
                .map(|post| post.stars);
            assert_eq!(
                below.zip(stars).map(|(below, stars)| below + stars),
                Some(most)
            );
        }
        let mean = numbers().sum::<i64>() as f64 / numbers().count() as f64;
        let above = c
            .posts()
            .select(post::stars.select().avg())
            .first()?
            .flatten();
        assert!(above.is_some_and(|found| (found - mean).abs() < 1e-9));
        let count = c.users().select(post::id.select().count()).first()?;
        assert_eq!(count, Some(whole.posts.len() as u64));
        // The first of a query's rows, in its order and by the key; of a table that is changed, too.
        for limit in [0, 1, 3, 100] {
            let best = || {
                let of_many = post::id.select().filter(post::stars.ge(1));
                of_many
                    .order_by((post::rank.coalesce(7).desc(), post::title.asc()))
                    .limit(limit)
            };
            let mut expected: Vec<_> = whole.posts.iter().filter(|post| post.stars >= 1).collect();
            expected.sort_by_key(|post| {
                let title = post.title.clone();
                (
                    std::cmp::Reverse(post.rank.unwrap_or(7)),
                    title,
                    *post.id.value(),
                )
            });
            let mut expected: Vec<_> = expected
                .iter()
                .take(limit as usize)
                .map(|post| post.id)
                .collect();
            expected.sort_by_key(|id| *id.value());
            let found = c
                .posts()
                .filter(post::id.in_query(best()))
                .order_by(post::id.asc())
                .all()?;
            assert_eq!(
                found.iter().map(|post| post.id).collect::<Vec<_>>(),
                expected
            );
            let others = c.posts().filter(!post::id.in_query(best())).count()?;
            assert_eq!(others, (whole.posts.len() - expected.len()) as u64);
            let changed = c
                .posts()
                .filter(post::id.in_query(best()))
                .update(post::weight.set_to(1.0))?;
            assert_eq!(changed, expected.len() as u64);
        }
        let of_limited = post::stars.eq(post::stars.select().limit(3).max());
        let refused = c.posts().filter(of_limited).all();
        assert!(matches!(refused, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        // A table that is changed is read as it was before.
        let of_least = numbers().filter(|&stars| stars == least).count() as u64;
        let least_stars = || post::stars.eq(post::stars.select().min());
        assert_eq!(
            c.posts()
                .filter(least_stars())
                .update(post::stars.set_to(50))?,
            of_least
        );
        assert_eq!(c.posts().filter(post::stars.eq(50)).count()?, of_least);
        let is_silent = |post: &&Post<E>| whole.comments_of(post.id).next().is_none();
        let of_least = whole.posts.iter().filter(|post| post.stars == least);
        let silent = post::comments.count().eq(0);
        let most_stars = post::stars.eq(post::stars.select().max());
        let deleted = c.posts().filter(silent.and(most_stars)).delete()?;
        assert_eq!(deleted, of_least.filter(is_silent).count() as u64);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_of_each_row_a_limited_number_is_loaded() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let whole = filled(c, 31)?;
        let users = || &whole.users[..];
        let written = post::author_id.reversed();
        let key = |post: &&Post<E>| {
            (
                std::cmp::Reverse(post.rank),
                post.body.clone(),
                *post.id.value(),
            )
        };
        for limit in [0, 1, 2, 3, 100] {
            let best = written.filter(post::stars.ge(0)).limit(limit);
            let best = best.order_by((post::rank.desc(), post::body.asc()));
            let loaded = c.load(users(), best)?;
            for (user, found) in users().iter().zip(loaded.iter()) {
                let mut expected: Vec<_> =
                    whole.posts_of(user.id).filter(|it| it.stars >= 0).collect();
                expected.sort_by_key(key);
                expected.truncate(limit as usize);
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{limit}");
            }
        }
        // By the key, by values of other tables, and with what belongs to the rows.
        let by_words = written
            .order_by((post::comments.count().desc(), post::id.desc()))
            .limit(2);
        let (posts, comments) = c.load(users(), by_words.with(post::comments))?.into_parts();
        for (user, found) in users().iter().zip(posts.iter()) {
            let mut expected: Vec<_> = whole.posts_of(user.id).collect();
            expected.sort_by_key(|it| {
                std::cmp::Reverse((whole.comments_of(it.id).count(), *it.id.value()))
            });
            expected.truncate(2);
            assert_eq!(found.iter().collect::<Vec<_>>(), expected);
        }
        let count: usize = comments.iter().map(<[_]>::len).sum();
        let of = posts
            .iter()
            .flatten()
            .map(|post| whole.comments_of(post.id).count());
        assert_eq!(count, of.sum::<usize>());
        let first = c.load(users(), written.limit(1))?;
        for (user, found) in users().iter().zip(first.iter()) {
            let least = whole.posts_of(user.id).map(|post| *post.id.value()).min();
            assert_eq!(found.first().map(|post| *post.id.value()), least);
        }
        let limited = c.users().select(written.limit(2).count()).all();
        assert!(matches!(limited, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_))));
        Ok(())
    }
    on_each!(show)
}
