//! One finding of a comparison: where, what, expected and found.

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{EnumShape, ObjectShape};
use bindery_schema::model::TableName;
use serde::Serialize;

use super::text::has_same_parts;

/// A thing that is not as the schema says; `cli/JSON.md` documents it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    /// The table or view, or the type or sequence itself.
    table: String,
    /// Of a column, and of a key with one.
    column: Option<String>,
    /// `type`, `default`, `index`.
    what: &'static str,
    /// The text of the schema; `None` where it has none.
    expected: Option<String>,
    /// That of the database.
    found: Option<String>,
}

impl Finding {
    pub(super) fn of_table(
        what: &'static str,
        table: &TableName,
        expected: Option<String>,
        found: Option<String>,
    ) -> Self {
        Self {
            table: table.to_string(),
            column: None,
            what,
            expected,
            found,
        }
    }

    pub(super) fn column(
        what: &'static str,
        table: &TableName,
        column: &str,
        expected: Option<String>,
        found: Option<String>,
    ) -> Self {
        let column = Some(column.to_owned());
        Self {
            column,
            ..Self::of_table(what, table, expected, found)
        }
    }

    /// The columns of a key.
    pub(super) fn of_columns(self, columns: &[String]) -> Self {
        let column = (!columns.is_empty()).then(|| columns.join(", "));
        Self { column, ..self }
    }

    pub(super) fn missing(what: &'static str, name: &TableName) -> Self {
        Self::of_table(what, name, Some(what.to_owned()), None)
    }

    pub(super) fn extra(what: &'static str, name: &TableName) -> Self {
        Self::of_table(what, name, None, Some(what.to_owned()))
    }

    pub(super) fn missing_object(object: &ObjectShape) -> Self {
        Self::of_table(
            word(object),
            &object.name,
            Some(word(object).to_owned()),
            None,
        )
    }

    pub(super) fn extra_object(object: &ObjectShape) -> Self {
        Self::of_table(
            word(object),
            &object.name,
            None,
            Some(word(object).to_owned()),
        )
    }

    pub(super) fn object(expected: &ObjectShape, found: &ObjectShape) -> Self {
        let text = |object: &ObjectShape| Some(object.create.join("; "));
        Self::of_table(word(expected), &expected.name, text(expected), text(found))
    }

    pub(super) fn enum_type(found: Option<&EnumShape>, expected: Option<&EnumShape>) -> Self {
        let name = expected
            .or(found)
            .map_or(String::new(), |one| one.name.to_string());
        let values = |one: &EnumShape| one.values.join(", ");
        Self {
            table: name,
            column: None,
            what: "enum",
            expected: expected.map(values),
            found: found.map(values),
        }
    }

    /// Are both texts of the same names, numbers and texts, so that one may be the other as a server writes it?
    pub(super) fn may_be_the_same(&self, dialect: Dialect) -> bool {
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => has_same_parts(expected, found, dialect),
            (Some(_), None) | (None, Some(_)) | (None, None) => false,
        }
    }

    /// `posts.title`.
    pub(crate) fn place(&self) -> String {
        match &self.column {
            Some(column) => format!("{}.{column}", self.table),
            None => self.table.clone(),
        }
    }

    /// The first word of its line.
    pub(crate) fn word(&self) -> &'static str {
        if self.found.is_none() && self.is_whole() {
            "missing"
        } else {
            "differs"
        }
    }

    /// Is it about a thing as a whole, rather than one respect of a thing?
    fn is_whole(&self) -> bool {
        !matches!(
            self.what,
            "type"
                | "null"
                | "default"
                | "generated"
                | "collation"
                | "words"
                | "comment"
                | "options"
                | "name"
                | "query"
        )
    }

    /// The expected and the found, after its place.
    pub(crate) fn texts(&self) -> String {
        let what = self.what;
        let quoted = |text: &Option<String>| match text {
            Some(text) => format!("`{}`", one_line(text)),
            None => "none".to_owned(),
        };
        match (&self.expected, &self.found) {
            (Some(text), None) | (None, Some(text)) if self.is_whole() && text == what => {
                format!(": {what}")
            }
            (Some(_), None) if self.is_whole() => format!(": {what} {}", quoted(&self.expected)),
            (None, Some(_)) if self.is_whole() => format!(": {what} {}", quoted(&self.found)),
            _ => format!(
                ": {what}: expected {}, found {}",
                quoted(&self.expected),
                quoted(&self.found)
            ),
        }
    }
}

fn word(object: &ObjectShape) -> &'static str {
    match object.kind {
        "EXTENSION" => "extension",
        "COLLATION" => "collation object",
        "DOMAIN" => "domain",
        "SEQUENCE" => "sequence",
        "FUNCTION" => "function",
        _ => "type object",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
