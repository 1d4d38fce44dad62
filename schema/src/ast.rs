//! The content of one file, statement by statement: our own types with a span on everything a message may point at.
//!
//! Nothing is folded or bound here: an `ALTER TABLE` stands beside the `CREATE TABLE` it changes, names are texts.

mod alter;
mod expression;
mod native;
mod query;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::model::{KeyWords, ReferentialAction};
use crate::read_as::ReadAs;
use crate::source::{FileId, Span};

pub use alter::{AlterAction, AlterComposite, AlterTable, ColumnPosition};
pub(crate) use expression::outer_parentheses;
pub use expression::{Expression, ExpressionPiece, PieceKind};
pub use native::{
    AlterDomain, CreateObject, DomainChange, MoveObject, NativeWords, NewPlace, ObjectChange,
    ObjectKind, Partition, TableOption,
};
pub use query::{CommonTable, FromItem, Grouping, Query, Select, SelectItem, Source, Value};

/// All files of one run.
#[derive(Debug, Clone, Default)]
pub struct Ast {
    /// In the order of the input.
    pub files: Vec<FileAst>,
}

/// One file as read.
#[derive(Debug, Clone)]
pub struct FileAst {
    /// Which file.
    pub file: FileId,
    /// The dialect it was read in.
    pub dialect: Dialect,
    /// The same with its reason.
    pub read_as: ReadAs,
    /// `@engines` of the file's head.
    pub engines: Option<EngineTag>,
    /// `@allow` of the file's head.
    pub allow: Option<AllowTag>,
    /// A tool wrote it.
    pub is_dump: bool,
    /// `@length` of the file's head.
    pub length: Option<LengthTag>,
    /// Engine names the configuration gives this file.
    pub configured_engines: Vec<String>,
    /// The statements that matter, in order.
    pub statements: Vec<Statement>,
    /// Statements passed over, by kind in words.
    pub skipped: BTreeMap<String, usize>,
}

/// A name with its place; quotes are gone, PostgreSQL's unquoted names are folded to lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As the database has it.
    pub text: String,
    /// With its quotes.
    pub span: Span,
}

/// The schemas in which names without one are looked for, in order.
pub type SearchPath = Arc<[String]>;

/// A name that may carry a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// The name before the point; `public` and `main` are dropped.
    pub schema: Option<String>,
    /// The object's own name.
    pub name: Name,
    /// PostgreSQL: `public` stands before the point.
    pub in_public: bool,
    /// The path that counts where it is written, if the file sets one.
    pub path: Option<SearchPath>,
}

impl ObjectName {
    /// Returns how well an object of this schema fits, the lowest best; `None`: it is another one.
    ///
    /// A path outside the file may be another, so what is in none of its schemas is better than nothing.
    pub(crate) fn rank(&self, schema: Option<&str>) -> Option<usize> {
        if self.in_public && schema.is_some() {
            return None;
        }
        rank(self.schema.as_deref(), self.path.as_deref(), schema)
    }

    /// As a foreign key means it: MySQL looks in the database of the referring table.
    pub(crate) fn as_referred_by(&self, child: Option<&String>, dialect: Dialect) -> Self {
        let mut name = self.clone();
        if dialect == Dialect::Mysql && name.schema.is_none() {
            name.schema = child.cloned();
        }
        name
    }
}

fn rank(wanted: Option<&str>, path: Option<&[String]>, schema: Option<&str>) -> Option<usize> {
    if let Some(wanted) = wanted {
        return match schema {
            Some(schema) => (schema == wanted).then_some(0),
            None => Some(1),
        };
    }
    let known = schema.unwrap_or("public");
    let path = path.unwrap_or_default();
    let place = path.iter().position(|entry| entry == known);
    Some(place.unwrap_or(path.len() + usize::from(schema.is_some())))
}

/// The engines a tag names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineTag {
    /// In order; each with its own place.
    pub names: Vec<Name>,
    /// The whole tag.
    pub span: Span,
}

