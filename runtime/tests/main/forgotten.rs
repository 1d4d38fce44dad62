//! What a program forgets (`mem::forget`) costs it the connection, and nothing else.

use bindery::{ErrorKind, StaticEngine};

use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, at};

/// More than fit between the server and the program.
const ROWS: u64 = 20_000;

fn a_forgotten_iterator<E: StaticEngine + Everything>(engine: E, url: &str) {
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
}

#[test]
fn a_forgotten_iterator_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/rows.db", folder.path().display());
    a_forgotten_iterator(Default, &url);
}

#[test]
fn a_forgotten_iterator_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        a_forgotten_iterator(Postgres, &database.url());
    }
}

#[test]
fn a_forgotten_iterator_mysql() {
    if let Some(database) = bindery_testkit::fresh_mysql() {
        a_forgotten_iterator(Mysql, &database.url());
    }
}
