//! Processes that are killed in every step and between them, and what becomes of their sagas.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::{Command, Stdio};

use super::super::failpoint;
use super::*;

/// The engine of the log, the other, the first saga and the step that fails, then the databases: one to a line.
const CHILD: &str = "BINDERY_TEST_SAGA_CHILD";

/// The process goes on with the next saga until it is killed.
const ENDLESS: &str = "BINDERY_TEST_SAGA_ENDLESS";

/// How many processes are killed at random, and with which seed: `cargo xtask saga`.
const RUNS: &str = "BINDERY_TEST_SAGA_RUNS";
const SEED: &str = "BINDERY_TEST_SAGA_SEED";
const SHARE: u64 = 18;

const POINTS: [&str; 4] = ["began", "worked", "recorded", "committed"];

/// A process that is killed; nothing in a run of all tests.
#[test]
fn child() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let lines: Vec<_> = wanted.lines().map(str::to_owned).collect();
    let at = |line: usize| At(lines[line].parse().unwrap());
    let first: u64 = lines[2].parse().unwrap();
    let db = open(&lines[4..]);
    let saga = saga(at(0), at(1), &Diary::default());
    if std::env::var_os(ENDLESS).is_some() {
        run_until_killed(&db, &saga, first);
    }
    let fails = Some(lines[3].clone()).filter(|step| !step.is_empty());
    let outcome = saga.run(
        &db,
        &first.to_string(),
        Plan {
            number: first,
            fails,
        },
    );
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// Every third saga fails.
fn plan(number: u64) -> Plan {
    let steps = ["two", "three", "four"];
    match number % 3 {
        0 => Plan::failing(number, steps[usize::try_from(number / 3 % 3).unwrap()]),
        _ => Plan::new(number),
    }
}

/// Says of each saga that it is over, once that is known.
#[expect(
    clippy::print_stdout,
    reason = "the test that started this process reads it"
)]
fn run_until_killed(db: &Registry, saga: &Saga<Plan, u64>, first: u64) -> ! {
    for number in first.. {
        let outcome = saga.run(db, &number.to_string(), plan(number)).unwrap();
        println!("over {number} {}", outcome.is_completed());
    }
    unreachable!("it is killed before")
}

impl World {
    fn child(&self, (log, other): (At, At), number: u64, fails: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("the path of the test"));
        let urls = self.urls.join("\n");
        command
            .args(["saga::server_tests::kills::child", "--exact", "--nocapture"])
            .env(
                CHILD,
                format!("{}\n{}\n{number}\n{fails}\n{urls}", log.0, other.0),
            )
            .stderr(Stdio::null());
        command
    }

    /// Goes on with everything that is not over, as a worker would when the time of the lost process has passed.
    fn resume(&self, (log, other): (At, At)) {
        let saga = saga(log, other, &Diary::default());
        let worker = Worker::new(&self.db).saga(&saga);
        let is_open = "state IN ('running', 'compensating', 'pending')";
        let expire = format!("UPDATE _bindery_sagas SET due_ms = 0 WHERE {is_open}");
        for _ in 0..200 {
            self.sql(log, &expire);
            if worker.run_pending().unwrap() == 0 {
                return;
            }
        }
        panic!("{:?}", summary(&self.db));
    }

    /// The outcome of a saga. A server may still be at the last statement of a client that is gone, and be done with it only after
    /// everything else was resumed.
    fn outcome(&self, pair: (At, At), number: u64) -> Option<SagaOutcome<u64>> {
        let saga = saga(pair.0, pair.1, &Diary::default());
        for _ in 0..20 {
            match saga.outcome(&self.db, &number.to_string()).unwrap()? {
                SagaOutcome::Running { .. } => self.resume(pair),
                over => return Some(over),
            }
        }
        panic!("{:?}", summary(&self.db));
    }
}

/// Covers SAGA-1.
#[test]
fn saga_04_a_process_that_is_killed_in_any_step_leaves_all_or_nothing() {
    let _watchdog = Watchdog::start("saga kills", PATIENCE);
    let Some(world) = World::start("kills") else {
        return;
    };
    let forward = (0..4).map(|step| ("forward", step, ""));
    let back = (0..3).map(|step| ("back", step, "four"));
    let places: Vec<_> = forward.chain(back).collect();
    for pair in PAIRS {
        for (way, step, fails) in &places {
            for point in POINTS {
                let number = world.next();
                let point = format!("{point}:{way}:{step}");
                let status = world
                    .child(pair, number, fails)
                    .env(failpoint::VARIABLE, &point)
                    .stdout(Stdio::null())
                    .status()
                    .expect("the test runs");
                assert_eq!(status.code(), None, "{pair:?} {point}: it was killed");
                world.resume(pair);
                let all = if fails.is_empty() {
                    all_once()
                } else {
                    Vec::new()
                };
                assert_eq!(world.stored(number), all, "{pair:?} {point}");
                let outcome = world.outcome(pair, number).expect("it was begun");
                assert_eq!(
                    outcome.is_completed(),
                    fails.is_empty(),
                    "{pair:?} {point}: {outcome:?}"
                );
            }
        }
    }
}

/// Covers SAGA-1, SAGA-3.
#[test]
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn saga_04_processes_that_are_killed_at_random_leave_nothing_half_done() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (runs, seed): (u64, u64) = (number(RUNS).unwrap_or(SHARE), number(SEED).unwrap_or(1));
    let _watchdog = Watchdog::start("saga random", PATIENCE.max(Duration::from_secs(runs * 4)));
    let Some(world) = World::start("random") else {
        return;
    };
    let (mut state, mut told, mut found) = (seed, 0, [0, 0]);
    for run in 0..runs {
        // Knuth's multiplier; any spread will do.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let pair = PAIRS[usize::try_from(run).unwrap() % PAIRS.len()];
        let first = 1_000_000 + run * 10_000;
        let mut child = world
            .child(pair, first, "")
            .env(ENDLESS, "1")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the test runs");
        std::thread::sleep(Duration::from_micros(60_000 + (state >> 33) % 150_000));
        child.kill().expect("it runs until then");
        child.wait().expect("it is gone");
        let mut said = String::new();
        child
            .stdout
            .take()
            .expect("it is piped")
            .read_to_string(&mut said)
            .expect("it is text");
        let said: BTreeMap<u64, bool> = said.lines().filter_map(over).collect();
        world.resume(pair);
        for number in first.. {
            let Some(outcome) = world.outcome(pair, number) else {
                assert!(!said.contains_key(&number));
                break;
            };
            let is_completed = outcome.is_completed();
            let place = format!("seed {seed}, run {run}, {pair:?}, saga {number}");
            assert_eq!(
                is_completed,
                plan(number).fails.is_none(),
                "{place}: {outcome:?}"
            );
            assert!(
                said.get(&number).is_none_or(|said| *said == is_completed),
                "{place}"
            );
            let all = if is_completed { all_once() } else { Vec::new() };
            assert_eq!(world.stored(number), all, "{place}");
            found[usize::from(is_completed)] += 1;
        }
        told += said.len();
    }
    let [undone, completed] = found;
    println!(
        "{runs} processes killed with seed {seed}: {completed} sagas completed, {undone} compensated, {told} of them told, none half done"
    );
}

fn over(line: &str) -> Option<(u64, bool)> {
    let (number, is_completed) = line.strip_prefix("over ")?.split_once(' ')?;
    Some((number.parse().ok()?, is_completed.parse().ok()?))
}
