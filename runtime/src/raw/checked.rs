//! Statements of a program's files of queries: texts that the compiler has checked, with the engines they run on.

use super::{Executor, FromRow, Params, QueryRows, ReadExecutor};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::types::ToColumn;
use crate::value::{ParamWriter, RowReader, json_list};
use bindery_core::dialect::{Dialect, Lists};

use super::on::located;

/// A query of a file or of the program's code, in a static value of generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct CheckedQuery {
    /// The function of a query of a file, as `module::function`.
    pub name: Option<&'static str>,
    /// The names of the engines that host all that it names.
    pub engines: &'static [&'static str],
    /// The statement for each dialect of these engines.
    pub texts: &'static [CheckedText],
}

/// The statement of a query in one dialect.
#[doc(hidden)]
#[derive(Debug)]
pub struct CheckedText {
    /// The dialect.
    pub dialect: Dialect,
    /// The statement, with the placeholders of the dialect.
    pub sql: &'static str,
    /// For each placeholder which argument it takes.
    pub arguments: &'static [usize],
}

impl CheckedQuery {
    /// All rows.
    ///
    /// # Errors
    /// As [`Connection::query_as`](crate::Connection::query_as); an engine chosen at run time hosts not all that it names.
    #[track_caller]
    pub fn many<T, R>(&self, on: &mut R, values: &[&dyn ToColumn]) -> Result<Vec<T>>
    where
        R: ReadExecutor,
        T: FromRow<R::Engine>,
    {
        let mut on = on.raw_sql().of_query(self.name);
        let text = self.text(on.engine(), Operation::Query)?;
        on.query_as(text.sql, text.params(values))
    }

    /// The rows one after the other.
    ///
    /// # Errors
    /// As [`many`](Self::many); later failures come as items.
    #[track_caller]
    pub fn rows<'c, T, R>(
        &self,
        on: &'c mut R,
        values: &[&dyn ToColumn],
    ) -> Result<QueryRows<'c, R::Engine, T>>
    where
        R: ReadExecutor,
        T: FromRow<R::Engine>,
    {
        let on = on.raw_sql();
        let text = self.text(on.engine(), Operation::Query)?;
        QueryRows::new(
            (on.into_target(), self.name),
            text.sql,
            &text.params(values),
        )
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// As [`many`](Self::many); there are several.
    #[track_caller]
    pub fn optional<T, R>(&self, on: &mut R, values: &[&dyn ToColumn]) -> Result<Option<T>>
    where
        R: ReadExecutor,
        T: FromRow<R::Engine>,
    {
        let mut on = on.raw_sql().of_query(self.name);
        let text = self.text(on.engine(), Operation::Query)?;
        on.query_optional(text.sql, text.params(values))
    }

    /// The one row.
    ///
    /// # Errors
    /// As [`many`](Self::many); there is none, or several.
    #[track_caller]
    pub fn one<T, R>(&self, on: &mut R, values: &[&dyn ToColumn]) -> Result<T>
    where
        R: ReadExecutor,
        T: FromRow<R::Engine>,
    {
        let mut on = on.raw_sql().of_query(self.name);
        let text = self.text(on.engine(), Operation::Query)?;
        on.query_row(text.sql, text.params(values))
    }

    /// Runs it and gives the number of rows that it changed.
    ///
    /// # Errors
    /// As [`Connection::execute`](crate::Connection::execute); an engine chosen at run time hosts not all that it names.
    #[track_caller]
    pub fn execute<R: Executor>(&self, on: &mut R, values: &[&dyn ToColumn]) -> Result<u64> {
        let mut on = on.raw_sql().of_query(self.name);
        let text = self.text(on.engine(), Operation::Execute)?;
        on.execute(text.sql, text.params(values))
    }

    /// The text for an engine. One known at compile time hosts the query.
    fn text<E: Engine>(&self, engine: E, operation: Operation) -> Result<&'static CheckedText> {
        let lives_on = self.engines;
        let mut texts = self.texts.iter();
        let text = texts.find(|text| text.dialect == engine.dialect());
        text.filter(|_| lives_on.contains(&engine.name()))
            .ok_or_else(|| {
                let error = Error::new(ErrorKind::NotHosted { lives_on });
                located(error, engine, operation)
            })
    }
}

impl CheckedText {
    fn params<'v>(&'static self, values: &'v [&'v dyn ToColumn]) -> Ordered<'v> {
        Ordered {
            values,
            order: self.arguments,
        }
    }
}

/// The row of a model that an outer join may leave out, whose columns are all NULL then.
///
/// # Errors
/// A value does not fit its type.
#[doc(hidden)]
pub fn read_if_any<M: Model, E: Engine>(
    row: &mut RowReader<'_>,
    engine: E,
    columns: usize,
) -> Result<Option<M::Row<E>>> {
    if row.skip_nulls(columns) {
        return Ok(None);
    }
    M::read(row, engine).map(Some)
}

/// Any number of values as one parameter: an array on PostgreSQL, a text of JSON elsewhere.
#[doc(hidden)]
#[derive(Debug)]
pub struct ListOf<'v, T>(pub &'v [T]);

impl<T: ToColumn> ToColumn for ListOf<'_, T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        let values = self.0;
        if params.dialect().query_syntax().lists == Lists::Array {
            return params.array(values.len(), &mut |params| {
                values.iter().for_each(|value| params.push(value));
            });
        }
        let each =
            |params: &mut ParamWriter<'_>| values.iter().for_each(|value| params.push(value));
        match json_list::written(values.len() * 8, each) {
            Ok(json) => params.text(&json),
            Err(error) => params.refuse_with(error),
        }
    }

    fn belongs_to(&self, engine: usize) -> bool {
        self.0.iter().all(|value| value.belongs_to(engine))
    }
}

/// The arguments of a function in the order of a statement's placeholders.
struct Ordered<'v> {
    values: &'v [&'v dyn ToColumn],
    order: &'static [usize],
}

impl Params for Ordered<'_> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.order
            .iter()
            .for_each(|&at| params.push(&self.values[at]));
    }

    fn belong_to(&self, engine: usize) -> bool {
        self.values.iter().all(|value| value.belongs_to(engine))
    }
}
