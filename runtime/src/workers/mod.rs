//! The threads on which asynchronous callers' blocking work is done, for one program's databases: as many are at work as there are
//! connections, and those that wait for one are not at work. Work that finds all of them busy waits without a thread
//! (`waits`). Who counts as at work is `permit`'s, how the threads come and go `threads`', one piece of work with the future
//! that waits for it `job`'s, the time limits are `limit`'s, and the permits of sessions that are lost `lost`'s.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::driver::forks;
use crate::driver::work::Work;
use crate::error::{Error, ErrorKind, Operation};

mod carried;
mod job;
mod limit;
mod lost;
mod permit;
mod stream;
mod threads;
mod waits;

use self::carried::Capture;
pub use self::carried::TaskScope;
pub(crate) use self::job::Keeper;
pub use self::job::Run;
pub(crate) use self::permit::Permit;
pub use self::stream::{RowSender, RowStream};
use self::waits::{Span, Waiting, Waits};

/// Something to be done on one of the threads.
pub(crate) trait Task: Send + Sync {
    /// Does it, and gives the permit back where it is needed no more. Does not panic.
    fn run(&self, permit: Permit) -> Option<Permit>;

    /// It will not be done.
    fn refuse(&self, why: Error);
}

/// The threads for the work of one program's databases.
pub(crate) struct Workers {
    size: usize,
    /// The time that work may wait for its turn.
    limit: Duration,
    state: Mutex<WorkersState>,
    /// Something that a thread waits for outside of `threads` has changed: nothing is done any more, or nothing waits.
    changed: Condvar,
    /// Of the process whose threads these are.
    forks: u32,
    /// The parts of a task that go to the thread with its work, if the program says.
    capture: OnceLock<Capture>,
}

#[derive(Default)]
struct WorkersState {
    /// With a permit, and to be done by the next thread.
    ready: VecDeque<(Arc<dyn Task>, Permit)>,
    /// Tasks that have no permit yet.
    waiting: Waits,
    /// Permits that are given out, with when their threads began; none of those that rest. The numbers go on from one to the next.
    permits: BTreeMap<u64, Option<Instant>>,
    /// Those of sessions.
    sessions: usize,
    /// Those whose threads wait for a connection, and how many of these are sessions'.
    blocked: usize,
    blocked_sessions: usize,
    /// Those that sessions keep between two calls, and who has them.
    resting: BTreeMap<u64, Weak<dyn Keeper>>,
    /// Numbers of permits and of places in the queue.
    next: u64,
    /// Used as a stack: the thread that worked last has the warmest caches.
    idle: Vec<Thread>,
    threads: usize,
    /// Threads that do something.
    busy: usize,
    /// Work that was abandoned while it held connections, with when these are cut off.
    abandoned: VecDeque<(Instant, Work)>,
    /// A thread sees to the time limits of what waits and of what was abandoned.
    is_limited: bool,
    closed: bool,
    timeouts: u64,
}

/// The amount of asynchronous work at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct WorkerStats {
    /// The most pieces of work that are done at once: as many as there are connections. Those that wait for a connection and
    /// sessions between two calls are not counted.
    pub size: usize,
    /// Worker threads, working or idle.
    pub threads: usize,
    /// Pieces of work that have their turn: on a thread, or about to be.
    pub running: usize,
    /// Pieces of work whose threads wait for a connection.
    pub blocked: usize,
    /// Sessions that rest between two calls, with their connections and without a thread.
    pub resting: usize,
    /// Futures that wait for their turn.
    pub waiting: usize,
    /// The number of those that waited in vain, ever.
    pub timeouts: u64,
}

impl Workers {
    /// No thread is started before it is needed.
    pub(crate) fn new(size: usize, limit: Duration) -> Arc<Self> {
        forks::watch();
        Arc::new(Self {
            size: size.max(1),
            limit,
            state: Mutex::default(),
            changed: Condvar::new(),
            forks: forks::count(),
            capture: OnceLock::new(),
        })
    }

