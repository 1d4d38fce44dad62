//! From a host's name to addresses, with a limit.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use super::Deadline;
use super::within::within;

/// The name of a host that leads to no address.
#[derive(Debug)]
pub(super) struct UnknownHost {
    pub(super) host: String,
    /// In the resolver's words.
    why: String,
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.why)
    }
}

impl std::error::Error for UnknownHost {}

/// All addresses of a host, in the resolver's order; at least one.
///
/// The system's resolver (`getaddrinfo`) has no limit, so it runs on a thread of its own, which ends when the resolver
/// does.
///
/// # Errors
/// The deadline has passed, or there is no address, which is an [`UnknownHost`].
pub(super) fn resolve(host: &str, port: u16, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    // No name is looked up for an address.
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let name = host.to_owned();
    let found = within(deadline, "bindery-resolve", move || {
        let found = (name, port).to_socket_addrs();
        found.map(Iterator::collect::<Vec<_>>)
    })?;
    let unknown = |why| {
        io::Error::other(UnknownHost {
            host: host.to_owned(),
            why,
        })
    };
    match found {
        Ok(addresses) if addresses.is_empty() => Err(unknown("it has no address".to_owned())),
        Ok(addresses) => Ok(addresses),
        Err(error) => Err(unknown(error.to_string())),
    }
}
