//! The SQL of one table in one dialect, as generated code hands it over. Everything in it is static text.

use crate::Dialect;
use crate::model::ColumnSet;

/// Statements and column names of a table, already quoted for one dialect.
#[derive(Debug)]
pub struct TableSql {
    /// The table's name.
    pub table: &'static str,
    /// Columns of the row in order.
    pub columns: &'static [&'static str],
    /// Positions of the key's columns, in the order of the key; empty without one.
    pub key: &'static [usize],
    /// Positions that a row can be written to: all but computed columns.
    pub writable: &'static [usize],
    /// Positions that every `New…` gives a value: all writable ones without a default.
    pub required: &'static [usize],
    /// The column the database counts by itself, where the server tells it by "last insert id".
    pub counted: Option<usize>,
    /// `SELECT columns FROM table`; conditions are appended after a blank.
    pub select: &'static str,
    /// The first row in the order of the key.
    pub first: &'static str,
    /// One row by key.
    pub find: &'static str,
    /// `SELECT count(*) …`.
    pub count: &'static str,
    /// Is there a row with this key?
    pub exists: &'static str,
    /// Inserts the required columns, and returns the row where the server can.
    pub insert: &'static str,
    /// Inserts every writable column, returning nothing.
    pub insert_row: &'static str,
    /// Appended to an insert or update to get the row back; empty where the server cannot.
    pub returning: &'static str,
    /// Sets every writable column outside the key; the key's values follow. Empty where there is nothing to set.
    pub save: &'static str,
    /// Deletes by key.
    pub delete: &'static str,
    /// Unique keys that can be searched by, in the order of the generated `find_by_…`.
    pub uniques: &'static [UniqueSql],
}

/// Statements of one unique key.
#[derive(Debug)]
pub struct UniqueSql {
    /// Positions of its columns.
    pub columns: &'static [usize],
    /// One row by these columns.
    pub find: &'static str,
}

impl TableSql {
    /// An INSERT of these columns and so many rows, for sets of columns that have no static statement.
    pub(crate) fn insert_sql(
        &self,
        dialect: Dialect,
        columns: &ColumnSet,
        rows: usize,
        returning: bool,
    ) -> String {
        let mut sql = String::with_capacity(64 + rows * columns.len() * 4);
        sql.push_str("INSERT INTO ");
        sql.push_str(self.table);
        if columns.is_empty() && rows == 1 {
            sql.push_str(match dialect {
                Dialect::Sqlite | Dialect::Postgres => " DEFAULT VALUES",
                Dialect::Mysql => " () VALUES ()",
            });
        } else {
            self.push_values(dialect, columns, rows, &mut sql);
        }
        if returning {
            sql.push_str(self.returning);
        }
        sql
    }

    fn push_values(&self, dialect: Dialect, columns: &ColumnSet, rows: usize, sql: &mut String) {
        sql.push_str(" (");
        push_list(sql, columns.iter(), |sql, column| {
            sql.push_str(self.columns[column])
        });
        sql.push_str(") VALUES ");
        let mut placeholder = 0;
        push_list(sql, 0..rows, |sql, _| {
            sql.push('(');
            push_list(sql, columns.iter(), |sql, _| {
                placeholder += 1;
                push_placeholder(dialect, placeholder, sql);
            });
            sql.push(')');
        });
    }

    /// An UPDATE of these columns by key.
    pub(crate) fn update_sql(&self, dialect: Dialect, columns: &ColumnSet) -> String {
        let mut sql = format!("UPDATE {} SET ", self.table);
        let mut placeholder = 0;
        let mut assign = |sql: &mut String, column: &str| {
            placeholder += 1;
            sql.push_str(column);
            sql.push_str(" = ");
            push_placeholder(dialect, placeholder, sql);
        };
        push_list(&mut sql, columns.iter(), |sql, column| {
            assign(sql, self.columns[column])
        });
        sql.push_str(" WHERE ");
        for (index, column) in self.key.iter().enumerate() {
            if index > 0 {
                sql.push_str(" AND ");
            }
            assign(&mut sql, self.columns[*column]);
        }
        sql
    }
}

fn push_list<T>(
    sql: &mut String,
    items: impl Iterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            sql.push_str(", ");
        }
        push(sql, item);
    }
}

fn push_placeholder(dialect: Dialect, number: usize, sql: &mut String) {
    use std::fmt::Write;
    match dialect {
        Dialect::Postgres => write!(sql, "${number}").expect("writing to a String cannot fail"),
        Dialect::Sqlite | Dialect::Mysql => sql.push('?'),
    }
}
