//! Texts of statements: of the program's source, for one dialect or one for each, or put together while it runs.

use std::borrow::Cow;
use std::marker::PhantomData;

use crate::error::{Error, ErrorKind, Result};
use crate::link::dialect::{Mysql, Postgres, Several, SqlFamily, Sqlite};
use bindery_core::dialect::Dialect;

/// The text of a statement for an engine that speaks `D`.
///
/// A text of the program's source, `&'static str`, is one in the dialect of the engine it is given to. Others say what they
/// are by the functions of [`Sql`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not SQL for an engine of `{D}`",
    label = "expected a `&'static str`, or a text that is made by `Sql`",
    note = "a text for one dialect runs on engines of that dialect only; `Sql::by_dialect()` takes one for each",
    note = "values are bound: give them as parameters, or write `sql!(\"… {{value}} …\")`",
    note = "a text that was put together while the program runs is `Sql::assembled(text)`"
)]
pub trait IntoSql<D> {
    /// The text for this dialect.
    ///
    /// # Errors
    /// There is none: the engine was chosen at run time, and speaks another dialect.
    #[doc(hidden)]
    fn into_sql(self, dialect: Dialect) -> Result<SqlText>;
}

/// A text, and whether it is one of the program's source.
#[doc(hidden)]
#[derive(Debug)]
pub struct SqlText {
    pub(crate) text: Cow<'static, str>,
}

impl SqlText {
    fn fixed(text: &'static str) -> Self {
        Self { text: text.into() }
    }

    /// Whether the text is the same each time, and written by who wrote the program.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }
}

/// Where texts of statements come from that are more than a literal.
#[derive(Debug, Clone, Copy)]
pub enum Sql {}

impl Sql {
    /// A text that was put together while the program runs.
    ///
    /// **Whoever can put a value into the text can run any statement.** Values belong into parameters; what is put together
    /// here are names and parts that the program itself chooses from. The statement is not kept prepared, and errors do not
    /// show its text, as it may hold values.
    ///
    /// ```
    /// use bindery::Sql;
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let order = if std::env::args().count() > 1 { "title" } else { "id" };
    /// let text = format!("SELECT title FROM blogs WHERE stars >= ? ORDER BY {order}");
    /// let titles: Vec<String> = db.b()?.query_as(Sql::assembled(text), (3,))?;
    /// # assert!(titles.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn assembled(text: impl Into<String>) -> Assembled {
        Assembled(text.into())
    }

    /// A text for SQLite: it does not compile on an engine of another dialect.
    pub const fn sqlite(text: &'static str) -> SqlFor<Sqlite> {
        SqlFor::new(text)
    }

    /// A text for PostgreSQL: it does not compile on an engine of another dialect.
    pub const fn postgres(text: &'static str) -> SqlFor<Postgres> {
        SqlFor::new(text)
    }

    /// A text for MySQL and MariaDB: it does not compile on an engine of another dialect.
    pub const fn mysql(text: &'static str) -> SqlFor<Mysql> {
        SqlFor::new(text)
    }

    /// A text for each dialect; which one runs is known when the program is compiled, unless the engine is chosen at run
    /// time. Where none is given for an engine's dialect, it does not compile.
    ///
    /// ```
    /// use bindery::Sql;
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// let sql = Sql::by_dialect()
    ///     .postgres("SELECT '{\"a\": 1}'::jsonb @> $1::jsonb")
    ///     .otherwise("SELECT json_extract('{\"a\": 1}', '$.a') = json_extract(?, '$.a')");
    /// let contains: bool = db.default()?.query_scalar(sql, (r#"{"a": 1}"#,))?;
    /// assert!(contains);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn by_dialect() -> ByDialect<NoText, NoText, NoText> {
        ByDialect::new(None, None, None)
    }
}

/// Made by [`Sql::assembled`].
#[derive(Debug, Clone)]
pub struct Assembled(String);

/// A text for one dialect. Made by [`Sql::sqlite`], [`Sql::postgres`] and [`Sql::mysql`].
#[derive(Debug)]
pub struct SqlFor<D> {
    text: &'static str,
    dialect: PhantomData<fn() -> D>,
}

impl<D> SqlFor<D> {
    const fn new(text: &'static str) -> Self {
        Self {
            text,
            dialect: PhantomData,
        }
    }
}

impl<D> Clone for SqlFor<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for SqlFor<D> {}

/// No text is given for a dialect.
#[derive(Debug, Clone, Copy)]
pub enum NoText {}

/// Types without a value: they make no text `!Send`.
type Given<S, P, M> = fn() -> (S, P, M);

