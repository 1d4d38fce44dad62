//! Syncs that compare all rows: deletes, repairs, and keys by which that cannot be done.

use super::*;

/// Covers SYNC-11.
#[test]
fn sync_06_a_full_compare_brings_deletes_and_repairs() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..2_300).map(|id| user(id * 3, moment(id))))?;
        let full = || {
            let sync = world
                .db
                .registry()
                .sync::<AppUser<S>, UserAnalytics<T>>(analytics);
            sync.full().name("compared").batch_size(100)
        };
        assert_eq!(full().run()?.rows.inserted, 2_300);
        assert_eq!(full().run()?.rows.unchanged, 2_300);
        users
            .app_users()
            .filter(
                app_user::id
                    .in_list([0, 3, 600, 3_000, 6_897].map(|id| AppUserId::on(S::default(), id))),
            )
            .delete()?;
        let corrupted = UserAnalyticsPatch::new().domain("corrupted");
        copies
            .user_analytics()
            .update(UserAnalyticsId::on(T::default(), 300), corrupted)?;
        copies.user_analytics().insert(NewUserAnalytics::new(
            301,
            "not there",
            moment(0).date(),
        ))?;
        users.app_users().insert(user(302, moment(0)))?;
        let verify = || {
            world
                .db
                .registry()
                .sync::<AppUser<S>, UserAnalytics<T>>(analytics)
                .verify()
        };
        let found = verify()?;
        let counts = (found.same, found.missing, found.different, found.surplus);
        assert_eq!(counts, (2_294, 1, 1, 6));
        let keys: Vec<&str> = found
            .differences
            .iter()
            .map(|one| one.key.as_str())
            .collect();
        assert_eq!(keys, ["0", "3", "300", "301", "302", "600", "3000", "6897"]);
        assert!(!found.is_equal());
        let report = full().run()?;
        let rows = report.rows;
        assert_eq!((rows.inserted, rows.updated, rows.deleted), (1, 1, 6));
        ensure_equal::<S, T>(&world.db)?;
        assert!(verify()?.is_equal());

        // Rows that belong to a rejected row are not deleted.
        let bad = AppUserPatch::new().email("nothing");
        users
            .app_users()
            .update(AppUserId::on(S::default(), 303), bad)?;
        let report = full().on_reject(OnReject::Skip).run()?;
        assert_eq!((report.rows.written(), report.rows.rejected), (0, 1));
        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Decimals with and without trailing zeros, zeros below zero, times of more digits than their column has, and JSON in another form.
///
/// Covers SYNC-3, SYNC-11.
#[test]
fn sync_06_values_in_another_form_are_equal() -> bindery::Result<()> {
    trait Prices: StaticEngine + Hosts<model::Price> {}
    impl<E: StaticEngine + Hosts<model::Price>> Prices for E {}

    fn show<S: Prices, T: Prices>(world: &World) -> bindery::Result<()> {
        let columns = || world.db.registry().sync_columns::<Price<S>, Price<T>>();
        let mut prices = world.db.connect(S::default())?;
        world
            .db
            .connect(T::default())?
            .prices()
            .all_rows()
            .delete()?;
        prices.prices().all_rows().delete()?;
        for (id, price, rate) in [
            (1, "1.5", -0.0),
            (2, "-0.0001", 0.25),
            (3, "0", -1.5),
            (4, "1234567890", 1e10),
            (5, "-0", 0.0),
        ] {
            let price = price.parse().expect("it is a decimal");
            let about = serde_json::json!({"b": [1, 2.5], "a": null, "price": rate});
            let new = NewPrice::new(id, price, rate, moment(id)).about(about);
            prices.prices().insert(new)?;
        }
        if S::default().dialect() == bindery::Dialect::Sqlite {
            world.run_on_sqlite(
                "UPDATE prices SET since = '2026-11-20 10:00:00.123456', about = '{ \"b\": [1.0, 2.50], \"a\": 0 }' WHERE id = 2",
            );
        }
        assert_eq!(columns().full().run()?.rows.inserted, 5);
        let found = columns().verify()?;
        assert!(found.is_equal(), "{found:?}");
        let again = columns().full().run()?.rows;
        assert_eq!((again.unchanged, again.written()), (5, 0), "{again:?}");
        let other = PricePatch::new().price("1.5001".parse().expect("it is a decimal"));
        prices
            .prices()
            .update(PriceId::on(S::default(), 1), other)?;
        let found = columns().verify()?;
        assert_eq!((found.same, found.different), (4, 1), "{found:?}");
        Ok(())
    }
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world)?;
    show::<engine::P, engine::Default>(&world)?;
    show::<engine::Default, engine::M>(&world)?;
    show::<engine::M, engine::Default>(&world)?;
    show::<engine::P, engine::M>(&world)?;
    show::<engine::M, engine::P>(&world)
}

