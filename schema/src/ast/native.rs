//! Constructs of one dialect only, as written: each is repeated where a table is created in that dialect.

use super::{ColumnDef, Expression, Name, ObjectName};
use crate::source::Span;

/// Of a table.
#[derive(Debug, Clone, Default)]
pub struct NativeWords {
    /// PostgreSQL `UNLOGGED`.
    pub unlogged: bool,
    /// PostgreSQL `INHERITS`.
    pub inherits: Vec<ObjectName>,
    /// Options after the parenthesis.
    pub options: Vec<TableOption>,
}

/// An option of a table.
#[derive(Debug, Clone)]
pub struct TableOption {
    /// Its name in capitals, by which a later one replaces it.
    pub key: String,
    /// The option as written.
    pub text: String,
    /// Every name it may mention, in lower case.
    pub words: Vec<String>,
}

/// A kind of object that tables may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// `CREATE EXTENSION`.
    Extension,
    /// `CREATE COLLATION`.
    Collation,
    /// `CREATE TYPE`, but for enums.
    Type,
    /// `CREATE DOMAIN`.
    Domain,
    /// `CREATE SEQUENCE`.
    Sequence,
    /// `CREATE FUNCTION`.
    Function,
}

/// An object that tables may need.
#[derive(Debug, Clone)]
pub struct CreateObject {
    /// Which kind of object it is.
    pub kind: ObjectKind,
    /// Its name; of an extension with the schema it is put into.
    pub name: ObjectName,
    /// The text after its name.
    pub definition: Expression,
    /// Every name that the definition may mention, in lower case.
    pub words: Vec<String>,
    /// The columns of a composite type.
    pub columns: Vec<ColumnDef>,
    /// The column of a sequence.
    pub owner: Option<(ObjectName, Name)>,
}

/// A change of such an object.
#[derive(Debug, Clone)]
pub enum ObjectChange {
    /// `ALTER SEQUENCE … OWNED BY table.column`.
    OwnedBy {
        /// The name of the sequence.
        sequence: ObjectName,
        /// Its table and column; `NONE`: no owner.
        owner: Option<(ObjectName, Name)>,
    },
    /// Any other change that makes the object another one: `ALTER DOMAIN … ADD CONSTRAINT …`.
    Statement {
        /// The kind of the object that is changed.
        kind: ObjectKind,
        /// The name of the object.
        name: ObjectName,
        /// The text after its name.
        text: String,
        /// As [`CreateObject::words`].
        words: Vec<String>,
    },
}

/// `ALTER TYPE`, `ALTER DOMAIN` or `ALTER SEQUENCE` that gives another name or another schema.
#[derive(Debug, Clone)]
pub struct MoveObject {
    /// The word that says what it is: a type may be an enum or a domain as well.
    pub kind: ObjectKind,
    /// Its name before.
    pub name: ObjectName,
    /// The new name or schema.
    pub to: NewPlace,
}

/// The new part of a name.
#[derive(Debug, Clone)]
pub enum NewPlace {
    /// `RENAME TO`.
    Name(Name),
    /// `SET SCHEMA`.
    Schema(String),
}

/// A change of a domain that is understood.
#[derive(Debug, Clone)]
pub struct AlterDomain {
    /// The name of the domain.
    pub name: ObjectName,
    /// The one change that the statement makes.
    pub change: DomainChange,
}

/// One change of a domain.
#[derive(Debug, Clone)]
pub enum DomainChange {
    /// `SET NOT NULL`, `DROP NOT NULL`.
    NotNull(bool),
    /// `SET DEFAULT`, `DROP DEFAULT`.
    Default(Option<Expression>),
    /// `ADD CONSTRAINT … CHECK`.
    AddCheck {
        /// The name of the constraint, where one is written.
        name: Option<Name>,
        /// The condition that values meet from now on.
        condition: Expression,
        /// Whether the values that are there already are left unread.
        not_valid: bool,
    },
    /// `DROP CONSTRAINT`.
    DropConstraint(Name),
}

/// A partition of a table.
#[derive(Debug, Clone)]
pub struct Partition {
    /// The name of the partition.
    pub name: ObjectName,
    /// The table it is a part of; of `ATTACH PARTITION` the table that is changed.
    pub parent: ObjectName,
    /// From `FOR VALUES` or `DEFAULT` on.
    pub bound: String,
    /// The place of its own constraints and defaults, in parentheses.
    pub own: Option<Span>,
}
