//! Prepared transactions of PostgreSQL.

use std::collections::BTreeSet;
use std::time::Duration;

use super::PostgresConnection;
use super::number::read_whole_number;
use crate::driver::prepared::{CommitRole, Gid, PreparedBranch, Slots, not_atomic};
use crate::error::{Error, Result};
use crate::value::ParamWriter;

/// There is no prepared transaction of this name.
const UNDEFINED_OBJECT: &str = "42704";

/// Those of this database, and whether this connection's role can finish each.
const LIST: &str = "SELECT gid, CAST(extract(epoch FROM clock_timestamp() - prepared) * 1000 AS bigint), \
     owner = current_user OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database() \
     AND gid LIKE 'bnd1:%' ORDER BY prepared, gid";

/// Those of all databases and programs.
const SLOTS: &str = "SELECT (SELECT count(*) FROM pg_catalog.pg_prepared_xacts), \
     CAST(pg_catalog.current_setting('max_prepared_transactions') AS bigint)";

/// In the same message as PREPARE TRANSACTION, which is not run where this fails. The server keeps the outcome by this number.
const ASK_NUMBER: &str = "SELECT pg_catalog.txid_current_if_assigned()";

/// Those of these numbers that were rolled back. One that is prepared is in progress, and it is on disk, so no crash gives its number to
/// another.
const ROLLED_BACK: &str = "SELECT CAST(one AS bigint) FROM pg_catalog.regexp_split_to_table($1, ',') AS one \
     WHERE pg_catalog.txid_status(CAST(one AS bigint)) = 'aborted'";

const SETTINGS: &str = "SELECT pg_catalog.current_setting('max_prepared_transactions'), \
     pg_catalog.current_setting('fsync'), pg_catalog.current_setting('synchronous_commit'), pg_catalog.pg_backend_pid()";

/// The process that answers is not the one that the login named.
const POOLED: &str = "a pooler stands before the server, and where it gives each transaction another session, what is checked of one does \
     not hold for the next: connect to the server itself, or to a pool that keeps sessions, and write `pooler = \"session\"` for the engine";

impl PostgresConnection {
    pub(in crate::driver) fn send_prepare(&mut self, gid: &Gid) -> Result<()> {
        self.session
            .ensure_there()
            .map_err(|fault| self.failed(fault))?;
        self.send_control(&format!("{ASK_NUMBER}; PREPARE TRANSACTION '{gid}'"))
    }

    /// PREPARE TRANSACTION in a failed transaction succeeds with the tag of a ROLLBACK.
    pub(in crate::driver) fn read_prepare(&mut self) -> Result<bool> {
        let (mut is_prepared, mut number) = (false, None);
        self.read_control(|tag, body| match tag {
            b'C' => is_prepared |= body == b"PREPARE TRANSACTION\0",
            b'D' => number = read_whole_number(body),
            _ => {}
        })?;
        self.numbering.prepared = number.and_then(|number| u64::try_from(number).ok());
        Ok(is_prepared)
    }

    fn send_control(&mut self, sql: &str) -> Result<()> {
        let deadline = self.deadline();
        self.send_simple(deadline, sql)
            .map_err(|fault| self.failed(fault))
    }

    fn read_control(&mut self, on: impl FnMut(u8, &[u8])) -> Result<()> {
        self.session.take_what_came();
        self.read_simple(on).map_err(|fault| self.failed(fault))
    }

    pub(in crate::driver) fn prepared_number(&self) -> Option<u64> {
        self.numbering.prepared
    }

    pub(in crate::driver) fn rolled_back(&mut self, numbers: &[u64]) -> Result<BTreeSet<u64>> {
        let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let numbers = numbers.join(",");
        let mut found = BTreeSet::new();
        let write = &mut |params: &mut ParamWriter<'_>| params.text(&numbers);
        self.query(ROLLED_BACK, write, &mut |row| {
            found.extend(u64::try_from(row.next::<i64>()?));
            Ok(true)
        })?;
        Ok(found)
    }

    pub(in crate::driver) fn finish_branch(&mut self, gid: &Gid, commits: bool) -> Result<bool> {
        self.send_finish(gid, commits)?;
        self.read_finish()
    }

    pub(in crate::driver) fn send_finish(&mut self, gid: &Gid, commits: bool) -> Result<()> {
        let verb = if commits { "COMMIT" } else { "ROLLBACK" };
        self.send_control(&format!("{verb} PREPARED '{gid}'"))
    }

    pub(in crate::driver) fn read_finish(&mut self) -> Result<bool> {
        match self.read_control(|_, _| ()) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == Some(UNDEFINED_OBJECT) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(in crate::driver) fn prepared_branches(&mut self) -> Result<Vec<PreparedBranch>> {
        let mut found = Vec::new();
        self.query(LIST, &mut |_| (), &mut |row| {
            let (gid, age_ms) = (row.next::<String>()?, row.next::<i64>()?);
            let may_finish = row.next::<bool>()?;
            let age = u64::try_from(age_ms).unwrap_or(0);
            found.extend(Gid::new(&gid).map(|gid| PreparedBranch {
                gid,
                age: Some(Duration::from_millis(age)),
                may_finish,
            }));
            Ok(true)
        })?;
        Ok(found)
    }

    pub(in crate::driver) fn prepared_slots(&mut self) -> Result<Slots> {
        let mut slots = Slots { used: 0, most: 0 };
        self.query(SLOTS, &mut |_| (), &mut |row| {
            slots.used = row.next::<i64>()?.unsigned_abs();
            slots.most = row.next::<i64>()?.unsigned_abs();
            Ok(true)
        })?;
        Ok(slots)
    }

    pub(in crate::driver) fn session_number(&self) -> u32 {
        let key = self.session.cancel_key();
        key.map_or(0, |[a, b, c, d, ..]| u32::from_be_bytes([a, b, c, d]))
    }

    pub(in crate::driver) fn ensure_atomic(&mut self, role: CommitRole) -> Result<()> {
        let (mut most, mut fsync, mut commit) = (0, String::new(), String::new());
        let mut session = 0;
        self.query(SETTINGS, &mut |_| (), &mut |row| {
            most = row.next::<String>()?.parse().unwrap_or(0);
            fsync = row.next()?;
            commit = row.next()?;
            session = row.next::<i32>()?.cast_unsigned();
            Ok(true)
        })?;
        if session != self.session_number() && !self.has_pooler {
            return Err(not_atomic(POOLED));
        }
        if fsync != "on" {
            return Err(not_atomic(
                "the server has `fsync = off`, with which a crash loses what was committed: set `fsync = on` (a server of `bindery-testkit` is \
                 started with `.durable(true)`)",
            ));
        }
        match role {
            CommitRole::Home if commit == "off" => Err(not_atomic(
                "the session has `synchronous_commit = off`, with which a crash loses decisions: set `synchronous_commit = on` \
                 (the server, `ALTER ROLE`, `ALTER DATABASE`)",
            )),
            CommitRole::Branch { at_once } if most < at_once => Err(too_few(most, at_once)),
            CommitRole::Home | CommitRole::Branch { .. } => Ok(()),
        }
    }
}

#[cold]
fn too_few(most: usize, at_once: usize) -> Error {
    not_atomic(&format!(
        "the server has `max_prepared_transactions = {most}`, and the pool of the engine may prepare {at_once} at a time: set \
         `max_prepared_transactions = {}` or more in postgresql.conf and restart it",
        at_once * 2
    ))
}
