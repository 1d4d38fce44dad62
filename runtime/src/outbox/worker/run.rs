//! The thread of a worker that claims tasks and records their ends: both for many tasks at a time, so that a task costs a share of two
//! transactions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::claims::KeyWalk;
use super::super::queue::TaskSummary;
use super::super::random;
use super::super::store::{self, ClaimedTask, End};
use super::claimer::Claimer;
use super::engine::{Store, ensure_skips_locks};
use super::listener::Listener;
use super::pace::{AWAY, BatchSize, FullLook, Low, Poll, Pruning, contended};
use super::periodic::Timetable;
use super::recorder::{EndedTasks, Ends, Recorded, Recorder, is_contention};
use super::report::WorkerReport;
use super::threads::{Claim, Held, News, Runner, Shared};
use super::{Options, Until, Worker};
use crate::databases::GeneratedDatabases;
use crate::driver::Physical;
use crate::error::Result;
use crate::link::backoff::Backoff;
use crate::observe::{count_tasks, is_recorded};

mod claiming;

/// How often tasks that wait are counted, where metrics are recorded.
const COUNT: Duration = Duration::from_secs(20);

pub(super) struct Dispatcher<D: GeneratedDatabases> {
    engine: usize,
    table: &'static str,
    runner: Arc<Runner<D>>,
    store: Arc<Store>,
    shared: Arc<Shared>,
    options: Options,
    types: Vec<String>,
    name: String,
    claims: u64,
    /// Those whose tasks are here.
    live: BTreeMap<String, (Arc<Claim>, usize)>,
    /// The claim of the last suspect.
    suspect: Option<String>,
    /// Ends that are not recorded yet: where that fails, nothing is claimed.
    unrecorded: EndedTasks,
    recorder: Recorder,
    claimer: Claimer,
    records: Backoff,
    renewals: Backoff,
    report: WorkerReport,
    poll: Poll,
    timetable: Timetable,
    claims_no_more: bool,
    pruning: Pruning,
    count_at: Instant,
    full_look: FullLook,
    walk: KeyWalk,
    /// The last claim has found no task.
    found_none: bool,
    /// When it last made tasks ready whose time had come.
    advanced: Option<Instant>,
    batch: BatchSize,
}

/// The outcome of a claim.
#[derive(PartialEq, Eq)]
enum ClaimOutcome {
    Tasks,
    Nothing,
    /// Tasks may be there; another worker was faster.
    Contended,
}

impl<D: GeneratedDatabases> Dispatcher<D> {
    pub(super) fn new(worker: Worker<D>) -> Result<Self> {
        let Worker {
            db,
            engine,
            table,
            handlers,
            fallback,
            types,
            options,
            shared,
            timetable,
        } = worker;
        let configured = &db.registry().engines[engine];
        let store = Arc::new(Store::new(configured, table));
        let recorder = Recorder::new(configured, table, &shared);
        let types = match options.only_registered {
            true => handlers.keys().cloned().collect(),
            false => types,
        };
        let claimer = Claimer::new(configured, table, &types, &shared, options.threads);
        let runner = Arc::new(Runner {
            engine,
            table,
            store: Arc::clone(&store),
            db,
            handlers,
            fallback,
            retry: options.retry,
            shared: Arc::clone(&shared),
        });
        Ok(Self {
            engine,
            table,
            runner,
            store,
            shared,
            types,
            name: random::uid(),
            claims: 0,
            live: BTreeMap::new(),
            suspect: None,
            unrecorded: Vec::new(),
            recorder,
            claimer,
            records: Backoff::new(AWAY),
            renewals: Backoff::new(AWAY),
            report: WorkerReport::default(),
            poll: Poll::new(),
            timetable,
            claims_no_more: false,
            full_look: FullLook::new(),
            walk: KeyWalk::default(),
            found_none: false,
            advanced: None,
            batch: BatchSize::new(options.batch),
            pruning: Pruning::new(options.keep_completed),
            count_at: Instant::now(),
            options,
        })
    }

