//! The texts of changes: updates and deletes of the rows that meet a condition.

use bindery_core::dialect::{Dialect, ReadsOfChanged};

use super::joins::Tables;
use super::related::RelatedModels;
use super::render::Render;
use super::shape::ColumnPath;
use super::tree::Tree;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ColumnSet;

/// The name of the values that an update computes before it changes a row, with the key of each: the table may have any other.
const CHANGED: &str = "bindery_changed";

/// The text of an update of all rows that meet a condition.
pub(crate) fn render_update(
    dialect: Dialect,
    (table, related): (&'static TableSql, &RelatedModels<'_>),
    set: &[u8],
    condition: &[u8],
) -> Result<String> {
    let set = Tree::read(set);
    let mut render = Render::new(dialect, table, related);
    if set.assignments().any(|(_, value)| set.needs_tables(value)) {
        render.nodes.tables = Tables::of_changed(table, related);
    }
    render.push("UPDATE ").push(table.table).push(" SET ");
    render.assignments(&set)?;
    let reads = dialect.query_syntax().reads_of_changed;
    if reads != ReadsOfChanged::Subqueries && render.nodes.tables.have_read(table) {
        return render_update_of_copy(dialect, (table, related), &set, condition);
    }
    render.nodes.tables = Tables::of(table, related);
    render.touch();
    render.changed(condition)?;
    Ok(render.nodes.sql.finish())
}

/// The same where values are computed from rows of the changed table, and the database could read those that it has changed
/// already: all are computed first, with the keys of their rows.
fn render_update_of_copy(
    dialect: Dialect,
    (table, related): (&'static TableSql, &RelatedModels<'_>),
    set: &Tree,
    condition: &[u8],
) -> Result<String> {
    let mut render = Render::new(dialect, table, related);
    render.ensure_key()?;
    for (_, value) in set.assignments() {
        render.nodes.tables.join_all(set, value)?;
    }
    render.join_shape(condition)?;
    render.push("UPDATE ").push(table.table);
    if dialect.query_syntax().reads_of_changed == ReadsOfChanged::Join {
        render.push(" JOIN (");
        render.copy(set, condition)?;
        render.push(" ON ");
        render.equal_keys();
        render.push(" SET ");
        render.set_to_copies(set);
    } else {
        render.push(" SET ");
        render.set_to_copies(set);
        render.push(" FROM (");
        render.copy(set, condition)?;
        render.push(" WHERE ");
        render.equal_keys();
    }
    Ok(render.nodes.sql.finish())
}

/// The text of an INSERT of one row with these columns, or of an update of the row that is there by `unique`.
pub(crate) fn render_insert_or_update(
    dialect: Dialect,
    table: &'static TableSql,
    (columns, unique): (&ColumnSet, &[usize]),
    set: &[u8],
) -> Result<String> {
    let set = Tree::read(set);
    for (column, value) in set.assignments() {
        if unique.contains(&column.index()) {
            let why = "`insert_or_update` that sets a column of the key it goes by";
            return Err(unsupported(why));
        }
        if set.needs_tables(value) {
            let why = "`insert_or_update` with values of other rows: what it sets is computed of the row that is there and the new one";
            return Err(unsupported(why));
        }
    }
    let related = &RelatedModels::NONE;
    let mut render = Render::new(dialect, table, related);
    render.nodes.tables = Tables::of_conflict(table, related, columns.clone());
    table.push_insert(columns, 1, &mut render.nodes.sql);
    table.push_on_conflict(unique, &mut render.nodes.sql);
    render.assignments(&set)?;
    render.touch();
    Ok(render.nodes.sql.finish())
}

/// The text of a delete of all rows that meet a condition.
pub(crate) fn render_delete(
    dialect: Dialect,
    (table, related): (&'static TableSql, &RelatedModels<'_>),
    condition: &[u8],
) -> Result<String> {
    let mut render = Render::new(dialect, table, related);
    render.push("DELETE FROM ").push(table.table);
    render.changed(condition)?;
    Ok(render.nodes.sql.finish())
}

