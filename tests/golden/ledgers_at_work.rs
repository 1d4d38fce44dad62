//! Shards that change together: sessions and atomic groups over them, on servers of the tests' own, as those for everybody keep nothing over a
//! crash.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use bindery::atomic::{AtomicOptions, AtomicOutcome};
use bindery::shards::{ShardKey, Sharded as _};
use bindery::{Config, EngineOptions, ErrorKind, RetryPolicy, TransactionOptions};
use bindery_core::slots::{AWAY, LEAVING, OWN, READ_FOR};
use bindery_testkit::{FreshDatabase, Server, Watchdog};

use crate::ledgers::engine::LedgersShard;
use crate::ledgers::{Databases, NewAccount, Tables as _, account};

/// Two PostgreSQL databases and one of MySQL or MariaDB, and a file with the map.
struct World {
    folder: tempfile::TempDir,
    databases: [FreshDatabase; 3],
    _servers: [Server; 2],
}

impl World {
    /// `None` where a server is missing, as the test kit says.
    fn new() -> Option<Self> {
        let postgres = Server::postgres().durable(true).start_or_skip()?;
        let mysql = Server::mysql().durable(true).start_or_skip()?;
        let fresh = |server: &Server| server.fresh_database().expect("a database");
        Some(Self {
            folder: tempfile::tempdir().expect("a temporary directory"),
            databases: [fresh(&postgres), fresh(&mysql), fresh(&postgres)],
            _servers: [postgres, mysql],
        })
    }

    /// The databases of one more process.
    fn open(&self) -> Databases {
        let file = self.folder.path().join("default.db");
        let engines = ["l0", "l1", "l2"].into_iter().zip(&self.databases);
        let config = Config::new().engine("default", format!("sqlite://{}", file.display()));
        let config = engines.fold(config, |config, (name, database)| {
            let options = EngineOptions::url(database.url());
            config.engine(name, options.acquire_timeout(Duration::from_millis(600)))
        });
        Databases::with_config(&config).expect("the configuration is good")
    }

    /// With tables, a map, and the accounts of these owners.
    fn ready(&self) -> (Databases, Owners) {
        let db = self.open();
        db.create_missing().expect("tables can be made");
        let shards = db.ledgers_shards();
        shards.divide().expect("a map can be made");
        let mut owners = Owners::new();
        for owner in 0.. {
            let shard = shards.engine(owner).expect("the map has all slots");
            let of_shard = owners.entry(shard).or_default();
            if of_shard.len() < 2 {
                of_shard.push(owner);
                let mut connection = db.ledgers_shard(owner).expect("it is there");
                let account = opened(owner, 1_000);
                connection.accounts().insert(account).expect("it is new");
            }
            if owners.len() == 3 && owners.values().all(|of_shard| of_shard.len() == 2) {
                return (db, owners);
            }
        }
        unreachable!("each shard has slots")
    }
}

/// Of each shard two owners.
type Owners = BTreeMap<LedgersShard, Vec<i64>>;

fn opened(owner: i64, cents: i64) -> NewAccount {
    NewAccount::new(account::Required {
        owner,
        currency: "EUR".to_owned(),
        cents,
    })
}

/// Adds to what an owner has.
macro_rules! add {
    ($db:expr, $unit:expr, $owner:expr, $cents:expr) => {
        $db.ledgers_shards()
            .connect_in($unit, $owner)?
            .accounts()
            .filter(account::owner.eq($owner))
            .update(account::cents.set_to(account::cents + $cents))
    };
}

fn cents(db: &Databases, owner: i64) -> i64 {
    let mut shard = db.ledgers_shard(owner).expect("the shard is there");
    let account = shard.accounts().filter(account::owner.eq(owner)).one();
    account.expect("it is there").cents
}

/// Has a shard say this of the slot of an owner.
fn mark(world: &World, shard: LedgersShard, owner: i64, letter: char) {
    let slot = ShardKey::from(owner).slot(LedgersShard::SET.slots);
    let db = world.open();
    let marked = db
        .registry()
        .mark_slots(shard, LedgersShard::SET, (&(slot..slot + 1), letter));
    marked.expect("no transaction is in the way");
}

