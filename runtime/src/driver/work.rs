//! Work that a thread does for a caller elsewhere, who may abandon it. No call begins on its behalf any more then, and it waits in
//! no queue. A statement that is at work may end by itself, so that the connection can be used again; one that does not is cut
//! off a little later. Without the feature `tokio` there is no such work (`no_work.rs`).

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Cutter;
use crate::error::{Error, ErrorKind, Result};

thread_local! {
    static CURRENT: RefCell<Option<Work>> = const { RefCell::new(None) };
}

/// Does pieces of work, on a limited number of threads.
pub(crate) trait Host: Send + Sync {
    /// A thread waits for what another has, and others may work in its place. `false` where it still counts as at work.
    fn pause(&self) -> bool;

    /// A thread that paused goes on.
    fn resume(&self);
}

/// One piece of work, seen by the thread that does it and by its caller.
#[derive(Clone, Default)]
pub(crate) struct Work(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_abandoned: AtomicBool,
    is_cut: AtomicBool,
    held: Mutex<Held>,
    host: Option<Arc<dyn Host>>,
}

/// The thing that the thread has or waits for.
#[derive(Default)]
struct Held {
    next: u64,
    all: Vec<One>,
}

struct One {
    number: u64,
    cutter: Cutter,
    kind: WaitKind,
}

/// A call that can be cut off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitKind {
    /// A place in a queue.
    Place,
    Connection,
}

impl Work {
    /// Work that this host does.
    pub(crate) fn on(host: Arc<dyn Host>) -> Self {
        Self(Arc::new(Shared {
            host: Some(host),
            ..Shared::default()
        }))
    }

    /// Runs this as the work of the calling thread.
    pub(crate) fn enter<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = CURRENT.replace(Some(self.clone()));
        let _restored = Restored(before);
        run()
    }

    /// Has nothing more begin on its behalf. `true` where it holds connections, which it gives back soon unless a statement
    /// takes long.
    pub(crate) fn abandon(&self) -> bool {
        self.0.is_abandoned.store(true, Ordering::Release);
        let held = self.0.lock();
        let places = held.all.iter().filter(|one| one.kind == WaitKind::Place);
        places.for_each(|one| one.cutter.cut());
        held.all.iter().any(|one| one.kind == WaitKind::Connection)
    }

    /// Cuts off what it still holds. Does not wait itself.
    pub(crate) fn cut(&self) {
        let held = self.0.lock();
        self.0.is_cut.store(true, Ordering::Release);
        held.all.iter().for_each(|one| one.cutter.cut());
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.0.is_abandoned.load(Ordering::Acquire)
    }

    /// Has this cut off when the work is abandoned.
    fn hold(&self, kind: WaitKind, cutter: Cutter) -> Result<Holding> {
        let mut held = self.0.lock();
        // Under the lock: work that is abandoned from here on finds it.
        if self.is_abandoned() {
            return Err(cancelled());
        }
        held.next += 1;
        let number = held.next;
        held.all.push(One {
            number,
            cutter,
            kind,
        });
        Ok(Holding(Some((self.clone(), number))))
    }
}

impl Shared {
    /// Cutters do not panic, so a poisoned list is still a whole one.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The work that the thread did before, if it did any.
struct Restored(Option<Work>);

impl Drop for Restored {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// A connection or a place in a queue that belongs to a piece of work, until it is dropped.
#[derive(Default)]
pub(crate) struct Holding(Option<(Work, u64)>);

impl Holding {
    /// Has it belong to no work any more, and returns whether it was cut off.
    pub(crate) fn release(&mut self) -> bool {
        self.0.take().is_some_and(|(work, number)| {
            let mut held = work.0.lock();
            held.all.retain(|one| one.number != number);
            work.0.is_cut.load(Ordering::Acquire)
        })
    }

    fn is_of(&self, work: &Work) -> bool {
        let own = self.0.as_ref();
        own.is_some_and(|(own, _)| Arc::ptr_eq(&own.0, &work.0))
    }

