//! Ways to log in that only TLS makes safe, or that only a simulated server shows.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bindery_core::config::{ChannelBinding, Secret, TlsMode};
use bindery_testkit::Watchdog;
use rustls::{ServerConnection, StreamOwned};

use super::certificates::Authority;
use super::played::{Played, agree_on_tls, greet, packet, rest, server_config};
use super::servers::Encrypted;
use super::{Database, PATIENCE, refused, server_with};
use crate::driver::tests::{connect_with, options};
use crate::error::ErrorKind;
use bindery_core::dialect::Dialect;

type Stream = StreamOwned<ServerConnection, TcpStream>;

const PASSWORD: &[u8] = b"s3cr3t-canary\0";

/// A server with a good certificate, after its handshake.
fn encrypted(
    authority: &Authority,
    dialect: Dialect,
    play: impl FnOnce(&mut Stream) -> Vec<u8> + Send + 'static,
) -> Played {
    let config = server_config(&authority.server(&["127.0.0.1"]));
    Played::start(move |stream| {
        agree_on_tls(&stream, dialect);
        let connection = ServerConnection::new(config).expect("a good configuration");
        play(&mut StreamOwned::new(connection, stream))
    })
}

/// One message of PostgreSQL's: the bytes after its length.
fn message(stream: &mut impl Read) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).expect("a message");
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut body).expect("all of it");
    body
}

/// Asks for a login, and hands back the answer without its tag; nothing where the other side goes.
fn ask(stream: &mut Stream, request: &[u8]) -> Vec<u8> {
    let mut said = vec![b'R'];
    said.extend_from_slice(&(request.len() as u32 + 4).to_be_bytes());
    said.extend_from_slice(request);
    stream.write_all(&said).expect("it is read");
    match stream.read_exact(&mut [0]) {
        Ok(()) => message(stream),
        Err(_) => Vec::new(),
    }
}

/// One packet of MySQL's, without its header; empty where the other side goes.
pub(super) fn reply(stream: &mut impl Read) -> Vec<u8> {
    let mut header = [0; 4];
    if stream.read_exact(&mut header).is_err() {
        return Vec::new();
    }
    let mut payload = vec![0; usize::from(header[0]) + usize::from(header[1]) * 256];
    stream.read_exact(&mut payload).expect("all of it");
    payload
}

/// Covers POOL-12 on PostgreSQL, MariaDB: the stronger login is taken where both can, and its absence noticed.
#[test]
fn the_login_is_tied_to_the_connection() {
    let _watchdog = Watchdog::start("the_login_is_tied_to_the_connection", PATIENCE);
    let authority = Authority::new("own");
    let both: &[u8] = b"\0\0\0\x0aSCRAM-SHA-256\0SCRAM-SHA-256-PLUS\0\0";
    let plain: &[u8] = b"\0\0\0\x0aSCRAM-SHA-256\0\0";
    use ChannelBinding::{Disable, Prefer, Require};
    let cases = [
        (
            both,
            Prefer,
            "SCRAM-SHA-256-PLUS",
            "p=tls-server-end-point,,",
        ),
        (
            both,
            Require,
            "SCRAM-SHA-256-PLUS",
            "p=tls-server-end-point,,",
        ),
        (both, Disable, "SCRAM-SHA-256", "n,,"),
        // An attacker may have left the other one out of the offer: the server learns that.
        (plain, Prefer, "SCRAM-SHA-256", "y,,"),
        (plain, Disable, "SCRAM-SHA-256", "n,,"),
    ];
    for (offer, binding, method, header) in cases {
        let played = encrypted(&authority, Dialect::Postgres, move |stream| {
            message(stream);
            ask(stream, offer)
        });
        let mut server = played.server(Dialect::Postgres, TlsMode::VerifyFull, &authority);
        server.tls.channel_binding = Some(binding);
        refused(
            connect_with(&options(&server), Dialect::Postgres),
            "",
            &server,
        );
        let heard = played.heard();
        assert!(
            heard.starts_with(format!("{method}\0").as_bytes()),
            "{heard:?}"
        );
        let first = &heard[method.len() + 5..];
        assert!(first.starts_with(header.as_bytes()), "{first:?}");
    }
    // Where it is insisted on, nothing else will do, not even to be let in.
    for request in [plain, b"\0\0\0\0", b"\0\0\0\x03", b"\0\0\0\x05salt"] {
        let played = encrypted(&authority, Dialect::Postgres, move |stream| {
            message(stream);
            ask(stream, request)
        });
        let mut server = played.server(Dialect::Postgres, TlsMode::VerifyFull, &authority);
        server.tls.channel_binding = Some(Require);
        let outcome = connect_with(&options(&server), Dialect::Postgres);
        refused(outcome, "cannot tie the login", &server);
        assert!(played.heard().is_empty(), "{request:?}");
    }
}

