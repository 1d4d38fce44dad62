//! The SQL families bindery speaks. What differs between them is data or a method in that dialect's own file.

mod compared;
mod default;
mod expression;
mod extension;
mod limit;
mod mysql;
mod place;
mod postgres;
mod sqlite;

use crate::column_type::ColumnType;
use crate::model::{ForeignKey, Table};
use crate::portable::Function;

pub(crate) use self::default::default_sql;
pub(crate) use self::expression::{expression_remark, expression_sql};
pub(crate) use self::extension::extension_words;
pub(crate) use self::limit::{
    Limits, check_fits, declared_size, default_fits, key_fits, refused as past_limit, table_fits,
};
pub use self::place::ColumnPlace;
pub(crate) use self::place::is_own;
pub use bindery_core::dialect::{Capabilities, Dialect, Flavour, IdentifierLimit};

/// A construct that a dialect cannot hold or do, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Of its page.
    pub code: &'static str,
    /// One sentence without a full stop; does not name the engine.
    pub message: String,
    /// The text to type in instead.
    pub help: String,
}

impl Refusal {
    pub(crate) fn new(
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// How a column is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The type as it is written in DDL.
    pub type_sql: String,
    /// A condition that keeps the type's range, for a CHECK.
    pub check: Option<String>,
}

impl Declaration {
    pub(crate) fn plain(type_sql: impl Into<String>) -> Self {
        Self {
            type_sql: type_sql.into(),
            check: None,
        }
    }

    pub(crate) fn checked(type_sql: impl Into<String>, check: String) -> Self {
        Self {
            type_sql: type_sql.into(),
            check: Some(check),
        }
    }
}

/// The rules that each dialect implements. One implementation per file of this folder.
pub(crate) trait Rules {
    /// Why a table, column or type cannot have this name; `None` where it can.
    fn impossible_name(&self, name: &str) -> Option<&'static str>;

    /// Returns the limits of its types.
    fn limits(&self, flavour: Option<Flavour>) -> Limits;

    /// Returns how the catalogue names the type of a computed value, without a length.
    fn computed(&self, column_type: &ColumnType) -> &'static str;

