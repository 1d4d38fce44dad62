//! Links to rows on other engines, at work; the models are those of the cases `linked` and `links`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bindery::generic::Route;
use bindery::observe::{Event, EventKind};
use bindery::query::{HashJoin, merge_join};
use bindery::relation::{Linked, LinkedRows};
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};
use bindery_testkit::{Fault, FaultProxy};

use crate::bench::Bench;
use crate::linked;

/// Longer than any of the servers needs for an answer.
const DELAY: Duration = Duration::from_millis(20);

/// Names and keys in the order of the rows: `-` for NULL, `?` before a key without a row.
fn shown<R, K: std::fmt::Display>(rows: &LinkedRows<R, K>, name: fn(&R) -> &str) -> Vec<String> {
    let one = |linked| match linked {
        Linked::Found(row) => name(row).to_owned(),
        Linked::Missing(key) => format!("?{key}"),
        Linked::Null => "-".to_owned(),
    };
    rows.iter().map(one).collect()
}

/// The target of the row of this number: one of 250 users, of whom every tenth is gone, or none.
fn user_of(row: i64) -> Option<i64> {
    (row % 50 != 0).then_some(1 + row * 7 % 250)
}

fn expected(row: i64) -> String {
    match user_of(row) {
        None => "-".to_owned(),
        Some(id) if id % 10 == 0 => format!("?{id}"),
        Some(id) => format!("user {id}"),
    }
}

/// Fills the users of one engine and the rows of another that link to them, and loads these with their users.
macro_rules! xrel_01 {
    ($db:ident, $from:ident, $rows:ident, $new:ident, $column:ident, $row:ident -> $to:ident, $engine:ident) => {{
        use crate::linked::*;
        let mut to = $db.$to()?;
        let users = (1..=250).filter(|id| id % 10 != 0);
        to.app_user()
            .insert_many(users.map(|id| NewAppUser::new(format!("user {id}")).id(id)))?;
        let mut from = $db.$from()?;
        let new = |row| $new::new().$column(user_of(row).map(AppUserId::<engine::$engine>::new));
        from.$rows().insert_many((0..500).map(new))?;
        let rows = from.$rows().order_by($row::id.asc()).all()?;
        assert_eq!(rows.len(), 500);

        let users = $row::$column.load(&mut to, &rows)?;
        let names: Vec<String> = (0..500).map(expected).collect();
        assert_eq!(shown(&users, |user| &user.name), names, "in the order of the rows");
        assert_eq!(users.rows().len(), 220, "a user of several rows is read once");
        assert_eq!(users.missing().len(), 25, "a missing one too");
        assert_eq!(users.iter().filter(|user| matches!(user, Linked::Null)).count(), 10);

        let one = $row::$column.load_one(&mut to, &rows[1])?;
        assert_eq!(one.found().map(|user| user.name).as_deref(), Some("user 8"));
        let gone = rows.iter().find(|row| row.$column.is_some_and(|id| *id.value() == 10));
        let gone = $row::$column.load_one(&mut to, gone.expect("there is one"))?;
        assert!(matches!(gone, Linked::Missing(id) if *id.value() == 10));
        assert!(matches!($row::$column.load_one(&mut to, &rows[0])?, Linked::Null));
        assert!($row::$column.load(&mut to, &rows[..0])?.is_empty());
        to.transaction(|tx| $row::$column.load(tx, &rows).map(|users| assert_eq!(users.len(), 500)))?;
        (rows, users)
    }};
}

#[path = "links_cached.rs"]
mod cached;

#[test]
fn xrel_01_rows_of_sqlite_with_their_users_on_postgres() -> bindery::Result<()> {
    let bench = Bench::new();
    if bench.postgres.is_none() {
        return Ok(());
    }
    let db = linked::Databases::with_config(&bench.config())?;
    db.create_missing_on(linked::engine::Lite)?;
    db.create_missing_on(linked::engine::P)?;
    xrel_01!(db, lite, lite_visits, NewLiteVisit, user_id, lite_visit -> p, P);
    Ok(())
}

#[test]
fn xrel_01_rows_of_postgres_with_their_users_on_mysql() -> bindery::Result<()> {
    let bench = Bench::new();
    if bench.postgres.is_none() {
        return Ok(());
    }
    let db = linked::Databases::with_config(&bench.config())?;
    db.create_missing_on(linked::engine::P)?;
    if bench.mariadb.is_some() {
        db.create_missing_on(linked::engine::Default)?;
        xrel_01!(db, p, p_visits, NewPVisit, user_id, p_visit -> default, Default);
    }
    if bench.mysql.is_some() {
        db.create_missing_on(linked::engine::Proper)?;
        xrel_01!(db, p, p_visits, NewPVisit, proper_id, p_visit -> proper, Proper);
    }
    Ok(())
}

