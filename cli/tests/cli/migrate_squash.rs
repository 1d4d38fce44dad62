//! `bindery migrate squash`: databases that applied all of the old migrations, some of them, or none.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::migrated::{At, Migrated};
use super::support::{holds, names_in};

/// Three migrations that belong together, and one after them.
fn write_four(migrated: &Migrated) {
    migrated
        .write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, x VARCHAR(20) NOT NULL DEFAULT 'x');\n",
        )
        .write("1_a.down.sql", "DROP TABLE a;\n")
        .write(
            "2_b.sql",
            "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY, a_id BIGINT, CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a (id));\nCREATE INDEX b_by_a ON b (a_id);\n",
        )
        .write("3_c.sql", "ALTER TABLE a ADD COLUMN y BIGINT;\nCREATE VIEW v AS SELECT id, y FROM a;\n")
        .write("4_d.sql", "CREATE TABLE d (id BIGINT NOT NULL PRIMARY KEY);\n");
}

fn folder(migrated: &Migrated) -> PathBuf {
    migrated.project.path("migrations/default")
}

const SQUASHED: [&str; 3] = ["3_squashed.sql", "4_d.sql", "replaced"];

#[test]
fn cli_07_a_new_database_applies_the_squashed_migration_alone() {
    for migrated in Migrated::on_all() {
        write_four(&migrated);
        let before = names_in(&folder(&migrated));
        let shown = migrated.run("squash --to 3 --dry-run").good();
        holds(
            &shown,
            &[
                "-- Replaces: 1 ",
                "CREATE TABLE",
                "-- 1_a to 3_c, squashed.",
            ],
        );
        assert_eq!(names_in(&folder(&migrated)), before);
        let told = migrated.run("squash --to 3").good();
        holds(
            &told,
            &["written      migrations/default/3_squashed.sql on default"],
        );
        assert_eq!(told.matches("replaced ").count(), 4, "{told}");
        assert_eq!(names_in(&folder(&migrated)), SQUASHED);
        assert_eq!(migrated.states(), ["pending", "pending"]);
        migrated.run("run").good();
        migrated.execute(&[
            "INSERT INTO a (id) VALUES (1)",
            "INSERT INTO b VALUES (1, 1)",
        ]);
        assert_eq!(migrated.numbers("SELECT id FROM v"), [1]);
        assert_eq!(migrated.states(), ["applied", "applied"]);
        // A new migration comes after it, and what it replaces is not needed.
        fs::remove_dir_all(folder(&migrated).join("replaced")).expect("it is there");
        migrated.write("5_e.sql", "CREATE TABLE e (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        assert_eq!(migrated.states(), ["applied"; 3]);
    }
}

#[test]
fn cli_07_a_database_that_applied_the_old_migrations_has_applied_the_squashed_one() {
    for migrated in Migrated::on_all() {
        write_four(&migrated);
        migrated.run("run").good();
        migrated.execute(&["INSERT INTO a (id) VALUES (1)"]);
        migrated.run("squash --to 3").good();
        // Its own migrations count as long as they are there.
        assert_eq!(migrated.states(), ["applied"; 4]);
        assert_eq!(
            migrated.run("run").good(),
            "nothing is pending on default\n"
        );
        fs::remove_dir_all(folder(&migrated).join("replaced")).expect("it is there");
        assert_eq!(migrated.states(), ["applied", "applied"]);
        migrated.write("5_e.sql", "CREATE TABLE e (id BIGINT PRIMARY KEY);\n");
        migrated.run("run").good();
        assert_eq!(migrated.numbers("SELECT id FROM a"), [1]);
        migrated.write("5_e.down.sql", "DROP TABLE e;\n");
        migrated.run("revert --yes").good();
        // It has no way back.
        let refused = migrated.run("revert --count 2 --yes").failed();
        holds(&refused, &["nothing says how to revert 4, 3"]);
        // Another squash knows the first by its checksum.
        migrated.run("squash --to 4 --name again").good();
        assert_eq!(migrated.states(), ["applied", "applied", "pending"]);
    }
}

/// CLI-07: in the middle of what was squashed a database goes on with the old files, and is refused where they are gone.
#[test]
fn cli_07_a_database_in_the_middle_of_the_old_migrations_goes_on_with_them() {
    for migrated in Migrated::on_all() {
        write_four(&migrated);
        let path = folder(&migrated);
        for later in ["3_c.sql", "4_d.sql"] {
            fs::rename(path.join(later), migrated.project.path(later)).expect("it is there");
        }
        migrated.run("run").good();
        for later in ["3_c.sql", "4_d.sql"] {
            fs::rename(migrated.project.path(later), path.join(later)).expect("it is there");
        }
        migrated.run("squash --to 3").good();
        let away = migrated.project.path("away");
        fs::rename(path.join("replaced"), &away).expect("it is there");
        assert_eq!(migrated.states(), ["half replaced", "pending"]);
        let refused = migrated.run("run").failed();
        holds(
            &refused,
            &[
                "some, but not all migrations are applied that were squashed into 3",
                "the folder `replaced` beside the migrations of `default`",
            ],
        );
        assert!(!migrated.has_table("d"));
        fs::rename(&away, path.join("replaced")).expect("it is there");
        assert_eq!(
            migrated.states(),
            ["applied", "applied", "pending", "pending"]
        );
        let ran = migrated.run("run").good();
        holds(
            &ran,
            &["applied      3_c on default", "applied      4_d on default"],
        );
        fs::remove_dir_all(path.join("replaced")).expect("it is there");
        assert_eq!(migrated.states(), ["applied", "applied"]);
        // One that was changed before is not what was squashed.
        migrated
            .execute(&["UPDATE _bindery_migrations SET checksum = 'another' WHERE version = '2'"]);
        assert_eq!(migrated.states(), ["half replaced", "applied"]);
    }
}

#[test]
fn cli_07_statements_that_do_not_show_in_the_schema_are_named() {
    for migrated in Migrated::on_all() {
        write_four(&migrated);
        migrated.write(
            "2_b.sql",
            "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);\nINSERT INTO b VALUES (7);\nUPDATE a SET x = 'y';\n",
        );
        let refused = migrated.run("squash").failed();
        holds(
            &refused,
            &[
                "statements that do not show in the schema",
                "2_b.sql:2: INSERT INTO b VALUES (7)",
                "2_b.sql:3: UPDATE a",
                "`--keep`",
            ],
        );
        assert!(!folder(&migrated).join("replaced").exists());
        let kept = migrated.run("squash --keep").good();
        holds(&kept, &["written      migrations/default/4_squashed.sql"]);
        migrated.run("run").good();
        assert_eq!(migrated.numbers("SELECT id FROM b"), [7]);
    }
    for migrated in Migrated::on_all() {
        migrated.write(
            "1_a.sql",
            "CREATE TABLE old (id BIGINT NOT NULL PRIMARY KEY);\nINSERT INTO old VALUES (1);\n",
        );
        migrated.write(
            "2_b.sql",
            "DROP TABLE old;\nCREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);\n",
        );
        let refused = migrated.run("squash --keep").failed();
        holds(
            &refused,
            &[
                "they do not fit the tables of the end",
                "1_a.sql:2: INSERT INTO old VALUES (1): the table `old` is not there at the end",
            ],
        );
        let told = migrated.run("squash --omit");
        holds(&told.messages, &["1_a.sql:2: left out: INSERT INTO old"]);
        told.good();
        migrated.run("run").good();
        assert!(migrated.has_table("b") && !migrated.has_table("old"));
    }
}

/// A statement that stands in no transaction makes the squashed migration one of single statements.
#[test]
fn cli_07_statements_without_a_transaction_have_none_after_a_squash() {
    for migrated in Migrated::on_all() {
        let vacuum = match migrated.at {
            At::Mysql(_) => "ANALYZE TABLE a;\n",
            At::Postgres(_) | At::File(_) => "VACUUM;\n",
        };
        migrated
            .write(
                "1_a.sql",
                "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, x BIGINT);\n",
            )
            .write(
                "2_b.sql",
                &format!("-- @no-transaction\nCREATE INDEX a_by_x ON a (x);\n{vacuum}"),
            );
        migrated.run("squash --keep").good();
        let text =
            fs::read_to_string(folder(&migrated).join("2_squashed.sql")).expect("it is there");
        holds(&text, &["-- @no-transaction\n", vacuum.trim_end()]);
        migrated.run("run").good();
        assert_eq!(migrated.states(), ["applied"]);
    }
}

/// A squash refuses in words.
#[test]
fn cli_07_migrations_that_cannot_be_squashed_are_refused() {
    let migrated = Migrated::on_all().remove(0);
    holds(
        &migrated.run("squash").failed(),
        &["`default` has no migrations"],
    );
    migrated.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
    holds(
        &migrated.run("squash").failed(),
        &["one migration of `default` alone is nothing to squash"],
    );
    migrated.write(
        "2_squashed.sql",
        "CREATE TABLE b (id BIGINT PRIMARY KEY);\n",
    );
    holds(
        &migrated.run("squash --to 9").failed(),
        &[
            "there is no migration 9 of `default`",
            "bindery migrate status",
        ],
    );
    holds(
        &migrated.run("squash").failed(),
        &[
            "`migrations/default/2_squashed.sql` is there already",
            "--name NAME",
        ],
    );
    let config = fs::read_to_string(migrated.project.path("bindery.toml")).expect("it is there");
    let config = format!("{config}\n[schema]\nfiles = [\"migrations/default\"]\n");
    migrated.project.write("bindery.toml", config);
    holds(
        &migrated.run("squash --name all").failed(),
        &[
            "the migrations of `default` are the schema",
            "a file of its own",
        ],
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it can be made");
    for name in names_in(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).expect("it can be copied");
        }
    }
}

