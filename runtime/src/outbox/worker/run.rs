//! The thread of a worker that claims tasks and records their ends: both for many tasks at a time, so that a task costs a share of two
//! transactions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::random;
use super::super::store::{self, End, Ended, Wanted};
use super::threads::{Claim, Held, News, Runner, Shared};
use super::{Options, Worker};
use crate::databases::GeneratedDatabases;
use crate::databases::status::ServerProduct;
use crate::driver::{Isolation, Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::pool::Pool;

/// The first pause between two looks for tasks.
const FIRST_POLL: Duration = Duration::from_millis(20);
/// The pauses while the database cannot be reached.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(5);
/// How long it waits for a connection: a server that is back is seen soon.
const OUTAGE: Duration = Duration::from_secs(5);
/// How often completed tasks that are old are deleted.
const PRUNE: Duration = Duration::from_mins(1);

/// The work that a worker has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerReport {
    /// How often it claimed tasks and got any.
    pub batches: u64,
    /// Tasks that were completed.
    pub completed: u64,
    /// Attempts that failed and are made again later.
    pub retried: u64,
    /// Tasks that failed at their last attempt.
    pub failed: u64,
    /// Tasks that were another worker's by the time they ended here, as the lease was over; and those whose end could not be recorded.
    pub lost: u64,
    /// Handlers that were still at work when a worker that was stopped had waited long enough.
    pub abandoned: u64,
}

pub(super) struct Dispatcher<D: GeneratedDatabases> {
    engine: usize,
    runner: Arc<Runner<D>>,
    store: Store,
    shared: Arc<Shared>,
    options: Options,
    types: Vec<&'static str>,
    name: String,
    claims: u64,
    /// Those whose tasks are here.
    live: BTreeMap<String, (Arc<Claim>, usize)>,
    /// Ends that are not recorded yet: while there are any, nothing is claimed.
    unrecorded: Vec<(Held, End)>,
    records: Backoff,
    renewals: Backoff,
    report: WorkerReport,
    poll: Poll,
    prune_at: Instant,
}

/// When tasks are looked for next.
struct Poll {
    at: Instant,
    pause: Duration,
    failures: Backoff,
    /// The last look found none.
    is_idle: bool,
}

impl Poll {
    fn now(&mut self) {
        self.at = Instant::now();
    }

    fn found(&mut self, longest: Duration, any: bool) {
        self.failures.end();
        self.is_idle = !any;
        self.pause = if any { FIRST_POLL } else { self.pause };
        self.at = Instant::now();
        if !any {
            self.at += self.pause.min(longest);
            self.pause = (self.pause * 2).min(longest);
        }
    }

    fn failed(&mut self) {
        self.at = self.failures.more();
    }
}

/// When something is tried again that the database did not take.
struct Backoff {
    at: Instant,
    pause: Duration,
}

impl Backoff {
    fn new() -> Self {
        Self {
            at: Instant::now(),
            pause: FIRST_RETRY,
        }
    }

    /// One more failure: gives when to try again.
    fn more(&mut self) -> Instant {
        self.at = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_RETRY);
        self.at
    }

    fn end(&mut self) {
        self.pause = FIRST_RETRY;
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.at
    }
}

impl<D: GeneratedDatabases> Dispatcher<D> {
    pub(super) fn new(worker: Worker<D>) -> Result<Self> {
        let Worker {
            db,
            engine,
            handlers,
            options,
            shared,
        } = worker;
        let configured = &db.engines[engine];
        let store = Store {
            program: Arc::clone(&configured.pool),
            own: configured.pool.aside(OUTAGE),
            engine: configured.info.name,
        };
        let types = match options.only_registered {
            true => handlers.keys().copied().collect(),
            false => Vec::new(),
        };
        let runner = Arc::new(Runner {
            db,
            handlers,
            first_pause: options.first_pause,
            shared: Arc::clone(&shared),
        });
        Ok(Self {
            engine,
            runner,
            store,
            shared,
            types,
            name: random::uid(),
            claims: 0,
            live: BTreeMap::new(),
            unrecorded: Vec::new(),
            records: Backoff::new(),
            renewals: Backoff::new(),
            report: WorkerReport::default(),
            poll: Poll {
                at: Instant::now(),
                pause: FIRST_POLL,
                failures: Backoff::new(),
                is_idle: false,
            },
            prune_at: Instant::now() + PRUNE.min(options.keep_completed),
            options,
        })
    }

