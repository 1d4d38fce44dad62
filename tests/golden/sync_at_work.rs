//! Syncs between engines of three databases: what is copied, and what is not.

use std::time::{Duration, Instant};

use bindery::error::SyncError;
use bindery::sync::{OnReject, Reject, SyncJob};
use bindery::types::NaiveDateTime;
use bindery::{Config, Connection, Engine, ErrorKind, Hosts, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog, fresh_mysql, fresh_postgres, is_full_run};

use crate::sync::*;

/// Empty databases with all tables.
struct World {
    db: Databases,
    urls: [String; 3],
    _servers: (FreshDatabase, FreshDatabase),
    folder: tempfile::TempDir,
}

impl World {
    fn start() -> Option<Self> {
        let (Some(m), Some(p)) = (fresh_mysql(), fresh_postgres()) else {
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("default.db");
        let urls = [format!("sqlite://{}", file.display()), m.url(), p.url()];
        let db = open(&urls).expect("they are configured");
        db.create_missing().expect("the tables are made");
        db.registry()
            .create_sync_tables(engine::Default)
            .expect("sqlite");
        db.registry().create_sync_tables(engine::M).expect("mysql");
        db.registry()
            .create_sync_tables(engine::P)
            .expect("postgres");
        Some(Self {
            db,
            urls,
            _servers: (m, p),
            folder,
        })
    }

    /// Runs statements as another program would.
    fn run_on_sqlite(&self, sql: &str) {
        let file = self.folder.path().join("default.db");
        let connection = rusqlite::Connection::open(file).expect("the file");
        connection.execute_batch(sql).expect("it is executed");
    }

    /// The first column of a query on an engine, joined by commas.
    fn answer(&self, engine: &str, sql: &str) -> String {
        match engine {
            "m" => self._servers.0.answer(sql).expect("an answer"),
            "p" => self._servers.1.answer(sql).expect("an answer"),
            _ => {
                let file = self.folder.path().join("default.db");
                let connection = rusqlite::Connection::open(file).expect("the file");
                let mut statement = connection.prepare(sql).expect("it is understood");
                let rows = statement.query_map([], |row| row.get::<_, String>(0));
                let rows: Vec<String> = rows.expect("rows").map(|row| row.expect("text")).collect();
                rows.join("\n")
            }
        }
    }
}

fn open(urls: &[String]) -> bindery::Result<Databases> {
    let config = Config::new()
        .engine("default", urls[0].as_str())
        .engine("m", urls[1].as_str())
        .engine("p", urls[2].as_str());
    Databases::with_config(&config)
}

/// The engines that host both models.
trait Any:
    StaticEngine + Hosts<model::AppUser> + Hosts<model::UserAnalytics> + Hosts<model::Event>
{
}
impl<E> Any for E where
    E: StaticEngine + Hosts<model::AppUser> + Hosts<model::UserAnalytics> + Hosts<model::Event>
{
}

/// Runs a function on empty databases for each pair.
macro_rules! on_each_pair {
    ($show:ident) => {{
        let minutes = if is_full_run() { 60 } else { 10 };
        let _watchdog = Watchdog::start(stringify!($show), Duration::from_mins(minutes));
        let Some(world) = World::start() else {
            return Ok(());
        };
        $show::<engine::Default, engine::P>(&world)
            .inspect_err(|_| eprintln!("sqlite→postgres"))?;
        $show::<engine::P, engine::M>(&world).inspect_err(|_| eprintln!("postgres→mysql"))?;
        $show::<engine::M, engine::Default>(&world).inspect_err(|_| eprintln!("mysql→sqlite"))?;
        Ok(())
    }};
}

#[path = "sync_clocks.rs"]
mod clocks;
#[path = "sync_compared.rs"]
mod compared;
#[path = "sync_events.rs"]
mod events;
#[path = "sync_exchange.rs"]
mod exchange;
#[path = "sync_interrupted.rs"]
mod interrupted;
#[path = "sync_rejects.rs"]
mod rejects;

fn moment(seconds: i64) -> NaiveDateTime {
    let moment = chrono::DateTime::from_timestamp(1_700_000_000 + seconds, 250_000_000);
    moment.expect("within range").naive_utc()
}

fn now() -> NaiveDateTime {
    bindery::types::Utc::now().naive_utc()
}

fn analytics<E: Engine>(user: &AppUser<E>) -> Result<NewUserAnalytics, Reject> {
    let (_, domain) = user
        .email
        .split_once('@')
        .ok_or_else(|| Reject::new("the address has no `@`"))?;
    let new = NewUserAnalytics::new(*user.id.value(), domain, user.updated_at.date());
    Ok(new.alias(user.alias.clone()))
}

fn user(id: i64, updated_at: NaiveDateTime) -> NewAppUser {
    NewAppUser::new(id, format!("{id}@{}.example.org", id % 7), updated_at)
}

fn job<S: Any, T: Any>(db: &Databases) -> SyncJob<'_, AppUser<S>, UserAnalytics<T>> {
    let source = db
        .registry()
        .sync::<AppUser<S>, UserAnalytics<T>>(analytics);
    source.by(app_user::updated_at).name("users")
}

