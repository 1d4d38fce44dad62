//! Queries that are put together, beside what statements meet: observers, replicas, sessions, deadlines, servers that go, threads, very
//! many rows. Their models are those of the case `queries`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::error::Operation;
use bindery::observe::{Event, EventKind};
use bindery::query::{Window, count, position, row_number, select};
use bindery::replicas::ReadsFrom;
use bindery::types::NaiveDateTime;
use bindery::{Config, Connection, Dialect, Engine as _, EngineOptions, ErrorKind};
use bindery_testkit::{Fault, FaultProxy, Watchdog};

use crate::bench::Bench;
use crate::queries::*;

type On<'c> = &'c mut Connection<engine::Any>;

/// Runs it on each of the databases that are there, with tables in it.
pub(crate) fn on_each(
    show: impl Fn(&Bench, &Databases, engine::Any) -> bindery::Result<()>,
) -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    let servers = [
        ("default", bench.mariadb.is_some()),
        ("p", bench.postgres.is_some()),
        ("proper", bench.mysql.is_some()),
    ];
    let there = servers.iter().filter(|(_, is_there)| *is_there);
    for name in std::iter::once("lite").chain(there.map(|(name, _)| *name)) {
        let engine: engine::Any = name.parse()?;
        db.create_missing_on(engine)?;
        show(&bench, &db, engine)?;
    }
    Ok(())
}

/// The event as text, without its duration: what is measured may have any digits.
pub(crate) fn without_time(event: &Event<'_>) -> String {
    let mut event = *event;
    event.duration = Duration::ZERO;
    format!("{event:?}")
}

fn post(author: UserId<engine::Any>, title: &str, stars: i64) -> NewPost<engine::Any> {
    NewPost::new(author, title, stars, true, NaiveDateTime::default())
}

/// Two users, of whom the first has posts, and is the second one's boss. Each post has as many comments as it has stars.
pub(crate) fn fill(c: On<'_>, posts: i64) -> bindery::Result<Vec<User<engine::Any>>> {
    let ann = c.users().insert(NewUser::new("s3cr3t-ann"))?;
    let bob = c.users().insert(NewUser::new("Bob").boss_id(ann.id))?;
    for stars in 0..posts {
        let post = c
            .posts()
            .insert(post(ann.id, &format!("s3cr3t {stars}"), stars))?;
        let comments = (0..stars).map(|_| NewComment::new(post.id, "words"));
        c.comments().insert_many(comments)?;
    }
    Ok(vec![ann, bob])
}

/// Each query that is put together is counted and shown, and no value of it is.
#[test]
fn mon_01_queries_that_are_put_together_are_observed_and_counted() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let c = &mut db.on(engine)?;
        let users = fill(c, 4)?;
        let seen = Arc::new(Mutex::new((Vec::new(), String::new())));
        let kept = Arc::clone(&seen);
        let subscription = db.registry().subscribe(move |event: &Event<'_>| {
            let mut kept = kept.lock().expect("no panic");
            kept.1.push_str(&without_time(event));
            if event.kind == EventKind::Statement {
                let seen = (event.model, event.operation, event.rows);
                kept.0.push(seen);
            }
        });
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || -> bindery::Result<()> {
            let c = &mut db.on(engine)?;
            let others = user::posts_by_author_id.filter(post::title.ne("s3cr3t-title"));
            c.users().select((user::name, others.count())).all()?;
            let first = c
                .posts()
                .order_by(post::stars.desc())
                .per_group(post::author_id);
            first.limit(4711).all()?;
            let both = |c: On<'_>| -> bindery::Result<u64> {
                let named = c
                    .posts()
                    .filter(post::title.ne("s3cr3t"))
                    .select(post::title);
                named
                    .union(select(user::name).filter(user::name.ne("s3cr3t")))
                    .count()
            };
            assert_eq!(both(c)?, 6);
            let both = c.posts().select(post::title).union_all(select(user::name));
            assert_eq!(both.iter()?.count(), 6);
            let best = c.posts().filter(post::stars.eq(post::stars.select().max()));
            assert!(best.exists()?);
            let copies = (
                post::author_id.from(users[1].id),
                post::title.from("s3cr3t-copy"),
            );
            let copies = (
                copies,
                post::stars.from(post::stars + 4712),
                post::is_public.from(false),
                post::created_at.from(post::created_at),
            );
            let ((author, title), stars, public, created) = copies;
            let copies = (author, title, stars, public, created);
            assert_eq!(
                c.posts()
                    .insert_from(copies)
                    .filter(post::stars.ge(2))
                    .execute()?,
                2
            );
            let again = NewUser::new("s3cr3t-again").id(*users[1].id.value());
            c.users()
                .insert_or_update(user::id, again, user::name.set_to("s3cr3t-bob"))?;
            let all = c.posts().query().all_rows();
            all.update(post::stars.set_to(post::comments.count().cast::<i64>()))?;
            assert_eq!(c.posts().delete_where(!post::comments.exists())?, 3);
            user::boss_id.tree(c, &users[0], 4711)?;
            c.load(
                &users,
                user::posts_by_author_id
                    .order_by(post::id.asc())
                    .limit(4711),
            )?;
            Ok(())
        })?;
        drop(subscription);
        let (events, shown) = std::mem::take(&mut *seen.lock().expect("no panic"));
        let (user, post) = (Some("User"), Some("Post"));
        let expected = [
            (user, Some(Operation::Select), Some(2)),
            (post, Some(Operation::Select), Some(4)),
            (post, Some(Operation::Count), Some(1)),
            (post, Some(Operation::Select), Some(6)),
            (post, Some(Operation::Exists), Some(1)),
            (post, Some(Operation::InsertMany), Some(2)),
        ];
        assert_eq!(events[..6], expected);
        for value in ["s3cr3t", "4711", "4712"] {
            assert!(!shown.contains(value), "{shown}");
        }
        let scraped = recorder.handle().render();
        let labels = scraped.lines().filter_map(|line| line.rsplit_once(' '));
        let labels: Vec<_> = labels.map(|(labels, _)| labels).collect();
        let counted = |word: &str| {
            let word = format!("db_operation_name=\"{word}\"");
            labels.iter().any(|line| {
                line.starts_with("db_client_operation_duration") && line.contains(&word)
            })
        };
        for word in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
            assert!(counted(word), "{word}: {scraped}");
        }
        assert!(!labels.concat().contains("s3cr3t"), "{scraped}");
        Ok(())
    })
}

