//! Sending and receiving with one deadline for the whole of an operation.
//!
//! Nothing here blocks but [`Stream::wait`], and that has the deadline. What comes in while something is being sent is
//! taken in: two peers that both only write would wait for each other for ever.

use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

use rustix::event::PollFlags;

#[cfg(all(test, unix))]
use super::Wire;
use super::address::resolve;
use super::input::Input;
use super::stream::{Interest, Stream};
use super::{CutOff, Deadline, Silence, Tls};
use crate::driver::forks;
use crate::driver::{Cutter, Leaving};

/// Where to connect to.
#[derive(Debug, Clone)]
pub(in crate::driver) enum Peer {
    /// A host by its name or address.
    Host(String, u16),
    /// An address, found before.
    Address(SocketAddr),
    /// A socket file.
    File(PathBuf),
}

/// A connection's socket, what came in over it, and the deadline of the operation at hand.
pub(in crate::driver) struct Socket {
    stream: Stream,
    input: Input,
    deadline: Deadline,
    /// Looks after the server in waits that are long.
    silence: Option<Silence>,
    /// A request was sent and nothing has come since: then waiting first costs one system call less than reading.
    asked: bool,
    /// Of the process that connected: what comes in is for that one, and no child speaks in its name.
    forks: u32,
}

impl Socket {
    /// Connects; the deadline stays until another is set.
    pub(in crate::driver) fn connect(peer: &Peer, deadline: Deadline) -> io::Result<Self> {
        let stream = match peer {
            Peer::Host(host, port) => {
                Stream::connect_tcp(&resolve(host, *port, deadline)?, deadline)?
            }
            Peer::Address(address) => Stream::connect_tcp(&[*address], deadline)?,
            Peer::File(path) => Stream::connect_file(path, deadline)?,
        };
        Ok(Self {
            stream,
            input: Input::default(),
            deadline,
            silence: None,
            asked: false,
            forks: forks::count(),
        })
    }

