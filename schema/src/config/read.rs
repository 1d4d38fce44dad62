//! From the TOML text to a [`Config`], key by key. Rules that look at several engines are in `check`.

use toml::de::{DeTable, DeValue};

use super::keys::{self, Section};
use super::template::Template;
use super::toml_reader::{Entry, Reader, Text, list};
use super::url::{parse_url, scheme_dialect};
use super::{
    AtomicGroupConfig, Config, ConnectionMode, ConnectionParts, ConnectionSource, EngineConfig,
    PasswordFrom, PasswordPlace, PoolConfig, ReplicaConfig, SchemaCheck, SchemaFile, SessionConfig,
    TypeMapping, is_application_name,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Dialect, Flavour};
use crate::name::{is_type_path, is_valid_engine_name};
use crate::source::{FileId, Span};

const PART_KEYS: [&str; 5] = ["host", "port", "database", "username", "password"];

const DIALECTS: &[(&str, Dialect)] = &[
    (Dialect::Sqlite.name(), Dialect::Sqlite),
    (Dialect::Postgres.name(), Dialect::Postgres),
    (Dialect::Mysql.name(), Dialect::Mysql),
];
const FLAVOURS: &[(&str, Flavour)] = &[("mariadb", Flavour::Mariadb), ("mysql", Flavour::Mysql)];
const CHECKS: &[(&str, SchemaCheck)] = &[
    ("error", SchemaCheck::Error),
    ("warn", SchemaCheck::Warn),
    ("off", SchemaCheck::Off),
];
const MODES: &[(&str, ConnectionMode)] = &[
    ("long", ConnectionMode::Long),
    ("short", ConnectionMode::Short),
];

