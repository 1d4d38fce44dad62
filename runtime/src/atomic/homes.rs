//! The homes of one recovery: what each has decided, and those that cannot be reached.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::protocol::Decision;
use super::recover::on_engine;
use super::repairing::Repairing;
use super::store::{self, Records};
use crate::databases::Configured;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};
use bindery_core::dialect::Dialect;

/// From this number of branches on, all that a home has decided is read at once.
const MANY: usize = 64;

/// Homes that could not be reached by this recovery: each is waited for once, not for every branch that it decides.
pub(super) struct LostHomes(RefCell<BTreeSet<&'static str>>);

impl LostHomes {
    pub(super) fn new(left_out: &[&'static str]) -> Self {
        Self(RefCell::new(left_out.iter().copied().collect()))
    }

    /// `None` where it could not be reached before.
    pub(super) fn on<T>(
        &self,
        home: &Configured,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Option<Result<T>> {
        self.unless_lost(home, work, |_| true)
    }

    /// The same for work that may wait for the lock of one row: where its time runs out, and others are answered, the home is not lost.
    pub(super) fn on_locking<T>(
        &self,
        home: &Configured,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Option<Result<T>> {
        let has_row_locks = match home.info.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres | Dialect::Mysql => true,
        };
        self.unless_lost(home, work, |error| {
            let may_be_row = has_row_locks && matches!(error.kind(), ErrorKind::Timeout { .. });
            !may_be_row
                || on_engine(home, |physical| store::read_decision(physical, ("", ""))).is_err()
        })
    }

    fn unless_lost<T>(
        &self,
        home: &Configured,
        work: impl FnOnce(&mut Physical) -> Result<T>,
        is_lost: impl FnOnce(&Error) -> bool,
    ) -> Option<Result<T>> {
        let name = home.info.name();
        if self.0.borrow().contains(name) {
            return None;
        }
        let done = on_engine(home, work);
        if let Err(error) = &done
            && error.is_of_reaching()
            && is_lost(error)
        {
            self.0.borrow_mut().insert(name);
        }
        Some(done)
    }
}

/// The decisions on the branches of one engine, read after these were listed.
///
/// One that is decided later is found as not decided: recovery writes an abort before it acts on that, and reads again.
#[derive(Default)]
pub(super) struct Decisions {
    /// All of each home, where there are many branches, or why they cannot be read.
    at_once: Option<BTreeMap<&'static str, Result<Records, Box<ErrorKind>>>>,
}

impl Decisions {
    /// For this number of branches.
    pub(super) fn of(branches: usize) -> Self {
        Self {
            at_once: (branches >= MANY).then(BTreeMap::new),
        }
    }

    pub(super) fn read(&mut self, branch: &Repairing<'_>) -> Decision {
        let (Some(homes), Some(home)) = (&mut self.at_once, branch.home) else {
            return branch.read();
        };
        let records = || match branch.lost.on(home, store::records) {
            Some(Ok(records)) => Ok(records),
            Some(Err(error)) => Err(Box::new(error.kind().clone())),
            None => Err(Box::new(ErrorKind::Unavailable)),
        };
        match homes.entry(home.info.name()).or_insert_with(records) {
            Ok(records) => records.decision(&branch.id.decision(), &branch.id.coordinator),
            Err(kind) => {
                branch.note(kind);
                Decision::Unreadable
            }
        }
    }
}
