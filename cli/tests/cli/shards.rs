//! `bindery shards`: slots that move between the shards of the case `sharded`, which are two files, PostgreSQL and MySQL or MariaDB, while
//! programs write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bindery::error::Applied;
use bindery::shards::ShardKey;
use bindery::types::Uuid;
use bindery::{Config, EngineOptions, ErrorKind, Sql};
use bindery_cases::sharded::{
    Databases, NewAccount, NewOrder, NewReading, Tables as _, account, order,
};
use bindery_schema::dialect::Dialect;
use bindery_schema::slots::{SlotKey, slot_sql};
use bindery_testkit::{
    FreshDatabase, SetOnDrop, Watchdog, fresh_mysql, fresh_postgres, is_full_run,
};

use super::migrate_random::random::Random;
use super::support::{Project, holds};

const SLOTS: u32 = 1024;
const SHARDS: [&str; 4] = ["s0", "s1", "s2", "s3"];

/// The project of the case, and its servers' databases.
pub(super) struct World {
    pub(super) project: Project,
    postgres: FreshDatabase,
    mysql: FreshDatabase,
}

impl World {
    /// `None` where a server is missing, as the test kit says.
    pub(super) fn new() -> Option<Self> {
        let (postgres, mysql) = (fresh_postgres()?, fresh_mysql()?);
        let config = include_str!("../../../tests/golden/sharded/bindery.toml")
            .replace("postgres://localhost/s2", "${S2_URL}")
            .replace("mysql://localhost/s3", "${S3_URL}");
        let schema = include_str!("../../../tests/golden/sharded/schema.sql");
        let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
        let project = project
            .with("S2_URL", &postgres.url())
            .with("S3_URL", &mysql.url());
        let world = Self {
            project,
            postgres,
            mysql,
        };
        world.project.run("create --all").good();
        Some(world)
    }

    /// One more program, which knows nothing of what others know.
    pub(super) fn program(&self) -> Databases {
        let url = |engine: &str| match engine {
            "s2" => self.postgres.url(),
            "s3" => self.mysql.url(),
            file => format!(
                "sqlite://{}",
                self.project.path(&format!("{file}.db")).display()
            ),
        };
        let engines = ["default", "s0", "s1", "s2", "s3"];
        let config = engines.iter().fold(Config::new(), |config, engine| {
            config.engine(*engine, EngineOptions::url(url(engine)))
        });
        Databases::with_config(&config).expect("the configuration is good")
    }

    /// The rows of all shards, by their own connections: tenant, number, total and shard.
    pub(super) fn orders(
        &self,
        db: &Databases,
    ) -> bindery::Result<Vec<(i32, i64, i64, &'static str)>> {
        let mut found = Vec::new();
        for shard in db
            .customers_shards()
            .each()
            .run(|shard| shard.orders().all())
            .all()?
        {
            let name = bindery::Engine::name(shard.0);
            let rows = shard.1.into_iter();
            found.extend(rows.map(|row| (row.tenant_id, row.id, row.total, name)));
        }
        found.sort_unstable();
        Ok(found)
    }
}

