//! Whole files: what they mean, and what is said about wrong ones.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::diagnostic::Severity;

fn parse(text: &str) -> (Option<Config>, Diagnostics, Sources) {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let config = Config::parse(
        "bindery.toml",
        Path::new("/etc/shop"),
        text,
        &mut sources,
        &mut diagnostics,
    );
    assert_eq!(
        config.is_none(),
        diagnostics.has_errors(),
        "{text}: {diagnostics:?}"
    );
    (config, diagnostics, sources)
}

fn good(text: &str) -> Config {
    let (config, diagnostics, _) = parse(text);
    config.unwrap_or_else(|| panic!("{text}: {diagnostics:?}"))
}

fn names(config: &Config) -> Vec<&str> {
    config
        .engines
        .iter()
        .map(|engine| engine.name.as_str())
        .collect()
}

fn nothing(_: &str) -> Option<String> {
    None
}

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

/// Text, codes in the order of the places, and a part of the first message or help.
const WRONG: &[(&str, &[&str], &str)] = &[
    ("", &["B0304"], "defines no engine"),
    ("[schema]\nfiles = ['a.sql']", &["B0304"], "url ="),
    ("url = ", &["B0300"], "not valid TOML"),
    (
        "url = 'sqlite://a'\nurl = 'sqlite://b'",
        &["B0300"],
        "duplicate key",
    ),
    (
        "url = 'sqlite://a'\n[engines.default]\nurl = 'sqlite://b'",
        &["B0305"],
        "twice",
    ),
    (
        "ulr = 'sqlite://a'\nengines.b = 'sqlite://a'",
        &["B0301"],
        "did you mean `url`?",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nconection = 'long'",
        &["B0301"],
        "did you mean `connection`?",
    ),
    (
        "url = 'sqlite://a'\nfixtures = 1",
        &["B0301"],
        "known are `url`, `schema`, `engines`, `types`, `crates`, `derives`, `atomic`, `migrations` and `lints`",
    ),
    (
        "url = 'sqlite://a'\n[migrations]\ncheck = 'eror'\nengines = []",
        &["B0303", "B0303"],
        "did you mean `error`?",
    ),
    (
        "url = 'sqlite://a'\n[migrations]\ncheck = 'error'\nengines = ['b']",
        &["B0310"],
        "",
    ),
    ("url = 1", &["B0302"], "a string"),
    (
        "[engines]\nb = 1\nc = []",
        &["B0302", "B0302"],
        "`b` must be a URL or a table, found an integer",
    ),
    (
        "url = 'sqlite://a'\nschema = 'schema.sql'",
        &["B0302"],
        "`schema` must be a table, found a string",
    ),
    (
        "url = 'sqlite://a'\n[schema]\nfiles = 'a.sql'",
        &["B0302"],
        "an array",
    ),
    (
        "url = 'sqlite://a'\n[schema]\nfiles = [1, { dialect = 'mysql' }]",
        &["B0302", "B0303"],
        "a string",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = 30",
        &["B0302"],
        "`statement-timeout = \"30s\"`",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '0s'",
        &["B0303"],
        "zero",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '-1s'",
        &["B0303"],
        "500ms",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '1.5s'",
        &["B0303"],
        "500ms",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '8761h'",
        &["B0303"],
        "8760h",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '18446744073709551615ms'",
        &["B0303"],
        "8760h",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\npool = { idle-timeout = '0ms', max-lifetime = '0h' }",
        &["B0303", "B0303"],
        "zero",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\npool = { max-connections = 4294967296 }",
        &["B0303"],
        "4294967295",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '30'",
        &["B0303"],
        "500ms",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nstatement-timeout = '99999999999999999999h'",
        &["B0303"],
        "500ms",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\npool = { max-connections = 0 }",
        &["B0303"],
        "out of range",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\npool = { max-connections = 1, min-connections = 2 }",
        &["B0303"],
        "larger",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\npool = { max-connections = -1, max-conections = 1 }",
        &["B0303", "B0301"],
        "range",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nconnection = 'longer'",
        &["B0303"],
        "did you mean `long`?",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\ndialect = 'oracle'",
        &["B0303"],
        "`sqlite`, `postgres` and `mysql`",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nport = 1",
        &["B0308"],
        "both a URL and `port`",
    ),
    (
        "[engines.b]\nhost = 'h'\ndatabase = 'd'",
        &["B0309"],
        "dialect",
    ),
    (
        "[engines.b]\ndialect = 'mysql'\nhost = 'h'",
        &["B0303"],
        "no database",
    ),
    (
        "[engines.b]\ndialect = 'sqlite'\nhost = 'h'\ndatabase = 'd'",
        &["B0303"],
        "nothing for a SQLite",
    ),
    (
        "[engines.b]\ndialect = 'mysql'\nport = 70000\ndatabase = 'd'",
        &["B0303"],
        "1 to 65535",
    ),
    (
        "[engines]\nb-1 = 'sqlite://a'\ntype = 'sqlite://a'\nopen = 'sqlite://a'",
        &["B0306", "B0306", "B0306"],
        "`b-1` cannot",
    ),
    (
        "[engines]\na_1 = 'sqlite://a'\na1 = 'sqlite://a'",
        &["B0307"],
        "`engine::A1`",
    ),
    (
        "[engines]\na = { models-of = 'b' }\nb = { models-of = 'a' }\nc = { models-of = 'a' }",
        &["B0311"],
        "`a` → `b` → `a`",
    ),
    (
        "[engines]\na = { models-of = 'a' }\nb = { models-of = 'x' }",
        &["B0311", "B0310"],
        "`a` → `a`",
    ),
    (
        "url = 'sqlite://a'\n[schema]\nfiles = [{ path = 'a', engines = ['defualt'] }]",
        &["B0310"],
        "did you mean `default`?",
    ),
    (
        "url = 'sqlite://a'\n[schema]\nfiles = [{ path = 'a', engines = [] }]",
        &["B0303"],
        "empty",
    ),
    (
        "url = 'sqlite://a'\n[schema]\nfiles = [{ path = 'a', engines = ['default', 'default'] }]",
        &["B0310"],
        "twice",
    ),
    ("url = '${A'", &["B0312"], "write `}` after"),
    ("engines.b = '${A:-${B}}'", &["B0312"], "another variable"),
    ("engines.b = '${}'", &["B0312"], "name of a variable"),
    (
        "engines.b = 'oracle://h/d'",
        &["B0315"],
        "`sqlite://`, `postgres://`",
    ),
    (
        "engines.b = 'postgres://u:p@ss:w/rd%@h/d'",
        &["B0315"],
        "%40",
    ),
    (
        "engines.b = 'sqlite://a'\natomic.x = { engines = ['b', 'default'], house = 'b' }",
        &["B0301"],
        "`house`",
    ),
    (
        "url = 'sqlite://a'\nschema = { queries = 'queries' }",
        &["B0327"],
        "`queries` is not supported yet",
    ),
    (
        "[engines.b]\nurl = 'postgres://h/d'\nreset = 'allways'",
        &["B0303"],
        "did you mean `always`?",
    ),
    (
        "[engines.b]\nurl = 'postgres://h/d'\nreset = true",
        &["B0302"],
        "`reset`",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nreset = 'always'",
        &["B0303"],
        "reset",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nreplicas = [{ name = 'r' }]",
        &["B0303"],
        "a name and a URL",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\nreplicas = [{ name = 'r', url = 'sqlite://a' }, { name = 'r', url = 'sqlite://a' }]",
        &["B0303"],
        "named twice",
    ),
];

