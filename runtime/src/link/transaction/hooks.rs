//! Hooks that run after a transaction: once it is committed for good, or once it is undone.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Transaction;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::pool::Pool;

/// The hooks of one connection. Each makes of it what it was given for: a connection whose engine is known at compile time,
/// or one whose engine was chosen at run time.
#[derive(Default)]
pub(crate) struct Hooks {
    /// Of the open transaction, in the order they were given.
    once: Vec<Hook>,
    /// After each commit of an outermost transaction.
    always: Vec<Always>,
    /// Such a hook is running: transactions of its own call none.
    is_within: bool,
}

/// A hook and how deep its transaction is.
struct Hook {
    depth: u32,
    run: Run,
}

enum Run {
    AfterCommit(AfterCommit),
    AfterRollback(Box<dyn FnOnce() + Send>),
}

type AfterCommit = Box<dyn FnOnce(&mut Link, &mut Hooks) -> Result<()> + Send>;
type Always = Box<dyn FnMut(&mut Link, &mut Hooks) -> Result<()> + Send>;

impl<E: Engine> Transaction<'_, E> {
    /// Runs `hook` once this transaction is committed for good: after the commit of the outermost transaction of its
    /// engine, in the order the hooks were given. Where this transaction or one around it is rolled back, it is dropped;
    /// where it is not known whether the commit was carried out, too.
    ///
    /// The commit holds whatever a hook does. A hook that fails or panics keeps no other from running; the first error is
    /// reported as [`ErrorKind::AfterCommit`] by the call that committed.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut connection = db.default()?;
    /// let (told, mail) = std::sync::mpsc::channel();
    /// connection.transaction(|tx| {
    ///     let ann = tx.users().insert(NewUser::new("ann@example.org"))?;
    ///     tx.after_commit(move |connection| {
    ///         let ann = connection.users().get(ann.id)?;
    ///         told.send(ann.email).ok();
    ///         Ok(())
    ///     });
    ///     Ok(())
    /// })?;
    /// assert_eq!(mail.recv().as_deref(), Ok("ann@example.org"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn after_commit(
        &mut self,
        hook: impl FnOnce(&mut Connection<E>) -> Result<()> + Send + 'static,
    ) {
        let (engine, depth) = (self.engine, self.link.depth());
        self.hooks.add_after_commit(engine, depth, hook);
    }

    /// Runs `hook` once this transaction is rolled back, by itself or with one around it: by a call, an error or a panic.
    /// It is dropped where the outermost transaction is committed, and where it is not known whether it was.
    pub fn after_rollback(&mut self, hook: impl FnOnce() + Send + 'static) {
        let depth = self.link.depth();
        self.hooks.add_after_rollback(depth, Box::new(hook));
    }
}

impl<E: Engine> Connection<E> {
    /// Runs `hook` after each transaction that is committed on this connection, as
    /// [`after_commit`](Transaction::after_commit) does for one, and after those. Transactions of its own call no such
    /// hook.
    pub fn after_each_commit(
        &mut self,
        mut hook: impl FnMut(&mut Self) -> Result<()> + Send + 'static,
    ) {
        let engine = self.engine;
        self.hooks.always.push(Box::new(move |link, hooks| {
            hook(&mut Lent::new(engine, link, hooks).connection)
        }));
    }

    /// The transaction of this depth was committed, or became part of the one around it.
    pub(super) fn after_commit_at(&mut self, depth: u32) -> Result<()> {
        self.hooks.after_commit_at(&mut self.link, depth)
    }

    /// The transaction of this depth was rolled back.
    pub(super) fn after_rollback_at(&mut self, depth: u32) {
        self.hooks.after_rollback_at(depth);
    }

    /// Nobody knows how the transaction ended.
    pub(super) fn forget_hooks(&mut self) {
        self.hooks.forget();
    }
}

impl Hooks {
    /// Adds a hook that runs after the commit of the outermost transaction.
    pub(crate) fn add_after_commit<E: Engine>(
        &mut self,
        engine: E,
        depth: u32,
        hook: impl FnOnce(&mut Connection<E>) -> Result<()> + Send + 'static,
    ) {
        let run: AfterCommit =
            Box::new(move |link, hooks| hook(&mut Lent::new(engine, link, hooks).connection));
        let run = Run::AfterCommit(run);
        self.once.push(Hook { depth, run });
    }

    /// Adds a hook that runs after the rollback of the transaction of this depth.
    pub(crate) fn add_after_rollback(&mut self, depth: u32, hook: Box<dyn FnOnce() + Send>) {
        let run = Run::AfterRollback(hook);
        self.once.push(Hook { depth, run });
    }

    /// The transaction of this depth was committed, or became part of the one around it.
    pub(crate) fn after_commit_at(&mut self, link: &mut Link, depth: u32) -> Result<()> {
        // A savepoint that was begun deeper and forgotten was undone before.
        let panicked = self.run_after_rollback(depth + 1);
        if depth > 1 {
            let outer = depth - 1;
            self.once
                .iter_mut()
                .for_each(|hook| hook.depth = hook.depth.min(outer));
            return resumed(panicked);
        }
        let mut ends = Ends {
            panicked,
            error: None,
        };
        self.run_after_commit(link, &mut ends);
        ends.told()
    }

