//! Sets of shards beside what else a program does: the case `ledgers`, whose shards are two PostgreSQL databases and one of MySQL or MariaDB,
//! and an atomic group over them; tenants of the case `shards`.

mod tenants;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use bindery::atomic::{AtomicOptions, RecoverOptions};
use bindery::error::Applied;
use bindery::shards::{ShardKey, Sharded as _};
use bindery::{Config, Engine as _, EngineOptions, ErrorKind, RetryPolicy};
use bindery_cases::ledgers::engine::LedgersShard;
use bindery_cases::ledgers::{Databases, NewAccount, Tables as _, account};
use bindery_testkit::{FreshDatabase, Server, Watchdog};
use metrics::with_local_recorder;

use crate::asynchronous::several_threads;
use crate::observe::metrics::{recorder, sum};

/// What each owner has in the beginning.
const CENTS: i64 = 1_000;

/// Databases on servers of the tests' own, as those for everybody keep nothing over a crash.
struct World {
    db: Databases,
    /// Two of each shard, those of one shard after each other.
    owners: Vec<i64>,
    _folder: tempfile::TempDir,
    _databases: [FreshDatabase; 3],
    _servers: [Server; 2],
}

impl World {
    /// `None` where a server is missing, as the test kit says.
    fn new() -> Option<Self> {
        let postgres = Server::postgres().durable(true).start_or_skip()?;
        let mysql = Server::mysql().durable(true).start_or_skip()?;
        let fresh = |server: &Server| server.fresh_database().expect("a database");
        let databases = [fresh(&postgres), fresh(&mysql), fresh(&postgres)];
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let map = format!("sqlite://{}/default.db", folder.path().display());
        let engines = ["l0", "l1", "l2"].into_iter().zip(&databases);
        let config = Config::new().engine("default", map);
        let config = engines.fold(config, |config, (name, database)| {
            // Two databases do not see that each waits for the other.
            let options =
                EngineOptions::url(database.url()).lock_timeout(Duration::from_millis(300));
            config.engine(name, options.max_connections(4))
        });
        let db = Databases::with_config(&config).expect("the configuration is good");
        db.create_missing().expect("tables can be made");
        db.ledgers_shards().divide().expect("a map can be made");
        Some(Self {
            owners: owners(&db),
            db,
            _folder: folder,
            _databases: databases,
            _servers: [postgres, mysql],
        })
    }

    fn all_cents(&self) -> Vec<i64> {
        let owners = self.owners.iter();
        owners.map(|owner| cents(&self.db, *owner)).collect()
    }
}

fn owners(db: &Databases) -> Vec<i64> {
    let shards = db.ledgers_shards();
    let mut found: BTreeMap<LedgersShard, Vec<i64>> = BTreeMap::new();
    for owner in 0..1_000 {
        let of_shard = found.entry(shards.engine(owner).expect("the map has all slots"));
        let of_shard = of_shard.or_default();
        if of_shard.len() < 2 {
            of_shard.push(owner);
            let account = NewAccount::new(account::Required {
                owner,
                currency: "EUR".to_owned(),
                cents: CENTS,
            });
            let mut shard = db.ledgers_shard(owner).expect("it is there");
            shard.accounts().insert(account).expect("it is new");
        }
    }
    assert_eq!(found.len(), 3);
    found.into_values().flatten().collect()
}

fn cents(db: &Databases, owner: i64) -> i64 {
    let mut shard = db.ledgers_shard(owner).expect("the shard is there");
    let account = shard.accounts().filter(account::owner.eq(owner)).one();
    account.expect("it is there").cents
}

/// Adds to what an owner has, within a group or a session.
macro_rules! add {
    ($db:expr, $unit:expr, $owner:expr, $cents:expr) => {
        $db.ledgers_shards()
            .connect_in($unit, $owner)?
            .accounts()
            .filter(account::owner.eq($owner))
            .update(account::cents.set_to(account::cents + $cents))
    };
}

/// One cent from one owner to another, by a group that is tried again.
fn transfer(db: &Databases, from: i64, to: i64) -> bindery::Result<u64> {
    let retry = (RetryPolicy::new().attempts(50), AtomicOptions::new());
    let moved = db.transfer_retry(retry.0, retry.1, |tx| {
        add!(db, tx, from, -1)?;
        add!(db, tx, to, 1)
    });
    moved.stored()
}

