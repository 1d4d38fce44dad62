//! Statements with their values in them, as `sql!` makes them.

use super::{FromRow, IntoSql, RawSql, SqlText};
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::dialect::SqlFamily;
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::link::transaction::Transaction;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::Dialect;

/// A statement and the values of its places, made by [`sql!`](macro@crate::sql). It runs on what
/// [`using`](Self::using) is given.
#[must_use = "it runs on a connection: `.using(&mut connection)`"]
pub struct BoundSql<'v, const N: usize> {
    text: BoundText,
    values: [&'v dyn ToColumn; N],
}

/// One text with the placeholders of each dialect.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct BoundText {
    /// With `?` for each placeholder: SQLite, MySQL and MariaDB.
    pub unnumbered: &'static str,
    /// With `$1`, `$2` for the placeholders: PostgreSQL.
    pub numbered: &'static str,
}

impl<D: SqlFamily> IntoSql<D> for BoundText {
    #[track_caller]
    fn into_sql(self, dialect: Dialect) -> Result<SqlText> {
        let text = match dialect {
            Dialect::Sqlite | Dialect::Mysql => self.unnumbered,
            Dialect::Postgres => self.numbered,
        };
        IntoSql::<D>::into_sql(text, dialect)
    }
}

impl<'v, const N: usize> BoundSql<'v, N> {
    /// For the macro.
    #[doc(hidden)]
    pub const fn new(text: BoundText, values: [&'v dyn ToColumn; N]) -> Self {
        Self { text, values }
    }

    /// Runs it on a connection, in a transaction, or on an engine of `Databases`
    /// ([`sql_on`](crate::Registry::sql_on)).
    pub fn using<R: Executor>(self, on: &mut R) -> BoundOn<'_, 'v, R::Engine, N> {
        BoundOn {
            on: on.raw_sql(),
            text: self.text,
            values: self.values,
        }
    }
}

/// A statement with its values, and where it runs.
#[must_use = "nothing has run yet"]
pub struct BoundOn<'c, 'v, E, const N: usize> {
    on: RawSql<'c, E>,
    text: BoundText,
    values: [&'v dyn ToColumn; N],
}

impl<E: Engine, const N: usize> BoundOn<'_, '_, E, N> {
    /// All rows. See [`Connection::query_as`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_as<T: FromRow<E>>(mut self) -> Result<Vec<T>> {
        self.on.query_as(self.text, self.values)
    }

    /// The one row. See [`Connection::query_row`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_row<T: FromRow<E>>(mut self) -> Result<T> {
        self.on.query_row(self.text, self.values)
    }

    /// The row, if there is one. See [`Connection::query_optional`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_optional<T: FromRow<E>>(mut self) -> Result<Option<T>> {
        self.on.query_optional(self.text, self.values)
    }

    /// The one value. See [`Connection::query_scalar`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_scalar<T: FromColumn>(mut self) -> Result<T> {
        self.on.query_scalar(self.text, self.values)
    }

    /// Runs it and gives the number of rows it changed. See [`Connection::execute`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn execute(mut self) -> Result<u64> {
        self.on.execute(self.text, self.values)
    }
}

/// Where a query that only reads can run: where every statement can ([`Executor`]), and a connection to a replica
/// ([`ReadConnection`]).
#[diagnostic::on_unimplemented(
    message = "a statement cannot run on `{Self}`",
    label = "expected `&mut` of a connection or a transaction",
    note = "from `Databases` it is `&mut db.sql_on(engine::Default)`"
)]
pub trait ReadExecutor {
    /// Whose database it is.
    type Engine: Engine;

    #[doc(hidden)]
    fn raw_sql(&mut self) -> RawSql<'_, Self::Engine>;
}

/// Where every statement can run, one made by `sql!` too: a [`Connection`], a [`Transaction`], or an engine of `Databases`
/// ([`RawSql`]).
#[diagnostic::on_unimplemented(
    message = "a statement that may write cannot run on `{Self}`",
    label = "expected `&mut` of a connection or a transaction",
    note = "from `Databases` it is `&mut db.sql_on(engine::Default)`",
    note = "a connection to a replica runs checked queries that only read"
)]
pub trait Executor: ReadExecutor {}

impl<E: Engine> ReadExecutor for Connection<E> {
    type Engine = E;

    fn raw_sql(&mut self) -> RawSql<'_, E> {
        RawSql::new(self.own_target())
    }
}

impl<E: Engine> Executor for Connection<E> {}

impl<E: Engine> ReadExecutor for Transaction<'_, E> {
    type Engine = E;

    fn raw_sql(&mut self) -> RawSql<'_, E> {
        (**self).raw_sql()
    }
}

impl<E: Engine> Executor for Transaction<'_, E> {}

impl<E: Engine> ReadExecutor for RawSql<'_, E> {
    type Engine = E;

    fn raw_sql(&mut self) -> RawSql<'_, E> {
        self.again()
    }
}

impl<E: Engine> Executor for RawSql<'_, E> {}

impl<E: Engine> ReadExecutor for ReadConnection<E> {
    type Engine = E;

    fn raw_sql(&mut self) -> RawSql<'_, E> {
        RawSql::new(self.own_target())
    }
}
