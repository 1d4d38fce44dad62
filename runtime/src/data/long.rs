//! Values that are too long for memory, read part by part. On a connection nothing else can be asked while rows come in, so the rows with
//! such values are found first, and those between them are read in runs. Most tables have none: on a server, rows are written until one
//! comes in, and only then they are looked for.

use super::LONG_VALUE;
use super::form::{key_in_other_form, kind};
use super::line::Line;
use super::parts::packet;
use super::record::{give_all, give_recorded, record};
use super::row_number;
use super::snapshot::Writing;
use super::table::{
    DataTable, ValueType, Which, push_name, push_order, push_slots, push_value, push_which, select,
    values_of_bound,
};
use crate::driver::{Physical, WriteParams};
use crate::error::{Error, ErrorKind, Result};
use crate::value::recorded::{RecordedValues, split};
#[cfg(feature = "sqlite")]
use crate::value::utf8::whole_characters;
use crate::value::{ParamWriter, RowReader, hexadecimal};
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

/// Bytes that are read at a time.
const PART: usize = 8 << 20;

/// Has a value of MySQL while its parts are read.
const VARIABLE: &str = "@bindery_value";

/// The rows of a table that have long values.
struct Long {
    rows: Vec<LongRow>,
    /// Bytes of a part.
    part: usize,
}

struct LongRow {
    /// Its recorded values.
    key: Vec<u8>,
    /// The places of the columns with a long value.
    columns: Vec<usize>,
}

impl Long {
    /// Looks for them, in the order of their keys.
    fn find(physical: &mut Physical, table: &DataTable, columns: &[usize]) -> Result<Self> {
        let sql = sql_of_long(physical.dialect(), table, columns);
        let mut rows = Vec::new();
        physical.query(&sql, &mut |_| (), &mut |row| {
            let mut key = RecordedValues::new();
            for &at in table.sql.key {
                record(row, &table.columns[at], &mut key)?;
            }
            let key = key.bytes().to_vec();
            let mut long = Vec::new();
            for &at in columns {
                if is_long(row)? {
                    long.push(at);
                }
            }
            rows.push(LongRow { key, columns: long });
            Ok(true)
        })?;
        let part = part_of(physical)?;
        Ok(Self { rows, part })
    }
}

/// The columns that may have a long value, where rows are found by their key, and those before and after it.
fn candidates(table: &DataTable) -> Vec<usize> {
    let key = table.sql.key;
    let is_comparable = |at: &usize| {
        let column = &table.columns[*at];
        kind(&column.value).is_some() && column.redaction.is_none()
    };
    if key.is_empty() || !key.iter().all(is_comparable) {
        return Vec::new();
    }
    let columns = table.columns.iter().enumerate();
    columns
        .filter(|(at, column)| {
            column.may_be_long && column.redaction.is_none() && !key.contains(at)
        })
        .map(|(at, _)| at)
        .collect()
}

/// The query of the rows with a long value: their key, and for each column whether it is one. By its length alone, which the
/// database has without reading the value.
fn sql_of_long(dialect: Dialect, table: &DataTable, columns: &[usize]) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("SELECT ").list(table.sql.key, ", ", |sql, &at| {
        push_value(sql, table.sql, (at, &table.columns[at]));
    });
    for &at in columns {
        sql.push(", ");
        push_is_long(&mut sql, table, at);
    }
    sql.push(" FROM ").push(&table.rows).push(" WHERE (");
    sql.list(columns, " OR ", |sql, &at| push_is_long(sql, table, at));
    sql.push(")");
    push_slots(&mut sql, table, true);
    push_order(&mut sql, table.sql);
    sql.finish()
}

/// The query of all rows without their long values. Its last column says whether a row has one.
fn sql_without_long(dialect: Dialect, table: &DataTable, columns: &[usize]) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("SELECT ");
    for (at, column) in table.columns.iter().enumerate() {
        let may_be_long = columns.contains(&at);
        if may_be_long {
            sql.push("CASE WHEN ");
            push_is_long(&mut sql, table, at);
            sql.push(" THEN NULL ELSE ");
        }
        push_value(&mut sql, table.sql, (at, column));
        sql.push(if may_be_long { " END, " } else { ", " });
    }
    sql.list(columns, " OR ", |sql, &at| push_is_long(sql, table, at));
    sql.push(" FROM ").push(&table.rows);
    push_slots(&mut sql, table, false);
    push_order(&mut sql, table.sql);
    sql.finish()
}