/// Covers CFG-2, CFG-7.
#[test]
fn wrong_files_are_refused_with_place_and_help() {
    for (text, codes, part) in WRONG {
        let (_, diagnostics, sources) = parse(text);
        let found: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect();
        assert_eq!(&found, codes, "{text}\n{diagnostics:?}");
        let first = diagnostics.iter().next().expect("there is one");
        let said = format!(
            "{} {}",
            first.message,
            first.help.as_deref().unwrap_or_default()
        );
        assert!(said.contains(part), "{text}\n{said}");
        for diagnostic in diagnostics.iter() {
            assert!(
                diagnostic.help.is_some() && !diagnostic.labels.is_empty(),
                "{diagnostic:?}"
            );
            assert_eq!(diagnostic.severity, Severity::Error);
            for label in &diagnostic.labels {
                let end = sources.file(label.span.file).text().len() as u32;
                assert!(
                    label.span.start <= label.span.end && label.span.end <= end,
                    "{diagnostic:?}"
                );
            }
        }
    }
}

#[test]
fn passwords_of_wrong_files_are_never_quoted() {
    let texts = [
        "url = 'postgres://u:hunter2@x@h/d'",
        "[engines.b]\nhost = 'h'\npassword = 'hunter2'",
        "[engines.b]\nhost = 'h'\npassword = hunter2",
        "[engines.b]\nurl = 'mysql://u:hunter2@h/d'\npassword = 'hunter2'",
        "url = 'mysql://u:hunter2@h/d",
    ];
    for text in texts {
        let (_, diagnostics, sources) = parse(text);
        assert!(diagnostics.has_errors());
        let shown: String = sources
            .iter()
            .map(|(_, file)| file.text().to_owned())
            .collect();
        assert!(
            !format!("{diagnostics:?}{shown}").contains("hunter2"),
            "{diagnostics:?}{shown}"
        );
    }
}

