//! SQLite's result codes to kinds of errors. Texts are shown only where nothing has run yet, so that they speak of the
//! statement and not of rows; others are kept for callers that request them.

use std::io;

use rusqlite::{ErrorCode, ffi};

use crate::error::DatabaseError;
use crate::error::{Constraint, Error, ErrorKind, ReportedConstraint, TimeoutPhase};

/// The error of opening a file or preparing a statement.
#[cold]
pub(crate) fn prepare_error(error: rusqlite::Error) -> Error {
    let (code, message, position) = match &error {
        rusqlite::Error::SqlInputError {
            error,
            msg,
            sql,
            offset,
        } => (error.extended_code, msg.as_str(), position(sql, *offset)),
        rusqlite::Error::SqliteFailure(failure, Some(message)) => {
            (failure.extended_code, message.as_str(), None)
        }
        _ => return step_error(error),
    };
    let kind = match (code, limit(message)) {
        // SQLite has one code for all errors of this kind, and no other mark of them than its text.
        (ffi::SQLITE_ERROR, _) if is_unknown_name(message) => ErrorKind::SchemaMismatch,
        (ffi::SQLITE_ERROR, _) if is_syntax(message) => ErrorKind::Syntax,
        (ffi::SQLITE_ERROR, Some(why)) => ErrorKind::Unsupported(why),
        (code, _) => kind_of_code(code),
    };
    let said = DatabaseError::new(code.to_string(), Some(message)).at_position(position);
    Error::new(kind).with_source(said)
}

/// From bytes, negative where SQLite does not know, to characters from 1.
fn position(sql: &str, offset: i32) -> Option<usize> {
    let before = sql.get(..usize::try_from(offset).ok()?)?;
    Some(before.chars().count() + 1)
}

/// The error of the first look into a file that is open itself; `system` is the operating system's code.
#[cold]
pub(crate) fn open_error(error: rusqlite::Error, system: i32) -> Error {
    let is_denied = matches!(
        io::Error::from_raw_os_error(system).kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    );
    match &error {
        rusqlite::Error::SqliteFailure(failure, _)
            if failure.code == ErrorCode::CannotOpen && is_denied =>
        {
            let why = "SQLite keeps files beside the database, and its folder cannot be written";
            let code = failure.extended_code.to_string();
            Error::new(ErrorKind::ReadOnly).with_source(DatabaseError::new(code, Some(why)))
        }
        _ => prepare_error(error),
    }
}

/// The error of writing to a file that is no longer in its place: SQLite would go on in the one that it has open.
#[cold]
pub(crate) fn moved_error() -> Error {
    let code = ffi::SQLITE_READONLY_DBMOVED;
    let why = "the database file was moved, removed or replaced while it was open";
    Error::new(kind_of_code(code)).with_source(DatabaseError::new(code.to_string(), Some(why)))
}

/// The error of a commit that would wait for rows which the waiting thread reads itself.
#[cold]
pub(crate) fn own_reading_error() -> Error {
    let code = ffi::SQLITE_BUSY;
    let why = "this thread is still reading rows of the same database, and without a write-ahead log, as in memory, SQLite \
               cannot commit while rows are read: collect the rows before writing, or use a database file";
    Error::new(kind_of_code(code)).with_source(DatabaseError::new(code.to_string(), Some(why)))
}

/// Whether the message is about tables, columns and constraints. A trigger's message may hold any text, and a function's as well, whose
/// code is that of most mistakes in a change of tables: those are found before a row is looked at.
fn is_of_schema(code: i32) -> bool {
    matches!(
        code,
        ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID
            | ffi::SQLITE_CONSTRAINT_FOREIGNKEY
            | ffi::SQLITE_CONSTRAINT_NOTNULL
            | ffi::SQLITE_CONSTRAINT_CHECK
    )
}

fn is_unknown_name(message: &str) -> bool {
    message.starts_with("no such table: ")
        || message.starts_with("no such column: ")
        || message.contains(" has no column named ")
}

/// A limit of SQLite's that a statement is beyond, and what to do: found before it is run, as SQLite has no code for it.
fn limit(message: &str) -> Option<&'static str> {
    const LIMITS: [(&str, &str, &str); 5] = [
        (
            "Expression tree is too large",
            "",
            "more than some 1,000 conditions or operators in one another or in a row, which SQLite does not take: give values as \
             one list (`in_list`, or `IN :values` in checked SQL), or run several queries",
        ),
        (
            "parser stack overflow",
            "",
            "parentheses too deep in one another for SQLite: run several queries",
        ),
        (
            "at most ",
            " tables in a join",
            "more than 64 tables in one query, which SQLite does not join: run several queries",
        ),
        (
            "too many SQL variables",
            "",
            "more than 32,766 parameters, which SQLite does not take: give values as one list (`in_list`, or `IN :values` in checked SQL)",
        ),
        (
            "LIKE or GLOB pattern too complex",
            "",
            "a pattern of more than 50,000 bytes in SQLite's own `LIKE` or `GLOB`: search by `contains` or `like` of a column",
        ),
    ];
    let is_it = |(start, end, _): &&(&str, &str, &str)| {
        message.starts_with(start) && message.ends_with(end)
    };
    LIMITS.iter().find(is_it).map(|(_, _, why)| *why)
}

