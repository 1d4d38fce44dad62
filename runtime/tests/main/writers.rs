//! Many writers on one SQLite file: one writes, the others wait in line, and none gets the error that the file is busy.

use std::error::Error as _;
use std::io::BufRead;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bindery::{Config, EngineOptions, ErrorKind, Registry, TransactionOptions};
use bindery_testkit::Watchdog;

use crate::sample::engine::{B, Default};
use crate::sample::{EMBEDDED, NewBlog, Tables, model, with};

const PATIENCE: Duration = Duration::from_secs(120);
/// How long the writers write; a long run sets more.
const SECONDS: &str = "BINDERY_WRITERS_SECONDS";
/// Set in the other process, to the URL it writes to.
const INNER_URL: &str = "BINDERY_WRITERS_URL";

fn options(url: &str) -> EngineOptions {
    EngineOptions::url(url)
        .max_connections(4)
        .acquire_timeout(PATIENCE)
}

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}/one.db", folder.path().display())
}

fn duration() -> Duration {
    let seconds = std::env::var(SECONDS).ok();
    let seconds = seconds.map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(2))
}

/// Writes in every way there is until `end`, and says how many rows.
fn write_until(db: &Registry, end: &AtomicBool) -> u64 {
    let mut rows = 0;
    while !end.load(Ordering::Relaxed) {
        let mut alone = db.repository::<model::Blog, _>(Default);
        alone.insert(NewBlog::new("alone")).unwrap();
        let two = [NewBlog::new("of two"), NewBlog::new("of two")];
        alone.insert_many(two).unwrap();
        let mut held = db.connect(Default).unwrap();
        held.blogs().insert(NewBlog::new("held")).unwrap();
        held.transaction(|tx| {
            let before = tx.blogs().count()?;
            tx.blogs().insert(NewBlog::new("read, then written"))?;
            assert_eq!(tx.blogs().count()?, before + 1);
            Ok(())
        })
        .unwrap();
        rows += 5;
    }
    rows
}

/// So many threads write for a while; gives the number of rows.
fn write_together(db: &Registry, threads: usize) -> u64 {
    let end = AtomicBool::new(false);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| write_until(db, &end)))
            .collect();
        thread::sleep(duration());
        end.store(true, Ordering::Relaxed);
        let rows = writers.into_iter().map(|writer| writer.join().unwrap());
        rows.sum()
    })
}

