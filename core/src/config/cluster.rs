//! `cluster`: which engines can be one.

use super::EngineConfig;
use super::findings::at_span;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::dialect::{Dialect, Flavour};

/// The product whose cluster it is, where its dialect has several.
pub(super) fn product(cluster: Cluster) -> Option<Flavour> {
    match cluster {
        Cluster::Galera => Some(Flavour::Mariadb),
        Cluster::Citus => None,
    }
}

/// B0375: a cluster of another database than the engine is.
pub(super) fn unfit(
    engine: &EngineConfig,
    dialect: Dialect,
    flavour: Option<Flavour>,
) -> Option<Diagnostic> {
    let cluster = engine.cluster?;
    let other = match (cluster, dialect, flavour) {
        (Cluster::Galera, Dialect::Mysql, None | Some(Flavour::Mariadb)) => {
            return with_replicas(engine);
        }
        (Cluster::Citus, Dialect::Postgres, _) => return with_replicas_of_coordinator(engine),
        (_, Dialect::Mysql, Some(Flavour::Mysql)) => "MySQL",
        (_, Dialect::Mysql, _) => "MariaDB",
        (_, Dialect::Postgres, _) => "PostgreSQL",
        (_, Dialect::Sqlite, _) => "a SQLite file",
    };
    let (rule, url) = match cluster {
        Cluster::Galera => (
            "only servers of MariaDB are a Galera cluster",
            "servers of MariaDB: `url = \"mariadb://app@db1,db2,db3/app\"`",
        ),
        Cluster::Citus => (
            "only servers of PostgreSQL are a Citus cluster",
            "a coordinator of Citus: `url = \"postgres://app@coordinator/app\"`",
        ),
    };
    let message = format!("engine `{}` is {other}, and {rule}", engine.name);
    let finding = Diagnostic::error("B0375", message);
    let help = format!("remove `cluster`, or name {url}");
    Some(at_span(finding, engine.span, "this engine").help(help))
}

/// B0376: each node has all rows. Replicas of a cluster follow one node, whose positions the others do not know.
fn with_replicas(engine: &EngineConfig) -> Option<Diagnostic> {
    let replica = engine.replicas.first()?;
    let message = format!(
        "engine `{}` is a Galera cluster, which cannot have `replicas`",
        engine.name
    );
    let finding = Diagnostic::error("B0376", message).at(replica.span, "this replica");
    let help = "remove `replicas`, and name all nodes in `url`; each node has all rows";
    Some(finding.help(help))
}

/// B0377: what a copy of the coordinator shows of the workers is not what it has itself.
fn with_replicas_of_coordinator(engine: &EngineConfig) -> Option<Diagnostic> {
    let replica = engine.replicas.first()?;
    let message = format!(
        "engine `{}` is a Citus cluster, which cannot have `replicas`",
        engine.name
    );
    let finding = Diagnostic::error("B0377", message).at(replica.span, "this replica");
    Some(finding.help("remove `replicas`"))
}
