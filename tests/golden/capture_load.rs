//! Recorded changes under load: huge transactions, many writers at once, processes that are killed, and a backup that is restored.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use bindery::relation::{LinkCache, Linked};

use super::*;
use crate::bench::peak_kib;
use crate::query_rows::Seeded;

/// The file of a database that is written until the process is killed, and the first key.
const CHILD: &str = "BINDERY_TEST_CAPTURE_CHILD";

fn share(whole: i64, part: i64) -> i64 {
    if is_full_run() { whole } else { part }
}

/// A table of very many rows of which one transaction changes each: read in batches.
///
/// Covers CDC-5.
/// In full: a million changes of one transaction, in less than 64 MiB.
#[test]
fn cdc_05_changes_of_a_huge_transaction_are_read_in_batches() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let rows = share(1_000_000, 20_000);
        let mut notes = world.db.connect(E::default())?;
        for first in (0..rows).step_by(10_000) {
            let some = first..rows.min(first + 10_000);
            notes.notes().insert_many(some.map(|id| new_note(id, "")))?;
        }
        let changes = world.db.registry().changes::<Note<E>>().batch_size(1_000);
        let mut position = changes.now()?;
        world.run_as_another::<E>("UPDATE notes SET body = 'all'");
        peak_kib();
        let before = peak_kib();
        let (mut read, mut batches) = (0, 0);
        loop {
            let batch = changes.after(&position)?;
            assert!(batch.changes.len() <= 1_000);
            read += i64::try_from(batch.changes.len()).expect("a thousand at most");
            batches += 1;
            position = batch.position;
            if !batch.has_more {
                break;
            }
        }
        let grown = peak_kib().saturating_sub(before);
        let figures = format!("{read} changes, {batches} batches, {grown} KiB more");
        assert!(read == rows && batches >= rows / 1_000, "{figures}");
        // Other tests beside a share of it have memory of their own.
        assert!(rows < 1_000_000 || grown < 65_536, "{figures}");
        Ok(())
    }
    on_each_engine!(show)
}

/// A reader that stands still while very many changes are made: all are kept, it is reported as being so far behind, and it reads each
/// when it goes on. Those that it has passed are removed.
///
/// Covers CDC-10.
/// In full: a million changes.
#[test]
fn cdc_10_a_reader_that_stands_still_has_all_changes_later() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let (changed, rows) = (share(1_000_000, 20_000), 10_000);
        let mut notes = world.db.connect(E::default())?;
        notes
            .notes()
            .insert_many((0..rows).map(|id| new_note(id, "")))?;
        let changes = world.db.registry().changes::<Note<E>>().batch_size(10_000);
        let mut position = changes.reader("still")?;
        for round in 0..changed / rows {
            world.run_as_another::<E>(&format!("UPDATE notes SET body = '{round}'"));
            let other = changes.after(&changes.reader("other")?)?;
            changes.save("other", &other.position)?;
        }
        let readers = world.db.registry().change_readers(E::default())?;
        let still = readers
            .iter()
            .find(|reader| reader.name == "still")
            .expect("it is a reader");
        assert_eq!(i64::try_from(still.behind).ok(), Some(changed), "{still:?}");
        let mut seen = BTreeMap::new();
        loop {
            let batch = changes.after(&position)?;
            for change in batch.changes {
                seen.insert(*change.key.value(), change.kind);
            }
            position = batch.position;
            changes.save("still", &position)?;
            if !batch.has_more {
                break;
            }
        }
        assert_eq!(seen.len() as i64, rows);
        let last = changes.after(&changes.reader("other")?)?;
        changes.save("other", &last.position)?;
        let kept: i64 = notes.query_scalar(
            "SELECT count(*) FROM _bindery_changes WHERE table_name = 'notes'",
            (),
        )?;
        assert!(kept <= rows, "{kept} are kept");
        world
            .db
            .registry()
            .remove_change_reader(E::default(), "other")?;
        world
            .db
            .registry()
            .remove_change_reader(E::default(), "still")
            .map(drop)
    }
    on_each_engine!(show)
}

