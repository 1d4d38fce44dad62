//! The ends of tasks, and a lane that records them: a worker with much to do claims the next tasks meanwhile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::dialect::Dialect;

use super::super::store::{self, End, Ended};
use super::engine::Store;
use super::lane::Lane;
use super::threads::{Held, Shared};
use crate::databases::Configured;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};

/// Fewer ends than these do not pay for a transaction of their own.
const FEW: usize = 50;
/// For how long no ends are recorded apart after a failure: the server may have no connection to spare.
const REST: Duration = Duration::from_mins(1);

/// Tasks of this worker that have ended.
pub(super) type EndedTasks = Vec<(Held, End)>;

/// The ends of tasks, by claims.
pub(super) struct Ends {
    table: &'static str,
    by_claim: BTreeMap<String, Ended>,
}

impl Ends {
    pub(super) fn new(table: &'static str, tasks: &[(Held, End)]) -> Self {
        let mut by_claim = BTreeMap::<String, Ended>::new();
        for (held, end) in tasks {
            let (claim, id) = (&held.claim.name, held.task.id);
            match by_claim.get_mut(claim) {
                Some(ended) => ended.add(id, end.clone()),
                None => {
                    let ended = by_claim.entry(claim.clone()).or_default();
                    ended.add(id, end.clone());
                }
            }
        }
        Self { table, by_claim }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_claim.is_empty()
    }

    /// Records them; gives how many of the tasks were another worker's by then.
    pub(super) fn finish(&self, physical: &mut Physical) -> Result<usize> {
        let ended = self.by_claim.iter();
        ended
            .map(|(claim, ended)| store::finish(physical, self.table, claim, ended))
            .sum()
    }
}

/// Two workers that claim tasks of one key together: the table lets one of them do so. On MySQL and MariaDB the index that holds
/// this also has workers wait for each other whose keys are neighbours, in a circle at times.
pub(super) fn is_contention(error: &Error) -> bool {
    error.is_unique_violation() || *error.kind() == ErrorKind::Conflict
}

/// Ends that the thread has recorded or has failed to.
pub(super) struct Recorded {
    pub(super) tasks: EndedTasks,
    pub(super) outcome: Result<usize>,
}

/// Records ends beside the claims of a worker, some at a time.
pub(super) struct Recorder {
    table: &'static str,
    shared: Arc<Shared>,
    /// None until the thread starts, and where one writes at a time.
    store: Option<Store>,
    lane: Option<Lane<EndedTasks, Recorded>>,
    rests_until: Instant,
}

impl Recorder {
    pub(super) fn new(configured: &Configured, table: &'static str, shared: &Arc<Shared>) -> Self {
        let store = match configured.info.dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres | Dialect::Mysql => Some(Store::new(configured, table)),
        };
        Self {
            table,
            shared: Arc::clone(shared),
            store,
            lane: None,
            rests_until: Instant::now(),
        }
    }

    /// Takes tasks whose ends are to be recorded, unless it has others or they are few.
    pub(super) fn take(&mut self, tasks: &mut EndedTasks) {
        if tasks.len() < FEW || Instant::now() < self.rests_until {
            return;
        }
        if let Some(store) = self.store.take() {
            self.lane = self.started(store);
        }
        let Some(lane) = self.lane.as_mut().filter(|lane| !lane.is_busy()) else {
            return;
        };
        if let Err(refused) = lane.send(std::mem::take(tasks)) {
            *tasks = refused;
        }
    }

    /// None where no thread can be had: the ends are recorded with the claims then.
    fn started(&self, store: Store) -> Option<Lane<EndedTasks, Recorded>> {
        let table = self.table;
        let record = move |tasks: EndedTasks| {
            let ends = Ends::new(table, &tasks);
            let outcome = store.write(|physical| ends.finish(physical));
            Recorded { tasks, outcome }
        };
        Lane::start("bindery-task-ends", Arc::clone(&self.shared), record)
    }

    /// The tasks that it is done with, if it is.
    pub(super) fn recorded(&mut self) -> Option<Recorded> {
        let recorded = self.lane.as_mut()?.result()?;
        Some(self.ended(recorded))
    }

    /// Waits until it is done with the tasks that it has.
    pub(super) fn wait(&mut self) -> Option<Recorded> {
        let recorded = self.lane.as_mut()?.wait()?;
        Some(self.ended(recorded))
    }

    fn ended(&mut self, recorded: Recorded) -> Recorded {
        let failed = recorded.outcome.as_ref().err();
        if failed.is_some_and(|error| !is_contention(error)) {
            self.rests_until = Instant::now() + REST;
        }
        recorded
    }
}
