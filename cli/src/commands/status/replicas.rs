//! Replicas, and how far they are behind.

use std::thread;
use std::time::{Duration, Instant};

use bindery::replicas::{ReadsFrom, ReplicaState, ReplicaStatus};

use crate::health::level::Level;
use crate::health::{Look, Route, Row};
use crate::text;

const SECTION: &str = "replica";
/// One that is behind is looked at again after this.
const PAUSE: Duration = Duration::from_millis(600);

/// Looks at the replicas of an engine, and waits for those that are behind.
pub(super) fn states(look: &Look<'_>) -> bindery::Result<Vec<ReplicaStatus>> {
    if look
        .engines
        .registry
        .engine(look.name())?
        .replicas
        .is_empty()
    {
        return Ok(Vec::new());
    }
    let mut replicas = looked_at(look);
    let begun = Instant::now();
    while begun.elapsed() <= look.thresholds.max_lag
        && replicas.iter().any(|one| lacks_the_first(one, begun))
    {
        thread::sleep(PAUSE);
        replicas = looked_at(look);
    }
    Ok(replicas)
}

/// A row for each replica.
pub(super) fn rows(look: &Look<'_>, replicas: &[ReplicaStatus]) -> bindery::Result<Vec<Row>> {
    let reads = look.engines.registry.engine(look.name())?.reads;
    Ok(replicas.iter().map(|one| row(one, reads, look)).collect())
}

/// Whether the replica has not come to what its primary had written at the first look. How far it is behind is known once it has.
fn lacks_the_first(replica: &ReplicaStatus, begun: Instant) -> bool {
    let lag = replica.lag.unwrap_or_default();
    lag > Duration::ZERO && lag + PAUSE / 2 >= begun.elapsed()
}

fn looked_at(look: &Look<'_>) -> Vec<ReplicaStatus> {
    let all = look.engines.registry.check_replicas().into_iter();
    let own = all.filter(|(engine, _)| *engine == look.name());
    own.map(|(_, replica)| replica).collect()
}

fn row(replica: &ReplicaStatus, reads: ReadsFrom, look: &Look<'_>) -> Row {
    let lag = replica.lag.unwrap_or_default();
    let is_late = lag > look.thresholds.max_lag || replica.state == ReplicaState::Lagging;
    let is_lost = matches!(replica.state, ReplicaState::Down | ReplicaState::Promoted);
    let level = Level::Ok
        .or(Level::Warning, is_late)
        .or(Level::Error, is_lost);
    let behind = replica
        .lag
        .map_or(String::new(), |lag| format!(", {} behind", text::time(lag)));
    let route = route(replica, reads);
    let text = format!(
        "`{}` is {}{behind}; {}",
        replica.name,
        replica.state,
        route.sentence()
    );
    Row::new(SECTION, text)
        .count(usize::from(level > Level::Ok))
        .level(level)
        .hint(hint(reads, look.name()))
        .route(route)
}

fn route(replica: &ReplicaStatus, reads: ReadsFrom) -> Route {
    let serves = replica.state == ReplicaState::Serving;
    let of_primary = || "`reads` of the engine is `primary`".to_owned();
    let (takes, left_out) = match reads {
        ReadsFrom::Primary => (
            vec![],
            replica.last_error.clone().or_else(|| Some(of_primary())),
        ),
        ReadsFrom::Replicas | ReadsFrom::ReplicasOnly if serves => (vec!["reads"], None),
        ReadsFrom::Replicas | ReadsFrom::ReplicasOnly => (vec![], replica.last_error.clone()),
    };
    let lag_ms = |lag: Duration| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
    Route {
        name: replica.name.clone(),
        takes,
        lag_ms: replica.lag.map(lag_ms),
        left_out,
    }
}

fn hint(reads: ReadsFrom, engine: &str) -> String {
    match reads {
        ReadsFrom::Primary => format!("reads go to `{engine}` itself in any case"),
        ReadsFrom::Replicas => format!("reads go to other replicas meanwhile, or to `{engine}` itself"),
        ReadsFrom::ReplicasOnly => "reads go to other replicas meanwhile, and fail where there is none: `reads = \"replicas\"` has them go to the engine itself then".to_owned(),
    }
}
