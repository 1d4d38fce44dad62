//! The number of the transaction at hand. The server keeps the outcome of every transaction by it, so it is queried
//! after the first write, in the same packet and with an answer of its own. That is a function call of the protocol
//! (PostgreSQL's manual, "Function Call"): 14 microseconds, where a SELECT costs 35.

use std::time::Duration;

use super::answer::Expected;
use super::session::{Fault, Standing};
use super::{Deadline, PostgresConnection, message};
use crate::driver::own_tables::COMMITS;
use crate::error::Written;
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::error::{Mark, Resolution};
use crate::value::ParamWriter;
use crate::value::postgres::bytes;
use bindery_core::dialect::Dialect;

/// Calls `pg_current_xact_id_if_assigned` by its number in the catalogue, which is the same in every version that has it:
/// no forms of arguments, no arguments, the result in binary form. NULL, as long as the transaction has changed nothing.
const ASK: &[u8] = b"F\0\0\0\x0e\0\0\x13\xc4\0\0\0\0\0\x01";
const LOOK_UP: &str = "SELECT (extract(epoch FROM pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) * 1000000)::int8, \
     pg_catalog.pg_xact_status($1::text::pg_catalog.xid8)";
/// Statistics begin anew after a crash, and outlive an orderly restart. Less than that on a cluster of Citus, whose coordinator has no number of
/// a transaction that wrote on one other server: that commits by itself, before the coordinator does, so a number that is aborted there is no proof.
const ASK_ERA: &str = "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN -1 \
     ELSE (extract(epoch FROM pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) * 1000000)::int8 END";
const OF_CLUSTER: i64 = -1;
/// There is none before the table is one that Citus knows.
const ASK_ERA_OF_CLUSTER: &str = "SELECT (extract(epoch FROM pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) * 1000000)::int8 \
     FROM pg_catalog.pg_dist_partition WHERE logicalrelid = pg_catalog.to_regclass('_bindery_commits') \
     AND pg_catalog.has_table_privilege(logicalrelid, 'DELETE')";
/// In a transaction with a change on the coordinator's own of the tables that it knows, even of no row, Citus ends all servers' parts in two phases:
/// they are prepared, then the coordinator commits, and its number is the truth about all (Citus 13.2, `executor/local_executor.c`). A table that
/// Citus does not know has no such effect.
const IN_TWO_PHASES: &str =
    "DELETE FROM _bindery_commits WHERE false; SELECT pg_catalog.pg_current_xact_id()";
/// A number that was not given yet.
const OF_THE_FUTURE: &str = "22023";
/// A statement that was cancelled, or ran out of time.
const CANCELLED: &str = "57014";
/// The first version that has these functions.
const FIRST_VERSION: u32 = 13;

/// Where it is not queried.
const ADVICE: &str =
    "finding out takes `resolve-commits = true` for the engine, and PostgreSQL 13 or later";

/// The facts about the transaction at hand.
#[derive(Default)]
pub(super) struct Numbering {
    /// Since when the server has not crashed, where it can be queried and the engine is set to.
    era: Option<i64>,
    /// The server is the coordinator of a cluster.
    pub(super) is_cluster: bool,
    wrote: bool,
    number: Option<u64>,
    /// The next statement is to ask.
    wanted: bool,
    /// The statement at hand has queried it.
    pub(super) asked: bool,
    /// Of the transaction that was prepared last.
    #[cfg(feature = "atomic")]
    pub(super) prepared: Option<u64>,
}

impl Numbering {
    /// The statement at hand does not query it: its rows are pulled, and nothing may come after them. The next that
    /// writes does.
    pub(super) fn put_off(&mut self) {
        self.wanted = false;
    }

    /// Returns whether the transaction at hand is known to have changed something.
    pub(super) fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// Whether the transaction at hand ends in two phases, once its number is queried. That takes a change, which one that only reads refuses.
    fn is_in_two_phases(&self) -> bool {
        self.is_cluster && self.era.is_some() && self.wrote
    }

    /// Whether the coordinator's word about the transaction at hand is that of all servers.
    pub(super) fn is_decided_here(&self) -> bool {
        self.is_in_two_phases() && self.has_number()
    }

    /// Whether the server's refusal of a write, or of a COMMIT, may come after another server has stored it. The coordinator of a cluster says
    /// so of a server that was gone (08…), could not answer a COMMIT (XX000), or was interrupted. A transaction that ends in two phases is
    /// refused before it is stored.
    pub(super) fn may_be_stored(&self, error: &Error) -> bool {
        let of_node = ["58", "XX"];
        let is_of_node = error.code().is_some_and(|code| {
            code == CANCELLED || of_node.iter().any(|class| code.starts_with(class))
        });
        self.is_cluster && is_of_node
    }

