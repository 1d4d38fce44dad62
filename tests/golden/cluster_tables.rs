//! The tables of the case `cluster`, made and dropped by a program.

use std::thread;

use bindery_testkit::{CitusCluster, Watchdog};

use crate::cluster::{Databases, engine};
use crate::cluster_at_work::{PATIENCE, databases};

/// What the catalogue of Citus has: each table with where its rows are, and the number of foreign keys.
fn places(db: &Databases) -> (Vec<String>, i64) {
    let mut c = db.default().expect("the coordinator answers");
    let placed = "SELECT table_name || ' ' || citus_table_type || ' ' || distribution_column FROM citus_tables WHERE citus_table_type <> 'local' ORDER BY 1";
    let keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text IN (SELECT table_name::text FROM citus_tables)";
    let placed = c.query_as::<(String,)>(placed, ()).expect("it answers");
    let keys = c.query_scalar(keys, ()).expect("it answers");
    (placed.into_iter().map(|(place,)| place).collect(), keys)
}

const PLACED: [&str; 8] = [
    "kinds reference <none>",
    "labels distributed tenant_id",
    "lines distributed tenant_id",
    "order_labels distributed tenant_id",
    "orders distributed tenant_id",
    "receipts distributed tenant_id",
    "tenants distributed id",
    "visits distributed tenant_id",
];

const FOREIGN_KEYS: i64 = 8;

fn are_made(db: &Databases) {
    let (placed, keys) = places(db);
    assert_eq!(placed, PLACED);
    assert_eq!(keys, FOREIGN_KEYS);
    let mut c = db.default().expect("the coordinator answers");
    let groups = "SELECT count(DISTINCT colocation_id) FROM citus_tables WHERE citus_table_type = 'distributed'";
    let groups = c.query_scalar::<i64>(groups, ());
    assert_eq!(groups.expect("it answers"), 1);
}

/// Covers DIST-01 on PostgreSQL.
#[test]
fn dist_01_a_program_makes_and_drops_its_tables_on_a_cluster() {
    let _watchdog = Watchdog::start("dist_01_a_program_makes", PATIENCE);
    let Some(cluster) = CitusCluster::of_process() else {
        return;
    };
    let url = cluster.fresh_database().expect("the nodes make one");
    let db = databases(&url, |options| options.resolve_commits(true));
    for _ in 0..2 {
        let made = db
            .create_missing_on(engine::Default)
            .expect("they can be made");
        let tables: Vec<_> = made.created.iter().map(|(_, table)| *table).collect();
        assert!(tables.contains(&"orders"), "{made:?}");
        are_made(&db);
        let again = db
            .create_missing_on(engine::Default)
            .expect("they are there");
        assert!(again.created.is_empty(), "{again:?}");
        are_made(&db);
        db.registry()
            .drop_tables(engine::Default)
            .expect("nothing else refers to them");
        assert_eq!(places(&db), (Vec::new(), 0));
    }
}

/// Covers DIST-01 on PostgreSQL: as many programs do when a service is rolled out.
#[test]
fn dist_01_programs_make_their_tables_at_the_same_time() {
    let _watchdog = Watchdog::start("dist_01_programs_make_their_tables", PATIENCE);
    let Some(cluster) = CitusCluster::of_process() else {
        return;
    };
    for _ in 0..3 {
        let url = cluster.fresh_database().expect("the nodes make one");
        let open = || databases(&url, |options| options);
        thread::scope(|scope| {
            let programs: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| open().create_missing_on(engine::Default)))
                .collect();
            for program in programs {
                let made = program.join().expect("no thread panics");
                made.expect("one of them makes each table");
            }
        });
        are_made(&open());
    }
}

/// Covers DIST-01 on PostgreSQL: what a run that ended early has left out is made by the next.
#[test]
fn dist_01_tables_that_are_missing_are_made_beside_those_that_are_there() {
    let _watchdog = Watchdog::start("dist_01_tables_that_are_missing", PATIENCE);
    let Some(cluster) = CitusCluster::of_process() else {
        return;
    };
    let url = cluster.fresh_database().expect("the nodes make one");
    let db = databases(&url, |options| options);
    db.create_missing_on(engine::Default)
        .expect("they can be made");
    let mut c = db.default().expect("the coordinator answers");
    for table in ["lines", "receipts", "order_labels"] {
        let drop = bindery::Sql::assembled(format!("DROP TABLE {table}"));
        c.execute_batch(drop).expect("nothing refers to it");
    }
    let made = db
        .create_missing_on(engine::Default)
        .expect("they can be made");
    assert_eq!(made.created.len(), 3, "{made:?}");
    are_made(&db);
}
