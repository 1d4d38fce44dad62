//! A transaction over several engines is atomic when all but one of them can prepare it.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{EngineId, Model};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for group in &model.atomic_groups {
        let prepares = |id: &EngineId| model.engine(*id).capabilities().two_phase_commit;
        let unable: Vec<EngineId> = group
            .engines
            .iter()
            .copied()
            .filter(|id| !prepares(id))
            .collect();
        if unable.len() < 2 {
            continue;
        }
        let names = super::engine_list(model, &unable);
        let message = format!(
            "atomic group `{}` has several engines that cannot prepare a transaction: {names}",
            group.name
        );
        let mut diagnostic = Diagnostic::error("B0125", message);
        if let Some(span) = group.span {
            diagnostic = diagnostic.at(span, "at most one SQLite engine in a group");
        }
        diagnostics.push(diagnostic.help(help(model, &group.engines, &unable)));
    }
}

/// The group without all but one of them, where that is still a group.
fn help(model: &Model, engines: &[EngineId], unable: &[EngineId]) -> String {
    let server = "or let the others be PostgreSQL, MySQL or MariaDB: `url = \"postgres://…\"`";
    let kept = |id: &&EngineId| !unable[1..].contains(id);
    let kept: Vec<String> = engines
        .iter()
        .filter(kept)
        .map(|id| format!("\"{}\"", model.engine(*id).name))
        .collect();
    if kept.len() < 2 {
        return format!("keep one of them, {server}");
    }
    format!(
        "keep one of them: `engines = [{}]`; {server}",
        kept.join(", ")
    )
}
