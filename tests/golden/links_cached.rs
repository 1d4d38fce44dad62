//! Linked rows that are kept in memory, and when they are read again.

use bindery::relation::LinkCache;

use super::*;
use crate::relations_at_work::statements_of;

/// Another `Databases` on the same files and servers writes without the first noticing: what is then still as before was
/// not read.
macro_rules! xrel_03 {
    ($db:ident, $other:ident, $column:ident, $rows:ident -> $to:ident) => {{
        use crate::linked::*;
        let cache = LinkCache::new(1_000, Duration::from_secs(3_600));
        let mut to = $db.$to()?;
        let names = |connection: &mut Connection<_>| -> bindery::Result<Vec<String>> {
            let users = $column.cached(&cache).load(connection, &$rows)?;
            Ok(shown(&users, |user| &user.name))
        };
        let rename = |connection: &mut Connection<_>, id: i64, name: &str| {
            let patch = AppUserPatch {
                name: Some(name.to_owned()),
            };
            connection.app_user().update(id.into(), patch).map(drop)
        };
        let first = names(&mut to)?;
        assert_eq!(first[1], "user 8");
        let cold = cache.stats();
        assert_eq!((cold.hits, cold.rows), (0, 220));
        rename(&mut $other.$to()?, 8, "not seen")?;
        $other.$to()?.app_user().update(
            15.into(),
            AppUserPatch {
                name: Some("nor this".to_owned()),
            },
        )?;
        assert_eq!(
            names(&mut to)?,
            first,
            "no statement was sent for what is there"
        );
        let warm = cache.stats();
        assert_eq!(
            (warm.hits, warm.misses),
            (220, cold.misses + 25),
            "the missing are read again"
        );
        let missing = |link: &Linked<_, _>| matches!(link, Linked::Missing(_));
        let users = $column.cached(&cache).load(&mut to, &$rows)?;
        let found = $rows.iter().zip(&users).filter(|(_, user)| !missing(user));
        let found: Vec<_> = found.map(|(row, _)| row.clone()).collect();
        let load = || $column.cached(&cache).load(&mut to, &found);
        assert_eq!(statements_of($db.registry(), load)?.1, 0);
        let warm = cache.stats();
        // A row that others have written is read again where the program learns of it.
        cache.forget([8.into(), 9_999.into()]);
        assert_eq!(names(&mut to)?[1], "not seen");
        assert_eq!(cache.stats().hits, warm.hits + 219);

        // A commit of this process is seen immediately.
        rename(&mut to, 8, "renamed")?;
        assert_eq!(names(&mut to)?[1], "renamed");
        $db.$to()?
            .transaction(|tx| rename(tx, 8, "in a transaction"))?;
        assert_eq!(names(&mut to)?[1], "in a transaction");

        // A change that is rolled back is seen within the transaction only, and never enters.
        let mut own = $db.$to()?;
        let mut tx = own.begin()?;
        rename(&mut tx, 8, "rolled back")?;
        let before = cache.stats();
        assert_eq!(names(&mut tx)?[1], "rolled back");
        assert_eq!(cache.stats(), before);
        assert_eq!(names(&mut to)?[1], "in a transaction", "seen by others");
        tx.rollback()?;
        assert_eq!(names(&mut to)?[1], "in a transaction");

        // Raw SQL, whatever it writes; a row that is gone.
        to.execute("UPDATE app_user SET name = 'raw' WHERE id = 8", ())?;
        assert_eq!(names(&mut to)?[1], "raw");
        $db.$to()?.app_user().delete(8.into())?;
        assert_eq!(names(&mut to)?[1], "?8");
        to.app_user().insert(NewAppUser::new("back").id(8))?;
        assert_eq!(names(&mut to)?[1], "back");

        // It is bounded, and rows become too old.
        let small = LinkCache::new(7, Duration::from_secs(3_600));
        $column.cached(&small).load(&mut to, &$rows)?;
        assert_eq!(small.stats().rows, 7);
        let short = LinkCache::new(1_000, Duration::ZERO);
        for _ in 0..2 {
            $column.cached(&short).load(&mut to, &$rows)?;
        }
        assert_eq!(short.stats().hits, 0);
        assert!(short.stats().hit_rate() < f64::EPSILON);
        Ok::<(), bindery::Error>(())
    }};
}

#[test]
fn xrel_03_links_are_kept_in_memory_where_that_is_said() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = linked::Databases::with_config(&bench.config())?;
    let other = linked::Databases::with_config(&bench.config())?;
    db.create_missing_on(linked::engine::Lite)?;
    if bench.postgres.is_some() {
        db.create_missing_on(linked::engine::P)?;
        let (rows, _) = xrel_01!(db, lite, lite_visits, NewLiteVisit, user_id, lite_visit -> p, P);
        let user = linked::lite_visit::user_id;
        xrel_03!(db, other, user, rows -> p)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(linked::engine::Default)?;
        let (rows, _) = xrel_01!(db, default, m_visits, NewMVisit, user_id, m_visit -> lite, Lite);
        let user = linked::m_visit::user_id;
        xrel_03!(db, other, user, rows -> lite)?;
    }
    if bench.mariadb.is_some() && bench.postgres.is_some() {
        let (rows, _) = xrel_01!(db, p, p_visits, NewPVisit, user_id, p_visit -> default, Default);
        let user = linked::p_visit::user_id;
        xrel_03!(db, other, user, rows -> default)?;
    }
    Ok(())
}

#[test]
fn xrel_03_rows_of_one_key_on_two_engines_are_kept_apart() -> bindery::Result<()> {
    use crate::links::*;
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let cache = LinkCache::new(10, Duration::from_secs(3_600));
    for name in ["default", "b"] {
        let mut any = db.on(name.parse()?)?;
        any.blogs().insert(NewBlog::new(format!("on {name}")))?;
    }
    for _ in 0..2 {
        for name in ["default", "b"] {
            let mut any = db.on(name.parse()?)?;
            let id = any.blogs().first()?.expect("a blog").id;
            let review = NewReview::new(BlogId::<engine::Default>::new(1)).next_id(id);
            let review = any.reviews().insert(review)?;
            let next = review::next_id.cached(&cache).load_one(&mut any, &review)?;
            let title = next.found().map(|blog| blog.title);
            assert_eq!(title, Some(format!("on {name}")));
        }
    }
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.rows), (2, 2, 2));
    // Another database of the same engine.
    let other = Databases::in_memory()?;
    other.create_missing()?;
    let mut any = other.on("b".parse()?)?;
    any.blogs().insert(NewBlog::new("elsewhere"))?;
    let id = any.blogs().first()?.expect("a blog").id;
    let review = NewReview::new(BlogId::<engine::Default>::new(1)).next_id(id);
    let review = any.reviews().insert(review)?;
    let next = review::next_id.cached(&cache).load_one(&mut any, &review)?;
    assert_eq!(
        next.found().map(|blog| blog.title).as_deref(),
        Some("elsewhere")
    );
    cache.clear();
    assert_eq!(cache.stats().rows, 0);
    Ok(())
}
