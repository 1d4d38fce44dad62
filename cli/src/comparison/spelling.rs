//! The spellings under which a server keeps what it was given: each of them means the same.

use bindery_schema::column_type::TypeClass;
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{ColumnChange, ColumnShape, TableShape, token_texts};

use super::text::is_same_text;

/// Whether a change of a column is only another spelling.
pub(super) fn is_same_column(
    change: ColumnChange,
    (found_table, found): (&TableShape, &ColumnShape),
    expected: &ColumnShape,
    dialect: Dialect,
) -> bool {
    match change {
        ColumnChange::Default => is_same_default(
            found.default.as_deref(),
            expected.default.as_deref(),
            dialect,
            expected.column_type.class() == TypeClass::Boolean,
        ),
        ColumnChange::Type if dialect == Dialect::Mysql => {
            let (found_column, expected_column) = (found, expected);
            let (found, expected) = (
                MysqlType::of(&found.type_sql),
                MysqlType::of(&expected.type_sql),
            );
            let usual = option(&found_table.options, "charset");
            let is_json = |column: &ColumnShape| column.column_type.class() == TypeClass::Json;
            let has_check = is_json(found_column) || !is_json(expected_column);
            has_check
                && found.name == expected.name
                && found.set.or(usual.clone()) == expected.set.or(usual)
        }
        ColumnChange::Collation if dialect == Dialect::Mysql => {
            is_same_collation(found_table, found, expected)
        }
        ColumnChange::Generated | ColumnChange::Check => {
            let (one, other) = match change {
                ColumnChange::Check => (&found.line, &expected.line),
                _ => (&found.generated, &expected.generated),
            };
            is_same_text(one, other, dialect)
        }
        ColumnChange::Type
        | ColumnChange::Null
        | ColumnChange::Collation
        | ColumnChange::Comment
        | ColumnChange::Words => false,
    }
}

/// Whether a change of collation is none, as both compare texts byte by byte where the database does.
pub(super) fn is_of_bytes(
    change: ColumnChange,
    found: &ColumnShape,
    expected: &ColumnShape,
) -> bool {
    let compares_bytes = |column: &ColumnShape| {
        let name = column.collation.as_deref();
        name.is_none_or(|name| name == "C" || name == "POSIX")
    };
    matches!(change, ColumnChange::Collation) && compares_bytes(found) && compares_bytes(expected)
}

/// `DEFAULT NULL` is none; MariaDB takes the quotes off numbers, and servers write booleans in one way.
fn is_same_default(
    one: Option<&str>,
    other: Option<&str>,
    dialect: Dialect,
    is_boolean: bool,
) -> bool {
    let said = |text: Option<&str>| {
        let text = text.unwrap_or("NULL").trim();
        let pieces = token_texts(text, dialect);
        let bare = pieces.split(|piece| piece == "::").next();
        let [value] = bare.unwrap_or_default() else {
            return text.to_owned();
        };
        match value.trim_matches('\'').to_lowercase().as_str() {
            "null" if !value.starts_with('\'') => "NULL".to_owned(),
            "true" | "t" | "yes" | "on" | "1" if is_boolean => "1".to_owned(),
            "false" | "f" | "no" | "off" | "0" if is_boolean => "0".to_owned(),
            _ => text.to_owned(),
        }
    };
    let (one, other) = (said(one), said(other));
    let number = |text: &str| text.trim_matches('\'').parse::<f64>().ok();
    let same_number =
        dialect == Dialect::Mysql && number(&one).is_some() && number(&one) == number(&other);
    same_number || is_same_text(&one, &other, dialect)
}

/// A type of MySQL without its character set, and that.
pub(super) struct MysqlType {
    name: String,
    pub(super) set: Option<String>,
    pub(super) is_binary: bool,
}

impl MysqlType {
    pub(super) fn of(declared: &str) -> Self {
        let mut words = token_texts(declared, Dialect::Mysql);
        let is_binary = words.len() > 1 && words.last().is_some_and(|word| word == "binary");
        words.truncate(words.len() - usize::from(is_binary));
        let mut set = value_of(&words, "charset");
        let is_set = |word: &String| word == "character" || word == "charset";
        let end = words.iter().position(is_set).filter(|_| set.is_some());
        words.truncate(end.unwrap_or(words.len()));
        let first = words.first().map_or("", String::as_str);
        if let "nvarchar" | "nchar" | "national" = first {
            let plain = first.strip_prefix('n').filter(|word| *word != "ational");
            let plain = plain.map(ToOwned::to_owned);
            words.splice(..1, plain);
            set = Some("utf8mb3".to_owned());
        }
        Self {
            name: words.join(" "),
            set,
            is_binary,
        }
    }
}

