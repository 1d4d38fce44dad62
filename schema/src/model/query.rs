//! Queries of the program's own files: their statements for each dialect, and the types of what goes in and comes out.

use super::{Column, EngineId, TableId};
use crate::column_type::ColumnType;
use crate::source::Span;
use bindery_core::dialect::Dialect;

/// A query of a file of queries, checked for every engine that it runs on.
#[derive(Debug, Clone)]
pub struct Query {
    /// The function in Rust: `posts_of_author`; may need `r#`.
    pub function: String,
    /// The module of its file: `posts` of `queries/posts.sql`; may need `r#`.
    pub module: String,
    /// The struct of its rows: `PostsOfAuthor`.
    pub row_name: String,
    /// The name in the file.
    pub span: Span,
    /// The prose above it.
    pub docs: Vec<String>,
    /// The result that its function has.
    pub kind: QueryKind,
    /// The engines that host everything that it names, in their order. Never empty.
    pub engines: Vec<EngineId>,
    /// The statement in each dialect of these engines.
    pub texts: Vec<QueryText>,
    /// The arguments of the function, in the order of the first text.
    pub parameters: Vec<QueryParameter>,
    /// The columns of its rows; empty where it gives none.
    pub columns: Vec<Column>,
    /// Rows of models that some of the columns are.
    pub embedded: Vec<EmbeddedModel>,
    /// No text of it writes rows or locks them, so that it runs on a replica.
    pub only_reads: bool,
    /// Rows are read by the names of their columns: a `*` leaves their order to the database.
    pub by_name: bool,
}

/// A field of a query's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowPart {
    /// Which of [`Query::columns`] it is.
    Column(usize),
    /// Which of [`Query::embedded`] it is.
    Model(usize),
}

impl Query {
    /// The fields of its rows, in their order.
    pub fn fields(&self) -> Vec<RowPart> {
        let mut fields = Vec::new();
        let mut at = 0;
        while at < self.columns.len() {
            let mut models = self.embedded.iter();
            match models.position(|one| one.at == at) {
                Some(model) => {
                    fields.push(RowPart::Model(model));
                    at += self.embedded[model].count.max(1);
                }
                None => {
                    fields.push(RowPart::Column(at));
                    at += 1;
                }
            }
        }
        fields
    }
}

/// Columns of a query's rows that are a row of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedModel {
    /// The field that it is; may need `r#`.
    pub field: String,
    /// Its table.
    pub table: TableId,
    /// Where its columns begin among [`Query::columns`].
    pub at: usize,
    /// How many they are.
    pub count: usize,
    /// An outer join may leave it without a row: its columns are all NULL then.
    pub nullable: bool,
}

/// The result of a query's function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryKind {
    /// `:one`: the one row.
    One,
    /// `:opt`: the row, if there is one.
    Optional,
    /// `:many`: all rows.
    Many,
    /// `:iter`: the rows one after the other.
    Iterate,
    /// `:scalar`: the one value of the one row.
    Scalar,
    /// `:exec`: nothing.
    Execute,
    /// `:rows`: the number of rows that were changed.
    Rows,
}

impl QueryKind {
    /// All kinds, with their words.
    pub const ALL: [(&'static str, Self); 7] = [
        ("one", Self::One),
        ("opt", Self::Optional),
        ("many", Self::Many),
        ("iter", Self::Iterate),
        ("scalar", Self::Scalar),
        ("exec", Self::Execute),
        ("rows", Self::Rows),
    ];

    /// The word as it is written, without its colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Optional => "opt",
            Self::Many => "many",
            Self::Iterate => "iter",
            Self::Scalar => "scalar",
            Self::Execute => "exec",
            Self::Rows => "rows",
        }
    }

    /// Whether it reads rows.
    pub fn reads_rows(self) -> bool {
        match self {
            Self::One | Self::Optional | Self::Many | Self::Iterate | Self::Scalar => true,
            Self::Execute | Self::Rows => false,
        }
    }
}

/// The statement of a query in one dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryText {
    /// The dialect.
    pub dialect: Dialect,
    /// Which parts of it are left out: a bit for each argument with a [`QueryPart`]. The first text of a dialect leaves out none.
    pub form: u32,
    /// The statement, with the placeholders of the dialect.
    pub sql: String,
    /// For each placeholder, in the order in which values are bound: which of [`Query::parameters`] it takes.
    pub arguments: Vec<usize>,
}

/// An argument of a query's function.
#[derive(Debug, Clone)]
pub struct QueryParameter {
    /// The argument in Rust; may need `r#`.
    pub name: String,
    /// The type of its values.
    pub column_type: ColumnType,
    /// May be NULL.
    pub nullable: bool,
    /// Any number of values.
    pub is_list: bool,
    /// Parts of the statement are left out where it is not given.
    pub part: Option<QueryPart>,
}

/// Parts of a statement that an argument leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryPart {
    /// Its bit in [`QueryText::form`].
    pub bit: u32,
    /// The argument is no value of theirs: a boolean, whose `false` leaves them out.
    pub is_switch: bool,
}
