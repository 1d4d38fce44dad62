//! A worker over a client of MariaDB.

use std::time::Duration;

use mysql::prelude::Queryable;
use mysql::{Conn, Opts, Params, TxOpts, Value};

use super::{handle, name, on_threads, payload};
use crate::Failure;

/// The number of MariaDB's error.
const DEADLOCK: u16 = 1213;

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
        connection.query_drop("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")?;
        connection.query_drop(
            "UPDATE jobs SET status = 'pending', locked_by = NULL WHERE status = 'running' AND locked_until < now(3) AND attempts < 5",
        )?;
        let mut done = 0;
        loop {
            let rows = undeadlocked(|| claim(&mut connection, &name, self.batch))?;
            if rows.is_empty() {
                return Ok(done);
            }
            rows.iter().try_for_each(|(_, payload)| handle(payload))?;
            done += undeadlocked(|| end(&mut connection, &name, &rows))?;
        }
    }
}

type Rows = Vec<(i64, String)>;

/// Workers whose rows are neighbours wait for each other in a circle at times; one of them tries again.
fn undeadlocked<T>(mut work: impl FnMut() -> Result<T, mysql::Error>) -> Result<T, mysql::Error> {
    loop {
        match work() {
            Err(mysql::Error::MySqlError(error)) if error.code == DEADLOCK => {}
            outcome => return outcome,
        }
    }
}

fn claim(connection: &mut Conn, name: &str, batch: usize) -> Result<Rows, mysql::Error> {
    let mut tx = connection.start_transaction(TxOpts::default())?;
    let ready = format!(
        "SELECT id, payload FROM jobs WHERE status = 'pending' ORDER BY id LIMIT {batch} FOR UPDATE SKIP LOCKED"
    );
    let rows: Rows = tx.exec(ready, ())?;
    if !rows.is_empty() {
        let set = "status = 'running', attempts = attempts + 1, locked_by = ?, locked_until = now(3) + INTERVAL 1 MINUTE";
        let named = std::iter::once(Value::from(name));
        let params = named.chain(ids(&rows)).collect();
        tx.exec_drop(of(&rows, set), Params::Positional(params))?;
    }
    tx.commit()?;
    Ok(rows)
}

fn end(connection: &mut Conn, name: &str, rows: &Rows) -> Result<usize, mysql::Error> {
    let set = "status = 'completed', completed_at = now(3), locked_by = NULL, locked_until = NULL";
    let update = of(rows, set) + " AND status = 'running' AND locked_by = ?";
    let params = ids(rows).chain(std::iter::once(Value::from(name)));
    connection.exec_drop(update, Params::Positional(params.collect()))?;
    Ok(connection.affected_rows() as usize)
}

fn ids(rows: &Rows) -> impl Iterator<Item = Value> {
    rows.iter().map(|(id, _)| Value::from(*id))
}

/// A change of these rows.
fn of(rows: &Rows, set: &str) -> String {
    let places = vec!["?"; rows.len()].join(", ");
    format!("UPDATE jobs SET {set} WHERE id IN ({places})")
}
