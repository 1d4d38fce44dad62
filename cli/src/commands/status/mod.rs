//! `bindery status`: what waits on the engines, and for how long. Each section is a file of its own: a function that returns rows
//! for one engine.

mod atomic;
mod capture;
mod connections;
mod hosts;
mod messages;
mod own_tables;
mod replicas;
mod sagas;
mod syncs;
mod tasks;

use std::time::Duration;

use bindery_schema::model::EngineId;
use clap::Args;

use crate::database::Engines;
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::health::{Look, Row, Sections, Thresholds, look_at, migrations, print, shards};
use crate::options::{ConfigOptions, EngineOptions};
use crate::output::Output;
use crate::project::Project;

const SECTIONS: Sections<'static> = Sections {
    all: &[
        &migrations::rows,
        &own_tables::rows,
        &atomic::rows,
        &tasks::rows,
        &messages::rows,
        &sagas::rows,
        &routing,
        &shards::rows,
        &syncs::rows,
        &capture::rows,
        &connections::rows,
    ],
    while_down: |look| {
        let mut rows = atomic::rows_while_down(look);
        // An error is that of the engine, which has a row of its own.
        rows.extend(routing(look).unwrap_or_default());
        rows
    },
};

/// A row for each host and replica of an engine that has several, with the calls that go to it.
fn routing(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let replicas = replicas::states(look)?;
    let mut rows = hosts::rows(look, &replicas)?;
    rows.extend(replicas::rows(look, &replicas)?);
    Ok(rows)
}

/// Report what waits on the engines: pending migrations, transactions in doubt, tasks, messages, sagas, replicas that lag, slots of shards, syncs
#[derive(Debug, Args)]
#[command(
    long_about = "Report what waits on the engines: pending migrations, transactions of atomic groups in doubt, tasks, events and messages that wait or failed, sagas that are not over, where writes and reads go and why a host or replica is left out, maps of shards and slots that are on their way, syncs \
        that failed or could not copy rows, readers of recorded changes that are behind, servers short of connections.\n\n\
        Without `--engine` all engines are looked at, at the same time; one that is down is reported as such, and the others all the \
        same. Nothing is changed. Exits with 0 where all is well, with 1 on a warning and with 2 on an error, as monitoring systems \
        read them.",
    after_help = "Examples:\n  \
        bindery status\n  \
        bindery status --engine b --format json\n  \
        bindery status --max-pending 3 --max-age 600 --max-lag 30"
)]
pub(crate) struct StatusArguments {
    /// This many pending migrations are no warning
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    max_pending: usize,
    /// Anything that waits for longer is an error
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    max_age: u64,
    /// A replica that is further behind is a warning; one that is behind is waited for this long
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    max_lag: u64,
    /// This many tasks, events or messages that failed, or rows that a sync could not copy, are no warning
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    max_failed: u64,
    /// A sync whose last run began before that is a warning
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    max_sync_age: u64,
    /// More of the connections that the server allows are a warning
    #[arg(long, value_name = "PERCENT", default_value_t = 90, value_parser = clap::value_parser!(u8).range(..=100))]
    max_connections: u8,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// Looks at the engines at the same time, and prints one after the other. The schema decides which of bindery's own tables an engine
/// has, such as those of syncs.
pub(crate) fn run(arguments: &StatusArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let chosen = project.choose(&arguments.engines.or_all(), Purpose::Harmless)?;
    let thresholds = Thresholds {
        max_pending: arguments.max_pending,
        max_age: Duration::from_secs(arguments.max_age),
        max_lag: Duration::from_secs(arguments.max_lag),
        max_failed: arguments.max_failed,
        max_sync_age: Duration::from_secs(arguments.max_sync_age),
        max_connections: arguments.max_connections,
    };
    let all: Vec<EngineId> = project.all_engines().collect();
    let model = Project::schema_if_any(&arguments.config, output);
    let engines = Engines::with_schema(&project, &all, model.as_ref())?;
    let rows = look_at((&project, &engines), &chosen, &thresholds, &SECTIONS);
    print(&project, &chosen, &rows, arguments.config.format, output)
}
