//! The operations of a repository, the same on every database.

use bindery::{Connection, Error, ErrorKind, Key};

use crate::sample::engine::Default;
use crate::sample::{
    Blog, BlogPatch, Everything, Log, MemberPatch, MemberQueries, NewBlog, NewLog, NewMember,
    OrderLine, OrderLineId, OrderLinePatch, Tables, embedded, on_each_database,
};

on_each_database! {
    insert_gives_the_stored_row;
    rows_are_found_changed_and_deleted_by_key;
    composite_keys_keep_their_order;
    a_table_without_a_key;
    reading_many_rows;
    an_early_stop_leaves_the_connection_usable;
    errors_say_where_and_hold_no_values;
    insert_or_ignore_ignores_only_taken_unique_keys;
    qry_07_upsert_changes_only_what_is_given;
    qry_07_a_conflict_on_another_key_changes_nothing;
    sel_08_copies_keep_the_key_overwrite_or_get_a_new_one;
    qry_08_bulk_inserts;
    qry_08_a_failing_row_leaves_none;
}

fn blog<E: Everything>(c: &mut Connection<E>, title: &str) -> Blog<E> {
    c.blogs().insert(NewBlog::new(title)).unwrap()
}

fn is_unique_violation(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation(_))
}

fn insert_gives_the_stored_row<E: Everything>(c: &mut Connection<E>) {
    let first = blog(c, "first 🦀");
    assert_eq!(
        (first.title.as_str(), &first.content, first.stars),
        ("first 🦀", &None, 0)
    );
    let all_given = NewBlog {
        id: Some(40),
        content: Some(Some(String::new())),
        stars: Some(i64::MIN),
        ..NewBlog::new("forty")
    };
    let forty = c.blogs().insert(all_given).unwrap();
    assert_eq!((*forty.id.value(), forty.stars), (40, i64::MIN));
    assert_eq!(forty.content.as_deref(), Some(""));
    for stored in [first, forty] {
        assert_eq!(c.blogs().get(stored.id).unwrap(), stored);
    }
}

fn rows_are_found_changed_and_deleted_by_key<E: Everything>(c: &mut Connection<E>) {
    let mut post = blog(c, "draft");
    let other = blog(c, "other");
    assert_eq!(c.blogs().first().unwrap().as_ref(), Some(&post));
    assert!(c.blogs().exists(post.id).unwrap());
    let changes = BlogPatch {
        title: Some("final".into()),
        content: Some(Some("text".into())),
        ..BlogPatch::default()
    };
    assert!(c.blogs().update(post.id, changes).unwrap());
    // Nothing changes, but the row is there.
    let same = BlogPatch {
        title: Some("final".into()),
        ..BlogPatch::default()
    };
    assert!(c.blogs().update(post.id, same).unwrap());
    assert!(c.blogs().update(post.id, BlogPatch::default()).unwrap());
    post.title = "final".into();
    post.content = Some("text".into());
    assert_eq!(c.blogs().find(post.id).unwrap().as_ref(), Some(&post));

    post.content = None;
    post.stars = 5;
    assert!(c.blogs().save(&post).unwrap());
    assert!(
        c.blogs().save(&post).unwrap(),
        "an unchanged row is there all the same"
    );
    assert_eq!(c.blogs().get(post.id).unwrap(), post);

    assert!(c.blogs().delete(post.id).unwrap());
    assert!(!c.blogs().delete(post.id).unwrap());
    assert!(!c.blogs().save(&post).unwrap());
    assert!(!c.blogs().update(post.id, BlogPatch::default()).unwrap());
    assert!(!c.blogs().exists(post.id).unwrap());
    assert_eq!(c.blogs().find(post.id).unwrap(), None);
    assert_eq!(
        c.blogs().get(post.id).unwrap_err().kind(),
        &ErrorKind::NotFound
    );
    assert_eq!(c.blogs().all().unwrap(), [other]);
}

