//! The tasks of one worker between their claim and the record of their end, and the threads that run them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::store::{self, ClaimedTask, CommitMode, End};
use super::context::TaskContext;
use super::engine::Store;
use super::handler::{self, Failed, Handler};
use super::pace::Low;
use super::rest::{Need, Rest, Turn};
use crate::databases::GeneratedDatabases;
use crate::error::Result;
use crate::link::backoff::Pauses;
use crate::link::retry::RetryPolicy;
use crate::observe::{Background, EventKind, Outcome};

/// The pauses between the attempts at a task.
const PAUSES: Pauses = Pauses {
    limits: (Duration::from_secs(1), Duration::from_hours(1)),
    factor: 4,
    spread: (0.75, 1.25),
};

/// The first pause, at least, of a task that there is no handler for: a later version of the program has one, and is being
/// deployed. Five attempts last for more than an hour then.
const UNKNOWN: Duration = Duration::from_mins(1);

/// For how long ends are gathered that are then recorded together.
const GATHER: Duration = Duration::from_millis(5);

/// A claim, for as long as tasks of it are here.
pub(super) struct Claim {
    pub(super) name: String,
    /// Until when its tasks are this worker's, by its own clock.
    until: Mutex<Instant>,
    /// Another worker has taken its tasks over.
    is_lost: AtomicBool,
}

impl Claim {
    pub(super) fn new(name: String, until: Instant) -> Arc<Self> {
        Arc::new(Self {
            name,
            until: Mutex::new(until),
            is_lost: AtomicBool::new(false),
        })
    }

    pub(super) fn until(&self) -> Instant {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_until(&self, until: Instant) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// Another worker has its tasks: none of them is begun here any more.
    pub(super) fn lose(&self) {
        self.is_lost.store(true, Ordering::Relaxed);
        self.set_until(Instant::now());
    }
}

/// A task of a claim.
pub(super) struct Held {
    pub(super) claim: Arc<Claim>,
    pub(super) task: ClaimedTask,
}

/// A task to run, or to fail for a reason without an attempt.
struct Next {
    held: Held,
    refusal: Option<String>,
}

/// The end of an attempt.
struct Attempted {
    end: End,
    need: Need,
}

/// The state that threads and dispatcher share.
#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<ThreadsState>,
    /// Threads wait for tasks, the dispatcher for what happens.
    work: Condvar,
    news: Condvar,
}

#[derive(Default)]
struct ThreadsState {
    queue: VecDeque<Held>,
    ended: Vec<(Held, End)>,
    /// The time at which the first of these ended.
    ended_at: Option<Instant>,
    running: usize,
    rest: Rest,
    /// The dispatcher waits, and is woken once fewer tasks than this are queued.
    waits_below: usize,
    is_stopping: bool,
    /// The database has notified of new tasks.
    is_woken: bool,
    /// A lane beside the dispatcher has done its job.
    has_results: bool,
    /// No thread is to wait for more.
    is_over: bool,
}

/// The state as the dispatcher sees it.
pub(super) struct News {
    pub(super) ended: Vec<(Held, End)>,
    pub(super) queued: usize,
    pub(super) running: usize,
    pub(super) is_stopping: bool,
    pub(super) is_woken: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, ThreadsState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker runs until it is stopped: tasks wait while what all of them need is away.
    pub(super) fn be_patient(&self) {
        self.lock().rest.has_patience = true;
    }

    pub(super) fn stop(&self) {
        self.lock().is_stopping = true;
        self.news.notify_all();
    }

    /// New tasks are there.
    pub(super) fn wake(&self) {
        self.lock().is_woken = true;
        self.news.notify_all();
    }

    /// A lane has done its job.
    pub(super) fn wake_for_lane(&self) {
        self.lock().has_results = true;
        self.news.notify_all();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.lock().is_stopping
    }

    /// Ends threads that wait.
    pub(super) fn end(&self) {
        self.lock().is_over = true;
        self.work.notify_all();
    }

