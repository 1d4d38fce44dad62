//! How far a mirror is, as its copy knows. A source that was restored from a backup knows an earlier position, and not that the copy
//! has rows of a time that is gone.

use super::located;
use super::position::ChangePosition;
use crate::databases::Registry;
use crate::databases::kept::{self, OF_MIRRORS};
use crate::driver::Physical;
use crate::driver::own_tables::statements::sync as statements;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::sync::run::on_physical;

impl Registry {
    /// The last position of a table that the copy has; `None` where it has saved none.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn mirrored<E: Engine>(
        &self,
        copy: E,
        place: (&str, &str),
    ) -> Result<Option<ChangePosition>> {
        let mut copy = self.connect(copy)?;
        on_physical(&mut copy, |physical| read_position(physical, place)).map_err(located)
    }

    /// Saves positions of tables in the copy, which makes the table for them.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn save_mirrored<E: Engine>(
        &self,
        copy: E,
        mirror: &str,
        positions: &[(String, ChangePosition)],
    ) -> Result<()> {
        let mut copy = self.connect(copy)?;
        let made = on_physical(&mut copy, |physical| kept::ensure_all(physical, OF_MIRRORS));
        let saved = made.and_then(|()| {
            copy.transaction(|tx| {
                on_physical(tx, |physical| {
                    let mut each = positions.iter();
                    each.try_for_each(|(table, position)| save(physical, (mirror, table), position))
                })
            })
        });
        saved.map_err(located)
    }
}

fn read_position(
    physical: &mut Physical,
    (mirror, table): (&str, &str),
) -> Result<Option<ChangePosition>> {
    if !physical.table_exists(None, "_bindery_mirrors")? {
        return Ok(None);
    }
    let found = statements::mirrored(physical, mirror, table)?;
    // A position that cannot be read is not one that was never saved: changes may have been missed since.
    Ok(found.map(|written| written.parse().unwrap_or(ChangePosition::LOST)))
}

fn save(
    physical: &mut Physical,
    (mirror, table): (&str, &str),
    position: &ChangePosition,
) -> Result<()> {
    statements::forget_mirrored(physical, mirror, table)?;
    statements::add_mirrored(physical, &position.to_string(), mirror, table)
}