#[test]
fn xrel_01_rows_of_mysql_with_their_users_on_sqlite() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = linked::Databases::with_config(&bench.config())?;
    db.create_missing_on(linked::engine::Lite)?;
    if bench.mariadb.is_some() {
        db.create_missing_on(linked::engine::Default)?;
        xrel_01!(db, default, m_visits, NewMVisit, user_id, m_visit -> lite, Lite);
    }
    if bench.mysql.is_some() {
        db.create_missing_on(linked::engine::Proper)?;
        xrel_01!(db, proper, m_visits, NewMVisit, user_id, m_visit -> lite, Lite);
    }
    Ok(())
}

/// The typed accessors of a session lead to three databases, and its connections to the rows that links lead to.
#[test]
fn xrel_01_links_are_loaded_within_a_session() -> bindery::Result<()> {
    use crate::linked::*;
    let bench = Bench::new();
    if bench.postgres.is_none() || bench.mariadb.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    db.create_missing_on(engine::P)?;
    db.create_missing_on(engine::Default)?;
    let mut s = db.begin_session()?;
    let ann = s.p()?.app_user().insert(NewAppUser::new("ann"))?;
    let bob = s.default()?.app_user().insert(NewAppUser::new("bob"))?;
    s.lite_visits()
        .insert(NewLiteVisit::new().user_id(Some(ann.id)))?;
    s.p_visits()
        .insert(NewPVisit::new().user_id(Some(bob.id)))?;
    assert_eq!((s.lite_visits().count()?, s.p_visits().count()?), (1, 1));
    assert_eq!(s.p_visits().filter(p_visit::user_id.eq(bob.id)).count()?, 1);

    let visits = s.lite_visits().all()?;
    let users = lite_visit::user_id.load(s.p()?, &visits)?;
    assert_eq!(shown(&users, |user| &user.name), ["ann"]);
    let visits = s.p_visits().all()?;
    let users = p_visit::user_id.load(s.default()?, &visits)?;
    assert_eq!(shown(&users, |user| &user.name), ["bob"]);

    // A function for a route takes the session, where the model lives on one engine.
    fn count<R: Route<model::PVisit> + Tables>(route: &mut R) -> bindery::Result<u64> {
        route.p_visits().count()
    }
    assert_eq!(count(&mut s)?, 1);
    assert_eq!(count(s.p()?)?, 1);
    assert_eq!(
        db.outside_transaction(|| db.p_visits().count())?,
        0,
        "not committed"
    );
    s.commit()?;
    assert_eq!((db.lite_visits().count()?, count(&mut db.p()?)?), (1, 1));
    Ok(())
}

/// Covers TX-05 on SQLite, PostgreSQL, MariaDB. The accessors of the databases are refused within a session, which has the same.
#[test]
fn tx_05_accessors_of_the_databases_are_refused_within_a_session() -> bindery::Result<()> {
    use crate::linked::*;
    let bench = Bench::new();
    if bench.postgres.is_none() || bench.mariadb.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    db.create_missing_on(engine::P)?;
    db.create_missing_on(engine::Default)?;
    db.session(|s| {
        s.lite_visits().insert(NewLiteVisit::new())?;
        let refused = [
            db.lite_visits().count(),
            db.p_visits().count(),
            db.default()
                .and_then(|mut default| default.app_user().count()),
        ];
        for outcome in refused {
            let error = outcome.unwrap_err();
            let is_of_call = matches!(error.kind(), ErrorKind::OutsideTransaction { .. });
            assert!(is_of_call, "{error}");
        }
        assert_eq!(db.outside_transaction(|| db.p_visits().count())?, 0);
        s.p_visits().insert(NewPVisit::new()).map(drop)
    })?;
    assert_eq!((db.lite_visits().count()?, db.p_visits().count()?), (1, 1));
    Ok(())
}

/// The time that loading takes over a slow network.
fn over_slow_network(
    bench: &Bench,
    url: &str,
    engine: &str,
    load: impl Fn(&linked::Databases) -> bindery::Result<usize>,
) -> bindery::Result<()> {
    let proxy = FaultProxy::start(url).expect("a proxy");
    let db = linked::Databases::with_config(&bench.config_with((engine, proxy.url())))?;
    assert_eq!(load(&db)?, 500);
    proxy.set(Fault::Delay(DELAY));
    let begun = Instant::now();
    assert_eq!(load(&db)?, 500);
    let took = begun.elapsed();
    proxy.heal();
    assert!(took >= 2 * DELAY, "{engine}: a statement was sent");
    assert!(took < 250 * DELAY, "{engine}: {took:?} for one statement");
    Ok(())
}