    pub(super) fn run(mut self, until_idle: bool) -> Result<WorkerReport> {
        self.store.ensure_table()?;
        let server = self.runner.db.engines[self.engine].seen.get();
        server.map_or(Ok(()), |server| ensure_skips_locks(&server))?;
        let started = (0..self.options.threads).try_for_each(|_| self.runner.start());
        let worked = started.and_then(|()| self.work(until_idle));
        self.wind_up();
        self.shared.end();
        worked.map(|()| self.report)
    }

    fn work(&mut self, until_idle: bool) -> Result<()> {
        loop {
            let (news, recorded) = self.news();
            if news.is_stopping {
                return Ok(());
            }
            if until_idle {
                recorded?;
            }
            if news.queued >= self.options.threads || !self.may_claim() {
                continue;
            }
            match self.claim() {
                Ok(0) if until_idle && self.live.is_empty() => return Ok(()),
                Ok(_) => self.prune(),
                Err(error) if until_idle => return Err(error),
                Err(error) => self.store.failed(&error, &mut self.poll),
            }
        }
    }

    /// Waits for something to do, renews leases, and records the ends of tasks.
    fn news(&mut self) -> (News, Result<()>) {
        let may_claim = self.may_claim();
        // Where the time for a claim has not come, few tasks that wait are no news.
        let low = if may_claim { self.options.threads } else { 0 };
        let mut news = self.shared.news(low, self.next_turn(may_claim));
        self.renew();
        let recorded = self.record(std::mem::take(&mut news.ended));
        (news, recorded)
    }

    /// Tasks whose end is not recorded, or whose lease is over and not known to be lost, would be claimed a second time: after
    /// an outage they come first.
    fn may_claim(&self) -> bool {
        let now = Instant::now();
        let mut held = self.held_claims();
        now >= self.poll.at && self.unrecorded.is_empty() && held.all(|claim| claim.until() > now)
    }

    /// When there is something to do for this thread, if nothing happens before.
    fn next_turn(&self, may_claim: bool) -> Instant {
        let soon = Instant::now() + self.options.lease / 4;
        let renewed = self.held_claims().map(|claim| self.renewed_at(claim));
        let recorded = (!self.unrecorded.is_empty()).then_some(self.records.at);
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
        at.max(self.renewals.at)
    }

    /// Claims tasks; gives how many.
    fn claim(&mut self) -> Result<usize> {
        if self.poll.is_idle && !self.store.read(store::has_due)? {
            self.poll.found(self.options.longest_poll, false);
            return Ok(0);
        }
        self.claims += 1;
        let claim = format!("{}.{}", self.name, self.claims);
        let wanted = Wanted {
            types: &self.types,
            limit: self.options.batch,
            lease: self.options.lease,
            claim: &claim,
        };
        let until = Instant::now() + self.options.lease;
        let tasks = self
            .store
            .write(|physical| store::claim(physical, &wanted))?;
        self.poll
            .found(self.options.longest_poll, !tasks.is_empty());
        if tasks.is_empty() {
            return Ok(0);
        }
        self.report.batches += 1;
        let count = tasks.len();
        let claim = Claim::new(claim, until);
        let live = (Arc::clone(&claim), count);
        self.live.insert(claim.name.clone(), live);
        let held = tasks.into_iter().map(|task| Held {
            claim: Arc::clone(&claim),
            task,
        });
        self.shared.put(held);
        Ok(count)
    }

    /// Records how tasks ended; what cannot be is kept and tried again, also after the lease: the claim holds until another
    /// worker has taken the tasks over, and only the database knows that.
    fn record(&mut self, ended: Vec<(Held, End)>) -> Result<()> {
        self.unrecorded.extend(ended);
        if self.unrecorded.is_empty() || !self.records.is_over() {
            return Ok(());
        }
        let mut by_claim = BTreeMap::<String, Ended>::new();
        for (held, end) in &self.unrecorded {
            let ended = by_claim.entry(held.claim.name.clone()).or_default();
            ended.add(held.task.id, end.clone());
        }
        let finish = |physical: &mut Physical| {
            let lost = by_claim
                .iter()
                .map(|(claim, ended)| store::finish(physical, claim, ended));
            lost.sum::<Result<usize>>()
        };
        match self.store.write(finish) {
            Ok(lost) => {
                self.count(lost);
                self.records.end();
                // Tasks of the same keys can be claimed now.
                self.poll.now();
                Ok(())
            }
            Err(error) => {
                tracing::warn!(engine = self.store.engine, %error, "the ends of tasks cannot be recorded");
                self.records.more();
                Err(error)
            }
        }
    }

