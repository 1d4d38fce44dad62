//! Transactions and savepoints: what stays, what goes, and what the connection is good for afterwards.

mod doomed;
mod engine_hooks;
mod exchanged;
mod held;
mod hooks;
mod lost;
mod options;
mod place;
mod read_only;
mod retry;
mod several;
mod upsert;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery::{Connection, Error, ErrorKind, Hosts};

use crate::sample::engine::{B, Default};
use crate::sample::{Everything, NewBlog, NewMember, Tables, embedded, model, on_each_database};

fn titles<E: Hosts<model::Blog>>(connection: &mut Connection<E>) -> Vec<String> {
    let mut titles: Vec<String> = connection
        .blogs()
        .all()
        .unwrap()
        .into_iter()
        .map(|blog| blog.title)
        .collect();
    titles.sort();
    titles
}

fn add<E: Hosts<model::Blog>>(connection: &mut Connection<E>, title: &str) -> bindery::Result<()> {
    connection.blogs().insert(NewBlog::new(title)).map(drop)
}

fn refused() -> Error {
    Error::new(ErrorKind::NotFound)
}

on_each_database! {
    tx_01_only_a_commit_keeps_rows;
    tx_01_a_panic_rolls_back;
    tx_01_the_callers_own_error_comes_back;
    tx_01_a_test_transaction_leaves_no_trace;
    tx_07_an_inner_rollback_keeps_the_outer_rows;
    tx_07_an_outer_rollback_takes_the_inner_rows;
    tx_07_failing_inner_transactions_leave_the_outer_one_alone;
    tx_07_three_levels;
    a_forgotten_savepoint_is_not_committed;
    insert_many_is_all_or_nothing_within_a_transaction;
}

/// Covers TX-01.
fn tx_01_only_a_commit_keeps_rows<E: Everything>(c: &mut Connection<E>) {
    let mut tx = c.begin().unwrap();
    add(&mut tx, "committed").unwrap();
    assert!(tx.in_transaction());
    tx.commit().unwrap();

    let mut tx = c.begin().unwrap();
    add(&mut tx, "rolled back").unwrap();
    tx.rollback().unwrap();

    let mut tx = c.begin().unwrap();
    add(&mut tx, "dropped").unwrap();
    drop(tx);

    let outcome: bindery::Result<()> = c.transaction(|tx| {
        add(tx, "failed")?;
        Err(refused())
    });
    assert_eq!(outcome.unwrap_err().kind(), &ErrorKind::NotFound);

    assert!(!c.in_transaction());
    assert_eq!(titles(c), ["committed"]);
    c.transaction(|tx| add(tx, "again")).unwrap();
    assert_eq!(titles(c), ["again", "committed"]);
}

/// Covers TX-01.
fn tx_01_a_panic_rolls_back<E: Everything>(c: &mut Connection<E>) {
    let panicking = AssertUnwindSafe(|| {
        c.transaction::<()>(|tx| {
            add(tx, "panicked")?;
            panic!("the user's own")
        })
    });
    catch_unwind(panicking).unwrap_err();
    assert!(!c.in_transaction());
    assert!(titles(c).is_empty());
    add(c, "after").unwrap();
    assert_eq!(titles(c), ["after"]);
}

fn tx_01_the_callers_own_error_comes_back<E: Everything>(c: &mut Connection<E>) {
    #[derive(Debug)]
    enum Mine {
        Database(Error),
        Sold,
    }
    impl From<Error> for Mine {
        fn from(error: Error) -> Self {
            Self::Database(error)
        }
    }
    let sold = c.try_transaction::<(), Mine>(|tx| {
        add(tx, "sold")?;
        Err(Mine::Sold)
    });
    assert!(matches!(sold, Err(Mine::Sold)));
    let unique = c.try_transaction::<(), Mine>(|tx| {
        tx.members().insert(NewMember::new(1, "ann@example.org"))?;
        tx.members().insert(NewMember::new(2, "ann@example.org"))?;
        Ok(())
    });
    let Err(Mine::Database(error)) = unique else {
        panic!("the database's error is lost");
    };
    assert!(
        matches!(error.kind(), ErrorKind::UniqueViolation(_)),
        "{error:?}"
    );
    assert!(titles(c).is_empty());
    assert_eq!(c.members().count().unwrap(), 0);
}

fn tx_01_a_test_transaction_leaves_no_trace<E: Everything>(c: &mut Connection<E>) {
    let inside = c
        .test_transaction(|tx| {
            add(tx, "tried")?;
            tx.transaction(|tx| add(tx, "nested"))?;
            Ok(titles(tx))
        })
        .unwrap();
    assert_eq!(inside, ["nested", "tried"]);
    assert!(titles(c).is_empty());
}

