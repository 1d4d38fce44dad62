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

/// Each enum: name in Rust and values; those that share a type of Rust are there once.
fn enums(model: &CheckedModel) -> Vec<String> {
    let one = |id| {
        let found: &bindery_schema::model::EnumType = model.enum_type(id);
        let values = found.values.iter().map(|value| value.value.as_str());
        format!(
            "{} {}",
            found.type_name,
            values.collect::<Vec<_>>().join(" ")
        )
    };
    model.rust_enums().into_iter().map(one).collect()
}

/// A database of its own for each file: `b0`, `b1` and so on.
fn databases(files: &[&str]) -> CheckedModel {
    let names: Vec<String> = (0..files.len()).map(|at| format!("b{at}")).collect();
    let mut config = String::new();
    for name in &names {
        config += &format!("engines.{name} = \"postgres://shop@db/{name}\"\n");
    }
    let named = names
        .iter()
        .map(|name| format!("{{ path = \"{name}.sql\", engines = [\"{name}\"] }}"));
    config += &format!(
        "[schema]\nfiles = [{}]\n",
        named.collect::<Vec<_>>().join(", ")
    );
    let paths: Vec<String> = names.iter().map(|name| format!("{name}.sql")).collect();
    let files: Vec<(&str, &str)> = paths
        .iter()
        .map(String::as_str)
        .zip(files.iter().copied())
        .collect();
    checked(&config, &files)
}

fn paint(table: &str, enum_type: &str, values: &str) -> String {
    format!(
        "CREATE TYPE {enum_type} AS ENUM ({values});\n\
         CREATE TABLE {table} (id bigint PRIMARY KEY, color {enum_type} NOT NULL);\n"
    )
}

/// Covers BIND-05.
#[test]
fn bind_05_enums_of_one_name_and_values_are_one_type() {
    let two = [
        paint("paints", "color", "'red', 'green'"),
        paint("inks", "color", "'red', 'green'"),
    ];
    let model = databases(&[&two[0], &two[1]]);
    assert_eq!(enums(&model), ["Color red green"]);
    let names: Vec<&str> = model
        .enums
        .iter()
        .map(|one| one.type_name.as_str())
        .collect();
    assert_eq!(names, ["Color", "Color"]);
}

/// Covers BIND-05.
#[test]
fn bind_05_enums_of_one_name_and_other_values_are_types_of_their_own() {
    let three = [
        paint("paints", "color", "'red', 'green'"),
        paint("inks", "color", "'green', 'red'"),
        paint("walls", "color", "'red', 'green'"),
    ];
    let model = databases(&[&three[0], &three[1], &three[2]]);
    assert_eq!(enums(&model), ["B0Color red green", "B1Color green red"]);
    let names: Vec<&str> = model
        .enums
        .iter()
        .map(|one| one.type_name.as_str())
        .collect();
    assert_eq!(names, ["B0Color", "B1Color", "B0Color"]);
    let schemas = paint("a.paints", "a.color", "'red'") + &paint("b.paints", "b.color", "'blue'");
    assert_eq!(
        enums(&databases(&[&schemas])),
        ["AColor red", "BColor blue"]
    );
    // Columns of MySQL have theirs by the names of table and column.
    let users = "CREATE TABLE users (id bigint PRIMARY KEY, state ENUM('on', 'off') NOT NULL);\n";
    let other = users.replace("'off'", "'out'");
    let engines = "engines.m = \"mysql://shop@db/m\"\nengines.n = \"mysql://shop@db/n\"\n";
    let sql = format!("-- @dialect mysql\n\n-- @engines m\n{users}-- @engines n\n{other}");
    assert_eq!(
        enums(&checked(engines, &[("schema.sql", &sql)])),
        ["MUserState on off", "NUserState on out"]
    );
}

/// Covers BIND-10.
#[test]
fn bind_10_a_file_sets_the_engine_of_its_tables_and_one_table_overrides_it() {
    let head = "-- @dialect sqlite\n-- @engines b\n\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n-- @engines analytics\nCREATE TABLE c (id INTEGER PRIMARY KEY);\n\
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
