//! The SQL families bindery speaks. What differs between them is data or a method in that dialect's own file.

mod compared;
mod default;
mod expression;
#[cfg(feature = "parse")]
mod extension;
mod limit;
mod mysql;
mod place;
mod postgres;
mod sqlite;

use std::fmt;

use crate::column_type::ColumnType;
use crate::model::{Engine, ForeignKey, Table};
use crate::portable::Function;

pub(crate) use self::default::default_sql;
pub(crate) use self::expression::{expression_remark, expression_sql};
#[cfg(feature = "parse")]
pub(crate) use self::extension::extension_words;
pub(crate) use self::limit::{
    Limits, check_fits, declared_size, default_fits, key_fits, table_fits,
};
pub use self::place::ColumnPlace;
pub(crate) use self::place::is_own;

/// The SQL family an engine speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// SQLite 3.35 and later.
    Sqlite,
    /// PostgreSQL 12 and later.
    Postgres,
    /// MySQL 8 and MariaDB 10.5 and later, as far as both run the same text; see [`Flavour`].
    Mysql,
}

/// Which of two products a `mysql` engine is; without one only SQL that both run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavour {
    /// MariaDB: `INSERT … RETURNING` and more.
    Mariadb,
    /// MySQL proper.
    Mysql,
}

/// What a dialect can do, as data. There is no default: a new field must be answered for every dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// `INSERT … RETURNING`.
    pub returning: bool,
    /// The longest name.
    pub identifier_limit: IdentifierLimit,
    /// Names of tables that differ in case only are one name.
    pub folds_table_names: bool,
    /// Names of columns that differ in case only are one name.
    pub folds_column_names: bool,
    /// Placeholders in one statement.
    pub max_parameters: usize,
    /// CREATE TABLE can be rolled back.
    pub transactional_ddl: bool,
    /// CREATE TYPE … AS ENUM.
    pub enum_types: bool,
    /// Array columns.
    pub arrays: bool,
    /// CREATE INDEX … WHERE.
    pub partial_indexes: bool,
    /// CREATE INDEX … ((expression)).
    pub expression_indexes: bool,
    /// Indexes are made with the table.
    pub indexes_in_table: bool,
    /// Comments stand in CREATE TABLE, rather than in statements of their own.
    pub comments_in_table: bool,
    /// Names of indexes are of a table, not of the whole database.
    pub index_names_per_table: bool,
    /// Foreign keys can be added to a table that exists; else a CREATE TABLE may refer to a later one.
    pub adds_foreign_keys: bool,
    /// DEFERRABLE foreign keys.
    pub deferrable_foreign_keys: bool,
    /// DEFERRABLE unique constraints.
    pub deferrable_uniques: bool,
    /// UNIQUE NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// ON DELETE SET DEFAULT.
    pub set_default: bool,
    /// Two equal keys of one CREATE TABLE become one.
    pub merges_equal_keys: bool,
    /// SET NULL is for columns that may be NULL.
    pub set_null_needs_null: bool,
    /// Tables in schemas of a database.
    pub schemas: bool,
    /// Computed columns may be NOT NULL.
    pub computed_not_null: bool,
    /// Computed columns need not be stored.
    pub virtual_columns: bool,
    /// ON UPDATE CURRENT_TIMESTAMP.
    pub on_update_now: bool,
    /// PRIMARY KEY stands at the column where the database counts it, not behind the columns.
    pub counted_key_at_column: bool,
    /// Foreign keys refer to primary and unique keys only.
    pub refers_to_keys_only: bool,
    /// Makes an index for each foreign key by itself.
    pub indexes_foreign_keys: bool,
    /// A column the database counts must lead a key that is made with the table.
    pub counted_column_needs_key: bool,
    /// `PERIOD FOR`, `WITH SYSTEM VERSIONING`.
    pub periods: bool,
    /// `lower` and `upper` know more letters than A to Z.
    pub changes_case_of_all_letters: bool,
}

/// The longest name a dialect takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierLimit {
    /// No limit of its own.
    None,
    /// In bytes; longer ones are cut off in silence.
    Bytes(usize),
    /// In characters; longer ones are refused.
    Characters(usize),
}

/// What a dialect cannot hold or do, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Of its page.
    pub code: &'static str,
    /// One sentence without a full stop; does not name the engine.
    pub message: String,
    /// What can be typed instead.
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
    /// The type.
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

/// What each dialect answers for itself. One implementation per file of this folder.
pub(crate) trait Rules {
    /// What it can do.
    fn capabilities(&self, flavour: Option<Flavour>) -> Capabilities;

    /// The quote around names.
    fn identifier_quote(&self) -> char;

    /// Why a table, column or type cannot have this name; `None` where it can.
    fn impossible_name(&self, name: &str) -> Option<&'static str>;

    /// Does a backslash in a text constant start an escape?
    fn backslash_escapes(&self) -> bool;

    /// What stands before the hexadecimal digits of a constant of bytes, its quote included.
    fn bytes_prefix(&self) -> &'static str;

