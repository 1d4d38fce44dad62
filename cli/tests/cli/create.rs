//! CLI-02 and CLI-04: making tables, and printing how.

use bindery_testkit::{fresh_mysql, fresh_postgres};

use crate::support::{CONFIG, Project, SCHEMA, holds};

/// Makes the tables of `b` twice, with one of them there before.
fn creates_only_what_is_missing(project: &Project) {
    let first = project.run("create --engine b");
    holds(&first.messages, &["`audit` on `b` is `@unmanaged`"]);
    let first = first.good();
    holds(
        &first,
        &[
            "created    blogs on b",
            "created    posts on b",
            "created    categories on b",
        ],
    );
    let second = project.run("create --engine b").good();
    holds(
        &second,
        &[
            "exists     blogs on b",
            "exists     posts on b",
            "exists     categories on b",
        ],
    );
    assert!(
        !second.contains("created") && !second.contains("default"),
        "{second}"
    );
}

#[test]
fn cli_02_only_missing_tables_are_created_on_sqlite() {
    let project = Project::blogs();
    project.sqlite("b.db", "CREATE TABLE other (id INTEGER)");
    creates_only_what_is_missing(&project);
    assert_eq!(
        project.sqlite_tables("b.db"),
        ["blogs", "categories", "other", "posts"]
    );
    assert!(!project.path("default.db").exists());
}

#[test]
fn cli_02_only_missing_tables_are_created_on_postgres() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    creates_only_what_is_missing(&Project::blogs().with("B_URL", &database.url()));
}

#[test]
fn cli_02_only_missing_tables_are_created_on_mysql() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    creates_only_what_is_missing(&Project::blogs().with("B_URL", &database.url()));
}

#[test]
fn cli_02_one_table_that_exists_is_left_as_it_is() {
    let project = Project::blogs();
    project.sqlite(
        "b.db",
        "CREATE TABLE blogs (id INTEGER PRIMARY KEY, own TEXT)",
    );
    let created = project.run("create --engine b");
    assert_eq!(created.code, Some(1), "{created:?}");
    let told = [
        "differs    blogs on b\n           no column `title`",
        "created    posts on b",
    ];
    holds(&created.results, &told);
    holds(
        &created.messages,
        &["1 table differs from the schema", "ALTER TABLE"],
    );
    project.sqlite("b.db", "INSERT INTO blogs (own) VALUES ('kept')");
}

/// A table is there, and is another one: the differences are printed in every format, and nothing is changed.
fn a_table_that_differs_is_told(project: &Project) {
    project.run("create --engine b").good();
    let other = SCHEMA.replace(
        "title VARCHAR(80) NOT NULL DEFAULT 'untitled'",
        "title VARCHAR(80), stars INTEGER",
    );
    project.write("schema.sql", other);
    let run = project.run("create --engine b");
    assert_eq!(run.code, Some(1), "{run:?}");
    let told = [
        "exists     posts on b\n",
        "differs    blogs on b\n",
        "no column `stars`",
        "`title` is NOT NULL, compiled as NULL",
    ];
    holds(&run.results, &told);
    holds(&run.messages, &["1 table differs from the schema"]);
    let document = project.run("create --engine b --format json");
    assert_eq!(document.code, Some(1));
    let document = document.json();
    let blogs = document[0]["tables"].as_array().unwrap().iter();
    let blogs = blogs.filter(|table| table["table"] == "blogs");
    let differs: Vec<_> = blogs.map(|table| &table["differences"][1]).collect();
    assert_eq!(differs, ["no column `stars`"]);
    project.write("schema.sql", SCHEMA);
    project.run("create --engine b").good();
}

#[test]
fn cli_02_a_table_that_differs_is_told_on_sqlite() {
    a_table_that_differs_is_told(&Project::blogs());
}

#[test]
fn cli_02_a_table_that_differs_is_told_on_postgres() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    a_table_that_differs_is_told(&Project::blogs().with("B_URL", &database.url()));
}

#[test]
fn cli_02_a_table_that_differs_is_told_on_mysql() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    a_table_that_differs_is_told(&Project::blogs().with("B_URL", &database.url()));
}

