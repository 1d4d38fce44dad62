//! CLI-06: an existing database as a schema file, and back.

mod corpus;
pub(crate) mod database;

use std::fs;
use std::path::Path;

use bindery_schema::dialect::Dialect;
use bindery_testkit::mysql_flavour;

use self::database::{Database, good};
use crate::support::{Project, holds};

/// A script beside this file.
fn read_script(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(path)
        .unwrap_or_default()
        .replace("\r\n", "\n")
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/pull")
}

/// The file that is pulled is the one beside this test, and makes the same database by the shell and by `create`.
fn is_pulled_as(dialect: Dialect) {
    let [from, shell, created] = [(); 3].map(|()| Database::fresh(dialect));
    let (Some(from), Some(shell), Some(created)) = (from, shell, created) else {
        return;
    };
    from.load(&read_script(&format!("{}.sql", dialect.name())))
        .expect("the script is of this database");
    let pulled = from.pull().expect("it is read without an error");
    let name = format!("{}.pulled.sql", dialect.name());
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        fs::write(folder().join(&name), &pulled).expect("the folder can be written to");
    }
    assert_eq!(pulled, read_script(&name));
    let made = |text: &str| text.split("\n-- Left out").next().map(str::to_owned);
    shell
        .load(&pulled)
        .expect("the database's shell takes the file");
    assert_eq!(made(&shell.pull().expect("pulled again")), made(&pulled));
    good(created.project(&pulled).run("create")).expect("`create` takes the file");
    let again = created.pull().expect("pulled again");
    if dialect != Dialect::Sqlite {
        assert_eq!(made(&again), made(&pulled));
    }
}

#[test]
fn cli_06_every_construct_of_sqlite_is_pulled() {
    is_pulled_as(Dialect::Sqlite);
}

#[test]
fn cli_06_every_construct_of_postgres_is_pulled() {
    is_pulled_as(Dialect::Postgres);
}

#[test]
fn cli_06_every_construct_of_mysql_is_pulled() {
    if mysql_flavour().word() == "mariadb" {
        is_pulled_as(Dialect::Mysql);
    }
}

#[test]
fn cli_06_a_file_is_overwritten_once_it_is_confirmed() {
    let project = Project::blogs();
    project.run("create --all").good();
    let before = fs::read_to_string(project.path("schema.sql")).expect("the schema");
    let refused = project.run("pull --engine b").failed();
    holds(&refused, &["no terminal to confirm on", "--yes", "--out -"]);
    project.run_answering("pull --engine b", "no").failed();
    let kept = fs::read_to_string(project.path("schema.sql")).expect("the schema");
    assert_eq!(kept, before);
    assert_eq!(project.files().len(), 4, "{:?}", project.files());
    project.run_answering("pull --engine b", "yes").good();
    let written = fs::read_to_string(project.path("schema.sql")).expect("the schema");
    holds(
        &written,
        &[
            "-- @dialect sqlite\n-- @engine b\n\nCREATE TABLE",
            "CREATE TABLE \"posts\"",
        ],
    );
    assert!(
        !written.contains("users") && !written.contains("_bindery"),
        "{written}"
    );
    assert_eq!(project.files().len(), 4, "{:?}", project.files());
}

/// A path with a mistake in it makes no database, and its schema does not take the place of the one that is there.
#[test]
fn cli_06_a_database_that_is_not_there_is_not_pulled() {
    let project = Project::blogs();
    project.run("create --engine default").good();
    let before = project.files();
    let schema = || fs::read_to_string(project.path("schema.sql")).expect("the schema");
    let text = schema();
    for words in [
        "pull --engine b --yes",
        "pull --engine b --dry-run",
        "pull --engine b --out -",
    ] {
        let refused = project.run(words).failed();
        holds(
            &refused,
            &[
                "engine `b`: there is no file `",
                "b.db`",
                "makes no database",
            ],
        );
    }
    assert_eq!((project.files(), schema()), (before, text.clone()));
    project.run("pull --all --out pulled").failed();
    assert!(project.path("pulled/default.sql").exists() && !project.path("pulled/b.sql").exists());
    // One that another program has made, without a table.
    project.write("b.db", "");
    let refused = project.run("pull --engine b --yes").failed();
    holds(
        &refused,
        &["the database of engine `b` has no tables, and `schema.sql` is kept as it is"],
    );
    assert_eq!(schema(), text);
    project.run("pull --engine b --out new.sql").good();
}

