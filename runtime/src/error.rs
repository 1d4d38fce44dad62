//! The one error type: where it happened, what kind it is, and the driver's own error as source where that holds no values.

use std::fmt;

/// What every fallible call of bindery returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of one operation. It names engine, model and operation, and never holds a password or a row's value.
///
/// ```
/// use bindery::{ErrorKind, Operation};
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// db.users().insert(NewUser::new("ann@example.org"))?;
/// let error = db.users().insert(NewUser::new("ann@example.org")).unwrap_err();
/// assert_eq!(error.engine(), Some("default"));
/// assert_eq!(error.model(), Some("User"));
/// assert_eq!(error.operation(), Some(Operation::Insert));
/// let ErrorKind::UniqueViolation(constraint) = error.kind() else { unreachable!() };
/// assert_eq!(constraint.column.as_deref(), Some("email"));
/// assert!(!error.is_retryable());
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    engine: Option<&'static str>,
    model: Option<&'static str>,
    operation: Option<Operation>,
    /// The database, without its password.
    place: Option<String>,
    kind: ErrorKind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Reading the configuration.
    Configure,
    /// Connecting and logging in.
    Connect,
    /// Taking a connection from the pool.
    Acquire,
    /// Closing an engine.
    Close,
    /// Beginning a transaction or savepoint.
    Begin,
    /// Committing.
    Commit,
    /// Rolling back.
    Rollback,
    /// Creating tables.
    Create,
    /// Dropping tables.
    Drop,
    /// Choosing an engine at run time.
    Choose,
    /// `find`, `get`, `first` or a `find_by_…`.
    Find,
    /// `all` or `iter`.
    Select,
    /// `count`.
    Count,
    /// `exists`.
    Exists,
    /// `insert`, `insert_or_ignore`.
    Insert,
    /// `insert_many`.
    InsertMany,
    /// `update`.
    Update,
    /// `save`.
    Save,
    /// `delete`.
    Delete,
    /// `upsert_by_…`.
    Upsert,
    /// `copy_to` and its kin.
    Copy,
}

/// What went wrong, the same on every database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration cannot be used; the text says why.
    Config(String),
    /// No engine has this name.
    UnknownEngine {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// The model does not live on the engine chosen at run time.
    NotHosted {
        /// Where it lives.
        lives_on: &'static [&'static str],
    },
    /// A key or row of another engine was given.
    WrongEngine,
    /// There is no row with this key.
    NotFound,
    /// The row was updated since it was read, so that saving it would undo somebody's work. Read it again.
    StaleVersion,
    /// A unique key holds the value already.
    UniqueViolation(Constraint),
    /// A foreign key refers to nothing, or something refers to the row.
    ForeignKeyViolation(Constraint),
    /// A column without NULL was given none.
    NotNullViolation(Constraint),
    /// A CHECK was not met.
    CheckViolation(Constraint),
    /// A value is too long or out of the column's range.
    ValueOutOfRange(Constraint),
    /// A value cannot be held by this database; the text says which kind of value, never the value.
    UnsupportedValue(String),
    /// A stored value is not of the type the column has in the schema.
    Decode {
        /// Position of the column in the row, from 0.
        column: usize,
        /// Its name, where it is known.
        name: Option<&'static str>,
        /// What was expected.
        expected: &'static str,
        /// NULL was found, in a column that the schema says has none.
        is_null: bool,
    },
    /// The engine cannot be reached.
    Unavailable,
    /// Reached, but not let in.
    AccessDenied,
    /// The connection was lost.
    ConnectionLost,
    /// Time ran out.
    Timeout,
    /// All connections of the pool are in use.
    PoolExhausted {
        /// The most connections the pool may have.
        size: usize,
        /// How many others still wait.
        waiting: usize,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// Another transaction is in the way; the whole transaction may be tried again.
    Conflict,
    /// The database holds a table or column other than the schema says.
    SchemaMismatch,
    /// The compiled dialect or product and the database do not agree.
    UnsupportedServer {
        /// What the program was compiled for.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A transaction that cannot go on was asked to commit.
    TransactionAborted,
    /// The engine was closed.
    Closed,
    /// The engine was closed, and some of its connections have not come back within the time.
    StillInUse {
        /// How many.
        connections: usize,
    },
    /// The process was forked: connections belong to the process that opened them. Open the databases in the child.
    Forked,
    /// Anything else; the code is the database's own.
    Database {
        /// SQLSTATE, MySQL error number or SQLite result code.
        code: String,
    },
}

/// What the server tells about a violated constraint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Constraint {
    /// Its name.
    pub name: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The column.
    pub column: Option<String>,
}

