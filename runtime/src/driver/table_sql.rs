//! The SQL of one table in one dialect, as generated code hands it over, and the statements that are put together from
//! its parts because they depend on which columns are given. No value is ever part of a text.

use std::borrow::Cow;
use std::fmt;

use bindery_core::sql_writer::SqlWriter;

use crate::value::ColumnSet;
use bindery_core::dialect::{Dialect, ListKind};

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
    /// The auto-increment column, where the server reports its value as "last insert id".
    pub counted: Option<usize>,
    /// `SELECT columns FROM table`; conditions are appended after a blank.
    pub select: &'static str,
    /// The first row in the order of the key.
    pub first: &'static str,
    /// One row by key.
    pub find: &'static str,
    /// `SELECT count(*) …`.
    pub count: &'static str,
    /// The query that finds whether a row has the key.
    pub exists: &'static str,
    /// Inserts the required columns, and returns the row where the server can.
    pub insert: &'static str,
    /// Inserts every writable column, returning nothing.
    pub insert_row: &'static str,
    /// Appended to an insert or update to get the row back; empty where the server cannot.
    pub returning: &'static str,
    /// Sets every writable column outside the key that no update sets by itself, and those too; the key's values follow,
    /// and the version's. Empty where there is nothing to set.
    pub save: &'static str,
    /// Position of the column that counts the updates of a row.
    pub version: Option<usize>,
    /// Positions that every update sets by itself: the version, and the time of the last change.
    pub touched: &'static [usize],
    /// The assignments that do so, for the SET of an update; empty where no column is set by itself.
    pub touch: &'static str,
    /// Deletes by key.
    pub delete: &'static str,
    /// Unique keys that can be searched by, in the order of the generated `find_by_…`.
    pub uniques: &'static [UniqueSql],
    /// Foreign keys to tables of the same database, by the numbers that the model's relations have.
    pub references: &'static [ReferenceSql],
    /// Foreign keys of tables to this one, by the numbers that the model's relations to many have. Empty for a derived
    /// model, whose macro sees no other table.
    pub referenced: &'static [ReferencedSql],
    /// Where its rows are on an engine that is a cluster.
    pub placement: Placement,
}

/// The servers of a Citus cluster that have the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// The coordinator alone.
    Coordinator,
    /// Each of them has all.
    Reference,
    /// One of them has a row, by the value of a column.
    Sharded {
        /// Position of the column.
        column: usize,
        /// The name of a group of tables, whose rows of equal values are on one server.
        group: &'static str,
    },
    /// Those of a view, which are made of rows of sharded tables.
    Made {
        /// Position of the column that has the value of their shard column: with one value of it, one server makes the rows.
        column: Option<usize>,
        /// The group of those tables.
        group: &'static str,
    },
}

/// A foreign key.
pub struct ReferenceSql {
    /// Positions of the referring columns.
    pub columns: &'static [usize],
    /// The referred table; it may be the same one.
    pub to: ReferredTable,
    /// Positions of the referred columns there, as many; empty stands for its primary key.
    pub to_columns: &'static [usize],
}

/// The table that a foreign key refers to.
#[derive(Clone, Copy)]
pub enum ReferredTable {
    /// The statements of that table.
    At(&'static TableSql),
    /// The table of a derived model, which its macro cannot name: it is found by the type of its key. A function, as a
    /// static that held the table itself would be made of itself where tables refer to each other.
    By(fn() -> &'static TableSql),
}

/// Without the table, which may refer to this one.
impl fmt::Debug for ReferenceSql {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ReferenceSql")
            .field("columns", &self.columns)
            .field("to", &self.to().table)
            .finish()
    }
}

/// A foreign key, seen from the table that it refers to.
pub struct ReferencedSql {
    /// The referring table; `None` where it is on no engine of this dialect.
    pub from: Option<&'static TableSql>,
    /// Which of its references it is.
    pub reference: usize,
}

/// Without what the table has, which may refer to this one.
impl fmt::Debug for ReferencedSql {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ReferencedSql")
            .field("from", &self.from.map(|table| table.table))
            .field("reference", &self.reference)
            .finish()
    }
}

