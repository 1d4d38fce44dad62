//! Which tasks a claim finds.

use std::time::Duration;

use crate::databases::kept::layout_tests::first;
use crate::databases::kept::{OwnTableState, ensure};
use crate::driver::Physical;
use crate::driver::own_tables::OUTBOX;
use crate::driver::tests::{Database, databases};

use super::claims::{self, KeyWalk, Wanted};
use super::ready::Reach;
use super::store;
use bindery_core::dialect::Dialect;

/// More than are looked at together.
const KEYS: usize = 600;

/// Two tasks of each key that come first by their priority, and the head of their key, which they wait for.
fn wait_behind_heads(physical: &mut Physical) {
    for sql in OUTBOX.create(physical.dialect()) {
        physical.define(sql).expect("the table can be made");
    }
    for (batch, priority) in [("head", 10), ("second", 0), ("third", 0)] {
        let rows = (0..KEYS).map(|key| {
            format!("('{batch} {key}', 'a', '{{}}', 'pending', 'key {key:04}', {priority}, 1, 0, 5, 0, 1, 0)")
        });
        let rows = rows.collect::<Vec<_>>().join(", ");
        let insert = format!(
            "INSERT INTO _bindery_outbox (uid, task, payload, status, task_key, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) VALUES {rows}"
        );
        physical.define(&insert).expect("rows can be written");
    }
}

fn wanted(claim: &str) -> Wanted<'_> {
    Wanted {
        types: &[],
        limit: 2 * KEYS,
        lease: Duration::from_secs(60),
        claim,
        table: store::TABLE,
        reach: Reach::First,
        advances: false,
        has_suspect: true,
        begins: false,
    }
}

/// A second look, after tasks whose time has come were made ready, finds what the first one found, too.
#[test]
fn out_02_the_heads_of_a_first_look_are_claimed() {
    for Database { mut physical, .. } in databases() {
        wait_behind_heads(&mut physical);
        let mut walk = KeyWalk::default();
        let mut claimed = |claim: &str| {
            physical.define("BEGIN").expect("a transaction begins");
            let tasks = claims::claim(&mut physical, &wanted(claim), &mut walk);
            physical.define("COMMIT").expect("the transaction ends");
            tasks.expect("tasks can be claimed").len()
        };
        assert_eq!([claimed("a"), claimed("b")], [500, 100]);
    }
}

/// A table of an earlier version is never misread, and is brought up to date with its tasks.
#[test]
fn out_02_the_order_within_a_key_holds_in_a_table_of_an_earlier_version() {
    for Database { mut physical, .. } in databases() {
        if physical.dialect() != Dialect::Mysql {
            continue;
        }
        // There `turn` is the priority of tasks with keys, too.
        for sql in first(Dialect::Mysql).filter(|sql| sql.contains(store::TABLE)) {
            physical.define(sql).expect("the table can be made");
        }
        let insert = "INSERT INTO _bindery_outbox (uid, task, payload, status, task_key, priority, due_at, retry_count, max_attempts, lapses, \
            created_at, requeues) VALUES ('1', 'a', '{}', 'pending', 'k', 0, 1, 0, 5, 0, 1, 0), ('2', 'a', '{}', 'pending', 'k', 0, 1, 0, 5, 0, 1, 0)";
        physical.define(insert).expect("rows can be written");
        let refused = store::has_due(&mut physical, store::TABLE);
        let refused = refused.expect_err("it has no place");
        let refused = store::explained(refused, store::TABLE, "default");
        assert!(
            refused.to_string().contains("bindery migrate run"),
            "{refused}"
        );

        let table = OUTBOX.on(Dialect::Mysql).expect("tasks are everywhere");
        for state in [OwnTableState::Older, OwnTableState::Present] {
            assert_eq!(ensure(&mut physical, table).expect("it can be"), state);
        }
        let mut walk = KeyWalk::default();
        let claimed = claims::claim(&mut physical, &wanted("a"), &mut walk);
        assert_eq!(claimed.expect("tasks can be claimed").len(), 1);
    }
}
