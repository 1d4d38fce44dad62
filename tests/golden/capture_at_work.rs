//! Changes that triggers record on three databases: which operations are, in which order they are read, and syncs that go by them.

use std::collections::BTreeMap;
use std::time::Duration;

use bindery::error::SyncError;
use bindery::sync::{ChangeKind, ChangePosition};
use bindery::types::Uuid;
use bindery::{Config, Dialect, ErrorKind, Hosts, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog, fresh_mysql, fresh_postgres, is_full_run};

use crate::capture::*;

/// Empty databases with all tables.
struct World {
    db: Databases,
    servers: (FreshDatabase, FreshDatabase),
    folder: tempfile::TempDir,
}

impl World {
    fn start() -> Option<Self> {
        let (Some(m), Some(p)) = (fresh_mysql(), fresh_postgres()) else {
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("default.db");
        let config = Config::new()
            .engine("default", format!("sqlite://{}", file.display()).as_str())
            .engine("m", m.url().as_str())
            .engine("p", p.url().as_str());
        let db = Databases::with_config(&config).expect("they are configured");
        db.create_missing().expect("the tables are made");
        db.registry()
            .create_sync_tables(engine::Default)
            .expect("sqlite");
        db.registry().create_sync_tables(engine::M).expect("mysql");
        db.registry()
            .create_sync_tables(engine::P)
            .expect("postgres");
        let servers = (m, p);
        Some(Self {
            db,
            servers,
            folder,
        })
    }

    /// Runs statements as another program would.
    fn run_as_another<E: StaticEngine>(&self, sql: &str) {
        let outcome = match E::default().dialect() {
            Dialect::Mysql => self.servers.0.run_script(sql),
            Dialect::Postgres => self.servers.1.run_script(sql),
            Dialect::Sqlite => {
                let file = self.folder.path().join("default.db");
                let connection = rusqlite::Connection::open(file).expect("the file");
                connection.execute_batch(sql).expect("it is executed");
                return;
            }
        };
        outcome.expect("it is executed");
    }
}

/// The engines that have every model here but `Remark`.
trait Any: StaticEngine + Hosts<model::Note> + Hosts<model::Order> {}
impl<E> Any for E where E: StaticEngine + Hosts<model::Note> + Hosts<model::Order> {}

/// The time that a test may take on all engines; more where it has its whole size.
fn limit() -> Duration {
    let minutes = if is_full_run() { 60 } else { 10 };
    Duration::from_mins(minutes)
}

/// Runs a function on empty databases for each engine.
macro_rules! on_each_engine {
    ($show:ident) => {{
        let _watchdog = Watchdog::start(stringify!($show), limit());
        let Some(world) = World::start() else {
            return Ok(());
        };
        $show::<engine::Default>(&world).inspect_err(|_| eprintln!("sqlite"))?;
        $show::<engine::P>(&world).inspect_err(|_| eprintln!("postgres"))?;
        $show::<engine::M>(&world).inspect_err(|_| eprintln!("mysql"))?;
        Ok(())
    }};
}

#[path = "capture_crashes.rs"]
mod crashes;
#[path = "capture_load.rs"]
mod load;
#[path = "capture_queries.rs"]
mod queries;
#[path = "capture_refused.rs"]
mod refused;

fn new_note(id: i64, body: &str) -> NewNote {
    NewNote::new(note::Required {
        id,
        slug: format!("slug {id}"),
        body: body.into(),
    })
}

/// The keys and kinds of all changes after a position, and the last position.
fn read_changes<E: Any>(
    world: &World,
    mut position: ChangePosition,
) -> bindery::Result<(Vec<(i64, ChangeKind)>, ChangePosition)> {
    let changes = world.db.registry().changes::<Note<E>>().batch_size(7);
    let mut found = Vec::new();
    loop {
        let batch = changes.after(&position)?;
        let read = batch.changes.iter();
        found.extend(read.map(|change| (*change.key.value(), change.kind)));
        position = batch.position;
        if !batch.has_more {
            return Ok((found, position));
        }
    }
}

fn now<E: Any>(world: &World) -> bindery::Result<ChangePosition> {
    world.db.registry().changes::<Note<E>>().now()
}

/// The rows of the table by their keys.
fn stored<E: Any>(db: &Databases) -> bindery::Result<BTreeMap<i64, String>> {
    let rows = db
        .connect(E::default())?
        .notes()
        .order_by(note::id.asc())
        .all()?;
    let pair = |row: Note<E>| (*row.id.value(), row.body);
    Ok(rows.into_iter().map(pair).collect())
}

/// Takes the changes after a position over into a copy.
fn replayed<E: Any>(
    db: &Databases,
    mut position: ChangePosition,
    copy: &mut BTreeMap<i64, String>,
) -> bindery::Result<ChangePosition> {
    let changes = db.registry().changes::<Note<E>>().batch_size(100);
    loop {
        let batch = changes.after(&position)?;
        for change in batch.changes {
            match change.row {
                Some(row) => copy.insert(*change.key.value(), row.body),
                None => copy.remove(change.key.value()),
            };
        }
        position = batch.position;
        if !batch.has_more {
            return Ok(position);
        }
    }
}

fn is_lost(error: &bindery::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Sync(SyncError::PositionLost { .. })
    )
}

