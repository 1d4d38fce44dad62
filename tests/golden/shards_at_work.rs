//! Sets of shards at work: the cases `shards` and `sharded`, whose shards are of three dialects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bindery::observe::Event;
use bindery::shards::{ShardKey, ShardMap, Sharded as _};
use bindery::{Config, Connection, Engine, EngineOptions, ErrorKind};
use bindery_testkit::{FreshDatabase, Watchdog, fresh_mysql, fresh_postgres};

use crate::sharded::engine::{AccountsShard, CustomersShard};
use crate::sharded::{
    Databases, NewAccount, NewOrder, NewReading, Order, OrderId, Tables, account, order, reading,
};
use crate::shards;
use bindery::types::Uuid;

/// Four shards on two files and two servers; where a server is missing, a file of another dialect cannot stand for it.
struct World {
    folder: tempfile::TempDir,
    postgres: FreshDatabase,
    mysql: FreshDatabase,
}

impl World {
    /// `None` where a server is missing, as the test kit says.
    fn new() -> Option<Self> {
        Some(Self {
            folder: tempfile::tempdir().expect("a temporary directory"),
            postgres: fresh_postgres()?,
            mysql: fresh_mysql()?,
        })
    }

    fn url(&self, engine: &str) -> String {
        match engine {
            "s2" => self.postgres.url(),
            "s3" => self.mysql.url(),
            _ => format!(
                "sqlite://{}",
                self.folder.path().join(format!("{engine}.db")).display()
            ),
        }
    }

    /// The databases of one more process; the engine `away` cannot be reached there.
    fn open(&self, away: Option<(&str, &str)>) -> Databases {
        let engines = ["default", "s0", "s1", "s2", "s3"];
        let config = engines
            .iter()
            .fold(Config::new(), |config, &name| match away {
                Some((other, url)) if other == name => config.engine(name, url),
                _ => config.engine(name, EngineOptions::url(self.url(name))),
            });
        Databases::with_config(&config).expect("the configuration is good")
    }

    /// With tables, and a map.
    fn ready(&self) -> Databases {
        let db = self.open(None);
        db.create_missing().expect("tables can be made");
        db.customers_shards().divide().expect("a map can be made");
        db
    }
}

fn key(shard: &Connection<CustomersShard>, tenant_id: i32, id: i64) -> OrderId<CustomersShard> {
    OrderId {
        engine: shard.engine(),
        tenant_id,
        id,
    }
}

/// A number that every order's total is made of.
fn total(tenant: i32, id: i64) -> i64 {
    (i64::from(tenant) * 7919 + id * 104_729) % 100_003
}

/// 2,500 tenants with four orders each, on their shards.
fn fill(db: &Databases) -> bindery::Result<()> {
    let mut of_shards: BTreeMap<CustomersShard, Vec<NewOrder>> = BTreeMap::new();
    for tenant in 0..2_500 {
        let shard = db.customers_shards().engine(tenant)?;
        let orders = (0..4).map(|id| {
            NewOrder::new(order::Required {
                tenant_id: tenant,
                id,
            })
            .total(total(tenant, id))
        });
        of_shards.entry(shard).or_default().extend(orders);
    }
    for (shard, orders) in of_shards {
        let mut connection = db.registry().connect(shard)?;
        connection.orders().insert_many(orders)?;
    }
    Ok(())
}

/// The tenants of all rows on each engine, by connections that know nothing of shards.
fn tenants_on_each(db: &Databases) -> bindery::Result<BTreeMap<&'static str, BTreeSet<i32>>> {
    let mut found = BTreeMap::new();
    let s0: Vec<i32> = db.s0()?.orders().select(order::tenant_id).all()?;
    let s1: Vec<i32> = db.s1()?.orders().select(order::tenant_id).all()?;
    let s2: Vec<i32> = db.s2()?.orders().select(order::tenant_id).all()?;
    let s3: Vec<i32> = db.s3()?.orders().select(order::tenant_id).all()?;
    for (name, tenants) in [("s0", s0), ("s1", s1), ("s2", s2), ("s3", s3)] {
        assert_eq!(tenants.len() % 4, 0, "all orders of a tenant are on {name}");
        found.insert(name, tenants.into_iter().collect());
    }
    Ok(found)
}

