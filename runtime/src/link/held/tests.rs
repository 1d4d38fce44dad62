//! Transactions that end in ways that no program intended, on SQLite.

use std::time::Duration;

use super::*;
use crate::driver::sqlite::{SqliteConnection, SqliteOptions};
use crate::link::pool::PoolLimits;

fn pool() -> Arc<Pool> {
    pool_with(None)
}

fn pool_with(max_transaction_age: Option<Duration>) -> Arc<Pool> {
    let limits = PoolLimits {
        max_connections: 1,
        min_connections: 0,
        acquire_timeout: Duration::ZERO,
        idle_timeout: Duration::MAX,
        max_lifetime: Duration::MAX,
        test_after_idle: Duration::MAX,
        max_transaction_age,
        outside_transaction: Some(bindery_core::config::OutsideTransaction::Allow),
        keep: true,
        one_writer: false,
    };
    let open = |_| {
        let options = SqliteOptions {
            path: ":memory:",
            busy_timeout: Duration::ZERO,
            statement_timeout: None,
            synchronous: bindery_core::config::Synchronous::default(),
            read_only: false,
            creates: true,
        };
        SqliteConnection::open(&options, Duration::ZERO).map(Physical::from)
    };
    Pool::new("b", limits, Box::new(open))
}

fn run_sql(link: &mut Link, sql: &str) -> Result<()> {
    link.ready()?.batch(sql)
}

fn rows(link: &mut Link) -> u64 {
    let mut count = 0;
    let sql = "SELECT count(*) FROM t";
    let query = link.ready().unwrap().query(sql, &mut |_| (), &mut |row| {
        count = row.u64()?;
        Ok(true)
    });
    query.unwrap();
    count
}

/// A table, and no room for more than a few pages.
fn full(link: &mut Link) {
    run_sql(link, "CREATE TABLE t (a); PRAGMA max_page_count = 8").unwrap();
}

const TOO_MUCH: &str = "INSERT INTO t VALUES (zeroblob(100000))";

/// Covers TX-13 on SQLite.
#[test]
fn nothing_runs_in_a_transaction_that_the_database_ended() {
    let pool = pool();
    let mut link = pool.acquire().unwrap();
    full(&mut link);
    let outer = link.begin().unwrap();
    let inner = link.begin().unwrap();
    run_sql(&mut link, "INSERT INTO t VALUES (1)").unwrap();
    run_sql(&mut link, TOO_MUCH).unwrap_err();
    assert!(!link.physical().in_transaction(), "a full disk ends it");

    // Alone, this would be committed immediately.
    let aborted = |outcome: Result<()>| {
        assert_eq!(outcome.unwrap_err().kind(), &ErrorKind::TransactionAborted);
    };
    aborted(run_sql(&mut link, "INSERT INTO t VALUES (2)"));
    aborted(link.begin().map(drop));
    link.undo(inner).unwrap();
    aborted(run_sql(&mut link, "INSERT INTO t VALUES (3)"));
    aborted(link.commit(outer));

    assert_eq!(link.depth(), 0);
    assert_eq!(rows(&mut link), 0);
    drop(link);
    assert_eq!(pool.stats().idle, 1, "the connection itself is good");
}

#[test]
fn a_call_of_many_statements_is_undone_when_the_database_ends_it() {
    let pool = pool();
    let mut link = pool.acquire().unwrap();
    full(&mut link);
    let outcome = link.atomically(|link| {
        run_sql(link, "INSERT INTO t VALUES (1)")?;
        run_sql(link, TOO_MUCH)
    });
    assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::DiskFull);
    assert_eq!((link.depth(), rows(&mut link)), (0, 0));
}

#[test]
fn a_refused_commit_leaves_no_transaction_open() {
    let pool = pool();
    let mut link = pool.acquire().unwrap();
    let tables = "CREATE TABLE p (id INTEGER PRIMARY KEY); \
         CREATE TABLE t (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)";
    run_sql(&mut link, tables).unwrap();
    let depth = link.begin().unwrap();
    run_sql(&mut link, "INSERT INTO t VALUES (7)").unwrap();
    let error = link.commit(depth).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
        "{error:?}"
    );
    assert_eq!((link.depth(), rows(&mut link)), (0, 0));
    assert!(!link.physical().in_transaction());
}

#[test]
fn a_connection_whose_rollback_failed_is_thrown_away() {
    let pool = pool();
    let mut link = pool.acquire().unwrap();
    link.begin().unwrap();
    let inner = link.begin().unwrap();
    // The savepoint is gone, so it cannot be rolled back to.
    run_sql(&mut link, "RELEASE SAVEPOINT bindery_2").unwrap();
    link.undo(inner).unwrap_err();
    assert_eq!(link.depth(), 2);
    drop(link);
    assert_eq!(pool.stats().open, 0);
}

/// Covers TX-19 on SQLite.
#[test]
fn a_forked_child_leaves_the_transaction_of_its_parent_alone() {
    // It is too old from the beginning: the child must not end it for that.
    let mut link = pool_with(Some(Duration::ZERO)).acquire().unwrap();
    run_sql(&mut link, "CREATE TABLE t (a)").unwrap();
    link.begin().unwrap();
    run_sql(&mut link, "INSERT INTO t VALUES (1)").unwrap();
    let fork = |link: &mut Link| link.pool.change_process();

    fork(&mut link);
    let forked = |outcome: Result<()>| {
        assert_eq!(outcome.unwrap_err().kind(), &ErrorKind::Forked);
    };
    forked(run_sql(&mut link, "INSERT INTO t VALUES (2)"));
    forked(link.call(Operation::Count, |_| Ok(())));
    forked(link.begin().map(drop));
    forked(link.commit(1));
    forked(link.undo(1));

    fork(&mut link);
    link.commit(1).unwrap();
    assert_eq!(rows(&mut link), 1);
}
