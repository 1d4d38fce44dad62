//! XA transactions of MySQL and MariaDB. A connection that prepared one is closed and never reset: after a reset the server
//! would answer its XA COMMIT and commit nothing.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use super::session::Fault;
use super::{MysqlConnection, Transaction, settle};
use crate::driver::TransactionOptions;
use crate::driver::prepared::{CommitRole, Gid, Owner, PreparedBranch, not_atomic};
use crate::error::{Error, ErrorKind, Result};

/// `bnd1`, as a number.
const FORMAT: u32 = 0x626e_6431;

/// No such XA transaction; also where the session that prepared it is still connected.
const XAER_NOTA: &str = "1397";
/// It had nothing to commit, and is gone.
const XA_RBROLLBACK: &str = "1402";
/// There is no session of this number.
const NO_SUCH_THREAD: &str = "1094";

/// The time that a session that has ended gets to be gone for good before another session finishes what it had prepared. MariaDB
/// (10.11: 2 of 1,430 sessions that ended just then) takes the transaction from the session first and lets go of it in InnoDB later.
/// Between the two it answers the XA COMMIT of another session with OK, commits nothing and lists nothing any more, until it is
/// started again.
const LET_GO: Duration = Duration::from_millis(250);

const POOLED: &str = "a pooler or proxy stands before the server, and goes on with the session in which a transaction was prepared, which \
     loses the transaction: connect to the server itself";

/// How far the XA transaction of a connection is.
#[derive(Default, PartialEq, Eq)]
pub(super) enum Xa {
    #[default]
    None,
    /// The next transaction is this branch.
    Enlisted(Gid),
    Active(Gid),
    /// One was prepared, or may be: the connection is closed when it is given back.
    Prepared,
}

impl MysqlConnection {
    pub(in crate::driver) fn enlist(&mut self, gid: &Gid) {
        self.xa = Xa::Enlisted(gid.clone());
    }

    /// Forgets a branch that was enlisted and not begun: the next user of the connection does not begin it.
    pub(super) fn forget_branch(&mut self) {
        self.xa = Xa::None;
    }

    /// Begins the branch that was enlisted; `false` where there is none.
    pub(super) fn begin_branch(&mut self, options: &TransactionOptions) -> Result<bool> {
        let Xa::Enlisted(gid) = std::mem::take(&mut self.xa) else {
            return Ok(false);
        };
        if options.is_read_only {
            return Ok(false);
        }
        self.batch(&format!("XA START {}", xid(&gid)))?;
        self.xa = Xa::Active(gid);
        Ok(true)
    }

    /// Both statements are sent together: XA PREPARE is refused where XA END was.
    pub(in crate::driver) fn send_prepare(&mut self, gid: &Gid) -> Result<()> {
        self.ensure_usable()?;
        let Xa::Active(_) = std::mem::replace(&mut self.xa, Xa::Prepared) else {
            let why = "the transaction was not begun as a branch of a group";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        };
        let (deadline, xid) = (self.deadline(), xid(gid));
        let both = [format!("XA END {xid}"), format!("XA PREPARE {xid}")];
        let session = &mut self.session;
        let sent = session
            .ensure_there()
            .and_then(|()| settle::send_two(session, deadline, &both));
        sent.map_err(|fault| self.failed(fault))
    }

    pub(in crate::driver) fn read_prepare(&mut self, gid: &Gid) -> Result<bool> {
        let prepared = settle::read_two(&mut self.session).map_err(|fault| self.failed(fault));
        if prepared.is_err() && !self.is_broken() {
            // Refused, so it is not prepared; where it cannot be rolled back it goes with the connection.
            let _ = self.command(&format!("XA ROLLBACK {}", xid(gid)));
        }
        self.transaction = Transaction::None;
        prepared.map(|()| true)
    }

    /// Rolls back a branch that is not prepared; `false` where there is none. One that a deadlock has ended says so at its end.
    pub(super) fn roll_back_branch(&mut self) -> Result<bool> {
        let gid = match std::mem::take(&mut self.xa) {
            Xa::Active(gid) => gid,
            other @ (Xa::None | Xa::Enlisted(_) | Xa::Prepared) => {
                self.xa = other;
                return Ok(false);
            }
        };
        // Closed, should the rollback fail.
        self.xa = Xa::Prepared;
        let xid = xid(&gid);
        let ended = self.command(&format!("XA END {xid}"));
        if ended.is_err() && self.is_broken() {
            return ended.map(|()| true);
        }
        self.command(&format!("XA ROLLBACK {xid}"))?;
        self.xa = Xa::None;
        self.transaction = Transaction::None;
        Ok(true)
    }

    pub(in crate::driver) fn finish_branch(
        &mut self,
        gid: &Gid,
        commits: bool,
        owner: Owner,
    ) -> Result<bool> {
        if self.xa != Xa::Prepared && owner == Owner::MayEnd {
            thread::sleep(LET_GO);
        }
        self.send_finish(gid, commits)?;
        self.read_finish()
    }

    /// For the session that prepared the branch; any other has to wait before that.
    pub(in crate::driver) fn send_finish(&mut self, gid: &Gid, commits: bool) -> Result<()> {
        let verb = if commits { "COMMIT" } else { "ROLLBACK" };
        let sql = format!("XA {verb} {}", xid(gid));
        let deadline = self.deadline();
        settle::send(&mut self.session, deadline, &sql).map_err(|fault| self.failed(fault))
    }

