//! The content of one file, statement by statement: our own types with a span on everything a message may point at.
//!
//! Nothing is folded or bound here: an `ALTER TABLE` stands beside the `CREATE TABLE` it changes, names are texts.

mod alter;
mod distribution;
mod expression;
mod key;
pub(crate) mod name;
mod native;
mod table;
mod tag;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::read_as::ReadAs;
use crate::source::{FileId, Span};
use crate::syntax;
use bindery_core::dialect::{Dialect, Flavour};

pub use alter::{
    AlterAction, AlterComposite, AlterTable, ColumnPosition, ColumnSetting, DroppedKey,
    OtherChange, PartsChange,
};
pub use distribution::{Colocation, Distribute, DistributionChange};
pub use expression::Expression;
pub use key::{KeyWords, ReferentialAction};
pub use name::{Name, ObjectName, SearchPath, TypeArgument, TypeName};
pub use native::{
    AlterDomain, CreateObject, DomainChange, MoveObject, NativeWords, NewPlace, ObjectChange,
    ObjectKind, Partition, TableOption,
};
pub use table::{
    ColumnDef, ColumnOption, ColumnOptionKind, Copy, CreateTable, IdentityOptions, Including,
    Keeper, KeyPart, PartKey, Period, Reference, TableConstraint, TableConstraintKind,
    UniqueOptions,
};
pub use tag::{
    AllowTag, ChangeKind, EngineTag, InterfaceField, InterfaceTag, LengthTag, LinkEngine, LinkTag,
    Notes, PublishTag, PublishedEvent, RedactTag, Redaction, Said, SerdeTags, ShardTag, SyncTag,
};

/// All files of one run.
#[derive(Debug, Clone, Default)]
pub struct Ast {
    /// In the order of the input.
    pub files: Vec<FileAst>,
}

/// One file as read.
#[derive(Debug, Clone)]
pub struct FileAst {
    /// Which file. Of a folder of migrations all are the first one, as each changes what those before it made.
    pub file: FileId,
    /// The file itself.
    pub own: FileId,
    /// The dialect it was read in.
    pub dialect: Dialect,
    /// The product that it is written for, as far as its engine says.
    pub flavour: Option<Flavour>,
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
    /// Views and the events, all in lower case, for which a trigger or a rule stands in: `insert`, `update`, `delete`.
    pub stood_in: BTreeSet<(String, String)>,
    /// The configurations of the full-text search (PostgreSQL) that it makes, in small letters.
    pub text_searches: BTreeSet<String>,
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
        /// The tables that are dropped.
        names: Vec<ObjectName>,
        /// PostgreSQL `CASCADE`: with the foreign keys to it.
        cascade: bool,
    },
    /// `CREATE INDEX`.
    CreateIndex(CreateIndex),
    /// `DROP INDEX`.
    DropIndex {
        /// The indexes that are dropped.
        names: Vec<ObjectName>,
        /// MySQL's `ON`: the table of the index.
        table: Option<ObjectName>,
    },
    /// PostgreSQL `ALTER INDEX … RENAME TO`.
    RenameIndex {
        /// The name that it had.
        from: ObjectName,
        /// The name that it gets; the schema stays.
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
        /// The types that are dropped.
        names: Vec<ObjectName>,
        /// The columns of the type go too.
        cascade: bool,
    },
    /// `DROP SEQUENCE`.
    DropSequence(Vec<ObjectName>),
    /// `DROP FUNCTION`, without `CASCADE`.
    DropFunction(Vec<DropFunction>),
    /// `CREATE DOMAIN`.
    CreateDomain(CreateDomain),
    /// `COMMENT ON`.
    Comment(Comment),
    /// `CREATE VIEW`.
    CreateView(Box<CreateView>),
    /// `DROP VIEW`.
    DropView {
        /// The views that are dropped.
        names: Vec<ObjectName>,
        /// The views that read them go too.
        cascade: bool,
    },
    /// `DROP SCHEMA`; `None` is the one that need not be said.
    DropSchema(Vec<Option<String>>),
    /// `ALTER SCHEMA … RENAME TO`.
    RenameSchema {
        /// The name that it had; `None` is the one that need not be said.
        from: Option<String>,
        /// The name that it gets; `None` is the one that need not be said.
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
        /// The name of the table.
        name: ObjectName,
        /// In words, as it is counted.
        kind: String,
    },
    /// A statement of a `DO` block: it counts as far as it fits what is there.
    IfFits(Box<Statement>),
    /// `SELECT create_distributed_table(…)` and its kin (Citus).
    Distribute(Distribute),
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
            Self::Partition(partition) => &mut partition.name,
            Self::IfFits(statement) => return statement.put_into_schema(schema),
            Self::Distribute(change) => &mut change.table,
            Self::AlterTable(_)
            | Self::DropTable { .. }
            | Self::AlterComposite(_)
            | Self::CreateIndex(_)
            | Self::DropIndex { .. }
            | Self::RenameIndex { .. }
            | Self::AlterEnum(_)
            | Self::DropType { .. }
            | Self::DropSequence(_)
            | Self::DropFunction(_)
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
            | Self::NoModel { .. } => return,
        };
        if schema != "public" && !name.in_public {
            name.schema.get_or_insert_with(|| schema.to_owned());
        }
    }
}

