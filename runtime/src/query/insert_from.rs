//! `INSERT … SELECT`: new rows that are made of those of a query, to the same table or another one of the engine.

use std::marker::PhantomData;

use super::aggregate::{Aggregate, Having};
use super::clauses::Clauses;
use super::column::{Column, Marker};
use super::computed_on::ComputedOn;
use super::condition::{Condition, Predicate};
use super::expression::Expr;
use super::nullability::{NotNull, Nullability, Nullable};
use super::operand::{Operand, RowEngine, Writing};
use super::order::{OfGroups, Orders};
use super::placed;
use super::render::Wanted;
use super::select::{Groups, SelectionWriter};
use super::shape::op;
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::key::Key;
use crate::model::lives_on::Hosts;
use crate::model::{Model, Writable};
use crate::repository::Repository;
use crate::value::ParamWriter;
use crate::value::types::ToColumn;

/// A column of model `M`, and what it gets of a row of model `S` on engine `E`: `archived::title.from(post::title)`.
#[must_use = "it does nothing until rows are inserted by it"]
pub struct Given<M, S, E> {
    column: usize,
    is_own: bool,
    value: Predicate,
    is_aggregate: bool,
    marker: Marker<M, S, E>,
}

impl<M, S, E> std::fmt::Debug for Given<M, S, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Given").finish_non_exhaustive()
    }
}

/// A value for a column of `T` of a new row, from a row of model `S`: a plain one, or a column, expression or aggregate of that model.
#[diagnostic::on_unimplemented(
    message = "a column of `{T}` cannot get `{Self}`",
    label = "expected a `{T}`, or a column, expression or aggregate of the model that rows come from",
    note = "`.value()` makes of a key, on either side, the value that it has"
)]
pub trait SourceValue<S, T, E: Engine> {
    /// Whether it may be NULL.
    #[doc(hidden)]
    type Nullability: Nullability;
    #[doc(hidden)]
    const IS_AGGREGATE: bool;
    #[doc(hidden)]
    fn write(self, into: &mut Writing<'_>);
}

macro_rules! sources {
    ($([$($generics:tt)*] $source:ty => $value:ty, $nullability:ty, $is_aggregate:literal, $write:expr;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, E: Engine, $($generics)*> SourceValue<S, $value, E> for $source {
            type Nullability = $nullability;
            const IS_AGGREGATE: bool = $is_aggregate;

            fn write(self, into: &mut Writing<'_>) {
                $write(self, into);
            }
        }
    )+};
}

fn value<S, T, E: Engine>(value: impl Operand<S, T, E>, into: &mut Writing<'_>) {
    value.write(into);
}

fn expression<S, T, K, R>(expression: Expr<S, T, K, R>, into: &mut Writing<'_>) {
    into.expression(&expression.predicate);
}

fn aggregate<S, T, K, R>(aggregate: Aggregate<S, T, K, R>, into: &mut Writing<'_>) {
    into.expression(&aggregate.predicate);
}

sources! {
    [T: ToColumn] T => T, NotNull, false, value::<S, T, E>;
    [T: ToColumn] &T => T, NotNull, false, value::<S, T, E>;
    [] &str => String, NotNull, false, value::<S, String, E>;
    [] &[u8] => Vec<u8>, NotNull, false, value::<S, Vec<u8>, E>;
    [U, V: ToColumn] Key<U, E, V> => Key<U, RowEngine, V>, NotNull, false, value::<S, Key<U, RowEngine, V>, E>;
    [U, V: ToColumn] &Key<U, E, V> => Key<U, RowEngine, V>, NotNull, false, value::<S, Key<U, RowEngine, V>, E>;
    [T, K: Nullability] Column<S, T, K> => T, K, false, value::<S, T, E>;
    [T, K: Nullability, R: ComputedOn<E>] Expr<S, T, K, R> => T, K, false, expression;
    [T, K: Nullability, R: ComputedOn<E>] Aggregate<S, T, K, R> => T, K, true, aggregate;
    // Numbers of rows.
    [K: Nullability, R: ComputedOn<E>] Expr<S, u64, K, R> => i64, K, false, expression;
    [K: Nullability, R: ComputedOn<E>] Aggregate<S, u64, K, R> => i64, K, true, aggregate;
}

/// A value that may be NULL, or one that may not, which a column of `K` can hold.
#[diagnostic::on_unimplemented(
    message = "a column that is `NOT NULL` cannot get what may be NULL",
    label = "this may be NULL",
    note = "`.coalesce(other)` gives another value where it is"
)]
pub trait StoredIn<K> {}

