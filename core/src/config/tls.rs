//! How the way to a server is encrypted: the words for it, what goes with what, and what holds where nothing is said.
//! Where files and URLs say it is the matter of `tls_keys` and `url`; nothing here opens a file or a connection.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::target::{Endpoint, Server};
use super::toml_reader::quoted_list;
use crate::dialect::Dialect;
use crate::name::suggest;

/// How much of TLS a connection insists on. None of these falls back to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Nothing is encrypted.
    Disable,
    /// Encrypted; any server that answers is trusted. Keeps out eavesdroppers only.
    Require,
    /// Encrypted, and the server's certificate comes from an authority that is trusted; whose it is does not matter.
    VerifyCa,
    /// Encrypted, and the certificate is one of a trusted authority for the host that the URL names.
    VerifyFull,
}

impl TlsMode {
    /// All of them, the weakest first.
    pub const ALL: [Self; 4] = [
        Self::Disable,
        Self::Require,
        Self::VerifyCa,
        Self::VerifyFull,
    ];

    /// The word for it in `bindery.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// Returns whether the server is verified.
    pub const fn verifies(self) -> bool {
        match self {
            Self::Disable | Self::Require => false,
            Self::VerifyCa | Self::VerifyFull => true,
        }
    }

    /// Reads a word of bindery, of PostgreSQL (`sslmode`) or of MySQL (`ssl-mode`).
    pub(super) fn from_word(word: &str) -> Result<Self, TlsError> {
        match word.to_ascii_lowercase().replace('_', "-").as_str() {
            "disable" | "disabled" => Ok(Self::Disable),
            "require" | "required" => Ok(Self::Require),
            "verify-ca" => Ok(Self::VerifyCa),
            "verify-full" | "verify-identity" => Ok(Self::VerifyFull),
            "prefer" | "preferred" | "allow" => Err(TlsError::new(
                "a connection is either encrypted or not: there is no mode that settles for plain text",
                "an attacker on the network could always force plain text; write `require`, `verify-ca` or `verify-full`, or \
                 `disable` for plain text",
            )),
            _ => Err(unknown_word(word, &Self::ALL.map(Self::name))),
        }
    }
}

impl fmt::Display for TlsMode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Whether the login is tied to the encrypted connection it runs in, so that an attacker cannot stand between
/// (PostgreSQL's `SCRAM-SHA-256-PLUS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// It is not used, also where the server offers it.
    Disable,
    /// Where the server can.
    #[default]
    Prefer,
    /// A server that cannot is refused.
    Require,
}

impl ChannelBinding {
    pub(super) const WORDS: [(&'static str, Self); 3] = [
        ("disable", Self::Disable),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
    ];

    pub(super) fn from_word(word: &str) -> Result<Self, TlsError> {
        let found = Self::WORDS.iter().find(|(known, _)| *known == word);
        found
            .map(|(_, meaning)| *meaning)
            .ok_or_else(|| unknown_word(word, &Self::WORDS.map(|(known, _)| known)))
    }
}

/// The TLS options for one server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsOptions {
    /// `tls`: how far connections are encrypted and the server is verified.
    pub mode: Option<TlsMode>,
    /// `tls-ca`: a PEM file of the authorities to trust; without it those of the operating system.
    pub ca: Option<PathBuf>,
    /// `tls-cert`: a PEM file of the certificate that this program shows, with those between it and the authority.
    pub cert: Option<PathBuf>,
    /// `tls-key`: a PEM file of its key.
    pub key: Option<PathBuf>,
    /// `tls-plaintext = "allow"`: `disable` is meant, also for a server on another machine.
    pub plaintext: bool,
    /// `channel-binding`: whether the login is bound to the encrypted connection.
    pub channel_binding: Option<ChannelBinding>,
}

/// The reason why an option of TLS cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsError {
    /// The mistake, in one sentence.
    pub message: String,
    /// The text to type in instead.
    pub help: String,
}

impl TlsError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

impl TlsError {
    /// The error for TLS options of a SQLite file.
    pub fn of_sqlite() -> Self {
        Self::new(
            "a SQLite file is not reached over a network, so there is no TLS",
            "remove the keys that begin with `tls`, and `channel-binding`",
        )
    }
}

impl TlsOptions {
    /// Joins what two places say; each thing is said in one of them, or in both the same.
    ///
    /// # Errors
    /// They contradict each other.
    pub fn and(self, other: Self) -> Result<Self, TlsError> {
        Ok(Self {
            mode: agreed("tls", self.mode, other.mode)?,
            ca: agreed("tls-ca", self.ca, other.ca)?,
            cert: agreed("tls-cert", self.cert, other.cert)?,
            key: agreed("tls-key", self.key, other.key)?,
            plaintext: self.plaintext || other.plaintext,
            channel_binding: agreed(
                "channel-binding",
                self.channel_binding,
                other.channel_binding,
            )?,
        })
    }

