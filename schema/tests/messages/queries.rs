//! Mistakes in queries: each has its message, and the query after the help was followed has none.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;

use super::pages::blocks;
use super::updating;

const TABLES: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, code VARCHAR(5), level SMALLINT, born DATE);\n\
    CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, title VARCHAR(80) NOT NULL, body TEXT, stars INTEGER NOT NULL DEFAULT 0, \
    twice INTEGER GENERATED ALWAYS AS (stars * 2) STORED);\n";

/// A mistake of the file.
struct Mistake<'f> {
    title: &'f str,
    dialect: &'f str,
    wrong: &'f str,
    says: &'f str,
    right: &'f str,
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/queries.md")
}

fn mistakes(text: &str) -> Vec<Mistake<'_>> {
    let sections = text.split("\n## ").skip(1);
    let mistakes = sections.map(|section| {
        let (title, rest) = section.split_once('\n').expect("a text after its title");
        let on = rest.lines().find_map(|line| line.strip_prefix("On: "));
        let [wrong, right] = blocks(rest, "sql")[..] else {
            panic!("{title} has two queries");
        };
        Mistake {
            title,
            dialect: on.expect("the database"),
            wrong,
            says: blocks(rest, "text")[0],
            right,
        }
    });
    mistakes.collect()
}

/// The messages for a query, with their helps.
fn messages(dialect: &str, query: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder for tests");
    let url = match dialect {
        "sqlite" => "sqlite://app.db".to_owned(),
        "mysql" => "mariadb://shop@db/shop".to_owned(),
        other => format!("{other}://shop@db/shop"),
    };
    let config = format!("[schema]\nqueries = [\"queries\"]\n\n[engines]\ndefault = \"{url}\"\n");
    let kind = match query.starts_with("SELECT") || query.starts_with("WITH") {
        true => "many",
        false => "exec",
    };
    fs::create_dir(folder.path().join("queries")).expect("a folder for tests");
    for (name, text) in [
        ("bindery.toml", config),
        ("schema.sql", TABLES.to_owned()),
        ("queries/q.sql", format!("-- name: found :{kind}\n{query}")),
    ] {
        fs::write(folder.path().join(name), text).expect("a folder for tests");
    }
    let paths = Paths {
        config: Some(folder.path().join("bindery.toml")),
        schema: Vec::new(),
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    check(read_model(&project.input, &mut found), &mut found);
    let mut shown = String::new();
    for one in found.iter() {
        let help = one.help.as_deref().unwrap_or_default();
        assert!(!help.is_empty(), "{}: no help", one.message);
        writeln!(shown, "{} {}\nhelp: {help}", one.code, one.message).expect("a text");
    }
    shown
}

/// Sixty mistakes and more that people make in SQL.
#[test]
fn mistakes_in_queries_say_what_is_written_and_their_help_removes_them() {
    let text = fs::read_to_string(file()).expect("the file of mistakes");
    let all = mistakes(&text);
    assert!(all.len() >= 60, "{} mistakes", all.len());
    let (mut wrong, mut new) = (Vec::new(), text.clone());
    for one in &all {
        let found = messages(one.dialect, one.wrong);
        if found.is_empty() {
            wrong.push(format!("{}: no message", one.title));
        }
        if found != one.says && updating() {
            let old = format!("{}```\n\n```text\n{}```", one.wrong, one.says);
            let now = format!("{}```\n\n```text\n{found}```", one.wrong);
            new = new.replacen(&old, &now, 1);
        } else if found != one.says {
            wrong.push(format!("{}:\n{found}", one.title));
        }
        let left = messages(one.dialect, one.right);
        if !left.is_empty() {
            wrong.push(format!("{}, typed in:\n{left}", one.title));
        }
    }
    if new != text {
        fs::write(file(), new).expect("the file of mistakes");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