/// Covers TX-07.
fn tx_07_an_inner_rollback_keeps_the_outer_rows<E: Everything>(c: &mut Connection<E>) {
    c.transaction(|tx| {
        add(tx, "before")?;
        let mut inner = tx.begin()?;
        add(&mut inner, "inner")?;
        inner.rollback()?;
        assert!(tx.in_transaction());
        add(tx, "after")
    })
    .unwrap();
    assert_eq!(titles(c), ["after", "before"]);
}

/// Covers TX-07.
fn tx_07_an_outer_rollback_takes_the_inner_rows<E: Everything>(c: &mut Connection<E>) {
    let mut outer = c.begin().unwrap();
    add(&mut outer, "outer").unwrap();
    outer.transaction(|tx| add(tx, "inner")).unwrap();
    outer.rollback().unwrap();
    assert!(titles(c).is_empty());
}

/// Covers TX-07.
fn tx_07_failing_inner_transactions_leave_the_outer_one_alone<E: Everything>(
    c: &mut Connection<E>,
) {
    c.transaction(|tx| {
        add(tx, "1")?;
        let failing: bindery::Result<()> = tx.transaction(|tx| {
            add(tx, "lost")?;
            Err(refused())
        });
        failing.unwrap_err();
        add(tx, "2")?;
        // This one fails in the database itself.
        tx.members().insert(NewMember::new(1, "ann@example.org"))?;
        let failing = tx.transaction(|tx| {
            add(tx, "lost too")?;
            tx.members().insert(NewMember::new(1, "bob@example.org"))
        });
        failing.unwrap_err();
        add(tx, "3")
    })
    .unwrap();
    assert_eq!(titles(c), ["1", "2", "3"]);
    assert_eq!(c.members().count().unwrap(), 1);
}

/// Covers TX-07.
fn tx_07_three_levels<E: Everything>(c: &mut Connection<E>) {
    c.transaction(|tx| {
        add(tx, "1")?;
        tx.transaction(|tx| {
            add(tx, "2")?;
            let mut third = tx.begin()?;
            add(&mut third, "3")?;
            third.rollback()?;
            tx.transaction(|tx| add(tx, "4"))
        })
    })
    .unwrap();
    assert_eq!(titles(c), ["1", "2", "4"]);
}

fn a_forgotten_savepoint_is_not_committed<E: Everything>(c: &mut Connection<E>) {
    c.transaction(|tx| {
        add(tx, "outer")?;
        let mut inner = tx.begin()?;
        add(&mut inner, "forgotten")?;
        std::mem::forget(inner);
        Ok(())
    })
    .unwrap();
    assert!(!c.in_transaction());
    assert_eq!(titles(c), ["outer"]);
}

fn insert_many_is_all_or_nothing_within_a_transaction<E: Everything>(c: &mut Connection<E>) {
    let many = |of: i64| {
        (0..200).map(move |number| NewMember::new(number % of, format!("{number}@example.org")))
    };
    c.transaction(|tx| {
        add(tx, "kept")?;
        let error = tx
            .transaction(|tx| tx.members().insert_many(many(150)))
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UniqueViolation(_)),
            "{error:?}"
        );
        assert_eq!(tx.members().count()?, 0);
        assert_eq!(tx.members().insert_many(many(200))?, 200);
        Ok(())
    })
    .unwrap();
    assert_eq!(titles(c), ["kept"]);
    assert_eq!(c.members().count().unwrap(), 200);
}

/// Covers TX-07.
#[test]
fn tx_07_a_transaction_on_another_engine_is_independent() {
    let db = embedded();
    let mut default = db.connect(Default).unwrap();
    let mut b = db.connect(B).unwrap();
    let mut outer = default.begin().unwrap();
    add(&mut outer, "lost").unwrap();
    b.transaction(|tx| add(tx, "kept")).unwrap();
    outer.rollback().unwrap();
    assert!(titles(&mut default).is_empty());
    assert_eq!(titles(&mut b), ["kept"]);
}

#[test]
fn a_forgotten_transaction_never_reaches_the_pool() {
    let db = embedded();
    let mut c = db.connect(Default).unwrap();
    let mut tx = c.begin().unwrap();
    add(&mut tx, "forgotten").unwrap();
    std::mem::forget(tx);
    assert!(c.in_transaction());
    drop(c);
    assert_eq!(db.engine("default").unwrap().pool.open, 0);
    assert!(titles(&mut db.connect(Default).unwrap()).is_empty());
}

#[test]
fn a_panicking_row_leaves_no_transaction_open() {
    let db = embedded();
    let mut c = db.connect(Default).unwrap();
    let rows = (0..5000).map(|number| match number {
        4999 => panic!("the user's own"),
        _ => NewBlog::new("row"),
    });
    catch_unwind(AssertUnwindSafe(|| c.blogs().insert_many(rows))).unwrap_err();
    assert!(!c.in_transaction());
    assert_eq!(c.blogs().count().unwrap(), 0);
    add(&mut c, "after").unwrap();
    drop(c);
    assert_eq!(titles(&mut db.connect(Default).unwrap()), ["after"]);
}
