//! `check --against-engine` with databases that fail, and with what only a server has.

use std::time::Duration;

use bindery_testkit::{
    Direction, Fault, FaultProxy, FreshDatabase, Watchdog, fresh_mysql, fresh_postgres,
};

use crate::support::{Outcome, Project, holds};

const SCHEMA: &str = "-- @dialect postgres\n\n-- @engines lite, p, m, down\n\
                      CREATE TABLE blogs (id BIGINT PRIMARY KEY, title VARCHAR(40) NOT NULL, stars INTEGER NOT NULL);\n";
const QUERIES: &str = "-- name: popular :many\nSELECT id, title, stars FROM blogs WHERE stars >= :least;\n\n\
                       -- name: rename :rows\nUPDATE blogs SET title = :title WHERE id = :id;\n\n\
                       -- name: total :scalar\nSELECT count(*) AS n FROM blogs;\n";
const ALL: &str =
    "check --against-engine lite --against-engine p --against-engine m --against-engine down";

/// Engines of the three databases, and one that nothing answers for.
fn project(p: &str, m: &str) -> Project {
    let config = format!(
        "[schema]\nqueries = [\"queries\"]\n\n[engines.lite]\nurl = \"sqlite://lite.db\"\n\n[engines.p]\nurl = \"{p}\"\n\
         statement-timeout = \"1s\"\n\n[engines.m]\nurl = \"{m}\"\nstatement-timeout = \"1s\"\n\n\
         [engines.down]\nurl = \"postgres://ann@127.0.0.1:9/none\"\nconnect-timeout = \"2s\"\n"
    );
    Project::new(&[
        ("bindery.toml", config.as_str()),
        ("schema.sql", SCHEMA),
        ("queries/blogs.sql", QUERIES),
    ])
}

/// The servers, each behind a proxy, and the project over them with its tables made.
fn behind_proxies() -> Option<([(FreshDatabase, FaultProxy); 2], Project)> {
    let through = |database: FreshDatabase| {
        let proxy = FaultProxy::start(&database.url()).expect("a free port");
        (database, proxy)
    };
    let servers = [through(fresh_postgres()?), through(fresh_mysql()?)];
    let project = project(servers[0].1.url(), servers[1].1.url());
    project
        .run("create --engine lite --engine p --engine m")
        .good();
    Some((servers, project))
}

/// The entry of an engine in the document: how many queries, how many differ, and the error.
fn of_engine(document: &serde_json::Value, name: &str) -> (u64, usize, Option<String>) {
    let engines = document["against_engines"].as_array().expect("a list");
    let mut engines = engines.iter();
    let one = engines.find(|one| one["engine"] == name);
    let one = one.unwrap_or_else(|| panic!("`{name}` is there: {document:#}"));
    (
        one["queries"].as_u64().expect("a number"),
        one["differences"].as_object().expect("an object").len(),
        one["error"].as_str().map(ToOwned::to_owned),
    )
}

