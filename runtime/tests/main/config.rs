//! Engines as they are configured: hosts one after the other, replicas, passwords, limits, what is kept and what is
//! closed.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bindery::{Config, EngineOptions, ErrorKind, Registry, Synchronous};
use bindery_testkit::{FreshDatabase, Server, Watchdog};

use crate::sample::engine::{B, Default, Mysql, Postgres, Test};
use crate::sample::{EMBEDDED, Everything, NewBlog, PROGRAM, Tables, at, embedded, with};

/// Every server there is, with the engine that is compiled for it.
fn servers() -> Vec<(&'static str, FreshDatabase)> {
    let servers = [
        ("x_postgres", bindery_testkit::fresh_postgres()),
        ("x_mysql", bindery_testkit::fresh_mysql()),
    ];
    let given = servers.into_iter();
    given
        .filter_map(|(engine, database)| Some((engine, database?)))
        .collect()
}

/// `user:password`, `host:port` and the name of the database.
fn parts(url: &str) -> (&str, &str, &str) {
    let (_, rest) = url.split_once("://").unwrap();
    let (account, place) = rest.rsplit_once('@').unwrap();
    let (address, database) = place.split_once('/').unwrap();
    (account, address, database)
}

fn connect(db: &Registry, engine: &str) -> bindery::Result<()> {
    match engine {
        "x_postgres" => db.connect(Postgres).map(drop),
        _ => db.connect(Mysql).map(drop),
    }
}

/// The same URL with other hosts.
fn with_hosts(url: &str, hosts: &str) -> String {
    let (account, _, database) = parts(url);
    let (scheme, _) = url.split_once("://").unwrap();
    format!("{scheme}://{account}@{hosts}/{database}")
}

#[test]
fn hosts_are_tried_in_turn_within_one_limit() {
    let _watchdog = Watchdog::start("hosts_are_tried_in_turn", Duration::from_secs(120));
    // Accepts, as the system does for it, and stays silent.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    for (engine, database) in servers() {
        let url = database.url();
        let (_, address, _) = parts(&url);
        let limit = Duration::from_secs(2);
        let open = |hosts: &str| {
            let options = EngineOptions::url(with_hosts(&url, hosts)).connect_timeout(limit);
            connect(&with(engine, options), engine)
        };
        open(&format!("127.0.0.1:1,{address}")).unwrap();
        open(&format!("{silent},127.0.0.1:1,{address}")).unwrap();
        open(&format!("{address},127.0.0.1:1")).unwrap();
        let none = open("127.0.0.1:1,127.0.0.1:2").unwrap_err();
        assert_eq!(none.kind(), &ErrorKind::Unavailable, "{none:?}");
        assert!(
            none.to_string().contains("127.0.0.1:1,127.0.0.1:2/"),
            "{none}"
        );
        let asleep = open(&format!("127.0.0.1:1,{silent}")).unwrap_err();
        assert!(
            matches!(asleep.kind(), ErrorKind::Timeout { .. }),
            "{asleep:?}"
        );
    }
}

#[test]
fn a_host_that_refuses_the_login_is_the_right_one() {
    for (engine, database) in servers() {
        let url = database.url();
        let (account, address, _) = parts(&url);
        let (user, _) = account.split_once(':').unwrap();
        let hosts = format!("{address},127.0.0.1:1");
        let options = EngineOptions::url(with_hosts(&url, &hosts));
        let wrong = options.username(user).password("wrong");
        let error = connect(&with(engine, wrong), engine).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{error:?}");
    }
}

#[test]
fn only_a_server_that_takes_writes_will_do_where_that_is_said() {
    let Some(database) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let url = |attributes: &str| format!("{}?target_session_attrs={attributes}", database.url());
    at("x_postgres", &url("read-write"))
        .connect(Postgres)
        .unwrap();
    let name = database.name();
    database
        .answer(&format!(
            "ALTER DATABASE \"{name}\" SET default_transaction_read_only = on"
        ))
        .unwrap();
    at("x_postgres", &url("any")).connect(Postgres).unwrap();
    let error = at("x_postgres", &url("read-write"))
        .connect(Postgres)
        .map(drop)
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("takes no writes"), "{source}");
}

