//! A proxy between a program and its database that does what networks do on bad days.
//!
//! Bytes are passed on by two threads a connection, one for each direction; what is known of faults is in [`Fault`].

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::{Error, Result};

/// How often a thread looks whether the fault has changed.
const LOOK: Duration = Duration::from_millis(10);

/// A fault in the bytes that pass.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Everything passes.
    None,
    /// Nothing passes any more, in either direction, and neither does the end of a connection: a peer that is silent.
    /// Connections are still accepted. What is held back passes when the fault is over.
    Stall,
    /// When these bytes come by, nothing passes from then on, on any connection: the fault is [`Stall`](Self::Stall).
    StallAtPattern {
        /// The direction whose bytes are concerned.
        direction: Direction,
        /// The bytes that are looked for.
        pattern: Vec<u8>,
        /// Whether the piece that they are in passes before: all of the request, where that is one piece.
        passes: bool,
    },
    /// Connections are reset (RST), those that there are and those that come.
    Cut,
    /// So many bytes pass in this direction of each connection, counted from its beginning; then it is reset.
    CutAfter {
        /// The direction whose bytes are concerned.
        direction: Direction,
        /// The number of bytes that pass before it happens.
        bytes: u64,
    },
    /// When these bytes come by, the connection is reset before they pass. What of them came before the rest has passed.
    CutBeforePattern {
        /// The direction whose bytes are concerned.
        direction: Direction,
        /// The bytes, for example `COMMIT`.
        pattern: Vec<u8>,
    },
    /// When these bytes have passed, whatever comes later does not, in either direction, and the connection is reset when
    /// the receiver has had the time to act on them. To the server all of the piece passes that they are in, as the end of a
    /// request may follow them.
    CutAfterPattern {
        /// The direction whose bytes are concerned.
        direction: Direction,
        /// The bytes that are looked for.
        pattern: Vec<u8>,
        /// The time until the reset.
        wait: Duration,
    },
    /// Each piece passes so much later. What comes meanwhile is the next piece.
    Delay(Duration),
    /// So many bytes pass at a time, with such a pause before each.
    Throttle {
        /// The number of bytes in each part.
        bytes: usize,
        /// The pause between two parts.
        pause: Duration,
    },
}

/// A direction through the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the program to the database.
    ToServer,
    /// From the database to the program.
    ToClient,
}

/// A proxy on a free port of the loopback interface. It ends, with all its connections, when it is dropped.
///
/// ```no_run
/// # fn main() -> Result<(), bindery_testkit::Error> {
/// use bindery_testkit::{Direction, Fault, FaultProxy, Server};
///
/// let server = Server::postgres().start()?;
/// let proxy = FaultProxy::start(&server.database("shop")?)?;
/// let url = proxy.url(); // the same database, through the proxy
/// # let _ = url;
///
/// proxy.set(Fault::Stall); // from now on the server is silent
/// proxy.set(Fault::CutBeforePattern { direction: Direction::ToServer, pattern: b"COMMIT".to_vec() });
/// proxy.heal();
/// # Ok(())
/// # }
/// ```
pub struct FaultProxy {
    url: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    target: SocketAddr,
    fault: Mutex<Fault>,
    changed: Condvar,
    ended: AtomicBool,
    accepted: AtomicUsize,
    open: AtomicUsize,
    round_trips: AtomicUsize,
}

impl FaultProxy {
    /// Starts a proxy to the server of a URL with a host and a port.
    ///
    /// # Errors
    /// The URL has no such part, the host is not known, or no port is free.
    pub fn start(url: &str) -> Result<Self> {
        let place = host_and_port(url).ok_or(Error::NoAddress)?;
        let target = resolve(&url[place.clone()])?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| failed("open a port for the proxy", error))?;
        let address = listener
            .local_addr()
            .map_err(|error| failed("open a port for the proxy", error))?;
        let shared = Arc::new(Shared {
            target,
            fault: Mutex::new(Fault::None),
            changed: Condvar::new(),
            ended: AtomicBool::new(false),
            accepted: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            round_trips: AtomicUsize::new(0),
        });
        let of_thread = Arc::clone(&shared);
        let accepting = thread::spawn(move || accept(&listener, &of_thread));
        let mut through = url.to_owned();
        through.replace_range(place, &address.to_string());
        Ok(Self {
            url: through,
            shared,
            accepting: Some(accepting),
        })
    }

    /// The URL it was started with, with the proxy's address in it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sets what happens from now on, also to connections that are open.
    pub fn set(&self, fault: Fault) {
        *self.shared.fault() = fault;
        self.shared.changed.notify_all();
    }

    /// Returns what happens now.
    pub fn fault(&self) -> Fault {
        self.shared.fault().clone()
    }

    /// Lets everything pass again.
    pub fn heal(&self) {
        self.set(Fault::None);
    }

    /// Returns how many connections there have been.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Returns how often a server was sent something for the first time since it had answered.
    pub fn round_trips(&self) -> usize {
        self.shared.round_trips.load(Ordering::SeqCst)
    }

    /// Returns how many connections there are.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.shared.changed.notify_all();
        if let Some(accepting) = self.accepting.take() {
            // It ends by itself; a panic in it has been printed.
            let _ = accepting.join();
        }
    }
}

