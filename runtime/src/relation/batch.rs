//! The rows that belong to others, fetched by their keys: one statement for a chunk of keys, however many rows there are.

use std::collections::HashMap;

use super::keys::{KeyReader, KeyValues};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::query::{Clauses, ColumnPath, Predicate, Wanted, list, op};
use crate::repository::Repository;
use crate::value::recorded::RecordedValues;

/// The number of keys of one column in a statement: as many as MySQL takes without sending them as one text.
const KEYS: usize = 32_768;
/// The number of keys of several columns: each is a condition of its own.
const COMPOSITE_KEYS: usize = 256;

/// In place of a group where there is none.
pub(super) const NONE: u32 = u32::MAX;

/// The distinct keys of some rows. Rows with equal keys are one group.
pub(super) struct Batch {
    groups: HashMap<Box<[u8]>, u32>,
    /// Of each group, as they are bound.
    keys: Vec<RecordedValues>,
    /// The group of each row.
    places: Vec<u32>,
}

impl Batch {
    /// The keys that these columns of the rows hold.
    pub(super) fn of_rows<M: Model, E: Engine>(
        rows: &[M::Row<E>],
        engine: E,
        (table, columns): (&TableSql, &[usize]),
    ) -> Result<Self> {
        if !rows.iter().all(|row| M::row_belongs_to(row, engine)) {
            return Err(Error::new(ErrorKind::WrongEngine).on_engine(engine.name()));
        }
        let mut batch = Self {
            groups: HashMap::with_capacity(rows.len()),
            keys: Vec::new(),
            places: Vec::with_capacity(rows.len()),
        };
        let mut reader = KeyReader::new(table, columns);
        for row in rows {
            let key = reader.read(&|params| M::write_row(row, params))?;
            let group = key.map_or(NONE, |key| batch.add(key));
            batch.places.push(group);
        }
        Ok(batch)
    }

    fn add(&mut self, key: KeyValues) -> u32 {
        if let Some(&group) = self.groups.get(key.compared.bytes()) {
            return group;
        }
        let group = self.keys.len() as u32;
        self.groups.insert(key.compared.bytes().into(), group);
        self.keys.push(key.bound);
        group
    }

    /// The group of a row that was found by one of the keys.
    #[track_caller]
    fn group_of(&self, key: Option<&KeyValues>) -> Result<u32> {
        let group = key.and_then(|key| self.groups.get(key.compared.bytes()));
        group.copied().ok_or_else(equal_by_collation)
    }

    /// The number of groups.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The group of each row.
    pub(super) fn into_places(self) -> Vec<u32> {
        self.places
    }

    /// Reads the rows whose columns hold one of the keys and that the scope leaves, each with its group.
    #[track_caller]
    pub(super) fn fetch<M: Model, E: Engine>(
        &self,
        repository: &mut Repository<'_, M, E>,
        columns: &[usize],
        scope: &Clauses,
        take: &mut dyn FnMut(u32, M::Row<E>),
    ) -> Result<()> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let wanted = if scope.is_ordered() {
            Wanted::Rows
        } else {
            Wanted::AnyRows
        };
        repository.run(Operation::Load, |physical, sql, engine| {
            let mut reader = KeyReader::new(sql, columns);
            for keys in self.keys.chunks(chunk_of(columns)) {
                let mut clauses = scope.clone();
                clauses.filter_by(&condition(columns, keys));
                let clauses = clauses.on(&engine)?;
                clauses.query(physical, wanted, sql, &mut |row| {
                    let row = M::read(row, engine)?;
                    let key = reader.read(&|params| M::write_row(&row, params))?;
                    take(self.group_of(key.as_ref())?, row);
                    Ok(true)
                })?;
            }
            Ok(())
        })
    }
}

pub(super) fn chunk_of(columns: &[usize]) -> usize {
    if columns.len() == 1 {
        KEYS
    } else {
        COMPOSITE_KEYS
    }
}

#[cold]
fn equal_by_collation() -> Error {
    let why = "loading by text keys that differ and are equal to the database, as by case: give the columns a collation that compares bytes";
    Error::new(ErrorKind::Unsupported(why))
}

/// The columns hold one of these keys.
pub(super) fn condition(columns: &[usize], keys: &[RecordedValues]) -> Predicate {
    match columns {
        [column] => {
            let mut items = Predicate::new();
            for key in keys {
                items.values.extend(key.bytes());
            }
            let column = Predicate::column(ColumnPath::own(*column as u16));
            list(column, keys.len() as u64, items)
        }
        several => one_of(several, keys),
    }
}

/// The columns hold this key.
pub(super) fn equal_to(columns: &[usize], key: &RecordedValues) -> Predicate {
    one_of(columns, std::slice::from_ref(key))
}

/// Their number is a power of two, so that there are few texts: the last stands for those that are missing.
fn one_of(columns: &[usize], keys: &[RecordedValues]) -> Predicate {
    let places = keys.len().next_power_of_two();
    let last = keys.iter().rev().take(1).cycle();
    let mut any = Predicate::new();
    for (at, key) in keys.iter().chain(last).take(places).enumerate() {
        let mut all = Predicate::new();
        for (number, &column) in columns.iter().enumerate() {
            all.push_column(ColumnPath::own(column as u16));
            all.shape.fixed([op::VALUE, op::EQ]);
            if number > 0 {
                all.shape.push(op::AND);
            }
        }
        all.values.extend(key.bytes());
        any.append(&all);
        if at > 0 {
            any.shape.push(op::OR);
        }
    }
    any
}