impl Render<'_> {
    /// `a = …, b = …`
    ///
    /// # Errors
    /// One reads, or finds the rows it is computed from by, a column that an earlier one sets: MySQL computes with what was set,
    /// the others with what was stored.
    fn assignments(&mut self, set: &Tree) -> Result<()> {
        let table = self.table;
        let mut columns = Vec::new();
        for (column, value) in set.assignments() {
            self.nodes.tables.join_all(set, value)?;
            self.push(if columns.is_empty() { "" } else { ", " });
            self.push(table.columns[column.index()]).push(" = ");
            self.nodes.write_stored(set, value)?;
            let mut found_by = self.nodes.tables.take_found_by().into_iter();
            if found_by.any(|column| columns.contains(&column)) {
                return Err(unsupported(READS_WHAT_IS_SET));
            }
            columns.push(column.index());
        }
        Ok(())
    }

    /// Sets the columns that every update sets by itself.
    fn touch(&mut self) {
        let touch = self.table.touch;
        if !touch.is_empty() {
            self.push(", ").push(touch);
        }
    }

    /// The keys of the rows, and what their columns are set to.
    fn copy(&mut self, set: &Tree, condition: &[u8]) -> Result<()> {
        self.nodes.tables.qualify(true);
        self.push("SELECT ");
        for &column in self.table.key {
            self.column(ColumnPath::own(column as u16));
            self.push(&format!(" AS bindery_key_{column}, "));
        }
        for (at, (column, value)) in set.assignments().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.nodes.write_stored(set, value)?;
            self.push(&format!(" AS bindery_set_{}", column.index()));
        }
        self.push(" FROM ");
        self.nodes.tables.from(&mut self.nodes.sql);
        self.condition(condition, " WHERE ")?;
        let syntax = self.nodes.sql.dialect().query_syntax();
        if syntax.reads_of_changed == ReadsOfChanged::Join {
            self.push(syntax.no_limit);
        }
        self.push(") AS ").push(CHANGED);
        Ok(())
    }

    fn equal_keys(&mut self) {
        let table = self.table;
        for (at, &column) in table.key.iter().enumerate() {
            self.push(if at > 0 { " AND " } else { "" });
            self.push(table.table).push(".").push(table.columns[column]);
            self.push(&format!(" = {CHANGED}.bindery_key_{column}"));
        }
    }

    fn set_to_copies(&mut self, set: &Tree) {
        let table = self.table;
        for (at, (column, _)) in set.assignments().enumerate() {
            let column = column.index();
            self.push(if at > 0 { ", " } else { "" });
            self.push(table.columns[column]);
            self.push(&format!(" = {CHANGED}.bindery_set_{column}"));
        }
        self.touch();
    }

    /// The rows that a change is of. Those that more tables decide about are found by their key.
    pub(super) fn changed(&mut self, condition: &[u8]) -> Result<()> {
        self.join_shape(condition)?;
        if !self.nodes.tables.is_qualified() {
            return self.condition(condition, " WHERE ");
        }
        self.ensure_key()?;
        let is_hidden = self.nodes.sql.dialect().query_syntax().hides_changed_table;
        self.push(" WHERE ");
        self.keys(false);
        self.push(if is_hidden {
            " IN (SELECT * FROM (SELECT "
        } else {
            " IN (SELECT "
        });
        self.keys(true);
        self.push(" FROM ");
        self.nodes.tables.from(&mut self.nodes.sql);
        self.condition(condition, " WHERE ")?;
        self.push(if is_hidden { ") AS changed)" } else { ")" });
        Ok(())
    }

    /// The columns of the key: one, or a row of them, outside of a SELECT or in its list.
    fn keys(&mut self, is_selected: bool) {
        let table = self.table;
        let is_row = !is_selected && table.key.len() > 1;
        self.nodes.tables.qualify(is_selected);
        self.push(if is_row { "(" } else { "" });
        for (at, &column) in table.key.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.column(ColumnPath::own(column as u16));
        }
        self.push(if is_row { ")" } else { "" });
        self.nodes.tables.qualify(true);
    }

    fn ensure_key(&self) -> Result<()> {
        if self.table.key.is_empty() {
            let why = "a change through relations of a table without a key";
            return Err(unsupported(why));
        }
        Ok(())
    }
}

/// Why an assignment cannot follow another.
pub(super) const READS_WHAT_IS_SET: &str =
    "an assignment reads a column that an earlier one sets: put it before";

#[cold]
fn unsupported(why: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported(why))
}
