//! Hooks that run after every transaction of an engine, on whichever of its connections that was.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery::error::Applied;
use bindery::{ErrorKind, Registry};

use super::hooks::Messages;
use super::place::{TestDatabase, at_each_place};
use super::{add, refused, titles};
use crate::sample::engine::{Any, B, Default};
use crate::sample::{Everything, embedded};

at_each_place! {
    a_hook_of_an_engine_runs_after_each_of_its_transactions;
    a_hook_of_an_engine_uses_the_connection;
    a_failing_hook_of_an_engine_is_told;
}

fn on_each<E: Everything>(db: &Registry, engine: E, told: &Messages, what: &'static str) {
    let told = told.clone();
    db.after_each_commit(engine, move |_| {
        told.say(what);
        Ok(())
    });
}

/// Covers TX-09.
fn a_hook_of_an_engine_runs_after_each_of_its_transactions<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let db = place.open(engine);
    let told = Messages::default();
    let mut c = db.connect(engine).unwrap();
    c.transaction(|tx| add(tx, "before")).unwrap();
    on_each(&db, engine, &told, "first");
    on_each(&db, engine, &told, "second");
    let of_connection = told.clone();
    c.after_each_commit(move |_| {
        of_connection.say("of the connection");
        Ok(())
    });
    c.transaction(|tx| {
        told.on_commit(tx, "once");
        tx.transaction(|tx| add(tx, "inner"))
    })
    .unwrap();
    assert_eq!(
        told.take(),
        ["once", "of the connection", "first", "second"]
    );
    let outcome: bindery::Result<()> = c.transaction(|_| Err(refused()));
    outcome.unwrap_err();
    let inner: bindery::Result<()> = c.transaction(|tx| {
        let undone: bindery::Result<()> = tx.transaction(|_| Err(refused()));
        undone.unwrap_err();
        Err(refused())
    });
    inner.unwrap_err();
    // No transaction of the program's.
    add(&mut c, "alone").unwrap();
    assert_eq!(told.take(), [""; 0]);
    drop(c);
    // Another type of connection, and the one that the pool has from before.
    let any: Any = engine.name().parse().unwrap();
    db.connect(any).unwrap().transaction(|_| Ok(())).unwrap();
    assert_eq!(told.take(), ["first", "second"]);
    on_each_of_any(&db, any, &told);
    db.connect(engine).unwrap().transaction(|_| Ok(())).unwrap();
    assert_eq!(told.take(), ["first", "second", "any"]);
}

fn on_each_of_any(db: &Registry, engine: Any, told: &Messages) {
    let told = told.clone();
    db.after_each_commit(engine, move |c| {
        assert_eq!(c.engine(), engine);
        told.say("any");
        Ok(())
    });
}

/// Its transactions call no hook of an engine, and what it is given stays with it.
///
/// Covers TX-09.
fn a_hook_of_an_engine_uses_the_connection<E: Everything>(engine: E, place: &TestDatabase) {
    let db = place.open_with(engine, |options| options.max_connections(1));
    let told = Messages::default();
    let hook = told.clone();
    db.after_each_commit(engine, move |c| {
        hook.say("hook");
        let hook = hook.clone();
        c.transaction(|tx| {
            hook.on_commit(tx, "of the hook's own");
            add(tx, "by the hook")
        })
    });
    let mut c = db.connect(engine).unwrap();
    c.transaction(|tx| add(tx, "row")).unwrap();
    assert_eq!(told.take(), ["hook", "of the hook's own"]);
    assert!(!c.in_transaction());
    assert_eq!(titles(&mut c), ["by the hook", "row"]);
    c.transaction(|tx| add(tx, "row")).unwrap();
    assert_eq!(told.take(), ["hook", "of the hook's own"]);
    drop(c);
    assert_eq!(db.engine(engine.name()).unwrap().pool.created, 1);
}

/// Covers TX-09.
fn a_failing_hook_of_an_engine_is_told<E: Everything>(engine: E, place: &TestDatabase) {
    let db = place.open(engine);
    let told = Messages::default();
    db.after_each_commit(engine, |_| Err(refused()));
    on_each(&db, engine, &told, "behind it");
    let mut c = db.connect(engine).unwrap();
    let error = c.transaction(|tx| add(tx, "kept")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AfterCommit);
    assert_eq!(error.applied(), Applied::Yes);
    assert_eq!(told.take(), ["behind it"]);

    db.after_each_commit(engine, |_| panic!("the user's own"));
    on_each(&db, engine, &told, "behind that");
    let committing = AssertUnwindSafe(|| c.transaction(|tx| add(tx, "kept too")));
    let panic = catch_unwind(committing).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the user's own"));
    assert_eq!(told.take(), ["behind it", "behind that"]);
    assert_eq!(titles(&mut c), ["kept", "kept too"]);
}

/// Covers TX-09.
#[test]
fn a_hook_runs_for_its_own_engine_alone() {
    let db = embedded();
    let told = Messages::default();
    on_each(&db, Default, &told, "default");
    let of_b = told.clone();
    db.after_each_commit(B, move |_| {
        of_b.say("b");
        Ok(())
    });
    db.connect(B).unwrap().transaction(|_| Ok(())).unwrap();
    assert_eq!(told.take(), ["b"]);
    db.connect(Default)
        .unwrap()
        .transaction(|_| Ok(()))
        .unwrap();
    assert_eq!(told.take(), ["default"]);
}
