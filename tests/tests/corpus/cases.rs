//! Those of the reader's cases, `schema/tests/cases/<area>/<case>/schema.sql`, that a server runs too: the line
//! `-- server: equal` says that the server takes every statement, `-- server: equal on mariadb` that one product does.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::dialect::Dialect;
use bindery_testkit::mysql_flavour;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema/tests/cases");

/// The scripts for a dialect that the server at hand takes, in order. There are some for each.
pub(crate) fn equal_on_server(dialect: Dialect) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(Path::new(FOLDER), &mut found);
    found.retain(|path| is_for(path, dialect));
    assert!(!found.is_empty(), "no case for {dialect} in {FOLDER}");
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of the cases is readable") {
        let path = entry.expect("the folder of the cases is readable").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.ends_with("schema.sql") {
            found.push(path);
        }
    }
}

fn is_for(path: &Path, dialect: Dialect) -> bool {
    let script = fs::read(path).expect("a case is readable");
    let script = String::from_utf8_lossy(&script);
    let Some(servers) = line(&script, "-- server: ") else {
        return false;
    };
    if line(&script, "-- engines: default ") != Some(dialect.name()) {
        return false;
    }
    match servers.split_once(" on ") {
        None => true,
        Some((_, product)) => product == mysql_flavour().word(),
    }
}

/// Returns the text after the start of a line.
fn line<'a>(script: &'a str, start: &str) -> Option<&'a str> {
    script.lines().find_map(|line| line.strip_prefix(start))
}