#[test]
fn cli_06_unmanaged_tables_stay_unmanaged() {
    let project = Project::blogs();
    project.run("create --engine b").good();
    project.sqlite(
        "b.db",
        "CREATE TABLE audit (id INTEGER PRIMARY KEY, note VARCHAR(200))",
    );
    let pulled = project.run("pull --engine b --out -").good();
    holds(
        &pulled,
        &[
            "\n\n-- @unmanaged\nCREATE TABLE audit (",
            "\n\nCREATE TABLE \"posts\"",
        ],
    );
    assert_eq!(pulled.matches("@unmanaged").count(), 1, "{pulled}");
}

#[test]
fn cli_06_every_engine_gets_a_file_of_its_own() {
    let project = Project::blogs();
    project.run("create --all").good();
    let outcome = project.run("pull --all --out pulled --format json");
    let document = outcome.json();
    assert_eq!(document[0]["engine"], "b");
    assert_eq!(document[0]["file"], "pulled/b.sql");
    assert_eq!(document[1]["tables"], 2);
    outcome.good();
    let text = fs::read_to_string(project.path("pulled/default.sql")).expect("it was written");
    holds(&text, &["-- @engine default", "CREATE TABLE \"users\""]);
    let refused = project.run("pull --all --out -").failed();
    holds(
        &refused,
        &[
            "standard output takes the schema of one engine",
            "--engine NAME",
        ],
    );
    let schema = project.run("pull --out - --format json").json();
    holds(
        schema[0]["schema"].as_str().expect("a text"),
        &["CREATE TABLE \"blogs\""],
    );
}

#[test]
fn cli_06_an_empty_database_is_an_empty_schema() {
    let project = Project::blogs();
    project.write("default.db", "");
    let pulled = project.run("pull --out empty.sql");
    holds(
        &pulled.messages,
        &["engine `default`: 0 tables written to empty.sql"],
    );
    pulled.good();
    project.run("check --schema empty.sql").good();
}

/// A dry run names the objects in which a file would change, writes none, and needs no confirmation.
#[test]
fn cli_06_a_dry_run_shows_in_what_a_file_would_change() {
    let project = Project::blogs();
    project.run("create --all").good();
    let before = project.files();
    let listed = project.run("pull --all --out pulled --dry-run").good();
    assert_eq!(
        listed,
        "planned    pulled/b.sql on b: 3 tables, a new file\nplanned    pulled/default.sql on default: 2 tables, a new file\n"
    );
    assert_eq!(project.files(), before);
    project.run("pull --engine b --out b.sql").good();
    let same = project.run("pull --engine b --out b.sql --dry-run").good();
    assert_eq!(same, "planned    b.sql on b: 3 tables, as it is there\n");
    let text = fs::read_to_string(project.path("b.sql")).expect("it was written");
    project.sqlite(
        "b.db",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY); ALTER TABLE categories ADD COLUMN note TEXT; DROP TABLE posts",
    );
    let changed = project.run("pull --engine b --out b.sql --dry-run").good();
    assert_eq!(
        changed,
        "planned    b.sql on b: 3 tables, in place of another text\n  + CREATE TABLE tags (id INTEGER PRIMARY KEY)\n  \
         ~ CREATE TABLE \"categories\"\n  - CREATE TABLE \"posts\"\n"
    );
    assert_eq!(
        fs::read_to_string(project.path("b.sql")).expect("it is there"),
        text
    );
    let json = project
        .run("pull --engine b --out b.sql --dry-run --format json")
        .json();
    assert_eq!(json[0]["status"], "changed");
    assert_eq!(json[0]["removed"][0], "CREATE TABLE \"posts\"");
    let refused = project.run("pull --engine b --out - --dry-run").failed();
    holds(
        &refused,
        &["standard output is no file", "leave `--dry-run` out"],
    );
    project.run("pull --engine b --dry-run --yes").misused();
}

