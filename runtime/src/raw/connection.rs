//! Raw SQL on a connection or in a transaction.

use super::{FromRow, IntoSql, Params, RawSql, ReadExecutor as _};
use crate::driver::StatementDescription;
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use bindery_core::dialect::Dialect;

impl<E: Engine> Connection<E> {
    /// All rows of a query, read into models, structs with `#[derive(Row)]`, tuples or values.
    ///
    /// Placeholders are those of the database: `?` on SQLite, MySQL and MariaDB (SQLite also takes `?1`), `$1` on PostgreSQL.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert(NewBlog::new("Rust").stars(5))?;
    ///
    /// let blogs: Vec<Blog<engine::B>> = b.query_as("SELECT * FROM blogs WHERE stars > ?", (3,))?;
    /// let pairs: Vec<(String, i64)> = b.query_as("SELECT title, stars FROM blogs", ())?;
    /// let titles = b.query_as::<String>("SELECT title FROM blogs WHERE id IN (?, ?)", [1, 2])?;
    /// assert_eq!((blogs[0].title.as_str(), pairs[0].1, titles.len()), ("Rust", 5, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The columns are not those of the type ([`ErrorKind::WrongColumns`](crate::ErrorKind::WrongColumns)), a value is not of its
    /// type, the database refuses the statement, or the statement begins or ends a transaction
    /// ([`ErrorKind::TransactionControl`](crate::ErrorKind::TransactionControl)).
    #[track_caller]
    pub fn query_as<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<Vec<T>> {
        self.raw().query_as(sql, params)
    }

    /// The one row of a query.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where there is none,
    /// [`ErrorKind::SeveralRows`](crate::ErrorKind::SeveralRows) where there is another; else as [`query_as`](Self::query_as).
    #[track_caller]
    pub fn query_row<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<T> {
        self.raw().query_row(sql, params)
    }

    /// The row of a query, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::SeveralRows`](crate::ErrorKind::SeveralRows) where there is another; else as [`query_as`](Self::query_as).
    #[track_caller]
    pub fn query_optional<T: FromRow<E>>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<Option<T>> {
        self.raw().query_optional(sql, params)
    }

    /// The one value of a query: one row of one column. Where that may be NULL, `T` is an `Option`.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// assert_eq!(b.query_scalar::<i64>("SELECT count(*) FROM blogs", ())?, 0);
    /// assert_eq!(b.query_scalar::<Option<i64>>("SELECT max(stars) FROM blogs", ())?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`query_row`](Self::query_row).
    #[track_caller]
    pub fn query_scalar<T: crate::value::types::FromColumn>(
        &mut self,
        sql: impl IntoSql<E::Dialect>,
        params: impl Params,
    ) -> Result<T> {
        self.raw().query_scalar(sql, params)
    }

    /// Executor a statement and gives the number of rows it changed; none for one that only reads, or defines a table.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// let inserted = b.execute("INSERT INTO blogs (title, content) VALUES (?, ?)", ("one", None::<&str>))?;
    /// let updated = b.transaction(|tx| tx.execute("UPDATE blogs SET stars = stars + 1", ()))?;
    /// assert_eq!((inserted, updated), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The database refuses the statement, or it begins or ends a transaction
    /// ([`ErrorKind::TransactionControl`](crate::ErrorKind::TransactionControl)).
    #[track_caller]
    pub fn execute(&mut self, sql: impl IntoSql<E::Dialect>, params: impl Params) -> Result<u64> {
        self.raw().execute(sql, params)
    }

    /// Executor the statements of a script, which take no parameters, one after the other. Rows that they return are dropped.
    ///
    /// Outside of a transaction PostgreSQL runs the script as one transaction, unless it has its own; SQLite, MySQL and
    /// MariaDB run each statement by itself, so what ran before one that fails stays. In a transaction all of it is
    /// undone. A script may begin a transaction that it also ends.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// db.b()?.execute_batch(
    ///     "INSERT INTO blogs (title) VALUES ('one');
    ///      INSERT INTO blogs (title) VALUES ('two');",
    /// )?;
    /// assert_eq!(db.b()?.blogs().count()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The database refuses a statement, or a transaction was left open, or that around the script was ended
    /// ([`ErrorKind::TransactionControl`](crate::ErrorKind::TransactionControl)).
    #[track_caller]
    pub fn execute_batch(&mut self, sql: impl IntoSql<E::Dialect>) -> Result<()> {
        self.raw().execute_batch(sql)
    }

    /// The SQL family that the engine speaks, also of one chosen at run time. As a constant it is
    /// [`Engine::DIALECT`](crate::Engine::DIALECT).
    pub fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    fn raw(&mut self) -> RawSql<'_, E> {
        self.raw_sql()
    }
}

/// Has the database prepare a query of the program's files and say what it takes and gives. It is not run, and stays prepared on
/// this connection. Its text has no value of a row, so that errors have the words of the database.
///
/// # Errors
/// The database refuses the statement.
#[track_caller]
pub fn describe<E: Engine>(
    connection: &mut Connection<E>,
    sql: impl IntoSql<E::Dialect>,
) -> Result<StatementDescription> {
    connection.raw().of_query(None).describe(sql)
}
