//! A Galera cluster as one engine. One cluster for all of it, as it takes half a minute to start.

#![allow(clippy::print_stderr, reason = "the numbers of docs/galera.md")]

mod busy;
mod conformance;
mod groups;
mod killed;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use bindery::__private::Program;
use bindery::error::{Applied, MigrationError, Operation, Resolution};
use bindery::migrate::{
    MigrateOptions, Migration, MigrationProgress, Migrator, Script, ScriptStatement,
};
use bindery::{Connection, EngineOptions, ErrorKind, Registry, RetryPolicy, Transaction};
use bindery_testkit::{Galera, Watchdog, is_full_run};

use crate::sample::engine::Mariadb;
use crate::sample::{BlogPatch, CLUSTERED, NewBlog, Tables, generated, program_with};

const NAME: &str = "y_mariadb";
const SHOP: &str = "shop";
/// Far more than a cluster needs to go on without a node.
const LIMIT: Duration = Duration::from_secs(60);

type Maria = Connection<Mariadb>;

/// The cluster's database, with these nodes in this order.
fn on(cluster: &Galera, nodes: &[usize]) -> Registry {
    open(&CLUSTERED, cluster, nodes)
}

fn open(program: &'static Program, cluster: &Galera, nodes: &[usize]) -> Registry {
    open_url(program, &cluster.url(SHOP, nodes.iter().copied()))
}

fn open_url(program: &'static Program, url: &str) -> Registry {
    program_with(program, NAME, options(url))
}

fn options(url: &str) -> EngineOptions {
    EngineOptions::url(url)
        .resolve_commits(true)
        .max_connections(8)
        .acquire_timeout(LIMIT)
        .connect_timeout(Duration::from_secs(20))
        .test_after_idle(Duration::from_millis(1))
}

fn maria(db: &Registry) -> Maria {
    db.connect(Mariadb).expect("a node is synced")
}

/// The number of the node that a connection leads to.
fn node_of(cluster: &Galera, connection: &mut Maria) -> usize {
    let port = connection.query_scalar::<i64>("SELECT CAST(@@port AS SIGNED)", ());
    let port = u16::try_from(port.expect("it answers")).expect("a port");
    let mut nodes = 0..3;
    let found = nodes.find(|number| cluster.node(*number).port() == port);
    found.expect("it is one of the cluster")
}

/// Covers DIST-06 on MariaDB.
///
/// In full: 10,000 transactions and 1,000 of groups while 18 nodes are killed.
#[test]
fn dist_06_a_galera_cluster_is_one_engine() {
    let _watchdog = Watchdog::start("dist_06_a_galera_cluster", Duration::from_secs(3_000));
    let Some(mut cluster) = Galera::start_or_skip(3) else {
        return;
    };
    cluster.database(SHOP).expect("the cluster is empty");
    on(&cluster, &[0])
        .create_missing_on(Mariadb)
        .expect("its tables");
    reads_are_not_stale(&cluster);
    keys_are_those_of_the_rows(&cluster);
    the_later_of_two_commits_is_repeatable(&cluster);
    a_transaction_that_is_too_large_is_refused(&cluster);
    savepoints_that_are_undone_harm_no_node(&cluster);
    a_commit_on_its_way_is_decided_from_another_node(&cluster);
    one_migrates_at_a_time(&cluster);
    a_node_that_is_not_synced_is_left(&cluster);
    busy::a_busy_pool_leaves_a_node_that_is_not_synced(&cluster);
    let (rows, in_groups) = if is_full_run() {
        ((10_000, 12), (1_000, 6))
    } else {
        ((800, 1), (100, 1))
    };
    killed::nothing_is_lost_with_killed_nodes(&mut cluster, rows);
    groups::groups_are_whole_with_killed_nodes(&mut cluster, in_groups);
    killed::a_node_that_joins_is_not_used(&mut cluster);
    killed::without_a_quorum_nothing_is_done(&mut cluster);
}

/// Rows of one node are read on another, over connections that both stand.
fn reads_are_not_stale(cluster: &Galera) {
    let stale = |program, rounds: usize| {
        let [first, second] = [0, 1].map(|node| open(program, cluster, &[node]));
        let (mut writer, mut reader) = (maria(&first), maria(&second));
        let stale = (0..rounds).filter(|_| {
            let blog = writer.blogs().insert(NewBlog::new("new")).expect("a row");
            let found = reader.blogs().find(blog.id).expect("it answers");
            let mut changed = reader.transaction(|tx| {
                let found = tx.blogs().find(blog.id)?;
                Ok(found.is_none())
            });
            let is_missing = changed.as_mut().expect("it answers");
            found.is_none() || *is_missing
        });
        stale.count()
    };
    let rounds = if is_full_run() { 5_000 } else { 500 };
    assert_eq!(stale(&CLUSTERED, rounds), 0);
    // Otherwise the test could not fail.
    let mut without = (0..50).map(|_| stale(generated(), 200));
    assert!(without.any(|stale| stale > 0), "no read was ever stale");
}

