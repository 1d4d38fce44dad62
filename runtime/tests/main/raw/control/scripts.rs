//! Scripts with transactions of their own. MySQL and MariaDB cannot tell whether one of them is a prepared branch of an XA
//! transaction, so their connection is closed afterwards.

use bindery::{Applied, Connection};

use super::{INSERT, count, ensure_control};
use crate::raw::by;
use crate::sample::{Everything, Tables, on_each_database};

on_each_database! {
    once:
    tx_7_a_raw_begin_is_refused_and_leaves_nothing_open;
    tx_7_a_commit_hidden_in_a_script_is_a_typed_error;
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

fn a_script_may_have_a_transaction_of_its_own<E: Everything>(c: &mut Connection<E>) {
    c.execute_batch(
        "BEGIN; INSERT INTO blogs (title) VALUES ('a; b'); COMMIT;
         BEGIN; DELETE FROM blogs; ROLLBACK;",
    )
    .unwrap();
    assert_eq!(c.blogs().all().unwrap()[0].title, "a; b");
}
