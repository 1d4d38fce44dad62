//! Calls to SQLite beneath `rusqlite`: they see to it that waiting for another connection's lock and working on one
//! statement end, in time, when another thread says so or where its own thread is what it waits for, and whether the
//! file is still in its place.

#![allow(
    unsafe_code,
    reason = "`rusqlite` has no safe form of these: its busy handler knows neither time nor connection"
)]

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rusqlite::ffi;

use super::readings::{Amid, Readings};
use crate::driver::Cutter;
use crate::driver::cut::Cut;
use crate::driver::turns::Gate;
use crate::driver::work;
use crate::error::{Error, ErrorKind};
use crate::value::sqlite::error::own_reading_error;

/// The operations of SQLite's machine between two looks at the clock: a few dozen microseconds.
const OPERATIONS: c_int = 4_096;
/// Between two tries for a lock. SQLite's own handler sleeps up to 100 ms, and never meets the moment in which a program
/// that writes all the time has let go of the file.
const PAUSE: Duration = Duration::from_millis(1);
/// The first tries follow faster: most locks are held for less than the pause.
const FIRST_PAUSE: Duration = Duration::from_micros(100);
const FIRST_TRIES: c_int = 10;

/// A connection whose waits end.
pub(in crate::driver) struct Watched {
    /// Closed before what its callbacks look at goes.
    inner: rusqlite::Connection,
    limits: Arc<Limits>,
    call: Cell<Call>,
    /// It is in a file, and its file system says whether that is in its place.
    can_move: bool,
}

/// How far a call of several statements is. The clock is read with the second one: most calls have no more than one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    None,
    Begun,
    AtFirst,
    Timed,
}

/// But for `is_cut` looked at by one thread at a time, the one that uses the connection: the order of its loads and
/// stores is the program's. Times are nanoseconds since `origin`, and 0 is never.
struct Limits {
    origin: Instant,
    lock: AtomicU64,
    lock_asked: AtomicU64,
    statement: u64,
    statement_begun: AtomicU64,
    /// When all that is at hand has to be over: a call of several statements, or the reading of rows.
    until: AtomicU64,
    /// When everything has to be over that the connection's user does with it.
    bound: AtomicU64,
    /// Another thread has cut the connection off.
    is_cut: AtomicBool,
    /// The way to the turns of its file.
    gate: Arc<Gate>,
    /// The readers of the same database, where a commit waits for them.
    readings: OnceLock<Arc<Readings>>,
    /// The lock that was requested last is kept from it by its own thread.
    waits_for_itself: AtomicBool,
    /// The connection, for its callbacks.
    handle: AtomicPtr<ffi::sqlite3>,
}

/// A caller that waits for its turn to write is woken immediately. A statement at work sees it a few dozen microseconds
/// later, and the next one immediately.
impl Cut for Limits {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        self.gate.close();
    }
}

impl Watched {
    /// Watches a connection; without a limit for statements they end when they end.
    pub(super) fn new(
        inner: rusqlite::Connection,
        lock: Duration,
        statement: Option<Duration>,
        gate: Arc<Gate>,
    ) -> Self {
        let limits = Arc::new(Limits {
            origin: Instant::now(),
            lock: AtomicU64::new(nanos(lock)),
            lock_asked: AtomicU64::new(0),
            statement: statement.map_or(u64::MAX, nanos),
            statement_begun: AtomicU64::new(0),
            until: AtomicU64::new(0),
            bound: AtomicU64::new(0),
            is_cut: AtomicBool::new(false),
            gate,
            readings: OnceLock::new(),
            waits_for_itself: AtomicBool::new(false),
            // SAFETY: the handle is that of an open connection, and used by its own callbacks only.
            handle: AtomicPtr::new(unsafe { inner.handle() }),
        });
        let shared: *mut c_void = Arc::as_ptr(&limits).cast_mut().cast();
        // SAFETY: the handle is that of an open connection. The callbacks get a pointer to `Limits`, which they take for
        // nothing else; it stays where it is as long as the `Arc` beside the connection, which is dropped after it.
        unsafe {
            let handle = inner.handle();
            ffi::sqlite3_busy_handler(handle, Some(on_busy), shared);
            ffi::sqlite3_progress_handler(handle, OPERATIONS, Some(on_progress), shared);
        }
        Self {
            can_move: moved(&inner).is_some(),
            inner,
            limits,
            call: Cell::new(Call::None),
        }
    }