    /// A socket that is connected already, for tests that play the server.
    #[cfg(all(test, unix))]
    pub(in crate::driver) fn over(stream: std::os::unix::net::UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream: Stream::Unix(Wire::new(stream)),
            input: Input::default(),
            deadline: Deadline::after(None),
            silence: None,
            asked: false,
            forks: forks::count(),
        })
    }

    /// The address of the other side, where it has one.
    pub(in crate::driver) fn address(&self) -> Option<SocketAddr> {
        self.stream.address()
    }

    /// Encrypts what follows, within the deadline of the operation at hand.
    ///
    /// # Errors
    /// Time ran out, the server is not the one that was meant, or something came in before TLS began: that was sent by
    /// an attacker in between, and would be taken for the server's word later. The socket is then of no more use.
    pub(in crate::driver) fn encrypt(&mut self, tls: &Tls) -> io::Result<()> {
        if !self.unread().is_empty() {
            let why = "something was sent before TLS began";
            return Err(io::Error::new(ErrorKind::InvalidData, why));
        }
        // A second handle of the same socket; the first goes when it is replaced.
        let plain = self.stream.try_clone()?;
        self.stream = plain.encrypted(tls, self.deadline)?;
        self.asked = false;
        Ok(())
    }

    #[cfg(feature = "postgres")]
    /// Whether the other side is on this machine: a socket of the file system, or an address of the loopback.
    pub(in crate::driver) fn is_local(&self) -> bool {
        self.address()
            .is_none_or(|address| address.ip().is_loopback())
    }

    pub(in crate::driver) fn is_encrypted(&self) -> bool {
        self.stream.is_encrypted()
    }

    #[cfg(feature = "postgres")]
    /// Returns the bytes that tie a login to an encrypted connection, if there are any.
    pub(in crate::driver) fn end_point(&self) -> Option<Vec<u8>> {
        self.stream.end_point()
    }

    /// Returns the handle by which another thread can cut it off.
    pub(in crate::driver) fn cutter(&self) -> Cutter {
        self.stream.cutter()
    }

    /// Explains the error of a socket that was cut off.
    #[cold]
    fn explained(&self, error: io::Error) -> io::Error {
        if self.stream.is_cut() {
            io::Error::other(CutOff)
        } else {
            error
        }
    }

    /// Rejects a process that is not the one that connected: after a fork, both would read and write one session.
    fn ensure_ours(&self) -> io::Result<()> {
        if forks::count() == self.forks {
            Ok(())
        } else {
            Err(io::Error::other("the process was forked"))
        }
    }

    /// Sets when the operation that begins now has to be over.
    pub(in crate::driver) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// From now on no wait is for a server that is silent, also without a deadline.
    pub(in crate::driver) fn watch(&mut self, silence: Silence) {
        self.silence = Some(silence);
    }

    fn wait(&self, interest: Interest) -> io::Result<PollFlags> {
        match &self.silence {
            Some(silence) => silence.wait(&self.stream, interest, self.deadline),
            None => self.stream.wait(interest, self.deadline),
        }
    }

    /// Bytes that came in and were not taken.
    pub(in crate::driver) fn unread(&self) -> &[u8] {
        self.input.unread()
    }

    /// Takes bytes that are there.
    pub(in crate::driver) fn take(&mut self, length: usize) -> Range<usize> {
        self.input.take(length)
    }

    /// Bytes that were taken, until more comes in.
    pub(in crate::driver) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.input.slice(range)
    }

    /// Waits until more bytes have come in.
    ///
    /// # Errors
    /// The deadline passed, or the peer closed the connection.
    pub(in crate::driver) fn receive(&mut self) -> io::Result<()> {
        self.ensure_ours()?;
        self.take_in().map_err(|error| self.explained(error))
    }

    fn take_in(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.asked) {
            self.wait(Interest::Read)?;
        } else {
            // A peer that never stops sending is as bad as one that never begins.
            self.deadline.left()?;
        }
        loop {
            match self.input.read_from(&mut self.stream) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.wait(Interest::Read)?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether nothing has come in and the other side is still there. Does not wait.
    pub(in crate::driver) fn is_quiet(&mut self) -> bool {
        let outcome = self.input.read_from(&mut self.stream);
        self.unread().is_empty()
            && outcome.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Whether the other side has ended the connection. What came in before that is taken in; nothing is waited for.
    pub(in crate::driver) fn has_ended(&mut self) -> bool {
        // Its last words come before the end.
        let mut looks = 0..2;
        looks.any(|_| match self.input.read_from(&mut self.stream) {
            Ok(read) => read == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        })
    }

    /// Sends all of it.
    ///
    /// # Errors
    /// The deadline passed, or the peer is gone; then some of it may have arrived.
    pub(in crate::driver) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.ensure_ours()?;
        self.send_all(bytes).map_err(|error| self.explained(error))
    }

    fn send_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(sent) => rest = &rest[sent..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.make_room()?,
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
        self.flush()?;
        self.asked = true;
        Ok(())
    }

    /// Sends what an encrypted connection kept back.
    fn flush(&mut self) -> io::Result<()> {
        loop {
            match self.stream.flush() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.make_room()?,
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                outcome => return outcome,
            }
        }
    }

    /// Waits for room to write, and takes in what comes meanwhile.
    fn make_room(&mut self) -> io::Result<()> {
        let ready = self.wait(Interest::ReadOrWrite)?;
        if ready.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            match self.input.read_from(&mut self.stream) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => (),
                Err(error) if error.kind() == ErrorKind::WouldBlock => (),
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Ends sending, and returns a handle that reports when the other side has ended the connection too.
    pub(in crate::driver) fn leave(&self) -> Leaving {
        self.stream.leave()
    }

    /// The same for a connection that is given up in the middle of a statement. `None` where it was cut off: then the other side's
    /// end cannot be seen.
    #[cfg(feature = "postgres")]
    pub(in crate::driver) fn give_up(&self) -> Option<Leaving> {
        (!self.stream.is_cut()).then(|| self.leave())
    }

    /// Sends what goes through without waiting, before the connection is closed. Whether it arrives does not matter.
    pub(in crate::driver) fn send_last(&mut self, bytes: &[u8]) {
        let _ = self.stream.write(bytes);
        self.stream.say_goodbye();
    }
}
