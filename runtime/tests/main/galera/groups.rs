//! An atomic group whose home is a cluster.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::__private::AtomicGroup;
use bindery::atomic::{
    AtomicOptions, AtomicOutcome, AtomicTransaction, GeneratedAtomic, RecoverOptions,
};
use bindery::error::Applied;
use bindery::{Config, Engine as _, EngineOptions, Registry};
use bindery_testkit::{Galera, Server, SetOnDrop, Shutdown};

use super::{LIMIT, NAME, SHOP, maria, node_of, options};
use crate::sample::engine::{Mariadb, Postgres};
use crate::sample::{CLUSTERED, NewBlog, Tables};

/// A group of the cluster, which is the home, and PostgreSQL.
static GROUP: AtomicGroup<'static> = AtomicGroup {
    name: "both",
    engines: &[4, 5],
    home: 5,
};

/// As generated code has it.
struct Both(AtomicTransaction);

impl Deref for Both {
    type Target = AtomicTransaction;

    fn deref(&self) -> &AtomicTransaction {
        &self.0
    }
}

impl DerefMut for Both {
    fn deref_mut(&mut self) -> &mut AtomicTransaction {
        &mut self.0
    }
}

impl GeneratedAtomic for Both {
    fn from_transaction(transaction: AtomicTransaction) -> Self {
        Self(transaction)
    }

    fn into_transaction(self) -> AtomicTransaction {
        self.0
    }
}

/// The node that has the decisions of a group is killed: each transaction is on both engines or on none, as its caller was told.
pub(super) fn groups_are_whole_with_killed_nodes(
    cluster: &mut Galera,
    (rows, kills): (usize, usize),
) {
    assert_eq!((Postgres.index(), Mariadb.index()), (4, 5));
    let Some(postgres) = Server::postgres().durable(true).start_or_skip() else {
        return;
    };
    let url = postgres.database(SHOP).expect("it is empty");
    let config = Config::new()
        .engine("b", ":memory:")
        .engine("default", ":memory:")
        .engine("test", ":memory:")
        .engine("x_mysql", "mysql://nobody@127.0.0.1:1/nothing")
        .engine("x_postgres", EngineOptions::url(url).acquire_timeout(LIMIT))
        .engine(NAME, options(&cluster.url(SHOP, [0, 1, 2])));
    let db = Registry::with_config(&CLUSTERED, &config).expect("a configuration");
    db.create_missing_on(Postgres).expect("its tables");
    let (told, end) = (
        Mutex::new([BTreeSet::new(), BTreeSet::new()]),
        AtomicBool::new(false),
    );
    let count = || {
        told.lock()
            .expect("no thread panics")
            .iter()
            .map(BTreeSet::len)
            .sum::<usize>()
    };
    thread::scope(|scope| {
        let ends = SetOnDrop(&end);
        for writer in 0..4 {
            let (db, told, end) = (&db, &told, &end);
            scope.spawn(move || {
                let mut row = 0;
                while row < rows / 4 || !end.load(Ordering::Relaxed) {
                    let title = format!("group {writer} {row}");
                    let is_stored = write_on_both(db, &title);
                    let mut told = told.lock().expect("no thread panics");
                    told[usize::from(is_stored)].insert(title);
                    row += 1;
                }
            });
        }
        for _ in 0..kills {
            let before = count();
            while count() < before + 20 {
                thread::sleep(Duration::from_millis(5));
            }
            let node = node_of(cluster, &mut maria(&db));
            cluster.go_down(node, Shutdown::Crash);
            cluster.come_back(node).expect("it joins again");
        }
        drop(ends);
    });
    let started = Instant::now();
    let options = RecoverOptions::new().older_than(Duration::ZERO);
    while !db
        .recover_groups(&[AtomicGroup { ..GROUP }], &options)
        .branches
        .is_empty()
    {
        assert!(started.elapsed() < LIMIT, "recovery has an end");
    }
    let [absent, stored] = told.into_inner().expect("no thread panics");
    eprintln!(
        "{} groups were stored, {} were not",
        stored.len(),
        absent.len()
    );
    let of_group = |titles: Vec<String>| -> BTreeSet<String> {
        titles
            .into_iter()
            .filter(|title| title.starts_with("group"))
            .collect()
    };
    let on_maria = maria(&db).blogs().all().expect("a table");
    let on_maria = of_group(on_maria.into_iter().map(|blog| blog.title).collect());
    let on_postgres = db.connect(Postgres).and_then(|mut it| it.blogs().all());
    let on_postgres = on_postgres.expect("a table").into_iter();
    let on_postgres = of_group(on_postgres.map(|blog| blog.title).collect());
    assert_eq!(on_maria, on_postgres);
    assert_eq!(on_maria, stored);
}

/// Returns whether it is stored.
fn write_on_both(db: &Registry, title: &str) -> bool {
    let mut outcome = db.run_atomic(&GROUP, AtomicOptions::new(), |tx: &mut Both| {
        tx.connection(Postgres)?
            .blogs()
            .insert_only(NewBlog::new(title))?;
        tx.connection(Mariadb)?
            .blogs()
            .insert_only(NewBlog::new(title))
    });
    loop {
        match outcome {
            AtomicOutcome::Unknown(doubt) => outcome = doubt.resolve(LIMIT),
            AtomicOutcome::RolledBack { cause } => {
                assert_eq!(bindery::Error::applied(&cause), Applied::No, "{cause:?}");
                return false;
            }
            outcome => return outcome.is_committed(),
        }
    }
}
