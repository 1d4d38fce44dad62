//! The DDL of all tables, and one order of the models in which every engine can create its own.

use std::collections::BTreeSet;

use bindery_schema::model::{CheckedModel, EngineId, TableId};
#[cfg(feature = "derive")]
use bindery_schema::plan::create_alone;
use bindery_schema::plan::{CreateTable, create_statements};

/// The DDL of all tables, by engine.
#[derive(Debug)]
pub(crate) struct Ddl {
    /// For each engine its tables in the order of creation.
    engines: Vec<Vec<CreateTable>>,
    /// For each table its places in `engines`.
    places: Vec<Vec<(usize, usize)>>,
}

impl Ddl {
    /// Asks the plan once for every engine.
    pub(crate) fn new(model: &CheckedModel) -> Self {
        let ids = (0..model.engines.len()).map(|at| EngineId(at as u32));
        let engines: Vec<_> = ids.map(|id| create_statements(model, id)).collect();
        let mut places = vec![Vec::new(); model.tables.len()];
        for (engine, tables) in engines.iter().enumerate() {
            for (at, table) in tables.iter().enumerate() {
                places[table.table.0 as usize].push((engine, at));
            }
        }
        Self { engines, places }
    }

    /// The DDL of a single table among others that are made elsewhere.
    #[cfg(feature = "derive")]
    pub(crate) fn alone(model: &CheckedModel, table: TableId) -> Self {
        let mut ddl = Self {
            engines: vec![Vec::new(); model.engines.len()],
            places: vec![Vec::new(); model.tables.len()],
        };
        for &engine in &model.table(table).engines {
            let at = engine.0 as usize;
            if let Some(create) = create_alone(model, table, engine) {
                ddl.engines[at].push(create);
                ddl.places[table.0 as usize].push((at, 0));
            }
        }
        ddl
    }

    /// The DDL of one table, by the position of its engine.
    pub(crate) fn for_table(&self, table: TableId) -> impl Iterator<Item = (usize, &CreateTable)> {
        let places = self.places[table.0 as usize].iter();
        places.map(|&(engine, at)| (engine, &self.engines[engine][at]))
    }

    /// All models in an order that keeps the order of creation of every engine; unmanaged ones anywhere.
    pub(crate) fn order(&self) -> Vec<TableId> {
        let mut next = vec![0; self.engines.len()];
        let mut waiting: BTreeSet<usize> = (0..self.places.len()).collect();
        let mut order = Vec::with_capacity(self.places.len());
        let mut ready: BTreeSet<usize> = waiting
            .iter()
            .copied()
            .filter(|&at| self.is_next(at, &next))
            .collect();
        while let Some(&first) = waiting.first() {
            // Orders that contradict each other leave nothing ready: then the schema's order decides.
            let taken = ready.pop_first().unwrap_or(first);
            waiting.remove(&taken);
            order.push(TableId(taken as u32));
            for &(engine, at) in &self.places[taken] {
                next[engine] = next[engine].max(at + 1);
                if let Some(follower) = self.engines[engine].get(next[engine]) {
                    let follower = follower.table.0 as usize;
                    if waiting.contains(&follower) && self.is_next(follower, &next) {
                        ready.insert(follower);
                    }
                }
            }
        }
        order
    }

    fn is_next(&self, table: usize, next: &[usize]) -> bool {
        self.places[table]
            .iter()
            .all(|&(engine, at)| next[engine] >= at)
    }
}
