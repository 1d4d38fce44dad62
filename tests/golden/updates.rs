//! The effects of updates: versions increase and refuse a row that another caller has updated, times of the last
//! change are set. The same on all three databases; the models are those of the case `versions`.

use bindery::error::Operation;
use bindery::query::{case, excluded};
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};
use bindery_testkit::FreshDatabase;

use crate::bench::Bench;
use crate::on_each::on_each;
use crate::versions::{pages::PageQueries, *};

fn page<E: Hosts<model::Page>>(c: &mut Connection<E>, path: &str) -> bindery::Result<Page<E>> {
    c.pages().insert(NewPage::new(path))
}

fn body(text: &str) -> PagePatch {
    PagePatch {
        body: Some(Some(text.to_owned())),
        ..PagePatch::default()
    }
}

/// Until the database's clock shows another millisecond.
fn a_moment() {
    std::thread::sleep(std::time::Duration::from_millis(15));
}

#[test]
fn a_row_that_was_updated_meanwhile_is_not_saved() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let mut mine = page(c, "/tea")?;
        let mut theirs = c.pages().get(mine.id)?;
        assert_eq!(
            mine.revision, 1,
            "the first version where there is no default"
        );
        theirs.body = Some("green".to_owned());
        assert!(c.pages().save(&theirs)?);

        mine.body = Some("black".to_owned());
        let error = c.pages().save(&mine).expect_err("they were first");
        assert_eq!(error.kind(), &ErrorKind::StaleVersion);
        assert_eq!(error.operation(), Some(Operation::Save));
        assert!(!error.is_retryable());
        let stored = c.pages().get(mine.id)?;
        assert_eq!(
            (stored.revision, stored.body),
            (2, Some("green".to_owned()))
        );

        mine.revision = stored.revision;
        assert!(c.pages().save(&mine)?);
        assert_eq!(c.pages().get(mine.id)?.revision, 3);
        assert!(c.pages().delete(mine.id)?);
        assert!(
            !c.pages().save(&mine)?,
            "a row that is gone is no other version"
        );
        Ok(())
    }
    on_each!(versions, show)
}

/// A row is saved as it was read: it is found by its version, and that nothing else changes is no conflict.
///
/// Covers GEN-10.
#[test]
fn of_many_rows_none_is_saved_where_one_was_updated_meanwhile() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let paths = (0..50).map(|number| format!("/many/{number}"));
        let mut mine: Vec<_> = paths.map(|path| page(c, &path)).collect::<Result<_, _>>()?;
        c.pages().update(mine[30].id, body("theirs"))?;
        // One that is gone is no other version.
        c.pages().delete(mine[10].id)?;
        for row in &mut mine {
            row.body = Some("mine".to_owned());
        }
        let error = c.pages().save_many(&mine).expect_err("they were first");
        assert_eq!(error.kind(), &ErrorKind::StaleVersion);
        assert_eq!(error.operation(), Some(Operation::SaveMany));
        assert_eq!(error.row(), Some(30));
        assert_eq!(c.pages().get(mine[0].id)?.body, None);

        mine[30] = c.pages().get(mine[30].id)?;
        assert_eq!(c.pages().save_many(&mine)?, 49);
        let stored = c.pages().get(mine[0].id)?;
        assert_eq!((stored.revision, stored.body.as_deref()), (2, Some("mine")));
        Ok(())
    }
    on_each!(versions, show)
}

