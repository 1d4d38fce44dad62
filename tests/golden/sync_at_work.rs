//! Syncs between engines of three databases: what is copied, what is not, and what happens when they are interrupted.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bindery::sync::{OnReject, Reject, SyncJob};
use bindery::types::NaiveDateTime;
use bindery::{Config, Connection, Engine, ErrorKind, Hosts, StaticEngine, SyncError};
use bindery_testkit::{
    FaultProxy, FreshDatabase, Watchdog, fresh_mysql, fresh_postgres, is_full_run,
};

use crate::sync::*;

/// The three engines, one URL to a line, for a process that is to be killed; then the pair and the batch.
const CHILD: &str = "BINDERY_TEST_SYNC_CHILD";

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
        db.create_sync_tables(engine::Default).expect("sqlite");
        db.create_sync_tables(engine::M).expect("mysql");
        db.create_sync_tables(engine::P).expect("postgres");
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
#[path = "sync_events.rs"]
mod events;
#[path = "sync_exchange.rs"]
mod exchange;

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
    let source = db.sync::<AppUser<S>, UserAnalytics<T>>(analytics);
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
fn killed_after(world: &World, target: &str, (batch, size): (u64, usize)) {
    let itself = std::env::current_exe().expect("the path of the test");
    let status = Command::new(itself)
        .args(["sync_at_work::sync_child", "--exact"])
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
                proxy.set(bindery_testkit::Fault::Cut);
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
        ensure_equal::<S, T>(&world.db)
    }
    let _watchdog = Watchdog::start("a target that is gone", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world, 2)?;
    show::<engine::P, engine::M>(&world, 1)
}

/// Every COMMIT of the target arrives, and no answer comes: each batch is looked up, and none is written twice or left out.
///
/// Covers SYNC-4 on PostgreSQL, MariaDB.
#[test]
fn sync_03_a_batch_whose_commit_has_no_answer_is_looked_up() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World, (at, pattern): (usize, &[u8])) -> bindery::Result<()> {
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
                proxy.set(bindery_testkit::Fault::CutAfterPattern {
                    direction: bindery_testkit::Direction::ToServer,
                    pattern: pattern.to_vec(),
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
    // The end of PostgreSQL's text belongs to the message.
    show::<engine::Default, engine::P>(&world, (2, b"COMMIT\0"))?;
    show::<engine::P, engine::M>(&world, (1, b"COMMIT"))
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
        let [summary] = &world.db.sync_summaries(T::default())?[..] else {
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

/// Covers SYNC-7.
#[test]
fn sync_04_a_unique_value_is_taken_over_across_batches() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        let full = || {
            let sync = world.db.sync::<AppUser<S>, UserAnalytics<T>>(analytics);
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

/// Covers SYNC-11.
#[test]
fn sync_06_a_full_compare_brings_deletes_and_repairs() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let (mut users, mut copies) = (source::<S>(world)?, target::<T>(world)?);
        users
            .app_users()
            .insert_many((0..2_300).map(|id| user(id * 3, moment(id))))?;
        let full = || {
            let sync = world.db.sync::<AppUser<S>, UserAnalytics<T>>(analytics);
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
        let full = world.db.sync::<AppUser<S>, UserAnalytics<T>>(odd).full();
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
            let sync = world.db.sync::<AppUser<S>, UserAnalytics<T>>(analytics);
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
            let sync = world.db.sync::<AppUser<S>, UserAnalytics<T>>(dated);
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

#[test]
fn sync_by_integers_says_how_far_commits_may_be_behind() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let db = &world.db;
    let copy = |event: &Event| {
        Ok(NewEvent::new(
            *event.id.value(),
            event.what.clone(),
            event.change_number,
        ))
    };
    let job = || {
        db.sync::<Event, Event<engine::P>>(copy)
            .by(event::change_number)
    };
    let refused = job().run().expect_err("no overlap");
    assert!(refused.to_string().contains("`overlap_by`"), "{refused}");
    let events = |range: std::ops::Range<i64>| range.map(|id| NewEvent::new(id, "made", id));
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
    let events = (1..=50).map(|id| NewEvent::new(id, "made", id));
    db.default()?.events().insert_many(events)?;
    let copy = |event: &Event| {
        let id = *event.id.value();
        Ok(NewEvent::new(id, event.what.clone(), event.change_number))
    };
    let job = db.sync::<Event, Event<engine::P>>(copy).full();
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
        Ok(NewEvent::new(
            *event.id.value(),
            event.what.clone(),
            event.change_number,
        ))
    };
    let job = || {
        db.sync::<Event, Event<engine::M>>(copy)
            .full()
            .batch_size(10)
    };
    db.default()?
        .events()
        .insert_many((0..100).map(|id| NewEvent::new(id, "made", id)))?;
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
        world.db.create_sync_tables(T::default())?;
        world.db.create_sync_tables(T::default())?;
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
    let patch = AppUserPatch::new()
        .email("new@example.org")
        .updated_at(moment(3_000));
    db.default()?
        .app_users()
        .update(AppUserId::on(engine::Default, 7), patch)?;
    assert_eq!(db.syncs().app_users_to_p().run()?.rows.updated, 1);
    let columns = db.sync_columns::<AppUser, AppUser<engine::P>>();
    let found = columns.verify()?;
    assert!(found.is_equal() && found.same == 2_500, "{found:?}");

    let mapped = db.syncs().app_users_to_m(analytics).run()?;
    assert_eq!(mapped.rows.inserted, 2_500);
    ensure_equal::<engine::P, engine::M>(db)?;

    db.m()?
        .events()
        .insert_many((0..10).map(|id| NewEvent::new(id, "made", id)))?;
    db.default()?
        .events()
        .insert(NewEvent::new(70, "surplus", 70))?;
    let rows = db.syncs().events_to_default().run()?.rows;
    assert_eq!((rows.inserted, rows.deleted), (10, 1));
    Ok(())
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
