//! Raw statements on a connection that is held, or on one that is taken for each.

use std::panic::Location;

use bindery_core::dialect::Dialect;

use super::columns::{self, Order};
use super::control;
use super::reading;
use super::words::{Token, Words};
use super::{FromRow, IntoSql, Params, RowColumns, SqlText};
use crate::driver::shard_scope::of_sql;
use crate::driver::{Physical, RawText, StatementDescription, no_statement};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::changes::Written;
use crate::link::engine::Engine;
use crate::model::route::{Source, Target};
use crate::observe::Call;
use crate::value::{ParamWriter, RowReader};

/// Raw SQL on one engine of `Databases`, a connection for each statement: what
/// [`Registry::sql_on`](crate::Registry::sql_on) gives.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// db.sql_on(engine::B).execute("INSERT INTO blogs (title) VALUES (?)", ("raw",))?;
/// let any: engine::Any = "b".parse()?;
/// let count: i64 = db.sql_on(any).query_scalar("SELECT count(*) FROM blogs", ())?;
/// assert_eq!(count, 1);
/// # Ok(())
/// # }
/// ```
pub struct RawSql<'c, E> {
    target: Target<'c, E>,
    statements: Statements,
}

/// Where the statements come from.
#[derive(Debug, Clone, Copy)]
enum Statements {
    Program,
    /// The compiler has read them; a query of a file has a name.
    Checked(Option<&'static str>),
}

impl Statements {
    const fn are_checked(self) -> bool {
        matches!(self, Self::Checked(_))
    }

    const fn query(self) -> Option<&'static str> {
        match self {
            Self::Program => None,
            Self::Checked(query) => query,
        }
    }
}

impl<'c, E: Engine> RawSql<'c, E> {
    pub(crate) fn new(target: Target<'c, E>) -> Self {
        Self {
            target,
            statements: Statements::Program,
        }
    }

    /// The same for a query that was checked; one of a file has a name.
    pub(super) fn of_query(self, query: Option<&'static str>) -> Self {
        Self {
            statements: Statements::Checked(query),
            ..self
        }
    }

    pub(super) fn into_target(self) -> Target<'c, E> {
        self.target
    }

    pub(super) fn engine(&self) -> E {
        self.target.engine
    }

    /// The same once more.
    pub(super) fn again(&mut self) -> RawSql<'_, E> {
        RawSql {
            target: self.target.again(),
            statements: self.statements,
        }
    }

    /// All rows of a query. See [`Connection::query_as`](crate::Connection::query_as).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_as<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.query(sql, &params, &mut |row| {
            rows.push(row);
            Ok(true)
        })?;
        Ok(rows)
    }

    /// The one row of a query. See [`Connection::query_row`](crate::Connection::query_row).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_row<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<T> {
        let engine = self.target.engine;
        self.query_optional(sql, params)?
            .ok_or_else(|| located(Error::new(ErrorKind::NotFound), engine, Operation::Query))
    }

    /// The row of a query, if there is one. See [`Connection::query_optional`](crate::Connection::query_optional).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_optional<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.query(sql, &params, &mut |row| {
            if found.replace(row).is_some() {
                return Err(Error::new(ErrorKind::SeveralRows));
            }
            Ok(true)
        })?;
        Ok(found)
    }

    /// The one value of a query. See [`Connection::query_scalar`](crate::Connection::query_scalar).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_scalar<T: crate::value::types::FromColumn>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<T> {
        self.query_row::<T>(sql, params)
    }

    /// Runs a statement and gives the number of rows it changed. See [`Connection::execute`](crate::Connection::execute).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn execute(&mut self, sql: impl IntoSql<E::Dialect>, params: impl Params) -> Result<u64> {
        let belong = params.belong_to(self.target.engine.index());
        let is_checked = self.statements.are_checked();
        self.run(Operation::Execute, sql, |physical, text| {
            ensure(belong)?;
            if !is_checked {
                ensure_statement(physical.dialect(), text)?;
            }
            let write = &mut |writer: &mut ParamWriter<'_>| params.write(writer);
            physical.raw_execute(raw(text), write)
        })
    }

    /// Runs the statements of a script. See [`Connection::execute_batch`](crate::Connection::execute_batch).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn execute_batch(&mut self, sql: impl IntoSql<E::Dialect>) -> Result<()> {
        self.run(Operation::ExecuteBatch, sql, |physical, text| {
            physical.raw_batch(&text.text, text.is_fixed())
        })
    }

    /// Has the database prepare a statement and say what it takes and gives. It is not run.
    #[track_caller]
    pub(crate) fn describe(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
    ) -> Result<StatementDescription> {
        self.run(Operation::Query, sql, |physical, text| {
            physical.describe(&text.text)
        })
    }

    #[track_caller]
    fn query<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: &impl Params,
        take: &mut dyn FnMut(T) -> Result<bool>,
    ) -> Result<()> {
        let engine = self.target.engine;
        let belong = params.belong_to(engine.index()) && T::is_of(engine.index());
        let read_row = |row: &mut RowReader<'_>| T::read_row(row, engine);
        let is_checked = self.statements.are_checked();
        self.run(Operation::Query, sql, |physical, text| {
            T::COLUMNS.ensure_hosted(engine.name())?;
            ensure(belong)?;
            if !is_checked {
                ensure_statement(physical.dialect(), text)?;
            }
            let write = &mut |writer: &mut ParamWriter<'_>| params.write(writer);
            let take = &mut |row: &mut RowReader<'_>| read_row(row).and_then(&mut *take);
            read_rows(physical, raw(text), T::COLUMNS, write, take)
        })
    }

    /// Runs `work` on a connection, with the text for its dialect.
    #[track_caller]
    fn run<T>(
        &mut self,
        operation: Operation,
        sql: impl IntoSql<E::Dialect>,
        work: impl FnOnce(&mut Physical, &SqlText) -> Result<T>,
    ) -> Result<T> {
        let place = Location::caller();
        let (engine, statements) = (self.target.engine, self.statements);
        let outcome = sql.into_sql(engine.dialect()).and_then(|text| {
            let only_reads = |text: &SqlText| reading::ensure(engine.dialect(), &text.text).is_ok();
            let on_link = |link: &mut Link| {
                link.begin_observed(|| Call {
                    query: statements.query(),
                    ..Call::of(operation, Some(place))
                });
                if link.scope().is_some() {
                    return Err(of_sql());
                }
                if link.only_reads() {
                    reading::ensure(engine.dialect(), &text.text)?;
                }
                if link.notes_writes() && !only_reads(&text) {
                    link.note_write();
                }
                let outcome =
                    control::guarded(link.ready()?, &text.text, |physical| work(physical, &text));
                let reads = || reading::ensure(engine.dialect(), &text.text).is_ok();
                if link.counts_writes() && !(operation == Operation::Query && reads()) {
                    link.wrote(Written::Anything);
                }
                outcome.map_err(|error| {
                    let is_shown = statements.are_checked() || text.is_fixed();
                    explained(link.pool().named(error, None), is_shown)
                })
            };
            match &mut self.target.source {
                Source::Link(link) => link.call(operation, on_link),
                Source::Session(slots, at) => slots.link(*at)?.call(operation, on_link),
                // Whether a query writes is known when it is prepared.
                Source::Pool(pool) if operation == Operation::Query => {
                    pool.primary(place)?.timed(on_link)
                }
                Source::Pool(pool) => pool.writer(place)?.timed(on_link),
            }
        });
        outcome.map_err(|error| located(error, engine, operation))
    }
}

