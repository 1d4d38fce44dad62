//! The beginning of atomic transactions: what is checked before the first statement, and the types of generated code.

use std::ops::DerefMut;
use std::panic::Location;
use std::sync::Arc;

use super::{AtomicGroup, AtomicOptions, AtomicOutcome, AtomicTransaction, names, store};
use crate::databases::coordinators::Active;
use crate::databases::{Configured, Registry};
use crate::driver::prepared::CommitRole;
use crate::error::{Error, Operation, Result};
use crate::link::retry::{Failed, RetryPolicy};
use crate::link::slots::branches::Unchecked;
use crate::link::slots::{Slots, Terms};

/// The transaction of one group, which generated code makes around an [`AtomicTransaction`].
pub trait GeneratedAtomic: DerefMut<Target = AtomicTransaction> + Sized {
    /// The typed accessors around a transaction.
    fn from_transaction(transaction: AtomicTransaction) -> Self;

    /// The transaction without them.
    fn into_transaction(self) -> AtomicTransaction;
}

impl Registry {
    /// Runs `work` in a transaction over the engines of a group, for generated code.
    #[doc(hidden)]
    #[track_caller]
    pub fn run_atomic<A: GeneratedAtomic, T, F: From<Error>>(
        &self,
        group: &'static AtomicGroup<'static>,
        options: AtomicOptions,
        work: impl FnOnce(&mut A) -> Result<T, F>,
    ) -> AtomicOutcome<T, F> {
        let begun = self.begin_atomic(group, options, Location::caller());
        let mut transaction = match begun {
            Ok(begun) => A::from_transaction(begun),
            Err(error) => {
                return AtomicOutcome::RolledBack {
                    cause: error.into(),
                };
            }
        };
        match work(&mut transaction) {
            Ok(value) => transaction.into_transaction().finish(value),
            Err(cause) => {
                transaction.undo();
                AtomicOutcome::RolledBack { cause }
            }
        }
    }

    /// The same, and again from its beginning where an engine says that it may be tried again and nothing is stored.
    #[doc(hidden)]
    #[track_caller]
    pub fn retry_atomic<A: GeneratedAtomic, T>(
        &self,
        group: &'static AtomicGroup<'static>,
        (retry, options): (RetryPolicy, AtomicOptions),
        mut work: impl FnMut(&mut A) -> Result<T>,
    ) -> AtomicOutcome<T> {
        let site = Location::caller();
        let tried = retry.run(|| {
            let begun = self.begin_atomic(group, options, site);
            let mut transaction = A::from_transaction(begun.map_err(Failed::before)?);
            match work(&mut transaction) {
                Ok(value) => repeatable(transaction.into_transaction().finish(value)),
                Err(error) => {
                    let may_be_repeated = transaction.may_be_repeated(&error);
                    transaction.undo();
                    Err(Failed {
                        error,
                        may_be_repeated,
                    })
                }
            }
        });
        tried.unwrap_or_else(|cause| AtomicOutcome::RolledBack { cause })
    }

    #[track_caller]
    fn begin_atomic(
        &self,
        group: &'static AtomicGroup<'static>,
        options: AtomicOptions,
        site: &'static Location<'static>,
    ) -> Result<AtomicTransaction> {
        let until = options.ends_at();
        let coordinator = self.ready_for(group)?;
        let home = &self.engines[group.home].coordinators;
        let name = names::transaction(&coordinator, store::now_ms(), home.next());
        let terms = Terms {
            is_autocommit: false,
            until,
            kept_rows: None,
            site,
        };
        let pools = self.pools_of_engines();
        let engines = pools.map(|pool| (pool, options.of_engine()));
        let slots = Slots::new(engines, self.unit.clone(), terms);
        let active = Active::new(home, name);
        let unchecked = self.unchecked(group);
        Ok(AtomicTransaction::new(slots, (group, unchecked), active))
    }

    /// The engines of the group that could not be reached when they were to be checked.
    fn unchecked(&self, group: &AtomicGroup<'_>) -> Unchecked {
        let branches = group.engines.iter().filter(|at| **at != group.home);
        let unchecked = branches.filter(|at| !self.engines[**at].coordinators.is_checked());
        unchecked
            .map(|at| (*at, self.engines[*at].coordinators.check()))
            .collect()
    }

    /// Checks, for tools, that an engine of a group can keep what the protocol relies on; nothing is made.
    ///
    /// # Errors
    /// A setting or a privilege is missing, with what mends it; the engine cannot be reached.
    #[doc(hidden)]
    pub fn check_group(&self, group: &AtomicGroup<'_>, at: usize) -> Result<()> {
        let engine = &self.engines[at];
        if at != group.home {
            return engine.ensure_branches();
        }
        let checked = engine.pool.acquire().and_then(|mut link| {
            link.protocol(|physical| {
                physical.ensure_atomic(CommitRole::Home)?;
                store::ensure_usable(physical)
            })
        });
        checked.map_err(|error| engine.located(error))
    }

    /// Sees to it, once in a process, that the engines of a group can keep what the protocol relies on, and gives the name of
    /// this process as a coordinator. An engine that cannot be reached is looked at when it can.
    fn ready_for(&self, group: &AtomicGroup<'_>) -> Result<Arc<str>> {
        for &at in group.engines.iter().filter(|at| **at != group.home) {
            match self.engines[at].ensure_branches() {
                Err(error) if !error.is_of_reaching() => return Err(error),
                // Looked at when it is used, should it be back by then.
                Ok(()) | Err(_) => {}
            }
        }
        self.engines[group.home].coordinator()
    }
}

impl Configured {
    fn ensure_branches(&self) -> Result<()> {
        if self.coordinators.is_checked() {
            return Ok(());
        }
        let at_once = self.pool.max_connections();
        let checked = self.pool.acquire().and_then(|mut link| {
            link.protocol(|physical| physical.ensure_atomic(CommitRole::Branch { at_once }))
        });
        checked.map_err(|error| self.located(error))?;
        self.coordinators.checked();
        Ok(())
    }

    /// The name of this process as a coordinator whose decisions this engine keeps. Its tables are made with the first.
    fn coordinator(&self) -> Result<Arc<str>> {
        let name = || {
            self.pool.acquire()?.protocol(|physical| {
                physical.ensure_atomic(CommitRole::Home)?;
                store::create(physical)?;
                store::register(physical, self.info.name())
            })
        };
        let name = self.coordinators.name(name);
        name.map_err(|error| self.located(error))
    }

    fn located(&self, error: Error) -> Error {
        error.on_engine(self.info.name()).during(Operation::Begin)
    }
}

/// A rollback because of another transaction may be tried again; whatever else happened is the outcome.
fn repeatable<T>(outcome: AtomicOutcome<T>) -> Result<AtomicOutcome<T>, Failed> {
    match outcome {
        AtomicOutcome::RolledBack { cause } if cause.is_retryable() => Err(Failed {
            error: cause,
            may_be_repeated: true,
        }),
        other => Ok(other),
    }
}
