//! `bindery check`: its summary, its documents, its exit codes.

use serde_json::json;

use crate::support::{Project, SCHEMA, holds};

#[test]
fn the_summary_says_what_each_engine_was_compiled_for_and_why() {
    let project = Project::blogs().with("B_URL", "postgres://ann@localhost/shop");
    let outcome = project.run("check");
    assert_eq!(outcome.messages, "");
    let summary = outcome.good();
    holds(
        &summary,
        &[
            "5 tables, 13 columns",
            "postgres",
            "`B_URL`",
            "sqlite",
            "ok",
        ],
    );
}

#[test]
fn statements_passed_over_are_counted_by_kind() {
    let schema = format!(
        "{SCHEMA}CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM audit; END;\nPRAGMA user_version = 3;\n"
    );
    let project = Project::new(&[(
        "schema.sql",
        &schema
            .replace("-- @engines default, b\n", "")
            .replace("-- @engine b\n", ""),
    )]);
    let document = project.run("check --format json").json();
    assert_eq!(document["ok"], true, "{document:#}");
    let skipped = document["skipped"].as_object().expect("an object");
    assert_eq!(
        skipped
            .values()
            .filter_map(serde_json::Value::as_u64)
            .sum::<u64>(),
        2,
        "{document:#}"
    );
    assert_eq!(
        skipped.get("CREATE TRIGGER"),
        Some(&json!(1)),
        "{document:#}"
    );
    holds(
        &project.run("check").good(),
        &["skipped", "CREATE TRIGGER (1)"],
    );
}

#[test]
fn the_document_has_the_fields_that_are_promised() {
    let project = Project::blogs();
    let outcome = project.run("check --format json");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let expected = json!({"ok": true, "tables": 5, "columns": 13, "queries": 0, "skipped": {}, "diagnostics": []});
    assert_eq!(outcome.json(), expected);
}

#[test]
fn findings_have_places() {
    let project = Project::new(&[(
        "schema.sql",
        "CREATE TABLE t (\n  id INTEGER PRIMARY KEY,\n  at REFERENCES nowhere (id)\n);\n",
    )]);
    let outcome = project.run("check --format json");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let document = outcome.json();
    assert_eq!(document["ok"], false);
    let finding = &document["diagnostics"][0];
    assert_eq!(finding["severity"], "error", "{document:#}");
    let span = &finding["spans"][0];
    assert_eq!(
        (&span["file"], &span["line"]),
        (&json!("schema.sql"), &json!(3)),
        "{document:#}"
    );
    for field in ["column", "end_line", "end_column", "label"] {
        assert!(!span[field].is_null(), "{field}: {document:#}");
    }
    let code = finding["code"].as_str().expect("a code");
    let human = project.run("check");
    holds(
        &human.messages,
        &[
            &format!("error[{code}]: "),
            "schema.sql:3:",
            &format!("bindery explain {code}"),
        ],
    );
    holds(&human.results, &["1 error"]);
    let github = project.run("check --format github");
    holds(
        &github.results,
        &[
            "::error file=schema.sql,line=3,",
            &format!("title={code}::"),
        ],
    );
    assert_eq!(github.code, Some(1));
    holds(
        &project.run(&format!("explain {code}")).good(),
        &[&format!("# {code}: ")],
    );
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let schema = "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL REFERENCES a (id));\n";
    let project = Project::new(&[("schema.sql", schema)]);
    let outcome = project.run("check --format json");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_eq!(outcome.json()["diagnostics"][0]["severity"], "warning");
    assert_eq!(outcome.json()["ok"], true);
    let denied = project.run("check --format json --deny-warnings");
    assert_eq!(denied.code, Some(1), "{denied:#?}");
    assert_eq!(denied.json()["ok"], false);
    holds(&project.run("check").good(), &["ok, 1 warning"]);
    holds(
        &project.run("create --deny-warnings").failed(),
        &["warning[B"],
    );
    assert_eq!(project.files(), ["schema.sql"]);
}

/// Advice on how tables are designed is given by `check` alone, and what models lack by what generates them, too: a real schema has
/// hundreds of lines of it.
#[test]
fn cli_03_advice_is_given_by_check_alone() {
    let schema = "CREATE TABLE a (slug TEXT NOT NULL PRIMARY KEY);\nCREATE TABLE b (note TEXT);\n\
        CREATE VIEW c AS SELECT CASE WHEN note > 'a' THEN note ELSE 1 END AS label FROM b;\n";
    let config = "url = \"sqlite://app.db\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    let all = ["warning[B0412]", "warning[B0400]", "warning[B0422]"];
    holds(&project.run("check").messages, &all);
    for words in ["create", "validate", "docs", "truncate --yes", "drop --yes"] {
        let outcome = project.run(words);
        assert!(outcome.is_good(), "{words}: {outcome:#?}");
        assert!(
            !outcome.messages.contains("warning["),
            "{words}: {outcome:#?}"
        );
    }
    let generated = project
        .run("generate --out generated --crate shop")
        .messages;
    holds(&generated, &all[1..]);
    assert!(!generated.contains("B0412"), "{generated}");
    holds(&project.run("create --deny-warnings").failed(), &all);
}

