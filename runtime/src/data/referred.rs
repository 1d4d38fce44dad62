//! The row that a foreign key refers to, whose value stands for the referring one.

use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::{SqlWriter, TableName};

/// The value that a column refers to by a foreign key. A database may take two values for equal that are written otherwise, by a
/// collation or by padding, and this one is what all of them have in common.
#[derive(Debug, Clone)]
pub struct Referred {
    /// The schema of the table, where it has one.
    pub schema: Option<String>,
    /// The name of the table, without its schema.
    pub table: String,
    /// Other tables inherit from it (`INHERITS`): their rows are none of its own.
    pub has_heirs: bool,
    /// The columns of the key, each with the one that it refers to.
    pub columns: Vec<(String, String)>,
    /// The column that is read.
    pub column: String,
    /// The value that this one refers to itself.
    pub next: Option<Box<Self>>,
}

impl Referred {
    /// Writes the value for a row of `table`, which is SQL, whose own value is in `column`: that one, where there is no other row.
    pub(super) fn push(&self, sql: &mut SqlWriter, table: &str, column: &str) {
        self.push_at(sql, (table, column), 0);
    }

    fn push_at(&self, sql: &mut SqlWriter, (table, column): (&str, &str), depth: usize) {
        let alias = format!("bindery_referred_{depth}");
        sql.push("COALESCE((SELECT ");
        match &self.next {
            Some(next) => next.push_at(sql, (alias.as_str(), self.column.as_str()), depth + 1),
            None => {
                sql.push(&alias).push(".").identifier(&self.column);
            }
        }
        sql.push(" FROM ");
        if self.has_heirs && sql.dialect() == Dialect::Postgres {
            sql.push("ONLY ");
        }
        sql.table(&TableName {
            schema: self.schema.clone(),
            name: self.table.clone(),
        });
        sql.push(" ").push(&alias).push(" WHERE ");
        sql.list(&self.columns, " AND ", |sql, (own, theirs)| {
            sql.push(&alias).push(".").identifier(theirs);
            sql.push(" = ").push(table).push(".").identifier(own);
        });
        sql.push("), ").push(table).push(".").identifier(column);
        sql.push(")");
    }
}
