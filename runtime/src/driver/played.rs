//! A simulated server: it sends one piece for each request, whatever the request is, and closes after the last.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use crate::driver::TableSql;

pub(super) mod checks;

/// The table that rows are written to.
pub(super) const TABLE: TableSql = TableSql {
    table: "people",
    columns: &["id", "name"],
    key: &[0],
    writable: &[0, 1],
    required: &[0, 1],
    ..TableSql::NOTHING
};

/// How many bytes at the front are whole requests, and how many answers they ask for.
pub(super) type Requests = fn(&[u8]) -> (usize, usize);

/// Starts it and gives the client's end. It closes, too, where no request comes in this time: a client that expects
/// more than there is would wait for it.
pub(super) fn play(pieces: Vec<Vec<u8>>, patience: Duration, requests: Requests) -> UnixStream {
    let (server, client) = UnixStream::pair().expect("a pair of sockets");
    server
        .set_read_timeout(Some(patience))
        .expect("a time that is not zero");
    thread::spawn(move || serve(server, pieces, requests));
    client
}

fn serve(mut server: UnixStream, pieces: Vec<Vec<u8>>, requests: Requests) {
    let mut pieces = pieces.into_iter();
    let (mut came, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let (whole, asked) = requests(&came);
        came.drain(..whole);
        for piece in pieces.by_ref().take(asked) {
            if server.write_all(&piece).is_err() {
                return;
            }
        }
        if pieces.len() == 0 {
            // Its end stays open for what is still sent to it.
            let _ = server.shutdown(Shutdown::Write);
        }
        match server.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(length) => came.extend_from_slice(&buffer[..length]),
        }
    }
}

/// Everything cut after this number of bytes; pieces without any are left out.
fn cut(pieces: &[Vec<u8>], length: usize) -> Vec<Vec<u8>> {
    let mut left = length;
    let cut = pieces.iter().map(|piece| {
        let taken = piece.len().min(left);
        left -= taken;
        piece[..taken].to_vec()
    });
    cut.take_while(|piece| !piece.is_empty()).collect()
}

/// One byte changed; says in which piece.
pub(super) fn changed(pieces: &[Vec<u8>], place: usize, change: u8) -> (usize, Vec<Vec<u8>>) {
    let mut pieces = pieces.to_vec();
    let mut at = place;
    for (index, piece) in pieces.iter_mut().enumerate() {
        if let Some(byte) = piece.get_mut(at) {
            *byte ^= change;
            return (index, pieces);
        }
        at -= piece.len();
    }
    (pieces.len(), pieces)
}
