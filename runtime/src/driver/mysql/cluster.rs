//! Nodes of a Galera cluster: which of them are used, and what a session has to wait for there.

use super::MysqlConnection;
use super::session::{Fault, Session};
use super::settle::{ask, run_statement};
use crate::driver::wire::Deadline;
use crate::error::Error;

/// Has reads and writes wait until the node has applied all that the cluster committed before: 1 for reads and BEGIN, 2 for UPDATE and
/// DELETE, 4 for INSERT. Within a transaction only its BEGIN waits. With 1 alone a statement outside of a transaction would look for its rows among
/// older ones: an UPDATE by a version that another node has just written finds none.
const WAIT: &str = "SET wsrep_sync_wait = 7";

/// In a text of settings; 0 where the server is no node of a cluster.
pub(super) const IS_NODE: &str = ", @@wsrep_on";

/// SELECT is refused by a node that is not in its cluster; this is not.
const STATE: &str = "SHOW STATUS LIKE 'wsrep_local_state'";
const SYNCED: &str = "4";

pub(super) const NO_NODE: &str = "the server is no node of a Galera cluster (`wsrep_on` is off), and the engine has several hosts";
const NOT_SYNCED: &str = "the server is a node of a Galera cluster that is not synced: it joins, gives its state to another, or is cut off";

/// How an engine that is a Galera cluster is connected to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nodes {
    /// Several hosts are named: each has to be a node.
    pub(super) are_several: bool,
}

/// Has a session of a node wait. Not before it is known to be synced: a node that is cut off answers with 1205 where it has to wait, in place
/// of 1047.
pub(super) fn wait(session: &mut Session, deadline: Deadline) -> Result<(), Fault> {
    run_statement(session, deadline, WAIT)
}

/// Rejects a node that has not all that was committed.
pub(super) fn ensure_synced(session: &mut Session, deadline: Deadline) -> Result<(), Fault> {
    let state = ask(session, deadline, STATE)?;
    match state.last().map(String::as_str) {
        Some(SYNCED) => Ok(()),
        Some(_) | None => Err(Fault::Protocol(NOT_SYNCED)),
    }
}

impl MysqlConnection {
    /// Whether it is a node of a Galera cluster.
    pub(crate) fn is_node(&self) -> bool {
        self.is_node
    }

    /// Whether the node is synced, by what it answers now.
    #[cold]
    pub(super) fn is_synced(&mut self) -> bool {
        let deadline = self.deadline();
        ensure_synced(&mut self.session, deadline).is_ok()
    }

    /// Whether the node has answered that it is not in its cluster, or not synced.
    pub(crate) fn is_of_unfit_node(&self) -> bool {
        self.is_unfit
    }

    /// The error of a COMMIT, or of a statement that is one.
    #[cold]
    pub(super) fn commit_failed(&mut self, fault: Fault) -> Error {
        let is_half = matches!(&fault, Fault::Server(said) if said.is_half_committed());
        let error = self.failed(fault);
        if !is_half {
            return error;
        }
        self.is_unfit |= self.is_node;
        self.session.give_up();
        error.with_lost_answer()
    }
}