/// Nodes give keys in steps of three; each row has the key that is reported for it.
fn keys_are_those_of_the_rows(cluster: &Galera) {
    let keys = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for node in 0..3 {
            let keys = &keys;
            scope.spawn(move || {
                let db = on(cluster, &[node]);
                let mut connection = maria(&db);
                for round in 0..10 {
                    let title = |at: usize| format!("key {node} {round} {at}");
                    let rows = connection.transaction(|tx| {
                        let rows: Vec<_> = (0..20)
                            .map(|at| tx.blogs().insert(NewBlog::new(title(at))))
                            .collect::<Result<_, _>>()?;
                        tx.blogs()
                            .insert_many((20..40).map(|at| NewBlog::new(title(at))))?;
                        Ok(rows)
                    });
                    for (at, row) in rows.expect("nothing is in the way").into_iter().enumerate() {
                        let there = connection.blogs().get(row.id).expect("it is there");
                        assert_eq!(there.title, title(at));
                        assert!(keys.lock().expect("no thread panics").insert(row.id));
                    }
                }
            });
        }
    });
    let step = maria(&on(cluster, &[0]))
        .query_scalar::<i64>("SELECT CAST(@@auto_increment_increment AS SIGNED)", ());
    assert_eq!(step.expect("it answers"), 3);
}

/// Two nodes change one row: the COMMIT that comes second is refused, and the whole transaction may be tried again.
fn the_later_of_two_commits_is_repeatable(cluster: &Galera) {
    let [first, second] = [0, 1].map(|node| on(cluster, &[node]));
    let mut one = maria(&first);
    let mut other = maria(&second);
    let blog = one.blogs().insert(NewBlog::new("both")).expect("a row");
    let mut add = |stars: i64| {
        one.transaction(|tx| {
            let stars = tx.blogs().get(blog.id)?.stars + stars;
            tx.blogs().update(blog.id, BlogPatch::new().stars(stars))
        })
    };
    let outcome = other.transaction(|tx| {
        let stars = tx.blogs().get(blog.id)?.stars + 10;
        tx.blogs().update(blog.id, BlogPatch::new().stars(stars))?;
        add(1)
    });
    let error = outcome.expect_err("the other node was first");
    assert_eq!(*error.kind(), ErrorKind::Conflict, "{error:?}");
    assert_eq!(error.operation(), Some(Operation::Commit), "{error:?}");
    assert!(error.is_retryable() && error.applied() == Applied::No);
    let mut attempts = 0;
    let repeated = other.transaction_retry(RetryPolicy::new().attempts(5), |tx| {
        attempts += 1;
        let stars = tx.blogs().get(blog.id)?.stars + 10;
        tx.blogs().update(blog.id, BlogPatch::new().stars(stars))?;
        if attempts == 1 {
            add(1)?;
        }
        Ok(())
    });
    repeated.expect("the second attempt has no other beside it");
    assert_eq!(attempts, 2);
    let stars = one.blogs().get(blog.id).expect("it is there").stars;
    assert_eq!(stars, 12);
}

/// Savepoints within each other are undone before anything was written: what is written then reaches all nodes, which stay in the cluster.
fn savepoints_that_are_undone_harm_no_node(cluster: &Galera) {
    let db = on(cluster, &[0]);
    let mut connection = maria(&db);
    let blog = connection.blogs().insert(NewBlog::new("kept"));
    let blog = blog.expect("a row");
    let change = |stars| BlogPatch::new().stars(stars);
    for depth in 1..=3 {
        let outcome = connection.transaction(|tx| {
            undone(tx, depth, &|tx| {
                tx.blogs().update(blog.id, change(-1)).map(drop)
            })?;
            tx.blogs().update(blog.id, change(depth))
        });
        assert!(outcome.expect("it is stored"), "{depth}");
        for node in 0..3 {
            cluster.wait_until_synced(node).expect("it stays");
            let there = maria(&on(cluster, &[node])).blogs().get(blog.id);
            assert_eq!(there.expect("it answers").stars, depth, "node {node}");
        }
    }
}

