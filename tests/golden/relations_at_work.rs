//! Relations of foreign keys, on all three databases; the models are those of the case `relations`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bindery::observe::{Event, EventKind};
use bindery::{Connection, Hosts, Registry, StaticEngine};

use crate::relations::*;

/// An engine that hosts all models of the case.
pub(crate) trait Everything:
    StaticEngine
    + Hosts<model::Company>
    + Hosts<model::User>
    + Hosts<model::Profile>
    + Hosts<model::Post>
    + Hosts<model::Comment>
    + Hosts<model::Tag>
    + Hosts<model::PostTag>
    + Hosts<model::Chapter>
    + Hosts<model::Note>
    + Hosts<model::Invitation>
{
}

impl<E> Everything for E where
    E: StaticEngine
        + Hosts<model::Company>
        + Hosts<model::User>
        + Hosts<model::Profile>
        + Hosts<model::Post>
        + Hosts<model::Comment>
        + Hosts<model::Tag>
        + Hosts<model::PostTag>
        + Hosts<model::Chapter>
        + Hosts<model::Note>
        + Hosts<model::Invitation>
{
}

/// Runs a function on an empty database of each kind: within a session that is rolled back, then on a connection.
macro_rules! on_each {
    ($show:expr) => {
        $crate::on_each::each_database!(
            relations,
            [$crate::relations_at_work::in_session_and_beside],
            $show
        )
    };
}

macro_rules! in_session_and_beside {
    ($db:ident, $engine:path, $connect:ident, $show:expr) => {
        $db.create_missing_on($engine)?;
        let mut s = $db.begin_session()?;
        $show(s.$connect()?)?;
        s.rollback()?;
        $show(&mut $db.$connect()?)?;
    };
}
pub(crate) use {in_session_and_beside, on_each};

/// Some users with posts, and posts with comments: `Ann` has two posts, `Bob` one, `Cyd` none.
pub(crate) fn fill<E: Everything>(c: &mut Connection<E>) -> bindery::Result<Vec<User<E>>> {
    let company = c.companies().insert(NewCompany::new("Acme"))?;
    let mut users = Vec::new();
    for (name, company) in [("Ann", Some(company.id)), ("Bob", None), ("Cyd", None)] {
        let new = NewUser::new(user::Required {
            email: format!("{name}@example.org"),
            name: name.into(),
        })
        .company_id(company);
        users.push(c.users().insert(new)?);
    }
    for (author, editor, title) in [(0, Some(1), "one"), (1, None, "two"), (0, Some(0), "three")] {
        let editor = editor.map(|editor: usize| users[editor].id);
        let post = NewPost::new(users[author].id, title).editor_id(editor);
        let post = c.posts().insert(post)?;
        for (words, by) in [("first", Some(users[2].id)), ("second", None)] {
            c.comments()
                .insert(NewComment::new(post.id, format!("{words} of {title}")).author_id(by))?;
        }
    }
    Ok(users)
}

