//! Transactions on several engines at the same time: each statement goes where its connection leads, and no wait is for
//! ever.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use bindery::{
    Config, Connection, EngineOptions, ErrorKind, Hosts, Registry, StaticEngine, TransactionOptions,
};
use bindery_testkit::{FreshDatabase, Watchdog, is_full_run};

use super::place::{TestDatabase, at_each_place};
use super::{add, titles};
use crate::sample::engine::{Any, B, Default, Mysql, Postgres};
use crate::sample::{EMBEDDED, Everything, Tables, embedded, model, program};

const PATIENCE: Duration = Duration::from_secs(120);

/// Three engines of three dialects, where there are servers.
struct Three {
    db: Registry,
    /// Dropped after it.
    _databases: [FreshDatabase; 2],
}

fn three() -> Option<Three> {
    let postgres = bindery_testkit::fresh_postgres()?;
    let mysql = bindery_testkit::fresh_mysql()?;
    let engine = |url: &str| EngineOptions::url(url).acquire_timeout(PATIENCE);
    let config = Config::new()
        .engine("b", ":memory:")
        .engine("default", engine("sqlite::memory:").busy_timeout(PATIENCE))
        .engine("test", ":memory:")
        .engine("x_mysql", engine(&mysql.url()))
        .engine("x_postgres", engine(&postgres.url()))
        .engine("y_mariadb", "mariadb://nobody@127.0.0.1:1/nothing");
    let db = Registry::with_config(program(), &config).unwrap();
    for engine in ENGINES {
        db.create_missing_on(engine).unwrap();
    }
    Some(Three {
        db,
        _databases: [postgres, mysql],
    })
}

const ENGINES: [Any; 3] = [Any::Default, Any::XMysql, Any::XPostgres];

/// Covers TX-6.
#[test]
fn a_panic_rolls_back_on_every_engine_and_goes_on() {
    let Some(Three { db, .. }) = &three() else {
        return;
    };
    let mut default = db.connect(Default).unwrap();
    let mut postgres = db.connect(Postgres).unwrap();
    let mut mysql = db.connect(Mysql).unwrap();
    for panics_after in 0..3 {
        let panics = |statement| {
            if statement == panics_after {
                std::panic::panic_any(statement);
            }
        };
        let work = AssertUnwindSafe(|| {
            default.transaction(|one| {
                add(one, "lost")?;
                panics(0);
                postgres.transaction(|two| {
                    add(two, "lost")?;
                    panics(1);
                    mysql.transaction(|three| {
                        add(three, "lost")?;
                        panics(2);
                        Ok(())
                    })
                })
            })
        });
        let panic = catch_unwind(work).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&panics_after));
        assert!(titles(&mut default).is_empty());
        assert!(titles(&mut postgres).is_empty());
        assert!(titles(&mut mysql).is_empty());
    }
}

/// Numbers without a pattern, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

const THREADS: u64 = 64;

/// Returns the work of each thread: the promise's full size where `BINDERY_TEST_FULL` is set, else a share of it.
fn operations() -> (usize, Duration) {
    if is_full_run() {
        (10_000, 30 * PATIENCE)
    } else {
        (50, PATIENCE)
    }
}

/// Writes the engine's own name into its table, alone, in a transaction or in a nested one; says how many rows are kept.
fn operation(c: &mut Connection<Any>, way: usize) -> bindery::Result<u64> {
    let name = bindery::Engine::name(c.engine());
    match way {
        0 => add(c, name).map(|()| 1),
        1 => c.transaction(|tx| add(tx, name)).map(|()| 1),
        2 => {
            let mut tx = c.begin()?;
            add(&mut tx, name)?;
            tx.rollback().map(|()| 0)
        }
        _ => {
            let found = c.blogs().first()?;
            assert!(
                found.is_none_or(|blog| blog.title == name),
                "a stranger on {name}"
            );
            Ok(0)
        }
    }
}

/// So many rows as each engine keeps of one thread's operations. Inside a transaction of one engine it works on the
/// others that come later, so that no two threads wait for each other.
fn one_thread(db: &Registry, operations: usize, seed: u64) -> [u64; 3] {
    let mut random = Random(seed);
    let mut kept = [0; 3];
    for _ in 0..operations {
        let first = random.below(3);
        let second = first + random.below(3 - first);
        let mut c = db.connect(ENGINES[first]).unwrap();
        kept[first] += operation(&mut c, random.below(4)).unwrap();
        if second > first {
            kept[first] += c
                .transaction(|outer| {
                    let before = operation(outer, random.below(4))?;
                    let mut c = db.connect(ENGINES[second])?;
                    kept[second] += operation(&mut c, random.below(4))?;
                    Ok(before + operation(outer, random.below(4))?)
                })
                .unwrap();
        }
    }
    kept
}

/// Covers TX-16, GEN-9.
/// In full: 64 threads with 10,000 operations each.
#[test]
fn every_row_is_on_the_engine_it_was_meant_for() {
    let (operations, patience) = operations();
    let _watchdog = Watchdog::start("every_row_is_on_the_engine", patience);
    let Some(Three { db, .. }) = &three() else {
        return;
    };
    let mut kept = [0; 3];
    thread::scope(|scope| {
        let threads = (1..=THREADS).map(|number| {
            let seed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            scope.spawn(move || one_thread(db, operations, seed))
        });
        for thread in threads.collect::<Vec<_>>() {
            let of_thread = thread.join().unwrap();
            (0..3).for_each(|engine| kept[engine] += of_thread[engine]);
        }
    });
    for (engine, kept) in ENGINES.into_iter().zip(kept) {
        let name = bindery::Engine::name(engine);
        let titles = titles(&mut db.connect(engine).unwrap());
        assert!(
            titles.iter().all(|title| title == name),
            "a stranger on {name}"
        );
        assert_eq!(titles.len() as u64, kept, "{name}");
        assert_eq!(db.engine(name).unwrap().pool.in_use, 0);
    }
}

