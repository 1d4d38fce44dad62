//! Rows that cannot be copied, and unique values that go from one row to another.

use super::*;

/// Covers SYNC-7.
#[test]
fn sync_04_rows_that_cannot_be_copied_stop_the_run_or_are_kept() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..1_000).map(|id| match id {
                17 => NewAppUser::new(17, "nothing", moment(17)),
                20 | 400 => user(id, moment(id)).alias("same"),
                _ => user(id, moment(id)),
            }))?;
        let stopped = job::<S, T>(&world.db).run().expect_err("17 has no domain");
        let text = stopped.to_string();
        assert!(
            text.contains("with key 17 is rejected: the address has no `@`"),
            "{text}"
        );
        assert!(!text.contains("nothing"), "no values: {text}");
        assert_eq!(copies.user_analytics().count()?, 0);

        let skipping = || job::<S, T>(&world.db).on_reject(OnReject::Skip).run();
        let report = skipping()?;
        assert_eq!((report.rows.inserted, report.rows.rejected), (998, 2));
        assert!(!report.is_complete());
        let keys: Vec<&str> = report.rejects.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["17", "400"]);
        assert!(
            report.rejects[1].reason.contains("unique key"),
            "{report:?}"
        );

        let again = skipping()?;
        assert_eq!((again.rows.written(), again.rows.rejected), (0, 2));
        let [summary] = &world.db.registry().sync_summaries(T::default())?[..] else {
            panic!("there is one sync");
        };
        let counted = (summary.run, summary.status.as_str(), summary.rejected);
        assert_eq!(counted, (3, "done", 2), "{summary:?}");
        let engine = T::default().name();
        let kept =
            "SELECT CONCAT(row_key, ' ', attempts) FROM _bindery_sync_rejects ORDER BY row_key";
        assert_eq!(world.answer(engine, kept).trim(), "17 2\n400 2");

        // Mended, but without a new time: the next run tries them again all the same.
        let mended = AppUserPatch::new().email("17@example.org");
        users
            .app_users()
            .update(AppUserId::on(S::default(), 17), mended)?;
        let mended = AppUserPatch::new().alias("other");
        users
            .app_users()
            .update(AppUserId::on(S::default(), 400), mended)?;
        let last = job::<S, T>(&world.db).run()?;
        assert_eq!((last.rows.inserted, last.rows.rejected), (2, 0), "{last:?}");
        assert_eq!(world.answer(engine, kept).trim(), "");
        ensure_equal::<S, T>(&world.db)
    }
    on_each_pair!(show)
}

/// Covers SYNC-7.
#[test]
fn sync_04_a_unique_value_is_taken_over_across_batches() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let full = || {
            let sync = world
                .db
                .registry()
                .sync::<AppUser<S>, UserAnalytics<T>>(analytics);
            sync.full().name("taken over").batch_size(1)
        };
        let named = |id, alias: &str, second| user(id, moment(second)).alias(alias);
        let rename = |users: &mut Connection<S>, id, alias: &str, second| {
            let patch = AppUserPatch::new().alias(alias).updated_at(moment(second));
            let key = AppUserId::on(S::default(), id);
            users.app_users().update(key, patch).map(drop)
        };
        let run = || job::<S, T>(&world.db).batch_size(1);

        // By a column: the one that takes it over comes first.
        users.app_users().insert(named(1, "x", 0))?;
        run().run()?;
        users.app_users().insert(named(2, "x", 50))?;
        rename(&mut users, 1, "y", 100)?;
        let report = run().run()?;
        assert!(report.is_complete(), "{report:?}");
        ensure_equal::<S, T>(&world.db)?;

        // Each has what the next one had.
        users.app_users().all_rows().delete()?;
        users.app_users().insert_many([
            named(1, "a", 0),
            named(2, "b", 0),
            named(3, "c", 0),
            named(9, "z", 0),
        ])?;
        full().run()?;
        for (id, alias) in [(1, "b"), (2, "c"), (3, "z")] {
            rename(&mut users, id, alias, 200)?;
        }
        let last = AppUserId::on(S::default(), 9);
        users.app_users().delete(last)?;
        let report = full().run()?;
        assert!(report.is_complete(), "{report:?}");
        ensure_equal::<S, T>(&world.db)?;
        let kept = "SELECT row_key FROM _bindery_sync_rejects";
        assert_eq!(world.answer(T::default().name(), kept).trim(), "");

        // Both have it in the source: nothing of the batch is written.
        users
            .app_users()
            .insert_many([named(20, "z", 0), named(21, "fine", 0)])?;
        let stopped = full().batch_size(100).run().expect_err("two have it");
        assert!(
            stopped.to_string().contains("key 20 is rejected"),
            "{stopped}"
        );
        assert_eq!(copies.user_analytics().count()?, 3);

        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}
