//! Hooks that run after transactions: when, in which order, how often, and what its own failures change.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use bindery::error::Applied;
use bindery::{Connection, Error, ErrorKind, Transaction};

use super::{add, refused, titles};
use crate::sample::engine::{B, Default};
use crate::sample::{Everything, Tables, embedded, on_each_database};

/// The messages of hooks.
#[derive(Clone, std::default::Default)]
pub(super) struct Messages(Arc<Mutex<Vec<&'static str>>>);

impl Messages {
    pub(super) fn say(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    /// Returns the messages since the last time.
    pub(super) fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    pub(super) fn on_commit<E: Everything>(&self, tx: &mut Transaction<'_, E>, what: &'static str) {
        let told = self.clone();
        tx.after_commit(move |_| {
            told.say(what);
            Ok(())
        });
    }

    fn on_rollback<E: Everything>(&self, tx: &mut Transaction<'_, E>, what: &'static str) {
        let told = self.clone();
        tx.after_rollback(move || told.say(what));
    }

    /// A hook for each way to end.
    fn on_both<E: Everything>(
        &self,
        tx: &mut Transaction<'_, E>,
        committed: &'static str,
        undone: &'static str,
    ) {
        self.on_commit(tx, committed);
        self.on_rollback(tx, undone);
    }
}

on_each_database! {
    hooks_run_once_in_order_after_the_commit;
    hooks_of_what_was_rolled_back_are_dropped;
    hooks_use_the_connection;
    a_failing_hook_hides_no_commit;
    a_panicking_hook_leaves_all_well;
    a_hook_of_every_commit;
}

/// Covers TX-09.
fn hooks_run_once_in_order_after_the_commit<E: Everything>(c: &mut Connection<E>) {
    let told = Messages::default();
    let mut tx = c.begin().unwrap();
    told.on_both(&mut tx, "outer 1", "no");
    tx.transaction(|tx| {
        told.on_both(tx, "inner", "no");
        tx.transaction(|tx| {
            told.on_both(tx, "innermost", "no");
            Ok(())
        })
    })
    .unwrap();
    told.on_both(&mut tx, "outer 2", "no");
    add(&mut tx, "row").unwrap();
    assert_eq!(told.take(), [""; 0]);
    tx.commit().unwrap();
    assert_eq!(told.take(), ["outer 1", "inner", "innermost", "outer 2"]);

    c.transaction(|tx| add(tx, "another")).unwrap();
    assert_eq!(told.take(), [""; 0]);
}

/// Covers TX-09.
fn hooks_of_what_was_rolled_back_are_dropped<E: Everything>(c: &mut Connection<E>) {
    let told = Messages::default();
    let mut tx = c.begin().unwrap();
    told.on_both(&mut tx, "outer", "no");
    let inner: bindery::Result<()> = tx.transaction(|tx| {
        told.on_both(tx, "no", "inner undone");
        tx.transaction(|tx| {
            told.on_both(tx, "no", "innermost undone");
            Ok(())
        })?;
        Err(refused())
    });
    inner.unwrap_err();
    assert_eq!(told.take(), ["inner undone", "innermost undone"]);
    let mut forgotten = tx.begin().unwrap();
    told.on_both(&mut forgotten, "no", "forgotten undone");
    std::mem::forget(forgotten);
    tx.commit().unwrap();
    assert_eq!(told.take(), ["forgotten undone", "outer"]);

    let mut tx = c.begin().unwrap();
    told.on_both(&mut tx, "no", "by a call");
    tx.rollback().unwrap();
    assert_eq!(told.take(), ["by a call"]);
    let mut tx = c.begin().unwrap();
    told.on_both(&mut tx, "no", "by a drop");
    drop(tx);
    assert_eq!(told.take(), ["by a drop"]);
    let panicking = AssertUnwindSafe(|| {
        c.transaction::<()>(|tx| {
            told.on_both(tx, "no", "by a panic");
            panic!("the user's own")
        })
    });
    catch_unwind(panicking).unwrap_err();
    assert_eq!(told.take(), ["by a panic"]);

    // A commit that is refused is a rollback.
    let mut tx = c.begin().unwrap();
    told.on_both(&mut tx, "no", "by a failed call");
    for number in [1, 2] {
        let member = crate::sample::NewMember::new(number, "ann@example.org");
        let _ = tx.members().insert(member);
    }
    tx.commit().unwrap_err();
    assert_eq!(told.take(), ["by a failed call"]);
}

/// Covers TX-09.
fn hooks_use_the_connection<E: Everything>(c: &mut Connection<E>) {
    let told = Messages::default();
    let inner = told.clone();
    c.transaction(|tx| {
        tx.after_commit(move |c| {
            assert!(!c.in_transaction());
            add(c, "by a hook")?;
            c.transaction(|tx| {
                inner.on_commit(tx, "of a hook's own transaction");
                add(tx, "by its transaction")
            })
        });
        told.on_commit(tx, "behind it");
        add(tx, "row")
    })
    .unwrap();
    assert_eq!(told.take(), ["of a hook's own transaction", "behind it"]);
    assert_eq!(titles(c), ["by a hook", "by its transaction", "row"]);
}

fn source_of(error: &Error) -> &Error {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref())
        .expect("the hook's own error")
}

/// Covers TX-09.
fn a_failing_hook_hides_no_commit<E: Everything>(c: &mut Connection<E>) {
    let told = Messages::default();
    let error = c
        .transaction(|tx| {
            tx.after_commit(|_| Err(refused()));
            tx.after_commit(|_| Err(Error::new(ErrorKind::StaleVersion)));
            told.on_both(tx, "behind it", "no");
            add(tx, "kept")
        })
        .unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::AfterCommit);
    assert_eq!(error.applied(), Applied::Yes);
    assert!(!error.is_retryable());
    assert!(error.engine().is_some());
    assert_eq!(*source_of(&error).kind(), ErrorKind::NotFound);
    assert_eq!(told.take(), ["behind it"]);
    assert_eq!(titles(c), ["kept"]);
}