/// Covers REG-06: 10,000 rows by their keys, over files, PostgreSQL and MySQL or MariaDB.
#[test]
fn reg_06_each_row_is_on_the_shard_of_its_key() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("rows over shards", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let db = world.ready();
    fill(&db)?;

    let map = db.customers_shards().map()?;
    assert_eq!((map.slots, map.uncovered()), (1024, 0));
    let on_each = tenants_on_each(&db)?;
    assert_eq!(
        on_each.values().map(BTreeSet::len).sum::<usize>(),
        2_500,
        "each tenant is on one shard"
    );
    for (name, tenants) in &on_each {
        assert!(tenants.len() > 500, "{name} has {} tenants", tenants.len());
        for tenant in tenants {
            let slot = ShardKey::from(*tenant).slot(1024);
            let range = map.ranges.iter().find(|range| range.slots.contains(&slot));
            assert_eq!(
                range.map(|range| range.engine),
                Some(*name),
                "tenant {tenant}"
            );
        }
    }

    // Found, changed and deleted by the key, on that shard alone.
    let mut shard = db.customers_shard(77)?;
    let third = key(&shard, 77, 3);
    assert_eq!(
        shard.orders().find(third)?.map(|order| order.total),
        Some(total(77, 3))
    );
    assert_eq!(
        shard
            .orders()
            .filter(order::tenant_id.eq(77))
            .update(order::total.set_to(0))?,
        4
    );
    assert_eq!(
        shard
            .orders()
            .filter(order::tenant_id.eq(77).and(order::id.lt(2)))
            .delete()?,
        2
    );
    drop(shard);
    let left = db
        .customers_shards()
        .each()
        .run(|shard| shard.orders().count())
        .all()?;
    assert_eq!(left.iter().map(|(_, count)| count).sum::<u64>(), 9_998);
    // By a condition on all of them.
    let deleted = db
        .customers_shards()
        .each()
        .run(|shard| shard.orders().filter(order::id.eq(3)).delete());
    assert_eq!(
        deleted.all()?.iter().map(|(_, count)| count).sum::<u64>(),
        2_500
    );
    Ok(())
}

/// Covers REG-06: the engines that calls go to.
#[test]
fn reg_06_a_key_asks_its_shard_alone() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    world.ready();
    let db = world.open(None);
    let asked: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let _subscription = db.registry().subscribe(move |event: &Event| {
        seen.lock().expect("no panic").push(event.engine);
    });
    let take = || -> BTreeSet<&'static str> { asked.lock().expect("no panic").drain(..).collect() };

    let shard = db.customers_shards().engine(5)?;
    assert_eq!(take(), BTreeSet::from(["default"]), "the map is read");
    let mut connection = db.customers_shard(5)?;
    let none = key(&connection, 5, 1);
    assert!(connection.orders().find(none)?.is_none());
    drop(connection);
    assert_eq!(
        take(),
        BTreeSet::from([shard.name()]),
        "and known from then on"
    );
    for tenant in 0..200 {
        let expected = db.customers_shards().engine(tenant)?.name();
        db.customers_shard(tenant)?
            .orders()
            .filter(order::tenant_id.eq(tenant))
            .count()?;
        assert_eq!(take(), BTreeSet::from([expected]), "tenant {tenant}");
    }
    Ok(())
}

