//! The rules a model must keep. One file each, one function each; all of them run, and their findings are collected.
//!
//! Mistakes in a single statement or annotation were reported while it was read; these rules look at the whole.

mod accessor;
mod annotated_column;
mod capture;
mod cluster;
mod dialect;
mod engine_name;
mod enum_name;
mod field_name;
mod foreign_key_index;
mod foreign_key_type;
mod galera;
mod identifier;
mod json;
mod link;
mod made_key;
mod model_name;
mod money;
mod polymorphic;
mod primary_key;
mod publish;
mod reachable;
mod redaction;
mod referred_key;
mod row_id;
mod shards;
mod storage_engine;
mod sync;
mod text_key;
mod view;

use crate::diagnostic::Diagnostics;
use crate::lists::IntoVec as _;
use crate::model::{CheckedModel, EngineId, Model};
use crate::parts::in_parts;
use crate::sorting::sort_by;

/// A rule looks at the whole model and says what breaks it.
type Rule = fn(&Model, &mut Diagnostics);

const RULES: &[Rule] = &[
    engine_name::check,
    model_name::check,
    accessor::check,
    field_name::check,
    enum_name::check,
    identifier::check,
    annotated_column::check,
    reachable::check,
    referred_key::check,
    foreign_key_type::check,
    link::check,
    sync::check,
    publish::check,
    capture::check,
    made_key::check,
    redaction::check,
    json::check,
    primary_key::check,
    foreign_key_index::check,
    money::check,
    polymorphic::check,
    storage_engine::check,
    galera::check,
    text_key::check,
    row_id::check,
    shards::check,
    cluster::check,
    view::check,
];

/// From this number of tables on, each rule has enough work for a thread.
const MANY: usize = 64;

/// Asks all rules. `None` when there is an error among the findings, older ones included: then nothing may be generated.
/// Before that warnings get their levels. Afterwards the findings are in the order of their places.
pub fn check(model: Model, diagnostics: &mut Diagnostics) -> Option<CheckedModel> {
    // For a few tables no other thread is worth the way.
    let least = if model.tables.len() < MANY {
        RULES.len()
    } else {
        1
    };
    let found = in_parts(RULES, least, |rules| {
        let mut found = Diagnostics::default();
        rules.iter().for_each(|rule| rule(&model, &mut found));
        found
    });
    found.into_iter().for_each(|part| diagnostics.extend(part));
    let created = dialect::check(&model, diagnostics);
    model.lints.apply(diagnostics);
    diagnostics.sort();
    if diagnostics.has_errors() {
        None
    } else {
        Some(CheckedModel::new(model, created))
    }
}

/// Whether no name is there twice. Hardly ever one is, and to sort is the cheapest way to know: build scripts are not optimised.
fn all_differ<T: Ord>(mut names: Vec<T>) -> bool {
    sort_by(&mut names, Ord::cmp);
    names.windows(2).all(|pair| pair[0] != pair[1])
}

/// Names of engines, in quotes: `` `a`, `b` and `c` ``.
fn engine_list(model: &Model, engines: &[EngineId]) -> String {
    let names: Vec<String> = engines
        .iter()
        .map(|id| format!("`{}`", model.engine(*id).name))
        .into_vec();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// Names of engines as `@engines` takes them: `a, b`.
fn tag_list(model: &Model, engines: &[EngineId]) -> String {
    let names: Vec<&str> = engines
        .iter()
        .map(|id| model.engine(*id).name.as_str())
        .into_vec();
    names.join(", ")
}

#[cfg(test)]
mod tests;
