//! SQLite files without room or without the right to write, in a process of its own: limits and users are a process's.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use bindery::{Config, EngineOptions, Error, ErrorKind, Registry};

use crate::sample::engine::{B, Default};
use crate::sample::{EMBEDDED, NewBlog, Tables, model, with};

/// Set in the inner process, to the folder it works in.
const FOLDER: &str = "BINDERY_FILES_FOLDER";
/// A user without rights of its own.
const NOBODY: u32 = 65_534;

fn url(folder: &Path) -> String {
    format!("sqlite://{}/one.db", folder.display())
}

/// A file with one row.
fn file() -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let db = with("default", EngineOptions::url(url(folder.path())));
    db.create_missing_on(Default).unwrap();
    let mut blogs = db.repository::<model::Blog, _>(Default);
    blogs.insert(NewBlog::new("first")).unwrap();
    (folder, db)
}

/// Returns the output of a test of this file in a process started by this command.
fn told(mut command: Command, folder: &Path) -> String {
    let told = command.env(FOLDER, folder).output();
    let told = told.expect("it can be started");
    assert!(told.status.success(), "{told:?}");
    let text = String::from_utf8(told.stdout).expect("written by this file");
    let lines = text.lines().filter_map(|line| line.strip_prefix("told: "));
    lines.collect::<Vec<_>>().join(" ")
}

fn inner_folder() -> Option<std::path::PathBuf> {
    std::env::var_os(FOLDER).map(Into::into)
}

#[allow(clippy::print_stdout, reason = "read by the other process")]
fn tell(what: &str, outcome: Result<(), Error>) {
    let outcome = match outcome.as_ref().map_err(Error::kind) {
        Ok(()) => "ok",
        Err(ErrorKind::Io | ErrorKind::DiskFull) => "no room",
        Err(ErrorKind::TransactionAborted | ErrorKind::ConnectionLost) => "over",
        Err(ErrorKind::ReadOnly) => "read only",
        // SQLITE_NOMEM.
        Err(ErrorKind::Database { code }) if code == "7" => "no memory",
        Err(_) => panic!("{what}: {outcome:?}"),
    };
    println!("\ntold: {what} {outcome};");
}

fn large() -> NewBlog {
    NewBlog::new("large").content("x".repeat(4_000_000))
}

/// Does nothing among the other tests.
#[test]
fn the_program_without_room() {
    let Some(folder) = inner_folder() else { return };
    let db = with("default", EngineOptions::url(url(&folder)));
    let mut connection = db.connect(Default).unwrap();
    let mut tx = connection.begin().unwrap();
    tell("insert", tx.blogs().insert(NewBlog::new("one")).map(drop));
    tell("large", tx.blogs().insert(large()).map(drop));
    tell("insert", tx.blogs().insert(NewBlog::new("two")).map(drop));
    tell("commit", tx.commit());
    drop(connection);
    // All of it stays in memory until the commit.
    let mut connection = db.connect(Default).unwrap();
    let mut tx = connection.begin().unwrap();
    for _ in 0..100 {
        let row = NewBlog::new("small").content("x".repeat(10_000));
        tx.blogs().insert(row).unwrap();
    }
    tell("commit", tx.commit());
    drop(connection);
    let mut blogs = db.repository::<model::Blog, _>(Default);
    tell("insert", blogs.insert(NewBlog::new("second")).map(drop));
}

/// A file that may not grow: what does not fit is not stored, nor is what was written with it, and less is written
/// afterwards.
///
/// Covers TX-13, ERR-03 on SQLite.
#[test]
fn tx_13_a_disk_without_room() {
    let (folder, db) = file();
    let mut shell = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 600; exec \"$0\" --exact \"$1\" --nocapture";
    shell.args(["-c", script]);
    shell.arg(std::env::current_exe().unwrap());
    shell.arg("files::the_program_without_room");
    let told = told(shell, folder.path());
    assert_eq!(
        told,
        "insert ok; large no room; insert over; commit over; commit no room; insert ok;"
    );
    let rows = db.repository::<model::Blog, _>(Default).all().unwrap();
    let titles: Vec<_> = rows.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["first", "second"]);
}

