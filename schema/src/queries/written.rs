//! A query as its file has it, before any of its names is bound.

use super::part::Parts;
use crate::ast::Name;
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::QueryKind;
use crate::source::Span;

/// One statement with what stands above it.
#[derive(Debug)]
pub(super) struct WrittenQuery {
    /// The module of its file.
    pub(super) module: String,
    pub(super) notes: Notes,
    /// Without its semicolon.
    pub(super) statement: Span,
    pub(super) parts: Parts,
    /// The dialect whose quotes it was cut by.
    pub(super) cut_as: Dialect,
    pub(super) door: Door,
}

/// The place that a statement is written in, whose words findings have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// A file of queries.
    File,
    /// A macro in the program's code.
    InPlace,
}

/// The comments above a statement.
#[derive(Debug)]
pub(super) struct Notes {
    /// As it is written.
    pub(super) name: Name,
    /// The name in snake case, which may need `r#`.
    pub(super) function: String,
    /// The name in camel case.
    pub(super) row_name: String,
    pub(super) kind: QueryKind,
    /// With its colon.
    pub(super) kind_span: Span,
    pub(super) docs: Vec<String>,
    /// `@engines`; empty where there is none.
    pub(super) engines: Vec<Name>,
    /// `@dialect`: the only one that the text is for.
    pub(super) dialect: Option<Dialect>,
    /// `@param`.
    pub(super) parameters: Vec<TypeTag>,
    /// `@column`.
    pub(super) columns: Vec<TypeTag>,
    /// `@embed`.
    pub(super) embedded: Vec<Name>,
    /// `@on_all_shards`: it is meant to need rows of all shards of a cluster.
    pub(super) on_all_shards: bool,
}

/// `@param author: bigint?`, `@column total: bigint`: a type that does not follow from the text.
#[derive(Debug, Clone)]
pub(super) struct TypeTag {
    /// Of a parameter without a colon, or the number of one that has no name.
    pub(super) name: Name,
    /// As a column has it, in the dialect of the statement.
    pub(super) type_name: Name,
    /// It ends in `?`.
    pub(super) nullable: bool,
}

impl WrittenQuery {
    /// The query in the words of a finding.
    pub(super) fn subject(&self) -> String {
        match self.door {
            Door::File => format!("the query `{}`", self.notes.name.text),
            Door::InPlace => "the query".to_owned(),
        }
    }

    /// The engines that a query is to run on, as they are written for it.
    pub(super) fn engines_help(&self, names: &[&str]) -> String {
        match self.door {
            Door::File => format!("`-- @engines {}`", names.join(", ")),
            Door::InPlace => {
                let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).into_vec();
                format!("`engines = [{}]` after the text", quoted.join(", "))
            }
        }
    }

    /// The words that leave engines to a query.
    pub(super) fn limits(&self) -> &'static str {
        match self.door {
            Door::File => "`@engines` and `@dialect`",
            Door::InPlace => "`engines`",
        }
    }

    /// Returns whether this is the text of the same query for another dialect.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let (one, two) = (&self.notes, &other.notes);
        self.statement.file == other.statement.file
            && one.kind == two.kind
            && one.dialect.is_some()
            && two.dialect.is_some()
            && one.dialect != two.dialect
    }
}