/// The function is left out, so the view cannot be made by the file.
#[test]
fn cli_06_a_view_that_calls_a_function_of_mysql_is_pulled_as_unmanaged() {
    let (Some(from), Some(created)) = (
        Database::fresh(Dialect::Mysql),
        Database::fresh(Dialect::Mysql),
    ) else {
        return;
    };
    let script = "\
CREATE TABLE items (id int NOT NULL PRIMARY KEY, double_it int);
CREATE FUNCTION double_it(x int) RETURNS int DETERMINISTIC RETURN x * 2;
CREATE VIEW doubled AS SELECT id, double_it(id) AS twice FROM items;
CREATE VIEW large AS SELECT id FROM doubled WHERE twice > 8;
CREATE VIEW plain AS SELECT id, double_it FROM items;
";
    from.load(script).expect("the database takes it");
    let pulled = from.pull().expect("it is read without an error");
    holds(
        &pulled,
        &[
            "-- @unmanaged\nCREATE VIEW `doubled`",
            "-- @unmanaged\nCREATE VIEW `large`",
            "\n\nCREATE VIEW `plain`",
        ],
    );
    good(from.project(&pulled).run("validate")).expect("it is as the file says");
    let made = good(created.project(&pulled).run("create")).expect("`create` takes the file");
    holds(
        &made,
        &[
            "unmanaged  doubled on default",
            "unmanaged  large on default",
        ],
    );
    good(created.project(&pulled).run("validate")).expect("it is as the file says");
    // With what bindery does not make the other database is pulled as the same (ulogd2).
    let by_hand = "\
CREATE FUNCTION double_it(x int) RETURNS int DETERMINISTIC RETURN x * 2;
CREATE VIEW doubled AS SELECT id, double_it(id) AS twice FROM items;
CREATE VIEW large AS SELECT id FROM doubled WHERE twice > 8;
";
    created.load(by_hand).expect("the database takes it");
    assert_eq!(created.pull().expect("it is read without an error"), pulled);
}

/// The database keeps a view of a table that went, and refuses its queries: `check` of the file has nothing against it.
#[test]
fn cli_06_a_view_of_what_is_not_there_is_pulled_as_unmanaged() {
    for dialect in [Dialect::Sqlite, Dialect::Mysql] {
        let Some(from) = Database::fresh(dialect) else {
            continue;
        };
        let script = "\
CREATE TABLE items (id int NOT NULL PRIMARY KEY, name varchar(20));
CREATE TABLE gone (id int NOT NULL PRIMARY KEY);
CREATE VIEW beside AS SELECT gone.id, items.name FROM items JOIN gone ON items.id = gone.id;
CREATE VIEW over_it AS SELECT name FROM beside;
CREATE TABLE shrinks (id int NOT NULL PRIMARY KEY, name varchar(20));
CREATE VIEW wider AS SELECT s.name, items.id FROM shrinks AS s JOIN items ON items.name = s.name;
FUNCTION
CREATE VIEW plain AS SELECT id, name FROM items;
DROP TABLE gone;
DROP TABLE shrinks;
CREATE TABLE shrinks (id int NOT NULL PRIMARY KEY);
";
        // A program brings functions of its own to its connections.
        let of_program = match dialect {
            Dialect::Sqlite => "CREATE VIEW called AS SELECT of_program(name) AS name FROM items;",
            Dialect::Postgres | Dialect::Mysql => "",
        };
        let script = script.replace("FUNCTION\n", of_program);
        from.load(&script).expect("the database takes it");
        let pulled = from.pull().expect("it is read without an error");
        assert!(
            !pulled.contains("-- @unmanaged\nCREATE VIEW called"),
            "{pulled}"
        );
        let text = pulled.replace('`', "");
        holds(
            &text,
            &[
                "-- @unmanaged\nCREATE VIEW beside",
                "-- @unmanaged\nCREATE VIEW over_it",
                "-- @unmanaged\nCREATE VIEW wider",
                "\n\nCREATE VIEW plain",
            ],
        );
        let project = from.project(&pulled);
        for words in ["check", "validate"] {
            good(project.run(words)).expect("it is as the file says");
        }
        // The tag is of `pull`: a view that can be read again is the program's.
        let again = "CREATE TABLE gone (id int NOT NULL PRIMARY KEY)";
        from.load(again).expect("the database takes it");
        let pulled = good(project.run("pull --out -")).expect("it is read without an error");
        let text = pulled.replace('`', "");
        holds(
            &text,
            &["\n\nCREATE VIEW beside", "-- @unmanaged\nCREATE VIEW wider"],
        );
    }
}

