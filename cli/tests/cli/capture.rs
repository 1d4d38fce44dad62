//! Triggers that record changes, on the three databases: made, compared, migrated and pulled by the command, and a mirror that is
//! kept up by them.

use std::time::Duration;

use bindery_testkit::{FreshDatabase, Server, Shutdown, Watchdog, fresh_mysql, fresh_postgres};

use super::support::{Project, holds, names_in, wait_until};

const PLAIN: &str = "\
-- @engine default
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(100) NOT NULL
);
";

const CAPTURED: &str = "\
-- @engine default
-- @capture
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(100) NOT NULL
);
";

/// Its key is another one, and so are its triggers.
const OTHER_KEY: &str = "\
-- @engine default
-- @capture
CREATE TABLE users (
  id INTEGER NOT NULL,
  tenant INTEGER NOT NULL DEFAULT 0,
  email VARCHAR(100) NOT NULL,
  PRIMARY KEY (id, tenant)
);
";

/// The database of a project.
enum At {
    File,
    Server(FreshDatabase),
}

struct World {
    project: Project,
    at: At,
}

impl World {
    fn new(at: At) -> Self {
        let url = match &at {
            At::File => "sqlite://default.db".to_owned(),
            At::Server(database) => database.url(),
        };
        let project = Project::new(&[
            ("bindery.toml", "url = \"${URL}\"\n"),
            ("schema.sql", PLAIN),
        ]);
        let project = project.with("URL", &url);
        Self { project, at }
    }

    fn execute(&self, sql: &str) {
        match &self.at {
            At::File => self.project.sqlite("default.db", sql),
            At::Server(database) => database.run_script(sql).expect("it is executed"),
        }
    }

    /// Adds a migration for a schema and runs it; then the database is as the schema says.
    fn migrate(&self, name: &str, schema: &str) {
        self.project.write("schema.sql", schema);
        let checked = self.project.run("migrate check").failed();
        holds(&checked, &["B0334"]);
        self.project.run(&format!("migrate add {name}")).good();
        self.project.run("migrate run").good();
        self.project.run("migrate check").good();
        holds(&self.project.run("validate --strict").good(), &["equal"]);
    }
}

fn each(show: fn(&World)) {
    show(&World::new(At::File));
    if let Some(database) = fresh_postgres() {
        show(&World::new(At::Server(database)));
    }
    if let Some(database) = fresh_mysql() {
        show(&World::new(At::Server(database)));
    }
}

/// The results of a run that found something.
fn incomplete(project: &Project, words: &str) -> String {
    let outcome = project.run(words);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    outcome.results
}

/// Covers CDC-4, CDC-11.
#[test]
fn cdc_04_triggers_come_and_go_by_migrations() {
    each(|world| {
        let project = &world.project;
        project.run("migrate add first").good();
        project.run("migrate run").good();
        world.migrate("capture", CAPTURED);
        world.execute("INSERT INTO users VALUES (1, 'a')");

        // Another key needs other triggers.
        world.migrate("other_key", OTHER_KEY);
        world.execute("INSERT INTO users (id, tenant, email) VALUES (2, 3, 'b')");
        world.migrate("no_capture", &OTHER_KEY.replace("-- @capture\n", ""));
        world.execute("INSERT INTO users (id, tenant, email) VALUES (4, 3, 'b')");

        project.run("migrate revert --yes").good();
        project.write("schema.sql", OTHER_KEY);
        holds(&project.run("validate").good(), &["equal"]);
    });
}

