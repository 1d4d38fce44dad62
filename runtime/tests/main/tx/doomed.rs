//! The state of a transaction after a failed call: the same on all databases, whatever each would do by itself.

use bindery::error::Applied;
use bindery::{Connection, ErrorKind, Registry};

use super::place::{TestDatabase, at_each_place};
use super::{add, titles};
use crate::sample::{
    BlogId, BlogPatch, Everything, MemberQueries, NewBlog, NewLog, NewMember, Tables,
};

at_each_place! {
    a_failed_call_dooms_its_transaction;
    what_nothing_was_sent_for_dooms_nothing;
    a_row_that_cannot_be_read_dooms_only_what_wrote_it;
    a_savepoint_around_a_failed_call_mends_it;
    a_failed_call_outside_of_the_savepoint_is_not_mended;
}

fn is_aborted<T>(outcome: bindery::Result<T>) -> bool {
    matches!(outcome, Err(error) if *error.kind() == ErrorKind::TransactionAborted)
}

/// One way to fail, or not to.
type Call<E> = fn(&mut Connection<E>) -> bindery::Result<()>;
type Case<E> = (&'static str, Call<E>);

/// Statements that a database refuses. The table of logs is gone, and a member is there.
fn refused<E: Everything>() -> Vec<Case<E>> {
    vec![
        ("a unique key", |c| {
            c.members()
                .insert(NewMember::new(1, "bob@example.org"))
                .map(drop)
        }),
        ("a unique key in a row of many", |c| {
            let rows = (0..100).map(|number| NewMember::new(number, format!("{number}@x.org")));
            c.members().insert_many(rows).map(drop)
        }),
        ("a unique key other than that of an upsert", |c| {
            let row = NewMember::new(2, "ann@example.org");
            c.members().upsert_by_user_id(row).map(drop)
        }),
        ("no such table, read", |c| c.logs().count().map(drop)),
        ("no such table, written", |c| {
            c.logs().insert(NewLog::new("x")).map(drop)
        }),
        ("no such table, rows one by one", |c| {
            c.logs().iter()?.next().expect("an error").map(drop)
        }),
    ]
}

fn with_a_member_and_no_logs<E: Everything>(engine: E, place: &TestDatabase) -> Registry {
    let db = place.open(engine);
    let member = NewMember::new(1, "ann@example.org");
    db.connect(engine)
        .unwrap()
        .members()
        .insert(member)
        .unwrap();
    place.run("DROP TABLE logs");
    db
}

/// Covers TX-11.
fn a_failed_call_dooms_its_transaction<E: Everything>(engine: E, place: &TestDatabase) {
    let db = with_a_member_and_no_logs(engine, place);
    let mut c = db.connect(engine).unwrap();
    for (what, call) in refused::<E>() {
        let mut tx = c.begin().unwrap();
        add(&mut tx, what).unwrap();
        let error = call(&mut tx).expect_err(what);
        assert_ne!(*error.kind(), ErrorKind::TransactionAborted, "{what}");

        assert!(is_aborted(add(&mut tx, "after")), "{what}");
        assert!(is_aborted(tx.blogs().count()), "{what}");
        assert!(is_aborted(tx.blogs().iter().map(drop)), "{what}");
        assert!(is_aborted(tx.begin().map(drop)), "{what}");
        assert!(is_aborted(tx.commit()), "{what}");

        assert!(!c.in_transaction(), "{what}");
        assert!(titles(&mut c).is_empty(), "{what}");
        c.transaction(|tx| add(tx, "next")).unwrap();
        assert_eq!(titles(&mut c), ["next"], "{what}");
        let next = c.blogs().first().unwrap().unwrap();
        assert!(c.blogs().delete(next.id).unwrap());
    }
    let status = db.engine(engine.name()).unwrap();
    assert_eq!((status.pool.created, status.pool.closed), (1, 0));
}

/// Calls that fail, or find nothing, without any statement being refused.
fn found_by_ourselves<E: Everything>() -> Vec<Case<E>> {
    vec![
        ("no such row", |c| {
            let error = c.blogs().get(BlogId::new(i64::MAX)).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::NotFound);
            Ok(())
        }),
        ("nothing found, changed or deleted", |c| {
            let nobody = BlogId::new(i64::MAX);
            assert_eq!(c.blogs().find(nobody)?, None);
            assert!(!c.blogs().delete(nobody)?);
            let stars = Some(1);
            let changes = BlogPatch {
                stars,
                ..BlogPatch::default()
            };
            assert!(!c.blogs().update(nobody, changes)?);
            Ok(())
        }),
        ("a row that is there already is ignored", |c| {
            let row = NewMember::new(1, "bob@example.org");
            assert!(!c.members().insert_or_ignore(row)?);
            Ok(())
        }),
        ("a text that a database cannot hold, and others can", |c| {
            match c.blogs().insert(NewBlog::new("a\0b")) {
                Ok(stored) => assert!(c.blogs().delete(stored.id)?),
                Err(error) => assert!(matches!(error.kind(), ErrorKind::UnsupportedValue(_))),
            }
            Ok(())
        }),
        ("a failing nested transaction", |c| {
            let outcome: bindery::Result<()> = c.transaction(|tx| {
                add(tx, "lost")?;
                Err(super::refused())
            });
            assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::NotFound);
            Ok(())
        }),
    ]
}

