//! Which tasks a claim finds.

use std::time::Duration;

use crate::databases::kept::{OwnTableState, ensure, outbox_of};
use crate::driver::Physical;
use crate::driver::tests::{Database, databases};

use super::claims::{self, KeyWalk, Wanted};
use super::ready::Reach;
use super::{sql, store};
use bindery_core::dialect::Dialect;

/// More than are looked at together.
const KEYS: usize = 600;

/// Two tasks of each key that come first by their priority, and the head of their key, which they wait for.
fn wait_behind_heads(physical: &mut Physical) {
    let mut made = outbox_of(physical.dialect()).iter();
    let table = made.find(|table| table.table == store::TABLE);
    for sql in table.expect("it is one of them").create {
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

/// The statements by which an earlier version made the table on MySQL and MariaDB: `turn` is the priority of tasks with keys, too.
const EARLIER: [&str; 3] = [
    "CREATE TABLE _bindery_outbox (id BIGINT AUTO_INCREMENT PRIMARY KEY, uid VARCHAR(32) NOT NULL, task VARCHAR(191) NOT NULL, \
     payload LONGTEXT NOT NULL, status ENUM('completed', 'failed', 'pending', 'running', 'scheduled') NOT NULL, task_key VARCHAR(191), \
     unique_key VARCHAR(191) UNIQUE, priority BIGINT NOT NULL, due_at BIGINT NOT NULL, retry_count BIGINT NOT NULL, \
     max_attempts BIGINT NOT NULL, lapses BIGINT NOT NULL, last_error LONGTEXT, claim CHAR(53) NOT NULL DEFAULT '', created_at BIGINT NOT NULL, \
     completed_at BIGINT NOT NULL DEFAULT 0, requeued_at BIGINT, requeued_by VARCHAR(191), requeues BIGINT NOT NULL, \
     running_key VARCHAR(191) GENERATED ALWAYS AS (CASE WHEN status = 'running' THEN task_key END) STORED UNIQUE, \
     open_key VARCHAR(191) GENERATED ALWAYS AS (CASE WHEN status IN ('pending', 'scheduled', 'running') THEN task_key END) STORED, \
     turn BIGINT GENERATED ALWAYS AS (CASE WHEN status = 'pending' THEN priority ELSE 0 END) STORED) ENGINE = InnoDB",
    "CREATE INDEX _bindery_outbox_ready ON _bindery_outbox (status, turn, due_at, id)",
    "CREATE INDEX _bindery_outbox_keys ON _bindery_outbox (open_key, id)",
];

/// A table of an earlier version is never misread, and is brought up to date with its tasks.
#[test]
fn out_02_the_order_within_a_key_holds_in_a_table_of_an_earlier_version() {
    for Database { mut physical, .. } in databases() {
        if physical.dialect() != Dialect::Mysql {
            continue;
        }
        for sql in EARLIER {
            physical.define(sql).expect("the table can be made");
        }
        let insert = "INSERT INTO _bindery_outbox (uid, task, payload, status, task_key, priority, due_at, retry_count, max_attempts, lapses, \
            created_at, requeues) VALUES ('1', 'a', '{}', 'pending', 'k', 0, 1, 0, 5, 0, 1, 0), ('2', 'a', '{}', 'pending', 'k', 0, 1, 0, 5, 0, 1, 0)";
        physical.define(insert).expect("rows can be written");
        let at = store::at(&physical, store::TABLE);
        let refused = physical.query(&sql::has_due(at), &mut |_| (), &mut |_| Ok(true));
        let refused = store::explained(refused.expect_err("it has no place"), at.name, "default");
        assert!(
            refused.to_string().contains("bindery migrate run"),
            "{refused}"
        );

        let mut made = outbox_of(physical.dialect()).iter();
        let table = made.find(|table| table.table == store::TABLE);
        let table = table.expect("it is one of them");
        for state in [OwnTableState::Older, OwnTableState::Present] {
            assert_eq!(ensure(&mut physical, table).expect("it can be"), state);
        }
        let mut walk = KeyWalk::default();
        let claimed = claims::claim(&mut physical, &wanted("a"), &mut walk);
        assert_eq!(claimed.expect("tasks can be claimed").len(), 1);
    }
}