impl Shared {
    fn fault(&self) -> MutexGuard<'_, Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Waits for another fault, for a moment.
    fn pause(&self) {
        let fault = self.fault();
        drop(self.changed.wait_timeout(fault, LOOK));
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut pumps: Vec<JoinHandle<()>> = Vec::new();
    while !shared.has_ended() {
        match listener.accept() {
            Ok((client, _)) => {
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                pumps.retain(|pump| !pump.is_finished());
                pumps.extend(connect(client, shared));
            }
            Err(_) => thread::sleep(LOOK / 5),
        }
    }
    for pump in pumps {
        let _ = pump.join();
    }
}

/// Joins a client to the server. Where the server refuses, so does the proxy.
fn connect(client: TcpStream, shared: &Arc<Shared>) -> Vec<JoinHandle<()>> {
    let Ok(server) = TcpStream::connect(shared.target) else {
        // Closing it does the rest, whether or not that becomes a reset.
        let _ = linger_not(&client);
        return Vec::new();
    };
    let pipes = || -> io::Result<[Pipe; 2]> {
        for stream in [&client, &server] {
            stream.set_nonblocking(false)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(LOOK))?;
        }
        let fate = Arc::new(Fate::default());
        let forth = (client.try_clone()?, server.try_clone()?);
        Ok([
            Pipe::new(forth.0, forth.1, Direction::ToServer, Arc::clone(&fate)),
            Pipe::new(server, client, Direction::ToClient, fate),
        ])
    };
    let Ok(pipes) = pipes() else {
        return Vec::new();
    };
    shared.open.fetch_add(1, Ordering::SeqCst);
    let counted = Arc::new(Counted(Arc::clone(shared)));
    pipes
        .into_iter()
        .map(|mut pipe| {
            let counted = Arc::clone(&counted);
            thread::spawn(move || {
                // A connection that fails is closed, the only signal that either side can get.
                let _ = pipe.run(&counted.0);
                drop(pipe);
            })
        })
        .collect()
}