/// Reads the whole file; `None` where it is no TOML.
pub(super) fn read(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Config> {
    let mut reader = Reader { file, diagnostics };
    if text.len() > super::LONGEST {
        let help = "a configuration has a few kilobytes, and 1 MiB at most";
        reader
            .diagnostics
            .push(Diagnostic::error("B0300", "the file is too large").help(help));
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.syntax_error(error, text);
    }
    if !errors.is_empty() {
        return None;
    }
    Some(reader.config(table.get_ref()))
}

impl Reader<'_> {
    /// The parser's own sentence says what it expected; it never quotes values.
    fn syntax_error(&mut self, error: &toml::de::Error, text: &str) {
        let range = error.span().unwrap_or(0..0);
        let (start, end) = (range.start.min(text.len()), range.end.min(text.len()));
        let sentence = error
            .message()
            .lines()
            .next()
            .unwrap_or("not valid")
            .trim_end_matches('.')
            .to_owned();
        let diagnostic =
            Diagnostic::error("B0300", format!("the file is not valid TOML: {sentence}"));
        self.diagnostics.push(
            diagnostic
                .at(self.span(start..end.max(start)), "here")
                .help(syntax_help(&sentence, &text[start..end.max(start)])),
        );
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        self.refuse_unknown(table, Section::Top, "the file");
        let mut engines = self.engines(table);
        match (self.text(table, "url"), self.get(table, "url")) {
            (Some(url), _) => self.top_level_url(url, &mut engines),
            // A URL that is no text defines the engine all the same.
            (None, Some(entry)) => engines.push(EngineConfig::new("default", Some(entry.key_span))),
            (None, None) => {}
        }
        engines.sort_by(|a, b| a.name.cmp(&b.name));
        let (files, queries) = self.schema(table);
        let atomic_groups = self.atomic_groups(table);
        let types = self.types(table);
        Config {
            folder: Default::default(),
            files,
            queries,
            engines,
            atomic_groups,
            types,
            source: None,
        }
    }

    /// `url = …` above all sections is short for `engines.default.url`.
    fn top_level_url(&mut self, url: Text, engines: &mut Vec<EngineConfig>) {
        let template = self.url(&url);
        let position = engines
            .iter()
            .position(|engine| engine.name == "default")
            .unwrap_or_else(|| {
                engines.push(EngineConfig::new("default", Some(url.key_span)));
                engines.len() - 1
            });
        let engine = &mut engines[position];
        let other = match &engine.source {
            ConnectionSource::Nowhere => None,
            ConnectionSource::Url(_) | ConnectionSource::Parts(_) => engine.span,
        };
        if let Some(other) = other {
            let message = "engine `default` is defined twice";
            let diagnostic = Diagnostic::error("B0305", message)
                .at(url.key_span, "short for `engines.default.url`");
            self.diagnostics.push(
                diagnostic.at(other, "and here").help(
                    "keep one of them: remove this `url`, or the section `[engines.default]`",
                ),
            );
        }
        engine.source = template.map_or(ConnectionSource::Nowhere, ConnectionSource::Url);
    }

    fn engines(&mut self, table: &DeTable<'_>) -> Vec<EngineConfig> {
        let Some(section) = self.table(table, "engines") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        entries
            .into_iter()
            .filter_map(|entry| self.engine(entry))
            .collect()
    }

    fn engine(&mut self, entry: Entry<'_>) -> Option<EngineConfig> {
        let mut engine = EngineConfig::new(entry.key, Some(entry.key_span));
        match entry.value {
            DeValue::String(_) => {
                let url = self.entry_text(entry)?;
                engine.source = self
                    .url(&url)
                    .map_or(ConnectionSource::Nowhere, ConnectionSource::Url);
            }
            DeValue::Table(table) => self.engine_table(table, &mut engine),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                self.wrong_type(
                    entry,
                    "a URL or a table",
                    &format!("write `{} = \"sqlite://…\"`", entry.key),
                );
            }
        }
        Some(engine)
    }

    fn engine_table(&mut self, table: &DeTable<'_>, engine: &mut EngineConfig) {
        self.refuse_unknown(table, Section::Engine, &format!("engine `{}`", engine.name));
        engine.dialect = self.word(table, "dialect", DIALECTS);
        engine.flavour = self.word(table, "flavour", FLAVOURS);
        engine.source = self.source(table, engine);
        engine.connection = self.word(table, "connection", MODES).unwrap_or_default();
        engine.pool = self.pool(table);
        engine.session = self.session(table);
        engine.tls = self.tls_keys(table);
        engine.schema_check = self.word(table, "schema-check", CHECKS).unwrap_or_default();
        engine.replicas = self.replicas(table);
        engine.models_of = self.text(table, "models-of").map(|text| text.value);
        engine.password_from = self.password_from(table, &engine.source);
        self.refuse_strange(table, engine);
    }

    /// A key that means nothing for the engine's database, where the file alone says which that is.
    fn refuse_strange(&mut self, table: &DeTable<'_>, engine: &EngineConfig) {
        let literal = match &engine.source {
            ConnectionSource::Url(url) => url.literal().and_then(|url| scheme_dialect(&url).ok()),
            ConnectionSource::Nowhere | ConnectionSource::Parts(_) => None,
        };
        let Some(dialect) = engine.dialect.or(literal.map(|(dialect, _)| dialect)) else {
            return;
        };
        // A flavour has its own rule, which knows the environment too.
        let strange = keys::of(Section::Engine).filter(|key| key.name != "flavour");
        for key in strange.filter(|key| !key.on.includes(dialect)) {
            if let Some(entry) = self.get(table, key.name) {
                let message = format!("`{}` means nothing for {}", key.name, kind_of(dialect));
                let help = format!("remove `{}`{}", key.name, instead(key.name, dialect));
                self.bad_value(entry.key_span, message, help);
            }
        }
    }

    fn session(&mut self, table: &DeTable<'_>) -> SessionConfig {
        let defaults = SessionConfig::default();
        SessionConfig {
            connect_timeout: self
                .duration(table, "connect-timeout")
                .unwrap_or(defaults.connect_timeout),
            statement_timeout: self
                .limit(table, "statement-timeout")
                .unwrap_or(defaults.statement_timeout),
            lock_timeout: self
                .limit(table, "lock-timeout")
                .unwrap_or(defaults.lock_timeout),
            idle_in_transaction_timeout: self
                .limit(table, "idle-in-transaction-timeout")
                .unwrap_or(defaults.idle_in_transaction_timeout),
            max_transaction_age: self
                .limit(table, "max-transaction-age")
                .unwrap_or(defaults.max_transaction_age),
            busy_timeout: self
                .duration(table, "busy-timeout")
                .unwrap_or(defaults.busy_timeout),
            application_name: self
                .application_name(table)
                .unwrap_or(defaults.application_name),
            resolve_commits: self.truth(table, "resolve-commits"),
        }
    }

    fn application_name(&mut self, table: &DeTable<'_>) -> Option<String> {
        let text = self.text(table, "application-name")?;
        if !is_application_name(&text.value) {
            let message = "`application-name` is not a name that servers show".to_owned();
            let help = "write 1 to 63 letters, digits and signs of ASCII, for example `shop`";
            self.bad_value(text.span, message, help);
        }
        Some(text.value)
    }

    /// At most one of the ways to a password may be written.
    fn password_from(
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
            let diagnostic = Diagnostic::error("B0325", "the password is given twice")
                .at(from.span, "here")
                .at(span, "and here");
            let help = match other {
                "url" => "keep one of them: take it out of the URL, or remove `password-file` and `password-command`".to_owned(),
                key => format!("keep one of them: remove `{key}`"),
            };
            self.diagnostics.push(diagnostic.help(help));
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
        let words: Vec<String> = words.into_iter().map(|text| text.value).collect();
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

    fn source(&mut self, table: &DeTable<'_>, engine: &EngineConfig) -> ConnectionSource {
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

    pub(super) fn part(&mut self, table: &DeTable<'_>, key: &str) -> Option<Template> {
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
                list(&Dialect::ALL.map(Dialect::name))
            );
            self.diagnostics.push(
                Diagnostic::error("B0309", message)
                    .at(first, "without a URL the dialect must be said")
                    .help(help),
            );
            return;
        };
        if self.get(table, "database").is_none() {
            let message = format!("engine `{}` names no database", engine.name);
            self.bad_value(first, message, "add `database = \"…\"`");
        }
    }

    /// A URL that needs no environment is read at once, so that mistakes show in the build.
    fn url(&mut self, text: &Text) -> Option<Template> {
        let template = self.template(text)?;
        if let Some(Err(error)) = template.literal().map(|url| parse_url(&url)) {
            let diagnostic =
                Diagnostic::error("B0315", error.message).at(text.key_span, "this URL");
            self.diagnostics.push(diagnostic.help(error.help));
        }
        Some(template)
    }

    pub(super) fn template(&mut self, text: &Text) -> Option<Template> {
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

    fn pool(&mut self, table: &DeTable<'_>) -> PoolConfig {
        let defaults = PoolConfig::default();
        let Some(entry) = self.get(table, "pool") else {
            return defaults;
        };
        let Some(pool) = self.entry_table(entry) else {
            return defaults;
        };
        self.refuse_unknown(pool, Section::Pool, "`pool`");
        let config = PoolConfig {
            max_connections: self
                .count(pool, "max-connections", 1)
                .unwrap_or(defaults.max_connections),
            min_connections: self
                .count(pool, "min-connections", 0)
                .unwrap_or(defaults.min_connections),
            acquire_timeout: self
                .duration(pool, "acquire-timeout")
                .unwrap_or(defaults.acquire_timeout),
            idle_timeout: self
                .duration(pool, "idle-timeout")
                .unwrap_or(defaults.idle_timeout),
            max_lifetime: self
                .duration(pool, "max-lifetime")
                .unwrap_or(defaults.max_lifetime),
            test_after_idle: self
                .duration(pool, "test-after-idle")
                .unwrap_or(defaults.test_after_idle),
        };
        if config.min_connections > config.max_connections {
            let message = "`min-connections` is larger than `max-connections`".to_owned();
            self.bad_value(
                entry.key_span,
                message,
                format!(
                    "write at most `min-connections = {}`",
                    config.max_connections
                ),
            );
        }
        config
    }

    fn replicas(&mut self, table: &DeTable<'_>) -> Vec<ReplicaConfig> {
        let elements = self.array(table, "replicas").unwrap_or_default();
        let mut replicas: Vec<ReplicaConfig> = Vec::new();
        let found: Vec<_> = elements
            .into_iter()
            .filter_map(|element| self.replica(element))
            .collect();
        for replica in found {
            if replicas.iter().any(|known| known.name == replica.name) {
                self.bad_value(
                    replica.span,
                    format!("replica `{}` is named twice", replica.name),
                    "give each its own name",
                );
            }
            replicas.push(replica);
        }
        replicas
    }

    fn replica(&mut self, element: Entry<'_>) -> Option<ReplicaConfig> {
        let table = self.entry_table(element)?;
        self.refuse_unknown(table, Section::Replica, "a replica");
        let (name, url) = (self.text(table, "name"), self.text(table, "url"));
        if let Some(name) = name
            .as_ref()
            .filter(|name| !is_valid_engine_name(&name.value))
        {
            let message = "this cannot be the name of a replica".to_owned();
            let help = "write for example `b1`: up to 32 lower-case letters, digits and `_`, a letter first, and no Rust keyword";
            self.bad_value(name.span, message, help);
        }
        let (Some(name), Some(url)) = (name, url) else {
            let help = "write `replicas = [{ name = \"b1\", url = \"${B_REPLICA_URL}\" }]`";
            self.bad_value(
                element.value_span,
                "a replica needs a name and a URL".to_owned(),
                help,
            );
            return None;
        };
        Some(ReplicaConfig {
            url: self.url(&url)?,
            name: name.value,
            span: name.span,
        })
    }

    fn schema(&mut self, table: &DeTable<'_>) -> (Vec<SchemaFile>, Option<String>) {
        let Some(section) = self.table(table, "schema") else {
            return (Vec::new(), None);
        };
        self.refuse_unknown(section, Section::Schema, "`[schema]`");
        let elements = self.array(section, "files").unwrap_or_default();
        let files = elements
            .into_iter()
            .filter_map(|element| self.schema_file(element))
            .collect();
        (files, self.text(section, "queries").map(|text| text.value))
    }

    fn schema_file(&mut self, element: Entry<'_>) -> Option<SchemaFile> {
        let Some(table) = element.value.as_table() else {
            let path = self.entry_text(element)?;
            return Some(SchemaFile {
                path: path.value,
                dialect: None,
                engines: Vec::new(),
                span: path.span,
            });
        };
        self.refuse_unknown(table, Section::SchemaFile, "a schema file");
        let Some(path) = self.text(table, "path") else {
            let help = "add `path = \"schema.sql\"`";
            self.bad_value(
                element.value_span,
                "a schema file needs a path".to_owned(),
                help,
            );
            return None;
        };
        let engines = self.texts(table, "engines");
        if engines.as_ref().is_some_and(Vec::is_empty) {
            self.bad_value(
                element.value_span,
                "`engines` is empty".to_owned(),
                "name an engine, `engines = [\"default\"]`, or leave the key out",
            );
        }
        let engines = engines
            .unwrap_or_default()
            .into_iter()
            .map(|text| text.value)
            .collect();
        Some(SchemaFile {
            path: path.value,
            dialect: self.word(table, "dialect", DIALECTS),
            engines,
            span: path.span,
        })
    }

    fn types(&mut self, table: &DeTable<'_>) -> Vec<TypeMapping> {
        let Some(section) = self.table(table, "types") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        entries
            .into_iter()
            .filter_map(|entry| self.type_mapping(entry))
            .collect()
    }

    fn type_mapping(&mut self, entry: Entry<'_>) -> Option<TypeMapping> {
        if entry.value.as_table().is_some() {
            // `orders.state = "…"` without quotes is TOML for a table in a table.
            let message = format!("`{}` is a table, not the path of a Rust type", entry.key);
            let help = "write the key in quotes: `\"orders.state\" = \"crate::State\"`";
            self.bad_value(entry.key_span, message, help);
            return None;
        }
        let text = self.entry_text(entry)?;
        let path = text.value.trim();
        if !is_type_path(path) {
            let message = format!("`{}` needs the path of a Rust type", entry.key);
            let help = format!("write for example `\"{}\" = \"crate::Email\"`", entry.key);
            self.bad_value(text.span, message, help);
            return None;
        }
        Some(TypeMapping {
            key: entry.key.trim().to_owned(),
            rust_type: path.to_owned(),
            span: entry.key_span,
        })
    }

    fn atomic_groups(&mut self, table: &DeTable<'_>) -> Vec<AtomicGroupConfig> {
        let Some(section) = self.table(table, "atomic") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        let mut groups: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| self.atomic_group(entry))
            .collect();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    fn atomic_group(&mut self, entry: Entry<'_>) -> Option<AtomicGroupConfig> {
        let table = self.entry_table(entry)?;
        self.refuse_unknown(
            table,
            Section::Atomic,
            &format!("atomic group `{}`", entry.key),
        );
        let (engines, home) = (self.texts(table, "engines"), self.text(table, "home"));
        let (Some(engines), Some(home)) = (engines, home) else {
            let message = format!("atomic group `{}` needs `engines` and `home`", entry.key);
            let help = "write `engines = [\"default\", \"b\"]`, and the one that keeps the decision: `home = \"b\"`";
            self.diagnostics.push(
                Diagnostic::error("B0317", message)
                    .at(entry.key_span, "")
                    .help(help),
            );
            return None;
        };
        Some(AtomicGroupConfig {
            name: entry.key.to_owned(),
            engines: engines.into_iter().map(|text| text.value).collect(),
            home: home.value,
            span: entry.key_span,
        })
    }
}

/// What the parser expected, to be typed in.
fn syntax_help(sentence: &str, found: &str) -> String {
    let expected = sentence.split_once("expected `");
    let expected = expected.and_then(|(_, rest)| rest.split_once('`'));
    match expected {
        Some((sign, _)) => format!("write `{sign}` here; https://toml.io tells the format"),
        None if sentence == "duplicate key" => format!("remove `{found}` here, or the one before"),
        None => "https://toml.io tells the format".to_owned(),
    }
}

fn kind_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "a SQLite file",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL and MariaDB",
    }
}

/// What to write in place of a key that means nothing here.
fn instead(key: &str, dialect: Dialect) -> &'static str {
    match (key, dialect) {
        ("host" | "port" | "username" | "password", Dialect::Sqlite) => {
            ": `database` names the file"
        }
        ("lock-timeout", Dialect::Sqlite) => {
            "; the longest wait for a lock on a file is `busy-timeout`"
        }
        ("busy-timeout", Dialect::Postgres | Dialect::Mysql) => {
            "; the longest wait for a lock on a server is `lock-timeout`"
        }
        (_, Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql) => "",
    }
}
