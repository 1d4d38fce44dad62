//! Rust names that two things of a schema would share, or that bindery keeps for itself: settled here by the rules of
//! [`crate::name`], so that a real schema is read without a change. Names that are ambiguous all the same are reported
//! by `check`.

use std::collections::{HashMap, HashSet};

use crate::draft::DraftTable;
use crate::model::{Engine, EngineId, Model, Table};
use crate::name;

use super::enum_names;

/// Settles the names of models, then of accessors, then of enums.
pub(super) fn settle(model: &mut Model, bound: &[&DraftTable]) {
    let shared = SharedNames::collect(&model.tables, bound);
    models(model, bound, &shared);
    plain_accessors(model, bound, &shared);
    let methods = methods_of_the_schema(model, bound);
    named_accessors(model, bound, &methods);
    free_accessors(model, &methods);
    enum_names::settle(model);
}

/// Tables of one name in several schemas have their schema's name before their own, those on several engines that of their
/// engine, but for the one on `default`; of two that would be one model,
/// those whose name is a plural keep it: `blog` and `blogs` are `Blog` and `Blogs`.
fn models(model: &mut Model, bound: &[&DraftTable], names: &SharedNames) {
    let shared = shared(&model.tables, |table| table.model_name.clone());
    let engines = model.engines.clone();
    for (table, draft) in model.tables.iter_mut().zip(bound) {
        if draft.notes.model.is_some() || !shared.contains(&table.model_name) {
            continue;
        }
        if let Some(name) = prefixed(table, &engines, names) {
            table.model_name = name::model_name(&name);
        } else if !names.any.contains(&name::accessor(&table.name.name)) {
            table.model_name = name::uninflected_model_name(&table.name.name);
        }
    }
}

/// The accessor of a table whose model is not named by `@model`: the table's name, after that of its schema or engine
/// where that distinguishes it from another.
fn plain_accessors(model: &mut Model, bound: &[&DraftTable], names: &SharedNames) {
    let engines = model.engines.clone();
    for (table, draft) in model.tables.iter_mut().zip(bound) {
        if draft.notes.model.is_some() {
            continue;
        }
        if let Some(name) = prefixed(table, &engines, names) {
            table.accessor = name::escape_keyword(&name::accessor(&name));
        }
    }
}

/// Names the accessor after the model where the name of the table is taken and its model is named by `@model`.
fn named_accessors(model: &mut Model, bound: &[&DraftTable], methods: &HashSet<String>) {
    let unnamed = model
        .tables
        .iter()
        .zip(bound)
        .filter(|(_, draft)| draft.notes.model.is_none());
    let unnamed = unnamed.map(|(table, _)| table.accessor.clone());
    let mut taken: HashSet<String> = methods.iter().cloned().chain(unnamed).collect();
    for (table, draft) in model.tables.iter_mut().zip(bound) {
        if draft.notes.model.is_none() {
            continue;
        }
        if taken.contains(&table.accessor) || name::is_reserved_accessor(&table.accessor) {
            table.accessor = name::escape_keyword(&name::accessor(&table.model_name));
        }
        taken.insert(table.accessor.clone());
    }
}

/// The methods that there are because of the schema: one of each engine's name, those of outboxes, and that of syncs.
fn methods_of_the_schema(model: &Model, bound: &[&DraftTable]) -> HashSet<String> {
    let has_outbox = model.engines.iter().any(|engine| engine.outbox);
    let has_syncs = bound.iter().any(|draft| !draft.notes.syncs.is_empty());
    let outbox = name::OUTBOX_METHODS.iter().filter(|_| has_outbox);
    let engines = model.engines.iter().map(|engine| engine.name.as_str());
    let syncs = has_syncs.then_some(name::SYNCS_METHOD);
    let all = engines.chain(outbox.copied()).chain(syncs);
    all.map(str::to_owned).collect()
}

/// An accessor that is a method of bindery or an engine gets a trailing underscore; two, where a table has the first.
fn free_accessors(model: &mut Model, methods: &HashSet<String>) {
    let mut taken: HashSet<String> = model
        .tables
        .iter()
        .map(|one| one.accessor.clone())
        .collect();
    for table in &mut model.tables {
        if !methods.contains(&table.accessor) && !name::is_reserved_accessor(&table.accessor) {
            continue;
        }
        while !taken.insert(table.accessor.clone()) {
            table.accessor.push('_');
        }
    }
}

/// `schema_table` for a table whose schema is written and whose name is that of a table elsewhere, too; `engine_table` for
/// one that shares its name with tables of other engines only.
fn prefixed(table: &Table, engines: &[Engine], shared: &SharedNames) -> Option<String> {
    if shared.any.is_empty() {
        return None;
    }
    let base = name::accessor(&table.name.name);
    if let Some(schema) = &table.name.schema {
        return shared
            .any
            .contains(&base)
            .then(|| format!("{schema}_{}", table.name.name));
    }
    let lives_on = |name: &str| {
        table
            .engines
            .iter()
            .any(|id| engines[id.0 as usize].name == name)
    };
    if !shared.apart.contains(&base) || lives_on("default") {
        return None;
    }
    let first = &engines[table.engines.first()?.0 as usize].name;
    Some(format!("{first}_{}", table.name.name))
}

/// Names that more than one table has.
struct SharedNames {
    any: HashSet<String>,
    /// Those of them whose tables have no engine in common.
    apart: HashSet<String>,
}

impl SharedNames {
    fn collect(tables: &[Table], bound: &[&DraftTable]) -> Self {
        let any = shared_base_names(tables);
        let mut found: HashMap<String, (usize, HashSet<EngineId>, bool)> = HashMap::new();
        // One that is named by `@model` leaves the plain name to another.
        let unnamed = tables
            .iter()
            .zip(bound)
            .filter(|(_, draft)| draft.notes.model.is_none());
        for (table, _) in unnamed {
            let base = name::accessor(&table.name.name);
            if any.contains(&base) {
                let (count, engines, together) = found.entry(base).or_default();
                *count += 1;
                *together |= table.engines.iter().any(|id| !engines.insert(*id));
            }
        }
        let apart = found
            .into_iter()
            .filter(|(_, (count, _, together))| *count > 1 && !together);
        let apart = apart.map(|(base, _)| base).collect();
        Self { any, apart }
    }
}

fn shared_base_names(tables: &[Table]) -> HashSet<String> {
    shared(tables, |table| name::accessor(&table.name.name))
}

/// Returns the names that more than one table has.
fn shared(tables: &[Table], of: impl Fn(&Table) -> String) -> HashSet<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for table in tables {
        *seen.entry(of(table)).or_default() += 1;
    }
    let several = seen.into_iter().filter(|(_, count)| *count > 1);
    several.map(|(name, _)| name).collect()
}
