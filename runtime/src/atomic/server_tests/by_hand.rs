//! Branches that a person has ended, and very many of them.

use super::*;

const PG_PG: usize = 2;
const FILE_PG: usize = 4;

fn writes_all<'g>(group: &'g AtomicGroup, id: u32) -> impl FnOnce(&mut Tx) -> Result<()> + 'g {
    move |tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id))
}

fn fates(report: &RecoveryReport) -> Vec<(&'static str, Fate)> {
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
    assert_eq!(first, [("pg", Fate::Committed), ("pg", Fate::Mixed)]);
    assert_eq!(world.found(group, left), [true, false]);
    assert_eq!(world.found(group, recovered), [true, true]);
    let dry = RecoverOptions::new().dry_run();
    for _ in 0..2 {
        let report = world.db.recover_groups(GROUPS, &dry);
        assert_eq!(fates(&report), [("pg", Fate::Mixed)]);
        assert_eq!(report.branches[0].group, group.name);
        assert!(!world.recover().is_clean());
    }
    world.forget();
    assert_eq!(world.decisions(FILE), 1, "it stays");
    assert_eq!(fates(&world.recover()), [("pg", Fate::Mixed)]);
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
                matches!(fates[..], [(_, Fate::Forbidden)]),
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

/// As a lost program leaves them: every other one decided.
fn leave_prepared(world: &World, count: u32) {
    let mut script = String::new();
    let mut decided = Vec::new();
    for number in 0..count {
        let id = 1_000_000 + number;
        let transaction = format!("bnd1:lost.file:k1-{number}");
        script += &format!(
            "BEGIN; INSERT INTO t (id) VALUES ({id}); PREPARE TRANSACTION '{transaction}:file_pg.pg.0';\n"
        );
        decided.extend(number.is_multiple_of(2).then_some(transaction));
    }
    let database = &world.databases[PG - 1];
    database.run_script(&script).expect("they are prepared");
    let known = "INSERT INTO _bindery_coordinators VALUES ('lost.file', 0)";
    world.on(FILE, |it| {
        it.batch("BEGIN")?;
        it.batch(known)?;
        for transaction in decided {
            it.batch(&format!(
                "INSERT INTO _bindery_decisions VALUES ('{transaction}', 'C', 'lost.file', 'file_pg.pg.0', 4102444800000)"
            ))?;
        }
        it.batch("COMMIT")
    });
}

/// Covers REC-10 on PostgreSQL: as many as a server of this kind has, listed and finished.
#[test]
fn a_thousand_branches_in_doubt_are_listed_and_finished() {
    const COUNT: u32 = 1_000;
    let _watchdog = Watchdog::start("atomic thousand", PATIENCE);
    let many = Server::postgres().setting("max_prepared_transactions", "1100");
    let Some(world) = World::on_servers("thousand", (many, Server::mysql())) else {
        return;
    };
    let group = &GROUPS[FILE_PG];
    let outcome = world.run(group, writes_all(group, world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    leave_prepared(&world, COUNT);
    let half = COUNT as usize / 2;
    let number_of = |report: &RecoveryReport, fate: Fate| {
        let alike = report.branches.iter().filter(|it| it.fate == fate);
        alike.count()
    };
    let dry = RecoverOptions::new().older_than(Duration::ZERO).dry_run();
    let listed = world.db.recover_groups(GROUPS, &dry);
    assert_eq!(number_of(&listed, Fate::WillCommit), half);
    assert_eq!(number_of(&listed, Fate::WillRollBack), half);
    let finished = world.recover();
    assert_eq!(number_of(&finished, Fate::Committed), half);
    assert_eq!(number_of(&finished, Fate::RolledBack), half);
    assert_eq!(world.prepared(), 0);
    assert_eq!(
        world.number(PG, "SELECT count(*) FROM t WHERE id >= 1000000"),
        500
    );
    assert!(world.recover().is_clean());
}
