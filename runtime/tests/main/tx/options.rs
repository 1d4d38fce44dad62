//! How transactions begin: what they see of others, what they may write, and when keys are checked.

use bindery::error::Operation;
use bindery::{Connection, ErrorKind, Isolation, TransactionOptions};

use super::place::{TestDatabase, at_each_place};
use super::{add, titles};
use crate::sample::{
    BlogId, Everything, NewBlog, NewOrderLine, Tables, on_each_database, order_line,
};

const LEVELS: [Isolation; 3] = [
    Isolation::ReadCommitted,
    Isolation::RepeatableRead,
    Isolation::Serializable,
];

on_each_database! {
    every_level_writes_and_reads_its_own;
    nothing_is_written_where_a_transaction_only_reads;
    a_nested_transaction_takes_no_options;
}

fn every_level_writes_and_reads_its_own<E: Everything>(c: &mut Connection<E>) {
    for level in LEVELS {
        let options = TransactionOptions::new().isolation(level);
        let seen = c
            .transaction_with(options, |tx| {
                add(tx, &level.to_string())?;
                tx.blogs().count()
            })
            .unwrap();
        assert_eq!(seen, titles(c).len() as u64, "{level}");
        let mut dropped = c.begin_with(options).unwrap();
        add(&mut dropped, "dropped").unwrap();
    }
    assert_eq!(
        titles(c),
        ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
    );
}

/// The next transaction on the same connection writes again, however this one ended.
fn nothing_is_written_where_a_transaction_only_reads<E: Everything>(c: &mut Connection<E>) {
    add(c, "before").unwrap();
    let reading = TransactionOptions::new().read_only();
    for level in [None, Some(Isolation::RepeatableRead)] {
        let options = level.map_or(reading, |level| reading.isolation(level));
        c.transaction_with(options, |tx| {
            assert_eq!(titles(tx), ["before"]);
            Ok(())
        })
        .unwrap();
        c.transaction(|tx| tx.transaction(|tx| add(tx, "kept")))
            .unwrap();

        let mut tx = c.begin_with(options).unwrap();
        let error = add(&mut tx, "refused").unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ReadOnly, "{error:?}");
        let error = tx.commit().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TransactionAborted);
        add(c, "alone").unwrap();

        let mut tx = c.begin_with(options).unwrap();
        let inner = tx.transaction(|tx| add(tx, "refused"));
        assert_eq!(*inner.unwrap_err().kind(), ErrorKind::ReadOnly);
        assert_eq!(titles(&mut tx), ["alone", "before", "kept"]);
        tx.rollback().unwrap();
        for title in ["alone", "kept"] {
            let all = c.blogs().all().unwrap();
            let blog = all.iter().find(|blog| blog.title == title).unwrap();
            assert!(c.blogs().delete(blog.id).unwrap());
        }
    }
}

fn a_nested_transaction_takes_no_options<E: Everything>(c: &mut Connection<E>) {
    let options = TransactionOptions::new().isolation(Isolation::Serializable);
    c.transaction(|tx| {
        add(tx, "outer")?;
        for options in [options, TransactionOptions::new().read_only()] {
            let error = tx.begin_with(options).map(drop).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Unsupported(_)),
                "{error:?}"
            );
        }
        // It changes nothing.
        add(tx, "still")
    })
    .unwrap();
    assert_eq!(titles(c), ["outer", "still"]);
}

at_each_place! {
    a_level_sees_of_others_what_it_says;
    what_only_reads_waits_for_no_writer;
    constraints_wait_for_the_commit_where_the_database_can;
}

/// A transaction of this level sees what it promises before and after another has committed a row; SQLite's readers
/// stay where they were.
fn a_level_sees_of_others_what_it_says<E: Everything>(engine: E, place: &TestDatabase) {
    let db = place.open(engine);
    let mut c = db.connect(engine).unwrap();
    let mut other = db.connect(engine).unwrap();
    let mut count = 0;
    for level in LEVELS {
        let options = TransactionOptions::new().isolation(level).read_only();
        let mut tx = c.begin_with(options).unwrap();
        assert_eq!(tx.blogs().count().unwrap(), count, "{level}");
        // MariaDB locks what a serializable transaction has read.
        if level != Isolation::Serializable {
            add(&mut other, "of another").unwrap();
            count += 1;
        }
        let committed =
            level == Isolation::ReadCommitted && !matches!(place, TestDatabase::File(_));
        let seen = if committed || level == Isolation::Serializable {
            count
        } else {
            count - 1
        };
        assert_eq!(tx.blogs().count().unwrap(), seen, "{level}");
        tx.commit().unwrap();
    }
}

fn what_only_reads_waits_for_no_writer<E: Everything>(engine: E, place: &TestDatabase) {
    let db = place.open(engine);
    let mut writer = db.connect(engine).unwrap();
    let mut tx = writer.begin().unwrap();
    add(&mut tx, "not yet").unwrap();
    let mut reader = db.connect(engine).unwrap();
    let reading = TransactionOptions::new().read_only();
    let seen = reader.transaction_with(reading, |tx| tx.blogs().count());
    assert_eq!(seen.unwrap(), 0);
    tx.commit().unwrap();
    let seen = reader.transaction_with(reading, |tx| tx.blogs().count());
    assert_eq!(seen.unwrap(), 1);
}

/// A row that refers to one that comes later.
fn constraints_wait_for_the_commit_where_the_database_can<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let db = place.open(engine);
    let deferrable = match place {
        TestDatabase::File(_) => "",
        TestDatabase::Server(_) => "DEFERRABLE",
    };
    let mut c = db.connect(engine).unwrap();
    let options = TransactionOptions::new().defer_constraints();
    if E::default().name() == "x_mysql" {
        let error = c.begin_with(options).map(drop).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unsupported(_)),
            "{error:?}"
        );
        return;
    }
    place.run(&format!(
        "DROP TABLE order_lines; \
         CREATE TABLE order_lines (order_id BIGINT NOT NULL REFERENCES blogs (id) {deferrable}, \
         line BIGINT NOT NULL, what VARCHAR(200) NOT NULL, PRIMARY KEY (line, order_id))",
    ));
    let line = |order_id| {
        NewOrderLine::new(order_line::Required {
            order_id,
            line: 1,
            what: "first".to_owned(),
        })
    };
    let blog = NewBlog {
        id: Some(7),
        ..NewBlog::new("later")
    };

    let error = c.transaction(|tx| tx.order_lines().insert(line(7)));
    let error = error.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
        "{error:?}"
    );

    c.transaction_with(options, |tx| {
        tx.order_lines().insert(line(7))?;
        tx.blogs().insert(blog)
    })
    .unwrap();

    let missing = c.transaction_with(options, |tx| tx.order_lines().insert(line(8)));
    let error = missing.unwrap_err();
    assert_eq!(error.operation(), Some(Operation::Commit));
    assert!(
        matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
        "{error:?}"
    );
    // Also where the first call is one of many statements.
    let key = BlogId::new(7);
    let gone = c.transaction_with(options, |tx| tx.blogs().delete_many([key]));
    assert_eq!(gone.unwrap_err().operation(), Some(Operation::Commit));
    assert_eq!(c.order_lines().count().unwrap(), 1);
    assert!(!c.in_transaction());
}