#[test]
fn a_real_server_ties_the_login_to_the_connection() {
    let _watchdog = Watchdog::start("a_real_server_ties_the_login", PATIENCE);
    let Some(encrypted) = Encrypted::postgres() else {
        return;
    };
    let ca = encrypted.authority.file();
    let mut server = server_with(&encrypted.url("localhost"), TlsMode::VerifyFull, Some(&ca));
    for binding in [ChannelBinding::Require, ChannelBinding::Disable] {
        server.tls.channel_binding = Some(binding);
        let outcome = connect_with(&options(&server), Dialect::Postgres);
        assert_eq!(Database::of(outcome.expect("let in")).way(), "encrypted");
    }
}

/// Covers POOL-12, POOL-13 on PostgreSQL, MariaDB: a plain-text password is sent only to a server that is verified, or
/// over a connection that cannot be overheard.
#[test]
fn passwords_are_shown_only_where_nobody_else_sees_them() {
    let _watchdog = Watchdog::start("passwords_are_shown_only_where", PATIENCE);
    let authority = Authority::new("own");
    let sha2: &[u8] = b"\xfecaching_sha2_password\0saltsaltsaltsaltsalt\0";
    let clear: &[u8] = b"\xfemysql_clear_password\0";
    use TlsMode::{Require, VerifyFull};
    let cases = [
        (sha2, VerifyFull, PASSWORD, ""),
        (sha2, Require, PASSWORD, ""),
        (clear, VerifyFull, PASSWORD, ""),
        (clear, Require, b"", "`mysql_clear_password`"),
        (
            b"\xfesha256_password\0salt\0",
            VerifyFull,
            b"",
            "`sha256_password`",
        ),
        (b"\xfedialog\0salt\0", VerifyFull, b"", "`dialog`"),
    ];
    for (request, mode, expected, said) in cases {
        let played = encrypted(&authority, Dialect::Mysql, move |stream| {
            reply(stream);
            stream.write_all(&packet(3, request)).expect("it is read");
            let answer = reply(stream);
            if request != sha2 {
                return answer;
            }
            // The password is not in the server's memory yet.
            assert_eq!(answer.len(), 32);
            stream.write_all(&packet(5, &[1, 4])).expect("it is read");
            reply(stream)
        });
        let server = played.server(Dialect::Mysql, mode, &authority);
        refused(
            connect_with(&options(&server), Dialect::Mysql),
            said,
            &server,
        );
        assert_eq!(played.heard(), expected, "{mode} {request:?}");
    }
}

/// PostgreSQL's `password`: the same.
///
/// Covers POOL-12, POOL-13 on PostgreSQL.
#[test]
fn a_password_as_it_is_goes_to_a_server_that_is_known() {
    let _watchdog = Watchdog::start("a_password_as_it_is_goes_to", PATIENCE);
    let authority = Authority::new("own");
    for (mode, expected, said) in [
        (TlsMode::VerifyFull, PASSWORD, ""),
        (TlsMode::VerifyCa, PASSWORD, ""),
        (TlsMode::Require, b"", "the server is not verified"),
    ] {
        let played = encrypted(&authority, Dialect::Postgres, |stream| {
            message(stream);
            ask(stream, b"\0\0\0\x03")
        });
        let server = played.server(Dialect::Postgres, mode, &authority);
        let outcome = connect_with(&options(&server), Dialect::Postgres);
        refused(outcome, said, &server);
        assert_eq!(played.heard(), expected, "{mode}");
    }
}

