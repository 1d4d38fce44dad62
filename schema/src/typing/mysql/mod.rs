//! The results of functions of MariaDB, by the classes of their arguments: it has no catalogue of them, so `functions.txt` and
//! `merges.txt` are measured on a server by `cargo xtask catalogue`. A function that takes a word of its own among its
//! arguments (`CAST`, `EXTRACT`, `DATE_ADD`) is not among them, nor is one whose answers follow no rule (`GREATEST`,
//! `ROUND`). Other rules of MySQL and MariaDB alone have a file each.

mod casts;
mod collations;
mod forms;
mod literal;
mod products;
#[cfg(test)]
mod server_tests;
#[cfg(test)]
mod tests;
mod using;

use std::collections::HashMap;
use std::sync::OnceLock;

pub(super) use collations::is_character_set;
pub(super) use forms::takes_call;
pub(super) use literal::is_moment;
pub(super) use products::{Construct, OfProduct};

use crate::column_type::{ColumnType, LobSize, TypeClass};

/// A kind of values: integers and texts of every length are one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    Int,
    Uint,
    Decimal,
    Double,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Timestamp,
    Year,
    Enum,
    Uuid,
}

/// Their words in the tables; a column may have all but the last.
const WORDS: [(&str, Class); 13] = [
    ("int", Class::Int),
    ("uint", Class::Uint),
    ("decimal", Class::Decimal),
    ("double", Class::Double),
    ("text", Class::Text),
    ("bytes", Class::Bytes),
    ("date", Class::Date),
    ("time", Class::Time),
    ("datetime", Class::DateTime),
    ("timestamp", Class::Timestamp),
    ("year", Class::Year),
    ("enum", Class::Enum),
    ("uuid", Class::Uuid),
];

impl Class {
    /// The class of a column's values.
    pub(crate) fn of_type(column_type: &ColumnType) -> Option<Self> {
        Some(match column_type.class() {
            TypeClass::Boolean => Self::Int,
            TypeClass::Decimal => Self::Decimal,
            TypeClass::Float { .. } => Self::Double,
            TypeClass::Text | TypeClass::Json | TypeClass::Uuid => Self::Text,
            TypeClass::Bytes => Self::Bytes,
            TypeClass::Date => Self::Date,
            TypeClass::Time => Self::Time,
            TypeClass::DateTime => Self::DateTime,
            TypeClass::Timestamp => Self::Timestamp,
            TypeClass::Year => Self::Year,
            TypeClass::Enum | TypeClass::Set => Self::Enum,
            class => match class.integer()? {
                integer if integer.signed => Self::Int,
                _ => Self::Uint,
            },
        })
    }

    /// The type of a column with such values; `None`: of MariaDB's own type.
    pub(crate) fn column_type(self) -> Option<ColumnType> {
        Some(match self {
            Self::Int => ColumnType::I64,
            Self::Uint => ColumnType::U64,
            Self::Decimal => ColumnType::Decimal(None),
            Self::Double => ColumnType::F64,
            Self::Text | Self::Enum => ColumnType::Text(LobSize::Unbounded),
            Self::Bytes => ColumnType::Blob(LobSize::Unbounded),
            Self::Date => ColumnType::Date,
            Self::Time => ColumnType::Time(6),
            Self::DateTime => ColumnType::DateTime(6),
            Self::Timestamp => ColumnType::Timestamp(6),
            Self::Year => ColumnType::Year,
            Self::Uuid => return None,
        })
    }

    fn of(word: &str) -> Option<Self> {
        let known = WORDS.iter().find(|(known, _)| *known == word);
        known.map(|(_, class)| *class)
    }
}

/// The kind of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionKind {
    Scalar,
    Aggregate,
    Window,
}

/// When a result is NULL, in the strict mode of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    Never,
    /// Where an argument is NULL; of an aggregate where all are, or there is no row.
    Argument,
    /// Also for arguments that are not NULL.
    Maybe,
}

/// A function: a line of `functions.txt`, `name counts kind null rule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) kind: FunctionKind,
    counts: &'static str,
    null: &'static str,
    rule: &'static str,
}