/// Covers REG-06: databases compute the slot of a key as programs do.
#[test]
fn reg_06_databases_compute_the_slots_that_programs_do() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("slots of databases", Duration::from_secs(120));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let db = world.program();
    let mut random = Random(7);
    let mut integers = vec![0, 1, -1, i32::MAX, i32::MIN, 2_147_483_646];
    integers.extend((0..500).map(|_| random.below(1 << 32) as u32 as i32));
    let mut texts: Vec<String> = ["", " ", "a", "A", "ann ", "ü", "🦀🦀", "'", "\\"]
        .map(str::to_owned)
        .into();
    texts.extend((0..300).map(|at| format!("{at}ß{}", random.below(1_000_000))));
    let uuids: Vec<Uuid> = (0..300)
        .map(|at| Uuid::from_u128((random.below(usize::MAX) as u128) << 64 | at))
        .collect();
    let compare = |dialect: Dialect, name: &str, found: Found| {
        let (orders, accounts, readings) = found;
        assert_eq!(orders.len(), integers.len(), "{name}");
        for (key, slot) in orders {
            assert_eq!(
                ShardKey::from(key).slot(SLOTS),
                slot as u32,
                "{key} on {dialect:?}"
            );
        }
        assert_eq!(accounts.len(), texts.len(), "{name}");
        for (key, slot) in accounts {
            assert_eq!(
                ShardKey::from(&key).slot(64),
                slot as u32,
                "{key:?} on {dialect:?}"
            );
        }
        assert_eq!(readings.len(), uuids.len(), "{name}");
        for (key, slot) in readings {
            assert_eq!(
                ShardKey::from(&key).slot(16),
                slot as u32,
                "{key} on {dialect:?}"
            );
        }
    };
    type Found = (Vec<(i32, i64)>, Vec<(String, i64)>, Vec<(Uuid, i64)>);
    macro_rules! on {
        ($method:ident, $dialect:ident) => {{
            let mut shard = db.$method()?;
            let orders = integers
                .iter()
                .map(|&tenant_id| NewOrder::new(order::Required { tenant_id, id: 1 }));
            let accounts = texts.iter().map(|name| NewAccount::new(name.as_str(), 1));
            let readings = uuids.iter().map(|&device| NewReading::new(device, 1));
            shard.orders().insert_many(orders)?;
            shard.accounts().insert_many(accounts)?;
            shard.readings().insert_many(readings)?;
            let query = |key, column: &str, table: &str, slots| {
                let slot = slot_sql(Dialect::$dialect, key, &format!("{table}.{column}"), slots);
                format!("SELECT {column}, {slot} FROM {table}")
            };
            let orders = query(SlotKey::Integer, "tenant_id", "orders", SLOTS);
            let accounts = query(SlotKey::Text, "name", "accounts", 64);
            let readings = query(SlotKey::Uuid, "device", "readings", 16);
            let found: Found = (
                shard.query_as(Sql::assembled(orders), ())?,
                shard.query_as(Sql::assembled(accounts), ())?,
                shard.query_as(Sql::assembled(readings), ())?,
            );
            compare(Dialect::$dialect, stringify!($method), found);
        }};
    }
    on!(s0, Sqlite);
    on!(s2, Postgres);
    on!(s3, Mysql);
    Ok(())
}

