//! Queries that the program puts together, on all three databases; the models are those of the case `queries`.

use bindery::error::Operation;
use bindery::query::Order;
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::bench::Bench;
use crate::queries::*;
use crate::query_rows::{self as rows, fill, titles};

/// Reads the titles of the page that begins at an offset.
type Page<'a> = &'a mut dyn FnMut(u64) -> bindery::Result<Vec<String>>;

/// An engine that hosts what the tests query.
pub(crate) trait Everything:
    Hosts<model::User> + Hosts<model::Post> + Hosts<model::Comment>
{
}

impl<E: Hosts<model::User> + Hosts<model::Post> + Hosts<model::Comment>> Everything for E {}

/// Runs a function on an empty database of each kind.
macro_rules! on_each {
    ($show:expr) => {
        $crate::on_each::on_each!(queries, $show)
    };
}
pub(crate) use on_each;

/// Rows that all have another title, in the order of their ids.
pub(crate) fn small<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
) -> bindery::Result<UserId<E>> {
    let ann = c.users().insert(NewUser::new("Ann"))?;
    let texts = [
        ("Rust", Some("a"), 5),
        ("rust", None, 3),
        ("100%", Some("b"), 3),
        ("1000", Some("A"), 1),
        ("a_b|c", None, 9),
    ];
    for (title, body, stars) in texts {
        c.posts()
            .insert(rows::post(ann.id, title, stars).body(body.map(str::to_owned)))?;
    }
    Ok(ann.id)
}

fn found<E: Everything>(
    c: &mut Connection<E>,
    condition: bindery::Condition<model::Post, E>,
) -> bindery::Result<Vec<String>> {
    let rows = c.posts().filter(condition).order_by(post::id.asc()).all()?;
    Ok(titles(rows))
}