/// Writers that change rows in the order of their keys never wait for each other in a circle. Triggers and a reader add no lock that
/// would have them.
///
/// Covers CDC-9.
/// In full: 1,000 transactions of each writer.
#[test]
fn cdc_09_writers_in_one_order_meet_no_deadlock() -> bindery::Result<()> {
    const ROWS: i64 = 40;
    fn write<E: Any>(world: &World, writer: i64) -> bindery::Result<()> {
        let mut notes = world.db.connect(E::default())?;
        for round in 0..share(1_000, 60) {
            let mut keys = [0, 1, 2].map(|at| (round * 7 + writer * 11 + at * 13) % ROWS);
            keys.sort_unstable();
            notes.transaction(|tx| {
                for key in keys {
                    let key = NoteId::on(E::default(), key);
                    let body = format!("{writer} {round}");
                    tx.notes().update(key, NotePatch::new().body(body))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let mut notes = world.db.connect(E::default())?;
        notes
            .notes()
            .insert_many((0..ROWS).map(|id| new_note(id, "")))?;
        let changes = world.db.registry().changes::<Note<E>>().batch_size(100);
        changes.reader("reader")?;
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..6)
                .map(|writer| scope.spawn(move || write::<E>(world, writer)))
                .collect();
            let reader = scope.spawn(|| -> bindery::Result<()> {
                while !is_over.load(Ordering::Relaxed) {
                    let batch = changes.after(&changes.reader("reader")?)?;
                    changes.save("reader", &batch.position)?;
                }
                Ok(())
            });
            let written: Vec<_> = writers
                .into_iter()
                .map(|one| one.join().expect("a writer"))
                .collect();
            is_over.store(true, Ordering::Relaxed);
            reader.join().expect("the reader")?;
            written.into_iter().collect::<bindery::Result<()>>()
        })?;
        world
            .db
            .registry()
            .remove_change_reader(E::default(), "reader")
            .map(drop)
    }
    on_each_engine!(show)
}

/// Writers that change rows in any order, so that some wait for each other in a circle, on a table with triggers and on the same one
/// without: as many of their transactions end by a deadlock on either, 66 and 65 of 9,600 on PostgreSQL, 57 and 58 on MariaDB, in the whole
/// size, which takes three minutes. SQLite has one writer at a time, and no deadlocks.
///
/// Covers CDC-9 on PostgreSQL, MariaDB.
/// In full: 9,600 transactions with triggers, and as many without.
#[test]
fn cdc_09_triggers_make_deadlocks_no_more_frequent() -> bindery::Result<()> {
    const ROWS: u64 = 100;
    const WRITERS: u64 = 6;
    /// Of one writer in one round.
    fn transactions() -> u64 {
        share(200, 50) as u64
    }
    /// How many transactions of a writer are ended by a deadlock.
    fn write<E: Any>(world: &World, update: &'static str, seed: u64) -> bindery::Result<u64> {
        let mut connection = world.db.connect(E::default())?;
        let mut random = Seeded::new(seed);
        let mut deadlocks = 0;
        for round in 0..transactions() {
            let keys = [0; 4].map(|_| random.below(ROWS) as i64);
            let outcome = connection.transaction(|tx| {
                for key in keys {
                    tx.execute(update, (round.to_string(), key))?;
                }
                Ok(())
            });
            match outcome {
                Ok(()) => {}
                Err(error) if matches!(error.kind(), ErrorKind::Conflict) => deadlocks += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(deadlocks)
    }
    /// The same of all writers at once.
    fn deadlocks<E: Any>(world: &World, update: &'static str, round: u64) -> bindery::Result<u64> {
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| scope.spawn(move || write::<E>(world, update, round * 100 + writer)))
                .collect();
            let ended = writers.into_iter().map(|one| one.join().expect("a writer"));
            ended.sum()
        })
    }
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let mut notes = world.db.connect(E::default())?;
        notes
            .notes()
            .insert_many((0..ROWS as i64).map(|id| new_note(id, "")))?;
        notes.execute(
            "CREATE TABLE plain (id BIGINT PRIMARY KEY, slug VARCHAR(100) NOT NULL UNIQUE, body VARCHAR(400) NOT NULL)",
            (),
        )?;
        notes.execute("INSERT INTO plain SELECT id, slug, body FROM notes", ())?;
        let updates = match E::default().dialect() {
            Dialect::Postgres => [
                "UPDATE plain SET body = $1 WHERE id = $2",
                "UPDATE notes SET body = $1 WHERE id = $2",
            ],
            Dialect::Sqlite | Dialect::Mysql => [
                "UPDATE plain SET body = ? WHERE id = ?",
                "UPDATE notes SET body = ? WHERE id = ?",
            ],
        };
        let rounds = share(8, 2) as u64;
        let mut found = [0, 0];
        for round in 0..rounds {
            for (update, deadlocks_of_it) in updates.into_iter().zip(&mut found) {
                *deadlocks_of_it += deadlocks::<E>(world, update, round)?;
            }
        }
        let [plain, captured] = found;
        let all = rounds * WRITERS * transactions();
        // A share of them has more of chance in it: three standard deviations.
        let chance = share(0, 3) as u64 * (captured + plain).isqrt();
        assert!(
            captured <= plain + all / 100 + chance,
            "{captured} and {plain} of {all}"
        );
        Ok(())
    }
    let _watchdog = Watchdog::start("deadlocks", limit());
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::P>(&world)?;
    show::<engine::M>(&world)
}