use ChangeKind::{Deleted, Inserted, Updated};

/// Covers CDC-1.
#[test]
fn cdc_01_committed_changes_are_recorded_and_others_are_not() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let start = now::<E>(world)?;
        let mut notes = world.db.connect(E::default())?;
        notes.notes().insert(new_note(1, "one"))?;
        notes.notes().insert(new_note(2, "two"))?;
        let mut undone = notes.begin()?;
        undone.notes().insert(new_note(3, "three"))?;
        undone.rollback()?;
        let (found, position) = read_changes::<E>(world, start)?;
        assert_eq!(found, [(1, Inserted), (2, Inserted)]);
        let two = NoteId::on(E::default(), 2);
        notes.notes().update(two, NotePatch::new().body("other"))?;
        notes.notes().delete(NoteId::on(E::default(), 1))?;
        notes.notes().insert(new_note(4, "four"))?;
        world.run_as_another::<E>("UPDATE notes SET id = 5 WHERE id = 4");
        let batch = world.db.registry().changes::<Note<E>>().after(&position)?;
        let found: Vec<_> = batch
            .changes
            .iter()
            .map(|change| {
                let body = change.row.as_ref().map(|row| row.body.as_str());
                (*change.key.value(), change.kind, body)
            })
            .collect();
        let wanted = [
            (2, Updated, Some("other")),
            (1, Deleted, None),
            (4, Deleted, None),
            (5, Updated, Some("four")),
        ];
        assert_eq!(found, wanted);
        let (found, last) = read_changes::<E>(world, batch.position)?;
        assert_eq!((found.len(), last), (0, batch.position));
        Ok(())
    }
    on_each_engine!(show)
}

/// Covers CDC-2 on PostgreSQL, MariaDB: transactions that commit late are read after those that were committed before them.
/// In full: 1,000 late commits on each database.
#[test]
fn sync_02_a_change_that_is_committed_late_is_not_passed_over() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        if E::default().dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let rounds = if is_full_run() { 1_000 } else { 10 };
        let (mut early, mut late) = (
            world.db.connect(E::default())?,
            world.db.connect(E::default())?,
        );
        let mut position = now::<E>(world)?;
        for round in 0..rounds {
            let id = round * 10;
            let mut open = late.begin()?;
            open.notes().insert(new_note(id, "written first"))?;
            early.notes().insert(new_note(id + 1, "committed first"))?;
            let (found, next) = read_changes::<E>(world, position)?;
            assert_eq!(found, [(id + 1, Inserted)], "round {round}");
            let mut undone = early.begin()?;
            undone.notes().insert(new_note(id + 2, "a gap"))?;
            undone.rollback()?;
            open.commit()?;
            early.notes().insert(new_note(id + 3, "after it"))?;
            let (found, next) = read_changes::<E>(world, next)?;
            assert_eq!(found, [(id, Inserted), (id + 3, Inserted)], "round {round}");
            position = next;
        }
        Ok(())
    }
    on_each_engine!(show)
}

