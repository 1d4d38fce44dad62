//! Processes that are killed at every step of the commit, or at any moment, and the recovery after each.
//!
//! A process that is killed at random says that it begins, or that its first transaction is over, and is killed a random number of
//! microseconds after that. SIGKILL takes effect wherever the process is then: within a system call, before or after it. That needs
//! neither a tracer nor a library that is loaded before others, which containers may forbid and which change when things happen.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use bindery_testkit::Shutdown;

use super::*;

/// The engines, one to a line, the group and the row, for a process that is to be killed.
const CHILD: &str = "BINDERY_TEST_ATOMIC_CHILD";

/// The process goes on until it is killed: with rows from its first one on, with rows after its first one, or with recovery.
const ENDLESS: &str = "BINDERY_TEST_ATOMIC_ENDLESS";
const FIRST_ROWS: &str = "first rows";
const ROWS: &str = "rows";
const RECOVERY: &str = "recovery";
/// The line of such a process before it begins.
const BEGINS: &str = "begins";

/// How many processes are killed at random, and with which seed: `cargo xtask split`.
const RUNS: &str = "BINDERY_TEST_SPLIT_RUNS";
const SEED: &str = "BINDERY_TEST_SPLIT_SEED";
/// Worlds that share the runs, each with servers of its own and the next seed.
const JOBS: &str = "BINDERY_TEST_SPLIT_JOBS";
const SHARE: u64 = 16;
/// More than a process commits before it is killed.
const MOST_ROWS: u32 = 20_000;

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
    let id: u32 = id.parse().unwrap();
    match std::env::var(ENDLESS).as_deref() {
        Ok(FIRST_ROWS) => {
            begins();
            commit_until_killed(&db, group, id);
        }
        Ok(ROWS) => commit_until_killed(&db, group, id),
        Ok(_) => recover_until_killed(&db),
        Err(_) => {}
    }
    let outcome = db.run_atomic(group, AtomicOptions::new(), |tx: &mut Tx| {
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))
    });
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
}

impl World {
    /// Runs a commit in another process, which is killed there.
    pub(super) fn killed(&self, group: &AtomicGroup, id: u32, point: &str) {
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

impl World {
    /// A look before recovery.
    #[expect(clippy::print_stdout, reason = "read with `--nocapture`")]
    fn tell_what_is_left(&self, group: &AtomicGroup, point: &str) {
        let options = RecoverOptions::new().older_than(Duration::ZERO).dry_run();
        println!("{} killed {point}:", group.name);
        for branch in self.db.recover_groups(GROUPS, &options).branches {
            println!(
                "  {} {}: {}",
                branch.transaction, branch.engine, branch.fate
            );
        }
    }
}

/// Covers 2PC-1, REC-1, REC-2, REC-6.
#[test]
fn atom_03_a_process_that_is_killed_at_any_step_leaves_all_or_nothing() {
    killed_at_every_step("steps", |group| !group.engines.contains(&FILE));
}

/// Covers 2PC-1, REC-1, REC-2 on SQLite: a file with PostgreSQL, with MariaDB, and with both.
#[test]
fn atom_06_a_file_and_servers_are_all_or_nothing_wherever_the_process_is_killed() {
    killed_at_every_step("file-steps", |group| group.engines.contains(&FILE));
}

fn killed_at_every_step(name: &str, is_meant: fn(&AtomicGroup) -> bool) {
    let _watchdog = Watchdog::start("atomic kills", PATIENCE);
    let Some(world) = World::start(name) else {
        return;
    };
    for group in GROUPS.iter().filter(|group| is_meant(group)) {
        for (point, is_committed) in POINTS {
            world.killed_at(group, point, is_committed);
        }
    }
}

impl World {
    /// Kills a process there, recovers twice at once and once again, and looks for what is stored and what is left.
    fn killed_at(&self, group: &AtomicGroup, point: &str, is_committed: bool) {
        let id = self.next();
        self.killed(group, id, point);
        self.tell_what_is_left(group, point);
        let at_once = std::thread::scope(|scope| {
            let other = scope.spawn(|| self.recover());
            (self.recover(), other.join().unwrap())
        });
        let again = self.recover();
        assert!(
            again.branches.is_empty(),
            "{} {point}: {at_once:?} then {again:?}",
            group.name
        );
        let found = self.found(group, id);
        let all = vec![is_committed; group.engines.len()];
        assert_eq!(found, all, "{} {point}", group.name);
        assert_eq!(self.prepared(), 0, "{} {point}", group.name);
    }
}

/// The part that is killed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Victim {
    Process,
    Postgres,
    Mysql,
}

impl Victim {
    /// A server of the group in some runs.
    fn of(run: u64, group: &AtomicGroup) -> Self {
        let has = |engines: [usize; 2]| engines.iter().any(|at| group.engines.contains(at));
        match run % 16 {
            3 if has([PG, OTHER_PG]) => Self::Postgres,
            6 | 12 if has([MARIA, OTHER_MARIA]) => Self::Mysql,
            6 | 12 if has([PG, OTHER_PG]) => Self::Postgres,
            _ => Self::Process,
        }
    }
}

/// The line that the test that started this process waits for; a second one means nothing.
#[expect(
    clippy::print_stdout,
    reason = "the test that started this process reads it"
)]
fn begins() {
    println!("{BEGINS}");
}