/// Reads come from the replica, writes are refused by the database, and an unknown name is reported.
/// A database beside that of the engine, with rows of its own: what is read there was not read from the engine's.
fn reads_from_a_replica<E: Everything>(engine: E, url: &str, replica: &str) {
    let beside = at(engine.name(), replica);
    beside.create_missing_on(engine).unwrap();
    let mut beside = beside.connect(engine).unwrap();
    for title in ["one", "two"] {
        beside.blogs().insert(NewBlog::new(title)).unwrap();
    }
    let db = with_replica(engine, url, replica);
    db.create_missing_on(engine).unwrap();
    let mut own = db.connect(engine).unwrap();
    own.blogs().insert(NewBlog::new("one")).unwrap();

    refuses_writes_to_its_replica(&db, engine, 2);
    assert_eq!(own.blogs().count().unwrap(), 1);
    assert_eq!(beside.blogs().count().unwrap(), 2);
    drop(own);
    is_shown_and_closed(&db, engine);
}

fn with_replica<E: Everything>(engine: E, url: &str, replica: &str) -> Registry {
    let options = EngineOptions::url(url).replica("b1", replica);
    with(engine.name(), options.max_connections(2))
}

fn refuses_writes_to_its_replica<E: Everything>(db: &Registry, engine: E, rows: u64) {
    let mut replica = db.connect_replica(engine, "b1").unwrap();
    assert_eq!(replica.blogs().count().unwrap(), rows);
    let insert = "INSERT INTO blogs (title) VALUES ('three')";
    let refused = replica.query_as::<i64>(insert, ()).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly, "{refused:?}");
    drop(replica);
    // The connection is good for the next one.
    let mut replica = db.connect_replica(engine, "b1").unwrap();
    assert_eq!(replica.blogs().count().unwrap(), rows);
}

fn is_shown_and_closed<E: Everything>(db: &Registry, engine: E) {
    let unknown = db.connect_replica(engine, "b2").map(drop).unwrap_err();
    let text = unknown.to_string();
    assert!(
        text.contains("there is no replica `b2`; known: b1"),
        "{text}"
    );
    let status = db.engine(engine.name()).unwrap();
    assert_eq!(
        (status.replicas.len(), status.replicas[0].name.as_str()),
        (1, "b1")
    );
    assert_eq!(status.replicas[0].pool.created, 1);
    assert_eq!(status.replicas[0].server, status.server);
    db.close_within(Duration::from_secs(10)).unwrap();
    let closed = db.connect_replica(engine, "b1").map(drop).unwrap_err();
    assert_eq!(
        (closed.engine(), closed.kind()),
        (Some(engine.name()), &ErrorKind::Closed)
    );
}

#[test]
fn replicas_are_read_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("sqlite://{}/{name}.db", folder.path().display());
    reads_from_a_replica(Default, &file("own"), &file("replica"));
    if let (Some(own), Some(replica)) = (
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_postgres(),
    ) {
        reads_from_a_replica(Postgres, &own.url(), &replica.url());
    }
    if let (Some(own), Some(replica)) = (
        bindery_testkit::fresh_mysql(),
        bindery_testkit::fresh_mysql(),
    ) {
        reads_from_a_replica(Mysql, &own.url(), &replica.url());
    }
}

