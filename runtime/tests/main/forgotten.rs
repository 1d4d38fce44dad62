//! A value that a program forgets (`mem::forget`) costs it the connection, and nothing else.

use std::time::Duration;

use bindery::{ErrorKind, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog};

use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, at};

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
