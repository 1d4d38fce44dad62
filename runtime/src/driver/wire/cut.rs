//! A socket that another thread may cut off while this one waits for it.

use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::driver::cut::Cut;

/// A socket.
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

/// Whoever waits for the socket is woken, and finds its end. One that is closed already cannot be shut down, and need not.
impl Cut for Wire<TcpStream> {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

#[cfg(unix)]
impl Cut for Wire<UnixStream> {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Why a socket failed that was cut off.
#[derive(Debug, thiserror::Error)]
#[error("the engine was closed, and the connection was cut off")]
pub(super) struct CutOff;
