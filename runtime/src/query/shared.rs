//! A query that another one names, to use it more than once: WITH.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

use bindery_core::sql_writer::SqlWriter;

use super::clauses::Clauses;
use super::column::Column;
use super::computed_on::{ComputedOn, On};
use super::condition::{Condition, Predicate};
use super::expression::{Expr, Term};
use super::extras::Extras;
use super::nullability::{NotNull, Nullability};
use super::related::{RelatedModel, RelatedModels};
use super::shape::op;
use super::statement::Query;
use super::subquery::Subquery;
use super::subselect::InQuery;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::repository::Repository;
use crate::value::{Buffer, ParamWriter};

/// The rows of a query that another query has under a name ([`Query::with`]), each with a value that is read into `V`. Conditions of that
/// query alone can have it, any number of times.
#[must_use = "it does nothing until a condition has it"]
pub struct Shared<V, E> {
    key: SharedKey,
    marker: PhantomData<fn() -> (V, E)>,
}

impl<V, E> Clone for Shared<V, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, E> Copy for Shared<V, E> {}

impl<V, E> std::fmt::Debug for Shared<V, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Which one it is: its place among those of its query, and a number that no other one of the process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SharedKey {
    place: u8,
    number: u64,
}

/// One query of a WITH.
#[derive(Clone)]
pub(super) struct SharedQuery {
    key: SharedKey,
    model: RelatedModel,
    clauses: Clauses,
}

/// The queries that a query has under names.
#[derive(Clone, Default)]
pub(super) struct SharedQueries(Vec<SharedQuery>);

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// All rows, and another query that their conditions can have, as [`Query::with`].
    pub fn with<N: Model, V, G>(
        self,
        shared: Subquery<N, E, V, G>,
    ) -> (Query<'c, M, E, A>, Shared<V, E>)
    where
        E: Hosts<N>,
    {
        self.query().with(shared)
    }
}

impl<'c, M: Model, E: Engine, A> Query<'c, M, E, A> {
    /// This query, and a name for another one, of any model of the engine: conditions compare with its values as often as they need, and it
    /// is one part of the statement (`WITH`). A later one may be of values of those before it.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// use bindery::query::{count, select};
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// # let [ann, bob] = ["Ann", "Bob"].map(|name| c.people().insert(NewPerson::new(name)));
    /// # let (ann, bob) = (ann?, bob?);
    /// # let rust = c.books().insert(NewBook::new("Rust").editor_id(ann.id))?;
    /// # let sql = c.books().insert(NewBook::new("SQL").editor_id(bob.id))?;
    /// # c.reviews().insert_many([5, 4, 1].map(|stars| NewReview::new(rust.id, stars)))?;
    /// // Books with three reviews, and those that were edited by the editor of one.
    /// let reviewed = select(review::book_id).group_by(review::book_id).having(count().ge(3));
    /// let (books, reviewed) = c.books().with(reviewed);
    /// let of_editor = book::editor_id.in_query(book::editor_id.select().filter(book::id.in_shared(reviewed)));
    /// assert_eq!(books.filter(book::id.in_shared(reviewed).or(of_editor)).all()?, [rust]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it is executed: another query than this one has the name ([`ErrorKind::Unsupported`]). Changes and combined queries have no
    /// names.
    pub fn with<N: Model, V, G>(mut self, shared: Subquery<N, E, V, G>) -> (Self, Shared<V, E>)
    where
        E: Hosts<N>,
    {
        let (model, clauses) = shared.into_parts();
        let key = self.clauses_mut().share(model, clauses);
        let shared = Shared {
            key,
            marker: PhantomData,
        };
        (self, shared)
    }
}

impl<V, E> Shared<V, E> {
    /// The number of its rows.
    pub fn count<M>(self) -> Expr<M, u64, NotNull, On<E>> {
        Expr::new(self.predicate(op::SHARED_COUNT), false)
    }

    fn predicate(self, code: u8) -> Predicate {
        let mut predicate = Predicate::new();
        predicate.shape.fixed([code, self.key.place]);
        predicate.share(self.key);
        predicate
    }
}

impl<V, E> Shared<Option<V>, E> {
    /// The same for a condition on its values, where they may be NULL.
    ///
    /// As SQL has it, the opposite of that condition holds for no row where one of them is: leave them out by a filter.
    pub fn values(self) -> Shared<V, E> {
        Shared {
            key: self.key,
            marker: PhantomData,
        }
    }
}

