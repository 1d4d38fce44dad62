//! `bindery messages`: dead letters and waiting messages, listed, replayed and deleted; and their rows of `bindery status`.

use super::support::{Project, holds};

const CONFIG: &str = r#"[engines.default]
url = "sqlite://app.db"
outbox = true

[engines.analytics]
url = "sqlite://analytics.db"
inbox = true
"#;

const COLUMNS: &str = "(uid, task, payload, status, priority, due_at, retry_count, max_attempts, lapses, last_error, created_at, requeues)";

/// Two dead letters and a message that waits since 1970, without a consumer.
pub(super) fn messages() -> String {
    format!(
        "INSERT INTO _bindery_messages {COLUMNS} VALUES
          ('u1', 'search', '{{\"secret\":1}}', 'failed', 0, 2, 5, 5, 0, 'the index is down', 1, 0),
          ('u2', 'mail', '{{}}', 'failed', 0, 2, 5, 5, 0, 'this is not a message', 1, 0),
          ('u3', 'mail', '{{}}', 'pending', 0, 2, 0, 5, 0, NULL, 1, 0);"
    )
}

pub(super) fn event() -> String {
    format!(
        "INSERT INTO _bindery_events {COLUMNS} VALUES ('e1', 'user_created', '{{}}', 'failed', 0, 2, 1, 5, 0, 'the queue refuses the message: too long', 1, 0);"
    )
}

fn project() -> Project {
    let schema = "-- @engines default, analytics\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", schema)]);
    project.run("create --all").good();
    project
}

/// The row of a section in the status of one engine.
fn row(status: &serde_json::Value, section: &str) -> Option<serde_json::Value> {
    let rows = status[0]["rows"].as_array().expect("a list of rows");
    rows.iter().find(|row| row["section"] == section).cloned()
}

#[test]
fn msg_04_dead_letters_are_listed_replayed_and_deleted() {
    let project = project();
    assert_eq!(project.run("messages list").good(), "no messages\n");
    project.sqlite("analytics.db", &messages());
    let listed = project.run("messages list --failed").good();
    holds(
        &listed,
        &["analytics: 1 search, failed, 5 of 5 attempts failed\n      the index is down\n"],
    );
    assert!(!listed.contains("secret"), "{listed}");
    let of_one = project.run("messages list --consumer mail --format json");
    let of_one = of_one.json();
    assert_eq!(of_one.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&of_one[0]["type"], &of_one[0]["last_error"]),
        (&"mail".into(), &"this is not a message".into())
    );

    let all = project.run("messages replay").failed();
    holds(
        &all,
        &["only messages that failed can be put back", "--failed"],
    );
    let planned = project.run("messages replay --failed --dry-run").good();
    holds(&planned, &["1 search, failed", "2 mail, failed"]);
    let replayed = project.run("messages replay --failed --consumer search --by ann --format json");
    assert_eq!(
        replayed.json(),
        serde_json::json!([{ "engine": "analytics", "messages": 1 }])
    );
    let again = project.run("messages list --id 1 --format json").json();
    assert_eq!(
        (&again[0]["status"], &again[0]["requeued_by"]),
        (&"pending".into(), &"ann".into())
    );

    let refused = project.run("messages delete --yes").failed();
    holds(
        &refused,
        &[
            "these may be messages that are still to run",
            "which are meant",
        ],
    );
    let deleted = project.run("messages delete --failed --yes").good();
    assert_eq!(deleted, "analytics: 1 message deleted\n");
    assert_eq!(
        project.run("messages list --failed").good(),
        "no messages\n"
    );
}

