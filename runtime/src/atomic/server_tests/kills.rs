//! Processes that are killed at every step of the commit, and the recovery after each.

use std::process::{Command, Stdio};

use super::*;

/// The engines, one to a line, the group and the row, for a process that is to be killed.
const CHILD: &str = "BINDERY_TEST_ATOMIC_CHILD";

/// Where a process is killed, and whether the transaction is committed then.
const POINTS: [(&str, bool); 8] = [
    ("before:Prepare", false),
    ("after:Prepare", false),
    ("before:InsertDecision", false),
    ("after:InsertDecision", false),
    ("before:CommitHome", false),
    ("after:CommitHome", true),
    ("before:CommitPrepared", true),
    ("after:CommitPrepared", true),
];

/// A process that is killed in its commit; nothing in a run of all tests.
#[test]
fn child() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let mut lines = wanted.lines().map(str::to_owned);
    let (group, id) = (lines.next().unwrap(), lines.next().unwrap());
    let db = open(&lines.collect::<Vec<_>>());
    let group = GROUPS.iter().find(|one| one.name == group).unwrap();
    let id = id.parse().unwrap();
    let outcome = db.run_atomic(group, AtomicOptions::new(), |tx: &mut Tx| {
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))
    });
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
}

impl World {
    /// Runs a commit in another process, which is killed there.
    fn killed(&self, group: &AtomicGroup, id: u32, point: &str) {
        let itself = std::env::current_exe().expect("the path of the test");
        let urls = self.urls.join("\n");
        let status = Command::new(itself)
            .args(["atomic::server_tests::kills::child", "--exact"])
            .env(CHILD, format!("{}\n{id}\n{urls}", group.name))
            .env("BINDERY_TEST_ATOMIC_KILL", point)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the test runs");
        assert_eq!(status.code(), None, "{} {point}: it was killed", group.name);
    }
}

/// Covers 2PC-1, REC-1, REC-2.
#[test]
fn atom_03_a_process_that_is_killed_at_any_step_leaves_all_or_nothing() {
    let _watchdog = Watchdog::start("atomic kills", PATIENCE);
    let Some(world) = World::start("kills") else {
        return;
    };
    for group in GROUPS {
        for (point, is_committed) in POINTS {
            let id = world.next();
            world.killed(group, id, point);
            let at_once = std::thread::scope(|scope| {
                let other = scope.spawn(|| world.recover());
                (world.recover(), other.join().unwrap())
            });
            let again = world.recover();
            assert!(
                again.branches.is_empty(),
                "{} {point}: {at_once:?} then {again:?}",
                group.name
            );
            let found = world.found(group, id);
            let all = vec![is_committed; group.engines.len()];
            assert_eq!(found, all, "{} {point}", group.name);
            assert_eq!(world.prepared(), 0, "{} {point}", group.name);
        }
    }
}