fn source<S: Any>(world: &World) -> bindery::Result<Connection<S>> {
    let mut source = world.db.connect(S::default())?;
    source.app_users().all_rows().delete()?;
    Ok(source)
}

fn target<T: Any>(world: &World) -> bindery::Result<Connection<T>> {
    let mut target = world.db.connect(T::default())?;
    target.user_analytics().all_rows().delete()?;
    Ok(target)
}

fn ensure_equal<S: Any, T: Any>(db: &Databases) -> bindery::Result<()> {
    let (mut source, mut target) = (db.connect(S::default())?, db.connect(T::default())?);
    let users = source.app_users().order_by(app_user::id.asc()).all()?;
    let found = target
        .user_analytics()
        .order_by(user_analytics::user_id.asc())
        .all()?;
    assert_eq!(users.len(), found.len());
    for (user, found) in users.iter().zip(&found) {
        let wanted = analytics(user).expect("it can be mapped");
        let wanted = (
            wanted.user_id,
            wanted.domain,
            wanted.signed_up,
            wanted.alias.flatten(),
        );
        let (domain, alias) = (found.domain.clone(), found.alias.clone());
        assert_eq!(
            wanted,
            (*found.user_id.value(), domain, found.signed_up, alias)
        );
    }
    Ok(())
}

/// Covers SYNC-3.
#[test]
fn sync_01_only_what_changed_is_written() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..10_500).map(|id| user(id, moment(id / 10))))?;
        let mut batches = 0;
        let first = job::<S, T>(&world.db)
            .on_progress(|progress| batches = progress.batches)
            .run()?;
        assert_eq!((first.rows.read, first.rows.inserted), (10_500, 10_500));
        assert_eq!((first.run, batches), (1, 11));
        let second = job::<S, T>(&world.db).run()?;
        assert_eq!(second.rows.written(), 0, "{second:?}");
        assert!(
            second.rows.read < 10_500,
            "those before the overlap are not read"
        );
        for id in [3, 4_000, 10_499] {
            let patch = AppUserPatch::new()
                .email(format!("{id}@changed.example.org"))
                .updated_at(moment(2_000));
            users
                .app_users()
                .update(AppUserId::on(S::default(), id), patch)?;
        }
        let third = job::<S, T>(&world.db).run()?;
        assert_eq!((third.rows.updated, third.rows.written()), (3, 3));
        assert_eq!(
            third.watermark.as_deref(),
            Some("2023-11-14 22:46:40.250000")
        );
        ensure_equal::<S, T>(&world.db)?;
        let log = world.answer(
            T::default().name(),
            "SELECT CONCAT(run, ' ', mode, ' ', status, ' ', rows_read >= inserted, ' ', inserted, ' ', updated, ' ', \
             watermark IS NOT NULL AND ended_ms >= started_ms, ' ', source, ' ', target) FROM _bindery_sync_runs ORDER BY run",
        );
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 3, "{log}");
        let yes = log.replace(" t ", " 1 ");
        let (from, to) = (S::default().name(), T::default().name());
        let wanted = format!("1 watermark done 1 10500 0 1 {from}.AppUser {to}.UserAnalytics");
        assert!(yes.starts_with(&wanted), "{log}");
        copies.user_analytics().all_rows().delete().map(drop)
    }
    on_each_pair!(show)
}

