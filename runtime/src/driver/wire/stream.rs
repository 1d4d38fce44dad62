//! A connected socket that never blocks, over TCP or a socket file.

use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::AsFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream;

#[cfg(feature = "tls")]
use super::tls::TlsStream;
use super::{Deadline, Tls, Wire};
use crate::driver::{Cutter, Leaving};

/// A peer that is gone is noticed within half a minute, also while nothing is requested.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_COUNT: u32 = 3;

/// A socket to a server, over TCP or in the file system.
pub(super) enum Stream {
    Tcp(Arc<Wire<TcpStream>>),
    #[cfg(unix)]
    Unix(Arc<Wire<UnixStream>>),
    /// Encrypted; around one of the others.
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream>),
}

/// The event to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interest {
    Read,
    /// Room to write, or something to read: a peer that waits for us to read does not read either.
    ReadOrWrite,
}

impl Stream {
    /// Tries the addresses one after the other; each has its share of what is left, so that a silent one leaves time
    /// for the next.
    pub(super) fn connect_tcp(addresses: &[SocketAddr], deadline: Deadline) -> io::Result<Self> {
        let mut outcome = Err(io::ErrorKind::AddrNotAvailable.into());
        for (index, address) in addresses.iter().enumerate() {
            let others = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
            outcome = match deadline.left()? {
                Some(left) => TcpStream::connect_timeout(address, left / others),
                None => TcpStream::connect(address),
            };
            if outcome.is_ok() {
                break;
            }
        }
        let stream = outcome?;
        stream.set_nodelay(true)?;
        keep_alive(&stream)?;
        stream.set_nonblocking(true)?;
        Ok(Self::Tcp(Wire::new(stream)))
    }

