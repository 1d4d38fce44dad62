//! SQLite's connections as the program sets them up: with functions of its own.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bindery::config::SqliteHandle;
use bindery::{Config, EngineOptions, ErrorKind, Registry};
use rusqlite::functions::FunctionFlags;

use crate::sample::engine::{B, Default};
use crate::sample::{EMBEDDED, NewBlog, Tables, program};

/// Adds `twice(x)`.
fn add_twice(handle: SqliteHandle) -> Result<(), Box<dyn Error + Send + Sync>> {
    #[allow(
        unsafe_code,
        reason = "the handle is that of the connection that is set up"
    )]
    let sqlite = unsafe { rusqlite::Connection::from_handle(handle.as_ptr().cast()) }?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    sqlite.create_scalar_function("twice", 1, flags, |call| Ok(call.get::<i64>(0)? * 2))?;
    Ok(())
}

fn in_memory() -> Config {
    let engines = ["b", "default", "test"];
    let add = |config: Config, name: &&str| config.engine(*name, ":memory:");
    engines.iter().fold(Config::new(), add)
}

/// Every connection of the engine has the function, those to its replica too, and no other engine has it.
///
/// Covers CON-07 on SQLite.
#[test]
fn con_07_each_connection_of_a_file_is_set_up_by_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let set_up = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&set_up);
    let b = EngineOptions::url(file("b.db")).replica("b1", file("b.db"));
    let config = Config::new()
        .engine("b", b.max_connections(2))
        .engine("default", ":memory:")
        .engine("test", ":memory:")
        .sqlite_setup("b", move |handle| {
            count.fetch_add(1, Ordering::Relaxed);
            add_twice(handle)
        });
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    assert_eq!(set_up.load(Ordering::Relaxed), 0, "nothing is opened");
    db.create_missing_on(B).unwrap();

    let view = "CREATE VIEW twice_stars AS SELECT twice(stars) AS stars FROM blogs";
    let (mut one, mut two) = (db.connect(B).unwrap(), db.connect(B).unwrap());
    one.execute_batch(view).unwrap();
    two.blogs().insert(NewBlog::new("one").stars(4)).unwrap();
    let seen = "SELECT stars FROM twice_stars";
    assert_eq!(one.query_scalar::<i64>(seen, ()).unwrap(), 8);
    assert_eq!(two.query_scalar::<i64>(seen, ()).unwrap(), 8);
    let mut replica = db.connect_replica(B, "b1").unwrap();
    assert_eq!(replica.query_scalar::<i64>(seen, ()).unwrap(), 8);
    drop((one, two, replica));
    let opened = db.engine("b").unwrap();
    let opened = opened.pool.created + opened.replicas[0].pool.created;
    assert_eq!(u64::from(set_up.load(Ordering::Relaxed)), opened);

    let elsewhere = db
        .connect(Default)
        .unwrap()
        .query_scalar::<i64>("SELECT twice(1)", ());
    let elsewhere = elsewhere.unwrap_err();
    assert!(
        format!("{elsewhere:?}").contains("no such function"),
        "{elsewhere:?}"
    );
}

/// A connection that is not set up is not used.
///
/// Covers CON-07 on SQLite.
#[test]
fn con_07_a_setup_that_fails_is_the_error_of_the_call() {
    let config = in_memory().sqlite_setup("b", |_| Err("no such extension".into()));
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    let error = db.connect(B).map(drop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
    assert_eq!(error.engine(), Some("b"));
    let why = "the program's setup of the connection failed: no such extension";
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(db.engine("b").unwrap().pool.open, 0);
    db.connect(Default).unwrap();
}

/// Covers CON-07 on SQLite.
#[test]
fn con_07_only_files_of_the_program_are_set_up() {
    let unknown = in_memory().sqlite_setup("bb", add_twice);
    let unknown = Registry::with_config(&EMBEDDED, &unknown).unwrap_err();
    assert!(
        matches!(unknown.kind(), ErrorKind::UnknownEngine { .. }),
        "{unknown:?}"
    );

    let twice = in_memory()
        .sqlite_setup("b", add_twice)
        .sqlite_setup("b", add_twice);
    let twice = Registry::with_config(&EMBEDDED, &twice).unwrap_err();
    assert!(
        twice.to_string().contains("engine `b` is set up twice"),
        "{twice}"
    );

    let server = in_memory().sqlite_setup("x_postgres", add_twice);
    let server = Registry::with_config(program(), &server).unwrap_err();
    assert_eq!(server.engine(), Some("x_postgres"));
    assert!(server.to_string().contains("is no SQLite file"), "{server}");
}
