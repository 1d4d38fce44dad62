//! PostgreSQL over a socket of our own: values in binary form, statements prepared once, a deadline for every wait.
//!
//! The crate `postgres` has no limit on a statement and blocks for ever where the server falls silent, also when it is
//! dropped; here every wait has an end, and one row less is copied.

mod answer;
mod begin;
mod catalogue;
mod copy;
mod cursor;
mod error;
mod login;
mod message;
#[cfg(feature = "outbox")]
mod notify;
mod number;
mod options;
mod pipeline;
#[cfg(all(test, unix))]
pub(super) mod played;
#[cfg(feature = "atomic")]
mod prepared;
mod raw;
mod replay;
mod session;
mod settle;
mod statement;
mod types;

use std::sync::Arc;
use std::time::{Duration, Instant};

use self::answer::{Expected, count};
use self::begin::Begin;
use self::copy::Copied;
use self::error::{is_stale_plan, statement_error};
use self::number::Numbering;
use self::session::{Fault, Session, Standing};
use self::statement::Statement;
use self::types::Types;
use super::cancel::Asked;
use super::connect::ServerInfo;
use super::wire::{Deadline, Limits, Peer, Silence, Statements, Tls, WITHOUT_ROW, is_answered};
use super::{Canceller, Cutter, Leaving, TakeRow, WriteParams};
use crate::driver::TransactionOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::value::postgres::Encoder;
use crate::value::postgres::decode::{self, Column, Fields};
use crate::value::{ParamTarget, ParamWriter};

pub(crate) use self::cursor::PostgresCursor;
pub(crate) use self::options::PostgresConfig;

/// A statement that was sent and is not answered.
struct Sent {
    statement: Arc<Statement>,
    /// So many answers to what begins a transaction come before its own.
    begins: usize,
}

impl Sent {
    fn expected(&self) -> Expected {
        Expected::one(self.begins, self.statement.returns)
    }
}

/// One open PostgreSQL connection.
pub(crate) struct PostgresConnection {
    session: Session,
    statements: Statements<Statement>,
    /// Counts names of statements, so that none is used twice.
    named: u64,
    types: Types,
    /// Where the columns of the row at hand are; kept for its memory.
    fields: Fields,
    /// A transaction was begun that the server does not know of yet: BEGIN goes with its first statement.
    begin_pending: Option<Begin>,
    /// The open transaction, or the last one, was begun to read only.
    only_reads: bool,
    #[cfg(feature = "outbox")]
    branch: notify::Branch,
    copied: Copied,
    numbering: Numbering,
    limits: Limits,
    /// Where a request to cancel goes to.
    peer: Peer,
    /// How it is encrypted.
    tls: Option<Tls>,
    canceller: Canceller,
    info: ServerInfo,
    /// Raw statements ran since it was taken from the pool.
    raw_ran: bool,
    /// A pooler may stand before the server: it keeps sessions.
    has_pooler: bool,
    /// The engine is a Citus cluster.
    is_cluster: bool,
}

impl PostgresConnection {
    /// Connects within the time, or within the configuration's where that is shorter.
    pub(crate) fn connect(config: &PostgresConfig, limit: Duration) -> Result<Self> {
        let deadline = Deadline::after(Some(limit.min(config.connect_timeout)));
        let session = login::log_in(config, deadline)
            .map_err(|error| error.during(crate::error::Operation::Connect))?;
        let address = session.socket().address();
        let peer = address.map_or_else(|| config.peer.clone(), Peer::Address);
        let mut connection = Self::over(session, peer, config.statement_timeout);
        connection.tls.clone_from(&config.tls);
        connection.has_pooler = config.session.session_pooler;
        connection.is_cluster = config.is_cluster;
        connection.watch_silence(config);
        connection.numbering.is_cluster = config.is_cluster;
        if config.resolve_commits {
            let is_wanted = config.session.resolve_commits == Some(true);
            connection.number_transactions(is_wanted, deadline)?;
        }
        Ok(connection)
    }

    /// A statement without a time limit waits as long as it takes, but for no server that is silent.
    fn watch_silence(&mut self, config: &PostgresConfig) {
        if config.statement_timeout.is_some() {
            return;
        }
        let mut there = config.clone();
        there.peer = self.peer.clone();
        let trial = move |deadline| match login::log_in(&there, deadline) {
            Ok(_) => true,
            Err(error) => is_answered(&error),
        };
        let silence = Silence::new(config.connect_timeout, trial);
        self.session.watch_silence(silence);
    }

