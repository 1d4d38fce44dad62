//! A warning after a run: rows of SQLite whose foreign key leads to no row, as other programs leave them. They keep no migration from being
//! applied.

use super::One;
use crate::links::foreign;
use crate::output::Output;

/// Warns of each foreign key with such rows. What keeps them from being read is not the run's to report.
pub(super) fn warn(one: &One<'_>, output: &Output) {
    let engine = one.engines.chosen(one.index);
    let Ok(mut connection) = one.engines.registry.connect(engine) else {
        return;
    };
    let name = one.engine();
    for orphans in foreign::orphans(&mut connection).unwrap_or_default() {
        if let Ok(warning) = orphans.warning(&mut connection) {
            output.message(&format!(
                "warning: engine `{name}`: {warning}\n  = help: `bindery validate --links --engine {name} --repair null` sets their keys to NULL, \
                 `--repair delete` deletes them\n"
            ));
        }
    }
}
