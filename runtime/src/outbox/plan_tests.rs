//! How databases find the tasks that are counted.

use crate::databases::kept::kept_tables;
use crate::driver::Physical;
use crate::driver::tests::{Database, databases};
use crate::value::{ParamWriter, RowReader};
use bindery_core::dialect::Dialect;

use super::store::{CommitMode, Reach};
use super::{sql, store};

/// Completed tasks, and two of each other status after them.
fn fill(physical: &mut Physical) {
    let dialect = physical.dialect();
    let made = kept_tables(dialect, true, false).filter(|table| table.table == store::TABLE);
    for sql in made.flat_map(|table| table.create) {
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
        let at = store::at(&physical, store::TABLE);
        let lines = plan(&mut physical, &sql::summary(at));
        assert_eq!(lines.len(), 4, "{lines:#?}");
        for line in &lines {
            let is_by_index = ["_bindery_outbox_ready", "_bindery_outbox_due"]
                .iter()
                .any(|index| line.contains(index));
            assert!(is_by_index, "{:?}: {lines:#?}", physical.dialect());
        }
        // Counting completed tasks reads them all, so that this test can fail.
        let whole = plan(&mut physical, &sql::completed(at));
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
fn looked_up(dialect: Dialect) -> [&'static str; 2] {
    match dialect {
        Dialect::Sqlite => [
            "SEARCH o USING INTEGER PRIMARY KEY",
            "SCAN o USING INDEX _bindery_outbox_ready",
        ],
        Dialect::Postgres => [
            "Index Scan using _bindery_outbox_pkey on _bindery_outbox o",
            "Index Scan using _bindery_outbox_ready on _bindery_outbox o",
        ],
        Dialect::Mysql => ["o eq_ref PRIMARY", "o range _bindery_outbox_ready"],
    }
}

/// Many tasks wait, where the statistics of the database say that few do: none is read again for each other one, and none is sorted.
#[test]
fn out_03_a_claim_reads_each_task_once_whatever_the_statistics_say() {
    for Database { mut physical, .. } in databases() {
        let dialect = physical.dialect();
        fill(&mut physical);
        let wait = "UPDATE _bindery_outbox SET status = 'pending'";
        physical.define(wait).expect("tasks can be put back");
        let at = store::at(&physical, store::TABLE);
        let settings = sql::settings(dialect, CommitMode::Synchronous);
        physical.define("BEGIN").expect("a transaction begins");
        if let Some(settings) = settings {
            physical.define(&settings).expect("it is configured");
        }
        let [by_id, in_order] = looked_up(dialect);
        for reach in [Reach::First, Reach::Far, Reach::All] {
            let text = sql::ready(at, 0, reach, false);
            let lines = whole_plan(&mut physical, &text, &mut |params| params.i64(500));
            let expected = match (reach, dialect) {
                (Reach::First, _) | (Reach::Far, Dialect::Mysql) => by_id,
                (Reach::Far | Reach::All, _) => in_order,
            };
            let has = |part: &str| lines.iter().any(|line| line.contains(part));
            assert!(has(expected), "{dialect:?} {reach:?}: {lines:#?}");
            // The short list of ids is sorted on MySQL.
            let is_sorted = has("Sort") || has("TEMP B-TREE") || has("Materialize");
            assert!(!is_sorted, "{dialect:?} {reach:?}: {lines:#?}");
        }
        physical.define("ROLLBACK").expect("the transaction ends");
    }
}
