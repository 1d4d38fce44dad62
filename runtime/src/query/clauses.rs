//! The clauses of a query, whatever its model and engine are, and how they are executed.

use std::cell::Cell;
use std::rc::Rc;

use super::change::{no_condition, not_by_order};
use super::condition::{Condition, Predicate};
use super::lock::Lock;
use super::order::{OrderShape, OrderWriting, Orders};
use super::render::{Limit, Parts, Wanted, render, render_delete, render_update};
use super::shape::{ColumnPath, Shape, ShapeReader, op};
use super::tree::Tree;
use crate::driver::TableSql;
use crate::driver::texts::try_text_of;
use crate::driver::{Physical, TakeRow};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::repository::Repository;
use crate::value::Buffer;
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, record_ordered, replay};
use bindery_core::dialect::Dialect;

const NO_LIMIT: u64 = u64::MAX;

/// The purpose of a shape's text; queries have the numbers of [`Wanted`].
const UPDATE: u8 = 16;
const DELETE: u8 = 17;
/// Added to either where the changed rows are returned.
const RETURNING: u8 = 2;

/// The parts that hardly any query has, apart, so that the others stay small.
#[derive(Clone)]
pub(crate) struct Extras {
    /// The selected expressions, one after the other.
    pub(crate) items: Predicate,
    /// Where the shape and the values of each end.
    ends: Vec<(usize, usize)>,
    pub(crate) groups: Predicate,
    pub(crate) having: Predicate,
    order_values: RecordedValues,
    pub(crate) is_distinct: bool,
    /// One of the selected expressions has an aggregate.
    pub(crate) has_aggregate: bool,
    /// An aggregate of the rows that the limit leaves.
    pub(crate) is_of_limited: bool,
    pub(crate) lock: Option<Lock>,
    /// The rows that each row comes with.
    joined: Shape,
}

/// A row that another comes with.
pub(crate) struct JoinedPath {
    /// Any column of it.
    pub(crate) path: ColumnPath,
    /// Rows without one are left out.
    pub(crate) is_inner: bool,
}

impl Extras {
    const fn new() -> Self {
        Self {
            items: Predicate::new(),
            ends: Vec::new(),
            groups: Predicate::new(),
            having: Predicate::new(),
            order_values: RecordedValues::new(),
            is_distinct: false,
            has_aggregate: false,
            is_of_limited: false,
            lock: None,
            joined: Shape::new(),
        }
    }

    /// The shapes of all expressions and conditions.
    pub(crate) fn shapes(&self) -> [&[u8]; 3] {
        [&self.items, &self.groups, &self.having].map(|part| part.shape.bytes())
    }

    /// The rows that each row comes with.
    pub(crate) fn joined(&self) -> Vec<JoinedPath> {
        let mut reader = ShapeReader::new(self.joined.bytes());
        let mut joined = Vec::new();
        while !reader.is_at_end() {
            joined.push(JoinedPath {
                is_inner: reader.byte() == 1,
                path: reader.path(),
            });
        }
        joined
    }

    /// The position of a selected expression.
    fn position(&self, expression: &Predicate) -> Option<u8> {
        let (mut shape, mut values) = (0, 0);
        let found = self.ends.iter().position(|&(shape_end, values_end)| {
            let same = &self.items.shape.bytes()[shape..shape_end] == expression.shape.bytes()
                && &self.items.values.bytes()[values..values_end] == expression.values.bytes();
            (shape, values) = (shape_end, values_end);
            same
        });
        found.and_then(|found| u8::try_from(found).ok())
    }

    /// Does the selection take part in what is wanted? Rows are counted without it where there is one for each.
    pub(crate) fn is_selected(&self, wanted: Wanted) -> bool {
        match wanted {
            Wanted::Rows | Wanted::AnyRows => false,
            Wanted::Selected => true,
            Wanted::Count | Wanted::Exists => self.is_folded(),
        }
    }

    /// Is what is selected not one for each row?
    pub(crate) fn is_folded(&self) -> bool {
        self.is_distinct || self.has_aggregate || !self.groups.shape.is_empty()
    }

