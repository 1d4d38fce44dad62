//! Recovery that a thread of the program repeats, and its log.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::AtomicGroup;
use super::recover::RecoverOptions;
use super::report::{PreparedSlots, RecoveryReport};
use crate::databases::Registry;
use crate::driver::repeat::Repeating;
use crate::error::Result;
use crate::link::backoff::{Backoff, Pauses};

/// The pauses before an engine that could not be reached is tried again. Programs that lost it together come back to it apart.
const PAUSES: Pauses =
    Pauses::doubling(Duration::from_secs(1), Duration::from_mins(1)).spread(0.75, 1.25);

/// The engines that could not be reached, each with its next attempt. The others do not wait for them.
struct Retries {
    /// The pause between two searches of all engines. The longest of the others is no longer.
    every: Duration,
    lost: BTreeMap<&'static str, Backoff>,
}

impl Retries {
    fn new(every: Duration) -> Self {
        Self {
            every,
            lost: BTreeMap::new(),
        }
    }

    /// The time until the next search, of all engines or of one that was lost.
    fn pause(&self) -> Duration {
        let next = self.lost.values().map(Backoff::at).min();
        let next = next.map(|at| at.saturating_duration_since(Instant::now()));
        next.map_or(self.every, |next| next.min(self.every))
    }

    /// The engines that are not to be tried yet.
    fn left_out(&self, now: Instant) -> Vec<&'static str> {
        let early = self.lost.iter().filter(|(_, it)| it.at() > now);
        early.map(|(engine, _)| *engine).collect()
    }

    /// After a search without some engines, of which these could not be reached.
    fn record(
        &mut self,
        lost: impl Iterator<Item = &'static str>,
        left_out: &[&'static str],
        now: Instant,
    ) {
        let mut before = std::mem::take(&mut self.lost);
        let (first, longest) = PAUSES.limits;
        let pauses = Pauses {
            limits: (first, longest.min(self.every).max(first)),
            ..PAUSES
        };
        for engine in lost {
            let tried = before.remove(engine);
            let mut tried = tried.unwrap_or_else(|| Backoff::new(pauses));
            tried.failed_at(now);
            self.lost.insert(engine, tried);
        }
        let early = before
            .into_iter()
            .filter(|(engine, _)| left_out.contains(engine));
        self.lost.extend(early);
    }
}

/// Recovery that is repeated by a thread, until this is dropped.
#[must_use = "recovery stops when this is dropped"]
#[derive(Debug)]
pub struct RecoveryThread {
    _threads: Repeating,
}

impl RecoveryThread {
    /// Starts the thread, for generated code.
    #[doc(hidden)]
    pub fn start(
        registry: &Registry,
        groups: &'static [AtomicGroup<'static>],
        every: Duration,
    ) -> Result<Self> {
        let registry = registry.clone();
        let mut retries = Retries::new(every);
        let mut threads = Repeating::default();
        threads.start("bindery-recovery", every, move |_| {
            let left_out = retries.left_out(Instant::now());
            let options = RecoverOptions::new().without(left_out.clone());
            let report = registry.recover_groups(groups, &options);
            log(&report);
            let lost = report.unreachable.iter().map(|(engine, _)| *engine);
            retries.record(lost, &left_out, Instant::now());
            retries.pause()
        })?;
        Ok(Self { _threads: threads })
    }
}

fn log(report: &RecoveryReport) {
    for (engine, error) in &report.unreachable {
        tracing::warn!(
            engine,
            %error,
            "an engine could not be searched for transactions in doubt"
        );
    }
    for slots in report.slots.iter().filter(|slots| slots.are_scarce()) {
        let PreparedSlots { engine, used, most } = *slots;
        tracing::warn!(
            engine,
            used,
            most,
            "most of the prepared transactions that the server allows are used: raise max_prepared_transactions"
        );
    }
    for branch in &report.branches {
        let (engine, group, transaction) = (branch.engine, &branch.group, &branch.transaction);
        let fate = branch.fate.to_string();
        if branch.fate.is_in_doubt() {
            tracing::warn!(
                engine,
                group,
                transaction,
                fate,
                "a transaction is in doubt"
            );
        } else {
            tracing::info!(
                engine,
                group,
                transaction,
                fate,
                "a transaction was in doubt"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Retries};

    /// Covers REC-4.
    #[test]
    fn an_engine_that_is_lost_is_tried_again_after_growing_pauses_and_others_do_not_wait() {
        let every = Duration::from_secs(30);
        let mut retries = Retries::new(every);
        let mut now = Instant::now();
        assert_eq!(retries.pause(), every);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            assert!(retries.left_out(now).is_empty());
            retries.record(["b"].into_iter(), &[], now);
            assert_eq!(retries.left_out(now), ["b"]);
            let next = retries.lost["b"].at();
            // A search of the others meanwhile changes nothing for it.
            retries.record(std::iter::empty(), &["b"], now);
            assert_eq!(retries.lost["b"].at(), next);
            pauses.push(next - now);
            now = next;
        }
        let expected = [1, 2, 4, 8, 16, 30, 30, 30].map(Duration::from_secs);
        for (pause, expected) in pauses.into_iter().zip(expected) {
            let range = expected.mul_f64(0.74)..expected.mul_f64(1.26);
            assert!(range.contains(&pause), "{pause:?} {expected:?}");
        }
        retries.record(std::iter::empty(), &[], now);
        assert_eq!(retries.pause(), every);
    }
}
