//! TLS of an engine that is given in code.

use std::path::PathBuf;

use bindery_core::config::{Address, ChannelBinding, ConnectionTarget, TlsError, TlsMode};

use super::{EngineOptions, Settings, refused};
use crate::error::Result;

impl EngineOptions {
    /// Sets how much of TLS the connections insist on. Without it, connections within the machine are plain and all
    /// others [`TlsMode::VerifyFull`].
    ///
    /// ```
    /// use bindery::config::TlsMode;
    /// use bindery::EngineOptions;
    ///
    /// let options = EngineOptions::url("postgres://ann@db.example.org/shop")
    ///     .tls(TlsMode::VerifyFull)
    ///     .tls_ca("certificates/ca.pem");
    /// # drop(options);
    /// ```
    #[must_use]
    pub fn tls(mut self, mode: TlsMode) -> Self {
        self.tls.mode = Some(mode);
        self
    }

    /// A PEM file of the certificate authorities to trust, in place of those of the operating system.
    #[must_use]
    pub fn tls_ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.ca = Some(path.into());
        self
    }

    /// PEM files of the certificate that this program shows to the server, and of its key.
    #[must_use]
    pub fn tls_client(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.tls.cert = Some(certificate.into());
        self.tls.key = Some(key.into());
        self
    }

    /// Lets [`TlsMode::Disable`] be used with a server on another machine: everybody on the way can read along.
    #[must_use]
    pub fn tls_plaintext(mut self) -> Self {
        self.tls.plaintext = true;
        self
    }

    /// Sets whether the login is tied to the encrypted connection; PostgreSQL only.
    #[must_use]
    pub fn channel_binding(mut self, binding: ChannelBinding) -> Self {
        self.tls.channel_binding = Some(binding);
        self
    }

    /// Joins the TLS options given here with those of the URL.
    pub(super) fn join_tls(&self, target: &mut ConnectionTarget) -> Result<()> {
        match &mut target.place {
            Address::Sqlite(_) if self.tls.is_empty() => Ok(()),
            Address::Sqlite(_) => Err(config_error(TlsError::of_sqlite())),
            Address::Server(server) => {
                let of_url = std::mem::take(&mut server.tls);
                server.tls = self.tls.clone().and(of_url).map_err(config_error)?;
                Ok(())
            }
        }
    }
}

fn config_error(error: TlsError) -> crate::error::Error {
    refused(format!("{}; {}", error.message, error.help))
}

impl Settings {
    pub(crate) fn is_readable_by_others(&self) -> bool {
        match &self.target.place {
            Address::Sqlite(_) => false,
            Address::Server(server) => server.is_readable_by_others(self.target.dialect),
        }
    }

    /// Returns how its connections are encrypted; `None` where there is nothing to encrypt. The rules were checked when
    /// the engine was opened.
    pub(crate) fn tls_mode(&self) -> Option<TlsMode> {
        match &self.target.place {
            Address::Sqlite(_) => None,
            Address::Server(server) => server.tls_mode(self.target.dialect).ok(),
        }
    }
}
