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
    /// `1.2.840.113549.1.1`, below which the signatures by RSA are.
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    /// `1.2.840.10045.4`, below which the signatures by ECDSA are.
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

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, SignatureAlgorithm};

    use super::*;

    fn certificate(algorithm: &'static SignatureAlgorithm) -> Vec<u8> {
        let key = KeyPair::generate_for(algorithm).expect("a key");
        let signed = CertificateParams::default().self_signed(&key);
        signed.expect("a certificate").der().to_vec()
    }

    #[test]
    fn the_hash_is_that_of_the_signature() {
        let small = certificate(&rcgen::PKCS_ECDSA_P256_SHA256);
        assert_eq!(
            end_point_hash(&small),
            Some(Sha256::digest(&small).to_vec())
        );
        let large = certificate(&rcgen::PKCS_ECDSA_P384_SHA384);
        assert_eq!(
            end_point_hash(&large),
            Some(Sha384::digest(&large).to_vec())
        );
        // It has no hash of its own, and there is no rule for it.
        assert_eq!(end_point_hash(&certificate(&rcgen::PKCS_ED25519)), None);
    }

    /// Only as much of a certificate as is looked at.
    fn signed_by(last: &[u8]) -> Vec<u8> {
        let oid = [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01], last].concat();
        let oid = [&[0x06, oid.len() as u8][..], &oid, &[0x05, 0x00]].concat();
        let algorithm = [&[0x30, oid.len() as u8][..], &oid].concat();
        let both = [&[0x30, 0x03, 1, 2, 3][..], &algorithm].concat();
        [&[0x30, 0x81, both.len() as u8][..], &both].concat()
    }

    #[test]
    fn weak_hashes_stand_for_sha_256() {
        for (last, length) in [(4, 32), (5, 32), (11, 32), (12, 48), (13, 64)] {
            let hash = end_point_hash(&signed_by(&[last]));
            assert_eq!(hash.map(|hash| hash.len()), Some(length), "{last}");
        }
        // PSS, and unknown ones.
        for last in [&[10][..], &[14], &[], &[11, 1]] {
            assert_eq!(end_point_hash(&signed_by(last)), None);
        }
    }

    #[test]
    fn damaged_certificates_are_not_hashed() {
        let whole = signed_by(&[11]);
        for length in 0..whole.len() - 2 {
            assert_eq!(end_point_hash(&whole[..length]), None, "{length}");
        }
        for length in [0x80, 0x85, 0xff] {
            assert_eq!(end_point_hash(&[0x30, length, 1, 1, 1, 1, 1]), None);
        }
    }
}
