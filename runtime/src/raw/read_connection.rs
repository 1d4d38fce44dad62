//! Raw SQL that reads, on a connection that only reads.

use super::{FromRow, IntoSql, Params, ReadExecutor as _};
use crate::error::Result;
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::value::types::FromColumn;
use bindery_core::dialect::Dialect;

impl<E: Engine> ReadConnection<E> {
    /// All rows of a query. See [`Connection::query_as`](crate::Connection::query_as). A statement that writes is
    /// [`ErrorKind::ReadOnly`](crate::ErrorKind::ReadOnly).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_as<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<Vec<T>> {
        self.raw_sql().query_as(sql, params)
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
        self.raw_sql().query_row(sql, params)
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
        self.raw_sql().query_optional(sql, params)
    }

    /// The one value of a query. See [`Connection::query_scalar`](crate::Connection::query_scalar).
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn query_scalar<T: FromColumn>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<T> {
        self.raw_sql().query_scalar(sql, params)
    }

    /// The SQL family that the engine speaks, also of one chosen at run time.
    pub fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }
}
