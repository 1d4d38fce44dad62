//! Files that are read: the settings that they give, and those that the environment gives in their place.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;

const FULL: &str = r#"
url = "${DATABASE_URL:-sqlite://data/app.db}"

[schema]
files = ["schema.sql", { path = "legacy.sql", dialect = "mysql", engines = ["legacy"] }]

[engines]
legacy = "mysql://root@legacy/old"

[engines.b]
dialect    = "postgres"
url        = "${B_DATABASE_URL}"
connection = "short"
pool       = { max-connections = 3, min-connections = 1, acquire-timeout = "500ms", idle-timeout = "1h" }
statement-timeout = "20s"
reset      = "always"
replicas   = [{ name = "b1", url = "${B_REPLICA_URL}" }]

[engines.c]
dialect   = "sqlite"
models-of = "default"
"#;

#[test]
fn a_full_file_is_read() {
    let config = good(FULL);
    assert_eq!(names(&config), ["b", "c", "default", "legacy"]);
    assert_eq!(
        config
            .files
            .iter()
            .map(|file| file.path.as_str())
            .collect::<Vec<_>>(),
        ["schema.sql", "legacy.sql"]
    );
    assert_eq!(
        (config.files[1].dialect, &config.files[1].engines[..]),
        (Some(Dialect::Mysql), &["legacy".to_owned()][..])
    );
    let b = &config.engines[0];
    assert_eq!(
        (b.dialect, b.connection, b.session.statement_timeout),
        (
            Some(Dialect::Postgres),
            ConnectionMode::Short,
            Some(Duration::from_secs(20))
        )
    );
    let expected = PoolConfig {
        max_connections: 3,
        min_connections: 1,
        acquire_timeout: Duration::from_millis(500),
        idle_timeout: Duration::from_secs(3600),
        ..PoolConfig::default()
    };
    assert_eq!(b.pool, expected);
    assert_eq!(b.session.reset, SessionReset::Always);
    assert_eq!(config.engines[2].session.reset, SessionReset::Noticed);
    assert_eq!((b.replicas.len(), b.replicas[0].name.as_str()), (1, "b1"));
    assert_eq!(config.engines[1].models_of.as_deref(), Some("default"));
    assert_eq!(config.build_variables(), ["DATABASE_URL"]);
}

#[test]
fn default_may_be_written_either_way_or_not_at_all() {
    assert_eq!(
        names(&good("[engines]\ndefault = 'sqlite://a.db'")),
        ["default"]
    );
    assert_eq!(names(&good("engines.b = 'sqlite://a.db'")), ["b"]);
    assert_eq!(
        names(&good(
            "url = 'sqlite://a.db'\n[engines.default]\nconnection = 'short'"
        )),
        ["default"]
    );
    assert_eq!(
        names(&good(
            "\u{feff}url = 'sqlite://a.db'\r\nengines.b = 'sqlite://b.db'\r\n"
        )),
        ["b", "default"]
    );
}

#[test]
fn the_build_says_which_dialect_and_why() {
    let environment =
        |name: &str| (name == "DATABASE_URL").then(|| "mariadb://root@h/d".to_owned());
    let mut diagnostics = Diagnostics::default();
    let engines = good(FULL).model_engines(&environment, &mut diagnostics);
    let found: Vec<_> = engines
        .iter()
        .map(|engine| (&*engine.type_name, engine.dialect, &*engine.dialect_reason))
        .collect();
    let expected = [
        ("B", Dialect::Postgres, "`dialect` in the configuration"),
        ("C", Dialect::Sqlite, "`dialect` in the configuration"),
        (
            "Default",
            Dialect::Mysql,
            "the scheme of its URL, from `DATABASE_URL`",
        ),
        ("Legacy", Dialect::Mysql, "the scheme of its URL"),
    ];
    assert_eq!(found, expected);
    assert_eq!(engines[2].flavour, Some(Flavour::Mariadb));
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
}

