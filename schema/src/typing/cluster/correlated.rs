//! Queries that name columns of what is around them.

use super::notes::Notes;
use super::parts::is_in;
use crate::syntax::Query;

/// Whether a query, which stands in this number of others, names a column of one of them.
pub(super) fn is_correlated(notes: &Notes, query: &Query, depth: usize) -> bool {
    let mut columns = notes.columns.iter();
    columns.any(|(span, column)| column.depth < depth && is_in(query.span, *span))
}
