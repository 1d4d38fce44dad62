//! CLI-01: which engines a command works on.

use crate::support::{Project, SCHEMA, holds};

#[test]
fn cli_01_engine_acts_on_that_engine_only() {
    let project = Project::blogs();
    let created = project.run("create --engine b").good();
    holds(&created, &["blogs on b", "posts on b", "categories on b"]);
    assert!(
        !created.contains("default") && !created.contains("users"),
        "{created}"
    );
    assert_eq!(project.sqlite_tables("default.db"), Vec::<String>::new());
    assert_eq!(
        project.sqlite_tables("b.db"),
        ["blogs", "categories", "posts"]
    );
}

#[test]
fn cli_01_without_engine_it_is_default_and_all_is_all() {
    let project = Project::blogs();
    holds(
        &project.run("create").good(),
        &["blogs on default", "users on default"],
    );
    assert_eq!(project.sqlite_tables("b.db"), Vec::<String>::new());
    let all = project.run("create --all").good();
    holds(
        &all,
        &["exists     users on default", "created    posts on b"],
    );
    let both = project
        .run("create --engine default --engine b --engine b")
        .good();
    assert_eq!(both.matches("blogs on b").count(), 1, "{both}");
}

#[test]
fn cli_01_an_unknown_engine_fails_with_the_known_names() {
    let project = Project::blogs();
    for command in ["create", "create --print", "drop", "drop --yes"] {
        let messages = project.run(&format!("{command} --engine nope")).failed();
        holds(
            &messages,
            &["there is no engine `nope`", "`b`", "`default`"],
        );
    }
    let messages = project.run("create --engine defualt").failed();
    holds(&messages, &["did you mean `--engine default`?"]);
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

#[test]
fn cli_01_without_a_default_engine_it_asks_for_a_name() {
    let config = "[engines]\nb = 'sqlite://b.db'\nm = 'sqlite://m.db'\n";
    let schema = "-- @engine b\nCREATE TABLE blogs (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    for command in ["create", "create --print"] {
        let messages = project.run(command).failed();
        holds(
            &messages,
            &["there is no engine `default`", "--engine NAME", "`b`, `m`"],
        );
    }
    holds(
        &project.run("create --engine b").good(),
        &["created    blogs on b"],
    );
}

#[test]
fn cli_01_help_lists_engine_and_results_have_a_machine_readable_form() {
    let project = Project::blogs();
    for command in ["create", "drop"] {
        let help = project.run(&format!("{command} --help")).good();
        holds(&help, &["--engine <NAME>", "--all", "--format"]);
    }
    let outcome = project.run("create --engine b --format json");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let engine = &outcome.json()[0];
    assert_eq!(engine["engine"], "b");
    assert_eq!(engine["dialect"], "sqlite");
    let tables = engine["tables"].as_array().expect("a list");
    let status = |name: &str| {
        &tables
            .iter()
            .find(|table| table["table"] == name)
            .expect("the table")["status"]
    };
    assert_eq!(status("posts"), "created");
    assert_eq!(status("audit"), "unmanaged");
}

#[test]
fn cli_01_messages_show_the_engine() {
    let config = "url = 'sqlite://default.db'\n[engines.b]\nurl = 'sqlite://no/such/folder/b.db'\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", SCHEMA)]);
    let outcome = project.run("create --engine b");
    assert_eq!(outcome.results, "");
    holds(&outcome.failed(), &["error: engine `b`", "no/such/folder"]);
}

#[test]
fn what_was_done_before_a_failure_is_told() {
    let config = "[engines]\nb = 'sqlite://b.db'\nc = 'sqlite://no/such/folder/c.db'\n";
    let schema = "-- @engines b, c\nCREATE TABLE notes (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    let outcome = project.run("create --all");
    assert_eq!(outcome.results, "created    notes on b\n");
    holds(&outcome.failed(), &["error: engine `c`"]);
    let document = project.run("create --all --format json").json();
    assert_eq!(document[0]["tables"][0]["status"], "exists");
}

#[test]
fn no_password_is_shown() {
    let config = "url = 'sqlite://default.db'\n[engines.b]\nurl = 'postgres://ann:hunter2@127.0.0.1:1/shop'\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", SCHEMA)]);
    for words in [
        "create --engine b",
        "drop --engine b --yes",
        "check",
        "create --engine b --print",
    ] {
        let outcome = project.run(words);
        assert!(
            !outcome.messages.contains("hunter2") && !outcome.results.contains("hunter2"),
            "{outcome:#?}"
        );
    }
    holds(&project.run("create --engine b").failed(), &["engine `b`"]);
}
