//! A connection on loan from its pool, and the transaction that is open on it. Typed handles are built on this.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use self::identities::Identities;
use self::owed::Owed;
use self::standing::{Begun, Standing};
use crate::driver::position::Position;
use crate::driver::shard_scope::{Bound, ShardScope, of_view};
use crate::driver::work::{self, Holding};
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::link::changes::Written;
use crate::link::drift::{Use, Watch};
use crate::link::moment::Moment;
use crate::link::pool::{Pool, Pooled};
use crate::observe::Call;

#[cfg(feature = "atomic")]
mod branch;
#[cfg(feature = "shards")]
mod fence;
#[cfg_attr(not(feature = "session"), path = "held/no_identities.rs")]
mod identities;
mod observed;
mod owed;
mod pulled;
mod reading;
mod scopes;
mod standing;
mod written;

#[cfg(feature = "shards")]
pub(crate) use self::fence::{Fence, Fenced, Fences};
pub(crate) use self::pulled::Pulled;
pub(crate) use self::standing::Scoped;

/// How long the answer to a look may take.
const LOOK_LIMIT: Duration = Duration::from_secs(1);

/// A connection taken from a pool. It goes back when dropped, and is closed instead where a transaction was left open.
pub(crate) struct Link {
    /// `None` only while it is being dropped, and where everything was taken out: for good where a transaction was forgotten.
    pooled: Option<Box<Pooled>>,
    pool: Arc<Pool>,
    standing: Standing,
    /// Savepoints that go with the next statement.
    owed: Owed,
    /// Rows are being read; still so after that only where the iterator was forgotten (`mem::forget`). The database
    /// then waits for the caller to take them, or goes on showing the state at the time of the query.
    reading: bool,
    /// A row could not be read: the columns may have been described wrongly, and would be so again.
    distrusted: bool,
    /// To which work it belongs.
    holding: Holding,
    /// Its holder has no methods that write.
    is_reader: bool,
    /// In the open transaction.
    written: Vec<Written>,
    /// Where it notes that it was written over, or may have been.
    unit_written: Option<Arc<AtomicBool>>,
    /// Of a session: when everything on it has to be over, whether it only reads at the moment, and whether it has written.
    is_bound: bool,
    is_restricted: bool,
    has_written: bool,
    /// Rows that were found by their keys, where they are kept.
    identities: Option<Box<Identities>>,
    /// The shard that its holder is bound to.
    scope: Option<Arc<ShardScope>>,
    /// Of a shard: what it is for, in each set.
    #[cfg(feature = "shards")]
    fenced: Vec<Fenced>,
}

impl Link {
    #[inline]
    pub(crate) fn new(pooled: Box<Pooled>, pool: Arc<Pool>, holding: Holding) -> Self {
        Self {
            pooled: Some(pooled),
            pool,
            standing: Standing::new(),
            owed: Owed::default(),
            reading: false,
            distrusted: false,
            written: Vec::new(),
            holding,
            is_reader: false,
            unit_written: None,
            is_bound: false,
            is_restricted: false,
            has_written: false,
            identities: None,
            scope: None,
            #[cfg(feature = "shards")]
            fenced: Vec::new(),
        }
    }

    /// Takes everything out and leaves nothing that could be used.
    pub(crate) fn take(&mut self) -> Self {
        let nothing = Self {
            pooled: None,
            pool: Arc::clone(&self.pool),
            standing: Standing::new(),
            owed: Owed::default(),
            reading: false,
            distrusted: false,
            written: Vec::new(),
            holding: Holding::default(),
            is_reader: self.is_reader,
            unit_written: self.unit_written.clone(),
            is_bound: false,
            is_restricted: false,
            has_written: false,
            identities: None,
            scope: self.scope.clone(),
            #[cfg(feature = "shards")]
            fenced: Vec::new(),
        };
        std::mem::replace(self, nothing)
    }

    /// The pool that the connection goes back to.
    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Open transaction and savepoints.
    pub(crate) fn depth(&self) -> u32 {
        self.standing.depth()
    }

