//! In which order the tables of one engine are made: referred tables first, as far as there is such an order.

use crate::lists::IntoVec as _;
use std::collections::BTreeSet;

use crate::model::{DistributionKind, Engine, EngineId, Model, Table, TableId};
use crate::sorting::sort_by;

/// Tables in the order of creation, and which foreign keys point forward in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationOrder {
    /// Every table and view of the engine.
    pub tables: Vec<TableId>,
    /// Table and number of each foreign key that is made after all tables, sorted: of those that refer to a table made later, and all of tables
    /// that a cluster spreads.
    pub forward: Vec<(TableId, usize)>,
}

impl CreationOrder {
    /// Whether the foreign key of this number refers to a table that is made later.
    pub(crate) fn is_forward(&self, table: TableId, number: usize) -> bool {
        self.forward.binary_search(&(table, number)).is_ok()
    }
}

/// The order on one engine; views follow all tables. Among tables that could come next the first of the schema does. Where none could, because
/// they refer to each other in a circle, one of the circle is made all the same, and its foreign key points forward.
pub fn creation_order(model: &Model, engine: EngineId) -> CreationOrder {
    let mut open = Open::new(model, engine);
    let mut tables = Vec::with_capacity(model.tables.len());
    while let Some(table) = open.take_next() {
        tables.push(table);
    }
    let views = model
        .views
        .iter()
        .filter_map(|view| view.model.as_ref().ok());
    tables.extend(views.filter(|id| model.table(**id).engines.contains(&engine)));
    let forward = forward_keys(model, &tables, model.engine(engine));
    CreationOrder { tables, forward }
}

/// Tables that are not in the order yet, by the numbers of all.
struct Open {
    /// The tables each of them refers to, itself left out; `None` for one that is in the order, or not of this engine.
    referred: Vec<Option<BTreeSet<usize>>>,
    /// The tables that refer to each.
    referring: Vec<Vec<usize>>,
    /// Those that wait for no other.
    ready: BTreeSet<usize>,
    /// None before it is open.
    first: usize,
}

impl Open {
    fn new(model: &Model, engine: EngineId) -> Self {
        let is_here = |id: TableId| {
            let table = model.table(id);
            table.view.is_none() && table.engines.contains(&engine)
        };
        let here: Vec<bool> = model.table_ids().map(is_here).into_vec();
        let mut open = Self {
            referred: vec![None; here.len()],
            referring: vec![Vec::new(); here.len()],
            ready: BTreeSet::new(),
            first: 0,
        };
        for (number, table) in model.tables.iter().enumerate().filter(|(at, _)| here[*at]) {
            let keys = table.foreign_keys.iter().map(|key| key.table);
            let parents = table.native.inherits.iter().copied();
            let others = keys.chain(parents).chain(first_of_group(table)).map(at);
            let mut referred = BTreeSet::new();
            referred.extend(others.filter(|other| *other != number && here[*other]));
            for &other in &referred {
                open.referring[other].push(number);
            }
            if referred.is_empty() {
                open.ready.insert(number);
            }
            open.referred[number] = Some(referred);
        }
        open
    }

    fn take_next(&mut self) -> Option<TableId> {
        let table = self.ready.pop_first().or_else(|| self.in_circle())?;
        self.referred[table] = None;
        for other in std::mem::take(&mut self.referring[table]) {
            if let Some(referred) = &mut self.referred[other] {
                referred.remove(&table);
                if referred.is_empty() {
                    self.ready.insert(other);
                }
            }
        }
        Some(TableId(table as u32))
    }

    /// With nothing ready every open table refers to an open one, so following them comes back somewhere: the first
    /// table of the schema on that circle.
    fn in_circle(&mut self) -> Option<usize> {
        let open = self.referred[self.first..].iter().position(Option::is_some);
        self.first += open?;
        let mut way = Vec::new();
        let mut seen = BTreeSet::new();
        let mut table = self.first;
        while seen.insert(table) {
            way.push(table);
            table = *self.referred[table].as_ref()?.first()?;
        }
        way.into_iter().skip_while(|other| *other != table).min()
    }
}

fn at(table: TableId) -> usize {
    table.0 as usize
}

/// The table that began its group of shards: others name it.
fn first_of_group(table: &Table) -> Option<TableId> {
    match table.distribution.as_ref()?.kind {
        DistributionKind::Sharded { group, .. } => group,
        DistributionKind::Reference => None,
    }
}

/// Those to tables that are made later; and those of tables that a cluster spreads, as Citus distributes no table with an identity column
/// that refers to others (`cannot complete operation on a table with identity column`).
fn forward_keys(model: &Model, tables: &[TableId], engine: &Engine) -> Vec<(TableId, usize)> {
    let mut position = vec![None; model.tables.len()];
    for (number, id) in tables.iter().enumerate() {
        position[at(*id)] = Some(number);
    }
    let mut forward = Vec::new();
    for (here, id) in tables.iter().enumerate() {
        let table = model.table(*id);
        let is_spread = table.distribution_on(engine).is_some();
        for (number, key) in table.foreign_keys.iter().enumerate() {
            if position[at(key.table)].is_some_and(|other| other > here || is_spread) {
                forward.push((*id, number));
            }
        }
    }
    sort_by(&mut forward, Ord::cmp);
    forward
}
