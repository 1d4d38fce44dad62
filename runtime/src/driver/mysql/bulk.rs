//! Many rows in one statement. MariaDB takes a prepared INSERT of one row with the values of many
//! (`COM_STMT_BULK_EXECUTE`); where the server does not offer that, prepared INSERTs of many rows each. Either way a
//! refused row takes back the whole statement, and no other.

use std::ops::Range;

use super::session::Done;
use super::{MysqlConnection, Statement, Transaction};
use crate::driver::TableSql;
use crate::driver::refused::first_refused;
use crate::driver::{TakeEach, WriteEach};
use crate::error::Result;
use crate::value::ColumnSet;
use crate::value::ParamWriter;
use crate::value::mysql::params::too_large;
use crate::value::mysql::params::{BulkValues, Values};
use bindery_core::dialect::Dialect;

/// More rows in a statement gain nothing.
const ROWS_PER_INSERT: usize = 1_000;
/// The same of rows that share a statement.
const ROWS_PER_BULK: usize = 20_000;
/// The protocol's limit of placeholders in one statement.
const MAX_PARAMS: usize = 65_535;

const BULK_EXECUTE: u8 = 0xfa;
/// The types of the values stand before them.
const TYPES_FOLLOW: u16 = 128;

impl MysqlConnection {
    pub(crate) fn insert_rows(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        self.rows_in_statement = 0;
        if self.takes_bulk && !columns.is_empty() {
            self.insert_in_bulk(table, columns, rows, write)
        } else {
            self.insert_in_statements(table, columns, rows, write)
        }
    }

    fn insert_in_bulk(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        let sql = table.insert_sql(Dialect::Mysql, columns, 1, false);
        let (mut inserted, mut first) = (0, 0);
        let mut bulk = BulkValues::default();
        let mut row_values = Values::below(self.max_allowed_packet).with_indicators();
        for row in 0..rows {
            encode_row(&mut row_values, row, write)?;
            let size = bulk.size() + row_values.size();
            let is_full = bulk.rows() == ROWS_PER_BULK || size > self.max_statement_size();
            if is_full || !bulk.takes(&row_values) {
                inserted += self.insert_bulk(&sql, &bulk, first..row, write)?;
                first = row;
                bulk.clear();
            }
            bulk.append(&row_values);
        }
        Ok(inserted + self.insert_bulk(&sql, &bulk, first..rows, write)?)
    }

    fn insert_bulk(
        &mut self,
        sql: &str,
        bulk: &BulkValues,
        rows: Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut last = Done::default();
        let outcome = self.run_sent(
            sql,
            bulk.columns(),
            |connection, statement| connection.send_bulk(statement, bulk),
            |session, _, _| {
                last = session.read_away()?;
                Ok(())
            },
        );
        match outcome {
            Ok(()) => Ok(last.changed),
            Err(error) => Err(self.which_refused(sql, rows, error, write)),
        }
    }

    fn send_bulk(&mut self, statement: &Statement, bulk: &BulkValues) -> Result<()> {
        let deadline = self.deadline();
        let out = match self.session.begin(deadline) {
            Ok(out) => out,
            Err(fault) => return Err(self.failed(fault)),
        };
        out.push(BULK_EXECUTE);
        out.extend_from_slice(&statement.id.to_le_bytes());
        out.extend_from_slice(&TYPES_FOLLOW.to_le_bytes());
        bulk.write(out);
        if self.session.written() >= self.max_allowed_packet {
            return Err(too_large(self.max_allowed_packet));
        }
        self.session.send().map_err(|fault| self.failed(fault))
    }

    fn insert_in_statements(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        let per_statement = rows_per_statement(columns);
        let (mut inserted, mut first) = (0, 0);
        let mut row_values = Values::below(self.max_allowed_packet);
        self.values.clear();
        for row in 0..rows {
            encode_row(&mut row_values, row, write)?;
            let size = self.values.size() + row_values.size();
            let is_full = row - first == per_statement || size > self.max_statement_size();
            if row > first && is_full {
                inserted += self.insert_batch(table, columns, first..row, write)?;
                first = row;
                self.values.clear();
            }
            self.values.append(&row_values);
        }
        Ok(inserted + self.insert_batch(table, columns, first..rows, write)?)
    }

