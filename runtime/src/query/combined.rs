//! Queries of one shape together: UNION, INTERSECT, EXCEPT.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use bindery_core::sql_writer::SqlWriter;

use super::clauses::{Clauses, NO_LIMIT};
use super::order::{Direction, Nulls};
use super::placed::{self, Placed};
use super::related::{RelatedModel, RelatedModels};
use super::render::{Parts, Wanted};
use super::render_selected::alias;
use super::selected::{Read, Selected};
use super::subquery::Subquery;
use crate::driver::texts::{TextKey, address, try_text_of};
use crate::driver::{Physical, TableSql, TakeRow};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::access::ReadWrite;
use crate::model::lives_on::Hosts;
use crate::repository::{Repository, Rows};
use crate::value::{Buffer, ParamWriter, RowReader};

/// The purpose of a text, beside those of queries and changes.
const COMBINED: u64 = 32;

/// The rows of several queries of one shape, of one model or of several: what [`Selected::union`] and its kin give.
#[must_use = "a query does nothing until `all`, `first`, `count` or another of its last calls"]
pub struct Combined<'c, M, E, R, A = ReadWrite> {
    repository: Repository<'c, M, E, A>,
    read: Read<E, R>,
    parts: Combination,
}

/// The queries, and how their rows are put together.
struct Combination {
    first: Clauses,
    others: Vec<(SetOperator, RelatedModel, Clauses)>,
    order: Vec<PositionOrder>,
    limit: u64,
    offset: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SetOperator {
    Union,
    UnionAll,
    Intersect,
    Except,
}

/// A selected value that combined rows are ordered by: `position(1).desc()`.
#[derive(Debug, Clone, Copy)]
#[must_use = "an order does nothing until a query is ordered by it"]
pub struct PositionOrder {
    position: u8,
    direction: Direction,
}

/// The selected value at this position, counted from 0 as those of a tuple are.
#[derive(Debug, Clone, Copy)]
pub struct Position(u8);

/// The selected value at this position of the combined rows, from 0: to order by, as [`Combined::order_by`].
pub const fn position(position: u8) -> Position {
    Position(position)
}

impl Position {
    /// Orders by it, least first. NULL is less than every value.
    pub const fn asc(self) -> PositionOrder {
        self.order(false)
    }

    /// Orders by it, greatest first. NULL is less than every value.
    pub const fn desc(self) -> PositionOrder {
        self.order(true)
    }

    const fn order(self, descending: bool) -> PositionOrder {
        PositionOrder {
            position: self.0,
            direction: Direction {
                descending,
                nullable: true,
                nulls: Nulls::Least,
            },
        }
    }
}

impl PositionOrder {
    /// Rows with NULL before all others.
    pub const fn nulls_first(mut self) -> Self {
        self.direction.nulls = Nulls::First;
        self
    }

