//! Branches of a two-phase commit, as drivers know them: their names, and the statements that prepare, finish and list them.
//! Which of them is done, and when, is decided by `atomic/protocol`.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::AnyDriver;
use super::physical::each;
use crate::error::{Error, ErrorKind, Result};

/// The name of a branch, `bnd1:<coordinator>:<transaction>:<branch>`: short enough for every database, and of characters that
/// no literal has to escape.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Gid(Box<str>);

impl Gid {
    pub(crate) const PREFIX: &str = "bnd1:";
    /// Of each of the two parts of a name on MySQL and MariaDB.
    const LONGEST_PART: usize = 64;

    /// The name, where it is one of ours and can be used on every database.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
        let (transaction, branch) = text.rsplit_once(':')?;
        let fits = transaction.len() <= Self::LONGEST_PART && branch.len() <= Self::LONGEST_PART;
        let is_ours = text.starts_with(Self::PREFIX) && text.bytes().all(is_plain);
        (is_ours && fits).then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the transaction, and that of the branch within it.
    #[cfg(feature = "mysql")]
    pub(super) fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once(':').unwrap_or((&self.0, ""))
    }
}

impl fmt::Display for Gid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A branch that a database lists as prepared.
#[derive(Debug, Clone)]
pub(crate) struct PreparedBranch {
    pub(crate) gid: Gid,
    /// By the server's clock; MySQL and MariaDB do not say.
    pub(crate) age: Option<Duration>,
    /// The user of this connection has the right to finish it.
    pub(crate) may_finish: bool,
}

/// The prepared transactions of a server, whoever prepared them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) used: u64,
    pub(crate) most: u64,
}

/// How a two-phase commit can use a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitRole {
    /// It keeps the decision, and its own commit is the commit point.
    Home,
    /// It prepares a branch; the pool of this engine may have as many at a time.
    Branch { at_once: usize },
}

/// The session that prepared a branch, as another knows it that is to finish it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It is this one, or may be ending now.
    MayEnd,
    /// It has ended, and has let go of the branch.
    IsGone,
}

#[cfg(feature = "sqlite")]
const NO_BRANCH: &str =
    "an SQLite file cannot prepare a transaction: it takes part as the home of a group";

impl AnyDriver {
    /// The next transaction is this branch of a group.
    pub(crate) fn enlist(&mut self, gid: &Gid) {
        // MySQL and MariaDB alone get the name when it begins.
        let _ = gid;
        each!(self, connection;
            sqlite => (),
            postgres => {
                #[cfg(feature = "outbox")]
                connection.enlist();
            },
            mysql => connection.enlist(gid),
        );
    }

    /// Sends that the open transaction is to be prepared as this branch, and does not wait for the answer. Nothing but
    /// [`read_prepare`](Self::read_prepare) may follow; until then the connection counts as broken.
    pub(crate) fn send_prepare(&mut self, gid: &Gid) -> Result<()> {
        each!(self, connection;
            sqlite => Err(no_branch(gid)),
            postgres => connection.send_prepare(gid),
            mysql => connection.send_prepare(gid),
        )
    }

    /// Waits for the answer to it; `false` where the database rolled the transaction back in place of that.
    pub(crate) fn read_prepare(&mut self, gid: &Gid) -> Result<bool> {
        let _ = gid;
        each!(self, connection;
            sqlite => Err(no_branch(gid)),
            postgres => connection.read_prepare(),
            mysql => connection.read_prepare(gid),
        )
    }

    /// Sends that the branch that this connection prepared is to be committed or rolled back, as
    /// [`send_prepare`](Self::send_prepare) does.
    pub(crate) fn send_finish(&mut self, gid: &Gid, commits: bool) -> Result<()> {
        let _ = commits;
        each!(self, connection;
            sqlite => Err(no_branch(gid)),
            postgres => connection.send_finish(gid, commits),
            mysql => connection.send_finish(gid, commits),
        )
    }

