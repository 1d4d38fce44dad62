//! The numbers that SQLite gives to rows, by which a value is read and written part by part.

use super::table::DataTable;
use crate::driver::Physical;
use crate::error::Result;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;
#[cfg(feature = "sqlite")]
use {
    super::table::{Which, push_which},
    crate::driver::WriteParams,
    crate::error::{Error, ErrorKind},
    bindery_core::sql_writer::SqlWriter,
};

/// Whether values of the table are found without their row. Elsewhere than on SQLite they need not be. There, its rows must have
/// numbers, and texts must be stored as they are read.
pub(super) fn is_found(physical: &mut Physical, table: &DataTable) -> Result<bool> {
    match physical.dialect() {
        Dialect::Sqlite => {}
        Dialect::Postgres | Dialect::Mysql => return Ok(true),
    }
    let sql = "SELECT 1 FROM pragma_table_list(?), pragma_encoding \
               WHERE schema = 'main' AND wr = 0 AND encoding = 'UTF-8'";
    let mut is_found = false;
    let name = &mut |params: &mut ParamWriter<'_>| params.text(&table.bare_name);
    physical.query(sql, name, &mut |_| {
        is_found = true;
        Ok(true)
    })?;
    Ok(is_found && name_of(table).is_some())
}

/// The name of the column that has the number. A table may have columns of its own with these names.
pub(super) fn name_of(table: &DataTable) -> Option<&'static str> {
    let mut names = ["rowid", "_rowid_", "oid"].into_iter();
    names.find(|name| {
        let mut columns = table.columns.iter();
        !columns.any(|column| column.name.eq_ignore_ascii_case(name))
    })
}

/// The number of the row with a key, whose values `key` gives.
#[cfg(feature = "sqlite")]
pub(super) fn of_key(
    physical: &mut Physical,
    table: &DataTable,
    key: WriteParams<'_>,
) -> Result<i64> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("SELECT ").push(name_of(table).unwrap_or("rowid"));
    sql.push(" FROM ").push(&table.rows);
    push_which(&mut sql, table.sql, Which::With(table.sql.key));
    let mut number = None;
    physical.query(&sql.finish(), key, &mut |row| {
        number = Some(row.i64()?);
        Ok(true)
    })?;
    number.ok_or_else(|| Error::new(ErrorKind::Corrupt))
}
