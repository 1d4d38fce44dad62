//! Nodes that are killed, come back, and are without a quorum.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::error::{Applied, Resolution};
use bindery::{ErrorKind, Registry};
use bindery_testkit::{Galera, SetOnDrop, Shutdown};

use super::{LIMIT, SHOP, maria, node_of, on, open_url};
use crate::sample::engine::Mariadb;
use crate::sample::{CLUSTERED, NewBlog, Tables};

/// The answers that writers had.
#[derive(Default)]
struct Told {
    done: AtomicUsize,
    stored: Mutex<BTreeSet<String>>,
    /// Committed, aborted.
    resolved: [AtomicUsize; 2],
    not_applied: AtomicUsize,
    longest_ms: AtomicUsize,
}

impl Told {
    /// Writes a row, again and again until it is there.
    fn write(&self, db: &Registry, title: &str) {
        let started = Instant::now();
        loop {
            let written = db.connect(Mariadb).and_then(|mut connection| {
                connection.transaction(|tx| tx.blogs().insert_only(NewBlog::new(title)))
            });
            match written {
                Ok(()) => break,
                Err(error) if error.applied() == Applied::No => {
                    assert!(error.is_retryable(), "{error:?}");
                    self.not_applied.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => {
                    let token = error.commit_token().unwrap_or_else(|| panic!("{error:?}"));
                    let found = db.resolve(token, LIMIT).expect("a node answers");
                    assert_ne!(found, Resolution::StillRunning);
                    let is_stored = found == Resolution::Committed;
                    self.resolved[usize::from(!is_stored)].fetch_add(1, Ordering::Relaxed);
                    if is_stored {
                        break;
                    }
                }
            }
        }
        let took = usize::try_from(started.elapsed().as_millis()).unwrap_or(usize::MAX);
        self.longest_ms.fetch_max(took, Ordering::Relaxed);
        let mut stored = self.stored.lock().expect("no thread panics");
        stored.insert(title.to_owned());
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Writers go on while the node that they use is killed: each answer is true.
pub(super) fn nothing_is_lost_with_killed_nodes(
    cluster: &mut Galera,
    (rows, kills): (usize, usize),
) {
    const WRITERS: usize = 8;
    let db = on(cluster, &[0, 1, 2]);
    let (told, end) = (Told::default(), AtomicBool::new(false));
    let mut pauses = Vec::new();
    thread::scope(|scope| {
        let ends = SetOnDrop(&end);
        for writer in 0..WRITERS {
            let (db, told, end) = (&db, &told, &end);
            scope.spawn(move || {
                let mut row = 0;
                // They write until the last node is back, and their share at least.
                while row < rows / WRITERS || !end.load(Ordering::Relaxed) {
                    told.write(db, &format!("killed {writer} {row}"));
                    row += 1;
                }
            });
        }
        for _ in 0..kills {
            let before = told.done.load(Ordering::Relaxed);
            while told.done.load(Ordering::Relaxed) < before + 100 {
                thread::sleep(Duration::from_millis(5));
            }
            let node = node_of(cluster, &mut maria(&db));
            cluster.go_down(node, Shutdown::Crash);
            pauses.push(pause_of(cluster, (node + 1) % 3, &told));
            cluster.come_back(node).expect("it joins again");
        }
        drop(ends);
    });
    let mut titles: Vec<String> = maria(&db)
        .blogs()
        .all()
        .expect("a table")
        .into_iter()
        .map(|blog| blog.title)
        .filter(|title| title.starts_with("killed"))
        .collect();
    titles.sort_unstable();
    let stored = told.stored.into_inner().expect("no thread panics");
    let stored: Vec<String> = stored.into_iter().collect();
    eprintln!(
        "{} transactions, {kills} nodes killed: {} of lost COMMITs were stored, {} not, {} answers were `not applied`, the longest took {} ms",
        told.done.into_inner(),
        told.resolved[0].load(Ordering::Relaxed),
        told.resolved[1].load(Ordering::Relaxed),
        told.not_applied.into_inner(),
        told.longest_ms.into_inner(),
    );
    eprintln!(
        "from a kill until the cluster took rows, and until a writer had written one: {pauses:?}"
    );
    assert_eq!(titles, stored, "each once, and no other");
}

/// How long it takes from now until another node takes a row of its own client, and until a writer has written one.
fn pause_of(cluster: &Galera, other: usize, told: &Told) -> [Duration; 2] {
    let killed = Instant::now();
    let before = told.done.load(Ordering::Relaxed);
    thread::scope(|scope| {
        let written = scope.spawn(|| {
            // A transaction may have been all but done at the kill.
            while told.done.load(Ordering::Relaxed) < before + 9 {
                thread::sleep(Duration::from_millis(1));
            }
            killed.elapsed()
        });
        let insert = "INSERT INTO blogs (title) VALUES ('other')";
        while cluster.node(other).ask(SHOP, insert).is_err() {
            thread::sleep(Duration::from_millis(1));
        }
        let taken = killed.elapsed();
        [taken, written.join().expect("it only counts")]
    })
}

/// A node comes back while others write: each connection that leads there finds it synced.
pub(super) fn a_node_that_joins_is_not_used(cluster: &mut Galera) {
    cluster.go_down(2, Shutdown::Crash);
    let url = cluster.url(SHOP, [2, 0, 1]);
    let joining = i64::from(cluster.node(2).port());
    let missed = (0..500).map(|_| NewBlog::new("missed"));
    let db = open_url(&CLUSTERED, &url);
    maria(&db)
        .blogs()
        .insert_many(missed)
        .expect("two are enough");
    let end = AtomicBool::new(false);
    let [elsewhere, there] = thread::scope(|scope| {
        let ends = SetOnDrop(&end);
        let looking = scope.spawn(|| {
            let mut seen = [0, 0];
            while !end.load(Ordering::Relaxed) || seen[1] == 0 {
                // The first connection of its pool tries the node that joins first.
                let db = open_url(&CLUSTERED, &url);
                let mut connection = maria(&db);
                let port = connection.query_scalar::<i64>("SELECT CAST(@@port AS SIGNED)", ());
                let is_there = port.expect("it answers") == joining;
                seen[usize::from(is_there)] += 1;
                if is_there {
                    let count = "SELECT count(*) FROM blogs WHERE title = 'missed'";
                    let count = connection.query_scalar::<i64>(count, ());
                    assert_eq!(count.expect("it is synced"), 500);
                }
            }
            seen
        });
        cluster.begin_to_come_back(2).expect("it starts");
        cluster.wait_until_synced(2).expect("it catches up");
        drop(ends);
        looking.join().expect("it looks")
    });
    assert!(elsewhere > 0 && there > 0, "{elsewhere} {there}");
}

/// Two of three nodes are gone: what the third one does not do is said not to be done, and what it may have done is found out.
pub(super) fn without_a_quorum_nothing_is_done(cluster: &mut Galera) {
    let db = on(cluster, &[0]);
    let mut connection = maria(&db);
    let committed = connection.transaction(|tx| {
        tx.blogs().insert(NewBlog::new("at the end"))?;
        cluster.go_down(1, Shutdown::Crash);
        cluster.go_down(2, Shutdown::Crash);
        Ok(())
    });
    let lost = committed.expect_err("one of three is no quorum");
    assert_ne!(lost.applied(), Applied::Yes, "{lost:?}");
    drop(connection);
    let started = Instant::now();
    let refused = loop {
        let inserted = db
            .connect(Mariadb)
            .and_then(|mut connection| connection.blogs().insert(NewBlog::new("later")));
        match inserted {
            Err(error) if *error.kind() == ErrorKind::Unavailable => break error,
            Ok(_) => panic!("one of three nodes took a row"),
            Err(error) => {
                assert!(error.applied() == Applied::No, "{error:?}");
                assert!(started.elapsed() < LIMIT, "it takes connections: {error:?}");
            }
        }
    };
    assert!(refused.is_retryable(), "{refused:?}");
    // An administrator has it go on alone.
    let alone = "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'";
    cluster
        .node(0)
        .ask("", alone)
        .expect("it is an administrator");
    cluster.wait_until_synced(0).expect("it is alone");
    let is_stored = maria(&db).blogs().all().expect("a table");
    let is_stored = is_stored.iter().any(|blog| blog.title == "at the end");
    match lost.applied() {
        Applied::No => assert!(!is_stored, "{lost:?}"),
        Applied::Yes | Applied::Unknown => {
            let token = lost.commit_token().expect("it can be found out");
            let found = db.resolve(token, LIMIT).expect("it answers");
            assert_eq!(found == Resolution::Committed, is_stored, "{lost:?}");
        }
    }
}
