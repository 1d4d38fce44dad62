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
mod divided;
mod expression;
#[cfg(feature = "diff")]
mod function;
pub(crate) mod grammar;
#[cfg(test)]
mod grouped;
mod look;
mod more_words;
mod names;
mod operand;
mod precedence;
mod problem;
mod query;
mod reader;
mod source;
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
#[cfg(feature = "diff")]
pub(crate) use divided::DividedPart;
pub(crate) use divided::{Divided, divided_parts};
#[cfg(feature = "diff")]
pub(crate) use function::{
    bound_names_in_function, called_in, head_of_function, names_in_function,
};
#[cfg(test)]
pub(crate) use grouped::grouped;
pub(crate) use more_words::has_more_words;
pub use names::Names;
#[cfg(feature = "diff")]
pub use names::places_of_words;
pub(crate) use names::{
    Site, SiteKind, identity_sequence_name, sequence_argument, sequence_name, sequences_of, sites,
    sites_of_definition, without_own_table, words_of,
};
pub(crate) use problem::shortened;
pub(crate) use reader::{Whole, look_at_expression, read_query, read_statement, read_text};
pub(crate) use text::{Text, Tokens, has_sign, shown_at, tokens_of, tokens_within, ungrouped};
pub(crate) use tree::*;
pub(crate) use walk::{Node, only_reads, walk_from, walk_statement};
pub(crate) use words::spelled;
