//! From an address to a session that can be used: the login, and the settings that values depend on.

use bindery_core::config::ChannelBinding;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{
    self, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256,
};

use super::answer::Expected;
use super::error::{connect_error, refused_login};
use super::message;
use super::options::PostgresConfig;
use super::session::{Fault, Session};
use super::settle::settle;
use crate::driver::wire::{Deadline, Peer, Socket, Tls, mysql_greeting, within};
use crate::error::Result;
use crate::value::postgres::bytes;

/// The server's requests (PostgreSQL's manual, "Authentication…" messages).
const OK: i32 = 0;
const CLEARTEXT: i32 = 3;
const MD5: i32 = 5;
const SASL: i32 = 10;
const SASL_CONTINUE: i32 = 11;
const SASL_FINAL: i32 = 12;

/// Connects and logs in within the deadline.
pub(super) fn log_in(config: &PostgresConfig, deadline: Deadline) -> Result<Session> {
    let socket = connect(&config.peer, config.tls.as_ref(), deadline).map_err(connect_error)?;
    let mut session = Session::new(socket);
    start(&mut session, config, deadline).map_err(connect_error)?;
    session.await_first().map_err(connect_error)?;
    authenticate(&mut session, config, deadline)?;
    session
        .answer(Expected::Login, |_, _| Ok(()))
        .map_err(connect_error)?;
    settle(&mut session, config, deadline)?;
    Ok(session)
}

/// Connects, encrypted where that was configured.
fn connect(peer: &Peer, tls: Option<&Tls>, deadline: Deadline) -> Result<Socket, Fault> {
    let mut socket = Socket::connect(peer, deadline)?;
    if let Some(tls) = tls {
        encrypt(&mut socket, tls)?;
    }
    Ok(socket)
}

/// Asks for TLS before anything else is said. A server that has none is left: there is no way back to plain text.
fn encrypt(socket: &mut Socket, tls: &Tls) -> Result<(), Fault> {
    let mut out = Vec::new();
    message::ask_for_tls(&mut out);
    socket.send(&out)?;
    while socket.unread().is_empty() {
        socket.receive()?;
    }
    ensure_postgres(socket)?;
    let answer = socket.take(1);
    match socket.slice(answer) {
        b"S" => Ok(socket.encrypt(tls)?),
        b"N" => Err(Fault::Protocol(
            "the server has no TLS: switch it on there (`ssl = on`); plain text has to be chosen by `tls = \"disable\"`",
        )),
        // An error before the handshake may come from an attacker, so its text is not shown (CVE-2024-10977).
        b"E" => Err(Fault::Protocol("the server refused to talk about TLS")),
        _ => Err(Fault::Protocol("no answer to the request for TLS")),
    }
}

/// Rejects a server that is not PostgreSQL, by the first bytes that it sends.
pub(super) fn ensure_postgres(socket: &Socket) -> Result<(), Fault> {
    match mysql_greeting(socket.unread()) {
        None => Ok(()),
        Some(found) => Err(Fault::Stranger {
            expected: "PostgreSQL",
            found,
        }),
    }
}

fn start(session: &mut Session, config: &PostgresConfig, deadline: Deadline) -> Result<(), Fault> {
    let out = session.begin(deadline)?;
    let mut settings = vec![
        ("user", config.user.as_str()),
        ("database", config.database.as_str()),
        ("application_name", config.application_name.as_str()),
        ("client_encoding", "UTF8"),
        ("DateStyle", "ISO"),
        ("TimeZone", "UTC"),
    ];
    settings.extend(
        config
            .options
            .as_deref()
            .map(|options| ("options", options)),
    );
    message::startup(out, &settings);
    session.expect_login();
    session.send(0)
}

/// Answers the server's requests until the login is done.
fn authenticate(session: &mut Session, config: &PostgresConfig, deadline: Deadline) -> Result<()> {
    let mut scram = None;
    let must_bind = config.channel_binding == ChannelBinding::Require;
    // SCRAM ends with the server's proof that it knows the password (RFC 5802, section 3).
    let mut must_prove = must_bind;
    loop {
        let message = session.next().map_err(connect_error)?;
        let mut body = session.body(&message);
        match (message.tag, message.tag == b'R') {
            (b'E', _) => return Err(refused_login(body)),
            (_, true) => (),
            _ => return Err(connect_error(Fault::Protocol("no answer to the login"))),
        }
        let answer = match bytes::take_i32(&mut body) {
            Some(OK) if !must_prove => return Ok(()),
            Some(OK | CLEARTEXT | MD5) if must_bind => return Err(unbound()),
            Some(OK) => return Err(distrusted()),
            Some(CLEARTEXT) => cleartext(session, config)?,
            Some(MD5) => md5(config, body)?,
            Some(SASL) => {
                let (method, started) = choose(session, config, body)?;
                let first = sasl_first(method, &started);
                scram = Some(started);
                must_prove = true;
                first
            }
            Some(SASL_CONTINUE) => {
                let started = scram.take().ok_or_else(out_of_turn)?;
                let derived = scram.insert(derive(started, body, deadline)?);
                derived.message().to_vec()
            }
            Some(SASL_FINAL) => {
                let scram = scram.as_mut().ok_or_else(out_of_turn)?;
                scram.finish(body).map_err(|_| distrusted())?;
                must_prove = false;
                continue;
            }
            _ => return Err(unknown_method()),
        };
        message::message(session.out(), b'p', |out| out.extend_from_slice(&answer));
        session.send(0).map_err(connect_error)?;
    }
}