fn composite_keys_keep_their_order<E: Everything>(c: &mut Connection<E>) {
    let engine = c.engine();
    let line = |order_id, line, what: &str| OrderLine {
        engine,
        order_id,
        line,
        what: what.into(),
    };
    let lines = [line(1, 2, "tea"), line(2, 1, "milk")];
    for line in &lines {
        assert_eq!(&c.order_lines().insert(line.clone().into()).unwrap(), line);
    }
    let key = OrderLineId {
        engine,
        order_id: 1,
        line: 2,
    };
    assert_eq!(c.order_lines().get(key).unwrap().what, "tea");
    let changes = OrderLinePatch {
        what: Some("coffee".into()),
    };
    assert!(c.order_lines().update(key, changes).unwrap());
    assert_eq!(c.order_lines().get(key).unwrap().what, "coffee");
    c.order_lines().upsert_row(&line(2, 1, "cream")).unwrap();
    c.order_lines().upsert_row(&line(3, 1, "sugar")).unwrap();
    let error = c.order_lines().copy_as_new(&lines[0]).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
        "{error:?}"
    );
    assert!(c.order_lines().delete(key).unwrap());
    let mut left = c.order_lines().all().unwrap();
    left.sort_by_key(|line| line.order_id);
    assert_eq!(left, [line(2, 1, "cream"), line(3, 1, "sugar")]);
}

fn a_table_without_a_key<E: Everything>(c: &mut Connection<E>) {
    c.logs().insert(NewLog::new("one")).unwrap();
    assert!(c.logs().insert_or_ignore(NewLog::new("two")).unwrap());
    let many = (0..3).map(|_| NewLog::new("three"));
    assert_eq!(c.logs().insert_many(many).unwrap(), 3);
    let four = Log {
        engine: c.engine(),
        text: "four".to_owned(),
    };
    c.logs().insert_row(&four).unwrap();
    assert_eq!(c.logs().count().unwrap(), 6);
    assert!(c.logs().first().unwrap().is_some());
}

fn reading_many_rows<E: Everything>(c: &mut Connection<E>) {
    let rows = (0..1_000).map(|number| NewBlog {
        stars: Some(number),
        ..NewBlog::new("row")
    });
    c.blogs().insert_many(rows).unwrap();
    assert_eq!(c.blogs().count().unwrap(), 1_000);
    assert_eq!(c.blogs().all().unwrap().len(), 1_000);
    let sum: bindery::Result<i64> = c.blogs().iter().unwrap().map(|row| Ok(row?.stars)).sum();
    assert_eq!(sum.unwrap(), 499_500);
    let mut rows = c.blogs().iter().unwrap().skip(1_000);
    assert!(rows.next().is_none() && rows.next().is_none());
}

fn an_early_stop_leaves_the_connection_usable<E: Everything>(c: &mut Connection<E>) {
    let rows = (0..1_000).map(|number| NewBlog::new(number.to_string()));
    c.blogs().insert_many(rows).unwrap();
    for taken in [0, 1, 10] {
        let rows: Vec<_> = c.blogs().iter().unwrap().take(taken).collect();
        assert_eq!(rows.len(), taken);
        assert_eq!(c.blogs().count().unwrap(), 1_000);
    }
    c.transaction(|tx| {
        drop(tx.blogs().iter()?.next());
        tx.blogs().insert(NewBlog::new("after")).map(drop)
    })
    .unwrap();
    assert_eq!(c.blogs().count().unwrap(), 1_001);
}

fn errors_say_where_and_hold_no_values<E: Everything>(c: &mut Connection<E>) {
    let secret = || NewMember::new(7, "secret@example.org");
    c.members().insert(secret()).unwrap();
    let many = [secret(), secret()];
    let outcomes = [
        c.members().insert(secret()).map(drop),
        c.members().insert_many(many).map(drop),
    ];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert!(is_unique_violation(&error), "{error:?}");
        assert_eq!(error.engine(), Some(c.engine().name()));
        assert_eq!(error.model(), Some("Member"));
        assert!(!error.is_retryable());
        let mut shown = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown += &format!(" {cause} {cause:?}");
            source = cause.source();
        }
        assert!(!shown.contains("secret"), "{shown}");
    }
}

