//! A password over a plain connection: encrypted with the server's RSA key, which the server sends itself (MySQL's manual,
//! "Caching SHA-2 Pluggable Authentication").
//!
//! Crates for RSA bring private keys, signatures and formats of files along, and a warning about the time that
//! decryption takes. Here is the one thing that is needed, RSAES-OAEP with SHA-1 (RFC 8017, section 7.1.1), on
//! the numbers of `crypto-bigint`.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use sha1::{Digest, Sha1};

/// A hash of SHA-1, and the random bytes that make two encryptions of one text differ.
pub(super) const HASH: usize = 20;

/// The server makes keys of 2048 bits. Shorter ones hide nothing, longer ones cost time that the server decides on.
const BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Of a key of the longest kind, with room for what may stand around it.
const LONGEST_FILE: usize = 4_096;

/// An RSA public key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    /// Without zeros at its beginning.
    modulus: Vec<u8>,
    exponent: u64,
}

impl PublicKey {
    /// Reads `-----BEGIN PUBLIC KEY-----` and so on; `None` where it is anything else than an RSA key of a good length.
    pub(super) fn parse(pem: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(pem).ok()?;
        let (_, text) = text
            .split_once("-----BEGIN PUBLIC KEY-----")
            .filter(|_| text.len() <= LONGEST_FILE)?;
        let (text, _) = text.split_once("-----END PUBLIC KEY-----")?;
        Self::of_der(&base64(text)?)
    }

    /// `SubjectPublicKeyInfo` (RFC 5280, section 4.1) with the key of RFC 8017, appendix A.1.1.
    fn of_der(mut der: &[u8]) -> Option<Self> {
        const SEQUENCE: u8 = 0x30;
        const INTEGER: u8 = 0x02;
        const BIT_STRING: u8 = 0x03;
        /// `rsaEncryption`, without parameters.
        const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
        let mut info = take_value(&mut der, SEQUENCE)?;
        if take_value(&mut info, SEQUENCE)? != RSA {
            return None;
        }
        let bits = take_value(&mut info, BIT_STRING)?;
        let mut key = bits.strip_prefix(&[0])?;
        let mut key = take_value(&mut key, SEQUENCE)?;
        let modulus = without_zeros(take_value(&mut key, INTEGER)?);
        let exponent = without_zeros(take_value(&mut key, INTEGER)?);
        let exponent = exponent
            .iter()
            .fold(0, |number, &byte| number << 8 | u64::from(byte));
        let is_good = BITS.contains(&(modulus.len() * 8))
            && modulus.last()? & 1 == 1
            && (3..=u64::from(u32::MAX)).contains(&exponent)
            && exponent & 1 == 1;
        is_good.then(|| Self {
            modulus: modulus.to_vec(),
            exponent,
        })
    }

    /// Encrypts a short text; `None` where it is too long. `seed` is random, and another each time.
    pub(super) fn encrypt(&self, text: &[u8], seed: [u8; HASH]) -> Option<Vec<u8>> {
        let padded = self.pad(text, seed)?;
        let size = self.modulus.len();
        let bits = u32::try_from(size * 8).ok()?;
        let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).ok();
        let modulus = Odd::new(number(&self.modulus)?).into_option()?;
        let params = BoxedMontyParams::new_vartime(modulus);
        let exponent = BoxedUint::from(self.exponent);
        let power = BoxedMontyForm::new(number(&padded)?, &params)
            .pow_bounded_exp(&exponent, exponent.bits_vartime())
            .retrieve()
            .to_be_bytes();
        Some(power[power.len().checked_sub(size)?..].to_vec())
    }

    /// A zero, the masked seed, and the masked block of: a hash of no label, zeros, a one, the text.
    fn pad(&self, text: &[u8], mut seed: [u8; HASH]) -> Option<Vec<u8>> {
        let size = self.modulus.len() - 1 - HASH;
        let zeros = size.checked_sub(HASH + 1 + text.len())?;
        let mut block = Sha1::digest([]).to_vec();
        block.resize(HASH + zeros, 0);
        block.push(1);
        block.extend_from_slice(text);
        mask(&mut block, &seed);
        mask(&mut seed, &block);
        Some([&[0], seed.as_slice(), &block].concat())
    }
}