/// Covers CDC-11.
#[test]
fn cdc_11_a_trigger_that_is_gone_is_missed_and_mended() {
    each(|world| {
        let project = &world.project;
        project.write("schema.sql", CAPTURED);
        let printed = project.run("create --print").good();
        holds(
            &printed,
            &[
                "CREATE TABLE IF NOT EXISTS _bindery_changes",
                "CREATE TRIGGER",
            ],
        );
        project.run("create").good();
        holds(&project.run("validate --strict").good(), &["equal"]);

        let pulled = project.run("pull --out -").good();
        holds(&pulled, &["-- @capture\nCREATE TABLE"]);
        assert!(!pulled.contains("_bindery_"), "{pulled}");

        let name = printed
            .split(['"', '`'])
            .filter(|word| word.starts_with("_bindery_capture_"))
            .find(|word| !word.starts_with("_bindery_capture_f_"))
            .expect("a trigger");
        world.execute(&match &world.at {
            At::Server(database) if database.url().starts_with("postgres") => {
                format!("ALTER TABLE users DISABLE TRIGGER \"{name}\"")
            }
            At::Server(_) | At::File => format!("DROP TRIGGER {name}"),
        });
        let told = incomplete(project, "validate");
        holds(&told, &["missing", "users on default: capture"]);
        incomplete(project, "validate --fix");
        let mends = project.path("mends/default");
        let file = names_in(&mends).pop().expect("a file");
        let mend = std::fs::read_to_string(mends.join(file)).expect("it is text");
        // A command of the program `sqlite3`.
        world.execute(mend.strip_prefix(".bail on\n").unwrap_or(&mend));
        holds(&project.run("validate --strict").good(), &["equal"]);

        project.run("drop --yes").good();
    });
}

const MIRRORED: &str = "\
-- @engines default, backup
-- @capture
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(100) NOT NULL UNIQUE
);
-- @engines default, backup
-- @capture
CREATE TABLE posts (
  id VARCHAR(40) PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id)
);
CREATE INDEX posts_user ON posts (user_id);
";

/// From SQLite to PostgreSQL and back.
#[test]
fn sync_06_a_mirror_is_kept_up_by_recorded_changes() {
    let Some(backup) = fresh_postgres() else {
        return;
    };
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nbackup = \"${BACKUP}\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("BACKUP", &backup.url());
    project.run("create --all").good();
    project.sqlite(
        "default.db",
        "INSERT INTO users VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO posts VALUES ('p''1', 1), ('ü', 2);",
    );
    let first = project
        .run("mirror default backup --catch-up --quiet")
        .good();
    holds(&first, &["equal", "0 inserted, 0 updated, 0 deleted"]);
    project.sqlite(
        "default.db",
        "DELETE FROM posts WHERE user_id = 2; DELETE FROM users WHERE id = 2; UPDATE users SET email = 'x' WHERE id = 3; \
         INSERT INTO users VALUES (9, 'b'); INSERT INTO posts VALUES ('new', 9);",
    );
    let status = project.run("status --engine default --format json");
    holds(
        &status.results,
        &["`mirror default to backup` of users: 3 changes behind"],
    );
    let next = project.run("mirror default backup --catch-up").good();
    holds(&next, &["copied", "2 inserted, 1 updated, 2 deleted"]);
    holds(
        &project.run("verify --from default --to backup").good(),
        &["equal"],
    );
    let recorded = backup.answer("SELECT count(*) FROM _bindery_changes");
    assert_eq!(
        recorded.expect("an answer").trim(),
        "0",
        "nothing reads those of the copy"
    );
    let back = project
        .run("mirror backup default --replace --yes --quiet")
        .good();
    holds(&back, &["equal"]);

    // A table that comes later has no rows there yet: all of them have to be copied first, however often that is tried.
    let later =
        "-- @engines default, backup\n-- @capture\nCREATE TABLE tags (id INTEGER PRIMARY KEY);\n";
    project.write("schema.sql", MIRRORED.to_owned() + later);
    project.run("create --all").good();
    for _ in 0..2 {
        let refused = project
            .run("mirror default backup --catch-up --quiet")
            .failed();
        holds(&refused, &["--replace"]);
    }
    let status = project.run("status --engine default --format json");
    assert!(!status.results.contains("all rows"), "{}", status.results);
    project
        .run("mirror default backup --catch-up --replace --yes --quiet")
        .good();
    project.sqlite("default.db", "INSERT INTO tags VALUES (1)");
    let next = project.run("mirror default backup --catch-up").good();
    holds(&next, &["1 inserted, 0 updated, 0 deleted"]);

    // Tables whose changes are not recorded cannot be followed.
    project.write("schema.sql", MIRRORED.replace("-- @capture\n", ""));
    let refused = project.run("mirror default backup --follow").failed();
    holds(
        &refused,
        &["nothing records the changes of `users` on engine `default`"],
    );
}

