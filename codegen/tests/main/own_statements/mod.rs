//! The statements over bindery's own tables are files of SQL, `runtime/src/driver/own_tables/queries`, which bindery checks against these tables
//! as it checks those of programs. What comes out is in the repository, as the code of the tables is: a text for each dialect and a function.
//!
//! Beyond files of programs these have words that differ by dialect, `@now`, of `words.txt`. `BINDERY_UPDATE=1 cargo test -p bindery-codegen own_`
//! writes the code anew.

mod code;
mod read;
mod statement;

use crate::own_tables::{DATABASES, OfDatabase, folder};

/// Tables that are like it.
const ALIKE: [(&str, &str); 3] = [
    ("_bindery_outbox", "_bindery_events"),
    ("_bindery_outbox", "_bindery_messages"),
    ("_bindery_saga_steps", "_bindery_saga_marks"),
];
#[test]
fn own_statements_are_as_their_files_say() {
    for (name, expected) in code::files() {
        let path = folder().join(format!("statements/{name}.rs"));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if std::env::var_os("BINDERY_UPDATE").is_some() && text != expected {
            std::fs::write(&path, expected).expect("the repository can be written");
            continue;
        }
        assert!(
            text == expected,
            "{}: not as its file says; see the head of this test",
            path.display()
        );
    }
}

/// No file is left of statements that there are no more, and none is compiled with no program.
#[test]
fn own_statements_of_each_file_are_compiled() {
    let listed = std::fs::read_to_string(folder().join("statements.rs"));
    let listed = listed.expect("the repository can be read");
    let is_module = |line: &str| {
        line.strip_suffix(';')?
            .rsplit_once("mod ")
            .map(|(_, name)| name.to_owned())
    };
    let mut listed: Vec<String> = listed.lines().filter_map(is_module).collect();
    let entries =
        std::fs::read_dir(folder().join("statements")).expect("the repository can be read");
    let there = entries.map(|entry| entry.expect("the repository can be read").file_name());
    let mut there: Vec<String> = there
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".rs")?.to_owned()))
        .collect();
    let mut files = read::files();
    files.extend(["call", "words"].map(str::to_owned));
    for names in [&mut listed, &mut there, &mut files] {
        names.sort();
    }
    assert_eq!((&listed, &there), (&files, &files));
}

#[test]
#[should_panic(expected = "there is no column `tik`")]
fn own_statements_have_columns_that_their_tables_have() {
    let text = "-- name: wrong :opt\nSELECT tik FROM _bindery_schedules WHERE name = :name;\n";
    read::of_database(&[("wrong".to_owned(), text.to_owned())], 1);
}

/// A statement over one of them is taken for the others.
#[test]
fn own_tables_that_statements_take_for_one_another_are_alike() {
    for database in DATABASES {
        let compiled = OfDatabase::with_queries(database, Vec::new());
        let made = |name| &compiled.table(name).expect("every database has it").create;
        for (one, other) in ALIKE {
            let expected: Vec<String> = made(one)
                .iter()
                .map(|sql| sql.replace(one, other))
                .collect();
            assert_eq!(*made(other), expected, "{database}");
        }
    }
}
