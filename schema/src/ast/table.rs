//! `CREATE TABLE`: its columns, their types and options, and its constraints.

use super::{Expression, Name, NativeWords, Notes, ObjectName, TableQuery, TypeName};
use super::{KeyWords, ReferentialAction};
use crate::source::Span;

/// `CREATE TABLE`.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// The name of the table.
    pub name: ObjectName,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// MariaDB `CREATE OR REPLACE`: one that is there is dropped.
    pub or_replace: bool,
    /// Columns in order.
    pub columns: Vec<ColumnDef>,
    /// Constraints and MySQL keys in order.
    pub constraints: Vec<TableConstraint>,
    /// Tables whose columns it takes over: `LIKE`, `INHERITS`.
    pub copies: Vec<Copy>,
    /// MySQL `COMMENT = '…'`.
    pub comment: Option<String>,
    /// MySQL `ENGINE = …`.
    pub storage_engine: Option<Name>,
    /// The words of its own dialect only.
    pub native: NativeWords,
    /// SQLite `STRICT`.
    pub strict: bool,
    /// SQLite `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// Something in it could not be read: what it lacks causes no further errors.
    pub incomplete: bool,
    /// The query that its columns come from.
    pub query: Option<Box<TableQuery>>,
    /// PostgreSQL `OF type`: its columns are that type's, and those written here say what more they are.
    pub of: Option<ObjectName>,
    /// The keeper of its rows.
    pub keeper: Keeper,
    /// Annotations and prose.
    pub notes: Notes,
}

impl CreateTable {
    /// A table of which nothing is known but its name.
    pub(crate) fn named(name: ObjectName, if_not_exists: bool) -> Self {
        Self {
            name,
            if_not_exists,
            or_replace: false,
            columns: Vec::new(),
            constraints: Vec::new(),
            copies: Vec::new(),
            comment: None,
            storage_engine: None,
            native: NativeWords::default(),
            strict: false,
            without_rowid: false,
            incomplete: false,
            query: None,
            of: None,
            keeper: Keeper::Database,
            notes: Notes::default(),
        }
    }
}

/// The keeper of a table's rows. bindery creates tables of the database itself only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// The database itself.
    Database,
    /// A foreign server.
    Foreign,
    /// A module of SQLite, in tables of its own.
    Virtual,
    /// SQLite's FTS5, which is such a module.
    FullText,
}

/// Columns taken over from another table.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The table that columns are taken over from.
    pub table: ObjectName,
    /// How many own columns stand before them.
    pub position: usize,
    /// The parts that are copied beside names, types and `NOT NULL`.
    pub including: Including,
    /// `INHERITS`: an own column of the name is the same column.
    pub parent: bool,
}

/// The parts that `LIKE` copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Including {
    /// `INCLUDING DEFAULTS`.
    pub defaults: bool,
    /// Computed columns as such.
    pub generated: bool,
    /// Counted columns as such.
    pub identity: bool,
    /// Keys, uniques and indexes.
    pub indexes: bool,
    /// `INCLUDING CONSTRAINTS`: its checks.
    pub checks: bool,
    /// `INCLUDING COMMENTS`.
    pub comments: bool,
}

impl Including {
    /// Everything, or nothing.
    pub(crate) fn all(all: bool) -> Self {
        Self {
            defaults: all,
            generated: all,
            identity: all,
            indexes: all,
            checks: all,
            comments: all,
        }
    }
}

/// A column with its type and options, as written.
#[derive(Debug, Clone)]
pub struct ColumnDef {
    /// The name of the column.
    pub name: Name,
    /// Its declared type.
    pub type_name: TypeName,
    /// The options after the type.
    pub options: Vec<ColumnOption>,
    /// Annotations and prose.
    pub notes: Notes,
}

/// One option of a column with its place.
#[derive(Debug, Clone)]
pub struct ColumnOption {
    /// `CONSTRAINT name`.
    pub name: Option<Name>,
    /// The option itself.
    pub kind: ColumnOptionKind,
    /// Without the constraint's name.
    pub span: Span,
}

/// The options that may follow a column's type.
#[derive(Debug, Clone)]
pub enum ColumnOptionKind {
    /// `NOT NULL`, with SQLite's `ON CONFLICT`.
    NotNull(Option<String>),
    /// `NULL`.
    Null,
    /// `DEFAULT`.
    Default(Expression),
    /// `PRIMARY KEY`; `descending` is SQLite's `DESC`, which makes no rowid alias.
    PrimaryKey {
        /// SQLite `DESC`.
        descending: bool,
        /// `DEFERRABLE`, and whether initially deferred.
        deferrable: Option<bool>,
        /// How it is kept.
        words: KeyWords,
    },
    /// `AUTOINCREMENT`, `AUTO_INCREMENT`.
    AutoIncrement,
    /// `UNIQUE`.
    Unique(UniqueOptions),
    /// `CHECK`, with what stands after the condition.
    Check(Expression, Vec<String>),
    /// `REFERENCES`.
    References(Reference),
    /// `GENERATED ALWAYS AS (…)`.
    Computed {
        /// The expression that computes the value.
        expression: Expression,
        /// `STORED`, `PERSISTENT`: the value is stored with the row, and not computed where it is read.
        stored: bool,
    },
    /// `GENERATED … AS IDENTITY`.
    Identity {
        /// `ALWAYS` rather than `BY DEFAULT`.
        always: bool,
        /// How it counts.
        options: IdentityOptions,
    },
    /// `COLLATE`.
    Collate(ObjectName),
    /// `ON UPDATE CURRENT_TIMESTAMP`, as written.
    OnUpdateNow(String),
    /// Words that belong to the type: `CHARACTER SET ascii`.
    TypeWords(String),
    /// Other words that only this dialect has: `INVISIBLE`, `STORAGE EXTERNAL`.
    Words(String),
    /// MySQL `COMMENT`.
    Comment(String),
}

