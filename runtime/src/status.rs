//! What can be asked about an engine without connecting to it. Nothing here holds a password.

use std::time::Duration;

use bindery_schema::config::ConnectionMode;

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
    /// Names of the URL's parameters; their values may be secret.
    pub parameters: Vec<String>,
    /// Kept between uses, or opened for each.
    pub connection: ConnectionMode,
    /// The most connections at a time.
    pub max_connections: u32,
    /// The longest wait for one.
    pub acquire_timeout: Duration,
    /// How long a statement may take, where that is limited.
    pub statement_timeout: Option<Duration>,
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
            parameters: settings.parameter_names(),
            connection: settings.mode,
            max_connections: settings.pool.max_connections,
            acquire_timeout: settings.pool.acquire_timeout,
            statement_timeout: settings.statement_timeout,
            models: models
                .filter(|model| model.engines.contains(&name))
                .collect(),
            pool: engine.pool.counts(),
        }
    }
}
