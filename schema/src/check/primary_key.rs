//! Without a primary key no single row can be found, updated or deleted.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::Model;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in model
        .tables
        .iter()
        .filter(|table| table.primary_key.is_none())
    {
        let message = format!("`{}` has no primary key", table.name.name);
        let diagnostic = Diagnostic::warning("B0400", message)
            .at(table.span, "no `find`, `update`, `save` and `delete`");
        diagnostics.push(diagnostic.help("declare one: `PRIMARY KEY (…)`"));
    }
}
