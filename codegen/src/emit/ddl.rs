//! The DDL of all tables, and one order of the models in which every engine can create its own.

use std::collections::BTreeSet;
use std::ops::Range;

use bindery_schema::model::{CheckedModel, EngineId, TableId};
#[cfg(feature = "derive")]
use bindery_schema::plan::create_alone;
use bindery_schema::plan::{CreateTable, create_statements};

/// The DDL of all tables, by engine.
#[derive(Debug)]
pub(crate) struct Ddl {
    /// For each engine its tables in the order of creation, and views without a model among them.
    engines: Vec<Vec<CreateTable>>,
    /// For each model its places in `engines`.
    places: Vec<Vec<(usize, Range<usize>)>>,
}

impl Ddl {
    /// Asks the plan once for every engine.
    pub(crate) fn new(model: &CheckedModel) -> Self {
        let ids = (0..model.engines.len()).map(|at| EngineId(at as u32));
        let engines: Vec<_> = ids.map(|id| create_statements(model, id)).collect();
        let mut places = vec![Vec::new(); model.tables.len()];
        for (engine, tables) in engines.iter().enumerate() {
            for (table, range) in with_views(tables, model.tables.len()) {
                places[table].push((engine, range));
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
                ddl.places[table.0 as usize].push((at, 0..1));
            }
        }
        ddl
    }

    /// The DDL of one model, by the position of its engine: its table, and views without a model beside it.
    pub(crate) fn for_table(&self, table: TableId) -> impl Iterator<Item = (usize, &CreateTable)> {
        let places = self.places[table.0 as usize].iter();
        places.flat_map(|(engine, range)| {
            let tables = self.engines[*engine][range.clone()].iter();
            tables.map(move |table| (*engine, table))
        })
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
            for (engine, range) in &self.places[taken] {
                next[*engine] = next[*engine].max(range.end);
                if let Some(follower) = self.engines[*engine].get(next[*engine]) {
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
            .all(|(engine, range)| next[*engine] >= range.start)
    }
}

/// Each model of an engine with the place of its table; a view without a model belongs to the one before it, else to the first.
fn with_views(tables: &[CreateTable], models: usize) -> Vec<(usize, Range<usize>)> {
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let table = table.table.0 as usize;
        if table < models {
            let start = if found.is_empty() { 0 } else { at };
            found.push((table, start..at + 1));
        } else if let Some((_, range)) = found.last_mut() {
            range.end = at + 1;
        }
    }
    found
}