/// Texts as keys: many are found as each by itself is, whatever the database takes for equal.
#[test]
fn many_keys_are_found_as_each_by_itself() -> bindery::Result<()> {
    fn check<E: StaticEngine + Hosts<model::Machine>>(
        c: &mut Connection<E>,
    ) -> bindery::Result<()> {
        let names = ["press", "PRESS", "lathe ", "press", "", "drill", "DRILL"];
        let keys = || names.map(|name| bindery::Key::new(name.to_owned()));
        let many = c.machines().find_many(keys())?;
        let each: Vec<_> = keys()
            .map(|key| c.machines().find(key))
            .into_iter()
            .collect::<Result<_, _>>()?;
        assert_eq!(many, each);
        assert!(many[0].is_some() && many[3].is_some() && many[4].is_none());
        Ok(())
    }
    fn show<E: StaticEngine + Hosts<model::Machine>>(c: &mut Connection<E>) -> bindery::Result<()> {
        for name in ["press", "lathe", "DRILL"] {
            c.machines().insert(NewMachine::new(name))?;
        }
        check(c)
    }
    let folding = |database: &FreshDatabase| {
        database
            .run_script("ALTER TABLE machines MODIFY name VARCHAR(40) COLLATE utf8mb4_general_ci")
            .expect("a collation that both products have");
    };
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    if let Some(mariadb) = &bench.mariadb {
        db.create_missing_on(engine::Default)?;
        show(&mut db.default()?)?;
        folding(mariadb);
        check(&mut db.default()?)?;
    }
    if let Some(mysql) = &bench.mysql {
        db.create_missing_on(engine::Proper)?;
        show(&mut db.proper()?)?;
        folding(mysql);
        check(&mut db.proper()?)?;
    }
    on_each!(versions, show)
}

#[test]
fn changes_count_the_version_on() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let read = page(c, "/coffee")?;
        assert!(c.pages().update(read.id, body("hot"))?);
        assert!(c.pages().update(read.id, PagePatch::default())?);
        let stored = c.pages().get(read.id)?;
        assert_eq!(stored.revision, 2, "no changes, no update");
        assert!(c.pages().save(&read).is_err());
        assert!(c.pages().save(&stored)?);
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn an_upsert_counts_the_version_on() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let new = NewPage::new("/milk").revision(70);
        let read = c.pages().upsert_by_path(new.clone())?;
        assert_eq!(read.revision, 70, "a version that is given is stored");
        let stored = c.pages().upsert_by_path(new.clone().body("cold"))?;
        assert_eq!((stored.id, stored.revision), (read.id, 71));
        // Within a transaction other statements are sent on some databases.
        let again = c.transaction(|tx| tx.pages().upsert_by_path(new.body("warm")))?;
        assert_eq!((again.revision, again.body.as_deref()), (72, Some("warm")));
        let kind = c.pages().save(&read).map_err(|error| error.kind().clone());
        assert_eq!(kind, Err(ErrorKind::StaleVersion));
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn every_update_sets_the_time_of_the_last_change() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let inserted = page(c, "/water")?;
        assert_eq!(inserted.changed_on, None);
        a_moment();
        assert!(c.pages().update(inserted.id, body("wet"))?);
        let updated = c.pages().get(inserted.id)?;
        assert!(updated.changed_on.is_some());
        let passed = updated.changed_at - inserted.changed_at;
        // SQLite's default counts seconds only.
        assert!(passed > chrono::TimeDelta::zero(), "{passed}");
        assert!(passed < chrono::TimeDelta::minutes(1), "{passed}");
        let now = bindery::types::now().naive_utc();
        let ago = now - updated.changed_at;
        assert!(ago.abs() < chrono::TimeDelta::minutes(1), "not UTC: {ago}");
        a_moment();
        // The row's own time is not written back.
        assert!(c.pages().save(&updated)?);
        assert!(c.pages().get(inserted.id)?.changed_at > updated.changed_at);
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn a_time_that_an_update_sets_is_as_fine_as_its_column() -> bindery::Result<()> {
    fn show<E: Hosts<model::Machine>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let machine = c.machines().insert(NewMachine::new("mill"))?;
        assert_eq!((machine.version, machine.seen_at), (7, None));
        let ago = bindery::types::now() - machine.changed_at;
        assert!(ago < chrono::TimeDelta::minutes(1), "not now: {ago}");
        assert!(c.machines().save(&machine)?, "only what is set by itself");
        let key = machine.name.clone();
        let seen: Machine<E> = c.machines().get(machine.name)?;
        let at = seen.seen_at.expect("it was updated");
        assert_eq!(at.timestamp_subsec_micros() % 10_000, 0, "{at}");
        let second = seen.seen_to_the_second.expect("it was updated");
        assert_eq!(second.and_utc().timestamp_subsec_micros(), 0, "{second}");
        // A row that was read can be written: as a new row, and as a change would.
        assert!(c.machines().save(&seen)?);
        let copy = NewMachine {
            name: "press".into(),
            ..NewMachine::from(seen)
        };
        assert_eq!(c.machines().insert(copy)?.seen_at, Some(at));
        assert!(c.machines().update(key, MachinePatch::default())?);
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn a_row_copied_over_another_is_a_new_version_of_that() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let old = page(c, "/juice")?;
        let other = Page {
            body: Some("orange".to_owned()),
            ..old.clone()
        };
        let stored = other.copy_over_to(c)?;
        assert_eq!(
            (stored.revision, stored.body.as_deref()),
            (2, Some("orange"))
        );
        assert_eq!(c.pages().get(old.id)?, stored);
        let kind = c.pages().save(&old).map_err(|error| error.kind().clone());
        assert_eq!(kind, Err(ErrorKind::StaleVersion));
        assert!(c.pages().delete(old.id)?);
        assert_eq!(
            other.copy_over_to(c)?,
            other,
            "nothing there to be overwritten"
        );
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn qry_07_an_upsert_that_gives_nothing_but_its_key() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let page = c.pages().insert(NewPage::new("/soup").body("hot"))?;
        assert_eq!((page.revision, page.changed_on), (1, None));
        let again = c.pages().upsert_by_path(NewPage::new("/soup"))?;
        assert_eq!(again.id, page.id);
        assert_eq!(again.body.as_deref(), Some("hot"), "it was not given");
        // A column that every update sets is set all the same, whatever is given for it.
        assert_eq!(again.revision, 2);
        assert!(again.changed_on.is_some());
        let new = NewPage::new("/soup").revision(70).changed_on(None);
        let again = c.pages().upsert_by_path(new)?;
        assert_eq!(again.revision, 3);
        assert!(again.changed_on.is_some());
        Ok(())
    }
    on_each!(versions, show)
}