/// The cost of many variables and long chains is bounded: looks at the environment, findings and their length.
///
/// Covers CFG-2.
#[test]
fn many_variables_and_long_chains_are_bounded() {
    let config = good(&format!("url = 'sqlite://{}'", "${A}".repeat(20_000)));
    let looks = std::cell::Cell::new(0);
    let environment = |name: &str| {
        looks.set(looks.get() + 1);
        (name == "A").then(|| "x".repeat(30_000))
    };
    let mut diagnostics = Diagnostics::default();
    config.model_engines(&environment, &mut diagnostics);
    let codes: Vec<_> = diagnostics.iter().map(|found| found.code).collect();
    assert_eq!((codes, looks.get()), (vec!["B0313"], 3));
    let refused = config
        .target("default", &environment)
        .expect_err("too long");
    assert!(refused.message.contains("64 KiB"), "{refused:?}");
    // The override, then the variable.
    assert_eq!(looks.get(), 7);

    let chain = |last: &str| {
        let one = |at: usize| {
            let of = if at + 1 == 15_000 {
                last.to_owned()
            } else {
                format!(", models-of = 'e{:05}'", at + 1)
            };
            format!("e{at:05} = {{ dialect = 'mysql'{of} }}\n")
        };
        format!("[engines]\n{}", (0..15_000).map(one).collect::<String>())
    };
    let config = good(&chain(""));
    let mut engines = vec![EngineId(14_999)];
    config.models_of().add_to(&mut engines);
    assert_eq!(engines.len(), 15_000);
    let (_, diagnostics, _) = parse(&chain(", models-of = 'e00000'"));
    let found: Vec<_> = diagnostics.iter().collect();
    assert_eq!((found.len(), found[0].code), (1, "B0311"));
    assert!(found[0].message.len() < 300 && found[0].labels.len() < 10);
}

/// Covers CFG-2.
#[test]
fn hostile_files_end_in_findings() {
    let deep = format!("url = {}", "[".repeat(200_000));
    let dotted = format!("{} = 1", vec!["a"; 100_000].join("."));
    let long = format!("url = 'sqlite://{}'", "x".repeat(1_000_000));
    for text in [
        deep.as_str(),
        dotted.as_str(),
        "\0",
        "url = \"\u{202e}\"",
        "=",
        "[[[[",
        "[engines.'\u{1b}[31m']\n",
    ] {
        assert!(
            parse(text).1.has_errors(),
            "{}",
            &text[..text.len().min(20)]
        );
    }
    good(&long);
    let levels = |count: usize| {
        format!(
            "url = 'sqlite://a'\nschema = {}{}",
            "{ files = ".repeat(count),
            "}".repeat(count)
        )
    };
    assert!(parse(&levels(65)).1.has_errors());
    let large = format!("url = 'sqlite://a'\n#{}", "x".repeat(1 << 20));
    let (_, diagnostics, _) = parse(&large);
    let first = diagnostics.iter().next().expect("it is refused");
    assert_eq!(
        (first.code, first.message.as_str()),
        ("B0300", "the file is too large")
    );
}

