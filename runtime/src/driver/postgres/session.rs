//! One session with the server: messages out, messages in, and never out of step.
//!
//! Every Sync and every simple query is answered by exactly one ReadyForQuery. `unanswered` counts those that are not
//! there yet; where it is not 0 when an operation begins, or the peer broke the protocol, the session is never used
//! again. A timeout, a failing socket, a panic in a row's reader and a forgotten iterator all come down to this.

use std::ops::Range;

use super::answer::{Expected, Tally};
use super::error::ServerError;
use super::message;
use crate::driver::Leaving;
use crate::driver::wire::{Deadline, Silence, Socket};
use crate::value::buffer::empty;
use crate::value::postgres::bytes;

/// The most bytes that a server may send in one message: its own limit of a value, and a little for what is around it.
const MAX_MESSAGE: usize = (1 << 30) + (1 << 20);

/// Why an operation failed.
pub(super) type Fault = crate::driver::wire::Fault<ServerError>;

/// Where the server stands, as of its last ReadyForQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Idle,
    InTransaction,
    /// In a transaction that can only be rolled back.
    Failed,
}

/// A message of the server; its body is valid until the next.
pub(super) struct Message {
    pub(super) tag: u8,
    body: Range<usize>,
}

/// Which settings are not what values rely on.
#[derive(Debug, Default, PartialEq, Eq)]
struct Strange {
    encoding: bool,
    strings: bool,
    zone: bool,
    dates: bool,
}

/// Whether the session is made as new before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resetting {
    No,
    /// With the next messages.
    Due,
    /// It was sent, and its answer comes first.
    Sent,
}

pub(super) struct Session {
    socket: Socket,
    out: Vec<u8>,
    unanswered: u32,
    dead: bool,
    standing: Standing,
    /// The version that the server reports.
    version: String,
    /// Settings that values rely on and that the server reports as changed.
    strange: Strange,
    /// The session is set up: a change of one of them from now on spoils it.
    watched: bool,
    /// The statements that make the session as new.
    reset: Option<Box<str>>,
    /// It is made as new for each user, whoever had it before.
    always_resets: bool,
    resetting: Resetting,
    /// For cancelling: number and secret of the server's process.
    key: Option<[u8; 8]>,
}

impl Session {
    pub(super) fn new(socket: Socket) -> Self {
        Self {
            socket,
            out: Vec::new(),
            unanswered: 0,
            dead: false,
            standing: Standing::Idle,
            version: String::new(),
            strange: Strange::default(),
            watched: false,
            reset: None,
            always_resets: false,
            resetting: Resetting::No,
            key: None,
        }
    }

