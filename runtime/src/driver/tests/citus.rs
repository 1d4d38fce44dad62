//! COMMITs on a cluster of Citus that are cut off, or meet a server that is killed: what the error says, and what all servers have.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use bindery_testkit::{
    CitusCluster, Direction, Fault, FaultProxy, Server, Shutdown, Watchdog, is_full_run,
};

use super::{Database, push};
use crate::driver::AnyDriver;
use crate::error::{Applied, ErrorKind, Mark, Resolution, Result, Written};
use bindery_core::dialect::Dialect;

const PATIENCE: Duration = Duration::from_secs(120);

/// Tables on one worker each, on the coordinator, on all servers.
const SCHEMA: &str = "CREATE TABLE local (id bigint); CREATE TABLE spread (id bigint); CREATE TABLE known (id bigint);
     SELECT create_distributed_table('spread', 'id'); SELECT create_reference_table('known')";

/// The tables that a transaction writes, in their order.
const WRITTEN: [&[&str]; 5] = [
    &["spread"],
    &["local"],
    &["known"],
    &["local", "spread"],
    &["spread", "local"],
];

fn connect(url: &str, resolves: bool) -> Result<Database> {
    let server = super::server(url);
    let mut options = super::options(&server);
    options.session.resolve_commits = resolves.then_some(true);
    let physical = super::connect_with(&options, Dialect::Postgres)?;
    Ok(Database {
        physical,
        fresh: None,
    })
}

fn insert(database: &mut Database, table: &str, id: i64) -> Result<()> {
    let sql = format!("INSERT INTO {table} VALUES ($1)");
    let physical = &mut database.physical;
    physical
        .execute(&sql, &mut |params| push(params, &[&id]))
        .map(drop)
}

fn mark_of(database: &Database) -> Option<Mark> {
    let AnyDriver::Postgres(connection) = &*database.physical else {
        panic!("connected to PostgreSQL");
    };
    match connection.written() {
        Written::Marked(mark) => Some(mark),
        Written::Unmarked(_) | Written::Nothing => None,
    }
}

fn is_stored(database: &mut Database, table: &str, id: i64) -> bool {
    let sql = format!("SELECT count(*) FROM {table} WHERE id = {id}");
    let count: Vec<i64> = database.read(&sql, &[]).expect("it answers");
    count == [1]
}

/// Covers DIST-04 on PostgreSQL.
#[test]
fn dist_04_a_commit_that_is_cut_off_on_a_cluster_is_unknown_or_found_out() {
    let _watchdog = Watchdog::start("dist_04_a_commit_that_is_cut_off", PATIENCE);
    let Some(cluster) = CitusCluster::of_process() else {
        return;
    };
    let url = cluster.fresh_database().expect("the nodes make one");
    let mut direct = connect(&url, false).expect("the coordinator answers");
    direct.batch(SCHEMA);
    let proxy = FaultProxy::start(&url).expect("a port is free");
    let mut id = 0;
    for resolves in [false, true] {
        for tables in WRITTEN {
            for is_sent in [false, true] {
                id += 1;
                let mut database = connect(proxy.url(), resolves).expect("it is let through");
                database.physical.begin().expect("it is sent");
                for table in tables {
                    insert(&mut database, table, id).expect("it is stored");
                }
                let mark = mark_of(&database);
                assert_eq!(mark.is_some(), resolves, "{tables:?}");
                proxy.set(cut(is_sent));
                let error = database.physical.commit().expect_err("no answer");
                proxy.heal();
                assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
                assert_eq!(error.applied(), Applied::Unknown, "{tables:?}: {error:?}");
                assert_eq!(error.commit_token().is_some(), resolves);
                let expected = match is_sent {
                    true => Resolution::Committed,
                    false => Resolution::Aborted,
                };
                let found = mark.map(|mark| ended(&mut direct, &mark));
                assert!(
                    found.is_none_or(|found| found == Some(expected)),
                    "{tables:?}"
                );
                for table in tables {
                    assert_eq!(is_stored(&mut direct, table, id), is_sent, "{table}");
                }
            }
        }
    }
}

fn cut(is_sent: bool) -> Fault {
    let (direction, pattern) = (Direction::ToServer, b"COMMIT".to_vec());
    let wait = Duration::from_millis(300);
    match is_sent {
        true => Fault::CutAfterPattern {
            direction,
            pattern,
            wait,
        },
        false => Fault::CutBeforePattern { direction, pattern },
    }
}

/// The outcome of a transaction, once it has one. A coordinator that was killed may have given its number again.
fn ended(database: &mut Database, mark: &Mark) -> Option<Resolution> {
    loop {
        match database.physical.look_up(mark, PATIENCE) {
            Ok(Resolution::StillRunning) => thread::sleep(Duration::from_millis(20)),
            Ok(found) => return Some(found),
            Err(error) => {
                assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
                return None;
            }
        }
    }
}

/// A write, and what was said of it.
struct Attempt {
    tables: &'static [&'static str],
    id: i64,
    mark: Option<Mark>,
    applied: Applied,
}

