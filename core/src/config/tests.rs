//! Whole files: the settings that they give, and the findings of wrong ones.

mod limits;
mod settings;

use std::path::Path;

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
        "known are `url`, `schema`, `engines`, `types`, `crates`, `derives`, `atomic`, `shards`, `migrations` and `lints`",
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
        &["B0302"],
        "`queries` must be an array",
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
        "[engines.b]\nurl = 'postgres://h/d'\npooler = 'transaction'",
        &["B0303"],
        "write `pooler = \"session\"`",
    ),
    (
        "[engines.b]\nurl = 'postgres://h/d'\npooler = 'statement'",
        &["B0303"],
        "known are `session`",
    ),
    (
        "[engines.b]\nurl = 'sqlite://a'\npooler = 'session'",
        &["B0303"],
        "`pooler` means nothing",
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
