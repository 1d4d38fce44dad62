//! Branches of a two-phase commit, as drivers know them: their names, and the statements that prepare, finish and list them.
//! Which of them is done, and when, is decided by `atomic/protocol`.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::AnyDriver;
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
pub(crate) enum Part {
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
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {}
            #[cfg(all(feature = "postgres", feature = "outbox"))]
            Self::Postgres(connection) => connection.enlist(),
            #[cfg(all(feature = "postgres", not(feature = "outbox")))]
            Self::Postgres(_) => {}
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.enlist(gid),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Sends that the open transaction is to be prepared as this branch, and does not wait for the answer. Nothing but
    /// [`read_prepare`](Self::read_prepare) may follow; until then the connection counts as broken.
    pub(crate) fn send_prepare(&mut self, gid: &Gid) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Err(no_branch(gid)),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.send_prepare(gid),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.send_prepare(gid),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Waits for the answer to it; `false` where the database rolled the transaction back in place of that.
    pub(crate) fn read_prepare(&mut self, gid: &Gid) -> Result<bool> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Err(no_branch(gid)),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => {
                let _ = gid;
                connection.read_prepare()
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.read_prepare(gid),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Sends that the branch that this connection prepared is to be committed or rolled back, as
    /// [`send_prepare`](Self::send_prepare) does.
    pub(crate) fn send_finish(&mut self, gid: &Gid, commits: bool) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let _ = commits;
                Err(no_branch(gid))
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.send_finish(gid, commits),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.send_finish(gid, commits),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Waits for the answer to it; `false` where the database knows no such branch.
    pub(crate) fn read_finish(&mut self) -> Result<bool> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Err(Error::new(ErrorKind::Unsupported(NO_BRANCH))),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.read_finish(),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.read_finish(),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Whether it has prepared a branch, after which it is closed, and there is nothing wrong with it.
    pub(crate) fn is_spent(&self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => false,
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.is_spent(),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// The number of the transaction that was prepared last, where the database keeps outcomes by numbers.
    pub(crate) fn prepared_number(&self) -> Option<u64> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => None,
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.prepared_number(),
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => None,
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Those of these numbers whose transactions were rolled back, where the database knows.
    pub(crate) fn rolled_back(&mut self, numbers: &[u64]) -> Result<BTreeSet<u64>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let _ = numbers;
                Ok(BTreeSet::new())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.rolled_back(numbers),
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => {
                let _ = numbers;
                Ok(BTreeSet::new())
            }
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => {
                let _ = numbers;
                match **never {}
            }
        }
    }

    /// Commits a prepared branch or rolls it back; `false` where the database says that it knows no such branch.
    pub(crate) fn finish_branch(&mut self, gid: &Gid, commits: bool, owner: Owner) -> Result<bool> {
        // To MySQL and MariaDB alone it matters.
        let _ = owner;
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let _ = commits;
                Err(no_branch(gid))
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.finish_branch(gid, commits),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.finish_branch(gid, commits, owner),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Those of these sessions that have ended, and have let go of what they prepared; waits for that once for all of them.
    pub(crate) fn gone_owners(&mut self, sessions: &[u32]) -> Result<BTreeSet<u32>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(sessions.iter().copied().collect()),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Ok(sessions.iter().copied().collect()),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.gone_owners(sessions),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => {
                let _ = sessions;
                match **never {}
            }
        }
    }

    /// Lists the branches with names of ours that are prepared.
    pub(crate) fn prepared_branches(&mut self) -> Result<Vec<PreparedBranch>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(Vec::new()),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.prepared_branches(),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.prepared_branches(),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// How many prepared transactions the server has and may have; `None` where there is no such limit.
    pub(crate) fn prepared_slots(&mut self) -> Result<Option<Slots>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Ok(None),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.prepared_slots().map(Some),
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => Ok(None),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// The server's number of this session; 0 where there is none.
    pub(crate) fn session_number(&self) -> u32 {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => 0,
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.session_number(),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.session_number(),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => match **never {},
        }
    }

    /// Has the server end the session of this number, which prepared a branch and keeps others from finishing it. A prepared
    /// transaction of PostgreSQL belongs to no session.
    pub(crate) fn end_session(&mut self, number: u32) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => {
                let _ = number;
                Ok(())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => {
                let _ = number;
                Ok(())
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.end_session(number),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => {
                let _ = number;
                match **never {}
            }
        }
    }

    /// Refuses a database that could lose what it promises in this part.
    pub(crate) fn ensure_atomic(&mut self, part: Part) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => connection.ensure_atomic(part),
            #[cfg(feature = "postgres")]
            Self::Postgres(connection) => connection.ensure_atomic(part),
            #[cfg(feature = "mysql")]
            Self::Mysql(connection) => connection.ensure_atomic(part),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Self::None(never) => {
                let _ = part;
                match **never {}
            }
        }
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
