//! How databases find the tasks that are counted.

use crate::driver::Physical;
use crate::driver::own_tables::OUTBOX;
use crate::driver::own_tables::statements::call::write_list;
use crate::driver::own_tables::statements::{claims, tasks};
use crate::driver::tests::{Database, databases};
use crate::value::{ParamWriter, RowReader};
use bindery_core::dialect::Dialect;

use super::ready::{Among, KEYS_AT_ONCE, Reach};
use super::store::CommitMode;
use super::{ready, sql, store};

/// Completed tasks, and two of each other status after them.
fn fill(physical: &mut Physical) {
    let dialect = physical.dialect();
    for sql in OUTBOX.create(dialect) {
        physical.define(sql).expect("the table can be made");
    }
    let numbers = (0..20_000).map(|number| match number {
        0..19_992 => format!("('{number}', 'completed')"),
        _ => {
            let status = ["pending", "scheduled", "running", "failed"][number % 4];
            format!("('{number}', '{status}')")
        }
    });
    let rows: Vec<String> = numbers.collect();
    let values = rows.join(", ");
    let source = match dialect {
        Dialect::Sqlite | Dialect::Mysql => {
            format!("WITH v (uid, status) AS (VALUES {values}) SELECT * FROM v")
        }
        Dialect::Postgres => format!("SELECT * FROM (VALUES {values}) v (uid, status)"),
    };
    let insert = format!(
        "INSERT INTO _bindery_outbox (uid, status, task, payload, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) \
         SELECT uid, status, 'a', '{{}}', 0, 1, 0, 5, 0, 1, 0 FROM ({source}) s"
    );
    physical.define(&insert).expect("rows can be written");
    let analyze = match dialect {
        Dialect::Sqlite | Dialect::Postgres => "ANALYZE",
        Dialect::Mysql => "SELECT 1",
    };
    physical.define(analyze).expect("the table can be analyzed");
}

