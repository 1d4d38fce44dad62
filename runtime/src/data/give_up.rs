//! A unique value that a row loses for the rest of a transaction, as another row of the transaction takes it over before this one is
//! written: for the repair of a copy, whose tables are known by their names alone.

use super::find::DataKey;
use super::give::give_column;
use super::loading::{BACK, Loading, RELEASE, SAVEPOINT};
use super::record::give_all;
use super::rows::Written;
use super::table::{DataColumn, DataTable, ValueType};
use crate::driver::random;
use crate::error::{Operation, Result};
use crate::value::{ParamWriter, uuid_text};
use bindery_core::sql_writer::SqlWriter;

/// Characters of a text, and digits of bytes.
const LENGTH: usize = 32;

impl Loading {
    /// Gives the row with this key another value in one of these columns, named by their places: NULL where the column may be so, else a
    /// random one of its type. The row has to be written afterwards. `false` where the table takes none of them.
    ///
    /// # Errors
    /// The database fails.
    #[doc(hidden)]
    pub fn give_up(&mut self, table: &DataTable, key: &DataKey, columns: &[usize]) -> Result<bool> {
        let all = columns.iter().flat_map(|&at| {
            let values = stand_ins(&table.columns[at]).into_iter();
            values.map(move |value| (at, value))
        });
        for (column, value) in all.collect::<Vec<_>>() {
            let taken = self.try_value(table, key, (column, &value));
            let taken = taken.map_err(|error| {
                let error = error.during(Operation::LoadRows);
                error.on_engine(self.engine)
            })?;
            if taken {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn try_value(
        &mut self,
        table: &DataTable,
        key: &DataKey,
        (column, value): (usize, &StandIn),
    ) -> Result<bool> {
        let mut sql = SqlWriter::new(self.physical.dialect());
        sql.push("UPDATE ").push(&table.rows).push(" SET ");
        sql.push(table.sql.columns[column])
            .push(" = ")
            .placeholder();
        sql.push(" WHERE ")
            .list(table.sql.key, " AND ", |sql, &at| {
                sql.push(table.sql.columns[at]).push(" = ").placeholder();
            });
        let sql = sql.finish();
        let write = &mut |params: &mut ParamWriter<'_>| {
            let (written, text) = value;
            give_column(&table.columns[column], *written, text, params);
            give_all(table, table.sql.key, &key.0, params);
        };
        self.physical.batch(SAVEPOINT)?;
        let outcome = self.physical.execute(&sql, write);
        let is_refused = matches!(&outcome, Err(error) if error.is_about_a_row());
        if !is_refused {
            outcome?;
        } else {
            self.physical.batch(BACK)?;
        }
        self.physical.batch(RELEASE)?;
        Ok(!is_refused)
    }
}

/// A value that a row has in place of one that it gave up.
type StandIn = (Written, String);

/// The values to try, in turn. A column may take only small numbers or short texts.
fn stand_ins(column: &DataColumn) -> Vec<StandIn> {
    let null = column.nullable.then(|| (Written::Null, String::new()));
    let texts = of_type(column).into_iter();
    let texts = texts.map(|text| (Written::Bare, text));
    null.into_iter().chain(texts).collect()
}

fn of_type(column: &DataColumn) -> Vec<String> {
    let bits = random::numbers();
    let numbers = || bits.iter().map(u64::to_string).collect();
    let length = column.length.map_or(LENGTH, |length| length as usize);
    match &column.value {
        ValueType::Integer => {
            let numbers = bits.map(u64::cast_signed).into_iter();
            let numbers = numbers.flat_map(|number| [-1 - number, number]);
            numbers.map(|number| number.to_string()).collect()
        }
        ValueType::Unsigned
        | ValueType::Float32
        | ValueType::Float64
        | ValueType::Decimal
        | ValueType::Any => numbers(),
        ValueType::Text => vec![random::digits(length.min(LENGTH)), random::digits(length)],
        ValueType::Bytes => vec![
            random::digits(length.min(LENGTH) * 2),
            random::digits(length * 2),
        ],
        ValueType::Date => vec![date()],
        ValueType::Time => vec![time()],
        ValueType::DateTime => vec![format!("{}T{}", date(), time())],
        ValueType::Timestamp => vec![format!("{}T{}Z", date(), time())],
        ValueType::Uuid => {
            let mut uuid = [0; 16];
            uuid.copy_from_slice(&random::bytes(16));
            vec![uuid_text::write(&uuid)]
        }
        ValueType::Boolean | ValueType::Interval | ValueType::Json | ValueType::Array(_) => {
            Vec::new()
        }
    }
}

/// One that a `TIMESTAMP` of MySQL takes, too.
fn date() -> String {
    let number = random::number();
    let (year, month, day) = (number % 60, number / 60 % 12, number / 720 % 28);
    format!("{}-{:02}-{:02}", 1971 + year, 1 + month, 1 + day)
}

fn time() -> String {
    let number = random::number();
    let (hour, minute, second) = (number % 24, number / 24 % 60, number / 1_440 % 60);
    format!("{hour:02}:{minute:02}:{second:02}")
}