/// Elsewhere an XA transaction would have to be prepared though nothing else was written.
#[test]
fn a_group_keeps_its_decisions_where_one_writer_is_a_plain_commit() {
    let home = |engines: &str| {
        let text = format!(
            "[engines]\nl = \"sqlite://l.db\"\nm = \"mariadb://root@h/d\"\np = \"postgres://root@h/d\"\n\
             q = \"postgres://root@h/e\"\n[atomic.g]\nengines = [{engines}]"
        );
        let mut diagnostics = Diagnostics::default();
        let config = good(&text);
        let engines = config.model_engines(&nothing, &mut diagnostics);
        let groups = config.atomic_groups(&engines, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        engines[groups[0].home.0 as usize].name.clone()
    };
    assert_eq!(home(r#""p", "q""#), "p");
    assert_eq!(home(r#""p", "m", "q""#), "m");
    assert_eq!(home(r#""p", "m", "l""#), "l");
}

/// Nothing is guessed: an engine that is compiled for the wrong database is found out on the day it is deployed.
#[test]
fn the_build_guesses_no_dialect() {
    let cases = [
        ("url = '${X}'", "`X` is not set", "`[engines.default]`"),
        (
            "url = '${E}'",
            "`E` is set but empty",
            "`[engines.default]`",
        ),
        ("engines.b = '${X}'", "`X` is not set", "`[engines.b]`"),
        (
            "[engines.b]\nurl = '${X}'",
            "`X` is not set",
            "add `dialect = \"postgres\"`",
        ),
        (
            "url = 'sqlite://a'\n[engines.b]\nmodels-of = 'default'",
            "it has no `url`",
            "add `dialect = \"postgres\"`",
        ),
    ];
    let environment = |name: &str| (name == "E").then(String::new);
    for (text, why, help) in cases {
        let mut diagnostics = Diagnostics::default();
        good(text).model_engines(&environment, &mut diagnostics);
        let found: Vec<_> = diagnostics.iter().collect();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let said = found[0].help.as_deref().unwrap_or_default();
        assert_eq!(found[0].code, "B0328", "{text}");
        assert!(found[0].message.contains(why), "{:?}", found[0]);
        assert!(said.contains(help), "{text}: {said}");
        assert!(!found[0].labels.is_empty(), "{text}");
    }
    for text in [
        "url = '${X:-sqlite://a}'",
        "[engines.b]\nurl = '${X}'\ndialect = 'mysql'",
        "url = '${X}'\n[engines.default]\ndialect = 'mysql'",
    ] {
        let mut diagnostics = Diagnostics::default();
        good(text).model_engines(&environment, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{text}: {diagnostics:?}");
    }
}

#[test]
fn the_build_refuses_contradictions() {
    let cases = [
        ("url = '${X:-oracle://h/d}'", "B0314"),
        (
            "[engines.b]\nurl = 'sqlite://a'\nflavour = 'mysql'",
            "B0316",
        ),
        (
            "[engines.b]\nurl = 'sqlite://a'\ndialect = 'mysql'",
            "B0319",
        ),
    ];
    for (text, code) in cases {
        let mut diagnostics = Diagnostics::default();
        good(text).model_engines(&nothing, &mut diagnostics);
        let codes: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect();
        assert_eq!(codes, [code], "{text}");
    }
}

#[test]
fn names_of_products_that_were_not_run_are_reserved() {
    for name in [
        "aurora",
        "cockroachdb",
        "neon",
        "tidb",
        "vitess",
        "yugabytedb",
    ] {
        let (_, found, _) = parse(&format!(
            "[engines.b]\nurl = '${{B_URL}}'\nflavour = '{name}'"
        ));
        let found: Vec<_> = found.iter().collect();
        let [diagnostic] = found.as_slice() else {
            panic!("{name}: {found:?}")
        };
        assert!(diagnostic.message.contains("was run on"), "{diagnostic:?}");
        let help = diagnostic.help.as_deref().unwrap_or_default();
        assert!(help.contains("docs/other-engines.md"), "{help}");
    }
}

#[test]
fn urls_and_single_keys_mean_the_same() {
    let url = good("[engines.b]\nurl = 'mysql://us%40er:p%40ss%3Aw%2Frd%25@[::1]:3307/shop'");
    let keys = good(
        "[engines.b]\ndialect = 'mysql'\nhost = '::1'\nport = 3307\ndatabase = 'shop'\nusername = 'us@er'\npassword = 'p@ss:w/rd%'",
    );
    assert_eq!(url.target("b", &nothing), keys.target("b", &nothing));
    let printed = format!(
        "{:?} {:?} {}",
        keys,
        keys.target("b", &nothing),
        keys.target("b", &nothing).expect("a good target")
    );
    assert!(!printed.contains("p@ss"), "{printed}");
}

#[test]
fn sqlite_paths_are_relative_to_the_file() {
    let path = |text: &str| match good(text).target("default", &nothing).expect(text).place {
        Address::Sqlite(SqliteAddress::File(path)) => path,
        Address::Sqlite(SqliteAddress::Memory) | Address::Server(_) => PathBuf::new(),
    };
    assert_eq!(
        path("url = 'sqlite://data/a.db'"),
        PathBuf::from("/etc/shop/data/a.db")
    );
    assert_eq!(
        path("url = 'sqlite:///data/a.db'"),
        PathBuf::from("/data/a.db")
    );
    assert_eq!(
        path("[engines.default]\ndialect = 'sqlite'\ndatabase = 'a.db'"),
        PathBuf::from("/etc/shop/a.db")
    );
    assert_eq!(path("url = 'sqlite::memory:'"), PathBuf::new());
}

#[test]
fn variables_are_filled_in_once_and_overridden_one_by_one() {
    let config = good("url = '${A}'\nengines.b = '${B}'");
    let environment = |name: &str| match name {
        "A" => Some("sqlite://${B}".to_owned()),
        "BINDERY_B_URL" => Some("sqlite://over.db".to_owned()),
        _ => None,
    };
    let printed = |engine| {
        config
            .target(engine, &environment)
            .expect(engine)
            .to_string()
    };
    assert_eq!(printed("default"), "sqlite:///etc/shop/${B}");
    assert_eq!(printed("b"), "sqlite:///etc/shop/over.db");
}

#[test]
fn connections_that_cannot_be_made_name_engine_and_variable() {
    let config = good(
        "url = '${A}'\n[engines.b]\ndialect = 'postgres'\n[engines.p]\ndialect = 'mysql'\ndatabase = 'd'\nport = '${PORT}'",
    );
    let empty = |_: &str| Some(String::new());
    let hidden = |name: &str| {
        (name == "BINDERY_B_URL" || name == "PORT").then(|| "mysql://u:hunter2@h/d".to_owned())
    };
    let cases: [(&str, Environment<'_>, &str, &str); 7] = [
        (
            "default",
            &nothing,
            "B0313",
            "bindery.toml:1:1: engine `default`: `A` is not set; set `A`, or write a default: `${A:-…}`",
        ),
        (
            "default",
            &empty,
            "B0313",
            "`BINDERY_DEFAULT_URL` is set but empty",
        ),
        (
            "b",
            &nothing,
            "B0320",
            "engine `b` has no connection; add `url = \"…\"`, or set `BINDERY_B_URL`",
        ),
        (
            "b",
            &hidden,
            "B0319",
            "engine `b` is written as postgres, but its URL is of mysql",
        ),
        ("p", &hidden, "B0303", "engine `p`: `port` is not valid"),
        ("defualt", &nothing, "B0310", "did you mean `default`?"),
        (
            "zzz",
            &nothing,
            "B0310",
            "the configuration defines `b`, `default` and `p`",
        ),
    ];
    for (engine, environment, code, part) in cases {
        let diagnostic = config.target(engine, environment).expect_err(engine);
        let line = config.describe(&diagnostic);
        assert_eq!(diagnostic.code, code, "{line}");
        assert!(line.contains(part), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
}

#[test]
fn replicas_are_targets_too() {
    let config =
        good("[engines.b]\nurl = 'postgres://h/d'\nreplicas = [{ name = 'r', url = '${R}' }]");
    let environment = |_: &str| Some("postgres://r/d".to_owned());
    let only = |name: &str| environment(name).filter(|_| name == "R");
    let targets = config.replica_targets("b", &only).expect("good replicas");
    assert_eq!(
        (targets[0].0.as_str(), targets[0].1.to_string()),
        ("r", "postgres://r:5432/d".to_owned())
    );
    assert!(config.replica_targets("b", &nothing).is_err());
}

#[test]
fn without_a_file_there_is_one_engine() {
    let config = Config::without_file(Path::new("here"));
    assert_eq!(
        config
            .target("default", &nothing)
            .expect("the default")
            .to_string(),
        "sqlite://here/bindery.db"
    );
    let mut diagnostics = Diagnostics::default();
    let environment = |name: &str| (name == "DATABASE_URL").then(|| "postgres://h/d".to_owned());
    assert_eq!(
        config.model_engines(&environment, &mut diagnostics)[0].dialect,
        Dialect::Postgres
    );
    let wrong = |_: &str| Some("nope".to_owned());
    config.model_engines(&wrong, &mut diagnostics);
    assert!(
        diagnostics
            .iter()
            .all(|diagnostic| diagnostic.labels.is_empty())
            && diagnostics.has_errors()
    );
}