/// Rows that link to as many different keys as `keys`, each twice.
macro_rules! chunks {
    ($db:ident, $sent:ident, $column:expr, $row:ty { $($field:ident: $value:expr),* } -> $to:ident) => {{
        let load = |keys: i64| -> bindery::Result<u64> {
            type Row = $row;
            let row = |key: i64| Row {
                id: key.into(),
                user_id: Some(key.into()),
                user_name: None,
                $($field: $value,)*
            };
            let rows: Vec<_> = (1..=keys).chain(1..=keys).map(row).collect();
            let mut to = $db.$to()?;
            let before = $sent.load(Ordering::Relaxed);
            let users = $column.load(&mut to, &rows)?;
            assert_eq!(users.missing().len() as i64, keys);
            Ok($sent.load(Ordering::Relaxed) - before)
        };
        // The table is looked at when it is first used.
        load(1)?;
        assert_eq!([load(500)?, load(32_768)?, load(32_769)?], [1, 1, 2]);
    }};
}

#[test]
fn xrel_01_one_statement_is_sent_for_each_chunk_of_keys() -> bindery::Result<()> {
    use crate::linked::*;
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    let _subscription = db.registry().subscribe(move |event: &Event<'_>| {
        if event.kind == EventKind::Statement {
            counter.fetch_add(event.times, Ordering::Relaxed);
        }
    });
    db.create_missing_on(engine::Lite)?;
    chunks!(db, sent, m_visit::user_id, MVisit<engine::Default> {} -> lite);
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        chunks!(db, sent, lite_visit::user_id, LiteVisit {} -> p);
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        chunks!(db, sent, p_visit::user_id, PVisit { proper_id: None } -> default);
    }
    Ok(())
}

#[test]
fn xrel_01_rows_are_loaded_by_one_statement() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = linked::Databases::with_config(&bench.config())?;
    if let Some(postgres) = &bench.postgres {
        db.create_missing_on(linked::engine::Lite)?;
        db.create_missing_on(linked::engine::P)?;
        let (rows, _) = xrel_01!(db, lite, lite_visits, NewLiteVisit, user_id, lite_visit -> p, P);
        over_slow_network(&bench, &postgres.url(), "p", |db| {
            let mut p = db.p()?;
            Ok(linked::lite_visit::user_id.load(&mut p, &rows)?.len())
        })?;
    }
    if let (Some(mariadb), Some(_)) = (&bench.mariadb, &bench.postgres) {
        db.create_missing_on(linked::engine::Default)?;
        let (rows, _) = xrel_01!(db, p, p_visits, NewPVisit, user_id, p_visit -> default, Default);
        over_slow_network(&bench, &mariadb.url(), "default", |db| {
            let mut default = db.default()?;
            Ok(linked::p_visit::user_id.load(&mut default, &rows)?.len())
        })?;
    }
    Ok(())
}

/// By a unique column that is not the key, and with more different values than one statement has.
#[test]
fn xrel_01_links_by_a_unique_column_and_in_chunks() -> bindery::Result<()> {
    use crate::linked::*;
    let bench = Bench::new();
    if bench.mariadb.is_none() || bench.postgres.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::P)?;
    db.create_missing_on(engine::Default)?;
    let (mut p, mut default) = (db.p()?, db.default()?);
    default
        .app_user()
        .insert_many((0..40_000).map(|n| NewAppUser::new(format!("u{n}"))))?;
    let new = |n: u32| NewPVisit::new().user_name((n != 7).then(|| format!("u{}", n + 1)));
    p.p_visits().insert_many((0..40_000).map(new))?;
    let rows = p.p_visits().order_by(p_visit::id.asc()).all()?;
    let users = p_visit::user_name.load(&mut default, &rows)?;
    let names = (0..40_000).map(|n| match n {
        7 => "-".to_owned(),
        39_999 => "?u40000".to_owned(),
        n => format!("u{}", n + 1),
    });
    assert!(shown(&users, |user| &user.name).into_iter().eq(names));
    Ok(())
}

