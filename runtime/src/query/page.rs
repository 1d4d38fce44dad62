//! Pages that go on after a row, rather than after a number of rows.

use super::condition::Predicate;
use super::order::{Direction, Ordered};
use super::shape::{ColumnPath, ShapeReader, op};
use super::statement::Query;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};
use crate::value::recorded::{RecordedValues, is_null};
use crate::value::{ColumnSet, ParamWriter};
use bindery_core::dialect::Dialect;

impl<M: Model, E: Engine, A> Query<'_, M, E, A> {
    /// Of these, the rows after this one in the order of the query and the key; all of them where there is none yet. Call it
    /// after [`order_by`](Self::order_by), with the last row of the page before.
    ///
    /// With an index of the order's columns and the key, a page is found as fast wherever it is. Rows that others insert or delete
    /// meanwhile neither move nor repeat others.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many(["one", "two", "three"].map(NewBlog::new))?;
    /// let mut page = b.blogs().order_by(blog::title.asc()).limit(2).all()?;
    /// assert_eq!(page[1].title, "three");
    /// page = b.blogs().order_by(blog::title.asc()).page_after(page.last()).limit(2).all()?;
    /// assert_eq!(page[0].title, "two");
    /// # Ok(())
    /// # }
    /// ```
    pub fn page_after(mut self, row: Option<&M::Row<E>>) -> Self
    where
        M: HasKey,
    {
        let Some(row) = row else { return self };
        let order = self.clauses.order_of_pages();
        let condition = order.and_then(|order| self.after_row(order, row));
        self.clauses.page(condition);
        self
    }
}

impl<M: HasKey, E: Engine, A> Query<'_, M, E, A> {
    /// The condition of the rows after this one in an order.
    pub(super) fn after_row(&self, order: &[u8], row: &M::Row<E>) -> Result<Predicate> {
        let sql = self.repository.sql()?;
        if !M::row_belongs_to(row, self.repository.engine()) {
            return Err(Error::new(ErrorKind::WrongEngine));
        }
        let value = |column| value_of(sql, column, |params| M::write_row(row, params));
        after(order, (sql, self.repository.engine().dialect()), value)
    }
}

