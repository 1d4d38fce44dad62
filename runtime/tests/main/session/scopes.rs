//! Parts of a session's work: on a chosen engine, locked, only reading.

use std::thread;

use super::*;
use bindery::Engine;
use bindery::session::SessionScope;
use bindery_testkit::is_full_run;

/// Writes to the engine that is chosen, and reads there, without a word of which one it is.
fn add_here(s: &mut Work, title: &str) -> bindery::Result<()> {
    let added = s.chosen()?.blogs().insert(NewBlog::new(title))?;
    s.chosen()?.blogs().get(added.id).map(drop)
}

/// Covers SEL-02.
#[test]
fn sel_02_every_call_goes_to_the_innermost_engine() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    db.session(|s| {
        add_here(s, "before")?;
        s.within(Postgres, |s| {
            add_here(s, "on p")?;
            s.within(Default, |s| add_here(s, "nested"))?;
            let early: bindery::Result<()> = s.within(Mysql, |s| {
                add_here(s, "left by ?")?;
                Err(refused())
            });
            assert!(early.is_err());
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                s.within(B, |_| -> bindery::Result<()> { panic!("left by a panic") })
            }));
            assert!(panicked.is_err());
            add_here(s, "on p again")
        })?;
        add_here(s, "after")
    })
    .unwrap();
    assert_eq!(db.titles(Default), ["after", "before", "nested"]);
    assert_eq!(db.titles(Postgres), ["on p", "on p again"]);
    assert_eq!(db.titles(Mysql), ["left by ?"]);
    assert_eq!(db.titles(B), [""; 0]);
}

#[test]
fn sel_05_queries_that_leave_the_scope_they_were_built_in_stay_on_its_engine() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    db.session(|s| {
        add(s, Default, "on default")?;
        add(s, B, "first on b")?;
        add(s, B, "second on b")?;
        add(s, Postgres, "on p")
    })
    .unwrap();
    let build = |s: &mut Work| {
        let here: Any = s.chosen_engine()?.parse()?;
        let blogs = || db.registry().repository::<model::Blog, Any>(here);
        Ok((blogs().query(), blogs().limit(1)))
    };
    let (all, first) = db.session(|s| s.within(B, build)).unwrap();
    // Executed after another scope was entered and left, and within it.
    let (others, _) = db.session(|s| s.within(Postgres, build)).unwrap();
    assert_eq!(all.count().unwrap(), 2);
    let within = db
        .session(|s| s.within(Postgres, |_| db.outside_transaction(|| first.all())))
        .unwrap();
    let titles: Vec<&str> = within.iter().map(|blog| blog.title.as_str()).collect();
    assert_eq!(titles, ["first on b"]);
    assert_eq!(others.count().unwrap(), 1);
}

#[test]
fn sel_04_a_query_moves_into_an_open_session() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let mut s = db.begin_session_with(SessionOptions::new()).unwrap();
    add(&mut s, B, "in the session").unwrap();
    let query = db
        .registry()
        .repository::<model::Blog, Any>(Any::Default)
        .query();
    let found = query.using(s.connection(B).unwrap()).all().unwrap();
    assert_eq!(found[0].title, "in the session", "it is not committed yet");
    let others = db
        .registry()
        .repository::<model::Blog, Any>(Any::Default)
        .query();
    assert_eq!(others.count().unwrap(), 0, "only that query has moved");
    drop(s);
    assert_eq!(db.titles(B), [""; 0]);
}

/// Covers SEL-02.
#[test]
fn sel_02_a_locked_scope_uses_one_engine_and_may_still_only_read() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: is_locked);
}

fn is_locked<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let (locked_to, other) = (second.name(), first.name());
    db.session(|s| {
        add(s, first, "before")?;
        s.within(SessionScope::on(second).locked(), |s| {
            add(s, second, "kept")?;
            let refused = s.within(first, |_| Ok::<_, bindery::Error>(())).unwrap_err();
            assert_eq!(refused.kind(), &ErrorKind::SessionLocked { locked_to });
            assert_eq!(refused.engine(), Some(other));
            assert_eq!(
                refused.to_string(),
                format!(
                    "engine `{other}`: choosing an engine: the session is locked to `{locked_to}` here, so it uses no other engine"
                )
            );
            let refused = add(s, first, "refused").unwrap_err();
            assert_eq!(refused.kind(), &ErrorKind::SessionLocked { locked_to });
            assert!(s.connection(first).is_err() && s.pair(second, first).is_err());
            s.within(SessionScope::new().read_only(), |s| {
                assert_eq!(count(s, second)?, 1);
                let refused = add(s, second, "refused").unwrap_err();
                assert_eq!(refused.kind(), &ErrorKind::ReadOnly);
                let raw = s.connection(second)?.execute("DELETE FROM blogs", ());
                assert_eq!(raw.unwrap_err().kind(), &ErrorKind::ReadOnly);
                s.within(SessionScope::new().read_write(), |s| add(s, second, "kept too"))
            })
        })?;
        add(s, first, "after")
    })
    .unwrap();
    assert_eq!(db.titles(second), ["kept", "kept too"]);
    assert_eq!(db.titles(first), ["after", "before"]);
    empty(db, first);
    empty(db, second);
}

pub(super) fn empty<E: StaticEngine + Hosts<model::Blog>>(db: &Db, engine: E) {
    let mut connection = db.connect(engine).unwrap();
    connection.blogs().query().all_rows().delete().unwrap();
}