/// A plain-text password is sent only where no one can listen, and only to a server that is verified.
fn cleartext(session: &Session, config: &PostgresConfig) -> Result<Vec<u8>> {
    let socket = session.socket();
    let is_known = config.tls.as_ref().is_some_and(Tls::verifies);
    if socket.is_encrypted() && !is_known {
        return Err(super::error::config(
            "the server demands the password in plain text (`password`), and the server is not verified: write \
             `tls = \"verify-full\"`, or have the server use `scram-sha-256`",
        ));
    }
    if !socket.is_encrypted() && !socket.is_local() {
        return Err(super::error::config(
            "the server demands the password in plain text, which anyone on the network could read: write `tls = \"verify-full\"`, \
             or have the server use `scram-sha-256`",
        ));
    }
    Ok(with_nul(password(config)?.as_bytes()))
}

fn md5(config: &PostgresConfig, salt: &[u8]) -> Result<Vec<u8>> {
    let salt = salt.try_into().map_err(|_| out_of_turn())?;
    let hash = md5_hash(config.user.as_bytes(), password(config)?.as_bytes(), salt);
    Ok(with_nul(hash.as_bytes()))
}

/// SCRAM, tied to the encrypted connection where both sides can. A server that seems not to be able to learns that this
/// side is: then an attacker cannot have left the stronger method out of its offer unnoticed (RFC 5802, section 6).
fn choose(
    session: &Session,
    config: &PostgresConfig,
    offer: &[u8],
) -> Result<(&'static str, ScramSha256)> {
    let end_point = match config.channel_binding {
        ChannelBinding::Disable => None,
        ChannelBinding::Prefer | ChannelBinding::Require => session.socket().end_point(),
    };
    let (method, binding) = match end_point {
        Some(hash) if offers(offer, SCRAM_SHA_256_PLUS) => (
            SCRAM_SHA_256_PLUS,
            sasl::ChannelBinding::tls_server_end_point(hash),
        ),
        _ if config.channel_binding == ChannelBinding::Require => return Err(unbound()),
        _ if !offers(offer, SCRAM_SHA_256) => return Err(unknown_method()),
        Some(_) => (SCRAM_SHA_256, sasl::ChannelBinding::unrequested()),
        None => (SCRAM_SHA_256, sasl::ChannelBinding::unsupported()),
    };
    let scram = ScramSha256::new(password(config)?.as_bytes(), binding);
    Ok((method, scram))
}

/// The server says how often the password is to be hashed for its answer. That takes time, which is the login's.
fn derive(mut scram: ScramSha256, challenge: &[u8], deadline: Deadline) -> Result<ScramSha256> {
    if rounds(challenge).is_some_and(|rounds| rounds > MAX_ROUNDS) {
        return Err(connect_error(Fault::Protocol(
            "the server wants the password to be hashed more than 100,000 times: have it use fewer rounds \
             (`scram_iterations`)",
        )));
    }
    let challenge = challenge.to_vec();
    let derived = within(deadline, "bindery-login", move || {
        scram.update(&challenge).map(|()| scram)
    });
    let derived = derived.map_err(|error| connect_error(Fault::Io(error)))?;
    derived.map_err(|_| distrusted())
}

/// PostgreSQL's own server demands 4,096; a hostile one could keep us busy for hours.
const MAX_ROUNDS: u64 = 100_000;

/// The number of rounds in `r=nonce,s=salt,i=rounds`.
fn rounds(challenge: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(challenge).ok()?;
    let number = text.split(',').find_map(|part| part.strip_prefix("i="))?;
    Some(number.parse().unwrap_or(u64::MAX))
}

fn offers(mut offer: &[u8], method: &str) -> bool {
    std::iter::from_fn(|| bytes::take_text(&mut offer)).any(|name| name == method.as_bytes())
}

#[cold]
fn unbound() -> crate::error::Error {
    connect_error(Fault::Protocol(
        "the server cannot tie the login to the encrypted connection, and `channel-binding` insists on it",
    ))
}

fn sasl_first(method: &str, scram: &ScramSha256) -> Vec<u8> {
    let mut out = Vec::new();
    message::push_cstr(&mut out, method);
    // A nonce and a name, far below 2 GiB.
    let length = u32::try_from(scram.message().len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(scram.message());
    out
}

fn password(config: &PostgresConfig) -> Result<&str> {
    config
        .password
        .as_ref()
        .map(bindery_core::config::Secret::expose)
        .ok_or_else(|| {
            super::error::config("the server demands a password, and none is configured")
        })
}

fn with_nul(bytes: &[u8]) -> Vec<u8> {
    [bytes, &[0]].concat()
}

#[cold]
fn out_of_turn() -> crate::error::Error {
    connect_error(Fault::Protocol("a step of the login out of sequence"))
}

/// The error for a party that answers without knowing the password: it is not the server.
#[cold]
fn distrusted() -> crate::error::Error {
    connect_error(Fault::Protocol(
        "the server did not prove that it knows the password",
    ))
}

#[cold]
fn unknown_method() -> crate::error::Error {
    super::error::config(
        "the server demands a login that is not supported here: supported are `scram-sha-256`, `md5`, `password` and `trust`",
    )
}

/// Requests that the server cancel the statement of a session, and waits for nothing.
pub(super) fn cancel(
    peer: &Peer,
    tls: Option<&Tls>,
    key: [u8; 8],
    deadline: Deadline,
) -> Result<(), Fault> {
    let mut out = Vec::new();
    message::cancel(&mut out, key);
    let mut socket = connect(peer, tls, deadline)?;
    socket.send(&out)?;
    // Closing while something of TLS is unread would take the request back; the server closes when it has read it.
    while socket.is_encrypted() && socket.receive().is_ok() {
        socket.take(socket.unread().len());
    }
    Ok(())
}
