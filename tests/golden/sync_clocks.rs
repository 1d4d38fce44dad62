//! Syncs whose servers' clocks are set, and rows whose values the target cannot hold.

use super::interrupted::killed_after;
use super::*;

/// Covers SYNC-2: a row that changes after a clock was set back has a time from before the watermark, so all rows are read.
#[test]
fn sync_02_after_a_clock_was_set_back_all_rows_are_read() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let rows = (0..10).map(|id| user(id, moment(0)));
        users.app_users().insert_many(rows)?;
        job::<S, T>(&world.db).run()?;
        let patch = AppUserPatch::new()
            .email("3@back.org")
            .updated_at(moment(-10_000));
        let key = AppUserId::on(S::default(), 3);
        users.app_users().update(key, patch)?;
        let passed_over = job::<S, T>(&world.db).run()?;
        assert_eq!((passed_over.rows.read, passed_over.rows.written()), (9, 0));
        // The clocks were an hour further apart at the last run.
        let set_back = "UPDATE _bindery_sync SET skew_ms = skew_ms + 3600000";
        let set_back = bindery::Sql::assembled(set_back.to_owned());
        world.db.sql_on(T::default()).execute(set_back, ())?;
        let report = job::<S, T>(&world.db).run()?;
        assert_eq!((report.rows.read, report.rows.updated), (10, 1));
        ensure_equal::<S, T>(&world.db)?;
        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// An engine with visits.
trait Visited: StaticEngine + Hosts<model::CoarseVisit> + Hosts<model::FineVisit> {}
impl<E> Visited for E where E: StaticEngine + Hosts<model::CoarseVisit> + Hosts<model::FineVisit> {}

/// A moment of one second.
fn within(microseconds: u32) -> NaiveDateTime {
    let moment = chrono::DateTime::from_timestamp(1_700_000_000, microseconds * 1_000);
    moment.expect("within range").naive_utc()
}