    pub(super) fn run(mut self, until: Until) -> Result<WorkerReport> {
        let listener = self.prepare(until)?;
        if until == Until::Stopped {
            self.shared.be_patient();
        }
        let started = (0..self.options.threads).try_for_each(|_| self.runner.start());
        let worked = started.and_then(|()| self.work(until));
        self.wind_up();
        drop(listener);
        self.shared.end();
        worked.map(|()| self.report)
    }

    /// Looks at the database before the first claim. A worker that runs until it is stopped waits for one that is away.
    fn prepare(&mut self, until: Until) -> Result<Option<Listener>> {
        loop {
            match self.ensure_usable(until) {
                Err(error) if until == Until::Stopped && error.is_of_reaching() => {
                    self.store.failed(&error, &mut self.poll);
                    let news = self
                        .shared
                        .news(Low::Queued(0), self.options.threads, self.poll.at);
                    if news.is_stopping {
                        return Ok(None);
                    }
                }
                usable => return usable,
            }
        }
    }

    fn ensure_usable(&self, until: Until) -> Result<Option<Listener>> {
        self.store.ensure_table(self.table)?;
        self.timetable.ensure_usable(&self.store)?;
        let server = self.runner.db.registry().engines[self.engine].seen.get();
        server.map_or(Ok(()), |server| ensure_skips_locks(&server))?;
        match until {
            Until::Stopped => self.listen(),
            Until::Idle | Until::OneBatch => Ok(None),
        }
    }

    /// Has new tasks wake the worker where the database notifies.
    fn listen(&self) -> Result<Option<Listener>> {
        if self.options.only_polls || !self.store.notifies()? {
            return Ok(None);
        }
        let shared = Arc::clone(&self.shared);
        Listener::start(Arc::clone(self.store.program()), move || shared.wake()).map(Some)
    }

    fn work(&mut self, until: Until) -> Result<()> {
        let ends = until != Until::Stopped;
        loop {
            let news = self.news();
            if news.is_stopping {
                return Ok(());
            }
            if !self.low().is_reached(news.queued, news.running) || !self.may_claim() {
                let recorded = self.record();
                if ends {
                    recorded?;
                }
            } else {
                self.count_waiting();
                match self.claim(ends) {
                    Ok(ClaimOutcome::Nothing) if ends && self.has_none() => return Ok(()),
                    Ok(found) => {
                        self.claims_no_more =
                            found == ClaimOutcome::Tasks && until == Until::OneBatch;
                        self.prune();
                    }
                    Err(error) if ends => return Err(error),
                    Err(error) => self.store.failed(&error, &mut self.poll),
                }
            }
            if self.claims_no_more && self.live.is_empty() {
                return Ok(());
            }
        }
    }

    /// No task is here, or on the way.
    fn has_none(&self) -> bool {
        self.live.is_empty() && !self.claimer.is_busy()
    }

    /// Waits for something to do, and renews leases.
    fn news(&mut self) -> News {
        let may_claim = self.may_claim();
        let threads = self.options.threads;
        // Where the time for a claim has not come, few tasks that wait are no news.
        let low = if may_claim {
            self.low()
        } else {
            Low::Queued(0)
        };
        let mut news = self.shared.news(low, threads, self.next_turn(may_claim));
        self.renew();
        self.unrecorded.append(&mut news.ended);
        let recorded = self.recorder.recorded();
        let is_recorded = recorded.is_some();
        recorded.into_iter().for_each(|these| self.returned(these));
        if let Some((claim, tasks)) = self.claimer.claimed() {
            news.queued += tasks.len();
            self.hand_out(claim, tasks);
        }
        // Tasks of the same keys can be claimed then.
        if news.is_woken || is_recorded || !self.unrecorded.is_empty() {
            self.poll.now();
        }
        news
    }

    /// With fewer tasks than these here, others are claimed.
    fn low(&self) -> Low {
        self.batch.low(self.options.threads)
    }

    /// Tasks whose end cannot be recorded, or whose lease is over and not known to be lost, would be claimed a second time:
    /// after an outage they come first.
    fn may_claim(&self) -> bool {
        let now = Instant::now();
        let mut held = self.held_claims();
        let is_open = !self.claims_no_more && now >= self.poll.at;
        let is_recorded = self.unrecorded.is_empty() || self.records.is_over();
        is_open && is_recorded && held.all(|claim| claim.until() > now)
    }

