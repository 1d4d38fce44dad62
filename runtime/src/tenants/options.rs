//! The places of a tenant's databases: a URL, or options, for each engine that tenants have of their own.

use std::fmt;

use bindery_core::config::{Address, ConnectionTarget, Secret, SqliteAddress, parse_url};

use super::builder::Limits;
use crate::databases::config::{EngineOptions, Settings, agree, refused};
use crate::databases::{Configured, Registry};
use crate::error::{Operation, Result};

/// Where the databases of one tenant are. Made of a URL, of [`EngineOptions`], or engine by engine where tenants have
/// several of their own:
///
/// ```
/// use bindery::tenants::TenantOptions;
/// use bindery::EngineOptions;
///
/// let acme = TenantOptions::new()
///     .engine("orders", "postgres://localhost/acme?schema=orders")
///     .engine("files", EngineOptions::sqlite("/srv/acme.db").max_connections(2));
/// # drop(acme);
/// ```
///
/// A URL takes the place of the engine's own URL: pool, timeouts and TLS are as that engine is configured.
/// [`EngineOptions`] are taken as they are.
#[derive(Clone, Default, PartialEq)]
pub struct TenantOptions {
    engines: Vec<(Option<String>, TenantEngine)>,
}

/// One engine of a tenant: a URL or [`EngineOptions`].
#[derive(Clone, PartialEq)]
pub struct TenantEngine(Given);

#[derive(Clone, PartialEq)]
enum Given {
    /// May hold a password.
    Url(Secret),
    Options(Box<EngineOptions>),
}

impl TenantOptions {
    /// No engine yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the tenant's own database of an engine.
    #[must_use]
    pub fn engine(mut self, name: impl Into<String>, engine: impl Into<TenantEngine>) -> Self {
        self.engines.push((Some(name.into()), engine.into()));
        self
    }

    fn one(engine: TenantEngine) -> Self {
        Self {
            engines: vec![(None, engine)],
        }
    }

    /// The settings of the engines that tenants have of their own, in the program's order.
    ///
    /// # Errors
    /// One of them is not given, another one is, or it cannot be used.
    pub(super) fn settings(&self, base: &Registry, limits: &Limits) -> Result<Vec<Settings>> {
        self.check_names(base, limits)?;
        let own = limits.own.iter().map(|&index| &base.engines[index]);
        own.map(|engine| {
            let settings = self.settings_of(engine, limits);
            settings
                .and_then(|settings| agree(engine.info, settings))
                .map_err(|error| {
                    error
                        .on_engine(engine.info.name())
                        .during(Operation::Configure)
                })
        })
        .collect()
    }

    /// Each name is an engine of tenants, and is given once.
    fn check_names(&self, base: &Registry, limits: &Limits) -> Result<()> {
        let own = || {
            limits
                .own
                .iter()
                .map(|&index| base.engines[index].info.name())
        };
        for (at, (name, _)) in self.engines.iter().enumerate() {
            let Some(name) = name else { continue };
            base.configured(name)?;
            if !own().any(|own| own == name) {
                return Err(refused(format!(
                    "engine `{name}` is shared by all tenants: it cannot be given for one; tenants have {} of their own",
                    listed(own())
                )));
            }
            if self.engines[..at]
                .iter()
                .any(|(other, _)| other.as_ref() == Some(name))
            {
                return Err(refused(format!("engine `{name}` is given twice")));
            }
        }
        Ok(())
    }

    fn settings_of(&self, engine: &Configured, limits: &Limits) -> Result<Settings> {
        let name = engine.info.name();
        let given = self.engines.iter().find(|(given, _)| match given {
            Some(given) => given == name,
            None => limits.own.len() == 1,
        });
        let Some((_, TenantEngine(given))) = given else {
            return Err(refused(format!(
                "it is not given for the tenant; add `TenantOptions::new().engine(\"{name}\", \"…\")`"
            )));
        };
        let settings = match given {
            Given::Url(url) => at_url(url, &engine.settings)?,
            Given::Options(options) => options.settings()?,
        };
        // A tenant's schema is the program's, so it may call the same functions.
        #[cfg(feature = "sqlite")]
        let settings = Settings {
            sqlite_setup: engine.settings.sqlite_setup.clone(),
            ..settings
        };
        limits.applied(settings)
    }
}

