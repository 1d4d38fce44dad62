//! MySQL and MariaDB over a socket of our own: values in binary form, statements prepared once, a deadline for every wait.
//!
//! The crate `mysql` has limits for single reads only, is out of step after one of them, and takes several statements in
//! one text. Statements with parameters go through the binary protocol only: text would round floats. BEGIN is answered
//! before the first statement is sent: the server runs what follows a command that failed.

mod bulk;
mod catalogue;
mod cluster;
mod cursor;
#[cfg(feature = "ed25519")]
mod ed25519;
mod error;
mod greeting;
mod login;
mod mark;
mod options;
#[cfg(all(test, unix))]
pub(super) mod played;
#[cfg_attr(not(feature = "atomic"), path = "no_prepared.rs")]
mod prepared;
mod public_key;
mod raw;
mod replay;
mod session;
mod settle;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::config::SessionReset;

use self::error::{
    ends_transaction, is_no_such_session, is_stale_statement, is_statement_alone, statement_error,
};
use self::login::LoggedIn;
use self::mark::Marker;
use self::prepared::Xa;
use self::session::{Answer, Done, Fault, Session};
use super::cancel::Asked;
use super::connect::ServerInfo;
use super::wire::{Deadline, Limits, Peer, Silence, Statements, WITHOUT_ROW, is_answered};
use super::{Canceller, Cutter, Leaving, TakeRow, WriteParams};
use crate::driver::TransactionOptions;
use crate::error::wrong_count;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::value::mysql::column::Fields;
use crate::value::mysql::params::Values;
use crate::value::mysql::params::too_large;
use crate::value::mysql::{Params, bytes, row};
use crate::value::{ParamTarget, ParamWriter};

pub(crate) use self::cursor::MysqlCursor;
pub(crate) use self::options::MysqlConfig;

const PING: u8 = 0x0e;
const PREPARE: u8 = 0x16;
const EXECUTE: u8 = 0x17;
const CLOSE: u8 = 0x19;

/// One open MySQL or MariaDB connection.
pub(crate) struct MysqlConnection {
    session: Session,
    statements: Statements<Statement>,
    /// Parameters of the statement at hand; kept for their memory.
    values: Values,
    /// Where the values of the row at hand are.
    fields: Fields,
    transaction: Transaction,
    /// The transaction at hand as a branch of a group.
    xa: Xa,
    /// The transaction at hand can change nothing.
    only_reads: bool,
    /// The transaction at hand has changed something.
    wrote: bool,
    /// Where outcomes of transactions are kept, if they are.
    marker: Option<Marker>,
    max_allowed_packet: usize,
    /// The server takes the values of many rows for one statement (MariaDB).
    takes_bulk: bool,
    /// It is a node of a Galera cluster.
    is_node: bool,
    /// A node that has answered that it is not in its cluster.
    is_unfit: bool,
    /// The number of rows in the first statement of the last insert of many.
    rows_in_statement: usize,
    /// The session is to be made as new before it is used.
    reset_due: bool,
    /// Of the last statement that was executed; every later answer overwrites the server's own.
    last_insert_id: u64,
    info: ServerInfo,
    /// For requests from outside to cancel this connection's statement.
    config: MysqlConfig,
    limits: Limits,
    peer: Peer,
    number: u32,
    canceller: Canceller,
    raw: raw::Ran,
}

/// A prepared statement; its columns come with each answer.
struct Statement {
    id: u32,
    params: usize,
    /// It was said to return rows.
    returns: bool,
    /// The names of their columns.
    names: Vec<Box<str>>,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Transaction {
    None,
    Open,
    /// The server has ended it after an error and would run what follows outside of any.
    Aborted,
}

impl MysqlConnection {
    /// Connects within the time, or within the configuration's where that is shorter.
    pub(crate) fn connect(config: &MysqlConfig, limit: Duration) -> Result<Self> {
        let deadline = Deadline::after(Some(limit.min(config.connect_timeout)));
        let there = login::log_in(config, &config.peer, deadline)
            .map_err(|error| error.during(Operation::Connect))?;
        let mut connection = Self::over(there, config);
        connection.watch_silence();
        if config.resolve_commits {
            connection.keep_outcomes(deadline)?;
        }
        Ok(connection)
    }

