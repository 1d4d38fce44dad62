//! A value that a program forgets (`mem::forget`) costs it the connection, and nothing else.

use std::time::Duration;

use bindery::generic::GeneratedDatabases as _;
use bindery::{EngineOptions, ErrorKind, SessionOptions, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog};
use tokio::runtime::Builder;

use crate::pools::end_sessions;
use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, at, model, with};
use crate::session::Db;

/// More than fit between the server and the program.
const ROWS: u64 = 20_000;

fn a_forgotten_iterator<E: StaticEngine + Everything>(
    engine: E,
    url: &str,
    only_session: impl FnOnce(),
) {
    let db = at(engine.name(), url);
    db.create_missing_on(engine).unwrap();
    let pool = || db.engine(engine.name()).unwrap().pool;
    let mut c = db.connect(engine).unwrap();
    let rows = (0..ROWS).map(|_| NewBlog::new("row"));
    c.blogs().insert_many(rows).unwrap();

    let mut rows = c.blogs().iter().unwrap();
    rows.next().unwrap().unwrap();
    std::mem::forget(rows);
    let error = c.blogs().count().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    drop(c);
    assert_eq!(pool().open, 0);

    let mut c = db.connect(engine).unwrap();
    let lost = c.transaction(|tx| {
        tx.blogs().insert(NewBlog::new("lost"))?;
        let mut rows = tx.blogs().iter()?;
        rows.next().expect("many rows")?;
        std::mem::forget(rows);
        Ok(())
    });
    assert_eq!(*lost.unwrap_err().kind(), ErrorKind::ConnectionLost);
    drop(c);
    assert_eq!(pool().open, 0);
    // Neither its lock nor its session is left.
    let mut c = db.connect(engine).unwrap();
    c.blogs().insert(NewBlog::new("of another")).unwrap();
    assert_eq!(c.blogs().count().unwrap(), ROWS + 1);
    only_session();
}

/// Waits until a server has no other session than the one that queries and the one that the pool holds.
fn only_one_more(database: &FreshDatabase, count: &str) {
    let _watchdog = Watchdog::start("a_forgotten_iterator", Duration::from_secs(60));
    while database.answer(count).unwrap() != "2" {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_forgotten_iterator_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/rows.db", folder.path().display());
    a_forgotten_iterator(Default, &url, || ());
}

#[test]
fn a_forgotten_iterator_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        let count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
        let only_session = || only_one_more(&database, count);
        a_forgotten_iterator(Postgres, &database.url(), only_session);
    }
}

#[test]
fn a_forgotten_iterator_mysql() {
    if let Some(database) = bindery_testkit::fresh_mysql() {
        let count = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE db = DATABASE()";
        let only_session = || only_one_more(&database, count);
        a_forgotten_iterator(Mysql, &database.url(), only_session);
    }
}

/// The server ends the sessions of connections that are never given back, and of one that is given back later: their places return, each
/// once, to a caller that waits and to later ones.
fn places_return<E: Everything>(engine: E, database: &FreshDatabase) {
    let _watchdog = Watchdog::start("places_return", Duration::from_secs(120));
    let options = EngineOptions::url(database.url()).max_connections(3);
    let db = with(
        engine.name(),
        options.acquire_timeout(Duration::from_secs(60)),
    );
    db.create_missing_on(engine).unwrap();
    let pool = || db.engine(engine.name()).unwrap().pool;
    let program = Db(db.clone());
    let begin = || {
        let mut s = program.begin_session_with(SessionOptions::new()).unwrap();
        let mut blogs = s.repository::<model::Blog, E>(engine);
        blogs.insert(NewBlog::new("lost")).unwrap();
        s
    };
    std::mem::forget(begin());
    let mut late = begin();
    let mut held = db.connect(engine).unwrap();
    held.blogs().count().unwrap();
    assert_eq!((pool().in_use, pool().open), (3, 3));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| db.connect(engine).and_then(|mut c| c.blogs().count()));
        while pool().waiting == 0 {
            std::thread::yield_now();
        }
        end_sessions(database);
        assert_eq!(waiting.join().unwrap().unwrap(), 0);
    });
    let error = held.blogs().count().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    late.repository::<model::Blog, E>(engine)
        .count()
        .unwrap_err();
    drop(held);
    drop(late);
    // As many as before, and no more.
    let all = [(); 3].map(|()| db.connect(engine).unwrap());
    let counts = pool();
    assert_eq!((counts.in_use, counts.open), (3, 3), "{counts:?}");
    assert_eq!(counts.created - counts.closed, 3, "{counts:?}");
    drop(all);
    let counts = pool();
    assert_eq!((counts.idle, counts.in_use), (3, 0), "{counts:?}");
}