/// Does it within that many savepoints, each of which is undone.
fn undone(
    tx: &mut Transaction<'_, Mariadb>,
    depth: i64,
    work: &dyn Fn(&mut Transaction<'_, Mariadb>) -> bindery::Result<()>,
) -> bindery::Result<()> {
    if depth == 0 {
        return work(tx);
    }
    let mut inner = tx.begin()?;
    undone(&mut inner, depth - 1, work)?;
    inner.rollback()
}

/// A transaction of more rows than the cluster takes is refused as a whole, and not repeated.
fn a_transaction_that_is_too_large_is_refused(cluster: &Galera) {
    let bound = |rows: u32| {
        let sql = format!("SET GLOBAL wsrep_max_ws_rows = {rows}");
        let node = cluster.node(0);
        node.ask("", &sql).expect("it is an administrator");
    };
    bound(10);
    let db = on(cluster, &[0]);
    let mut attempts = 0;
    let policy = RetryPolicy::new().attempts(5);
    let outcome = maria(&db).transaction_retry(policy, |tx| {
        attempts += 1;
        (0..20).try_for_each(|_| tx.blogs().insert_only(NewBlog::new("too many")))
    });
    bound(0);
    let error = outcome.expect_err("it has twice as many rows");
    assert_eq!(error.code(), Some("1180"), "{error:?}");
    assert_eq!((error.applied(), attempts), (Applied::No, 1), "{error:?}");
    let blogs = maria(&db).blogs().all().expect("a table");
    assert!(blogs.iter().all(|blog| blog.title != "too many"));
}

/// The token of a COMMIT is looked up on another node than the one that it was sent to, while that has not decided yet: what is told then
/// stays true.
fn a_commit_on_its_way_is_decided_from_another_node(cluster: &Galera) {
    let [first, second] = [0, 1].map(|node| on(cluster, &[node]));
    let mut connection = maria(&first);
    let outcome = connection.transaction(|tx| {
        tx.blogs().insert(NewBlog::new("on its way"))?;
        // As before its COMMIT: the row of the session is its last change.
        let session = tx.query_scalar::<String>("SELECT @bindery_session", ())?;
        let number = "SELECT CAST(number AS SIGNED) FROM _bindery_commits WHERE session = ?";
        let number = tx.query_scalar::<i64>(number, (session.as_str(),))? + 1;
        let mark = "UPDATE _bindery_commits SET number = ? WHERE session = ?";
        tx.execute(mark, (number, session.as_str()))?;
        let token = format!("{NAME}/mysql/{session}/{number}");
        let token = token.parse().expect("as tokens are written");
        let found = second
            .resolve(&token, LIMIT)
            .expect("the other node answers");
        assert_eq!(found, Resolution::Aborted);
        Ok(())
    });
    let error = outcome.expect_err("it was said to be aborted");
    assert_eq!(error.applied(), Applied::No, "{error:?}");
    assert!(error.is_retryable(), "{error:?}");
}

const NOTES: &[Migration] = &[Migration::new(
    "1",
    "notes",
    "aa",
    Script::new(
        const {
            &[ScriptStatement::new(
                "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)",
                1,
            )]
        },
        false,
    ),
    None,
)];

/// Two migrate over different nodes: while one is at work the other one waits.
fn one_migrates_at_a_time(cluster: &Galera) {
    let [first, second] = [[0, 1, 2], [1, 2, 0]].map(|nodes| on(cluster, &nodes));
    let migrator = |db| {
        let options = MigrateOptions::new().wait(Duration::ZERO);
        Migrator::new(db, Mariadb, NOTES).with_options(options)
    };
    let mut refused = Vec::new();
    let runs = migrator(&first).run(&mut |progress| {
        if matches!(progress, MigrationProgress::Statement { .. }) {
            refused.extend(migrator(&second).run(&mut |_| ()).err());
        }
    });
    assert_eq!(runs.expect("it has the lock").len(), 1);
    let [refused] = refused.as_slice() else {
        panic!("the other one has it, too: {refused:?}");
    };
    let locked = ErrorKind::Migration(MigrationError::Locked);
    assert_eq!(*refused.kind(), locked, "{refused:?}");
    let runs = migrator(&second).run(&mut |_| ());
    assert_eq!(runs.expect("the first is done").len(), 0);
}

/// A node gives its state to another, or is taken out by hand: connections go to the next one, also those that were open.
fn a_node_that_is_not_synced_is_left(cluster: &Galera) {
    let db = on(cluster, &[2, 0]);
    drop((maria(&db), maria(&db)));
    assert_eq!(node_of(cluster, &mut maria(&db)), 2);
    busy::desync(cluster, true);
    // One that was just used is not tried before it is given out.
    thread::sleep(Duration::from_millis(50));
    for _ in 0..3 {
        assert_eq!(node_of(cluster, &mut maria(&db)), 0);
    }
    let alone = on(cluster, &[2]).connect(Mariadb).map(drop);
    let error = alone.expect_err("no other node is named");
    assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error:?}");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert!(
        source.is_some_and(|why| why.contains("not synced")),
        "{error:?}"
    );
    busy::desync(cluster, false);
    cluster.wait_until_synced(2).expect("it catches up");
}
