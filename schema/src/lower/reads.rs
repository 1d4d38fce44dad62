//! The tables and columns that the query of a view reads.

use crate::draft::DraftView;
use crate::syntax::Names;

/// The names in a view's query. One that is not understood may read whatever it names.
pub(crate) fn names_of(view: &DraftView) -> Names {
    if let Ok(query) = &view.query {
        return Names::of_rows(&query.statement);
    }
    let mut names = Names::of_tokens(&view.body.sql, view.table.dialect);
    for table in &mut names.tables {
        table.name.path.clone_from(&view.table.name.path);
    }
    names
}