/// The value of one column of a row.
pub(super) fn value_of(
    sql: &TableSql,
    column: usize,
    write: impl FnOnce(&mut ParamWriter<'_>),
) -> Result<RecordedValues> {
    ensure_writable(sql, column)?;
    let given: ColumnSet = sql.writable.iter().copied().collect();
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording(&mut values);
    params.pick(&given, &ColumnSet::new().with(column), write);
    params.finish_recording()?;
    Ok(values)
}

fn ensure_writable(sql: &TableSql, column: usize) -> Result<()> {
    if sql.writable.contains(&column) {
        return Ok(());
    }
    let why =
        "pages in the order of a computed column: order by the columns that it is computed from";
    Err(Error::new(ErrorKind::Unsupported(why)))
}

/// Refuses an order in which no page can go on after a row.
pub(super) fn ensure_ordered(order: &[u8], sql: &TableSql) -> Result<()> {
    Direction::all(order, sql.key)
        .into_iter()
        .try_for_each(|(_, ordered)| ensure_writable(sql, own_column(ordered)?.index()))
}

/// The column of the model itself that is ordered by.
fn own_column(ordered: Ordered<'_>) -> Result<ColumnPath> {
    let Ordered::Column(path) = ordered else {
        let why = "pages after a row in the order of an expression: order them by `page_by`, which has its value";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    };
    if !path.is_own() {
        let why = "pages after a row in the order of another model's column: order them by `page_by`, which has its value";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    Ok(path)
}

/// One order of a query, with the value that the row has there.
pub(super) struct Bound {
    pub(super) direction: Direction,
    /// The column or expression.
    pub(super) key: Predicate,
    /// Its value, as it is written beside the key. None is NULL.
    pub(super) value: Option<Predicate>,
}

impl Bound {
    fn of_column(direction: Direction, path: ColumnPath, value: &RecordedValues) -> Self {
        let written = || {
            let mut written = Predicate::new();
            written.shape.push(op::VALUE);
            written.values.extend(value.bytes());
            written
        };
        Self {
            direction,
            key: Predicate::column(path),
            value: (!is_null(value.bytes())).then(written),
        }
    }
}

/// The rows after the one with these values in these columns.
fn after(
    order: &[u8],
    (sql, dialect): (&TableSql, Dialect),
    value: impl Fn(usize) -> Result<RecordedValues>,
) -> Result<Predicate> {
    let bound = |(direction, ordered)| {
        let path = own_column(ordered)?;
        Ok(Bound::of_column(direction, path, &value(path.index())?))
    };
    let bounds = Direction::all(order, sql.key).into_iter().map(bound);
    let nothing = || Error::new(ErrorKind::Unsupported("pages of a table without a key"));
    after_bounds(&bounds.collect::<Result<Vec<_>>>()?, dialect).ok_or_else(nothing)
}

/// The rows after the one with these values, written so that an index is read from the first of them on, however many have the same
/// first value: by `a > ? OR a = ? AND (b > ? OR …)` on MySQL, by a comparison of rows on the others.
pub(super) fn after_bounds(bounds: &[Bound], dialect: Dialect) -> Option<Predicate> {
    let by_rows = dialect.query_syntax().rows_are_ranges;
    let of_row = if by_rows { row_length(bounds) } else { 0 };
    let (first, row) = bounds.split_at(bounds.len() - of_row);
    let rest = (!row.is_empty()).then(|| after_rows(row));
    let before = first.iter().rev();
    before.fold(rest, |rest, bound| Some(after_one(bound, rest, by_rows)))
}

/// How many of the last orders are compared as one row: they have one direction, and no NULL is beyond their values. One alone is none.
fn row_length(bounds: &[Bound]) -> usize {
    let Some(last) = bounds.last() else { return 0 };
    let is_of_row = |bound: &&Bound| {
        let Bound {
            direction, value, ..
        } = bound;
        let is_plain = !direction.nullable || (direction.nulls_first() && value.is_some());
        is_plain && direction.descending == last.direction.descending
    };
    match bounds.iter().rev().take_while(is_of_row).count() {
        1 => 0,
        length => length,
    }
}

/// `(a, b) > (?, ?)`, a comparison of whole rows.
fn after_rows(bounds: &[Bound]) -> Predicate {
    let mut rows = Predicate::new();
    let length = bounds.len() as u8;
    for bound in bounds {
        rows.append(&bound.key);
    }
    rows.shape.fixed([op::ROW, length]);
    for value in bounds.iter().filter_map(|bound| bound.value.as_ref()) {
        rows.append(value);
    }
    let descending = bounds.iter().any(|bound| bound.direction.descending);
    let beyond = if descending { op::LT } else { op::GT };
    rows.shape.fixed([op::ROW, length, beyond]);
    rows
}

fn after_one(bound: &Bound, rest: Option<Predicate>, by_rows: bool) -> Predicate {
    let Bound {
        direction,
        key,
        value,
    } = bound;
    let bare = |code| {
        let mut leaf = key.clone();
        leaf.shape.push(code);
        leaf
    };
    let Some(value) = value else {
        let equal = rest.map(|rest| joined(bare(op::IS_NULL), rest, op::AND));
        let later = direction.nulls_first().then(|| bare(op::IS_NOT_NULL));
        return match (later, equal) {
            (Some(later), Some(equal)) => joined(later, equal, op::OR),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Predicate::never(),
        };
    };
    let compared = |code| {
        let mut leaf = key.clone();
        leaf.append(value);
        leaf.shape.push(code);
        leaf
    };
    let (beyond, from) = match direction.descending {
        true => (op::LT, op::LE),
        false => (op::GT, op::GE),
    };
    let has_nulls = direction.nullable && !direction.nulls_first();
    let mut later = compared(beyond);
    if has_nulls {
        later = joined(later, bare(op::IS_NULL), op::OR);
    }
    match rest {
        None => later,
        Some(rest) if by_rows && !has_nulls => {
            joined(compared(from), joined(later, rest, op::OR), op::AND)
        }
        Some(rest) => {
            let equal = joined(compared(op::EQ), rest, op::AND);
            joined(later, equal, op::OR)
        }
    }
}

fn joined(mut one: Predicate, other: Predicate, code: u8) -> Predicate {
    one.join(other, code);
    one
}

impl<'a> ShapeReader<'a> {
    /// The orders that stand within a shape, after their length.
    pub(super) fn orders_within(&mut self) -> Vec<(Direction, Ordered<'a>)> {
        ShapeReader::new(self.part()).orders()
    }

    /// The orders of a query.
    pub(crate) fn orders(mut self) -> Vec<(Direction, Ordered<'a>)> {
        let mut orders = Vec::new();
        while !self.is_at_end() {
            let code = self.byte();
            let ordered = if Direction::is_expression(code) {
                Ordered::Expression(self.part())
            } else {
                Ordered::Column(self.path())
            };
            orders.push((Direction::of_code(code), ordered));
        }
        orders
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::clauses::Clauses;
    use crate::query::expression::Everywhere;
    use crate::query::order::{OfRows, Order};
    use crate::query::related::RelatedModels;
    use crate::query::render::{Limit, Parts, Wanted, render};

    struct Note;

    static NOTES: TableSql = TableSql {
        table: "notes",
        columns: &["id", "at"],
        key: &[0],
        writable: &[0, 1],
        select: "SELECT id, at FROM notes",
        ..TableSql::NOTHING
    };

    /// The condition of a page after a row with 7 in both columns, or NULL in `at`, in the order of `at` and the key.
    fn condition(dialect: Dialect, descending: bool, nullable: bool, at: Option<i64>) -> String {
        let mut clauses = Clauses::new();
        let order = Order::<Note>::new(ColumnPath::own(1), descending, nullable);
        clauses.order_by::<Note, Everywhere, OfRows>(order);
        let write = |params: &mut ParamWriter<'_>| {
            params.i64(7);
            match at {
                Some(at) => params.i64(at),
                None => params.null(),
            }
        };
        let value = |column| value_of(&NOTES, column, write);
        let after = after(clauses.order(), (&NOTES, dialect), value).unwrap();
        let parts = Parts {
            wanted: Wanted::AnyRows,
            table: &NOTES,
            condition: after.shape.bytes(),
            values: &[],
            order: &[],
            limit: Limit::All,
            offset: false,
            extras: None,
        };
        let text = render(dialect, &parts, &RelatedModels::NONE).unwrap();
        let (_, condition) = text.split_once(" WHERE ").unwrap();
        condition.to_owned()
    }

    /// However many rows have the value that the last one has: those before it are not read again.
    #[test]
    fn a_page_begins_at_a_place_of_an_index() {
        let plain = |dialect, descending| condition(dialect, descending, false, Some(7));
        assert_eq!(plain(Dialect::Postgres, false), "(at, id) > ($1, $2)");
        assert_eq!(plain(Dialect::Sqlite, true), "(at, id) < (?, ?)");
        // It would read all rows that have the first value for a comparison of rows.
        let mysql = plain(Dialect::Mysql, false);
        assert_eq!(mysql, "at > ? OR (at = ? AND id > ?)");
    }

    #[test]
    fn null_is_before_the_first_value_and_after_the_last() {
        let nullable = |descending, at| condition(Dialect::Sqlite, descending, true, at);
        assert_eq!(nullable(false, Some(7)), "(at, id) > (?, ?)");
        let from_null = "at IS NOT NULL OR (at IS NULL AND id > ?)";
        assert_eq!(nullable(false, None), from_null);
        let to_null = "at < ? OR at IS NULL OR (at = ? AND id < ?)";
        assert_eq!(nullable(true, Some(7)), to_null);
        assert_eq!(nullable(true, None), "at IS NULL AND id < ?");
    }
}
