//! Functions that go: those that tables or views called, or that stand in the way of what goes, where the schema no longer has them.
//! Others are left alone: nothing but the migrations knows of a function that only their triggers call.

use std::collections::BTreeSet;

use super::NameRule;
use crate::diff::change::Change;
use crate::diff::structure::{ObjectShape, Structure};
use crate::syntax::{bound_names_in_function, called_in};

/// The last that was made first. One that something calls stays, unless that may call another of its name.
pub(super) fn gone(
    (from, to): (&Structure, &Structure),
    names_rule: NameRule,
    changes: &[Change],
) -> Vec<ObjectShape> {
    let names: BTreeSet<String> = changes.iter().filter_map(dropped_name).collect();
    let known = from.objects.iter().chain(&from.idle_objects);
    let called: Vec<&ObjectShape> = known.filter(|one| one.kind == "FUNCTION").collect();
    let goes = |one: &&ObjectShape| {
        let is_kept = to.functions.iter().any(|other| other.is_same(one));
        // A way back drops those that the way there made.
        let is_made = names_rule == NameRule::Given;
        !is_kept && (is_made || called.contains(one) || is_bound(one, &names))
    };
    let mut gone: Vec<&ObjectShape> = from.functions.iter().filter(goes).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let wanted = calls_of(to);
    loop {
        let count = gone.len();
        let others = from.functions.iter().filter(|one| !gone.contains(one));
        let calls: BTreeSet<String> = others.flat_map(calls_of_object).collect();
        let is_called = |one: &ObjectShape| {
            let name = one.name.name.to_lowercase();
            wanted.contains(&name) || calls.contains(&name)
        };
        let has_another = |one: &ObjectShape| {
            let mut others = to.functions.iter();
            others.any(|it| it.name.name == one.name.name)
        };
        gone.retain(|one| has_another(one) || !is_called(one));
        if gone.len() == count {
            return gone.into_iter().rev().cloned().collect();
        }
    }
}

/// The name of a table, view or type that goes, in lower case.
fn dropped_name(change: &Change) -> Option<String> {
    let name = match change {
        Change::DropTable(table) => &table.name,
        Change::DropView(view) => &view.name,
        Change::DropEnum(values) => &values.name,
        Change::DropObject(object) => &object.name,
        _ => return None,
    };
    Some(name.name.to_lowercase())
}

fn is_bound(function: &ObjectShape, names: &BTreeSet<String>) -> bool {
    let texts = function.create.iter();
    let mut bound = texts.flat_map(|sql| bound_names_in_function(sql));
    bound.any(|name| names.contains(&name))
}

/// The names of the functions that a structure calls.
fn calls_of(structure: &Structure) -> BTreeSet<String> {
    let tables = structure.tables.iter();
    let keys = tables.clone().flat_map(|table| &table.keys);
    let columns = tables.flat_map(|table| &table.columns);
    let views = structure.views.iter();
    let texts = columns.map(|one| one.line.as_str());
    let texts = texts.chain(keys.map(|one| one.sql.as_str()));
    let texts = texts.chain(views.map(|one| one.create.as_str()));
    let objects = structure.objects.iter().chain(&structure.idle_objects);
    let of_objects = objects
        .chain(&structure.functions)
        .flat_map(calls_of_object);
    texts.flat_map(called_in).chain(of_objects).collect()
}

fn calls_of_object(object: &ObjectShape) -> BTreeSet<String> {
    let texts = object.create.iter();
    texts.flat_map(|sql| called_in(sql)).collect()
}