/// Reads through `Databases` go to the replica, writes do not.
#[test]
fn rep_01_queries_that_read_go_to_replicas_and_those_that_insert_do_not() -> bindery::Result<()> {
    use crate::library::*;

    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("library.db").display());
    let options = EngineOptions::url(&url)
        .replica("r1", &*url)
        .reads(ReadsFrom::Replicas);
    let db = Databases::with_config(&Config::new().engine("default", options))?;
    db.create_missing()?;
    let book = db.books().insert(NewBook::new("one"))?;
    db.reviews().insert(NewReview::new(book.id, 5))?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let _subscription = db.registry().subscribe(move |event: &Event<'_>| {
        if event.kind == EventKind::Statement && event.operation.is_some() {
            let replica = event.replica.map(ToOwned::to_owned);
            kept.lock().expect("no panic").push(replica);
        }
    });
    let took = |what: &str, replica: Option<&str>| {
        let seen = std::mem::take(&mut *seen.lock().expect("no panic"));
        assert!(!seen.is_empty(), "{what}");
        let is_there = seen.iter().all(|it| it.as_deref() == replica);
        assert!(is_there, "{what}: {seen:?}");
    };
    let replica = Some("r1");
    // It is read from as soon as it has been checked.
    for _ in 0..400 {
        db.books().count()?;
        let seen = std::mem::take(&mut *seen.lock().expect("no panic"));
        if seen.iter().all(|it| it.as_deref() == replica) {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    db.books().select(book::reviews.count()).all()?;
    took("a count of related rows", replica);
    db.reviews().per_group(review::book_id).limit(1).all()?;
    took("first rows of groups", replica);
    db.reviews()
        .select(row_number().over(Window::new()))
        .all()?;
    took("a window", replica);
    let both = || db.books().select(book::title).union(select(person::name));
    both().all()?;
    took("a union", replica);
    assert_eq!(both().iter()?.count(), 1);
    took("a union's rows one by one", replica);
    assert!(both().count()? == 1 && both().exists()?);
    took("the number of a union's rows", replica);
    db.load(std::slice::from_ref(&book), book::reviews.limit(1))?;
    took("a relation's first rows", replica);
    let few = book::id.in_query(review::book_id.select().limit(1));
    assert_eq!(db.books().filter(few).batches(5).count(), 1);
    took("batches", replica);
    let copy = (review::book_id.from(review::book_id), review::stars.from(2));
    assert_eq!(db.reviews().insert_from(copy).execute()?, 1);
    took("rows from a query", None);
    let again = NewBook::new("one").id(*book.id.value());
    db.books()
        .insert_or_update(book::id, again, book::title.set_to("two"))?;
    took("a row or an update", None);
    db.books()
        .query()
        .all_rows()
        .update(book::title.set_to(book::reviews.count().cast::<String>()))?;
    took("an update from related rows", None);
    assert_eq!(db.books().delete_where(!book::reviews.exists())?, 0);
    took("a delete by related rows", None);
    // A connection to the replica reads all of it, too.
    let mut c = db.registry().connect_replica(engine::Default, "r1")?;
    assert_eq!(
        c.books()
            .select(book::reviews.count())
            .union(select(review::stars.count()))
            .count()?,
        1
    );
    assert_eq!(
        c.reviews()
            .order_by(review::stars.desc())
            .per_group(review::book_id)
            .limit(1)
            .one()?
            .stars,
        5
    );
    Ok(())
}

/// All queries of a session see its writes, until a savepoint undoes them.
#[test]
fn ses_01_queries_see_what_their_session_wrote_until_it_is_undone() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let users = fill(&mut db.on(engine)?, 3)?;
        let copies = |c: On<'_>, author: UserId<engine::Any>| {
            let copies = (
                post::author_id.from(author),
                post::title.from(post::title.concat("'")),
                post::stars.from(post::stars),
                post::is_public.from(post::is_public),
                post::created_at.from(post::created_at),
            );
            c.posts()
                .insert_from(copies)
                .filter(post::author_id.eq(users[0].id))
                .execute()
        };
        let numbers = |c: On<'_>| -> bindery::Result<_> {
            let written = c
                .users()
                .order_by(user::id.asc())
                .select(user::posts_by_author_id.count());
            let written = written.all()?;
            let titles = c
                .posts()
                .select(post::title)
                .union(select(user::name))
                .count()?;
            let first = c.posts().per_group(post::author_id).limit(1).count()?;
            let loaded = c.load(&users, user::posts_by_author_id.limit(2))?;
            Ok((written, titles, first, loaded.rows().len()))
        };
        let (before, after) = ((vec![3, 0], 5, 1, 2), (vec![3, 3], 8, 2, 4));
        db.session(|s| {
            let undone = s.session(|inner| {
                assert_eq!(copies(inner.on(engine)?, users[1].id)?, 3);
                assert_eq!(numbers(inner.on(engine)?)?, after);
                inner
                    .on(engine)?
                    .posts()
                    .filter(post::stars.eq(4711))
                    .one()
                    .map(drop)
            });
            assert!(matches!(
                undone.expect_err("there is none").kind(),
                ErrorKind::NotFound
            ));
            assert_eq!(numbers(s.on(engine)?)?, before);
            assert_eq!(copies(s.on(engine)?, users[1].id)?, 3);
            assert_eq!(numbers(s.on(engine)?)?, after);
            if engine.dialect() != Dialect::Sqlite {
                let others = db.outside_transaction(|| numbers(&mut db.on(engine)?));
                assert_eq!(others?, before, "others see nothing of it");
            }
            Ok(())
        })?;
        assert_eq!(numbers(&mut db.on(engine)?)?, after);
        let failed = db.session(|s| {
            let c = s.on(engine)?;
            c.posts().delete_where(!post::comments.exists())?;
            c.users()
                .query()
                .all_rows()
                .update(user::name.set_to("x"))
                .map(drop)?;
            c.posts().filter(post::stars.eq(4711)).one().map(drop)
        });
        failed.expect_err("there is none");
        assert_eq!(numbers(&mut db.on(engine)?)?, after);
        Ok(())
    })
}

