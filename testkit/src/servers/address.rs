//! The address of a server and the account that queries it, from a URL.

use super::Product;
use crate::{Error, Result};

/// The parts of a server's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) product: Product,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The hosts after the first, `,host:port`, kept as they are.
    pub(crate) other_hosts: String,
    pub(crate) database: String,
    /// The parameters after `?`, kept as they are.
    pub(crate) parameters: Option<String>,
}

impl Address {
    /// Takes a URL apart.
    pub(crate) fn parse(product: Product, url: &str) -> Result<Self> {
        let refuse = |reason| Error::Url { product, reason };
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| refuse("it has no `://`"))?;
        if !product.accepts_scheme(scheme) {
            return Err(refuse("its scheme is another product's"));
        }
        let (rest, parameters) = match rest.split_once('?') {
            Some((rest, parameters)) => (rest, Some(parameters.to_owned())),
            None => (rest, None),
        };
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = authority
            .rsplit_once('@')
            .ok_or_else(|| refuse("it names no user"))?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (place, other_hosts) = place.split_at(place.find(',').unwrap_or(place.len()));
        let (host, port) = split_port(place, product.default_port())
            .ok_or_else(|| refuse("its port is not a number"))?;
        let decode = |text: &str| {
            decode(text)
                .ok_or_else(|| refuse("a `%` in it is not followed by two hexadecimal digits"))
        };
        Ok(Self {
            product,
            user: decode(user)?,
            password: decode(password)?,
            host: decode(host)?,
            port,
            other_hosts: other_hosts.to_owned(),
            database: decode(database)?,
            parameters,
        })
    }

    /// The same server, another database.
    pub(crate) fn with_database(&self, database: &str) -> Self {
        Self {
            database: database.to_owned(),
            ..self.clone()
        }
    }

    /// The first of the hosts alone.
    pub(crate) fn first_host(&self) -> Self {
        Self {
            other_hosts: String::new(),
            ..self.clone()
        }
    }

    /// Each of the hosts after the first, alone.
    pub(crate) fn others(&self) -> impl Iterator<Item = Result<Self>> {
        let hosts = self.other_hosts.split(',').skip(1);
        hosts.map(|place| {
            let refused = || Error::Url {
                product: self.product,
                reason: "its port is not a number",
            };
            let default = self.product.default_port();
            let (host, port) = split_port(place, default).ok_or_else(refused)?;
            Ok(Self {
                host: host.to_owned(),
                port,
                ..self.first_host()
            })
        })
    }

    pub(crate) fn url(&self) -> String {
        let Self {
            product,
            user,
            password,
            host,
            port,
            other_hosts,
            database,
            parameters,
        } = self;
        let scheme = product.scheme();
        let (user, password) = (encode(user), encode(password));
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            encode(host)
        };
        let database = encode(database);
        let parameters = parameters
            .as_ref()
            .map(|text| format!("?{text}"))
            .unwrap_or_default();
        format!("{scheme}://{user}:{password}@{host}:{port}{other_hosts}/{database}{parameters}")
    }
}

/// `host`, `host:port`, `[::1]`, `[::1]:port`.
fn split_port(place: &str, default: u16) -> Option<(&str, u16)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => place
            .find(':')
            .map_or((place, ""), |colon| place.split_at(colon)),
    };
    match port.strip_prefix(':') {
        Some(port) => Some((host, port.parse().ok()?)),
        None => port.is_empty().then_some((host, default)),
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_being_taken_apart() {
        for (given, expected) in [
            (
                "postgres://u:p@127.0.0.1:5433/shop",
                "postgres://u:p@127.0.0.1:5433/shop",
            ),
            (
                "postgresql://u@db.example.org",
                "postgres://u:@db.example.org:5432/",
            ),
            (
                "postgres://a%40b:p%3Aq%2F@h:1/d?sslmode=disable",
                "postgres://a%40b:p%3Aq%2F@h:1/d?sslmode=disable",
            ),
            ("postgres://u:p@[::1]:7/d", "postgres://u:p@[::1]:7/d"),
            ("postgres://u:p@a,b:7/d", "postgres://u:p@a:5432,b:7/d"),
        ] {
            let address = Address::parse(Product::Postgres, given).expect(given);
            assert_eq!(address.url(), expected);
        }
    }

    #[test]
    fn a_wrong_url_is_refused_without_its_password() {
        for url in [
            "",
            "hunter2",
            "mysql://u:hunter2@h/d",
            "postgres://h/hunter2",
            "postgres://u:hunter2@h:port/d",
            "postgres://u:hunter2%@h/d",
            "postgres://u:hunter2@[::1/d",
            "postgres://u:hunter2%f\u{e9}@h/d",
        ] {
            let message = Address::parse(Product::Postgres, url)
                .expect_err(url)
                .to_string();
            assert!(!message.contains("hunter2"), "{message}");
            assert!(message.contains("write `postgres://"), "{message}");
        }
    }
}