    pub(in crate::driver) fn read_finish(&mut self) -> Result<bool> {
        self.session.take_what_came();
        let read = self.session.read_away().map(drop);
        match read.map_err(|fault| self.failed(fault)) {
            Ok(()) => Ok(true),
            Err(error) if matches!(error.code(), Some(XAER_NOTA | XA_RBROLLBACK)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A session that cannot be seen is another user's, or has ended.
    pub(in crate::driver) fn gone_owners(&mut self, sessions: &[u32]) -> Result<BTreeSet<u32>> {
        const LIVING: &str = "SELECT ID FROM information_schema.PROCESSLIST";
        let deadline = self.deadline();
        let rows = settle::ask_all(&mut self.session, deadline, LIVING)
            .map_err(|fault| self.failed(fault))?;
        let numbers = rows.iter().filter_map(|row| row.first()?.parse().ok());
        let living: BTreeSet<u32> = numbers.collect();
        let ended = sessions.iter().filter(|number| !living.contains(number));
        let gone: BTreeSet<u32> = ended.copied().collect();
        if !gone.is_empty() {
            thread::sleep(LET_GO);
        }
        Ok(gone)
    }

    pub(in crate::driver) fn prepared_branches(&mut self) -> Result<Vec<PreparedBranch>> {
        let deadline = self.deadline();
        let rows = settle::ask_all(&mut self.session, deadline, "XA RECOVER")
            .map_err(|fault| self.failed(fault))?;
        let mut found: Vec<_> = rows.iter().filter_map(|row| listed(row)).collect();
        found.sort_by(|one, other| one.gid.cmp(&other.gid));
        Ok(found)
    }

    pub(in crate::driver) fn session_number(&self) -> u32 {
        self.number
    }

    pub(in crate::driver) fn end_session(&mut self, number: u32) -> Result<()> {
        match self.command(&format!("KILL CONNECTION {number}")) {
            Err(error) if error.code() != Some(NO_SUCH_THREAD) => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether it has done all that it can, without a fault, and another is to be opened in its place.
    pub(in crate::driver) fn is_spent(&self) -> bool {
        self.xa == Xa::Prepared && !self.is_broken()
    }

    /// Whether a branch was begun or prepared on it: the connection is closed when its user is done.
    pub(super) fn has_prepared(&self) -> bool {
        matches!(self.xa, Xa::Prepared | Xa::Active(_))
    }

    pub(in crate::driver) fn ensure_atomic(&mut self, role: CommitRole) -> Result<()> {
        const SETTINGS: &str = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'log_bin', \
             'sync_binlog', 'wsrep_on')";
        let deadline = self.deadline();
        let rows = settle::ask_all(&mut self.session, deadline, SETTINGS)
            .map_err(|fault| self.failed(fault))?;
        let setting = |name: &str| {
            let mut rows = rows
                .iter()
                .filter(|row| row.first().is_some_and(|it| it == name));
            rows.next()
                .and_then(|row| row.get(1))
                .map_or("", String::as_str)
        };
        if setting("innodb_flush_log_at_trx_commit") != "1" {
            return Err(not_atomic(&format!(
                "the server has `innodb_flush_log_at_trx_commit = {}`, with which a crash loses prepared transactions: set it to 1 (a server of \
                 `bindery-testkit` is started with `.durable(true)`)",
                setting("innodb_flush_log_at_trx_commit")
            )));
        }
        if setting("log_bin") == "ON" && setting("sync_binlog") != "1" {
            return Err(not_atomic(&format!(
                "the server writes a binary log with `sync_binlog = {}`, with which a crash loses commits: set `sync_binlog = 1`",
                setting("sync_binlog")
            )));
        }
        match role {
            CommitRole::Home => Ok(()),
            CommitRole::Branch { .. } if setting("wsrep_on") == "ON" => Err(not_atomic(
                "the server is part of a Galera cluster (`wsrep_on`), which has no XA transactions: write `cluster = \"galera\"` at the engine, \
                 and let it be the home of the group",
            )),
            CommitRole::Branch { .. } => {
                self.ensure_no_pooler()?;
                self.ensure_lists()
            }
        }
    }

    /// Rejects a session that is not the one of the login. A pooler would go on with the one in which a branch is prepared, and reset
    /// it: the branch could be committed then, with OK, and nothing of it be stored.
    fn ensure_no_pooler(&mut self) -> Result<()> {
        let number = self.number;
        let sql = format!(
            "SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = {number} AND INFO LIKE '%PROCESSLIST WHERE ID = {number} %'"
        );
        let deadline = self.deadline();
        let rows = settle::ask_all(&mut self.session, deadline, &sql)
            .map_err(|fault| self.failed(fault))?;
        if rows.is_empty() {
            return Err(not_atomic(POOLED));
        }
        Ok(())
    }

    /// MySQL lists prepared transactions to those with a privilege for it.
    fn ensure_lists(&mut self) -> Result<()> {
        let deadline = self.deadline();
        match settle::ask_all(&mut self.session, deadline, "XA RECOVER") {
            Ok(_) => Ok(()),
            Err(Fault::Server(_)) => Err(not_atomic(
                "its user may not run XA RECOVER: `GRANT XA_RECOVER_ADMIN ON *.* TO` that user",
            )),
            Err(fault) => Err(self.failed(fault)),
        }
    }
}

/// A name as the statements have it. It holds no character that ends a literal.
fn xid(gid: &Gid) -> String {
    let (transaction, branch) = gid.parts();
    format!("'{transaction}','{branch}',{FORMAT}")
}

/// A row of XA RECOVER: the format, the lengths of both parts of the name, and both parts together.
fn listed(row: &[String]) -> Option<PreparedBranch> {
    let [format, transaction, _, data] = row else {
        return None;
    };
    if format.parse() != Ok(FORMAT) {
        return None;
    }
    let (transaction, branch) = data.split_at_checked(transaction.parse().ok()?)?;
    let gid = Gid::new(&format!("{transaction}:{branch}"))?;
    Some(PreparedBranch {
        gid,
        age: None,
        may_finish: true,
    })
}
