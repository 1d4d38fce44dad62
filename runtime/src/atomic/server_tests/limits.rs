//! Participants that are silent, full or not themselves, and programs that panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use bindery_testkit::{Fault, FaultProxy};

use super::*;
use crate::atomic::failpoint;

const FILE_PG: usize = 4;
const FILE_MARIA: usize = 5;
const THREE: usize = 6;

fn writes_all<'g>(group: &'g AtomicGroup, id: u32) -> impl FnOnce(&mut Tx) -> Result<()> + 'g {
    move |tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id))
}

/// The same databases, one of them behind a proxy.
fn behind(world: &World, at: usize) -> (Registry, Rc<FaultProxy>) {
    let proxy = FaultProxy::start(&world.urls[at]).expect("a proxy");
    let mut urls = world.urls.clone();
    urls[at] = proxy.url().to_owned();
    (open(&urls), Rc::new(proxy))
}

fn is_clean(world: &World) {
    let until = Instant::now() + Duration::from_secs(30);
    while !world.recover().is_clean() || world.prepared() > 0 {
        assert!(Instant::now() < until, "{:?}", world.recover());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Covers 2PC-4 on PostgreSQL and MariaDB: silent when it is to prepare, and when it is to commit.
#[test]
fn a_participant_that_is_silent_aborts_before_the_decision_and_is_pending_after_it() {
    let _watchdog = Watchdog::start("atomic silence", PATIENCE);
    let Some(world) = World::start("silence") else {
        return;
    };
    let group = &GROUPS[THREE];
    for at in [PG, MARIA] {
        let engine = PROGRAM.engines[at].name();
        let (db, proxy) = behind(&world, at);
        let id = world.next();
        let silent = Rc::clone(&proxy);
        failpoint::at("before:Prepare", move || silent.set(Fault::Stall));
        let options = AtomicOptions::new().deadline(Duration::from_secs(3));
        let started = Instant::now();
        let outcome = db.run_atomic(group, options, writes_all(group, id));
        let AtomicOutcome::RolledBack { cause } = outcome else {
            panic!("{engine}: {outcome:?}");
        };
        assert_eq!(cause.engine(), Some(engine), "{cause}");
        assert!(started.elapsed() < Duration::from_secs(40));
        proxy.heal();
        is_clean(&world);
        assert!(
            world.found(group, id).iter().all(|found| !found),
            "{engine}"
        );

        let (db, proxy) = behind(&world, at);
        let id = world.next();
        let silent = Rc::clone(&proxy);
        failpoint::at("before:CommitPrepared", move || silent.set(Fault::Stall));
        let outcome = db.run_atomic(group, AtomicOptions::new(), writes_all(group, id));
        let AtomicOutcome::Committed { pending, .. } = outcome else {
            panic!("{engine}: {outcome:?}");
        };
        assert_eq!(pending, [engine]);
        // The others are committed meanwhile.
        let stored = world.found(group, id).into_iter().zip(group.engines);
        assert!(stored.filter(|(_, of)| **of != at).all(|(found, _)| found));
        proxy.heal();
        drop(db);
        is_clean(&world);
        assert!(
            world.found(group, id).iter().all(|found| *found),
            "{engine}"
        );
    }
}

/// Covers 2PC-11 on PostgreSQL and MariaDB.
#[test]
fn a_panic_between_prepare_and_decision_leaves_nothing_prepared() {
    let _watchdog = Watchdog::start("atomic panics", PATIENCE);
    let Some(world) = World::start("panics") else {
        return;
    };
    for group in GROUPS {
        for place in [
            "before:Prepare",
            "sent:Prepare",
            "after:Prepare",
            "before:CommitHome",
        ] {
            let id = world.next();
            failpoint::at(place, || panic!("it was to panic"));
            let ran = catch_unwind(AssertUnwindSafe(|| world.run(group, writes_all(group, id))));
            assert!(ran.is_err(), "{} {place}", group.name);
            is_clean(&world);
            let found = world.found(group, id);
            assert!(found.iter().all(|found| !found), "{} {place}", group.name);
            let outcome = world.run(group, writes_all(group, world.next()));
            assert!(is_committed_everywhere(&outcome), "{} {place}", group.name);
        }
    }
}

/// Covers 2PC-12 on PostgreSQL: other programs have prepared as many transactions as the server allows.
#[test]
fn a_server_without_room_for_a_prepared_transaction_rolls_all_back() {
    const MOST: usize = 12;
    let _watchdog = Watchdog::start("atomic slots", PATIENCE);
    let few = Server::postgres().setting("max_prepared_transactions", "12");
    let Some(world) = World::on_servers("slots", (few, Server::mysql())) else {
        return;
    };
    let group = &GROUPS[FILE_PG];
    let id = world.next();
    // It is checked before its first use.
    let outcome = world.run(group, writes_all(group, id));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let mut link = world.db.engines[PG].pool.acquire().unwrap();
    for at in 0..MOST {
        let mut run = |sql: &str| link.protocol(|it| it.batch(sql)).unwrap();
        run("BEGIN");
        run(&format!("INSERT INTO t (id) VALUES ({})", 1_000_000 + at));
        run(&format!("PREPARE TRANSACTION 'theirs{at}'"));
    }
    let id = world.next();
    let error = world
        .run(group, writes_all(group, id))
        .stored()
        .unwrap_err();
    assert_eq!(
        (error.engine(), error.code()),
        (Some("pg"), Some("53200")),
        "{error}"
    );
    assert!(world.found(group, id).iter().all(|found| !found));
    assert_eq!(world.prepared(), 0);
    let dry = RecoverOptions::new().dry_run();
    let report = world.db.recover_groups(GROUPS, &dry);
    let slots = |name: &str| *report.slots.iter().find(|it| it.engine == name).unwrap();
    let pg = slots("pg");
    assert_eq!((pg.used, pg.most, pg.are_scarce()), (12, 12, true));
    for at in 0..MOST {
        let sql = format!("ROLLBACK PREPARED 'theirs{at}'");
        link.protocol(|it| it.batch(&sql)).unwrap();
    }
    drop(link);
    let outcome = world.run(group, writes_all(group, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let report = world.db.recover_groups(GROUPS, &dry);
    assert!(report.slots.iter().all(|slots| !slots.are_scarce()));
}

/// Covers REC-5, REC-8 on SQLite: a home that is not the one that was live, and one that cannot be written.
#[test]
fn a_home_that_is_another_or_cannot_be_written_decides_nothing() {
    let _watchdog = Watchdog::start("atomic homes", PATIENCE);
    let Some(world) = World::start("homes") else {
        return;
    };
    let group = &GROUPS[FILE_PG];
    let (decided, undecided) = (world.next(), world.next());
    world.killed(group, decided, "after:CommitHome");
    world.killed(group, undecided, "after:Prepare");
    let options = RecoverOptions::new().older_than(Duration::ZERO);

    let file = world.urls[FILE].trim_start_matches("sqlite://").to_owned();
    let mut urls = world.urls.clone();
    urls[FILE] = format!("sqlite://{file}.of_another_day");
    let report = open(&urls).recover_groups(GROUPS, &options);
    let fates: Vec<BranchState> = report.branches.iter().map(|branch| branch.fate).collect();
    assert_eq!(fates, [BranchState::NotOurs, BranchState::NotOurs]);
    assert_eq!(world.prepared(), 2);

    let writer = rusqlite::Connection::open(&file).expect("the file is there");
    writer
        .execute_batch("BEGIN IMMEDIATE")
        .expect("it is locked");
    let report = world.recover();
    let fates: Vec<BranchState> = report.branches.iter().map(|branch| branch.fate).collect();
    assert!(
        fates.contains(&BranchState::Committed),
        "what is decided needs no write: {fates:?}"
    );
    assert!(fates.contains(&BranchState::HomeUnreachable), "{fates:?}");
    writer.execute_batch("ROLLBACK").expect("it is free again");
    is_clean(&world);
    assert!(world.found(group, decided).iter().all(|found| *found));
    assert!(world.found(group, undecided).iter().all(|found| !found));
}

/// The pool's numbers once nothing of it is on its way.
fn settled(world: &World, at: usize) -> crate::status::PoolStats {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let stats = world.db.engines[at].pool.stats();
        if stats.in_use == 0 && stats.closing == 0 {
            return stats;
        }
        assert!(Instant::now() < until, "{stats:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The next transaction does not wait for a login.
#[test]
fn a_connection_that_prepared_is_closed_and_another_takes_its_place() {
    let _watchdog = Watchdog::start("atomic connections", PATIENCE);
    let Some(world) = World::start("connections") else {
        return;
    };
    let group = &GROUPS[FILE_MARIA];
    let mut before = settled(&world, MARIA);
    for _ in 0..3 {
        let outcome = world.run(group, writes_all(group, world.next()));
        assert!(is_committed_everywhere(&outcome), "{outcome:?}");
        let after = settled(&world, MARIA);
        assert_eq!((before.idle, after.idle), (1, 1));
        assert_eq!(after.created - before.created, 1);
        assert_eq!(after.closed - before.closed, 1);
        before = after;
    }
    let outcome = world.run(group, |tx| tx.insert(FILE, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    assert_eq!(
        settled(&world, MARIA).created,
        before.created,
        "nothing was prepared"
    );
}
