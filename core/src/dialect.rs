//! The SQL families bindery speaks, and how each writes names, constants and placeholders. What a dialect can hold is the
//! schema compiler's.

mod function;
mod integer;
mod lock;
mod mysql;
mod postgres;
mod query;
mod sqlite;

use std::fmt;

pub use function::{Function, ValueKind};
pub use integer::IntegerKind;
pub use lock::RowLock;
pub use query::{ListForm, ListKind, Lists, QuerySyntax, ReadsOfChanged, SearchPart, TextSearch};

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

/// The capabilities of a dialect, as data. There is no default: a new field must be answered for every dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// `INSERT … RETURNING` gives the new row back.
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
    /// Columns may be arrays.
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
    /// PRIMARY KEY stands at the column where it auto-increments, not after the columns.
    pub counted_key_at_column: bool,
    /// Foreign keys refer to primary and unique keys only.
    pub refers_to_keys_only: bool,
    /// Makes an index for each foreign key by itself.
    pub indexes_foreign_keys: bool,
    /// A column the database counts must lead a key that is made with the table.
    pub counted_column_needs_key: bool,
    /// `PERIOD FOR`, `WITH SYSTEM VERSIONING`.
    pub periods: bool,
    /// `lower` and `upper` know more letters than A to Z in tables of several dialects, which compare texts by bytes.
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

/// How a dialect writes what every statement holds, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// The quote around names.
    pub(crate) identifier_quote: char,
    /// A backslash in a text constant starts an escape.
    pub(crate) backslash_escapes: bool,
    /// The text before the hexadecimal digits of a constant of bytes, its quote included.
    pub(crate) bytes_prefix: &'static str,
    /// Placeholders are numbered (`$1`) rather than `?`.
    pub(crate) numbered_placeholders: bool,
    /// Follows the table's name where an INSERT gives no column a value.
    pub(crate) no_values: &'static str,
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

    /// Returns its capabilities. A flavour counts for `mysql` only.
    pub fn capabilities(self, flavour: Option<Flavour>) -> Capabilities {
        match self {
            Self::Sqlite => sqlite::capabilities(),
            Self::Postgres => postgres::capabilities(),
            Self::Mysql => mysql::capabilities(flavour),
        }
    }

    /// Returns how it writes names, constants and placeholders.
    pub(crate) const fn spelling(self) -> Spelling {
        match self {
            Self::Sqlite => sqlite::SPELLING,
            Self::Postgres => postgres::SPELLING,
            Self::Mysql => mysql::SPELLING,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