#[test]
fn qry_03_what_rows_refer_to_comes_in_their_order() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let posts = c.posts().order_by(post::id.desc()).all()?;
        let authors = c.load(&posts, post::author_id)?;
        let names: Vec<_> = authors
            .iter()
            .map(|user| user.map(|user| &*user.name))
            .collect();
        assert_eq!(names, [Some("Ann"), Some("Bob"), Some("Ann")]);
        assert_eq!(
            (authors.len(), authors.rows().len()),
            (3, 2),
            "each partner once"
        );
        let editors = c.load(&posts, post::editor_id)?;
        let names: Vec<_> = editors
            .iter()
            .map(|user| user.map(|user| &*user.name))
            .collect();
        assert_eq!(names, [Some("Ann"), None, Some("Bob")]);
        assert_eq!(editors.get(7), None);
        assert!(c.load(&[], post::editor_id)?.is_empty());
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_what_refers_to_rows_comes_in_their_order() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let mut users = fill(c)?;
        users.reverse();
        users.push(users[1].clone());
        let posts = c.load(&users, user::posts_by_author_id)?;
        let titles = |posts: &[Post<E>]| {
            let mut titles: Vec<_> = posts.iter().map(|post| post.title.clone()).collect();
            titles.sort();
            titles
        };
        let all: Vec<_> = posts.iter().map(titles).collect();
        assert_eq!(
            all,
            [vec![], vec!["two"], vec!["one", "three"], vec!["two"]]
        );
        assert_eq!(titles(&posts[2]), ["one", "three"]);
        assert_eq!(posts.rows().len(), 3);
        let reversed = c.load(&users, post::author_id.reversed())?;
        assert_eq!(reversed, posts);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_several_and_nested_relations_are_loaded_at_once() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let loaded = c.load(
            &users,
            (
                user::company_id,
                user::posts_by_author_id
                    .with((post::comments.with(comment::author_id), post::editor_id)),
            ),
        )?;
        let mut seen = Vec::new();
        for (at, user) in users.iter().enumerate() {
            use bindery::relation::Loaded;
            let (company, posts) = loaded.of(at);
            assert_eq!(company.is_some(), user.name == "Ann");
            for (post, (comments, editor)) in posts {
                for (comment, by) in comments {
                    let by = by.map(|by| by.name.clone());
                    let editor = editor.map(|editor| editor.name.clone());
                    seen.push((
                        user.name.clone(),
                        post.title.clone(),
                        editor,
                        comment.words.clone(),
                        by,
                    ));
                }
            }
        }
        seen.sort();
        let row = |user: &str, post: &str, editor: Option<&str>, words: &str, by: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            (
                user.to_owned(),
                post.to_owned(),
                own(editor),
                words.to_owned(),
                own(by),
            )
        };
        let expected = [
            row("Ann", "one", Some("Bob"), "first of one", Some("Cyd")),
            row("Ann", "one", Some("Bob"), "second of one", None),
            row("Ann", "three", Some("Ann"), "first of three", Some("Cyd")),
            row("Ann", "three", Some("Ann"), "second of three", None),
            row("Bob", "two", None, "first of two", Some("Cyd")),
            row("Bob", "two", None, "second of two", None),
        ];
        assert_eq!(seen, expected);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_keys_of_several_columns_and_unique_ones() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let post = c.posts().first()?.expect("a post");
        let mut notes = Vec::new();
        for number in 0..600 {
            c.chapters().insert(NewChapter::new(
                post.id,
                number,
                format!("chapter {number}"),
            ))?;
            let key = (number % 3 != 2).then_some(number);
            let note = NewNote::new(format!("note {number}"))
                .number(key)
                .post_id(post.id);
            notes.push(c.notes().insert(note)?);
        }
        let chapters = c.load(&notes, note::chapter)?;
        for (note, chapter) in notes.iter().zip(chapters.iter()) {
            assert_eq!(note.number, chapter.map(|chapter| chapter.number));
        }
        let chapters = c.chapters().all()?;
        let loaded = c.load(&chapters, chapter::notes)?;
        for (chapter, notes) in chapters.iter().zip(loaded.iter()) {
            assert_eq!(notes.len(), usize::from(chapter.number % 3 != 2));
            assert!(notes.iter().all(|note| note.number == Some(chapter.number)));
        }

        c.profiles().insert(NewProfile::new(users[1].id, "Bob's"))?;
        let profiles = c.load(&users, user::profile)?;
        let about: Vec<_> = profiles
            .iter()
            .map(|one| one.map(|one| &*one.about))
            .collect();
        assert_eq!(about, [None, Some("Bob's"), None]);

        for (email, user) in [
            ("Ann@example.org", None),
            ("Cyd@example.org", Some(users[0].id)),
        ] {
            c.invitations()
                .insert(NewInvitation::new(email, 1).user(user))?;
        }
        let all = c.invitations().order_by(invitation::id.asc()).all()?;
        let (by_email, by_user) = c.load(&all, (invitation::email, invitation::user))?;
        let names = |users: &bindery::relation::LoadedOne<User<E>>| {
            let names = users.iter().map(|user| user.map(|user| user.name.clone()));
            names.map(Option::unwrap_or_default).collect::<Vec<_>>()
        };
        assert_eq!(
            (names(&by_email), names(&by_user)),
            (
                vec!["Ann".to_owned(), "Cyd".to_owned()],
                vec![String::new(), "Ann".to_owned()],
            )
        );
        let invited = c.load(&users, user::invitations_by_email)?;
        assert_eq!(
            invited.iter().map(<[_]>::len).collect::<Vec<_>>(),
            [1, 0, 1]
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_loads_through_databases_transactions_and_engines_chosen_at_run_time()
-> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    let users = fill(&mut db.lite()?)?;
    assert_eq!(db.load(&users, user::posts_by_author_id)?.rows().len(), 3);
    db.lite()?.transaction(|tx| {
        tx.posts().delete_where(post::title.eq("two"))?;
        assert_eq!(tx.load(&users, user::posts_by_author_id)?.rows().len(), 2);
        Ok(())
    })?;
    let mut any = db.on("lite".parse()?)?;
    let posts = any.posts().all()?;
    assert!(
        any.load(&posts, post::author_id)?
            .iter()
            .all(|user| user.is_some())
    );
    let elsewhere: Vec<User<engine::Any>> = any.users().all()?;
    if bench.postgres.is_some() {
        let mut on_p = db.on("p".parse()?)?;
        let wrong = on_p.load(&elsewhere, user::posts_by_author_id).unwrap_err();
        assert_eq!(wrong.kind(), &bindery::ErrorKind::WrongEngine);
    }
    Ok(())
}