/// Returns the function of this name, which is in lower case.
pub(crate) fn function(name: &str) -> Option<Function> {
    static LINES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let lines = include_str!("functions.txt").lines().skip(1);
        lines.filter_map(|line| line.split_once(' ')).collect()
    });
    let mut parts = lines.get(name)?.splitn(4, ' ');
    Some(Function {
        counts: parts.next()?,
        kind: match parts.next()? {
            "aggregate" => FunctionKind::Aggregate,
            "window" => FunctionKind::Window,
            _ => FunctionKind::Scalar,
        },
        null: parts.next()?,
        rule: parts.next()?,
    })
}

/// Returns the class that values of two classes have in common: in CASE, COALESCE, UNION.
pub(crate) fn common(left: Class, right: Class) -> Option<Class> {
    static MERGES: OnceLock<HashMap<(Class, Class), Class>> = OnceLock::new();
    let merges = MERGES.get_or_init(|| {
        let merge = |line: &str| {
            let mut classes = line.split(' ').filter_map(Class::of);
            Some(((classes.next()?, classes.next()?), classes.next()?))
        };
        include_str!("merges.txt")
            .lines()
            .skip(1)
            .filter_map(merge)
            .collect()
    });
    merges.get(&(left, right)).copied()
}

/// The type of what has values of both types.
pub(crate) fn merged(one: &ColumnType, other: &ColumnType) -> Option<ColumnType> {
    let (left, right) = (Class::of_type(one)?, Class::of_type(other)?);
    if left != right {
        return common(left, right)?.column_type();
    }
    match left {
        Class::Uint => Some(ColumnType::U64),
        _ => crate::typing::grammar::wider(one, other).or_else(|| left.column_type()),
    }
}

impl Function {
    /// Returns whether it is called with this number of arguments: `2`, `1,2`, `3,5,7+` (seven and more).
    pub(crate) fn takes(&self, count: usize) -> bool {
        let one = |written: &str| match written.strip_suffix('+') {
            Some(least) => least.parse().is_ok_and(|least: usize| count >= least),
            None => written.parse() == Ok(count),
        };
        self.counts.split(',').any(one)
    }

    /// Returns the class of the result. `None`: of these arguments it is not known.
    pub(crate) fn result(&self, arguments: &[Class]) -> Option<Class> {
        let Some((rule, of)) = self.rule.split_once(':') else {
            return Class::of(self.rule);
        };
        if rule == "by" {
            let (place, classes) = of.split_once(' ')?;
            let given = arguments.get(place.parse::<usize>().ok()?.checked_sub(1)?)?;
            let mut classes = classes.split(' ').filter_map(|one| one.split_once('='));
            return classes
                .find(|(class, _)| Class::of(class) == Some(*given))
                .and_then(|(_, result)| Class::of(result));
        }
        let mut counted = listed(of, arguments);
        if rule == "text" {
            let is_bytes = counted.any(|class| class == Class::Bytes);
            return Some(if is_bytes { Class::Bytes } else { Class::Text });
        }
        let first = counted.next()?;
        counted.try_fold(common(first, first)?, common)
    }

    /// Returns whether the result is bytes where an argument is.
    pub(crate) fn keeps_bytes(&self) -> bool {
        self.rule.starts_with("text:")
    }

    /// Returns when the result is NULL: `never`, `argument`, `maybe`, or `maybe:1.text,2.int` where one of these is given.
    pub(crate) fn null(&self, arguments: &[Class]) -> Null {
        let is_given = |one: &str| {
            let place = one.split_once('.').and_then(|(place, class)| {
                let place = place.parse::<usize>().ok()?.checked_sub(1)?;
                Some((place, Class::of(class)?))
            });
            place.is_none_or(|(place, class)| arguments.get(place) == Some(&class))
        };
        match self.null {
            "never" => Null::Never,
            "argument" => Null::Argument,
            other => match other.strip_prefix("maybe:") {
                Some(list) if !list.split(',').any(is_given) => Null::Argument,
                Some(_) | None => Null::Maybe,
            },
        }
    }
}

/// The arguments that a list names: `1,3`, `2+` (the second and those after).
fn listed(list: &str, arguments: &[Class]) -> impl Iterator<Item = Class> {
    let is_listed = move |place: usize| match list.strip_suffix('+') {
        Some(first) => first.parse().is_ok_and(|first: usize| place >= first),
        None => list.split(',').any(|one| one.parse() == Ok(place)),
    };
    let arguments = arguments.iter().copied().enumerate();
    arguments
        .filter(move |(at, _)| is_listed(at + 1))
        .map(|(_, class)| class)
}
