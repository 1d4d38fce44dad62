//! The SQL of one table in one dialect, as generated code hands it over, and the statements that are put together from
//! its parts because they depend on which columns are given. No value is ever part of a text.

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
        self.push_names(columns.iter(), sql);
        sql.push_str(") VALUES ");
        let mut placeholder = 0;
        push_list(sql, ", ", 0..rows, |sql, _| {
            sql.push('(');
            push_list(sql, ", ", columns.iter(), |sql, _| {
                placeholder += 1;
                push_placeholder(dialect, placeholder, sql);
            });
            sql.push(')');
        });
    }

    /// An UPDATE of these columns by others, whose values follow.
    pub(crate) fn update_sql(
        &self,
        dialect: Dialect,
        columns: &ColumnSet,
        by: impl Iterator<Item = usize>,
    ) -> String {
        let mut sql = format!("UPDATE {} SET ", self.table);
        let mut placeholder = 0;
        self.push_equal(dialect, ", ", columns.iter(), &mut placeholder, &mut sql);
        sql.push_str(" WHERE ");
        self.push_equal(dialect, " AND ", by, &mut placeholder, &mut sql);
        sql
    }

    /// A SELECT of the whole row by these columns.
    pub(crate) fn select_sql(&self, dialect: Dialect, by: impl Iterator<Item = usize>) -> String {
        let mut sql = format!("{} WHERE ", self.select);
        self.push_equal(dialect, " AND ", by, &mut 0, &mut sql);
        sql
    }

    /// Appended to an INSERT of `columns` in SQLite and PostgreSQL: a row that is there by `unique` gets their values.
    pub(crate) fn push_do_update(
        &self,
        unique: impl Iterator<Item = usize> + Clone,
        columns: impl Iterator<Item = usize>,
        sql: &mut String,
    ) {
        let mut columns = columns.peekable();
        sql.push_str(" ON CONFLICT (");
        self.push_names(unique.clone(), sql);
        sql.push_str(") DO UPDATE SET ");
        let excluded = |sql: &mut String, column: usize| {
            let name = self.columns[column];
            sql.push_str(name);
            sql.push_str(" = excluded.");
            sql.push_str(name);
        };
        if columns.peek().is_some() {
            push_list(sql, ", ", columns, excluded);
        } else {
            // DO NOTHING would not return the row.
            push_list(sql, ", ", unique.take(1), excluded);
        }
    }

    fn push_names(&self, columns: impl Iterator<Item = usize>, sql: &mut String) {
        push_list(sql, ", ", columns, |sql, column| {
            sql.push_str(self.columns[column])
        });
    }

    fn push_equal(
        &self,
        dialect: Dialect,
        between: &str,
        columns: impl Iterator<Item = usize>,
        placeholder: &mut usize,
        sql: &mut String,
    ) {
        push_list(sql, between, columns, |sql, column| {
            *placeholder += 1;
            sql.push_str(self.columns[column]);
            sql.push_str(" = ");
            push_placeholder(dialect, *placeholder, sql);
        });
    }
}

fn push_list<T>(
    sql: &mut String,
    between: &str,
    items: impl Iterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            sql.push_str(between);
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