/// An error has the constant of the generated code, whatever each database calls its keys.
///
/// Covers ERR-01 on SQLite, PostgreSQL, MariaDB, MySQL.
#[test]
fn err_01_a_violated_key_is_the_constant_of_its_model() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page> + Hosts<model::Machine>>(
        c: &mut Connection<E>,
    ) -> bindery::Result<()> {
        let soup = page(c, "/soup")?;
        let taken = page(c, "/soup").unwrap_err();
        assert!(taken.constraint() == pages::PATH, "{taken}");
        let new = NewPage::new("/bread").id(*soup.id.value());
        let taken = c.pages().insert(new).unwrap_err();
        assert!(taken.constraint() == pages::PRIMARY_KEY, "{taken}");
        c.machines().insert(NewMachine::new("mill"))?;
        let taken = c.machines().insert(NewMachine::new("mill")).unwrap_err();
        assert_eq!(taken.constraint(), Some(machines::PRIMARY_KEY), "{taken}");
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn only_what_was_changed_is_saved() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let read = page(c, "/rice")?;
        let mut mine = read.clone();
        mine.body = Some("boiled".to_owned());
        assert!(c.pages().save_changes(&read, &mine)?);
        let stored = c.pages().get(read.id)?;
        assert_eq!(
            (stored.revision, stored.body.as_deref()),
            (2, Some("boiled"))
        );
        let stale = c
            .pages()
            .save_changes(&read, &mine)
            .expect_err("it was saved since");
        assert_eq!(stale.kind(), &ErrorKind::StaleVersion);
        assert!(
            c.pages().save_changes(&stored, &stored)?,
            "nothing to be written"
        );
        // A column that every update sets by itself is no change, and is not written back.
        let mut touched = stored.clone();
        touched.revision = 70;
        assert!(c.pages().save_changes(&stored, &touched)?);
        assert_eq!(c.pages().get(read.id)?.revision, 2);
        let other = page(c, "/corn")?;
        let error = c
            .pages()
            .save_changes(&stored, &other)
            .expect_err("two rows");
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        let mut renamed = other.clone();
        renamed.path = "/rice".to_owned();
        let error = c
            .pages()
            .save_changes(&other, &renamed)
            .expect_err("it is taken");
        assert!(
            matches!(error.kind(), ErrorKind::UniqueViolation(_)),
            "{error}"
        );
        assert!(c.pages().delete(other.id)?);
        assert!(!c.pages().save_changes(&other, &renamed)?);
        assert!(!c.pages().save_changes(&other, &other)?);
        Ok(())
    }
    on_each!(versions, show)
}

