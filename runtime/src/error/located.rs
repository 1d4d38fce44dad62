//! The one error type: what kind it is, where it happened, and what is known of its cause.

use std::fmt;

use super::column::ColumnName;
use super::{Applied, CommitToken, DatabaseError, ErrorKind, Operation, ReportedConstraint};

/// The result of every fallible call of bindery.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of one operation. It names engine, model and operation, and never holds a password or a row's value.
///
/// ```
/// use bindery::error::Operation;
/// use bindery::ErrorKind;
/// # use bindery_cases::examples::*;
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
/// assert_eq!(error.applied(), bindery::error::Applied::No);
/// # Ok(())
/// # }
/// ```
pub struct Error(pub(super) Box<Inner>);

pub(super) struct Inner {
    pub(super) engine: Option<&'static str>,
    pub(super) model: Option<&'static str>,
    pub(super) operation: Option<Operation>,
    pub(super) row: Option<usize>,
    /// The table whose rows are read or written, by its name in the database.
    pub(super) table: Option<String>,
    /// Of a value that cannot be written or read.
    pub(super) column: Option<ColumnName>,
    /// The database, without its password.
    pub(super) place: Option<String>,
    pub(super) kind: ErrorKind,
    /// Of a violated constraint: the database's own names, until it is known which of the schema's they are.
    pub(super) told: Option<ReportedConstraint>,
    pub(super) applied: Applied,
    /// Of a statement that was sent; what that means depends on whether it was to write.
    pub(super) answer_lost: bool,
    /// The token that finds out later whether a COMMIT took place.
    pub(super) token: Option<CommitToken>,
    /// The way to have a COMMIT of unknown outcome resolvable.
    pub(super) advice: Option<&'static str>,
    /// The ends of the engines of the session whose commit it is the error of.
    #[cfg(feature = "session")]
    pub(super) report: Option<super::SessionReport>,
    /// The engines on which the session had connections while it waited for another.
    #[cfg(feature = "session")]
    pub(super) held: Vec<&'static str>,
    pub(super) source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind; the caller adds where it happened.
    #[cold]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            engine: None,
            model: None,
            operation: None,
            row: None,
            table: None,
            column: None,
            place: None,
            kind,
            told: None,
            applied: Applied::No,
            answer_lost: false,
            token: None,
            advice: None,
            #[cfg(feature = "session")]
            report: None,
            #[cfg(feature = "session")]
            held: Vec::new(),
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
        if let Some(token) = &mut self.0.token {
            token.name_engine(engine);
        }
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

