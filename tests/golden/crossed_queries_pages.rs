//! Queries under names, joins with a condition, pages after values and limits through a table, beside observers, sessions, replicas, tenants,
//! atomic groups and engines that are chosen at run time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::error::Operation;
use bindery::observe::{Event, EventKind};
use bindery::query::select;
use bindery::replicas::ReadsFrom;
use bindery::tenants::Tenants;
use bindery::{Config, Connection, Dialect, Engine as _, EngineOptions, ErrorKind};

use crate::crossed_queries_at_work::{fill, on_each, without_time};
use crate::queries::*;

type On<'c> = &'c mut Connection<engine::Any>;

/// The busiest users, page by page: each with its number of posts.
fn busiest(
    c: On<'_>,
    last: Option<(u64, UserId<engine::Any>)>,
) -> bindery::Result<Vec<(u64, UserId<engine::Any>)>> {
    let (count, id) = last.unzip();
    let posts = || {
        user::posts_by_author_id
            .filter(post::title.ne("s3cr3t-title"))
            .count()
    };
    let pages = c
        .users()
        .query()
        .page_by((posts().desc_after(count), user::id.asc_after(id)));
    pages.limit(1).select((posts(), user::id)).all()
}

/// The titles of posts with as many stars as some post of a user whose name is given.
fn starred_as_of(c: On<'_>, name: &str) -> bindery::Result<Vec<String>> {
    let stars = select(post::stars).filter(post::author_id.to(user::name).eq(name));
    let (query, stars) = c.posts().with(stars);
    let query = query.filter(post::stars.in_shared(stars).and(stars.count().lt(4711)));
    query.order_by(post::id.asc()).select(post::title).all()
}

/// Each user beside its boss, where the boss has this name.
fn with_boss(c: On<'_>, name: &str) -> bindery::Result<Vec<Option<String>>> {
    let rows = c.users().left_join_on(user::boss_id, user::name.eq(name));
    let rows = rows.order_by(user::id.asc()).all()?;
    Ok(rows
        .into_iter()
        .map(|(_, boss)| boss.map(|boss| boss.name))
        .collect())
}

#[test]
fn mon_01_pages_names_and_joins_are_one_statement_each_and_show_no_value() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let users = fill(&mut db.on(engine)?, 4)?;
        let seen = Arc::new(Mutex::new((Vec::new(), String::new())));
        let kept = Arc::clone(&seen);
        let subscription = db.registry().subscribe(move |event: &Event<'_>| {
            let mut kept = kept.lock().expect("no panic");
            kept.1.push_str(&without_time(event));
            if event.kind == EventKind::Statement {
                kept.0.push((event.model, event.operation, event.rows));
            }
        });
        let c = &mut db.on(engine)?;
        let first = busiest(c, None)?;
        assert_eq!(first, [(4, users[0].id)]);
        assert_eq!(busiest(c, first.last().copied())?, [(0, users[1].id)]);
        assert_eq!(starred_as_of(c, "s3cr3t-ann")?.len(), 4);
        assert_eq!(
            with_boss(c, "s3cr3t-ann")?,
            [None, Some("s3cr3t-ann".to_owned())]
        );
        assert_eq!(with_boss(c, "s3cr3t-bob")?, [None, None]);
        drop(subscription);
        let (events, shown) = std::mem::take(&mut *seen.lock().expect("no panic"));
        let (user, post, select) = (Some("User"), Some("Post"), Some(Operation::Select));
        let expected = [
            (user, select, Some(1)),
            (user, select, Some(1)),
            (post, select, Some(4)),
        ];
        assert_eq!(events[..3], expected);
        assert_eq!(
            events[3..],
            [(user, select, Some(2)), (user, select, Some(2))]
        );
        for value in ["s3cr3t", "4711"] {
            assert!(!shown.contains(value), "{shown}");
        }
        Ok(())
    })
}

#[test]
fn ses_01_pages_names_and_joins_see_what_their_session_wrote() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let users = fill(&mut db.on(engine)?, 3)?;
        let seen = |c: On<'_>| -> bindery::Result<_> {
            Ok((
                busiest(c, Some((3, users[0].id)))?,
                starred_as_of(c, "Bob")?.len(),
                with_boss(c, "Ann")?,
            ))
        };
        let before = (vec![(0, users[1].id)], 0, vec![None, None]);
        let after = (
            vec![(1, users[1].id)],
            2,
            vec![None, Some("Ann".to_owned())],
        );
        let write = |c: On<'_>| -> bindery::Result<()> {
            let new = NewPost::new(
                users[1].id,
                "Bob's",
                2,
                true,
                bindery::types::NaiveDateTime::default(),
            );
            c.posts().insert(new)?;
            c.users()
                .filter(user::id.eq(users[0].id))
                .update(user::name.set_to("Ann"))
                .map(drop)
        };
        db.session(|s| {
            let undone: bindery::Result<()> = s.session(|inner| {
                write(inner.on(engine)?)?;
                assert_eq!(seen(inner.on(engine)?)?, after);
                inner
                    .on(engine)?
                    .posts()
                    .filter(post::stars.eq(4711))
                    .one()
                    .map(drop)
            });
            undone.expect_err("there is none");
            assert_eq!(seen(s.on(engine)?)?, before);
            write(s.on(engine)?)?;
            if engine.dialect() != Dialect::Sqlite {
                assert_eq!(
                    db.outside_transaction(|| seen(&mut db.on(engine)?))?,
                    before
                );
            }
            Ok(())
        })?;
        assert_eq!(seen(&mut db.on(engine)?)?, after);
        Ok(())
    })
}