    /// Rejects work that is abandoned, or whose time is over.
    #[inline]
    pub(crate) fn ensure_wanted(&self) -> Result<()> {
        match &self.0 {
            Some((work, _)) if work.is_abandoned() => Err(cancelled()),
            Some(_) | None => Ok(()),
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.release();
    }
}

/// Has this belong to the work of the calling thread, if that does any.
///
/// # Errors
/// The work is abandoned.
pub(crate) fn hold(kind: WaitKind, cutter: impl FnOnce() -> Cutter) -> Result<Holding> {
    CURRENT.with_borrow(|current| match current {
        Some(work) => work.hold(kind, cutter()),
        None => Ok(Holding::default()),
    })
}

/// Has a connection belong to the work of the calling thread, if that does any, and to no other.
///
/// # Errors
/// The work is abandoned.
#[inline]
pub(crate) fn adopt(holding: &mut Holding, cutter: impl FnOnce() -> Cutter) -> Result<()> {
    CURRENT.with_borrow(|current| match current {
        Some(work) if !holding.is_of(work) => {
            let held_here = work.hold(WaitKind::Connection, cutter())?;
            holding.release();
            *holding = held_here;
            Ok(())
        }
        Some(_) | None => holding.ensure_wanted(),
    })
}

/// Does what is not given up any more: where the work that the calling thread does is abandoned, it goes on. It has the same host,
/// as its waits, such as those of hooks for connections, keep no other work waiting.
pub(crate) fn finish<T>(run: impl FnOnce() -> T) -> T {
    if let Some(host) = host() {
        return Work::on(host).enter(run);
    }
    let _restored = Restored(CURRENT.take());
    run()
}

/// Waits for what another thread has. The work that the calling thread does, if it does any, does not count as at work meanwhile.
pub(crate) fn pause<T>(wait: impl FnOnce() -> T) -> T {
    let _paused = host().filter(|host| host.pause()).map(Paused);
    wait()
}

/// Returns the host of the work that the calling thread does, if it does any.
fn host() -> Option<Arc<dyn Host>> {
    CURRENT.with_borrow(|current| current.as_ref().and_then(|work| work.0.host.clone()))
}

/// A thread does not count as at work until this is dropped.
struct Paused(Arc<dyn Host>);

impl Drop for Paused {
    fn drop(&mut self) {
        self.0.resume();
    }
}

pub(crate) fn is_abandoned() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(Work::is_abandoned))
}

/// Returns why something was cut off that the calling thread waited for.
pub(crate) fn reason() -> ErrorKind {
    if is_abandoned() {
        ErrorKind::Cancelled
    } else {
        ErrorKind::Closed
    }
}

#[cold]
fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::cut::Cut;

    #[derive(Default)]
    struct Wait(AtomicBool);

    impl Cut for Wait {
        fn cut(&self) {
            self.0.store(true, Ordering::Release);
        }
    }

    #[derive(Default)]
    struct Hosting(AtomicBool);

    impl Host for Hosting {
        fn pause(&self) -> bool {
            !self.0.swap(true, Ordering::AcqRel)
        }

        fn resume(&self) {
            self.0.store(false, Ordering::Release);
        }
    }

    #[test]
    fn what_is_finished_goes_on_and_pauses_its_host_where_it_waits() {
        let host = Arc::<Hosting>::default();
        let is_paused = || host.0.load(Ordering::Acquire);
        let work = Work::on(Arc::clone(&host) as _);
        work.enter(|| {
            work.abandon();
            finish(|| {
                assert!(!is_abandoned());
                assert!(pause(is_paused));
                assert!(!is_paused());
            });
            assert!(is_abandoned());
        });
    }

    #[test]
    fn what_is_held_is_cut_off_and_what_was_given_back_is_not() {
        let work = Work::default();
        let [held, given_back, place, of_another] = [(); 4].map(|()| Arc::<Wait>::default());
        let hold_here = |kind, wait| hold(kind, || Cutter::new(wait)).ok().unwrap();
        let (mut holding, _waiting) = work.enter(|| {
            assert!(!hold_here(WaitKind::Connection, &given_back).release());
            let waiting = hold_here(WaitKind::Place, &place);
            (hold_here(WaitKind::Connection, &held), waiting)
        });
        let mut others = hold_here(WaitKind::Connection, &of_another);
        holding.ensure_wanted().unwrap();
        let is_cut = |wait: &Arc<Wait>| wait.0.load(Ordering::Acquire);
        assert!(work.abandon());
        assert!(is_cut(&place) && !is_cut(&held));
        let error = holding.ensure_wanted().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Cancelled);
        others.ensure_wanted().unwrap();
        work.cut();
        assert!(is_cut(&held) && holding.release());
        assert!(!is_cut(&given_back) && !is_cut(&of_another) && !others.release());
        assert_eq!(reason(), ErrorKind::Closed);
        work.enter(|| {
            assert_eq!(reason(), ErrorKind::Cancelled);
            let error = hold(WaitKind::Place, || Cutter::new(&held))
                .map(drop)
                .unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Cancelled);
        });
    }
}
