//! Simulated servers that do what a real one never does. Each runs one login and hands back what it was sent.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bindery_core::config::{Server, TlsMode};
use bindery_testkit::Watchdog;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use super::certificates::{Authority, Identity};
use super::{PATIENCE, refused, server_with};
use crate::driver::Physical;
use crate::driver::tests::{connect_with, options};
use crate::error::{ErrorKind, Result};
use bindery_core::dialect::Dialect;

/// Of a MariaDB that demands `mysql_native_password`; the second byte of its abilities says whether it has TLS.
const GREETING: &[u8] =
    b"\x0a10.11.6-MariaDB\0\x01\0\0\0saltsalt\0\xfe\xff\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\0\0\0\0\
                          saltsaltsalt\0mysql_native_password\0";
/// Where in it that byte is.
const ABILITIES: usize = 35;

/// A server of one connection.
pub(super) struct Played {
    address: std::net::SocketAddr,
    playing: JoinHandle<Vec<u8>>,
}

impl Played {
    /// Runs this for the client that connects; returns its input.
    pub(super) fn start(play: impl FnOnce(TcpStream) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let playing = thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a client connects");
            play(stream)
        });
        Self { address, playing }
    }

    pub(super) fn server(&self, dialect: Dialect, mode: TlsMode, ca: &Authority) -> Server {
        let url = format!("{dialect}://ann:s3cr3t-canary@{}/shop", self.address);
        let ca = ca.file();
        server_with(&url, mode, mode.verifies().then_some(ca.as_path()))
    }

    /// Returns the input of the server.
    pub(super) fn heard(self) -> Vec<u8> {
        self.playing.join().expect("it plays to its end")
    }
}

fn connect(server: &Server, dialect: Dialect) -> Result<Physical> {
    connect_with(&options(server), dialect)
}

/// A packet of MySQL's with this number.
pub(super) fn packet(number: u8, payload: &[u8]) -> Vec<u8> {
    // None of them is longer than 255 bytes.
    [&[payload.len() as u8, 0, 0, number], payload].concat()
}

/// All that comes until the other side closes.
pub(super) fn rest(mut stream: impl Read) -> Vec<u8> {
    let mut heard = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut heard);
    heard
}

pub(super) fn greet(mut stream: &TcpStream) {
    stream.write_all(&packet(0, GREETING)).expect("it is read");
}

/// Goes as far as a server does before TLS begins.
pub(super) fn agree_on_tls(mut stream: &TcpStream, dialect: Dialect) {
    match dialect {
        Dialect::Postgres => {
            stream.read_exact(&mut [0; 8]).expect("a request for TLS");
            stream.write_all(b"S").expect("it is read");
        }
        Dialect::Mysql | Dialect::Sqlite => {
            greet(stream);
            stream.read_exact(&mut [0; 36]).expect("a request for TLS");
        }
    }
}

pub(super) fn server_config(own: &Identity) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(own.cert.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).expect("PEM");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.expect("a certificate and its key"))
}

/// A server with this certificate, which closes when the login begins. It hears what is said encrypted.
fn with_certificate(own: &Identity, dialect: Dialect) -> Played {
    let config = server_config(own);
    Played::start(move |stream| {
        agree_on_tls(&stream, dialect);
        let connection = ServerConnection::new(config).expect("a good configuration");
        let mut encrypted = rustls::StreamOwned::new(connection, stream);
        let mut heard = vec![0; 16];
        match encrypted.read(&mut heard) {
            Ok(length) => heard.truncate(length),
            Err(_) => heard.clear(),
        }
        heard
    })
}

/// Covers POOL-12 on PostgreSQL, MariaDB: certificates that are expired, self-signed, of another host or of an unknown authority.
#[test]
fn certificates_that_are_wrong_are_refused_before_anything_is_said() {
    let _watchdog = Watchdog::start("certificates_that_are_wrong", PATIENCE);
    let (authority, stranger) = (Authority::new("own"), Authority::new("strange"));
    use TlsMode::{Require, VerifyCa, VerifyFull};
    let cases = [
        (
            authority.expired(&["127.0.0.1"]),
            VerifyFull,
            Some("has expired"),
        ),
        (
            authority.expired(&["127.0.0.1"]),
            VerifyCa,
            Some("has expired"),
        ),
        (authority.expired(&["127.0.0.1"]), Require, None),
        (
            authority.server(&["localhost"]),
            VerifyFull,
            Some("another host"),
        ),
        (authority.server(&["localhost"]), VerifyCa, None),
        (authority.server(&["127.0.0.1"]), VerifyFull, None),
        (
            stranger.server(&["127.0.0.1"]),
            VerifyFull,
            Some("no authority"),
        ),
        (
            stranger.server(&["127.0.0.1"]),
            VerifyCa,
            Some("no authority"),
        ),
        (
            Identity::self_signed(&["127.0.0.1"]),
            VerifyFull,
            Some("no authority"),
        ),
        (
            Identity::self_signed(&["127.0.0.1"]),
            VerifyCa,
            Some("no authority"),
        ),
        (Identity::self_signed(&["127.0.0.1"]), Require, None),
        // A client's certificate is not a server's.
        (
            authority.client("127.0.0.1"),
            VerifyCa,
            Some("cannot be trusted"),
        ),
    ];
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        for (own, mode, expected) in &cases {
            let played = with_certificate(own, dialect);
            let server = played.server(dialect, *mode, &authority);
            let error = refused(connect(&server, dialect), expected.unwrap_or(""), &server);
            assert_eq!(*error.kind(), ErrorKind::Unavailable, "{error}");
            // The login began only where the certificate was good enough.
            assert_eq!(
                played.heard().is_empty(),
                expected.is_some(),
                "{mode} {expected:?}"
            );
        }
    }
}

