//! Many threads on one engine.

use std::thread;
use std::time::Duration;

use bindery::{Config, EngineOptions, ErrorKind, Registry};

use crate::sample::engine::{B, Default};
use crate::sample::{EMBEDDED, NewBlog, Tables};

#[test]
fn eight_threads_write_to_one_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/b.db", folder.path().display());
    let config = Config::new()
        .engine(
            "b",
            EngineOptions::url(url)
                .acquire_timeout(Duration::from_secs(60))
                .statement_timeout(Duration::from_secs(60)),
        )
        .engine("default", ":memory:")
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                db.create_missing_on(B).unwrap();
                for round in 0..20 {
                    let mut b = db.connect(B).unwrap();
                    b.transaction(|tx| {
                        let before = tx.blogs().count()?;
                        tx.blogs().insert(NewBlog::new(round.to_string()))?;
                        assert_eq!(tx.blogs().count()?, before + 1);
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
    });
    assert_eq!(db.connect(B).unwrap().blogs().count().unwrap(), 160);
    let pool = db.engine("b").unwrap().pool;
    assert!(pool.in_use == 0 && pool.open <= 8, "{pool:?}");
}

#[test]
fn a_second_connection_where_there_is_one_is_refused_in_time() {
    let one = EngineOptions::url("sqlite::memory:")
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(20));
    let config = Config::new()
        .engine("b", ":memory:")
        .engine("default", one)
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    let held = db.connect(Default).unwrap();
    let error = db.connect(Default).map(drop).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::PoolExhausted { size: 1, .. }),
        "{error:?}"
    );
    assert_eq!(error.engine(), Some("default"));
    assert!(error.is_retryable());
    db.connect(B).unwrap();
    drop(held);
    db.connect(Default).unwrap();
}
