//! `bindery migrate` on the three databases.

use std::process::Child;

use bindery_testkit::fresh_postgres;
use mysql::prelude::Queryable;

use super::migrated::{At, Migrated};
use super::support::{Project, holds};

#[test]
fn cli_07_migrations_are_applied_once_and_reverted() {
    for migrated in Migrated::on_all() {
        migrated
            .write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY, x VARCHAR(9));\nINSERT INTO a (id) VALUES (1);\n")
            .write("2_b.up.sql", "ALTER TABLE a ADD COLUMN y BIGINT;\nUPDATE a SET y = 7;\n")
            .write("2_b.down.sql", "ALTER TABLE a DROP COLUMN y;\n");
        assert_eq!(migrated.states(), ["pending", "pending"]);
        let first = migrated.run("run").good();
        holds(
            &first,
            &[
                "applied      1_a on default (",
                "applied      2_b on default (",
            ],
        );
        assert_eq!(
            migrated.run("run").good(),
            "nothing is pending on default\n"
        );
        assert_eq!(migrated.states(), ["applied", "applied"]);
        assert_eq!(migrated.numbers("SELECT y FROM a"), [7]);

        let refused = migrated.run("revert").failed();
        holds(&refused, &["no terminal to confirm on", "pass `--yes`"]);
        holds(
            &migrated.run("revert --yes").good(),
            &["reverted     2_b on default"],
        );
        assert_eq!(migrated.states(), ["applied", "pending"]);
        holds(
            &migrated.run("revert --yes").failed(),
            &[
                "engine `default`: migrating: nothing says how to revert 1",
                "1_….down.sql",
            ],
        );
        migrated.run("run").good();
        assert_eq!(migrated.numbers("SELECT y FROM a"), [7]);
    }
}

/// Applied migrations stay as they were, and nothing slips in before it unasked.
///
/// Covers MIG-3, MIG-4.
#[test]
fn cli_07_what_is_not_as_it_was_applied_is_refused() {
    for migrated in Migrated::on_all() {
        migrated
            .write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\r\n")
            .write("3_c.sql", "CREATE TABLE c (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        // Another end of the lines is no change.
        migrated.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
        assert_eq!(migrated.states(), ["applied", "applied"]);

        migrated.write("2_b.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);\n");
        assert_eq!(migrated.states(), ["applied", "out of order", "applied"]);
        holds(
            &migrated.run("run").failed(),
            &[
                "later migrations are applied, and these are not: 2",
                "`--out-of-order`",
            ],
        );
        assert!(!migrated.has_table("b"));
        migrated.run("run --out-of-order").good();
        assert!(migrated.has_table("b"));

        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT PRIMARY KEY, x BIGINT);\n",
        );
        migrated.write("4_d.sql", "CREATE TABLE d (id BIGINT PRIMARY KEY);\n");
        holds(
            &migrated.run("run").failed(),
            &["files of applied migrations were changed: 1"],
        );
        assert_eq!(migrated.run("status").code, Some(1));
        migrated.remove("1_a.sql");
        holds(
            &migrated.run("run").failed(),
            &["applied migrations have no file: 1"],
        );
        assert!(!migrated.has_table("d"));
    }
}

