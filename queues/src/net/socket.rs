//! A socket of which every wait has a deadline, plain or encrypted, and the bytes that came in.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::address::Address;

/// The authorities whose certificates are trusted.
#[derive(Debug, Clone, Default)]
#[cfg_attr(
    not(feature = "tls"),
    expect(dead_code, reason = "without the feature nothing is encrypted")
)]
pub(crate) enum Trust {
    /// Those of the system.
    #[default]
    System,
    /// These, in PEM.
    Only(Vec<u8>),
}

/// A connection to a server.
pub(crate) struct Socket {
    stream: Stream,
    /// The bytes that came in and were not consumed.
    input: Vec<u8>,
    timeout: Duration,
}

enum Stream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<super::tls::TlsStream>),
}

impl fmt::Debug for Socket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Socket {
    /// Connects, and sets up TLS where `encrypts`. Addresses of a name are tried one after the other within the time.
    pub(crate) fn connect(address: &Address, timeout: Duration) -> io::Result<Self> {
        let until = Instant::now() + timeout;
        let mut failure = None;
        for place in (address.host.as_str(), address.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&place, left(until)?) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Self {
                        stream: Stream::Plain(stream),
                        input: Vec::new(),
                        timeout,
                    });
                }
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| ErrorKind::AddrNotAvailable.into()))
    }

    /// Encrypts what follows.
    #[cfg(feature = "tls")]
    pub(crate) fn encrypt(self, address: &Address, trust: &Trust) -> io::Result<Self> {
        let Stream::Plain(stream) = self.stream else {
            return Ok(self);
        };
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        let stream = super::tls::begin(stream, &address.host, trust)?;
        Ok(Self {
            stream: Stream::Tls(Box::new(stream)),
            ..self
        })
    }

    /// Refuses: the feature is not there.
    #[cfg(not(feature = "tls"))]
    pub(crate) fn encrypt(self, _: &Address, _: &Trust) -> io::Result<Self> {
        let why = "encrypted connections need the feature `tls` of `bindery-queues`";
        Err(io::Error::new(ErrorKind::Unsupported, why))
    }

    /// The deadline of an operation that begins now.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// The bytes that came in and are not consumed.
    pub(crate) fn input(&self) -> &[u8] {
        &self.input
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        self.input.drain(..bytes);
    }

    /// Sends all of it within the time of an operation.
    pub(crate) fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let until = self.deadline();
        while !bytes.is_empty() {
            self.tcp().set_write_timeout(Some(left(until)?))?;
            match self.writer().write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(explained(error)),
            }
        }
        self.writer().flush().map_err(explained)
    }

    /// Waits for more bytes until then.
    pub(crate) fn receive(&mut self, until: Instant) -> io::Result<()> {
        self.tcp().set_read_timeout(Some(left(until)?))?;
        self.read().map_err(explained)
    }

    /// Takes in what is there already, and says whether that was anything.
    pub(crate) fn receive_now(&mut self) -> io::Result<bool> {
        self.tcp().set_nonblocking(true)?;
        let outcome = self.read();
        self.tcp().set_nonblocking(false)?;
        match outcome {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn read(&mut self) -> io::Result<()> {
        let mut part = [0; 16 * 1024];
        loop {
            let read = match &mut self.stream {
                Stream::Plain(stream) => stream.read(&mut part),
                #[cfg(feature = "tls")]
                Stream::Tls(stream) => stream.read(&mut part),
            };
            match read {
                Ok(0) => return Err(closed()),
                Ok(read) => {
                    self.input.extend_from_slice(&part[..read]);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.stream {
            Stream::Plain(stream) => stream,
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => &mut **stream,
        }
    }

    fn tcp(&self) -> &TcpStream {
        match &self.stream {
            Stream::Plain(stream) => stream,
            #[cfg(feature = "tls")]
            Stream::Tls(stream) => &stream.sock,
        }
    }
}

/// The time until then; never nothing, which would be no limit.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(silent());
    }
    Ok(left.max(Duration::from_millis(1)))
}

fn silent() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "the server does not answer in time")
}

fn closed() -> io::Error {
    io::Error::new(
        ErrorKind::UnexpectedEof,
        "the server has closed the connection",
    )
}

fn explained(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => silent(),
        _ => error,
    }
}