/// A table that foreign keys of SQLite lead to and that comes after the file was pulled is no longer another's.
#[test]
fn cli_06_a_table_that_was_not_there_is_pulled_once_it_is() {
    let from = Database::fresh(Dialect::Sqlite).expect("it is built in");
    let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, m INTEGER REFERENCES medias (id))";
    from.load(users).expect("the database takes it");
    let pulled = from.pull().expect("it is read without an error");
    holds(&pulled, &["-- @unmanaged\nCREATE TABLE \"medias\""]);
    let medias = "CREATE TABLE medias (id INTEGER PRIMARY KEY, path TEXT)";
    from.load(medias).expect("the database takes it");
    let project = from.project(&pulled);
    let again = good(project.run("pull --out -")).expect("it is read without an error");
    holds(&again, &["\n\nCREATE TABLE medias"]);
    assert!(!again.contains("@unmanaged"), "{again}");
}

/// `foreign_key_checks = 0` lets a foreign key of MariaDB refer to no table, which no server makes by its own statement.
#[test]
fn cli_06_a_foreign_key_of_mysql_to_no_table_is_left_out_in_words() {
    let [from, created] = [(); 2].map(|()| Database::fresh(Dialect::Mysql));
    let (Some(from), Some(created)) = (from, created) else {
        return;
    };
    let script = "\
SET foreign_key_checks = 0;
CREATE TABLE jobs (id bigint NOT NULL PRIMARY KEY, pool bigint, CONSTRAINT to_pool FOREIGN KEY (pool) REFERENCES pools (id));
CREATE TABLE files (id bigint NOT NULL PRIMARY KEY, job bigint, gone bigint,
    CONSTRAINT to_gone FOREIGN KEY (gone) REFERENCES gone (id) ON DELETE CASCADE, CONSTRAINT to_job FOREIGN KEY (job) REFERENCES jobs (id));
";
    from.load(script).expect("the database takes it");
    let pulled = from.pull().expect("it is read without an error");
    let left_out = "\
--   foreign key to_gone of files, as gone, which it refers to, is not there
--   foreign key to_pool of jobs, as pools, which it refers to, is not there
";
    holds(&pulled, &["CONSTRAINT `to_job` FOREIGN KEY", left_out]);
    assert_eq!(pulled.matches("CONSTRAINT `").count(), 1, "{pulled}");
    for words in ["check", "validate"] {
        good(from.project(&pulled).run(words)).expect("it is as the file says");
    }
    let project = from.project(&pulled);
    project.write("migrations/default/1_before.sql", &pulled);
    let drop = |table: &str, key: &str| format!("ALTER TABLE `{table}` DROP FOREIGN KEY `{key}`");
    for (table, key) in [("files", "to_gone"), ("jobs", "to_pool")] {
        let refused = project.run("migrate baseline 1").failed();
        holds(&refused, &[&drop(table, key), "is not there"]);
        from.load(&drop(table, key)).expect("it goes");
    }
    good(project.run("migrate baseline 1")).expect("migrations know each key");
    good(created.project(&pulled).run("create")).expect("`create` takes the file");
    good(created.project(&pulled).run("validate")).expect("it is as the file says");
}

