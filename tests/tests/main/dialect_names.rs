//! The mentions of dialects in the schema compiler. What differs between dialects is data of each, in files and folders of its name; the other
//! files look at that data, and name a dialect where there is no way around it.

use std::collections::BTreeMap;
use std::path::Path;

use super::tidy::{code, sources, workspace};

/// The rooms of `schema/src`, and the most mentions that each may have. A room that has fewer now gets a smaller number here.
const LIMITS: &[(&str, usize)] = &[
    ("ast", 1),
    ("check", 4),
    ("dialect", 7),
    ("diff", 3),
    ("input", 1),
    ("lower", 6),
    ("model", 1),
    ("name", 3),
    ("parse", 7),
    ("plan", 24),
    ("queries", 3),
    ("resolve", 8),
    ("syntax", 5),
    ("typing", 3),
];

/// Folders whose files are of tests, though not by their names.
const TESTS: [&str; 2] = ["testing.rs", "typing/conformance"];

const MENTIONS: [&str; 6] = [
    "Dialect::Sqlite",
    "Dialect::Postgres",
    "Dialect::Mysql",
    "Dialect::{",
    "Flavour::Mysql",
    "Flavour::Mariadb",
];

fn is_of_dialect(file: &str) -> bool {
    let parts = file.split(['/', '.']);
    parts
        .into_iter()
        .any(|part| matches!(part, "sqlite" | "postgres" | "mysql"))
}

/// The first folder of a file, or its name.
fn room(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

/// The number of mentions in each room.
fn mentions(files: &[(String, String)]) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for (file, text) in files {
        let is_of_tests = TESTS.iter().any(|tests| Path::new(file).starts_with(tests));
        if is_of_tests || is_of_dialect(file) {
            continue;
        }
        let lines =
            code(text).flat_map(|line| MENTIONS.map(|mention| line.matches(mention).count()));
        *found.entry(room(file)).or_default() += lines.sum::<usize>();
    }
    found
}

/// No room names dialects more often than its limit says.
#[test]
fn dialects_are_named_in_their_own_rooms() {
    let files = sources(&workspace().join("schema/src"));
    let limits: BTreeMap<&str, usize> = LIMITS.iter().copied().collect();
    let found = mentions(&files);
    let above = found.iter().filter_map(|(room, count)| {
        let limit = limits.get(room).copied().unwrap_or_default();
        (*count > limit).then(|| format!("`{room}` names dialects {count} times, limit {limit}"))
    });
    let above: Vec<String> = above.collect();
    assert!(
        above.is_empty(),
        "{}\nhelp: put what differs into a table of each dialect, as `schema/src/syntax/grammar` has",
        above.join("\n")
    );
    let gone = limits.keys().filter(|room| !found.contains_key(*room));
    assert_eq!(gone.count(), 0, "a limit is of no room: {limits:?}");
}

#[test]
fn mentions_are_counted_by_room_in_code_alone() {
    let files = [
        ("one.rs", "Dialect::Sqlite | Dialect::Mysql"),
        (
            "one/two.rs",
            "    // Dialect::Sqlite\nFlavour::Mysql;\n#[cfg(test)]\nmod tests {\n    Dialect::Sqlite",
        ),
        ("one/sqlite.rs", "Dialect::Sqlite"),
        ("two/mysql/mod.rs", "Dialect::Mysql"),
        ("testing.rs", "Dialect::Mysql"),
        ("two.rs", "Dialect::ALL"),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let found = mentions(&files);
    assert_eq!(Vec::from_iter(found), [("one", 3), ("two", 0)]);
}
