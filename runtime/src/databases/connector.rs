//! From an engine's settings to open connections of its database: the one place that chooses a driver.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bindery_core::config::{Address, ConnectionTarget};

use crate::databases::config::Settings;
use crate::databases::status::ServerProduct;
use crate::driver::Canceller;
#[cfg(any(feature = "postgres", feature = "mysql"))]
use crate::driver::LiveHost;
use crate::error::Result;
use crate::link::pool::OpenPhysical;
use crate::observe::Observer;
use bindery_core::program::EngineInfo;

/// The state that the connections of one pool share: the server that answered last, filled in by each that connects,
/// the thread that sends the server requests to cancel statements, and which of several hosts they lead to.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    product: Arc<Mutex<Option<ServerProduct>>>,
    pub(crate) canceller: Canceller,
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) live: Arc<LiveHost>,
}

impl Seen {
    /// No thread panics while it holds the lock, so a poisoned value is still a whole one.
    pub(crate) fn get(&self) -> Option<ServerProduct> {
        let seen = self.product.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }

    fn note(&self, product: &'static str, version: &str) {
        let mut seen = self.product.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().is_none_or(|seen| seen.version != version) {
            let version = version.to_owned();
            *seen = Some(ServerProduct { product, version });
        }
    }
}

/// One database of an engine: its own, or a replica.
pub(crate) struct Wanted<'a> {
    pub(crate) info: &'static EngineInfo,
    pub(crate) settings: &'a Settings,
    pub(crate) target: &'a ConnectionTarget,
    /// Sessions that the database itself lets write nothing.
    pub(crate) read_only: bool,
    pub(crate) seen: Seen,
    pub(crate) observer: Arc<Observer>,
}

/// Returns the function that opens connections to a database. Nothing is opened yet.
///
/// # Errors
/// The driver is not compiled in.
pub(crate) fn connector(wanted: &Wanted<'_>) -> Result<OpenPhysical> {
    let shown = wanted.target.to_string();
    let info = wanted.info;
    let open: Result<OpenPhysical> = match &wanted.target.place {
        #[cfg(feature = "sqlite")]
        Address::Sqlite(place) => sqlite::opener(wanted, place),
        #[cfg(not(feature = "sqlite"))]
        Address::Sqlite(_) => Err(missing(bindery_core::dialect::Dialect::Sqlite)),
        #[cfg(any(feature = "postgres", feature = "mysql"))]
        Address::Server(server) => server::opener(wanted, server),
        #[cfg(not(any(feature = "postgres", feature = "mysql")))]
        Address::Server(_) => Err(missing(wanted.target.dialect)),
    };
    let open = open.map_err(|error| error.on_engine(info.name()))?;
    let (seen, observer) = (wanted.seen.clone(), Arc::clone(&wanted.observer));
    Ok(Box::new(move |limit| {
        let started = Instant::now();
        let opened = open(limit).map_err(|error| error.at_place(&shown))?;
        if let Some(found) = seen.get() {
            observer.met(found.product);
        }
        observer.record_opened(started);
        Ok(opened.observed_by(Arc::clone(&observer)))
    }))
}

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
#[cold]
fn missing(dialect: bindery_core::dialect::Dialect) -> crate::error::Error {
    use crate::error::{Error, ErrorKind, Operation};
    let why = format!("the program was built without the feature `{dialect}` of `bindery`");
    Error::new(ErrorKind::Config(why)).during(Operation::Configure)
}

#[cfg(feature = "sqlite")]
pub(crate) mod sqlite {
    //! SQLite: a file, or a database in memory that the connections of one pool share.

    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use bindery_core::config::{SqliteAddress, Synchronous};

    use super::Wanted;
    use crate::driver::Physical;
    use crate::driver::sqlite::{SqliteConnection, SqliteOptions, SqliteSetup};
    use crate::error::{Error, ErrorKind, Operation, Result};
    use crate::link::pool::OpenPhysical;

    pub(super) fn opener(wanted: &Wanted<'_>, place: &SqliteAddress) -> Result<OpenPhysical> {
        wanted.seen.note("SQLite", rusqlite::version());
        let settings = wanted.settings;
        let how = How {
            setup: settings.sqlite_setup.clone(),
            busy: settings.session.busy_timeout,
            statement: settings.session.statement_timeout,
            synchronous: settings.session.synchronous.unwrap_or_default(),
            read_only: wanted.read_only,
            creates: settings.creates_file,
        };
        match place {
            SqliteAddress::Memory => Ok(memory(wanted.info.name(), how)),
            SqliteAddress::File(path) => file(path, how),
        }
    }

    struct How {
        /// The program's own.
        setup: Option<SqliteSetup>,
        /// How long to wait for the right to write: it is taken as a connection is.
        busy: Duration,
        statement: Option<Duration>,
        synchronous: Synchronous,
        read_only: bool,
        /// A file that is not there is made.
        creates: bool,
    }

    /// A database of its own, gone with the pool. A named database of SQLite's in-memory file system is shared by the
    /// connections of one process, locked like a file, and there as long as one connection is: the anchor.
    fn memory(engine: &str, how: How) -> OpenPhysical {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = format!("file:/bindery-{number}-{engine}?vfs=memdb");
        let anchor = Mutex::new(None);
        Box::new(move |limit| {
            let mut anchor = anchor.lock().unwrap_or_else(PoisonError::into_inner);
            if anchor.is_none() {
                *anchor = Some(connect(&path, &how, limit)?);
            }
            connect(&path, &how, limit)
        })
    }

    fn file(path: &Path, how: How) -> Result<OpenPhysical> {
        // SQLite takes a name that begins with `file:` for a URI.
        let path = if path.is_absolute() {
            path.to_owned()
        } else {
            Path::new(".").join(path)
        };
        let Some(text) = path.to_str().map(str::to_owned) else {
            let why = "the path of the database file is not UTF-8".to_owned();
            return Err(Error::new(ErrorKind::Config(why)).during(Operation::Configure));
        };
        Ok(Box::new(move |limit| {
            connect(&text, &how, limit).map_err(|error| explained(error, &path, &how))
        }))
    }

    fn connect(path: &str, how: &How, limit: Duration) -> Result<Physical> {
        let options = SqliteOptions {
            path,
            busy_timeout: how.busy,
            statement_timeout: how.statement,
            synchronous: how.synchronous,
            read_only: how.read_only,
            creates: how.creates,
        };
        let connection = SqliteConnection::open(&options, limit)?;
        let connection = match &how.setup {
            Some(setup) => connection.set_up_by(setup)?,
            None => connection,
        };
        Ok(Physical::from(connection))
    }

    /// SQLite makes files but no folders, and says only that it could not open the file.
    #[cold]
    fn explained(error: Error, path: &Path, how: &How) -> Error {
        if !how.creates && !path.exists() {
            return Error::new(ErrorKind::UnknownDatabase).during(Operation::Connect);
        }
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        if folder.is_dir() {
            return error;
        }
        let why = format!("there is no folder `{}`: create it", folder.display());
        Error::new(ErrorKind::Config(why)).during(Operation::Connect)
    }
}
