//! Pools as a program sees them: connections, waiters, dead connections, and the rest of a killed program.

use std::io::BufRead;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::config::SchemaCheck;
use bindery::{Config, Engine as _, EngineOptions, ErrorKind, Registry};
use bindery_testkit::{FreshDatabase, Server, Watchdog};

use crate::sample::engine::{B, Default, Mysql, Postgres};
use crate::sample::{EMBEDDED, Everything, NewBlog, Tables, model, with};

const PATIENCE: Duration = Duration::from_secs(120);
/// Set in the program that is killed, to the engine and the URL it uses.
const DOOMED: &str = "BINDERY_POOLS_DOOMED";
/// Connections that rest shorter are not looked at before they are given out.
const REST: Duration = Duration::from_millis(20);

fn embedded(default: EngineOptions, b: EngineOptions) -> Registry {
    let config = Config::new()
        .engine("default", default)
        .engine("b", b)
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    db.create_missing_on(Default).unwrap();
    db.create_missing_on(B).unwrap();
    db
}

/// One engine keeps its connections, in memory too, and the other has none between uses.
///
/// Covers POOL-01 on SQLite.
#[test]
fn pool_01_long_and_short_connections() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}/b.db", folder.path().display());
    let long = EngineOptions::url(":memory:").max_connections(5);
    let db = embedded(
        long.acquire_timeout(PATIENCE),
        EngineOptions::url(file).short(),
    );
    let pool = |name| db.engine(name).unwrap().pool;
    let before = pool("b").created;
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let mut connection = db.connect(Default).unwrap();
                    connection.blogs().insert(NewBlog::new("long")).unwrap();
                }
            });
        }
    });
    for round in 1..=100 {
        let mut connection = db.connect(B).unwrap();
        connection.blogs().insert(NewBlog::new("short")).unwrap();
        drop(connection);
        assert_eq!((pool("b").created, pool("b").open), (before + round, 0));
    }
    assert!(pool("default").created <= 5 && pool("default").closed == 0);
    assert_eq!(db.connect(Default).unwrap().blogs().count().unwrap(), 100);
    assert_eq!(db.connect(B).unwrap().blogs().count().unwrap(), 100);
}

/// All connections of one engine are held: a caller that acquires one more gets the error, and the other engine knows
/// nothing of it. Ten times as many threads as connections all get their turn.
///
/// Covers POOL-02, POOL-5 on SQLite.
#[test]
fn pool_02_more_threads_than_connections() {
    let _watchdog = Watchdog::start("pool_02_more_threads_than_connections", PATIENCE);
    let short = Duration::from_millis(50);
    let two = EngineOptions::url(":memory:").max_connections(2);
    let db = embedded(EngineOptions::url(":memory:"), two.acquire_timeout(short));
    let held = (db.connect(B).unwrap(), db.connect(B).unwrap());
    let error = db.connect(B).map(drop).unwrap_err();
    assert_eq!(error.engine(), Some("b"));
    let ErrorKind::PoolExhausted {
        size, waited_ms, ..
    } = *error.kind()
    else {
        panic!("{error:?}");
    };
    assert!(
        size == 2 && waited_ms >= 50 && error.is_retryable(),
        "{error}"
    );
    db.connect(Default).unwrap().blogs().count().unwrap();
    drop(held);

    let two = EngineOptions::url(":memory:").max_connections(2);
    let db = embedded(
        EngineOptions::url(":memory:"),
        two.acquire_timeout(PATIENCE),
    );
    let end = AtomicBool::new(false);
    let served: Vec<u64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| count_until(&db, &end)))
            .collect();
        thread::sleep(Duration::from_secs(1));
        end.store(true, Ordering::Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let (least, most) = (served.iter().min(), served.iter().max());
    assert!(
        most <= least.map(|least| least * 4 + 8).as_ref(),
        "{served:?}"
    );
    assert!(db.engine("b").unwrap().pool.created <= 2);
}

fn count_until(db: &Registry, end: &AtomicBool) -> u64 {
    let mut served = 0;
    while !end.load(Ordering::Relaxed) {
        db.connect(B).unwrap().blogs().count().unwrap();
        served += 1;
    }
    served
}