#[test]
fn qry_01_every_operator_means_the_same_on_all_databases() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = small(c)?;
        let stars = post::stars;
        assert_eq!(found(c, stars.eq(3))?, ["rust", "100%"]);
        assert_eq!(found(c, stars.ne(3))?, ["Rust", "1000", "a_b|c"]);
        assert_eq!(found(c, stars.lt(3))?, ["1000"]);
        assert_eq!(found(c, stars.le(3))?, ["rust", "100%", "1000"]);
        assert_eq!(found(c, stars.gt(5))?, ["a_b|c"]);
        assert_eq!(found(c, stars.ge(5))?, ["Rust", "a_b|c"]);
        assert_eq!(found(c, stars.between(3, 5))?, ["Rust", "rust", "100%"]);
        assert_eq!(found(c, stars.in_list([1, 9]))?, ["1000", "a_b|c"]);
        assert_eq!(found(c, stars.eq(stars))?.len(), 5);
        assert_eq!(
            found(c, post::author_id.eq(ann).and(stars.eq(9)))?,
            ["a_b|c"]
        );
        assert_eq!(found(c, post::title.eq("Rust"))?, ["Rust"], "case counts");
        let owned = "rust".to_owned();
        assert_eq!(found(c, post::title.eq(&owned))?, ["rust"]);
        assert_eq!(found(c, post::title.eq("rust ".to_owned()))?, [""; 0]);
        assert_eq!(found(c, post::body.is_null())?, ["rust", "a_b|c"]);
        assert_eq!(
            found(c, post::body.is_not_null().and(stars.lt(4)))?,
            ["100%", "1000"]
        );
        assert_eq!(
            found(c, post::body.eq_or_null(None::<&str>))?,
            ["rust", "a_b|c"]
        );
        assert_eq!(found(c, post::body.eq_or_null(Some("A")))?, ["1000"]);
        // NULL equals nothing, and differs from nothing.
        assert_eq!(found(c, post::body.ne("a"))?, ["100%", "1000"]);
        assert_eq!(found(c, !post::body.eq("a"))?, ["100%", "1000"]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_conditions_are_joined_as_they_are_written() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let (low, rust) = (post::stars.le(3), post::title.eq("Rust"));
        let null = post::body.is_null();
        let both = low.clone().or(rust.clone()).and(null.clone());
        assert_eq!(found(c, both)?, ["rust"]);
        let either = low.clone().or(rust.clone().and(null.clone()));
        assert_eq!(found(c, either)?, ["rust", "100%", "1000"]);
        let neither = !(low.clone().or(rust.clone()));
        assert_eq!(found(c, neither)?, ["a_b|c"]);
        let twice = !!low.clone();
        assert_eq!(found(c, twice)?.len(), 3);
        // Filters one after the other all hold, also where one of them is an OR.
        let rows = c.posts().filter(low.or(rust)).filter(null).all()?;
        assert_eq!(titles(rows), ["rust"]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_programs_build_conditions_in_loops() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let numbers = || (10..10_010).chain([9]);
        let one = |n: i64| post::stars.eq(n).and(post::body.is_null());
        let any = numbers().fold(post::stars.eq(5), |all, n| all.or(one(n)));
        assert_eq!(found(c, any.clone())?, ["Rust", "a_b|c"]);
        assert_eq!(found(c, !any)?, ["rust", "100%", "1000"]);
        let last_first = numbers().fold(post::stars.eq(5), |all, n| one(n).or(all));
        assert_eq!(found(c, last_first)?, ["Rust", "a_b|c"]);
        let all = numbers().fold(post::stars.ne(5), |all, n| all.and(post::stars.ne(n)));
        assert_eq!(found(c, all)?, ["rust", "100%", "1000"]);
        let filters = numbers().fold(c.posts().query(), |all, n| all.filter(post::stars.ne(n)));
        assert_eq!(filters.count()?, 4);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_text_is_matched_by_case_and_without_special_characters() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let title = post::title;
        assert_eq!(found(c, title.like("R%"))?, ["Rust"]);
        assert_eq!(found(c, title.like("_ust"))?, ["Rust", "rust"]);
        assert_eq!(found(c, title.like("100|%"))?, ["100%"]);
        assert_eq!(found(c, title.like("%||%"))?, ["a_b|c"]);
        assert_eq!(found(c, title.contains("us"))?, ["Rust", "rust"]);
        assert_eq!(found(c, title.contains("0%"))?, ["100%"]);
        assert_eq!(found(c, title.contains("*"))?, [""; 0]);
        assert_eq!(found(c, title.contains(""))?.len(), 5);
        assert_eq!(found(c, title.starts_with("100"))?, ["100%", "1000"]);
        assert_eq!(found(c, title.starts_with("a_"))?, ["a_b|c"]);
        assert_eq!(found(c, title.starts_with("R"))?, ["Rust"]);
        assert_eq!(found(c, title.starts_with(""))?.len(), 5);
        assert_eq!(found(c, title.ends_with("ust"))?, ["Rust", "rust"]);
        assert_eq!(found(c, title.ends_with("b|c"))?, ["a_b|c"]);
        assert_eq!(found(c, title.ends_with("B|C"))?, [""; 0]);
        let error = c
            .posts()
            .filter(title.like("a|"))
            .all()
            .expect_err("no escape ends a pattern");
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
            "{error}"
        );
        assert_eq!(error.operation(), Some(Operation::Select));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_null_is_least_and_the_key_decides_between_equal_rows() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let ordered = |c: &mut Connection<E>, order: Order<model::Post>| {
            c.posts().order_by(order).all().map(titles)
        };
        let body = post::body;
        assert_eq!(
            ordered(c, body.asc())?,
            ["rust", "a_b|c", "1000", "Rust", "100%"]
        );
        assert_eq!(
            ordered(c, body.desc())?,
            ["100%", "Rust", "1000", "a_b|c", "rust"]
        );
        let last = ["1000", "Rust", "100%", "rust", "a_b|c"];
        assert_eq!(ordered(c, body.asc().nulls_last())?, last);
        let first = ["a_b|c", "rust", "100%", "Rust", "1000"];
        assert_eq!(ordered(c, body.desc().nulls_first())?, first);
        let by_bytes = ["100%", "1000", "Rust", "a_b|c", "rust"];
        assert_eq!(ordered(c, post::title.asc())?, by_bytes);
        let both = c
            .posts()
            .order_by((post::stars.desc(), post::title.asc()))
            .all()?;
        assert_eq!(titles(both), ["a_b|c", "Rust", "100%", "rust", "1000"]);
        let after = c
            .posts()
            .order_by(post::stars.desc())
            .order_by(post::title.desc())
            .all()?;
        assert_eq!(titles(after), ["a_b|c", "Rust", "rust", "100%", "1000"]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_limits_counts_and_single_rows() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let three = || post::stars.eq(3);
        assert_eq!(titles(c.posts().limit(2).all()?), ["Rust", "rust"]);
        assert_eq!(
            titles(c.posts().query().offset(3).all()?),
            ["1000", "a_b|c"]
        );
        assert_eq!(titles(c.posts().limit(1).offset(1).all()?), ["rust"]);
        assert_eq!(titles(c.posts().limit(0).all()?), [""; 0]);
        assert_eq!(titles(c.posts().limit(u64::MAX).all()?).len(), 5);
        assert_eq!(c.posts().filter(three()).count()?, 2);
        assert_eq!(c.posts().limit(3).count()?, 3);
        assert_eq!(c.posts().query().offset(3).count()?, 2);
        assert_eq!(c.posts().filter(three()).limit(9).offset(1).count()?, 1);
        assert!(c.posts().filter(three()).exists()?);
        assert!(!c.posts().filter(post::stars.eq(4)).exists()?);
        assert!(!c.posts().filter(three()).offset(2).exists()?);
        assert!(c.posts().filter(three()).limit(1).offset(1).exists()?);
        assert!(!c.posts().limit(0).exists()?);
        let first = c
            .posts()
            .filter(three())
            .order_by(post::title.asc())
            .first()?;
        assert_eq!(first.map(|row| row.title).as_deref(), Some("100%"));
        let first = c.posts().query().first()?;
        assert_eq!(first.map(|row| row.title).as_deref(), Some("Rust"));
        assert_eq!(c.posts().filter(post::stars.eq(4)).first()?, None);
        assert_eq!(c.posts().filter(post::stars.eq(9)).one()?.title, "a_b|c");
        let error = c.posts().filter(three()).one().expect_err("there are two");
        assert_eq!(error.kind(), &ErrorKind::SeveralRows);
        let error = c
            .posts()
            .filter(post::stars.eq(4))
            .one()
            .expect_err("there is none");
        assert_eq!(
            (error.kind(), error.model()),
            (&ErrorKind::NotFound, Some("Post"))
        );
        let rows: Vec<Post<E>> = c
            .posts()
            .filter(three())
            .iter()?
            .collect::<bindery::Result<_>>()?;
        assert_eq!(titles(rows), ["rust", "100%"]);
        let begun = c
            .posts()
            .order_by(post::stars.desc())
            .iter()?
            .next()
            .transpose()?;
        assert_eq!(begun.map(|row| row.stars), Some(9));
        assert_eq!(
            c.posts().filter(three()).count()?,
            2,
            "the connection is free again"
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_10_a_missing_value_never_drops_a_condition_by_itself() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let wanted = |c: &mut Connection<E>, title: Option<&str>| {
            let posts = c.posts().filter(post::stars.le(3));
            let posts = posts.filter_if(title, |title| post::title.eq(title));
            posts.all().map(titles)
        };
        assert_eq!(wanted(c, Some("rust"))?, ["rust"]);
        assert_eq!(wanted(c, None)?.len(), 3);
        let hostile = "x' OR '1'='1";
        assert_eq!(found(c, post::title.eq(hostile))?, [""; 0]);
        assert_eq!(found(c, post::title.contains(hostile))?, [""; 0]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn sel_04_a_query_moves_to_another_connection_before_it_is_executed() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    let mut c = db.lite()?;
    let ann = small(&mut c)?;
    let mut other = db.lite()?;
    let query = c.posts().filter(post::author_id.eq(ann));
    // Inside a transaction it sees what only that one has written.
    other
        .transaction(|tx| {
            tx.posts().insert(rows::post(ann, "new", 4))?;
            assert_eq!(query.using(tx).count()?, 6);
            Err::<(), _>(
                tx.posts()
                    .find(PostId::new(-1))
                    .map(|_| ())
                    .and_then(|()| tx.posts().get(PostId::new(-1)))
                    .expect_err("there is none"),
            )
        })
        .expect_err("it is rolled back");
    assert_eq!(c.posts().filter(post::author_id.eq(ann)).count()?, 5);
    // Two queries are built on one engine and executed later, in any order.
    let mut third = db.lite()?;
    let (one, two) = (c.posts().limit(1), third.posts().query().offset(4));
    assert_eq!(titles(two.all()?), ["a_b|c"]);
    assert_eq!(titles(one.all()?), ["Rust"]);
    macro_rules! only_that_query_moves {
        ($engine:expr, $connect:ident) => {{
            db.create_missing_on($engine)?;
            let mut other = db.$connect()?;
            let three = c.posts().filter(post::stars.eq(3));
            assert_eq!(three.using(&mut other).count()?, 0);
            assert_eq!(c.posts().filter(post::stars.eq(3)).count()?, 2);
            let with_key = c.posts().filter(post::author_id.eq(ann)).using(&mut other);
            let error = with_key.count().expect_err("the key is of `lite`");
            assert_eq!(error.kind(), &ErrorKind::WrongEngine);
            assert_eq!(error.engine(), Some(stringify!($connect)));
        }};
    }
    if bench.postgres.is_some() {
        only_that_query_moves!(engine::P, p);
    }
    if bench.mariadb.is_some() {
        only_that_query_moves!(engine::Default, default);
    }
    Ok(())
}

#[test]
fn sel_01_keys_and_models_of_another_engine_are_refused_before_anything_is_sent()
-> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    small(&mut db.lite()?)?;
    let mut any = db.on("lite".parse()?)?;
    let posts = any.posts().filter(post::stars.ge(3)).all()?;
    assert_eq!(posts.len(), 4);
    let author = posts[0].author_id;
    assert_eq!(any.posts().filter(post::author_id.eq(author)).count()?, 5);
    let elsewhere = UserId::on("p".parse()?, 1);
    for condition in [
        post::author_id.eq(elsewhere),
        post::editor_id.in_list([author, elsewhere]),
        post::stars.ge(1).and(post::author_id.ne(elsewhere)),
    ] {
        let error = any
            .posts()
            .filter(condition)
            .count()
            .expect_err("a key of `p`");
        assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    }
    let nowhere = db.on("default".parse()?);
    if let Ok(mut nowhere) = nowhere {
        let error = nowhere
            .visit()
            .filter(visit::path.eq("/"))
            .count()
            .expect_err("on `lite` only");
        assert!(
            matches!(error.kind(), ErrorKind::NotHosted { .. }),
            "{error}"
        );
    }
    Ok(())
}

/// A model of one engine needs no connection of the program's; without a key nothing is added to an order.
#[test]
fn a_query_through_databases_takes_a_connection_of_its_own() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    for path in ["/b", "/a", "/c"] {
        db.visit().insert(NewVisit::new(path))?;
    }
    let first = db
        .visit()
        .filter(visit::user_name.is_null())
        .order_by(visit::path.asc())
        .first()?;
    assert_eq!(first.map(|row| row.path).as_deref(), Some("/a"));
    let paths: Vec<String> = db
        .visit()
        .order_by(visit::path.desc())
        .iter()?
        .map(|row| row.map(|row| row.path))
        .collect::<bindery::Result<_>>()?;
    assert_eq!(paths, ["/c", "/b", "/a"]);
    assert_eq!(db.visit().limit(2).all()?.len(), 2);
    Ok(())
}

/// Every row of the larger set, as often as it is asked.
#[test]
fn qry_01_pages_of_a_thousand_rows_are_the_same_on_all_databases() -> bindery::Result<()> {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut show = |c: &mut dyn FnMut(u64) -> bindery::Result<Vec<String>>| {
        let mut all = Vec::new();
        for page in 0..10 {
            all.extend(c(page)?);
        }
        pages.push(all);
        Ok::<(), bindery::Error>(())
    };
    fn page<E: StaticEngine + Everything>(
        c: &mut Connection<E>,
        show: &mut dyn FnMut(Page<'_>) -> bindery::Result<()>,
    ) -> bindery::Result<()> {
        fill(c, 1_000, 7)?;
        show(&mut |page| {
            if page == 0 {
                return other_answers(c);
            }
            let active = post::is_public.eq(true);
            let order = (post::day.desc(), post::rank.asc());
            let rows = c
                .posts()
                .filter(active)
                .order_by(order)
                .limit(10)
                .offset(page * 10)
                .all()?;
            Ok(rows.iter().map(rows::line).collect())
        })
    }
    /// Counts of groups, distinct rows and matches of text.
    fn other_answers<E: StaticEngine + Everything>(
        c: &mut Connection<E>,
    ) -> bindery::Result<Vec<String>> {
        let count = bindery::query::count();
        let groups = c.posts().select((post::stars, count)).group_by(post::stars);
        let groups = groups.order_by(post::stars.asc()).all()?;
        let distinct = c.posts().select(post::body).distinct();
        let bodies = distinct.order_by(post::body.asc()).all()?;
        let matched = c.posts().filter(post::title.contains("a")).count()?;
        Ok(vec![format!("{groups:?} {bodies:?} {matched}")])
    }
    on_each!(|c: &mut _| page(c, &mut show))?;
    assert!(pages.iter().all(|all| *all == pages[0] && all.len() == 91));
    Ok(())
}

#[test]
fn qry_08_updates_and_deletes_by_a_condition_are_the_same_on_all_databases() -> bindery::Result<()>
{
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let (stars, body) = (post::stars, post::body);
        let more = c
            .posts()
            .update_where(stars.eq(3), stars.set_to(stars + 1))?;
        assert_eq!(
            (more, found(c, stars.eq(4))?),
            (2, vec!["rust".into(), "100%".into()])
        );
        let same = c.posts().update_where(stars.eq(4), stars.set_to(4))?;
        assert_eq!(same, 2, "rows that had the value count, too");
        let several = (
            body.set_null(),
            stars.set_to(stars * 2),
            post::title.set_to("new"),
        );
        assert_eq!(c.posts().filter(stars.eq(1)).update(several)?, 1);
        assert_eq!(found(c, body.is_null().and(stars.eq(2)))?, ["new"]);
        let given = (
            body.set_or_null(Some("text")),
            post::rank.set_or_null(None::<i32>),
        );
        assert_eq!(c.posts().update_where(stars.eq(2), given)?, 1);
        assert_eq!(found(c, body.eq("text"))?, ["new"]);
        let copied = body.set_to(post::title);
        assert_eq!(c.posts().query().all_rows().update(copied)?, 5);
        assert_eq!(c.posts().filter(body.eq("100%")).count()?, 1);
        assert_eq!(c.posts().update_where(stars.eq(77), stars.set_to(0))?, 0);
        assert_eq!(c.posts().delete_where(stars.eq(4))?, 2);
        assert_eq!(c.posts().delete_where(stars.eq(4))?, 0);
        assert_eq!(c.posts().query().count()?, 3);
        assert_eq!(c.posts().all_rows().delete()?, 3);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_10_a_change_of_every_row_is_refused_unless_it_is_said() -> bindery::Result<()> {
    fn refused(outcome: bindery::Result<u64>) -> String {
        let error = outcome.expect_err("it is refused");
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        error.to_string()
    }
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let stars = post::stars;
        let missing = None::<i64>;
        let why = refused(c.posts().query().delete());
        assert!(why.contains(".all_rows()"), "{why}");
        refused(c.posts().filter_if(missing, |many| stars.eq(many)).delete());
        refused(c.posts().query().update(stars.set_to(0)));
        refused(c.posts().filter(stars.eq(3)).limit(1).delete());
        refused(c.posts().order_by(stars.asc()).all_rows().delete());
        let every = |c: &mut Connection<E>, order: bool| {
            let (rank, weight) = (post::rank, post::stars);
            match order {
                true => c
                    .posts()
                    .query()
                    .all_rows()
                    .update((weight.set_to(0), weight.set_to(1))),
                false => {
                    let copied = (post::title.set_to("x"), post::body.set_to(post::title));
                    c.posts().update_where(rank.is_null(), copied)
                }
            }
        };
        assert!(refused(every(c, true)).contains("twice"));
        assert!(refused(every(c, false)).contains("put it before"));
        assert_eq!(c.posts().filter(stars.ge(1).and(stars.le(9))).count()?, 5);
        Ok(())
    }
    on_each!(show)
}

/// Pages of seven rows, each after the last row of the one before, are all rows in one order.
#[test]
fn qry_06_pages_go_on_after_a_row_without_skipping_or_repeating() -> bindery::Result<()> {
    fn pages<E: StaticEngine + Everything, O: bindery::query::Orders<model::Post, E>>(
        c: &mut Connection<E>,
        order: impl Fn() -> O,
    ) -> bindery::Result<()> {
        let all = c.posts().order_by(order()).all()?;
        let (mut paged, mut last): (Vec<Post<E>>, Option<Post<E>>) = (Vec::new(), None);
        loop {
            let begun = c.posts().order_by(order()).page_after(last.as_ref());
            let page = begun.limit(7).all()?;
            last = page.last().cloned();
            if last.is_none() {
                break;
            }
            paged.extend(page);
        }
        assert!(all == paged, "{} and {} rows", all.len(), paged.len());
        Ok(())
    }
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 150, 11)?;
        pages(c, || post::id.desc())?;
        pages(c, || post::title.asc())?;
        pages(c, || post::body.asc())?;
        pages(c, || post::body.desc())?;
        pages(c, || post::rank.asc().nulls_last())?;
        pages(c, || post::price.desc().nulls_first())?;
        pages(c, || post::token.asc())?;
        pages(c, || {
            (post::day.desc(), post::weight.asc(), post::is_public.desc())
        })?;
        pages(c, || {
            (post::stars.asc(), post::editor_id.desc().nulls_first())
        })?;
        let first = c.posts().query().first()?;
        let late = c
            .posts()
            .query()
            .page_after(first.as_ref())
            .order_by(post::title.asc());
        let error = late.all().expect_err("the order comes too late");
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        Ok(())
    }
    on_each!(show)
}
