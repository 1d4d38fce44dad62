//! From an address to a session that can be used: the login, and the settings that values depend on.

use std::time::Instant;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::error::{connect_error, refused_config};
use super::greeting::{Greeting, IS_MYSQL};
use super::options::MysqlConfig;
use super::public_key::{self, PublicKey};
use super::session::{Fault, Session};
use super::settle::{least, settle};
use crate::driver::connect::ServerInfo;
use crate::driver::wire::{Deadline, Peer, SILENCE, Socket, Tls, is_postgres};
use crate::error::Result;
use crate::value::mysql::bytes::{put_counted, put_counted_number, put_text, take_text};

/// The capabilities of this side (MySQL's manual, "Capabilities Flags"). Neither several statements in one text nor
/// files of this machine: both are ways in for what was not meant.
mod capability {
    /// An update that changes nothing has still found its row.
    pub(super) const FOUND_ROWS: u32 = 1 << 1;
    pub(super) const LONG_FLAG: u32 = 1 << 2;
    pub(super) const CONNECT_WITH_DB: u32 = 1 << 3;
    pub(super) const PROTOCOL_41: u32 = 1 << 9;
    pub(super) const SSL: u32 = 1 << 11;
    pub(super) const TRANSACTIONS: u32 = 1 << 13;
    pub(super) const SECURE_CONNECTION: u32 = 1 << 15;
    pub(super) const MULTI_RESULTS: u32 = 1 << 17;
    pub(super) const PS_MULTI_RESULTS: u32 = 1 << 18;
    pub(super) const PLUGIN_AUTH: u32 = 1 << 19;
    pub(super) const CONNECT_ATTRS: u32 = 1 << 20;
    /// The server reports settings that change.
    pub(super) const SESSION_TRACK: u32 = 1 << 23;
    pub(super) const DEPRECATE_EOF: u32 = 1 << 24;

    pub(super) const WANTED: u32 = FOUND_ROWS
        | LONG_FLAG
        | CONNECT_WITH_DB
        | PROTOCOL_41
        | TRANSACTIONS
        | SECURE_CONNECTION
        | MULTI_RESULTS
        | PS_MULTI_RESULTS
        | PLUGIN_AUTH
        | CONNECT_ATTRS
        | SESSION_TRACK
        | DEPRECATE_EOF;
    /// Without these nothing here works; MySQL has them since 5.7.5, MariaDB since 10.2.
    pub(super) const NEEDED: u32 = PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH | DEPRECATE_EOF;
    /// Of MariaDB's own: one statement with the values of many rows.
    pub(super) const BULK: u32 = 1 << 2;
}

/// `utf8mb4_general_ci`, which both products know by this number.
const CHARSET: u8 = 45;
const LONGEST_PAYLOAD: u32 = 1 << 30;

const NATIVE: &[u8] = b"mysql_native_password";
const CACHING_SHA2: &[u8] = b"caching_sha2_password";
const CLEAR: &[u8] = b"mysql_clear_password";
const ED25519: &[u8] = b"client_ed25519";

/// A session that can be used, and what is known of the server.
pub(super) struct LoggedIn {
    pub(super) session: Session,
    pub(super) info: ServerInfo,
    pub(super) connection: u32,
    pub(super) max_allowed_packet: usize,
    /// It is a node of a Galera cluster, as the engine is.
    pub(super) is_node: bool,
    pub(super) takes_bulk: bool,
}

/// Connects and logs in within the deadline.
pub(super) fn log_in(config: &MysqlConfig, peer: &Peer, deadline: Deadline) -> Result<LoggedIn> {
    let socket =
        Socket::connect(peer, deadline).map_err(|error| connect_error(Fault::Io(error)))?;
    let mut session = Session::new(socket);
    session.set_deadline(deadline);
    await_greeting(&mut session, peer, deadline).map_err(connect_error)?;
    let greeting = greet(&mut session).map_err(connect_error)?;
    if greeting.capabilities & capability::NEEDED != capability::NEEDED {
        return Err(least(&greeting.version).refused(&greeting.version));
    }
    if let Some(tls) = &config.tls {
        encrypt(&mut session, tls, &greeting).map_err(connect_error)?;
    }
    authenticate(&mut session, config, &greeting)?;
    let settled = settle(&mut session, config, deadline)?;
    Ok(LoggedIn {
        session,
        info: settled.info,
        connection: greeting.connection,
        max_allowed_packet: settled.max_allowed_packet,
        is_node: settled.is_node,
        takes_bulk: greeting.extended & capability::BULK != 0,
    })
}