/// Does nothing among the other tests. Whichever request for memory is the first to fail: the transaction is stored whole
/// or not at all, and rows that are not reported as stored are not.
#[test]
fn the_program_without_memory() {
    let Some(folder) = inner_folder() else { return };
    let db = with("default", EngineOptions::url(url(&folder)));
    let mut blogs = db.repository::<model::Blog, _>(Default);
    let first = blogs
        .first()
        .unwrap()
        .expect("the row of the outer process");
    blogs.delete(first.id).unwrap();
    let (mut stored, mut failed) = (0, 0);
    for step in 0..200 {
        let mut connection = db.connect(Default).unwrap();
        // Of everything, or of what comes after the first row.
        let around = (step % 2 == 0).then(|| MemoryLimit::set(step * 8_192));
        let outcome = connection.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("one"))?;
            let _within = (step % 2 == 1).then(|| MemoryLimit::set(step * 8_192));
            let row = NewBlog::new("larger").content("x".repeat(20_000));
            // An error that is ignored does not save the rest.
            let larger = tx.blogs().insert(row);
            let small = tx.blogs().insert(NewBlog::new("two"));
            assert!(small.is_err() || larger.is_ok(), "{larger:?} {small:?}");
            small.map(drop)
        });
        drop(around);
        drop(connection);
        let rows = blogs.count().unwrap();
        match outcome {
            Ok(()) => stored += 1,
            Err(error) => {
                failed += 1;
                assert_eq!(error.applied(), bindery::error::Applied::No, "{error:?}");
            }
        }
        assert_eq!(rows, 3 * stored, "step {step}");
    }
    assert!(failed > 0 && stored > 0, "{failed} {stored}");
    let mut connection = db.connect(Default).unwrap();
    let mut tx = connection.begin().unwrap();
    tell("insert", tx.blogs().insert(NewBlog::new("one")).map(drop));
    let limit = MemoryLimit::set(0);
    tell("large", tx.blogs().insert(large()).map(drop));
    drop(limit);
    tell("insert", tx.blogs().insert(NewBlog::new("two")).map(drop));
    tell("commit", tx.commit());
    tell("insert", blogs.insert(NewBlog::new("again")).map(drop));
}

/// SQLite gets no more memory, in the whole process, until this is dropped.
struct MemoryLimit;

impl MemoryLimit {
    /// Beyond what it has, it gets this number of bytes.
    fn set(more: i64) -> Self {
        // SAFETY: both functions may be called at any time, by any thread.
        #[allow(unsafe_code, reason = "rusqlite has no function for it")]
        unsafe {
            let used = rusqlite::ffi::sqlite3_memory_used();
            rusqlite::ffi::sqlite3_hard_heap_limit64(used + more);
        }
        Self
    }
}

impl Drop for MemoryLimit {
    fn drop(&mut self) {
        // SAFETY: as above.
        #[allow(unsafe_code, reason = "as above")]
        unsafe {
            rusqlite::ffi::sqlite3_hard_heap_limit64(0);
        }
    }
}

/// No memory for what is to be written: the limit is a process's, so it is one of its own.
///
/// Covers TX-13 on SQLite.
#[test]
fn tx_13_no_memory() {
    let (folder, db) = file();
    db.close();
    let mut inner = Command::new(std::env::current_exe().unwrap());
    inner.args([
        "--exact",
        "files::the_program_without_memory",
        "--nocapture",
    ]);
    let told = told(inner, folder.path());
    assert_eq!(
        told,
        "insert ok; large no memory; insert over; commit over; insert ok;"
    );
}

/// Does nothing among the other tests.
#[test]
fn the_program_without_rights() {
    let Some(folder) = inner_folder() else { return };
    let config = Config::new()
        .engine("default", EngineOptions::url(url(&folder)))
        .engine("b", ":memory:")
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    db.create_missing_on(B).unwrap();
    let both = db.connect(B).unwrap().transaction(|tx| {
        tx.blogs().insert(NewBlog::new("on b"))?;
        let mut blogs = db.repository::<model::Blog, _>(Default);
        blogs.insert(NewBlog::new("on default")).map(drop)
    });
    tell("write", both);
    assert_eq!(db.connect(B).unwrap().blogs().count().unwrap(), 0);
    let read = db.repository::<model::Blog, _>(Default).count();
    tell("read", read.map(|rows| assert_eq!(rows, 1)));
}

/// A program that may not write gets the error before another engine has committed anything. A folder that may not be
/// written shuts readers out too: SQLite has its WAL there.
///
/// Covers TX-14 on SQLite.
#[test]
fn tx_14_files_and_folders_that_may_only_be_read() {
    for (file_mode, folder_mode, expected) in [
        (0o444, 0o777, "write read only; read ok;"),
        (0o644, 0o555, "write read only; read read only;"),
    ] {
        let (folder, db) = file();
        db.close();
        let path = folder.path().join("one.db");
        fs::set_permissions(&path, Permissions::from_mode(file_mode)).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(folder_mode)).unwrap();
        let told = without_rights(folder.path());
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        assert_eq!(told, expected);
    }
}

/// Root becomes the account `nobody`, which may run a copy of this program wherever the checkout lies; others may do no
/// more.
fn without_rights(folder: &Path) -> String {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let program = place.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut command = Command::new(program);
    command.args([
        "--exact",
        "files::the_program_without_rights",
        "--nocapture",
    ]);
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.uid(NOBODY).gid(NOBODY);
    }
    told(command, folder)
}