/// Covers CDC-3.
#[test]
fn cdc_03_a_reader_goes_on_from_where_it_saved() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let changes = world.db.registry().changes::<Note<E>>().batch_size(10);
        changes.reader("copy")?;
        world
            .db
            .connect(E::default())?
            .notes()
            .insert_many((0..95).map(|id| new_note(id, "many")))?;
        let mut copy: BTreeMap<i64, usize> = BTreeMap::new();
        let mut turn = 0;
        loop {
            let position = changes.reader("copy")?;
            let batch = changes.after(&position)?;
            for change in &batch.changes {
                *copy.entry(*change.key.value()).or_default() += 1;
            }
            turn += 1;
            // Every third time it is gone before it has saved.
            if turn % 3 != 0 {
                changes.save("copy", &batch.position)?;
                if !batch.has_more {
                    break;
                }
            }
        }
        assert_eq!(
            copy.keys().copied().collect::<Vec<_>>(),
            (0..95).collect::<Vec<_>>()
        );
        assert!(copy.values().all(|times| *times <= 2), "{copy:?}");
        assert!(copy.values().any(|times| *times == 2));
        world
            .db
            .registry()
            .remove_change_reader(E::default(), "copy")
            .map(drop)
    }
    on_each_engine!(show)
}

/// The changes of a `LOAD DATA` of a file that the server has written.
fn loaded(world: &World) -> bindery::Result<Vec<(i64, ChangeKind)>> {
    let folder = world.servers.0.answer("SELECT @@datadir").expect("a path");
    let file =
        std::path::Path::new(folder.trim()).join(format!("notes-{}.txt", std::process::id()));
    let sql = format!(
        "SELECT 7, 'g', 'x' UNION SELECT 8, 'h', 'x' INTO OUTFILE '{0}'; LOAD DATA INFILE '{0}' INTO TABLE notes",
        file.display()
    );
    let position = now::<engine::M>(world)?;
    world.run_as_another::<engine::M>(&sql);
    std::fs::remove_file(file).expect("the server wrote it");
    Ok(read_changes::<engine::M>(world, position)?.0)
}

/// The operations of each database, as docs/capture.md lists them.
///
/// Covers CDC-4.
#[test]
fn cdc_04_each_operation_is_recorded() -> bindery::Result<()> {
    fn changed<E: Any>(world: &World, sql: &str) -> bindery::Result<Vec<(i64, ChangeKind)>> {
        let position = now::<E>(world)?;
        world.run_as_another::<E>(sql);
        let (mut found, _) = read_changes::<E>(world, position)?;
        found.sort_by_key(|(id, _)| *id);
        Ok(found)
    }
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let dialect = E::default().dialect();
        let inserted = changed::<E>(
            world,
            "INSERT INTO notes VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'x')",
        )?;
        assert_eq!(inserted, [(1, Inserted), (2, Inserted), (3, Inserted)]);
        let updated = changed::<E>(world, "UPDATE notes SET body = 'y' WHERE id > 1")?;
        assert_eq!(updated, [(2, Updated), (3, Updated)]);
        let upsert = match dialect {
            Dialect::Mysql => {
                "INSERT INTO notes VALUES (1, 'a', 'z') ON DUPLICATE KEY UPDATE body = 'z'"
            }
            Dialect::Sqlite | Dialect::Postgres => {
                "INSERT INTO notes VALUES (1, 'a', 'z') ON CONFLICT (id) DO UPDATE SET body = 'z'"
            }
        };
        assert_eq!(changed::<E>(world, upsert)?, [(1, Updated)]);
        if dialect != Dialect::Postgres {
            let same = changed::<E>(world, "REPLACE INTO notes VALUES (1, 'a', 'w')")?;
            assert_eq!(same, [(1, Inserted)]);
            // It takes the place of another row by its slug.
            let other = changed::<E>(world, "REPLACE INTO notes VALUES (9, 'a', 'w')")?;
            assert_eq!(other, [(1, Deleted), (9, Inserted)]);
        }
        let deleted = changed::<E>(world, "DELETE FROM notes WHERE id = 2")?;
        assert_eq!(deleted, [(2, Deleted)]);
        if dialect == Dialect::Sqlite {
            let all = changed::<E>(world, "DELETE FROM notes")?;
            assert_eq!(all, [(3, Deleted), (9, Deleted)]);
        }
        if dialect == Dialect::Mysql {
            assert_eq!(loaded(world)?, [(7, Inserted), (8, Inserted)]);
        }
        if dialect == Dialect::Postgres {
            let copied = changed::<E>(world, "COPY notes FROM stdin;\n7\tg\tx\n8\th\tx\n\\.\n")?;
            assert_eq!(copied, [(7, Inserted), (8, Inserted)]);
            let replica =
                "SET session_replication_role = replica; UPDATE notes SET body = 'r' WHERE id = 7";
            assert_eq!(changed::<E>(world, replica)?, [(7, Updated)]);
            let position = now::<E>(world)?;
            world.run_as_another::<E>("TRUNCATE notes CASCADE");
            let batch = world.db.registry().changes::<Note<E>>().after(&position)?;
            assert!(batch.is_truncated && batch.changes.is_empty());
        }
        Ok(())
    }
    on_each_engine!(show)
}

