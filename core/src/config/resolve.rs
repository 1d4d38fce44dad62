//! The part of a configuration that the running program uses: where an engine connects to, variables filled in.

use crate::lists::IntoVec as _;
use std::path::PathBuf;

use super::build::contradiction;
use super::findings::{
    at_span, bad_url_of, bad_value_of, no_engine, no_value, password_beside_url, too_long,
};
use super::template::{Missing, Unfilled};
use super::tls::TlsError;
use super::tls_keys::Unusable;
use super::url::parse_url;
use super::{
    Address, Config, ConnectionParts, ConnectionSource, ConnectionTarget, Endpoint, EngineConfig,
    Environment, PasswordFrom, PasswordPlace, Secret, Server, SqliteAddress, Template, password,
};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;

/// Any one finding; boxed as it is large beside what is found otherwise.
type Outcome<T> = Result<T, Box<Diagnostic>>;

/// The variable that overrides the URL of one engine: `BINDERY_B_URL`.
pub fn override_variable(engine: &str) -> String {
    format!("BINDERY_{}_URL", engine.to_ascii_uppercase())
}

impl Config {
    /// Returns the target of an engine's connections: its override in the environment, else what the file says.
    ///
    /// # Errors
    /// An engine that is not in the file, a variable that is missing or empty, a URL that is not valid, or of another
    /// dialect than the file says. No message holds a value. [`Config::describe`] makes a line of it.
    pub fn target(&self, engine: &str, environment: Environment<'_>) -> Outcome<ConnectionTarget> {
        let target = self.place(engine, environment)?;
        let engine = self.find_engine(engine)?;
        let overridden = environment(&override_variable(&engine.name)).is_some();
        self.with_password(engine, target, overridden, environment)
    }

    /// The same without the password that is in a file or printed by a program: neither is looked at.
    pub(super) fn place(
        &self,
        engine: &str,
        environment: Environment<'_>,
    ) -> Outcome<ConnectionTarget> {
        let engine = self.find_engine(engine)?;
        let variable = override_variable(&engine.name);
        let target = match environment(&variable) {
            Some(url) if url.is_empty() => Err(Box::new(no_value(
                engine,
                None,
                &Missing {
                    variable,
                    empty: true,
                },
            ))),
            Some(url) => from_text(engine, Secret::new(url), &format!("`{variable}`"), None),
            None => self.source_target(engine, environment),
        }?;
        let target = check_dialect(engine, target.relative_to(&self.folder))?;
        self.with_tls(engine, target, environment)
    }

    /// The password of `password-file` or `password-command`. An override that holds a password of its own needs none.
    fn with_password(
        &self,
        engine: &EngineConfig,
        mut target: ConnectionTarget,
        overridden: bool,
        environment: Environment<'_>,
    ) -> Outcome<ConnectionTarget> {
        let (Some(from), Address::Server(server)) = (&engine.password_from, &mut target.place)
        else {
            return Ok(target);
        };
        if server.password.is_some() {
            return if overridden {
                Ok(target)
            } else {
                Err(Box::new(password_beside_url(engine, from.span)))
            };
        }
        server.password = Some(self.password(engine, from, environment)?);
        Ok(target)
    }

    fn password(
        &self,
        engine: &EngineConfig,
        from: &PasswordFrom,
        environment: Environment<'_>,
    ) -> Outcome<Secret> {
        let (key, read) = match &from.place {
            PasswordPlace::File(path) => {
                let path = self.filled(engine, path, environment)?;
                (
                    "password-file",
                    password::from_file(&self.folder.join(path)),
                )
            }
            PasswordPlace::Command(words) => (
                "password-command",
                password::from_command(words, &self.folder),
            ),
        };
        read.map_err(|why| {
            let message = format!("engine `{}`: what `{key}` names {why}", engine.name);
            let help = format!("check it, or set `{}`", override_variable(&engine.name));
            Box::new(
                Diagnostic::error("B0326", message)
                    .at(from.span, "needed here")
                    .help(help),
            )
        })
    }

    /// Returns the targets of an engine's replicas, by name.
    ///
    /// # Errors
    /// As [`Config::target`].
    pub fn replica_targets(
        &self,
        engine: &str,
        environment: Environment<'_>,
    ) -> Outcome<Vec<(String, ConnectionTarget)>> {
        let engine = self.find_engine(engine)?;
        let targets = engine.replicas.iter().map(|replica| {
            let target = self.template_target(engine, &replica.url, environment)?;
            let target = check_dialect(engine, target.relative_to(&self.folder))?;
            let target = self.with_tls(engine, target, environment)?;
            let target = self.with_password(engine, target, true, environment)?;
            Ok((replica.name.clone(), target))
        });
        targets.collect()
    }

    fn find_engine(&self, name: &str) -> Outcome<&EngineConfig> {
        self.engine(name).ok_or_else(|| {
            let known: Vec<&str> = self
                .engines
                .iter()
                .map(|engine| engine.name.as_str())
                .into_vec();
            Box::new(no_engine(name, &known))
        })
    }

    fn source_target(
        &self,
        engine: &EngineConfig,
        environment: Environment<'_>,
    ) -> Outcome<ConnectionTarget> {
        match &engine.source {
            ConnectionSource::Url(url) => self.template_target(engine, url, environment),
            ConnectionSource::Parts(parts) => self.parts_target(engine, parts, environment),
            ConnectionSource::Nowhere => {
                let message = format!("engine `{}` has no connection", engine.name);
                let help = format!(
                    "add `url = \"…\"`, or set `{}`",
                    override_variable(&engine.name)
                );
                Err(Box::new(
                    at_span(
                        Diagnostic::error("B0320", message),
                        engine.span,
                        "this engine",
                    )
                    .help(help),
                ))
            }
        }
    }