/// Covers REG-06, MON-01: statements of a group and of a session over shards are those of their shard's engine, for a recorder of metrics.
#[test]
fn reg_06_a_recorder_sees_the_engine_of_each_shard() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("shards and metrics", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let (db, owners) = (&world.db, &world.owners);
    let recorder = recorder();
    // From a shard to itself, too, where both share a connection.
    let pairs = owners.iter().zip(owners.iter().skip(1));
    let pairs: Vec<(i64, i64)> = pairs.map(|(from, to)| (*from, *to)).collect();
    with_local_recorder(&recorder, || {
        for &(from, to) in &pairs {
            transfer(db, from, to)?;
            db.session(|s| {
                add!(db, s, to, -1)?;
                add!(db, s, from, 1)
            })?;
        }
        let undone = db.transfer(|tx| {
            add!(db, tx, owners[0], -1)?;
            add!(db, tx, owners[2], 1)?;
            Err::<u64, _>(bindery::Error::new(ErrorKind::NotFound))
        });
        assert!(!undone.is_committed());
        Ok::<_, bindery::Error>(())
    })?;
    for (at, shard) in LedgersShard::ALL.iter().enumerate() {
        let engine = ("bindery_engine", shard.name());
        let updates = [
            engine,
            ("db_operation_name", "UPDATE"),
            ("bindery_model", "Account"),
        ];
        let updates = sum(
            &recorder,
            "db_client_operation_duration_seconds_count",
            &updates,
        );
        let is_here = |owner: i64| usize::from(owners[2 * at..2 * at + 2].contains(&owner));
        let expected: usize = pairs
            .iter()
            .map(|(from, to)| is_here(*from) + is_here(*to))
            .sum();
        let undone = is_here(owners[0]) + is_here(owners[2]);
        assert_eq!(updates, (2 * expected + undone) as f64, "{}", shard.name());
        let ended = |outcome| {
            let of_engine = [engine, ("bindery_outcome", outcome)];
            let transactions = "bindery_transaction_duration_seconds_count";
            sum(&recorder, transactions, &of_engine)
        };
        // One of the group, where it is a branch or alone, and one of the session.
        let used = pairs
            .iter()
            .filter(|(from, to)| is_here(*from) + is_here(*to) > 0);
        let outcomes = ["committed", "rolled_back", "lost", "unknown"].map(ended);
        let expected = [2.0 * used.count() as f64, undone as f64, 0.0, 0.0];
        assert_eq!(outcomes, expected, "{}", shard.name());
    }
    assert_eq!(world.all_cents(), [CENTS; 6]);
    Ok(())
}

/// Covers REG-06, ATOM-01: groups and sessions over shards by tasks of asynchronous code, some of which are dropped while they run: each is there
/// as a whole or not at all.
#[test]
fn reg_06_tasks_change_rows_of_several_shards_together() {
    const TASKS: usize = 12;
    const ROUNDS: usize = 8;
    let _watchdog = Watchdog::start("shards and tasks", Duration::from_secs(300));
    let Some(world) = World::new() else { return };
    let (db, owners) = (&world.db, &world.owners);
    several_threads().block_on(async {
        let tasks = (0..TASKS).map(|task| {
            let (db, owners) = (db.clone(), owners.clone());
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    let from = owners[task % owners.len()];
                    let to = owners[(task + round + 1) % owners.len()];
                    if from == to {
                        continue;
                    }
                    let moved = db.run(move |db| transfer(db, from, to));
                    match task % 4 {
                        // Its first poll has begun it.
                        3 => drop_begun(moved),
                        _ => assert_eq!(moved.await.expect("it is tried again"), 1),
                    }
                    let back = db.run(move |db| {
                        db.session_retry(RetryPolicy::new().attempts(50), |s| {
                            add!(db, s, to, -1)?;
                            add!(db, s, from, 1)
                        })
                    });
                    if task % 4 != 3 {
                        back.await.expect("it is tried again");
                    }
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("no task panics");
        }
    });
    // What was dropped may still be at work, and leaves nothing undecided.
    let is_at_work = || {
        let stats = db.registry().worker_stats();
        stats.running + stats.blocked > 0
    };
    while is_at_work() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let options = RecoverOptions::new().older_than(Duration::ZERO);
    while !db.recover_with(&options).is_clean() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let all = world.all_cents();
    assert_eq!(all.iter().sum::<i64>(), 6 * CENTS, "{all:?}");
}

/// Polls work once, so that it is on its way, and drops it.
fn drop_begun<T>(work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let _ = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

/// Covers REG-06, DIST-08: a task whose key is on its way has the error that is tried again, and another is at work meanwhile.
#[test]
fn dist_08_a_task_waits_for_rows_on_their_way() {
    use bindery_core::slots::{LEAVING, OWN};
    let _watchdog = Watchdog::start("shards, tasks and moves", Duration::from_secs(300));
    let Some(world) = World::new() else { return };
    let (db, &[stays, _, leaves, ..]) = (&world.db, world.owners.as_slice()) else {
        panic!("six owners");
    };
    let slot = ShardKey::from(leaves).slot(LedgersShard::SET.slots);
    let shard = db.ledgers_shards().engine(leaves).expect("the map has it");
    let mark = |letter| {
        let registry = db.registry();
        let marked = registry.mark_slots(shard, LedgersShard::SET, (&(slot..slot + 1), letter));
        marked.expect("no transaction is in the way");
    };
    mark(LEAVING);
    std::thread::sleep(bindery_core::slots::READ_FOR);
    several_threads().block_on(async {
        let refused = db.run(move |db| {
            let both = db.transfer(|tx| {
                add!(db, tx, stays, -1)?;
                add!(db, tx, leaves, 1)
            });
            both.stored()
        });
        let error = refused.await.expect_err("the rows are on their way");
        assert_eq!(*error.kind(), ErrorKind::ShardMoved, "{error:?}");
        assert!(error.is_retryable() && error.applied() == Applied::No);
        let waiting = tokio::spawn(db.run(move |db| transfer(db, stays, leaves)));
        // Another key of the same task's engine is not held up.
        let beside = db.run(move |db| db.ledgers_shard(stays)?.accounts().count());
        assert!(beside.await.expect("it is there") >= 1);
        mark(OWN);
        assert_eq!(waiting.await.expect("no panic").expect("they are back"), 1);
    });
    assert_eq!(
        (cents(db, stays), cents(db, leaves)),
        (CENTS - 1, CENTS + 1)
    );
}