/// Covers SYNC-11: the mapping, or a collation of the source, has the keys in an order of its own.
#[test]
fn sync_06_nothing_is_deleted_where_keys_of_the_source_do_not_ascend() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((1..9).map(|id| user(id, moment(id))))?;
        // Of the first row, the last one.
        let odd = |user: &AppUser<S>| {
            let id = Some(*user.id.value()).filter(|&id| id != 1).unwrap_or(100);
            Ok(NewUserAnalytics::new(id, "x", moment(0).date()))
        };
        let there = (2..9).chain([100]);
        let there = there.map(|id| NewUserAnalytics::new(id, "x", moment(0).date()));
        copies.user_analytics().insert_many(there)?;
        let full = world
            .db
            .registry()
            .sync::<AppUser<S>, UserAnalytics<T>>(odd)
            .full();
        let refused = full
            .name("odd")
            .batch_size(2)
            .run()
            .expect_err("7 descends");
        let kind = ErrorKind::Sync(SyncError::KeyOrder {
            engine: S::default().name(),
        });
        assert_eq!(refused.kind(), &kind);
        assert_eq!(copies.user_analytics().count()?, 8);
        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-11: a row may have the unique value of one that is deleted.
#[test]
fn sync_06_rows_are_deleted_before_others_are_written() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let full = || {
            let sync = world
                .db
                .registry()
                .sync::<AppUser<S>, UserAnalytics<T>>(analytics);
            sync.full().name("handed on").run()
        };
        users
            .app_users()
            .insert(user(9, moment(0)).alias("unique"))?;
        full()?;
        users.app_users().all_rows().delete()?;
        users
            .app_users()
            .insert(user(5, moment(0)).alias("unique"))?;
        let rows = full()?.rows;
        assert_eq!((rows.inserted, rows.updated, rows.deleted), (1, 0, 1));
        ensure_equal::<S, T>(&world.db)?;
        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-11: the time of a change is the source's, also where the target sets one by itself.
#[test]
fn sync_06_values_that_are_given_are_stored_also_where_updates_set_them() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let full = || {
            let dated = |user: &AppUser<S>| Ok(analytics(user)?.changed_at(user.updated_at));
            let sync = world
                .db
                .registry()
                .sync::<AppUser<S>, UserAnalytics<T>>(dated);
            sync.full().name("dated").run()
        };
        users
            .app_users()
            .insert_many((0..3).map(|id| user(id, moment(id))))?;
        assert_eq!(full()?.rows.inserted, 3);
        let patch = AppUserPatch::new().alias("new").updated_at(moment(50));
        users
            .app_users()
            .update(AppUserId::on(S::default(), 1), patch)?;
        assert_eq!(full()?.rows.updated, 1);
        let stored = copies
            .user_analytics()
            .get(UserAnalyticsId::on(T::default(), 1))?;
        assert_eq!(stored.changed_at, Some(moment(50)));
        assert_eq!(full()?.rows.written(), 0);
        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-11 on SQLite.
#[test]
fn sync_06_keys_that_sqlite_has_in_another_form_are_refused() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let (db, uuid) = (&world.db, bindery::types::Uuid::from_u128);
    let ids = (1..6).map(|id| uuid(id << 120 | 0xAB));
    db.p()?
        .devices()
        .insert_many(ids.clone().map(|id| NewDevice::new(id, "there")))?;
    for id in ids {
        let upper = id.to_string().to_uppercase();
        world.run_on_sqlite(&format!(
            "INSERT INTO devices (id, name) VALUES ('{upper}', 'there')"
        ));
    }
    let refused = db
        .syncs()
        .devices_to_p()
        .batch_size(2)
        .run()
        .expect_err("capitals");
    let text = refused.to_string();
    assert!(
        text.contains("table `devices`") && text.contains("column `id`"),
        "{text}"
    );
    assert_eq!(db.p()?.devices().count()?, 5, "nothing is deleted");
    Ok(())
}
