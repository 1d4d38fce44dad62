//! Documentation of columns.

use crate::emit::shape::Field;
use crate::emit::text::{code, prose};

/// The documentation of a column, in the schema's own words where there are any and nothing is to be remarked.
pub(crate) fn column_docs(field: &Field<'_>, remark: &str) -> Vec<String> {
    let name = code(field.column.name);
    if field.column.docs.is_empty() || !remark.is_empty() {
        vec![format!("{name}{remark}")]
    } else {
        prose(field.column.docs, &name)
    }
}