    /// When there is something to do for this thread, if nothing happens before.
    fn next_turn(&self, may_claim: bool) -> Instant {
        let soon = Instant::now() + self.options.lease / 4;
        let renewed = self.held_claims().map(|claim| self.renewed_at(claim));
        let recorded = (!self.unrecorded.is_empty()).then_some(self.records.at());
        let claimed = (!may_claim && recorded.is_none()).then_some(self.poll.at);
        // A claim whose turn has come already waits for a renewal.
        let claimed = claimed.filter(|at| *at > Instant::now());
        renewed
            .chain(recorded)
            .chain(claimed)
            .fold(soon, Instant::min)
    }

    /// Those that are not known to be lost.
    fn held_claims(&self) -> impl Iterator<Item = &Arc<Claim>> {
        let claims = self.live.values().map(|(claim, _)| claim);
        claims.filter(|claim| !claim.is_lost())
    }

    /// Half of the lease before its end, and not before a pause is over.
    fn renewed_at(&self, claim: &Claim) -> Instant {
        let until = claim.until();
        let at = until.checked_sub(self.options.lease / 2).unwrap_or(until);
        at.max(self.renewals.at())
    }

    /// Sets when tasks are looked for next.
    fn rest(&mut self, has_found: bool) {
        self.poll.found(self.options.longest_poll, has_found);
        let tick = self.timetable.next_at();
        self.poll.at = tick.map_or(self.poll.at, |tick| tick.min(self.poll.at));
    }

    fn hand_out(&mut self, claim: Arc<Claim>, tasks: Vec<ClaimedTask>) {
        let held = self.hold(claim, tasks);
        self.shared.put(held);
    }

    /// Tasks that are claimed, from now on among those that are here.
    fn hold(
        &mut self,
        claim: Arc<Claim>,
        tasks: Vec<ClaimedTask>,
    ) -> impl Iterator<Item = Held> + use<D> {
        self.report.batches += 1;
        if tasks.iter().any(ClaimedTask::is_suspect) {
            self.suspect = Some(claim.name.clone());
        }
        let live = (Arc::clone(&claim), tasks.len());
        self.live.insert(claim.name.clone(), live);
        tasks.into_iter().map(move |task| Held {
            claim: Arc::clone(&claim),
            task,
        })
    }

    /// Records how tasks ended; what cannot be is kept and tried again, also after the lease: the claim holds until another
    /// worker has taken the tasks over, and only the database knows that.
    fn record(&mut self) -> Result<()> {
        if self.unrecorded.is_empty() || !self.records.is_over() {
            return Ok(());
        }
        let ends = Ends::new(self.table, &self.unrecorded);
        match self.store.write(|physical| ends.finish(physical)) {
            Ok(lost) => {
                self.recorded(lost);
                self.poll.now();
                Ok(())
            }
            // The locks of another worker, which has them for a moment.
            Err(error) if is_contention(&error) => {
                self.records.wait(contended());
                Ok(())
            }
            Err(error) => {
                tracing::warn!(engine = self.store.engine(), %error, "the ends of tasks cannot be recorded");
                self.records.failed();
                Err(error)
            }
        }
    }

    /// The recorder has done its part, or those that it had are recorded here.
    fn returned(&mut self, recorded: Recorded) {
        let Recorded { mut tasks, outcome } = recorded;
        match outcome {
            Ok(lost) => self.count(lost, tasks),
            Err(error) => {
                tracing::debug!(engine = self.store.engine(), %error, "the ends of tasks cannot be recorded apart");
                self.unrecorded.append(&mut tasks);
            }
        }
    }

    fn recorded(&mut self, lost: usize) {
        let tasks = std::mem::take(&mut self.unrecorded);
        self.count(lost, tasks);
        self.records.end();
    }

