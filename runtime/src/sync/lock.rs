//! One run of a sync at a time: a lock with a name on the target's server, or beside the target's file, which goes with its
//! holder. A run that lost it is found out by its number, which each of its batches compares.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::databases::Registry;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result, SyncError};
use crate::link::engine::Engine;
use crate::link::pool::Pool;
use bindery_core::config::{Address, SqliteAddress};
use bindery_core::dialect::Dialect;

/// How long a statement of the lock's own connection waits for others.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a run waits for another one: the server may not have noticed yet that its process is gone.
const PATIENCE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(50);

/// The lock, as long as it is there.
pub(super) enum Lock {
    /// Held by a session of the server.
    Session { _lock: SessionLock },
    /// Held on a file beside the database.
    File { _lock: FileLock },
    /// Of a database in memory, which no other process has.
    Process { _lock: ProcessLock },
}

/// A lock with a name on an engine, as long as it is there.
pub struct NamedLock {
    _lock: Lock,
}

impl Registry {
    /// Takes a lock with a name on an engine, which other processes take too.
    ///
    /// # Errors
    /// [`SyncError::Running`] where another process has it; the engine cannot be reached.
    #[doc(hidden)]
    pub fn lock_named<E: Engine>(&self, engine: E, name: &str) -> Result<NamedLock> {
        let taken = take(self, engine.index(), name);
        taken.map(|_lock| NamedLock { _lock })
    }

    /// Whether a process has the lock of that name. It is not taken for that.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn is_lock_taken<E: Engine>(&self, engine: E, name: &str) -> Result<bool> {
        match &self.engines[engine.index()].settings.target.place {
            Address::Sqlite(SqliteAddress::File(path)) => is_taken_beside(path, name),
            Address::Sqlite(SqliteAddress::Memory) => {
                Ok(ProcessLock::is_taken(self, engine.index(), name))
            }
            Address::Server(_) => {
                let (mut physical, _pool, _) =
                    self.connect_for_ddl(engine.index(), LOCK_TIMEOUT)?;
                let find = find_holder(physical.dialect(), hash(name));
                has_row(&mut physical, &find)
            }
        }
    }
}

/// Takes the lock, or says that another run has it.
pub(super) fn take(registry: &Registry, engine: usize, name: &str) -> Result<Lock> {
    let taken = match &registry.engines[engine].settings.target.place {
        Address::Sqlite(SqliteAddress::File(path)) => beside(path, name)?,
        Address::Sqlite(SqliteAddress::Memory) => {
            ProcessLock::take(registry, engine, name).map(|lock| Lock::Process { _lock: lock })
        }
        Address::Server(_) => in_session(registry, engine, name)?,
    };
    taken.ok_or_else(|| {
        let sync = name.to_owned();
        Error::new(ErrorKind::Sync(SyncError::Running { sync }))
    })
}

