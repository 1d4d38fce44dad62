//! Rows that are changed by what other rows have, on all databases, against the same computed in this process.

use std::collections::BTreeMap;

use bindery::query::{case, count, excluded};
use bindery::types::{BigDecimal, NaiveDate, Uuid};
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{fill, post};

fn users<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
) -> bindery::Result<BTreeMap<i64, User<E>>> {
    let users = c.users().order_by(user::id.asc()).all()?;
    Ok(users.into_iter().map(|it| (*it.id.value(), it)).collect())
}

fn posts<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<Vec<Post<E>>> {
    c.posts().order_by(post::id.asc()).all()
}

fn is_unsupported<T>(outcome: bindery::Result<T>) -> bool {
    matches!(outcome, Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)))
}

#[test]
fn qry_01_columns_are_set_to_those_of_the_row_that_a_row_refers_to() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 41)?;
        let (by, before) = (users(c)?, posts(c)?);
        let city = post::author_id.to(user::city);
        let name = post::editor_id.to(user::name);
        let bosses = post::author_id.to(user::boss_id).to(user::name);
        let set = (
            post::body.set_to(city.coalesce("none").concat(" of ").concat(name)),
            post::title.set_to(bosses.coalesce(post::title)),
            post::stars.set_to(post::stars + 1),
        );
        let public = c.posts().filter(post::is_public.eq(true));
        let changed = public.update(set)?;
        assert_eq!(
            changed,
            before.iter().filter(|it| it.is_public).count() as u64
        );
        for (old, new) in before.iter().zip(posts(c)?) {
            if !old.is_public {
                assert_eq!(*old, new);
                continue;
            }
            let author = &by[old.author_id.value()];
            let editor = old.editor_id.map(|id| by[id.value()].name.clone());
            let city = author.city.as_deref().unwrap_or("none");
            assert_eq!(new.body, editor.map(|name| format!("{city} of {name}")));
            let boss = author.boss_id.map(|id| by[id.value()].name.clone());
            assert_eq!(new.title, boss.unwrap_or_else(|| old.title.clone()));
            assert_eq!(new.stars, old.stars + 1);
        }
        // The rows may be those that more tables decide about, too.
        let of_cityless = post::author_id.to(user::city).is_null();
        let cityless = by.values().filter(|it| it.city.is_none());
        let cityless: Vec<_> = cityless.map(|it| it.id).collect();
        let theirs = |it: &&Post<E>| cityless.contains(&it.author_id);
        let name = post::body.set_to(post::author_id.to(user::name));
        let changed = c.posts().filter(of_cityless).update(name)?;
        assert_eq!(changed, before.iter().filter(theirs).count() as u64);
        for new in posts(c)?.iter().filter(theirs) {
            assert_eq!(new.body.as_ref(), Some(&by[new.author_id.value()].name));
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_columns_are_set_to_values_of_related_rows() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 43)?;
        let before = posts(c)?;
        let comments = c.comments().all()?;
        let length = || post::comments.sum(comment::words.length()).coalesce(0);
        let authored = post::comments.filter(comment::author_id.is_not_null());
        let set = (
            post::stars.set_to(length() * 2 + post::stars),
            post::body.set_to(authored.max(comment::words)),
        );
        assert_eq!(c.posts().all_rows().update(set)?, before.len() as u64);
        for (old, new) in before.iter().zip(posts(c)?) {
            let comments_of_old = || comments.iter().filter(|it| it.post_id == old.id);
            let length: i64 = comments_of_old()
                .map(|it| it.words.chars().count() as i64)
                .sum();
            assert_eq!(new.stars, length * 2 + old.stars);
            let words = comments_of_old().filter(|it| it.author_id.is_some());
            assert_eq!(new.body, words.map(|it| it.words.clone()).max());
        }
        Ok(())
    }
    on_each!(show)
}

