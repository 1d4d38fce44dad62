//! Errors of databases as responses: which status each kind has, and what a client is shown of it.

use std::fmt;

use bindery::{Error, ErrorKind};
use http::{HeaderValue, Response, StatusCode, header};

/// Seconds after which a client may try again what could not be served.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// An error of a database, as the error type of a handler.
///
/// As a response it has the status of [`status_of`] and that status' name as its text: nothing of the database. A `503` has a
/// `Retry-After`. Errors with a status of 500 and above are reported through `tracing`, since the client does not see why.
///
/// ```
/// # use bindery_cases::library::*;
/// use bindery_web::DbError;
/// use http::StatusCode;
///
/// fn title(db: &Databases) -> Result<String, DbError> {
///     Ok(db.books().get(7.into())?.title)
/// }
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let missing = title(&db).unwrap_err();
/// assert_eq!(missing.status(), StatusCode::NOT_FOUND);
/// assert_eq!(missing.into_http::<String>().body(), "Not Found");
/// # Ok(())
/// # }
/// ```
pub struct DbError {
    error: Error,
    is_detailed: bool,
}

impl DbError {
    /// Shows the client the error's own sentence. It names engines, tables, columns and keys, never a value of a row.
    #[must_use]
    pub fn with_details(mut self) -> Self {
        self.is_detailed = true;
        self
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        status_of(&self.error)
    }

    /// Returns the error of the database.
    pub fn database_error(&self) -> &Error {
        &self.error
    }

    /// The response, for services other than axum's.
    pub fn into_http<B: From<String>>(self) -> Response<B> {
        let status = self.status();
        self.into_http_as(status)
    }

    /// The same with another status.
    pub(crate) fn into_http_as<B: From<String>>(self, status: StatusCode) -> Response<B> {
        if status.is_server_error() {
            report(&self.error, status);
        }
        let text = if self.is_detailed {
            self.error.to_string()
        } else {
            status.canonical_reason().unwrap_or_default().to_owned()
        };
        plain(status, text)
    }
}

/// Returns the status that is usual for an error.
///
/// | | |
/// |---|---|
/// | 404 | there is no such row, or no such tenant |
/// | 409 | a unique key holds the value already; the row was updated since it was read; another transaction was in the way |
/// | 422 | a rule of the program's own is not met |
/// | 503 | the database cannot be reached, its connection was lost with nothing stored, time ran out, all connections are in use, a lock did not come free, the engine is closed |
/// | 500 | everything else, and whatever may be stored or not: no client should try that again by itself |
pub fn status_of(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::UnknownDatabase if error.is_unknown_tenant() => StatusCode::NOT_FOUND,
        ErrorKind::UniqueViolation(_) | ErrorKind::Conflict | ErrorKind::StaleVersion => {
            StatusCode::CONFLICT
        }
        ErrorKind::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Busy
        | ErrorKind::Cancelled
        | ErrorKind::Closed
        | ErrorKind::ConnectionLimit { .. }
        | ErrorKind::ConnectionLost
        | ErrorKind::PoolExhausted { .. }
        | ErrorKind::TenantLimit { .. }
        | ErrorKind::Timeout { .. }
        | ErrorKind::Unavailable
        | ErrorKind::UnknownHost { .. }
        | ErrorKind::WorkersBusy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A text as a response.
pub(crate) fn plain<B: From<String>>(status: StatusCode, text: String) -> Response<B> {
    let mut response = Response::new(B::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, plain);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

fn report(error: &Error, status: StatusCode) {
    let status = status.as_u16();
    tracing::error!(status, error = ?error, "a request failed in its database");
}

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        Self {
            error,
            is_detailed: false,
        }
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(out)
    }
}

impl fmt::Debug for DbError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, out)
    }
}

impl std::error::Error for DbError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.error)
    }
}