    /// The statement at hand queries it, whatever the engine is set to.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// Another transaction begins.
    pub(super) fn begin(&mut self) {
        *self = Self {
            era: self.era,
            is_cluster: self.is_cluster,
            ..Self::default()
        };
    }
}

impl PostgresConnection {
    /// From now on transactions are numbered, if the server can report them; on a cluster where `is_wanted` says that it is worth two phases.
    pub(super) fn number_transactions(
        &mut self,
        is_wanted: bool,
        deadline: Deadline,
    ) -> Result<()> {
        if can_tell(&self.info.version) {
            self.learn_era(is_wanted, deadline).map_err(|error| {
                error
                    .in_phase(TimeoutPhase::Connect)
                    .during(Operation::Connect)
            })?;
        }
        Ok(())
    }

    fn learn_era(&mut self, is_wanted: bool, deadline: Deadline) -> Result<()> {
        let era = self.ask_era(ASK_ERA, deadline);
        let era = era.map_err(|fault| self.failed(fault))?;
        self.numbering.is_cluster = era == Some(OF_CLUSTER);
        self.numbering.era = match self.numbering.is_cluster {
            false => era,
            true if is_wanted => self.era_of_cluster(deadline)?,
            true => None,
        };
        Ok(())
    }

    /// Makes the table where there is none; another connection may do so at the same time.
    fn era_of_cluster(&mut self, deadline: Deadline) -> Result<Option<i64>> {
        let ask = |it: &mut Self| {
            let era = it.ask_era(ASK_ERA_OF_CLUSTER, deadline);
            era.map_err(|fault| it.failed(fault))
        };
        if let Some(era) = ask(self)? {
            return Ok(Some(era));
        }
        let made = self.simple_within(deadline, &COMMITS.script(Dialect::Postgres), |_, _| ());
        match (made, ask(self)?) {
            (_, Some(era)) => Ok(Some(era)),
            (Ok(()), None) => Ok(None),
            (Err(fault), None) => Err(self.failed(fault).with_advice(
                "`resolve-commits` needs the table `_bindery_commits` on a cluster, and the right to delete of it: `bindery migrate run` or \
                 `bindery create` makes it with an account that may create tables",
            )),
        }
    }

    fn ask_era(&mut self, sql: &str, deadline: Deadline) -> Result<Option<i64>, Fault> {
        let mut era = None;
        self.simple_within(deadline, sql, |tag, body| {
            if tag == b'D' {
                era = read_whole_number(body);
            }
        })?;
        Ok(era)
    }

    /// A statement that writes comes next, in a transaction.
    pub(crate) fn will_write(&mut self) {
        let number = &mut self.numbering;
        number.wrote = true;
        number.wanted = number.number.is_none() && number.era.is_some();
    }

    /// The write is over. The number is not queried for calls after it: reads need none.
    pub(crate) fn has_written(&mut self) {
        self.numbering.wanted = false;
    }

    /// Returns what COMMIT would make permanent.
    pub(crate) fn written(&self) -> Written {
        let Numbering {
            era, number, wrote, ..
        } = self.numbering;
        match (era, number) {
            _ if !wrote => Written::Nothing,
            (None, _) => Written::Unmarked(Some(ADVICE)),
            (Some(_), None) => Written::Unmarked(None),
            (Some(era), Some(number)) => Written::Marked(Mark::Transaction { number, era }),
        }
    }

    /// Writes the query of the number after the statement at hand, if it is needed.
    pub(super) fn ask_number(&mut self) {
        self.numbering.asked = self.numbering.wanted;
        if self.numbering.asked && self.numbering.is_in_two_phases() {
            message::query(self.session.out(), IN_TWO_PHASES);
        } else if self.numbering.asked {
            self.session.out().extend_from_slice(ASK);
        }
    }

    /// Queries the number by itself, after the answer of DDL, which is sent as plain text. Where it fails, the
    /// transaction has no number.
    pub(super) fn ask_number_alone(&mut self) {
        let is_open = self.session.standing() == Standing::InTransaction;
        let deadline = self.deadline();
        if self.numbering.wanted && is_open && self.session.begin(deadline).is_ok() {
            self.ask_number();
            if self.session.send(1).is_ok() {
                self.learn_number();
            }
        }
    }