    pub(super) fn standing(&self) -> Standing {
        self.standing
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    pub(super) fn is_dead(&self) -> bool {
        self.dead
            || self.unanswered > 0
            || self.watched && (self.strange.encoding || self.strange.strings)
    }

    /// Whether settings are changed that the next user of the connection relies on.
    pub(super) fn is_spoiled(&self) -> bool {
        self.strange != Strange::default()
    }

    /// From now on a setting that values rely on must stay as it is.
    pub(super) fn watch_settings(&mut self) {
        self.watched = true;
    }

    /// Whether the peer has closed the connection, so that no answer comes any more.
    pub(super) fn is_gone(&self) -> bool {
        self.dead
    }

    /// The buffer for the messages of an operation that begins now.
    pub(super) fn begin(&mut self, deadline: Deadline) -> Result<&mut Vec<u8>, Fault> {
        if self.is_dead() {
            return Err(Fault::Dead);
        }
        self.take_unasked()?;
        self.socket.set_deadline(deadline);
        self.out.clear();
        if let (Resetting::Due, Some(reset)) = (self.resetting, &self.reset) {
            message::query(&mut self.out, reset);
        }
        Ok(&mut self.out)
    }

    /// Keeps what makes the session as new.
    pub(super) fn keep_reset(&mut self, sql: String, is_always: bool) {
        self.reset = Some(sql.into());
        self.always_resets = is_always;
    }

    /// Makes the session as new.
    pub(super) fn reset(&self) -> Option<&str> {
        self.reset.as_deref()
    }

    /// Has the session made as new before it is used again, in the same packet.
    pub(super) fn reset_first(&mut self) {
        if self.always_resets {
            self.resetting = Resetting::Due;
        }
    }

    /// Deals with what came in since the last answer. An answer to nothing would be taken for that of the operation that
    /// begins now.
    fn take_unasked(&mut self) -> Result<(), Fault> {
        while let Some(&tag) = self.socket.unread().first() {
            match tag {
                b'N' | b'A' | b'S' => {
                    let Some(message) = self.frame_that_is_there() else {
                        return Ok(());
                    };
                    if tag == b'S' {
                        self.learn(&message);
                    }
                }
                // The server's last words. They are read as the answer.
                b'E' => return Ok(()),
                _ => {
                    self.dead = true;
                    return Err(Fault::Dead);
                }
            }
        }
        if self.dead { Err(Fault::Dead) } else { Ok(()) }
    }

    /// Takes in what has come while nothing was requested, and returns whether a notification was among it. The server's last words end
    /// the session.
    #[cfg(feature = "outbox")]
    pub(super) fn take_notifications(&mut self) -> Result<bool, Fault> {
        let mut is_notified = false;
        while let Some(&tag) = self.socket.unread().first() {
            match tag {
                b'A' | b'N' | b'S' => {}
                b'E' => return Err(self.died(Fault::Ended)),
                _ => return Err(self.broken("an answer to nothing")),
            }
            let Some(message) = self.frame_that_is_there() else {
                break;
            };
            is_notified |= tag == b'A';
            if tag == b'S' {
                self.learn(&message);
            }
        }
        Ok(is_notified)
    }

    /// Waits until something has come in; `false` where that took too long, which the session outlives.
    #[cfg(feature = "outbox")]
    pub(super) fn receive_in_time(&mut self) -> Result<bool, Fault> {
        match self.socket.receive() {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(self.died(Fault::Io(error))),
        }
    }

    fn frame_that_is_there(&mut self) -> Option<Message> {
        let unread = self.socket.unread();
        let (tag, length) = header(unread).filter(|(_, length)| *length >= 5)?;
        if unread.len() < length {
            return None;
        }
        let whole = self.socket.take(length);
        let body = whole.start + 5..whole.end;
        Some(Message { tag, body })
    }

    /// Whether the next row has come in already, so that nothing is waited for.
    pub(super) fn has_row(&self) -> bool {
        let unread = self.socket.unread();
        header(unread).is_some_and(|(tag, length)| tag == b'D' && length <= unread.len())
    }

    /// Sets when the operation at hand has to be over.
    pub(super) fn watch_silence(&mut self, silence: Silence) {
        self.socket.watch(silence);
    }

    pub(super) fn set_deadline(&mut self, deadline: Deadline) {
        self.socket.set_deadline(deadline);
    }

    /// The messages of the operation at hand.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// Sends the written messages; this number of ReadyForQuery will answer them.
    pub(super) fn send(&mut self, answers: u32) -> Result<(), Fault> {
        self.unanswered += answers;
        if self.resetting == Resetting::Due {
            self.unanswered += 1;
            self.resetting = Resetting::Sent;
        }
        let sent = self.socket.send(&self.out);
        empty(&mut self.out);
        sent.map_err(|error| self.died(Fault::Io(error)))
    }

    /// Takes in an answer that is here already, so that it is read also after its deadline; nothing is waited for.
    #[cfg(feature = "atomic")]
    pub(super) fn take_what_came(&mut self) {
        self.socket.is_quiet();
    }

    /// The body of the last message.
    pub(super) fn body(&self, message: &Message) -> &[u8] {
        self.socket.slice(message.body.clone())
    }

    /// Reads to the end of one answer, which has to hold what is expected of it. `on` gets every message of it but errors;
    /// the first error is the outcome.
    pub(super) fn answer(
        &mut self,
        expected: Expected,
        mut on: impl FnMut(u8, &[u8]) -> Result<(), &'static str>,
    ) -> Result<(), Fault> {
        let mut refused = None;
        let mut tally = Tally::new(expected);
        loop {
            let message = match self.next() {
                Ok(message) => message,
                // A server that ends the session says why, and nothing after that.
                Err(fault) => return Err(refused.map_or(fault, Fault::Server)),
            };
            let body = self.socket.slice(message.body);
            match message.tag {
                b'Z' => {
                    if let Err(why) = tally.ensure_whole() {
                        return Err(self.broken(why));
                    }
                    return refused.map_or(Ok(()), |said| Err(Fault::Server(said)));
                }
                b'E' => {
                    tally.refuse();
                    let said = ServerError::parse(body);
                    refused.get_or_insert_with(|| Box::new(said));
                }
                tag => {
                    let seen = tally.see(tag, body).and_then(|()| on(tag, body));
                    if let Err(why) = seen {
                        return Err(self.broken(why));
                    }
                }
            }
        }
    }

    /// Reads to the end of an answer in which the server has refused: nothing else may follow.
    #[cold]
    pub(super) fn after_refusal(&mut self, said: Box<ServerError>) -> Fault {
        loop {
            match self.next().map(|message| message.tag) {
                Ok(b'Z') => return Fault::Server(said),
                Ok(b'E') => (),
                Ok(_) => return self.broken("more than an error where the server has refused"),
                // A server that ends the session says why, and nothing after that.
                Err(_) => return Fault::Server(said),
            }
        }
    }

    /// The next message that belongs to an answer. Messages that the server may send at any time are handled here.
    pub(super) fn next(&mut self) -> Result<Message, Fault> {
        if self.resetting == Resetting::Sent {
            self.await_reset()?;
        }
        self.next_of_any()
    }

    /// Waits for the reset. Requests after it may have run in a session that is not as new, so a refusal closes the
    /// session.
    #[cold]
    fn await_reset(&mut self) -> Result<(), Fault> {
        self.resetting = Resetting::No;
        match self.answer(Expected::Text, |_, _| Ok(())) {
            Err(Fault::Server(_)) => Err(self.broken("the session could not be reset")),
            outcome => outcome,
        }
    }

    fn next_of_any(&mut self) -> Result<Message, Fault> {
        loop {
            let message = self.frame().map_err(|fault| self.died(fault))?;
            match message.tag {
                // Notices may hold values, so they are not passed on; notifications are not used.
                b'N' | b'A' => (),
                b'S' => self.learn(&message),
                b'K' => self.key = self.body(&message).try_into().ok(),
                b'Z' => {
                    self.stand(&message).map_err(|fault| self.died(fault))?;
                    return Ok(message);
                }
                _ => return Ok(message),
            }
        }
    }

    /// Waits for the first message's head and looks whose it is; nothing is taken.
    pub(super) fn await_first(&mut self) -> Result<(), Fault> {
        while header(self.socket.unread()).is_none() {
            let received = self.socket.receive();
            received.map_err(|error| self.died(Fault::Io(error)))?;
        }
        super::login::ensure_postgres(&self.socket).map_err(|fault| self.died(fault))
    }

    /// Reads until the server waits for the rows of a COPY.
    pub(super) fn await_copy(&mut self) -> Result<(), Fault> {
        let message = self.next()?;
        match message.tag {
            b'G' => Ok(()),
            b'E' => {
                let said = Box::new(ServerError::parse(self.body(&message)));
                Err(self.after_refusal(said))
            }
            _ => Err(self.broken("COPY ended before it began")),
        }
    }

    pub(super) fn is_refused_early(&self) -> bool {
        let mut rest = self.socket.unread();
        while let Some((tag, length)) = header(rest) {
            match tag {
                b'E' => return true,
                _ => match rest.get(length..) {
                    Some(after) => rest = after,
                    None => return false,
                },
            }
        }
        false
    }

    fn frame(&mut self) -> Result<Message, Fault> {
        loop {
            let unread = self.socket.unread();
            if let Some((tag, length)) = header(unread) {
                if !(5..=MAX_MESSAGE).contains(&length) {
                    return Err(Fault::Protocol("a message of an impossible length"));
                }
                if unread.len() >= length {
                    let whole = self.socket.take(length);
                    let body = whole.start + 5..whole.end;
                    return Ok(Message { tag, body });
                }
            }
            self.socket.receive()?;
        }
    }

    /// Reads `ReadyForQuery`, which says whether a transaction is open.
    fn stand(&mut self, message: &Message) -> Result<(), Fault> {
        self.standing = match self.body(message) {
            b"I" => Standing::Idle,
            b"T" => Standing::InTransaction,
            b"E" => Standing::Failed,
            _ => return Err(Fault::Protocol("an unknown state of the transaction")),
        };
        self.unanswered = self
            .unanswered
            .checked_sub(1)
            .ok_or(Fault::Protocol("an answer to nothing"))?;
        Ok(())
    }

    /// A setting that the server reports: at the login as the account has them, later those that were changed.
    fn learn(&mut self, message: &Message) {
        let mut rest = self.socket.slice(message.body.clone());
        let name = bytes::take_text(&mut rest).unwrap_or_default();
        let value = bytes::take_text(&mut rest).unwrap_or_default();
        match name {
            b"server_version" => self.version = String::from_utf8_lossy(value).into_owned(),
            b"client_encoding" => self.strange.encoding = value != b"UTF8",
            b"standard_conforming_strings" => self.strange.strings = value != b"on",
            b"TimeZone" => self.strange.zone = value != b"UTC",
            b"DateStyle" => self.strange.dates = !value.starts_with(b"ISO"),
            _ => (),
        }
    }

    /// The login is answered by a ReadyForQuery without a Sync.
    pub(super) fn expect_login(&mut self) {
        self.unanswered = 1;
    }

    /// The peer broke the protocol in what a reader of messages found.
    #[cold]
    pub(super) fn broken(&mut self, why: &'static str) -> Fault {
        self.died(Fault::Protocol(why))
    }

    fn died(&mut self, fault: Fault) -> Fault {
        self.dead = true;
        fault
    }

    /// Returns the size of the buffer of messages while it is empty.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.out.capacity()
    }

    /// Says goodbye, where that would be understood; nothing is sent after it.
    pub(super) fn leave(&mut self) -> Leaving {
        if !self.is_dead() {
            self.socket.send_last(message::TERMINATE);
        }
        self.dead = true;
        self.socket.leave()
    }

    /// Never to be used again.
    pub(super) fn give_up(&mut self) {
        self.dead = true;
    }

    /// Returns the key with which another connection can cancel this session's statement.
    pub(super) fn cancel_key(&self) -> Option<[u8; 8]> {
        self.key
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
}

/// Closing waits for nothing.
impl Drop for Session {
    fn drop(&mut self) {
        if !self.is_dead() {
            self.socket.send_last(message::TERMINATE);
        }
    }
}

/// Tag and whole length of the message that begins here.
fn header(bytes: &[u8]) -> Option<(u8, usize)> {
    let (&tag, rest) = bytes.split_first()?;
    let length = u32::from_be_bytes(*rest.first_chunk()?);
    Some((
        tag,
        usize::try_from(length)
            .unwrap_or(usize::MAX)
            .saturating_add(1),
    ))
}
