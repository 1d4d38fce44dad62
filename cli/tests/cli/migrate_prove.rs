//! `migrate check --prove`: chains of migrations on scratch databases of the three products, which are gone afterwards.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, Watchdog, fresh_mysql, fresh_postgres};
use serde_json::Value;

use super::support::{Project, holds, names_in, wait_until};

/// A project with one engine. Its scratch databases are made on the server of its database, or in a folder of its own.
struct Place {
    project: Project,
    dialect: Dialect,
    database: Option<FreshDatabase>,
}

const USERS: &str =
    "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, email VARCHAR(80) NOT NULL);\n";
const DROP_USERS: &str = "DROP TABLE users;\n";

impl Place {
    fn new(dialect: Dialect, database: Option<FreshDatabase>) -> Self {
        let project = Project::new(&[]);
        for folder in ["tmp", "migrations/default"] {
            std::fs::create_dir_all(project.path(folder)).expect("a folder");
        }
        let tmp = project.path("tmp").display().to_string();
        let place = Self {
            project: project.with("TMPDIR", &tmp),
            dialect,
            database,
        };
        place.configure(&place.url(), "");
        place
    }

    fn on_sqlite() -> Self {
        Self::new(Dialect::Sqlite, None)
    }

    fn on_servers() -> Vec<Self> {
        let postgres = fresh_postgres().map(|one| Self::new(Dialect::Postgres, Some(one)));
        let mysql = fresh_mysql().map(|one| Self::new(Dialect::Mysql, Some(one)));
        postgres.into_iter().chain(mysql).collect()
    }

    fn on_all() -> Vec<Self> {
        let mut all = vec![Self::on_sqlite()];
        all.extend(Self::on_servers());
        all
    }

    fn url(&self) -> String {
        let database = self.database.as_ref();
        database.map_or_else(|| "sqlite://app.db".to_owned(), FreshDatabase::url)
    }

    /// The migrations are the schema, unless a test writes another one.
    fn configure(&self, url: &str, more: &str) {
        let config = format!(
            "[schema]\nfiles = [{{ path = \"migrations/default\", engines = [\"default\"] }}]\n\n\
             [engines.default]\nurl = \"{url}\"\n{more}"
        );
        self.project.write("bindery.toml", config);
    }

    fn migration(&self, name: &str, up: &str, down: Option<&str>) {
        let file = |ending: &str| format!("migrations/default/{name}{ending}");
        self.project.write(&file(".sql"), up);
        if let Some(down) = down {
            self.project.write(&file(".down.sql"), down);
        }
    }

    /// The scratch databases that there are.
    fn scratch(&self) -> BTreeSet<String> {
        let Some(database) = &self.database else {
            return names_in(&self.project.path("tmp")).into_iter().collect();
        };
        let sql = match self.dialect {
            Dialect::Postgres => {
                "SELECT datname FROM pg_database WHERE left(datname, 14) = 'bindery_prove_'"
            }
            Dialect::Sqlite | Dialect::Mysql => {
                "SELECT schema_name FROM information_schema.schemata WHERE left(schema_name, 14) = 'bindery_prove_'"
            }
        };
        let names = database.answer(sql).expect("names");
        names.lines().map(str::to_owned).collect()
    }

    /// Runs a proof that ends with this code, and leaves nothing. Others of this server may be at work meanwhile: theirs go by themselves.
    fn prove(&self, words: &str, code: i32) -> (String, String) {
        let before = self.scratch();
        let outcome = self.project.run(&format!("migrate check --prove {words}"));
        assert_eq!(outcome.code, Some(code), "{:?}: {outcome:#?}", self.dialect);
        self.wait_until_gone(&before);
        (outcome.results, outcome.messages)
    }

    fn wait_until_gone(&self, before: &BTreeSet<String>) {
        let after: Vec<String> = self.scratch().difference(before).cloned().collect();
        wait_until(|| {
            let there = self.scratch();
            after.iter().all(|name| !there.contains(name))
        });
    }

    fn document(&self, words: &str, code: i32) -> Value {
        let (results, _) = self.prove(&format!("--format json {words}"), code);
        serde_json::from_str(&results).expect("a document")
    }
}

