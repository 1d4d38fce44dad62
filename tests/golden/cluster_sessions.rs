//! A Citus cluster beside another engine, and beside what a program has on: sessions, calls that are cancelled, a recorder of metrics. The
//! case is `cluster`.

use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::error::{Applied, Resolution, SessionEnd, SessionReport};
use bindery::{EngineOptions, ErrorKind, SessionOptions};
use bindery_testkit::{CitusCluster, Direction, Fault, FaultProxy, Watchdog, is_full_run};
use metrics::with_local_recorder;
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::cluster::engine::{Any, Default, Lite};
use crate::cluster::{
    DatabaseSession, Databases, KindId, NewKind, NewTenant, SettingId, Tables as _, TenantId,
};
use crate::cluster_at_work::{PATIENCE, databases};
use crate::cluster_calls::new_setting;

/// A database of a cluster with tables, on which lost COMMITs are found out.
struct World {
    db: Databases,
    proxy: FaultProxy,
    /// The same without the proxy.
    direct: Databases,
    coordinator: String,
}

impl World {
    /// `None` where there is no Citus, as the test kit says.
    fn new() -> Option<Self> {
        let cluster = CitusCluster::of_process()?;
        let url = cluster.fresh_database().expect("the nodes make one");
        let proxy = FaultProxy::start(&url).expect("a port is free");
        let resolves = |options: EngineOptions| options.resolve_commits(true);
        let db = databases(proxy.url(), resolves);
        db.create_missing().expect("the tables are made");
        Some(Self {
            direct: databases(&url, resolves),
            coordinator: url,
            db,
            proxy,
        })
    }

    /// Whether each server has what was written under a number.
    fn is_stored(&self, number: i64, writes: Writes) -> bool {
        let mut c = self.direct.default().expect("it is there");
        let mut tenant = |number| c.tenants().exists(TenantId::new(number));
        let stored = match writes {
            Writes::OneShard => vec![tenant(number)],
            Writes::Shards => (0..SHARDS).map(|at| tenant(number + at)).collect(),
            Writes::AllServers => vec![c.kinds().exists(KindId::new(number))],
            Writes::Coordinator => vec![c.settings().exists(setting(number))],
            Writes::Both => vec![tenant(number), c.settings().exists(setting(number))],
        };
        let stored: Vec<bool> = stored
            .into_iter()
            .map(|one| one.expect("it answers"))
            .collect();
        assert!(
            stored.iter().all(|one| *one == stored[0]),
            "{writes:?}: {stored:?}"
        );
        stored[0]
    }
}

fn setting(number: i64) -> SettingId {
    SettingId::new(number.to_string())
}

/// Tenants that are on both workers.
const SHARDS: i64 = 8;

/// The tables that a transaction on the cluster writes.
#[derive(Debug, Clone, Copy)]
enum Writes {
    OneShard,
    Shards,
    AllServers,
    Coordinator,
    Both,
}

const ALL: [Writes; 5] = [
    Writes::OneShard,
    Writes::Shards,
    Writes::AllServers,
    Writes::Coordinator,
    Writes::Both,
];

fn write(c: &mut bindery::Connection<Default>, number: i64, writes: Writes) -> bindery::Result<()> {
    if matches!(writes, Writes::OneShard | Writes::Both) {
        c.tenants().insert(NewTenant::new(number, "one"))?;
    }
    if matches!(writes, Writes::Shards) {
        let tenants = (0..SHARDS).map(|at| NewTenant::new(number + at, "one"));
        c.tenants().insert_many(tenants)?;
    }
    if matches!(writes, Writes::AllServers) {
        c.kinds().insert(NewKind::new(number, number.to_string()))?;
    }
    if matches!(writes, Writes::Coordinator | Writes::Both) {
        c.settings().insert(new_setting(number.to_string()))?;
    }
    Ok(())
}

/// Numbers of a test, each with room for the tenants after it.
fn number() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(2 * SHARDS, Ordering::Relaxed)
}

fn cut(arrives: bool) -> Fault {
    let (direction, pattern) = (Direction::ToServer, b"COMMIT".to_vec());
    match arrives {
        true => Fault::CutAfterPattern {
            direction,
            pattern,
            wait: Duration::from_millis(300),
        },
        false => Fault::CutBeforePattern { direction, pattern },
    }
}

/// Writes on both engines.
fn write_both(s: &mut DatabaseSession, number: i64, writes: Writes) -> bindery::Result<()> {
    write(s.default()?, number, writes)?;
    s.lite()?
        .tenants()
        .insert(NewTenant::new(number, "one"))
        .map(drop)
}

