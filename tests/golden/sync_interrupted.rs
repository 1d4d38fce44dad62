//! Runs that are killed, lose their target, or get no answer to a COMMIT.

use std::process::{Command, Stdio};

use bindery_testkit::{Direction, Fault, FaultProxy};

use super::*;

/// The three engines, one URL to a line, for a process that is to be killed; then the pair and the batch.
const CHILD: &str = "BINDERY_TEST_SYNC_CHILD";

/// A process that is killed in a run; nothing in a run of all tests.
#[test]
fn sync_child() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    fn die<S: Any, T: Any>(db: &Databases, (batch, size): (u64, usize)) {
        let run = job::<S, T>(db).batch_size(size).on_progress(|progress| {
            if progress.batches == batch {
                std::process::abort();
            }
        });
        run.run().expect("it is killed before");
    }
    let lines: Vec<String> = wanted.lines().map(str::to_owned).collect();
    let db = open(&lines).expect("they are configured");
    let (batch, size) = lines[4].split_once(' ').expect("two numbers");
    let batch = (
        batch.parse().expect("a number"),
        size.parse().expect("a number"),
    );
    match lines[3].as_str() {
        "p" => die::<engine::Default, engine::P>(&db, batch),
        "m" => die::<engine::P, engine::M>(&db, batch),
        _ => die::<engine::M, engine::Default>(&db, batch),
    }
}

/// A run that is killed after a batch of this number of rows.
pub(super) fn killed_after(world: &World, target: &str, (batch, size): (u64, usize)) {
    let itself = std::env::current_exe().expect("the path of the test");
    let status = Command::new(itself)
        .args(["sync_at_work::interrupted::sync_child", "--exact"])
        .env(
            CHILD,
            format!("{}\n{target}\n{batch} {size}", world.urls.join("\n")),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the test runs");
    assert_eq!(status.code(), None, "it was killed");
}

fn killed(world: &World, target: &str, batch: u64) {
    killed_after(world, target, (batch, 1_000));
}

/// Covers SYNC-1.
#[test]
fn sync_03_a_run_that_was_killed_is_continued() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..10_500).map(|id| user(id, moment(id))))?;
        let engine = T::default().name();
        killed(world, engine, 4);
        assert_eq!(copies.user_analytics().count()?, 4_000);
        // The last one is stored, and the log does not know.
        killed(world, engine, 7);
        ensure_equal::<S, T>(&world.db)?;
        let third = job::<S, T>(&world.db).run()?;
        assert_eq!((third.run, third.rows.written()), (3, 0), "{third:?}");
        ensure_equal::<S, T>(&world.db)?;
        let log = world.answer(engine, "SELECT status FROM _bindery_sync_runs ORDER BY run");
        assert_eq!(
            log.lines().collect::<Vec<_>>(),
            ["failed", "failed", "done"]
        );

        // One at a time.
        let mut second = None;
        job::<S, T>(&world.db)
            .on_progress(|_| second = Some(job::<S, T>(&world.db).run()))
            .run()?;
        let refused = second
            .expect("it was tried")
            .expect_err("another run is at work");
        let running = SyncError::Running {
            sync: "users".to_owned(),
        };
        assert_eq!(refused.kind(), &ErrorKind::Sync(running));
        assert_eq!(refused.engine(), Some(engine));
        job::<S, T>(&world.db).run().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-5.
