// Assertions that hold for every door: the same program against the code that the door made of the schema.
// Included by each door's `main.rs` below its own `Databases`.

use bindery::{Connection, ErrorKind, Hosts};

/// Runs all assertions on freshly created tables.
fn run(db: &Databases) -> bindery::Result<()> {
    started_elsewhere_it_says_so();
    db.create_missing()?;
    a_model_on_one_engine_knows_its_database(db)?;
    a_model_on_several_engines_stays_where_it_was_put(db)?;
    an_engine_can_be_chosen_at_run_time(db)?;
    a_failed_transaction_leaves_nothing(db)?;
    many_rows_go_in_at_once(db)?;
    pages_follow_values_that_may_be_null(db)
}

fn a_model_on_one_engine_knows_its_database(db: &Databases) -> bindery::Result<()> {
    let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    assert_eq!(db.users().find(ann.id)?, Some(ann.clone()));
    assert_eq!(db.users().find_by_email("ann@example.org")?, Some(ann.clone()));
    let error = db.users().insert(NewUser::new("ann@example.org")).expect_err("the address is taken");
    assert!(matches!(error.kind(), ErrorKind::UniqueViolation(_)), "{error}");
    assert_eq!((error.engine(), error.model()), (Some("default"), Some("User")));
    assert!(!db.users().insert_or_ignore(NewUser::new("ann@example.org"))?);

    let changes = UserPatch { nick: Some(Some("ann".into())), ..UserPatch::default() };
    assert!(db.users().update(ann.id, changes)?);
    let mut stored = db.users().get(ann.id)?;
    assert_eq!(stored.nick.as_deref(), Some("ann"));
    assert_eq!((ann.revision, ann.changed, stored.revision), (1, None, 2));
    assert!(stored.changed.is_some());
    stored.nick = None;
    assert!(db.users().save(&stored)?);
    assert_eq!(db.users().get(ann.id)?.nick, None);
    let error = db.users().save(&stored).expect_err("it was saved since it was read");
    assert_eq!(error.kind(), &ErrorKind::StaleVersion);

    let again = db.users().upsert_by_email(NewUser::new("ann@example.org").nick("a"))?;
    assert_eq!((again.id, again.nick.as_deref()), (ann.id, Some("a")));
    let again = db.users().upsert_by_email(NewUser::new("ann@example.org"))?;
    assert_eq!(again.nick.as_deref(), Some("a"), "what is not given stays");
    let none = NewUser { nick: Some(None), ..NewUser::new("ann@example.org") };
    assert_eq!(db.users().upsert_by_email(none)?.nick, None, "NULL was given");
    assert_eq!(db.users().count()?, 1);
    assert!(db.users().delete(ann.id)?);
    assert!(!db.users().exists(ann.id)?);
    let error = db.users().get(ann.id).expect_err("it was deleted");
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    db.categories().insert(NewCategory::new("news"))?;
    assert_eq!(db.categories().count()?, 1);
    Ok(())
}

/// Elsewhere there is no configuration: nothing is made in its place.
fn started_elsewhere_it_says_so() {
    let here = std::env::current_dir().expect("the folder of the crate");
    let elsewhere = std::env::temp_dir().join(format!("bindery-door-{}", std::process::id()));
    std::fs::create_dir(&elsewhere).expect("a folder of its own");
    let elsewhere = elsewhere.canonicalize().expect("it was made");
    std::env::set_current_dir(&elsewhere).expect("it can be entered");
    let error = Databases::open().map(drop).expect_err("the file is not there");
    std::env::set_current_dir(here).expect("it can be entered");
    std::fs::remove_dir(&elsewhere).expect("it is empty");
    let told = format!("there is no `bindery.toml` in `{}`", elsewhere.display());
    assert!(error.to_string().contains(&told), "{error}");
}

fn count<E: Hosts<model::Blog>>(connection: &mut Connection<E>) -> bindery::Result<u64> {
    connection.blogs().count()
}

