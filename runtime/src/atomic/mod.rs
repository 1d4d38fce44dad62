//! Atomic groups: one transaction over several engines, committed on all of them or on none (two-phase commit, presumed
//! abort, the decision in one of the participants). `protocol` decides, without a connection, a thread or a clock; `commit` and
//! `perform` do what it says for a transaction, `recover`, `repairing` and `fence` for what was left prepared; `store` keeps the decisions,
//! under the names that `names` makes.

mod begin;
mod commit;
#[cfg(test)]
mod failpoint;
mod fence;
mod homes;
mod listing;
mod mixed;
mod moving;
mod names;
mod options;
mod outcome;
mod perform;
pub(crate) mod protocol;
mod recover;
mod repairing;
mod report;
#[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod server_tests;
mod store;
mod thread;

use crate::databases::coordinators::Active;
use crate::error::{Error, ErrorKind, Operation, Result, SessionEnd};
use crate::link::Link;
use crate::link::connection::Connection;
use crate::link::engine::{Engine, StaticEngine};
use crate::link::slots::Slots;
use crate::link::slots::branches::{Enlisted, Unchecked};
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::model::route::Target;
use crate::model::row_of::RowOf;
use crate::raw::RawSql;
use crate::relation::Load;
use crate::repository::Repository;

use self::commit::Commit;
use self::protocol::Outcome;

pub use self::begin::GeneratedAtomic;
pub use self::moving::Transfer;
pub use self::options::AtomicOptions;
pub use self::outcome::{AtomicOutcome, InDoubt};
pub use self::recover::RecoverOptions;
pub use self::report::{BranchState, DoubtfulBranch, PreparedSlots, RecoveryReport};
pub use self::thread::RecoveryThread;

/// An atomic group as compiled in or as a tool has read it.
#[doc(hidden)]
#[derive(Debug)]
pub struct AtomicGroup<'g> {
    /// The name of the group: that of `[atomic.NAME]` in `bindery.toml`.
    pub name: &'g str,
    /// Positions of its engines among those of the program.
    pub engines: &'g [usize],
    /// The engine that keeps the decisions.
    pub home: usize,
}

/// Required where a model lives on no engine of a group; no implementation of it counts.
#[diagnostic::on_unimplemented(
    message = "`{M}` lives on no engine of the atomic group of `{G}`",
    label = "outside of the group",
    note = "add an engine that hosts it to `engines` of the group in bindery.toml, or write it outside of the atomic transaction"
)]
#[doc(hidden)]
pub trait InGroup<'a, M, G> {}

#[diagnostic::do_not_recommend]
impl<M, G> InGroup<'_, M, G> for std::convert::Infallible {}

/// A transaction over the engines of an atomic group: each is untouched until its first statement, and all are committed or
/// none.
///
/// Programs use it through the type that generated code makes for each `[atomic.…]` of `bindery.toml`.
#[must_use = "a transaction that is not committed is rolled back"]
pub struct AtomicTransaction {
    slots: Slots,
    group: &'static AtomicGroup<'static>,
    active: Option<Active>,
    hooks: Vec<Hook>,
    is_finished: bool,
}

type Hook = Box<dyn FnOnce() -> Result<()> + Send>;

impl AtomicTransaction {
    /// The transaction's connection of an engine; the first call takes it and begins there.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time, the deadline has passed, or the engine is not in the
    /// group.
    pub fn connection<E: Engine>(&mut self, engine: E) -> Result<&mut Connection<E>> {
        self.slots.connection(engine)
    }

    /// The connections of two engines, for calls that need both, such as copying rows.
    ///
    /// # Errors
    /// As [`connection`](Self::connection); both are the same engine.
    pub fn pair<A: Engine, B: Engine>(
        &mut self,
        first: A,
        second: B,
    ) -> Result<(&mut Connection<A>, &mut Connection<B>)> {
        self.slots.pair(first, second)
    }

