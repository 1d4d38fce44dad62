//! The clauses of a query, whatever its model and engine are, and how they are executed.

use std::rc::Rc;

use super::change::{no_condition, not_by_order};
use super::condition::{Condition, Predicate};
use super::order::{OrderShape, OrderWriting, Orders};
use super::render::{Parts, Wanted, render, render_delete, render_update};
use super::shape::ShapeReader;
use crate::driver::TableSql;
use crate::driver::texts::text_of;
use crate::driver::{Physical, TakeRow};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Buffer;
use crate::value::ParamWriter;
use crate::value::recorded::replay;
use bindery_core::dialect::Dialect;

const NO_LIMIT: u64 = u64::MAX;

/// What a shape's text does; queries have the numbers of [`Wanted`].
const UPDATE: u8 = 16;
const DELETE: u8 = 17;
/// Added to either where the changed rows are returned.
const RETURNING: u8 = 2;

/// The clauses of one query.
#[derive(Clone)]
pub(crate) struct Clauses {
    predicate: Predicate,
    order: OrderShape,
    limit: u64,
    offset: u64,
    all_rows: bool,
    /// It has the rows after another row, in the order that it had by then.
    is_paged: bool,
}

impl Clauses {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            predicate: Predicate::new(),
            order: OrderShape::new(),
            limit: NO_LIMIT,
            offset: 0,
            all_rows: false,
            is_paged: false,
        }
    }

    /// The rows that meet a condition.
    pub(crate) fn of_condition(predicate: Predicate) -> Self {
        Self {
            predicate,
            ..Self::new()
        }
    }

    #[inline]
    pub(crate) fn filter<M, E>(&mut self, condition: Condition<M, E>) {
        if self.predicate.shape.is_empty() && self.predicate.refused.is_none() {
            self.predicate = condition.predicate;
        } else {
            self.predicate.append(&condition.predicate);
        }
    }

    /// Of the rows, those that meet this condition, too.
    pub(crate) fn filter_by(&mut self, condition: &Predicate) {
        self.predicate.append(condition);
    }

    pub(crate) fn order_by<M>(&mut self, orders: impl Orders<M>) {
        if self.is_paged {
            let why = "an order after `page_after`: call `order_by` before it";
            self.predicate
                .keep(Err(Error::new(ErrorKind::Unsupported(why))));
        }
        orders.write(&mut OrderWriting(&mut self.order));
    }

    /// At most this many rows, and no more than before.
    #[inline]
    pub(crate) fn limit(&mut self, rows: u64) {
        self.limit = self.limit.min(rows);
    }

    pub(crate) fn offset(&mut self, rows: u64) {
        self.offset = rows;
    }

    /// Adds the condition of a page, or the reason why there is none.
    pub(crate) fn page(&mut self, condition: Result<Predicate>) {
        self.is_paged = true;
        match condition {
            Ok(condition) => self.predicate.append(&condition),
            Err(error) => self.predicate.keep(Err(error)),
        }
    }

    /// The orders.
    pub(crate) fn order(&self) -> &[u8] {
        self.order.bytes()
    }

    /// A change without a condition is meant.
    pub(crate) fn mean_all_rows(&mut self) {
        self.all_rows = true;
    }

    /// Refuses what was refused while the query was built, and keys of another engine.
    #[inline]
    pub(crate) fn ensure(&self, engine: usize) -> Result<()> {
        self.predicate.ensure(engine)
    }

    /// Refuses changes that may not be meant as well.
    pub(crate) fn ensure_change(&self, engine: usize) -> Result<()> {
        self.ensure(engine)?;
        if !self.order.is_empty() || self.limit != NO_LIMIT || self.offset != 0 {
            return Err(not_by_order());
        }
        if self.predicate.shape.is_empty() && !self.all_rows {
            return Err(no_condition());
        }
        Ok(())
    }

    /// The text of an update that sets these columns, and returns the rows or their number.
    pub(crate) fn update_text(
        &self,
        dialect: Dialect,
        set: &Predicate,
        table: &'static TableSql,
        returns: bool,
    ) -> Result<Rc<str>> {
        ShapeReader::new(set.shape.bytes()).ensure_assignable(table)?;
        let (set, condition) = (set.shape.bytes(), self.predicate.shape.bytes());
        let kind = UPDATE + u8::from(returns) * RETURNING;
        let key = Self::change_key(kind, table, set, condition);
        Ok(text_of(key.bytes(), || {
            render_update(dialect, table, set, condition) + returning(table, returns)
        }))
    }

    /// The text of a delete, which returns the rows or their number.
    pub(crate) fn delete_text(
        &self,
        dialect: Dialect,
        table: &'static TableSql,
        returns: bool,
    ) -> Rc<str> {
        let condition = self.predicate.shape.bytes();
        let kind = DELETE + u8::from(returns) * RETURNING;
        let key = Self::change_key(kind, table, &[], condition);
        text_of(key.bytes(), || {
            render_delete(dialect, table, condition) + returning(table, returns)
        })
    }

    fn change_key(kind: u8, table: &'static TableSql, set: &[u8], condition: &[u8]) -> Buffer<80> {
        let mut key = Buffer::new();
        key.fixed((std::ptr::from_ref(table) as usize).to_le_bytes());
        let [low, high] = (set.len() as u16).to_le_bytes();
        key.fixed([kind, 0, low, high]);
        key.extend(set);
        key.extend(condition);
        key
    }

    /// Writes the values of an update.
    pub(crate) fn write_update(&self, set: &Predicate, params: &mut ParamWriter<'_>) {
        replay(set.values.bytes(), params);
        self.write(params);
    }

    fn parts(&self, wanted: Wanted, table: &'static TableSql) -> Parts<'_> {
        Parts {
            wanted,
            table,
            condition: self.predicate.shape.bytes(),
            order: self.order.bytes(),
            limit: self.limit != NO_LIMIT,
            offset: self.offset != 0,
        }
    }

    /// Everything that the text depends on. A table's statements are of one dialect.
    #[inline]
    fn key(parts: &Parts<'_>) -> Buffer<80> {
        let mut key = Buffer::new();
        key.fixed((std::ptr::from_ref(parts.table) as usize).to_le_bytes());
        let flags = u8::from(parts.limit) | u8::from(parts.offset) << 1;
        let [low, high] = (parts.order.len() as u16).to_le_bytes();
        key.fixed([parts.wanted as u8, flags, low, high]);
        key.extend(parts.order);
        key.extend(parts.condition);
        key
    }

    /// The text of the query.
    #[inline]
    pub(crate) fn text(
        &self,
        dialect: Dialect,
        wanted: Wanted,
        table: &'static TableSql,
    ) -> Rc<str> {
        let parts = self.parts(wanted, table);
        text_of(Self::key(&parts).bytes(), || render(dialect, &parts))
    }

    /// Writes the values of the query.
    #[inline]
    pub(crate) fn write(&self, params: &mut ParamWriter<'_>) {
        replay(self.predicate.values.bytes(), params);
        if self.limit != NO_LIMIT {
            params.i64(i64::try_from(self.limit).unwrap_or(i64::MAX));
        }
        if self.offset != 0 {
            params.i64(i64::try_from(self.offset).unwrap_or(i64::MAX));
        }
    }

    /// Executes the query.
    pub(crate) fn query(
        &self,
        physical: &mut Physical,
        wanted: Wanted,
        table: &'static TableSql,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let text = self.text(physical.dialect(), wanted, table);
        physical.query(&text, &mut |params| self.write(params), take)
    }
}

fn returning(table: &TableSql, returns: bool) -> &'static str {
    if returns { table.returning } else { "" }
}
