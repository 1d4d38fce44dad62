//! `bindery doctor`.

use bindery_testkit::{FreshDatabase, Server, fresh_mysql, fresh_postgres, mysql_flavour};

use super::support::{Project, holds};

const SCHEMA: &str = "\
-- @dialect sqlite

-- @engines default, lite, m, gone
CREATE TABLE notes (id BIGINT PRIMARY KEY, body VARCHAR(80) NOT NULL);
";

const SCHEMA_OF_ALL: &str = "\
-- @dialect sqlite

-- @engines lite, m, p
CREATE TABLE notes (id BIGINT PRIMARY KEY);
";

#[test]
fn mon_03_doctor_names_every_trouble_and_what_to_do() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let config = format!(
        "[engines.default]\nurl = \"{}\"\n[engines.lite]\nurl = \"sqlite://lite.db\"\n[engines.m]\nurl = \"{}\"\n\
         [engines.gone]\nurl = \"postgres://ann:hunter2@127.0.0.1:1/shop\"\n[atomic.shop]\nengines = [\"default\", \"lite\", \"m\"]\n",
        postgres.url(),
        mysql.url()
    );
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", SCHEMA)]);
    project
        .run("create --engine default --engine lite --engine m")
        .good();
    let folder = project.path("migrations/lite");
    std::fs::create_dir_all(folder).expect("the folder can be made");
    project.write(
        "migrations/lite/1_tags.sql",
        "CREATE TABLE tags (id INTEGER PRIMARY KEY);\n",
    );
    mysql
        .run_script("ALTER TABLE notes DROP COLUMN body")
        .expect("it is there");

    let outcome = project.run("doctor");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    holds(
        &outcome.results,
        &[
            "ok         server on default: PostgreSQL 1",
            "ok         privileges on default: the account may read and write all tables\n",
            "ok         clock on default: as this machine's\n",
            "ok         tables on default: 1 table as the schema says\n",
            "error      connection on gone: ",
            "ok         server on lite: SQLite 3",
            "ok         privileges on lite: the file can be read and written\n",
            "warning    migrations on lite: 0 applied, 1 pending\n           `bindery migrate run --engine lite`\n",
            "ok         atomic groups on lite: group `shop` can rely on it\n",
            "ok         privileges on m: the account may read and write all tables\n",
            "error      tables on m: 1 difference from the schema\n           `bindery validate --engine m` lists them",
        ],
    );
    assert!(!outcome.results.contains("hunter2"), "{outcome:#?}");
    let lite = project.run("doctor --engine lite --format json");
    assert_eq!(lite.code, Some(1), "{lite:#?}");
    assert_eq!(lite.json()[0]["level"], "warning");
}

/// In every schema of the database, and of sequences; of MySQL's roles it is said that they are not looked at.
#[test]
fn mon_03_doctor_names_privileges_that_are_missing() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let schema = "-- @dialect postgres\n\n-- @engines p\nCREATE TABLE notes (id bigserial PRIMARY KEY);\n\
        -- @engines p\nCREATE TABLE audit.log (id bigint PRIMARY KEY);\n-- @engines m\nCREATE TABLE pages (id bigint PRIMARY KEY);\n";
    let config =
        |[p, m]: [String; 2]| format!("[engines.p]\nurl = \"{p}\"\n[engines.m]\nurl = \"{m}\"\n");
    let project = Project::new(&[
        ("bindery.toml", &config([postgres.url(), mysql.url()])),
        ("schema.sql", schema),
    ]);
    let run = |database: &FreshDatabase, sql: &str| database.run_script(sql).expect("it runs");
    run(&postgres, "CREATE SCHEMA audit");
    project.run("create --all").good();
    let (name, reader) = (format!("limited{}", std::process::id()), "reader");
    run(
        &postgres,
        &format!(
            "CREATE ROLE {name} LOGIN PASSWORD 'limited'; GRANT USAGE ON SCHEMA audit TO {name}; GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO {name}; \
             GRANT SELECT ON audit.log TO {name}"
        ),
    );
    let of_mysql = mysql.url();
    let shop = of_mysql.rsplit('/').next().expect("a database");
    run(
        &mysql,
        &format!(
            "CREATE USER {name} IDENTIFIED BY 'limited'; GRANT SELECT ON {shop}.pages TO {name}"
        ),
    );
    let limited = |url: String| {
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (_, server) = rest.split_once('@').expect("with a user");
        format!("{scheme}://{name}:limited@{server}")
    };
    let urls = || [limited(postgres.url()), limited(mysql.url())];
    project.write("bindery.toml", config(urls()));
    let found = project.run("doctor").results;
    holds(
        &found,
        &[
            "warning    privileges on p: the account lacks INSERT, UPDATE, DELETE on `audit.log`\n",
            "warning    privileges on p: the account lacks USAGE on `SEQUENCE notes_id_seq`\n",
            "warning    privileges on m: the account lacks INSERT, UPDATE, DELETE on `pages`\n",
        ],
    );
    let role = format!("{name}_{reader}");
    run(
        &mysql,
        &format!(
            "CREATE ROLE {role}; GRANT INSERT, UPDATE, DELETE ON {shop}.pages TO {role}; GRANT {role} TO {name}; SET DEFAULT ROLE {role} FOR {name}"
        ),
    );
    let found = project.run("doctor --engine m").results;
    holds(
        &found,
        &["ok         privileges on m: the account has roles, whose rights are not looked at\n"],
    );
    run(&mysql, &format!("DROP USER {name}; DROP ROLE {role}"));
    run(
        &postgres,
        &format!("DROP OWNED BY {name}; DROP ROLE {name}"),
    );
}

