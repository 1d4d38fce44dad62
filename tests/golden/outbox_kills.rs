//! Processes that are killed between the commit on the target and the end of their task, and by a task.

use std::path::Path;
use std::process::{Command, Stdio};

use super::*;

/// The scene of a process that is killed, and the URLs of its engines, one to a line.
const CHILD: &str = "BINDERY_TEST_OUTBOX_CHILD";

/// The task that ends its process.
const POISON: i64 = 13;

on_each! {
    out_02_a_task_that_ends_its_process_fails_and_no_other_with_it = ends_its_process;
}

/// Covers OUT-1, OUT-3.
///
/// The pairs of engines: that of the tasks, and that of the effects.
fn to_target<S: Tested, T: Tested>(world: &World, (source, target): (S, T)) {
    push(world, source, 7..8);
    let is_killed = play(world, &format!("{} {}", source.name(), target.name()));
    assert!(is_killed);
    assert_eq!(effects(world, target), [7]);
    let left = TaskQueue::new(&world.db, source).summary().unwrap();
    assert_eq!((left.running, completed(world, source)), (1, 0));

    let runs = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&runs);
    let worker = world
        .db
        .worker_on(source)
        .longest_poll(Duration::from_millis(50));
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        count.fetch_add(1, Ordering::Relaxed);
        once(cx, target, task.number)
    });
    let running = worker.start().unwrap();
    while completed(world, source) < 1 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(running.stop().unwrap().completed, 1);
    assert_eq!(runs.load(Ordering::Relaxed), 1, "it was run again");
    assert_eq!(effects(world, target), [7], "and had no second effect");
    let day = Duration::from_hours(24);
    assert_eq!(
        bindery::outbox::prune_inbox(&world.db, target, day).unwrap(),
        0
    );
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(
        bindery::outbox::prune_inbox(&world.db, target, Duration::ZERO).unwrap(),
        1
    );
}

/// Plays a scene in a process of its own; `true` where that was killed.
pub(super) fn play(world: &World, scene: &str) -> bool {
    play_with(world, scene, &[])
}

/// The same with these variables.
pub(super) fn play_with(world: &World, scene: &str, variables: &[(&str, &Path)]) -> bool {
    let itself = std::env::current_exe().expect("the path of the test");
    let urls = world
        .urls
        .iter()
        .map(|(name, url)| format!("\n{name} {url}"));
    let status = Command::new(itself)
        .args(["outbox_at_work::kills::child", "--exact"])
        .env(CHILD, format!("{scene}{}", urls.collect::<String>()))
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the test runs");
    assert!(status.success() || status.code().is_none(), "{status}");
    status.code().is_none()
}

/// Covers OUT-7.
fn ends_its_process<E: Tested>(world: &World, engine: E) {
    const TASKS: i64 = 40;
    let mut connection = world.db.connect(engine).unwrap();
    for number in 0..TASKS {
        let options = TaskOptions::new().max_attempts(3);
        let task = SendWelcome { number };
        connection.tasks().push_with(task, options).unwrap();
    }
    drop(connection);
    let scene = format!("{} poison", engine.name());
    let mut killed = 0;
    while records(world, engine, &TaskFilter::failed()).is_empty() {
        killed += u32::from(play(world, &scene));
        assert!(killed < 20, "it is tried again and again");
    }
    // The leases of the last process that was killed end.
    while completed(world, engine) < TASKS as u64 - 1 {
        let failed = records(world, engine, &TaskFilter::failed()).len();
        assert_eq!(failed, 1, "others fail with it");
        assert!(!play(world, &scene), "it is run although it failed");
    }
    let [failed] = &records(world, engine, &TaskFilter::failed())[..] else {
        panic!("one task failed");
    };
    assert_eq!(failed.retry_count, failed.max_attempts, "{failed:?}");
    let reason = failed.last_error.as_deref();
    assert!(
        reason.is_some_and(|reason| reason.contains("lost")),
        "{reason:?}"
    );
    let all = records(world, engine, &TaskFilter::all());
    let others = all.iter().filter(|one| one.id != failed.id);
    let charged = others.filter(|one| one.retry_count > 0).count();
    assert_eq!(charged, 0, "its losses count as no other's attempts");
    let mut numbers = effects(world, engine);
    numbers.sort_unstable();
    let healthy: Vec<i64> = (0..TASKS).filter(|number| *number != POISON).collect();
    assert_eq!(numbers, healthy);
}

