//! The password of a PostgreSQL server in the form in which it keeps it (RFC 5803), so that a login hashes once in place of 4,096 times.
//! Tests log in ten thousand times, and each has a password of its own of random letters, which no one finds by trying.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Of the password, with one iteration.
pub(super) fn verifier(password: &str, salt: &str) -> String {
    // RFC 5802, 3: Hi() with one iteration is one HMAC of the salt and the number of its block.
    let salted = hmac(password.as_bytes(), &[salt.as_bytes(), &[0, 0, 0, 1]]);
    let client_key = hmac(&salted, &[b"Client Key"]);
    let server_key = hmac(&salted, &[b"Server Key"]);
    format!(
        "SCRAM-SHA-256$1:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(Sha256::digest(client_key)),
        STANDARD.encode(server_key)
    )
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length is taken");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