/// Covers SYNC-2, SYNC-9: ties, rows that change during the run, a clock ahead, and transactions that commit late.
#[test]
fn sync_02_nothing_is_missed_that_commits_late_or_at_the_same_instant() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, _) = (source::<S>(world)?, target::<T>(world)?);
        let start = now();
        users
            .app_users()
            .insert_many((0..2_500).map(|id| user(id, start)))?;
        let mut is_first = true;
        let mut others = world.db.connect(S::default())?;
        job::<S, T>(&world.db)
            .on_progress(|_| {
                if std::mem::take(&mut is_first) {
                    for id in [1, 2_400] {
                        let patch = AppUserPatch::new().email("x@during.org").updated_at(now());
                        let key = AppUserId::on(S::default(), id);
                        others
                            .app_users()
                            .update(key, patch)
                            .expect("it is changed");
                    }
                }
            })
            .run()?;
        job::<S, T>(&world.db).run()?;
        ensure_equal::<S, T>(&world.db)?;

        // The very instant of the watermark, by a smaller key.
        let last = users
            .app_users()
            .order_by(app_user::updated_at.desc())
            .first()?;
        let last = last.expect("there are rows").updated_at;
        users.app_users().insert(user(-1, last))?;
        assert_eq!(job::<S, T>(&world.db).run()?.rows.written(), 1);

        // One clock is an hour ahead of the others.
        let ahead = now() + Duration::from_secs(3_600);
        users.app_users().insert(user(-2, ahead))?;
        job::<S, T>(&world.db).run()?;
        users.app_users().insert(user(-3, now()))?;
        assert_eq!(job::<S, T>(&world.db).run()?.rows.written(), 1);
        ensure_equal::<S, T>(&world.db)?;

        // Written before rows that are copied already, committed after.
        let mut late = world.db.connect(S::default())?;
        let mut transaction = late.begin()?;
        transaction.app_users().insert(user(-4, now()))?;
        if S::default().dialect() != bindery::Dialect::Sqlite {
            users.app_users().insert(user(-5, now()))?;
        }
        job::<S, T>(&world.db).run()?;
        transaction.commit()?;
        assert_eq!(job::<S, T>(&world.db).run()?.rows.written(), 1);
        ensure_equal::<S, T>(&world.db)?;
        if S::default().dialect() != bindery::Dialect::Postgres {
            return Ok(());
        }

        // It has only read so far, and writes with the time of its beginning.
        let without_overlap = || job::<S, T>(&world.db).overlap(Duration::ZERO).run();
        let mut transaction = late.begin()?;
        let began = transaction.query_scalar::<NaiveDateTime>(
            "SELECT CAST(transaction_timestamp() AT TIME ZONE 'UTC' AS timestamp)",
            (),
        )?;
        users.app_users().all_rows().delete()?;
        users.app_users().insert(user(-6, now()))?;
        without_overlap()?;
        transaction.app_users().insert(user(-7, began))?;
        transaction.commit()?;
        assert_eq!(without_overlap()?.rows.written(), 1);
        Ok(())
    }
    on_each_pair!(show)
}

/// A column that is gone on either side ends the run before a row is written.
///
/// Covers SYNC-8.
#[test]
fn sync_03_tables_that_are_not_as_compiled_stop_the_run() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users.app_users().insert(user(1, moment(1)))?;
        let change = |connection: &mut Connection<T>, from: &str, to: &str| {
            let sql = format!("ALTER TABLE user_analytics RENAME COLUMN {from} TO {to}");
            connection.execute(bindery::Sql::assembled(sql), ())
        };
        change(&mut copies, "domain", "host")?;
        let refused = job::<S, T>(&open(&world.urls)?).run();
        let refused = refused.expect_err("a column is missing");
        assert!(
            matches!(refused.kind(), ErrorKind::SchemaDrift(_)),
            "{refused:?}"
        );
        assert_eq!(refused.engine(), Some(T::default().name()));
        change(&mut copies, "host", "domain")?;
        assert_eq!(copies.user_analytics().count()?, 0);
        assert_eq!(job::<S, T>(&open(&world.urls)?).run()?.rows.inserted, 1);
        Ok(())
    }
    on_each_pair!(show)
}

