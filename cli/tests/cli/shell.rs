//! CLI-06: `bindery shell`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres, skip};

use super::support::{Outcome, Project, holds};

/// Every character that a file of options, a shell or a URL could stumble over, as a URL has it, and as it is.
const ODD: (&str, &str) = (
    "a%27b%22c%5Cd%20%23e%24(x)%60y%25%3A%40%2F%3F%C3%A9",
    "a'b\"c\\d #e$(x)`y%:@/?é",
);

/// A folder of programs that print how they were called.
fn with_clients(project: &Project, names: &[&str]) -> String {
    let folder = project.path("bin");
    fs::create_dir_all(&folder).expect("the folder can be made");
    for name in names {
        let path = folder.join(name);
        let script = "#!/bin/sh\n\
            echo \"program $(basename \"$0\")\"\n\
            for argument in \"$@\"; do echo \"argument $argument\"; done\n\
            for argument in \"$@\"; do case \"$argument\" in --defaults-file=*) cat \"${argument#*=}\";; esac; done\n\
            env | grep '^PG' | sort\n\
            exit 7\n";
        fs::write(&path, script).expect("the folder can be written to");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    format!("{}:/usr/bin:/bin", folder.display())
}

fn project(url: &str) -> Project {
    let config = format!("url = 'sqlite://default.db'\n[engines.b]\nurl = \"{url}\"\n");
    Project::new(&[("bindery.toml", &config)])
}

#[test]
fn cli_06_the_password_is_no_argument() {
    let url = format!("postgres://ann:{}@127.0.0.1:5433/my%20shop", ODD.0);
    let project = project(&url);
    let path = with_clients(&project, &["psql"]);
    // The program's own environment names another server.
    let project = project
        .with("PATH", &path)
        .with("PGSERVICE", "other")
        .with("PGHOSTADDR", "127.0.0.2");
    let outcome = project.run("shell --engine b -- -c select");
    assert_eq!(outcome.code, Some(7), "{outcome:#?}");
    let named = outcome
        .results
        .lines()
        .filter(|line| line.starts_with("PG"));
    assert_eq!(named.count(), 6, "{outcome:#?}");
    holds(
        &outcome.results,
        &[
            "program psql\nargument -c\nargument select\n",
            "PGDATABASE=my shop\nPGHOST=127.0.0.1\n",
            &format!(
                "PGPASSWORD={}\nPGPORT=5433\nPGSSLMODE=disable\nPGUSER=ann\n",
                ODD.1
            ),
        ],
    );
}

#[test]
fn cli_06_the_password_is_in_no_file_that_has_a_name() {
    let url = format!("mysql://ann:{}@127.0.0.1:3307/shop", ODD.0);
    let project = project(&url);
    let before = project.files();
    let outcome = project.run("shell --engine b --dry-run");
    assert!(!outcome.results.contains("a'b"), "{outcome:#?}");
    holds(
        &outcome.good(),
        &["b: mariadb --defaults-file=… \"--database=shop\"\n"],
    );
    assert_eq!(project.files(), before);
}

#[test]
fn cli_06_without_a_client_the_package_is_named() {
    let project = project("postgres://ann:hunter2@127.0.0.1/shop").with("PATH", "/nowhere");
    let messages = project.run("shell --engine b").failed();
    holds(
        &messages,
        &[
            "engine `b`: there is no `psql` on this machine",
            "`postgresql-client`",
        ],
    );
    let messages = project.run("shell").failed();
    holds(
        &messages,
        &["there is no file", "`bindery create --engine default`"],
    );
    project.sqlite("default.db", "CREATE TABLE t (id INTEGER)");
    holds(&project.run("shell").failed(), &["`sqlite3`"]);
    holds(
        &project.run("shell --engine nope").failed(),
        &["there is no engine `nope`"],
    );
}

/// Skips a test whose client is not installed.
fn is_missing(outcome: &Outcome) -> bool {
    let is_missing = outcome.code == Some(1) && outcome.messages.contains("on this machine");
    if is_missing {
        skip(&outcome.messages);
    }
    is_missing
}

/// The real clients log in by a password of odd characters, where they are installed.
fn logs_in(database: &FreshDatabase, make: &str, unmake: &str, query: &str) {
    database.run_script(make).expect("an account");
    let url = database.url();
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, place) = rest.split_once('@').expect("a URL with an account");
    let project =
        project(&format!("{scheme}://odd_shell:{}@{place}", ODD.0)).with("PATH", "/usr/bin:/bin");
    let outcome = project.run(&format!("shell --engine b -- {query}"));
    database.run_script(unmake).expect("the account");
    if is_missing(&outcome) {
        return;
    }
    holds(&outcome.good(), &["42"]);
}

#[test]
fn cli_06_psql_logs_in() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let password = ODD.1.replace('\'', "''");
    logs_in(
        &database,
        &format!(
            "DROP ROLE IF EXISTS odd_shell; CREATE ROLE odd_shell LOGIN PASSWORD '{password}'"
        ),
        "DROP ROLE odd_shell",
        "-Atc SELECT(42)",
    );
}

#[test]
fn cli_06_mariadb_logs_in() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    let password = ODD.1.replace('\\', "\\\\").replace('\'', "''");
    let name = database.answer("SELECT database()").expect("a name");
    logs_in(
        &database,
        &format!(
            "CREATE OR REPLACE USER odd_shell IDENTIFIED BY '{password}'; GRANT ALL ON `{}`.* TO odd_shell",
            name.trim()
        ),
        "DROP USER odd_shell",
        "-Ne SELECT(42)",
    );
}

#[test]
fn cli_06_sqlite3_opens_the_file() {
    let project = Project::new(&[(
        "bindery.toml",
        "[engines.default]\ndialect = 'sqlite'\ndatabase = '-odd $name.db'\n",
    )])
    .with("PATH", "/usr/bin:/bin");
    project.sqlite(
        "-odd $name.db",
        "CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (42)",
    );
    let outcome = project.run("shell -- -batch -cmd .dump");
    if is_missing(&outcome) {
        return;
    }
    holds(&outcome.good(), &["INSERT INTO t VALUES(42);"]);
}