    /// Closes the connection, whatever state it is in.
    pub(crate) fn discard(mut self) {
        if let Some(pooled) = self.pooled.take() {
            self.pool.note_use(&pooled);
            self.pool.discard(pooled);
        }
    }

    /// Runs one call of the program's. Where it fails in a transaction, nothing more is done there, on no database, until
    /// a savepoint that the program opened around it is rolled back.
    pub(crate) fn call<T>(
        &mut self,
        operation: Operation,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.begin_call(operation);
        let outcome = self.timed(|link| {
            link.ensure_may_call(operation)?;
            let answer = work(link)?;
            link.ensure_may_answer(operation)?;
            Ok(answer)
        });
        if let Err(error) = &outcome {
            self.call_failed(operation, error);
        }
        outcome
    }

    /// A call of the program's begins.
    pub(crate) fn begin_call(&mut self, operation: Operation) {
        self.has_written |= operation.writes();
        if let Some(inside) = self.standing.inside() {
            inside.used();
        }
    }

    /// Whether the call that has begun may send anything.
    pub(crate) fn ensure_may_call(&mut self, operation: Operation) -> Result<()> {
        self.ensure_may(operation)?;
        self.ensure_young()?;
        #[cfg(feature = "shards")]
        self.ensure_here()?;
        Ok(())
    }

    /// Whether what the call has read may be given to the program.
    pub(crate) fn ensure_may_answer(&mut self, operation: Operation) -> Result<()> {
        #[cfg(feature = "shards")]
        self.ensure_still_here(operation)?;
        #[cfg(not(feature = "shards"))]
        let _ = operation;
        Ok(())
    }

    /// A call of the program's has failed.
    #[cold]
    pub(crate) fn call_failed(&mut self, operation: Operation, error: &Error) {
        if !self.is_refused_by_scope(error) {
            self.standing.failed(operation, error);
        }
    }

    /// Whether a write was refused before it was sent, in a transaction that may write again after this part of it.
    fn is_refused_by_scope(&self, error: &Error) -> bool {
        self.is_restricted
            && *error.kind() == ErrorKind::ReadOnly
            && error.code().is_none()
            && !self.standing.only_reads()
    }

    /// Whether the open transaction was begun to read only, the connection is for nothing else, or the session only reads at the
    /// moment.
    pub(crate) fn only_reads(&self) -> bool {
        self.is_reader || self.standing.only_reads() || self.is_restricted
    }

    /// Has writes noted there.
    pub(crate) fn noting(mut self, written: Arc<AtomicBool>) -> Self {
        self.unit_written = Some(written);
        self
    }

    /// Has it send what is of this shard alone.
    pub(crate) fn for_shard(mut self, scope: ShardScope) -> Self {
        self.scope = Some(Arc::new(scope));
        self
    }

    /// The shard that its holder is bound to, where it is to one.
    #[inline]
    pub(crate) fn scope(&self) -> Option<&Arc<ShardScope>> {
        self.scope.as_ref()
    }

    /// A call on a table begins. Where a shard is all that the holder may reach, nothing is sent before the call is found to be of that.
    ///
    /// # Errors
    /// It cannot be.
    #[inline]
    pub(crate) fn begin_in_scope(&mut self, table: &'static TableSql) -> Result<()> {
        match &self.scope {
            None => Ok(()),
            Some(_) => self.begin_bound(table),
        }
    }

    #[cold]
    fn begin_bound(&mut self, table: &'static TableSql) -> Result<()> {
        if table.is_view() {
            return Err(of_view(table));
        }
        let physical = self.ready()?;
        physical.bound().into_iter().for_each(|it| it.expect(table));
        Ok(())
    }

    /// The shard that it is bound to since it was [`ready`](Self::ready), where it is to one.
    #[inline]
    pub(crate) fn bound(&self) -> Option<&Bound> {
        self.pooled.as_ref()?.physical.bound()
    }