    /// Rows with NULL after all others.
    pub const fn nulls_last(mut self) -> Self {
        self.direction.nulls = Nulls::Last;
        self
    }
}

macro_rules! operators {
    ($($(#[$doc:meta])* $method:ident $operator:ident;)+) => {
        impl<'c, M: Model, E: Engine, R, G, A> Selected<'c, M, E, R, G, A> {$(
            $(#[$doc])*
            pub fn $method<N: Model, H>(self, other: Subquery<N, E, R, H>) -> Combined<'c, M, E, R, A>
            where
                E: Hosts<N>,
            {
                Combined::of(self).$method(other)
            }
        )+}

        impl<M: Model, E: Engine, R, A> Combined<'_, M, E, R, A> {$(
            $(#[$doc])*
            pub fn $method<N: Model, H>(mut self, other: Subquery<N, E, R, H>) -> Self
            where
                E: Hosts<N>,
            {
                self.parts.add(SetOperator::$operator, other.into_parts());
                self
            }
        )+}
    };
}

operators! {
    /// The rows of this query and those of another, each different row once. NULL equals NULL here.
    ///
    /// The other one is a [`select`](super::select) of a model on the engine, of the same types: what is selected of both is put together by
    /// its position. An order and a limit that a query has before are its own; those after this are of all rows.
    union Union;
    /// The rows of this query and those of another, as often as they come.
    union_all UnionAll;
    /// The different rows that are in both queries.
    intersect Intersect;
    /// The different rows of this query that are not in the other one.
    except Except;
}

impl<'c, M: Model, E: Engine, R, A> Combined<'c, M, E, R, A> {
    fn of<G>(selected: Selected<'c, M, E, R, G, A>) -> Self {
        let (repository, first, read) = selected.into_parts();
        Self {
            repository,
            read,
            parts: Combination {
                first,
                others: Vec::new(),
                order: Vec::new(),
                limit: NO_LIMIT,
                offset: 0,
            },
        }
    }

    /// The clauses of the first query, which say what is meant of all.
    pub(super) fn clauses_mut(&mut self) -> &mut Clauses {
        &mut self.parts.first
    }

    /// Orders the rows by selected values: `[position(1).desc(), position(0).asc()]`. Rows that are equal in them are ordered by the
    /// others, in the direction of the last.
    pub fn order_by(mut self, orders: impl IntoIterator<Item = PositionOrder>) -> Self {
        self.parts.order.extend(orders);
        self
    }

    /// At most this many rows; in the order of what is selected where there is no other.
    pub fn limit(mut self, rows: u64) -> Self {
        self.parts.limit = self.parts.limit.min(rows);
        self
    }

    /// Without the first rows, this many.
    pub fn offset(mut self, rows: u64) -> Self {
        self.parts.offset = rows;
        self
    }

    /// The rows.
    ///
    /// # Errors
    /// A position is beyond what is selected, a key is of another engine, a query is refused by itself, or the database fails.
    #[track_caller]
    pub fn all(mut self) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        self.read(Operation::Select, &mut |row| {
            rows.push(row);
            true
        })?;
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn first(self) -> Result<Option<R>> {
        let mut first = self.limit(1);
        let mut found = None;
        first.read(Operation::Find, &mut |row| {
            found = Some(row);
            false
        })?;
        Ok(found)
    }

    #[track_caller]
    fn read(&mut self, operation: Operation, take: &mut dyn FnMut(R) -> bool) -> Result<()> {
        let (parts, read) = (&self.parts, self.read);
        let taken = Cell::new(false);
        let run = |physical: &mut Physical, sql: &'static TableSql, engine: E| {
            let take = &mut |row: &mut RowReader<'_>| {
                taken.set(true);
                Ok(take(read(row, engine)?))
            };
            let outcome = parts.query(physical, Wanted::Selected, (sql, &engine), take);
            outcome.map_err(|error| error.of_row_of(sql.table, &parts.first.names(sql)))
        };
        self.repository.run_read(operation, &taken, run)
    }

    /// The rows one after the other, without holding them all in memory.
    ///
    /// # Errors
    /// As [`all`](Self::all); later failures come as items.
    #[track_caller]
    pub fn iter(self) -> Result<Rows<'c, M, E, R>> {
        let parts = self.parts;
        let engine = self.repository.engine();
        self.repository.rows_as(
            self.read,
            |sql| Some(parts.first.names(sql)),
            |physical, sql| parts.text(physical, Wanted::Selected, (sql, &engine)),
            &mut |params| parts.write(params),
        )
    }

