//! Sets up a session after the login, and checks that it is. What the server's defaults and its `init_connect` set
//! otherwise is overruled, or the connection is refused with a sentence.

use std::time::Duration;

use super::cluster;
use super::error::{connect_error, refused_config};
use super::options::MysqlConfig;
use super::session::{Answer, Fault, Session};
use crate::driver::connect::ServerInfo;
use crate::driver::versions::{Least, MARIADB, MYSQL, shown_version};
use crate::driver::wire::Deadline;
use crate::error::Result;
use crate::value::mysql::bytes::take_counted;

/// Strict: a value that does not fit is refused instead of changed. Without `NO_AUTO_VALUE_ON_ZERO` a key of 0 would be
/// stored as another number. `NO_ZERO_DATE` is not among them: a date of zeros that a column of an old schema holds must
/// be writable again, and no other value becomes one.
const SQL_MODE: &str =
    "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION";

/// The settings that the server has to report in the end; `sql_mode` is compared word by word.
const NEEDED: [(&str, &str); 8] = [
    ("sql_mode", SQL_MODE),
    ("time_zone", "+00:00"),
    ("character_set_client", "utf8mb4"),
    ("character_set_connection", "utf8mb4"),
    ("character_set_results", "utf8mb4"),
    ("autocommit", "1"),
    ("foreign_key_checks", "1"),
    ("unique_checks", "1"),
];

/// The server ends a session that sends nothing for this long; its own default. One of a few seconds would take
/// connections out of the pool that are idle for a moment.
const WAIT_TIMEOUT: Duration = Duration::from_secs(8 * 60 * 60);

/// The facts about a server after the login.
pub(super) struct Settled {
    pub(super) info: ServerInfo,
    pub(super) max_allowed_packet: usize,
    /// It is a node of a Galera cluster, as the engine is.
    pub(super) is_node: bool,
}

/// Sets the session up and reads it back: one message each, as the server runs what follows a command that failed.
pub(super) fn settle(
    session: &mut Session,
    config: &MysqlConfig,
    deadline: Deadline,
) -> Result<Settled> {
    let set = run_statement(session, deadline, &sql(config));
    // A server that is neither may not know the settings: that it is another product is the better answer.
    let said = ask(session, deadline, &question(config)).map_err(connect_error)?;
    let setting = |index: usize| said.get(index).cloned().unwrap_or_default();
    let version = setting(0);
    let product = least(&version);
    product.check(&version, &setting(1))?;
    set.map_err(connect_error)?;
    verify(&said)?;
    // Newer versions of MariaDB have words for it.
    if config.writable && !matches!(setting(BEFORE + NEEDED.len()).as_str(), "0" | "OFF") {
        return Err(connect_error(Fault::Protocol(READ_ONLY)));
    }
    let is_node = is_node(
        session,
        config,
        setting(BEFORE + NEEDED.len() + 1).as_str(),
        deadline,
    );
    let is_node = is_node.map_err(connect_error)?;
    session.watch_settings();
    Ok(Settled {
        info: ServerInfo {
            product: product.product,
            version,
        },
        max_allowed_packet: setting(2).parse().unwrap_or_default(),
        is_node,
    })
}

/// MariaDB's version names it, whatever packed it.
pub(super) fn least(version: &str) -> Least {
    if version.contains(MARIADB.product) {
        MARIADB
    } else {
        MYSQL
    }
}

/// Whether the server is a node of the cluster that the engine is. A single server without one is fine, as a developer has it.
fn is_node(
    session: &mut Session,
    config: &MysqlConfig,
    answer: &str,
    deadline: Deadline,
) -> Result<bool, Fault> {
    let Some(nodes) = config.nodes else {
        return Ok(false);
    };
    match answer {
        "1" => {
            cluster::ensure_synced(session, deadline)?;
            cluster::wait(session, deadline).map(|()| true)
        }
        _ if nodes.are_several => Err(Fault::Protocol(cluster::NO_NODE)),
        _ => Ok(false),
    }
}

/// Returns the statement of settings. A text that is put together of many is cut off at a megabyte by MariaDB, at 1,024 bytes by MySQL,
/// unless `group_concat_max_len` says otherwise. Those of only one of the two products are in comments that only that one reads.
fn sql(config: &MysqlConfig) -> String {
    let session = &config.session;
    let milliseconds = |limit: Option<Duration>| limit.map_or(0, |limit| limit.as_millis());
    let statement = milliseconds(session.statement_timeout);
    let idle = whole_seconds(session.idle_in_transaction_timeout);
    let tracked = "character_set_client,character_set_connection,character_set_results,time_zone,sql_mode,autocommit";
    let mut sql = format!(
        "SET NAMES utf8mb4, time_zone = '+00:00', autocommit = 1, completion_type = 0, foreign_key_checks = 1, unique_checks = 1, \
         sql_mode = '{SQL_MODE}', session_track_system_variables = '{tracked}', wait_timeout = {}, group_concat_max_len = 4294967295 \
         /*M! , max_statement_time = {}.{:03}, idle_transaction_timeout = {idle} */ \
         /*!80000 , max_execution_time = {} */",
        WAIT_TIMEOUT.as_secs(),
        statement / 1_000,
        statement % 1_000,
        // MySQL takes up to this number of milliseconds, 49 days.
        statement.min(u128::from(u32::MAX)),
    );
    if let Some(limit) = session.lock_timeout {
        let seconds = whole_seconds(Some(limit));
        sql.push_str(&format!(
            ", innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}"
        ));
    }
    if config.read_only {
        sql.push_str(" /*M! , tx_read_only = 1 */ /*!80000 , transaction_read_only = 1 */");
    }
    sql
}