/// The batches of a table and of one that refers to it are not in step: a child comes long before its parent, and a parent goes long
/// before its children.
#[test]
fn sync_06_a_mirror_waits_for_rows_of_later_batches() {
    let Some(backup) = fresh_postgres() else {
        return;
    };
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nbackup = \"${BACKUP}\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("BACKUP", &backup.url());
    project.run("create --all").good();
    project
        .run("mirror default backup --catch-up --quiet")
        .good();
    project.sqlite(
        "default.db",
        "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 2500) INSERT INTO users SELECT n, n FROM s; \
         INSERT INTO posts VALUES ('first', 2500); \
         WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 2500) INSERT INTO posts SELECT n, 7 FROM s;",
    );
    let copied = project.run("mirror default backup --catch-up").good();
    holds(&copied, &["5001 inserted, 0 updated, 0 deleted"]);
    let verified = project.run("verify --from default --to backup").good();
    holds(&verified, &["equal"]);
    project.sqlite(
        "default.db",
        "DELETE FROM posts WHERE user_id = 7; DELETE FROM users WHERE id = 7;",
    );
    let copied = project.run("mirror default backup --catch-up").good();
    holds(&copied, &["0 inserted, 0 updated, 2501 deleted"]);
    holds(
        &project.run("verify --from default --to backup").good(),
        &["equal"],
    );
}

/// A source that is restored from its backup, and written before the next run: it knows the position of its backup, where it stood at that
/// time, and the copy has rows that are gone.
fn is_copied_again(project: &Project, write: impl Fn(&str), save: impl Fn(), restore: impl Fn()) {
    project.run("create --all").good();
    write("INSERT INTO users VALUES (1, 'kept')");
    let catch_up = || project.run("mirror default backup --catch-up --quiet");
    catch_up().good();
    write("INSERT INTO users VALUES (2, 'kept 2')");
    catch_up().good();
    save();
    let replace = || {
        let words = "mirror default backup --catch-up --replace --yes --quiet";
        project.run(words).good()
    };
    for then in [
        "SELECT 1",
        "INSERT INTO users VALUES (4, 'other'); INSERT INTO users VALUES (5, 'other 2')",
    ] {
        write("INSERT INTO users VALUES (3, 'lost')");
        holds(&catch_up().good(), &["1 inserted"]);
        restore();
        write(then);
        holds(
            &catch_up().failed(),
            &["the position is not known to the source", "--replace"],
        );
        replace();
        let verified = project.run("verify --from default --to backup");
        holds(&verified.good(), &["equal"]);
        restore();
        replace();
    }
}

/// Covers CDC-3.
#[test]
fn cdc_03_a_mirror_whose_source_was_restored_is_copied_again() {
    let Some(backup) = fresh_postgres() else {
        return;
    };
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nbackup = \"${BACKUP}\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("BACKUP", &backup.url());
    let write = |sql: &str| project.sqlite("default.db", sql);
    let saved = project.path("saved.db");
    let save = || write(&format!("VACUUM INTO '{}'", saved.display()));
    let restore = || {
        for of_it in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(project.path(&format!("default.db{of_it}")));
        }
        std::fs::copy(&saved, project.path("default.db")).expect("it can be copied");
    };
    is_copied_again(&project, write, save, restore);
}

