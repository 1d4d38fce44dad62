//! How the clauses of a query are executed: what is refused before, the text, the values.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use super::change::{no_condition, not_by_order};
use super::clauses::{Clauses, NO_LIMIT};
use super::condition::Predicate;
use super::extras::Extras;
use super::placed::{self, Placed};
use super::related::{RelatedModel, RelatedModels};
use super::render::{Limit, Parts, Wanted, render, render_into};
use super::render_change::{render_delete, render_update};
use super::shared::{SharedQueries, SharedQuery};
use super::tree::Tree;
use crate::driver::TableSql;
use crate::driver::texts::{TextKey, address, try_text_of};
use crate::driver::{Physical, TakeRow};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::repository::Repository;
use crate::repository::locking;
use crate::value::Buffer;
use crate::value::ParamWriter;
use crate::value::recorded::replay;
use bindery_core::sql_writer::SqlWriter;

/// The purpose of a shape's text; queries have the numbers of [`Wanted`].
const UPDATE: u64 = 16;
const DELETE: u64 = 17;
/// Added to either where the changed rows are returned.
const RETURNING: u64 = 2;

/// Clauses that can be executed on an engine: nothing in them was refused.
pub(crate) struct ClausesOn<'a> {
    clauses: &'a Clauses,
    engine: &'a dyn Any,
}

impl Clauses {
    /// Refuses what was refused while the query was built, keys of another engine, and models that are not on this one.
    #[inline]
    pub(crate) fn on<'a, E: Engine>(&'a self, engine: &'a E) -> Result<ClausesOn<'a>> {
        self.ensure(engine)?;
        Ok(ClausesOn {
            clauses: self,
            engine,
        })
    }

    #[inline]
    fn ensure<E: Engine>(&self, engine: &E) -> Result<()> {
        let with = self.extras.as_deref().map(|extras| &extras.with);
        if let Some(with) = with {
            with.ensure(engine)?;
        }
        self.ensure_with(engine, with.map_or(&[], SharedQueries::all))
    }

    /// The same where these queries have names.
    pub(super) fn ensure_with<E: Engine>(&self, engine: &E, shared: &[SharedQuery]) -> Result<()> {
        self.predicate.ensure_with(*engine, shared)?;
        let Some(extras) = &self.extras else {
            return Ok(());
        };
        for part in extras.predicates() {
            part.ensure_with(*engine, shared)?;
        }
        if let Some(of) = &extras.of {
            of.groups.keys.ensure(*engine)?;
            of.query.ensure(engine)?;
        }
        Ok(())
    }

    /// Refuses changes that may not be meant as well.
    pub(crate) fn change_on<'a, E: Engine>(&'a self, engine: &'a E) -> Result<ClausesOn<'a>> {
        let is_more = self.extras.is_some() || self.offset != 0;
        let clauses = self.on(engine)?;
        if !self.order.is_empty() || self.limit != NO_LIMIT || is_more {
            return Err(not_by_order());
        }
        if self.predicate.shape.bytes().len() == self.bound && !self.all_rows {
            return Err(no_condition());
        }
        Ok(clauses)
    }

