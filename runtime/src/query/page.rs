//! Pages that go on after a row, rather than after a number of rows.

use super::condition::Predicate;
use super::order::{Direction, Ordered};
use super::shape::{ColumnPath, ShapeReader, op};
use super::statement::Query;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::HasKey;
use crate::value::recorded::{RecordedValues, is_null};
use crate::value::{ColumnSet, ParamWriter};

impl<M: HasKey, E: Engine, A> Query<'_, M, E, A> {
    /// Of these, the rows after this one in the order of the query and the key; all of them where there is none yet. Call it
    /// after [`order_by`](Self::order_by), with the last row of the page before.
    ///
    /// A page is found as fast wherever it is, and rows that others insert or delete meanwhile neither move nor repeat others.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
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
    pub fn page_after(mut self, row: Option<&M::Row<E>>) -> Self {
        let Some(row) = row else { return self };
        let condition = self.after_row(self.clauses.order(), row);
        self.clauses.page(condition);
        self
    }

    /// The condition of the rows after this one in an order.
    pub(super) fn after_row(&self, order: &[u8], row: &M::Row<E>) -> Result<Predicate> {
        let sql = self.repository.sql()?;
        if !M::row_belongs_to(row, self.repository.engine()) {
            return Err(Error::new(ErrorKind::WrongEngine));
        }
        let value = |column| value_of(sql, column, |params| M::write_row(row, params));
        after(order, sql, value)
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
        let why = "pages in the order of an expression: order by columns";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    };
    if !path.is_own() {
        let why =
            "pages in the order of another model's column: order by columns of the model itself";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    Ok(path)
}

/// The rows after the one with these values: `a > ? OR (a = ? AND (b > ? OR …))`, written so that an index of `a` is used.
fn after(
    order: &[u8],
    sql: &TableSql,
    value: impl Fn(usize) -> Result<RecordedValues>,
) -> Result<Predicate> {
    let mut rest: Option<Predicate> = None;
    for (direction, ordered) in Direction::all(order, sql.key).into_iter().rev() {
        let path = own_column(ordered)?;
        let value = value(path.index())?;
        rest = Some(after_one(direction, path, &value, rest));
    }
    let nothing = || Error::new(ErrorKind::Unsupported("pages of a table without a key"));
    rest.ok_or_else(nothing)
}

fn after_one(
    direction: Direction,
    path: ColumnPath,
    value: &RecordedValues,
    rest: Option<Predicate>,
) -> Predicate {
    let bare = |code| Predicate::leaf(code, path);
    let compared = |code| {
        let mut leaf = Predicate::column(path);
        leaf.shape.fixed([op::VALUE, code]);
        leaf.values.extend(value.bytes());
        leaf
    };
    if is_null(value.bytes()) {
        let equal = both(Some(bare(op::IS_NULL)), rest, op::AND);
        let later = direction.nulls_first().then(|| bare(op::IS_NOT_NULL));
        return match (later, equal) {
            (Some(later), equal) => {
                both(Some(later), equal, op::OR).unwrap_or_else(Predicate::never)
            }
            (None, equal) => equal.unwrap_or_else(Predicate::never),
        };
    }
    let (beyond, from) = match direction.descending {
        true => (op::LT, op::LE),
        false => (op::GT, op::GE),
    };
    if direction.nullable && !direction.nulls_first() {
        let mut later = compared(beyond);
        later.join(bare(op::IS_NULL), op::OR);
        if let Some(equal) = both(Some(compared(op::EQ)), rest, op::AND) {
            later.join(equal, op::OR);
        }
        return later;
    }
    let Some(rest) = rest else {
        return compared(beyond);
    };
    let mut within = compared(beyond);
    within.join(rest, op::OR);
    let mut range = compared(from);
    range.join(within, op::AND);
    range
}

/// Both conditions, where there are two; none where the second is missing, as no row then is equal and later.
fn both(one: Option<Predicate>, other: Option<Predicate>, code: u8) -> Option<Predicate> {
    let is_or = code == op::OR;
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.join(other, code);
            Some(one)
        }
        (Some(one), None) if is_or => Some(one),
        (Some(_), None) | (None, _) => None,
    }
}

impl<'a> ShapeReader<'a> {
    /// The orders of a query.
    pub(crate) fn orders(mut self) -> Vec<(Direction, Ordered<'a>)> {
        let mut orders = Vec::new();
        while !self.is_at_end() {
            let code = self.byte();
            let ordered = if Direction::is_expression(code) {
                let length = [self.byte(), self.byte(), self.byte(), self.byte()];
                Ordered::Expression(self.take(u32::from_le_bytes(length) as usize))
            } else {
                Ordered::Column(self.path())
            };
            orders.push((Direction::of_code(code), ordered));
        }
        orders
    }
}