/// Opening connects to nothing; using an engine that is down ends in time and says which it is.
///
/// Covers POOL-1 on PostgreSQL, MariaDB.
#[test]
fn pool_1_an_engine_that_is_down() {
    let _watchdog = Watchdog::start("pool_1_an_engine_that_is_down", PATIENCE);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    let limit = Duration::from_millis(200);
    for scheme in ["postgres", "mysql"] {
        for place in ["127.0.0.1:1", "nowhere.invalid:1", &silent.to_string()] {
            let url = format!("{scheme}://nobody@{place}/nothing");
            let options = EngineOptions::url(url).acquire_timeout(limit);
            let name = format!("x_{scheme}");
            let db = with(&name, options);
            let started = Instant::now();
            let error = match scheme {
                "postgres" => db.connect(Postgres).map(drop).unwrap_err(),
                _ => db.connect(Mysql).map(drop).unwrap_err(),
            };
            assert!(started.elapsed() < PATIENCE / 4, "{place}");
            assert_eq!(error.engine(), Some(name.as_str()), "{error:?}");
            assert!(
                matches!(
                    error.kind(),
                    ErrorKind::Unavailable
                        | ErrorKind::UnknownHost { .. }
                        | ErrorKind::Timeout { .. }
                ),
                "{place}: {error:?}"
            );
            assert_eq!(db.engine(&name).unwrap().pool.open, 0);
        }
    }
}

/// Ends all sessions of the database but the one that queries.
pub(crate) fn end_sessions(database: &FreshDatabase) {
    if database.url().starts_with("postgres") {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        database.answer(sql).unwrap();
        return;
    }
    let sql = "SELECT id FROM information_schema.processlist \
               WHERE db = database() AND id <> connection_id()";
    for id in database.answer(sql).unwrap().lines() {
        // One may have gone by itself.
        let _ = database.answer(&format!("KILL {id}"));
    }
}

/// A row that cannot be read may be one whose columns were described wrongly, and a connection keeps descriptions: it
/// serves its holder, and no caller after.
fn distrusted<E: Everything>(engine: E, database: &FreshDatabase, change: &str) {
    let options = EngineOptions::url(database.url()).schema_check(SchemaCheck::Off);
    let db = with(engine.name(), options);
    db.create_missing_on(engine).unwrap();
    let mut connection = db.connect(engine).unwrap();
    let key = connection.blogs().insert(NewBlog::new("7")).unwrap().id;
    drop(connection);
    database.run_script(change).unwrap();
    let closed = || db.engine(engine.name()).unwrap().pool.closed;
    let before = closed();
    for pulled in [false, true] {
        let mut connection = db.connect(engine).unwrap();
        let read = match pulled {
            false => connection.blogs().find(key).map(drop),
            true => connection.blogs().iter().unwrap().next().unwrap().map(drop),
        };
        let error = read.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{error:?}"
        );
        assert_eq!(connection.blogs().count().unwrap(), 1);
        drop(connection);
        assert_eq!(
            closed() - before,
            1 + u64::from(pulled),
            "{}",
            engine.name()
        );
    }
}

/// The server lets an account have as many sessions as the pool may have, and refuses the login of one more. A connection
/// that is abandoned keeps its place until the server has ended it, too.
fn never_too_many<E: Everything>(engine: E, database: &FreshDatabase, scheme: &str, rounds: u64) {
    let url = database.url();
    let (_, place) = url.split_once('@').unwrap();
    let user = few(database);
    let options = EngineOptions::url(format!("{scheme}://{user}:secret@{place}"))
        .max_connections(3)
        .acquire_timeout(PATIENCE)
        .resolve_commits(false);
    let db = &with(engine.name(), options.short());
    db.create_missing_on(engine).unwrap();
    let work = || (0..rounds).try_for_each(|_| db.connect(engine)?.blogs().count().map(drop));
    let outcomes: Vec<bindery::Result<()>> = thread::scope(|scope| {
        let threads = [(); 6].map(|()| scope.spawn(work));
        threads.map(|thread| thread.join().unwrap()).into()
    });
    let counts = db.engine(engine.name()).unwrap().pool;
    for outcome in outcomes {
        outcome.unwrap_or_else(|error| panic!("{error:?} {counts:?}"));
    }
    assert!(counts.closed >= 6 * rounds, "{counts:?}");
}

