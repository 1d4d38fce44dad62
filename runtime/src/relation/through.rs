//! Rows that belong together by the rows of a table between them, which refers to both.

use std::collections::HashSet;

use super::batch::{chunk_of, condition, equal_to};
use super::keys::{self, KeyReader, KeyValues};
use super::kinds::ManyToMany;
use super::load::reference;
use crate::driver::ReferenceSql;
use crate::error::{Error, ErrorKind, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::lives_on::Hosts;
use crate::model::{Model, Writable};
use crate::query::{Predicate, Query};
use crate::repository::Repository;
use crate::value::recorded::{RecordedValues, replay};
use crate::value::{ColumnSet, ParamWriter};

/// The rows of `U` that belong to one row of `M`, by rows of `J`. It does nothing until one of its calls.
#[must_use = "it does nothing until one of its calls"]
pub struct Through<'c, M: Model, J, U, E: Engine> {
    connection: &'c mut Connection<E>,
    relation: ManyToMany<M, J, U>,
    row: &'c M::Row<E>,
}

/// The references of the table between, and the row's key.
struct LinkReferences {
    near: &'static ReferenceSql,
    far: &'static ReferenceSql,
    key: KeyValues,
}

impl<M: Model, J: Model, U: Model> ManyToMany<M, J, U> {
    /// The rows that belong to this one: to be read, added and removed.
    pub fn of<'c, E: Engine>(
        self,
        c: &'c mut Connection<E>,
        row: &'c M::Row<E>,
    ) -> Through<'c, M, J, U, E> {
        Through {
            connection: c,
            relation: self,
            row,
        }
    }
}