/// A replica as it is in earnest: what is committed comes a moment later, and the server itself takes no writes.
#[test]
fn a_standby_of_postgres_is_read_and_never_written() {
    let _watchdog = Watchdog::start("a_standby_of_postgres", Duration::from_secs(120));
    let Some(primary) = Server::postgres().start_or_skip() else {
        return;
    };
    let url = primary.database("shop").unwrap();
    let standby = primary.standby().expect("PostgreSQL has standbys");
    let standby = standby.start().expect("the standby starts");
    let copy = url.replace(
        &format!(":{}/", primary.port()),
        &format!(":{}/", standby.port()),
    );
    assert_ne!(url, copy);
    let db = with_replica(Postgres, &url, &copy);
    db.create_missing_on(Postgres).unwrap();
    let mut own = db.connect(Postgres).unwrap();
    own.blogs().insert(NewBlog::new("one")).unwrap();
    let has_come = || {
        let count = db
            .connect_replica(Postgres, "b1")
            .and_then(|mut replica| replica.blogs().count());
        count.is_ok_and(|count| count == 1)
    };
    // The table comes with the row; the watchdog ends a wait without end.
    while !has_come() {
        std::thread::sleep(Duration::from_millis(20));
    }
    refuses_writes_to_its_replica(&db, Postgres, 1);
    drop(own);
    // Nobody set this server read-only for a session: opened as an engine it refuses all the same.
    let mut direct = at("x_postgres", &copy).connect(Postgres).unwrap();
    let refused = direct.blogs().insert(NewBlog::new("two")).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly, "{refused:?}");
}

/// An engine's product is known once it was connected to.
///
/// Covers CON-07.
#[test]
fn con_07_the_product_is_known_after_the_first_connection() {
    for (engine, database) in servers() {
        let db = at(engine, &database.url());
        assert_eq!(db.engine(engine).unwrap().server, None);
        connect(&db, engine).unwrap();
        let server = db.engine(engine).unwrap().server.unwrap();
        assert!(["PostgreSQL", "MySQL", "MariaDB"].contains(&server.product));
        assert!(
            server
                .version
                .starts_with(|sign: char| sign.is_ascii_digit()),
            "{server:?}"
        );
    }
    let db = embedded();
    assert_eq!(db.engine("b").unwrap().server.unwrap().product, "SQLite");
    let names: Vec<&str> = db.engines().iter().map(|engine| engine.name).collect();
    assert_eq!(names, ["b", "default", "test"]);
}

/// Passwords that mean something to URLs, shells and SQL.
const PASSWORDS: [&str; 4] = [
    "@:/?#%'\\ \"`;--",
    "p@ss:w/rd%40",
    "\u{1F511} \u{e9}",
    " ends with spaces ",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sets the password of an account of its own; `None` where the server has none.
fn account(engine: &str, database: &FreshDatabase, number: usize, password: &str) -> String {
    let name = format!("{}_{number}", database.name());
    let quoted = password.replace('\'', "''");
    match engine {
        "x_postgres" => {
            database
                .run_script(&format!(
                    "CREATE ROLE \"{name}\" LOGIN PASSWORD '{quoted}';"
                ))
                .unwrap();
        }
        _ => {
            let quoted = quoted.replace('\\', "\\\\");
            database
                .run_script(&format!("CREATE USER '{name}' IDENTIFIED BY '{quoted}';"))
                .unwrap();
            let grant = format!("GRANT ALL ON `{}`.* TO '{name}';", database.name());
            database.run_script(&grant).unwrap();
        }
    }
    name
}

/// Removes the account, also where the test fails.
struct Account<'d>(&'d str, &'d FreshDatabase, String);

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let Self(engine, database, name) = self;
        let sql = match *engine {
            "x_postgres" => format!("DROP ROLE \"{name}\";"),
            _ => format!("DROP USER '{name}';"),
        };
        drop(database.run_script(&sql));
    }
}

/// Covers CFG-9 on PostgreSQL, MariaDB.
#[test]
fn cfg_09_passwords_of_all_signs() {
    for (engine, database) in servers() {
        for (number, password) in PASSWORDS.into_iter().enumerate() {
            let user = account(engine, &database, number, password);
            let _account = Account(engine, &database, user.clone());
            let url = database.url();
            let (_, address, name) = parts(&url);
            let (host, port) = address.split_once(':').unwrap();
            let plain = match engine {
                "x_postgres" => EngineOptions::postgres(host, name),
                _ => EngineOptions::mysql(host, name),
            };
            let plain = plain.port(port.parse().unwrap()).username(user.as_str());
            connect(&with(engine, plain.clone().password(password)), engine).unwrap();
            let wrong = with(engine, plain.password(format!("{password}x")));
            let error = connect(&wrong, engine).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{error:?}");
            assert!(!format!("{error} {error:?} {wrong:?}").contains(password));

            let (scheme, _) = url.split_once("://").unwrap();
            let url = format!("{scheme}://{user}:{}@{address}/{name}", encoded(password));
            connect(&at(engine, &url), engine).unwrap();
        }
    }
}

