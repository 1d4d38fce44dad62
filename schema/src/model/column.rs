//! Columns: what they hold, in SQL and in Rust, and where their values come from.

use super::{ColumnId, EngineId, NativeColumn, TableId};
use crate::ast::{RedactTag, SerdeTags};
use crate::column_type::{ColumnType, TypeClass};
use crate::json_names::RenameRule;
use crate::portable::Portable;
use crate::source::Span;
use bindery_core::dialect::Dialect;

/// A column of a table or view, with its type and all that annotations say of it.
#[derive(Debug, Clone)]
pub struct Column {
    /// As the database has it, unquoted.
    pub name: String,
    /// The field, `r#type` where it is a keyword.
    pub field: String,
    /// The name in the DDL.
    pub span: Span,
    /// The type in the DDL.
    pub type_span: Span,
    /// As the catalogue of the source dialect spells it (`character varying(40)`, `int(10) unsigned`, `NVARCHAR(160)`).
    pub sql_type: String,
    /// The type of its values.
    pub column_type: ColumnType,
    /// MySQL's `FLOAT(M,D)` and `DOUBLE(M,D)`: digits after the point, past which the server rounds without a word.
    pub float_digits: Option<u32>,
    /// A type that the model has no word for: its own text form is read and written, in its own dialect.
    pub as_text: bool,
    /// Which Rust type the field has.
    pub field_type: FieldType,
    /// May be NULL.
    pub nullable: bool,
    /// `DEFAULT`.
    pub default: Option<Default>,
    /// The source of the value when none is given.
    pub generated: Generated,
    /// Its collation where one is written.
    pub collation: Option<String>,
    /// MySQL `ON UPDATE CURRENT_TIMESTAMP`; on all engines it means what `@updated` does.
    pub on_update_now: bool,
    /// `@version`: every update counts it up, and compares it first.
    pub version: bool,
    /// `@updated`: every update sets it to the current time.
    pub updated: bool,
    /// `@skip`: exists in the table, not in the row.
    pub skip: bool,
    /// `@renamed_from`: the name that migrations know it by.
    pub renamed_from: Option<String>,
    /// `@redact`: what dumps have in place of the values.
    pub redact: Option<RedactTag>,
    /// `@serde`: its form in JSON.
    pub serde: SerdeTags,
    /// `@link`: what it refers to without a foreign key.
    pub link: Option<Link>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// The words of its own dialect only.
    pub native: NativeColumn,
}

impl Column {
    /// Returns how many digits after the point the column keeps, of a number or of seconds, where that is fewer than
    /// its values in Rust can have.
    pub fn fraction_digits(&self) -> Option<u32> {
        self.column_type.fraction_digits().or(self.float_digits)
    }

    /// Returns how many characters a text of the column has at most, on engines that look at it. A type of the database's own that is
    /// written as text has a length of its own.
    pub fn text_length(&self) -> Option<u32> {
        let is_text = self.column_type.class() == TypeClass::Text && !self.as_text;
        self.column_type.length().filter(|_| is_text)
    }

    /// Returns whether SQLite makes a float of numbers in it that have more than 15 digits. Its affinity is NUMERIC then (section 3.1
    /// of SQLite's "Datatypes"): no integer, and not one of our spellings that keep text.
    pub fn is_float_on_sqlite(&self, source: Dialect) -> bool {
        let own = source == Dialect::Sqlite;
        let keeps_text = || self.sql_type.to_ascii_uppercase().contains("TEXT");
        if let ColumnType::Decimal(size) = self.column_type {
            let short = size.is_some_and(|size| size.precision <= FLOAT_DIGITS);
            return if own { !keeps_text() } else { short };
        }
        self.column_type.class() == TypeClass::Json && own && !keeps_text()
    }
}

impl Column {
    /// Returns its name in JSON of rows, which a rule of the file may make.
    pub fn json_name(&self, rule: Option<RenameRule>) -> String {
        let field = self.json_field();
        match (&self.serde.rename, rule) {
            (Some(name), _) => name.text.clone(),
            (None, Some(rule)) => rule.apply(field),
            (None, None) => field.to_owned(),
        }
    }

    /// Returns its name in JSON without a tag and a rule.
    pub(crate) fn json_field(&self) -> &str {
        self.field.trim_start_matches("r#")
    }

    /// Returns whether rows in JSON have it.
    pub fn is_in_json(&self) -> bool {
        !self.skip && self.serde.skip.is_none()
    }
}

/// Decimal digits that a 64-bit float keeps.
pub(crate) const FLOAT_DIGITS: u32 = 15;

/// The Rust type of a field before `Option`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// As [`ColumnType`] defines it.
    Plain,
    /// The key of a model: of this one, or of the one a foreign key or link refers to.
    Key {
        /// The table of the key.
        table: TableId,
        /// On which engine.
        engine: KeyEngine,
    },
    /// `@type`.
    Custom(String),
}

/// The engine parameter of a key type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyEngine {
    /// The target lives on one engine: `UserId`.
    Only,
    /// The engine of the row itself: `BlogId<E>`.
    Same,
    /// One of several, fixed: `BlogId<engine::B>`.
    On(EngineId),
}

/// The source of a column's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Generated {
    /// From the program, or the default.
    No,
    /// The database counts: serial, identity, AUTO_INCREMENT, INTEGER PRIMARY KEY.
    Key {
        /// `GENERATED ALWAYS AS IDENTITY`: the database refuses a given value.
        always: bool,
    },
    /// `GENERATED ALWAYS AS (expression)`: read, never written.
    Computed {
        /// In the source dialect.
        expression: Expression,
        /// Stored or computed on reading.
        stored: bool,
    },
}

/// A default value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Default {
    /// The value itself.
    pub value: DefaultValue,
    /// Its place in the source.
    pub span: Span,
}

/// The kinds of default that can be carried from one dialect to another, and the one that cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// `NULL`.
    Null,
    /// true, false, a boolean column's 0 or 1.
    Bool(bool),
    /// A number as written, with its sign.
    Number(String),
    /// A text, unescaped.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// `CURRENT_TIMESTAMP`, `now()` and their spellings.
    Now,
    /// `CURRENT_DATE`.
    CurrentDate,
    /// `CURRENT_TIME`.
    CurrentTime,
    /// `gen_random_uuid()`, `uuid()`.
    RandomUuid,
    /// Any other expression.
    Expression(Expression),
}

/// An expression kept as text of its source dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// The text as written, without outer parentheses.
    pub sql: String,
    /// Its meaning, where every dialect can write it; else the construct that no other dialect has: "the operator `~`".
    pub portable: Result<Portable, String>,
    /// Its place in the source.
    pub span: Span,
}

/// A reference to a model that no foreign key can hold.
#[derive(Debug, Clone)]
pub struct Link {
    /// The table that it refers to.
    pub table: TableId,
    /// The column that it refers to.
    pub column: ColumnId,
    /// The engine that the referred row is on.
    pub engine: KeyEngine,
    /// The place of the annotation.
    pub span: Span,
}