/// Covers SYNC-2 on SQLite.
#[test]
fn sync_02_times_that_sqlite_has_in_another_form_are_refused() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("times in another form", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    let run = || job::<engine::Default, engine::P>(&world.db).run();
    let mut users = source::<engine::Default>(&world)?;
    for form in [
        "1700000100",
        "2460263.43",
        "'2023-11-14T22:16:40'",
        "'2023-11-14 22:16:40.25'",
        "'2023-11-14 22:16'",
        "'2023-11-15 03:16:40+05:00'",
        "'2023-11-14'",
    ] {
        users.app_users().all_rows().delete()?;
        users
            .app_users()
            .insert_many((0..10).map(|id| user(id, moment(id))))?;
        run()?;
        world.run_on_sqlite(&format!(
            "INSERT INTO app_users (id, email, updated_at) VALUES (77, 'x@example.org', {form})"
        ));
        let Err(refused) = run() else {
            panic!("a row with {form} is passed over or read in a wrong place");
        };
        let kind = SyncError::StoredForm {
            table: "app_users".to_owned(),
            column: "updated_at".to_owned(),
            key: "77".to_owned(),
        };
        assert_eq!(refused.kind(), &ErrorKind::Sync(kind), "{form}");
        assert_eq!(refused.engine(), Some("default"));
        let text = refused.to_string();
        assert!(!text.contains(form.trim_matches('\'')), "{text}");
        // Its own programs mend them so.
        world.run_on_sqlite(
            "UPDATE app_users SET updated_at = '2023-11-14 22:16:40.250000' WHERE id = 77",
        );
        assert_eq!(run()?.rows.read, 11);
    }
    Ok(())
}

/// Covers SYNC-9 on SQLite.
#[test]
fn sync_02_a_run_over_times_in_another_form_comes_to_an_end() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    for id in 0..5 {
        world.run_on_sqlite(&format!(
            "INSERT INTO app_users (id, email, updated_at) VALUES ({id}, '{id}@example.org', '2023-11-14T22:16:40')"
        ));
    }
    world.run_on_sqlite(
        "INSERT INTO app_users (id, email, updated_at) VALUES (9, '9@example.org', '2023-11-15 00:00:00')",
    );
    let run = job::<engine::Default, engine::P>(&world.db).batch_size(2);
    let run = run.on_progress(|progress| assert!(progress.batches < 20, "it does not end"));
    let refused = run.run().expect_err("they have no order");
    assert!(refused.to_string().contains("`updated_at`"), "{refused}");
    Ok(())
}

#[test]
fn sync_by_integers_says_how_far_commits_may_be_behind() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let db = &world.db;
    let copy = |event: &Event| {
        Ok(NewEvent::new(event::Required {
            id: *event.id.value(),
            what: event.what.clone(),
            change_number: event.change_number,
        }))
    };
    let job = || {
        db.registry()
            .sync::<Event, Event<engine::P>>(copy)
            .by(event::change_number)
    };
    let refused = job().run().expect_err("no overlap");
    assert!(refused.to_string().contains("`overlap_by`"), "{refused}");
    let events = |range: std::ops::Range<i64>| {
        range.map(|id| {
            NewEvent::new(event::Required {
                id,
                what: "made".into(),
                change_number: id,
            })
        })
    };
    db.default()?.events().insert_many(events(0..100))?;
    assert_eq!(job().overlap_by(10).run()?.rows.inserted, 100);
    db.default()?.events().insert_many(events(100..120))?;
    let report = job().overlap_by(10).batch_size(7).run()?;
    assert_eq!((report.rows.inserted, report.rows.read), (20, 31));
    assert_eq!(report.watermark.as_deref(), Some("119"));
    Ok(())
}

/// A sequence of PostgreSQL knows nothing of rows that come with their keys.
#[test]
fn sync_01_keys_that_the_target_generates_go_on_after_the_copied_ones() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let db = &world.db;
    db.p()?.execute_batch(
        "CREATE SEQUENCE event_numbers OWNED BY events.id;
         ALTER TABLE events ALTER COLUMN id SET DEFAULT nextval('event_numbers')",
    )?;
    let events = (1..=50).map(|id| {
        NewEvent::new(event::Required {
            id,
            what: "made".into(),
            change_number: id,
        })
    });
    db.default()?.events().insert_many(events)?;
    let copy = |event: &Event| {
        let id = *event.id.value();
        Ok(NewEvent::new(event::Required {
            id,
            what: event.what.clone(),
            change_number: event.change_number,
        }))
    };
    let job = db.registry().sync::<Event, Event<engine::P>>(copy).full();
    assert_eq!(job.run()?.rows.inserted, 50);
    db.p()?
        .execute_batch("INSERT INTO events (what, change_number) VALUES ('own', 51)")?;
    assert_eq!(db.p()?.events().count()?, 51);
    db.p()?.execute_batch(
        "ALTER TABLE events ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE event_numbers",
    )?;
    Ok(())
}