/// Covers REG-06: an order and a limit over all shards, and shards that do not answer.
#[test]
fn reg_06_rows_of_all_shards_are_merged() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    let db = world.ready();
    fill(&db)?;
    let mut expected: Vec<(i64, i32, i64)> = (0..2_500)
        .flat_map(|tenant| (0..4).map(move |id| (-total(tenant, id), tenant, id)))
        .collect();
    expected.sort_unstable();
    let key = |order: &Order<CustomersShard>| (-order.total, order.tenant_id, order.id);
    let largest = |db: &Databases, limit: u64| {
        db.customers_shards().each().parallel(2).first(
            limit as usize,
            |shard| {
                let order = (order::total.desc(), order::tenant_id.asc(), order::id.asc());
                shard.orders().order_by(order).limit(limit).all()
            },
            key,
        )
    };
    for limit in [0, 1, 7, 500] {
        let found = largest(&db, limit).complete()?;
        let found: Vec<_> = found.iter().map(key).collect();
        assert_eq!(found, expected[..limit as usize], "the first {limit}");
    }

    // All of them, of which each shard has a few in memory.
    let merged_of = |db: &Databases| {
        let pages = AtomicUsize::new(0);
        let rows = db.customers_shards().each().merged(
            |shard, last| {
                pages.fetch_add(1, Ordering::Relaxed);
                let order = (order::total.desc(), order::tenant_id.asc(), order::id.asc());
                let page = shard.orders().order_by(order).page_after(last);
                page.limit(300).all()
            },
            key,
        );
        let found = rows.and_then(|rows| {
            let keys = rows.map(|row| Ok(key(&row?)));
            keys.collect::<bindery::Result<Vec<_>>>()
        });
        found.map(|found| (found, pages.into_inner()))
    };
    let (found, pages) = merged_of(&db)?;
    assert_eq!(found, expected);
    assert!((10_000 / 300..10_000 / 300 + 9).contains(&pages), "{pages}");

    // One shard is away: the others answer, and what is missing is said.
    let away = world.open(Some(("s2", "postgres://nobody@127.0.0.1:1/nothing")));
    let merged = largest(&away, 20);
    let failed: Vec<_> = merged
        .failed
        .iter()
        .map(|(shard, error)| (*shard, error.engine()))
        .collect();
    assert_eq!(failed, [(CustomersShard::S2, Some("s2"))]);
    let mut shards = merged
        .rows
        .iter()
        .map(|order| away.customers_shards().engine(order.tenant_id));
    assert!(shards.all(|shard| shard.is_ok_and(|shard| shard != CustomersShard::S2)));
    assert_eq!(merged.rows.len(), 20);
    assert_eq!(merged.complete().unwrap_err().engine(), Some("s2"));
    assert_eq!(merged_of(&away).unwrap_err().engine(), Some("s2"));
    let report = away
        .customers_shards()
        .each()
        .run(|shard| shard.orders().count());
    assert!(!report.is_ok());
    assert_eq!(
        report
            .outcomes
            .iter()
            .filter(|(_, outcome)| outcome.is_ok())
            .count(),
        3
    );
    assert!(report.all().is_err());
    Ok(())
}

/// Covers REG-06: a key that no rule covers.
#[test]
fn reg_06_a_key_without_a_shard_is_an_error() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    let db = world.open(None);
    db.create_missing()?;
    let slot = ShardKey::from("ann").slot(64);
    let without = db.accounts_shard("ann").map(drop).unwrap_err();
    assert_eq!(
        *without.kind(),
        ErrorKind::NoShard {
            shards: "accounts",
            slot
        }
    );
    let text = without.to_string();
    assert!(
        text.contains(&format!("no shard of `accounts` has slot {slot}")),
        "{text}"
    );
    assert!(text.contains("accounts_shards().divide()"), "{text}");

    // Another process gives it to one, and this one sees that.
    let other = world.open(None);
    let map = other
        .accounts_shards()
        .assign(slot..slot + 1, AccountsShard::S1)?;
    assert_eq!((map.version, map.uncovered()), (1, 63));
    db.accounts_shard("ann")?
        .accounts()
        .insert(NewAccount::new("ann", 3))?;
    assert_eq!(db.s1()?.accounts().select(account::stars).all()?, [3]);

    // What has a shard keeps it.
    let taken = db
        .accounts_shards()
        .assign(0..64, AccountsShard::S0)
        .unwrap_err();
    assert!(
        taken
            .to_string()
            .contains(&format!("slot {slot} of the shards `accounts` is on `s1`")),
        "{taken}"
    );
    let beyond = db
        .accounts_shards()
        .assign(60..65, AccountsShard::S0)
        .unwrap_err();
    assert!(
        beyond.to_string().contains("have slots from 0 to 64"),
        "{beyond}"
    );
    let all = db.accounts_shards().divide()?;
    assert_eq!((all.version, all.uncovered()), (2, 0));
    assert_eq!(db.accounts_shards().engine("ann")?, AccountsShard::S1);
    assert_eq!(
        db.accounts_shards().divide()?.version,
        2,
        "nothing is left to divide"
    );
    let sizes = AccountsShard::ALL.iter().map(|shard| {
        let of = all
            .ranges
            .iter()
            .filter(|range| range.engine == shard.name());
        of.map(|range| range.slots.len()).sum()
    });
    assert_eq!(sizes.collect::<Vec<usize>>(), [16; 4]);
    // The other set has a map of its own.
    assert_eq!(db.customers_shards().map()?.ranges, []);
    Ok(())
}