/// Rows that a foreign key deletes are recorded where triggers fire for them; the build refuses the others (B0522).
///
/// Covers CDC-4 on SQLite, PostgreSQL.
#[test]
fn cdc_04_rows_that_a_foreign_key_deletes_are_recorded() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("cascades", Duration::from_secs(300));
    let Some(world) = World::start() else {
        return Ok(());
    };
    let mut sqlite = world.db.connect(engine::Default)?;
    sqlite.notes().insert(new_note(1, "parent"))?;
    sqlite
        .remarks()
        .insert(NewRemark::new(10, NoteId::new(1)))?;
    let changes = world.db.registry().changes::<Remark<engine::Default>>();
    let start = changes.now()?;
    sqlite.notes().delete(NoteId::new(1))?;
    let batch = changes.after(&start)?;
    assert_eq!(
        (*batch.changes[0].key.value(), batch.changes[0].kind),
        (10, Deleted)
    );

    let mut postgres = world.db.connect(engine::P)?;
    postgres.notes().insert(new_note(1, "parent"))?;
    postgres
        .remarks()
        .insert(NewRemark::new(10, NoteId::new(1)))?;
    let changes = world.db.registry().changes::<Remark<engine::P>>();
    let start = changes.now()?;
    postgres.notes().delete(NoteId::new(1))?;
    let batch = changes.after(&start)?;
    assert_eq!(
        (*batch.changes[0].key.value(), batch.changes[0].kind),
        (10, Deleted)
    );
    Ok(())
}

/// Covers CDC-6, CDC-7: the key is that of the row, whatever is in it and however its columns are called.
#[test]
fn cdc_06_keys_are_recorded_as_they_are() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let texts = [
            "",
            " ",
            "tea",
            "'; DROP TABLE notes; --",
            "it's \"quoted\" `so`",
            "a,b",
            "Ä🦀ß",
            "%_\\",
            "\t\r\n",
            "A",
            "a",
        ];
        let changes = world.db.registry().changes::<Order<E>>().batch_size(5);
        let mut position = changes.now()?;
        let mut orders = world.db.connect(E::default())?;
        let mut wanted = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            for number in [0, -1, i32::MIN, i32::MAX].map(i64::from) {
                let uuid = Uuid::from_u128(u128::MAX / (at as u128 + 1));
                orders
                    .order_by()
                    .insert(NewOrder::new(*text, number, uuid))?;
                wanted.push(((*text).to_owned(), number, uuid));
            }
        }
        let mut found = Vec::new();
        loop {
            let batch = changes.after(&position)?;
            for change in &batch.changes {
                let key = (change.key.select.clone(), change.key.its, change.key.group);
                let row = change.row.as_ref().expect("it is there");
                assert_eq!((row.select.clone(), row.its, row.group), key);
                found.push(key);
            }
            position = batch.position;
            if !batch.has_more {
                break;
            }
        }
        assert_eq!(found, wanted);
        orders.order_by().all_rows().delete()?;
        let batch = world.db.registry().changes::<Order<E>>().after(&position)?;
        assert_eq!(batch.changes.len(), wanted.len());
        assert!(batch.changes.iter().all(|change| change.row.is_none()));
        Ok(())
    }
    on_each_engine!(show)
}