#[test]
fn links_to_the_engine_of_the_row_and_of_an_engine_chosen_at_run_time() -> bindery::Result<()> {
    use crate::links::*;
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let (mut default, mut b) = (db.default()?, db.b()?);
    default.blogs().insert(NewBlog::new("on default"))?;
    b.blogs().insert(NewBlog::new("on b"))?;
    let id = BlogId::<engine::Default>::new(1);
    let review = NewReview::new(id)
        .next_id(BlogId::new(1))
        .title("on b".to_owned());
    let review = b.reviews().insert(review)?;
    let rows = [review];
    let blog = review::blog_id.load(&mut default, &rows)?;
    assert_eq!(shown(&blog, |blog| &blog.title), ["on default"]);
    let next = review::next_id.load(&mut b, &rows)?;
    assert_eq!(shown(&next, |blog| &blog.title), ["on b"]);
    let next = review::title.load(&mut b, rows.iter())?;
    assert_eq!(shown(&next, |blog| &blog.title), ["on b"]);

    let mut any = db.on(engine::Any::B)?;
    let rows = any.reviews().query().all()?;
    let next = review::next_id.load(&mut any, &rows)?;
    assert_eq!(shown(&next, |blog| &blog.title), ["on b"]);
    let error = review::next_id
        .load(&mut db.on(engine::Any::Default)?, &rows)
        .expect_err("the row is on b");
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    assert_eq!(error.engine(), Some("default"));
    Ok(())
}

/// A link is a column like any other, and the computed column before it is passed over.
#[test]
fn links_are_columns() -> bindery::Result<()> {
    use crate::links::*;
    let db = Databases::in_memory()?;
    db.create_missing()?;
    let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    let mut b = db.b()?;
    b.visits().insert(
        NewVisit::new("/")
            .user_id(ann.id)
            .invited_by("bob@example.org".to_owned()),
    )?;
    b.visits().insert(NewVisit::new("/rust"))?;
    let of_ann = b.visits().filter(visit::user_id.eq(ann.id)).one()?;
    assert!(b.visits().filter(visit::user_id.is_null()).exists()?);
    assert_eq!(
        b.visits()
            .order_by(visit::invited_by.desc())
            .first()?
            .as_ref(),
        Some(&of_ann)
    );
    let user = visit::user_id.load_one(&mut db.default()?, &of_ann)?;
    assert_eq!(user, Linked::Found(ann));
    let inviter = visit::invited_by.load_one(&mut db.default()?, &of_ann)?;
    assert_eq!(inviter, Linked::Missing("bob@example.org".to_owned()));
    Ok(())
}

/// The same from the side that is linked to.
#[test]
fn xrel_01_rows_that_link_to_a_row_of_another_engine() -> bindery::Result<()> {
    use crate::linked::*;
    let bench = Bench::new();
    if bench.postgres.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    db.create_missing_on(engine::P)?;
    let (mut lite, mut p) = (db.lite()?, db.p()?);
    p.app_user()
        .insert_many((1..=50).map(|id| NewAppUser::new(format!("u{id}")).id(id)))?;
    let visit = |n: i64| NewLiteVisit::new().user_id(AppUserId::<engine::P>::new(1 + n % 40));
    lite.lite_visits().insert_many((0..200).map(visit))?;
    let users = p.app_user().order_by(app_user::id.desc()).all()?;
    let visits = lite_visit::user_id.reversed().load(&mut lite, &users)?;
    assert_eq!((users.len(), visits.len()), (50, 50));
    for (user, visits) in users.iter().zip(&visits) {
        let expected = if *user.id.value() > 40 { 0 } else { 5 };
        assert_eq!(visits.len(), expected, "{}", user.name);
        assert!(visits.iter().all(|visit| visit.user_id == Some(user.id)));
    }
    let by_name = lite_visit::user_name.reversed().load(&mut lite, &users)?;
    assert!(by_name.iter().all(<[_]>::is_empty));
    let twice = lite_visit::user_id
        .reversed()
        .load(&mut lite, [&users[49], &users[49]])?;
    assert_eq!(
        (twice.get(0).map(<[_]>::len), twice.get(1).map(<[_]>::len)),
        (Some(5), Some(5))
    );
    Ok(())
}

