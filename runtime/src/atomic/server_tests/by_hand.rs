//! Branches that a person has ended, and very many of them.

use std::time::Instant;

use bindery_testkit::{Fault, FaultProxy, is_full_run};

use super::*;

const MARIA_PG: usize = 1;
const PG_PG: usize = 2;
const FILE_PG: usize = 4;

fn writes_all<'g>(group: &'g AtomicGroup, id: u32) -> impl FnOnce(&mut Tx) -> Result<()> + 'g {
    move |tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id))
}

fn fates(report: &RecoveryReport) -> Vec<(&'static str, BranchState)> {
    let branches = report.branches.iter();
    branches.map(|it| (it.engine, it.fate)).collect()
}

/// Covers REC-9 on PostgreSQL: recovery that comes too late says so each time, and says nothing of those that it committed.
#[test]
fn a_branch_that_was_rolled_back_by_hand_is_reported_for_good() {
    let _watchdog = Watchdog::start("atomic by hand", PATIENCE);
    let Some(world) = World::start("by-hand") else {
        return;
    };
    let group = &GROUPS[FILE_PG];
    let outcome = world.run(group, writes_all(group, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let (left, recovered) = (world.next(), world.next());
    world.killed(group, left, "after:CommitHome");
    let gid = world.on(PG, |it| it.prepared_branches()).remove(0).gid;
    world.on(PG, |it| it.batch(&format!("ROLLBACK PREPARED '{gid}'")));
    world.killed(group, recovered, "after:CommitHome");

    let first = fates(&world.recover());
    assert_eq!(
        first,
        [("pg", BranchState::Committed), ("pg", BranchState::Mixed)]
    );
    assert_eq!(world.found(group, left), [true, false]);
    assert_eq!(world.found(group, recovered), [true, true]);
    let dry = RecoverOptions::new().dry_run();
    for _ in 0..2 {
        let report = world.db.recover_groups(GROUPS, &dry);
        assert_eq!(fates(&report), [("pg", BranchState::Mixed)]);
        assert_eq!(report.branches[0].group, group.name);
        assert!(!world.recover().is_clean());
    }
    world.forget();
    assert_eq!(world.decisions(FILE), 1, "it stays");
    assert_eq!(fates(&world.recover()), [("pg", BranchState::Mixed)]);
}

/// PostgreSQL lets the role that prepared a transaction finish it, and superusers; and home is read by those who may.
///
/// Covers REC-6 on PostgreSQL.
#[test]
fn recovery_without_the_rights_leaves_branches_alone_and_says_why() {
    let _watchdog = Watchdog::start("atomic rights", PATIENCE);
    let Some(world) = World::start("rights") else {
        return;
    };
    for group in [&GROUPS[FILE_PG], &GROUPS[PG_PG]] {
        let id = world.next();
        world.killed(group, id, "after:CommitHome");
        let mut urls = world.urls.clone();
        for at in [PG, OTHER_PG] {
            let database = &world.databases[at - 1];
            database.run_script(WEAK).expect("a role");
            let (scheme, rest) = urls[at].split_once("://").expect("a URL");
            let (_, server) = rest.split_once('@').expect("with a user");
            urls[at] = format!("{scheme}://weak:weak@{server}");
        }
        let weak = open(&urls);
        let options = RecoverOptions::new().older_than(Duration::ZERO);
        for options in [options.clone().dry_run(), options] {
            let report = weak.recover_groups(std::slice::from_ref(group), &options);
            let fates = fates(&report);
            assert!(
                matches!(fates[..], [(_, BranchState::Forbidden)]),
                "{}: {report:?}",
                group.name
            );
        }
        assert_eq!(world.prepared(), 1);
        assert!(world.recover().is_clean());
        assert_eq!(world.found(group, id), [true, true]);
    }
}

const WEAK: &str = "DO $$ BEGIN CREATE ROLE weak LOGIN PASSWORD 'weak'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;";

/// As a lost program leaves them on PostgreSQL: every other one decided. The home is the one of this group.
fn leave_prepared(world: &World, group: &AtomicGroup, count: u32) {
    let home = PROGRAM.engines[group.home].name();
    let (coordinator, branch) = (format!("lost.{home}"), format!("{}.pg.0", group.name));
    let mut script = String::new();
    let mut decided = Vec::new();
    for number in 0..count {
        let id = 1_000_000 * (1 + group.home) + number as usize;
        let transaction = format!("bnd1:{coordinator}:k1-{number}");
        script += &format!(
            "BEGIN; INSERT INTO t (id) VALUES ({id}); PREPARE TRANSACTION '{transaction}:{branch}';\n"
        );
        decided.extend(number.is_multiple_of(2).then_some(transaction));
    }
    let database = &world.databases[PG - 1];
    database.run_script(&script).expect("they are prepared");
    world.on(group.home, |it| {
        it.batch("BEGIN")?;
        it.batch(&format!(
            "INSERT INTO _bindery_coordinators VALUES ('{coordinator}', 0)"
        ))?;
        for transaction in decided {
            it.batch(&format!(
                "INSERT INTO _bindery_decisions VALUES ('{transaction}', 'C', '{coordinator}', '{branch}', 4102444800000)"
            ))?;
        }
        it.batch("COMMIT")
    });
}

/// A home that is lost is waited for once, not for each of its branches, and those of other homes are finished meanwhile.
///
/// Covers REC-4 on PostgreSQL.
#[test]
fn a_home_that_is_lost_is_tried_once_for_all_its_branches() {
    const COUNT: u32 = 40;
    let _watchdog = Watchdog::start("atomic lost home", PATIENCE);
    let many = Server::postgres().setting("max_prepared_transactions", "100");
    let Some(world) = World::on_servers("lost-home", (many, Server::mysql())) else {
        return;
    };
    for group in [&GROUPS[MARIA_PG], &GROUPS[FILE_PG]] {
        let outcome = world.run(group, writes_all(group, world.next()));
        assert!(is_committed_everywhere(&outcome), "{outcome:?}");
        leave_prepared(&world, group, COUNT);
    }
    let proxy = FaultProxy::start(&world.urls[MARIA]).expect("a proxy");
    let mut urls = world.urls.clone();
    proxy.url().clone_into(&mut urls[MARIA]);
    proxy.set(Fault::Cut);
    let options = RecoverOptions::new().older_than(Duration::ZERO);
    let report = open(&urls).recover_groups(GROUPS, &options);
    let number_of = |fate| fates(&report).iter().filter(|it| it.1 == fate).count();
    let half = COUNT as usize / 2;
    assert_eq!(number_of(BranchState::Committed), half, "{report:?}");
    assert_eq!(number_of(BranchState::RolledBack), half, "{report:?}");
    assert_eq!(
        number_of(BranchState::HomeUnreachable),
        2 * half,
        "{report:?}"
    );
    let lost: Vec<&str> = report.unreachable.iter().map(|it| it.0).collect();
    assert_eq!(lost, ["maria"]);
    // To list its own branches, to read a decision, to forget old ones: no more, for 40 branches.
    assert!(proxy.accepted() < 10, "{}", proxy.accepted());
    assert!(world.recover().is_clean());
    assert_eq!(world.prepared(), 0);
}

/// A coordinator that stands still between its decision and its commit is waited for, and the branches of others are finished meanwhile.
///
/// Covers REC-10 on PostgreSQL with a home on MariaDB.
#[test]
fn a_decision_that_is_not_committed_yet_keeps_only_its_own_branch() {
    const COUNT: u32 = 8;
    let _watchdog = Watchdog::start("atomic standing still", PATIENCE);
    let many = Server::postgres().setting("max_prepared_transactions", "100");
    let Some(world) = World::on_servers("standing-still", (many, Server::mysql())) else {
        return;
    };
    let group = &GROUPS[MARIA_PG];
    let outcome = world.run(group, writes_all(group, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    leave_prepared(&world, group, COUNT);
    let mut standing = world.db.engines[MARIA].pool.acquire().unwrap();
    let decided = standing.protocol(|it| {
        it.batch("BEGIN")?;
        it.batch(&format!(
            "INSERT INTO _bindery_decisions VALUES ('bnd1:lost.maria:k1-3', 'C', 'lost.maria', '{}.pg.0', 4102444800000)",
            group.name
        ))
    });
    decided.expect("it is the first");
    let report = world.recover();
    let number_of = |fate| fates(&report).iter().filter(|it| it.1 == fate).count();
    let half = COUNT as usize / 2;
    assert_eq!(number_of(BranchState::Committed), half, "{report:?}");
    assert_eq!(number_of(BranchState::RolledBack), half - 1, "{report:?}");
    assert_eq!(number_of(BranchState::HomeUnreachable), 1, "{report:?}");
    assert!(report.unreachable.is_empty(), "{report:?}");
    standing
        .protocol(|it| it.batch("COMMIT"))
        .expect("it goes on");
    assert_eq!(fates(&world.recover()), [("pg", BranchState::Committed)]);
    assert_eq!(world.prepared(), 0);
}

/// Covers REC-10 on PostgreSQL: listed and finished. The time of each is printed.
/// In full: 100,000 branches in doubt.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn a_thousand_branches_in_doubt_are_listed_and_finished() {
    let is_full = is_full_run();
    let count = if is_full { 100_000 } else { 1_000 };
    let patience = if is_full { 6 * PATIENCE } else { PATIENCE };
    let _watchdog = Watchdog::start("atomic thousand", patience);
    let slots = (count + 100).to_string();
    // The usual number of locks for each prepared transaction would take gigabytes.
    let many = Server::postgres()
        .setting("max_prepared_transactions", &slots)
        .setting("max_locks_per_transaction", "10");
    let Some(world) = World::on_servers("thousand", (many, Server::mysql())) else {
        return;
    };
    let group = &GROUPS[FILE_PG];
    let outcome = world.run(group, writes_all(group, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let half = count / 2;
    leave_prepared(&world, group, u32::try_from(count).expect("few"));
    let number_of = |report: &RecoveryReport, fate: BranchState| {
        let alike = report.branches.iter().filter(|it| it.fate == fate);
        alike.count()
    };
    let dry = RecoverOptions::new().older_than(Duration::ZERO).dry_run();
    let begun = Instant::now();
    let listed = world.db.recover_groups(GROUPS, &dry);
    println!("{count} branches: listed in {:?}", begun.elapsed());
    assert_eq!(number_of(&listed, BranchState::WillCommit), half);
    assert_eq!(number_of(&listed, BranchState::WillRollBack), half);
    let begun = Instant::now();
    let finished = world.recover();
    println!("{count} branches: finished in {:?}", begun.elapsed());
    assert_eq!(number_of(&finished, BranchState::Committed), half);
    assert_eq!(number_of(&finished, BranchState::RolledBack), half);
    assert_eq!(world.prepared(), 0);
    assert_eq!(
        world.number(PG, "SELECT count(*) FROM t WHERE id >= 1000000"),
        half as u64
    );
    assert!(world.recover().is_clean());
}