/// Covers POOL-12 on PostgreSQL, MariaDB: `require` never falls back to plain text.
#[test]
fn a_server_without_tls_is_left_and_told_nothing() {
    let _watchdog = Watchdog::start("a_server_without_tls_is_left", PATIENCE);
    let authority = Authority::new("own");
    let answers: [(&[u8], &str); 6] = [
        (b"N", "the server has no TLS"),
        (
            b"E\0\0\0\x20SFATAL\0Ms3cr3t-canary said\0\0",
            "refused to talk about TLS",
        ),
        (b"X", "no answer to the request"),
        (b"R\0\0\0\x08\0\0\0\0", "no answer to the request"),
        // Said in plain text, to be taken for the server's word after the handshake (CVE-2021-23222).
        (b"SR\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", "sent before TLS began"),
        (b"", "end of file"),
    ];
    for mode in [TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull] {
        for (answer, expected) in answers {
            let played = Played::start(move |mut stream| {
                let mut request = vec![0; 8];
                stream.read_exact(&mut request).expect("a request for TLS");
                stream.write_all(answer).expect("it is read");
                if answer.is_empty() {
                    return request;
                }
                [request, rest(stream)].concat()
            });
            let server = played.server(Dialect::Postgres, mode, &authority);
            refused(connect(&server, Dialect::Postgres), expected, &server);
            assert_eq!(played.heard(), b"\0\0\0\x08\x04\xd2\x16\x2f", "{expected}");
        }
    }
}

/// Covers POOL-12 on PostgreSQL, MariaDB: `require` never falls back to plain text.
#[test]
fn a_greeting_without_tls_is_left_and_told_nothing() {
    let _watchdog = Watchdog::start("a_greeting_without_tls_is_left", PATIENCE);
    let authority = Authority::new("own");
    for mode in [TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let played = Played::start(|mut stream| {
            let mut greeting = packet(0, GREETING);
            assert_eq!(greeting[ABILITIES], 0xff);
            greeting[ABILITIES] &= !0x08;
            stream.write_all(&greeting).expect("it is read");
            rest(stream)
        });
        let server = played.server(Dialect::Mysql, mode, &authority);
        refused(
            connect(&server, Dialect::Mysql),
            "the server has no TLS",
            &server,
        );
        assert!(played.heard().is_empty());
        // And what comes along with the greeting is not taken for the server's word.
        let played = Played::start(|mut stream| {
            let early = [packet(0, GREETING), packet(2, &[0; 7])].concat();
            stream.write_all(&early).expect("it is read");
            rest(stream)
        });
        let server = played.server(Dialect::Mysql, mode, &authority);
        refused(
            connect(&server, Dialect::Mysql),
            "sent before TLS began",
            &server,
        );
        assert_eq!(played.heard().len(), 36);
    }
}

/// Covers POOL-4: the deadline of connecting covers TLS.
#[test]
fn a_handshake_that_stops_ends_in_time() {
    const LIMIT: Duration = Duration::from_millis(200);
    let _watchdog = Watchdog::start("a_handshake_that_stops_ends_in_time", PATIENCE);
    let authority = Authority::new("own");
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        // Nothing, half a message, and a message's head that goes on for ever.
        for said in [
            &b""[..],
            b"\x16\x03\x03\x00\x7a\x02\0\0\x76\x03\x03",
            b"\x16\x03\x03\x40\x00",
        ] {
            let played = Played::start(move |stream| {
                agree_on_tls(&stream, dialect);
                // Before the handshake has begun it would be refused for being early.
                (&stream)
                    .read_exact(&mut [0; 5])
                    .expect("a handshake begins");
                (&stream).write_all(said).expect("it is read");
                rest(stream)
            });
            let server = played.server(dialect, TlsMode::VerifyFull, &authority);
            let mut options = options(&server);
            options.session.connect_timeout = LIMIT;
            let error = refused(connect_with(&options, dialect), "", &server);
            let in_time = matches!(error.kind(), ErrorKind::Timeout { .. });
            assert!(in_time, "{said:?} {error:?}");
            played.heard();
        }
    }
}

/// Covers POOL-12 on PostgreSQL, MariaDB: a certificate that is trusted by itself has to be valid and for the host all the same.
#[test]
fn the_servers_own_certificate_may_be_the_one_that_is_trusted() {
    let _watchdog = Watchdog::start("the_servers_own_certificate", PATIENCE);
    let authority = Authority::new("own");
    let good = Identity::own_authority(&["127.0.0.1"], 4000);
    let elsewhere = Identity::own_authority(&["localhost"], 4000);
    let expired = Identity::own_authority(&["127.0.0.1"], 2002);
    let other = Identity::own_authority(&["127.0.0.1"], 4000);
    use TlsMode::{VerifyCa, VerifyFull};
    let cases = [
        (&good, &good, VerifyFull, None),
        (&good, &good, VerifyCa, None),
        (&elsewhere, &elsewhere, VerifyFull, Some("another host")),
        (&elsewhere, &elsewhere, VerifyCa, None),
        (&expired, &expired, VerifyFull, Some("has expired")),
        (&expired, &expired, VerifyCa, Some("has expired")),
        (&good, &other, VerifyFull, Some("cannot be trusted")),
    ];
    for (own, trusted, mode, expected) in cases {
        let played = with_certificate(own, Dialect::Postgres);
        let mut server = played.server(Dialect::Postgres, mode, &authority);
        server.tls.ca = Some(trusted.cert_file.clone());
        let outcome = connect(&server, Dialect::Postgres);
        refused(outcome, expected.unwrap_or(""), &server);
        assert_eq!(
            played.heard().is_empty(),
            expected.is_some(),
            "{mode} {expected:?}"
        );
    }
}