#[test]
fn pool_7_places_of_forgotten_sessions_return_on_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        places_return(Postgres, &database);
    }
}

#[test]
fn pool_7_places_of_forgotten_sessions_return_on_mysql() {
    if let Some(database) = bindery_testkit::fresh_mysql() {
        places_return(Mysql, &database);
    }
}

/// As many sessions of asynchronous code are open as there may be: the turns return of those whose connections the server has ended, once
/// each, whether they are forgotten or used later; those of the others stay.
fn turns_return<E: Everything>(engine: E, database: &FreshDatabase) {
    let _watchdog = Watchdog::start("turns_return", Duration::from_secs(120));
    let options = EngineOptions::url(database.url()).max_connections(3);
    let db = with(
        engine.name(),
        options.acquire_timeout(Duration::from_secs(60)),
    );
    db.create_missing_on(engine).unwrap();
    let program = Db(db.clone());
    let runtime = Builder::new_multi_thread().build().unwrap();
    let begin = || {
        let mut session = program.begin_session_async();
        let insert = session.run(move |s| {
            let mut blogs = s.repository::<model::Blog, E>(engine);
            blogs.insert(NewBlog::new("lost")).map(drop)
        });
        runtime.block_on(insert).unwrap();
        session
    };
    let stats = || db.worker_stats();
    std::mem::forget(begin());
    std::mem::forget(begin());
    let mut late = begin();
    let without_connections = || {
        let mut session = program.begin_session_async();
        runtime.block_on(session.run(|_| Ok(()))).unwrap();
        session
    };
    let mut others: Vec<_> = (3..stats().size).map(|_| without_connections()).collect();
    assert_eq!(stats().resting, stats().size);

    let mut next = program.begin_session_async();
    let waiting = runtime.spawn(async move {
        let count = next.run(move |s| s.repository::<model::Blog, E>(engine).count());
        (count.await, next)
    });
    while stats().waiting == 0 {
        std::thread::yield_now();
    }
    end_sessions(database);
    let (count, next) = runtime.block_on(waiting).unwrap();
    assert_eq!(count.unwrap(), 0);
    assert_eq!(stats().resting, others.len() + 1);
    let count = late.run(move |s| s.repository::<model::Blog, E>(engine).count());
    let error = runtime.block_on(count).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    drop(late);
    drop(next);
    // As many as before, and no more.
    while stats().resting > others.len() {
        std::thread::yield_now();
    }
    others.extend((0..3).map(|_| without_connections()));
    assert_eq!(stats().resting, stats().size);
    let mut more = program.begin_session_async();
    let waiting = runtime.spawn(async move { more.run(|_| Ok(())).await });
    while stats().waiting == 0 {
        std::thread::yield_now();
    }
    others.pop();
    runtime.block_on(waiting).unwrap().unwrap();
}

#[test]
fn turns_of_forgotten_sessions_return_on_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        turns_return(Postgres, &database);
    }
}

#[test]
fn turns_of_forgotten_sessions_return_on_mysql() {
    if let Some(database) = bindery_testkit::fresh_mysql() {
        turns_return(Mysql, &database);
    }
}
