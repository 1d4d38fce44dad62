//! Connections to simulated servers, for tests.

use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::PostgresConnection;
use super::session::Session;
use crate::driver::wire::{Peer, Socket};

/// A connection that is logged in.
pub(in crate::driver) fn connection(stream: UnixStream) -> PostgresConnection {
    let session = Session::new(Socket::over(stream).expect("a socket"));
    let peer = Peer::File("/nowhere".into());
    let limit = Some(Duration::from_secs(10));
    PostgresConnection::over(session, peer, limit)
}

/// Whole messages of the client; each Sync, query and end of a COPY requests an answer.
pub(in crate::driver) fn requests(came: &[u8]) -> (usize, usize) {
    let (mut whole, mut asked) = (0, 0);
    while let Some((tag, [a, b, c, d])) = came
        .get(whole)
        .zip(came.get(whole + 1..).and_then(<[u8]>::first_chunk))
    {
        let length = 1 + u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        if came.len() < whole + length {
            break;
        }
        whole += length;
        asked += usize::from(matches!(tag, b'S' | b'Q' | b'c' | b'f'));
    }
    (whole, asked)
}