/// Times and counts at their edges: the smallest and largest that are taken, and what lies beyond.
///
/// Covers CFG-7.
#[test]
fn times_and_counts_at_their_edges() {
    let times = [
        ("1ms", true),
        ("8760h", true),
        ("525600m", true),
        ("none", true),
        ("0ms", false),
        ("0", false),
        ("30", false),
        ("-1s", false),
        ("+1s", false),
        ("1.5s", false),
        (" 1s", false),
        ("1 s", false),
        ("1d", false),
        ("1S", false),
        ("8760h1ms", false),
        ("8761h", false),
        ("31536000001ms", false),
        ("18446744073709551615s", false),
        ("18446744073709551616ms", false),
        ("None", false),
        ("", false),
        ("inf", false),
    ];
    for key in [
        "statement-timeout",
        "lock-timeout",
        "idle-in-transaction-timeout",
        "connect-timeout",
    ] {
        for (time, fine) in times {
            let text = format!("[engines.b]\nurl = 'mysql://h/d'\n{key} = '{time}'");
            // Connecting always ends.
            let fine = fine && (key, time) != ("connect-timeout", "none");
            assert_eq!(parse(&text).0.is_some(), fine, "{text}");
        }
    }
    let counts = [
        ("1", true),
        ("4294967295", true),
        ("0x10", true),
        ("0", false),
        ("-1", false),
        ("4294967296", false),
        ("99999999999999999999", false),
        ("1.0", false),
        ("'8'", false),
        ("inf", false),
        ("true", false),
    ];
    for (count, fine) in counts {
        let text =
            format!("engines.b = {{ url = 'sqlite://a', pool = {{ max-connections = {count} }} }}");
        assert_eq!(parse(&text).0.is_some(), fine, "{text}");
    }
}

/// Paths start where the file is; nothing in them is a variable or a home.
///
/// Covers CFG-6.
#[test]
fn paths_start_where_the_file_is() {
    let cases = [
        ("sqlite://a.db", "/etc/shop/a.db"),
        ("sqlite://data/../a.db", "/etc/shop/data/../a.db"),
        ("sqlite:///var/a.db", "/var/a.db"),
        ("sqlite://~/a.db", "/etc/shop/~/a.db"),
        ("sqlite://$HOME/a.db", "/etc/shop/$HOME/a.db"),
        ("sqlite://a%20b.db", "/etc/shop/a b.db"),
    ];
    for (url, expected) in cases {
        let config = good(&format!("url = '{url}'"));
        let target = config.target("default", &nothing).expect(url);
        assert_eq!(target.to_string(), format!("sqlite://{expected}"));
    }
}

/// Names of one database: a host by name and by address, hosts of which one is the same, a file and a link to it.
///
/// Covers CFG-5.
#[test]
fn engines_of_one_database_are_warned_of() {
    let cases = [
        (
            "postgres://localhost/d",
            "postgres://127.0.0.1:5432/d",
            true,
        ),
        ("postgres://localhost/d", "postgres://[::1]/d", true),
        (
            "postgres://A.example.org/d",
            "postgresql://a.example.org/d",
            true,
        ),
        ("postgres://a,b/d", "postgres://b/d", true),
        ("postgres://h/d", "postgres://h/e", false),
        ("postgres://h/d", "postgres://h:1/d", false),
        ("postgres://h:3306/d", "mysql://h/d", false),
        ("sqlite://a.db", "sqlite://./x/../a.db", true),
        ("sqlite::memory:", "sqlite::memory:", false),
        ("postgres://h/d?schema=a", "postgres://h/d?schema=b", false),
        ("postgres://h/d?schema=a", "postgres://h/d", false),
        ("postgres://h/d?schema=a", "postgres://h/d?schema=a", true),
        ("postgres://h/d?schema=public", "postgres://h/d", true),
    ];
    for (one, two, same) in cases {
        let (_, diagnostics, _) = parse(&format!("engines.b = '{one}'\nengines.c = '{two}'"));
        let warned = diagnostics.iter().any(|found| found.code == "B0324");
        assert_eq!(warned, same, "{one} {two}");
    }
}

#[test]
fn unreadable_files_are_refused() {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let config = Config::load(
        Path::new("no/such/bindery.toml"),
        &mut sources,
        &mut diagnostics,
    );
    assert!(config.is_none());
    let codes: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(codes, ["B0318"]);
}
