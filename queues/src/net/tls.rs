//! TLS by rustls: the server's certificate has to be for the host of the URL, by an authority that is trusted.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::socket::Trust;
use crate::authorities::authorities;

pub(crate) type TlsStream = StreamOwned<ClientConnection, TcpStream>;

/// Does the handshake, each wait of which has the limit of the socket.
pub(super) fn begin(mut stream: TcpStream, host: &str, trust: &Trust) -> io::Result<TlsStream> {
    let name = ServerName::try_from(host.to_owned()).map_err(invalid)?;
    let mut connection =
        ClientConnection::new(Arc::new(configuration(trust)?), name).map_err(invalid)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

fn configuration(trust: &Trust) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(invalid)?;
    let roots = match trust {
        Trust::System => of_the_system(),
        Trust::Only(pem) => authorities(pem)?,
    };
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Authorities that cannot be read are passed over, as rustls recommends.
fn of_the_system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, error)
}