#[test]
fn qry_03_rows_with_the_same_keys_on_two_engines_are_not_mixed_up() -> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    let here = fill(&mut db.lite()?)?;
    if bench.postgres.is_none() {
        return Ok(());
    }
    db.create_missing_on(engine::P)?;
    let mut p = db.p()?;
    fill(&mut p)?;
    for name in ["Ann", "Bob", "Cyd"] {
        let other = format!("{name} on p");
        p.users()
            .update_where(user::name.eq(name), user::name.set_to(other))?;
    }
    let posts = p.posts().all()?;
    let authors = p.load(&posts, post::author_id)?;
    assert!(
        authors
            .iter()
            .flatten()
            .all(|user| user.name.ends_with(" on p"))
    );
    let author = posts[0].author(&mut p)?.expect("a foreign key keeps it");
    let same_key = here
        .iter()
        .find(|user| user.id.value() == author.id.value());
    assert!(same_key.is_some_and(|user| user.name != author.name));
    Ok(())
}

#[test]
fn qry_03_rows_have_methods_for_what_belongs_to_them() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let post = c.posts().filter(post::title.eq("one")).one()?;
        assert_eq!(post.author(c)?.as_ref(), Some(&users[0]));
        assert_eq!(post.editor(c)?.as_ref(), Some(&users[1]));
        let two = c.posts().filter(post::title.eq("two")).one()?;
        assert_eq!(two.editor(c)?, None);
        assert_eq!(c.users().find_if(post.editor_id)?.as_ref(), Some(&users[1]));
        assert_eq!(c.users().find_if(two.editor_id)?, None);
        let written = users[0].posts_by_author_id(c);
        let titles: Vec<_> = written.order_by(post::title.desc()).all()?;
        assert_eq!(
            titles.iter().map(|post| &*post.title).collect::<Vec<_>>(),
            ["three", "one"]
        );
        assert_eq!(
            users[0]
                .posts_by_author_id(c)
                .filter(post::title.eq("one"))
                .count()?,
            1
        );
        assert_eq!(users[0].profile(c)?, None);
        c.profiles().insert(NewProfile::new(users[0].id, "Ann's"))?;
        let profile = users[0].profile(c)?.expect("it was inserted");
        assert_eq!(profile.user(c)?.as_ref(), Some(&users[0]));
        c.transaction(|tx| {
            assert_eq!(post.author(tx)?.as_ref(), Some(&users[0]));
            assert_eq!(users[2].posts_by_author_id(tx).count()?, 0);
            Ok(())
        })?;
        c.chapters().insert(NewChapter::new(post.id, 1, "first"))?;
        let note = c
            .notes()
            .insert(NewNote::new("words").number(1).post_id(post.id))?;
        let chapter = note.chapter(c)?.expect("it was inserted");
        assert_eq!(chapter.notes(c).one()?, note);
        let loose = c.notes().insert(NewNote::new("loose").number(1))?;
        assert_eq!(loose.chapter(c)?, None);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_trees_are_read_by_one_statement_and_circles_end() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let mut all: Vec<Company<E>> = Vec::new();
        for (name, parent) in [
            ("root", None),
            ("a", Some(0)),
            ("b", Some(0)),
            ("a1", Some(1)),
            ("a2", Some(1)),
            ("a11", Some(3)),
        ] {
            let parent = parent.map(|parent: usize| all[parent].id);
            all.push(
                c.companies()
                    .insert(NewCompany::new(name).parent_id(parent))?,
            );
        }
        let names =
            |rows: Vec<Company<E>>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
        assert_eq!(names(all[5].ancestors(c)?), ["a1", "a", "root"]);
        assert_eq!(names(all[0].ancestors(c)?), [""; 0]);
        let below = names(all[0].descendants(c)?);
        assert_eq!(below.len(), 5);
        assert_eq!(
            below[..2].iter().max().map(|name| &**name),
            Some("b"),
            "level by level: {below:?}"
        );
        assert_eq!(below[4], "a11");
        assert_eq!(names(all[2].descendants(c)?), [""; 0]);
        let tree = company::parent_id.tree(c, &all[0], None)?;
        let by_name = |name: &str| {
            let at = tree.rows().iter().position(|found| found.row.name == name);
            at.expect("it is in the tree")
        };
        let path = tree.path(by_name("a11")).into_iter();
        assert_eq!(
            path.map(|row| &*row.name).collect::<Vec<_>>(),
            ["a", "a1", "a11"]
        );
        let depths = ["a", "b", "a1", "a2", "a11"].map(|name| tree.rows()[by_name(name)].depth);
        assert_eq!(depths, [1, 1, 2, 2, 3]);
        assert!(tree.path(5).is_empty());
        let two_levels = company::parent_id.tree(c, &all[0], 2)?.into_rows();
        assert_eq!(two_levels.len(), 4);
        assert!(two_levels.iter().all(|found| found.depth <= 2));
        assert!(company::parent_id.tree(c, &all[0], 0)?.rows().is_empty());

        c.companies().update(
            all[0].id,
            CompanyPatch {
                parent_id: Some(Some(all[5].id)),
                ..CompanyPatch::default()
            },
        )?;
        let root = c.companies().get(all[0].id)?;
        assert_eq!(names(root.ancestors(c)?), ["a11", "a1", "a"]);
        assert_eq!(
            root.descendants(c)?.len(),
            5,
            "the row itself is not below itself"
        );
        for levels in [None, Some(3), Some(100)] {
            let tree = company::parent_id.tree(c, &root, levels)?;
            assert_eq!(
                tree.rows().len(),
                5,
                "a circle has its rows once: {levels:?}"
            );
        }
        Ok(())
    }
    on_each!(show)
}

