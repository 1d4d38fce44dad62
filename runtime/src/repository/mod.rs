//! The operations on the rows of one model on one engine. Generated code adds `find_by_…`, `get_by_…`,
//! `get_or_insert_by_…` and `upsert_by_…`.

mod bulk;
mod call;
mod conflict;
mod copy;
mod get_or_insert;
mod in_turn;
mod insert;
mod insert_from;
#[cfg(feature = "session")]
mod kept;
#[cfg(feature = "atomic")]
mod locked;
mod many;
mod merge;
mod moved;
#[cfg_attr(not(feature = "messages"), path = "no_published.rs")]
pub(crate) mod published;
mod read;
mod returning;
mod rows;
mod save_changes;
#[cfg(feature = "sync")]
mod stand_in;
#[cfg(feature = "sync")]
mod synced;
mod unique;
mod upsert;
mod upsert_many;
mod whole;
mod write;

use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use bindery_core::dialect::Dialect;

use crate::driver::Physical;
use crate::driver::TableSql;
use crate::driver::shard_scope::{Bound, ShardScope};
use crate::error::{Error, ErrorKind, Invalid, Operation, Result};
use crate::link::Link;
use crate::link::changes::Changes;
use crate::link::engine::Engine;
use crate::model::access::{CanWrite, ReadWrite};
use crate::model::lives_on::Hosts;
use crate::model::route::{ReadRoute, Source, Target};
use crate::model::{ColumnSource, HasKey, Model};
use crate::value::ParamWriter;

use call::{Begun, Named};
pub(crate) use conflict::OnConflict;
pub use merge::Merged;
pub(crate) use merge::Others;
pub use moved::{Moved, move_row};
pub(crate) use returning::returned_rows;
pub use rows::Rows;
#[cfg(feature = "sync")]
pub(crate) use synced::{is_equal, recorded_key, recorded_of_key, values_of_new, values_of_row};
pub use upsert_many::Upserted;

/// The rows of model `M` on engine `E`.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let ann = db.users().insert(NewUser::new("ann@example.org"))?;
/// assert_eq!(db.users().find(ann.id)?.as_ref(), Some(&ann));
/// assert_eq!(db.users().find_by_email("bob@example.org")?, None);
///
/// let many = ["bob@example.org", "cyd@example.org"].map(NewUser::new);
/// assert_eq!(db.users().insert_many(many)?, 2);
/// assert!(!db.users().insert_or_ignore(NewUser::new("bob@example.org"))?);
///
/// let mut addresses = Vec::new();
/// for user in db.users().iter()? {
///     addresses.push(user?.email);
/// }
/// assert_eq!(addresses.len(), 3);
/// # Ok(())
/// # }
/// ```
///
/// `A` says whether they may be written: on a replica they are only read.
pub struct Repository<'c, M, E, A = ReadWrite> {
    target: Target<'c, E, A>,
    /// `None` where an engine chosen at run time does not host the model.
    sql: Option<&'static TableSql>,
    model: PhantomData<M>,
}

/// The repository of `M` where `R` leads to.
pub type RepositoryOf<'c, R, M> =
    Repository<'c, M, <R as ReadRoute<M>>::Engine, <R as ReadRoute<M>>::Access>;

