//! The schema after its statements were folded: every table as it stands at the end, names not bound yet.

use crate::lists::IntoVec as _;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::ast::{
    AllowTag, CreateFunction, Expression, IdentityOptions, KeyPart, Name, Notes, ObjectKind,
    ObjectName, Partition, Period, ReadQuery, Reference, TableOption, TypeName, UniqueOptions,
    ViewWords,
};
use crate::ast::{ColumnSetting, KeyWords};
use crate::name::same_name;
use crate::read_as::ReadAs;
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;

/// All files folded together.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// In the order of their statements.
    pub tables: Vec<DraftTable>,
    /// `CREATE TYPE … AS ENUM`.
    pub enums: Vec<DraftEnum>,
    /// `CREATE DOMAIN`.
    pub domains: Vec<DraftDomain>,
    /// Everything else that tables may need, enums and domains among them, in the order of the files.
    pub objects: Vec<DraftObject>,
    /// `CREATE VIEW`.
    pub views: Vec<DraftView>,
    /// The types that functions return, by name in lower case; `None` where those of a name differ.
    pub functions: BTreeMap<String, Option<TypeName>>,
    /// `CREATE FUNCTION`, in the order of the files.
    pub routines: Vec<CreateFunction>,
    /// Names in lower case that are there, or were, without being a table's: views, partitions, dropped tables; for looking
    /// up only.
    pub other_names: HashSet<String>,
    /// Statements passed over, by kind.
    pub skipped: BTreeMap<String, usize>,
    /// Views and the events, all in lower case, for which a trigger or a rule stands in: `insert`, `update`, `delete`.
    pub stood_in: BTreeSet<(String, String)>,
    /// The configurations of the full-text search (PostgreSQL) that it makes, in small letters.
    pub text_searches: BTreeSet<String>,
    /// In which dialect each file was read, and why.
    pub read_as: Vec<(FileId, ReadAs)>,
    /// Files that a tool wrote.
    pub dumps: Vec<FileId>,
    /// `@allow` of heads of files.
    pub allowed: Vec<AllowTag>,
}

impl Draft {
    /// In which dialect a file was read, and why.
    pub(crate) fn read_as(&self, file: FileId) -> Option<&ReadAs> {
        let mut files = self.read_as.iter();
        files.find_map(|(of, read_as)| (*of == file).then_some(read_as))
    }
}

/// Index into [`Draft::tables`].
pub type TableIndex = usize;

/// A table with all that statements did to it, its types not yet known.
#[derive(Debug, Clone)]
pub struct DraftTable {
    /// Its last name.
    pub name: ObjectName,
    /// The place at which it is created.
    pub file: FileId,
    /// The dialect that it is written in.
    pub dialect: Dialect,
    /// Engines by name, with their places where they are tagged; empty: the default engine.
    pub engines: Vec<(String, Option<Span>)>,
    /// The place of `@engines`.
    pub engines_span: Option<Span>,
    /// The columns, in the order of the table.
    pub columns: Vec<DraftColumn>,
    /// The primary key.
    pub primary_key: Option<DraftKey>,
    /// Uniques of columns and tables, and plain unique indexes.
    pub uniques: Vec<DraftUnique>,
    /// All other indexes.
    pub indexes: Vec<DraftIndex>,
    /// Foreign keys.
    pub foreign_keys: Vec<DraftForeignKey>,
    /// Checks.
    pub checks: Vec<DraftCheck>,
    /// `COMMENT`, `COMMENT ON TABLE`.
    pub comment: Option<String>,
    /// MySQL `ENGINE = …`.
    pub storage_engine: Option<Name>,
    /// The words of its own dialect only.
    pub native: DraftNative,
    /// SQLite `STRICT`.
    pub strict: bool,
    /// SQLite `WITHOUT ROWID`.
    pub without_rowid: bool,
    /// SQLite's FTS5 keeps its rows.
    pub full_text: bool,
    /// Which servers of a cluster have its rows, as statements say.
    pub distribution: Option<DraftDistribution>,
    /// Could not be read as a whole.
    pub incomplete: bool,
    /// The query that its columns come from.
    pub query: Option<Box<crate::ast::TableQuery>>,
    /// Annotations and prose.
    pub notes: Notes,
    /// Renamed columns: when, from, to. Foreign keys that are older follow them.
    pub renames: Vec<(usize, String, String)>,
}

impl DraftTable {
    /// The name that a column has now of which something spoke then.
    pub(crate) fn name_now(&self, column: &str, then: usize) -> String {
        let later = self.renames.iter().filter(|(when, _, _)| *when > then);
        later.fold(column.to_owned(), |name, (_, from, to)| {
            match same_name(from, &name, self.dialect) {
                true => to.clone(),
                false => name,
            }
        })
    }
}

/// Which servers of a cluster have the rows of a table.
#[derive(Debug, Clone)]
pub enum DraftDistribution {
    /// One of them has a row, by the value of a column.
    Sharded {
        /// The column.
        column: Name,
        /// The tables whose equal values are on one server.
        group: DraftShardGroup,
    },
    /// Each has all rows.
    Reference {
        /// The table in the statement.
        span: Span,
    },
}

