//! A table lives only on engines that can hold it: its types, defaults, expressions, keys and indexes.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::{Engine, Model, Table};
use crate::plan::{Problem, problems};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    // A view is made by its own query; see `view`.
    let tables = model
        .table_ids()
        .filter(|id| model.table(*id).view.is_none());
    for id in tables {
        let table = model.table(id);
        let mut found: Vec<(Problem, Vec<&Engine>)> = Vec::new();
        for engine in table.engines.iter().map(|id| model.engine(*id)) {
            for problem in problems(model, id, engine) {
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
    engines.iter().map(one).collect::<Vec<_>>().join(", ")
}