    fn count(&mut self, lost: usize) {
        self.report.lost += lost as u64;
        for (held, end) in std::mem::take(&mut self.unrecorded) {
            self.is_over(&held);
            let (id, task) = (held.task.id, &held.task.task);
            match end {
                End::Completed => self.report.completed += 1,
                End::Failed { pause: Some(_), .. } => self.report.retried += 1,
                End::Failed { pause: None, .. } => {
                    self.report.failed += 1;
                    tracing::warn!(engine = self.store.engine, id, task, "a task has failed");
                }
                End::Released => {}
            }
        }
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
                tracing::warn!(engine = self.store.engine, %error, "a lease cannot be renewed");
                self.renewals.more();
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
            .write(|physical| store::renew(physical, &claim.name, lease));
        match renewed? {
            true => claim.set_until(until),
            // Tasks of it that are not begun are given back.
            false => claim.lose(),
        }
        Ok(())
    }

    fn prune(&mut self) {
        if Instant::now() < self.prune_at {
            return;
        }
        self.prune_at = Instant::now() + PRUNE;
        let age = self.options.keep_completed;
        match self.store.write(|physical| store::prune(physical, age)) {
            Ok(true) => self.prune_at = Instant::now(),
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(engine = self.store.engine, %error, "completed tasks cannot be deleted");
            }
        }
    }

    /// Gives back what was not begun, and waits for what was.
    fn wind_up(&mut self) {
        let back = self.shared.take_back();
        let mut ended: Vec<_> = back.into_iter().map(|held| (held, End::Released)).collect();
        let until = Instant::now() + self.options.grace;
        loop {
            self.renew();
            // It warns of an error, and tries again.
            let _ = self.record(ended);
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

/// Refuses servers that cannot leave locked rows to others: all that are served can, but for the oldest of MariaDB.
fn ensure_skips_locks(server: &ServerProduct) -> Result<()> {
    let mut numbers = server
        .version
        .split('.')
        .map_while(|part| part.parse().ok());
    let version: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if server.product != "MariaDB" || version >= (10, 6) {
        return Ok(());
    }
    let why = "workers need MariaDB 10.6 or later: earlier ones cannot skip the rows that another worker has locked";
    Err(Error::new(ErrorKind::Unsupported(why)))
}

/// The engine of the tasks.
struct Store {
    program: Arc<Pool>,
    /// With a connection of its own, so that leases are renewed whatever the program does with its own.
    own: Arc<Pool>,
    engine: &'static str,
}

impl Store {
    fn ensure_table(&self) -> Result<()> {
        let found = self.read(|physical| physical.table_exists(None, store::TABLE))?;
        if found {
            return Ok(());
        }
        Err(store::missing(store::TABLE, self.engine).on_engine(self.engine))
    }

    /// It ends with the program's.
    fn pool(&self) -> &Arc<Pool> {
        if self.program.is_closed() {
            self.own.close();
        }
        &self.own
    }

    fn read<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        let outcome = self
            .pool()
            .acquire()
            .and_then(|mut link| link.call(Operation::Select, |link| work(link.ready()?)));
        outcome.map_err(|error| error.on_engine(self.engine).during(Operation::Select))
    }

    /// In a transaction. Each statement sees what others have committed before it.
    fn write<T>(&self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        let options = TransactionOptions::new().isolation(Isolation::ReadCommitted);
        let outcome = self.pool().acquire_writer().and_then(|mut link| {
            link.timed(|link| link.atomically_with(&options, |link| work(link.ready()?)))
        });
        outcome.map_err(|error| error.on_engine(self.engine).during(Operation::Update))
    }

    fn failed(&self, error: &Error, poll: &mut Poll) {
        tracing::warn!(engine = self.engine, %error, "tasks cannot be claimed");
        poll.failed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_without_skip_locked_are_refused() {
        let refused = |product, version: &str| {
            let version = version.to_owned();
            ensure_skips_locks(&ServerProduct { product, version }).is_err()
        };
        assert!(refused("MariaDB", "10.5.22"));
        assert!(!refused("MariaDB", "10.6.1") && !refused("MariaDB", "11.4.2"));
        assert!(!refused("MySQL", "8.0.16") && !refused("SQLite", "3.46.0"));
    }
}