#[test]
fn cli_02_a_replica_is_refused() {
    let config = format!(
        "{CONFIG}[engines.c]\nurl = 'sqlite://c.db'\nreplicas = [{{ name = 'c1', url = 'sqlite://c1.db' }}]\n"
    );
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", SCHEMA)]);
    let messages = project.run("create --engine c1").failed();
    holds(
        &messages,
        &["`c1` is a replica of engine `c`", "--engine c`"],
    );
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

/// The statements of `b`, which must be whole, in order, and of `b` alone.
fn printed(project: &Project, words: &str) -> String {
    let sql = project.run(words).good();
    assert_eq!(sql, project.run(words).good(), "the order is not stable");
    holds(
        &sql,
        &[
            "CREATE TABLE",
            "blogs",
            "posts",
            "categories",
            "FOREIGN KEY",
            "CREATE INDEX",
            "categories_by_name",
        ],
    );
    assert!(!sql.contains("users") && !sql.contains("audit"), "{sql}");
    let database_files = project
        .files()
        .into_iter()
        .filter(|name| name.ends_with(".db"));
    assert_eq!(database_files.count(), 0);
    sql
}

#[test]
fn cli_04_printed_sql_is_what_sqlite_takes() {
    let project = Project::blogs();
    let sql = printed(&project, "create --engine b --print");
    project.sqlite("printed.db", &sql);
    assert_eq!(
        project.sqlite_tables("printed.db"),
        ["blogs", "categories", "posts"]
    );
}

#[test]
fn cli_04_printed_sql_is_what_postgres_takes() {
    let project = Project::blogs();
    let sql = printed(&project, "create --engine b --print --dialect postgres");
    holds(&sql, &["-- engine b (postgres)"]);
    let Some(database) = fresh_postgres() else {
        return;
    };
    let mut client =
        postgres::Client::connect(&database.url(), postgres::NoTls).expect("the test server");
    client
        .batch_execute(&sql)
        .unwrap_or_else(|error| panic!("{error:?} in\n{sql}"));
    let exists = project
        .with("B_URL", &database.url())
        .run("create --engine b")
        .good();
    assert!(!exists.contains("created"), "{exists}");
}

#[test]
fn cli_04_printed_sql_is_what_mysql_takes() {
    use mysql::prelude::Queryable;
    let project = Project::blogs();
    let sql = printed(&project, "create --engine b --print --dialect mysql");
    holds(&sql, &["-- engine b (mysql)"]);
    let Some(database) = fresh_mysql() else {
        return;
    };
    let url = database.url().replacen("mariadb://", "mysql://", 1);
    let mut connection = mysql::Conn::new(url.as_str()).expect("the test server");
    connection
        .query_drop(&sql)
        .unwrap_or_else(|error| panic!("{error:?} in\n{sql}"));
    let exists = project
        .with("B_URL", &database.url())
        .run("create --engine b")
        .good();
    assert!(!exists.contains("created"), "{exists}");
}

#[test]
fn cli_04_printed_sql_as_data() {
    let project = Project::blogs();
    let document = project.run("create --all --print --format json").json();
    let engines: Vec<&str> = document
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|engine| engine["engine"].as_str())
        .collect();
    assert_eq!(engines, ["b", "default"]);
    let statements = document[1]["statements"].as_array().expect("a list");
    assert!(
        statements
            .iter()
            .all(|sql| sql.as_str().is_some_and(|sql| !sql.ends_with(';'))),
        "{statements:?}"
    );
}

#[test]
fn a_dump_without_a_configuration_is_read_in_the_dialect_that_is_printed() {
    let dump = "CREATE TABLE `wares` (\n  `id` int unsigned NOT NULL AUTO_INCREMENT,\n  `name` varchar(40) NOT NULL,\n  \
                PRIMARY KEY (`id`),\n  KEY `by_name` (`name`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n";
    let project = Project::new(&[("schema.sql", dump)]);
    let sql = project.run("create --print --dialect mysql").good();
    holds(&sql, &["AUTO_INCREMENT", "by_name"]);
    // The DDL is written for SQLite: there `INTEGER PRIMARY KEY` counts.
    let plain = "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("schema.sql", plain)]);
    let sql = project.run("create --print --dialect postgres").good();
    holds(&sql, &["GENERATED BY DEFAULT AS IDENTITY"]);
}

/// The schema is read as always where another dialect is printed: a file that nothing says is SQLite's may be one of another database.
#[test]
fn a_file_whose_dialect_is_guessed_is_not_said_to_be_in_it_by_what_is_printed() {
    const TABLE: &str =
        "CREATE TABLE notes (id INTEGER AUTO_INCREMENT PRIMARY KEY, line TEXT NOT NULL);\n";
    let project_of = |schema: &str| {
        let config = "url = \"sqlite://app.db\"\n";
        Project::new(&[("bindery.toml", config), ("schema.sql", schema)])
    };
    for dialect in ["postgres", "mysql", "sqlite"] {
        let command = format!("create --print --dialect {dialect}");
        let guessed = project_of(TABLE).run(&command).failed();
        let why = "the dialect of engine `default`";
        holds(&guessed, &["error[B0251]", why, "`-- @dialect"]);
        let declared = project_of(&format!("-- @dialect sqlite\n\n{TABLE}")).run(&command);
        assert_eq!(declared.code, Some(0), "{declared:#?}");
        holds(&declared.messages, &["warning[B0254]", "as its head says"]);
    }
}

/// Programs find their own schema in a database that was made from here: the hash is theirs, as the test of the runtime's
/// `record` has it.
#[test]
fn the_schema_of_new_tables_is_recorded() {
    let schema = "CREATE TABLE blogs (id INTEGER PRIMARY KEY, title VARCHAR(80));";
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", schema)]);
    project.run("create").good();
    let database = rusqlite::Connection::open(project.path("default.db")).expect("it was made");
    let recorded = database.query_row(
        "SELECT engine || ' ' || hash FROM _bindery_schema",
        (),
        |row| row.get::<_, String>(0),
    );
    assert_eq!(recorded.expect("a row"), "default b1e01115ecf0c4bf");
}
