//! One session with the server: packets out, packets in, and never out of step.
//!
//! A command is answered to its end before the next is sent. Where it was not (a timeout, a failing socket, a panic in a
//! row's reader, a forgotten iterator), or a packet's number is not the expected one, the session is never used again.

use std::ops::Range;

use super::error::ServerError;
use crate::driver::Leaving;
use crate::driver::wire;
use crate::driver::wire::{Deadline, Silence, Socket, Tls};
use crate::value::buffer::empty;
use crate::value::mysql::bytes::{
    take_bytes, take_counted, take_counted_number, take_u8, take_u16,
};
use crate::value::mysql::column::Column;

/// Why an operation failed.
pub(super) type Fault = wire::Fault<ServerError>;

/// The most bytes of a packet; a longer payload goes on in the next.
const FULL: usize = (1 << 24) - 1;
/// The most bytes of all packets of one payload: no value of the server's is longer.
const MAX_PAYLOAD: usize = (1 << 30) + (1 << 20);
const HEADER: usize = 4;
/// `COM_QUIT` as a whole packet: its length, its number, and the command.
const QUIT: &[u8] = &[1, 0, 0, 0, 1];

/// Status flags (MySQL's manual, "Status Flags").
const IN_TRANSACTION: u16 = 0x0001;
const AUTOCOMMIT: u16 = 0x0002;
const MORE_RESULTS: u16 = 0x0008;
const STATE_CHANGED: u16 = 0x4000;

/// A payload, valid until the next is read.
pub(super) enum Payload {
    /// Where it came in.
    InPlace(Range<usize>),
    /// Put together from several packets.
    Joined,
}

/// The end of a statement, or of its rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Done {
    pub(super) changed: u64,
    pub(super) last_insert_id: u64,
    pub(super) more: bool,
}

/// The answer to a statement.
pub(super) enum Answer {
    Done(Done),
    /// The columns; rows follow.
    Rows(Vec<Column>),
}

pub(super) struct Session {
    socket: Socket,
    /// The command at hand, with room for its header.
    out: Vec<u8>,
    /// Where in `out` its header is; what stands before are whole packets: of commands that nothing answers, or of the first of two.
    start: usize,
    joined: Vec<u8>,
    /// The number of the next packet.
    number: u8,
    /// A command was sent whose answer is not read to its end.
    unanswered: bool,
    dead: bool,
    in_transaction: bool,
    /// A transaction has ended since the last call.
    left_transaction: bool,
    /// Statements outside of a transaction are stored at once.
    autocommits: bool,
    /// Names of the columns that come, where they are wanted.
    names: Option<Vec<Box<str>>>,
    /// The session is set up: a change of a setting that values rely on spoils it.
    watched: bool,
    /// A setting was changed, or another session ended a statement; good for its holder, and for no caller after.
    spoiled: bool,
}

