//! Bindery's own tables, and the record of the schema, after a run: they are no part of the migrations, whose files are the user's.

use super::connecting::Session;
use super::{MigrationProgress, Migrator};
use crate::databases::kept::{self, OwnTable, OwnTableState, whole};
use crate::error::{ErrorKind, Result};

impl<'m> Migrator<'_, 'm> {
    /// After the migrations: those may make such tables, too, by the statements that `bindery create --print` writes.
    pub(super) fn bring_up_own(
        &self,
        session: &mut Session,
        told: &mut dyn FnMut(MigrationProgress<'m>),
    ) -> Result<()> {
        for own in &self.registry.engines[self.engine].own {
            let physical = &mut session.physical;
            let state = kept::ensure(physical, own)?;
            let table = &own.table;
            match state {
                OwnTableState::Present => {}
                OwnTableState::Missing | OwnTableState::Older => {
                    let is_new = state == OwnTableState::Missing;
                    told(MigrationProgress::OwnTable { table, is_new });
                }
            }
        }
        Ok(())
    }

    /// Those that [`bring_up_own`](Self::bring_up_own) would change.
    pub(super) fn own_due(&self, session: &mut Session) -> Result<Vec<OwnTable>> {
        let own = &self.registry.engines[self.engine].own;
        let mut states = kept::states(&mut session.physical, own)?;
        states.retain(|own| own.state != OwnTableState::Present);
        Ok(states)
    }
}

/// An account that may not write the record may run a program whose migrations are applied all the same.
pub(super) fn record_schema(session: &mut Session, is_changed: bool) -> Result<()> {
    let Some(watch) = session.pool.watch() else {
        return Ok(());
    };
    let recorded = whole(&mut session.physical, |physical| {
        watch.record_migrated(physical, is_changed)
    });
    match recorded {
        Err(error) if !is_changed && *error.kind() == ErrorKind::PermissionDenied => Ok(()),
        outcome => outcome,
    }
}
