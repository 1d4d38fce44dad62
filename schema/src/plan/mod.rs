//! From a checked model to SQL text: what is run to make tables, and what a repository sends.
//!
//! Nothing here can fail: `check` ran the same writers before and refused what they cannot write. How a dialect spells
//! a thing is in `dialect`.

pub mod capture;
pub mod constraints;
pub mod ddl;
pub(crate) mod distribution;
pub mod guard;
mod index;
mod key;
mod kinds;
mod native;
mod object;
pub mod order;
#[cfg(feature = "diff")]
pub(crate) mod pieces;
mod rules;
pub mod statements;
mod table;
mod types;

#[cfg(feature = "diff")]
pub(crate) use self::ddl::create_view;
pub use self::ddl::{CreateTable, create_alone, create_statements};
pub use self::kinds::{has_lengths, kinds};
pub use self::rules::rules;
pub use self::statements::{StatementFacts, TableStatements, UniqueStatements, table_statements};
pub(crate) use self::table::{Problem, problems};

#[cfg(test)]
pub(crate) mod tests;