/// Without a version the columns that others have changed stay as they are.
#[test]
fn columns_that_were_not_changed_stay_as_others_have_set_them() -> bindery::Result<()> {
    use crate::queries as q;
    fn show<E: Hosts<q::model::User>>(c: &mut Connection<E>) -> bindery::Result<()> {
        use q::Tables;
        let read = c.users().insert(q::NewUser::new("Ann").city("here"))?;
        let mut mine = read.clone();
        mine.name = "Anna".to_owned();
        c.users()
            .update(read.id, q::UserPatch::new().city("there").boss_id(read.id))?;
        assert!(c.users().save_changes(&read, &mine)?);
        let stored = c.users().get(read.id)?;
        assert_eq!(
            (stored.name.as_str(), stored.city.as_deref()),
            ("Anna", Some("there"))
        );
        assert_eq!(stored.boss_id, Some(read.id));
        c.users().update(read.id, q::UserPatch::new().city(None))?;
        assert_eq!(c.users().get(read.id)?.city, None);
        Ok(())
    }
    crate::queries_at_work::on_each!(show)
}

/// A line for each visit, and its version.
#[test]
fn a_row_is_inserted_or_updated_by_what_is_stored_and_what_is_given() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let line = |path: &str, text: &str| NewPage::new(path).body(text.to_owned());
        let added = || {
            let both = page::body.concat(", ").concat(excluded(page::body));
            page::body.set_to(both.coalesce(excluded(page::body).coalesce("nothing")))
        };
        let first = c
            .pages()
            .insert_or_update(page::path, line("/log", "one"), added())?;
        assert_eq!((first.revision, first.body.as_deref()), (1, Some("one")));
        a_moment();
        let second = c
            .pages()
            .insert_or_update(page::path, line("/log", "two"), added())?;
        assert_eq!(
            (second.id, second.revision, second.body.as_deref()),
            (first.id, 2, Some("one, two"))
        );
        assert!(second.changed_at > first.changed_at);
        assert_eq!(c.pages().find(first.id)?, Some(second));

        // Each row comes after the one before it.
        let rows = ["three", "four"].map(|text| line("/log", text));
        let rows = rows
            .into_iter()
            .chain([line("/new", "a"), NewPage::new("/new")]);
        assert_eq!(
            c.pages().insert_or_update_many(page::path, rows, added())?,
            4
        );
        let log = c.pages().get(first.id)?;
        assert_eq!(
            (log.revision, log.body.as_deref()),
            (4, Some("one, two, three, four"))
        );
        let new = c.pages().get_by_path("/new")?;
        assert_eq!((new.revision, new.body.as_deref()), (2, Some("nothing")));
        let none = std::iter::empty::<NewPage>();
        assert_eq!(
            c.pages().insert_or_update_many(page::path, none, added())?,
            0
        );

        // All or none; a transaction goes on after one within it that is undone.
        let taken = NewPage::new("/other").id(*new.id.value());
        c.transaction(|tx| {
            let rows = [line("/log", "five"), taken.clone()];
            let refused =
                tx.transaction(|tx| tx.pages().insert_or_update_many(page::path, rows, added()));
            let error = refused.expect_err("another page has the id");
            assert!(error.is_unique_violation(), "{error}");
            assert_eq!(error.row(), Some(1));
            tx.pages()
                .insert_or_update(page::path, line("/log", "six"), added())
                .map(drop)
        })?;
        let refused = c.pages().insert_or_update(page::path, taken, added());
        let error = refused.expect_err("another page has the id");
        assert!(error.is_unique_violation(), "{error}");
        let log = c.pages().get(first.id)?.body.unwrap_or_default();
        assert!(log.ends_with("four, six"), "{log}");
        assert_eq!(c.pages().count()?, 2);
        Ok(())
    }
    on_each!(versions, show)
}

