//! The hosts of an engine: which of them is live, and what goes there.

use bindery::replicas::{ReadsFrom, ReplicaState, ReplicaStatus};
use bindery::status::HostStatus;

use crate::health::level::Level;
use crate::health::{Look, Route, Row};

const SECTION: &str = "host";

/// A row for each host of an engine that has several, or replicas.
pub(super) fn rows(look: &Look<'_>, replicas: &[ReplicaStatus]) -> bindery::Result<Vec<Row>> {
    let registry = &look.engines.registry;
    let status = registry.engine(look.name())?;
    let hosts = registry.check_hosts(look.chosen());
    if hosts.len() < 2 && replicas.is_empty() {
        return Ok(Vec::new());
    }
    let is_read_from_replicas = match status.reads {
        ReadsFrom::Primary => false,
        ReadsFrom::Replicas => replicas
            .iter()
            .any(|one| one.state == ReplicaState::Serving),
        ReadsFrom::ReplicasOnly => true,
    };
    let wants_one_primary = status
        .parameters
        .iter()
        .any(|name| name == "target_session_attrs");
    let row = |host| row(host, is_read_from_replicas, wants_one_primary);
    Ok(hosts.iter().map(row).collect())
}

fn row(host: &HostStatus, is_read_from_replicas: bool, wants_one_primary: bool) -> Row {
    let route = route(host, is_read_from_replicas);
    let (level, standing, hint) = match host.takes_writes {
        None => (Level::Warning, "does not answer", IS_IT_UP),
        Some(true) if host.is_live => (Level::Ok, "is live and takes writes", ""),
        Some(false) if host.is_live => (Level::Warning, "is live and takes no writes", SKIP),
        Some(true) if wants_one_primary => (Level::Warning, "takes writes, too", TWO),
        Some(true) => (Level::Ok, "takes writes, too", ""),
        Some(false) => (Level::Ok, "takes no writes", ""),
    };
    let text = format!("`{}` {standing}; {}", host.host, route.sentence());
    let row = Row::new(SECTION, text).level(level).route(route);
    match level {
        Level::Ok => row,
        Level::Warning | Level::Error => row.count(1).hint(hint),
    }
}

const IS_IT_UP: &str = "is the server up, and are host and port in the configuration right?";
const SKIP: &str = "`?target_session_attrs=read-write` in the URL skips hosts that take no writes";
const TWO: &str = "make the one that was a primary before a replica: a program that starts now writes to the first that takes writes";

fn route(host: &HostStatus, is_read_from_replicas: bool) -> Route {
    let takes = match (host.is_live, host.takes_writes, is_read_from_replicas) {
        (false, ..) | (true, None, _) | (true, Some(false), true) => vec![],
        (true, Some(true), false) => vec!["writes", "reads"],
        (true, Some(true), true) => vec!["writes"],
        (true, Some(false), false) => vec!["reads"],
    };
    Route {
        name: host.host.clone(),
        takes,
        lag_ms: None,
        left_out: host.last_error.clone(),
    }
}
