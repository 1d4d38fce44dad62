//! A thousand tenants over ten pools: what stays open is bounded, at the server and in this process.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use bindery::Engine;
use bindery::generic::GeneratedDatabases;
use bindery::tenants::Tenants;
use bindery_testkit::{Watchdog, is_full_run};

use super::places::{Places, builder};
use super::{get, insert, prepared, rows};
use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Databases, Everything};

const POOLS: usize = 10;

/// A thousand, or a share of them where each is costly.
fn share(of: usize) -> usize {
    if is_full_run() { 1_000 } else { of }
}

/// The statement that makes the table of blogs on an engine, in a schema or database.
fn create_blogs(engine: impl Engine, within: &str) -> String {
    let mut tables = Databases::program().tables_of(engine.index());
    let blogs = tables.find(|table| table.table == "blogs").unwrap();
    let create = blogs.create[0].replace("CREATE TABLE ", &format!("CREATE TABLE {within}."));
    format!("{create};\n")
}

/// Uses all tenants one after the other; then the latest are hits, and the first is opened again.
fn use_all<E: Everything>(
    tenants: &Tenants<Databases>,
    engine: E,
    places: &Places,
    mut look: impl FnMut(),
) {
    for number in 0..places.len() {
        insert(&get(tenants, places, number), engine, "its own");
        assert!(tenants.stats().open <= POOLS);
        if number % 50 == 49 {
            look();
        }
    }
    let before = tenants.stats();
    assert_eq!(before.opened, places.len() as u64);
    for number in places.len() - POOLS..places.len() {
        assert_eq!(rows(&get(tenants, places, number), engine), 1);
    }
    let after = tenants.stats();
    assert_eq!(
        (after.hits - before.hits, after.opened),
        (POOLS as u64, before.opened)
    );
    assert_eq!(rows(&get(tenants, places, 0), engine), 1);
    assert_eq!(tenants.stats().opened, before.opened + 1);
    look();
}

/// How many files below a folder this process has open.
fn open_files(folder: &Path) -> usize {
    let files = fs::read_dir("/proc/self/fd").unwrap();
    let names = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    names.filter(|name| name.starts_with(folder)).count()
}

/// Each tenant has a file with its log and the log's index, open in one connection.
///
/// Covers REG-02 on SQLite.
#[cfg(target_os = "linux")]
#[test]
fn reg_02_a_thousand_files_over_ten_pools() {
    let _watchdog = Watchdog::start("reg_02_a_thousand_files", Duration::from_secs(300));
    let places = Places::files(1_000);
    let tenants = builder(Default).max_pools(POOLS).build().unwrap();
    drop(prepared(&tenants, Default, &places, 0));
    assert!(tenants.close_tenant("t0"));
    let path = |number| places.url(number).replace("sqlite://", "");
    for number in 1..places.len() {
        fs::copy(path(0), path(number)).unwrap();
    }
    let tenants = builder(Default)
        .create_files(false)
        .max_pools(POOLS)
        .build()
        .unwrap();
    let folder = Path::new(&path(0))
        .parent()
        .unwrap()
        .canonicalize()
        .unwrap();
    use_all(&tenants, Default, &places, || {
        let open = open_files(&folder);
        assert!((POOLS..=3 * POOLS).contains(&open), "{open} files are open");
    });
}

/// How many sessions a server counts by this query; those that are being closed are given a moment.
fn sessions_at_most(places: &Places, most: usize, query: &str) {
    let count = || {
        places
            .database()
            .answer(query)
            .unwrap()
            .trim()
            .parse::<usize>()
            .unwrap()
    };
    for _ in 0..100 {
        if count() <= most {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("{} sessions, and {most} were allowed", count());
}

/// The databases of PostgreSQL cost up to a second and 8 MB each, so most of these tenants are schemas, each with a pool of its own;
/// databases are fewer. A login takes 40 ms in a build without optimization.
///
/// Covers REG-02 on PostgreSQL.
/// In full: 1,000 schemas.
#[test]
fn reg_02_many_schemas_over_ten_pools() {
    let _watchdog = Watchdog::start("reg_02_many_schemas", Duration::from_secs(1_800));
    let Some(places) = Places::schemas(share(200)) else {
        return;
    };
    let tables = (0..places.len()).map(|at| create_blogs(Postgres, &format!("t{at}")));
    places
        .database()
        .run_script(&tables.collect::<String>())
        .unwrap();
    over_ten_pools(
        Postgres,
        &places,
        "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()",
    );
}

/// Covers REG-02 on PostgreSQL.
/// In full: 1,000 databases.
#[test]
fn reg_02_many_databases_of_postgres_over_ten_pools() {
    let _watchdog = Watchdog::start(
        "reg_02_many_databases_of_postgres",
        Duration::from_secs(3_600),
    );
    let Some(places) = Places::many_copies(share(20), &create_blogs(Postgres, "public")) else {
        return;
    };
    let query = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE '{}\\_%'",
        places.database().name().replace('_', "\\_")
    );
    over_ten_pools(Postgres, &places, &query);
}

/// Covers REG-02 on MariaDB.
/// In full: 1,000 databases.
#[test]
fn reg_02_many_databases_over_ten_pools() {
    let _watchdog = Watchdog::start("reg_02_many_databases", Duration::from_secs(1_800));
    let Some(places) = Places::many_databases(share(200)) else {
        return;
    };
    let name = places.database().name();
    let tables = (0..places.len()).map(|at| create_blogs(Mysql, &format!("{name}_{at}")));
    places
        .database()
        .run_script(&tables.collect::<String>())
        .unwrap();
    let query = format!(
        "SELECT count(*) FROM information_schema.processlist WHERE db LIKE '{}\\_%'",
        name.replace('_', "\\_")
    );
    over_ten_pools(Mysql, &places, &query);
}

/// With one connection each; and with fewer connections in all than pools.
fn over_ten_pools<E: Everything>(engine: E, places: &Places, query: &str) {
    let tenants = builder(engine).max_pools(POOLS).build().unwrap();
    use_all(&tenants, engine, places, || {
        sessions_at_most(places, POOLS, query);
    });
    let few = builder(engine)
        .max_pools(POOLS)
        .max_connections(4)
        .build()
        .unwrap();
    for number in 0..2 * POOLS {
        assert_eq!(rows(&get(&few, places, number), engine), 1);
        assert!(few.stats().connections <= Some(4));
    }
    drop(tenants);
    assert_eq!(few.stats().open, POOLS);
    sessions_at_most(places, 4, query);
}