/// Covers CDC-10.
#[test]
fn cdc_10_changes_are_kept_for_every_reader() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let changes = world.db.registry().changes::<Note<E>>();
        let start = changes.reader("slow")?;
        changes.reader("fast")?;
        let mut notes = world.db.connect(E::default())?;
        notes
            .notes()
            .insert_many((0..50).map(|id| new_note(id, "kept")))?;
        let batch = changes.after(&start)?;
        changes.save("fast", &batch.position)?;
        assert_eq!(
            read_changes::<E>(world, start)?.0.len(),
            50,
            "the other one has read none"
        );
        let readers = world.db.registry().change_readers(E::default())?;
        let behind: Vec<_> = readers
            .iter()
            .map(|reader| (reader.name.as_str(), reader.behind, reader.oldest.is_some()))
            .collect();
        assert_eq!(behind, [("fast", 0, false), ("slow", 50, true)]);
        assert!(
            world
                .db
                .registry()
                .remove_change_reader(E::default(), "slow")?
        );
        changes.save("fast", &batch.position)?;
        let lost = changes.after(&start).err();
        let kept: i64 = notes.query_scalar(
            "SELECT count(*) FROM _bindery_changes WHERE table_name = 'notes'",
            (),
        )?;
        assert_eq!(kept, 1, "the one that the reader stands at");
        let is_start = start.to_string().starts_with("0.");
        assert!(is_start || lost.is_some_and(|error| is_lost(&error)));
        world
            .db
            .registry()
            .remove_change_reader(E::default(), "fast")
            .map(drop)
    }
    on_each_engine!(show)
}

/// Covers SYNC-11: deletes are copied, and rows that other programs write.
#[test]
fn sync_02_a_sync_by_recorded_changes_makes_the_target_equal() -> bindery::Result<()> {
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let job = || {
            world
                .db
                .registry()
                .sync_columns::<Note<S>, Note<T>>()
                .captured()
                .batch_size(20)
        };
        let (mut source, mut target) = (
            world.db.connect(S::default())?,
            world.db.connect(T::default())?,
        );
        source.notes().all_rows().delete()?;
        target.notes().all_rows().delete()?;
        source
            .notes()
            .insert_many((0..100).map(|id| new_note(id, "first")))?;
        target.notes().insert(new_note(1_000, "surplus"))?;
        let first = job().run()?.rows;
        assert_eq!((first.inserted, first.deleted), (100, 1), "all is compared");
        assert_eq!(job().run()?.rows.read, 0, "nothing was changed");
        world.run_as_another::<S>(
            "UPDATE notes SET body = 'other' WHERE id < 30; DELETE FROM notes WHERE id >= 90; \
             UPDATE notes SET id = 500 WHERE id = 50; INSERT INTO notes VALUES (600, 'new', 'new')",
        );
        // A slug goes from one row to another.
        world.run_as_another::<S>(
            "UPDATE notes SET slug = 'away' WHERE id = 1; UPDATE notes SET slug = 'slug 1' WHERE id = 2",
        );
        let next = job().run()?.rows;
        assert_eq!(
            (next.inserted, next.updated, next.deleted),
            (2, 30, 11),
            "{next:?}"
        );
        assert!(job().run()?.is_complete());
        // Two slugs are exchanged, and three passed on; none may be NULL meanwhile.
        world.run_as_another::<S>(
            "UPDATE notes SET slug = 'between' WHERE id = 3; UPDATE notes SET slug = 'slug 3' WHERE id = 70; \
             UPDATE notes SET slug = 'slug 70' WHERE id = 3; UPDATE notes SET slug = 'between' WHERE id = 10; \
             UPDATE notes SET slug = 'slug 10' WHERE id = 11; UPDATE notes SET slug = 'slug 11' WHERE id = 80; \
             UPDATE notes SET slug = 'slug 80' WHERE id = 10",
        );
        let exchanged = job().batch_size(2).run()?;
        assert!(exchanged.is_complete(), "{exchanged:?}");
        let equal = world
            .db
            .registry()
            .sync_columns::<Note<S>, Note<T>>()
            .verify()?;
        assert!(equal.is_equal(), "{equal:?}");
        if S::default().dialect() == Dialect::Postgres {
            world.run_as_another::<S>(
                "TRUNCATE notes CASCADE; INSERT INTO notes VALUES (1, 'a', 'b')",
            );
            job().run()?;
            assert_eq!(target.notes().count()?, 1);
        }
        let readers = world.db.registry().change_readers(S::default())?;
        assert!(
            readers.iter().all(|reader| reader.behind == 0),
            "{readers:?}"
        );
        Ok(())
    }
    let _watchdog = Watchdog::start("syncs", Duration::from_secs(600));
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world)?;
    show::<engine::P, engine::M>(&world)?;
    show::<engine::M, engine::Default>(&world)?;
    assert!(world.db.syncs().notes_to_p().run()?.is_complete());
    Ok(())
}