    #[inline]
    pub(super) fn connection(&self) -> &rusqlite::Connection {
        &self.inner
    }

    /// SQLite's own handle, which is never closed by anyone else.
    pub(super) fn handle(&self) -> NonNull<c_void> {
        let handle = self.limits.handle.load(Ordering::Relaxed);
        NonNull::new(handle.cast()).expect("the connection is open")
    }

    /// Returns the handle by which another thread can cut it off.
    pub(super) fn cutter(&self) -> Cutter {
        Cutter::new(&self.limits)
    }

    #[inline]
    pub(super) fn is_cut(&self) -> bool {
        self.limits.is_cut.load(Ordering::Acquire)
    }

    /// Explains an error of a call that was interrupted, or stopped waiting, as the connection was cut off.
    #[cold]
    pub(super) fn explained(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Timeout { .. } | ErrorKind::Busy if self.is_cut() => {
                Error::new(work::reason())
            }
            ErrorKind::Busy if self.waits_for_itself() => own_reading_error(),
            _ => error,
        }
    }

    /// Without a write-ahead log a commit waits for all readers, these among them.
    pub(super) fn commits_after(&self, readings: Arc<Readings>) {
        // Set once, when the connection is opened.
        let _ = self.limits.readings.set(readings);
    }

    /// This thread has come to a row; `None` where it blocks no one.
    #[inline]
    pub(super) fn amid_rows(&self) -> Option<Amid> {
        self.limits.readings.get().map(Amid::new)
    }

    /// Whether the last lock was kept from it by rows that its own thread reads.
    pub(super) fn waits_for_itself(&self) -> bool {
        self.limits.waits_for_itself.load(Ordering::Relaxed)
    }

    /// One more statement begins, or goes on for one more row: its time is counted from here. That of a call goes on.
    #[inline]
    pub(super) fn begin(&self) {
        match self.call.get() {
            Call::None | Call::Timed => {}
            Call::Begun => self.call.set(Call::AtFirst),
            Call::AtFirst => self.time_call(),
        }
        self.limits.statement_begun.store(0, Ordering::Relaxed);
    }

    /// The first statement of the call was short, or has looked at the clock itself.
    fn time_call(&self) {
        self.call.set(Call::Timed);
        let begun = match self.limits.statement_begun.load(Ordering::Relaxed) {
            0 => self.limits.now(),
            begun => begun,
        };
        let until = begun.saturating_add(self.limits.statement);
        self.limits.until.store(until, Ordering::Relaxed);
    }

    /// A call begins whose statements have the time of one together; not within another. Without a limit there is none.
    pub(in crate::driver) fn begin_call(&self) -> bool {
        let begins = self.call.get() == Call::None && self.limits.statement != u64::MAX;
        if begins {
            self.call.set(Call::Begun);
        }
        begins
    }

    /// Nobody is on the other side of a file: nothing there has to be waited for.
    #[allow(clippy::unused_self, reason = "called as servers' limits are")]
    pub(in crate::driver) fn hurry(&self, _: Option<Duration>) {}

    /// Sets when all has to be over, and gives what was set before.
    pub(in crate::driver) fn set_until(&self, until: Option<Instant>) -> Option<Instant> {
        let origin = self.limits.origin;
        self.call.set(match until {
            None => Call::None,
            Some(_) => Call::Timed,
        });
        let until = until.map_or(0, |until| self.limits.moment(until));
        let before = self.limits.until.load(Ordering::Relaxed);
        self.limits.until.store(until, Ordering::Relaxed);
        (before > 0).then(|| origin + Duration::from_nanos(before))
    }

    /// Has everything end by this moment, too, whichever call it is of; `None` as otherwise.
    pub(super) fn set_bound(&self, bound: Option<Instant>) {
        let bound = bound.map_or(0, |bound| self.limits.moment(bound));
        self.limits.bound.store(bound, Ordering::Relaxed);
    }

    /// Whether the earliest limit of the statement and the call has passed.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        let until = self.limits.earliest();
        until > 0 && self.limits.now() >= until
    }

    /// Whether the file that the connection has open is no longer the one at its path. There is none for a database in memory.
    #[inline]
    pub(super) fn has_moved(&self) -> bool {
        self.can_move && moved(&self.inner) == Some(true)
    }

    /// The operating system's code of the last error of opening a file.
    #[cold]
    pub(super) fn system_error(&self) -> i32 {
        // SAFETY: the handle is that of an open connection.
        unsafe { ffi::sqlite3_system_errno(self.inner.handle()) }
    }

    /// Sets how long the following statements may wait for a lock.
    pub(super) fn set_lock_limit(&self, limit: Duration) {
        self.limits.lock.store(nanos(limit), Ordering::Relaxed);
    }
}