/// `CREATE INDEX`.
#[derive(Debug, Clone)]
pub struct CreateIndex {
    /// The name; `None` where the database makes one.
    pub name: Option<Name>,
    /// `UNIQUE`.
    pub unique: bool,
    /// PostgreSQL `CONCURRENTLY`.
    pub concurrently: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// On which table.
    pub table: ObjectName,
    /// The columns and expressions, in the order of the index.
    pub parts: Vec<KeyPart>,
    /// The condition of a partial index, after `WHERE`.
    pub predicate: Option<Expression>,
    /// The word after `USING`: `btree`, `gin`, …
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
    /// The name of the type.
    pub name: ObjectName,
    /// The values, in the order that the database compares them in.
    pub values: Vec<String>,
    /// Prose above it.
    pub docs: Vec<String>,
}

/// `ALTER TYPE` of an enum.
#[derive(Debug, Clone)]
pub struct AlterEnum {
    /// The name of the type.
    pub name: ObjectName,
    /// The one change that a statement makes.
    pub action: AlterEnumAction,
}

/// One change of an enum.
#[derive(Debug, Clone)]
pub enum AlterEnumAction {
    /// `ADD VALUE`.
    AddValue {
        /// The new value.
        value: String,
        /// The value that it comes before, after `BEFORE`.
        before: Option<String>,
        /// The value that it comes after, after `AFTER`.
        after: Option<String>,
    },
    /// `RENAME VALUE`.
    RenameValue {
        /// The value as it was.
        from: String,
        /// The value as it is from then on.
        to: String,
    },
}

/// `CREATE DOMAIN`.
#[derive(Debug, Clone)]
pub struct CreateDomain {
    /// The name of the domain.
    pub name: ObjectName,
    /// Its base type.
    pub base: TypeName,
    /// `NOT NULL`, `DEFAULT`, `CHECK` and the like, in their order.
    pub options: Vec<ColumnOption>,
    /// The text after its name.
    pub definition: Expression,
    /// Every name that the definition may mention, in lower case.
    pub words: Vec<String>,
}

impl CreateDomain {
    /// Whether no column of the domain may be NULL.
    pub fn is_not_null(&self) -> bool {
        let mut options = self.options.iter();
        options.any(|option| matches!(option.kind, ColumnOptionKind::NotNull(_)))
    }

    /// The value of columns that have none of their own.
    pub fn default(&self) -> Option<&Expression> {
        self.options.iter().find_map(|option| match &option.kind {
            ColumnOptionKind::Default(value) => Some(value),
            _ => None,
        })
    }