/// Makes the session as new, and sets it up again.
pub(super) fn reset(
    session: &mut Session,
    (config, is_node): (&MysqlConfig, bool),
    deadline: Deadline,
) -> Result<(), Fault> {
    const RESET_CONNECTION: u8 = 0x1f;
    session.change_settings();
    session.begin(deadline)?.push(RESET_CONNECTION);
    session.send()?;
    session.read_away()?;
    run_statement(session, deadline, &sql(config))?;
    if is_node {
        cluster::wait(session, deadline)?;
    }
    session.watch_settings();
    Ok(())
}

/// At least one where there is a limit: 0 is none.
fn whole_seconds(limit: Option<Duration>) -> u64 {
    limit.map_or(0, |limit| {
        limit.as_secs() + u64::from(limit.subsec_nanos() > 0)
    })
}

fn question(config: &MysqlConfig) -> String {
    let needed = NEEDED.map(|(name, _)| format!("@@{name}"));
    let is_node = config.nodes.map_or("", |_| cluster::IS_NODE);
    format!(
        "SELECT @@version, @@version_comment, @@max_allowed_packet, {}, @@global.read_only{is_node}",
        needed.join(", ")
    )
}

/// How many answers come before those about [`NEEDED`].
const BEFORE: usize = 3;
const READ_ONLY: &str = "the server takes no writes: it is a replica, or set to read only";

fn verify(said: &[String]) -> Result<()> {
    for (index, (name, needed)) in NEEDED.iter().enumerate() {
        let found = said.get(index + BEFORE).map_or("", String::as_str);
        let words = |text: &str| {
            let mut words: Vec<String> = text.split(',').map(str::to_owned).collect();
            words.sort();
            words
        };
        if words(found) != words(needed) {
            return Err(refused_config(&format!(
                "the session has `{name} = {}` and not `{needed}`, on which values rely: see what sets it (`init_connect`, \
                 a pooler)",
                shown_version(found)
            )));
        }
    }
    Ok(())
}

const QUERY: u8 = 3;

/// Runs one statement as text.
pub(super) fn run_statement(
    session: &mut Session,
    deadline: Deadline,
    sql: &str,
) -> Result<(), Fault> {
    send(session, deadline, sql)?;
    session.read_away().map(drop)
}

/// Sends one statement as text.
pub(super) fn send(session: &mut Session, deadline: Deadline, sql: &str) -> Result<(), Fault> {
    let out = session.begin(deadline)?;
    out.push(QUERY);
    out.extend_from_slice(sql.as_bytes());
    session.send()
}

/// Sends two statements as texts, the second of which the server runs whatever the first has come to.
#[cfg(feature = "atomic")]
pub(super) fn send_two(
    session: &mut Session,
    deadline: Deadline,
    [first, second]: &[String; 2],
) -> Result<(), Fault> {
    let out = session.begin(deadline)?;
    out.push(QUERY);
    out.extend_from_slice(first.as_bytes());
    let out = session.another();
    out.push(QUERY);
    out.extend_from_slice(second.as_bytes());
    session.send()
}

/// Reads the answers to both; the first error is the outcome.
#[cfg(feature = "atomic")]
pub(super) fn read_two(session: &mut Session) -> Result<(), Fault> {
    session.take_what_came();
    let first = session.read_away();
    if session.is_dead() {
        return first.map(drop);
    }
    session.next_of_two();
    let second = session.read_away();
    first.and(second).map(drop)
}

/// The texts of the one row of a query, NULL as an empty one.
pub(super) fn ask(
    session: &mut Session,
    deadline: Deadline,
    sql: &str,
) -> Result<Vec<String>, Fault> {
    let rows = ask_all(session, deadline, sql)?;
    Ok(rows.into_iter().next_back().unwrap_or_default())
}

/// The texts of all rows of a query, NULL as an empty one.
pub(super) fn ask_all(
    session: &mut Session,
    deadline: Deadline,
    sql: &str,
) -> Result<Vec<Vec<String>>, Fault> {
    let out = session.begin(deadline)?;
    out.push(QUERY);
    out.extend_from_slice(sql.as_bytes());
    session.send()?;
    let mut found = Vec::new();
    if let Answer::Rows(columns) = session.answer()? {
        while let Ok(row) = session.row()? {
            let mut body = session.bytes(&row);
            found.push((0..columns.len()).map(|_| column(&mut body)).collect());
        }
    }
    Ok(found)
}

fn column(body: &mut &[u8]) -> String {
    const NULL: u8 = 0xfb;
    if let Some(rest) = body.strip_prefix(&[NULL]) {
        *body = rest;
        return String::new();
    }
    let text = take_counted(body).unwrap_or_default();
    String::from_utf8_lossy(text).into_owned()
}
