//! Queries in files beside a schema that changes, and beside the database that runs them.

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use serde_json::json;

use crate::support::{Project, holds};

const SCHEMA: &str = "CREATE TABLE blogs (id INTEGER PRIMARY KEY, title VARCHAR(40) NOT NULL, stars INTEGER NOT NULL);\n";
const QUERIES: &str = "-- name: popular :many\nSELECT id, title, stars FROM blogs WHERE stars >= :least;\n\n\
                       -- name: rename :rows\nUPDATE blogs SET title = :title WHERE id = :id;\n\n\
                       -- name: those :many\nSELECT * FROM blogs WHERE id IN :ids;\n\n\
                       -- name: total :scalar\nSELECT count(*) AS n FROM blogs;\n";

/// A project whose engine is at a URL, with the table of this SQL there.
fn project(url: &str, dialect: &str) -> Project {
    let config = format!(
        "[engines.default]\nurl = \"{url}\"\n{dialect}[schema]\nfiles = [\"schema.sql\"]\nqueries = [\"queries\"]\n"
    );
    Project::new(&[
        ("bindery.toml", config.as_str()),
        ("schema.sql", SCHEMA),
        ("queries/blogs.sql", QUERIES),
    ])
}

fn on_server(database: Option<FreshDatabase>) -> Option<(Project, FreshDatabase)> {
    let database = database?;
    let project = project(&database.url(), "");
    Some((project, database))
}

/// Covers SQL-12.
#[test]
fn sql_12_a_database_prepares_the_queries_as_they_were_checked() {
    let sqlite = project("sqlite://app.db", "");
    let servers = [on_server(fresh_postgres()), on_server(fresh_mysql())];
    let servers = servers.iter().flatten().map(|(project, _)| project);
    for project in std::iter::once(&sqlite).chain(servers) {
        project.run("create --all").good();
        let summary = project.run("check --against-engine default").good();
        holds(
            &summary,
            &["against", "4 queries prepared", "all as they are here"],
        );
        let document = project
            .run("check --against-engine default --format json")
            .json();
        assert_eq!(
            document["against_engines"],
            json!([{ "engine": "default", "queries": 4, "differences": {}, "error": null }])
        );
    }
}

/// Covers SQL-12.
#[test]
fn sql_12_a_database_of_another_shape_is_told_query_by_query() {
    let Some((project, database)) = on_server(fresh_postgres()) else {
        return;
    };
    let made = "CREATE TABLE blogs (id bigint PRIMARY KEY, title varchar(40) NOT NULL, stars integer NOT NULL)";
    database.run_script(made).expect("the table is made");
    let outcome = project.run("check --against-engine default");
    let messages = outcome.failed();
    holds(
        &messages,
        &[
            "engine `default`: queries/blogs.sql:1:10: `popular`: the database gives the column `id` the type int8, and the schema says integer",
            "`rename`: the database takes bigint for `id`, and the schema says integer",
            "`those`",
        ],
    );
    let document = project
        .run("check --against-engine default --format json")
        .json();
    assert_eq!(document["ok"], false, "{document:#}");
    let differences = document["against_engines"][0]["differences"].as_object();
    assert_eq!(
        differences.map(serde_json::Map::len),
        Some(3),
        "{document:#}"
    );

    database
        .run_script("DROP TABLE blogs")
        .expect("the table goes");
    let messages = project.run("check --against-engine default").failed();
    holds(&messages, &["`total`: the database refuses it", "blogs"]);
}

#[test]
fn an_engine_that_is_not_there_is_a_failure_of_its_own() {
    let project = project("postgres://ann@127.0.0.1:9/none", "");
    let messages = project.run("check --against-engine default").failed();
    holds(&messages, &["engine `default`"]);
    project.run("check").good();
    let messages = project.run("check --against-engine nowhere").failed();
    holds(&messages, &["nowhere"]);
}

/// Covers SQL-09.
#[test]
fn sql_09_a_migration_names_the_queries_that_the_schema_has_no_place_for() {
    let project = project("sqlite://app.db", "");
    project.run("migrate add first").good();
    project.run("migrate run").good();
    project.write("schema.sql", SCHEMA.replace(", stars INTEGER NOT NULL", ""));
    project.run("check").failed();
    let outcome = project.run("migrate add no_stars");
    holds(
        &outcome.messages,
        &[
            "warning: the query `popular` does not fit the schema: queries/blogs.sql:2:19: there is no column `stars`",
            "note: the program does not build before these queries are changed",
        ],
    );
    let told = outcome.messages.matches("does not fit").count();
    assert_eq!(told, 1, "{}", outcome.messages);
    holds(&outcome.good(), &["no_stars.sql"]);
    // A query is no reason to leave a database alone.
    for words in ["status", "validate", "migrate check"] {
        let outcome = project.run(words);
        assert!(!outcome.messages.contains("popular"), "{outcome:#?}");
    }
}

