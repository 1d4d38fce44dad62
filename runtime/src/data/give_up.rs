//! A unique value that a row loses for the rest of a transaction, as another row of the transaction takes it over before this one is
//! written: for the repair of a copy, whose tables are known by their names alone.

use super::find::DataKey;
use super::form::kind;
use super::loading::{Loading, located};
use super::record::{give_all, give_recorded};
use super::store::tried;
use super::table::{DataColumn, DataTable, ValueType};
use crate::driver::random;
use crate::driver::stand_in::{random_values, update_sql};
use crate::error::{Error, Result};
use crate::value::ParamWriter;
use crate::value::of_column::Value;
use crate::value::recorded::recorded;
use bindery_core::dialect::ValueKind;

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
        for &column in columns {
            for value in stand_ins(&table.columns[column])? {
                let taken = self.try_value(table, key, (column, &value));
                if taken.map_err(|error| located(error, self.engine))? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn try_value(
        &mut self,
        table: &DataTable,
        key: &DataKey,
        (column, value): (usize, &[u8]),
    ) -> Result<bool> {
        let sql = update_sql(self.physical.dialect(), (table.sql, &table.rows), column);
        let write = &mut |params: &mut ParamWriter<'_>| {
            give_recorded(&table.columns[column], value, params);
            give_all(table, table.sql.key, &key.0, params);
        };
        let refused = tried(&mut self.physical, Error::is_about_a_row, |physical| {
            physical.execute(&sql, write).map(drop)
        });
        refused.map(|refused| refused.is_none())
    }
}

/// The recorded values to try, in turn. A column may take only small numbers or short texts.
fn stand_ins(column: &DataColumn) -> Result<Vec<Vec<u8>>> {
    let mut all = of_type(column)?;
    if column.nullable {
        all.insert(0, recorded(Value::Null)?);
    }
    Ok(all)
}

fn of_type(column: &DataColumn) -> Result<Vec<Vec<u8>>> {
    let length = column.length.map_or(LENGTH, |length| length as usize);
    let below = |end: u64| (random::number() % end).cast_signed();
    // A day that a `TIMESTAMP` of MySQL has, too.
    let (day, second) = (365 + below(21_900), below(86_400));
    let moment = (day * 86_400 + second) * 1_000_000;
    let one = match &column.value {
        ValueType::Float32 | ValueType::Float64 | ValueType::Decimal | ValueType::Any => {
            let numbers = random::numbers().map(|number| number.to_string());
            let texts = numbers.iter().map(|number| Value::Written(number));
            return texts.map(recorded).collect();
        }
        ValueType::Date => Value::Date(day),
        ValueType::Time => Value::Time(second * 1_000_000),
        ValueType::DateTime => Value::DateTime(moment),
        ValueType::Timestamp => Value::Timestamp(moment),
        ValueType::Integer
        | ValueType::Unsigned
        | ValueType::Text
        | ValueType::Bytes
        | ValueType::Uuid
        | ValueType::Boolean
        | ValueType::Interval
        | ValueType::Json
        | ValueType::Array(_) => {
            let kind = kind(&column.value).unwrap_or(ValueKind::Other);
            return random_values(kind, &[length.min(LENGTH), length]);
        }
    };
    Ok(vec![recorded(one)?])
}