    /// Makes relative paths relative to a folder.
    #[must_use]
    pub(super) fn relative_to(mut self, folder: &Path) -> Self {
        for path in [&mut self.ca, &mut self.cert, &mut self.key] {
            *path = path.take().map(|path| folder.join(path));
        }
        self
    }

    /// Returns whether no option is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first thing that is of use only in an encrypted connection.
    fn first_of_encryption(&self) -> Option<&'static str> {
        let said = [
            ("tls-ca", self.ca.is_some()),
            ("tls-cert", self.cert.is_some()),
            ("tls-key", self.key.is_some()),
            (
                "channel-binding",
                self.channel_binding == Some(ChannelBinding::Require),
            ),
        ];
        said.into_iter()
            .find_map(|(key, is_said)| is_said.then_some(key))
    }
}

impl Server {
    /// Returns how its connections are encrypted: as said, else `disable` where they do not leave the machine and
    /// `verify-full` everywhere else. Where a certificate or an authority is given, `verify-full` is what holds.
    ///
    /// # Errors
    /// The options contradict each other, or plain text would leave the machine without `tls-plaintext`.
    pub fn tls_mode(&self, dialect: Dialect) -> Result<TlsMode, TlsError> {
        let is_file = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Socket { .. });
        let only_files = self.endpoints.iter().all(is_file);
        let said = self.tls.first_of_encryption();
        let mode = match self.tls.mode {
            Some(mode) => mode,
            None if only_files || (said.is_none() && self.is_on_this_machine()) => TlsMode::Disable,
            None => TlsMode::VerifyFull,
        };
        if only_files && mode != TlsMode::Disable {
            return Err(TlsError::new(
                format!("a socket file needs no TLS, and `{mode}` requires it"),
                "leave `tls` out, or write `tls = \"disable\"`",
            ));
        }
        self.check_encryption(mode, said, dialect)?;
        Ok(mode)
    }

    /// Returns whether connections leave the machine in plain text, which only `tls-plaintext` allows.
    pub fn is_readable_by_others(&self, dialect: Dialect) -> bool {
        let is_plain = matches!(self.tls_mode(dialect), Ok(TlsMode::Disable));
        is_plain && !self.is_on_this_machine()
    }

    fn check_encryption(
        &self,
        mode: TlsMode,
        said: Option<&str>,
        dialect: Dialect,
    ) -> Result<(), TlsError> {
        if mode == TlsMode::Disable {
            if let Some(key) = said {
                return Err(TlsError::new(
                    format!("`{key}` means nothing for a connection without TLS"),
                    format!("remove `{key}`, or write `tls = \"verify-full\"`"),
                ));
            }
            if !self.is_on_this_machine() && !self.tls.plaintext {
                return Err(TlsError::new(
                    "`disable` sends passwords and rows as plain text to another machine",
                    "write `tls = \"verify-full\"`; where anyone on the network may read, add `tls-plaintext = \"allow\"`",
                ));
            }
        }
        if mode == TlsMode::Require && self.tls.ca.is_some() {
            return Err(TlsError::new(
                "`tls-ca` means nothing with `require`, which trusts any server that answers",
                "write `tls = \"verify-full\"`, or `verify-ca` where the certificate is not for this host",
            ));
        }
        match (&self.tls.cert, &self.tls.key) {
            (Some(_), None) => Err(TlsError::new("`tls-cert` has no `tls-key`", PAIR)),
            (None, Some(_)) => Err(TlsError::new("`tls-key` has no `tls-cert`", PAIR)),
            (Some(_), Some(_)) | (None, None) => self.check_binding(dialect),
        }
    }

    fn check_binding(&self, dialect: Dialect) -> Result<(), TlsError> {
        if dialect == Dialect::Postgres || self.tls.channel_binding.is_none() {
            return Ok(());
        }
        Err(TlsError::new(
            "`channel-binding` is PostgreSQL's",
            "remove `channel-binding`; `tls = \"verify-full\"` verifies which server answers",
        ))
    }

    /// Whether its connections stay on this machine, by all that its addresses say.
    fn is_on_this_machine(&self) -> bool {
        self.endpoints.iter().all(|endpoint| match endpoint {
            Endpoint::Socket { .. } => true,
            Endpoint::Tcp { host, .. } => is_loopback(host),
        })
    }
}

const PAIR: &str = "a certificate and its key go together: write both `tls-cert` and `tls-key`";

fn is_loopback(host: &str) -> bool {
    match host.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => {
            let mapped = address.to_ipv4_mapped();
            mapped.map_or(address.is_loopback(), |address| address.is_loopback())
        }
        // RFC 6761, section 6.3.
        Err(_) => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

fn agreed<T: PartialEq>(
    key: &str,
    one: Option<T>,
    other: Option<T>,
) -> Result<Option<T>, TlsError> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Err(TlsError::new(
            format!("`{key}` and the URL contradict each other"),
            format!("remove `{key}`, or the parameter of the URL"),
        )),
        (one, other) => Ok(one.or(other)),
    }
}

