//! Transactions that are forgotten, held for too long, or dropped while the server is silent.

use std::thread;
use std::time::{Duration, Instant};

use bindery::error::{Applied, TimeoutPhase};
use bindery::{EngineOptions, ErrorKind, Registry, RetryPolicy, Transaction};
use bindery_testkit::{Direction, Fault, FaultProxy, Watchdog};

use super::place::{TestDatabase, at_each_place};
use super::{add, refused, titles};
use crate::sample::{Everything, Logged, NewBlog, NewMember, Tables, model, with};

at_each_place! {
    a_forgotten_transaction_reaches_nobody_and_is_told;
    a_transaction_that_is_open_for_too_long_is_ended_and_told;
    an_iterator_of_one_that_is_open_for_too_long_is_refused;
    what_is_dropped_waits_for_no_silent_server;
    rows_that_are_dropped_wait_for_no_silent_server;
    undoing_after_an_error_may_take_its_time;
    a_commit_without_an_answer_runs_no_hook_and_is_not_repeated;
}

/// A server's engine with its tables, behind a proxy; none of a file.
fn behind<E: Everything>(
    engine: E,
    place: &TestDatabase,
    more: impl FnOnce(EngineOptions) -> EngineOptions,
) -> Option<(FaultProxy, Registry)> {
    let TestDatabase::Server(database) = place else {
        return None;
    };
    place.open(engine);
    let proxy = FaultProxy::start(&database.url()).unwrap();
    let db = with(engine.name(), more(EngineOptions::url(proxy.url())));
    Some((proxy, db))
}

/// Covers TX-7, TX-04.
fn a_forgotten_transaction_reaches_nobody_and_is_told<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let db = place.open(engine);
    let mut begun = 0;
    let log = Logged::of(|| {
        let mut c = db.connect(engine).unwrap();
        begun = line!() + 1;
        let mut tx = c.begin().unwrap();
        add(&mut tx, "forgotten").unwrap();
        std::mem::forget(tx);
        // A write without a transaction would be kept immediately; this one would be in the forgotten one.
        assert!(c.in_transaction());
        let error = add(&mut c, "too").unwrap_err();
        assert_eq!(*error.kind(), bindery::ErrorKind::TransactionForgotten);
    });
    let [told] = log.as_slice() else {
        panic!("{log:?}")
    };
    assert!(
        told.starts_with("WARN") && told.contains("left open"),
        "{told}"
    );
    assert!(told.contains(&format!("tx/held.rs:{begun}:")), "{told}");
    assert!(told.contains(engine.name()), "{told}");
    assert!(!told.contains("forgotten"), "{told}");

    assert_eq!(db.engine(engine.name()).unwrap().pool.open, 0);
    let mut c = db.connect(engine).unwrap();
    assert!(!c.in_transaction());
    assert!(titles(&mut c).is_empty());
    // A transaction that ends causes no warning.
    let log = Logged::of(|| {
        c.transaction(|tx| add(tx, "kept")).unwrap();
        drop(c.begin().unwrap());
    });
    assert_eq!(log, [""; 0]);
}

/// Covers TX-7, TX-19.
fn a_transaction_that_is_open_for_too_long_is_ended_and_told<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let limit = Duration::from_millis(1);
    let db = place.open_with(engine, |options| options.max_transaction_age(limit));
    let mut c = db.connect(engine).unwrap();
    let mut other = db.connect(engine).unwrap();
    let log = Logged::of(|| {
        let mut tx = c.begin().unwrap();
        thread::sleep(2 * limit);
        let error = add(&mut tx, "late").unwrap_err();
        let phase = TimeoutPhase::Transaction;
        assert_eq!(*error.kind(), ErrorKind::Timeout { phase });
        // It holds no lock any more.
        add(&mut other, "of another").unwrap();
        let error = add(&mut tx, "later").unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
        let error = tx.commit().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
    });
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(log[0].contains("too long"), "{log:?}");
    // Work that is done is committed, however long it took.
    let mut tx = c.begin().unwrap();
    thread::sleep(2 * limit);
    tx.after_rollback(|| panic!("committed"));
    tx.commit().unwrap();
    add(&mut c, "alone").unwrap();
    assert_eq!(titles(&mut c), ["alone", "of another"]);
}

/// Covers TX-7.
fn an_iterator_of_one_that_is_open_for_too_long_is_refused<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let limit = Duration::from_millis(1);
    let db = place.open_with(engine, |options| options.max_transaction_age(limit));
    let mut c = db.connect(engine).unwrap();
    let mut tx = c.begin().unwrap();
    thread::sleep(2 * limit);
    let error = tx.blogs().iter().map(drop).unwrap_err();
    let phase = TimeoutPhase::Transaction;
    assert_eq!(*error.kind(), ErrorKind::Timeout { phase });
    assert_eq!(error.model(), Some("Blog"));
}

/// Long past what dropping may take, and short of what a statement may.
const LATE: Duration = Duration::from_secs(10);