/// Says of each row that it is stored, once that is known.
#[expect(
    clippy::print_stdout,
    reason = "the test that started this process reads it"
)]
fn commit_until_killed(db: &Registry, group: &'static AtomicGroup, first: u32) -> ! {
    for id in first.. {
        let outcome = db.run_atomic(group, AtomicOptions::new(), |tx: &mut Tx| {
            group.engines.iter().try_for_each(|at| tx.insert(*at, id))
        });
        if id == first {
            begins();
        }
        if outcome.is_committed() {
            println!("stored {id}");
        } else {
            // A server that is down refuses at once: the numbers of a run are not to run out meanwhile.
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    unreachable!("it is killed before")
}

fn recover_until_killed(db: &Registry) -> ! {
    begins();
    let options = RecoverOptions::new().older_than(Duration::ZERO);
    loop {
        let _ = db.recover_groups(GROUPS, &options);
    }
}

/// A process of this test that goes on until it is killed.
pub(super) struct Endless {
    process: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Endless {
    /// Starts a test of this program and waits for its line.
    pub(super) fn start(test: &str, variables: &[(&str, &str)]) -> Self {
        let itself = std::env::current_exe().expect("the path of the test");
        let mut process = Command::new(itself)
            .args([test, "--exact", "--nocapture"])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the test runs");
        let mut out = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut line = String::new();
        while line.trim_end() != BEGINS {
            line.clear();
            let read = out.read_line(&mut line).expect("it is text");
            assert!(read > 0, "{test} ends before it begins");
        }
        Self { process, out }
    }

    /// Kills it; gives what it has written.
    pub(super) fn kill(mut self) -> String {
        self.process.kill().expect("it runs until then");
        self.process.wait().expect("it is gone");
        let mut said = String::new();
        self.out.read_to_string(&mut said).expect("it is text");
        said
    }
}

/// Numbers that another seed makes others.
pub(super) struct Random(pub(super) u64);

impl Random {
    /// Less than this.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        // Knuth's multiplier; any spread will do.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    pub(super) fn micros(&mut self, end: u64) -> Duration {
        Duration::from_micros(self.below(end))
    }
}

impl World {
    fn endless(&self, group: &AtomicGroup, first: u32, kind: &str) -> Endless {
        let wanted = format!("{}\n{first}\n{}", group.name, self.urls.join("\n"));
        let variables = [(CHILD, wanted.as_str()), (ENDLESS, kind)];
        Endless::start("atomic::server_tests::kills::child", &variables)
    }

    /// Kills a process that commits row after row, or a server under it before that, and perhaps the recovery that follows; gives
    /// the rows that the process was answered are stored.
    fn killed_at_random(
        &self,
        group: &AtomicGroup,
        (first, random): (u32, &mut Random),
        victim: Victim,
    ) -> BTreeSet<u64> {
        // The first transaction opens connections and makes tables, so it takes longer.
        let (kind, most) = match random.below(4) {
            0 => (FIRST_ROWS, 400_000),
            _ => (ROWS, 100_000),
        };
        let process = self.endless(group, first, kind);
        std::thread::sleep(random.micros(most));
        self.crash(victim);
        let said = process.kill();
        if random.below(4) == 0 {
            let recovery = self.endless(group, first, RECOVERY);
            std::thread::sleep(random.micros(30_000));
            recovery.kill();
        }
        let stored = said.lines().filter_map(|line| line.strip_prefix("stored "));
        stored.map(|id| id.parse().expect("a number")).collect()
    }

    /// Recovers until nothing is prepared; gives the number of branches that were finished. A server may still be at the prepare of
    /// a client that is gone, and is done with it only after recovery has looked.
    pub(super) fn settled(&self, seed: u64, run: u64) -> usize {
        let mut finished = 0;
        for _ in 0..100 {
            let recovered = self.recover();
            finished += recovered.branches.len() - recovered.in_doubt().count();
            if recovered.is_clean() && self.prepared() == 0 {
                return finished;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("seed {seed}, run {run}: {:?}", self.recover());
    }

    /// Crashes a server and starts it again; the process goes on meanwhile, and for a moment after that.
    pub(super) fn crash(&self, victim: Victim) {
        let server = match victim {
            Victim::Process => return,
            Victim::Postgres => &self.servers.0,
            Victim::Mysql => &self.servers.1,
        };
        let mut server = server.lock().expect("no test has failed with it");
        server.go_down(Shutdown::Crash);
        server.come_back().expect("it comes back");
        std::thread::sleep(Duration::from_millis(50));
    }

    /// The rows of an engine from this one on, those of one run.
    fn rows_from(&self, at: usize, first: u32) -> BTreeSet<u64> {
        let (mut found, end) = (BTreeSet::new(), first + MOST_ROWS);
        self.on(at, |physical| {
            let sql = format!("SELECT id FROM t WHERE id >= {first} AND id < {end}");
            physical.query(&sql, &mut |_| (), &mut |row| {
                found.insert(u64::from(row.next::<i32>()?.unsigned_abs()));
                Ok(true)
            })
        });
        found
    }
}

/// A number of the environment.
pub(super) fn number_of(variable: &str, otherwise: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Counts of the runs so far.
#[derive(Default)]
struct Counts {
    crashes: usize,
    stored: usize,
    told: usize,
    finished: usize,
}

impl Counts {
    /// Also in the middle of a run that is too long for an evening.
    #[expect(clippy::print_stdout, reason = "the summary of a long run")]
    fn print(&self, runs: u64, seed: u64) {
        let Self {
            crashes,
            stored,
            told,
            finished,
        } = self;
        println!(
            "{runs} processes killed with seed {seed}, and {crashes} servers under them: {stored} transactions stored, {told} of them told, {finished} branches recovered"
        );
    }
}

/// After this number of runs the counts are printed.
const PRINTED: u64 = 100;

/// Covers 2PC-1, REC-1: I1 to I3 and I6 hold wherever a process is killed.
#[test]
fn atom_03_processes_that_are_killed_at_random_never_split() {
    let (runs, seed, jobs) = (
        number_of(RUNS, SHARE),
        number_of(SEED, 1),
        number_of(JOBS, 1),
    );
    let limit = PATIENCE.max(Duration::from_secs(runs * 30));
    let _watchdog = Watchdog::start("atomic random kills", limit);
    std::thread::scope(|scope| {
        for job in 0..jobs {
            let share = runs / jobs + u64::from(job < runs % jobs);
            scope.spawn(move || kill_at_random(share, seed + job));
        }
    });
}

fn kill_at_random(runs: u64, seed: u64) {
    let Some(mut world) = World::start(&format!("random-{seed}")) else {
        return;
    };
    let (mut random, mut counts) = (Random(seed), Counts::default());
    for run in 0..runs {
        let group = &GROUPS[usize::try_from(run).expect("it is small") % GROUPS.len()];
        let first = 1_000 + u32::try_from(run).expect("it is small") * MOST_ROWS;
        let victim = Victim::of(run, group);
        let stored = world.killed_at_random(group, (first, &mut random), victim);
        if victim != Victim::Process {
            counts.crashes += 1;
            // Connections of before are lost.
            world.db = open(&world.urls);
        }
        counts.finished += world.settled(seed, run);
        let rows: Vec<_> = group
            .engines
            .iter()
            .map(|at| world.rows_from(*at, first))
            .collect();
        assert!(
            rows.iter().all(|other| *other == rows[0]),
            "seed {seed}, run {run}, {}: {rows:?}",
            group.name
        );
        assert!(
            stored.is_subset(&rows[0]),
            "seed {seed}, run {run}: told {stored:?}, found {rows:?}"
        );
        counts.told += stored.len();
        counts.stored += rows[0].len();
        if (run + 1) % PRINTED == 0 {
            counts.print(run + 1, seed);
        }
    }
    counts.print(runs, seed);
}
