//! Answers that are lost at each step of a commit, engines that are gone before it, and programs that stand still in it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bindery_testkit::{Direction, Fault, FaultProxy, is_full_run};

use super::*;
use crate::atomic::failpoint;

const PG_MARIA: usize = 0;
const MARIA_PG: usize = 1;
const FILE_PG: usize = 4;
const FILE_MARIA: usize = 5;
const THREE: usize = 6;

fn writes_all<'g>(group: &'g AtomicGroup, id: u32) -> impl FnOnce(&mut Tx) -> Result<()> + 'g {
    move |tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id))
}

/// Runs a group whose engine is behind a proxy, which does this from the first place in the commit to the second.
fn with_fault(
    world: &World,
    (group, at): (&'static AtomicGroup, usize),
    (fault, [from, to]): (Fault, [&'static str; 2]),
    id: u32,
) -> AtomicOutcome<()> {
    let proxy = Rc::new(FaultProxy::start(&world.urls[at]).expect("a proxy"));
    let mut urls = world.urls.clone();
    urls[at] = proxy.url().to_owned();
    let (faulty, well) = (Rc::clone(&proxy), Rc::clone(&proxy));
    failpoint::at(from, move || faulty.set(fault));
    failpoint::at(to, move || well.heal());
    open(&urls).run_atomic(group, AtomicOptions::new(), writes_all(group, id))
}

/// Recovers until nothing is in doubt: what was on its way to the server may come later.
fn recover_all(world: &World) {
    let until = std::time::Instant::now() + Duration::from_secs(60);
    while !world.recover().is_clean() || world.prepared() > 0 {
        assert!(std::time::Instant::now() < until, "{:?}", world.recover());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn cut_after(pattern: &str) -> Fault {
    Fault::CutAfterPattern {
        direction: Direction::ToServer,
        pattern: pattern.into(),
        wait: Duration::from_millis(100),
    }
}

fn cut_before(pattern: &str) -> Fault {
    Fault::CutBeforePattern {
        direction: Direction::ToServer,
        pattern: pattern.into(),
    }
}

/// Covers 2PC-2, 2PC-5 on PostgreSQL and MariaDB: each statement of a commit, cut off before the server has it and after.
#[test]
fn statements_of_a_commit_that_are_cut_off_split_nothing() {
    let _watchdog = Watchdog::start("atomic answers", PATIENCE);
    let Some(world) = World::start("answers") else {
        return;
    };
    let prepares = [
        (FILE_PG, PG, "PREPARE TRANSACTION"),
        (MARIA_PG, PG, "PREPARE TRANSACTION"),
        (FILE_MARIA, MARIA, "XA END"),
        (FILE_MARIA, MARIA, "XA PREPARE"),
        (PG_MARIA, MARIA, "XA PREPARE"),
    ];
    for (group, at, statement) in prepares {
        for fault in [cut_before(statement), cut_after(statement), Fault::Cut] {
            let (group, id) = (&GROUPS[group], world.next());
            let said = format!("{} {statement} {fault:?}", group.name);
            let meanwhile = (fault, ["before:Prepare", "after:Prepare"]);
            let outcome = with_fault(&world, (group, at), meanwhile, id);
            let AtomicOutcome::RolledBack { cause } = outcome else {
                panic!("{said}: {outcome:?}");
            };
            assert_eq!(
                cause.engine(),
                Some(PROGRAM.engines[at].name()),
                "{said}: {cause}"
            );
            recover_all(&world);
            assert!(world.found(group, id).iter().all(|found| !found), "{said}");
        }
    }
    let commits = [
        (FILE_PG, PG, "COMMIT PREPARED"),
        (MARIA_PG, PG, "COMMIT PREPARED"),
        (FILE_MARIA, MARIA, "XA COMMIT"),
        (PG_MARIA, MARIA, "XA COMMIT"),
    ];
    for (group, at, statement) in commits {
        for fault in [cut_before(statement), cut_after(statement)] {
            let (group, id) = (&GROUPS[group], world.next());
            let said = format!("{} {statement} {fault:?}", group.name);
            let meanwhile = (fault, ["before:CommitPrepared", "after:CommitPrepared"]);
            let outcome = with_fault(&world, (group, at), meanwhile, id);
            assert!(outcome.is_committed(), "{said}: {outcome:?}");
            recover_all(&world);
            assert!(world.found(group, id).iter().all(|found| *found), "{said}");
        }
    }
}

/// Covers 2PC-4 on PostgreSQL and MariaDB: each byte of the commit comes by itself, and late.
#[test]
fn a_participant_that_is_slow_delays_the_commit_and_no_more() {
    let _watchdog = Watchdog::start("atomic slowness", PATIENCE);
    let Some(world) = World::start("slow") else {
        return;
    };
    let slow = Fault::Throttle {
        bytes: 1,
        pause: Duration::from_millis(10),
    };
    for at in [PG, MARIA] {
        let (group, id) = (&GROUPS[THREE], world.next());
        let meanwhile = (slow.clone(), ["before:Prepare", "after:CommitPrepared"]);
        let outcome = with_fault(&world, (group, at), meanwhile, id);
        let engine = PROGRAM.engines[at].name();
        assert!(is_committed_everywhere(&outcome), "{engine}: {outcome:?}");
        assert!(
            world.found(group, id).iter().all(|found| *found),
            "{engine}"
        );
        assert_eq!(world.prepared(), 0, "{engine}");
    }
}

/// Covers 2PC-7 on SQLite: a file that others write to is waited for before anything is prepared.
#[test]
fn a_file_that_is_locked_is_found_out_before_anything_is_prepared() {
    let _watchdog = Watchdog::start("atomic locked file", PATIENCE);
    let Some(world) = World::start("locked") else {
        return;
    };
    let group = &GROUPS[THREE];
    let outcome = world.run(group, writes_all(group, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let file = world.urls[FILE].trim_start_matches("sqlite://").to_owned();
    let other = rusqlite::Connection::open(&file).expect("the file is there");
    other.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    let is_preparing = Rc::new(Cell::new(false));
    let seen = Rc::clone(&is_preparing);
    failpoint::at("before:Prepare", move || seen.set(true));
    // The work does not write to the file, so its lock is a matter of the commit.
    let work =
        |id: u32| move |tx: &mut Tx| [MARIA, PG].into_iter().try_for_each(|at| tx.insert(at, id));
    let id = world.next();
    let options = AtomicOptions::new().deadline(Duration::from_secs(2));
    let outcome = world.db.run_atomic(group, options, work(id));
    let AtomicOutcome::RolledBack { cause } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(cause.engine(), Some("file"), "{cause}");
    assert!(!is_preparing.get());
    assert_eq!(world.prepared(), 0);
    assert!(world.found(group, id).iter().all(|found| !found));
    other.execute_batch("ROLLBACK").expect("it is free again");
    let outcome = world.run(group, work(id));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    assert!(is_preparing.get());
}

/// The session that prepared is alive meanwhile: recovery ends it where its server lets no other finish the branch.
///
/// Covers 2PC-8, REC-3 on PostgreSQL and MariaDB.
/// In full: 1,000 transactions that are fenced off.
#[test]
fn a_program_that_stands_still_before_its_decision_is_fenced_off() {
    let patience = PATIENCE * if is_full_run() { 3 } else { 1 };
    let _watchdog = Watchdog::start("atomic fences", patience);
    let Some(world) = World::start("fences") else {
        return;
    };
    let world = Rc::new(world);
    let rounds = if is_full_run() { 1_000 } else { 8 };
    let groups = GROUPS.iter().filter(|group| group.home != FILE);
    for group in groups.cycle().take(rounds) {
        let id = world.next();
        let reports = Rc::new(RefCell::new(Vec::new()));
        let (others, told) = (Rc::clone(&world), Rc::clone(&reports));
        failpoint::at("before:InsertDecision", move || {
            // Another program: this one leaves alone what it is at work on.
            let options = RecoverOptions::new().older_than(Duration::ZERO);
            let report = open(&others.urls).recover_groups(GROUPS, &options);
            told.borrow_mut().extend(report.branches);
        });
        let outcome = world.run(group, writes_all(group, id));
        let fates: Vec<BranchState> = reports.borrow().iter().map(|it| it.fate).collect();
        assert_eq!(fates, [BranchState::RolledBack], "{}", group.name);
        let AtomicOutcome::RolledBack { cause } = outcome else {
            panic!("{}: {outcome:?}", group.name);
        };
        assert_eq!(
            cause.kind(),
            &ErrorKind::Conflict,
            "{}: {cause}",
            group.name
        );
        assert!(
            world.found(group, id).iter().all(|found| !found),
            "{}",
            group.name
        );
        recover_all(&world);
    }
}
