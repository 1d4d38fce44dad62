//! A unique value that a row loses for the rest of a transaction, as another row of the transaction takes it over before this one is
//! written.

use super::Repository;
use crate::driver::TableSql;
use crate::driver::stand_in::{random_values, update_sql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::HasKey;
use crate::model::access::CanWrite;
use crate::value::ParamWriter;
use crate::value::of_column::Value;
use crate::value::recorded::{recorded, recorded_values, replay, split, value_kind};

/// The place of a column, and a recorded value for it.
type StandIn = (usize, Vec<u8>);

impl<M: HasKey, E: Engine, A> Repository<'_, M, E, A> {
    /// Gives the row of this recorded key another value in a unique key, in the transaction at hand, in which the row has to be written
    /// afterwards: NULL where the column may be so, else a random value of the kind that `value`, its own one, has. No event is written
    /// of it, and no column that updates set by themselves is.
    ///
    /// # Errors
    /// The table takes none of these values.
    pub(crate) fn give_up_unique(
        &mut self,
        key: &[u8],
        (unique, value): (usize, &[u8]),
    ) -> Result<()>
    where
        Self: CanWrite,
    {
        self.run_on_link(Operation::UpsertMany, |link, sql, _| {
            let dialect = link.ready()?.dialect();
            let mut refused = Error::new(ErrorKind::Unsupported(
                "an exchange of unique values of this type between rows",
            ));
            for (column, stand_in) in stand_ins(sql, unique, value)? {
                let text = update_sql(dialect, (sql, sql.table), column);
                let write = &mut |params: &mut ParamWriter<'_>| {
                    replay(&stand_in, params);
                    replay(key, params);
                };
                match link.atomically(|link| link.ready()?.execute(&text, write)) {
                    Ok(_) => return Ok(()),
                    Err(error) if error.is_about_a_row() => refused = error,
                    Err(error) => return Err(error),
                }
            }
            Err(refused)
        })
    }
}

/// Columns of a unique key with the values to try, in turn. One column suffices.
fn stand_ins(sql: &TableSql, unique: usize, value: &[u8]) -> Result<Vec<StandIn>> {
    let columns = sql.uniques[unique].columns.iter().copied();
    let columns = columns.zip(split(value));
    let columns: Vec<_> = columns.filter(|(at, _)| !sql.key.contains(at)).collect();
    let null = recorded(Value::Null)?;
    let mut all: Vec<_> = columns.iter().map(|(at, _)| (*at, null.clone())).collect();
    for (at, value) in columns {
        let lengths = match recorded_values(value).next() {
            Some(Value::Text(text)) => [32].into_iter().chain([text.chars().count(); 3]).collect(),
            Some(Value::Bytes(bytes)) => vec![16, bytes.len(), bytes.len()],
            _ => Vec::new(),
        };
        let random = random_values(value_kind(value), &lengths)?;
        all.extend(random.into_iter().map(|stand_in| (at, stand_in)));
    }
    Ok(all)
}
