//! SQL of the program's own in conditions.

use bindery::query::RowEngine;
use bindery::{Column, Condition, Connection, ErrorKind, Hosts, sql_fragment};

use crate::sample::engine::{Any, B, Default};
use crate::sample::{
    Blog, BlogId, Everything, NewBlog, Tables, blog, embedded, model, on_each_database,
};

on_each_database! {
    a_fragment_is_a_condition_like_any_other;
    a_fragment_binds_what_it_is_given;
    a_fragment_selects_what_is_changed;
    a_fragment_that_is_wrong_is_the_databases_error;
}

const ID: Column<model::Blog, BlogId<RowEngine>> = blog::id;
const TITLE: Column<model::Blog, String> = blog::title;
const STARS: Column<model::Blog, i64> = blog::stars;

fn fill<E: Everything>(c: &mut Connection<E>) {
    for (title, stars) in [("One", 1), ("two", 2), ("THREE", 3), ("it's", 4)] {
        let new = NewBlog {
            stars: Some(stars),
            ..NewBlog::new(title)
        };
        c.blogs().insert(new).unwrap();
    }
}

fn titles<E: Everything>(
    c: &mut Connection<E>,
    condition: Condition<model::Blog, E>,
) -> Vec<String> {
    let found = c.blogs().filter(condition).order_by(ID.asc()).all();
    let title = |blog: Blog<E>| blog.title;
    found.unwrap().into_iter().map(title).collect()
}

fn in_any_case<E: Hosts<model::Blog>>(title: &str) -> Condition<model::Blog, E> {
    sql_fragment!("lower({TITLE}) = lower({title})")
}

fn a_fragment_is_a_condition_like_any_other<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    assert_eq!(titles(c, in_any_case("three")), ["THREE"]);
    assert_eq!(titles(c, !in_any_case("three")), ["One", "two", "it's"]);
    // Its operators are its own, whatever stands around it.
    let either = || sql_fragment!("{STARS} = {1} OR {STARS} = {2}");
    assert_eq!(titles(c, either()), ["One", "two"]);
    assert_eq!(titles(c, either().and(STARS.ge(2))), ["two"]);
    assert_eq!(titles(c, STARS.ge(2).and(either())), ["two"]);
    assert_eq!(titles(c, either().or(TITLE.eq("it's"))).len(), 3);
    assert_eq!(titles(c, (!either()).and(STARS.le(3))), ["THREE"]);
    let comment = sql_fragment!("{STARS} = {2} -- it's the second");
    assert_eq!(titles(c, comment.and(STARS.ge(1))), ["two"]);
    assert_eq!(titles(c, sql_fragment!("1 = 1")).len(), 4);
    let page = c.blogs().filter(either()).filter(TITLE.ne("two"));
    assert_eq!(
        page.order_by(ID.desc()).limit(1).all().unwrap()[0].title,
        "One"
    );
    assert_eq!(c.blogs().filter(either()).count().unwrap(), 2);
    assert!(c.blogs().filter(in_any_case("TWO")).exists().unwrap());
    // The same shape with other values, which is built once.
    for (title, count) in [("one", 1), ("none", 0), ("IT'S", 1)] {
        assert_eq!(c.blogs().filter(in_any_case(title)).count().unwrap(), count);
    }
}

fn a_fragment_binds_what_it_is_given<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    for hostile in ["it's", "' OR '1' = '1", "{TITLE}", "?", "$1", "--"] {
        let found = titles(
            c,
            sql_fragment!("{TITLE} = {hostile} AND '{{?}}' <> {hostile}"),
        );
        assert_eq!(found.len(), usize::from(hostile == "it's"), "{hostile}");
    }
    let one = c.blogs().first().unwrap().unwrap();
    assert_eq!(titles(c, sql_fragment!("{ID} = {one.id}")), ["One"]);
    let none = None::<i64>;
    let missing = titles(c, sql_fragment!("{STARS} = {none}"));
    assert!(missing.is_empty(), "as the database compares with NULL");
}

fn a_fragment_selects_what_is_changed<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let odd = || sql_fragment!("{STARS} % {2} = {1}");
    assert_eq!(
        c.blogs()
            .filter(odd())
            .update(STARS.set_to(STARS + 10))
            .unwrap(),
        2
    );
    let delete = c.blogs().filter(odd().and(in_any_case("one")));
    assert_eq!(delete.delete().unwrap(), 1);
    assert_eq!(c.blogs().count().unwrap(), 3);
}

fn a_fragment_that_is_wrong_is_the_databases_error<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let error = c.blogs().filter(sql_fragment!("nowhere = {1}")).count();
    let error = error.unwrap_err();
    assert!(error.code().is_some(), "{error:?}");
    assert_eq!(c.blogs().count().unwrap(), 4);
}

/// Covers GEN-9.
#[test]
fn gen_9_a_key_of_another_engine_in_a_fragment_is_refused() {
    let db = embedded();
    let key: BlogId<B> = db
        .connect(B)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("b"))
        .unwrap()
        .id;
    let mut other = db.connect(Default).unwrap();
    let error = other.blogs().filter(sql_fragment!("{ID} = {key}")).count();
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::WrongEngine);
    let mut any = db.connect(Any::B).unwrap();
    let found = any
        .blogs()
        .filter(sql_fragment!("{ID} = {Some(key)}"))
        .count();
    assert_eq!(found.unwrap(), 1);
}