/// Killed between any two of its steps, a squash leaves the old migrations or the new one, and another squash ends it.
#[test]
fn cli_07_a_killed_squash_leaves_the_old_migrations_or_the_new_one() {
    let migrated = Migrated::on_all().remove(0);
    write_four(&migrated);
    let path = folder(&migrated);
    let (old, new) = (migrated.project.path("old"), migrated.project.path("new"));
    copy(&path, &old);
    migrated.run("squash --to 3").good();
    copy(&path, &new);
    let olds = ["1_a.sql", "1_a.down.sql", "2_b.sql", "3_c.sql"];
    for removed in 0..=olds.len() {
        fs::remove_dir_all(&path).expect("it is there");
        copy(&new, &path);
        for name in &olds[removed..] {
            fs::copy(old.join(name), path.join(name)).expect("it can be copied");
        }
        assert_eq!(migrated.states(), ["pending", "pending"], "{removed}");
        migrated.write("5_e.sql", "CREATE TABLE e (id BIGINT PRIMARY KEY);\n");
        migrated.run("squash --name all").good();
        assert_eq!(names_in(&path), ["5_all.sql", "replaced"], "{removed}");
    }
    // The copies without the squashed one, and files that are not written to their end.
    fs::remove_dir_all(&path).expect("it is there");
    copy(&old, &path);
    copy(&new.join("replaced"), &path.join("replaced"));
    fs::create_dir_all(path.join(".squash")).expect("it can be made");
    fs::write(path.join(".squash/1_a.sql"), "CREATE").expect("it can be written");
    fs::write(path.join(".squash.sql"), "CREATE").expect("it can be written");
    assert_eq!(migrated.states(), ["pending"; 4]);
    migrated.run("squash --to 3").good();
    assert_eq!(names_in(&path), SQUASHED);

    for round in 0..20 {
        fs::remove_dir_all(&path).expect("it is there");
        copy(&old, &path);
        let mut process = migrated.start("squash --to 3");
        thread::sleep(Duration::from_millis(round * 3));
        let _ = process.kill();
        process.wait().expect("it ends");
        let states = migrated.states();
        assert!(states.len() == 2 || states.len() == 4, "{states:?}");
        if states.len() == 4 {
            migrated.run("squash --to 3").good();
        }
        assert_eq!(migrated.states(), ["pending", "pending"]);
    }
}