fn watched(name: &'static str) -> Watchdog {
    Watchdog::start(name, Duration::from_secs(300))
}

/// The migrations that `migrate add` writes for two schemas.
const FIRST: &str = "\
CREATE TABLE users (
  id BIGINT NOT NULL PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE,
  kind VARCHAR(10) NOT NULL CHECK (kind IN ('admin', 'guest')),
  age INTEGER NOT NULL CHECK (age >= 18 AND age < 150),
  code VARCHAR(9) NOT NULL CHECK (length(code) = 5)
);
CREATE TABLE posts (
  id BIGINT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  title VARCHAR(80) NOT NULL,
  written_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX posts_by_user ON posts (user_id);
";
const SECOND: &str = "\
CREATE TABLE tags (
  post_id BIGINT NOT NULL,
  tag VARCHAR(20) NOT NULL,
  parent_id BIGINT,
  PRIMARY KEY (post_id, tag),
  FOREIGN KEY (post_id) REFERENCES posts (id)
);
";

/// Covers MIG-1, MIG-14.
#[test]
fn life_07_a_chain_that_fits_is_proven_with_rows_there_and_back() {
    let _watchdog = watched("a_chain_that_fits_is_proven");
    for place in Place::on_all() {
        let config = format!("url = \"{}\"\n", place.url());
        place.project.write("bindery.toml", config);
        let dialect = format!("-- @dialect {}\n\n", place.dialect.name());
        place
            .project
            .write("schema.sql", format!("{dialect}{FIRST}"));
        place.project.run("migrate add first").good();
        let nick = FIRST.replacen("  age ", "  nick VARCHAR(20),\n  age ", 1);
        place
            .project
            .write("schema.sql", format!("{dialect}{nick}{SECOND}"));
        place.project.run("migrate add second").good();
        let checked = place.project.run("migrate check").good();
        holds(
            &checked,
            &["make the schema, as bindery reads them", "`--prove`"],
        );
        let (results, _) = place.prove("", 0);
        holds(&results, &["proven     default  ", " rows, there and back"]);
        assert_eq!(results.lines().count(), 1, "{results}");
        let document = place.document("", 0);
        let proof = &document["engines"][0]["proof"];
        assert_eq!(proof["ok"], true, "{document}");
        assert_eq!(proof["empty"], Value::Array(Vec::new()), "{document}");
        assert_eq!(proof["reverted"], document["engines"][0]["migrations"]);
        // Three tables with rows, on the way up and on the way up again.
        assert!(proof["rows"].as_u64() >= Some(18), "{document}");
        let server = proof["server"].as_str().expect("a server");
        assert!(server.contains(' '), "{server}");
    }
}

/// Covers MIG-14.
#[test]
fn life_07_an_error_that_only_rows_show_is_found_with_its_statement() {
    let _watchdog = watched("an_error_that_only_rows_show");
    for place in Place::on_all() {
        place.migration("1_users", USERS, Some(DROP_USERS));
        let unique = "ALTER TABLE users ADD COLUMN code INTEGER NOT NULL DEFAULT 0;\nCREATE UNIQUE INDEX users_code ON users (code);\n";
        place.migration("2_code", unique, None);
        place.project.run("migrate check").good();
        let (_, told) = place.prove("", 1);
        holds(
            &told,
            &[
                "engine `default`",
                ", up: ",
                "2",
                "line 2",
                "CREATE UNIQUE INDEX users_code",
            ],
        );
        let document = place.document("", 1);
        let proof = &document["engines"][0]["proof"];
        assert_eq!(proof["failed"], "up", "{document}");
        assert_eq!(proof["reason"], "unique_violation", "{document}");
        assert_eq!(document["ok"], false);
        // Without rows before it nothing is wrong.
        let (results, _) = place.prove("--since 3_none", 1);
        assert_eq!(results, "");
        place.migration(
            "3_more",
            "CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\n",
            None,
        );
        let (results, _) = place.prove("--since 3", 0);
        holds(&results, &["3 migrations on "]);
    }
}

