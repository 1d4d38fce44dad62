//! A view lives where all that it reads does, and is made where its query can be run.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{Engine, Model, NamedView, Table, ViewQuery};

use super::{engine_list, tag_list};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for view in &model.views {
        for found in &view.unknown_names {
            diagnostics.push(found.clone());
        }
        // A name that nothing has is why a type is not known.
        if let (Err(named), []) = (&view.model, &view.unknown_names[..]) {
            diagnostics.push(by_name_only(named));
        }
    }
    for table in model.tables.iter().chain(named_views(model)) {
        if let Some(view) = &table.view {
            read_here(model, table, view, diagnostics);
            made_here(model, table, view, diagnostics);
        }
    }
}

/// There is no model, which a program notices only where it looks for one.
fn by_name_only(view: &NamedView) -> Diagnostic {
    let (name, why) = (&view.table.name.name, &view.why);
    let message = format!("view `{name}` is known by its name only, and has no model: it {why}");
    let help = format!(
        "name the type, as in `CAST(… AS integer) AS size`, or leave the column out: `-- @skip` at it; \
         if no model is needed, `-- @allow B0422` above `{name}`"
    );
    Diagnostic::warning("B0422", message)
        .at(view.table.span, "")
        .help(help)
}

/// The views of the model that have no model of their own.
fn named_views(model: &Model) -> impl Iterator<Item = &Table> {
    let named = model.views.iter();
    let named = named.filter_map(|view| view.model.as_ref().err());
    named.map(|named| &named.table)
}

/// Every table and view that it reads lives on every engine of the view.
fn read_here(model: &Model, table: &Table, view: &ViewQuery, diagnostics: &mut Diagnostics) {
    let named = named_views(model).filter(|named| view.reads_by_name.contains(&named.name));
    let tables = view.reads.iter().map(|id| model.table(*id));
    for read in tables.chain(named) {
        let lives = |id: &&crate::model::EngineId| !read.engines.contains(id);
        let Some(engine) = table.engines.iter().find(lives) else {
            continue;
        };
        let message = format!(
            "view `{}` on engine `{}` reads `{}`, which does not live there",
            table.name.name,
            model.engine(*engine).name,
            read.name.name
        );
        let mut finding =
            Diagnostic::error("B0127", message).at(table.engines_span.unwrap_or(table.span), "");
        let lives = format!("it lives on {}", engine_list(model, &read.engines));
        finding = finding.at(read.span, lives);
        let shared: Vec<_> = table
            .engines
            .iter()
            .copied()
            .filter(|id| read.engines.contains(id))
            .into_vec();
        let engines = if shared.is_empty() {
            &read.engines
        } else {
            &shared
        };
        let help = format!(
            "write where it lives: `-- @engines {}` above `{}`",
            tag_list(model, engines),
            table.name.name
        );
        diagnostics.push(finding.help(help));
    }
}

/// A view that is not made is read all the same: it may be there already.
fn made_here(model: &Model, table: &Table, view: &ViewQuery, diagnostics: &mut Diagnostics) {
    let unmade = |engine: &&Engine| !table.unmanaged && !table.is_made_on(engine);
    let mut engines = table.engines.iter().map(|id| model.engine(*id));
    let Some(engine) = engines.find(unmade) else {
        return;
    };
    let why = view.obstacle.clone().unwrap_or_else(|| {
        format!(
            "its query is written for {}, and engine `{}` is {}",
            table.source_dialect, engine.name, engine.dialect
        )
    });
    let message = format!(
        "view `{}` is only read and never made: {why}",
        table.name.name
    );
    let help = format!(
        "make it yourself, and say so: `-- @unmanaged` above `{}`",
        table.name.name
    );
    let finding = Diagnostic::warning("B0420", message).at(table.span, "");
    diagnostics.push(finding.help(help));
}
