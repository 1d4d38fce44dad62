//! The scripts as their authors ship them, made fit for a database of any name and a client that stops at errors.

use std::fs;
use std::path::Path;

use bindery_schema::dialect::Dialect;

/// The script without what makes or chooses a database of its own; what a server cannot load (an extension that is not
/// installed, a newer syntax) is passed over.
pub(crate) fn script(text: &str, dialect: Dialect) -> String {
    let kept = text.lines().filter(|line| !chooses_database(line, dialect));
    let kept = kept.collect::<Vec<_>>().join("\n");
    match (dialect, used_database(text)) {
        (Dialect::Postgres, _) => format!("\\set ON_ERROR_STOP off\n{kept}\n"),
        // Views name the database that the script is for.
        (Dialect::Mysql, Some(name)) => kept
            .replace(&format!("`{name}`."), "")
            .replace(&format!("{name}."), ""),
        // Cacti's script takes MySQL 9.7.4 for older than 8.0.11, which still had this mode.
        (Dialect::Mysql, None) => kept.replace("NO_AUTO_CREATE_USER,", ""),
        (Dialect::Sqlite, _) => kept,
    }
}

/// The name after `USE`.
fn used_database(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| starts(line, "use "))?;
    Some(line[4..].trim_matches([' ', '`', ';', '\r']))
}

/// Returns the scripts that the authors of a schema load before it and do not ship with it, as far as tables need it:
/// `given/<name>.sql`.
pub(crate) fn given(name: &str) -> String {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "tests/corpus/given",
        "../tests/corpus/given",
        "../tests/tests/corpus/given",
    ];
    let file = name.replace('/', "_") + ".sql";
    let found = folders.iter().find_map(|folder| {
        let path = beside.join(folder).join(&file);
        fs::read_to_string(path).ok()
    });
    found.unwrap_or_default()
}

fn chooses_database(line: &str, dialect: Dialect) -> bool {
    const STARTS: [&str; 6] = [
        "\\c ",
        "\\set ON_ERROR_STOP",
        "create database",
        "drop database",
        "use ",
        "alter database",
    ];
    // To MySQL and MariaDB a schema is a database.
    const OF_MYSQL: [&str; 2] = ["create schema", "drop schema"];
    STARTS.iter().any(|start| starts(line, start))
        || (dialect == Dialect::Mysql && OF_MYSQL.iter().any(|start| starts(line, start)))
}

fn starts(line: &str, start: &str) -> bool {
    let head = line.get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start))
}
