//! Names as they are written: in quotes where they need them.

use super::grammar::Grammar;
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

/// The name as it can stand in a statement: in quotes where it needs them. SQLite takes one in quotes that is no column for a text.
pub(crate) fn spelled(dialect: Dialect, name: &str) -> String {
    let names = &Grammar::of(dialect).names;
    let is_word = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    let is_plain = name.starts_with(|first: char| !first.is_ascii_digit())
        && name.chars().all(is_word)
        && !names.is_reserved(name);
    if is_plain && !names.needs_quotes {
        return name.to_owned();
    }
    let mut sql = SqlWriter::new(dialect);
    sql.identifier(name);
    sql.finish()
}