/// Tables whose equal values are on one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftShardGroup {
    /// Those of the column's type.
    OfType,
    /// Those that began or joined the group of this number.
    Own(usize),
}

/// A column as all statements together leave it.
#[derive(Debug, Clone)]
pub struct DraftColumn {
    /// Its last name.
    pub name: Name,
    /// Its declared type.
    pub type_name: TypeName,
    /// `NOT NULL` is written or implied.
    pub not_null: bool,
    /// `NULL` is written.
    pub says_null: bool,
    /// It is there as a parent of its table has it, and nothing was changed.
    pub inherited: bool,
    /// The type as declared, where another was made of it.
    pub declared: Option<String>,
    /// SQLite: `ON CONFLICT` after it.
    pub not_null_conflict: Option<String>,
    /// `DEFAULT`, for columns that have none of their own.
    pub default: Option<Expression>,
    /// Identity, serial, computed.
    pub generated: DraftGenerated,
    /// `PRIMARY KEY DESC` in SQLite: no alias of the row id.
    pub no_rowid_alias: bool,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// `ON UPDATE CURRENT_TIMESTAMP`: the moment as written.
    pub on_update_now: Option<String>,
    /// The options of its identity, or the default that counts it.
    pub counter: DraftCounter,
    /// Words that belong to its type: `CHARACTER SET ascii`.
    pub type_words: Vec<String>,
    /// Words after all others: `INVISIBLE`.
    pub words: Vec<String>,
    /// `SET STORAGE EXTERNAL`, where it is not usual for its type.
    pub settings: BTreeMap<ColumnSetting, String>,
    /// The texts after `ALTER COLUMN` that change its identity: `SET CYCLE`.
    pub identity_settings: Vec<String>,
    /// `COMMENT`, `COMMENT ON COLUMN`.
    pub comment: Option<String>,
    /// When it was added to its table.
    pub since: usize,
    /// Annotations and prose.
    pub notes: Notes,
}

/// The source of a value.
#[derive(Debug, Clone)]
pub enum DraftGenerated {
    /// The program gives the value.
    No,
    /// The database counts.
    Counted {
        /// `GENERATED ALWAYS`: a program cannot give the column a value.
        always: bool,
    },
    /// From an expression.
    Computed {
        /// The expression that computes the value.
        expression: Expression,
        /// The value is stored with the row, and not computed where it is read.
        stored: bool,
    },
}

/// The way in which a column auto-increments.
#[derive(Debug, Clone, Default)]
pub enum DraftCounter {
    /// As its type or dialect does.
    #[default]
    Usual,
    /// `AUTOINCREMENT`.
    Autoincrement,
    /// `GENERATED … AS IDENTITY (options)`.
    Identity(IdentityOptions),
    /// `DEFAULT nextval(…)`.
    Default(Expression),
}

/// The words of a table's own dialect only.
#[derive(Debug, Clone, Default)]
pub struct DraftNative {
    /// PostgreSQL `UNLOGGED`.
    pub unlogged: bool,
    /// Foreign keys alone name it.
    pub outside: bool,
    /// PostgreSQL `INHERITS`, as written, with the table if it was there already.
    pub inherits: Vec<(ObjectName, Option<TableIndex>)>,
    /// After the parenthesis; one of each name.
    pub options: Vec<TableOption>,
    /// MariaDB `PERIOD FOR`.
    pub periods: Vec<Period>,
    /// PostgreSQL `EXCLUDE`, with the name.
    pub exclusions: Vec<(Option<String>, Expression)>,
    /// Changes of sequences that its columns brought along: the sequence's name, and what follows it.
    pub behind: Vec<(String, String)>,
    /// PostgreSQL: tables that hold a part of its rows.
    pub partitions: Vec<Partition>,
}

/// A `CHECK`, of a column or of the table.
#[derive(Debug, Clone)]
pub struct DraftCheck {
    /// The name; `None` where the database makes one.
    pub name: Option<String>,
    /// The condition that every row meets.
    pub condition: Expression,
    /// The column it is written at.
    pub column: Option<Name>,
    /// Words after it.
    pub words: Vec<String>,
    /// PostgreSQL `NOT VALID`.
    pub not_valid: bool,
}

/// A primary key.
#[derive(Debug, Clone)]
pub struct DraftKey {
    /// The columns, in the order of the key.
    pub columns: Vec<Name>,
    /// As written, where it is written with its columns.
    pub parts: Vec<KeyPart>,
    /// The name; `None` where the database makes one.
    pub name: Option<String>,
    /// `DEFERRABLE`, and whether initially deferred.
    pub deferrable: Option<bool>,
    /// The form in which it is kept.
    pub words: KeyWords,
    /// Its place in the source.
    pub span: Span,
}

