//! The rows that belong to others, fetched by their keys: one statement for a chunk of keys, however many rows there are.

use std::borrow::Borrow;
use std::collections::HashMap;

use super::keys::KeyReader;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::query::{self, Clauses, ColumnPath, Predicate, in_list, op};
use crate::repository::Repository;
use crate::value::recorded::{self, RecordedValues};
use crate::value::{ParamWriter, RowReader};

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
    reader: KeyReader,
}

/// The keys whose rows are fetched, and the rows among those.
type Wanted<'w> = (&'w Clauses, &'w dyn Fn(u32) -> bool);

impl Batch {
    /// Without rows, whose keys this reads.
    pub(super) fn new(reader: KeyReader) -> Self {
        Self {
            groups: HashMap::new(),
            keys: Vec::new(),
            places: Vec::new(),
            reader,
        }
    }

    /// The keys that these columns of the rows hold.
    pub(super) fn of_rows<M: Model, E: Engine>(
        rows: &[M::Row<E>],
        engine: E,
        (table, columns): (&TableSql, &[usize]),
    ) -> Result<Self> {
        if !rows.iter().all(|row| M::row_belongs_to(row, engine)) {
            return Err(Error::new(ErrorKind::WrongEngine).on_engine(engine.name()));
        }
        let mut batch = Self::new(KeyReader::new(table, columns));
        batch.groups.reserve(rows.len());
        batch.places.reserve(rows.len());
        for row in rows {
            batch.add(&|params| M::write_row(row, params))?;
        }
        Ok(batch)
    }

    /// Adds a row.
    pub(super) fn add(&mut self, write: &dyn Fn(&mut ParamWriter<'_>)) -> Result<()> {
        let group = match self.reader.read(write)? {
            None => NONE,
            Some(key) => match self.groups.get(key.compared.bytes()) {
                Some(&group) => group,
                None => {
                    let group = self.keys.len() as u32;
                    self.groups.insert(key.compared.bytes().into(), group);
                    self.keys.push(key.bound.clone());
                    group
                }
            },
        };
        self.places.push(group);
        Ok(())
    }

    /// The number of groups.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key of a group, as it is bound.
    pub(super) fn key(&self, group: u32) -> &[u8] {
        self.keys[group as usize].bytes()
    }

    /// The group of each row.
    pub(super) fn into_places(self) -> Vec<u32> {
        self.places
    }

    /// Reads the rows whose columns hold one of the wanted keys and that the scope leaves. Each comes with its group, or with
    /// none where only the database takes its key for one of these.
    #[track_caller]
    pub(super) fn fetch<M: Model, E: Engine, A>(
        &self,
        repository: &mut Repository<'_, M, E, A>,
        columns: &[usize],
        (scope, is_wanted): Wanted<'_>,
        take: &mut dyn FnMut(Option<u32>, M::Row<E>) -> Result<()>,
    ) -> Result<()> {
        let keys = (0..).zip(&self.keys);
        let keys = keys.filter(|(group, _)| is_wanted(*group));
        let keys: Vec<&RecordedValues> = keys.map(|(_, key)| key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let wanted = if scope.needs_order() {
            query::Wanted::Rows
        } else {
            query::Wanted::AnyRows
        };
        let shard = repository.scope().cloned();
        repository.run(Operation::Load, |physical, sql, engine| {
            let mut reader = KeyReader::new(sql, columns);
            let mut groups = Groups::new(&self.groups, columns);
            for keys in keys.chunks(chunk_of(columns)) {
                let mut clauses = scope.clone();
                if let (Some(shard), Some(column)) = (&shard, sql.shard_column()) {
                    clauses.bind(column, shard);
                }
                clauses.filter_by(&condition(columns, keys));
                let clauses = clauses.limited_by(columns);
                let clauses = clauses.on(&engine)?;
                clauses.query(physical, wanted, sql, &mut |row| {
                    let integer = groups.integer_of(row);
                    let row = M::read(row, engine)?;
                    let group = match integer {
                        Some(integer) => groups.find(&recorded::integer(integer)),
                        None => reader
                            .read(&|params| M::write_row(&row, params))?
                            .and_then(|key| groups.find(key.compared.bytes())),
                    };
                    take(group, row)?;
                    Ok(true)
                })?;
            }
            Ok(())
        })
    }
}

/// The groups of rows that come one after the other, mostly those of a group together.
struct Groups<'b> {
    all: &'b HashMap<Box<[u8]>, u32>,
    last: Option<(&'b [u8], u32)>,
    /// The column that holds the keys, where all of them are integers: such a key is the same in a row of the database.
    integers: Option<usize>,
}

impl<'b> Groups<'b> {
    fn new(all: &'b HashMap<Box<[u8]>, u32>, columns: &[usize]) -> Self {
        let integers = match columns {
            [column] if all.keys().all(|key| recorded::is_integer(key)) => Some(*column),
            _ => None,
        };
        Self {
            all,
            last: None,
            integers,
        }
    }

    /// The key of a row that was not read yet, where it is an integer.
    fn integer_of(&self, row: &RowReader<'_>) -> Option<i64> {
        self.integers.and_then(|column| row.integer_at(column))
    }

    fn find(&mut self, key: &[u8]) -> Option<u32> {
        if let Some((last, group)) = self.last
            && last == key
        {
            return Some(group);
        }
        let (key, &group) = self.all.get_key_value(key)?;
        self.last = Some((key, group));
        Some(group)
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
pub(super) fn equal_by_collation() -> Error {
    let why = "loading by text keys that differ and are equal to the database, as by case: give the columns a collation that compares bytes";
    Error::new(ErrorKind::Unsupported(why))
}

/// The columns hold one of these keys.
pub(super) fn condition<K: Borrow<RecordedValues>>(columns: &[usize], keys: &[K]) -> Predicate {
    match columns {
        [column] => {
            let mut items = Predicate::new();
            for key in keys {
                items.values.extend(key.borrow().bytes());
            }
            let column = Predicate::column(ColumnPath::own(*column as u16));
            in_list(column, keys.len() as u64, items)
        }
        several => one_of(several, keys),
    }
}

/// The columns hold this key.
pub(super) fn equal_to(columns: &[usize], key: &RecordedValues) -> Predicate {
    one_of(columns, std::slice::from_ref(key))
}

/// Their number is a power of two, so that there are few texts: the last stands for those that are missing.
fn one_of<K: Borrow<RecordedValues>>(columns: &[usize], keys: &[K]) -> Predicate {
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
        all.values.extend(key.borrow().bytes());
        any.append(&all);
        if at > 0 {
            any.shape.push(op::OR);
        }
    }
    any
}
