//! Tokens as text, signed: a client can neither make the server wait for a position of its invention nor read another
//! program's token into this one.
//!
//! `b1.<seconds since 1970>.<positions in hexadecimal>.<HMAC-SHA-256 of all before>`

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::ReadToken;
use crate::driver::position::Position;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::value::hexadecimal;

/// The form of the text. A later one has another word.
const VERSION: &str = "b1";

/// The shortest key: that of the hash is no longer.
const SHORTEST_KEY: usize = 32;

/// No cookie is longer.
const LONGEST_TEXT: usize = 4_096;

/// Every replica that is read from has come so far by then. An older token may be of before a restored backup, and would
/// be waited for in vain.
const OLDEST: Duration = Duration::from_secs(24 * 3_600);

/// How far the clocks of two machines may be apart.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// The key that tokens are signed with: the same on every machine that reads them, and secret.
#[derive(Clone)]
pub struct ReadTokenKey(Hmac<Sha256>);

impl ReadTokenKey {
    /// A key of at least 32 bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: it is shorter.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self> {
        let secret = secret.as_ref();
        let key = Hmac::new_from_slice(secret).ok();
        let key = key.filter(|_| secret.len() >= SHORTEST_KEY);
        key.map(Self).ok_or_else(|| {
            let why = "the key of read tokens is shorter than 32 bytes".to_owned();
            Error::new(ErrorKind::Config(why)).during(Operation::Configure)
        })
    }

    fn mac(&self, text: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(text)
    }
}

/// Shows no key.
impl fmt::Debug for ReadTokenKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ReadTokenKey")
    }
}

impl ReadToken {
    /// The token as text for a cookie or a header: letters, digits and full stops.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use bindery::replicas::{ReadToken, ReadTokenKey};
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// let key = ReadTokenKey::new(b"32 bytes of the program's secrets")?;
    /// let cookie = db.read_token()?.sign(&key);
    ///
    /// // In the next request. A text that this key has not signed is no token.
    /// let token = ReadToken::verify(&cookie, &key);
    /// assert!(token.is_some() && ReadToken::verify("b1.0.6d.00", &key).is_none());
    /// let request = db.reading_after(token.as_ref());
    /// # let _ = request;
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign(&self, key: &ReadTokenKey) -> String {
        self.sign_at(key, SystemTime::now())
    }

    /// Reads what [`sign`](Self::sign) has written. `None` for everything else: a text that another key has signed, that is
    /// more than a day old or from the future, or that is of another version. Reads need to see nothing then.
    pub fn verify(text: &str, key: &ReadTokenKey) -> Option<Self> {
        Self::verify_at(text, key, SystemTime::now())
    }

    fn sign_at(&self, key: &ReadTokenKey, now: SystemTime) -> String {
        let seconds = seconds(now);
        let lines = self.positions.iter();
        let lines = lines.map(|(engine, position)| format!("{engine} {position}\n"));
        let text = format!(
            "{VERSION}.{seconds}.{}",
            hexadecimal::write(lines.collect::<String>().as_bytes())
        );
        let mac = key.mac(&text).finalize().into_bytes();
        format!("{text}.{}", hexadecimal::write(&mac))
    }

    fn verify_at(text: &str, key: &ReadTokenKey, now: SystemTime) -> Option<Self> {
        let (signed, mac) = text
            .rsplit_once('.')
            .filter(|_| text.len() <= LONGEST_TEXT)?;
        key.mac(signed)
            .verify_slice(&hexadecimal::parse(mac)?)
            .ok()?;
        let mut parts = signed.split('.');
        let (version, made, positions) = (parts.next()?, parts.next()?, parts.next()?);
        if version != VERSION || parts.next().is_some() {
            return None;
        }
        let (made, now) = (made.parse::<u64>().ok()?, seconds(now));
        if made > now + SKEW.as_secs() || made + OLDEST.as_secs() < now {
            return None;
        }
        let positions = String::from_utf8(hexadecimal::parse(positions)?).ok()?;
        let lines = positions.lines().map(|line| {
            let (engine, position) = line.split_once(' ')?;
            Some((engine.to_owned(), Position::parse(position)?))
        });
        let positions = lines.collect::<Option<_>>()?;
        Some(Self { positions })
    }
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(word: &str) -> ReadTokenKey {
        ReadTokenKey::new(word.repeat(32)).expect("it is long enough")
    }

    fn token() -> ReadToken {
        let mut token = ReadToken::default();
        token.add("b", Position::Lsn(77));
        token.add("m", Position::of_gtids("0-1-100").expect("a position"));
        token
    }

    #[test]
    fn a_token_is_read_back_as_it_was_signed() {
        for token in [token(), ReadToken::default()] {
            let text = token.sign(&key("a"));
            assert!(
                text.bytes()
                    .all(|byte| byte == b'.' || byte.is_ascii_alphanumeric()),
                "{text}"
            );
            assert_eq!(ReadToken::verify(&text, &key("a")), Some(token));
        }
    }

    #[test]
    fn a_foreign_an_old_and_a_changed_token_are_none() {
        let (own, now) = (key("a"), UNIX_EPOCH + Duration::from_secs(1_000_000_000));
        let text = token().sign_at(&own, now);
        let at = |key: &ReadTokenKey, time| ReadToken::verify_at(&text, key, time);
        assert!(at(&own, now).is_some() && at(&own, now + OLDEST).is_some());
        assert_eq!(at(&key("b"), now), None, "signed by another key");
        assert_eq!(
            at(&own, now + OLDEST + Duration::from_secs(1)),
            None,
            "too old"
        );
        assert_eq!(
            at(&own, now - SKEW - Duration::from_secs(1)),
            None,
            "from the future"
        );
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(bytes).expect("it is ASCII");
            assert_eq!(ReadToken::verify_at(&changed, &own, now), None, "{changed}");
            assert_eq!(
                ReadToken::verify_at(&text[..place], &own, now),
                None,
                "cut at {place}"
            );
        }
        for other in ["", ".", "b1", "b1...", "é", &"a.".repeat(3_000)] {
            assert_eq!(ReadToken::verify(other, &own), None, "{other}");
        }
    }

    #[test]
    fn a_short_key_is_refused_and_none_is_shown() {
        let refused = ReadTokenKey::new("short").expect_err("5 bytes");
        assert!(
            refused.to_string().contains("shorter than 32 bytes"),
            "{refused}"
        );
        assert_eq!(format!("{:?}", key("a")), "ReadTokenKey");
    }
}