/// A unique constraint or plain unique index.
#[derive(Debug, Clone)]
pub struct DraftUnique {
    /// The columns, in the order of the key.
    pub columns: Vec<Name>,
    /// As written, where it is written with its columns.
    pub parts: Vec<KeyPart>,
    /// Of its index.
    pub method: Option<String>,
    /// The name; `None` where the database makes one.
    pub name: Option<String>,
    /// By CREATE UNIQUE INDEX.
    pub is_index: bool,
    /// The words after the columns.
    pub options: UniqueOptions,
    /// Its place in the source.
    pub span: Span,
}

impl DraftUnique {
    /// The columns that PostgreSQL makes its name of.
    pub fn columns_of_name(&self) -> Vec<&str> {
        let columns = self.columns.iter().map(|column| column.text.as_str());
        let include = self.options.words.include.iter();
        columns.chain(include.map(String::as_str)).into_vec()
    }
}

/// An index that is not a plain unique one.
#[derive(Debug, Clone)]
pub struct DraftIndex {
    /// The name; `None` where the database makes one.
    pub name: Option<String>,
    /// `UNIQUE`.
    pub unique: bool,
    /// The columns and expressions, in the order of the index.
    pub parts: Vec<KeyPart>,
    /// The condition of a partial index, after `WHERE`.
    pub predicate: Option<Expression>,
    /// The word after `USING`: `gin`, …
    pub method: Option<String>,
    /// Made by a UNIQUE constraint.
    pub is_constraint: bool,
    /// The words after the columns.
    pub options: UniqueOptions,
    /// Its place in the source.
    pub span: Span,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct DraftForeignKey {
    /// The name; `None` where the database makes one.
    pub name: Option<String>,
    /// The columns that refer, in order.
    pub columns: Vec<Name>,
    /// Its target, as written.
    pub reference: Reference,
    /// The referred table if it was there already: it may be renamed later.
    pub target: Option<TableIndex>,
    /// When it was declared; later renames of referred columns apply to it.
    pub declared: usize,
    /// PostgreSQL `NOT VALID`.
    pub not_valid: bool,
    /// Its place in the source.
    pub span: Span,
}

/// An enum type.
#[derive(Debug, Clone)]
pub struct DraftEnum {
    /// The name of the type.
    pub name: ObjectName,
    /// In which file.
    pub file: FileId,
    /// The values, in the order that the database compares them in.
    pub values: Vec<String>,
    /// Prose or comment.
    pub docs: Vec<String>,
}

/// A PostgreSQL domain: a type with conditions of its own.
#[derive(Debug, Clone)]
pub struct DraftDomain {
    /// The name of the domain.
    pub name: ObjectName,
    /// In which file.
    pub file: FileId,
    /// The type that it renames.
    pub base: TypeName,
    /// `NOT NULL`: no column of the domain may be NULL.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// The conditions that its values meet.
    pub checks: Vec<Expression>,
}

/// A view as all statements together leave it.
#[derive(Debug, Clone)]
pub struct DraftView {
    /// The first change, after it, of a name that it reads.
    pub outdated: Option<Outdated>,
    /// Its name, file, engines, prose and annotations; what its columns are is not known here.
    pub table: DraftTable,
    /// `MATERIALIZED`.
    pub materialized: bool,
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// The query that gives its columns.
    pub(crate) query: ReadQuery,
    /// The query's text.
    pub body: Expression,
    /// The words around the query.
    pub words: ViewWords,
    /// The notes beside its columns, by their number in the list of names, else in the query.
    pub column_notes: Vec<(usize, Notes)>,
    /// `COMMENT ON COLUMN`, by name.
    pub column_comments: Vec<(String, Option<String>)>,
    /// When it was made: of columns that came later its `*` knows nothing, but in SQLite.
    pub declared: usize,
}

/// A name that a view read, and where it is changed.
#[derive(Debug, Clone)]
pub struct Outdated {
    /// As it was.
    pub name: String,
    /// The place of the change.
    pub at: Span,
}

/// Something beside tables that they may need.
#[derive(Debug, Clone)]
pub struct DraftObject {
    /// The name of the object.
    pub name: ObjectName,
    /// In which file.
    pub file: FileId,
    /// The dialect that it is written in.
    pub dialect: Dialect,
    /// Which kind of object it is.
    pub kind: DraftObjectKind,
    /// The first name of a domain: checks without a name got theirs from that.
    pub first_name: Option<String>,
    /// The text after its name, as written.
    pub definition: String,
    /// Changes after it: what follows its name, as written.
    pub changes: Vec<String>,
    /// Every name that it may mention, in lower case.
    pub words: Vec<String>,
    /// The column of a sequence.
    pub owner: Option<(ObjectName, Name)>,
    /// The columns of a composite type.
    pub columns: Vec<crate::ast::ColumnDef>,
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftObjectKind {
    /// One of [`Draft::enums`].
    Enum(usize),
    /// Any other kind: it is made as it is written.
    Other(ObjectKind),
}
