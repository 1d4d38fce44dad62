//! Where a server is, from a URL.

use std::fmt;

/// A scheme of URLs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scheme {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    pub(crate) is_encrypted: bool,
}

/// The parts of a URL, decoded.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// The text after the slash; `None` where there is no slash or nothing after it.
    pub(crate) path: Option<String>,
    pub(crate) is_encrypted: bool,
}

impl fmt::Debug for Address {
    /// Without the password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Address")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Address {
    /// Reads `scheme://user:password@host:port/path`; `None` where it is of another form.
    pub(crate) fn parse(url: &str, schemes: &[Scheme]) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = schemes.iter().find(|known| known.name == scheme)?;
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, Some(path)),
            None => (rest, None),
        };
        let is_plain = |text: &str| !text.contains(['?', '#']);
        if !is_plain(authority) || !path.is_none_or(is_plain) {
            return None;
        }
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, authority),
        };
        let (host, port) = host_and_port(place, scheme.port)?;
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, "")))
        {
            Some((user, password)) => (Some(decoded(user)?), Some(decoded(password)?)),
            None => (None, None),
        };
        Some(Self {
            host,
            port,
            user: user.filter(|user| !user.is_empty()),
            password: password.filter(|password| !password.is_empty()),
            path: match path {
                Some(path) if !path.is_empty() => Some(decoded(path)?),
                _ => None,
            },
            is_encrypted: scheme.is_encrypted,
        })
    }
}

fn host_and_port(place: &str, usual: u16) -> Option<(String, u16)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (
                host,
                after.strip_prefix(':').or(after.is_empty().then_some(""))?,
            )
        }
        None => place.split_once(':').unwrap_or((place, "")),
    };
    let port = match port {
        "" => usual,
        port => port.parse().ok()?,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// Decodes `%40`.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (code, after) = rest.split_at_checked(2)?;
        let code = std::str::from_utf8(code).ok()?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMES: [Scheme; 2] = [
        Scheme {
            name: "amqp",
            port: 5672,
            is_encrypted: false,
        },
        Scheme {
            name: "amqps",
            port: 5671,
            is_encrypted: true,
        },
    ];

    /// Host, port, user, password and path.
    type Parts = (String, u16, Option<String>, Option<String>, Option<String>);

    fn parts(url: &str) -> Option<Parts> {
        let address = Address::parse(url, &SCHEMES)?;
        Some((
            address.host,
            address.port,
            address.user,
            address.password,
            address.path,
        ))
    }

    #[test]
    fn a_url_is_read_with_its_parts_decoded() {
        let some_text = |text: &str| Some(text.to_owned());
        for (url, expected) in [
            (
                "amqp://ann:p%40ss%3Aword@mq.example:1234/sh%2Fop",
                (
                    "mq.example".to_owned(),
                    1234,
                    some_text("ann"),
                    some_text("p@ss:word"),
                    some_text("sh/op"),
                ),
            ),
            ("amqps://[::1]/", ("::1".to_owned(), 5671, None, None, None)),
            ("amqp://h", ("h".to_owned(), 5672, None, None, None)),
            (
                "amqp://token@[::1]:7",
                ("::1".to_owned(), 7, some_text("token"), None, None),
            ),
        ] {
            assert_eq!(parts(url), Some(expected), "{url}");
        }
        for url in [
            "http://h",
            "amqp://",
            "amqp://h:x",
            "amqp://[::1",
            "amqp://h/?a=b",
            "amqp://a:%4@h",
            "amqp://[::1]7",
            "amqp:h",
        ] {
            assert_eq!(parts(url), None, "{url}");
        }
    }
}
