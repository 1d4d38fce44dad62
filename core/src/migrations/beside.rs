//! Files of other tools beside a migration, which say how it is run.

use std::fs;
use std::path::Path;

/// Whether a file beside the migration says that it runs in no transaction. Diesel's is `metadata.toml` with `run_in_transaction`,
/// Flyway's has the name of the migration and `.conf`, with `executeInTransaction`.
pub(super) fn has_no_transaction(path: &Path) -> bool {
    let name = path.file_name().and_then(std::ffi::OsStr::to_str);
    let name = name.unwrap_or_default();
    let (beside, key) = match name {
        "up.sql" | "down.sql" => ("metadata.toml".to_owned(), "run_in_transaction"),
        name => (format!("{name}.conf"), "executeInTransaction"),
    };
    let text = fs::read_to_string(path.with_file_name(beside));
    let text = text.unwrap_or_default();
    let mut settings = text.lines().filter_map(|line| line.split_once('='));
    settings.any(|(word, value)| {
        let value = value.split('#').next().unwrap_or_default();
        word.trim() == key && value.trim().eq_ignore_ascii_case("false")
    })
}