impl<K> StoredIn<K> for NotNull {}
impl StoredIn<Nullable> for Nullable {}

impl<M, T, K: Nullability> Column<M, T, K> {
    /// In [`insert_from`](Repository::insert_from): the column of the new row gets this value, column, expression or aggregate
    /// of a row, or group of rows, of another model or the same one.
    pub fn from<S, E: Engine, V: SourceValue<S, T, E>>(self, value: V) -> Given<M, S, E>
    where
        <V::Nullability as Nullability>::Plain: StoredIn<K::Plain>,
    {
        let mut predicate = Predicate::new();
        let mut writing = Writing::assigned(&mut predicate, self.form);
        value.write(&mut writing);
        let source = writing.source;
        predicate.refused_for(self.path.index());
        if predicate.shape.bytes() != [op::VALUE] {
            self.fit(source, &mut predicate);
        }
        Given {
            column: self.path.index(),
            is_own: self.path.is_own(),
            value: predicate,
            is_aggregate: V::IS_AGGREGATE,
            marker: PhantomData,
        }
    }
}

impl<M, U, V, K> Column<M, Key<U, RowEngine, V>, K> {
    /// The value of the key without its model: to copy it to a key of another one.
    pub fn value(self) -> Column<M, V, K> {
        self.of_type()
    }
}

/// One column of a new row with what it gets, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be inserted by this, from rows of `{S}` on `{E}`",
    label = "expected columns of `{M}` with what they get: `.from(…)`",
    note = "several are a tuple: `(archived::title.from(post::title), archived::stars.from(post::stars))`"
)]
pub trait GivenColumns<M, S, E> {
    #[doc(hidden)]
    fn write(self, into: &mut GivenWriter<'_>);
}

/// The columns of new rows, and the query that they come from.
#[doc(hidden)]
pub struct GivenWriter<'a> {
    columns: &'a mut Vec<usize>,
    clauses: &'a mut Clauses,
}

#[diagnostic::do_not_recommend]
impl<M, S, E> GivenColumns<M, S, E> for Given<M, S, E> {
    fn write(self, into: &mut GivenWriter<'_>) {
        if !self.is_own || into.columns.contains(&self.column) {
            let why = "new rows that get a column twice, or one of another model";
            into.clauses.refuse(ErrorKind::Unsupported(why));
        }
        into.columns.push(self.column);
        if self.is_aggregate {
            into.clauses.select_aggregate(&self.value);
        } else {
            into.clauses.select(&self.value);
        }
    }
}

macro_rules! tuples {
    ($($($name:ident $at:tt),+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, S, Z, $($name: GivenColumns<M, S, Z>),+> GivenColumns<M, S, Z> for ($($name,)+) {
            fn write(self, into: &mut GivenWriter<'_>) {
                $(self.$at.write(into);)+
            }
        }
    )+};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11;
}

/// New rows of model `M`, one for each row or group of model `S`: made by [`Repository::insert_from`], inserted by
/// [`execute`](Self::execute).
#[must_use = "nothing is inserted until `execute`"]
pub struct InsertFrom<'c, M, S, E, A> {
    repository: Repository<'c, M, E, A>,
    columns: Vec<usize>,
    clauses: Clauses,
    source: PhantomData<fn() -> S>,
}

impl<M, S, E, A> std::fmt::Debug for InsertFrom<'_, M, S, E, A> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("InsertFrom").finish_non_exhaustive()
    }
}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// Inserts a row for each row of another model of the engine, or of the same one, by one `INSERT … SELECT`: each column that is
    /// named gets a value, or what is computed of the row. The others have their defaults.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// # let ann = c.people().insert(NewPerson::new("Ann"))?;
    /// # c.books().insert_many(["Rust", "SQL"].map(|title| NewBook::new(title).editor_id(ann.id)))?;
    /// // Five stars by the editor, for every book that has one.
    /// let praise = (
    ///     review::book_id.from(book::id),
    ///     review::person_id.from(book::editor_id),
    ///     review::stars.from(5),
    /// );
    /// let edited = book::editor_id.is_not_null();
    /// assert_eq!(c.reviews().insert_from(praise).filter(edited).execute()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn insert_from<S: Model>(
        self,
        given: impl GivenColumns<M, S, E>,
    ) -> InsertFrom<'c, M, S, E, A>
    where
        M: Writable,
        Self: CanWrite,
        E: Hosts<S>,
    {
        let (mut columns, mut clauses) = (Vec::new(), Clauses::new());
        if let Some(scope) = self.scope()
            && let Some(column) = Hosts::<S>::sql(self.engine()).and_then(TableSql::shard_column)
        {
            clauses.bind(column, scope);
        }
        given.write(&mut GivenWriter {
            columns: &mut columns,
            clauses: &mut clauses,
        });
        InsertFrom {
            repository: self,
            columns,
            clauses,
            source: PhantomData,
        }
    }
}

