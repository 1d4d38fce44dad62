//! The part of a configuration that the build uses: which dialect each engine is compiled for, and why. Never a URL.

use super::cluster;
use super::findings::{TOO_LONG, missing_variable, too_long};
use super::resolve::override_variable;
use super::template::Unfilled;
use super::url::scheme_dialect;
use super::{Config, ConnectionSource, EngineConfig, Environment, SagaTables, Template};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Capabilities, Dialect, Flavour};
use crate::lists::IntoVec as _;
use crate::models_of::ModelsOf;
use crate::name::engine_type_name;
use crate::program::{EngineInfo, Keeps};
use crate::sorting::sort_by;
use crate::source::Span;

/// Index into the engines of a configuration, in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineId(pub u32);

/// A named connection, as far as it is compiled in: never a URL.
#[derive(Debug, Clone)]
pub struct Engine {
    /// `[a-z][a-z0-9_]{0,31}`.
    pub name: String,
    /// Name of the type in `engine::`, `Default` or `B`.
    pub type_name: String,
    /// The compiled dialect.
    pub dialect: Dialect,
    /// Product, for `mysql` only.
    pub flavour: Option<Flavour>,
    /// The cluster that it is, if it is one.
    pub cluster: Option<Cluster>,
    /// It has a table of tasks.
    pub outbox: bool,
    /// It has a table of tasks whose effects it has.
    pub inbox: bool,
    /// It is the home of an atomic group.
    pub decisions: bool,
    /// It keeps the map of a set of shards.
    pub shard_maps: bool,
    /// It is one of the shards of a set.
    pub shard: bool,
    /// It is the target of syncs.
    pub syncs: bool,
    /// The tables of sagas that it has.
    pub sagas: Option<SagaTables>,
    /// `resolve-commits` is set, for which MySQL and MariaDB need a table.
    pub keeps_outcomes: bool,
    /// The version of its last migration, where its databases have to have that one.
    pub head: Option<String>,
    /// Why this dialect, in words for `bindery check`.
    pub dialect_reason: String,
    /// In `bindery.toml`; `None` for the engine that needs no file.
    pub span: Option<Span>,
}

impl Engine {
    /// Returns the capabilities of this engine.
    pub fn capabilities(&self) -> Capabilities {
        self.dialect.capabilities(self.flavour)
    }

    /// The same as a running program knows it.
    pub fn info(&self) -> EngineInfo {
        let sagas = self.sagas.map(|tables| match tables {
            SagaTables::Log => Keeps::SagaLog,
            SagaTables::Steps => Keeps::SagaSteps,
        });
        let decisions = self.decisions.then_some(Keeps::Decisions);
        let syncs = self.syncs.then_some(Keeps::Syncs);
        let maps = self.shard_maps.then_some(Keeps::ShardMaps);
        let shard = self.shard.then_some(Keeps::Shard);
        let keeps = [decisions, syncs, sagas, maps, shard].into_iter().flatten();
        EngineInfo {
            name: self.name.clone().into(),
            dialect: self.dialect,
            flavour: self.flavour,
            cluster: self.cluster,
            outbox: self.outbox,
            inbox: self.inbox,
            keeps: keeps.collect(),
            head: self.head.clone().map(Into::into),
        }
    }
}

/// A dialect, a flavour and the reason.
type Choice = (Dialect, Option<Flavour>, String);

