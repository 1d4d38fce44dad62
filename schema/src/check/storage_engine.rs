//! A MySQL table that is not InnoDB keeps neither transactions nor foreign keys.

use super::galera::cluster_of;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::model::Model;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        let Some(storage) = &table.storage_engine else {
            continue;
        };
        let there = |id: &&crate::model::EngineId| model.engine(**id).dialect == Dialect::Mysql;
        let Some(engine) = table.engines.iter().find(there) else {
            continue;
        };
        // On a Galera cluster it is an error.
        if storage.is_innodb() || cluster_of(model, table).is_some() {
            continue;
        }
        let message = format!(
            "`{}` is stored by {}, which keeps no transactions",
            table.name.name, storage.name
        );
        let engine = &model.engine(*engine).name;
        let diagnostic = Diagnostic::warning("B0411", message)
            .at(
                storage.span,
                format!("what fails on engine `{engine}` is not rolled back here"),
            )
            .at(table.span, "this table");
        diagnostics.push(diagnostic.help("write `ENGINE=InnoDB`, as bindery itself creates it"));
    }
}
