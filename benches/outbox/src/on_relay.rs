//! The relay of bindery: events of a published table, handed to a queue in memory that has no consumer.

use std::time::Duration;

use bindery::messages::MemoryQueue;
use bindery::outbox::HasOutbox;
use bindery::{Hosts, Sql, StaticEngine};

use crate::on_bindery::{Filling, claim_for_killed};
use crate::{Databases, Failure, NewStock, Tables, model, stock, timed};

/// An engine whose events are handed on.
pub trait Published: StaticEngine + HasOutbox + Hosts<model::Stock> {}

impl<E: StaticEngine + HasOutbox + Hosts<model::Stock>> Published for E {}

/// Inserts rows and updates all of them until there are this many events.
pub fn fill<E: Published>(
    db: &Databases,
    engine: E,
    (events, filling): (usize, Filling),
) -> Result<(), Failure> {
    let rows = filling.keys().ok_or("events have keys")?;
    let mut connection = db.connect(engine)?;
    for table in ["stock", "_bindery_events"] {
        let all = Sql::assembled(format!("DELETE FROM {table}"));
        db.sql_on(engine).execute(all, ())?;
    }
    let row = |id: usize| {
        let id = id as i64;
        NewStock::new(stock::Required { id, counted: 0 })
    };
    connection.stock().insert_many((0..rows).map(row))?;
    for _ in 1..events / rows {
        let one_more = stock::counted.set_to(stock::counted + 1);
        connection
            .stock()
            .update_where(stock::counted.ge(0), one_more)?;
    }
    drop(connection);
    match filling {
        Filling::Unkeyed | Filling::Keyed(_) => Ok(()),
        Filling::Killed(rows) => claim_for_killed(db, engine, "_bindery_events", rows),
    }
}

pub fn run<E: Published>(
    db: &Databases,
    engine: E,
    threads: usize,
    events: usize,
) -> Result<Duration, Failure> {
    timed(|| {
        let queue = MemoryQueue::new(Duration::from_secs(60));
        let relay = db.relay_on(engine).threads(threads).to(queue);
        let completed = relay.run_until_idle()?.completed;
        match completed == events as u64 {
            true => Ok(()),
            false => Err(format!("{events} events were written, {completed} are handed on").into()),
        }
    })
}