/// The exit code of a command, and how many warnings it counts.
fn checked(config: &str, schema: &str, words: &str) -> (Option<i32>, bool, usize) {
    let config = format!("url = \"sqlite://app.db\"\n[lints]\n{config}\n");
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
    let outcome = project.run(&format!("check --format json {words}"));
    let document = outcome.json();
    let found = document["diagnostics"].as_array().expect("a list").len();
    (outcome.code, document["ok"] == json!(true), found)
}

#[test]
fn levels_of_warnings_decide_the_exit_code() {
    const SCHEMA: &str = "CREATE TABLE a (slug TEXT NOT NULL PRIMARY KEY);\n";
    let allowed = SCHEMA.replace("CREATE", "-- @allow B0412\nCREATE");
    let dump = format!("-- MySQL dump 10.13\n\n{SCHEMA}");
    let good = |found| (Some(0), true, found);
    let bad = (Some(1), false, 1);
    assert_eq!(checked("", SCHEMA, ""), good(1));
    assert_eq!(checked("", SCHEMA, "--deny-warnings"), bad);
    for quiet in [
        ("B0412 = \"allow\"", SCHEMA),
        ("", &allowed),
        ("B0412 = \"deny\"", &allowed),
        ("", &dump),
    ] {
        assert_eq!(
            checked(quiet.0, quiet.1, "--deny-warnings"),
            good(0),
            "{quiet:?}"
        );
    }
    assert_eq!(checked("B0412 = \"warn\"", &dump, ""), good(1));
    assert_eq!(checked("B0412 = \"warn\"", &dump, "--deny-warnings"), bad);
    for denied in [SCHEMA, &dump] {
        assert_eq!(checked("B0412 = \"deny\"", denied, ""), bad);
    }
    assert_eq!(checked("B4012 = \"allow\"", &allowed, ""), bad);
    assert_eq!(
        checked("B4012 = \"allow\"", &allowed, "--dialect sqlite"),
        bad
    );
}

#[test]
fn nothing_is_made_of_a_schema_with_a_denied_warning() {
    let config = "url = \"sqlite://app.db\"\nlints.B0412 = \"deny\"\n";
    let schema = "CREATE TABLE a (slug TEXT NOT NULL PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    for words in ["create", "generate --out generated --crate shop"] {
        let outcome = project.run(words);
        assert_eq!(outcome.code, Some(1), "{words}: {outcome:#?}");
        holds(&outcome.messages, &["error[B0412]: ", "schema.sql:1:"]);
    }
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

#[test]
fn files_that_are_not_there_are_named() {
    let empty = Project::new(&[]);
    let missing = empty.run("check --format json");
    assert_eq!(
        missing.json()["diagnostics"][0]["code"],
        "B0321",
        "{missing:#?}"
    );
    holds(
        &empty.run("check").failed(),
        &[
            "`schema.sql` cannot be read",
            "[schema] files",
            "--schema FILE",
        ],
    );
    holds(
        &empty.run("check --schema nope.sql").failed(),
        &["`nope.sql` cannot be read"],
    );
    let outcome = empty.run("check --config nope.toml --format json");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_eq!(outcome.json()["diagnostics"][0]["code"], "B0318");
}

#[test]
fn hostile_files_end_in_a_finding() {
    let parentheses = format!(
        "CREATE TABLE t (a INT CHECK ({}1{}));",
        "(".repeat(200_000),
        ")".repeat(200_000)
    );
    let cases: [(&str, &[u8]); 5] = [
        ("latin-1", b"CREATE TABLE caf\xe9 (id INT);"),
        ("nul", b"CREATE TABLE t\0 (id INT);"),
        ("unclosed", b"CREATE TABLE t (id INT DEFAULT 'x"),
        ("deep", parentheses.as_bytes()),
        ("utf-16", b"\xff\xfeC\0R\0"),
    ];
    for (name, bytes) in cases {
        let project = Project::new(&[]);
        project.write("schema.sql", bytes);
        let outcome = project.run("check --format json");
        assert_eq!(outcome.code, Some(1), "{name}: {outcome:#?}");
        let findings = outcome.json()["diagnostics"].as_array().map(Vec::len);
        assert!(findings > Some(0), "{name}: {outcome:#?}");
    }
    for harmless in ["", "\u{feff}CREATE TABLE t (id INTEGER PRIMARY KEY);\r\n"] {
        let project = Project::new(&[("schema.sql", harmless)]);
        project.run("check").good();
    }
}