/// The annotations of a table or a column, and the prose beside them.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// `@engines`, `@engine`.
    pub engines: Option<EngineTag>,
    /// `@model`.
    pub model: Option<Name>,
    /// `@name`.
    pub name: Option<Name>,
    /// `@type`.
    pub rust_type: Option<Name>,
    /// `@link`.
    pub link: Option<LinkTag>,
    /// `@sync`, each of them.
    pub syncs: Vec<SyncTag>,
    /// `@version`.
    pub version: Option<Span>,
    /// `@updated`.
    pub updated: Option<Span>,
    /// `@skip`.
    pub skip: Option<Span>,
    /// `@unmanaged`.
    pub unmanaged: Option<Span>,
    /// `@validate`.
    pub validate: Option<Span>,
    /// `@capture`.
    pub capture: Option<Span>,
    /// `@interface`.
    pub interface: Option<InterfaceTag>,
    /// `@renamed_from`.
    pub renamed_from: Option<Name>,
    /// `@redact`.
    pub redact: Option<RedactTag>,
    /// `@publish`.
    pub publish: Option<PublishTag>,
    /// `@length`; at a table, or at the file's head, for its keys.
    pub length: Option<LengthTag>,
    /// `@allow`.
    pub allow: Option<AllowTag>,
    /// Prose, line by line.
    pub docs: Vec<String>,
}

/// `@sync from default to analytics as UserAnalytics by updated_at`, or `captured` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncTag {
    /// The engine that is read.
    pub from: Name,
    /// The engine that is written.
    pub to: Name,
    /// The model there; without one it is the model of the table.
    pub model: Option<Name>,
    /// The column that says what was changed; without one both tables are compared.
    pub column: Option<Name>,
    /// What was changed is read from the changes that triggers record.
    pub captured: bool,
    /// The whole tag.
    pub span: Span,
}

/// `@publish created, updated with before, deleted`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishTag {
    /// The changes that have an event, in the order of [`ChangeKind::ALL`]; never empty.
    pub events: Vec<PublishedEvent>,
    /// The whole tag.
    pub span: Span,
}

/// A kind of change that has an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublishedEvent {
    /// The change.
    pub kind: ChangeKind,
    /// The event holds the row as it was before.
    pub before: bool,
}

/// A kind of change to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A new row.
    Created,
    /// A row with other values.
    Updated,
    /// A row that is gone.
    Deleted,
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Created, Self::Updated, Self::Deleted];

    /// Its word in the annotation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl PublishTag {
    /// The event of a kind of change.
    pub fn of(&self, kind: ChangeKind) -> Option<PublishedEvent> {
        self.events.iter().copied().find(|event| event.kind == kind)
    }
}

/// `@allow B0412`: warnings that are not reported about what it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowTag {
    /// Their codes.
    pub codes: Vec<&'static str>,
    /// The statement or column; at a file's head the whole file.
    pub area: Span,
}

/// `@redact hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedactTag {
    /// The replacement of its values.
    pub redaction: Redaction,
    /// The whole tag.
    pub span: Span,
}

/// The replacement of a column's values in a redacted dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redaction {
    /// A keyed hash: equal values stay equal, in every table.
    Hash,
    /// NULL.
    Null,
    /// An invented value of the column's type.
    Fake,
}

impl Redaction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hash, Self::Null, Self::Fake];

    /// Its word in the annotation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Null => "null",
            Self::Fake => "fake",
        }
    }
}

/// `@length 191`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LengthTag {
    /// Characters of a text, bytes of a binary value.
    pub length: u32,
    /// The whole tag.
    pub span: Span,
}

/// `@link users(id) on b`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTag {
    /// Referred table.
    pub table: ObjectName,
    /// Referred column.
    pub column: Name,
    /// `on b`, `on same`.
    pub on: Option<LinkEngine>,
    /// The whole tag.
    pub span: Span,
}

/// `@interface Contact(email = email_address, name) after users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceTag {
    /// Name of the trait.
    pub name: Name,
    /// In order, each once.
    pub fields: Vec<InterfaceField>,
    /// The table whose rows come before this one's.
    pub after: Option<Name>,
    /// The whole tag.
    pub span: Span,
}

/// A field of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceField {
    /// Its name in the interface.
    pub name: Name,
    /// The column, where it has another name.
    pub column: Option<Name>,
}

/// Which engine a link's target is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEngine {
    /// The row's own.
    Same,
    /// A named one.
    Named(Name),
}

