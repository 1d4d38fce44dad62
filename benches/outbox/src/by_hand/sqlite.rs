//! A worker over SQLite, whose file one writes at a time.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use super::{handle, name, on_threads, payload};
use crate::Failure;

#[derive(Clone)]
pub struct HandSqlite {
    file: PathBuf,
    threads: usize,
    batch: usize,
}

impl HandSqlite {
    pub fn create(file: PathBuf, threads: usize, batch: usize) -> Result<Self, Failure> {
        let hand = Self {
            file,
            threads,
            batch,
        };
        hand.open()?.execute_batch(
            "CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, status TEXT NOT NULL, \
             attempts INTEGER NOT NULL DEFAULT 0, locked_by TEXT, locked_until INTEGER, created_at INTEGER NOT NULL DEFAULT (unixepoch()), \
             completed_at INTEGER); \
             CREATE INDEX IF NOT EXISTS jobs_pending ON jobs (id) WHERE status = 'pending'; \
             CREATE INDEX IF NOT EXISTS jobs_running ON jobs (locked_until) WHERE status = 'running'",
        )?;
        Ok(hand)
    }

    /// As bindery opens a file.
    fn open(&self) -> Result<Connection, Failure> {
        let connection = Connection::open(&self.file)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")?;
        Ok(connection)
    }

    pub fn fill(&self, tasks: usize) -> Result<(), Failure> {
        let mut connection = self.open()?;
        let tx = connection.transaction()?;
        let mut insert =
            tx.prepare("INSERT INTO jobs (kind, payload, status) VALUES ('work', ?, 'pending')")?;
        for user in 0..tasks {
            insert.execute([payload(user)?])?;
        }
        drop(insert);
        Ok(tx.commit()?)
    }

    pub fn run(&self, tasks: usize) -> Result<Duration, Failure> {
        on_threads(self.threads, tasks, || self.work())
    }

    fn work(&self) -> Result<usize, Failure> {
        let connection = self.open()?;
        let name = name();
        let mut claim = connection.prepare(
            "UPDATE jobs SET status = 'running', attempts = attempts + 1, locked_by = ?, locked_until = unixepoch() + 60 WHERE id IN \
             (SELECT id FROM jobs WHERE status = 'pending' ORDER BY id LIMIT ?) RETURNING id, payload",
        )?;
        let mut end = connection.prepare(
            "UPDATE jobs SET status = 'completed', completed_at = unixepoch(), locked_by = NULL, locked_until = NULL \
             WHERE id = ? AND status = 'running' AND locked_by = ?",
        )?;
        connection.execute_batch(
            "UPDATE jobs SET status = 'pending', locked_by = NULL WHERE status = 'running' AND locked_until < unixepoch() AND attempts < 5",
        )?;
        let mut done = 0;
        loop {
            let wanted = rusqlite::params![name, self.batch as i64];
            let rows = claim.query_map(wanted, |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows = rows.collect::<Result<Vec<(i64, String)>, _>>()?;
            if rows.is_empty() {
                return Ok(done);
            }
            rows.iter().try_for_each(|(_, payload)| handle(payload))?;
            connection.execute_batch("BEGIN IMMEDIATE")?;
            for (id, _) in &rows {
                done += end.execute(rusqlite::params![id, name])?;
            }
            connection.execute_batch("COMMIT")?;
        }
    }
}