    /// A connection over a session that is logged in.
    fn over(session: Session, peer: Peer, statement_timeout: Option<Duration>) -> Self {
        let version = session.version().to_owned();
        let product = "PostgreSQL";
        Self {
            session,
            statements: Statements::default(),
            named: 0,
            types: Types::default(),
            fields: Fields::default(),
            begin_pending: None,
            only_reads: false,
            #[cfg(feature = "outbox")]
            branch: notify::Branch::default(),
            copied: Copied::default(),
            numbering: Numbering::default(),
            limits: Limits::new(statement_timeout),
            peer,
            tls: None,
            canceller: Canceller::default(),
            info: ServerInfo { product, version },
            raw_ran: false,
            has_pooler: false,
            is_cluster: false,
        }
    }

    /// Whether tables of its engine have their rows on several servers.
    #[inline]
    pub(crate) fn has_shards(&self) -> bool {
        self.is_cluster
    }

    fn deadline(&self) -> Deadline {
        self.limits.deadline()
    }

    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        let mut changed = 0;
        self.run(sql, write, |session, sent, _| {
            session.answer(sent.expected(), |tag, body| {
                if tag == b'C' {
                    changed = count(body)?.unwrap_or(0);
                }
                Ok(())
            })
        })?;
        Ok(changed)
    }

    /// Rows are read where they came in; nothing of them is copied before `take` copies it.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let mut outcome = Ok(true);
        self.run(sql, write, |session, sent, fields| {
            let statement = &sent.statement;
            session.answer(sent.expected(), |tag, body| {
                if tag == b'D' && matches!(outcome, Ok(true)) {
                    fields.read(body, statement.columns.len())?;
                    outcome = take(&mut decode::reader(&statement.columns, body, fields));
                }
                Ok(())
            })
        })?;
        outcome.map(drop)
    }

    #[cold]
    pub(crate) fn without_row(&mut self) -> Error {
        let fault = self.session.broken(WITHOUT_ROW);
        self.failed(fault)
    }

    /// Runs a prepared statement. A plan that has become stale is made anew, once: the first attempt failed before it
    /// did anything. Within a transaction that is too late, unless the statement is its first.
    fn run(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        mut read: impl FnMut(&mut Session, &Sent, &mut Fields) -> Result<(), Fault>,
    ) -> Result<()> {
        let begins = self.begin_pending;
        let mut may_retry = begins.is_some() || self.session.standing() == Standing::Idle;
        loop {
            let sent = self.send(sql, write)?;
            let outcome = read(&mut self.session, &sent, &mut self.fields);
            self.learn_number();
            match outcome {
                Ok(()) => return Ok(()),
                Err(Fault::Server(said)) if is_stale_plan(&said) => {
                    if !self.renew(sql, begins, &mut may_retry)? {
                        return Err(self.failed(Fault::Server(said)));
                    }
                }
                Err(fault) => return Err(self.failed(fault)),
            }
        }
    }

    /// Returns whether a statement that was found stale may be tried again. What began with it is begun anew.
    #[cold]
    fn renew(&mut self, sql: &str, begins: Option<Begin>, may_retry: &mut bool) -> Result<bool> {
        self.statements.forget(sql);
        if !std::mem::take(may_retry) {
            return Ok(false);
        }
        if begins.is_some() {
            self.rollback()?;
            self.begin_pending = begins;
        }
        Ok(true)
    }

    /// Sends a statement with its parameters. One prepared before may expect types that the table no longer has, so a
    /// refusal of the parameters counts only of one that is prepared anew.
    fn send(&mut self, sql: &str, write: WriteParams<'_>) -> Result<Sent> {
        if let Some(statement) = self.statements.get(sql) {
            if self.bind(&statement, write).is_ok() {
                return self.sent(statement);
            }
            self.statements.forget(sql);
        }
        let statement = Arc::new(self.prepare(sql)?);
        self.statements.insert(sql, Arc::clone(&statement));
        self.bind(&statement, write)?;
        self.sent(statement)
    }

    fn sent(&mut self, statement: Arc<Statement>) -> Result<Sent> {
        let begins = self.begin_pending.take().map_or(0, Begin::answers);
        self.session
            .send(1 + u32::from(self.numbering.asked))
            .map_err(|fault| self.failed(fault))
            .map(|()| Sent { statement, begins })
    }

    /// Writes the messages that run a statement.
    fn bind(&mut self, statement: &Statement, write: WriteParams<'_>) -> Result<()> {
        let deadline = self.deadline();
        let out = match self.session.begin(deadline) {
            Ok(out) => out,
            Err(fault) => return Err(statement_error(fault)),
        };
        if let Some(begin) = self.begin_pending {
            begin.write(out);
        }
        statement.bind(out, |types, out| {
            let encoder = Encoder::new(types, out);
            let mut params = ParamWriter::new(ParamTarget::Postgres(encoder));
            write(&mut params);
            params.finish_all(types.len())
        })?;
        out.extend_from_slice(message::EXECUTE);
        out.extend_from_slice(message::SYNC);
        self.ask_number();
        Ok(())
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        self.describe(sql)
            .map_err(|fault| self.failed(fault).before_it_ran().of_text())
    }

    fn describe(&mut self, sql: &str) -> Result<Statement, Fault> {
        self.named += 1;
        let name = format!("bindery_{}", self.named);
        let deadline = self.deadline();
        let out = self.session.begin(deadline)?;
        // The server ignores a name that it does not know.
        for dropped in self.statements.take_dropped() {
            message::close(out, &dropped.name);
        }
        let begins = self.begin_pending.take();
        if let Some(begin) = begins {
            begin.write(out);
        }
        message::parse(out, &name, sql, &[]);
        message::describe(out, &name);
        out.extend_from_slice(message::SYNC);
        self.session.send(1)?;
        let (mut params, mut columns, mut returns) = (Vec::new(), Vec::new(), false);
        let begins = begins.map_or(0, Begin::answers);
        let expected = Expected::Description { begins };
        self.session.answer(expected, |tag, body| {
            match tag {
                b't' => params = decode::numbers(body).ok_or("parameters that end early")?,
                b'T' => {
                    columns = decode::columns(body).ok_or("columns that end early")?;
                    returns = true;
                }
                _ => (),
            }
            Ok(())
        })?;
        let params = self.types.of(&mut self.session, &params)?;
        let numbers: Vec<u32> = columns.iter().map(|(number, ..)| *number).collect();
        let types = self.types.of(&mut self.session, &numbers)?;
        let mut names = Vec::new();
        let columns = types.into_iter().zip(columns);
        let columns = columns.map(|(column_type, (_, modifier, name))| {
            names.push(name);
            Column {
                column_type,
                modifier,
            }
        });
        let columns = columns.collect();
        let mut statement = Statement::new(name, params, returns.then_some(columns));
        statement.names = names;
        Ok(statement)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.control(sql)?;
        self.ask_number_alone();
        Ok(())
    }

    /// Runs what surely writes nothing, so that no number is needed.
    fn control(&mut self, sql: &str) -> Result<()> {
        self.simple(sql, |_, _| ())
            .map_err(|fault| self.failed(fault))
    }

    /// Statements without parameters. A pending BEGIN goes before them, in the same text: where it fails, none is run.
    fn simple(&mut self, sql: &str, on: impl FnMut(u8, &[u8])) -> Result<(), Fault> {
        self.simple_within(self.deadline(), sql, on)
    }

    fn simple_within(
        &mut self,
        deadline: Deadline,
        sql: &str,
        on: impl FnMut(u8, &[u8]),
    ) -> Result<(), Fault> {
        self.send_simple(deadline, sql)?;
        self.read_simple(on)
    }

    fn send_simple(&mut self, deadline: Deadline, sql: &str) -> Result<(), Fault> {
        let out = self.session.begin(deadline)?;
        match self.begin_pending.take() {
            Some(begin) => message::query(out, &begin.before(sql)),
            None => message::query(out, sql),
        }
        self.session.send(1)
    }

    fn read_simple(&mut self, mut on: impl FnMut(u8, &[u8])) -> Result<(), Fault> {
        self.session.answer(Expected::Text, |tag, body| {
            on(tag, body);
            Ok(())
        })
    }

    pub(crate) fn is_quiet(&mut self) -> bool {
        self.session.is_quiet()
    }

    /// Sends an empty query.
    pub(crate) fn ping(&mut self, limit: Duration) -> Result<()> {
        let deadline = Deadline::after(Some(limit));
        self.simple_within(deadline, "", |_, _| ())
            .map_err(|fault| self.failed(fault))
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        // Ordinary and partitioned tables, views, materialised views and foreign tables.
        const SQL: &str = "SELECT 1 FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = coalesce($1, current_schema()) AND c.relname = $2 \
             AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
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

    /// Rows come back with what was generated, so it is not queried.
    pub(crate) fn last_insert_id(&mut self) -> u64 {
        0
    }

    /// Nothing is sent yet: BEGIN travels with the first statement, and an error there ends the transaction before it
    /// did anything.
    pub(crate) fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        self.ensure_alive()?;
        self.begin_pending = Some(Begin(*options));
        self.only_reads = options.is_read_only;
        #[cfg(feature = "outbox")]
        self.branch.begin();
        self.numbering.begin();
        Ok(())
    }

    /// The server answers COMMIT of a failed transaction by rolling back, without an error: the tag shows that.
    pub(crate) fn commit(&mut self) -> Result<()> {
        if self.begin_pending.take().is_some() {
            return self.ensure_alive();
        }
        self.session
            .ensure_there()
            .map_err(|fault| self.failed(fault))?;
        let mut committed = false;
        self.simple("COMMIT", |tag, body| {
            committed |= tag == b'C' && body == b"COMMIT\0";
        })
        .map_err(|fault| match self.numbering.is_decided_here() {
            true => self.failed_for_good(fault),
            false => self.failed(fault),
        })?;
        if committed {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::TransactionAborted))
        }
    }

    /// Fails if the connection was lost: where nothing is sent, no other call reports that.
    fn ensure_alive(&self) -> Result<()> {
        if self.is_broken() {
            return Err(Error::new(ErrorKind::ConnectionLost).before_it_ran());
        }
        Ok(())
    }

    pub(crate) fn rollback(&mut self) -> Result<()> {
        if self.begin_pending.take().is_some() {
            return Ok(());
        }
        self.batch("ROLLBACK")
    }

    /// The time that operations on it may take.
    pub(crate) fn set_bound(&mut self, bound: Option<Instant>) {
        self.limits().set_bound(bound);
    }

    pub(in crate::driver) fn limits(&mut self) -> &mut Limits {
        &mut self.limits
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.only_reads
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.begin_pending.is_some() || self.session.standing() != Standing::Idle
    }

    /// Whether settings of the session are changed. Such a connection is good for its holder, and for no caller after.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.session.is_spoiled()
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.session.is_dead()
    }

    pub(crate) fn given_back(&mut self) -> bool {
        #[cfg(feature = "outbox")]
        self.branch.forget();
        if self.raw_ran {
            return self.clean().is_ok();
        }
        self.session.reset_first();
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

    /// Sends requests to cancel statements that take too long through this one.
    pub(crate) fn cancel_by(&mut self, canceller: &Canceller) {
        self.canceller = canceller.clone();
    }

    /// Requests that the server cancel. Whether that arrives changes nothing for the caller.
    #[cold]
    fn cancel(&self) {
        let Some(key) = self.session.cancel_key() else {
            return;
        };
        let (peer, tls) = (self.peer.clone(), self.tls.clone());
        let leaving = self.session.socket().give_up();
        self.canceller.ask(move |limit| {
            if leaving.as_ref().is_some_and(|it| it.wait(Duration::ZERO)) {
                return Asked::Ended;
            }
            let deadline = Deadline::after(Some(limit));
            match login::cancel(&peer, tls.as_ref(), key, deadline) {
                Ok(()) => Asked::Sent,
                Err(_) => Asked::NotReached,
            }
        });
    }

    /// The error to return. The statement of a server that is still at work is cancelled; the connection is closed
    /// either way.
    #[cold]
    fn failed(&mut self, fault: Fault) -> Error {
        let error = self.failed_for_good(fault);
        let is_outside = self.session.standing() == Standing::Idle;
        match is_outside && self.numbering.may_be_stored(&error) {
            true => error.with_lost_answer(),
            false => error,
        }
    }

    /// The same where a refusal by the server is the end of it.
    fn failed_for_good(&mut self, mut fault: Fault) -> Error {
        if fault.leaves_work() {
            self.cancel();
        }
        if let Fault::Server(said) = &mut fault
            && self.numbering.is_cluster
        {
            said.name_table();
        }
        let error = statement_error(fault);
        if *error.kind() == ErrorKind::ConnectionLost {
            self.session.give_up();
        }
        error
    }
}

#[cfg(all(test, unix))]
mod tests;