/// The message of the server about a schema is shown with the statement and its line; values of rows, and what stands in quotes, are not: on
/// MySQL and MariaDB also in double quotes, which are text there. Nor are the server's words about a statement that it does not understand,
/// which may be those of a password.
#[test]
fn cli_07_a_migration_that_fails_says_what_the_server_says() {
    for migrated in Migrated::on_all() {
        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL);\nINSERT INTO a VALUES (1, 'hunter2'), (2, 'hunter2');\n",
        );
        migrated.run("run").good();
        let mistakes = [
            ("ALTER TABLE b ADD COLUMN x BIGINT", "b"),
            ("ALTER TABLE a DROP COLUMN x", "x"),
            ("ALTER TABLE a ADD COLUMN name BIGINT", "name"),
            ("CREATE INDEX a_x ON a (x)", "x"),
            ("CREATE TABLE a (id BIGINT)", "exists"),
            ("DROP TABLE b", "b"),
            ("CREATE TABEL c (id BIGINT)", "understand"),
        ];
        for (sql, said) in mistakes {
            migrated.write("2_b.sql", &format!("\n\n{sql};\n"));
            let failed = migrated.run("run").failed();
            let shown = format!("the statement is `{sql}`");
            holds(&failed, &["statement 1 (line 3)", &shown]);
            let (_, cause) = failed.split_once(&shown).expect("it was there");
            holds(cause, &[": code ", said]);
            migrated.begin_anew();
        }
        migrated.write("2_b.sql", "CREATE UNIQUE INDEX a_name ON a (name);\n");
        let failed = migrated.run("run").failed();
        holds(
            &failed,
            &[
                "code ",
                "the statement is `CREATE UNIQUE INDEX a_name ON a (name)`",
            ],
        );
        assert!(!failed.contains("hunter2"), "{failed}");
        migrated.begin_anew();
        migrated.write("2_b.sql", "INSERT INTO a VALUES (1, 'hunter2');\n");
        let failed = migrated.run("run").failed();
        holds(&failed, &["the statement is `INSERT INTO a VALUES ( …`"]);
        assert!(!failed.contains("hunter2"), "{failed}");
        migrated.begin_anew();
        migrated.write("2_b.sql", "UPDATE a SET id = 4711, x = \"hunter2\";\n");
        let failed = migrated.run("run").failed();
        holds(&failed, &["the statement is `UPDATE a SET id = …`"]);
        assert!(!failed.contains("4711"), "{failed}");
    }
}

/// A migration that fails leaves nothing where the database can undo DDL, and else what the message says.
///
/// Covers MIG-1.
#[test]
fn cli_07_a_migration_that_fails_is_not_recorded_as_applied() {
    for migrated in Migrated::on_all() {
        migrated.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
        migrated.write(
            "2_b.sql",
            "CREATE TABLE b (id BIGINT PRIMARY KEY);\nINSERT INTO b VALUES (1);\n\nCREATE TABLE a (id BIGINT PRIMARY KEY);\n",
        );
        let failed = migrated.run("run");
        let said = "engine `default`: migrating: migration 2: statement 3 (line 4) failed; ";
        holds(
            &failed.messages,
            &[
                said,
                "the statement is `CREATE TABLE a (id BIGINT PRIMARY KEY)`",
                "already exists",
            ],
        );
        holds(&failed.results, &["applied      1_a on default ("]);
        assert_eq!(failed.results.lines().count(), 1, "{failed:#?}");
        assert_eq!(failed.code, Some(1));
        if migrated.undoes_ddl() {
            holds(&failed.messages, &["nothing of the migration is kept"]);
            assert_eq!(migrated.states(), ["applied", "pending"]);
            assert!(!migrated.has_table("b"));
        } else {
            holds(&failed.messages, &["the 2 statements before it are kept"]);
            assert_eq!(migrated.states(), ["applied", "interrupted"]);
            let said = migrated.run("revert --yes").failed();
            holds(&said, &["migration 2 is applied in part", "migrate run"]);
        }
        // The file may be mended where nothing of it was kept; else what is left of it.
        let mended = "CREATE TABLE b (id BIGINT PRIMARY KEY);\nINSERT INTO b VALUES (1);\n\nCREATE TABLE c (id BIGINT PRIMARY KEY);\n";
        migrated.write("2_b.sql", mended);
        if !migrated.undoes_ddl() {
            let refused = migrated.run("run").failed();
            holds(
                &refused,
                &[
                    "a run ended in the middle of migration 2, and its file was changed since",
                    "`bindery migrate resolve 2 --engine default --statements 2`",
                ],
            );
            assert!(
                !refused.contains("files of applied migrations"),
                "{refused}"
            );
            migrated
                .run("resolve 2 --statements 2 --engine default")
                .good();
        }
        migrated.run("run").good();
        assert_eq!(migrated.numbers("SELECT id FROM b"), [1]);
        assert!(migrated.has_table("c"));
    }
}

