//! SQLSTATE to kinds of errors. The server's text about a statement is kept for callers that request it, and never
//! shown.

mod shard;

use super::session::Fault;
use crate::error::DatabaseError;
use crate::error::{Constraint, Error, ErrorKind, Operation, ReportedConstraint, TimeoutPhase};
use crate::value::postgres::bytes::take_text;

/// The server's report of a failure. DETAIL, HINT and WHERE may hold values, so they are not even kept.
#[derive(Debug, Default)]
pub(super) struct ServerError {
    code: String,
    message: String,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
    /// Which of the rows of a COPY, from 0.
    row: Option<usize>,
    /// Where in the statement's text, in characters from 1.
    position: Option<usize>,
}

impl ServerError {
    /// Reads an ErrorResponse; what is missing stays empty.
    pub(super) fn parse(body: &[u8]) -> Self {
        let mut said = Self::default();
        let mut rest = body;
        while let Some((&field, after)) = rest.split_first().filter(|(field, _)| **field != 0) {
            rest = after;
            let Some(text) = take_text(&mut rest) else {
                break;
            };
            let text = String::from_utf8_lossy(text).into_owned();
            match field {
                b'C' => said.code = text,
                b'M' => said.message = text,
                b't' => said.table = Some(text),
                b'c' => said.column = Some(text),
                b'n' => said.constraint = Some(text),
                b'W' => said.row = row_of_copy(&text),
                b'P' => said.position = text.parse().ok(),
                _ => (),
            }
        }
        said
    }
}

/// `COPY people, line 3…`, counted from 1. It is reported in no other way, and not at all where the server's messages
/// are translated.
fn row_of_copy(context: &str) -> Option<usize> {
    let (_, line) = context.strip_prefix("COPY ")?.split_once(", line ")?;
    let digits = line.len()
        - line
            .trim_start_matches(|digit: char| digit.is_ascii_digit())
            .len();
    line[..digits].parse::<usize>().ok()?.checked_sub(1)
}

/// Whether the message is about tables, columns, constraints and rights. PostgreSQL has values of rows in the messages of class 22 and
/// of what functions raise (P0001), and else in the DETAIL, which is not kept (appendix "PostgreSQL Error Codes"). The message of a
/// syntax error (42601) quotes a word of the statement, which may be a password or another literal: its position says where.
fn is_of_schema(code: &str) -> bool {
    let classes = [
        "0A", "23", "25", "2B", "3D", "3F", "40", "42", "53", "54", "55",
    ];
    classes.contains(&class(code)) && code != "42601"
}

/// The error of a statement.
#[cold]
pub(super) fn statement_error(fault: Fault) -> Error {
    fault.into_error(|said| {
        let source = DatabaseError::of_statement(said.code.as_str(), &said.message)
            .at_position(said.position)
            .of_schema(is_of_schema(&said.code));
        let error = Error::new(kind_of_error(said))
            .with_source(source)
            .telling(reported_constraint(said));
        said.row.into_iter().fold(error, Error::at_row)
    })
}

/// The error of connecting, where a lost connection means that there never was one.
#[cold]
pub(super) fn connect_error(fault: Fault) -> Error {
    fault.into_connect_error(refused)
}

/// The server's answer to a login, an ErrorResponse.
#[cold]
pub(super) fn refused_login(body: &[u8]) -> Error {
    refused(&ServerError::parse(body))
}

fn refused(said: &ServerError) -> Error {
    let kind = match said.code.as_str() {
        "3D000" => ErrorKind::UnknownDatabase,
        // The classes "connection", "insufficient resources", "operator intervention".
        code if ["08", "53", "57"].contains(&class(code)) => ErrorKind::Unavailable,
        _ => kind_of_error(said),
    };
    // A login has seen no row.
    let source = DatabaseError::new(said.code.as_str(), Some(said.message.as_str()));
    Error::new(kind).with_source(source)
}

/// Builds the error for a configuration that does not fit the server's requirements.
#[cold]
pub(super) fn config(why: &str) -> Error {
    Error::new(ErrorKind::Config(why.to_owned())).during(Operation::Connect)
}

/// Whether the statement must be prepared anew: tables have changed, or another program removed it.
pub(super) fn is_stale_plan(said: &ServerError) -> bool {
    matches!(said.code.as_str(), "0A000" | "26000")
}

/// Whether the table does not take rows by COPY: row security is active for this user, or it is a view that only triggers write.
pub(super) fn refuses_copy(said: &ServerError) -> bool {
    matches!(said.code.as_str(), "0A000" | "42809")
}

/// The session has no statement of this name, or has another.
const OTHER_SESSION: &str = "the session does not have the statements that were prepared in it, as behind a pooler that gives each \
    transaction another session: connect to the server itself, or to a pool that keeps sessions";

fn class(code: &str) -> &str {
    code.get(..2).unwrap_or(code)
}

