//! Sets up a session after the login, and checks that it is: one message out, one answer in. What an account, a
//! database or a pooler in between says otherwise is overruled, or the connection is refused with a sentence.

use std::time::Duration;

use bindery_core::config::SessionReset;
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

use super::answer::Expected;
use super::error::{config as refused, connect_error};
use super::message;
use super::options::PostgresConfig;
use super::session::{Fault, Session};
use crate::driver::versions::{POSTGRES, shown_version};
use crate::driver::wire::Deadline;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::value::postgres::bytes;

/// The settings that the server has to report in the end, and what relies on them.
const NEEDED: [(&str, &str); 5] = [
    ("client_encoding", "UTF8"),
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO"),
    ("standard_conforming_strings", "on"),
    // Foreign keys are not looked at in a session that is a replica's.
    ("session_replication_role", "origin"),
];

/// Settings that do not belong into the first message: poolers between us and the server refuse what they do not know.
pub(super) fn settle(
    session: &mut Session,
    config: &PostgresConfig,
    deadline: Deadline,
) -> Result<()> {
    let out = session.begin(deadline).map_err(connect_error)?;
    message::query(out, &sql(config));
    session.send(1).map_err(connect_error)?;
    let mut said = Vec::new();
    let outcome = session.answer(Expected::Text, |tag, body| {
        if tag == b'D' {
            said.extend(texts(body).ok_or("a row that does not hold its columns")?);
        }
        Ok(())
    });
    // A server that is not PostgreSQL may not know the settings either: that it is another product is the better answer.
    if let Some(version) = said.first() {
        POSTGRES.check(session.version(), version)?;
    }
    outcome.map_err(connect_error)?;
    verify(&said)?;
    if let Some(schema) = &config.schema
        && said.get(NEEDED.len() + 2) != Some(schema)
    {
        return Err(Error::new(ErrorKind::UnknownDatabase).during(Operation::Connect));
    }
    if config.writable && said.get(NEEDED.len() + 1).is_some_and(|only| only == "on") {
        return Err(connect_error(Fault::Protocol(
            "the server takes no writes: it is a standby, or set to read only",
        )));
    }
    session.watch_settings();
    let is_always = config.session.reset == SessionReset::Always;
    session.keep_reset(format!("{RESET}; {}", settings(config)), is_always);
    Ok(())
}

/// The statements of `DISCARD ALL`, but for prepared statements, which stay: their plans follow the tables that they
/// meet. `DISCARD PLANS` would have each of them planned again, without a visible difference.
const RESET: &str = "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
    SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES";

fn verify(said: &[String]) -> Result<()> {
    for (index, (name, needed)) in NEEDED.iter().enumerate() {
        let found = said.get(index + 1).map_or("", String::as_str);
        if found.split(',').next() != Some(needed) {
            return Err(refused(&format!(
                "the session has `{name} = {}` and not `{needed}`, on which values and constraints rely: see what sets it \
                 (`ALTER ROLE`, `ALTER DATABASE`, a pooler)",
                shown_version(found)
            )));
        }
    }
    Ok(())
}

/// The version comes first, so that it is there even where a setting is refused.
fn sql(config: &PostgresConfig) -> String {
    let needed = NEEDED.map(|(name, _)| format!("current_setting('{name}')"));
    format!(
        "SELECT version(); {}; SELECT {}, current_setting('transaction_read_only'), pg_catalog.current_schema()",
        settings(config),
        needed.join(", ")
    )
}

/// `SET` overrules what `ALTER ROLE` and `ALTER DATABASE` say.
fn settings(config: &PostgresConfig) -> String {
    let session = &config.session;
    let mut sql = "SET standard_conforming_strings = on; SET client_encoding = 'UTF8'; \
        SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; \
        SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
        .to_owned();
    let mut set = |name: &str, limit: Option<Duration>| {
        let time = limit.map_or(0, |limit| limit.as_millis());
        // The server takes up to this number of milliseconds, 24 days.
        sql.push_str(&format!("; SET {name} = {}", time.min(i32::MAX as u128)));
    };
    set("statement_timeout", session.statement_timeout);
    set(
        "idle_in_transaction_session_timeout",
        session.idle_in_transaction_timeout,
    );
    if session.lock_timeout.is_some() {
        set("lock_timeout", session.lock_timeout);
    }
    if let Some(schema) = &config.schema {
        let mut path = SqlWriter::new(Dialect::Postgres);
        path.push("; SET search_path = ").identifier(schema);
        sql.push_str(&path.finish());
    }
    if config.read_only {
        sql.push_str("; SET default_transaction_read_only = on");
    }
    sql
}

/// The columns of a row, NULL as an empty text.
fn texts(mut body: &[u8]) -> Option<Vec<String>> {
    let columns = bytes::take_u16(&mut body)?;
    let mut texts = Vec::new();
    for _ in 0..columns {
        let length = usize::try_from(bytes::take_i32(&mut body)?).unwrap_or(0);
        let (text, rest) = body.split_at_checked(length)?;
        texts.push(String::from_utf8_lossy(text).into_owned());
        body = rest;
    }
    Some(texts)
}
