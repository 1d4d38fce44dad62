//! Several files, several engines: what belongs to a file stays with it.

use bindery_schema::column_type::ColumnType;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{EngineId, Model};
use bindery_schema::parse::load;

use crate::support;

/// Files with the dialect and engines that the configuration gives them, for `b`, `c` (PostgreSQL) and `default` (SQLite).
fn compile(files: &[(&str, Option<Dialect>, &[&str])]) -> (Model, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let engines = vec![
        support::engine("b", Dialect::Postgres),
        support::engine("c", Dialect::Postgres),
        support::engine("default", Dialect::Sqlite),
    ];
    let mut input = Input {
        engines,
        default_engine: Some(EngineId(2)),
        ..Input::default()
    };
    for (index, (sql, dialect, engines)) in files.iter().enumerate() {
        let path = format!("{index}.sql");
        let id = load(&mut input.sources, &path, sql.as_bytes(), &mut diagnostics)
            .expect("tests are UTF-8");
        let engines = engines.iter().map(|&name| name.to_owned()).collect();
        input.files.push(InputFile {
            id,
            dialect: *dialect,
            engines,
        });
    }
    let model = bindery_schema::read_model(&input, &mut diagnostics);
    let found = support::listed(&input, &diagnostics);
    (model, found)
}

#[test]
fn files_of_two_databases_may_have_tables_and_enums_of_one_name() {
    let b = "CREATE TYPE state AS ENUM ('new', 'old'); CREATE TABLE users (id int PRIMARY KEY, s state);
             CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users);";
    let c = "CREATE TYPE state AS ENUM ('on'); ALTER TYPE state ADD VALUE 'off';
             CREATE TABLE users (key int PRIMARY KEY, s state[]); CREATE TABLE posts (id int PRIMARY KEY, author int);
             ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users; COMMENT ON TABLE users IS 'of c';";
    let (model, found) = compile(&[(b, None, &["b"]), (c, None, &["c"])]);
    assert_eq!(found, [""; 0]);
    let engines: Vec<_> = model
        .tables
        .iter()
        .map(|table| table.engines.clone())
        .collect();
    assert_eq!(
        engines,
        [[EngineId(0)], [EngineId(0)], [EngineId(1)], [EngineId(1)]]
    );
    let targets: Vec<_> = model
        .tables
        .iter()
        .flat_map(|table| &table.foreign_keys)
        .map(|key| key.table.0)
        .collect();
    assert_eq!(targets, [0, 2]);
    let values = |table: usize| match &model.tables[table].columns[1].column_type {
        ColumnType::Enum(id) => model.enum_type(*id).values.len(),
        ColumnType::Array(element) => match &**element {
            ColumnType::Enum(id) => model
                .enum_type(*id)
                .values
                .iter()
                .filter(|value| value.value.starts_with('o'))
                .count(),
            other => panic!("an enum was written, not {other:?}"),
        },
        other => panic!("an enum was written, not {other:?}"),
    };
    assert_eq!((values(0), values(2)), (2, 2));
    assert_eq!(
        (model.tables[0].docs.len(), &model.tables[2].docs),
        (0, &vec!["of c".to_owned()])
    );
}

#[test]
fn a_files_dialect_is_its_own_word_before_the_configured_one_before_that_of_its_engine() {
    let table = "CREATE TABLE t (id int);";
    let said = format!("-- @dialect mysql\n\n{table}");
    let (model, found) = compile(&[
        (table, None, &[]),
        ("CREATE TABLE u (id int);", None, &["b"]),
    ]);
    assert_eq!(found.len(), 0, "{found:?}");
    assert_eq!(
        model
            .tables
            .iter()
            .map(|table| table.source_dialect)
            .collect::<Vec<_>>(),
        [Dialect::Sqlite, Dialect::Postgres]
    );
    let (model, _) = compile(&[
        (table, Some(Dialect::Mysql), &["b"]),
        (&said, Some(Dialect::Postgres), &["c"]),
    ]);
    assert_eq!(
        model
            .tables
            .iter()
            .map(|table| table.source_dialect)
            .collect::<Vec<_>>(),
        [Dialect::Mysql, Dialect::Mysql]
    );
}

