//! Statements that a cluster has answered, held against the compiler; and against a cluster, where there is one.

use super::super::tests::check_statement;
use crate::cluster::Cluster;
use crate::dialect::Dialect;
use crate::input::{Input, InputFile};
use crate::model::{EngineId, Model};
use crate::source::SourceFile;

const SCHEMA: &str = include_str!("cases.sql");

/// An answer of the compiler and the cluster, and the statement; of each its own, where they are two: `all/one` where the cluster finds more
/// than the compiler. `several` are the shards of the values that are given.
fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("cases.txt").lines();
    lines.map(|line| {
        line.split_once('\t')
            .expect("an answer stands before each statement")
    })
}

/// The schema on a cluster.
fn model() -> Model {
    let mut input = Input {
        engines: crate::testing::model(Vec::new()).engines,
        default_engine: Some(EngineId(0)),
        ..Input::default()
    };
    let engine = crate::testing::engine_of(Dialect::Postgres);
    input.engines[engine.0 as usize].cluster = Some(Cluster::Citus);
    let name = input.engines[engine.0 as usize].name.clone();
    let file = SourceFile::new("schema.sql", SCHEMA.to_owned());
    let id = input.sources.add(file);
    input.files.push(InputFile {
        id,
        dialect: Some(Dialect::Postgres),
        engines: vec![name],
    });
    let mut diagnostics = crate::diagnostic::Diagnostics::default();
    let model = crate::read_model(&input, &mut diagnostics);
    let errors: Vec<_> = diagnostics.iter().map(|one| one.message.clone()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    model
}

/// The compiler's answer to a statement.
fn answer(model: &Model, sql: &str) -> String {
    match check_statement(model, sql, Dialect::Postgres) {
        Ok(checked) if checked.scattered.is_some() => "all".to_owned(),
        Ok(_) => "one".to_owned(),
        Err(findings) if findings.iter().all(|one| one.starts_with("B0633")) => {
            "refused".to_owned()
        }
        Err(findings) => findings.join("; "),
    }
}

/// Covers DIST-02, DIST-03 on PostgreSQL.
#[test]
fn dist_02_statements_are_classed_as_a_cluster_answers() {
    let model = model();
    let mut wrong = Vec::new();
    let mut counts = [0; 3];
    for (expected, sql) in cases() {
        let (ours, _) = expected.split_once('/').unwrap_or((expected, ""));
        let ours = if ours == "several" { "all" } else { ours };
        let found = answer(&model, sql);
        let at = ["one", "all", "refused"]
            .iter()
            .position(|word| *word == found);
        if let Some(at) = at {
            counts[at] += 1;
        }
        if found != ours {
            wrong.push(format!("{expected}, here {found}: {sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(counts.iter().all(|count| *count > 60), "{counts:?}");
}

/// The answer of the cluster to a statement, and its words.
fn cluster_answer(client: &mut postgres::Client, sql: &str) -> (&'static str, String) {
    let count = (1..=9).rev().find(|at| sql.contains(&format!("${at}")));
    let values = (1..=count.unwrap_or_default()).map(|at| {
        let is_array = sql.contains(&format!("${at}::int[]"));
        if is_array {
            "'{7,8,9}'".to_owned()
        } else {
            format!("'{}'", 6 + at)
        }
    });
    let values: Vec<String> = values.collect();
    let list = match &values[..] {
        [] => String::new(),
        values => format!("({})", values.join(", ")),
    };
    // Apart: a transaction that has explained an `INSERT … SELECT` does not run it on 13.2.
    let runs = client.simple_query(&format!("BEGIN; PREPARE p AS {sql}; EXECUTE p{list}"));
    client
        .batch_execute("ROLLBACK")
        .expect("the transaction ends");
    if let Err(error) = runs {
        client.batch_execute("DEALLOCATE ALL").expect("it is ours");
        let words = error.as_db_error().map(|error| error.message().to_owned());
        return ("refused", words.unwrap_or_else(|| error.to_string()));
    }
    // It explains no rows that it takes from shard to shard by a statement with parameters, which it runs.
    let explained = client
        .simple_query(&format!("EXPLAIN (COSTS OFF) EXECUTE p{list}"))
        .or_else(|_| {
            let given = values
                .iter()
                .enumerate()
                .fold(sql.to_owned(), |sql, (at, value)| {
                    sql.replace(&format!("${}", at + 1), value)
                });
            client.simple_query(&format!("EXPLAIN (COSTS OFF) {given}"))
        });
    client.batch_execute("DEALLOCATE ALL").expect("it is ours");
    let rows = match explained {
        Ok(rows) => rows,
        Err(error) => return ("not explained", error.to_string()),
    };
    let lines = rows.iter().filter_map(|row| match row {
        postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let tasks = lines.filter_map(|line| line.trim().strip_prefix("Task Count: "));
    let most = tasks.filter_map(|tasks| tasks.parse::<u32>().ok()).max();
    let found = match most.unwrap_or(1) {
        0 | 1 => "one",
        2 | 3 => "several",
        _ => "all",
    };
    (found, String::new())
}

/// Makes the schema of the cases on a cluster.
fn make(client: &mut postgres::Client) {
    let script = format!(
        "{SCHEMA}
         SELECT create_reference_table('plans');
         SELECT create_distributed_table('tenants', 'tenant_id', shard_count := 8);
         SELECT create_distributed_table('users', 'tenant_id', colocate_with := 'tenants');
         SELECT create_distributed_table('orders', 'tenant_id', colocate_with := 'tenants');
         SELECT create_distributed_table('devices', 'device_id', shard_count := 8);"
    );
    client.batch_execute(&script).expect("the schema is made");
}

/// Covers DIST-02, DIST-03 on PostgreSQL.
#[test]
fn dist_02_a_cluster_answers_as_the_cases_say() {
    let Some(cluster) = bindery_testkit::CitusCluster::of_process() else {
        return;
    };
    let url = cluster.fresh_database().expect("a database is made");
    let client = postgres::Client::connect(&url, postgres::NoTls);
    let mut client = client.expect("the coordinator answers");
    make(&mut client);
    let mut wrong = Vec::new();
    for (expected, sql) in cases() {
        let (_, theirs) = expected.split_once('/').unwrap_or(("", expected));
        let (found, words) = cluster_answer(&mut client, sql);
        if found != theirs {
            wrong.push(format!("{expected}, the cluster {found} {words}: {sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