impl<'c, M: Model, J: Writable, U: Model, E: Hosts<M> + Hosts<J> + Hosts<U>>
    Through<'c, M, J, U, E>
{
    /// The rows.
    ///
    /// # Errors
    /// The row is of another engine, or the database fails.
    #[track_caller]
    pub fn all(self) -> Result<Vec<U::Row<E>>> {
        self.query()?.all()
    }

    /// A query of the rows that belong to it now, to be filtered and ordered.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn query(mut self) -> Result<Query<'c, U, E>> {
        let known = self.known()?;
        let keys: Vec<_> = self
            .linked(&known)?
            .into_iter()
            .map(|key| key.bound)
            .collect();
        let condition = match keys.as_slice() {
            [] => Predicate::never(),
            keys => condition(known.far.to_columns(), keys),
        };
        let repository = Repository::new(self.connection.own_target());
        Ok(Query::of(repository, Ok(condition)))
    }

    /// How many there are.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn count(mut self) -> Result<u64> {
        let known = self.known()?;
        self.links(equal_to(known.near.columns, &known.key.bound))
            .count()
    }

    /// Adds a row; `false` where it was there already.
    ///
    /// # Errors
    /// A row is of another engine, or the database fails.
    #[expect(
        clippy::should_implement_trait,
        reason = "the field's word for it; nothing is summed"
    )]
    #[track_caller]
    pub fn add(mut self, other: &U::Row<E>) -> Result<bool> {
        let known = self.known()?;
        self.insert(&known, other)
    }

    /// Removes a row; `false` where it was not there. The row itself stays.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    #[track_caller]
    pub fn remove(mut self, other: &U::Row<E>) -> Result<bool> {
        let known = self.known()?;
        let key = self.key_of(&known, other)?;
        Ok(self.delete(&known, &[key.bound])? > 0)
    }

    /// Removes all, and returns how many there were. The rows themselves stay.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn clear(mut self) -> Result<u64> {
        let known = self.known()?;
        self.links(equal_to(known.near.columns, &known.key.bound))
            .delete()
    }

    /// Makes exactly these rows belong to it: adds what is missing and removes the others, all or none.
    ///
    /// # Errors
    /// As [`add`](Self::add); then nothing is changed.
    #[track_caller]
    pub fn set<'r>(self, others: impl IntoIterator<Item = &'r U::Row<E>>) -> Result<()>
    where
        U::Row<E>: 'r,
    {
        let (relation, row) = (self.relation, self.row);
        self.connection.transaction(|tx| {
            let mut through = relation.of(tx, row);
            let known = through.known()?;
            let mut linked = HashSet::new();
            let mut gone = through.linked(&known)?;
            for key in &gone {
                linked.insert(key.compared.bytes().to_vec());
            }
            let mut wanted = HashSet::new();
            for other in others {
                let key = through.key_of(&known, other)?.compared.bytes().to_vec();
                if !linked.contains(&key) && !wanted.contains(&key) {
                    through.insert(&known, other)?;
                }
                wanted.insert(key);
            }
            gone.retain(|key| !wanted.contains(key.compared.bytes()));
            let gone: Vec<_> = gone.into_iter().map(|key| key.bound).collect();
            through.delete(&known, &gone).map(drop)
        })
    }

    #[track_caller]
    fn known(&mut self) -> Result<LinkReferences> {
        let mut target = self.connection.own_target();
        let engine = target.engine;
        let near = reference::<M, J, E>(&mut target, self.relation.near)?;
        let table = Repository::<J, E>::new(target).hosted()?;
        let far = &table.references[usize::from(self.relation.far)];
        let key = key_of::<M, E>(self.row, engine, near)?;
        Ok(LinkReferences { near, far, key })
    }

    #[track_caller]
    fn key_of(&self, known: &LinkReferences, other: &U::Row<E>) -> Result<KeyValues> {
        key_of::<U, E>(other, self.connection.engine(), known.far)
    }

    /// The rows of the table between that meet a condition.
    fn links(&mut self, condition: Predicate) -> Query<'_, J, E> {
        Query::of(Repository::new(self.connection.own_target()), Ok(condition))
    }

    /// The keys of the other rows that belong to it.
    #[track_caller]
    fn linked(&mut self, known: &LinkReferences) -> Result<Vec<KeyValues>> {
        let links = self.links(equal_to(known.near.columns, &known.key.bound));
        let rows = links.all()?;
        let table = Repository::<J, E>::new(self.connection.own_target()).hosted()?;
        let mut reader = KeyReader::new(table, known.far.columns);
        let mut keys = Vec::with_capacity(rows.len());
        for row in &rows {
            keys.extend(reader.read(&|params| J::write_row(row, params))?.cloned());
        }
        Ok(keys)
    }

    #[track_caller]
    fn delete(&mut self, known: &LinkReferences, keys: &[RecordedValues]) -> Result<u64> {
        let mut deleted = 0;
        for keys in keys.chunks(chunk_of(known.far.columns)) {
            let mut both = equal_to(known.near.columns, &known.key.bound);
            both.append(&condition(known.far.columns, keys));
            deleted += self.links(both).delete()?;
        }
        Ok(deleted)
    }

    #[track_caller]
    fn insert(&mut self, known: &LinkReferences, other: &U::Row<E>) -> Result<bool> {
        // Refused here where the row is of another engine, or belongs to none.
        self.key_of(known, other)?;
        let near = known
            .near
            .columns
            .iter()
            .zip(values_of::<M, E>(self.row, known.near)?);
        let far = known
            .far
            .columns
            .iter()
            .zip(values_of::<U, E>(other, known.far)?);
        let mut values: Vec<(usize, RecordedValues)> = Vec::new();
        for (column, value) in near.chain(far) {
            if values.iter().all(|(other, _)| other != column) {
                values.push((*column, value));
            }
        }
        in_order_of_columns(&mut values);
        let columns: ColumnSet = values.iter().map(|(column, _)| *column).collect();
        let mut repository = Repository::<J, E>::new(self.connection.own_target());
        let write = &mut |params: &mut ParamWriter<'_>| {
            values
                .iter()
                .for_each(|(_, value)| replay(value.bytes(), params));
        };
        repository.insert_link(&columns, write)
    }
}

/// The same for all models: what sorts is most of the code.
fn in_order_of_columns(values: &mut [(usize, RecordedValues)]) {
    values.sort_by_key(|(column, _)| *column);
}

/// The values that a row is referred to by, apart.
fn values_of<M: Model, E: Engine>(
    row: &M::Row<E>,
    reference: &ReferenceSql,
) -> Result<Vec<RecordedValues>> {
    let columns = reference.to_columns().iter();
    let values = columns.map(|&column| {
        let mut reader = KeyReader::new(reference.to(), &[column]);
        let value = reader.read(&|params| M::write_row(row, params))?;
        Ok(value.map_or_else(RecordedValues::new, |value| value.bound.clone()))
    });
    values.collect()
}

/// The values by which a row is referred to.
fn key_of<M: Model, E: Engine>(
    row: &M::Row<E>,
    engine: E,
    reference: &ReferenceSql,
) -> Result<KeyValues> {
    let key = keys::key_of::<M, E>(row, engine, (reference.to(), reference.to_columns()))?;
    key.ok_or_else(|| {
        let why = "a row whose referred column is NULL belongs to none";
        Error::new(ErrorKind::Unsupported(why))
    })
}
