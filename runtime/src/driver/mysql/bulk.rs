//! Many rows at once: prepared INSERTs of many rows each.

use mysql::Value;

use super::size::wire_size;
use super::{MysqlConnection, Params};
use crate::driver::ParamWriter;
use crate::driver::params::ParamTarget;
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
        let mut batch = Batch::default();
        let mut inserted = 0;
        let mut row_values = Vec::new();
        for row in 0..rows {
            let mut params = ParamWriter::new(ParamTarget::Mysql(Params::new(&mut row_values)));
            write(row, &mut params);
            params.finish()?;
            let size = row_values.iter().map(wire_size).sum::<usize>();
            if batch.rows == per_statement || batch.size + size > self.max_statement_size() {
                inserted += self.insert_batch(table, columns, &mut batch)?;
            }
            batch.rows += 1;
            batch.size += size;
            batch.values.append(&mut row_values);
        }
        Ok(inserted + self.insert_batch(table, columns, &mut batch)?)
    }

    fn insert_batch(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        batch: &mut Batch,
    ) -> Result<u64> {
        if batch.rows == 0 {
            return Ok(0);
        }
        let batch = std::mem::take(batch);
        let sql = table.insert_sql(crate::Dialect::Mysql, columns, batch.rows, false);
        self.execute_values(&sql, batch.values)
    }

    /// Well below what the server takes in one packet, so that estimates may be a little off.
    fn max_statement_size(&self) -> usize {
        self.max_allowed_packet / 4 * 3
    }
}

/// Rows for the next statement.
#[derive(Default)]
struct Batch {
    rows: usize,
    size: usize,
    values: Vec<Value>,
}