/// A statement that changes the model.
#[derive(Debug, Clone)]
pub enum Statement {
    /// `CREATE TABLE`.
    CreateTable(Box<CreateTable>),
    /// `ALTER TABLE`, `RENAME TABLE`.
    AlterTable(AlterTable),
    /// `DROP TABLE`.
    DropTable {
        /// Which.
        names: Vec<ObjectName>,
        /// PostgreSQL `CASCADE`: with the foreign keys to it.
        cascade: bool,
    },
    /// `CREATE INDEX`.
    CreateIndex(CreateIndex),
    /// `DROP INDEX`.
    DropIndex {
        /// The indexes.
        names: Vec<ObjectName>,
        /// MySQL's `ON`.
        table: Option<ObjectName>,
    },
    /// PostgreSQL `ALTER INDEX … RENAME TO`.
    RenameIndex {
        /// From.
        from: ObjectName,
        /// To.
        to: Name,
    },
    /// `CREATE TYPE … AS ENUM`.
    CreateEnum(CreateEnum),
    /// `ALTER TYPE … ADD VALUE`, `RENAME VALUE`.
    AlterEnum(AlterEnum),
    /// `ALTER TYPE … ADD ATTRIBUTE` and its kin.
    AlterComposite(AlterComposite),
    /// `DROP TYPE`, `DROP DOMAIN`.
    DropType {
        /// Which.
        names: Vec<ObjectName>,
        /// The columns of the type go too.
        cascade: bool,
    },
    /// `CREATE DOMAIN`.
    CreateDomain(CreateDomain),
    /// `COMMENT ON`.
    Comment(Comment),
    /// `CREATE VIEW`.
    CreateView(Box<CreateView>),
    /// `DROP VIEW`.
    DropView {
        /// Which.
        names: Vec<ObjectName>,
        /// The views that read them go too.
        cascade: bool,
    },
    /// `DROP SCHEMA`; `None` is the one that need not be said.
    DropSchema(Vec<Option<String>>),
    /// `ALTER SCHEMA … RENAME TO`.
    RenameSchema {
        /// From.
        from: Option<String>,
        /// To.
        to: Option<String>,
    },
    /// MySQL `CREATE DATABASE … CHARACTER SET latin1`, `ALTER DATABASE …`.
    DatabaseCharacterSet {
        /// Which; `None` is the one that need not be said.
        database: Option<String>,
        /// `CHARACTER SET`, `COLLATE`.
        options: Vec<TableOption>,
        /// It is counted as passed over all the same.
        kind: String,
    },
    /// `CREATE FUNCTION`, `CREATE AGGREGATE`.
    CreateFunction(CreateFunction),
    /// An object beside tables that they may need: an extension, function, sequence, …
    CreateObject(Box<CreateObject>),
    /// `ALTER DOMAIN`, `ALTER SEQUENCE`.
    AlterObject(ObjectChange),
    /// `ALTER TYPE … RENAME TO` and its kin.
    MoveObject(MoveObject),
    /// `ALTER DOMAIN … SET NOT NULL` and its kin.
    AlterDomain(AlterDomain),
    /// `CREATE TABLE … PARTITION OF`.
    Partition(Partition),
    /// A table that is not a model: a partition, temporary, virtual or foreign table.
    NoModel {
        /// Its name.
        name: ObjectName,
        /// In words, as it is counted.
        kind: String,
    },
    /// A statement of a `DO` block: it counts as far as it fits what is there.
    IfFits(Box<Statement>),
}

impl Statement {
    /// Puts into a schema what is created in it, unless its name has a schema.
    pub(crate) fn put_into_schema(&mut self, schema: &str) {
        let name = match self {
            Self::CreateTable(table) => &mut table.name,
            Self::CreateView(view) => &mut view.name,
            Self::CreateEnum(created) => &mut created.name,
            Self::CreateDomain(created) => &mut created.name,
            // Its schema is written after its name, or nowhere.
            Self::CreateObject(created) if created.kind != ObjectKind::Extension => {
                &mut created.name
            }
            Self::IfFits(statement) => return statement.put_into_schema(schema),
            Self::AlterTable(_)
            | Self::DropTable { .. }
            | Self::AlterComposite(_)
            | Self::CreateIndex(_)
            | Self::DropIndex { .. }
            | Self::RenameIndex { .. }
            | Self::AlterEnum(_)
            | Self::DropType { .. }
            | Self::Comment(_)
            | Self::DropView { .. }
            | Self::DropSchema(_)
            | Self::RenameSchema { .. }
            | Self::DatabaseCharacterSet { .. }
            | Self::CreateFunction(_)
            | Self::CreateObject(_)
            | Self::AlterObject(_)
            | Self::MoveObject(_)
            | Self::AlterDomain(_)
            | Self::Partition(_)
            | Self::NoModel { .. } => return,
        };
        if schema != "public" && !name.in_public {
            name.schema.get_or_insert_with(|| schema.to_owned());
        }
    }
}

