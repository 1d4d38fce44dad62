//! How findings look: in colour, for GitHub, as data; and files that a configuration may not have read.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::json;

use super::support::{Project, holds};

/// A name that would end a GitHub command and steer a terminal.
const NASTY: &str = "CREATE TABLE \"50%\n::error::\u{1b}[31m, a:b\" (id INTEGER PRIMARY KEY, up INTEGER UNIQUE REFERENCES \"gone%\n::warning::x\" (id));\n";

fn wrong() -> Project {
    Project::new(&[(
        "schema.sql",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NUL);\n",
    )])
}

#[test]
fn colours_are_asked_for_and_refused() {
    let coloured = |variables: &[(&str, &str)], words: &str| {
        let mut project = wrong();
        for (name, value) in variables {
            project = project.with(name, value);
        }
        project.run(words).failed().contains('\u{1b}')
    };
    assert!(!coloured(&[], "check"));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], "check"));
    assert!(coloured(&[("FORCE_COLOR", "1")], "check"));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0")], "check"));
    assert!(!coloured(
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
        "check"
    ));
    assert!(coloured(
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")],
        "check"
    ));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1")], "check --color never"));
    assert!(coloured(&[("NO_COLOR", "1")], "check --color always"));
}

#[test]
fn annotations_of_github_are_one_line_each_and_escaped() {
    let project = Project::new(&[("a,b: 100%.sql", NASTY)]);
    let outcome = Command::new(env!("CARGO_BIN_EXE_bindery"))
        .args(["check", "--format", "github", "--schema", "a,b: 100%.sql"])
        .current_dir(project.path(""))
        .env_clear()
        .output()
        .expect("the command was built before its tests");
    assert_eq!(outcome.status.code(), Some(1));
    let text = String::from_utf8(outcome.stdout).expect("results are UTF-8");
    let expected = "::error file=a%2Cb%3A 100%25.sql,line=2,col=76,endLine=3,endColumn=14,title=B0104::there is no table \
        `gone%25�::warning::x`, which this foreign key refers to%0Ahelp: the tables are `50%25�::error::�[31m, a:b`\n";
    assert_eq!(text, expected);
}

#[test]
fn data_hold_names_as_they_are() {
    let project = Project::new(&[("schema.sql", NASTY)]);
    let document = project.run("check --format json").json();
    let expected = json!([{
        "code": "B0104",
        "severity": "error",
        "message": "there is no table `gone%\n::warning::x`, which this foreign key refers to",
        "help": "the tables are `50%\n::error::\u{1b}[31m, a:b`",
        "spans": [{
            "file": "schema.sql", "line": 2, "column": 76, "end_line": 3, "end_column": 14, "label": ""
        }]
    }]);
    assert_eq!(document["diagnostics"], expected);
    let warned = Project::new(&[("schema.sql", "CREATE TABLE t (a INTEGER);\n")]);
    assert_eq!(
        warned.run("check --format json").json()["diagnostics"][0]["severity"],
        "warning"
    );
    holds(
        &warned.run("check --format github").good(),
        &["::warning file=schema.sql,line=1,"],
    );
    holds(
        &Project::new(&[("bindery.toml", "ulr = 'sqlite://a.db'\n")])
            .run("check --format github")
            .results,
        &["::error file=bindery.toml,line=1,col=1,", "title=B0301::"],
    );
}

#[test]
fn the_result_is_the_same_everywhere() {
    let project = wrong();
    let plain = project.run("check");
    for (name, value) in [
        ("TZ", "Asia/Kathmandu"),
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "C"),
        ("SOURCE_DATE_EPOCH", "0"),
    ] {
        let other = wrong().with(name, value).run("check");
        assert_eq!(
            (other.results, other.messages),
            (plain.results.clone(), plain.messages.clone())
        );
    }
}

/// A configuration that names one file.
fn naming(file: &str) -> Project {
    let config = format!("url = 'sqlite://app.db'\n\n[schema]\nfiles = ['{file}']\n");
    Project::new(&[("bindery.toml", config.as_str())])
}