/// Covers SQL-09: a query that still fits is named where its rows or arguments are of other types.
#[test]
fn sql_09_a_migration_names_the_queries_whose_functions_change() {
    let of_sqlite = "`those` changes: queries/blogs.sql:8:8: the column `stars` becomes `Option<i64>`, from `i64`";
    let of_servers = [
        "`popular` changes: queries/blogs.sql:2:19: the column `stars` becomes `i64`, from `i32`",
        "`popular` changes: queries/blogs.sql:2:51: the argument `least` becomes `i64`, from `i32`",
        "`those` changes: queries/blogs.sql:8:8: the column `stars` becomes `Option<i64>`, from `i32`",
    ];
    let projects = [
        (project("sqlite://app.db", ""), &[of_sqlite][..]),
        (project("${P_URL}", "dialect = \"postgres\"\n"), &of_servers),
        (
            project("${M_URL}", "dialect = \"mysql\"\nflavour = \"mariadb\"\n"),
            &of_servers,
        ),
    ];
    for (project, of_stars) in projects {
        let outcome = project.run("migrate add first");
        assert!(!outcome.messages.contains("changes"), "{outcome:#?}");
        outcome.good();
        let changed = SCHEMA.replace("stars INTEGER NOT NULL", "stars BIGINT");
        project.write(
            "schema.sql",
            changed.replace("VARCHAR(40) NOT NULL", "VARCHAR(80)"),
        );
        let outcome = project.run("migrate add wider");
        holds(
            &outcome.messages,
            &[
                "warning: the function of the query `popular` changes: queries/blogs.sql:2:12: the column `title` becomes `Option<String>`, from `String`",
                "`rename` changes: queries/blogs.sql:5:26: the argument `title` becomes `Option<String>`, from `String`",
                "note: code that calls these functions may have to change with them",
            ],
        );
        holds(&outcome.messages, of_stars);
        assert!(!outcome.messages.contains("`total`"), "{outcome:#?}");
        outcome.good();
        let again = project.run("migrate add nothing");
        assert!(!again.messages.contains("changes"), "{again:#?}");
    }
}

/// Covers SQL-09: what is named is the function as it is generated, with its parts, lists and rows of models.
#[test]
fn sql_09_a_migration_names_types_as_functions_have_them() {
    let queries = "-- name: popular :many\nSELECT id FROM blogs WHERE true /* @if least */ AND stars >= :least /* @end */\n\
                   /* @if newest */ ORDER BY id DESC /* @end */;\n\n\
                   -- name: among :many\nSELECT id FROM blogs WHERE stars IN :stars AND title = :title;\n\n\
                   -- name: rows :many\n-- @embed b\nSELECT b.* FROM blogs b WHERE stars > 0;\n\n\
                   -- name: titles :many\nSELECT title FROM blogs WHERE true /* @if some */ AND title IS NOT NULL /* @end */;\n";
    let config = "[engines.default]\nurl = \"${P_URL}\"\ndialect = \"postgres\"\n\
                  [schema]\nfiles = [\"schema.sql\"]\nqueries = [\"queries\"]\n";
    let project = Project::new(&[
        ("bindery.toml", config),
        ("schema.sql", SCHEMA),
        ("queries/blogs.sql", queries),
    ]);
    project.run("migrate add first").good();
    let changed = SCHEMA.replace("stars INTEGER", "stars BIGINT");
    project.write(
        "schema.sql",
        changed.replace("title VARCHAR(40) NOT NULL", "title VARCHAR(80)"),
    );
    let outcome = project.run("migrate add wider");
    holds(
        &outcome.messages,
        &[
            "the argument `least` becomes `Option<i64>`, from `Option<i32>`",
            "the argument `stars` becomes `[i64]`, from `[i32]`",
            "the column `title` becomes `Option<String>`, from `String`",
        ],
    );
    assert!(!outcome.messages.contains("newest"), "{outcome:#?}");
    // Its type is the same one, whatever its columns are.
    assert!(!outcome.messages.contains("`rows`"), "{outcome:#?}");
    outcome.good();
}

/// Covers SQL-09: an engine that has no migrations yet has no function that changes, and a query is named once, whatever the number of engines.
#[test]
fn sql_09_a_migration_of_several_engines_names_each_query_once() {
    let config = "[schema]\nqueries = [\"queries\"]\n\n[engines.lite]\nurl = \"sqlite://lite.db\"\n\n\
                  [engines.p]\ndialect = \"postgres\"\nurl = \"${P_URL}\"\n\n\
                  [engines.m]\ndialect = \"mysql\"\nflavour = \"mariadb\"\nurl = \"${M_URL}\"\n";
    let on = |engines: &str, text: &str| {
        format!("-- @dialect postgres\n\n-- @engines {engines}\n{text}")
    };
    let project = Project::new(&[
        ("bindery.toml", config),
        ("schema.sql", &on("lite, p", SCHEMA)),
        ("queries/blogs.sql", QUERIES),
    ]);
    project.run("migrate add first").good();
    // `m` has the table from now on, and no migrations.
    let wider = SCHEMA.replace("title VARCHAR(40) NOT NULL", "title VARCHAR(40)");
    project.write("schema.sql", on("lite, p, m", &wider));
    let outcome = project.run("migrate add wider");
    let changed = "warning: the function of the query `popular` changes: queries/blogs.sql:2:12: the column `title` becomes `Option<String>`, from `String`";
    let times = outcome.messages.matches(changed).count();
    assert_eq!(times, 1, "{}", outcome.messages);
    assert!(!outcome.messages.contains("does not fit"), "{outcome:#?}");
    holds(&outcome.good(), &["on lite", "on p", "on m"]);

    let project = Project::new(&[
        ("bindery.toml", config),
        ("schema.sql", &on("lite, p", SCHEMA)),
        ("queries/blogs.sql", QUERIES),
    ]);
    project.run("migrate add first").good();
    let without = SCHEMA.replace(", stars INTEGER NOT NULL", "");
    project.write("schema.sql", on("lite, p, m", &without));
    let outcome = project.run("migrate add no_stars");
    let unfit = "warning: the query `popular` does not fit the schema: queries/blogs.sql:2:19: there is no column `stars`";
    let times = outcome.messages.matches(unfit).count();
    assert_eq!(times, 1, "{}", outcome.messages);
    // What `*` stands for is another on the engines that had it; on the new one nothing changes.
    let gone = "`those` changes: queries/blogs.sql:7:10: the column `stars` is gone";
    assert_eq!(outcome.messages.matches(gone).count(), 1, "{outcome:#?}");
    outcome.good();
}
