//! Runs over all tenants: some at a time, with a report in the order they were given. A tenant that hangs takes its place
//! until its time is up, and stops no other.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::locked::ensure_allowed;
use super::open::Recency;
use super::{Tenant, TenantOptions, Tenants};
use crate::databases::GeneratedDatabases;
use crate::databases::tables::CreatedTables;
use crate::driver::locks::Locks;
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::observe::Counters;

/// Tenants that are worked on at a time unless said otherwise.
const PARALLEL: usize = 8;
/// The time that one may take unless said otherwise.
const DEADLINE: Duration = Duration::from_secs(60);

/// A run over tenants; see [`Tenants::each`].
#[must_use = "nothing is done until `run`, `check` or `create_missing`"]
pub struct EachTenant<'p, D: GeneratedDatabases> {
    tenants: Tenants<D>,
    given: Vec<(String, TenantOptions)>,
    parallel: usize,
    deadline: Duration,
    on_progress: Box<dyn FnMut(&TenantsProgress<'_>) + 'p>,
}

/// The progress of a run, after each tenant.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TenantsProgress<'r> {
    /// The tenant that is done.
    pub tenant: &'r str,
    /// Its work has succeeded.
    pub is_ok: bool,
    /// The number of those that are done.
    pub done: usize,
    /// The number of all of them.
    pub total: usize,
}

/// The report of a run, in the order in which the tenants were given.
#[derive(Debug)]
#[must_use]
pub struct TenantsReport<T, E = Error> {
    /// One for each tenant.
    pub outcomes: Vec<TenantOutcome<T, E>>,
    /// The time that the run took.
    pub elapsed: Duration,
}

/// The outcome of the work on one tenant.
#[derive(Debug)]
#[non_exhaustive]
pub struct TenantOutcome<T, E = Error> {
    /// The name of the tenant.
    pub id: String,
    /// The result of the work.
    pub result: Result<T, E>,
    /// The time that it took, opening the tenant included.
    pub elapsed: Duration,
}

impl<T, E> TenantsReport<T, E> {
    /// The tenants whose work has failed.
    pub fn failed(&self) -> impl Iterator<Item = (&str, &E)> {
        let outcomes = self.outcomes.iter();
        outcomes.filter_map(|one| Some((one.id.as_str(), one.result.as_ref().err()?)))
    }

    /// Returns whether the work has succeeded for every tenant.
    pub fn is_ok(&self) -> bool {
        self.failed().next().is_none()
    }
}

/// The number of those that failed, and a line for each of them.
impl<T, E: fmt::Display> fmt::Display for TenantsReport<T, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (failed, total) = (self.failed().count(), self.outcomes.len());
        write!(out, "{failed} of {total} tenants failed")?;
        self.failed()
            .try_for_each(|(id, error)| write!(out, "\n`{}`: {error}", id.escape_debug()))
    }
}

impl<'p, D: GeneratedDatabases> EachTenant<'p, D> {
    pub(super) fn new(tenants: &Tenants<D>, given: Vec<(String, TenantOptions)>) -> Self {
        Self {
            tenants: tenants.clone(),
            given,
            parallel: PARALLEL,
            deadline: DEADLINE,
            on_progress: Box::new(|_| ()),
        }
    }

    /// The number of tenants that are worked on at a time; 8 unless said, and at least 1.
    pub fn parallel(mut self, tenants: usize) -> Self {
        self.parallel = tenants.max(1);
        self
    }