    /// The address of the other side, where it has one.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(wire) => wire.stream().peer_addr().ok(),
            #[cfg(unix)]
            Self::Unix(_) => None,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.below().address(),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn connect_file(_: &std::path::Path, _: Deadline) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// `connect` of a socket file waits without a limit where the server has no room for more, unless it may not block:
    /// then it says so, and is tried again.
    #[cfg(unix)]
    pub(super) fn connect_file(path: &std::path::Path, deadline: Deadline) -> io::Result<Self> {
        use rustix::io::Errno;
        use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};
        const PAUSE: Duration = Duration::from_millis(5);
        let address = SocketAddrUnix::new(path)?;
        let file = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::CLOEXEC)?;
        let stream = UnixStream::from(file);
        stream.set_nonblocking(true)?;
        while let Err(error) = connect(&stream, &address) {
            match error {
                Errno::ISCONN => break,
                Errno::AGAIN | Errno::INTR => {
                    let left = deadline.left()?.unwrap_or(PAUSE);
                    std::thread::sleep(left.min(PAUSE));
                }
                other => return Err(other.into()),
            }
        }
        Ok(Self::Unix(Wire::new(stream)))
    }

    /// Another handle of the same socket.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(wire) => Ok(Self::Tcp(Arc::clone(wire))),
            #[cfg(unix)]
            Self::Unix(wire) => Ok(Self::Unix(Arc::clone(wire))),
            #[cfg(feature = "tls")]
            Self::Tls(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    pub(super) fn is_encrypted(&self) -> bool {
        match self {
            Self::Tcp(_) => false,
            #[cfg(unix)]
            Self::Unix(_) => false,
            #[cfg(feature = "tls")]
            Self::Tls(_) => true,
        }
    }

    /// Encrypts what follows.
    #[cfg(feature = "tls")]
    pub(super) fn encrypted(self, tls: &Tls, deadline: Deadline) -> io::Result<Self> {
        TlsStream::agree(tls, self, deadline).map(|stream| Self::Tls(Box::new(stream)))
    }

    /// There is no [`Tls`] to do it with.
    #[cfg(not(feature = "tls"))]
    pub(super) fn encrypted(self, tls: &Tls, _: Deadline) -> io::Result<Self> {
        match *tls {}
    }

    #[cfg(feature = "postgres")]
    /// Returns the bytes that tie a login to an encrypted connection, if there are any.
    pub(super) fn end_point(&self) -> Option<Vec<u8>> {
        match self {
            Self::Tcp(_) => None,
            #[cfg(unix)]
            Self::Unix(_) => None,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.end_point(),
        }
    }

    /// Says that nothing follows, where there is a way to say it; does not wait.
    pub(super) fn say_goodbye(&mut self) {
        match self {
            Self::Tcp(_) => (),
            #[cfg(unix)]
            Self::Unix(_) => (),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.say_goodbye(),
        }
    }

    /// Returns the handle by which another thread can cut it off.
    pub(super) fn cutter(&self) -> Cutter {
        match self {
            Self::Tcp(wire) => Cutter::new(wire),
            #[cfg(unix)]
            Self::Unix(wire) => Cutter::new(wire),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.below().cutter(),
        }
    }

    pub(super) fn is_cut(&self) -> bool {
        match self {
            Self::Tcp(wire) => wire.is_cut(),
            #[cfg(unix)]
            Self::Unix(wire) => wire.is_cut(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.below().is_cut(),
        }
    }

    /// Waits until the socket is ready.
    pub(super) fn wait(&self, interest: Interest, deadline: Deadline) -> io::Result<PollFlags> {
        let flags = match interest {
            Interest::Read => PollFlags::IN,
            Interest::ReadOrWrite => PollFlags::IN | PollFlags::OUT,
        };
        match self {
            Self::Tcp(wire) => wait_for(wire.stream(), flags, deadline),
            #[cfg(unix)]
            Self::Unix(wire) => wait_for(wire.stream(), flags, deadline),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.wait(interest, deadline),
        }
    }

    /// Ends sending, and returns a handle that reports when the other side has ended the connection too.
    pub(super) fn leave(&self) -> Leaving {
        // One that is closed already cannot be shut down, and need not.
        match self {
            Self::Tcp(wire) => {
                let _ = wire.stream().shutdown(Shutdown::Write);
                Leaving::new(wire.clone())
            }
            #[cfg(unix)]
            Self::Unix(wire) => {
                let _ = wire.stream().shutdown(Shutdown::Write);
                Leaving::new(wire.clone())
            }
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.below().leave(),
        }
    }
}

/// Waits until a socket is ready.
pub(super) fn wait_for(
    socket: &impl AsFd,
    flags: PollFlags,
    deadline: Deadline,
) -> io::Result<PollFlags> {
    loop {
        let left = deadline.left()?.map(timespec).transpose()?;
        let mut watched = [PollFd::new(socket, flags)];
        match poll(&mut watched, left.as_ref()) {
            // Time ran out, which `left` reports, or a signal interrupted.
            Ok(0) | Err(rustix::io::Errno::INTR) => (),
            Ok(_) => return Ok(watched[0].revents()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn timespec(time: Duration) -> io::Result<Timespec> {
    Timespec::try_from(time).map_err(io::Error::other)
}

fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    use rustix::net::sockopt;
    sockopt::set_socket_keepalive(stream, true)?;
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    {
        sockopt::set_tcp_keepidle(stream, KEEPALIVE_IDLE)?;
        sockopt::set_tcp_keepintvl(stream, KEEPALIVE_INTERVAL)?;
        sockopt::set_tcp_keepcnt(stream, KEEPALIVE_COUNT)?;
    }
    // Keepalives say nothing of a peer that leaves what was sent unacknowledged.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let limit = KEEPALIVE_IDLE + KEEPALIVE_INTERVAL * KEEPALIVE_COUNT;
        let limit_ms = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
        sockopt::set_tcp_user_timeout(stream, limit_ms)?;
    }
    Ok(())
}

impl Read for Stream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(wire) => wire.stream().read(out),
            #[cfg(unix)]
            Self::Unix(wire) => wire.stream().read(out),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.read(out),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(wire) => wire.stream().write(bytes),
            #[cfg(unix)]
            Self::Unix(wire) => wire.stream().write(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Tcp(wire) => wire.stream().write_vectored(pieces),
            #[cfg(unix)]
            Self::Unix(wire) => wire.stream().write_vectored(pieces),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write_vectored(pieces),
        }
    }

    /// Sends what an encrypted connection kept back; the others keep nothing.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(_) => Ok(()),
            #[cfg(unix)]
            Self::Unix(_) => Ok(()),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;

    use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};

    use super::*;

    /// Nobody takes connections from it, and there is no room for another.
    fn silent() -> (rustix::fd::OwnedFd, SocketAddr, Vec<TcpStream>) {
        let silent = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&silent, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        listen(&silent, 0).unwrap();
        let address = SocketAddr::try_from(getsockname(&silent).unwrap()).unwrap();
        let limit = Duration::from_millis(50);
        let waiting = std::iter::from_fn(|| TcpStream::connect_timeout(&address, limit).ok());
        let waiting = waiting.take(100).collect();
        (silent, address, waiting)
    }

    /// A name may have addresses that do not answer: one of them leaves time for the others.
    #[test]
    fn a_silent_address_leaves_time_for_the_next() {
        let (_silent, address, _waiting) = silent();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let deadline = Deadline::after(Some(Duration::from_millis(400)));
        let error = Stream::connect_tcp(&[address], deadline)
            .map(drop)
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);

        let addresses = [address, listener.local_addr().unwrap()];
        let deadline = Deadline::after(Some(Duration::from_secs(4)));
        let stream = Stream::connect_tcp(&addresses, deadline).unwrap();
        assert_eq!(stream.address(), Some(addresses[1]));
    }
}
