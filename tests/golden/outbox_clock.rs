//! Programs whose clock is wrong by years: the times of tasks and of leases are the server's. (SQLite has the clock of its program.)

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::*;

/// Years, in seconds.
const WRONG: i64 = 315_360_000;

/// Put before the C library of a program.
const SHIFTED: &str = "\
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *time) {
    int failed = syscall(SYS_clock_gettime, clock, time);
    if (!failed && clock == CLOCK_REALTIME) time->tv_sec += SHIFT;
    return failed;
}
";

/// The number of the task within which a program is killed, and of the others that it pushes.
const fn numbers(is_ahead: bool) -> [i64; 3] {
    if is_ahead { [10, 11, 12] } else { [20, 21, 22] }
}

#[cfg(target_os = "linux")]
#[test]
fn out_11_a_program_with_a_wrong_clock_runs_what_is_due_postgres() {
    start("out_11", "default", engine::Default, with_wrong_clocks);
}

#[cfg(target_os = "linux")]
#[test]
fn out_11_a_program_with_a_wrong_clock_runs_what_is_due_mariadb() {
    start("out_11", "m", engine::M, with_wrong_clocks);
}

/// Covers OUT-11 on PostgreSQL, MariaDB.
fn with_wrong_clocks<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..1);
    let play = |is_ahead, word| {
        let library = shifted(world._folder.path(), is_ahead);
        let scene = format!("{} {word}", engine.name());
        let clock = [("LD_PRELOAD", library.as_path())];
        assert!(kills::play_with(world, &scene, &clock));
    };
    // A program that is killed may not have written down yet that it has run the tasks before.
    let run = || {
        let worker = world.db.worker_on(engine);
        let worker = worker.on::<SendWelcome>(move |task, cx| {
            cx.once(engine, |tx| {
                tx.effects().insert(NewEffect::new(task.number))
            })?;
            Ok(())
        });
        worker.run_until_idle().unwrap();
    };
    let [lost_ahead, due_ahead, _] = numbers(true);
    play(true, "ahead");
    assert_eq!(effects(world, engine), [0, due_ahead]);
    // A lease of half a second expires; one of an hour, which the clock of its program says is over, does not. The first is waited for, as the
    // second program might claim its task, too, and be killed before it runs that.
    while !effects(world, engine).contains(&lost_ahead) {
        run();
        std::thread::sleep(Duration::from_millis(50));
    }
    let [lost_behind, due_behind, _] = numbers(false);
    play(false, "behind");
    assert_eq!(
        effects(world, engine),
        [0, due_ahead, lost_ahead, due_behind]
    );
    run();
    assert!(!effects(world, engine).contains(&lost_behind));
    let left = TaskQueue::new(&world.db, engine).summary().unwrap();
    assert_eq!(left.pending, 2, "those of the next hour");
    assert!(left.running >= 1, "{left:?}");
    let waiting = records(world, engine, &TaskFilter::all());
    let waiting = waiting
        .iter()
        .filter(|one| one.status == TaskStatus::Scheduled);
    for task in waiting {
        let until = task.due_at.duration_since(SystemTime::now());
        let until = until.expect("it is not due");
        assert!(until <= Duration::from_hours(1), "{task:?}");
        assert!(until > Duration::from_mins(30), "{task:?}");
    }
}

/// Compiles the library.
fn shifted(folder: &Path, is_ahead: bool) -> PathBuf {
    let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
    std::fs::write(&source, SHIFTED).expect("it can be written");
    let shift = if is_ahead { WRONG } else { -WRONG };
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", &format!("-DSHIFT=({shift}L)"), "-o"])
        .args([&library, &source])
        .status();
    assert!(compiled.expect("there is a compiler").success());
    library
}

/// The program: pushes a task that is due, one for the next hour, and one within which it is killed.
pub(super) fn with_wrong_clock<E: Tested>(db: &Databases, engine: E, is_ahead: bool) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.expect("it is after 1970").as_secs();
    assert_eq!(now > 2_000_000_000, is_ahead, "the clock is wrong");
    let [lost, due, later] = numbers(is_ahead);
    let mut connection = db.connect(engine).unwrap();
    let mut push = |number, options| {
        let task = SendWelcome { number };
        connection.tasks().push_with(task, options).unwrap();
    };
    push(due, TaskOptions::new());
    push(later, TaskOptions::new().delay(Duration::from_hours(1)));
    push(lost, TaskOptions::new().priority(5));
    let lease = match is_ahead {
        true => Duration::from_millis(500),
        false => Duration::from_hours(1),
    };
    let worker = db.worker_on(engine).threads(1).lease(lease);
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        if task.number == lost {
            kills::kill_this()?;
        }
        cx.once(engine, |tx| {
            tx.effects().insert(NewEffect::new(task.number))
        })?;
        Ok(())
    });
    worker.run_until_idle().unwrap();
}