/// From a file that only its owner can read, beside a URL and beside single keys; and an override that has its own.
///
/// Covers CFG-1.
#[cfg(unix)]
#[test]
fn cfg_01_passwords_from_files_and_programs() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "s3cr3t-\u{1F511}-canary\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let rest = "url = ':memory:'\n[engines]\ntest = ':memory:'\n[engines.b]\n";
    let open = |text: &str| {
        fs::write(folder.path().join("bindery.toml"), format!("{rest}{text}")).unwrap();
        let config = Config::from_file(folder.path().join("bindery.toml")).unwrap();
        Registry::with_config(&EMBEDDED, &config).unwrap_err()
    };
    // The program is compiled for SQLite, so it says that another dialect was found once the password is there.
    let found = [
        "url = 'postgres://ann@127.0.0.1:1/shop'\npassword-file = 'secret'",
        "dialect = 'mysql'\ndatabase = 'shop'\npassword-file = 'secret'",
        "url = 'postgres://ann@127.0.0.1:1/shop'\npassword-command = ['cat', 'secret']",
    ];
    for text in found {
        let error = open(text);
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedServer { .. }),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    let command = "url = 'postgres://ann@127.0.0.1:1/shop'\npassword-command = ['false']";
    let error = open(command);
    assert_eq!(error.engine(), Some("b"));
    assert!(
        error
            .to_string()
            .contains("`password-command` names failed"),
        "{error}"
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let error = open(found[0]);
    assert!(error.to_string().contains("`chmod 600` it"), "{error}");
    assert!(error.to_string().contains("bindery.toml:"), "{error}");
}

/// Nothing of a password is in the arguments of the process, nor of a program that it starts: that program notes its own
/// arguments and its parent's.
///
/// Covers CON-06, CFG-1.
#[cfg(target_os = "linux")]
#[test]
fn con_06_arguments_of_the_process_hold_no_password() {
    const NOTE: &str = "#!/bin/sh\nfor process in $PPID $$; do\n  tr '\\0' '\\n' < /proc/$process/cmdline\ndone > seen\ncat secret\n";
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("secret", "s3cr3t-canary\n");
    write("note.sh", NOTE);
    write(
        "bindery.toml",
        "url = ':memory:'\n[engines]\nb = ':memory:'\ntest = ':memory:'\n\
         x_mysql = 'mysql://ann:${PASSWORD}@127.0.0.1:1/shop'\ny_mariadb = 'mysql://ann:s3cr3t-canary@127.0.0.1:1/shop'\n\
         [engines.x_postgres]\nurl = 'postgres://ann@127.0.0.1:1/shop'\npassword-command = ['sh', 'note.sh']\n",
    );
    let config = Config::from_file(folder.path().join("bindery.toml")).unwrap();
    let config = config.variable("PASSWORD", "s3cr3t-canary");
    let db = Registry::with_config(&PROGRAM, &config).unwrap();
    for refused in [db.connect(Postgres).map(drop), db.connect(Mysql).map(drop)] {
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::Unavailable);
    }

    let seen = fs::read_to_string(folder.path().join("seen")).expect("the program was started");
    let own = fs::read_to_string("/proc/self/cmdline").unwrap();
    let own = own.trim_end_matches('\0').replace('\0', "\n");
    assert_eq!(seen, format!("{own}\nsh\nnote.sh\n"));
    assert!(!seen.contains("canary"), "{seen}");
}

