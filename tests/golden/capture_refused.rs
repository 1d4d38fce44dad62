//! Writes that fail as their change cannot be recorded, and readers whose changes are lost or another database's.

use super::*;

/// Covers CDC-8 on SQLite: a change that cannot be recorded is not made.
#[test]
fn cdc_08_a_write_whose_change_cannot_be_recorded_fails() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let file = world.folder.path().join("default.db");
    let connection = rusqlite::Connection::open(file).expect("the file");
    let pages: i64 = connection
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .expect("a number");
    connection
        .pragma_update(None, "max_page_count", pages)
        .expect("it is set");
    let mut written = 0;
    let full = (0..10_000).find_map(|id| {
        let sql = "INSERT INTO notes VALUES (?1, 'slug ' || ?1, '')";
        match connection.execute(sql, [id]) {
            Ok(_) => {
                written += 1;
                None
            }
            Err(error) => Some(error),
        }
    });
    assert!(full.expect("there is no room").to_string().contains("full"));
    let count = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .expect("a number")
    };
    assert_eq!(count("SELECT count(*) FROM notes"), written);
    assert_eq!(count("SELECT count(*) FROM _bindery_changes"), written);
    Ok(())
}

/// Covers CDC-8: where the table of changes takes none, a write of the captured table fails, and so does the transaction with it.
#[test]
fn cdc_08_a_write_fails_where_the_table_of_changes_takes_none() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let refuse = match E::default().dialect() {
            Dialect::Sqlite => {
                "CREATE TRIGGER full BEFORE INSERT ON _bindery_changes BEGIN SELECT RAISE(ABORT, 'no room'); END"
            }
            Dialect::Postgres | Dialect::Mysql => {
                "ALTER TABLE _bindery_changes ADD CONSTRAINT no_room CHECK (table_name <> 'notes')"
            }
        };
        let take = match E::default().dialect() {
            Dialect::Sqlite => "DROP TRIGGER full",
            Dialect::Postgres | Dialect::Mysql => {
                "ALTER TABLE _bindery_changes DROP CONSTRAINT no_room"
            }
        };
        let start = now::<E>(world)?;
        world.run_as_another::<E>(refuse);
        let mut notes = world.db.connect(E::default())?;
        notes
            .notes()
            .insert(new_note(1, "lost"))
            .expect_err("it is not recorded");
        let both: bindery::Result<()> = notes.transaction(|tx| {
            tx.notes()
                .insert_many((2..5).map(|id| new_note(id, "lost")))?;
            Ok(())
        });
        both.expect_err("they are not recorded");
        assert_eq!(notes.notes().count()?, 0);
        world.run_as_another::<E>(take);
        notes.notes().insert(new_note(1, "kept"))?;
        assert_eq!(read_changes::<E>(world, start)?.0, [(1, Inserted)]);
        Ok(())
    }
    on_each_engine!(show)
}

fn is_not_recorded(error: &bindery::Error) -> bool {
    matches!(error.kind(), ErrorKind::Sync(SyncError::NotRecorded { .. }))
}

/// Covers CDC-11: a trigger that is dropped or switched off is noticed by the next read.
#[test]
fn cdc_11_a_trigger_that_is_gone_is_noticed() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let changes = world.db.registry().changes::<Note<E>>();
        let position = changes.now()?;
        let mut notes = world.db.connect(E::default())?;
        let sql = match E::default().dialect() {
            Dialect::Postgres => "ALTER TABLE notes DISABLE TRIGGER ALL".to_owned(),
            Dialect::Sqlite => {
                let name: String = notes.query_scalar(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'notes' AND name LIKE '%capture_d%'",
                    (),
                )?;
                format!("DROP TRIGGER {name}")
            }
            Dialect::Mysql => {
                let name: String = notes.query_scalar(
                    "SELECT trigger_name FROM information_schema.triggers WHERE event_object_table = 'notes' \
                     AND trigger_schema = database() AND trigger_name LIKE '%capture_d%'",
                    (),
                )?;
                format!("DROP TRIGGER {name}")
            }
        };
        world.run_as_another::<E>(&sql);
        let error = changes.after(&position).expect_err("it is noticed");
        assert!(is_not_recorded(&error), "{error}");
        assert_eq!(error.engine(), Some(E::default().name()));
        Ok(())
    }
    on_each_engine!(show)
}

