//! Two tables as JSON lines in the order of their keys, side by side. Every database's values have one text form there, so equal
//! lines are equal rows; others are looked at.

use std::cmp::Ordering;
use std::io::BufRead;

use bindery::data::{DataColumn, ValueType, is_same_row};
use serde_json::{Map, Value};

use super::pairs::Pair;
use crate::failure::Failure;

/// Keys that a comparison holds: those that are shown are among them, and a repair goes on after them.
pub(crate) const MOST_KEYS: usize = 50_000;

/// The differences of a table.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) same: u64,
    pub(crate) missing: u64,
    pub(crate) different: u64,
    pub(crate) surplus: u64,
    /// The first of those that are held, at most [`MOST_KEYS`].
    pub(crate) keys: Vec<Differing>,
    /// There were more of them.
    pub(crate) is_cut: bool,
    held: Held,
}

/// The keys that a comparison holds.
#[derive(Debug)]
pub(crate) struct Held {
    /// Those of surplus rows, too.
    pub(crate) surplus: bool,
    /// Those after this one only.
    pub(crate) after: Option<Vec<Value>>,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            surplus: true,
            after: None,
        }
    }
}

/// The kind of difference of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DifferenceKind {
    Missing,
    Different,
    Surplus,
}

impl DifferenceKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Surplus => "surplus",
        }
    }
}

/// A row that differs.
#[derive(Debug)]
pub(crate) struct Differing {
    pub(crate) kind: DifferenceKind,
    /// The values of its key, in the order of the key.
    pub(crate) key: Vec<Value>,
}

impl Differing {
    pub(crate) fn key_text(&self) -> String {
        let texts: Vec<String> = self.key.iter().map(Value::to_string).collect();
        texts.join(", ")
    }
}

impl Found {
    pub(crate) fn is_equal(&self) -> bool {
        self.differing() == 0
    }

    /// The number of rows that differ.
    pub(crate) fn differing(&self) -> u64 {
        self.missing + self.different + self.surplus
    }

    /// The last key that is held.
    pub(crate) fn last(&self) -> Option<Vec<Value>> {
        self.keys.last().map(|row| row.key.clone())
    }

    fn note(&mut self, of: &Key<'_>, kind: DifferenceKind, key: Vec<Value>) {
        match kind {
            DifferenceKind::Missing => self.missing += 1,
            DifferenceKind::Different => self.different += 1,
            DifferenceKind::Surplus => self.surplus += 1,
        }
        let after = self.held.after.as_ref();
        let is_after = after.is_none_or(|after| of.order(&key, after) == Ordering::Greater);
        if !is_after || (kind == DifferenceKind::Surplus && !self.held.surplus) {
            return;
        }
        self.is_cut = self.keys.len() >= MOST_KEYS;
        if !self.is_cut {
            self.keys.push(Differing { kind, key });
        }
    }
}

/// The lines of one table.
pub(crate) struct Lines<R> {
    input: R,
    line: String,
    is_read: bool,
    /// The key of the last line that differed, or stood beside one.
    before: Option<Vec<Value>>,
    /// `before` is the key of this line.
    is_seen: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            line: String::new(),
            is_read: false,
            before: None,
            is_seen: false,
        }
    }

    /// The next line, which stays the next one until [`pass`](Self::pass).
    fn peek(&mut self) -> Result<Option<&str>, Failure> {
        if !self.is_read {
            self.line.clear();
            let read = self.input.read_line(&mut self.line);
            read.map_err(|error| Failure::new(format!("rows cannot be read: {error}")))?;
            self.is_read = true;
        }
        Ok(Some(self.line.as_str()).filter(|line| !line.is_empty()))
    }

    /// Goes on to the next line.
    fn pass(&mut self) {
        self.is_read = false;
        self.is_seen = false;
    }

    /// The key of the next line. The keys that are looked at have to ascend: where a row is taken for missing in one table and for surplus in the
    /// other, as the tables are not in the order of `key`, the later one of its two lines comes after one with a greater key.
    fn key(&mut self, key: &Key<'_>) -> Result<Option<Vec<Value>>, Failure> {
        let Some(line) = self.peek()? else {
            return Ok(None);
        };
        let values = key.of(&parsed(line)?);
        let before = self.before.as_ref().filter(|_| !self.is_seen);
        if before.is_some_and(|before| key.order(before, &values) != Ordering::Less) {
            return Err(key.unordered());
        }
        self.before = Some(values.clone());
        self.is_seen = true;
        Ok(Some(values))
    }
}

/// The key of a table.
struct Key<'t> {
    table: &'t str,
    columns: Vec<&'t DataColumn>,
    /// All columns of the other table, which say what it keeps of a value.
    kept: &'t [DataColumn],
}