/// An account that may have few sessions.
fn few(database: &FreshDatabase) -> String {
    format!("{}_few", database.name())
}

/// Runs a check while there is such an account.
fn with_few(database: &FreshDatabase, scheme: &str, check: impl FnOnce()) {
    let (user, name) = (few(database), database.name());
    let run = |script: String| database.run_script(&script).unwrap();
    if scheme == "postgres" {
        run(format!(
            "CREATE ROLE {user} LOGIN PASSWORD 'secret' CONNECTION LIMIT 3; GRANT ALL ON SCHEMA public TO {user}"
        ));
        check();
        run(format!("DROP OWNED BY {user}; DROP ROLE {user}"));
    } else {
        run(format!(
            "CREATE USER {user}@'%' IDENTIFIED BY 'secret' WITH MAX_USER_CONNECTIONS 3; \
             GRANT ALL ON {name}.* TO {user}@'%'"
        ));
        check();
        run(format!("DROP USER {user}@'%'"));
    }
}

/// Covers POOL-5 on PostgreSQL, MariaDB.
#[test]
fn pool_5_the_server_never_has_more_sessions_than_the_pool_may_have() {
    let _watchdog = Watchdog::start("pool_5_the_server_never_has_more_sessions", PATIENCE);
    if let Some(database) = bindery_testkit::fresh_postgres() {
        with_few(&database, "postgres", || {
            never_too_many(Postgres, &database, "postgres", 10)
        });
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        with_few(&database, "mysql", || {
            never_too_many(Mysql, &database, "mysql", 100)
        });
    }
}

/// Three of its connections are in use, which is all that the account may have; the next callers get the first that comes back.
fn waits_for_its_own<E: Everything>(engine: E, database: &FreshDatabase, scheme: &str) {
    let url = database.url();
    let (_, place) = url.split_once('@').unwrap();
    let user = few(database);
    let options = EngineOptions::url(format!("{scheme}://{user}:secret@{place}"))
        .max_connections(8)
        .acquire_timeout(PATIENCE)
        .resolve_commits(false);
    let db = &with(engine.name(), options.clone());
    db.create_missing_on(engine).unwrap();
    let mut held: Vec<_> = (0..3).map(|_| db.connect(engine).unwrap()).collect();
    // A program without a connection of its own has none to wait for.
    let other = with(engine.name(), options);
    let error = other.connect(engine).err().unwrap();
    assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error:?}");
    thread::scope(|scope| {
        let work = || db.connect(engine)?.blogs().count();
        let waiting = [(); 4].map(|()| scope.spawn(work));
        until_waiting(db, engine, 4);
        held.pop();
        for thread in waiting {
            assert_eq!(thread.join().unwrap().unwrap(), 0);
        }
    });
    drop(held);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!(
        (pool.open, pool.in_use, pool.waiting, pool.created),
        (3, 0, 0, 3)
    );
}