/// A pool of one, each thread has what the other wants: one times out, or both.
///
/// Covers TX-20.
#[test]
fn nobody_waits_for_ever_where_each_has_what_the_other_wants() {
    let _watchdog = Watchdog::start("nobody_waits_for_ever", PATIENCE);
    let config = Config::new()
        .engine("b", one("sqlite::memory:", SHORT))
        .engine("default", one("sqlite::memory:", SHORT))
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    db.create_missing().unwrap();
    each_has_what_the_other_wants(&db, (Default, B), 20);
    let (Some(postgres), Some(mysql)) = (
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_mysql(),
    ) else {
        return;
    };
    let config = Config::new()
        .engine("b", ":memory:")
        .engine("default", one("sqlite::memory:", SHORT))
        .engine("test", ":memory:")
        .engine("x_mysql", one(&mysql.url(), LONG))
        .engine("x_postgres", one(&postgres.url(), LONG))
        .engine("y_mariadb", "mariadb://nobody@127.0.0.1:1/nothing");
    let db = Registry::with_config(program(), &config).unwrap();
    for engine in ENGINES {
        db.create_missing_on(engine).unwrap();
    }
    each_has_what_the_other_wants(&db, (Postgres, Mysql), 3);
    each_has_what_the_other_wants(&db, (Default, Postgres), 3);
}

/// How long a caller waits for a connection that comes back only later.
const SHORT: Duration = Duration::from_millis(10);
/// The same where connecting to a server is part of it.
const LONG: Duration = Duration::from_secs(1);

fn one(url: &str, wait: Duration) -> EngineOptions {
    EngineOptions::url(url)
        .max_connections(1)
        .acquire_timeout(wait)
}

fn each_has_what_the_other_wants<A, C>(db: &Registry, (one, other): (A, C), rounds: usize)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let both = &Barrier::new(2);
    for round in 0..rounds {
        let refusals = thread::scope(|scope| {
            let first = scope.spawn(|| is_refused(db, one, other, both));
            let second = scope.spawn(|| is_refused(db, other, one, both));
            [first, second].map(|thread| thread.join().unwrap())
        });
        assert_eq!(
            refusals, [true; 2],
            "round {round}: both hold theirs to the end"
        );
    }
    // A transaction within another of the same engine needs no second connection.
    let mut c = db.connect(one).unwrap();
    c.transaction(|tx| tx.transaction(|tx| add(tx, "nested")))
        .unwrap();
    assert_eq!(titles(&mut c), ["nested"]);
}

/// Writes to one engine and then acquires the other, which another thread has meanwhile.
fn is_refused<A, C>(db: &Registry, has: A, wants: C, both: &Barrier) -> bool
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine,
{
    let mut c = db.connect(has).unwrap();
    let outcome = c.transaction(|tx| {
        add(tx, "had")?;
        both.wait();
        let wanted = db.connect(wants).map(drop);
        both.wait();
        wanted
    });
    outcome.err().is_some_and(|error| {
        assert!(
            matches!(error.kind(), ErrorKind::PoolExhausted { .. }),
            "{error:?}"
        );
        true
    })
}

/// A transaction chosen at run time is of the engine chosen, and of no other.
///
/// Covers TX-08 on SQLite.
#[test]
fn a_transaction_of_an_engine_chosen_at_run_time() {
    let db = embedded();
    let on = |name: &str| db.connect(name.parse::<Any>()?);
    let mut b = on("b").unwrap();
    let mut tx = b.begin().unwrap();
    assert_eq!(tx.engine(), Any::B);
    add(&mut tx, "b").unwrap();
    add(&mut on("default").unwrap(), "default").unwrap();
    tx.rollback().unwrap();
    assert!(titles(&mut b).is_empty());
    assert_eq!(titles(&mut db.connect(Default).unwrap()), ["default"]);
    let error = on("nope").map(drop).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UnknownEngine { .. }),
        "{error:?}"
    );
}

at_each_place! {
    a_scope_has_one_transaction_and_nobody_ends_anothers;
}

/// Covers TX-05.
fn a_scope_has_one_transaction_and_nobody_ends_anothers<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let _watchdog = Watchdog::start("a_scope_has_one_transaction", PATIENCE);
    let db = &place.open_with(engine, |options| options.busy_timeout(PATIENCE));
    let together = &Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut c = db.connect(engine).unwrap();
            let mut tx = c.begin().unwrap();
            add(&mut tx, "first").unwrap();
            // The second one is inside the first, on its connection, and sees its rows.
            let mut inner = tx.begin().unwrap();
            assert_eq!(titles(&mut inner), ["first"]);
            add(&mut inner, "inner").unwrap();
            inner.commit().unwrap();
            assert_eq!(db.engine(engine.name()).unwrap().pool.in_use, 1);
            together.wait();
            // The other looks, and ends its own.
            together.wait();
            assert!(tx.in_transaction());
            assert_eq!(titles(&mut tx), ["first", "inner"]);
            tx.commit().unwrap();
        });
        scope.spawn(move || {
            together.wait();
            let mut c = db.connect(engine).unwrap();
            let reading = TransactionOptions::new().read_only();
            let mut tx = c.begin_with(reading).unwrap();
            assert!(
                titles(&mut tx).is_empty(),
                "nothing of the other is committed"
            );
            tx.rollback().unwrap();
            together.wait();
        });
    });
    assert_eq!(titles(&mut db.connect(engine).unwrap()), ["first", "inner"]);
}