/// A server that goes between two rows of a union, and in the middle of loads, is one error; the pool goes on.
#[test]
fn lim_01_servers_that_go_while_rows_are_read_are_one_error() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("a server that goes", Duration::from_secs(300));
    on_each(|bench, db, engine| {
        if engine.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let mut c = db.on(engine)?;
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let title = "a title of forty characters, or near that";
        c.posts()
            .insert_many((0..60_000).map(|stars| post(ann.id, title, stars)))?;
        let proxy = FaultProxy::start(&bench.url(engine.name())).expect("a free port");
        let options = EngineOptions::url(proxy.url()).max_connections(1);
        let through = Databases::with_config(&bench.config_but(engine.name(), options))?;
        let mut on = through.on(engine)?;
        let titles =
            |c| Connection::<engine::Any>::posts(c).select((post::id.value(), post::title));
        let titles = titles(&mut on).union_all(select((user::id.value(), user::name)));
        let mut rows = titles.iter()?;
        rows.next().expect("there are rows")?;
        proxy.set(Fault::Cut);
        let error = loop {
            match rows.next().expect("it does not end without an error") {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(error.is_connection_lost(), "{error:?}");
        assert_eq!(error.engine(), Some(engine.name()));
        assert!(rows.next().is_none(), "nothing follows the error");
        drop(rows);
        let first = user::posts_by_author_id
            .order_by(post::stars.desc())
            .limit(3);
        let error = on
            .load(std::slice::from_ref(&ann), first.clone())
            .expect_err("the server is gone");
        assert_eq!(error.engine(), Some(engine.name()), "{error:?}");
        drop(on);
        proxy.heal();
        let loaded = through.on(engine)?.load(&[ann], first)?;
        assert_eq!(
            loaded[0].iter().map(|post| post.stars).collect::<Vec<_>>(),
            [59_999, 59_998, 59_997]
        );
        Ok(())
    })
}

/// Threads that share one connection keep texts of their own, of the same shapes.
#[test]
fn qry_01_threads_share_a_connection_and_no_text_is_of_another_query() -> bindery::Result<()> {
    on_each(|bench, db, engine| {
        let users = fill(&mut db.on(engine)?, 5)?;
        let options = EngineOptions::url(bench.url(engine.name())).max_connections(1);
        let shared = &Databases::with_config(&bench.config_but(engine.name(), options))?;
        let users = &users;
        std::thread::scope(|scope| {
            let threads = [1_u64, 2, 3, 4].map(|most| {
                scope.spawn(move || -> bindery::Result<()> {
                    for round in 0..20 {
                        let stars = post::stars.desc();
                        let first = shared
                            .on(engine)?
                            .posts()
                            .order_by(stars)
                            .per_group(post::author_id)
                            .limit(most)
                            .all()?;
                        assert_eq!(first.len() as u64, most);
                        let lag = post::stars
                            .lag(most as u8)
                            .over(Window::new().order_by(post::id.asc()));
                        let lagging = shared
                            .on(engine)?
                            .posts()
                            .order_by(post::id.desc())
                            .select(lag)
                            .first()?;
                        assert_eq!(lagging.flatten(), Some(4 - most as i64));
                        let loaded = shared
                            .on(engine)?
                            .load(users, user::posts_by_author_id.limit(most))?;
                        assert_eq!(loaded[0].len() as u64, most, "{round}");
                        let mut c = shared.on(engine)?;
                        let united = c
                            .posts()
                            .select(post::stars)
                            .union(select(comment::id.value()).limit(most));
                        let by = [if most % 2 == 0 {
                            position(0).asc()
                        } else {
                            position(0).desc()
                        }];
                        let found = united.order_by(by).all()?;
                        assert!(found.is_sorted() == (most % 2 == 0), "{found:?}");
                    }
                    Ok(())
                })
            });
            let mut threads = threads.into_iter();
            threads.try_for_each(|thread| thread.join().expect("no panic"))
        })
    })
}

/// More keys than a statement has parameters, on every database.
#[test]
fn qry_01_very_many_rows_are_grouped_loaded_copied_and_united() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let mut c = db.on(engine)?;
        let users = 70_000;
        c.users()
            .insert_many((0..users).map(|_| NewUser::new("name")))?;
        let users = c.users().order_by(user::id.asc()).all()?;
        let posts = (0..100_000).map(|at| post(users[at % users.len()].id, "title", at as i64));
        c.posts().insert_many(posts)?;
        let latest = |at: usize| if at < 30_000 { at + users.len() } else { at } as i64;
        let loaded = c.load(
            &users,
            user::posts_by_author_id
                .order_by(post::stars.desc())
                .limit(1),
        )?;
        for at in 0..users.len() {
            assert_eq!(
                loaded[at].iter().map(|post| post.stars).collect::<Vec<_>>(),
                [latest(at)]
            );
        }
        let first = c
            .posts()
            .order_by(post::stars.desc())
            .per_group(post::author_id)
            .limit(1);
        assert_eq!(
            first.sum(post::stars)?,
            Some((0..users.len()).map(latest).sum())
        );
        let listed = post::author_id.in_list(users.iter().map(|user| user.id));
        let written = user::posts_by_author_id.filter(listed).count();
        let one = user::id.eq(users[5].id);
        assert_eq!(c.users().filter(one.and(written.eq(2))).count()?, 1);
        let words = (
            comment::post_id.from(post::id),
            comment::words.from(post::title),
        );
        assert_eq!(
            c.comments()
                .insert_from(words)
                .filter(post::stars.ge(50_000))
                .execute()?,
            50_000
        );
        let listed = || post::id.in_query(comment::post_id.select());
        let without = c.posts().filter(!listed()).select(post::stars);
        let with = select(post::stars).filter(listed());
        assert_eq!(without.union(with).count()?, 100_000);
        let ranked = c
            .posts()
            .order_by(post::stars.asc())
            .select(count().over(Window::new().order_by(post::stars.asc())));
        assert!(ranked.all()?.into_iter().eq(1..=100_000));
        // Each that is deleted is looked for among the comments, which have no index on SQLite.
        let few = (!listed()).and(post::stars.lt(100));
        assert_eq!(c.posts().delete_where(few)?, 100);
        assert_eq!(
            c.posts()
                .order_by(post::id.asc())
                .offset(99_900)
                .limit(5)
                .all()?,
            []
        );
        Ok(())
    })
}