/// Covers MIG-14.
#[test]
fn life_07_a_statement_that_the_server_refuses_is_shown() {
    let _watchdog = watched("a_statement_that_the_server_refuses");
    for place in Place::on_all() {
        place.migration("1_users", USERS, Some(DROP_USERS));
        place.migration(
            "2_wrong",
            "\n\nUPDATE users SET email = nosuch(email);\n",
            None,
        );
        place.project.run("migrate check").good();
        let (results, told) = place.prove("", 1);
        assert_eq!(results, "");
        holds(
            &told,
            &[", up: ", "line 3", "UPDATE users SET email", "nosuch"],
        );
    }
}

/// Covers MIG-14.
#[test]
fn life_01_a_chain_that_ends_at_another_schema_is_shown() {
    let _watchdog = watched("a_chain_that_ends_at_another_schema");
    for place in Place::on_servers() {
        let change = match place.dialect {
            Dialect::Postgres => {
                "DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN email TYPE text'; END $$;\n"
            }
            Dialect::Sqlite | Dialect::Mysql => {
                "PREPARE change_it FROM 'ALTER TABLE users MODIFY email TEXT NOT NULL';\nEXECUTE change_it;\nDEALLOCATE PREPARE change_it;\n"
            }
        };
        place.migration("1_users", USERS, Some(DROP_USERS));
        place.migration("2_hidden", change, None);
        place.project.run("migrate check").good();
        let (results, told) = place.prove("", 1);
        holds(&results, &["users.email on default"]);
        holds(&told, &[", up: 1 difference from the schema"]);
        let document = place.document("", 1);
        let found = &document["engines"][0]["proof"]["differences"][0];
        assert_eq!(found["table"], "users", "{document}");
        assert_eq!(found["column"], "email", "{document}");
    }
    // The findings of `check` are there on the database, too.
    for place in Place::on_all() {
        let config = format!("url = \"{}\"\n", place.url());
        place.project.write("bindery.toml", config);
        let dialect = format!("-- @dialect {}\n\n", place.dialect.name());
        let other = USERS.replace("VARCHAR(80)", "VARCHAR(99)");
        place
            .project
            .write("schema.sql", format!("{dialect}{other}"));
        place.migration("1_users", USERS, Some(DROP_USERS));
        let (results, told) = place.prove("", 1);
        holds(&results, &["users.email on default"]);
        holds(&told, &["B0334", ", up: 1 difference from the schema"]);
    }
}

/// Covers MIG-14.
#[test]
fn life_07_a_way_back_that_fails_is_told_from_the_way_there() {
    let _watchdog = watched("a_way_back_that_fails");
    let two = "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);\n";
    for place in Place::on_all() {
        place.migration("1_users", USERS, Some(DROP_USERS));
        place.migration("2_two", two, Some("DROP TABLE nosuch;\n"));
        let (_, told) = place.prove("", 1);
        holds(&told, &[", down: ", "DROP TABLE nosuch"]);
        place.migration("2_two", two, Some("DROP TABLE a;\n"));
        let (_, told) = place.prove("", 1);
        holds(&told, &[", up again: ", "CREATE TABLE b"]);
        assert_eq!(
            place.document("", 1)["engines"][0]["proof"]["failed"],
            "up again"
        );
        place.migration("2_two", two, Some("DROP TABLE a;\nDROP TABLE b;\n"));
        place.prove("", 0);
        place.migration(
            "3_more",
            "CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\n",
            None,
        );
        let (results, _) = place.prove("", 0);
        holds(
            &results,
            &["3 migrations on ", "there; the last one has no way back"],
        );
        place.migration(
            "4_last",
            "ALTER TABLE more ADD COLUMN n INTEGER;\n",
            Some("ALTER TABLE more DROP COLUMN n;\n"),
        );
        let (results, _) = place.prove("", 0);
        holds(
            &results,
            &["4 migrations on ", "there, and the last 1 back"],
        );
    }
}