    fn run_after_commit(&mut self, link: &mut Link, ends: &mut Ends) {
        for hook in std::mem::take(&mut self.once) {
            match hook.run {
                Run::AfterCommit(hook) => ends.of(|| hook(link, self)),
                Run::AfterRollback(_) => (),
            }
        }
        if std::mem::replace(&mut self.is_within, true) {
            return;
        }
        let mut always = std::mem::take(&mut self.always);
        always
            .iter_mut()
            .for_each(|hook| ends.of(|| hook(link, self)));
        // Hooks may have given more of them.
        always.append(&mut self.always);
        self.always = always;
        let of_engine = link.pool().hooks().all();
        of_engine.iter().for_each(|hook| ends.of(|| hook(link)));
        self.is_within = false;
    }

    /// The transaction of this depth was rolled back.
    pub(crate) fn after_rollback_at(&mut self, depth: u32) {
        let panicked = self.run_after_rollback(depth);
        if !std::thread::panicking() {
            drop(resumed(panicked));
        }
    }

    /// Drops the hooks of a transaction whose outcome is not known.
    pub(crate) fn forget(&mut self) {
        self.once.clear();
    }

    /// Takes out what belongs to this depth or deeper, and runs what is for a rollback.
    fn run_after_rollback(&mut self, depth: u32) -> Option<Panic> {
        let is_undone = |hook: &mut Hook| hook.depth >= depth;
        let mut ends = Ends::default();
        for hook in self.once.extract_if(.., is_undone).collect::<Vec<_>>() {
            match hook.run {
                Run::AfterCommit(_) => (),
                Run::AfterRollback(hook) => ends.of(|| {
                    hook();
                    Ok(())
                }),
            }
        }
        ends.panicked
    }
}

/// Hooks of all connections of an engine. Whatever type of connection the transaction was on, each gets one of its own.
#[derive(Default)]
pub(crate) struct EngineHooks {
    /// Spares most commits the lock.
    are_there: AtomicBool,
    all: Mutex<Vec<Arc<OfEngine>>>,
}

type OfEngine = dyn Fn(&mut Link) -> Result<()> + Send + Sync;

impl Pool {
    /// The hooks of all connections of its engine.
    pub(crate) fn hooks(&self) -> &EngineHooks {
        self.companion()
    }
}

impl EngineHooks {
    pub(crate) fn add<E: Engine>(
        &self,
        engine: E,
        hook: impl Fn(&mut Connection<E>) -> Result<()> + Send + Sync + 'static,
    ) {
        self.lock().push(Arc::new(move |link| {
            let mut own = Hooks {
                is_within: true,
                ..Hooks::default()
            };
            hook(&mut Lent::new(engine, link, &mut own).connection)
        }));
        self.are_there.store(true, Ordering::Release);
    }

    fn all(&self) -> Vec<Arc<OfEngine>> {
        if self.are_there.load(Ordering::Acquire) {
            self.lock().clone()
        } else {
            Vec::new()
        }
    }

    /// No user code runs under the lock.
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<OfEngine>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A held connection as one of another type; it goes back at the end, also that of a panic.
struct Lent<'l, E: Engine> {
    link: &'l mut Link,
    hooks: &'l mut Hooks,
    connection: Connection<E>,
}

impl<'l, E: Engine> Lent<'l, E> {
    fn new(engine: E, link: &'l mut Link, hooks: &'l mut Hooks) -> Self {
        let mut connection = Connection::new(engine, link.take());
        connection.hooks = std::mem::take(hooks);
        Self {
            link,
            hooks,
            connection,
        }
    }
}

impl<E: Engine> Drop for Lent<'_, E> {
    fn drop(&mut self) {
        *self.link = self.connection.link.take();
        *self.hooks = std::mem::take(&mut self.connection.hooks);
    }
}

type Panic = Box<dyn Any + Send>;

/// The ends of hooks: the first error and the first panic.
#[derive(Default)]
struct Ends {
    error: Option<Error>,
    panicked: Option<Panic>,
}

impl Ends {
    fn of(&mut self, hook: impl FnOnce() -> Result<()>) {
        match catch_unwind(AssertUnwindSafe(hook)) {
            Ok(Ok(())) => (),
            Ok(Err(error)) => drop(self.error.get_or_insert(error)),
            Err(panic) => drop(self.panicked.get_or_insert(panic)),
        }
    }

    fn told(self) -> Result<()> {
        resumed(self.panicked)?;
        match self.error {
            None => Ok(()),
            Some(error) => Err(Error::new(ErrorKind::AfterCommit)
                .with_source(error)
                .after_write()
                .during(Operation::Commit)),
        }
    }
}

/// A hook's panic goes on where nothing is left to be done.
fn resumed(panicked: Option<Panic>) -> Result<()> {
    match panicked {
        None => Ok(()),
        Some(panic) => resume_unwind(panic),
    }
}
