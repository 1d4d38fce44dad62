//! The one appender of SQL text: quoting, literals, placeholders and lists of one dialect live here and nowhere else.
//!
//! The content, and the types of a dialect, are the matter of `plan` and `dialect`.

use std::fmt::{self, Write};

use crate::dialect::{Dialect, ListForm, ListKind};

/// A table's name with its schema where one is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// `public` is dropped for PostgreSQL.
    pub schema: Option<String>,
    /// The table's own name, unquoted.
    pub name: String,
}

/// `blogs`, or `shop.blogs`: for people, not for SQL.
impl fmt::Display for TableName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(out, "{schema}.")?;
        }
        out.write_str(&self.name)
    }
}

/// Appends SQL text of one dialect.
///
/// ```
/// use bindery_core::dialect::Dialect;
/// use bindery_core::sql_writer::SqlWriter;
/// let mut sql = SqlWriter::new(Dialect::Postgres);
/// sql.push("SELECT ").identifier("na\"me").push(" FROM ").identifier("users").push(" WHERE ").identifier("id").push(" = ").placeholder();
/// assert_eq!(sql.finish(), r#"SELECT "na""me" FROM "users" WHERE "id" = $1"#);
/// ```
#[derive(Debug, Clone)]
pub struct SqlWriter {
    dialect: Dialect,
    text: String,
    placeholders: usize,
    /// The most placeholders that there were: some are fewer while a text is written again.
    most: usize,
}

impl SqlWriter {
    /// An empty text.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            text: String::new(),
            placeholders: 0,
            most: 0,
        }
    }

    /// Returns which dialect it writes.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Text of our own: keywords, operators, blanks.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A name, quoted.
    pub fn identifier(&mut self, name: &str) -> &mut Self {
        let quote = self.dialect.spelling().identifier_quote;
        self.quoted(name, quote);
        self
    }

    /// A table's name, with its schema where it has one.
    pub fn table(&mut self, name: &TableName) -> &mut Self {
        if let Some(schema) = &name.schema {
            self.identifier(schema).push(".");
        }
        self.identifier(&name.name)
    }

    /// A text constant.
    pub fn text_literal(&mut self, value: &str) -> &mut Self {
        if self.dialect.spelling().backslash_escapes {
            self.quoted(&value.replace('\\', "\\\\"), '\'');
        } else {
            self.quoted(value, '\'');
        }
        self
    }

    /// A constant of bytes.
    pub fn bytes_literal(&mut self, value: &[u8]) -> &mut Self {
        self.text.push_str(self.dialect.spelling().bytes_prefix);
        for byte in value {
            write!(self.text, "{byte:02X}").expect("writing to a String cannot fail");
        }
        self.push("'")
    }

    /// The next placeholder.
    pub fn placeholder(&mut self) -> &mut Self {
        self.placeholders += 1;
        let is_written_before = self.placeholders <= self.most;
        self.most = self.most.max(self.placeholders);
        if self.dialect.spelling().numbered_placeholders {
            write!(self.text, "${}", self.placeholders).expect("writing to a String cannot fail");
        } else if is_written_before {
            write!(self.text, "?{}", self.placeholders).expect("writing to a String cannot fail");
        } else {
            self.text.push('?');
        }
        self
    }

    /// After an expression: that it is one of this number of values, in the form in which the dialect takes a list of them.
    pub fn one_of(&mut self, kind: ListKind, count: usize) -> &mut Self {
        match self.dialect.list_form(count) {
            ListForm::Array => self.push(" = ANY(").placeholder(),
            ListForm::Json => {
                let (before, after) = self.dialect.json_values(kind);
                self.push(" IN (").push(before).placeholder().push(after)
            }
            ListForm::Placeholders(places) => return self.one_of_places(places),
        }
        .push(")")
    }

    /// After an expression: that it is one of the values of this number of placeholders.
    pub fn one_of_places(&mut self, places: usize) -> &mut Self {
        self.push(" IN (")
            .list(0..places, ", ", |sql, _| {
                sql.placeholder();
            })
            .push(")")
    }

    /// Returns the number of placeholders so far.
    pub fn placeholders(&self) -> usize {
        self.placeholders
    }

    /// The next placeholder is the one after this number of them: where it was written before, it is the same one with its value.
    /// MySQL cannot refer to one again.
    pub fn number_from(&mut self, placeholders: usize) -> &mut Self {
        self.placeholders = placeholders;
        self
    }

    /// Writes the clause of an INSERT that gives no column a value.
    pub fn no_values(&mut self) -> &mut Self {
        self.push(self.dialect.spelling().no_values)
    }

    /// Items one after the other, with a separator between them.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut item: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, value) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            item(self, value);
        }
        self
    }

    /// Names in quotes, with commas between them.
    pub fn identifiers<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> &mut Self {
        self.list(names, ", ", |sql, name| {
            sql.identifier(name);
        })
    }

    /// Returns the text that was written.
    pub fn finish(self) -> String {
        self.text
    }

    fn quoted(&mut self, text: &str, quote: char) {
        // Hardly a name holds a quote, and build scripts are not optimised.
        if !text.as_bytes().contains(&(quote as u8)) {
            self.text.push(quote);
            self.text.push_str(text);
            self.text.push(quote);
            return;
        }
        self.text.push(quote);
        for letter in text.chars() {
            if letter == quote {
                self.text.push(quote);
            }
            self.text.push(letter);
        }
        self.text.push(quote);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dialect: Dialect, write: impl Fn(&mut SqlWriter)) -> String {
        let mut sql = SqlWriter::new(dialect);
        write(&mut sql);
        sql.finish()
    }

    #[test]
    fn each_dialect_quotes_its_way() {
        let expected = [
            (Dialect::Sqlite, r#""a""`b" 'it''s \' X'00FF' ? ?"#),
            (Dialect::Postgres, r#""a""`b" 'it''s \' '\x00FF' $1 $2"#),
            (Dialect::Mysql, r#"`a"``b` 'it''s \\' X'00FF' ? ?"#),
        ];
        for (dialect, text) in expected {
            let found = written(dialect, |sql| {
                sql.identifier("a\"`b")
                    .push(" ")
                    .text_literal("it's \\")
                    .push(" ")
                    .bytes_literal(&[0, 255]);
                sql.push(" ").placeholder().push(" ").placeholder();
            });
            assert_eq!(found, text);
        }
    }

    #[test]
    fn lists_and_qualified_names() {
        let name = TableName {
            schema: Some("s".to_owned()),
            name: "t".to_owned(),
        };
        let found = written(Dialect::Sqlite, |sql| {
            sql.table(&name).push(" ").identifiers(["a", "b"]);
        });
        assert_eq!(found, r#""s"."t" "a", "b""#);
    }
}
