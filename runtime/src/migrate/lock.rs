//! The lock that only one process at a time has that migrates a database. It is the session's, so it goes with it.

use std::thread;
use std::time::{Duration, Instant};

use super::connecting::Session;
use super::{MigrateOptions, MigrationProgress, refused};
use crate::databases::Registry;
use crate::databases::each_host::EachHost;
use crate::driver::Physical;
use crate::error::{MigrationError, Result};
use bindery_core::dialect::Dialect;

const PAUSE: Duration = Duration::from_millis(100);

/// Waits for the lock, within the limit. It is held as long as the session and what is returned: the sessions on the nodes of a cluster.
pub(super) fn take<'m>(
    session: &mut Session,
    registry: &Registry,
    engine: usize,
    options: &MigrateOptions,
    told: &mut dyn FnMut(MigrationProgress<'m>),
) -> Result<Vec<Physical>> {
    let Some(lock) = NamedLock::of(session.physical.dialect()) else {
        return Ok(Vec::new());
    };
    let mut nodes = if session.physical.is_node() {
        registry.connect_to_most_hosts(engine, options.lock_timeout)?
    } else {
        EachHost::default()
    };
    let started = Instant::now();
    let mut is_told = false;
    loop {
        let is_taken = match nodes.of {
            0 => lock.is_taken(&mut session.physical)?,
            _ => lock.is_taken_on_most(&mut nodes)?,
        };
        if is_taken {
            return Ok(nodes.reached);
        }
        if started.elapsed() >= options.wait {
            return Err(refused(MigrationError::Locked));
        }
        if !std::mem::replace(&mut is_told, true) {
            told(MigrationProgress::Waiting);
        }
        thread::sleep(PAUSE);
    }
}

/// Queries that have a row where the lock was given, that give it back, and that have the number of the session that has it.
pub(super) struct NamedLock {
    take: &'static str,
    release: &'static str,
    holder: &'static str,
}

impl NamedLock {
    /// SQLite has no such lock: there the transaction of each migration begins with the right to write, and looks whether the migration is
    /// still pending.
    pub(super) fn of(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(Self {
                take: "SELECT 1 WHERE pg_catalog.pg_try_advisory_lock(7088215736291453)",
                release: "SELECT pg_catalog.pg_advisory_unlock(7088215736291453)",
                holder: "SELECT pid::bigint FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
                    AND (classid::bigint << 32 | objid::bigint) = 7088215736291453 \
                    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
            }),
            Dialect::Mysql => Some(Self {
                take: "SELECT 1 FROM (SELECT GET_LOCK(CONCAT('bindery_migrate.', SHA1(DATABASE())), 0) AS given) AS tried WHERE given = 1",
                release: "SELECT RELEASE_LOCK(CONCAT('bindery_migrate.', SHA1(DATABASE())))",
                holder: "SELECT CAST(IS_USED_LOCK(CONCAT('bindery_migrate.', SHA1(DATABASE()))) AS SIGNED)",
            }),
        }
    }

    /// The session that migrates the database: its number at the server.
    pub(super) fn holder(&self, physical: &mut Physical) -> Result<Option<i64>> {
        let mut holder = None;
        physical.query(self.holder, &mut |_| (), &mut |row| {
            holder = row.next()?;
            Ok(false)
        })?;
        Ok(holder)
    }

    fn is_taken(&self, physical: &mut Physical) -> Result<bool> {
        let mut is_taken = false;
        physical.query(self.take, &mut |_| (), &mut |_| {
            is_taken = true;
            Ok(true)
        })?;
        Ok(is_taken)
    }

    /// Takes the lock of more than half of the hosts, which no two processes have at a time, or none: in a Galera cluster each node has locks
    /// of its own. A node that goes takes its lock with it, and more than half of the nodes do not go, or the cluster stands still.
    fn is_taken_on_most(&self, nodes: &mut EachHost) -> Result<bool> {
        let mut taken = Vec::new();
        for (at, node) in nodes.reached.iter_mut().enumerate() {
            if self.is_taken(node)? {
                taken.push(at);
            }
        }
        if taken.len() * 2 > nodes.of {
            return Ok(true);
        }
        for at in taken {
            let node = &mut nodes.reached[at];
            node.query(self.release, &mut |_| (), &mut |_| Ok(true))?;
        }
        Ok(false)
    }
}