    /// A statement without a time limit waits as long as it takes, but for no server that is silent. The trial is a whole login: a
    /// host with too many broken ones is locked out (MySQL, `max_connect_errors`).
    fn watch_silence(&mut self) {
        if self.config.statement_timeout.is_some() {
            return;
        }
        let (config, peer) = (self.config.clone(), self.peer.clone());
        let trial = move |deadline| match login::log_in(&config, &peer, deadline) {
            Ok(_) => true,
            Err(error) => is_answered(&error),
        };
        let silence = Silence::new(self.config.connect_timeout, trial);
        self.session.watch_silence(silence);
    }

    /// A connection over a session that is logged in.
    fn over(there: LoggedIn, config: &MysqlConfig) -> Self {
        let address = there.session.socket().address();
        Self {
            peer: address.map_or_else(|| config.peer.clone(), Peer::Address),
            session: there.session,
            statements: Statements::default(),
            values: Values::below(there.max_allowed_packet),
            fields: Fields::default(),
            transaction: Transaction::None,
            xa: Xa::default(),
            only_reads: false,
            wrote: false,
            marker: None,
            max_allowed_packet: there.max_allowed_packet,
            takes_bulk: there.takes_bulk,
            is_node: there.is_node,
            is_unfit: false,
            rows_in_statement: 0,
            reset_due: false,
            last_insert_id: 0,
            info: there.info,
            config: config.clone(),
            limits: Limits::new(config.statement_timeout),
            number: there.connection,
            canceller: Canceller::default(),
            raw: raw::Ran::default(),
        }
    }

    fn deadline(&self) -> Deadline {
        self.limits.deadline()
    }

    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        self.encode(write)?;
        self.execute_values(sql)
    }

    /// Runs a statement with the values that are there.
    fn execute_values(&mut self, sql: &str) -> Result<u64> {
        let mut last = Done::default();
        self.run(sql, |session, _, _| {
            last = session.read_away()?;
            Ok(())
        })?;
        self.last_insert_id = last.last_insert_id;
        Ok(last.changed)
    }

