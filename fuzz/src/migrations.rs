//! Files of migrations: their names, their ways back, and what a squashed one replaces.

use std::fs;
use std::path::Path;

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::migrations::{self, LoadedMigration, adopt, compare_versions};
use bindery_schema::render::{Style, render};
use bindery_schema::source::Sources;

/// The first line names two files of a folder, which the rest is the text of, parted by a line `====`.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (names, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let (first, second) = rest.split_once("\n====\n").unwrap_or((rest, ""));
    let mut names = names.split(' ').filter_map(file_name);
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in names.by_ref().zip([first, second]) {
        // A name may be longer than the file system takes.
        let _ = fs::write(folder.path().join(name), text);
    }
    for dialect in Dialect::ALL {
        read(folder.path(), dialect);
    }
}

/// A word as the name of a file in the folder.
fn file_name(word: &str) -> Option<String> {
    let name: String = word
        .chars()
        .filter(|sign| !matches!(sign, '/' | '\0'))
        .collect();
    (!name.is_empty() && name != "." && name != "..").then_some(name)
}

fn read(folder: &Path, dialect: Dialect) {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let read = migrations::read_folder(folder, dialect, None, &mut sources, &mut found);
    let taken = adopt(folder, dialect, None, &mut sources, &mut found);
    let shown = render(&found, &sources, Style::Plain);
    assert_eq!(shown.is_empty(), found.iter().count() == 0);
    for migration in &read {
        lines_are_of_the_text(migration);
        assert_eq!(migration.checksum.len(), 64);
    }
    for pair in read.windows(2) {
        let (one, other) = (&pair[0].version, &pair[1].version);
        assert_ne!(one, other, "two migrations of one version");
        let order = compare_versions(one, other);
        assert_eq!(compare_versions(other, one), order.reverse());
    }
    for adopted in taken {
        assert!(
            !adopted.version.is_empty(),
            "an adopted migration has a version"
        );
    }
}

fn lines_are_of_the_text(migration: &LoadedMigration) {
    let lines = migration.text.lines().count().max(1) as u32;
    for statement in migration.up.statements.iter() {
        assert!(
            statement.line >= 1 && statement.line <= lines,
            "{}",
            statement.sql
        );
    }
}