/// The summary without the breaks of its lines.
fn summary(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines_about(outcome: &Outcome, engine: &str) -> usize {
    let start = format!("error: engine `{engine}`: ");
    let lines = outcome.messages.lines();
    lines.filter(|line| line.starts_with(&start)).count()
}

/// Covers SQL-12: an engine that is down keeps no other from being checked.
#[test]
fn sql_12_engines_are_checked_beside_one_that_is_down() {
    let _watchdog = Watchdog::start("engines of which one is down", Duration::from_secs(120));
    let Some((servers, project)) = behind_proxies() else {
        return;
    };
    let outcome = project.run(ALL);
    assert_eq!(lines_about(&outcome, "down"), 1, "{outcome:#?}");
    for engine in ["lite", "p", "m"] {
        assert_eq!(lines_about(&outcome, engine), 0, "{outcome:#?}");
        let line = format!("{engine}: 3 queries prepared, all as they are here");
        assert!(summary(&outcome.results).contains(&line), "{outcome:#?}");
    }
    assert!(
        summary(&outcome.results).contains("down: no answer"),
        "{outcome:#?}"
    );
    outcome.failed();
    let (database, _) = &servers[0];
    database
        .run_script("ALTER TABLE blogs DROP COLUMN stars")
        .expect("the column goes");
    let document = project.run(&format!("{ALL} --format json")).json();
    assert_eq!(of_engine(&document, "p"), (3, 1, None));
    assert_eq!(of_engine(&document, "lite"), (3, 0, None));
    assert_eq!(of_engine(&document, "m"), (3, 0, None));
    let (queries, differences, error) = of_engine(&document, "down");
    assert_eq!((queries, differences), (0, 0));
    assert!(error.is_some(), "{document:#}");
}

/// Covers SQL-12: a database that does not answer is one failure, whatever the number of queries, and none of theirs.
#[test]
fn sql_12_a_database_that_is_silent_or_dies_is_one_failure() {
    let _watchdog = Watchdog::start("databases that fail", Duration::from_secs(240));
    let Some((servers, project)) = behind_proxies() else {
        return;
    };
    let pattern = || b"UPDATE".to_vec();
    let direction = Direction::ToServer;
    let faults = [
        Fault::CutBeforePattern {
            direction,
            pattern: pattern(),
        },
        Fault::StallAtPattern {
            direction,
            pattern: pattern(),
            passes: false,
        },
    ];
    for fault in faults {
        for (engine, (_, proxy)) in ["p", "m"].into_iter().zip(&servers) {
            proxy.set(fault.clone());
            let words = format!("check --against-engine {engine} --against-engine lite");
            let outcome = project.run(&words);
            assert_eq!(lines_about(&outcome, engine), 1, "{fault:?}: {outcome:#?}");
            let messages = &outcome.messages;
            assert!(!messages.contains("refuses it"), "{fault:?}: {messages}");
            holds(
                &summary(&outcome.results),
                &[
                    &format!("{engine}: 1 query prepared, then no answer"),
                    "lite: 3 queries prepared, all as they are here",
                ],
            );
            proxy.heal();
        }
    }
    // One that is slow and answers in time is checked.
    servers[0].1.set(Fault::Delay(Duration::from_millis(100)));
    let slow = project.run("check --against-engine p").good();
    holds(&slow, &["p: 3 queries prepared, all as they are here"]);
    servers[0].1.heal();
}

/// Covers SQL-12: the database has to have a table that bindery does not make.
#[test]
fn sql_12_queries_of_unmanaged_tables_are_prepared_where_the_tables_are() {
    let Some((servers, project)) = behind_proxies() else {
        return;
    };
    let unmanaged = "\n-- @engines lite, p, m\n-- @unmanaged\nCREATE TABLE audit (id BIGINT PRIMARY KEY, note VARCHAR(200));\n";
    project.write("schema.sql", format!("{SCHEMA}{unmanaged}"));
    let audits = "\n-- name: notes :many\nSELECT id, note FROM audit WHERE note = :note;\n";
    project.write("queries/blogs.sql", format!("{QUERIES}{audits}"));
    let words = "check --against-engine lite --against-engine p --against-engine m";
    let outcome = project.run(words);
    for engine in ["lite", "p", "m"] {
        assert_eq!(lines_about(&outcome, engine), 1, "{outcome:#?}");
    }
    holds(
        &outcome.messages,
        &[
            "`notes`: the database refuses it: no such table: audit",
            "`notes`: the database refuses it: relation \"audit\" does not exist",
        ],
    );
    let table = "CREATE TABLE audit (id bigint PRIMARY KEY, note varchar(200))";
    for (database, _) in &servers {
        database.run_script(table).expect("the table is made");
    }
    project.sqlite("lite.db", table);
    let whole = summary(&project.run(words).good());
    for engine in ["lite", "p", "m"] {
        let line = format!("{engine}: 4 queries prepared, all as they are here");
        assert!(whole.contains(&line), "{whole}");
    }
}

/// Covers SQL-12: PostgreSQL describes a domain as what it is of, here an enum.
#[test]
fn sql_12_a_domain_over_an_enum_is_the_type_that_it_is_of() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let schema = "-- @dialect postgres\n\nCREATE TYPE mood AS ENUM ('calm', 'wild');\nCREATE DOMAIN feeling AS mood;\n\
                  CREATE DOMAIN bold AS feeling;\n\
                  CREATE TABLE notes (id BIGINT PRIMARY KEY, first feeling NOT NULL, later bold);\n";
    let queries = "-- name: notes_of :many\nSELECT id, first, later FROM notes WHERE first = :first;\n\n\
                   -- name: those :many\nSELECT id, later FROM notes WHERE later IN :moods;\n\n\
                   -- name: note :exec\nINSERT INTO notes (id, first, later) VALUES (:id, :first, :later);\n";
    let config = format!(
        "[engines.default]\nurl = \"{}\"\n[schema]\nqueries = [\"queries\"]\n",
        database.url()
    );
    let project = Project::new(&[
        ("bindery.toml", config.as_str()),
        ("schema.sql", schema),
        ("queries/notes.sql", queries),
    ]);
    project.run("create").good();
    let same = project.run("check --against-engine default").good();
    holds(&same, &["3 queries prepared, all as they are here"]);
    database
        .run_script(
            "CREATE TYPE other AS ENUM ('calm', 'wild'); \
             ALTER TABLE notes ALTER COLUMN first TYPE other USING first::text::other",
        )
        .expect("the column is of another enum");
    let messages = project.run("check --against-engine default").failed();
    holds(
        &messages,
        &["`notes_of`", "the column `first` the type other"],
    );
}