    pub(super) fn put(&self, tasks: impl Iterator<Item = Held>) {
        self.lock().queue.extend(tasks);
        self.work.notify_all();
    }

    /// Takes what was not begun.
    pub(super) fn take_back(&self) -> Vec<Held> {
        self.lock().queue.drain(..).collect()
    }

    /// Returns the state once tasks have ended, fewer than `low` are here, new ones are there, the worker is to stop or the time
    /// has come. While at least `busy` tasks wait, ends are gathered for a moment.
    pub(super) fn news(&self, low: Low, busy: usize, until: Instant) -> News {
        self.wait_while(until, (low.queued(), busy), |state| {
            !low.is_reached(state.queue.len(), state.running) && !state.is_stopping
        })
    }

    /// Returns the state: immediately where tasks have ended or none runs, else once that is so or the time has come.
    pub(super) fn last_news(&self, until: Instant) -> News {
        self.wait_while(until, (0, usize::MAX), |state| state.running > 0)
    }

    fn wait_while(
        &self,
        until: Instant,
        (low, busy): (usize, usize),
        is_patient: impl Fn(&ThreadsState) -> bool,
    ) -> News {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let until = match state.ended_at {
                Some(at) if state.queue.len() >= busy => until.min(at + GATHER),
                Some(_) => now,
                None => until,
            };
            let is_called = state.is_woken || state.has_results;
            if is_called || !is_patient(&state) || until <= now {
                break;
            }
            state.waits_below = low.max(if busy == usize::MAX { 0 } else { busy });
            state = self.wait(state, until - now);
        }
        state.waits_below = 0;
        state.ended_at = None;
        state.has_results = false;
        News {
            ended: std::mem::take(&mut state.ended),
            queued: state.queue.len(),
            running: state.running,
            is_stopping: state.is_stopping,
            is_woken: std::mem::take(&mut state.is_woken),
        }
    }

    fn wait<'s>(
        &'s self,
        state: MutexGuard<'s, ThreadsState>,
        limit: Duration,
    ) -> MutexGuard<'s, ThreadsState> {
        let waited = self.news.wait_timeout(state, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Gives the end of a task, and takes the next one: both with one lock, which all threads want.
    fn next(&self, attempted: Option<(Held, Attempted)>) -> Option<Next> {
        let mut state = self.lock();
        if let Some((held, Attempted { end, need })) = attempted {
            if state.rest.note(need, Instant::now()) {
                self.work.notify_all();
            }
            // The dispatcher gathers the ends after the first by itself.
            if state.add((held, end)) {
                self.news.notify_all();
            }
        }
        loop {
            if state.is_over {
                return None;
            }
            // Once the worker is to stop, the dispatcher takes back what was not begun.
            let may_begin = !state.queue.is_empty() && !state.is_stopping;
            let turn = may_begin.then(|| state.rest.turn(Instant::now()));
            state = match turn {
                None => {
                    let waited = self.work.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
                Some(Turn::WaitUntil(at)) => {
                    let limit = at.saturating_duration_since(Instant::now());
                    let waited = self.work.wait_timeout(state, limit);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                Some(Turn::Run) => return self.taken(state, None),
                Some(Turn::Fail(reason)) => return self.taken(state, Some(reason)),
            }
        }
    }

    fn taken(
        &self,
        mut state: MutexGuard<'_, ThreadsState>,
        refusal: Option<String>,
    ) -> Option<Next> {
        let held = state.queue.pop_front()?;
        state.running += 1;
        // The dispatcher may claim more. It is woken once: a wake-up costs more than a short handler.
        if state.queue.len() < state.waits_below {
            state.waits_below = 0;
            drop(state);
            self.news.notify_all();
        }
        Some(Next { held, refusal })
    }
}

impl ThreadsState {
    /// Adds the end of a task, and returns whether it is the first since the dispatcher took some.
    fn add(&mut self, ended: (Held, End)) -> bool {
        self.running -= 1;
        self.ended.push(ended);
        let is_first = self.ended_at.is_none();
        self.ended_at.get_or_insert_with(Instant::now);
        is_first
    }
}

/// Runs handlers; shared by the threads of a worker.
pub(super) struct Runner<D> {
    /// The engine of the tasks, and their table.
    pub(super) engine: usize,
    pub(super) table: &'static str,
    pub(super) store: Arc<Store>,
    pub(super) db: D,
    pub(super) handlers: BTreeMap<String, Handler<D>>,
    pub(super) fallback: Option<Handler<D>>,
    /// Its attempts are in place of those that tasks say.
    pub(super) retry: RetryPolicy,
    pub(super) shared: Arc<Shared>,
}

impl<D: GeneratedDatabases> Runner<D> {
    /// Starts a thread that runs tasks until the worker is over.
    pub(super) fn start(self: &Arc<Self>) -> Result<()> {
        let runner = Arc::clone(self);
        let thread = std::thread::Builder::new().name("bindery-task".to_owned());
        let run = move || {
            let mut attempted = None;
            while let Some(Next { held, refusal }) = runner.shared.next(attempted.take()) {
                let ended = runner.run(&held, refusal);
                attempted = Some((held, ended));
            }
        };
        thread.spawn(run).map(drop).map_err(super::no_thread)
    }

    fn run(&self, held: &Held, refusal: Option<String>) -> Attempted {
        if Instant::now() >= held.claim.until() || !self.may_begin(held) {
            // Another worker may have it.
            return Attempted {
                end: End::Released,
                need: Need::Unknown,
            };
        }
        let task = &held.task;
        let started = Instant::now();
        let attempted = match refusal {
            Some(reason) => Attempted {
                end: self.failed(task, Failed::again(reason)),
                need: Need::Unknown,
            },
            None => self.attempt(task),
        };
        self.emit(task, started, &attempted.end);
        attempted
    }

    /// Notes that a task that was lost before begins: a loss counts as its own only then.
    fn may_begin(&self, held: &Held) -> bool {
        if !held.task.was_lost() {
            return true;
        }
        let (claim, ids) = (&held.claim.name, [held.task.id]);
        let begun = self.store.write_with(CommitMode::Asynchronous, |physical| {
            store::begin(physical, self.table, claim, &ids)
        });
        begun.unwrap_or_else(|error| {
            tracing::warn!(engine = self.store.engine(), %error, "the begin of a task cannot be recorded");
            false
        })
    }

    fn attempt(&self, task: &ClaimedTask) -> Attempted {
        let context = TaskContext::new(&self.db, task, &self.shared);
        let handler = self.handlers.get(task.task.as_str());
        let handler = handler.or(self.fallback.as_ref());
        match handler::attempt(handler, task, &context) {
            Ok(()) => Attempted {
                end: End::Completed,
                need: Need::There,
            },
            Err(failed) => Attempted {
                need: failed.need(),
                end: self.failed(task, failed),
            },
        }
    }

    fn failed(&self, task: &ClaimedTask, failed: Failed) -> End {
        let attempt = task.retry_count + 1;
        let is_known = self.fallback.is_some() || self.handlers.contains_key(task.task.as_str());
        let mut pauses = self.retry.pauses(PAUSES);
        if !is_known {
            pauses.limits.0 = pauses.limits.0.max(UNKNOWN);
        }
        let attempts = self.retry.set_attempts().unwrap_or(task.max_attempts);
        let pause = (attempt < attempts && !failed.is_final).then(|| pauses.after(attempt));
        End::Failed {
            reason: failed.reason,
            pause,
        }
    }

    fn emit(&self, task: &ClaimedTask, started: Instant, end: &End) {
        let outcome = match end {
            End::Completed => Outcome::Succeeded,
            End::Failed { reason, pause } => Outcome::HandlerFailed {
                reason,
                is_last: pause.is_none(),
            },
            End::Released => return,
        };
        self.db.registry().engines[self.engine]
            .observer
            .emit_background(&Background {
                kind: EventKind::Task,
                name: &task.task,
                model: None,
                operation: None,
                rows: None,
                started,
                outcome,
            });
    }
}
