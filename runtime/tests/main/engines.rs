//! Several engines in one program: rows stay where they were written, and engines chosen at run time are checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bindery::observe::{Event, EventKind};
use bindery::{Connection, ErrorKind, Hosts, Registry};

use crate::sample::engine::{Any, B, Default};
use crate::sample::{Blog, BlogId, BlogPatch, Member, NewBlog, NewMember, Tables, embedded, model};

/// Works on every engine that hosts blogs.
fn title<E: Hosts<model::Blog>>(c: &mut Connection<E>, id: BlogId<E>) -> Option<String> {
    c.blogs().find(id).unwrap().map(|blog| blog.title)
}

fn on(db: &Registry, name: &str) -> Connection<Any> {
    db.connect(name.parse::<Any>().unwrap()).unwrap()
}

#[test]
fn bind_01_a_model_of_one_engine_needs_no_choice() {
    let db = embedded();
    let ann = db
        .repository::<model::Member, _>(Default)
        .insert(NewMember::new(1, "ann@example.org"))
        .unwrap();
    let found: Option<Member<Default>> =
        db.connect(Default).unwrap().members().find(ann.id).unwrap();
    assert_eq!(found, Some(ann));
    assert_eq!(db.engine("b").unwrap().pool.in_use, 0);
}

#[test]
fn bind_03_rows_stay_on_their_engine() {
    let db = embedded();
    let mut default = db.connect(Default).unwrap();
    let mut b = db.connect(B).unwrap();
    let one = default.blogs().insert(NewBlog::new("default")).unwrap();
    let two = b.blogs().insert(NewBlog::new("b")).unwrap();
    // Each engine counts for itself.
    assert_eq!((one.id.value(), two.id.value()), (&1, &1));
    assert_eq!(title(&mut default, one.id).as_deref(), Some("default"));
    assert_eq!(title(&mut b, two.id).as_deref(), Some("b"));
    assert_eq!(
        b.blogs()
            .insert_many((0..10).map(|_| NewBlog::new("many")))
            .unwrap(),
        10
    );
    b.blogs()
        .update(
            two.id,
            BlogPatch {
                stars: Some(5),
                ..BlogPatch::default()
            },
        )
        .unwrap();
    b.blogs().copy_as_new(&two).unwrap();
    b.blogs().delete(two.id).unwrap();
    assert_eq!(b.blogs().count().unwrap(), 11);
    assert_eq!(default.blogs().all().unwrap(), [one]);
}

/// Written once, for blogs of any engine: what it gives back is of the engine that it was given.
fn longest<E: Hosts<model::Blog>>(c: &mut Connection<E>) -> Option<Blog<E>> {
    let rows = c.blogs().all().unwrap();
    rows.into_iter().max_by_key(|row| row.title.len())
}

/// Covers BIND-04.
#[test]
fn bind_04_one_function_serves_every_engine_and_rows_are_converted_in_so_many_words() {
    let db = embedded();
    let mut default = db.connect(Default).unwrap();
    let mut b = db.connect(B).unwrap();
    for title in ["short", "the longest"] {
        default.blogs().insert(NewBlog::new(title)).unwrap();
    }
    b.blogs().insert(NewBlog::new("of b")).unwrap();
    let found: Blog<Default> = longest(&mut default).unwrap();
    let other: Blog<B> = longest(&mut b).unwrap();
    assert_eq!(
        (found.title.as_str(), other.title.as_str()),
        ("the longest", "of b")
    );

    let converted: Blog<B> = found.to_engine();
    b.blogs().insert_row(&converted).unwrap();
    assert_eq!(longest(&mut b), Some(converted));
    let chosen: Blog<Any> = longest(&mut on(&db, "default")).unwrap();
    assert_eq!(chosen.title, "the longest");
}

/// The same statement fails on two engines, alone, among many and in a nested transaction: each error names its own engine,
/// and apart from that they are equal.
///
/// Covers ERR-02 on SQLite.
#[test]
fn err_02_the_same_failure_names_the_engine_it_was_on() {
    fn failures<E: Hosts<model::Blog>>(c: &mut Connection<E>) -> [bindery::Error; 3] {
        let row = c.blogs().insert(NewBlog::new("taken")).unwrap();
        let (one, two) = (
            || NewBlog::new("free"),
            || NewBlog {
                id: Some(row.id.value().to_owned()),
                ..NewBlog::new("taken")
            },
        );
        let alone = c.blogs().insert_row(&row).unwrap_err();
        let among = c.blogs().insert_many([one(), one(), two()]).unwrap_err();
        let nested = c
            .transaction(|tx| {
                Ok(tx
                    .transaction(|tx| tx.blogs().insert_row(&row))
                    .unwrap_err())
            })
            .unwrap();
        [alone, among, nested]
    }
    let db = embedded();
    let of_default = failures(&mut db.connect(Default).unwrap());
    let of_b = failures(&mut db.connect(B).unwrap());
    for (name, errors) in [("default", &of_default), ("b", &of_b)] {
        for error in errors {
            assert_eq!(error.engine(), Some(name), "{error}");
            assert_eq!(error.model(), Some("Blog"), "{error}");
            assert!(std::error::Error::source(error).is_some(), "{error}");
        }
        assert_eq!(
            errors.each_ref().map(bindery::Error::row),
            [None, Some(2), None]
        );
    }
    for (one, other) in of_default.iter().zip(&of_b) {
        assert_eq!(one.kind(), other.kind());
        assert_eq!(one.operation(), other.operation());
        assert!(matches!(one.kind(), ErrorKind::UniqueViolation(_)), "{one}");
    }
}

