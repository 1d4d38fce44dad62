//! `compile` as a build script calls it.

use std::io::Write as _;

use bindery_codegen::Config;

use crate::support::{folder_with, generated, pieces};

const SCHEMA: &str = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL);";

#[test]
fn equal_output_is_left_untouched() {
    let folder = folder_with("schema.sql", SCHEMA);
    let out = folder.path().join("out");
    let config = Config::new()
        .schema(folder.path().join("schema.sql"))
        .out_dir(&out);
    config.compile().expect("the schema is right");
    let file = out.join("bindery.rs");
    let text = generated(&out);
    assert!(text.contains("pub struct Note {"), "{text}");
    let old = std::time::SystemTime::UNIX_EPOCH;
    let files = || pieces(&out).into_iter().chain([file.clone()]);
    for file in files() {
        let handle = std::fs::File::options().write(true).open(&file);
        let handle = handle.expect("it can be written to");
        handle.set_modified(old).expect("its time can be set");
    }
    config.compile().expect("the schema is still right");
    let time = |path: &std::path::Path| path.metadata().and_then(|data| data.modified()).ok();
    assert!(files().all(|file| time(&file) == Some(old)));
    let names: Vec<_> = std::fs::read_dir(&out).expect("it is there").collect();
    assert_eq!(
        names.len(),
        4,
        "no file but its pieces, their index and the list of texts is left behind"
    );
}

/// What another version of the crate `bindery` says of it comes before all else.
#[test]
fn the_code_names_its_version_once_and_first() {
    let folder = folder_with("schema.sql", SCHEMA);
    let out = folder.path().join("out");
    let config = Config::new().schema(folder.path().join("schema.sql"));
    config.out_dir(&out).compile().expect("the schema is right");
    let text = generated(&out);
    let version = env!("CARGO_PKG_VERSION");
    let named = format!("\n::bindery::__private::generated_by!(\"{version}\");\n");
    let (head, rest) = text.split_once(&named).expect("the version");
    assert!(
        head.lines()
            .all(|line| line.is_empty() || line.starts_with("//"))
    );
    assert!(!rest.contains("generated_by"), "{text}");
}

#[test]
fn all_findings_are_shown_as_they_are_rendered() {
    let text = "CREATE TABLE a (id INTEGER PRIMARY KEY, b NOPE(1) NOT NULL REFERENCES c(id));\nCREATE TABLE a (id INT PRIMARY KEY);";
    let folder = folder_with("schema.sql", text);
    let out = folder.path().join("out");
    let config = Config::new()
        .schema(folder.path().join("schema.sql"))
        .out_dir(&out);
    let error = config.compile().expect_err("the schema is wrong");
    let shown = format!("{error:?}");
    assert!(
        shown.starts_with("\n\n") && shown.contains("error[B"),
        "{shown}"
    );
    assert!(shown.matches("error[B").count() >= 2, "{shown}");
    assert!(shown.contains("schema.sql:1:"), "{shown}");
    assert!(!out.exists());
}