/// The statements that have a database record no insert of notes, and record them again.
fn off_and_on<E: Any>(world: &World) -> bindery::Result<(String, String)> {
    let mut notes = world.db.connect(E::default())?;
    let (name, again): (String, String) = match E::default().dialect() {
        Dialect::Postgres => {
            let name: String = notes.query_scalar(
                "SELECT CAST(tgname AS text) FROM pg_trigger WHERE tgrelid = CAST('notes' AS regclass) AND tgname LIKE '%capture_r%'",
                (),
            )?;
            let turn = |word: &str| format!("ALTER TABLE notes {word} TRIGGER {name}");
            return Ok((turn("DISABLE"), turn("ENABLE ALWAYS")));
        }
        Dialect::Sqlite => notes.query_row(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'notes' AND name LIKE '%capture_i%'",
            (),
        )?,
        Dialect::Mysql => {
            let (name, action): (String, String) = notes.query_row(
                "SELECT trigger_name, action_statement FROM information_schema.triggers WHERE event_object_table = 'notes' \
                 AND trigger_schema = database() AND trigger_name LIKE '%capture_i%'",
                (),
            )?;
            let again = format!(
                "DELIMITER //\nCREATE TRIGGER `{name}` AFTER INSERT ON notes FOR EACH ROW {action} //\nDELIMITER ;\n"
            );
            (name, again)
        }
    };
    Ok((format!("DROP TRIGGER {name}"), again))
}

/// Rows that were written while nothing recorded them are copied by the run after the one that failed, also where the triggers are back.
///
/// Covers CDC-11.
#[test]
fn cdc_11_the_run_after_unrecorded_changes_compares_all() -> bindery::Result<()> {
    fn show<S: Any, T: Any>() -> bindery::Result<()> {
        let Some(world) = World::start() else {
            return Ok(());
        };
        let columns = || world.db.registry().sync_columns::<Note<S>, Note<T>>();
        let mut notes = world.db.connect(S::default())?;
        notes.notes().insert(new_note(1, "recorded"))?;
        columns().captured().run()?;
        let (off, on) = off_and_on::<S>(&world)?;
        world.run_as_another::<S>(&off);
        notes.notes().insert(new_note(2, "not recorded"))?;
        for _ in 0..2 {
            let error = columns().captured().run().expect_err("it is noticed");
            assert!(is_not_recorded(&error), "{error}");
        }
        world.run_as_another::<S>(&on);
        notes.notes().insert(new_note(3, "recorded"))?;
        assert_eq!(columns().captured().run()?.rows.inserted, 2);
        let equal = columns().verify()?;
        assert!(equal.is_equal(), "{equal:?}");
        // Triggers of the target have recorded the copy, and nothing reads that.
        let mut target = world.db.connect(T::default())?;
        let recorded: i64 = target.query_scalar("SELECT count(*) FROM _bindery_changes", ())?;
        assert_eq!(recorded, 0);
        Ok(())
    }
    show::<engine::Default, engine::P>()?;
    show::<engine::P, engine::M>()?;
    show::<engine::M, engine::Default>()
}

/// A position of another database, or of one that was restored since, is not taken for one of this.
#[test]
fn cdc_03_a_position_of_another_database_is_refused() -> bindery::Result<()> {
    let (Some(world), Some(other)) = (World::start(), World::start()) else {
        return Ok(());
    };
    fn show<E: Any>(world: &World, other: &World) -> bindery::Result<()> {
        let start = now::<E>(world)?;
        let refused = other.db.registry().changes::<Note<E>>().after(&start);
        assert!(is_lost(&refused.expect_err("of another database")));
        for world in [world, other] {
            let mut notes = world.db.connect(E::default())?;
            notes.notes().insert(new_note(1, "the same"))?;
        }
        let (_, position) = read_changes::<E>(world, start)?;
        now::<E>(other)?;
        let refused = other.db.registry().changes::<Note<E>>().after(&position);
        assert!(is_lost(&refused.expect_err("of another database")));
        Ok(())
    }
    show::<engine::Default>(&world, &other)?;
    show::<engine::P>(&world, &other)?;
    show::<engine::M>(&world, &other)
}

/// Covers CDC-1 on MariaDB: TRUNCATE fires no trigger there, and is refused for a recorded table; on PostgreSQL it is recorded.
#[test]
fn cdc_01_a_recorded_table_is_emptied_with_its_changes_or_not_at_all() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let mut m = world.db.m()?;
    m.notes().insert(new_note(1, ""))?;
    m.execute("CREATE TABLE free (id INT)", ())?;
    for text in [
        "TRUNCATE notes",
        "TRUNCATE TABLE `notes`",
        "SELECT 1; TRUNCATE `order by`",
        "/* all */ truncate table notes -- of them",
    ] {
        let refused = match m.execute(text, ()) {
            Err(error) => error,
            Ok(_) => panic!("{text}"),
        };
        let is_told =
            matches!(refused.kind(), ErrorKind::Unsupported(why) if why.contains("DELETE FROM"));
        assert!(is_told, "{text}: {refused}");
    }
    let refused = m.transaction(|tx| tx.execute("TRUNCATE notes", ()).map(drop));
    assert!(matches!(
        refused.expect_err("refused").kind(),
        ErrorKind::Unsupported(_)
    ));
    assert_eq!(m.notes().count()?, 1);
    m.execute("TRUNCATE free", ())?;
    m.execute("DELETE FROM notes", ())?;
    assert_eq!(m.notes().count()?, 0);
    world.db.p()?.execute("TRUNCATE notes CASCADE", ())?;
    Ok(())
}
