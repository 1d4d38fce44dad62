//! A Galera cluster copies rows from node to node by their primary keys, those of InnoDB alone.

use super::primary_key::help;
use crate::cluster::Cluster;
use crate::config::findings::at_span;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Engine, Model, Table};

/// A feature that bindery coordinates by locks or by the order of numbers, which nodes have each for themselves.
struct Unfit {
    is_on: fn(&Engine) -> bool,
    /// In words.
    feature: &'static str,
    /// The part of the configuration to remove.
    remove: &'static str,
}

const fn unfit(is_on: fn(&Engine) -> bool, feature: &'static str, remove: &'static str) -> Unfit {
    Unfit {
        is_on,
        feature,
        remove,
    }
}

/// The features that no cluster has.
const UNFIT: &[Unfit] = &[
    unfit(|engine| engine.outbox, "tasks", "`outbox`"),
    unfit(
        |engine| engine.inbox && engine.cluster == Some(Cluster::Citus),
        "an inbox",
        "`inbox`",
    ),
    unfit(|engine| engine.sagas.is_some(), "sagas", "`sagas`"),
    unfit(|engine| engine.syncs, "the target of a sync", "the sync"),
    unfit(
        |engine| engine.shard,
        "one of a set of shards",
        "it from the set",
    ),
    unfit(
        |engine| engine.shard_maps,
        "the map of a set of shards",
        "it from `map` of the set",
    ),
];

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    unfit_on(model, Cluster::Galera, not_there, diagnostics);
    let tables = model.tables.iter().filter(|table| table.view.is_none());
    for table in tables {
        let Some(engine) = cluster_of(model, table) else {
            continue;
        };
        if table.primary_key.is_none() && !table.columns.is_empty() {
            let why = "has no primary key, by which its nodes apply changes of rows";
            let finding = refused(engine, table, why).at(table.span, "this table");
            diagnostics.push(finding.help(help(table)));
        }
        if let Some(tag) = table.capture {
            let finding = not_there(engine, "recorded changes").at(tag, "");
            let help = "remove `@capture`, or choose an engine of one server for the table";
            diagnostics.push(finding.help(help));
        }
        if let Some(storage) = &table.storage_engine
            && !storage.is_innodb()
        {
            let why = format!("is stored by {}, which its nodes do not copy", storage.name);
            let finding = refused(engine, table, &why).at(storage.span, "not InnoDB");
            diagnostics.push(finding.help("write `ENGINE=InnoDB`, or remove it"));
        }
    }
}

/// Refuses what a cluster does not have; `refused` says it of an engine.
pub(super) fn unfit_on(
    model: &Model,
    cluster: Cluster,
    refused: fn(&str, &str) -> Diagnostic,
    diagnostics: &mut Diagnostics,
) {
    let engines = model.engines.iter();
    for engine in engines.filter(|engine| engine.cluster == Some(cluster)) {
        for unfit in UNFIT.iter().filter(|unfit| (unfit.is_on)(engine)) {
            let finding = refused(&engine.name, unfit.feature);
            let finding = at_span(finding, engine.span, "this engine");
            let remove = unfit.remove;
            let help = format!("remove {remove}, or choose an engine of one server for it");
            diagnostics.push(finding.help(help));
        }
    }
    for sync in &model.syncs {
        let engine = model.engine(sync.from);
        if engine.cluster == Some(cluster) {
            let finding = refused(&engine.name, "the source of a sync").at(sync.span, "");
            let help = "remove the sync, or choose an engine of one server for the table";
            diagnostics.push(finding.help(help));
        }
    }
}

/// The Galera cluster that the table is on, by its name.
pub(super) fn cluster_of<'m>(model: &'m Model, table: &Table) -> Option<&'m str> {
    let engines = table.engines.iter().map(|id| model.engine(*id));
    let mut clusters = engines.filter(|engine| engine.cluster == Some(Cluster::Galera));
    clusters.next().map(|engine| engine.name.as_str())
}

/// B0376: nodes do not know of each other's locks, nor which numbers others have given and not committed.
fn not_there(engine: &str, what: &str) -> Diagnostic {
    let message = format!(
        "engine `{engine}` is a Galera cluster, which cannot have {what}: locks and the order of numbers are of one node"
    );
    Diagnostic::error("B0376", message)
}

/// B0585: a table that a cluster does not keep.
fn refused(engine: &str, table: &Table, why: &str) -> Diagnostic {
    let message = format!(
        "`{}` cannot be on the Galera cluster `{engine}`: it {why}",
        table.name.name
    );
    Diagnostic::error("B0585", message)
}
