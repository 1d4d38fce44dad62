//! MySQL and MariaDB say everything of a table in one statement: a line for each column, key and check, then the options.

use bindery_testkit::{FreshDatabase, Result};

const TABLES: &str = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED');";

/// `table|line` for each line of SHOW CREATE TABLE.
pub(super) fn rows(database: &FreshDatabase) -> Result<String> {
    let tables = database.answer(TABLES)?;
    let show = |table: &str| format!("SHOW CREATE TABLE `{}`;\n", table.replace('`', "``"));
    let shown = database.answer(&tables.lines().map(show).collect::<String>())?;
    Ok(shown.lines().flat_map(facts).collect())
}

/// The client writes a line break within a value as `\n`.
fn facts(row: &str) -> Vec<String> {
    let Some((table, statement)) = row.split_once('\t') else {
        return Vec::new();
    };
    let lines = statement.split("\\n");
    lines
        .map(|line| format!("{table}|{}\n", plain(line.trim().trim_end_matches(','))))
        .collect()
}

/// `NO ACTION` is what a foreign key does that says nothing, and is shown where it was written.
fn plain(line: &str) -> String {
    let said = line
        .replace(" ON DELETE NO ACTION", "")
        .replace(" ON UPDATE NO ACTION", "");
    without_counter(&said)
}

/// Removes the next auto-increment value, which depends on the rows that are there.
fn without_counter(line: &str) -> String {
    let Some((before, after)) = line.split_once(" AUTO_INCREMENT=") else {
        return line.to_owned();
    };
    before.to_owned() + after.trim_start_matches(|sign: char| sign.is_ascii_digit())
}
