//! The state of each migration by its file and its row, and whether it lets a run go on. Nothing is sent from here.

use std::collections::HashMap;

use super::history::{Recorded, Stage};
use super::{Migration, MigrationState, MigrationStatus, refused};
use crate::error::{MigrationError, Result};

/// The state of every migration, in their order; those without a file last.
pub(super) fn status(migrations: &[Migration], history: &[Recorded]) -> Vec<MigrationStatus> {
    let rows: HashMap<&str, &Recorded> = history.iter().map(|row| (&*row.version, row)).collect();
    let last = migrations
        .iter()
        .rposition(|one| rows.contains_key(one.version));
    let of_file = migrations.iter().enumerate().map(|(at, one)| {
        let row = rows.get(one.version).copied();
        let state = match row {
            Some(row) => state_of(one, row),
            None if last.is_some_and(|last| at < last) => MigrationState::OutOfOrder,
            None => MigrationState::Pending,
        };
        described(one.version, one.name, state, row)
    });
    let is_known = |row: &&Recorded| migrations.iter().any(|one| one.version == row.version);
    let others = history.iter().filter(|row| !is_known(row));
    let others =
        others.map(|row| described(&row.version, &row.name, MigrationState::Missing, Some(row)));
    of_file.chain(others).collect()
}

fn state_of(migration: &Migration, row: &Recorded) -> MigrationState {
    let reverting = row.stage == Stage::Reverting;
    if row.checksum != migration.checksum {
        MigrationState::Changed
    } else if row.stage == Stage::Applied {
        MigrationState::Applied
    } else if row.at_work == row.done {
        let done = row.done;
        MigrationState::Interrupted { done, reverting }
    } else {
        let statement = row.at_work;
        MigrationState::HalfDone {
            statement,
            reverting,
        }
    }
}

fn described(
    version: &str,
    name: &str,
    state: MigrationState,
    row: Option<&Recorded>,
) -> MigrationStatus {
    let applied = row.filter(|row| row.stage == Stage::Applied);
    MigrationStatus {
        version: version.to_owned(),
        name: name.to_owned(),
        state,
        applied_at: applied.map(|row| row.applied_at.clone()),
        duration_ms: applied.map(|row| row.duration_ms),
    }
}

/// Refuses to go forth while a migration is on its way back.
pub(super) fn ensure_not_reverting(status: &[MigrationStatus]) -> Result<()> {
    match interrupted(status, true) {
        Some(version) => Err(refused(MigrationError::HalfReverted { version })),
        None => Ok(()),
    }
}

/// Refuses to go back while a migration is applied in part: its way back is that of all its statements.
pub(super) fn ensure_not_applying(status: &[MigrationStatus]) -> Result<()> {
    match interrupted(status, false) {
        Some(version) => Err(refused(MigrationError::HalfApplied { version })),
        None => Ok(()),
    }
}

/// The version of a migration that a run left in the middle of this direction.
fn interrupted(status: &[MigrationStatus], back: bool) -> Option<String> {
    let found = status.iter().find(|one| {
        matches!(one.state, MigrationState::Interrupted { reverting, .. } if reverting == back)
    });
    found.map(|one| one.version.clone())
}

/// Refuses a database that lacks a migration, or a part of one.
pub(super) fn ensure_applied(status: &[MigrationStatus]) -> Result<()> {
    let lacking = status
        .iter()
        .filter(|one| one.state != MigrationState::Applied);
    let versions: Vec<String> = lacking.map(|one| one.version.clone()).collect();
    if versions.is_empty() {
        return Ok(());
    }
    Err(refused(MigrationError::Pending { versions }))
}

/// Refuses to go on where a person has to look first.
pub(super) fn ensure_sound(status: &[MigrationStatus], out_of_order: bool) -> Result<()> {
    let of = |wanted: MigrationState| {
        let found = status.iter().filter(|one| one.state == wanted);
        let versions: Vec<String> = found.map(|one| one.version.clone()).collect();
        Some(versions).filter(|versions| !versions.is_empty())
    };
    for one in status {
        if let MigrationState::HalfDone { statement, .. } = one.state {
            let version = one.version.clone();
            return Err(refused(MigrationError::HalfDone { version, statement }));
        }
    }
    if let Some(versions) = of(MigrationState::Changed) {
        return Err(refused(MigrationError::Changed { versions }));
    }
    if let Some(versions) = of(MigrationState::Missing) {
        return Err(refused(MigrationError::Missing { versions }));
    }
    match of(MigrationState::OutOfOrder) {
        Some(versions) if !out_of_order => Err(refused(MigrationError::OutOfOrder { versions })),
        Some(_) | None => Ok(()),
    }
}