#[test]
fn a_file_whose_tables_all_live_on_engines_of_one_dialect_is_read_in_it() {
    let tagged = "-- @engines b\nCREATE TABLE t (id serial PRIMARY KEY, tags text[]);
                  -- @engines b, c\nCREATE TABLE u (id uuid PRIMARY KEY DEFAULT gen_random_uuid());";
    let (model, found) = compile(&[(tagged, None, &[])]);
    assert_eq!(found, [""; 0]);
    let dialects = model.tables.iter().map(|table| table.source_dialect);
    assert_eq!(dialects.collect::<Vec<_>>(), [Dialect::Postgres; 2]);
    // The head says it for all of them.
    let head = "-- @engines c\n\nCREATE TABLE v (id bigserial PRIMARY KEY);";
    let (model, found) = compile(&[(head, None, &[])]);
    assert_eq!(found, [""; 0]);
    assert_eq!(model.tables[0].source_dialect, Dialect::Postgres);
    // One table elsewhere, and the file is the default engine's again.
    let mixed = format!("{tagged}\nCREATE TABLE w (id INTEGER PRIMARY KEY);");
    let (_, found) = compile(&[(&mixed, None, &[])]);
    let codes: Vec<&str> = found.iter().map(|line| &line[..5]).collect();
    assert_eq!(codes, ["B0251"; 3], "{found:?}");
    // A setting in the file itself overrides it.
    let own = format!(
        "-- @dialect sqlite\n\n{}",
        tagged.replace("serial", "integer")
    );
    let (_, found) = compile(&[(&own, None, &[])]);
    let codes: Vec<&str> = found.iter().map(|line| &line[..5]).collect();
    assert_eq!(codes, ["B0254", "B0251"], "{found:?}");
}

#[test]
fn one_file_may_hold_tables_of_one_name_for_two_engines() {
    let sql = "-- @engines b\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n-- @engines c\nCREATE TABLE users (id INTEGER PRIMARY KEY);
-- @engines b, default\nCREATE TABLE users (id INTEGER PRIMARY KEY);";
    let (model, found) = compile(&[(sql, None, &[])]);
    assert_eq!(model.tables.len(), 3);
    assert_eq!(
        found,
        ["B0101 error 6:14-6:19 table `users` is there twice on engine `b`"]
    );
}

#[test]
fn an_unknown_engine_of_the_configuration_is_told_once() {
    let (_, found) = compile(&[(
        "CREATE TABLE t (id int); CREATE TABLE u (id int);",
        None,
        &["nope"],
    )]);
    assert_eq!(found, ["B0100 error - there is no engine `nope`"]);
}

#[test]
fn versioned_comments_are_read_as_the_product_reads_them() {
    let sql = "CREATE TABLE t (id int PRIMARY KEY /*!50503 , old int */ /*!50700 , place geometry */ /*!80023 , seen int */\
               /*!100100 , six int */ /*M!100100 , own int */);";
    for (flavour, columns) in [
        (None, "id old six own"),
        (Some(Flavour::Mysql), "id old place seen"),
        (Some(Flavour::Mariadb), "id old six own"),
    ] {
        let mut engine = support::engine("default", Dialect::Mysql);
        engine.flavour = flavour;
        let mut found = Diagnostics::default();
        let input = support::input("schema.sql", sql.as_bytes(), vec![engine], &mut found);
        let model = bindery_schema::read_model(&input, &mut found);
        let names = model.tables[0]
            .columns
            .iter()
            .map(|column| column.name.as_str());
        assert_eq!(names.collect::<Vec<_>>().join(" "), columns, "{flavour:?}");
    }
}
