//! The one thing that is read out of a certificate here: by which algorithm it is signed.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// The certificate's hash that a login is tied to: by the hash of its own signature, but by SHA-256 where that is MD5 or
/// SHA-1 (RFC 5929, section 4.1). `None` where the algorithm is not known, or has no hash of its own.
pub(super) fn end_point_hash(certificate: &[u8]) -> Option<Vec<u8>> {
    Some(match signature_hash(algorithm(certificate)?)? {
        Hash::Sha256 => Sha256::digest(certificate).to_vec(),
        Hash::Sha384 => Sha384::digest(certificate).to_vec(),
        Hash::Sha512 => Sha512::digest(certificate).to_vec(),
    })
}

enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// By the content of the algorithm's object identifier (RFC 3279, 4055, 5758).
fn signature_hash(algorithm: &[u8]) -> Option<Hash> {
    /// 1.2.840.113549.1.1
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    /// 1.2.840.10045.4
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    match (algorithm.strip_prefix(RSA), algorithm.strip_prefix(ECDSA)) {
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => Some(Hash::Sha256),
        (Some([12]), _) | (_, Some([3, 3])) => Some(Hash::Sha384),
        (Some([13]), _) | (_, Some([3, 4])) => Some(Hash::Sha512),
        _ => None,
    }
}

/// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, … }, … }` (RFC 5280,
/// section 4.1).
fn algorithm(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    let (inside, _) = take(SEQUENCE, certificate)?;
    let (_, rest) = take(SEQUENCE, inside)?;
    let (signature_algorithm, _) = take(SEQUENCE, rest)?;
    Some(take(OBJECT_IDENTIFIER, signature_algorithm)?.0)
}

/// The content of an element of DER, and what comes after it.
fn take(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        0..0x80 => (usize::from(short), rest),
        // A length of up to four bytes follows.
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(short - 0x80))?;
            let number = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add((*byte).into());
            (length.iter().try_fold(0, number)?, rest)
        }
        0x80 | 0x85.. => return None,
    };
    if first == tag {
        rest.split_at_checked(length)
    } else {
        None
    }
}
