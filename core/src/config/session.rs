//! The settings of an engine's sessions, and the limits of connecting.

use std::time::Duration;

/// `reset`: when the session of a pooled connection is made as new for its next user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionReset {
    /// Never: a connection is closed instead where something is noticed that its user has left. What triggers and
    /// functions change in a session is mostly not.
    #[default]
    Noticed,
    /// Each time, with the next user's first statement.
    Always,
}

/// `outside-transaction`: what is done where a thread takes another connection of an engine while a transaction or a
/// session of that engine is open on it. The call is not part of that: it sees nothing of what is not committed yet, and is
/// not rolled back with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutsideTransaction {
    /// Nothing: the default of release builds in a transaction of one connection, and beside a session begun by hand.
    Allow,
    /// It is logged as a warning (by `tracing`), with the place of the call and that where the transaction was begun: the
    /// same in builds with debug assertions.
    Warn,
    /// The call is refused: the default in the closure of a session or of an atomic transaction.
    Error,
}

/// `synchronous`: how far a COMMIT of SQLite waits for the disk. What a crash of the program alone can lose is nothing,
/// whichever it is; this is about a crash of the operating system, and loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Nothing is waited for: the file may be corrupt afterwards, and everything in it lost. For files that can be made
    /// again.
    Off,
    /// A checkpoint waits, a COMMIT does not: the last transactions may be gone afterwards, though they had been reported as
    /// committed; the file stays whole. On a file system without write-ahead log (`journal_mode` is not `wal`) there is a
    /// small chance that it does not.
    Normal,
    /// Each COMMIT waits: what was committed is there afterwards.
    #[default]
    Full,
    /// The same, and without a write-ahead log also until the folder says that the journal is gone; with one it is as
    /// [`Full`](Self::Full).
    Extra,
}

impl Synchronous {
    /// As SQLite and `bindery.toml` write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Normal => "normal",
            Self::Full => "full",
            Self::Extra => "extra",
        }
    }
}

/// The settings of an engine's sessions, and the limits of connecting. `None` is `none` in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionConfig {
    /// `connect-timeout`: name resolution, network, TLS and login together.
    pub connect_timeout: Duration,
    /// `statement-timeout`: the longest that a call takes, with all of its statements.
    pub statement_timeout: Option<Duration>,
    /// `lock-timeout`: the longest that a statement waits for a lock; `None` leaves it to the server.
    pub lock_timeout: Option<Duration>,
    /// `idle-in-transaction-timeout`: the server ends a session that does nothing in an open transaction for this long.
    pub idle_in_transaction_timeout: Option<Duration>,
    /// `max-transaction-age`: a transaction that is open for longer is ended.
    pub max_transaction_age: Option<Duration>,
    /// `outside-transaction`; `None` where it is not said.
    pub outside_transaction: Option<OutsideTransaction>,
    /// `busy-timeout`: the longest wait for a lock on an SQLite file.
    pub busy_timeout: Duration,
    /// `synchronous`; `None` where it is not said.
    pub synchronous: Option<Synchronous>,
    /// `application-name`: how the server lists the program's sessions.
    pub application_name: String,
    /// `reset`: what is done to a session before its next user.
    pub reset: SessionReset,
    /// `resolve-commits`: what is needed to find out what became of a COMMIT whose answer was lost; `None` is the
    /// database's default.
    pub resolve_commits: Option<bool>,
    /// `pooler = "session"`: a pooler stands before the server, and keeps a session for as long as its connection.
    pub session_pooler: bool,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Some(Duration::from_secs(30)),
            lock_timeout: None,
            idle_in_transaction_timeout: Some(Duration::from_secs(10 * 60)),
            max_transaction_age: Some(Duration::from_secs(60)),
            outside_transaction: None,
            busy_timeout: Duration::from_secs(5),
            synchronous: None,
            application_name: "bindery".to_owned(),
            reset: SessionReset::default(),
            resolve_commits: None,
            session_pooler: false,
        }
    }
}

/// The longest `application-name`: PostgreSQL cuts longer ones off, and shows characters outside of ASCII as `?`.
const LONGEST_APPLICATION_NAME: usize = 63;

/// Returns whether this may be an `application-name`.
pub fn is_application_name(name: &str) -> bool {
    let shown = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    (1..=LONGEST_APPLICATION_NAME).contains(&name.len()) && name.bytes().all(shown)
}