/// Another program that writes to the same file; it says when it is about to, and how many rows it wrote.
fn other_program(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writers::the_other_program", "--nocapture"])
        .env(INNER_URL, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Does nothing among the other tests.
#[test]
#[allow(clippy::print_stdout, reason = "read by the other process")]
fn the_other_program() {
    if let Ok(url) = std::env::var(INNER_URL) {
        let db = with("default", options(&url));
        println!("\nrows {}", write_together(&db, 2));
    }
}

fn rows_of(mut other: Child) -> u64 {
    let output = std::io::BufReader::new(other.stdout.take().unwrap());
    let lines = output.lines().map_while(Result::ok);
    let rows = lines.filter_map(|line| line.strip_prefix("rows ")?.parse().ok());
    let rows = rows.last();
    assert!(other.wait().unwrap().success());
    rows.expect("it says how many")
}

/// Covers POOL-14, TX-12 on SQLite.
#[test]
fn pool_14_sixty_four_writers_and_another_program_on_one_file() {
    let _watchdog = Watchdog::start("pool_14_sixty_four_writers", PATIENCE + duration() * 2);
    let folder = tempfile::tempdir().unwrap();
    let db = with("default", options(&url(&folder)));
    db.create_missing_on(Default).unwrap();
    let other = other_program(&url(&folder));
    let mine = write_together(&db, 64);
    let theirs = rows_of(other);
    assert!(mine > 0 && theirs > 0);
    let mut blogs = db.repository::<model::Blog, _>(Default);
    assert_eq!(blogs.count().unwrap(), mine + theirs);
    let pool = db.engine("default").unwrap().pool;
    assert!(pool.open <= 4 && pool.in_use == 0, "{pool:?}");
}

/// Covers POOL-14 on SQLite.
#[test]
fn pool_14_sixteen_writers_in_memory() {
    let _watchdog = Watchdog::start("pool_14_sixteen_writers_in_memory", PATIENCE + duration());
    let db = with("default", options(":memory:"));
    db.create_missing_on(Default).unwrap();
    let rows = write_together(&db, 16);
    let mut blogs = db.repository::<model::Blog, _>(Default);
    assert_eq!(blogs.count().unwrap(), rows);
}

/// Two engines at one file, of which `b` names it by another path.
fn two_engines(folder: &tempfile::TempDir, timeout: Duration) -> Registry {
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    let other = format!("sqlite://{}/one.db", link.display());
    let config = Config::new()
        .engine("default", options(&url(folder)).acquire_timeout(timeout))
        .engine("b", options(&other).acquire_timeout(timeout))
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    db.create_missing_on(Default).unwrap();
    db
}

/// One thread waits for what it has itself: through another engine at the same file, and for a second connection.
///
/// Covers TX-20 on SQLite.
#[test]
fn tx_20_who_waits_for_itself_is_refused_in_time() {
    let _watchdog = Watchdog::start("tx_20_who_waits_for_itself", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    let db = two_engines(&folder, Duration::from_millis(50));
    let mut connection = db.connect(B).unwrap();
    let mut tx = connection.begin().unwrap();
    tx.blogs().insert(NewBlog::new("kept")).unwrap();

    let mut second = db.connect(Default).unwrap();
    let refused = [
        second.begin().map(drop).unwrap_err(),
        second.blogs().insert(NewBlog::new("lost")).unwrap_err(),
        db.repository::<model::Blog, _>(Default)
            .insert(NewBlog::new("lost"))
            .unwrap_err(),
    ];
    for error in refused {
        assert_eq!(*error.kind(), ErrorKind::Busy, "{error:?}");
        assert_eq!(error.engine(), Some("default"));
        let source = error.source().expect("what was waited for").to_string();
        assert!(source.contains("0 more wait"), "{source}");
        assert!(error.is_retryable());
    }
    // Reading waits for no writer.
    assert_eq!(second.blogs().count().unwrap(), 0);
    tx.commit().unwrap();
    second.blogs().insert(NewBlog::new("written")).unwrap();
    assert_eq!(connection.blogs().count().unwrap(), 2);
}

/// Queued writers hold at most one connection, so readers find the others.
///
/// Covers POOL-14 on SQLite.
#[test]
fn pool_14_readers_do_not_wait_for_queued_writers() {
    let _watchdog = Watchdog::start("pool_14_readers_do_not_wait", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    let db = with("default", options(&url(&folder)));
    db.create_missing_on(Default).unwrap();
    let waiting = || {
        let pool = db.engine("default").unwrap().pool;
        pool.in_use + pool.waiting
    };
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let mut connection = db.connect(Default).unwrap();
        let tx = connection.begin().unwrap();
        for number in 0..16 {
            let (db, order) = (&db, &order);
            scope.spawn(move || {
                let title = number.to_string();
                let mut blogs = db.repository::<model::Blog, _>(Default);
                blogs.insert(NewBlog::new(title)).unwrap();
                order.lock().unwrap().push(number);
            });
            while waiting() < number + 2 {
                thread::yield_now();
            }
        }
        for _ in 0..100 {
            let mut blogs = db.repository::<model::Blog, _>(Default);
            assert_eq!(blogs.count().unwrap(), 0);
        }
        tx.commit().unwrap();
    });
    let rows = db.repository::<model::Blog, _>(Default).all().unwrap();
    let titles: Vec<usize> = rows.iter().map(|row| row.title.parse().unwrap()).collect();
    assert_eq!(titles, (0..16).collect::<Vec<_>>(), "served in turn");
}

/// In memory there is no WAL: a reader is in the way of the commit, which is tried until the reader is done. Where that
/// takes too long, nothing is stored.
///
/// Covers TX-12 on SQLite.
#[test]
fn tx_12_a_commit_waits_for_readers_where_there_is_no_wal() {
    let _watchdog = Watchdog::start("tx_12_a_commit_waits_for_readers", PATIENCE);
    for (limit, patient) in [(Duration::from_millis(50), false), (PATIENCE, true)] {
        let db = with("default", options(":memory:").acquire_timeout(limit));
        db.create_missing_on(Default).unwrap();
        let mut reader = db.connect(Default).unwrap();
        let two = [NewBlog::new("one"), NewBlog::new("two")];
        reader.blogs().insert_many(two).unwrap();
        let mut rows = reader.blogs().iter().unwrap();
        rows.next().unwrap().unwrap();
        let inserted = Barrier::new(2);
        let outcome = thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut writer = db.connect(Default).unwrap();
                let mut tx = writer.begin().unwrap();
                tx.blogs().insert(NewBlog::new("three")).unwrap();
                inserted.wait();
                tx.commit()
            });
            inserted.wait();
            if patient {
                // Most often the commit is waiting by then; the outcome is the same if not.
                thread::sleep(Duration::from_millis(50));
                drop(rows);
                return writer.join().unwrap();
            }
            let outcome = writer.join().unwrap();
            drop(rows);
            outcome
        });
        assert_eq!(outcome.is_ok(), patient, "{outcome:?}");
        let expected = if patient { 3 } else { 2 };
        assert_eq!(reader.blogs().count().unwrap(), expected);
        reader.blogs().insert(NewBlog::new("more")).unwrap();
    }
}