    /// The number of rows.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn count(mut self) -> Result<u64> {
        let parts = &self.parts;
        let run = |physical: &mut Physical, sql, engine: E| {
            let mut count = None;
            let take = &mut |row: &mut RowReader<'_>| {
                count = Some(row.u64()?);
                Ok(false)
            };
            parts.query(physical, Wanted::Count, (sql, &engine), take)?;
            count.ok_or_else(|| physical.without_row())
        };
        self.repository
            .run_read(Operation::Count, &Cell::new(false), run)
    }

    /// Returns whether there is a row, without reading it.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn exists(mut self) -> Result<bool> {
        let parts = &self.parts;
        let run = |physical: &mut Physical, sql, engine: E| {
            let mut found = false;
            let take = &mut |_: &mut RowReader<'_>| {
                found = true;
                Ok(false)
            };
            parts.query(physical, Wanted::Exists, (sql, &engine), take)?;
            Ok(found)
        };
        self.repository
            .run_read(Operation::Exists, &Cell::new(false), run)
    }
}

impl Combination {
    fn add(&mut self, operator: SetOperator, (model, clauses): (RelatedModel, Clauses)) {
        self.others.push((operator, model, clauses));
    }

    fn query<E: Engine>(
        &self,
        physical: &mut Physical,
        wanted: Wanted,
        on: (&'static TableSql, &E),
        take: TakeRow<'_>,
    ) -> Result<()> {
        let text = self.text(physical, wanted, on)?;
        physical.query(&text, &mut |params| self.write(params), take)
    }

    /// Writes the values.
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.first.write(Wanted::Part, params);
        for (_, _, part) in &self.others {
            part.write(Wanted::Part, params);
        }
        if self.limit != NO_LIMIT {
            params.i64(i64::try_from(self.limit).unwrap_or(i64::MAX));
        }
        if self.offset != 0 {
            params.i64(i64::try_from(self.offset).unwrap_or(i64::MAX));
        }
    }

    fn text<E: Engine>(
        &self,
        physical: &Physical,
        wanted: Wanted,
        (table, engine): (&'static TableSql, &E),
    ) -> Result<Rc<str>> {
        self.first.on(engine)?;
        for (_, model, part) in &self.others {
            model.ensure(*engine)?;
            part.on(engine)?;
        }
        if let Some(bound) = physical.bound() {
            placed::ensure_bound(bound, self.each((table, engine)))?;
        }
        let key = self.key(wanted);
        let placed = Placed::new(physical, &self.first);
        let key = TextKey {
            numbers: [address(table), COMBINED, placed.code(), 0],
            shapes: [key.bytes(), &[], &[]],
            ..TextKey::default()
        };
        let sql = || SqlWriter::new(physical.dialect());
        try_text_of(&key, || {
            let text = self.render(sql(), wanted, (table, engine))?;
            placed.queries(text, self.each((table, engine)))
        })
    }

    /// The parts of each query.
    fn each<'q>(
        &'q self,
        (table, engine): (&'static TableSql, &'q dyn Any),
    ) -> impl Iterator<Item = (Parts<'q>, RelatedModels<'q>)> {
        let others = self.others.iter();
        let others = others
            .filter_map(move |(_, model, part)| Some(part.as_part(model.table(engine)?, engine)));
        std::iter::once(self.first.as_part(table, engine)).chain(others)
    }

    /// Everything that the text depends on but the table of the first query.
    fn key(&self, wanted: Wanted) -> Buffer<80> {
        let mut key = Buffer::new();
        self.first.key_of_part(&mut key);
        for (operator, model, part) in &self.others {
            key.push(*operator as u8);
            key.fixed(model.address().to_le_bytes());
            part.key_of_part(&mut key);
        }
        for order in &self.order {
            key.fixed([order.position, order.direction.code()]);
        }
        key.fixed([wanted as u8, self.order.len() as u8]);
        key.fixed([self.others.len() as u8, u8::from(self.limit != NO_LIMIT)]);
        key.push(u8::from(self.offset != 0));
        key
    }