    /// A call is over.
    pub(crate) fn end_in_scope(&self) {
        self.bound().into_iter().for_each(Bound::found);
    }

    pub(crate) fn notes_writes(&self) -> bool {
        self.unit_written.is_some()
    }

    /// Notes a write.
    pub(crate) fn note_write(&self) {
        if let Some(written) = &self.unit_written {
            written.store(true, Ordering::Relaxed);
        }
    }

    /// Its thread may do anything from now on: that is outside of its transaction by right.
    #[cfg(feature = "tokio")]
    pub(crate) fn rests(&self) {
        if let Some(inside) = self.standing.inside() {
            inside.rests();
        }
    }

    /// Has its holder only read.
    pub(crate) fn for_reading(mut self) -> Self {
        self.is_reader = true;
        self
    }

    /// Has every call that writes refused from now on, or no longer.
    #[cfg(feature = "session")]
    pub(crate) fn restrict(&mut self, is_restricted: bool) {
        self.is_restricted = is_restricted;
    }

    /// Whether a call was made on it that writes, or is not known to only read.
    #[cfg(feature = "session")]
    pub(crate) fn has_written(&self) -> bool {
        self.has_written
    }

    /// Has everything on it end by this moment, too; `None` as otherwise.
    #[cfg(any(feature = "session", feature = "saga"))]
    pub(crate) fn set_bound(&mut self, bound: Option<Instant>) {
        if let Some(pooled) = self
            .pooled
            .as_mut()
            .filter(|_| bound.is_some() || self.is_bound)
        {
            pooled.physical.set_bound(bound);
            self.is_bound = bound.is_some();
        }
    }

    /// Rejects the commit of a connection that is known to be lost, without a round trip.
    #[cfg(feature = "session")]
    pub(crate) fn ensure_committable(&mut self) -> Result<()> {
        let physical = self.ready()?;
        if physical.is_broken() {
            return Err(Error::new(ErrorKind::ConnectionLost));
        }
        Ok(())
    }

    /// Refuses a call that writes where the transaction is to read only, before anything is sent. Texts of the program's
    /// own are looked at where they are known.
    #[inline]
    fn ensure_may(&self, operation: Operation) -> Result<()> {
        if operation.writes() && !operation.is_raw() {
            if self.only_reads() {
                return Err(Error::new(ErrorKind::ReadOnly));
            }
            self.note_write();
        }
        Ok(())
    }

