//! MySQL's character sets. What a database says counts for its tables, what a table says for its columns; the bytes of a
//! character decide which of the four kinds of text a column is (MySQL manual, "The BLOB and TEXT Types").
//!
//! Needed by what MySQL Workbench exports (`CREATE SCHEMA … DEFAULT CHARACTER SET utf8`, tables without one) and by migrations to
//! utf8mb4 (`CONVERT TO CHARACTER SET`), such as letstalk's `20180711_Utf8Charset.sql`, whose columns become larger kinds.

use crate::lists::IntoVec as _;
use std::collections::BTreeSet;

use crate::ast::{FileAst, TableOption, TypeArgument, TypeName};
use crate::column_type::LobSize;
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftTable};

use crate::lower::{Fold, native};

/// The default character set: `utf8mb4`.
const USUAL_BYTES: u32 = 4;

impl Fold<'_> {
    /// `CREATE DATABASE … CHARACTER SET latin1`: tables made later take it, as far as they say nothing themselves.
    pub(in crate::lower) fn set_database(
        &mut self,
        file: &FileAst,
        database: &Option<String>,
        options: &[TableOption],
    ) {
        let sets = &mut self.character_sets;
        sets.retain(|(known, name, _)| (known, name) != (&file.file, database));
        sets.push((file.file, database.clone(), options.to_vec()));
    }

    pub(in crate::lower) fn take_from_database(&self, table: &mut DraftTable) {
        if self.character_sets.is_empty() || of_table(table).next().is_some() {
            return;
        }
        let here = (&table.file, &table.name.schema);
        let mut known = self.character_sets.iter();
        if let Some((.., options)) = known.find(|(file, name, _)| (file, name) == here) {
            options
                .iter()
                .for_each(|option| native::set_option(table, option));
        }
    }
}

/// `ALTER TABLE … CHARACTER SET latin1` counts for columns that are added later: those that are there keep what they have.
/// With `CONVERT TO` they take it, and a text whose characters need more bytes than before becomes the next larger kind.
pub(in crate::lower) fn change(table: &mut DraftTable, options: &[TableOption], converts: bool) {
    let before: Vec<TableOption> = of_table(table).cloned().into_vec();
    if !converts && is_same(&before, options) {
        return;
    }
    let bytes = options
        .first()
        .map_or(USUAL_BYTES, |option| bytes_of(&option.text));
    let old_bytes = bytes_of_table(table).unwrap_or(USUAL_BYTES);
    for column in table.columns.iter_mut().filter(|column| is_text(column)) {
        if converts {
            let own = bytes_of_column(column);
            if own.unwrap_or(old_bytes) < bytes {
                grow(&mut column.type_name);
            }
            column.type_words.retain(|words| !says_set(words));
            column.collation = None;
            if own.is_some() {
                column
                    .type_words
                    .extend(options.iter().map(words_of_column));
            }
        } else if bytes_of_column(column).is_none() {
            let words = before.iter().map(words_of_column);
            column.type_words.extend(words);
        }
    }
    table.native.options.retain(|option| !is_about_sets(option));
    options
        .iter()
        .for_each(|option| native::set_option(table, option));
}

/// Whether the options set what the table has already.
fn is_same(before: &[TableOption], options: &[TableOption]) -> bool {
    let sets = |option: &TableOption| (option.key.clone(), last_name(&option.text).to_lowercase());
    let [before, options]: [BTreeSet<_>; 2] =
        [before, options].map(|all| all.iter().map(sets).collect());
    before == options
}

/// Counts the room of a new column of this table in bytes.
pub(in crate::lower) fn in_bytes(column: &mut DraftColumn, table: &DraftTable) {
    if table.dialect != Dialect::Mysql || column.type_name.name != "text" {
        return;
    }
    let bytes = bytes_of_column(column).or_else(|| bytes_of_table(table));
    let bytes = bytes.unwrap_or(USUAL_BYTES);
    if let [TypeArgument::Number(length)] = &mut column.type_name.arguments[..]
        && let Ok(characters) = length.parse::<u32>()
    {
        *length = characters.saturating_mul(bytes).to_string();
    }
}

