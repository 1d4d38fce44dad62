//! One session: its engines, taken by their first statements and ended together.

use std::panic::Location;
use std::time::Instant;

use crate::databases::Registry;
use crate::error::Result;
use crate::link::Link;
use crate::link::connection::Connection;
use crate::link::engine::{Engine, StaticEngine};
use crate::link::retry::Failed;
use crate::link::slots::{Slots, Terms};
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::model::route::Target;
use crate::model::row_of::RowOf;
use crate::observe::{SessionClock, SessionOutcome};
use crate::raw::RawSql;
use crate::relation::Load;
use crate::repository::Repository;

use super::options::SessionOptions;

/// A unit of work over the engines of a program: each is untouched until its first statement, which takes a connection and
/// begins a transaction there; every later one of the session runs on that. All of them end together.
///
/// Programs use it through the `DatabaseSession` of their generated code.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// db.session(|s| {
///     s.users().insert(NewUser::new("ann@example.org"))?; // begins a transaction on `default`
///     s.b()?.blogs().insert(NewBlog::new("on b"))?;       // and one on `b`
///     Ok(())
/// })?; // both are committed
///
/// let mut s = db.begin_session()?;
/// s.users().insert(NewUser::new("bob@example.org"))?;
/// drop(s); // rolled back
/// assert_eq!(db.users().count()?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a session that is not committed is rolled back"]
pub struct Session {
    pub(super) slots: Slots,
    /// In which the engines are committed.
    pub(super) order: Vec<usize>,
    pub(super) before_commit: Vec<BeforeCommit>,
    pub(super) is_finished: bool,
    pub(super) panics_if_dropped: bool,
    pub(super) is_reported: bool,
    pub(super) clock: SessionClock,
}

type BeforeCommit = Box<dyn FnOnce(&mut Session) -> Result<()> + Send>;

impl Session {
    /// Begins one with this moment as its deadline.
    pub(super) fn begin_until(
        registry: &Registry,
        options: &SessionOptions,
        until: Option<Instant>,
        site: &'static Location<'static>,
    ) -> Result<Self> {
        let terms = Terms {
            is_autocommit: options.is_autocommit,
            until,
            kept_rows: options.kept_rows,
            site,
        };
        let pools = registry.pools_of_engines();
        let order = options.order_of(&registry.order);
        let engines = pools.enumerate();
        let engines = engines.map(|(at, pool)| (pool, options.of_engine(at)));
        let slots = Slots::new(engines, registry.unit.clone(), terms);
        let mut session = Self {
            slots: slots.reading_from(registry.replicas_of_engines()),
            order,
            before_commit: Vec::new(),
            is_finished: false,
            panics_if_dropped: options.panics_if_dropped,
            is_reported: false,
            clock: SessionClock::start(),
        };
        session.begin_eager(options)?;
        Ok(session)
    }

    /// In the order of the commits, whichever order they were given in: two sessions that want the same engines cannot each
    /// wait for one that the other has.
    fn begin_eager(&mut self, options: &SessionOptions) -> Result<()> {
        let order = self.order.iter().copied();
        let eager: Vec<usize> = order.filter(|at| options.is_eager(*at)).collect();
        eager
            .into_iter()
            .try_for_each(|at| self.slots.link(at).map(drop))
    }

    /// The session's connection of an engine, within its transaction; the first call takes it and begins that.
    ///
    /// # Errors
    /// The engine cannot be reached, no connection came free in time (the error then names the engines on which the session
    /// has one), the session's deadline has passed, or it is locked to another engine.
    pub fn connection<E: Engine>(&mut self, engine: E) -> Result<&mut Connection<E>> {
        self.slots.connection(engine)
    }

    /// The session's connections of two engines, for calls that need both, such as copying rows.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// db.session(|s| {
    ///     let (default, b) = s.pair(engine::Default, engine::B)?;
    ///     let blog = default.blogs().insert(NewBlog::new("on both"))?;
    ///     b.blogs().insert(NewBlog::new(blog.title))?;
    ///     Ok(())
    /// })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`connection`](Self::connection). [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): both are the same
    /// engine, of which a session has one connection.
    pub fn pair<A: Engine, B: Engine>(
        &mut self,
        first: A,
        second: B,
    ) -> Result<(&mut Connection<A>, &mut Connection<B>)> {
        self.slots.pair(first, second)
    }

