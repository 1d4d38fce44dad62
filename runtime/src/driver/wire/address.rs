//! From a host's name to addresses, with a limit.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use super::Deadline;
use super::within::within;

/// All addresses of a host, in the resolver's order.
///
/// The system's resolver (`getaddrinfo`) has no limit, so it runs on a thread of its own, which ends when the resolver
/// does.
pub(super) fn resolve(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    // No name is looked up for an address.
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = host.to_owned();
    within(deadline, "bindery-resolve", move || {
        let found = (host, port).to_socket_addrs();
        found.map(Iterator::collect)
    })?
}
