//! `bindery dump --redact`: columns that the command line names, keys that are hashed, and runs that are interrupted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bindery_testkit::{fresh_mysql, fresh_postgres};

use super::dumped::{At, Dumped};
use super::support::{holds, names_in};

const PLAIN: &str = "\
-- @dialect postgres

-- @engine b
CREATE TABLE users (
  id bigint PRIMARY KEY,
  email varchar(120) NOT NULL UNIQUE,
  phone varchar(40),
  name varchar(40) NOT NULL,
  city varchar(40)
);

-- @engine b
CREATE TABLE posts (
  id bigint PRIMARY KEY,
  author bigint NOT NULL REFERENCES users (id)
);
CREATE INDEX posts_by_author ON posts (author);
";

fn fill(dumped: &Dumped) {
    dumped.on_b("INSERT INTO users VALUES (98761, 'ann@canary', 'canary-1', 'Ann Canary', 'Rome')");
    dumped.on_b("INSERT INTO posts VALUES (1, 98761)");
}

/// Covers DUMP-12.
#[test]
fn dump_12_columns_are_named_on_the_command_line() {
    for dumped in Dumped::on_all_with(PLAIN) {
        fill(&dumped);
        let words = "dump --engine b --redact users.email=hash --redact users.phone=null --redact users.name=fake --redact users.id --out out";
        dumped.run(words).good();
        let (users, posts) = (
            dumped.read("out/b/users.csv"),
            dumped.read("out/b/posts.csv"),
        );
        assert!(
            !users.contains("canary") && !users.contains("Canary"),
            "{users}"
        );
        assert!(
            !users.contains("98761") && !posts.contains("98761"),
            "{users}{posts}"
        );
        let row: Vec<&str> = users.lines().nth(1).expect("a row").split(',').collect();
        assert_eq!((row[2], row[4]), ("", "Rome"), "{users}");
        assert_eq!(posts.lines().nth(1), Some(format!("1,{}", row[0]).as_str()));
        holds(
            &dumped.read("out/b/manifest.json"),
            &["\"users.email\"", "\"posts.author\"", "\"users.phone\""],
        );
        dumped
            .run("load --engine b --from out/b --replace --yes")
            .good();
        assert_eq!(dumped.number("posts p JOIN users u ON u.id = p.author"), 1);
    }
}

/// Columns of the command line are checked by the rules of the annotation, before anything is connected to.
#[test]
fn dump_12_columns_that_cannot_be_replaced_are_refused() {
    let dumped = Dumped::with(PLAIN, At::File(PathBuf::new()));
    fill(&dumped);
    let cases: [(&str, &[&str]); 6] = [
        (
            "users.name=null",
            &[
                "error[B0364]",
                "column `name` cannot be replaced by NULL",
                "--redact",
                "users.name=null",
            ],
        ),
        ("users.id=fake", &["error[B0365]", "it is a key"]),
        (
            "posts.id=hash --redact posts.author=hash",
            &["error[B0367]", "users.id"],
        ),
        (
            "user.email=hash",
            &["there is no table `user`", "did you mean `users`?"],
        ),
        (
            "users.emial",
            &["has no column `emial`", "--redact users.email=hash"],
        ),
        ("x;drop.y=hash", &["there is no table `x;drop`"]),
    ];
    for (words, expected) in cases {
        let words = format!("dump --engine b --out out --redact {words}");
        holds(&dumped.run(&words).failed(), expected);
    }
    for words in ["users.email=upper", "email=hash", "email"] {
        let words = format!("dump --engine b --out out --redact {words}");
        holds(&dumped.run(&words).misused(), &["as in `users.email=hash`"]);
    }
    assert!(!dumped.project.path("out").exists());
}

/// The order of rows says nothing of a hashed key.
///
/// Covers DUMP-12.
#[test]
fn dump_12_rows_of_hashed_keys_are_in_no_order() {
    for dumped in Dumped::on_all_with(PLAIN) {
        let rows = (1..=200).map(|id| format!("{id},u{id:03},,name,{id:03}\n"));
        let text = format!("id,email,phone,name,city\n{}", rows.collect::<String>());
        dumped.project.write("users.csv", text);
        dumped
            .run("load --engine b --table users --from users.csv")
            .good();
        let cities = |words: &str| -> Vec<String> {
            let words = format!("dump --engine b --table users --out - {words}");
            let text = dumped.run(&words).good();
            let lines = text.lines().skip(1);
            let last = |line: &str| line.rsplit(',').next().expect("a field").to_owned();
            lines.map(last).collect()
        };
        assert!(cities("--redact users.email=hash").is_sorted());
        let shuffled = cities("--redact users.id=hash");
        assert!(!shuffled.is_sorted(), "{shuffled:?}");
        assert_eq!(shuffled.len(), 200);
    }
}

