//! One run of a sync at a time: a lock with a name on the target's server, or beside the target's file, which goes with its
//! holder. A run that lost it is found out by its number, which each of its batches compares.

use std::collections::BTreeSet;
use std::fs::File;
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
    let mut path = database.as_os_str().to_owned();
    path.push(format!("-sync-{:016x}", hash(name)));
    let failed = |error: std::io::Error| Error::new(ErrorKind::Io).with_source(error);
    let mut options = File::options();
    let file = options.write(true).create(true).truncate(false);
    let file = file.open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock::File {
            _lock: FileLock(file),
        })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn in_session(registry: &Registry, engine: usize, name: &str) -> Result<Option<Lock>> {
    let (mut physical, pool, _) = registry.connect_for_ddl(engine, LOCK_TIMEOUT)?;
    if physical.is_node() {
        let why = "a Galera cluster has no lock that all of its nodes know, which a sync and a move of slots need";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    let (take, release) = statements(physical.dialect(), hash(name));
    let started = Instant::now();
    while !is_given(&mut physical, &take)? {
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
            let name = format!("CONCAT('bindery_sync.', SHA1(CONCAT(DATABASE(), '{hash:016x}')))");
            (
                format!(
                    "SELECT 1 FROM (SELECT GET_LOCK({name}, 0) AS given) AS tried WHERE given = 1"
                ),
                format!("SELECT RELEASE_LOCK({name})"),
            )
        }
    }
}

fn is_given(physical: &mut Physical, take: &str) -> Result<bool> {
    let mut is_given = false;
    physical.query(take, &mut |_| (), &mut |_| {
        is_given = true;
        Ok(true)
    })?;
    Ok(is_given)
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
        let pool = Arc::as_ptr(&registry.engines[engine].pool) as usize;
        let held = (pool, name.to_owned());
        let mut all = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(held.clone()).then(|| Self(held))
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