impl<M, E> CanWrite for Repository<'_, M, E, ReadWrite> {}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// The repository of a target. That the engine hosts the model is checked here and nowhere else, so that a
    /// program that gets it wrong gets the error once.
    pub fn new(target: Target<'c, E, A>) -> Self
    where
        E: Hosts<M>,
    {
        Self {
            sql: target.engine.sql(),
            target,
            model: PhantomData,
        }
    }

    /// Runs `work` on a connection and says in its error where it happened.
    #[track_caller]
    pub(crate) fn run<T>(
        &mut self,
        operation: Operation,
        work: impl FnOnce(&mut Physical, &'static TableSql, E) -> Result<T>,
    ) -> Result<T> {
        self.run_on_link(operation, |link, sql, engine| {
            work(link.ready()?, sql, engine)
        })
    }

    /// The same for a read that may be executed again: on another connection, where a replica is lost before the first row
    /// was taken.
    #[track_caller]
    pub(crate) fn run_read<T>(
        &mut self,
        operation: Operation,
        taken: &Cell<bool>,
        mut work: impl FnMut(&mut Physical, &'static TableSql, E) -> Result<T>,
    ) -> Result<T> {
        let mut attempts = self.target.attempts();
        loop {
            attempts -= 1;
            match self.run(operation, &mut work) {
                Err(error) if attempts > 0 && !taken.get() && is_lost(&error) => {}
                outcome => return outcome,
            }
        }
    }

    /// The same for work that may begin a transaction.
    #[track_caller]
    fn run_on_link<T>(
        &mut self,
        operation: Operation,
        work: impl FnOnce(&mut Link, &'static TableSql, E) -> Result<T>,
    ) -> Result<T> {
        let engine = self.target.engine;
        let mut taken = None;
        let mut begun = self.begin(operation, &mut taken)?;
        let sql = begun.sql();
        let outcome = work(begun.link(), sql, engine);
        begun.end(outcome)
    }

    /// Begins a call; a connection that is taken from the pool for it is put into `taken`.
    #[track_caller]
    fn begin<'l>(
        &'l mut self,
        operation: Operation,
        taken: &'l mut Option<Link>,
    ) -> Result<Begun<'l>> {
        let named = Named {
            model: M::NAME,
            engine: self.target.engine.name(),
            operation,
            place: Location::caller(),
        };
        match self.sql() {
            Ok(sql) => Begun::new(&mut self.target.source, taken, sql, named),
            Err(error) => Err(self.located(error, operation)),
        }
    }

    /// The writes of this process to the database, where rows of it may be kept in memory: not in a transaction, which
    /// sees more or less than others.
    pub(crate) fn changes(&self) -> Option<&Changes> {
        match &self.target.source {
            Source::Link(link) if link.depth() == 0 && !link.only_reads() => link.pool().changes(),
            // Reads may be of a replica, which is behind.
            Source::Link(_) | Source::Pool(_) | Source::Session(..) => None,
        }
    }

    /// The shard that the connection is for, where it is for one.
    #[inline]
    pub(crate) fn scope(&self) -> Option<&Arc<ShardScope>> {
        match &self.target.source {
            Source::Link(link) => link.scope(),
            Source::Pool(_) | Source::Session(..) => None,
        }
    }

    /// Has the reads of a write see what is written.
    fn stay_on_primary(&mut self) {
        if let Source::Pool(pool) = &mut self.target.source {
            pool.replicas = None;
        }
    }

    /// The engine of the rows.
    pub(crate) fn engine(&self) -> E {
        self.target.engine
    }

    /// The error with the place where it happened.
    #[cold]
    pub(crate) fn located(&self, error: Error, operation: Operation) -> Error {
        located::<M, E>(error, self.target.engine, operation)
    }

    /// The statements, for what reads relations of the model.
    pub(crate) fn hosted(&self) -> Result<&'static TableSql> {
        self.sql()
            .map_err(|error| self.located(error, Operation::Load))
    }

    pub(crate) fn sql(&self) -> Result<&'static TableSql> {
        self.sql.ok_or_else(|| {
            Error::new(ErrorKind::NotHosted {
                lives_on: M::ENGINES,
            })
        })
    }
}

#[cold]
fn is_lost(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionLost)
}

#[cold]
fn located<M: Model, E: Engine>(error: Error, engine: E, operation: Operation) -> Error {
    error.on_engine(engine.name()).of(M::NAME, operation)
}

/// The shard that a connection is for, where it is for one.
type InScope<'a> = Option<&'a Bound>;

/// Refuses values of another shard, where the connection is for one.
#[inline]
fn ensure_in_scope(
    bound: InScope<'_>,
    sql: &TableSql,
    columns: &mut dyn Iterator<Item = usize>,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<()> {
    match bound {
        None => Ok(()),
        Some(bound) => bound.ensure(sql, columns, write),
    }
}

/// Refuses a key of another engine, or of another shard than the connection is for, before anything is sent.
fn ensure_key<M: HasKey, E: Engine>(
    bound: InScope<'_>,
    sql: &TableSql,
    key: &M::Key<E>,
    engine: E,
) -> Result<()> {
    ensure(M::key_belongs_to(key, engine))?;
    let columns = &mut sql.key.iter().copied();
    ensure_in_scope(bound, sql, columns, &mut |params| M::write_key(key, params))
}

/// The same of a new row, and one that breaks a rule of the program's.
fn ensure_new<M: Model, E: Engine>(
    bound: InScope<'_>,
    sql: &TableSql,
    new: &M::New<E>,
    engine: E,
) -> Result<()> {
    ensure(M::new_belongs_to(new, engine))?;
    let columns = new.columns();
    ensure_in_scope(bound, sql, &mut columns.iter(), &mut |params| {
        new.write(params)
    })?;
    M::validate_new(new).map_err(invalid)
}

/// The same of changes, which leave rows on their shard.
fn ensure_patch<M: Model, E: Engine>(patch: &M::Patch<E>, engine: E) -> Result<()> {
    ensure(M::patch_belongs_to(patch, engine))?;
    M::validate_patch(patch).map_err(invalid)
}

/// The same of a whole row.
fn ensure_row<M: Model, E: Engine>(
    bound: InScope<'_>,
    sql: &TableSql,
    row: &M::Row<E>,
    engine: E,
) -> Result<()> {
    ensure(M::row_belongs_to(row, engine))?;
    let columns = &mut sql.writable.iter().copied();
    ensure_in_scope(bound, sql, columns, &mut |params| M::write_row(row, params))?;
    M::validate_row(row).map_err(invalid)
}

#[cold]
fn invalid(invalid: Invalid) -> Error {
    Error::new(ErrorKind::Invalid(invalid))
}

/// Refuses keys and rows of another engine before anything is sent.
fn ensure(belongs: bool) -> Result<()> {
    if belongs {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::WrongEngine))
    }
}

/// Locks the rows until the end of the transaction. On SQLite one transaction writes at a time.
pub(crate) fn locking(dialect: Dialect, text: &str, locks: bool) -> String {
    match (dialect, locks) {
        (Dialect::Postgres | Dialect::Mysql, true) => format!("{text} FOR UPDATE"),
        (Dialect::Sqlite, _) | (_, false) => text.to_owned(),
    }
}
