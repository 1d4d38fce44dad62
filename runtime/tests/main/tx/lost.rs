//! Connections that are reset in the middle of a transaction: between its statements, within what a query answers, and
//! before what a write answers. Nothing is stored, and everybody may try again.

use std::time::Duration;

use bindery::config::SchemaCheck;
use bindery::error::Applied;
use bindery::{Connection, EngineOptions, Error, ErrorKind, Transaction};
use bindery_testkit::{Direction, Fault, FaultProxy, Watchdog};

use super::place::{TestDatabase, at_each_place};
use super::{add, titles};
use crate::sample::{BlogPatch, Everything, NewBlog, Tables, with};

const PATIENCE: Duration = Duration::from_secs(120);

at_each_place! {
    tx_2_a_reset_between_statements_keeps_nothing;
    tx_2_a_reset_within_a_result_keeps_nothing;
    tx_2_a_reset_before_the_answer_to_a_write_keeps_nothing;
}

type Step<E> = fn(&mut Transaction<'_, E>) -> bindery::Result<()>;

/// One call of each kind that is sent in its own way.
fn steps<E: Everything>() -> Vec<Step<E>> {
    vec![
        |tx| add(tx, "lost"),
        |tx| {
            let rows = (0..50).map(|number| NewBlog::new(format!("lost {number}")));
            tx.blogs().insert_many(rows).map(drop)
        },
        |tx| tx.blogs().all().map(drop),
        |tx| tx.blogs().iter()?.try_for_each(|row| row.map(drop)),
        |tx| tx.transaction(|tx| add(tx, "lost within")),
        |tx| {
            let found = tx.blogs().all()?;
            tx.blogs()
                .find_many(found.iter().map(|blog| blog.id))
                .map(drop)
        },
        |tx| {
            let found = tx.blogs().all()?;
            let changes = found.iter().map(|blog| {
                let stars = Some(5);
                let changes = BlogPatch {
                    stars,
                    ..BlogPatch::default()
                };
                (blog.id, changes)
            });
            tx.blogs().update_many(changes).map(drop)
        },
    ]
}

/// Resets the connections there are, and lets those through that come.
fn reset(proxy: &FaultProxy) {
    proxy.set(Fault::Cut);
    while proxy.open() > 0 {
        std::thread::yield_now();
    }
}

/// Runs the steps in a transaction whose connection is reset before the one of this number: 0 is the beginning, and
/// COMMIT is after the last.
fn reset_before<E: Everything>(
    c: &mut Connection<E>,
    proxy: &FaultProxy,
    number: usize,
) -> bindery::Result<()> {
    let mut at = 0;
    let mut boundary = || {
        if at == number {
            reset(proxy);
        }
        at += 1;
    };
    boundary();
    let mut tx = c.begin()?;
    for step in steps() {
        boundary();
        step(&mut tx)?;
    }
    boundary();
    tx.commit()
}

/// The connection is lost, nothing of the call or the transaction is stored, and the same may be tried again.
fn assert_lost(error: &Error, what: &str) {
    assert_eq!(
        *error.kind(),
        ErrorKind::ConnectionLost,
        "{what}: {error:?}"
    );
    assert_eq!(error.applied(), Applied::No, "{what}");
    assert!(error.is_retryable(), "{what}");
    assert!(error.engine().is_some(), "{what}");
}

/// Covers TX-2 on PostgreSQL, MariaDB.
fn tx_2_a_reset_between_statements_keeps_nothing<E: Everything>(engine: E, place: &TestDatabase) {
    let TestDatabase::Server(database) = place else {
        return;
    };
    let _watchdog = Watchdog::start("tx_2_a_reset_between_statements", PATIENCE);
    let around = place.open(engine);
    let proxy = FaultProxy::start(&database.url()).unwrap();
    let db = with(engine.name(), EngineOptions::url(proxy.url()));
    let boundaries = steps::<E>().len() + 2;
    for number in 0..boundaries {
        let what = format!("before statement {number} of {boundaries}");
        let mut c = db.connect(engine).unwrap();
        let error = reset_before(&mut c, &proxy, number).unwrap_err();
        assert_lost(&error, &what);
        assert!(!c.in_transaction(), "{what}");
        proxy.heal();
        drop(c);
        let pool = db.engine(engine.name()).unwrap().pool;
        assert_eq!((pool.open, pool.in_use), (0, 0), "{what}");
        assert!(
            titles(&mut around.connect(engine).unwrap()).is_empty(),
            "{what}"
        );
    }
    let mut c = db.connect(engine).unwrap();
    reset_before(&mut c, &proxy, boundaries).unwrap();
    assert_eq!(titles(&mut c).len(), 52);
}

/// An open database behind a proxy, without queries about its tables.
fn behind<E: Everything>(
    engine: E,
    place: &TestDatabase,
) -> Option<(FaultProxy, bindery::Registry)> {
    let TestDatabase::Server(database) = place else {
        return None;
    };
    place.open(engine);
    let proxy = FaultProxy::start(&database.url()).unwrap();
    let options = EngineOptions::url(proxy.url()).schema_check(SchemaCheck::Off);
    let db = with(engine.name(), options);
    Some((proxy, db))
}

/// Covers TX-2 on PostgreSQL, MariaDB.
fn tx_2_a_reset_within_a_result_keeps_nothing<E: Everything>(engine: E, place: &TestDatabase) {
    let Some((proxy, db)) = behind(engine, place) else {
        return;
    };
    let _watchdog = Watchdog::start("tx_2_a_reset_within_a_result", PATIENCE);
    const ROWS: usize = 5_000;
    let rows = (0..ROWS).map(|number| NewBlog::new(format!("row {number:04}")));
    let mut blogs = db.repository::<crate::sample::model::Blog, _>(engine);
    blogs.insert_many(rows).unwrap();
    let keys: Vec<_> = blogs.all().unwrap().iter().map(|blog| blog.id).collect();
    type Read<'r, E> = &'r dyn Fn(&mut Transaction<'_, E>) -> bindery::Result<()>;
    let reads: [(&str, Read<'_, E>); 3] = [
        ("all", &|tx| tx.blogs().all().map(drop)),
        ("iter", &|tx| {
            tx.blogs().iter()?.try_for_each(|row| row.map(drop))
        }),
        ("find_many", &|tx| {
            tx.blogs().find_many(keys.iter().copied()).map(drop)
        }),
    ];
    for (name, read) in reads {
        for row in [0, 1, 2_718, ROWS - 1] {
            let what = format!("{name}, row {row}");
            let mut c = db.connect(engine).unwrap();
            let mut tx = c.begin().unwrap();
            add(&mut tx, "lost").unwrap();
            proxy.set(Fault::CutBeforePattern {
                direction: Direction::ToClient,
                pattern: format!("row {row:04}").into_bytes(),
            });
            assert_lost(&read(&mut tx).unwrap_err(), &what);
            let error = add(&mut tx, "after").unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::TransactionAborted, "{what}");
            assert_eq!(
                *tx.commit().unwrap_err().kind(),
                ErrorKind::TransactionAborted,
                "{what}"
            );
            proxy.heal();
            drop(c);
            assert_eq!(db.engine(engine.name()).unwrap().pool.open, 0, "{what}");
        }
    }
    assert_eq!(titles(&mut db.connect(engine).unwrap()).len(), ROWS);
}

/// The server has done it, and forgets it with the transaction.
///
/// Covers TX-2 on PostgreSQL, MariaDB.
fn tx_2_a_reset_before_the_answer_to_a_write_keeps_nothing<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let Some((proxy, db)) = behind(engine, place) else {
        return;
    };
    let _watchdog = Watchdog::start("tx_2_a_reset_before_the_answer", PATIENCE);
    let mut c = db.connect(engine).unwrap();
    let mut tx = c.begin().unwrap();
    add(&mut tx, "lost").unwrap();
    // It comes back with the row.
    proxy.set(Fault::CutBeforePattern {
        direction: Direction::ToClient,
        pattern: b"lost too".to_vec(),
    });
    assert_lost(&add(&mut tx, "lost too").unwrap_err(), "an insert");
    drop(tx);
    drop(c);
    proxy.heal();
    assert!(titles(&mut db.connect(engine).unwrap()).is_empty());
}
