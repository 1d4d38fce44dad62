//! A worker over a client of MariaDB.

use std::time::Duration;

use mysql::prelude::Queryable;
use mysql::{Conn, Opts, Params, TxOpts, Value};

use super::{WorkerKind, handle, name, on_threads, payload};
use crate::Failure;

/// The number of MariaDB's error.
const DEADLOCK: u16 = 1213;

/// There are no indexes over some of the rows, so one column has the key of a running job.
const KEYED_INDEXES: &str = "running_key VARCHAR(191) GENERATED ALWAYS AS (CASE WHEN status = 'running' THEN job_key END) STORED UNIQUE, \
     INDEX (status, priority, run_at, id), INDEX (job_key, id)";

#[derive(Clone)]
pub struct HandMaria {
    url: String,
    threads: usize,
    batch: usize,
    kind: WorkerKind,
}

impl HandMaria {
    pub fn create(
        url: &str,
        threads: usize,
        batch: usize,
        kind: WorkerKind,
    ) -> Result<Self, Failure> {
        let (table, columns) = (kind.table(), kind.columns());
        let indexes = match kind {
            WorkerKind::Plain => "INDEX (status, id)",
            WorkerKind::Keyed => KEYED_INDEXES,
        };
        let hand = Self {
            url: url.to_owned(),
            threads,
            batch,
            kind,
        };
        hand.connect()?.query_drop(format!(
            "CREATE TABLE IF NOT EXISTS {table} (id BIGINT AUTO_INCREMENT PRIMARY KEY, kind VARCHAR(100) NOT NULL, payload LONGTEXT NOT NULL, \
             status VARCHAR(9) NOT NULL, attempts INT NOT NULL DEFAULT 0, locked_by VARCHAR(100), locked_until DATETIME(3), \
             created_at DATETIME(3) NOT NULL DEFAULT now(3), completed_at DATETIME(3){columns}, {indexes}) ENGINE = InnoDB",
        ))?;
        Ok(hand)
    }

    fn connect(&self) -> Result<Conn, Failure> {
        Ok(Conn::new(Opts::from_url(&self.url)?)?)
    }

    pub fn fill(&self, tasks: usize) -> Result<(), Failure> {
        let mut connection = self.connect()?;
        let mut tx = connection.start_transaction(TxOpts::default())?;
        let table = self.kind.table();
        let insert = tx.prep(format!(
            "INSERT INTO {table} (kind, payload, status) VALUES ('work', ?, 'pending')"
        ))?;
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
        let table = self.kind.table();
        let put_back = format!(
            "UPDATE {table} SET status = 'pending', locked_by = NULL WHERE status = 'running' AND locked_until < now(3) AND attempts < 5",
        );
        undeadlocked(|| connection.query_drop(put_back.as_str()))?;
        let mut done = 0;
        loop {
            let rows = undeadlocked(|| claim(&mut connection, &name, (self.kind, self.batch)))?;
            if rows.is_empty() {
                return Ok(done);
            }
            rows.iter().try_for_each(|(_, payload)| handle(payload))?;
            done += undeadlocked(|| end(&mut connection, &name, (self.kind, &rows)))?;
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

fn claim(
    connection: &mut Conn,
    name: &str,
    (kind, batch): (WorkerKind, usize),
) -> Result<Rows, mysql::Error> {
    let (table, may_run) = (kind.table(), kind.ready("unix_timestamp()"));
    let mut tx = connection.start_transaction(TxOpts::default())?;
    let ready = format!(
        "SELECT j.id, j.payload FROM {table} j WHERE {may_run} LIMIT {batch} FOR UPDATE SKIP LOCKED"
    );
    let rows: Rows = tx.exec(ready, ())?;
    if !rows.is_empty() {
        let set = "status = 'running', attempts = attempts + 1, locked_by = ?, locked_until = now(3) + INTERVAL 1 MINUTE";
        let named = std::iter::once(Value::from(name));
        let params = named.chain(ids(&rows)).collect();
        tx.exec_drop(update_sql(kind, &rows, set), Params::Positional(params))?;
    }
    tx.commit()?;
    Ok(rows)
}

fn end(
    connection: &mut Conn,
    name: &str,
    (kind, rows): (WorkerKind, &Rows),
) -> Result<usize, mysql::Error> {
    let set = "status = 'completed', completed_at = now(3), locked_by = NULL, locked_until = NULL";
    let update = update_sql(kind, rows, set) + " AND status = 'running' AND locked_by = ?";
    let params = ids(rows).chain(std::iter::once(Value::from(name)));
    connection.exec_drop(update, Params::Positional(params.collect()))?;
    Ok(connection.affected_rows() as usize)
}

fn ids(rows: &Rows) -> impl Iterator<Item = Value> {
    rows.iter().map(|(id, _)| Value::from(*id))
}

/// A change of these rows.
fn update_sql(kind: WorkerKind, rows: &Rows, set: &str) -> String {
    let table = kind.table();
    let places = vec!["?"; rows.len()].join(", ");
    format!("UPDATE {table} SET {set} WHERE id IN ({places})")
}
