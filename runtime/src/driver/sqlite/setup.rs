//! Functions, collations and extensions that a program adds to each connection of SQLite.

use std::error::Error as StdError;
use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::SqliteConnection;
use crate::error::{Error, ErrorKind, Operation, Result};

/// SQLite's own handle of a connection, a `sqlite3 *`: for functions, collations and extensions that a program adds to SQLite
/// by [`Config::sqlite_setup`](crate::Config::sqlite_setup).
///
/// There is one library of SQLite in a program, so a client library for it, such as `rusqlite`, takes the handle of bindery's
/// connections too, whatever its version.
#[derive(Debug, Clone, Copy)]
pub struct SqliteHandle(NonNull<c_void>);

impl SqliteHandle {
    /// The pointer. What is done with it is not safe: the connection may not be closed by it, and it is valid only until the
    /// function that was given it returns.
    pub fn as_ptr(self) -> *mut c_void {
        self.0.as_ptr()
    }
}

/// Why a program could not set a connection up.
type SetupError = Box<dyn StdError + Send + Sync>;

/// The function that a program sets each new connection up with.
#[derive(Clone)]
pub(crate) struct SqliteSetup(Arc<dyn Fn(SqliteHandle) -> Result<(), SetupError> + Send + Sync>);

impl SqliteSetup {
    pub(crate) fn new(
        setup: impl Fn(SqliteHandle) -> Result<(), SetupError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(setup))
    }
}

impl fmt::Debug for SqliteSetup {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SqliteSetup")
    }
}

/// Of functions nothing can be compared but whether they are one.
impl PartialEq for SqliteSetup {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl SqliteConnection {
    /// Has the program set the connection up.
    pub(crate) fn set_up_by(self: Box<Self>, setup: &SqliteSetup) -> Result<Box<Self>> {
        match (setup.0)(SqliteHandle(self.watched.handle())) {
            Ok(()) => Ok(self),
            Err(error) => {
                let why = format!("the program's setup of the connection failed: {error}");
                Err(Error::new(ErrorKind::Config(why)).during(Operation::Connect))
            }
        }
    }
}
