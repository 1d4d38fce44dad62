//! `bindery mirror` and `bindery verify` over the three databases.

use std::sync::atomic::{AtomicBool, Ordering};

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use super::support::{Project, holds};

const CONFIG: &str = r#"url = "sqlite://default.db"

[engines]
b = "${B_URL}"
c = "${C_URL}"
"#;

const SCHEMA: &str = "\
-- @engines default, b, c
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(200) NOT NULL UNIQUE,
  points DECIMAL(10, 2),
  active BOOLEAN NOT NULL DEFAULT TRUE,
  photo BLOB,
  seen TIMESTAMP
);
-- @engines default, b, c
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  title TEXT NOT NULL
);
CREATE INDEX posts_by_user ON posts (user_id);
-- Only here.
CREATE TABLE drafts (id INTEGER PRIMARY KEY);
";

const ROWS: &str = "\
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO users SELECT i, i || '@example.org', CASE WHEN i % 3 THEN i || '.50' END, i % 2, CASE WHEN i % 5 THEN x'00ff' END,
  CASE WHEN i % 7 THEN '2026-01-01 12:00:00' END FROM n;
INSERT INTO posts SELECT id, id, 'naïve 🦀 of ' || id FROM users;";

fn project() -> Option<(Project, FreshDatabase, FreshDatabase)> {
    let (b, c) = (fresh_postgres()?, fresh_mysql()?);
    let schema = SCHEMA.replace(
        "-- Only here.\nCREATE TABLE drafts (id INTEGER PRIMARY KEY);\n",
        "",
    );
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", &schema)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    project.run("create --all").good();
    project.sqlite("default.db", ROWS);
    Some((project, b, c))
}

/// The results of a comparison that finds differences.
fn differing(project: &Project, words: &str) -> String {
    let outcome = project.run(words);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    outcome.results
}

/// Around all three databases and back, then a row that was changed, one that is missing and one too many.
#[test]
fn sync_06_engines_are_mirrored_verified_and_restored() {
    let Some((project, b, c)) = project() else {
        return;
    };
    for (from, to) in [("default", "b"), ("b", "c")] {
        let told = project.run(&format!("mirror {from} {to} --quiet")).good();
        let users = format!("users on {from} and {to}: 3000 rows");
        let posts = format!("posts on {from} and {to}: 3000 rows");
        holds(&told, &[&users, &posts]);
    }
    let again = project.run("mirror b c").failed();
    holds(&again, &["`--replace`"]);
    let asked = project.run("mirror b c --replace").failed();
    holds(&asked, &["`--yes`"]);
    project.sqlite("default.db", "DELETE FROM posts; DELETE FROM users;");
    holds(
        &differing(&project, "verify --from c --to default"),
        &["3000 missing, 0 different, 0 surplus", "and 2900 more"],
    );
    project.run("mirror c default --quiet").good();
    project.run("verify --from default --to b").good();

    b.run_script("UPDATE users SET points = 0.01 WHERE id = 17; DELETE FROM posts WHERE id = 5; INSERT INTO posts VALUES (4000, 1, 'x');")
        .expect("the rows are changed");
    holds(
        &differing(&project, "verify --from default --to b"),
        &[
            "0 missing, 1 different, 0 surplus",
            "users: different with key 17",
            "1 missing, 0 different, 1 surplus",
            "posts: missing with key 5",
            "posts: surplus with key 4000",
        ],
    );
    let one = project.run("verify posts --from c --to b --format json");
    let one = one.json();
    assert_eq!(
        (&one[0]["equal"], &one[0]["same"]),
        (&false.into(), &2_999.into())
    );
    assert_eq!(one[0]["differences"][0]["key"], "5");
    project
        .run("mirror default b --replace --yes --quiet")
        .good();
    project.run("verify --from c --to b").good();
    drop(c);
}

/// What is copied is one state, although rows come in all the time.
#[test]
fn sync_06_a_mirror_is_one_state_while_the_source_is_written() {
    let Some((project, b, _c)) = project() else {
        return;
    };
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for id in 10_000.. {
                let both = format!(
                    "BEGIN IMMEDIATE; INSERT INTO users (id, email) VALUES ({id}, '{id}'); INSERT INTO posts VALUES ({id}, {id}, 'x'); COMMIT;"
                );
                project.sqlite("default.db", &both);
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        let outcome = project.run("mirror default b --quiet");
        is_over.store(true, Ordering::Relaxed);
        outcome.good();
    });
    let both = "SELECT (SELECT count(*) FROM users) = (SELECT count(*) FROM posts) AND (SELECT count(*) FROM users) >= 3000";
    assert_eq!(b.answer(both).expect("an answer").trim(), "t");
}

#[test]
fn a_mirror_names_what_it_lacks() {
    let (Some(b), Some(c)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)]);
    let project = project.with("B_URL", &b.url()).with("C_URL", &c.url());
    holds(
        &project.run("mirror default b").failed(),
        &[
            "engine `b` has no table `drafts`",
            "`-- @engines default, b`",
            "`models-of = \"default\"`",
        ],
    );
    holds(
        &project.run("mirror b b").failed(),
        &["both engines are `b`"],
    );
    holds(
        &project.run("verify --from default --to nowhere").failed(),
        &["`nowhere`"],
    );
    project.run("create --engine default").good();
    holds(
        &project.run("verify users --from default --to b").failed(),
        &["engine `b`", "table `users`", "`bindery create --engine b`"],
    );
}
