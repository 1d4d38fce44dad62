//! Tables of one name on several engines, engines that host what others host, and files whose tables live elsewhere.

use bindery_schema::model::CheckedModel;

use super::run::Run;

const ENGINES: &str = "url = \"sqlite://app.db\"\nengines.analytics = \"mysql://shop@db/shop\"\nengines.b = \"postgres://shop@db/shop\"\n";
const USERS_OF_B: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL UNIQUE);\n";
const USERS_OF_ANALYTICS: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, visits INTEGER NOT NULL);\n";

fn checked(config: &str, files: &[(&str, &str)]) -> CheckedModel {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    let run = Run::of_files(config, &files);
    assert_eq!(run.codes(), [""; 0], "{}", run.text());
    run.model.expect("a schema without findings")
}

/// Model, accessor, columns and engines of each table.
fn tables(model: &CheckedModel) -> Vec<String> {
    let one = |table: &bindery_schema::model::Table| {
        let columns: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let engines: Vec<&str> = table
            .engines
            .iter()
            .map(|id| model.engine(*id).name.as_str())
            .collect();
        format!(
            "{} {} ({}) on {}",
            table.model_name,
            table.accessor,
            columns.join(", "),
            engines.join(", ")
        )
    };
    model.tables.iter().map(one).collect()
}

/// Covers BIND-05.
#[test]
fn bind_05_tables_of_one_name_are_models_of_their_own() {
    let expected = [
        "BUser b_users (id, email) on b",
        "AnalyticsUser analytics_users (id, visits) on analytics",
    ];
    let combined =
        format!("-- @engines b\n{USERS_OF_B}-- @engines analytics\n{USERS_OF_ANALYTICS}");
    assert_eq!(
        tables(&checked(ENGINES, &[("schema.sql", &combined)])),
        expected
    );
    let config = format!(
        "{ENGINES}\n[schema]\nfiles = [{{ path = \"b.sql\", engines = [\"b\"] }}, {{ path = \"analytics.sql\", engines = [\"analytics\"] }}]\n"
    );
    let files = [("b.sql", USERS_OF_B), ("analytics.sql", USERS_OF_ANALYTICS)];
    assert_eq!(tables(&checked(&config, &files)), expected);
}

/// Covers BIND-05.
#[test]
fn bind_05_the_table_of_the_default_engine_and_a_named_model_keep_the_plain_name() {
    let two = format!("{USERS_OF_B}-- @engines analytics\n{USERS_OF_ANALYTICS}");
    let expected = [
        "User users (id, email) on default",
        "AnalyticsUser analytics_users (id, visits) on analytics",
    ];
    assert_eq!(tables(&checked(ENGINES, &[("schema.sql", &two)])), expected);
    let named = format!(
        "-- @engines b\n{USERS_OF_B}-- @engines analytics\n-- @model Visitor\n{USERS_OF_ANALYTICS}"
    );
    let expected = [
        "User users (id, email) on b",
        "Visitor visitor (id, visits) on analytics",
    ];
    assert_eq!(
        tables(&checked(ENGINES, &[("schema.sql", &named)])),
        expected
    );
}

/// Covers BIND-10.
#[test]
fn bind_10_a_file_sets_the_engine_of_its_tables_and_one_table_overrides_it() {
    let head = "-- @engines b\n\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n-- @engines analytics\nCREATE TABLE c (id INTEGER PRIMARY KEY);\n\
        CREATE TABLE d (id INTEGER PRIMARY KEY);\n";
    let next = "CREATE TABLE e (id INTEGER PRIMARY KEY);\n";
    let model = checked(ENGINES, &[("schema.sql", head), ("more.sql", next)]);
    let expected = [
        "A a (id) on b",
        "C c (id) on analytics",
        "D d (id) on b",
        "E e (id) on default",
    ];
    assert_eq!(tables(&model), expected);
}

/// Covers BIND-10.
#[test]
fn bind_10_an_engine_hosts_what_another_hosts_over_several_steps() {
    let config = format!(
        "{ENGINES}engines.c = {{ url = \"sqlite://c.db\", models-of = \"default\" }}\n\
         engines.d = {{ url = \"sqlite://d.db\", models-of = \"c\" }}\n"
    );
    let sql = "CREATE TABLE a (id INTEGER PRIMARY KEY);\n-- @engines b\nCREATE TABLE e (id INTEGER PRIMARY KEY);\n\
        -- @engines c\nCREATE TABLE f (id INTEGER PRIMARY KEY);\n";
    let expected = [
        "A a (id) on default, c, d",
        "E e (id) on b",
        "F f (id) on c, d",
    ];
    assert_eq!(tables(&checked(&config, &[("schema.sql", sql)])), expected);
}

/// Covers BAD-01.
#[test]
fn bad_01_harmless_variations_are_the_same_schema() {
    let plain = "-- Who writes.\nCREATE TABLE users (\n  id INTEGER PRIMARY KEY, -- @name key\n  name TEXT\n);\n";
    let windows = plain.replace('\n', "\r\n");
    let marked = format!("\u{feff}{plain}");
    let expected = tables(&checked(ENGINES, &[("schema.sql", plain)]));
    for other in [windows, marked] {
        assert_eq!(
            tables(&checked(ENGINES, &[("schema.sql", &other)])),
            expected
        );
    }
    assert_eq!(tables(&checked(ENGINES, &[("schema.sql", "")])), [""; 0]);
}

#[test]
fn comp_03_places_are_the_same_with_any_line_end() {
    let plain = "CREATE TABLE a (\n  id INTEGER PRIMARY KEY,\n  é TEXT NOT NUL\n);\n";
    let expected = Run::new(ENGINES, plain.as_bytes()).places();
    assert_eq!(expected, [("B0006", 3)]);
    let windows = plain.replace('\n', "\r\n");
    assert_eq!(Run::new(ENGINES, windows.as_bytes()).places(), expected);
    let column = |sql: &str| {
        let run = Run::new(ENGINES, sql.as_bytes());
        let data = bindery_schema::render::findings(&run.diagnostics, &run.input.sources);
        data[0].spans[0].column
    };
    assert_eq!((column(plain), column(&windows)), (14, 14));
}