/// A thread that is amid the rows of a database in memory cannot commit beside its own reading: it gets an error
/// immediately, with the reason. On a file both go on.
///
/// Covers TX-12 on SQLite.
#[test]
fn tx_12_who_reads_in_memory_and_writes_is_told_at_once() {
    let _watchdog = Watchdog::start("tx_12_who_reads_in_memory", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    for (url, in_memory) in [(":memory:", true), (&*url(&folder), false)] {
        let db = with("default", options(url));
        db.create_missing_on(Default).unwrap();
        let blogs = || db.repository::<model::Blog, _>(Default);
        let two = [NewBlog::new("one"), NewBlog::new("two")];
        blogs().insert_many(two).unwrap();
        let mut rows = blogs().iter().unwrap();
        let first = rows.next().unwrap().unwrap();

        let started = Instant::now();
        let mut connection = db.connect(Default).unwrap();
        let outcomes = [
            blogs().delete(first.id).map(drop),
            blogs().insert(NewBlog::new("three")).map(drop),
            connection
                .transaction(|tx| tx.blogs().insert(NewBlog::new("four")))
                .map(drop),
        ];
        assert!(started.elapsed() < PATIENCE / 4, "{url}");
        for outcome in outcomes {
            match outcome {
                Err(error) if in_memory => {
                    assert!(
                        format!("{error:?}").contains("collect the rows"),
                        "{error:?}"
                    )
                }
                outcome => assert!(outcome.is_ok() != in_memory, "{outcome:?}"),
            }
        }
        assert_eq!(rows.count(), 1, "the reading goes on");
        assert_eq!(blogs().count().unwrap(), if in_memory { 2 } else { 3 });
        blogs().insert(NewBlog::new("more")).unwrap();
    }
}

/// A panic while it is one's turn passes it on, within a transaction and without.
///
/// Covers POOL-7 on SQLite.
#[test]
fn pool_7_a_panic_passes_the_turn_on() {
    let _watchdog = Watchdog::start("pool_7_a_panic_passes_the_turn_on", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    let db = Arc::new(with("default", options(&url(&folder))));
    db.create_missing_on(Default).unwrap();
    let started = Instant::now();
    for _ in 0..20 {
        let other = Arc::clone(&db);
        let panicking = thread::spawn(move || {
            let mut connection = other.connect(Default).unwrap();
            let mut tx = connection.begin().unwrap();
            tx.blogs().insert(NewBlog::new("lost")).unwrap();
            panic!("a bug of the user's");
        });
        panicking.join().unwrap_err();
        let other = Arc::clone(&db);
        let panicking = thread::spawn(move || {
            let rows = (0..3).map(|number| match number {
                2 => panic!("a bug of the user's"),
                number => NewBlog::new(number.to_string()),
            });
            other
                .repository::<model::Blog, _>(Default)
                .insert_many(rows)
        });
        panicking.join().map(drop).unwrap_err();
        let mut blogs = db.repository::<model::Blog, _>(Default);
        blogs.insert(NewBlog::new("kept")).unwrap();
    }
    assert!(started.elapsed() < PATIENCE);
    let mut blogs = db.repository::<model::Blog, _>(Default);
    assert_eq!(blogs.count().unwrap(), 20);
}

/// A reader takes no turn, in a transaction or not.
///
/// Covers POOL-14 on SQLite.
#[test]
fn pool_14_a_read_only_transaction_waits_for_nobody() {
    let _watchdog = Watchdog::start("pool_14_a_read_only_transaction", PATIENCE);
    let folder = tempfile::tempdir().unwrap();
    let short = options(&url(&folder)).acquire_timeout(Duration::from_millis(50));
    let db = with("default", short);
    db.create_missing_on(Default).unwrap();
    let mut writer = db.connect(Default).unwrap();
    let mut writing = writer.begin().unwrap();
    writing
        .blogs()
        .insert(NewBlog::new("not there yet"))
        .unwrap();
    let mut reader = db.connect(Default).unwrap();
    let reads = TransactionOptions::new().read_only();
    let mut reading = reader.begin_with(reads).unwrap();
    assert_eq!(reading.blogs().count().unwrap(), 0);
    writing.commit().unwrap();
    assert_eq!(
        reading.blogs().count().unwrap(),
        0,
        "as it was when it began"
    );
    reading.commit().unwrap();
    assert_eq!(reader.blogs().count().unwrap(), 1);
}