    /// The repository of a model on an engine. It takes the connection with its first statement.
    pub fn repository<M: Model, E: Hosts<M>>(&mut self, engine: E) -> Repository<'_, M, E> {
        Repository::new(self.target(engine))
    }

    /// Raw SQL on an engine, within the session's transaction there.
    pub fn sql_on<E: Engine>(&mut self, engine: E) -> RawSql<'_, E> {
        RawSql::new(self.target(engine))
    }

    /// Loads what belongs to these rows, in their order, from the engine that they are on: for each relation one statement,
    /// however many rows there are. See [`Connection::load`].
    ///
    /// # Errors
    /// The engine cannot be reached, or the database fails.
    pub fn load<R: RowOf, L>(&mut self, rows: &[R], relation: L) -> Result<L::Loaded>
    where
        R::Engine: StaticEngine,
        L: Load<R::Engine, From = R::Model>,
    {
        relation.load(&mut self.target(R::Engine::default()), rows)
    }

    fn target<E: Engine>(&mut self, engine: E) -> Target<'_, E> {
        Target::of_session(engine, &mut self.slots)
    }

    /// The one engine of a model, for code that is written for a route.
    #[doc(hidden)]
    pub fn target_of<E: StaticEngine>(session: &mut Self) -> Target<'_, E> {
        session.target(E::default())
    }

    /// Removes every row from the session's identity cache, where it has one
    /// ([`SessionOptions::identity_cache`]): the next call reads it again.
    pub fn clear_identity_cache(&mut self) {
        self.slots.forget_rows();
    }

    /// Returns whether the session has a connection of this engine.
    pub fn has_used<E: Engine>(&self, engine: E) -> bool {
        self.slots.is_held(engine.index())
    }

    /// Runs `hook` once the session's transaction on this engine is committed, after the commits of all engines; as
    /// [`Transaction::after_commit`](crate::Transaction::after_commit) otherwise. It begins the transaction, where that is not
    /// begun yet.
    ///
    /// The commits hold whatever a hook does: an error is reported as
    /// [`ErrorKind::AfterCommit`](crate::ErrorKind::AfterCommit) by the call that committed, and keeps no other hook from
    /// running, on no engine.
    ///
    /// # Errors
    /// As [`connection`](Self::connection).
    pub fn after_commit<E: Engine>(
        &mut self,
        engine: E,
        hook: impl FnOnce(&mut Connection<E>) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.slots.after_commit(engine, hook)
    }

    /// Runs `hook` when the session is to be committed, before any engine is, in the order the hooks were given. An error
    /// rolls everything back and is the error of the commit.
    pub fn before_commit(
        &mut self,
        hook: impl FnOnce(&mut Session) -> Result<()> + Send + 'static,
    ) {
        self.before_commit.push(Box::new(hook));
    }

    /// Commits the engines that were used, one after the other: in the order of the configuration, or that of
    /// [`SessionOptions::order`]. Then the hooks run.
    ///
    /// **This is not atomic.** Where a COMMIT fails after another has succeeded, the engines end differently.
    ///
    /// # Errors
    /// Nothing is stored, and everything is rolled back; the error is that of the engine that failed.
    /// [`ErrorKind::SessionSplit`](crate::ErrorKind::SessionSplit): the engines did not end alike; its
    /// [`session_report`](crate::Error::session_report) has each.
    /// [`ErrorKind::AfterCommit`](crate::ErrorKind::AfterCommit): all is committed, but a hook failed.
    pub fn commit(mut self) -> Result<()> {
        self.finish().map_err(|failed| failed.error)
    }

    /// Undoes what was done on all engines.
    ///
    /// # Errors
    /// A connection is lost; its database then undoes the work by itself, and the other engines are rolled back.
    pub fn rollback(mut self) -> Result<()> {
        self.undo()
    }

    pub(super) fn undo(&mut self) -> Result<()> {
        self.is_finished = true;
        self.note_end(SessionOutcome::RolledBack);
        self.slots.roll_back(Link::undo)
    }

    /// Rolls back because of an error, which is the one to return.
    pub(super) fn give_up(&mut self) {
        self.is_finished = true;
        self.note_end(SessionOutcome::RolledBack);
        // The error that led here matters more; a connection whose rollback failed is closed.
        let _ = self.slots.roll_back(Link::undo);
    }

    pub(super) fn finish(&mut self) -> Result<(), Failed> {
        if let Err(error) = self.run_before_commit() {
            return Err(self.give_up_after(error));
        }
        self.is_finished = true;
        let was_used = self.clock.is_running() && self.is_used();
        self.slots.is_over();
        let ended = self.slots.commit(&self.order);
        if was_used {
            let outcome = SessionOutcome::of_commit(ended.outcome.as_ref().err());
            self.clock.end(outcome);
        }
        ended.outcome.map_err(|error| Failed {
            error,
            may_be_repeated: ended.may_be_repeated,
        })
    }

    pub(super) fn is_used(&self) -> bool {
        !self.slots.held().is_empty()
    }

    /// The session ends without a commit.
    pub(super) fn note_end(&mut self, outcome: SessionOutcome) {
        if self.clock.is_running() && self.is_used() {
            self.clock.end(outcome);
        }
    }

    /// A hook may add others.
    fn run_before_commit(&mut self) -> Result<()> {
        while !self.before_commit.is_empty() {
            let hooks = std::mem::take(&mut self.before_commit);
            hooks.into_iter().try_for_each(|hook| hook(self))?;
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        let lost = self.lost();
        self.note_end(SessionOutcome::RolledBack);
        // Whatever cannot be sent in time, the databases undo by themselves.
        let _ = self.slots.roll_back(Link::undo_soon);
        if let Some(lost) = lost {
            lost.report();
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Session")
            .field("used", &self.slots.held())
            .finish_non_exhaustive()
    }
}