    /// Runs one call of the program's: all of its statements together have the time that one may take.
    pub(crate) fn timed<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        if !self.begin_time() {
            return work(self);
        }
        let timed = Timed(self);
        work(timed.0)
    }

    /// All statements from now on have together the time that one call may take. Returns whether there is a limit, which has to be
    /// [ended](Self::end_time).
    pub(crate) fn begin_time(&mut self) -> bool {
        let pooled = self.pooled.as_mut();
        pooled.is_some_and(|pooled| pooled.physical.begin_call())
    }

    pub(crate) fn end_time(&mut self) {
        if let Some(pooled) = &mut self.pooled {
            pooled.physical.set_until(None);
        }
    }

    /// The connection for one more statement.
    ///
    /// Databases end a transaction on their own (SQLite on a full disk, MySQL on a deadlock). A statement sent after
    /// that would be committed alone, so it is refused.
    pub(crate) fn ready(&mut self) -> Result<&mut Physical> {
        if self.owed.is_something() {
            self.usable()?;
            self.settle_savepoints()?;
        }
        self.usable()
    }

    /// The same where nothing is sent that rests on savepoints.
    fn usable(&mut self) -> Result<&mut Physical> {
        self.ensure_ours()?;
        // Connections and sessions may go from one piece of work to the next.
        if let Some(pooled) = &self.pooled {
            work::adopt(&mut self.holding, || pooled.physical.cutter())?;
        }
        self.standing.ensure_open()?;
        let in_transaction = self.depth() > 0;
        if let (Some(scope), Some(pooled)) = (&self.scope, &mut self.pooled) {
            pooled.physical.bind(scope);
        }
        let physical = self.physical();
        if in_transaction && !physical.in_transaction() && !physical.is_broken() {
            return Err(Error::new(ErrorKind::TransactionAborted));
        }
        Ok(physical)
    }

    /// Ends a transaction that is open for too long: it may have been forgotten.
    fn ensure_young(&mut self) -> Result<()> {
        let Some(begun) = self.standing.begun() else {
            return Ok(());
        };
        let limit = self.pool.max_transaction_age();
        if limit.is_none_or(|limit| Moment::precise().since(begun.at) < limit)
            || self.standing.is_over()
        {
            return Ok(());
        }
        self.ensure_ours()?;
        self.tell(
            begun,
            "a transaction was open for too long and is rolled back",
        );
        // The work is lost in any case, and so is the connection where this fails.
        let _ = self.physical().rollback();
        self.standing.condemn();
        Err(Error::new(ErrorKind::Timeout {
            phase: TimeoutPhase::Transaction,
        }))
    }

    #[cold]
    fn tell(&self, begun: Begun, what: &'static str) {
        let age_ms =
            u64::try_from(Moment::precise().since(begun.at).as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(engine = self.pool.engine(), begun_at = %begun.site, age_ms, "{what}");
    }

    /// Rejects every call where the connection is of another process, or its transaction is over.
    fn ensure_ours(&self) -> Result<()> {
        self.pool.ensure_usable()?;
        if self.pooled.is_none() {
            return Err(Error::new(ErrorKind::TransactionForgotten));
        }
        self.ensure_read()
    }

    /// Refuses what the table of a model is not made for; `table` is its name as statements write it.
    #[inline]
    pub(crate) fn ensure_schema(
        &mut self,
        model: &'static str,
        table: &'static str,
        operation: Operation,
    ) -> Result<()> {
        if self.pool.watch().is_none_or(Watch::is_settled) {
            return Ok(());
        }
        let pool = Arc::clone(&self.pool);
        let usage = Use::by(operation, self.depth() > 0);
        let physical = self.ready()?;
        pool.watch()
            .map_or(Ok(()), |watch| watch.ensure(physical, model, table, usage))
    }

    /// Runs one look at the database within a time of its own.
    pub(crate) fn look<T>(
        &mut self,
        limit: Duration,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        let physical = self.ready()?;
        let until = physical.set_until(Instant::now().checked_add(limit));
        let outcome = work(physical);
        physical.set_until(until);
        outcome
    }

    /// Waits until a replica has applied everything up to a position; `false` where it has not within the time.
    pub(crate) fn wait_for(&mut self, position: &Position, limit: Duration) -> Result<bool> {
        self.look(limit + LOOK_LIMIT, |physical| {
            physical.wait_for(position, limit)
        })
    }

    /// Runs statements of the protocol's own in the open transaction, or each by itself where there is none.
    #[cfg(any(feature = "atomic", feature = "saga"))]
    pub(crate) fn protocol<T>(
        &mut self,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        work(self.ready()?)
    }

    /// Whether the connection is lost, or returned already.
    #[cfg(any(feature = "atomic", feature = "tokio"))]
    pub(crate) fn is_lost(&self) -> bool {
        let pooled = self.pooled.as_ref();
        pooled.is_none_or(|pooled| pooled.physical.is_broken())
    }

    /// Whether the database has ended the connection, also where no call has seen that yet.
    #[cfg(feature = "tokio")]
    pub(crate) fn has_ended(&self) -> bool {
        let pooled = self.pooled.as_ref();
        self.is_lost() || pooled.is_some_and(|pooled| pooled.physical.cutter().has_ended())
    }

    /// Looks at the tables, where the configuration wants that, before the first use.
    pub(crate) fn ensure_tables(&mut self) -> Result<()> {
        let pool = Arc::clone(&self.pool);
        match pool.watch() {
            Some(watch) if watch.refuses() => watch.examine(self.ready()?),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the connection is lost, or what is at its other end of no use, after a call that failed so.
    #[cold]
    pub(crate) fn is_unusable_after(&mut self, error: &Error) -> bool {
        matches!(
            error.kind(),
            ErrorKind::SchemaDrift(_)
                | ErrorKind::SchemaMismatch
                | ErrorKind::Unavailable
                | ErrorKind::UnknownHost { .. }
        ) || self.physical().is_broken()
    }

    /// Whether nothing has come in unexpectedly, such as the end of the session.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.physical().is_quiet()
    }

    /// Looks whether the database answers and its tables are as they should be, whatever was seen of them before.
    pub(crate) fn check(&mut self) -> Result<()> {
        let examine = |link: &mut Self| {
            let pool = Arc::clone(&link.pool);
            let physical = link.ready()?;
            physical.next_is(|| Call::of(Operation::Connect, None).own());
            physical.batch("SELECT 1")?;
            pool.watch().map_or(Ok(()), |watch| watch.examine(physical))
        };
        self.call(Operation::Connect, examine)
            .map_err(|error| error.during(Operation::Connect))
    }

    /// Drops knowledge that does not hold after a call that ended so: what was seen of the tables, or what the
    /// connection knows of its statements.
    #[cold]
    pub(crate) fn heed(&mut self, error: &Error) {
        if *error.kind() == ErrorKind::SchemaMismatch {
            self.forget_schema();
        }
        self.distrusted |= reading::is_unreadable(error);
    }

    /// A statement met a table that is not as it should be: the next one reports what differs.
    #[cold]
    fn forget_schema(&self) {
        if let Some(watch) = self.pool.watch() {
            watch.forget();
        }
    }

    fn ensure_read(&self) -> Result<()> {
        if self.reading {
            Err(Error::new(ErrorKind::ConnectionLost))
        } else {
            Ok(())
        }
    }

    fn physical(&mut self) -> &mut Physical {
        let pooled = self.pooled.as_mut().expect("taken out only by drop");
        &mut pooled.physical
    }

    pub(crate) fn is_in(&self, scope: Scoped) -> bool {
        self.standing.is_in(scope)
    }

    /// Lets nothing more happen in the open transaction.
    pub(crate) fn condemn(&mut self) {
        self.standing.condemn();
    }

    /// The calls that follow are made also where the work that it belongs to is abandoned.
    ///
    /// # Errors
    /// It was abandoned before.
    #[cfg(feature = "session")]
    pub(crate) fn goes_on(&mut self) -> Result<()> {
        self.holding.ensure_wanted()?;
        match self.holding.release() {
            true => Err(Error::new(ErrorKind::Cancelled)),
            false => Ok(()),
        }
    }

    /// Whether another transaction or a lost connection ended the last one.
    pub(crate) fn was_in_the_way(&self) -> bool {
        self.standing.was_in_the_way()
    }

    /// Puts another connection in the place of a lost one.
    pub(crate) fn renew(&mut self) -> Result<()> {
        self.ensure_ours()?;
        let pooled = self.pooled.as_mut().expect("taken out only by drop");
        if pooled.physical.is_broken() {
            self.pool.reopen(pooled)?;
            self.holding = work::hold(work::WaitKind::Connection, || pooled.physical.cutter())?;
        }
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(mut pooled) = self.pooled.take() else {
            return;
        };
        if let Some(begun) = self.standing.begun() {
            self.tell(begun, "a transaction was left open and is rolled back");
        }
        if self.is_bound {
            pooled.physical.set_bound(None);
        }
        let is_doubtful = self.distrusted && pooled.physical.is_described_by_server();
        let was_cut = self.holding.release();
        self.pool.note_use(&pooled);
        if self.reading || self.depth() > 0 || is_doubtful || was_cut {
            self.pool.discard(pooled);
        } else {
            self.pool.put_back(pooled);
        }
    }
}

/// A call that has a time; it ends with it, also when it panics.
struct Timed<'l>(&'l mut Link);

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.0.end_time();
    }
}

#[cfg(all(test, feature = "postgres", feature = "mysql"))]
mod server_tests;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
