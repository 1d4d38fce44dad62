//! How far a migration is, by its row in the table of migrations: what runs them goes by it, and the check of a new connection.

use super::AnyDriver;
use super::own_tables::statements::migration_stage;
use crate::error::Result;
use crate::value::ParamWriter;

/// How far a migration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Applying,
    Applied,
    Reverting,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Applying, Self::Applied, Self::Reverting];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Reverting => "reverting",
        }
    }

    /// A word that is not known is of a later version of bindery, which was not done.
    pub(crate) fn named(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|stage| stage.name() == name);
        found.unwrap_or(Self::Applying)
    }
}

/// How far the migration of this version is; `None` where it has no row.
pub(crate) fn stage(physical: &mut AnyDriver, version: &str) -> Result<Option<Stage>> {
    let mut found = None;
    let write = &mut |params: &mut ParamWriter<'_>| params.text(version);
    let text = migration_stage::STAGE.of(physical.dialect());
    physical.query(text, write, &mut |row| {
        found = Some(Stage::named(&row.next::<String>()?));
        Ok(true)
    })?;
    Ok(found)
}
