//! A foreign key stays within one database: wherever the referring table lives, the referred one must live too.

use super::{engine_list, tag_list};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{EngineId, ForeignKey, Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for child in &model.tables {
        for key in &child.foreign_keys {
            let parent = model.table(key.table);
            let missing: Vec<EngineId> = child
                .engines
                .iter()
                .copied()
                .filter(|engine| !parent.engines.contains(engine))
                .into_vec();
            if !missing.is_empty() {
                diagnostics.push(unreachable(model, child, key, &missing));
            }
        }
    }
}

fn unreachable(model: &Model, child: &Table, key: &ForeignKey, missing: &[EngineId]) -> Diagnostic {
    let parent = model.table(key.table);
    let (from, to) = (&child.name.name, &parent.name.name);
    let (engine, has) = if missing.len() == 1 {
        ("engine", "has")
    } else {
        ("engines", "have")
    };
    let (there, here) = (
        engine_list(model, missing),
        engine_list(model, &parent.engines),
    );
    let message = format!(
        "a foreign key cannot reach from `{from}` on {engine} {there} to `{to}`, which lives on {here}"
    );
    let diagnostic = Diagnostic::error("B0103", message)
        .at(key.span, format!("{engine} {there} {has} no table `{to}`"))
        .at(
            parent.engines_span.unwrap_or(parent.span),
            format!("`{to}` lives only here"),
        );
    diagnostic.help(help(model, key, missing))
}

/// A link holds one column; composite keys can only move together.
fn help(model: &Model, key: &ForeignKey, missing: &[EngineId]) -> String {
    let parent = model.table(key.table);
    let name = &parent.name.name;
    let mut all = parent.engines.clone();
    all.extend(missing);
    let together = format!(
        "let both live together: `-- @engines {}` above `{name}`",
        tag_list(model, &all)
    );
    let [column] = key.referred.as_slice() else {
        return together;
    };
    let on = match parent.engines.as_slice() {
        [_] => String::new(),
        [first, ..] => format!(" on {}", model.engine(*first).name),
        [] => String::new(),
    };
    let column = &parent.column(*column).name;
    format!(
        "keep the reference without a foreign key: `-- @link {name}({column}){on}` instead of `REFERENCES`; or {together}"
    )
}