/// Covers REG-06, DIST-08: each shard to each other, keys of three types, and what is not moved stays.
#[test]
fn dist_08_slots_move_with_their_rows_and_nothing_else_does() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("slots that move", Duration::from_secs(300));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let run = |words: &str| world.project.run(words);
    let divided = run("shards divide customers").good();
    holds(
        &divided,
        &["customers: 1024 slots", "0..256  s0", "768..1024  s3"],
    );
    run("shards divide accounts").good();
    run("shards divide devices").good();
    let db = world.program();
    for tenant_id in 0..400 {
        db.customers_shards().transaction(tenant_id, |tx| {
            let orders =
                (0..5).map(|id| NewOrder::new(order::Required { tenant_id, id }).total(id * 10));
            tx.orders().insert_many(orders).map(drop)
        })?;
    }
    for at in 0..200 {
        let name = format!("ännchen {at}");
        let account = NewAccount::new(name.as_str(), at);
        db.accounts_shard(&name)?.accounts().insert(account)?;
        let device = Uuid::from_u128(at as u128 * 7_919);
        let reading = NewReading::new(device, at as i32);
        db.devices_shard(&device)?.readings().insert(reading)?;
    }
    let before = world.orders(&db)?;

    // Round and round: each shard's first slots to the next one, then home again.
    for (at, from) in SHARDS.iter().enumerate() {
        let first = at as u32 * 256;
        for to in SHARDS.iter().filter(|to| *to != from) {
            let moved = run(&format!(
                "shards move customers {first}..{} {to}",
                first + 100
            ));
            assert!(!moved.good().contains("on the way"));
            assert_eq!(owner_of(&db, first), *to);
            let after = world.orders(&db)?;
            let plain = |rows: &[(i32, i64, i64, &'static str)]| {
                rows.iter()
                    .map(|row| (row.0, row.1, row.2))
                    .collect::<Vec<_>>()
            };
            assert_eq!(plain(&before), plain(&after));
            for (tenant, _, _, shard) in after {
                let slot = ShardKey::from(tenant).slot(SLOTS);
                let expected = match slot {
                    slot if (first..first + 100).contains(&slot) => to,
                    slot => SHARDS[slot as usize / 256],
                };
                assert_eq!(shard, expected, "slot {slot} of tenant {tenant}");
            }
            let home = run(&format!(
                "shards move customers {first}..{} {from}",
                first + 100
            ))
            .good();
            assert!(!home.contains("on the way"), "{home}");
        }
    }
    assert_eq!(world.orders(&db)?, before);

    // All slots of texts and of UUIDs on the server of MySQL, and there by keys.
    for from in 0..3 {
        run(&format!(
            "shards move accounts {}..{} s3",
            from * 16,
            from * 16 + 16
        ))
        .good();
        run(&format!(
            "shards move devices {}..{} s3",
            from * 4,
            from * 4 + 4
        ))
        .good();
    }
    assert_eq!(
        (db.s3()?.accounts().count()?, db.s3()?.readings().count()?),
        (200, 200)
    );
    for at in 0..200 {
        let name = format!("ännchen {at}");
        assert_eq!(
            db.accounts_shard(&name)?
                .accounts()
                .filter(account::stars.eq(at))
                .count()?,
            1
        );
    }
    assert_eq!(
        db.s0()?.accounts().count()?
            + db.s1()?.readings().count()?
            + db.s2()?.accounts().count()?,
        0
    );

    // The triggers are no objects of the schema, and come again where they were lost.
    run("validate --all --strict").good();
    for shard in SHARDS {
        let pulled = run(&format!("pull --engine {shard} --out pulled_{shard}.sql"));
        assert!(
            pulled.is_good() && !pulled.messages.contains("left out"),
            "{pulled:#?}"
        );
    }
    for trigger in ["i", "u", "d"] {
        let find = format!(
            "SELECT name FROM sqlite_schema WHERE name LIKE '\\_bindery\\_guard\\_{trigger}\\_%' ESCAPE '\\' AND tbl_name = 'accounts'"
        );
        let name: String = db.s0()?.query_scalar(Sql::assembled(find), ())?;
        db.s0()?
            .execute(Sql::assembled(format!("DROP TRIGGER \"{name}\"")), ())?;
    }
    run("shards guard accounts").good();

    // The shard itself refuses rows of a slot that has left, whoever writes them.
    let stranger = NewAccount::new("ännchen 7", 1);
    let mut refused = 0;
    for outcome in [
        db.s0()?.accounts().insert(stranger.clone()).map(drop),
        db.s1()?.accounts().insert(stranger.clone()).map(drop),
        db.s2()?.accounts().insert(stranger).map(drop),
    ] {
        if let Err(error) = outcome {
            assert_eq!(
                (error.kind(), error.applied()),
                (&ErrorKind::ShardMoved, Applied::No)
            );
            refused += 1;
        }
    }
    assert!(refused >= 1, "the shard that has given the slot away");
    Ok(())
}

/// Words that cannot be.
#[test]
fn reg_06_slots_that_cannot_move_are_refused() {
    let Some(world) = World::new() else { return };
    let run = |words: &str| world.project.run(words);
    run("shards divide customers").good();
    let cases = [
        (
            "shards move others 1 s0",
            &["no shards `others`", "customers"][..],
        ),
        (
            "shards move customers 1 default",
            &["`default` is no shard", "s0, s1, s2, s3"],
        ),
        ("shards move customers 1 s0", &["these slots are on `s0`"]),
        (
            "shards move customers 200..300 s3",
            &["not all of these slots are on one shard"],
        ),
        (
            "shards move customers 1000..1030 s0",
            &["slots from 0 to 1024"],
        ),
        ("shards assign customers 0..4 s1", &["slot 0", "is on `s0`"]),
        (
            "shards cancel customers",
            &["no slots of `customers` are on their way"],
        ),
    ];
    for (words, expected) in cases {
        let messages = run(words).failed();
        holds(&messages, expected);
    }
    let planned = run("shards move customers 7 s1 --dry-run").good();
    assert_eq!(planned, "planned    orders from s0 to s1\n");
    let messages = run("shards move customers 4..4 s1").misused();
    holds(&messages, &["no slot is in it"]);
    let schema = include_str!("../../../tests/golden/sharded/schema.sql");
    world
        .project
        .write("schema.sql", schema.replace("-- @capture\n", ""));
    let messages = run("shards move customers 1 s1").failed();
    holds(&messages, &["nothing records its changes", "-- @capture"]);
    let lines = "\n-- @engines s0\n-- @capture\nCREATE TABLE lines (id BIGINT PRIMARY KEY, tenant BIGINT NOT NULL, \"order\" BIGINT NOT NULL, \
                 FOREIGN KEY (tenant, \"order\") REFERENCES orders (tenant_id, id));\n";
    world.project.write(
        "schema.sql",
        format!(
            "{}{lines}",
            schema.replace("tenant_id INTEGER", "tenant_id BIGINT")
        ),
    );
    let messages = run("shards move customers 1 s1").failed();
    holds(
        &messages,
        &[
            "those of `lines` refer to them",
            "give `lines` the column `tenant_id`",
        ],
    );
}

