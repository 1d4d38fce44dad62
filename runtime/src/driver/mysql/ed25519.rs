//! MariaDB's `client_ed25519`: the server's random bytes are signed with a key that is made of the password.
//!
//! It is Ed25519 (RFC 8032, section 5.1.6) but for the secret key, which may have any length: it is the password itself.
//! Crates for signatures take keys of 32 bytes only, so the few lines are here, on the curve of `curve25519-dalek`.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use sha2::{Digest, Sha512};

/// The length of the nonce that the server sends to be signed.
const NONCE: usize = 32;

/// The signature; `None` where what came is too short.
pub(super) fn sign(password: &[u8], salt: &[u8]) -> Option<Vec<u8>> {
    let message = salt.get(..NONCE)?;
    let secret: [u8; 64] = Sha512::digest(password).into();
    let (own, prefix) = secret.split_first_chunk()?;
    let own = Scalar::from_bytes_mod_order(clamp_integer(*own));
    let public = EdwardsPoint::mul_base(&own).compress();
    let once = scalar(&[prefix, message]);
    let commitment = EdwardsPoint::mul_base(&once).compress();
    let challenge = scalar(&[commitment.as_bytes(), public.as_bytes(), message]);
    let answer = challenge * own + once;
    Some([*commitment.as_bytes(), answer.to_bytes()].concat())
}

/// The hash of all parts as a number.
fn scalar(parts: &[&[u8]]) -> Scalar {
    let hash = parts.iter().fold(Sha512::new(), Digest::chain_update);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// RFC 8032, section 7.1, signs with keys of 32 bytes: those are passwords too.
    #[test]
    fn a_password_of_32_bytes_is_a_key_of_the_rfc() {
        let hex = |text: &str| -> Vec<u8> {
            let digits = text.as_bytes().chunks(2);
            let byte = |two: &[u8]| {
                std::str::from_utf8(two)
                    .ok()
                    .map(|two| u8::from_str_radix(two, 16))
            };
            digits
                .map(|two| byte(two).expect("ASCII").expect("hexadecimal"))
                .collect()
        };
        // The key is the RFC's, the message ours; the signature was made by OpenSSL.
        let key = hex(KEY);
        assert_eq!(sign(&key, &[7; 32]).expect("long enough"), hex(SIGNATURE));
        assert_eq!(sign(&key, &[7; 31]), None);
    }

    const KEY: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const SIGNATURE: &str = "a33b2e1aa1b439b83e03e63b616ec3441f495828e6f59f0497df2fcdb317ea33\
        4958a206d3a4dcef3d6e26474e68dc8fafee36d9aa93571bf2ebb8c731af1c0d";
}