#[test]
fn a_configuration_names_plain_files_of_its_project() {
    let outside = Project::new(&[(
        "secret.sql",
        "CREATE TABLE secret (id INTEGER PRIMARY KEY);\n",
    )]);
    let secret = outside.path("secret.sql");
    let elsewhere = secret.display().to_string();
    let up = format!(
        "../{}/secret.sql",
        outside
            .path("")
            .file_name()
            .expect("a folder")
            .to_string_lossy()
    );
    for path in [elsewhere.as_str(), up.as_str()] {
        let said = naming(path).run("check").failed();
        holds(
            &said,
            &[
                "error[B0323]: the schema file",
                "is not in the project",
                "--> bindery.toml:4:10",
            ],
        );
        assert!(!said.contains("secret ("), "{said}");
    }
    let linked = naming("schema.sql");
    symlink(&secret, linked.path("schema.sql")).expect("a link");
    holds(&linked.run("check").failed(), &["error[B0323]"]);
    // A query that a person types is taken as it is.
    linked.run(&format!("check --schema {elsewhere}")).good();

    let inside = naming("link.sql");
    inside.write("schema.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n");
    symlink("schema.sql", inside.path("link.sql")).expect("a link");
    inside.run("check").good();
}

/// CLI-07: a program that migrates with another tool gets its models from that tool's files.
#[test]
fn a_folder_of_migrations_is_read_in_their_order() {
    let folder = naming("migrations");
    holds(&folder.run("check").failed(), &["error[B0321]"]);
    fs::create_dir_all(folder.path("migrations/2024-01-31-120000_nick")).expect("a folder");
    holds(
        &folder.run("check").failed(),
        &["error[B0331]: the folder `migrations` holds no migration in SQL"],
    );
    folder.write(
        "migrations/20230101000000_users.up.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, old TEXT);\n",
    );
    folder.write(
        "migrations/20230101000000_users.down.sql",
        "DROP TABLE users;\n",
    );
    folder.write(
        "migrations/2024-01-31-120000_nick/up.sql",
        "ALTER TABLE users ADD COLUMN nick TEXT;\n",
    );
    folder.write(
        "migrations/20250101000000_less.sql",
        "-- +goose Up\nALTER TABLE users DROP COLUMN old;\n-- +goose Down\nDROP TABLE users;\n",
    );
    folder.write(
        "migrations/seed.sql",
        "INSERT INTO users (id) VALUES (1);\n",
    );
    assert_eq!(
        folder.run("create --print").good(),
        "-- engine default (sqlite)\nCREATE TABLE \"users\" (\n    \"id\" INTEGER PRIMARY KEY,\n    \"nick\" TEXT\n);\n"
    );
    let checked = folder.run("check");
    holds(
        &checked.messages,
        &["warning[B0432]: `migrations/seed.sql` is not read: its name has no version"],
    );
    folder.write("migrations/20240131120000_twice.sql", "");
    holds(
        &folder.run("check").failed(),
        &[
            "error[B0331]: two migrations have one version: `migrations/2024-01-31-120000_nick/up.sql` and `migrations/20240131120000_twice.sql`",
        ],
    );
    // Typed by hand, as it is named in the file; one outside of the project is not read.
    fs::remove_file(folder.path("migrations/20240131120000_twice.sql")).expect("it is there");
    folder.run("check --schema migrations").good();
    let outside = naming("..");
    holds(&outside.run("check").failed(), &["error[B0323]"]);
}

#[test]
fn what_is_no_plain_file_is_refused() {
    let around = naming("schema.sql");
    symlink("schema.sql", around.path("schema.sql")).expect("a link");
    holds(
        &around.run("check").failed(),
        &["error[B0321]", "symbolic links"],
    );

    let pipe = naming("schema.sql");
    let made = Command::new("mkfifo").arg(pipe.path("schema.sql")).status();
    assert!(made.expect("mkfifo is there").success());
    holds(
        &pipe.run("check").failed(),
        &["error[B0321]", "it is not a regular file"],
    );

    holds(
        &naming("/dev/zero").run("check").failed(),
        &["error[B0323]"],
    );
    let zero = naming("schema.sql");
    symlink("/dev/zero", zero.path("schema.sql")).expect("a link");
    holds(&zero.run("check").failed(), &["error[B0323]"]);
    // Typed by hand it is read as far as a schema may be long.
    holds(
        &zero.run("check --schema /dev/zero").failed(),
        &["error[B0003]"],
    );
    holds(
        &zero.run("check --config /dev/zero").failed(),
        &["error[B0318]", "larger than 1 MiB"],
    );
}
