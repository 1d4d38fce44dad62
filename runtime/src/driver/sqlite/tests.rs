//! Incidents of a file: other programs' locks, statements without an end, no room, no right to write, the file taken
//! away.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use bindery_testkit::Watchdog;

use super::*;
use crate::driver::Physical;
use crate::error::TimeoutPhase;
use crate::link::Link;
use crate::link::pool::{Pool, PoolLimits};

const SHORT: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(120);
/// Reads without an end.
const ENDLESS: &str =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
/// Writes without an end: its rows are gone when it is interrupted.
const ENDLESS_INSERT: &str = "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";

/// A file in a folder of its own.
struct File {
    folder: tempfile::TempDir,
}

impl File {
    /// With a table `t`.
    fn new() -> Self {
        let file = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        run_sql(&mut file.link(SHORT), "CREATE TABLE t (a)").unwrap();
        file
    }

    fn path(&self) -> String {
        self.folder
            .path()
            .join("one.db")
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Any other program's connection: it knows nothing of turns.
    fn other(&self) -> rusqlite::Connection {
        let other = rusqlite::Connection::open(self.path()).unwrap();
        other.busy_timeout(PATIENCE).unwrap();
        other
    }

    fn pool(&self, limit: Duration) -> Arc<Pool> {
        pool(self.path(), limit)
    }

    fn link(&self, limit: Duration) -> Link {
        self.pool(limit).acquire().unwrap()
    }
}

/// Waiting for locks and running statements ends within the limit.
fn pool(path: String, limit: Duration) -> Arc<Pool> {
    let limits = PoolLimits {
        max_connections: 4,
        min_connections: 0,
        acquire_timeout: limit,
        idle_timeout: Duration::MAX,
        max_lifetime: Duration::MAX,
        test_after_idle: Duration::MAX,
        max_transaction_age: None,
        outside_transaction: Some(bindery_core::config::OutsideTransaction::Allow),
        keep: true,
        one_writer: true,
    };
    let open = move |_| {
        let options = SqliteOptions {
            path: &path,
            busy_timeout: limit,
            statement_timeout: Some(limit),
            synchronous: bindery_core::config::Synchronous::default(),
            read_only: false,
            creates: true,
        };
        SqliteConnection::open(&options, PATIENCE).map(Physical::from)
    };
    Pool::new("b", limits, Box::new(open))
}

fn run_sql(link: &mut Link, sql: &str) -> Result<()> {
    link.ready()?.batch(sql)
}

fn count(link: &mut Link) -> u64 {
    let mut count = 0;
    let sql = "SELECT count(*) FROM t";
    let query = link.ready().unwrap().query(sql, &mut |_| (), &mut |row| {
        count = row.u64()?;
        Ok(true)
    });
    query.unwrap();
    count
}

fn kind_of<T>(outcome: Result<T>) -> ErrorKind {
    outcome
        .map(drop)
        .expect_err("it cannot succeed")
        .kind()
        .clone()
}

/// Another program's lock is waited for until the limit, wherever a transaction or a statement meets it.
///
/// Covers TX-12, ERR-03 on SQLite.
#[test]
fn tx_12_another_programs_lock_is_waited_for() {
    let _watchdog = Watchdog::start("tx_12_another_programs_lock", PATIENCE);
    let file = File::new();
    let other = file.other();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut hasty = file.link(SHORT);
    assert_eq!(kind_of(hasty.begin()), ErrorKind::Busy);
    assert_eq!(
        kind_of(run_sql(&mut hasty, "INSERT INTO t VALUES (1)")),
        ErrorKind::Busy
    );
    assert_eq!(count(&mut hasty), 0, "reading waits for no writer");
    thread::scope(|scope| {
        let mut patient = file.link(PATIENCE);
        let writer = scope.spawn(move || {
            let depth = patient.begin()?;
            run_sql(&mut patient, "INSERT INTO t VALUES (1)")?;
            patient.commit(depth)
        });
        thread::sleep(SHORT * 2);
        other
            .execute_batch("INSERT INTO t VALUES (2); COMMIT")
            .unwrap();
        writer.join().unwrap().unwrap();
    });
    assert_eq!(count(&mut hasty), 2);
    run_sql(&mut hasty, "INSERT INTO t VALUES (3)").unwrap();
}

/// A row that was read in a transaction can always be written in it: no other connection wrote meanwhile.
///
/// Covers TX-12 on SQLite.
#[test]
fn tx_12_reading_first_and_writing_then_cannot_fail() {
    let _watchdog = Watchdog::start("tx_12_reading_first_and_writing_then", PATIENCE);
    let file = File::new();
    let pool = file.pool(PATIENCE);
    let mut link = pool.acquire().unwrap();
    for round in 0..20 {
        let depth = link.begin().unwrap();
        assert_eq!(count(&mut link), round * 3);
        thread::scope(|scope| {
            let mut second = pool.acquire().unwrap();
            let other = file.other();
            scope.spawn(move || run_sql(&mut second, "INSERT INTO t VALUES (1)").unwrap());
            scope.spawn(move || other.execute_batch("INSERT INTO t VALUES (2)").unwrap());
            run_sql(&mut link, "INSERT INTO t VALUES (3)").unwrap();
            link.commit(depth).unwrap();
        });
    }
    assert_eq!(count(&mut link), 60);
}

/// A statement without an end has one, and the connection is good afterwards.
///
/// Covers TX-4 on SQLite.
#[test]
fn tx_4_every_statement_ends() {
    let _watchdog = Watchdog::start("tx_4_every_statement_ends", PATIENCE);
    let file = File::new();
    let mut link = file.link(SHORT);
    let timeout = ErrorKind::Timeout {
        phase: TimeoutPhase::Statement,
    };
    let take = &mut |_: &mut RowReader<'_>| Ok(true);
    for _ in 0..2 {
        let physical = link.ready().unwrap();
        assert_eq!(kind_of(physical.query(ENDLESS, &mut |_| (), take)), timeout);
        assert_eq!(kind_of(physical.batch(ENDLESS)), timeout);
        assert_eq!(
            kind_of(physical.execute(ENDLESS_INSERT, &mut |_| ())),
            timeout
        );
        let mut cursor = physical.cursor(ENDLESS, &mut |_| ()).unwrap();
        assert_eq!(kind_of(cursor.next().map(drop)), timeout);
        drop(cursor);
        assert_eq!(count(&mut link), 0);
    }
    run_sql(&mut link, "INSERT INTO t VALUES (1)").unwrap();
}

/// The time between two rows is the caller's.
#[test]
fn a_slow_reader_of_rows_is_not_the_statements_fault() {
    let file = File::new();
    let mut link = file.link(SHORT);
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let mut cursor = link.ready().unwrap().cursor(sql, &mut |_| ()).unwrap();
    for round in 1..20_000_u64 {
        let row = cursor.next().unwrap().map(|mut row| row.u64().unwrap());
        assert_eq!(row, Some(round));
        if round % 5_000 == 0 {
            thread::sleep(SHORT);
        }
    }
}

/// How SQLite ends a transaction, and how that is noticed.
type Ending<'a> = (&'a str, &'a str, ErrorKind);

/// Insert, an error that ends the transaction, insert, commit: nothing is stored. Had the last insert been let through, it
/// would have been committed alone.
///
/// Covers TX-11, TX-13 on SQLite.
#[test]
fn tx_13_a_transaction_that_sqlite_ended_stores_nothing() {
    let _watchdog = Watchdog::start("tx_13_a_transaction_that_sqlite_ended", PATIENCE);
    let interrupted = ErrorKind::Timeout {
        phase: TimeoutPhase::Statement,
    };
    let endings: [Ending<'_>; 2] = [
        (
            "PRAGMA max_page_count = 8",
            "INSERT INTO t VALUES (zeroblob(100000))",
            ErrorKind::DiskFull,
        ),
        ("", ENDLESS_INSERT, interrupted),
    ];
    for (prepare, ending, expected) in endings {
        let file = File::new();
        let pool = file.pool(SHORT);
        let mut link = pool.acquire().unwrap();
        run_sql(&mut link, prepare).unwrap();
        let depth = link.begin().unwrap();
        run_sql(&mut link, "INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(kind_of(run_sql(&mut link, ending)), expected);
        let aborted = ErrorKind::TransactionAborted;
        assert_eq!(
            kind_of(run_sql(&mut link, "INSERT INTO t VALUES (2)")),
            aborted
        );
        assert_eq!(kind_of(link.commit(depth)), aborted);
        assert_eq!(count(&mut link), 0, "{expected:?}");
        drop(link);
        // The turn went back with the transaction.
        let mut second = pool.acquire().unwrap();
        let other = pool.acquire().unwrap();
        run_sql(&mut second, "INSERT INTO t VALUES (3)").unwrap();
        drop(other);
        assert_eq!(count(&mut second), 1);
    }
}

/// A file that may only be read is read, and writing is refused as such.
///
/// Covers TX-14 on SQLite.
#[test]
fn tx_14_a_file_that_may_only_be_read() {
    let file = File::new();
    run_sql(&mut file.link(SHORT), "INSERT INTO t VALUES (1)").unwrap();
    for journal in ["WAL", "DELETE"] {
        let change = format!("PRAGMA journal_mode = {journal}");
        file.other().execute_batch(&change).unwrap();
        let pool = pool(format!("file:{}?mode=ro", file.path()), SHORT);
        let mut link = pool.acquire().unwrap();
        assert_eq!(count(&mut link), 1);
        let insert = "INSERT INTO t VALUES (2)";
        assert_eq!(
            kind_of(run_sql(&mut link, insert)),
            ErrorKind::ReadOnly,
            "{journal}"
        );
        let depth = link.begin().unwrap();
        assert_eq!(
            kind_of(run_sql(&mut link, insert)),
            ErrorKind::ReadOnly,
            "{journal}"
        );
        link.undo(depth).unwrap();
        assert_eq!(count(&mut link), 1);
    }
}

/// Nothing is written to a file that is unreachable, and the next connection takes the one that is there.
///
/// Covers ERR-03 on SQLite.
#[test]
fn err_03_a_file_that_is_taken_away_is_missed() {
    let file = File::new();
    let pool = file.pool(SHORT);
    let kept = Path::new(&file.path()).with_extension("kept");
    let (mut held, idle) = (pool.acquire().unwrap(), pool.acquire().unwrap());
    drop(idle);
    run_sql(
        &mut held,
        "INSERT INTO t VALUES (1); PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    std::fs::copy(file.path(), &kept).unwrap();
    std::fs::rename(&kept, file.path()).unwrap();

    assert_eq!(
        kind_of(run_sql(&mut held, "INSERT INTO t VALUES (2)")),
        ErrorKind::Unavailable
    );
    assert_eq!(kind_of(held.begin()), ErrorKind::ConnectionLost);
    drop(held);
    // Connections that rest shorter are not looked at.
    thread::sleep(Duration::from_millis(20));
    let mut fresh = pool.acquire().unwrap();
    assert_eq!(count(&mut fresh), 1);
    run_sql(&mut fresh, "INSERT INTO t VALUES (3)").unwrap();
    assert_eq!(count(&mut file.link(SHORT)), 2);
    assert_eq!(pool.stats().closed, 2);
}

/// A damaged file is reported as such, and its connection is not used again.
///
/// Covers ERR-03 on SQLite.
#[test]
fn err_03_a_damaged_file_ends_the_connection() {
    let file = File::new();
    let pool = file.pool(SHORT);
    let mut link = pool.acquire().unwrap();
    run_sql(
        &mut link,
        "CREATE TABLE u (a); INSERT INTO u VALUES (1); PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    drop(link);
    pool.close();
    let mut bytes = std::fs::read(file.path()).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(file.path(), bytes).unwrap();
    let pool = file.pool(SHORT);
    let mut link = pool.acquire().unwrap();
    assert_eq!(
        kind_of(run_sql(&mut link, "INSERT INTO t VALUES (1)")),
        ErrorKind::Corrupt
    );
    drop(link);
    assert_eq!(pool.stats().closed, 1);
}

/// The same where rows are pulled.
///
/// Covers ERR-03 on SQLite.
#[test]
fn err_03_a_damaged_file_ends_the_connection_also_when_rows_are_pulled() {
    let file = File::new();
    let mut link = file.link(SHORT);
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
         INSERT INTO t SELECT zeroblob(100) FROM n";
    run_sql(&mut link, rows).unwrap();
    run_sql(&mut link, "PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(link);
    let mut bytes = std::fs::read(file.path()).unwrap();
    let half = bytes.len() / 8192 * 4096;
    bytes[half..].fill(0xff);
    std::fs::write(file.path(), bytes).unwrap();
    let pool = file.pool(SHORT);
    let mut link = pool.acquire().unwrap();
    let mut reading = link.reading("SELECT a FROM t", &mut |_| ()).unwrap();
    let error = loop {
        match reading.next(|_| Ok(())) {
            Some(Ok(())) => {}
            Some(Err(error)) => break error,
            None => panic!("half of it is damaged"),
        }
    };
    assert_eq!(*error.kind(), ErrorKind::Corrupt);
    drop(reading);
    drop(link);
    assert_eq!(pool.stats().closed, 1);
}
