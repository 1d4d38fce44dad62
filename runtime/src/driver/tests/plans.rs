//! The ways in which databases find what bindery's own statements look for, where a text was chosen for that.

use super::{databases, push};
use crate::driver::own_tables::statements::changes;
use bindery_core::dialect::Dialect;

const ROWS: u32 = 5_000;

/// Changes that wait are read in parts: to sort a million of them for each part took a second on MariaDB.
///
/// Covers CDC-10.
#[test]
fn changes_that_wait_are_read_in_the_order_of_their_index() {
    for mut database in databases() {
        // Of the table that triggers write to, the columns of the statement, with their index.
        database
            .batch("CREATE TABLE _bindery_changes (id BIGINT NOT NULL PRIMARY KEY, round BIGINT)");
        database.batch("CREATE UNIQUE INDEX by_round ON _bindery_changes (round, id)");
        let rows: Vec<String> = (1..=ROWS).map(|id| format!("({id}, NULL)")).collect();
        database.batch(&format!(
            "INSERT INTO _bindery_changes (id, round) VALUES {}",
            rows.join(", ")
        ));
        database.batch(database.pick("ANALYZE", "ANALYZE _bindery_changes", "SELECT 1"));
        let text = changes::UNORDERED.of(database.dialect());
        // The columns before the plan, and the word of a sort in it.
        let (explain, before, sort) = match database.dialect() {
            Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3, "TEMP B-TREE"),
            Dialect::Postgres => ("EXPLAIN", 0, "Sort"),
            Dialect::Mysql => ("EXPLAIN FORMAT=JSON", 0, "filesort"),
        };
        let mut plan = String::new();
        let (sql, most) = (format!("{explain} {text}"), 100_i64);
        let asked =
            database
                .physical
                .query(&sql, &mut |params| push(params, &[&most]), &mut |row| {
                    for _ in 0..before {
                        row.next::<i64>()?;
                    }
                    plan += &row.next::<String>()?;
                    Ok(true)
                });
        asked.expect("it can be explained");
        assert!(plan.contains("by_round") && !plan.contains(sort), "{plan}");
    }
}
