//! From a host's name to addresses, with a limit.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use super::Deadline;

/// Longer than any resolver tries by itself; a limit is always given where it matters.
const UNLIMITED: Duration = Duration::from_secs(24 * 60 * 60);

/// All addresses of a host, in the resolver's order.
///
/// The system's resolver (`getaddrinfo`) has no limit, so it runs on a thread of its own, which ends when the resolver
/// does.
pub(super) fn resolve(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    // Nothing is asked for an address.
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = sync_channel(1);
    let host = host.to_owned();
    thread::Builder::new()
        .name("bindery-resolve".to_owned())
        .spawn(move || {
            let found = (host, port).to_socket_addrs();
            drop(sender.send(found.map(Iterator::collect)));
        })?;
    let left = deadline.left()?.unwrap_or(UNLIMITED);
    receiver
        .recv_timeout(left)
        .unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(io::ErrorKind::TimedOut.into()),
            RecvTimeoutError::Disconnected => Err(io::ErrorKind::Other.into()),
        })
}
