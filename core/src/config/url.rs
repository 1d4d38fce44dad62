//! Connection URLs, read strictly: what is not understood is refused, never guessed. Says nothing about configuration
//! files, and no message of it holds any part of a URL after its scheme.

use crate::lists::IntoVec as _;
use std::net::Ipv6Addr;
use std::path::PathBuf;

use super::target::{Address, ConnectionTarget, Endpoint, Secret, Server, SqliteAddress};
use super::tls_keys::take_parameters;
use crate::dialect::{Dialect, Flavour};

/// Why a URL was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlError {
    /// One sentence; never with a part of the URL that could be secret.
    pub message: String,
    /// The text to type in instead.
    pub help: String,
}

impl UrlError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

const SCHEMES: &str =
    "known are `sqlite://`, `postgres://`, `postgresql://`, `mysql://` and `mariadb://`";
const ENCODE: &str = "write special characters of user and password percent-encoded: \
    `@` as `%40`, `:` as `%3A`, `/` as `%2F`, `?` as `%3F`, `#` as `%23`, `%` as `%25`; or use the keys `host`, `username`, `password`";

/// The dialect a URL's scheme stands for; needs nothing of the rest to be right.
pub fn scheme_dialect(url: &str) -> Result<(Dialect, Option<Flavour>), UrlError> {
    if url == ":memory:" {
        return Ok((Dialect::Sqlite, None));
    }
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Ok((Dialect::Sqlite, None)),
        Some("postgres" | "postgresql") => Ok((Dialect::Postgres, None)),
        Some("mysql") => Ok((Dialect::Mysql, None)),
        Some("mariadb") => Ok((Dialect::Mysql, Some(Flavour::Mariadb))),
        Some(_) | None => Err(UrlError::new(
            "the URL has no scheme that bindery knows",
            SCHEMES,
        )),
    }
}

/// Reads a URL. A relative SQLite path stays relative: see [`ConnectionTarget::relative_to`].
///
/// ```
/// use bindery_core::config::{parse_url, Endpoint, Address};
/// let target = parse_url("postgres://ann:p%40ss@[::1]:5433/shop?application_name=a=b").unwrap();
/// let Address::Server(server) = &target.place else { unreachable!() };
/// assert_eq!(server.endpoints, [Endpoint::Tcp { host: "::1".to_owned(), port: 5433 }]);
/// assert_eq!(server.password.as_ref().map(|password| password.expose()), Some("p@ss"));
/// assert_eq!(server.parameters, [("application_name".to_owned(), "a=b".to_owned())]);
/// assert!(!format!("{target:?} {target}").contains("p@ss"));
/// ```
pub fn parse_url(url: &str) -> Result<ConnectionTarget, UrlError> {
    let (dialect, flavour) = scheme_dialect(url)?;
    if url
        .chars()
        .any(|letter| letter.is_control() || letter == ' ')
    {
        return Err(UrlError::new(
            "the URL holds a space or control character",
            ENCODE,
        ));
    }
    let place = match dialect {
        Dialect::Sqlite => Address::Sqlite(sqlite(url)?),
        Dialect::Postgres => Address::Server(server(url, dialect, 5432)?),
        Dialect::Mysql => Address::Server(server(url, dialect, 3306)?),
    };
    Ok(ConnectionTarget {
        dialect,
        flavour,
        place,
    })
}

fn sqlite(url: &str) -> Result<SqliteAddress, UrlError> {
    if matches!(url, ":memory:" | "sqlite::memory:" | "sqlite://:memory:") {
        return Ok(SqliteAddress::Memory);
    }
    let forms =
        "write `sqlite://relative/path.db`, `sqlite:///absolute/path.db` or `sqlite::memory:`";
    let Some(rest) = url.strip_prefix("sqlite://") else {
        return Err(UrlError::new(
            "the SQLite URL is not of a known form",
            forms,
        ));
    };
    if rest.contains(['?', '#']) {
        let help = "a file whose name holds `?` or `#` is written with `%3F` or `%23`; there are no parameters";
        return Err(UrlError::new("a SQLite URL takes no parameters", help));
    }
    if rest.is_empty() {
        return Err(UrlError::new("the SQLite URL names no file", forms));
    }
    Ok(SqliteAddress::File(PathBuf::from(decode(rest)?)))
}

