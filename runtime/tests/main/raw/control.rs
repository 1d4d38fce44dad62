//! Raw BEGIN, COMMIT and ROLLBACK: a typed error, and never a silent loss.

mod scripts;

use bindery::error::Applied;
use bindery::{Connection, ErrorKind};

use super::{by, sql};
use crate::sample::{Everything, Tables, on_each_database};

on_each_database! {
    tx_7_a_raw_commit_in_a_transaction_is_a_typed_error;
    tx_7_a_raw_rollback_in_a_transaction_is_a_typed_error;
    a_script_runs_all_of_its_statements;
    a_savepoint_of_the_programs_own_is_its_own;
    a_failing_raw_statement_ends_its_transaction;
    a_second_row_ends_the_transaction;
    tx_17_raw_ddl_that_commits_is_a_typed_error;
    raw_statements_only_read_in_a_read_only_transaction;
}

const INSERT: &str = "INSERT INTO blogs (title) VALUES ('raw')";

fn count<E: Everything>(c: &mut Connection<E>) -> u64 {
    c.blogs().count().unwrap()
}

fn ensure_control(error: &bindery::Error) {
    assert_eq!(error.kind(), &ErrorKind::TransactionControl, "{error:?}");
}

fn tx_7_a_raw_commit_in_a_transaction_is_a_typed_error<E: Everything>(c: &mut Connection<E>) {
    let mut tx = c.begin().unwrap();
    tx.execute(INSERT, ()).unwrap();
    let error = tx.execute("COMMIT", ()).unwrap_err();
    ensure_control(&error);
    let is_refused_before = error.applied() == Applied::No;
    assert!(tx.execute(INSERT, ()).is_err(), "nothing more is done");
    let error = tx.commit().unwrap_err();
    if is_refused_before {
        assert_eq!(error.kind(), &ErrorKind::TransactionAborted);
        assert_eq!((error.applied(), count(c)), (Applied::No, 0));
    } else {
        ensure_control(&error);
        assert_eq!((error.applied(), count(c)), (Applied::Unknown, 1));
    }
    c.transaction(|tx| tx.execute(INSERT, ())).unwrap();
}

fn tx_7_a_raw_rollback_in_a_transaction_is_a_typed_error<E: Everything>(c: &mut Connection<E>) {
    let error = c
        .transaction(|tx| {
            tx.execute(INSERT, ())?;
            let ignored = tx.transaction(|inner| inner.execute("ROLLBACK", ()));
            ensure_control(&ignored.unwrap_err());
            tx.execute(INSERT, ())
        })
        .unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::TransactionControl | ErrorKind::TransactionAborted
        ),
        "{error:?}"
    );
    assert_eq!(count(c), 0);
}

fn a_script_runs_all_of_its_statements<E: Everything>(c: &mut Connection<E>) {
    c.execute_batch("")
        .unwrap_or_else(|error| assert!(error.code().is_some(), "{error:?}"));
    c.execute_batch(
        "-- a comment; with a semicolon
         INSERT INTO blogs (title) VALUES ('one'); SELECT * FROM blogs;
         INSERT INTO blogs (title) VALUES ('two');",
    )
    .unwrap();
    assert_eq!(count(c), 2);
    let failing = "DELETE FROM blogs WHERE title = 'one'; SELECT nothing FROM nowhere";
    let error = c.execute_batch(failing).unwrap_err();
    let left = by(c, "1", "2", "1").parse::<u64>().unwrap();
    assert_eq!(count(c), left, "PostgreSQL runs the text as one");
    assert_eq!(error.applied() == Applied::No, left == 2, "{error:?}");
    let error =
        c.transaction(|tx| tx.execute_batch("DELETE FROM blogs; SELECT nothing FROM nowhere"));
    assert_eq!(error.unwrap_err().applied(), Applied::No);
    assert_eq!(count(c), left);
    // One statement is one statement.
    let two = c
        .execute("DELETE FROM blogs; DELETE FROM blogs", ())
        .unwrap_err();
    assert_eq!((two.applied(), count(c)), (Applied::No, left), "{two:?}");
}

fn a_savepoint_of_the_programs_own_is_its_own<E: Everything>(c: &mut Connection<E>) {
    c.transaction(|tx| {
        tx.execute("SAVEPOINT mine", ())?;
        tx.execute(INSERT, ())?;
        tx.execute("RELEASE SAVEPOINT mine", ()).map(drop)
    })
    .unwrap();
    assert_eq!(count(c), 1);
}

fn a_failing_raw_statement_ends_its_transaction<E: Everything>(c: &mut Connection<E>) {
    let wrong = sql(c, "SELECT nothing FROM nowhere WHERE a = ?");
    let mut tx = c.begin().unwrap();
    tx.execute(INSERT, ()).unwrap();
    tx.query_as::<i64>(wrong, (1,)).unwrap_err();
    let error = tx.execute(INSERT, ()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::TransactionAborted);
    assert!(tx.commit().is_err());
    assert_eq!(count(c), 0);
}

/// Covers TX-17.
fn tx_17_raw_ddl_that_commits_is_a_typed_error<E: Everything>(c: &mut Connection<E>) {
    for (ddl, is_fine) in [
        ("CREATE TABLE more (a INTEGER)", true),
        ("CREATE TABLE blogs (a INTEGER)", false),
    ] {
        let outcome = c.transaction(|tx| {
            tx.execute(INSERT, ())?;
            tx.execute(ddl, ())
        });
        if c.dialect() == bindery::Dialect::Mysql {
            let error = outcome.unwrap_err();
            ensure_control(&error);
            assert_eq!((error.applied(), count(c)), (Applied::Unknown, 1), "{ddl}");
        } else {
            assert_eq!(outcome.is_ok(), is_fine, "{outcome:?}");
            assert_eq!(count(c), u64::from(is_fine));
        }
        c.execute("DELETE FROM blogs", ()).unwrap();
    }
}

/// A query that may have written and whose rows are not taken ends its transaction.
fn a_second_row_ends_the_transaction<E: Everything>(c: &mut Connection<E>) {
    c.execute_batch("INSERT INTO blogs (title) VALUES ('a'), ('b')")
        .unwrap();
    let mut tx = c.begin().unwrap();
    let error = tx
        .query_row::<String>("SELECT title FROM blogs", ())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.applied()),
        (&ErrorKind::SeveralRows, Applied::No)
    );
    assert!(tx.execute(INSERT, ()).is_err());
    assert!(tx.commit().is_err());
    assert_eq!(count(c), 2);
}

fn raw_statements_only_read_in_a_read_only_transaction<E: Everything>(c: &mut Connection<E>) {
    let options = || bindery::TransactionOptions::new().read_only();
    let read = c.transaction_with(options(), |tx| {
        tx.query_scalar::<i64>("SELECT count(*) FROM blogs", ())
    });
    assert_eq!(read.unwrap(), 0);
    for write in [
        INSERT,
        "/* a */ -- b\n INSERT INTO blogs (title) VALUES ('x')",
    ] {
        let error = c
            .transaction_with(options(), |tx| tx.execute(write, ()))
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{error:?}");
        let error = c
            .transaction_with(options(), |tx| tx.execute_batch(write))
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{error:?}");
    }
    assert_eq!(count(c), 0);
}