    /// Reads the answer after the statement's, if it was queried. Whatever comes of it, the statement's own answer is
    /// there; a session that dies here is dead for the next statement.
    pub(super) fn learn_number(&mut self) {
        if !std::mem::take(&mut self.numbering.asked) || self.session.is_gone() {
            return;
        }
        let mut number = None;
        let answered = match self.numbering.is_in_two_phases() {
            true => self.session.answer(Expected::Text, |tag, body| {
                if tag == b'D' {
                    number = read_whole_number(body).and_then(|read| u64::try_from(read).ok());
                }
                Ok(())
            }),
            false => self.session.answer(Expected::Call, |_, body| {
                number = read_number(body)?;
                Ok(())
            }),
        };
        match answered {
            // NULL: nothing is changed so far, by what came before the write itself or by a part of it.
            Ok(()) => {
                self.numbering.number = number;
                self.numbering.wanted = number.is_none();
            }
            // The transaction has failed: there is nothing to be committed.
            Err(
                Fault::Server(_)
                | Fault::Io(_)
                | Fault::Protocol(_)
                | Fault::Stranger { .. }
                | Fault::Dead
                | Fault::Ended,
            ) => (),
        }
    }

    /// Returns the outcome of the transaction with this number.
    ///
    /// A crash takes numbers back of which nothing was made durable, and they are given again. So what was not committed
    /// before it is said to be of the future, or to have whatever outcome the next of its number has: not committed is
    /// right then, and committed may be wrong.
    pub(crate) fn look_up(&mut self, number: u64, era: i64, limit: Duration) -> Result<Resolution> {
        let text = number.to_string();
        let kept = self.limits.set_statement(Some(limit));
        let mut found = Found::default();
        let write = &mut |params: &mut ParamWriter<'_>| params.text(&text);
        let outcome = self.query(LOOK_UP, write, &mut |row| {
            found.era = row.i64().ok();
            found.status = match row.text() {
                Ok("committed") => Some(Resolution::Committed),
                Ok("aborted") => Some(Resolution::Aborted),
                Ok("in progress") => Some(Resolution::StillRunning),
                Ok(_) | Err(_) => None,
            };
            Ok(true)
        });
        self.limits.set_statement(kept);
        match outcome {
            Err(error) if error.code() == Some(OF_THE_FUTURE) => Ok(Resolution::Aborted),
            Err(error) => Err(error),
            Ok(()) => found.resolution(era),
        }
    }
}

/// The server's answer about a number.
#[derive(Default)]
struct Found {
    status: Option<Resolution>,
    era: Option<i64>,
}

impl Found {
    fn resolution(self, era: i64) -> Result<Resolution> {
        let unknown = |why| Err(Error::new(ErrorKind::OutcomeUnknown).with_advice(why));
        match self.status {
            None => unknown("the transaction is so old that the server has forgotten it"),
            Some(Resolution::Committed) if self.era != Some(era) => unknown(
                "the server has crashed since, and its answer may be about another transaction",
            ),
            Some(known) => Ok(known),
        }
    }
}

pub(super) fn can_tell(version: &str) -> bool {
    let digits = version.split(|char: char| !char.is_ascii_digit()).next();
    digits
        .and_then(|digits| digits.parse::<u32>().ok())
        .is_some_and(|major| major >= FIRST_VERSION)
}

/// The result of the call: its length, or -1 for NULL, and the number.
fn read_number(body: &[u8]) -> Result<Option<u64>, &'static str> {
    match body.split_first_chunk() {
        Some((&[255, 255, 255, 255], [])) => Ok(None),
        Some((&[0, 0, 0, 8], number)) if number.len() == 8 => {
            Ok(number.try_into().ok().map(u64::from_be_bytes))
        }
        _ => Err("a transaction number that is not one"),
    }
}

/// The one column of a row, as text.
pub(super) fn read_whole_number(body: &[u8]) -> Option<i64> {
    let mut rest = body;
    let columns = bytes::take_u16(&mut rest)?;
    let length = usize::try_from(bytes::take_i32(&mut rest)?).ok()?;
    let text = rest.get(..length).filter(|_| columns == 1)?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_nothing_else() {
        assert_eq!(ASK[5..9], 5060_u32.to_be_bytes());
        let number = b"\0\0\0\x08\0\0\0\0\0\0\x01\x02";
        assert_eq!(read_number(number), Ok(Some(258)));
        assert_eq!(read_number(b"\xff\xff\xff\xff"), Ok(None));
        for other in [
            &b"\xff\xff\xff\xff\0"[..],
            b"\0\0\0\x08\0\0\0\0\0\0\x01",
            b"\0\0\0\x04\0\0\0\x07",
            b"",
        ] {
            assert!(read_number(other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn whole_numbers_are_read_and_nothing_else() {
        assert_eq!(read_whole_number(b"\0\x01\0\0\0\x0273"), Some(73));
        for other in [
            &b"\0\x01\xff\xff\xff\xff"[..],
            b"\0\x01\0\0\0\x02x1",
            b"\0\x02",
            b"",
        ] {
            assert_eq!(read_whole_number(other), None);
        }
    }

    #[test]
    fn old_servers_are_not_asked() {
        assert!(can_tell("15.20 (Debian 15.20-1)") && can_tell("18beta1"));
        assert!(!can_tell("12.22") && !can_tell(""));
    }
}