/// Rows in the order of the columns that they are read from.
fn read_rows(
    physical: &mut Physical,
    raw: RawText<'_>,
    wanted: RowColumns,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
    take: &mut dyn FnMut(&mut RowReader<'_>) -> Result<bool>,
) -> Result<()> {
    if let RowColumns::Positions(_) = wanted {
        let columns = &mut |found: &[Box<str>]| columns::order(wanted, found).map(drop);
        return physical.raw_query(raw, write, columns, take).map(drop);
    }
    let order = std::cell::RefCell::new(Order::AsTheyCome);
    let columns = &mut |found: &[Box<str>]| {
        *order.borrow_mut() = columns::order(wanted, found)?;
        Ok(())
    };
    let take = &mut |row: &mut RowReader<'_>| {
        let taken = match &*order.borrow() {
            Order::AsTheyCome => take(row),
            Order::Places(places) => take(&mut row.in_order(places)),
        };
        taken.map_err(|error| match wanted {
            RowColumns::Named { row, names, .. } => error.of_named(row, names),
            RowColumns::Positions(_) => error,
        })
    };
    physical.raw_query(raw, write, columns, take).map(drop)
}

fn raw(text: &SqlText) -> RawText<'_> {
    RawText {
        sql: &text.text,
        is_kept: text.is_fixed(),
    }
}

/// Messages about a text that was put together may hold values.
#[cold]
fn explained(error: Error, is_shown: bool) -> Error {
    if is_shown {
        error.showing_text()
    } else {
        error.hiding_text()
    }
}

#[cold]
pub(super) fn located<E: Engine>(error: Error, engine: E, operation: Operation) -> Error {
    error.on_engine(engine.name()).during(operation)
}

/// Refuses a text that is blank or a comment: MariaDB runs a comment as if it were a statement, the others do not.
fn ensure_statement(dialect: Dialect, text: &SqlText) -> Result<()> {
    let is_blank = Words::new(&text.text, dialect).all(|token| token == Token::Semicolon);
    if is_blank {
        Err(no_statement())
    } else {
        Ok(())
    }
}

/// Refuses keys of another engine before anything is sent.
fn ensure(belong: bool) -> Result<()> {
    if belong {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::WrongEngine))
    }
}
