//! Relations on one engine while another has rows with the same keys, and trees of very many levels; the models are those of
//! the case `relations`.

use bindery::{Connection, ErrorKind};

use crate::bench::Bench;
use crate::relations::*;
use crate::relations_at_work::{Everything, fill, on_each, statements_of};

/// MySQL and MariaDB end a recursion after 1,000 levels unless they are told otherwise.
#[test]
fn qry_03_trees_of_many_levels_are_read_to_their_end() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        const LEVELS: i64 = 2_500;
        let named = |id: i64| NewCompany::new(format!("level {id}")).id(id);
        c.companies().insert(named(1))?;
        let below = (2..=LEVELS).map(|id| named(id).parent_id(CompanyId::new(id - 1)));
        c.companies().insert_many(below)?;
        let (first, last) = (
            c.companies().get(CompanyId::new(1))?,
            c.companies().get(CompanyId::new(LEVELS))?,
        );
        let ids =
            |rows: Vec<Company<E>>| rows.iter().map(|row| *row.id.value()).collect::<Vec<_>>();
        assert_eq!(ids(first.descendants(c)?), (2..=LEVELS).collect::<Vec<_>>());
        assert_eq!(
            ids(last.ancestors(c)?),
            (1..LEVELS).rev().collect::<Vec<_>>()
        );
        Ok(())
    }
    on_each!(show)
}

/// SQLite and PostgreSQL with the same rows; `None` without a server.
fn two_engines() -> bindery::Result<Option<(Bench, Databases)>> {
    let bench = Bench::new();
    if bench.postgres.is_none() {
        return Ok(None);
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    db.create_missing_on(engine::P)?;
    fill(&mut db.lite()?)?;
    fill(&mut db.p()?)?;
    Ok(Some((bench, db)))
}

#[test]
fn qry_03_a_row_that_only_another_engine_has_is_not_found() -> bindery::Result<()> {
    let Some((_bench, db)) = two_engines()? else {
        return Ok(());
    };
    let new = NewUser::new(user::Required {
        email: "eve@example.org".into(),
        name: "Eve".into(),
    })
    .id(1_000);
    db.lite()?.users().insert(new)?;
    let mut p = db.p()?;
    let error = p
        .users()
        .get(UserId::new(1_000))
        .expect_err("only `lite` has it");
    assert_eq!(
        (error.kind(), error.engine()),
        (&ErrorKind::NotFound, Some("p"))
    );
    assert_eq!(p.users().find_if(Some(UserId::new(1_000)))?, None);
    let error = p.users().get_if(None).expect_err("there is no key");
    assert_eq!(
        (error.kind(), error.engine()),
        (&ErrorKind::NotFound, Some("p"))
    );
    assert!(!p.users().exists_if(None)? && !p.users().exists_if(Some(UserId::new(1_000)))?);
    let ann = p.users().filter(user::name.eq("Ann")).one()?;
    assert_eq!(p.users().get_if(Some(ann.id))?, ann);
    assert!(p.users().exists_if(Some(ann.id))?);
    Ok(())
}

#[test]
fn qry_04_links_of_one_engine_leave_those_of_another_as_they_are() -> bindery::Result<()> {
    let Some((_bench, db)) = two_engines()? else {
        return Ok(());
    };
    fn tag_all<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tags = ["rust", "sql"].map(|name| c.tags().insert(NewTag::new(name)));
        let [rust, sql] = tags;
        let tags = [rust?, sql?];
        for post in c.posts().order_by(post::id.asc()).all()? {
            post.tags(c).set(&tags)?;
        }
        Ok(())
    }
    fn all<E: Everything>(c: &mut Connection<E>) -> bindery::Result<(Vec<PostTag<E>>, u64, u64)> {
        let links = c.post_tags().query().all()?;
        Ok((links, c.tags().count()?, c.posts().count()?))
    }
    tag_all(&mut db.lite()?)?;
    tag_all(&mut db.p()?)?;
    let before = all(&mut db.lite()?)?;
    assert_eq!((before.0.len(), before.1, before.2), (6, 2, 3));
    let mut p = db.p()?;
    let posts = p.posts().order_by(post::id.asc()).all()?;
    let rust = p.tags().get(TagId::new("rust".to_owned()))?;
    assert!(posts[0].tags(&mut p).remove(&rust)?);
    assert_eq!(posts[1].tags(&mut p).clear()?, 2);
    p.tags().delete(rust.name)?;
    p.posts().delete(posts[2].id)?;
    assert_eq!(all(&mut p)?.0.len(), 1);
    assert_eq!(all(&mut db.lite()?)?, before);
    Ok(())
}

#[test]
fn qry_05_assignments_of_keys_of_another_engine_send_nothing() -> bindery::Result<()> {
    let Some((_bench, db)) = two_engines()? else {
        return Ok(());
    };
    let of_lite = db.on("lite".parse()?)?.users().first()?.expect("a user").id;
    let mut p = db.on("p".parse()?)?;
    let post = p.posts().order_by(post::id.asc()).first()?.expect("a post");
    let (outcomes, sent) = statements_of(db.registry(), || {
        let set = post::author_id.set_to(of_lite);
        let both = (post::title.set_to("wrong"), post::editor_id.set_to(of_lite));
        let new = || NewPost::new(of_lite, "wrong");
        let patch = PostPatch::new().author_id(of_lite);
        Ok([
            p.posts().update_where(post::title.eq("one"), set).map(drop),
            p.posts()
                .filter(post::title.eq("one"))
                .update(both)
                .map(drop),
            p.posts().insert(new()).map(drop),
            p.posts().insert_many([new()]).map(drop),
            p.posts().insert_only(new()),
            p.posts().insert_or_ignore(new()).map(drop),
            p.posts().update(post.id, patch).map(drop),
            p.posts()
                .filter(post::author_id.in_list([of_lite]))
                .delete()
                .map(drop),
        ])
    })?;
    for (at, outcome) in outcomes.into_iter().enumerate() {
        let error = outcome.expect_err("a key of `lite`");
        assert_eq!(error.kind(), &ErrorKind::WrongEngine, "{at}: {error}");
        assert_eq!(error.engine(), Some("p"), "{at}");
    }
    assert_eq!(sent, 0);
    assert_eq!(p.posts().filter(post::title.eq("wrong")).count()?, 0);
    Ok(())
}
