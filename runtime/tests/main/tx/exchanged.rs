//! Connections that are exchanged under their transactions (`std::mem::swap`), which Rust allows to their owner.

use std::mem;

use bindery::{Connection, ErrorKind};

use super::place::{TestDatabase, at_each_place};
use super::{add, titles};
use crate::sample::{Everything, Tables};

at_each_place! {
    exchanged_connections_are_found_out;
    a_transaction_does_not_end_a_connection_that_has_none;
    what_is_exchanged_back_or_whole_is_well;
}

/// Two connections of one engine that do not wait for each other.
struct Two<E: Everything> {
    one: Connection<E>,
    other: Connection<E>,
    /// Dropped last.
    _place: Option<TestDatabase>,
}

impl<E: Everything> Two<E> {
    fn new(engine: E, place: &TestDatabase) -> Self {
        let one = place.open(engine).connect(engine).unwrap();
        // A file has one writer.
        let more = matches!(place, TestDatabase::File(_)).then(TestDatabase::file);
        let other = more.as_ref().unwrap_or(place).open(engine);
        Self {
            one,
            other: other.connect(engine).unwrap(),
            _place: more,
        }
    }
}

fn is_wrong(outcome: bindery::Result<()>) {
    assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::WrongTransaction);
}

fn is_useless<E: Everything>(c: &mut Connection<E>) {
    let error = c.blogs().count().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
    let error = c.begin().map(drop).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
}

fn exchanged_connections_are_found_out<E: Everything>(engine: E, place: &TestDatabase) {
    for commits in [true, false] {
        let mut two = Two::new(engine, place);
        let mut first = two.one.begin().unwrap();
        add(&mut first, "first").unwrap();
        let mut second = two.other.begin().unwrap();
        add(&mut second, "second").unwrap();
        mem::swap(&mut *first, &mut *second);
        if commits {
            is_wrong(first.commit());
        } else {
            drop(first);
        }
        is_wrong(second.commit());
        is_useless(&mut two.one);
        is_useless(&mut two.other);
        // Where they go back to, they are closed.
        drop(two);
        assert!(titles(&mut place.open(engine).connect(engine).unwrap()).is_empty());
    }
}

fn a_transaction_does_not_end_a_connection_that_has_none<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let mut two = Two::new(engine, place);
    add(&mut two.other, "kept").unwrap();
    let mut tx = two.one.begin().unwrap();
    add(&mut tx, "lost").unwrap();
    mem::swap(&mut *tx, &mut two.other);
    is_wrong(tx.commit());
    // The connection that had none is as it was.
    assert!(!two.one.in_transaction());
    assert_eq!(titles(&mut two.one), ["kept"]);
    assert!(two.other.in_transaction());
    drop(two);
    let left = titles(&mut place.open(engine).connect(engine).unwrap());
    let kept = match place {
        TestDatabase::File(_) => &[][..],
        TestDatabase::Server(_) => &["kept"],
    };
    assert_eq!(left, kept);
}

fn what_is_exchanged_back_or_whole_is_well<E: Everything>(engine: E, place: &TestDatabase) {
    let mut two = Two::new(engine, place);
    let mut first = two.one.begin().unwrap();
    let mut second = two.other.begin().unwrap();
    add(&mut first, "first").unwrap();
    mem::swap(&mut *first, &mut *second);
    mem::swap(&mut *first, &mut *second);
    mem::swap(&mut first, &mut second);
    second.commit().unwrap();
    first.rollback().unwrap();
    assert_eq!(titles(&mut two.one), ["first"]);
}