/// A server says how often a password is to be hashed. However often that is, the login ends in its time.
///
/// Covers POOL-4 on PostgreSQL.
#[test]
fn a_server_that_wants_much_work_gets_no_more_time() {
    let _watchdog = Watchdog::start("a_server_that_wants_much_work", PATIENCE);
    for (rounds, said) in [
        ("100000", ""),
        ("4294967295", "more than 100,000 times"),
        ("99999999999999999999999", "more than 100,000 times"),
    ] {
        let played = Played::start(move |mut stream| {
            message(&mut stream);
            let offer = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0";
            stream.write_all(offer).expect("it is read");
            stream.read_exact(&mut [0]).expect("an answer");
            let first = String::from_utf8_lossy(&message(&mut stream)).into_owned();
            let (_, nonce) = first.split_once("r=").expect("a nonce");
            let challenge = format!("\0\0\0\x0br={nonce}x,s=c2FsdA==,i={rounds}");
            let length = challenge.len() as u32 + 4;
            let said = [b"R", &length.to_be_bytes()[..], challenge.as_bytes()].concat();
            stream.write_all(&said).expect("it is read");
            rest(stream)
        });
        let authority = Authority::new("own");
        let server = played.server(Dialect::Postgres, TlsMode::Disable, &authority);
        let mut options = options(&server);
        let limit = Duration::from_millis(300);
        options.session.connect_timeout = limit;
        let started = Instant::now();
        let outcome = connect_with(&options, Dialect::Postgres);
        refused(outcome, said, &server);
        let took = started.elapsed();
        // All of the work would take hours; a busy machine is not taken for that.
        assert!(took < PATIENCE / 4, "{took:?} for {rounds}");
    }
}

/// Covers POOL-13 on PostgreSQL, MariaDB: without TLS, an attacker in the server's place does not see the password.
#[test]
fn a_clear_password_is_not_for_a_plain_connection() {
    let _watchdog = Watchdog::start("a_clear_password_is_not_for", PATIENCE);
    let played = Played::start(|mut stream| {
        greet(&stream);
        reply(&mut stream);
        let request = packet(2, b"\xfemysql_clear_password\0");
        stream.write_all(&request).expect("it is read");
        rest(stream)
    });
    let authority = Authority::new("own");
    let server = played.server(Dialect::Mysql, TlsMode::Disable, &authority);
    let outcome = connect_with(&options(&server), Dialect::Mysql);
    let error = refused(outcome, "`mysql_clear_password`", &server);
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
    assert!(played.heard().is_empty());
}

#[cfg(feature = "ed25519")]
#[test]
fn an_account_of_ed25519_logs_in() {
    let _watchdog = Watchdog::start("an_account_of_ed25519_logs_in", PATIENCE);
    let Some(encrypted) = Encrypted::mysql() else {
        return;
    };
    let mut server = server_with(&encrypted.url("127.0.0.1"), TlsMode::Disable, None);
    let owner = connect_with(&options(&server), Dialect::Mysql).map(Database::of);
    let mut owner = owner.expect("it lets its owner in");
    // MySQL has no such accounts.
    if owner
        .physical
        .batch("INSTALL SONAME 'auth_ed25519'")
        .is_err()
    {
        return;
    }
    owner.batch("CREATE USER signs@'%' IDENTIFIED VIA ed25519 USING PASSWORD('s3cr3t-canary')");
    owner.batch("GRANT ALL ON *.* TO signs@'%'");
    server.username = Some("signs".to_owned());
    for (password, is_right) in [("s3cr3t-canary", true), ("s3cr3t-other", false)] {
        server.password = Some(Secret::new(password));
        let outcome = connect_with(&options(&server), Dialect::Mysql);
        if is_right {
            assert_eq!(Database::of(outcome.expect("let in")).way(), "plain");
        } else {
            let error = refused(outcome, "", &server);
            assert_eq!(*error.kind(), ErrorKind::AccessDenied);
        }
    }
    owner.batch("DROP USER signs@'%'");
}