    /// The repository of a model on an engine. It takes the connection with its first statement.
    pub fn repository<M: Model, E: Hosts<M>>(&mut self, engine: E) -> Repository<'_, M, E> {
        Repository::new(self.target(engine))
    }

    /// Raw SQL on an engine, within the transaction there.
    pub fn sql_on<E: Engine>(&mut self, engine: E) -> RawSql<'_, E> {
        RawSql::new(self.target(engine))
    }

    /// Loads what belongs to these rows, in their order, from the engine that they are on. See [`Connection::load`].
    ///
    /// # Errors
    /// The engine cannot be reached, or the database fails.
    pub fn load<R: RowOf, L>(&mut self, rows: &[R], relation: L) -> Result<L::Loaded>
    where
        R::Engine: StaticEngine,
        L: Load<R::Engine, From = R::Model>,
    {
        relation.load(&mut self.target(R::Engine::default()), rows)
    }

    /// Runs `hook` once it is known that the whole transaction is committed, also where a branch is still
    /// [pending](AtomicOutcome::Committed); in the order the hooks were given. It is dropped where the transaction is rolled
    /// back, and where its outcome is not known until [`InDoubt::resolve`] finds it committed: then it runs there.
    pub fn after_commit(&mut self, hook: impl FnOnce() -> Result<()> + Send + 'static) {
        self.hooks.push(Box::new(hook));
    }

    /// Returns whether the transaction has a connection of this engine, whatever was done on it.
    pub fn has_used<E: Engine>(&self, engine: E) -> bool {
        self.slots.is_held(engine.index())
    }

    fn target<E: Engine>(&mut self, engine: E) -> Target<'_, E> {
        Target::of_session(engine, &mut self.slots)
    }

    fn new(
        slots: Slots,
        (group, unchecked): (&'static AtomicGroup<'static>, Unchecked),
        active: Active,
    ) -> Self {
        let mut this = Self {
            slots,
            group,
            active: None,
            hooks: Vec::new(),
            is_finished: false,
        };
        this.slots.enlist(Enlisted {
            group: group.name,
            engines: group.engines,
            home: group.home,
            transaction: active.transaction().into(),
            unchecked,
        });
        this.active = Some(active);
        this
    }

    fn may_be_repeated(&mut self, error: &Error) -> bool {
        self.slots.may_be_repeated(error)
    }

    /// Undoes what was done on all engines.
    fn undo(&mut self) {
        self.is_finished = true;
        // The error that led here matters more; a connection whose rollback failed is closed.
        let _ = self.slots.roll_back(Link::undo);
    }

    /// Commits on all engines or on none.
    fn finish<T, F: From<Error>>(mut self, value: T) -> AtomicOutcome<T, F> {
        self.is_finished = true;
        let Some(active) = self.active.take() else {
            let cause = Error::new(ErrorKind::TransactionForgotten).during(Operation::Commit);
            return AtomicOutcome::RolledBack {
                cause: cause.into(),
            };
        };
        let mut slots = std::mem::replace(&mut self.slots, Slots::none());
        slots.is_over();
        let mut commit = Commit::new(slots, self.group.home, active);
        let outcome = commit.run_patiently();
        let hooks = std::mem::take(&mut self.hooks);
        ended(commit, outcome, hooks, value)
    }
}

/// The outcome as the program sees it, after the hooks.
fn ended<T, F: From<Error>>(
    mut commit: Commit,
    outcome: Outcome,
    hooks: Vec<Hook>,
    value: T,
) -> AtomicOutcome<T, F> {
    match outcome {
        Outcome::Committed { pending } => {
            let pending: Vec<_> = pending.iter().map(|at| commit.slots.name_of(*at)).collect();
            let failed_hook = run_hooks(&mut commit.slots, hooks).err();
            AtomicOutcome::Committed {
                value,
                pending,
                failed_hook,
            }
        }
        Outcome::RolledBack(cause) => {
            commit.slots.run_hooks_after(SessionEnd::RolledBack);
            let cause = commit.cause(cause).into();
            AtomicOutcome::RolledBack { cause }
        }
        Outcome::Unknown => AtomicOutcome::Unknown(InDoubt::new(commit, hooks, value)),
    }
}

/// Runs all of them, whatever one does; gives the first error.
fn run_hooks(slots: &mut Slots, hooks: Vec<Hook>) -> Result<()> {
    let mut outcome = slots.run_hooks_after_commit();
    for hook in hooks {
        let ran = hook().map_err(|error| {
            let failed = Error::new(ErrorKind::AfterCommit).with_source(error);
            failed.after_write().during(Operation::Commit)
        });
        outcome = outcome.and(ran);
    }
    outcome
}

impl Drop for AtomicTransaction {
    fn drop(&mut self) {
        if !self.is_finished {
            // Whatever cannot be sent in time, the databases undo by themselves: nothing is prepared yet.
            let _ = self.slots.roll_back(Link::undo_soon);
        }
    }
}

impl std::fmt::Debug for AtomicTransaction {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("AtomicTransaction")
            .field("group", &self.group.name)
            .field("used", &self.slots.held())
            .finish_non_exhaustive()
    }
}
