//! Sessions of asynchronous code: one that is run as a whole, and one that lives across several awaits, on whichever worker
//! thread each part of its work is done.

use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::dropped::Lost;
use super::{GeneratedSession, SessionOptions};
use crate::databases::GeneratedDatabases;
use crate::driver::locks::Locks;
use crate::driver::work;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::workers::{Keeper, Permit, Run, Task, Workers};

/// A session of asynchronous code: `db.begin_session_async()`. Each part of its work is done on a worker thread, in one
/// transaction of each engine from the first to the last; in between it holds its connections, and no thread.
///
/// It is rolled back unless `commit` is called: when it is dropped, by a worker, and when a future of its own is dropped
/// while it runs; then every later call is [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). A session that was never used
/// holds nothing and ends without a worker.
///
/// ```
/// # use bindery_cases::examples::*;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let mut s = db.begin_session_async();
/// let ann = s.run(|s| s.users().insert(NewUser::new("ann@example.org"))).await?;
/// // Anything else may be awaited here.
/// s.run(move |s| s.users().get(ann.id)).await?;
/// s.commit().await?;
/// assert_eq!(db.run(|db| db.users().count()).await?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a session that is not committed is rolled back"]
pub struct AsyncSession<D: GeneratedDatabases> {
    workers: Arc<Workers>,
    held: Arc<Held<D::Session>>,
    origin: Arc<Origin<D::Session>>,
}

/// How the session begins, and the registry of tenants and the tenant of it that its calls are locked to.
struct Origin<S> {
    begin: Box<dyn Fn() -> Result<S> + Send + Sync>,
    lock: Option<(u64, Arc<str>)>,
}

/// The session between two calls, and the permit that it has from the first on. It rests between two calls, and other work goes on
/// meanwhile, such as that which the session waits for; the next call of the session need not wait for a turn.
struct Held<S> {
    state: Mutex<SessionState<S>>,
    own: Weak<Self>,
}

struct SessionState<S> {
    stage: Stage<S>,
    permit: Option<Permit>,
    /// The permit was taken back, as the databases had ended all connections of the session.
    is_lost: bool,
    /// No call follows.
    is_dropped: bool,
}

enum Stage<S> {
    /// Not begun yet.
    New,
    Open(S),
    /// A call has it, or it was ended by one: committed, rolled back, abandoned, or by a panic.
    Taken,
}

impl<D: GeneratedDatabases> AsyncSession<D> {
    #[track_caller]
    pub(crate) fn new(db: &D, options: SessionOptions) -> Self {
        let (own, site) = (db.clone(), Location::caller());
        let begin = move || own.registry().begin_session_at(&options, site);
        Self::begun_by(db, begin, None)
    }

    /// One whose first call begins it in a way of its own, on a worker thread of these databases.
    pub(crate) fn begun_by(
        db: &D,
        begin: impl Fn() -> Result<D::Session> + Send + Sync + 'static,
        lock: Option<(u64, Arc<str>)>,
    ) -> Self {
        let state = SessionState {
            stage: Stage::New,
            permit: None,
            is_lost: false,
            is_dropped: false,
        };
        let begin = Box::new(begin);
        let held = |own: &Weak<_>| Held {
            state: Mutex::new(state),
            own: Weak::clone(own),
        };
        Self {
            workers: Arc::clone(db.registry().own_workers()),
            held: Arc::new_cyclic(held),
            origin: Arc::new(Origin { begin, lock }),
        }
    }