/// Writes until it has to stop: in transactions, and without.
fn write(url: &str, resolves: bool, next: &AtomicI64, stops: &AtomicBool) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    let mut connection = None;
    while !stops.load(Ordering::Relaxed) {
        let Some(database) = connection.as_mut() else {
            connection = connect(url, resolves).ok();
            thread::sleep(Duration::from_millis(5));
            continue;
        };
        let id = next.fetch_add(1, Ordering::Relaxed);
        let tables = WRITTEN[usize::try_from(id).unwrap_or_default() % WRITTEN.len()];
        let is_alone = id % 4 == 0 && tables.len() == 1;
        let (outcome, mark) = match is_alone {
            true => (insert(database, tables[0], id), None),
            false => in_transaction(database, tables, id),
        };
        attempts.push(Attempt {
            tables,
            id,
            mark,
            applied: outcome
                .as_ref()
                .map_or_else(|error| error.applied(), |()| Applied::Yes),
        });
        if outcome.is_err() {
            connection = None;
        }
    }
    attempts
}

fn in_transaction(database: &mut Database, tables: &[&str], id: i64) -> (Result<()>, Option<Mark>) {
    let mut all = tables.iter();
    let begun = database.physical.begin();
    let written = begun.and_then(|()| all.try_for_each(|table| insert(database, table, id)));
    let mark = mark_of(database);
    let outcome = written.and_then(|()| database.physical.commit());
    (outcome, mark)
}

/// The number of attempts by what was said of them.
#[derive(Debug, Default)]
struct Count {
    stored: usize,
    refused: usize,
    found: usize,
    unknown: usize,
}

/// Compares what was said with what all servers have.
fn compare(database: &mut Database, attempts: &[Attempt], resolves: bool, count: &mut Count) {
    for attempt in attempts {
        let Attempt { tables, id, .. } = attempt;
        let is_said = match (attempt.applied, &attempt.mark) {
            (Applied::Yes, _) => Some(true),
            (Applied::No, _) => Some(false),
            (Applied::Unknown, Some(mark)) => {
                let found = ended(database, mark);
                count.found += usize::from(found.is_some());
                found.map(|found| found == Resolution::Committed)
            }
            (Applied::Unknown, None) => None,
        };
        match is_said {
            Some(true) => count.stored += 1,
            Some(false) => count.refused += 1,
            None => count.unknown += 1,
        }
        let stored: Vec<bool> = tables
            .iter()
            .map(|table| is_stored(database, table, *id))
            .collect();
        // Without two phases the coordinator may lose what a worker keeps.
        let first = is_said.or_else(|| resolves.then_some(stored[0]));
        let is_true = first.is_none_or(|said| stored.iter().all(|stored| *stored == said));
        assert!(
            is_true,
            "{tables:?} {id}: said {is_said:?}, marked {}, stored {stored:?}",
            attempt.mark.is_some()
        );
    }
}

/// Covers DIST-04 on PostgreSQL.
///
/// In full: 10,000 transactions of each kind, with a server of the cluster that is killed every 400.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn dist_04_killed_servers_of_a_cluster_make_no_answer_wrong() {
    let patience = PATIENCE * if is_full_run() { 20 } else { 2 };
    let _watchdog = Watchdog::start("dist_04_killed_servers_of_a_cluster", patience);
    let Some(mut cluster) = CitusCluster::start_or_skip() else {
        return;
    };
    let url = cluster.fresh_database().expect("the nodes make one");
    let mut direct = connect(&url, true).expect("the coordinator answers");
    direct.batch(SCHEMA);
    let (total, each) = if is_full_run() {
        (10_000, 400)
    } else {
        (240, 80)
    };
    let next = AtomicI64::new(1);
    for resolves in [false, true] {
        let mut count = Count::default();
        for round in 0..total / each {
            let victim = usize::try_from(round).unwrap_or_default() % 3;
            let victim = cluster.nodes_mut().nth(victim).expect("there are three");
            let enough = next.load(Ordering::Relaxed) + each;
            let attempts = round_of(
                victim,
                || next.load(Ordering::Relaxed) >= enough,
                |stops| write(&url, resolves, &next, stops),
            );
            direct = connect(&url, true).expect("the coordinator is back");
            direct.batch("SELECT recover_prepared_transactions()");
            compare(&mut direct, &attempts, resolves, &mut count);
        }
        println!("resolve-commits = {resolves}: {count:?}");
        assert!(count.stored > 0 && (!resolves || count.found > 0 || !is_full_run()));
    }
}

/// Lets four threads write, kills a server once they have written enough, and starts it again.
fn round_of(
    victim: &mut Server,
    is_enough: impl Fn() -> bool,
    write: impl Fn(&AtomicBool) -> Vec<Attempt> + Sync,
) -> Vec<Attempt> {
    let stops = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(|| write(&stops))).collect();
        while !is_enough() {
            thread::sleep(Duration::from_millis(5));
        }
        victim.go_down(Shutdown::Crash);
        thread::sleep(Duration::from_millis(200));
        stops.store(true, Ordering::Relaxed);
        victim.come_back().expect("it recovers");
        let attempts = writers.into_iter().map(|writer| writer.join());
        attempts
            .flat_map(|attempts| attempts.expect("a writer ends"))
            .collect()
    })
}
