//! Calls on another connection of an engine, while a session or transaction of that is open on the thread.

use std::thread;

use super::*;
use crate::sample::Logged;
use bindery::config::OutsideTransaction;

fn refusing(options: EngineOptions) -> EngineOptions {
    options.outside_transaction(OutsideTransaction::Error)
}

fn warning(options: EngineOptions) -> EngineOptions {
    options.outside_transaction(OutsideTransaction::Warn)
}

/// The lines of the log about calls outside.
fn told(work: impl FnOnce()) -> Vec<String> {
    let log = Logged::of(work);
    let about = log.into_iter();
    about
        .filter(|line| line.contains("is not part of"))
        .collect()
}

pub(super) fn insert_outside<E: Hosts<model::Blog>>(db: &Db, engine: E) -> bindery::Result<()> {
    let mut blogs = db.registry().repository::<model::Blog, E>(engine);
    blogs.insert(NewBlog::new("outside")).map(drop)
}

/// Covers TX-05.
#[test]
fn tx_05_a_call_outside_of_the_session_is_logged_with_its_place() {
    let Some(bench) = Bench::all_with(warning) else {
        return;
    };
    logged_with_its_place(&bench.db, Default, "default");
    logged_with_its_place(&bench.db, Mysql, "x_mysql");
    logged_with_its_place(&bench.db, Postgres, "x_postgres");
}

fn logged_with_its_place<E>(db: &Db, engine: E, name: &str)
where
    E: StaticEngine + Hosts<model::Blog>,
{
    let mut lines = (0, 0);
    let log = told(|| {
        db.session(|s| {
            lines.0 = line!() + 2;
            for _ in 0..2 {
                drop(db.connect(engine)?);
            }
            add(s, engine, "inside")?;
            lines.1 = line!() + 1;
            let outside = db.registry().repository::<model::Blog, E>(engine).count()?;
            assert_eq!(outside, 0, "not within the session");
            Ok(())
        })
        .unwrap();
        drop(db.connect(engine).unwrap());
    });
    let line = |at: u32| {
        format!(
            "WARN message=this call is not part of the session that is open on its thread: it runs on another connection \
             engine=\"{name}\" called_at=runtime/tests/main/session/outside.rs:{at}:"
        )
    };
    assert_eq!(log.len(), 2, "{log:#?}");
    assert!(log[0].starts_with(&line(lines.0)), "{log:#?}");
    assert!(log[1].starts_with(&line(lines.1)), "{log:#?}");
    assert!(
        log[1].contains(" begun_at=runtime/tests/main/session/"),
        "{log:#?}"
    );
    db.connect(engine)
        .unwrap()
        .blogs()
        .query()
        .all_rows()
        .delete()
        .unwrap();
}

/// Covers TX-05.
#[test]
fn tx_05_a_call_outside_of_a_transaction_may_be_refused() {
    let Some(bench) = Bench::all_with(refusing) else {
        return;
    };
    refused_in_a_transaction(&bench.db, B, Default);
    refused_in_a_transaction(&bench.db, Mysql, Default);
    refused_in_a_transaction(&bench.db, Postgres, Default);
}

fn refused_in_a_transaction<E, O>(db: &Db, engine: E, other: O)
where
    E: StaticEngine + Hosts<model::Blog>,
    O: StaticEngine + Hosts<model::Blog>,
{
    let mut connection = db.connect(engine).unwrap();
    connection
        .transaction(|tx| {
            let error = insert_outside(db, engine).unwrap_err();
            let ErrorKind::OutsideTransaction { kind, begun_at } = error.kind() else {
                panic!("{error}")
            };
            assert_eq!((*kind, begun_at.file()), ("transaction", file!()));
            assert!(
                db.sql_on(engine)
                    .query_scalar::<i64>("SELECT 1", ())
                    .is_err()
            );
            assert!(db.connect(engine).is_err());
            assert!(
                db.registry()
                    .repository::<model::Blog, E>(engine)
                    .iter()
                    .is_err()
            );
            // Another engine is no part of it, and a thread of its own is elsewhere.
            insert_outside(db, other)?;
            thread::scope(|scope| scope.spawn(|| db.connect(engine).map(drop)).join().unwrap())?;
            let meant = || db.registry().repository::<model::Blog, E>(engine).count();
            assert_eq!(db.outside_transaction(meant)?, 0);
            assert!(insert_outside(db, engine).is_err(), "again");
            tx.blogs().insert(NewBlog::new("inside")).map(drop)
        })
        .unwrap();
    assert_eq!(db.titles(engine), ["inside"], "the transaction went on");

    let mut tx = connection.begin().unwrap();
    tx.after_commit(move |_| Ok(()));
    assert!(insert_outside(db, engine).is_err(), "by hand as well");
    tx.rollback().unwrap();
    insert_outside(db, engine).unwrap();
    assert_eq!(db.titles(engine), ["inside", "outside"]);
}

/// Covers TX-05.
#[test]
fn tx_05_hooks_and_what_rests_have_nothing_outside() {
    let bench = Bench::with(refusing);
    let db = &bench.db;
    let own = db.clone();
    db.session(|s| {
        s.before_commit({
            let db = db.clone();
            move |_| {
                assert!(insert_outside(&db, B).is_err(), "the session is still open");
                Ok(())
            }
        });
        s.after_commit(B, move |_| insert_outside(&own, B))
    })
    .unwrap();
    assert_eq!(db.titles(B), ["outside"]);

    // A session that another thread goes on with is open there.
    let mut s = db.begin_session_with(SessionOptions::new()).unwrap();
    assert!(insert_outside(db, Default).is_err());
    thread::scope(|scope| {
        let there = scope.spawn(|| {
            add(&mut s, Default, "there").unwrap();
            assert!(db.connect(Default).is_err());
        });
        there.join().unwrap();
    });
    drop(db.connect(Default).unwrap());
    drop(s);

    // Statements of a batch are stored one by one.
    let batch = db.try_session_with(SessionOptions::batch(), |s| {
        add(s, Default, "stored")?;
        insert_outside(db, Default)
    });
    batch.unwrap();

    let allowing = Bench::with(|options| options.outside_transaction(OutsideTransaction::Allow));
    let log = told(|| {
        let db = &allowing.db;
        let work = |s: &mut Work| count(s, Default).and_then(|_| db.connect(Default).map(drop));
        db.session(work).unwrap();
    });
    assert_eq!(log, [""; 0]);
}

/// Covers TX-05.
#[cfg(feature = "tokio")]
#[test]
fn tx_05_a_session_across_awaits_is_open_while_it_works() {
    let bench = Bench::with(|options| refusing(options).max_connections(2));
    let db = &bench.db;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut s = db.begin_session_async();
        let within = db.clone();
        s.run(move |s| {
            count(s, Default)?;
            assert!(within.connect(Default).is_err());
            Ok(())
        })
        .await
        .unwrap();
        // On the same worker, or another one.
        db.run(|db| db.connect(Default).map(drop)).await.unwrap();
        let within = db.clone();
        let refused = s.run(move |_| within.connect(Default).map(drop)).await;
        assert!(refused.is_err());
        s.commit().await.unwrap();
    });
}