/// The condition of a long value; NULL where it has none.
fn push_is_long(sql: &mut SqlWriter, table: &DataTable, at: usize) {
    let is_text = table.columns[at].value == ValueType::Text;
    sql.push("octet_length(");
    push_name(sql, table.sql, at);
    match (sql.dialect(), is_text) {
        (Dialect::Postgres, true) => sql.push("::text"),
        (Dialect::Postgres, false) | (Dialect::Sqlite | Dialect::Mysql, _) => sql,
    };
    sql.push(&format!(") > {LONG_VALUE}"));
    match sql.dialect() {
        // It keeps values of any type in any column.
        Dialect::Sqlite => {
            sql.push(" AND typeof(");
            push_name(sql, table.sql, at);
            sql.push(if is_text { ") = 'text'" } else { ") = 'blob'" });
        }
        Dialect::Postgres | Dialect::Mysql => {}
    }
}

/// Reads that condition.
fn is_long(row: &mut RowReader<'_>) -> Result<bool> {
    Ok(!row.skip_null() && row.bool()?)
}

/// MySQL gives NULL in place of a result that does not fit into a packet of the server.
fn part_of(physical: &mut Physical) -> Result<usize> {
    match physical.dialect() {
        Dialect::Sqlite | Dialect::Postgres => return Ok(PART),
        Dialect::Mysql => {}
    }
    let packet = packet(physical)?;
    Ok(PART.min(packet / 2).max(1))
}

impl Writing<'_> {
    /// Writes all rows, long values part by part where they can be read so.
    pub(super) fn all_rows(&mut self) -> Result<()> {
        let columns = candidates(self.table);
        if columns.is_empty() {
            return self.rows(&self.table.select, &mut |_| ());
        }
        match self.physical.dialect() {
            Dialect::Sqlite => self.rows_of_file(&columns),
            Dialect::Postgres | Dialect::Mysql => self.rows_of_server(&columns),
        }
    }

    fn rows_of_server(&mut self, columns: &[usize]) -> Result<()> {
        let sql = sql_without_long(self.physical.dialect(), self.table, columns);
        if self.rows_until(&sql, &mut |_| (), is_long)? {
            return Ok(());
        }
        let long = Long::find(self.physical, self.table, columns)?;
        self.rest_with_long(&long)
    }

    /// Whether rows of SQLite are found by their keys needs a look at all of them, before one is written.
    fn rows_of_file(&mut self, columns: &[usize]) -> Result<()> {
        let (physical, table) = (&mut *self.physical, self.table);
        let long = Long::find(physical, table, columns)?;
        match long.rows.first() {
            Some(first)
                if row_number::is_found(physical, table)?
                    && key_in_other_form(physical, table)?.is_none() =>
            {
                self.run(None, Some(first))?;
                self.rest_with_long(&long)
            }
            Some(_) | None => self.rows(&table.select, &mut |_| ()),
        }
    }

    /// Writes the rows from the first one with a long value.
    fn rest_with_long(&mut self, long: &Long) -> Result<()> {
        let mut rows = long.rows.iter().peekable();
        while let Some(row) = rows.next() {
            self.long_row(row, long.part)?;
            self.run(Some(row), rows.peek().copied())?;
        }
        Ok(())
    }

    /// Writes the rows between two.
    fn run(&mut self, after: Option<&LongRow>, before: Option<&LongRow>) -> Result<()> {
        let (table, dialect) = (self.table, self.physical.dialect());
        let which = Which::Between {
            after: after.is_some(),
            before: before.is_some(),
        };
        let sql = select(table, &[], which);
        let places = values_of_bound(dialect, table.sql.key.len());
        self.rows(&sql, &mut |params| {
            for row in [after, before].into_iter().flatten() {
                for &place in &places {
                    give_key(table, row, place, params);
                }
            }
        })
    }

    fn long_row(&mut self, row: &LongRow, part: usize) -> Result<()> {
        let table = self.table;
        let which = Which::With(table.sql.key);
        let sql = select(table, &row.columns, which);
        let texts = self.row_around(
            (&sql, &mut |params| give_keys(table, row, params)),
            &row.columns,
        )?;
        if texts.len() != row.columns.len() + 1 {
            // One row has the key, and it is one state of the database.
            return Err(Error::new(ErrorKind::Corrupt));
        }
        let mut texts = texts.into_iter();
        for &at in &row.columns {
            self.line.text.extend(texts.next());
            self.long_value(row, at, part)?;
        }
        self.line.text.extend(texts);
        self.go_on()
    }

    fn long_value(&mut self, row: &LongRow, at: usize, part: usize) -> Result<()> {
        let is_text = self.table.columns[at].value == ValueType::Text;
        let quote = if is_text {
            Line::quote
        } else {
            Line::digits_quote
        };
        quote(&mut self.line);
        match self.physical.dialect() {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => self.parts_of_file(row, at, part)?,
            _ => self.parts_of_server(row, (at, is_text), part)?,
        }
        quote(&mut self.line);
        Ok(())
    }

    /// One query for each part. MySQL would read the whole value for each, so a variable of the session has it meanwhile.
    fn parts_of_server(
        &mut self,
        row: &LongRow,
        (at, is_text): (usize, bool),
        part: usize,
    ) -> Result<()> {
        let table = self.table;
        let keys: WriteParams<'_> = &mut |params| give_keys(table, row, params);
        let dialect = self.physical.dialect();
        let sql = sql_of_part(dialect, table, at);
        match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                return self.parts_of_query(&sql, keys, (is_text, part));
            }
            Dialect::Mysql => {}
        }
        self.physical.execute(&sql_of_variable(table, at), keys)?;
        self.parts_of_query(&sql, &mut |_| (), (is_text, part))?;
        self.physical.batch(&format!("SET {VARIABLE} = NULL"))
    }

    /// A position in a text is one of characters, of four bytes at most.
    fn parts_of_query(
        &mut self,
        sql: &str,
        keys: WriteParams<'_>,
        (is_text, part): (bool, usize),
    ) -> Result<()> {
        let size = if is_text { part / 4 } else { part };
        let mut begin = 1;
        loop {
            let mut read = 0;
            let line = &mut self.line;
            self.physical.query(
                sql,
                &mut |params| {
                    params.i64(begin);
                    params.i64(size as i64);
                    keys(params);
                },
                &mut |values| {
                    if is_text {
                        let text = values.text()?;
                        read = text.chars().count();
                        line.part(text);
                    } else {
                        let bytes = values.bytes()?;
                        read = bytes.len();
                        hexadecimal::push(bytes, &mut line.text);
                    }
                    Ok(true)
                },
            )?;
            self.go_on()?;
            if read < size {
                return Ok(());
            }
            begin += read as i64;
        }
    }

    #[cfg(feature = "sqlite")]
    fn parts_of_file(&mut self, row: &LongRow, at: usize, part: usize) -> Result<()> {
        let table = self.table;
        let number = row_number::of_key(self.physical, table, &mut |params| {
            give_keys(table, row, params);
        })?;
        let column = &table.columns[at];
        let not_text = || {
            Error::new(ErrorKind::Decode {
                column: at,
                expected: "text",
                is_null: false,
            })
        };
        let (physical, line, mut out) = self.split();
        let Some(file) = physical.sqlite() else {
            return Ok(());
        };
        let place = (table.bare_name.as_str(), column.name.as_str(), number);
        let mut text = Vec::new();
        file.read_parts(place, part, &mut |bytes| {
            if column.value == ValueType::Text {
                // The part before may have ended within a character.
                text.extend_from_slice(bytes);
                let whole = whole_characters(&text).ok_or_else(not_text)?;
                line.part(whole);
                let written = whole.len();
                text.drain(..written);
            } else {
                hexadecimal::push(bytes, &mut line.text);
            }
            out(line)
        })?;
        text.is_empty().then_some(()).ok_or_else(not_text)
    }
}

