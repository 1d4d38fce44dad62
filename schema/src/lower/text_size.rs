//! MySQL: `TEXT(n)` has room for `n` characters of its character set; which of the four kinds of text it is follows from
//! their bytes (MySQL manual, "The BLOB and TEXT Types").

use crate::ast::TypeArgument;
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftTable};

/// Where nothing is said of a character set: `utf8mb4`.
const USUAL_BYTES: u32 = 4;

/// Counts the room of a new column of this table in bytes.
pub(super) fn in_bytes(column: &mut DraftColumn, table: &DraftTable) {
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

/// `CHARACTER SET latin1`, `ASCII`, `COLLATE latin1_bin`.
fn bytes_of_column(column: &DraftColumn) -> Option<u32> {
    let words = column.type_words.iter();
    let words = words.filter_map(|text| {
        let upper = text.to_uppercase();
        match upper.as_str() {
            "ASCII" | "BYTE" => Some(1),
            "UNICODE" => Some(2),
            _ => upper.starts_with("CHAR").then(|| bytes_of(text)),
        }
    });
    let collation = column.collation.iter();
    words
        .chain(collation.map(|collation| bytes_of(&collation.name.text)))
        .next()
}

/// `DEFAULT CHARSET=latin1`, `COLLATE=latin1_bin`.
fn bytes_of_table(table: &DraftTable) -> Option<u32> {
    let options = table.native.options.iter();
    let mut said = options.filter(|option| option.key == "CHARSET" || option.key == "COLLATE");
    said.next().map(|option| bytes_of(&option.text))
}

/// The most bytes of one character; the set is the last word, a collation begins with its set.
fn bytes_of(words: &str) -> u32 {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let last = words.trim_end_matches(|letter| !is_of_name(letter));
    let last = last.rsplit(|letter| !is_of_name(letter)).next();
    let last = last.unwrap_or_default().to_lowercase();
    let set = last.split('_').next().unwrap_or_default();
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
