//! Scripts with transactions of their own. MySQL and MariaDB cannot tell whether one of them is a prepared branch of an XA
//! transaction, so their connection is closed afterwards.

use bindery::error::Applied;
use bindery::{Connection, ErrorKind};

use super::{INSERT, count, ensure_control};
use crate::raw::by;
use crate::sample::{Everything, Tables, on_each_database};

on_each_database! {
    once:
    tx_7_a_raw_begin_is_refused_and_leaves_nothing_open;
    tx_7_a_commit_hidden_in_a_script_is_a_typed_error;
    tx_7_a_transaction_that_is_restarted_is_a_typed_error;
    tx_7_a_procedure_that_restarts_its_transaction_is_a_typed_error;
    a_script_may_have_a_transaction_of_its_own;
}

/// Covers TX-7.
fn tx_7_a_raw_begin_is_refused_and_leaves_nothing_open<E: Everything>(c: &mut Connection<E>) {
    for begin in [
        "BEGIN",
        by(c, "SAVEPOINT a", "START TRANSACTION", "START TRANSACTION"),
    ] {
        let error = c.execute(begin, ()).unwrap_err();
        ensure_control(&error);
        assert_eq!(error.applied(), Applied::No);
        assert_eq!(c.execute(INSERT, ()).unwrap(), 1, "it is stored at once");
    }
    let error = c
        .execute_batch("BEGIN; INSERT INTO blogs (title) VALUES ('lost')")
        .unwrap_err();
    ensure_control(&error);
    assert_eq!(count(c), 2);
    c.transaction(|tx| tx.execute(INSERT, ())).unwrap();
    assert_eq!(count(c), 3);
}

fn tx_7_a_commit_hidden_in_a_script_is_a_typed_error<E: Everything>(c: &mut Connection<E>) {
    for script in [
        "INSERT INTO blogs (title) VALUES ('kept'); COMMIT; BEGIN",
        "INSERT INTO blogs (title) VALUES ('kept'); COMMIT; SELECT nothing FROM nowhere",
    ] {
        let error = c
            .transaction(|tx| {
                tx.execute(INSERT, ())?;
                tx.execute_batch(script)
            })
            .unwrap_err();
        ensure_control(&error);
        if error.applied() == Applied::No {
            assert_eq!(count(c), 0);
        }
        c.execute("DELETE FROM blogs", ()).unwrap();
    }
}

/// The next transaction is open after these, so that no status tells.
/// Covers TX-7.
fn tx_7_a_transaction_that_is_restarted_is_a_typed_error<E: Everything>(c: &mut Connection<E>) {
    for text in [
        "COMMIT AND CHAIN",
        "/* a */ commit work -- b\n and chain",
        "ROLLBACK AND CHAIN",
        "SELECT 1; COMMIT AND CHAIN",
        by(c, "BEGIN", "COMMIT AND CHAIN", "START TRANSACTION"),
    ] {
        let error = c
            .transaction(|tx| {
                tx.execute(INSERT, ())?;
                tx.execute_batch(text)?;
                tx.execute(INSERT, ())
            })
            .unwrap_err();
        if c.dialect() == bindery::Dialect::Sqlite && error.code().is_some() {
            // It has no such words.
            assert_eq!(error.applied(), Applied::No, "{text}: {error:?}");
        } else {
            ensure_control(&error);
        }
        if error.applied() == Applied::No {
            assert_eq!(count(c), 0, "{text}");
        }
        c.execute("DELETE FROM blogs", ()).unwrap();
    }
    if c.dialect() == bindery::Dialect::Mysql {
        for text in [
            "SET completion_type = 1",
            "SET @@SESSION.completion_type = 'CHAIN'",
        ] {
            let error = c.execute(text, ()).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Unsupported(_)),
                "{error:?}"
            );
            assert_eq!(error.applied(), Applied::No);
        }
    }
    c.transaction(|tx| tx.execute(INSERT, ())).unwrap();
    assert_eq!(count(c), 1, "no transaction was left open");
}

/// Covers TX-7 on MariaDB.
fn tx_7_a_procedure_that_restarts_its_transaction_is_a_typed_error<E: Everything>(
    c: &mut Connection<E>,
) {
    if c.dialect() != bindery::Dialect::Mysql {
        return;
    }
    for (name, body) in [
        ("restarts", "COMMIT AND CHAIN"),
        (
            "fails",
            "BEGIN COMMIT AND CHAIN; SELECT nothing FROM nowhere; END",
        ),
        ("stays", "INSERT INTO blogs (title) VALUES ('called')"),
    ] {
        let create = format!("CREATE PROCEDURE {name}() {body}");
        c.execute_batch(bindery::Sql::assembled(create)).unwrap();
    }
    for text in ["CALL restarts()", "CALL fails()"] {
        let mut tx = c.begin().unwrap();
        tx.execute(INSERT, ()).unwrap();
        let error = tx.execute(text, ()).unwrap_err();
        ensure_control(&error);
        assert_eq!(error.applied(), Applied::Unknown, "{text}");
        assert!(tx.execute(INSERT, ()).is_err(), "nothing more is done");
        drop(tx);
        assert_eq!(count(c), 1, "{text}");
        c.execute("DELETE FROM blogs", ()).unwrap();
    }
    c.transaction(|tx| {
        tx.execute(INSERT, ())?;
        tx.execute("CALL stays()", ())
    })
    .unwrap();
    assert_eq!(count(c), 2);
}

fn a_script_may_have_a_transaction_of_its_own<E: Everything>(c: &mut Connection<E>) {
    c.execute_batch(
        "BEGIN; INSERT INTO blogs (title) VALUES ('a; b'); COMMIT;
         BEGIN; DELETE FROM blogs; ROLLBACK;",
    )
    .unwrap();
    assert_eq!(c.blogs().all().unwrap()[0].title, "a; b");
}
