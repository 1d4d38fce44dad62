//! The examples on the pages of the codes are true.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::codes::{self, Code};
use bindery_schema::config::Config;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::diff;
use bindery_schema::input::Input;
use bindery_schema::migrations;
use bindery_schema::model::Engine;
use bindery_schema::project::{Paths, load_project, refuse_two_lists};
use bindery_schema::read_model;
use bindery_schema::source::Sources;

use super::run::{ENGINES, Run};

/// Codes that no text of a few lines can show: how their pages' examples are tried all the same.
pub(crate) const SHOWN_BY_THE_PAGE: &[(&str, Way)] = &[
    ("B0001", Way::Bytes),
    ("B0002", Way::Bytes),
    ("B0003", Way::Repeated(64 << 20)),
    ("B0007", Way::Widened),
    ("B0012", Way::Repeated(2 << 20)),
    ("B0313", Way::Opened),
    ("B0318", Way::OnDisk),
    ("B0320", Way::Opened),
    ("B0321", Way::OnDisk),
    ("B0323", Way::OnDisk),
    ("B0326", Way::Opened),
    ("B0329", Way::Built),
    ("B0331", Way::OnDisk),
    ("B0332", Way::Migrated),
    ("B0333", Way::Migrated),
    ("B0334", Way::Compared),
    ("B0335", Way::Built),
    ("B0336", Way::Migrated),
    ("B0337", Way::OnDisk),
    ("B0432", Way::OnDisk),
    ("B0434", Way::Compared),
    ("B0435", Way::Compared),
    ("B0436", Way::Compared),
    ("B0437", Way::Compared),
    ("B0438", Way::Compared),
    ("B0441", Way::Checked),
    ("B0600", Way::Checked),
    ("B0601", Way::Checked),
    ("B0602", Way::Checked),
    ("B0603", Way::Checked),
    ("B0604", Way::Checked),
    ("B0605", Way::Checked),
    ("B0606", Way::Checked),
    ("B0607", Way::Checked),
    ("B0608", Way::Checked),
    ("B0609", Way::Checked),
    ("B0610", Way::Checked),
    ("B0611", Way::Checked),
    ("B0620", Way::Checked),
    ("B0621", Way::Checked),
    ("B0622", Way::Checked),
    ("B0623", Way::Checked),
    ("B0624", Way::Checked),
    ("B0625", Way::Checked),
    ("B0626", Way::Checked),
    ("B0627", Way::Checked),
    ("B0628", Way::Checked),
    ("B0629", Way::Checked),
    ("B0630", Way::Checked),
    ("B0632", Way::Checked),
    ("B0633", Way::Checked),
];

/// The treatment of an example before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Read as it stands.
    AsIs,
    /// `\xe9` and `\0` stand for bytes.
    Bytes,
    /// `-- and so on`: as often as makes this number of bytes.
    Repeated(usize),
    /// `-- and so on`: the columns go on to `c4097`.
    Widened,
    /// Every engine of the configuration is opened, with an empty environment.
    Opened,
    /// The files are written to a folder and read from there, `schema.sql` beside them; those of the example each after a
    /// comment with its path.
    OnDisk,
    /// The same, and the schema and the queries are read and checked.
    Checked,
    /// The files are written to a folder, and the migrations of the engine `default` are read.
    Migrated,
    /// The files are written to a folder, and the migrations of the engine `default`, which is PostgreSQL's, are compared with
    /// `schema.sql` where that is there.
    Compared,
    /// A build script names `schema.sql`, and has no feature.
    Built,
}

/// The fenced blocks of a language in a part of a page.
pub(crate) fn blocks<'p>(part: &'p str, language: &str) -> Vec<&'p str> {
    let fence = format!("```{language}\n");
    part.split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

/// An example: its configuration, which stands in it or before both, and its schema.
fn example<'p>(page: &'p str, heading: &str) -> (&'p str, &'p str) {
    let (before, rest) = page
        .split_once(heading)
        .unwrap_or_else(|| panic!("no {heading} in {page}"));
    let part = rest.split("\n## ").next().unwrap_or_default();
    let shared = before.split("\n## ").next().unwrap_or_default();
    let config = blocks(part, "toml")
        .first()
        .or(blocks(shared, "toml").first())
        .copied();
    let sql = blocks(part, "sql").first().copied().unwrap_or_default();
    (config.unwrap_or(ENGINES), sql)
}

/// The codes found in the example under a heading.
fn found(code: &Code, heading: &str) -> Vec<&'static str> {
    let (config, sql) = example(code.page, heading);
    let way = SHOWN_BY_THE_PAGE
        .iter()
        .find(|(known, _)| *known == code.code);
    match way.map_or(Way::AsIs, |(_, way)| *way) {
        Way::AsIs => Run::new(config, sql.as_bytes()).codes(),
        Way::Bytes => Run::new(config, &bytes(sql)).codes(),
        Way::Repeated(length) if sql.contains("-- and so on") => {
            let times = length / sql.len() + 1;
            Run::new(config, sql.repeat(times).as_bytes()).codes()
        }
        Way::Widened if sql.contains("-- and so on") => {
            let columns: Vec<String> = (1..=4097).map(|at| format!("c{at} INTEGER")).collect();
            let sql = sql.replace("c1 INTEGER, c2 INTEGER", &columns.join(", "));
            Run::new(config, sql.as_bytes()).codes()
        }
        Way::Repeated(_) | Way::Widened => Run::new(config, sql.as_bytes()).codes(),
        Way::Opened => opened(config),
        Way::OnDisk => on_disk(code.code, config, sql).0,
        Way::Checked => {
            let (mut codes, input) = on_disk(code.code, config, sql);
            let mut found = Diagnostics::default();
            check(read_model(&input, &mut found), &mut found);
            codes.extend(found.iter().map(|finding| finding.code));
            codes
        }
        Way::Migrated => migrated(code.code, sql),
        Way::Compared => compared(code.code, sql),
        Way::Built => built(config),
    }
}

