//! Calls on the databases within the closure of a session: refused, unless the configuration says otherwise.

use std::thread;

use super::outside::insert_outside;
use super::scopes::empty;
use super::*;
use bindery::config::OutsideTransaction;

/// A call is refused, with the session's place and what to write instead.
#[track_caller]
fn is_refused<T>(outcome: bindery::Result<T>, engine: &str) {
    let Err(error) = outcome else {
        panic!("it is not refused");
    };
    let ErrorKind::OutsideTransaction { kind, begun_at } = error.kind() else {
        panic!("{error}")
    };
    assert_eq!(*kind, "session");
    assert_eq!(error.engine(), Some(engine));
    let expected = format!(
        "taking a connection: the call on `db` is not part of the session that is open on this thread, \
         begun at {begun_at}: call on the session in place of `db`, or within `db.outside_transaction(|| …)` where the call is \
         meant to be outside"
    );
    assert!(error.to_string().ends_with(&expected), "{error}");
}

/// Where the session was begun, as the error says.
fn place<T>(outcome: &bindery::Result<T>) -> (&'static str, u32) {
    match outcome.as_ref().err().map(bindery::Error::kind) {
        Some(ErrorKind::OutsideTransaction { begun_at, .. }) => (begun_at.file(), begun_at.line()),
        other => panic!("{other:?}"),
    }
}

/// Covers TX-05.
#[test]
fn tx_05_a_call_on_the_databases_within_a_session_is_refused() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: refused_within);
}

fn refused_within<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let name = first.name();
    let blogs = || db.registry().repository::<model::Blog, A>(first);
    db.session(|s| {
        is_refused(blogs().count(), name);
        add(s, second, "inside")?;
        is_refused(blogs().count(), name);
        add(s, first, "inside")?;
        is_refused(blogs().insert(NewBlog::new("refused")), name);
        is_refused(blogs().iter().map(drop), name);
        is_refused(db.connect(first), name);
        let one = "SELECT 1";
        is_refused(db.sql_on(first).query_scalar::<i64>(one, ()), name);
        // A session is a part of one only where it is nested in it.
        is_refused(db.session(|inner| add(inner, first, "refused")), name);
        s.nested(|s| {
            is_refused(db.connect(second), second.name());
            add(s, second, "nested")
        })?;
        s.within(first, |_| {
            is_refused(db.connect(second), second.name());
            Ok::<_, bindery::Error>(())
        })?;
        assert_eq!(db.outside_transaction(|| blogs().count())?, 0);
        thread::scope(|scope| scope.spawn(|| db.connect(first).map(drop)).join().unwrap())?;
        db.session(|_| Ok(()))
    })
    .unwrap();
    assert_eq!(db.titles(first), ["inside"], "the session went on");
    assert_eq!(db.titles(second), ["inside", "nested"]);

    let retried = db.session_retry_with(RetryPolicy::default(), SessionOptions::new(), |_| {
        db.connect(first).map(drop)
    });
    is_refused(retried, name);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        db.session::<()>(|s| {
            count(s, first)?;
            panic!("the caller's own")
        })
    }));
    assert!(panicked.is_err());
    // No session is open any more.
    empty(db, first);
    empty(db, second);
}

/// What the runtime tells of itself is no statement of the program, and hooks run when the session is over.
#[test]
fn tx_05_hooks_and_questions_of_health_are_not_refused() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let (after_commit, after_rollback) = (db.clone(), db.clone());
    db.session(|s| {
        add(s, B, "inside")?;
        let checked = db.check().into_iter().filter(|(_, found)| found.is_ok());
        let checked: Vec<_> = checked.map(|(engine, _)| engine).collect();
        assert_eq!(checked, ["b", "default", "test"]);
        assert_eq!((db.used("test"), db.in_use()), (1, 1));
        s.after_commit(B, move |_| insert_outside(&after_commit, B))
    })
    .unwrap();
    assert_eq!(db.titles(B), ["inside", "outside"]);

    let undone = db.session(|s| {
        s.connection(B)?.transaction(|tx| {
            tx.after_rollback(move || insert_outside(&after_rollback, Default).unwrap());
            Ok(())
        })?;
        Err::<(), _>(refused())
    });
    assert_eq!(undone.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(db.titles(Default), ["outside"]);
}

/// A session within a test's transaction is a unit of work of its own, and stays when the test is undone.
#[test]
fn tx_05_a_session_within_a_transaction_of_a_test_is_refused_where_that_is_wanted() {
    let wanted = |wanted| Bench::with(|options| options.outside_transaction(wanted));
    let refusing = wanted(OutsideTransaction::Error);
    let db = &refusing.db;
    let outcome = db.connect(B).unwrap().test_transaction(|tx| {
        tx.blogs().count()?;
        db.session(|s| add(s, Default, "of another engine"))?;
        db.session(|s| count(s, B))
    });
    let error = outcome.unwrap_err();
    let is_of_transaction = matches!(
        error.kind(),
        ErrorKind::OutsideTransaction {
            kind: "transaction",
            ..
        }
    );
    assert!(is_of_transaction, "{error}");

    for allowing in [OutsideTransaction::Allow, OutsideTransaction::Warn] {
        let bench = wanted(allowing);
        let outside = bench.db.session(|s| {
            count(s, B)?;
            bench.db.registry().repository::<model::Blog, B>(B).count()
        });
        assert_eq!(outside.unwrap(), 0, "{allowing:?}");
    }
}

/// Whether the thread of a session that was begun by hand does other work meanwhile cannot be known.
#[test]
fn tx_05_a_session_begun_by_hand_and_a_transaction_refuse_nothing_unless_said() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: allowed_beside);
}

fn allowed_beside<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let outside = || db.registry().repository::<model::Blog, A>(first).count();
    let mut s = db.begin_session_with(SessionOptions::new()).unwrap();
    add(&mut s, first, "inside").unwrap();
    assert_eq!(outside().unwrap(), 0);
    // The closure of another session is one nevertheless.
    db.session(|inner| {
        count(inner, second)?;
        is_refused(outside(), first.name());
        Ok(())
    })
    .unwrap();
    s.rollback().unwrap();
    let mut connection = db.connect(first).unwrap();
    let within = connection.transaction(|tx| tx.blogs().count().and_then(|_| outside()));
    assert_eq!(within.unwrap(), 0);
}

/// Covers TX-05.
#[cfg(feature = "tokio")]
#[test]
fn tx_05_a_call_within_an_asynchronous_session_is_refused_and_beside_it_is_not() {
    let bench = Bench::with(|options| options.max_connections(2));
    let db = &bench.db;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let within = db.clone();
        let begun = line!() + 1;
        let whole = db.session_async(move |_| within.connect(Default).map(drop));
        let whole = whole.await;
        assert_eq!(place(&whole), (file!(), begun));
        is_refused(whole, "default");
        let mut s = db.begin_session_async();
        let begun = line!() - 1;
        let within = db.clone();
        let first = s.run(move |s| count(s, B).and_then(|_| within.connect(B).map(drop)));
        let first = first.await;
        assert_eq!(place(&first), (file!(), begun));
        is_refused(first, "b");
        db.run(|db| db.connect(B).map(drop)).await.unwrap();
        let within = db.clone();
        let unused = s.run(move |_| within.connect(Default).map(drop));
        is_refused(unused.await, "default");
        s.commit().await.unwrap();
    });
}