/// Covers REG-06: a map that is not this program's is used by no call.
#[test]
fn reg_06_a_map_of_another_program_is_refused() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    let refused = |change: &'static str, why: &str| -> bindery::Result<()> {
        let db = world.ready();
        db.default()?.execute_batch(change)?;
        let fresh = world.open(None);
        let error = fresh.customers_shard(1).map(drop).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(
            fresh.customers_shards().divide().is_err(),
            "and changed by none"
        );
        db.default()?
            .execute_batch("DELETE FROM _bindery_shard_slots; DELETE FROM _bindery_shard_maps")
    };
    refused(
        "UPDATE _bindery_shard_maps SET slots = 512",
        "it has 512 slots",
    )?;
    refused(
        "UPDATE _bindery_shard_slots SET engine = 's9' WHERE engine = 's1'",
        "names the engine `s9`",
    )?;
    refused(
        "UPDATE _bindery_shard_slots SET past_slot = past_slot + 1",
        "overlap others",
    )?;
    let engine = "UPDATE _bindery_shard_slots SET engine = 'default'";
    let db = world.ready();
    db.default()?.execute_batch(engine)?;
    let error = world.open(None).customers_shard(1).map(drop).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("names `default`, which is none of them"),
        "{error}"
    );
    Ok(())
}

/// Many that begin at the same time make one map, on SQLite, PostgreSQL and MySQL or MariaDB.
///
/// Covers REG-06.
#[test]
fn reg_06_programs_that_divide_at_once_make_one_map() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    world.open(None).create_missing()?;
    one_map(&world, |db| db.customers_shards().divide())?;
    one_map(&world, |db| db.devices_shards().divide())?;
    one_map(&world, |db| db.accounts_shards().divide())
}

fn one_map(
    world: &World,
    divide: impl Fn(&Databases) -> bindery::Result<ShardMap> + Sync,
) -> bindery::Result<()> {
    let maps = thread::scope(|scope| {
        let programs: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| divide(&world.open(None))))
            .collect();
        let maps = programs
            .into_iter()
            .map(|program| program.join().expect("no panic"));
        maps.collect::<bindery::Result<Vec<_>>>()
    })?;
    let first = &maps[0];
    assert_eq!(
        (first.version, first.uncovered(), first.ranges.len()),
        (1, 0, 4)
    );
    assert!(maps.iter().all(|map| map == first));
    Ok(())
}

/// A set by UUIDs, whose map is on one of the shards, on PostgreSQL.
///
/// Covers REG-06.
#[test]
fn reg_06_a_shard_keeps_the_map() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    let db = world.ready();
    let map = db.devices_shards().divide()?;
    assert_eq!((map.uncovered(), map.ranges.len()), (0, 4));
    let devices: Vec<Uuid> = (0..40).map(|at| Uuid::from_u128(at << 90)).collect();
    for device in &devices {
        let new = NewReading::new(*device, 7);
        db.devices_shard(device)?.readings().insert(new)?;
    }
    let fresh = world.open(None);
    for device in &devices {
        let found = fresh
            .devices_shard(device)?
            .readings()
            .filter(reading::device.eq(*device))
            .count()?;
        assert_eq!(found, 1);
    }
    let away = world.open(Some(("s2", "postgres://nobody@127.0.0.1:1/nothing")));
    assert_eq!(
        away.devices_shard(&devices[0])
            .map(drop)
            .unwrap_err()
            .engine(),
        Some("s2")
    );
    Ok(())
}

