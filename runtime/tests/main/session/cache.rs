//! The identity cache of a session: the same key twice is one statement.

use bindery::Key;

use super::*;
use crate::sample::BlogPatch;

fn caching() -> SessionOptions {
    SessionOptions::new().identity_cache(100)
}

/// How many statements `work` sends.
fn sent<T>(db: &Db, work: impl FnOnce() -> T) -> (T, u64) {
    let (value, counts) = db.registry().count_statements(work);
    (value, counts.total())
}

fn emptied<E: Hosts<model::Blog>>(db: &Db, engine: E) {
    let mut connection = db.connect(engine).unwrap();
    connection.blogs().query().all_rows().delete().unwrap();
}

#[test]
fn tx_10_the_same_key_again_is_the_same_row_without_a_statement() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: one_statement);
}

fn one_statement<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let on_first = db
        .connect(first)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("first"))
        .unwrap();
    // The same key on the other engine.
    let new = NewBlog {
        id: Some(*on_first.id.value()),
        ..NewBlog::new("second")
    };
    let on_second = db.connect(second).unwrap().blogs().insert(new).unwrap();
    let work = |s: &mut Work| {
        let own = s.connection(first)?.blogs().get(on_first.id)?;
        let (again, statements) = sent(db, || s.connection(first)?.blogs().get(on_first.id));
        assert_eq!((again?, statements), (own.clone(), 0));
        let (again, statements) = sent(db, || {
            s.repository::<model::Blog, A>(first).find(on_first.id)
        });
        assert_eq!(
            (again?, statements),
            (Some(own), 0),
            "whichever way leads there"
        );
        let (other, statements) = sent(db, || s.connection(second)?.blogs().get(on_second.id));
        assert_eq!(other?.title, "second", "a key is of its engine");
        assert!(statements > 0);
        let nothing = Key::new(on_first.id.value() + 1_000);
        for _ in 0..2 {
            let missing = |s: &mut Work| s.connection(first)?.blogs().find(nothing);
            let (missing, statements) = sent(db, || missing(s));
            assert_eq!(
                (missing?, statements),
                (None, 1),
                "what is not there is not kept"
            );
        }
        Ok(())
    };
    db.try_session_with::<_, bindery::Error>(caching(), work)
        .unwrap();

    // Nothing goes from one session to the next, and none is kept unless that is wanted.
    let find = |s: &mut Work| sent(db, || s.connection(first)?.blogs().get(on_first.id)).1;
    for options in [caching(), SessionOptions::new()] {
        db.try_session_with(options, |s| {
            assert!(find(s) > 0);
            Ok::<_, bindery::Error>(())
        })
        .unwrap();
    }
    let both = db.session(|s| Ok((find(s) > 0, find(s) > 0))).unwrap();
    assert_eq!(both, (true, true));
    emptied(db, first);
    emptied(db, second);
}

#[test]
fn tx_10_what_is_written_or_undone_is_read_again() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: read_again);
}

fn read_again<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let id = db
        .connect(first)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("old"))
        .unwrap()
        .id;
    let other = db
        .connect(second)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("other"))
        .unwrap()
        .id;
    let outcome = db.try_session_with(caching(), |s| {
        let title = |s: &mut Work| -> bindery::Result<String> {
            Ok(s.connection(first)?.blogs().get(id)?.title)
        };
        let titled = |title: &str| BlogPatch {
            title: Some(title.to_owned()),
            ..BlogPatch::default()
        };
        assert_eq!(title(s)?, "old");
        s.connection(second)?.blogs().get(other)?;
        s.connection(first)?.blogs().update(id, titled("by key"))?;
        assert_eq!(title(s)?, "by key");
        let (kept, statements) = sent(db, || s.connection(second)?.blogs().get(other));
        assert_eq!(
            (kept?.title.as_str(), statements),
            ("other", 0),
            "of the other engine"
        );
        let raw = "UPDATE blogs SET title = 'all'";
        s.connection(first)?.execute(raw, ())?;
        assert_eq!(title(s)?, "all");
        s.sql_on(first)
            .execute("UPDATE blogs SET title = 'raw'", ())?;
        assert_eq!(title(s)?, "raw");
        let undone: bindery::Result<()> = s.nested(|s| {
            s.connection(first)?.blogs().update(id, titled("undone"))?;
            assert_eq!(title(s)?, "undone");
            Err(refused())
        });
        assert!(undone.is_err());
        assert_eq!(title(s)?, "raw", "as before the nested session");
        let undone: bindery::Result<()> = s.connection(first)?.transaction(|tx| {
            tx.blogs().delete(id)?;
            assert_eq!(tx.blogs().find(id)?, None);
            Err(refused())
        });
        assert!(undone.is_err());
        assert_eq!(title(s)?, "raw");

        let (fresh, statements) = sent(db, || s.connection(first)?.blogs().reload(id));
        assert_eq!((fresh?.title.as_str(), statements), ("raw", 1));
        s.clear_identity_cache();
        assert_eq!(sent(db, || title(s)).1, 1);
        assert_eq!(sent(db, || title(s)).1, 0);
        s.connection(first)?.blogs().delete(id)?;
        assert!(s.connection(first)?.blogs().find(id)?.is_none());
        Err::<(), _>(refused())
    });
    assert_eq!(outcome.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(db.titles(first), ["old"], "the session was rolled back");
    emptied(db, first);
    emptied(db, second);
}

#[test]
fn tx_10_the_cache_is_bounded_and_hides_no_failure() {
    let bench = Bench::embedded();
    let db = &bench.db;
    let mut connection = db.connect(Default).unwrap();
    let mut add = |title| connection.blogs().insert(NewBlog::new(title)).unwrap().id;
    let ids = [add("1"), add("2"), add("3")];
    drop(connection);
    db.try_session_with(SessionOptions::new().identity_cache(2), |s| {
        let mut find = |id| {
            sent(db, || {
                s.connection(Default).unwrap().blogs().get(id).unwrap()
            })
            .1
        };
        let _ = ids.map(&mut find);
        assert_eq!(ids.map(&mut find), [1, 1, 1], "the oldest gives way");
        assert_eq!((find(ids[2]), find(ids[1])), (0, 0));
        let failed = s
            .connection(Default)?
            .execute("INSERT INTO nothing VALUES (1)", ());
        assert!(failed.is_err());
        let refused = s.connection(Default)?.blogs().get(ids[2]).unwrap_err();
        assert_eq!(
            refused.kind(),
            &ErrorKind::TransactionAborted,
            "as without a cache"
        );
        Ok::<_, bindery::Error>(())
    })
    .unwrap_err();
    let none = SessionOptions::new().identity_cache(0);
    db.try_session_with(none, |s| {
        let mut find = || {
            sent(db, || {
                s.connection(Default).unwrap().blogs().get(ids[0]).unwrap()
            })
            .1
        };
        find();
        assert_eq!(find(), 1);
        Ok::<_, bindery::Error>(())
    })
    .unwrap();
}