/// SQLite has no locks with names. The file is left: whoever removed it would take it from under another's lock.
fn beside(database: &Path, name: &str) -> Result<Option<Lock>> {
    let mut options = File::options();
    let file = options.write(true).create(true).truncate(false);
    let file = file.open(path_beside(database, name)).map_err(failed)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => {
                let _lock = FileLock(file);
                return Ok(Some(Lock::File { _lock }));
            }
            // It may be a look at it ([`is_taken_beside`]).
            Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

/// A lock that is shared finds out whether another has the file's own. Nothing is made.
fn is_taken_beside(database: &Path, name: &str) -> Result<bool> {
    let file = match File::open(path_beside(database, name)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        file => file.map_err(failed)?,
    };
    match file.try_lock_shared() {
        Ok(()) => {
            drop(FileLock(file));
            Ok(false)
        }
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn path_beside(database: &Path, name: &str) -> OsString {
    let mut path = database.as_os_str().to_owned();
    path.push(format!("-sync-{:016x}", hash(name)));
    path
}

#[cold]
fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io).with_source(error)
}

fn in_session(registry: &Registry, engine: usize, name: &str) -> Result<Option<Lock>> {
    let (mut physical, pool, _) = registry.connect_for_ddl(engine, LOCK_TIMEOUT)?;
    if physical.is_node() {
        let why = "a Galera cluster has no lock that all of its nodes know, which a sync and a move of slots need";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    let (take, release) = statements(physical.dialect(), hash(name));
    let started = Instant::now();
    while !has_row(&mut physical, &take)? {
        if started.elapsed() >= PATIENCE {
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
    let _lock = SessionLock {
        physical,
        release,
        _pool: pool,
    };
    Ok(Some(Lock::Session { _lock }))
}

/// A query that has a row where the lock is given, and the one that gives it back.
fn statements(dialect: Dialect, hash: u64) -> (String, String) {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => {
            let key = hash.cast_signed();
            (
                format!("SELECT 1 WHERE pg_catalog.pg_try_advisory_lock({key})"),
                format!("SELECT pg_catalog.pg_advisory_unlock({key})"),
            )
        }
        Dialect::Mysql => {
            let name = name_on_mysql(hash);
            (
                format!(
                    "SELECT 1 FROM (SELECT GET_LOCK({name}, 0) AS given) AS tried WHERE given = 1"
                ),
                format!("SELECT RELEASE_LOCK({name})"),
            )
        }
    }
}

/// A query that has a row where a session has the lock. PostgreSQL lists the two halves of the number.
fn find_holder(dialect: Dialect, hash: u64) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => {
            let (high, low) = (hash >> 32, hash & u64::from(u32::MAX));
            format!(
                "SELECT 1 FROM pg_catalog.pg_locks AS held JOIN pg_catalog.pg_database AS here ON here.oid = held.database \
                 WHERE here.datname = pg_catalog.current_database() AND held.locktype = 'advisory' AND held.granted \
                 AND held.classid = {high} AND held.objid = {low} AND held.objsubid = 1"
            )
        }
        Dialect::Mysql => {
            let name = name_on_mysql(hash);
            format!(
                "SELECT 1 FROM (SELECT IS_USED_LOCK({name}) AS holder) AS held WHERE holder IS NOT NULL"
            )
        }
    }
}

fn name_on_mysql(hash: u64) -> String {
    format!("CONCAT('bindery_sync.', SHA1(CONCAT(DATABASE(), '{hash:016x}')))")
}

fn has_row(physical: &mut Physical, sql: &str) -> Result<bool> {
    let mut has_row = false;
    physical.query(sql, &mut |_| (), &mut |_| {
        has_row = true;
        Ok(true)
    })?;
    Ok(has_row)
}

/// The lock on a file.
pub(super) struct FileLock(File);

impl Drop for FileLock {
    /// Releases the lock, which closing the file may not: a process that the program starts has a copy of the descriptor between fork and
    /// exec, and the next run may begin at once.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// The lock of a server, which goes with the session that has it.
pub(super) struct SessionLock {
    physical: Physical,
    release: String,
    _pool: Arc<Pool>,
}

impl Drop for SessionLock {
    /// The server ends a session some time after its connection is closed, and the next run may begin at once.
    fn drop(&mut self) {
        let _ = self
            .physical
            .query(&self.release, &mut |_| (), &mut |_| Ok(true));
    }
}

/// The pool's address and the sync.
type Held = (usize, String);

static HELD: Mutex<BTreeSet<Held>> = Mutex::new(BTreeSet::new());

pub(super) struct ProcessLock(Held);

impl ProcessLock {
    fn take(registry: &Registry, engine: usize, name: &str) -> Option<Self> {
        let held = Self::key(registry, engine, name);
        let mut all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(held.clone()).then(|| Self(held))
    }

    fn is_taken(registry: &Registry, engine: usize, name: &str) -> bool {
        let all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        all.contains(&Self::key(registry, engine, name))
    }

    fn key(registry: &Registry, engine: usize, name: &str) -> Held {
        let pool = Arc::as_ptr(&registry.engines[engine].pool) as usize;
        (pool, name.to_owned())
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        let mut all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.0);
    }
}

/// FNV-1a, the same in every process.
fn hash(name: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    b"bindery_sync."
        .iter()
        .chain(name.as_bytes())
        .copied()
        .fold(0xcbf2_9ce4_8422_2325, mix)
}
