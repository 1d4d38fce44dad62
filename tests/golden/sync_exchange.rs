//! Unique values that rows exchange, and targets that refuse a whole batch: by timeouts, conflicts, or for want of room.

use bindery::{Dialect, EngineOptions};

use super::*;

fn named(id: i64, alias: &str) -> NewAppUser {
    user(id, moment(0)).alias(alias)
}

fn rename<S: Any>(
    users: &mut Connection<S>,
    renamed: &[(i64, &str)],
    second: i64,
) -> bindery::Result<()> {
    // The source has the constraint of the target only in what it ends with.
    for (id, alias) in renamed {
        let patch = AppUserPatch::new()
            .alias(*alias)
            .updated_at(moment(second + id));
        users
            .app_users()
            .update(AppUserId::on(S::default(), *id), patch)?;
    }
    Ok(())
}

/// Two that exchange theirs, three that pass them on, and a chain that ends at a new value.
const RENAMED: [(i64, &str); 7] = [
    (1, "b"),
    (2, "a"),
    (3, "d"),
    (4, "e"),
    (5, "c"),
    (6, "g"),
    (7, "new"),
];

fn letters() -> impl Iterator<Item = NewAppUser> {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    (1..).zip(names).map(|(id, name)| named(id, name))
}

/// Covers SYNC-7: rows that exchange unique values, in one batch or over several.
#[test]
fn sync_04_unique_values_are_exchanged_in_circles() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let mut users = source::<S>(world)?;
        drop(target::<T>(world)?);
        for size in [1, 2, 100] {
            for is_full in [false, true] {
                let name = format!("circles of {size}, {is_full}");
                let run = || {
                    let sync = world
                        .db
                        .registry()
                        .sync::<AppUser<S>, UserAnalytics<T>>(analytics);
                    let job = match is_full {
                        true => sync.full(),
                        false => sync.by(app_user::updated_at),
                    };
                    job.name(name.as_str()).batch_size(size).run()
                };
                users.app_users().all_rows().delete()?;
                target::<T>(world)?;
                users.app_users().insert_many(letters())?;
                run()?;
                rename(&mut users, &RENAMED, 100)?;
                let report = run()?;
                assert_eq!(report.rows.updated, 7, "{name}: {report:?}");
                assert!(report.is_complete(), "{name}: {report:?}");
                ensure_equal::<S, T>(&world.db)?;
                assert_eq!(run()?.rows.written(), 0, "{name}");
            }
        }
        let kept = "SELECT row_key FROM _bindery_sync_rejects";
        assert_eq!(world.answer(T::default().name(), kept).trim(), "");
        drop(target::<T>(world)?);
        source::<S>(world).map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-7: a row that cannot be written stops those alone that wait for it.
#[test]
fn sync_04_a_row_that_is_refused_stops_its_own_circle_only() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let job = || job::<S, T>(&world.db).batch_size(2);
        users.app_users().insert_many(letters())?;
        job().run()?;
        // A row of the target's own has the value that 5 is to have, so 5 and those that pass theirs on to it stay.
        let own = NewUserAnalytics::new(99, "own", moment(0).date()).alias("x");
        copies.user_analytics().insert(own)?;
        let renamed = [(1, "b"), (2, "a"), (3, "d"), (4, "e"), (5, "x")];
        rename(&mut users, &renamed, 100)?;
        let report = job().on_reject(OnReject::Skip).run()?;
        let keys: Vec<&str> = report.rejects.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["3", "4", "5"], "{report:?}");
        assert_eq!(report.rows.rejected, 3);
        let mut alias = |id| -> bindery::Result<Option<String>> {
            let key = UserAnalyticsId::on(T::default(), id);
            Ok(copies.user_analytics().get(key)?.alias)
        };
        let found: bindery::Result<Vec<_>> = (1..=5).map(&mut alias).collect();
        let wanted = ["b", "a", "c", "d", "e"].map(|alias| Some(alias.to_owned()));
        assert_eq!(found?, wanted);

        // The policy that stops writes the others, too, and the next run goes on.
        rename(&mut users, &[(1, "a"), (2, "b")], 200)?;
        let stopped = job().run().expect_err("x is had");
        assert!(stopped.to_string().contains("is rejected"), "{stopped}");
        copies
            .user_analytics()
            .delete(UserAnalyticsId::on(T::default(), 99))?;
        let report = job().run()?;
        assert!(report.is_complete(), "{report:?}");
        ensure_equal::<S, T>(&world.db)?;

        // More rows than may wait.
        rename(&mut users, &[(6, "a"), (1, "f")], 300)?;
        let refused = job()
            .batch_size(1)
            .on_reject(OnReject::Skip)
            .most_rejects(0)
            .run();
        let refused = refused.expect_err("none may wait");
        assert!(refused.to_string().contains("`most_rejects`"), "{refused}");
        assert!(job().run()?.is_complete());
        ensure_equal::<S, T>(&world.db)?;
        drop(target::<T>(world)?);
        source::<S>(world).map(drop)
    }
    on_each_pair!(show)
}

