//! In which order the tables of one engine are made: referred tables first, as far as there is such an order.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{EngineId, Model, TableId};

/// Tables in the order of creation, and which foreign keys point forward in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationOrder {
    /// Every table and view of the engine.
    pub tables: Vec<TableId>,
    /// Table and number of each foreign key that refers to a table made later.
    pub forward: BTreeSet<(TableId, usize)>,
}

/// The order on one engine; views follow all tables. Among tables that could come next the first of the schema does. Where none could, because
/// they refer to each other in a circle, one of the circle is made all the same, and its foreign key points forward.
pub fn creation_order(model: &Model, engine: EngineId) -> CreationOrder {
    let mut open = Open::new(model, engine);
    let mut tables = Vec::with_capacity(open.referred.len());
    while let Some(table) = open.take_next() {
        tables.push(table);
    }
    // The model has each view behind what it reads.
    let views = model.table_ids().filter(|id| {
        let table = model.table(*id);
        table.view.is_some() && table.engines.contains(&engine)
    });
    tables.extend(views);
    let forward = forward_keys(model, &tables);
    CreationOrder { tables, forward }
}

/// Tables that are not in the order yet.
struct Open {
    /// The tables each of them refers to, itself left out.
    referred: BTreeMap<TableId, BTreeSet<TableId>>,
    /// The tables that refer to each.
    referring: BTreeMap<TableId, Vec<TableId>>,
    /// Those that wait for no other.
    ready: BTreeSet<TableId>,
}

impl Open {
    fn new(model: &Model, engine: EngineId) -> Self {
        let here: BTreeSet<TableId> = model
            .table_ids()
            .filter(|id| {
                let table = model.table(*id);
                table.view.is_none() && table.engines.contains(&engine)
            })
            .collect();
        let mut open = Self {
            referred: BTreeMap::new(),
            referring: BTreeMap::new(),
            ready: BTreeSet::new(),
        };
        for id in &here {
            let keys = model.table(*id).foreign_keys.iter().map(|key| key.table);
            let parents = model.table(*id).native.inherits.iter().copied();
            let referred: BTreeSet<TableId> = keys
                .chain(parents)
                .filter(|other| other != id && here.contains(other))
                .collect();
            for other in &referred {
                open.referring.entry(*other).or_default().push(*id);
            }
            if referred.is_empty() {
                open.ready.insert(*id);
            }
            open.referred.insert(*id, referred);
        }
        open
    }

    fn take_next(&mut self) -> Option<TableId> {
        let table = self.ready.pop_first().or_else(|| self.in_circle())?;
        self.referred.remove(&table);
        for other in self.referring.remove(&table).unwrap_or_default() {
            if let Some(referred) = self.referred.get_mut(&other) {
                referred.remove(&table);
                if referred.is_empty() {
                    self.ready.insert(other);
                }
            }
        }
        Some(table)
    }

    /// With nothing ready every open table refers to an open one, so following them comes back somewhere: the first
    /// table of the schema on that circle.
    fn in_circle(&self) -> Option<TableId> {
        let mut way = Vec::new();
        let mut seen = BTreeSet::new();
        let mut table = *self.referred.keys().next()?;
        while seen.insert(table) {
            way.push(table);
            table = *self.referred.get(&table)?.first()?;
        }
        way.into_iter().skip_while(|id| *id != table).min()
    }
}

fn forward_keys(model: &Model, tables: &[TableId]) -> BTreeSet<(TableId, usize)> {
    let position: BTreeMap<TableId, usize> = tables
        .iter()
        .enumerate()
        .map(|(at, id)| (*id, at))
        .collect();
    let mut forward = BTreeSet::new();
    for (at, id) in tables.iter().enumerate() {
        for (number, key) in model.table(*id).foreign_keys.iter().enumerate() {
            if position.get(&key.table).is_some_and(|other| *other > at) {
                forward.insert((*id, number));
            }
        }
    }
    forward
}
