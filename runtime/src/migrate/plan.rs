//! The state of each migration by its file and its row, and whether it lets a run go on. Nothing is sent from here.

use super::history::{Recorded, Stage};
use super::run::Direction;
use super::{Migration, MigrationState, MigrationStatus, Replaced, Script, refused};
use crate::error::{MigrationError, Result};

/// The migrations that count for a database, and how far it is with each.
#[derive(Debug)]
pub(super) struct Plan<'m> {
    /// In their order. Where the database has applied some of what a squashed one replaces, those stand in its place.
    pub(super) migrations: Vec<Planned<'m>>,
    /// Of each of them, then of the rows that have no file.
    pub(super) status: Vec<MigrationStatus>,
    /// The first that a run was interrupted in and whose file was changed since.
    pub(super) changed_halfway: Option<MigrationError>,
}

/// A migration with the way back that it has on a database.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planned<'m> {
    pub(super) migration: &'m Migration,
    /// That of a squashed one would be that of another row, where the database has applied what it replaces.
    pub(super) down: Option<&'m Script>,
}

impl<'m> Planned<'m> {
    /// The statements of a run in this direction.
    pub(super) fn script(&self, direction: Direction) -> &'m Script {
        match direction {
            Direction::Up => &self.migration.up,
            Direction::Down => self.down.unwrap_or(&self.migration.up),
        }
    }
}

/// A migration as a database stands to it.
struct Link<'m, 'h> {
    migration: &'m Migration,
    standing: Standing<'h>,
}

enum Standing<'h> {
    /// By a row of its own, or without one.
    Own(Option<&'h Recorded>),
    /// All that it replaces is applied: the last row of those.
    Replaced(&'h Recorded),
    /// Some of that is, and the files of the others are not there.
    HalfReplaced,
}

impl<'m> Plan<'m> {
    pub(super) fn of(migrations: &[&'m Migration], history: &[Recorded]) -> Self {
        let mut links = Vec::new();
        for migration in migrations {
            link(&mut links, migration, history);
        }
        let mut status = states(&links);
        let others = history.iter().filter(|row| !is_known(&links, row));
        status.extend(
            others
                .map(|row| described(&row.version, &row.name, MigrationState::Missing, Some(row))),
        );
        let changed_halfway = links.iter().find_map(changed_halfway);
        Self {
            changed_halfway,
            migrations: links.iter().map(Link::planned).collect(),
            status,
        }
    }

    /// The migrations with their states.
    pub(super) fn each(&self) -> impl DoubleEndedIterator<Item = (&Planned<'m>, MigrationState)> {
        let status = &self.status[..self.migrations.len()];
        let states = status.iter().map(|one| one.state);
        self.migrations.iter().zip(states)
    }

    pub(super) fn find(&self, version: &str) -> Result<&Planned<'m>> {
        let mut migrations = self.migrations.iter();
        let found = migrations.find(|one| one.migration.version == version);
        found.ok_or_else(|| {
            let version = version.to_owned();
            refused(MigrationError::Unknown { version })
        })
    }
}

/// A squashed migration stands for itself where the database has none of what it replaces; else that stands for it, as far as its
/// files are there.
fn link<'m, 'h>(links: &mut Vec<Link<'m, 'h>>, migration: &'m Migration, history: &'h [Recorded]) {
    let standing = if !has_replaced(migration, history) {
        Standing::Own(row(history, &migration.version))
    } else {
        let files = migration.replaces.iter().map(|one| one.migration.as_ref());
        if let Some(files) = files.collect::<Option<Vec<&Migration>>>() {
            return files.into_iter().for_each(|one| link(links, one, history));
        }
        match all_applied(&migration.replaces, history) {
            Some(last) => Standing::Replaced(last),
            None => Standing::HalfReplaced,
        }
    };
    links.push(Link {
        migration,
        standing,
    });
}

impl<'m> Link<'m, '_> {
    fn planned(&self) -> Planned<'m> {
        let down = match self.standing {
            Standing::Own(_) => self.migration.down.as_ref(),
            Standing::Replaced(_) | Standing::HalfReplaced => None,
        };
        let migration = self.migration;
        Planned { migration, down }
    }
}

/// The row of the last of them, where each is applied, by itself or by all that it was squashed from.
fn all_applied<'h>(replaced: &[Replaced], history: &'h [Recorded]) -> Option<&'h Recorded> {
    let applied = replaced.iter().map(|one| {
        let row = row(history, &one.version);
        row.filter(|row| row.stage == Stage::Applied && row.checksum == one.checksum)
            .or_else(|| all_applied(&one.replaces, history))
    });
    applied.collect::<Option<Vec<_>>>()?.pop()
}