impl Config {
    /// The engines as they are compiled in, in the order of their names.
    pub fn model_engines(
        &self,
        environment: Environment<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Engine> {
        self.engines
            .iter()
            .map(|engine| model_engine(engine, environment, diagnostics))
            .into_vec()
    }

    /// Returns which engines host what another hosts.
    pub fn models_of(&self) -> ModelsOf {
        let id = |at: usize| EngineId(at as u32);
        let engines = self.engines.iter().enumerate();
        let pairs = engines.filter_map(|(at, engine)| {
            let of = self.position(engine.models_of.as_deref()?)?;
            Some((id(at), id(of)))
        });
        ModelsOf::new(self.engines.len(), pairs)
    }

    /// Variables that decide what is compiled; a build has to look again when one of them changes. Sorted.
    pub fn build_variables(&self) -> Vec<String> {
        let open = self
            .engines
            .iter()
            .filter(|engine| engine.dialect.is_none());
        let names = open.filter_map(url_of).flat_map(Template::variables);
        let mut names: Vec<String> = names.map(str::to_owned).into_vec();
        sort_by(&mut names, Ord::cmp);
        names.dedup();
        names
    }

    /// Returns whether a URL of the file reads this variable, or it overrides one.
    pub fn reads_url(&self, variable: &str) -> bool {
        self.engines.iter().any(|engine| {
            let replicas = engine.replicas.iter().map(|replica| &replica.url);
            let mut urls = url_of(engine).into_iter().chain(replicas);
            override_variable(&engine.name) == variable
                || urls.any(|url| url.variables().any(|name| name == variable))
        })
    }
}

fn url_of(engine: &EngineConfig) -> Option<&Template> {
    match &engine.source {
        ConnectionSource::Url(url) => Some(url),
        ConnectionSource::Nowhere | ConnectionSource::Parts(_) => None,
    }
}

fn model_engine(
    engine: &EngineConfig,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Engine {
    let (dialect, scheme_flavour, reason) = choose(engine, environment, diagnostics);
    if let (Some(_), Dialect::Sqlite | Dialect::Postgres, Some(span)) =
        (engine.flavour, dialect, engine.span)
    {
        let message = format!(
            "engine `{}` speaks {dialect}, which has no flavour",
            engine.name
        );
        let help = "remove `flavour`, or write `dialect = \"mysql\"`";
        diagnostics.push(Diagnostic::error("B0316", message).at(span, "").help(help));
    }
    let flavour = engine.flavour.or(scheme_flavour);
    if let Some(finding) = cluster::unfit(engine, dialect, flavour) {
        diagnostics.push(finding);
    }
    Engine {
        name: engine.name.clone(),
        type_name: engine_type_name(&engine.name),
        dialect,
        flavour: flavour.or(engine.cluster.and_then(cluster::product)),
        cluster: engine.cluster,
        outbox: engine.outbox,
        inbox: engine.inbox,
        decisions: false,
        shard_maps: false,
        shard: false,
        syncs: engine.sync_target,
        sagas: engine.sagas,
        keeps_outcomes: engine.session.resolve_commits == Some(true),
        head: None,
        dialect_reason: reason,
        span: engine.span,
    }
}

/// B0375: Citus is an extension of PostgreSQL.
fn choose(
    engine: &EngineConfig,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Choice {
    let literal = match &engine.source {
        ConnectionSource::Url(url) => url.literal().and_then(|url| scheme_dialect(&url).ok()),
        ConnectionSource::Nowhere | ConnectionSource::Parts(_) => None,
    };
    match (engine.dialect, &engine.source) {
        (Some(dialect), _) => {
            if let Some((other, _)) = literal.filter(|(other, _)| *other != dialect) {
                diagnostics.push(contradiction(engine, dialect, other));
            }
            (
                dialect,
                literal.and_then(|(_, flavour)| flavour),
                "`dialect` in the configuration".to_owned(),
            )
        }
        (None, ConnectionSource::Url(url)) => from_url(engine, url, environment, diagnostics),
        (None, ConnectionSource::Nowhere) => {
            let why = "it has no `url`";
            diagnostics.push(unknown_dialect(engine, engine.span, why, None));
            unknown_choice(why)
        }
        // Without a dialect the parts of a connection were refused when the file was read.
        (None, ConnectionSource::Parts(_)) => unknown_choice("no `dialect` in the configuration"),
    }
}

fn from_url(
    engine: &EngineConfig,
    url: &Template,
    environment: Environment<'_>,
    diagnostics: &mut Diagnostics,
) -> Choice {
    let text = match url.expand(environment) {
        Ok(text) => text,
        Err(Unfilled::TooLong) => {
            diagnostics.push(too_long(engine, url));
            return unknown_choice(TOO_LONG);
        }
        Err(Unfilled::Missing(missing)) => {
            let why = missing_variable(&missing);
            let place = engine.span.map(|_| url.span);
            let variable = Some(missing.variable.as_str());
            diagnostics.push(unknown_dialect(engine, place, &why, variable));
            return unknown_choice(&why);
        }
    };
    let mut variables: Vec<String> = url.variables().map(|name| format!("`{name}`")).into_vec();
    sort_by(&mut variables, Ord::cmp);
    variables.dedup();
    let reason = if variables.is_empty() {
        "the scheme of its URL".to_owned()
    } else {
        format!("the scheme of its URL, from {}", variables.join(" and "))
    };
    match scheme_dialect(&text) {
        Ok((dialect, flavour)) => (dialect, flavour, reason),
        Err(error) => {
            // A literal URL was refused when the file was read.
            if url.literal().is_none() {
                let message = format!("engine `{}`: {}", engine.name, error.message);
                let diagnostic = Diagnostic::error("B0314", message);
                let diagnostic = engine.span.into_iter().fold(diagnostic, |diagnostic, _| {
                    diagnostic.at(url.span, "this URL")
                });
                diagnostics.push(diagnostic.help(error.help));
            }
            (Dialect::Sqlite, None, reason)
        }
    }
}

/// Stands for the dialect of an engine that has an error already, so that nothing else seems wrong as well.
fn unknown_choice(why: &str) -> Choice {
    (Dialect::Sqlite, None, why.to_owned())
}

/// Neither the file nor the environment of the build says which SQL an engine speaks. What is compiled in is never a guess.
fn unknown_dialect(
    engine: &EngineConfig,
    place: Option<Span>,
    why: &str,
    variable: Option<&str>,
) -> Diagnostic {
    let name = &engine.name;
    let message = format!("the dialect of engine `{name}` is not known while building: {why}");
    let diagnostic = place
        .into_iter()
        .fold(Diagnostic::error("B0328", message), |diagnostic, span| {
            diagnostic.at(span, "no `dialect` is written")
        });
    let dialect = write_dialect(engine, place) + " (or `\"mysql\"`, `\"sqlite\"`)";
    diagnostic.help(match variable {
        Some(variable) => format!(
            "{dialect}; or set `{variable}` in the build, or write a default: `${{{variable}:-sqlite://data/{name}.db}}`"
        ),
        None => format!("{dialect}, or a `url`"),
    })
}

/// Describes where to write the dialect: an engine that is no more than a URL has no section yet.
fn write_dialect(engine: &EngineConfig, place: Option<Span>) -> String {
    let is_a_url = engine.span.is_some()
        && matches!(engine.source, ConnectionSource::Url(_))
        && engine.span == place;
    if is_a_url {
        format!(
            "write a section `[engines.{}]` with this `url` and `dialect = \"postgres\"`",
            engine.name
        )
    } else {
        "add `dialect = \"postgres\"`".to_owned()
    }
}

/// `dialect` and the URL contradict each other.
pub(super) fn contradiction(engine: &EngineConfig, written: Dialect, found: Dialect) -> Diagnostic {
    let message = format!(
        "engine `{}` is written as {written}, but its URL is of {found}",
        engine.name
    );
    let diagnostic = Diagnostic::error("B0319", message)
        .help(format!("write `dialect = \"{found}\"`, or change the URL"));
    engine
        .span
        .into_iter()
        .fold(diagnostic, |diagnostic, span| {
            diagnostic.at(span, "this engine")
        })
}