/// The settings of an engine with another URL.
fn at_url(url: &Secret, engine: &Settings) -> Result<Settings> {
    let mut target = parse_url(url.expose())
        .map_err(|error| refused(format!("{}; {}", error.message, error.help)))?;
    target.flavour = target.flavour.or(engine.target.flavour);
    if let (Address::Server(server), Address::Server(own)) =
        (&mut target.place, &engine.target.place)
        && server.tls.is_empty()
    {
        server.tls = own.tls.clone();
    }
    Ok(Settings {
        target,
        replicas: Vec::new(),
        ..engine.clone()
    })
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Settings written in one way, so that equal ones are found to be equal.
pub(super) fn canonical(settings: &Settings) -> Settings {
    let replicas = settings.replicas.iter();
    let replicas = replicas.map(|(name, target)| (name.clone(), target.clone().canonical()));
    Settings {
        target: settings.target.clone().canonical(),
        replicas: replicas.collect(),
        ..settings.clone()
    }
}

/// Each database in memory is one of its own, though they have one URL.
pub(super) fn is_in_memory(target: &ConnectionTarget) -> bool {
    matches!(target.place, Address::Sqlite(SqliteAddress::Memory))
}

impl From<&str> for TenantEngine {
    fn from(url: &str) -> Self {
        Self(Given::Url(Secret::new(url)))
    }
}

impl From<String> for TenantEngine {
    fn from(url: String) -> Self {
        Self(Given::Url(Secret::new(url)))
    }
}

impl From<EngineOptions> for TenantEngine {
    fn from(options: EngineOptions) -> Self {
        Self(Given::Options(Box::new(options)))
    }
}

impl From<&str> for TenantOptions {
    fn from(url: &str) -> Self {
        Self::one(url.into())
    }
}

impl From<String> for TenantOptions {
    fn from(url: String) -> Self {
        Self::one(url.into())
    }
}

impl From<EngineOptions> for TenantOptions {
    fn from(options: EngineOptions) -> Self {
        Self::one(options.into())
    }
}

/// URLs without passwords.
impl fmt::Debug for TenantEngine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Given::Url(url) => EngineOptions::url(url.expose()).fmt(out),
            Given::Options(options) => options.fmt(out),
        }
    }
}

impl fmt::Debug for TenantOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engines = self.engines.iter();
        let engines = engines.map(|(name, engine)| (name.as_deref().unwrap_or("*"), engine));
        out.debug_map().entries(engines).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::canonical;
    use crate::databases::config::{EngineOptions, Settings};

    fn settings(options: EngineOptions) -> Settings {
        canonical(&options.settings().expect("they can be used"))
    }

    /// Covers REG-04: options are compared by what they mean, however they are written.
    #[test]
    fn reg_04_equal_options_are_equal_by_value() {
        let url = EngineOptions::url;
        let built = EngineOptions::postgres("h", "d")
            .username("u")
            .password("p@");
        let equal = [
            (url("postgres://u@h/d"), url("postgres://u@h:5432/d")),
            (url("postgres://u@h/d"), url("postgresql://u@H/d?")),
            (url("mysql://u@h/d"), url("mysql://u@h:3306/d")),
            (
                built.clone().schema("s"),
                url("postgres://u:p%40@h/d?schema=s"),
            ),
            (
                url("postgres://u@h/d?schema=s&application_name=a"),
                url("postgres://u@h/d?application_name=a&schema=s"),
            ),
            (url("sqlite://./x/../a.db"), EngineOptions::sqlite("a.db")),
            (
                url("postgres://u@h/d").acquire_timeout(Duration::from_secs(1)),
                url("postgres://u@h/d").acquire_timeout(Duration::from_millis(1_000)),
            ),
        ];
        for (one, other) in equal {
            assert_eq!(settings(one), settings(other));
        }
        let different = [
            (built.clone(), built.clone().password("other")),
            (built.clone(), built.clone().schema("s")),
            (built.clone(), built.clone().max_connections(3)),
            (url("postgres://h/d"), url("postgres://h:5433/d")),
            (url("mysql://h/d"), url("mariadb://h/d")),
        ];
        for (one, other) in different {
            assert!(
                settings(one) != settings(other),
                "passwords are not printed"
            );
        }
    }
}