/// Has the target refuse inserts with an error of its server, while `condition` holds.
fn refuse<T: Any>(
    target: &mut Connection<T>,
    condition: &str,
    (state, number): (&str, u32),
) -> bindery::Result<()> {
    let sql = match T::default().dialect() {
        Dialect::Postgres => format!(
            "CREATE SEQUENCE attempts; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN \
             RAISE EXCEPTION 'injected' USING ERRCODE = '{state}'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER refuse BEFORE INSERT ON user_analytics FOR EACH ROW EXECUTE FUNCTION refuse()"
        ),
        Dialect::Mysql | Dialect::Sqlite => format!(
            "CREATE SEQUENCE attempts; CREATE TRIGGER refuse BEFORE INSERT ON user_analytics FOR EACH ROW IF {condition} THEN \
             SIGNAL SQLSTATE '{state}' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'injected'; END IF"
        ),
    };
    target.execute_batch(bindery::Sql::assembled(sql))
}

fn accept<T: Any>(target: &mut Connection<T>) -> bindery::Result<()> {
    target.execute_batch(match T::default().dialect() {
        Dialect::Postgres => "DROP FUNCTION refuse CASCADE; DROP SEQUENCE attempts",
        Dialect::Mysql | Dialect::Sqlite => "DROP TRIGGER refuse; DROP SEQUENCE attempts",
    })
}

fn attempts(engine: &str) -> &'static str {
    match engine {
        "p" => "nextval('attempts')",
        _ => "nextval(attempts)",
    }
}

/// A batch that the target could not serialize is repeated whole, a limited number of times.
///
/// Covers SYNC-6 on PostgreSQL, MariaDB.
#[test]
fn sync_03_a_batch_that_conflicts_is_repeated_whole() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let engine = T::default().name();
        users
            .app_users()
            .insert_many((0..2_000).map(|id| user(id, moment(id))))?;
        let conflict = ("40001", 1213);
        refuse(&mut copies, &format!("{} <= 3", attempts(engine)), conflict)?;
        let report = job::<S, T>(&world.db).run()?;
        assert_eq!((report.rows.inserted, report.rows.rejected), (2_000, 0));
        ensure_equal::<S, T>(&world.db)?;
        accept(&mut copies)?;

        copies.user_analytics().all_rows().delete()?;
        refuse(&mut copies, &format!("{} > 0", attempts(engine)), conflict)?;
        users.app_users().insert(user(3_000, moment(3_000)))?;
        let error = job::<S, T>(&world.db).run().expect_err("each time");
        assert_eq!(error.engine(), Some(engine), "{error}");
        let number = world.answer(engine, &format!("SELECT concat('', {})", attempts(engine)));
        assert_eq!(number.trim(), "6", "five attempts, and this question");
        accept(&mut copies)
    }
    let _watchdog = Watchdog::start("conflicts", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world)?;
    show::<engine::P, engine::M>(&world)
}

