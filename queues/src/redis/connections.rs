//! Connections to a server, kept while they are idle.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::{Client, Connection, RedisResult};

/// The connections of a queue: as many as there are calls at a time.
pub(super) struct Connections {
    client: Client,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Connections {
    /// Without the URL, which may hold a password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Connections").finish_non_exhaustive()
    }
}

impl Connections {
    pub(super) fn new(url: &str) -> RedisResult<Self> {
        #[cfg(feature = "tls")]
        choose_provider();
        Ok(Self {
            client: Client::open(url)?,
            timeout: Duration::from_secs(5),
            idle: Mutex::default(),
        })
    }

    #[cfg(feature = "tls")]
    pub(super) fn trust(&mut self, pem: &[u8]) -> RedisResult<()> {
        let place = self.client.get_connection_info().clone();
        let certificates = redis::TlsCertificates {
            client_tls: None,
            root_cert: Some(pem.to_vec()),
        };
        self.client = Client::build_with_tls(place, certificates)?;
        Ok(())
    }

    pub(super) fn set_timeout(&mut self, time: Duration) {
        self.timeout = time;
    }

    /// Runs a command that may be repeated. Where it fails on an idle connection, which the server may have closed meanwhile, it is run
    /// again on a new one.
    pub(super) fn run<T>(
        &self,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let idle = self.idle().pop();
        if let Some(mut connection) = idle {
            match command(&mut connection) {
                Err(error) if error.is_connection_dropped() => self.idle().clear(),
                outcome => return self.kept(connection, outcome),
            }
        }
        let mut connection = self.connect()?;
        let outcome = command(&mut connection);
        self.kept(connection, outcome)
    }

    /// Keeps a connection that is in step.
    fn kept<T>(&self, connection: Connection, outcome: RedisResult<T>) -> RedisResult<T> {
        let is_usable = match &outcome {
            Ok(_) => true,
            Err(error) => error.code().is_some(),
        };
        if is_usable {
            self.idle().push(connection);
        }
        outcome
    }

    fn connect(&self) -> RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(self.timeout)?;
        connection.set_read_timeout(Some(self.timeout))?;
        connection.set_write_timeout(Some(self.timeout))?;
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The client takes the process's provider of cryptography, and would panic where there are several to choose from and none was chosen.
#[cfg(feature = "tls")]
fn choose_provider() {
    use rustls::crypto::{CryptoProvider, ring};
    if CryptoProvider::get_default().is_none() {
        // Another thread may have been faster.
        let _ = ring::default_provider().install_default();
    }
}
