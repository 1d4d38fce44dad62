//! Reads the TLS keys of an engine of `bindery.toml` and of a URL. Their meaning is in `tls`.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Environment;
use super::template::{Template, Unfilled};
use super::tls::{ChannelBinding, TlsError, TlsMode, TlsOptions};
use super::toml_reader::Reader;
use super::url::UrlError;
use crate::dialect::Dialect;

/// The keys of one engine, variables not filled in.
#[derive(Debug, Clone, Default)]
pub struct TlsKeys {
    /// `tls`: how far connections are encrypted and the server is verified.
    pub mode: Option<Template>,
    /// `tls-ca`: the file of certificates that the server's has to be signed by.
    pub ca: Option<Template>,
    /// `tls-cert`: the file of the program's own certificate.
    pub cert: Option<Template>,
    /// `tls-key`: the file of the key of that certificate.
    pub key: Option<Template>,
    /// `tls-plaintext = "allow"`.
    pub plaintext: bool,
    /// `channel-binding`: whether the login is bound to the encrypted connection.
    pub channel_binding: Option<ChannelBinding>,
}

/// Why keys cannot be used.
pub(super) enum Unusable {
    /// A variable cannot be filled in.
    Unfilled(Template, Unfilled),
    /// A value is not one of those that a key takes.
    Wrong(TlsError),
}

impl TlsKeys {
    /// Fills in variables. Relative paths start in the folder.
    pub(super) fn options(
        &self,
        folder: &Path,
        environment: Environment<'_>,
    ) -> Result<TlsOptions, Unusable> {
        let fill = |part: &Option<Template>| {
            part.as_ref()
                .map(|part| {
                    part.expand(environment)
                        .map_err(|why| Unusable::Unfilled(part.clone(), why))
                })
                .transpose()
        };
        let mode = fill(&self.mode)?.map(|word| TlsMode::from_word(&word));
        let options = TlsOptions {
            mode: mode.transpose().map_err(Unusable::Wrong)?,
            ca: fill(&self.ca)?.and_then(authorities),
            cert: fill(&self.cert)?.map(PathBuf::from),
            key: fill(&self.key)?.map(PathBuf::from),
            plaintext: self.plaintext,
            channel_binding: self.channel_binding,
        };
        Ok(options.relative_to(folder))
    }
}

/// `system` stands for the operating system's, as PostgreSQL's `sslrootcert` has it.
fn authorities(value: String) -> Option<PathBuf> {
    Some(PathBuf::from(value)).filter(|path| path.as_os_str() != "system")
}

impl Reader<'_> {
    pub(super) fn tls_keys(&mut self, table: &DeTable<'_>) -> TlsKeys {
        TlsKeys {
            mode: self.tls_mode(table),
            ca: self.part(table, "tls-ca"),
            cert: self.part(table, "tls-cert"),
            key: self.part(table, "tls-key"),
            plaintext: self
                .word(table, "tls-plaintext", &[("allow", ())])
                .is_some(),
            channel_binding: self.word(table, "channel-binding", &ChannelBinding::WORDS),
        }
    }

    /// A word that needs no environment is parsed immediately, so that mistakes show in the build.
    fn tls_mode(&mut self, table: &DeTable<'_>) -> Option<Template> {
        let text = self.text(table, "tls")?;
        let template = self.template(&text)?;
        if let Some(Err(error)) = template.literal().map(|word| TlsMode::from_word(&word)) {
            self.bad_value(text.span, format!("`tls`: {}", error.message), error.help);
        }
        Some(template)
    }
}

/// Takes the TLS options among a URL's parameters, by the names that the users of each server know.
pub(super) fn take_parameters(
    dialect: Dialect,
    parameters: &mut Vec<(String, String)>,
) -> Result<TlsOptions, UrlError> {
    let [mode, ca, cert, key, binding]: [&[&str]; 5] = match dialect {
        Dialect::Sqlite => return Ok(TlsOptions::default()),
        Dialect::Postgres => [
            &["sslmode"],
            &["sslrootcert"],
            &["sslcert"],
            &["sslkey"],
            &["channel_binding"],
        ],
        Dialect::Mysql => [
            &["ssl-mode", "sslmode"],
            &["ssl-ca"],
            &["ssl-cert"],
            &["ssl-key"],
            &[],
        ],
    };
    let mut take = |names| take_one(names, parameters);
    Ok(TlsOptions {
        mode: read_parameter(take(mode)?, TlsMode::from_word)?,
        ca: take(ca)?.map(|(_, value)| value).and_then(authorities),
        cert: take(cert)?.map(|(_, value)| value.into()),
        key: take(key)?.map(|(_, value)| value.into()),
        plaintext: read_parameter(take(&["tls-plaintext"])?, read_plaintext)?.is_some(),
        channel_binding: read_parameter(take(binding)?, ChannelBinding::from_word)?,
    })
}