/// MGF1 with SHA-1 (RFC 8017, appendix B.2.1), put over the bytes.
fn mask(bytes: &mut [u8], seed: &[u8]) {
    for (number, chunk) in (0_u32..).zip(bytes.chunks_mut(HASH)) {
        let hash = Sha1::new()
            .chain_update(seed)
            .chain_update(number.to_be_bytes())
            .finalize();
        chunk
            .iter_mut()
            .zip(hash)
            .for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// Takes a value of DER with this tag off the front: what is in it.
fn take_value<'a>(der: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (&[found, short], mut rest) = der.split_first_chunk()?;
    let mut length = usize::from(short);
    if let Some(digits @ 1..=2) = length.checked_sub(0x80) {
        let (bytes, after) = rest.split_at_checked(digits)?;
        length = bytes
            .iter()
            .fold(0, |number, &byte| number << 8 | usize::from(byte));
        rest = after;
    } else if length >= 0x80 {
        return None;
    }
    let (value, after) = rest.split_at_checked(length)?;
    *der = after;
    (found == tag).then_some(value)
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let first = bytes.iter().position(|&byte| byte != 0);
    &bytes[first.unwrap_or(bytes.len())..]
}

/// RFC 4648, section 4; lines may end anywhere.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut found, mut bits, mut kept) = (Vec::new(), 0, 0_u32);
    let signs = text.bytes().filter(|sign| !sign.is_ascii_whitespace());
    for sign in signs.take_while(|sign| *sign != b'=') {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        kept = kept << 6 & 0xffff | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            found.push(u8::try_from(kept >> bits & 0xff).ok()?);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use sha2::Sha256;

    use super::*;

    const PEM: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyhk7pLBn3sqnVMkAR1wg
4dSE/iBl00s6VKk6o493Q9qARHF3cX2k044gbC5iIv2JuEpuwplv4MYKdi8l5Mtl
IcYxCdrLMQ7CQ/sRCixY6E0oI4xZRL7wOYNtQpnoRjdlmCMwLm3CwuHG0O8Sc5op
im+QN6sZ8YZSRq0QuPblYhovcNMXs3Y2Jtlo45JeRQapdmTbFNk/ifYmGDby3Jci
3jSAtNxK00H9IaCtlkWwj2j+XGfi7I1lv1cAgE9ue4P/orrJgLowBFLyNit/hesa
N2VabvbfWiE7igipzVfDC4n3zDveESx8NwrDlzHSo+0HFEqzOKOEtYwgLeIxvzfi
uQIDAQAB
-----END PUBLIC KEY-----
";

    /// The key is OpenSSL's. What is expected was computed by another program, and OpenSSL decrypted it to the text.
    #[test]
    fn a_text_is_encrypted_as_openssl_reads_it() {
        let key = PublicKey::parse(PEM.as_bytes()).expect("a public key");
        let seed = std::array::from_fn(|index| index as u8);
        let encrypted = key.encrypt(b"a text", seed).expect("a short text");
        let hash = Sha256::digest(&encrypted);
        assert_eq!(encrypted.len(), 256);
        assert_eq!(hash[..8], [0xfd, 0x84, 0xe6, 0x3d, 0xf0, 0x83, 0x51, 0x8c]);
        // The longest text, and one more.
        assert!(key.encrypt(&[b'x'; 214], seed).is_some());
        assert!(key.encrypt(&[b'x'; 215], seed).is_none());
    }

    /// No data that a server sends as its key causes a panic, and little is accepted.
    #[test]
    fn nothing_else_is_a_key() {
        let begin = "-----BEGIN PUBLIC KEY-----";
        for text in [
            "",
            "key",
            begin,
            "-----END PUBLIC KEY----------BEGIN PUBLIC KEY-----",
        ] {
            assert_eq!(PublicKey::parse(text.as_bytes()), None, "{text}");
        }
        let body = PEM
            .trim()
            .trim_start_matches(begin)
            .trim_end_matches("-----END PUBLIC KEY-----");
        let der = base64(body).expect("base64");
        assert!(PublicKey::of_der(&der).is_some());
        for end in 0..der.len() {
            assert_eq!(PublicKey::of_der(&der[..end]), None, "{end}");
        }
        let seed = [7; HASH];
        for (at, bit) in (0..der.len()).flat_map(|at| [1, 0x80].map(|bit| (at, bit))) {
            let mut changed = der.clone();
            changed[at] ^= bit;
            if let Some(key) = PublicKey::of_der(&changed).filter(|_| at % 32 == 0) {
                assert!(key.encrypt(b"a text", seed).is_some(), "{at}");
            }
        }
        // An even number, and one of 1024 bits.
        let last_of_modulus = der.len() - 6;
        let mut even = der.clone();
        even[last_of_modulus] &= 0xfe;
        assert_eq!(PublicKey::of_der(&even), None);
        let small = [
            &[0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0],
            [0xff; 128].as_slice(),
            &[2, 3, 1, 0, 1],
        ]
        .concat();
        let bits = [&[0x03, 0x81, 0x8d, 0], small.as_slice()].concat();
        let algorithm = &der[4..19];
        let short = [&[0x30, 0x81, 0x9f], algorithm, &bits].concat();
        assert_eq!(PublicKey::of_der(&short), None);
    }
}