    fn template_target(
        &self,
        engine: &EngineConfig,
        url: &Template,
        environment: Environment<'_>,
    ) -> Outcome<ConnectionTarget> {
        let text = self.filled(engine, url, environment)?;
        from_text(engine, Secret::new(text), "its URL", Some(url))
    }

    fn parts_target(
        &self,
        engine: &EngineConfig,
        parts: &ConnectionParts,
        environment: Environment<'_>,
    ) -> Outcome<ConnectionTarget> {
        let fill = |part: &Option<Template>| {
            part.as_ref()
                .map(|part| self.filled(engine, part, environment))
                .transpose()
        };
        let dialect = engine.dialect.unwrap_or(Dialect::Sqlite);
        let database = fill(&parts.database)?.unwrap_or_default();
        let default_port = match dialect {
            Dialect::Sqlite => return Ok(sqlite_file(engine, database)),
            Dialect::Postgres => 5432,
            Dialect::Mysql => 3306,
        };
        let port = fill(&parts.port)?.map_or(Ok(default_port), |port| parse_port(engine, &port))?;
        let host = fill(&parts.host)?.unwrap_or_else(|| "localhost".to_owned());
        let server = Server {
            endpoints: endpoints(&host, port),
            username: fill(&parts.username)?,
            password: fill(&parts.password)?.map(Secret::new),
            database,
            tls: Default::default(),
            parameters: Vec::new(),
        };
        Ok(ConnectionTarget {
            dialect,
            flavour: engine.flavour,
            place: Address::Server(server),
        })
    }

    /// The engine's keys go together with what its URL says, wherever that comes from.
    fn with_tls(
        &self,
        engine: &EngineConfig,
        mut target: ConnectionTarget,
        environment: Environment<'_>,
    ) -> Outcome<ConnectionTarget> {
        let keys = engine.tls.options(&self.folder, environment);
        let keys = keys.map_err(|unusable| match unusable {
            Unusable::Unfilled(template, why) => self.unfilled(engine, &template, &why),
            Unusable::Wrong(error) => wrong_tls(engine, error),
        })?;
        match &mut target.place {
            Address::Sqlite(_) if keys.is_empty() => {}
            Address::Sqlite(_) => return Err(wrong_tls(engine, TlsError::of_sqlite())),
            Address::Server(server) => {
                let of_url = std::mem::take(&mut server.tls);
                server.tls = keys.and(of_url).map_err(|error| wrong_tls(engine, error))?;
            }
        }
        Ok(target)
    }

    fn filled(
        &self,
        engine: &EngineConfig,
        template: &Template,
        environment: Environment<'_>,
    ) -> Outcome<String> {
        template
            .expand(environment)
            .map_err(|why| self.unfilled(engine, template, &why))
    }

    fn unfilled(
        &self,
        engine: &EngineConfig,
        template: &Template,
        why: &Unfilled,
    ) -> Box<Diagnostic> {
        match why {
            Unfilled::Missing(missing) => Box::new(no_value(engine, Some(template), missing)),
            Unfilled::TooLong => Box::new(too_long(engine, template)),
        }
    }
}

fn from_text(
    engine: &EngineConfig,
    url: Secret,
    origin: &str,
    template: Option<&Template>,
) -> Outcome<ConnectionTarget> {
    parse_url(url.expose()).map_err(|error| Box::new(bad_url_of(engine, origin, error, template)))
}

fn check_dialect(engine: &EngineConfig, mut target: ConnectionTarget) -> Outcome<ConnectionTarget> {
    if let Some(written) = engine.dialect.filter(|written| *written != target.dialect) {
        return Err(Box::new(contradiction(engine, written, target.dialect)));
    }
    target.flavour = engine
        .flavour
        .filter(|_| target.dialect == Dialect::Mysql)
        .or(target.flavour);
    Ok(target)
}

fn wrong_tls(engine: &EngineConfig, error: TlsError) -> Box<Diagnostic> {
    Box::new(bad_value_of(engine, &error.message, error.help))
}

fn sqlite_file(engine: &EngineConfig, database: String) -> ConnectionTarget {
    let place = if database == ":memory:" {
        SqliteAddress::Memory
    } else {
        SqliteAddress::File(PathBuf::from(database))
    };
    ConnectionTarget {
        dialect: Dialect::Sqlite,
        flavour: engine.flavour,
        place: Address::Sqlite(place),
    }
}

/// One host or several, separated by commas.
fn endpoints(hosts: &str, port: u16) -> Vec<Endpoint> {
    hosts
        .split(',')
        .map(|host| endpoint(host.trim(), port))
        .into_vec()
}

/// A host that is a path is the place of a Unix socket.
fn endpoint(host: &str, port: u16) -> Endpoint {
    if host.starts_with('/') {
        return Endpoint::Socket {
            path: PathBuf::from(host),
            port,
        };
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    Endpoint::Tcp {
        host: bare.unwrap_or(host).to_owned(),
        port,
    }
}

fn parse_port(engine: &EngineConfig, port: &str) -> Outcome<u16> {
    port.parse().ok().filter(|&port| port > 0).ok_or_else(|| {
        let help = "a port is a number from 1 to 65535";
        Box::new(bad_value_of(engine, "`port` is not valid", help))
    })
}
