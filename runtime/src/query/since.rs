//! Rows that were changed since, for syncs: within two values of a column, in its order, page after page.

use super::column::Column;
use super::condition::Predicate;
use super::nullability::NotNull;
use super::page::value_of;
use super::shape::{ColumnPath, op};
use super::statement::Query;
use crate::driver::TableSql;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};
use crate::repository::Repository;
use crate::value::column_form::ColumnForm;
use crate::value::types::ToColumn;

/// A page of a table: after a row, at most this many.
#[derive(Debug)]
pub(crate) struct Page<'r, R> {
    pub(crate) after: Option<&'r R>,
    pub(crate) limit: usize,
}

impl<M: HasKey, E: Engine, A> Repository<'_, M, E, A> {
    /// The next page of all rows, in the order of the key.
    pub(crate) fn page(self, page: &Page<'_, M::Row<E>>) -> Result<Vec<M::Row<E>>> {
        let rows = self.query().page_after(page.after);
        rows.limit(page.limit as u64).all()
    }

    /// The next page of the rows from the first value of the column to the last, in its order and that of the key.
    pub(crate) fn page_between(
        self,
        column: ColumnPath,
        (first, last): (Option<&dyn ToColumn>, &dyn ToColumn),
        page: &Page<'_, M::Row<E>>,
    ) -> Result<Vec<M::Row<E>>> {
        let order = Column::<M, i64, NotNull>::of_path(column).asc();
        let rows = Query::of(self, Ok(between(column, first, last)));
        let rows = rows.order_by(order).page_after(page.after);
        rows.limit(page.limit as u64).all()
    }

    /// The row with the largest value of the column.
    pub(crate) fn last_by(self, column: ColumnPath) -> Result<Option<M::Row<E>>> {
        let order = Column::<M, i64, NotNull>::of_path(column).desc();
        self.order_by(order).first()
    }
}

/// The recorded value of one column of a row.
pub(crate) fn recorded_value<M: Model, E: Engine>(
    sql: &TableSql,
    row: &M::Row<E>,
    column: ColumnPath,
) -> Result<Vec<u8>> {
    let values = value_of(sql, column.index(), |params| M::write_row(row, params))?;
    Ok(values.bytes().to_vec())
}

fn between(column: ColumnPath, first: Option<&dyn ToColumn>, last: &dyn ToColumn) -> Predicate {
    let compared = |value: &dyn ToColumn, code| {
        let mut leaf = Predicate::column(column);
        leaf.shape.fixed([op::VALUE, code]);
        leaf.value(value, ColumnForm::ANY);
        leaf
    };
    let mut both = compared(last, op::LE);
    if let Some(first) = first {
        both.join(compared(first, op::GE), op::AND);
    }
    both
}
