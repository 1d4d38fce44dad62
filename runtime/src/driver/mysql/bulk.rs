//! Many rows at once: prepared INSERTs of many rows each.

use super::MysqlConnection;
use super::params::Values;
use crate::driver::ParamWriter;
use crate::error::Result;
use crate::model::ColumnSet;
use crate::statements::TableSql;

/// More rows in a statement gain nothing.
const ROWS_PER_INSERT: usize = 1_000;
/// The protocol's limit of placeholders in one statement.
const MAX_PARAMS: usize = 65_535;

impl MysqlConnection {
    pub(crate) fn insert_rows(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: &mut dyn FnMut(usize, &mut ParamWriter<'_>),
    ) -> Result<u64> {
        // An INSERT without columns takes one row only.
        let per_statement = match columns.len() {
            0 => 1,
            columns => (MAX_PARAMS / columns).clamp(1, ROWS_PER_INSERT),
        };
        let (mut inserted, mut batched) = (0, 0);
        let mut row_values = Values::default();
        self.values.clear();
        for row in 0..rows {
            row_values.clear();
            super::encode(&mut row_values, &mut |params| write(row, params))?;
            let size = self.values.size() + row_values.size();
            if batched == per_statement || (batched > 0 && size > self.max_statement_size()) {
                inserted += self.insert_batch(table, columns, batched)?;
                batched = 0;
                self.values.clear();
            }
            batched += 1;
            self.values.append(&row_values);
        }
        Ok(inserted + self.insert_batch(table, columns, batched)?)
    }

    /// Inserts the rows whose values are there.
    fn insert_batch(&mut self, table: &TableSql, columns: &ColumnSet, rows: usize) -> Result<u64> {
        if rows == 0 {
            return Ok(0);
        }
        let sql = table.insert_sql(crate::Dialect::Mysql, columns, rows, false);
        self.execute_values(&sql)
    }

    /// Well below what the server takes in one packet, so that estimates may be a little off.
    fn max_statement_size(&self) -> usize {
        self.max_allowed_packet / 4 * 3
    }
}