/// The one parameter of these names, with its name.
fn take_one(
    names: &[&'static str],
    parameters: &mut Vec<(String, String)>,
) -> Result<Option<(&'static str, String)>, UrlError> {
    let mut found = None;
    for name in names {
        let Some(index) = parameters.iter().position(|(known, _)| known == name) else {
            continue;
        };
        if found.is_some() {
            let message = format!("the URL has the parameter `{}` twice", names[0]);
            let help = format!("`{name}` is another name of it: leave one of them out");
            return Err(UrlError::new(message, help));
        }
        found = Some((*name, parameters.remove(index).1));
    }
    Ok(found)
}

fn read_parameter<T>(
    parameter: Option<(&'static str, String)>,
    read: impl Fn(&str) -> Result<T, TlsError>,
) -> Result<Option<T>, UrlError> {
    let Some((name, value)) = parameter else {
        return Ok(None);
    };
    read(&value).map(Some).map_err(|error| {
        UrlError::new(
            format!("the parameter `{name}`: {}", error.message),
            error.help,
        )
    })
}

fn read_plaintext(word: &str) -> Result<(), TlsError> {
    if word == "allow" {
        return Ok(());
    }
    let message = "the one word that it takes is `allow`";
    Err(TlsError::new(message, "write `tls-plaintext=allow`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Address, Config};
    use crate::diagnostic::Diagnostics;
    use crate::source::Sources;

    fn read_keys(keys: &str) -> Result<Config, String> {
        let text = format!("[engines.b]\nurl = \"postgres://ann@h/shop\"\n{keys}");
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let folder = Path::new("/etc/shop");
        let config = Config::parse("bindery.toml", folder, &text, &mut sources, &mut found);
        config.ok_or_else(|| format!("{found:?}"))
    }

    fn options(keys: &str, variable: Option<&str>) -> Result<TlsOptions, String> {
        let environment = |_: &str| variable.map(str::to_owned).filter(|value| value != "-");
        let target = read_keys(keys)?.target("b", &|name| {
            environment(name).filter(|_| !name.starts_with("BINDERY_"))
        });
        match target.map_err(|finding| finding.message)?.place {
            Address::Server(server) => Ok(server.tls),
            Address::Sqlite(_) => unreachable!("it is the URL of a server"),
        }
    }

    #[test]
    fn all_keys_are_read_and_paths_start_at_the_file() {
        let keys = "tls = \"verify-ca\"\ntls-ca = \"ca.pem\"\ntls-cert = \"/run/cert.pem\"\ntls-key = \"${KEY}\"\n\
                    tls-plaintext = \"allow\"\nchannel-binding = \"require\"\n";
        let expected = TlsOptions {
            mode: Some(TlsMode::VerifyCa),
            ca: Some("/etc/shop/ca.pem".into()),
            cert: Some("/run/cert.pem".into()),
            key: Some("/etc/shop/key.pem".into()),
            plaintext: true,
            channel_binding: Some(ChannelBinding::Require),
        };
        assert_eq!(options(keys, Some("key.pem")), Ok(expected));
        let system = options("tls-ca = \"system\"\n", None);
        assert_eq!(system, Ok(TlsOptions::default()));
        let mode = options("tls = \"${MODE:-require}\"\n", None).map(|tls| tls.mode);
        assert_eq!(mode, Ok(Some(TlsMode::Require)));
    }

    /// Covers CFG-2: misspelt words are reported with the right one.
    #[test]
    fn wrong_words_are_refused() {
        let cases = [
            ("tls = \"verify-fll\"\n", "did you mean `verify-full`?"),
            ("tls = \"prefer\"\n", "either encrypted or not"),
            ("tls = \"on\"\n", "known are `disable`"),
            ("tls = true\n", "must be a string"),
            ("tls-plaintext = \"yes\"\n", "`allow`"),
            (
                "channel-binding = \"requires\"\n",
                "did you mean `require`?",
            ),
            ("tls-caa = \"ca.pem\"\n", "did you mean `tls-ca`?"),
            ("sslmode = \"require\"\n", "unknown key `sslmode`"),
        ];
        for (keys, expected) in cases {
            let found = read_keys(keys).expect_err(keys);
            assert!(found.contains(expected), "{keys}{found}");
        }
        let filled = options("tls = \"${MODE}\"\n", Some("hunter2")).expect_err("no mode");
        assert!(
            filled.contains("not known") && !filled.contains("hunter2"),
            "{filled}"
        );
    }
}
