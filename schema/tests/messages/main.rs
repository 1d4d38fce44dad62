//! The messages for wrong schemas, as people read them: whole texts, one file each.
//!
//! `mistakes/<area>/<mistake>.md` holds one mistake with its message and the way out; `docs/mistakes.md` is written from them.
//! Files that cover many things are in `cases`: `<name>.sql` is read with the engines of `<name>.toml` or else of
//! [`ENGINES`], and every finding is compared with `<name>.txt`. After a change, look at the difference and run the
//! tests once with `BINDERY_UPDATE=1` to write the new texts. The pages of the codes are tried the same way: the wrong
//! example must give its code, the right one must not.

mod conditions;
mod foreign;
mod kinds;
mod many;
mod mistake;
mod mistakes;
mod pages;
mod queries;
mod run;
mod secrets;
mod several;

use std::fs;
use std::path::{Path, PathBuf};

use self::run::{ENGINES, Run};

/// Are the expected texts to be written?
fn updating() -> bool {
    std::env::var_os("BINDERY_UPDATE").is_some()
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/cases");
    let entries = fs::read_dir(folder).expect("the folder of the cases is readable");
    let paths = entries.map(|entry| entry.expect("the folder of the cases is readable").path());
    let mut cases: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .collect();
    cases.sort();
    cases
}

/// Covers COMP-7, BAD-01, BIND-08, BIND-09: among the cases.
#[test]
fn messages_are_as_written() {
    let mut wrong = Vec::new();
    for path in cases() {
        let config =
            fs::read_to_string(path.with_extension("toml")).unwrap_or_else(|_| ENGINES.to_owned());
        let run = Run::new(&config, &fs::read(&path).expect("a case is readable"));
        let (found, expected) = (run.text(), path.with_extension("txt"));
        assert_eq!(
            run.model.is_none(),
            run.diagnostics.has_errors(),
            "{}",
            path.display()
        );
        if updating() {
            fs::write(&expected, &found).expect("the folder of the cases is writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "run with BINDERY_UPDATE=1 and look at the difference:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_error_of_a_case_says_what_to_do() {
    for path in cases() {
        let config =
            fs::read_to_string(path.with_extension("toml")).unwrap_or_else(|_| ENGINES.to_owned());
        let run = Run::new(&config, &fs::read(&path).expect("a case is readable"));
        for diagnostic in run.diagnostics.iter() {
            assert!(
                diagnostic.help.is_some(),
                "{}: {}",
                path.display(),
                diagnostic.message
            );
            assert!(!diagnostic.message.ends_with('.'), "{}", diagnostic.message);
        }
    }
}
