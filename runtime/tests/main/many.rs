//! Many rows by their keys in one call, the same on every database.

use bindery::error::Operation;
use bindery::{Connection, Error, ErrorKind, Key};

use crate::sample::{
    Blog, BlogPatch, Everything, MemberPatch, NewBlog, NewMember, NewOrderLine, OrderLineId,
    Tables, is_counted, on_each_database, order_line,
};

on_each_database! {
    keys_are_found_in_their_order;
    many_keys_are_found;
    composite_keys_are_found;
    rows_are_updated_and_deleted;
    rows_are_saved;
    err_02_the_failing_row_is_named_and_nothing_stays;
    err_02_a_failing_row_of_an_insert_is_named;
    a_failure_is_undone_in_a_nested_transaction;
}

fn numbered<E: Everything>(c: &mut Connection<E>, count: i64) {
    let rows = (1..=count).map(|number| NewBlog {
        id: Some(number),
        stars: Some(number),
        ..NewBlog::new(format!("blog {number}"))
    });
    c.blogs().insert_many(rows).unwrap();
}

fn stars<E: bindery::Engine>(row: &Option<Blog<E>>) -> Option<i64> {
    row.as_ref().map(|row| row.stars)
}

fn keys_are_found_in_their_order<E: Everything>(c: &mut Connection<E>) {
    numbered(c, 20);
    let keys = [7, 3, 99, 20, 3, 1, 99].map(Key::new);
    let found = c.blogs().find_many(keys).unwrap();
    let found: Vec<Option<i64>> = found.iter().map(stars).collect();
    let expected = [Some(7), Some(3), None, Some(20), Some(3), Some(1), None];
    assert_eq!(found, expected);
    assert!(c.blogs().find_many([]).unwrap().is_empty());
    let inside = c
        .transaction(|tx| tx.blogs().find_many([Key::new(2)]))
        .unwrap();
    assert_eq!(stars(&inside[0]), Some(2));
}

/// More than one write, one list and one chunk.
fn many_keys_are_found<E: Everything>(c: &mut Connection<E>) {
    numbered(c, 3_000);
    let number = |at: i64| at * 7_919 % 6_000;
    let found = c
        .blogs()
        .find_many((0..10_000).map(|at| Key::new(number(at))))
        .unwrap();
    assert_eq!(found.len(), 10_000);
    for (at, row) in (0..).zip(&found) {
        let there = (1..=3_000).contains(&number(at));
        assert_eq!(stars(row), there.then_some(number(at)));
    }
}

fn composite_keys_are_found<E: Everything>(c: &mut Connection<E>) {
    let engine = c.engine();
    let key = |at: i64| OrderLineId {
        engine,
        order_id: at / 10,
        line: at % 10,
    };
    let rows = (0..300).map(|at| {
        NewOrderLine::new(order_line::Required {
            order_id: at / 10,
            line: at % 10,
            what: at.to_string(),
        })
    });
    c.order_lines().insert_many(rows).unwrap();
    let found = c.order_lines().find_many((0..310).rev().map(key)).unwrap();
    for (at, row) in (0..310).rev().zip(found) {
        let what = row.map(|row| row.what);
        assert_eq!(what, (at < 300).then(|| at.to_string()));
    }
}

fn rows_are_updated_and_deleted<E: Everything>(c: &mut Connection<E>) {
    numbered(c, 5_000);
    let title = |text: String| BlogPatch {
        title: Some(text),
        ..BlogPatch::default()
    };
    // Different columns, no column, and rows that are not there.
    let changes = (4_001..=5_500).map(|number| match number % 3 {
        0 => (Key::new(number), title(format!("new {number}"))),
        1 => (
            Key::new(number),
            BlogPatch {
                stars: Some(0),
                ..BlogPatch::default()
            },
        ),
        _ => (Key::new(number), BlogPatch::default()),
    });
    assert_eq!(c.blogs().update_many(changes).unwrap(), 1_000);
    assert_eq!(c.blogs().get(Key::new(4_998)).unwrap().title, "new 4998");
    assert_eq!(c.blogs().get(Key::new(4_999)).unwrap().stars, 0);
    assert_eq!(c.blogs().get(Key::new(5_000)).unwrap().title, "blog 5000");

    let keys = (0..9_000).map(Key::new);
    assert_eq!(c.blogs().delete_many(keys).unwrap(), 5_000);
    assert_eq!(c.blogs().count().unwrap(), 0);
    assert_eq!(c.blogs().delete_many([]).unwrap(), 0);
}