/// A database that applied the oldest files knows a squash of their squash, with and without the files.
#[test]
fn cli_07_a_squash_of_a_squash_is_applied_where_the_oldest_migrations_are() {
    for migrated in Migrated::on_all() {
        write_four(&migrated);
        migrated.run("run").good();
        migrated.run("squash --to 3").good();
        migrated.run("squash --to 4 --name again").good();
        assert_eq!(migrated.states(), ["applied"; 4]);
        fs::remove_dir_all(folder(&migrated).join("replaced")).expect("it is there");
        let text = fs::read_to_string(folder(&migrated).join("4_again.sql")).expect("it is there");
        holds(&text, &["\n-- Replaces: 3 ", "\n--   Replaces: 1 "]);
        assert_eq!(migrated.states(), ["applied"]);
        migrated.write("5_e.sql", "CREATE TABLE e (id BIGINT PRIMARY KEY);\n");
        migrated.run("squash --name third").good();
        fs::remove_dir_all(folder(&migrated).join("replaced")).expect("it is there");
        // Migration 5 is not applied, so it is in the middle.
        assert_eq!(migrated.states(), ["half replaced"]);
        migrated.execute(&["DELETE FROM _bindery_migrations WHERE version IN ('3', '4')"]);
        assert_eq!(migrated.states(), ["half replaced"]);
    }
}

