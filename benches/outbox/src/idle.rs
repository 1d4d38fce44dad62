//! The load of a worker that has nothing to do: statements, and the time that all processes of the server take.

use std::fs;
use std::time::{Duration, Instant};

use bindery::StaticEngine;
use bindery::outbox::HasOutbox;
use bindery_testkit::{FreshDatabase, Server};

use crate::on_bindery::{self, Work};
use crate::{Databases, Failure, Options, World, engine};

/// Until a worker has begun, and polls as seldom as it will.
const SETTLE: Duration = Duration::from_secs(4);
/// Linux counts in these.
const TICKS_A_SECOND: f64 = 100.0;

pub fn measure(world: &World, options: &Options) -> Result<(), Failure> {
    let db = on_bindery::databases(world)?;
    println!(
        "\n| server | idle worker | statements/s | processor, % of a core |\n|---|---|---|---|"
    );
    let on = |is_there: bool| if is_there { "yes" } else { "no" };
    for is_there in [false, true] {
        let (server, database) = &world.postgres;
        let load = watch(&db, engine::Default, is_there, options, server, || {
            let sql = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database();";
            number(database, sql)
        })?;
        println!(
            "| PostgreSQL | {} | {:.1} | {:.2} |",
            on(is_there),
            load.0,
            load.1
        );
    }
    for is_there in [false, true] {
        let (server, database) = &world.mysql;
        let load = watch(&db, engine::Maria, is_there, options, server, || {
            let sql = "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'QUESTIONS';";
            number(database, sql)
        })?;
        println!(
            "| MariaDB | {} | {:.1} | {:.2} |",
            on(is_there),
            load.0,
            load.1
        );
    }
    Ok(())
}

fn number(database: &FreshDatabase, sql: &str) -> Result<f64, Failure> {
    Ok(database.answer(sql)?.trim().parse()?)
}

/// Statements a second, and the share of a core in percent.
fn watch<E: StaticEngine + HasOutbox>(
    db: &Databases,
    engine: E,
    is_there: bool,
    options: &Options,
    server: &Server,
    statements: impl Fn() -> Result<f64, Failure>,
) -> Result<(f64, f64), Failure> {
    let worker = || db.worker_on(engine).on::<Work>(|_, _| Ok(())).start();
    let worker = is_there.then(worker).transpose()?;
    std::thread::sleep(SETTLE);
    let (before, ticks, begun) = (statements()?, ticks(server.pid())?, Instant::now());
    std::thread::sleep(options.idle);
    let (used, seconds) = (
        self::ticks(server.pid())? - ticks,
        begun.elapsed().as_secs_f64(),
    );
    let sent = statements()? - before;
    if let Some(worker) = worker {
        worker.stop()?;
    }
    Ok((sent / seconds, used / TICKS_A_SECOND / seconds * 100.0))
}

/// The processor time of a process and its children, those that have ended too.
fn ticks(pid: u32) -> Result<f64, Failure> {
    let mut total = 0.0;
    for entry in fs::read_dir("/proc")? {
        let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else {
            continue;
        };
        let Some((head, fields)) = stat.rsplit_once(") ") else {
            continue;
        };
        let fields: Vec<&str> = fields.split(' ').collect();
        let is_it = head.starts_with(&format!("{pid} ("));
        // 4: its parent; 14 and 15: its own time; 16 and 17: that of children that were waited for.
        if is_it || fields[1].parse() == Ok(pid) {
            let times = if is_it { 11..15 } else { 11..13 };
            let times = fields[times].iter().map(|field| field.parse::<f64>());
            total += times.sum::<Result<f64, _>>()?;
        }
    }
    Ok(total)
}