/// `scheme://[user[:password]@][host[:port]]/database[?parameters]`.
fn server(url: &str, dialect: Dialect, default_port: u16) -> Result<Server, UrlError> {
    let rest = url.split_once("://").map(|(_, rest)| rest);
    let rest = rest.ok_or_else(|| UrlError::new("the URL lacks `//` after its scheme", SCHEMES))?;
    if rest.contains('#') {
        return Err(UrlError::new("the URL holds an unencoded `#`", ENCODE));
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    refuse_stray_signs(authority, path, query)?;
    let (user_info, address) = authority.split_once('@').unwrap_or(("", authority));
    let (user, password) = user_info
        .split_once(':')
        .map_or((user_info, None), |(user, password)| (user, Some(password)));
    let mut parameters = parameters(query)?;
    let socket = take_socket(&mut parameters)?;
    let tls = take_parameters(dialect, &mut parameters)?;
    Ok(Server {
        endpoints: endpoints(address, socket, default_port)?,
        username: non_empty(decode(user)?),
        password: password.map(decode).transpose()?.map(Secret::new),
        database: database(path)?,
        tls,
        parameters,
    })
}

/// A password with `@`, `:`, `/` or `?` that is not encoded leaves characters where none can be.
fn refuse_stray_signs(authority: &str, path: &str, query: &str) -> Result<(), UrlError> {
    let user_info = authority
        .rsplit_once('@')
        .map_or("", |(user_info, _)| user_info);
    let stray_at = user_info.contains('@') || path.contains('@');
    let cut_short = !authority.contains('@') && query.contains('@');
    if stray_at || cut_short || user_info.matches(':').count() > 1 {
        return Err(UrlError::new(
            "the user or password holds a character that must be encoded in a URL",
            ENCODE,
        ));
    }
    Ok(())
}

/// `host[:port][,host[:port]…]`, or nothing where the parameters name a socket.
fn endpoints(
    addresses: &str,
    socket: Option<PathBuf>,
    default_port: u16,
) -> Result<Vec<Endpoint>, UrlError> {
    let Some(path) = socket else {
        return several(addresses, default_port);
    };
    let (host, port) = host_and_port(addresses)?;
    if !host.is_empty() {
        return Err(UrlError::new(
            "the URL names both a host and a socket",
            "leave the host out: `postgres://user@/database?host=/run/postgresql`",
        ));
    }
    let port = port.map_or(Ok(default_port), |port| parse_port(port, default_port))?;
    Ok(vec![Endpoint::Socket { path, port }])
}

/// Hosts are tried in this order.
fn several(addresses: &str, default_port: u16) -> Result<Vec<Endpoint>, UrlError> {
    let addresses: Vec<&str> = addresses.split(',').into_vec();
    let tcp = |address: &&str| {
        let (host, port) = host_and_port(address)?;
        let host = match (host.is_empty(), addresses.len()) {
            (false, _) => host,
            (true, 1) => "localhost".to_owned(),
            (true, _) => {
                let help = "write hosts with one comma between two: `first,second`";
                return Err(UrlError::new("the URL lacks a host beside a comma", help));
            }
        };
        let port = port.map_or(Ok(default_port), |port| parse_port(port, default_port))?;
        Ok(Endpoint::Tcp { host, port })
    };
    addresses.iter().map(tcp).collect()
}

fn host_and_port(address: &str) -> Result<(String, Option<&str>), UrlError> {
    if let Some(rest) = address.strip_prefix('[') {
        let help = "write it as `[::1]` or `[::1]:5432`";
        let bad = || UrlError::new("the IPv6 address in the URL is not valid", help);
        let (host, after) = rest.split_once(']').ok_or_else(bad)?;
        let address: Ipv6Addr = host.parse().map_err(|_| bad())?;
        let port = if after.is_empty() {
            None
        } else {
            Some(after.strip_prefix(':').ok_or_else(bad)?)
        };
        return Ok((address.to_string(), port));
    }
    let (host, port) = address
        .split_once(':')
        .map_or((address, None), |(host, port)| (host, Some(port)));
    let host = decode(host)?;
    let is_fine = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if host.chars().all(is_fine) {
        Ok((host, port))
    } else {
        Err(UrlError::new(
            "the host in the URL is not a host name",
            "write a name or address, `[…]` around an IPv6 one, and a comma between several",
        ))
    }
}

fn parse_port(port: &str, usual: u16) -> Result<u16, UrlError> {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits {
        port.parse().ok().filter(|&number| number > 0)
    } else {
        None
    };
    let help = format!(
        "a port is a number from 1 to 65535, usually `{usual}`. If the password holds `/` or `?`: {ENCODE}"
    );
    number.ok_or_else(|| UrlError::new("the port in the URL is not valid", help))
}

fn database(path: &str) -> Result<String, UrlError> {
    if path.contains('/') {
        let help = "the path is one database name; a `/` within it is written `%2F`";
        return Err(UrlError::new("the URL holds an unencoded `/`", help));
    }
    non_empty(decode(path)?).ok_or_else(|| {
        UrlError::new(
            "the URL names no database",
            "write it after the host: `postgres://user@host/database`",
        )
    })
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, UrlError> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let help = "parameters are written `?name=value&other=value`";
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| UrlError::new("a parameter in the URL has no value", help))?;
        let (name, value) = (decode(name)?, decode(value)?);
        if parameters.iter().any(|(known, _)| *known == name) {
            // Its name may be of a password that holds a `?`.
            let why = "the URL has two parameters of one name";
            return Err(UrlError::new(why, "leave one of them out"));
        }
        if matches!(
            name.as_str(),
            "user" | "username" | "password" | "port" | "dbname" | "database"
        ) {
            let help = "write it in its place: `postgres://user:password@host:port/database`";
            return Err(UrlError::new(
                format!("`{name}` cannot be a parameter of the URL"),
                help,
            ));
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}

fn take_socket(parameters: &mut Vec<(String, String)>) -> Result<Option<PathBuf>, UrlError> {
    let Some(index) = parameters
        .iter()
        .position(|(name, _)| name == "socket" || name == "host")
    else {
        return Ok(None);
    };
    let (name, path) = parameters.remove(index);
    if !path.starts_with('/') {
        let help = "it is the absolute path of a Unix socket; a host's name stands before the path";
        return Err(UrlError::new(
            format!("the parameter `{name}` is not an absolute path"),
            help,
        ));
    }
    Ok(Some(PathBuf::from(path)))
}

fn non_empty(text: String) -> Option<String> {
    if text.is_empty() { None } else { Some(text) }
}

/// Percent-decoding (RFC 3986, section 2.1); `+` stays `+`.
fn decode(text: &str) -> Result<String, UrlError> {
    let bad = || {
        UrlError::new(
            "the URL holds a `%` that is not followed by two hexadecimal digits of UTF-8 text",
            ENCODE,
        )
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let (digits, after) = after.split_at_checked(2).ok_or_else(bad)?;
            bytes.push(hexadecimal(digits).ok_or_else(bad)?);
            rest = after;
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(bad)
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let number = value(digits[0])? * 16 + value(digits[1])?;
    u8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_of(url: &str) -> Server {
        match parse_url(url)
            .unwrap_or_else(|error| panic!("{url}: {error:?}"))
            .place
        {
            Address::Server(server) => server,
            Address::Sqlite(place) => panic!("{url}: {place:?}"),
        }
    }

    #[test]
    fn parts_are_found() {
        let server = server_of(
            "mysql://us%40er:p%40ss%3Aw%2Frd%25@db.example.org:3307/shop?charset=utf8mb4&x=a=b",
        );
        assert_eq!(server.username.as_deref(), Some("us@er"));
        assert_eq!(
            server.password.as_ref().map(Secret::expose),
            Some("p@ss:w/rd%")
        );
        assert_eq!(
            server.endpoints[0],
            Endpoint::Tcp {
                host: "db.example.org".to_owned(),
                port: 3307
            }
        );
        assert_eq!(server.database, "shop");
        let expected = [("charset", "utf8mb4"), ("x", "a=b")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(server.parameters, expected);
    }

    #[test]
    fn sockets_and_defaults() {
        let socket = |path: &str, port| Endpoint::Socket {
            path: PathBuf::from(path),
            port,
        };
        assert_eq!(
            server_of("postgres:///shop?host=/run/postgresql").endpoints[0],
            socket("/run/postgresql", 5432)
        );
        assert_eq!(
            server_of("mysql://root@/shop?socket=/run/m.sock").endpoints[0],
            socket("/run/m.sock", 3306)
        );
        let local = Endpoint::Tcp {
            host: "localhost".to_owned(),
            port: 5432,
        };
        assert_eq!(server_of("postgresql:///shop").endpoints, [local]);
        let several = server_of("postgres://u:a,b@one,[::1]:5433,three:1/shop");
        assert_eq!(several.to_string(), "u@one:5432,[::1]:5433,three:1/shop");
        assert_eq!(
            parse_url("mariadb://h/d").map(|target| target.flavour),
            Ok(Some(Flavour::Mariadb))
        );
    }

    #[test]
    fn sqlite_forms() {
        let file = |path: &str| Address::Sqlite(SqliteAddress::File(PathBuf::from(path)));
        let expected = [
            ("sqlite://data/app.db", file("data/app.db")),
            ("sqlite:///var/app.db", file("/var/app.db")),
            ("sqlite://a%3Fb.db", file("a?b.db")),
            ("sqlite::memory:", Address::Sqlite(SqliteAddress::Memory)),
            (":memory:", Address::Sqlite(SqliteAddress::Memory)),
        ];
        for (url, place) in expected {
            assert_eq!(
                parse_url(url).map(|target| target.place),
                Ok(place),
                "{url}"
            );
        }
    }

    #[test]
    fn unencoded_passwords_are_refused_with_the_way_to_write_them() {
        let urls = [
            "postgres://u:p@ss:w/rd%@h/d",
            "postgres://u:p@ss@h/d",
            "postgres://u:a:b@h/d",
            "postgres://u:a/b@h/d",
            "postgres://u:a?b@h/d",
            "postgres://u:a#b@h/d",
            "postgres://u:100%@h/d",
            "mysql://u:a b@h/d",
            "mysql://u:%zz@h/d",
            "mysql://u:%ff@h/d",
            "mysql://u:%00@h/d",
            "mysql://u:é%+1@h/d",
        ];
        for url in urls {
            let error = parse_url(url).expect_err(url);
            assert!(error.help.contains("%40"), "{url}: {error:?}");
        }
    }

    #[test]
    fn everything_else_that_is_odd_is_refused() {
        let urls = [
            "",
            "data/app.db",
            "oracle://h/d",
            "http://h/d",
            "sqlite:",
            "sqlite://",
            "sqlite:app.db",
            "sqlite://a?mode=ro",
            "postgres:h/d",
            "postgres://h",
            "postgres://h/",
            "postgres://h/a/b",
            "postgres://h:0/d",
            "postgres://h:99999/d",
            "postgres://h:+1/d",
            "postgres://h:/d",
            "postgres://[::1/d",
            "postgres://[::1]x/d",
            "postgres://a,/d",
            "postgres://,/d",
            "postgres://a, b/d",
            "postgres://a,b:0/d",
            "postgres://a,b/d?host=/run",
            "postgres://h/d?x",
            "postgres://h/d?a=1&a=2",
            "postgres://h/d?password=x",
            "postgres://h/d?host=other",
            "postgres://h/d?host=/run",
            "POSTGRES://h/d",
            "postgres://::1/d",
        ];
        for url in urls {
            let error = parse_url(url).expect_err(url);
            assert!(!error.message.is_empty() && !error.help.is_empty(), "{url}");
        }
    }

    #[test]
    fn errors_hold_no_part_of_the_url() {
        for url in [
            "postgres://u:hunter2@x@h/d",
            "postgres://u:hunter2/x@h/d",
            "hunter2",
            "mysql://u:hunter2%@h/d",
            "mysql://u:hunter2",
        ] {
            let error = parse_url(url).expect_err(url);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
