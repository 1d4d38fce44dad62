//! Functions that go, and come again on the way back: those that tables or views called, or that stand in the way of what goes, where the
//! schema no longer has them.
//! Others are left alone: nothing but the migrations knows of a function that only their triggers call.

use std::collections::BTreeSet;

use super::NameRule;
use crate::diff::change::Change;
use crate::diff::structure::{ObjectShape, Structure, ViewShape};
use crate::syntax::{bound_names_in_function, called_in};

/// The last that was made first. One that something calls stays, unless that may call another of its name, or what it is bound to goes.
pub(super) fn gone(
    (from, to): (&Structure, &Structure),
    names_rule: NameRule,
    changes: &[Change],
) -> Vec<ObjectShape> {
    let (dropped, views) = (&dropped(changes), &dropped_views(changes));
    let known = from.objects.iter().chain(&from.idle_objects);
    let called: Vec<&ObjectShape> = known.filter(|one| one.kind == "FUNCTION").collect();
    let goes = |one: &&ObjectShape| {
        let is_kept = to.functions.iter().any(|other| other.is_same(one));
        // A way back drops those that the way there made.
        let is_made = names_rule == NameRule::Given;
        match is_kept {
            // One that is called changes where it is, unless it holds a view that goes: the views that call it go as well.
            true if called.contains(one) => is_bound(one, views),
            true => is_bound(one, dropped),
            false => is_bound(one, dropped) || is_made || called.contains(one),
        }
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
        gone.retain(|one| has_another(one) || is_bound(one, dropped) || !is_called(one));
        if gone.len() == count {
            return gone.into_iter().rev().cloned().collect();
        }
    }
}

/// Of those that go the ones that the schema has all the same, as it may have them of other types.
pub(super) fn again(to: &Structure, gone: &[ObjectShape]) -> Vec<ObjectShape> {
    let is_gone = |object: &ObjectShape| gone.iter().any(|one| one.is_same(object));
    let again = to.functions.iter().filter(|one| is_gone(one));
    again.cloned().collect()
}

/// On a way back, those that went on the way there, the first that was made first. Others come with what calls them.
pub(super) fn back((from, to): (&Structure, &Structure), changes: &[Change]) -> Vec<ObjectShape> {
    let is_there = |object: &ObjectShape| from.functions.iter().any(|one| one.is_same(object));
    let is_made = |object: &ObjectShape| {
        let is_it = |change: &Change| matches!(change, Change::CreateObject(one) if one == object);
        changes.iter().any(is_it)
    };
    let back = to
        .functions
        .iter()
        .filter(|one| !is_there(one) && !is_made(one));
    back.cloned().collect()
}

/// The views that call a function that holds one of these.
pub(super) fn views_over<'s>(from: &'s Structure, views: &[&ViewShape]) -> Vec<&'s ViewShape> {
    if views.is_empty() {
        return Vec::new();
    }
    let names = views.iter().map(|view| view.name.name.to_lowercase());
    let names: BTreeSet<String> = names.collect();
    let over = from.functions.iter().filter(|one| is_bound(one, &names));
    let over: BTreeSet<String> = over.map(|one| one.name.name.to_lowercase()).collect();
    if over.is_empty() {
        return Vec::new();
    }
    let calls = |view: &&ViewShape| !called_in(&view.create).is_disjoint(&over);
    from.views.iter().filter(calls).collect()
}

/// The names of tables, views and types that go, in lower case.
fn dropped(changes: &[Change]) -> BTreeSet<String> {
    let names = changes.iter().filter_map(|change| match change {
        Change::DropTable(table) => Some(&table.name),
        Change::DropView(view) => Some(&view.name),
        Change::DropEnum(values) => Some(&values.name),
        Change::DropObject(object) => Some(&object.name),
        _ => None,
    });
    names.map(|name| name.name.to_lowercase()).collect()
}

fn dropped_views(changes: &[Change]) -> BTreeSet<String> {
    let names = changes.iter().filter_map(|change| match change {
        Change::DropView(view) => Some(view.name.name.to_lowercase()),
        _ => None,
    });
    names.collect()
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

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::{Plan, Planned, Step, Structure, plan};

    fn structure_of(sql: &str) -> Structure {
        Structure::read(sql, Dialect::Postgres, None).expect("a schema")
    }

    fn planned(from: &Structure, to: &Structure) -> Planned {
        let planned = plan(&Plan {
            from,
            to,
            renames: &[],
            triggers: &[],
        });
        planned.expect("it can be read again")
    }

    fn executed(steps: &[Step]) -> Vec<&str> {
        let steps = steps.iter().filter(|step| !step.commented);
        let statements = steps.flat_map(|step| &step.statements);
        statements
            .map(|sql| sql.lines().next().unwrap_or_default())
            .collect()
    }

    /// The table that is kept for now has a column of the name.
    #[test]
    fn a_function_goes_with_the_view_that_called_it_and_comes_back() {
        let kept = "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);";
        let from = format!(
            "CREATE FUNCTION f(numeric) RETURNS integer LANGUAGE sql AS 'SELECT 1'; {kept}
             CREATE TABLE gone (id bigint NOT NULL PRIMARY KEY, f integer);
             CREATE VIEW v AS SELECT f(id::numeric) AS f FROM t;"
        );
        let planned = planned(&structure_of(&from), &structure_of(kept));
        let dropped = ["DROP VIEW \"v\"", "DROP FUNCTION IF EXISTS \"f\"(numeric)"];
        assert_eq!(executed(&planned.up), dropped);
        let [function, view] = executed(&planned.down)[..] else {
            panic!("{:?}", planned.down)
        };
        assert!(
            function.starts_with("CREATE OR REPLACE FUNCTION \"f\""),
            "{function}"
        );
        assert!(view.starts_with("CREATE VIEW \"v\""), "{view}");
    }

    /// Migrations make it anew each time: the last body counts.
    #[test]
    fn a_function_that_gets_its_first_body_again_changes() {
        let made = |body: &str, word: &str| {
            let returns = "RETURNS text LANGUAGE sql";
            format!("CREATE {word} FUNCTION f() {returns} AS 'SELECT ''{body}''::text';")
        };
        let table = "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a text DEFAULT f());";
        let chain = format!("{}{table}{}", made("a", ""), made("b", "OR REPLACE"));
        let (chain, again) = (
            structure_of(&chain),
            structure_of(&format!("{}{table}", made("a", ""))),
        );
        let changed = planned(&chain, &again);
        assert_eq!(executed(&changed.up).len(), 1, "{:?}", changed.up);
        assert!(changed.left.is_empty(), "{:?}", changed.left);
        assert_eq!(executed(&changed.down).len(), 1, "{:?}", changed.down);
    }
}