/// The copies of the first squash are the only files of what it replaced.
#[test]
fn cli_07_a_squash_up_to_a_squashed_migration_is_refused() {
    let migrated = Migrated::on_all().remove(0);
    write_four(&migrated);
    migrated.run("squash --to 3").good();
    migrated.write("2_late.sql", "CREATE TABLE late (id BIGINT PRIMARY KEY);\n");
    let path = folder(&migrated);
    let copies = names_in(&path.join("replaced/3"));
    let refused = migrated.run("squash --to 3 --name again").failed();
    holds(
        &refused,
        &[
            "migration 3 of `default` is squashed already",
            "`--to VERSION`",
        ],
    );
    assert_eq!(names_in(&path.join("replaced/3")), copies);
    // Its head was lost, so nothing says that it is squashed.
    migrated.write(
        "3_squashed.sql",
        "CREATE TABLE a (id BIGINT PRIMARY KEY);\n",
    );
    let refused = migrated.run("squash --to 3 --name again").failed();
    holds(
        &refused,
        &["migrations/default/replaced/3/", "would be lost"],
    );
    assert_eq!(names_in(&path.join("replaced/3")), copies);
    // A file among its own copies is read once.
    let listed = "-- Replaces: 3 abc\nCREATE TABLE a (id BIGINT PRIMARY KEY);\n";
    migrated.write("3_squashed.sql", listed);
    fs::write(path.join("replaced/3/3_c.sql"), listed).expect("it can be written");
    assert_eq!(migrated.states(), ["pending"; 3]);
}

