//! Queries in place: the schema that they are checked against, and their code.

use std::fs;
use std::path::Path;

use bindery_codegen::in_place::{
    QueryCall, QueryExpansion, QueryMacro, Schema, Surroundings, TextPlace, expand,
};

const SCHEMA: &str = "-- @engines default, b\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);\n\
                      -- @engines b\nCREATE TABLE \"blogs\" (id INTEGER PRIMARY KEY, at DATE);\n";
const CONFIG: &str = "[engines]\ndefault = \"sqlite://a.db\"\nb = \"${BLOGS_URL}\"\n";

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    write(folder.path(), files);
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("the folder can be written to");
    }
}

/// The variables of a build: the URL of `b`, and the code that a build script wrote.
fn variables<'e>(url: &'e str, output: Option<&'e Path>) -> impl Fn(&str) -> Option<String> + 'e {
    move |name| match name {
        "BLOGS_URL" => Some(url.to_owned()),
        "BINDERY_SCHEMA" => output.map(|path| path.display().to_string()),
        _ => None,
    }
}

fn call(literal: &str) -> QueryCall<'_> {
    QueryCall {
        of: QueryMacro::Rows,
        literal,
        place: Some(("src/main.rs".to_owned(), 7, 4)),
        engines: Vec::new(),
        on_all_shards: false,
        given: Vec::new(),
        root: "crate".to_owned(),
        of_crate: "shop".to_owned(),
    }
}

/// Expands a call in a folder with its own schema.
fn expanded(folder: &Path, url: &str, literal: &str) -> Result<QueryExpansion, Vec<String>> {
    let environment = variables(url, None);
    let around = Surroundings {
        folder,
        environment: &environment,
        schema: None,
    };
    let schema = Schema::of_crate(around).map_err(|message| vec![message])?;
    expand(&call(literal), &schema)
        .map_err(|found| found.into_iter().map(|one| one.message).collect())
}

#[test]
fn a_schema_beside_the_crate_is_read_again_when_it_changes() {
    let folder = folder(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)]);
    let folder = folder.path();
    let names = "\"SELECT name FROM users\"";
    let found = expanded(folder, "sqlite://b.db", names).expect("it is right");
    assert_eq!(found.fields, ["name"]);
    let watched: Vec<_> = found
        .watched
        .files
        .iter()
        .map(|path| path.file_name())
        .collect();
    assert_eq!(
        watched,
        [Some("bindery.toml".as_ref()), Some("schema.sql".as_ref())]
    );
    assert_eq!(found.watched.variables, ["BLOGS_URL"]);
    let again = expanded(folder, "sqlite://b.db", names).expect("it is right");
    assert!(again.watched.files.is_empty(), "they are named once");

    let found = expanded(
        folder,
        "sqlite://b.db",
        "\"SELECT \\\"blogs\\\".at FROM blogs\"",
    );
    assert!(!found.expect("it is right").block.contains("Postgres"));
    let found = expanded(
        folder,
        "postgres://b/b",
        "\"SELECT \\\"blogs\\\".at FROM blogs\"",
    );
    assert!(
        found.expect("it is right").block.contains("Postgres"),
        "the variable has changed"
    );

    write(
        folder,
        &[("schema.sql", &SCHEMA.replace("name", "nick_name"))],
    );
    let error = expanded(folder, "postgres://b/b", names).expect_err("there is no such column");
    assert!(
        error[0].starts_with("[B0621] there is no column `name`"),
        "{error:?}"
    );
    write(folder, &[("schema.sql", "CREATE TABLE users (id INTEGER")]);
    let error = expanded(folder, "postgres://b/b", names).expect_err("the schema is wrong");
    assert!(
        error[0].starts_with("the schema cannot be used\n[B0"),
        "{error:?}"
    );
}

#[test]
fn the_schema_that_a_build_script_compiled_goes_before_one_beside_the_crate() {
    let folder = folder(&[
        ("bindery.toml", CONFIG),
        (
            "schema.sql",
            "CREATE TABLE others (id INTEGER PRIMARY KEY);",
        ),
        ("shop.sql", SCHEMA),
    ]);
    let folder = folder.path();
    let output = folder.join("out/bindery.rs");
    fs::create_dir(folder.join("out")).expect("a folder can be made");
    let list = |fingerprint: &str| format!("{fingerprint}\nschema shop.sql\n");
    write(folder, &[("out/bindery.inputs", &list("1"))]);
    let environment = variables("sqlite://b.db", Some(&output));
    let around = Surroundings {
        folder,
        environment: &environment,
        schema: None,
    };
    let schema = || Schema::of_crate(around).expect("it is there");
    let found = expand(&call("\"SELECT name FROM users\""), &schema()).expect("it is right");
    assert!(found.watched.files.is_empty(), "cargo knows of them");

    // The build script's list says when it has compiled another.
    write(folder, &[("shop.sql", &SCHEMA.replace("name", "nick"))]);
    assert!(expand(&call("\"SELECT name FROM users\""), &schema()).is_ok());
    write(folder, &[("out/bindery.inputs", &list("one more"))]);
    assert!(expand(&call("\"SELECT nick FROM users\""), &schema()).is_ok());
}

