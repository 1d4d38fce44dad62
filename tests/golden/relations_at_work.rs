//! Relations of foreign keys, on all three databases; the models are those of the case `relations`.

use bindery::{Connection, Hosts, StaticEngine};

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

/// Runs a function on an empty database of each kind.
macro_rules! on_each {
    ($show:expr) => {{
        let bench = $crate::bench::Bench::new();
        let db = $crate::relations::Databases::with_config(&bench.config())?;
        db.create_missing_on($crate::relations::engine::Lite)?;
        $show(&mut db.lite()?)?;
        if bench.postgres.is_some() {
            db.create_missing_on($crate::relations::engine::P)?;
            $show(&mut db.p()?)?;
        }
        if bench.mariadb.is_some() {
            db.create_missing_on($crate::relations::engine::Default)?;
            $show(&mut db.default()?)?;
        }
        if bench.mysql.is_some() {
            db.create_missing_on($crate::relations::engine::Proper)?;
            $show(&mut db.proper()?)?;
        }
        Ok::<(), bindery::Error>(())
    }};
}

/// Some users with posts, and posts with comments: `Ann` has two posts, `Bob` one, `Cyd` none.
fn fill<E: Everything>(c: &mut Connection<E>) -> bindery::Result<Vec<User<E>>> {
    let company = c.companies().insert(NewCompany::new("Acme"))?;
    let mut users = Vec::new();
    for (name, company) in [("Ann", Some(company.id)), ("Bob", None), ("Cyd", None)] {
        let new = NewUser::new(format!("{name}@example.org"), name).company_id(company);
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