/// Covers BIND-04.
#[test]
fn bind_04_rows_of_several_engines_in_one_list() {
    let db = embedded();
    for name in ["b", "default"] {
        on(&db, name).blogs().insert(NewBlog::new(name)).unwrap();
    }
    let rows: Vec<Blog<Any>> = ["b", "default"]
        .into_iter()
        .flat_map(|name| on(&db, name).blogs().all().unwrap())
        .collect();
    assert_ne!(rows[0].id, rows[1].id);
    assert_eq!(
        format!("{:?} {:?}", rows[0].id, rows[1].id),
        "1@b 1@default"
    );

    // A key or row of another engine is refused before anything is sent.
    let mut default = on(&db, "default");
    let (own, other) = (&rows[1], &rows[0]);
    let refused = [
        default.blogs().find(other.id).map(drop),
        default.blogs().exists(other.id).map(drop),
        default.blogs().delete(other.id).map(drop),
        default.blogs().save(other).map(drop),
        default
            .blogs()
            .update(other.id, BlogPatch::default())
            .map(drop),
        default.blogs().insert_row(other),
        default.blogs().upsert_row(other).map(drop),
        default.blogs().copy_as_new(other).map(drop),
    ];
    for outcome in refused {
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.engine(), error.kind()),
            (Some("default"), &ErrorKind::WrongEngine)
        );
    }
    assert_eq!(
        &default.blogs().all().unwrap()[..],
        std::slice::from_ref(own)
    );
}

#[test]
fn sel_01_engines_chosen_at_run_time() {
    let db = embedded();
    let mut b = on(&db, "b");
    let post = b.blogs().insert(NewBlog::new("on b")).unwrap();
    assert_eq!(post.id.engine(), Any::B);
    drop(b);
    // The same pool, whether the engine is a type or a value.
    assert_eq!(title(&mut on(&db, "b"), post.id).as_deref(), Some("on b"));
    assert_eq!(db.connect(B).unwrap().blogs().count().unwrap(), 1);
    assert_eq!(db.engine("b").unwrap().pool.open, 1);

    let error = on(&db, "test").blogs().count().unwrap_err();
    let lives_on = ["default", "b", "x_mysql", "x_postgres", "y_mariadb"];
    assert_eq!(
        error.kind(),
        &ErrorKind::NotHosted {
            lives_on: &["default", "b", "x_mysql", "x_postgres", "y_mariadb"]
        }
    );
    assert_eq!(
        (error.engine(), error.model()),
        (Some("test"), Some("Blog"))
    );
    assert!(error.to_string().contains(&lives_on.join(", ")), "{error}");

    let error = "nope".parse::<Any>().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownEngine { name, .. } if name == "nope"));
}

#[test]
fn sel_01_a_model_that_is_not_there_takes_no_connection() {
    let db = embedded();
    let checkouts = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&checkouts);
    let _subscription = db.subscribe(move |event: &Event| {
        if event.kind == EventKind::Checkout {
            seen.fetch_add(1, Ordering::Relaxed);
        }
    });
    let query = || db.repository::<model::Blog, Any>(Any::Test).query();
    for error in [query().count().unwrap_err(), query().all().unwrap_err()] {
        assert!(
            matches!(error.kind(), ErrorKind::NotHosted { .. }),
            "{error:?}"
        );
    }
    assert_eq!(checkouts.load(Ordering::Relaxed), 0);
    drop(db.connect(Any::Test).unwrap());
    assert_eq!(checkouts.load(Ordering::Relaxed), 1, "they are counted");
}

#[test]
fn sel_08_from_one_engine_to_another() {
    let db = embedded();
    let mut default = db.connect(Default).unwrap();
    let mut b = db.connect(B).unwrap();
    let post = default.blogs().insert(NewBlog::new("moving")).unwrap();
    let taken = b.blogs().insert(NewBlog::new("here first")).unwrap();

    let copy: Blog<B> = post.clone().to_engine();
    assert_eq!(copy.id, taken.id);
    let error = b.blogs().insert_row(&copy).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UniqueViolation(_)),
        "{error:?}"
    );
    assert_eq!(b.blogs().get(taken.id).unwrap(), taken);
    let renumbered = b.blogs().copy_as_new(&copy).unwrap();
    assert_eq!(
        (renumbered.title.as_str(), renumbered.id.value()),
        ("moving", &2)
    );
    b.blogs().upsert_row(&copy).unwrap();
    assert_eq!(b.blogs().get(taken.id).unwrap().title, "moving");

    assert!(default.blogs().delete(post.id).unwrap());
    assert_eq!(default.blogs().count().unwrap(), 0);
    assert_eq!(b.blogs().count().unwrap(), 2);
}

#[test]
fn iterating_on_a_connection_of_its_own() {
    let db = embedded();
    let mut blogs = db.repository::<model::Blog, _>(B);
    blogs
        .insert_many((0..10).map(|_| NewBlog::new("row")))
        .unwrap();
    let mut rows = blogs.iter().unwrap();
    assert!(rows.next().is_some());
    assert_eq!(db.engine("b").unwrap().pool.in_use, 1);
    // Another statement while rows are being read, on another connection.
    assert_eq!(db.repository::<model::Blog, _>(B).count().unwrap(), 10);
    drop(rows);
    assert_eq!(db.engine("b").unwrap().pool.in_use, 0);
}

#[test]
fn tables_are_created_once_and_dropped() {
    let db = embedded();
    let again = db.create_missing().unwrap();
    assert!(again.created.is_empty());
    assert_eq!(again.existing.len(), 5);
    assert_eq!(
        db.drop_tables(Default).unwrap(),
        ["logs", "order_lines", "members", "blogs"]
    );
    assert_eq!(db.drop_all().unwrap(), [("b", "blogs")]);
    assert!(db.drop_all().unwrap().is_empty());
    assert_eq!(db.create_missing_on(B).unwrap().created, [("b", "blogs")]);
}