/// The override of one engine says where it is, and the file all the rest.
///
/// Covers CON-05.
#[test]
fn con_05_an_override_keeps_the_other_settings_of_its_engine() {
    let folder = tempfile::tempdir().unwrap();
    let text = "url = ':memory:'\n[engines]\ntest = ':memory:'\n[engines.b]\nurl = 'sqlite://b.db'\nconnection = 'short'\n\
        busy-timeout = '7s'\npool = { max-connections = 3 }\n";
    fs::write(folder.path().join("bindery.toml"), text).unwrap();
    let config = Config::from_file(folder.path().join("bindery.toml")).unwrap();
    let config = config.variable("BINDERY_B_URL", "sqlite://other.db");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    let b = db.engine("b").unwrap();
    assert!(b.url.ends_with("/other.db"), "{}", b.url);
    assert_eq!(b.limits.max_connections, 3);
    assert_eq!(b.session.busy_timeout, Duration::from_secs(7));
    assert_eq!(format!("{:?}", b.connection), "Short");
    assert_eq!(db.engine("test").unwrap().limits.max_connections, 8);
}

/// In the file and in code: each connection has it, and an engine that says nothing has SQLite's own safest of two.
#[test]
fn synchronous_of_an_engine_is_set_on_each_of_its_connections() {
    const READ_BACK: &str = "SELECT synchronous FROM pragma_synchronous";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bindery.toml");
    let choices = [
        ("off", Synchronous::Off),
        ("normal", Synchronous::Normal),
        ("full", Synchronous::Full),
        ("extra", Synchronous::Extra),
    ];
    for ((word, choice), expected) in choices.into_iter().zip(0_i64..) {
        let text = format!(
            "url = 'sqlite://default.db'\n[engines]\ntest = ':memory:'\n\
             [engines.b]\nurl = 'sqlite://b.db'\nsynchronous = '{word}'\n"
        );
        fs::write(&file, text).unwrap();
        let in_file = Config::from_file(&file).unwrap();
        let b = EngineOptions::sqlite(folder.path().join("b.db")).synchronous(choice);
        let in_code = Config::new()
            .engine("b", b)
            .engine("default", ":memory:")
            .engine("test", ":memory:");
        for config in [in_file, in_code] {
            let db = Registry::with_config(&EMBEDDED, &config).unwrap();
            let mut connections = [(); 3].map(|()| db.connect(B).unwrap());
            for connection in &mut connections {
                let found = connection.query_scalar::<i64>(READ_BACK, ()).unwrap();
                assert_eq!(found, expected, "{word}");
            }
            let mut other = db.connect(Default).unwrap();
            assert_eq!(other.query_scalar::<i64>(READ_BACK, ()).unwrap(), 2);
        }
    }
}

#[test]
fn synchronous_of_a_server_is_refused() {
    for url in ["postgres://b@h/b", "mysql://b@h/b", "mariadb://b@h/b"] {
        let b = EngineOptions::url(url).synchronous(Synchronous::Normal);
        let config = Config::new().engine("b", b).engine("default", ":memory:");
        let config = config.engine("test", ":memory:");
        let error = Registry::with_config(&EMBEDDED, &config).unwrap_err();
        assert_eq!(
            error.to_string(),
            "engine `b`: reading the configuration: `synchronous` is a setting of SQLite and means nothing for a server"
        );
    }
}

/// Covers CFG-5.
#[test]
fn cfg_05_engines_of_one_database_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.db");
    fs::write(&file, "").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&file, folder.path().join("link.db")).unwrap();
    let config = Config::new()
        .engine("b", EngineOptions::sqlite(&file))
        .engine(
            "default",
            EngineOptions::sqlite(folder.path().join("link.db")),
        )
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    assert_eq!(db.engine("b").unwrap().same_database, ["default"]);
    assert_eq!(db.engine("default").unwrap().same_database, ["b"]);
    assert!(db.engine("test").unwrap().same_database.is_empty());
    assert!(
        embedded()
            .engines()
            .iter()
            .all(|engine| engine.same_database.is_empty())
    );
}

