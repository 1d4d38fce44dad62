//! The subscribers of a program's databases.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use bindery_core::config::LogConfig;

use super::observer::{Listener, Observer};
use super::{Event, Labels, Tally, ensure_outside};

type Callback = dyn Fn(&Event<'_>) + Send + Sync;

/// The part that the engines of one registry have in common: who is to be called.
#[derive(Default)]
pub(crate) struct Hub {
    subscribers: RwLock<Arc<[Subscriber]>>,
    observers: Mutex<Vec<Weak<Observer>>>,
    /// The number of parts of the program that count.
    open_counts: Mutex<usize>,
}

#[derive(Clone)]
struct Subscriber {
    callback: Arc<Callback>,
}

impl Subscriber {
    fn is(&self, callback: &Weak<Callback>) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.callback), callback.as_ptr())
    }
}

/// A part of the program counts, until the last piece of its work is over.
pub(crate) struct Counting {
    hub: Arc<Hub>,
    tally: Arc<Tally>,
}

impl Counting {
    pub(super) fn counts_to(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tally, &other.tally)
    }

    /// The numbers that statements of this hub's engines are added to.
    pub(super) fn tally_of(&self, hub: &Hub) -> Option<&Tally> {
        std::ptr::eq(&*self.hub, hub).then_some(&*self.tally)
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        let open_counts = self.hub.open_counts.lock();
        let mut open = open_counts.unwrap_or_else(PoisonError::into_inner);
        *open -= 1;
        let observers = self.hub.set(Listener::Counts, *open > 0);
        drop(open);
        drop(observers);
    }
}

/// Keeps a subscriber subscribed: it is called until this is dropped.
#[must_use = "the subscriber is called until its subscription is dropped: keep it, or call `detach`"]
pub struct Subscription {
    hub: Weak<Hub>,
    callback: Weak<Callback>,
}

impl Subscription {
    /// Has the subscriber called for as long as the program has its databases.
    pub fn detach(mut self) {
        self.hub = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.change(|subscribers| subscribers.retain(|it| !it.is(&self.callback)));
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl Hub {
    /// An observer for the connections of one pool.
    pub(crate) fn observer(self: &Arc<Self>, labels: Labels, log: LogConfig) -> Arc<Observer> {
        let observer = Arc::new(Observer::new(labels, log, Arc::clone(self)));
        // As `change` and `Counting` do: theirs before that of the observers.
        let subscribers = self.subscribers.read();
        let subscribers = subscribers.unwrap_or_else(PoisonError::into_inner);
        let open_counts = self.open_counts.lock();
        let open_counts = open_counts.unwrap_or_else(PoisonError::into_inner);
        let observers = self.observers.lock();
        let mut observers = observers.unwrap_or_else(PoisonError::into_inner);
        observers.retain(|observer| observer.strong_count() > 0);
        observers.push(Arc::downgrade(&observer));
        observer.set(Listener::Subscribers, !subscribers.is_empty());
        observer.set(Listener::Counts, *open_counts > 0);
        observer
    }

    /// Calls this for each event, until the subscription is dropped.
    pub(crate) fn subscribe(self: &Arc<Self>, callback: Arc<Callback>) -> Subscription {
        let subscription = Subscription {
            hub: Arc::downgrade(self),
            callback: Arc::downgrade(&callback),
        };
        self.change(|subscribers| subscribers.push(Subscriber { callback }));
        subscription
    }

    fn change(&self, work: impl FnOnce(&mut Vec<Subscriber>)) {
        let mut subscribers = self
            .subscribers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut changed = subscribers.to_vec();
        work(&mut changed);
        let listens = !changed.is_empty();
        let former = std::mem::replace(&mut *subscribers, changed.into());
        let observers = self.set(Listener::Subscribers, listens);
        // Those that were removed, and what they captured, are dropped after the lock.
        drop(subscribers);
        drop((former, observers));
    }

    /// Returns the observers, as the last to hold one reports its end to the recorder: not under a lock.
    #[must_use = "they are dropped when no lock is held any more"]
    fn set(&self, listener: Listener, listens: bool) -> Vec<Arc<Observer>> {
        let observers = self
            .observers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let observers: Vec<_> = observers.iter().filter_map(Weak::upgrade).collect();
        for observer in &observers {
            observer.set(listener, listens);
        }
        observers
    }

    /// Has statements counted, in the threads whose [`Counters`](super::Counters) have this.
    pub(crate) fn counting(self: &Arc<Self>, tally: &Arc<Tally>) -> Arc<Counting> {
        let open_counts = self.open_counts.lock();
        let mut open = open_counts.unwrap_or_else(PoisonError::into_inner);
        *open += 1;
        let observers = self.set(Listener::Counts, true);
        drop(open);
        drop(observers);
        Arc::new(Counting {
            hub: Arc::clone(self),
            tally: Arc::clone(tally),
        })
    }

    /// Calls every subscriber. One that panics harms neither the others nor the caller, and what a subscriber does with
    /// the databases itself is no event.
    pub(super) fn deliver(&self, event: &Event<'_>) {
        ensure_outside();
        let Some(_delivering) = Delivering::begin() else {
            return;
        };
        let subscribers = self
            .subscribers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for subscriber in subscribers.iter() {
            let called = catch_unwind(AssertUnwindSafe(|| (subscriber.callback)(event)));
            if let Err(payload) = called {
                tracing::error!(
                    bindery.engine = event.engine,
                    bindery.event = event.kind.name(),
                    "a subscriber to events panicked"
                );
                // Dropping it may panic as well.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
            }
        }
    }
}

thread_local! {
    static IS_DELIVERING: Cell<bool> = const { Cell::new(false) };
}

/// Subscribers of this thread are being called.
struct Delivering;

impl Delivering {
    fn begin() -> Option<Self> {
        (!IS_DELIVERING.replace(true)).then(|| Self)
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        IS_DELIVERING.set(false);
    }
}