fn has_in_file(world: &World, number: i64) -> bool {
    let mut lite = world.db.lite().expect("it is in memory");
    let found = lite.tenants().find(TenantId::<Lite>::new(number));
    found.expect("it answers").is_some()
}

/// Covers DIST-05, TX-15 on PostgreSQL.
#[test]
fn dist_05_a_session_over_a_cluster_and_a_file_ends_as_its_report_says() {
    let _watchdog = Watchdog::start("dist_05_a_session_over_a_cluster", PATIENCE);
    let Some(world) = World::new() else { return };
    for writes in ALL {
        let (kept, undone) = (number(), number());
        let committed = world.db.session(|s| write_both(s, kept, writes));
        committed.expect("nothing is in the way");
        assert!(world.is_stored(kept, writes) && has_in_file(&world, kept));
        let refused = world.db.session(|s| {
            write_both(s, undone, writes)?;
            Err::<(), _>(bindery::Error::new(ErrorKind::NotFound))
        });
        assert_eq!(*refused.expect_err("it is").kind(), ErrorKind::NotFound);
        assert!(!world.is_stored(undone, writes) && !has_in_file(&world, undone));
        for order in [[Any::Default, Any::Lite], [Any::Lite, Any::Default]] {
            for arrives in [false, true] {
                a_commit_is_lost(&world, writes, order, arrives);
            }
        }
    }
}

fn a_commit_is_lost(world: &World, writes: Writes, order: [Any; 2], arrives: bool) {
    let number = number();
    let options = SessionOptions::new().order(order);
    let outcome = world.db.session_with(options, |s| {
        write_both(s, number, writes)?;
        world.proxy.set(cut(arrives));
        Ok(())
    });
    world.proxy.heal();
    let stored = || world.is_stored(number, writes);
    let Err(error) = outcome else {
        // The cluster was queried, and has it.
        assert!(
            arrives && stored() && has_in_file(world, number),
            "{writes:?}"
        );
        return;
    };
    assert_ne!(error.applied(), Applied::Yes, "{writes:?}: {error:?}");
    assert!(
        !error.is_retryable() || error.applied() == Applied::No,
        "{writes:?}: {error:?}"
    );
    let report = error.session_report().expect("both engines were written");
    report_is_true(world, report, (number, writes));
    assert_eq!(stored(), arrives, "{writes:?}: {report}");
}

fn report_is_true(world: &World, report: &SessionReport, (number, writes): (i64, Writes)) {
    assert_eq!(report.engines().len(), 2, "{report}");
    for one in report.engines() {
        let is_stored = || match one.engine() {
            "default" => world.is_stored(number, writes),
            _ => has_in_file(world, number),
        };
        match one.end() {
            SessionEnd::Committed => assert!(is_stored(), "{writes:?}: {report}"),
            SessionEnd::RolledBack | SessionEnd::NotTried => {
                assert!(!is_stored(), "{writes:?}: {report}")
            }
            SessionEnd::Unknown => {
                let token = one.commit_token().expect("it can be found out");
                let found = world.direct.registry().resolve(token, PATIENCE);
                let found = found.expect("the coordinator answers");
                assert_eq!(
                    found == Resolution::Committed,
                    is_stored(),
                    "{writes:?}: {report}"
                );
            }
            end => panic!("{end}: each was written"),
        }
    }
}

/// Covers DIST-05 on PostgreSQL.
///
/// In full: 2,000 calls.
#[test]
fn dist_05_calls_that_are_cancelled_leave_all_or_nothing_on_all_servers() {
    let _watchdog = Watchdog::start("dist_05_calls_that_are_cancelled", PATIENCE);
    let Some(world) = World::new() else { return };
    let calls = if is_full_run() { 2_000 } else { 60 };
    let mut ends = [0, 0];
    let mut written = Vec::new();
    let start = |number, writes| {
        world.direct.run(move |db| {
            let mut c = db.default()?;
            c.transaction(|tx| write(tx, number, writes))
        })
    };
    let mut longest = Duration::ZERO;
    for writes in ALL {
        let begun = Instant::now();
        assert!(poll_for(&mut start(number(), writes), PATIENCE));
        longest = longest.max(begun.elapsed());
    }
    // Up to twice the time that such a call takes here, in steps that meet each of its parts.
    let longest_patience = 2 * longest.as_micros() as u64 + 1;
    for call in 0..calls {
        let (number, writes) = (number(), ALL[call % ALL.len()]);
        let mut work = start(number, writes);
        let patience = Duration::from_micros(call as u64 * 7_919 % longest_patience);
        let is_done = poll_for(&mut work, patience);
        ends[usize::from(is_done)] += 1;
        drop(work);
        written.push((number, writes, is_done));
    }
    until_released(&world.direct);
    let recover = "SELECT recover_prepared_transactions()";
    let mut c = world.direct.default().expect("it is there");
    c.query_scalar::<i32>(recover, ()).expect("it answers");
    for (number, writes, is_done) in written {
        let is_stored = world.is_stored(number, writes);
        assert!(is_stored || !is_done, "{writes:?}");
    }
    assert!(ends.iter().all(|count| *count > 0), "{ends:?}");
    assert_eq!(prepared(&world), 0);
}