/// SQLite takes a foreign key to a table that is not there (bacula and gerbera have some).
#[test]
fn cli_06_a_foreign_key_to_no_table_is_pulled_with_a_declaration_of_it() {
    let [from, created] = [(); 2].map(|()| Database::fresh(Dialect::Sqlite));
    let (Some(from), Some(created)) = (from, created) else {
        return;
    };
    let script = "\
CREATE TABLE jobs (id INTEGER PRIMARY KEY, pool INTEGER REFERENCES Pools (PoolId), note TEXT);
CREATE TABLE files (id INTEGER PRIMARY KEY, job INTEGER REFERENCES gone, FOREIGN KEY (id) REFERENCES jobs (id));
";
    from.load(script).expect("SQLite takes it");
    let pulled = from.pull().expect("it is read without an error");
    holds(
        &pulled,
        &[
            "foreign keys lead to it, so SQLite refuses rows that need it.\n-- @unmanaged\nCREATE TABLE \"Pools\" (\"PoolId\" INTEGER NOT NULL, PRIMARY KEY (\"PoolId\"));",
            "-- @unmanaged\nCREATE TABLE \"gone\" (\"id\" INTEGER NOT NULL, PRIMARY KEY (\"id\"));",
        ],
    );
    for words in ["check", "validate"] {
        good(from.project(&pulled).run(words)).expect("it is as the file says");
    }
    good(created.project(&pulled).run("create")).expect("`create` takes the file");
    good(created.project(&pulled).run("validate")).expect("it is as the file says");
    let again = created.pull().expect("pulled again");
    holds(
        &again,
        &["CREATE TABLE \"Pools\" (", "CREATE TABLE \"gone\" ("],
    );
}

/// Names of a database may be one name in Rust, as those of ulogd2 are.
#[test]
fn cli_06_names_that_would_be_one_in_rust_are_pulled_with_tags() {
    let sqlite = "\
CREATE TABLE logs (id INTEGER PRIMARY KEY, \"ip.saddr\" TEXT, ip_saddr INTEGER, \"ip-saddr\" BLOB);
CREATE TABLE \"log.lines\" (id INTEGER PRIMARY KEY);
CREATE TABLE log_lines (id INTEGER PRIMARY KEY);
CREATE VIEW twice AS SELECT id AS log_id, id AS \"log.id\" FROM logs;
";
    let scripts = [
        (Dialect::Sqlite, sqlite.to_owned()),
        (Dialect::Postgres, sqlite.replace("BLOB", "bytea")),
        (Dialect::Mysql, sqlite.replace('"', "`")),
    ];
    for (dialect, script) in scripts {
        let (Some(from), Some(created)) = (Database::fresh(dialect), Database::fresh(dialect))
        else {
            continue;
        };
        from.load(&script).expect("the database takes it");
        let pulled = from.pull().expect("it is read without an error");
        for tag in [
            "-- @name other_ip_saddr\n",
            "-- @name other_ip_saddr_2\n",
            "-- @name other_log_id\n",
            "-- @model ",
        ] {
            assert_eq!(pulled.matches(tag).count(), 1, "{pulled}");
        }
        for words in ["check", "validate"] {
            good(from.project(&pulled).run(words)).expect("it is as the file says");
        }
        good(created.project(&pulled).run("create")).expect("`create` takes the file");
        good(created.project(&pulled).run("validate")).expect("it is as the file says");
        let again = created.pull().expect("pulled again");
        assert_eq!(
            again.matches("-- @").count(),
            pulled.matches("-- @").count(),
            "{again}"
        );
    }
}