/// A database that read what it has changed already would give a row what its neighbour has by now.
#[test]
fn qry_01_rows_of_the_changed_table_are_read_as_they_were() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 30, 47)?;
        let mut boss = None;
        for name in ["a", "b", "c", "d"] {
            let new = NewUser::new(name).city(name.to_owned()).boss_id(boss);
            boss = Some(c.users().insert(new)?.id);
        }
        let before = users(c)?;
        let above = user::boss_id.to(user::name);
        let set = (
            user::name.set_to(above.coalesce("top").concat("<")),
            user::city.set_to(user::boss_id.reversed().max(user::name)),
        );
        let of_some = user::boss_id.is_not_null();
        c.users().filter(of_some).update(set)?;
        for (id, new) in users(c)? {
            let old = &before[&id];
            let Some(boss) = old.boss_id else {
                assert_eq!(*old, new);
                continue;
            };
            assert_eq!(new.name, format!("{}<", before[boss.value()].name));
            let below = before.values().filter(|it| it.boss_id == Some(old.id));
            assert_eq!(new.city, below.map(|it| it.name.clone()).max());
        }

        // Of the whole table, beside plain values of many types, with a condition on the same rows.
        let before = posts(c)?;
        let most = before.iter().map(|it| it.stars).max().unwrap_or_default();
        let token = Uuid::from_u128(7 << 77 | 0xff);
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap year");
        let noon = day.and_hms_micro_opt(12, 0, 1, 250_001).expect("a time");
        let price = BigDecimal::new(12345.into(), 2);
        let set = (
            post::stars.set_to(post::stars.select().max().coalesce(0) - post::stars),
            post::title.set_to("title"),
            post::token.set_to(token),
            post::day.set_to(day),
            post::created_at.set_to(noon),
            post::price.set_to(price.clone()),
            post::weight.set_to(0.25),
            post::body.set_null(),
        );
        let below = post::stars.lt(post::stars.select().max());
        let changed = c
            .posts()
            .filter(below.and(post::is_public.eq(true)))
            .update(set)?;
        let is_changed = |it: &Post<E>| it.stars < most && it.is_public;
        assert_eq!(
            changed,
            before.iter().filter(|it| is_changed(it)).count() as u64
        );
        for (old, new) in before.iter().zip(posts(c)?) {
            let mut expected = old.clone();
            if is_changed(old) {
                expected.stars = most - old.stars;
                (expected.title, expected.body) = ("title".to_owned(), None);
                (expected.token, expected.day) = (Some(token), Some(day));
                (expected.created_at, expected.price) = (noon, Some(price.clone()));
                expected.weight = Some(0.25);
            }
            assert_eq!(expected, new);
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_what_no_row_has_is_null_and_refused_where_there_is_none() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c
            .users()
            .insert(NewUser::new("Ann").city("Ulm".to_owned()))?;
        let bob = c.users().insert(NewUser::new("Bob"))?;
        let rows = [post(ann.id, "one", 1), post(bob.id, "two", 2)];
        c.posts().insert_many(rows)?;
        let before = posts(c)?;
        let city = post::title.set_to(post::author_id.to(user::city));
        let refused = c.posts().all_rows().update(city);
        assert!(
            matches!(refused, Err(error) if matches!(error.kind(), ErrorKind::NotNullViolation(_)))
        );
        assert_eq!(posts(c)?, before);
        // MySQL would follow the key that is set, the others the one that was stored.
        let moved = (
            post::author_id.set_to(bob.id),
            post::body.set_to(post::author_id.to(user::name)),
        );
        assert!(is_unsupported(c.posts().all_rows().update(moved)));
        let counted = (
            post::id.set_to(before[0].id),
            post::body.set_to(post::comments.max(comment::words)),
        );
        assert!(is_unsupported(
            c.posts().filter(post::id.eq(before[0].id)).update(counted)
        ));
        let moved = (
            post::body.set_to(post::author_id.to(user::name)),
            post::author_id.set_to(bob.id),
        );
        assert_eq!(c.posts().all_rows().update(moved)?, 2);
        let bodies: Vec<_> = posts(c)?.into_iter().map(|it| it.body).collect();
        assert_eq!(bodies, [Some("Ann".to_owned()), Some("Bob".to_owned())]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_to_which_nothing_refers_are_deleted() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 53)?;
        let boss = c.users().order_by(user::id.asc()).first()?.map(|it| it.id);
        let idle = c.users().insert(NewUser::new("idle").boss_id(boss))?;
        c.users().insert(NewUser::new("leader").boss_id(idle.id))?;
        let (all, comments) = (posts(c)?, c.comments().all()?);
        let is_silent = |it: &&Post<E>| !comments.iter().any(|one| one.post_id == it.id);
        let silent = all.iter().filter(is_silent).count() as u64;
        assert!(silent > 0);
        assert_eq!(c.posts().filter(!post::comments.exists()).delete()?, silent);
        let kept: Vec<_> = all.iter().filter(|it| !is_silent(it)).cloned().collect();
        assert_eq!(posts(c)?, kept);

        // Of its own table: those that lead none, and have written nothing.
        let before = users(c)?;
        let is_idle = |user: &User<E>| {
            !before.values().any(|it| it.boss_id == Some(user.id))
                && !kept
                    .iter()
                    .any(|it| it.author_id == user.id || it.editor_id == Some(user.id))
                && !comments.iter().any(|it| it.author_id == Some(user.id))
        };
        let nobody = !user::boss_id.reversed().exists();
        let silent = (!post::author_id.reversed().exists())
            .and(!post::editor_id.reversed().exists())
            .and(!comment::author_id.reversed().exists());
        let gone = before.values().filter(|it| is_idle(it)).count() as u64;
        assert!(gone > 0);
        assert_eq!(c.users().filter(nobody.and(silent)).delete()?, gone);
        assert!(users(c)?.values().all(|it| !is_idle(it)));
        assert_eq!(users(c)?.len() as u64, before.len() as u64 - gone);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_changed_rows_come_back_with_what_was_computed() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let bob = c.users().insert(NewUser::new("Bob").boss_id(ann.id))?;
        c.posts().insert(post(bob.id, "one", 1))?;
        let name = || post::body.set_to(post::author_id.to(user::name));
        let returned = c.posts().all_rows().update_returning(name());
        let above = || user::name.set_to(user::boss_id.to(user::name));
        match returned {
            Ok(rows) => assert_eq!(rows, posts(c)?),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
                return Ok(());
            }
        }
        let returned = c
            .users()
            .filter(user::boss_id.is_not_null())
            .update_returning(above())?;
        assert_eq!(
            returned,
            [User {
                name: "Ann".to_owned(),
                ..bob
            }]
        );
        let changed = posts(c)?;
        assert_eq!(changed[0].body.as_deref(), Some("Bob"));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_numbers_are_added_to_the_row_with_the_same_key() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let one = c.posts().insert(
            post(ann.id, "one", 1)
                .weight(0.5)
                .price(BigDecimal::new(150.into(), 2)),
        )?;
        let id = *one.id.value();
        let given = |stars| {
            post(ann.id, "new", stars)
                .id(id)
                .weight(0.25)
                .price(BigDecimal::new(225.into(), 2))
        };
        let more = || {
            (
                post::stars.set_to(post::stars * 10 + excluded(post::stars)),
                post::weight.set_to(post::weight + excluded(post::weight)),
                post::price.set_to(excluded(post::price) - post::price),
                post::title.set_to(
                    case(excluded(post::stars).gt(6), excluded(post::title)).otherwise(post::title),
                ),
                post::rank.set_to(7),
            )
        };
        let stored = c.posts().insert_or_update(post::id, given(6), more())?;
        assert_eq!(
            (stored.stars, stored.weight, stored.rank),
            (16, Some(0.75), Some(7))
        );
        assert_eq!(stored.title, "one");
        assert_eq!(
            stored.price.map(|it| it.normalized()),
            Some(BigDecimal::new(75.into(), 2))
        );
        let rows = [given(7), given(8).rank(3), given(9)];
        assert_eq!(c.posts().insert_or_update_many(post::id, rows, more())?, 3);
        let stored = c.posts().get(one.id)?;
        assert_eq!(
            (stored.stars, stored.title.as_str(), stored.rank),
            (16_789, "new", Some(7))
        );
        // Beyond the type of the column.
        let beyond = post::stars.set_to(excluded(post::stars) + post::stars);
        let refused = c
            .posts()
            .insert_or_update(post::id, given(i64::MAX), beyond);
        assert!(
            matches!(refused, Err(error) if matches!(error.kind(), ErrorKind::ValueOutOfRange(_)))
        );
        assert_eq!(posts(c)?, [stored]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_of_a_query_are_inserted_into_another_table() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 59)?;
        let (by, all, before) = (users(c)?, posts(c)?, c.comments().count()?);
        let given = (
            comment::post_id.from(post::id),
            comment::author_id.from(post::editor_id),
            comment::words.from(post::author_id.to(user::city).coalesce("none").concat("!")),
        );
        let public = post::is_public.eq(true);
        let rated = (post::stars.desc(), post::id.asc());
        let made = c
            .comments()
            .insert_from(given)
            .filter(public)
            .order_by(rated);
        assert_eq!(made.limit(7).offset(1).execute()?, 7);
        let mut expected: Vec<_> = all.iter().filter(|it| it.is_public).collect();
        expected.sort_by_key(|it| (std::cmp::Reverse(it.stars), *it.id.value()));
        let made = c
            .comments()
            .order_by(comment::id.asc())
            .offset(before)
            .all()?;
        // In no particular order: databases number them as they like.
        let mut made: Vec<_> = made
            .iter()
            .map(|it| (it.post_id, it.author_id, it.words.clone()))
            .collect();
        let words = |it: &Post<E>| {
            let city = by[it.author_id.value()].city.as_deref();
            format!("{}!", city.unwrap_or("none"))
        };
        let expected = expected.into_iter().skip(1).take(7);
        let mut expected: Vec<_> = expected
            .map(|it| (it.id, it.editor_id, words(it)))
            .collect();
        made.sort_by_key(|it| *it.0.value());
        expected.sort_by_key(|it| *it.0.value());
        assert_eq!(made, expected);

        // None of no rows, and the values of a key as another one.
        let copied = || {
            (
                user::id.value().from(post::id.value() + 1_000),
                user::name.from(post::title),
            )
        };
        let none = post::stars.gt(1_000_000);
        assert_eq!(c.users().insert_from(copied()).filter(none).execute()?, 0);
        assert_eq!(c.users().insert_from(copied()).execute()?, all.len() as u64);
        let names = users(c)?;
        for it in &all {
            assert_eq!(names[&(*it.id.value() + 1_000)].name, it.title);
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_of_a_table_and_of_its_groups_are_inserted_into_itself() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 30, 61)?;
        let (all, comments) = (posts(c)?, c.comments().all()?);
        let token = Uuid::from_u128(3 << 90 | 0xfe);
        let day = NaiveDate::from_ymd_opt(1969, 12, 31).expect("a day");
        let noon = day.and_hms_micro_opt(12, 0, 1, 250_001).expect("a time");
        let given = (
            post::author_id.from(post::author_id),
            post::title.from(post::title.concat(post::title)),
            post::body.from("copied"),
            post::stars.from(post::comments.count()),
            post::weight.from(post::weight / 3.0),
            post::price.from(post::price),
            post::is_public.from(false),
            post::token.from(token),
            post::day.from(day),
            post::created_at.from(noon),
            post::rank.from(post::rank.coalesce(4)),
        );
        let fitting = post::title.length().le(40);
        let copied = c.posts().insert_from(given).filter(fitting).execute()?;
        let expected: Vec<_> = all
            .iter()
            .filter(|it| it.title.chars().count() <= 40)
            .collect();
        assert_eq!(copied, expected.len() as u64);
        let key = |it: &Post<E>| {
            (
                it.title.clone(),
                it.stars,
                it.rank,
                it.price.clone(),
                *it.author_id.value(),
            )
        };
        let mut made = c.posts().filter(post::body.eq("copied")).all()?;
        let words = |it: &Post<E>| comments.iter().filter(|one| one.post_id == it.id).count();
        let mut expected: Vec<_> = expected
            .into_iter()
            .map(|it| Post {
                title: it.title.repeat(2),
                stars: words(it) as i64,
                rank: it.rank.or(Some(4)),
                ..it.clone()
            })
            .collect();
        made.sort_by_key(key);
        expected.sort_by_key(key);
        assert_eq!(
            made.iter().map(key).collect::<Vec<_>>(),
            expected.iter().map(key).collect::<Vec<_>>()
        );
        for (made, it) in made.iter().zip(&expected) {
            assert_eq!(
                (made.token, made.day, made.created_at),
                (Some(token), Some(day), noon)
            );
            assert!(!made.is_public && made.editor_id.is_none());
            assert_eq!(made.weight.is_some(), it.weight.is_some());
        }

        let all = posts(c)?;
        let given = (
            post::author_id.from(post::author_id),
            post::title.from("sum"),
            post::stars.from(count()),
            post::rank.from(post::rank.max()),
            post::price.from(post::price.sum()),
            post::is_public.from(true),
            post::created_at.from(noon),
        );
        let sums = c.posts().insert_from(given).group_by(post::author_id);
        let inserted = sums.having(count().gt(2)).execute()?;
        let sums = c.posts().filter(post::title.eq("sum")).all()?;
        assert_eq!(inserted, sums.len() as u64);
        let mut authors: Vec<_> = all.iter().map(|it| *it.author_id.value()).collect();
        authors.sort_unstable();
        authors.dedup();
        let posts_of = |author: i64| all.iter().filter(move |it| *it.author_id.value() == author);
        let large = authors
            .into_iter()
            .filter(|author| posts_of(*author).count() > 2);
        assert_eq!(large.clone().count(), sums.len());
        for author in large {
            let sum = sums.iter().find(|it| *it.author_id.value() == author);
            let sum = sum.expect("one for each author");
            assert_eq!(sum.stars, posts_of(author).count() as i64);
            assert_eq!(sum.rank, posts_of(author).filter_map(|it| it.rank).max());
            let prices = posts_of(author)
                .filter_map(|it| it.price.clone())
                .reduce(|a, b| a + b);
            let price = sum.price.as_ref().map(BigDecimal::normalized);
            assert_eq!(price, prices.map(|it| it.normalized()));
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_rows_of_a_query_that_cannot_be_inserted_are_refused() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        // A column without a default is missed before there is a row.
        let missing = (
            comment::post_id.from(post::id),
            comment::author_id.from(post::editor_id),
        );
        let error = c
            .comments()
            .insert_from(missing)
            .execute()
            .expect_err("words are missing");
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
            "{error}"
        );
        assert!(
            error.to_string().contains("`words` has no default"),
            "{error}"
        );
        let twice = (
            user::name.from(post::title),
            user::name.from(post::body.coalesce("")),
        );
        assert!(is_unsupported(c.users().insert_from(twice).execute()));
        let ungrouped = (
            user::name.from(post::title),
            user::city.from(post::body.max()),
        );
        assert!(is_unsupported(c.users().insert_from(ungrouped).execute()));
        let alone = c.users().insert_from(user::name.from(post::title));
        assert!(is_unsupported(alone.having(count().gt(1)).execute()));

        fill(c, 5, 67)?;
        let before = users(c)?;
        let same_keys = || (user::id.from(user::id), user::name.from(user::name));
        let error = c
            .users()
            .insert_from(same_keys())
            .execute()
            .expect_err("the keys are there");
        assert!(error.is_unique_violation(), "{error}");
        let long = user::name.from("a".repeat(41));
        let long = c.users().insert_from::<model::Post>(long).execute();
        assert!(long.is_err_and(|error| error.is_about_a_row()));
        assert_eq!(users(c)?, before);
        // Those that are there are left out by a condition.
        let is_there = user::id.in_query(user::id.select());
        assert_eq!(
            c.users()
                .insert_from(same_keys())
                .filter(!is_there)
                .execute()?,
            0
        );
        let undone = c.transaction(|tx| {
            let given = user::name.from(post::title);
            assert_eq!(tx.users().insert_from(given).execute()?, 5);
            assert_eq!(tx.users().count()?, before.len() as u64 + 5);
            tx.users().insert_from(same_keys()).execute()
        });
        assert!(undone.is_err());
        assert_eq!(users(c)?, before);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_cases_and_groups_are_by_keys_and_by_related_rows() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 40, 71)?;
        let (all, comments) = (posts(c)?, c.comments().all()?);
        let count_of =
            |it: &Post<E>| comments.iter().filter(|one| one.post_id == it.id).count() as u64;
        let ann = all[0].author_id;
        let state = || {
            let mine = post::author_id.eq(ann).then("mine");
            mine.when(post::comments.count().gt(1), post::title)
                .otherwise("other")
        };
        let state_of = |it: &Post<E>| match count_of(it) {
            _ if it.author_id == ann => "mine".to_owned(),
            2.. => it.title.clone(),
            _ => "other".to_owned(),
        };
        let most = || {
            post::comments
                .exists()
                .then(post::comments.count())
                .or_null()
        };
        let rows = c
            .posts()
            .order_by(post::id.asc())
            .select((post::id, state(), most()));
        for (it, row) in all.iter().zip(rows.all()?) {
            let count = Some(count_of(it)).filter(|count| *count > 0);
            assert_eq!(row, (it.id, state_of(it), count));
        }
        let found = c.posts().filter(state().eq("mine")).count()?;
        assert_eq!(
            found,
            all.iter().filter(|it| it.author_id == ann).count() as u64
        );

        // Groups by a case, and by the number of rows that refer to one.
        let grouped = |key: &dyn Fn(&Post<E>) -> String| {
            let mut groups = BTreeMap::new();
            for it in &all {
                *groups.entry(key(it)).or_insert(0_u64) += 1;
            }
            groups.into_iter().collect::<Vec<_>>()
        };
        let groups = c.posts().select((state(), count())).group_by(state());
        assert_eq!(sorted(groups.all()?), sorted(grouped(&state_of)));
        let by_count = c.posts().select((post::comments.count(), count()));
        let by_count = by_count
            .group_by(post::comments.count())
            .having(count().gt(1));
        let found = by_count.order_by(post::comments.count().desc()).all()?;
        let mut expected = BTreeMap::new();
        for it in &all {
            *expected.entry(count_of(it)).or_insert(0_u64) += 1;
        }
        let expected: Vec<_> = expected
            .into_iter()
            .filter(|(_, posts)| *posts > 1)
            .rev()
            .collect();
        assert_eq!(found, expected);

        // In what is set and inserted, too.
        let set = post::body.set_to(state());
        c.posts().filter(post::is_public.eq(true)).update(set)?;
        for (old, new) in all.iter().zip(posts(c)?) {
            let body = old
                .is_public
                .then(|| state_of(old))
                .or_else(|| old.body.clone());
            assert_eq!(new.body, body);
        }
        let mine = || post::author_id.eq(ann).then("ann").otherwise("others");
        let made = c
            .users()
            .insert_from(user::name.from(mine()))
            .group_by(mine())
            .execute()?;
        assert_eq!(made, 2);
        Ok(())
    }
    fn sorted<T: Ord>(mut rows: Vec<T>) -> Vec<T> {
        rows.sort();
        rows
    }
    on_each!(show)
}