/// `CREATE TABLE`.
#[derive(Debug, Clone)]
pub struct CreateTable {
    /// Its name.
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
    /// The database.
    Database,
    /// A foreign server.
    Foreign,
    /// A module of SQLite, in tables of its own.
    Virtual,
}

/// Columns taken over from another table.
#[derive(Debug, Clone)]
pub struct Copy {
    /// From where.
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
    /// Defaults.
    pub defaults: bool,
    /// Computed columns as such.
    pub generated: bool,
    /// Counted columns as such.
    pub identity: bool,
    /// Keys, uniques and indexes.
    pub indexes: bool,
    /// Checks.
    pub checks: bool,
    /// Comments.
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

/// One column.
#[derive(Debug, Clone)]
pub struct ColumnDef {
    /// Its name.
    pub name: Name,
    /// Its declared type.
    pub type_name: TypeName,
    /// The options after the type.
    pub options: Vec<ColumnOption>,
    /// Annotations and prose.
    pub notes: Notes,
}

/// A type as written, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// Schema of a user's type.
    pub schema: Option<String>,
    /// Where it is looked for without one, if the file sets a path.
    pub path: Option<SearchPath>,
    /// The words before the arguments, lower case unless quoted, one blank between them.
    pub name: String,
    /// In parentheses.
    pub arguments: Vec<TypeArgument>,
    /// The words after the arguments: `unsigned zerofill`, `with time zone`.
    pub suffix: String,
    /// `[]`, `ARRAY`.
    pub array: bool,
    /// The text as written, white space as it is.
    pub written: String,
    /// The whole type.
    pub span: Span,
}

impl TypeName {
    /// Returns how well a user's type of this schema fits, as [`ObjectName::rank`] has it.
    pub(crate) fn rank(&self, schema: Option<&str>) -> Option<usize> {
        rank(self.schema.as_deref(), self.path.as_deref(), schema)
    }
}

/// One argument of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeArgument {
    /// A number, with its sign.
    Number(String),
    /// A value of an `ENUM` or `SET`.
    Text(String),
    /// Anything else.
    Word(String),
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

impl ColumnOption {
    /// The value, if this is a default.
    pub fn into_default(self) -> Option<Expression> {
        if let ColumnOptionKind::Default(value) = self.kind {
            Some(value)
        } else {
            None
        }
    }
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
        /// How.
        expression: Expression,
        /// `STORED`, `PERSISTENT`.
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
    /// Referred table.
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
    /// The whole constraint.
    pub span: Span,
}