    /// The conditions that its values meet.
    pub fn checks(&self) -> impl Iterator<Item = &Expression> {
        self.options.iter().filter_map(|option| match &option.kind {
            ColumnOptionKind::Check(condition, _) => Some(condition),
            _ => None,
        })
    }
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

/// A function, as far as those who call it need it.
#[derive(Debug, Clone)]
pub struct CreateFunction {
    /// The name of the function.
    pub name: ObjectName,
    /// In order, `OUT` arguments among them.
    pub arguments: Vec<FunctionArgument>,
    /// The result.
    pub returns: Returns,
    /// It makes one value of many rows.
    pub is_aggregate: bool,
    /// In words, as it is counted.
    pub kind: String,
}

/// A function that is dropped.
#[derive(Debug, Clone)]
pub struct DropFunction {
    /// The name of the function.
    pub name: ObjectName,
    /// The types of its arguments but the `OUT` ones; `None` where it is the only one of its name.
    pub types: Option<Vec<TypeName>>,
}

/// An argument that a function is declared with.
#[derive(Debug, Clone)]
pub struct FunctionArgument {
    /// For calls by name.
    pub name: Option<Name>,
    /// `IN` where none is written.
    pub mode: ArgumentMode,
    /// Its type.
    pub type_name: TypeName,
    /// A call may leave it out.
    pub has_default: bool,
}

/// The types of all but the `OUT` arguments, which distinguish a function from others of its name.
pub(crate) fn inputs(arguments: &[FunctionArgument]) -> impl Iterator<Item = &TypeName> {
    let inputs = arguments.iter().filter(|one| one.mode != ArgumentMode::Out);
    inputs.map(|one| &one.type_name)
}

/// The way that an argument goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentMode {
    /// Into the function.
    In,
    /// Out of it: a column of the result.
    Out,
    /// Both.
    InOut,
    /// Any number of them.
    Variadic,
}

/// The result of a function.
#[derive(Debug, Clone)]
pub enum Returns {
    /// A value.
    Value(TypeName),
    /// Rows: of one value, or of the columns of a table.
    Set(TypeName),
    /// Rows of columns that are written: `RETURNS TABLE (…)`.
    Rows(Vec<(Name, TypeName)>),
    /// Its `OUT` arguments, or nothing.
    Nothing,
}

impl CreateFunction {
    /// The type of the one value that it gives.
    pub fn value(&self) -> Option<&TypeName> {
        match &self.returns {
            Returns::Value(value) => Some(value),
            Returns::Set(_) | Returns::Rows(_) | Returns::Nothing => None,
        }
    }
}

/// A query as it was read, or why it was not.
pub(crate) type ReadQuery = Result<Arc<syntax::Whole>, String>;

/// `CREATE TABLE … AS SELECT …`.
#[derive(Debug, Clone)]
pub struct TableQuery {
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// The query that gives its columns.
    pub(crate) query: ReadQuery,
    /// The query's text.
    pub body: Expression,
    /// Where it begins.
    pub span: Span,
}

/// `CREATE VIEW`.
#[derive(Debug, Clone)]
pub struct CreateView {
    /// The name of the view.
    pub name: ObjectName,
    /// `MATERIALIZED`: its rows are stored, and it can have indexes.
    pub materialized: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Names of its columns, where they are given.
    pub columns: Vec<Name>,
    /// The query that gives its columns.
    pub(crate) query: ReadQuery,
    /// The query's text.
    pub body: Expression,
    /// The words around the query.
    pub words: ViewWords,
    /// The notes beside its columns: beside their names where they are given, else beside the items of the query.
    pub column_notes: Vec<(usize, Notes)>,
    /// Annotations and prose.
    pub notes: Notes,
}

/// The words of a view around its query, those that say what is usual left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewWords {
    /// Before `VIEW`: `ALGORITHM=MERGE`, `SQL SECURITY INVOKER` (MySQL).
    pub head: Vec<String>,
    /// Before `AS`, sorted: `security_barrier='true'` (PostgreSQL).
    pub options: Vec<String>,
    /// After the query: `LOCAL` or `CASCADED` of a `CHECK OPTION`.
    pub check: Option<&'static str>,
}