fn poisoned<E: Tested>(db: &Databases, engine: E) {
    // A lease outlives a moment in which a busy machine leaves the process alone.
    let worker = db.worker_on(engine).lease(Duration::from_secs(2));
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        if task.number == POISON {
            kill_this()?;
        }
        // Others are at work when it ends.
        std::thread::sleep(Duration::from_millis(2));
        cx.once(engine, |tx| {
            tx.effects().insert(NewEffect::new(task.number))
        })?;
        Ok(())
    });
    worker.run_until_idle().unwrap();
}

pub(super) fn kill_this() -> std::io::Result<()> {
    let this = std::process::id().to_string();
    Command::new("kill").args(["-9", &this]).status()?;
    std::thread::sleep(Duration::from_secs(60));
    Ok(())
}

fn once<T: Tested>(
    cx: &bindery::outbox::TaskContext<'_, Databases>,
    target: T,
    number: i64,
) -> bindery::outbox::TaskResult {
    cx.once(target, |tx| tx.effects().insert(NewEffect::new(number)))?;
    let again = cx.once(target, |_| Ok(())).unwrap_err();
    assert!(again.to_string().contains("once_named"), "{again}");
    Ok(())
}

/// A process that is killed; nothing in a run of all tests.
#[test]
fn child() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let (pair, urls) = wanted.split_once('\n').unwrap();
    let db = open(urls.lines().map(|line| line.split_once(' ').unwrap()));
    match pair {
        "lite default" => killed(&db, engine::Lite, engine::Default),
        "default m" => killed(&db, engine::Default, engine::M),
        "m lite" => killed(&db, engine::M, engine::Lite),
        "lite poison" => poisoned(&db, engine::Lite),
        "default poison" => poisoned(&db, engine::Default),
        "m poison" => poisoned(&db, engine::M),
        "lite busy" => lost::killed_at_work(&db, engine::Lite),
        "default busy" => lost::killed_at_work(&db, engine::Default),
        "m busy" => lost::killed_at_work(&db, engine::M),
        "default ahead" => clock::with_wrong_clock(&db, engine::Default, true),
        "default behind" => clock::with_wrong_clock(&db, engine::Default, false),
        "m ahead" => clock::with_wrong_clock(&db, engine::M, true),
        "m behind" => clock::with_wrong_clock(&db, engine::M, false),
        _ => panic!("{pair}"),
    }
}

fn killed<S: Tested, T: Tested>(db: &Databases, source: S, target: T) {
    let worker = db.worker_on(source).lease(Duration::from_millis(500));
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        once(cx, target, task.number)?;
        kill_this()?;
        Ok(())
    });
    worker.run_until_idle().unwrap();
}

macro_rules! out_04 {
    ($($name:ident: $source:literal $source_type:ident, $target:literal $target_type:ident;)*) => {$(
        #[test]
        fn $name() {
            let _watchdog = Watchdog::start(stringify!($name), Duration::from_secs(300));
            if let Some(world) = world(&[$source, $target]) {
                to_target(&world, (engine::$source_type, engine::$target_type));
            }
        }
    )*};
}

out_04! {
    out_04_a_worker_killed_after_the_target_commit_sqlite_to_postgres: "lite" Lite, "default" Default;
    out_04_a_worker_killed_after_the_target_commit_postgres_to_mariadb: "default" Default, "m" M;
    out_04_a_worker_killed_after_the_target_commit_mariadb_to_sqlite: "m" M, "lite" Lite;
}
