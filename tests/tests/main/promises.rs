//! The tables of docs/promises.md: what is promised, which tests show it, on which databases, and the last runs of tests at their full size.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_testkit::{FullRuns, FullSize, full_sizes, reads_full};

const HEAD: &str = "\
# What is promised, and where it is shown

Each line is a promise and the tests that show it, or a part of it, with the databases they run against; `all` is SQLite, PostgreSQL and
MariaDB, or no database at all where none takes part. Where MariaDB is named, `cargo xtask test --newest` runs the same test on MySQL 9 and
PostgreSQL 18, but for what MySQL does not have. This page is made by a test of the lines `/// Covers …` in the tests and of
`tests/promises.txt`: `BINDERY_UPDATE=1 cargo test -p bindery-tests --test main promises`.
";

const FULL_HEAD: &str = "
## Full sizes

Some tests run a share of what is promised, so that all tests end in minutes. `cargo xtask test --full` runs each of them alone at its full
size, on the system's PostgreSQL and MariaDB, and keeps the day and the time of the last run that passed in `tests/full-runs.txt`.

| test | in full | passed on | seconds |
|---|---|---|---|
";

/// The databases of a test that names none.
const ALL: &str = "all";

/// A test and the promises it names.
struct Shown {
    test: String,
    ids: Vec<String>,
    databases: String,
}

#[test]
fn the_table_of_promises_is_up_to_date() {
    let root = root();
    let promises = fs::read_to_string(root.join("tests/promises.txt")).expect("the list is there");
    let (mut shown, mut full) = (Vec::new(), Vec::new());
    for file in sources(&root) {
        let text = fs::read_to_string(&file).expect("a source file is UTF-8");
        let name = file.strip_prefix(&root).expect("it lies below the root");
        let name = name.display().to_string();
        shown.extend(in_file(&name, &text));
        full.extend(full_sizes(&name, &text));
    }
    let (mut table, unknown) = table(&promises, &shown);
    let record = FullRuns::read(&root).expect("the record can be read");
    table.push_str(&full_table(&full, &record));
    assert!(unknown.is_empty(), "ids that are no promise: {unknown:?}");
    let page = root.join("docs/promises.md");
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        fs::write(&page, &table).expect("the page can be written");
    }
    let kept = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        kept == table,
        "docs/promises.md is out of date: run this test with BINDERY_UPDATE=1"
    );
}

/// A test that reads the variable and names no size is not among those of a full run.
#[test]
fn each_file_that_reads_of_a_full_run_names_the_full_size_of_a_test() {
    // The watchdogs of these have more time, for the tests of the modules below them.
    let watch_alone = [
        "messages_at_work.rs",
        "outbox_at_work.rs",
        "sync_at_work.rs",
    ];
    let root = root();
    let tests = sources(&root).into_iter().filter(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let is_own = ["testkit", "xtask", "tests/tests"].map(|folder| root.join(folder));
        !watch_alone.contains(&&*name) && !is_own.iter().any(|folder| file.starts_with(folder))
    });
    let lacking: Vec<_> = tests
        .filter(|file| {
            let text = fs::read_to_string(file).expect("a source file is UTF-8");
            reads_full(&text) == full_sizes("", &text).is_empty()
        })
        .collect();
    assert!(
        lacking.is_empty(),
        "write `/// In full: …` above the tests that have a full size: {lacking:?}"
    );
}

#[test]
fn what_a_test_covers_is_read_from_its_documentation() {
    let text = "/// Any pool.\n///\n/// Covers POOL-2, TX-01 on PostgreSQL.\n#[test]\nfn heals() {}\n\nfn helper() {}\n";
    let shown = in_file("a.rs", text);
    assert_eq!(shown.len(), 1, "a helper is no test");
    assert_eq!(shown[0].ids, ["POOL-2", "TX-01"]);
    assert_eq!(shown[0].databases, "PostgreSQL");
    assert_eq!(shown[0].test, "`heals` in `a.rs`");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace")
        .to_owned()
}