/// Covers POOL-04, CFG-7.
#[test]
fn pool_04_limits_that_make_no_sense_are_refused_at_open() {
    let none = Duration::ZERO;
    let long = Duration::from_secs(366 * 24 * 3_600);
    let b = || EngineOptions::url(":memory:");
    let cases: [(EngineOptions, &str); 15] = [
        (b().max_connections(0), "max_connections"),
        (b().max_connections(1).min_connections(2), "min_connections"),
        (b().acquire_timeout(none), "acquire_timeout"),
        (b().acquire_timeout(Duration::MAX), "acquire_timeout"),
        (b().idle_timeout(none), "idle_timeout"),
        (b().max_lifetime(long), "max_lifetime"),
        (b().test_after_idle(none), "test_after_idle"),
        (b().connect_timeout(none), "connect_timeout"),
        (b().statement_timeout(none), "statement_timeout"),
        (b().lock_timeout(Duration::from_micros(1)), "lock_timeout"),
        (
            b().idle_in_transaction_timeout(none),
            "idle_in_transaction_timeout",
        ),
        (b().busy_timeout(none), "busy_timeout"),
        (b().application_name(""), "application_name"),
        (b().application_name("x".repeat(64)), "application_name"),
        (b().port(0), "port"),
    ];
    for (options, name) in cases {
        let config = Config::new()
            .engine("b", options)
            .engine("default", ":memory:")
            .engine("test", ":memory:");
        let error = Registry::with_config(&EMBEDDED, &config).unwrap_err();
        assert_eq!(error.engine(), Some("b"), "{name}");
        assert!(
            error.to_string().contains(&format!("`{name}`")),
            "{name}: {error}"
        );
    }
    // Off, and said so.
    let config = Config::new()
        .engine(
            "b",
            b().statement_timeout(None)
                .idle_in_transaction_timeout(None),
        )
        .engine("default", ":memory:")
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    assert_eq!(db.engine("b").unwrap().session.statement_timeout, None);
    let usual = db.engine("test").unwrap().session.statement_timeout;
    assert_eq!(usual, Some(Duration::from_secs(30)));
}

/// 100 units of work on each of three engines, on four threads.
///
/// Covers POOL-01 on SQLite.
#[test]
fn pool_01_long_and_short_connections() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| EngineOptions::sqlite(folder.path().join(name));
    let config = Config::new()
        .engine("default", file("default.db").max_connections(5))
        .engine("b", file("b.db").short())
        .engine("test", EngineOptions::url(":memory:").max_connections(1));
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    drop(db.connect(Default).unwrap());
                    drop(db.connect(B).unwrap());
                    drop(db.connect(Test).unwrap());
                }
            });
        }
    });
    let pool = |name: &str| db.engine(name).unwrap().pool;
    assert!(
        (1..=5).contains(&pool("default").created),
        "{:?}",
        pool("default")
    );
    assert_eq!(pool("default").closed, 0);
    assert_eq!([pool("b").created, pool("b").closed], [100, 100]);
    assert_eq!(pool("b").open, 0);
    assert_eq!([pool("test").created, pool("test").closed], [1, 0]);
}

/// The same, with the connections that a server counts.
///
/// Covers POOL-01 on PostgreSQL, MariaDB.
#[test]
fn pool_01_connections_that_a_server_counts() {
    for (engine, database) in servers() {
        let name = database.name();
        let sessions = match engine {
            "x_postgres" => format!(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND application_name = 'counted'"
            ),
            _ => format!("SELECT count(*) FROM information_schema.processlist WHERE db = '{name}'"),
        };
        let own = |options: EngineOptions| with(engine, options.application_name("counted"));
        let count = || -> u32 { database.answer(&sessions).unwrap().trim().parse().unwrap() };
        // The test's own look at MySQL's list is in the list.
        let before = count();
        let gone = || {
            while count() > before {
                std::thread::yield_now();
            }
        };
        let long = own(EngineOptions::url(database.url()).max_connections(5));
        let short = own(EngineOptions::url(database.url()).short());
        for _ in 0..20 {
            connect(&long, engine).unwrap();
            connect(&short, engine).unwrap();
        }
        assert_eq!(long.engine(engine).unwrap().pool.created, 1);
        assert_eq!(short.engine(engine).unwrap().pool.created, 20);
        // Closing is heard of a moment later.
        while count() != before + 1 {
            std::thread::yield_now();
        }
        long.close();
        gone();
    }
}

