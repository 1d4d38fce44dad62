//! One piece of work, and the future that waits for it. The future needs no reactor and no timer of a runtime, so that it
//! runs in every one.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::carried::Carried;
use super::permit::{Hosting, Permit};
use super::waits::Span;
use super::{Task, Workers};
use crate::driver::work::Work;
use crate::error::Error;

/// The outcome of a piece of work, or its panic.
type Outcome<T, E> = thread::Result<Result<T, E>>;

struct Job<F, T, E> {
    state: Mutex<JobState<F, T, E>>,
    work: Work,
    keeper: Option<Arc<dyn Keeper>>,
}

/// Has a permit between several jobs that need the same one.
pub(crate) trait Keeper: Send + Sync {
    /// The permit for the next job, if there is one.
    fn take(&self) -> Option<Permit>;

    /// Keeps the permit after a job, or gives it back where there will be none.
    fn keep(&self, permit: Permit) -> Option<Permit>;

    /// The permit, where the jobs share something that is lost.
    fn take_lost(&self) -> Option<Permit>;
}

enum JobState<F, T, E> {
    Waiting(F, Carried, Option<Waker>),
    Running(Option<Waker>),
    Done(Outcome<T, E>),
    /// The outcome was taken, or will not be.
    Over,
}

/// A job as its future sees it.
trait Awaited<T, E>: Task {
    /// Keeps what the task has that polls first. Returns the permit, if there is one already.
    fn carry(&self, workers: &Workers) -> Option<Permit>;

    /// The outcome, if it is there.
    fn poll(&self, context: &mut Context<'_>) -> Poll<Outcome<T, E>>;

    /// The future waits no more. Returns the work, if it was begun.
    fn abandon(&self) -> Option<&Work>;
}

/// Waits for work that is done on another thread: [`run`](crate::generic::GeneratedDatabases::run).
///
/// Nothing is done before it is polled. Dropping it gives the place of work that waits for its turn to the next, and
/// cancels work that was begun: its next call is [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled), a statement that does not
/// end within 50 ms is cancelled in the database, transactions are rolled back. As ever when an answer is not waited for,
/// whether a write or a COMMIT that was being sent is stored is not known then.
///
/// # Panics
/// A panic of the work goes on in the task that waits for it.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Run<T, E = Error> {
    job: Arc<dyn Awaited<T, E>>,
    workers: Arc<Workers>,
    standing: Standing,
}

enum Standing {
    New(Span),
    Submitted {
        /// In the queue, if it had to wait.
        place: Option<u64>,
    },
    Over,
}

impl<T: Send + 'static, E: From<Error> + Send + 'static> Run<T, E> {
    pub(crate) fn new(
        workers: &Arc<Workers>,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Self {
        let work = |permit| (work(), Some(permit));
        Self::of(workers, work, None)
    }

    /// One of several jobs with one permit. The job returns the permit where it is needed
    /// no more.
    pub(crate) fn of_several(
        workers: &Arc<Workers>,
        keeper: Arc<dyn Keeper>,
        run: impl FnOnce(Permit) -> (Result<T, E>, Option<Permit>) + Send + 'static,
    ) -> Self {
        Self::of(workers, run, Some(keeper))
    }

    fn of<F>(workers: &Arc<Workers>, run: F, keeper: Option<Arc<dyn Keeper>>) -> Self
    where
        F: FnOnce(Permit) -> (Result<T, E>, Option<Permit>) + Send + 'static,
    {
        let span = Span::of(keeper.is_some());
        let host = Hosting {
            workers: Arc::clone(workers),
            span,
        };
        let job = Job {
            state: Mutex::new(JobState::Waiting(run, Carried::default(), None)),
            work: Work::on(Arc::new(host)),
            keeper,
        };
        Self {
            job: Arc::new(job),
            workers: Arc::clone(workers),
            standing: Standing::New(span),
        }
    }
}

impl<T: 'static, E: 'static> Future for Run<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Standing::New(span) = self.standing {
            let permit = self.job.carry(&self.workers);
            let task: Arc<dyn Task> = Arc::clone(&self.job) as _;
            let place = match permit {
                Some(permit) => {
                    self.workers.submit_with(permit, task);
                    None
                }
                None => self.workers.submit(task, span),
            };
            self.standing = Standing::Submitted { place };
        }
        let Poll::Ready(outcome) = self.job.poll(context) else {
            return Poll::Pending;
        };
        self.standing = Standing::Over;
        match outcome {
            Ok(outcome) => Poll::Ready(outcome),
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl<T, E> Drop for Run<T, E> {
    fn drop(&mut self) {
        if let Standing::Over = self.standing {
            return;
        }
        if let Some(work) = self.job.abandon() {
            self.workers.abandon(work);
        } else if let Standing::Submitted { place: Some(place) } = self.standing {
            self.workers.leave(place);
        }
    }
}

impl<T, E> fmt::Debug for Run<T, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Run")
    }
}

