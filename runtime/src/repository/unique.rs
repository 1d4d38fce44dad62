//! Finding a unique key by its columns.

use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::value::ColumnSet;

/// The unique key, or the table's key, of these columns in any order.
pub(super) fn unique_key(sql: &'static TableSql, by: &[usize]) -> Result<&'static [usize]> {
    let wanted: ColumnSet = by.iter().copied().collect();
    let uniques = sql.uniques.iter().map(|unique| unique.columns);
    let mut keys = uniques.chain([sql.key]);
    keys.find(|key| key.iter().copied().collect::<ColumnSet>() == wanted)
        .ok_or_else(|| {
            Error::new(ErrorKind::Unsupported(
                "columns that are no unique key: name all columns of one, as `(table::a, table::b)`",
            ))
        })
}
