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
        diagnostics.push(diagnostic.help(
            "keep one of them in the group, and let the others be PostgreSQL, MySQL or MariaDB",
        ));
    }
}
