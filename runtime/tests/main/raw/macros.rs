//! `sql!` and `#[derive(Row)]`.

use bindery::{Connection, ErrorKind, sql};

use crate::sample::engine::{Any, B};
use crate::sample::{Blog, Everything, NewBlog, Tables, embedded, on_each_database};

on_each_database! {
    qry_02_values_in_a_text_are_bound;
    rows_are_read_into_structs_by_name;
}

struct Author {
    name: String,
    stars: Option<i64>,
}

/// Covers QRY-02.
fn qry_02_values_in_a_text_are_bound<E: Everything>(c: &mut Connection<E>) {
    let author = Author {
        name: "'; DELETE FROM blogs; -- {name} $1 ?".to_owned(),
        stars: Some(3),
    };
    let none = None::<&str>;
    let inserted = sql!(
        "INSERT INTO blogs (title, content, stars) VALUES ({author.name}, {none}, {author.stars.unwrap_or(0)})"
    )
    .using(c)
    .execute();
    assert_eq!(inserted.unwrap(), 1);
    c.transaction(|tx| {
        let read = sql!(
            "SELECT title, '{{}}', stars FROM blogs WHERE title = {author.name} AND stars >= {1}"
        )
        .using(tx)
        .query_row::<(String, String, i64)>()?;
        assert_eq!(read, (author.name.clone(), "{}".to_owned(), 3));
        Ok(())
    })
    .unwrap();
    let all = sql!("SELECT * FROM blogs").using(c).query_as::<Blog<_>>();
    assert_eq!(all.unwrap(), c.blogs().all().unwrap());
    let count: i64 = sql!("SELECT count(*) FROM blogs")
        .using(c)
        .query_scalar()
        .unwrap();
    let found = sql!("SELECT title FROM blogs WHERE stars = {7}").using(c);
    assert_eq!(
        (count, found.query_optional::<String>().unwrap()),
        (1, None)
    );
}

#[derive(Debug, PartialEq, bindery::Row)]
struct Titled {
    title: String,
    #[row(name = "number")]
    stars: i64,
    r#content: Option<String>,
}

fn rows_are_read_into_structs_by_name<E: Everything>(c: &mut Connection<E>) {
    c.blogs().insert(NewBlog::new("one")).unwrap();
    let rows = c.query_as::<Titled>("SELECT 7 + stars AS number, content, title FROM blogs", ());
    let expected = Titled {
        title: "one".to_owned(),
        stars: 7,
        content: None,
    };
    assert_eq!(rows.unwrap(), [expected]);
    let error = c
        .query_as::<Titled>("SELECT title, content FROM blogs", ())
        .unwrap_err();
    let expected = ErrorKind::WrongColumns {
        expected: "Titled",
        missing: vec!["column `number`".to_owned()],
        unexpected: Vec::new(),
    };
    assert_eq!(error.kind(), &expected);
    let error = c
        .query_as::<Titled>("SELECT title, content, title AS number FROM blogs", ())
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with("column `number` of `Titled` is no integer"),
        "{error}"
    );
}

#[derive(Debug, PartialEq, bindery::Row)]
struct WithKey {
    id: crate::sample::BlogId<B>,
}

#[test]
fn a_struct_with_keys_is_read_from_their_engine_only() {
    let db = embedded();
    assert_eq!(WithKey { id: 1.into() }.id.value(), &1);
    let ids = "SELECT id FROM blogs";
    assert!(
        db.sql_on(B)
            .query_as::<WithKey>(ids, ())
            .unwrap()
            .is_empty()
    );
    assert!(
        db.sql_on(Any::B)
            .query_as::<WithKey>(ids, ())
            .unwrap()
            .is_empty()
    );
    let error = db
        .sql_on(Any::Default)
        .query_as::<WithKey>(ids, ())
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
}