#[test]
fn a_denied_warning_stops_the_build_and_an_allowed_one_is_silent() {
    let schema = "CREATE TABLE a (slug TEXT NOT NULL PRIMARY KEY);";
    let build = |level: &str| {
        let folder = folder_with("schema.sql", schema);
        let config = folder.path().join("bindery.toml");
        let text = format!("url = \"sqlite://app.db\"\nlints.B0412 = \"{level}\"\n");
        std::fs::write(&config, text).expect("it can be written to");
        Config::new()
            .config_file(config)
            .schema(folder.path().join("schema.sql"))
            .out_dir(folder.path().join("out"))
            .compile()
    };
    let denied = build("deny").expect_err("the warning is denied");
    assert!(denied.to_string().contains("error[B0412]: "), "{denied}");
    for level in ["allow", "warn"] {
        build(level).unwrap_or_else(|error| panic!("{level}: {error}"));
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::new().schema("no/such/file.sql").compile();
    let shown = error.expect_err("there is no such file").to_string();
    assert!(shown.contains("`no/such/file.sql`"), "{shown}");
}

/// The files of the configuration are the schema of every door: a build script that names another file gets an error.
#[test]
fn a_build_script_does_not_pass_over_the_files_of_the_configuration() {
    let config = "url = \"sqlite://a.db\"\n[schema]\nfiles = [\"one.sql\", \"two.sql\"]\n";
    let folder = folder_with("bindery.toml", config);
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("one.sql"), SCHEMA).expect("it can be written to");
    let parts = "CREATE TABLE parts (id INTEGER PRIMARY KEY);";
    std::fs::write(path("two.sql"), parts).expect("it can be written to");
    let compiled = |schema: &[&str]| {
        let config = Config::new().config_file(path("bindery.toml"));
        let config = schema
            .iter()
            .fold(config, |config, name| config.schema(path(name)));
        config.out_dir(path("out")).compile()
    };
    let error = compiled(&["one.sql"]).expect_err("the file of one of the models only");
    let told = error.to_string();
    for part in ["B0329", "bindery.toml:3:", "Config::new().compile()"] {
        assert!(told.contains(part), "{told}");
    }
    for good in [&[][..], &["one.sql", "two.sql"]] {
        compiled(good).expect("one list");
        let text = generated(&path("out"));
        assert!(text.contains("pub struct Note {") && text.contains("pub struct Part {"));
    }
}

/// Set in the inner process, to the folder it compiles in.
const INNER: &str = "BINDERY_LINES_FOLDER";

/// Does nothing among the other tests.
#[test]
fn the_inner_build_script() {
    let Some(folder) = std::env::var_os(INNER).map(std::path::PathBuf::from) else {
        return;
    };
    let compiled = Config::new()
        .config_file("bindery.toml")
        .out_dir(folder.join("out"))
        .compile();
    if let Err(error) = compiled {
        // As a build script whose `main` returns it.
        let _ = writeln!(std::io::stderr(), "Error: {error:?}");
    }
}

/// Runs a build script in this folder.
fn run_in(folder: &std::path::Path, url: &str) -> std::process::Output {
    let output = std::process::Command::new(std::env::current_exe().expect("a program has a path"))
        .args([
            "--exact",
            "build_script::the_inner_build_script",
            "--nocapture",
        ])
        .current_dir(folder)
        .env(INNER, folder)
        .env("SHOP_URL", url)
        .output()
        .expect("this program can be started again");
    assert!(output.status.success(), "{output:?}");
    output
}

/// Returns the lines that a build script in this folder prints for cargo.
pub(crate) fn lines_in(folder: &std::path::Path) -> Vec<String> {
    let output = run_in(folder, "sqlite://shop.db");
    let told = String::from_utf8(output.stdout).expect("lines for cargo");
    let lines = told
        .lines()
        .filter_map(|line| line.find("cargo::").map(|at| &line[at..]));
    lines.map(str::to_owned).collect()
}

/// Every file that was read and every variable that was read, and no other; also where the schema is wrong, so that
/// mending it is noticed.
///
/// Covers BIND-07.
#[test]
fn bind_07_cargo_is_told_what_was_read() {
    let config = "url = \"${SHOP_URL}\"\n[schema]\nfiles = [\"one.sql\", \"two.sql\"]\nqueries = [\"queries\"]\n";
    let folder = folder_with("bindery.toml", config);
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("it can be written to");
    };
    write("one.sql", SCHEMA);
    write("two.sql", "CREATE TABLE parts (id INTEGER PRIMARY KEY);");
    write("notes.txt", "");
    std::fs::create_dir(folder.path().join("queries")).expect("the folder is empty");
    write(
        "queries/parts.sql",
        "-- name: parts :many\nSELECT id FROM parts;",
    );
    write("queries/notes.txt", "");
    let right = lines_in(folder.path());
    write("two.sql", "CREATE TABLE parts (id NOPE(;");
    assert_eq!(lines_in(folder.path()), right);
    let expected = [
        "cargo::rerun-if-changed=bindery.toml",
        "cargo::rerun-if-changed=one.sql",
        "cargo::rerun-if-changed=two.sql",
        "cargo::rerun-if-changed=queries",
        "cargo::rerun-if-changed=queries/parts.sql",
        "cargo::rerun-if-env-changed=SHOP_URL",
    ];
    assert_eq!(right, expected);
}