/// Covers TX-5 on PostgreSQL, MariaDB.
fn what_is_dropped_waits_for_no_silent_server<E: Everything>(engine: E, place: &TestDatabase) {
    let _watchdog = Watchdog::start("what_is_dropped_waits", Duration::from_secs(120));
    let Some((proxy, db)) = behind(engine, place, |options| options.statement_timeout(6 * LATE))
    else {
        return;
    };
    for nested in [false, true] {
        let mut c = db.connect(engine).unwrap();
        let mut tx = c.begin().unwrap();
        add(&mut tx, "lost").unwrap();
        let mut inner = nested.then(|| tx.begin().unwrap());
        if let Some(inner) = &mut inner {
            add(inner, "too").unwrap();
        }
        proxy.set(Fault::Stall);
        let started = Instant::now();
        drop(inner);
        drop(tx);
        drop(c);
        assert!(started.elapsed() < LATE, "{:?}", started.elapsed());
        proxy.heal();
        let pool = db.engine(engine.name()).unwrap().pool;
        assert_eq!((pool.in_use, pool.open), (0, 0));
    }
    // A panic is no reason to wait either.
    let panicking = std::panic::AssertUnwindSafe(|| {
        let mut c = db.connect(engine).unwrap();
        let _ = c.transaction::<()>(|tx| {
            add(tx, "lost")?;
            proxy.set(Fault::Stall);
            std::panic::panic_any(Instant::now())
        });
    });
    let panic = std::panic::catch_unwind(panicking).unwrap_err();
    let started = panic.downcast_ref::<Instant>().expect("the same payload");
    assert!(started.elapsed() < LATE, "{:?}", started.elapsed());
    proxy.heal();
    assert!(titles(&mut place.open(engine).connect(engine).unwrap()).is_empty());
}

/// Covers TX-22 on PostgreSQL, MariaDB.
fn rows_that_are_dropped_wait_for_no_silent_server<E: Everything>(engine: E, place: &TestDatabase) {
    let _watchdog = Watchdog::start("rows_that_are_dropped_wait", Duration::from_secs(120));
    let Some((proxy, db)) = behind(engine, place, |options| options.statement_timeout(6 * LATE))
    else {
        return;
    };
    let mut c = db.connect(engine).unwrap();
    // More than fit between the server and the program.
    let rows = (0..20_000).map(|_| NewBlog::new("row"));
    c.blogs().insert_many(rows).unwrap();
    drop(c);
    for in_transaction in [false, true] {
        let mut c = db.connect(engine).unwrap();
        let mut tx = in_transaction.then(|| c.begin().unwrap());
        let rows = match &mut tx {
            Some(tx) => tx.blogs().iter(),
            None => db.repository::<model::Blog, _>(engine).iter(),
        };
        let mut rows = rows.unwrap();
        rows.next().expect("many rows").unwrap();
        proxy.set(Fault::Stall);
        let started = Instant::now();
        drop(rows);
        drop(tx);
        assert!(started.elapsed() < LATE, "{:?}", started.elapsed());
        proxy.heal();
    }
}

/// A dropped value is abandoned on a server that takes longer than this. An answer takes twice the delay.
const SLOW: Duration = Duration::from_millis(500);

/// The limit of dropping is not that of calls which wait for their answer: a slow server is not a lost one.
fn undoing_after_an_error_may_take_its_time<E: Everything>(engine: E, place: &TestDatabase) {
    let Some((proxy, db)) = behind(engine, place, |options| options) else {
        return;
    };
    let mut c = db.connect(engine).unwrap();
    let fails_slowly = |tx: &mut Transaction<'_, E>| -> bindery::Result<()> {
        add(tx, "undone")?;
        proxy.set(Fault::Delay(SLOW));
        Err(refused())
    };
    c.transaction(fails_slowly).unwrap_err();
    proxy.heal();
    c.transaction_retry(RetryPolicy::default(), fails_slowly)
        .unwrap_err();
    let twice = [NewMember::new(1, "a"), NewMember::new(1, "b")];
    let error = c.members().insert_many(twice).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UniqueViolation(_)),
        "{error:?}"
    );
    proxy.heal();
    assert_eq!((titles(&mut c).len(), c.members().count().unwrap()), (0, 0));
    drop(c);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!((pool.created, pool.idle), (1, 1));
}

/// Covers TX-1 on PostgreSQL, MariaDB.
fn a_commit_without_an_answer_runs_no_hook_and_is_not_repeated<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let Some((proxy, db)) = behind(engine, place, |options| options) else {
        return;
    };
    let mut c = db.connect(engine).unwrap();
    let mut tried = 0;
    let outcome = c.transaction_retry(RetryPolicy::default(), |tx| {
        tried += 1;
        add(tx, "perhaps")?;
        tx.after_commit(|_| panic!("nobody knows that"));
        tx.after_rollback(|| panic!("nor that"));
        proxy.set(Fault::CutBeforePattern {
            direction: Direction::ToServer,
            pattern: b"COMMIT".to_vec(),
        });
        Ok(())
    });
    let error = outcome.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert_eq!((error.applied(), tried), (Applied::Unknown, 1));
    assert!(!c.in_transaction());
    proxy.heal();
    // Another connection takes the place of the lost one.
    c.transaction_retry(RetryPolicy::default(), |tx| add(tx, "certain"))
        .unwrap();
    assert_eq!(titles(&mut c), ["certain"]);
}