#[test]
fn sync_goes_no_faster_than_it_may_and_needs_its_tables() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let db = &world.db;
    let copy = |event: &Event| {
        Ok(NewEvent::new(event::Required {
            id: *event.id.value(),
            what: event.what.clone(),
            change_number: event.change_number,
        }))
    };
    let job = || {
        db.registry()
            .sync::<Event, Event<engine::M>>(copy)
            .full()
            .batch_size(10)
    };
    db.default()?.events().insert_many((0..100).map(|id| {
        NewEvent::new(event::Required {
            id,
            what: "made".into(),
            change_number: id,
        })
    }))?;
    let started = Instant::now();
    job().rows_per_second(200).run()?;
    assert!(started.elapsed() >= Duration::from_millis(450));
    db.m()?.execute_batch("DROP TABLE _bindery_sync_rejects")?;
    let missing = job().run().expect_err("a table is missing");
    assert_eq!(missing.kind(), &ErrorKind::Sync(SyncError::NoTables));
    assert!(missing.to_string().contains("`create_sync_tables`"));
    Ok(())
}

/// A database whose tables of syncs an earlier version made says so, and is completed.
#[test]
fn sync_03_tables_of_an_earlier_version_are_completed() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let mut target = target::<T>(world)?;
        target.execute("ALTER TABLE _bindery_sync DROP COLUMN position", ())?;
        let refused = job::<S, T>(&world.db)
            .run()
            .expect_err("a column is missing");
        assert_eq!(refused.kind(), &ErrorKind::Sync(SyncError::OldTables));
        assert!(refused.to_string().contains("`create_sync_tables`"));
        world.db.registry().create_sync_tables(T::default())?;
        world.db.registry().create_sync_tables(T::default())?;
        assert_eq!(job::<S, T>(&world.db).run()?.run, 1);
        Ok(())
    }
    on_each_pair!(show)
}

/// Syncs that the schema declares: by the names of their columns, or with a mapping where those are not enough.
#[test]
fn sync_01_syncs_of_the_schema_are_methods() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("syncs of the schema", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    let db = &world.db;
    let users = (0..2_500).map(|id| user(id, moment(id)).alias(format!("{id}")));
    db.default()?.app_users().insert_many(users)?;
    let first = db.syncs().app_users_to_p().run()?;
    assert_eq!(
        (first.name.as_str(), first.rows.inserted),
        ("app_users_to_p", 2_500)
    );
    assert_eq!(db.syncs().app_users_to_p().run()?.rows.written(), 0);
    assert!(db.syncs().app_users_to_p().verify()?.is_equal());
    let patch = AppUserPatch::new()
        .email("new@example.org")
        .updated_at(moment(3_000));
    db.default()?
        .app_users()
        .update(AppUserId::on(engine::Default, 7), patch)?;
    assert_eq!(db.syncs().app_users_to_p().run()?.rows.updated, 1);
    let columns = db.registry().sync_columns::<AppUser, AppUser<engine::P>>();
    let found = columns.verify()?;
    assert!(found.is_equal() && found.same == 2_500, "{found:?}");

    let found = db.syncs().app_users_to_m(analytics).verify()?;
    assert!(found.missing > 0, "{found:?}");
    let mapped = db.syncs().app_users_to_m(analytics).run()?;
    assert_eq!(mapped.rows.inserted, 2_500);
    ensure_equal::<engine::P, engine::M>(db)?;

    db.m()?.events().insert_many((0..10).map(|id| {
        NewEvent::new(event::Required {
            id,
            what: "made".into(),
            change_number: id,
        })
    }))?;
    db.default()?
        .events()
        .insert(NewEvent::new(event::Required {
            id: 70,
            what: "surplus".into(),
            change_number: 70,
        }))?;
    let rows = db.syncs().events_to_default().run()?.rows;
    assert_eq!((rows.inserted, rows.deleted), (10, 1));
    Ok(())
}