impl<M, T, K: Nullability> Column<M, T, K> {
    /// The column equals one of the values of a query that this one has under a name: [`Query::with`].
    pub fn in_shared<E: Engine, V: InQuery<T, E>>(self, shared: Shared<V, E>) -> Condition<M, E> {
        self.term().in_shared(shared)
    }
}

impl<M, T, K: Nullability, R> Expr<M, T, K, R> {
    /// It equals one of the values of a query that this one has under a name: [`Query::with`].
    pub fn in_shared<E: Engine, V: InQuery<T, E>>(mut self, shared: Shared<V, E>) -> Condition<M, E>
    where
        R: ComputedOn<E>,
    {
        self.predicate.append(&shared.predicate(op::SHARED));
        self.condition(op::IN_ROWS)
    }
}

impl Clauses {
    fn share(&mut self, model: RelatedModel, clauses: Clauses) -> SharedKey {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let before = self.extras.as_ref().map_or(0, |extras| extras.with.0.len());
        let Ok(place) = u8::try_from(before) else {
            self.refuse(ErrorKind::Unsupported("more than 256 queries under names"));
            return SharedKey {
                place: 0,
                number: 0,
            };
        };
        let key = SharedKey {
            place,
            number: LAST.fetch_add(1, Ordering::Relaxed) + 1,
        };
        let shared = SharedQuery {
            key,
            model,
            clauses,
        };
        self.extras_mut().with.0.push(shared);
        key
    }
}

impl SharedQueries {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses what is refused of each, and conditions with queries that are not these.
    pub(super) fn ensure<E: Engine>(&self, engine: &E) -> Result<()> {
        for (at, shared) in self.0.iter().enumerate() {
            shared.model.ensure(*engine)?;
            shared.clauses.ensure_with(engine, &self.0[..at])?;
        }
        Ok(())
    }

    pub(super) fn all(&self) -> &[SharedQuery] {
        &self.0
    }

    /// Adds everything that the texts of these depend on.
    pub(super) fn add_key(&self, key: &mut Buffer<80>) {
        for shared in &self.0 {
            shared.clauses.key_of_part(key);
            key.fixed(shared.model.address().to_le_bytes());
        }
        key.push(self.0.len() as u8);
    }

    /// Writes the values.
    pub(super) fn write(&self, params: &mut ParamWriter<'_>) {
        for shared in &self.0 {
            shared.clauses.write(super::render::Wanted::Part, params);
        }
    }
}

impl SharedQuery {
    /// Its model and its clauses.
    #[cfg(feature = "postgres")]
    pub(super) fn parts(&self) -> (RelatedModel, &Clauses) {
        (self.model, &self.clauses)
    }
}

/// Refuses keys that are not of these queries.
pub(super) fn ensure_shared(keys: &[SharedKey], of: &[SharedQuery]) -> Result<()> {
    let is_there = |key: &SharedKey| of.iter().any(|shared| shared.key == *key);
    if keys.iter().all(is_there) {
        return Ok(());
    }
    let why = "a query under a name that another query has: each has its own by `with`";
    Err(Error::new(ErrorKind::Unsupported(why)))
}

/// Writes the queries under names before the query that has them.
pub(super) fn render_shared(
    mut sql: SqlWriter,
    extras: Option<&Extras>,
    related: &RelatedModels<'_>,
) -> Result<SqlWriter> {
    let shared = extras.map_or(&[][..], |extras| extras.with.all());
    let mut separator = "WITH ";
    for SharedQuery {
        key,
        model,
        clauses,
    } in shared
    {
        let table = model.table(related.engine).ok_or_else(not_here)?;
        sql.push(separator).push(&name(key.place)).push(" AS (");
        sql = clauses.part_of(sql, (table, related.engine), key.place.into())?;
        sql.push(")");
        separator = ", ";
    }
    sql.push(if shared.is_empty() { "" } else { " " });
    Ok(sql)
}

/// The name of the query at this place, as no table is called.
pub(super) fn name(place: u8) -> String {
    format!("bindery_shared_{}", u16::from(place) + 1)
}

#[cold]
fn not_here() -> Error {
    let why = "a query under a name on an engine without its model";
    Error::new(ErrorKind::Unsupported(why))
}