impl<'t> Key<'t> {
    fn of_pair(pair: &'t Pair<'_>) -> Result<Self, Failure> {
        let places = pair.from.data.key().iter();
        let columns: Vec<&DataColumn> = places.map(|&at| &pair.from.data.columns()[at]).collect();
        let key = Self {
            table: pair.name(),
            columns,
            kept: pair.to.data.columns(),
        };
        key.ensure_comparable()?;
        Ok(key)
    }

    fn ensure_comparable(&self) -> Result<(), Failure> {
        let table = self.table;
        if self.columns.is_empty() {
            return Err(Failure::new(format!(
                "table `{table}` has no primary key, so its rows cannot be compared one by one"
            )));
        }
        let is_odd = |column: &&&DataColumn| {
            !matches!(
                column.value,
                ValueType::Boolean
                    | ValueType::Integer
                    | ValueType::Unsigned
                    | ValueType::Text
                    | ValueType::Bytes
                    | ValueType::Date
                    | ValueType::Time
                    | ValueType::DateTime
                    | ValueType::Timestamp
                    | ValueType::Uuid
            )
        };
        match self.columns.iter().find(is_odd) {
            None => Ok(()),
            Some(column) => Err(Failure::new(format!(
                "table `{table}` cannot be compared: `{}` of its key is a {}, which databases have in no one order",
                column.name, column.value
            ))),
        }
    }

    fn of(&self, row: &Map<String, Value>) -> Vec<Value> {
        let value = |column: &&DataColumn| row.get(&column.name).cloned().unwrap_or_default();
        self.columns.iter().map(value).collect()
    }

    fn order(&self, one: &[Value], other: &[Value]) -> Ordering {
        let orders = one.iter().zip(other).map(|(one, other)| order(one, other));
        orders.fold(Ordering::Equal, Ordering::then)
    }

    fn unordered(&self) -> Failure {
        let failure = Failure::new(format!(
            "table `{}` cannot be compared: an engine has its keys in another order than that of their values",
            self.table
        ));
        failure.help("give text columns of its key a binary collation, and store keys in SQLite in one form, as bindery does")
    }
}

fn order(one: &Value, other: &Value) -> Ordering {
    let integer = |value: &Value| {
        let signed = value.as_i64().map(i128::from);
        signed.or_else(|| value.as_u64().map(i128::from))
    };
    match (one, other) {
        (Value::Number(_), Value::Number(_)) => integer(one).cmp(&integer(other)),
        (Value::String(one), Value::String(other)) => {
            one.trim_end_matches('Z').cmp(other.trim_end_matches('Z'))
        }
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}

fn parsed(line: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_str(line).map_err(|error| Failure::new(format!("a row is not JSON: {error}")))
}

/// Goes through both tables. Lines that are equal are not parsed.
pub(crate) fn compare<R: BufRead>(
    (mut from, mut to): (Lines<R>, Lines<R>),
    pair: &Pair<'_>,
    held: Held,
) -> Result<Found, Failure> {
    let key = Key::of_pair(pair)?;
    let mut found = Found {
        held,
        ..Found::default()
    };
    loop {
        let order = match (from.peek()?, to.peek()?) {
            (None, None) => return Ok(found),
            (Some(here), Some(there)) if here == there => {
                found.same += 1;
                Ordering::Equal
            }
            _ => differing(&key, (&mut from, &mut to), &mut found)?,
        };
        if order != Ordering::Greater {
            from.pass();
        }
        if order != Ordering::Less {
            to.pass();
        }
    }
}

/// Judges two lines that are not equal: rows of one key, or of two, or one after the end of the other table.
fn differing<R: BufRead>(
    key: &Key<'_>,
    (from, to): (&mut Lines<R>, &mut Lines<R>),
    found: &mut Found,
) -> Result<Ordering, Failure> {
    let (here, there) = (from.key(key)?, to.key(key)?);
    let order = match (&here, &there) {
        (Some(here), Some(there)) => key.order(here, there),
        (Some(_), None) => Ordering::Less,
        (None, _) => Ordering::Greater,
    };
    let kind = match order {
        // Numbers, times and JSON in another form are equal.
        Ordering::Equal if is_same_row(key.kept, &from.line, &to.line) => {
            found.same += 1;
            return Ok(order);
        }
        Ordering::Equal => DifferenceKind::Different,
        Ordering::Less => DifferenceKind::Missing,
        Ordering::Greater => DifferenceKind::Surplus,
    };
    found.note(
        key,
        kind,
        here.filter(|_| order != Ordering::Greater)
            .or(there)
            .unwrap_or_default(),
    );
    Ok(order)
}