/// The options of a unique constraint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UniqueOptions {
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// How it is kept.
    pub words: KeyWords,
}

/// The options in the parentheses after `IDENTITY`; without them it is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityOptions {
    /// `SEQUENCE NAME`.
    pub sequence: Option<ObjectName>,
    /// The others as written: `START WITH 10`.
    pub words: String,
}

/// The right-hand side of a foreign key.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The table that it refers to.
    pub table: ObjectName,
    /// Referred columns; empty means its primary key.
    pub columns: Vec<Name>,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON DELETE SET NULL (a)`: not all of them.
    pub on_delete_columns: Vec<Name>,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// The word after `MATCH`, in capitals.
    pub matching: Option<String>,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// From `REFERENCES` to the end of the columns.
    pub span: Span,
}

/// A table constraint or MySQL key.
#[derive(Debug, Clone)]
pub struct TableConstraint {
    /// `CONSTRAINT name`, or the key's own name.
    pub name: Option<Name>,
    /// The constraint itself.
    pub kind: TableConstraintKind,
    /// PostgreSQL `NOT VALID`: rows that are there are not checked.
    pub not_valid: bool,
    /// The whole constraint.
    pub span: Span,
}

/// The kinds of table constraints.
#[derive(Debug, Clone)]
pub enum TableConstraintKind {
    /// `PRIMARY KEY (…)`.
    PrimaryKey {
        /// The columns and expressions of the key, in order.
        parts: Vec<KeyPart>,
        /// `DEFERRABLE`, and whether initially deferred.
        deferrable: Option<bool>,
        /// How it is kept.
        words: KeyWords,
    },
    /// `UNIQUE (…)`.
    Unique {
        /// The columns and expressions of the key, in order.
        parts: Vec<KeyPart>,
        /// The words after the columns.
        options: UniqueOptions,
    },
    /// PostgreSQL `ADD CONSTRAINT … PRIMARY KEY | UNIQUE USING INDEX name`.
    UsingIndex {
        /// Primary key rather than unique.
        primary: bool,
        /// The name of the index that becomes the constraint.
        index: Name,
        /// The words after the name.
        options: UniqueOptions,
    },
    /// `FOREIGN KEY (…) REFERENCES …`.
    ForeignKey {
        /// The columns that refer, in order.
        columns: Vec<Name>,
        /// The table and columns that they refer to, and the actions.
        reference: Reference,
    },
    /// `CHECK (…)`, with what stands after the condition.
    Check(Expression, Vec<String>),
    /// MySQL `KEY`, `INDEX`, `FULLTEXT`, `SPATIAL`; MariaDB `VECTOR`.
    Index {
        /// The columns and expressions of the index, in order.
        parts: Vec<KeyPart>,
        /// `fulltext`, `hash`, …
        method: Option<String>,
        /// How it is kept.
        words: KeyWords,
    },
    /// PostgreSQL 18 `NOT NULL a`.
    NotNull(Name),
    /// PostgreSQL `EXCLUDE`, as written: it concerns writes only.
    Exclude(Expression),
    /// MariaDB `PERIOD FOR`.
    Period(Period),
}

/// MariaDB `PERIOD FOR name (begin, end)`: two columns of a table that are a span of time.
#[derive(Debug, Clone)]
pub struct Period {
    /// Its name: a column's beside those of the table, or `SYSTEM_TIME`.
    pub name: Name,
    /// Where it begins and where it ends.
    pub columns: [Name; 2],
}

/// One part of a key or index.
#[derive(Debug, Clone)]
pub struct KeyPart {
    /// A column or an expression.
    pub key: PartKey,
    /// MySQL prefix length.
    pub prefix: Option<u32>,
    /// The collation and operator class as written: `COLLATE nocase`, `gin_trgm_ops`.
    pub qualifier: Option<String>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`, `NULLS LAST`.
    pub nulls_first: Option<bool>,
    /// MariaDB `WITHOUT OVERLAPS`: the period that this column is an end of.
    pub period: Option<String>,
    /// The place of the part, with its direction.
    pub span: Span,
}

/// The column or expression that a part orders by.
#[derive(Debug, Clone)]
pub enum PartKey {
    /// The name of a column.
    Column(Name),
    /// Any other expression, in parentheses.
    Expression(Expression),
}