/// A transaction that has changed rows and is still open keeps neither writers of other rows waiting, nor the reader: none of them would
/// end before it does.
///
/// Covers CDC-9 on PostgreSQL, MariaDB.
#[test]
fn cdc_09_an_open_transaction_keeps_no_other_writer_waiting() -> bindery::Result<()> {
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let key = |id| NoteId::on(E::default(), id);
        let patch = || NotePatch::new().body("changed");
        let (mut first, mut second) = (
            world.db.connect(E::default())?,
            world.db.connect(E::default())?,
        );
        first
            .notes()
            .insert_many((0..10).map(|id| new_note(id, "")))?;
        let changes = world.db.registry().changes::<Note<E>>().batch_size(100);
        changes.reader("reader")?;
        let read_keys = || -> bindery::Result<Vec<i64>> {
            let batch = changes.after(&changes.reader("reader")?)?;
            changes.save("reader", &batch.position)?;
            let keys = batch.changes.iter().map(|change| *change.key.value());
            Ok(keys.collect())
        };
        let mut seen = Vec::new();
        first.transaction(|tx| {
            tx.notes().update(key(0), patch())?;
            tx.notes().insert(new_note(20, ""))?;
            tx.notes().delete(key(1))?;
            second.notes().update(key(5), patch())?;
            second.notes().insert(new_note(25, ""))?;
            second.notes().delete(key(6))?;
            seen = read_keys()?;
            Ok(())
        })?;
        seen.extend(read_keys()?);
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 5, 6, 20, 25]);
        world
            .db
            .registry()
            .remove_change_reader(E::default(), "reader")
            .map(drop)
    }
    let _watchdog = Watchdog::start("an open transaction", limit());
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::P>(&world)?;
    show::<engine::M>(&world)
}

/// A process that writes until it is killed; nothing in a run of all tests.
#[test]
fn capture_child() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let (file, first) = wanted.split_once('\n').expect("two lines");
    let connection = rusqlite::Connection::open(file).expect("the file");
    connection
        .busy_timeout(Duration::from_secs(30))
        .expect("a pragma");
    let first: i64 = first.parse().expect("a number");
    for id in first.. {
        let sql = format!(
            "BEGIN IMMEDIATE; INSERT INTO notes VALUES ({id}, 'slug {id}', 'new'); UPDATE notes SET body = 'old' WHERE id = {id} - 1; \
             DELETE FROM notes WHERE id = {id} - 5 AND {id} % 3 = 0; COMMIT"
        );
        connection.execute_batch(&sql).expect("it is written");
    }
}