/// Covers REG-06, ATOM-01.
#[test]
fn reg_06_rows_of_two_shards_change_together_or_not_at_all() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("groups over shards", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let (db, owners) = world.ready();
    let all: Vec<i64> = owners.values().flatten().copied().collect();
    let mut expected: BTreeMap<i64, i64> = all.iter().map(|owner| (*owner, 1_000)).collect();
    let pairs = || {
        all.iter()
            .flat_map(|from| all.iter().map(move |to| (*from, *to)))
    };
    for ((from, to), amount) in pairs().filter(|(from, to)| from != to).zip(1..) {
        let outcome = db.transfer(|tx| {
            add!(db, tx, from, -amount)?;
            add!(db, tx, to, amount)
        });
        let AtomicOutcome::Committed { pending, .. } = outcome else {
            panic!("{outcome:?}")
        };
        assert!(pending.is_empty(), "{pending:?}");
        *expected.entry(from).or_default() -= amount;
        *expected.entry(to).or_default() += amount;

        let undone = db.transfer(|tx| {
            add!(db, tx, from, -amount)?;
            add!(db, tx, to, amount)?;
            // There is one already.
            let shard = db.ledgers_shards().connect_in(tx, to)?;
            shard.accounts().insert(opened(to, 0))
        });
        assert!(undone.stored().unwrap_err().is_unique_violation());
        db.session(|s| {
            add!(db, s, from, -1)?;
            add!(db, s, to, 1)
        })?;
        *expected.entry(from).or_default() -= 1;
        *expected.entry(to).or_default() += 1;
    }
    let found: BTreeMap<i64, i64> = all
        .iter()
        .map(|owner| (*owner, cents(&db, *owner)))
        .collect();
    assert_eq!(found, expected);
    Ok(())
}

/// Covers REG-06, DIST-08. Rows on their way are no part of a group or a session, which is to be run again, whole.
#[test]
fn dist_08_a_group_waits_for_rows_on_their_way() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("a group beside a move", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let (_, owners) = world.ready();
    let stays = owners[&LedgersShard::L0][0];
    for shard in [LedgersShard::L1, LedgersShard::L2] {
        let (leaves, beside) = (owners[&shard][0], owners[&shard][1]);
        mark(&world, shard, leaves, LEAVING);
        // What a process knew before is over for it as well by then.
        let db = world.open();
        let outcome = db.transfer(|tx| {
            add!(db, tx, stays, -1)?;
            add!(db, tx, beside, 1)?;
            add!(db, tx, leaves, 1)
        });
        let error = outcome.stored().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ShardMoved, "{error}");
        assert!(error.is_retryable(), "{error}");
        let error = db.session(|s| add!(db, s, leaves, 1)).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ShardMoved, "{error}");
        assert_eq!((cents(&db, stays), cents(&db, beside)), (1_000, 1_000));

        let back = thread::scope(|scope| {
            let waits = scope.spawn(|| {
                let retry = RetryPolicy::new().attempts(100);
                db.transfer_retry(retry, AtomicOptions::new(), |tx| {
                    add!(db, tx, stays, -1)?;
                    add!(db, tx, leaves, 1)
                })
                .stored()
            });
            thread::sleep(READ_FOR);
            mark(&world, shard, leaves, OWN);
            waits.join().expect("no panic")
        });
        assert_eq!(back?, 1);
        db.transfer(|tx| {
            add!(db, tx, stays, 1)?;
            add!(db, tx, leaves, -1)
        })
        .stored()?;
    }
    Ok(())
}

/// Covers DIST-08. A transaction reads on in its snapshot, in which the rows have not left; no other connection goes by that.
#[test]
fn dist_08_an_old_snapshot_is_no_word_about_slots() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("a snapshot beside a move", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let (_, owners) = world.ready();
    let options = TransactionOptions::new().isolation(bindery::Isolation::RepeatableRead);
    for shard in [LedgersShard::L1, LedgersShard::L2] {
        let owner = owners[&shard][0];
        let db = world.open();
        let mut connection = db.ledgers_shard(owner)?;
        connection.transaction_with(options, |tx| {
            assert_eq!(tx.accounts().count()?, 2);
            mark(&world, shard, owner, AWAY);
            thread::sleep(READ_FOR + Duration::from_millis(50));
            assert_eq!(tx.accounts().count()?, 2, "the rows of the snapshot");
            thread::scope(|scope| {
                let other = scope.spawn(|| db.ledgers_shard(owner).map(drop));
                let error = other.join().expect("no panic").unwrap_err();
                assert_eq!(*error.kind(), ErrorKind::ShardMoved, "{error}");
            });
            Ok(())
        })?;
        let error = connection.accounts().count().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ShardMoved, "{error}");
        mark(&world, shard, owner, OWN);
    }
    Ok(())
}
