//! The DDL of all tables, and one order of the models in which every engine can create its own.

use bindery_schema::lists::IntoVec as _;
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
        let engines: Vec<_> = ids.map(|id| create_statements(model, id)).into_vec();
        let mut places = vec![Vec::new(); model.tables.len()];
        for (engine, tables) in engines.iter().enumerate() {
            let mut found = with_views(tables);
            if found.is_empty() && !tables.is_empty() {
                let host = host_of_views(model, EngineId(engine as u32));
                found.extend(host.map(|host| (host, 0..tables.len())));
            }
            for (table, range) in found {
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
                let follower = self.engines[*engine].get(next[*engine]);
                if let Some(follower) = follower.and_then(|follower| follower.table) {
                    let follower = follower.0 as usize;
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

/// The model that the views of an engine belong to where no model there is made. A table with statements counts as managed, so
/// an unmanaged one is the last choice.
fn host_of_views(model: &CheckedModel, engine: EngineId) -> Option<usize> {
    let rank = |id: &TableId| {
        let table = model.table(*id);
        let is_unmanaged_table = table.unmanaged && table.view.is_none();
        (is_unmanaged_table, !table.engines.contains(&engine))
    };
    model.table_ids().min_by_key(rank).map(|id| id.0 as usize)
}

/// Each model of an engine with the place of its table; a view without a model belongs to the one before it, else to the first.
fn with_views(tables: &[CreateTable]) -> Vec<(usize, Range<usize>)> {
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        if let Some(table) = table.table {
            let start = if found.is_empty() { 0 } else { at };
            found.push((table.0 as usize, start..at + 1));
        } else if let Some((_, range)) = found.last_mut() {
            range.end = at + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use bindery_schema::check::check;
    use bindery_schema::diagnostic::Diagnostics;
    use bindery_schema::project::{Paths, load_project};
    use bindery_schema::read_model;

    use super::Ddl;

    /// The type of `label` is not known, so the view has no model.
    #[test]
    fn a_view_without_a_model_is_made_beside_unmanaged_tables() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let schema = folder.path().join("schema.sql");
        let text = "-- @unmanaged\nCREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
             CREATE VIEW v AS SELECT CASE WHEN id > 1 THEN name ELSE id END AS label FROM t;\n";
        std::fs::write(&schema, text).expect("it can be written to");
        let paths = Paths {
            config: None,
            schema: vec![schema],
        };
        let mut found = Diagnostics::default();
        let project = load_project(&paths, &|_| None, &mut found);
        let model = read_model(&project.input, &mut found);
        let model = check(model, &mut found).expect("the schema is right");
        let ddl = Ddl::new(&model);
        let made = ddl.order().into_iter().flat_map(|id| {
            let tables = ddl.for_table(id);
            tables.map(|(_, table)| table.name.name.clone())
        });
        assert_eq!(made.collect::<Vec<_>>(), ["v"]);
    }
}