/// Covers SEL-03.
/// In full: 32 threads with 1,000 operations each.
#[test]
fn sel_03_threads_have_scopes_of_their_own() {
    let bench = Bench::with(|options| options.max_connections(4));
    let db = &bench.db;
    let operations: u32 = if is_full_run() { 1_000 } else { 60 };
    thread::scope(|scope| {
        for number in 0..32_u32 {
            scope.spawn(move || {
                let engine = [Any::Default, Any::B][number as usize % 2];
                let title = engine.name();
                for operation in 0..operations {
                    let outcome = db.session(|s| {
                        s.within(engine, |s| add_here(s, title))?;
                        if operation % 5 == 0 {
                            Err(refused())
                        } else {
                            Ok(())
                        }
                    });
                    assert_eq!(outcome.is_err(), operation % 5 == 0, "{outcome:?}");
                }
            });
        }
    });
    let kept = 16 * (operations - operations.div_ceil(5)) as usize;
    assert_eq!(db.titles(Default), vec!["default"; kept]);
    assert_eq!(db.titles(B), vec!["b"; kept]);
    assert_eq!(db.in_use(), 0);
}

/// Covers SEL-03.
#[test]
fn sel_03_a_session_goes_on_on_another_thread() {
    let bench = Bench::embedded();
    let mut s = bench.db.begin_session_with(SessionOptions::new()).unwrap();
    add(&mut s, Default, "here").unwrap();
    let s = thread::spawn(move || {
        add(&mut s, Default, "there").unwrap();
        s
    });
    s.join().unwrap().commit().unwrap();
    assert_eq!(bench.db.titles(Default), ["here", "there"]);
}

/// Covers TX-04.
#[test]
fn tx_04_a_batch_stores_each_statement_and_a_request_none_before_its_end() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: presets);
}

fn presets<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let batch: bindery::Result<()> = db.try_session_with(SessionOptions::batch(), |s| {
        add(s, first, "stored")?;
        assert_eq!(db.titles(first), ["stored"]);
        add(s, second, "stored")?;
        s.connection(second)?.transaction(|tx| {
            tx.blogs()
                .insert(NewBlog::new("in a transaction of its own"))
                .map(drop)
        })?;
        Err(refused())
    });
    assert!(batch.is_err());
    assert_eq!(db.titles(second).len(), 2);
    let request: bindery::Result<()> = db.try_session_with(SessionOptions::request(), |s| {
        add(s, first, "lost")?;
        assert_eq!(db.titles(first), ["stored"]);
        Err(refused())
    });
    assert!(request.is_err());
    assert_eq!(db.titles(first), ["stored"]);
    empty(db, first);
    empty(db, second);
}

/// Options of one engine, and of all.
#[test]
fn an_engine_may_only_be_read_while_another_is_written() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    let options = SessionOptions::new().engine(Postgres, TransactionOptions::new().read_only());
    db.try_session_with(options, |s| {
        add(s, Mysql, "kept")?;
        assert_eq!(count(s, Postgres)?, 0);
        Ok::<_, bindery::Error>(())
    })
    .unwrap();
    assert_eq!(db.titles(Mysql), ["kept"]);
    let all = SessionOptions::new().read_only();
    let refused: bindery::Result<()> = db.try_session_with(all, |s| add(s, Mysql, "refused"));
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::ReadOnly);
}

/// A transaction on a session's connection that was forgotten is not committed with the session, nor is one that was put
/// elsewhere.
#[test]
fn what_was_forgotten_or_exchanged_is_not_committed() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let outcome = db.session(|s| {
        add(s, Default, "kept")?;
        let mut forgotten = s.connection(Default)?.begin()?;
        forgotten.blogs().insert(NewBlog::new("lost"))?;
        std::mem::forget(forgotten);
        let later = add(s, Default, "later").unwrap_err();
        assert_eq!(later.kind(), &ErrorKind::TransactionForgotten);
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(db.titles(Default), ["kept"]);

    let mut other = db.connect(Default).unwrap();
    let outcome = db.session(|s| {
        add(s, Default, "lost")?;
        std::mem::swap(s.connection(Default)?, &mut other);
        Ok(())
    });
    assert_eq!(outcome.unwrap_err().kind(), &ErrorKind::WrongTransaction);
    drop(other);
    assert_eq!(db.titles(Default), ["kept"]);
}

/// Covers SEL-05.
#[test]
fn sel_05_a_query_runs_on_the_engine_that_was_chosen_when_it_was_built() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: where_it_was_built);
}

fn where_it_was_built<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    db.session(|s| add(s, first, "first").and_then(|()| add(s, second, "second")))
        .unwrap();
    let mut s = db
        .begin_session_with(SessionOptions::new().read_only())
        .unwrap();
    let chosen = |s: &mut Work| s.chosen_engine()?.parse::<Any>();
    let build = |s: &mut Work| {
        let engine = chosen(s)?;
        let blogs = || db.registry().repository::<model::Blog, Any>(engine);
        Ok::<_, bindery::Error>((blogs().query(), blogs().query()))
    };
    let (early, late) = s.within(first, build).unwrap();
    let titles = |rows: Vec<crate::sample::Blog<Any>>| -> Vec<_> {
        rows.into_iter().map(|blog| blog.title).collect()
    };
    db.outside_transaction(|| {
        assert_eq!(titles(early.all().unwrap()), ["first"]);
        s.within(second, |s| {
            assert_eq!(chosen(s)?.name(), second.name());
            assert_eq!(titles(late.all()?), ["first"], "within another scope");
            Ok::<_, bindery::Error>(())
        })
    })
    .unwrap();
    drop(s);
    empty(db, first);
    empty(db, second);
}
