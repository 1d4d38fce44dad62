//! Tables, columns, views and types as they are compared.

use super::folded;
use crate::ast::ViewWords;
use crate::dialect::Dialect;
use crate::diff::key::{Key, KeyKind};
use crate::diff::mysql::Partitioning;
use crate::model::{Column, TableName};
use crate::source::Span;

/// A table as a database has it, or as a schema makes it.
#[derive(Debug, Clone)]
pub struct TableShape {
    /// The name with its schema.
    pub name: TableName,
    /// Its place in the text it was read from.
    pub span: Span,
    /// In the order of the table; that order is not compared.
    pub columns: Vec<ColumnShape>,
    /// Keys, indexes, foreign keys and checks.
    pub keys: Vec<Key>,
    /// The text after the closing parenthesis, its comment left out.
    pub options: String,
    /// The same without how its rows are divided (MySQL).
    pub(in crate::diff) own_options: String,
    /// From `PARTITION BY` on (MySQL).
    pub partitioning: Option<Partitioning>,
    /// Its server cannot change it while rows are written.
    pub(in crate::diff) changes_block: bool,
    /// Its comment in the database.
    pub comment: Option<String>,
    /// CREATE TABLE with its columns and keys, without indexes of their own.
    pub create: String,
    /// The tables that it inherits columns from (PostgreSQL).
    pub(in crate::diff) parents: Vec<TableName>,
    /// Its partitions that are tables of their own (PostgreSQL); a part of a part comes after that.
    pub partitions: Vec<PartitionShape>,
    /// Which servers of a cluster have its rows; `None` where one has all of them.
    pub distribution: Option<DistributionShape>,
    /// Statements after it that are neither indexes nor comments: partitions, settings of columns, owners of sequences.
    pub after: Vec<String>,
}

/// Which servers of a cluster have the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionShape {
    /// The column by whose value a row is on one of them; `None` where each has all rows.
    pub column: Option<String>,
    /// The table that began the group of tables whose equal values are on one server; `None` is the group of the column's type.
    pub first: Option<TableName>,
    /// The tables of the group, itself among them.
    pub beside: Vec<TableName>,
    /// The call that spreads the rows.
    pub create: String,
}

/// A part of a table that is a table of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionShape {
    /// The name with its schema.
    pub name: TableName,
    /// The table or part it belongs to.
    pub parent: TableName,
    /// From `FOR VALUES` or `DEFAULT` on, its own `PARTITION BY` included.
    pub bound: String,
    /// The statement that makes it.
    pub create: String,
}

/// A column as a database has it, or as a schema makes it.
#[derive(Debug, Clone)]
pub struct ColumnShape {
    /// The name of the column.
    pub name: String,
    /// Its place in the text it was read from.
    pub span: Span,
    /// Its line in CREATE TABLE, with the checks that stand at it.
    pub line: String,
    /// The same without them.
    pub alone: String,
    /// Its type as declared.
    pub type_sql: String,
    /// May be NULL.
    pub nullable: bool,
    /// The text after DEFAULT.
    pub default: Option<String>,
    /// The way in which the database makes its values; empty where it makes none.
    pub generated: String,
    /// A parent of its table has it, and that has it from there (PostgreSQL).
    pub(in crate::diff) inherited: bool,
    /// It is computed of other columns.
    pub computed: bool,
    /// Its collation, where one is written.
    pub collation: Option<String>,
    /// Its comment in the database.
    pub comment: Option<String>,
    /// The other words of its declaration: `ON UPDATE current_timestamp()`, `INVISIBLE`.
    pub words: Vec<String>,
    /// The type as it is compared.
    pub(in crate::diff) compared_type: String,
    /// As far as it is known, the type of its values.
    pub column_type: crate::column_type::ColumnType,
    /// As its model has it.
    pub(in crate::diff) column: Box<Column>,
}

/// A view as a database has it, or as a schema makes it.
#[derive(Debug, Clone)]
pub struct ViewShape {
    /// The name with its schema.
    pub name: TableName,
    /// Materialized (PostgreSQL).
    pub materialized: bool,
    /// The statement that makes it.
    pub create: String,
    /// The words around its query.
    pub words: ViewWords,
    /// The text of the query.
    pub query: String,
    /// Names of its columns, where they are given apart from the query.
    pub columns: Vec<String>,
    /// Indexes of a materialized view.
    pub keys: Vec<Key>,
    /// The tables and views that it reads.
    pub reads: Vec<TableName>,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumShape {
    /// The name of the type, with its schema.
    pub name: TableName,
    /// The values, in the order that the database compares them in.
    pub values: Vec<String>,
}

/// Another object that tables need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectShape {
    /// The name with its schema.
    pub name: TableName,
    /// As in `CREATE`: `SEQUENCE`.
    pub kind: &'static str,
    /// The statements that make it.
    pub create: Vec<String>,
    /// The text that is compared.
    pub(in crate::diff) words: String,
    /// Of a function, where they are understood.
    pub(in crate::diff) arguments: Option<Arguments>,
}

/// The types of what goes into a function: PostgreSQL knows it by them among those of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::diff) struct Arguments {
    /// As they are written.
    pub(in crate::diff) written: String,
    /// The same for all spellings.
    pub(in crate::diff) identity: String,
}

impl ObjectShape {
    /// Whether it stands for the same object, whatever that is declared as. Functions of one name may have other arguments.
    pub(in crate::diff) fn is_same(&self, other: &Self) -> bool {
        let arguments = self.arguments.as_ref().zip(other.arguments.as_ref());
        self.kind == other.kind
            && self.name == other.name
            && arguments.is_none_or(|(one, other)| one.identity == other.identity)
    }

    /// Its name as the statements have it.
    pub fn shown(&self, dialect: Dialect) -> String {
        let mut sql = crate::sql_writer::SqlWriter::new(dialect);
        sql.table(&self.name);
        sql.finish()
    }
}

impl DistributionShape {
    /// The tag that says so above a table of this name.
    pub fn tag(&self, table: &TableName) -> String {
        let Some(column) = &self.column else {
            return "@reference".to_owned();
        };
        match &self.first {
            None => format!("@shard {column}"),
            Some(first) if first == table => format!("@shard {column} alone"),
            Some(first) => format!("@shard {column} with {first}"),
        }
    }
}

impl TableShape {
    /// The column of a name.
    pub fn column(&self, name: &str, dialect: Dialect) -> Option<&ColumnShape> {
        let wanted = folded(name, dialect);
        let mut columns = self.columns.iter();
        columns.find(|column| folded(&column.name, dialect) == wanted)
    }

    /// The primary key.
    pub fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == KeyKind::PrimaryKey)
    }
}
