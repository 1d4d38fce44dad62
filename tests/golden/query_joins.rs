//! Paths, conditions through relations and joins to pairs, on all databases; the models are those of the case `relations`.

use bindery::{Connection, ErrorKind};

use crate::relations::*;
use crate::relations_at_work::{Everything, fill, on_each};

fn titles<E: bindery::Engine>(posts: &[Post<E>]) -> Vec<&str> {
    posts.iter().map(|post| &*post.title).collect()
}

fn is_unsupported<T: std::fmt::Debug>(outcome: bindery::Result<T>) {
    let error = outcome.expect_err("no statement answers it");
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
}

#[test]
fn qry_05_a_path_is_a_column_of_the_model_itself() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let author = post::author_id.to(user::name);
        let editor = post::editor_id.to(user::name);
        let by_ann = c.posts().filter(author.eq("Ann")).all()?;
        assert_eq!(titles(&by_ann), ["one", "three"]);
        assert_eq!(c.posts().filter(author.eq("Ann")).count()?, 2);
        assert_eq!(c.posts().filter(author.eq("Ann")).limit(1).count()?, 1);
        assert!(c.posts().filter(author.eq("Bob")).exists()?);
        assert!(!c.posts().filter(author.eq("Cyd")).exists()?);
        let either = author.eq("Bob").or(editor.eq("Ann"));
        let found = c.posts().filter(either).order_by(author.desc());
        assert_eq!(titles(&found.all()?), ["two", "three"]);
        let none = c.posts().filter(editor.is_null()).one()?;
        assert_eq!(
            none.title, "two",
            "where the row is missing, its columns are NULL"
        );
        let own = c.posts().filter(author.eq(editor)).one()?;
        assert_eq!(own.title, "three", "two rows of one table are told apart");
        let first = c
            .posts()
            .order_by((editor.asc(), post::title.asc()))
            .all()?;
        assert_eq!(titles(&first), ["two", "three", "one"], "NULL is least");
        let last = c.posts().order_by(editor.desc()).limit(1).offset(1).all()?;
        assert_eq!(titles(&last), ["three"]);
        let any = c.posts().filter(author.in_list(["Bob", "Cyd"])).first()?;
        assert_eq!(any.map(|post| post.title).as_deref(), Some("two"));
        let rows: bindery::Result<Vec<_>> = c
            .posts()
            .filter(author.starts_with("A"))
            .order_by(post::id.desc())
            .iter()?
            .collect();
        assert_eq!(titles(&rows?), ["three", "one"]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_paths_go_several_levels_deep_and_by_keys_of_several_columns() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let company = comment::post_id.to(post::author_id.to(user::company_id.to(company::name)));
        assert_eq!(c.comments().filter(company.eq("Acme")).count()?, 4);
        assert_eq!(c.comments().filter(company.is_null()).count()?, 2);
        let chained = comment::post_id
            .to(post::author_id)
            .to(user::company_id)
            .to(company::name);
        assert_eq!(c.comments().filter(chained.eq("Acme")).count()?, 4);

        let acme = users[0].company_id.expect("Ann's company");
        let child = c
            .companies()
            .insert(NewCompany::new("Child").parent_id(acme))?;
        let parent = company::parent_id.to(company::name);
        let found = c.companies().filter(parent.eq("Acme")).one()?;
        assert_eq!(found.id, child.id, "a reference to the same table");
        let id = company::parent_id.to(company::id);
        assert_eq!(c.companies().filter(id.eq(acme)).count()?, 1);

        let post = c.posts().first()?.expect("a post");
        for number in 0..3 {
            c.chapters().insert(NewChapter::new(
                post.id,
                number,
                format!("chapter {number}"),
            ))?;
            let note = NewNote::new(format!("note {number}"))
                .number(number)
                .post_id(post.id);
            c.notes().insert(note)?;
        }
        c.notes()
            .insert(NewNote::new("of nothing").post_id(post.id))?;
        let chapter = note::chapter.to(chapter::title);
        let found = c.notes().filter(chapter.eq("chapter 1")).one()?;
        assert_eq!(found.words, "note 1");
        assert_eq!(
            c.notes().filter(chapter.is_null()).one()?.words,
            "of nothing"
        );
        let author = note::chapter.to(chapter::post_id.to(post::author_id.to(user::name)));
        assert_eq!(c.notes().filter(author.eq("Ann")).count()?, 3);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_paths_are_selected_grouped_and_paged() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let author = post::author_id.to(user::name);
        let pairs = c
            .posts()
            .select((post::title, author, post::editor_id.to(user::name)));
        let pairs = pairs.order_by(post::id.asc()).all()?;
        let row = |title: &str, author: &str, editor: Option<&str>| {
            (
                title.to_owned(),
                author.to_owned(),
                editor.map(str::to_owned),
            )
        };
        let expected = [
            row("one", "Ann", Some("Bob")),
            row("two", "Bob", None),
            row("three", "Ann", Some("Ann")),
        ];
        assert_eq!(pairs, expected);
        let counts = c
            .posts()
            .select((author, bindery::query::count()))
            .group_by(author);
        let counts = counts.order_by(author.desc()).all()?;
        assert_eq!(counts, [("Bob".to_owned(), 1), ("Ann".to_owned(), 2)]);
        assert_eq!(
            c.posts()
                .filter(author.eq("Ann"))
                .max(post::title)?
                .as_deref(),
            Some("three")
        );
        assert_eq!(c.posts().query().min(author)?.as_deref(), Some("Ann"));
        assert_eq!(c.posts().select(author).distinct().count()?, 2);

        let page = |c: &mut Connection<E>, after: Option<&Post<E>>| {
            let query = c
                .posts()
                .filter(author.eq("Ann"))
                .order_by(post::title.asc());
            query.page_after(after).limit(1).all()
        };
        let first = page(c, None)?;
        let second = page(c, first.last())?;
        assert_eq!(
            (titles(&first), titles(&second)),
            (vec!["one"], vec!["three"])
        );
        assert_eq!(page(c, second.last())?, []);
        is_unsupported(
            c.posts()
                .order_by(author.asc())
                .page_after(first.last())
                .all(),
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_updates_and_deletes_reach_through_relations() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let author = post::author_id.to(user::name);
        let changed = c
            .posts()
            .update_where(author.eq("Ann"), post::title.set_to("new"))?;
        assert_eq!(
            (changed, c.posts().filter(post::title.eq("new")).count()?),
            (2, 2)
        );
        let commented = post::comments.any(comment::author_id.to(user::name).eq("Cyd"));
        let changed = c
            .posts()
            .filter(commented)
            .filter(author.eq("Bob"))
            .update(post::title.set_to("seen"))?;
        assert_eq!(changed, 1);
        let idle = user::posts_by_author_id
            .exists()
            .or(user::comments.exists());
        assert_eq!(c.users().filter(!idle).count()?, 0);
        let of_bob = comment::post_id
            .to(post::author_id.to(user::name))
            .eq("Bob");
        assert_eq!(c.comments().delete_where(of_bob)?, 2);
        let child = c.companies().insert(NewCompany::new("Child"))?;
        let orphans = company::companies
            .none(company::name.ne(""))
            .and(company::users.none(user::name.ne("")));
        assert_eq!(c.companies().delete_where(orphans)?, 1, "of the same table");
        assert_eq!(c.companies().find(child.id)?, None);
        c.post_tags().query().all_rows().delete()?;
        is_unsupported(
            c.posts()
                .update_where(post::title.eq("new"), author.set_to("x")),
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_conditions_on_the_rows_that_refer_to_a_row() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let names =
            |users: Vec<User<E>>| users.into_iter().map(|user| user.name).collect::<Vec<_>>();
        let posts = user::posts_by_author_id;
        let by_name = |c: &mut Connection<E>, condition| {
            c.users()
                .filter(condition)
                .order_by(user::name.asc())
                .all()
                .map(names)
        };
        assert_eq!(by_name(c, posts.any(post::title.eq("two")))?, ["Bob"]);
        assert_eq!(
            by_name(c, posts.none(post::title.eq("two")))?,
            ["Ann", "Cyd"]
        );
        assert_eq!(by_name(c, posts.exists())?, ["Ann", "Bob"]);
        assert_eq!(by_name(c, !posts.exists())?, ["Cyd"]);
        let nested = posts.any(post::comments.any(comment::words.eq("first of three")));
        assert_eq!(by_name(c, nested)?, ["Ann"]);
        let path = posts.any(post::editor_id.to(user::name).eq("Bob"));
        assert_eq!(by_name(c, path.or(user::name.eq("Cyd")))?, ["Ann", "Cyd"]);
        let either = posts.any(post::title.eq("one").or(post::title.eq("two")));
        assert_eq!(
            by_name(c, either.and(user::company_id.to(company::name).eq("Acme")))?,
            ["Ann"]
        );
        let own = posts.any(post::editor_id.eq(users[0].id));
        assert_eq!(c.users().filter(own).count()?, 1);
        c.profiles().insert(NewProfile::new(users[1].id, "Bob's"))?;
        assert_eq!(by_name(c, user::profile.exists())?, ["Bob"]);
        assert_eq!(
            by_name(c, user::profile.none(profile::about.eq("Bob's")))?,
            ["Ann", "Cyd"]
        );

        let post = c.posts().first()?.expect("a post");
        c.tags().insert(NewTag::new("rust"))?;
        let tag = c.tags().first()?.expect("a tag");
        c.post_tags()
            .insert(NewPostTag::new(post.id, tag.name.clone()))?;
        let tagged = post::post_tags.any(post_tag::tag.to(tag::name).eq(&tag.name));
        assert_eq!(
            titles(&c.posts().filter(tagged).all()?),
            ["one"],
            "many to many"
        );
        let parents = company::companies.exists();
        assert_eq!(
            c.companies().filter(parents).count()?,
            0,
            "of the same table"
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_rows_are_joined_to_pairs_and_triples() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let pairs = c
            .posts()
            .join(post::author_id)
            .order_by(post::id.desc())
            .all()?;
        let named: Vec<_> = pairs
            .iter()
            .map(|(post, user)| (&*post.title, &*user.name))
            .collect();
        assert_eq!(named, [("three", "Ann"), ("two", "Bob"), ("one", "Ann")]);
        assert!(pairs.iter().all(|(post, user)| post.author_id == user.id));
        let editors = c
            .posts()
            .left_join(post::editor_id)
            .order_by(post::id.asc())
            .all()?;
        let named: Vec<_> = editors
            .iter()
            .map(|(_, user)| user.as_ref().map(|user| &*user.name))
            .collect();
        assert_eq!(named, [Some("Bob"), None, Some("Ann")]);
        let edited = c.posts().join(post::editor_id);
        assert_eq!(edited.count()?, 2, "rows that refer to none are left out");
        assert_eq!(c.posts().left_join(post::editor_id).count()?, 3);

        let (post, user) = c
            .posts()
            .filter(post::author_id.to(user::name).eq("Ann"))
            .join(post::author_id)
            .order_by(post::author_id.to(user::email).asc())
            .limit(5)
            .offset(1)
            .first()?
            .expect("Ann's second post");
        assert_eq!((&*post.title, &*user.name), ("three", "Ann"));
        let one = c
            .posts()
            .join(post::editor_id)
            .filter(post::title.eq("one"))
            .one()?;
        assert_eq!(one.1.name, "Bob");
        assert!(
            !c.posts()
                .join(post::editor_id)
                .filter(post::title.eq("two"))
                .exists()?
        );

        let triples = c.posts().left_join(post::editor_id).join(post::author_id);
        let triples: bindery::Result<Vec<_>> = triples.order_by(post::id.asc()).iter()?.collect();
        let named: Vec<_> = triples?
            .into_iter()
            .map(|(post, editor, author)| (post.title, editor.map(|user| user.name), author.name))
            .collect();
        let row = |title: &str, editor: Option<&str>, author: &str| {
            (
                title.to_owned(),
                editor.map(str::to_owned),
                author.to_owned(),
            )
        };
        assert_eq!(
            named,
            [
                row("one", Some("Bob"), "Ann"),
                row("two", None, "Bob"),
                row("three", Some("Ann"), "Ann")
            ]
        );

        let deep = c
            .comments()
            .join(comment::post_id)
            .join(comment::post_id.to(post::author_id))
            .left_join(comment::post_id.to(post::author_id).to(user::company_id))
            .order_by(comment::id.asc())
            .all()?;
        assert_eq!(deep.len(), 6);
        let (comment, post, author, company) = &deep[2];
        assert_eq!((comment.post_id, post.author_id), (post.id, author.id));
        assert_eq!((&*author.name, company), ("Bob", &None));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_keys_of_another_engine_are_refused_before_anything_is_sent() -> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    let users = fill(&mut db.lite()?)?;
    let mut any = db.on("lite".parse()?)?;
    let of_lite = any.users().all()?;
    let path = comment::post_id.to(post::author_id).eq(of_lite[0].id);
    assert_eq!(any.comments().filter(path.clone()).count()?, 4);
    let nested = user::posts_by_author_id.any(post::editor_id.eq(of_lite[1].id));
    assert_eq!(any.users().filter(nested.clone()).count()?, 1);
    assert_eq!(any.posts().join(post::author_id).all()?.len(), 3);
    assert_eq!(users.len(), of_lite.len());
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        let mut on_p = db.on("p".parse()?)?;
        let wrong = on_p.comments().filter(path).count().unwrap_err();
        assert_eq!(wrong.kind(), &ErrorKind::WrongEngine);
        let wrong = on_p.users().filter(nested).all().unwrap_err();
        assert_eq!(wrong.kind(), &ErrorKind::WrongEngine);
    }
    Ok(())
}

#[test]
fn qry_05_conditions_by_a_relation_from_the_other_side_and_through_a_table() -> bindery::Result<()>
{
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let names = |c: &mut Connection<E>, condition| {
            let users = c.users().filter(condition).order_by(user::name.asc());
            let names = users.all()?.into_iter().map(|user| user.name);
            Ok::<_, bindery::Error>(names.collect::<Vec<_>>())
        };
        let written = post::author_id.reversed();
        assert_eq!(names(c, written.any(post::title.eq("two")))?, ["Bob"]);
        assert_eq!(
            names(c, written.none(post::title.eq("two")))?,
            ["Ann", "Cyd"]
        );
        assert_eq!(names(c, written.exists())?, ["Ann", "Bob"]);
        let nested = written.any(
            comment::post_id
                .reversed()
                .any(comment::words.like("%three")),
        );
        assert_eq!(names(c, nested)?, ["Ann"]);
        let by_two = note::chapter.reversed().exists();
        assert_eq!(c.chapters().filter(by_two).count()?, 0);
        let changed = c
            .users()
            .update_where(written.exists(), user::name.set_to(user::name.concat("!")))?;
        assert_eq!(changed, 2);

        for name in ["rust", "sql"] {
            c.tags().insert(NewTag::new(name))?;
        }
        let (one, two) = (
            c.posts().filter(post::title.eq("one")).one()?,
            c.posts().filter(post::title.eq("two")).one()?,
        );
        let tag = |c: &mut Connection<E>, post: &Post<E>, tag: &str| {
            c.post_tags()
                .insert(NewPostTag::new(post.id, TagId::new(tag.to_owned())))
                .map(drop)
        };
        tag(c, &one, "rust")?;
        tag(c, &one, "sql")?;
        tag(c, &two, "sql")?;
        let posts = |c: &mut Connection<E>, condition| {
            let posts = c.posts().filter(condition).order_by(post::id.asc()).all()?;
            let titles = posts.into_iter().map(|post| post.title);
            Ok::<_, bindery::Error>(titles.collect::<Vec<_>>())
        };
        let rust = || tag::name.eq(TagId::new("rust".to_owned()));
        assert_eq!(posts(c, post::tags.any(rust()))?, ["one"]);
        assert_eq!(posts(c, post::tags.none(rust()))?, ["two", "three"]);
        assert_eq!(posts(c, post::tags.exists())?, ["one", "two"]);
        let from_tags = tag::posts.any(post::author_id.to(user::name).like("Bob%"));
        assert_eq!(c.tags().filter(from_tags).count()?, 1);
        let deep = written.any(post::tags.any(tag::posts.any(post::title.eq("two"))));
        assert_eq!(names(c, deep)?, ["Ann!", "Bob!"]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_05_conditions_by_relations_where_the_engine_is_chosen_at_run_time() -> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    let mut engines = vec!["lite"];
    engines.extend(bench.postgres.is_some().then_some("p"));
    engines.extend(bench.mariadb.is_some().then_some("default"));
    db.create_missing_on(engine::Lite)?;
    fill(&mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        fill(&mut db.p()?)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        fill(&mut db.default()?)?;
    }
    // One thread, so that texts of one shape on several engines would be mixed up if anything could.
    for name in engines {
        let mut any = db.on(name.parse()?)?;
        for posts in [user::posts_by_author_id, post::author_id.reversed()] {
            assert_eq!(
                any.users()
                    .filter(posts.any(post::title.eq("two")))
                    .count()?,
                1
            );
        }
        assert_eq!(any.posts().filter(post::tags.exists()).count()?, 0);
    }
    Ok(())
}

/// Blogs are on two engines, their entries on one of them.
#[test]
fn qry_05_related_rows_that_are_not_on_the_engine_are_refused_before_anything_is_sent()
-> bindery::Result<()> {
    use crate::questions::*;
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let config = bindery::Config::new()
        .engine("default", file("app.db"))
        .engine("archive", file("archive.db"));
    let db = Databases::with_config(&config)?;
    db.create_missing()?;
    let refused = |outcome: bindery::Result<u64>| {
        let error = outcome.expect_err("entries are not there");
        let lives_on = &["default"][..];
        assert_eq!(error.kind(), &bindery::ErrorKind::NotHosted { lives_on });
        error.to_string()
    };
    let mut archive = db.on("archive".parse()?)?;
    let text = refused(archive.blogs().filter(blog::entries.exists()).count());
    assert_eq!(
        text,
        "engine `archive`: `Entry`: select: the model does not live here; it lives on default"
    );
    let titled = blog::entries.any(entry::headline.eq("one"));
    refused(archive.blogs().filter(titled).delete());
    let reversed = entry::blog_id.reversed().exists();
    refused(archive.blogs().filter(reversed).count());
    // A query that moves to an engine where they are not.
    let mut default = db.default()?;
    let blogs = default.blogs().filter(blog::entries.exists());
    refused(blogs.using(&mut db.archive()?).count());
    Ok(())
}

#[test]
fn qry_05_a_row_comes_where_it_meets_a_condition_of_its_own() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let users = c.users().all()?;
        let named = |id: Option<UserId<E>>, is: &dyn Fn(&User<E>) -> bool| {
            let user = users.iter().find(|user| Some(user.id) == id);
            user.filter(|user| is(user)).cloned()
        };
        // The condition of each join is of its own row, also where both are of one table, and where filters name that row.
        let pairs = c
            .posts()
            .left_join_on(post::author_id, user::name.eq("Ann"))
            .left_join_on(
                post::editor_id,
                user::name.ne("Ann").and(user::email.like("%@%")),
            )
            .filter(post::author_id.to(user::name).in_list(["Ann", "Bob"]))
            .order_by(post::id.asc());
        let expected: Vec<_> = posts
            .iter()
            .map(|post| {
                let author = named(Some(post.author_id), &|user| user.name == "Ann");
                let editor = named(post.editor_id, &|user| {
                    user.name != "Ann" && user.email.contains('@')
                });
                (post.clone(), author, editor)
            })
            .collect();
        assert_eq!(pairs.all()?, expected);
        // No row is left out by the condition; a later limit and filter are of the rows.
        let none = || user::name.eq("nobody");
        assert_eq!(c.posts().left_join_on(post::author_id, none()).count()?, 3);
        assert!(c.posts().left_join_on(post::author_id, none()).exists()?);
        let first = c
            .posts()
            .left_join_on(post::author_id, none())
            .filter(post::title.gt("one"))
            .order_by(post::title.desc())
            .limit(1)
            .all()?;
        assert_eq!(first[0].0.title, "two");
        assert!(first[0].1.is_none());
        // Beside a plain join of the same row, and along a path: the company of the author, where it has no parent.
        let both = c
            .posts()
            .join(post::author_id)
            .left_join_on(
                post::author_id.to(user::company_id),
                company::parent_id.is_null(),
            )
            .left_join_on(post::author_id, user::company_id.is_null())
            .order_by(post::id.asc())
            .iter()?;
        for row in both {
            let (post, author, company, alone) = row?;
            assert_eq!(author.id, post.author_id);
            assert_eq!(company.map(|company| company.id), author.company_id);
            assert_eq!(alone.is_some(), author.company_id.is_none());
        }
        // A condition by what refers to the joined row, with values before and after it.
        let busy = c
            .posts()
            .left_join_on(post::author_id, user::posts_by_author_id.count().ge(2))
            .filter(post::title.ne("nothing"))
            .order_by(post::id.asc())
            .limit(2)
            .all()?;
        let is_busy = |id| posts.iter().filter(|post| post.author_id == id).count() >= 2;
        for (post, author) in &busy {
            assert_eq!(author.is_some(), is_busy(post.author_id));
        }
        assert_eq!(busy.len(), 2);
        // Rows of groups, too.
        let of_each = c
            .posts()
            .order_by(post::id.desc())
            .per_group(post::author_id)
            .limit(1)
            .left_join_on(post::author_id, user::name.eq("Bob"))
            .filter(post::title.ne("nothing"))
            .order_by(post::id.asc())
            .all()?;
        let names: Vec<_> = of_each
            .iter()
            .map(|(post, author)| (post.title.as_str(), author.is_some()))
            .collect();
        assert_eq!(names, [("two", true), ("three", false)]);
        // A condition that reads further rows has no place there.
        is_unsupported(
            c.posts()
                .left_join_on(
                    post::author_id,
                    user::company_id.to(company::name).eq("Acme"),
                )
                .all(),
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_01_counts_of_whole_tables_by_any_key_beside_joined_rows() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let post = c.posts().first()?.expect("a post");
        for number in 1..4 {
            c.chapters()
                .insert(NewChapter::new(post.id, number, "a chapter"))?;
        }
        for number in [Some(2), Some(1), Some(2), None] {
            let note = NewNote::new("a note").number(number).post_id(post.id);
            c.notes().insert(note)?;
        }
        let notes = chapter::notes;
        let counted = c
            .chapters()
            .order_by((notes.count().desc(), chapter::number.asc()))
            .select((
                chapter::number,
                chapter::post_id.to(post::title),
                notes.count(),
                notes.sum(note::number),
                notes.avg(note::number),
            ))
            .all()?;
        let one = |number, count, sum, mean| (number, "one".to_owned(), count, sum, mean);
        assert_eq!(
            counted,
            [
                one(2, 2, Some(4), Some(2.0)),
                one(1, 1, Some(1), Some(1.0)),
                one(3, 0, None, None)
            ]
        );

        let company = c.companies().first()?.expect("a company");
        for name in ["a branch", "another"] {
            c.companies()
                .insert(NewCompany::new(name).parent_id(company.id))?;
        }
        let branches = company::parent_id.reversed();
        let counted = c.companies().order_by(company::id.asc()).select((
            company::id,
            branches.count(),
            company::users.count(),
        ));
        let counted: Vec<_> = counted.all()?.into_iter().map(|it| (it.1, it.2)).collect();
        assert_eq!(
            counted,
            [(2, 1), (0, 0), (0, 0)],
            "a table that refers to itself"
        );

        for (email, user) in [
            ("Cyd@example.org", Some(users[0].id)),
            ("Cyd@example.org", None),
        ] {
            c.invitations()
                .insert(NewInvitation::new(email, 1).user(user))?;
        }
        let counted = c.users().order_by(user::id.asc()).select((
            user::invitations_by_email.count(),
            user::invitations_by_user.count(),
            user::posts_by_author_id.count_distinct(post::editor_id),
        ));
        assert_eq!(counted.all()?, [(0, 1, 2), (0, 0, 0), (2, 0, 0)]);
        Ok(())
    }
    on_each!(show)
}