/// Changes to a table beside its structure are listed.
#[test]
fn cli_07_settings_of_tables_are_not_lost_in_silence() {
    for migrated in Migrated::on_all() {
        let setting = match migrated.at {
            At::File(_) => "PRAGMA user_version = 7",
            At::Postgres(_) => "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
            At::Mysql(_) => "ALTER TABLE a DISABLE KEYS",
        };
        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x BIGINT);\n",
        );
        migrated.write("2_b.sql", &format!("{setting};\n"));
        let refused = migrated.run("squash").failed();
        holds(&refused, &[&format!("2_b.sql:1: {setting}")]);
        migrated.run("squash --keep").good();
        migrated.run("run").good();
        let kept = match migrated.at {
            At::File(_) => migrated.numbers("PRAGMA user_version") == [7],
            At::Postgres(_) => {
                let sql = "SELECT count(*) FROM pg_class WHERE relname = 'a' AND relrowsecurity";
                migrated.numbers(sql) == [1]
            }
            // MyISAM alone has it: what counts is that it ran.
            At::Mysql(_) => migrated.has_table("a"),
        };
        assert!(kept);
    }
    for migrated in Migrated::on_all() {
        if !matches!(migrated.at, At::Postgres(_)) {
            continue;
        }
        migrated.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
        migrated.write(
            "2_b.sql",
            "ALTER TABLE a ADD COLUMN x BIGINT, FORCE ROW LEVEL SECURITY;\n",
        );
        migrated.write(
            "3_c.sql",
            "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0) NOT VALID;\nALTER TABLE a VALIDATE CONSTRAINT c;\n",
        );
        let refused = migrated.run("squash").failed();
        holds(&refused, &["2_b.sql:1: ALTER TABLE a ADD COLUMN x"]);
        assert!(!refused.contains("3_c.sql"), "{refused}");
        let refused = migrated.run("squash --keep").failed();
        holds(&refused, &["it changes the schema as well"]);
        migrated.run("squash --omit").good();
    }
}

/// Statements that are kept have to run on the tables of the end.
#[test]
fn cli_07_statements_that_do_not_fit_the_end_are_not_kept() {
    let cases = [
        (
            "INSERT INTO a (id, old) VALUES (1, 2)",
            "ALTER TABLE a DROP COLUMN old",
            "the column `old` is not there at the end",
        ),
        (
            "UPDATE a SET old = 3 WHERE id = 1",
            "ALTER TABLE a RENAME COLUMN old TO fresh",
            "the column `old` is not there at the end",
        ),
        (
            "INSERT INTO a VALUES (1, 2)",
            "ALTER TABLE a ADD COLUMN y BIGINT",
            "it lists no columns, and those of `a` are others at the end",
        ),
        (
            "INSERT INTO a (id) SELECT id FROM gone",
            "DROP TABLE gone",
            "the table `gone` is not there at the end",
        ),
    ];
    for (kept, later, why) in cases {
        for migrated in Migrated::on_all() {
            migrated.write(
                "1_a.sql",
                "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, old BIGINT);\nCREATE TABLE gone (id BIGINT NOT NULL PRIMARY KEY);\n",
            );
            migrated.write("2_b.sql", &format!("{kept};\n"));
            migrated.write("3_c.sql", &format!("{later};\n"));
            let refused = migrated.run("squash --keep").failed();
            holds(&refused, &[&format!("2_b.sql:1: {kept}: {why}")]);
        }
    }
    for migrated in Migrated::on_all() {
        migrated.write(
            "1_a.sql",
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);\n",
        );
        migrated.write("2_b.sql", "INSERT INTO a (id) VALUES (1);\n");
        migrated.write(
            "3_c.sql",
            "DROP TABLE a;\nCREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, x BIGINT NOT NULL, y BIGINT);\n",
        );
        let refused = migrated.run("squash --keep").failed();
        holds(&refused, &["gives no value to `x` of `a`"]);
        migrated.write(
            "3_c.sql",
            "DROP TABLE a;\nCREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, y BIGINT);\n",
        );
        migrated.run("squash --keep").good();
        migrated.run("run").good();
        assert_eq!(migrated.numbers("SELECT id FROM a"), [1]);
    }
}

/// SQLite: a trigger is among the statements that are kept, in its place.
#[test]
fn cli_07_rows_from_before_a_trigger_are_not_seen_by_it() {
    let migrated = Migrated::on_all().remove(0);
    migrated.write(
        "1_a.sql",
        "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE log (id BIGINT NOT NULL);\nINSERT INTO a (id) VALUES (1);\n",
    );
    migrated.write(
        "2_b.sql",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log (id) VALUES (new.id); END;\nINSERT INTO a (id) VALUES (2);\n",
    );
    migrated.run("squash --keep").good();
    migrated.run("run").good();
    assert_eq!(migrated.numbers("SELECT id FROM a ORDER BY id"), [1, 2]);
    assert_eq!(migrated.numbers("SELECT id FROM log"), [2]);
}