#[test]
fn sync_03_a_target_that_is_gone_is_named_and_the_next_run_goes_on() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World, at: usize) -> bindery::Result<()> {
        let mut users = source::<S>(world)?;
        drop(target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..5_000).map(|id| user(id, moment(id))))?;
        let proxy = FaultProxy::start(&world.urls[at]).expect("a proxy");
        let mut urls = world.urls.clone();
        urls[at] = proxy.url().to_owned();
        let db = open(&urls)?;
        let cut = |progress: bindery::sync::SyncProgress| {
            if progress.batches == 2 {
                proxy.set(Fault::Cut);
            }
        };
        let error = job::<S, T>(&db)
            .on_progress(cut)
            .run()
            .expect_err("it is gone");
        assert_eq!(error.engine(), Some(T::default().name()), "{error}");
        let seen = world.answer(T::default().name(), "SELECT status FROM _bindery_sync_runs");
        assert_eq!(seen.trim(), "running", "nothing could be said");
        proxy.heal();
        let next = job::<S, T>(&db).run()?;
        assert_eq!(next.rows.inserted, 3_000, "{next:?}");
        ensure_equal::<S, T>(&world.db)?;
        let runs = runs::<T>(world);
        assert_eq!((runs.len(), runs[1].as_str()), (2, "done"));
        assert!(runs[0].starts_with("failed "), "{runs:?}");
        Ok(())
    }
    let _watchdog = Watchdog::start("a target that is gone", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world, 2)?;
    show::<engine::P, engine::M>(&world, 1)
}

/// The runs in the log of the target: how each ended, and its error.
fn runs<T: Any>(world: &World) -> Vec<String> {
    let log =
        "SELECT CONCAT(status, ' ', COALESCE(error, '')) FROM _bindery_sync_runs ORDER BY run";
    let log = world.answer(T::default().name(), log);
    log.lines().map(|run| run.trim_end().to_owned()).collect()
}

/// The target can be told: the run has failed, with the error.
///
/// Covers SYNC-5.
#[test]
fn sync_03_a_source_that_is_gone_is_a_failed_run_and_the_next_one_goes_on() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World, at: usize) -> bindery::Result<()> {
        let mut users = source::<S>(world)?;
        drop(target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..5_000).map(|id| user(id, moment(id))))?;
        let proxy = FaultProxy::start(&world.urls[at]).expect("a proxy");
        let mut urls = world.urls.clone();
        urls[at] = proxy.url().to_owned();
        let db = open(&urls)?;
        let cut = |progress: bindery::sync::SyncProgress| {
            if progress.batches == 2 {
                proxy.set(Fault::Cut);
            }
        };
        let error = job::<S, T>(&db)
            .on_progress(cut)
            .run()
            .expect_err("it is gone");
        let source = S::default().name();
        assert_eq!(error.engine(), Some(source), "{error}");
        let failed = runs::<T>(world);
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert!(failed[0].starts_with("failed ") && failed[0].contains(source));
        proxy.heal();
        let next = job::<S, T>(&db).run()?;
        assert_eq!(next.rows.inserted, 3_000, "{next:?}");
        assert_eq!(runs::<T>(world)[1], "done");
        ensure_equal::<S, T>(&world.db)
    }
    let _watchdog = Watchdog::start("a source that is gone", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::P, engine::M>(&world, 2)?;
    show::<engine::M, engine::Default>(&world, 1)
}

/// Every COMMIT of the target arrives, and no answer comes: each batch is looked up, and none is written twice or left out.
///
/// Covers SYNC-4 on PostgreSQL, MariaDB.
#[test]
fn sync_03_a_batch_whose_commit_has_no_answer_is_looked_up() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World, at: usize) -> bindery::Result<()> {
        let mut users = source::<S>(world)?;
        drop(target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..3_000).map(|id| user(id, moment(id))))?;
        let proxy = FaultProxy::start(&world.urls[at]).expect("a proxy");
        let mut urls = world.urls.clone();
        urls[at] = proxy.url().to_owned();
        let db = open(&urls)?;
        let mut batches = 0;
        let report = job::<S, T>(&db)
            .on_progress(|progress| {
                batches = progress.batches;
                proxy.set(Fault::CutAfterPattern {
                    direction: Direction::ToServer,
                    pattern: b"COMMIT".to_vec(),
                    wait: Duration::from_millis(200),
                });
            })
            .run()?;
        assert_eq!(report.rows.inserted, 3_000);
        assert!(batches >= 3, "{batches}");
        proxy.heal();
        ensure_equal::<S, T>(&world.db)?;
        assert_eq!(job::<S, T>(&db).run()?.rows.written(), 0);
        Ok(())
    }
    let _watchdog = Watchdog::start("answers that are lost", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world, 2)?;
    show::<engine::P, engine::M>(&world, 1)
}