const ONE_TABLE: &str =
    "-- @dialect sqlite\n\n-- @engines m, p\nCREATE TABLE notes (id BIGINT PRIMARY KEY);\n";

/// Connections that others can read are allowed by a key, and doctor says so.
#[test]
fn mon_03_doctor_names_connections_that_are_not_encrypted() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let config = |host: &str| {
        let [m, p] = [mysql.url(), postgres.url()].map(|url| url.replace("127.0.0.1", host));
        let keys = "tls = \"disable\"\ntls-plaintext = \"allow\"\n";
        format!("[engines.m]\nurl = \"{m}\"\n{keys}[engines.p]\nurl = \"{p}\"\n{keys}")
    };
    let project = Project::new(&[
        ("bindery.toml", &config("127.0.0.1")),
        ("schema.sql", ONE_TABLE),
    ]);
    project.run("create --all").good();
    let fine = project.run("doctor").good();
    holds(
        &fine,
        &["ok         server on m: ", "ok         server on p: "],
    );
    // An address that is not this machine's by its looks.
    project.write("bindery.toml", config("0.0.0.0"));
    let outcome = project.run("doctor");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    for engine in ["m", "p"] {
        let line = format!("warning    server on {engine}: ");
        let at = outcome.results.find(&line).expect(&line);
        let hint = outcome.results[at..].lines().nth(1).expect("a hint");
        holds(
            hint,
            &["its connections are not encrypted: `tls = \"verify-full\"`"],
        );
    }
}

/// MariaDB can be given the version that it reports.
#[test]
fn mon_03_doctor_names_a_server_that_is_too_old() {
    if mysql_flavour().word() != "mariadb" {
        return;
    }
    let server = Server::mysql().setting("version", "5.5.68-MariaDB");
    let Some(server) = server.start_or_skip() else {
        return;
    };
    let url = server.database("shop").expect("a database");
    let config = format!("[engines.m]\nurl = \"{url}\"\n");
    let schema = ONE_TABLE.replace("m, p", "m");
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", &schema)]);
    let outcome = project.run("doctor");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    holds(
        &outcome.results,
        &[
            "error      connection on m: ",
            "MariaDB 10.5 or newer",
            "5.5.68",
        ],
    );
}

/// The database has a function of the clock's name that is late, and finds it first.
#[test]
fn mon_03_doctor_names_a_clock_that_is_wrong() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let late = |seconds: u32| {
        format!(
            "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS \
             $$ SELECT pg_catalog.clock_timestamp() - interval '{seconds} s' $$;"
        )
    };
    let url = database.url();
    let name = url.rsplit('/').next().expect("a database");
    let first = format!("ALTER DATABASE {name} SET search_path = public, pg_catalog;");
    database.run_script(&first).expect("it runs");
    let config = format!("[engines.p]\nurl = \"{url}\"\n");
    let schema = ONE_TABLE.replace("m, p", "p");
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", &schema)]);
    project.run("create --all").good();
    for (seconds, word, code) in [(10, "warning    ", 1), (100, "error      ", 2)] {
        database.run_script(&late(seconds)).expect("it runs");
        let outcome = project.run("doctor");
        assert_eq!(outcome.code, Some(code), "{outcome:#?}");
        holds(
            &outcome.results,
            &[
                &format!("{word}clock on p: "),
                " ms behind this machine's\n           have both machines set their clocks by NTP",
            ],
        );
    }
}

/// A broken schema is what is found first.
#[test]
fn doctor_begins_with_the_configuration() {
    let project = Project::blogs();
    project.write(
        "schema.sql",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, id INTEGER);\n",
    );
    project.run("doctor").failed();
    project.write("bindery.toml", "url = 5\n");
    holds(&project.run("doctor").failed(), &["bindery.toml"]);
}

/// Covers CLI-9.
#[test]
fn mon_03_doctor_names_settings_that_break_what_atomic_groups_rely_on() {
    // It loses what was committed when it crashes, as servers of tests do.
    let postgres = Server::postgres().durable(false);
    let mysql = Server::mysql().setting("innodb_flush_log_at_trx_commit", "2");
    let (Some(postgres), Some(mysql)) = (postgres.start_or_skip(), mysql.start_or_skip()) else {
        return;
    };
    let url = |server: &Server| server.database("shop").expect("a database");
    let config = format!(
        "[engines.lite]\nurl = \"sqlite://lite.db\"\n[engines.m]\nurl = \"{}\"\n[engines.p]\nurl = \"{}\"\n\
         [atomic.one]\nengines = [\"m\", \"lite\", \"p\"]\n[atomic.two]\nengines = [\"p\", \"m\"]\n",
        url(&mysql),
        url(&postgres)
    );
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", SCHEMA_OF_ALL)]);
    project.run("create --all").good();
    project.sqlite("lite.db", "PRAGMA journal_mode = DELETE");
    let outcome = project.run("doctor");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    holds(
        &outcome.results,
        &[
            "error      atomic groups on m: group `two`: engine `m`",
            "innodb_flush_log_at_trx_commit = 2",
            "error      atomic groups on p: group `one`: engine `p`",
            "fsync = off",
        ],
    );
}
