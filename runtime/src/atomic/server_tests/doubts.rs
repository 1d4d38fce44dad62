//! Handles of transactions whose decision could not be read, and recovery by a thread of the program.

use std::rc::Rc;
use std::sync::mpsc;

use bindery_testkit::{Direction, Fault, FaultProxy};

use super::*;
use crate::atomic::failpoint;
use crate::error::Applied;
use crate::link::retry::RetryPolicy;

const PG_MARIA: usize = 0;
const MARIA_PG: usize = 1;

/// Covers 2PC-2 on PostgreSQL and MariaDB: the answer to the decision is lost and home is silent for longer than the caller waits.
/// With home back the handle finds a commit, and its hooks run then, once; or sees to it that there cannot be one.
#[test]
fn a_handle_finds_out_when_home_is_back() {
    let _watchdog = Watchdog::start("atomic doubts", PATIENCE);
    let Some(world) = World::start("doubts") else {
        return;
    };
    // At once, as each waits for as long as a caller does.
    std::thread::scope(|scope| {
        for (group, home) in [(PG_MARIA, PG), (MARIA_PG, MARIA)] {
            for is_stored in [true, false] {
                let world = &world;
                scope.spawn(move || is_resolved(world, (&GROUPS[group], home), is_stored));
            }
        }
    });
    assert_eq!(world.prepared(), 0);
    assert!(world.recover().is_clean());
}

fn is_resolved(world: &World, (group, home): (&'static AtomicGroup, usize), is_stored: bool) {
    let proxy = Rc::new(FaultProxy::start(&world.urls[home]).expect("a proxy"));
    let mut urls = world.urls.clone();
    urls[home] = proxy.url().to_owned();
    let id = world.next();
    let (cutting, silent) = (Rc::clone(&proxy), Rc::clone(&proxy));
    let fault = lost_answer(home, is_stored);
    failpoint::at("before:CommitHome", move || cutting.set(fault));
    failpoint::at("after:CommitHome", move || silent.set(Fault::Stall));
    let (told, hooks) = mpsc::channel();
    let db = open(&urls);
    let outcome = db.run_atomic(group, AtomicOptions::new(), |tx: &mut Tx| {
        tx.after_commit(move || {
            told.send(()).ok();
            Ok(())
        });
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))
    });
    let place = format!("{}, stored: {is_stored}", group.name);
    let AtomicOutcome::Unknown(doubt) = outcome else {
        panic!("{place}: {outcome:?}");
    };
    assert_eq!(hooks.try_iter().count(), 0, "{place}");
    proxy.heal();
    let resolved = doubt.resolve::<Error>(Duration::from_secs(60));
    match (&resolved, is_stored) {
        (AtomicOutcome::Committed { pending, .. }, true) => assert!(pending.is_empty(), "{place}"),
        (AtomicOutcome::RolledBack { cause }, false) => is_no_doubt(cause),
        _ => panic!("{place}: {resolved:?}"),
    }
    assert_eq!(hooks.iter().count(), usize::from(is_stored), "{place}");
    assert!(
        world
            .found(group, id)
            .iter()
            .all(|found| *found == is_stored),
        "{place}"
    );
}

/// The cause of a rollback that was found out: the failure that lost the answer, by which the work may be tried again.
fn is_no_doubt(cause: &Error) {
    assert_eq!(cause.applied(), Applied::No, "{cause:?}");
    assert_eq!(*cause.kind(), ErrorKind::ConnectionLost, "{cause:?}");
    assert_eq!(cause.operation(), Some(Operation::Commit), "{cause:?}");
    assert!(cause.is_retryable(), "{cause:?}");
    assert!(cause.commit_token().is_none(), "{cause:?}");
}

