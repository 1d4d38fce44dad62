//! A unique value that a row loses for the rest of a transaction, as another row of the transaction takes it over before this one is
//! written.

use super::Repository;
use crate::driver::{TableSql, random};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::HasKey;
use crate::model::access::CanWrite;
use crate::value::recorded::{replay, split, value_kind};
use crate::value::{ParamWriter, RowReader};
use bindery_core::dialect::{Dialect, ValueKind};
use bindery_core::sql_writer::SqlWriter;

/// A value that no other row is likely to have.
enum StandIn {
    Null,
    Integer(i64),
    Unsigned(u64),
    Text(String),
    Bytes(Vec<u8>),
    Uuid([u8; 16]),
}

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
                let text = update(sql, column, dialect);
                let write = &mut |params: &mut ParamWriter<'_>| {
                    stand_in.write(params);
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
fn stand_ins(sql: &TableSql, unique: usize, value: &[u8]) -> Result<Vec<(usize, StandIn)>> {
    let columns = sql.uniques[unique].columns.iter().copied();
    let columns = columns.zip(split(value));
    let columns: Vec<_> = columns.filter(|(at, _)| !sql.key.contains(at)).collect();
    let mut all: Vec<_> = columns.iter().map(|(at, _)| (*at, StandIn::Null)).collect();
    for (at, value) in columns {
        let random = of_kind(value)?;
        all.extend(random.into_iter().map(|stand_in| (at, stand_in)));
    }
    Ok(all)
}

/// Random values of the kind that the column has; it may take only small ones.
fn of_kind(value: &[u8]) -> Result<Vec<StandIn>> {
    let mut own = RowReader::of_recorded(value);
    let bits = random::numbers();
    Ok(match value_kind(value) {
        ValueKind::Integer => {
            let numbers = bits.map(u64::cast_signed).into_iter();
            let numbers = numbers.flat_map(|number| [-1 - number, number]);
            numbers.map(StandIn::Integer).collect()
        }
        ValueKind::Unsigned => bits.map(StandIn::Unsigned).into(),
        ValueKind::Text => {
            let length = own.text()?.chars().count();
            let lengths = [32, length, length, length].into_iter();
            lengths
                .map(|length| StandIn::Text(random::digits(length)))
                .collect()
        }
        ValueKind::Bytes => {
            let length = own.bytes()?.len();
            let lengths = [16, length, length].into_iter();
            lengths
                .map(|length| StandIn::Bytes(random::bytes(length)))
                .collect()
        }
        ValueKind::Uuid => {
            let mut uuid = [0; 16];
            uuid.copy_from_slice(&random::bytes(16));
            vec![StandIn::Uuid(uuid)]
        }
        ValueKind::Boolean
        | ValueKind::Float
        | ValueKind::Date
        | ValueKind::Time
        | ValueKind::DateTime
        | ValueKind::Timestamp
        | ValueKind::Json
        | ValueKind::Decimal
        | ValueKind::Other => Vec::new(),
    })
}

/// Without the columns that every update sets: the row is as it was but for one value.
fn update(sql: &TableSql, column: usize, dialect: Dialect) -> String {
    let mut text = SqlWriter::new(dialect);
    text.push("UPDATE ").push(sql.table).push(" SET ");
    text.push(sql.columns[column]).push(" = ").placeholder();
    text.push(" WHERE ").list(sql.key, " AND ", |text, &at| {
        text.push(sql.columns[at]).push(" = ").placeholder();
    });
    text.finish()
}

impl StandIn {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Self::Null => params.null(),
            Self::Integer(value) => params.i64(*value),
            Self::Unsigned(value) => params.u64(*value),
            Self::Text(value) => params.text(value),
            Self::Bytes(value) => params.bytes(value),
            Self::Uuid(value) => params.uuid(value),
        }
    }
}
