//! Without a primary key no single row can be found, updated or deleted.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Model, Table};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    // Of a table without columns nothing could be read, which is told already.
    let keyless = |table: &&Table| table.primary_key.is_none() && !table.columns.is_empty();
    for table in model.tables.iter().filter(keyless) {
        let message = format!("`{}` has no primary key", table.name.name);
        let diagnostic = Diagnostic::warning("B0400", message)
            .at(table.span, "no `find`, `update`, `save` and `delete`");
        diagnostics.push(diagnostic.help("declare one: `PRIMARY KEY (…)`"));
    }
}
