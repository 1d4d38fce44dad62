//! What can be asked about an engine without connecting to it. Nothing here holds a password.

use bindery_schema::config::{ConnectionMode, PoolConfig, SessionConfig, TlsMode};

use crate::databases::Configured;
use crate::pool::PoolCounts;
use crate::program::{ModelInfo, Program};
use crate::{Dialect, Flavour};

/// One engine: what was compiled in, how it is configured, and how many connections it has.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EngineStatus {
    /// Its name.
    pub name: &'static str,
    /// The dialect its statements are written in.
    pub dialect: Dialect,
    /// The product they are written for, where they need one.
    pub flavour: Option<Flavour>,
    /// Where it connects to, as a URL without password and parameters.
    pub url: String,
    /// How its connections are encrypted; `None` for SQLite.
    pub tls: Option<TlsMode>,
    /// Names of the URL's other parameters; their values may be secret.
    pub parameters: Vec<String>,
    /// Kept between uses, or opened for each.
    pub connection: ConnectionMode,
    /// How many connections, and how long they live.
    pub limits: PoolConfig,
    /// What its sessions are set to, and the limits of connecting and of statements.
    pub session: SessionConfig,
    /// Models that live here, with their tables and columns, in the order of the schema.
    pub models: Vec<&'static ModelInfo>,
    /// How many connections it has now.
    pub pool: PoolCounts,
}

impl EngineStatus {
    pub(crate) fn new(engine: &Configured, program: &'static Program) -> Self {
        let name = engine.info.name;
        let settings = &engine.settings;
        let models = program.models.iter().copied();
        Self {
            name,
            dialect: engine.info.dialect,
            flavour: engine.info.flavour,
            url: settings.target.to_string(),
            tls: settings.tls_mode(),
            parameters: settings.parameter_names(),
            connection: settings.mode,
            limits: settings.pool.clone(),
            session: settings.session.clone(),
            models: models
                .filter(|model| model.engines.contains(&name))
                .collect(),
            pool: engine.pool.counts(),
        }
    }
}