/// The word is not repeated: it may come from a URL or a variable.
fn unknown_word(word: &str, known: &[&str]) -> TlsError {
    let help = match suggest(word, known.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("known are {}", quoted_list(known)),
    };
    TlsError::new("this mode is not known", help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Address, parse_url};

    fn mode_of(url: &str) -> Result<TlsMode, String> {
        let target = parse_url(url).map_err(|error| error.message)?;
        let Address::Server(server) = &target.place else {
            unreachable!("{url} is the URL of a server")
        };
        server
            .tls_mode(target.dialect)
            .map_err(|error| error.message)
    }

    /// Covers CFG-3: what holds by default, what goes together; that a missing file is an error at start is the run
    /// time's.
    #[test]
    fn what_goes_together_and_what_holds_by_default() {
        use TlsMode::{Disable, Require, VerifyCa, VerifyFull};
        let cases = [
            ("postgres:///d?host=/run/p", Disable),
            ("postgres://localhost/d", Disable),
            ("postgres://LOCALHOST./d", Disable),
            ("postgres://127.3.2.1/d", Disable),
            ("postgres://[::1]/d", Disable),
            ("postgres://[::ffff:127.0.0.1]/d", Disable),
            ("mysql://db.example.org/d", VerifyFull),
            ("postgres://10.0.0.1/d", VerifyFull),
            ("postgres://localhost.example.org/d", VerifyFull),
            ("postgres://localhost/d?sslrootcert=ca.pem", VerifyFull),
            ("postgres://localhost/d?channel_binding=require", VerifyFull),
            ("postgres://localhost,h/d", VerifyFull),
            ("postgres://h/d?sslmode=require", Require),
            ("postgres://h/d?sslmode=verify-ca&sslrootcert=c", VerifyCa),
            (
                "postgres://h/d?sslmode=disable&tls-plaintext=allow",
                Disable,
            ),
            ("mysql://h/d?ssl-mode=VERIFY_IDENTITY&ssl-ca=c", VerifyFull),
            ("mysql://h/d?ssl-mode=VERIFY_CA", VerifyCa),
            ("mysql://h/d?sslmode=required", Require),
            ("mysql://h/d?ssl-cert=c&ssl-key=k", VerifyFull),
        ];
        for (url, mode) in cases {
            assert_eq!(mode_of(url), Ok(mode), "{url}");
        }
    }

    /// Covers CFG-3.
    #[test]
    fn what_contradicts_itself_is_refused() {
        let cases = [
            ("postgres://h/d?sslmode=disable", "plain text to another"),
            (
                "mysql://10.0.0.1/d?ssl-mode=DISABLED",
                "plain text to another",
            ),
            ("postgres://h/d?sslmode=prefer", "either encrypted or not"),
            ("postgres://h/d?sslmode=allow", "either encrypted or not"),
            ("mysql://h/d?ssl-mode=PREFERRED", "either encrypted or not"),
            ("postgres://h/d?sslmode=verify", "not known"),
            (
                "postgres://h/d?sslmode=require&sslrootcert=c",
                "trusts any server",
            ),
            ("postgres://h/d?sslcert=c", "no `tls-key`"),
            ("postgres://h/d?sslkey=c", "no `tls-cert`"),
            (
                "postgres://localhost/d?sslmode=disable&sslrootcert=c",
                "`tls-ca` means nothing",
            ),
            ("postgres:///d?host=/run/p&sslmode=require", "needs no TLS"),
            (
                "postgres:///d?host=/run/p&sslrootcert=c",
                "`tls-ca` means nothing",
            ),
            ("postgres://h/d?channel_binding=on", "not known"),
            ("postgres://h/d?tls-plaintext=yes", "`tls-plaintext`"),
            ("mysql://h/d?ssl-mode=REQUIRED&sslmode=require", "twice"),
        ];
        for (url, expected) in cases {
            let message = mode_of(url).expect_err(url);
            assert!(message.contains(expected), "{url}: {message}");
        }
    }

    #[test]
    fn two_places_say_the_same_or_one_of_them_nothing() {
        let with_mode = |mode| TlsOptions {
            mode: Some(mode),
            ..TlsOptions::default()
        };
        let nothing = TlsOptions::default();
        let full = with_mode(TlsMode::VerifyFull);
        assert_eq!(full.clone().and(nothing), Ok(full.clone()));
        assert_eq!(full.clone().and(full.clone()), Ok(full.clone()));
        assert!(full.and(with_mode(TlsMode::Disable)).is_err());
    }
}