    /// Rows are read where they came in; nothing of them is copied before `take` copies it.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.encode(write)?;
        self.query_values(sql, take)
    }

    /// The same with the values that are there.
    fn query_values(&mut self, sql: &str, take: TakeRow<'_>) -> Result<()> {
        let mut outcome = Ok(true);
        self.run(sql, |session, statement, fields| {
            let columns = match session.answer()? {
                Answer::Rows(columns) => columns,
                Answer::Done(_) if statement.returns => return Err(session.broken(NO_ROWS)),
                Answer::Done(done) => return rest_away(session, done),
            };
            loop {
                let payload = match session.row()? {
                    Ok(payload) => payload,
                    Err(done) => return rest_away(session, done),
                };
                let body = session.bytes(&payload);
                if !matches!(outcome, Ok(true)) {
                    continue;
                }
                if fields.read(body, &columns).is_none() {
                    return Err(session.broken(BROKEN_ROW));
                }
                outcome = take(&mut row::reader(&columns, body, fields));
            }
        })?;
        outcome.map(drop)
    }

    #[cold]
    pub(crate) fn without_row(&mut self) -> Error {
        let fault = self.session.broken(WITHOUT_ROW);
        self.failed(fault)
    }

    /// Runs a prepared statement with the values that are there. One that the server no longer knows is prepared anew,
    /// once, outside a transaction: the first attempt failed before it did anything.
    fn run(
        &mut self,
        sql: &str,
        read: impl FnMut(&mut Session, &Statement, &mut Fields) -> Result<(), Fault>,
    ) -> Result<()> {
        let given = self.values.count();
        self.run_sent(
            sql,
            given,
            |connection, statement| connection.send(statement),
            read,
        )
    }

    /// The same with this number of values, which `send` sends.
    fn run_sent(
        &mut self,
        sql: &str,
        given: usize,
        mut send: impl FnMut(&mut Self, &Statement) -> Result<()>,
        mut read: impl FnMut(&mut Session, &Statement, &mut Fields) -> Result<(), Fault>,
    ) -> Result<()> {
        let is_outside = self.transaction == Transaction::None;
        let mut is_first = true;
        loop {
            let statement = self.prepared(sql, given)?;
            send(self, &statement)?;
            match read(&mut self.session, &statement, &mut self.fields) {
                Ok(()) => {
                    self.observe();
                    return Ok(());
                }
                Err(Fault::Server(said)) if is_stale_statement(&said) => {
                    self.statements.forget(sql);
                    let may_retry = is_outside || is_statement_alone(&said);
                    if !std::mem::take(&mut is_first) || !may_retry {
                        return Err(self.failed(Fault::Server(said)));
                    }
                }
                Err(fault) if is_outside => return Err(self.commit_failed(fault)),
                Err(fault) => return Err(self.failed(fault)),
            }
        }
    }

    fn prepared(&mut self, sql: &str, given: usize) -> Result<Arc<Statement>> {
        self.ensure_usable()?;
        let statement = match self.statements.get(sql) {
            Some(statement) => statement,
            None => {
                let statement = self
                    .prepare(sql)
                    .map_err(|fault| self.failed(fault).before_it_ran().of_text())?;
                let statement = Arc::new(statement);
                self.statements.insert(sql, Arc::clone(&statement));
                statement
            }
        };
        if given == statement.params {
            Ok(statement)
        } else {
            Err(wrong_count(given, statement.params))
        }
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, Fault> {
        let deadline = self.deadline();
        let mut out = self.session.begin(deadline)?;
        for dropped in self.statements.take_dropped() {
            out.push(CLOSE);
            out.extend_from_slice(&dropped.id.to_le_bytes());
            out = self.session.another();
        }
        out.push(PREPARE);
        out.extend_from_slice(sql.as_bytes());
        self.session.send()?;
        let payload = self.session.payload()?;
        let body = self.session.bytes(&payload);
        if body.first() == Some(&0xff) {
            return Err(self.session.refused(&payload));
        }
        let Some((mut statement, columns)) = Statement::read(body) else {
            return Err(self.session.broken("a statement that is not described"));
        };
        self.session.columns(statement.params)?;
        self.session.keep_names();
        self.session.columns(columns)?;
        statement.names = self.session.take_names();
        self.session.answered();
        Ok(statement)
    }

    /// A server answers what is too large by closing the connection, so it is not sent.
    fn send(&mut self, statement: &Statement) -> Result<()> {
        const NO_CURSOR_ONCE: [u8; 5] = [0, 1, 0, 0, 0];
        let deadline = self.deadline();
        let out = self.session.begin(deadline).map_err(statement_error)?;
        out.push(EXECUTE);
        out.extend_from_slice(&statement.id.to_le_bytes());
        out.extend_from_slice(&NO_CURSOR_ONCE);
        self.values.write(out);
        if self.session.written() >= self.max_allowed_packet {
            return Err(too_large(self.max_allowed_packet));
        }
        self.session.send().map_err(|fault| self.failed(fault))
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.ensure_usable()?;
        self.command(sql)?;
        self.observe();
        Ok(())
    }

    fn command(&mut self, sql: &str) -> Result<()> {
        let deadline = self.deadline();
        settle::run_statement(&mut self.session, deadline, sql).map_err(|fault| self.failed(fault))
    }

    fn encode(&mut self, write: WriteParams<'_>) -> Result<()> {
        self.values.clear();
        encode(&mut self.values, write)
    }

    pub(crate) fn is_quiet(&mut self) -> bool {
        self.session.is_quiet()
    }

    pub(crate) fn ping(&mut self, limit: Duration) -> Result<()> {
        let deadline = Deadline::after(Some(limit));
        let mut ping = || {
            self.session.begin(deadline)?.push(PING);
            self.session.send()?;
            self.session.read_away()
        };
        let synced = match ping() {
            Ok(_) if self.is_node => cluster::ensure_synced(&mut self.session, deadline),
            answered => answered.map(drop),
        };
        synced.map_err(|fault| {
            self.is_unfit |= self.is_node && matches!(fault, Fault::Protocol(_));
            self.failed(fault)
        })
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        const SQL: &str = "SELECT 1 FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?";
        let mut found = false;
        let write = &mut |params: &mut ParamWriter<'_>| {
            match schema {
                Some(schema) => params.text(schema),
                None => params.null(),
            }
            params.text(table);
        };
        self.query(SQL, write, &mut |_| {
            found = true;
            Ok(false)
        })?;
        Ok(found)
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.only_reads
    }

    pub(crate) fn last_insert_id(&mut self) -> u64 {
        self.last_insert_id
    }

    /// Sets the options of the next transaction before it begins.
    pub(crate) fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        if options.defers_constraints {
            let why = "MySQL and MariaDB check foreign keys row by row and cannot defer that";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        if let Some(isolation) = options.isolation {
            self.batch(&format!("SET TRANSACTION ISOLATION LEVEL {isolation}"))?;
        }
        if !self.begin_branch(options)? {
            self.batch(if options.is_read_only {
                "START TRANSACTION READ ONLY"
            } else {
                "BEGIN"
            })?;
        }
        self.transaction = Transaction::Open;
        self.only_reads = options.is_read_only;
        self.wrote = false;
        Ok(())
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        self.ensure_usable()?;
        self.mark().map_err(Error::before_it_ran)?;
        self.session
            .ensure_there()
            .map_err(|fault| self.failed(fault))?;
        let deadline = self.deadline();
        let committed = settle::run_statement(&mut self.session, deadline, "COMMIT");
        committed.map_err(|fault| self.commit_failed(fault))?;
        self.transaction = Transaction::None;
        self.end_chained();
        Ok(())
    }

    pub(crate) fn rollback(&mut self) -> Result<()> {
        if self.roll_back_branch()? {
            return Ok(());
        }
        self.command("ROLLBACK")?;
        self.transaction = Transaction::None;
        self.end_chained();
        Ok(())
    }

    /// Closes a session that has begun another transaction by itself, as `completion_type` may have it do: what came next
    /// would be lost.
    fn end_chained(&mut self) {
        if self.session.in_transaction() {
            self.session.give_up();
        }
    }

    /// The time that operations on it may take.
    pub(crate) fn set_bound(&mut self, bound: Option<Instant>) {
        self.limits().set_bound(bound);
    }

    pub(in crate::driver) fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.transaction != Transaction::None || self.session.in_transaction()
    }

    /// Whether settings of the session are changed, or the server may be ending it. Such a connection is good for its holder, and for
    /// no caller after.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.session.is_spoiled()
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.session.is_dead()
    }

    pub(crate) fn given_back(&mut self) -> bool {
        if self.has_prepared() {
            return false;
        }
        self.forget_branch();
        if self.raw.has_run() {
            return self.clean();
        }
        self.reset_due = self.config.session.reset == SessionReset::Always;
        true
    }

    /// Nothing more is sent to the server; where it has to end the session itself, this reports when it has.
    pub(crate) fn leave(&mut self) -> Option<Leaving> {
        Some(self.session.leave())
    }

    /// Returns the handle by which another thread can cut it off.
    pub(crate) fn cutter(&self) -> Cutter {
        self.session.socket().cutter()
    }

    pub(crate) fn server_info(&self) -> &ServerInfo {
        &self.info
    }

    fn ensure_usable(&mut self) -> Result<()> {
        match self.transaction {
            Transaction::None if self.reset_due => self.reset(),
            Transaction::None | Transaction::Open => Ok(()),
            Transaction::Aborted => Err(Error::new(ErrorKind::TransactionAborted)),
        }
    }

    /// Makes the session as new. The server would run what comes after a failed reset, so it is answered first.
    #[cold]
    fn reset(&mut self) -> Result<()> {
        let deadline = self.deadline();
        // The server forgets all statements, and gets no request for any.
        self.statements = Statements::default();
        let reset = settle::reset(&mut self.session, (&self.config, self.is_node), deadline);
        if reset.is_err() {
            self.session.give_up();
        }
        reset.map_err(|fault| self.failed(fault).before_it_ran())?;
        self.reset_due = false;
        Ok(())
    }

    /// A statement may end the transaction by itself (DDL commits): what follows would run outside of any.
    fn observe(&mut self) {
        if self.transaction == Transaction::Open && !self.session.in_transaction() {
            self.transaction = Transaction::Aborted;
        }
    }

    /// The error to return. The statement of a server that is still at work is cancelled; the connection is closed
    /// either way.
    #[cold]
    fn failed(&mut self, fault: Fault) -> Error {
        if let Fault::Server(said) = &fault
            && self.transaction == Transaction::Open
            && ends_transaction(said)
        {
            self.transaction = Transaction::Aborted;
        }
        if fault.leaves_work() {
            self.cancel();
        }
        if let Fault::Server(said) = &fault {
            self.is_unfit |= said.is_outside_cluster();
            self.is_unfit |= self.is_node && said.is_of_waiting() && !self.is_synced();
        }
        let error = statement_error(fault);
        if self.is_unfit || *error.kind() == ErrorKind::ConnectionLost {
            self.session.give_up();
        }
        error
    }

    /// Sends requests to cancel statements that take too long through this one.
    pub(crate) fn cancel_by(&mut self, canceller: &Canceller) {
        self.canceller = canceller.clone();
    }

    /// Requests that the server cancel. Whether that arrives changes nothing for the caller.
    #[cold]
    fn cancel(&self) {
        let (config, peer, number) = (self.config.clone(), self.peer.clone(), self.number);
        self.canceller.ask(move |limit| {
            let deadline = Deadline::after(Some(limit));
            let Ok(mut other) = login::log_in(&config, &peer, deadline) else {
                return Asked::NotReached;
            };
            let kill = format!("KILL QUERY {number}");
            match settle::run_statement(&mut other.session, deadline, &kill) {
                Err(Fault::Server(said)) if is_no_such_session(&said) => Asked::Ended,
                Ok(_) | Err(Fault::Server(_)) => Asked::Sent,
                Err(_) => Asked::NotReached,
            }
        });
    }
}

const NO_ROWS: &str = "no rows where the statement returns some, or none";
const BROKEN_ROW: &str = "a row that does not hold its columns";

/// The further results of a procedure are dropped.
fn rest_away(session: &mut Session, done: Done) -> Result<(), Fault> {
    if done.more {
        session.read_away()?;
    }
    Ok(())
}

impl Statement {
    /// Reads what answers a statement that was prepared; the number of columns comes with it.
    fn read(body: &[u8]) -> Option<(Self, usize)> {
        let mut rest = body.strip_prefix(&[0])?;
        let id = bytes::take_u32(&mut rest)?;
        let columns = bytes::take_u16(&mut rest)?.into();
        let params = bytes::take_u16(&mut rest)?.into();
        let statement = Self {
            id,
            params,
            returns: columns > 0,
            names: Vec::new(),
        };
        Some((statement, columns))
    }
}

fn encode(values: &mut Values, write: WriteParams<'_>) -> Result<()> {
    let mut params = ParamWriter::new(ParamTarget::Mysql(Params::new(values)));
    write(&mut params);
    params.finish()
}

#[cfg(all(test, unix))]
mod tests;