/// After a timeout a batch is written in halves, down to the row that is locked.
///
/// Covers SYNC-6 on PostgreSQL, MariaDB.
#[test]
fn sync_03_a_batch_that_waits_for_too_long_is_halved() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World, at: usize) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..100).map(|id| user(id, moment(id))))?;
        let old = NewUserAnalytics::new(50, "old", moment(0).date());
        copies.user_analytics().insert(old)?;
        let impatient = |at: usize, other: usize| {
            let options = EngineOptions::from(world.urls[other].as_str());
            match at == other {
                true => options.lock_timeout(Duration::from_secs(1)),
                false => options,
            }
        };
        let config = Config::new()
            .engine("default", impatient(at, 0))
            .engine("m", impatient(at, 1))
            .engine("p", impatient(at, 2));
        let db = Databases::with_config(&config)?;
        let mut held = copies.begin()?;
        held.execute(
            "UPDATE user_analytics SET domain = 'held' WHERE user_id = 50",
            (),
        )?;
        let error = job::<S, T>(&db)
            .batch_size(8)
            .run()
            .expect_err("a row is locked");
        assert_eq!(error.engine(), Some(T::default().name()), "{error}");
        assert_eq!(error.kind(), &ErrorKind::Busy, "{error:?}");
        held.rollback()?;
        // Eight rows are one batch; of the seventh those before the locked row were written in parts of their own.
        assert_eq!(copies.user_analytics().count()?, 51);
        let report = job::<S, T>(&db).batch_size(8).run()?;
        // The watermark is before the batch whose last part was not stored: the two are written again.
        assert_eq!((report.rows.inserted, report.rows.updated), (49, 3));
        ensure_equal::<S, T>(&world.db)
    }
    let _watchdog = Watchdog::start("timeouts", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world, 2)?;
    show::<engine::P, engine::M>(&world, 1)
}

/// A writer that is in the way is waited for, as long as is said.
///
/// Covers SYNC-6 on SQLite.
#[test]
fn sync_03_a_file_that_others_write_is_waited_for() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("a busy file", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    let mut users = source::<engine::M>(&world)?;
    users
        .app_users()
        .insert_many((0..100).map(|id| user(id, moment(id))))?;
    let file = world.folder.path().join("default.db");
    let other = rusqlite::Connection::open(file).expect("the file");
    let options = EngineOptions::from(world.urls[0].as_str());
    let config = Config::new()
        .engine("default", options.busy_timeout(Duration::from_millis(50)))
        .engine("m", world.urls[1].as_str())
        .engine("p", world.urls[2].as_str());
    let db = Databases::with_config(&config)?;
    let run = || job::<engine::M, engine::Default>(&db).run();
    run()?;
    users.app_users().insert(user(200, moment(200)))?;
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("no one writes");
    let error = run().expect_err("it is written");
    assert_eq!(error.engine(), Some("default"), "{error}");
    other.execute_batch("COMMIT").expect("it ends");
    assert_eq!(run()?.rows.inserted, 1);
    ensure_equal::<engine::M, engine::Default>(&world.db)
}

/// A target without room ends the run, and the next one goes on from the last batch that is stored.
///
/// Covers SYNC-10.
#[test]
fn sync_03_a_target_without_room_keeps_its_watermark() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..5_000).map(|id| user(id, moment(id))))?;
        let engine = T::default().name();
        let db = open(&world.urls)?;
        if engine == "default" {
            // No page more than there are now.
            db.registry().after_each_commit(T::default(), |target| {
                target.execute("PRAGMA max_page_count = 1", ()).map(drop)
            });
        } else {
            refuse(&mut copies, "NEW.user_id >= 2000", ("53100", 1114))?;
        }
        let error = job::<S, T>(&db).run().expect_err("there is no room");
        assert_eq!(error.kind(), &ErrorKind::DiskFull, "{error:?}");
        assert_eq!(error.engine(), Some(engine));
        let stored = copies.user_analytics().count()?;
        assert!(stored < 5_000 && stored % 1_000 == 0, "{stored}");
        let mark = "SELECT CASE WHEN mark IS NULL THEN 'none' ELSE 'some' END FROM _bindery_sync";
        let wanted = if stored == 0 { "none" } else { "some" };
        assert_eq!(world.answer(engine, mark).trim(), wanted);
        if engine != "default" {
            accept(&mut copies)?;
        }
        let report = job::<S, T>(&world.db).run()?;
        assert_eq!(report.rows.inserted, 5_000 - stored, "{report:?}");
        ensure_equal::<S, T>(&world.db)
    }
    on_each_pair!(show)
}