/// Covers TX-11.
fn what_nothing_was_sent_for_dooms_nothing<E: Everything>(engine: E, place: &TestDatabase) {
    let db = with_a_member_and_no_logs(engine, place);
    let mut c = db.connect(engine).unwrap();
    let cases = found_by_ourselves::<E>();
    for (what, call) in &cases {
        c.transaction(|tx| {
            add(tx, "before")?;
            call(tx)?;
            add(tx, "after")
        })
        .unwrap_or_else(|error| panic!("{what}: {error:?}"));
    }
    assert_eq!(c.blogs().count().unwrap(), 2 * cases.len() as u64);
}

/// A row whose columns are not as the schema says: reading it fails, and nothing else.
fn broken_row(place: &TestDatabase) {
    place.run(match place {
        TestDatabase::File(_) => "INSERT INTO blogs (title, stars) VALUES ('broken', 'many')",
        TestDatabase::Server(_) => {
            "ALTER TABLE blogs DROP COLUMN stars; \
             ALTER TABLE blogs ADD COLUMN stars VARCHAR(9) NOT NULL DEFAULT 'many'; \
             INSERT INTO blogs (title) VALUES ('broken')"
        }
    });
}

/// A row that cannot be read is not a failed statement; one that was written and cannot be given back fails its call, so the
/// call must not be kept.
///
/// Covers TX-11.
fn a_row_that_cannot_be_read_dooms_only_what_wrote_it<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let db = place.open(engine);
    broken_row(place);
    let mut c = db.connect(engine).unwrap();
    let mut tx = c.begin().unwrap();
    tx.members()
        .insert(NewMember::new(1, "ann@example.org"))
        .unwrap();
    let error = tx.blogs().all().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Decode { .. }),
        "{error:?}"
    );
    let error = tx.blogs().iter().unwrap().find_map(Result::err);
    assert!(error.is_some());
    tx.commit().unwrap();
    assert_eq!(c.members().count().unwrap(), 1);

    if let TestDatabase::File(_) = place {
        return;
    }
    let mut tx = c.begin().unwrap();
    let error = add(&mut tx, "written").unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Decode { .. }),
        "{error:?}"
    );
    assert_eq!(error.applied(), Applied::No);
    assert!(is_aborted(tx.commit()));
    assert_eq!(c.blogs().count().unwrap(), 1);
}

/// Covers TX-11.
fn a_savepoint_around_a_failed_call_mends_it<E: Everything>(engine: E, place: &TestDatabase) {
    let db = with_a_member_and_no_logs(engine, place);
    let mut c = db.connect(engine).unwrap();
    for (what, call) in refused::<E>() {
        let mut tx = c.begin().unwrap();
        add(&mut tx, "1").unwrap();
        // The error is ignored, so the savepoint cannot be kept.
        let swallowed = tx.transaction(|tx| {
            add(tx, "lost")?;
            call(tx).expect_err(what);
            Ok(())
        });
        assert!(is_aborted(swallowed), "{what}");
        add(&mut tx, "2").unwrap();
        // Only the inner of two is rolled back, and only by hand.
        let mut outer = tx.begin().unwrap();
        add(&mut outer, "3").unwrap();
        let mut inner = outer.begin().unwrap();
        call(&mut inner).expect_err(what);
        assert!(is_aborted(add(&mut inner, "lost")), "{what}");
        inner.rollback().unwrap();
        outer.commit().unwrap();
        tx.commit().unwrap();
        assert_eq!(titles(&mut c), ["1", "2", "3"], "{what}");
        c.transaction(|tx| {
            for blog in tx.blogs().all()? {
                tx.blogs().delete(blog.id)?;
            }
            Ok(())
        })
        .unwrap();
    }
}

/// Covers TX-11.
fn a_failed_call_outside_of_the_savepoint_is_not_mended<E: Everything>(
    engine: E,
    place: &TestDatabase,
) {
    let db = with_a_member_and_no_logs(engine, place);
    let mut c = db.connect(engine).unwrap();
    for (what, call) in refused::<E>() {
        let mut tx = c.begin().unwrap();
        let mut inner = tx.begin().unwrap();
        add(&mut inner, "lost").unwrap();
        inner.commit().unwrap();
        call(&mut tx).expect_err(what);
        assert!(is_aborted(tx.begin().map(drop)), "{what}");
        assert!(is_aborted(tx.commit()), "{what}");
        assert!(titles(&mut c).is_empty(), "{what}");
    }
}
