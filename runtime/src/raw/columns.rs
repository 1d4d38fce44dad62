//! The columns that a query returns beside those that a type is read from.

use super::RowColumns;
use crate::error::{Error, ErrorKind, Result};

/// The form in which the columns of a query are read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As they come.
    AsTheyCome,
    /// For each that is read, its place in the row.
    Places(Vec<usize>),
}

/// Finds the columns of a type among those of a query.
///
/// # Errors
/// There are others, or not all of them; or one name stands for two columns.
pub(super) fn order(wanted: RowColumns, found: &[Box<str>]) -> Result<Order> {
    match wanted {
        RowColumns::Positions(count) if count == found.len() => Ok(Order::AsTheyCome),
        RowColumns::Positions(count) => Err(other_number(count, found)),
        RowColumns::Named { row, names, .. } => by_name(row, names, found),
    }
}

fn by_name(row: &'static str, names: &[&str], found: &[Box<str>]) -> Result<Order> {
    if names.iter().copied().eq(found.iter().map(|found| &**found)) {
        return Ok(Order::AsTheyCome);
    }
    let place = |name: &&str| found.iter().position(|found| **found == **name);
    let places: Vec<Option<usize>> = names.iter().map(place).collect();
    let is_taken = |at: &usize| places.contains(&Some(*at));
    let unexpected = (0..found.len()).filter(|at| !is_taken(at));
    let unexpected: Vec<String> = unexpected.map(|at| shown(&found[at], at)).collect();
    let missing = names.iter().zip(&places);
    let missing = missing.filter(|(_, place)| place.is_none());
    let missing: Vec<String> = missing
        .map(|(name, _)| format!("column `{name}`"))
        .collect();
    if !missing.is_empty() || !unexpected.is_empty() {
        return Err(wrong(row, missing, unexpected));
    }
    Ok(Order::Places(places.into_iter().flatten().collect()))
}

#[cold]
fn wrong(expected: &'static str, missing: Vec<String>, unexpected: Vec<String>) -> Error {
    Error::new(ErrorKind::WrongColumns {
        expected,
        missing,
        unexpected,
    })
}

/// Those that are too many, or their number.
#[cold]
fn other_number(count: usize, found: &[Box<str>]) -> Error {
    let too_many = found.iter().enumerate().skip(count);
    let unexpected = too_many.map(|(at, name)| shown(name, at)).collect();
    let missing = (found.len()..count).map(|at| format!("column {}", at + 1));
    wrong(
        POSITIONS[count.min(POSITIONS.len() - 1)],
        missing.collect(),
        unexpected,
    )
}

const POSITIONS: [&str; 17] = [
    "a row without columns",
    "a row of 1 column",
    "a row of 2 columns",
    "a row of 3 columns",
    "a row of 4 columns",
    "a row of 5 columns",
    "a row of 6 columns",
    "a row of 7 columns",
    "a row of 8 columns",
    "a row of 9 columns",
    "a row of 10 columns",
    "a row of 11 columns",
    "a row of 12 columns",
    "a row of 13 columns",
    "a row of 14 columns",
    "a row of 15 columns",
    "a row of 16 columns",
];

/// A column of an expression is called by its text on SQLite and MySQL, and that may hold values: it is named by its
/// position.
fn shown(name: &str, at: usize) -> String {
    let is_name = name
        .chars()
        .all(|char| char.is_alphanumeric() || char == '_')
        && name.starts_with(|char: char| char.is_alphabetic() || char == '_');
    if is_name {
        format!("column `{name}`")
    } else {
        format!("column {} without a name (`AS` gives it one)", at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOG: RowColumns = RowColumns::named("Blog", &["id", "title"]);

    fn found(names: &[&str]) -> Vec<Box<str>> {
        names.iter().map(|name| Box::from(*name)).collect()
    }

    #[test]
    fn columns_are_found_by_name_wherever_they_are() {
        let order = |names| super::order(BLOG, &found(names));
        assert_eq!(order(&["id", "title"]).unwrap(), Order::AsTheyCome);
        assert_eq!(order(&["title", "id"]).unwrap(), Order::Places(vec![1, 0]));
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let message =
            |wanted, names: &[&str]| order(wanted, &found(names)).unwrap_err().to_string();
        assert_eq!(
            message(BLOG, &["id"]),
            "the columns of the query are not those of `Blog`: there is no column `title`"
        );
        assert_eq!(
            message(BLOG, &["id", "name", "'secret'", "id", "title"]),
            "the columns of the query are not those of `Blog`: it has no column `name`, column 3 without a name (`AS` gives it one), column `id`"
        );
        assert_eq!(
            message(BLOG, &["id", "name"]),
            "the columns of the query are not those of `Blog`: there is no column `title`, and it has no column `name`"
        );
        assert_eq!(
            message(RowColumns::Positions(2), &["a", "b", "c"]),
            "the columns of the query are not those of `a row of 2 columns`: it has no column `c`"
        );
        assert_eq!(
            message(RowColumns::Positions(2), &["a"]),
            "the columns of the query are not those of `a row of 2 columns`: there is no column 2"
        );
    }
}
