//! Where an engine connects to, and as whom: a URL or its parts, and the ways to a password.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use crate::config::findings::{bad_url, two_passwords};
use crate::config::template::Template;
use crate::config::toml_reader::{Entry, Reader, Text, quoted_list};
use crate::config::url::parse_url;
use crate::config::{ConnectionParts, ConnectionSource, EngineConfig, PasswordFrom, PasswordPlace};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::source::Span;

const PART_KEYS: [&str; 5] = ["host", "port", "database", "username", "password"];

impl Reader<'_> {
    /// At most one of the ways to a password may be written.
    pub(super) fn password_from(
        &mut self,
        table: &DeTable<'_>,
        source: &ConnectionSource,
    ) -> Option<PasswordFrom> {
        let file = self.password_file(table);
        let command = self.password_command(table);
        let all = [
            self.get(table, "password"),
            self.url_password(table, source),
        ];
        let other = all.into_iter().flatten().next();
        let (from, twice) = match (file, command) {
            (Some(file), Some(command)) => (file, Some(("password-command", command.span))),
            (Some(from), None) | (None, Some(from)) => {
                (from, other.map(|entry| (entry.key, entry.key_span)))
            }
            (None, None) => return None,
        };
        if let Some((other, span)) = twice {
            self.diagnostics
                .push(two_passwords(from.span, (other, span)));
        }
        Some(from)
    }

    /// The entry of a URL that holds a password.
    fn url_password<'t>(
        &self,
        table: &'t DeTable<'t>,
        source: &ConnectionSource,
    ) -> Option<Entry<'t>> {
        let ConnectionSource::Url(url) = source else {
            return None;
        };
        let target = parse_url(&url.literal()?).ok()?;
        target.password().and_then(|_| self.get(table, "url"))
    }

    fn password_file(&mut self, table: &DeTable<'_>) -> Option<PasswordFrom> {
        let text = self.text(table, "password-file")?;
        if text.value.is_empty() {
            let message = "`password-file` is empty".to_owned();
            let help = "name a file: `password-file = \"/run/secrets/database\"`";
            self.bad_value(text.span, message, help);
        }
        Some(PasswordFrom {
            span: text.key_span,
            place: PasswordPlace::File(self.template(&text)?),
        })
    }

    fn password_command(&mut self, table: &DeTable<'_>) -> Option<PasswordFrom> {
        let entry = self.get(table, "password-command")?;
        let words = self.texts(table, "password-command")?;
        let words: Vec<String> = words.into_iter().map(|text| text.value).into_vec();
        if words.first().is_none_or(String::is_empty) {
            let message = "`password-command` names no program".to_owned();
            let help = "write a program and its arguments: `password-command = [\"pass\", \"show\", \"shop\"]`";
            self.bad_value(entry.value_span, message, help);
        }
        Some(PasswordFrom {
            span: entry.key_span,
            place: PasswordPlace::Command(words),
        })
    }

    pub(super) fn source(
        &mut self,
        table: &DeTable<'_>,
        engine: &EngineConfig,
    ) -> ConnectionSource {
        let url = self.text(table, "url");
        let part = PART_KEYS.iter().find_map(|key| self.get(table, key));
        match (url, part) {
            (Some(url), Some(part)) => {
                let message = format!("engine `{}` has both a URL and `{}`", engine.name, part.key);
                let diagnostic =
                    Diagnostic::error("B0308", message).at(part.key_span, "part of a connection");
                let help = "keep either `url` or the keys `host`, `port`, `database`, `username`, `password`";
                self.diagnostics.push(
                    diagnostic
                        .at(url.key_span, "the whole connection")
                        .help(help),
                );
                ConnectionSource::Nowhere
            }
            (Some(url), None) => self
                .url(&url)
                .map_or(ConnectionSource::Nowhere, ConnectionSource::Url),
            (None, Some(part)) => {
                self.check_parts(table, engine, part.key_span);
                ConnectionSource::Parts(Box::new(self.parts(table)))
            }
            (None, None) => ConnectionSource::Nowhere,
        }
    }

    fn parts(&mut self, table: &DeTable<'_>) -> ConnectionParts {
        ConnectionParts {
            host: self.part(table, "host"),
            port: self.port(table),
            database: self.part(table, "database"),
            username: self.part(table, "username"),
            password: self.part(table, "password"),
        }
    }

    pub(in crate::config) fn part(&mut self, table: &DeTable<'_>, key: &str) -> Option<Template> {
        let text = self.text(table, key)?;
        self.template(&text)
    }

    /// A number, or a text with a variable in it.
    fn port(&mut self, table: &DeTable<'_>) -> Option<Template> {
        let entry = self.get(table, "port")?;
        let text = match entry.value.as_integer() {
            Some(integer) => {
                let number = u16::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(0);
                Text {
                    value: number.to_string(),
                    key_span: entry.key_span,
                    span: entry.value_span,
                }
            }
            None => self.entry_text(entry)?,
        };
        let template = self.template(&text)?;
        let is_port = |port: String| port.parse::<u16>().is_ok_and(|port| port > 0);
        if template.literal().is_some_and(|port| !is_port(port)) {
            self.bad_value(
                text.span,
                "`port` is not valid".to_owned(),
                "a port is a number from 1 to 65535: `5432` is PostgreSQL's, `3306` MySQL's",
            );
        }
        Some(template)
    }

    fn check_parts(&mut self, table: &DeTable<'_>, engine: &EngineConfig, first: Span) {
        if engine.dialect.is_none() {
            let message = format!("engine `{}` has a connection but no dialect", engine.name);
            let help = format!(
                "add `dialect = \"…\"`: {}",
                quoted_list(&Dialect::ALL.map(Dialect::name))
            );
            self.diagnostics.push(
                Diagnostic::error("B0309", message)
                    .at(first, "without a URL the dialect must be given")
                    .help(help),
            );
            return;
        };
        if self.get(table, "database").is_none() {
            let message = format!("engine `{}` names no database", engine.name);
            self.bad_value(first, message, "add `database = \"…\"`");
        }
    }

    /// A URL that needs no environment is parsed immediately, so that mistakes show in the build.
    pub(super) fn url(&mut self, text: &Text) -> Option<Template> {
        let template = self.template(text)?;
        if let Some(Err(error)) = template.literal().map(|url| parse_url(&url)) {
            self.diagnostics.push(bad_url(error, text.key_span));
        }
        Some(template)
    }

    pub(in crate::config) fn template(&mut self, text: &Text) -> Option<Template> {
        match Template::parse(&text.value, text.key_span) {
            Ok(template) => Some(template),
            Err(malformed) => {
                let diagnostic = Diagnostic::error("B0312", malformed.message)
                    .at(text.key_span, "in this value");
                self.diagnostics.push(diagnostic.help(malformed.help));
                None
            }
        }
    }
}
