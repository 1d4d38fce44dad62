//! Engines as they are configured: what overrides keep, limits, what is the same database, and folders that cannot be written. Hosts,
//! replicas, passwords and connections have files of their own.

mod connections;
mod hosts;
mod passwords;
mod replicas;
mod sqlite_setup;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bindery::config::Synchronous;
use bindery::{Config, EngineOptions, Registry};
use bindery_testkit::FreshDatabase;

use crate::sample::engine::{B, Default, Mysql, Postgres};
use crate::sample::{EMBEDDED, Logged, NewBlog, Tables, embedded};

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

/// By its name alone, and once; what the file or an engine reads is no such variable.
#[test]
fn a_variable_for_no_engine_is_logged_once() {
    let folder = tempfile::tempdir().unwrap();
    let text = "url = '${BINDERY_MAIN_URL}'\n[engines]\ntest = ':memory:'\nb = ':memory:'\n";
    fs::write(folder.path().join("bindery.toml"), text).unwrap();
    let in_file = Config::from_file(folder.path().join("bindery.toml")).unwrap();
    let names = [
        "BINDERY_DEFUALT_URL",
        "BINDERY_ELSEWHERE_URL",
        "BINDERY_B_URL",
        "BINDERY_MAIN_URL",
        "BINDERY_TEST_SOMETHING_URL",
        "BINDERY_lower_URL",
        "BINDERY__URL",
        "SHOP_URL",
    ];
    let in_file = names.into_iter().fold(in_file, |config, name| {
        config.variable(name, format!("sqlite://canary{name}.db"))
    });
    let in_code = ["default", "b", "test"].into_iter();
    let in_code = in_code.fold(Config::new(), |config, name| {
        config.engine(name, ":memory:")
    });
    let in_code = in_code.variable("BINDERY_IN_CODE_URL", "sqlite://canary.db");
    let log = Logged::of(|| {
        for config in [&in_file, &in_file, &in_code] {
            Registry::with_config(&EMBEDDED, config).unwrap();
        }
    });
    let lines_with = |name: &str| {
        let lines = log.iter().filter(|line| line.contains(name));
        lines.collect::<Vec<_>>()
    };
    let [misspelt] = lines_with("BINDERY_DEFUALT_URL")[..] else {
        panic!("{log:?}")
    };
    assert!(misspelt.starts_with("WARN"), "{misspelt}");
    assert!(
        misspelt.contains("there is no engine `defualt`: the engines are "),
        "{misspelt}"
    );
    assert!(
        misspelt.ends_with("; write `BINDERY_DEFAULT_URL`"),
        "{misspelt}"
    );
    let [other] = lines_with("BINDERY_ELSEWHERE_URL")[..] else {
        panic!("{log:?}")
    };
    assert!(!other.contains("write"), "{other}");
    for name in &names[2..] {
        assert!(
            lines_with(&format!("`{name}` is set")).is_empty(),
            "{log:?}"
        );
    }
    let whole = log.concat();
    assert!(
        !whole.contains("canary") && !whole.contains("IN_CODE"),
        "{whole}"
    );
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
        // A file that this process holds open for writing goes along into processes that other tests start at that moment, and
        // cannot be started while they have it.
        let status = Command::new("cp").arg(&built).arg(&copy).status().unwrap();
        assert!(status.success(), "cp {}", built.display());
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