/// Covers MIG-14.
#[test]
fn life_07_a_table_that_no_row_fits_stays_empty_and_is_named() {
    let _watchdog = watched("a_table_that_no_row_fits");
    let tables = "\
CREATE TABLE odd (id BIGINT NOT NULL PRIMARY KEY, n INTEGER NOT NULL, CHECK (n > 5 AND n < 3));
CREATE TABLE child (id BIGINT NOT NULL PRIMARY KEY, odd_id BIGINT NOT NULL, FOREIGN KEY (odd_id) REFERENCES odd (id));
CREATE TABLE maybe (id BIGINT NOT NULL PRIMARY KEY, odd_id BIGINT, FOREIGN KEY (odd_id) REFERENCES odd (id));
CREATE TABLE loops (id BIGINT NOT NULL PRIMARY KEY, up_id BIGINT NOT NULL, FOREIGN KEY (up_id) REFERENCES loops (id));
";
    for place in Place::on_all() {
        place.migration("1_odd", tables, None);
        let (results, _) = place.prove("", 0);
        holds(
            &results,
            &[
                "no row     table `odd` on default: ",
                "no row     table `child` on default: `odd`, to which it refers, has no row",
                "with 6 rows",
            ],
        );
        assert_eq!(results.lines().count(), 3, "{results}");
    }
}

/// Columns of every type, all NOT NULL, as a database of each dialect declares them.
fn every_type(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => include_str!("prove/sqlite.sql"),
        Dialect::Postgres => include_str!("prove/postgres.sql"),
        Dialect::Mysql => include_str!("prove/mysql.sql"),
    }
}

/// Covers MIG-14.
#[test]
fn life_07_rows_fit_every_type_key_and_simple_check() {
    let _watchdog = watched("rows_fit_every_type");
    for place in Place::on_all() {
        place.migration("1_types", every_type(place.dialect), None);
        let circle = match place.dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres | Dialect::Mysql => {
                "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id);\n"
            }
        };
        let keys = format!("{}{circle}", include_str!("prove/keys.sql"));
        place.migration("2_keys", &keys, None);
        let document = place.document("", 0);
        let proof = &document["engines"][0]["proof"];
        assert_eq!(proof["empty"], Value::Array(Vec::new()), "{document}");
        let tables = if place.dialect == Dialect::Sqlite {
            8
        } else {
            6
        };
        assert_eq!(proof["rows"], 3 * tables, "{document}");
    }
}

/// An account that may use its database and make no other.
fn limited(place: &Place) -> (String, String) {
    let database = place.database.as_ref().expect("a server");
    let name = format!("limited_{}", database.name());
    let shop = database.name();
    let make = match place.dialect {
        Dialect::Postgres => format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'"),
        Dialect::Sqlite | Dialect::Mysql => {
            format!("CREATE USER {name} IDENTIFIED BY 'secret'; GRANT ALL ON {shop}.* TO {name}")
        }
    };
    database.run_script(&make).expect("an account");
    let url = place.url();
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, server) = rest.split_once('@').expect("an account");
    (name.clone(), format!("{scheme}://{name}:secret@{server}"))
}

/// Covers MIG-14, CFG-1 on PostgreSQL, MariaDB.
#[test]
fn life_07_an_account_that_may_create_no_database_is_refused_with_a_way_on() {
    let _watchdog = watched("an_account_that_may_create_no_database");
    for place in Place::on_servers() {
        let (account, url) = limited(&place);
        place.migration("1_users", USERS, Some(DROP_USERS));
        place.configure(&url, "");
        let (results, told) = place.prove("", 1);
        assert_eq!(results, "");
        holds(
            &told,
            &[
                "engine `default`: no scratch database can be made on ",
                "the account may not create databases",
                "--scratch default=",
            ],
        );
        assert!(!told.contains("secret"), "{told}");
        let document = place.document("", 1);
        let proof = &document["engines"][0]["proof"];
        assert_eq!(proof["reason"], "permission_denied", "{document}");
        assert_eq!(proof["server"], Value::Null, "{document}");
        place.configure(&url, "protected = true\n");
        let (_, told) = place.prove("", 1);
        holds(
            &told,
            &["engine `default` is protected", "--scratch default="],
        );
        let (results, _) = place.prove(&format!("--scratch default={}", place.url()), 0);
        holds(&results, &["proven"]);
        // As the page on migrations says.
        let allow = match place.dialect {
            Dialect::Postgres => format!("ALTER ROLE {account} CREATEDB"),
            Dialect::Sqlite | Dialect::Mysql => {
                format!("GRANT ALL ON `bindery\\_prove\\_%`.* TO {account}")
            }
        };
        let database = place.database.as_ref().expect("a server");
        database.run_script(&allow).expect("a right");
        place.configure(&url, "");
        place.prove("", 0);
        let drop = match place.dialect {
            Dialect::Postgres => format!("DROP ROLE {account}"),
            Dialect::Sqlite | Dialect::Mysql => format!("DROP USER {account}"),
        };
        database.run_script(&drop).expect("an account");
    }
}

