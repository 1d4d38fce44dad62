//! A view lives where all that it reads does, and is made where its query can be run.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Engine, Model, Table, ViewQuery};

use super::{engine_list, tag_list};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        if let Some(view) = &table.view {
            read_here(model, table, view, diagnostics);
            made_here(model, table, view, diagnostics);
        }
    }
}

/// Every table that it reads lives on every engine of the view.
fn read_here(model: &Model, table: &Table, view: &ViewQuery, diagnostics: &mut Diagnostics) {
    for read in view.reads.iter().map(|id| model.table(*id)) {
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
            .collect();
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