impl Session {
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket,
            out: Vec::new(),
            start: 0,
            joined: Vec::new(),
            number: 0,
            unanswered: false,
            dead: false,
            in_transaction: false,
            left_transaction: false,
            autocommits: true,
            names: None,
            watched: false,
            spoiled: false,
        }
    }

    pub(super) fn is_quiet(&mut self) -> bool {
        self.socket.is_quiet()
    }

    /// Rejects a session that the server has ended already: bytes that are sent now would not arrive.
    pub(super) fn ensure_there(&mut self) -> Result<(), Fault> {
        if !self.is_dead() && self.socket.has_ended() {
            return Err(self.died(Fault::Ended));
        }
        Ok(())
    }

    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead || self.unanswered
    }

    /// Whether a transaction was open when the server last answered with its status.
    pub(super) fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Whether a transaction has ended since the last call.
    pub(super) fn has_left_transaction(&mut self) -> bool {
        std::mem::take(&mut self.left_transaction)
    }

    /// Whether what is not in a transaction is stored at once.
    pub(super) fn autocommits(&self) -> bool {
        self.autocommits
    }

    /// From now on the names of columns are kept, until they are taken.
    pub(super) fn keep_names(&mut self) {
        self.names = Some(Vec::new());
    }

    /// The names that came, the last ones.
    pub(super) fn take_names(&mut self) -> Vec<Box<str>> {
        self.names.take().unwrap_or_default()
    }

    /// Encrypts what follows.
    pub(super) fn encrypt(&mut self, tls: &Tls) -> Result<(), Fault> {
        let encrypted = self.socket.encrypt(tls);
        encrypted.map_err(|error| self.died(Fault::Io(error)))
    }

    /// From now on the settings that the server reports must stay as they are.
    pub(super) fn watch_settings(&mut self) {
        self.watched = true;
    }

    /// Settings are about to be changed by us.
    pub(super) fn change_settings(&mut self) {
        self.watched = false;
    }

    pub(super) fn watch_silence(&mut self, silence: Silence) {
        self.socket.watch(silence);
    }

    pub(super) fn set_deadline(&mut self, deadline: Deadline) {
        self.socket.set_deadline(deadline);
    }

    /// Whether something has come in by then. Called before the greeting, so that nothing is out of step where nothing has.
    pub(super) fn has_spoken_by(&mut self, deadline: Deadline) -> Result<bool, Fault> {
        self.socket.set_deadline(deadline);
        match self.socket.receive() {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(self.died(Fault::Io(error))),
        }
    }

    /// The buffer for the payload of a command that begins now.
    pub(super) fn begin(&mut self, deadline: Deadline) -> Result<&mut Vec<u8>, Fault> {
        if self.is_dead() {
            return Err(Fault::Dead);
        }
        // Nothing comes unasked but the server's last words; anything else would be taken for the answer.
        if !self.socket.unread().is_empty() {
            self.dead = true;
            return Err(Fault::Dead);
        }
        self.socket.set_deadline(deadline);
        self.number = 0;
        self.out.clear();
        empty(&mut self.joined);
        Ok(self.reply())
    }

    /// The buffer for a payload that goes on with the numbers.
    pub(super) fn reply(&mut self) -> &mut Vec<u8> {
        self.start = self.out.len();
        self.out.extend_from_slice(&[0; HEADER]);
        &mut self.out
    }

    /// Ends the payload of a command, and gives the buffer for that of the one after it.
    pub(super) fn another(&mut self) -> &mut Vec<u8> {
        let length = self.out.len() - self.start - HEADER;
        write_header(&mut self.out[self.start..], length, 0);
        self.reply()
    }

    /// So many bytes of payload were written.
    pub(super) fn written(&self) -> usize {
        self.out.len() - self.start - HEADER
    }

    /// Sends what was written.
    pub(super) fn send(&mut self) -> Result<(), Fault> {
        self.unanswered = true;
        let length = self.written();
        let sent = if length < FULL {
            write_header(&mut self.out[self.start..], length, self.number);
            self.number = self.number.wrapping_add(1);
            self.socket.send(&self.out)
        } else {
            self.send_in_pieces()
        };
        empty(&mut self.out);
        sent.map_err(|error| self.died(Fault::Io(error)))
    }

    /// A payload of exactly the longest packet's size is followed by an empty one.
    fn send_in_pieces(&mut self) -> std::io::Result<()> {
        self.socket.send(&self.out[..self.start])?;
        let payload = &self.out[self.start + HEADER..];
        let mut sent = 0;
        loop {
            let piece = &payload[sent..(sent + FULL).min(payload.len())];
            let mut header = [0; HEADER];
            write_header(&mut header, piece.len(), self.number);
            self.number = self.number.wrapping_add(1);
            self.socket.send(&header)?;
            self.socket.send(piece)?;
            sent += piece.len();
            if piece.len() < FULL {
                return Ok(());
            }
        }
    }

    /// The next payload.
    pub(super) fn payload(&mut self) -> Result<Payload, Fault> {
        self.read_payload().map_err(|fault| self.died(fault))
    }

    pub(super) fn bytes(&self, payload: &Payload) -> &[u8] {
        match payload {
            Payload::InPlace(range) => self.socket.slice(range.clone()),
            Payload::Joined => &self.joined,
        }
    }

    fn read_payload(&mut self) -> Result<Payload, Fault> {
        let first = self.packet()?;
        if first.len() < FULL {
            return Ok(Payload::InPlace(first));
        }
        self.joined.clear();
        let mut piece = first;
        loop {
            self.joined
                .extend_from_slice(self.socket.slice(piece.clone()));
            if piece.len() < FULL {
                return Ok(Payload::Joined);
            }
            if self.joined.len() > MAX_PAYLOAD {
                return Err(Fault::Protocol("a payload of an impossible length"));
            }
            piece = self.packet()?;
        }
    }

    fn packet(&mut self) -> Result<Range<usize>, Fault> {
        loop {
            let unread = self.socket.unread();
            if let Some(header) = unread.first_chunk() {
                let (length, number) = length_and_number(*header);
                if number != self.number {
                    return Err(Fault::Protocol("a packet out of sequence"));
                }
                if unread.len() >= HEADER + length {
                    self.number = number.wrapping_add(1);
                    let whole = self.socket.take(HEADER + length);
                    return Ok(whole.start + HEADER..whole.end);
                }
            }
            self.socket.receive()?;
        }
    }

    /// The beginning of an answer to a statement.
    pub(super) fn answer(&mut self) -> Result<Answer, Fault> {
        let payload = self.payload()?;
        let mut body = self.bytes(&payload);
        match body.first() {
            Some(0x00) => self.done(&payload).map(Answer::Done),
            Some(0xff) => Err(self.refused(&payload)),
            // It requests a file, which was never offered.
            Some(0xfb) | None => Err(self.broken("an answer without a request")),
            Some(_) => {
                let count =
                    take_counted_number(&mut body).and_then(|count| u16::try_from(count).ok());
                let Some(count) = count else {
                    return Err(self.broken("an impossible number of columns"));
                };
                self.columns(count.into()).map(Answer::Rows)
            }
        }
    }

    /// Descriptions of this number of columns.
    pub(super) fn columns(&mut self, count: usize) -> Result<Vec<Column>, Fault> {
        let mut columns = Vec::with_capacity(count.min(1_024));
        self.names.iter_mut().for_each(Vec::clear);
        for _ in 0..count {
            let payload = self.payload()?;
            self.keep_name(&payload);
            match Column::parse(self.bytes(&payload)) {
                Some(column) => columns.push(column),
                None => return Err(self.broken("a column that is not described")),
            }
        }
        Ok(columns)
    }

    fn keep_name(&mut self, payload: &Payload) {
        let Some(mut names) = self.names.take() else {
            return;
        };
        let name = Column::name(self.bytes(payload)).unwrap_or_default();
        names.push(String::from_utf8_lossy(name).into());
        self.names = Some(names);
    }

    /// Whether the next row of a prepared statement has come in already, so that nothing is waited for.
    pub(super) fn has_row(&self) -> bool {
        let Some((header, body)) = self.socket.unread().split_first_chunk() else {
            return false;
        };
        let (length, _) = length_and_number(*header);
        length < FULL && length <= body.len() && body.first() == Some(&0)
    }

    /// The next row, or the end of the rows.
    pub(super) fn row(&mut self) -> Result<Result<Payload, Done>, Fault> {
        let payload = self.payload()?;
        let body = self.bytes(&payload);
        match body.first() {
            Some(0xff) => Err(self.refused(&payload)),
            // A row of the text protocol may begin like this only where it is longer than a packet.
            Some(0xfe) if body.len() < FULL => self.done(&payload).map(Err),
            _ => Ok(Ok(payload)),
        }
    }

    /// OK: all is well so far.
    fn done(&mut self, payload: &Payload) -> Result<Done, Fault> {
        let Some((done, status)) = read_done(self.bytes(payload)) else {
            return Err(self.broken("an end without a status"));
        };
        let in_transaction = status & IN_TRANSACTION != 0;
        self.left_transaction |= self.in_transaction && !in_transaction;
        self.in_transaction = in_transaction;
        self.autocommits = status & AUTOCOMMIT != 0;
        if self.watched && status & STATE_CHANGED != 0 {
            self.look_at_changes(payload);
        }
        self.unanswered = done.more;
        Ok(done)
    }

    /// The end of a statement reports changed settings. Texts of another encoding would be misread.
    #[cold]
    fn look_at_changes(&mut self, payload: &Payload) {
        let mut other_text = false;
        let mut changed = false;
        let told = changed_settings(self.bytes(payload), |name| {
            changed = true;
            other_text |= name.starts_with(b"character_set_");
        });
        self.spoiled |= changed || told.is_none();
        self.dead |= other_text || told.is_none();
    }

    /// Whether settings were changed that the next user of the connection relies on, or the server may be ending the session.
    pub(super) fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// ERR: the answer is at its end.
    pub(super) fn refused(&mut self, payload: &Payload) -> Fault {
        let said = ServerError::parse(self.bytes(payload));
        self.unanswered = false;
        self.spoiled |= said.may_end_session();
        Fault::Server(Box::new(said))
    }

    /// Reads whatever an answer holds to its end.
    pub(super) fn read_away(&mut self) -> Result<Done, Fault> {
        loop {
            let done = match self.answer()? {
                Answer::Done(done) => done,
                Answer::Rows(_) => self.rows_away()?,
            };
            if !done.more {
                return Ok(done);
            }
        }
    }

    /// The answer to an INSERT of many rows: how many of them were there.
    pub(super) fn read_duplicates(&mut self) -> Result<u64, Fault> {
        let payload = self.payload()?;
        match self.bytes(&payload).first() {
            Some(0x00) => self.done(&payload)?,
            Some(0xff) => return Err(self.refused(&payload)),
            Some(_) | None => return Err(self.broken("rows of an insert that returns none")),
        };
        duplicates(self.bytes(&payload))
            .ok_or_else(|| self.broken("an insert of many rows without their number"))
    }

    pub(super) fn rows_away(&mut self) -> Result<Done, Fault> {
        loop {
            if let Err(done) = self.row()? {
                return Ok(done);
            }
        }
    }

    /// The answer to the second of two commands that were sent together comes now; that to the first is read.
    #[cfg(feature = "atomic")]
    pub(super) fn next_of_two(&mut self) {
        self.unanswered = true;
        self.number = 1;
    }

    /// Takes in an answer that is here already, so that it is read also after its deadline; nothing is waited for.
    #[cfg(feature = "atomic")]
    pub(super) fn take_what_came(&mut self) {
        self.socket.is_quiet();
    }

    /// The answer to a prepared statement, or to a step of the login, is read whole.
    pub(super) fn answered(&mut self) {
        self.unanswered = false;
    }

    #[cold]
    pub(super) fn broken(&mut self, why: &'static str) -> Fault {
        self.died(Fault::Protocol(why))
    }

    /// Returns the size of the buffer of messages while it is empty.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.out.capacity()
    }

    /// Says goodbye, where that would be understood; nothing is sent after it.
    pub(super) fn leave(&mut self) -> Leaving {
        if !self.is_dead() {
            self.socket.send_last(QUIT);
        }
        self.dead = true;
        self.socket.leave()
    }

    /// Never to be used again.
    pub(super) fn give_up(&mut self) {
        self.dead = true;
    }

    fn died(&mut self, fault: Fault) -> Fault {
        self.dead = true;
        fault
    }
}