/// The lines of a plan.
fn whole_plan(
    physical: &mut Physical,
    text: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Vec<String> {
    let (prefix, columns) = match physical.dialect() {
        Dialect::Sqlite => ("EXPLAIN QUERY PLAN ", 3..4),
        Dialect::Postgres => ("EXPLAIN ", 0..1),
        Dialect::Mysql => ("EXPLAIN ", 2..10),
    };
    let mut lines = Vec::new();
    let cell = |row: &RowReader<'_>, at: usize| row.in_order(&[at]).text().ok().map(str::to_owned);
    let sql = format!("{prefix}{text}");
    let explained = physical.query(&sql, write, &mut |row| {
        let cells: Vec<String> = columns.clone().filter_map(|at| cell(row, at)).collect();
        lines.push(cells.join(" "));
        Ok(true)
    });
    explained.expect("the statement can be explained");
    lines
}

/// The lines of a plan that are about the table.
fn plan(physical: &mut Physical, text: &str) -> Vec<String> {
    let mut lines = whole_plan(physical, text, &mut |_| ());
    lines.retain(|line| line.contains("_bindery_outbox"));
    lines
}

#[test]
fn tasks_are_counted_by_indexes_however_many_are_completed() {
    for Database { mut physical, .. } in databases() {
        fill(&mut physical);
        let summary = tasks::SUMMARY.over(&physical, store::TABLE);
        let lines = plan(&mut physical, &summary);
        assert_eq!(lines.len(), 5, "{lines:#?}");
        for line in &lines {
            let is_by_index = ["_ready", "_keyed", "_due"]
                .iter()
                .any(|index| line.contains(index));
            assert!(is_by_index, "{:?}: {lines:#?}", physical.dialect());
        }
        // Counting completed tasks reads them all, so that this test can fail.
        let completed = tasks::COMPLETED.over(&physical, store::TABLE);
        let whole = plan(&mut physical, &completed);
        assert!(
            !whole.iter().any(|line| line.contains("_due")),
            "{whole:#?}"
        );
        let summary = super::TaskSummary::read(&mut physical, store::TABLE).expect("it is counted");
        assert_eq!(
            (summary.pending, summary.running, summary.failed),
            (4, 2, 2)
        );
    }
}

/// How a database says that it looks up a task by its id, and that it reads those that wait in order.
fn looked_up(dialect: Dialect, among: Among) -> [String; 2] {
    let index = match among {
        Among::Keyed(_) if dialect != Dialect::Mysql => "keyed",
        Among::Keyed(_) | Among::Unkeyed(_) | Among::Ids(_) => "ready",
    };
    match dialect {
        Dialect::Sqlite => [
            "SEARCH o USING INTEGER PRIMARY KEY".to_owned(),
            format!("SCAN o USING INDEX _bindery_outbox_{index}"),
        ],
        Dialect::Postgres => [
            "Index Scan using _bindery_outbox_pkey on _bindery_outbox o".to_owned(),
            format!("Index Scan using _bindery_outbox_{index} on _bindery_outbox o"),
        ],
        Dialect::Mysql => [
            "o eq_ref PRIMARY".to_owned(),
            format!("o ref _bindery_outbox_{index}"),
        ],
    }
}

/// Many tasks wait, one half with one of ten keys, where the statistics of the database say that few do.
fn wait(physical: &mut Physical) {
    fill(physical);
    let wait = "UPDATE _bindery_outbox SET status = 'pending', task_key = CASE WHEN id % 2 = 0 THEN substr(uid, 1, 1) END";
    physical.define(wait).expect("tasks can be put back");
    physical.define("BEGIN").expect("a transaction begins");
    if let Some(settings) = sql::settings(physical.dialect(), CommitMode::Synchronous) {
        physical.define(&settings).expect("it is configured");
    }
}

/// None of them is read again for each other one, and none is sorted.
#[test]
fn out_03_a_claim_reads_each_task_once_whatever_the_statistics_say() {
    for Database { mut physical, .. } in databases() {
        let dialect = physical.dialect();
        wait(&mut physical);
        let at = store::task_table(&physical, store::TABLE);
        for among in [Among::Unkeyed, Among::Keyed] {
            let reaches = [Reach::First, Reach::Far, Reach::All];
            for (reach, types) in reaches
                .into_iter()
                .flat_map(|reach| [(reach, 0), (reach, 2)])
            {
                let among = among(reach);
                let text = ready::ready(at, among, types, false);
                let lines = whole_plan(&mut physical, &text, &mut |params| {
                    ["a", "b"]
                        .iter()
                        .take(types)
                        .for_each(|task| params.text(task));
                    params.i64(500);
                });
                let [by_id, in_order] = looked_up(dialect, among);
                let expected = if text.contains(" f ") {
                    by_id
                } else {
                    in_order
                };
                let has = |part: &str| lines.iter().any(|line| line.contains(part));
                assert!(has(&expected), "{dialect:?} {among:?}: {lines:#?}");
                // The short list of ids is sorted on MySQL.
                let is_sorted = has("Sort") || has("TEMP B-TREE") || has("Materialize");
                assert!(!is_sorted, "{dialect:?} {among:?}: {lines:#?}");
            }
        }
        physical.define("ROLLBACK").expect("the transaction ends");
    }
}

/// Many tasks of few keys, of which the first ones have ended, and statistics of that moment.
fn end_before(physical: &mut Physical, first: i64) {
    let key = match physical.dialect() {
        Dialect::Sqlite => "'key ' || (id % 40)",
        Dialect::Postgres | Dialect::Mysql => "concat('key ', id % 40)",
    };
    let end = format!(
        "UPDATE _bindery_outbox SET task_key = {key}, status = CASE WHEN id < {first} THEN 'completed' ELSE 'pending' END"
    );
    physical.define(&end).expect("tasks can be ended");
    let analyze = match physical.dialect() {
        Dialect::Sqlite | Dialect::Postgres => "ANALYZE _bindery_outbox",
        Dialect::Mysql => "ANALYZE TABLE _bindery_outbox",
    };
    let analyzed = physical.query(analyze, &mut |_| (), &mut |_| Ok(true));
    analyzed.expect("the table can be analyzed");
}

/// Whether a line of a plan is about the tasks `e` of a key, and by another index than those over keys.
fn is_by_another(dialect: Dialect, line: &str) -> bool {
    let (table, of_keys): (_, &[&str]) = match dialect {
        Dialect::Sqlite => ("SEARCH e ", &["_keys", "_one"]),
        Dialect::Postgres => (" on _bindery_outbox e", &["_keys", "_one"]),
        Dialect::Mysql => ("e ", &["_keys", "running_key"]),
    };
    let is_of_key = if dialect == Dialect::Mysql {
        line.starts_with(table)
    } else {
        line.contains(table)
    };
    is_of_key && !of_keys.iter().any(|index| line.contains(index))
}

/// Whether a task is the head of its key is answered by the indexes over keys.
#[test]
fn out_01_tasks_of_a_key_are_found_by_it_however_many_have_ended() {
    for Database { mut physical, .. } in databases() {
        wait(&mut physical);
        for first in [2_000, 7_000, 10_000, 19_000] {
            end_before(&mut physical, first);
            reads_keys_by_their_indexes(&mut physical, first);
        }
        physical.define("ROLLBACK").expect("the transaction ends");
    }
}

fn reads_keys_by_their_indexes(physical: &mut Physical, first: i64) {
    let dialect = physical.dialect();
    let at = store::task_table(physical, store::TABLE);
    let ids: Vec<i64> = (first..first + 40).collect();
    let (of_ids, keyed) = (Among::Ids(ids.len()), Among::Keyed(Reach::First));
    let statements = [
        ready::ready(at, of_ids, 0, false),
        ready::ready(at, keyed, 0, false),
        claims::HEADS_FROM.over(physical, store::TABLE),
    ];
    for (number, text) in statements.iter().enumerate() {
        let lines = whole_plan(physical, text, &mut |params| match number {
            0 => {
                write_list(params, dialect, &ids, ids.len());
                params.i64(500);
            }
            1 => params.i64(500),
            _ => {
                params.text("");
                params.i64(KEYS_AT_ONCE as i64);
            }
        });
        let other = lines.iter().find(|line| is_by_another(dialect, line));
        assert_eq!(other, None, "{dialect:?} {first} {number}: {lines:#?}");
    }
}

/// The heads of keys are found by the index over keys, and then read by their ids alone.
#[test]
fn out_02_heads_are_found_without_the_tasks_behind_them() {
    for Database { mut physical, .. } in databases() {
        let dialect = physical.dialect();
        wait(&mut physical);
        if dialect == Dialect::Mysql {
            // It reads the first entry of each key only where it knows that a key has many.
            let analyze = "ANALYZE TABLE _bindery_outbox";
            let analyzed = physical.query(analyze, &mut |_| (), &mut |_| Ok(true));
            analyzed.expect("the table can be analyzed");
        }
        let at = store::task_table(&physical, store::TABLE);
        for heads in [&claims::HEADS_FROM, &claims::HEADS_AFTER] {
            let text = heads.over(&physical, store::TABLE);
            let lines = whole_plan(&mut physical, &text, &mut |params| {
                params.text("7");
                params.i64(KEYS_AT_ONCE as i64);
            });
            let of_tasks = |line: &&String| line.contains("_bindery_outbox");
            let of_tasks: Vec<_> = lines.iter().filter(of_tasks).collect();
            assert!(!of_tasks.is_empty(), "{lines:#?}");
            for line in of_tasks {
                assert!(
                    line.contains("_bindery_outbox_keys"),
                    "{dialect:?}: {lines:#?}"
                );
            }
        }
        let text = ready::ready(at, Among::Ids(KEYS_AT_ONCE), 0, false);
        let ids: Vec<i64> = (1..=500).collect();
        let lines = whole_plan(&mut physical, &text, &mut |params| {
            write_list(params, dialect, &ids, KEYS_AT_ONCE);
            params.i64(500);
        });
        let by_id = match dialect {
            Dialect::Sqlite | Dialect::Postgres => looked_up(dialect, Among::Ids(1))[0].clone(),
            Dialect::Mysql => "o range PRIMARY".to_owned(),
        };
        let has = |part: &str| lines.iter().any(|line| line.contains(part));
        assert!(has(&by_id), "{dialect:?}: {lines:#?}");
        physical.define("ROLLBACK").expect("the transaction ends");
    }
}
