//! Spellings of types, defaults, options and queries that are the same.

use crate::dialect::Dialect;
use crate::diff::change::ColumnChange;
use crate::diff::facts::Facts;
use crate::diff::structure::{ColumnShape, ViewShape, folded};
use crate::syntax::canonical::{same_expression, same_query, token_texts};

pub(super) fn column_changes(
    from: &ColumnShape,
    to: &ColumnShape,
    dialect: Dialect,
) -> Vec<ColumnChange> {
    let same_type =
        normal_type(&from.compared_type, dialect) == normal_type(&to.compared_type, dialect);
    let fold = |text: &Option<String>| text.as_ref().map(|text| folded(text, dialect));
    let differs = [
        (ColumnChange::Type, !same_type),
        (ColumnChange::Null, from.nullable != to.nullable),
        (
            ColumnChange::Default,
            !same_default(from.default.as_deref(), to.default.as_deref(), dialect),
        ),
        (ColumnChange::Generated, from.generated != to.generated),
        (
            ColumnChange::Collation,
            fold(&from.collation) != fold(&to.collation),
        ),
        (ColumnChange::Comment, from.comment != to.comment),
        (
            ColumnChange::Words,
            normal_words(&from.words) != normal_words(&to.words),
        ),
    ];
    let changed = differs.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(change, _)| change).collect()
}

fn same_default(from: Option<&str>, to: Option<&str>, dialect: Dialect) -> bool {
    match (from, to) {
        (None, None) => true,
        (Some(from), Some(to)) => same_expression(from, to, dialect),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn normal_words(words: &[String]) -> Vec<String> {
    let mut words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    words.sort();
    words
}

/// Without blanks; values of enums and sets keep their case, and names within quotes may.
fn normal_type(declared: &str, dialect: Dialect) -> String {
    let quotes_keep_case = Facts::of(dialect).names.quotes_keep_case;
    let mut quote = None;
    let mut text = String::new();
    for letter in declared.chars() {
        match quote {
            None if letter.is_whitespace() => continue,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            None | Some(_) => {}
        }
        let keeps_case = quote.is_some() && (letter != '"' || quotes_keep_case);
        if keeps_case {
            text.push(letter);
        } else {
            text.extend(letter.to_lowercase());
        }
    }
    text.replace("public.", "").replace('"', "")
}

pub(super) fn same_view(from: &ViewShape, to: &ViewShape, dialect: Dialect) -> bool {
    from.materialized == to.materialized
        && from.columns == to.columns
        && from.words == to.words
        && same_query(&from.query, &to.query, dialect)
}

/// Options that are written on both sides must be the same; assignments of one side alone may be a default of the other.
pub(super) fn same_options(from: &str, to: &str, dialect: Dialect) -> bool {
    if !Facts::of(dialect).tables.options_are_assigned {
        return token_texts(from, dialect) == token_texts(to, dialect);
    }
    let (from, to) = (assignments(from), assignments(to));
    let same = |(name, value): &(String, String)| {
        let other = from.iter().find(|(known, _)| known == name);
        other.is_none_or(|(_, known)| known == value)
    };
    to.iter().all(same)
}

/// The options that give a table another character set, with those beside them; `None` where it keeps the one that it has.
pub(in crate::diff) fn changed_character_set(from: &str, to: &str) -> Option<String> {
    let (from, to) = (assignments(from), assignments(to));
    let is_other = |(name, value): &(String, String)| {
        let mut known = from.iter();
        known.any(|(other, before)| other == name && before != value)
    };
    let is_of_set = |(name, _): &(String, String)| matches!(name.as_str(), "charset" | "collate");
    let changes = to.iter().any(|one| is_of_set(one) && is_other(one));
    let written = to.iter().filter(|one| is_of_set(one) || is_other(one));
    let written = written.map(|(name, value)| match name.as_str() {
        "charset" => format!("DEFAULT CHARSET={value}"),
        name => format!("{}={value}", name.to_uppercase()),
    });
    changes.then(|| written.collect::<Vec<_>>().join(" "))
}

/// Whether the options of MySQL give a table another storage engine than it has.
pub(in crate::diff) fn changes_storage_engine(from: &str, to: &str) -> bool {
    let engine = |options: &str| {
        let mut written = assignments(options).into_iter();
        written.find_map(|(name, value)| (name == "engine").then_some(value))
    };
    let (from, to) = (engine(from), engine(to));
    from.is_some() && to.is_some() && from != to
}

/// `ENGINE=InnoDB DEFAULT CHARSET utf8mb4` as names and values.
fn assignments(options: &str) -> Vec<(String, String)> {
    let lower = options.to_lowercase().replace("character set", "charset");
    let mut words = lower.split(|letter: char| letter.is_whitespace() || "=,".contains(letter));
    let mut found = Vec::new();
    while let Some(name) = words.next() {
        if matches!(name, "engine" | "charset" | "collate")
            && let Some(value) = words.find(|word| !word.is_empty())
        {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_the_same_however_they_are_written() {
        for (one, other) in [
            ("CHARSET latin1", "DEFAULT CHARACTER SET = latin1"),
            ("ENGINE InnoDB, COLLATE utf8mb4_bin", "COLLATE=utf8mb4_bin"),
        ] {
            assert!(same_options(one, other, Dialect::Mysql), "{one}, {other}");
        }
        for (one, other) in [
            ("CHARSET latin1", "DEFAULT CHARACTER SET utf8mb4"),
            ("ENGINE=InnoDB COLLATE latin1_bin", "COLLATE utf8mb4_bin"),
        ] {
            assert!(!same_options(one, other, Dialect::Mysql), "{one}, {other}");
        }
    }
}