/// Covers SYNC-2: times by the second at the source. What changes later in the second of the watermark has no later time than it.
#[test]
fn sync_02_a_change_within_the_second_of_the_watermark_is_copied() -> bindery::Result<()> {
    fn show<S: Visited, T: Visited>(world: &World) -> bindery::Result<()> {
        let (mut from, mut to) = (
            world.db.connect(S::default())?,
            world.db.connect(T::default())?,
        );
        let row = |id, what: &str| NewCoarseVisit::new(id, what, within(0));
        from.coarse_visits()
            .insert_many((0..10).map(|id| row(id, "first")))?;
        let copy = |row: &CoarseVisit<S>| {
            let (id, what) = (*row.id.value(), row.what.clone());
            Ok(NewFineVisit::new(id, what, row.seen_at))
        };
        let job = || {
            let job = world
                .db
                .registry()
                .sync::<CoarseVisit<S>, FineVisit<T>>(copy);
            job.by(coarse_visit::seen_at).overlap(Duration::ZERO)
        };
        assert_eq!(job().run()?.rows.inserted, 10);
        let changed = CoarseVisitPatch::new().what("changed").seen_at(within(0));
        let key = CoarseVisitId::on(S::default(), 3);
        assert!(from.coarse_visits().update(key, changed)?);
        from.coarse_visits().insert(row(10, "first"))?;
        let second = job().run()?;
        assert_eq!((second.rows.updated, second.rows.inserted), (1, 1));
        assert_eq!(job().run()?.rows.written(), 0);
        let copies = to.fine_visits().order_by(fine_visit::id.asc()).all()?;
        let words: Vec<&str> = copies.iter().map(|row| row.what.as_str()).collect();
        assert_eq!((words.len(), words[3]), (11, "changed"));
        assert!(copies.iter().all(|row| row.seen_at == within(0)));
        from.coarse_visits().all_rows().delete()?;
        to.fine_visits().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-2: times by the second at the target. A microsecond of the source is a change, and a copy without it is none for ever.
#[test]
fn sync_02_times_that_the_target_has_by_the_second_are_copied_once() -> bindery::Result<()> {
    fn show<S: Visited, T: Visited>(world: &World) -> bindery::Result<()> {
        let (mut from, mut to) = (
            world.db.connect(S::default())?,
            world.db.connect(T::default())?,
        );
        let moments = [0, 1, 499_999, 500_000, 999_998];
        let rows = (0..).zip(moments);
        let rows = rows.map(|(id, at)| NewFineVisit::new(id, "first", within(at)));
        from.fine_visits().insert_many(rows)?;
        let copy = |row: &FineVisit<S>| {
            let (id, what) = (*row.id.value(), row.what.clone());
            Ok(NewCoarseVisit::new(id, what, row.seen_at))
        };
        let job = || {
            let job = world
                .db
                .registry()
                .sync::<FineVisit<S>, CoarseVisit<T>>(copy);
            job.by(fine_visit::seen_at).overlap(Duration::ZERO)
        };
        assert_eq!(job().run()?.rows.inserted, 5);
        let changed = FineVisitPatch::new()
            .what("changed")
            .seen_at(within(999_999));
        let key = FineVisitId::on(S::default(), 0);
        assert!(from.fine_visits().update(key, changed)?);
        assert_eq!(job().run()?.rows.written(), 1);
        assert_eq!(job().run()?.rows.written(), 0);
        let copies = to.coarse_visits().order_by(coarse_visit::id.asc()).all()?;
        assert_eq!((copies.len(), copies[0].what.as_str()), (5, "changed"));
        assert!(
            copies.iter().all(|row| row.seen_at == within(0)),
            "cut off toward the past"
        );
        let verified = world
            .db
            .registry()
            .sync::<FineVisit<S>, CoarseVisit<T>>(copy)
            .verify()?;
        assert!(verified.is_equal(), "{verified:?}");
        from.fine_visits().all_rows().delete()?;
        to.coarse_visits().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-7 on PostgreSQL: it has no text with a NUL.
#[test]
fn sync_04_a_text_that_the_target_cannot_hold_is_rejected_alone() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let mut users = source::<engine::Default>(&world)?;
    users
        .app_users()
        .insert_many([1, 3].map(|id| user(id, moment(0))))?;
    world.run_on_sqlite(
        "INSERT INTO app_users VALUES (2, 'ann@a' || char(0) || 'b.org', NULL, '2023-11-14 22:13:20.250000')",
    );
    let job = || job::<engine::Default, engine::P>(&world.db);
    let stopped = job().run().expect_err("it stops");
    assert!(
        stopped.to_string().contains("the row with key 2"),
        "{stopped}"
    );
    let report = job().on_reject(OnReject::Skip).run()?;
    assert_eq!((report.rows.inserted, report.rows.rejected), (2, 1));
    assert_eq!(report.rejects[0].key, "2");
    let kept = world.answer("p", "SELECT row_key FROM _bindery_sync_rejects");
    assert_eq!(kept.trim(), "2");
    Ok(())
}

/// An engine with readings.
trait Measured: StaticEngine + Hosts<model::Reading> {}
impl<E: StaticEngine + Hosts<model::Reading>> Measured for E {}

/// Of three readings the second one has a value that the target cannot hold: it alone is rejected, with its column and the reason.
fn one_is_refused<S: Measured, T: Measured>(
    world: &World,
    (level, total): (f64, u64),
    why: &str,
) -> bindery::Result<()> {
    let (mut from, mut to) = (
        world.db.connect(S::default())?,
        world.db.connect(T::default())?,
    );
    from.readings().all_rows().delete()?;
    to.readings().all_rows().delete()?;
    let rows = [(1, 0.5, 1), (2, level, total), (3, 1.5, 3)];
    let rows =
        rows.map(|(id, level, total)| NewReading::new(reading::Required { id, level, total }));
    from.readings().insert_many(rows)?;
    let copy = |row: &Reading<S>| {
        Ok(NewReading::new(reading::Required {
            id: *row.id.value(),
            level: row.level,
            total: row.total,
        }))
    };
    let name = format!("{}-{}-{why}", S::default().name(), T::default().name());
    let job = || {
        world
            .db
            .registry()
            .sync::<Reading<S>, Reading<T>>(copy)
            .full()
            .name(name.clone())
    };
    let verify = || {
        world
            .db
            .registry()
            .sync::<Reading<S>, Reading<T>>(copy)
            .verify()
    };
    let stopped = job().run().expect_err("it stops").to_string();
    assert!(stopped.contains("the row with key 2"), "{stopped}");
    assert!(stopped.contains(why), "{stopped}");
    let report = job().on_reject(OnReject::Skip).run()?;
    assert_eq!((report.rows.inserted, report.rows.rejected), (2, 1));
    assert_eq!(
        (
            report.rejects[0].key.as_str(),
            report.rejects[0].reason.as_str()
        ),
        ("2", why)
    );
    let verified = verify()?;
    assert_eq!((verified.same, verified.missing), (2, 1), "{verified:?}");
    let mended = ReadingPatch::new().level(2.5).total(2);
    from.readings()
        .update(ReadingId::on(S::default(), 2), mended)?;
    assert_eq!(job().on_reject(OnReject::Skip).run()?.rows.inserted, 1);
    assert!(verify()?.is_equal());
    Ok(())
}

/// Covers SYNC-7.
#[test]
fn sync_04_numbers_that_the_target_cannot_hold_are_rejected_with_their_column()
-> bindery::Result<()> {
    use engine::{Default as Lite, M, P};
    let _watchdog = Watchdog::start("sync_04_numbers", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    let mysql = "column `level` of `readings`: MySQL and MariaDB cannot hold NaN or an infinity";
    one_is_refused::<P, M>(&world, (f64::NAN, 2), mysql)?;
    one_is_refused::<P, M>(&world, (f64::NEG_INFINITY, 2), mysql)?;
    one_is_refused::<Lite, M>(&world, (f64::INFINITY, 2), mysql)?;
    let sqlite =
        "column `level` of `readings`: SQLite cannot hold NaN, which SQLite would store as NULL";
    one_is_refused::<P, Lite>(&world, (f64::NAN, 2), sqlite)?;
    let sqlite = "column `total` of `readings`: SQLite cannot hold an unsigned integer past 9223372036854775807";
    one_is_refused::<M, Lite>(&world, (0.5, u64::MAX), sqlite)?;
    one_is_refused::<P, Lite>(&world, (0.5, u64::MAX), sqlite)
}

/// Returns the whole size in a full run, else a part of it.
fn share(whole: i64, part: i64) -> i64 {
    if is_full_run() { whole } else { part }
}

/// Runs that are killed after each of their batches again and again, while rows change between them.
///
/// Covers SYNC-1.
/// In full: 1,000 kills for each pair of databases.
#[test]
fn sync_03_runs_that_are_killed_again_and_again_end_in_an_equal_copy() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        const ROWS: i64 = 5_500;
        let (mut users, _) = (source::<S>(world)?, target::<T>(world)?);
        let rows = (0..ROWS).map(|id| user(id, moment(id)));
        users.app_users().insert_many(rows)?;
        for round in 1..=share(200, 1) {
            for batch in 1..=5 {
                // Rows of all batches of the run to come.
                for id in (0..ROWS).step_by(500) {
                    let at =
                        moment(ROWS * (round * 5 + i64::try_from(batch).unwrap_or_default()) + id);
                    let patch = AppUserPatch::new()
                        .email(format!("{round}@{batch}.org"))
                        .updated_at(at);
                    users
                        .app_users()
                        .update(AppUserId::on(S::default(), id), patch)?;
                }
                killed_after(world, T::default().name(), (batch, 2));
            }
        }
        job::<S, T>(&world.db).run()?;
        ensure_equal::<S, T>(&world.db)
    }
    on_each_pair!(show)
}

/// Very many rows with one time, in batches of a thousand: all are copied, in little memory.
///
/// Covers SYNC-9.
/// In full: a million rows of one time, in less than 128 MiB.
#[test]
fn sync_02_rows_of_one_time_are_copied_in_little_memory() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, _) = (source::<S>(world)?, target::<T>(world)?);
        let rows = share(1_000_000, 5_000);
        for first in (0..rows).step_by(5_000) {
            let some = (first..first + 5_000).map(|id| user(id, moment(0)));
            users.app_users().insert_many(some)?;
        }
        crate::bench::peak_kib();
        let before = crate::bench::peak_kib();
        let report = job::<S, T>(&world.db).batch_size(1_000).run()?;
        let grown = crate::bench::peak_kib().saturating_sub(before);
        assert_eq!(
            i64::try_from(report.rows.inserted).ok(),
            Some(rows),
            "{report:?}"
        );
        // Other tests beside a share of it have memory of their own.
        assert!(rows < 1_000_000 || grown < 128 << 10, "{grown} KiB more");
        let same = world
            .db
            .registry()
            .sync::<AppUser<S>, UserAnalytics<T>>(analytics)
            .verify()?;
        assert!(same.is_equal(), "{same:?}");
        Ok(())
    }
    on_each_pair!(show)
}