/// Covers CDC-1 on SQLite: processes that write are killed.
/// In full: 50 kills.
#[test]
fn cdc_01_changes_are_those_of_the_table_after_writers_were_killed() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("killed writers", limit());
    let Some(world) = World::start() else {
        return Ok(());
    };
    let file = world.folder.path().join("default.db");
    let itself = std::env::current_exe().expect("the path of the test");
    let mut position = now::<engine::Default>(&world)?;
    let mut copy = BTreeMap::new();
    for round in 0..share(50, 3) {
        // The row that is waited for is deleted by none of those after it.
        let first = round * 3_000_000;
        let mut notes = world.db.connect(engine::Default)?;
        let mut child = Command::new(&itself)
            .args(["capture_at_work::load::capture_child", "--exact"])
            .env(CHILD, format!("{}\n{first}", file.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the test runs");
        let mut has_begun = Ok(false);
        while matches!(has_begun, Ok(false)) {
            has_begun = notes.notes().exists(NoteId::new(first + 30));
        }
        child.kill().expect("it runs still");
        child.wait().expect("it was killed");
        has_begun?;
        position = replayed::<engine::Default>(&world.db, position, &mut copy)?;
        assert_eq!(copy, stored::<engine::Default>(&world.db)?, "round {round}");
    }
    Ok(())
}

/// A source that is restored from an older copy does not know the position of its readers, and a sync compares all rows.
///
/// Covers CDC-3 on SQLite.
#[test]
fn cdc_03_a_restored_backup_does_not_know_later_positions() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let job = || {
        let columns = world.db.registry().sync_columns::<Note, Note<engine::P>>();
        columns.captured().run()
    };
    let mut notes = world.db.connect(engine::Default)?;
    notes
        .notes()
        .insert_many((0..20).map(|id| new_note(id, "kept")))?;
    job()?;
    let backup = world.folder.path().join("backup.db");
    let copy = format!("VACUUM INTO '{}'", backup.display());
    world.run_as_another::<engine::Default>(&copy);

    notes
        .notes()
        .insert_many((20..30).map(|id| new_note(id, "lost")))?;
    notes.notes().delete(NoteId::new(1))?;
    assert_eq!(job()?.rows.written(), 11);
    let late = now::<engine::Default>(&world)?;

    let restore = format!(
        "ATTACH '{}' AS backup; DELETE FROM notes; INSERT INTO notes SELECT * FROM backup.notes; \
         DELETE FROM _bindery_changes; INSERT INTO _bindery_changes SELECT * FROM backup._bindery_changes; \
         DELETE FROM _bindery_change_rounds; INSERT INTO _bindery_change_rounds SELECT * FROM backup._bindery_change_rounds; \
         DELETE FROM _bindery_change_readers; INSERT INTO _bindery_change_readers SELECT * FROM backup._bindery_change_readers; \
         UPDATE sqlite_sequence SET seq = (SELECT seq FROM backup.sqlite_sequence WHERE name = '_bindery_changes') WHERE name = '_bindery_changes'",
        backup.display()
    );
    world.run_as_another::<engine::Default>(&restore);
    // As many changes as there were, so that each number is that of a change again.
    notes
        .notes()
        .insert_many((40..51).map(|id| new_note(id, "other")))?;
    now::<engine::Default>(&world)?;
    let refused = world.db.registry().changes::<Note>().after(&late);
    assert!(is_lost(&refused.expect_err("of a time that is gone")));
    let rows = job()?.rows;
    assert_eq!((rows.inserted, rows.deleted), (12, 10), "{rows:?}");
    let equal = world
        .db
        .registry()
        .sync_columns::<Note, Note<engine::P>>()
        .verify()?;
    assert!(equal.is_equal(), "{equal:?}");
    Ok(())
}