/// Covers CFG-1.
#[test]
fn a_server_that_cannot_be_meant_is_refused_without_its_password() {
    let place = Place::on_sqlite();
    place.migration("1_users", USERS, Some(DROP_USERS));
    for (given, expected) in [
        (
            "default=postgres://ann:hidden@h/d",
            "engine `default` is of sqlite, and the URL of `--scratch` of postgres",
        ),
        (
            "default=sqlite://other.db",
            "the scratch database of SQLite is a file",
        ),
        (
            "other=postgres://ann:hidden@h/d",
            "`other` is none of the engines",
        ),
        ("postgres://ann:hidden@h/d", "names no engine"),
        (
            "default=postgres://ann:hid@den@h/d",
            "`--scratch default=…`",
        ),
    ] {
        let (results, told) = place.prove(&format!("--scratch {given}"), 1);
        assert_eq!(results, "");
        holds(&told, &[expected]);
        assert!(!told.contains("hid"), "{told}");
    }
}

/// A statement that does not end by itself in the time of the test.
fn long(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "UPDATE users SET email = (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT max(i) FROM n);\n"
        }
        Dialect::Postgres => "UPDATE users SET email = (SELECT pg_sleep(3600)::text);\n",
        Dialect::Mysql => "UPDATE users SET email = SLEEP(3600);\n",
    }
}

impl Place {
    /// Whether the long statement is at work in one of these databases.
    fn is_at_work(&self, scratch: &BTreeSet<String>) -> bool {
        let Some(database) = &self.database else {
            let mut files = scratch.iter();
            return files.any(|name| {
                let folder = self.project.path(&format!("tmp/{name}"));
                // The right to write is taken.
                folder.is_dir()
                    && names_in(&folder)
                        .iter()
                        .any(|file| file.ends_with("-journal") || file.ends_with("-wal"))
            });
        };
        let sql = match self.dialect {
            Dialect::Postgres => {
                "SELECT datname FROM pg_stat_activity WHERE query LIKE 'UPDATE users%' AND state = 'active'"
            }
            Dialect::Sqlite | Dialect::Mysql => {
                "SELECT db FROM information_schema.processlist WHERE info LIKE 'UPDATE users%'"
            }
        };
        let names = database.answer(sql).expect("names");
        names.lines().any(|name| scratch.contains(name))
    }
}

/// Covers MIG-14, CLI-1.
#[test]
fn life_07_a_signal_takes_the_scratch_database_away() {
    let _watchdog = watched("a_signal_takes_the_scratch_database_away");
    for place in Place::on_all() {
        place.migration("1_users", USERS, Some(DROP_USERS));
        place.migration("2_long", long(place.dialect), None);
        for (signal, number) in [("INT", 2), ("TERM", 15)] {
            let before = place.scratch();
            let mut process = Command::new(env!("CARGO_BIN_EXE_bindery"))
                .args(["migrate", "check", "--prove"])
                .current_dir(place.project.path(""))
                .env("TMPDIR", place.project.path("tmp"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the command was built before its tests");
            let new =
                || -> BTreeSet<String> { place.scratch().difference(&before).cloned().collect() };
            wait_until(|| place.is_at_work(&new()));
            let kill = format!("kill -{signal} {}", process.id());
            let sent = Command::new("sh").args(["-c", &kill]).status();
            assert!(sent.expect("there is a shell").success());
            let ended = process.wait().expect("it is our child");
            assert_eq!(ended.signal(), Some(number), "{ended}");
            place.wait_until_gone(&before);
        }
    }
}