    /// The rows that an update or delete is to change, locked until the end of the transaction.
    pub(crate) fn locked_rows<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        sql: &'static TableSql,
        engine: E,
    ) -> Result<Vec<M::Row<E>>> {
        let on = self.change_on(&engine)?;
        let text = on.text(physical, Wanted::AnyRows, sql)?;
        let write = &mut |params: &mut ParamWriter<'_>| self.write(Wanted::AnyRows, params);
        let mut rows = Vec::new();
        let text = locking(physical.dialect(), &text, true);
        physical.query(&text, write, &mut |row| {
            rows.push(M::read(row, engine)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    /// Refuses an update of the key of rows that have events, which could not be distinguished from others afterwards.
    pub(crate) fn ensure_keeps_key(&self, set: &Predicate, sql: &TableSql) -> Result<()> {
        let tree = Tree::read(set.shape.bytes());
        let mut columns = tree.assignments().map(|(column, _)| column.index());
        if columns.any(|column| sql.key.contains(&column)) {
            return Err(Error::new(ErrorKind::Unsupported(
                "an update that sets the key of rows that are published: delete them and insert them anew",
            )));
        }
        Ok(())
    }

    /// How many rows there are.
    #[track_caller]
    pub(crate) fn count<M: Model, E: Engine, A>(
        &self,
        repository: &mut Repository<'_, M, E, A>,
    ) -> Result<u64> {
        let nothing_taken = Cell::new(false);
        repository.run_read(Operation::Count, &nothing_taken, |physical, sql, engine| {
            let mut count = None;
            let clauses = self.on(&engine)?;
            clauses.query(physical, Wanted::Count, sql, &mut |row| {
                count = Some(row.u64()?);
                Ok(false)
            })?;
            count.ok_or_else(|| physical.without_row())
        })
    }

    #[track_caller]
    pub(crate) fn exists<M: Model, E: Engine, A>(
        &self,
        repository: &mut Repository<'_, M, E, A>,
    ) -> Result<bool> {
        let nothing_taken = Cell::new(false);
        repository.run_read(
            Operation::Exists,
            &nothing_taken,
            |physical, sql, engine| {
                let mut found = false;
                let clauses = self.on(&engine)?;
                clauses.query(physical, Wanted::Exists, sql, &mut |_| {
                    found = true;
                    Ok(false)
                })?;
                Ok(found)
            },
        )
    }

    pub(super) fn parts(&self, wanted: Wanted, table: &'static TableSql) -> Parts<'_> {
        Parts {
            wanted,
            table,
            condition: self.predicate.shape.bytes(),
            values: self.predicate.values.bytes(),
            order: self.order.bytes(),
            limit: match Limit::of(self.limit) {
                Limit::One if self.takes_first => Limit::First,
                limit => limit,
            },
            offset: self.offset != 0,
            extras: self.extras.as_deref(),
        }
    }

    /// Writes the values of a delete.
    pub(crate) fn write_condition(&self, params: &mut ParamWriter<'_>) {
        replay(self.predicate.values.bytes(), params);
    }

    /// Writes the values of an update.
    pub(crate) fn write_update(&self, set: &Predicate, params: &mut ParamWriter<'_>) {
        replay(set.values.bytes(), params);
        self.write_condition(params);
    }

    /// Writes the values of the query.
    #[inline]
    pub(crate) fn write(&self, wanted: Wanted, params: &mut ParamWriter<'_>) {
        let extras = self.extras.as_deref();
        if let Some(extras) = extras {
            extras.with.write(params);
        }
        let is_selected = extras.is_some_and(|extras| extras.is_selected(wanted));
        let selected = extras.filter(|_| is_selected);
        if let Some(extras) = selected {
            replay(extras.items.values.bytes(), params);
        }
        self.write_rows(params);
        if let Some(extras) = selected {
            replay(extras.groups.values.bytes(), params);
            replay(extras.having.values.bytes(), params);
        }
        let is_ordered = match wanted {
            Wanted::Rows | Wanted::Selected => true,
            Wanted::Part => self.limit != NO_LIMIT || self.offset != 0,
            Wanted::AnyRows | Wanted::Count | Wanted::Exists => false,
        };
        if let Some(extras) = extras.filter(|_| is_ordered) {
            self.write_order(extras, params);
        }
        if Limit::of(self.limit) == Limit::Given {
            // No database has more rows than that.
            params.i64(i64::try_from(self.limit).unwrap_or(i64::MAX));
        }
        if self.offset != 0 {
            params.i64(i64::try_from(self.offset).unwrap_or(i64::MAX));
        }
    }
}

impl Clauses {
    /// Writes the values of the tables and the condition.
    fn write_rows(&self, params: &mut ParamWriter<'_>) {
        if let Some(of) = self.source() {
            replay(of.groups.keys.values.bytes(), params);
            if let Some(extras) = &of.query.extras {
                of.query.write_order(extras, params);
            }
            of.query.write_rows(params);
        }
        if let Some(extras) = &self.extras {
            replay(extras.on.values.bytes(), params);
        }
        if let Some(of) = self.source() {
            params.i64(i64::try_from(of.rows).unwrap_or(i64::MAX));
        }
        replay(self.predicate.values.bytes(), params);
    }

    fn write_order(&self, extras: &Extras, params: &mut ParamWriter<'_>) {
        match extras.ordering(self.order.bytes()) {
            Some(of) => replay(of.groups.keys.values.bytes(), params),
            None => replay(extras.order_values.bytes(), params),
        }
    }
}

/// A query as part of a combined one.
impl Clauses {
    /// The number of values that are selected.
    pub(super) fn width(&self) -> usize {
        self.extras.as_ref().map_or(0, |extras| extras.ends.len())
    }

    /// Adds everything that its text depends on but the table.
    pub(super) fn key_of_part(&self, key: &mut Buffer<80>) {
        for part in [self.predicate.shape.bytes(), self.order.bytes()] {
            key.extend(part);
            key.fixed((part.len() as u32).to_le_bytes());
        }
        if let Some(extras) = &self.extras {
            key_of_extras(extras, key);
        }
        key.fixed([
            Limit::of(self.limit) as u8,
            u8::from(self.offset != 0),
            u8::from(self.extras.is_some()),
        ]);
    }

    /// Its parts, and the models of its subqueries.
    pub(super) fn as_part<'a>(
        &'a self,
        table: &'static TableSql,
        engine: &'a dyn Any,
    ) -> (Parts<'a>, RelatedModels<'a>) {
        let on = ClausesOn {
            clauses: self,
            engine,
        };
        (self.parts(Wanted::Part, table), on.related(None))
    }

    /// Writes the query, within one of its own where it is limited.
    pub(super) fn part_of(
        &self,
        mut sql: SqlWriter,
        (table, engine): (&'static TableSql, &dyn Any),
        number: usize,
    ) -> Result<SqlWriter> {
        if self
            .extras
            .as_ref()
            .is_some_and(|extras| extras.lock.is_some())
        {
            let why = "a lock on the rows of combined queries";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        if self
            .extras
            .as_ref()
            .is_some_and(|extras| !extras.with.is_empty())
        {
            let why = "a query with others under names as a part of another one";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        let (parts, related) = self.as_part(table, engine);
        if parts.limit == Limit::All && !parts.offset {
            return render_into(sql, &parts, &related);
        }
        sql.push("SELECT * FROM (");
        sql = render_into(sql, &parts, &related)?;
        sql.push(&format!(") AS part_{number}"));
        Ok(sql)
    }
}

impl ClausesOn<'_> {
    /// Executes the query.
    pub(crate) fn query(
        &self,
        physical: &mut Physical,
        wanted: Wanted,
        table: &'static TableSql,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let text = self.text(physical, wanted, table)?;
        let write = &mut |params: &mut ParamWriter<'_>| self.clauses.write(wanted, params);
        physical.query(&text, write, take)
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
        let extras = self.clauses.extras.as_deref();
        if extras.is_some_and(|extras| extras.lock.is_some()) {
            ensure_lock(physical)?;
        }
        let parts = self.clauses.parts(wanted, table);
        if let Some(bound) = physical.bound() {
            placed::ensure_bound(bound, [(parts, self.related(None))])?;
        }
        let placed = Placed::new(physical, self.clauses);
        let render = || {
            let related = self.related(None);
            let text = render(dialect, &parts, &related)?;
            placed.queries(text, [(parts, related)])
        };
        match parts.extras {
            None => try_text_of(&key(&parts, placed, &[]), render),
            Some(extras) => {
                let mut more = Buffer::new();
                key_of_extras(extras, &mut more);
                try_text_of(&key(&parts, placed, more.bytes()), render)
            }
        }
    }

    /// The text of an update that sets these columns, and returns the rows or their number.
    pub(crate) fn update_text(
        &self,
        physical: &Physical,
        set: &Predicate,
        table: &'static TableSql,
        returns: bool,
    ) -> Result<Rc<str>> {
        Tree::read(set.shape.bytes()).ensure_assignable(table)?;
        let related = || self.related(Some(set));
        if let Some(bound) = physical.bound() {
            let both = (set, &self.clauses.predicate);
            placed::ensure_change_bound(bound, (table, &related()), both)?;
        }
        let both = (set, &self.clauses.predicate);
        let (set, condition) = (set.shape.bytes(), self.clauses.predicate.shape.bytes());
        let kind = UPDATE + u64::from(returns) * RETURNING;
        let placed = Placed::new(physical, self.clauses);
        let key = change_key((kind, placed), table, set, condition);
        try_text_of(&key, || {
            let at = (table, &related());
            let text = render_update(physical.dialect(), at, set, condition)?;
            placed.change(text + returning(table, returns), at, both)
        })
    }

    /// The text of a delete, which returns the rows or their number.
    pub(crate) fn delete_text(
        &self,
        physical: &Physical,
        table: &'static TableSql,
        returns: bool,
    ) -> Result<Rc<str>> {
        let both = (&Predicate::new(), &self.clauses.predicate);
        if let Some(bound) = physical.bound() {
            placed::ensure_change_bound(bound, (table, &self.related(None)), both)?;
        }
        let condition = self.clauses.predicate.shape.bytes();
        let kind = DELETE + u64::from(returns) * RETURNING;
        let placed = Placed::new(physical, self.clauses);
        let key = change_key((kind, placed), table, &[], condition);
        try_text_of(&key, || {
            let at = (table, &self.related(None));
            let text = render_delete(physical.dialect(), at, condition)?;
            placed.change(text + returning(table, returns), at, both)
        })
    }
}

impl<'a> ClausesOn<'a> {
    /// The models that the conditions are on, with those of an update's assignments.
    fn related(&self, set: Option<&Predicate>) -> RelatedModels<'a> {
        let mut of = set.map_or_else(Vec::new, |set| set.related().to_vec());
        self.clauses.add_related(&mut of);
        RelatedModels {
            engine: self.engine,
            of,
        }
    }
}

impl Clauses {
    fn add_related(&self, models: &mut Vec<RelatedModel>) {
        models.extend(self.predicate.related());
        let Some(extras) = &self.extras else { return };
        models.extend(extras.predicates().into_iter().flat_map(Predicate::related));
        if let Some(of) = &extras.of {
            models.extend(of.groups.keys.related());
            of.query.add_related(models);
        }
    }
}

/// Everything that the text depends on. A table's statements are of one dialect.
#[inline]
fn key<'k>(parts: &Parts<'k>, placed: Placed, extras: &'k [u8]) -> TextKey<'k> {
    let (limit, offset) = (parts.limit as u64, u64::from(parts.offset));
    let more = u64::from(parts.extras.is_some());
    let flags = parts.wanted as u64 | limit << 8 | offset << 16 | more << 17 | placed.code() << 18;
    TextKey {
        numbers: [address(parts.table), flags, 0, 0],
        shapes: [parts.order, parts.condition, extras],
        ..TextKey::default()
    }
}

fn key_of_extras(extras: &Extras, key: &mut Buffer<80>) {
    for part in extras.predicates() {
        key.extend(part.shape.bytes());
    }
    for part in extras.predicates() {
        key.fixed((part.shape.bytes().len() as u32).to_le_bytes());
    }
    key.extend(extras.joined.bytes());
    key.fixed((extras.joined.bytes().len() as u32).to_le_bytes());
    key.fixed(extras.flags());
    key.fixed((extras.fields.as_ptr() as u64).to_le_bytes());
    extras.with.add_key(key);
    let Some(of) = &extras.of else {
        return key.push(0);
    };
    let query = &of.query;
    for part in [
        query.predicate.shape.bytes(),
        query.order.bytes(),
        of.groups.keys.shape.bytes(),
    ] {
        key.extend(part);
        key.fixed((part.len() as u32).to_le_bytes());
    }
    let nullable = of.groups.nullable.iter();
    nullable.for_each(|&nullable| key.push(u8::from(nullable)));
    match &query.extras {
        Some(extras) => {
            key_of_extras(extras, key);
            key.push(1);
        }
        None => key.push(0),
    }
    key.push(1);
}

fn change_key<'k>(
    (kind, placed): (u64, Placed),
    table: &'static TableSql,
    set: &'k [u8],
    condition: &'k [u8],
) -> TextKey<'k> {
    TextKey {
        numbers: [address(table), kind, placed.code(), 0],
        shapes: [set, condition, &[]],
        ..TextKey::default()
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
