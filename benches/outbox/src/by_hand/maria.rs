//! A worker over a client of MariaDB.

use std::time::Duration;

use mysql::prelude::Queryable;
use mysql::{Conn, IsolationLevel, Opts, Params, TxOpts, Value};

use super::{handle, name, on_threads, payload};
use crate::Failure;

#[derive(Clone)]
pub struct HandMaria {
    url: String,
    threads: usize,
    batch: usize,
}

impl HandMaria {
    pub fn create(url: &str, threads: usize, batch: usize) -> Result<Self, Failure> {
        let hand = Self {
            url: url.to_owned(),
            threads,
            batch,
        };
        hand.connect()?.query_drop(
            "CREATE TABLE IF NOT EXISTS jobs (id BIGINT AUTO_INCREMENT PRIMARY KEY, kind VARCHAR(100) NOT NULL, payload LONGTEXT NOT NULL, \
             status VARCHAR(9) NOT NULL, attempts INT NOT NULL DEFAULT 0, locked_by VARCHAR(100), locked_until DATETIME(3), \
             created_at DATETIME(3) NOT NULL DEFAULT now(3), completed_at DATETIME(3), INDEX (status, id)) ENGINE = InnoDB",
        )?;
        Ok(hand)
    }

    fn connect(&self) -> Result<Conn, Failure> {
        Ok(Conn::new(Opts::from_url(&self.url)?)?)
    }

    pub fn fill(&self, tasks: usize) -> Result<(), Failure> {
        let mut connection = self.connect()?;
        let mut tx = connection.start_transaction(TxOpts::default())?;
        let insert =
            tx.prep("INSERT INTO jobs (kind, payload, status) VALUES ('work', ?, 'pending')")?;
        for user in 0..tasks {
            tx.exec_drop(&insert, (payload(user)?,))?;
        }
        Ok(tx.commit()?)
    }

    pub fn run(&self, tasks: usize) -> Result<Duration, Failure> {
        on_threads(self.threads, tasks, || self.work())
    }

    fn work(&self) -> Result<usize, Failure> {
        let mut connection = self.connect()?;
        let name = name();
        let committed =
            || TxOpts::default().set_isolation_level(Some(IsolationLevel::ReadCommitted));
        connection.query_drop(
            "UPDATE jobs SET status = 'pending', locked_by = NULL WHERE status = 'running' AND locked_until < now(3) AND attempts < 5",
        )?;
        let mut done = 0;
        loop {
            let mut tx = connection.start_transaction(committed())?;
            let ready = format!(
                "SELECT id, payload FROM jobs WHERE status = 'pending' ORDER BY id LIMIT {} FOR UPDATE SKIP LOCKED",
                self.batch
            );
            let rows: Vec<(i64, String)> = tx.exec(ready, ())?;
            if rows.is_empty() {
                return Ok(done);
            }
            let of = |ids: &str, set: &str| format!("UPDATE jobs SET {set} WHERE id IN ({ids})");
            let places = vec!["?"; rows.len()].join(", ");
            let claim = of(
                &places,
                "status = 'running', attempts = attempts + 1, locked_by = ?, locked_until = now(3) + INTERVAL 1 MINUTE",
            );
            let ids = || rows.iter().map(|(id, _)| Value::from(*id));
            let named = || std::iter::once(Value::from(name.as_str()));
            tx.exec_drop(claim, Params::Positional(named().chain(ids()).collect()))?;
            tx.commit()?;
            rows.iter().try_for_each(|(_, payload)| handle(payload))?;
            let end = of(
                &places,
                "status = 'completed', completed_at = now(3), locked_by = NULL, locked_until = NULL",
            ) + " AND status = 'running' AND locked_by = ?";
            connection.exec_drop(end, Params::Positional(ids().chain(named()).collect()))?;
            done += connection.affected_rows() as usize;
        }
    }
}
