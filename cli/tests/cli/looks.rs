//! Forms that only look, on a project that has everything: no file and no database is other than before.

use std::collections::BTreeMap;
use std::path::Path;

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use mysql::prelude::Queryable;

use super::process::filled;
use super::support::{Project, SCHEMA, names_in};

const CONFIG: &str = r#"url = "sqlite://default.db"

[engines]
b = "${B_URL:-sqlite://b.db}"
c = { url = "${C_URL:-sqlite://c.db}", models-of = "default" }
"#;

/// With their exit codes: each looks at the databases to its end, or has nothing to look for there.
const LOOKING: [(&str, i32); 24] = [
    ("check", 0),
    ("create --all --dry-run", 0),
    ("create --all --print", 0),
    ("docs", 0),
    ("doctor", 1),
    ("drop --all --dry-run", 0),
    ("dump --all --dry-run --force", 0),
    ("load --all --dry-run", 0),
    ("migrate add later --dry-run", 0),
    ("migrate baseline 2 --all --dry-run", 0),
    ("migrate check", 1),
    ("migrate revert --all --dry-run", 0),
    ("migrate run --all --dry-run", 0),
    ("migrate squash --all --dry-run", 0),
    ("migrate status --all", 0),
    ("mirror default c --replace --dry-run", 0),
    ("pull --engine b --out -", 0),
    ("reset --all --dry-run", 0),
    ("shell --dry-run", 0),
    ("status", 1),
    ("truncate --all --dry-run", 0),
    ("validate", 0),
    ("validate --links", 0),
    ("verify --from default --to c", 0),
];

/// The files below a folder with their bytes.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for name in names_in(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            let inside = content(&path).into_iter();
            found.extend(inside.map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, std::fs::read(path).expect("it is there"));
        }
    }
    found
}

/// All rows of a database, and what it knows of its tables: one that was made anew has another number, and another file.
fn of_postgres(database: &FreshDatabase) -> Vec<String> {
    let client = postgres::Client::connect(&database.url(), postgres::NoTls);
    let mut client = client.expect("the test server");
    let relations = "SELECT string_agg(concat_ws(' ', oid, relname, relkind, relfilenode, relacl), ', ' ORDER BY oid) FROM pg_class";
    let rows = "SELECT database_to_xml(true, true, '')::text";
    let mut text = |sql| client.query_one(sql, &[]).expect("a text").get(0);
    vec![text(relations), text(rows)]
}

/// The same of MySQL and MariaDB.
fn of_mysql(database: &FreshDatabase) -> Vec<String> {
    let client = mysql::Conn::new(database.url().as_str());
    let mut client = client.expect("the test server");
    let made = "SELECT CONCAT_WS(' ', table_name, create_time, auto_increment) FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name";
    let mut state: Vec<String> = client.query(made).expect("tables");
    let tables: Vec<String> = client.query("SHOW TABLES").expect("tables");
    for table in tables {
        let made: Option<(String, String)> = client
            .query_first(format!("SHOW CREATE TABLE `{table}`"))
            .expect("it is there");
        let sum: Option<(String, Option<u64>)> = client
            .query_first(format!("CHECKSUM TABLE `{table}`"))
            .expect("it is there");
        state.push(format!("{made:?} {sum:?}"));
    }
    state
}

fn look(project: Project, databases: impl Fn() -> Vec<String>) {
    let project = filled(project, &["b", "c", "default"]);
    let (files, rows) = (content(&project.path("")), databases());
    for (words, code) in LOOKING {
        let outcome = project.run(words);
        assert_eq!(outcome.code, Some(code), "{words}: {outcome:#?}");
        let after = content(&project.path(""));
        let is_same = |name: &&String| files.get(*name) == after.get(*name);
        let names = files.keys().chain(after.keys());
        let changed: Vec<&String> = names.filter(|name| !is_same(name)).collect();
        assert!(changed.is_empty(), "{words}: {changed:?}");
        assert_eq!(databases(), rows, "{words}");
    }
}

fn project() -> Project {
    Project::new(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)])
}

/// Engines `b` and `c` are on the server.
fn look_on(server: [FreshDatabase; 2], state: fn(&FreshDatabase) -> Vec<String>) {
    let [b, c] = &server;
    let project = project().with("B_URL", &b.url()).with("C_URL", &c.url());
    look(project, || [state(b), state(c)].concat());
}

/// Covers CLI-10.
#[test]
fn forms_that_only_look_change_nothing() {
    look(project(), Vec::new);
    if let (Some(b), Some(c)) = (fresh_postgres(), fresh_postgres()) {
        look_on([b, c], of_postgres);
    }
    if let (Some(b), Some(c)) = (fresh_mysql(), fresh_mysql()) {
        look_on([b, c], of_mysql);
    }
}
