//! A program that runs workers: its options, and its end by a signal.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use bindery::outbox::WorkArgs;

use super::*;

/// The URLs and the options of a process that runs workers, one to a line.
const WORK: &str = "BINDERY_TEST_OUTBOX_WORK";

#[expect(clippy::print_stdout, reason = "read by the other process")]
fn program(db: &Databases) -> [Worker<Databases>; 2] {
    let slow = |number: i64| {
        println!("begun {number}");
        std::thread::sleep(Duration::from_secs(3));
    };
    let lite = db
        .worker_on(engine::Lite)
        .on::<SendWelcome>(move |task, cx| {
            slow(task.number);
            Ok(effect(cx.db(), engine::Lite, task.number)?)
        });
    let lite = lite.on::<Other>(|_, _| Ok(()));
    [
        lite,
        db.worker_on(engine::Default).on::<Other>(|_, _| Ok(())),
    ]
}

/// A process that runs workers; nothing in a run of all tests.
#[test]
#[expect(clippy::print_stdout, reason = "read by the other process")]
fn program_of_workers() {
    let Ok(wanted) = std::env::var(WORK) else {
        return;
    };
    let (options, urls) = wanted.split_once('\n').unwrap();
    let db = open(urls.lines().map(|line| line.split_once(' ').unwrap()));
    let args = WorkArgs::parse(options.split(' ')).unwrap();
    let reports = args.run(program(&db)).unwrap();
    println!("ended {reports:?}");
}

fn start_program(world: &World, options: &str) -> std::process::Child {
    let urls: Vec<String> = world
        .urls
        .iter()
        .map(|(name, url)| format!("{name} {url}"))
        .collect();
    Command::new(std::env::current_exe().expect("the path of the test"))
        .args([
            "outbox_at_work::work::program_of_workers",
            "--exact",
            "--nocapture",
        ])
        .env(WORK, format!("{options}\n{}", urls.join("\n")))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the test runs")
}

fn stops_at(signal: &str) {
    let world = world(&["lite"]).expect("it needs no server");
    push(&world, engine::Lite, 0..5);
    let mut child = start_program(&world, "--engine lite --threads 2");
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut begun = || {
        lines
            .find(|line| line.contains("begun "))
            .expect("a handler began")
    };
    begun();
    begun();
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let ended = lines
        .find(|line| line.starts_with("ended "))
        .expect("it ended by itself");
    assert!(child.wait().unwrap().success());
    assert!(
        ended.contains("completed: 2") && ended.contains("abandoned: 0"),
        "{ended}"
    );
    let left = TaskQueue::new(&world.db, engine::Lite).summary().unwrap();
    let completed = completed(&world, engine::Lite);
    assert_eq!((left.pending, left.running, completed), (3, 0, 2));
    assert_eq!(effects(&world, engine::Lite).len(), 2);
}

#[test]
fn a_program_of_workers_ends_its_handlers_at_sigterm() {
    let _watchdog = Watchdog::start("sigterm", Duration::from_secs(120));
    stops_at("-TERM");
}

#[test]
fn a_program_of_workers_ends_its_handlers_at_sigint() {
    let _watchdog = Watchdog::start("sigint", Duration::from_secs(120));
    stops_at("-INT");
}

#[test]
fn options_choose_engines_types_and_the_end() {
    let _watchdog = Watchdog::start("options_of_workers", Duration::from_secs(120));
    let world = world(&["lite"]).expect("it needs no server");
    let mut connection = world.db.connect(engine::Lite).unwrap();
    for number in 0..3 {
        connection.tasks().push(Other { number }).unwrap();
        connection.tasks().push(SendWelcome { number }).unwrap();
    }
    drop(connection);
    let run = |options: &str| {
        let args = WorkArgs::parse(options.split(' ')).unwrap();
        args.run(program(&world.db))
    };
    let completed = |options: &str| run(options).unwrap()[0].1.completed;
    assert_eq!(completed("--engine lite --type Other --batch 2 --once"), 2);
    assert_eq!(completed("--engine=lite --type=Other --drain"), 1);
    assert_eq!(completed("--engine lite --threads 3 --drain"), 3);
    let refused = |options: &str| run(options).unwrap_err().to_string();
    let error = refused("--engine lito --drain");
    assert!(
        error.contains("has the engine `lito`: it has lite, default"),
        "{error}"
    );
    let error = refused("--type nothing --drain");
    assert!(error.contains("has the task type `nothing`"), "{error}");
}