    /// Inserts as many of these rows as go with one statement, which has `after` after its values. Returns how many those
    /// are, and how many of them the server found there; none where only one would go, as the server reports nothing of a
    /// single row.
    pub(crate) fn upsert_rows(
        &mut self,
        table: &TableSql,
        (columns, after): (&ColumnSet, &str),
        rows: Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<(usize, u64)> {
        let taken = self.take_rows(columns, rows, write)?;
        self.rows_in_statement = taken;
        if taken < 2 {
            return Ok((0, 0));
        }
        let sql = table.insert_sql(Dialect::Mysql, columns, taken, false) + after;
        let there = self.count_duplicates(&sql)?;
        Ok((taken, there))
    }

    /// Inserts rows and hands over each as stored, in their order.
    pub(crate) fn insert_returning(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        let mut first = 0;
        self.rows_in_statement = 0;
        while first < rows {
            let taken = self.take_rows(columns, first..rows, write)?;
            self.note_first(taken);
            let sql = table.insert_sql(Dialect::Mysql, columns, taken, true);
            let mut at = first;
            let outcome = self.query_values(&sql, &mut |row| {
                take(at, row)?;
                at += 1;
                Ok(true)
            });
            if let Err(error) = outcome {
                let sql = table.insert_sql(Dialect::Mysql, columns, 1, false);
                return Err(self.which_refused(&sql, first..first + taken, error, write));
            }
            first += taken;
        }
        Ok(())
    }

    fn note_first(&mut self, rows: usize) {
        if self.rows_in_statement == 0 {
            self.rows_in_statement = rows;
        }
    }

    /// How many rows the first statement of the last insert of many had. With the values of many rows for one statement that
    /// statement has one.
    pub(crate) fn rows_in_statement(&self) -> usize {
        self.rows_in_statement.max(1)
    }

    /// The first statement of the last [`insert_rows`](Self::insert_rows).
    pub(crate) fn sent_insert(&self, table: &TableSql, columns: &ColumnSet) -> String {
        table.insert_sql(Dialect::Mysql, columns, self.rows_in_statement(), false)
    }

    /// Encodes the values of as many of these rows as go with one statement, and returns their number.
    fn take_rows(
        &mut self,
        columns: &ColumnSet,
        rows: Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<usize> {
        let most = rows_per_statement(columns).min(rows.len());
        let mut row_values = Values::below(self.max_allowed_packet);
        self.values.clear();
        let mut taken = 0;
        while taken < most {
            encode_row(&mut row_values, rows.start + taken, write)?;
            let size = self.values.size() + row_values.size();
            if taken > 0 && size > self.max_statement_size() {
                break;
            }
            self.values.append(&row_values);
            taken += 1;
        }
        Ok(taken)
    }

    /// Runs an INSERT of many rows with the values that are there, and returns how many of the rows were there.
    fn count_duplicates(&mut self, sql: &str) -> Result<u64> {
        let mut duplicates = 0;
        self.run(sql, |session, _, _| {
            duplicates = session.read_duplicates()?;
            Ok(())
        })?;
        Ok(duplicates)
    }

    /// Inserts the rows whose values are there.
    fn insert_batch(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.note_first(rows.len());
        let sql = table.insert_sql(Dialect::Mysql, columns, rows.len(), false);
        self.execute_values(&sql).map_err(|error| {
            let sql = table.insert_sql(Dialect::Mysql, columns, 1, false);
            self.which_refused(&sql, rows, error, write)
        })
    }

    /// The server does not say which row it refuses. Whatever is inserted to find out goes with the transaction.
    fn which_refused(
        &mut self,
        sql: &str,
        rows: Range<usize>,
        error: crate::error::Error,
        write: WriteEach<'_>,
    ) -> crate::error::Error {
        match self.transaction {
            Transaction::Open => first_refused(rows, error, &mut |row| {
                self.execute(sql, &mut |params| write(row, params))
            }),
            Transaction::None | Transaction::Aborted => error,
        }
    }

    /// Well below what the server takes in one packet, so that estimates may be a little off.
    fn max_statement_size(&self) -> usize {
        self.max_allowed_packet / 4 * 3
    }
}

/// An INSERT without columns takes one row only.
fn rows_per_statement(columns: &ColumnSet) -> usize {
    match columns.len() {
        0 => 1,
        columns => (MAX_PARAMS / columns).clamp(1, ROWS_PER_INSERT),
    }
}

fn encode_row(values: &mut Values, row: usize, write: WriteEach<'_>) -> Result<()> {
    values.clear();
    super::encode(values, &mut |params: &mut ParamWriter<'_>| {
        write(row, params)
    })
    .map_err(|error| error.at_row(row))
}
