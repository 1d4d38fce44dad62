//! Sets of named values (MySQL's `SET`), kept as names with commas between them.

use std::collections::BTreeSet;
use std::fmt;

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// A set of names. Which names a column takes is for the database to say.
///
/// ```
/// use bindery::types::StringSet;
///
/// let colours: StringSet = ["red", "blue"].into_iter().collect();
/// assert!(colours.contains("red"));
/// assert_eq!(colours.to_string(), "blue,red");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct StringSet(BTreeSet<String>);

impl StringSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self(BTreeSet::new())
    }

    /// Adds a name; `false` where it was in the set.
    pub fn insert(&mut self, name: impl Into<String>) -> bool {
        self.0.insert(name.into())
    }

    /// Removes a name; `false` where it was not in the set.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name)
    }

    /// Returns whether the name is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The names in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Returns how many names it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether it has no name at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn from_text(text: &str) -> Self {
        // Splitting the text of the empty set would give one empty name.
        let names = text.split(',').filter(|name| !name.is_empty());
        names.collect()
    }
}

impl<S: Into<String>> FromIterator<S> for StringSet {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

/// The names with commas between them.
impl fmt::Display for StringSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.iter().enumerate() {
            if index > 0 {
                out.write_str(",")?;
            }
            out.write_str(name)?;
        }
        Ok(())
    }
}

impl ToColumn for StringSet {
    fn write(&self, params: &mut ParamWriter<'_>) {
        if self
            .iter()
            .any(|name| name.is_empty() || name.contains(','))
        {
            params.refuse("a set cannot hold an empty name or one with a comma");
        } else {
            params.text(&self.to_string());
        }
    }
}

impl FromColumn for StringSet {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.text().map(Self::from_text)
    }
}