/// Orders and their lines, which go with them.
const WITH_LINES: [(&str, &str); 2] = [
    (
        "bindery.toml",
        "[engines]\ndefault = \"sqlite://default.db\"\ns0 = \"sqlite://s0.db\"\ns1 = { url = \"${S1_URL}\", models-of = \"s0\" }\n\n\
         [shards.customers]\nengines = [\"s0\", \"s1\"]\nby = \"tenant_id\"\nmap = \"default\"\nslots = 4\n",
    ),
    (
        "schema.sql",
        "-- @dialect postgres\n\n-- @engines s0\n-- @capture\nCREATE TABLE orders (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, \
         PRIMARY KEY (tenant_id, id));\n-- @engines s0\n-- @capture\nCREATE TABLE lines (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, \
         order_id BIGINT NOT NULL, PRIMARY KEY (tenant_id, id), \
         FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE);\n\
         CREATE INDEX lines_by_order ON lines (tenant_id, order_id);\n",
    ),
];

/// Returns the project with all slots on the file and this number of orders; `lines` is the query whose rows become their lines.
fn with_lines(orders: u32, lines: &str) -> Option<(Project, FreshDatabase)> {
    let postgres = fresh_postgres()?;
    let project = Project::new(&WITH_LINES).with("S1_URL", &postgres.url());
    project.run("create --all").good();
    project.run("shards assign customers 0..4 s0").good();
    let rows = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {orders}) INSERT INTO orders SELECT i % 50, i FROM n; \
         INSERT INTO lines {lines}"
    );
    project.sqlite("s0.db", &rows);
    Some((project, postgres))
}

