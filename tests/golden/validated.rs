//! Rules of the program that rows meet before they are written, on all three databases; the models, and the rules, are those of the
//! cases `versions` and `hooks`.

use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::bench::Bench;
use crate::versions::*;

/// Runs a function on an empty database of each kind.
macro_rules! on_each {
    ($show:ident) => {{
        let bench = Bench::new();
        let db = Databases::with_config(&bench.config())?;
        db.create_missing_on(engine::Lite)?;
        $show(&mut db.lite()?)?;
        if bench.postgres.is_some() {
            db.create_missing_on(engine::P)?;
            $show(&mut db.p()?)?;
        }
        if bench.mariadb.is_some() {
            db.create_missing_on(engine::Default)?;
            $show(&mut db.default()?)?;
        }
        if bench.mysql.is_some() {
            db.create_missing_on(engine::Proper)?;
            $show(&mut db.proper()?)?;
        }
        Ok(())
    }};
}

fn refused<T>(outcome: bindery::Result<T>) -> (String, Option<usize>) {
    let Err(error) = outcome else {
        panic!("it breaks a rule");
    };
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(error.applied(), bindery::error::Applied::No);
    (error.to_string(), error.row())
}

#[test]
fn what_breaks_a_rule_is_not_written() -> bindery::Result<()> {
    fn show<E: StaticEngine + Hosts<model::Machine>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let bad = || NewMachine::new("-x");
        let name = c.engine().name();
        let text =
            format!("engine `{name}`: `Machine`: insert: `name` must not begin with a hyphen");
        assert_eq!(refused(c.machines().insert(bad())), (text, None));
        refused(c.machines().insert_only(bad()));
        refused(c.machines().insert_or_ignore(bad()));
        let rows = || {
            (0..5_000).map(|n| {
                NewMachine::new(if n == 4_500 {
                    "-x".to_owned()
                } else {
                    n.to_string()
                })
            })
        };
        assert_eq!(refused(c.machines().insert_many(rows())).1, Some(4_500));
        assert_eq!(
            refused(c.machines().insert_many_returning(rows())).1,
            Some(4_500)
        );
        assert_eq!(c.machines().count()?, 0);

        let mill = c.machines().insert(NewMachine::new("mill"))?;
        let keys = || [mill.name.clone(), mill.name.clone()];
        let patches = keys().map(|key| (key, MachinePatch::new()));
        refused(c.machines().update_many(patches));
        let bad = Machine {
            version: 2_000,
            ..mill.clone()
        };
        refused(c.machines().save(&bad));
        assert_eq!(refused(c.machines().save_many([&mill, &bad])).1, Some(1));
        refused(c.machines().save_changes(&mill, &bad));
        refused(c.machines().insert_row(&bad));
        refused(c.machines().upsert_row(&bad));
        // The transaction goes on: nothing was sent.
        c.transaction(|tx| {
            refused(tx.machines().insert(NewMachine::new("-y")));
            tx.machines().insert(NewMachine::new("lathe")).map(drop)
        })?;
        assert_eq!(c.machines().count()?, 2);
        assert_eq!(c.machines().get(mill.name.clone())?.version, mill.version);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn what_breaks_a_rule_is_not_written_by_a_unique_key_or_a_patch() -> bindery::Result<()> {
    use crate::hooks::*;

    let db = Databases::in_memory()?;
    db.create_missing()?;
    let rows = || ["one", "-two"].map(NewTask::new);
    refused(db.tasks().upsert_by_title(NewTask::new("-one")));
    let due = || task::due.set_null();
    let new = NewTask::new("-one");
    refused(db.tasks().insert_or_update(task::title, new, due()));
    let many = db.tasks().insert_or_update_many(task::title, rows(), due());
    assert_eq!(refused(many).1, Some(1));
    assert_eq!(refused(db.tasks().upsert_many_by_title(rows())).1, Some(1));
    let merged = db.tasks().query().all_rows().merge(task::title, rows());
    assert_eq!(refused(merged).1, Some(1));
    assert_eq!(db.tasks().count()?, 0);

    let task = db.tasks().insert(NewTask::new("one"))?;
    let patch = || TaskPatch::new().title("-one");
    refused(db.tasks().update(task.id, patch()));
    refused(db.tasks().update_returning(task.id, patch()));
    refused(db.tasks().update_many([(task.id, patch())]));
    assert_eq!(db.tasks().get(task.id)?.title, "one");
    Ok(())
}