/// Whether the database has a row of what the migration replaces. The last of that has the migration's own version, and another
/// checksum.
fn has_replaced(migration: &Migration, history: &[Recorded]) -> bool {
    has_row(&migration.replaces, &migration.version, history)
}

fn has_row(replaced: &[Replaced], squashed: &str, history: &[Recorded]) -> bool {
    replaced.iter().any(|one| {
        let row = row(history, &one.version);
        let counts = |row: &&Recorded| one.version != squashed || row.checksum == one.checksum;
        row.filter(counts).is_some()
            || has_row(&one.replaces, &one.version, history)
            || one
                .migration
                .as_ref()
                .is_some_and(|inner| has_replaced(inner, history))
    })
}

/// Whether the version is among those, or among what one of them was squashed from.
fn names(replaced: &[Replaced], version: &str) -> bool {
    let mut each = replaced.iter();
    each.any(|one| one.version == version || names(&one.replaces, version))
}

fn row<'h>(history: &'h [Recorded], version: &str) -> Option<&'h Recorded> {
    history.iter().find(|row| row.version == version)
}

fn is_known(links: &[Link<'_, '_>], row: &Recorded) -> bool {
    links.iter().any(|link| {
        let is_replaced = match link.standing {
            Standing::Own(_) => false,
            Standing::Replaced(_) | Standing::HalfReplaced => true,
        };
        link.migration.version == row.version
            || (is_replaced && names(&link.migration.replaces, &row.version))
    })
}

fn states(links: &[Link<'_, '_>]) -> Vec<MigrationStatus> {
    let is_there = |link: &Link<'_, '_>| !matches!(link.standing, Standing::Own(None));
    let last = links.iter().rposition(is_there);
    let status = links.iter().enumerate().map(|(at, link)| {
        let one = link.migration;
        let (state, row) = match link.standing {
            Standing::Own(Some(row)) => (state_of(one, row), Some(row)),
            Standing::Own(None) if last.is_some_and(|last| at < last) => {
                (MigrationState::OutOfOrder, None)
            }
            Standing::Own(None) => (MigrationState::Pending, None),
            Standing::Replaced(row) => (MigrationState::Applied, Some(row)),
            Standing::HalfReplaced => (MigrationState::HalfReplaced, None),
        };
        described(&one.version, &one.name, state, row)
    });
    status.collect()
}

fn changed_halfway(link: &Link<'_, '_>) -> Option<MigrationError> {
    let Standing::Own(Some(row)) = link.standing else {
        return None;
    };
    let is_halfway = row.stage != Stage::Applied && row.checksum != link.migration.checksum;
    is_halfway.then(|| MigrationError::ChangedHalfway {
        version: row.version.clone(),
        done: row.done,
        in_doubt: row.at_work != row.done,
    })
}

fn state_of(migration: &Migration, row: &Recorded) -> MigrationState {
    if row.checksum != migration.checksum {
        return MigrationState::Changed;
    }
    match row.stage {
        Stage::Applied => MigrationState::Applied,
        Stage::Applying | Stage::Reverting => MigrationState::Interrupted {
            done: row.done,
            in_doubt: row.at_work != row.done,
            reverting: row.stage == Stage::Reverting,
        },
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
pub(super) fn ensure_sound(plan: &Plan<'_>, out_of_order: bool) -> Result<()> {
    let status = &plan.status;
    let versions_in = |wanted: MigrationState| {
        let found = status.iter().filter(|one| one.state == wanted);
        let versions: Vec<String> = found.map(|one| one.version.clone()).collect();
        Some(versions).filter(|versions| !versions.is_empty())
    };
    for one in status {
        if let MigrationState::Interrupted {
            done,
            in_doubt: true,
            ..
        } = one.state
        {
            let (version, statement) = (one.version.clone(), done + 1);
            return Err(refused(MigrationError::HalfDone { version, statement }));
        }
    }
    if let Some(halfway) = &plan.changed_halfway {
        return Err(refused(halfway.clone()));
    }
    if let Some(versions) = versions_in(MigrationState::Changed) {
        return Err(refused(MigrationError::Changed { versions }));
    }
    if let Some(versions) = versions_in(MigrationState::HalfReplaced) {
        return Err(refused(MigrationError::HalfReplaced { versions }));
    }
    if let Some(versions) = versions_in(MigrationState::Missing) {
        return Err(refused(MigrationError::Missing { versions }));
    }
    match versions_in(MigrationState::OutOfOrder) {
        Some(versions) if !out_of_order => Err(refused(MigrationError::OutOfOrder { versions })),
        Some(_) | None => Ok(()),
    }
}