fn until_waiting<E: Everything>(db: &Registry, engine: E, callers: usize) {
    while db.engine(engine.name()).unwrap().pool.waiting < callers {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Covers POOL-5 on PostgreSQL, MariaDB.
#[test]
fn pool_5_a_server_without_connections_is_waited_for_where_the_pool_has_some() {
    let _watchdog = Watchdog::start("pool_5_a_server_without_connections", PATIENCE);
    if let Some(database) = bindery_testkit::fresh_postgres() {
        with_few(&database, "postgres", || {
            waits_for_its_own(Postgres, &database, "postgres")
        });
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        with_few(&database, "mysql", || {
            waits_for_its_own(Mysql, &database, "mysql")
        });
    }
}

/// The server itself has no connection left, whoever comes: 1040 of MySQL and MariaDB.
///
/// Covers POOL-5 on MariaDB.
#[test]
fn pool_5_a_server_that_is_full_is_waited_for() {
    const MOST: usize = 10;
    let _watchdog = Watchdog::start("pool_5_a_server_that_is_full", PATIENCE);
    let Some(server) = Server::mysql().start_or_skip() else {
        return;
    };
    let url = server.database("shop").unwrap();
    let administrator = with(Mysql.name(), EngineOptions::url(url.as_str()));
    administrator.create_missing_on(Mysql).unwrap();
    let mut administrator = administrator.connect(Mysql).unwrap();
    for sql in [
        // One that may administer the server has a connection more.
        "CREATE USER guest@'%' IDENTIFIED BY 'secret'",
        "GRANT ALL ON shop.* TO guest@'%'",
        "SET GLOBAL max_connections = 10",
    ] {
        administrator.execute(sql, ()).unwrap();
    }
    let (_, place) = url.split_once('@').unwrap();
    let options = EngineOptions::url(format!("mysql://guest:secret@{place}"))
        .max_connections(2 * MOST as u32)
        .acquire_timeout(PATIENCE)
        .resolve_commits(false);
    let db = &with(Mysql.name(), options.clone());
    let mut held: Vec<_> = (1..MOST).map(|_| db.connect(Mysql).unwrap()).collect();
    let error = with(Mysql.name(), options).connect(Mysql).err().unwrap();
    assert_eq!(
        (error.kind(), error.code()),
        (&ErrorKind::Unavailable, Some("1040")),
        "{error:?}"
    );
    thread::scope(|scope| {
        let waiting = [(); 4].map(|()| scope.spawn(|| db.connect(Mysql)?.blogs().count()));
        until_waiting(db, Mysql, 4);
        held.pop();
        for thread in waiting {
            assert_eq!(thread.join().unwrap().unwrap(), 0);
        }
    });
    drop(held);
    let pool = db.engine(Mysql.name()).unwrap().pool;
    assert_eq!((pool.open, pool.in_use, pool.waiting), (MOST - 1, 0, 0));
}

/// Covers POOL-6 on PostgreSQL, MariaDB.
#[test]
fn pool_6_a_connection_whose_rows_cannot_be_read_is_not_passed_on() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        let change = "ALTER TABLE blogs ALTER title TYPE bytea USING convert_to(title, 'UTF8')";
        distrusted(Postgres, &database, change);
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        distrusted(Mysql, &database, "ALTER TABLE blogs MODIFY title INT");
    }
}

/// Returns how many sessions the database has beside the one that queries.
fn sessions(database: &FreshDatabase) -> String {
    let postgres = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mysql = "SELECT count(*) FROM information_schema.processlist \
                 WHERE db = database() AND id <> connection_id()";
    let sql = if database.url().starts_with("postgres") {
        postgres
    } else {
        mysql
    };
    database.answer(sql).unwrap().trim().to_owned()
}

/// The server ends sessions: the next caller notices nothing; a transaction gets the error and is not tried again.
fn killed_sessions<E: Everything>(engine: E, database: &FreshDatabase) {
    let db = with(engine.name(), EngineOptions::url(database.url()));
    db.create_missing_on(engine).unwrap();
    let mut blogs = db.repository::<model::Blog, _>(engine);
    for _ in 0..3 {
        assert_eq!(blogs.count().unwrap(), 0);
        end_sessions(database);
        // A server that computes much ends them later than it answers.
        while sessions(database) != "0" {
            thread::sleep(REST);
        }
        thread::sleep(REST);
    }
    let mut connection = db.connect(engine).unwrap();
    let mut tx = connection.begin().unwrap();
    tx.blogs().insert(NewBlog::new("lost")).unwrap();
    end_sessions(database);
    let error = tx.blogs().insert(NewBlog::new("lost")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert!(tx.commit().is_err());
    drop(connection);
    assert_eq!(blogs.count().unwrap(), 0);
    blogs.insert(NewBlog::new("kept")).unwrap();
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!(pool.created - pool.closed, pool.open as u64, "{pool:?}");
}

/// Covers POOL-03, POOL-2 on PostgreSQL, MariaDB.
#[test]
fn pool_03_sessions_that_the_server_ends() {
    let _watchdog = Watchdog::start("pool_03_sessions_that_the_server_ends", PATIENCE);
    if let Some(database) = bindery_testkit::fresh_postgres() {
        killed_sessions(Postgres, &database);
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        killed_sessions(Mysql, &database);
    }
}

/// Does nothing among the other tests.
#[test]
#[allow(clippy::print_stdout, reason = "read by the other process")]
fn the_doomed_program() {
    let Ok(doomed) = std::env::var(DOOMED) else {
        return;
    };
    let (engine, url) = doomed.split_once(' ').expect("an engine and a URL");
    match engine {
        "x_postgres" => is_killed(Postgres, url),
        "x_mysql" => is_killed(Mysql, url),
        _ => is_killed(Default, url),
    }
}

#[allow(clippy::print_stdout, reason = "read by the other process")]
fn is_killed<E: Everything>(engine: E, url: &str) {
    let db = with(engine.name(), EngineOptions::url(url));
    let mut connection = db.connect(engine).unwrap();
    let mut tx = connection.begin().unwrap();
    tx.blogs().insert(NewBlog::new("lost")).unwrap();
    println!("\nin the middle");
    loop {
        thread::park();
    }
}

/// A program that is killed in the middle of a transaction.
fn kill_one(engine: &str, url: &str) {
    let mut doomed: Child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "pools::the_doomed_program", "--nocapture"])
        .env(DOOMED, format!("{engine} {url}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = std::io::BufReader::new(doomed.stdout.take().unwrap());
    let mut lines = output.lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "in the middle"));
    doomed.kill().unwrap();
    doomed.wait().unwrap();
}

