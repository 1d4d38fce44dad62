//! Ports of the loopback interface for servers.
//!
//! They lie below those that the system gives to outgoing connections. A port that the system itself calls free (port 0) is one of these: a
//! client of another test may have it by the time a server opens it, or while a server is down that is to come back at it.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

use super::secret;
use crate::{Error, Result};

/// Another process may take the port between our choosing it and the server's binding it.
pub(super) const PORT_ATTEMPTS: u32 = 5;

/// Linux gives outgoing connections ports from 32,768 on, others from 49,152 on.
const PORTS: Range<u16> = 12_000..32_000;

/// The next of this process: two servers that start at once never choose the same.
static NEXT: OnceLock<AtomicU16> = OnceLock::new();

pub(super) fn free_port() -> Result<u16> {
    let next = match NEXT.get() {
        Some(next) => next,
        None => {
            // Processes begin far from each other.
            let random = u16::from_str_radix(&secret::random_hex(2)?, 16).unwrap_or_default();
            NEXT.get_or_init(|| AtomicU16::new(random))
        }
    };
    PORTS
        .map(|_| next.fetch_add(1, Ordering::Relaxed) % PORTS.len() as u16 + PORTS.start)
        .find(|port| !is_taken(*port))
        .ok_or_else(|| {
            Error::io("find a free port on 127.0.0.1")(std::io::ErrorKind::AddrInUse.into())
        })
}

pub(super) fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_chosen_once_and_is_none_of_outgoing_connections() {
        let first = free_port().expect("a free port");
        let second = free_port().expect("another");
        assert_ne!(first, second);
        assert!(PORTS.contains(&first) && PORTS.contains(&second));
    }
}