fn is_text(column: &DraftColumn) -> bool {
    let name = column.type_name.name.as_str();
    let others = ["char", "character", "varchar", "enum", "set", "longtext"];
    TEXTS.iter().any(|(known, _)| *known == name) || others.contains(&name)
}

/// Kinds of text and the next larger one.
const TEXTS: [(&str, &str); 3] = [
    ("tinytext", "text"),
    ("text", "mediumtext"),
    ("mediumtext", "longtext"),
];

fn grow(type_name: &mut TypeName) {
    let name = match (type_name.name.as_str(), &type_name.arguments[..]) {
        ("text", [TypeArgument::Number(bytes)]) => sized(bytes),
        (name, _) => name,
    };
    if let Some((_, larger)) = TEXTS.iter().find(|(known, _)| *known == name) {
        type_name.name = (*larger).to_owned();
        type_name.arguments.clear();
        type_name.written.clone_from(&type_name.name);
    }
}

fn sized(bytes: &str) -> &'static str {
    match bytes.parse().map(LobSize::holding) {
        Ok(LobSize::Tiny) => "tinytext",
        Ok(LobSize::Small) => "text",
        Ok(LobSize::Medium) => "mediumtext",
        _ => "longtext",
    }
}

/// Returns the table's options about its character set.
fn of_table(table: &DraftTable) -> impl Iterator<Item = &TableOption> {
    let options = table.native.options.iter();
    options.filter(|option| is_about_sets(option))
}

fn is_about_sets(option: &TableOption) -> bool {
    matches!(option.key.as_str(), "CHARSET" | "COLLATE")
}

/// As a column says it.
fn words_of_column(option: &TableOption) -> String {
    let words = if option.key == "COLLATE" {
        "COLLATE"
    } else {
        "CHARACTER SET"
    };
    format!("{words} {}", last_name(&option.text))
}

fn says_set(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or_default();
    let sets = [
        "ASCII",
        "BYTE",
        "UNICODE",
        "CHARACTER",
        "CHAR",
        "CHARSET",
        "COLLATE",
    ];
    sets.iter().any(|set| first.eq_ignore_ascii_case(set))
}

/// `CHARACTER SET latin1`, `ASCII`, `COLLATE latin1_bin`.
fn bytes_of_column(column: &DraftColumn) -> Option<u32> {
    let words = column.type_words.iter().filter(|words| says_set(words));
    let words = words.map(|words| match words.to_uppercase().as_str() {
        "ASCII" | "BYTE" => 1,
        "UNICODE" => 2,
        _ => bytes_of(words),
    });
    let collation = column.collation.iter();
    words
        .chain(collation.map(|collation| bytes_of(&collation.name.text)))
        .next()
}

/// `DEFAULT CHARSET=latin1`, `COLLATE=latin1_bin`.
fn bytes_of_table(table: &DraftTable) -> Option<u32> {
    of_table(table).next().map(|option| bytes_of(&option.text))
}

/// `latin1` of `DEFAULT CHARSET='latin1'`.
fn last_name(words: &str) -> &str {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = words.trim_end_matches(|letter| !is_of_name(letter));
    words
        .rsplit(|letter| !is_of_name(letter))
        .next()
        .unwrap_or_default()
}

/// The most bytes of one character; the set is the last word, a collation begins with its set.
fn bytes_of(words: &str) -> u32 {
    let name = last_name(words).to_lowercase();
    let set = name.split('_').next().unwrap_or_default();
    match set {
        "default" | "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" | "uca1400" => {
            USUAL_BYTES
        }
        "utf8" | "utf8mb3" | "ujis" | "eucjpms" => 3,
        "big5" | "cp932" | "euckr" | "gb2312" | "gbk" | "sjis" | "ucs2" => 2,
        // All others have one byte a character.
        _ => 1,
    }
}