/// The same on a server, of whose tables those are saved that have rows; `go_on` has it number changes as it did at that time.
fn restored_server(source: &FreshDatabase, backup: &str, go_on: &str) {
    const TABLES: [&str; 4] = [
        "users",
        "_bindery_changes",
        "_bindery_change_rounds",
        "_bindery_change_readers",
    ];
    let config = "url = \"${SOURCE}\"\n\n[engines]\nbackup = \"${BACKUP}\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("SOURCE", &source.url()).with("BACKUP", backup);
    let write = |sql: &str| source.run_script(sql).expect("it is executed");
    let save = || {
        for table in TABLES {
            write(&format!(
                "CREATE TABLE saved{table} AS SELECT * FROM {table}"
            ));
        }
    };
    let restore = || {
        for table in TABLES {
            write(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved{table}"
            ));
        }
        write(go_on);
    };
    is_copied_again(&project, write, save, restore);
}

/// Covers CDC-3 on PostgreSQL, MariaDB.
#[test]
fn cdc_03_a_mirror_whose_server_was_restored_is_copied_again() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let go_on = "SELECT setval(pg_get_serial_sequence('_bindery_changes', 'id'), coalesce(max(id), 1)) FROM _bindery_changes";
    restored_server(&postgres, &mysql.url(), go_on);
    let Some(mysql) = fresh_mysql() else { return };
    let go_on = "ALTER TABLE _bindery_changes AUTO_INCREMENT = 1";
    restored_server(&mysql, "sqlite://backup.db", go_on);
}

/// A project with a copy on PostgreSQL, and a row on each.
fn mirrored(backup: &FreshDatabase) -> Project {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nbackup = \"${BACKUP}\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("BACKUP", &backup.url());
    project.run("create --all").good();
    project.sqlite("default.db", "INSERT INTO users VALUES (1, 'a')");
    project
        .run("mirror default backup --catch-up --quiet")
        .good();
    project
}

/// What the source knows of a mirror is not what the copy has: its tables may have been dropped.
#[test]
fn sync_06_a_copy_that_was_reset_is_copied_again() {
    let Some(backup) = fresh_postgres() else {
        return;
    };
    let project = mirrored(&backup);
    project.run("reset --engine backup --yes").good();
    project.sqlite("default.db", "INSERT INTO users VALUES (2, 'b')");
    project
        .run("mirror default backup --catch-up --quiet")
        .good();
    holds(
        &project.run("verify --from default --to backup").good(),
        &["equal"],
    );
}

/// Changes that nothing recorded are not passed over when the trigger is back.
///
/// Covers CDC-11.
#[test]
fn cdc_11_a_mirror_that_missed_changes_is_copied_again() {
    let Some(backup) = fresh_postgres() else {
        return;
    };
    let project = mirrored(&backup);
    let printed = project.run("create --print --engine default").good();
    let (_, trigger) = printed
        .split_once("CREATE TRIGGER \"")
        .expect("there are triggers");
    let (name, _) = trigger.split_once('"').expect("its name is quoted");
    project.sqlite(
        "default.db",
        &format!("DROP TRIGGER \"{name}\"; INSERT INTO users VALUES (2, 'missed'); UPDATE users SET email = 'x' WHERE id = 1; DELETE FROM users WHERE id = 1"),
    );
    let catch_up = || project.run("mirror default backup --catch-up --quiet");
    catch_up().failed();
    incomplete(&project, "validate --fix --engine default");
    let mends = project.path("mends/default");
    let file = names_in(&mends).pop().expect("a file");
    let mend = std::fs::read_to_string(mends.join(file)).expect("it is text");
    project.sqlite(
        "default.db",
        mend.strip_prefix(".bail on\n").unwrap_or(&mend),
    );
    holds(&catch_up().failed(), &["--replace"]);
    project
        .run("mirror default backup --catch-up --replace --yes --quiet")
        .good();
    holds(
        &project.run("verify --from default --to backup").good(),
        &["equal"],
    );
}

