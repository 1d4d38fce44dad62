//! BIND-03: rows of every way to write are on the engine they were written to, and nowhere else.

use bindery::{Column, Registry, StaticEngine, sql_fragment};

use super::sql;
use crate::sample::engine::{B, Default, Mariadb, Mysql, Postgres};
use crate::sample::{
    Blog, BlogId, BlogPatch, Everything, NewBlog, Tables, at, blog, embedded, fresh_mariadb, model,
};

const TITLE: Column<model::Blog, String> = blog::title;
const STARS: Column<model::Blog, i64> = blog::stars;

/// Writes rows in every way there is, each with this prefix, and returns how many.
macro_rules! write_all {
    ($db:expr, $engine:expr, $prefix:literal, $ty:ty) => {{
        let mut c = $db.connect($engine).unwrap();
        let new = |name: &str| NewBlog::new(format!("{}-{name}", $prefix));
        let first = c.blogs().insert(new("insert")).unwrap();
        assert_eq!(*first.id.value(), 1, "keys are counted on each engine");
        assert!(c.blogs().insert_or_ignore(new("or ignore")).unwrap());
        c.blogs()
            .insert_many(["many 1", "many 2", "many 3"].map(new))
            .unwrap();
        let given = Blog::<$ty> {
            id: BlogId::new(100),
            ..first.clone()
        };
        c.blogs().insert_row(&given).unwrap();
        let copied = c.blogs().copy_as_new(&given).unwrap();
        assert_ne!(copied.id, given.id);
        c.blogs()
            .upsert_row(&Blog {
                id: BlogId::new(500),
                ..first.clone()
            })
            .unwrap();
        c.blogs()
            .upsert_row(&Blog {
                stars: 7,
                ..given.clone()
            })
            .unwrap();
        c.blogs()
            .save(&Blog {
                stars: 3,
                ..first.clone()
            })
            .unwrap();
        let patch = BlogPatch {
            stars: Some(4),
            ..BlogPatch::default()
        };
        assert!(c.blogs().update(copied.id, patch).unwrap());
        let insert = sql(&c, "INSERT INTO blogs (title) VALUES (?)");
        c.execute(insert, (format!("{}-raw", $prefix),)).unwrap();
        let script = format!("INSERT INTO blogs (title) VALUES ('{}-script')", $prefix);
        c.execute_batch(super::assembled(&script)).unwrap();
        c.transaction(|tx| tx.blogs().insert(new("in a transaction")).map(drop))
            .unwrap();
        drop(c);
        $db.sql_on($engine)
            .execute(insert, (format!("{}-by databases", $prefix),))
            .unwrap();
        $db.repository::<model::Blog, $ty>($engine)
            .insert(new("by databases"))
            .unwrap();
        13
    }};
}

/// The rows of an engine, by each way to query them.
fn ensure_only<E: StaticEngine + bindery::Hosts<model::Blog>>(
    db: &Registry,
    engine: E,
    (prefix, other): (&str, &str),
    rows: u64,
) {
    let mut c = db.connect(engine).unwrap();
    assert_eq!(c.blogs().count().unwrap(), rows, "{prefix}");
    let count = |c: &mut bindery::Connection<E>, prefix: &str| {
        let of = c.blogs().filter(TITLE.starts_with(prefix)).count().unwrap();
        let pattern = format!("{prefix}%");
        let like = sql_fragment!("upper({TITLE}) LIKE upper({pattern})");
        assert_eq!(c.blogs().filter(like).count().unwrap(), of, "{prefix}");
        of
    };
    assert_eq!((count(&mut c, prefix), count(&mut c, other)), (rows, 0));
    let found = |c: &mut bindery::Connection<E>, id| {
        c.blogs()
            .find(BlogId::<E>::new(id))
            .unwrap()
            .map(|blog| blog.stars)
    };
    assert_eq!((found(&mut c, 1), found(&mut c, 100)), (Some(3), Some(7)));
    assert_eq!(c.blogs().filter(STARS.ge(1)).count().unwrap(), 3);
    let titles = c.query_as::<String>("SELECT title FROM blogs", ()).unwrap();
    assert!(
        titles.iter().all(|title| title.starts_with(prefix)),
        "{titles:?}"
    );
}

fn each_on_its_own<E: Everything>(engine: E, db: &Registry) {
    db.create_missing_on(engine).unwrap();
    db.create_missing_on(B).unwrap();
    // One after the other and the other way round: the second engine's statements are known by then.
    let here = write_all!(db, engine, "here", E);
    ensure_nothing(db);
    let there = write_all!(db, B, "b", B);
    ensure_only(db, engine, ("here-", "b-"), here);
    ensure_only(db, B, ("b-", "here-"), there);
    let mut c = db.connect(engine).unwrap();
    assert_eq!(c.blogs().query().all_rows().delete().unwrap(), here);
    drop(c);
    ensure_only(db, B, ("b-", "here-"), there);
}

fn ensure_nothing(db: &Registry) {
    assert_eq!(db.connect(B).unwrap().blogs().count().unwrap(), 0);
}

/// Covers BIND-03.
#[test]
fn bind_03_rows_of_every_way_to_write_are_on_their_engine_only() {
    each_on_its_own(Default, &embedded());
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        each_on_its_own(Postgres, &at("x_postgres", &fresh.url()));
    }
    if let Some(fresh) = bindery_testkit::fresh_mysql() {
        each_on_its_own(Mysql, &at("x_mysql", &fresh.url()));
    }
    if let Some(fresh) = fresh_mariadb() {
        each_on_its_own(Mariadb, &at("y_mariadb", &fresh.url()));
    }
}