#[test]
fn what_cannot_be_set_in_place_of_an_insert_is_refused_before_it_is_sent() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        fn why<T>(outcome: bindery::Result<T>) -> String {
            match outcome {
                Ok(_) => panic!("it was taken"),
                Err(error) => error.to_string(),
            }
        }
        let new = || NewPage::new("/tea").body("green".to_owned());
        let body = || page::body.set_to(excluded(page::body));
        let no_key = why(c.pages().insert_or_update(page::body, new(), body()));
        assert!(no_key.contains("no unique key"), "{no_key}");
        let key = page::path.set_to(excluded(page::path));
        let key = why(c.pages().insert_or_update(page::path, new(), key));
        assert!(key.contains("the key it goes by"), "{key}");
        let version = page::revision.set_to(page::revision + excluded(page::revision));
        let version = why(c.pages().insert_or_update(page::path, new(), version));
        assert!(version.contains("set by every update itself"), "{version}");
        let key = page::body.set_to("black");
        let id = why(c.pages().insert_or_update(page::id, new(), key));
        assert!(id.contains("needs a value for every column"), "{id}");
        let twice = (body(), body());
        let twice = why(c.pages().insert_or_update_many(page::path, [new()], twice));
        assert!(twice.contains("sets a column twice"), "{twice}");
        let given = page::body
            .set_to(case(excluded(page::changed_at).gt(page::changed_at), "new").or_null());
        let given = why(c.pages().insert_or_update(page::path, new(), given));
        assert!(given.contains("leaves to the database"), "{given}");
        let outside = why(c.pages().filter(excluded(page::body).eq("green")).all());
        assert!(outside.contains("outside of"), "{outside}");
        let outside = why(c.pages().query().all_rows().update(body()));
        assert!(outside.contains("outside of"), "{outside}");
        let other = page::body.set_to(page::body.select().max());
        let other = why(c.pages().insert_or_update(page::path, new(), other));
        assert!(other.contains("values of other rows"), "{other}");
        assert_eq!(c.pages().count()?, 0);
        Ok(())
    }
    on_each!(versions, show)
}

/// No visit is lost, whoever comes first.
#[test]
fn callers_that_come_at_once_are_all_counted() -> bindery::Result<()> {
    const CALLERS: usize = 4;
    const VISITS: usize = 25;
    fn show<E: Hosts<model::Page>>(
        connect: &(impl Fn() -> bindery::Result<Connection<E>> + Sync),
    ) -> bindery::Result<()> {
        let visit = || {
            let mut c = connect()?;
            for _ in 0..VISITS {
                let visited = page::body.set_to(page::body.concat(excluded(page::body)));
                let new = NewPage::new("/visited").body("i".to_owned());
                c.pages().insert_or_update(page::path, new, visited)?;
            }
            Ok::<(), bindery::Error>(())
        };
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(visit)).collect();
            let mut callers = callers.into_iter();
            callers.try_for_each(|caller| caller.join().expect("it does not panic"))
        })?;
        let row = connect()?.pages().get_by_path("/visited")?;
        let body = row.body.unwrap_or_default();
        assert_eq!(
            (body.len(), row.revision as usize),
            (CALLERS * VISITS, CALLERS * VISITS)
        );
        Ok(())
    }
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&|| db.lite())?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&|| db.p())?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&|| db.default())?;
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        show(&|| db.proper())?;
    }
    Ok(())
}

#[test]
fn rows_of_a_query_begin_with_the_first_version() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Page>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let tea = page(c, "/tea")?;
        c.pages().update(tea.id, body("green"))?;
        let copy = || {
            (
                page::path.from(page::path.concat("/2")),
                page::body.from(page::body),
            )
        };
        let error = c
            .pages()
            .insert_from(copy())
            .execute()
            .expect_err("no time of the last change");
        assert!(
            error.to_string().contains("`changed_on` has no default"),
            "{error}"
        );
        let (path, text) = copy();
        let whole = (path, text, page::changed_on.from(page::changed_on));
        assert_eq!(c.pages().insert_from(whole).execute()?, 1);
        let stored = c.pages().get_by_path("/tea/2")?;
        assert_eq!(
            (stored.revision, stored.body.as_deref()),
            (1, Some("green"))
        );
        assert_eq!(c.pages().get(tea.id)?.revision, 2);
        Ok(())
    }
    on_each!(versions, show)
}
