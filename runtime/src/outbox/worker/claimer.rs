//! Claims of tasks beside those of the dispatcher: one connection alone does not keep a server of several cores at work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::dialect::Dialect;

use super::super::claims::{self, KeyWalk, Wanted};
use super::super::ready::Reach;
use super::super::store::{ClaimedTask, CommitMode};
use super::engine::Store;
use super::lane::Lane;
use super::recorder::is_contention;
use super::threads::{Claim, Shared};
use crate::databases::Configured;
use crate::driver::Physical;
use crate::error::Result;

/// For how long nothing is claimed here after a failure: the server may have no connection to spare.
const REST: Duration = Duration::from_mins(1);

/// A claim to make: its name, the largest number of tasks, and for how long they are left to the worker.
pub(super) struct Request {
    pub(super) claim: String,
    pub(super) limit: usize,
    pub(super) lease: Duration,
}

/// The outcome of a claim.
struct Answer {
    claim: Arc<Claim>,
    tasks: Result<Vec<ClaimedTask>>,
}

/// Makes one claim at a time.
pub(super) struct Claimer {
    table: &'static str,
    types: Vec<String>,
    shared: Arc<Shared>,
    /// None once the lane has it, and where the dispatcher alone claims.
    store: Option<Store>,
    lane: Option<Lane<Request, Answer>>,
    rests_until: Instant,
}

impl Claimer {
    pub(super) fn new(
        configured: &Configured,
        table: &'static str,
        types: &[String],
        shared: &Arc<Shared>,
        threads: usize,
    ) -> Self {
        let store = match configured.info.dialect {
            Dialect::Sqlite => None,
            // One thread runs tasks in their order, and two claims may come back in another.
            Dialect::Postgres | Dialect::Mysql if threads == 1 => None,
            Dialect::Postgres | Dialect::Mysql => Some(Store::new(configured, table)),
        };
        Self {
            table,
            types: types.to_vec(),
            shared: Arc::clone(shared),
            store,
            lane: None,
            rests_until: Instant::now(),
        }
    }

    pub(super) fn is_free(&self) -> bool {
        let is_there = self.store.is_some() || self.lane.is_some();
        is_there && !self.is_busy() && Instant::now() >= self.rests_until
    }

    pub(super) fn is_busy(&self) -> bool {
        self.lane.as_ref().is_some_and(Lane::is_busy)
    }

    pub(super) fn begin(&mut self, request: Request) {
        if let Some(store) = self.store.take() {
            self.lane = self.started(store);
        }
        if let Some(lane) = &mut self.lane {
            // A lane that has ended claims nothing: the dispatcher does.
            let _ = lane.send(request);
        }
    }

    fn started(&self, store: Store) -> Option<Lane<Request, Answer>> {
        let (table, types) = (self.table, self.types.clone());
        let mut walk = KeyWalk::default();
        let claim = move |request: Request| {
            let until = Instant::now() + request.lease;
            let wanted = Wanted {
                types: &types,
                limit: request.limit,
                lease: request.lease,
                claim: &request.claim,
                table,
                reach: Reach::Far,
                advances: false,
                has_suspect: true,
                begins: false,
            };
            let claimed = |physical: &mut Physical| claims::claim(physical, &wanted, &mut walk);
            let tasks = store.write_with(CommitMode::Asynchronous, claimed);
            Answer {
                claim: Claim::new(request.claim, until),
                tasks,
            }
        };
        Lane::start("bindery-task-claims", Arc::clone(&self.shared), claim)
    }

    /// The tasks that it has claimed, if it has.
    pub(super) fn claimed(&mut self) -> Option<(Arc<Claim>, Vec<ClaimedTask>)> {
        let answer = self.lane.as_mut()?.result()?;
        self.answered(answer)
    }

    /// Waits for the claim that it makes.
    pub(super) fn wait(&mut self) -> Option<(Arc<Claim>, Vec<ClaimedTask>)> {
        let answer = self.lane.as_mut()?.wait()?;
        self.answered(answer)
    }

    fn answered(&mut self, answer: Answer) -> Option<(Arc<Claim>, Vec<ClaimedTask>)> {
        match answer.tasks {
            Ok(tasks) if tasks.is_empty() => None,
            Ok(tasks) => Some((answer.claim, tasks)),
            Err(error) => {
                if !is_contention(&error) {
                    tracing::debug!(%error, "tasks cannot be claimed beside others");
                    self.rests_until = Instant::now() + REST;
                }
                None
            }
        }
    }
}