/// A server that says nothing may be PostgreSQL, which waits to be spoken to. One that is slow has the rest of the time.
fn await_greeting(session: &mut Session, peer: &Peer, deadline: Deadline) -> Result<(), Fault> {
    let Some(silence) = Instant::now().checked_add(SILENCE) else {
        return Ok(());
    };
    let has_spoken = session.has_spoken_by(deadline.at_latest(Some(silence)))?;
    session.set_deadline(deadline);
    if has_spoken || deadline.left().is_err() {
        return Ok(());
    }
    let address = session.socket().address();
    let peer = address.map_or_else(|| peer.clone(), Peer::Address);
    let soon = Instant::now().checked_add(SILENCE);
    if is_postgres(&peer, deadline.at_latest(soon)) {
        return Err(Fault::Stranger {
            expected: "MySQL or MariaDB",
            found: "PostgreSQL".to_owned(),
        });
    }
    Ok(())
}

fn greet(session: &mut Session) -> Result<Greeting, Fault> {
    let payload = session.payload()?;
    let body = session.bytes(&payload);
    if body.first() == Some(&0xff) {
        // The client's abilities are not known yet, so there is no SQLSTATE in it.
        let said = super::error::ServerError::parse(body);
        return Err(Fault::Server(Box::new(said)));
    }
    match Greeting::parse(body) {
        Some(greeting) => Ok(greeting),
        None => Err(session.broken("no greeting of MySQL or MariaDB")),
    }
}

/// Asks for TLS before anything of the account is said. A server that has none is left: there is no way back to plain
/// text.
fn encrypt(session: &mut Session, tls: &Tls, greeting: &Greeting) -> Result<(), Fault> {
    if greeting.capabilities & capability::SSL == 0 {
        return Err(session.broken(
            "the server has no TLS: switch it on there (`ssl_cert`, `ssl_key`); plain text has to be chosen, by \
             `tls = \"disable\"`",
        ));
    }
    put_abilities(session.reply(), greeting, true);
    session.send()?;
    session.encrypt(tls)
}

/// Writes the fields with which both the request for TLS and the login begin.
fn put_abilities(out: &mut Vec<u8>, greeting: &Greeting, encrypted: bool) {
    // To MariaDB we are none of MySQL's, so that it reads the last of the reserved bytes.
    let kind = greeting.capabilities & IS_MYSQL;
    let tls = if encrypted { capability::SSL } else { 0 };
    let extended = greeting.extended & capability::BULK;
    out.extend_from_slice(&(capability::WANTED | kind | tls).to_le_bytes());
    out.extend_from_slice(&LONGEST_PAYLOAD.to_le_bytes());
    out.push(CHARSET);
    out.extend_from_slice(&[0; 19]);
    out.extend_from_slice(&extended.to_le_bytes());
}

fn authenticate(session: &mut Session, config: &MysqlConfig, greeting: &Greeting) -> Result<()> {
    let plugin = if greeting.plugin == CACHING_SHA2 {
        CACHING_SHA2
    } else {
        NATIVE
    };
    let answer = scramble(plugin, config.password(), &greeting.salt);
    let encrypted = session.socket().is_encrypted();
    let out = session.reply();
    put_abilities(out, greeting, encrypted);
    put_text(out, &config.user);
    put_counted(out, &answer);
    put_text(out, &config.database);
    out.extend_from_slice(plugin);
    out.push(0);
    put_attributes(out, &[("program_name", &config.application_name)]);
    session.send().map_err(connect_error)?;
    converse(session, config, plugin.to_vec(), greeting.salt.clone())
}

fn put_attributes(out: &mut Vec<u8>, attributes: &[(&str, &str)]) {
    let mut all = Vec::new();
    for (name, value) in attributes {
        put_counted(&mut all, name.as_bytes());
        put_counted(&mut all, value.as_bytes());
    }
    put_counted_number(out, all.len() as u64);
    out.extend_from_slice(&all);
}

/// Answers the server's requests until the login is done.
fn converse(
    session: &mut Session,
    config: &MysqlConfig,
    mut plugin: Vec<u8>,
    mut salt: Vec<u8>,
) -> Result<()> {
    /// The replies of `caching_sha2_password`: it knows the password already, or demands it.
    const KNOWN: &[u8] = &[1, 3];
    const WANTED: &[u8] = &[1, 4];
    loop {
        let payload = session.payload().map_err(connect_error)?;
        let mut body = session.bytes(&payload);
        let answer = match body.first() {
            Some(0x00) => {
                session.answered();
                return Ok(());
            }
            Some(0xff) => {
                let said = super::error::ServerError::parse(body);
                return Err(connect_error(Fault::Server(Box::new(said))));
            }
            Some(0xfe) if body.len() > 1 => {
                body = &body[1..];
                plugin = take_text(&mut body).to_vec();
                salt = body.to_vec();
                prove(session, config, &plugin, &salt)?
            }
            _ if body == KNOWN && plugin == CACHING_SHA2 => continue,
            _ if body == WANTED && plugin == CACHING_SHA2 => {
                shown(session, config.password(), &salt)?
            }
            _ => {
                let fault = session.broken("a step of the login out of sequence");
                return Err(connect_error(fault));
            }
        };
        session.reply().extend_from_slice(&answer);
        session.send().map_err(connect_error)?;
    }
}