    /// The time that the work on one tenant may take, opening it included; 60 s unless said. After that it is reported as
    /// [`ErrorKind::Timeout`], and another tenant has its place: its thread ends when the work does, and whether that has
    /// written is [unknown](crate::error::Applied::Unknown).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Calls this after each tenant, on the calling thread.
    pub fn on_progress(mut self, report: impl FnMut(&TenantsProgress<'_>) + 'p) -> Self {
        self.on_progress = Box::new(report);
        self
    }

    /// Runs `work` for each tenant, each on a thread of its own. It owns what it uses, as it may outlive the call.
    ///
    /// # Panics
    /// Where `work` does.
    pub fn run<T, E, F>(self, work: F) -> TenantsReport<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: Fn(&Tenant<D>) -> Result<T, E> + Send + Sync + 'static,
    {
        let started = Instant::now();
        let outcomes = Run::new(self, work).outcomes();
        TenantsReport {
            outcomes,
            elapsed: started.elapsed(),
        }
    }

    /// Connects to each tenant's own engines, and compares their tables with the program's.
    pub fn check(self) -> TenantsReport<()> {
        self.run(|tenant| {
            tenant
                .registry()
                .check()
                .into_iter()
                .try_for_each(|(_, checked)| checked)
        })
    }

    /// Creates the tables that are missing on each tenant's own engines.
    pub fn create_missing(self) -> TenantsReport<CreatedTables> {
        self.run(|tenant| tenant.registry().create_missing())
    }
}

impl<D: GeneratedDatabases> fmt::Debug for EachTenant<'_, D> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("EachTenant")
            .field("tenants", &self.given.len())
            .field("parallel", &self.parallel)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The message of a thread: which tenant, and what its work returned or panicked with.
type Done<T, E> = (usize, thread::Result<Result<T, E>>);

/// A run that is going on.
struct Run<'p, D: GeneratedDatabases, T, E, F> {
    each: EachTenant<'p, D>,
    work: Arc<F>,
    waiting: VecDeque<usize>,
    /// Since when, in the order they were begun.
    running: Vec<(usize, Instant)>,
    outcomes: Vec<Option<TenantOutcome<T, E>>>,
    done: usize,
    sender: Sender<Done<T, E>>,
    receiver: Receiver<Done<T, E>>,
}

impl<'p, D, T, E, F> Run<'p, D, T, E, F>
where
    D: GeneratedDatabases,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: Fn(&Tenant<D>) -> Result<T, E> + Send + Sync + 'static,
{
    fn new(each: EachTenant<'p, D>, work: F) -> Self {
        let total = each.given.len();
        let (sender, receiver) = channel();
        Self {
            each,
            work: Arc::new(work),
            waiting: (0..total).collect(),
            running: Vec::new(),
            outcomes: (0..total).map(|_| None).collect(),
            done: 0,
            sender,
            receiver,
        }
    }

    fn outcomes(mut self) -> Vec<TenantOutcome<T, E>> {
        loop {
            while self.running.len() < self.each.parallel
                && let Some(next) = self.waiting.pop_front()
            {
                self.begin(next);
            }
            let Some(&(_, first)) = self.running.first() else {
                break;
            };
            let left = self.each.deadline.saturating_sub(first.elapsed());
            match self.receiver.recv_timeout(left) {
                Ok((at, Ok(result))) => self.end(at, result),
                Ok((_, Err(panic))) => resume_unwind(panic),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    self.end_first_overdue()
                }
            }
        }
        self.outcomes.into_iter().flatten().collect()
    }

    /// Without a thread for it, the work is done here.
    fn begin(&mut self, at: usize) {
        self.running.push((at, Instant::now()));
        let (id, options) = self.each.given[at].clone();
        if let Err(error) = ensure_allowed(self.each.tenants.0.number, &id) {
            return self.end(at, Err(error.into()));
        }
        let (tenants, work, sender) = (
            self.each.tenants.clone(),
            Arc::clone(&self.work),
            self.sender.clone(),
        );
        let (locks, counters) = (Locks::here(), Counters::here());
        let job = Arc::new(move || {
            let work = || {
                let tenant = tenants.get_as(&id, options.clone(), Recency::Passing)?;
                work(&tenant)
            };
            let work = || counters.clone().around(|| locks.clone().around(work));
            let result = catch_unwind(AssertUnwindSafe(work));
            // The receiver is gone where no caller waits any more.
            sender.send((at, result)).ok();
        });
        let on_thread = Arc::clone(&job);
        let thread = thread::Builder::new().name("bindery-tenant".to_owned());
        if thread.spawn(move || on_thread()).is_err() {
            job();
        }
    }

    /// The first that was begun has had its time.
    fn end_first_overdue(&mut self) {
        let (at, _) = self.running[0];
        let phase = TimeoutPhase::Tenant;
        let error = Error::new(ErrorKind::Timeout { phase }).during(Operation::Choose);
        self.end(at, Err(error.perhaps_applied().into()));
    }

    /// An outcome that comes after its time was up counts no more.
    fn end(&mut self, at: usize, result: Result<T, E>) {
        let Some(place) = self.running.iter().position(|(running, _)| *running == at) else {
            return;
        };
        let (_, started) = self.running.remove(place);
        self.done += 1;
        let id = self.each.given[at].0.clone();
        (self.each.on_progress)(&TenantsProgress {
            tenant: &id,
            is_ok: result.is_ok(),
            done: self.done,
            total: self.outcomes.len(),
        });
        self.outcomes[at] = Some(TenantOutcome {
            id,
            result,
            elapsed: started.elapsed(),
        });
    }
}