/// The query of a part of a value.
fn sql_of_part(dialect: Dialect, table: &DataTable, at: usize) -> String {
    let mut sql = SqlWriter::new(dialect);
    let part = |sql: &mut SqlWriter, number: &str| {
        for _ in ["its begin", "its length"] {
            sql.push(", ").placeholder().push(number);
        }
        sql.push(")");
    };
    sql.push("SELECT substr(");
    match dialect {
        Dialect::Mysql => {
            sql.push(VARIABLE);
            part(&mut sql, "");
        }
        Dialect::Sqlite | Dialect::Postgres => {
            push_name(&mut sql, table.sql, at);
            part(&mut sql, "::integer");
            sql.push(" FROM ").push(&table.rows);
            push_which(&mut sql, table.sql, Which::With(table.sql.key));
        }
    }
    sql.finish()
}

/// The statement that has the variable take a value.
fn sql_of_variable(table: &DataTable, at: usize) -> String {
    let mut sql = SqlWriter::new(Dialect::Mysql);
    sql.push("SET ").push(VARIABLE).push(" = (SELECT ");
    push_name(&mut sql, table.sql, at);
    sql.push(" FROM ").push(&table.rows);
    push_which(&mut sql, table.sql, Which::With(table.sql.key));
    sql.push(")");
    sql.finish()
}

fn give_keys(table: &DataTable, row: &LongRow, params: &mut ParamWriter<'_>) {
    give_all(table, table.sql.key, &row.key, params);
}

/// Gives the value at a place of the key.
fn give_key(table: &DataTable, row: &LongRow, place: usize, params: &mut ParamWriter<'_>) {
    for value in split(&row.key).skip(place).take(1) {
        give_recorded(&table.columns[table.sql.key[place]], value, params);
    }
}