#[test]
fn a_crate_without_a_schema_is_told_where_one_belongs() {
    let folder = folder(&[]);
    let environment = variables("", None);
    let around = Surroundings {
        folder: folder.path(),
        environment: &environment,
        schema: None,
    };
    let error = Schema::of_crate(around).expect_err("there is none");
    assert!(error.starts_with("no schema is known here"), "{error}");
    assert!(
        error.contains("bindery_codegen::compile(\"schema.sql\")"),
        "{error}"
    );
    let named = Surroundings {
        schema: Some("../nowhere"),
        ..around
    };
    let error = Schema::of_crate(named).expect_err("there is none");
    assert!(error.contains("no `schema.sql` in `../nowhere`"), "{error}");
}

#[test]
fn findings_have_their_bytes_in_the_literal_and_their_line() {
    let folder = folder(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)]);
    let environment = variables("sqlite://b.db", None);
    let around = Surroundings {
        folder: folder.path(),
        environment: &environment,
        schema: None,
    };
    let schema = Schema::of_crate(around).expect("it is there");
    for (literal, at, line) in [
        (
            "\"SELECT id, \\\"nick\\\" FROM users\"",
            "\\\"nick\\\"",
            "--> src/main.rs:7:17",
        ),
        (
            "r#\"SELECT id\n  FROM users\n WHERE nope = {id}\"#",
            "nope",
            "--> src/main.rs:9:8",
        ),
        (
            "\"SELECT id FROM users WHERE name = '{name}'\"",
            "{name}",
            "--> src/main.rs:7:41",
        ),
        (
            "\"SELECT id FROM users WHERE id = :id\"",
            ":id",
            "--> src/main.rs:7:38",
        ),
        (
            "\"SELECT id FROM users WHERE id = { }\"",
            "{",
            "--> src/main.rs:7:38",
        ),
    ] {
        let found = expand(&call(literal), &schema).expect_err("it is wrong");
        let TextPlace::Literal(range) = &found[0].at else {
            panic!("it is in the literal: {found:?}");
        };
        assert_eq!(&literal[range.clone()], at, "{found:?}");
        assert!(found[0].message.contains(line), "{found:?}");
    }
}

#[test]
fn values_stand_beside_all_signs() {
    let schema = "CREATE TABLE lists (id bigint PRIMARY KEY, tags text[] NOT NULL);";
    let folder = folder(&[
        ("bindery.toml", "url = \"postgres://shop@db/shop\"\n"),
        ("schema.sql", schema),
    ]);
    for (literal, sql, values) in [
        (
            "\"SELECT tags[{at}] AS tag FROM lists\"",
            "tags[$1]",
            &["at"][..],
        ),
        (
            "\"SELECT id FROM lists WHERE id>{a}AND id<{b.c()}\"",
            "id>$1 AND id<$2",
            &["a", "b.c()"],
        ),
        (
            "\"SELECT {id}::bigint AS id FROM lists\"",
            "SELECT $1::bigint",
            &["id"],
        ),
        (
            "\"SELECT tags[{a}:{b}] AS some FROM lists\"",
            "tags[$1:$2]",
            &["a", "b"],
        ),
        (
            "\"SELECT id FROM lists WHERE {tag} = ANY (tags)\"",
            "$1 = ANY",
            &["tag"],
        ),
    ] {
        let found = expanded(folder.path(), "", literal).expect(literal);
        assert!(found.block.contains(sql), "{}", found.block);
        let written: Vec<&str> = found
            .values
            .iter()
            .map(|one| one.written.as_str())
            .collect();
        assert_eq!(written, values, "{literal}");
    }
}

/// Covers SQL-08.
#[test]
fn sql_08_the_code_of_a_query_is_short() {
    let folder = folder(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)]);
    let literal = "\"SELECT u.id, u.name, b.at FROM users u JOIN blogs b ON b.id = u.id WHERE u.id > {least}\"";
    let found = expanded(folder.path(), "sqlite://b.db", literal).expect("it is right");
    let lines = found.block.lines().filter(|line| !line.trim().is_empty());
    assert!(lines.clone().count() <= 60, "{}", found.block);
    let rust = format!("fn f() {{ let values = []; {} }}", found.block);
    syn::parse_file(&rust).expect("it is Rust");
}