/// Polls a future until it is ready or the time is over.
fn poll_for<T: std::fmt::Debug>(
    work: &mut (impl Future<Output = bindery::Result<T>> + Unpin),
    patience: Duration,
) -> bool {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let end = Instant::now() + patience;
    loop {
        if let std::task::Poll::Ready(outcome) = std::pin::Pin::new(&mut *work).poll(&mut context) {
            outcome.expect("nothing is in the way");
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(Duration::from_micros(200));
    }
}

/// Waits until no call is at work any more, and no connection is on loan.
fn until_released(db: &Databases) {
    let is_busy = || {
        let workers = db.registry().worker_stats();
        let pool = db.engine("default").expect("it is configured").pool;
        (workers.running, workers.blocked, workers.waiting) != (0, 0, 0)
            || (pool.in_use, pool.closing) != (0, 0)
    };
    while is_busy() {
        thread::sleep(Duration::from_millis(2));
    }
}

/// Transactions that wait for their second phase on a worker.
fn prepared(world: &World) -> i64 {
    let mut c = world.direct.default().expect("it is there");
    let sql = "SELECT coalesce(sum(result::bigint), 0)::bigint FROM run_command_on_workers('SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()')";
    c.query_scalar(sql, ()).expect("it answers")
}

/// Covers DIST-05, MON-01 on PostgreSQL: metrics are of the program's transactions and statements, also where each transaction changes a table
/// more to be found out.
#[test]
fn dist_05_metrics_count_what_a_program_did_on_a_cluster() {
    let _watchdog = Watchdog::start("dist_05_metrics_count", PATIENCE);
    let Some(world) = World::new() else { return };
    let plain = databases(&world.coordinator, |options| options);
    let counts = [&world.direct, &plain].map(|db| {
        let seen = recorded(|| {
            let mut c = db.default().expect("it is there");
            for writes in ALL {
                let number = number();
                c.transaction(|tx| write(tx, number, writes))
                    .expect("nothing is in the way");
            }
        });
        (
            seen.of("db_client_operation_duration_seconds_count", ""),
            seen.transactions("committed"),
        )
    });
    assert_eq!(counts[0], counts[1], "with `resolve-commits`, and without");
    assert_eq!(counts[0].1, ALL.len() as f64);

    let seen = recorded(|| {
        for writes in ALL {
            let mut c = world.db.default().expect("it is there");
            let lost = c.transaction(|tx| {
                write(tx, number(), writes)?;
                world.proxy.set(cut(false));
                Ok(())
            });
            world.proxy.heal();
            assert_eq!(lost.expect_err("no answer").applied(), Applied::Unknown);
        }
    });
    assert_eq!(seen.transactions("unknown"), ALL.len() as f64);
    assert_eq!(seen.transactions("committed"), 0.0);
}

/// What a recorder was told.
struct Seen(String);

fn recorded(work: impl FnOnce()) -> Seen {
    let recorder = PrometheusBuilder::new().with_recommended_naming(true);
    let buckets = recorder.set_buckets(&[0.001, 1.0]).expect("there are some");
    let recorder = buckets.build_recorder();
    with_local_recorder(&recorder, work);
    Seen(recorder.handle().render())
}

impl Seen {
    /// The sum of a metric of the cluster over the series that have a label.
    fn of(&self, metric: &str, label: &str) -> f64 {
        let series = self.0.lines().filter(|line| {
            line.starts_with(metric)
                && line.contains("bindery_engine=\"default\"")
                && line.contains(label)
        });
        let values = series.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
        values.sum()
    }

    fn transactions(&self, outcome: &str) -> f64 {
        self.of(TRANSACTIONS, &format!("outcome=\"{outcome}\""))
    }
}

const TRANSACTIONS: &str = "bindery_transaction_duration_seconds_count";
