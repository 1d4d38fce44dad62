//! The models of a set of shards.

use super::{Column, Model, Table};
use crate::config::ShardSet;

impl Model {
    /// Its models: those that live on each of its engines.
    pub fn hosted_by<'m>(&'m self, set: &'m ShardSet) -> impl Iterator<Item = &'m Table> {
        let tables = self.tables.iter();
        tables.filter(|table| set.has_model_on(&table.engines))
    }

    /// Those of them that have its column, each with it.
    pub fn sharded_by<'m>(
        &'m self,
        set: &'m ShardSet,
    ) -> impl Iterator<Item = (&'m Table, &'m Column)> {
        self.hosted_by(set).filter_map(|table| {
            let mut columns = table.columns.iter();
            Some((
                table,
                columns.find(|column| column.name == set.by.0 && !column.skip)?,
            ))
        })
    }
}