impl Error {
    /// An error of a kind; the caller adds where it happened.
    #[cold]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            engine: None,
            model: None,
            operation: None,
            place: None,
            kind,
            source: None,
        }))
    }

    /// Adds the driver's error. It must hold no values.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Says on which engine, unless it is known already.
    #[must_use]
    pub fn on_engine(mut self, engine: &'static str) -> Self {
        self.0.engine.get_or_insert(engine);
        self
    }

    /// Says of which model and operation, unless they are known already.
    #[must_use]
    pub fn of(mut self, model: &'static str, operation: Operation) -> Self {
        self.0.model.get_or_insert(model);
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Says in which operation, unless it is known already.
    #[must_use]
    pub fn during(mut self, operation: Operation) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Says to which database, as a URL without its password.
    #[must_use]
    pub(crate) fn at_place(mut self, place: &str) -> Self {
        self.0.place.get_or_insert_with(|| place.to_owned());
        self
    }

    /// Names the column of a value that could not be read; `columns` are those of the row as statements write them.
    #[must_use]
    pub(crate) fn in_columns(mut self, columns: &[&'static str]) -> Self {
        if let ErrorKind::Decode { column, name, .. } = &mut self.0.kind {
            *name = columns.get(*column).map(|written| unquoted(written));
        }
        self
    }

    /// The engine, where the error belongs to one.
    pub fn engine(&self) -> Option<&'static str> {
        self.0.engine
    }

    /// The model, where the error belongs to one; the table, where tables are created or dropped.
    pub fn model(&self) -> Option<&'static str> {
        self.0.model
    }

    /// The operation.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// The kind.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// May the same work succeed when it is tried again? Nothing of it was kept: for a statement in a transaction, the whole
    /// transaction has to be tried again.
    pub fn is_retryable(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Conflict | ErrorKind::PoolExhausted { .. } | ErrorKind::Unavailable => true,
            ErrorKind::Config(_)
            | ErrorKind::UnknownEngine { .. }
            | ErrorKind::NotHosted { .. }
            | ErrorKind::WrongEngine
            | ErrorKind::NotFound
            | ErrorKind::StaleVersion
            | ErrorKind::UniqueViolation(_)
            | ErrorKind::ForeignKeyViolation(_)
            | ErrorKind::NotNullViolation(_)
            | ErrorKind::CheckViolation(_)
            | ErrorKind::ValueOutOfRange(_)
            | ErrorKind::UnsupportedValue(_)
            | ErrorKind::Decode { .. }
            | ErrorKind::AccessDenied
            | ErrorKind::ConnectionLost
            | ErrorKind::Timeout
            | ErrorKind::SchemaMismatch
            | ErrorKind::UnsupportedServer { .. }
            | ErrorKind::TransactionAborted
            | ErrorKind::Closed
            | ErrorKind::StillInUse { .. }
            | ErrorKind::Forked
            | ErrorKind::Database { .. } => false,
        }
    }
}

