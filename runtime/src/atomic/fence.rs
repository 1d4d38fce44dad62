//! Aborts that recovery writes into homes before it rolls branches back, a thousand in one transaction of home. For each the rules are
//! those of one alone: no decision to commit can be inserted while its abort is there, and it stays only where its branch is still
//! listed as prepared.

use std::collections::{BTreeMap, HashSet};

use super::protocol::{Fenced, Listed};
use super::recover::list_prepared;
use super::repairing::{Doubting, Repairing};
use super::store::{self, Abort};
use crate::databases::Configured;
use crate::error::ErrorKind;

/// Each batch lists its engine's branches once, and blocks a home of SQLite meanwhile.
const BATCH: usize = 1_000;

/// Fences all branches of an engine that await it, and goes on with each to its end.
pub(super) fn all(engine: &Configured, found: &mut [Doubting<'_>], ended: &mut dyn FnMut()) {
    let mut by_home: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, one) in found.iter().enumerate() {
        if one.awaits_fence() {
            let home = one.branch.home.map(|home| home.info.name());
            by_home.entry(home).or_default().push(at);
        }
    }
    for waiting in by_home.values_mut() {
        // In one order in all recoveries: none waits for another in a circle.
        waiting.sort_by(|one, other| found[*one].branch.id.cmp(&found[*other].branch.id));
        for batch in waiting.chunks(BATCH) {
            let branches: Vec<&Repairing<'_>> = batch.iter().map(|at| &found[*at].branch).collect();
            let fenced = together(engine, &branches);
            for (at, fenced) in batch.iter().zip(fenced) {
                found[*at].go_on_fenced(fenced);
                ended();
            }
        }
    }
}

/// Of branches that have the same home.
fn together(engine: &Configured, branches: &[&Repairing<'_>]) -> Vec<Fenced> {
    let failed = || vec![Fenced::Failed; branches.len()];
    let Some((first, home)) = branches.first().and_then(|it| Some((it, it.home?))) else {
        return failed();
    };
    let transactions: Vec<String> = branches.iter().map(|it| it.id.decision()).collect();
    let aborts = branches.iter().zip(&transactions);
    let aborts: Vec<Abort<'_>> = aborts
        .map(|(branch, transaction)| Abort {
            transaction,
            coordinator: &branch.id.coordinator,
            branches: &branch.id.branch,
        })
        .collect();
    let look = || look(engine, branches);
    let written = first.lost.on_locking(home, |physical| {
        store::insert_aborts(physical, &aborts, look)
    });
    match written {
        Some(Ok(fenced)) => fenced,
        Some(Err(error)) if branches.len() > 1 && is_of_one(error.kind()) => {
            let (some, others) = branches.split_at(branches.len() / 2);
            let mut fenced = together(engine, some);
            fenced.extend(together(engine, others));
            fenced
        }
        Some(Err(error)) => {
            for branch in branches {
                branch.note(error.kind());
            }
            failed()
        }
        None => failed(),
    }
}

/// Whether one of the transactions may be in the way of all others, as its coordinator stands still within its commit.
fn is_of_one(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Timeout { .. } | ErrorKind::Conflict)
}

fn look(engine: &Configured, branches: &[&Repairing<'_>]) -> Vec<Vec<Listed>> {
    let listed = list_prepared(engine);
    let listed = listed.map(|all| all.into_iter().map(|one| one.gid).collect::<HashSet<_>>());
    let look = |branch: &&Repairing<'_>| match &listed {
        Ok(listed) if listed.contains(&branch.prepared.gid) => vec![Listed::There],
        Ok(_) => vec![Listed::Gone],
        Err(_) => vec![Listed::Unreadable],
    };
    branches.iter().map(look).collect()
}