/// Counts the statements that are sent while `work` runs.
pub(crate) fn statements_of<T>(
    db: &Registry,
    work: impl FnOnce() -> bindery::Result<T>,
) -> bindery::Result<(T, u64)> {
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    let subscription = db.subscribe(move |event: &Event<'_>| {
        if event.kind == EventKind::Statement {
            counter.fetch_add(event.times, Ordering::Relaxed);
        }
    });
    let value = work()?;
    drop(subscription);
    Ok((value, sent.load(Ordering::Relaxed)))
}

#[test]
fn qry_03_loads_send_one_statement_for_each_relation_however_many_rows() -> bindery::Result<()> {
    fn show<E: Everything>(db: &Databases, c: &mut Connection<E>) -> bindery::Result<()> {
        const USERS: i64 = 300;
        let company = c.companies().insert(NewCompany::new("Acme"))?;
        let new = (1..=USERS).map(|id| {
            NewUser::new(user::Required {
                email: format!("{id}@example.org"),
                name: "name".into(),
            })
            .id(id)
            .company_id(company.id)
        });
        c.users().insert_many(new)?;
        let new = (1..=USERS).flat_map(|user| {
            (0..3).map(move |at| {
                NewPost::new(user.into(), format!("post {at}"))
                    .id(user * 3 + at)
                    .editor_id(UserId::from(1 + user % 7))
            })
        });
        c.posts().insert_many(new)?;
        for name in ["rust", "sql"] {
            c.tags().insert(NewTag::new(name))?;
        }
        let tags = (1..=USERS).map(|user| {
            let name = if user % 2 == 0 { "rust" } else { "sql" };
            NewPostTag::new((user * 3).into(), TagId::new(name.to_owned()))
        });
        c.post_tags().insert_many(tags)?;
        let chapters = (1..=USERS).map(|user| NewChapter::new((user * 3).into(), 1, "one"));
        c.chapters().insert_many(chapters)?;
        let notes = (1..=USERS).map(|user| {
            NewNote::new("a note")
                .post_id(PostId::from(user * 3))
                .number(1)
        });
        c.notes().insert_many(notes)?;

        let users = c.users().all()?;
        let posts = c.posts().all()?;
        let notes = c.notes().all()?;
        assert_eq!((users.len(), posts.len(), notes.len()), (300, 900, 300));
        // The tables are looked at when they are first used.
        c.load(&posts[..1], (post::author_id, post::tags))?;
        c.load(&users[..1], (user::company_id, user::profile))?;
        c.load(&notes[..1], note::chapter)?;
        let mut sent = Vec::new();
        macro_rules! count {
            ($rows:expr, $relation:expr) => {
                sent.push(statements_of(db.registry(), || c.load($rows, $relation))?.1)
            };
        }
        count!(&posts, post::author_id);
        count!(&users, user::posts_by_author_id);
        count!(&users, user::profile);
        count!(&posts, post::tags);
        count!(&posts, (post::author_id, post::editor_id));
        count!(
            &users,
            user::posts_by_author_id.with((post::editor_id, post::tags))
        );
        count!(
            &users,
            user::posts_by_author_id
                .filter(post::title.ne("post 1"))
                .order_by(post::id.desc())
        );
        count!(&users[..0], user::posts_by_author_id);
        assert_eq!(sent, [1, 1, 1, 2, 2, 4, 1, 0]);
        // Keys of two columns: 256 in a statement.
        let (chapters, sent) = statements_of(db.registry(), || c.load(&notes, note::chapter))?;
        assert_eq!((chapters.rows().len(), sent), (300, 2));
        Ok(())
    }
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&db, &mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&db, &mut db.p()?)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&db, &mut db.default()?)?;
    }
    Ok(())
}
