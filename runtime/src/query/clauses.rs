//! The clauses of a query, whatever its model and engine are.

use super::condition::{Condition, Predicate};
use super::extras::{Extras, FirstOfEach, GroupKeys, Join};
use super::lock::Lock;
use super::order::{OrderShape, OrderWriting, Orders};
use super::shape::{ColumnPath, Shape, op};
use super::tree::Tree;
use crate::driver::TableSql;
use crate::driver::shard_scope::ShardScope;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, record_ordered};

pub(super) const NO_LIMIT: u64 = u64::MAX;

/// The clauses of one query.
#[derive(Clone)]
pub(crate) struct Clauses {
    pub(super) predicate: Predicate,
    pub(super) order: OrderShape,
    pub(super) limit: u64,
    pub(super) offset: u64,
    /// Its reader takes the first row and no other.
    pub(super) takes_first: bool,
    pub(super) all_rows: bool,
    /// That it runs on all shards of a cluster is meant.
    pub(super) all_shards: bool,
    /// The length of the condition of the shard that the connection is for, which the program has not written.
    pub(super) bound: usize,
    /// It has the rows after another row, in the order that it had by then.
    is_paged: bool,
    pub(super) extras: Option<Box<Extras>>,
}

impl Clauses {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self::of(Predicate::new())
    }

    /// The rows that meet a condition.
    #[inline]
    pub(crate) const fn of(predicate: Predicate) -> Self {
        Self {
            predicate,
            order: OrderShape::new(),
            limit: NO_LIMIT,
            offset: 0,
            takes_first: false,
            all_rows: false,
            all_shards: false,
            bound: 0,
            is_paged: false,
            extras: None,
        }
    }

    pub(super) fn extras_mut(&mut self) -> &mut Extras {
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

    /// The columns that the fields of a row are named after.
    pub(crate) fn select_into(&mut self, columns: &'static [&'static str]) {
        self.extras_mut().fields = columns;
    }

    /// Adds an expression with an aggregate.
    pub(crate) fn select_aggregate(&mut self, expression: &Predicate) {
        self.select(expression);
        self.extras_mut().has_aggregate = true;
    }

    pub(crate) fn group_by(&mut self, expression: &Predicate, nullable: bool) {
        let (shape, values) = self.selected_or(expression);
        let extras = self.extras_mut();
        extras.nullable_groups.push(nullable);
        let groups = &mut extras.groups;
        groups.shape.extend(shape.bytes());
        if let Some(values) = values {
            groups.values.extend(values.bytes());
        }
        groups.join_checks(expression);
    }

    pub(crate) fn having<M, E>(&mut self, condition: &Condition<M, E>) {
        self.extras_mut().having.append(&condition.predicate);
    }

    /// Refuses a condition on groups where there are none.
    pub(crate) fn ensure_having(&mut self) {
        let extras = self.extras.as_deref();
        let is_alone =
            extras.is_some_and(|it| it.groups.shape.is_empty() && !it.having.shape.is_empty());
        if is_alone {
            let why = "`having` is for groups, and this query has none: call `group_by` before it";
            self.refuse(ErrorKind::Unsupported(why));
        }
    }

    /// Refuses the query when it is executed.
    pub(crate) fn refuse(&mut self, kind: ErrorKind) {
        self.predicate.keep(Err(Error::new(kind)));
    }

    /// Each row comes with the one that this path leads to.
    pub(super) fn join(&mut self, path: ColumnPath, join: Join) {
        let joined = &mut self.extras_mut().joined;
        joined.push(join as u8);
        path.write(joined);
    }

    /// The same where that one meets a condition.
    pub(super) fn join_if(&mut self, path: ColumnPath, condition: &Predicate) {
        self.join(path, Join::LeftIf);
        self.extras_mut().on.append(condition);
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

    /// Keeps what is to be checked of an order's expression.
    pub(crate) fn order_checks(&mut self, expression: &Predicate) {
        self.predicate.join_checks(expression);
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

    #[inline]
    pub(crate) fn filter<M, E>(&mut self, condition: Condition<M, E>) {
        if self.predicate.is_empty() {
            self.predicate = condition.predicate;
        } else {
            self.predicate.append(&condition.predicate);
        }
    }

    /// Only the rows of this shard.
    pub(crate) fn bind(&mut self, column: usize, scope: &ShardScope) {
        let mut condition = Predicate::column(ColumnPath::own(column as u16));
        condition.shape.fixed([op::VALUE, op::EQ]);
        condition.values.extend(scope.value().bytes());
        self.bound += condition.shape.bytes().len();
        self.filter_by(&condition);
    }

    /// The same, or the reason why there is no such condition.
    pub(crate) fn filter_or_refuse(&mut self, condition: Result<Predicate>) {
        match condition {
            Ok(condition) => self.filter_by(&condition),
            Err(error) => self.predicate.keep(Err(error)),
        }
    }

    /// All that rows are filtered by, as one condition.
    pub(crate) fn into_condition(mut self) -> Predicate {
        if self.limit != NO_LIMIT {
            let why = "a value of limited rows: it is of all that meet the conditions";
            self.refuse(ErrorKind::Unsupported(why));
        }
        self.filters()
    }

    /// The same, whatever the limit is.
    pub(super) fn filters(&self) -> Predicate {
        let mut all = self.predicate.clone();
        let filters = Tree::read(all.shape.bytes()).roots.len();
        (1..filters).for_each(|_| all.shape.push(op::AND));
        all
    }

    /// The first of these rows, in their order, that have equal values in what the groups are by.
    pub(super) fn first_of_each(mut self, groups: GroupKeys, rows: u64) -> Self {
        if self.limit != NO_LIMIT || self.offset != 0 {
            let why =
                "the first rows of each group of limited rows: call `limit` after `per_group`";
            self.refuse(ErrorKind::Unsupported(why));
        }
        if self.extras.as_ref().is_some_and(|extras| {
            extras.is_distinct || extras.lock.is_some() || !extras.with.is_empty()
        }) {
            let why = "distinct or locked rows, or such with queries under names, of which the first of each group are taken";
            self.refuse(ErrorKind::Unsupported(why));
        }
        let mut first = Self::new();
        first.extras_mut().of = Some(Box::new(FirstOfEach {
            query: self,
            groups,
            rows,
        }));
        first
    }

    /// The order that a page goes on in.
    ///
    /// # Errors
    /// The rows come group by group.
    pub(super) fn order_of_pages(&self) -> Result<&[u8]> {
        if self.source().is_some() && self.order.is_empty() {
            let why = "a page of rows group by group: call `order_by` after `per_group`";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        Ok(self.order.bytes())
    }

    /// Adds its order to an expression, after the length of that.
    pub(super) fn order_within(&self, expression: &mut Predicate) {
        let order = self.order.bytes();
        expression.shape.fixed((order.len() as u32).to_le_bytes());
        expression.shape.extend(order);
        expression.join_checks(&self.predicate);
        if let Some(extras) = &self.extras {
            expression.values.extend(extras.order_values.bytes());
        }
    }

    /// Of these rows, the first in its order, as many as its limit.
    pub(super) fn first_of(&self, rows: &mut Predicate) {
        rows.shape.fixed([op::VALUE, op::FIRST_ROWS]);
        self.order_within(rows);
        // No database has more rows than that.
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        ParamWriter::recording(&mut rows.values).i64(limit);
    }

    /// Only what it is grouped by.
    pub(super) fn into_groups(self) -> GroupKeys {
        let extras = self.extras.map_or_else(Extras::new, |extras| *extras);
        GroupKeys {
            keys: extras.groups,
            nullable: extras.nullable_groups,
        }
    }

    /// These rows; the limit, where there is one, is of those with equal values in these columns.
    pub(crate) fn limited_by(mut self, columns: &[usize]) -> Self {
        if !self.is_limited() {
            return self;
        }
        let mut keys = Predicate::new();
        for &column in columns {
            keys.push_column(ColumnPath::own(column as u16));
        }
        // Rows with NULL there belong to no row that they are loaded for.
        let nullable = vec![false; columns.len()];
        let groups = GroupKeys { keys, nullable };
        let rows = std::mem::replace(&mut self.limit, NO_LIMIT);
        self.first_of_each(groups, rows)
    }

    /// The query whose groups these are the first rows of.
    pub(super) fn source(&self) -> Option<&FirstOfEach> {
        self.extras.as_ref()?.of.as_deref()
    }

    /// Whether it matters in which order rows are read.
    pub(crate) fn needs_order(&self) -> bool {
        self.is_ordered() || self.is_limited()
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.limit != NO_LIMIT
    }

    pub(crate) fn is_ordered(&self) -> bool {
        !self.order.is_empty()
    }

    /// Of the rows, those that meet this condition, too.
    pub(crate) fn filter_by(&mut self, condition: &Predicate) {
        self.predicate.append(condition);
    }

    pub(crate) fn order_by<M, E: Engine, S>(&mut self, orders: impl Orders<M, E, S>) {
        if self.is_paged {
            let why = "an order after that of the pages: call `order_by` before `page_after`, and give all orders to `page_by`";
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

    /// The first row; its reader takes no other.
    #[inline]
    pub(crate) fn first(&mut self) {
        self.limit(1);
        self.takes_first = true;
    }

    pub(crate) fn offset(&mut self, rows: u64) {
        self.offset = rows;
    }

    /// Adds the condition of a page, or the reason why there is none.
    pub(crate) fn page(&mut self, condition: Result<Predicate>) {
        self.begin_pages();
        self.filter_or_refuse(condition);
    }

    /// No order follows the one of the pages.
    pub(super) fn begin_pages(&mut self) {
        self.is_paged = true;
    }

    pub(crate) fn order(&self) -> &[u8] {
        self.order.bytes()
    }

    /// All shards of a cluster are meant.
    pub(crate) fn mean_all_shards(&mut self) {
        self.all_shards = true;
    }

    /// A change without a condition is meant.
    pub(crate) fn mean_all_rows(&mut self) {
        self.all_rows = true;
    }
}