impl Limits {
    fn now(&self) -> u64 {
        nanos(self.origin.elapsed()).max(1)
    }

    fn moment(&self, at: Instant) -> u64 {
        nanos(at.saturating_duration_since(self.origin)).max(1)
    }

    /// When all that is at hand has to be over.
    #[inline]
    fn earliest(&self) -> u64 {
        let until = self.until.load(Ordering::Relaxed);
        match self.bound.load(Ordering::Relaxed) {
            0 => until,
            bound if until == 0 => bound,
            bound => bound.min(until),
        }
    }

    /// Waits a little; `false` where it was long enough.
    fn wait(&self, tries: c_int) -> bool {
        let now = self.now();
        if tries == 0 {
            self.lock_asked.store(now, Ordering::Relaxed);
            let waits_for_itself = self.cannot_commit();
            self.waits_for_itself
                .store(waits_for_itself, Ordering::Relaxed);
        }
        if self.waits_for_itself.load(Ordering::Relaxed) {
            return false;
        }
        let waited = now.saturating_sub(self.lock_asked.load(Ordering::Relaxed));
        let left = self.lock.load(Ordering::Relaxed).saturating_sub(waited);
        let pause = if tries < FIRST_TRIES {
            FIRST_PAUSE
        } else {
            PAUSE
        };
        std::thread::sleep(pause.min(Duration::from_nanos(left)));
        left > 0 && !self.is_cut.load(Ordering::Acquire)
    }

    /// A connection that writes already waits for readers only. One that does not waits for a writer.
    fn cannot_commit(&self) -> bool {
        let Some(readings) = self.readings.get() else {
            return false;
        };
        let handle = self.handle.load(Ordering::Relaxed);
        // SAFETY: called by the connection's own callback, so it is open; the name ends with NUL.
        let state = unsafe { ffi::sqlite3_txn_state(handle, c"main".as_ptr()) };
        state == ffi::SQLITE_TXN_WRITE && readings.has_own()
    }

    /// The clock is read first when a statement has run for a while, so that short ones pay nothing for it.
    fn is_overdue(&self) -> bool {
        if self.is_cut.load(Ordering::Acquire) {
            return true;
        }
        let now = self.now();
        let until = self.earliest();
        if until > 0 && now >= until {
            return true;
        }
        match self.statement_begun.load(Ordering::Relaxed) {
            0 => {
                self.statement_begun.store(now, Ordering::Relaxed);
                false
            }
            begun => now.saturating_sub(begun) >= self.statement,
        }
    }
}

/// Whether the file of this connection is no longer the one at its path; `None` where there is no file, or none that would know.
fn moved(connection: &rusqlite::Connection) -> Option<bool> {
    let mut moved: c_int = 0;
    // SAFETY: the handle is that of an open connection, the name ends with NUL, and `FCNTL_HAS_MOVED` writes one `int`.
    let code = unsafe {
        let handle = connection.handle();
        let operation = ffi::SQLITE_FCNTL_HAS_MOVED;
        let to: *mut c_void = (&raw mut moved).cast();
        ffi::sqlite3_file_control(handle, c"main".as_ptr(), operation, to)
    };
    (code == ffi::SQLITE_OK).then_some(moved != 0)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

unsafe extern "C" fn on_busy(limits: *mut c_void, tries: c_int) -> c_int {
    // SAFETY: the pointer that `Watched::new` gave, see there; only shared references are ever made of it.
    let limits = unsafe { &*limits.cast::<Limits>() };
    c_int::from(limits.wait(tries))
}

unsafe extern "C" fn on_progress(limits: *mut c_void) -> c_int {
    // SAFETY: as above.
    let limits = unsafe { &*limits.cast::<Limits>() };
    c_int::from(limits.is_overdue())
}