/// A connection that counts as open until both of its directions have ended.
struct Counted(Arc<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One direction of one connection.
struct Pipe {
    from: TcpStream,
    to: TcpStream,
    direction: Direction,
    passed: u64,
    /// The last bytes that passed, for patterns that come in two pieces.
    tail: Vec<u8>,
    fate: Arc<Fate>,
}

/// The state that both directions of one connection share.
#[derive(Default)]
struct Fate {
    /// Nothing more passes; a reset follows.
    held: AtomicBool,
    /// It is to be reset.
    cut: AtomicBool,
    /// The server was sent something, and has not answered yet.
    waits: AtomicBool,
}

/// The decision about a piece.
enum Verdict {
    Pass,
    Hold,
    /// From now on nothing passes, on any connection; this piece, where that is so.
    Silence(bool),
    Reset,
    /// This much passes, then the connection is reset after a time.
    ResetAfter(usize, Duration),
    Slowly(usize, Duration),
}

impl Pipe {
    fn new(from: TcpStream, to: TcpStream, direction: Direction, fate: Arc<Fate>) -> Self {
        Self {
            fate,
            from,
            to,
            direction,
            passed: 0,
            tail: Vec::new(),
        }
    }

    fn run(&mut self, shared: &Shared) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            if self.is_over(shared) || *shared.fault() == Fault::Cut {
                return self.reset();
            }
            match self.from.read(&mut buffer) {
                Ok(0) => return self.end(shared),
                Ok(read) if !self.pass(&buffer[..read], shared)? => return Ok(()),
                Ok(_) => (),
                Err(error) if is_idle(&error) => (),
                Err(_) => {
                    self.wait_while_held(shared);
                    return self.reset();
                }
            }
        }
    }

    /// Passes the end on.
    fn end(&self, shared: &Shared) -> io::Result<()> {
        self.wait_while_held(shared);
        if self.is_over(shared) {
            return self.reset();
        }
        self.to.shutdown(Shutdown::Write)
    }

    fn wait_while_held(&self, shared: &Shared) {
        while !self.is_over(shared) && (self.is_held() || *shared.fault() == Fault::Stall) {
            shared.pause();
        }
    }

    /// Passes one piece on; `false` where that was the end.
    fn pass(&mut self, mut rest: &[u8], shared: &Shared) -> io::Result<bool> {
        while !rest.is_empty() {
            let verdict = if self.is_held() {
                Verdict::Hold
            } else {
                self.judge(&shared.fault(), rest)
            };
            let (length, pause) = match verdict {
                _ if self.is_over(shared) => return self.reset().map(|()| false),
                Verdict::Reset => return self.reset().map(|()| false),
                Verdict::ResetAfter(length, wait) => {
                    // Before anybody can answer to what passes now.
                    self.fate.held.store(true, Ordering::SeqCst);
                    self.to.write_all(&rest[..length])?;
                    thread::sleep(wait);
                    return self.reset().map(|()| false);
                }
                Verdict::Silence(passes) => {
                    *shared.fault() = Fault::Stall;
                    if !passes {
                        continue;
                    }
                    (rest.len(), Duration::ZERO)
                }
                Verdict::Hold => {
                    shared.pause();
                    continue;
                }
                Verdict::Pass => (rest.len(), Duration::ZERO),
                Verdict::Slowly(length, pause) => (length.clamp(1, rest.len()), pause),
            };
            thread::sleep(pause);
            let (now, later) = rest.split_at(length);
            let sends = self.direction == Direction::ToServer;
            if sends && !self.fate.waits.load(Ordering::SeqCst) {
                shared.round_trips.fetch_add(1, Ordering::SeqCst);
            }
            self.fate.waits.store(sends, Ordering::SeqCst);
            self.to.write_all(now)?;
            self.passed += now.len() as u64;
            self.remember(now);
            rest = later;
        }
        Ok(true)
    }

    fn judge(&self, fault: &Fault, piece: &[u8]) -> Verdict {
        let mine = |direction: &Direction| *direction == self.direction;
        match fault {
            Fault::None => Verdict::Pass,
            Fault::Stall => Verdict::Hold,
            Fault::Cut => Verdict::Reset,
            Fault::CutAfter { direction, bytes } if mine(direction) => {
                let left = usize::try_from(bytes.saturating_sub(self.passed));
                match left.unwrap_or(usize::MAX) {
                    left if left > piece.len() => Verdict::Pass,
                    left => Verdict::ResetAfter(left, Duration::ZERO),
                }
            }
            Fault::CutBeforePattern { direction, pattern } if mine(direction) => {
                match self.end_of(pattern, piece) {
                    Some(end) => {
                        Verdict::ResetAfter(end.saturating_sub(pattern.len()), Duration::ZERO)
                    }
                    None => Verdict::Pass,
                }
            }
            Fault::CutAfterPattern {
                direction,
                pattern,
                wait,
            } => match (self.end_of(pattern, piece), direction) {
                (Some(_), Direction::ToServer) if mine(direction) => {
                    Verdict::ResetAfter(piece.len(), *wait)
                }
                (Some(end), Direction::ToClient) if mine(direction) => {
                    Verdict::ResetAfter(end, *wait)
                }
                _ => Verdict::Pass,
            },
            Fault::StallAtPattern {
                direction,
                pattern,
                passes,
            } if mine(direction) => {
                let found = self.end_of(pattern, piece);
                found.map_or(Verdict::Pass, |_| Verdict::Silence(*passes))
            }
            Fault::CutAfter { .. }
            | Fault::CutBeforePattern { .. }
            | Fault::StallAtPattern { .. } => Verdict::Pass,
            Fault::Delay(time) => Verdict::Slowly(usize::MAX, *time),
            Fault::Throttle { bytes, pause } => Verdict::Slowly(*bytes, *pause),
        }
    }

    /// Returns where the pattern ends in the piece, which may have begun before it.
    fn end_of(&self, pattern: &[u8], piece: &[u8]) -> Option<usize> {
        let before = self.tail.len().min(pattern.len().saturating_sub(1));
        let joined = [&self.tail[self.tail.len() - before..], piece].concat();
        let found = joined
            .windows(pattern.len().max(1))
            .position(|window| window == pattern)?;
        Some(found + pattern.len() - before)
    }

    fn remember(&mut self, passed: &[u8]) {
        const LONGEST: usize = 1024;
        self.tail.extend_from_slice(passed);
        let surplus = self.tail.len().saturating_sub(LONGEST);
        self.tail.drain(..surplus);
    }

    fn is_over(&self, shared: &Shared) -> bool {
        shared.has_ended() || self.fate.cut.load(Ordering::SeqCst)
    }

    fn is_held(&self) -> bool {
        self.fate.held.load(Ordering::SeqCst)
    }

    /// The reset is sent when both directions have let the sockets go.
    fn reset(&self) -> io::Result<()> {
        self.fate.cut.store(true, Ordering::SeqCst);
        linger_not(&self.from)?;
        linger_not(&self.to)
    }
}

/// Has closing send a reset and not an orderly end.
fn linger_not(stream: &TcpStream) -> io::Result<()> {
    rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))?;
    Ok(())
}

fn is_idle(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// Returns where `host:port` is in a URL.
fn host_and_port(url: &str) -> Option<std::ops::Range<usize>> {
    let start = url.find("://")? + 3;
    let end = url[start..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |length| start + length);
    let host = url[start..end]
        .rfind('@')
        .map_or(start, |at| start + at + 1);
    let (_, port) = url[host..end].rsplit_once(':')?;
    port.parse::<u16>().ok().map(|_| host..end)
}

fn resolve(host_and_port: &str) -> Result<SocketAddr> {
    use std::net::ToSocketAddrs;
    let found = host_and_port
        .to_socket_addrs()
        .map_err(|error| failed("find the host of the proxy's URL", error))?;
    found.into_iter().next().ok_or(Error::NoAddress)
}

fn failed(doing: &str, source: io::Error) -> Error {
    let doing = doing.to_owned();
    Error::Io { doing, source }
}

#[cfg(test)]
mod tests;