/// Copies keep the key and never overwrite; a move is two steps. Around all three databases.
#[test]
fn sel_08_rows_are_copied_and_moved_between_databases() -> bindery::Result<()> {
    use crate::linked::*;

    fn show<E: StaticEngine + Hosts<model::AppUser>, F: StaticEngine + Hosts<model::AppUser>>(
        from: &mut Connection<E>,
        to: &mut Connection<F>,
    ) -> bindery::Result<()> {
        let row = from.app_user().insert(NewAppUser::new("moves").id(7))?;
        to.app_user().insert(NewAppUser::new("here first").id(7))?;
        for error in [
            row.copy_to(to).expect_err("the key is taken"),
            row.move_to(from, to).expect_err("the key is taken"),
        ] {
            assert!(
                matches!(error.kind(), ErrorKind::UniqueViolation(_)),
                "{error}"
            );
        }
        let there = AppUserId::<F>::new(7);
        assert_eq!(to.app_user().get(there)?.name, "here first", "unchanged");
        assert!(from.app_user().exists(row.id)?, "it stays");
        let renumbered = row.copy_as_new_to(to)?;
        assert_ne!(renumbered.id, there);
        assert!(to.app_user().delete(renumbered.id)?);
        assert_eq!(row.copy_over_to(to)?.name, "moves");
        assert!(to.app_user().delete(there)?);

        let moved = row.move_to(from, to)?;
        assert_eq!(moved.copy.id, there);
        assert!(matches!(moved.deleted, Ok(true)));
        assert!(!from.app_user().exists(row.id)?);
        assert_eq!(moved.done()?.name, "moves");
        // It is gone where it was, so that the second step says so.
        assert!(to.app_user().delete(there)?);
        let error = row
            .move_to(from, to)?
            .done()
            .expect_err("it was moved before");
        assert_eq!(error.kind(), &ErrorKind::NotFound);
        assert!(to.app_user().delete(there)?);
        Ok(())
    }

    let bench = Bench::new();
    if bench.mariadb.is_none() || bench.postgres.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    db.create_missing_on(engine::P)?;
    db.create_missing_on(engine::Default)?;
    show(&mut db.lite()?, &mut db.p()?)?;
    show(&mut db.p()?, &mut db.default()?)?;
    show(&mut db.default()?, &mut db.lite()?)?;

    // A row deletes itself where it was read.
    let row = db.p()?.app_user().insert(NewAppUser::new("on p"))?;
    row.copy_to(&mut db.lite()?)?;
    assert!(row.delete(&db)?);
    assert_eq!(
        (db.p()?.app_user().count()?, db.lite()?.app_user().count()?),
        (0, 1)
    );
    // The connection of another engine is refused before anything is copied.
    let any = db
        .on(engine::Any::Lite)?
        .app_user()
        .first()?
        .expect("the copy");
    let error = any
        .move_to(&mut db.on(engine::Any::P)?, &mut db.default()?)
        .expect_err("it is not on p");
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    assert_eq!(db.default()?.app_user().count()?, 0);
    Ok(())
}

/// Rows of two databases, each in the order of its own key.
#[test]
fn rows_of_two_databases_are_joined_in_memory() -> bindery::Result<()> {
    use crate::linked::*;
    let bench = Bench::new();
    if bench.mariadb.is_none() || bench.postgres.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::P)?;
    db.create_missing_on(engine::Default)?;
    let users = (1..=2_000).filter(|id| id % 3 != 0);
    db.default()?
        .app_user()
        .insert_many(users.map(|id| NewAppUser::new(format!("u{id}")).id(id)))?;
    let visit = |n: i64| {
        let user = (n % 100 != 0).then_some(1 + n * 7 % 2_000);
        NewPVisit::new().user_id(user.map(AppUserId::<engine::Default>::new))
    };
    db.p()?.p_visits().insert_many((0..6_000).map(visit))?;

    let (mut p, mut default) = (db.p()?, db.default()?);
    let mut name_of = std::collections::BTreeMap::new();
    let visits = p.p_visits().order_by(p_visit::user_id.asc()).iter()?;
    let users = default.app_user().order_by(app_user::id.asc()).iter()?;
    for pair in merge_join(visits, users, |visit| visit.user_id, |user| Some(user.id)) {
        let (visit, users) = pair?;
        name_of.insert(visit.id, users.first().map(|user| user.name.clone()));
    }
    assert_eq!(name_of.len(), 6_000);
    assert_eq!(
        name_of.values().filter(|name| name.is_some()).count(),
        3_960
    );

    let users = HashJoin::new(default.app_user().iter()?, |user| Some(user.id), 1_334)?;
    for pair in users.join(p.p_visits().iter()?, |visit| visit.user_id) {
        let (visit, users) = pair?;
        assert_eq!(
            name_of[&visit.id],
            users.first().map(|user| user.name.clone())
        );
    }
    let few = HashJoin::new(default.app_user().iter()?, |user| Some(user.id), 1_333);
    assert!(matches!(
        few.map(|_| ()).expect_err("one more").kind(),
        ErrorKind::Unsupported(_)
    ));
    let unordered = p.p_visits().order_by(p_visit::user_id.desc()).iter()?;
    let users = default.app_user().order_by(app_user::id.asc()).iter()?;
    let mut pairs = merge_join(
        unordered,
        users,
        |visit| visit.user_id,
        |user| Some(user.id),
    );
    assert!(pairs.any(|pair| pair.is_err()));
    Ok(())
}