    /// Are placeholders numbered (`$1`) rather than `?`?
    fn numbered_placeholders(&self) -> bool;

    /// What its types can say.
    fn limits(&self, flavour: Option<Flavour>) -> Limits;

    /// The type of a column, without loss.
    fn declare(&self, place: ColumnPlace<'_>) -> Result<Declaration, Refusal>;

    /// What to declare a column with that is written in this dialect, where its type is not one of all the products that
    /// speak it.
    fn type_of_flavour(&self, sql_type: &str, flavour: Option<Flavour>) -> Option<String>;

    /// May a foreign key lead from a column that is written in this dialect to the other, as far as their types go?
    fn compares(&self, child: ColumnPlace<'_>, parent: ColumnPlace<'_>) -> bool;

    /// What makes the database count a key: words behind the type. Refused where it cannot count this one.
    fn counted(&self, place: ColumnPlace<'_>, always: bool) -> Result<&'static str, Refusal>;

    /// The constant of a truth value.
    fn bool_literal(&self, value: bool) -> &'static str;

    /// The present moment, day or time as a default.
    fn now(&self, moment: Moment) -> String;

    /// The present moment or day as an UPDATE sets it: in UTC, and as the runtime writes such a value.
    fn present(&self, moment: Moment) -> String;

    /// Behind the name of a column: a key that the database counts, for helps.
    fn counted_key(&self) -> &'static str;

    /// Behind the table's name where an INSERT gives no column a value.
    fn no_values(&self) -> &'static str;

    /// Behind a column of a type the model has no word for, where its text form is to be read.
    fn text_form(&self) -> &'static str;

    /// Words of an INSERT that gives a value to a key which is always counted.
    fn overriding(&self) -> &'static str;

    /// A random UUID as a default.
    fn random_uuid(&self) -> &'static str;

    /// What stands before and behind the arguments of a function.
    fn function(&self, function: Function) -> (&'static str, &'static str);

    /// What stands before, between and behind texts that follow one another.
    fn concatenation(&self) -> (&'static str, &'static str, &'static str);

    /// LIKE where letter case counts: the operator, and its form of a pattern in which `\` stands before a sign that
    /// means itself.
    fn like(&self, pattern: &str) -> (&'static str, String);

    /// What makes the day of a date and time.
    fn day_of(&self) -> (&'static str, &'static str);

    /// Does a constant default of such a column need parentheses?
    fn wraps_default(&self, column_type: &ColumnType) -> bool;

    /// Words behind the closing parenthesis of CREATE TABLE.
    fn table_options(&self, table: &Table, flavour: Option<Flavour>) -> String;

    /// The same of a table that is written in this dialect, but for those it says itself.
    fn native_options(&self, table: &Table) -> String;

    /// Must a column that may be NULL say so?
    fn says_null(&self, place: ColumnPlace<'_>) -> bool;

    /// May the column be part of a key or a unique index as it is?
    fn key_column(&self, place: ColumnPlace<'_>) -> Result<(), Refusal>;

    /// The prefix of a column in an index that is not unique, where one is needed.
    fn index_prefix(&self, place: ColumnPlace<'_>) -> Option<u32>;

    /// Are the columns of the table, or of one index, too long together?
    fn size(&self, columns: &[ColumnPlace<'_>], what: SizeOf) -> Result<(), Refusal>;

    /// The same of a row whose table is made as it is written: what no such row fits, whatever its database says.
    fn own_row(&self, columns: &[ColumnPlace<'_>]) -> Result<(), Refusal>;

    /// Is such an index made here, as far as its method goes?
    fn index_method(&self, method: &str) -> IndexMethod;

    /// Statements around a DROP TABLE that is referred to by tables which are dropped later.
    fn drop_in_circle(
        &self,
        table: &Table,
        referring: &[(&Table, &ForeignKey, String)],
        drop: String,
    ) -> Vec<String>;
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

/// What [`Rules::now`] is asked for, with the digits of a fraction of a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Moment {
    /// Today.
    Date,
    /// The time of day.
    Time(u8),
    /// Both.
    DateTime(u8),
}

/// What [`Rules::size`] looks at.
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
    /// `USING method`.
    Using,
    /// A word before INDEX (`FULLTEXT`).
    Kind,
    /// Not here.
    Unknown,
}

impl Dialect {
    /// All dialects, in the order of the docs.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name in configuration and annotations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    /// The name in sentences.
    pub const fn product(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL",
        }
    }

    /// What it can do. A flavour counts for `mysql` only.
    pub fn capabilities(self, flavour: Option<Flavour>) -> Capabilities {
        self.rules().capabilities(flavour)
    }

    pub(crate) fn rules(self) -> &'static dyn Rules {
        match self {
            Self::Sqlite => &sqlite::Sqlite,
            Self::Postgres => &postgres::Postgres,
            Self::Mysql => &mysql::Mysql,
        }
    }
}

impl Engine {
    /// What this engine can do.
    pub fn capabilities(&self) -> Capabilities {
        self.dialect.capabilities(self.flavour)
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