/// A source that was restored and written before the next run: numbers of changes that are gone are those of others, which nothing has put in
/// order yet.
///
/// Covers CDC-3, SYNC-11.
#[test]
fn cdc_03_a_source_that_was_restored_and_written_is_compared() -> bindery::Result<()> {
    const TABLES: [&str; 4] = [
        "notes",
        "_bindery_changes",
        "_bindery_change_rounds",
        "_bindery_change_readers",
    ];
    fn restore<S: Any>(world: &World) {
        for table in TABLES {
            world.run_as_another::<S>(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM backup_{table}"
            ));
        }
        world.run_as_another::<S>(match S::default().dialect() {
            Dialect::Sqlite => "UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM _bindery_changes) WHERE name = '_bindery_changes'",
            Dialect::Postgres => {
                "SELECT setval(pg_get_serial_sequence('_bindery_changes', 'id'), (SELECT max(id) FROM _bindery_changes))"
            }
            Dialect::Mysql => "ALTER TABLE _bindery_changes AUTO_INCREMENT = 1",
        });
    }
    fn show<S: Any, T: Any>(world: &World) -> bindery::Result<()> {
        let columns = || world.db.registry().sync_columns::<Note<S>, Note<T>>();
        let mut notes = world.db.connect(S::default())?;
        let kept = (0..20).map(|id| new_note(id, "kept"));
        notes.notes().insert_many(kept)?;
        columns().captured().run()?;
        for table in TABLES {
            let copy = format!("CREATE TABLE backup_{table} AS SELECT * FROM {table}");
            world.run_as_another::<S>(&copy);
        }
        notes
            .notes()
            .insert_many((20..30).map(|id| new_note(id, "lost")))?;
        columns().captured().run()?;
        let late = now::<S>(world)?;
        restore::<S>(world);
        notes
            .notes()
            .insert_many((40..60).map(|id| new_note(id, "other")))?;
        let refused = world.db.registry().changes::<Note<S>>().after(&late);
        assert!(is_lost(&refused.expect_err("of a time that is gone")));
        let rows = columns().captured().run()?.rows;
        assert_eq!((rows.inserted, rows.deleted), (20, 10), "{rows:?}");
        let equal = columns().verify()?;
        assert!(equal.is_equal(), "{equal:?}");
        assert_eq!(columns().captured().run()?.rows.written(), 0);
        Ok(())
    }
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::Default, engine::P>(&world)?;
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::P, engine::M>(&world)?;
    let Some(world) = World::start() else {
        return Ok(());
    };
    show::<engine::M, engine::Default>(&world)
}

/// Rows of links that are kept in memory are read again, once the changes that another program made to them are.
#[test]
fn xrel_03_kept_links_are_forgotten_by_changes_of_others() -> bindery::Result<()> {
    let Some(world) = World::start() else {
        return Ok(());
    };
    let db = &world.db;
    let mut notes = db.p()?;
    notes
        .notes()
        .insert_many((0..20).map(|id| new_note(id, "kept")))?;
    let mut own = db.default()?;
    let new_mention = |id| NewMention::new(id, NoteId::on(engine::P, id));
    own.mentions().insert_many((0..20).map(new_mention))?;
    let mentions = own.mentions().order_by(mention::id.asc()).all()?;
    let cache = LinkCache::new(100, Duration::from_secs(3_600));
    let mut bodies = || -> bindery::Result<Vec<String>> {
        let found = mention::note_id
            .cached(&cache)
            .load(&mut notes, &mentions)?;
        let body = |linked: Linked<&Note<engine::P>, _>| match linked {
            Linked::Found(note) => note.body.clone(),
            Linked::Missing(_) | Linked::Null => "none".to_owned(),
        };
        Ok(found.iter().map(body).collect())
    };
    let changes = db.registry().changes::<Note<engine::P>>();
    let start = changes.now()?;
    assert_eq!(bodies()?, ["kept"; 20]);
    world.run_as_another::<engine::P>(
        "UPDATE notes SET body = 'other' WHERE id = 3; DELETE FROM notes WHERE id = 4; UPDATE notes SET id = 50 WHERE id = 5",
    );
    assert_eq!(bodies()?, ["kept"; 20], "no statement was sent");
    let batch = changes.after(&start)?;
    cache.forget(batch.changes.into_iter().map(|change| change.key));
    let now = bodies()?;
    assert_eq!(now[3..7], ["other", "none", "none", "kept"]);
    assert_eq!(cache.stats().hits, 20 + 17, "the others were kept");
    Ok(())
}