#[test]
fn cli_07_a_database_that_is_there_is_taken_over() {
    for migrated in Migrated::on_all() {
        migrated
            .write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n")
            .write("2_b.sql", "CREATE TABLE b (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        migrated.execute(&["DROP TABLE _bindery_migrations"]);
        assert_eq!(migrated.states(), ["pending", "pending"]);
        holds(
            &migrated.run("baseline 9").failed(),
            &["there is no migration 9"],
        );
        assert_eq!(
            migrated.run("baseline 1").good(),
            "recorded 1 migration on default\n"
        );
        assert_eq!(migrated.states(), ["applied", "pending"]);
        assert_eq!(
            migrated.run("baseline 2").good(),
            "recorded 1 migration on default\n"
        );
        assert_eq!(
            migrated.run("run").good(),
            "nothing is pending on default\n"
        );
        migrated.write("3_c.sql", "CREATE TABLE c (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        assert_eq!(migrated.states(), ["applied"; 3]);
        assert!(migrated.has_table("c"));
    }
}

/// Of ten processes one applies each migration.
///
/// Covers MIG-2.
#[test]
fn cli_07_of_many_processes_one_applies() {
    for migrated in Migrated::on_all() {
        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT PRIMARY KEY);\nCREATE TABLE log (id BIGINT);\n",
        );
        for version in 2..8 {
            migrated.write(
                &format!("{version}_log.sql"),
                &format!("INSERT INTO log VALUES ({version});\n"),
            );
        }
        let mut processes: Vec<Child> = (0..10).map(|_| migrated.start("run")).collect();
        for process in &mut processes {
            let ended = process.wait().expect("it ends");
            assert!(ended.success());
        }
        assert_eq!(
            migrated.numbers("SELECT id FROM log ORDER BY id"),
            [2, 3, 4, 5, 6, 7]
        );
        assert_eq!(migrated.states(), ["applied"; 7]);
    }
}

/// `CREATE INDEX CONCURRENTLY` stands in no transaction.
#[test]
fn cli_07_a_migration_without_a_transaction() {
    let Some(migrated) = Migrated::on_postgres() else {
        return;
    };
    migrated.write(
        "1_a.sql",
        "CREATE TABLE a (id BIGINT PRIMARY KEY, x BIGINT);\n",
    );
    let concurrently = "CREATE INDEX CONCURRENTLY a_x ON a (x);\n";
    migrated.write("2_b.sql", concurrently);
    holds(
        &migrated.run("run").failed(),
        &["statement 1 (line 1) failed"],
    );
    migrated.write("2_b.sql", &format!("-- @no-transaction\n{concurrently}"));
    migrated.run("run").good();
    assert_eq!(migrated.states(), ["applied", "applied"]);
}

/// SQLite's way of changing a table, by making another in its place, keeps the rows that refer to it.
///
/// Covers MIG-13 on SQLite.
#[test]
fn cli_07_a_table_of_sqlite_is_made_anew() {
    let migrated = Migrated::on_sqlite();
    migrated.write(
        "1_a.sql",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);\nCREATE TABLE b (a_id INTEGER REFERENCES a ON DELETE CASCADE);\nINSERT INTO a VALUES (1, 'x');\nINSERT INTO b VALUES (1);\n",
    );
    migrated.write(
        "2_b.sql",
        "CREATE TABLE a_new (id INTEGER PRIMARY KEY, x TEXT NOT NULL);\nINSERT INTO a_new SELECT * FROM a;\nDROP TABLE a;\nALTER TABLE a_new RENAME TO a;\n",
    );
    migrated.run("run").good();
    assert_eq!(
        migrated.numbers("SELECT a_id FROM b JOIN a ON a.id = a_id"),
        [1]
    );
    migrated.write("3_c.sql", "DELETE FROM a;\n");
    holds(
        &migrated.run("run").failed(),
        &[
            "migration 3 leaves a row of `b` (rowid = 1) that refers to a row of `a` which does not exist; nothing of the migration is kept",
            "have the migration delete such rows of `b`",
        ],
    );
    assert_eq!(migrated.numbers("SELECT id FROM a"), [1]);
}

