//! A column that is never in JSON is not there as a column of a view, either.

use crate::lists::IntoVec as _;
use std::collections::HashMap;

use crate::model::{ColumnId, Model, TableId};

/// Takes `@serde skip` from the columns that columns of views show unchanged, unless they have tags of their own.
pub(super) fn skip_in_views(
    model: &mut Model,
    sources: &HashMap<(TableId, ColumnId), (TableId, ColumnId)>,
) {
    let shown: Vec<_> = sources
        .iter()
        .map(|(view, shown)| (*view, *shown))
        .into_vec();
    for ((table, column), mut shown) in shown {
        // A view that shows a view's column shows the table's. Each view reads only those before it.
        while model.table(shown.0).column(shown.1).serde.is_empty() {
            let Some(next) = sources.get(&shown) else {
                break;
            };
            shown = *next;
        }
        let skip = model.table(shown.0).column(shown.1).serde.skip;
        let column = &mut model.tables[table.0 as usize].columns[column.0 as usize];
        if column.serde.is_empty() {
            column.serde.skip = skip;
        }
    }
}
