//! The use of its engines by a session.

use std::time::{Duration, Instant};

use crate::driver::{Isolation, TransactionOptions};
use crate::link::engine::Engine;

/// The time of a request's session.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// The use of its engines by a session. The default: each engine is begun by its first statement, as its database does unasked, and
/// there is no deadline but those of the engines.
///
/// ```
/// # use bindery_cases::examples::*;
/// use std::time::Duration;
/// use bindery::{SessionOptions, TransactionOptions};
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let options = SessionOptions::new()
///     .engine(engine::B, TransactionOptions::new().read_only())
///     .order([engine::Any::Default, engine::Any::B])
///     .deadline(Duration::from_secs(5));
/// db.session_with(options, |s| s.users().insert(NewUser::new("ann@example.org")))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "options do nothing until a session begins with them"]
pub struct SessionOptions {
    all: TransactionOptions,
    engines: Vec<(usize, TransactionOptions)>,
    order: Vec<usize>,
    eager: Vec<usize>,
    is_all_eager: bool,
    deadline: Option<Duration>,
    pub(super) panics_if_dropped: bool,
    pub(super) is_autocommit: bool,
    pub(super) kept_rows: Option<usize>,
}

impl SessionOptions {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// For the work of one request: the defaults, and 30 seconds for everything.
    pub fn request() -> Self {
        Self::new().deadline(REQUEST_LIMIT)
    }

    /// For long work in many steps, each of which is to be kept: there is no transaction, and each statement is stored when it
    /// returns. The session still has one connection of each engine. Statements that belong together go into a
    /// [`transaction`](crate::Connection::transaction) of their engine.
    pub fn batch() -> Self {
        Self {
            is_autocommit: true,
            ..Self::new()
        }
    }

    /// Has a session that has written and is dropped without an end panic, in builds with debug assertions, where it is reported as a warning
    /// otherwise: for tests.
    pub fn panics_if_dropped(mut self) -> Self {
        self.panics_if_dropped = true;
        self
    }

    /// Sets how far the transactions of all engines are kept apart from others.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.all = self.all.isolation(isolation);
        self
    }

    /// Nothing can be written on any engine. An engine whose reads go to replicas is then read from one of them, the same for the
    /// whole session.
    pub fn read_only(mut self) -> Self {
        self.all = self.all.read_only();
        self
    }

    /// Sets how the transaction of one engine begins, in place of what is set for all.
    pub fn engine(mut self, engine: impl Engine, options: TransactionOptions) -> Self {
        self.engines.push((engine.index(), options));
        self
    }

    /// Sets the order in which engines are committed, and begun where that is [`eager`](Self::eager). Engines that are not
    /// among these follow in the order of the configuration, which is that of all sessions unless said. Where a COMMIT fails, those before it are stored and those after it
    /// are not: put the engine whose COMMIT may fail first.
    pub fn order<E: Engine>(mut self, engines: impl IntoIterator<Item = E>) -> Self {
        self.order = engines.into_iter().map(Engine::index).collect();
        self
    }

    /// Begins the transaction of this engine when the session begins: one that cannot be reached fails before anything was
    /// done on another.
    pub fn eager(mut self, engine: impl Engine) -> Self {
        self.eager.push(engine.index());
        self
    }

    /// Begins the transactions of all engines when the session begins.
    pub fn eager_all(mut self) -> Self {
        self.is_all_eager = true;
        self
    }

    /// Keeps up to this number of rows of each engine that `find` and `get` have found by their keys: the same key again in
    /// the session is the same row, without a statement. Off unless said.
    ///
    /// A row is never another engine's or another session's. Whatever the session writes on an engine, by any call
    /// or by raw SQL, removes all rows of that engine, and so does undoing. What others write meanwhile is not seen:
    /// [`reload`](crate::Repository::reload) reads one row again, and
    /// [`clear_identity_cache`](super::Session::clear_identity_cache) forgets all.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use bindery::SessionOptions;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    /// db.session_with(SessionOptions::new().identity_cache(1_000), |s| {
    ///     let first = s.users().get(ann.id)?;
    ///     let second = s.users().get(ann.id)?; // sends no statement
    ///     assert_eq!(first, second);
    ///     Ok(())
    /// })
    /// # }
    /// ```
    pub fn identity_cache(mut self, rows: usize) -> Self {
        self.kept_rows = Some(rows);
        self
    }

    /// Sets the time for everything in the session: waiting for connections, and every statement. Later ones, and the commit,
    /// are [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), and everything is rolled back. A commit that has begun in time
    /// is not cut off, as that would leave open what is stored: it has the time of a statement.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// When everything has to be over that begins now.
    pub(super) fn ends_at(&self) -> Option<Instant> {
        let limit = self.deadline?;
        Instant::now().checked_add(limit)
    }

    /// The options of the engine at this place.
    pub(super) fn of_engine(&self, at: usize) -> TransactionOptions {
        let mut own = self.engines.iter().rev();
        own.find(|(engine, _)| *engine == at)
            .map_or(self.all, |(_, options)| *options)
    }

    pub(super) fn is_eager(&self, at: usize) -> bool {
        self.is_all_eager || self.eager.contains(&at)
    }

    /// All engines, each once; `configured` are all of them.
    pub(super) fn order_of(&self, configured: &[usize]) -> Vec<usize> {
        let mut order = Vec::with_capacity(configured.len());
        for at in self.order.iter().chain(configured).copied() {
            if configured.contains(&at) && !order.contains(&at) {
                order.push(at);
            }
        }
        order
    }
}
