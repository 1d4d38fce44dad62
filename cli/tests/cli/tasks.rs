//! `bindery tasks`: the tasks of outboxes, listed, put back and deleted.

use super::support::{Project, holds};

const CONFIG: &str = r#"url = "sqlite://app.db"

[engines.b]
url = "sqlite://b.db"
outbox = true
"#;

pub(super) const FAILED: &str = "\
INSERT INTO _bindery_outbox (uid, task, payload, status, priority, due_at, retry_count, max_attempts, lapses, last_error, created_at, requeues)
VALUES ('u1', 'send-welcome', '{\"secret\":1}', 'failed', 0, 2, 5, 5, 0, 'the server is down', 1, 0),
       ('u2', 'other', '{}', 'failed', 0, 2, 5, 5, 0, 'no', 1, 0),
       ('u3', 'other', '{}', 'pending', 0, 2, 0, 5, 0, NULL, 1, 0);";

fn project() -> Project {
    let schema = "-- @engines default, b\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n";
    Project::new(&[("bindery.toml", CONFIG), ("schema.sql", schema)])
}

#[test]
fn out_05_failed_tasks_are_listed_put_back_and_deleted() {
    let project = project();
    let created = project.run("create --all").good();
    holds(&created, &["_bindery_outbox on b"]);
    assert!(!created.contains("_bindery_outbox on default"), "{created}");
    holds(
        &project.run("create --engine b").good(),
        &["exists     _bindery_outbox on b"],
    );
    holds(
        &project.run("create --engine b --print").good(),
        &["CREATE TABLE IF NOT EXISTS \"_bindery_outbox\""],
    );
    project.run("validate --all").good();
    project.sqlite("b.db", FAILED);

    let status = project.run("status --engine b --format json").json();
    assert_eq!(status[0]["level"], "error", "one has waited since 1970");
    let row = &status[0]["rows"][0];
    assert_eq!(row["text"], "1 pending, 0 running, 2 failed");
    assert_eq!(row["hint"], "`bindery tasks list --failed --engine b`");
    let listed = project.run("tasks list --failed").good();
    holds(
        &listed,
        &["b: 1 send-welcome, failed, 5 of 5 attempts failed\n      the server is down\n"],
    );
    assert!(!listed.contains("secret"), "{listed}");
    let of_type = project.run("tasks list --type other --format json").json();
    assert_eq!(of_type.as_array().map(Vec::len), Some(2));
    assert_eq!(of_type[1]["status"], "pending");

    holds(&project.run("tasks retry").failed(), &["--failed"]);
    project.write("bindery.toml", format!("{CONFIG}protected = true\n"));
    for engines in ["", " --engine b"] {
        let refused = project.run(&format!("tasks delete --failed --yes{engines}"));
        holds(&refused.failed(), &["engine `b` is protected"]);
    }
    project.write("bindery.toml", CONFIG);
    let back = project
        .run("tasks retry --failed --type send-welcome --by ann")
        .good();
    assert_eq!(back, "b: 1 task put back\n");
    let again = project.run("tasks list --id 1 --format json").json();
    assert_eq!(
        (&again[0]["status"], &again[0]["attempts"]),
        (&"pending".into(), &0.into())
    );
    assert_eq!(
        (&again[0]["requeued_by"], &again[0]["requeues"]),
        (&"ann".into(), &1.into())
    );

    holds(
        &project.run("tasks delete --yes").failed(),
        &["which are meant"],
    );
    holds(
        &project.run("tasks delete --failed").failed(),
        &["no terminal"],
    );
    assert_eq!(
        project.run("tasks delete --failed --yes").good(),
        "b: 1 task deleted\n"
    );
    assert_eq!(project.run("tasks list --failed").good(), "no tasks\n");
    holds(
        &project.run("drop --engine b --yes").good(),
        &["dropped    _bindery_outbox on b"],
    );
}

#[test]
fn an_engine_without_an_outbox_is_named() {
    let refused = project().run("tasks list --engine default").failed();
    holds(
        &refused,
        &["engine `default` has no outbox", "outbox = true"],
    );
    let none = Project::blogs().run("tasks list").failed();
    holds(&none, &["no engine has an outbox"]);
}

/// No command of tasks shows a value of a payload, in whichever form.
///
/// Covers OUT-14 on SQLite.
#[test]
fn out_14_no_command_shows_a_payload() {
    let project = project();
    project.run("create --all").good();
    project.sqlite("b.db", FAILED);
    for words in [
        "tasks list",
        "tasks list --failed --format json",
        "tasks retry --failed --dry-run",
        "tasks delete --failed --dry-run --format json",
        "tasks retry --failed --format json",
        "tasks delete --id 1 --yes --format json",
    ] {
        let outcome = project.run(words);
        assert!(outcome.is_good(), "{words}: {outcome:?}");
        let all = format!("{outcome:?}");
        assert!(!all.contains("secret"), "{words}: {all}");
    }
}