impl ReferenceSql {
    /// The referred table.
    pub(crate) fn to(&self) -> &'static TableSql {
        match self.to {
            ReferredTable::At(table) => table,
            ReferredTable::By(find) => find(),
        }
    }

    /// Positions of the referred columns.
    pub(crate) fn to_columns(&self) -> &'static [usize] {
        match self.to_columns {
            [] => self.to().key,
            columns => columns,
        }
    }
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
    /// No columns and no statements: generated code, loads, and tests of the drivers fill in what there is.
    pub const NOTHING: Self = Self {
        table: "",
        columns: &[],
        key: &[],
        writable: &[],
        required: &[],
        counted: None,
        select: "",
        first: "",
        find: "",
        count: "",
        exists: "",
        insert: "",
        insert_row: "",
        returning: "",
        save: "",
        version: None,
        touched: &[],
        touch: "",
        delete: "",
        uniques: &[],
        references: &[],
        referenced: &[],
        placement: Placement::Coordinator,
    };

    /// The column by whose value a cluster has a row on one of its servers.
    pub(crate) const fn shard_column(&self) -> Option<usize> {
        match self.placement {
            Placement::Sharded { column, .. } => Some(column),
            Placement::Coordinator | Placement::Reference | Placement::Made { .. } => None,
        }
    }

    /// Its rows are made by a query of the database's own.
    pub(crate) const fn is_view(&self) -> bool {
        self.insert.is_empty()
    }

    /// The table and its columns, as errors name them.
    pub(crate) fn names(&self) -> (&'static str, &'static [&'static str]) {
        (self.table, self.columns)
    }

    /// An INSERT of these columns and this number of rows, for sets of columns that have no static statement. Without
    /// any column only one row can be inserted.
    pub(crate) fn insert_sql(
        &self,
        dialect: Dialect,
        columns: &ColumnSet,
        rows: usize,
        returning: bool,
    ) -> String {
        let mut sql = SqlWriter::new(dialect);
        self.push_insert(columns, rows, &mut sql);
        if returning {
            sql.push(self.returning);
        }
        sql.finish()
    }

    /// An INSERT of these columns and this number of rows.
    pub(crate) fn push_insert(&self, columns: &ColumnSet, rows: usize, sql: &mut SqlWriter) {
        sql.push("INSERT INTO ").push(self.table);
        if columns.is_empty() {
            sql.no_values();
        } else {
            self.push_values(columns, rows, sql);
        }
    }

    fn push_values(&self, columns: &ColumnSet, rows: usize, sql: &mut SqlWriter) {
        sql.push(" (");
        self.push_names(columns.iter(), sql);
        sql.push(") VALUES ").list(0..rows, ", ", |sql, _| {
            sql.push("(");
            sql.list(columns.iter(), ", ", |sql, _| {
                sql.placeholder();
            });
            sql.push(")");
        });
    }

    /// An UPDATE of these columns, and of those that it sets by itself, by others whose values follow.
    pub(crate) fn update_sql(
        &self,
        dialect: Dialect,
        columns: &ColumnSet,
        by: impl Iterator<Item = usize>,
    ) -> String {
        let mut sql = SqlWriter::new(dialect);
        sql.push("UPDATE ").push(self.table).push(" SET ");
        self.push_equal(columns.iter(), ", ", &mut sql);
        push_touch(&self.touch_beside(columns), columns.is_empty(), &mut sql);
        sql.push(" WHERE ");
        self.push_equal(by, " AND ", &mut sql);
        sql.finish()
    }

    /// A SELECT of the whole row by these columns.
    pub(crate) fn select_sql(&self, dialect: Dialect, by: impl Iterator<Item = usize>) -> String {
        let mut sql = SqlWriter::new(dialect);
        sql.push(self.select).push(" WHERE ");
        self.push_equal(by, " AND ", &mut sql);
        sql.finish()
    }

    /// A SELECT of the whole rows with this number of keys.
    pub(crate) fn select_list_sql(&self, dialect: Dialect, keys: usize) -> String {
        self.select_by_list_sql(dialect, self.key, keys)
    }

    /// The same of a key of one column, whose values are one list.
    pub(crate) fn select_of_list_sql(
        &self,
        dialect: Dialect,
        kind: ListKind,
        keys: usize,
    ) -> String {
        let mut sql = SqlWriter::new(dialect);
        sql.push(self.select).push(" WHERE ");
        sql.push(self.columns[self.key[0]]).one_of(kind, keys);
        sql.finish()
    }

    /// A SELECT of the whole rows with this number of values of a unique key.
    pub(crate) fn select_by_list_sql(&self, dialect: Dialect, by: &[usize], keys: usize) -> String {
        let mut sql = SqlWriter::new(dialect);
        sql.push(self.select).push(" WHERE ");
        if let [column] = by {
            sql.push(self.columns[*column]).one_of_places(keys);
        } else {
            // MariaDB looks up none of `(a, b) IN ((…), …)` in an index.
            sql.list(0..keys, " OR ", |sql, _| {
                sql.push("(");
                self.push_equal(by.iter().copied(), " AND ", sql);
                sql.push(")");
            });
        }
        sql.finish()
    }

    /// Follows an INSERT in SQLite and PostgreSQL: a row that is there by `unique` gets the new values of `columns`.
    pub(crate) fn do_update_sql(
        &self,
        dialect: Dialect,
        unique: &[usize],
        columns: &ColumnSet,
    ) -> String {
        let mut sql = SqlWriter::new(dialect);
        self.push_conflict(unique, &mut sql);
        sql.push(" DO UPDATE SET ");
        // With nothing to change, DO NOTHING would not return the row.
        let nothing = columns.is_empty() && self.touch.is_empty();
        let first = unique.first().copied().filter(|_| nothing);
        sql.list(columns.iter().chain(first), ", ", |sql, column| {
            let name = self.columns[column];
            sql.push(name).push(" = excluded.").push(name);
        });
        push_touch(&self.touch_beside(columns), columns.is_empty(), &mut sql);
        sql.finish()
    }

    /// Follows an INSERT in SQLite and PostgreSQL: a row that is there by `unique` stays, and the new one is not counted.
    pub(crate) fn do_nothing_sql(&self, dialect: Dialect, unique: &[usize]) -> String {
        let mut sql = SqlWriter::new(dialect);
        self.push_conflict(unique, &mut sql);
        sql.push(" DO NOTHING");
        sql.finish()
    }

    /// Follows an INSERT: what is after it is done with a row that is there by `unique`.
    pub(crate) fn push_on_conflict(&self, unique: &[usize], sql: &mut SqlWriter) {
        match sql.dialect() {
            Dialect::Sqlite | Dialect::Postgres => {
                self.push_conflict(unique, sql);
                sql.push(" DO UPDATE SET ");
            }
            Dialect::Mysql => {
                self.push_on_duplicate_key(unique, sql);
                sql.push(", ");
            }
        }
    }

    fn push_conflict(&self, unique: &[usize], sql: &mut SqlWriter) {
        sql.push(" ON CONFLICT (");
        self.push_names(unique.iter().copied(), sql);
        sql.push(")");
    }

    /// The server takes whichever unique key is in the way; where it is another one, the greatest number plus one is out of
    /// range, in every mode, and the statement fails.
    fn push_on_duplicate_key(&self, unique: &[usize], sql: &mut SqlWriter) {
        sql.push(" ON DUPLICATE KEY UPDATE ");
        let key = unique.first().map_or("", |&column| self.columns[column]);
        sql.push(key).push(" = IF(18446744073709551615 + ((");
        sql.list(unique.iter(), " AND ", |sql, &column| {
            let name = self.columns[column];
            sql.push(name).push(" = VALUES(").push(name).push(")");
        });
        sql.push(") IS NOT TRUE), ").push(key).push(", ");
        sql.push(key).push(")");
    }

    /// Follows an INSERT in MySQL: a row that is there by `unique` gets the new values of `columns`.
    pub(crate) fn on_duplicate_key_sql(
        &self,
        dialect: Dialect,
        unique: &[usize],
        columns: &ColumnSet,
    ) -> String {
        let touch = self.touch_beside(columns);
        let mut sql = SqlWriter::new(dialect);
        self.push_on_duplicate_key(unique, &mut sql);
        for column in columns.iter() {
            let name = self.columns[column];
            sql.push(", ").push(name).push(" = VALUES(");
            sql.push(name).push(")");
        }
        push_touch(&touch, false, &mut sql);
        sql.finish()
    }

    /// An UPDATE by `unique`, whose values follow in ascending order, also where there is nothing to set: then it reports
    /// whether the row is there.
    pub(crate) fn update_by_sql(
        &self,
        dialect: Dialect,
        columns: &ColumnSet,
        unique: &ColumnSet,
    ) -> String {
        if !columns.is_empty() || !self.touch.is_empty() {
            return self.update_sql(dialect, columns, unique.iter());
        }
        let mut sql = SqlWriter::new(dialect);
        let key = unique
            .iter()
            .next()
            .map_or("", |column| self.columns[column]);
        sql.push("UPDATE ").push(self.table).push(" SET ");
        sql.push(key).push(" = ").push(key).push(" WHERE ");
        self.push_equal(unique.iter(), " AND ", &mut sql);
        sql.finish()
    }

    /// These columns without those of a unique key.
    pub(crate) fn beside(&self, unique: &[usize], given: &ColumnSet) -> ColumnSet {
        let outside = |column: &usize| !unique.contains(column);
        given.iter().filter(outside).collect()
    }

    /// Returns which of `given` a row gets that is there by `unique`, beside those that every update sets by itself.
    pub(crate) fn settable_beside(&self, unique: &[usize], given: &ColumnSet) -> ColumnSet {
        self.settable(self.beside(unique, given).iter())
    }

    /// These columns without those that an update sets by itself.
    pub(crate) fn settable(&self, columns: impl Iterator<Item = usize>) -> ColumnSet {
        columns
            .filter(|column| !self.touched.contains(column))
            .collect()
    }

    /// The assignments of the columns that an update sets by itself, without those that are set to values.
    fn touch_beside(&self, columns: &ColumnSet) -> Cow<'static, str> {
        if !self.touched.iter().any(|&column| columns.contains(column)) {
            return Cow::Borrowed(self.touch);
        }
        let names: Vec<String> = columns
            .iter()
            .map(|column| format!("{} = ", self.columns[column]))
            .collect();
        let is_kept = |part: &&str| !names.iter().any(|name| part.starts_with(name.as_str()));
        let kept: Vec<&str> = assignments(self.touch)
            .into_iter()
            .filter(is_kept)
            .collect();
        Cow::Owned(kept.join(", "))
    }

    /// The column that updates set to the current time by themselves.
    pub(crate) fn time_set(&self) -> Option<usize> {
        let mut touched = self.touched.iter().copied();
        touched.find(|column| Some(*column) != self.version)
    }

    fn push_names(&self, columns: impl Iterator<Item = usize>, sql: &mut SqlWriter) {
        sql.list(columns, ", ", |sql, column| {
            sql.push(self.columns[column]);
        });
    }

    fn push_equal(&self, columns: impl Iterator<Item = usize>, between: &str, sql: &mut SqlWriter) {
        sql.list(columns, between, |sql, column| {
            sql.push(self.columns[column]).push(" = ").placeholder();
        });
    }
}

fn push_touch(touch: &str, first: bool, sql: &mut SqlWriter) {
    if !first && !touch.is_empty() {
        sql.push(", ");
    }
    sql.push(touch);
}

/// The assignments of a SET, at the commas that are in no parentheses and no quotes.
fn assignments(set: &str) -> Vec<&str> {
    let (mut depth, mut quote) = (0, None);
    let is_between = |character: char| {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => return false,
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) => return character == ',' && depth == 0,
        }
        false
    };
    set.split(is_between).map(str::trim_start).collect()
}

#[cfg(test)]
mod tests {
    use super::assignments;

    #[test]
    fn assignments_end_at_commas_outside_of_parentheses_and_quotes() {
        let set = "`a, b` = `t`.`a, b` + 1, at = strftime('%f, (', 'now'), d = now(6)";
        let wanted = [
            "`a, b` = `t`.`a, b` + 1",
            "at = strftime('%f, (', 'now')",
            "d = now(6)",
        ];
        assert_eq!(assignments(set), wanted);
    }
}
