//! SQL as a tree: expressions, queries and what writes, with a place on every node.
//!
//! The differences between the dialects are a table of each in `grammar`; PostgreSQL's `gram.y`, SQLite's `parse.y`, the grammars of MySQL
//! and MariaDB, and what the servers answer, are its sources. What a server calls a syntax error is refused here, and nothing is passed over.

mod alias;
mod call;
mod call_forms;
#[cfg(feature = "diff")]
pub(crate) mod canonical;
#[cfg(feature = "diff")]
mod command;
mod condition;
mod cursor;
mod cut;
mod expression;
pub(crate) mod grammar;
#[cfg(test)]
mod grouped;
mod look;
mod more_words;
mod mysql;
mod names;
mod operand;
mod postgres;
mod precedence;
mod problem;
mod query;
mod reader;
mod source;
mod sqlite;
mod symbols;
mod text;
mod tree;
mod unquote;
mod walk;
mod window;
mod words;
mod write;
mod written;

#[cfg(test)]
mod tests;

#[cfg(feature = "diff")]
pub(crate) use command::{Command, Trigger};
pub(crate) use cursor::{Cursor, Problem, Read};
pub(crate) use cut::Cut;
#[cfg(test)]
pub(crate) use grouped::grouped;
pub(crate) use more_words::has_more_words;
#[cfg(feature = "diff")]
pub(crate) use mysql::DividedPart;
pub(crate) use mysql::{Divided, divided_parts};
pub use names::Names;
#[cfg(feature = "diff")]
pub use names::places_of_words;
pub(crate) use names::{
    Site, SiteKind, sequence_argument, sequences_of, sites, without_own_table, words_of,
};
#[cfg(feature = "diff")]
pub(crate) use postgres::{
    bound_names_in_function, called_in, head_of_function, names_in_function,
};
pub(crate) use postgres::{
    identity_sequence_name, sequence_name, sites_of_definition, sites_of_partitioning,
};
pub(crate) use problem::shortened;
pub(crate) use reader::{Whole, look_at_expression, read_query, read_statement, read_text};
pub(crate) use text::{Text, Tokens, has_sign, shown_at, tokens_of, tokens_within, ungrouped};
pub(crate) use tree::*;
pub(crate) use walk::{Node, only_reads, open_parts, walk_from, walk_statement};
pub(crate) use words::spelled;