/// Completed messages are replayed by consumer, number and time, after a dry run, and who wanted that is recorded.
#[test]
fn msg_02_completed_messages_are_replayed_by_range() {
    let project = project();
    // Written at 1, 2, 3 and 4 seconds after 1970.
    let rows: Vec<String> = (1..=4)
        .map(|at| {
            let status = if at == 4 { "pending" } else { "completed" };
            format!(
                "('u{at}', 'search', '{{}}', '{status}', 0, {at}000, 0, 5, 0, NULL, {at}000, 0)"
            )
        })
        .collect();
    let rows = rows.join(", ");
    project.sqlite(
        "analytics.db",
        &format!("INSERT INTO _bindery_messages {COLUMNS} VALUES {rows};"),
    );
    let all = project.run("messages replay --completed").failed();
    holds(
        &all,
        &["these may be all messages of all consumers", "--ids 17..29"],
    );
    let range =
        "messages replay --completed --since 1970-01-01T00:00:02Z --until 1970-01-01T00:00:04Z";
    let planned = project.run(&format!("{range} --dry-run")).good();
    holds(
        &planned,
        &[
            "analytics: 2 search, completed",
            "analytics: 3 search, completed",
        ],
    );
    assert_eq!(planned.lines().count(), 2, "{planned}");
    let none = project
        .run("messages replay --completed --consumer mail --ids 1..4")
        .good();
    assert_eq!(none, "analytics: 0 messages put back\n");
    let replayed = project.run(&format!("{range} --by ann")).good();
    assert_eq!(replayed, "analytics: 2 messages put back\n");
    let listed = project.run("messages list --format json").json();
    let states: Vec<_> = (0..4)
        .map(|at| (&listed[at]["status"], &listed[at]["requeued_by"]))
        .collect();
    let (ann, nobody) = (serde_json::json!("ann"), serde_json::Value::Null);
    assert_eq!(
        states,
        [
            (&"completed".into(), &nobody),
            (&"pending".into(), &ann),
            (&"pending".into(), &ann),
            (&"pending".into(), &nobody),
        ]
    );
    assert_eq!(listed[1]["completed_ms"], serde_json::Value::Null);
    project
        .run("messages replay --completed --since yesterday")
        .misused();
}

#[test]
fn msg_04_events_that_a_queue_refused_are_listed_and_replayed() {
    let project = project();
    project.sqlite("app.db", &event());
    let listed = project
        .run("messages list --events --type user_created")
        .good();
    holds(
        &listed,
        &[" user_created, failed, 1 of 5 attempts failed\n      the queue refuses"],
    );
    let replayed = project.run("messages replay --events --failed").good();
    assert_eq!(replayed, "default: 1 event put back\n");
    project
        .run("messages list --events --consumer search")
        .misused();
}

#[test]
fn mon_03_status_has_events_and_messages_while_an_engine_is_down() {
    let project = project();
    let quiet = project.run("status --engine analytics --format json");
    assert_eq!(
        row(&quiet.json(), "messages"),
        None,
        "nothing was ever there"
    );
    project.sqlite("app.db", &event());
    project.sqlite("analytics.db", &messages());
    let away = "\n[engines.gone]\nurl = \"postgres://nobody@127.0.0.1:1/none\"\n";
    project.write("bindery.toml", format!("{CONFIG}{away}"));
    holds(
        &project.run("status").results,
        &[
            "warning    events on default: 0 pending, 0 running, 1 failed",
            "`bindery messages list --events --failed --engine default`",
            "error      messages on analytics: 1 pending, 0 running, 2 failed",
            "error      connection on gone",
        ],
    );
    let late = project.run("status --engine analytics --format json");
    let messages = row(&late.json(), "messages").expect("messages wait");
    assert_eq!(
        (&messages["level"], &messages["count"], &messages["hint"]),
        (
            &"error".into(),
            &3.into(),
            &"`bindery messages list --failed --engine analytics`".into()
        )
    );
    let patient = "status --engine analytics --format json --max-age 99999999999";
    let patient = row(&project.run(patient).json(), "messages").expect("messages wait");
    assert_eq!(patient["level"], "warning", "dead letters alone");
    assert_eq!(late.code, Some(2));
}

#[test]
fn an_engine_without_an_inbox_is_named() {
    let refused = project().run("messages list --engine default").failed();
    holds(&refused, &["engine `default` has no inbox", "inbox = true"]);
    let none = Project::blogs().run("messages list --events").failed();
    holds(&none, &["no engine has an outbox"]);
}