/// Squashed migrations make the triggers too.
///
/// Covers CDC-4.
#[test]
fn cdc_04_squashed_migrations_make_triggers() {
    each(|world| {
        let project = &world.project;
        project.run("migrate add first").good();
        project.run("migrate run").good();
        world.migrate("capture", CAPTURED);
        let files = names_in(&project.path("migrations/default"));
        let numbers = files.iter().filter_map(|name| name.split('_').next());
        let last = numbers.max().expect("a migration");
        project.run(&format!("migrate squash --to {last}")).good();
        project.run("migrate check").good();
        holds(&project.run("validate --strict").good(), &["equal"]);
        project.run("drop --yes").good();
        world.execute("DROP TABLE _bindery_migrations");
        project.run("migrate run").good();
        holds(&project.run("validate --strict").good(), &["equal"]);
    });
}

const PARTITIONED: &str = "\
-- @capture
CREATE TABLE visits (
  id BIGINT NOT NULL,
  year INTEGER NOT NULL,
  path VARCHAR(100) NOT NULL,
  PRIMARY KEY (id, year)
) PARTITION BY RANGE (year);
CREATE TABLE visits_old PARTITION OF visits FOR VALUES FROM (2000) TO (2026);
CREATE TABLE visits_new PARTITION OF visits FOR VALUES FROM (2026) TO (2100);
";

/// Rows of partitions are recorded under the table's name, whichever of them is named, also of a partition that comes later.
///
/// Covers CDC-4 on PostgreSQL.
#[test]
fn cdc_04_changes_of_partitions_are_those_of_their_table() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let files = [
        ("bindery.toml", "url = \"${URL}\"\n"),
        ("schema.sql", PARTITIONED),
    ];
    let project = Project::new(&files).with("URL", &database.url());
    project.run("create").good();
    holds(&project.run("validate --strict").good(), &["equal"]);
    let run = |sql: &str| database.run_script(sql).expect("it is executed");
    let recorded = || {
        let sql = "SELECT string_agg(operation || ' ' || row_key, '; ' ORDER BY id) FROM _bindery_changes WHERE table_name = 'visits'";
        let found = database.answer(sql).expect("an answer");
        run("DELETE FROM _bindery_changes");
        found.trim().to_owned()
    };
    run("INSERT INTO visits VALUES (1, 2025, '/'); INSERT INTO visits_new VALUES (2, 2026, '/')");
    assert_eq!(recorded(), "I i1,i2025; I i2,i2026");
    // The row goes to the other partition.
    run("UPDATE visits SET year = 2027 WHERE id = 1");
    assert_eq!(recorded(), "D i1,i2025; I i1,i2027");
    run("SET session_replication_role = replica; UPDATE visits_new SET path = '/a' WHERE id = 2");
    assert_eq!(recorded(), "U i2,i2026");
    run(
        "CREATE TABLE visits_far PARTITION OF visits FOR VALUES FROM (2100) TO (2200); INSERT INTO visits_far VALUES (3, 2100, '/')",
    );
    assert_eq!(recorded(), "I i3,i2100");
    run("SET session_replication_role = replica; DELETE FROM visits_far");
    assert_eq!(recorded(), "D i3,i2100");
    run("TRUNCATE visits");
    assert_eq!(recorded(), "T");
}