/// A name without the quotes it has in statements.
fn unquoted(name: &str) -> &str {
    let inner = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('`')).unwrap_or(name)
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Configure => "reading the configuration",
            Self::Connect => "connecting",
            Self::Acquire => "taking a connection",
            Self::Close => "closing",
            Self::Begin => "beginning a transaction",
            Self::Commit => "committing",
            Self::Rollback => "rolling back",
            Self::Create => "creating tables",
            Self::Drop => "dropping tables",
            Self::Choose => "choosing an engine",
            Self::Find => "find",
            Self::Select => "select",
            Self::Count => "count",
            Self::Exists => "exists",
            Self::Insert => "insert",
            Self::InsertMany => "insert_many",
            Self::Update => "update",
            Self::Save => "save",
            Self::Delete => "delete",
            Self::Upsert => "upsert",
            Self::Copy => "copy",
        })
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("constraint", &self.name),
            ("table", &self.table),
            ("column", &self.column),
        ];
        let named = parts
            .iter()
            .filter_map(|(what, name)| name.as_ref().map(|name| format!("{what} `{name}`")));
        let text = named.collect::<Vec<_>>().join(", ");
        if text.is_empty() {
            Ok(())
        } else {
            write!(out, " ({text})")
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(why) => out.write_str(why),
            Self::UnknownEngine { name, known } => {
                write!(
                    out,
                    "there is no engine `{}`; known: {}",
                    name.escape_debug(),
                    known.join(", ")
                )
            }
            Self::NotHosted { lives_on } => write!(
                out,
                "the model does not live here; it lives on {}",
                lives_on.join(", ")
            ),
            Self::WrongEngine => out.write_str("a key or row of another engine was given"),
            Self::NotFound => out.write_str("there is no row with this key"),
            Self::StaleVersion => {
                out.write_str("the row was updated since it was read; read it again")
            }
            Self::UniqueViolation(constraint) => {
                write!(out, "a unique key holds the value already{constraint}")
            }
            Self::ForeignKeyViolation(constraint) => {
                write!(out, "a foreign key is violated{constraint}")
            }
            Self::NotNullViolation(constraint) => write!(
                out,
                "a value is missing for a column that is not null{constraint}"
            ),
            Self::CheckViolation(constraint) => write!(out, "a check is not met{constraint}"),
            Self::ValueOutOfRange(constraint) => {
                write!(out, "a value is too long or out of range{constraint}")
            }
            Self::UnsupportedValue(why) => out.write_str(why),
            Self::Decode {
                column,
                name,
                expected,
                is_null,
            } => {
                match name {
                    Some(name) => write!(out, "column `{name}` of the row")?,
                    None => write!(out, "column {} of the row", column + 1)?,
                }
                let null = if *is_null { "NULL, and " } else { "" };
                write!(out, " is {null}no {expected}")
            }
            Self::Unavailable => out.write_str("the database cannot be reached"),
            Self::AccessDenied => out.write_str("the database refused the login"),
            Self::ConnectionLost => out.write_str("the connection was lost"),
            Self::Timeout => out.write_str("time ran out"),
            Self::PoolExhausted {
                size,
                waiting,
                waited_ms,
            } => write!(
                out,
                "all {size} connections are in use and {waiting} more wait for one; waited {waited_ms} ms"
            ),
            Self::Conflict => {
                out.write_str("another transaction is in the way; try the whole transaction again")
            }
            Self::SchemaMismatch => {
                out.write_str("the database has another table or column than the schema")
            }
            Self::UnsupportedServer { expected, found } => {
                write!(out, "compiled for {expected}, found {found}")
            }
            Self::TransactionAborted => out.write_str(
                "the transaction was aborted by an earlier error and cannot be committed",
            ),
            Self::Closed => out.write_str("the engine is closed"),
            Self::StillInUse { connections } => {
                write!(out, "{connections} connections are still in use")
            }
            Self::Forked => out.write_str(
                "the process was forked, and connections belong to the one that opened them: open the databases in the child",
            ),
            Self::Database { code } => {
                write!(out, "the database refused the statement (code {code})")
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(engine) = self.0.engine {
            write!(out, "engine `{engine}`: ")?;
        }
        if let Some(model) = self.0.model {
            write!(out, "`{model}`: ")?;
        }
        if let Some(operation) = self.0.operation {
            write!(out, "{operation}: ")?;
        }
        self.0.kind.fmt(out)?;
        match &self.0.place {
            Some(place) => write!(out, " (at {place})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Error")
            .field("engine", &self.0.engine)
            .field("model", &self.0.model)
            .field("operation", &self.0.operation)
            .field("place", &self.0.place)
            .field("kind", &self.0.kind)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as _)
    }
}
