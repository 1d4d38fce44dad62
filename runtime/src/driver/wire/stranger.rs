//! A server of another product at the configured port, recognised by the first bytes that it sends: MySQL and MariaDB
//! speak first, PostgreSQL answers. Each product's driver would wait for something else until its time is over.

#[cfg(feature = "mysql")]
use std::time::Duration;

#[cfg(feature = "mysql")]
use super::{Deadline, Peer, Socket};

/// A server that speaks first has done so by then, unless it is slow; only then is another one looked for.
#[cfg(feature = "mysql")]
pub(in crate::driver) const SILENCE: Duration = Duration::from_millis(500);

/// Returns the description in MySQL's or MariaDB's greeting, if these first bytes are one, or are its refusal to greet.
/// As a message of PostgreSQL the greeting would have ten bytes, and none of those that answer a login has.
#[cfg(feature = "postgres")]
pub(in crate::driver) fn mysql_greeting(bytes: &[u8]) -> Option<String> {
    const VERSION_10: u8 = 10;
    const ERROR: u8 = 0xff;
    match *bytes {
        [_, _, 0, 0, VERSION_10, ref rest @ ..] => Some(product(rest)),
        // An error of PostgreSQL goes on with the character of a field.
        [_, _, 0, 0, ERROR, field, ..] if field != b'S' => Some("MySQL or MariaDB".to_owned()),
        _ => None,
    }
}

/// Servers of MariaDB before 11 put `5.5.5-` before their version.
#[cfg(feature = "postgres")]
fn product(greeting: &[u8]) -> String {
    let version = greeting.split(|byte| *byte == 0).next().unwrap_or_default();
    let version = String::from_utf8_lossy(version);
    let version = version.strip_prefix("5.5.5-").unwrap_or(&version);
    let product = if version.contains("MariaDB") {
        "MariaDB"
    } else {
        "MySQL"
    };
    format!("{product} {}", version.escape_debug())
}

/// Whether PostgreSQL answers there. It answers immediately and in one byte whether it has TLS; no other product understands the
/// request. It goes over a connection of its own, which is closed again.
#[cfg(feature = "mysql")]
pub(in crate::driver) fn is_postgres(peer: &Peer, deadline: Deadline) -> bool {
    /// SSLRequest (PostgreSQL's manual, "Message Formats").
    const HAVE_YOU_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
    let answer = || {
        let mut socket = Socket::connect(peer, deadline)?;
        socket.send(&HAVE_YOU_TLS)?;
        socket.receive()?;
        Ok::<_, std::io::Error>(matches!(socket.unread(), b"S" | b"N"))
    };
    answer().unwrap_or(false)
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;

    #[test]
    fn greetings_are_told_from_answers() {
        let greets = |version: &str| {
            let greeting = [&[0x5d, 0, 0, 0, 10], version.as_bytes(), &[0, 1, 2]].concat();
            mysql_greeting(&greeting)
        };
        let mariadb = "5.5.5-10.11.6-MariaDB-0+deb12u1";
        assert_eq!(
            greets(mariadb).as_deref(),
            Some("MariaDB 10.11.6-MariaDB-0+deb12u1")
        );
        assert_eq!(greets("8.4.3").as_deref(), Some("MySQL 8.4.3"));
        let too_many = [69, 0, 0, 0, 0xff, 0x10, 0x04, b'T'];
        assert_eq!(
            mysql_greeting(&too_many).as_deref(),
            Some("MySQL or MariaDB")
        );
        let of_postgres: [&[u8]; 6] = [
            b"S",
            b"N",
            b"",
            b"R\0\0\0\x08\0\0\0\0",
            b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0",
            b"E\0\0\0\xffSFATAL\0",
        ];
        for bytes in of_postgres {
            assert_eq!(mysql_greeting(bytes), None, "{bytes:?}");
        }
    }
}
