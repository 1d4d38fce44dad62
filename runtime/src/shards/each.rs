//! Work on all shards of a set, some at a time, with a report in the order of their names.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bindery_core::sorting::sort_by_key;

use super::within::moved;
use super::{Sharded, Shards};
use crate::error::{Error, Result};
use crate::link::Connection;

/// Shards that are worked on at a time unless said otherwise.
const PARALLEL: usize = 8;

/// A run over all shards of a set; see [`Shards::each`].
#[must_use = "nothing is done until `run` or `first`"]
pub struct EachShard<'d, E> {
    shards: Shards<'d, E>,
    parallel: usize,
    allows_moving: bool,
}

/// The report of a run, in the order of the shards' names.
#[derive(Debug)]
#[must_use]
pub struct ShardsReport<E, T> {
    /// One for each shard.
    pub outcomes: Vec<(E, Result<T>)>,
}

/// The first rows of all shards together; see [`EachShard::first`].
#[derive(Debug)]
#[must_use]
pub struct MergedRows<E, T> {
    /// The rows of those shards that answered, in order.
    pub rows: Vec<T>,
    /// The shards that did not: rows of theirs are missing.
    pub failed: Vec<(E, Error)>,
}

impl<'d, E: Sharded> EachShard<'d, E> {
    pub(super) fn of(shards: Shards<'d, E>) -> Self {
        Self {
            shards,
            parallel: PARALLEL,
            allows_moving: false,
        }
    }

    /// The number of shards that are worked on at a time; 8 unless said, and at least 1.
    pub fn parallel(mut self, shards: usize) -> Self {
        self.parallel = shards.max(1);
        self
    }

    /// Counts rows that are on their way from one shard to another as rows of both, where they are there already or still. Otherwise a shard
    /// with such rows is reported as [`ErrorKind::ShardMoved`](crate::ErrorKind::ShardMoved), and so is one that a slot has left or come to
    /// before all have answered.
    pub fn allow_moving(mut self) -> Self {
        self.allows_moving = true;
        self
    }

    /// Runs `work` on a connection of each shard. One that fails keeps no other from being worked on.
    ///
    /// # Panics
    /// Where `work` does.
    pub fn run<T: Send>(
        self,
        work: impl Fn(&mut Connection<E>) -> Result<T> + Sync,
    ) -> ShardsReport<E, T> {
        let outcomes = self.run_all(work).into_iter();
        let outcomes = outcomes.map(|(engine, outcome)| (engine, outcome.map(|(_, found)| found)));
        ShardsReport {
            outcomes: outcomes.collect(),
        }
    }

    /// The same with the version of each shard's fence.
    pub(super) fn run_all<T: Send>(
        &self,
        work: impl Fn(&mut Connection<E>) -> Result<T> + Sync,
    ) -> Vec<(E, Result<(i64, T)>)> {
        let next = AtomicUsize::new(0);
        let worker = || {
            let mut done = Vec::new();
            while let Some(&engine) = E::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push((engine, self.one(engine, &work)));
            }
            done
        };
        let mut outcomes = thread::scope(|scope| {
            let threads = 1..self.parallel.min(E::ALL.len());
            let threads: Vec<_> = threads.map(|_| scope.spawn(worker)).collect();
            let mut all = worker();
            for thread in threads {
                all.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            all
        });
        sort_by_key(&mut outcomes, |(engine, _)| *engine);
        let outcomes = outcomes.into_iter().map(|(engine, outcome)| {
            let unmoved = outcome.and_then(|(version, found)| {
                let found = self.unmoved(engine, version, found)?;
                Ok((version, found))
            });
            (engine, unmoved)
        });
        outcomes.collect()
    }

    /// Works on one shard, whose fence has this version.
    pub(super) fn one<T>(
        &self,
        engine: E,
        work: impl Fn(&mut Connection<E>) -> Result<T>,
    ) -> Result<(i64, T)> {
        let mut connection = self.shards.registry.connect(engine)?;
        if self.allows_moving {
            return work(&mut connection).map(|found| (0, found));
        }
        let fence = self.shards.fence(&mut connection)?;
        if fence.is_mixed() {
            return Err(moved(engine));
        }
        let fences = &self.shards.place(engine).shard_fences;
        let set = E::SET.name;
        connection.link.for_all_slots(fences, set, fence.version);
        work(&mut connection).map(|found| (fence.version, found))
    }

    /// Returns the answer of a shard, unless a slot has left or come to it since.
    pub(super) fn unmoved<T>(&self, engine: E, version: i64, found: T) -> Result<T> {
        if self.allows_moving {
            return Ok(found);
        }
        let fences = &self.shards.place(engine).shard_fences;
        let now = match fences.fresh(E::SET.name) {
            Some(fence) => fence,
            None => self
                .shards
                .fence(&mut self.shards.registry.connect(engine)?)?,
        };
        match now.version == version {
            true => Ok(found),
            false => Err(moved(engine)),
        }
    }

    /// Returns the first `limit` rows of all shards together, by the order of `key`: `work` queries the first `limit` of one shard.
    ///
    /// # Panics
    /// Where `work` or `key` does.
    pub fn first<T: Send, K: Ord>(
        self,
        limit: usize,
        work: impl Fn(&mut Connection<E>) -> Result<Vec<T>> + Sync,
        key: impl Fn(&T) -> K,
    ) -> MergedRows<E, T> {
        let (mut rows, mut failed) = (Vec::new(), Vec::new());
        for (engine, outcome) in self.run(work).outcomes {
            match outcome {
                Ok(found) => rows.extend(found),
                Err(error) => failed.push((engine, error)),
            }
        }
        sort_by_key(&mut rows, key);
        rows.truncate(limit);
        MergedRows { rows, failed }
    }
}

impl<E: Sharded, T> ShardsReport<E, T> {
    /// The shards whose work has failed.
    pub fn failed(&self) -> impl Iterator<Item = (E, &Error)> {
        let outcomes = self.outcomes.iter();
        outcomes.filter_map(|(engine, outcome)| Some((*engine, outcome.as_ref().err()?)))
    }

    /// Returns whether the work has succeeded on every shard.
    pub fn is_ok(&self) -> bool {
        self.failed().next().is_none()
    }

    /// Returns what the work has returned on each shard.
    ///
    /// # Errors
    /// The first that failed.
    pub fn all(self) -> Result<Vec<(E, T)>> {
        let outcomes = self.outcomes.into_iter();
        outcomes
            .map(|(engine, outcome)| Ok((engine, outcome?)))
            .collect()
    }
}

impl<E, T> MergedRows<E, T> {
    /// Returns the rows where all shards have answered.
    ///
    /// # Errors
    /// The first shard that did not.
    pub fn complete(self) -> Result<Vec<T>> {
        match self.failed.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(self.rows),
        }
    }
}

impl<E: Sharded> fmt::Debug for EachShard<'_, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EachShard")
            .field("shards", &E::SET.name)
            .field("parallel", &self.parallel)
            .finish()
    }
}
