//! `Registry::open` in a process of its own, as it looks at the working directory and the environment.

use std::fs;
use std::path::Path;
use std::process::Command;

use bindery::Registry;

use crate::sample::{CONFIGURED, EMBEDDED};

/// Set in the inner process, to what its URLs must be.
const EXPECTED: &str = "BINDERY_OPEN_EXPECTED";
/// Set where the program was built with a file.
const BUILT_WITH_A_FILE: &str = "BINDERY_OPEN_CONFIGURED";

/// Returns the result of `open` in a folder with these variables: the URLs of `b` and `default` or the error.
fn opened(folder: &Path, variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "open::the_inner_process", "--nocapture"])
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .envs(variables.iter().copied())
        .env(EXPECTED, folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    fs::read_to_string(folder.join("opened")).unwrap()
}

/// Does nothing among the other tests.
#[test]
fn the_inner_process() {
    let Ok(folder) = std::env::var(EXPECTED) else {
        return;
    };
    let program = match std::env::var_os(BUILT_WITH_A_FILE) {
        Some(_) => &CONFIGURED,
        None => &EMBEDDED,
    };
    let text = match Registry::open(program) {
        Ok(db) => ["b", "default"]
            .map(|name| db.engine(name).unwrap().url)
            .join(" "),
        Err(error) => error.to_string(),
    };
    fs::write(Path::new(&folder).join("opened"), text).unwrap();
}

const FILE: &str =
    "url = \"sqlite://default.db\"\n[engines]\nb = \"sqlite://b.db\"\ntest = \":memory:\"\n";

#[test]
fn con_05_the_file_is_found_and_one_variable_changes_one_engine() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bindery.toml"), FILE).unwrap();
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let of_the_file = opened(folder.path(), &[]);
    assert_eq!(of_the_file, "sqlite://b.db sqlite://default.db");
    let overridden = opened(folder.path(), &[("BINDERY_B_URL", "sqlite://c.db")]);
    assert!(
        overridden.ends_with("c.db sqlite://default.db"),
        "{overridden}"
    );
    let named = opened(&other, &[("BINDERY_CONFIG", "../bindery.toml")]);
    assert_eq!(named, "sqlite://../b.db sqlite://../default.db");
}

#[test]
fn con_02_without_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{name}.db");
    let missing = opened(folder.path(), &[]);
    assert!(
        missing.contains("engine `b`") && missing.contains("BINDERY_B_URL"),
        "{missing}"
    );
    let variables = [
        ("BINDERY_B_URL", "sqlite://b.db"),
        ("BINDERY_TEST_URL", ":memory:"),
    ];
    assert_eq!(
        opened(folder.path(), &variables),
        [url("b"), url("bindery")].join(" ")
    );
    let database = [
        variables[0],
        variables[1],
        ("DATABASE_URL", "sqlite://app.db"),
    ];
    assert_eq!(
        opened(folder.path(), &database),
        [url("b"), url("app")].join(" ")
    );
    let nowhere = opened(folder.path(), &[("BINDERY_CONFIG", "nowhere.toml")]);
    assert!(
        nowhere.contains("`nowhere.toml` cannot be read"),
        "{nowhere}"
    );
    let empty = opened(folder.path(), &[("BINDERY_CONFIG", "")]);
    assert!(empty.contains("`BINDERY_CONFIG` is empty"), "{empty}");
}

/// A program that was built with a file and is started elsewhere makes and uses no other file.
#[test]
fn con_02_the_file_of_the_build_is_missed_by_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let built = (BUILT_WITH_A_FILE, "yes");
    let elsewhere = folder.path().canonicalize().unwrap();
    for more in [None, Some(("DATABASE_URL", "sqlite://app.db"))] {
        let variables: Vec<_> = [built].into_iter().chain(more).collect();
        let missing = opened(folder.path(), &variables);
        for part in [
            &format!("there is no `bindery.toml` in `{}`", elsewhere.display()),
            "`BINDERY_CONFIG`",
            "`Databases::with_config`",
        ] {
            assert!(missing.contains(part), "{missing}");
        }
        let left = fs::read_dir(folder.path()).unwrap();
        let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["opened"]);
    }
    let all = [
        built,
        ("BINDERY_B_URL", "sqlite://b.db"),
        ("BINDERY_DEFAULT_URL", "sqlite://a.db"),
        ("BINDERY_TEST_URL", ":memory:"),
    ];
    assert_eq!(opened(folder.path(), &all), "sqlite://b.db sqlite://a.db");
    let some = opened(folder.path(), &all[..3]);
    assert!(some.contains("set `BINDERY_TEST_URL`"), "{some}");
    fs::write(folder.path().join("bindery.toml"), FILE).unwrap();
    let found = opened(folder.path(), &[built]);
    assert_eq!(found, "sqlite://b.db sqlite://default.db");
}
