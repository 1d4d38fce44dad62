//! Which column of which table an error is about.

use std::fmt;

use super::kind::fmt_misfit;
use super::{Error, ErrorKind};

/// A column, by names without quotes.
#[derive(Debug)]
pub(super) struct ColumnName {
    table: String,
    column: String,
}

impl Error {
    /// The table, where the error is about a column or a constraint of one, or about reading all of its rows.
    pub fn table(&self) -> Option<&str> {
        let told = || self.violated()?.table.as_deref();
        let named = self.0.column.as_ref().map(|name| name.table.as_str());
        named.or_else(told).or(self.0.table.as_deref())
    }

    /// The column of a value that cannot be written or read, or that a constraint refuses, where it is known. That of a value
    /// that was refused before anything was sent is; not every database reports that for a constraint.
    pub fn column(&self) -> Option<&str> {
        let told = || self.violated()?.column.as_deref();
        let named = self.0.column.as_ref().map(|name| name.column.as_str());
        named.or_else(told)
    }

    /// A value for this column of a table was refused, unless the column is known already.
    #[must_use]
    pub(crate) fn of_column(mut self, table: &str, columns: &[&str], column: usize) -> Self {
        let Some(written) = columns.get(column) else {
            return self;
        };
        let (table, column) = (unquoted(table), unquoted(written));
        if let ErrorKind::ValueOutOfRange(constraint) = &mut self.0.kind {
            constraint.table.get_or_insert(table);
            constraint.column.get_or_insert(column);
        } else {
            let name = ColumnName { table, column };
            self.0.column.get_or_insert(name);
        }
        self
    }

    /// Names the column of a value that could not be read from a row of this table.
    #[must_use]
    pub(crate) fn of_row_of(self, table: &str, columns: &[&str]) -> Self {
        let ErrorKind::Decode { column, .. } = self.0.kind else {
            return self;
        };
        self.of_column(table, columns, column)
    }

    /// Names the column of a value that could not be read, where `names` are those of the type that reads it.
    #[must_use]
    pub(crate) fn of_named(mut self, row: &str, names: &[&str]) -> Self {
        if let ErrorKind::Decode { column, .. } = self.0.kind
            && let Some(name) = names.get(column)
        {
            self.0.column.get_or_insert(ColumnName {
                table: row.to_owned(),
                column: (*name).to_owned(),
            });
        }
        self
    }

    /// The reason with the column, without the place at which it came up.
    #[cfg(feature = "sync")]
    #[doc(hidden)]
    pub fn reason(&self) -> String {
        struct What<'e>(&'e Error);
        impl fmt::Display for What<'_> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt_what(out)
            }
        }
        #[cfg(feature = "data")]
        if let Some(refusal) = self.refusal() {
            return refusal.reason();
        }
        What(self).to_string()
    }

    /// Writes the reason, and the column.
    pub(super) fn fmt_what(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(ColumnName { table, column }) = &self.0.column else {
            return write!(out, "{}", self.0.kind);
        };
        write!(out, "column `{column}` of `{table}`")?;
        if let ErrorKind::Decode {
            expected, is_null, ..
        } = &self.0.kind
        {
            fmt_misfit(out, expected, *is_null)
        } else {
            write!(out, ": {}", self.0.kind)
        }
    }
}

/// A name without the quotes it has in statements, where a table's may have a schema's before it.
pub(crate) fn unquoted(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut open = None;
    let mut rest = name.chars().peekable();
    while let Some(char) = rest.next() {
        match open {
            None if matches!(char, '"' | '`') => open = Some(char),
            Some(quote) if char == quote => {
                // A quote within a name is written twice.
                if rest.next_if_eq(&quote).is_some() {
                    plain.push(quote);
                } else {
                    open = None;
                }
            }
            None | Some(_) => plain.push(char),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_quotes_and_nothing_else() {
        for (written, name) in [
            ("users", "users"),
            ("\"users\"", "users"),
            ("`app`.`users`", "app.users"),
            ("\"a.b\".\"c\"\"d\"", "a.b.c\"d"),
            ("`tick``ed`", "tick`ed"),
        ] {
            assert_eq!(unquoted(written), name);
        }
    }
}