    fn count(&mut self, lost: usize, tasks: EndedTasks) {
        let before = self.report;
        self.report.lost += lost as u64;
        for (held, end) in tasks {
            self.is_over(&held);
            let (id, task) = (held.task.id, &held.task.task);
            match end {
                End::Completed => self.report.completed += 1,
                End::Failed { pause: Some(_), .. } => self.report.retried += 1,
                End::Failed { pause: None, .. } => {
                    self.report.failed += 1;
                    tracing::warn!(engine = self.store.engine(), id, task, "a task has failed");
                }
                End::Released => {}
            }
        }
        let now = &self.report;
        let outcomes = [
            ("completed", now.completed - before.completed),
            ("retried", now.retried - before.retried),
            ("failed", now.failed - before.failed),
            ("lost", now.lost - before.lost),
        ];
        count_tasks((self.store.engine(), self.table), &outcomes);
    }

    fn is_over(&mut self, held: &Held) {
        if let Some((_, left)) = self.live.get_mut(&held.claim.name) {
            *left -= 1;
            if *left == 0 {
                self.live.remove(&held.claim.name);
            }
        }
    }

    /// Renews the leases whose turn it is, also those that are over: it may be that no other worker has taken their tasks.
    fn renew(&mut self) {
        let now = Instant::now();
        let due = self.held_claims();
        let due = due.filter(|claim| self.renewed_at(claim) <= now).cloned();
        for claim in due.collect::<Vec<_>>() {
            if let Err(error) = self.renew_one(&claim) {
                tracing::warn!(engine = self.store.engine(), %error, "a lease cannot be renewed");
                self.renewals.failed();
                return;
            }
            self.renewals.end();
        }
    }

    fn renew_one(&self, claim: &Claim) -> Result<()> {
        let lease = self.options.lease;
        let until = Instant::now() + lease;
        let renewed = self
            .store
            .write(|physical| store::renew(physical, self.table, &claim.name, lease));
        match renewed? {
            true => claim.set_until(until),
            // Tasks of it that are not begun are given back.
            false => claim.lose(),
        }
        Ok(())
    }

    fn prune(&mut self) {
        if !self.pruning.is_due() {
            return;
        }
        let begun = Instant::now();
        let (table, age, after) = (self.table, self.options.keep_completed, self.pruning.after);
        let pruned = |physical: &mut Physical| store::prune(physical, table, age, after);
        match self.store.write(pruned) {
            Ok(pruned) => self.pruning.did(begun, pruned.deleted, pruned.last),
            Err(error) => {
                self.pruning.did(begun, 0, None);
                tracing::debug!(engine = self.store.engine(), %error, "completed tasks cannot be deleted");
            }
        }
    }

    /// Sets the metrics of tasks that wait.
    fn count_waiting(&mut self) {
        if Instant::now() < self.count_at || !is_recorded() {
            return;
        }
        self.count_at = Instant::now() + COUNT;
        let table = self.table;
        match self
            .store
            .read(|physical| TaskSummary::read(physical, table))
        {
            Ok(summary) => summary.record((self.store.engine(), table)),
            Err(error) => {
                tracing::debug!(engine = self.store.engine(), %error, "tasks cannot be counted");
            }
        }
    }

    /// Gives back what was not begun, and waits for what was.
    fn wind_up(&mut self) {
        let mut back = self.shared.take_back();
        if let Some((claim, tasks)) = self.claimer.wait() {
            back.extend(self.hold(claim, tasks));
        }
        let mut ended: Vec<_> = back.into_iter().map(|held| (held, End::Released)).collect();
        let until = Instant::now() + self.options.grace;
        loop {
            self.renew();
            let recorded = self.recorder.wait();
            recorded.into_iter().for_each(|these| self.returned(these));
            self.unrecorded.append(&mut ended);
            // It warns of an error, and tries again.
            let _ = self.record();
            let next = self.next_turn(false).min(until);
            let news = self.shared.last_news(next);
            let running = news.running;
            ended = news.ended;
            if !ended.is_empty() {
                continue;
            }
            if running == 0 && !self.unrecorded.is_empty() {
                std::thread::sleep(next.saturating_duration_since(Instant::now()));
            }
            let is_done = running == 0 && self.unrecorded.is_empty();
            if is_done || Instant::now() >= until {
                self.report.abandoned = running as u64;
                self.report.lost += self.unrecorded.len() as u64;
                return;
            }
        }
    }
}