impl<F, T, E> Job<F, T, E> {
    fn put(&self, state: JobState<F, T, E>) -> JobState<F, T, E> {
        std::mem::replace(&mut *self.lock(), state)
    }

    /// Wakes the task that waits, if it still does.
    fn finish(&self, outcome: Outcome<T, E>) {
        let mut state = self.lock();
        if let JobState::Over = *state {
            drop(state);
            drop(outcome);
            return;
        }
        let before = std::mem::replace(&mut *state, JobState::Done(outcome));
        drop(state);
        if let JobState::Waiting(_, _, Some(waker)) | JobState::Running(Some(waker)) = before {
            waker.wake();
        }
    }

    /// Nothing of the program's runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, JobState<F, T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out what is to be done, unless no caller wants it any more.
    fn begin(&self) -> Option<(F, Carried)> {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, JobState::Over) {
            JobState::Waiting(work, carried, waker) => {
                *state = JobState::Running(waker);
                Some((work, carried))
            }
            other @ (JobState::Running(_) | JobState::Done(_) | JobState::Over) => {
                *state = other;
                None
            }
        }
    }
}

impl<F, T, E> Task for Job<F, T, E>
where
    F: FnOnce(Permit) -> (Result<T, E>, Option<Permit>) + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&self, permit: Permit) -> Option<Permit> {
        let Some((run, carried)) = self.begin() else {
            return match &self.keeper {
                Some(keeper) => keeper.keep(permit),
                None => Some(permit),
            };
        };
        let run = || self.work.enter(|| carried.around(|| run(permit)));
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok((outcome, permit)) => {
                self.finish(Ok(outcome));
                permit
            }
            Err(panic) => {
                self.finish(Err(panic));
                None
            }
        }
    }

    fn refuse(&self, why: Error) {
        self.finish(Ok(Err(E::from(why))));
    }
}

impl<F, T, E> Awaited<T, E> for Job<F, T, E>
where
    F: FnOnce(Permit) -> (Result<T, E>, Option<Permit>) + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn carry(&self, workers: &Workers) -> Option<Permit> {
        if let JobState::Waiting(_, carried, _) = &mut *self.lock() {
            *carried = Carried::from_here(workers);
        }
        self.keeper.as_ref().and_then(|keeper| keeper.take())
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Outcome<T, E>> {
        let mut state = self.lock();
        if let JobState::Waiting(_, _, waker) | JobState::Running(waker) = &mut *state {
            match waker {
                Some(waker) => waker.clone_from(context.waker()),
                None => *waker = Some(context.waker().clone()),
            }
            return Poll::Pending;
        }
        match std::mem::replace(&mut *state, JobState::Over) {
            JobState::Done(outcome) => Poll::Ready(outcome),
            JobState::Waiting(..) | JobState::Running(_) | JobState::Over => {
                panic!("a future was polled after it was ready")
            }
        }
    }

    fn abandon(&self) -> Option<&Work> {
        let before = self.put(JobState::Over);
        matches!(before, JobState::Running(_)).then_some(&self.work)
    }
}
