//! Replicas, and how far they are behind.

use std::thread;
use std::time::{Duration, Instant};

use bindery::{ReplicaState, ReplicaStatus};

use super::{Look, Row};
use crate::level::Level;
use crate::text;

const SECTION: &str = "replica";
/// One that is behind is looked at again after this.
const PAUSE: Duration = Duration::from_millis(600);

/// A row for each replica.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
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
    Ok(replicas.iter().map(|one| row(one, look)).collect())
}

/// Has it not come to what its primary had written at the first look? How far it is behind is known once it has.
fn lacks_the_first(replica: &ReplicaStatus, begun: Instant) -> bool {
    let lag = replica.lag.unwrap_or_default();
    lag > Duration::ZERO && lag + PAUSE / 2 >= begun.elapsed()
}

fn looked_at(look: &Look<'_>) -> Vec<ReplicaStatus> {
    let all = look.engines.registry.check_replicas().into_iter();
    let own = all.filter(|(engine, _)| *engine == look.name());
    own.map(|(_, replica)| replica).collect()
}

fn row(replica: &ReplicaStatus, look: &Look<'_>) -> Row {
    let lag = replica.lag.unwrap_or_default();
    let is_late = lag > look.thresholds.max_lag || replica.state == ReplicaState::Lagging;
    let is_lost = matches!(replica.state, ReplicaState::Down | ReplicaState::Promoted);
    let level = Level::Ok
        .or(Level::Warning, is_late)
        .or(Level::Error, is_lost);
    let behind = replica
        .lag
        .map_or(String::new(), |lag| format!(", {} behind", text::time(lag)));
    let why = replica.last_error.as_ref().filter(|_| is_lost);
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    let text = format!("`{}` is {}{behind}{why}", replica.name, replica.state);
    Row::new(SECTION, text)
        .count(usize::from(level > Level::Ok))
        .level(level)
        .hint(format!(
            "reads go to `{}` itself meanwhile, unless `reads = \"replicas-only\"`",
            look.name()
        ))
}