/// Other programs leave such rows, as SQLite checks foreign keys only for connections that switch it on.
#[test]
fn cli_07_rows_of_sqlite_that_refer_to_none_keep_no_migration_from_being_applied() {
    let migrated = Migrated::on_sqlite();
    migrated.write(
        "1_a.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);\n\
         CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users);\n\
         CREATE TABLE likes (name TEXT, at INTEGER, user_id INTEGER NOT NULL REFERENCES users (id), PRIMARY KEY (name, at)) WITHOUT ROWID;\n\
         CREATE TABLE pages (user_id INTEGER REFERENCES users);\n",
    );
    migrated.run("run").good();
    migrated.execute(&[
        "PRAGMA foreign_keys = OFF; INSERT INTO users VALUES (1); INSERT INTO posts VALUES (2, 1), (5, 7), (6, 7), (9, 8), (10, 9); \
         INSERT INTO likes VALUES ('a', 1, 7), ('b', 1, 1); INSERT INTO pages VALUES (1), (1), (3), (4); DELETE FROM pages WHERE rowid = 1",
    ]);
    migrated.write(
        "2_other.sql",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY);\n",
    );
    let outcome = migrated.run("run");
    holds(
        &outcome.messages,
        &[
            "4 rows of `posts` refer to rows of `users` that do not exist: id = 5; id = 6; id = 9, …\n  \
             = help: `bindery validate --links --engine default --repair null` sets their keys to NULL, `--repair delete` deletes them",
            "1 row of `likes` refers to rows of `users` that do not exist: name = 'a', at = 1\n",
            "2 rows of `pages` refer to rows of `users` that do not exist: rowid = 3; rowid = 4\n",
        ],
    );
    outcome.good();
    // Tables with such rows are made anew, also where their rows get other numbers.
    migrated.write(
        "3_anew.sql",
        "CREATE TABLE new (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users, x INTEGER);\n\
         INSERT INTO new SELECT id, user_id, 0 FROM posts;\nDROP TABLE posts;\nALTER TABLE new RENAME TO posts;\n\
         CREATE TABLE new (user_id INTEGER REFERENCES users, x INTEGER);\n\
         INSERT INTO new SELECT user_id, 0 FROM pages;\nDROP TABLE pages;\nALTER TABLE new RENAME TO pages;\n",
    );
    migrated.run("run").good();
    // Those that a migration makes are refused, though it mends as many others.
    migrated.write(
        "4_others.sql",
        "INSERT INTO users VALUES (8);\nUPDATE posts SET user_id = 99 WHERE id = 2;\n",
    );
    holds(
        &migrated.run("run").failed(),
        &[
            "migration 4 leaves a row of `posts` (id = 2) that refers to a row of `users` which does not exist",
        ],
    );
    // So are those of a foreign key that is new.
    migrated.write(
        "4_others.sql",
        "CREATE TABLE new (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users, x INTEGER REFERENCES tags);\n\
         INSERT INTO new SELECT id, user_id, 0 FROM posts;\nDROP TABLE posts;\nALTER TABLE new RENAME TO posts;\n",
    );
    holds(
        &migrated.run("run").failed(),
        &[
            "migration 4 leaves a row of `posts` (id = 2) that refers to a row of `tags` which does not exist",
        ],
    );
}

/// A statement waits for a lock no longer than it may, and is tried again.
///
/// The connection of a transaction that has read `a`, which DDL has to wait for; it lets go of the table where it is dropped.
fn reader(migrated: &Migrated) -> Option<Box<dyn std::any::Any>> {
    match &migrated.at {
        At::File(_) => None,
        At::Postgres(database) => {
            let client = postgres::Client::connect(&database.url(), postgres::NoTls);
            let mut client = client.expect("the test server");
            client
                .batch_execute("BEGIN; SELECT * FROM a")
                .expect("rows");
            Some(Box::new(client))
        }
        At::Mysql(database) => {
            let client = mysql::Conn::new(database.url().as_str());
            let mut client = client.expect("the test server");
            client.query_drop("BEGIN").expect("a transaction");
            client.query_drop("SELECT * FROM a").expect("rows");
            Some(Box::new(client))
        }
    }
}

