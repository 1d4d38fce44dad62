//! One statement many times, with parameters of its own each time: a group of them goes out in one write and under one
//! Sync, so that a round trip serves all. After an error the server skips what is left of the group.

use std::ops::Range;
use std::sync::Arc;

use super::answer::{Expected, Tally};
use super::error::{ServerError, is_stale_plan};
use super::session::{Fault, Standing};
use super::statement::Statement;
use super::{Encoder, PostgresConnection, Sent, count, decode, message};
use crate::driver::{Changed, TakeEach, WriteEach};
use crate::error::{Error, Result};
use crate::value::ParamTarget;
use crate::value::ParamWriter;

/// The most bytes of requests before their answers are read. The socket's buffers hold it, so the server's answers wait
/// on its side, and not in our memory, until the caller takes them.
const GROUP: usize = 32 * 1024;

/// Statements that were sent and are not answered.
struct Group {
    sent: Sent,
    /// The positions of the statements of the group.
    members: Range<usize>,
}

/// Where a group stopped, and why.
enum Stop {
    /// The server or the socket failed while it was at the answer of this one.
    Fault(usize, Fault),
    /// The receiver of the rows refused one.
    Taker(Error),
}

impl PostgresConnection {
    /// Runs a statement a number of times and reports how many rows each changed.
    pub(crate) fn execute_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        changed: Changed<'_>,
    ) -> Result<()> {
        self.pipeline(sql, times, write, &mut |_, _| Ok(()), changed)
    }

    /// Runs a query a number of times and hands over the rows of each.
    pub(crate) fn query_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        self.pipeline(sql, times, write, take, &mut |_, _| ())
    }

    fn pipeline(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
        changed: Changed<'_>,
    ) -> Result<()> {
        let mut first = 0;
        while first < times {
            first = self.group(sql, first..times, write, take, changed)?;
        }
        Ok(())
    }

    /// Runs as many as go into one group, and says where the next begins. A plan that has become stale is made anew, as
    /// for a single statement, where nothing was done before it.
    fn group(
        &mut self,
        sql: &str,
        rest: Range<usize>,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
        changed: Changed<'_>,
    ) -> Result<usize> {
        let begins = self.begin_pending;
        let mut may_retry = begins.is_some() || self.session.standing() == Standing::Idle;
        loop {
            let group = self.send_group(sql, rest.clone(), write)?;
            let end = group.members.end;
            let outcome = self.answers(group, take, changed);
            self.learn_number();
            match outcome {
                Ok(()) => return Ok(end),
                Err(Stop::Taker(error)) => return Err(error),
                Err(Stop::Fault(at, Fault::Server(said))) if is_stale_plan(&said) => {
                    may_retry &= at == rest.start;
                    if !self.renew(sql, begins, &mut may_retry)? {
                        return Err(self.failed(Fault::Server(said)).at_row(at));
                    }
                }
                Err(Stop::Fault(at, fault)) => return Err(self.failed(fault).at_row(at)),
            }
        }
    }

    /// As for a single statement, a refusal of the parameters counts only where the statement is prepared anew.
    fn send_group(&mut self, sql: &str, rest: Range<usize>, write: WriteEach<'_>) -> Result<Group> {
        if let Some(statement) = self.statements.get(sql) {
            if let Ok(members) = self.bind_group(&statement, rest.clone(), write) {
                return self.sent_group(statement, members);
            }
            self.statements.forget(sql);
        }
        let statement = Arc::new(self.prepare(sql)?);
        self.statements.insert(sql, Arc::clone(&statement));
        let members = self.bind_group(&statement, rest, write)?;
        self.sent_group(statement, members)
    }

    fn sent_group(&mut self, statement: Arc<Statement>, members: Range<usize>) -> Result<Group> {
        let sent = self.sent(statement)?;
        Ok(Group { sent, members })
    }

    /// Writes the messages of a group, and says which statements are in it.
    fn bind_group(
        &mut self,
        statement: &Statement,
        rest: Range<usize>,
        write: WriteEach<'_>,
    ) -> Result<Range<usize>> {
        let deadline = self.deadline();
        let begins = self.begin_pending;
        let out = match self.session.begin(deadline) {
            Ok(out) => out,
            Err(fault) => return Err(self.failed(fault)),
        };
        if let Some(begin) = begins {
            begin.write(out);
        }
        let mut next = rest.start;
        while next < rest.end && out.len() < GROUP {
            statement
                .bind(out, |types, out| {
                    let encoder = Encoder::new(types, out);
                    let mut params = ParamWriter::new(ParamTarget::Postgres(encoder));
                    write(next, &mut params);
                    params.finish_all(types.len())
                })
                .map_err(|error| error.at_row(next))?;
            out.extend_from_slice(message::EXECUTE);
            next += 1;
        }
        out.extend_from_slice(message::SYNC);
        self.ask_number();
        Ok(rest.start..next)
    }

    /// Reads the answers of a group to their end. Each statement has the whole time for itself.
    fn answers(
        &mut self,
        group: Group,
        take: TakeEach<'_>,
        changed: Changed<'_>,
    ) -> Result<(), Stop> {
        let Group { sent, members } = group;
        let mut tally = Tally::new(Expected::Statements {
            begins: sent.begins,
            times: members.len(),
            returns: sent.statement.returns,
        });
        let mut stop = None;
        loop {
            let member = tally.at();
            let at = members.start + member.unwrap_or(0);
            let message = match self.session.next() {
                Ok(message) => message,
                Err(fault) => return Err(Stop::Fault(at, fault)),
            };
            let body = self.session.body(&message);
            let seen = match message.tag {
                b'Z' => tally.ensure_whole(),
                b'E' => {
                    tally.refuse();
                    let said = Fault::Server(Box::new(ServerError::parse(body)));
                    stop.get_or_insert(Stop::Fault(at, said));
                    Ok(())
                }
                tag => tally.see(tag, body),
            };
            let seen = seen.and_then(|()| match message.tag {
                b'D' => self.fields.read(body, sent.statement.columns.len()),
                _ => Ok(()),
            });
            if let Err(why) = seen {
                return Err(Stop::Fault(at, self.session.broken(why)));
            }
            match message.tag {
                b'Z' => return stop.map_or(Ok(()), Err),
                b'D' if stop.is_none() => {
                    let mut row = decode::reader(&sent.statement.columns, body, &self.fields);
                    stop = take(at, &mut row)
                        .err()
                        .map(|error| Stop::Taker(error.at_row(at)));
                }
                b'C' if member.is_some() => {
                    changed(at, count(body).ok().flatten().unwrap_or(0));
                    let deadline = self.deadline();
                    self.session.set_deadline(deadline);
                }
                _ => (),
            }
        }
    }
}