/// Idle connections are gone, those in use are waited for, reported and cut off, and closing opens nothing.
///
/// Covers CON-10, POOL-04 on PostgreSQL, MariaDB.
#[test]
fn con_10_closing_ends_the_sessions_of_a_server() {
    let _watchdog = Watchdog::start("con_10_closing", Duration::from_secs(120));
    for (engine, database) in servers() {
        let db = at(engine, &database.url());
        let name = database.name();
        let sessions = match engine {
            "x_postgres" => {
                format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'")
            }
            _ => format!("SELECT count(*) FROM information_schema.processlist WHERE db = '{name}'"),
        };
        let count = || -> u32 { database.answer(&sessions).unwrap().trim().parse().unwrap() };
        let before = count();
        let (mut postgres, mut mysql) = (None, None);
        match engine {
            "x_postgres" => postgres = Some(db.connect(Postgres).unwrap()),
            _ => mysql = Some(db.connect(Mysql).unwrap()),
        }
        connect(&db, engine).unwrap();
        assert_eq!(count(), before + 2);
        let held = db.close_within(Duration::from_millis(50)).unwrap_err();
        assert_eq!(
            (held.engine(), held.kind()),
            (Some(engine), &ErrorKind::StillInUse { connections: 1 })
        );
        while count() != before {
            std::thread::yield_now();
        }
        drop((postgres.take(), mysql.take()));
        db.close_within(Duration::from_secs(10)).unwrap();
        db.close();
        let error = connect(&db, engine).unwrap_err();
        assert_eq!(
            (error.engine(), error.kind()),
            (Some(engine), &ErrorKind::Closed)
        );
        assert_eq!(db.engine("default").unwrap().pool.created, 0);
    }
}

/// Set in the inner process to the folder of the configuration.
const READ_ONLY: &str = "BINDERY_READ_ONLY_FOLDER";

/// A user that may not write where the configuration is, nor where it runs.
///
/// Covers CFG-8.
#[cfg(unix)]
#[test]
fn cfg_08_nothing_is_written_beside_the_configuration() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    let folder = tempfile::tempdir().unwrap();
    let text = "url = ':memory:'\n[engines]\nb = ':memory:'\ntest = ':memory:'\n";
    fs::write(folder.path().join("bindery.toml"), text).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // For root no folder is read only, and no other account may read the folder where root builds.
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let open_to_all = tempfile::tempdir().unwrap();
    fs::set_permissions(open_to_all.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let built = std::env::current_exe().unwrap();
    let program = if is_root {
        let copy = open_to_all.path().join("program");
        fs::copy(&built, &copy).unwrap();
        copy
    } else {
        built
    };
    let mut inner = Command::new(&program);
    inner
        .args([
            "--exact",
            "config::the_inner_process_that_may_not_write",
            "--nocapture",
        ])
        .current_dir(folder.path())
        .env(READ_ONLY, folder.path());
    if is_root {
        inner.uid(65_534);
    }
    let output = inner
        .output()
        .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{output:?}"
    );
    let found: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(found.len(), 1);
}

/// Does nothing among the other tests.
#[test]
fn the_inner_process_that_may_not_write() {
    let Ok(folder) = std::env::var(READ_ONLY) else {
        return;
    };
    assert!(
        fs::write(Path::new(&folder).join("x"), "").is_err(),
        "it is read only"
    );
    let db = Registry::open(&EMBEDDED).unwrap();
    db.create_missing().unwrap();
    let mut default = db.connect(Default).unwrap();
    default.blogs().insert(NewBlog::new("one")).unwrap();
    assert_eq!(default.blogs().count().unwrap(), 1);
}
