//! Rows that are deleted by their keys, for the repair of a copy.

use super::find::DataKey;
use super::loading::Loading;
use super::record::give_all;
use super::references::{self, Acting};
use super::table::{DataTable, push_slots};
use crate::error::{Operation, Result};
use crate::value::ParamWriter;
use bindery_core::sql_writer::SqlWriter;

impl Loading {
    /// Deletes the rows with these keys, each the values of [`DataTable::key`], and returns how many there were. Nothing is deleted in
    /// tables that refer to them: a row that a foreign key would delete or change with one of these is an error at once, and
    /// [`finish`](Self::finish) fails where rows would be left without one that they refer to.
    ///
    /// # Errors
    /// A value is not one of its column's type; another table refers to one of the rows; the database fails.
    pub fn delete(&mut self, table: &DataTable, keys: &[DataKey]) -> Result<u64> {
        let mut sql = SqlWriter::new(self.physical.dialect());
        sql.push("DELETE FROM ").push(&table.rows);
        sql.push(" WHERE ")
            .list(table.sql.key, " AND ", |sql, &at| {
                sql.push(table.sql.columns[at]).push(" = ").placeholder();
            });
        push_slots(&mut sql, table, true);
        let sql = sql.finish();
        let acting = match keys {
            [] => Vec::new(),
            _ => references::acting(&mut self.physical, table)?,
        };
        let mut deleted = 0;
        for key in keys {
            self.ensure_alone(table, key, &acting)?;
            let write =
                &mut |params: &mut ParamWriter<'_>| give_all(table, table.sql.key, &key.0, params);
            let outcome = self.physical.execute(&sql, write);
            deleted += outcome.map_err(|error| {
                let error = error.during(Operation::LoadRows);
                error.on_engine(self.engine)
            })?;
        }
        Ok(deleted)
    }

    /// Locks the row, so that none comes that refers to it, and fails where one is there that would go or be changed with it.
    fn ensure_alone(&mut self, table: &DataTable, key: &DataKey, acting: &[Acting]) -> Result<()> {
        if acting.is_empty() || self.find_locked(table, key)?.is_none() {
            return Ok(());
        }
        for foreign in acting {
            let mut sql = SqlWriter::new(self.physical.dialect());
            sql.push(&foreign.rows).push(" WHERE ");
            sql.list(table.sql.key, " AND ", |sql, &at| {
                sql.push("p.").push(table.sql.columns[at]);
                sql.push(" = ").placeholder();
            });
            sql.push(" LIMIT 1");
            let sql = sql.finish();
            let write =
                &mut |params: &mut ParamWriter<'_>| give_all(table, table.sql.key, &key.0, params);
            let mut is_there = false;
            self.physical.query(&sql, write, &mut |_| {
                is_there = true;
                Ok(true)
            })?;
            if is_there {
                let error = references::dangling(&foreign.table, &foreign.name);
                return Err(error.during(Operation::LoadRows).on_engine(self.engine));
            }
        }
        Ok(())
    }
}
