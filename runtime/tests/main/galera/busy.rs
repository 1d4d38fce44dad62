//! A node that is not synced any more while all connections of a pool are in use.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bindery_testkit::{Galera, SetOnDrop};

use super::{LIMIT, NAME, SHOP, maria, node_of, options};
use crate::sample::{CLUSTERED, NewBlog, Tables, program_with};

const WRITERS: usize = 4;

/// Writers that leave no connection idle: those that come back from a node that gives its state to another are closed, the next ones lead to a
/// node that is synced, and nothing fails.
pub(super) fn a_busy_pool_leaves_a_node_that_is_not_synced(cluster: &Galera) {
    // As programs have it: what is idle for less is not tried.
    let options = options(&cluster.url(SHOP, [2, 0, 1]))
        .test_after_idle(LIMIT)
        .max_connections(WRITERS as u32);
    let db = program_with(&CLUSTERED, NAME, options);
    drop(maria(&db));
    let (rows, end) = (AtomicUsize::new(0), AtomicBool::new(false));
    let nodes = Mutex::new([2; WRITERS]);
    thread::scope(|scope| {
        let ends = SetOnDrop(&end);
        for writer in 0..WRITERS {
            let (db, rows, end, nodes) = (&db, &rows, &end, &nodes);
            scope.spawn(move || {
                while !end.load(Ordering::Relaxed) {
                    let mut connection = maria(db);
                    let written =
                        connection.transaction(|tx| tx.blogs().insert(NewBlog::new("busy")));
                    written.expect("its node takes rows until it is left");
                    rows.fetch_add(1, Ordering::Relaxed);
                    let node = node_of(cluster, &mut connection);
                    nodes.lock().expect("no thread panics")[writer] = node;
                }
            });
        }
        let are_on = |expected: usize| {
            let nodes = nodes.lock().expect("no thread panics");
            nodes.iter().all(|node| *node == expected)
        };
        while rows.load(Ordering::Relaxed) < 50 || !are_on(2) {
            thread::sleep(Duration::from_millis(5));
        }
        desync(cluster, true);
        let mut pauses =
            (0..LIMIT.as_millis() / 5).map(|_| thread::sleep(Duration::from_millis(5)));
        let have_left = pauses.any(|()| are_on(0));
        drop(ends);
        assert!(have_left, "{:?}", nodes.lock().expect("no thread panics"));
    });
    desync(cluster, false);
    cluster.wait_until_synced(2).expect("it catches up");
    let rows = rows.into_inner();
    let stored = maria(&db).blogs().all().expect("a table");
    let keys: BTreeSet<_> = stored
        .iter()
        .filter(|blog| blog.title == "busy")
        .map(|blog| blog.id)
        .collect();
    assert_eq!(keys.len(), rows);
    eprintln!("{rows} rows of {WRITERS} writers, whose node was not synced from the middle on");
}

/// A node gives its state to another, or is taken out by hand: its state is 2.
pub(super) fn desync(cluster: &Galera, is_out: bool) {
    let on = if is_out { "ON" } else { "OFF" };
    let sql = format!("SET GLOBAL wsrep_desync = {on}");
    let node = cluster.node(2);
    node.ask("", &sql).expect("it is an administrator");
}