/// Covers CDC-11 on SQLite: the rows are stored where what nothing reads cannot be removed, and the next run removes it.
#[test]
fn cdc_11_changes_of_a_copy_that_cannot_be_removed_are_a_warning() {
    const REFUSED: &str = "CREATE TRIGGER kept BEFORE DELETE ON _bindery_changes BEGIN SELECT RAISE(ABORT, 'kept'); END";
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nbackup = \"sqlite://backup.db\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    project.run("create --all").good();
    project.run("mirror default backup --catch-up").good();
    project.sqlite("backup.db", REFUSED);
    for (at, command) in [
        "mirror default backup --catch-up",
        "verify --from default --to backup --repair --yes",
        "mirror default backup --replace --yes",
    ]
    .into_iter()
    .enumerate()
    {
        project.sqlite(
            "default.db",
            &format!("INSERT INTO users VALUES ({at}, 'user {at}')"),
        );
        let outcome = project.run(command);
        assert_eq!(outcome.code, Some(0), "{command}: {outcome:#?}");
        holds(
            &outcome.messages,
            &["warning: changes of `users` that nothing reads"],
        );
        project.run("verify --from default --to backup").good();
    }
    project.sqlite("backup.db", "DROP TRIGGER kept");
    project.sqlite("default.db", "INSERT INTO users VALUES (9, 'last')");
    project.run("mirror default backup --catch-up").good();
    let changes = rusqlite::Connection::open(project.path("backup.db")).and_then(|backup| {
        backup.query_row("SELECT count(*) FROM _bindery_changes", [], |row| {
            row.get(0)
        })
    });
    assert_eq!(changes, Ok(0));
}

/// Covers SYNC-5 on PostgreSQL: the target is killed while a mirror follows.
#[test]
fn sync_05_a_mirror_follows_on_after_its_target_was_away() {
    let _watchdog = Watchdog::start("a mirror that follows", Duration::from_secs(300));
    let Some(mut server) = Server::postgres().durable(true).start_or_skip() else {
        return;
    };
    let backup = server.database("backup").expect("a database");
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nbackup = \"${BACKUP}\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("BACKUP", &backup);
    project.run("create --all").good();
    project.sqlite("default.db", "INSERT INTO users VALUES (1, 'a'), (2, 'b')");
    let mut following = project.start("mirror default backup --follow --quiet");
    let is_equal = || project.run("verify --from default --to backup").is_good();
    wait_until(is_equal);
    project.sqlite("default.db", "INSERT INTO users VALUES (3, 'c')");
    wait_until(is_equal);

    server.go_down(Shutdown::Crash);
    project.sqlite("default.db", "UPDATE users SET email = 'x' WHERE id = 1");
    wait_until(|| following.messages().contains("error"));
    project.sqlite(
        "default.db",
        "DELETE FROM users WHERE id = 2; INSERT INTO users VALUES (4, 'b'); INSERT INTO posts VALUES ('new', 4);",
    );
    server.come_back().expect("it starts again");
    wait_until(is_equal);
    assert!(following.is_running());
}

/// Covers CDC-4 on PostgreSQL: a table that is emptied at once ends the mirror in words, and a copy of all rows mends it.
#[test]
fn cdc_04_a_mirror_that_follows_ends_where_a_table_is_emptied_at_once() {
    let _watchdog = Watchdog::start("a mirror that ends", Duration::from_secs(300));
    let Some(database) = fresh_postgres() else {
        return;
    };
    let config = "url = \"${URL}\"\n\n[engines]\nbackup = \"sqlite://backup.db\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", MIRRORED)]);
    let project = project.with("URL", &database.url());
    project.run("create --all").good();
    let run = |sql: &str| database.run_script(sql).expect("it is executed");
    run("INSERT INTO users VALUES (1, 'a'), (2, 'b'); INSERT INTO posts VALUES ('old', 1);");
    let mut following = project.start("mirror default backup --follow --quiet");
    wait_until(|| project.run("verify --from default --to backup").is_good());
    run("TRUNCATE posts; INSERT INTO posts VALUES ('new', 2);");
    wait_until(|| !following.is_running());
    holds(
        &following.messages(),
        &["a table was emptied by TRUNCATE", "`--replace`"],
    );
    project
        .run("mirror default backup --catch-up --replace --yes --quiet")
        .good();
    project.run("verify --from default --to backup").good();
}
