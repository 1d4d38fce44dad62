//! The connections that pools have open, one pool for each process and shard.

use bindery_core::slots::READ_FOR;

use super::Plan;
use crate::chance::Chance;

/// As pools have it where nothing is configured.
const MOST: usize = 10;
/// Simulated seconds that are not counted, and those after them that are.
const WARM_UP: f64 = 1_200.0;
const COUNTED: f64 = 3_600.0;
/// Pools that are simulated; all are alike.
const SAMPLE: u64 = 40;

/// The mean of open connections in one pool.
pub(super) struct Pools(f64);

impl Pools {
    pub(super) fn of(plan: &Plan) -> Self {
        let open = (0..SAMPLE).map(|seed| open_on_average(plan, seed));
        Self(open.sum::<f64>() / SAMPLE as f64)
    }

    pub(super) fn of_server(&self, plan: &Plan) -> f64 {
        self.0 * f64::from(plan.processes) * f64::from(plan.shards) / f64::from(plan.servers)
    }

    pub(super) fn of_process(&self, plan: &Plan) -> f64 {
        self.0 * f64::from(plan.shards)
    }
}

/// Requests that come to one pool in a second.
fn rate(plan: &Plan) -> f64 {
    f64::from(plan.requests) / (f64::from(plan.processes) * f64::from(plan.shards))
}

/// How often the word of its shards about their slots is read on a server in a second: by each process at most once in 400 ms for each shard.
pub(super) fn fence_reads(plan: &Plan) -> f64 {
    let rate = rate(plan);
    let each = rate / (1.0 + rate * READ_FOR.as_secs_f64());
    each * f64::from(plan.processes) * f64::from(plan.shards) / f64::from(plan.servers)
}

/// One pool: requests come at random, take the connection that was given back last, and one is closed that has been idle for too long.
fn open_on_average(plan: &Plan, seed: u64) -> f64 {
    let mut chance = Chance::new(seed);
    let (rate, held) = (rate(plan), f64::from(plan.held_ms) / 1_000.0);
    // When each connection is given back, or was; the last of them is taken first.
    let mut connections: Vec<f64> = Vec::new();
    let (mut now, mut sum) = (0.0, 0.0);
    while now < WARM_UP + COUNTED {
        let next = now + chance.exponential(rate);
        sum += open_time(&mut connections, (now, next), f64::from(plan.idle_s));
        now = next;
        let idle = connections.iter().rposition(|until| *until <= now);
        match idle {
            Some(at) => {
                connections.remove(at);
                connections.push(now + held);
            }
            None if connections.len() < MOST => connections.push(now + held),
            None => {}
        }
    }
    sum / (now - WARM_UP)
}

/// The time between two moments that connections are open, of what is counted; those are closed that reach the idle timeout.
fn open_time(connections: &mut Vec<f64>, (from, to): (f64, f64), idle: f64) -> f64 {
    let from = from.max(WARM_UP);
    let open = connections
        .iter()
        .map(|until| (until + idle).min(to) - from);
    let open = open.filter(|time| *time > 0.0).sum();
    connections.retain(|until| until + idle > to);
    open
}

#[cfg(test)]
mod tests {
    use super::{Plan, Pools, fence_reads};

    #[test]
    fn a_pool_keeps_what_it_has_needed_until_it_is_idle() {
        let pools = Pools::of(&Plan::USUAL);
        let of_server = pools.of_server(&Plan::USUAL);
        // 40 processes, each with a pool for each of 20 shards: one connection, and a second one for ten minutes after two requests have met.
        assert!((1_100.0..1_400.0).contains(&of_server), "{of_server}");
        let short = Plan {
            idle_s: 1,
            ..Plan::USUAL
        };
        let fewer = Pools::of(&short).of_server(&short);
        assert!(fewer < of_server / 2.0, "{fewer}");
    }

    #[test]
    fn busy_pools_read_fences_as_often_as_they_may_and_no_more() {
        let busy = Plan {
            requests: 100_000_000,
            ..Plan::USUAL
        };
        let (reads, most) = (fence_reads(&busy), 40.0 * 20.0 * 2.5);
        assert!(reads < most && reads > most * 0.99, "{reads}");
    }
}