    /// Which database, as a URL without its password.
    #[cfg(feature = "tenants")]
    pub(crate) fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }

    /// Says to which database, as a URL without its password.
    #[must_use]
    pub(crate) fn at_place(mut self, place: &str) -> Self {
        self.0.place.get_or_insert_with(|| place.to_owned());
        self
    }

    /// Says of which table, unless it is known already.
    #[must_use]
    #[cfg(feature = "data")]
    pub(crate) fn in_table(mut self, table: &str) -> Self {
        self.0.table.get_or_insert_with(|| table.to_owned());
        self
    }

    /// Says which of many rows, from 0, unless it is known already.
    #[must_use]
    pub(crate) fn at_row(mut self, row: usize) -> Self {
        self.0.row.get_or_insert(row);
        self
    }

    /// Counts the row from the beginning of all, where it is one of a part that begins at `first`.
    #[must_use]
    pub(crate) fn after_rows(mut self, first: usize) -> Self {
        self.0.row = self.0.row.map(|row| first + row);
        self
    }

    /// The row is none of those that were given.
    #[must_use]
    pub(crate) fn of_no_row(mut self) -> Self {
        self.0.row = None;
        self
    }

    /// The row as its place in `places` says, where the statement had the rows at these places only.
    #[must_use]
    pub(crate) fn among_rows(mut self, places: &[usize]) -> Self {
        self.0.row = self.0.row.and_then(|row| places.get(row).copied());
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

    /// Returns the call that failed, where it is known.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// Of an operation on many rows, the one that failed: its place among those given, from 0. Not every database
    /// reports it.
    pub fn row(&self) -> Option<usize> {
        self.0.row
    }

    /// Returns what went wrong, by which a program decides what to do.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// For a COMMIT whose outcome is unknown: what [`Registry::resolve`](crate::Registry::resolve) finds out by. A single
    /// statement outside a transaction leaves nothing to go by, and so does MySQL or MariaDB unless
    /// `resolve-commits` is set for the engine.
    pub fn commit_token(&self) -> Option<&CommitToken> {
        let own = self.0.token.as_ref();
        #[cfg(feature = "session")]
        let own = own.or_else(|| self.session_report()?.commit_token());
        own
    }

    /// Returns the database's own code for it, where it gave one: SQLSTATE, MySQL's error number or SQLite's extended
    /// result code.
    pub fn code(&self) -> Option<&str> {
        self.said()
            .map(DatabaseError::code)
            .filter(|&code| code != DatabaseError::CLIENT)
    }

    /// The server's own text, returned only when called by this name: it may hold values of rows (`Duplicate entry
    /// '…'`, what a trigger raises), so it is in none of what is printed. `None` where the database has said nothing.
    pub fn server_message(&self) -> Option<&str> {
        self.said().and_then(DatabaseError::server_message)
    }

    /// Where in the text of a statement the database found what is wrong, in characters from 1. MySQL and MariaDB tell
    /// the line only, in their message.
    pub fn position(&self) -> Option<usize> {
        self.said().and_then(DatabaseError::position)
    }

    /// The database refused the text of the statement: no value was looked at yet.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    #[cold]
    #[must_use]
    pub(crate) fn of_text(mut self) -> Self {
        self.change_said(DatabaseError::set_of_text);
        self
    }

    /// The same where it is about names and grammar only, whenever it was said.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    #[cold]
    #[must_use]
    pub(crate) fn of_text_if_names(self) -> Self {
        match self.kind() {
            ErrorKind::Syntax | ErrorKind::SchemaMismatch => self.of_text(),
            _ => self,
        }
    }

    /// Shows what the database said about the text of a statement, which is the program's own.
    #[cold]
    #[must_use]
    pub(crate) fn showing_text(mut self) -> Self {
        self.change_said(DatabaseError::show_text);
        self
    }

    /// Shows what the database said about the schema, in a message that holds no value.
    #[cfg(feature = "migrations")]
    #[cold]
    #[must_use]
    pub(crate) fn showing_schema(mut self) -> Self {
        self.change_said(DatabaseError::show_schema);
        self
    }

    /// Shows nothing of what the database said, as the text of the statement may hold values.
    #[cold]
    #[must_use]
    pub(crate) fn hiding_text(mut self) -> Self {
        self.change_said(DatabaseError::hide_text);
        self
    }

    fn change_said(&mut self, change: impl FnOnce(&mut DatabaseError)) {
        let source = self.0.source.as_mut();
        if let Some(said) = source.and_then(|source| source.downcast_mut()) {
            change(said);
        }
    }

    /// The words of what was found on this side, before anything was sent.
    #[cold]
    pub(crate) fn found_here(&self) -> Option<String> {
        let said = self
            .said()
            .filter(|said| said.code() == DatabaseError::CLIENT)?;
        said.message().map(str::to_owned)
    }

    /// The database's words, or the driver's, somewhere below.
    fn said(&self) -> Option<&DatabaseError> {
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            if let Some(said) = error.downcast_ref() {
                return Some(said);
            }
            source = error.source();
        }
        None
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
        if let Some(table) = &self.0.table {
            write!(out, "table `{}`: ", table.escape_debug())?;
        }
        if let Some(row) = self.0.row {
            write!(out, "row at index {row}: ")?;
        }
        self.fmt_what(out)?;
        #[cfg(feature = "session")]
        self.fmt_session(out)?;
        match (&self.0.token, self.0.advice) {
            (Some(token), _) => write!(out, "; `resolve` finds out by `{token}`")?,
            (None, Some(advice)) => write!(out, "; {advice}")?,
            (None, None) => (),
        }
        match &self.0.place {
            Some(place) => write!(out, " (at {place})"),
            None => Ok(()),
        }
    }
}

/// As `main` prints it: the sentence, and a line for each cause.
impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(out, "\n  caused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let own = self.0.source.as_ref().map(|source| &**source as _);
        #[cfg(feature = "session")]
        let own = own.or_else(|| Some(self.session_report()?.first_error()? as _));
        own
    }
}