/// Covers DIST-08: rows that refer to each other, which others insert and delete meanwhile.
#[test]
fn dist_08_rows_move_with_those_that_refer_to_them() {
    let _watchdog = Watchdog::start("slots with foreign keys", Duration::from_secs(200));
    let lines = "SELECT tenant_id, 2 * id, id FROM orders UNION ALL SELECT tenant_id, 2 * id + 1, id FROM orders";
    let Some((project, postgres)) = with_lines(5000, lines) else {
        return;
    };
    let mut known: BTreeSet<(i64, i64)> = (1..=5000).map(|id| (id % 50, id)).collect();
    // A file may take changes faster than a server does.
    let mut running = project.start("shards move customers 0..4 s1 --hold-writers");
    let file = rusqlite::Connection::open(project.path("s0.db")).expect("a database file");
    let settings = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 20000";
    file.execute_batch(settings).expect("settings of SQLite");
    let mut random = Random(5);
    let mut next = 5001;
    let refused = loop {
        let (tenant, gone) = (next % 50, random.below(known.len()));
        let gone = *known.iter().nth(gone).expect("one of them");
        let change = format!(
            "BEGIN IMMEDIATE; INSERT INTO orders VALUES ({tenant}, {next}); INSERT INTO lines VALUES ({tenant}, {}, {next}), ({tenant}, {}, {next}); \
             DELETE FROM orders WHERE tenant_id = {} AND id = {}; COMMIT",
            2 * next,
            2 * next + 1,
            gone.0,
            gone.1,
        );
        if let Err(error) = file.execute_batch(&change) {
            break error.to_string();
        }
        assert!(running.is_running(), "{}", running.messages());
        known.insert((tenant, next));
        known.remove(&gone);
        next += 1;
        // At full speed first; a backlog without end would take the time of a slow machine.
        if next > 8_000 {
            thread::sleep(Duration::from_millis(10));
        }
    };
    assert!(refused.contains("on another shard"), "{refused}");
    let _ = file.execute_batch("ROLLBACK");
    drop(file);
    super::support::wait_until(|| !running.is_running());
    let messages = running.messages();
    assert!(
        messages.contains("writers of these rows waited"),
        "{messages}"
    );
    assert!(next > 5010, "{next}");
    let mut client = postgres::Client::connect(&postgres.url(), postgres::NoTls).expect("a client");
    let mut pairs = |sql: &str| -> BTreeSet<(i64, i64)> {
        let rows = client.query(sql, &[]).expect("a query");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    assert_eq!(pairs("SELECT tenant_id, id FROM orders"), known);
    let lines: BTreeSet<_> = known
        .iter()
        .flat_map(|(tenant, id)| [(*tenant, 2 * id), (*tenant, 2 * id + 1)])
        .collect();
    assert_eq!(pairs("SELECT tenant_id, id FROM lines"), lines);
    project.run("shards move customers 0..4 s0").good();
    assert_eq!(pairs("SELECT tenant_id, id FROM lines").len(), 0);
    project.run("validate --all --strict").good();

    // A circle is refused before anything is begun.
    let schema = WITH_LINES[1].1.replace(
        "PRIMARY KEY (tenant_id, id));",
        "parent BIGINT, PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, parent) REFERENCES orders (tenant_id, id));",
    );
    project.write("schema.sql", schema);
    let messages = project.run("shards move customers 0..4 s1").failed();
    holds(&messages, &["`orders` cannot be moved", "in a circle"]);
}

/// A program that writes faster than its changes are copied is not kept waiting unless that is said.
///
/// Covers DIST-08 on SQLite, PostgreSQL.
#[test]
fn dist_08_writers_that_are_faster_than_a_move_are_told_of_before_they_wait() {
    let _watchdog = Watchdog::start("slots of fast writers", Duration::from_secs(300));
    let Some((project, postgres)) = with_lines(5000, "SELECT tenant_id, id, id FROM orders") else {
        return;
    };
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let _over = SetOnDrop(&over);
        scope.spawn(|| {
            let file = rusqlite::Connection::open(project.path("s0.db")).expect("a file");
            file.busy_timeout(Duration::from_secs(20))
                .expect("a setting");
            while !over.load(Ordering::Relaxed) {
                // A trigger records each row, whether it differs or not.
                file.execute("UPDATE lines SET id = id", ())
                    .expect("nothing refuses it");
                thread::sleep(Duration::from_millis(40));
            }
        });
        let refused = project.run("shards move customers 0..4 s1").failed();
        let words = [
            "faster than their changes are copied",
            "--hold-writers",
            "shards cancel customers",
        ];
        holds(&refused, &words);
    });
    project.run("shards cancel customers").good();
    let mut client = postgres::Client::connect(&postgres.url(), postgres::NoTls).expect("a client");
    let rows = client.query("SELECT id FROM lines", &[]).expect("a query");
    assert_eq!(rows.len(), 0);
    project.run("shards move customers 0..4 s1").good();
    let rows = client.query("SELECT id FROM lines", &[]).expect("a query");
    assert_eq!(rows.len(), 5000);
}

/// The state of a tenant as the programs have it: the numbers of its orders, and the total of the first, which counts.
#[derive(Debug, Clone, Default, PartialEq)]
struct Known {
    ids: BTreeSet<i64>,
    count: i64,
}