/// A text for each of several dialects: what stands for one is that dialect, or [`NoText`]. Made by [`Sql::by_dialect`].
#[derive(Debug)]
pub struct ByDialect<S, P, M> {
    sqlite: Option<&'static str>,
    postgres: Option<&'static str>,
    mysql: Option<&'static str>,
    given: PhantomData<Given<S, P, M>>,
}

impl<S, P, M> ByDialect<S, P, M> {
    const fn new(
        sqlite: Option<&'static str>,
        postgres: Option<&'static str>,
        mysql: Option<&'static str>,
    ) -> Self {
        Self {
            sqlite,
            postgres,
            mysql,
            given: PhantomData,
        }
    }

    /// On engines of SQLite.
    pub const fn sqlite(self, text: &'static str) -> ByDialect<Sqlite, P, M> {
        ByDialect::new(Some(text), self.postgres, self.mysql)
    }

    /// On engines of PostgreSQL.
    pub const fn postgres(self, text: &'static str) -> ByDialect<S, Postgres, M> {
        ByDialect::new(self.sqlite, Some(text), self.mysql)
    }

    /// On engines of MySQL and MariaDB.
    pub const fn mysql(self, text: &'static str) -> ByDialect<S, P, Mysql> {
        ByDialect::new(self.sqlite, self.postgres, Some(text))
    }

    /// On engines of every dialect that has no text of its own so far. It then runs on any engine, so also where a function
    /// is generic over engines.
    pub const fn otherwise(self, text: &'static str) -> EachDialect {
        const fn or(given: Option<&'static str>, text: &'static str) -> &'static str {
            match given {
                Some(given) => given,
                None => text,
            }
        }
        EachDialect {
            sqlite: or(self.sqlite, text),
            postgres: or(self.postgres, text),
            mysql: or(self.mysql, text),
        }
    }

    fn text(&self, dialect: Dialect) -> Option<&'static str> {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
            Dialect::Mysql => self.mysql,
        }
    }
}

impl<S, P, M> Clone for ByDialect<S, P, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, P, M> Copy for ByDialect<S, P, M> {}

/// A text for every dialect. Made by [`ByDialect::otherwise`].
#[derive(Debug, Clone, Copy)]
pub struct EachDialect {
    sqlite: &'static str,
    postgres: &'static str,
    mysql: &'static str,
}

impl<D: SqlFamily> IntoSql<D> for EachDialect {
    fn into_sql(self, dialect: Dialect) -> Result<SqlText> {
        Ok(SqlText::fixed(match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
            Dialect::Mysql => self.mysql,
        }))
    }
}

impl<D: SqlFamily> IntoSql<D> for &'static str {
    fn into_sql(self, _: Dialect) -> Result<SqlText> {
        Ok(SqlText::fixed(self))
    }
}

impl<D: SqlFamily> IntoSql<D> for Assembled {
    fn into_sql(self, _: Dialect) -> Result<SqlText> {
        let text = self.0.into();
        Ok(SqlText { text })
    }
}

impl<D: SqlFamily> IntoSql<D> for SqlFor<D> {
    fn into_sql(self, _: Dialect) -> Result<SqlText> {
        Ok(SqlText::fixed(self.text))
    }
}

macro_rules! of_several {
    ($($family:ident),*) => {$(
        impl IntoSql<Several> for SqlFor<$family> {
            fn into_sql(self, dialect: Dialect) -> Result<SqlText> {
                match $family::DIALECT {
                    Some(own) if own == dialect => Ok(SqlText::fixed(self.text)),
                    Some(_) | None => Err(other_dialect()),
                }
            }
        }
    )*};
}

of_several!(Sqlite, Postgres, Mysql);

macro_rules! by_dialect {
    ($($family:ident <$($other:ident),*> $given:ty;)*) => {$(
        impl<$($other),*> IntoSql<$family> for $given {
            fn into_sql(self, dialect: Dialect) -> Result<SqlText> {
                self.text(dialect).map(SqlText::fixed).ok_or_else(other_dialect)
            }
        }
    )*};
}

by_dialect! {
    Sqlite<P, M> ByDialect<Sqlite, P, M>;
    Postgres<S, M> ByDialect<S, Postgres, M>;
    Mysql<S, P> ByDialect<S, P, Mysql>;
    Several<S, P, M> ByDialect<S, P, M>;
}

#[cold]
fn other_dialect() -> Error {
    let why = "no text is given for the dialect of this engine: give it one by `Sql::by_dialect()`";
    Error::new(ErrorKind::Unsupported(why))
}