/// Answers the way to log in that the server demands; only those are accepted that reveal nothing to a party that
/// should not be shown.
fn prove(session: &Session, config: &MysqlConfig, plugin: &[u8], salt: &[u8]) -> Result<Vec<u8>> {
    match plugin {
        NATIVE | CACHING_SHA2 => Ok(scramble(plugin, config.password(), unended(salt))),
        #[cfg(feature = "ed25519")]
        ED25519 => super::ed25519::sign(config.password(), salt).ok_or_else(|| {
            connect_error(Fault::Protocol(
                "a login by `client_ed25519` out of sequence",
            ))
        }),
        #[cfg(not(feature = "ed25519"))]
        ED25519 => Err(refused_config(
            "the account logs in by `client_ed25519`, and the program was built without the feature `ed25519` of `bindery`: \
             add it in `Cargo.toml`",
        )),
        CLEAR => shown_to_the_right_one(session, config),
        _ => Err(unknown_plugin(plugin)),
    }
}

/// Without the zero at its end.
fn unended(salt: &[u8]) -> &[u8] {
    salt.strip_suffix(&[0]).unwrap_or(salt)
}

/// This way shows the password to any server that demands it, so the server has to be verified.
fn shown_to_the_right_one(session: &Session, config: &MysqlConfig) -> Result<Vec<u8>> {
    let is_known = config.tls.as_ref().is_some_and(Tls::verifies);
    if is_known && session.socket().is_encrypted() {
        return Ok([config.password(), &[0]].concat());
    }
    Err(refused_config(
        "the server demands the password in plain text (`mysql_clear_password`), and the server is not verified: write \
         `tls = \"verify-full\"`",
    ))
}

/// Shows the server a password that it does not remember: as plain text over TLS and within the machine, else
/// encrypted with its key. The key is the peer's own word: a plain connection keeps out eavesdroppers, but not an
/// attacker that answers in the server's place.
fn shown(session: &mut Session, password: &[u8], salt: &[u8]) -> Result<Vec<u8>> {
    const ASK_FOR_KEY: u8 = 2;
    let mut text = [password, &[0]].concat();
    let socket = session.socket();
    if socket.is_encrypted() || socket.address().is_none() {
        return Ok(text);
    }
    session.reply().push(ASK_FOR_KEY);
    session.send().map_err(connect_error)?;
    let payload = session.payload().map_err(connect_error)?;
    let key = match session.bytes(&payload) {
        [1, pem @ ..] => PublicKey::parse(pem),
        _ => None,
    };
    let salt = unended(salt).iter().cycle();
    text.iter_mut()
        .zip(salt)
        .for_each(|(byte, salt)| *byte ^= salt);
    let mut seed = [0; public_key::HASH];
    let encrypted = key
        .filter(|_| getrandom::fill(&mut seed).is_ok())
        .and_then(|key| key.encrypt(&text, seed));
    encrypted.ok_or_else(|| {
        refused_config(
            "the server demands the password, and has no RSA key of 2048 bits or more for it: write \
             `tls = \"verify-full\"`, or connect through a socket file",
        )
    })
}

/// Proves that the password is known without showing it. Without a password nothing is sent.
fn scramble(plugin: &[u8], password: &[u8], salt: &[u8]) -> Vec<u8> {
    if password.is_empty() {
        return Vec::new();
    }
    if plugin == CACHING_SHA2 {
        let once = Sha256::digest(password);
        let with_salt = Sha256::new()
            .chain_update(Sha256::digest(once))
            .chain_update(salt);
        xor(&once, &with_salt.finalize())
    } else {
        let once = Sha1::digest(password);
        let with_salt = Sha1::new()
            .chain_update(salt)
            .chain_update(Sha1::digest(once));
        xor(&once, &with_salt.finalize())
    }
}

fn xor(left: &[u8], right: &[u8]) -> Vec<u8> {
    left.iter().zip(right).map(|(a, b)| a ^ b).collect()
}

#[cold]
fn unknown_plugin(plugin: &[u8]) -> crate::error::Error {
    let name = String::from_utf8_lossy(plugin).escape_debug().to_string();
    refused_config(&format!(
        "the account logs in by `{name}`, which is not supported here: supported are `caching_sha2_password`, \
         `mysql_native_password`, `client_ed25519` and, over TLS, `mysql_clear_password`"
    ))
}