impl<M, S, E, A> InsertFrom<'_, M, S, E, A> {
    pub(super) fn clauses_mut(&mut self) -> &mut Clauses {
        &mut self.clauses
    }
}

impl<M: Writable, S: Model, E: Hosts<S>, A> InsertFrom<'_, M, S, E, A> {
    /// From the rows that meet this condition, too; before they are grouped.
    pub fn filter(mut self, condition: Condition<S, E>) -> Self {
        self.clauses.filter(condition);
        self
    }

    /// The same where there is a value for the condition; without one all stays as it is.
    pub fn filter_if<V>(
        self,
        value: Option<V>,
        condition: impl FnOnce(V) -> Condition<S, E>,
    ) -> Self {
        match value {
            Some(value) => self.filter(condition(value)),
            None => self,
        }
    }

    /// One new row for each different value of these columns or expressions. What columns get is one of them, computed of them,
    /// or an aggregate; anything else is [`ErrorKind::Unsupported`] when it is executed.
    pub fn group_by(mut self, groups: impl Groups<S, E>) -> Self {
        groups.write(&mut SelectionWriter(&mut self.clauses));
        self
    }

    /// From the groups that meet this condition.
    pub fn having(mut self, condition: impl Into<Having<S, E>>) -> Self {
        self.clauses.having(&condition.into().0);
        self
    }

    /// In the order of columns, expressions and aggregates: which rows a limit takes, and which of the new ones come first where the
    /// database numbers them.
    pub fn order_by(mut self, orders: impl Orders<S, E, OfGroups>) -> Self {
        self.clauses.order_by(orders);
        self
    }

    /// From this many rows at most, the first ones.
    pub fn limit(mut self, rows: u64) -> Self {
        self.clauses.limit(rows);
        self
    }

    /// Without the first rows, this many.
    pub fn offset(mut self, rows: u64) -> Self {
        self.clauses.offset(rows);
        self
    }

    /// Inserts the rows, all or none, and returns their number. Whatever it reads, of the same table too, is as it was before.
    ///
    /// Rules of the program's own (`@validate`) do not see them, as with every statement that changes rows in the database. A version begins
    /// where it does in every new row.
    ///
    /// # Errors
    /// A column that every new row has to have gets nothing ([`ErrorKind::UnsupportedValue`]). A constraint is violated, a key is of
    /// another engine, the query cannot be executed, or the database fails. Rows with events are [`ErrorKind::Unsupported`] on MySQL, which
    /// does not return what it inserts.
    #[track_caller]
    pub fn execute(mut self) -> Result<u64> {
        self.begin_version();
        self.clauses.ensure_having();
        let (clauses, columns) = (&self.clauses, &self.columns);
        let target = self.repository.sql().ok();
        let select = |physical: &mut Physical, engine: E| {
            let table = Hosts::<S>::sql(engine).ok_or_else(|| {
                Error::new(ErrorKind::NotHosted {
                    lives_on: S::ENGINES,
                })
            })?;
            let text = clauses
                .on(&engine)?
                .text(physical, Wanted::Selected, table)?;
            if let (Some(bound), Some(target)) = (physical.bound(), target)
                && let Some(extras) = &clauses.extras
            {
                placed::ensure_inserted_bound(bound, (target, columns), (table, &extras.items))?;
            }
            Ok(text)
        };
        let write = |params: &mut ParamWriter<'_>| clauses.write(Wanted::Selected, params);
        self.repository
            .insert_selected(&self.columns, &select, &write)
    }

    /// The first version, where the column has no default.
    fn begin_version(&mut self) {
        let Ok(sql) = self.repository.sql() else {
            return;
        };
        let version = sql
            .version
            .filter(|column| is_left_out(sql, &self.columns, *column));
        if let Some(version) = version {
            let mut first = Predicate::new();
            first.shape.fixed([op::NUMBER, 1]);
            self.columns.push(version);
            self.clauses.select(&first);
        }
    }
}

fn is_left_out(sql: &TableSql, columns: &[usize], column: usize) -> bool {
    sql.required.contains(&column) && !columns.contains(&column)
}