/// Covers 2PC-2 on PostgreSQL and MariaDB: the COMMIT of home does not come to the server, which answers again directly after. The caller hears
/// that nothing is stored, and `_retry` calls store it once.
#[test]
fn a_commit_that_did_not_come_is_tried_again() {
    let _watchdog = Watchdog::start("atomic repeats", PATIENCE);
    let Some(world) = World::start("repeats") else {
        return;
    };
    for (group, home) in [(PG_MARIA, PG), (MARIA_PG, MARIA)] {
        let proxy = Rc::new(FaultProxy::start(&world.urls[home]).expect("a proxy"));
        let mut urls = world.urls.clone();
        urls[home] = proxy.url().to_owned();
        let (db, group) = (open(&urls), &GROUPS[group]);
        let lose = |proxy: &Rc<FaultProxy>| {
            let (cutting, well) = (Rc::clone(proxy), Rc::clone(proxy));
            failpoint::at("before:CommitHome", move || {
                cutting.set(lost_answer(home, false))
            });
            failpoint::at("after:CommitHome", move || well.heal());
        };
        let insert =
            |id: u32| move |tx: &mut Tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id));
        lose(&proxy);
        let id = world.next();
        let outcome = db.run_atomic(group, AtomicOptions::new(), insert(id));
        let AtomicOutcome::RolledBack { cause } = outcome else {
            panic!("{}: {outcome:?}", group.name);
        };
        is_no_doubt(&cause);
        assert!(
            world.found(group, id).iter().all(|found| !found),
            "{}",
            group.name
        );
        lose(&proxy);
        let (id, mut attempts) = (world.next(), 0);
        let policy = RetryPolicy::new().attempts(3);
        let outcome = db.retry_atomic(group, (policy, AtomicOptions::new()), |tx| {
            attempts += 1;
            insert(id)(tx)
        });
        assert!(
            is_committed_everywhere(&outcome),
            "{}: {outcome:?}",
            group.name
        );
        assert_eq!(attempts, 2, "{}", group.name);
        assert!(
            world.found(group, id).iter().all(|found| *found),
            "{}",
            group.name
        );
    }
    assert_eq!(world.prepared(), 0);
}

/// The COMMIT does not come to the server, or its answer not to the program. MariaDB's has no text.
fn lost_answer(home: usize, is_stored: bool) -> Fault {
    let pattern = b"COMMIT".to_vec();
    match (is_stored, home) {
        (false, _) => Fault::CutBeforePattern {
            direction: Direction::ToServer,
            pattern,
        },
        (true, PG) => Fault::CutBeforePattern {
            direction: Direction::ToClient,
            pattern,
        },
        (true, _) => Fault::CutAfterPattern {
            direction: Direction::ToServer,
            pattern,
            wait: Duration::from_millis(200),
        },
    }
}

/// Covers REC-2: programs that commit and others that recover at the same time, and take whatever they find for lost.
#[test]
fn recoveries_beside_programs_at_work_split_nothing() {
    const ROWS: u32 = 12;
    let _watchdog = Watchdog::start("atomic beside", PATIENCE);
    let Some(world) = World::start("beside") else {
        return;
    };
    for group in GROUPS {
        let first = 1_000 + world.next() * 1_000;
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let told = std::thread::scope(|scope| {
            let recover = || {
                let db = open(&world.urls);
                let options = RecoverOptions::new().older_than(Duration::ZERO);
                while !is_over.load(Ordering::Relaxed) {
                    let _ = db.recover_groups(GROUPS, &options);
                }
            };
            let (_one, _two) = (scope.spawn(recover), scope.spawn(recover));
            let commit = |from: u32| {
                let db = open(&world.urls);
                (from..from + ROWS)
                    .map(|id| (id, committed(&db, group, id)))
                    .collect::<Vec<_>>()
            };
            let (one, two) = (
                scope.spawn(move || commit(first)),
                scope.spawn(move || commit(first + ROWS)),
            );
            let told = [one.join(), two.join()];
            is_over.store(true, Ordering::Relaxed);
            told.map(|told| told.expect("it commits")).concat()
        });
        world.settle();
        for (id, is_stored) in told {
            let found = world.found(group, id);
            let alike = found.iter().all(|found| *found == is_stored);
            assert!(alike, "{}, {id}: {found:?}", group.name);
        }
    }
}

/// Whether the row is stored, once the end of its transaction is known.
fn committed(db: &Registry, group: &'static AtomicGroup, id: u32) -> bool {
    let outcome = db.run_atomic(group, AtomicOptions::new(), |tx: &mut Tx| {
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))
    });
    match outcome {
        AtomicOutcome::Unknown(doubt) => doubt
            .resolve::<Error>(Duration::from_secs(60))
            .is_committed(),
        known => known.is_committed(),
    }
}

impl World {
    /// Recovers until nothing is in doubt.
    fn settle(&self) {
        while !self.recover().is_clean() || self.prepared() > 0 {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// A thread of another program finishes what a killed one has decided.
#[test]
fn recovery_by_a_thread_finishes_what_a_killed_program_left() {
    let _watchdog = Watchdog::start("atomic thread", PATIENCE);
    let Some(world) = World::start("thread") else {
        return;
    };
    let recovery =
        RecoveryThread::start(&world.db, GROUPS, Duration::from_millis(20)).expect("a thread");
    for group in GROUPS {
        let id = world.next();
        world.killed(group, id, "after:CommitHome");
        while world.found(group, id).contains(&false) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    drop(recovery);
    assert_eq!(world.prepared(), 0);
}