/// The bytes that a text with `\xe9` and `\0` in it stands for.
fn bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split('\\');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (byte, rest) = match piece.strip_prefix('x') {
            Some(digits) => (u8::from_str_radix(&digits[..2], 16).ok(), &digits[2..]),
            None => (piece.starts_with('0').then_some(0), &piece[1..]),
        };
        bytes.push(byte.unwrap_or_else(|| panic!("not a byte: \\{piece}")));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

fn opened(config: &str) -> Vec<&'static str> {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let read = Config::parse(
        "bindery.toml",
        Path::new(""),
        config,
        &mut sources,
        &mut found,
    );
    let config = read.expect("a configuration whose connections only are wrong");
    let engines = config.engines.iter();
    engines
        .filter_map(|engine| config.target(&engine.name, &|_| None).err())
        .map(|finding| finding.code)
        .collect()
}

fn built(config: &str) -> Vec<&'static str> {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let read = Config::parse(
        "bindery.toml",
        Path::new(""),
        config,
        &mut sources,
        &mut found,
    );
    let paths = Paths {
        config: None,
        schema: vec![PathBuf::from("schema.sql")],
    };
    let config = read.expect("the configuration is right");
    refuse_two_lists(&paths, &config, &mut found);
    migrations::refuse_check_without_feature(&config, &mut found);
    found.iter().map(|finding| finding.code).collect()
}

/// The files of an example, each after a comment with its path, in a folder of their own.
fn written(code: &str, sql: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{code}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for tests");
    let mut files: Vec<(&str, String)> = Vec::new();
    for piece in sql.split("-- ").skip(1) {
        let (name, text) = piece.split_once('\n').expect("`-- path`, then its text");
        match files.last_mut() {
            // A comment of the file.
            Some((_, whole)) if !name.ends_with(".sql") => whole.push_str(&format!("-- {piece}")),
            _ => files.push((name, text.to_owned())),
        }
    }
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("below it")).expect("a folder for tests");
        fs::write(path, text).expect("a folder for tests");
    }
    folder
}

fn migrated(code: &str, sql: &str) -> Vec<&'static str> {
    let folder = written(code, sql).join("migrations/default");
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    migrations::read_folder(&folder, Dialect::Sqlite, None, &mut sources, &mut found);
    found.iter().map(|finding| finding.code).collect()
}

fn compared(code: &str, sql: &str) -> Vec<&'static str> {
    let folder = written(code, sql);
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let engine = Engine {
        name: "default".to_owned(),
        type_name: "Default".to_owned(),
        dialect: Dialect::Postgres,
        flavour: None,
        cluster: None,
        outbox: false,
        inbox: false,
        decisions: false,
        shard_maps: false,
        shard: false,
        syncs: false,
        sagas: None,
        keeps_outcomes: false,
        head: None,
        dialect_reason: String::new(),
        span: None,
    };
    let migrations = folder.join("migrations/default");
    let folded = diff::fold(&migrations, &engine, &mut sources, &mut found);
    let folded = folded.expect("migrations that can be read");
    let migrations = folded.migrations.iter();
    let busy = migrations.flat_map(|one| diff::busy(one, engine.dialect));
    let mut codes: Vec<&'static str> = busy.map(|one| one.code).collect();
    if let Ok(schema) = fs::read_to_string(folder.join("schema.sql")) {
        let schema = diff::Structure::read(&schema, engine.dialect, None).expect("a schema");
        let changes = diff::compare(&folded.structure, &schema);
        let findings = changes
            .iter()
            .map(|one| diff::finding(one, &engine, schema.model(), &folded.model));
        codes.extend(findings.map(|one| one.code));
    }
    codes
}

fn on_disk(code: &str, config: &str, sql: &str) -> (Vec<&'static str>, Input) {
    let folder = written(code, sql);
    // The page of an unreadable configuration shows a byte, that of a readable one TOML's own spelling of a character.
    let text = if config.contains("\\x") {
        bytes(config)
    } else {
        config.as_bytes().to_vec()
    };
    fs::write(folder.join("bindery.toml"), text).expect("a folder for tests");
    let schema = folder.join("schema.sql");
    if !schema.exists() {
        fs::write(schema, "CREATE TABLE users (id INTEGER PRIMARY KEY);\n")
            .expect("a folder for tests");
    }
    let paths = Paths {
        config: Some(folder.join("bindery.toml")),
        schema: Vec::new(),
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let codes = found.iter().map(|finding| finding.code);
    (codes.collect(), project.input)
}

#[test]
fn wrong_examples_give_their_code_and_right_ones_do_not() {
    let mut untrue = Vec::new();
    for code in codes::all() {
        let (wrong, right) = (found(&code, "\n## Wrong\n"), found(&code, "\n## Right\n"));
        if !wrong.contains(&code.code) {
            untrue.push(format!("{}: the wrong example gives {wrong:?}", code.code));
        }
        if !right.is_empty() {
            untrue.push(format!("{}: the right example gives {right:?}", code.code));
        }
    }
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}
