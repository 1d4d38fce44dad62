//! Syncs whose servers' clocks are set, and rows whose values the target cannot hold.

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
