//! The clauses of a query, whatever its model and engine are, and how they are executed.

use std::rc::Rc;

use super::condition::{Condition, Predicate};
use super::order::{OrderShape, OrderWriting, Orders};
use super::render::{Parts, Wanted, render};
use super::texts::text_of;
use crate::driver::TableSql;
use crate::driver::{Physical, TakeRow};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Buffer;
use crate::value::ParamWriter;
use crate::value::recorded::replay;
use bindery_core::dialect::Dialect;

const NO_LIMIT: u64 = u64::MAX;

/// The clauses of one query.
#[derive(Clone)]
pub(crate) struct Clauses {
    predicate: Predicate,
    order: OrderShape,
    limit: u64,
    offset: u64,
}

impl Clauses {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            predicate: Predicate::new(),
            order: OrderShape::new(),
            limit: NO_LIMIT,
            offset: 0,
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

    pub(crate) fn order_by<M>(&mut self, orders: impl Orders<M>) {
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

    /// Refuses what was refused while the query was built, and keys of another engine.
    #[inline]
    pub(crate) fn ensure(&self, engine: usize) -> Result<()> {
        if let Some(refused) = &self.predicate.refused {
            return Err(Error::new((**refused).clone()));
        }
        if self.predicate.keys.belong_to(engine) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::WrongEngine))
        }
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
