//! Statements as a database describes them that prepared them and did not run them.

use super::physical::{AnyDriver, each};
use crate::error::Result;

/// A statement as its database understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementDescription {
    /// The number of each parameter's type, which PostgreSQL alone says.
    pub parameters: Vec<Option<u32>>,
    /// The columns of its rows, in their order.
    pub columns: Vec<DescribedColumn>,
}

/// A column of such a statement's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedColumn {
    /// The name of the column.
    pub name: String,
    /// The number of its type and the type's name, which PostgreSQL alone says.
    pub column_type: Option<(u32, String)>,
}

impl AnyDriver {
    /// Has the database prepare a statement.
    pub(crate) fn describe(&mut self, sql: &str) -> Result<StatementDescription> {
        each!(self, connection => connection.description(sql))
    }
}

impl StatementDescription {
    /// Of a database that says no types.
    #[cfg(any(feature = "sqlite", feature = "mysql"))]
    pub(super) fn untyped(parameters: usize, names: &[Box<str>]) -> Self {
        let columns = names.iter().map(|name| DescribedColumn {
            name: name.to_string(),
            column_type: None,
        });
        Self {
            parameters: vec![None; parameters],
            columns: columns.collect(),
        }
    }
}