/// Closing waits for nothing.
impl Drop for Session {
    fn drop(&mut self) {
        if !self.is_dead() {
            self.socket.send_last(QUIT);
        }
    }
}

/// Parses a packet's header.
#[inline]
pub(super) fn length_and_number([a, b, c, number]: [u8; HEADER]) -> (usize, u8) {
    (u32::from_le_bytes([a, b, c, 0]) as usize, number)
}

fn write_header(out: &mut [u8], length: usize, number: u8) {
    let bytes = length.to_le_bytes();
    out[..3].copy_from_slice(&bytes[..3]);
    out[3] = number;
}

fn read_done(body: &[u8]) -> Option<(Done, u16)> {
    let mut rest = body.get(1..)?;
    let changed = take_counted_number(&mut rest)?;
    let last_insert_id = take_counted_number(&mut rest)?;
    let status = take_u16(&mut rest)?;
    let more = status & MORE_RESULTS != 0;
    let done = Done {
        changed,
        last_insert_id,
        more,
    };
    Some((done, status))
}

/// The second number of `Records: 3  Duplicates: 1  Warnings: 0`. The words are in the language of the server's messages, so
/// only the numbers are read. With `FOUND_ROWS` it counts rows that had the values before, too.
fn duplicates(body: &[u8]) -> Option<u64> {
    let mut rest = body.get(1..)?;
    take_counted_number(&mut rest)?;
    take_counted_number(&mut rest)?;
    let _status_and_warnings = take_bytes(&mut rest, 4)?;
    let text = take_counted(&mut rest)?;
    let mut numbers = text
        .split(|byte| !byte.is_ascii_digit())
        .filter(|digits| !digits.is_empty());
    let second = numbers.nth(1)?;
    std::str::from_utf8(second).ok()?.parse().ok()
}

/// The names of the settings that the end of a statement reports. The session has the server report those that values rely
/// on; it reports the current database unasked.
fn changed_settings(body: &[u8], mut on: impl FnMut(&[u8])) -> Option<()> {
    const SYSTEM_VARIABLE: u8 = 0;
    const DATABASE: u8 = 1;
    let mut rest = body.get(1..)?;
    take_counted_number(&mut rest)?;
    take_counted_number(&mut rest)?;
    let _status_and_warnings = take_bytes(&mut rest, 4)?;
    let _text = take_counted(&mut rest)?;
    let mut changes = take_counted(&mut rest)?;
    while !changes.is_empty() {
        let kind = take_u8(&mut changes)?;
        let mut change = take_counted(&mut changes)?;
        match kind {
            SYSTEM_VARIABLE => on(take_counted(&mut change)?),
            // A reset leaves it as it is.
            DATABASE => on(b"database"),
            _ => (),
        }
    }
    Some(())
}