/// The kinds of table constraints.
#[derive(Debug, Clone)]
pub enum TableConstraintKind {
    /// `PRIMARY KEY (…)`.
    PrimaryKey {
        /// In order.
        parts: Vec<KeyPart>,
        /// `DEFERRABLE`, and whether initially deferred.
        deferrable: Option<bool>,
        /// How it is kept.
        words: KeyWords,
    },
    /// `UNIQUE (…)`.
    Unique {
        /// In order.
        parts: Vec<KeyPart>,
        /// Its options.
        options: UniqueOptions,
    },
    /// PostgreSQL `ADD CONSTRAINT … PRIMARY KEY | UNIQUE USING INDEX name`.
    UsingIndex {
        /// Primary key rather than unique.
        primary: bool,
        /// The index.
        index: Name,
        /// Its options.
        options: UniqueOptions,
    },
    /// `FOREIGN KEY (…) REFERENCES …`.
    ForeignKey {
        /// Referring columns.
        columns: Vec<Name>,
        /// The rest.
        reference: Reference,
    },
    /// `CHECK (…)`, with what stands after the condition.
    Check(Expression, Vec<String>),
    /// MySQL `KEY`, `INDEX`, `FULLTEXT`, `SPATIAL`; MariaDB `VECTOR`.
    Index {
        /// In order.
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
    /// The part.
    pub span: Span,
}

/// The column or expression that a part orders by.
#[derive(Debug, Clone)]
pub enum PartKey {
    /// A column.
    Column(Name),
    /// An expression.
    Expression(Expression),
}

/// `CREATE INDEX`.
#[derive(Debug, Clone)]
pub struct CreateIndex {
    /// Its name.
    pub name: Option<Name>,
    /// `UNIQUE`.
    pub unique: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// On which table.
    pub table: ObjectName,
    /// In order.
    pub parts: Vec<KeyPart>,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// `btree`, `gin`, …
    pub method: Option<String>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// How it is kept.
    pub words: KeyWords,
    /// The whole statement.
    pub span: Span,
}

impl CreateIndex {
    /// Its condition and the parts that are not columns.
    pub(crate) fn expressions(&mut self) -> impl Iterator<Item = &mut Expression> {
        let parts = self
            .parts
            .iter_mut()
            .filter_map(|part| match &mut part.key {
                PartKey::Column(_) => None,
                PartKey::Expression(expression) => Some(expression),
            });
        parts.chain(&mut self.predicate)
    }
}

/// `CREATE TYPE … AS ENUM`.
#[derive(Debug, Clone)]
pub struct CreateEnum {
    /// Its name.
    pub name: ObjectName,
    /// In order.
    pub values: Vec<String>,
    /// Prose above it.
    pub docs: Vec<String>,
}

/// `ALTER TYPE` of an enum.
#[derive(Debug, Clone)]
pub struct AlterEnum {
    /// Its name.
    pub name: ObjectName,
    /// The change.
    pub action: AlterEnumAction,
}

/// One change of an enum.
#[derive(Debug, Clone)]
pub enum AlterEnumAction {
    /// `ADD VALUE`.
    AddValue {
        /// The value.
        value: String,
        /// `BEFORE`.
        before: Option<String>,
        /// `AFTER`.
        after: Option<String>,
    },
    /// `RENAME VALUE`.
    RenameValue {
        /// From.
        from: String,
        /// To.
        to: String,
    },
}

/// `CREATE DOMAIN`.
#[derive(Debug, Clone)]
pub struct CreateDomain {
    /// Its name.
    pub name: ObjectName,
    /// Its base type.
    pub base: TypeName,
    /// `NOT NULL`.
    pub not_null: bool,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// The text after its name.
    pub definition: Expression,
    /// Every name that the definition may mention, in lower case.
    pub words: Vec<String>,
}

/// `COMMENT ON`.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The object that it describes.
    pub on: CommentTarget,
    /// `None` is `IS NULL`.
    pub text: Option<String>,
}

/// The object of a comment.
#[derive(Debug, Clone)]
pub enum CommentTarget {
    /// A table.
    Table(ObjectName),
    /// A column.
    Column(ObjectName, Name),
    /// A type.
    Type(ObjectName),
}

/// A function, as far as views need it.
#[derive(Debug, Clone)]
pub struct CreateFunction {
    /// Its name.
    pub name: ObjectName,
    /// The type of what it returns.
    pub returns: TypeName,
    /// In words, as it is counted.
    pub kind: String,
}

/// `CREATE TABLE … AS SELECT …`.
#[derive(Debug, Clone)]
pub struct TableQuery {
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// The query that gives its columns.
    pub query: Query,
    /// The query's text.
    pub body: Expression,
    /// Where it begins.
    pub span: Span,
}

/// `CREATE VIEW`.
#[derive(Debug, Clone)]
pub struct CreateView {
    /// Its name.
    pub name: ObjectName,
    /// `MATERIALIZED`.
    pub materialized: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// The query that gives its columns.
    pub query: Query,
    /// The query's text.
    pub body: Expression,
    /// The notes beside its columns: beside their names where they are given, else beside the items of the query.
    pub column_notes: Vec<(usize, Notes)>,
    /// Annotations and prose.
    pub notes: Notes,
}
