//! Answers that are lost: what a write, a read and a COMMIT say then, and whether the table agrees.

use std::time::Duration;

use bindery_testkit::{Direction, Fault, Watchdog};

use super::silence::Behind;
use super::{Database, push};
use crate::error::{Applied, Error, ErrorKind, Result};

const PATIENCE: Duration = Duration::from_secs(120);

fn insert(database: &mut Database) -> Result<()> {
    let sql = database.with_placeholders("INSERT INTO t VALUES (?)");
    database
        .physical
        .execute(&sql, &mut |params| push(params, &[&1_i64]))
        .map(drop)
}

/// The whole chain: what it means, how it was lost.
fn chain(error: &Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts
}

/// The program is told the same whether the server got the statement or not.
#[test]
fn a_write_alone_whose_answer_is_lost_is_unknown() {
    let _watchdog = Watchdog::start("a_write_alone_whose_answer_is_lost", PATIENCE);
    for behind in Behind::all() {
        behind.database().batch("CREATE TABLE t (id bigint)");
        let pattern = b"t VALUES".to_vec();
        let direction = Direction::ToServer;
        for (fault, expected) in [
            // While it is prepared nothing is written yet.
            (
                Fault::CutBeforePattern { direction, pattern },
                (ErrorKind::ConnectionLost, Applied::No, true),
            ),
            (
                Fault::Cut,
                (ErrorKind::OutcomeUnknown, Applied::Unknown, false),
            ),
            (
                Fault::Stall,
                (ErrorKind::OutcomeUnknown, Applied::Unknown, false),
            ),
        ] {
            let mut database = behind.database();
            if matches!(fault, Fault::Cut | Fault::Stall) {
                insert(&mut database).expect("it is prepared now");
            }
            behind.proxy.set(fault.clone());
            let error = insert(&mut database).expect_err("no answer");
            let found = (error.kind().clone(), error.applied(), error.is_retryable());
            assert_eq!(found, expected, "{fault:?}: {error:?}");
            assert!(chain(&error).len() > 1, "{error:?}");
            assert!(database.physical.is_broken());
            let after = insert(&mut database).expect_err("it is broken");
            assert_eq!(after.applied(), Applied::No, "nothing is sent: {after:?}");
            behind.proxy.heal();
        }
    }
}

#[test]
fn a_read_whose_answer_is_lost_has_changed_nothing() {
    let _watchdog = Watchdog::start("a_read_whose_answer_is_lost", PATIENCE);
    for behind in Behind::all() {
        let mut database = behind.database();
        database.read::<i64>("SELECT 7", &[]).expect("prepared");
        behind.proxy.set(Fault::Cut);
        let error = database.read::<i64>("SELECT 7", &[]).expect_err("cut");
        assert_eq!(*error.kind(), ErrorKind::ConnectionLost);
        assert_eq!(error.applied(), Applied::No);
        assert!(error.is_retryable());
        behind.proxy.heal();
    }
}