fn kind_of_error(said: &ServerError) -> ErrorKind {
    let code = said.code.as_str();
    match code {
        "23505" | "23P01" => ErrorKind::UniqueViolation(Constraint::default()),
        "23503" | "23001" => ErrorKind::ForeignKeyViolation(Constraint::default()),
        "23502" => ErrorKind::NotNullViolation(Constraint::default()),
        "23514" => ErrorKind::CheckViolation(Constraint::default()),
        "22001" | "22003" | "22007" | "22008" | "22021" | "22026" | "22P02" | "22P03" | "22P05" => {
            ErrorKind::ValueOutOfRange(Constraint::default())
        }
        "40001" | "40P01" => ErrorKind::Conflict,
        "55P03" => ErrorKind::Busy,
        #[cfg(feature = "shards")]
        code if code == bindery_core::slots::REFUSAL.1 => ErrorKind::ShardMoved,
        "25P02" => ErrorKind::TransactionAborted,
        "57014" => ErrorKind::Timeout {
            phase: TimeoutPhase::Statement,
        },
        "25006" => ErrorKind::ReadOnly,
        "53100" => ErrorKind::DiskFull,
        "53300" => ErrorKind::Unavailable,
        "58030" => ErrorKind::Io,
        "XX001" | "XX002" => ErrorKind::Corrupt,
        "42501" => ErrorKind::PermissionDenied,
        "26000" | "42P05" => ErrorKind::Config(OTHER_SESSION.to_owned()),
        "42601" => ErrorKind::Syntax,
        "42P01" | "42703" | "42704" | "42804" | "3F000" => ErrorKind::SchemaMismatch,
        // Time limits of whole transactions and sessions, an administrator, and poolers that have lost the server.
        "25P03" | "25P04" | "40003" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05" => {
            ErrorKind::ConnectionLost
        }
        _ => match class(code) {
            "08" => ErrorKind::ConnectionLost,
            "28" => ErrorKind::AccessDenied,
            _ => ErrorKind::Database {
                code: code.to_owned(),
            },
        },
    }
}

/// Fields of their own in the message.
fn reported_constraint(said: &ServerError) -> ReportedConstraint {
    ReportedConstraint {
        name: said.constraint.clone(),
        table: said.table.clone(),
        column: said.column.clone(),
        columns: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Applied;

    /// An ErrorResponse as a server sends it.
    fn response(code: &str) -> Vec<u8> {
        format!("SFATAL\0VFATAL\0C{code}\0Mwhy\0Dcanary\0\0").into_bytes()
    }

    /// States that cannot be provoked without a broken disk or a pooler in between: by the manual.
    #[test]
    fn states_have_kinds() {
        let timeout = ErrorKind::Timeout {
            phase: TimeoutPhase::Statement,
        };
        for (code, expected) in [
            ("40001", ErrorKind::Conflict),
            ("40P01", ErrorKind::Conflict),
            ("55P03", ErrorKind::Busy),
            ("53100", ErrorKind::DiskFull),
            ("25006", ErrorKind::ReadOnly),
            ("58030", ErrorKind::Io),
            ("XX001", ErrorKind::Corrupt),
            ("57014", timeout),
            ("57P01", ErrorKind::ConnectionLost),
            ("57P02", ErrorKind::ConnectionLost),
            ("08006", ErrorKind::ConnectionLost),
            ("40003", ErrorKind::ConnectionLost),
            ("26000", ErrorKind::Config(OTHER_SESSION.to_owned())),
            ("42P05", ErrorKind::Config(OTHER_SESSION.to_owned())),
        ] {
            let said = ServerError::parse(&response(code));
            assert_eq!(kind_of_error(&said), expected, "{code}");
            let error = statement_error(Fault::Server(Box::new(said)));
            assert_eq!(error.code(), Some(code));
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
            // A server that ends the session may have done it all the same.
            let is_lost = expected == ErrorKind::ConnectionLost;
            let written = error.of_write();
            assert_eq!(written.applied() == Applied::Unknown, is_lost, "{code}");
            assert_eq!(written.code(), Some(code));
        }
    }

    #[cfg(feature = "migrations")]
    #[test]
    fn a_migration_shows_no_word_that_a_syntax_error_quotes() {
        let error = |code: &str, text: &str| {
            let body = format!("SERROR\0C{code}\0M{text}\0P22\0\0");
            let said = ServerError::parse(body.as_bytes());
            statement_error(Fault::Server(Box::new(said))).showing_schema()
        };
        let quoted = error("42601", "syntax error at or near \"'secret'\"");
        assert!(!format!("{quoted} {quoted:?}").contains("secret"));
        assert_eq!(quoted.position(), Some(22));
        let named = error("42P01", "relation \"users\" does not exist");
        assert!(format!("{named:?}").contains("users"));
    }
}
