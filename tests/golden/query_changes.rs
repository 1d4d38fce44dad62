//! Rows that are changed by what other rows have, on all databases, against the same computed in this process.

use std::collections::BTreeMap;

use bindery::query::{case, excluded};
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
            let of = || comments.iter().filter(|it| it.post_id == old.id);
            let length: i64 = of().map(|it| it.words.chars().count() as i64).sum();
            assert_eq!(new.stars, length * 2 + old.stars);
            let words = of().filter(|it| it.author_id.is_some());
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