/// Its texts are in no other language than English.
fn is_syntax(message: &str) -> bool {
    message.ends_with(": syntax error") || message == "incomplete input"
}

/// The error of a running statement.
#[cold]
pub(crate) fn step_error(error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::new(ErrorKind::Database {
            code: "rusqlite".into(),
        });
    };
    let code = failure.extended_code;
    let message = message.as_deref().unwrap_or_default();
    // A statement that is kept is prepared anew when it runs after tables have changed.
    if code == ffi::SQLITE_ERROR && (is_unknown_name(message) || limit(message).is_some()) {
        return prepare_error(error);
    }
    let source =
        DatabaseError::of_statement(code.to_string(), message).of_schema(is_of_schema(code));
    let kind = if code == ffi::SQLITE_ERROR && message == "integer overflow" {
        ErrorKind::ValueOutOfRange(Constraint::default())
    } else {
        of_trigger(code, message).unwrap_or_else(|| kind_of_code(code))
    };
    Error::new(kind)
        .with_source(source)
        .telling(reported_constraint(code, message))
}

/// The refusal of a trigger of bindery's own.
fn of_trigger(code: i32, message: &str) -> Option<ErrorKind> {
    #[cfg(feature = "shards")]
    if code == ffi::SQLITE_CONSTRAINT_TRIGGER && message == bindery_core::slots::REFUSAL.0 {
        return Some(ErrorKind::ShardMoved);
    }
    let _ = (code, message);
    None
}

fn kind_of_code(code: i32) -> ErrorKind {
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => ErrorKind::UniqueViolation(Constraint::default()),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation(Constraint::default()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation(Constraint::default()),
        ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation(Constraint::default()),
        ffi::SQLITE_CONSTRAINT_DATATYPE => ErrorKind::ValueOutOfRange(Constraint::default()),
        // The rows that were read are not the newest any more, so writing is refused.
        ffi::SQLITE_BUSY_SNAPSHOT => ErrorKind::Conflict,
        // The file is no longer where it was.
        ffi::SQLITE_READONLY_DBMOVED => ErrorKind::Unavailable,
        _ => match ffi::Error::new(code).code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => ErrorKind::Busy,
            ErrorCode::CannotOpen => ErrorKind::Unavailable,
            ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
                ErrorKind::PermissionDenied
            }
            ErrorCode::ReadOnly => ErrorKind::ReadOnly,
            ErrorCode::DiskFull => ErrorKind::DiskFull,
            ErrorCode::SystemIoFailure => ErrorKind::Io,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => ErrorKind::Corrupt,
            // 20: text or bytes that are not integers, for a key of integers.
            ErrorCode::TooBig | ErrorCode::TypeMismatch => {
                ErrorKind::ValueOutOfRange(Constraint::default())
            }
            ErrorCode::OperationInterrupted => ErrorKind::Timeout {
                phase: TimeoutPhase::Statement,
            },
            _ => ErrorKind::Database {
                code: code.to_string(),
            },
        },
    }
}

/// `UNIQUE constraint failed: users.email, users.tenant` names columns, never values, and so do NOT NULL and an index over
/// expressions, `index 'name'`; CHECK names itself, or has the words of its condition.
fn reported_constraint(code: i32, message: &str) -> ReportedConstraint {
    let Some((_, words)) = message.split_once(" constraint failed: ") else {
        return ReportedConstraint::default();
    };
    let index = words
        .strip_prefix("index '")
        .and_then(|words| words.strip_suffix('\''));
    match (code, index) {
        (ffi::SQLITE_CONSTRAINT_CHECK, _) => ReportedConstraint {
            name: Some(words.to_owned()),
            ..ReportedConstraint::default()
        },
        (ffi::SQLITE_CONSTRAINT_NOTNULL, _) => match words.rsplit_once('.') {
            Some((table, column)) => ReportedConstraint {
                table: Some(table.to_owned()),
                column: Some(column.to_owned()),
                ..ReportedConstraint::default()
            },
            None => ReportedConstraint::default(),
        },
        (_, Some(name)) => ReportedConstraint {
            name: Some(name.to_owned()),
            ..ReportedConstraint::default()
        },
        (_, None) => ReportedConstraint {
            columns: Some(words.to_owned()),
            ..ReportedConstraint::default()
        },
    }
}
