//! SQLite files that no atomic group can use: refused before the work, with the reason. What a file and servers are together is
//! shown in `kills`.

use super::*;
use crate::databases::config::{EngineOptions, Synchronous};

static FILES: Program = Program {
    engines: Cow::Borrowed(
        const {
            &[
                EngineInfo::new("first", Dialect::Sqlite),
                EngineInfo::new("second", Dialect::Sqlite),
                EngineInfo::new("server", Dialect::Postgres),
            ]
        },
    ),
    models: List::Static(&[]),
    configured: false,
};

const FIRST: usize = 0;

/// The compiler refuses it (B0370); nothing else may commit it either.
static TWO_FILES: AtomicGroup = AtomicGroup {
    name: "two_files",
    engines: &[0, 1],
    home: FIRST,
};

static FILE_AND_SERVER: AtomicGroup = AtomicGroup {
    name: "file_and_server",
    engines: &[0, 2],
    home: FIRST,
};

/// The error of a group whose work must not have run. The server is not there, which is looked at when it is used.
fn refused(group: &'static AtomicGroup, first: EngineOptions, second: &str) -> Error {
    let config = Config::new()
        .engine("first", first)
        .engine("second", second)
        .engine("server", "postgres://none@127.0.0.1:1/none");
    let db = Registry::with_config(&FILES, &config).expect("the engines are configured");
    let outcome: AtomicOutcome<()> = db.run_atomic(group, AtomicOptions::new(), |_: &mut Tx| {
        panic!("the work of `{}` runs", group.name)
    });
    outcome.stored().unwrap_err()
}

#[test]
fn atom_06_two_files_are_refused_before_the_work() {
    let folder = Folder(std::env::temp_dir().join(format!("bindery-files-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = |name: &str| format!("sqlite://{}", folder.0.join(name).display());
    let memory = || "sqlite::memory:".to_owned();
    for (first, second) in [
        (file("a.db"), file("b.db")),
        (file("a.db"), memory()),
        (memory(), file("b.db")),
        (memory(), memory()),
    ] {
        let error = refused(&TWO_FILES, EngineOptions::url(first), &second);
        assert_eq!(error.engine(), Some("second"), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("an SQLite file cannot prepare a transaction"),
            "{text}"
        );
    }
}

#[test]
fn atom_06_a_file_that_could_lose_its_decisions_is_refused_before_the_work() {
    let folder = Folder(std::env::temp_dir().join(format!("bindery-lossy-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = EngineOptions::url(format!("sqlite://{}", folder.0.join("a.db").display()));
    let lossy = file.synchronous(Synchronous::Normal);
    let memory = EngineOptions::url("sqlite::memory:");
    for (first, why) in [
        (
            memory,
            "a database in memory loses its decisions with the process: give the engine a file",
        ),
        (lossy, "set `synchronous = \"full\"` for the engine"),
    ] {
        let error = refused(&FILE_AND_SERVER, first, "sqlite::memory:");
        assert_eq!(error.engine(), Some("first"), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
}
