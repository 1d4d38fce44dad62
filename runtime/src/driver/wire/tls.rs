//! TLS over a socket that never blocks, by rustls. What is insisted on is settled when an engine is opened; which bytes
//! a server wants to see before it is the matter of each server's login.

#[cfg(feature = "postgres")]
mod certificate;
mod files;
mod stream;
mod verify;

use std::io;
use std::sync::Arc;

use bindery_core::config::{Endpoint, Server, TlsMode};
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;

pub(super) use self::stream::TlsStream;
use self::verify::{Trusted, Verifier};

/// Everything that the connections of one engine need for TLS, files read.
#[derive(Clone)]
pub(in crate::driver) struct Tls {
    config: Arc<ClientConfig>,
    /// Whom the certificate has to be for.
    name: ServerName<'static>,
    mode: TlsMode,
}

impl Tls {
    /// Reads the files that the options name; `None` where the connection is plain.
    ///
    /// # Errors
    /// A file cannot be read or holds something else; the text names it and says what to write.
    pub(in crate::driver) fn new(
        server: &Server,
        endpoint: &Endpoint,
        mode: TlsMode,
    ) -> Result<Option<Self>, String> {
        let Endpoint::Tcp { host, .. } = endpoint else {
            return Ok(None);
        };
        if mode == TlsMode::Disable {
            return Ok(None);
        }
        let name = ServerName::try_from(host.clone())
            .map_err(|_| format!("no certificate can be for the host `{host}`"))?;
        Ok(Some(Self {
            config: Arc::new(client_config(server, mode)?),
            name,
            mode,
        }))
    }

    pub(in crate::driver) fn verifies(&self) -> bool {
        self.mode.verifies()
    }

    fn begin(&self) -> io::Result<rustls::ClientConnection> {
        let connection = rustls::ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        connection.map_err(stream::failed)
    }
}

fn client_config(server: &Server, mode: TlsMode) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(server, mode, &provider)?;
    let unusable = |error: rustls::Error| format!("TLS cannot be set up: {error}");
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    match (&server.tls.cert, &server.tls.key) {
        (Some(cert), Some(key)) => builder
            .with_client_auth_cert(files::certificates("tls-cert", cert)?, files::key(key)?)
            .map_err(|error| {
                let (cert, key) = (cert.display(), key.display());
                format!("`{key}` is not the key of the certificate in `{cert}`: {error}")
            }),
        // The schema's rules let no half of the pair through.
        (Some(_) | None, Some(_) | None) => Ok(builder.with_no_client_auth()),
    }
}

fn verifier(
    server: &Server,
    mode: TlsMode,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    let trusted = match mode {
        TlsMode::Disable | TlsMode::Require => None,
        TlsMode::VerifyCa => Some(trusted(server, provider)?.for_any_name()),
        TlsMode::VerifyFull => Some(trusted(server, provider)?),
    };
    Ok(Arc::new(Verifier::new(trusted, provider)))
}

fn trusted(server: &Server, provider: &Arc<CryptoProvider>) -> Result<Trusted, String> {
    let Some(path) = &server.tls.ca else {
        return Trusted::new(files::system_authorities()?, Vec::new(), provider);
    };
    let certificates = files::certificates("tls-ca", path)?;
    let authorities = files::authorities(path, &certificates)?;
    Trusted::new(authorities, certificates, provider)
}

/// Words for what went wrong, with the way out where one is known.
fn explain(error: &rustls::Error) -> String {
    use rustls::{AlertDescription as Alert, CertificateError as Wrong, Error};
    match error {
        Error::InvalidCertificate(Wrong::UnknownIssuer) => {
            "the server's certificate comes from no authority that is trusted here: name the authority's file by `tls-ca`"
                .to_owned()
        }
        Error::InvalidCertificate(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => {
            "the server's certificate is for another host: connect by the name that it is for, or write `tls = \"verify-ca\"` \
             where any certificate of the authority will do"
                .to_owned()
        }
        Error::InvalidCertificate(Wrong::Expired | Wrong::ExpiredContext { .. }) => {
            "the server's certificate has expired".to_owned()
        }
        Error::InvalidCertificate(why) => format!("the server's certificate cannot be trusted: {why}"),
        Error::AlertReceived(Alert::CertificateRequired) => {
            "the server demands a certificate: name it by `tls-cert` and `tls-key`".to_owned()
        }
        Error::AlertReceived(alert) => format!("the server ended the TLS handshake: {alert:?}"),
        other => format!("TLS failed: {other}"),
    }
}