/// Covers TX-09.
fn a_panicking_hook_leaves_all_well<E: Everything>(c: &mut Connection<E>) {
    let told = Messages::default();
    let committing = AssertUnwindSafe(|| {
        c.transaction(|tx| {
            tx.after_commit(|_| panic!("the user's own"));
            told.on_commit(tx, "behind it");
            add(tx, "kept")
        })
    });
    let panic = catch_unwind(committing).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the user's own"));
    assert_eq!(told.take(), ["behind it"]);
    assert_eq!(titles(c), ["kept"]);

    // Two panics at the same time would end the process.
    let rolling_back = AssertUnwindSafe(|| {
        c.transaction::<()>(|tx| {
            tx.after_rollback(|| panic!("the hook's"));
            told.on_rollback(tx, "undone");
            panic!("the closure's")
        })
    });
    let panic = catch_unwind(rolling_back).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the closure's"));
    assert_eq!(told.take(), ["undone"]);
    assert!(!c.in_transaction());
    add(c, "after").unwrap();
}

/// Covers TX-09.
fn a_hook_of_every_commit<E: Everything>(c: &mut Connection<E>) {
    let told = Messages::default();
    let hook = told.clone();
    c.after_each_commit(move |c| {
        hook.say("each");
        // It does not call itself.
        c.transaction(|tx| add(tx, "by the hook"))
    });
    c.transaction(|tx| {
        told.on_commit(tx, "once");
        tx.transaction(|tx| add(tx, "row"))
    })
    .unwrap();
    assert_eq!(told.take(), ["once", "each"]);
    let outcome: bindery::Result<()> = c.transaction(|_| Err(refused()));
    outcome.unwrap_err();
    assert_eq!(told.take(), [""; 0]);
    c.transaction(|tx| add(tx, "row")).unwrap();
    assert_eq!(told.take(), ["each"]);
    assert_eq!(titles(c), ["by the hook", "by the hook", "row", "row"]);
}

/// Covers TX-09.
#[test]
fn hooks_run_at_the_commit_of_their_own_engine() {
    let db = embedded();
    let (mut default, mut b) = (db.connect(Default).unwrap(), db.connect(B).unwrap());
    let told = Messages::default();
    let (of_default, of_b) = (told.clone(), told.clone());
    let mut outer = default.begin().unwrap();
    let mut other = b.begin().unwrap();
    outer.after_commit(move |_| {
        of_default.say("default");
        Ok(())
    });
    other.after_commit(move |_| {
        of_b.say("b");
        Ok(())
    });
    outer.commit().unwrap();
    assert_eq!(told.take(), ["default"]);
    other.rollback().unwrap();
    assert_eq!(told.take(), [""; 0]);
}