/// Covers DIST-08: programs at work, the command killed at any moment and run again; each row is where the map says, once, and readers
/// see what was written before they read.
///
/// In full: 60 moves, each killed several times.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn dist_08_slots_move_while_programs_write_and_the_command_is_killed() -> bindery::Result<()> {
    let limit = if is_full_run() { 3_600 } else { 400 };
    let _watchdog = Watchdog::start("slots that move under writers", Duration::from_secs(limit));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let moves = if is_full_run() { 60 } else { 5 };
    world.project.run("shards divide customers").good();
    let tenants: Vec<Mutex<Known>> = (0..96).map(|_| Mutex::default()).collect();
    let stops = AtomicBool::new(false);
    let (written, waited, worst) = (
        AtomicU64::new(0),
        AtomicU64::new(0),
        Mutex::new(Duration::ZERO),
    );
    thread::scope(|scope| {
        let over = SetOnDrop(&stops);
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let (world, tenants, stops) = (&world, &tenants, &stops);
                let (written, waited, worst) = (&written, &waited, &worst);
                scope.spawn(move || {
                    let db = world.program();
                    let mut random = Random(worker);
                    while !stops.load(Ordering::Relaxed) {
                        let tenant = random.below(tenants.len());
                        let mut known = tenants[tenant]
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner);
                        let begun = Instant::now();
                        work(&db, tenant as i32, &mut known, &mut random, waited);
                        let took = begun.elapsed();
                        let mut worst = worst.lock().unwrap_or_else(PoisonError::into_inner);
                        *worst = took.max(*worst);
                        written.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let mut random = Random(99);
        let mut pauses = Vec::new();
        for round in 0..moves {
            let first = (random.below(8) * 128) as u32;
            let owner = owner_of(&world.program(), first);
            let others: Vec<&&str> = SHARDS.iter().filter(|name| **name != owner).collect();
            let to = others[random.below(3)];
            // On a busy machine they may be faster than a move.
            let words = format!(
                "shards move customers {first}..{} {to} --hold-writers",
                first + 128
            );
            for _ in 0..=round % 3 {
                let running = world.project.start(&words);
                thread::sleep(Duration::from_millis(50 + random.below(1_500) as u64));
                // Killed, unless it is done.
                drop(running);
            }
            let ended = world.project.run(&words);
            let is_done = ended.is_good()
                || ended
                    .messages
                    .contains(&format!("these slots are on `{to}`"));
            assert!(is_done, "{words}: {ended:#?}");
            pauses.extend(
                ended
                    .messages
                    .lines()
                    .filter(|line| line.contains("waited"))
                    .map(str::to_owned),
            );
        }
        drop(over);
        workers
            .into_iter()
            .for_each(|worker| worker.join().expect("a writer ends well"));
        println!("{pauses:?}");
    });
    let (written, waited) = (written.into_inner(), waited.into_inner());
    println!(
        "{written} pieces of work, {waited} tried again, the longest {:?}",
        worst.into_inner()
    );
    assert!(written > 200, "{written}");
    let db = world.program();
    let mut expected = BTreeMap::new();
    for (tenant, known) in tenants.iter().enumerate() {
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        for id in &known.ids {
            let total = if *id == 0 { known.count } else { *id };
            expected.insert((tenant as i32, *id), total);
        }
    }
    let found = world.orders(&db)?;
    for (tenant, id, total, shard) in &found {
        assert_eq!(
            expected.remove(&(*tenant, *id)),
            Some(*total),
            "{tenant} {id} on {shard}"
        );
        let slot = ShardKey::from(*tenant).slot(SLOTS);
        assert_eq!(owner_of(&db, slot), *shard, "tenant {tenant}");
    }
    assert_eq!(expected, BTreeMap::new(), "lost");
    Ok(())
}

/// Covers DIST-08: one slot with very many rows, whose tenant is written all the time.
///
/// In full: a million rows, from PostgreSQL to MySQL or MariaDB, to a file, and to another.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn dist_08_a_large_slot_moves_while_its_rows_are_written() -> bindery::Result<()> {
    let (limit, rows) = if is_full_run() {
        (3_600, 1_000_000)
    } else {
        (300, 20_000)
    };
    let _watchdog = Watchdog::start("a large slot that moves", Duration::from_secs(limit));
    let Some(world) = World::new() else {
        return Ok(());
    };
    let tenant = (1..).find(|&tenant| ShardKey::from(tenant).slot(SLOTS) == 600);
    let tenant = tenant.expect("some integer has the slot");
    world.project.run("shards divide customers").good();
    let db = world.program();
    // Each statement has the time of one.
    for first in (0..rows).step_by(50_000) {
        let last = rows.min(first + 50_000);
        let fill = format!(
            "INSERT INTO orders SELECT {tenant}, i, 0 FROM generate_series({first} + 1, {last}) AS i"
        );
        db.s2()?.execute(Sql::assembled(fill), ())?;
    }
    let stops = AtomicBool::new(false);
    let (written, worst) = thread::scope(|scope| {
        let over = SetOnDrop(&stops);
        let writer = scope.spawn(|| {
            let db = world.program();
            let (mut written, mut worst) = (0, Duration::ZERO);
            while !stops.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let id = i64::from(written % 1_000 + 1);
                let write = || {
                    db.customers_shards().transaction(tenant, |tx| {
                        let row = order::tenant_id.eq(tenant).and(order::id.eq(id));
                        tx.orders()
                            .filter(row)
                            .update(order::total.set_to(order::total + 1))
                    })
                };
                assert_eq!(until_done(write, &AtomicU64::new(0)), 1);
                worst = worst.max(begun.elapsed());
                written += 1;
                // On a busy machine the command, which is not optimised, copies hundreds of changes a second and not thousands.
                thread::sleep(Duration::from_millis(2));
            }
            (written, worst)
        });
        for to in ["s3", "s0", "s1"] {
            let begun = Instant::now();
            let ended = world
                .project
                .run(&format!("shards move customers 600 {to}"));
            println!(
                "{rows} rows to {to} in {:?}: {}",
                begun.elapsed(),
                ended.messages.trim()
            );
            ended.good();
        }
        drop(over);
        writer.join().expect("a writer ends well")
    });
    println!("{written} writes, the longest took {worst:?}");
    assert!(written > 100, "{written}");
    let found = world.orders(&db)?;
    let total: i64 = found.iter().map(|row| row.2).sum();
    assert_eq!((found.len(), total), (rows, i64::from(written)));
    assert!(found.iter().all(|row| row.3 == "s1"));
    Ok(())
}

