//! Counters of statements go along with work to its threads.

use super::{
    Databases, PATIENCE, TestEngine, block_on, in_every_runtime, is_released, on_each_place,
    several_threads,
};
use crate::sample::{Everything, Logged, NewBlog, Tables, model};

on_each_place! {
    mon_02_counters_go_along_with_work_to_its_threads;
    mon_02_counters_of_tasks_are_their_own;
    mon_02_an_n_plus_1_query_of_asynchronous_work_is_found;
}

fn count<E: Everything>(db: &Databases, engine: E) -> bindery::Result<u64> {
    db.registry().repository::<model::Blog, _>(engine).count()
}

/// Covers MON-02: calls, sessions, and streams, in every runtime.
fn mon_02_counters_go_along_with_work_to_its_threads<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    in_every_runtime(|| {
        let db = db.clone();
        async move {
            let counter = db.registry().statement_counter();
            let work = async {
                db.run(move |db| count(db, engine)).await.unwrap();
                // A counter within itself counts once.
                counter
                    .scope_async(db.run(move |db| count(db, engine)))
                    .await
                    .unwrap();
                let session = db.session_async(move |s| s.connection(engine)?.blogs().count());
                session.await.unwrap();
                let mut s = db.begin_session_async();
                for _ in 0..2 {
                    s.run(move |s| s.connection(engine)?.blogs().count())
                        .await
                        .unwrap();
                    tokio::task::yield_now().await;
                }
                s.commit().await.unwrap();
                let mut rows = db.stream_with(move |db, rows| rows.send(count(db, engine)?));
                assert!(rows.try_next().await.unwrap().is_some());
                assert!(rows.try_next().await.unwrap().is_none());
            };
            counter.scope_async(work).await;
            db.run(move |db| count(db, engine)).await.unwrap();
            let counts = counter.counts();
            assert_eq!(
                (counts.total(), counts.on(engine.name())),
                (6, 6),
                "{counts}"
            );
        }
    });
    let (counted, counts) = db
        .registry()
        .count_statements(|| block_on(db.run(move |db| count(db, engine))));
    assert_eq!((counted.unwrap(), counts.total()), (0, 1));
    is_released(&db, place);
}

/// Covers MON-02: tasks at the same time on the same threads.
fn mon_02_counters_of_tasks_are_their_own<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open();
    let of_all = db.registry().statement_counter();
    several_threads().block_on(async {
        let tasks = (0..20_u64).map(|number| {
            let (db, of_all) = (db.clone(), of_all.clone());
            tokio::spawn(async move {
                let own = db.registry().statement_counter();
                let work = own.scope_async(async {
                    for _ in 0..number {
                        db.run(move |db| count(db, engine)).await.unwrap();
                    }
                });
                of_all.scope_async(work).await;
                assert_eq!(own.counts().total(), number);
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    assert_eq!(of_all.counts().total(), (0..20).sum::<u64>());
    is_released(&db, place);
}

/// Covers MON-02: over several connections, with the place of the call.
fn mon_02_an_n_plus_1_query_of_asynchronous_work_is_found<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = place.open_with(|options| options.repeated_statement(3));
    let log = Logged::of(|| {
        let counter = db.registry().statement_counter();
        let work = async {
            for _ in 0..5 {
                db.run(move |db| count(db, engine)).await.unwrap();
            }
        };
        block_on(counter.scope_async(work));
    });
    let reports = log.iter().filter(|line| line.contains("again and again"));
    let reports: Vec<_> = reports.collect();
    assert_eq!(reports.len(), 1, "{log:#?}");
    assert!(reports[0].contains("counting.rs"), "{reports:?}");
    let repeats = || {
        db.registry().assert_not_repeated(3, || {
            let mut s = db.begin_session_async();
            for _ in 0..3 {
                let find = s.run(move |s| {
                    s.connection(engine)?
                        .blogs()
                        .insert(NewBlog::new("again"))
                        .map(drop)
                });
                block_on(find).unwrap();
            }
            block_on(s.rollback()).unwrap();
        });
    };
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(repeats)).unwrap_err();
    let message = *panic.downcast::<String>().unwrap();
    assert!(
        message.contains("3 times on") && message.contains("counting.rs"),
        "{message}"
    );
    is_released(&db, place);
}
