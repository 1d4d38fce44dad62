//! Transactions that a server ends: locks that are not given, and deadlocks.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use bindery_testkit::{FreshDatabase, Watchdog};

use super::Link;
use crate::driver::tests::connect;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::pool::{Pool, PoolLimits};

const PATIENCE: Duration = Duration::from_secs(120);

/// A pool of connections to a table `t` with the rows 1 and 2, whose sessions wait a second for a lock.
struct Server {
    pool: Arc<Pool>,
    /// Dropped after the pool.
    _fresh: FreshDatabase,
}

fn servers() -> Vec<Server> {
    let fresh = [
        (
            bindery_testkit::fresh_postgres(),
            "SET lock_timeout = '1s'; SET deadlock_timeout = '50ms'",
        ),
        (
            bindery_testkit::fresh_mysql(),
            "SET innodb_lock_wait_timeout = 1",
        ),
    ];
    let there = fresh
        .into_iter()
        .filter_map(|(fresh, session)| Some(Server::new(fresh?, session)));
    there.collect()
}

impl Server {
    fn new(fresh: FreshDatabase, session: &'static str) -> Self {
        let url = fresh.url();
        let limits = PoolLimits {
            max_connections: 4,
            min_connections: 0,
            acquire_timeout: PATIENCE,
            idle_timeout: Duration::MAX,
            max_lifetime: Duration::MAX,
            test_after_idle: Duration::MAX,
            max_transaction_age: None,
            outside_transaction: Some(bindery_core::config::OutsideTransaction::Allow),
            keep: true,
            one_writer: false,
        };
        let open = move |_| {
            let mut physical = connect(&url)?;
            physical.batch(session)?;
            Ok(physical)
        };
        let pool = Pool::new("b", limits, Box::new(open));
        let mut link = pool.acquire().unwrap();
        run(&mut link, "CREATE TABLE t (id INT PRIMARY KEY, a INT)").unwrap();
        run(&mut link, "INSERT INTO t VALUES (1, 10), (2, 10)").unwrap();
        drop(link);
        Self {
            pool,
            _fresh: fresh,
        }
    }

    fn link(&self) -> Link {
        self.pool.acquire().unwrap()
    }
}

/// One call of a program.
fn run(link: &mut Link, sql: &str) -> Result<()> {
    link.call(Operation::Update, |link| link.ready()?.batch(sql))
}

fn add(link: &mut Link, id: u32) -> Result<()> {
    run(link, &format!("UPDATE t SET a = a + 1 WHERE id = {id}"))
}

fn column(link: &mut Link) -> Vec<i64> {
    let mut values = Vec::new();
    let sql = "SELECT a FROM t ORDER BY id";
    let query = link.ready().unwrap().query(sql, &mut |_| (), &mut |row| {
        values.push(row.i64()?);
        Ok(true)
    });
    query.unwrap();
    values
}

fn kind<T>(outcome: Result<T>) -> ErrorKind {
    outcome.map(drop).expect_err("an error").kind().clone()
}

/// Neither further calls nor the rollback of a savepoint revive it, and nothing is kept.
fn is_over(link: &mut Link, savepoint: u32) {
    assert_eq!(kind(add(link, 1)), ErrorKind::TransactionAborted);
    link.undo(savepoint).unwrap();
    assert_eq!(kind(add(link, 1)), ErrorKind::TransactionAborted);
    assert_eq!(kind(link.begin()), ErrorKind::TransactionAborted);
    let depth = link.depth();
    assert_eq!(kind(link.commit(depth)), ErrorKind::TransactionAborted);
    assert_eq!(link.depth(), 0);
}

/// SQLite gives locks at the beginning of a transaction only.
///
/// Covers TX-10 on PostgreSQL, MariaDB.
#[test]
fn a_lock_that_is_not_given_in_time_ends_the_transaction() {
    let _watchdog = Watchdog::start("a_lock_that_is_not_given_in_time", PATIENCE);
    for server in servers() {
        let (mut holder, mut other) = (server.link(), server.link());
        holder.begin().unwrap();
        add(&mut holder, 2).unwrap();

        other.begin().unwrap();
        add(&mut other, 1).unwrap();
        let savepoint = other.begin().unwrap();
        let error = add(&mut other, 2).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Busy);
        assert!(error.is_retryable());
        is_over(&mut other, savepoint);

        holder.commit(1).unwrap();
        assert_eq!(column(&mut other), [10, 11]);
        // The connection is as good as before.
        other.begin().unwrap();
        add(&mut other, 2).unwrap();
        other.commit(1).unwrap();
        assert_eq!(column(&mut holder), [10, 12]);
    }
}

/// Adds to both rows, in the order given, once the other has its first; says how that ended.
fn both(link: &mut Link, rows: [u32; 2], locked: &Barrier) -> Result<()> {
    link.begin()?;
    let first = add(link, rows[0]);
    locked.wait();
    first?;
    let savepoint = link.begin()?;
    match add(link, rows[1]) {
        Err(error) => {
            is_over(link, savepoint);
            Err(error)
        }
        Ok(()) => link.commit(savepoint).and_then(|()| link.commit(1)),
    }
}

/// Covers TX-8 on PostgreSQL, MariaDB.
#[test]
fn a_deadlock_ends_the_transaction_of_one() {
    let _watchdog = Watchdog::start("a_deadlock_ends_the_transaction_of_one", PATIENCE);
    for server in servers() {
        let locked = Barrier::new(2);
        let refused: Vec<Error> = thread::scope(|scope| {
            let threads = [[1, 2], [2, 1]].map(|rows| {
                let mut link = server.link();
                let locked = &locked;
                scope.spawn(move || both(&mut link, rows, locked).err())
            });
            let outcomes = threads.map(|thread| thread.join().unwrap());
            outcomes.into_iter().flatten().collect()
        });
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!(*refused[0].kind(), ErrorKind::Conflict);
        assert_eq!(column(&mut server.link()), [11, 11]);
        assert_eq!(server.pool.stats().open, 2, "both connections are good");
    }
}
