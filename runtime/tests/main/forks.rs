//! Processes that fork: the child's copies of its parent's connections are of no use to it, and no harm to its parent.
#![allow(unsafe_code, reason = "nothing but the system's own call forks")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use bindery::{Connection, EngineOptions, Error, ErrorKind, Registry};
use bindery_testkit::Watchdog;

use crate::asynchronous::closing;
use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, model, with};

const PATIENCE: Duration = Duration::from_secs(120);
/// Set in the process that forks, to the engine and the URL it uses.
const FORKS: &str = "BINDERY_FORKS";
/// The parent's numbered queries while the child is at work.
const QUERIES: i64 = 500;

/// A process of its own forks: the threads of a test run have locks that a child would wait for for ever.
fn in_another_process(engine: &str, url: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "forks::the_forking_program", "--nocapture"])
        .env(FORKS, format!("{engine} {url}"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{engine}: {output:?}"
    );
}

/// Covers POOL-8, TX-19.
#[test]
fn pool_8_a_forked_child_is_refused_and_its_parent_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}/one.db", folder.path().display());
    in_another_process("default", &file);
    if let Some(database) = bindery_testkit::fresh_postgres() {
        in_another_process("x_postgres", &database.url());
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        in_another_process("x_mysql", &database.url());
    }
}

/// Does nothing among the other tests.
#[test]
fn the_forking_program() {
    let Ok(forks) = std::env::var(FORKS) else {
        return;
    };
    let _watchdog = Watchdog::start("the_forking_program", PATIENCE);
    let (engine, url) = forks.split_once(' ').expect("an engine and a URL");
    match engine {
        "x_postgres" => forks_at(Postgres, url),
        "x_mysql" => forks_at(Mysql, url),
        _ => forks_at(Default, url),
    }
}

fn forks_at<E: Everything>(engine: E, url: &str) {
    let db = with(engine.name(), EngineOptions::url(url).max_connections(4));
    db.create_missing_on(engine).unwrap();
    closing::is_used_before_a_fork(&db);
    let mut held = db.connect(engine).unwrap();
    // More than a program takes in before it is read.
    let numbered = (0..QUERIES).map(|number| NewBlog::new(format!("{number:0200}")));
    held.blogs().insert_many(numbered).unwrap();
    let rows = held.blogs().all().unwrap();
    // One is idle, one is held, one is in a transaction, and one has rows to give.
    let [idle, mut writing, mut reading] = [(); 3].map(|()| db.connect(engine).unwrap());
    drop(idle);
    let created = db.engine(engine.name()).unwrap().pool.created;
    let mut tx = writing.begin().unwrap();
    tx.blogs().insert(NewBlog::new("kept")).unwrap();
    let mut pulled = reading.blogs().iter().unwrap();
    pulled.next().expect("many rows").unwrap();
    // SAFETY: the child goes on with this thread alone, waits for no other, and ends without unwinding any further.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            is_forked(pulled.next().expect("many rows"));
            drop(pulled);
            is_forked(tx.blogs().insert(NewBlog::new("of the child")));
            is_forked(tx.begin().map(drop));
            is_child(engine, db, held, || tx.commit())
        }));
        // SAFETY: ends the process immediately; nothing of the parent's is closed or written by it.
        unsafe { libc::_exit(i32::from(outcome.is_err())) };
    }
    assert!(child > 0, "the process cannot be forked");
    let mut answers_are_right = || {
        for row in &rows {
            let found = held.blogs().get(row.id).unwrap();
            assert_eq!((&found.title, found.id), (&row.title, row.id));
            let mut blogs = db.repository::<model::Blog, _>(engine);
            assert_eq!(blogs.get(row.id).unwrap().title, row.title);
        }
    };
    answers_are_right();
    assert_eq!(status_of(child), 0, "the child says why");
    answers_are_right();
    assert_eq!(pulled.map(Result::unwrap).count(), rows.len() - 1);
    drop(reading);
    tx.commit().unwrap();
    assert_eq!(held.blogs().count().unwrap(), QUERIES as u64 + 1);
    assert_eq!(db.engine(engine.name()).unwrap().pool.created, created);
}

/// Waits for the end of a child; 0 is that of one that went well.
fn status_of(child: i32) -> i32 {
    let mut status = 0;
    // SAFETY: `child` is a child of this process, and `status` is there.
    let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(ended, child);
    status
}

fn is_forked<T>(outcome: bindery::Result<T>) {
    let error: Error = outcome.map(drop).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Forked, "{error:?}");
}

/// Everything that a child could do with what it got, to the end of it.
fn is_child<E: Everything>(
    engine: E,
    db: Registry,
    mut held: Connection<E>,
    commit: impl FnOnce() -> bindery::Result<()>,
) {
    is_forked(db.connect(engine));
    closing::is_refused_in_a_forked_child(&db);
    is_forked(db.repository::<model::Blog, _>(engine).count());
    is_forked(held.blogs().count());
    is_forked(held.blogs().insert(NewBlog::new("of the child")));
    is_forked(held.begin().map(drop));
    is_forked(commit());
    is_forked(
        db.check()
            .into_iter()
            .find(|(name, _)| *name == engine.name())
            .expect("the engine")
            .1,
    );
    drop(held);
    db.close();
    drop(db);
}