/// The name of the engine that the map has a slot on.
fn owner_of(db: &Databases, slot: u32) -> &'static str {
    let map = db.customers_shards().map().expect("the map can be read");
    let found = map.ranges.iter().find(|range| range.slots.contains(&slot));
    found.expect("all slots are on shards").engine
}

/// Reads a tenant's rows, and writes one or two in a transaction.
fn work(db: &Databases, tenant: i32, known: &mut Known, random: &mut Random, waited: &AtomicU64) {
    let read = || -> bindery::Result<Known> {
        let rows = db
            .customers_shard(tenant)?
            .orders()
            .filter(order::tenant_id.eq(tenant))
            .all()?;
        let count = rows
            .iter()
            .find(|row| row.id == 0)
            .map_or(0, |row| row.total);
        Ok(Known {
            ids: rows.iter().map(|row| row.id).collect(),
            count,
        })
    };
    let seen = until_done(read, waited);
    assert_eq!(
        seen, *known,
        "tenant {tenant} reads what was written before"
    );
    let next = known.ids.last().map_or(0, |last| last + 1);
    let gone = (random.below(4) == 0)
        .then(|| known.ids.iter().nth(1).copied())
        .flatten();
    let write = || {
        db.customers_shards().transaction(tenant, |tx| {
            tx.orders().insert(
                NewOrder::new(order::Required {
                    tenant_id: tenant,
                    id: next,
                })
                .total(next),
            )?;
            if let Some(id) = gone {
                let gone = order::tenant_id.eq(tenant).and(order::id.eq(id));
                tx.orders().filter(gone).delete()?;
            }
            let first = tx
                .orders()
                .filter(order::tenant_id.eq(tenant).and(order::id.eq(0)));
            first
                .update(order::total.set_to(order::total + 1))
                .map(drop)
        })
    };
    until_done(write, waited);
    known.ids.insert(next);
    if let Some(gone) = gone {
        known.ids.remove(&gone);
    }
    known.count += 1;
}

/// Again, as long as nothing of it was kept: a lock, a shard whose rows move.
fn until_done<T>(mut work: impl FnMut() -> bindery::Result<T>, waited: &AtomicU64) -> T {
    loop {
        match work() {
            Ok(done) => return done,
            Err(error) if error.is_retryable() => {
                waited.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => panic!(
                "{error}, code {:?}: {:?}",
                error.code(),
                std::error::Error::source(&error).map(ToString::to_string)
            ),
        }
    }
}
