//! A unique value that a row loses for the rest of a transaction, as another row of the transaction takes it over before this one is
//! written.

use super::{TableSql, random};
use crate::error::Result;
use crate::value::of_column::Value;
use crate::value::recorded::recorded;
use bindery_core::dialect::{Dialect, ValueKind};
use bindery_core::sql_writer::SqlWriter;

/// Recorded values of this kind that no other row is likely to have, in the order in which they are tried: the column may take only small
/// numbers, and texts or bytes of one of these lengths.
pub(crate) fn random_values(kind: ValueKind, lengths: &[usize]) -> Result<Vec<Vec<u8>>> {
    let (numbers, lengths) = (random::numbers().into_iter(), lengths.iter());
    match kind {
        ValueKind::Integer => {
            let numbers = numbers.map(u64::cast_signed);
            let numbers = numbers.flat_map(|number| [-1 - number, number]);
            numbers
                .map(|number| recorded(Value::Integer(number)))
                .collect()
        }
        ValueKind::Unsigned => numbers
            .map(|number| recorded(Value::Unsigned(number)))
            .collect(),
        ValueKind::Text => {
            let texts = lengths.map(|&length| random::digits(length));
            texts.map(|text| recorded(Value::Text(&text))).collect()
        }
        ValueKind::Bytes => {
            let all = lengths.map(|&length| random::bytes(length));
            all.map(|bytes| recorded(Value::Bytes(&bytes))).collect()
        }
        ValueKind::Uuid => {
            let mut uuid = [0; 16];
            uuid.copy_from_slice(&random::bytes(16));
            Ok(vec![recorded(Value::Uuid(&uuid))?])
        }
        ValueKind::Boolean
        | ValueKind::Float
        | ValueKind::Date
        | ValueKind::Time
        | ValueKind::DateTime
        | ValueKind::Timestamp
        | ValueKind::Json
        | ValueKind::Decimal
        | ValueKind::Other => Ok(Vec::new()),
    }
}

/// The statement that gives a row, by its key, another value in one column. Without the columns that every update sets: the row is as it
/// was but for that value.
pub(crate) fn update_sql(
    dialect: Dialect,
    (table, rows): (&TableSql, &str),
    column: usize,
) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("UPDATE ").push(rows).push(" SET ");
    sql.push(table.columns[column]).push(" = ").placeholder();
    sql.push(" WHERE ").list(table.key, " AND ", |sql, &at| {
        sql.push(table.columns[at]).push(" = ").placeholder();
    });
    sql.finish()
}