#[test]
fn schema_and_dialect_on_the_command_line() {
    let dump = "CREATE TABLE `t` (`id` int unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;\n";
    let project = Project::new(&[
        ("dump.sql", dump),
        ("more.sql", "CREATE TABLE u (id INT PRIMARY KEY);\n"),
    ]);
    let document = project
        .run("check --schema dump.sql --schema more.sql --dialect mysql --format json")
        .json();
    assert_eq!(
        (&document["ok"], &document["tables"]),
        (&json!(true), &json!(2)),
        "{document:#}"
    );
    holds(
        &project
            .run("check --schema dump.sql --dialect mysql")
            .good(),
        &["mysql", "`--dialect`"],
    );
}

/// The dialect of an engine is never guessed: without the variable the build stops, with `--dialect` it is given.
#[test]
fn an_engine_of_an_unset_variable_is_no_sqlite() {
    let config = "url = 'sqlite://a.db'\n[engines.b]\nurl = '${NEVER_SET_URL}'\n";
    let schema = "-- @engines b\nCREATE TABLE notes (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    for command in [
        "check",
        "generate --out db --crate shop-db",
        "create --print --engine b",
    ] {
        let messages = project.run(command).failed();
        let told = [
            "the dialect of engine `b` is not known while building: `NEVER_SET_URL` is not set",
            "bindery.toml:3:1",
            "add `dialect = \"postgres\"`",
        ];
        holds(&messages, &told);
    }
    let good = project.run("check --dialect mysql").good();
    holds(&good, &["b        mysql"]);
    let known = project.with("NEVER_SET_URL", "mysql://ann@localhost/shop");
    holds(&known.run("check").good(), &["`NEVER_SET_URL`"]);
}

#[test]
fn an_engine_can_host_what_another_one_hosts() {
    let config =
        "url = 'sqlite://a.db'\n[engines.c]\nurl = 'sqlite://c.db'\nmodels-of = 'default'\n";
    let schema = "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    let created = project.run("create --all").good();
    holds(&created, &["notes on c", "notes on default"]);
}

/// Covers CFG-4: the server of an engine is not spoken to, and no database file is made.
#[test]
fn checking_and_generating_connect_to_nothing() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = server.local_addr().unwrap();
    let config = format!(
        "url = 'sqlite://a.db'\n[engines.b]\nurl = 'postgres://ann:secret@{address}/shop'\n"
    );
    let schema = "-- @engines default, b\nCREATE TABLE notes (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
    project.run("check").good();
    project.run("generate --out db --crate shop-db").good();
    let nobody = server.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    assert!(!project.path("a.db").exists());
    assert!(project.path("db/Cargo.toml").exists());
}

/// From a folder of the project, as from the folder of its configuration.
#[test]
fn the_configuration_is_looked_for_in_the_folders_above() {
    let project = Project::blogs();
    std::fs::create_dir_all(project.path("src/deep")).expect("a folder");
    let there = project.run("check").good();
    assert_eq!(project.run_in("src/deep", "check").good(), there);
    // One that is nearer counts.
    project.write("src/bindery.toml", "url = \"sqlite://near.db\"\n");
    let near = project.run_in("src/deep", "check").failed();
    holds(&near, &["../schema.sql"]);
    assert!(!near.contains("there is no `bindery.toml`"), "{near}");
}

#[test]
fn a_configuration_that_is_nowhere_is_told() {
    let project = Project::new(&[]);
    let folder = project.path("").canonicalize().expect("a folder");
    let folder = folder.display().to_string();
    let failed = project.run("check").failed();
    holds(
        &failed,
        &[
            "there is no `bindery.toml` in `",
            &folder,
            "a folder above it",
            "`--config FILE`",
        ],
    );
    holds(
        &project.run("migrate status").messages,
        &["there is no `bindery.toml` in `"],
    );
}

#[test]
fn a_variable_for_no_engine_is_told_once() {
    for words in ["check", "migrate status --engine default"] {
        let project = Project::blogs()
            .with("BINDERY_BB_URL", "sqlite://other.db?password=secret")
            .with("BINDERY_TEST_POSTGRES_URL", "postgres://h/d");
        let told = project.run(words).messages;
        let said = "warning: `BINDERY_BB_URL` is set, and there is no engine `bb`: the engines are `b`, `default`";
        assert_eq!(told.matches(said).count(), 1, "{told}");
        assert!(
            !told.contains("secret") && !told.contains("TEST_POSTGRES"),
            "{told}"
        );
    }
}