    /// Waits for the answer to it; `false` where the database knows no such branch.
    pub(crate) fn read_finish(&mut self) -> Result<bool> {
        each!(self, connection;
            sqlite => Err(Error::new(ErrorKind::Unsupported(NO_BRANCH))),
            postgres => connection.read_finish(),
            mysql => connection.read_finish(),
        )
    }

    /// Whether it has prepared a branch, after which it is closed, and there is nothing wrong with it.
    pub(crate) fn is_spent(&self) -> bool {
        each!(self, connection;
            sqlite => false,
            postgres => false,
            mysql => connection.is_spent(),
        )
    }

    /// The number of the transaction that was prepared last, where the database keeps outcomes by numbers.
    pub(crate) fn prepared_number(&self) -> Option<u64> {
        each!(self, connection;
            sqlite => None,
            postgres => connection.prepared_number(),
            mysql => None,
        )
    }

    /// Those of these numbers whose transactions were rolled back, where the database knows.
    pub(crate) fn rolled_back(&mut self, numbers: &[u64]) -> Result<BTreeSet<u64>> {
        let _ = numbers;
        each!(self, connection;
            sqlite => Ok(BTreeSet::new()),
            postgres => connection.rolled_back(numbers),
            mysql => Ok(BTreeSet::new()),
        )
    }

    /// Commits a prepared branch or rolls it back; `false` where the database says that it knows no such branch.
    pub(crate) fn finish_branch(&mut self, gid: &Gid, commits: bool, owner: Owner) -> Result<bool> {
        // To MySQL and MariaDB alone it matters.
        let _ = owner;
        let _ = commits;
        each!(self, connection;
            sqlite => Err(no_branch(gid)),
            postgres => connection.finish_branch(gid, commits),
            mysql => connection.finish_branch(gid, commits, owner),
        )
    }

    /// Those of these sessions that have ended, and have let go of what they prepared; waits for that once for all of them.
    pub(crate) fn gone_owners(&mut self, sessions: &[u32]) -> Result<BTreeSet<u32>> {
        each!(self, connection;
            sqlite => Ok(sessions.iter().copied().collect()),
            postgres => Ok(sessions.iter().copied().collect()),
            mysql => connection.gone_owners(sessions),
        )
    }

    /// Lists the branches with names of ours that are prepared.
    pub(crate) fn prepared_branches(&mut self) -> Result<Vec<PreparedBranch>> {
        each!(self, connection;
            sqlite => Ok(Vec::new()),
            postgres => connection.prepared_branches(),
            mysql => connection.prepared_branches(),
        )
    }

    /// How many prepared transactions the server has and may have; `None` where there is no such limit.
    pub(crate) fn prepared_slots(&mut self) -> Result<Option<Slots>> {
        each!(self, connection;
            sqlite => Ok(None),
            postgres => connection.prepared_slots().map(Some),
            mysql => Ok(None),
        )
    }

    /// The server's number of this session; 0 where there is none.
    pub(crate) fn session_number(&self) -> u32 {
        each!(self, connection;
            sqlite => 0,
            postgres => connection.session_number(),
            mysql => connection.session_number(),
        )
    }

    /// Has the server end the session of this number, which prepared a branch and keeps others from finishing it. A prepared
    /// transaction of PostgreSQL belongs to no session.
    pub(crate) fn end_session(&mut self, number: u32) -> Result<()> {
        let _ = number;
        each!(self, connection;
            sqlite => Ok(()),
            postgres => Ok(()),
            mysql => connection.end_session(number),
        )
    }

    /// Refuses a database that could lose what it promises in this part.
    pub(crate) fn ensure_atomic(&mut self, role: CommitRole) -> Result<()> {
        each!(self, connection => connection.ensure_atomic(role))
    }
}

#[cfg(feature = "sqlite")]
fn no_branch(_: &Gid) -> Error {
    Error::new(ErrorKind::Unsupported(NO_BRANCH))
}

/// The error of a database that an atomic group cannot use as it is set up.
#[cold]
pub(super) fn not_atomic(why: &str) -> Error {
    Error::new(ErrorKind::Config(format!(
        "an atomic group cannot use it: {why}"
    )))
}