    /// Runs blocking work in the session, on a worker thread. The first call waits for its turn, as
    /// [`run`](GeneratedDatabases::run) does; the session begins then.
    ///
    /// # Errors
    /// Those of `work`, and of waiting for a turn. After an error the session goes on, as far as its transactions do; after a panic
    /// it is over.
    pub async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut D::Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.try_run(work).await
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn try_run<T, E>(
        &mut self,
        work: impl FnOnce(&mut D::Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.call(|mut session| {
            let outcome = work(&mut session);
            (outcome, Some(session))
        })
        .await
    }

    /// Commits what was done on all engines, on a worker thread; one that was never used is committed already.
    ///
    /// # Errors
    /// Those of [`Session::commit`](crate::Session::commit).
    pub async fn commit(self) -> Result<()> {
        if self.is_untouched() {
            return Ok(());
        }
        self.call(|mut session| (session.finish().map_err(|failed| failed.error), None))
            .await
    }

    /// Undoes what was done on all engines, on a worker thread.
    ///
    /// # Errors
    /// A connection is lost; its database then undoes the work by itself.
    pub async fn rollback(self) -> Result<()> {
        if self.is_untouched() {
            return Ok(());
        }
        self.call(|mut session| (session.undo(), None)).await
    }

    /// Undoes what was done on all engines, on a worker thread, and does not wait for it: for an end that cannot be awaited. Dropping the
    /// session does so, too, and reports that it was not ended.
    pub fn roll_back_soon(self) {
        self.end_soon();
    }

    /// Has a worker roll it back. A call that was abandoned ends the session when it sees that.
    fn end_soon(&self) -> Option<Lost> {
        let mut state = self.held.lock();
        state.is_dropped = true;
        let permit = state.permit.take();
        if permit.is_none() && !state.is_lost {
            return None;
        }
        let stage = std::mem::replace(&mut state.stage, Stage::Taken);
        drop(state);
        let Stage::Open(mut session) = stage else {
            return None;
        };
        let lost = session.lost();
        session.is_reported();
        let task = Arc::new(RollBack(Mutex::new(Some(session))));
        match permit {
            Some(permit) => self.workers.submit_with(permit, task),
            None => self.workers.submit_call(task),
        }
        lost
    }

    /// Returns whether nothing was run in it yet: it holds no connection then.
    pub fn is_untouched(&self) -> bool {
        matches!(self.held.lock().stage, Stage::New)
    }

    /// Has a call done that may end the session.
    fn call<T, E>(
        &self,
        work: impl FnOnce(D::Session) -> (Result<T, E>, Option<D::Session>) + Send + 'static,
    ) -> Run<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let origin = Arc::clone(&self.origin);
        let held = Arc::clone(&self.held);
        let keeper: Arc<dyn Keeper> = Arc::clone(&self.held) as _;
        let run = move |permit| {
            let session = match held.take(&origin.begin) {
                Ok(session) => session,
                Err(error) => return (Err(error.into()), Some(permit)),
            };
            session.slots.encloses();
            let (outcome, mut session) = origin.around(|| work(session));
            if let Some(session) = &mut session {
                session.slots.rests();
            }
            match session.filter(|_| !work::is_abandoned()) {
                Some(session) => (outcome, held.put(session, permit)),
                None => (outcome, Some(permit)),
            }
        };
        Run::of_several(&self.workers, keeper, run)
    }
}

impl<S> Origin<S> {
    /// Runs a call of the session.
    fn around<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.lock {
            Some((registry, tenant)) => Locks::here().with(*registry, tenant).around(work),
            None => work(),
        }
    }
}

impl<S: GeneratedSession> Held<S> {
    /// Takes the session for a call; it is begun where it is not yet.
    fn take(&self, begin: impl FnOnce() -> Result<S>) -> Result<S> {
        let before = std::mem::replace(&mut self.lock().stage, Stage::Taken);
        match before {
            Stage::Open(session) => Ok(session),
            Stage::New => begin().inspect_err(|_| self.lock().stage = Stage::New),
            Stage::Taken => Err(ended()),
        }
    }

    /// Keeps the session and its permit for the next call; gives the permit back where none follows. A rollback is work, so the permit
    /// does not rest meanwhile.
    fn put(&self, session: S, mut permit: Permit) -> Option<Permit> {
        if self.lock().is_dropped {
            drop(session);
            return Some(permit);
        }
        permit.rest(Weak::<Self>::clone(&self.own));
        let mut state = self.lock();
        if state.is_dropped {
            drop(state);
            drop(session);
            return Some(permit);
        }
        state.stage = Stage::Open(session);
        state.permit = Some(permit);
        state.is_lost = false;
        None
    }

    /// No program's code runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, SessionState<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: GeneratedSession> Keeper for Held<S> {
    fn take(&self) -> Option<Permit> {
        self.lock().permit.take()
    }

    /// A call was abandoned before it began.
    fn keep(&self, permit: Permit) -> Option<Permit> {
        let mut state = self.lock();
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Open(session) => {
                drop(state);
                self.put(session, permit)
            }
            other @ (Stage::New | Stage::Taken) => {
                state.stage = other;
                Some(permit)
            }
        }
    }

    /// The session stays, as its user may come back to it and learn that its connections are lost.
    fn take_lost(&self) -> Option<Permit> {
        let mut state = self.lock();
        let Stage::Open(session) = &mut state.stage else {
            return None;
        };
        if !session.slots.have_ended() {
            return None;
        }
        let permit = state.permit.take()?;
        state.is_lost = true;
        Some(permit)
    }
}

#[cold]
fn ended() -> Error {
    Error::new(ErrorKind::Cancelled).during(Operation::Begin)
}

/// The end of a session that is rolled back.
struct RollBack<S>(Mutex<Option<S>>);

impl<S: Send> Task for RollBack<S> {
    fn run(&self, permit: Permit) -> Option<Permit> {
        let session = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(session);
        Some(permit)
    }

    fn refuse(&self, _: Error) {}
}

impl<D: GeneratedDatabases> Drop for AsyncSession<D> {
    fn drop(&mut self) {
        if let Some(lost) = self.end_soon() {
            lost.report();
        }
    }
}