/// All Rust files of the workspace, in the order of their paths.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).expect("a folder of the workspace");
        for entry in entries {
            let path = entry.expect("an entry of the folder").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The tests of a file that name promises: functions, also those that a macro runs on each database, and programs that
/// must not compile as a whole.
fn in_file(file: &str, text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    let mut covers = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(covered) = line.strip_prefix("//! Covers ") {
            found.push(shown(format!("`{file}`"), &[covered], "the compiler"));
        } else if let Some(covered) = line.strip_prefix("/// Covers ") {
            covers.push(covered);
        } else if let Some(name) = function(line) {
            if !covers.is_empty() {
                found.push(shown(format!("`{name}` in `{file}`"), &covers, ALL));
            }
            covers.clear();
        }
    }
    found
}

fn function(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("fn ")
        .or_else(|| line.strip_prefix("pub fn "))?;
    rest.split(['(', '<']).next()
}

/// `POOL-2, TX-01 on PostgreSQL: more words` and lines like it.
fn shown(test: String, covers: &[&str], databases: &str) -> Shown {
    let mut shown = Shown {
        test,
        ids: Vec::new(),
        databases: databases.to_owned(),
    };
    for line in covers {
        let (said, _) = line.split_once(['.', ':', ';']).unwrap_or((line, ""));
        let (ids, on) = said.split_once(" on ").unwrap_or((said, ""));
        if !on.is_empty() {
            shown.databases = on.to_owned();
        }
        shown.ids.extend(
            ids.split([',', ' '])
                .filter(|id| is_id(id))
                .map(str::to_owned),
        );
    }
    shown
}

fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(area, number)| {
        area.len() > 1
            && area.bytes().any(|byte| byte.is_ascii_uppercase())
            && area
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && number.parse::<u32>().is_ok()
    })
}

/// The page, and ids of the areas it lists that it does not know.
fn table(promises: &str, shown: &[Shown]) -> (String, Vec<String>) {
    let mut by_id: BTreeMap<&str, Vec<&Shown>> = BTreeMap::new();
    for one in shown {
        for id in &one.ids {
            by_id.entry(id).or_default().push(one);
        }
    }
    let mut page = HEAD.to_owned();
    let mut missing = Vec::new();
    let mut areas = Vec::new();
    for line in promises.lines().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("## ") {
            let _ = write!(
                page,
                "\n## {title}\n\n| id | promise | shown by | on |\n|---|---|---|---|\n"
            );
        } else if let Some((id, promise)) = line.split_once(' ').filter(|(id, _)| is_id(id)) {
            areas.extend(id.split('-').next());
            let promise = promise.trim();
            match by_id.remove(id) {
                None => missing.push((id, promise)),
                Some(tests) => {
                    for (index, one) in tests.iter().enumerate() {
                        let (id, promise) = if index == 0 { (id, promise) } else { ("", "") };
                        let _ = writeln!(
                            page,
                            "| {id} | {promise} | {} | {} |",
                            one.test, one.databases
                        );
                    }
                }
            }
        }
    }
    if !missing.is_empty() {
        page.push_str("\n## Not shown yet\n\n");
    }
    for (id, promise) in missing {
        let _ = writeln!(page, "* {id}: {promise}");
    }
    let of_these = |id: &&str| {
        id.split('-')
            .next()
            .is_some_and(|area| areas.contains(&area))
    };
    let unknown = by_id
        .into_keys()
        .filter(of_these)
        .map(str::to_owned)
        .collect();
    (page, unknown)
}

/// The section of full sizes: for each test its last runs, on each database where it has one for each.
fn full_table(tests: &[FullSize], record: &FullRuns) -> String {
    let mut section = FULL_HEAD.to_owned();
    for test in tests {
        let FullSize {
            test: name,
            file,
            size,
        } = test;
        let (mut days, mut seconds) = (Vec::new(), Vec::new());
        for (listed, run) in record.of(test) {
            let database = listed.rsplit("::").next().filter(|last| last != name);
            days.push(run.day.clone());
            seconds.push(match database {
                Some(database) => format!("{database} {}", run.seconds),
                None => run.seconds.to_string(),
            });
        }
        days.dedup();
        let days = match days.is_empty() {
            true => "not on record".to_owned(),
            false => days.join(", "),
        };
        let _ = writeln!(
            section,
            "| `{name}` in `{file}` | {size} | {days} | {} |",
            seconds.join(", ")
        );
    }
    section
}