/// `utf8` is an alias.
fn whole_set(name: &str) -> String {
    if name == "utf8" { "utf8mb3" } else { name }.to_owned()
}

/// The value of one of the options after a table.
pub(super) fn option(options: &str, name: &str) -> Option<String> {
    value_of(&token_texts(options, Dialect::Mysql), name)
}

/// The word after this one, in small letters: `CHARSET=utf8`, `CHARACTER SET 'utf8'`.
fn value_of(words: &[String], name: &str) -> Option<String> {
    let bare = words.iter().filter(|word| *word != "=");
    let bare: Vec<&str> = bare.map(String::as_str).collect();
    let value = (0..bare.len()).find_map(|at| match bare[at..] {
        [word, value, ..] if word == name => Some(value),
        ["character", "set", value, ..] if name == "charset" => Some(value),
        _ => None,
    });
    value.map(|value| whole_set(&value.trim_matches('\'').to_lowercase()))
}

/// A collation that is not written is that of the table, or the first of its character set.
fn is_same_collation(table: &TableShape, found: &ColumnShape, expected: &ColumnShape) -> bool {
    let lower = |column: &ColumnShape| {
        let name = column.collation.as_ref().map(|name| name.to_lowercase());
        name.map(|name| name.replacen("utf8_", "utf8mb3_", 1))
    };
    match (lower(found), lower(expected)) {
        (Some(found), Some(expected)) => found == expected,
        (Some(one), None) | (None, Some(one)) => {
            let declared = MysqlType::of(&expected.type_sql);
            let is_binary = declared.is_binary && one.ends_with("_bin");
            let usual = [
                "_general_ci",
                "_swedish_ci",
                "_0900_ai_ci",
                "_uca1400_ai_ci",
            ];
            let is_usual = !declared.is_binary && usual.iter().any(|end| one.ends_with(end));
            is_binary || is_usual || option(&table.options, "collate") == Some(one)
        }
        (None, None) => true,
    }
}

/// Whether the options of two tables are the same, their partitions left out. What is not written is the server's default.
pub(super) fn is_same_options(found: &str, expected: &str, dialect: Dialect) -> bool {
    if dialect != Dialect::Mysql {
        return is_same_text(found, expected, dialect);
    }
    let names = [
        "engine",
        "charset",
        "row_format",
        "key_block_size",
        "checksum",
        "pack_keys",
    ];
    let same = |name: &&str| {
        let (found, expected) = (option(found, name), option(expected, name));
        found == expected || expected.is_none()
    };
    let collations = (option(found, "collate"), option(expected, "collate"));
    let same_collation = match collations {
        (Some(found), Some(expected)) => found == expected.replacen("utf8_", "utf8mb3_", 1),
        (Some(_), None) | (None, Some(_)) | (None, None) => true,
    };
    names.iter().all(same) && same_collation
}

/// PostgreSQL cuts names off, at a whole character.
pub(super) fn cut_name(name: &str, dialect: Dialect) -> &str {
    match dialect {
        Dialect::Postgres => &name[..name.floor_char_boundary(63)],
        Dialect::Sqlite | Dialect::Mysql => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_mysql_are_the_same() {
        let same = |one: &str, other: &str| {
            let (one, other) = (MysqlType::of(one), MysqlType::of(other));
            one.name == other.name && one.set == other.set
        };
        assert!(same("NVARCHAR(120)", "varchar(120) CHARACTER SET utf8mb3"));
        assert!(same(
            "VARCHAR(40) CHARACTER SET 'utf8'",
            "varchar(40) CHARACTER SET utf8mb3"
        ));
        assert!(!same("varchar(40)", "varchar(41)"));
        let default = |one, other| is_same_default(one, other, Dialect::Mysql, false);
        assert!(is_same_default(
            Some("TRUE"),
            Some("1"),
            Dialect::Mysql,
            true
        ));
        assert!(default(Some("'0'"), Some("0")) && default(None, Some("NULL")));
        assert!(!default(Some("'0'"), Some("1")) && !default(None, Some("0")));
        let options = |one, other| is_same_options(one, other, Dialect::Mysql);
        assert!(options(
            "ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci",
            "ENGINE=InnoDB DEFAULT CHARSET=utf8"
        ));
        assert!(!options("ENGINE=InnoDB", "ENGINE=MyISAM"));
    }
}
