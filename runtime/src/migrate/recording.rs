//! Records of what a person says: migrations that count as applied, and how far an interrupted one is.

use super::beside_views::BesideViews;
use super::connecting::Session;
use super::history::{self, Progress, Stage};
use super::plan::Plan;
use super::run::Direction;
use super::{Migration, MigrationState, MigrationStatus, Migrator, refused};
use crate::error::{MigrationError, Result};

impl<'m> Migrator<'_, 'm> {
    pub(super) fn record_until(
        &self,
        session: &mut Session,
        version: &str,
    ) -> Result<Vec<&'m str>> {
        let plan = self.plan(session)?;
        let until = until(&plan, version)?.map(|one| &*one.version);
        record(session, &plan, &until.collect::<Vec<_>>())
    }

    /// The migrations up to this one that have no row.
    pub(super) fn unrecorded(
        &self,
        session: &mut Session,
        version: &str,
    ) -> Result<Vec<&'m Migration>> {
        let history = history::read_history(&mut session.physical)?;
        let plan = Plan::of(&self.migrations, &history);
        let has_row = |one: &&Migration| history.iter().any(|row| row.version == one.version);
        let until = until(&plan, version)?;
        Ok(until.filter(|one| !has_row(one)).collect())
    }

    pub(super) fn record_these(
        &self,
        session: &mut Session,
        versions: &[&str],
    ) -> Result<Vec<&'m str>> {
        let plan = self.plan(session)?;
        record(session, &plan, versions)
    }

    /// One statement, so that a run that is killed leaves the row as it was or as it shall be.
    pub(super) fn set_done(
        &self,
        session: &mut Session,
        version: &str,
        done: Option<usize>,
    ) -> Result<()> {
        let (migration, progress) = self.resolution(session, version, done)?;
        let is_end = progress.is_none_or(|progress| progress.stage == Stage::Applied);
        if is_end {
            BesideViews::left(&mut session.physical, version)?.bring_back(&mut session.physical)?;
        }
        match progress {
            None => history::delete(&mut session.physical, version),
            Some(progress) => history::amend(&mut session.physical, migration, progress),
        }
    }

    /// The row that says so; `None` where it is to have none.
    fn resolution(
        &self,
        session: &mut Session,
        version: &str,
        done: Option<usize>,
    ) -> Result<(&'m Migration, Option<Progress>)> {
        let history = history::read_history(&mut session.physical)?;
        let plan = Plan::of(&self.migrations, &history);
        let planned = plan.find(version)?;
        let row = history.iter().find(|row| row.version == version);
        let direction = interrupted(row.map(|row| row.stage), version)?;
        let all = planned.script(direction).statements.len();
        let done = done.unwrap_or(all);
        if done > all {
            return Err(refused(MigrationError::FewerStatements {
                version: version.to_owned(),
                statements: all,
            }));
        }
        let progress = match direction {
            Direction::Up if done == all => Some(Progress::whole(all, 0)),
            Direction::Up if done == 0 => None,
            Direction::Down if done == all => None,
            Direction::Down if done == 0 => {
                Some(Progress::whole(planned.migration.up.statements.len(), 0))
            }
            Direction::Up | Direction::Down => Some(Progress::part(direction, done, done)),
        };
        Ok((planned.migration, progress))
    }

    /// The state that [`set_done`](Self::set_done) would leave.
    pub(super) fn state_once_done(
        &self,
        session: &mut Session,
        version: &str,
        done: Option<usize>,
    ) -> Result<MigrationStatus> {
        let (migration, progress) = self.resolution(session, version, done)?;
        let state = match progress {
            None => MigrationState::Pending,
            Some(progress) => match progress.stage {
                Stage::Applied => MigrationState::Applied,
                Stage::Applying | Stage::Reverting => MigrationState::Interrupted {
                    done: progress.done,
                    in_doubt: false,
                    reverting: progress.stage == Stage::Reverting,
                },
            },
        };
        Ok(MigrationStatus {
            version: migration.version.to_string(),
            name: migration.name.to_string(),
            state,
            applied_at: None,
            duration_ms: None,
        })
    }
}

/// The migrations up to this one, in their order.
fn until<'m>(plan: &Plan<'m>, version: &str) -> Result<impl Iterator<Item = &'m Migration>> {
    plan.find(version)?;
    let mut each = plan.migrations.iter();
    let at = each.position(|one| one.migration.version == version);
    let until = &plan.migrations[..=at.unwrap_or(0)];
    Ok(until.iter().map(|one| one.migration))
}

/// Records migrations as applied that are not recorded yet.
fn record<'m>(session: &mut Session, plan: &Plan<'m>, versions: &[&str]) -> Result<Vec<&'m str>> {
    let found = versions.iter().map(|version| plan.find(version));
    let mut recorded = Vec::new();
    for planned in found.collect::<Result<Vec<_>>>()? {
        let migration = planned.migration;
        if history::stage(&mut session.physical, &migration.version)?.is_none() {
            let progress = Progress::whole(migration.up.statements.len(), 0);
            history::insert(&mut session.physical, migration, progress)?;
            recorded.push(&*migration.version);
        }
    }
    Ok(recorded)
}

/// The direction that a run was interrupted in. Of any other migration it is known how far it is.
fn interrupted(stage: Option<Stage>, version: &str) -> Result<Direction> {
    let is_applied = match stage {
        Some(Stage::Applying) => return Ok(Direction::Up),
        Some(Stage::Reverting) => return Ok(Direction::Down),
        Some(Stage::Applied) => true,
        None => false,
    };
    Err(refused(MigrationError::NotInterrupted {
        version: version.to_owned(),
        is_applied,
    }))
}
