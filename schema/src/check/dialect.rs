//! A table lives only on engines that can hold it: its types, defaults, expressions, keys and indexes.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::lists::IntoVec as _;
use crate::model::{Engine, EngineId, Model, Table, TableId};
use crate::parts::in_parts;
use crate::plan::{Problem, problems};

/// The number of threads.
const TABLES: usize = 16;

/// Gives back what was written of each table to find out: CREATE TABLE on its engines.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) -> Vec<Vec<(EngineId, String)>> {
    let tables: Vec<TableId> = model.table_ids().into_vec();
    let parts = in_parts(&tables, TABLES, |ids| {
        let mut found = Diagnostics::default();
        let created = ids.iter().map(|id| of_table(model, *id, &mut found));
        (created.into_vec(), found)
    });
    let mut all = Vec::with_capacity(tables.len());
    for (created, found) in parts {
        all.extend(created);
        diagnostics.extend(found);
    }
    all
}

fn of_table(model: &Model, id: TableId, diagnostics: &mut Diagnostics) -> Vec<(EngineId, String)> {
    let table = model.table(id);
    let mut created = Vec::new();
    // A view is made by its own query; see `view`.
    if table.view.is_none() {
        let mut found: Vec<(Problem, Vec<&Engine>)> = Vec::new();
        for &engine_id in &table.engines {
            let engine = model.engine(engine_id);
            let (text, problems) = problems(model, id, engine);
            // With its parents there before it, it is made without their columns.
            if table.native.inherits.is_empty() {
                created.push((engine_id, text));
            }
            for problem in problems {
                match found.iter_mut().find(|(known, _)| *known == problem) {
                    Some((_, engines)) => engines.push(engine),
                    None => found.push((problem, vec![engine])),
                }
            }
        }
        for (problem, engines) in found {
            diagnostics.push(diagnostic(table, problem, &engines));
        }
    }
    created
}

/// One finding for all engines that cannot hold a thing for the same reason.
fn diagnostic(table: &Table, problem: Problem, engines: &[&Engine]) -> Diagnostic {
    let Problem {
        span,
        severity,
        refusal,
    } = problem;
    let diagnostic = match severity {
        Severity::Error => Diagnostic::error(refusal.code, refusal.message),
        Severity::Warning => Diagnostic::warning(refusal.code, refusal.message),
    };
    let diagnostic = diagnostic.at(span, said_of(engines)).help(refusal.help);
    match table.engines_span {
        Some(tag) => diagnostic.at(tag, format!("`{}` lives there", table.name.name)),
        None => diagnostic,
    }
}

/// ``engine `b` is sqlite``.
fn said_of(engines: &[&Engine]) -> String {
    let one = |engine: &&Engine| format!("engine `{}` is {}", engine.name, engine.dialect);
    engines.iter().map(one).into_vec().join(", ")
}
