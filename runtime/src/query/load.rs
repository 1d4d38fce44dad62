//! Rows that other rows refer to, loaded by the values that these refer with: each value once, and many of them in one
//! statement, however many rows there are.

use std::collections::HashMap;
use std::rc::Rc;

use super::clauses::Clauses;
use super::column::list;
use super::condition::Predicate;
use super::render::Wanted;
use super::shape::ColumnPath;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::repository::Repository;
use crate::value::recorded::{RecordedValues, same_number};
use crate::value::{ColumnSet, ParamWriter};

/// The number of values in one statement. A power of two, as MySQL's lists of placeholders have.
pub(crate) const VALUES_AT_A_TIME: usize = 16_384;

/// Different values, in the order in which they first came.
#[derive(Default)]
pub(crate) struct DistinctValues {
    values: Vec<Rc<[u8]>>,
    places: HashMap<Rc<[u8]>, u32>,
}

impl DistinctValues {
    /// Adds a recorded value, and returns its place.
    pub(crate) fn add(&mut self, value: &[u8]) -> u32 {
        if let Some(place) = self.place(value) {
            return place;
        }
        let place = u32::try_from(self.values.len()).expect("fewer values than memory has bytes");
        self.values.push(value.into());
        self.places
            .insert(same_number(value).as_ref().into(), place);
        place
    }

    /// Returns the place of a value. Numbers are equal whatever the width of their columns.
    pub(crate) fn place(&self, value: &[u8]) -> Option<u32> {
        self.places.get(same_number(value).as_ref()).copied()
    }

    /// Returns how many there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The value at a place.
    pub(crate) fn at(&self, place: u32) -> &[u8] {
        &self.values[place as usize]
    }
}

/// Takes the value of one column from rows.
pub(crate) struct ColumnOfRow {
    given: ColumnSet,
    wanted: ColumnSet,
}

impl ColumnOfRow {
    /// The column that is written at this place.
    pub(crate) fn written_at(place: usize) -> Self {
        Self {
            given: (0..=place).collect(),
            wanted: ColumnSet::new().with(place),
        }
    }

    /// The column at a position of this table's rows.
    pub(crate) fn of_table(sql: &TableSql, column: usize) -> Result<Self> {
        let place = sql.writable.iter().position(|&other| other == column);
        place.map(Self::written_at).ok_or_else(|| {
            let why = "references to a computed column";
            Error::new(ErrorKind::Unsupported(why))
        })
    }

    /// Its value in the row that `write` writes.
    pub(crate) fn value(&self, write: impl FnOnce(&mut ParamWriter<'_>)) -> Result<RecordedValues> {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        params.pick(&self.given, &self.wanted, write);
        params.finish_recording()?;
        Ok(values)
    }
}

/// Reads the rows of `M` whose column has one of these values, and hands over each with the place of its value.
///
/// Texts are equal when every byte is; a row that only its database holds for equal is left out.
#[track_caller]
pub(crate) fn load_by<M: Model, E: Engine, A>(
    repository: &mut Repository<'_, M, E, A>,
    column: impl Fn(&TableSql) -> usize,
    values: &DistinctValues,
    take: &mut dyn FnMut(u32, M::Row<E>),
) -> Result<()> {
    if values.values.is_empty() {
        return Ok(());
    }
    repository.run(Operation::FindMany, |physical, sql, engine| {
        let column = column(sql);
        let of_row = ColumnOfRow::of_table(sql, column)?;
        for chunk in values.values.chunks(VALUES_AT_A_TIME) {
            let clauses = Clauses::of_condition(in_list(column, chunk));
            clauses
                .on(&engine)?
                .query(physical, Wanted::AnyRows, sql, &mut |row| {
                    let row = M::read(row, engine)?;
                    let value = of_row.value(|params| M::write_row(&row, params))?;
                    if let Some(place) = values.place(value.bytes()) {
                        take(place, row);
                    }
                    Ok(true)
                })?;
        }
        Ok(())
    })
}

fn in_list(column: usize, values: &[Rc<[u8]>]) -> Predicate {
    let mut items = Predicate::new();
    values.iter().for_each(|value| items.values.extend(value));
    let column = u16::try_from(column).expect("a table has fewer columns");
    list(
        Predicate::column(ColumnPath::own(column)),
        values.len() as u64,
        items,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(value: &dyn Fn(&mut ParamWriter<'_>)) -> RecordedValues {
        ColumnOfRow::written_at(0)
            .value(value)
            .expect("it can be recorded")
    }

    #[test]
    fn a_value_is_kept_once_whatever_the_width_of_its_column() {
        let mut values = DistinctValues::default();
        let (signed, unsigned) = (recorded(&|p| p.i64(7)), recorded(&|p| p.u64(7)));
        let large = recorded(&|p| p.u64(u64::MAX));
        assert_eq!(values.add(signed.bytes()), 0);
        assert_eq!(values.add(unsigned.bytes()), 0);
        assert_eq!(values.add(large.bytes()), 1);
        assert_eq!(values.place(recorded(&|p| p.text("7")).bytes()), None);
        assert_eq!((values.len(), values.at(1)), (2, large.bytes()));
    }
}