/// Keys of another engine, in the place of a page, in the condition of a join and in a query under a name.
#[test]
fn qry_06_keys_of_another_engine_are_refused_wherever_they_stand() -> bindery::Result<()> {
    let kept: Mutex<Option<User<engine::Any>>> = Mutex::new(None);
    on_each(|_, db, engine| {
        let c = &mut db.on(engine)?;
        let users = fill(c, 1)?;
        if let Some(other) = &*kept.lock().expect("no panic") {
            let of_other = || user::boss_id.eq(other.id);
            let (named, stars) = c
                .posts()
                .with(select(post::stars).filter(post::author_id.eq(other.id)));
            let named = named.filter(post::stars.in_shared(stars)).all().err();
            let refused = [
                named,
                busiest(c, Some((1, other.id))).err(),
                c.users()
                    .query()
                    .page_by((
                        user::boss_id.asc_after(Some(Some(other.id))),
                        user::id.asc_after(Some(users[0].id)),
                    ))
                    .all()
                    .err(),
                c.users()
                    .left_join_on(user::boss_id, of_other())
                    .all()
                    .err(),
            ];
            for (at, error) in refused.into_iter().enumerate() {
                let error = error.unwrap_or_else(|| panic!("{at} is executed"));
                assert_eq!(error.kind(), &ErrorKind::WrongEngine, "{at}: {error}");
            }
        }
        *kept.lock().expect("no panic") = users.into_iter().next();
        Ok(())
    })
}

#[test]
fn rep_01_pages_names_and_joins_are_read_from_replicas() -> bindery::Result<()> {
    use bindery::relation::Loaded as _;

    use crate::library::*;

    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("library.db").display());
    let options = EngineOptions::url(&url)
        .replica("r1", &*url)
        .reads(ReadsFrom::Replicas);
    let db = Databases::with_config(&Config::new().engine("default", options))?;
    db.create_missing()?;
    let ann = db.people().insert(NewPerson::new("Ann"))?;
    let book = db.books().insert(NewBook::new("one").editor_id(ann.id))?;
    book.people(&mut db.default()?).add(&ann)?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let _subscription = db.registry().subscribe(move |event: &Event<'_>| {
        if event.kind == EventKind::Statement && event.operation.is_some() {
            kept.lock()
                .expect("no panic")
                .push(event.replica.map(ToOwned::to_owned));
        }
    });
    let is_read_from = || {
        let seen = std::mem::take(&mut *seen.lock().expect("no panic"));
        !seen.is_empty() && seen.iter().all(|it| it.as_deref() == Some("r1"))
    };
    for _ in 0..400 {
        db.books().count()?;
        if is_read_from() {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    let keys = (
        book::reviews.count().desc_after(Some(1)),
        book::id.asc_after(Some(book.id)),
    );
    assert_eq!(db.books().query().page_by(keys).all()?.len(), 1);
    assert!(is_read_from(), "a page");
    let (books, edited) = db.books().with(select(book::editor_id));
    assert_eq!(
        books
            .filter(book::editor_id.in_shared(edited.values()))
            .count()?,
        1
    );
    assert!(is_read_from(), "a query under a name");
    let joined = db
        .books()
        .left_join_on(book::editor_id, person::name.eq("Bob"))
        .all()?;
    assert_eq!(joined, [(book.clone(), None)]);
    assert!(is_read_from(), "a join with a condition");
    let written = db.load(
        std::slice::from_ref(&ann),
        person::books_by_book_id.limit(1),
    )?;
    assert_eq!(written.of(0), [&book]);
    assert!(is_read_from(), "a limit through a table");
    Ok(())
}

#[test]
fn ten_01_pages_and_names_of_tenants_in_turn_have_rows_of_their_own() -> bindery::Result<()> {
    use crate::library::*;

    let folder = tempfile::tempdir().expect("a folder");
    let db = Databases::in_memory()?;
    let tenants = Tenants::builder(&db).create_files(true).build()?;
    let open = |id: &str| {
        let url = format!("sqlite://{}/{id}.db", folder.path().display());
        tenants.get(id, || url.clone())
    };
    let both = [(open("acme")?, 3_u64), (open("globex")?, 5)];
    for (tenant, reviews) in &both {
        tenant.create_missing()?;
        let mut c = tenant.default()?;
        for number in 0..*reviews {
            let book = c
                .books()
                .insert(NewBook::new(format!("book {number} of {reviews}")))?;
            c.reviews()
                .insert_many((0..number).map(|stars| NewReview::new(book.id, stars as i64 % 5)))?;
        }
    }
    for _ in 0..3 {
        for (tenant, reviews) in &both {
            let mut c = tenant.default()?;
            let (mut counts, mut last) = (Vec::new(), None);
            loop {
                let (count, id): (Option<u64>, Option<BookId>) = last.unzip();
                let keys = (
                    book::reviews.count().desc_after(count),
                    book::id.asc_after(id),
                );
                let page = c
                    .books()
                    .query()
                    .page_by(keys)
                    .limit(2)
                    .select((book::reviews.count(), book::id))
                    .all()?;
                last = page.last().copied();
                if last.is_none() {
                    break;
                }
                counts.extend(page.into_iter().map(|(count, _)| count));
            }
            assert_eq!(counts, (0..*reviews).rev().collect::<Vec<_>>());
            let (books, reviewed) = c.books().with(select(review::book_id));
            let silent = books.filter(!book::id.in_shared(reviewed)).one()?;
            assert_eq!(silent.title, format!("book 0 of {reviews}"));
        }
    }
    Ok(())
}