/// On SQLite a reader keeps no statement of DDL from its work.
///
/// Covers MIG-6 on PostgreSQL, MariaDB.
#[test]
fn cli_07_a_lock_is_not_waited_for_for_ever() {
    for migrated in Migrated::on_all() {
        migrated.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        let Some(reading) = reader(&migrated) else {
            continue;
        };
        migrated.write("2_b.sql", "ALTER TABLE a ADD COLUMN x BIGINT;\n");
        let said = migrated.run("run --lock-timeout 1").failed();
        holds(
            &said,
            &[
                "migration 2 on `default` got no lock in time: trying again",
                "did not come free in time",
            ],
        );
        let waiting = if migrated.undoes_ddl() {
            "pending"
        } else {
            "interrupted"
        };
        assert_eq!(migrated.states(), ["applied", waiting]);
        drop(reading);
        migrated.run("run").good();
        assert_eq!(migrated.states(), ["applied", "applied"]);
    }
}

#[test]
fn cli_07_folders_of_engines_are_their_own() {
    let project = Project::new(&[(
        "bindery.toml",
        "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n",
    )]);
    holds(
        &project.run("migrate run --engine b").failed(),
        &["engine `b` has no migrations: there is no folder `migrations/b`"],
    );
    for (engine, table) in [("default", "here"), ("b", "there")] {
        std::fs::create_dir_all(project.path(&format!("migrations/{engine}"))).expect("a folder");
        project.write(
            &format!("migrations/{engine}/1_first.sql"),
            format!("CREATE TABLE {table} (id INTEGER);\n"),
        );
    }
    project.run("migrate run --engine b").good();
    assert_eq!(
        project.sqlite_tables("b.db"),
        ["_bindery_migrations", "there"]
    );
    assert_eq!(project.sqlite_tables("default.db"), [""; 0]);
    let listed = project.run("migrate status --all").good();
    holds(
        &listed,
        &[
            "applied      1_first on b at",
            "pending      1_first on default",
        ],
    );
    project.run("migrate run --all").good();
    assert_eq!(
        project.sqlite_tables("default.db"),
        ["_bindery_migrations", "here"]
    );
    holds(
        &project.run("migrate revert").failed(),
        &["several engines"],
    );
}

/// Two databases are migrated at the same time; the lines are in the order of the engines, and one that fails is the exit status.
#[test]
fn engines_are_migrated_at_the_same_time() {
    let (Some(one), Some(other)) = (fresh_postgres(), fresh_postgres()) else {
        return;
    };
    let config = format!(
        "url = \"{}\"\n[engines]\nb = \"{}\"\nc = \"sqlite://c.db\"\n",
        one.url(),
        other.url()
    );
    let project = Project::new(&[("bindery.toml", config.as_str())]);
    for (engine, sql) in [
        // Each waits until the other is at work.
        (
            "b",
            "DO $$ BEGIN FOR i IN 1..600 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN (SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%meet at MARK%') = 2; PERFORM pg_sleep(0.1); IF i = 600 THEN RAISE 'alone'; END IF; END LOOP; /* meet at MARK */ PERFORM pg_sleep(1); END $$;",
        ),
        (
            "default",
            "DO $$ BEGIN FOR i IN 1..600 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN (SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%meet at MARK%') = 2; PERFORM pg_sleep(0.1); IF i = 600 THEN RAISE 'alone'; END IF; END LOOP; /* meet at MARK */ PERFORM pg_sleep(1); END $$;",
        ),
        ("c", "CREATE TABLE a (x INTEGER); nonsense;"),
    ] {
        let folder = project.path(&format!("migrations/{engine}"));
        std::fs::create_dir_all(folder).expect("the folder can be made");
        let mark = format!("m{}", std::process::id());
        project.write(
            &format!("migrations/{engine}/1_a.sql"),
            sql.replace("MARK", &mark),
        );
    }
    let ended = project.run("migrate run --all");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let lines: Vec<_> = ended
        .results
        .lines()
        .map(|line| line.split(" (").next())
        .collect();
    assert_eq!(
        lines,
        [
            Some("applied      1_a on b"),
            Some("applied      1_a on default")
        ]
    );
    holds(
        &ended.messages,
        &["error: engine `c`: migrating: migration 1: statement 2"],
    );
}
