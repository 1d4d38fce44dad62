//! A socket with TLS around it. Like the socket itself it never blocks: where nothing can be read or written, it says so.

use std::io::{self, ErrorKind, Read, Write};

use rustix::event::PollFlags;
use rustls::{ClientConnection, IoState};

use super::Tls;
#[cfg(feature = "postgres")]
use super::certificate::end_point_hash;
use crate::driver::wire::Deadline;
use crate::driver::wire::stream::{Interest, Stream};

/// An encrypted connection.
pub(in crate::driver::wire) struct TlsStream {
    connection: ClientConnection,
    /// The bytes as they go over the wire.
    below: Stream,
    /// Decrypted and not read yet: the socket knows nothing of them.
    decrypted: usize,
}

impl TlsStream {
    /// Agrees with the server on keys, within the deadline.
    ///
    /// # Errors
    /// Time ran out, the server is not the one that was meant, or it does not keep to the protocol.
    pub(in crate::driver::wire) fn agree(
        tls: &Tls,
        below: Stream,
        deadline: Deadline,
    ) -> io::Result<Self> {
        let mut stream = Self {
            connection: tls.begin()?,
            below,
            decrypted: 0,
        };
        while stream.connection.is_handshaking() || stream.connection.wants_write() {
            // A peer that sends for ever is as bad as a silent one.
            deadline.left()?;
            match stream.step() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let interest = if stream.connection.wants_write() {
                        Interest::ReadOrWrite
                    } else {
                        Interest::Read
                    };
                    stream.below.wait(interest, deadline)?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => (),
                outcome => outcome?,
            }
        }
        Ok(stream)
    }

    /// Sends or takes in one piece of the handshake.
    fn step(&mut self) -> io::Result<()> {
        if self.connection.wants_write() {
            return self.connection.write_tls(&mut self.below).map(drop);
        }
        if self.take_in()? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// Takes in encrypted bytes; 0 is their end.
    fn take_in(&mut self) -> io::Result<usize> {
        let read = self.connection.read_tls(&mut self.below)?;
        match self.connection.process_new_packets() {
            Ok(state) => self.decrypted = IoState::plaintext_bytes_to_read(&state),
            Err(error) => {
                // The peer gets the reason, if that goes through without waiting.
                let _ = self.connection.write_tls(&mut self.below);
                return Err(failed(error));
            }
        }
        Ok(read)
    }

    /// Waits as the socket does, unless something is there already.
    pub(in crate::driver::wire) fn wait(
        &self,
        interest: Interest,
        deadline: Deadline,
    ) -> io::Result<PollFlags> {
        if self.decrypted > 0 {
            return Ok(PollFlags::IN);
        }
        self.below.wait(interest, deadline)
    }

    pub(in crate::driver::wire) fn below(&self) -> &Stream {
        &self.below
    }

    #[cfg(feature = "postgres")]
    /// Returns the bytes that tie a login to this connection: the hash of the server's certificate (RFC 5929, section
    /// 4), where its signature's algorithm says which.
    pub(in crate::driver::wire) fn end_point(&self) -> Option<Vec<u8>> {
        let certificate = self.connection.peer_certificates()?.first()?;
        end_point_hash(certificate)
    }

    /// Announces the end to the server, if that goes through without waiting.
    pub(in crate::driver::wire) fn say_goodbye(&mut self) {
        self.connection.send_close_notify();
        let _ = self.flush();
    }
}

impl Read for TlsStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(out) {
                Ok(read) => {
                    self.decrypted -= read;
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => (),
                Err(error) => return Err(error),
            }
            self.take_in()?;
        }
    }
}

/// `write` may keep the bytes it takes; `flush` returns when all of them are on their way.
impl Write for TlsStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.flush()?;
        let taken = self.connection.writer().write(bytes)?;
        match self.flush() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(taken),
            outcome => outcome.map(|()| taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            if self.connection.write_tls(&mut self.below)? == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }
}

/// The kind stands for "not what was agreed on", whatever it was.
pub(super) fn failed(error: rustls::Error) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, super::explain(&error))
}
