//! A socket that another thread may cut off while this one waits for it.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::AsFd;

use super::Deadline;
use super::stream::wait_for;
use crate::driver::cut::Cut;
use crate::driver::leaving::Leave;
use crate::driver::work;

/// A socket of the system, with or without encryption above it.
pub(super) struct Wire<S> {
    stream: S,
    is_cut: AtomicBool,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S) -> Arc<Self> {
        Arc::new(Self {
            stream,
            is_cut: AtomicBool::new(false),
        })
    }

    pub(super) fn stream(&self) -> &S {
        &self.stream
    }

    pub(super) fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Acquire)
    }
}

/// A thread that waits for the socket is woken, and finds its end. One that is closed already cannot be shut down, and
/// need not.
impl Cut for Wire<TcpStream> {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn has_ended(&self) -> bool {
        is_ended(&self.stream)
    }
}

#[cfg(unix)]
impl Cut for Wire<UnixStream> {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn has_ended(&self) -> bool {
        is_ended(&self.stream)
    }
}

impl Leave for Wire<TcpStream> {
    fn has_ended_within(&self, limit: Duration) -> bool {
        has_ended_within(&self.stream, limit)
    }
}

#[cfg(unix)]
impl Leave for Wire<UnixStream> {
    fn has_ended_within(&self, limit: Duration) -> bool {
        has_ended_within(&self.stream, limit)
    }
}

/// A server's last words may be unread: the end behind them counts.
fn is_ended(stream: &impl AsFd) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    let ends = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    let ends = PollFlags::HUP | PollFlags::ERR;
    let mut watched = [PollFd::new(stream, ends)];
    let now = Timespec::default();
    poll(&mut watched, Some(&now)).is_ok() && watched[0].revents().intersects(ends)
}

/// A server that is in the middle of an answer of this length notices sooner that the client is gone when the socket is
/// closed.
const TOO_MUCH: usize = 4 * 1024 * 1024;

/// A server that has something to say may end the session only when that is taken in.
fn has_ended_within<S: AsFd>(stream: &S, limit: Duration) -> bool
where
    for<'s> &'s S: Read,
{
    let deadline = Deadline::after(Some(limit));
    let mut reader = stream;
    let (mut dropped, mut buffer) = (0, [0; 16 * 1024]);
    while dropped < TOO_MUCH {
        match reader.read(&mut buffer) {
            Ok(0) => return true,
            Ok(_) if deadline.left().is_err() => return false,
            Ok(length) => dropped += length,
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if wait_for(stream, PollFlags::IN, deadline).is_err() {
                    return false;
                }
            }
            Err(_) => return true,
        }
    }
    true
}

/// Why a socket failed that was cut off.
#[derive(Debug)]
pub(super) struct CutOff;

impl fmt::Display for CutOff {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = work::reason();
        write!(out, "{why}, and the connection was cut off")
    }
}

impl std::error::Error for CutOff {}