    fn flags(&self) -> [u8; 2] {
        let lock = self.lock.map_or(0, Lock::code);
        let flags = u8::from(self.is_distinct) | u8::from(self.is_of_limited) << 1;
        [flags, lock]
    }
}

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
    extras: Option<Box<Extras>>,
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
            extras: None,
        }
    }

    fn extras_mut(&mut self) -> &mut Extras {
        self.extras.get_or_insert_with(|| Box::new(Extras::new()))
    }

    /// Adds an expression to those that are selected.
    pub(crate) fn select(&mut self, expression: &Predicate) {
        let extras = self.extras_mut();
        extras.items.append(expression);
        let items = &extras.items;
        let end = (items.shape.bytes().len(), items.values.bytes().len());
        extras.ends.push(end);
    }

    /// Adds an expression with an aggregate.
    pub(crate) fn select_aggregate(&mut self, expression: &Predicate) {
        self.select(expression);
        self.extras_mut().has_aggregate = true;
    }

    pub(crate) fn group_by(&mut self, expression: &Predicate) {
        let (shape, values) = self.selected_or(expression);
        let groups = &mut self.extras_mut().groups;
        groups.shape.extend(shape.bytes());
        if let Some(values) = values {
            groups.values.extend(values.bytes());
        }
        groups.keys.join(expression.keys);
    }

    pub(crate) fn having<M, E>(&mut self, condition: &Condition<M, E>) {
        self.extras_mut().having.append(&condition.predicate);
    }

    /// Refuses the query when it is executed.
    pub(crate) fn refuse(&mut self, kind: ErrorKind) {
        self.predicate.keep(Err(Error::new(kind)));
    }

    /// Each row comes with the one that this path leads to.
    pub(crate) fn join(&mut self, path: ColumnPath, is_inner: bool) {
        let joined = &mut self.extras_mut().joined;
        joined.push(is_inner.into());
        path.write(joined);
    }

    /// The columns of a row and of those that it comes with, as errors name them.
    pub(crate) fn names_of_joined(&self, table: &'static TableSql) -> Vec<&'static str> {
        let mut names = table.columns.to_vec();
        let joined = self.extras.as_deref().map(Extras::joined);
        for joined in joined.unwrap_or_default() {
            names.extend((!joined.is_inner).then_some("a joined row"));
            names.extend(table.along(joined.path.hops()).columns);
        }
        names
    }

    pub(crate) fn distinct(&mut self) {
        self.extras_mut().is_distinct = true;
    }

    /// The selected aggregates are of the rows that the limit leaves.
    pub(crate) fn aggregate(&mut self) {
        let is_limited = self.limit != NO_LIMIT || self.offset != 0;
        self.extras_mut().is_of_limited = is_limited;
    }

    pub(crate) fn lock(&mut self, change: impl FnOnce(Option<Lock>) -> Lock) {
        let extras = self.extras_mut();
        extras.lock = Some(change(extras.lock));
    }

    /// The columns that are selected, as errors name them.
    pub(crate) fn names(&self, table: &'static TableSql) -> Vec<&'static str> {
        let items = self
            .extras
            .as_ref()
            .map(|extras| extras.items.shape.bytes());
        let tree = Tree::read(items.unwrap_or_default());
        let column = |&root: &usize| tree.column(root);
        let name = |column: Option<ColumnPath>| match column {
            Some(path) => table.along(path.hops()).columns[path.index()],
            None => "an expression",
        };
        tree.roots.iter().map(column).map(name).collect()
    }

    /// The expression, or its position among those that are selected; then there are no values to be written.
    pub(crate) fn selected_or(&self, expression: &Predicate) -> (Shape, Option<RecordedValues>) {
        let extras = self.extras.as_deref();
        match extras.and_then(|extras| extras.position(expression)) {
            Some(position) => {
                let mut shape = Shape::new();
                shape.fixed([op::SELECTED, position]);
                (shape, None)
            }
            None => (expression.shape.clone(), Some(expression.values.clone())),
        }
    }

    pub(crate) fn order_shape(&mut self) -> &mut OrderShape {
        &mut self.order
    }

    /// Adds the values of an order's expression.
    pub(crate) fn order_values(&mut self, values: &RecordedValues, places_null: bool) {
        if values.is_empty() {
            return;
        }
        let kept = &mut self.extras_mut().order_values;
        if places_null {
            record_ordered(kept, values.bytes());
        } else {
            kept.extend(values.bytes());
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

    /// The same, or the reason why there is no such condition.
    pub(crate) fn filter_or_refuse(&mut self, condition: Result<Predicate>) {
        match condition {
            Ok(condition) => self.filter_by(&condition),
            Err(error) => self.predicate.keep(Err(error)),
        }
    }

    /// Of the rows, those that meet this condition, too.
    pub(crate) fn filter_by(&mut self, condition: &Predicate) {
        self.predicate.append(condition);
    }

    pub(crate) fn order_by<M, S>(&mut self, orders: impl Orders<M, S>) {
        if self.is_paged {
            let why = "an order after `page_after`: call `order_by` before it";
            self.predicate
                .keep(Err(Error::new(ErrorKind::Unsupported(why))));
        }
        orders.write(&mut OrderWriting(self));
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
        self.predicate.ensure(engine)?;
        if let Some(extras) = &self.extras {
            extras.items.ensure(engine)?;
            extras.groups.ensure(engine)?;
            extras.having.ensure(engine)?;
        }
        Ok(())
    }

    /// Refuses changes that may not be meant as well.
    pub(crate) fn ensure_change(&self, engine: usize) -> Result<()> {
        self.ensure(engine)?;
        let is_more = self.extras.is_some() || self.offset != 0;
        if !self.order.is_empty() || self.limit != NO_LIMIT || is_more {
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
        Tree::read(set.shape.bytes()).ensure_assignable(table)?;
        let (set, condition) = (set.shape.bytes(), self.predicate.shape.bytes());
        let kind = UPDATE + u8::from(returns) * RETURNING;
        let key = Self::change_key(kind, table, set, condition);
        try_text_of(key.bytes(), || {
            let text = render_update(dialect, table, set, condition)?;
            Ok(text + returning(table, returns))
        })
    }

    /// The text of a delete, which returns the rows or their number.
    pub(crate) fn delete_text(
        &self,
        dialect: Dialect,
        table: &'static TableSql,
        returns: bool,
    ) -> Result<Rc<str>> {
        let condition = self.predicate.shape.bytes();
        let kind = DELETE + u8::from(returns) * RETURNING;
        let key = Self::change_key(kind, table, &[], condition);
        try_text_of(key.bytes(), || {
            let text = render_delete(dialect, table, condition)?;
            Ok(text + returning(table, returns))
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
        self.write_condition(params);
    }

    fn parts(&self, wanted: Wanted, table: &'static TableSql) -> Parts<'_> {
        Parts {
            wanted,
            table,
            condition: self.predicate.shape.bytes(),
            order: self.order.bytes(),
            limit: Limit::of(self.limit),
            offset: self.offset != 0,
            extras: self.extras.as_deref(),
        }
    }

    /// Everything that the text depends on. A table's statements are of one dialect.
    #[inline]
    fn key(parts: &Parts<'_>) -> Buffer<80> {
        let mut key = Buffer::new();
        key.fixed((std::ptr::from_ref(parts.table) as usize).to_le_bytes());
        let flags =
            parts.limit as u8 | u8::from(parts.offset) << 2 | u8::from(parts.extras.is_some()) << 3;
        let [low, high] = (parts.order.len() as u16).to_le_bytes();
        key.fixed([parts.wanted as u8, flags, low, high]);
        key.extend(parts.order);
        key.extend(parts.condition);
        if let Some(extras) = parts.extras {
            Self::key_of_extras(extras, &mut key);
        }
        key
    }

    /// The part after the condition, from its end: so it differs from the condition before it.
    fn key_of_extras(extras: &Extras, key: &mut Buffer<80>) {
        let parts = [&extras.items, &extras.groups, &extras.having];
        for part in parts {
            key.extend(part.shape.bytes());
        }
        for part in parts {
            key.fixed((part.shape.bytes().len() as u32).to_le_bytes());
        }
        key.extend(extras.joined.bytes());
        key.fixed((extras.joined.bytes().len() as u32).to_le_bytes());
        key.fixed(extras.flags());
    }

    /// The text of the query.
    ///
    /// # Errors
    /// It cannot be written in this dialect, or it locks rows outside of a transaction.
    #[inline]
    pub(crate) fn text(
        &self,
        physical: &Physical,
        wanted: Wanted,
        table: &'static TableSql,
    ) -> Result<Rc<str>> {
        let dialect = physical.dialect();
        if self
            .extras
            .as_ref()
            .is_some_and(|extras| extras.lock.is_some())
        {
            ensure_lock(physical)?;
        }
        let parts = self.parts(wanted, table);
        try_text_of(Self::key(&parts).bytes(), || render(dialect, &parts))
    }

    /// Writes the values of a delete.
    pub(crate) fn write_condition(&self, params: &mut ParamWriter<'_>) {
        replay(self.predicate.values.bytes(), params);
    }

    /// Writes the values of the query.
    #[inline]
    pub(crate) fn write(&self, wanted: Wanted, params: &mut ParamWriter<'_>) {
        let extras = self.extras.as_deref();
        let is_selected = extras.is_some_and(|extras| extras.is_selected(wanted));
        let selected = extras.filter(|_| is_selected);
        if let Some(extras) = selected {
            replay(extras.items.values.bytes(), params);
        }
        replay(self.predicate.values.bytes(), params);
        if let Some(extras) = selected {
            replay(extras.groups.values.bytes(), params);
            replay(extras.having.values.bytes(), params);
        }
        let is_ordered = matches!(wanted, Wanted::Rows | Wanted::Selected);
        if let Some(extras) = extras.filter(|_| is_ordered) {
            replay(extras.order_values.bytes(), params);
        }
        if Limit::of(self.limit) == Limit::Given {
            // No database has more rows than that.
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
        let text = self.text(physical, wanted, table)?;
        physical.query(&text, &mut |params| self.write(wanted, params), take)
    }

    /// How many rows there are.
    pub(crate) fn count<M: Model, E: Engine, A>(
        &self,
        repository: &mut Repository<'_, M, E, A>,
    ) -> Result<u64> {
        repository.run_read(
            Operation::Count,
            &Cell::new(false),
            |physical, sql, engine| {
                self.ensure(engine.index())?;
                let mut count = None;
                self.query(physical, Wanted::Count, sql, &mut |row| {
                    count = Some(row.u64()?);
                    Ok(false)
                })?;
                count.ok_or_else(|| physical.without_row())
            },
        )
    }

    /// Is there a row?
    pub(crate) fn exists<M: Model, E: Engine, A>(
        &self,
        repository: &mut Repository<'_, M, E, A>,
    ) -> Result<bool> {
        repository.run_read(
            Operation::Exists,
            &Cell::new(false),
            |physical, sql, engine| {
                self.ensure(engine.index())?;
                let mut found = false;
                self.query(physical, Wanted::Exists, sql, &mut |_| {
                    found = true;
                    Ok(false)
                })?;
                Ok(found)
            },
        )
    }
}

fn returning(table: &TableSql, returns: bool) -> &'static str {
    if returns { table.returning } else { "" }
}

/// A lock that ends with its statement locks nothing, and one for an update writes.
#[cold]
fn ensure_lock(physical: &Physical) -> Result<()> {
    if physical.only_reads() {
        return Err(Error::new(ErrorKind::ReadOnly));
    }
    if physical.in_transaction() {
        return Ok(());
    }
    let why = "a lock on rows outside of a transaction: it ends with its statement";
    Err(Error::new(ErrorKind::Unsupported(why)))
}