/// A schema that says NOT VALID leaves old rows as they are; one that does not is another.
#[test]
fn cli_06_a_constraint_that_is_not_valid_is_pulled_as_it_is() {
    let (Some(from), Some(created)) = (
        Database::fresh(Dialect::Postgres),
        Database::fresh(Dialect::Postgres),
    ) else {
        return;
    };
    let script = "\
CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer UNIQUE);
CREATE INDEX t_a ON t (a);
INSERT INTO t VALUES (1, -1, 1);
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (b) NOT VALID;
";
    from.load(script).expect("the database takes it");
    let pulled = from.pull().expect("it is read without an error");
    assert_eq!(pulled.matches(" NOT VALID;").count(), 2, "{pulled}");
    for words in ["check", "validate"] {
        good(from.project(&pulled).run(words)).expect("it is as the file says");
    }
    good(created.project(&pulled).run("create")).expect("`create` takes the file");
    good(created.project(&pulled).run("validate")).expect("it is as the file says");
    assert_eq!(created.pull().expect("it is read without an error"), pulled);
    for valid in [
        pulled.replace(" NOT VALID", ""),
        format!(
            "{pulled}ALTER TABLE t VALIDATE CONSTRAINT c;\nALTER TABLE t VALIDATE CONSTRAINT t_a_fkey;\n"
        ),
    ] {
        let outcome = from.project(&valid).run("validate");
        assert_eq!(
            outcome.results.matches(" NOT VALID").count(),
            2,
            "{}",
            outcome.results
        );
    }
}

/// The server writes some expressions otherwise once it has read what it wrote: what is pulled is the last of these forms.
#[test]
fn cli_06_what_is_made_of_a_pulled_file_is_pulled_as_the_same() {
    let (Some(from), Some(created)) = (
        Database::fresh(Dialect::Postgres),
        Database::fresh(Dialect::Postgres),
    ) else {
        return;
    };
    let script = "\
CREATE TABLE t (id integer PRIMARY KEY, kind varchar(9) CHECK (kind IN ('a', 'b''::text[]')), state varchar(9) NOT NULL,
  is_open boolean GENERATED ALWAYS AS (state IN ('new', 'kept')) STORED, CHECK (state NOT IN ('x', 'y') AND state <> 'z'));
CREATE INDEX t_open ON t (id) WHERE state IN ('new', 'kept');
";
    from.load(script).expect("the database takes it");
    let pulled = from.pull().expect("it is read without an error");
    good(from.project(&pulled).run("validate")).expect("it is as the file says");
    good(created.project(&pulled).run("create")).expect("`create` takes the file");
    assert_eq!(created.pull().expect("it is read without an error"), pulled);
    good(created.project(script).run("validate")).expect("it is as the script says");
}

/// What stands at one partition alone is in the file, which says that nothing is done with it; `check` counts it.
#[test]
fn cli_06_what_one_partition_alone_has_is_said_to_be_left_out() {
    let Some(from) = Database::fresh(Dialect::Postgres) else {
        return;
    };
    let script = "\
CREATE TABLE t (id integer NOT NULL, a integer) PARTITION BY RANGE (id);
CREATE INDEX t_a ON t (a);
CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
CREATE INDEX t_1_alone ON t_1 (a, id);
ALTER TABLE t_1 ADD CONSTRAINT t_1_checked CHECK (a > 0);
";
    from.load(script).expect("the database takes it");
    let pulled = from.pull().expect("it is read without an error");
    let words = "-- Of this partition alone, so bindery neither makes nor compares it:\n";
    for statement in [
        "ALTER TABLE t_1 ADD CONSTRAINT t_1_checked CHECK (a > 0);",
        "CREATE INDEX t_1_alone ON t_1 USING btree (a, id);",
    ] {
        assert!(pulled.contains(&format!("{words}{statement}")), "{pulled}");
    }
    assert_eq!(pulled.matches(words).count(), 2, "{pulled}");
    let project = from.project(&pulled);
    let checked = project.run("check").good();
    assert!(
        checked.contains("changes of one partition alone (2)"),
        "{checked}"
    );
    good(project.run("validate")).expect("it is as the file says");
}