fn a_model_on_several_engines_stays_where_it_was_put(db: &Databases) -> bindery::Result<()> {
    let (mut default, mut b) = (db.default()?, db.b()?);
    let post: Blog<engine::B> = b.blogs().insert(NewBlog::new("on b"))?;
    assert_eq!((count(&mut default)?, count(&mut b)?), (0, 1));

    let copy: Blog<engine::Default> = post.copy_to(&mut default)?;
    assert_eq!(default.blogs().find(copy.id)?.map(|blog| blog.title), Some("on b".to_owned()));
    let error = post.copy_to(&mut default).expect_err("the key is taken");
    assert!(matches!(error.kind(), ErrorKind::UniqueViolation(_)), "{error}");
    assert!(default.blogs().delete(copy.id)?);
    assert_eq!((count(&mut default)?, count(&mut b)?), (0, 1));
    Ok(())
}

fn an_engine_can_be_chosen_at_run_time(db: &Databases) -> bindery::Result<()> {
    let mut chosen = db.on("b".parse()?)?;
    let rows: Vec<Blog<engine::Any>> = chosen.blogs().all()?;
    assert_eq!(rows.len(), 1);
    let error = chosen.users().count().expect_err("users live on default");
    assert_eq!(error.kind(), &ErrorKind::NotHosted { lives_on: &["default"] });
    let mut other = db.on("default".parse()?)?;
    let error = other.blogs().find(rows[0].id).expect_err("the key is of b");
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    let error = "nope".parse::<engine::Any>().expect_err("there is no such engine");
    assert_eq!(error.kind(), &ErrorKind::UnknownEngine { name: "nope".into(), known: vec!["b", "default"] });
    Ok(())
}

fn a_failed_transaction_leaves_nothing(db: &Databases) -> bindery::Result<()> {
    let mut b = db.b()?;
    let before = count(&mut b)?;
    let outcome = b.try_transaction(|tx| {
        tx.blogs().insert(NewBlog::new("never"))?;
        Err::<(), Box<dyn std::error::Error>>("the caller changed its mind".into())
    });
    assert_eq!(outcome.expect_err("the closure failed").to_string(), "the caller changed its mind");
    assert_eq!(count(&mut b)?, before);
    b.transaction(|tx| tx.blogs().insert(NewBlog::new("kept")).map(drop))?;
    assert_eq!(count(&mut b)?, before + 1);
    Ok(())
}

fn many_rows_go_in_at_once(db: &Databases) -> bindery::Result<()> {
    let mut default = db.default()?;
    let rows = (0..5_000).map(|number| NewBlog::new(format!("no. {number}")).content((number % 2 == 0).then(|| "even".into())));
    assert_eq!(default.blogs().insert_many(rows)?, 5_000);
    let even = default.blogs().iter()?.filter(|blog| blog.as_ref().is_ok_and(|blog| blog.content.is_some())).count();
    assert_eq!(even, 2_500);
    Ok(())
}

/// Pages of two rows in the order of an expression, then of a column of a model on several engines: every row once, in the order of the whole.
fn pages_follow_values_that_may_be_null(db: &Databases) -> bindery::Result<()> {
    for (address, nick) in [("a", Some("x")), ("b", None), ("c", Some("X")), ("d", None), ("e", Some("y"))] {
        db.users().insert(NewUser { nick: Some(nick.map(Into::into)), ..NewUser::new(address) })?;
    }
    let (mut seen, mut last) = (Vec::new(), None);
    loop {
        let (nick, id) = last.unzip();
        let keys = (user::nick.lower().desc_after(nick).nulls_last(), user::id.asc_after(id));
        let rows = db.users().query().page_by(keys).limit(2);
        let page = rows.select((user::email, user::nick.lower(), user::id)).all()?;
        last = page.last().map(|(_, nick, id)| (nick.clone(), *id));
        if last.is_none() {
            break;
        }
        seen.extend(page.into_iter().map(|(address, ..)| address));
    }
    assert_eq!(seen, ["e", "a", "c", "b", "d"]);
    let mut b = db.b()?;
    let blogs = b.blogs().order_by((blog::title.desc(), blog::id.asc())).all()?;
    assert!(blogs.len() > 1);
    let after = (blog::title.desc_after(Some(blogs[0].title.clone())), blog::id.asc_after(Some(blogs[0].id)));
    assert_eq!(b.blogs().query().page_by(after).all()?, blogs[1..]);
    Ok(())
}
