//! Results that do not fit into memory: rows come and go one at a time, and a caller need not take them all.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use bindery_testkit::Watchdog;

use super::{Database, databases};
use crate::error::Result;
use crate::value::RowReader;

const PATIENCE: Duration = Duration::from_secs(240);
/// The most memory that a result of any size may take, in bytes.
const MEMORY: u64 = 64 << 20;
/// More than what fits into that; a long run sets 1000000.
const ROWS: u64 = 150_000;
const ROWS_VARIABLE: &str = "BINDERY_STREAM_ROWS";
/// Set in the inner process: memory is a process's.
const INNER: &str = "BINDERY_STREAM_INNER";

fn rows() -> u64 {
    let rows = std::env::var(ROWS_VARIABLE).ok();
    rows.map_or(ROWS, |text| text.parse().expect("a number of rows"))
}

/// Numbers, each with a text of 1 KiB.
fn wide(database: &Database, rows: u64) -> String {
    let sqlite = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ROWS) \
         SELECT i, replace(hex(zeroblob(512)), '0', 'x') FROM n";
    let postgres = "SELECT i, repeat('x', 1024) FROM generate_series(1::bigint, ROWS) AS t (i)";
    // Neither MySQL nor MariaDB counts far by itself.
    let mysql = "WITH RECURSIVE d (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM d WHERE i < 100) \
         SELECT a.i, repeat('x', 1024) FROM d AS a, d AS b, d AS c, d LIMIT ROWS";
    let text = database.pick(sqlite, postgres, mysql);
    text.replace("ROWS", &rows.to_string())
}

/// Returns the memory of this process, in bytes.
fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("Linux has it");
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(0, |pages: u64| pages * 4096)
}

/// The most that was in memory while rows were read.
struct Measured {
    start: u64,
    most: u64,
    read: u64,
}

impl Measured {
    fn new() -> Self {
        let start = resident();
        Self {
            start,
            most: start,
            read: 0,
        }
    }

    fn row(&mut self, row: &mut RowReader<'_>) -> Result<()> {
        row.i64()?;
        assert_eq!(row.text()?.len(), 1024);
        self.read += 1;
        if self.read.is_multiple_of(1024) {
            self.most = self.most.max(resident());
        }
        Ok(())
    }

    #[allow(clippy::print_stdout, reason = "read by the other process")]
    fn check(&self, what: &str) {
        assert_eq!(self.read, rows(), "{what}");
        let taken = self.most - self.start;
        assert!(taken < MEMORY, "{what}: {taken} bytes more");
        println!("\nread: {what}");
    }
}

/// Does nothing among the other tests.
#[test]
fn the_program_that_reads_many_rows() {
    if std::env::var_os(INNER).is_none() {
        return;
    }
    for mut database in databases() {
        let dialect = database.dialect();
        let sql = wide(&database, rows());
        let mut measured = Measured::new();
        let take = &mut |row: &mut RowReader<'_>| measured.row(row).map(|()| true);
        database.physical.query(&sql, &mut |_| (), take).unwrap();
        measured.check(&format!("{dialect}, pushed"));

        let mut measured = Measured::new();
        let mut cursor = database.physical.cursor(&sql, &mut |_| ()).unwrap();
        while let Some(mut row) = cursor.next().unwrap() {
            measured.row(&mut row).unwrap();
        }
        drop(cursor);
        measured.check(&format!("{dialect}, pulled"));
    }
}

/// Covers TX-22.
#[test]
fn tx_22_rows_are_not_kept() {
    let _watchdog = Watchdog::start("tx_22_rows_are_not_kept", PATIENCE);
    let inner = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "driver::tests::streams::the_program_that_reads_many_rows",
            "--nocapture",
        ])
        .env(INNER, "1")
        .output()
        .unwrap();
    assert!(inner.status.success(), "{inner:?}");
    let told = String::from_utf8(inner.stdout).expect("written by this file");
    let read: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("read: "))
        .collect();
    let expected: Vec<String> = databases()
        .iter()
        .flat_map(|database| {
            let ways = ["pushed", "pulled"];
            ways.map(|way| format!("{}, {way}", database.dialect()))
        })
        .collect();
    assert_eq!(read, expected);
}

/// A few rows of ten million are read: what is left does not have to be, and the next query gets its own rows.
///
/// Covers TX-22.
#[test]
fn tx_22_a_half_read_result_holds_nobody_up() {
    let _watchdog = Watchdog::start("tx_22_a_half_read_result", PATIENCE);
    for read in [0, 1, 300] {
        for mut database in databases() {
            let dialect = database.dialect();
            let sql = wide(&database, 10_000_000);
            let mut cursor = database.physical.cursor(&sql, &mut |_| ()).unwrap();
            for _ in 0..read {
                assert!(cursor.next().unwrap().is_some());
            }
            let started = Instant::now();
            drop(cursor);
            let usable = !database.physical.is_broken();
            let answer = database.read::<i64>("SELECT 7", &[]);
            // The promise is one second; a busy machine may need more, and reading all rows would take far longer.
            assert!(started.elapsed() < Duration::from_secs(4), "{dialect}");
            match answer {
                Ok(answer) => assert_eq!(answer, [7], "{dialect}"),
                Err(error) => assert!(
                    database.physical.is_broken(),
                    "{dialect} {usable}: {error:?}"
                ),
            }
        }
    }
}

/// A transaction goes on where only a few of many rows are taken, also where they are the first query in it.
#[test]
fn a_half_read_result_costs_no_transaction() {
    let _watchdog = Watchdog::start("a_half_read_result_costs_no_transaction", PATIENCE);
    for mut database in databases() {
        let dialect = database.dialect();
        let sql = wide(&database, 20_000);
        // The second time the statement is prepared already.
        for _ in 0..2 {
            database.physical.begin().unwrap();
            let mut cursor = database.physical.cursor(&sql, &mut |_| ()).unwrap();
            assert!(cursor.next().unwrap().is_some());
            drop(cursor);
            assert!(!database.physical.is_broken(), "{dialect}");
            database.physical.commit().unwrap();
        }
    }
}