fn insert_or_ignore_ignores_only_taken_unique_keys<E: Everything>(c: &mut Connection<E>) {
    c.transaction(|tx| {
        assert!(
            tx.members()
                .insert_or_ignore(NewMember::new(1, "ann@example.org"))?
        );
        assert!(
            !tx.members()
                .insert_or_ignore(NewMember::new(1, "bob@example.org"))?
        );
        assert!(
            !tx.members()
                .insert_or_ignore(NewMember::new(2, "ann@example.org"))?
        );
        assert!(
            tx.members()
                .insert_or_ignore(NewMember::new(3, "cyd@example.org"))?
        );
        let taken_key = NewMember {
            id: Some(*tx.members().first()?.unwrap().id.value()),
            ..NewMember::new(4, "dan@example.org")
        };
        assert!(!tx.members().insert_or_ignore(taken_key)?);
        Ok(())
    })
    .unwrap();
    assert_eq!(c.members().count().unwrap(), 2);
}

fn qry_07_upsert_changes_only_what_is_given<E: Everything>(c: &mut Connection<E>) {
    let new = NewMember::new(1, "ann@example.org").nick("ann");
    let ann = c.members().upsert_by_user_id(new).unwrap();
    let bob = c
        .members()
        .upsert_by_email(NewMember::new(2, "bob@example.org"))
        .unwrap();
    assert_eq!(c.members().count().unwrap(), 2);

    // By `user_id`, then by `email`.
    let moved = c
        .members()
        .upsert_by_user_id(NewMember::new(1, "new@example.org"))
        .unwrap();
    assert_eq!(
        (moved.id, moved.email.as_str(), moved.nick.as_deref()),
        (ann.id, "new@example.org", Some("ann"))
    );
    let none = NewMember::new(1, "new@example.org").nick(None);
    assert_eq!(c.members().upsert_by_user_id(none).unwrap().nick, None);
    let moved = c
        .members()
        .upsert_by_user_id(NewMember::new(1, "new@example.org").nick("a"))
        .unwrap();
    assert_eq!(moved.nick.as_deref(), Some("a"));
    let renumbered = c
        .members()
        .upsert_by_email(NewMember::new(20, "bob@example.org"))
        .unwrap();
    assert_eq!((renumbered.id, renumbered.user_id), (bob.id, 20));
    assert_eq!(c.members().get(ann.id).unwrap(), moved);
    assert_eq!(c.members().get(bob.id).unwrap(), renumbered);
    assert_eq!(c.members().count().unwrap(), 2);

    c.transaction(|tx| {
        tx.members()
            .upsert_by_user_id(NewMember::new(1, "in@example.org"))
            .map(drop)
    })
    .unwrap();
    let inside = c.members().get(ann.id).unwrap();
    assert_eq!(inside.email, "in@example.org");
    assert_eq!(inside.nick.as_deref(), Some("a"));
}

fn qry_07_a_conflict_on_another_key_changes_nothing<E: Everything>(c: &mut Connection<E>) {
    for (user_id, email) in [(1, "ann@example.org"), (2, "bob@example.org")] {
        c.members().insert(NewMember::new(user_id, email)).unwrap();
    }
    let before = c.members().all().unwrap();
    // An update, then an insert, that both take ann's address.
    for user_id in [2, 3] {
        let error = c
            .members()
            .upsert_by_user_id(NewMember::new(user_id, "ann@example.org"))
            .unwrap_err();
        assert!(is_unique_violation(&error), "{error:?}");
        assert_eq!(c.members().all().unwrap(), before);
    }
    c.transaction(|tx| {
        let mut inner = tx.begin()?;
        inner
            .members()
            .upsert_by_user_id(NewMember::new(2, "ann@example.org"))
            .unwrap_err();
        inner.rollback()?;
        tx.members()
            .update(
                before[0].id,
                MemberPatch {
                    nick: Some(Some("a".into())),
                    ..MemberPatch::default()
                },
            )
            .map(drop)
    })
    .unwrap();
    assert_eq!(
        c.members().get(before[0].id).unwrap().nick.as_deref(),
        Some("a")
    );
}