fn rows_are_saved<E: Everything>(c: &mut Connection<E>) {
    numbered(c, 100);
    let mut rows = c.blogs().all().unwrap();
    for row in &mut rows {
        row.title = format!("saved {}", row.stars);
    }
    c.blogs().delete(rows[40].id).unwrap();
    assert_eq!(c.blogs().save_many(&rows).unwrap(), 99);
    rows.remove(40);
    let mut stored = c.blogs().all().unwrap();
    stored.sort_by_key(|row| row.id);
    rows.sort_by_key(|row| row.id);
    assert_eq!(stored, rows);
}

fn is_unique_violation(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation(_))
}

/// Of ERR-02 the part of calls that change many rows: where, what, and which row.
/// Covers ERR-02.
fn err_02_the_failing_row_is_named_and_nothing_stays<E: Everything>(c: &mut Connection<E>) {
    let rows = (1..=6_000).map(|number| NewMember {
        id: Some(number),
        ..NewMember::new(number, number.to_string())
    });
    c.members().insert_many(rows).unwrap();
    for failing in [0, 1, 700, 4_095, 4_096, 5_500] {
        let changes = (0..6_000).map(|at| {
            // Only its own address is free.
            let of = if at == failing { (at + 1) % 6_000 } else { at };
            let changes = MemberPatch {
                email: Some((of + 1).to_string()),
                nick: Some(Some("changed".into())),
                ..MemberPatch::default()
            };
            (Key::new(at as i64 + 1), changes)
        });
        let error = c.members().update_many(changes).unwrap_err();
        assert!(is_unique_violation(&error), "{error:?}");
        assert_eq!(error.row(), Some(failing));
        assert_eq!(error.operation(), Some(Operation::UpdateMany));
        assert_eq!(error.engine(), Some(c.engine().name()));
        assert_eq!(error.model(), Some("Member"));
        let changed = c.members().all().unwrap();
        assert!(changed.iter().all(|row| row.nick.is_none()));
        assert!(!c.in_transaction());
    }
}

/// The same of inserts.
/// Covers ERR-02.
fn err_02_a_failing_row_of_an_insert_is_named<E: Everything>(c: &mut Connection<E>) {
    c.members().insert(NewMember::new(-1, "taken")).unwrap();
    for failing in [0, 3, 1_500, 4_096, 5_999] {
        let rows = (0..6_000).map(|at| {
            let email = if at == failing {
                "taken".to_owned()
            } else {
                at.to_string()
            };
            NewMember::new(at as i64, email).nick((at % 2 == 0).then(|| "even".to_owned()))
        });
        let error = c.members().insert_many(rows).unwrap_err();
        assert!(is_unique_violation(&error), "{error:?}");
        assert_eq!(error.row(), is_counted().then_some(failing));
        assert_eq!(c.members().count().unwrap(), 1);
    }
}

fn a_failure_is_undone_in_a_nested_transaction<E: Everything>(c: &mut Connection<E>) {
    numbered(c, 10);
    for number in 1..=2 {
        c.members()
            .insert(NewMember::new(number, number.to_string()))
            .unwrap();
    }
    c.transaction(|tx| {
        let members = tx.members().all()?;
        let taken = members.iter().map(|row| {
            let email = Some("one for all".to_owned());
            (
                row.id,
                MemberPatch {
                    email,
                    ..MemberPatch::default()
                },
            )
        });
        let taken: Vec<_> = taken.collect();
        let error = tx
            .transaction(|tx| tx.members().update_many(taken))
            .unwrap_err();
        assert!(
            is_unique_violation(&error) && error.row() == Some(1),
            "{error:?}"
        );
        tx.blogs().delete_many([Key::new(1), Key::new(2)])
    })
    .unwrap();
    assert_eq!(c.blogs().count().unwrap(), 8);
    let emails = c.members().all().unwrap().into_iter().map(|row| row.email);
    assert!(emails.eq(["1", "2"].map(str::to_owned)));
}
