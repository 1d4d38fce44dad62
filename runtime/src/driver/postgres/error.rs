//! SQLSTATE to kinds of errors. Of the server's text only what cannot hold values is kept.

use postgres::error::DbError;

use crate::driver::DatabaseError;
use crate::driver::database_error::unreached;
use crate::error::{Constraint, Error, ErrorKind};

/// The error of a statement.
#[cold]
pub(super) fn statement_error(error: &postgres::Error) -> Error {
    match error.as_db_error() {
        Some(said) => Error::new(kind(said)).with_source(source(said)),
        None => Error::new(ErrorKind::ConnectionLost),
    }
}

/// The error of connecting, where a lost connection means that there never was one.
#[cold]
pub(super) fn connect_error(error: &postgres::Error) -> Error {
    let Some(said) = error.as_db_error() else {
        return unanswered(error);
    };
    let kind = match said.code().code() {
        // No such database, and the classes "connection", "insufficient resources", "operator intervention".
        "3D000" => ErrorKind::Unavailable,
        code if ["08", "53", "57"].contains(&class(code)) => ErrorKind::Unavailable,
        _ => kind(said),
    };
    Error::new(kind).with_source(source(said))
}

/// Nothing was said by the server: either it was not reached, or this side could not do what it asked for.
fn unanswered(error: &postgres::Error) -> Error {
    let io =
        std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    match io {
        Some(io) if io.kind() == std::io::ErrorKind::TimedOut => Error::new(ErrorKind::Timeout),
        Some(io) => unreached(&io.to_string()),
        None => Error::new(ErrorKind::Unavailable),
    }
}

/// Does the error end the connection?
pub(super) fn breaks_connection(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(said) => matches!(kind(said), ErrorKind::ConnectionLost),
        None => true,
    }
}

/// Must the statement be prepared anew? Tables have changed, or somebody removed it.
pub(super) fn is_stale_plan(error: &postgres::Error) -> bool {
    error
        .code()
        .is_some_and(|state| matches!(state.code(), "0A000" | "26000"))
}

fn class(code: &str) -> &str {
    code.get(..2).unwrap_or(code)
}

fn kind(said: &DbError) -> ErrorKind {
    let code = said.code().code();
    match code {
        "23505" | "23P01" => ErrorKind::UniqueViolation(constraint(said)),
        "23503" | "23001" => ErrorKind::ForeignKeyViolation(constraint(said)),
        "23502" => ErrorKind::NotNullViolation(constraint(said)),
        "23514" => ErrorKind::CheckViolation(constraint(said)),
        "22001" | "22003" | "22007" | "22008" | "22021" | "22026" | "22P02" | "22P03" | "22P05" => {
            ErrorKind::ValueOutOfRange(constraint(said))
        }
        "40001" | "40P01" | "55P03" => ErrorKind::Conflict,
        "25P02" => ErrorKind::TransactionAborted,
        "57014" => ErrorKind::Timeout,
        "42P01" | "42703" | "42704" | "42804" | "3F000" => ErrorKind::SchemaMismatch,
        "25P03" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05" => ErrorKind::ConnectionLost,
        _ => match class(code) {
            "08" => ErrorKind::ConnectionLost,
            "28" => ErrorKind::AccessDenied,
            _ => ErrorKind::Database {
                code: code.to_owned(),
            },
        },
    }
}

fn constraint(said: &DbError) -> Constraint {
    Constraint {
        name: said.constraint().map(str::to_owned),
        table: said.table().map(str::to_owned),
        column: said.column().map(str::to_owned),
    }
}

/// Syntax, names and rights (42), connections (08, 28, 57), unknown databases and schemas (3D, 3F): texts about the
/// statement and the session, not about rows.
fn source(said: &DbError) -> DatabaseError {
    let code = said.code().code();
    let harmless = ["08", "28", "3D", "3F", "42", "57"].contains(&class(code));
    DatabaseError::new(code, harmless.then(|| said.message()))
}