/// Three tables, each of which refers to the one before it by a text.
fn spelled(dialect: &str, kinds: [&str; 3]) -> String {
    let [people, logins, visits] = kinds;
    format!(
        "-- @dialect {dialect}\n\n\
         -- @engine b\nCREATE TABLE people (\n  -- @redact hash\n  name {people} NOT NULL PRIMARY KEY\n);\n\n\
         -- @engine b\nCREATE TABLE logins (name {logins} NOT NULL PRIMARY KEY, CONSTRAINT logins_of FOREIGN KEY (name) REFERENCES people (name));\n\n\
         -- @engine b\nCREATE TABLE visits (id bigint NOT NULL PRIMARY KEY, name {visits}, CONSTRAINT visits_of FOREIGN KEY (name) REFERENCES logins (name));\n\
         CREATE INDEX visits_by_name ON visits (name);\n"
    )
}

/// The text that is hashed of a reference is that of the row that it refers to.
///
/// Covers DUMP-12.
#[test]
fn dump_12_references_are_kept_that_are_spelled_otherwise() {
    let nocase = "varchar(60) COLLATE NOCASE";
    let general = "varchar(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
    let all = [
        Some((At::File(PathBuf::new()), spelled("sqlite", [nocase; 3]))),
        fresh_postgres().map(|database| {
            let kinds = ["char(40)", "char(50)", "char(60)"];
            (At::Postgres(database), spelled("postgres", kinds))
        }),
        fresh_mysql().map(|database| (At::Mysql(database), spelled("mysql", [general; 3]))),
    ];
    for (at, schema) in all.into_iter().flatten() {
        let other = if matches!(at, At::Postgres(_)) {
            ["Ann"; 2]
        } else {
            ["ANN", "ann"]
        };
        let dumped = Dumped::with(&schema, at);
        dumped.on_b("INSERT INTO people VALUES ('Ann')");
        dumped.on_b(&format!("INSERT INTO logins VALUES ('{}')", other[0]));
        dumped.on_b(&format!(
            "INSERT INTO visits VALUES (1, '{}'), (2, NULL)",
            other[1]
        ));
        dumped.run("dump --engine b --redact --out out").good();
        let word = |table: &str, at: usize| {
            let text = dumped.read(&format!("out/b/{table}.csv"));
            let line = text.lines().nth(1).expect("a row").to_owned();
            line.split(',')
                .nth(at)
                .expect("a field")
                .trim_end()
                .to_owned()
        };
        let hash = word("people", 0);
        assert_eq!(hash.len(), 32, "{hash}");
        assert_eq!([word("logins", 0), word("visits", 1)], [hash.clone(), hash]);
        dumped
            .run("load --engine b --from out/b --replace --yes")
            .good();
        assert_eq!(
            dumped.number("visits v JOIN people p ON p.name = v.name"),
            1
        );
    }
}

/// Does a file of the folder hold the word?
fn holds_anywhere(folder: &Path, word: &str) -> bool {
    names_in(folder).iter().any(|name| {
        let path = folder.join(name);
        if path.is_dir() {
            return holds_anywhere(&path, word);
        }
        let text = fs::read(path).expect("it is there");
        text.windows(word.len()).any(|part| part == word.as_bytes())
    })
}

/// Values are replaced before they are written, so whatever a signal leaves has none of them.
///
/// Covers DUMP-12, CLI-1 on SQLite.
#[test]
fn dump_12_a_redacted_dump_that_is_interrupted_leaves_no_original() {
    let schema = "-- @dialect sqlite\n\n-- @engine b\nCREATE TABLE notes (\n  id INTEGER PRIMARY KEY,\n  -- @redact fake\n  note TEXT NOT NULL\n);\n";
    let dumped = Dumped::with(schema, At::File(PathBuf::new()));
    dumped.on_b(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) \
         INSERT INTO notes SELECT i, 'canary' FROM n",
    );
    let mut interrupted = 0;
    let ways = [
        ("INT", "--out out"),
        ("TERM", "--archive dump.tar.zst"),
        ("KILL", "--out out"),
    ];
    for (signal, words) in ways.into_iter().cycle().take(12) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bindery"))
            .args(["dump", "--engine", "b", "--redact", "--quiet"])
            .args(words.split(' '))
            .current_dir(dumped.project.path(""))
            .env("B_URL", "sqlite://b.db")
            .stdout(Stdio::null())
            .spawn()
            .expect("the command can be started");
        let is_written = || {
            let staged = dumped.project.files();
            let mut staged = staged
                .iter()
                .filter(|name| *name == "out" || name.ends_with(".folders"));
            staged.any(|name| !names_in(&dumped.project.path(name)).is_empty())
        };
        // On a busy machine it may be done before it is looked at, or before the signal comes.
        let mut is_over = false;
        while !is_over && !is_written() {
            is_over = child.try_wait().expect("it was started").is_some();
        }
        if !is_over {
            let kill = format!("kill -{signal} {}", child.id());
            let sent = Command::new("sh").args(["-c", &kill]).status();
            assert!(sent.expect("there is a shell").success());
        }
        interrupted += u32::from(!child.wait().expect("it ended").success());
        for name in dumped.project.files() {
            let path = dumped.project.path(&name);
            if path.is_dir() {
                assert!(!holds_anywhere(&path, "canary"), "{name}");
                fs::remove_dir_all(path).expect("it can be removed");
            } else if name.ends_with(".zst") {
                fs::remove_file(path).expect("it can be removed");
            }
        }
    }
    assert!(interrupted > 0, "one of them was interrupted");
}