/// Its work is undone, and others write immediately.
fn leaves_nothing<E: Everything>(engine: E, url: &str) -> Registry {
    let options = EngineOptions::url(url).acquire_timeout(PATIENCE);
    let db = with(engine.name(), options);
    db.create_missing_on(engine).unwrap();
    for _ in 0..3 {
        kill_one(engine.name(), url);
        let mut blogs = db.repository::<model::Blog, _>(engine);
        assert_eq!(blogs.count().unwrap(), 0);
    }
    let mut blogs = db.repository::<model::Blog, _>(engine);
    blogs.insert(NewBlog::new("kept")).unwrap();
    db
}

/// Covers POOL-10.
#[test]
fn pool_10_a_killed_program_leaves_nothing_behind() {
    let _watchdog = Watchdog::start("pool_10_a_killed_program", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}/one.db", folder.path().display());
    leaves_nothing(Default, &file);
    let left = |database: &FreshDatabase, db: Registry| {
        db.close();
        // The promise is one second; the watchdog ends what never comes.
        while sessions(database) != "0" {
            thread::yield_now();
        }
    };
    if let Some(database) = bindery_testkit::fresh_postgres() {
        left(&database, leaves_nothing(Postgres, &database.url()));
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        left(&database, leaves_nothing(Mysql, &database.url()));
    }
}

/// Nobody comes any more, and the server sees the last session go all the same.
fn a_quiet_engine<E: Everything>(
    engine: E,
    database: &FreshDatabase,
    old: impl Fn(EngineOptions) -> EngineOptions,
) {
    let options = old(EngineOptions::url(database.url()).max_connections(4));
    let db = with(engine.name(), options);
    db.create_missing_on(engine).unwrap();
    for _ in 0..2 {
        let held: Vec<_> = (0..3).map(|_| db.connect(engine).unwrap()).collect();
        drop(held);
        while sessions(database) != "0" {
            thread::sleep(REST);
        }
        let pool = db.engine(engine.name()).unwrap().pool;
        assert_eq!((pool.open, pool.idle, pool.created), (0, 0, pool.closed));
    }
}

/// Connections go when their time is up, whether a caller comes or not.
///
/// Covers POOL-03 on PostgreSQL, MariaDB.
#[test]
fn pool_03_a_quiet_engine_keeps_no_connections() {
    let _watchdog = Watchdog::start("pool_03_a_quiet_engine_keeps_no_connections", PATIENCE);
    let time = Duration::from_millis(200);
    let idle = |options: EngineOptions| options.idle_timeout(time);
    let aged = |options: EngineOptions| options.max_lifetime(time);
    if let Some(database) = bindery_testkit::fresh_postgres() {
        a_quiet_engine(Postgres, &database, idle);
        a_quiet_engine(Postgres, &database, aged);
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        a_quiet_engine(Mysql, &database, idle);
        a_quiet_engine(Mysql, &database, aged);
    }
}
