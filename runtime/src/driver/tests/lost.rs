//! Answers that are lost: what a write, a read and a COMMIT say then, and whether the table agrees.

use std::time::Duration;

use bindery_testkit::{Direction, Fault, Watchdog};

use super::silence::Behind;
use super::{Database, push};
use crate::driver::AnyDriver;
use crate::driver::TransactionOptions;
use crate::error::Written;
use crate::error::{Applied, Error, ErrorKind, Result};
use crate::error::{Mark, Resolution};
use bindery_core::dialect::Dialect;

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

/// The program gets the same error whether the server got the statement or not.
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

/// The row that marks a transaction is locked until it ends, so its outcome is not known before.
///
/// Covers TX-1 on MariaDB.
#[test]
fn tx_1_a_marked_transaction_is_still_running_until_it_ends() {
    let _watchdog = Watchdog::start("tx_1_a_marked_transaction_is_still_running", PATIENCE);
    let Some(fresh) = bindery_testkit::fresh_mysql() else {
        return;
    };
    let server = super::server(&fresh.url());
    let mut options = super::options(&server);
    options.session.resolve_commits = Some(true);
    let connect = || Database {
        physical: super::connect_with(&options, Dialect::Mysql).expect("the server answers"),
        fresh: None,
    };
    let (mut old, mut other) = (connect(), connect());
    old.batch("CREATE TABLE t (id bigint)");
    for commits in [false, true] {
        old.physical.begin().unwrap();
        insert(&mut old).unwrap();
        let AnyDriver::Mysql(connection) = &*old.physical else {
            panic!("connected to MySQL");
        };
        let Written::Marked(mark) = connection.written() else {
            panic!("it is set to mark");
        };
        let mut look_up = || other.physical.look_up(&mark, PATIENCE).unwrap();
        assert_eq!(look_up(), Resolution::Aborted, "COMMIT was never sent");
        old.batch("UPDATE _bindery_commits SET used = used + INTERVAL 1 SECOND");
        assert_eq!(look_up(), Resolution::StillRunning);
        let expected = if commits {
            old.physical.commit().unwrap();
            Resolution::Committed
        } else {
            old.physical.rollback().unwrap();
            Resolution::Aborted
        };
        assert_eq!(look_up(), expected);
    }
}

/// The longest time there is, is as good as none.
#[test]
fn a_transaction_is_looked_up_without_a_limit() {
    let session = "6ccd780c-baba-1026-9564-5b8c656024db".to_owned();
    for mut database in super::databases() {
        let mark = match database.dialect() {
            Dialect::Sqlite => continue,
            Dialect::Postgres => Mark::Transaction { number: 3, era: 0 },
            Dialect::Mysql => Mark::Counted {
                session: session.clone(),
                number: 1,
            },
        };
        // Nobody knows of these: what matters is that there is an answer.
        let error = database.physical.look_up(&mark, Duration::MAX).unwrap_err();
        assert!(
            matches!(
                error.kind(),
                ErrorKind::OutcomeUnknown | ErrorKind::SchemaMismatch
            ),
            "{error:?}"
        );
        assert!(!database.physical.is_broken());
    }
}

/// A transaction that must not write needs no mark, whatever was tried in it.
#[test]
fn a_transaction_that_only_reads_is_not_marked() {
    let Some(fresh) = bindery_testkit::fresh_mysql() else {
        return;
    };
    let server = super::server(&fresh.url());
    let mut options = super::options(&server);
    options.session.resolve_commits = Some(true);
    let mut database = Database {
        physical: super::connect_with(&options, Dialect::Mysql).expect("the server answers"),
        fresh: None,
    };
    database.batch("CREATE TABLE t (id bigint)");
    let read_only = TransactionOptions::new().read_only();
    database.physical.begin_with(&read_only).unwrap();
    database.batch("SAVEPOINT tried");
    let refused = insert(&mut database).unwrap_err();
    assert_eq!(*refused.kind(), ErrorKind::ReadOnly);
    database.batch("ROLLBACK TO SAVEPOINT tried");
    database.physical.commit().unwrap();
    // The next one is marked as ever.
    database.physical.begin().unwrap();
    insert(&mut database).unwrap();
    database.physical.commit().unwrap();
    let marked: Vec<u64> = database
        .read("SELECT number FROM _bindery_commits", &[])
        .unwrap();
    assert_eq!(marked, [1]);
}