    /// Has this called in the task of each piece of work. `false` where it was called before.
    pub(crate) fn carry(&self, capture: Capture) -> bool {
        self.capture.set(capture).is_ok()
    }

    pub(crate) fn stats(&self) -> WorkerStats {
        if self.is_forked() {
            return WorkerStats::default();
        }
        let state = self.lock();
        WorkerStats {
            size: self.size,
            threads: state.threads,
            running: state.at_work(),
            blocked: state.blocked,
            resting: state.resting.len(),
            waiting: state.waiting.len(),
            timeouts: state.timeouts,
        }
    }

    /// Has the task done when its turn has come. Returns its place in the queue, if it has to wait.
    fn submit(self: &Arc<Self>, task: Arc<dyn Task>, span: Span) -> Option<u64> {
        if self.is_forked() {
            task.refuse(Error::new(ErrorKind::Forked).during(Operation::Acquire));
            return None;
        }
        let mut state = self.lock();
        if state.closed {
            drop(state);
            task.refuse(closed());
            return None;
        }
        if state.has_room(self.size, span) && state.waiting.is_empty_for(span) {
            let permit = self.permit(&mut state, span);
            state.ready.push_back((task, permit));
            self.wake(state);
            return None;
        }
        Some(self.queue(state, task, span))
    }

    /// Has a single task done when its turn has come.
    pub(crate) fn submit_call(self: &Arc<Self>, task: Arc<dyn Task>) {
        self.submit(task, Span::Call);
    }

    /// Has the task done soon: it has its permit.
    pub(crate) fn submit_with(self: &Arc<Self>, mut permit: Permit, task: Arc<dyn Task>) {
        if self.is_forked() {
            return task.refuse(Error::new(ErrorKind::Forked).during(Operation::Acquire));
        }
        let mut state = self.lock();
        permit.resume(&mut state);
        state.ready.push_back((task, permit));
        self.wake(state);
    }

    /// Gives the task the last place of the queue.
    fn queue(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, WorkersState>,
        task: Arc<dyn Task>,
        span: Span,
    ) -> u64 {
        let place = state.number();
        let since = Instant::now();
        state.waiting.insert(place, span, Waiting { task, since });
        self.see_to_limits(state);
        place
    }

    /// Has the task of this place not be done, where it was not begun.
    fn leave(&self, place: u64) {
        let left = self.lock().waiting.remove(place);
        // Not under the lock: it holds what the program gave it.
        drop(left);
    }

    /// Ends what was begun, as soon as the statement that is at work allows, or by force.
    fn abandon(self: &Arc<Self>, work: &Work) {
        if work.abandon() && !self.is_forked() {
            let mut state = self.lock();
            state
                .abandoned
                .push_back((Instant::now() + limit::GRACE, work.clone()));
            self.changed.notify_all();
            self.see_to_limits(state);
        }
    }

    /// Refuses what waits and what comes later. What was begun goes on.
    pub(crate) fn close(&self) {
        if self.is_forked() {
            return;
        }
        let mut state = self.lock();
        state.closed = true;
        let waiting = state.waiting.take();
        let idle = std::mem::take(&mut state.idle);
        self.changed.notify_all();
        drop(state);
        idle.iter().for_each(Thread::unpark);
        waiting.for_each(|waiting| waiting.task.refuse(closed()));
    }

    /// Waits until nothing is done any more, but no longer than this.
    pub(crate) fn wait_until_idle(&self, limit: Duration) {
        if self.is_forked() {
            return;
        }
        let state = self.lock();
        let is_busy = |state: &mut WorkersState| state.busy > 0 || !state.ready.is_empty();
        drop(self.changed.wait_timeout_while(state, limit, is_busy));
    }

    /// The threads of another process are not here, and one of them may have held the lock.
    fn is_forked(&self) -> bool {
        forks::count() != self.forks
    }

    /// Nothing of the program's runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, WorkersState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WorkersState {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::Closed).during(Operation::Acquire)
}
