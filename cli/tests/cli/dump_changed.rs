//! Dumps of which one byte is another, or the end is missing.

use std::fs;
use std::path::PathBuf;

use bindery_testkit::is_full_run;

use super::dumped::{At, Dumped, SCHEMA};
use super::support::holds;

const LOAD: &str = "load --engine b --from data/default --replace --yes";

/// A part of the places, or all of them.
fn step() -> usize {
    if is_full_run() { 1 } else { 307 }
}

/// The bytes with one bit changed, and without what comes after it, of many places.
fn changed(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len()).step_by(step()).flat_map(|at| {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        [flipped, bytes[..at].to_vec()]
    })
}

/// Rows are compared with their checksum before one is loaded, and so is the manifest.
///
/// Covers DUMP-2 on SQLite.
/// In full: every byte of the dump.
#[test]
fn dump_03_every_changed_byte_and_every_cut_is_found() {
    let test = Dumped::with(SCHEMA, At::File(PathBuf::new()));
    test.dump_default();
    test.run(LOAD).good();
    let tables = ["things", "owners", "pets", "empties"];
    let rows = || tables.map(|table| test.rows(table));
    let expected = rows();
    for table in tables {
        let path = test.project.path(&format!("data/default/{table}.csv"));
        let bytes = fs::read(&path).expect("it was dumped");
        for other in changed(&bytes) {
            fs::write(&path, &other).expect("it can be written");
            holds(&test.run(LOAD).failed(), &["is not as it was dumped"]);
        }
        fs::write(&path, &bytes).expect("it can be written");
    }
    assert_eq!(rows(), expected);
    let path = test.project.path("data/default/manifest.json");
    let bytes = fs::read(&path).expect("it was dumped");
    for other in changed(&bytes) {
        fs::write(&path, &other).expect("it can be written");
        let messages = test.run(LOAD).failed();
        let reasons = [
            "is not as it was dumped",
            "is not a manifest of a dump",
            "and this version reads form 1",
        ];
        assert!(
            reasons.iter().any(|reason| messages.contains(reason)),
            "{messages}\n{}",
            String::from_utf8_lossy(&other)
        );
    }
    assert_eq!(rows(), expected);
    fs::write(&path, &bytes).expect("it can be written");
    test.run(LOAD).good();
}
