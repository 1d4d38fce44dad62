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

/// The tables of the second engine, where a query is checked with two.
const OF_SECOND: &str = "-- @engines b\nCREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER NOT NULL);\n";

/// The tables of a Citus cluster.
const OF_CLUSTER: &str = "-- @reference\nCREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
    CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n\
    -- @shard tenant_id\n\
    CREATE TABLE users (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (tenant_id, id));\n\
    -- @shard tenant_id\n\
    CREATE TABLE orders (tenant_id BIGINT NOT NULL, id BIGINT NOT NULL, user_id BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (tenant_id, id));\n\
    -- @shard device_id\n\
    CREATE TABLE devices (device_id VARCHAR(64) PRIMARY KEY, owner BIGINT NOT NULL);\n";

/// A mistake of the file.
struct Mistake<'f> {
    title: &'f str,
    /// The databases of the engines `default` and `b`; one where there is no comma. `citus` is a cluster.
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

fn url(dialect: &str) -> String {
    match dialect {
        "sqlite" => "sqlite://app.db".to_owned(),
        "mysql" => "mariadb://shop@db/shop".to_owned(),
        other => format!("{other}://shop@db/shop"),
    }
}

/// The configuration with its engines, and the schema.
fn project(dialects: &str) -> (String, String) {
    if dialects == "citus" {
        let engine = format!("url = \"{}\"\ncluster = \"citus\"\n", url("postgres"));
        let config = format!("[schema]\nqueries = [\"queries\"]\n\n[engines.default]\n{engine}");
        return (config, OF_CLUSTER.to_owned());
    }
    let engines = dialects.split(", ").zip(["default", "b"]);
    let engines: Vec<String> = engines
        .map(|(dialect, name)| format!("{name} = \"{}\"\n", url(dialect)))
        .collect();
    let second = if engines.len() > 1 { OF_SECOND } else { "" };
    let config = format!(
        "[schema]\nqueries = [\"queries\"]\n\n[engines]\n{}",
        engines.concat()
    );
    (config, format!("{TABLES}{second}"))
}

/// The messages for a query, with their helps.
fn messages(dialects: &str, query: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder for tests");
    let (config, schema) = project(dialects);
    let statement = query.lines().find(|line| !line.starts_with("--"));
    let statement = statement.expect("a statement below its annotations");
    let kind = match statement.starts_with("SELECT") || statement.starts_with("WITH") {
        true => "many",
        false => "exec",
    };
    fs::create_dir(folder.path().join("queries")).expect("a folder for tests");
    for (name, text) in [
        ("bindery.toml", config),
        ("schema.sql", schema),
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

/// The mistakes as `docs/mistakes.md` has them.
pub(crate) fn page() -> String {
    let text = fs::read_to_string(file()).expect("the file of mistakes");
    let mut page = format!(
        "\n## Mistakes in queries\n\nFound in files of queries and in `query!`, on the databases that are named, with these tables:\n\n```sql\n{}```\n",
        TABLES
            .replace(", twice", ",\n    twice")
            .replace(", level", ",\n    level")
    );
    page += &format!(
        "\nWhere two databases are named, the second is engine `b`:\n\n```sql\n{OF_SECOND}```\n"
    );
    page += &format!("\nOn a Citus cluster there are these tables:\n\n```sql\n{OF_CLUSTER}```\n");
    for one in mistakes(&text) {
        let databases: Vec<&str> = one.dialect.split(", ").map(product).collect();
        page += &format!(
            "\n### {}\n\nOn: {}\n\n```sql\n{}```\n\n```text\n{}```\n\nTyped in:\n\n```sql\n{}```\n",
            one.title,
            databases.join(" and "),
            one.wrong,
            one.says,
            one.right
        );
    }
    page
}

fn product(dialect: &str) -> &str {
    match dialect {
        "sqlite" => "SQLite",
        "postgres" => "PostgreSQL",
        "citus" => "a Citus cluster",
        _ => "MariaDB",
    }
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
