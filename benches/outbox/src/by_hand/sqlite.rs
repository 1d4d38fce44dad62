//! A worker over SQLite, whose file one writes at a time.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use super::{WorkerKind, handle, name, on_threads, payload};
use crate::Failure;

#[derive(Clone)]
pub struct HandSqlite {
    file: PathBuf,
    threads: usize,
    batch: usize,
    kind: WorkerKind,
}

impl HandSqlite {
    pub fn create(
        file: PathBuf,
        threads: usize,
        batch: usize,
        kind: WorkerKind,
    ) -> Result<Self, Failure> {
        let (table, columns, indexes) = (kind.table(), kind.columns(), kind.partial_indexes());
        let hand = Self {
            file,
            threads,
            batch,
            kind,
        };
        hand.open()?.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL, status TEXT NOT NULL, \
             attempts INTEGER NOT NULL DEFAULT 0, locked_by TEXT, locked_until INTEGER, created_at INTEGER NOT NULL DEFAULT (unixepoch()), \
             completed_at INTEGER{columns}); {indexes}",
        ))?;
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
        let table = self.kind.table();
        let mut insert = tx.prepare(&format!(
            "INSERT INTO {table} (kind, payload, status) VALUES ('work', ?, 'pending')"
        ))?;
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
        let (table, ready) = (self.kind.table(), self.kind.ready("unixepoch()"));
        let mut claim = connection.prepare(&format!(
            "UPDATE {table} SET status = 'running', attempts = attempts + 1, locked_by = ?, locked_until = unixepoch() + 60 WHERE id IN \
             (SELECT j.id FROM {table} j WHERE {ready} LIMIT ?) RETURNING id, payload",
        ))?;
        let mut end = connection.prepare(&format!(
            "UPDATE {table} SET status = 'completed', completed_at = unixepoch(), locked_by = NULL, locked_until = NULL \
             WHERE id = ? AND status = 'running' AND locked_by = ?",
        ))?;
        connection.execute_batch(&format!(
            "UPDATE {table} SET status = 'pending', locked_by = NULL WHERE status = 'running' AND locked_until < unixepoch() AND attempts < 5",
        ))?;
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