fn sel_08_copies_keep_the_key_overwrite_or_get_a_new_one<E: Everything>(c: &mut Connection<E>) {
    let row = Blog {
        id: Key::new(7),
        title: "copied".into(),
        content: None,
        stars: 3,
    };
    c.blogs().insert_row(&row).unwrap();
    assert_eq!(c.blogs().get(row.id).unwrap(), row);

    let changed = Blog {
        title: "again".into(),
        ..row.clone()
    };
    let error = c.blogs().insert_row(&changed).unwrap_err();
    assert!(is_unique_violation(&error), "{error:?}");
    assert_eq!(c.blogs().get(row.id).unwrap(), row);
    c.blogs().upsert_row(&changed).unwrap();
    assert_eq!(c.blogs().get(row.id).unwrap(), changed);
    let free = Blog {
        id: Key::new(8),
        ..changed.clone()
    };
    c.blogs().upsert_row(&free).unwrap();
    assert_eq!(c.blogs().get(free.id).unwrap(), free);
    c.blogs().delete(free.id).unwrap();

    let copy = c.blogs().copy_as_new(&changed).unwrap();
    assert_ne!(copy.id, changed.id);
    assert_eq!((copy.title.as_str(), copy.stars), ("again", 3));
    assert_eq!(c.blogs().count().unwrap(), 2);
}

fn qry_08_bulk_inserts<E: Everything>(c: &mut Connection<E>) {
    assert_eq!(c.blogs().insert_many([]).unwrap(), 0);
    assert_eq!(c.blogs().insert_many([NewBlog::new("one")]).unwrap(), 1);
    // Rows that give different columns, in more than one chunk.
    let rows = (0..10_000).map(|number| NewBlog {
        stars: (number % 3 == 0).then_some(number),
        ..NewBlog::new(format!("it's {number}"))
    });
    assert_eq!(c.blogs().insert_many(rows).unwrap(), 10_000);
    let stored: Vec<Blog<E>> = c.blogs().all().unwrap();
    assert_eq!(stored.len(), 10_001);
    assert_eq!(stored.iter().filter(|row| row.stars > 0).count(), 3_333);
    let inside = c
        .transaction(|tx| {
            tx.blogs()
                .insert_many((0..100).map(|_| NewBlog::new("inside")))
        })
        .unwrap();
    assert_eq!(inside, 100);
    assert_eq!(c.blogs().count().unwrap(), 10_101);
}

fn qry_08_a_failing_row_leaves_none<E: Everything>(c: &mut Connection<E>) {
    let rows = (0..10_000)
        .map(|number| NewMember::new(number.min(9_998), format!("{number}@example.org")));
    let error = c.members().insert_many(rows).unwrap_err();
    assert!(is_unique_violation(&error), "{error:?}");
    assert_eq!(c.members().count().unwrap(), 0);
    assert!(!c.in_transaction());
    assert_eq!(
        c.members()
            .insert_many([NewMember::new(1, "ann@example.org")])
            .unwrap(),
        1
    );
}

#[test]
fn qry_08_a_hundred_thousand_rows_or_none() {
    let db = embedded();
    let mut c = db.connect(Default).unwrap();
    let members = |taken: i64| {
        (0..100_000).map(move |number| {
            NewMember::new(
                if number == 50_000 { taken } else { number },
                number.to_string(),
            )
        })
    };
    c.members().insert_many(members(0)).unwrap_err();
    assert_eq!(c.members().count().unwrap(), 0);
    assert_eq!(c.members().insert_many(members(50_000)).unwrap(), 100_000);
    assert_eq!(c.members().count().unwrap(), 100_000);
}
