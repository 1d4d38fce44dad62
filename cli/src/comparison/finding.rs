//! One finding of a comparison: where, what, expected and found.

use bindery::__private::{OwnTable, OwnTableState};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{EnumShape, KeyKind, ObjectShape};
use bindery_schema::model::TableName;
use serde::{Serialize, Serializer};

use super::text::may_be_rewritten;

/// The respect in which a database is not as the schema says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FindingKind {
    Table,
    View,
    Column,
    Enum,
    Key(KeyKind),
    /// A sequence, domain or function, by its word.
    Object(&'static str),
    Type,
    Null,
    Default,
    Generated,
    Collation,
    Words,
    Comment,
    Options,
    Name,
    Query,
    /// The rows of a part of a table.
    Partition,
    /// Which servers of a cluster have the rows.
    Distribution,
    Capture,
    /// A table that bindery keeps for itself.
    OwnTable,
}

impl FindingKind {
    /// For messages, and for the member `what` of documents.
    fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::Column => "column",
            Self::Enum => "enum",
            Self::Key(kind) => kind.word(),
            Self::Object(word) => word,
            Self::Type => "type",
            Self::Null => "null",
            Self::Default => "default",
            Self::Generated => "generated",
            Self::Collation => "collation",
            Self::Words => "words",
            Self::Comment => "comment",
            Self::Options => "options",
            Self::Name => "name",
            Self::Query => "query",
            Self::Partition => "partition",
            Self::Distribution => "distribution",
            Self::Capture => "capture",
            Self::OwnTable => "own table",
        }
    }

    /// Whether it is about a thing as a whole, rather than one respect of a thing.
    fn is_whole(self) -> bool {
        match self {
            Self::Table
            | Self::View
            | Self::Column
            | Self::Enum
            | Self::Key(_)
            | Self::Object(_)
            | Self::Capture
            | Self::OwnTable => true,
            Self::Type
            | Self::Null
            | Self::Default
            | Self::Generated
            | Self::Collation
            | Self::Words
            | Self::Comment
            | Self::Options
            | Self::Name
            | Self::Query
            | Self::Partition
            | Self::Distribution => false,
        }
    }
}

impl Serialize for FindingKind {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.word())
    }
}

/// A thing that is not as the schema says; `cli/JSON.md` documents it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    /// The table or view, or the type or sequence itself.
    table: String,
    /// Of a column, and of a key with one.
    column: Option<String>,
    what: FindingKind,
    /// The text of the schema; `None` where it has none.
    expected: Option<String>,
    /// That of the database.
    found: Option<String>,
}

impl Finding {
    pub(super) fn of_table(
        what: FindingKind,
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
        what: FindingKind,
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

    pub(super) fn is_of(&self, table: &str) -> bool {
        self.table == table
    }

    /// The columns of a key.
    pub(super) fn of_columns(self, columns: &[String]) -> Self {
        let column = (!columns.is_empty()).then(|| columns.join(", "));
        Self { column, ..self }
    }

    pub(super) fn missing(what: FindingKind, name: &TableName) -> Self {
        Self::of_table(what, name, Some(what.word().to_owned()), None)
    }

    /// A table of bindery's own that is missing or of an earlier version.
    pub(super) fn own_table(own: &OwnTable) -> Option<Self> {
        let found = match own.state {
            OwnTableState::Present => return None,
            OwnTableState::Missing => None,
            OwnTableState::Older => Some("of an earlier version"),
        };
        let expected = found.map_or(FindingKind::OwnTable.word(), |_| "of this version");
        Some(Self {
            table: own.table.to_owned(),
            column: None,
            what: FindingKind::OwnTable,
            expected: Some(expected.to_owned()),
            found: found.map(str::to_owned),
        })
    }

    /// Whether it is about the name of a key, and nothing that the key does.
    pub(crate) fn is_name(&self) -> bool {
        self.what == FindingKind::Name
    }

    /// Whether it is about a table of bindery's own. No file mends that.
    pub(crate) fn is_own_table(&self) -> bool {
        self.what == FindingKind::OwnTable
    }

    pub(super) fn extra(what: FindingKind, name: &TableName) -> Self {
        Self::of_table(what, name, None, Some(what.word().to_owned()))
    }

    pub(super) fn missing_object(object: &ObjectShape) -> Self {
        Self::of_table(
            FindingKind::Object(object_word(object)),
            &object.name,
            Some(object_word(object).to_owned()),
            None,
        )
    }

    pub(super) fn extra_object(object: &ObjectShape) -> Self {
        Self::of_table(
            FindingKind::Object(object_word(object)),
            &object.name,
            None,
            Some(object_word(object).to_owned()),
        )
    }

    pub(super) fn object(expected: &ObjectShape, found: &ObjectShape) -> Self {
        let text = |object: &ObjectShape| Some(object.create.join("; "));
        let what = FindingKind::Object(object_word(expected));
        Self::of_table(what, &expected.name, text(expected), text(found))
    }

    pub(super) fn enum_type(found: Option<&EnumShape>, expected: Option<&EnumShape>) -> Self {
        let name = expected
            .or(found)
            .map_or(String::new(), |one| one.name.to_string());
        let values = |one: &EnumShape| one.values.join(", ");
        Self {
            table: name,
            column: None,
            what: FindingKind::Enum,
            expected: expected.map(values),
            found: found.map(values),
        }
    }

    /// Whether one of both texts may be the other as a server writes it.
    pub(super) fn may_be_the_same(&self, dialect: Dialect) -> bool {
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => may_be_rewritten(expected, found, dialect),
            (Some(_), None) | (None, Some(_)) | (None, None) => false,
        }
    }

    /// The place in the database: `posts.title`.
    pub(crate) fn place(&self) -> String {
        match &self.column {
            Some(column) => format!("{}.{column}", self.table),
            None => self.table.clone(),
        }
    }

    /// The first word of its line.
    pub(crate) fn word(&self) -> &'static str {
        if self.found.is_none() && self.what.is_whole() {
            "missing"
        } else {
            "differs"
        }
    }

    /// The expected and the found, after its place.
    pub(crate) fn texts(&self) -> String {
        let what = self.what.word();
        let quoted = |text: &Option<String>| match text {
            Some(text) => format!("`{}`", one_line(text)),
            None => "none".to_owned(),
        };
        match (&self.expected, &self.found) {
            (Some(text), None) | (None, Some(text)) if self.what.is_whole() && text == what => {
                format!(": {what}")
            }
            (Some(_), None) if self.what.is_whole() => {
                format!(": {what} {}", quoted(&self.expected))
            }
            (None, Some(_)) if self.what.is_whole() => format!(": {what} {}", quoted(&self.found)),
            _ => format!(
                ": {what}: expected {}, found {}",
                quoted(&self.expected),
                quoted(&self.found)
            ),
        }
    }
}

fn object_word(object: &ObjectShape) -> &'static str {
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