    fn render(
        &self,
        mut sql: SqlWriter,
        wanted: Wanted,
        (table, engine): (&'static TableSql, &dyn Any),
    ) -> Result<String> {
        let width = self.first.width();
        let beyond = |order: &PositionOrder| usize::from(order.position) >= width;
        if self.order.iter().any(beyond) {
            return Err(unsupported(
                "an order by a position beyond what is selected",
            ));
        }
        let is_limited = self.limit != NO_LIMIT || self.offset != 0;
        let is_counted = wanted == Wanted::Count;
        match wanted {
            Wanted::Count if is_limited => sql.push("SELECT count(*) FROM (SELECT 1 FROM ("),
            Wanted::Count => sql.push("SELECT count(*) FROM ("),
            Wanted::Exists => sql.push("SELECT 1 FROM ("),
            _ => {
                sql.push("SELECT ");
                sql.list(0..width, ", ", |sql, at| {
                    sql.identifier(&alias(at));
                });
                sql.push(" FROM (")
            }
        };
        sql = self.united(sql, (table, engine))?;
        sql.push(") AS united");
        if wanted == Wanted::Selected && (is_limited || !self.order.is_empty()) {
            self.order(&mut sql, width);
        }
        self.limit_clause(&mut sql);
        if is_counted && is_limited {
            sql.push(") AS counted");
        }
        Ok(sql.finish())
    }

    /// All queries, each with the operator before it. Databases differ about which operator binds closer: what stands before an
    /// INTERSECT is one query by itself.
    fn united(
        &self,
        mut sql: SqlWriter,
        (table, engine): (&'static TableSql, &dyn Any),
    ) -> Result<SqlWriter> {
        let operators: Vec<_> = self.others.iter().map(|(operator, ..)| *operator).collect();
        let closes = |at: usize| {
            let before = operators[..at].last();
            operators[at] == SetOperator::Intersect
                && before.is_some_and(|before| *before != SetOperator::Intersect)
        };
        for at in 0..operators.len() {
            sql.push(if closes(at) { "SELECT * FROM (" } else { "" });
        }
        sql = self.first.part_of(sql, (table, engine), 0)?;
        for (at, (operator, model, part)) in self.others.iter().enumerate() {
            if closes(at) {
                sql.push(&format!(") AS united_{at}"));
            }
            sql.push(match operator {
                SetOperator::Union => " UNION ",
                SetOperator::UnionAll => " UNION ALL ",
                SetOperator::Intersect => " INTERSECT ",
                SetOperator::Except => " EXCEPT ",
            });
            let table = model.table(engine).ok_or_else(not_here)?;
            sql = part.part_of(sql, (table, engine), at + 1)?;
        }
        Ok(sql)
    }

    /// The orders that are said, then all other positions in the direction of the last: so equal rows are equal in all.
    fn order(&self, sql: &mut SqlWriter, width: usize) {
        let descending = self
            .order
            .last()
            .is_some_and(|last| last.direction.descending);
        let rest =
            (0..width as u8).filter(|at| self.order.iter().all(|order| order.position != *at));
        let rest = rest.map(|at| position(at).order(descending));
        let mut separator = " ORDER BY ";
        for order in self.order.iter().copied().chain(rest) {
            let name = alias(order.position.into());
            let words = order.direction.words(sql.dialect());
            sql.push(separator);
            if let Some(nulls) = words.before {
                sql.identifier(&name).push(nulls);
            }
            sql.identifier(&name).push(words.way).push(words.nulls);
            separator = ", ";
        }
    }

    fn limit_clause(&self, sql: &mut SqlWriter) {
        let syntax = sql.dialect().query_syntax();
        if self.limit != NO_LIMIT {
            sql.push(syntax.limit).placeholder();
        } else if self.offset != 0 {
            sql.push(syntax.no_limit);
        }
        if self.offset != 0 {
            sql.push(" OFFSET ").placeholder();
        }
    }
}

#[cold]
fn unsupported(why: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported(why))
}

#[cold]
fn not_here() -> Error {
    unsupported("a query that is combined with one on an engine without its model")
}