    /// The type of a column, without loss.
    fn declare(&self, place: ColumnPlace<'_>) -> Result<Declaration, Refusal>;

    /// Returns the declaration of a column that is written in this dialect, where its type is not one of all the
    /// products that speak it.
    fn type_of_flavour(&self, sql_type: &str, flavour: Option<Flavour>) -> Option<String>;

    /// Whether a foreign key may lead from a column that is written in this dialect to the other, as far as their types go.
    fn compares(&self, child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool;

    /// Returns the words after the type that make a key auto-increment. Refused where this column cannot.
    fn counted(&self, place: ColumnPlace<'_>, always: bool) -> Result<&'static str, Refusal>;

    /// The constant of a boolean.
    fn bool_literal(&self, value: bool) -> &'static str;

    /// The present moment, day or time as a default.
    fn now(&self, moment: Moment) -> String;

    /// The present moment or day as an UPDATE sets it: in UTC, and as the runtime writes such a value.
    fn present(&self, moment: Moment) -> String;

    /// After the name of a column: a key that auto-increments, for helps.
    fn counted_key(&self) -> &'static str;

    /// After a column of a type the model has no word for, where its text form is to be read.
    fn text_form(&self) -> &'static str;

    /// After the type of a column: the collation by which texts are compared byte by byte, where the type alone leaves that to
    /// the database.
    fn bytewise(&self, type_sql: &str) -> &'static str;

    /// Words of an INSERT that gives a value to a key which is always counted.
    fn overriding(&self) -> &'static str;

    /// A random UUID as a default.
    fn random_uuid(&self) -> &'static str;

    /// Returns the text before and after the arguments of a function.
    fn function(&self, function: Function) -> (&'static str, &'static str);

    /// Returns the text before, between and after the operands of a string concatenation.
    fn concatenation(&self) -> (&'static str, &'static str, &'static str);

    /// LIKE where letter case counts: the operator, and its form of a pattern in which `\` stands before a character
    /// that means itself.
    fn like(&self, pattern: &str) -> (&'static str, String);

    /// Returns the text around a date and time that takes its day.
    fn day_of(&self) -> (&'static str, &'static str);

    /// Whether a constant default of such a column needs parentheses.
    fn wraps_default(&self, column_type: &ColumnType) -> bool;

    /// Words after the closing parenthesis of CREATE TABLE.
    fn table_options(&self, table: &Table, flavour: Option<Flavour>) -> String;

    /// The same of a table that is written in this dialect, but for those it says itself.
    fn native_options(&self, table: &Table) -> String;

    /// Whether a column that may be NULL must say so.
    fn says_null(&self, place: ColumnPlace<'_>) -> bool;

    /// Rejects a column that cannot be part of a key or a unique index as it is.
    fn key_column(&self, place: ColumnPlace<'_>) -> Result<(), Refusal>;

    /// The prefix of a column in an index that is not unique, where one is needed.
    fn index_prefix(&self, place: ColumnPlace<'_>) -> Option<u32>;

    /// Rejects columns of a table, or of one index, that are too long together.
    fn size(&self, columns: &[ColumnPlace<'_>], what: SizeOf) -> Result<(), Refusal>;

    /// The same of a row whose table is made as it is written: what no such row fits, whatever its database says.
    fn own_row(&self, columns: &[ColumnPlace<'_>]) -> Result<(), Refusal>;

    /// How such an index is made here, as far as its method goes.
    fn index_method(&self, method: &str) -> IndexMethod;

    /// Statements around a DROP TABLE that is referred to by tables which are dropped later.
    fn drop_in_circle(
        &self,
        table: &Table,
        referring: &[(&Table, &ForeignKey, String)],
        drop: String,
    ) -> Vec<String>;
}

/// A type that the dialect has no name for, and no words of its own why not.
fn no_such_type(place: ColumnPlace<'_>, dialect: Dialect) -> Refusal {
    let column = place.column();
    let message = format!(
        "`{}` is `{}`, and {} has no such type",
        column.name,
        column.sql_type,
        dialect.product()
    );
    Refusal::new("B0210", message, "keep its text form in a `VARCHAR(255)`")
}

/// A part of a table that the dialect has no words for.
pub(crate) fn lacks(dialect: Dialect, what: &str, help: impl Into<String>) -> Refusal {
    let message = format!("{} has no such thing as {what}", dialect.product());
    Refusal::new("B0217", message, help)
}

/// Why no database takes a name.
fn empty_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if name.contains('\0') {
        Some("it holds a NUL character")
    } else {
        None
    }
}

/// The precision that [`Rules::now`] takes, with the digits of a fraction of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Moment {
    /// The current day.
    Date,
    /// The time of day.
    Time(u8),
    /// Day and time, with this number of digits after the point.
    DateTime(u8),
}

/// The sizes that [`Rules::size`] limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SizeOf {
    /// A row of the table.
    Row,
    /// An entry of an index or key.
    Index,
}

/// How an index method is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IndexMethod {
    /// As the usual kind: nothing is written.
    Usual,
    /// Made with `USING method`.
    Using,
    /// A word before INDEX (`FULLTEXT`).
    Kind,
    /// The dialect does not have it.
    Unknown,
}

/// The knowledge of this compiler about a dialect.
/// Returns how the catalogue of a database names the type of a value of this type that it computes, without a length.
pub fn computed_type(dialect: Dialect, column_type: &ColumnType) -> &'static str {
    dialect.rules().computed(column_type)
}

pub(crate) trait DialectRules {
    /// Returns the rules that it implements.
    fn rules(self) -> &'static dyn Rules;
}

impl DialectRules for Dialect {
    fn rules(self) -> &'static dyn Rules {
        match self {
            Self::Sqlite => &sqlite::Sqlite,
            Self::Postgres => &postgres::Postgres,
            Self::Mysql => &mysql::Mysql,
        }
    }
}