/// As the URL of an engine, or of a replica.
#[test]
fn a_variable_that_the_configuration_reads_is_known() {
    let file = "[engines.default]\ndialect = \"postgres\"\nurl = \"${BINDERY_MAIN_URL}\"\nreads = \"replicas\"\nreplicas = [{ name = \"copy\", url = \"${BINDERY_COPY_URL}\" }]\n";
    let schema = "CREATE TABLE a (id BIGINT PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", file), ("schema.sql", schema)])
        .with("BINDERY_MAIN_URL", "postgres://h/d")
        .with("BINDERY_COPY_URL", "postgres://r/d");
    let told = project.run("check").messages;
    assert!(!told.contains("there is no engine"), "{told}");
}

/// Each command that reads a schema, and migrations beside it.
#[test]
fn a_warning_is_written_once_in_a_run() {
    let schema = "-- @dialect sqlite\n\nCREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));\nCREATE TABLE b (id INTEGER PRIMARY KEY, price REAL, counted INTEGER AUTO_INCREMENT);\nCREATE VIEW v AS SELECT CASE WHEN id > 1 THEN 'a' ELSE id END AS odd FROM a;\n";
    let project = Project::new(&[
        (
            "bindery.toml",
            "url = \"sqlite://app.db\"\n\n[migrations]\ncheck = \"warn\"\n",
        ),
        ("schema.sql", schema),
    ]);
    for words in [
        "check",
        "migrate add first",
        "migrate check",
        "create",
        "validate",
        "doctor",
    ] {
        let told = project.run(words).messages;
        let heads: Vec<&str> = told
            .lines()
            .filter(|line| line.starts_with("warning"))
            .collect();
        let mut once = heads.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(heads.len(), once.len(), "{words}: {told}");
        assert!(!heads.is_empty(), "{words}");
    }
}

/// A type that the dialect lacks is found in a table and in each of its partitions, at one place.
#[test]
fn a_finding_is_once_in_the_document() {
    let schema = "CREATE TABLE events (at timestamptz NOT NULL, PRIMARY KEY (at)) PARTITION BY RANGE (at);\nCREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');\n";
    let project = Project::new(&[
        ("bindery.toml", "url = \"mysql://h/d\"\n"),
        ("schema.sql", schema),
    ]);
    let document = project.run("check --format json").json();
    let findings = document["diagnostics"].as_array().expect("a list");
    let of_type = findings.iter().filter(|one| one["code"] == "B0251");
    assert_eq!(of_type.count(), 1, "{document:#}");
    let told = project.run("check").messages;
    assert_eq!(told.matches("error[B").count(), findings.len(), "{told}");
}

/// `AUTO_INCREMENT` is a part of a type's name to SQLite: a warning, whatever says that the file is SQLite's own, and an error where nothing does.
#[test]
fn words_of_a_type_are_warned_of_in_a_file_that_is_said_to_be_of_sqlite() {
    const TABLE: &str =
        "CREATE TABLE notes (id INTEGER AUTO_INCREMENT PRIMARY KEY, line TEXT NOT NULL);\n";
    let entry = "url = \"sqlite://app.db\"\n[schema]\nfiles = [{ path = \"schema.sql\", dialect = \"sqlite\" }]\n";
    let project_of = |config: &str, schema: &str| {
        Project::new(&[("bindery.toml", config), ("schema.sql", schema)])
    };
    let plain = "url = \"sqlite://app.db\"\n";
    let by_its_head = project_of(plain, &format!("-- @dialect sqlite\n\n{TABLE}"));
    by_its_head.run("create").good();
    by_its_head.run("validate").good();
    let pulled = by_its_head.run("pull --out -").good();
    holds(&pulled, &["-- @dialect sqlite\n", "AUTO_INCREMENT"]);
    let by_command = "check --schema schema.sql --dialect sqlite";
    for (project, words, why) in [
        (by_its_head, "check", "as its head says"),
        (
            project_of(entry, TABLE),
            "check",
            "as its configuration says",
        ),
        (project_of(plain, TABLE), by_command, "as `--dialect` says"),
        (project_of(plain, &pulled), "check", "as its head says"),
    ] {
        let found = project.run(&format!("{words} --format json"));
        assert_eq!(found.code, Some(0), "{words}: {found:#?}");
        let found = found.json();
        let diagnostic = &found["diagnostics"][0];
        assert_eq!(diagnostic["code"], "B0254", "{found:#}");
        assert_eq!(diagnostic["severity"], "warning");
        let label = format!("the file is read as sqlite, {why}");
        assert_eq!(diagnostic["spans"][0]["label"], label.as_str());
        assert_eq!(found["diagnostics"].as_array().map(Vec::len), Some(1));
        project.run(&format!("{words} --deny-warnings")).failed();
    }
    let other = project_of(
        plain,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a ENUM('x'));\n",
    );
    holds(
        &other.run(by_command).failed(),
        &["error[B0251]", "write `--dialect mysql`"],
    );
    let guessed = project_of(plain, TABLE).run("check").failed();
    holds(&guessed, &["error[B0251]", "`-- @dialect"]);
}
