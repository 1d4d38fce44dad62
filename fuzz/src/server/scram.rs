//! The server's part of a login by SCRAM, which no recording can hold as it was: the challenge begins with the client's
//! nonce, and the proof signs all that both have sent. A recording has marks in their places.

use std::ops::Range;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::framing::{Speaker, messages};

/// Stands in a recording in place of the client's nonce, which has the same length.
const NONCE: [u8; 24] = [b'*'; 24];
/// The challenge and the proof begin with these.
const CHALLENGE: &[u8] = b"r=";
const PROOF: &[u8] = b"v=";
/// Length of what precedes the text of SASL: a tag, a length and the kind of request.
const HEADER: usize = 9;

/// Puts the marks into what the server said: the nonce's, and for the proof the key that it is made with.
pub(super) fn mark(pieces: &mut [Vec<u8>], server_key: &str) {
    for piece in pieces {
        if let Some(at) = value(piece, CHALLENGE) {
            piece[at][..NONCE.len()].copy_from_slice(&NONCE);
        }
        if let Some(at) = value(piece, PROOF) {
            piece[at].copy_from_slice(server_key.as_bytes());
        }
    }
}

/// Returns where the value of the first SASL message is that begins so.
fn value(piece: &[u8], begin: &[u8]) -> Option<Range<usize>> {
    let mut start = 0;
    for message in messages(Speaker::Postgres, piece) {
        let said = message.get(HEADER..).unwrap_or_default();
        if message[0] == b'R' && said.starts_with(begin) {
            return Some(start + HEADER + begin.len()..start + message.len());
        }
        start += message.len();
    }
    None
}

/// A login on its way.
#[derive(Default)]
pub(super) struct Scram {
    heard: Vec<u8>,
    challenge: Vec<u8>,
}

impl Scram {
    /// The client has said this.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        self.heard.extend_from_slice(bytes);
    }

    /// Replaces the marks of a piece by what belongs there. A mark that was damaged stays as it is.
    pub(super) fn complete(&mut self, piece: &mut [u8]) {
        if let Some(at) = value(piece, CHALLENGE) {
            self.take_up_nonce(&mut piece[at.clone()]);
            self.challenge = [CHALLENGE, &piece[at]].concat();
        }
        if let Some(at) = value(piece, PROOF) {
            self.sign(&mut piece[at]);
        }
    }

    fn take_up_nonce(&self, value: &mut [u8]) {
        let nonce = after(&self.heard, b"n,,n=,r=").and_then(|rest| rest.get(..NONCE.len()));
        if let (Some(mark), Some(nonce)) = (value.get_mut(..NONCE.len()), nonce)
            && mark == NONCE
        {
            mark.copy_from_slice(nonce);
        }
    }

    fn sign(&self, value: &mut [u8]) {
        let Some((key, text)) = BASE64_STANDARD.decode(&*value).ok().zip(self.signed_text()) else {
            return;
        };
        let mut signature =
            Hmac::<Sha256>::new_from_slice(&key).expect("a key may have any length");
        signature.update(&text);
        let proof = BASE64_STANDARD.encode(signature.finalize().into_bytes());
        if proof.len() == value.len() {
            value.copy_from_slice(proof.as_bytes());
        }
    }

    /// Returns what is signed: the client's first message, the challenge, and the answer to it without its proof.
    fn signed_text(&self) -> Option<Vec<u8>> {
        let first = after(&self.heard, b"n,,")?.get(..b"n=,r=".len() + NONCE.len())?;
        let answer = b"c=biws,";
        let rest = after(&self.heard, answer)?;
        let end = rest.windows(3).position(|part| part == b",p=")?;
        let last = [&answer[..], &rest[..end]].concat();
        Some([first, &self.challenge, &last].join(&b','))
    }
}

/// Returns what follows the first occurrence of a marker.
fn after<'b>(bytes: &'b [u8], marker: &[u8]) -> Option<&'b [u8]> {
    let at = bytes
        .windows(marker.len())
        .position(|part| part == marker)?;
    Some(&bytes[at + marker.len()..])
}
