//! The workers that are compared.

use std::time::Duration;

use crate::by_hand::{HandMaria, HandPostgres, HandSqlite, WorkerKind};
use crate::on_bindery::{self, Filling, Shape};
use crate::on_graphile::Graphile;
use crate::on_relay::{self, Published};
use crate::{Databases, Failure, Options, World, engine};

/// The database of a table of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rows {
    Postgres,
    Mysql,
    Sqlite,
}

/// One worker: writes tasks, and then runs all of them.
pub struct Contender {
    pub rows: Rows,
    pub name: &'static str,
    pub fill: Box<dyn FnMut(usize) -> Result<(), Failure>>,
    pub run: Box<dyn FnMut(usize) -> Result<Duration, Failure>>,
}

pub fn all(world: &World, options: &Options) -> Result<Vec<Contender>, Failure> {
    let db = on_bindery::databases(world)?;
    let mut all = Vec::new();
    on_engine(&mut all, &db, engine::Default, Rows::Postgres, options);
    on_engine(&mut all, &db, engine::Maria, Rows::Mysql, options);
    on_engine(&mut all, &db, engine::Lite, Rows::Sqlite, options);
    let url = world.postgres.1.url();
    for (name, kind, batch) in [
        ("by hand, one by one", WorkerKind::Plain, 1),
        ("by hand, 100 at a time", WorkerKind::Plain, 100),
        ("by hand, 500 at a time", WorkerKind::Plain, 500),
        ("by hand with keys, 100 at a time", WorkerKind::Keyed, 100),
        ("by hand with keys, 500 at a time", WorkerKind::Keyed, 500),
    ] {
        let hand = HandPostgres::create(&url, options.threads, batch, kind)?;
        let filling = hand.clone();
        all.push(Contender {
            rows: Rows::Postgres,
            name,
            fill: Box::new(move |tasks| filling.fill(tasks)),
            run: Box::new(move |tasks| hand.run(tasks)),
        });
        if batch == 1 {
            continue;
        }
        let hand = HandMaria::create(&world.mysql.1.url(), options.threads, batch, kind)?;
        let filling = hand.clone();
        all.push(Contender {
            rows: Rows::Mysql,
            name,
            fill: Box::new(move |tasks| filling.fill(tasks)),
            run: Box::new(move |tasks| hand.run(tasks)),
        });
        let hand = HandSqlite::create(world.file("hand.db"), options.threads, batch, kind)?;
        let filling = hand.clone();
        all.push(Contender {
            rows: Rows::Sqlite,
            name,
            fill: Box::new(move |tasks| filling.fill(tasks)),
            run: Box::new(move |tasks| hand.run(tasks)),
        });
    }
    for (name, is_tuned) in [("graphile_worker", false), ("graphile_worker, tuned", true)] {
        let graphile = Graphile::new(&url, options.threads, is_tuned)?;
        let filling = graphile.clone();
        all.push(Contender {
            rows: Rows::Postgres,
            name,
            fill: Box::new(move |tasks| filling.fill(tasks)),
            run: Box::new(move |tasks| graphile.run(tasks)),
        });
    }
    Ok(all)
}

fn on_engine<E: Published>(
    all: &mut Vec<Contender>,
    db: &Databases,
    engine: E,
    rows: Rows,
    options: &Options,
) {
    let shape = |workers: usize, batch| Shape {
        workers,
        threads: (options.threads / workers).max(1),
        batch,
    };
    let unkeyed = [
        ("bindery", shape(1, None)),
        ("bindery, `batch(100)`", shape(1, Some(100))),
        ("bindery, `batch(500)`", shape(1, Some(500))),
        ("bindery, 2 workers", shape(2, None)),
        ("bindery, 2 workers, `batch(500)`", shape(2, Some(500))),
        ("bindery, a worker a thread", shape(options.threads, None)),
    ];
    let keyed = [
        ("bindery, 400 keys", Filling::Keyed(400)),
        ("bindery, 400 keys, after a kill", Filling::Killed(400)),
        ("bindery, 40 keys", Filling::Keyed(40)),
        ("bindery, 40 keys, after a kill", Filling::Killed(40)),
    ];
    let unkeyed = unkeyed.map(|(name, shape)| (name, shape, Filling::Unkeyed));
    let keyed = keyed.map(|(name, filling)| (name, shape(1, None), filling));
    for (name, shape, tasks_of) in unkeyed.into_iter().chain(keyed) {
        let (filling, db) = (db.clone(), db.clone());
        all.push(Contender {
            rows,
            name,
            fill: Box::new(move |tasks| on_bindery::fill(&filling, engine, (tasks, tasks_of))),
            run: Box::new(move |tasks| on_bindery::run(&db, engine, shape, tasks)),
        });
    }
    let relays = [
        ("bindery, relay, 400 rows", Filling::Keyed(400)),
        (
            "bindery, relay, 400 rows, after a kill",
            Filling::Killed(400),
        ),
        ("bindery, relay, 40 rows", Filling::Keyed(40)),
        ("bindery, relay, 40 rows, after a kill", Filling::Killed(40)),
    ];
    for (name, changes) in relays {
        let (filling, db, threads) = (db.clone(), db.clone(), options.threads);
        all.push(Contender {
            rows,
            name,
            fill: Box::new(move |events| on_relay::fill(&filling, engine, (events, changes))),
            run: Box::new(move |events| on_relay::run(&db, engine, threads, events)),
        });
    }
}