/// Shards of a session beside the same engines under their own names, and beside each other.
///
/// Covers REG-06.
#[test]
fn reg_06_a_session_is_over_shards() -> bindery::Result<()> {
    let Some(world) = World::new() else {
        return Ok(());
    };
    let db = world.ready();
    let shards = db.customers_shards();
    // Of each shard a tenant.
    let tenant_of = |wanted: CustomersShard| {
        (0..).find(|tenant| shards.engine(*tenant).is_ok_and(|found| found == wanted))
    };
    let tenants: Vec<(CustomersShard, i32)> = CustomersShard::ALL
        .iter()
        .map(|shard| (*shard, tenant_of(*shard).expect("each shard has slots")))
        .collect();
    let order = |tenant_id| NewOrder::new(order::Required { tenant_id, id: 1 });
    db.session(|s| {
        for (shard, tenant) in &tenants {
            s.connection(*shard)?.orders().insert(order(*tenant))?;
        }
        assert_eq!(
            s.s2()?.orders().count()?,
            1,
            "the same connection by its own name"
        );
        Ok(())
    })?;
    let undone = db.session(|s| {
        for (shard, _) in &tenants {
            s.connection(*shard)?
                .orders()
                .filter(order::id.eq(1))
                .delete()?;
        }
        s.connection(CustomersShard::S0)?
            .execute_batch("no statement")
    });
    assert!(undone.is_err());
    let left = shards.each().run(|shard| shard.orders().count()).all()?;
    assert!(left.iter().all(|(_, count)| *count == 1), "{left:?}");
    Ok(())
}

/// The map is read in a session that has written on its engine.
///
/// Covers REG-06.
#[test]
fn reg_06_a_session_on_the_engine_of_the_map_reads_it() -> bindery::Result<()> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let open = || {
        let engines = ["default", "s0", "s1"];
        let config = engines.iter().fold(Config::new(), |config, name| {
            config.engine(*name, file(name).as_str())
        });
        shards::Databases::with_config(&config)
    };
    let db = open()?;
    db.create_missing()?;
    db.customers_shards().divide()?;
    let db = open()?;
    db.session(|s| {
        s.tenants().insert(shards::NewTenant::new(1, "Acme"))?;
        let shard = db.customers_shards().engine(1)?;
        let order = shards::NewOrder::new(shards::order::Required {
            tenant_id: 1,
            id: 1,
        });
        shards::Tables::orders(s.connection(shard)?)
            .insert(order)
            .map(drop)
    })?;
    assert_eq!(db.tenants().count()?, 1);
    assert_eq!(
        shards::Tables::orders(&mut db.customers_shard(1)?).count()?,
        1
    );
    Ok(())
}

/// Tables that were not made are named, with what makes them.
#[test]
fn reg_06_a_map_without_its_tables_says_what_makes_them() -> bindery::Result<()> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let config = ["default", "s0", "s1"]
        .iter()
        .fold(Config::new(), |config, name| {
            config.engine(*name, file(name).as_str())
        });
    let db = shards::Databases::with_config(&config)?;
    let error = db.customers_shards().divide().unwrap_err();
    assert_eq!(error.engine(), Some("default"));
    let text = error.to_string();
    assert!(
        text.contains("_bindery_shard_maps") && text.contains("create"),
        "{text}"
    );
    Ok(())
}

/// Without the engine of the map nothing is guessed.
///
/// Covers REG-06.
#[test]
fn reg_06_a_map_that_cannot_be_read_is_the_error() -> bindery::Result<()> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let config = ["s0", "s1"].iter().fold(Config::new(), |config, name| {
        config.engine(*name, "sqlite::memory:")
    });
    let nowhere = format!(
        "sqlite://{}",
        folder.path().join("gone/default.db").display()
    );
    let db = shards::Databases::with_config(&config.engine("default", nowhere.as_str()))?;
    let error = db.customers_shard(1).map(drop).unwrap_err();
    assert_eq!(error.engine(), Some("default"), "{error}");
    Ok(())
}
